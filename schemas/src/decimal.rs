//! Decimal numbers that keep their digits, so that `19.10` goes out as it came in.

use crate::inline::{Inline, hide_value_in_debug};

/// Most characters of a decimal text, sign and point included.
pub const DECIMAL_CHARACTERS_MAX: usize = 12;

/// A decimal number as it was written: an optional `-`, digits, and optionally a point and digits.
///
/// Equality is that of the text: `19.1` and `19.10` differ. No blanks, no `+`, no exponent, no thousands separator.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal(Inline<DECIMAL_CHARACTERS_MAX>);

hide_value_in_debug!(Decimal);

impl Decimal {
    /// Reads a decimal number; blanks around it are dropped. `None` when it is something else or over 12 characters.
    pub fn read(bytes: &[u8]) -> Option<Decimal> {
        let text = bytes.trim_ascii();
        let unsigned = text.strip_prefix(b"-").unwrap_or(text);
        let mut parts = unsigned.splitn(2, |&byte| byte == b'.');
        let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        if !parts.all(digits) {
            return None;
        }
        Inline::printable(text).map(Decimal)
    }

    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Appends the number as it was written.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_stay_as_written() {
        for text in ["19.10", "0", "-3.5", "999.9", "007", "123456789.01"] {
            assert_eq!(Decimal::read(text.as_bytes()).unwrap().as_str(), text);
        }
        assert_eq!(Decimal::read(b" 19.10\t").unwrap().as_str(), "19.10");
        assert_ne!(Decimal::read(b"19.1"), Decimal::read(b"19.10"));
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", " ", "-", ".", "1.", ".5", "1.2.3", "+1", "1e3", "1,000", "--1", "1 2", "NaN", "1234567890.12"]
        {
            assert_eq!(Decimal::read(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>) {
            let _ = Decimal::read(&bytes);
        }

        #[test]
        fn what_is_written_reads_back(text in "-?[0-9]{1,6}(\\.[0-9]{1,4})?") {
            let decimal = Decimal::read(text.as_bytes()).unwrap();
            let mut out = Vec::new();
            decimal.write(&mut out);
            prop_assert_eq!(&out[..], text.as_bytes());
            prop_assert_eq!(Decimal::read(&out), Some(decimal));
        }
    }
}
