//! Access tokens: self-contained, opaque to callers, authentic by HMAC-SHA-256 under a key of this purpose alone.
//!
//! `hwt_` and base64url without dots, so that nobody takes it for a JWT. No store is read for one: it is valid after a
//! restart and on every node that has the key. It dies with its time, with its partner, or with the partner's client.

use std::fmt;

use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::config::{IdsKey, Scopes};

const PREFIX: &str = "hwt_";

/// The first byte: what follows is of this layout.
const LAYOUT: u8 = 1;

/// Bytes of the tag at the end.
const TAG_BYTES: usize = 32;

/// Longest token that is looked at: the longest name, with a certificate.
const TOKEN_CHARS_MAX: usize = 256;

/// Longest name of a partner.
const NAME_BYTES_MAX: usize = 64;

/// The key under which tokens are made.
#[derive(Clone)]
pub(crate) struct TokenKey(hmac::Key);

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

impl TokenKey {
    /// The key that a secret of 32 bytes gives to tokens (HKDF-SHA-256, RFC 5869): it tells nothing of the secret, nor
    /// of any other key that is made of it.
    pub(crate) fn derive(secret: &[u8; 32]) -> Self {
        let pseudorandom = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
        let mut key = zeroize::Zeroizing::new([0; 32]);
        // 32 bytes are one block of SHA-256: the only error, too many blocks, cannot come. A key of zeros would be
        // known to everyone, so it is never gone on with.
        match pseudorandom
            .expand(&[b"homeward-token-1"], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(key.as_mut_slice()))
        {
            Ok(()) => Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice())),
            Err(_) => unreachable!("one block of SHA-256 is never too long"),
        }
    }

    /// Until there is a store with a key of its own, tokens live by the key of ids.
    pub(crate) fn of_ids(ids_key: &IdsKey) -> Self {
        Self::derive(ids_key.bytes())
    }

    /// Makes a token; `None` when the name is too long to be one.
    pub(crate) fn seal(&self, claims: &Claims) -> Option<String> {
        if claims.partner.len() > NAME_BYTES_MAX {
            return None;
        }
        let mut bytes = vec![LAYOUT];
        bytes.extend_from_slice(&claims.issued_at.to_be_bytes());
        bytes.extend_from_slice(&claims.expires_at.to_be_bytes());
        bytes.extend_from_slice(&claims.scopes.bits().to_be_bytes());
        bytes.push(u8::from(claims.certificate.is_some()));
        bytes.extend_from_slice(claims.certificate.as_ref().map_or(&[][..], |hash| &hash[..]));
        bytes.extend_from_slice(claims.partner.as_bytes());
        let tag = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(tag.as_ref());
        Some(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// What a token says, when it is one of ours; whether it is still good is for the caller to judge.
    pub(crate) fn open(&self, token: &str) -> Option<Claims> {
        if token.len() > TOKEN_CHARS_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
        let (content, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        // In constant time, and before anything of the content is looked at.
        hmac::verify(&self.0, content, tag).ok()?;
        let (layout, rest) = content.split_first()?;
        let (issued_at, rest) = rest.split_first_chunk()?;
        let (expires_at, rest) = rest.split_first_chunk()?;
        let (scopes, rest) = rest.split_first_chunk()?;
        let (certificate, name) = match rest.split_first()? {
            (0, name) => (None, name),
            (1, rest) => {
                let (hash, name) = rest.split_first_chunk()?;
                (Some(*hash), name)
            }
            _ => return None,
        };
        (*layout == LAYOUT).then_some(Claims {
            partner: String::from_utf8(name.to_vec()).ok()?,
            scopes: Scopes::from_bits(u32::from_be_bytes(*scopes)),
            issued_at: i64::from_be_bytes(*issued_at),
            expires_at: i64::from_be_bytes(*expires_at),
            certificate,
        })
    }
}

/// What a token says. Times are seconds since 1970.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Claims {
    pub(crate) partner: String,
    pub(crate) scopes: Scopes,
    pub(crate) issued_at: i64,
    /// The first second in which it is dead.
    pub(crate) expires_at: i64,
    /// SHA-256 of the certificate without which it is nothing (`cnf.x5t#S256`, RFC 8705).
    pub(crate) certificate: Option<[u8; 32]>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Scope;

    fn claims(certificate: Option<[u8; 32]>) -> Claims {
        Claims {
            partner: "a".repeat(64),
            scopes: [Scope::FhirRead].into_iter().collect(),
            issued_at: 1_763_717_411,
            expires_at: 1_763_718_011,
            certificate,
        }
    }

    #[test]
    fn a_token_says_what_it_was_made_of() {
        let key = TokenKey::derive(&[7; 32]);
        for claims in [claims(None), claims(Some([9; 32]))] {
            let token = key.seal(&claims).unwrap();
            assert!(token.len() <= TOKEN_CHARS_MAX && !token.contains('.'));
            assert_eq!(key.open(&token), Some(claims));
        }
        assert_eq!(key.seal(&Claims { partner: "a".repeat(65), ..claims(None) }), None);
    }

    #[test]
    fn no_other_text_is_a_token() {
        let key = TokenKey::derive(&[7; 32]);
        let token = key.seal(&claims(Some([9; 32]))).unwrap();
        assert_eq!(TokenKey::derive(&[8; 32]).open(&token), None);
        for end in 0..token.len() {
            assert_eq!(key.open(&token[..end]), None);
        }
        for place in 0..token.len() {
            for other in ['A', 'B', '-', '.', '='] {
                let mut changed = token.clone();
                changed.replace_range(place..=place, &other.to_string());
                assert!(changed == token || key.open(&changed).is_none(), "{place} {other}");
            }
        }
        for wrong in ["", "hwt_", "hwt_é", &format!("{token}A"), &format!("hwt_{}", "A".repeat(100_000))] {
            assert_eq!(key.open(wrong), None);
        }
    }
}
