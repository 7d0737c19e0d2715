//! A line of the audit chain as FHIR R4 has it: an `AuditEvent`, which anybody's tools for audits can read.
//!
//! Every line has one, so that what is exported is the whole of what was asked for. A line that cannot be read, which only
//! somebody who tampered with the store can have left, is an event whose subtype is `unreadable`: its number and the hash
//! that stands beside it are told, and nothing is made up. `type` is the lifecycle event of ISO 21089 that comes nearest (FHIR R4, value set `audit-event-type`), `subtype` is
//! our own word. Like the chain it holds ids and names of ours and no value of a record.

use serde_json::{Value, json};
use store::audit::AuditLine;

/// Code systems of R4's value sets for `AuditEvent`.
const ISO_21089: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ENTITY_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// Our words, and the namespaces of our ids.
const ACTION: &str = "urn:homeward:cs:audit-action";
const ACTOR: &str = "urn:homeward:id:actor";
const SUBJECT: &str = "urn:homeward:id:subject";
const OBJECT: &str = "urn:homeward:id:object";
const LINE: &str = "urn:homeward:id:audit-line";

/// The subtype of a line that cannot be read.
const UNREADABLE: &str = "unreadable";
const ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// The members of a line that are told of it as they stand.
const DETAILS: [&str; 4] = ["by", "view", "basis", "request"];

/// What an action is elsewhere: the lifecycle event of ISO 21089, and create, read, update, delete or execute.
fn kind(action: &str) -> (&'static str, &'static str) {
    match action {
        "receive" => ("receive", "C"),
        "read" => ("access", "R"),
        "disclose" => ("disclose", "R"),
        "outcome" | "tell" => ("transmit", "E"),
        "restrict" | "hold" => ("hold", "U"),
        "lift" | "release" => ("unhold", "U"),
        "approve" | "seen" | "reject" | "hand-over" => ("attest", "E"),
        "confirm" => ("merge", "U"),
        "undo" => ("unmerge", "U"),
        "export" => ("extract", "R"),
        "purge" | "discard" | "erase" => ("destroy", "D"),
        "checkpoint" => ("archive", "D"),
        "configure" => ("amend", "U"),
        _ => ("report", "E"),
    }
}

/// How it ended, in the codes of DICOM (value set `audit-event-outcome`): all else that is told is a success.
fn outcome_code(outcome: &str) -> &'static str {
    match outcome {
        "waiting" => "4",
        "dead" | "refused" | "failed" | "quarantined" => "8",
        _ => "0",
    }
}

/// A line as a resource.
pub(super) fn audit_event(line: &AuditLine, gateway: &str) -> Value {
    readable(line, gateway).unwrap_or_else(|| unreadable(line, gateway))
}

/// What can be told of a line that is none of ours: R4 has `data-absent-reason` for a moment that is needed and not known.
fn unreadable(line: &AuditLine, gateway: &str) -> Value {
    json!({
        "resourceType": "AuditEvent",
        "id": line.seq.to_string(),
        "type": { "system": ISO_21089, "code": "report" },
        "subtype": [{ "system": ACTION, "code": UNREADABLE }],
        "_recorded": { "extension": [{ "url": ABSENT_REASON, "valueCode": "error" }] },
        "outcome": "8",
        "outcomeDesc": "the line cannot be read: verify the chain",
        "agent": [{ "who": { "display": "not known" }, "requestor": false }],
        "source": source(gateway),
        "entity": [own(&Value::Null, line)],
    })
}

fn source(gateway: &str) -> Value {
    json!({
        "observer": { "display": gateway },
        "type": [{ "system": SOURCE_TYPE, "code": "4", "display": "Application Server" }],
    })
}

/// The line itself.
fn own(said: &Value, line: &AuditLine) -> Value {
    let mut own = entity(LINE, &line.seq.to_string(), ("2", "System Object"), ("13", "Security Resource"));
    if let Some(members) = own.as_object_mut() {
        members.insert("detail".to_owned(), details(said, line));
    }
    own
}

fn readable(line: &AuditLine, gateway: &str) -> Option<Value> {
    let said: Value = serde_json::from_str(&line.line).ok()?;
    let text = |name: &str| said.get(name).and_then(Value::as_str);
    let (actor, action) = (text("actor")?, text("action")?);
    let (code, done) = kind(action);
    let mut agents = vec![json!({
        "type": { "coding": [{ "system": DICOM, "code": "110153", "display": "Source Role ID" }] },
        "who": { "identifier": { "system": ACTOR, "value": actor } },
        "requestor": true,
    })];
    if let Some(recipient) = text("recipient") {
        agents.push(json!({
            "type": { "coding": [{ "system": DICOM, "code": "110152", "display": "Destination Role ID" }] },
            "who": { "identifier": { "system": ACTOR, "value": recipient } },
            "requestor": false,
        }));
    }
    let subject = text("subject").map(|id| entity(SUBJECT, id, ("1", "Person"), ("1", "Patient")));
    let object = text("object").map(|id| entity(OBJECT, id, ("2", "System Object"), ("4", "Domain Resource")));
    let own = own(&said, line);
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": line.seq.to_string(),
        "type": { "system": ISO_21089, "code": code },
        "subtype": [{ "system": ACTION, "code": action }],
        "action": done,
        "recorded": text("at")?,
        "outcome": outcome_code(text("outcome").unwrap_or_default()),
        "agent": agents,
        "source": source(gateway),
        "entity": subject.into_iter().chain(object).chain([own]).collect::<Vec<_>>(),
    });
    if let (Some(outcome), Some(members)) = (text("outcome"), event.as_object_mut()) {
        members.insert("outcomeDesc".to_owned(), json!(outcome));
    }
    Some(event)
}

fn entity(system: &str, id: &str, kind: (&str, &str), role: (&str, &str)) -> Value {
    json!({
        "what": { "identifier": { "system": system, "value": id } },
        "type": { "system": ENTITY_TYPE, "code": kind.0, "display": kind.1 },
        "role": { "system": ENTITY_ROLE, "code": role.0, "display": role.1 },
    })
}

/// What a line says beside who and what: how somebody was known, the view, the ground, counts; and its hash.
fn details(said: &Value, line: &AuditLine) -> Value {
    let detail = |name: &str, value: &str| json!({ "type": name, "valueString": value });
    let mut details: Vec<Value> = DETAILS
        .iter()
        .filter_map(|name| {
            said.get(*name).and_then(Value::as_str).filter(|value| !value.is_empty()).map(|value| detail(name, value))
        })
        .collect();
    for (statement, count) in said.get("statements").and_then(Value::as_object).into_iter().flatten() {
        details.push(detail(&format!("statements.{statement}"), &count.to_string()));
    }
    details.push(detail("hash", &hex::encode(line.hash)));
    Value::Array(details)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(line: &str) -> AuditLine {
        AuditLine { seq: 7, line: line.to_owned(), hash: [0xab; 32] }
    }

    #[test]
    fn a_disclosure_has_every_element_that_is_needed() {
        let told = line(
            r#"{"v":1,"seq":7,"at":"2026-11-21T09:30:11.482913Z","actor":"lcs","by":"certificate:3f","action":"disclose","subject":"0193a5c2-0000-7000-8000-000000000001","object":"delivery:0193a5c9","recipient":"nurses","view":"health@7c1e","basis":"s22","statements":{"Person":1},"outcome":"planned","prev":"41ab"}"#,
        );
        let event = audit_event(&told, "coventry");
        // FHIR R4, AuditEvent: type, recorded, agent, agent.requestor, source and source.observer have cardinality 1.
        assert_eq!(event["type"]["code"], "disclose");
        assert_eq!(event["recorded"], "2026-11-21T09:30:11.482913Z");
        assert_eq!((&event["agent"][0]["requestor"], &event["agent"][1]["requestor"]), (&json!(true), &json!(false)));
        assert_eq!(event["source"]["observer"]["display"], "coventry");
        assert_eq!((&event["action"], &event["outcome"]), (&json!("R"), &json!("0")));
        let entities = event["entity"].as_array().unwrap();
        assert_eq!(entities.len(), 3);
        assert_eq!(entities[0]["role"]["code"], "1", "the child");
        assert_eq!(entities[1]["what"]["identifier"]["value"], "delivery:0193a5c9");
        let details: Vec<&str> =
            entities[2]["detail"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(details, ["by", "view", "basis", "statements.Person", "hash"]);
        // dom-*, ele-1: nothing is empty or null.
        assert!(!event.to_string().contains("null") && !event.to_string().contains("[]"));
    }

    #[test]
    fn the_least_line_is_an_event_and_so_is_what_is_no_line() {
        let least =
            line(r#"{"at":"2026-11-21T09:30:11.482913Z","actor":"homeward","action":"outcome","outcome":"dead"}"#);
        let event = audit_event(&least, "coventry");
        assert_eq!((&event["outcome"], &event["outcomeDesc"]), (&json!("8"), &json!("dead")));
        assert_eq!(event["entity"].as_array().unwrap().len(), 1);
        for no_line in ["", "{}", "[]", "null", r#"{"at":5,"actor":"a","action":"b"}"#] {
            let event = audit_event(&line(no_line), "coventry");
            assert_eq!((&event["id"], &event["subtype"][0]["code"]), (&json!("7"), &json!("unreadable")), "{no_line}");
            assert!(event.get("recorded").is_none() && event["_recorded"]["extension"].is_array());
            assert_eq!(event["entity"][0]["detail"][0]["valueString"], "ab".repeat(32));
            assert!(!event.to_string().contains("null") && !event.to_string().contains("[]"), "{event}");
        }
    }
}
