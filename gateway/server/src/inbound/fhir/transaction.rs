//! Many writes at once: a transaction, which is done whole or not at all, and a batch, whose entries have nothing to do
//! with each other (FHIR R4, section 3.1.0.11).
//!
//! Limits: `bundle_bytes_max`, `bundle_entries_max`. Format: a Bundle whose entries say by `request` what is asked.
//! Operations: [`post`].

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::kinds::kind;
use super::outcome::{INVALID_SEARCH_DATA, VALIDATION_ERROR, bad, issue_of_problem, outcome, unknown_type};
use super::raw::{items, member};
use super::stating::{Entry, Outcome, state};
use super::write::{Wants, as_json, criteria, judge_type, no_resource, version};
use super::{Answer, Asking, read, validate};
use crate::config::Scope;
use crate::inbound::acts::strict_object;
use crate::inbound::body::{BytesMax, read_small};
use crate::inbound::idempotency::mark_replayed;
use crate::inbound::problem::Problem;
use crate::inbound::stack::House;

/// What an entry asks.
enum Asked {
    Write(Entry),
    /// An address below this server's.
    Read(String),
}

/// `POST /`.
pub(crate) async fn post(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let asking = Asking::begin(&house, &parts, b"", false)?;
    asking.may(Scope::FhirRead)?;
    let from = validate::format_of(&parts)?;
    let limits = &house.config.fhir;
    let most = BytesMax { bytes: limits.bundle_bytes_max, limit: "bundle_bytes_max" };
    let bytes = read_small(&parts.headers, body, &house.config.limits, most).await?;
    let bytes = as_json(bytes, from)?;
    // No member stands twice: what is judged is what is read.
    let bundle = Value::Object(strict_object(&bytes).ok_or_else(no_resource)?);
    let is_transaction = match (bundle["resourceType"].as_str(), bundle["type"].as_str()) {
        (Some("Bundle"), Some("transaction")) => true,
        (Some("Bundle"), Some("batch")) => false,
        (Some("Bundle"), Some(_)) => {
            return Err(bad(
                ("not-supported", VALIDATION_ERROR),
                "http/bundle-type",
                "The Bundle is neither a transaction nor a batch",
                "send other Bundles as a message: POST /v1/routes/{route}/messages",
            ));
        }
        _ => return Err(no_resource()),
    };
    let count = bundle["entry"].as_array().map_or(0, Vec::len);
    if count as u64 > limits.bundle_entries_max {
        return Err(Problem::TooLarge { limit: "bundle_entries_max" });
    }
    let trimmed = bytes.trim_ascii();
    let at = member(trimmed, 0..trimmed.len(), "entry").map(|entries| items(trimmed, entries)).unwrap_or_default();
    let values = bundle["entry"].as_array().into_iter().flatten();
    let mut asked = Vec::new();
    for (n, (value, at)) in values.zip(at).enumerate() {
        let resource = member(trimmed, at, "resource").map(|at| trimmed[at].to_vec());
        asked.push(entry(&asking, n, value, resource));
    }
    if is_transaction {
        transaction(&house, &asking, &parts, asked).await
    } else {
        batch(&house, &asking, &parts, asked).await
    }
}

/// All or none.
async fn transaction(
    house: &Arc<House>,
    asking: &Asking,
    parts: &Parts,
    asked: Vec<Result<Asked, Problem>>,
) -> Result<Response, Problem> {
    let asked: Vec<Asked> = asked.into_iter().collect::<Result<_, _>>()?;
    let writes: Vec<Entry> = asked
        .iter()
        .filter_map(|asked| match asked {
            Asked::Write(entry) => Some(entry.clone()),
            Asked::Read(_) => None,
        })
        .collect();
    let (mut outcomes, mut replayed) = (Vec::new(), false);
    if !writes.is_empty() {
        let stated = state(house, asking, parts, writes, None).await?;
        (outcomes, replayed) = (stated.outcomes, stated.replayed);
    }
    let mut outcomes = outcomes.into_iter();
    let mut entries = Vec::new();
    for asked in &asked {
        entries.push(match asked {
            Asked::Write(_) => told(asking, &outcomes.next().ok_or(Problem::Internal)?, parts),
            // What was written stands, whatever cannot be read after it.
            Asked::Read(address) => match read::within(house, asking, address).await {
                Ok(json) => told(asking, &Outcome::Told(json), parts),
                Err(problem) => failed(&problem),
            },
        });
    }
    let mut response = asking.answer(Answer { json: response_of("transaction-response", &entries), tag: None })?;
    if replayed {
        mark_replayed(response.headers_mut());
    }
    Ok(response)
}

/// Each by itself.
async fn batch(
    house: &Arc<House>,
    asking: &Asking,
    parts: &Parts,
    asked: Vec<Result<Asked, Problem>>,
) -> Result<Response, Problem> {
    let mut entries = Vec::new();
    for (n, asked) in asked.into_iter().enumerate() {
        let done = match asked {
            Err(problem) => Err(problem),
            Ok(Asked::Read(address)) => read::within(house, asking, &address).await.map(Outcome::Told),
            Ok(Asked::Write(entry)) => {
                let stated = state(house, asking, parts, vec![entry], Some(n)).await;
                stated.and_then(|stated| stated.outcomes.into_iter().next().ok_or(Problem::Internal))
            }
        };
        entries.push(match done {
            Ok(outcome) => told(asking, &outcome, parts),
            Err(problem) => failed(&problem),
        });
    }
    asking.answer(Answer { json: response_of("batch-response", &entries), tag: None })
}

/// What an entry asks.
fn entry(asking: &Asking, n: usize, value: &Value, resource: Option<Vec<u8>>) -> Result<Asked, Problem> {
    let wrong = |text: &str| {
        bad(
            ("invalid", VALIDATION_ERROR),
            "http/bundle-entry",
            format!("{text}: Bundle.entry[{n}].request"),
            "say method and url, as in POST Condition or PUT Condition/id",
        )
    };
    let request = &value["request"];
    let text = |name: &str| request[name].as_str();
    let url = text("url").ok_or_else(|| wrong("An entry does not say what is asked"))?;
    let url = url.strip_prefix(&asking.base).unwrap_or(url).trim_start_matches('/');
    let method = match text("method") {
        Some("GET") => {
            asking.may(Scope::FhirRead)?;
            return Ok(Asked::Read(url.to_owned()));
        }
        Some("POST") => Method::POST,
        Some("PUT") => Method::PUT,
        Some("DELETE") => Method::DELETE,
        _ => return Err(wrong("An entry asks for what is not done within a Bundle")),
    };
    asking.may(Scope::FhirWrite)?;
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let (name, id) = path.split_once('/').map_or((path, None), |(name, id)| (name, Some(id)));
    let kind = kind(name).ok_or_else(unknown_type)?;
    judge_type(kind.name, method != Method::POST)?;
    let id = match id {
        None => None,
        Some(id) => Some(Uuid::try_parse(id).map_err(|_| Problem::NotFound { nearest: None })?),
    };
    let fits = match method {
        Method::POST => id.is_none() && resource.is_some(),
        Method::PUT => (id.is_some() != query.is_some()) && resource.is_some(),
        _ => id.is_some(),
    };
    if !fits {
        return Err(wrong("Address, method and resource of an entry do not go together"));
    }
    if resource.is_some() && value["resource"]["resourceType"] != kind.name {
        return Err(wrong("The resource of an entry is of another type than its address"));
    }
    if id.is_some()
        && resource.is_some()
        && value["resource"]["id"].as_str().and_then(|id| Uuid::try_parse(id).ok()) != id
    {
        return Err(wrong("The id of the resource of an entry is not that of its address"));
    }
    if value["fullUrl"]
        .as_str()
        .is_some_and(|url| !["urn:uuid:", "http://", "https://"].iter().any(|it| url.starts_with(it)))
    {
        return Err(wrong("The fullUrl of an entry is no address"));
    }
    let condition = match method {
        Method::POST => text("ifNoneExist").map(|condition| criteria(condition, kind.name)).transpose()?,
        _ => query.map(|query| criteria(query, kind.name)).transpose()?,
    };
    let if_match = match text("ifMatch") {
        None => None,
        Some(tag) => Some(version(tag).ok_or_else(|| {
            bad(
                ("value", INVALID_SEARCH_DATA),
                "http/if-match",
                format!("ifMatch is malformed: Bundle.entry[{n}]"),
                "as in W/\"3\"",
            )
        })?),
    };
    let mut entry = Entry { condition, if_match, resource, ..Entry::new(method, kind.name) };
    if let Some(id) = id {
        entry = entry.at(&asking.base, id);
    }
    if let Some(given) = value["fullUrl"].as_str() {
        given.clone_into(&mut entry.full_url);
    }
    Ok(Asked::Write(entry))
}

/// Why an entry was not done, as the answer has it.
fn failed(problem: &Problem) -> String {
    let told = outcome(None, &issue_of_problem(problem));
    let status = Value::from(words(problem.status()));
    format!("{{\"response\":{{\"status\":{status},\"outcome\":{}}}}}", String::from_utf8_lossy(&told))
}

/// What came of an entry, as the answer has it.
fn told(asking: &Asking, outcome: &Outcome, parts: &Parts) -> String {
    let wants_resource = matches!(Wants::of(&parts.headers), (Wants::Resource, Some(_)));
    match outcome {
        Outcome::Deleted => json!({ "response": { "status": words(StatusCode::NO_CONTENT) } }).to_string(),
        Outcome::Told(json) => {
            let response = json!({ "status": words(StatusCode::OK) });
            format!("{{\"resource\":{},\"response\":{response}}}", String::from_utf8_lossy(json))
        }
        Outcome::Stands { created, kind, id, resource } => {
            let status = words(if *created { StatusCode::CREATED } else { StatusCode::OK });
            let full_url = format!("{}/{kind}/{id}", asking.base);
            let response = match resource {
                Some(resource) => json!({
                    "status": status,
                    "location": format!("{full_url}/_history/{}", resource.version()),
                    "etag": format!("W/\"{}\"", resource.version()),
                }),
                None => json!({ "status": status, "location": full_url }),
            };
            let full_url = Value::from(full_url);
            match resource.as_ref().filter(|_| wants_resource) {
                Some(resource) => format!(
                    "{{\"fullUrl\":{full_url},\"resource\":{},\"response\":{response}}}",
                    String::from_utf8_lossy(&resource.told())
                ),
                None => format!("{{\"fullUrl\":{full_url},\"response\":{response}}}"),
            }
        }
    }
}

fn response_of(kind: &str, entries: &[String]) -> Vec<u8> {
    let entry = if entries.is_empty() { String::new() } else { format!(",\"entry\":[{}]", entries.join(",")) };
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"{kind}\"{entry}}}").into_bytes()
}

/// A status as an entry tells it: `201 Created`.
fn words(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default()).trim_end().to_owned()
}
