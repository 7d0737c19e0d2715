//! When a route with a schedule runs next, in the zone of the gateway's deadlines.
//!
//! A time that the clocks skip in spring is the moment after the gap; one that they repeat in autumn is the first of the
//! two. A run that was missed while the gateway was down needs no rule of its own: what was to leave then is due.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use kit::school_calendar::SchoolCalendar;
use store::Micros;

use crate::config::{Every, Schedule};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// The first run after a moment; the moment itself where the calendar ends.
pub(crate) fn next_run(schedule: &Schedule, zone: &str, calendar: &SchoolCalendar, after: Micros) -> Micros {
    run_after(schedule, zone, calendar, after).map_or(after, |run| run.timestamp().as_microsecond())
}

fn run_after(schedule: &Schedule, zone: &str, calendar: &SchoolCalendar, after: Micros) -> Option<Zoned> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let after = Timestamp::from_microsecond(after).ok()?.to_zoned(zone.clone());
    let at: Time = schedule.at.as_deref().and_then(|at| at.parse().ok()).unwrap_or(Time::midnight());
    let run = |day: Date| day.to_datetime(at).to_zoned(zone.clone()).ok().filter(|run| *run > after);
    let today = after.date();
    match schedule.every {
        Every::Hour => {
            let hour = after.datetime().with().minute(at.minute()).second(0).subsec_nanosecond(0).build().ok()?;
            let this = hour.to_zoned(zone).ok()?;
            // In hours that pass, not on the clock: none is left out when the clocks change.
            if this > after { Some(this) } else { this.checked_add(1.hour()).ok() }
        }
        Every::Day => (0..=2).find_map(|days| run(today.checked_add(days.days()).ok()?)),
        Every::Week => {
            let on = WEEKDAYS.iter().find(|(word, _)| Some(*word) == schedule.on.as_deref());
            let on = on.map_or(Weekday::Monday, |(_, day)| *day);
            (0..=14).find_map(|days| run(today.checked_add(days.days()).ok().filter(|day| day.weekday() == on)?))
        }
        Every::Month => {
            let on: i8 = schedule.on.as_deref().and_then(|on| on.parse().ok()).unwrap_or(1);
            let month =
                |months: i64| today.first_of_month().checked_add(months.months()).ok()?.with().day(on).build().ok();
            (0..=2).find_map(|months| run(month(months)?))
        }
        Every::Term => {
            let start = |from: Date| Some(civil(calendar.next_term_start(of_record(from)?)?.0));
            // Where this day's run has passed, the next term begins on a later day.
            run(start(today)?).or_else(|| run(start(today.tomorrow().ok()?)?))
        }
    }
}

fn of_record(day: Date) -> Option<schemas::date::Date> {
    schemas::date::Date::new(day.year(), day.month().unsigned_abs(), day.day().unsigned_abs())
}

fn civil(day: schemas::date::Date) -> Date {
    // Days of a record are days of the calendar.
    jiff::civil::date(day.year(), day.month().cast_signed(), day.day().cast_signed())
}

#[cfg(test)]
mod tests {
    use kit::school_calendar::{Days, TermName};

    use super::*;

    fn next(every: Every, at: &str, on: Option<&str>, after: &str) -> String {
        let schedule = Schedule { every, at: Some(at.to_owned()), on: on.map(str::to_owned) };
        let after: Timestamp = after.parse().unwrap();
        let next = next_run(&schedule, "Europe/London", &calendar(), after.as_microsecond());
        Timestamp::from_microsecond(next).unwrap().to_string()
    }

    /// The spring term of 2027 begins on a day that no approximate year knows.
    fn calendar() -> SchoolCalendar {
        let day = |month, day| schemas::date::Date::new(2027, month, day).unwrap();
        let spring = (TermName::read("spring").unwrap(), Days::new(day(1, 4), day(3, 25)).unwrap());
        SchoolCalendar::new(&[spring], Vec::new(), vec![Days::new(day(1, 4), day(1, 5)).unwrap()]).unwrap()
    }

    #[test]
    fn a_term_is_run_once_on_its_first_school_day() {
        assert_eq!(next(Every::Term, "06:30", None, "2026-11-22T12:00:00Z"), "2027-01-06T06:30:00Z");
        assert_eq!(next(Every::Term, "06:30", None, "2027-01-06T06:29:59Z"), "2027-01-06T06:30:00Z");
        // The calendar of 2026/27 has a spring term alone: the next is the approximate autumn, in summer time.
        assert_eq!(next(Every::Term, "06:30", None, "2027-01-06T06:30:00Z"), "2027-09-01T05:30:00Z");
        assert_eq!(next(Every::Term, "00:00", None, "2027-09-01T12:00:00Z"), "2028-01-04T00:00:00Z");
    }

    #[test]
    fn a_run_is_the_next_one_by_the_clock_on_the_wall() {
        // In summer half past six is half past five in UTC.
        assert_eq!(next(Every::Day, "06:30", None, "2026-06-10T05:00:00Z"), "2026-06-10T05:30:00Z");
        assert_eq!(next(Every::Day, "06:30", None, "2026-06-10T05:30:00Z"), "2026-06-11T05:30:00Z");
        assert_eq!(next(Every::Day, "06:30", None, "2026-12-10T06:31:00Z"), "2026-12-11T06:30:00Z");
        assert_eq!(next(Every::Week, "06:30", Some("monday"), "2026-11-22T12:00:00Z"), "2026-11-23T06:30:00Z");
        assert_eq!(next(Every::Week, "06:30", Some("monday"), "2026-11-23T06:30:00Z"), "2026-11-30T06:30:00Z");
        assert_eq!(next(Every::Month, "00:00", Some("28"), "2026-02-28T00:00:00Z"), "2026-03-28T00:00:00Z");
        assert_eq!(next(Every::Month, "00:00", None, "2026-12-02T00:00:00Z"), "2027-01-01T00:00:00Z");
        assert_eq!(next(Every::Hour, "00:15", None, "2026-11-22T12:14:59Z"), "2026-11-22T12:15:00Z");
        assert_eq!(next(Every::Hour, "00:15", None, "2026-11-22T12:15:00Z"), "2026-11-22T13:15:00Z");
    }

    #[test]
    fn a_time_that_the_clocks_skip_or_repeat_is_run_once() {
        // On 28 March 2027 there is no half past one in London; on 31 October there are two.
        assert_eq!(next(Every::Day, "01:30", None, "2027-03-27T12:00:00Z"), "2027-03-28T01:30:00Z");
        assert_eq!(next(Every::Day, "01:30", None, "2027-10-30T12:00:00Z"), "2027-10-31T00:30:00Z");
        assert_eq!(next(Every::Day, "01:30", None, "2027-10-31T00:30:00Z"), "2027-11-01T01:30:00Z");
    }
}
