//! Chance that can be repeated: SplitMix64, one stream for each purpose of each child.
//!
//! Because a stream hangs on nothing but seed, child and purpose, any file can be written without the others, and a
//! child is the same child in each of them.

use schemas::date::Date;

/// The step of SplitMix64: 2⁶⁴ divided by the golden ratio, made odd.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a stream is drawn for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Who,
    Care,
    Pupil,
    Mother,
    Reviews,
    Missing,
    Outcomes,
    Leaver,
    Asylum,
    Adoption,
    PreviousPermanence,
    SocialWorker,
    Liberty,
    Link,
    Restriction,
    Consent,
    Delegation,
    Home,
    Faults,
    Land,
    Agency,
    Share,
    Household,
    Page,
    Week,
    Search,
}

/// A stream of chance.
pub(super) struct Draw(u64);

impl Draw {
    /// The stream of one purpose of one child.
    pub(super) fn of(seed: u64, child: u32, purpose: Purpose) -> Self {
        let child = mixed(mixed(seed) ^ u64::from(child).wrapping_mul(STEP));
        Self(mixed(child ^ (purpose as u64 + 1)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A number from 0 to one less than `count`; 0 when there is nothing to choose from.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        // The upper half of the product is spread evenly enough: the bias is below 2⁻³².
        ((u128::from(self.next()) * u128::from(count)) >> 64) as u32
    }

    /// Whether something happens that happens to so many of a thousand.
    pub(super) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of several, each as likely as the others.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, from: &[T; N]) -> T {
        const { assert!(N > 0) };
        from[self.below(N as u32) as usize]
    }

    /// One of several by weight.
    pub(super) fn weighted<T: Copy, const N: usize>(&mut self, from: &[(T, u32); N]) -> T {
        const { assert!(N > 0) };
        let mut rest = self.below(from.iter().map(|(_, weight)| weight).sum());
        for (value, weight) in from {
            match rest.checked_sub(*weight) {
                Some(left) => rest = left,
                None => return *value,
            }
        }
        from[N - 1].0
    }

    /// From `least` to `most` of several, in their order and each once; all where there are fewer.
    pub(super) fn some<T: Copy>(&mut self, from: &[T], least: u32, most: u32) -> Vec<T> {
        let mut wanted = least + self.below(most.saturating_sub(least) + 1);
        let mut some = Vec::new();
        for (left, one) in (1..=from.len() as u32).rev().zip(from) {
            if self.below(left) < wanted {
                some.push(*one);
                wanted -= 1;
            }
        }
        some
    }

    /// A day from `first` to `last`, both among them; `first` when they are the wrong way round.
    pub(super) fn day(&mut self, first: Date, last: Date) -> Date {
        let days = u32::try_from(last.days_since(first)).unwrap_or(0);
        let on = self.below(days + 1);
        later(first, i32::try_from(on).unwrap_or(0))
    }

    /// So many days from `least` to `most`, both among them.
    pub(super) fn days(&mut self, least: i32, most: i32) -> i32 {
        let span = u32::try_from(most - least).unwrap_or(0);
        least + i32::try_from(self.below(span + 1)).unwrap_or(0)
    }
}

/// The finaliser of SplitMix64.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The day so many days later, earlier when negative. Days here lie within a life of a collection year.
pub(super) fn later(day: Date, days: i32) -> Date {
    day.add_days(days).unwrap_or(day)
}

/// The same day so many years later, earlier when negative.
pub(super) fn years_later(day: Date, years: i16) -> Date {
    day.add_years(years).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first numbers of the published algorithm from state 0.
        let mut draw = Draw(0);
        assert_eq!([draw.next(), draw.next()], [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]);
    }

    #[test]
    fn streams_differ_by_seed_child_and_purpose() {
        let first = |seed, child, purpose| Draw::of(seed, child, purpose).next();
        let one = first(1, 1, Purpose::Who);
        assert_eq!(one, first(1, 1, Purpose::Who));
        assert!(
            [first(2, 1, Purpose::Who), first(1, 2, Purpose::Who), first(1, 1, Purpose::Care)]
                .iter()
                .all(|n| *n != one)
        );
    }

    #[test]
    fn draws_keep_their_bounds() {
        let mut draw = Draw::of(7, 7, Purpose::Who);
        let mut seen = [false; 3];
        for _ in 0..1_000 {
            seen[draw.below(3) as usize] = true;
            assert!((2..=4).contains(&draw.days(2, 4)));
            assert_eq!(draw.weighted(&[('a', 0), ('b', 1), ('c', 0)]), 'b');
        }
        assert_eq!((seen, draw.below(0)), ([true; 3], 0));
    }

    #[test]
    fn some_of_several_are_as_many_as_were_asked_for_in_their_order() {
        let mut draw = Draw::of(7, 7, Purpose::Who);
        let mut lengths = [false; 5];
        for _ in 0..1_000 {
            let some = draw.some(&['a', 'b', 'c', 'd'], 1, 3);
            assert!(some.is_sorted() && some.windows(2).all(|pair| pair[0] != pair[1]));
            lengths[some.len()] = true;
        }
        assert_eq!(lengths, [false, true, true, true, false]);
        assert_eq!((draw.some(&['a', 'b'], 5, 9), draw.some::<char>(&[], 1, 1)), (vec!['a', 'b'], vec![]));
    }
}
