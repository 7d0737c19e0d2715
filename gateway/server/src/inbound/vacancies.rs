//! Vacancies, over HTTP: agencies read and write their own, authorities search and read what is offered (http, section
//! 6.1; IFA formats, sections 4 and 8).
//!
//! A home goes in and out as a document of `vacancies-json` with one vacancy. To everybody but its own agency a home that
//! is not offered does not exist, and who its carers are stays with the agency.

pub(super) mod acts;
pub(super) mod bulk;
pub(super) mod document;
pub(super) mod photos;
mod rank;
mod search;

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use exchange::market::profile;
use exchange::market::question::PARAMETERS;
use exchange::market::search::Home;
use exchange::market::submission::TRANSITION;
use exchange::market::vacancy::Checked;
use schemas::code::VacancyStatus;
use schemas::date::{Date, DateTime};
use schemas::identifier::{LaCode, ProviderUrn};
use schemas::record::Provider;
use schemas::said::Said;
use serde_json::{Value, json};
use store::Page;
use store::home::HomeId;
use uuid::Uuid;

use super::asker::Asker;
use super::lists::{PAGE, PageAsked};
use super::messages::list_answer;
use super::partners::Caller;
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use super::tags::{etag, is_known};
use crate::config::Config;
use crate::durable::market::offering::{Offering, state_word};
use crate::durable::market::shelf::Entry;
use crate::durable::moment::{day_in, now, rfc3339};
use crate::inbound::acts::act_problem;
use document::{Seen, drawn};

pub(super) const PATH: &str = "/v1/vacancies";

/// Whether a caller speaks for a provider.
pub(super) fn is_own(caller: &Caller, urn: ProviderUrn) -> bool {
    caller.known.partner.speaks_for(urn)
}

/// The authority whose placements a caller makes.
pub(super) fn authority_of(caller: &Caller) -> Option<LaCode> {
    caller.authority().and_then(|code| LaCode::read(code.as_bytes()))
}

/// Today where the gateway's deadlines are.
pub(super) fn today(config: &Config) -> Date {
    day_in(&config.timezone, now())
}

/// `GET /v1/vacancies`: an authority searches what is offered; an agency lists its own.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    match authority_of(&asker.caller) {
        Some(authority) => search::search(&house, &asker, authority, request.uri().query()).await,
        None if asker.caller.known.partner.urns.is_empty() => Err(Problem::ViewWithholds),
        None => own(&house, &asker, request.uri().query()),
    }
}

/// The homes of an agency, whatever their state, newest first.
fn own(house: &House, asker: &Asker, query: Option<&str>) -> Result<Response, Problem> {
    let names: Vec<&'static str> = PARAMETERS.iter().map(|(name, _)| *name).chain(PAGE).collect();
    let query = Query::parse(query, &names)?;
    if PARAMETERS.iter().any(|(name, _)| query.get(name).is_some()) {
        // What others offer is not for agencies, and the own are few enough to be listed.
        return Err(Problem::ViewWithholds);
    }
    let durable = &asker.durable;
    let asked = PageAsked::read(&query, &durable.cursors, asker.caller.name(), PATH, &[])?;
    let standing = durable.market.standing();
    let mut entries: Vec<&Entry> = standing
        .entries()
        .filter(|entry| is_own(&asker.caller, entry.home.urn))
        .filter(|entry| asked.after.is_none_or(|after| entry.id < after))
        .collect();
    entries.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.id));
    let most = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let next = (entries.len() > most).then(|| entries[most - 1].id);
    entries.truncate(most);
    let seen = Seen::by(house, &asker.caller);
    let today = today(&house.config);
    let draw = |entry: &&Entry| {
        let provider = standing.market.provider(entry.home.urn).map(|provider| &**provider);
        let mut item = item_of(&house.config, &seen, (entry.id, &entry.home), provider, today);
        item["version"] = json!(entry.version);
        item["status"] = json!(state_word(entry.home.vacancy.status.is()));
        item
    };
    let (body, next) = asked.answer(&durable.cursors, &Page { items: entries, next }, draw);
    Ok(list_answer(&body, next.as_deref()))
}

/// A home in a list: what it is, and how long that holds.
fn item_of(
    config: &Config,
    seen: &Seen<'_>,
    (id, home): (HomeId, &Home),
    provider: Option<&Provider>,
    today: Date,
) -> Value {
    let as_at = home.vacancy.as_at.is();
    let day = as_at.and_then(DateTime::date);
    let mut document = drawn(config, seen, home, provider).unwrap_or_default();
    let vacancy = document["vacancies"].as_array_mut().and_then(Vec::pop).unwrap_or(Value::Null);
    json!({
        "id": id,
        "provider": document["provider"].take(),
        "vacancy": vacancy,
        "asAt": as_at.map(|as_at| text(|out| as_at.write(out))),
        "confirmed": Checked::of(day, today).words(),
        "freshUntil": day.and_then(|day| home.freshness.fresh_until(day)).map(|day| day.to_string()),
    })
}

/// What writes itself, as text.
fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// `GET /v1/vacancies/{id}`: the document as its agency may send it again, or as an authority may see it.
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    asker: Asker,
) -> Result<Response, Problem> {
    let standing = asker.durable.market.standing();
    let entry = find(&standing, &id)?;
    let own = is_own(&asker.caller, entry.home.urn);
    let is_offered = entry.home.vacancy.status == Said::Is(VacancyStatus::Open) && entry.home.is_registered;
    let has_profile = !own && has_profile(&house, &asker, entry);
    let may_see = own || has_profile || is_offered && authority_of(&asker.caller).is_some();
    if !may_see {
        return Err(Problem::NotFound { nearest: None });
    }
    if entry.home.vacancy.status == Said::Is(VacancyStatus::Withdrawn) {
        // Whoever may offer it again needs its version for that.
        return Err(Problem::Withdrawn { version: entry.version });
    }
    let tag = etag(entry.version);
    // What is let out of a home changes when an offer is accepted, and its version does not.
    if !has_profile && is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let provider = standing.market.provider(entry.home.urn).map(|provider| &**provider);
    let seen = Seen::by(&house, &asker.caller);
    let seen = if has_profile { seen.with_profile() } else { seen };
    let document = drawn(&house.config, &seen, &entry.home, provider).ok_or(Problem::ViewWithholds)?;
    if has_profile {
        tell_profile(&house, &asker, entry.id, None).await?;
        return Ok(super::messages::json_answer(&document, None));
    }
    Ok(super::messages::json_answer(&document, Some(tag)))
}

/// Whether a caller may have what a child may read of a home: as the authority of a search to which it was offered.
fn has_profile(house: &House, asker: &Asker, entry: &Entry) -> bool {
    let lets_have =
        house.config.views.get(&asker.caller.known.partner.view).is_some_and(|view| profile::lets_have(&view));
    authority_of(&asker.caller)
        .is_some_and(|authority| lets_have && asker.durable.referrals.has_profile(authority, (entry.id, &entry.home)))
}

/// Tells the audit chain that an authority has what a child may read of a home, or one of its photographs.
async fn tell_profile(house: &House, asker: &Asker, id: HomeId, photo: Option<Uuid>) -> Result<(), Problem> {
    let view = house.config.views.get(&asker.caller.known.partner.view);
    let line = asker.line("disclose", |line| {
        line.object = Some(format!("vacancy:{id}"));
        line.recipient = Some(asker.caller.name().to_owned());
        line.view = view.map(|view| view.digest().to_owned());
        line.basis = Some("offered to a search of the recipient".to_owned());
        line.statements = vec![("Vacancy", 1)];
        line.outcome = Some(photo.map_or_else(|| "for the child".to_owned(), |photo| format!("photo:{photo}")));
    });
    asker.tell(line).await
}

/// `GET /v1/vacancies/{id}/history`: what its agency said of it before, newest first.
pub(crate) async fn history(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<Response, Problem> {
    let standing = asker.durable.market.standing();
    let entry = find(&standing, &id)?;
    if !is_own(&asker.caller, entry.home.urn) {
        return Err(Problem::NotFound { nearest: None });
    }
    let (durable, id) = (asker.durable.clone(), entry.id);
    let read = tokio::task::spawn_blocking(move || durable.home_history(id)).await.map_err(|_| Problem::Internal)?;
    let seen = Seen::by(&house, &asker.caller);
    let draw = |(version, at, home): &(u64, store::Micros, Home)| {
        let document = drawn(&house.config, &seen, home, None).unwrap_or_default();
        json!({
            "version": version,
            "saidAt": rfc3339(*at),
            "status": state_word(home.vacancy.status.is()),
            "vacancy": document["vacancies"][0],
        })
    };
    let items: Vec<Value> = read.map_err(super::intake::store_problem)?.iter().map(draw).collect();
    Ok(super::messages::json_answer(&json!({ "items": items, "next": null }), None))
}

/// The home of an id.
fn find<'s>(standing: &'s crate::durable::market::shelf::Snapshot, id: &str) -> Result<&'s Entry, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound { nearest: None })?;
    standing.entry(id).ok_or(Problem::NotFound { nearest: None })
}

/// What came of an act, as a caller reads it.
fn answer(offering: Offering) -> Result<Response, Problem> {
    match offering {
        Offering::Done(answer) => Ok(answer.into_response()),
        Offering::Missing => Err(Problem::NotFound { nearest: None }),
        Offering::Exists(id) => Err(Problem::Exists { id }),
        Offering::Changed => Err(Problem::PreconditionFailed),
        Offering::State(state) => Err(Problem::State { state }),
        Offering::CannotFollow(state) => Err(Problem::CannotFollow { state, rule: &TRANSITION }),
        Offering::Count(held) => Err(Problem::Count { held }),
        Offering::Breaks(rule) => Err(Problem::Breaks(rule)),
        Offering::AnotherHome => Err(super::acts::member(
            "vacancies",
            "is about another home than the address",
            "send the home of this address, with its own vacancyId and its provider's urn",
        )),
        Offering::Refused(refused) => Err(act_problem(&refused)),
    }
}
