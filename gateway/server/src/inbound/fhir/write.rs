//! Writing: what a partner states of a child over FHIR, one resource at a time (FHIR R4, section 3.1.0).
//!
//! Limits: `resource_bytes_max`. Format: a resource in JSON or XML. Operations: create, also on a condition; update by
//! id or on a condition; delete. Each is a statement of the partner's own, a message like every other, and answered when
//! it has been read.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use uuid::Uuid;

use super::form::in_json;
use super::kinds::{Kind, kind};
use super::outcome::{INVALID_SEARCH_DATA, Issue, VALIDATION_ERROR, bad, outcome, unknown_type};
use super::question::refuse;
use super::stating::{Entry, Outcome, state};
use super::{Answer, Asking, validate};
use crate::config::Scope;
use crate::durable::shown::Resource;
use crate::inbound::body::{BytesMax, read_small};
use crate::inbound::idempotency::mark_replayed;
use crate::inbound::problem::Problem;
use crate::inbound::stack::House;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");

/// What of an answer a caller wants (RFC 7240; FHIR R4, section 3.1.0.1.9).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Resource,
    Nothing,
    Outcome,
}

impl Wants {
    pub(crate) fn of(headers: &HeaderMap) -> (Self, Option<HeaderValue>) {
        let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        let applied = |text: &'static str| Some(HeaderValue::from_static(text));
        for one in values.flat_map(|value| value.split([',', ';'])) {
            match one.trim() {
                "return=minimal" => return (Self::Nothing, applied("return=minimal")),
                "return=representation" => return (Self::Resource, applied("return=representation")),
                "return=OperationOutcome" => return (Self::Outcome, applied("return=OperationOutcome")),
                _ => {}
            }
        }
        (Self::Resource, None)
    }
}

/// `POST /{type}`: a create, on a condition where one is given.
pub(crate) async fn create(
    State(house): State<Arc<House>>,
    Path(of): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let begun = Begun::of(&house, &of, request, false)?;
    let header = begun.parts.headers.get(&IF_NONE_EXIST).map(|value| value.to_str().unwrap_or_default().to_owned());
    let condition = match (header, criteria_of(&begun.parts)) {
        (Some(header), Some(query)) if header.trim_start_matches('?') != query => {
            return Err(refuse("If-None-Exist", "differs from the query", "give one of them"));
        }
        (Some(header), _) => Some(criteria(&header, begun.kind.name)?),
        (None, query) => query,
    };
    let entry = Entry { condition, ..Entry::new(Method::POST, begun.kind.name) };
    begun.state(&house, entry, true).await
}

/// `PUT /{type}/{id}`.
pub(crate) async fn update(
    State(house): State<Arc<House>>,
    Path((of, id)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let begun = Begun::of(&house, &of, request, true)?;
    let entry = begun.changed(Method::PUT, Some(&id), None)?;
    begun.state(&house, entry, true).await
}

/// `PUT /{type}?…`: an update of the one that matches, or a create.
pub(crate) async fn update_matching(
    State(house): State<Arc<House>>,
    Path(of): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let begun = Begun::of(&house, &of, request, true)?;
    let condition = criteria_of(&begun.parts).ok_or_else(no_criteria)?;
    let entry = begun.changed(Method::PUT, None, Some(condition))?;
    begun.state(&house, entry, true).await
}

/// `DELETE /{type}/{id}`.
pub(crate) async fn delete(
    State(house): State<Arc<House>>,
    Path((of, id)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let begun = Begun::of(&house, &of, request, true)?;
    let entry = begun.changed(Method::DELETE, Some(&id), None)?;
    begun.state(&house, entry, false).await
}

/// A write of which everything but its body has been judged.
struct Begun {
    parts: Parts,
    body: Body,
    asking: Asking,
    kind: &'static Kind,
}

impl Begun {
    fn of(house: &House, of: &str, request: Request, is_change: bool) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let asking = Asking::to_write(house, &parts)?;
        let kind = kind(of).ok_or_else(unknown_type)?;
        judge_type(kind.name, is_change)?;
        Ok(Self { parts, body, asking, kind })
    }

    /// The entry of a change of what is there, by id or by condition.
    fn changed(&self, method: Method, id: Option<&str>, condition: Option<String>) -> Result<Entry, Problem> {
        let entry = Entry { condition, if_match: if_match(&self.parts.headers)?, ..Entry::new(method, self.kind.name) };
        match id {
            None => Ok(entry),
            Some(id) => {
                let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound { nearest: None })?;
                Ok(entry.at(&self.asking.base, id))
            }
        }
    }

    /// Does it, with the resource of the body where it has one.
    async fn state(self, house: &Arc<House>, entry: Entry, has_resource: bool) -> Result<Response, Problem> {
        let Self { parts, body, asking, kind } = self;
        let resource = match has_resource {
            true => Some(resource_of(house, &parts, body, kind.name, entry.id).await?),
            false => None,
        };
        let stated = state(house, &asking, &parts, vec![Entry { resource, ..entry }], None).await?;
        let (wants, applied) = Wants::of(&parts.headers);
        let outcome = stated.outcomes.into_iter().next().ok_or(Problem::Internal)?;
        let mut response = drawn(&asking, outcome, wants, &stated.issues)?;
        if let Some(applied) = applied {
            response.headers_mut().insert(PREFERENCE_APPLIED, applied);
        }
        if stated.replayed {
            mark_replayed(response.headers_mut());
        }
        Ok(response)
    }
}

/// Which types are written; a Patient is only ever created, as what is said of it is never all that it is.
pub(crate) fn judge_type(name: &'static str, is_change: bool) -> Result<(), Problem> {
    match name {
        "Organization" | "Practitioner" => Err(Problem::MethodNotAllowed { allow: "GET, HEAD, OPTIONS" }),
        "Patient" if is_change => Err(Problem::MethodNotAllowed { allow: "GET, HEAD, POST, OPTIONS" }),
        _ => Ok(()),
    }
}

/// The answer to one write.
fn drawn(asking: &Asking, outcome_of: Outcome, wants: Wants, issues: &[Issue]) -> Result<Response, Problem> {
    let (status, kind, id, resource) = match outcome_of {
        Outcome::Deleted => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            return Ok(response);
        }
        Outcome::Told(_) => return Err(Problem::Internal),
        Outcome::Stands { created, kind, id, resource } => {
            (if created { StatusCode::CREATED } else { StatusCode::OK }, kind, id, resource)
        }
    };
    let (tag, version) = (resource.as_ref().map(Resource::tag), resource.as_ref().map(Resource::version));
    let json = match (wants, &resource) {
        (Wants::Nothing, _) => None,
        (Wants::Outcome, _) => Some(outcome(Some(&asking.asker.request_id.0), &told_or_nothing(issues))),
        (Wants::Resource, Some(resource)) => Some(resource.told()),
        (Wants::Resource, None) => None,
    };
    let mut response = match json {
        Some(json) => asking.answer(Answer { json, tag: None })?,
        None => Response::new(Body::empty()),
    };
    *response.status_mut() = status;
    let at = match version {
        Some(version) => format!("{}/{kind}/{id}/_history/{version}", asking.base),
        None => format!("{}/{kind}/{id}", asking.base),
    };
    if let Ok(location) = HeaderValue::try_from(at) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// What was told of it, or that nothing was.
pub(crate) fn told_or_nothing(issues: &[Issue]) -> Vec<Issue> {
    if !issues.is_empty() {
        return issues.to_vec();
    }
    vec![Issue {
        severity: "information",
        code: "informational",
        spine: None,
        text: "Everything of it is held".into(),
        diagnostics: "fhir/held: nothing need be done".into(),
        expression: None,
    }]
}

/// The resource of a request in JSON, which is of the type of the address, and of its id where it has one.
async fn resource_of(
    house: &House,
    parts: &Parts,
    body: Body,
    name: &str,
    id: Option<Uuid>,
) -> Result<Vec<u8>, Problem> {
    let from = validate::format_of(parts)?;
    let most = BytesMax { bytes: house.config.fhir.resource_bytes_max, limit: "resource_bytes_max" };
    let bytes = read_small(&parts.headers, body, &house.config.limits, most).await?;
    let json = as_json(bytes, from)?;
    let resource: serde_json::Value = serde_json::from_slice(&json).map_err(|_| no_resource())?;
    if resource["resourceType"] != name {
        return Err(bad(
            ("invalid", VALIDATION_ERROR),
            "fhir/another-type",
            "The resource is of another type than the address",
            "send it to the address of its type",
        ));
    }
    let own = resource["id"].as_str().and_then(|own| Uuid::try_parse(own).ok());
    if id.is_some() && own != id {
        return Err(bad(
            ("invalid", VALIDATION_ERROR),
            "fhir/another-id",
            "The id of the resource is not that of the address",
            "send the id of the address in the resource",
        ));
    }
    Ok(json)
}

/// What came, in JSON.
pub(crate) fn as_json(bytes: Vec<u8>, from: &str) -> Result<Vec<u8>, Problem> {
    if from != "fhir-xml" {
        return Ok(bytes);
    }
    in_json(bytes).map_err(|faults| faults.map_or_else(no_resource, |issue| refused(&issue, None)))
}

/// That what came is no resource.
pub(crate) fn no_resource() -> Problem {
    bad(
        ("structure", VALIDATION_ERROR),
        "fhir/no-resource",
        "The body is no resource",
        "send one resource in FHIR JSON or XML, in UTF-8",
    )
}

/// A refusal for something that is wrong with a resource.
pub(crate) fn refused(issue: &Issue, status: Option<StatusCode>) -> Problem {
    let status = status.unwrap_or(match issue.code {
        "invariant" | "business-rule" => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::BAD_REQUEST,
    });
    Problem::FhirIssues(status, vec![issue.clone()])
}

/// The condition of a request's query; what says only how to answer is none.
fn criteria_of(parts: &Parts) -> Option<String> {
    let mut criteria = form_urlencoded::Serializer::new(String::new());
    let given = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let mut any = false;
    for (name, value) in given.filter(|(name, _)| !matches!(&**name, "" | "_format" | "_pretty" | "_summary")) {
        criteria.append_pair(&name, &value);
        any = true;
    }
    any.then(|| criteria.finish())
}

/// The condition of a header or of an entry, which may name its type before it.
pub(crate) fn criteria(text: &str, kind: &str) -> Result<String, Problem> {
    let text = text.trim();
    let text = text.strip_prefix(kind).filter(|rest| rest.starts_with('?')).unwrap_or(text);
    let text = text.strip_prefix('?').unwrap_or(text);
    if text.is_empty() { Err(no_criteria()) } else { Ok(text.to_owned()) }
}

pub(crate) fn no_criteria() -> Problem {
    bad(
        ("required", INVALID_SEARCH_DATA),
        "http/no-criteria",
        "The condition asks for nothing",
        "as in identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009",
    )
}

/// The version that the caller has seen.
fn if_match(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let malformed = || Problem::InvalidHeader("If-Match");
    let text = value.to_str().map_err(|_| malformed())?;
    if values.next().is_some() {
        return Err(malformed());
    }
    version(text).map(Some).ok_or_else(malformed)
}

/// A version, in any of the forms of a tag.
pub(crate) fn version(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    fits.then(|| text.to_owned())
}

impl Asking {
    /// As [`Asking::begin`], for whoever may write.
    ///
    /// # Errors
    /// [`Problem::InsufficientScope`], and those of [`Asking::begin`].
    pub(crate) fn to_write(house: &House, parts: &Parts) -> Result<Self, Problem> {
        let asking = Self::begin(house, parts, b"", false)?;
        asking.may(Scope::FhirWrite)?;
        // What is written is compared with what is there, and told: nobody writes who may not read.
        asking.may(Scope::FhirRead)?;
        Ok(asking)
    }
}
