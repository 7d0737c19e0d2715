//! Numbers of a sheet as text: whole where they are, and days and moments by their serial number.
//!
//! Day 1 of the 1900 system is 1 January 1900, and its day 60 a 29 February that never was (ECMA-376, part 1, section
//! 18.17.4.1); day 0 of the 1904 system is 1 January 1904.

use schemas::date::Date;

/// The serial number of 1 January 1970 in the 1900 system, and how much less it is in the 1904 system.
const EPOCH_1900: i32 = 25_569;
const EPOCH_1904_BEHIND: i32 = 1_462;

/// The day in the 1900 system that never was.
const NO_DAY: i32 = 60;

/// 31 December 9999, the end of time in exports and of the serial numbers; no [`Date`] reaches it.
const LAST_DAY: i32 = 2_958_465;

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Whole numbers that a spreadsheet holds exactly.
const WHOLE_MAX: f64 = 1e15;

/// The number as text of a file of a spreadsheet; `None` where it is none.
fn number_of(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// Appends a number as people see it: no tail on a whole one, no exponent, fifteen digits at most.
pub(super) fn write_number(text: &[u8], out: &mut Vec<u8>) {
    match number_of(text) {
        Some(number) if number == number.trunc() && number.abs() < WHOLE_MAX => {
            // A zero has no sign.
            out.extend_from_slice(format!("{:.0}", number + 0.0).as_bytes());
        }
        Some(number) => {
            let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
            out.extend_from_slice(shown.to_string().as_bytes());
        }
        None => out.extend_from_slice(text),
    }
}

/// Appends the day, or with `with_clock` the moment, of a serial number: `2026-01-12`, `2026-01-12T08:30:00`. A number
/// that is none is appended as it is.
pub(super) fn write_day(text: &[u8], is_1904: bool, with_clock: bool, out: &mut Vec<u8>) {
    let Some((day, seconds)) = number_of(text).and_then(|number| parts_of(number, is_1904)) else {
        return write_number(text, out);
    };
    out.extend_from_slice(&day);
    if with_clock && seconds > 0 {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        out.extend_from_slice(format!("T{hours:02}:{minutes:02}:{:02}", seconds % 60).as_bytes());
    }
}

/// Whether a number that is not shown as a day is one all the same: from 1954 on, and no year that was typed alone.
pub(super) fn is_of_our_time(text: &[u8]) -> bool {
    const OUR_TIME_FROM: f64 = 20_000.0;
    number_of(text).is_some_and(|number| number >= OUR_TIME_FROM)
}

/// The same for a column of text: a time without a day is appended as it was typed, `2:3`.
pub(super) fn write_day_or_ratio(text: &[u8], is_1904: bool, out: &mut Vec<u8>) {
    match number_of(text).filter(|number| (0.0..1.0).contains(number)) {
        Some(time) => {
            let minutes = (time * SECONDS_PER_DAY / 60.0).round() as u32;
            out.extend_from_slice(format!("{}:{}", minutes / 60, minutes % 60).as_bytes());
        }
        None => write_day(text, is_1904, true, out),
    }
}

/// The day of a serial number as ISO 8601 has it, and the seconds of it.
fn parts_of(number: f64, is_1904: bool) -> Option<([u8; 10], u32)> {
    if !(0.0..f64::from(LAST_DAY + 1)).contains(&number) {
        return None;
    }
    // Both are small and not negative.
    let (mut day, mut seconds) = (number.trunc() as i32, (number.fract() * SECONDS_PER_DAY).round() as u32);
    if seconds >= SECONDS_PER_DAY as u32 {
        (day, seconds) = (day + 1, 0);
    }
    let since_1970 = match (is_1904, day) {
        (true, _) => day + EPOCH_1904_BEHIND - EPOCH_1900,
        (false, ..=0 | NO_DAY) => return None,
        (false, LAST_DAY) => return Some((*b"9999-12-31", seconds)),
        (false, ..NO_DAY) => day + 1 - EPOCH_1900,
        (false, _) => day - EPOCH_1900,
    };
    let day = Date::new(1970, 1, 1)?.add_days(since_1970)?;
    Some((day.iso(), seconds))
}

/// The serial number of a day in the 1900 system; `None` for days before 1 March 1900, on which programs differ.
pub(super) fn of_day(day: Date) -> Option<u32> {
    let number = day.days_since(Date::new(1970, 1, 1)?) + EPOCH_1900;
    u32::try_from(number).ok().filter(|number| *number > NO_DAY as u32)
}

/// Whether a format of numbers shows days or times: whether it holds one of their letters that is not quoted, escaped
/// or in brackets (ECMA-376, part 1, section 18.8.31).
pub(super) fn shows_dates(format: &[u8]) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    // Only the part for positive numbers counts.
    for byte in format {
        match byte {
            _ if escaped => escaped = false,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'\\' | b'_' | b'*' => escaped = true,
            b'[' => bracketed = true,
            b']' => bracketed = false,
            _ if bracketed => {}
            b';' => return false,
            b'd' | b'D' | b'm' | b'M' | b'y' | b'Y' | b'h' | b'H' | b's' | b'S' => return true,
            _ => {}
        }
    }
    false
}

/// The formats that need no declaration and show days or times (ECMA-376, part 1, section 18.8.30; those of East Asia
/// among them).
pub(super) fn built_in_shows_dates(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str, is_1904: bool) -> String {
        let mut out = Vec::new();
        write_day(text.as_bytes(), is_1904, true, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn number(text: &str) -> String {
        let mut out = Vec::new();
        write_number(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn both_epochs_know_the_same_days() {
        for (text, in_1900, in_1904) in [
            ("1", "1900-01-01", "1904-01-02"),
            ("59", "1900-02-28", "1904-02-29"),
            ("60", "60", "1904-03-01"),
            ("61", "1900-03-01", "1904-03-02"),
            ("46034", "2026-01-12", "2030-01-13"),
            ("44572", "2022-01-11", "2026-01-12"),
            ("46034.354166666664", "2026-01-12T08:30:00", "2030-01-13T08:30:00"),
            ("46034.9999999", "2026-01-13", "2030-01-14"),
            ("2958465", "9999-12-31", "2958465"),
        ] {
            assert_eq!([day(text, false), day(text, true)], [in_1900, in_1904], "{text}");
        }
        for no_day in ["0", "-1", "2958466", "1e9", "NaN", "inf", "x"] {
            let shown = day(no_day, false);
            assert!(!shown.contains('-') || shown == no_day, "{no_day}: {shown}");
        }
    }

    #[test]
    fn numbers_are_shown_as_people_see_them() {
        for (text, shown) in [
            ("5", "5"),
            ("5.0", "5"),
            ("-0", "0"),
            ("330", "330"),
            ("1.2345678901E10", "12345678901"),
            ("945.5", "945.5"),
            ("945.50000000000011", "945.5"),
            ("0.1", "0.1"),
            ("1E-3", "0.001"),
            ("1e300x", "1e300x"),
        ] {
            assert_eq!(number(text), shown, "{text}");
        }
    }

    #[test]
    fn formats_of_days_are_told_from_others() {
        for format in ["dd/mm/yyyy", "[$-809]dd mmmm yyyy;@", "yyyy\\-mm\\-dd", "[h]:mm", "h:mm AM/PM", "\"on \"d"] {
            assert!(shows_dates(format.as_bytes()), "{format}");
        }
        for format in ["0.00", "General", "@", "\"days\" 0", "[Red]0", "#,##0.00_d", "0;d", "£#,##0.00", "0 \\d"] {
            assert!(!shows_dates(format.as_bytes()), "{format}");
        }
    }

    proptest! {
        #[test]
        fn a_day_that_is_written_is_read_again(days in 61..60_000_u32) {
            let date = Date::new(1970, 1, 1).unwrap().add_days(days as i32 - EPOCH_1900).unwrap();
            prop_assert_eq!(of_day(date), Some(days));
            prop_assert_eq!(day(&days.to_string(), false).into_bytes(), date.iso().to_vec());
        }

        #[test]
        fn whatever_stands_in_a_cell_is_shown(text in ".{0,20}", is_1904: bool) {
            let _ = (number(&text), day(&text, is_1904));
        }
    }
}
