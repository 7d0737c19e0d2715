//! A circuit breaker: a recipient that fails is left alone for a while, then asked by one delivery alone.
//!
//! A state machine without a clock and without chance: both are handed in, so that the same calls give the same state.
//! Times are milliseconds of the wall clock, because the state outlives the process.

use crate::config::DeliveryLimits;

/// Attempts of which half must not fail.
const RECENT_MAX: u32 = 20;

/// How much the time that it stays open varies, in percent each way, so that breakers do not close together.
const OPEN_JITTER_PERCENT: u64 = 20;

/// What opens it, and for how long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BreakerLimits {
    /// Failures in a row that open it.
    pub failures_max: u64,
    /// Milliseconds that it stays open at first.
    pub open_ms_min: u64,
    /// Milliseconds that it stays open at most.
    pub open_ms_max: u64,
}

impl From<&DeliveryLimits> for BreakerLimits {
    fn from(limits: &DeliveryLimits) -> Self {
        Self {
            failures_max: limits.breaker_failures_max,
            open_ms_min: limits.breaker_open_ms_min,
            open_ms_max: limits.breaker_open_ms_max,
        }
    }
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leave {
    /// It may.
    Go,
    /// It may, alone: what it comes to decides for all.
    Probe,
    /// Not before this time, in milliseconds; a running probe may decide sooner.
    Wait {
        /// When to ask again.
        until_ms: u64,
    },
}

/// What is remembered of a recipient; the store keeps it over restarts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BreakerState {
    /// Failures in a row.
    pub failures: u32,
    /// The last attempts, the newest in the lowest bit; 1 is a failure.
    pub recent: u32,
    /// How many attempts `recent` holds.
    pub recent_count: u32,
    /// Until when it is open, in milliseconds; 0 when it is closed.
    pub open_until_ms: u64,
    /// How long it was opened last, in milliseconds; 0 when it is closed.
    pub open_ms: u64,
}

/// The breaker of one recipient and target.
#[derive(Clone, Debug)]
pub struct Breaker {
    limits: BreakerLimits,
    state: BreakerState,
    /// A probe is on its way. Not remembered: a probe does not outlive its process.
    probing: bool,
}

impl Breaker {
    /// A breaker that goes on from what is remembered.
    #[must_use]
    pub fn new(limits: BreakerLimits, state: BreakerState) -> Self {
        Self { limits, state, probing: false }
    }

    /// Other limits from now on; an open one does not stay open for longer than they say.
    pub fn limit(&mut self, limits: BreakerLimits) {
        self.limits = limits;
    }

    /// What to remember.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// Whether attempts are held back, or wait for a probe.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state.open_ms > 0
    }

    /// Whether attempts are held back until a time that has not come.
    #[must_use]
    pub fn holds_back(&self, now_ms: u64) -> bool {
        self.is_open() && now_ms < self.state.open_until_ms
    }

    /// Asks for an attempt.
    pub fn ask(&mut self, now_ms: u64) -> Leave {
        if !self.is_open() {
            return Leave::Go;
        }
        // A clock that was set back must not hold a recipient back for longer than the breaker ever does.
        let furthest = now_ms.saturating_add(varied(self.limits.open_ms_max, u64::MAX));
        self.state.open_until_ms = self.state.open_until_ms.min(furthest);
        if now_ms < self.state.open_until_ms {
            return Leave::Wait { until_ms: self.state.open_until_ms };
        }
        if self.probing {
            return Leave::Wait { until_ms: now_ms.saturating_add(self.limits.open_ms_min) };
        }
        self.probing = true;
        Leave::Probe
    }

    /// The attempt that was asked for was not made: nothing was there to be sent. Another may be the probe.
    pub fn not_tried(&mut self) {
        self.probing = false;
    }

    /// An attempt was accepted, or refused for good: the recipient answers.
    pub fn answered(&mut self) {
        self.state.failures = 0;
        self.remember(0);
        if self.is_open() {
            self.probing = false;
            self.state = BreakerState::default();
        }
    }

    /// An attempt failed in a way that may pass. `random` is any number, evenly drawn.
    pub fn failed(&mut self, now_ms: u64, at_once: bool, random: u64) {
        self.state.failures = self.state.failures.saturating_add(1);
        self.remember(1);
        if self.is_open() {
            // Attempts that left before it opened come in late: only the probe opens it again.
            if self.probing {
                self.open(now_ms, random);
            }
            return;
        }
        let half = self.state.recent_count == RECENT_MAX && self.state.recent.count_ones() * 2 >= RECENT_MAX;
        if at_once || half || u64::from(self.state.failures) >= self.limits.failures_max {
            self.open(now_ms, random);
        }
    }

    fn open(&mut self, now_ms: u64, random: u64) {
        let (least, most) = (self.limits.open_ms_min.max(1), self.limits.open_ms_max.max(1));
        let doubled = self.state.open_ms.saturating_mul(2);
        self.state.open_ms = doubled.clamp(least.min(most), most);
        self.state.open_until_ms = now_ms.saturating_add(varied(self.state.open_ms, random));
        self.probing = false;
    }

    fn remember(&mut self, failure: u32) {
        self.state.recent = (self.state.recent << 1 | failure) & ((1 << RECENT_MAX) - 1);
        self.state.recent_count = (self.state.recent_count + 1).min(RECENT_MAX);
    }
}

/// A time made longer or shorter by up to the jitter.
fn varied(ms: u64, random: u64) -> u64 {
    let jitter = ms.saturating_mul(OPEN_JITTER_PERCENT) / 100;
    let drawn = (u128::from(random) * (u128::from(jitter) * 2 + 1)) >> 64;
    (ms - jitter).saturating_add(u64::try_from(drawn).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The middle of all draws: no jitter.
    const MIDDLE: u64 = u64::MAX / 2;

    fn breaker() -> Breaker {
        Breaker::new(BreakerLimits::from(&DeliveryLimits::default()), BreakerState::default())
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_probe_through() {
        let mut breaker = breaker();
        for _ in 0..4 {
            breaker.failed(0, false, MIDDLE);
            assert_eq!(breaker.ask(0), Leave::Go);
        }
        breaker.failed(0, false, MIDDLE);
        assert_eq!(breaker.ask(0), Leave::Wait { until_ms: 30_000 });
        assert_eq!(breaker.ask(29_999), Leave::Wait { until_ms: 30_000 });
        assert_eq!(breaker.ask(30_000), Leave::Probe);
        assert_eq!(breaker.ask(30_000), Leave::Wait { until_ms: 60_000 });
        breaker.answered();
        assert_eq!(breaker.ask(30_000), Leave::Go);
        assert_eq!(breaker.state(), BreakerState::default());
    }

    #[test]
    fn each_failed_probe_doubles_the_time_until_the_longest() {
        let mut breaker = breaker();
        breaker.failed(0, true, MIDDLE);
        let mut lengths = Vec::new();
        let mut now = 0;
        for _ in 0..7 {
            let Leave::Wait { until_ms } = breaker.ask(now) else { panic!("it is open") };
            lengths.push(until_ms - now);
            now = until_ms;
            assert_eq!(breaker.ask(now), Leave::Probe);
            breaker.failed(now, false, MIDDLE);
        }
        assert_eq!(lengths, [30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
    }

    #[test]
    fn half_of_the_last_twenty_opens_it_though_never_five_in_a_row() {
        let mut breaker = breaker();
        for n in 0..19 {
            if n % 2 == 0 {
                breaker.failed(0, false, MIDDLE)
            } else {
                breaker.answered()
            }
            assert!(!breaker.is_open(), "{n}");
        }
        breaker.failed(0, false, MIDDLE);
        assert!(breaker.is_open());
    }

    #[test]
    fn attempts_that_come_in_late_neither_prolong_it_nor_take_the_probe() {
        let mut breaker = breaker();
        breaker.failed(0, true, MIDDLE);
        breaker.failed(20_000, true, MIDDLE);
        assert_eq!(breaker.ask(20_000), Leave::Wait { until_ms: 30_000 });
        assert_eq!(breaker.ask(30_000), Leave::Probe);
    }

    #[test]
    fn it_goes_on_over_a_restart_and_forgets_the_probe() {
        let mut breaker = breaker();
        breaker.failed(0, true, MIDDLE);
        assert_eq!(breaker.ask(30_000), Leave::Probe);
        let mut again = Breaker::new(breaker.limits, breaker.state());
        assert_eq!(again.ask(29_000), Leave::Wait { until_ms: 30_000 });
        assert_eq!(again.ask(30_000), Leave::Probe);
    }

    #[test]
    fn a_clock_set_back_by_years_holds_nobody_back_for_years() {
        let mut breaker = breaker();
        breaker.failed(2_000_000_000_000, true, MIDDLE);
        assert_eq!(breaker.ask(1_000), Leave::Wait { until_ms: 1_000 + 1_080_000 });
    }

    proptest! {
        #[test]
        fn whatever_happens_it_closes_after_one_answered_probe(
            steps in proptest::collection::vec((0_u8..3, 0_u64..2_000_000, any::<u64>()), 0..100),
        ) {
            let mut breaker = breaker();
            let mut now = 0_u64;
            for (step, later, random) in steps {
                now += later;
                match step {
                    0 => drop(breaker.ask(now)),
                    1 => breaker.answered(),
                    _ => breaker.failed(now, later % 7 == 0, random),
                }
                if let Leave::Wait { until_ms } = breaker.clone().ask(now) {
                    prop_assert!(until_ms > now && until_ms - now <= 1_080_000);
                }
            }
            breaker.answered();
            prop_assert_eq!(breaker.ask(now), Leave::Go);
        }
    }
}
