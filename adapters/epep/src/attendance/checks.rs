//! What is wrong with a child's attendance only when all of it is looked at together.

use std::collections::HashMap;

use schemas::{
    code::{AttendanceClass, AttendanceCode, SchoolSession},
    date::{AcademicYear, Date},
    diagnostic::{Place, Report},
    record::{AttendanceMark, AttendanceSummary, Source, Statement, Suspension},
    said::Said,
};

use crate::{records::tell_of, rules};

/// The reason for an absence has to be found within so many school days.
const REASON_SCHOOL_DAYS_MAX: usize = 5;
/// A sum is compared with marks that cover so much of it, in per cent, and may differ by so many sessions.
const COVERED_PERCENT_MIN: u32 = 95;
const SESSIONS_DIFFERING_MAX: u32 = 2;
/// Compulsory school age begins with the term after this birthday (Education Act 1996, section 8).
const COMPULSORY_FROM_YEARS: i16 = 5;
/// A child is of this age on the last day before Year 11 begins, 31 August.
const YEAR_11_AGE_YEARS: u8 = 15;

/// A mark that stands, with where it was read.
struct Stands<'s> {
    mark: &'s AttendanceMark,
    date: Date,
    session: SchoolSession,
    code: AttendanceCode,
    source: &'s Source,
}

/// Tells what is wrong with marks, sums and suspensions beside each other.
pub fn check_together(said: &[(Statement, Source)], as_at: Option<Date>, born: Option<Date>, report: &mut dyn Report) {
    let marks: Vec<Stands<'_>> = said.iter().filter_map(|(statement, source)| stands(statement, source)).collect();
    let mut sessions: HashMap<(Date, SchoolSession), Vec<&Stands<'_>>> = HashMap::new();
    for mark in &marks {
        let of_session = sessions.entry((mark.date, mark.session)).or_default();
        if counts(mark)
            && let Some(other) = of_session.iter().find(|other| counts(other))
        {
            tell_of(&rules::TWO_SCHOOLS, mark.source, [other.source.place.clone()], report);
        }
        of_session.push(mark);
        if mark.code == AttendanceCode::NoReasonYet
            && as_at.is_some_and(|day| school_days_between(mark.date, day) > REASON_SCHOOL_DAYS_MAX)
        {
            tell_of(&rules::N_NOT_RESOLVED, mark.source, [], report);
        }
        if mark.code == AttendanceCode::NotOfCompulsoryAge && born.is_some_and(|born| must_attend(born, mark.date)) {
            tell_of(&rules::X_AT_COMPULSORY_AGE, mark.source, [], report);
        }
    }
    for (statement, source) in said {
        match statement {
            Statement::Suspension(suspension) => check_suspension(suspension, source, &sessions, report),
            Statement::AttendanceSummary(summary) => check_summary(summary, source, &marks, report),
            _ => {}
        }
    }
}

fn stands<'s>(statement: &'s Statement, source: &'s Source) -> Option<Stands<'s>> {
    let Statement::AttendanceMark(mark) = statement else { return None };
    let (date, session, code) = (mark.date.is()?, mark.session.is()?, mark.code.is()?);
    (!source.retracts).then_some(Stands { mark, date, session, code, source })
}

fn class(mark: &Stands<'_>) -> Option<AttendanceClass> {
    mark.code.counts_as(mark.date)
}

fn counts(mark: &Stands<'_>) -> bool {
    class(mark).is_some_and(AttendanceClass::is_possible)
}

/// A suspended child is marked E, or as somewhere else; the day that cannot be attended anyway is #.
fn check_suspension(
    suspension: &Suspension,
    source: &Source,
    sessions: &HashMap<(Date, SchoolSession), Vec<&Stands<'_>>>,
    report: &mut dyn Report,
) {
    let (Said::Is(start), Said::Is(end)) = (suspension.start_date, suspension.end_date) else { return };
    if suspension.withdrawn == Said::Is(true) {
        return;
    }
    let fits = |code| {
        use AttendanceCode as A;
        matches!(
            code,
            A::SuspendedOrExcluded
                | A::OtherApprovedActivity
                | A::EducationArrangedByAuthority
                | A::DualRegistered
                | A::PlannedClosure
        )
    };
    // On its first and last day the child may have been there for one half.
    let inside = |mark: &&Stands<'_>| start < mark.date && mark.date < end;
    let mut misfits: Vec<(Date, Place)> = sessions
        .values()
        .flatten()
        .filter(|mark| inside(mark) && !fits(mark.code) && same_school(suspension, mark.mark))
        .map(|mark| (mark.date, mark.source.place.clone()))
        .collect();
    misfits.sort_by_key(|(date, place)| (*date, place.order()));
    if let Some((_, first)) = misfits.into_iter().next() {
        tell_of(&rules::SUSPENSION_E_MISSING, source, [first], report);
    }
}

fn same_school(suspension: &Suspension, mark: &AttendanceMark) -> bool {
    match (suspension.school_urn, mark.school_urn) {
        (Said::Is(one), Said::Is(other)) => one == other,
        _ => match (suspension.school_laestab, mark.school_laestab) {
            (Said::Is(one), Said::Is(other)) => one == other,
            _ => suspension.school_name == mark.school_name,
        },
    }
}

/// Compares a sum with the marks of its school and period, where these cover it.
fn check_summary(summary: &AttendanceSummary, source: &Source, marks: &[Stands<'_>], report: &mut dyn Report) {
    let (Said::Is(start), Said::Is(end)) = (summary.period_start, summary.period_end) else { return };
    let number = |said: Said<schemas::reflect::Number<9999>>| said.is().map(|number| u32::from(number.get()));
    let (Some(possible), Some(attended)) = (number(summary.possible), number(summary.attended)) else { return };
    let school = (&summary.school_urn, &summary.school_laestab, &summary.school_name);
    let own = marks.iter().filter(|mark| {
        let of_mark = (&mark.mark.school_urn, &mark.mark.school_laestab, &mark.mark.school_name);
        (school == of_mark) && start <= mark.date && mark.date <= end && counts(mark)
    });
    let (mut covered, mut present) = (0, 0);
    for mark in own {
        covered += 1;
        present += u32::from(class(mark).is_some_and(AttendanceClass::is_attended));
    }
    let is_covered = possible > 0 && covered * 100 >= possible * COVERED_PERCENT_MIN;
    let differs = covered.abs_diff(possible).max(present.abs_diff(attended)) > SESSIONS_DIFFERING_MAX;
    if is_covered && differs {
        tell_of(&rules::SUMMARY_MARKS, source, [], report);
    }
}

/// Weekdays after one day up to another.
fn school_days_between(from: Date, to: Date) -> usize {
    // Enough to tell that it is too many, whatever the distance.
    let most = to.days_since(from).clamp(0, 31);
    (1..=most).filter(|n| from.add_days(*n).is_some_and(|day| !day.weekday().is_weekend())).count()
}

/// Whether a child is of compulsory school age on a day: from the term after the fifth birthday to the last Friday of
/// June of Year 11. Terms begin on 1 September, 1 January and 1 April (Education (Start of Compulsory School Age) Order
/// 1998: prescribed days 31 August, 31 December, 31 March).
fn must_attend(born: Date, day: Date) -> bool {
    let Some(fifth) = born.add_years(COMPULSORY_FROM_YEARS) else { return false };
    let term = match fifth.month() {
        1..=3 => Date::new(fifth.year(), 4, 1),
        4..=8 => Date::new(fifth.year(), 9, 1),
        _ => Date::new(fifth.year() + 1, 1, 1),
    };
    let has_begun = term.is_some_and(|term| term <= day);
    let year_11 = |year: AcademicYear| year.starts().add_days(-1).and_then(|eve| born.age_on(eve));
    let age_before_year = AcademicYear::of(day).and_then(year_11);
    let is_over = match age_before_year {
        Some(age) if age > YEAR_11_AGE_YEARS => true,
        Some(YEAR_11_AGE_YEARS) => last_friday_of_june(day).is_some_and(|friday| day.month() <= 8 && friday < day),
        _ => false,
    };
    has_begun && !is_over
}

fn last_friday_of_june(day: Date) -> Option<Date> {
    let last = Date::new(day.year(), 6, 30)?;
    let back = (last.weekday().number_from_monday() + 2) % 7;
    last.add_days(-i32::from(back))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    #[test]
    fn compulsory_age_begins_with_a_term_and_ends_on_a_friday() {
        for (born, before, from) in [
            ("2020-03-31", "2025-03-31", "2025-04-01"),
            ("2020-04-01", "2025-08-31", "2025-09-01"),
            ("2020-09-01", "2025-12-31", "2026-01-01"),
        ] {
            assert!(!must_attend(day(born), day(before)), "{born}");
            assert!(must_attend(day(born), day(from)), "{born}");
        }
        // Year 11 of 2025/26: born from 1 September 2009 to 31 August 2010.
        for born in ["2009-09-01", "2010-08-31"] {
            assert!(must_attend(day(born), day("2026-06-26")), "{born}");
            assert!(!must_attend(day(born), day("2026-06-27")), "{born}");
            assert!(must_attend(day(born), day("2025-12-01")), "{born}");
            assert!(!must_attend(day(born), day("2026-09-01")), "{born}");
        }
        assert!(must_attend(day("2010-09-01"), day("2026-06-27")));
    }

    #[test]
    fn school_days_are_weekdays() {
        assert_eq!(school_days_between(day("2026-11-27"), day("2026-12-04")), 5, "Friday to Friday");
        assert_eq!(school_days_between(day("2026-11-27"), day("2026-11-29")), 0);
        assert_eq!(school_days_between(day("2026-11-27"), day("2026-11-01")), 0);
        assert!(school_days_between(day("2020-01-01"), day("2026-11-01")) > REASON_SCHOOL_DAYS_MAX);
    }
}
