//! Which assertions of token requests have been used: each passes once (RFC 7523, section 3, `jti`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use store::batch::Assertion;
use store::{Batch, Store};
use tokio::task::block_in_place;

use crate::durable::commit::kept_blocking;

/// Assertions of one partner remembered at once; more within their few minutes are refused.
const ASSERTIONS_PER_PARTNER_MAX: usize = 65_536;

/// Remembers assertions until they have expired.
pub(crate) trait Assertions: Send + Sync {
    /// Whether this `jti` of this partner comes for the first time; from now on it does not. `expires_at` and `now` are
    /// seconds since 1970; at `expires_at` it may be forgotten, since the assertion is refused by then.
    fn once(&self, partner: &str, jti: &str, expires_at: i64, now: i64) -> bool;
}

/// In memory, for one process: a restart forgets.
#[derive(Default)]
pub(crate) struct RememberedAssertions {
    partners: Mutex<HashMap<String, Remembered>>,
}

#[derive(Default)]
struct Remembered {
    expiries: HashMap<[u8; 32], i64>,
    /// Nothing has expired before this second.
    oldest: i64,
}

impl Assertions for RememberedAssertions {
    fn once(&self, partner: &str, jti: &str, expires_at: i64, now: i64) -> bool {
        let mut id = [0; 32];
        id.copy_from_slice(digest::digest(&digest::SHA256, jti.as_bytes()).as_ref());
        let mut partners = self.partners.lock().unwrap_or_else(PoisonError::into_inner);
        let remembered = partners.entry(partner.to_owned()).or_default();
        if remembered.expiries.get(&id).is_some_and(|expires_at| *expires_at > now) {
            return false;
        }
        if remembered.oldest <= now {
            remembered.expiries.retain(|_, expires_at| *expires_at > now);
            remembered.oldest = remembered.expiries.values().copied().min().unwrap_or(i64::MAX);
        }
        // Full: nobody could say whether it was here before, so it is taken for a repeat.
        if remembered.expiries.len() >= ASSERTIONS_PER_PARTNER_MAX {
            return false;
        }
        remembered.oldest = remembered.oldest.min(expires_at);
        remembered.expiries.insert(id, expires_at);
        true
    }
}

/// In the store: a restart remembers, and so does every process on it.
pub(crate) struct StoredAssertions {
    store: Arc<dyn Store>,
}

impl StoredAssertions {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

impl Assertions for StoredAssertions {
    fn once(&self, partner: &str, jti: &str, expires_at: i64, now: i64) -> bool {
        let micros = |second: i64| second.saturating_mul(1_000_000);
        let assertion = Assertion {
            partner: partner.to_owned(),
            jti: jti.to_owned(),
            expires_at: micros(expires_at),
            now: micros(now),
        };
        let batch = Batch { assertion: Some(assertion), ..Batch::default() };
        // A store that cannot say whether it was here before lets nobody in.
        block_in_place(|| matches!(kept_blocking(|done| self.store.keep(batch, done)), Ok(Ok(_))))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn each_passes_once_for_each_partner_until_it_expires() {
        let assertions = RememberedAssertions::default();
        assert!(assertions.once("a", "1", 100, 0));
        assert!(!assertions.once("a", "1", 100, 0) && !assertions.once("a", "1", 100, 99));
        assert!(assertions.once("b", "1", 100, 0) && assertions.once("a", "2", 50, 0));
        assert!(assertions.once("a", "1", 300, 100));
        assert!(!assertions.once("a", "1", 300, 200));
    }

    #[test]
    fn a_flood_is_refused_and_forgotten_when_it_has_expired() {
        let assertions = RememberedAssertions::default();
        for number in 0..ASSERTIONS_PER_PARTNER_MAX {
            assert!(assertions.once("a", &number.to_string(), 100, 0));
        }
        assert!(!assertions.once("a", "one more", 100, 99));
        assert!(assertions.once("b", "one more", 100, 99));
        assert!(assertions.once("a", "one more", 200, 100));
        assert_eq!(assertions.partners.lock().unwrap()["a"].expiries.len(), 1);
    }

    #[test]
    fn of_many_at_once_one_passes() {
        let assertions = RememberedAssertions::default();
        let passed = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    if assertions.once("a", "same", 100, 0) {
                        passed.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(passed.into_inner(), 1);
    }
}
