//! The server: it speaks. The only place in the house with tokio, hyper and rustls.
//!
//! A program reads a [`config::Config`], gives it to [`Gateway::start`] together with the [`work::Work`] that answers
//! questions about documents, and ends it with [`Running::drain`]. The store of one that does not run is read with
//! [`AtRest`]. Nothing of the runtime shows: all of it is called from blocking code.
//!
//! **Invariants.** Without partners the gateway listens on loopback only; with them it answers nobody whom it does not
//! know but on documents. No byte of a body, a path or a query stands
//! in an answer that refuses, in a counter or in the log. Everything that a peer can make longer has a limit with a
//! name. A spool on disk is unreadable to everyone but the request that wrote it.

pub mod api_key;
pub mod config;
pub mod desk;
pub mod documents;
pub mod outbound;
pub mod spool;
pub mod work;

mod admin;
mod assertions;
mod at_rest;
mod durable;
mod inbound;
mod log;
mod metrics;
mod reload;
mod serve;
mod standing;
mod tls;
mod watch;

pub use at_rest::{AnswerAtRest, AtRest};
pub use log::{LogFault, install_log};
pub use reload::{ReloadFault, Reloaded};
pub use serve::{Gateway, Running, StartFault, run_until_signal};
pub use tls::{
    Certificate, ClientAuthority, ClientAuthorityFault, ClientCertificate, ClientCertificates, Revocations, TlsFault,
};
