//! Signed assertions by which a client proves who it is (RFC 7523, section 2.2), as NHS England's platform takes them.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA512, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;
use uuid::Uuid;

/// How long an assertion is good for; recipients take five minutes at most.
const ASSERTION_SECONDS: u64 = 240;

/// Least bits of an RSA key.
const RSA_BITS_MIN: usize = 2_048;

/// A key that signs assertions, under the name by which the recipient knows it. Never shown.
pub struct SigningKey {
    key: Key,
    key_id: String,
}

enum Key {
    Rsa(RsaKeyPair),
    P384(EcdsaKeyPair),
}

impl SigningKey {
    /// Reads an RSA key of at least 2048 bits, or an EC key on P-384, from PEM.
    #[must_use]
    pub fn from_pem(pem: &[u8], key_id: &str) -> Option<Self> {
        let ec = &ECDSA_P384_SHA384_FIXED_SIGNING;
        let key = match PrivateKeyDer::from_pem_slice(pem).ok()? {
            PrivateKeyDer::Pkcs1(der) => Key::Rsa(RsaKeyPair::from_der(der.secret_pkcs1_der()).ok()?),
            PrivateKeyDer::Sec1(der) => Key::P384(EcdsaKeyPair::from_private_key_der(ec, der.secret_sec1_der()).ok()?),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                let rsa = RsaKeyPair::from_pkcs8(der).ok().map(Key::Rsa);
                rsa.or_else(|| EcdsaKeyPair::from_pkcs8(ec, der).ok().map(Key::P384))?
            }
            _ => return None,
        };
        if matches!(&key, Key::Rsa(rsa) if rsa.public_modulus_len() * 8 < RSA_BITS_MIN) || key_id.is_empty() {
            return None;
        }
        Some(Self { key, key_id: key_id.to_owned() })
    }

    /// An assertion of `client_id` for `audience`, made at `now` in seconds of Unix time; each has an id of its own.
    pub(crate) fn assertion(&self, client_id: &str, audience: &str, now: u64) -> Option<String> {
        let header = json!({ "alg": self.algorithm(), "kid": self.key_id, "typ": "JWT" });
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": Uuid::new_v4().to_string(),
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
        });
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = self.sign(signed.as_bytes())?;
        Some(format!("{signed}.{}", encode(&signature)))
    }

    fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Rsa(_) => "RS512",
            Key::P384(_) => "ES384",
        }
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA512, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Key::P384(key) => Some(key.sign(&random, message).ok()?.as_ref().to_vec()),
        }
    }

    /// The public half, for whoever checks what was signed: DER of the key as the algorithm has it.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        match &self.key {
            Key::Rsa(key) => key.public_key().as_ref().to_vec(),
            Key::P384(key) => key.public_key().as_ref().to_vec(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.algorithm())
    }
}
