//! Cells of the return that are spelt in ways of its own.

use kit::wire::{Heard, Reading, Wire, WireType, Writing, Written, read_code, write_code};
use schemas::{
    code::{Accommodation, Code, Sex, UpnUnknown},
    identifier::Upn,
    reflect::Number,
};

use crate::ssda903::rules;

/// The first collection year in which SEX is a letter (care standard, section 1.4).
const SEX_LETTERS_FIRST_YEAR: u16 = 2025;

/// SEX: `1` and `2` to 2023/24, `M`, `F` and `U` since. Both are read in any year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireSex(pub Sex);

impl Wire for WireSex {
    const TYPE: WireType = WireType::Code(<Sex as Code>::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let digit = match cell {
            [b'1'] => Some(Sex::Male),
            [b'2'] => Some(Sex::Female),
            _ if cell.starts_with(b"1 ") || cell.starts_with(b"1-") => Some(Sex::Male),
            _ if cell.starts_with(b"2 ") || cell.starts_with(b"2-") => Some(Sex::Female),
            _ => None,
        };
        let letters = reading.year.is_none_or(|year| year.number() >= SEX_LETTERS_FIRST_YEAR);
        match digit {
            Some(sex) if letters && reading.year.is_some() => Heard::Mended(Self(sex), &rules::SEX_NOTATION),
            Some(sex) => Heard::Is(Self(sex)),
            None => match Sex::from_code(cell).or_else(|| Sex::from_decorated(cell)) {
                Some(sex) if !letters => Heard::Mended(Self(sex), &rules::SEX_NOTATION),
                Some(sex) => Heard::Is(Self(sex)),
                None => Heard::Unreadable,
            },
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        let letters = writing.year.is_none_or(|year| year.number() >= SEX_LETTERS_FIRST_YEAR);
        out.push(match (self.0, letters) {
            (Sex::Male, false) => b'1',
            (Sex::Female, false) => b'2',
            (Sex::Unknown, false) => return Written::CannotSay,
            (Sex::Male, true) => b'M',
            (Sex::Female, true) => b'F',
            (Sex::Unknown, true) => b'U',
        });
        Written::Yes
    }
}

/// UPN: the number, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireUpn {
    /// The number.
    Number(Upn),
    /// `UN1` to `UN5`.
    Unknown(UpnUnknown),
}

impl Wire for WireUpn {
    const TYPE: WireType = WireType::Upn;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Upn::read(cell) {
            Some(upn) if upn.check_letter_holds() => Heard::Is(Self::Number(upn)),
            Some(upn) => Heard::Mended(Self::Number(upn), &rules::UPN_CHECK_LETTER),
            None => match UpnUnknown::from_code(cell) {
                Some(UpnUnknown::CensusReasonUn6 | UpnUnknown::CensusReasonUn7) | None => Heard::Unreadable,
                Some(_) => read_code(cell, reading).map(Self::Unknown),
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

/// ACCOM: a letter and whether the accommodation is suitable, or `0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireAccommodation {
    /// The letter.
    pub accommodation: Accommodation,
    /// `1` suitable, `2` unsuitable; none for `0`.
    pub suitable: Option<bool>,
}

impl WireAccommodation {
    /// Whether letter and suitability may stand together: `0` alone, S and X never suitable (care standard, 1.4).
    fn holds(self) -> bool {
        match (self.accommodation.code(), self.suitable) {
            ("0", suitable) => suitable.is_none(),
            ("S" | "X", Some(suitable)) => !suitable,
            (_, suitable) => suitable.is_some(),
        }
    }
}

impl Wire for WireAccommodation {
    const TYPE: WireType = WireType::Code(<Accommodation as Code>::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let (letter, suitable) = match cell {
            [letter, b'1'] => (std::slice::from_ref(letter), Some(true)),
            [letter, b'2'] => (std::slice::from_ref(letter), Some(false)),
            [_, b'1', b' ' | b'-' | b':', ..] => (&cell[..1], Some(true)),
            [_, b'2', b' ' | b'-' | b':', ..] => (&cell[..1], Some(false)),
            other => (other, None),
        };
        let wire = |accommodation| Self { accommodation, suitable };
        match Accommodation::from_code(letter).map(wire) {
            Some(wire) if wire.holds() => match read_code::<Accommodation>(letter, reading) {
                Heard::Mended(_, rule) => Heard::Mended(wire, rule),
                _ => Heard::Is(wire),
            },
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        if !self.holds() {
            return Written::CannotSay;
        }
        let written = write_code(self.accommodation, out);
        if let Some(suitable) = self.suitable {
            out.push(if suitable { b'1' } else { b'2' });
        }
        written
    }
}

/// NB_ADOPTR: one or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireAdopters(pub Number<2>);

impl Wire for WireAdopters {
    const TYPE: WireType = WireType::Number { most: 2 };

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Number::<2>::read(cell, reading) {
            Heard::Is(number) if number.get() > 0 => Heard::Is(Self(number)),
            Heard::Mended(number, rule) if number.get() > 0 => Heard::Mended(Self(number), rule),
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        self.0.write(out, writing)
    }
}
