//! The public keys of a partner, from a JSON Web Key Set (RFC 7517): RSA of 2048 bits or more, and P-384.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

/// A key set is a few keys.
pub(super) const KEY_SET_BYTES_MAX: u64 = 256 * 1024;

/// Keys of one partner: two while they change over, and a few more.
const KEYS_MAX: usize = 32;

/// Longest `kid`.
const KEY_ID_CHARS_MAX: usize = 128;

/// Sizes of RSA keys, in bits of the modulus.
const RSA_BITS_MIN: usize = 2048;
const RSA_BITS_MAX: usize = 8192;

/// Bytes of a coordinate on P-384.
const P384_BYTES: usize = 48;

/// Members that only a private or a shared key has (RFC 7518, section 6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// How an assertion may be signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-512, as NHS services ask for.
    Rs512,
    /// RSASSA-PKCS1-v1_5 with SHA-384 (SMART).
    Rs384,
    /// ECDSA on P-384 with SHA-384 (SMART).
    Es384,
}

impl SigningAlgorithm {
    /// Every algorithm with its name in RFC 7518.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("RS512", Self::Rs512), ("RS384", Self::Rs384), ("ES384", Self::Es384)];

    /// Its name in RFC 7518.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs512 => "RS512",
            Self::Rs384 => "RS384",
            Self::Es384 => "ES384",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    pub(crate) fn algorithm(self) -> Algorithm {
        match self {
            Self::Rs512 => Algorithm::RS512,
            Self::Rs384 => Algorithm::RS384,
            Self::Es384 => Algorithm::ES384,
        }
    }
}

/// A key that checks signatures.
#[derive(Clone)]
pub struct PublicKey {
    /// `kid`.
    pub id: String,
    family: Family,
    pinned: Option<SigningAlgorithm>,
    key: DecodingKey,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Family {
    Rsa,
    P384,
}

impl PublicKey {
    /// The key, when it is one for signatures of this kind.
    pub(crate) fn for_algorithm(&self, algorithm: SigningAlgorithm) -> Option<&DecodingKey> {
        let family = if algorithm == SigningAlgorithm::Es384 { Family::P384 } else { Family::Rsa };
        let suits = self.family == family && self.pinned.is_none_or(|pinned| pinned == algorithm);
        suits.then_some(&self.key)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.id).field("family", &self.family).finish_non_exhaustive()
    }
}

/// Reads a key set.
///
/// # Errors
/// What is wrong with it, naming keys by their number.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<PublicKey>, String> {
    let set: Value = serde_json::from_slice(bytes).map_err(|_| "it is not JSON".to_owned())?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or("it has no list `keys`")?;
    if keys.is_empty() || keys.len() > KEYS_MAX {
        return Err(format!("it has {} keys; allowed 1 to {KEYS_MAX}", keys.len()));
    }
    let mut read: Vec<PublicKey> = Vec::new();
    for (number, key) in (1..).zip(keys) {
        let key = key.as_object().ok_or_else(|| format!("key {number} is not an object"))?;
        let key = read_key(key).map_err(|fault| format!("key {number} {fault}"))?;
        if read.iter().any(|known| known.id == key.id) {
            return Err(format!("key {number} has the `kid` of another"));
        }
        read.push(key);
    }
    Ok(read)
}

fn read_key(key: &Map<String, Value>) -> Result<PublicKey, &'static str> {
    if PRIVATE_MEMBERS.iter().any(|member| key.contains_key(*member)) {
        return Err("has private members: give the public ones only, and change the key, since it has been seen");
    }
    let text = |member: &str| key.get(member).and_then(Value::as_str);
    let id = text("kid").filter(|id| (1..=KEY_ID_CHARS_MAX).contains(&id.len())).ok_or("has no `kid`")?;
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return Err("is not for signatures");
    }
    let pinned = match key.get("alg") {
        None => None,
        Some(name) => {
            let algorithm = name.as_str().and_then(SigningAlgorithm::named);
            Some(algorithm.ok_or("names an algorithm other than RS512, RS384 and ES384")?)
        }
    };
    let number = |member: &str| text(member).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let (family, key) = match text("kty") {
        Some("RSA") => {
            let (n, e) = number("n").zip(number("e")).ok_or("has no modulus and exponent in base64url")?;
            if !(RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits(&n)) {
                return Err("is RSA of another size than 2048 to 8192 bits");
            }
            // An even exponent, or 1, makes no signature (RFC 8017, section 3.1).
            if bits(&e) < 2 || bits(&e) > 33 || e.last().is_none_or(|last| last % 2 == 0) {
                return Err("has an exponent that is none");
            }
            (Family::Rsa, DecodingKey::from_rsa_raw_components(&n, &e))
        }
        Some("EC") if text("crv") == Some("P-384") => {
            let (x, y) = text("x").zip(text("y")).ok_or("has no point")?;
            if [x, y].iter().any(|coordinate| {
                URL_SAFE_NO_PAD.decode(coordinate).map_or(true, |coordinate| coordinate.len() != P384_BYTES)
            }) {
                return Err("has no point of 48 bytes a coordinate in base64url");
            }
            (Family::P384, DecodingKey::from_ec_components(x, y).map_err(|_| "has no point")?)
        }
        _ => return Err("is neither RSA nor EC on P-384"),
    };
    if pinned.is_some_and(|pinned| (pinned == SigningAlgorithm::Es384) != (family == Family::P384)) {
        return Err("names an algorithm of another kind of key");
    }
    Ok(PublicKey { id: id.to_owned(), family, pinned, key })
}

/// Bits of a number, most significant byte first.
fn bits(number: &[u8]) -> usize {
    let leading = number.iter().take_while(|byte| **byte == 0).count();
    match number.get(leading) {
        Some(first) => (number.len() - leading) * 8 - first.leading_zeros() as usize,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rsa(bytes: usize) -> Value {
        json!({ "kty": "RSA", "kid": "a", "n": URL_SAFE_NO_PAD.encode(vec![0xc1; bytes]), "e": "AQAB" })
    }

    fn with(mut key: Value, member: &str, value: Value) -> Value {
        key[member] = value;
        key
    }

    fn fault(keys: &Value) -> Option<String> {
        read(keys.to_string().as_bytes()).err()
    }

    #[test]
    fn public_keys_of_both_kinds_are_taken() {
        let point = URL_SAFE_NO_PAD.encode([7; 48]);
        let ec = json!({ "kty": "EC", "crv": "P-384", "kid": "b", "x": point, "y": point, "alg": "ES384" });
        let keys = read(json!({ "keys": [rsa(256), ec] }).to_string().as_bytes()).unwrap();
        assert!(keys[0].for_algorithm(SigningAlgorithm::Rs512).is_some());
        assert!(keys[0].for_algorithm(SigningAlgorithm::Rs384).is_some());
        assert!(keys[0].for_algorithm(SigningAlgorithm::Es384).is_none());
        assert!(keys[1].for_algorithm(SigningAlgorithm::Es384).is_some());
        assert!(keys[1].for_algorithm(SigningAlgorithm::Rs512).is_none());
    }

    #[test]
    fn everything_else_is_refused_and_said_by_number() {
        let set = |key: Value| json!({ "keys": [rsa(512), with(key, "kid", json!("other"))] });
        for member in PRIVATE_MEMBERS {
            let told = fault(&set(with(rsa(256), member, json!("canary")))).unwrap();
            assert!(told.starts_with("key 2 has private members") && !told.contains("canary"), "{told}");
        }
        for wrong in [
            rsa(255),
            rsa(1025),
            with(rsa(256), "e", json!("AQ")),
            with(rsa(256), "e", json!("AAAC")),
            with(rsa(256), "e", json!("====")),
            with(rsa(256), "n", json!(5)),
            with(rsa(256), "use", json!("enc")),
            with(rsa(256), "alg", json!("RS256")),
            with(rsa(256), "alg", json!("none")),
            with(rsa(256), "alg", json!("ES384")),
            json!({ "kty": "oct" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }),
            json!({ "kty": "EC", "crv": "P-384", "x": "AA", "y": "AA" }),
        ] {
            assert!(fault(&set(wrong.clone())).is_some_and(|told| told.starts_with("key 2 ")), "{wrong}");
        }
        for wrong in [
            json!({}),
            json!([]),
            json!({ "keys": [] }),
            json!({ "keys": [5] }),
            json!({ "keys": [rsa(256), rsa(256)] }),
        ] {
            assert!(fault(&wrong).is_some(), "{wrong}");
        }
        assert!(read(b"\xff").is_err() && read(b"").is_err());
    }
}
