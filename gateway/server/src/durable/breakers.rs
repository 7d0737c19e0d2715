//! The breakers of all targets: asked before a lease, told after an attempt, remembered by the store.

use std::collections::{BTreeMap, HashMap};

use store::delivery::Target;

use crate::outbound::breaker::{Breaker, BreakerLimits, BreakerState, Leave};

/// The breakers, by target.
#[derive(Default)]
pub(crate) struct Breakers {
    breakers: HashMap<Target, Breaker>,
}

impl Breakers {
    /// Follows the targets: a breaker whose target stays goes on from where it is, under the limits of now; that of a new
    /// target from where the store was last told; that of a target that is gone is no more.
    pub(crate) fn follow(
        &mut self,
        targets: impl Iterator<Item = (Target, BreakerLimits)>,
        remembered: &[(Target, Vec<u8>)],
    ) {
        let mut before = std::mem::take(&mut self.breakers);
        for (key, limits) in targets {
            let breaker = match before.remove(&key) {
                Some(mut breaker) => {
                    breaker.limit(limits);
                    breaker
                }
                None => {
                    let state = remembered.iter().find(|(target, _)| *target == key).map(|(_, bytes)| read(bytes));
                    Breaker::new(limits, state.unwrap_or_default())
                }
            };
            self.breakers.insert(key, breaker);
        }
    }

    /// How many deliveries may go to a target now, of those that have room: all, one, or none.
    pub(crate) fn most(&mut self, target: &Target, room: u32, now_ms: u64) -> u32 {
        match self.breakers.get_mut(target).map(|breaker| breaker.ask(now_ms)) {
            Some(Leave::Wait { .. }) => 0,
            Some(Leave::Probe) => room.min(1),
            Some(Leave::Go) | None => room,
        }
    }

    /// How the breakers to each recipient stand: 0 closed, 1 waits for a probe, 2 open; the worst of several.
    pub(crate) fn states(&self, now_ms: u64) -> BTreeMap<String, u64> {
        let mut states = BTreeMap::new();
        for (target, breaker) in &self.breakers {
            let state = if breaker.holds_back(now_ms) { 2 } else { u64::from(breaker.is_open()) };
            let recipient = target.split('/').nth(1).unwrap_or(target).to_owned();
            let worst = states.entry(recipient).or_default();
            *worst = state.max(*worst);
        }
        states
    }

    /// A probe was asked for, and nothing was there to be sent.
    pub(crate) fn unasked(&mut self, target: &Target) {
        if let Some(breaker) = self.breakers.get_mut(target) {
            breaker.not_tried();
        }
    }

    /// The recipient answered, whatever it said.
    pub(crate) fn answered(&mut self, target: &Target) -> Option<Vec<u8>> {
        let breaker = self.breakers.get_mut(target)?;
        breaker.answered();
        Some(write(breaker.state()))
    }

    /// An attempt failed in a way that may pass. What to remember, and whether the breaker opened by it.
    pub(crate) fn failed(
        &mut self,
        target: &Target,
        now_ms: u64,
        at_once: bool,
        random: u64,
    ) -> (Option<Vec<u8>>, bool) {
        let Some(breaker) = self.breakers.get_mut(target) else { return (None, false) };
        let was_open = breaker.is_open();
        breaker.failed(now_ms, at_once, random);
        (Some(write(breaker.state())), !was_open && breaker.is_open())
    }
}

fn write(state: BreakerState) -> Vec<u8> {
    let numbers = [
        u64::from(state.failures),
        u64::from(state.recent),
        u64::from(state.recent_count),
        state.open_until_ms,
        state.open_ms,
    ];
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// What cannot be read is a closed breaker: at worst one attempt too many.
fn read(bytes: &[u8]) -> BreakerState {
    let numbers: Vec<u64> =
        bytes.chunks_exact(8).filter_map(|number| number.try_into().ok()).map(u64::from_be_bytes).collect();
    let [failures, recent, recent_count, open_until_ms, open_ms] = numbers[..] else { return BreakerState::default() };
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    BreakerState {
        failures: small(failures),
        recent: small(recent),
        recent_count: small(recent_count),
        open_until_ms,
        open_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_stands_as_the_worst_of_its_targets() {
        let limits = BreakerLimits { failures_max: 5, open_ms_min: 10, open_ms_max: 100 };
        let open = BreakerState { open_until_ms: 50, open_ms: 10, ..BreakerState::default() };
        let breaker = |state| Breaker::new(limits, state);
        let breakers = Breakers {
            breakers: HashMap::from([
                ("a/nurses/0".to_owned(), breaker(BreakerState::default())),
                ("b/nurses/0".to_owned(), breaker(open)),
                ("a/school/1".to_owned(), breaker(BreakerState::default())),
            ]),
        };
        let states = |now| breakers.states(now).into_iter().collect::<Vec<_>>();
        let stand = |nurses| vec![("nurses".to_owned(), nurses), ("school".to_owned(), 0)];
        assert_eq!((states(49), states(50)), (stand(2), stand(1)));
    }

    #[test]
    fn a_target_that_stays_keeps_its_breaker_and_one_that_returns_what_the_store_was_told() {
        let limits = |failures_max| BreakerLimits { failures_max, open_ms_min: 1_000, open_ms_max: 2_000 };
        let targets = |names: &[&str], failures_max| {
            names.iter().map(|name| ((*name).to_owned(), limits(failures_max))).collect::<Vec<_>>().into_iter()
        };
        let (one, two) = ("r/one/0".to_owned(), "r/two/0".to_owned());
        let mut breakers = Breakers::default();
        breakers.follow(targets(&[&one, &two], 2), &[]);
        for target in [&one, &two] {
            breakers.failed(target, 0, false, 0);
        }
        let (told, opened) = breakers.failed(&two, 0, false, 0);
        assert!(opened);
        // The second failure of the first comes under other limits, of which three in a row open.
        breakers.follow(targets(&[&one], 3), &[]);
        assert!(!breakers.failed(&one, 0, false, 0).1);
        assert_eq!(breakers.failed(&two, 0, false, 0), (None, false), "it is no more");
        assert!(breakers.failed(&one, 0, false, 0).1);
        breakers.follow(targets(&[&one, &two], 3), &[(two.clone(), told.unwrap())]);
        assert_eq!((breakers.most(&one, 5, 10), breakers.most(&two, 5, 10)), (0, 0), "both are open still");
    }

    #[test]
    fn a_state_comes_back_as_it_was_remembered_and_damage_is_a_closed_breaker() {
        let state =
            BreakerState { failures: 3, recent: 0b111, recent_count: 7, open_until_ms: u64::MAX, open_ms: 30_000 };
        let bytes = write(state);
        assert_eq!(read(&bytes), state);
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), BreakerState::default(), "{end}");
        }
    }
}
