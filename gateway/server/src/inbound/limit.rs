//! The limit on callers that show no credential: so many requests a minute from one address.
//!
//! GCRA by governor, keyed by the address that the socket saw, never by a header. An IPv6 caller owns its /64, so that
//! is the key. The number of addresses remembered is bounded: when the table is full, addresses that are not in it
//! share one quota until the minute's sweep has made room, so that a flood of addresses costs no memory and does not
//! free anyone from a limit.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::config::AddressLimits;

/// Who shares a quota: an IPv4 address, or an IPv6 network of 64 bits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum AddressKey {
    V4(Ipv4Addr),
    V6([u16; 4]),
}

impl AddressKey {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(network(address)),
        }
    }
}

fn network(address: Ipv6Addr) -> [u16; 4] {
    let [a, b, c, d, ..] = address.segments();
    [a, b, c, d]
}

/// The limiter of one listener.
pub(crate) struct AddressLimiter<C: Clock = MonotonicClock> {
    limiter: RateLimiter<AddressKey, Addresses, C, NoOpMiddleware<C::Instant>>,
    clock: C,
}

impl<C: Clock + Clone> AddressLimiter<C> {
    pub(crate) fn new(limits: &AddressLimits, clock: C) -> Self {
        let per_minute = u32::try_from(limits.requests_per_minute).ok().and_then(NonZeroU32::new);
        let quota = Quota::per_minute(per_minute.unwrap_or(NonZeroU32::MAX));
        let addresses_max = usize::try_from(limits.addresses_max).unwrap_or(usize::MAX);
        Self { limiter: RateLimiter::new(quota, Addresses::new(addresses_max), clock.clone()), clock }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// When there was one too many: the whole seconds after which the next can pass, at least 1.
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), u64> {
        self.limiter.check_key(&AddressKey::of(address)).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0).max(u64::from(wait.is_zero()))
        })
    }

    /// Forgets addresses whose quota is full again. Run each minute.
    pub(crate) fn retain_recent(&self) {
        self.limiter.retain_recent();
    }
}

/// The table of quotas: bounded, with one shared quota for whoever does not fit in.
#[derive(Default)]
struct Addresses {
    addresses_max: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    known: HashMap<AddressKey, Nanos>,
    others: Option<Nanos>,
}

impl Addresses {
    fn new(addresses_max: usize) -> Self {
        Self { addresses_max, table: Mutex::default() }
    }
}

impl StateStore for Addresses {
    type Key = AddressKey;

    fn measure_and_replace<T, F, E>(&self, key: &AddressKey, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let before = table.known.get(key).copied();
        if before.is_none() && table.known.len() >= self.addresses_max {
            let (outcome, after) = f(table.others)?;
            table.others = Some(after);
            return Ok(outcome);
        }
        let (outcome, after) = f(before)?;
        table.known.insert(*key, after);
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<AddressKey> for Addresses {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.known.retain(|_, state| *state > drop_below);
    }

    fn len(&self) -> usize {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).known.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limiter(requests_per_minute: u64, addresses_max: u64) -> (AddressLimiter<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let limits = AddressLimits { requests_per_minute, addresses_max };
        (AddressLimiter::new(&limits, clock.clone()), clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn after_the_burst_the_wait_is_told_and_is_enough() {
        let (limiter, clock) = limiter(60, 10);
        let caller = address("192.0.2.1");
        for _ in 0..60 {
            assert_eq!(limiter.check(caller), Ok(()));
        }
        assert_eq!(limiter.check(caller), Err(1));
        assert_eq!(limiter.check(address("192.0.2.2")), Ok(()));
        clock.advance(Duration::from_secs(1));
        assert_eq!(limiter.check(caller), Ok(()));
        assert!(limiter.check(caller).is_err());
    }

    #[test]
    fn a_slow_quota_tells_a_long_wait() {
        let (limiter, clock) = limiter(1, 10);
        let caller = address("192.0.2.1");
        assert_eq!(limiter.check(caller), Ok(()));
        assert_eq!(limiter.check(caller), Err(60));
        clock.advance(Duration::from_millis(500));
        assert_eq!(limiter.check(caller), Err(60));
        clock.advance(Duration::from_millis(500));
        assert_eq!(limiter.check(caller), Err(59));
    }

    #[test]
    fn an_ipv6_caller_is_its_network_and_a_mapped_one_is_ipv4() {
        assert_eq!(AddressKey::of(address("2001:db8::1")), AddressKey::of(address("2001:db8:0:0:ffff::9")));
        assert_ne!(AddressKey::of(address("2001:db8::1")), AddressKey::of(address("2001:db8:0:1::1")));
        assert_eq!(AddressKey::of(address("::ffff:192.0.2.1")), AddressKey::of(address("192.0.2.1")));
    }

    #[test]
    fn a_flood_of_addresses_shares_one_quota_and_takes_no_more_memory() {
        let (limiter, clock) = limiter(2, 3);
        for n in 0..3 {
            assert_eq!(limiter.check(address(&format!("192.0.2.{n}"))), Ok(()));
        }
        assert_eq!(limiter.check(address("198.51.100.1")), Ok(()));
        assert_eq!(limiter.check(address("198.51.100.2")), Ok(()));
        assert!(limiter.check(address("198.51.100.3")).is_err());
        assert_eq!(limiter.limiter.len(), 3);
        // Those who were known before keep their own quota.
        assert_eq!(limiter.check(address("192.0.2.0")), Ok(()));
        // Once quotas are full again the sweep makes room.
        clock.advance(Duration::from_secs(120));
        limiter.retain_recent();
        assert_eq!(limiter.limiter.len(), 0);
        assert_eq!(limiter.check(address("198.51.100.3")), Ok(()));
        assert_eq!(limiter.limiter.len(), 1);
    }
}
