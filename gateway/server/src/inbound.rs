//! What comes in: connections, requests, bodies, and the answers to them.
//!
//! A connection passes [`accept`] (limits, TLS, HTTP) and [`pace`] (silences); a request passes the column of
//! [`stack`], at its foot [`admit`] (who calls, what is left, what it may do), and reaches a handler of [`v1`];
//! whatever refuses it says so in the words of [`problem`].

pub(crate) mod accept;
mod admit;
mod answer;
mod body;
pub(crate) mod limit;
mod me;
mod media;
mod oauth;
mod pace;
pub(crate) mod partners;
mod problem;
mod published;
mod query;
mod quota;
mod request_id;
pub(crate) mod stack;
mod token;
mod v1;
