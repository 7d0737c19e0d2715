//! Reading one resource, its versions, and what is asked of a type or of a child: which address is which question.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use axum::response::Response;
use jiff::tz::TimeZone;
use store::subject::SubjectId;
use uuid::Uuid;

use super::bundle::Bundle;
use super::kinds::{Kind, LIST, kind};
use super::outcome::unknown_type;
use super::question::{Given, Question};
use super::search::{Asked, search};
use super::{Answer, Asking, everything, list, summary, validate};
use crate::config::Scope;
use crate::durable::Durable;
use crate::durable::shown::{Reader, Resource, Shown};
use crate::inbound::body::{BytesMax, read_small};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;
use crate::inbound::stack::House;

/// Children of a reader that are looked at for an organisation or a worker of one of them.
const RELATED_MAX: usize = 200;

/// `GET /{type}`: a search.
pub(crate) async fn search_type(
    State(house): State<Arc<House>>,
    Path(of): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let asking = Asking::begin(&house, &parts, b"", false)?;
    if of == LIST {
        return list::search(&asking).await;
    }
    found(&house, asking, kind(&of).ok_or_else(unknown_type)?, None).await
}

/// `GET /{type}/{id}`, and `GET /Patient/$summary`.
pub(crate) async fn read(
    State(house): State<Arc<House>>,
    Path((of, id)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    if id.starts_with('$') {
        return match (of.as_str(), id.as_str()) {
            ("Patient", "$summary") => summary::of_identifier(&house, &parts, b"").await,
            _ => Err(unknown_operation()),
        };
    }
    let asking = Asking::begin(&house, &parts, b"", false)?;
    asking.may(Scope::FhirRead)?;
    asking.given.only(&[])?;
    if of == LIST {
        return list::read(&asking, &id).await;
    }
    let resource = one(&asking, &of, &id).await?;
    asking.answer(Answer { json: resource.told(), tag: Some(resource.tag()) })
}

/// `GET /{type}/{id}/_history/{version}`: what a version shows that is still the one.
pub(crate) async fn read_version(
    State(house): State<Arc<House>>,
    Path((of, id, version)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let asking = Asking::begin(&house, &parts, b"", false)?;
    asking.given.only(&[])?;
    let resource = one(&asking, &of, &id).await?;
    if resource.version() != version {
        return Err(Problem::NotFound { nearest: None });
    }
    asking.answer(Answer { json: resource.told(), tag: Some(resource.tag()) })
}

/// `POST /{type}/_search`, `/{type}/$validate` and `/Patient/$summary`.
pub(crate) async fn ask(
    State(house): State<Arc<House>>,
    Path((of, what)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    match (of.as_str(), what.as_str()) {
        (of, "$validate") => validate::validate(&house, of, parts, body).await,
        ("Patient", "$summary") => summary::of_parameters(&house, parts, body).await,
        (of, "_search") => {
            let form = form_of(&house, &parts.headers, body).await?;
            let asking = Asking::begin(&house, &parts, &form, false)?;
            asking.may(Scope::FhirRead)?;
            if of == LIST {
                return list::search(&asking).await;
            }
            found(&house, asking, kind(of).ok_or_else(unknown_type)?, None).await
        }
        (_, what) if what.starts_with('$') => Err(unknown_operation()),
        _ => Err(Problem::MethodNotAllowed { allow: "GET, HEAD, OPTIONS" }),
    }
}

/// `GET /{type}/{id}/…`: its history, an operation on a child, or what a child has of another type.
pub(crate) async fn of_one(
    State(house): State<Arc<House>>,
    Path((of, id, what)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    match (of.as_str(), what.as_str()) {
        (_, "_history") => history(&house, &parts, &of, &id).await,
        ("Patient", "$everything") => everything::everything(&house, &parts, b"", &id).await,
        ("Patient", "$summary") => summary::of_patient(&house, &parts, &id).await,
        (_, what) if what.starts_with('$') => Err(unknown_operation()),
        ("Patient", what) => {
            let kind = kind(what).filter(|kind| kind.is_of_a_child()).ok_or_else(unknown_type)?;
            let id = Uuid::try_parse(&id).map_err(|_| Problem::NotFound { nearest: None })?;
            let asking = Asking::begin(&house, &parts, b"", false)?;
            found(&house, asking, kind, Some(id)).await
        }
        _ => Err(Problem::NotFound { nearest: None }),
    }
}

/// `POST /{type}/{id}/$validate`, and `/Patient/{id}/$everything`.
pub(crate) async fn ask_of_one(
    State(house): State<Arc<House>>,
    Path((of, id, what)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    match (of.as_str(), what.as_str()) {
        (of, "$validate") => validate::validate(&house, of, parts, body).await,
        ("Patient", "$everything") => {
            let form = form_of(&house, &parts.headers, body).await?;
            everything::everything(&house, &parts, &form, &id).await
        }
        (_, what) if what.starts_with('$') => Err(unknown_operation()),
        _ => Err(Problem::MethodNotAllowed { allow: "GET, HEAD, OPTIONS" }),
    }
}

/// What an entry of a Bundle asks to read, in JSON: one resource, or a search.
pub(crate) async fn within(house: &House, asking: &Asking, address: &str) -> Result<Vec<u8>, Problem> {
    let (path, query) = address.split_once('?').map_or((address, None), |(path, query)| (path, Some(query)));
    match path.split_once('/') {
        None => {
            let kind = kind(path).ok_or_else(unknown_type)?;
            found_json(house, asking, &Given::read(query, b""), kind, None).await
        }
        Some((of, id)) => one(asking, of, id).await.map(|resource| resource.told()),
    }
}

async fn found(
    house: &House,
    asking: Asking,
    kind: &'static Kind,
    compartment: Option<Uuid>,
) -> Result<Response, Problem> {
    let json = found_json(house, &asking, &asking.given, kind, compartment).await?;
    asking.answer(Answer { json, tag: None })
}

async fn found_json(
    house: &House,
    asking: &Asking,
    given: &Given,
    kind: &'static Kind,
    compartment: Option<Uuid>,
) -> Result<Vec<u8>, Problem> {
    let zone = TimeZone::get(&house.config.timezone).unwrap_or(TimeZone::UTC);
    let limits = &house.config.fhir;
    let question = Question::read(kind, compartment, given, &asking.headers, (&asking.reader, &zone), limits.page_max)?;
    let path = compartment.map_or_else(|| kind.name.to_owned(), |id| format!("Patient/{id}/{}", kind.name));
    let children_max = usize::try_from(limits.search_children_max).unwrap_or(usize::MAX);
    let (reader, base, caller) = (asking.reader.clone(), asking.base.clone(), asking.asker.caller.name().to_owned());
    asking
        .tell(&format!("{}:search", kind.name), move |durable| {
            let asked = Asked { kind, base: &base, path: &path, reader: &reader, caller: &caller, children_max };
            let found = search(durable, &question, &asked)?;
            Ok((found.bundle, found.told))
        })
        .await
}

/// One resource, as it is shown now.
///
/// # Errors
/// [`Problem::NotFound`] where there is none for this reader.
async fn one(asking: &Asking, of: &str, id: &str) -> Result<Resource, Problem> {
    let kind = kind(of).ok_or_else(unknown_type)?;
    let missing = || Problem::NotFound { nearest: None };
    let id = Uuid::try_parse(id).map_err(|_| missing())?;
    let reader = asking.reader.clone();
    let resource = asking
        .tell(kind.name, move |durable| match find(durable, &reader, kind, id).map_err(store_problem)? {
            Some((resource, shown)) => Ok((Some(resource), vec![shown])),
            None if durable.took_back(id, &reader).map_err(store_problem)? => Err(Problem::Gone),
            None => Ok((None, Vec::new())),
        })
        .await?;
    resource.ok_or_else(missing)
}

/// The resource of an id, and what is shown of its child.
fn find(
    durable: &Durable,
    reader: &Reader,
    kind: &Kind,
    id: Uuid,
) -> Result<Option<(Resource, Shown)>, store::StoreFault> {
    let of: Vec<SubjectId> = durable.store.subjects_of_resources(&[id])?.into_iter().flatten().collect();
    let is_it = |resource: &&Resource| resource.id == id && resource.kind == kind.name;
    let within = |all: Vec<Shown>| {
        all.into_iter().find_map(|shown| {
            let resource = shown.resources.iter().find(is_it)?.clone();
            Some((resource, shown))
        })
    };
    let found = within(durable.shown(&of, reader)?);
    let is_of_many = !kind.is_of_a_child() && kind.name != "Patient";
    if found.is_some() || !is_of_many || of.is_empty() {
        return Ok(found);
    }
    // It is of several children, and the one that it leads to is not the reader's.
    let mut related = match reader.ods_code() {
        Some(ods) => durable.related(ods, durable.today())?,
        None => Vec::new(),
    };
    related.truncate(RELATED_MAX);
    let found = within(durable.shown(&related, reader)?);
    if found.is_some() || !(reader.lists_its_own() || durable.has_ways_to(reader)) {
        return Ok(found);
    }
    Ok(within(durable.all_shown(None, RELATED_MAX, reader)?.0))
}

/// The versions of a resource: that which is shown.
async fn history(house: &House, parts: &Parts, of: &str, id: &str) -> Result<Response, Problem> {
    let asking = Asking::begin(house, parts, b"", false)?;
    asking.given.only(&["_count"])?;
    let resource = one(&asking, of, id).await?;
    let here = format!("{}/{of}/{}/_history", asking.base, resource.id);
    let mut bundle = Bundle::begin(&asking.base, "history", Some(1), &[("self", &here)]);
    bundle.version(&resource);
    asking.answer(Answer { json: bundle.end(), tag: None })
}

/// The form of a search that is posted.
pub(super) async fn form_of(house: &House, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let limits = &house.config.limits;
    let most = BytesMax { bytes: limits.form_bytes_max, limit: "form_bytes_max" };
    let form = read_small(headers, body, limits, most).await?;
    let essence = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = essence.split(';').next().unwrap_or_default().trim();
    if !form.is_empty() && !essence.eq_ignore_ascii_case(FORM) {
        return Err(Problem::UnsupportedMediaType { accepted: vec![FORM], coding: false });
    }
    Ok(form)
}

fn unknown_operation() -> Problem {
    super::outcome::Refused {
        status: axum::http::StatusCode::NOT_FOUND,
        code: "not-supported",
        spine: super::outcome::VALIDATION_ERROR,
        text: "There is no such operation here".into(),
        rule: "http/operation",
        help: "see /fhir/R4/metadata for the operations that there are",
        parameter: None,
    }
    .into()
}
