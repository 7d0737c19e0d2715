//! The year of a statutory return, named everywhere by the year it ends in.

use std::fmt;

use jiff::civil;

use super::Date;
use crate::digits::read_digits;

/// A collection year: 2026 is 1 April 2025 to 31 March 2026.
///
/// Only years whose code lists and file layouts are known can be made: [`FIRST`](Self::FIRST) to [`LAST`](Self::LAST).
/// It says nothing of a child, so `Debug` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionYear(u16);

impl CollectionYear {
    /// The earliest year whose SSDA903 layout is known: 2017/18.
    pub const FIRST: CollectionYear = CollectionYear(2018);
    /// The latest year whose SSDA903 layout is known: 2026/27.
    pub const LAST: CollectionYear = CollectionYear(2027);

    /// The year that ends in `ends_in`; `None` when it is not one of the known years.
    pub const fn new(ends_in: u16) -> Option<CollectionYear> {
        if ends_in < Self::FIRST.0 || ends_in > Self::LAST.0 {
            return None;
        }
        Some(CollectionYear(ends_in))
    }

    /// Reads the four digits of the year it ends in: `2018` is 2017/18.
    pub fn parse(bytes: &[u8]) -> Option<CollectionYear> {
        if bytes.len() != 4 {
            return None;
        }
        CollectionYear::new(u16::try_from(read_digits(bytes)?).ok()?)
    }

    /// The year that a day falls in; `None` when that is not one of the known years.
    pub fn of(day: Date) -> Option<CollectionYear> {
        let ends_in = if day.month() >= 4 { day.year() + 1 } else { day.year() };
        CollectionYear::new(u16::try_from(ends_in).ok()?)
    }

    /// The number of the year it ends in.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Its first day, 1 April of the year before.
    pub fn starts(self) -> Date {
        Date(civil::date(self.0 as i16 - 1, 4, 1))
    }

    /// Its last day, 31 March.
    pub fn ends(self) -> Date {
        Date(civil::date(self.0 as i16, 3, 31))
    }

    /// Whether a day falls in this year; both ends do.
    pub fn contains(self, day: Date) -> bool {
        self.starts() <= day && day <= self.ends()
    }
}

/// The four digits of the year it ends in.
impl fmt::Display for CollectionYear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_named_by_its_end() {
        let year = CollectionYear::parse(b"2018").unwrap();
        assert_eq!(year, CollectionYear::FIRST);
        assert_eq!(year.to_string(), "2018");
        assert_eq!(year.starts(), Date::new(2017, 4, 1).unwrap());
        assert_eq!(year.ends(), Date::new(2018, 3, 31).unwrap());
    }

    #[test]
    fn every_day_of_a_year_is_in_it_and_no_other() {
        for number in 2018..=2027 {
            let year = CollectionYear::new(number).unwrap();
            let eve = year.starts().add_days(-1).unwrap();
            let morrow = year.ends().add_days(1).unwrap();
            assert!(!year.contains(eve) && !year.contains(morrow));
            let mut day = year.starts();
            while day <= year.ends() {
                assert!(year.contains(day));
                assert_eq!(CollectionYear::of(day), Some(year));
                day = day.add_days(1).unwrap();
            }
        }
    }

    #[test]
    fn unknown_years_cannot_be_made() {
        for bad in ["", "2017", "2028", "18", "02018", "2017/18", " 2018", "+018", "9999", "abcd"] {
            assert_eq!(CollectionYear::parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(CollectionYear::of(Date::new(2017, 3, 31).unwrap()), None);
        assert_eq!(CollectionYear::of(Date::new(2027, 4, 1).unwrap()), None);
        assert_eq!(CollectionYear::of(Date::new(2199, 12, 31).unwrap()), None);
    }
}
