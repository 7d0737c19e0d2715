//! Client certificates: which are let through the handshake, and whose they are.
//!
//! A certificate is let through when it stands below the listener's client authority and is not revoked. When partners
//! are known by fingerprint, one of an unknown issuer is let through as well, and judged by its fingerprint alone. One
//! that has expired, or is on a revocation list, is refused whoever issued it. That the peer holds the key is checked
//! by the handshake in every case.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs as provider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};
use x509_parser::prelude::{CertificateRevocationList, FromDer, GeneralName, X509Certificate};

use crate::config::SubjectName;

/// Certificates in one file of authorities.
const AUTHORITIES_MAX: usize = 256;

/// Why authorities or revocation lists cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ClientAuthorityFault {
    /// Not PEM, or without a certificate.
    #[error("the file holds no certificate of an authority in PEM")]
    Authority,
    /// Not PEM, or no list.
    #[error("the file holds no certificate revocation list in PEM")]
    Revocations,
}

/// Authorities below which client certificates stand.
#[derive(Clone)]
pub struct ClientAuthority(Arc<RootCertStore>);

impl fmt::Debug for ClientAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientAuthority").field(&self.0.len()).finish()
    }
}

impl ClientAuthority {
    /// Reads certificates of authorities from PEM.
    ///
    /// # Errors
    /// [`ClientAuthorityFault::Authority`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, ClientAuthorityFault> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem).take(AUTHORITIES_MAX) {
            let certificate = certificate.map_err(|_| ClientAuthorityFault::Authority)?;
            roots.add(certificate).map_err(|_| ClientAuthorityFault::Authority)?;
        }
        if roots.is_empty() { Err(ClientAuthorityFault::Authority) } else { Ok(Self(Arc::new(roots))) }
    }
}

/// Lists of certificates that are taken back before they expire (RFC 5280, section 5).
#[derive(Clone, Debug, Default)]
pub struct Revocations(Vec<CertificateRevocationListDer<'static>>);

impl Revocations {
    /// Reads lists from PEM.
    ///
    /// # Errors
    /// [`ClientAuthorityFault::Revocations`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, ClientAuthorityFault> {
        let fault = ClientAuthorityFault::Revocations;
        let lists: Vec<CertificateRevocationListDer<'static>> =
            CertificateRevocationListDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| fault)?;
        let readable = lists.iter().all(|list| CertificateRevocationList::from_der(list).is_ok());
        if lists.is_empty() || !readable { Err(fault) } else { Ok(Self(lists)) }
    }

    /// Whether a list of the certificate's issuer names it, whether or not the issuer is one that we trust.
    fn names(&self, certificate: &X509Certificate<'_>) -> bool {
        self.0.iter().filter_map(|list| CertificateRevocationList::from_der(list).ok()).any(|(_, list)| {
            list.issuer().as_raw() == certificate.issuer().as_raw()
                && list.iter_revoked_certificates().any(|revoked| revoked.raw_serial() == certificate.raw_serial())
        })
    }
}

/// Whether the listener asks for a client certificate.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ClientCertificate {
    /// It does not ask.
    #[default]
    Off,
    /// It asks, and goes on without.
    Optional,
    /// It ends the handshake without.
    Required,
}

/// What a listener does about client certificates.
#[derive(Clone, Debug, Default)]
pub struct ClientCertificates {
    /// Whether it asks.
    pub asked: ClientCertificate,
    /// Below whom they stand.
    pub authority: Option<ClientAuthority>,
    /// Which are taken back.
    pub revocations: Revocations,
}

/// A certificate that was let through the handshake.
#[derive(Clone, Debug)]
pub(crate) struct ShownCertificate {
    /// SHA-256 of its DER.
    pub(crate) sha256: [u8; 32],
    /// The last second in which it is valid, since 1970.
    pub(crate) expires: i64,
    chain: Vec<CertificateDer<'static>>,
}

impl ShownCertificate {
    /// The leaf and what came with it; `None` when there is none that can be read.
    pub(crate) fn of(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let leaf = chain.first()?;
        let (_, parsed) = X509Certificate::from_der(leaf).ok()?;
        let hash = digest::digest(&digest::SHA256, leaf);
        Some(Self {
            sha256: hash.as_ref().try_into().ok()?,
            expires: parsed.validity().not_after.timestamp(),
            chain: chain.iter().map(|certificate| certificate.clone().into_owned()).collect(),
        })
    }

    /// Whether it has this name among its subject alternative names.
    pub(crate) fn has_name(&self, name: &SubjectName) -> bool {
        let parsed = self.chain.first().and_then(|leaf| X509Certificate::from_der(leaf).ok());
        let names = parsed.as_ref().and_then(|(_, parsed)| parsed.subject_alternative_name().ok().flatten());
        names.is_some_and(|names| {
            names.value.general_names.iter().any(|found| match (found, name) {
                (GeneralName::DNSName(found), SubjectName::Dns(name)) => found.eq_ignore_ascii_case(name),
                (GeneralName::URI(found), SubjectName::Uri(name)) => found == name,
                _ => false,
            })
        })
    }

    /// Whether it has been taken back, though its connection may be older than the list that says so.
    pub(crate) fn is_revoked(&self, revocations: &Revocations) -> bool {
        let leaf = self.chain.first().and_then(|leaf| X509Certificate::from_der(leaf).ok());
        leaf.is_none_or(|(_, leaf)| revocations.names(&leaf))
    }

    /// Whether it stands below an authority now.
    pub(crate) fn is_below(&self, authority: &ClientAuthority, revocations: &Revocations) -> bool {
        let Some((leaf, others)) = self.chain.split_first() else { return false };
        let verifier = webpki(authority, revocations);
        verifier.is_some_and(|verifier| verifier.verify_client_cert(leaf, others, UnixTime::now()).is_ok())
    }
}

fn webpki(authority: &ClientAuthority, revocations: &Revocations) -> Option<Arc<dyn ClientCertVerifier>> {
    let provider: Arc<CryptoProvider> = Arc::new(provider::default_provider());
    WebPkiClientVerifier::builder_with_provider(authority.0.clone(), provider)
        .with_crls(revocations.0.iter().cloned())
        // A list speaks of its own issuer; what others issued is not taken back by it.
        .allow_unknown_revocation_status()
        .build()
        .ok()
}

/// Judges client certificates in the handshake.
#[derive(Debug)]
pub(super) struct HandshakeVerifier {
    mandatory: bool,
    known: Option<Arc<dyn ClientCertVerifier>>,
    revocations: Revocations,
    /// Partners are known by fingerprint: an unknown issuer is let through.
    fingerprints: bool,
    provider: Arc<CryptoProvider>,
}

impl HandshakeVerifier {
    /// `None` when no certificate is asked for.
    pub(super) fn of(client: &ClientCertificates, fingerprints: bool) -> Option<Self> {
        (client.asked != ClientCertificate::Off).then(|| Self {
            mandatory: client.asked == ClientCertificate::Required,
            known: client.authority.as_ref().and_then(|authority| webpki(authority, &client.revocations)),
            revocations: client.revocations.clone(),
            fingerprints,
            provider: Arc::new(provider::default_provider()),
        })
    }
}

impl ClientCertVerifier for HandshakeVerifier {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // With fingerprints any certificate may be the right one: a hint would keep callers from showing it.
        match &self.known {
            Some(known) if !self.fingerprints => known.root_hint_subjects(),
            _ => &[],
        }
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let (_, parsed) = X509Certificate::from_der(leaf).map_err(|_| CertificateError::BadEncoding)?;
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if seconds > parsed.validity().not_after.timestamp() {
            return Err(CertificateError::Expired.into());
        }
        if seconds < parsed.validity().not_before.timestamp() {
            return Err(CertificateError::NotValidYet.into());
        }
        if self.revocations.names(&parsed) {
            return Err(CertificateError::Revoked.into());
        }
        let known = match &self.known {
            Some(known) => known.verify_client_cert(leaf, others, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        match known {
            Err(Error::InvalidCertificate(CertificateError::Revoked)) => Err(CertificateError::Revoked.into()),
            Err(_) if self.fingerprints => Ok(ClientCertVerified::assertion()),
            known => known,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
