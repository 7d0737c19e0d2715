//! TLS of a listener and of a client: certificate and key from PEM, checked against each other, as rustls
//! configurations.
//!
//! The provider is aws-lc-rs. TLS 1.2 and 1.3 are spoken; a listener offers HTTP/2 and HTTP/1.1 by ALPN (RFC 7301).

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::RootCertStore;
use rustls::client::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, ProducesTickets, ServerConfig};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use crate::config::{Tls, TlsVersion};

pub(crate) mod client;

pub use client::{ClientAuthority, ClientAuthorityFault, ClientCertificate, ClientCertificates, Revocations};

/// Why a certificate cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TlsFault {
    /// The chain is not PEM, or holds no certificate.
    #[error("the file holds no certificate in PEM")]
    Chain,
    /// The key is not PEM, or of no kind that is known.
    #[error("the key file holds no private key in PEM")]
    Key,
    /// The key belongs to another certificate.
    #[error("the key does not belong to the certificate")]
    Mismatch,
    /// The leaf has expired.
    #[error("the certificate has expired")]
    Expired,
    /// The chain and the library do not agree.
    #[error("the certificate is of a kind that cannot be used")]
    Unusable,
}

/// A chain and the key of its leaf, known to belong together.
#[derive(Clone)]
pub struct Certificate {
    key: Arc<CertifiedKey>,
    expires: i64,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a chain (leaf first) and its key from PEM.
    ///
    /// # Errors
    /// [`TlsFault`] says which of the two is wrong, and how.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsFault> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(chain).collect::<Result<_, _>>().map_err(|_| TlsFault::Chain)?;
        let leaf = chain.first().ok_or(TlsFault::Chain)?;
        let (_, parsed) = x509_parser::parse_x509_certificate(leaf).map_err(|_| TlsFault::Chain)?;
        let expires = parsed.validity().not_after.timestamp();
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsFault::Key)?;
        let key = aws_lc_rs::sign::any_supported_type(&key).map_err(|_| TlsFault::Key)?;
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().map_err(|_| TlsFault::Mismatch)?;
        let certificate = Self { key: Arc::new(certified), expires };
        if certificate.seconds_left() <= 0 { Err(TlsFault::Expired) } else { Ok(certificate) }
    }

    /// Seconds until the leaf expires; negative afterwards.
    pub fn seconds_left(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.expires.saturating_sub(i64::try_from(now).unwrap_or(i64::MAX))
    }
}

/// The rustls configuration of a client that believes these authorities and shows this certificate when it is asked.
///
/// # Errors
/// [`TlsFault::Unusable`] when the provider does not speak the versions.
pub(crate) fn client_config(roots: RootCertStore, own: Option<&Certificate>) -> Result<Arc<ClientConfig>, TlsFault> {
    let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsFault::Unusable)?
        .with_root_certificates(roots);
    Ok(Arc::new(match own {
        Some(own) => config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own.key.clone()))),
        None => config.with_no_client_auth(),
    }))
}

/// The rustls configuration of a listener; with `fingerprints` a client certificate of an unknown issuer passes the
/// handshake, to be judged by its fingerprint.
///
/// # Errors
/// [`TlsFault::Unusable`] when the provider does not speak the versions asked for.
pub(crate) fn server_config(tls: &Tls, fingerprints: bool) -> Result<Arc<ServerConfig>, TlsFault> {
    let versions: &[&rustls::SupportedProtocolVersion] = match tls.version_min {
        TlsVersion::Tls12 => &[&rustls::version::TLS13, &rustls::version::TLS12],
        TlsVersion::Tls13 => &[&rustls::version::TLS13],
    };
    let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|_| TlsFault::Unusable)?;
    let builder = match client::HandshakeVerifier::of(&tls.client, fingerprints) {
        Some(verifier) => builder.with_client_cert_verifier(Arc::new(verifier)),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(tls.certificate.key.clone())));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Tickets resume sessions of both versions under keys that rotate; a cache on the server would be one more bound.
    let ticketer: Arc<dyn ProducesTickets> = aws_lc_rs::Ticketer::new().map_err(|_| TlsFault::Unusable)?;
    config.ticketer = ticketer;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(Arc::new(config))
}
