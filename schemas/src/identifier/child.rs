//! Identifiers of a child: the authority's, the NHS's, the school's, and the one of a referral.

use super::{
    IdentifierFault, LA_CHILD_ID_CHARACTERS_MAX, REFERENCE_CHARACTERS_MAX, own_text, own_text_identifier,
    text_identifier,
};
use crate::inline::Inline;

/// The letters of UPN check letters and temporary serials by their values, 0 to 22. I, O and S are left out.
const UPN_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// The child's id in the case system of an authority.
///
/// Source: SSDA903 2025/26, `CHILD`; Annex A, `Child Unique ID`; CIN census, `LAchildID`. Leading zeros are part of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaChildId(Inline<LA_CHILD_ID_CHARACTERS_MAX>);

text_identifier!(LaChildId);

impl LaChildId {
    /// Reads an id; blanks around it are dropped and letters become upper case.
    ///
    /// A spreadsheet that took the id for a number leaves `123.0`, which is mended to `123`; the flag says so.
    ///
    /// # Errors
    /// [`IdentifierFault`] when it is blank, a placeholder (all zeros, `-1`), over 20 characters, not ASCII or holds a
    /// control character.
    pub fn read(bytes: &[u8]) -> Result<(LaChildId, bool), IdentifierFault> {
        let text = bytes.trim_ascii();
        let whole = text.strip_suffix(b".0").filter(|whole| is_whole_number(whole));
        let text = whole.unwrap_or(text);
        if text == b"-1" || (!text.is_empty() && text.iter().all(|&byte| byte == b'0')) {
            return Err(IdentifierFault::Placeholder);
        }
        Ok((LaChildId(own_text(text)?.upper()), whole.is_some()))
    }
}

/// The second id that the case system of an authority gives to a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaPersonId(Inline<REFERENCE_CHARACTERS_MAX>);

own_text_identifier!(LaPersonId);

/// The random name of a child within one referral: the only one that providers see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReferralRef(Inline<REFERENCE_CHARACTERS_MAX>);

own_text_identifier!(ReferralRef);

/// An NHS number whose check digit holds.
///
/// Source: NHS Data Dictionary, NHS NUMBER: ten digits, the last by modulus 11.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber(Inline<10>);

text_identifier!(NhsNumber);

impl NhsNumber {
    /// Reads ten digits, together or as printed in groups of 3, 3 and 4 parted by a blank or a hyphen.
    ///
    /// # Errors
    /// [`IdentifierFault`] when it is blank, has another shape, repeats one digit throughout, or its check digit does
    /// not hold.
    pub fn read(bytes: &[u8]) -> Result<NhsNumber, IdentifierFault> {
        let digits = match *bytes.trim_ascii() {
            [] => return Err(IdentifierFault::Blank),
            [a, b, c, b' ' | b'-', d, e, f, b' ' | b'-', g, h, i, j] => [a, b, c, d, e, f, g, h, i, j],
            ref digits => digits.try_into().map_err(|_| IdentifierFault::Shape)?,
        };
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(IdentifierFault::Shape);
        }
        if digits.iter().all(|&digit| digit == digits[0]) {
            return Err(IdentifierFault::Placeholder);
        }
        // A remainder of 1 would need a check digit of ten: such numbers are not issued.
        let check = match remainder_of_eleven(&digits) {
            0 => 0,
            remainder => 11 - remainder,
        };
        if u32::from(digits[9] - b'0') != check {
            return Err(IdentifierFault::CheckDigit);
        }
        Ok(NhsNumber(Inline::filled_with_ascii(digits)))
    }
}

/// A unique pupil number, permanent or temporary, of the right shape.
///
/// Real data hold numbers with a wrong check letter, so the letter is asked for and not required:
/// [`Upn::check_letter_holds`]. `UN1` to `UN7` are no UPN but the reason why there is none.
///
/// Source: SSDA903 2025/26, Header `UPN` and rule 168.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upn(Inline<13>);

text_identifier!(Upn);

impl Upn {
    /// Reads a letter (not I, O or S), eleven digits, and a digit or, in a temporary number, a letter; in any case.
    /// Blanks around it are dropped.
    pub fn read(bytes: &[u8]) -> Option<Upn> {
        let mut text: [u8; 13] = bytes.trim_ascii().try_into().ok()?;
        text.make_ascii_uppercase();
        let [first, digits @ .., last] = &text;
        let shaped = first.is_ascii_uppercase()
            && !matches!(first, b'I' | b'O' | b'S')
            && digits.iter().all(u8::is_ascii_digit)
            && (last.is_ascii_digit() || last.is_ascii_uppercase());
        shaped.then(|| Upn(Inline::filled_with_ascii(text)))
    }

    /// Whether the first letter follows from the other twelve characters.
    ///
    /// Source: DfE, UPN guide: values by their position 2 to 13, summed, modulus 23.
    pub fn check_letter_holds(&self) -> bool {
        let [letter, rest @ ..] = self.0.as_bytes() else { return false };
        let mut sum = 0;
        for (character, position) in rest.iter().zip(2..) {
            let value = match character {
                b'0'..=b'9' => usize::from(character - b'0'),
                letter => match UPN_LETTERS.iter().position(|known| known == letter) {
                    Some(value) => value,
                    None => return false,
                },
            };
            sum += value * position;
        }
        UPN_LETTERS[sum % UPN_LETTERS.len()] == *letter
    }

    /// Whether it is a temporary number: its last character is a letter.
    pub fn is_temporary(&self) -> bool {
        self.0.as_bytes().last().is_some_and(u8::is_ascii_uppercase)
    }
}

/// A unique learner number of the right shape; whether its check digit holds is asked with [`Uln::check_digit_holds`].
///
/// Source: Learning Records Service, ULN: ten digits, the last by modulus 11.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uln(Inline<10>);

text_identifier!(Uln);

impl Uln {
    /// Reads ten digits; blanks around them are dropped.
    ///
    /// # Errors
    /// [`IdentifierFault`] when it is blank, has another shape, or is `9999999999`, which says that there is none.
    pub fn read(bytes: &[u8]) -> Result<Uln, IdentifierFault> {
        match bytes.trim_ascii() {
            b"" => Err(IdentifierFault::Blank),
            b"9999999999" => Err(IdentifierFault::Placeholder),
            digits if digits.iter().all(u8::is_ascii_digit) => {
                let digits = digits.try_into().map_err(|_| IdentifierFault::Shape)?;
                Ok(Uln(Inline::filled_with_ascii(digits)))
            }
            _ => Err(IdentifierFault::Shape),
        }
    }

    /// Whether the last digit follows from the other nine.
    pub fn check_digit_holds(&self) -> bool {
        let Ok(digits) = self.0.as_bytes().try_into() else { return false };
        let remainder = remainder_of_eleven(digits);
        remainder != 0 && u32::from(digits[9] - b'0') == 10 - remainder
    }
}

/// The first nine digits by their weights 10 down to 2, summed, modulus 11.
fn remainder_of_eleven(digits: &[u8; 10]) -> u32 {
    digits[..9].iter().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum::<u32>() % 11
}

/// Whether it is a number as a spreadsheet writes a whole one before its `.0`.
fn is_whole_number(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn child_ids_are_normalised_and_keep_their_zeros() {
        for (text, id, mended) in [
            ("000123", "000123", false),
            (" ab12\t", "AB12", false),
            ("123.0", "123", true),
            ("00123.0", "00123", true),
            ("A12.0", "A12.0", false),
            ("123.00", "123.00", false),
            ("12.5", "12.5", false),
            ("-12", "-12", false),
            ("12 34", "12 34", false),
            ("12345678901234567890", "12345678901234567890", false),
            ("12345678901234567890.0", "12345678901234567890", true),
        ] {
            let (read, was_mended) = LaChildId::read(text.as_bytes()).unwrap();
            assert_eq!((read.as_str(), was_mended), (id, mended), "{text}");
        }
    }

    #[test]
    fn child_ids_that_are_none() {
        for (text, fault) in [
            ("", IdentifierFault::Blank),
            (" \t\r\n", IdentifierFault::Blank),
            ("0", IdentifierFault::Placeholder),
            ("0000000000", IdentifierFault::Placeholder),
            ("00000000000000000000000000", IdentifierFault::Placeholder),
            ("0.0", IdentifierFault::Placeholder),
            ("-1", IdentifierFault::Placeholder),
            ("-1.0", IdentifierFault::Placeholder),
            ("123456789012345678901", IdentifierFault::TooLong),
            ("12\u{0}34", IdentifierFault::ControlCharacter),
            ("12\n34", IdentifierFault::ControlCharacter),
            ("12\u{7f}", IdentifierFault::ControlCharacter),
            ("12é", IdentifierFault::NotAscii),
            ("\u{a0}12", IdentifierFault::NotAscii),
        ] {
            assert_eq!(LaChildId::read(text.as_bytes()), Err(fault), "{text:?}");
        }
        assert_eq!(LaChildId::read(&[0xff, 0xfe]), Err(IdentifierFault::NotAscii));
        assert_eq!(LaChildId::read(&vec![b'7'; 1_000_000]), Err(IdentifierFault::TooLong));
    }

    #[test]
    fn nhs_numbers_together_and_as_printed() {
        for text in ["9000000009", "900 000 0009", "900-000-0009", " 9000000009 "] {
            assert_eq!(NhsNumber::read(text.as_bytes()).unwrap().as_str(), "9000000009", "{text}");
        }
        assert_eq!(NhsNumber::read(b"9434765919").unwrap().as_str(), "9434765919");
        // Remainder 0, so that the check digit is 0: 9x10 + 1x4 + 5x1 leaves none of eleven.
        assert_eq!(NhsNumber::read(b"9000000130").unwrap().as_str(), "9000000130");
    }

    #[test]
    fn nhs_numbers_that_are_none() {
        for (text, fault) in [
            ("", IdentifierFault::Blank),
            ("9000000008", IdentifierFault::CheckDigit),
            ("0000000000", IdentifierFault::Placeholder),
            ("1111111111", IdentifierFault::Placeholder),
            ("900000000", IdentifierFault::Shape),
            ("90000000091", IdentifierFault::Shape),
            ("900000000X", IdentifierFault::Shape),
            ("9000 00 0009", IdentifierFault::Shape),
            ("900  000 0009", IdentifierFault::Shape),
            ("900.000.0009", IdentifierFault::Shape),
            ("９00000009", IdentifierFault::Shape),
        ] {
            assert_eq!(NhsNumber::read(text.as_bytes()), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_number_whose_check_digit_would_be_ten_is_refused_whatever_its_last_digit() {
        // 9x10 + 2x2 leaves 6; 9x10 + 5x2 leaves 1.
        for last in b'0'..=b'9' {
            let mut digits = *b"9000000050";
            digits[9] = last;
            assert_eq!(NhsNumber::read(&digits), Err(IdentifierFault::CheckDigit));
        }
    }

    #[test]
    fn upns_and_their_check_letters() {
        for (text, holds, temporary) in [
            ("J330999925001", true, false),
            ("W330999924017", true, false),
            ("W33099992502A", true, true),
            ("w33099992502a", true, true),
            ("B207000016049", false, false),
            ("P207000016049", true, false),
            ("W33099992502S", false, true),
        ] {
            let upn = Upn::read(text.as_bytes()).unwrap();
            assert_eq!((upn.check_letter_holds(), upn.is_temporary()), (holds, temporary), "{text}");
        }
    }

    #[test]
    fn what_has_not_the_shape_of_a_upn_is_refused() {
        for bad in [
            "",
            "UN1",
            "I330999925001",
            "O330999925001",
            "s330999925001",
            "J33099992500",
            "J3309999250011",
            "3330999925001",
            "JJ30999925001",
            "J3309999250A1",
            "J33099992500-",
            "J330999 25001",
        ] {
            assert_eq!(Upn::read(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn ulns_and_their_check_digits() {
        for (text, holds) in [("1000000043", true), ("1234567899", true), ("1000000063", false), ("0000000000", false)]
        {
            assert_eq!(Uln::read(text.as_bytes()).unwrap().check_digit_holds(), holds, "{text}");
        }
        assert_eq!(Uln::read(b"9999999999"), Err(IdentifierFault::Placeholder));
        assert_eq!(Uln::read(b" "), Err(IdentifierFault::Blank));
        for bad in ["100000004", "10000000433", "100000004X", "100 000 0043"] {
            assert_eq!(Uln::read(bad.as_bytes()), Err(IdentifierFault::Shape), "{bad}");
        }
    }

    /// Nine digits whose tenth exists, with it.
    fn any_nhs_number() -> impl Strategy<Value = [u8; 10]> {
        proptest::array::uniform9(b'0'..=b'9').prop_filter_map("no check digit", |nine| {
            (b'0'..=b'9').find_map(|last| {
                let mut digits = [last; 10];
                digits[..9].copy_from_slice(&nine);
                NhsNumber::read(&digits).is_ok().then_some(digits)
            })
        })
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "[ -~\u{0}é]{0,24}") {
            for bytes in [&bytes[..], near.as_bytes()] {
                let _ = (LaChildId::read(bytes), NhsNumber::read(bytes), Upn::read(bytes), Uln::read(bytes));
                let _ = (LaPersonId::read(bytes), ReferralRef::read(bytes));
            }
        }

        #[test]
        fn one_wrong_digit_of_an_nhs_number_is_found(digits in any_nhs_number(), at in 0..10_usize, by in 1..10_u8) {
            let mut wrong = digits;
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert!(NhsNumber::read(&wrong).is_err());
        }

        #[test]
        fn nhs_numbers_read_back(digits in any_nhs_number()) {
            let number = NhsNumber::read(&digits).unwrap();
            let mut out = Vec::new();
            number.write(&mut out);
            prop_assert_eq!(NhsNumber::read(&out), Ok(number));
        }

        #[test]
        fn child_ids_read_back(text in "[ -~]{0,22}") {
            if let Ok((id, _)) = LaChildId::read(text.as_bytes()) {
                let mut out = Vec::new();
                id.write(&mut out);
                prop_assert_eq!(LaChildId::read(&out), Ok((id, false)));
            }
        }

        #[test]
        fn school_numbers_read_back(upn in "[A-HJ-NP-RT-Z][0-9]{11}[0-9A-Z]", uln in "[0-8][0-9]{9}") {
            let (upn, uln) = (Upn::read(upn.as_bytes()).unwrap(), Uln::read(uln.as_bytes()).unwrap());
            let _ = (upn.check_letter_holds(), uln.check_digit_holds());
            let (mut upn_out, mut uln_out) = (Vec::new(), Vec::new());
            upn.write(&mut upn_out);
            uln.write(&mut uln_out);
            prop_assert_eq!(Upn::read(&upn_out), Some(upn));
            prop_assert_eq!(Uln::read(&uln_out), Ok(uln));
        }

        #[test]
        fn references_read_back(text in "[!-~]([ -~]{0,34}[!-~])?") {
            let (person, referral) = (LaPersonId::read(text.as_bytes()).unwrap(), ReferralRef::read(text.as_bytes()).unwrap());
            let mut out = Vec::new();
            person.write(&mut out);
            prop_assert_eq!(LaPersonId::read(&out), Ok(person));
            prop_assert_eq!(ReferralRef::read(&out), Ok(referral));
        }
    }
}
