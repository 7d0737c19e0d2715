//! What stands: one configuration with everything that was made of it, swapped whole for the next.
//!
//! Whoever begins something takes what stands then and keeps it to the end: a request, a handshake, a round. So nothing
//! is ever judged by half of one configuration and half of another.

use std::sync::Arc;

use tokio::sync::watch;

use crate::config::{Config, PartnerCertificate, seconds};
use crate::durable::Durable;
use crate::inbound::accept::{ListenerTls, Surface};
use crate::inbound::stack::{House, stack};
use crate::tls::{Certificate, TlsFault, server_config};

/// One configuration with everything that was made of it.
pub(crate) struct Standing {
    /// What the connections of the listener need.
    pub(crate) surface: Surface,
    /// What the handlers share; `None` on the admin listener.
    pub(crate) house: Option<Arc<House>>,
}

impl Standing {
    /// The public surface of a house.
    pub(crate) fn new(house: Arc<House>, tls: Option<ListenerTls>) -> Arc<Self> {
        let partners = Some(house.partners.clone());
        let surface = Surface::new(house.config.limits.clone(), tls, stack(&house), partners);
        Arc::new(Self { surface, house: Some(house) })
    }
}

/// TLS of the public listener, when it has any.
///
/// # Errors
/// [`TlsFault`] when the provider cannot do what the configuration asks.
pub(crate) fn public_tls(config: &Config) -> Result<Option<ListenerTls>, TlsFault> {
    let Some(tls) = &config.public.tls else { return Ok(None) };
    let handshake_max = seconds(tls.handshake_seconds_max);
    Ok(Some(ListenerTls { config: server_config(tls, has_fingerprints(config))?, handshake_max }))
}

/// Whether partners are known by fingerprint, so that certificates of unknown issuers are let through the handshake.
fn has_fingerprints(config: &Config) -> bool {
    let mut certificates = config.partners.iter().flat_map(|partner| &partner.certificates);
    certificates.any(|certificate| matches!(certificate, PartnerCertificate::Fingerprint(_)))
}

impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Standing(..)")
    }
}

/// Gives what stands at the moment.
#[derive(Clone, Debug)]
pub(crate) struct Current(watch::Receiver<Arc<Standing>>);

impl Current {
    /// What stands now, and what puts another in its place.
    pub(crate) fn new(standing: Arc<Standing>) -> (watch::Sender<Arc<Standing>>, Self) {
        let (sender, receiver) = watch::channel(standing);
        (sender, Self(receiver))
    }

    /// Waits until something else stands; false when nothing ever will.
    pub(crate) async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }

    /// What stands now.
    pub(crate) fn standing(&self) -> Arc<Standing> {
        self.0.borrow().clone()
    }

    /// The house that stands now.
    pub(crate) fn house(&self) -> Option<Arc<House>> {
        self.0.borrow().house.clone()
    }

    /// The durable exchange of the moment.
    pub(crate) fn durable(&self) -> Option<Arc<Durable>> {
        self.0.borrow().house.as_ref()?.durable.clone()
    }

    /// The certificate of the public listener.
    pub(crate) fn certificate(&self) -> Option<Certificate> {
        let house = self.house()?;
        house.config.public.tls.as_ref().map(|tls| tls.certificate.clone())
    }
}
