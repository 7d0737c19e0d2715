//! What is wrong with a child's attendance only when all of it is looked at together.

use schemas::{
    code::AttendanceCode,
    date::{AcademicYear, Date},
    diagnostic::Report,
    record::{AttendanceMark, Source, Statement, Suspension},
    said::Said,
};

use crate::{records::tell_of, rules};

/// Compulsory school age begins with the term after this birthday (Education Act 1996, section 8).
const COMPULSORY_FROM_YEARS: i16 = 5;
/// A child is of this age on the last day before Year 11 begins, 31 August.
const YEAR_11_AGE_YEARS: u8 = 15;

/// A mark that stands, with where it was read.
struct Stands<'s> {
    mark: &'s AttendanceMark,
    date: Date,
    code: AttendanceCode,
    source: &'s Source,
}

/// Tells what is wrong with marks beside the child's age, and with suspensions beside marks.
pub fn check_together(said: &[(Statement, Source)], born: Option<Date>, report: &mut dyn Report) {
    let marks = || said.iter().filter_map(|(statement, source)| stands(statement, source));
    for mark in marks().filter(|mark| mark.code == AttendanceCode::NotOfCompulsoryAge) {
        if born.is_some_and(|born| must_attend(born, mark.date)) {
            tell_of(&rules::X_AT_COMPULSORY_AGE, mark.source, [], report);
        }
    }
    let suspensions = said.iter().filter_map(|(statement, source)| match statement {
        Statement::Suspension(suspension) => Some((suspension, source)),
        _ => None,
    });
    let mut by_date: Vec<Stands<'_>> = Vec::new();
    for (n, (suspension, source)) in suspensions.enumerate() {
        if n == 0 {
            by_date.extend(marks());
            by_date.sort_by_key(|mark| (mark.date, mark.source.place.order()));
        }
        check_suspension(suspension, source, &by_date, report);
    }
}

fn stands<'s>(statement: &'s Statement, source: &'s Source) -> Option<Stands<'s>> {
    let Statement::AttendanceMark(mark) = statement else { return None };
    let (date, code) = (mark.date.is()?, mark.code.is()?);
    (!source.retracts).then_some(Stands { mark, date, code, source })
}

/// A suspended child is marked E, or as somewhere else; the day that cannot be attended anyway is #.
fn check_suspension(suspension: &Suspension, source: &Source, by_date: &[Stands<'_>], report: &mut dyn Report) {
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
    let after_start = &by_date[by_date.partition_point(|mark| mark.date <= start)..];
    let inside = after_start.iter().take_while(|mark| mark.date < end);
    let mut misfits = inside.filter(|mark| !fits(mark.code) && same_school(suspension, mark.mark));
    if let Some(first) = misfits.next() {
        tell_of(&rules::SUSPENSION_E_MISSING, source, [first.source.place.clone()], report);
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
}
