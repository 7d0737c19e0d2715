//! Sessions: which marks stand, how they add up, and every threshold at its edge.

use epep::figures::AttendanceTally;
use epep::sessions::{NotPossible, Period, Register, School, Sessions, check};
use proptest::prelude::*;
use schemas::{
    code::{AttendanceClass, AttendanceCode, Code, EnrolStatus, SchoolSession},
    date::{Date, DateTime},
    identifier::SchoolUrn,
    record::{AttendanceMark, AttendanceSummary, Enrolment, Record, Statement},
    reflect::Number,
    said::Said,
};

use crate::support::{Told, calendar, day, days, records};

fn urn(number: u32) -> Said<SchoolUrn> {
    Said::Is(SchoolUrn::read(number.to_string().as_bytes()).unwrap())
}

fn mark(school: u32, date: &str, session: SchoolSession, code: &str) -> AttendanceMark {
    AttendanceMark {
        school_urn: urn(school),
        date: Said::Is(day(date)),
        session: Said::Is(session),
        code: AttendanceCode::from_code(code.as_bytes()).map_or(Said::Blank, Said::Is),
        ..AttendanceMark::default()
    }
}

fn recorded(mark: AttendanceMark, at: &str) -> AttendanceMark {
    AttendanceMark { recorded_at: Said::Is(DateTime::read(at.as_bytes()).unwrap()), ..mark }
}

const AM: SchoolSession = SchoolSession::Morning;
const PM: SchoolSession = SchoolSession::Afternoon;
const MONDAY: &str = "2026-01-12";

fn of_marks(marks: impl IntoIterator<Item = AttendanceMark>) -> Vec<Record> {
    records(marks.into_iter().map(|mark| (Statement::from(mark), false)))
}

fn year() -> Period {
    Period { days: days("2025-09-01", "2026-08-31"), not_possible: NotPossible::NotCounted }
}

fn counted(records: &[Record]) -> Sessions {
    Register::of(records).count(&year())
}

#[test]
fn each_class_counts_as_the_regulations_have_it() {
    let codes = ["/", "L", "K", "I", "N", "D", "Y1", "#"];
    let marks = codes.iter().zip(12..).map(|(code, date)| mark(100_001, &format!("2026-01-{date}"), AM, code));
    let sessions = counted(&of_marks(marks));
    let expected = Sessions { attended: 3, authorised: 1, unauthorised: 1, late: 1, not_possible: 2, not_counted: 1 };
    assert_eq!(sessions, expected);
    assert_eq!((sessions.possible(), sessions.absent()), (5, 2));
    let records = of_marks([mark(100_001, MONDAY, AM, "D")]);
    let compared = Period { not_possible: NotPossible::Authorised, ..year() };
    assert_eq!(Register::of(&records).count(&compared).authorised, 1);
    // Withdrawn in August 2024: kept, and not counted.
    let period = Period { days: days("2024-08-01", "2024-09-30"), ..year() };
    let withdrawn = of_marks([mark(100_001, "2024-09-02", AM, "H"), mark(100_001, "2024-08-16", AM, "H")]);
    let sessions = Register::of(&withdrawn).count(&period);
    assert_eq!((sessions.authorised, sessions.not_counted), (1, 1));
}

#[test]
fn percentages_are_tenths_half_up_and_none_of_nothing() {
    let of = |attended, absent| Sessions { attended, authorised: absent, ..Sessions::default() };
    assert_eq!(of(0, 0).attendance(), None);
    // 92.85 is 92.9; 1 of 16 is 6.25 and 6.3; two thirds are 66.7.
    for (attended, absent, percent) in
        [(130, 10, "92.9"), (1, 15, "6.3"), (2, 1, "66.7"), (1, 2, "33.3"), (7, 0, "100.0"), (0, 7, "0.0")]
    {
        assert_eq!(of(attended, absent).attendance().unwrap().to_string(), percent);
    }
    assert_eq!(of(u32::MAX / 2, 0).attendance().unwrap().tenths(), 1_000);
}

#[test]
fn a_tenth_is_persistent_and_a_half_is_severe_exactly() {
    let of =
        |absent, possible: u32| Sessions { attended: possible - absent, unauthorised: absent, ..Sessions::default() };
    for (absent, possible, persistent, severe) in [
        (0, 0, false, false),
        (1, 10, true, false),
        (99, 1_000, false, false),
        (100, 1_000, true, false),
        (49, 99, true, false),
        (50, 100, true, true),
        (1, 2, true, true),
    ] {
        let sessions = of(absent, possible);
        assert_eq!(
            (sessions.is_persistently_absent(), sessions.is_severely_absent()),
            (persistent, severe),
            "{absent} of {possible}"
        );
    }
    assert!(of(0, 19).has_few() && !of(0, 20).has_few());
}

#[test]
fn a_later_record_replaces_an_earlier_one_however_they_arrive() {
    let (early, late) = ("2026-01-12T09:00:00Z", "2026-01-12T11:00:00Z");
    let absent = recorded(mark(100_001, MONDAY, AM, "N"), early);
    let present = recorded(mark(100_001, MONDAY, AM, "/"), late);
    for marks in [[absent.clone(), present.clone()], [present.clone(), absent.clone()]] {
        assert_eq!(counted(&of_marks(marks)).attended, 1);
    }
    // Without the instant of one of them, the one received later.
    let undated = mark(100_001, MONDAY, AM, "I");
    assert_eq!(counted(&of_marks([present.clone(), undated.clone()])).authorised, 1);
    assert_eq!(counted(&of_marks([undated, present.clone()])).attended, 1);
    // A blank takes nothing away.
    let blank = mark(100_001, MONDAY, AM, "");
    let blanked = of_marks([present.clone(), blank]);
    assert_eq!((counted(&blanked).attended, Register::of(&blanked).missing()), (1, 1));
    // What is taken back is gone, unless it was recorded again since.
    let taken_back = |at: &str, n: bool| {
        let back = (Statement::from(recorded(mark(100_001, MONDAY, AM, ""), at)), true);
        let kept = (Statement::from(present.clone()), false);
        if n { records([back, kept]) } else { records([kept, back]) }
    };
    assert_eq!(counted(&taken_back("2026-01-12T12:00:00Z", true)), Sessions::default());
    assert_eq!(counted(&taken_back("2026-01-12T12:00:00Z", false)), Sessions::default());
    assert_eq!(counted(&taken_back(early, false)).attended, 1);
}

#[test]
fn of_two_registrations_the_main_one_counts_and_both_are_told() {
    let enrolled = |school, status| {
        Statement::from(Enrolment { school_urn: urn(school), status: Said::Is(status), ..Enrolment::default() })
    };
    let marks = || [mark(100_001, MONDAY, AM, "I"), mark(100_002, MONDAY, AM, "/")].map(Statement::from);
    let told = |statements: Vec<Statement>| {
        let records = records(statements.into_iter().map(|statement| (statement, false)));
        let mut told = Told::default();
        check(&records, Some(day("2026-01-30")), &calendar(), &mut told);
        let sessions = counted(&records);
        (sessions.attended, sessions.authorised, told.0)
    };
    let rule = "epep/two-schools-one-session";
    // Nobody says which: the mark received first.
    assert_eq!(told(marks().to_vec()), (0, 1, vec![(rule, 2)]));
    let mut main = marks().to_vec();
    main.extend([enrolled(100_001, EnrolStatus::Subsidiary), enrolled(100_002, EnrolStatus::Main)]);
    assert_eq!(told(main), (1, 0, vec![(rule, 2)]));
    // A session at the other school is none here.
    let dual = [mark(100_001, MONDAY, AM, "D"), mark(100_002, MONDAY, AM, "/")].map(Statement::from);
    assert_eq!(told(dual.to_vec()), (1, 0, vec![]));
    let records = of_marks([mark(100_001, MONDAY, AM, "D"), mark(100_002, MONDAY, AM, "/")]);
    let one = School::Urn(urn(100_001).is().unwrap());
    assert_eq!(Register::of(&records).count_at(one, &year()).not_possible, 1);
}

#[test]
fn an_absence_without_a_reason_is_told_after_five_school_days_and_not_before() {
    let records = of_marks([mark(100_001, MONDAY, AM, "N"), mark(100_001, MONDAY, PM, "I")]);
    let told = |as_at: &str| {
        let mut told = Told::default();
        check(&records, Some(day(as_at)), &calendar(), &mut told);
        told.0
    };
    assert_eq!(told("2026-01-19"), []);
    assert_eq!(told("2026-01-20"), [("epep/n-not-resolved", 1)]);
    // A half term does not count: from Friday 13 February, the sixth school day is 2 March.
    let records = of_marks([mark(100_001, "2026-02-13", AM, "N")]);
    let old = |as_at: &str| Register::of(&records).unexplained(day(as_at), &calendar()).count();
    assert_eq!((old("2026-02-27"), old("2026-03-02")), (0, 1));
}

fn summary(possible: Option<u16>, attended: u16, authorised: u16, unauthorised: u16) -> AttendanceSummary {
    let number = |number| Said::Is(Number::new(number).unwrap());
    AttendanceSummary {
        school_urn: urn(100_001),
        period_start: Said::Is(day("2025-09-01")),
        period_end: Said::Is(day("2026-08-31")),
        possible: possible.map_or(Said::NotAsked, number),
        attended: number(attended),
        authorised: number(authorised),
        unauthorised: number(unauthorised),
        ..AttendanceSummary::default()
    }
}

#[test]
fn a_sum_is_contradicted_by_marks_that_cover_it_and_lie_more_than_two_sessions_off() {
    let marks = |count: i32| {
        let date = |n| day("2025-09-02").add_days(n).unwrap().to_string();
        of_marks((0..count).map(|n| mark(100_001, &date(n), AM, "/")))
    };
    let contradicts = |count, summary: &AttendanceSummary| Register::of(&marks(count)).contradicts(summary);
    assert!(!contradicts(100, &summary(Some(100), 100, 0, 0)));
    assert!(!contradicts(100, &summary(Some(100), 98, 2, 0)));
    assert!(contradicts(100, &summary(Some(100), 97, 3, 0)));
    assert!(contradicts(100, &summary(None, 97, 3, 0)));
    // Nineteen in twenty are covered, eighteen are not.
    assert!(contradicts(95, &summary(Some(100), 90, 5, 5)));
    assert!(!contradicts(94, &summary(Some(100), 90, 5, 5)));
    assert!(!contradicts(0, &summary(Some(0), 0, 0, 0)));
    let mut both = marks(100);
    both.extend(records([(Statement::from(summary(Some(100), 90, 5, 5)), false)]));
    let mut told = Told::default();
    check(&both, Some(day("2026-08-31")), &calendar(), &mut told);
    assert_eq!(told.0, [("epep/summary-differs-from-marks", 1)]);
}

#[test]
fn periods_begin_where_the_calendar_has_it() {
    let calendar = calendar();
    let first = |period: Option<Period>| period.unwrap().days.first;
    assert_eq!(first(Period::year_to(day("2026-02-01"))), day("2025-09-01"));
    assert_eq!(first(Period::term_to(day("2026-02-02"), &calendar)), day("2026-01-05"));
    // Twenty school days to Friday 27 February, the half term left out.
    assert_eq!(first(Period::last_days_to(day("2026-02-27"), &calendar)), day("2026-01-26"));
    assert!(Period::term_to(day("2026-12-31"), &calendar).is_some());
}

#[test]
fn a_tally_tells_counts_and_nobody() {
    let mut tally = AttendanceTally::default();
    assert_eq!(tally.words("this term"), None);
    let of = |attended, absent| Sessions { attended, authorised: absent, ..Sessions::default() };
    for sessions in [of(95, 5), of(80, 20), of(40, 60), of(1, 1), of(0, 0)] {
        tally.add(&sessions);
    }
    assert_eq!(
        tally.words("this term").unwrap(),
        "Attendance this term: 71.5 % of 302 sessions; children: 4, persistently absent: 2, severely: 1, too few \
         sessions to say: 1."
    );
}

fn any_mark() -> impl Strategy<Value = (AttendanceMark, bool)> {
    let codes: Vec<AttendanceCode> = AttendanceCode::all().collect();
    let code = prop::option::weighted(0.95, prop::sample::select(codes));
    let minute = prop::option::of(0..600_u32);
    (100_001..100_004_u32, 0..30_i32, any::<bool>(), code, minute, prop::bool::weighted(0.1)).prop_map(
        |(school, offset, morning, code, minute, retracts)| {
            let instant = |minute: u32| format!("2026-03-01T{:02}:{:02}:00Z", minute / 60, minute % 60);
            let mark = AttendanceMark {
                school_urn: urn(school),
                date: Said::Is(day("2026-01-12").add_days(offset).unwrap()),
                session: Said::Is(if morning { AM } else { PM }),
                code: code.map_or(Said::Blank, Said::Is),
                recorded_at: minute
                    .map_or(Said::NotAsked, |it| Said::Is(DateTime::read(instant(it).as_bytes()).unwrap())),
                ..AttendanceMark::default()
            };
            (mark, retracts)
        },
    )
}

/// The same by other means: a map from key to mark, and one from session to outcome.
fn by_the_book(marks: &[(AttendanceMark, bool)]) -> u32 {
    type Key = (u32, Date, bool);
    let mut keys: Vec<(Key, usize)> = Vec::new();
    let key = |mark: &AttendanceMark| {
        let mut text = Vec::new();
        mark.school_urn.is().unwrap().write(&mut text);
        (String::from_utf8(text).unwrap().parse().unwrap(), mark.date.is().unwrap(), mark.session == Said::Is(AM))
    };
    for (n, (mark, retracts)) in marks.iter().enumerate() {
        if !retracts && !mark.code.has_value() {
            continue;
        }
        match keys.iter_mut().find(|(known, _)| *known == key(mark)) {
            None => keys.push((key(mark), n)),
            Some((_, old)) => {
                let both = marks[*old].0.recorded_at.is().zip(mark.recorded_at.is());
                if both.is_none_or(|(old, new)| old <= new) {
                    *old = n;
                }
            }
        }
    }
    keys.retain(|(_, n)| !marks[*n].1);
    let possible = |n: &usize| {
        let mark = &marks[*n].0;
        mark.code.is().unwrap().counts_as(mark.date.is().unwrap()).is_some_and(AttendanceClass::is_possible)
    };
    let sessions: std::collections::BTreeSet<(Date, bool)> =
        keys.iter().filter(|(_, n)| possible(n)).map(|((_, date, morning), _)| (*date, *morning)).collect();
    u32::try_from(sessions.len()).unwrap()
}

proptest! {
    #[test]
    fn possible_sessions_are_those_that_some_standing_mark_makes_possible(marks in prop::collection::vec(any_mark(), 0..120)) {
        let records = records(marks.iter().cloned().map(|(mark, retracts)| (Statement::from(mark), retracts)));
        prop_assert_eq!(counted(&records).possible(), by_the_book(&marks));
    }

    #[test]
    fn where_every_mark_says_when_the_order_of_arrival_does_not_matter(marks in prop::collection::vec(any_mark(), 0..40)) {
        // Of one school, each recorded at a minute of its own.
        let marks: Vec<_> = marks.into_iter().zip(0_u32..).map(|((mark, retracts), n)| {
            let at = format!("2026-03-01T{:02}:{:02}:00Z", n / 60, n % 60);
            (Statement::from(recorded(AttendanceMark { school_urn: urn(100_001), ..mark }, &at)), retracts)
        }).collect();
        let reversed = records(marks.iter().rev().cloned());
        prop_assert_eq!(counted(&records(marks)), counted(&reversed));
    }

    #[test]
    fn weeks_add_up_to_their_period(marks in prop::collection::vec(any_mark(), 0..80), cut in 0..30_i32) {
        let records = records(marks.into_iter().map(|(mark, retracts)| (Statement::from(mark), retracts)));
        let register = Register::of(&records);
        let middle = day("2026-01-12").add_days(cut).unwrap();
        let part = |first: Date, last: Date| Period { days: kit::school_calendar::Days::new(first, last).unwrap(), ..year() };
        let mut sum = register.count(&part(day("2025-09-01"), middle));
        sum += register.count(&part(middle.add_days(1).unwrap(), day("2026-08-31")));
        prop_assert_eq!(sum, register.count(&year()));
    }

    #[test]
    fn tenths_are_the_nearest_half_up(attended in 0..5_000_u32, absent in 0..5_000_u32) {
        let sessions = Sessions { attended, unauthorised: absent, ..Sessions::default() };
        let Some(percent) = sessions.attendance() else { return Ok(()) };
        let (tenths, possible) = (u64::from(percent.tenths()), u64::from(sessions.possible()));
        // tenths - 1/2 <= exact < tenths + 1/2, in whole numbers.
        let exact = 2_000 * u64::from(attended);
        prop_assert!((2 * tenths).saturating_sub(1) * possible <= exact && exact < (2 * tenths + 1) * possible);
        prop_assert!(!sessions.is_severely_absent() || sessions.is_persistently_absent());
    }
}
