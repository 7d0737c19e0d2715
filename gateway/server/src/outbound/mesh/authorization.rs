//! The token of each request (MESH API, authorization header): a name, a nonce, how often the nonce was used, the
//! minute, and the HMAC-SHA-256 of these with the mailbox's password under the key of the environment.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;
use hyper::header::HeaderValue;
use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::names::MailboxName;
use crate::config::Secret;

/// Makes the tokens of one mailbox. MESH takes each of them once.
pub(super) struct Tokens {
    mailbox: MailboxName,
    password: Secret,
    key: hmac::Key,
    nonce: Uuid,
    count: AtomicU64,
}

impl Tokens {
    pub(super) fn new(mailbox: MailboxName, password: Secret, shared_key: &Secret) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, shared_key.text().as_bytes());
        Self { mailbox, password, key, nonce: Uuid::new_v4(), count: AtomicU64::new(0) }
    }

    /// The next token. No two have the same nonce and count.
    pub(super) fn next(&self, now: Timestamp) -> Option<HeaderValue> {
        let count = self.count.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        self.token(&self.nonce.to_string(), count, now)
    }

    fn token(&self, nonce: &str, count: u64, now: Timestamp) -> Option<HeaderValue> {
        let minute = now.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M").to_string();
        let (mailbox, password) = (self.mailbox.as_str(), self.password.text());
        let signed = Zeroizing::new(format!("{mailbox}:{nonce}:{count}:{password}:{minute}"));
        let tag = hex::encode(hmac::sign(&self.key, signed.as_bytes()));
        let mut value = HeaderValue::from_str(&format!("NHSMESH {mailbox}:{nonce}:{count}:{minute}:{tag}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let secret = |text: &str| Secret::new(Zeroizing::new(text.to_owned()));
        Tokens::new(MailboxName::parse("x26abc1").unwrap(), secret("password"), &secret("TestKey"))
    }

    #[test]
    fn a_token_is_that_of_the_reference_computation() {
        // printf 'X26ABC1:2c001608-5f09-4840-9611-bea43e666a30:1:password:201511201038' | openssl dgst -sha256 -hmac TestKey
        let at: Timestamp = "2015-11-20T10:38:59Z".parse().unwrap();
        let token = tokens().token("2c001608-5f09-4840-9611-bea43e666a30", 1, at).unwrap();
        let expected = "NHSMESH X26ABC1:2c001608-5f09-4840-9611-bea43e666a30:1:201511201038:9712e9dd1aa836431fa50134c333fceda28dc7e380675d9b0d359477f56d034a";
        assert_eq!(token.to_str().unwrap(), expected);
        assert!(token.is_sensitive() && !format!("{token:?}").contains("X26"));
    }

    #[test]
    fn no_token_is_made_twice() {
        let (tokens, at) = (tokens(), Timestamp::UNIX_EPOCH);
        let first = tokens.next(at).unwrap();
        assert_ne!(first, tokens.next(at).unwrap());
        assert!(first.to_str().unwrap().contains(":1:197001010000:"));
    }
}
