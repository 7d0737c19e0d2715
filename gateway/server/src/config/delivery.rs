//! `[outbound]` and `[delivery]`: what holds for every target that does not say otherwise.

use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::CERTIFICATE_BYTES_MAX;
use super::fault;
use super::files;
use super::limits::DeliveryLimits;
use super::section::{Placed, Section};
use crate::outbound::address::Address;

/// Defaults of every target that speaks over TCP.
#[derive(Clone, Debug, Default)]
pub struct Outbound {
    /// The proxy through which recipients are reached, by CONNECT (RFC 9110, section 9.3.6).
    pub proxy: Option<Address>,
    /// Authorities believed besides those of the system.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// How deliveries to a target are tried, and what a dead one does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Delivery {
    /// Attempts, waits and the breaker.
    pub limits: DeliveryLimits,
    /// What a dead delivery does to those behind it.
    pub on_dead: OnDead,
}

/// What a dead delivery does to those behind it in its lane.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OnDead {
    /// They wait until a person has retried or discarded it.
    #[default]
    Hold,
    /// The next goes, which carries newer content anyway.
    Skip,
}

impl Outbound {
    pub(super) fn read(section: Section<'_>) -> Self {
        let proxy = section.text("proxy").and_then(|found| read_proxy(&section, found));
        let authorities = section.path("ca_file").map(|file| read_authorities(&section, &file)).unwrap_or_default();
        section.finish();
        Self { proxy, authorities }
    }
}

impl Delivery {
    pub(super) fn read(section: Section<'_>) -> Self {
        Self::default().overridden(section)
    }

    /// These, but for what a table says otherwise.
    pub(super) fn overridden(&self, section: Section<'_>) -> Self {
        let limits = self.limits.overridden(&section);
        let words = [("hold", OnDead::Hold), ("skip", OnDead::Skip)];
        let on_dead = section.choice("on_dead", &words).map_or(self.on_dead, |found| found.value);
        let pairs = [
            (limits.wait_ms_min, limits.wait_ms_max, "wait_ms_min is at most wait_ms_max"),
            (
                limits.breaker_open_ms_min,
                limits.breaker_open_ms_max,
                "breaker_open_ms_min is at most breaker_open_ms_max",
            ),
        ];
        for (least, greatest, allowed) in pairs {
            if least > greatest {
                section.range(section.byte(), allowed.to_owned());
            }
        }
        section.finish();
        Self { limits, on_dead }
    }
}

/// A proxy speaks plain HTTP to us: what goes through it is TLS to the recipient.
pub(super) fn read_proxy(section: &Section<'_>, found: Placed<&str>) -> Option<Address> {
    let address = Address::parse(found.value).filter(|address| !address.is_secured() && address.is_bare());
    if address.is_none() {
        section.fault(&fault::ADDRESS, found.byte, Some("a proxy is http:// with a host and a port".to_owned()));
    }
    address
}

/// The certificates of authorities in a file, all of them readable.
pub(super) fn read_authorities(section: &Section<'_>, file: &Placed<PathBuf>) -> Vec<CertificateDer<'static>> {
    let bytes = match files::read_public(&file.value, CERTIFICATE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(rule) => {
            section.fault(rule, file.byte, None);
            return Vec::new();
        }
    };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match read {
        Ok(found) if !found.is_empty() && found.iter().all(|one| x509_parser::parse_x509_certificate(one).is_ok()) => {
            found
        }
        _ => {
            section.fault(&fault::AUTHORITIES, file.byte, None);
            Vec::new()
        }
    }
}
