//! Numbers of schools: the URN of the register of schools, and the number made of authority and establishment.

use super::LaCode;
use crate::digits::{digits_of, read_digits};
use crate::inline::hide_value_in_debug;

/// A school's number in Get Information About Schools: exactly six digits, never padded.
///
/// It is no Ofsted social care URN, which has seven digits or begins with `SC`: see [`OfstedUrn`](super::OfstedUrn).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolUrn(u32);

hide_value_in_debug!(SchoolUrn);

impl SchoolUrn {
    /// Reads six digits; blanks around them are dropped.
    pub fn read(bytes: &[u8]) -> Option<SchoolUrn> {
        let digits = bytes.trim_ascii();
        if digits.len() != 6 {
            return None;
        }
        read_digits(digits).map(SchoolUrn)
    }

    /// Appends the six digits.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&digits_of::<6>(self.0));
    }
}

/// A school's number by its authority: three digits of the authority and four of the establishment.
///
/// Source: CBDS, `LEA` and `Estab`. Whether there is such an authority is a matter of the code list, not of this type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Laestab {
    authority: LaCode,
    establishment: u16,
}

hide_value_in_debug!(Laestab);

impl Laestab {
    /// A number by its two halves; `None` when the establishment has more than four digits.
    pub const fn new(authority: LaCode, establishment: u16) -> Option<Laestab> {
        if establishment > 9999 {
            return None;
        }
        Some(Laestab { authority, establishment })
    }

    /// Reads `3309999`, `330/9999`, `330-9999` or `330 9999`; blanks around it are dropped.
    pub fn read(bytes: &[u8]) -> Option<Laestab> {
        let (authority, rest) = bytes.trim_ascii().split_at_checked(3)?;
        let establishment = match rest {
            [b'/' | b'-' | b' ', digits @ ..] => digits,
            digits => digits,
        };
        if establishment.len() != 4 {
            return None;
        }
        let establishment = u16::try_from(read_digits(establishment)?).ok()?;
        Laestab::new(LaCode::read(authority)?, establishment)
    }

    /// The authority.
    pub const fn authority(self) -> LaCode {
        self.authority
    }

    /// The establishment, 0 to 9999.
    pub const fn establishment(self) -> u16 {
        self.establishment
    }

    /// Appends the seven digits.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.authority.write(out);
        out.extend_from_slice(&digits_of::<4>(u32::from(self.establishment)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_school_urn_has_exactly_six_digits() {
        for good in ["100000", "999999", " 123456 "] {
            let mut out = Vec::new();
            SchoolUrn::read(good.as_bytes()).unwrap().write(&mut out);
            assert_eq!(out, good.trim().as_bytes());
        }
        for bad in ["", "12345", "1234567", "SC123456", "12345x", "12 3456", "１23456"] {
            assert_eq!(SchoolUrn::read(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn authority_and_establishment_are_read_together_or_parted() {
        let whole = Laestab::read(b"3309999").unwrap();
        assert_eq!((whole.authority().number(), whole.establishment()), (330, 9999));
        for text in ["330/9999", "330-9999", "330 9999", " 3309999 "] {
            assert_eq!(Laestab::read(text.as_bytes()), Some(whole), "{text}");
        }
        for bad in
            ["", "330", "330999", "33099999", "330//9999", "330.9999", "0309999", "330/999", "330 99999", "33O9999"]
        {
            assert_eq!(Laestab::read(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(Laestab::new(whole.authority(), 10_000), None);
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "[0-9/ -]{0,9}") {
            for bytes in [&bytes[..], near.as_bytes()] {
                let _ = (SchoolUrn::read(bytes), Laestab::read(bytes));
            }
        }

        #[test]
        fn what_is_written_reads_back(urn in "[0-9]{6}", laestab in "[1-9][0-9]{6}") {
            let (urn, laestab) = (SchoolUrn::read(urn.as_bytes()).unwrap(), Laestab::read(laestab.as_bytes()).unwrap());
            let (mut urn_out, mut laestab_out) = (Vec::new(), Vec::new());
            urn.write(&mut urn_out);
            laestab.write(&mut laestab_out);
            prop_assert_eq!(SchoolUrn::read(&urn_out), Some(urn));
            prop_assert_eq!(Laestab::read(&laestab_out), Some(laestab));
        }
    }
}
