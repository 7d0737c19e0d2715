//! How a delivery leaves: by a request over TLS or as a file in a folder, and what is learned from the answer.
//!
//! A [`Courier`] makes one attempt and tells an [`Outcome`]; when to try again is for [`wait`] and [`breaker`] to say,
//! and to remember it is the store's. Nothing here logs: what an attempt meets is told by a [`outcome::Reason`], which
//! holds no value of a body, of an address or of a secret.

pub mod address;
pub mod assertion;
pub mod breaker;
pub mod client;
pub mod file_name;
pub mod outcome;
pub mod parcel;
pub mod wait;

mod directory;
mod https;
mod reach;
mod token;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use rustls::RootCertStore;

pub use outcome::Outcome;
pub use parcel::Parcel;

use crate::config;
use crate::tls::TlsFault;
use directory::Folder;
use https::Recipient;
use outcome::Reason;

/// Carries parcels to their targets.
pub struct Courier {
    /// The authorities that the system believes, read once.
    roots: Arc<RootCertStore>,
}

/// A target as a courier knows it: its configuration, and what is kept between deliveries (connections, a token).
pub struct Target {
    way: Way,
}

enum Way {
    Https(Box<Recipient>),
    Directory(Arc<Folder>),
}

impl Courier {
    /// A courier that believes the authorities of this system. One that cannot be read is left out.
    #[must_use]
    pub fn new() -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self { roots: Arc::new(roots) }
    }

    /// Makes ready for a target.
    ///
    /// # Errors
    /// [`TlsFault`] when its authorities or its certificate cannot be used.
    pub fn target(&self, target: &config::Target) -> Result<Target, TlsFault> {
        let way = match &target.transport {
            config::Transport::Https(https) => {
                let seconds_max = target.delivery.limits.timeout_seconds_max;
                Way::Https(Box::new(Recipient::new(https, &self.roots, seconds_max)?))
            }
            config::Transport::Directory(folder) => Way::Directory(Arc::new(Folder::new(folder))),
        };
        Ok(Target { way })
    }

    /// Makes one attempt. Never panics, and ends within the time of the target.
    pub async fn send(&self, target: &Target, parcel: Parcel) -> Outcome {
        let attempt = async {
            match &target.way {
                Way::Https(recipient) => recipient.send(&parcel).await,
                Way::Directory(folder) => Folder::send(folder, parcel).await,
            }
        };
        AssertUnwindSafe(attempt).catch_unwind().await.unwrap_or_else(|_| Outcome::of(Reason::Internal, None))
    }
}

impl Default for Courier {
    fn default() -> Self {
        Self::new()
    }
}
