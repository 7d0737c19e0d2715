//! What may not be stated, by whom, and what could not be held.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use schemas::diagnostic::Severity;
use serde_json::Value;

use super::{Entry, Planned, issue_of, kinds_of};
use crate::durable::Durable;
use crate::durable::shown::Reader;
use crate::durable::stated::LookedAt;
use crate::inbound::fhir::outcome::{Issue, Refused, VALIDATION_ERROR, bad};
use crate::inbound::fhir::write::{no_resource, refused};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;

/// Refuses what cannot be stated, by whoever states it.
pub(super) fn judge(
    durable: &Durable,
    entries: &[Entry],
    planned: &[Planned],
    looked_at: &LookedAt,
    reader: &Reader,
) -> Result<(), Problem> {
    let single = (entries.len() == 1).then(|| entries[0].kind);
    if looked_at.has_errors() {
        let errors = looked_at.told.iter().filter(|told| told.rule.severity == Severity::Error);
        let issues: Vec<Issue> = errors.map(|told| issue_of(told, single)).collect();
        let hard = issues.iter().all(|issue| issue.code == "invariant");
        let status = if hard { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        return Err(Problem::FhirIssues(status, issues));
    }
    if let Some((_, second)) = looked_at.twice() {
        return Err(twice(second));
    }
    if durable.names_erased(looked_at).map_err(store_problem)? {
        return Err(Problem::State { state: "erased" });
    }
    let kinds = kinds_of(planned);
    let standing = durable.standing_of(looked_at, &kinds).map_err(store_problem)?;
    for entry in looked_at.of_the_authority() {
        let of = standing.get(&entry).map(|standing| standing.child);
        let own = of.map(|child| durable.is_responsible(reader, child)).transpose().map_err(store_problem)?;
        // What is taken back is its writer's own.
        if own != Some(true) && planned.get(entry) != Some(&Planned::Deleted) {
            return Err(of_the_authority());
        }
    }
    for (n, (entry, planned)) in entries.iter().zip(planned).enumerate() {
        let Planned::Written { kind, id, .. } = planned else { continue };
        if let Some(resource) = &entry.resource {
            judge_names(resource, reader)?;
        }
        if !durable.can_be_told(looked_at, n, kind).map_err(store_problem)? {
            let text = "Nothing of the resource can be held here";
            return Err(business_rule(
                text,
                "fhir/nothing-held",
                "see the losses of fhir-json: GET /v1/formats/fhir-json",
                (n, single),
            ));
        }
        if id.is_some_and(|id| standing.get(&n).is_none_or(|standing| standing.id != id)) {
            let text = "What tells this from others has changed: it would be another resource";
            return Err(business_rule(text, "fhir/another-statement", "delete it, and create the other", (n, single)));
        }
    }
    Ok(())
}

pub(super) fn twice(second: usize) -> Problem {
    bad(
        ("duplicate", VALIDATION_ERROR),
        "http/one-identity",
        format!("two entries are of one resource, the second in Bundle.entry[{second}]"),
        "send each once",
    )
}

/// Refuses a child that is named by what is not its writer's to say: everybody names one by its NHS number, and only an
/// authority by its own numbers.
fn judge_names(resource: &[u8], reader: &Reader) -> Result<(), Problem> {
    let value: Value = serde_json::from_slice(resource).map_err(|_| no_resource())?;
    let mut systems = BTreeSet::new();
    gather_systems(&value, &mut systems);
    let own = reader.own_authority();
    let may_say = |system: &String| {
        let of = |before: &str| system.strip_prefix(before).is_some_and(|code| own.as_deref() == Some(code));
        match system.strip_prefix("urn:homeward:id:") {
            None => true,
            Some("upn" | "uln") => own.is_some(),
            Some(_) => of("urn:homeward:id:la-child:") || of("urn:homeward:id:la-person:"),
        }
    };
    if systems.iter().all(may_say) { Ok(()) } else { Err(Problem::ViewWithholds) }
}

/// The systems of everything that has a value in one.
fn gather_systems(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let (Some(Value::String(system)), true) = (members.get("system"), members.contains_key("value")) {
                into.insert(system.clone());
            }
            members.values().for_each(|value| gather_systems(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| gather_systems(item, into)),
        _ => {}
    }
}

fn of_the_authority() -> Problem {
    Refused {
        status: StatusCode::FORBIDDEN,
        code: "forbidden",
        spine: ("FORBIDDEN_UPDATE", "Update is forbidden"),
        text: "Only the authority that answers for a child says this of it".into(),
        rule: "http/of-the-authority",
        help: "state what health knows; an authority states a child of its own first, and care then",
        parameter: None,
    }
    .into()
}

fn business_rule(
    text: &'static str,
    rule: &'static str,
    help: &'static str,
    (n, single): (usize, Option<&str>),
) -> Problem {
    let issue = Issue {
        severity: "error",
        code: "business-rule",
        spine: Some(VALIDATION_ERROR),
        text: text.into(),
        diagnostics: format!("{rule}: {help}").into(),
        expression: Some(single.map_or_else(|| format!("Bundle.entry[{n}]"), str::to_owned)),
    };
    refused(&issue, Some(StatusCode::UNPROCESSABLE_ENTITY))
}
