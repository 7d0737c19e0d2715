//! The time of day that a missing episode or an attendance mark is given with.

use std::fmt;

use crate::digits::{digits_of, read_digits};
use crate::inline::hide_value_in_debug;

/// A time of day to the minute, `00:00` to `23:59`, by the local clock of the sender.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime(u16);

hide_value_in_debug!(ClockTime);

impl ClockTime {
    /// A time by hour and minute; `None` when the clock does not show it.
    pub const fn new(hour: u8, minute: u8) -> Option<ClockTime> {
        if hour > 23 || minute > 59 {
            return None;
        }
        Some(ClockTime(hour as u16 * 60 + minute as u16))
    }

    /// Reads `hh:mm`, two digits each, and nothing else.
    pub fn parse(bytes: &[u8]) -> Option<ClockTime> {
        let &[h1, h2, b':', m1, m2] = bytes else { return None };
        let hour = u8::try_from(read_digits(&[h1, h2])?).ok()?;
        let minute = u8::try_from(read_digits(&[m1, m2])?).ok()?;
        ClockTime::new(hour, minute)
    }

    /// The hour, 0 to 23.
    pub const fn hour(self) -> u8 {
        (self.0 / 60) as u8
    }

    /// The minute of the hour, 0 to 59.
    pub const fn minute(self) -> u8 {
        (self.0 % 60) as u8
    }

    /// Minutes since midnight, 0 to 1439.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Appends `hh:mm`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.text());
    }

    fn text(self) -> [u8; 5] {
        let [h1, h2] = digits_of(u32::from(self.hour()));
        let [m1, m2] = digits_of(u32::from(self.minute()));
        [h1, h2, b':', m1, m2]
    }
}

/// `hh:mm`.
impl fmt::Display for ClockTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_of_the_day_reads_back() {
        for hour in 0..24 {
            for minute in 0..60 {
                let time = ClockTime::new(hour, minute);
                let text = time.map(|time| time.to_string()).unwrap_or_default();
                assert_eq!(text, format!("{hour:02}:{minute:02}"));
                assert_eq!(ClockTime::parse(text.as_bytes()), time);
            }
        }
    }

    #[test]
    fn what_no_clock_shows_is_refused() {
        for bad in ["", "9:30", "24:00", "23:60", "09:30:00", "0930", "09.30", "ab:cd", " 09:30", "-9:30"] {
            assert_eq!(ClockTime::parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(ClockTime::new(24, 0), None);
        assert_eq!(ClockTime::new(0, 60), None);
    }
}
