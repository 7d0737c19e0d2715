//! Days of the calendar as the trade writes them: `31/03/2026` in returns, `2026-03-31` nearly everywhere else.

mod academic_year;
mod clock_time;
mod collection_year;
mod date_time;

use std::fmt;
use std::ops::RangeInclusive;

use jiff::{SignedDuration, civil};

pub use self::academic_year::AcademicYear;
pub use self::clock_time::ClockTime;
pub use self::collection_year::CollectionYear;
pub use self::date_time::DateTime;
use crate::digits::{read_digits, two_digits};
use crate::inline::hide_value_in_debug;

/// Years in which a day of a record may lie. It takes in every living person and every plan, and keeps out `0001`,
/// `9999` and two-digit years.
pub const YEARS: RangeInclusive<i16> = 1800..=2199;

const HOURS_PER_DAY: i64 = 24;
const SECONDS_PER_DAY: i64 = 86_400;

/// A day that exists in the calendar, within [`YEARS`]. It has no time and no zone, and never shifts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

hide_value_in_debug!(Date);

impl Date {
    /// A day by its numbers; `None` when there is no such day or it lies outside [`YEARS`].
    pub fn new(year: i16, month: u8, day: u8) -> Option<Date> {
        if !YEARS.contains(&year) {
            return None;
        }
        civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(Date)
    }

    /// Reads `DD/MM/YYYY` and `D/M/YYYY` and nothing else: no blanks, no other separator, no two-digit year.
    ///
    /// Source: SSDA903 2025/26, rule 102 and its kin; an unpadded day or month is accepted as the DfE accepts it.
    pub fn parse_british(bytes: &[u8]) -> Option<Date> {
        let (day, rest) = short_number_before_slash(bytes)?;
        let (month, year) = short_number_before_slash(rest)?;
        Self::from_parts(year, month, day)
    }

    /// Reads `YYYY-MM-DD`, alone or with a midnight that an export has added (`T00:00:00` or ` 00:00:00`).
    pub fn parse_iso(bytes: &[u8]) -> Option<Date> {
        let (date, time) = bytes.split_at_checked(10)?;
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
        if !matches!(time, b"" | b"T00:00:00" | b" 00:00:00") {
            return None;
        }
        Self::from_parts(&[y1, y2, y3, y4], read_digits(&[m1, m2])?, read_digits(&[d1, d2])?)
    }

    fn from_parts(year: &[u8], month: u32, day: u32) -> Option<Date> {
        if year.len() != 4 {
            return None;
        }
        let year = i16::try_from(read_digits(year)?).ok()?;
        Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The year, within [`YEARS`].
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// The first day of this month: the form in which a birth date leaves the house with month precision.
    pub fn first_of_month(self) -> Date {
        Date(self.0.first_of_month())
    }

    /// The first of January of this year.
    pub fn first_of_year(self) -> Date {
        Date(self.0.first_of_year())
    }

    /// The day so many days later, earlier when negative; `None` outside [`YEARS`].
    pub fn add_days(self, days: i32) -> Option<Date> {
        let moved = self.0.checked_add(SignedDuration::from_hours(HOURS_PER_DAY * i64::from(days))).ok()?;
        YEARS.contains(&moved.year()).then_some(Date(moved))
    }

    /// The same day so many years later, earlier when negative; `None` outside [`YEARS`].
    ///
    /// 29 February becomes 1 March in a common year, as for birthdays (see [`Date::age_on`]).
    pub fn add_years(self, years: i16) -> Option<Date> {
        let year = self.year().checked_add(years)?;
        match (self.month(), self.day()) {
            (2, 29) => Date::new(year, 2, 29).or_else(|| Date::new(year, 3, 1)),
            (month, day) => Date::new(year, month, day),
        }
    }

    /// Completed years on `day` of a person born on this date; `None` before birth and beyond 255 years.
    ///
    /// A birthday of 29 February is reached on 1 March in common years.
    pub fn age_on(self, day: Date) -> Option<u8> {
        if day < self {
            return None;
        }
        let birthday_to_come = (day.month(), day.day()) < (self.month(), self.day());
        u8::try_from(day.year() - self.year() - i16::from(birthday_to_come)).ok()
    }

    /// Whole days from `other` to this day; negative when `other` is later.
    pub fn days_since(self, other: Date) -> i32 {
        // Within YEARS no two days are more than 146,096 apart.
        (self.0.duration_since(other.0).as_secs() / SECONDS_PER_DAY) as i32
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        match self.0.weekday() {
            civil::Weekday::Monday => Weekday::Monday,
            civil::Weekday::Tuesday => Weekday::Tuesday,
            civil::Weekday::Wednesday => Weekday::Wednesday,
            civil::Weekday::Thursday => Weekday::Thursday,
            civil::Weekday::Friday => Weekday::Friday,
            civil::Weekday::Saturday => Weekday::Saturday,
            civil::Weekday::Sunday => Weekday::Sunday,
        }
    }

    /// Appends `YYYY-MM-DD`.
    pub fn write_iso(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.iso());
    }

    /// Appends `DD/MM/YYYY`.
    pub fn write_british(&self, out: &mut Vec<u8>) {
        let [y1, y2, y3, y4, _, m1, m2, _, d1, d2] = self.iso();
        out.extend_from_slice(&[d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4]);
    }

    /// `YYYY-MM-DD`.
    pub fn iso(self) -> [u8; 10] {
        let year = self.year().unsigned_abs();
        let [[y1, y2], [y3, y4]] = [two_digits((year / 100) as u8), two_digits((year % 100) as u8)];
        let [[m1, m2], [d1, d2]] = [two_digits(self.month()), two_digits(self.day())];
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]
    }
}

/// A day of the week, Monday first, as schools count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names of the days say what they are")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// 1 for Monday to 7 for Sunday.
    #[must_use]
    pub const fn number_from_monday(self) -> u8 {
        self as u8 + 1
    }

    /// Whether schools are closed on it.
    #[must_use]
    pub const fn is_weekend(self) -> bool {
        matches!(self, Self::Saturday | Self::Sunday)
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(std::str::from_utf8(&self.iso()).unwrap_or_default())
    }
}

/// Splits a number of one or two digits from what follows its slash.
fn short_number_before_slash(bytes: &[u8]) -> Option<(u32, &[u8])> {
    match bytes {
        [tens, units, b'/', rest @ ..] => Some((read_digits(&[*tens, *units])?, rest)),
        [units, b'/', rest @ ..] => Some((read_digits(&[*units])?, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(year: i16, month: u8, day: u8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn a_date_is_four_bytes() {
        assert_eq!(size_of::<Date>(), 4);
    }

    #[test]
    fn british_dates_padded_or_not() {
        assert_eq!(Date::parse_british(b"01/02/2010"), Some(date(2010, 2, 1)));
        assert_eq!(Date::parse_british(b"1/2/2010"), Some(date(2010, 2, 1)));
        assert_eq!(Date::parse_british(b"1/12/2010"), Some(date(2010, 12, 1)));
        assert_eq!(Date::parse_british(b"31/1/2010"), Some(date(2010, 1, 31)));
        assert_eq!(Date::parse_british(b"29/02/2024"), Some(date(2024, 2, 29)));
        assert_eq!(Date::parse_british(b"29/02/2000"), Some(date(2000, 2, 29)));
    }

    #[test]
    fn british_dates_that_are_none() {
        for bad in [
            "",
            "/",
            "//",
            "1/2",
            "1/2/",
            "01/02/10",
            "1/2/20100",
            "2010-02-01",
            "01-02-2010",
            "01.02.2010",
            "31/04/2010",
            "29/02/2023",
            "29/02/1900",
            "00/01/2010",
            "01/00/2010",
            "01/13/2010",
            "32/01/2010",
            "01/01/0001",
            "01/01/1799",
            "01/01/2200",
            "31/12/9999",
            "001/02/2010",
            "1 /2/2010",
            " 01/02/2010",
            "01/02/2010 ",
            "01/02/2010 00:00",
            "-1/02/2010",
            "+1/02/2010",
            "/1/2010",
            "a1/02/2010",
            "01/02/201a",
            "０1/02/2010",
            "1/2/2010/",
        ] {
            assert_eq!(Date::parse_british(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn iso_dates_with_and_without_midnight() {
        for good in ["2010-02-01", "2010-02-01T00:00:00", "2010-02-01 00:00:00"] {
            assert_eq!(Date::parse_iso(good.as_bytes()), Some(date(2010, 2, 1)), "{good}");
        }
        for bad in [
            "",
            "2010-02-0",
            "2010-2-1",
            "20100201",
            "2010-02-011",
            "2010-02-01T",
            "2010-02-01T09:30:00",
            "2010-02-30",
            "2010-02-01T00:00:00Z",
            "2010-02-01t00:00:00",
            "2010-02-01 00:00",
            "0001-01-01",
            "-010-02-01",
            "2010/02/01",
            "01/02/2010",
        ] {
            assert_eq!(Date::parse_iso(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn days_outside_the_years_cannot_be_made() {
        assert_eq!(Date::new(1799, 12, 31), None);
        assert_eq!(Date::new(2200, 1, 1), None);
        assert_eq!(Date::new(2010, 255, 1), None);
        assert_eq!(date(1800, 1, 1).add_days(-1), None);
        assert_eq!(date(2199, 12, 31).add_days(1), None);
        assert_eq!(date(2010, 1, 1).add_days(i32::MAX), None);
        assert_eq!(date(2010, 1, 1).add_days(i32::MIN), None);
        assert_eq!(date(2010, 1, 1).add_years(i16::MAX), None);
        assert_eq!(date(2010, 1, 1).add_years(i16::MIN), None);
        assert_eq!(date(2199, 12, 31).days_since(date(1800, 1, 1)), 146_096);
    }

    #[test]
    fn a_leap_day_birthday_is_reached_on_the_first_of_march() {
        let born = date(2008, 2, 29);
        assert_eq!(born.age_on(date(2026, 2, 28)), Some(17));
        assert_eq!(born.age_on(date(2026, 3, 1)), Some(18));
        assert_eq!(born.age_on(date(2024, 2, 28)), Some(15));
        assert_eq!(born.age_on(date(2024, 2, 29)), Some(16));
        assert_eq!(born.add_years(18), Some(date(2026, 3, 1)));
        assert_eq!(born.add_years(16), Some(date(2024, 2, 29)));
    }

    #[test]
    fn age_before_birth_and_beyond_a_byte_is_none() {
        let born = date(1900, 6, 15);
        assert_eq!(born.age_on(date(1900, 6, 14)), None);
        assert_eq!(born.age_on(born), Some(0));
        assert_eq!(born.age_on(date(1901, 6, 14)), Some(0));
        assert_eq!(born.age_on(date(2156, 6, 14)), Some(255));
        assert_eq!(born.age_on(date(2156, 6, 15)), None);
    }

    #[test]
    fn weeks_begin_on_monday() {
        let days: Vec<u8> = (23..=29).map(|day| date(2026, 11, day).weekday().number_from_monday()).collect();
        assert_eq!(days, [1, 2, 3, 4, 5, 6, 7], "23 November 2026 was a Monday");
        let weekends: Vec<bool> = (27..=30).map(|day| date(2026, 11, day).weekday().is_weekend()).collect();
        assert_eq!(weekends, [false, true, true, false]);
    }

    #[test]
    fn dates_are_reduced_and_written() {
        let day = date(2010, 12, 31);
        assert_eq!(day.first_of_month(), date(2010, 12, 1));
        assert_eq!(day.first_of_year(), date(2010, 1, 1));
        assert_eq!(day.to_string(), "2010-12-31");
        let mut out = b"x".to_vec();
        date(2010, 2, 1).write_british(&mut out);
        assert_eq!(out, b"x01/02/2010");
        assert_eq!(format!("{day:?}"), "Date(..)");
    }

    fn any_date() -> impl Strategy<Value = Date> {
        (0..=146_096).prop_map(|days| date(1800, 1, 1).add_days(days).unwrap())
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "[0-9/T :-]{0,20}") {
            for bytes in [&bytes[..], near.as_bytes()] {
                let _ = (Date::parse_british(bytes), Date::parse_iso(bytes));
            }
        }

        #[test]
        fn what_is_written_reads_back(day in any_date()) {
            let (mut iso, mut british) = (Vec::new(), Vec::new());
            day.write_iso(&mut iso);
            day.write_british(&mut british);
            prop_assert_eq!(Date::parse_iso(&iso), Some(day));
            prop_assert_eq!(Date::parse_british(&british), Some(day));
            prop_assert_eq!(Date::parse_british(&iso), None);
        }

        #[test]
        fn days_added_are_days_since(day in any_date(), days in -200_000..200_000) {
            if let Some(moved) = day.add_days(days) {
                prop_assert_eq!(moved.days_since(day), days);
                prop_assert_eq!(moved.cmp(&day), days.cmp(&0));
            }
        }

        #[test]
        fn a_birthday_is_the_first_day_of_its_age(born in any_date(), years in 0..=100_u8) {
            if let Some(birthday) = born.add_years(i16::from(years)) {
                prop_assert_eq!(born.age_on(birthday), Some(years));
                if let Some(eve) = birthday.add_days(-1) {
                    prop_assert_eq!(born.age_on(eve), years.checked_sub(1));
                }
            }
        }
    }
}
