//! Providers of homes, over HTTP: who offers them, as they say themselves (http, section 6.1).
//!
//! A provider goes in and out as a document of `vacancies-json` without vacancies. Agencies see themselves.

use exchange::market::registration;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Response};
use exchange::market::search::Home;
use schemas::code::{Code, OfstedRating};
use schemas::identifier::{LaCode, ProviderUrn};
use schemas::record::VacancyFramework;
use schemas::said::Said;
use store::Page;
use store::home::ProviderId;

use super::asker::{Act, Asker};
use super::lists::{PAGE, PageAsked, complain};
use super::messages::{json_answer, list_answer};
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use super::tags::{etag, if_match, is_known};
use super::vacancies::acts::{done, read_one};
use super::vacancies::document::{Seen, drawn_provider};
use super::vacancies::{authority_of, is_own};
use crate::durable::market::shelf::Snapshot;

const PATH: &str = "/v1/providers";
const FILTERS: [&str; 4] = ["authority", "framework", "lot", "rating"];

/// Characters of the name of a framework or lot.
const NAME_CHARS_MAX: usize = 60;

/// Which providers.
struct Filter {
    /// They have a home in the area of this authority.
    area: Option<LaCode>,
    /// They have a home under this framework.
    framework: Option<String>,
    /// They have a home of this price band.
    lot: Option<String>,
    /// Their rating.
    rating: Option<OfstedRating>,
}

impl Filter {
    fn read(query: &Query<'_>) -> Result<Self, Problem> {
        let rating = match query.get("rating") {
            None => None,
            Some(word) => {
                let known = OfstedRating::LIST.find_word(word).and_then(OfstedRating::from_index);
                let help = "outstanding, good, requires-improvement, inadequate or not-yet-inspected";
                Some(known.ok_or_else(|| complain("rating", "is no rating", help))?)
            }
        };
        Ok(Self {
            area: query.authority()?.and_then(|code| LaCode::read(code.as_bytes())),
            framework: query.text("framework", NAME_CHARS_MAX)?,
            lot: query.text("lot", NAME_CHARS_MAX)?,
            rating,
        })
    }

    fn takes(&self, standing: &Snapshot, urn: ProviderUrn) -> bool {
        let rating = || standing.market.provider(urn).and_then(|provider| provider.rating.is());
        let has_home = |is: &dyn Fn(&Home) -> bool| standing.market.homes_of(urn).any(|home| is(home));
        self.rating.is_none_or(|asked| rating() == Some(asked))
            && self.area.is_none_or(|asked| has_home(&|home| area_of(home) == Some(asked)))
            && self.framework.as_ref().is_none_or(|asked| {
                has_home(&|home| framework_of(home).is_some_and(|of| matches!(&of.id, Said::Is(id) if **id == **asked)))
            })
            && self
                .lot
                .as_ref()
                .is_none_or(|asked| has_home(&|home| matches!(&home.vacancy.lot, Said::Is(lot) if **lot == **asked)))
    }
}

fn area_of(home: &Home) -> Option<LaCode> {
    home.vacancy.more.as_ref()?.location.as_ref().is()?.authority.is()
}

fn framework_of(home: &Home) -> Option<&VacancyFramework> {
    home.vacancy.more.as_ref()?.framework.as_ref().is()
}

/// `GET /v1/providers`: those of whom something was said, newest first.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let names: Vec<&'static str> = FILTERS.into_iter().chain(PAGE).collect();
    let query = Query::parse(request.uri().query(), &names)?;
    let filter = Filter::read(&query)?;
    let durable = &asker.durable;
    let asked = PageAsked::read(&query, &durable.cursors, asker.caller.name(), PATH, &FILTERS)?;
    let (standing, seen) = (durable.market.standing(), Seen::by(&house, &asker.caller));
    let mut found: Vec<(ProviderUrn, ProviderId)> = standing
        .providers()
        .filter(|(_, id)| asked.after.is_none_or(|after| *id < after))
        .filter(|(urn, _)| may_see(&asker, *urn) && filter.takes(&standing, *urn))
        .collect();
    found.sort_unstable_by_key(|(_, id)| std::cmp::Reverse(*id));
    let most = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let next = (found.len() > most).then(|| found[most - 1].1);
    found.truncate(most);
    let draw = |(urn, _): &(ProviderUrn, ProviderId)| {
        let provider = standing.market.provider(*urn);
        let document = provider.and_then(|said| drawn_provider(&house.config, &seen, *urn, said));
        document.map(|mut document| document["provider"].take()).unwrap_or_default()
    };
    let (body, next) = asked.answer(&durable.cursors, &Page { items: found, next }, draw);
    Ok(list_answer(&body, next.as_deref()))
}

/// Authorities see every provider; a provider sees itself.
fn may_see(asker: &Asker, urn: ProviderUrn) -> bool {
    authority_of(&asker.caller).is_some() || is_own(&asker.caller, urn)
}

fn urn_of(text: &str) -> Result<ProviderUrn, Problem> {
    registration::read(text).ok_or(Problem::NotFound { nearest: None })
}

/// `GET /v1/providers/{urn}`.
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Path(urn): Path<String>,
    headers: HeaderMap,
    asker: Asker,
) -> Result<Response, Problem> {
    const MISSING: Problem = Problem::NotFound { nearest: None };
    let (urn, standing) = (urn_of(&urn)?, asker.durable.market.standing());
    let (Some((_, version)), Some(said)) = (standing.provider(urn), standing.market.provider(urn)) else {
        return Err(MISSING);
    };
    if !may_see(&asker, urn) {
        return Err(MISSING);
    }
    let tag = etag(version);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let document = drawn_provider(&house.config, &Seen::by(&house, &asker.caller), urn, said);
    Ok(json_answer(&document.ok_or(Problem::ViewWithholds)?, Some(tag)))
}

/// `PUT /v1/providers/{urn}`: what a provider says of itself from now on.
pub(crate) async fn replace(
    State(house): State<Arc<House>>,
    Path(urn): Path<String>,
    act: Act,
) -> Result<Response, Problem> {
    let (asker, headers, body) = act.document();
    let urn = urn_of(&urn)?;
    if !is_own(&asker.caller, urn) {
        return Err(Problem::NotFound { nearest: None });
    }
    let is_held = asker.durable.market.standing().provider(urn).is_some();
    let seen = if is_held { if_match(&headers)? } else { 0 };
    let mut read = read_one(&house, body).await?;
    let said = read.sheet.providers.pop().filter(|(of, _)| *of == urn && read.sheet.rows.is_empty());
    let help = "send a document of this provider with its name or rating, and with no vacancy";
    let (_, said) =
        said.ok_or_else(|| super::acts::member("provider", "is not the one of this address alone", help))?;
    done(&asker, move |durable, actor| durable.replace_provider(urn, seen, said, actor)).await
}
