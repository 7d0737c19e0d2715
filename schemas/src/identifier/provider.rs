//! Identifiers of those who look after children: registered homes and agencies, carers, social workers.

use std::fmt;

use super::{
    IdentifierFault, PROVIDER_URN_CHARACTERS_MAX, REFERENCE_CHARACTERS_MAX, WORKER_ID_CHARACTERS_MAX, own_text,
    own_text_identifier,
};
use crate::code::Regulator;
use crate::digits::{digits_of, read_digits};
use crate::inline::{Inline, hide_value_in_debug};

/// The number under which Ofsted has registered a home or an agency, or the word that there is none.
///
/// Source: SSDA903 2025/26, Episodes `URN`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfstedUrn {
    /// `SC` and six digits.
    Sc(UrnDigits<6>),
    /// Seven digits, as newer registrations have.
    Seven(UrnDigits<7>),
    /// `XXXXXXX`: certainly not registered with Ofsted (with the Care Quality Commission, say).
    NotRegistered,
}

hide_value_in_debug!(OfstedUrn);

/// The digits of an [`OfstedUrn`]: a number of `WIDTH` digits, leading zeros among them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrnDigits<const WIDTH: usize>(u32);

impl<const WIDTH: usize> fmt::Debug for UrnDigits<WIDTH> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UrnDigits(..)")
    }
}

impl<const WIDTH: usize> UrnDigits<WIDTH> {
    /// The digits as a number.
    pub const fn number(self) -> u32 {
        self.0
    }

    fn read(digits: &[u8]) -> Option<Self> {
        if digits.len() != WIDTH {
            return None;
        }
        read_digits(digits).map(UrnDigits)
    }
}

impl OfstedUrn {
    /// Reads `SC123456`, seven digits or `XXXXXXX`, in any case; blanks around it are dropped.
    pub fn read(bytes: &[u8]) -> Option<OfstedUrn> {
        match bytes.trim_ascii() {
            [b'S' | b's', b'C' | b'c', digits @ ..] => UrnDigits::read(digits).map(OfstedUrn::Sc),
            text if text.eq_ignore_ascii_case(b"XXXXXXX") => Some(OfstedUrn::NotRegistered),
            digits => UrnDigits::read(digits).map(OfstedUrn::Seven),
        }
    }

    /// Appends it in its upper-case form.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            OfstedUrn::Sc(digits) => {
                out.extend_from_slice(b"SC");
                out.extend_from_slice(&digits_of::<6>(digits.0));
            }
            OfstedUrn::Seven(digits) => out.extend_from_slice(&digits_of::<7>(digits.0)),
            OfstedUrn::NotRegistered => out.extend_from_slice(b"XXXXXXX"),
        }
    }
}

/// The number of an agency, home or setting at whoever registers it. That of Ofsted has its shape; others are kept as
/// they are given, in upper case.
///
/// Source: IFA formats, section 1 and column `provider_urn`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderUrn {
    regulator: Regulator,
    number: Inline<PROVIDER_URN_CHARACTERS_MAX>,
}

hide_value_in_debug!(ProviderUrn);

impl ProviderUrn {
    /// Reads the number at a regulator; blanks around it are dropped.
    ///
    /// # Errors
    /// [`IdentifierFault`] when it is blank, too long, not ASCII, holds a control character, or is none of Ofsted's.
    pub fn read(regulator: Regulator, bytes: &[u8]) -> Result<ProviderUrn, IdentifierFault> {
        let number = own_text(&bytes.to_ascii_uppercase())?;
        let known = ProviderUrn { regulator, number };
        let is_ofsteds = || matches!(OfstedUrn::read(bytes), Some(OfstedUrn::Sc(_) | OfstedUrn::Seven(_)));
        if regulator == Regulator::Ofsted && !is_ofsteds() { Err(IdentifierFault::Shape) } else { Ok(known) }
    }

    /// Who registers it.
    pub fn regulator(self) -> Regulator {
        self.regulator
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        self.number.as_str()
    }

    /// Appends the number.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.number.as_bytes());
    }
}

/// The name that an agency gives to a carer or a household; it means something only beside the agency's URN, and never
/// names a child.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CarerRef(Inline<REFERENCE_CHARACTERS_MAX>);

own_text_identifier!(CarerRef);

/// The registration number of a social worker.
///
/// Source: SSDA903 2025/26, SWEpisodes `SW_ID`; at most 12 characters in the DfE's children's social care API.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(Inline<WORKER_ID_CHARACTERS_MAX>);

own_text_identifier!(WorkerId);

impl WorkerId {
    /// Whether it begins with `SW` (registered with Social Work England) or `XX` (not yet), in any case.
    ///
    /// Source: SSDA903 2025/26, rule SW02.
    pub fn has_known_prefix(&self) -> bool {
        self.0
            .as_bytes()
            .get(..2)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"SW") || prefix.eq_ignore_ascii_case(b"XX"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(urn: OfstedUrn) -> String {
        let mut out = Vec::new();
        urn.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn urns_old_new_and_none() {
        for (text, form) in [
            ("SC123456", "SC123456"),
            ("sc000001", "SC000001"),
            (" 2551234 ", "2551234"),
            ("0000001", "0000001"),
            ("XXXXXXX", "XXXXXXX"),
            ("xxxXXXx", "XXXXXXX"),
        ] {
            assert_eq!(written(OfstedUrn::read(text.as_bytes()).unwrap()), form, "{text}");
        }
    }

    #[test]
    fn what_is_no_urn_is_refused() {
        for bad in [
            "",
            "SC",
            "SC12345",
            "SC1234567",
            "S1234567",
            "123456",
            "12345678",
            "SC12345a",
            "SC 123456",
            "XXXXXX",
            "XXXXXXXX",
            "-234567",
        ] {
            assert_eq!(OfstedUrn::read(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_provider_is_known_by_its_number_and_who_registers_it() {
        let ofsted = ProviderUrn::read(Regulator::Ofsted, b" sc999901 ").unwrap();
        assert_eq!((ofsted.as_str(), ofsted.regulator()), ("SC999901", Regulator::Ofsted));
        for bad in ["123456", "XXXXXXX", "SC99990", "W18/0001"] {
            assert_eq!(ProviderUrn::read(Regulator::Ofsted, bad.as_bytes()), Err(IdentifierFault::Shape), "{bad}");
        }
        let welsh = ProviderUrn::read(Regulator::CareInspectorateWales, b"W18/0001").unwrap();
        assert_eq!(welsh.as_str(), "W18/0001");
        assert_ne!(welsh, ProviderUrn::read(Regulator::Unregistered, b"W18/0001").unwrap());
        assert_eq!(ProviderUrn::read(Regulator::Unregistered, &[b'9'; 21]), Err(IdentifierFault::TooLong));
        assert_eq!(ProviderUrn::read(Regulator::Ofsted, b" "), Err(IdentifierFault::Blank));
        assert_eq!(format!("{ofsted:?}"), "ProviderUrn(..)");
    }

    #[test]
    fn prefixes_of_workers() {
        for (id, known) in [("SW1234", true), ("xx9", true), ("S", false), ("1234", false), ("WS12", false)] {
            assert_eq!(WorkerId::read(id.as_bytes()).unwrap().has_known_prefix(), known, "{id}");
        }
    }

    #[test]
    fn own_text_is_held_to_its_length_and_characters() {
        assert_eq!(WorkerId::read(b" SW1234567890 ").unwrap().as_str(), "SW1234567890");
        assert_eq!(WorkerId::read(b"SW12345678901"), Err(IdentifierFault::TooLong));
        assert_eq!(WorkerId::read(b" \t"), Err(IdentifierFault::Blank));
        assert_eq!(WorkerId::read(b"SW\x001"), Err(IdentifierFault::ControlCharacter));
        assert_eq!(WorkerId::read("SWé".as_bytes()), Err(IdentifierFault::NotAscii));
        assert_eq!(CarerRef::read(&[b'c'; 36]).unwrap().as_str(), "c".repeat(36));
        assert_eq!(CarerRef::read(&[b'c'; 37]), Err(IdentifierFault::TooLong));
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>) {
            let _ = (OfstedUrn::read(&bytes), CarerRef::read(&bytes), WorkerId::read(&bytes));
        }

        #[test]
        fn what_is_written_reads_back(urn in "(SC[0-9]{6}|[0-9]{7}|X{7})", text in "[!-~]([ -~]{0,10}[!-~])?") {
            let urn = OfstedUrn::read(urn.as_bytes()).unwrap();
            prop_assert_eq!(OfstedUrn::read(written(urn).as_bytes()), Some(urn));
            let (worker, carer) = (WorkerId::read(text.as_bytes()).unwrap(), CarerRef::read(text.as_bytes()).unwrap());
            let mut out = Vec::new();
            worker.write(&mut out);
            prop_assert_eq!(WorkerId::read(&out), Ok(worker));
            prop_assert_eq!(CarerRef::read(&out), Ok(carer));
        }
    }
}
