//! What is corrected is written once, as it is now; what is gone is taken back where a format has a word for it.

use epep::{
    ATTENDANCE_CSV, PEP_CSV,
    json::{ATTENDANCE_JSON, PEP_JSON},
};
use kit::adapter::{Format, Options};
use schemas::{
    code::SchoolSession,
    record::{Record, Statement},
    said::Said,
};

use crate::support::{read, written};

/// What a document says, and after it what an earlier one said, taken back.
fn corrected(from: &Format, now: &str, before: &str) -> Vec<Record> {
    let records = |text: &str| read(from, text.as_bytes(), &Options::plain()).children.remove(0);
    let mut records_before = records(before);
    records_before.iter_mut().for_each(|record| record.source.retracts = true);
    [records(now), records_before].concat()
}

const MARKS: &str = "la_child_id,school_urn,date,session,code\n";

#[test]
fn a_mark_that_was_corrected_is_not_taken_back_and_one_that_is_gone_is() {
    let now = format!("{MARKS}1,999999,2026-01-12,AM,I\n");
    let before = format!("{MARKS}1,999999,2026-01-12,AM,N\n1,999999,2026-01-12,PM,N\n");
    let records = corrected(&ATTENDANCE_CSV, &now, &before);
    for format in [&ATTENDANCE_CSV, &ATTENDANCE_JSON] {
        let (text, _) = written(format, std::slice::from_ref(&records), &Options::plain());
        let again = read(format, text.as_bytes(), &Options::plain()).children.remove(0);
        let marks: Vec<_> = again
            .iter()
            .filter_map(|record| match &record.statement {
                Statement::AttendanceMark(mark) => Some((mark.session, record.source.retracts)),
                _ => None,
            })
            .collect();
        let [morning, afternoon] = [SchoolSession::Morning, SchoolSession::Afternoon].map(Said::Is);
        assert_eq!(marks, [(morning, false), (afternoon, true)], "{}: {text}", format.name);
    }
}

#[test]
fn a_plan_that_was_corrected_is_no_loss_and_one_that_is_gone_is() {
    let plan = |reference: &str, status: &str| {
        format!("la_child_id,pep_ref,academic_year,term,status\n1,{reference},2025/26,autumn,{status}\n")
    };
    let corrects = corrected(&PEP_CSV, &plan("P1", "complete"), &plan("P1", "planned"));
    let goes = corrected(&PEP_CSV, &plan("P1", "complete"), &plan("P2", "planned"));
    for format in [&PEP_CSV, &PEP_JSON] {
        let (text, told) = written(format, std::slice::from_ref(&corrects), &Options::plain());
        assert!(told.is_empty() && text.contains("complete") && !text.contains("planned"), "{}: {told:?}", format.name);
        let (text, told) = written(format, std::slice::from_ref(&goes), &Options::plain());
        assert!(told.len() == 1 && !text.contains("planned"), "{}: {told:?} {text}", format.name);
    }
}
