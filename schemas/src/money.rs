//! Amounts of money: whole pence inside, pounds on paper.

use crate::inline::hide_value_in_debug;

/// Most digits of the pounds of an amount.
pub const POUND_DIGITS_MAX: usize = 7;

/// An amount in pence, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pence(u32);

hide_value_in_debug!(Pence);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyFault {
    /// It is an amount below nothing.
    Negative,
    /// It is no amount in pounds, or one of too many digits.
    Shape,
}

impl Pence {
    /// The most that an amount may be: seven digits of pounds.
    pub const MOST: u32 = 999_999_999;

    /// An amount of so many pence; `None` above [`MOST`](Self::MOST).
    pub const fn new(pence: u32) -> Option<Pence> {
        if pence > Self::MOST {
            return None;
        }
        Some(Pence(pence))
    }

    /// The number of pence.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Reads pounds with at most two decimals: `650`, `650.5`, `£1,650.00`. Blanks around it are dropped.
    ///
    /// # Errors
    /// [`MoneyFault`] when it is negative or no amount.
    pub fn read_pounds(bytes: &[u8]) -> Result<Pence, MoneyFault> {
        let text = bytes.trim_ascii();
        let (negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let text = text.strip_prefix("£".as_bytes()).unwrap_or(text).trim_ascii();
        let pence = pence_of(text).ok_or(MoneyFault::Shape)?;
        if negative && pence.0 != 0 { Err(MoneyFault::Negative) } else { Ok(pence) }
    }

    /// Appends pounds with two decimals: `650.00`.
    pub fn write_pounds(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{}.{:02}", self.0 / 100, self.0 % 100).as_bytes());
    }
}

/// Digits, in groups of three parted by commas or in none, and at most two decimals.
fn pence_of(text: &[u8]) -> Option<Pence> {
    let mut halves = text.splitn(2, |byte| *byte == b'.');
    let (pounds, decimals) = (halves.next()?, halves.next());
    let mut groups = pounds.split(|byte| *byte == b',');
    let first = groups.next()?;
    let grouped = pounds.len() != first.len();
    if (grouped && !(1..=3).contains(&first.len())) || groups.any(|group| group.len() != 3) {
        return None;
    }
    let digits: Vec<u8> = pounds.iter().copied().filter(|byte| *byte != b',').collect();
    let decimals = match decimals {
        None => [b'0', b'0'],
        Some(&[tenths]) => [tenths, b'0'],
        Some(&[tenths, hundredths]) => [tenths, hundredths],
        Some(_) => return None,
    };
    if digits.is_empty() || digits.len() > POUND_DIGITS_MAX {
        return None;
    }
    crate::digits::read_digits(&[&digits[..], &decimals].concat()).map(Pence)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pence(text: &str) -> Result<u32, MoneyFault> {
        Pence::read_pounds(text.as_bytes()).map(Pence::number)
    }

    #[test]
    fn pounds_are_read_as_people_write_them() {
        for (text, expected) in [
            ("650.00", 65_000),
            ("650", 65_000),
            ("650.5", 65_050),
            ("£650", 65_000),
            (" £ 1,650.05 ", 165_005),
            ("0", 0),
            ("-0.00", 0),
            ("9999999.99", Pence::MOST),
            ("9,999,999.99", Pence::MOST),
            ("0012", 1_200),
        ] {
            assert_eq!(pence(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in
            ["", "£", ".5", "5.", "1.234", "1,65", "1,6500", ",650", "6 50", "12a", "10000000", "--1", "1.2.3", "€5"]
        {
            assert_eq!(pence(text), Err(MoneyFault::Shape), "{text}");
        }
        for text in ["-1", "-£650.00", "-0.01"] {
            assert_eq!(pence(text), Err(MoneyFault::Negative), "{text}");
        }
        assert_eq!((Pence::new(Pence::MOST + 1), Pence::new(7).map(Pence::number)), (None, Some(7)));
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "-?£?[0-9,.]{0,14}") {
            let _ = (Pence::read_pounds(&bytes), Pence::read_pounds(near.as_bytes()));
        }

        #[test]
        fn what_is_written_reads_back(number in 0..=Pence::MOST) {
            let mut out = Vec::new();
            Pence::new(number).unwrap().write_pounds(&mut out);
            prop_assert_eq!(Pence::read_pounds(&out).map(Pence::number), Ok(number));
        }
    }
}
