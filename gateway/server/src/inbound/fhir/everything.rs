//! `$everything`: all that is shown of one child, the Patient first (FHIR R4, operation `Patient-everything`).

use axum::http::request::Parts;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::tz::TimeZone;
use serde_json::Value;
use uuid::Uuid;

use super::bundle::{Bundle, Mode};
use super::compare::{Criterion, split};
use super::kinds::{Compared, KINDS, Kind, Parameter, kind};
use super::question::{Given, refuse};
use super::{Answer, Asking};
use crate::durable::Durable;
use crate::durable::shown::{Reader, Resource};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;
use crate::inbound::stack::House;

/// What is asked of a child.
struct Asked {
    id: Uuid,
    kinds: Option<Vec<&'static Kind>>,
    /// Days within which something that has a date has to be.
    within: Vec<(&'static str, String)>,
    count: Option<usize>,
    after: Option<Uuid>,
    /// What was asked, for the links.
    used: String,
}

/// `GET /Patient/{id}/$everything`.
pub(crate) async fn everything(house: &House, parts: &Parts, form: &[u8], id: &str) -> Result<Response, Problem> {
    let asking = Asking::begin(house, parts, form, false)?;
    let zone = TimeZone::get(&house.config.timezone).unwrap_or(TimeZone::UTC);
    let asked = read(&asking.given, id, house.config.fhir.page_max)?;
    let (reader, base) = (asking.reader.clone(), asking.base.clone());
    let json = asking
        .tell("Patient:everything", move |durable| {
            let shown = of_patient(durable, &reader, asked.id)?;
            let json = page(&shown.resources, &asked, &base, &zone)?;
            Ok((json, vec![shown]))
        })
        .await?;
    asking.answer(Answer { json, tag: None })
}

/// What is shown of a child whose Patient has this id.
pub(super) fn of_patient(
    durable: &Durable,
    reader: &Reader,
    id: Uuid,
) -> Result<crate::durable::shown::Shown, Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let of = durable.store.subjects_of_resources(&[id]).map_err(store_problem)?.pop().flatten().ok_or_else(missing)?;
    if durable.patient_id(of) != id {
        return Err(missing());
    }
    durable.shown(&[of], reader).map_err(store_problem)?.pop().ok_or_else(missing)
}

fn read(given: &Given, id: &str, page_max: u64) -> Result<Asked, Problem> {
    given.only(&["start", "end", "_type", "_count", "_page"])?;
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound { nearest: None })?;
    let kinds = match given.get("_type") {
        None => None,
        Some(types) => Some(
            split(types, ',')
                .iter()
                .map(|name| {
                    kind(name).ok_or_else(|| refuse("_type", "names no type that is read here", "see /metadata"))
                })
                .collect::<Result<_, _>>()?,
        ),
    };
    let within = [("start", "ge"), ("end", "le")];
    let within =
        within.iter().filter_map(|(name, prefix)| Some((*name, format!("{prefix}{}", given.get(name)?)))).collect();
    let count = match given.get("_count") {
        None => None,
        Some(count) => {
            let count: u64 = count
                .parse()
                .ok()
                .filter(|count| *count > 0)
                .ok_or_else(|| refuse("_count", "is no whole number above nothing", "as in _count=50"))?;
            Some(usize::try_from(count.min(page_max)).unwrap_or(usize::MAX))
        }
    };
    let malformed = || refuse("_page", "is no page of this", "take the link `next` of the page before");
    let after = match given.get("_page") {
        None => None,
        Some(page) => {
            let bytes = URL_SAFE_NO_PAD.decode(page).map_err(|_| malformed())?;
            Some(Uuid::from_slice(&bytes).map_err(|_| malformed())?)
        }
    };
    let mut used = form_urlencoded::Serializer::new(String::new());
    for name in ["start", "end", "_type", "_count"] {
        if let Some(value) = given.get(name) {
            used.append_pair(name, value);
        }
    }
    Ok(Asked { id, kinds, within, count, after, used: used.finish() })
}

fn page(resources: &[Resource], asked: &Asked, base: &str, zone: &TimeZone) -> Result<Vec<u8>, Problem> {
    let mut wanted: Vec<&Resource> = Vec::new();
    for resource in resources {
        let of_kind = asked.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind.name == resource.kind));
        if of_kind && is_within(resource, asked, zone)? {
            wanted.push(resource);
        }
    }
    // The child first, and the rest in an order that stays.
    wanted.sort_by_key(|resource| (resource.kind != "Patient", resource.id));
    let total = wanted.len() as u64;
    let begin = match asked.after {
        None => 0,
        Some(after) => wanted.iter().position(|resource| resource.id == after).map_or(wanted.len(), |at| at + 1),
    };
    let most = asked.count.unwrap_or(usize::MAX);
    let (page, rest) = wanted[begin..].split_at(most.min(wanted.len() - begin));
    let and = if asked.used.is_empty() { "" } else { "?" };
    let here = format!("{base}/Patient/{}/$everything{and}{}", asked.id, asked.used);
    let next = page.last().filter(|_| !rest.is_empty()).map(|last| {
        let and = if asked.used.is_empty() { "?" } else { "&" };
        format!("{here}{and}_page={}", URL_SAFE_NO_PAD.encode(last.id))
    });
    let mut links = vec![("self", here.as_str())];
    links.extend(next.as_deref().map(|next| ("next", next)));
    let mut bundle = Bundle::begin(base, "searchset", Some(total), &links);
    page.iter().for_each(|resource| bundle.entry(resource, Mode::Match));
    Ok(bundle.end())
}

/// Whether what has a date has it within the days that are asked for; what has none is always there.
fn is_within(resource: &Resource, asked: &Asked, zone: &TimeZone) -> Result<bool, Problem> {
    let date = KINDS
        .iter()
        .find(|kind| kind.name == resource.kind && kind.is_of_a_child())
        .and_then(|kind| kind.parameters.iter().find(|parameter: &&Parameter| parameter.compared == Compared::Date));
    let Some(date) = date.filter(|_| !asked.within.is_empty()) else { return Ok(true) };
    let value: Value = serde_json::from_slice(&resource.json).map_err(|_| Problem::Internal)?;
    for (name, day) in &asked.within {
        let malformed = || refuse(name, "is no day", "as in 2026-03-31");
        let criterion = Criterion::read(date, day, zone).ok_or_else(malformed)?;
        let has_none = super::compare::moment_of(&value, date.paths, zone).is_none();
        if !has_none && !criterion.is_met_by(&value, zone) {
            return Ok(false);
        }
    }
    Ok(true)
}
