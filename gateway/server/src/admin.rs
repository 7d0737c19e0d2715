//! The admin listener: is the process alive, is it ready, what has it counted. Plain HTTP on loopback, no credential.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::sync::watch;

use crate::metrics::Metrics;
use crate::tls::Certificate;

/// What readiness is judged by.
pub(crate) struct Admin {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) drain: watch::Receiver<bool>,
}

/// The routes of the admin listener.
pub(crate) fn routes(admin: Admin) -> Router {
    Router::new()
        // Touches nothing: it answers while the process can answer.
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(admin))
}

/// Keys and configuration were checked before the listener was opened: a process that answers has them.
async fn ready(State(admin): State<Arc<Admin>>) -> Response {
    let draining = *admin.drain.borrow();
    let expired = admin.certificate.as_ref().is_some_and(|certificate| certificate.seconds_left() <= 0);
    let stored = admin.metrics.store_is_well();
    let room = admin.metrics.disk_is_well();
    let ready = !draining && !expired && stored && room;
    let word = |bad: bool, word: &'static str| if bad { word } else { "ok" };
    let body = json!({
        "ready": ready,
        "checks": {
            "store": word(!stored, "failing"),
            "disk": word(!room, "full"),
            "keys": "ok",
            "configuration": "ok",
            "certificate": word(expired, "expired"),
            "running": word(draining, "draining"),
        },
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

async fn metrics(State(admin): State<Arc<Admin>>) -> Response {
    let text = admin.metrics.text(admin.certificate.as_ref().map(Certificate::seconds_left));
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
