//! Entries settled against what is there: what each is of, what of it its writer has said before, and the Bundle that is
//! read of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use axum::http::{HeaderMap, Method, StatusCode};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use super::judging::{judge, twice};
use super::{Entry, NOTHING, Plan, Planned, kinds_of};
use crate::durable::Durable;
use crate::durable::shown::{Reader, Resource, Shown};
use crate::durable::stated::LookedAt;
use crate::inbound::fhir::kinds::{Kind, kind};
use crate::inbound::fhir::outcome::{INVALID_SEARCH_DATA, Refused, bad, several};
use crate::inbound::fhir::question::{Given, Question, Whose};
use crate::inbound::fhir::raw::{items, members};
use crate::inbound::fhir::search::{Asked, matches_of};
use crate::inbound::fhir::write::{no_criteria, no_resource};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;

/// Settles every entry against what is there, and puts together what is to be read.
pub(super) fn settle(
    durable: &Durable,
    entries: &[Entry],
    reader: &Reader,
    (base, caller): (&str, &str),
    zone: &TimeZone,
) -> Result<Plan, Problem> {
    let mut planned = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    // What leads to a Patient that is there already: addresses of entries, and conditions.
    let mut leads: BTreeMap<String, String> = BTreeMap::new();
    let mut targets = BTreeSet::new();
    for (n, entry) in entries.iter().enumerate() {
        let of = kind(entry.kind).ok_or(Problem::Internal)?;
        let found = match &entry.condition {
            None => None,
            Some(condition) => one_of(durable, of, condition, reader, (base, caller), zone)?,
        };
        let named = entry.id.or(found.as_ref().map(|(resource, _)| resource.id));
        let target = named
            .map(|id| format!("{}/{id}", entry.kind))
            .or_else(|| entry.condition.as_ref().map(|condition| format!("{}?{condition}", entry.kind)));
        if target.is_some_and(|target| !targets.insert(target)) {
            return Err(twice(n));
        }
        if entry.method == Method::POST
            && let Some((resource, _)) = &found
        {
            leads.insert(entry.full_url.clone(), format!("{}/{}", resource.kind, resource.id));
            planned.push(Planned::Existing { kind: resource.kind.clone(), id: resource.id });
            parts.push(NOTHING.to_owned());
            continue;
        }
        let own = match named {
            None => None,
            Some(id) => Some(owned(durable, of, id, reader, caller)?),
        };
        if let (Some(seen), Some(own)) = (&entry.if_match, &own)
            && own.version.as_ref() != Some(seen)
        {
            return Err(Problem::PreconditionFailed);
        }
        match (&entry.method, own, &entry.resource) {
            (&Method::DELETE, Some(own), _) => {
                planned.push(Planned::Deleted);
                parts.push(match own.json {
                    None => NOTHING.to_owned(),
                    Some(json) => part(&entry.full_url, &taken_back(&json)?),
                });
            }
            (_, own, Some(resource)) => {
                if let Some(Owned { json: None, .. }) = own {
                    return Err(Problem::Gone);
                }
                planned.push(Planned::Written { kind: entry.kind.to_owned(), held: own.is_some(), id: named });
                parts.push(part(&entry.full_url, &String::from_utf8_lossy(resource)));
            }
            _ => return Err(Problem::Internal),
        }
    }
    let references_max = usize::try_from(durable.config.fhir.bundle_entries_max).unwrap_or(usize::MAX);
    let bundle = put_together(durable, parts, (leads, references_max), reader, (base, caller), zone)?;
    let looked_at = durable.look_at(caller, &bundle).map_err(store_problem)?;
    judge(durable, entries, &planned, &looked_at, reader)?;
    note_held(durable, &mut planned, &looked_at, caller)?;
    let writes = looked_at.says_anything();
    Ok(Plan { planned, bundle, looked_at, writes })
}

/// Notes which of what is created its writer has said before.
fn note_held(durable: &Durable, planned: &mut [Planned], looked_at: &LookedAt, caller: &str) -> Result<(), Problem> {
    let standing = durable.standing_of(looked_at, &kinds_of(planned)).map_err(store_problem)?;
    for (n, standing) in standing {
        if let Some(Planned::Written { kind, held, .. }) = planned.get_mut(n)
            && !*held
        {
            let (own, _) = durable.own_resources(standing.child, caller).map_err(store_problem)?;
            *held = own.iter().any(|resource| resource.id == standing.id && resource.kind == *kind);
        }
    }
    Ok(())
}

/// An entry of the Bundle that is read.
fn part(full_url: &str, resource: &str) -> String {
    format!("{{\"fullUrl\":{},\"resource\":{resource}}}", Value::from(full_url))
}

/// Something that a partner says itself.
struct Owned {
    /// As it says it; `None` where it has taken it back.
    json: Option<Vec<u8>>,
    /// The version that the partner reads.
    version: Option<String>,
}

/// What the writer itself says under an id.
fn owned(durable: &Durable, of: &Kind, id: Uuid, reader: &Reader, caller: &str) -> Result<Owned, Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let child =
        durable.store.subjects_of_resources(&[id]).map_err(store_problem)?.pop().flatten().ok_or_else(missing)?;
    let shown = durable.shown(&[child], reader).map_err(store_problem)?.pop();
    let read = shown.and_then(|shown| shown.resources.into_iter().find(|it| it.id == id && it.kind == of.name));
    let (own, former) = durable.own_resources(child, caller).map_err(store_problem)?;
    let version = read.as_ref().map(Resource::version);
    match own.into_iter().find(|resource| resource.id == id && resource.kind == of.name) {
        Some(own) => Ok(Owned { json: Some(own.json.into_vec()), version }),
        None if former.contains(&id) => Ok(Owned { json: None, version }),
        None if read.is_some() => Err(Refused {
            status: StatusCode::FORBIDDEN,
            code: "forbidden",
            spine: ("FORBIDDEN_UPDATE", "Update is forbidden"),
            text: "Another source says this".into(),
            rule: "http/not-own-statement",
            help: "state what you know yourself as a resource of its own",
            parameter: None,
        }
        .into()),
        None => Err(missing()),
    }
}

/// A resource of the writer's as it takes it back.
fn taken_back(json: &[u8]) -> Result<String, Problem> {
    let mut resource: Value = serde_json::from_slice(json).map_err(|_| Problem::Internal)?;
    let in_error = |list: &str| json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{list}"), "code": "entered-in-error" }] });
    let members = resource.as_object_mut().ok_or(Problem::Internal)?;
    // A vital sign that is taken back is none any more, and may not claim to be one (FHIR mapping, section 4.4).
    members.remove("meta");
    match members.get("resourceType").and_then(Value::as_str) {
        Some("AllergyIntolerance") => {
            members.remove("clinicalStatus");
            members.insert("verificationStatus".to_owned(), in_error("allergyintolerance-verification"));
        }
        Some("Condition") => {
            members.remove("clinicalStatus");
            members.insert("verificationStatus".to_owned(), in_error("condition-ver-status"));
        }
        Some("RelatedPerson") => drop(members.insert("active".to_owned(), false.into())),
        Some(
            "Consent"
            | "Flag"
            | "CarePlan"
            | "CareTeam"
            | "EpisodeOfCare"
            | "Encounter"
            | "Immunization"
            | "MedicationStatement"
            | "Observation",
        ) => {
            members.insert("status".to_owned(), "entered-in-error".into());
        }
        _ => return Err(Problem::Internal),
    }
    Ok(resource.to_string())
}

/// The one resource that a condition matches.
fn one_of(
    durable: &Durable,
    of: &'static Kind,
    condition: &str,
    reader: &Reader,
    (base, caller): (&str, &str),
    zone: &TimeZone,
) -> Result<Option<(Resource, Shown)>, Problem> {
    let given = Given::read(Some(condition), b"");
    if given.names().any(|name| name.starts_with('_') && name != "_id") {
        return Err(no_criteria());
    }
    let question = Question::read(of, None, &given, &HeaderMap::new(), (reader, zone), 2)?;
    if matches!(question.whose, Whose::Everybodys | Whose::Named { .. }) {
        return Err(bad(
            ("too-costly", INVALID_SEARCH_DATA),
            "http/condition-too-wide",
            "The condition does not say which child it is about",
            "name it by an identifier, or by `patient`",
        ));
    }
    let asked = Asked { kind: of, base, path: of.name, reader, caller, children_max: 0 };
    let mut found = matches_of(durable, &question, &asked, zone)?;
    match found.len() {
        0 => Ok(None),
        1 => Ok(found.pop()),
        _ => Err(several()),
    }
}

/// The Bundle that is read: what is stated, what it refers to led to whom it means, and of every Patient of ours that it
/// refers to as much as names the child.
fn put_together(
    durable: &Durable,
    parts: Vec<String>,
    (mut leads, references_max): (BTreeMap<String, String>, usize),
    reader: &Reader,
    (base, caller): (&str, &str),
    zone: &TimeZone,
) -> Result<Vec<u8>, Problem> {
    let mut references = BTreeSet::new();
    let mut there = BTreeSet::new();
    for text in &parts {
        let value: Value = serde_json::from_str(text).map_err(|_| no_resource())?;
        there.extend(value["fullUrl"].as_str().map(str::to_owned));
        gather_references(&value["resource"], &mut references);
    }
    if references.len() > references_max {
        return Err(Problem::TooLarge { limit: "bundle_entries_max" });
    }
    let patients = kind("Patient").ok_or(Problem::Internal)?;
    let mut names: BTreeMap<Uuid, String> = BTreeMap::new();
    for reference in &references {
        if let Some(condition) = reference.strip_prefix("Patient?") {
            let not_found = || not_there("a condition by which a Patient is referred to matches none");
            let (found, _) =
                one_of(durable, patients, condition, reader, (base, caller), zone)?.ok_or_else(not_found)?;
            leads.insert(reference.clone(), format!("Patient/{}", found.id));
        }
    }
    let meant = references.iter().map(|reference| leads.get(reference).unwrap_or(reference).clone());
    for reference in meant.chain(leads.values().cloned()).collect::<BTreeSet<_>>() {
        let plain = reference.strip_prefix(base).map_or(&*reference, |rest| rest.trim_start_matches('/'));
        let plain = plain.split_once("/_history/").map_or(plain, |(plain, _)| plain);
        let Some(id) = plain.strip_prefix("Patient/").and_then(|id| Uuid::try_parse(id).ok()) else { continue };
        let full_url = format!("{base}/Patient/{id}");
        if there.contains(&full_url) || names.contains_key(&id) {
            continue;
        }
        let named = durable.names_of(id, reader).map_err(store_problem)?;
        let named = named.ok_or_else(|| not_there("a Patient that is referred to is not there"))?;
        let identifiers: Vec<Value> =
            named.iter().map(|(system, value)| json!({ "system": system, "value": value })).collect();
        let stub = json!({ "resourceType": "Patient", "id": id, "identifier": identifiers }).to_string();
        names.insert(id, part(&full_url, &stub));
    }
    let mut entries = parts;
    if !leads.is_empty() {
        entries.iter_mut().for_each(|text| *text = led(text, &leads));
    }
    entries.extend(names.into_values());
    Ok(format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(","))
        .into_bytes())
}

/// An entry whose references lead to whom they mean; everything else in it stays as it was written.
fn led(entry: &str, leads: &BTreeMap<String, String>) -> String {
    let mut spans = Vec::new();
    references_in(entry.as_bytes(), 0..entry.len(), &mut spans);
    let mut led = String::with_capacity(entry.len());
    let mut from = 0;
    for span in spans {
        let reference: Option<String> = serde_json::from_str(&entry[span.clone()]).ok();
        if let Some(to) = reference.and_then(|reference| leads.get(&reference)) {
            led.push_str(&entry[from..span.start]);
            led.push_str(&Value::from(to.as_str()).to_string());
            from = span.end;
        }
    }
    led.push_str(&entry[from..]);
    led
}

/// Where the references of a value stand, from the front to the back.
fn references_in(json: &[u8], value: Range<usize>, into: &mut Vec<Range<usize>>) {
    match json.get(value.start) {
        Some(b'{') => {
            for (name, value) in members(json, value) {
                match json.get(value.start) {
                    Some(b'"') if name == "reference" => into.push(value),
                    _ => references_in(json, value, into),
                }
            }
        }
        Some(b'[') => items(json, value).into_iter().for_each(|item| references_in(json, item, into)),
        _ => {}
    }
}

/// Every reference by an address.
fn gather_references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
            Some(reference) if name == "reference" => drop(into.insert(reference.to_owned())),
            _ => gather_references(value, into),
        }),
        Value::Array(items) => items.iter().for_each(|item| gather_references(item, into)),
        _ => {}
    }
}

fn not_there(text: &'static str) -> Problem {
    bad(
        ("not-found", INVALID_SEARCH_DATA),
        "http/reference",
        text,
        "create the Patient first, or name it by its NHS number in `subject.identifier`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_wherever_they_stand() {
        let mut found = BTreeSet::new();
        let resource = json!({ "subject": { "reference": "Patient/1" }, "performer": [{ "actor": { "reference": "urn:uuid:2" } }], "note": [{ "text": "reference" }] });
        gather_references(&resource, &mut found);
        assert_eq!(found, BTreeSet::from(["Patient/1".to_owned(), "urn:uuid:2".to_owned()]));
    }
}
