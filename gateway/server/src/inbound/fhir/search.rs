//! Searching: whose resources are looked at, which of them are such as is asked for, and page by page what of them is told.
//!
//! Limits: `page_max` resources on a page, `search_children_max` children that are looked at for one. Format: a place in
//! what is found is the child and the resource that came last; it holds for a day, for its own question and caller.
//! Operations: [`search`].

use std::collections::BTreeSet;

use axum::http::StatusCode;
use exchange::likeness::surname_key;
use jiff::tz::TimeZone;
use schemas::date::Date;
use serde_json::Value;
use store::StoreFault;
use store::subject::{DemographicKey, SubjectId};
use uuid::Uuid;

use super::bundle::{Bundle, Mode};
use super::compare::{gather, moment_of};
use super::kinds::{Compared, Kind};
use super::outcome::{Issue, Refused, outcome};
use super::question::{Question, Whose, refuse};
use crate::durable::Durable;
use crate::durable::moment::now;
use crate::durable::shown::{Reader, Resource, Shown};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;

/// Children that are looked at together.
const SUBJECTS_LOT: usize = 100;

/// Children of one name and birth date that are looked at.
const NAMESAKES_MAX: usize = 20;

/// Resources of others that come along on a page.
const INCLUDED_MAX: usize = 200;

/// Microseconds for which a place in what is found holds.
const PLACE_MICROS_MAX: i64 = 86_400_000_000;

/// What was found.
pub(crate) struct Found {
    /// The Bundle in JSON.
    pub(crate) bundle: Vec<u8>,
    /// The children of whom anything is told.
    pub(crate) told: Vec<Shown>,
}

/// Where the answer is, and whose.
pub(crate) struct Asked<'a> {
    pub(crate) kind: &'static Kind,
    /// The address of this server.
    pub(crate) base: &'a str,
    /// The address that was asked, below that: `Observation` or `Patient/<id>/Observation`.
    pub(crate) path: &'a str,
    pub(crate) reader: &'a Reader,
    /// The caller's name: places in what is found are its own.
    pub(crate) caller: &'a str,
    /// Children that are looked at for a page.
    pub(crate) children_max: usize,
}

/// A place in what is found: after this resource of this child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    child: SubjectId,
    /// Nil before the first of its resources.
    resource: Uuid,
    /// When it was made.
    at: i64,
}

impl Place {
    fn to_bytes(self) -> Vec<u8> {
        [&self.child.as_bytes()[..], &self.resource.as_bytes()[..], &self.at.to_be_bytes()[..]].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (child, rest) = bytes.split_first_chunk::<16>()?;
        let (resource, rest) = rest.split_first_chunk::<16>()?;
        let at = rest.try_into().ok().map(i64::from_be_bytes)?;
        Some(Self { child: Uuid::from_bytes(*child), resource: Uuid::from_bytes(*resource), at })
    }
}

/// Searches, away from the threads that serve connections.
///
/// # Errors
/// Of the store, and for a page that is none or is not held any more.
pub(crate) fn search(durable: &Durable, question: &Question, asked: &Asked<'_>) -> Result<Found, Problem> {
    let zone = TimeZone::get(&durable.config.timezone).unwrap_or(TimeZone::UTC);
    let sealed = format!("{}\n{}\n{}", asked.caller, asked.path, question.used);
    let place = match &question.page {
        None => None,
        Some(page) => Some(place_of(durable, page, &sealed)?),
    };
    let looked_at = match whose(durable, question, asked).map_err(store_problem)? {
        Some(ids) => {
            LookedAt { shown: durable.shown(&ids, asked.reader).map_err(store_problem)?, next: None, total: None }
        }
        None => everybody(durable, question, asked, (place, &zone)).map_err(store_problem)?,
    };
    let mut matches = matching(&looked_at.shown, question, asked.kind, &zone);
    if let Some(from_the_back) = question.by_date {
        if looked_at.total.is_some() || looked_at.next.is_some() || question.whose == Whose::Everybodys {
            return Err(refuse("_sort", "needs a patient", "say whose resources are to be put in order"));
        }
        let paths = date_paths(asked.kind);
        matches.sort_by_key(|found| {
            let moment = moment_of(&found.value, paths, &zone);
            // What has no date comes last, whichever way they are ordered.
            (moment.is_none(), moment.map(|moment| if from_the_back { moment.saturating_neg() } else { moment }))
        });
    }
    let is_of_everybody = question.whose == Whose::Everybodys || looked_at.next.is_some() || looked_at.total.is_some();
    let total = if is_of_everybody { looked_at.total } else { Some(matches.len() as u64) };
    let begin = place.map_or(0, |place| position_after(&matches, place));
    let most = usize::try_from(question.count).unwrap_or(usize::MAX);
    let page = &matches[begin.min(matches.len())..];
    let (page, rest) = page.split_at(most.min(page.len()));

    let own = format!("{}/{}", asked.base, asked.path);
    let and = if question.used.is_empty() { "" } else { "?" };
    let here = format!("{own}{and}{}", question.used);
    let next = match (page.last(), rest.is_empty(), looked_at.next) {
        _ if most == 0 => None,
        (Some(last), false, _) => Some((last.child, last.resource.id)),
        // Nobody knows yet what the next children have.
        (_, true, Some(after)) => Some((after, Uuid::max())),
        _ => None,
    };
    let next = next.map(|(child, resource)| {
        let place = durable.cursors.write_place(&Place { child, resource, at: now() }.to_bytes(), &sealed);
        let and = if question.used.is_empty() { "?" } else { "&" };
        format!("{here}{and}_page={place}")
    });
    let mut links = vec![("self", here.as_str())];
    links.extend(next.as_deref().map(|next| ("next", next)));
    let mut bundle = Bundle::begin(asked.base, "searchset", total, if most == 0 { &[] } else { &links });
    page.iter().for_each(|found| bundle.entry(found.resource, Mode::Match));
    included(page, question, &looked_at.shown).into_iter().for_each(|resource| bundle.entry(resource, Mode::Include));
    if question.left_out > 0 {
        bundle.outcome(&left_out(question.left_out));
    }
    let bundle = bundle.end();
    let of: BTreeSet<SubjectId> = page.iter().map(|found| found.child).collect();
    // Of one child a number tells something too; of all of an authority's own it is a sum.
    let counted: BTreeSet<SubjectId> = matches.iter().map(|found| found.child).filter(|_| !is_of_everybody).collect();
    let told = |shown: &Shown| of.contains(&shown.id) || counted.contains(&shown.id);
    drop(matches);
    Ok(Found { bundle, told: looked_at.shown.into_iter().filter(told).collect() })
}

/// Everything that a condition matches, each with what is shown of its child; never of everybody.
///
/// # Errors
/// Of the store.
pub(crate) fn matches_of(
    durable: &Durable,
    question: &Question,
    asked: &Asked<'_>,
    zone: &TimeZone,
) -> Result<Vec<(Resource, Shown)>, Problem> {
    let shown = match whose(durable, question, asked).map_err(store_problem)? {
        Some(ids) => durable.shown(&ids, asked.reader).map_err(store_problem)?,
        None => everybody(durable, question, asked, (None, zone)).map_err(store_problem)?.shown,
    };
    let mut found = Vec::new();
    for one in shown {
        let matches = matching(std::slice::from_ref(&one), question, asked.kind, zone);
        let resources: Vec<Resource> = matches.into_iter().map(|found| found.resource.clone()).collect();
        found.extend(resources.into_iter().map(|resource| (resource, one.clone())));
    }
    Ok(found)
}

/// The children that were looked at.
struct LookedAt {
    /// Those of whom anything was found, as far as a page may need them.
    shown: Vec<Shown>,
    /// The last that was looked at, where there are more.
    next: Option<SubjectId>,
    /// How much was found of all of them, where everybody was looked at.
    total: Option<u64>,
}

/// A resource that is such as is asked for.
struct Match<'s> {
    child: SubjectId,
    resource: &'s Resource,
    value: Value,
}

/// Looks at everybody whom the caller may list, until a page is full; where they are to be counted, at all of them.
fn everybody(
    durable: &Durable,
    question: &Question,
    asked: &Asked<'_>,
    (place, zone): (Option<Place>, &TimeZone),
) -> Result<LookedAt, StoreFault> {
    // The child of the place is looked at again: it may have more.
    let mut after = place.map(|place| before(place.child));
    let (mut shown, mut found, mut looked_at) = (Vec::new(), 0_u64, 0_usize);
    let is_counted = question.counted && place.is_none();
    loop {
        let (lot, next) = durable.all_shown(after, SUBJECTS_LOT, asked.reader)?;
        looked_at += SUBJECTS_LOT;
        for one in lot {
            let matches = matching(std::slice::from_ref(&one), question, asked.kind, zone);
            let comes = |found: &&Match<'_>| {
                place.is_none_or(|place| (found.child, found.resource.id) > (place.child, place.resource))
            };
            let here = matches.iter().filter(comes).count() as u64;
            if here > 0 && found <= question.count {
                shown.push(one);
            }
            found += here;
        }
        let is_enough = !is_counted && (found > question.count || looked_at >= asked.children_max);
        match next {
            None => return Ok(LookedAt { shown, next: None, total: place.is_none().then_some(found) }),
            Some(last) if is_enough => return Ok(LookedAt { shown, next: Some(last), total: None }),
            next => after = next,
        }
    }
}

/// Who may be asked for, as far as the question says it; `None`: everybody whom the caller may list.
fn whose(durable: &Durable, question: &Question, asked: &Asked<'_>) -> Result<Option<Vec<SubjectId>>, StoreFault> {
    let store = &durable.store;
    let found = |ids: Vec<Option<SubjectId>>| {
        let mut ids: Vec<SubjectId> = ids.into_iter().flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    };
    Ok(match &question.whose {
        Whose::Everybodys => None,
        Whose::Nobodys => Some(Vec::new()),
        Whose::Patient(id) => found(store.subjects_of_resources(&[*id])?),
        Whose::Resources(ids) => found(store.subjects_of_resources(ids)?),
        Whose::Identifier(identifier) => found(store.find(std::slice::from_ref(identifier))?),
        Whose::Named { .. } if asked.reader.lists_its_own() => None,
        Whose::Named { family, born } => {
            let Some(key) = Date::parse_iso(born.as_bytes()).and_then(|born| surname_key(family, born)) else {
                return Ok(Some(Vec::new()));
            };
            let alike = store.alike(&[DemographicKey(key)], NAMESAKES_MAX)?;
            found(alike.into_iter().flatten().map(Some).collect())
        }
    })
}

/// What of these children is such as is asked for, child by child, in the order of ids.
fn matching<'s>(shown: &'s [Shown], question: &Question, kind: &Kind, zone: &TimeZone) -> Vec<Match<'s>> {
    let mut matches = Vec::new();
    for shown in shown {
        let of = |name: &'static str| shown.resources.iter().filter(move |resource| resource.kind == name);
        let read = |resource: &Resource| serde_json::from_slice::<Value>(&resource.json).ok();
        let is_asked_for = |patient: &Resource| {
            let this = question.patient.is_none_or(|id| patient.id == id);
            this && (question.of_patient.is_empty()
                || read(patient)
                    .is_some_and(|value| question.of_patient.iter().all(|criterion| criterion.is_met_by(&value, zone))))
        };
        if !of("Patient").all(is_asked_for) {
            continue;
        }
        let mut own: Vec<Match<'s>> = of(kind.name)
            .filter(|resource| question.ids.as_ref().is_none_or(|ids| ids.contains(&resource.id)))
            .filter_map(|resource| Some(Match { child: shown.id, resource, value: read(resource)? }))
            .filter(|found| question.criteria.iter().all(|criterion| criterion.is_met_by(&found.value, zone)))
            .collect();
        own.sort_by_key(|found| found.resource.id);
        matches.extend(own);
    }
    if kind.patient.is_none() && kind.name != "Patient" {
        // One authority or worker of several children.
        let mut seen = BTreeSet::new();
        matches.retain(|found| seen.insert(found.resource.id));
    }
    matches
}

/// How many come before a place, in whichever order they are.
fn position_after(matches: &[Match<'_>], place: Place) -> usize {
    match matches.iter().position(|found| (found.child, found.resource.id) == (place.child, place.resource)) {
        Some(at) => at + 1,
        // It is there no more: what would come after it, in the order of children and ids.
        None => matches
            .iter()
            .position(|found| (found.child, found.resource.id) > (place.child, place.resource))
            .unwrap_or(matches.len()),
    }
}

/// What the resources of a page refer to, as the question asks.
fn included<'s>(page: &[Match<'s>], question: &Question, shown: &'s [Shown]) -> Vec<&'s Resource> {
    let mut included: Vec<&Resource> = Vec::new();
    for found in page {
        let Some(of) = shown.iter().find(|shown| shown.id == found.child) else { continue };
        let mut references = Vec::new();
        let paths = question.include.iter().flat_map(|paths| paths.iter());
        paths.for_each(|path| gather(&found.value, path, &mut references));
        for reference in references.iter().filter_map(|it| it.get("reference").and_then(Value::as_str)) {
            let refers = |resource: &&Resource| {
                reference
                    .rsplit_once('/')
                    .is_some_and(|(kind, id)| kind == resource.kind && id == resource.id.to_string())
            };
            if let Some(resource) = of.resources.iter().find(refers)
                && included.len() < INCLUDED_MAX
                && !included.iter().chain(page.iter().map(|found| &found.resource)).any(|known| known.id == resource.id)
            {
                included.push(resource);
            }
        }
    }
    included
}

fn date_paths(kind: &Kind) -> &'static [&'static str] {
    let dates = kind.parameters.iter().find(|parameter| parameter.compared == Compared::Date);
    dates.map_or(&[], |parameter| parameter.paths)
}

fn place_of(durable: &Durable, page: &str, sealed: &str) -> Result<Place, Problem> {
    let place = durable.cursors.open_place(page, sealed).and_then(|bytes| Place::from_bytes(&bytes));
    let place =
        place.ok_or_else(|| refuse("_page", "is no page of this search", "take the link `next` of the page before"))?;
    if now().saturating_sub(place.at) > PLACE_MICROS_MAX {
        return Err(Refused {
            status: StatusCode::GONE,
            code: "deleted",
            spine: super::outcome::INVALID_SEARCH_DATA,
            text: "the page is not held any more".into(),
            rule: "http/page-over",
            help: "search again",
            parameter: Some("_page"),
        }
        .into());
    }
    Ok(place)
}

/// The place before a child, so that it comes first again.
fn before(child: SubjectId) -> SubjectId {
    Uuid::from_u128(child.as_u128().saturating_sub(1))
}

fn left_out(count: usize) -> Vec<u8> {
    let issue = Issue {
        severity: "warning",
        code: "not-supported",
        spine: None,
        text: format!("parameters that are not known were left out: {count}").into(),
        diagnostics: "http/unknown-parameter: see /fhir/R4/metadata for those that are".into(),
        expression: None,
    };
    outcome(None, &[issue])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_and_nothing_of_another_length_does() {
        let place = Place { child: Uuid::from_u128(3), resource: Uuid::max(), at: -7 };
        let bytes = place.to_bytes();
        assert_eq!(Place::from_bytes(&bytes), Some(place));
        for end in 0..bytes.len() {
            assert_eq!(Place::from_bytes(&bytes[..end]), None);
        }
        assert_eq!(Place::from_bytes(&[&bytes[..], &[0]].concat()), None);
    }
}
