//! What comes in: connections, requests, bodies, and the answers to them.
//!
//! A connection passes [`accept`] (limits, TLS, HTTP) and [`pace`] (silences); a request passes the column of
//! [`stack`], at its foot [`admit`] (who calls, what is left, what it may do), and reaches a handler of [`v1`];
//! whatever refuses it says so in the words of [`problem`].

pub(crate) mod accept;
pub(crate) mod acts;
mod admit;
mod answer;
mod asker;
pub(crate) mod at_rest;
mod audit;
mod audit_event;
pub(crate) mod body;
pub(crate) mod deliveries;
pub(crate) mod failed_sign_ins;
mod fhir;
pub(crate) mod idempotency;
mod identity;
pub(crate) mod intake;
pub(crate) mod limit;
pub(crate) mod lists;
mod lookup;
mod me;
pub(crate) mod media;
mod messages;
mod oauth;
mod pace;
pub(crate) mod partners;
mod places;
pub(crate) mod problem;
mod providers;
mod published;
mod query;
mod quota;
mod referrals;
mod relations;
mod report;
mod request_id;
mod routes;
pub(crate) mod stack;
mod subjects;
mod tags;
mod token;
mod v1;
pub(crate) mod vacancies;
