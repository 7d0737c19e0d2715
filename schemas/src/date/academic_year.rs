//! The school year, which begins on 1 September and is named by both years that it lies in.

use std::fmt;

use jiff::civil;

use super::Date;
use crate::digits::{digits_of, read_digits};

/// A school year: `2025/26` is 1 September 2025 to 31 August 2026.
///
/// It says nothing of a child, so `Debug` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AcademicYear(u16);

impl AcademicYear {
    /// The earliest year that a record may name.
    pub const FIRST: AcademicYear = AcademicYear(1980);
    /// The latest year that a record may name.
    pub const LAST: AcademicYear = AcademicYear(2098);

    /// The year that begins in September of `begins_in`; `None` outside [`FIRST`](Self::FIRST) to [`LAST`](Self::LAST).
    pub const fn new(begins_in: u16) -> Option<AcademicYear> {
        if begins_in < Self::FIRST.0 || begins_in > Self::LAST.0 {
            return None;
        }
        Some(AcademicYear(begins_in))
    }

    /// Reads `2025/26`, `2025-26`, `2025/2026`, `2025-2026`, or the year it begins in, `2025`; blanks around it are
    /// dropped. The second year has to follow the first.
    pub fn read(bytes: &[u8]) -> Option<AcademicYear> {
        let text = bytes.trim_ascii();
        let (first, rest) = text.split_at_checked(4)?;
        let year = AcademicYear::new(u16::try_from(read_digits(first)?).ok()?)?;
        let second = match rest {
            b"" => return Some(year),
            [b'/' | b'-', second @ ..] if matches!(second.len(), 2 | 4) => read_digits(second)?,
            _ => return None,
        };
        let next = u32::from(year.0) + 1;
        (second == next || (rest.len() == 3 && second == next % 100)).then_some(year)
    }

    /// The year that a day falls in; `None` outside the years that a record may name.
    pub fn of(day: Date) -> Option<AcademicYear> {
        let begins_in = if day.month() >= 9 { day.year() } else { day.year() - 1 };
        AcademicYear::new(u16::try_from(begins_in).ok()?)
    }

    /// The number of the year it begins in, as the Common Transfer File writes it.
    pub const fn begins_in(self) -> u16 {
        self.0
    }

    /// Its first day, 1 September.
    pub fn starts(self) -> Date {
        Date(civil::date(self.0 as i16, 9, 1))
    }

    /// Its last day, 31 August of the year after.
    pub fn ends(self) -> Date {
        Date(civil::date(self.0 as i16 + 1, 8, 31))
    }

    /// Whether a day falls in this year; both ends do.
    pub fn contains(self, day: Date) -> bool {
        self.starts() <= day && day <= self.ends()
    }

    /// Appends `2025/26`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.text());
    }

    fn text(self) -> [u8; 7] {
        let ([y1, y2, y3, y4], [n1, n2]) = (digits_of(u32::from(self.0)), digits_of(u32::from(self.0) + 1));
        [y1, y2, y3, y4, b'/', n1, n2]
    }
}

/// `2025/26`.
impl fmt::Display for AcademicYear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_year_is_read_in_each_of_its_spellings() {
        let year = AcademicYear::new(2025);
        for text in ["2025/26", "2025-26", "2025/2026", "2025-2026", "2025", " 2025/26 "] {
            assert_eq!(AcademicYear::read(text.as_bytes()), year, "{text}");
        }
        assert_eq!(AcademicYear::read(b"1999/00"), AcademicYear::new(1999));
        assert_eq!(AcademicYear::read(b"2099"), None);
    }

    #[test]
    fn what_is_no_school_year_is_refused() {
        for text in
            ["", "25/26", "2025/27", "2025/25", "2025/2027", "2025/6", "2025/026", "2025 26", "2025/", "202", "2025/2x"]
        {
            assert_eq!(AcademicYear::read(text.as_bytes()), None, "{text}");
        }
        assert_eq!((AcademicYear::new(1979), AcademicYear::new(2099)), (None, None));
    }

    #[test]
    fn a_year_rolls_on_the_first_of_september() {
        let day = |text: &str| Date::parse_iso(text.as_bytes()).unwrap();
        let year = AcademicYear::new(2025).unwrap();
        assert_eq!(AcademicYear::of(day("2025-09-01")), Some(year));
        assert_eq!(AcademicYear::of(day("2026-08-31")), Some(year));
        assert_eq!(AcademicYear::of(day("2025-08-31")), AcademicYear::new(2024));
        assert_eq!((year.starts(), year.ends()), (day("2025-09-01"), day("2026-08-31")));
        assert!(year.contains(day("2025-12-25")) && !year.contains(day("2026-09-01")));
        assert_eq!(AcademicYear::of(day("1900-01-01")), None);
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "[0-9/ -]{0,10}") {
            let _ = (AcademicYear::read(&bytes), AcademicYear::read(near.as_bytes()));
        }

        #[test]
        fn what_is_written_reads_back(begins_in in 1980..=2098_u16) {
            let year = AcademicYear::new(begins_in).unwrap();
            let mut out = Vec::new();
            year.write(&mut out);
            prop_assert_eq!(AcademicYear::read(&out), Some(year));
            prop_assert_eq!(year.to_string().into_bytes(), out);
        }
    }
}
