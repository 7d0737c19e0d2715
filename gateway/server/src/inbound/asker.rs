//! Whoever asks for something that is remembered, or acts on it: read from the request once, in the order in which it
//! may be refused (http, section 1.1).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::Extensions;
use axum::http::header::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use store::Batch;
use store::audit::AuditEntry;

use super::acts::{act_problem, said, small_body};
use super::idempotency::{Answered, Once};
use super::intake::store_problem;
use super::partners::Caller;
use super::problem::Problem;
use super::query::Query;
use super::request_id::RequestId;
use super::stack::House;
use super::tags::if_match;
use crate::durable::Durable;
use crate::durable::commit::kept;
use crate::durable::moment::now;

/// Who asks, in which request, and what remembers. As an extractor it refuses every parameter: a handler that has some
/// reads them itself, by their names.
pub(crate) struct Asker {
    pub(crate) caller: Caller,
    pub(crate) request_id: RequestId,
    pub(crate) durable: Arc<Durable>,
    /// The key under which it is asked, where it may be asked once.
    pub(crate) once: Option<Arc<Once>>,
}

impl Asker {
    /// Whoever sends an admitted request.
    ///
    /// # Errors
    /// [`Problem::Unauthenticated`] where nobody is asked for a credential, [`Problem::NotFound`] without a store.
    pub(crate) fn of(house: &House, extensions: &Extensions) -> Result<Self, Problem> {
        let (caller, request_id) = (Caller::of(extensions)?, RequestId::of(extensions)?);
        Ok(Self { caller, request_id, durable: house.durable()?, once: None })
    }

    /// A line of the audit chain on what the asker does.
    pub(crate) fn line(&self, action: &'static str, tell: impl FnOnce(&mut AuditEntry)) -> AuditEntry {
        self.durable.line(action, &self.caller.actor(), now(), |line| {
            line.by = Some(self.caller.by());
            line.request = Some(self.request_id.0);
            tell(line);
        })
    }

    /// Keeps what the asker does, the line on it, and what it is answered under its key, in one commit.
    ///
    /// # Errors
    /// What the store's refusal is to whoever acts.
    pub(crate) async fn keep(&self, mut batch: Batch, answer: Answered) -> Result<Response, Problem> {
        batch.idempotency = self.once.as_ref().map(|once| once.with(&answer));
        self.commit(batch).await?;
        Ok(answer.into_response())
    }

    /// Keeps lines of the audit chain, and whatever else is in the batch.
    ///
    /// # Errors
    /// When it could not be kept.
    pub(crate) async fn keep_lines(&self, batch: Batch) -> Result<(), Problem> {
        self.commit(batch).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), Problem> {
        let once = self.once.clone();
        let outcome = kept(|done| {
            let done = Box::new(move |outcome| {
                // Not before: nobody may wait for this any more, and it is done all the same.
                drop(once);
                done(outcome);
            });
            self.durable.store.keep(batch, done);
        });
        match outcome.await.map_err(store_problem)? {
            Ok(_) => Ok(()),
            Err(refused) => Err(act_problem(&refused)),
        }
    }

    /// Tells the audit chain what the asker is about to see, before its first byte leaves.
    ///
    /// # Errors
    /// When it could not be told: then nothing leaves.
    pub(crate) async fn tell(&self, line: AuditEntry) -> Result<(), Problem> {
        self.commit(Batch { audit: vec![line], ..Batch::default() }).await
    }
}

impl FromRequestParts<Arc<House>> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Problem> {
        let asker = Self::of(house, &parts.extensions)?;
        Query::parse(parts.uri.query(), &[])?;
        Ok(asker)
    }
}

/// An act that was not done before under its key, and whose body has not been understood: what is asked for is had
/// together with who asks, or not at all.
pub(crate) struct Act {
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
}

impl Act {
    /// Who acts, and the members of the body, which are known by these names.
    ///
    /// # Errors
    /// As [`said`].
    pub(crate) fn said(self, members: &[&'static str]) -> Result<(Asker, Map<String, Value>), Problem> {
        let said = said(&self.body, members)?;
        Ok((self.asker, said))
    }

    /// Who acts, and the body as it came, which is a document.
    pub(crate) fn document(self) -> (Asker, HeaderMap, Bytes) {
        (self.asker, self.headers, self.body)
    }

    /// The same of an act on the version that the caller has seen.
    ///
    /// # Errors
    /// As [`if_match`] and [`said`].
    pub(crate) fn on_version(self, members: &[&'static str]) -> Result<(Asker, u64, Map<String, Value>), Problem> {
        let version = if_match(&self.headers)?;
        let (asker, said) = self.said(members)?;
        Ok((asker, version, said))
    }

    /// Begins an act under its key; a repeat has its answer already.
    async fn begin(request: Request, house: &Arc<House>) -> Result<Result<Self, Response>, Problem> {
        let (mut parts, body) = request.into_parts();
        let mut asker = Asker::from_request_parts(&mut parts, house).await?;
        let body = small_body(&parts.headers, body, house).await?;
        asker.once = Once::begin(&asker.durable, asker.caller.name(), &parts, &body)?;
        if let Some(once) = &asker.once
            && let Some(first) = once.first_answer(&asker.durable).await?
        {
            return Ok(Err(first));
        }
        Ok(Ok(Self { asker, headers: parts.headers, body }))
    }
}

impl FromRequest<Arc<House>> for Act {
    /// A refusal, or the first answer to an act that is asked for again.
    type Rejection = Response;

    async fn from_request(request: Request, house: &Arc<House>) -> Result<Self, Response> {
        match Self::begin(request, house).await {
            Ok(begun) => begun,
            Err(problem) => Err(problem.into_response()),
        }
    }
}
