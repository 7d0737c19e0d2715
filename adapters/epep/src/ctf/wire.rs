//! How the Common Transfer File spells what it says.

use kit::wire::{Heard, Reading, Wire, WireType, Writing, Written};
use schemas::{
    code::{Code, Sex},
    date::{AcademicYear, Date, DateTime},
    identifier::{LaCode, SchoolUrn},
};

/// A day, written `2026-01-12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub Date);

impl Wire for Day {
    const TYPE: WireType = WireType::Date;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Date::read(cell, reading) {
            Heard::Is(date) => Heard::Is(Self(date)),
            Heard::Mended(date, rule) => Heard::Mended(Self(date), rule),
            Heard::Blank(rule) => Heard::Blank(rule),
            Heard::Unreadable => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write_iso(out);
        Written::Yes
    }
}

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub DateTime);

impl Wire for Moment {
    const TYPE: WireType = WireType::Text { characters_max: 0 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        DateTime::read(cell).map_or(Heard::Unreadable, |moment| Heard::Is(Self(moment)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write(out);
        Written::Yes
    }
}

/// `true` or `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth(pub bool);

impl Wire for Truth {
    const TYPE: WireType = WireType::Flag;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match bool::read(cell, reading) {
            Heard::Is(truth) => Heard::Is(Self(truth)),
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(if self.0 { b"true" } else { b"false" });
        Written::Yes
    }
}

/// `M` or `F`, in old files `1` or `2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PupilSex(pub Sex);

impl Wire for PupilSex {
    const TYPE: WireType = WireType::Code(<Sex as Code>::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let sex = match cell {
            b"1" => Some(Sex::Male),
            b"2" => Some(Sex::Female),
            _ => reading.dialect.code(cell).or_else(|| Sex::from_code(cell)).or_else(|| Sex::from_decorated(cell)),
        };
        sex.map_or(Heard::Unreadable, |sex| Heard::Is(Self(sex)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        // The file has no word for a sex that is not known.
        if self.0 == Sex::Unknown {
            return Written::CannotSay;
        }
        out.extend_from_slice(self.0.code().as_bytes());
        Written::Yes
    }
}

/// A school year by the calendar year in which it begins, as sums of attendance have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearBegun(pub AcademicYear);

impl Wire for YearBegun {
    const TYPE: WireType = WireType::Number { most: 2100 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        AcademicYear::read(cell).map_or(Heard::Unreadable, |year| Heard::Is(Self(year)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.begins_in().to_string().as_bytes());
        Written::Yes
    }
}

/// A school year by the calendar year in which it ends, as results have it (not confirmed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearEnded(pub AcademicYear);

impl Wire for YearEnded {
    const TYPE: WireType = WireType::Number { most: 2100 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let year = std::str::from_utf8(cell).ok().filter(|text| text.len() == 4).and_then(|text| text.parse().ok());
        let year = year.and_then(|year: u16| AcademicYear::new(year.checked_sub(1)?));
        year.map_or(Heard::Unreadable, |year| Heard::Is(Self(year)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice((self.0.begins_in() + 1).to_string().as_bytes());
        Written::Yes
    }
}

/// The three characters of an authority: digits, or letters that stand for elsewhere (`XXX`, `MMM`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lea(pub Option<LaCode>);

impl Wire for Lea {
    const TYPE: WireType = WireType::Authority;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        match cell {
            [b'X' | b'x', ..] | [b'M' | b'm', ..] if cell.len() == 3 => Heard::Is(Self(None)),
            _ => LaCode::read(cell).map_or(Heard::Unreadable, |la| Heard::Is(Self(Some(la)))),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match self.0 {
            Some(la) => la.write(out),
            None => out.extend_from_slice(b"XXX"),
        }
        Written::Yes
    }
}

/// The four characters of an establishment: digits of a school, or letters that stand for an authority (`LLLL`) or
/// elsewhere (`XXXX`, `MMMM`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estab(pub Option<u16>);

impl Wire for Estab {
    const TYPE: WireType = WireType::Text { characters_max: 4 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = std::str::from_utf8(cell).unwrap_or_default();
        match text {
            "" => Heard::Unreadable,
            _ if ["LLLL", "XXXX", "MMMM"].iter().any(|word| text.eq_ignore_ascii_case(word)) => Heard::Is(Self(None)),
            _ if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().map_or(Heard::Unreadable, |number| Heard::Is(Self(Some(number))))
            }
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match self.0 {
            Some(number) => out.extend_from_slice(format!("{number:04}").as_bytes()),
            None => out.extend_from_slice(b"XXXX"),
        }
        Written::Yes
    }
}

/// A school's URN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urn(pub SchoolUrn);

impl Wire for Urn {
    const TYPE: WireType = WireType::Text { characters_max: 6 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        SchoolUrn::read(cell).map_or(Heard::Unreadable, |urn| Heard::Is(Self(urn)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write(out);
        Written::Yes
    }
}
