//! The time of birth: a dateTime needs an offset, so the local clock of England is turned into one.

use schemas::date::{ClockTime, Date};

use crate::writer::{Array, key, members};

/// From this year on summer time is from the last Sunday of March to the last of October. Source: the Summer Time
/// Order 1997 and, from 2002, the Summer Time Order 2002; before it the end differed.
const RULE_SINCE_YEAR: i16 = 1996;
/// The local clock springs from 1 to 2 o'clock, and falls from 2 to 1.
const CHANGE_HOUR: u8 = 2;

/// Writes the extension patient-birthTime; nothing for a year whose offset is not known.
pub(super) fn write(day: Date, time: ClockTime, extensions: &mut Array<'_>) {
    let Some(summer) = is_summer_time(day, time) else { return };
    extensions.object(|extension| {
        extension.members(members!(r#""url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime""#));
        extension.written(key!(valueDateTime), |out| {
            day.write_iso(out);
            out.push(b'T');
            time.write(out);
            out.extend_from_slice(if summer { b":00+01:00" } else { b":00+00:00" });
        });
    });
}

/// The hour that an autumn clock shows twice counts as the first, the one that a spring clock leaves out as winter.
fn is_summer_time(day: Date, time: ClockTime) -> Option<bool> {
    if day.year() < RULE_SINCE_YEAR {
        return None;
    }
    let starts = last_sunday(day.year(), 3)?;
    let ends = last_sunday(day.year(), 10)?;
    let after_change = time.hour() >= CHANGE_HOUR;
    Some(match day {
        _ if day == starts => after_change,
        _ if day == ends => !after_change,
        _ => starts < day && day < ends,
    })
}

/// The last Sunday of a month that has 31 days.
fn last_sunday(year: i16, month: u8) -> Option<Date> {
    let last = Date::new(year, month, 31)?;
    // 2 January 2000 was a Sunday.
    let sunday = Date::new(2000, 1, 2)?;
    last.add_days(-last.days_since(sunday).rem_euclid(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_change_on_the_last_sundays() {
        let summer = |text: &str, hour| {
            is_summer_time(Date::parse_iso(text.as_bytes()).unwrap(), ClockTime::new(hour, 30).unwrap())
        };
        assert_eq!(summer("2016-05-14", 7), Some(true));
        assert_eq!(summer("2016-12-14", 7), Some(false));
        assert_eq!(summer("2024-03-30", 23), Some(false));
        assert_eq!(summer("2024-03-31", 0), Some(false));
        assert_eq!(summer("2024-03-31", 2), Some(true));
        assert_eq!(summer("2024-10-27", 1), Some(true));
        assert_eq!(summer("2024-10-27", 2), Some(false));
        assert_eq!(summer("1996-03-31", 2), Some(true));
        assert_eq!(summer("1995-07-01", 2), None);
    }
}
