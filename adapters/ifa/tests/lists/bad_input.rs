//! What is wrong with a notice: what it costs, and where it is told. And bytes that are no notices at all.

use ifa::notices::{NOTICE_CSV, NOTICE_JSON};
use proptest::prelude::*;

use crate::{
    notices::DOCUMENT,
    support::{END, HEADING, START, cell, read, table},
};

fn column(name: &str) -> u16 {
    1 + u16::try_from(HEADING.trim().split(',').position(|heading| heading == name).unwrap()).unwrap()
}

#[test]
fn each_fault_is_told_at_its_cell_and_costs_what_it_must() {
    for (row, from, to, code, at, notices) in [
        (START, "N-1", "", "ifa/notice-id-missing", "notice_id", 0),
        (START, "start", "arrival", "ifa/notice-kind-unknown", "kind", 0),
        (START, "start", "", "ifa/notice-kind-unknown", "kind", 0),
        (START, "R-77", "", "ifa/notice-no-child", "referral_id", 0),
        (START, "SC999901", "123456", "ifa/urn-shape", "provider_urn", 0),
        (START, "SC999901", "", "ifa/urn-shape", "provider_urn", 0),
        (START, "SC999901", "SC99990", "ifa/urn-shape", "provider_urn", 0),
        (START, "SC999901", "99990188", "ifa/urn-shape", "provider_urn", 0),
        (START, "SC999901", "W18/0001", "ifa/urn-unknown-kind", "provider_urn", 1),
        (START, "SC999901", "1-101668127", "ifa/urn-unknown-kind", "provider_urn", 1),
        (START, "C-2207", "Mary Jones", "ifa/carer-ref-looks-like-a-name", "carer_ref", 0),
        (START, "C-2207", "B13 9XX", "ifa/carer-ref-postcode", "carer_ref", 0),
        (START, "C-2207", "", "ifa/notice-required", "carer_ref", 1),
        (START, "fostering", "hotel", "ifa/provision-unknown", "provision", 0),
        (START, "fostering", "", "ifa/notice-required", "provision", 1),
        (START, "short-term", "", "ifa/notice-required", "placement_type", 1),
        (START, "short-term", "secure", "ifa/notice-type", "placement_type", 1),
        (START, "2026-01-10,,Y", ",,Y", "ifa/notice-required", "start_date", 1),
        (START, "2026-01-10,,Y", "10 of January,,Y", "table/cell", "start_date", 1),
        (START, ",Y,", ",,", "ifa/notice-required", "planned", 1),
        (START, "B13 9ZZ", "", "ifa/notice-required", "placement_postcode", 1),
        (START, "B13 9ZZ", "near school", "table/cell", "placement_postcode", 1),
        (START, "945.00,945.00", "945.00,945.02", "ifa/cost-sum", "total_weekly", 1),
        (START, "945.00,945.00", "100000.01,", "ifa/cost-range", "core_weekly", 1),
        (START, "945.00,945.00", "99.99,99.99", "ifa/cost-range", "total_weekly", 1),
        (START, "945.00,945.00", "-945.00,", "table/cell", "core_weekly", 1),
        (START, "2026-01-10T18:10:00+00:00", "", "ifa/as-at-missing", "as_at", 0),
        (START, "2026-01-10T18:10:00+00:00", "2026-01-31", "ifa/as-at-future", "as_at", 0),
        (START, "2026-01-10T18:10:00+00:00", "2025-10-26T01:30", "ifa/ambiguous-time", "as_at", 1),
        (END, "2026-01-24,N", "2026-01-09,N", "ifa/notice-date-order", "end_date", 0),
        (END, "2026-01-24,N", ",N", "ifa/notice-required", "end_date", 1),
        (END, "provider", "", "ifa/notice-required", "ended_by", 1),
        (END, "carer-asked", "", "ifa/notice-required", "end_reason", 1),
        (END, "carer-asked", "no idea", "table/cell", "end_reason", 1),
    ] {
        let wrong = row.replacen(from, to, 1);
        let read = read(&NOTICE_CSV, &[&table(&[&wrong])]);
        let told: Vec<_> = read.told.iter().filter(|told| told.rule.code != "ifa/notice-end-without-start").collect();
        assert_eq!(told.iter().map(|told| told.rule.code).collect::<Vec<_>>(), [code], "{wrong}");
        assert_eq!(cell(&told[0].place), (2, column(at)), "{wrong}");
        assert_eq!(read.notices().len(), notices, "{wrong}");
    }
}

#[test]
fn the_limits_of_costs_are_exact() {
    let codes = |core: &str, total: &str| {
        let row = START.replace("945.00,945.00", &format!("{core},{total}"));
        read(&NOTICE_CSV, &[&table(&[&row])]).codes()
    };
    for right in
        [("945.00", "945.01"), ("945.01", "945.00"), ("100.00", "100.00"), ("100000.00", "100000.00"), ("", "500")]
    {
        assert!(codes(right.0, right.1).is_empty(), "{right:?}");
    }
    assert_eq!(codes("945.00", "945.02"), ["ifa/cost-sum"]);
    assert_eq!(codes("944.98", "945.00"), ["ifa/cost-sum"]);
    assert_eq!(codes("", "99.99"), ["ifa/cost-range"]);
    assert_eq!(codes("", "100000.01"), ["ifa/cost-range"]);
}

#[test]
fn contributions_and_the_day_of_notice_are_held_to_the_rest() {
    let heading = "notice_id,kind,referral_id,provider_urn,provision,carer_ref,start_date,end_date,planned,ended_by,end_reason,notice_given_date,total_weekly,contributions_health,contributions_education,as_at\n";
    let codes = |given: &str, health: &str, education: &str| {
        let row = format!(
            "N-2,end,R-77,SC999901,fostering,C-1,2026-01-10,2026-01-24,N,court,other,{given},900.00,{health},{education},2026-01-24\n"
        );
        let read = read(&NOTICE_CSV, &[[heading, &row].concat().as_bytes()]);
        read.codes().into_iter().filter(|code| *code != "ifa/notice-end-without-start").collect::<Vec<_>>()
    };
    assert!(codes("2026-01-24", "400", "500").is_empty());
    assert_eq!(codes("2026-01-25", "400", "500"), ["ifa/notice-given-late"]);
    assert_eq!(codes("", "400.01", "500"), ["ifa/cost-contributions"]);
}

#[test]
fn a_change_of_fee_without_a_fee_is_told() {
    let row = "N-5,fee-change,R-77,,,SC999901,C-2207,fostering,,2026-01-10,,,,,,,,2026-02-01,2026-01-28\n";
    let read = read(&NOTICE_CSV, &[&table(&[row])]);
    assert_eq!((read.codes(), read.notices().len(), read.costs().len()), (vec!["ifa/notice-required"], 1, 0));
}

#[test]
fn one_reference_twice_is_told_and_the_same_row_twice_too() {
    let other = START.replace("Y,,,B13 9ZZ", "N,,,B13 9ZZ");
    let twice = read(&NOTICE_CSV, &[&table(&[START, &other])]);
    assert_eq!((twice.codes(), twice.notices().len()), (vec!["ifa/notice-id-twice"], 1));
    let same = read(&NOTICE_CSV, &[&table(&[START, START])]);
    assert_eq!((same.codes(), same.notices().len()), (vec!["record/duplicate"], 1));
    let case = START.replace("N-1", "n-1");
    assert_eq!(read(&NOTICE_CSV, &[&table(&[START, &case])]).notices().len(), 1, "references are read without case");
}

#[test]
fn a_document_that_is_none_gives_nothing_and_says_why() {
    for (from, to, code) in [
        ("homeward/notice", "homeward/vacancies", "ifa/json-format"),
        ("\"format\":\"homeward/notice\",", "", "ifa/json-format"),
        ("\"version\":\"1\"", "\"version\":\"2\"", "ifa/json-version"),
        ("\"version\":\"1\",", "", "ifa/json-version"),
    ] {
        let read = read(&NOTICE_JSON, &[DOCUMENT.replacen(from, to, 1).as_bytes()]);
        assert_eq!((read.codes(), read.subjects.len()), (vec![code], 0), "{to}");
    }
    let bare = read(&NOTICE_JSON, &[b"[{\"noticeId\":\"N-1\"}]"]);
    assert_eq!((bare.codes(), bare.subjects.len()), (vec!["ifa/json-format"], 0));
}

#[test]
fn an_item_that_is_wrong_costs_itself_alone() {
    let second = DOCUMENT.split_once("[").unwrap().1.trim_end_matches("]}").replace("N-3301", "N-3302");
    for broken in ["{\"noticeId\":\"N-9\"}", "{\"noticeId\":[[[[", "17", "null", "{}"] {
        let text = DOCUMENT.replace("}]}", &format!("}},{broken}]}}"));
        let read = read(&NOTICE_JSON, &[text.as_bytes()]);
        assert_eq!(read.notices().len(), 1, "{broken}");
        assert!(!read.told.is_empty(), "{broken}");
    }
    let text = DOCUMENT.replace("[{", &format!("[{second},{{"));
    let changed = text.replacen("\"planned\":true", "\"planed\":true", 1);
    let read = read(&NOTICE_JSON, &[changed.as_bytes()]);
    assert!(read.codes().contains(&"ifa/unknown-member"), "{:?}", read.codes());
    assert_eq!(read.notices().len(), 2);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, cut in 0_usize..1_000, at in 0_usize..1_000, byte: u8) {
        let spoilt = |text: &[u8]| {
            let mut text = text[..text.len().min(cut)].to_vec();
            if let Some(place) = text.get_mut(at) { *place = byte; }
            text
        };
        for (format, text) in [(&NOTICE_CSV, table(&[START, END])), (&NOTICE_JSON, DOCUMENT.as_bytes().to_vec())] {
            for bytes in [&bytes[..], &spoilt(&text)] {
                let first = read(format, &[bytes]);
                let again = read(format, &[bytes]);
                prop_assert_eq!(first.said(), again.said());
                prop_assert_eq!(first.codes(), again.codes());
            }
        }
    }
}
