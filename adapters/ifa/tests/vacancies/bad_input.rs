//! Bytes that are no vacancies, or no longer: cut, changed, huge, in other encodings, twice.

use ifa::{VACANCIES_CSV, json::VACANCIES_JSON};
use kit::{adapter::Options, limits::ReadingLimits};
use proptest::prelude::*;

use crate::{
    json::DOCUMENT,
    support::{HEADING, ROW, options, read, read_with, table},
};

#[test]
fn a_table_that_is_cut_loses_its_last_row_alone() {
    let rows: Vec<String> =
        (0..9).map(|n| ROW.replace("V-0141", &format!("V-{n}")).replace("C-2207", &format!("C-{n}"))).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let whole = table(&rows);
    for bytes in HEADING.len()..whole.len() {
        let read = read(&VACANCIES_CSV, &[&whole[..bytes]]);
        let rows_kept = whole[HEADING.len()..bytes].iter().filter(|byte| **byte == b'\n').count();
        assert!(read.vacancies().len() >= rows_kept, "cut at {bytes}");
        assert!(read.vacancies().len() <= rows_kept + 1, "cut at {bytes}");
    }
}

#[test]
fn a_document_that_is_cut_never_panics_and_says_so() {
    for bytes in 0..DOCUMENT.len() - 1 {
        let read = read(&VACANCIES_JSON, &[&DOCUMENT.as_bytes()[..bytes]]);
        assert!(!read.told.is_empty() || bytes == 0, "cut at {bytes}");
    }
}

#[test]
fn other_encodings_are_read_or_told() {
    let named = "vacancy_id,provider_urn,provider_name,provision,carer_ref,status,as_at,places_approved,places_occupied,\
        places_available,age_min,age_max,genders,placement_types\n\
        V-1,SC999901,Caf\u{e9} Fostering,fostering,C-1,open,2026-01-28,3,1,2,5,11,any,short-term\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(named.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let windows: Vec<u8> = named.chars().map(|one| u8::try_from(u32::from(one)).unwrap()).collect();
    for bytes in [named.as_bytes(), &utf16, &windows, &[b"\xef\xbb\xbf", named.as_bytes()].concat()] {
        let read = read(&VACANCIES_CSV, &[bytes]);
        assert!(read.codes().iter().all(|code| *code == "table/encoding"), "{:?}", read.codes());
        assert_eq!(read.provider().unwrap().name, schemas::said::Said::Is("Caf\u{e9} Fostering".into()));
    }
}

#[test]
fn limits_hold_and_are_told() {
    let other = ROW.replace("V-0141", "V-2").replace("C-2207", "C-9").replace("B13", "B14");
    let limits = |rows_max| Options { limits: ReadingLimits { rows_max, ..ReadingLimits::default() }, ..options() };
    let text = table(&[ROW, &other]);
    let within = read_with(&VACANCIES_CSV, &[&text], &limits(2));
    assert_eq!((within.codes(), within.vacancies().len()), (vec![], 2));
    let beyond = read_with(&VACANCIES_CSV, &[&text], &limits(1));
    assert_eq!((beyond.codes(), beyond.vacancies().len()), (vec!["table/too-many-rows"], 1));
    let small = Options { limits: ReadingLimits { item_bytes_max: 600, ..ReadingLimits::default() }, ..options() };
    let short = read_with(&VACANCIES_JSON, &[DOCUMENT.as_bytes()], &small);
    assert_eq!((short.codes(), short.vacancies().len()), (vec!["json/item-too-long"], 1), "what confirms is left");
    let long = ROW.replace("V-0141", &"V".repeat(41));
    assert_eq!(read(&VACANCIES_CSV, &[&table(&[&long])]).vacancies().len(), 0, "a reference of 41 characters is none");
    let longest = ROW.replace("V-0141", &"V".repeat(40));
    assert_eq!(read(&VACANCIES_CSV, &[&table(&[&longest])]).vacancies().len(), 1);
}

#[test]
fn a_part_twice_says_everything_once() {
    let text = table(&[ROW]);
    let read_twice = read(&VACANCIES_CSV, &[&text, &text]);
    assert_eq!((read_twice.codes(), read_twice.vacancies().len()), (vec!["record/duplicate"], 1));
    let document = read(&VACANCIES_JSON, &[DOCUMENT.as_bytes(), DOCUMENT.as_bytes()]);
    assert_eq!((document.codes(), document.vacancies().len()), (vec!["record/duplicate"], 2));
}

#[test]
fn deep_and_hostile_documents_end() {
    let deep = DOCUMENT
        .replace("\"summary\":", &format!("\"garden\": {}{}, \"summary\":", "[".repeat(5_000), "]".repeat(5_000)));
    read(&VACANCIES_JSON, &[deep.as_bytes()]);
    let quote = [table(&[ROW]), b"V-2,\"SC999901".to_vec(), b"\n".repeat(500)].concat();
    assert_eq!(read(&VACANCIES_CSV, &[&quote]).vacancies().len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>, at in any::<prop::sample::Index>(), with: u8) {
        read(&VACANCIES_CSV, &[&bytes]);
        read(&VACANCIES_JSON, &[&bytes]);
        let (mut text, mut document) = (table(&[ROW, ROW]), DOCUMENT.as_bytes().to_vec());
        let (n, m) = (at.index(text.len()), at.index(document.len()));
        (text[n], document[m]) = (with, with);
        read(&VACANCIES_CSV, &[&text]);
        read(&VACANCIES_JSON, &[&document]);
    }
}
