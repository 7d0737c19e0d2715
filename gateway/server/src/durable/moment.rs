//! Moments: microseconds as the store has them, RFC 3339 as callers read them, and days where deadlines are.

use jiff::{Timestamp, tz::TimeZone};
use schemas::date::{CollectionYear, Date};
use store::Micros;

/// Now.
pub(crate) fn now() -> Micros {
    Timestamp::now().as_microsecond()
}

/// As RFC 3339 in UTC, to the millisecond.
pub(crate) fn rfc3339(at: Micros) -> String {
    Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

/// From RFC 3339.
pub(crate) fn from_rfc3339(text: &str) -> Option<Micros> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

/// The day of a moment in a zone.
pub(crate) fn day_in(zone: &str, at: Micros) -> Date {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let day = Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone).date();
    // A clock outside the centuries of the record is a fault of the machine; the last usable year stands in.
    Date::new(day.year(), day.month().unsigned_abs(), day.day().unsigned_abs())
        .unwrap_or_else(|| CollectionYear::LAST.ends())
}

/// The beginning of a day in UTC, where a day is kept as a moment.
pub(crate) fn micros_of(day: Date) -> Micros {
    from_rfc3339(&format!("{day}T00:00:00Z")).unwrap_or_default()
}

/// So many days before a moment.
pub(crate) fn days_before(at: Micros, days: u64) -> Micros {
    at.saturating_sub(i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(86_400_000_000))
}

/// So many hours before a moment.
pub(crate) fn hours_before(at: Micros, hours: u64) -> Micros {
    at.saturating_sub(i64::try_from(hours).unwrap_or(i64::MAX).saturating_mul(3_600_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_and_is_told_in_utc() {
        let text = "2026-11-21T09:30:11.482Z";
        assert_eq!(rfc3339(from_rfc3339(text).unwrap()), text);
        assert_eq!(from_rfc3339("yesterday"), None);
    }

    #[test]
    fn a_day_that_is_kept_as_a_moment_is_that_day_again() {
        for day in [Date::new(2026, 3, 29), Date::new(1999, 12, 31), Date::new(2026, 10, 25)].map(Option::unwrap) {
            assert_eq!(day_in("UTC", micros_of(day)), day);
        }
    }

    #[test]
    fn a_day_is_that_of_the_zone_and_not_of_utc() {
        // Half past eleven at night in UTC is half past twelve in a British summer.
        let at = from_rfc3339("2026-06-30T23:30:00Z").unwrap();
        assert_eq!(day_in("Europe/London", at), Date::new(2026, 7, 1).unwrap());
        assert_eq!(day_in("UTC", at), Date::new(2026, 6, 30).unwrap());
    }
}
