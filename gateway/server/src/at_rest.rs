//! A gateway at rest: what the store of one that does not run holds, read through the handlers of the running one.
//!
//! Nothing is begun and nothing is written: no listener, no reading, no delivery, no line of the audit chain. The store
//! is the reader's alone as long as it lasts, so that no gateway starts on it meanwhile.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use store::SqliteStore;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::config::Config;
use crate::desk::Desk;
use crate::durable::Durable;
use crate::inbound::at_rest::{NoQuestion, routes};
use crate::inbound::stack::House;
use crate::metrics::Metrics;
use crate::serve::{StartFault, store_settings};

/// A gateway that does not run, and whose store is open to be read.
#[derive(Debug)]
pub struct AtRest {
    router: Router,
    runtime: Runtime,
}

/// An answer of a gateway at rest, as a running one would give it.
#[derive(Debug)]
pub struct AnswerAtRest {
    /// The status (RFC 9110, section 15).
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
    headers: HeaderMap,
}

impl AnswerAtRest {
    /// A header field, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl AtRest {
    /// Opens the store of a configuration.
    ///
    /// # Errors
    /// [`StartFault::NoStore`]; [`StartFault::Store`] when a gateway runs on it, there is none, or it cannot be read;
    /// [`StartFault::Tls`] when the certificates that the configuration names cannot be used.
    pub fn open(config: Config) -> Result<Self, StartFault> {
        let settings = store_settings(config.store.as_ref().ok_or(StartFault::NoStore)?)?;
        let store = Arc::new(SqliteStore::open_to_read(settings)?);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartFault::Runtime)?;
        let (config, metrics) = (Arc::new(config), Arc::new(Metrics::default()));
        let durable = Durable::new(config.clone(), store, metrics.clone())?;
        let desk = Arc::new(Desk::new(&config));
        Ok(Self { router: routes(&House::new(config, desk, metrics, Some(durable))), runtime })
    }

    /// Asks for what stands at a path of `/v1`, in a media type; `None` when only a running gateway answers that.
    #[must_use]
    pub fn get(&self, path: &str, query: &[(&str, &str)], accept: &str) -> Option<AnswerAtRest> {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let request =
            Request::get(format!("{path}?{query}")).header(header::ACCEPT, accept).body(Body::empty()).ok()?;
        self.runtime.block_on(async {
            let Ok(response) = self.router.clone().oneshot(request).await;
            if response.extensions().get::<NoQuestion>().is_some() {
                return None;
            }
            let (head, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.ok()?.to_vec();
            Some(AnswerAtRest { status: head.status.as_u16(), body, headers: head.headers })
        })
    }
}
