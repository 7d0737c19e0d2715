//! NHS MESH as a transport: messages to and from mailboxes by the MESH API (version 2), and what became of those sent.
//!
//! A [`Mailbox`] signs each call, shakes hands once a day, sends a delivery in packed pieces, lists and fetches what
//! came, and acknowledges it. Nothing is acknowledged by itself: whoever calls [`Mailbox::acknowledge`] has kept the
//! message. A repeat asks first whether MESH has the delivery already, also after a restart; its id goes as
//! `mex-localid`, so that a recipient that gets it twice all the same can tell.

mod authorization;
mod calls;
mod download;
mod inbox;
mod names;
mod refusal;
mod send;
mod tracking;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rustls::RootCertStore;
use tokio::time::Instant;

pub use calls::Failure;
pub use download::{Download, DownloadFault, DownloadLimits};
pub use inbox::{Arrival, ArrivalKind, Report};
pub use names::{MailboxName, MessageId, OdsCode, WorkflowId};
pub use refusal::Refusal;
pub use tracking::{Fate, Tracked};

use super::connections::Connections;
use super::reach::Reach;
use crate::config::Mesh;
use crate::tls::{TlsFault, client_config};
use authorization::Tokens;

/// One mailbox, and what is kept between calls.
pub struct Mailbox {
    mesh: Arc<Mesh>,
    connections: Connections,
    tokens: Tokens,
    /// When hands were last shaken.
    greeted: tokio::sync::Mutex<Option<Instant>>,
    /// Mailboxes of organisations as MESH named them, and when.
    found: Mutex<HashMap<(OdsCode, WorkflowId), (MailboxName, Instant)>>,
}

impl Mailbox {
    /// Makes ready for a mailbox.
    ///
    /// # Errors
    /// [`TlsFault`] when its authorities or its certificate cannot be used.
    pub(super) fn new(mesh: &Arc<Mesh>, roots: &RootCertStore) -> Result<Self, TlsFault> {
        let mut roots = roots.clone();
        for authority in &mesh.authorities {
            roots.add(authority.clone()).map_err(|_| TlsFault::Unusable)?;
        }
        let tls = client_config(roots, mesh.certificate.as_ref())?;
        let reach = Reach { tls, private_network: mesh.private_network, proxy: mesh.proxy.clone() };
        Ok(Self {
            mesh: mesh.clone(),
            connections: Connections::new(reach),
            tokens: Tokens::new(mesh.mailbox.clone(), mesh.password.clone(), &mesh.shared_key),
            greeted: tokio::sync::Mutex::default(),
            found: Mutex::default(),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &MailboxName {
        &self.mesh.mailbox
    }
}
