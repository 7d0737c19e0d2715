//! The audit chain as those who may read it see it: lines, and whether it is whole (http, section 7).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::response::Response;
use serde_json::{Map, Value, json};
use store::audit::{AuditFilter, AuditLine, Break, Verdict};
use store::{Store, StoreFault};

use super::acts::{member, said, small_body};
use super::asker::Asker;
use super::audit_event::audit_event;
use super::lists::LINES_READ_MAX;
use super::media::negotiate;
use super::messages::{json_answer, list_answer};
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use crate::config::Role;

/// Lines of a page when the caller says nothing, and at most.
const LINES_DEFAULT: u64 = 50;
const LINES_MAX: u64 = 200;

/// Lots of lines that are looked through for one page.
const LOTS_READ_MAX: usize = 100;

/// A page as it can be had; the first unless another is asked for.
const FORMS: &[&str] = &["application/json", FHIR_NDJSON];
const FHIR_NDJSON: &str = "application/fhir+ndjson";

/// What can be asked for.
const ASKED: [&str; 8] = ["subject", "actor", "action", "object", "since", "until", "limit", "before"];

/// `GET /v1/audit`. Pages go by number, downwards; as `application/fhir+ndjson` each line is an `AuditEvent`, and the
/// next page is named by `Link` alone.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let Asker { caller, durable, .. } = Asker::of(&house, request.extensions())?;
    let query = Query::parse(request.uri().query(), &ASKED)?;
    let as_fhir = FORMS[negotiate(request.headers(), FORMS)?] == FHIR_NDJSON;
    let limit = query.number("limit", LINES_MAX)?.unwrap_or(LINES_DEFAULT);
    if limit == 0 {
        return Err(super::query::refuse(
            "http/parameter",
            "limit",
            "is not between 1 and 200",
            "ask for 1 to 200 lines",
        ));
    }
    let filter = AuditFilter {
        subject: query.id("subject")?,
        actor: query.get("actor").map(str::to_owned),
        action: query.get("action").map(str::to_owned),
        object: query.get("object").map(str::to_owned),
        since: query.instant("since")?,
        until: query.instant("until")?,
        before: query.number("before", u64::MAX)?,
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
        after: None,
    };
    // A partner sees the lines about its own acts and about what was sent to it; a person with the scope of an
    // operator sees all.
    let (own, all) =
        (caller.name().to_owned(), caller.is_operator() || (caller.is_person() && caller.may(Role::Audit)));
    let (lines, last) = durable
        .read(move |store| {
            if all {
                let lines = store.audit(&filter)?.items;
                let last = lines.last().map(|line| line.seq).filter(|_| lines.len() as u64 >= limit);
                Ok((lines, last))
            } else {
                lines_of(store, filter, &own)
            }
        })
        .await?;
    let next = last.filter(|seq| *seq > 1).map(|seq| next_page(&query, seq, limit));
    if as_fhir {
        let events = lines.iter().map(|line| audit_event(line, &house.config.name));
        let page: String = events.map(|event| format!("{event}\n")).collect();
        let mut response = list_answer(&Value::Null, next.as_deref());
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_NDJSON));
        *response.body_mut() = Body::from(page);
        return Ok(response);
    }
    let lines: Vec<Value> = lines.iter().map(line_json).collect();
    Ok(list_answer(&json!({ "items": lines, "next": next }), next.as_deref()))
}

/// The address of the page below a line: the same question, further down.
fn next_page(query: &Query<'_>, before: u64, limit: u64) -> String {
    let mut next = form_urlencoded::Serializer::new(String::new());
    for name in ASKED.iter().filter(|name| !["limit", "before"].contains(name)) {
        if let Some(value) = query.get(name) {
            next.append_pair(name, value);
        }
    }
    next.append_pair("before", &before.to_string()).append_pair("limit", &limit.to_string());
    format!("/v1/audit?{}", next.finish())
}

/// A page of the lines that concern a partner, and the number from which the next goes on. Nothing of it tells how many
/// lines of others stand between: a page is full, or there is no more.
fn lines_of(
    store: &dyn Store,
    mut filter: AuditFilter,
    partner: &str,
) -> Result<(Vec<AuditLine>, Option<u64>), StoreFault> {
    let most = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    filter.limit = LINES_READ_MAX;
    let mut found = Vec::new();
    for _ in 0..LOTS_READ_MAX {
        let lot = store.audit(&filter)?.items;
        let is_last = lot.len() < LINES_READ_MAX as usize;
        filter.before = lot.last().map(|line| line.seq);
        for line in lot.into_iter().filter(|line| concerns(line, partner)) {
            if found.len() == most {
                let last = found.last().map(|line: &AuditLine| line.seq);
                return Ok((found, last));
            }
            found.push(line);
        }
        if is_last {
            return Ok((found, None));
        }
    }
    Ok((found, filter.before))
}

/// `POST /v1/audit/verify`.
pub(crate) async fn verify(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    Query::parse(request.uri().query(), &[])?;
    let durable = house.durable()?;
    let (parts, body) = request.into_parts();
    let body = small_body(&parts.headers, body, &house).await?;
    let asked = said(&body, &["fromSeq", "toSeq", "anchor"])?;
    let number = |name: &'static str| match asked.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(|| member(name, "is not a whole number", "a line's `seq`")),
    };
    let range = (number("fromSeq")?, number("toSeq")?);
    let help = "as a receipt or the anchor file has them";
    let anchor = match super::acts::object(&asked, "anchor", &["seq", "hash"], help)? {
        None => None,
        Some(anchor) => {
            let seq = anchor.get("seq").and_then(Value::as_u64);
            let hash = anchor.get("hash").and_then(Value::as_str).and_then(|hash| hex::decode(hash).ok());
            let hash: Option<[u8; 32]> = hash.and_then(|hash| hash.try_into().ok());
            let malformed = || member("anchor", "is not a line's seq and hash", help);
            Some((seq.ok_or_else(malformed)?, hash.ok_or_else(malformed)?))
        }
    };
    let verdict = durable.read(move |store| store.verify(range, anchor, &mut |_| ())).await?;
    Ok(json_answer(&verdict_json(&verdict), None))
}

/// A verdict as callers read it.
pub(crate) fn verdict_json(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Intact { from, to, head, lines } => {
            json!({ "intact": true, "from": from, "to": to, "head": hex::encode(head), "lines": lines })
        }
        Verdict::Broken { seq, how } => json!({ "intact": false, "seq": seq, "how": break_word(*how) }),
    }
}

fn break_word(how: Break) -> &'static str {
    match how {
        Break::Edited => "edited",
        Break::Missing => "missing",
        Break::Reordered => "reordered",
        Break::Truncated => "truncated",
        Break::AnchorDiffers => "anchor-differs",
    }
}

/// A line as it stands, with its hash; of one that cannot be read, its number and that.
fn line_json(line: &AuditLine) -> Value {
    let read = serde_json::from_str(&line.line).ok();
    let mut members: Map<String, Value> = read.unwrap_or_else(|| {
        Map::from_iter([("seq".to_owned(), json!(line.seq)), ("outcome".to_owned(), json!("unreadable"))])
    });
    members.insert("hash".to_owned(), json!(hex::encode(line.hash)));
    Value::Object(members)
}

/// Whether a line tells of the caller as actor or recipient.
fn concerns(line: &AuditLine, partner: &str) -> bool {
    let value: Value = serde_json::from_str(&line.line).unwrap_or(Value::Null);
    ["actor", "recipient"].iter().any(|name| value.get(name).and_then(Value::as_str) == Some(partner))
}
