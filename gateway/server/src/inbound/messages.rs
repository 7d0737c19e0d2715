//! A partner's own messages: lists, reports, rejected rows, content, replay and discard (http, section 4.2).
//!
//! What belongs to another partner is not there. Only the sender reads what was rejected and what was sent, and
//! reading it is told in the audit chain before the first byte leaves.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use store::message::{Message, MessageAct, MessageActKind, MessageFilter, MessageState};
use store::{Batch, StoreFault};
use uuid::Uuid;

use super::acts::{flag, reason_of};
use super::asker::{Act, Asker};
use super::idempotency::Answered;
use super::intake::store_problem;
use super::lists::{PAGE, PageAsked};
use super::media::negotiate;
use super::problem::Problem;
use super::query::Query;
use super::report::{KeptReport, content_security_policy};
use super::stack::House;
use super::tags::{etag, is_known};
use crate::durable::moment::rfc3339;
use crate::durable::replay::Overrides;

const JSON: &str = "application/json";
const CSV: &str = "text/csv";
const REPORT_FORMS: [&str; 3] = [JSON, CSV, "text/html; charset=utf-8"];

const FILTERS: [&str; 5] = ["state", "route", "since", "until", "correlation_id"];

/// `GET /v1/messages`.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let (caller, durable) = (&asker.caller, &asker.durable);
    let names: Vec<&'static str> = FILTERS.into_iter().chain(PAGE).collect();
    let query = Query::parse(request.uri().query(), &names)?;
    let asked = PageAsked::read(&query, &durable.cursors, caller.name(), "/v1/messages", &FILTERS)?;
    let words: Vec<(&'static str, MessageState)> =
        MessageState::ALL.into_iter().map(|state| (state.word(), state)).collect();
    let filter = MessageFilter {
        partner: (!caller.is_operator()).then(|| caller.name().to_owned()),
        route: query.name("route")?,
        state: query.choice("state", &words)?,
        correlation_id: query.get("correlation_id").map(str::to_owned),
        since: query.instant("since")?,
        until: query.instant("until")?,
        after: asked.after,
        limit: asked.limit,
    };
    let page = durable.read(move |store| store.messages(&filter)).await?;
    let (body, next) = asked.answer(&durable.cursors, &page, message_json);
    Ok(list_answer(&body, next.as_deref()))
}

/// `GET /v1/messages/{id}`.
pub(crate) async fn show(Path(id): Path<String>, asker: Asker, headers: HeaderMap) -> Result<Response, Problem> {
    let message = visible(&asker, &id).await?;
    let tag = etag(message.version);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(json_answer(&message_json(&message), Some(tag)))
}

/// `GET /v1/messages/{id}/report`: as JSON, as rows, or as a page.
pub(crate) async fn report(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let query = Query::parse(request.uri().query(), &["attempt"])?;
    let attempt = query.number("attempt", u64::from(u32::MAX))?.and_then(|attempt| u32::try_from(attempt).ok());
    let form = REPORT_FORMS[negotiate(request.headers(), &REPORT_FORMS)?];
    let message = visible(&asker, &id).await?;
    let message_id = message.id;
    let Some(report) = asker.durable.read(move |store| store.report(message_id, attempt)).await? else {
        // Not read yet, or purged since.
        let is_to_come = matches!(message.state, MessageState::Received | MessageState::Reading);
        return Err(if is_to_come { Problem::State { state: message.state.word() } } else { Problem::Gone });
    };
    if form == JSON {
        return Ok(([(header::CONTENT_TYPE, form)], report).into_response());
    }
    let report = KeptReport::read(&report)
        .map_err(|_| store_problem(StoreFault::Corrupt("a report is not what was written")))?;
    if form == CSV {
        return Ok(([(header::CONTENT_TYPE, form)], report.to_csv()).into_response());
    }
    // Rows are kept of the latest reading, and are its sender's.
    let is_latest = attempt.is_none_or(|attempt| attempt == message.attempt);
    let rows = if is_latest && message.partner == asker.caller.name() {
        asker.durable.read(move |store| store.rejects(message_id)).await?
    } else {
        Vec::new()
    };
    if !rows.is_empty() {
        told(&asker, "read-rejects", &message).await?;
    }
    let headers =
        [(header::CONTENT_TYPE, form.to_owned()), (header::CONTENT_SECURITY_POLICY, content_security_policy())];
    Ok((headers, report.to_page(&rows)).into_response())
}

/// `GET /v1/messages/{id}/rejects`: for the sender alone.
pub(crate) async fn rejects(Path(id): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let message = own(&asker, &id).await?;
    let rejects = asker.durable.read(move |store| store.rejects(message.id)).await?;
    if rejects.is_empty() {
        return Err(Problem::NotFound { nearest: None });
    }
    told(&asker, "read-rejects", &message).await?;
    let rows: Vec<Value> = rejects
        .iter()
        .map(|reject| {
            json!({
                "part": reject.part, "line": reject.line, "byte": reject.byte, "rule": reject.rule,
                "row": String::from_utf8_lossy(&reject.row),
            })
        })
        .collect();
    Ok(json_answer(&json!({ "rejects": rows }), None))
}

/// `GET /v1/messages/{id}/content`: for the sender alone, as it was received.
pub(crate) async fn content(Path(id): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let message = own(&asker, &id).await?;
    let first = asker.durable.read(move |store| store.body_chunk(message.id, 0)).await?;
    if message.state == MessageState::Purged || (first.is_none() && message.bytes > 0) {
        return Err(Problem::Gone);
    }
    told(&asker, "read-content", &message).await?;
    let mut headers = HeaderMap::new();
    let media_type = message.media_type.as_deref().unwrap_or("application/octet-stream");
    if let (Ok(media_type), Ok(length)) =
        (HeaderValue::from_str(media_type), HeaderValue::from_str(&message.bytes.to_string()))
    {
        headers.insert(header::CONTENT_TYPE, media_type);
        headers.insert(header::CONTENT_LENGTH, length);
    }
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok((headers, Body::from_stream(asker.durable.body_pieces(message.id, first))).into_response())
}

/// `POST /v1/messages/{id}/replay`.
pub(crate) async fn replay(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["dialect", "errors", "errorsMax", "dryRun"])?;
    let message = own(&asker, &id).await?;
    let overrides = Overrides::read(&said, &asker.durable)?;
    let is_preview = flag(&said, "dryRun")?.unwrap_or(false);
    if message.version != version {
        return Err(Problem::PreconditionFailed);
    }
    if message.state == MessageState::Purged {
        return Err(Problem::Gone);
    }
    if is_preview {
        return Ok(json_answer(&asker.durable.preview_replay(message, overrides).await?, None));
    }
    // The attempt that is asked for, whether or not its reading begins at once.
    let message = Message { attempt: message.attempt + 1, ..message };
    let act = MessageActKind::Replay(overrides.to_bytes());
    let response = acted(&asker, message, (version, act), "replay", StatusCode::ACCEPTED).await?;
    asker.durable.wake_reader();
    Ok(response)
}

/// `POST /v1/messages/{id}/discard`.
pub(crate) async fn discard(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["reason"])?;
    let reason = reason_of(&said)?;
    let message = own(&asker, &id).await?;
    let act = MessageActKind::Discard(reason);
    acted(&asker, message, (version, act), "discard", StatusCode::OK).await
}

async fn acted(
    asker: &Asker,
    message: Message,
    (version, act): (u64, MessageActKind),
    action: &'static str,
    status: StatusCode,
) -> Result<Response, Problem> {
    let line = asker.line(action, |line| line.object = Some(format!("message:{}", message.id)));
    let id = message.id;
    let message = message.after(&act);
    let answer = Answered::new(status, message_json(&message), Some(message.version));
    let act = MessageAct { id, version, act };
    asker.keep(Batch { message_acts: vec![act], audit: vec![line], ..Batch::default() }, answer).await
}

/// Tells the audit chain who reads what was sent, before it leaves.
async fn told(asker: &Asker, action: &'static str, message: &Message) -> Result<(), Problem> {
    let line = asker.line(action, |line| {
        line.object = Some(format!("message:{}", message.id));
        line.recipient = Some(asker.caller.name().to_owned());
    });
    asker.tell(line).await
}

/// A message that the caller sent, or may look at as an operator.
async fn visible(asker: &Asker, id: &str) -> Result<Message, Problem> {
    found(asker, id, |message| message.partner == asker.caller.name() || asker.caller.is_operator()).await
}

/// A message that the caller sent.
async fn own(asker: &Asker, id: &str) -> Result<Message, Problem> {
    found(asker, id, |message| message.partner == asker.caller.name()).await
}

async fn found(asker: &Asker, id: &str, may_see: impl Fn(&Message) -> bool) -> Result<Message, Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let id = Uuid::try_parse(id).map_err(|_| missing())?;
    asker.durable.message(id).await?.filter(may_see).ok_or_else(missing)
}

/// A message as its sender reads it.
pub(crate) fn message_json(message: &Message) -> Value {
    let counts: Value = serde_json::from_slice(&message.counts).unwrap_or(Value::Null);
    json!({
        "id": message.id,
        "route": message.route,
        "partner": message.partner,
        "state": message.state.word(),
        "reason": message.reason,
        "attempt": message.attempt,
        "bytes": message.bytes,
        "sha256": hex::encode(message.sha256),
        "correlationId": message.correlation_id,
        "receivedAt": rfc3339(message.received_at),
        "settledAt": message.settled_at.map(rfc3339),
        "counts": counts,
        "audit": { "seq": message.audit.0, "hash": hex::encode(message.audit.1) },
        "links": {
            "self": format!("/v1/messages/{}", message.id),
            "report": format!("/v1/messages/{}/report", message.id),
            "deliveries": format!("/v1/deliveries?message={}", message.id),
        },
    })
}

/// An answer in JSON.
pub(crate) fn json_answer(body: &Value, tag: Option<HeaderValue>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A page of a list, with the address of the next.
pub(crate) fn list_answer(body: &Value, next: Option<&str>) -> Response {
    let mut response = json_answer(body, None);
    if let Some(link) = next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
