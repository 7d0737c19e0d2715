//! Whether a text is a day that was or will be, written as R4 writes its temporal primitives.

use super::tables::Temporal;

/// Whether `text` is a temporal value of this kind on a day that the calendar has.
pub(super) fn is_real(kind: Temporal, text: &str) -> bool {
    match (text.split_once('T'), kind) {
        (None, Temporal::Date | Temporal::DateTime) => is_date(text),
        (Some((day, time)), Temporal::DateTime | Temporal::Instant) => day.len() == 10 && is_date(day) && is_time(time),
        _ => false,
    }
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let Some(year) = year.and_then(|year| number(year, 4)).filter(|year| *year > 0) else { return false };
    let Some(month) = month else { return true };
    let Some(month) = number(month, 2).filter(|month| (1..=12).contains(month)) else { return false };
    let Some(day) = day else { return true };
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    parts.next().is_none() && number(day, 2).is_some_and(|day| (1..=days).contains(&day))
}

/// `hh:mm:ss`, a fraction where wanted, and the offset that R4 demands of every time of day.
fn is_time(text: &str) -> bool {
    let Some(offset) = text.find(['Z', '+', '-']) else { return false };
    let (clock, offset) = text.split_at(offset);
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let is_clock = |clock: &str, limits: &[u32]| {
        clock.split(':').count() == limits.len()
            && clock.split(':').zip(limits).all(|(part, limit)| number(part, 2).is_some_and(|part| part <= *limit))
    };
    let is_fraction =
        fraction.is_none_or(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let is_offset = offset == "Z" || offset.get(1..).is_some_and(|offset| is_clock(offset, &[14, 59]));
    is_clock(clock, &[23, 59, 60]) && is_fraction && is_offset
}

/// A number of exactly `digits` digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::tables::Temporal;
    use super::is_real;

    #[test]
    fn days_of_the_calendar_and_no_others() {
        for real in ["2016-05-14", "2024-02-29", "2000-02-29", "2016", "2016-05"] {
            assert!(is_real(Temporal::Date, real), "{real}");
        }
        for unreal in [
            "2023-02-29",
            "1900-02-29",
            "31/02/2020",
            "2016-13-01",
            "2016-04-31",
            "2016-5-1",
            "16-05-14",
            "",
            "0000",
            "2016-05-14-1",
            "2016-05-14T00:00:00Z",
            "2016-05-1é",
        ] {
            assert!(!is_real(Temporal::Date, unreal), "{unreal}");
        }
    }

    #[test]
    fn times_have_seconds_and_an_offset() {
        for real in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678+01:00", "2026-01-02T23:59:60-05:30"] {
            assert!(is_real(Temporal::Instant, real), "{real}");
            assert!(is_real(Temporal::DateTime, real), "{real}");
        }
        for unreal in [
            "2026-01-02T03:04:05",
            "2026-01-02T03:04Z",
            "2026-01-02T24:00:00Z",
            "2026-02-30T03:04:05Z",
            "2026-01T03:04:05Z",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05+1:00",
        ] {
            assert!(!is_real(Temporal::DateTime, unreal), "{unreal}");
        }
        assert!(!is_real(Temporal::Instant, "2026-01-02"));
    }
}
