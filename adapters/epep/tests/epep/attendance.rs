//! Marks correct one another; what is no mark says nothing; what is urgent comes first.

use epep::ATTENDANCE_CSV;
use schemas::{
    code::{AttendanceCode, SchoolSession, SuspensionCategory},
    record::{AttendanceMark, Record, Statement},
    said::Said,
};

use crate::support::{Read, read};

const HEAD: &str = "la_child_id,school_urn,date,session,code,action,recorded_at\n";

fn marks(rows: &[&str]) -> Read {
    read(&ATTENDANCE_CSV, &[&format!("{HEAD}{}\n", rows.join("\n"))])
}

fn records_of(read: &Read) -> Vec<(&AttendanceMark, &Record)> {
    let all = read.children.iter().flatten();
    all.filter_map(|record| match &record.statement {
        Statement::AttendanceMark(mark) => Some((mark, record)),
        _ => None,
    })
    .collect()
}

#[test]
fn the_mark_that_was_recorded_later_wins_else_the_later_row() {
    for (first, second, wins) in [
        ("N,,", "I,,", AttendanceCode::Illness),
        ("N,,2026-01-12T09:00:00Z", "I,,2026-01-12T10:00:00Z", AttendanceCode::Illness),
        ("I,,2026-01-12T10:00:00Z", "N,,2026-01-12T09:00:00Z", AttendanceCode::Illness),
        ("I,,2026-01-12T10:00:00Z", "N,,", AttendanceCode::NoReasonYet),
        // The same moment by two clocks.
        ("I,,2026-01-12T10:00:00Z", "M,,2026-01-12T10:30:00+01:00", AttendanceCode::Illness),
    ] {
        let read = marks(&[&format!("1,999999,2026-01-12,AM,{first}"), &format!("1,999999,2026-01-12,AM,{second}")]);
        let found = records_of(&read);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.code, Said::Is(wins), "{first} {second}");
        assert!(read.codes().contains(&"epep/mark-conflict"));
    }
}

#[test]
fn a_deleted_mark_is_taken_back_and_needs_no_code() {
    let read = marks(&["1,999999,2026-01-12,AM,I,,", "1,999999,2026-01-12,AM,,D,"]);
    let found = records_of(&read);
    assert_eq!(found.len(), 1);
    assert!(found[0].1.source.retracts && read.codes().is_empty(), "{:?}", read.codes());
    let read = marks(&["1,999999,2026-01-12,AM,,D,", "1,999999,2026-01-12,AM,I,U,"]);
    assert!(!records_of(&read)[0].1.source.retracts, "and put again");
    let read = marks(&["1,999999,2026-01-12,AM,I,perhaps,"]);
    assert_eq!((records_of(&read).len(), read.codes()), (0, vec!["table/cell"]), "neither put nor taken back");
}

#[test]
fn no_mark_says_nothing_and_is_counted_and_never_deletes() {
    for blank in ["", "-", "!", "n/a"] {
        let read = marks(&["1,999999,2026-01-12,AM,I,,", &format!("1,999999,2026-01-12,AM,{blank},,")]);
        let found = records_of(&read);
        assert_eq!((found.len(), found[0].0.code), (1, Said::Is(AttendanceCode::Illness)), "{blank}");
        assert_eq!(read.codes(), ["epep/mark-missing"]);
    }
}

#[test]
fn the_same_mark_twice_is_one_and_a_wrong_code_costs_the_mark_alone() {
    let read = marks(&["1,999999,2026-01-12,AM,I,,", "1,999999,2026-01-12,AM,I,,", "1,999999,2026-01-12,PM,Q9,,"]);
    assert_eq!(records_of(&read).len(), 1);
    assert_eq!(read.codes(), ["epep/code-unknown", "record/duplicate"]);
}

#[test]
fn a_day_with_both_marks_says_what_two_rows_say() {
    let wide = read(&ATTENDANCE_CSV, &["la_child_id,school_urn,date,am,pm\n1,999999,2026-01-12,\\,I\n"]);
    let long = marks(&["1,999999,2026-01-12,AM,/,,", "1,999999,2026-01-12,PM,I,,"]);
    let said = |read: &Read| -> Vec<_> {
        records_of(read).iter().map(|(mark, _)| (mark.date, mark.session, mark.code)).collect()
    };
    assert_eq!(said(&wide), said(&long));
    assert_eq!(wide.codes(), ["epep/present-slash"]);
    assert_eq!(records_of(&wide)[0].0.session, Said::Is(SchoolSession::Morning));
}

#[test]
fn present_slashes_are_told_once_a_file() {
    let rows: Vec<String> = (10..20).map(|day| format!("{day},999999,2026-01-12,PM,/,,")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(marks(&rows).told.iter().filter(|told| told.rule.code == "epep/present-slash").count(), 1);
}

#[test]
fn a_permanent_exclusion_comes_right_after_who_the_child_is() {
    let suspensions = "la_child_id,date_of_birth,school_urn,start_date,end_date,category\n\
                       1,2012-01-01,999999,2025-11-20,2025-11-21,FIXD\n1,2012-01-01,999999,2025-12-01,,PERM\n";
    let read = read(&ATTENDANCE_CSV, &[suspensions]);
    assert_eq!(read.names(), ["Person", "Suspension", "Enrolment", "Suspension"]);
    let kinds: Vec<_> = read
        .statements()
        .filter_map(|statement| match statement {
            Statement::Suspension(suspension) => suspension.category.is(),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [SuspensionCategory::Permanent, SuspensionCategory::Suspension], "FIXD is a suspension");
}

#[test]
fn three_columns_of_reasons_are_one_list() {
    let suspensions = "la_child_id,school_name,start_date,category,reason1,reason2,reason3\n\
                       1,Invented,2025-11-20,SUSP,PP,,RA\n";
    let read = read(&ATTENDANCE_CSV, &[suspensions]);
    let reasons = read.statements().find_map(|statement| match statement {
        Statement::Suspension(suspension) => suspension.reasons.clone().is(),
        _ => None,
    });
    assert_eq!(reasons.unwrap().len(), 2);
    assert!(read.codes().is_empty(), "{:?}", read.codes());
}

#[test]
fn a_sum_without_its_days_is_of_the_school_year_so_far() {
    let sums = "la_child_id,academic_year,possible,attended\n1,2025/26,140,130\n1,2024/25,380,370\n";
    let read = read(&ATTENDANCE_CSV, &[sums]);
    let periods: Vec<_> = read
        .statements()
        .filter_map(|statement| match statement {
            Statement::AttendanceSummary(sum) => Some((sum.period_start.is()?, sum.period_end.is()?)),
            _ => None,
        })
        .collect();
    let day = crate::support::day;
    let expected = [(day("2025-09-01"), day("2026-01-30")), (day("2024-09-01"), day("2025-08-31"))];
    assert_eq!(periods, expected);
}
