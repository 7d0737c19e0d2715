//! The quotas of a partner: so many requests and so many bytes, by GCRA, and what callers are told of them
//! (draft-ietf-httpapi-ratelimit-headers-11).
//!
//! One partner has one quota whatever it shows and over how many connections. A request costs one unit of `requests`
//! and the bytes of its body; what costs more than a whole quota can never pass and is told apart from what may pass
//! later. Bytes of a body without a length are paid as they come.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::HeaderValue;
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};

use crate::config::PartnerLimits;

const MINUTE: Duration = Duration::from_secs(60);

/// Why a request does not pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Over {
    /// Not now: the policy, and whole seconds to wait, at least 1.
    Later { policy: &'static str, retry_seconds: u64 },
    /// Never: it costs more than the whole quota.
    Never,
}

/// The quotas of one partner.
pub(crate) struct PartnerQuota<C: Clock = MonotonicClock> {
    requests: Policy<C>,
    bytes: Policy<C>,
    /// `RateLimit-Policy`, which never changes.
    pub(crate) policies: HeaderValue,
}

/// What a policy is and has left, as `GET /v1/me/limits` tells it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Standing {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) quota: u32,
    pub(crate) window_seconds: u64,
    pub(crate) remaining: u32,
    /// Seconds until the next unit returns, at least 1.
    pub(crate) next_seconds: u64,
}

impl<C: Clock + Clone> PartnerQuota<C> {
    pub(crate) fn new(limits: &PartnerLimits, clock: &C) -> Self {
        let requests =
            Policy::new("requests", "requests", limits.requests_per_minute, limits.requests_burst, clock.clone());
        let bytes =
            Policy::new("bytes", "content-bytes", limits.bytes_per_minute, limits.bytes_per_minute, clock.clone());
        let policies = format!(
            "\"requests\";q={};w={}, \"bytes\";q={};qu=\"content-bytes\";w={}",
            requests.burst,
            requests.window_seconds(),
            bytes.burst,
            bytes.window_seconds()
        );
        // Our own digits and words: a header can always hold them.
        let policies = HeaderValue::from_str(&policies).unwrap_or_else(|_| HeaderValue::from_static(""));
        Self { requests, bytes, policies }
    }

    /// Other quotas of which as much is used as of these: a change of limits is no new beginning.
    pub(crate) fn limited(&self, limits: &PartnerLimits, clock: &C) -> Self {
        let other = Self::new(limits, clock);
        for (before, now) in [(&self.requests, &other.requests), (&self.bytes, &other.bytes)] {
            let standing = before.standing();
            let used = standing.quota.saturating_sub(standing.remaining).min(now.burst.get());
            if used > 0 {
                // What fits into a quota that nobody has touched is always taken.
                let _ = now.pay(u64::from(used));
            }
        }
        other
    }

    /// Pays for a request with a body of this many bytes.
    ///
    /// # Errors
    /// [`Over`]. A request that the bytes refuse has been counted as a request.
    pub(crate) fn pay(&self, body_bytes: u64) -> Result<(), Over> {
        if body_bytes > u64::from(self.bytes.burst.get()) {
            return Err(Over::Never);
        }
        self.requests.pay(1)?;
        self.pay_bytes(body_bytes)
    }

    /// Pays for more bytes of a body.
    ///
    /// # Errors
    /// [`Over`].
    pub(crate) fn pay_bytes(&self, bytes: u64) -> Result<(), Over> {
        if bytes == 0 { Ok(()) } else { self.bytes.pay(bytes) }
    }

    /// What is left, at no cost.
    pub(crate) fn standings(&self) -> [Standing; 2] {
        [self.requests.standing(), self.bytes.standing()]
    }

    /// `RateLimit`: what is left, or after a refusal nothing of the policy that refused.
    pub(crate) fn rate_limit(&self, refused: Option<Over>) -> String {
        let member = |standing: Standing| {
            let (remaining, next) = match refused {
                Some(Over::Later { policy, retry_seconds }) if policy == standing.name => (0, retry_seconds),
                _ => (standing.remaining, standing.next_seconds),
            };
            format!("\"{}\";r={remaining};t={next}", standing.name)
        };
        self.standings().map(member).join(", ")
    }
}

/// One quota.
struct Policy<C: Clock> {
    name: &'static str,
    unit: &'static str,
    burst: NonZeroU32,
    interval: Duration,
    paying: RateLimiter<(), Meter, C, StateInformationMiddleware>,
    /// Looks at the same meter and leaves it as it is.
    looking: RateLimiter<(), Glance, C, StateInformationMiddleware>,
    clock: C,
}

impl<C: Clock + Clone> Policy<C> {
    fn new(name: &'static str, unit: &'static str, per_minute: u64, burst: u64, clock: C) -> Self {
        let whole = |number: u64| u32::try_from(number).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        let (per_minute, burst) = (whole(per_minute), whole(burst));
        let interval = MINUTE / per_minute.get();
        let quota = Quota::with_period(interval).unwrap_or_else(|| Quota::per_minute(per_minute)).allow_burst(burst);
        let meter = Arc::new(AtomicU64::new(0));
        Self {
            name,
            unit,
            burst,
            interval: quota.replenish_interval(),
            paying: RateLimiter::new(quota, Meter(meter.clone()), clock.clone()),
            looking: RateLimiter::new(quota, Glance(meter), clock.clone()),
            clock,
        }
    }

    fn pay(&self, units: u64) -> Result<(), Over> {
        let units = u32::try_from(units).ok().and_then(NonZeroU32::new).ok_or(Over::Never)?;
        match self.paying.check_key_n(&(), units) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(not_until)) => {
                let retry_seconds = whole_seconds(not_until.wait_time_from(self.clock.now()));
                Err(Over::Later { policy: self.name, retry_seconds })
            }
            Err(_) => Err(Over::Never),
        }
    }

    fn standing(&self) -> Standing {
        // A glance is told what would be left after one more.
        let remaining = self.looking.check_key(&()).map_or(0, |left| left.remaining_burst_capacity().saturating_add(1));
        let more = NonZeroU32::MIN.saturating_add(remaining);
        let next_seconds = match self.looking.check_key_n(&(), more) {
            Ok(Err(not_until)) => whole_seconds(not_until.wait_time_from(self.clock.now())),
            _ => 1,
        };
        Standing {
            name: self.name,
            unit: self.unit,
            quota: self.burst.get(),
            window_seconds: self.window_seconds(),
            remaining: remaining.min(self.burst.get()),
            next_seconds,
        }
    }

    /// Seconds in which an empty quota becomes full.
    fn window_seconds(&self) -> u64 {
        // The interval between units is cut to whole nanoseconds, so the sum may lie a little below.
        whole_seconds(self.interval * self.burst.get())
    }
}

/// Seconds, rounded up, at least 1.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// When the quota will be full again, in nanoseconds from when the limiter began; 0 while it never was touched.
struct Meter(Arc<AtomicU64>);

impl StateStore for Meter {
    type Key = ();

    fn measure_and_replace<T, F, E>(&self, (): &(), decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut before = self.0.load(Ordering::Acquire);
        loop {
            let (outcome, after) = decide(known(before))?;
            match self.0.compare_exchange_weak(before, after.as_u64(), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok(outcome),
                Err(other) => before = other,
            }
        }
    }
}

/// The same meter, looked at and left as it is.
struct Glance(Arc<AtomicU64>);

impl StateStore for Glance {
    type Key = ();

    fn measure_and_replace<T, F, E>(&self, (): &(), decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        decide(known(self.0.load(Ordering::Acquire))).map(|(outcome, _)| outcome)
    }
}

fn known(nanoseconds: u64) -> Option<Nanos> {
    (nanoseconds > 0).then(|| Nanos::new(nanoseconds))
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn quota(per_minute: u64, burst: u64, bytes: u64) -> (PartnerQuota<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let limits = PartnerLimits { requests_per_minute: per_minute, requests_burst: burst, bytes_per_minute: bytes };
        (PartnerQuota::new(&limits, &clock), clock)
    }

    fn later(policy: &'static str, retry_seconds: u64) -> Result<(), Over> {
        Err(Over::Later { policy, retry_seconds })
    }

    #[test]
    fn a_burst_passes_and_then_one_as_units_return() {
        let (quota, clock) = quota(60, 3, 1_000);
        assert_eq!(quota.rate_limit(None), "\"requests\";r=3;t=1, \"bytes\";r=1000;t=1");
        for left in [2, 1, 0] {
            assert_eq!(quota.pay(0), Ok(()));
            assert_eq!(quota.standings()[0].remaining, left);
        }
        assert_eq!(quota.pay(0), later("requests", 1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(quota.pay(0), Ok(()));
        assert_eq!(quota.pay(0), later("requests", 1));
        clock.advance(Duration::from_secs(60));
        assert_eq!(quota.standings()[0].remaining, 3);
    }

    #[test]
    fn a_slow_quota_tells_when_the_next_unit_returns() {
        let (quota, clock) = quota(1, 2, 1_000);
        assert_eq!(quota.pay(0), Ok(()));
        let standing = quota.standings()[0];
        assert_eq!((standing.remaining, standing.next_seconds, standing.window_seconds), (1, 60, 120));
        clock.advance(Duration::from_millis(45_500));
        assert_eq!(quota.standings()[0].next_seconds, 15);
        assert_eq!(quota.pay(0), Ok(()));
        assert_eq!(quota.pay(0), later("requests", 15));
        assert_eq!(quota.rate_limit(quota.pay(0).err()), "\"requests\";r=0;t=15, \"bytes\";r=1000;t=1");
    }

    #[test]
    fn bytes_are_paid_and_what_costs_more_than_all_of_them_never_passes() {
        let (quota, clock) = quota(600, 600, 6_000);
        assert_eq!(quota.policies, "\"requests\";q=600;w=60, \"bytes\";q=6000;qu=\"content-bytes\";w=60");
        assert_eq!(quota.pay(6_001), Err(Over::Never));
        assert_eq!(quota.pay(u64::MAX), Err(Over::Never));
        // What never passes costs nothing.
        assert_eq!(quota.standings().map(|standing| standing.remaining), [600, 6_000]);
        assert_eq!(quota.pay(6_000), Ok(()));
        assert_eq!(quota.pay(100), later("bytes", 1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(quota.pay(100), Ok(()));
        assert_eq!(quota.pay(0), Ok(()));
    }

    #[test]
    fn other_limits_are_no_new_beginning() {
        let (before, clock) = quota(60, 10, 6_000);
        for _ in 0..4 {
            assert_eq!(before.pay(100), Ok(()));
        }
        let other = |per_minute, burst, bytes| {
            let limits =
                PartnerLimits { requests_per_minute: per_minute, requests_burst: burst, bytes_per_minute: bytes };
            before.limited(&limits, &clock).standings().map(|standing| standing.remaining)
        };
        assert_eq!(other(60, 10, 6_000), [6, 5_600]);
        assert_eq!(other(60, 20, 12_000), [16, 11_600]);
        assert_eq!(other(60, 3, 300), [0, 0]);
    }

    #[test]
    fn of_many_threads_never_more_pass_than_the_quota() {
        const BURST: u64 = 1_000;
        let (quota, _) = quota(1, BURST, 7_000);
        let passed = AtomicU64::new(0);
        let bytes = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        if quota.pay(0).is_ok() {
                            passed.fetch_add(1, Ordering::Relaxed);
                        }
                        if quota.pay_bytes(10).is_ok() {
                            bytes.fetch_add(10, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!((passed.into_inner(), bytes.into_inner()), (BURST, 7_000));
    }
}
