//! What an agency does with one of its homes: offers it, says it anew, confirms it, withdraws it.

use exchange::market::registration;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use kit::document::{Document, Part};
use schemas::code::{Code, VacancyConfirmer};
use schemas::identifier::ProviderUrn;
use schemas::record::Provider;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::super::acts::{member, text};
use super::super::asker::{Act, Asker};
use super::super::identity::actor;
use super::super::intake::store_problem;
use super::super::problem::{Complaint, Place, Problem};
use super::super::stack::House;
use super::super::tags::if_match;
use super::document::{JSON, Read, read};
use super::{answer, find, is_own};
use crate::durable::Durable;
use crate::durable::market::offering::{Offering, PROVIDER_NOT_YOURS, Row};
use crate::durable::protect::Actor;
use store::StoreFault;

/// `POST /v1/vacancies`: a home that was not offered before.
pub(crate) async fn create(State(house): State<Arc<House>>, act: Act) -> Result<Response, Problem> {
    let (asker, _, body) = act.document();
    let (row, provider) = one_home(&house, &asker, body).await?;
    done(&asker, move |durable, actor| durable.create_home(&row, provider.as_ref(), actor)).await
}

/// `PUT /v1/vacancies/{id}`: what is said of it from now on.
pub(crate) async fn replace(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    act: Act,
) -> Result<Response, Problem> {
    let (asker, headers, body) = act.document();
    let (id, _) = own(&asker, &id)?;
    let seen = if_match(&headers)?;
    let (row, provider) = one_home(&house, &asker, body).await?;
    done(&asker, move |durable, actor| durable.replace_home(id, seen, &row, provider.as_ref(), actor)).await
}

/// `DELETE /v1/vacancies/{id}`: it is withdrawn.
pub(crate) async fn withdraw(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, headers, body) = act.document();
    let (id, urn) = own(&asker, &id)?;
    let seen = if_match(&headers)?;
    super::super::acts::said(&body, &[])?;
    done(&asker, move |durable, actor| durable.withdraw_home(id, seen, urn, actor)).await
}

/// `POST /v1/vacancies/{id}/confirm`: nothing has changed.
pub(crate) async fn confirm(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["confirmedBy"])?;
    let (id, urn) = own(&asker, &id)?;
    let by = confirmer(&said)?;
    done(&asker, move |durable, actor| durable.confirm_home(id, urn, by, actor)).await
}

/// `POST /v1/vacancies/confirm`: so many homes of a provider are still right.
pub(crate) async fn confirm_all(act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["providerUrn", "count", "confirmedBy"])?;
    let help = "the number under which Ofsted has the provider, such as SC999901";
    let urn = text(&said, "providerUrn")?.and_then(|urn| registration::read(&urn));
    let urn = urn.ok_or_else(|| member("providerUrn", "is not the URN of a provider", help))?;
    let count = said.get("count").and_then(Value::as_u64);
    let count = count.ok_or_else(|| member("count", "is not a whole number", "how many homes you have looked at"))?;
    let by = confirmer(&said)?;
    if !is_own(&asker.caller, urn) {
        return Err(Problem::Breaks(&PROVIDER_NOT_YOURS));
    }
    done(&asker, move |durable, actor| durable.confirm_homes(urn, count, by, actor)).await
}

/// Who checked, by role.
fn confirmer(said: &Map<String, Value>) -> Result<Option<VacancyConfirmer>, Problem> {
    let Some(word) = text(said, "confirmedBy")? else { return Ok(None) };
    let known = VacancyConfirmer::LIST.find_word(&word).and_then(VacancyConfirmer::from_index);
    let help = "duty-team, carer, manager or system: a role, never a name";
    known.map(Some).ok_or_else(|| member("confirmedBy", "is no role of the list", help))
}

/// A home of the caller's own: to everybody else there is none.
pub(super) fn own(asker: &Asker, id: &str) -> Result<(Uuid, ProviderUrn), Problem> {
    let standing = asker.durable.market.standing();
    let entry = find(&standing, id)?;
    match is_own(&asker.caller, entry.home.urn) {
        true => Ok((entry.id, entry.home.urn)),
        false => Err(Problem::NotFound { nearest: None }),
    }
}

/// Does it away from the threads that serve connections: whoever goes away meanwhile has done it all the same.
pub(in crate::inbound) async fn done(
    asker: &Asker,
    act: impl FnOnce(&Durable, &Actor) -> Result<Offering, StoreFault> + Send + 'static,
) -> Result<Response, Problem> {
    let (durable, actor) = (asker.durable.clone(), actor(asker));
    let offering = spawn_blocking(move || act(&durable, &actor)).await.map_err(|_| Problem::Internal)?;
    answer(offering.map_err(store_problem)?)
}

/// The one home of a document, and what is said of its provider.
async fn one_home(house: &Arc<House>, asker: &Asker, body: Bytes) -> Result<(Row, Option<Provider>), Problem> {
    let mut read = read_one(house, body).await?;
    let (Some(row), true) = (read.sheet.rows.pop(), read.sheet.rows.is_empty()) else {
        return Err(member("vacancies", "is not one vacancy", "send one here, and many to /v1/vacancies/bulk"));
    };
    if !is_own(&asker.caller, row.urn) {
        return Err(Problem::Breaks(&PROVIDER_NOT_YOURS));
    }
    let provider = read.sheet.providers.pop().map(|(_, said)| said);
    Ok((row, provider))
}

/// A small document without an error.
pub(in crate::inbound) async fn read_one(house: &Arc<House>, body: Bytes) -> Result<Read, Problem> {
    if serde_json::from_slice::<IgnoredAny>(&body).is_err() {
        return Err(Problem::InvalidRequest(Complaint {
            rule: "http/body",
            message: "the body is not JSON".into(),
            help: "send a document of vacancies-json with one vacancy: see GET /v1/formats/vacancies-json",
            place: Place::Body,
        }));
    }
    let shared = house.clone();
    let read = spawn_blocking(move || {
        let document = Document::new(vec![Part::new("document", body.to_vec())]);
        let (_, format) = roster::format(JSON)?;
        let mut read = read(&document, format, &shared.config);
        let report = (read.findings.errors() > 0).then(|| read.report(&document));
        Some((read, report))
    });
    let (read, report) = read.await.map_err(|_| Problem::Internal)?.ok_or(Problem::Internal)?;
    if let Some(report) = report {
        house.metrics.rules(report.format, &report.rules);
        return Err(Problem::DocumentHasErrors(report));
    }
    Ok(read)
}
