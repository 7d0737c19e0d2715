//! `homeward identity`: who is who, who must not be found, and what is held of a child.
//!
//! A child's identifier is typed or comes on standard input, never as an argument, and is told nowhere.

use std::io::{self, IsTerminal};

use serde_json::{Map, Value, json};
use server::outbound::client::{Ask, Content, ContentBytes, Deed};

use crate::{
    arguments::gateway::{
        ActArguments, HandOverOutcome, IdentityCommand, RelationCommand, RestrictArguments, RestrictKind, ToGateway,
    },
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

const SUBJECTS: [(&str, &str); 5] =
    [("id", "id"), ("state", "state"), ("begun by", "begunBy"), ("sources", "sources"), ("epoch", "epoch")];

const RELATIONS: [(&str, &str); 6] =
    [("id", "id"), ("ods", "ods"), ("subject", "subject"), ("since", "since"), ("until", "until"), ("set by", "setBy")];

/// Where relations are listed and set.
const RELATIONS_PATH: &str = "/v1/identity/relations";

/// Where children are listed that wait for people.
const SUBJECTS_PATH: &str = "/v1/identity/subjects";

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
        IdentityCommand::Relation { command } => relation(asking, command),
        IdentityCommand::Subjects { state, limit } => {
            let filters = [("state", state.as_deref())];
            List { path: SUBJECTS_PATH, filters: &filters, limit: *limit, columns: &SUBJECTS }.run(asking)
        }
        IdentityCommand::Subject { id } => asking.tell_seen(&asking.get(&subject(id)?, &[])?, thing),
        IdentityCommand::Release { act, reason } => {
            by_two(asking, act, "Release this child?", ("release", "releasing"), reason)
        }
        IdentityCommand::Erase { act, reason } => {
            by_two(asking, act, "Erase everything held of this child?", ("erase", "erasing"), reason)
        }
        IdentityCommand::Readmit { act, reason } => {
            by_two(asking, act, "Take in again what is said of this child?", ("readmit", "readmitting"), reason)
        }
        IdentityCommand::HandedOver { act, outcome } => {
            let word = match outcome {
                HandOverOutcome::HandedOver => "handed-over",
                HandOverOutcome::CouldNotBe => "could-not-be",
            };
            let asked = ("Is that so?", "homeward identity subject ID --json");
            decided(asking, act, &subject(&act.id)?, asked, "handed-over", &json!({ "outcome": word }))
        }
        IdentityCommand::Export { subject: id, reason, output } => {
            let path = format!("{}/export", subject(id)?);
            let bytes = ContentBytes::Whole(json!({ "reason": reason }).to_string().into_bytes());
            let deed = Deed::Act(Content { media_type: "application/json", bytes });
            let ask = Ask { path: &path, query: &[], headers: &[("accept", "application/zip")], deed };
            let bytes = asking.download(ask, Some(output))?;
            asking.terminal.note(&format!("note: {bytes} bytes; a person reviews them before they are handed over"));
            Ok(Ended::Well)
        }
    })
}

fn proposal(text: &str) -> Result<String, Failure> {
    Ok(format!("/v1/identity/proposals/{}", id(text)?))
}

fn subject(text: &str) -> Result<String, Failure> {
    Ok(format!("{SUBJECTS_PATH}/{}", id(text)?))
}

/// Does to a child what takes two persons, as the first or as the second.
fn by_two(
    asking: &Asking<'_>,
    act: &ActArguments,
    question: &str,
    (verb, begun): (&str, &str),
    reason: &str,
) -> Asked<Ended> {
    let path = subject(&act.id)?;
    let seen = Act { if_match: act.if_match.as_deref(), question, shown_by: "homeward identity subject ID --json" };
    let Some(etag) = seen.seen(asking, || asking.get(&path, &[]), thing)? else { return Ok(Ended::WithErrors) };
    let told = asking.act(&format!("{path}/{verb}"), &json!({ "reason": reason }), Some(&etag))?;
    asking.tell_seen(&told, |answer| {
        let mut text = thing(answer);
        if answer["state"] == begun {
            text.push_str("a second person does it as well; until then nothing has changed\n");
        }
        text
    })
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
    let child = typed_child(asking, &arguments.system)?;
    let kind = match arguments.kind {
        RestrictKind::Location => "location",
        RestrictKind::Adopted => "adopted",
    };
    let mut body = Map::new();
    body.insert("child".to_owned(), child);
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

/// The identifier of a child, as it is typed or comes on standard input.
fn typed_child(asking: &Asking<'_>, system: &str) -> Asked<Value> {
    asking.running()?;
    if io::stdin().is_terminal() {
        asking.terminal.talk("The child's identifier in that system:");
    }
    let value = typed_line()?;
    let value = value.trim();
    if value.is_empty() {
        return Err(Failure::new("the child's identifier is needed", "one line on standard input").into());
    }
    Ok(json!({ "system": system, "value": value }))
}

/// Lists, sets and ends relations.
fn relation(asking: &Asking<'_>, command: &RelationCommand) -> Asked<Ended> {
    match command {
        RelationCommand::List { ods, subject, limit } => {
            let filters = [("ods", ods.as_deref()), ("subject", subject.as_deref())];
            List { path: RELATIONS_PATH, filters: &filters, limit: *limit, columns: &RELATIONS }.run(asking)
        }
        RelationCommand::Set { system, ods, since, until } => {
            let mut body = json!({ "child": typed_child(asking, system)?, "ods": ods, "since": since });
            if let Some(until) = until {
                body["until"] = json!(until);
            }
            asking.tell_seen(&asking.act(RELATIONS_PATH, &body, None)?, thing)
        }
        RelationCommand::End { id: text } => {
            asking.running()?;
            asking.tell_seen(&asking.remove(&format!("{RELATIONS_PATH}/{}", id(text)?))?, thing)
        }
    }
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
