//! The key by which a host knows us.

use std::fmt;
use std::sync::Arc;

use russh::keys::ssh_key::{Algorithm, PrivateKey};

/// Least bits of an RSA key.
const RSA_BITS_MIN: u32 = 2_048;

/// A private key for public key authentication (RFC 4252, section 7). Never shown; equal to another when the public
/// halves are equal.
#[derive(Clone)]
pub struct LoginKey(Arc<PrivateKey>);

impl LoginKey {
    /// Reads a key as `ssh-keygen` writes it: Ed25519, ECDSA on a curve of NIST, or RSA of at least 2048 bits, without
    /// a passphrase, as nobody is there to type one.
    #[must_use]
    pub fn from_openssh(pem: &[u8]) -> Option<Self> {
        let key = PrivateKey::from_openssh(pem).ok()?;
        let fits = match key.algorithm() {
            Algorithm::Ed25519 | Algorithm::Ecdsa { .. } => true,
            Algorithm::Rsa { .. } => {
                key.public_key().key_data().rsa().is_some_and(|rsa| rsa.key_size() >= RSA_BITS_MIN)
            }
            _ => false,
        };
        if fits && !key.is_encrypted() { Some(Self(Arc::new(key))) } else { None }
    }

    pub(super) fn key(&self) -> Arc<PrivateKey> {
        self.0.clone()
    }

    pub(super) fn is_rsa(&self) -> bool {
        matches!(self.0.algorithm(), Algorithm::Rsa { .. })
    }
}

impl PartialEq for LoginKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.public_key().key_data() == other.0.public_key().key_data()
    }
}

impl Eq for LoginKey {}

impl fmt::Debug for LoginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginKey(..)")
    }
}
