//! Routes as people see them: what the first run would send, and the approval of it (http, section 4.2).

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use store::Batch;

use super::acts::reason_of;
use super::asker::{Act, Asker};
use super::idempotency::Answered;
use super::identity::{actor, answer};
use super::intake::store_problem;
use super::messages::json_answer;
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use super::tags::etag;
use crate::config::{Role, Scope};
use crate::durable::alerts::Kind;
use crate::durable::moment::rfc3339;

/// `GET /v1/routes/{route}/preview`.
pub(crate) async fn preview(
    State(house): State<Arc<House>>,
    Path(route): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let Asker { caller, durable, .. } = Asker::of(&house, request.extensions())?;
    if !caller.may(Role::Approve) && !caller.scopes.contains(Scope::MessagesRead) {
        return Err(Problem::InsufficientScope(Scope::MessagesRead));
    }
    Query::parse(request.uri().query(), &[])?;
    let missing = || Problem::NotFound { nearest: None };
    let known = durable.route(&route).ok_or_else(missing)?;
    if known.from.partner != caller.name() && !caller.may(Role::Approve) && !caller.is_operator() {
        return Err(missing());
    }
    let (body, tag) = durable.think(move |durable| durable.preview(&route)).await?.map_err(store_problem)?;
    Ok(json_answer(&body, Some(etag(tag))))
}

/// `POST /v1/routes/{route}/approve`: a person, in the role `approve`.
pub(crate) async fn approve(Path(route): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, seen, said) = act.on_version(&["reason"])?;
    let reason = reason_of(&said)?;
    if asker.durable.route(&route).is_none() {
        return Err(Problem::NotFound { nearest: None });
    }
    let actor = actor(&asker);
    let acted = asker.durable.think(move |durable| durable.approve(&route, seen, &actor, &reason)).await?;
    asker.durable.wake_courier();
    answer(acted.map_err(store_problem)?)
}

/// `GET /v1/alerts`: what a person must see; nothing of a record.
pub(crate) async fn alerts(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let durable = Asker::of(&house, request.extensions())?.durable;
    let query = Query::parse(request.uri().query(), &["state"])?;
    let open_only = query.choice("state", &[("open", true), ("all", false)])?.unwrap_or(true);
    let alerts = durable.read(move |store| store.alerts(open_only)).await?;
    let items: Vec<Value> = alerts
        .iter()
        .map(|alert| {
            json!({
                "id": alert.id, "kind": alert.kind, "about": alert.about, "subject": alert.subject,
                "since": rfc3339(alert.raised_at), "seenBy": alert.seen_by,
            })
        })
        .collect();
    Ok(json_answer(&json!({ "items": items, "next": null }), None))
}

/// `POST /v1/alerts/{id}/seen`.
pub(crate) async fn seen(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, _) = act.said(&[])?;
    let missing = || Problem::NotFound { nearest: None };
    let id = uuid::Uuid::try_parse(&id).map_err(|_| missing())?;
    let alerts = asker.durable.read(|store| store.alerts(false)).await?;
    let mut alert = alerts.into_iter().find(|alert| alert.id == id).ok_or_else(missing)?;
    if alert.kind == Kind::LateRestriction.word() && !asker.caller.may(Role::Restrictions) {
        return Err(Problem::InsufficientRole(Role::Restrictions));
    }
    alert.seen_by.get_or_insert_with(|| asker.caller.actor());
    let answer = Answered::new(StatusCode::OK, json!({ "id": id, "state": "seen" }), None);
    let line = asker.line("seen", |line| {
        line.subject = alert.subject;
        line.object = Some(format!("alert:{id}"));
    });
    asker.keep(Batch { alerts: vec![alert], audit: vec![line], ..Batch::default() }, answer).await
}
