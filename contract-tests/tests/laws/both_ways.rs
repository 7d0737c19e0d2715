//! What goes both ways comes back: what a table says, written and read again, is said again, record for record.

use std::collections::BTreeSet;

use kit::{
    adapter::{Format, Options},
    document::{Document, Part},
};
use schemas::{
    diagnostic::Place,
    document::write_record,
    record::{Record, Source},
    reflect::Value,
    said::Said,
};

use crate::support::{Kept, authority, cases, day, document, folder, format, is_of_places, read, translated};

/// The formats of plain tables, each with a case in which every column of every table is filled.
const FORMATS: [&str; 5] = ["attendance-csv", "framework-return-csv", "notice-csv", "pep-csv", "vacancies-csv"];

/// The view under which whoever sent a document gets it back unchanged.
fn own_view(format: &Format) -> &'static str {
    if is_of_places(format) { "provider" } else { "local-authority" }
}

fn options(table: &str) -> Options {
    Options {
        authority: Some(authority(330)),
        as_at: Some(day("2026-01-30")),
        settings: vec![("table".into(), table.into())],
        ..Options::plain()
    }
}

/// What is said, without the places.
fn said(format: &'static Format, document: &Document) -> Vec<Record> {
    let read = read(format, document, &options(format.tables[0].name));
    assert!(read.told.is_empty(), "{}: {:#?}", format.name, read.told);
    let mut records: Vec<Record> = read.children.into_iter().flat_map(|(records, _)| records).collect();
    // The order of tables is the format's, that of records within one the document's.
    records.sort_by_key(|record| {
        let mut text = Vec::new();
        let here = Source { place: Place::Document, ..record.source.clone() };
        write_record(&Record { source: here, ..record.clone() }, &mut text);
        text
    });
    records
}

/// Every table of a format that is written, as it is written.
fn written(format: &'static Format, document: &Document) -> Vec<(String, Vec<u8>)> {
    let asked = format.settings.iter().find(|setting| setting.name == "table");
    let tables = asked.map_or(vec![format.tables[0].name], |setting| setting.values.to_vec());
    tables
        .iter()
        .map(|table| {
            let (_, Kept(mut parts)) = translated(document, (format, format), own_view(format), &options(table));
            assert_eq!(parts.len(), 1, "one stream");
            (format!("{table}.csv"), parts.pop_first().unwrap().1)
        })
        .collect()
}

#[test]
fn every_table_comes_back_record_for_record() {
    for name in FORMATS {
        let format = format(name);
        let files = folder(&cases().join(format!("every-column-of-{name}-comes-back")));
        let first = said(format, &document(&files));
        let again = written(format, &document(&files));
        assert!(!first.is_empty());
        let second = said(format, &document(&again));
        assert_eq!(first.len(), second.len(), "{name}");
        for (one, other) in first.iter().zip(&second) {
            let of = one.statement.statement_type();
            for field in of.fields {
                let (before, after) = (field.get(&one.statement), field.get(&other.statement));
                // An empty cell of a table that was asked for says as little as a column that was not.
                let silent = |said: &Said<Value>| matches!(said, Said::NotAsked | Said::Blank);
                assert!(before == after || (silent(&before) && silent(&after)), "{name}: {}.{}", of.name, field.name);
            }
            assert_eq!(one.source.retracts, other.source.retracts, "{name}: {}", of.name);
            assert!(one.subject == other.subject, "{name}: {}", of.name);
        }
        assert!(written(format, &document(&again)) == again, "{name}: the second writing differs from the first");
    }
}

#[test]
fn every_column_that_is_written_is_filled_in_the_case() {
    for name in FORMATS {
        let files = folder(&cases().join(format!("every-column-of-{name}-comes-back")));
        let format = format(name);
        for (file, bytes) in written(format, &document(&files)) {
            let text = String::from_utf8(bytes).unwrap();
            let mut rows = text.lines().map(|row| row.split(',').collect::<Vec<_>>());
            let headings = rows.next().unwrap();
            let mut filled = vec![false; headings.len()];
            for row in rows {
                row.iter().zip(&mut filled).for_each(|(cell, filled)| *filled |= !cell.is_empty());
            }
            let empty: Vec<_> = headings.iter().zip(&filled).filter(|(_, filled)| !**filled).collect();
            assert!(empty.is_empty(), "{file}: {empty:?}");
        }
    }
}

#[test]
fn a_part_more_of_the_same_says_the_same() {
    for name in FORMATS {
        let files = folder(&cases().join(format!("every-column-of-{name}-comes-back")));
        let format = format(name);
        let twice = files.iter().flat_map(|(name, bytes)| [("1", name, bytes), ("2", name, bytes)]);
        let twice =
            Document::new(twice.map(|(n, name, bytes)| Part::new(format!("{n}-{name}"), bytes.clone())).collect());
        let again = read(format, &twice, &options(format.tables[0].name));
        let codes: BTreeSet<&str> = again.told.iter().map(|told| told.rule.code).collect();
        assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["record/duplicate"], "{name}");
        assert_eq!(again.children.len(), read(format, &document(&files), &options("")).children.len());
    }
}
