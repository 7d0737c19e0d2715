//! What is read of vacancies is written and read again the same, in both formats and across them.

use ifa::{VACANCIES_CSV, json::VACANCIES_JSON};
use kit::adapter::{Format, Options};
use proptest::prelude::*;
use schemas::record::{Provider, Statement};

use crate::{
    json::DOCUMENT,
    support::{HEADING, Read, options, read, write},
};

/// Everything that a format writes of what was read.
fn written(format: &Format, read: &Read) -> Vec<Vec<u8>> {
    if format.name == VACANCIES_JSON.name {
        return write(format, read, &options()).0;
    }
    let table = |name: &&'static str| {
        let options = Options { settings: vec![("table".into(), (*name).into())], ..options() };
        write(format, read, &options).0.concat()
    };
    let tables: Vec<Vec<u8>> = ["vacancies", "fees", "for_the_child"].iter().map(table).collect();
    // A table without rows has nothing to say.
    tables.into_iter().filter(|table| table.iter().filter(|byte| **byte == b'\n').count() > 1).collect()
}

fn again(format: &Format, first: &Read) -> Read {
    let parts = written(format, first);
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    read(format, &parts)
}

fn said(read: &Read) -> Vec<Statement> {
    read.statements().cloned().collect()
}

#[test]
fn a_document_in_json_comes_back_whole() {
    let first = read(&VACANCIES_JSON, &[DOCUMENT.as_bytes()]);
    let second = again(&VACANCIES_JSON, &first);
    assert!(second.told.is_empty(), "{:?}", second.told);
    assert_eq!(said(&first), said(&second));
    assert_eq!(written(&VACANCIES_JSON, &first), written(&VACANCIES_JSON, &second));
}

#[test]
fn what_tables_can_say_comes_back_through_them() {
    let mut first = read(&VACANCIES_JSON, &[DOCUMENT.as_bytes()]);
    let second = again(&VACANCIES_CSV, &first);
    assert!(second.told.is_empty(), "{:?}", second.told);
    // What no column says is told when it is written, and only that differs.
    for record in first.subjects.iter_mut().flatten() {
        match &mut record.statement {
            Statement::Provider(provider) => {
                *provider = Provider { sector: schemas::said::Said::NotAsked, more: None, ..provider.clone() };
            }
            Statement::Vacancy(vacancy) => {
                if let Some(more) = &mut vacancy.more {
                    more.version = schemas::said::Said::NotAsked;
                    if let schemas::said::Said::Is(profile) = &mut more.for_the_child {
                        profile.photos = schemas::said::Said::NotAsked;
                    }
                }
            }
            _ => {}
        }
    }
    assert_eq!(said(&first), said(&second));
}

#[test]
fn what_tables_cannot_say_is_told() {
    let first = read(&VACANCIES_JSON, &[DOCUMENT.as_bytes()]);
    let mut codes: Vec<&str> = write(&VACANCIES_CSV, &first, &options()).1.iter().map(|told| told.rule.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes, ["ifa/in-another-table", "ifa/not-expressible"]);
}

prop_compose! {
    /// Cells of a row that is right.
    fn row()(
        id in "[A-Za-z0-9][-A-Za-z0-9 ]{0,8}[0-9]",
        home in "[A-Z]-[0-9]{1,6}",
        provision in 0_usize..3,
        approved in 1_u16..=99,
        occupied in 0_u16..=40,
        youngest in 0_u16..=15,
        span in 0_u16..=2,
        gender in prop::sample::select(vec!["any", "male", "female", "male;female"]),
        outward in prop::sample::select(vec!["", "B13", "M1", "SW1A", "EC1A", "B9"]),
        day in 1_u8..=30,
    ) -> String {
        let (provision, kind, youngest) = [
            ("fostering", "short-term;long-term", youngest),
            ("residential", "solo", youngest),
            ("supported-accommodation", "shared;self-contained", youngest % 8 + 16),
        ][provision];
        let occupied = occupied.min(approved - 1);
        let (available, oldest) = (approved - occupied, youngest + span);
        format!("{id},SC999901,{provision},{home},open,,2026-01-{day:02},{approved},{occupied},{available},{youngest},{oldest},{gender},{kind},{outward}\n")
    }
}

proptest! {
    #[test]
    fn any_row_that_is_read_comes_back_in_both_formats(rows in prop::collection::vec(row(), 1..6)) {
        let text = [HEADING.to_owned(), rows.concat()].concat();
        let first = read(&VACANCIES_CSV, &[text.as_bytes()]);
        prop_assert!(!first.vacancies().is_empty());
        for format in [&VACANCIES_CSV, &VACANCIES_JSON] {
            let second = again(format, &first);
            prop_assert_eq!(said(&first), said(&second), "{}", format.name);
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing_that_is_said(rows in prop::collection::vec(row(), 2..6)) {
        let mut rows = rows;
        rows.sort_by_key(|row| row.split(',').next().unwrap().to_lowercase());
        rows.dedup_by_key(|row| row.split(',').next().unwrap().to_lowercase());
        let text = |rows: &[String]| [HEADING.to_owned(), rows.concat()].concat();
        let first = read(&VACANCIES_CSV, &[text(&rows).as_bytes()]);
        let backwards: Vec<String> = rows.iter().rev().cloned().collect();
        let second = read(&VACANCIES_CSV, &[text(&backwards).as_bytes()]);
        let mut reversed = said(&second);
        reversed.reverse();
        prop_assert_eq!(said(&first), reversed);
    }
}
