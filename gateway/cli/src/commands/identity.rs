//! `homeward identity`: who is who, who must not be found, and what is held of a child.
//!
//! A child's identifier is typed or comes on standard input, never as an argument, and is told nowhere.

use std::io::{self, IsTerminal};

use serde_json::{Map, Value, json};
use server::outbound::client::{Ask, Content, ContentBytes};

use crate::{
    arguments::gateway::{ActArguments, IdentityCommand, RestrictArguments, RestrictKind, ToGateway},
    asking::{self, Act, Asked, Asking, List, Told, id, thing, typed_line},
    failure::{Ended, Failure, Outcome},
    terminal::Terminal,
};

const PROPOSALS: [(&str, &str); 5] =
    [("id", "id"), ("state", "state"), ("made", "madeAt"), ("subjects", "subjects"), ("decided by", "decidedBy")];

const RESTRICTIONS: [(&str, &str); 7] = [
    ("id", "id"),
    ("kind", "kind"),
    ("state", "state"),
    ("since", "since"),
    ("until", "until"),
    ("review on", "reviewOn"),
    ("set by", "setBy"),
];

/// Where restrictions are listed and set.
const RESTRICTIONS_PATH: &str = "/v1/identity/restrictions";

pub(crate) fn run(group: &ToGateway<IdentityCommand>, terminal: &Terminal) -> Outcome {
    asking::run(&group.reach, terminal, |asking| match &group.command {
        IdentityCommand::Proposals { state, limit } => {
            let filters = [("state", state.as_deref())];
            List { path: "/v1/identity/proposals", filters: &filters, limit: *limit, columns: &PROPOSALS }.run(asking)
        }
        IdentityCommand::Show { id } => asking.tell_seen(&asking.get(&proposal(id)?, &[])?, thing),
        IdentityCommand::Confirm { act } => {
            let shown_by = "homeward identity show ID --json";
            decided(asking, act, &proposal(&act.id)?, ("Is this one child?", shown_by), "confirm", &json!({}))
        }
        IdentityCommand::Reject { act, reason } => {
            let body = reason.as_ref().map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
            let shown_by = "homeward identity show ID --json";
            decided(asking, act, &proposal(&act.id)?, ("Are these two children?", shown_by), "reject", &body)
        }
        IdentityCommand::Undo { act, reason } => {
            let path = format!("/v1/identity/links/{}", id(&act.id)?);
            let asked = ("Part these two children again?", "homeward identity confirm ID --json");
            decided(asking, act, &path, asked, "undo", &json!({ "reason": reason }))
        }
        IdentityCommand::Restrict(arguments) => restrict(asking, arguments),
        IdentityCommand::Restrictions { review_due } => {
            let filters = [("state", review_due.then_some("review-due"))];
            restrictions(asking, &filters)
        }
        IdentityCommand::Holders { id } => {
            asking.tell(&asking.get(&format!("{}/holders", restriction(id)?), &[])?, thing)
        }
        IdentityCommand::Lift { act, reason } => lift(asking, act, reason),
        IdentityCommand::Export { subject, reason, output } => {
            let path = format!("/v1/identity/subjects/{}/export", id(subject)?);
            let bytes = ContentBytes::Whole(json!({ "reason": reason }).to_string().into_bytes());
            let content = Some(Content { media_type: "application/json", bytes });
            let ask = Ask { path: &path, query: &[], headers: &[("accept", "application/zip")], content };
            let bytes = asking.download(ask, Some(output))?;
            asking.terminal.note(&format!("note: {bytes} bytes; a person reviews them before they are handed over"));
            Ok(Ended::Well)
        }
    })
}

fn proposal(text: &str) -> Result<String, Failure> {
    Ok(format!("/v1/identity/proposals/{}", id(text)?))
}

fn restriction(text: &str) -> Result<String, Failure> {
    Ok(format!("{RESTRICTIONS_PATH}/{}", id(text)?))
}

/// Decides on what stands at a path, once it was seen.
fn decided(
    asking: &Asking<'_>,
    act: &ActArguments,
    path: &str,
    (question, shown_by): (&str, &str),
    verb: &str,
    body: &Value,
) -> Asked<Ended> {
    let act = Act { if_match: act.if_match.as_deref(), question, shown_by };
    let Some(etag) = act.seen(asking, || asking.get(path, &[]), thing)? else { return Ok(Ended::WithErrors) };
    asking.tell_seen(&asking.act(&format!("{path}/{verb}"), body, Some(&etag))?, thing)
}

/// They come on one page, and take no `limit`.
fn restrictions(asking: &Asking<'_>, filters: &[(&str, Option<&str>)]) -> Asked<Ended> {
    let given: Vec<(&str, &str)> =
        filters.iter().filter_map(|(name, value)| value.map(|value| (*name, value))).collect();
    let told = asking.get(RESTRICTIONS_PATH, &given)?;
    asking.tell(&told, |body| asking::table(body["items"].as_array().map_or(&[], Vec::as_slice), &RESTRICTIONS))
}

/// Sets a restriction: one person's act, at once.
fn restrict(asking: &Asking<'_>, arguments: &RestrictArguments) -> Asked<Ended> {
    asking.running()?;
    if io::stdin().is_terminal() {
        asking.terminal.talk("The child's identifier in that system:");
    }
    let value = typed_line()?;
    let value = value.trim();
    if value.is_empty() {
        return Err(Failure::new("the child's identifier is needed", "one line on standard input").into());
    }
    let kind = match arguments.kind {
        RestrictKind::Location => "location",
        RestrictKind::Adopted => "adopted",
    };
    let mut body = Map::new();
    body.insert("child".to_owned(), json!({ "system": arguments.system, "value": value }));
    let said = [
        ("kind", Some(kind)),
        ("since", Some(arguments.since.as_str())),
        ("setByRole", Some(arguments.set_by_role.as_str())),
        ("until", arguments.until.as_deref()),
        ("reviewOn", arguments.review_on.as_deref()),
    ];
    body.extend(said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))));
    if !arguments.recipients.is_empty() {
        body.insert("recipients".to_owned(), json!(arguments.recipients));
    }
    asking.tell_seen(&asking.act(RESTRICTIONS_PATH, &Value::Object(body), None)?, thing)
}

/// Lifts a restriction, as the first or as the second person.
fn lift(asking: &Asking<'_>, act: &ActArguments, reason: &str) -> Asked<Ended> {
    let path = restriction(&act.id)?;
    let seen = Act {
        if_match: act.if_match.as_deref(),
        question: "Lift this restriction?",
        shown_by: "homeward identity restrict --json",
    };
    let Some(etag) = seen.seen(asking, || one_restriction(asking, &act.id), thing)? else {
        return Ok(Ended::WithErrors);
    };
    let told = asking.act(&format!("{path}/lift"), &json!({ "reason": reason }), Some(&etag))?;
    asking.tell_seen(&told, |answer| {
        let mut text = thing(answer);
        if answer["state"] == "lifting" {
            text.push_str("a second person lifts it as well; until then it is in force\n");
        }
        text
    })
}

/// A restriction stands in the list alone; its `version` is what `If-Match` takes.
fn one_restriction(asking: &Asking<'_>, id: &str) -> Asked<Told> {
    let mut told = asking.get(RESTRICTIONS_PATH, &[])?;
    let items = told.value["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    let found = items.into_iter().find(|item| item["id"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(id)));
    told.value = found
        .ok_or_else(|| Failure::new("no restriction of that id is in force", "see `homeward identity restrictions`"))?;
    told.etag = told.value["version"].as_u64().map(|version| format!("\"{version}\""));
    Ok(told)
}
