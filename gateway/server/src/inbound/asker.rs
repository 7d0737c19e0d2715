//! Whoever asks for something that is remembered, or acts on it: read from the request once, in the order in which it
//! may be refused (http, section 1.1).

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::Extensions;
use axum::http::request::Parts;
use serde_json::{Map, Value};
use store::Batch;
use store::audit::AuditEntry;

use super::acts::{act_problem, body};
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
}

impl Asker {
    /// Whoever sends an admitted request.
    ///
    /// # Errors
    /// [`Problem::Unauthenticated`] where nobody is asked for a credential, [`Problem::NotFound`] without a store.
    pub(crate) fn of(house: &House, extensions: &Extensions) -> Result<Self, Problem> {
        let (caller, request_id) = (Caller::of(extensions)?, RequestId::of(extensions)?);
        Ok(Self { caller, request_id, durable: house.durable()? })
    }

    /// A line of the audit chain on what the asker does.
    pub(crate) fn line(&self, action: &'static str, tell: impl FnOnce(&mut AuditEntry)) -> AuditEntry {
        self.durable.line(action, &self.caller.actor(), now(), |line| {
            line.by = Some(self.caller.by());
            line.request = Some(self.request_id.0);
            tell(line);
        })
    }

    /// Keeps what the asker does, and the line on it, in one commit.
    ///
    /// # Errors
    /// What the store's refusal is to whoever acts.
    pub(crate) async fn keep(&self, batch: Batch) -> Result<(), Problem> {
        match kept(|done| self.durable.store.keep(batch, done)).await.map_err(store_problem)? {
            Ok(_) => Ok(()),
            Err(refused) => Err(act_problem(&refused)),
        }
    }

    /// Tells the audit chain what the asker is about to see, before its first byte leaves.
    ///
    /// # Errors
    /// When it could not be told: then nothing leaves.
    pub(crate) async fn tell(&self, line: AuditEntry) -> Result<(), Problem> {
        self.keep(Batch { audit: vec![line], ..Batch::default() }).await
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

/// An act whose body has not been read: what is asked for is had together with who asks, or not at all.
pub(crate) struct Act {
    asker: Asker,
    house: Arc<House>,
    request: Request,
}

impl Act {
    /// Who acts, and the members of the body, which are known by these names.
    ///
    /// # Errors
    /// As [`body`].
    pub(crate) async fn said(self, members: &[&'static str]) -> Result<(Asker, Map<String, Value>), Problem> {
        Ok((self.asker, body(self.request, &self.house, members).await?))
    }

    /// The same of an act on the version that the caller has seen.
    ///
    /// # Errors
    /// As [`if_match`] and [`body`].
    pub(crate) async fn on_version(
        self,
        members: &[&'static str],
    ) -> Result<(Asker, u64, Map<String, Value>), Problem> {
        let version = if_match(self.request.headers())?;
        let (asker, said) = self.said(members).await?;
        Ok((asker, version, said))
    }
}

impl FromRequest<Arc<House>> for Act {
    type Rejection = Problem;

    async fn from_request(request: Request, house: &Arc<House>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let asker = Asker::from_request_parts(&mut parts, house).await?;
        Ok(Self { asker, house: house.clone(), request: Request::from_parts(parts, body) })
    }
}
