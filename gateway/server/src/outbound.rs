//! How a delivery leaves: by a request over TLS, as a file in a folder here or at another host, or as a message of NHS
//! MESH, and what is learned from the answer.
//!
//! A [`Courier`] makes one attempt and tells an [`Outcome`]; when to try again is for [`wait`] and [`breaker`] to say,
//! and to remember it is the store's. Nothing here logs: what an attempt meets is told by a [`outcome::Reason`], which
//! holds no value of a body, of an address or of a secret.

pub mod address;
pub mod assertion;
pub mod breaker;
pub mod client;
pub mod file_name;
pub mod mesh;
pub mod mesh_folder;
pub mod outcome;
pub mod parcel;
pub mod sftp;
pub mod wait;

mod connections;
mod directory;
mod https;
pub(crate) mod mail;
mod reach;
mod token;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use rustls::RootCertStore;

pub(crate) use directory::reason_of as folder_reason;
pub use outcome::Outcome;
pub use parcel::Parcel;

use crate::config::{self, AlertMail, Https};
use crate::tls::TlsFault;
use directory::Folder;
use https::Recipient;
use mesh::{Mailbox, MailboxName};
use mesh_folder::MeshFolder;
use outcome::Reason;
use sftp::RemoteFolder;

/// Time for one request of a webhook.
const WEBHOOK_SECONDS_MAX: u64 = 30;

/// Carries parcels to their targets.
pub struct Courier {
    /// The authorities that the system believes, read once.
    roots: Arc<RootCertStore>,
    /// Mailboxes of MESH: several targets and the intake share one, and with it the handshake.
    mailboxes: Mutex<HashMap<MailboxName, Arc<Mailbox>>>,
}

/// A target as a courier knows it: its configuration, and what is kept between deliveries (connections, a token).
pub struct Target {
    way: Way,
}

enum Way {
    Https(Box<Recipient>),
    Directory(Arc<Folder>),
    Sftp(Box<RemoteFolder>),
    Mesh { mailbox: Arc<Mailbox>, way: Box<config::MeshWay>, seconds_max: u64 },
    MeshFolder { folder: Arc<MeshFolder>, way: config::MeshFolderWay },
}

/// Where alerts are told by request, under the rules of every delivery.
pub(crate) struct Webhook(Recipient);

impl Webhook {
    /// Makes one attempt, which ends within its time.
    pub(crate) async fn send(&self, parcel: &Parcel) -> Outcome {
        self.0.send(parcel).await
    }
}

impl Courier {
    /// A courier that believes the authorities of this system. One that cannot be read is left out.
    #[must_use]
    pub fn new() -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self { roots: Arc::new(roots), mailboxes: Mutex::default() }
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
            config::Transport::Sftp(folder) => {
                Way::Sftp(Box::new(RemoteFolder::new(folder, target.delivery.limits.timeout_seconds_max)))
            }
            config::Transport::Mesh(way) => Way::Mesh {
                mailbox: self.mailbox(&way.mailbox)?,
                way: way.clone(),
                seconds_max: target.delivery.limits.timeout_seconds_max,
            },
            config::Transport::MeshFolder(way) => {
                Way::MeshFolder { folder: Arc::new(MeshFolder::new(&way.folder)), way: way.clone() }
            }
        };
        Ok(Target { way })
    }

    /// The mailbox of a table, the same one each time: for the intake, which shares it with the targets.
    ///
    /// # Errors
    /// [`TlsFault`] when its authorities or its certificate cannot be used.
    pub fn mailbox(&self, mesh: &Arc<config::Mesh>) -> Result<Arc<Mailbox>, TlsFault> {
        let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = mailboxes.get(&mesh.mailbox) {
            return Ok(known.clone());
        }
        let mailbox = Arc::new(Mailbox::new(mesh, &self.roots)?);
        mailboxes.insert(mesh.mailbox.clone(), mailbox.clone());
        Ok(mailbox)
    }

    /// Makes ready for alerts by request.
    ///
    /// # Errors
    /// [`TlsFault`] when its authorities cannot be used.
    pub(crate) fn webhook(&self, https: &Https) -> Result<Webhook, TlsFault> {
        Ok(Webhook(Recipient::new(https, &self.roots, WEBHOOK_SECONDS_MAX)?))
    }

    /// Makes ready for alerts by mail.
    ///
    /// # Errors
    /// [`TlsFault`] when its authorities cannot be used.
    pub(crate) fn post(&self, mail: &AlertMail) -> Result<mail::Post, TlsFault> {
        mail::Post::new(mail, &self.roots)
    }

    /// Makes one attempt. Never panics, and ends within the time of the target; one by MESH makes several requests,
    /// each within that time.
    pub async fn send(&self, target: &Target, parcel: Parcel) -> Outcome {
        let attempt = async {
            match &target.way {
                Way::Https(recipient) => recipient.send(&parcel).await,
                Way::Directory(folder) => Folder::send(folder, parcel).await,
                Way::Sftp(folder) => folder.send(parcel).await,
                Way::Mesh { mailbox, way, seconds_max } => mailbox.send(way, &parcel, *seconds_max).await,
                Way::MeshFolder { folder, way } => MeshFolder::put(folder, way, parcel).await,
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
