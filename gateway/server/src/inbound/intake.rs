//! Taking a message in: `POST /v1/routes/{route}/messages` (http, section 4.1).
//!
//! The body goes to the store as it comes, in encrypted pieces under a message that nobody sees yet; the last commit
//! holds the message, the key that makes a repeat safe, and the audit line, and only then is it acknowledged. What is
//! read, found wrong and delivered comes later: a document full of errors is taken all the same.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use store::batch::Idempotency;
use store::message::{Message, MessageId, MessageState, NewMessage};
use store::{Batch, Micros, Refused, StoreFault};
use tokio::task::spawn_blocking;

use super::asker::Asker;
use super::body::{BytesMax, Inbound, read_document};
use super::idempotency::{IdempotencyKey, Running, fingerprint, mark_replayed};
use super::media::{BodyKind, body_kind};
use super::partners::Caller;
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use crate::config::{Intake, Route};
use crate::durable::Durable;
use crate::durable::arriving::Arriving;
use crate::durable::commit::kept;
use crate::durable::moment::{hours_before, now, rfc3339};
use crate::durable::terms::Terms;

/// The longest that `Prefer: wait=` waits, in seconds.
const WAIT_SECONDS_MAX: u64 = 20;

/// Characters of a file's name.
const FILE_NAME_CHARS_MAX: usize = 200;

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Takes a message, or says what would come of it (`dry_run=true`).
pub(crate) async fn send(
    State(house): State<Arc<House>>,
    Path(route): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let Asker { caller, request_id, durable, .. } = Asker::of(&house, request.extensions())?;
    let route = sendable(&durable, &caller, &route)?;
    let asked = Asked::read(request.uri(), &house, &route)?;
    if asked.dry_run {
        return dry_run(&house, &durable, &route, &asked.terms, request).await;
    }
    let kind = body_kind(request.headers(), route.from.format.get().media_types)?;
    let key = IdempotencyKey::read(request.headers())?;
    if key.is_none() && route.idempotency_required {
        return Err(Problem::IdempotencyKeyRequired);
    }
    let wait = prefer_wait(request.headers());
    let promised = content_digest(request.headers())?;
    if !durable.has_room() {
        return Err(Problem::Unavailable { retry_seconds: 30 });
    }
    let path = request.uri().path().to_owned();
    let _running = match &key {
        Some(key) => Some(Running::begin(&durable.running, caller.name(), &path, key)?),
        None => None,
    };
    let correlation_id = super::request_id::correlation_id(request.headers());
    let (parts, body) = request.into_parts();
    let most = BytesMax { bytes: house.config.limits.message_bytes_max, limit: "message_bytes_max" };
    let mut inbound = Inbound::new(&parts.headers, body, &house.config.limits, most)?;
    let mut arriving = Arriving::new(durable.store.clone());
    while let Some(bytes) = inbound.next().await? {
        arriving.push(&bytes).await.map_err(store_problem)?;
    }
    let message = arriving.whole().await.map_err(store_problem)?;
    if promised.is_some_and(|promised| promised != message.sha256) {
        return Err(Problem::DigestMismatch);
    }

    let received_at = now();
    let hours = durable.retention().idempotency_hours;
    let terms = asked.terms.to_bytes();
    let fingerprint = fingerprint(&parts.uri, &parts.headers, &message.sha256);
    let idempotency = key.map(|key| Idempotency {
        partner: caller.name().to_owned(),
        request: format!("POST {path}"),
        key: key.into_text(),
        fingerprint,
        answer: Vec::new(),
        expires_at: received_at.saturating_add(received_at - hours_before(received_at, hours)),
        now: received_at,
        lenient: false,
    });
    let id = message.id;
    let mut receipt = Receipt {
        id,
        route: route.name.clone(),
        state: MessageState::Received,
        bytes: message.bytes,
        sha256: message.sha256,
        received_at,
        audit: (0, [0; 32]),
    };
    let batch = Batch {
        idempotency,
        message: Some(NewMessage {
            id,
            route: route.name.clone(),
            partner: caller.name().to_owned(),
            correlation_id,
            received_at,
            bytes: message.bytes,
            sha256: message.sha256,
            body: message.body,
            file_name: asked.file_name,
            media_type: media_type(&kind, &parts.headers),
            terms,
            same_since: Some(hours_before(received_at, hours)),
        }),
        audit: vec![durable.line("receive", &caller.actor(), received_at, |line| {
            line.by = Some(caller.by());
            line.object = Some(format!("message:{id}"));
            line.request = Some(request_id.0);
        })],
        ..Batch::default()
    };
    let store = durable.store.clone();
    let replayed = match kept(|done| store.keep(batch, done)).await.map_err(store_problem)? {
        Ok(kept) => {
            receipt.audit = *kept.audit.first().ok_or(Problem::Internal)?;
            false
        }
        Err(refused) => {
            store.abandon(id);
            let first = match refused {
                Refused::Repeated { message: Some(first), .. } | Refused::SameContent(first) => first,
                Refused::Mismatch => return Err(Problem::IdempotencyMismatch),
                _ => return Err(Problem::Internal),
            };
            // Reading may be over by now: a receipt says what was promised, and is the same each time.
            let first = durable.message(first).await?.ok_or(Problem::Gone)?;
            receipt = Receipt { state: MessageState::Received, ..Receipt::of(&first) };
            true
        }
    };
    store::crash::point("after-commit");
    durable.wake_reader();
    if let Some(wait) = wait
        && let Some(message) = durable.until_read(receipt.id, wait).await
    {
        receipt = Receipt::of(&message);
    }
    Ok(receipt.answer(replayed, wait.is_some()))
}

/// What a submission would find: the document is read as the route reads it, and nothing is kept.
async fn dry_run(
    house: &Arc<House>,
    durable: &Arc<Durable>,
    route: &Arc<Route>,
    terms: &Terms,
    request: Request,
) -> Result<Response, Problem> {
    let kind = body_kind(request.headers(), route.from.format.get().media_types)?;
    let Ok(_place) = house.places.clone().try_acquire_owned() else {
        return Err(Problem::Unavailable { retry_seconds: 5 });
    };
    let most = BytesMax { bytes: house.config.limits.message_bytes_max, limit: "message_bytes_max" };
    let (parts, body) = request.into_parts();
    let document = read_document(&parts.headers, body, &kind, &house.config.limits, most).await?;
    let (durable, name, terms) = (durable.clone(), route.name.clone(), terms.clone());
    let report =
        spawn_blocking(move || durable.dry_run(&name, &terms, &document)).await.map_err(|_| Problem::Internal)?;
    let report = report.map_err(|state| Problem::State { state })?;
    house.metrics.rules(report.format, &report.rules);
    Ok(([(header::CONTENT_TYPE, "application/json")], report.body).into_response())
}

/// The route of that name, if the caller may send on it. A route that the caller has nothing to do with is not there.
fn sendable(durable: &Durable, caller: &Caller, name: &str) -> Result<Arc<Route>, Problem> {
    // What is stated over FHIR comes over FHIR alone.
    let known = durable.route(name).filter(|route| !Durable::is_of_fhir(&route.name));
    let route = known.ok_or(Problem::NotFound { nearest: None })?;
    let sends = route.from.partner == caller.name();
    let receives = route.to.iter().any(|target| target.partner == caller.name());
    match (sends, matches!(route.from.transport, Intake::Https), receives) {
        (true, true, _) if route.enabled => Ok(route),
        (true, ..) | (_, _, true) => Err(Problem::NotOnThisRoute),
        _ => Err(Problem::NotFound { nearest: None }),
    }
}

/// What the query asks.
struct Asked {
    file_name: Option<String>,
    terms: Terms,
    dry_run: bool,
}

impl Asked {
    fn read(uri: &Uri, house: &House, route: &Route) -> Result<Self, Problem> {
        let names = ["filename", "complete", "period", "authority", "dry_run"];
        let query = Query::parse(uri.query(), &names)?;
        let file_name = query.text("filename", FILE_NAME_CHARS_MAX)?;
        if file_name.as_deref().is_some_and(|name| name.contains(['/', '\\']) || name.starts_with('.')) {
            return Err(super::query::refuse("http/parameter", "filename", "is a path", "give the name alone"));
        }
        let flag = |name| query.choice(name, &[("true", true), ("false", false)]);
        let terms = Terms {
            complete: flag("complete")?,
            period: query.period()?,
            authority: query.authority()?,
            ..Terms::default()
        };
        // What providers offer is whole by itself, whenever it is sent.
        if terms.complete == Some(true)
            && !route.from.is_of_homes()
            && (terms.period.is_none() || (terms.authority.is_none() && house.config.authority.is_none()))
        {
            return Err(super::query::refuse(
                "http/parameter",
                "complete",
                "needs a period and an authority",
                "say which period and authority the file is the whole of",
            ));
        }
        Ok(Self { file_name, terms, dry_run: flag("dry_run")?.unwrap_or(false) })
    }
}

/// What acknowledges a message, and proves later that it was taken.
struct Receipt {
    id: MessageId,
    route: String,
    state: MessageState,
    bytes: u64,
    sha256: [u8; 32],
    received_at: Micros,
    audit: (u64, [u8; 32]),
}

impl Receipt {
    fn of(message: &Message) -> Self {
        Self {
            id: message.id,
            route: message.route.clone(),
            state: message.state,
            bytes: message.bytes,
            sha256: message.sha256,
            received_at: message.received_at,
            audit: message.audit,
        }
    }

    fn answer(&self, replayed: bool, waited: bool) -> Response {
        let id = self.id;
        let body = json!({
            "id": id,
            "route": self.route,
            "state": self.state.word(),
            "bytes": self.bytes,
            "sha256": hex::encode(self.sha256),
            "receivedAt": rfc3339(self.received_at),
            "audit": { "seq": self.audit.0, "hash": hex::encode(self.audit.1) },
            "links": { "self": format!("/v1/messages/{id}"), "report": format!("/v1/messages/{id}/report") },
        });
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(location) = HeaderValue::from_str(&format!("/v1/messages/{id}")) {
            headers.insert(header::LOCATION, location);
        }
        if replayed {
            mark_replayed(&mut headers);
        }
        if waited {
            headers.insert(PREFERENCE_APPLIED, HeaderValue::from_static("wait"));
        }
        (StatusCode::ACCEPTED, headers, body.to_string()).into_response()
    }
}

/// What a fault of the store is to a caller.
pub(crate) fn store_problem(fault: StoreFault) -> Problem {
    match fault {
        StoreFault::Full | StoreFault::Closed => Problem::Unavailable { retry_seconds: 30 },
        fault => {
            tracing::error!(%fault, "the store failed");
            Problem::Unavailable { retry_seconds: 30 }
        }
    }
}

/// `Prefer: wait=N` (RFC 7240, section 4.3).
fn prefer_wait(headers: &HeaderMap) -> Option<Duration> {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let wait = preferences.flat_map(|value| value.split(',')).find_map(|one| one.trim().strip_prefix("wait="))?;
    wait.trim_matches('"').parse().ok().map(|seconds: u64| Duration::from_secs(seconds.min(WAIT_SECONDS_MAX)))
}

/// The SHA-256 that the sender promises (RFC 9530); other algorithms are left to those who know them.
fn content_digest(headers: &HeaderMap) -> Result<Option<[u8; 32]>, Problem> {
    let Some(value) = headers.get(CONTENT_DIGEST) else { return Ok(None) };
    let malformed = || Problem::InvalidHeader("Content-Digest");
    let value = value.to_str().map_err(|_| malformed())?;
    for member in value.split(',') {
        let (name, digest) = member.trim().split_once('=').ok_or_else(malformed)?;
        if name == "sha-256" {
            let digest = digest.strip_prefix(':').and_then(|digest| digest.strip_suffix(':')).ok_or_else(malformed)?;
            let bytes = STANDARD.decode(digest).map_err(|_| malformed())?;
            return bytes.try_into().map(Some).map_err(|_| malformed());
        }
    }
    Ok(None)
}

/// How the body is to be opened later: its whole type where a boundary stands in it.
fn media_type(kind: &BodyKind, headers: &HeaderMap) -> Option<String> {
    match kind {
        BodyKind::Multipart { .. } => {
            let value = headers.get(header::CONTENT_TYPE);
            value.and_then(|value| std::str::from_utf8(value.as_bytes()).ok()).map(str::to_owned)
        }
        BodyKind::Zip => Some("application/zip".to_owned()),
        BodyKind::Single(media_type) => media_type.clone(),
    }
}
