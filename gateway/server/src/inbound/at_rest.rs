//! The questions that the store of a gateway at rest answers: lists and things, by the same handlers, for whoever has
//! the machine, the configuration and the keys (command line, section 3.1).
//!
//! What has to be told to the audit chain before it is seen, and whatever changes anything, is no question here.

use std::sync::Arc;

use axum::middleware::from_fn;
use axum::routing::get;
use axum::{Extension, Router};
use governor::clock::MonotonicClock;

use super::partners::{Caller, Known};
use super::quota::PartnerQuota;
use super::request_id::identify;
use super::stack::House;
use super::{audit, deliveries, identity, messages, relations, subjects};
use crate::config::{Partner, PartnerLimits, Person, Scope, Scopes};

/// Found among the extensions of an answer to what is no question at rest.
#[derive(Clone, Copy)]
pub(crate) struct NoQuestion;

/// The routes, for one who needs no credential.
pub(crate) fn routes(house: &Arc<House>) -> Router {
    Router::new()
        .route("/v1/messages", get(messages::list))
        .route("/v1/messages/{id}", get(messages::show))
        .route("/v1/deliveries", get(deliveries::list))
        .route("/v1/deliveries/{id}", get(deliveries::show))
        .route("/v1/dead-letters", get(deliveries::dead_letters))
        .route("/v1/identity/proposals", get(identity::proposals))
        .route("/v1/identity/proposals/{id}", get(identity::proposal))
        .route("/v1/identity/restrictions", get(identity::restrictions))
        .route("/v1/identity/subjects", get(subjects::list))
        .route("/v1/identity/subjects/{id}", get(subjects::show))
        .route("/v1/identity/relations", get(relations::list))
        .route("/v1/audit", get(audit::list))
        .layer(Extension(whoever_has_the_machine()))
        .layer(from_fn(identify))
        .fallback(async || Extension(NoQuestion))
        .with_state(house.clone())
}

/// A person of the house who sees what an operator sees. No partner and no person can be named so.
fn whoever_has_the_machine() -> Caller {
    const NAME: &str = "at rest";
    let limits = PartnerLimits::default();
    let quota = Arc::new(PartnerQuota::new(&limits, &MonotonicClock));
    let scopes: Scopes = [Scope::Operator].into_iter().collect();
    let partner = Partner {
        name: NAME.to_owned(),
        title: None,
        view: "local-authority".to_owned(),
        authority: None,
        ods_code: None,
        urns: Vec::new(),
        tell_to: Vec::new(),
        scopes,
        require: Vec::new(),
        enabled: true,
        certificates: Vec::new(),
        oauth: None,
        api_keys: Vec::new(),
        limits,
        person: Some(Person { name: NAME.to_owned(), roles: Vec::new() }),
    };
    Caller { known: Arc::new(Known { partner, quota }), scopes, certificate: None, token: false, key_id: None }
}
