//! The server: it speaks. The only place with tokio, hyper and rustls.
pub mod config;
pub mod documents;
pub mod spool;
mod tls;
pub use tls::{Certificate, TlsFault};
