//! Photographs of a home, over HTTP: its agency brings them one by one, stripped at the door; an authority has them as it
//! has what else a child may read of the home, and not before (http, section 6.1; IFA formats, section 9).
//!
//! Limits: one photograph a request in memory, and of those no more at once than of documents.
//!
//! The agency ticks with each, as `assured=true` in the query, that no other child, no street sign, number plate or school
//! badge is on it; without that it is not taken. To everybody else there is no such home.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kit::photograph::{Fault, Picture, strip};
use schemas::code::VacancyStatus;
use schemas::said::Said;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

use super::super::answer::Answer;
use super::super::asker::{Act, Asker};
use super::super::idempotency::Once;
use super::super::messages::json_answer;
use super::super::problem::{Complaint, Place, Problem};
use super::super::query::Query;
use super::super::stack::House;
use super::super::tags::{etag, if_match, is_known};
use super::acts::{done, own};
use super::{has_profile, is_own, tell_profile};
use crate::durable::market::photos::{HeldPhoto, Which};
use crate::durable::market::shelf::{Entry, Snapshot};

/// What the caller is told to wait when all places are taken.
const BUSY_RETRY_SECONDS: u64 = 5;

/// Characters of a name.
const NAME_CHARS_MAX: usize = 80;

/// `PUT /v1/vacancies/{id}/photos/{name}?assured=true`.
pub(crate) async fn put(
    State(house): State<Arc<House>>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let mut asker = Asker::of(&house, request.extensions())?;
    let query = Query::parse(request.uri().query(), &["assured"])?;
    let is_assured = query.choice("assured", &[("true", true), ("false", false)])?;
    let (home, urn) = own(&asker, &id)?;
    let name = name_of(&name).ok_or_else(wrong_name)?;
    let (parts, body) = request.into_parts();
    let picture = picture_of(&parts.headers)?;
    let _place = place(&house)?;
    let body = photo_body(body, &house).await?;
    asker.once = Once::begin(&asker.durable, asker.caller.name(), &parts, &body)?;
    if let Some(once) = &asker.once
        && let Some(first) = once.first_answer(&asker.durable).await?
    {
        return Ok(first);
    }
    let which = Which { home, urn, name };
    let is_there = asker.durable.market.standing().photos(home).iter().any(|held| held.name == which.name);
    let seen =
        if is_there || parts.headers.contains_key(header::IF_MATCH) { Some(if_match(&parts.headers)?) } else { None };
    if is_assured != Some(true) {
        return Err(Problem::Breaks(Fault::NotAssured.rule()));
    }
    let limits = house.config.reading_limits.photos;
    let stripped = spawn_blocking(move || strip(&body, &limits)).await.map_err(|_| Problem::Internal)?;
    let photograph = stripped.map_err(refused)?;
    if photograph.picture() != picture {
        return Err(refused(Fault::Other));
    }
    done(&asker, move |durable, actor| durable.put_photo(&which, seen, &photograph, actor)).await
}

/// `DELETE /v1/vacancies/{id}/photos/{name}`.
pub(crate) async fn remove(Path((id, name)): Path<(String, String)>, act: Act) -> Result<Response, Problem> {
    let (asker, seen, _) = act.on_version(&[])?;
    let (home, urn) = own(&asker, &id)?;
    let name = name_of(&name).ok_or(Problem::NotFound { nearest: None })?;
    let which = Which { home, urn, name };
    done(&asker, move |durable, actor| durable.remove_photo(&which, seen, actor)).await
}

/// `GET /v1/vacancies/{id}/photos`: what they are called.
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    asker: Asker,
) -> Result<Response, Problem> {
    let standing = asker.durable.market.standing();
    let entry = seen(&house, &asker, &standing, &id)?;
    let items: Vec<Value> = standing.photos(entry.id).iter().map(|held| held.told()).collect();
    Ok(json_answer(&json!({ "items": items, "next": null }), None))
}

/// `GET /v1/vacancies/{id}/photos/{name}`: its bytes; that an authority has them is told to the audit chain first.
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
    asker: Asker,
) -> Result<Response, Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let standing = asker.durable.market.standing();
    let entry = seen(&house, &asker, &standing, &id)?;
    let name = name_of(&name).ok_or_else(missing)?;
    let held: Arc<HeldPhoto> =
        standing.photos(entry.id).iter().find(|held| held.name == name).cloned().ok_or_else(missing)?;
    let tag = etag(held.tag());
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let place = place(&house)?;
    let photo = held.id;
    let body = asker.durable.read(move |store| store.photo_body(photo)).await?.ok_or_else(missing)?;
    if !is_own(&asker.caller, entry.home.urn) {
        tell_profile(&house, &asker, entry.id, Some(photo)).await?;
    }
    let answer = [
        (header::CONTENT_TYPE, HeaderValue::from_static(held.picture.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
        (header::ETAG, tag),
    ];
    Ok((answer, Answer::default().bytes(body).keep(place)).into_response())
}

/// A place among those who hold a document or a photograph in memory: there are not more of them than that.
fn place(house: &House) -> Result<OwnedSemaphorePermit, Problem> {
    let busy = Problem::Unavailable { retry_seconds: BUSY_RETRY_SECONDS };
    house.places.clone().try_acquire_owned().map_err(|_| busy)
}

/// A home whose photographs a caller may have.
fn seen<'s>(house: &House, asker: &Asker, standing: &'s Snapshot, id: &str) -> Result<&'s Entry, Problem> {
    let entry = super::find(standing, id)?;
    if !is_own(&asker.caller, entry.home.urn) && !has_profile(house, asker, entry) {
        return Err(Problem::NotFound { nearest: None });
    }
    if entry.home.vacancy.status == Said::Is(VacancyStatus::Withdrawn) {
        return Err(Problem::Gone);
    }
    Ok(entry)
}

/// A name that can stand in an address as it is.
fn name_of(name: &str) -> Option<Box<str>> {
    let is_of_names = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_one =
        !name.is_empty() && name.len() <= NAME_CHARS_MAX && !name.starts_with('.') && name.bytes().all(is_of_names);
    is_one.then(|| name.into())
}

fn wrong_name() -> Problem {
    Problem::InvalidRequest(Complaint {
        rule: "http/parameter",
        message: "the name of the photograph is not of letters, digits, points, hyphens and underscores alone".into(),
        help: "call it by what it shows, such as room or garden.jpg, and by nobody's name",
        place: Place::Parameter("name"),
    })
}

/// What the body is said to be.
fn picture_of(headers: &HeaderMap) -> Result<Picture, Problem> {
    let accepted = || Picture::ALL.map(Picture::media_type).to_vec();
    if headers.contains_key(header::CONTENT_ENCODING) {
        // Pictures are packed already.
        return Err(Problem::UnsupportedMediaType { accepted: accepted(), coding: false });
    }
    let said = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default();
    Picture::of_media_type(essence).ok_or_else(|| Problem::UnsupportedMediaType { accepted: accepted(), coding: false })
}

async fn photo_body(body: Body, house: &House) -> Result<Bytes, Problem> {
    let most = usize::try_from(house.config.limits.photo_bytes_max).unwrap_or(usize::MAX);
    let read = Limited::new(body, most).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return refused(Fault::Bytes);
        }
        Problem::InvalidRequest(Complaint {
            rule: "http/body",
            message: "the body ends before its announced end".into(),
            help: "send all of the photograph",
            place: Place::Body,
        })
    });
    read.map(http_body_util::Collected::to_bytes)
}

/// What a fault of a photograph is to whoever sends it.
fn refused(fault: Fault) -> Problem {
    match fault {
        Fault::Bytes => Problem::TooLarge { limit: "photo_bytes_max" },
        fault => Problem::Breaks(fault.rule()),
    }
}
