//! `/fhir/R4`: what is held of children, read by those who may, as resources of UK Core (http, section 9).
//!
//! Resources are made from the records when they are asked for, through the caller's view and whatever restricts the
//! child at that moment; nothing else is kept of them but their ids. Of a child whom a caller may not see there is
//! nothing: no resource, no number and no other refusal than of one who was never known. Every reading is told to the
//! audit chain before its first byte leaves, and made again when what protects the child has changed meanwhile.

mod bundle;
mod capability;
mod compare;
mod everything;
mod form;
mod kinds;
mod list;
pub(crate) mod outcome;
mod question;
mod raw;
mod read;
mod search;
mod stating;
mod summary;
mod told;
mod transaction;
mod validate;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use store::Batch;
use store::audit::AuditEntry;

use self::form::{drawn_out, in_xml};
use self::question::Given;
use super::admit::Access;
use super::asker::Asker;
use super::intake::store_problem;
use super::problem::Problem;
use super::stack::{House, resource};
use crate::config::Scope;
use crate::durable::Durable;
use crate::durable::shown::{Reader, Shown};

pub(crate) use self::form::Form;

/// Where FHIR is.
pub(crate) const BASE: &str = "/fhir/R4";

/// How often a reading is made again because what protects a child has changed meanwhile.
const READINGS_MAX: usize = 5;

/// Seconds that a caller is told to wait where that never ends.
const CHANGING_RETRY_SECONDS: u64 = 1;

/// Whether an address is FHIR's, whose refusals are OperationOutcomes.
pub(crate) fn is_fhir(path: &str) -> bool {
    path.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The routes, each with its name in counters.
pub(crate) fn routes(house: &Arc<House>) -> Router {
    const READ: &str = "GET, HEAD, OPTIONS";
    const BOTH: &str = "GET, HEAD, POST, OPTIONS";
    let router = Router::new();
    // Without a store nothing is held, and without partners there is nobody who may read it.
    if house.durable.is_none() || house.partners.is_empty() {
        return router.with_state(house.clone());
    }
    const MAY_READ: Access = Access::Scope(Scope::FhirRead);
    // Some addresses are for those who read and for those who write: the handler knows which.
    let all: [(&'static str, &'static str, Access, MethodRouter<Arc<House>>); 7] = [
        ("/fhir/R4/metadata", READ, Access::Open, get(capability::metadata)),
        (
            "/fhir/R4/{type}",
            "GET, HEAD, POST, PUT, OPTIONS",
            Access::ReadOrAct(Scope::FhirRead, Scope::FhirWrite),
            get(read::search_type).post(write::create).put(write::update_matching),
        ),
        (
            "/fhir/R4/{type}/{id}",
            "GET, HEAD, POST, PUT, DELETE, OPTIONS",
            Access::Any,
            get(read::read).post(read::ask).put(write::update).delete(write::delete),
        ),
        ("/fhir/R4/{type}/{id}/{what}", BOTH, MAY_READ, get(read::of_one).post(read::ask_of_one)),
        ("/fhir/R4/{type}/{id}/_history/{version}", READ, MAY_READ, get(read::read_version)),
        ("/fhir/R4", "POST, OPTIONS", Access::Any, post(transaction::post)),
        ("/fhir/R4/", "POST, OPTIONS", Access::Any, post(transaction::post)),
    ];
    let router = all.into_iter().fold(router, |router, (template, allow, access, methods)| {
        router.route(template, resource(house, template, allow, access, methods))
    });
    router.with_state(house.clone())
}

/// Whoever asks over FHIR, what with, and how it is to be answered.
pub(crate) struct Asking {
    pub(crate) asker: Asker,
    pub(crate) reader: Reader,
    pub(crate) given: Given,
    pub(crate) headers: HeaderMap,
    pub(crate) form: Form,
    /// The address of this server.
    pub(crate) base: String,
}

/// A resource, or a Bundle of them, that is told.
pub(crate) struct Answer {
    pub(crate) json: Vec<u8>,
    pub(crate) tag: Option<HeaderValue>,
}

impl Asking {
    /// Reads what every request has, in the order in which it may be refused; `posted` is the form of a search.
    ///
    /// # Errors
    /// [`Problem::NotAcceptable`], [`Problem::Unauthenticated`].
    pub(crate) fn begin(house: &House, parts: &Parts, posted: &[u8], with_page: bool) -> Result<Self, Problem> {
        let asker = Asker::of(house, &parts.extensions)?;
        let given = Given::read(parts.uri.query(), posted);
        let form = Form::asked(&parts.headers, given.get("_format"), with_page)?;
        let reader = asker.durable.reader(asker.caller.name()).ok_or(Problem::NotFound { nearest: None })?;
        let base = format!("{}{BASE}", house.config.public_url.trim_end_matches('/'));
        Ok(Self { asker, reader, given, headers: parts.headers.clone(), form, base })
    }

    /// Whether the caller may do what a scope lets.
    ///
    /// # Errors
    /// [`Problem::InsufficientScope`].
    pub(crate) fn may(&self, scope: Scope) -> Result<(), Problem> {
        if self.asker.caller.scopes.contains(scope) { Ok(()) } else { Err(Problem::InsufficientScope(scope)) }
    }

    /// Makes what is told, tells the audit chain, and makes sure that it may still be told.
    ///
    /// # Errors
    /// Those of making it; [`Problem::Unavailable`] while what protects the children changes all the time.
    pub(crate) async fn tell<T: Send + 'static>(
        &self,
        what: &str,
        make: impl Fn(&Durable) -> Result<(T, Vec<Shown>), Problem> + Send + Sync + 'static,
    ) -> Result<T, Problem> {
        let (durable, make) = (&self.asker.durable, Arc::new(make));
        for _ in 0..READINGS_MAX {
            let make = make.clone();
            let (answer, told) = durable.look(move |durable| make(durable)).await??;
            let seen: Vec<_> = told.iter().map(Shown::seen).collect();
            let lines: Vec<AuditEntry> = told.into_iter().map(|shown| self.line(what, shown)).collect();
            if lines.is_empty() {
                return Ok(answer);
            }
            self.asker.keep_lines(Batch { audit: lines, ..Batch::default() }).await?;
            let stands = durable.look(move |durable| durable.still_stands(&seen)).await?.map_err(store_problem)?;
            if stands {
                return Ok(answer);
            }
        }
        Err(Problem::Unavailable { retry_seconds: CHANGING_RETRY_SECONDS })
    }

    fn line(&self, what: &str, shown: Shown) -> AuditEntry {
        self.asker.line("read", |line| {
            line.subject = Some(shown.id);
            line.object = Some(format!("fhir:{what}"));
            line.recipient = Some(self.asker.caller.name().to_owned());
            line.view = Some(shown.view);
            line.basis = Some(shown.basis);
            line.statements = shown.statements;
        })
    }

    /// The answer in the form that was asked for.
    ///
    /// # Errors
    /// [`Problem::Internal`] for what is no resource.
    pub(crate) fn answer(&self, answer: Answer) -> Result<Response, Problem> {
        let Answer { json, tag } = answer;
        if let Some(tag) = tag.as_ref().filter(|tag| is_known(&self.headers, tag)) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.clone())]).into_response());
        }
        let body = match self.form {
            Form::Xml => in_xml(&json).ok_or(Problem::Internal)?,
            _ if self.given.is_pretty() => drawn_out(&json),
            _ => json,
        };
        let form = if self.form == Form::Page { Form::Json } else { self.form };
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
        if let Some(tag) = tag {
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }
}

/// Whether the caller has this version already.
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let strong = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let tag = strong(tag.to_str().unwrap_or_default());
    headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value.to_str().unwrap_or_default().split(',').any(|known| known.trim() == "*" || strong(known) == tag)
    })
}
