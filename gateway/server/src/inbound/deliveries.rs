//! Deliveries as sender and recipient see them: lists, states, retry and discard (http, section 4.2).

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use store::Batch;
use store::audit::AuditEntry;
use store::delivery::{Delivery, DeliveryAct, DeliveryActKind, DeliveryFilter, DeliveryState, PartnerSide};
use uuid::Uuid;

use super::acts::{member, reason_of, text};
use super::asker::{Act, Asker};
use super::idempotency::Answered;
use super::lists::{PAGE, PageAsked};
use super::messages::{json_answer, list_answer};
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use super::tags::etag;
use crate::durable::moment::rfc3339;

const FILTERS: [&str; 6] = ["state", "route", "recipient", "message", "since", "until"];

/// Dead letters retried by one request.
const RETRIED_MAX: usize = 1_000;

/// `GET /v1/deliveries`.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    page(house, request, "/v1/deliveries", None).await
}

/// `GET /v1/dead-letters`: deliveries in state `dead`, with the lane they hold up.
pub(crate) async fn dead_letters(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    page(house, request, "/v1/dead-letters", Some(DeliveryState::Dead)).await
}

async fn page(
    house: Arc<House>,
    request: Request,
    path: &'static str,
    state: Option<DeliveryState>,
) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let durable = &asker.durable;
    let names: Vec<&'static str> = FILTERS.into_iter().chain(PAGE).collect();
    let query = Query::parse(request.uri().query(), &names)?;
    let asked = PageAsked::read(&query, &durable.cursors, asker.caller.name(), path, &FILTERS)?;
    let words: Vec<(&'static str, DeliveryState)> =
        DeliveryState::ALL.into_iter().map(|state| (state.word(), state)).collect();
    let filter = DeliveryFilter {
        partner: side(&asker),
        state: state.or(query.choice("state", &words)?),
        route: query.name("route")?,
        recipient: query.name("recipient")?,
        message: query.id("message")?,
        since: query.instant("since")?,
        until: query.instant("until")?,
        after: asked.after,
        limit: asked.limit,
    };
    let page = durable.read(move |store| store.deliveries(&filter)).await?;
    let (body, next) = asked.answer(&durable.cursors, &page, delivery_json);
    Ok(list_answer(&body, next.as_deref()))
}

/// `GET /v1/deliveries/{id}`.
pub(crate) async fn show(Path(id): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let delivery = visible(&asker, &id).await?;
    Ok(json_answer(&delivery_json(&delivery), Some(etag(delivery.version))))
}

/// `POST /v1/deliveries/{id}/retry`.
pub(crate) async fn retry(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, _) = act.on_version(&[])?;
    let delivery = visible(&asker, &id).await?;
    let response = acted(&asker, delivery, (version, DeliveryActKind::Retry), "retry", StatusCode::ACCEPTED).await?;
    asker.durable.wake_courier();
    Ok(response)
}

/// `POST /v1/deliveries/{id}/discard`. What was planned of its children goes back to what the recipient has, and what
/// is current of them is planned anew behind it.
pub(crate) async fn discard(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["reason"])?;
    let reason = reason_of(&said)?;
    let delivery = visible(&asker, &id).await?;
    let subjects = delivery.planned.subjects.iter().map(|subject| subject.id).collect();
    let kind = DeliveryActKind::Discard(reason);
    let response = acted(&asker, delivery, (version, kind), "discard", StatusCode::OK).await?;
    asker.durable.plan_again(subjects).await?;
    asker.durable.wake_courier();
    Ok(response)
}

/// `POST /v1/dead-letters/retry`.
pub(crate) async fn retry_dead(act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["route", "recipient", "ids"])?;
    let ids = match said.get("ids") {
        None => None,
        Some(Value::Array(ids)) if ids.len() <= RETRIED_MAX => {
            let read = |id: &Value| id.as_str().and_then(|id| Uuid::try_parse(id).ok());
            let ids: Option<Vec<Uuid>> = ids.iter().map(read).collect();
            Some(ids.ok_or_else(|| member("ids", "holds what is no id of ours", "take ids from GET /v1/dead-letters"))?)
        }
        Some(_) => {
            return Err(member("ids", "is not a list of at most 1000 ids", "retry the rest with another request"));
        }
    };
    let filter = DeliveryFilter {
        partner: side(&asker),
        state: Some(DeliveryState::Dead),
        route: text(&said, "route")?,
        recipient: text(&said, "recipient")?,
        limit: u32::try_from(RETRIED_MAX).unwrap_or(u32::MAX),
        ..DeliveryFilter::default()
    };
    // One commit for all of them: what changes meanwhile is looked at again.
    loop {
        let filter = filter.clone();
        let page = asker.durable.read(move |store| store.deliveries(&filter)).await?;
        let is_wanted = |delivery: &&Delivery| ids.as_ref().is_none_or(|ids| ids.contains(&delivery.planned.id));
        let mut batch = Batch::default();
        let mut results = Vec::new();
        for delivery in page.items.iter().filter(is_wanted) {
            let (id, version) = (delivery.planned.id, delivery.version);
            batch.delivery_acts.push(DeliveryAct { id, version, act: DeliveryActKind::Retry });
            batch.audit.push(line(&asker, delivery, "retry"));
            results.push(json!({ "id": id, "outcome": "ready" }));
        }
        let retried = results.len();
        // Counted and not named: another's is as if it never was.
        let left = ids.iter().flatten().filter(|id| !page.items.iter().any(|one| one.planned.id == **id)).count();
        let body = json!({ "retried": retried, "left": left, "more": page.next.is_some(), "results": results });
        match asker.keep(batch, Answered::new(StatusCode::ACCEPTED, body, None)).await {
            Err(Problem::PreconditionFailed | Problem::State { .. }) => {}
            kept => {
                asker.durable.wake_courier();
                return kept;
            }
        }
    }
}

async fn acted(
    asker: &Asker,
    delivery: Delivery,
    (version, act): (u64, DeliveryActKind),
    action: &'static str,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (id, line) = (delivery.planned.id, line(asker, &delivery, action));
    let delivery = delivery.after(&act, line.at);
    let answer = Answered::new(status, delivery_json(&delivery), Some(delivery.version));
    let act = DeliveryAct { id, version, act };
    asker.keep(Batch { delivery_acts: vec![act], audit: vec![line], ..Batch::default() }, answer).await
}

fn line(asker: &Asker, delivery: &Delivery, action: &'static str) -> AuditEntry {
    asker.line(action, |line| {
        line.object = Some(format!("delivery:{}", delivery.planned.id));
        line.recipient = Some(delivery.planned.recipient.clone());
    })
}

/// As whom the caller sees deliveries: sender of some routes, recipient of others; an operator sees all.
fn side(Asker { caller, durable, .. }: &Asker) -> Option<PartnerSide> {
    if caller.is_operator() {
        return None;
    }
    let routes = durable.routes_of(caller.name());
    Some(PartnerSide { recipient: caller.name().to_owned(), routes })
}

async fn visible(Asker { caller, durable, .. }: &Asker, id: &str) -> Result<Delivery, Problem> {
    let missing = Problem::NotFound { nearest: None };
    let Ok(id) = Uuid::try_parse(id) else { return Err(missing) };
    let Some(delivery) = durable.delivery(id).await? else { return Err(missing) };
    let planned = &delivery.planned;
    let concerns = planned.recipient == caller.name() || durable.routes_of(caller.name()).contains(&planned.route);
    if concerns || caller.is_operator() { Ok(delivery) } else { Err(missing) }
}

/// A delivery as sender and recipient read it: nothing of its content.
pub(crate) fn delivery_json(delivery: &Delivery) -> Value {
    let planned = &delivery.planned;
    json!({
        "id": planned.id,
        "route": planned.route,
        "recipient": planned.recipient,
        "format": planned.format,
        "view": planned.view,
        "state": delivery.state.word(),
        "attempt": delivery.attempt,
        "bytes": delivery.bytes,
        "sha256": hex::encode(delivery.sha256),
        "children": delivery.children,
        "plannedAt": rfc3339(planned.planned_at),
        "nextAt": delivery.state.is_open().then(|| rfc3339(delivery.next_at)),
        "settledAt": delivery.settled_at.map(rfc3339),
        "reason": delivery.reason,
        "faultSide": delivery.side,
        "status": delivery.status,
        "holdsLane": delivery.holds_lane,
        "correlationId": planned.correlation_id,
        "messages": planned.messages,
        "links": { "self": format!("/v1/deliveries/{}", planned.id) },
    })
}
