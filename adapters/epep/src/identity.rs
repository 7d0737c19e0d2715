//! Who a pupil is: the numbers of schools and colleges, with their checks (ePEP formats, section 7).

use kit::wire::{Heard, Reading, Wire, WireType, Writing, Written, read_code, write_code};
use schemas::{
    code::UpnUnknown,
    diagnostic::{Rule, Severity},
    identifier::{Uln, Upn},
};

/// A UPN of another shape.
pub static UPN_SHAPE: Rule = Rule {
    code: "epep/upn-shape",
    severity: Severity::Error,
    message: "This is no UPN: a letter, eleven digits, and a digit or a letter, or UN1 to UN7",
    help: "Compare it with the school's register. The pupil's other identifiers are used.",
    source: "DfE, UPN guide",
};

/// A UPN whose letter is wrong.
pub static UPN_CHECK_LETTER: Rule = Rule {
    code: "epep/upn-check-letter",
    severity: Severity::Warning,
    message: "The check letter of this UPN does not follow from the rest; it is kept and matched with nobody",
    help: "Compare it with the school's register.",
    source: "DfE, UPN guide",
};

/// A ULN whose check digit is wrong.
pub static ULN_CHECK: Rule = Rule {
    code: "epep/uln-check",
    severity: Severity::Warning,
    message: "This is no ULN: ten digits, of which the last is a check digit; ten digits are kept and matched with nobody",
    help: "Compare it with the Learning Records Service.",
    source: "ESFA, ULN check digit",
};

/// A pupil whom nothing names.
pub static NO_SUBJECT: Rule = Rule {
    code: "epep/no-subject",
    severity: Severity::Error,
    message: "Nothing here says which child this is: no identifier, and no full name with a birth date",
    help: "Fill in the UPN, the ULN, or surname, forename and date of birth.",
    source: "ePEP formats, section 1",
};

/// A birth date that no pupil has.
pub static DOB_IMPLAUSIBLE: Rule = Rule {
    code: "epep/dob-implausible",
    severity: Severity::Error,
    message: "This birth date is in the future or more than 25 years before the day of the document; it is not carried",
    help: "Compare it with the school's register.",
    source: "ePEP formats, section 1.1",
};

/// Every rule of this file.
pub static ALL: &[&Rule] = &[&UPN_SHAPE, &UPN_CHECK_LETTER, &ULN_CHECK, &NO_SUBJECT, &DOB_IMPLAUSIBLE];

/// The oldest that a pupil is, in years.
pub const PUPIL_YEARS_MAX: i16 = 25;

/// A UPN, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PupilNumber {
    /// The number.
    Number(Upn),
    /// `UN1` to `UN7`.
    Unknown(UpnUnknown),
}

impl Wire for PupilNumber {
    const TYPE: WireType = WireType::Upn;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Upn::read(cell) {
            Some(upn) if upn.check_letter_holds() => Heard::Is(Self::Number(upn)),
            Some(upn) => Heard::Mended(Self::Number(upn), &UPN_CHECK_LETTER),
            None => match read_code(cell, reading) {
                Heard::Is(reason) | Heard::Mended(reason, _) => Heard::Is(Self::Unknown(reason)),
                Heard::Blank(_) | Heard::Unreadable => Heard::Unreadable,
            },
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match self {
            Self::Number(upn) => {
                upn.write(out);
                Written::Yes
            }
            Self::Unknown(reason) => write_code(*reason, out),
        }
    }
}

/// A ULN, or ten nines, which stand for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearnerNumber(pub Option<Uln>);

impl Wire for LearnerNumber {
    const TYPE: WireType = WireType::Uln;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        if cell == b"9999999999" {
            return Heard::Is(Self(None));
        }
        match Uln::read(cell) {
            Ok(uln) if uln.check_digit_holds() => Heard::Is(Self(Some(uln))),
            Ok(uln) => Heard::Mended(Self(Some(uln)), &ULN_CHECK),
            Err(_) => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match self.0 {
            Some(uln) => uln.write(out),
            None => out.extend_from_slice(b"9999999999"),
        }
        Written::Yes
    }
}
