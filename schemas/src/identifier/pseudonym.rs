//! The name that a pseudonymous view gives to a child, different for each recipient and year.

use std::fmt;

use crate::inline::{Inline, hide_value_in_debug};

/// The digits of Crockford's base 32: no I, L, O or U, so that a person can read them out.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HEX: &[u8; 16] = b"0123456789abcdef";
/// Where the hyphens of a UUID stand in its text.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// A pseudonym: 128 bits, written as a UUID.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym([u8; 16]);

hide_value_in_debug!(Pseudonym);

impl Pseudonym {
    /// A pseudonym of the bits that a keyed hash gave.
    pub const fn new(bits: [u8; 16]) -> Pseudonym {
        Pseudonym(bits)
    }

    /// Reads the text of a UUID in either case; blanks around it are dropped.
    pub fn read(bytes: &[u8]) -> Option<Pseudonym> {
        let text: &[u8; 36] = bytes.trim_ascii().try_into().ok()?;
        let mut bits = [0; 16];
        let mut digits = 0;
        for (position, &character) in text.iter().enumerate() {
            if HYPHENS.contains(&position) {
                if character != b'-' {
                    return None;
                }
                continue;
            }
            let digit = char::from(character).to_digit(16)? as u8;
            bits[digits / 2] = bits[digits / 2] << 4 | digit;
            digits += 1;
        }
        Some(Pseudonym(bits))
    }

    /// The 128 bits.
    pub const fn bits(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first 50 bits as 10 characters of Crockford's base 32: for people to compare, too short to be a key.
    pub fn short(&self) -> Inline<10> {
        let number = u128::from_be_bytes(self.0);
        let mut characters = [0; 10];
        for (position, character) in characters.iter_mut().enumerate() {
            *character = CROCKFORD[(number >> (123 - 5 * position)) as usize & 31];
        }
        Inline::filled_with_ascii(characters)
    }

    /// Appends the UUID, in lower case.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.text());
    }

    fn text(&self) -> [u8; 36] {
        let mut text = [b'-'; 36];
        let mut position = 0;
        for byte in self.0 {
            if HYPHENS.contains(&position) {
                position += 1;
            }
            text[position] = HEX[usize::from(byte >> 4)];
            text[position + 1] = HEX[usize::from(byte & 15)];
            position += 2;
        }
        text
    }
}

/// The UUID, in lower case.
impl fmt::Display for Pseudonym {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn written_as_a_uuid_and_as_ten_characters() {
        let pseudonym = Pseudonym::new(std::array::from_fn(|index| index as u8 * 17));
        assert_eq!(pseudonym.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        // 0x00112233445566 is 00000 00000 01000 10010 00100 01100 11010 00100 01010 10101 in groups of five bits.
        assert_eq!(pseudonym.short().as_str(), "008J4CT4AN");
        assert_eq!(Pseudonym::new([0xff; 16]).short().as_str(), "ZZZZZZZZZZ");
        assert_eq!(Pseudonym::new([0; 16]).short().as_str(), "0000000000");
        assert_eq!(format!("{pseudonym:?}"), "Pseudonym(..)");
    }

    #[test]
    fn what_is_no_uuid_is_refused() {
        for bad in [
            "",
            "00112233445566778899aabbccddeeff",
            "00112233-4455-6677-8899-aabbccddeef",
            "00112233-4455-6677-8899-aabbccddeefff",
            "00112233-4455-6677-8899-aabbccddeefg",
            "0011223-34455-6677-8899-aabbccddeeff",
            "{0112233-4455-6677-8899-aabbccddeef}",
        ] {
            assert_eq!(Pseudonym::read(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "[0-9a-fA-F-]{36}") {
            let _ = (Pseudonym::read(&bytes), Pseudonym::read(near.as_bytes()));
        }

        #[test]
        fn what_is_written_reads_back(bits: [u8; 16]) {
            let pseudonym = Pseudonym::new(bits);
            let text = pseudonym.to_string();
            prop_assert_eq!(Pseudonym::read(text.as_bytes()), Some(pseudonym));
            prop_assert_eq!(Pseudonym::read(text.to_uppercase().as_bytes()), Some(pseudonym));
            prop_assert_eq!(pseudonym.short().as_str().len(), 10);
        }
    }
}
