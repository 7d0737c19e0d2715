//! How long to wait between two attempts: full jitter, so that deliveries that failed together do not return together.

/// A wait in milliseconds, anywhere from the least to the least doubled with each attempt, the greatest at most.
///
/// `random` is any number, evenly drawn. A greatest below the least counts as the least.
#[must_use]
pub fn wait_ms(attempt: u32, wait_ms_min: u64, wait_ms_max: u64, random: u64) -> u64 {
    let doubled = wait_ms_min.saturating_mul(1_u64.checked_shl(attempt).unwrap_or(u64::MAX));
    let most = doubled.min(wait_ms_max).max(wait_ms_min);
    let room = u128::from(most - wait_ms_min) + 1;
    // Multiply and shift spreads the draw evenly without the bias of a remainder.
    let drawn = (u128::from(random) * room) >> 64;
    wait_ms_min + u64::try_from(drawn).unwrap_or(u64::MAX)
}

/// When to try next, after a restart or a jump of the clock: never further away than the longest wait.
#[must_use]
pub fn brought_back_ms(next_at_ms: u64, now_ms: u64, wait_ms_max: u64) -> u64 {
    next_at_ms.min(now_ms.saturating_add(wait_ms_max))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_lies_within_its_bounds(attempt: u32, least: u64, greatest: u64, random: u64) {
            let wait = wait_ms(attempt, least, greatest, random);
            prop_assert!(wait >= least && wait <= greatest.max(least));
        }

        #[test]
        fn a_later_attempt_never_waits_less_for_the_same_draw(attempt in 0_u32..100, least in 1_u64..10_000, random: u64) {
            prop_assert!(wait_ms(attempt, least, 900_000, random) <= wait_ms(attempt + 1, least, 900_000, random));
        }

        #[test]
        fn nothing_is_put_off_beyond_the_longest_wait(next: u64, now: u64, greatest: u64) {
            let brought = brought_back_ms(next, now, greatest);
            prop_assert!(brought <= next && brought.saturating_sub(now) <= greatest);
        }
    }

    #[test]
    fn both_ends_are_drawn() {
        assert_eq!(wait_ms(3, 1_000, 900_000, 0), 1_000);
        assert_eq!(wait_ms(3, 1_000, 900_000, u64::MAX), 8_000);
        assert_eq!(wait_ms(63, 1_000, 900_000, u64::MAX), 900_000);
        assert_eq!(wait_ms(64, 1_000, 900_000, u64::MAX), 900_000);
    }

    #[test]
    fn draws_spread_evenly() {
        let tenths = 1_000_u64;
        let mut counts = [0_u32; 10];
        for n in 0..tenths {
            let wait = wait_ms(4, 1_000, 900_000, n * (u64::MAX / tenths));
            let place = usize::try_from((wait - 1_000) * 10 / 15_001).unwrap();
            counts[place] += 1;
        }
        assert!(counts.iter().all(|count| (95..=105).contains(count)), "{counts:?}");
    }
}
