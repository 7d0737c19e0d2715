//! A moment with the offset of the clock that showed it: when an attendance mark was recorded.

use super::Date;
use crate::digits::{digits_of, read_digits, two_digits};
use crate::inline::hide_value_in_debug;

const MILLISECONDS_PER_SECOND: i64 = 1000;
const MILLISECONDS_PER_MINUTE: i64 = 60 * MILLISECONDS_PER_SECOND;
const MILLISECONDS_PER_DAY: i64 = 24 * 60 * MILLISECONDS_PER_MINUTE;

/// The offset of British Summer Time in minutes.
const SUMMER_TIME_MINUTES: i16 = 60;

/// A moment to the millisecond with its offset from UTC. Order is that of the moments; two offsets of one moment differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// Milliseconds since the first of 1970, UTC.
    moment: i64,
    /// Minutes that the clock is ahead of UTC.
    offset: i16,
}

hide_value_in_debug!(DateTime);

impl DateTime {
    /// Reads a date-time of RFC 3339: `2026-01-12T09:41:00+00:00`, `…Z`, with a blank for the `T` and without seconds
    /// too. Without an offset the clock is the one in London. Finer than a millisecond is cut off.
    pub fn read(bytes: &[u8]) -> Option<DateTime> {
        let (date, rest) = bytes.trim_ascii().split_at_checked(10)?;
        let date = Date::parse_iso(date)?;
        let (clock, offset) = match rest.split_first()? {
            (b'T' | b't' | b' ', rest) => split_offset(rest)?,
            _ => return None,
        };
        let clock = milliseconds_of(clock)?;
        let offset = offset.unwrap_or_else(|| london_offset(date, clock));
        let moment = i64::from(date.days_since(epoch()?)) * MILLISECONDS_PER_DAY + clock
            - i64::from(offset) * MILLISECONDS_PER_MINUTE;
        Some(DateTime { moment, offset })
    }

    /// Whether a text without an offset names a minute that the clock in London skips, or shows twice: which moment is
    /// meant is then a guess.
    pub fn is_in_doubt(bytes: &[u8]) -> bool {
        let Some((date, rest)) = bytes.trim_ascii().split_at_checked(10) else { return false };
        let (Some(date), Some((_, rest))) = (Date::parse_iso(date), rest.split_first()) else { return false };
        let Some((clock, None)) = split_offset(rest) else { return false };
        let is_hour =
            |number: i64| milliseconds_of(clock).is_some_and(|clock| clock / (60 * MILLISECONDS_PER_MINUTE) == number);
        is_hour(1) && [3, 10].into_iter().any(|month| last_sunday(date.year(), month) == Some(date))
    }

    /// The day on the clock that showed it; `None` at the very ends of the years that a record may hold.
    pub fn date(self) -> Option<Date> {
        self.local().map(|(date, _)| date)
    }

    /// Whether the clock that showed it was at midnight: so stands a day of which no time is known.
    pub fn is_midnight(self) -> bool {
        self.local().is_some_and(|(_, clock)| clock == 0)
    }

    /// Appends it as RFC 3339 writes it: `2026-01-12T09:41:00+00:00`, with a fraction only where there is one.
    pub fn write(&self, out: &mut Vec<u8>) {
        let Some((date, clock)) = self.local() else { return };
        date.write_iso(out);
        let seconds = clock / MILLISECONDS_PER_SECOND;
        for (mark, number) in [(b'T', seconds / 3600), (b':', seconds / 60 % 60), (b':', seconds % 60)] {
            out.push(mark);
            out.extend_from_slice(&two_digits(number as u8));
        }
        let fraction = (clock % MILLISECONDS_PER_SECOND) as u32;
        if fraction != 0 {
            out.push(b'.');
            out.extend_from_slice(&digits_of::<3>(fraction));
        }
        out.push(if self.offset < 0 { b'-' } else { b'+' });
        let offset = self.offset.unsigned_abs();
        out.extend_from_slice(&two_digits((offset / 60) as u8));
        out.push(b':');
        out.extend_from_slice(&two_digits((offset % 60) as u8));
    }

    /// The day and the milliseconds since midnight on the clock that showed it.
    fn local(self) -> Option<(Date, i64)> {
        let local = self.moment + i64::from(self.offset) * MILLISECONDS_PER_MINUTE;
        let days = i32::try_from(local.div_euclid(MILLISECONDS_PER_DAY)).ok()?;
        Some((epoch()?.add_days(days)?, local.rem_euclid(MILLISECONDS_PER_DAY)))
    }
}

/// The day from which moments are counted.
fn epoch() -> Option<Date> {
    Date::new(1970, 1, 1)
}

/// The clock's text, and the minutes that it is ahead of UTC where it says so.
fn split_offset(text: &[u8]) -> Option<(&[u8], Option<i16>)> {
    if let Some(clock) = text.strip_suffix(b"Z").or_else(|| text.strip_suffix(b"z")) {
        return Some((clock, Some(0)));
    }
    let Some(at) = text.iter().position(|byte| matches!(byte, b'+' | b'-')) else { return Some((text, None)) };
    let (clock, offset) = text.split_at_checked(at)?;
    let &[sign, h1, h2, b':', m1, m2] = offset else { return None };
    let (hours, minutes) = (read_digits(&[h1, h2])?, read_digits(&[m1, m2])?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let offset = i16::try_from(hours * 60 + minutes).ok()?;
    Some((clock, Some(if sign == b'-' { -offset } else { offset })))
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff` as milliseconds since midnight. A leap second is the second before it.
fn milliseconds_of(clock: &[u8]) -> Option<i64> {
    let (h1, h2, m1, m2, rest) = match clock {
        &[h1, h2, b':', m1, m2, ref rest @ ..] => (h1, h2, m1, m2, rest),
        _ => return None,
    };
    let (hours, minutes) = (read_digits(&[h1, h2])?, read_digits(&[m1, m2])?);
    let (seconds, fraction) = match rest {
        [] => (0, &b""[..]),
        [b':', s1, s2] => (read_digits(&[*s1, *s2])?, &b""[..]),
        [b':', s1, s2, b'.', fraction @ ..] if !fraction.is_empty() => (read_digits(&[*s1, *s2])?, fraction),
        _ => return None,
    };
    if hours > 23 || minutes > 59 || seconds > 60 || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let thousandths = fraction.iter().chain(b"000").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds.min(59));
    Some(seconds * MILLISECONDS_PER_SECOND + thousandths)
}

/// Minutes that the clock in London is ahead of UTC: summer time is from 01:00 UTC on the last Sunday of March to 01:00
/// UTC on that of October. The hour that the clock shows twice is the first of the two.
///
/// Source: the Summer Time Order 2002, which wrote down what holds since 1996.
fn london_offset(date: Date, clock: i64) -> i16 {
    let (Some(begins), Some(ends)) = (last_sunday(date.year(), 3), last_sunday(date.year(), 10)) else { return 0 };
    let hours = |number: i64| number * 60 * MILLISECONDS_PER_MINUTE;
    let has_begun = date > begins || (date == begins && clock >= hours(1));
    let has_ended = date > ends || (date == ends && clock >= hours(2));
    if has_begun && !has_ended { SUMMER_TIME_MINUTES } else { 0 }
}

/// The last Sunday of a month of 31 days.
fn last_sunday(year: i16, month: u8) -> Option<Date> {
    let last = Date::new(year, month, 31)?;
    last.add_days(-i32::from(last.weekday().number_from_monday() % 7))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> Option<String> {
        DateTime::read(text.as_bytes()).map(|moment| {
            let mut out = Vec::new();
            moment.write(&mut out);
            String::from_utf8(out).unwrap()
        })
    }

    #[test]
    fn what_rfc_3339_writes_is_read() {
        for (text, expected) in [
            ("2026-01-12T09:41:00+00:00", "2026-01-12T09:41:00+00:00"),
            ("2026-01-12T09:41:00Z", "2026-01-12T09:41:00+00:00"),
            ("2026-01-12t09:41:00.5z", "2026-01-12T09:41:00.500+00:00"),
            ("2026-01-12 09:41:00.123456-05:30", "2026-01-12T09:41:00.123-05:30"),
            (" 2026-01-12T00:10+01:00 ", "2026-01-12T00:10:00+01:00"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ] {
            assert_eq!(written(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn without_an_offset_the_clock_is_the_one_in_london() {
        for (text, offset) in [
            ("2026-01-12T09:41:00", "+00:00"),
            ("2026-07-12T09:41:00", "+01:00"),
            ("2026-03-29T00:59:59", "+00:00"),
            ("2026-03-29T02:00:00", "+01:00"),
            ("2026-10-25T01:59:59", "+01:00"),
            ("2026-10-25T02:00:00", "+00:00"),
            ("2025-03-30T02:00", "+01:00"),
            ("2025-03-29T12:00", "+00:00"),
            ("2024-10-27T12:00", "+00:00"),
        ] {
            assert!(written(text).unwrap().ends_with(offset), "{text}");
        }
    }

    #[test]
    fn an_hour_that_the_clock_skips_or_shows_twice_is_in_doubt_without_an_offset() {
        for text in ["2026-03-29T01:00", "2026-03-29 01:59:59", "2026-10-25T01:00:00", " 2026-10-25T01:59:59.9 "] {
            assert!(DateTime::is_in_doubt(text.as_bytes()), "{text}");
        }
        for text in [
            "2026-03-29T00:59:59",
            "2026-03-29T02:00",
            "2026-10-25T02:00:00",
            "2026-10-25T01:30:00Z",
            "2026-10-25T01:30:00+01:00",
            "2026-10-18T01:30:00",
            "2026-10-25",
            "2026-10-25T",
            "",
            "no moment at all",
        ] {
            assert!(!DateTime::is_in_doubt(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn moments_are_ordered_whatever_their_clock_shows() {
        let read = |text: &str| DateTime::read(text.as_bytes()).unwrap();
        assert!(read("2026-01-12T09:41:00+01:00") < read("2026-01-12T08:41:01Z"));
        assert!(read("2026-01-12T09:41:00.001Z") > read("2026-01-12T09:41:00Z"));
        assert_ne!(read("2026-01-12T09:41:00+01:00"), read("2026-01-12T08:41:00Z"));
        assert_eq!(read("2026-01-12T23:30:00-01:00").date(), Date::new(2026, 1, 12));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-01-12",
            "2026-01-12T",
            "2026-01-12T24:00:00Z",
            "2026-01-12T09:60:00Z",
            "2026-01-12T09:41:61Z",
            "2026-01-12T9:41:00Z",
            "2026-02-30T09:41:00Z",
            "2026-01-12T09:41:00.Z",
            "2026-01-12T09:41:00+1:00",
            "2026-01-12T09:41:00+24:00",
            "2026-01-12T09:41:00+0100",
            "12/01/2026 09:41",
            "2026-01-12X09:41:00Z",
        ] {
            assert_eq!(DateTime::read(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.+Z-]{0,20}") {
            for bytes in [&bytes[..], near.as_bytes()] {
                if let Some(moment) = DateTime::read(bytes) {
                    let mut out = Vec::new();
                    moment.write(&mut out);
                    prop_assert!(out.is_empty() || DateTime::read(&out) == Some(moment));
                }
            }
        }

        #[test]
        fn what_is_written_reads_back(days in 0..60_000_i32, clock in 0..86_400_000_i64, offset in -1439..=1439_i16) {
            let date = Date::new(1950, 1, 1).unwrap().add_days(days).unwrap();
            let day = i64::from(date.days_since(epoch().unwrap())) * MILLISECONDS_PER_DAY;
            let moment = DateTime { moment: day + clock, offset };
            let mut out = Vec::new();
            moment.write(&mut out);
            prop_assert_eq!(DateTime::read(&out), Some(moment));
        }
    }
}
