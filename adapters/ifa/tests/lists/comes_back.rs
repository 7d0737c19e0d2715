//! What is read of notices is written and read again the same, in both formats and across them.

use ifa::notices::{NOTICE_CSV, NOTICE_JSON};
use proptest::prelude::*;
use schemas::{diagnostic::Place, record::Record, said::Said};

use crate::{
    notices::DOCUMENT,
    support::{END, Read, START, read, table, write},
};

fn again(format: &kit::adapter::Format, first: &Read) -> Read {
    read(format, &[&write(format, first).0])
}

#[test]
fn notices_come_back_from_both_formats() {
    let corrected = START.replace("start,", "correction,").replace("945.00,945.00", ",").replace("T18", "T19");
    let cancel = "N-2,cancel,R-77,,,SC999901,,,,,,,,,,,,,2026-01-25\n";
    let change =
        "N-5,fee-change,R-77,,,SC999901,C-2207,fostering,,2026-01-10,,,,,,990.00,990.00,2026-02-01,2026-01-28\n";
    let both = START.replace("R-77,,,", "R-77,330,1029384,");
    for rows in [
        &[START, END][..],
        &[START, change],
        &[START, &corrected],
        &[START, END, cancel],
        &[&both],
        &[START, &both.replace("N-1", "N-9")],
    ] {
        let first = read(&NOTICE_CSV, &[&table(rows)]);
        for format in [&NOTICE_CSV, &NOTICE_JSON] {
            let (bytes, lost) = write(format, &first);
            assert!(lost.is_empty(), "{}: {lost:?}", format.name);
            let second = read(format, &[&bytes]);
            assert_eq!(first.said(), second.said(), "{}: {rows:?}\n{}", format.name, String::from_utf8_lossy(&bytes));
            assert_eq!(bytes, write(format, &second).0);
        }
    }
}

#[test]
fn the_document_of_the_description_comes_back_whole() {
    let first = read(&NOTICE_JSON, &[DOCUMENT.as_bytes()]);
    let (bytes, lost) = write(&NOTICE_JSON, &first);
    assert!(lost.is_empty());
    assert_eq!(String::from_utf8(bytes).unwrap().replace('\n', ""), DOCUMENT);
}

#[test]
fn what_a_notice_cannot_say_is_told() {
    let mut first = read(&NOTICE_CSV, &[&table(&[START])]);
    let schemas::record::Statement::PlacementNotice(notice) = &mut first.subjects[0][0].statement else {
        panic!("a notice")
    };
    notice.more.as_mut().unwrap().education_continuous = Said::Is(true);
    let person = Record {
        statement: schemas::record::Review::default().into(),
        source: schemas::record::Source::at(Place::Document),
        ..first.subjects[0][0].clone()
    };
    first.subjects[0].push(person);
    for format in [&NOTICE_CSV, &NOTICE_JSON] {
        let told: Vec<_> = write(format, &first).1.iter().map(|told| (told.rule.code, told.field)).collect();
        assert_eq!(told, [("ifa/not-expressible", Some("education_continuous")), ("ifa/not-expressible", None)]);
    }
}

#[test]
fn what_stands_is_written_and_not_what_was_taken_back_in_its_place() {
    let mut first = read(&NOTICE_CSV, &[&table(&[START])]);
    let mut old = first.subjects[0].clone();
    old.iter_mut().for_each(|record| record.source.retracts = true);
    first.subjects[0].extend(old);
    let second = again(&NOTICE_CSV, &first);
    assert_eq!(second.notices().iter().map(|(_, back)| *back).collect::<Vec<_>>(), [false]);
    assert_eq!(second.costs().iter().map(|(_, back)| *back).collect::<Vec<_>>(), [false]);
}

prop_compose! {
    /// Cells of a notice that is right.
    fn row()(
        n in 0_u32..9,
        kind in prop::sample::select(vec!["start", "end", "fee-change", "correction", "cancel"]),
        whom in prop::sample::select(vec!["R-1,,", "R-2,,", ",330,C1", "R-1,330,C1", ",331,C1"]),
        urn in prop::sample::select(vec!["SC999901", "1234567"]),
        home in prop::sample::select(vec!["C-1", "C-2"]),
        from in 1_u8..=9,
        days in 0_u8..=15,
        pounds in 100_u32..3_000,
        at in 10_u8..=29,
    ) -> String {
        let end = if matches!(kind, "end" | "correction") { format!("2026-01-{:02}", from + days) } else { String::new() };
        let (by, why) = if end.is_empty() { ("", "") } else { ("both", "standards") };
        format!("N-{n},{kind},{whom},{urn},{home},fostering,long-term,2026-01-{from:02},{end},Y,{by},{why},M1 1AA,{pounds}.50,{pounds}.50,,2026-01-{at:02}\n")
    }
}

proptest! {
    #[test]
    fn any_notices_that_are_read_come_back_in_both_formats(rows in prop::collection::vec(row(), 1..7)) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let first = read(&NOTICE_CSV, &[&table(&rows)]);
        prop_assert!(!first.notices().is_empty());
        for format in [&NOTICE_CSV, &NOTICE_JSON] {
            let second = again(format, &first);
            prop_assert_eq!(first.said(), second.said(), "{}", format.name);
        }
    }
}
