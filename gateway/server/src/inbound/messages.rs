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
use store::{Batch, Refused};
use uuid::Uuid;

use super::acts::{act_problem, reason_of};
use super::intake::store_problem;
use super::lists::{PAGE, PageAsked};
use super::partners::Caller;
use super::problem::Problem;
use super::query::Query;
use super::request_id::RequestId;
use super::stack::House;
use super::tags::{etag, if_match, is_known};
use crate::durable::Durable;
use crate::durable::commit::kept;
use crate::durable::moment::{now, rfc3339};

const FILTERS: [&str; 5] = ["state", "route", "since", "until", "correlation_id"];

/// `GET /v1/messages`.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let caller = Caller::of(&request)?;
    let durable = house.durable()?;
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
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = Caller::of(&request)?;
    Query::parse(request.uri().query(), &[])?;
    let durable = house.durable()?;
    let message = visible(&durable, &caller, &id).await?;
    let tag = etag(message.version);
    if is_known(request.headers(), &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(json_answer(&message_json(&message), Some(tag)))
}

/// `GET /v1/messages/{id}/report`.
pub(crate) async fn report(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = Caller::of(&request)?;
    let query = Query::parse(request.uri().query(), &["attempt"])?;
    let attempt = query.number("attempt", u64::from(u32::MAX))?.and_then(|attempt| u32::try_from(attempt).ok());
    let durable = house.durable()?;
    let message = visible(&durable, &caller, &id).await?;
    let report = durable.read(move |store| store.report(message.id, attempt)).await?;
    match report {
        Some(report) => Ok(([(header::CONTENT_TYPE, "application/json")], report).into_response()),
        // Not read yet, or purged since.
        None if matches!(message.state, MessageState::Received | MessageState::Reading) => {
            Err(Problem::State { state: message.state.word() })
        }
        None => Err(Problem::Gone),
    }
}

/// `GET /v1/messages/{id}/rejects`: for the sender alone.
pub(crate) async fn rejects(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, request_id) = (Caller::of(&request)?, RequestId::of(&request)?);
    Query::parse(request.uri().query(), &[])?;
    let durable = house.durable()?;
    let message = own(&durable, &caller, &id).await?;
    let rejects = durable.read(move |store| store.rejects(message.id)).await?;
    if rejects.is_empty() {
        return Err(Problem::NotFound { nearest: None });
    }
    told(&durable, &caller, request_id, "read-rejects", &message).await?;
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
pub(crate) async fn content(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, request_id) = (Caller::of(&request)?, RequestId::of(&request)?);
    Query::parse(request.uri().query(), &[])?;
    let durable = house.durable()?;
    let message = own(&durable, &caller, &id).await?;
    let first = durable.read(move |store| store.body_chunk(message.id, 0)).await?;
    if message.state == MessageState::Purged || (first.is_none() && message.bytes > 0) {
        return Err(Problem::Gone);
    }
    told(&durable, &caller, request_id, "read-content", &message).await?;
    let mut headers = HeaderMap::new();
    let media_type = message.media_type.as_deref().unwrap_or("application/octet-stream");
    if let (Ok(media_type), Ok(length)) =
        (HeaderValue::from_str(media_type), HeaderValue::from_str(&message.bytes.to_string()))
    {
        headers.insert(header::CONTENT_TYPE, media_type);
        headers.insert(header::CONTENT_LENGTH, length);
    }
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok((headers, Body::from_stream(durable.body_pieces(message.id, first))).into_response())
}

/// `POST /v1/messages/{id}/replay`.
pub(crate) async fn replay(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, request_id) = (Caller::of(&request)?, RequestId::of(&request)?);
    Query::parse(request.uri().query(), &[])?;
    let durable = house.durable()?;
    let version = if_match(request.headers())?;
    let asked = super::acts::body(request, &house, &["dialect", "errors", "errorsMax", "dryRun"]).await?;
    let message = own(&durable, &caller, &id).await?;
    let overrides = crate::durable::replay::Overrides::read(&asked, &durable)?;
    let is_preview = super::acts::flag(&asked, "dryRun")?.unwrap_or(false);
    if message.version != version {
        return Err(Problem::PreconditionFailed);
    }
    if message.state == MessageState::Purged {
        return Err(Problem::Gone);
    }
    if is_preview {
        return Ok(json_answer(&durable.preview_replay(message, overrides).await?, None));
    }
    let act = MessageActKind::Replay(overrides.to_bytes());
    let attempt = message.attempt + 1;
    let message = acted(&durable, &caller, request_id, message, version, act, "replay").await?;
    durable.wake_reader();
    // The attempt that was asked for, whether or not its reading has begun.
    let message = Message { attempt, ..message };
    let mut response = json_answer(&message_json(&message), Some(etag(message.version)));
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}

/// `POST /v1/messages/{id}/discard`.
pub(crate) async fn discard(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (caller, request_id) = (Caller::of(&request)?, RequestId::of(&request)?);
    Query::parse(request.uri().query(), &[])?;
    let durable = house.durable()?;
    let version = if_match(request.headers())?;
    let asked = super::acts::body(request, &house, &["reason"]).await?;
    let reason = reason_of(&asked)?;
    let message = own(&durable, &caller, &id).await?;
    let act = MessageActKind::Discard(reason);
    let message = acted(&durable, &caller, request_id, message, version, act, "discard").await?;
    Ok(json_answer(&message_json(&message), Some(etag(message.version))))
}

async fn acted(
    durable: &Durable,
    caller: &Caller,
    request_id: RequestId,
    message: Message,
    version: u64,
    act: MessageActKind,
    action: &'static str,
) -> Result<Message, Problem> {
    let line = durable.line(action, &caller.actor(), now(), |line| {
        line.by = Some(caller.by());
        line.object = Some(format!("message:{}", message.id));
        line.request = Some(request_id.0);
    });
    let batch = Batch {
        message_acts: vec![MessageAct { id: message.id, version, act }],
        audit: vec![line],
        ..Batch::default()
    };
    match kept(|done| durable.store.keep(batch, done)).await.map_err(store_problem)? {
        Ok(_) => durable.message(message.id).await?.ok_or(Problem::Internal),
        Err(Refused::Missing) => Err(Problem::NotFound { nearest: None }),
        Err(refused) => Err(act_problem(&refused)),
    }
}

/// Tells the audit chain who reads what was sent, before it leaves.
async fn told(
    durable: &Durable,
    caller: &Caller,
    request_id: RequestId,
    action: &'static str,
    message: &Message,
) -> Result<(), Problem> {
    let line = durable.line(action, &caller.actor(), now(), |line| {
        line.by = Some(caller.by());
        line.object = Some(format!("message:{}", message.id));
        line.recipient = Some(caller.name().to_owned());
        line.request = Some(request_id.0);
    });
    let batch = Batch { audit: vec![line], ..Batch::default() };
    match kept(|done| durable.store.keep(batch, done)).await.map_err(store_problem)? {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::Internal),
    }
}

/// A message that the caller sent, or may look at as an operator.
async fn visible(durable: &Durable, caller: &Caller, id: &str) -> Result<Message, Problem> {
    let message = found(durable, id).await?;
    if message.partner == caller.name() || caller.is_operator() {
        Ok(message)
    } else {
        Err(Problem::NotFound { nearest: None })
    }
}

/// A message that the caller sent.
async fn own(durable: &Durable, caller: &Caller, id: &str) -> Result<Message, Problem> {
    let message = found(durable, id).await?;
    if message.partner == caller.name() { Ok(message) } else { Err(Problem::NotFound { nearest: None }) }
}

async fn found(durable: &Durable, id: &str) -> Result<Message, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound { nearest: None })?;
    durable.message(id).await?.ok_or(Problem::NotFound { nearest: None })
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
