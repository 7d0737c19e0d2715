//! `/v1/me`: what a partner is told about itself.

use exchange::market::registration;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::media::negotiate;
use super::partners::Caller;
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use crate::config::Route;

const JSON: &str = "application/json";

/// `GET /v1/me`: name, scopes, view, the routes it sends on (`in`) and receives by (`out`), whose children or places, and how it was recognised.
pub(super) async fn me(
    State(house): State<Arc<House>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Query::parse(uri.query(), &[])?;
    let partner = &caller.known.partner;
    let scopes: Vec<&str> = caller.scopes.iter().map(|scope| scope.name()).collect();
    let expires = caller.certificate.as_ref();
    let expires = expires.and_then(|certificate| Timestamp::from_second(certificate.expires).ok());
    let routes = |is_own: &dyn Fn(&Route) -> bool| -> Vec<&str> {
        house.config.routes.iter().filter(|route| is_own(route)).map(|route| route.name.as_str()).collect()
    };
    let sends = routes(&|route| route.from.partner == partner.name);
    let receives = routes(&|route| route.to.iter().any(|target| target.partner == partner.name));
    let me = json!({
        "partner": partner.name,
        "title": partner.title,
        "scopes": scopes,
        "view": partner.view,
        "authority": partner.authority,
        "odsCode": partner.ods_code,
        "urns": partner.urns.iter().map(|urn| registration::write(*urn)).collect::<Vec<_>>(),
        "routes": { "in": sends, "out": receives },
        "recognisedBy": caller.recognised_by(),
        "certificateExpires": expires.map(|expires| expires.to_string()),
    });
    answer(&headers, &me)
}

/// `GET /v1/me/limits`: every quota and what is left of it; costs nothing.
pub(super) async fn limits(
    State(house): State<Arc<House>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Query::parse(uri.query(), &[])?;
    let policies = caller.known.quota.standings().map(|standing| {
        json!({
            "name": standing.name,
            "quota": standing.quota,
            "unit": standing.unit,
            "windowSeconds": standing.window_seconds,
            "remaining": standing.remaining,
            "nextSeconds": standing.next_seconds,
        })
    });
    let limits = json!({ "policies": policies, "documentBytesMax": house.config.limits.translate_bytes_max });
    answer(&headers, &limits)
}

fn answer(asked: &HeaderMap, told: &Value) -> Result<Response, Problem> {
    negotiate(asked, &[JSON])?;
    Ok(([(header::CONTENT_TYPE, JSON)], told.to_string()).into_response())
}
