//! The breakers of all targets: asked before a lease, told after an attempt, remembered by the store.

use std::collections::HashMap;

use store::delivery::Target;

use super::way::Way;
use crate::outbound::breaker::{Breaker, BreakerLimits, BreakerState, Leave};

/// The breakers, by target.
#[derive(Default)]
pub(crate) struct Breakers {
    breakers: HashMap<Target, Breaker>,
}

impl Breakers {
    /// Follows the ways: a breaker whose target stays goes on from where it is, under the limits of now; that of a new
    /// target from where the store was last told; that of a target that is gone is no more.
    pub(crate) fn follow<'w>(&mut self, ways: impl Iterator<Item = &'w Way>, remembered: &[(Target, Vec<u8>)]) {
        let mut before = std::mem::take(&mut self.breakers);
        for way in ways {
            let limits = BreakerLimits::from(&way.target.delivery.limits);
            let breaker = match before.remove(&way.key) {
                Some(mut breaker) => {
                    breaker.limit(limits);
                    breaker
                }
                None => {
                    let state = remembered.iter().find(|(target, _)| *target == way.key).map(|(_, bytes)| read(bytes));
                    Breaker::new(limits, state.unwrap_or_default())
                }
            };
            self.breakers.insert(way.key.clone(), breaker);
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
