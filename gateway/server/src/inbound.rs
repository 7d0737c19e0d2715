//! What comes in: connections, requests, bodies, and the answers to them.
//!
//! A connection passes [`accept`] (limits, TLS, HTTP) and [`pace`] (silences); a request passes the column of
//! [`stack`] and reaches a handler of [`v1`]; whatever refuses it says so in the words of [`problem`].

pub(crate) mod accept;
mod answer;
mod body;
pub(crate) mod limit;
mod media;
mod pace;
mod problem;
mod query;
mod request_id;
pub(crate) mod stack;
mod v1;
