//! The admin listener: is the process alive, is it ready, what has it counted, and read the configuration anew. Plain
//! HTTP on loopback, no credential.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::metrics::Metrics;
use crate::reload::{ReloadFault, Reloader};
use crate::standing::Current;
use crate::tls::Certificate;

/// What readiness is judged by.
pub(crate) struct Admin {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) current: Current,
    pub(crate) reloader: Arc<Reloader>,
    pub(crate) drain: watch::Receiver<bool>,
}

/// The routes of the admin listener.
pub(crate) fn routes(admin: Admin) -> Router {
    Router::new()
        // Touches nothing: it answers while the process can answer.
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/reload", post(reload))
        .with_state(Arc::new(admin))
}

/// Keys and configuration were checked before the listener was opened: a process that answers has them.
async fn ready(State(admin): State<Arc<Admin>>) -> Response {
    let draining = *admin.drain.borrow();
    let expired = admin.current.certificate().is_some_and(|certificate| certificate.seconds_left() <= 0);
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
    let text = admin.metrics.text(admin.current.certificate().as_ref().map(Certificate::seconds_left));
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// Reads the configuration anew; what is wrong with it changes nothing.
async fn reload(State(admin): State<Arc<Admin>>) -> Response {
    let reloader = admin.reloader.clone();
    let (status, kind, body) = match reloader.reload_from("request").await {
        Ok(reloaded) => {
            let body = json!({
                "configuration": reloaded.digest,
                "changed": reloaded.changed,
                "files": reloaded.files,
                "needsRestart": reloaded.needs_restart,
            });
            (StatusCode::OK, "application/json", body)
        }
        Err(fault) => {
            let status = match fault {
                ReloadFault::Ended => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let faults: Vec<Value> = fault
                .faults()
                .iter()
                .map(|fault| {
                    json!({
                        "rule": fault.rule.code,
                        "message": fault.rule.message,
                        "detail": fault.detail,
                        "help": fault.rule.help,
                        "file": fault.file.display().to_string(),
                        "line": fault.line,
                        "column": fault.column,
                    })
                })
                .collect();
            let title = fault.summary();
            let body = json!({ "title": title, "status": status.as_u16(), "faults": faults });
            (status, "application/problem+json", body)
        }
    };
    (status, [(header::CONTENT_TYPE, kind)], format!("{body}\n")).into_response()
}
