//! The workbook that we write: a form that is read as it was filled in, the same bytes every time, and nothing in it
//! that a spreadsheet would run.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
};

use ifa::{VACANCIES_CSV, document::TABLES, xlsx::VACANCIES_XLSX};
use kit::{adapter::Options, table::Column, wire::WireType};
use proptest::prelude::*;
use zip::ZipArchive;

use crate::{
    Read,
    book::{Book, NAMES, ROW, letters, row},
    support,
};

/// The members of a workbook, by name.
fn members(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|n| {
            let (mut member, mut text) = (archive.by_index(n).unwrap(), String::new());
            member.read_to_string(&mut text).unwrap();
            let time = member.last_modified().unwrap();
            assert_eq!((time.year(), time.month(), time.day(), time.hour()), (1980, 1, 1, 0), "no clock is in it");
            (member.name().to_owned(), text)
        })
        .collect()
}

fn template() -> Vec<u8> {
    VACANCIES_XLSX.encode.unwrap().template().unwrap()
}

/// What stands in the cells of a sheet, by their place.
fn cells(members: &BTreeMap<String, String>, sheet: usize) -> BTreeMap<String, String> {
    let strings: Vec<&str> = members["xl/sharedStrings.xml"]
        .split("<t xml:space=\"preserve\">")
        .skip(1)
        .map(|text| text.split("</t>").next().unwrap())
        .collect();
    let pieces = members[&format!("xl/worksheets/sheet{sheet}.xml")].split("<c r=\"").skip(1);
    let cell = pieces.map(|cell| {
        let (place, rest) = cell.split_once('"').unwrap();
        let value = rest.split("<v>").nth(1).map(|value| value.split("</v>").next().unwrap()).unwrap_or_default();
        let value = if rest.contains("t=\"s\"") { strings[value.parse::<usize>().unwrap()] } else { value };
        (place.to_owned(), value.to_owned())
    });
    cell.collect()
}

/// The sheets of tables, from the second on, with their columns.
fn tables() -> impl Iterator<Item = (usize, Vec<&'static Column>)> {
    (2..).zip(TABLES.iter().map(|table| table.written().collect()))
}

#[test]
fn every_column_has_its_heading_name_help_and_example_from_its_declaration() {
    let members = members(&template());
    for (sheet, columns) in tables() {
        let cells = cells(&members, sheet);
        let at = |column: usize, line: u32| cells.get(&format!("{}{line}", letters(column))).map(String::as_str);
        for (n, column) in columns.iter().enumerate() {
            let unescaped = |text: Option<&str>| text.map(|text| text.replace("&quot;", "\"").replace("&amp;", "&"));
            assert_eq!(at(n, 1), Some(column.heading).filter(|heading| !heading.is_empty()).or(Some(column.name)));
            assert_eq!(at(n, 2), Some(column.name));
            assert!(unescaped(at(n, 3)).unwrap_or_default().starts_with(column.help), "{}", column.name);
            let has_example = !column.example.is_empty() || column.name == "vacancy_id";
            assert_eq!(at(n, 4).is_some(), has_example, "{}", column.name);
        }
        assert_eq!(at(columns.iter().position(|column| column.name == "vacancy_id").unwrap(), 4), Some("EXAMPLE-1"));
        assert!(!cells.keys().any(|place| place.ends_with('5') && place.len() < 4), "nothing is filled in");
    }
}

#[test]
fn what_may_be_chosen_is_what_is_read() {
    let members = members(&template());
    let names: BTreeMap<&str, &str> = members["xl/workbook.xml"]
        .split("<definedName name=\"")
        .skip(1)
        .map(|name| name.split("</definedName>").next().unwrap().split_once("\">").unwrap())
        .collect();
    let lists = cells(&members, 5);
    let words_of = |name: &str| -> Vec<String> {
        let (first, last) = names[name].strip_prefix("'Lists'!").unwrap().split_once(':').unwrap();
        let letters: String = first.chars().filter(char::is_ascii_alphabetic).collect();
        let line = |place: &str| place.rsplit('$').next().unwrap().parse::<u32>().unwrap();
        (line(first)..=line(last)).map(|line| lists[&format!("{letters}{line}")].clone()).collect()
    };
    let options = Options::plain();
    let mut chosen = 0;
    for (sheet, columns) in tables() {
        let xml = &members[&format!("xl/worksheets/sheet{sheet}.xml")];
        for (n, column) in columns.iter().enumerate() {
            let cells = format!("sqref=\"{0}5:{0}2004\">", letters(n));
            let rule = xml.split("<dataValidation ").skip(1).find(|rule| rule.contains(&cells));
            let expects_list = matches!(column.wire, WireType::Word(_) | WireType::Code(_) | WireType::Flag);
            assert_eq!(rule.is_some_and(|rule| rule.contains("type=\"list\"")), expects_list, "{}", column.name);
            if let Some(rule) = rule.filter(|_| expects_list) {
                let name = rule.split("<formula1>").nth(1).unwrap().split("</formula1>").next().unwrap();
                let words = words_of(name);
                assert!(words.len() > 1, "{}", column.name);
                let reading = kit::wire::Reading {
                    year: None,
                    dialect: &options.dialect,
                    protection_only: false,
                    spelling: kit::wire::Spelling::Plain,
                };
                for word in words {
                    assert_eq!(
                        (column.hears)(word.as_bytes(), &reading),
                        kit::wire::Heard::Is(()),
                        "{}: {word}",
                        column.name
                    );
                    chosen += 1;
                }
            }
        }
    }
    assert!(chosen > 40, "{chosen} words");
}

#[test]
fn the_form_is_locked_but_where_it_is_filled_in_and_runs_nothing() {
    let members = members(&template());
    for (sheet, columns) in tables() {
        let xml = &members[&format!("xl/worksheets/sheet{sheet}.xml")];
        assert!(xml.contains("<sheetProtection sheet=\"1\"") && xml.contains("state=\"frozen\""));
        assert_eq!(xml.matches("<col ").count(), columns.len());
        assert_eq!(members[&format!("xl/comments{sheet}.xml")].matches("<comment ").count(), columns.len());
    }
    let styles: Vec<&str> = members["xl/styles.xml"].split("<cellXfs").nth(1).unwrap().split("<xf ").skip(1).collect();
    let is_open = |style: &str| styles[style.parse::<usize>().unwrap()].contains("locked=\"0\"");
    for (sheet, _) in tables() {
        let xml = &members[&format!("xl/worksheets/sheet{sheet}.xml")];
        let style = |piece: &str, mark: &str| piece.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(xml.split("<col ").skip(1).all(|column| is_open(&style(column, "style=\""))));
        assert!(
            xml.split("<c r=").skip(1).all(|cell| !is_open(&style(cell, " s=\""))),
            "the first four rows are locked"
        );
    }
    for (name, text) in &members {
        assert!(!text.contains("<f>") && !name.contains("vba") && !text.contains("TargetMode"), "{name}");
    }
}

#[test]
fn the_template_says_nothing_until_it_is_filled_in() {
    assert_eq!(template(), template());
    let read = Read::of(&template());
    assert_eq!((read.told(), read.0.subjects.len()), (vec!["ifa/sheet-empty Vacancies".to_owned()], 0));
}

/// A workbook as read, written again.
fn written(book: &Book) -> Vec<u8> {
    let read = Read::of(&book.packed());
    let (mut parts, told) = support::write(&VACANCIES_XLSX, &read.0, &support::options());
    assert!(told.is_empty(), "{told:?}");
    parts.pop().unwrap()
}

#[test]
fn days_and_numbers_are_days_and_numbers() {
    let mut names = NAMES.to_vec();
    names.push("weekly_fee");
    let mut cells_of_row = ROW.to_vec();
    cells_of_row.push("945.50");
    let bytes = written(&Book::of(&[("Vacancies", vec![names, cells_of_row])]));
    let members = members(&bytes);
    let (cells, columns) = (cells(&members, 2), tables().next().unwrap().1);
    let cell = |name: &str| {
        let column = columns.iter().position(|column| column.name == name).unwrap();
        cells[&format!("{}5", letters(column))].as_str()
    };
    assert_eq!(
        (cell("as_at"), cell("age_max"), cell("weekly_fee"), cell("vacancy_id")),
        ("46050", "11", "945.50", "V-0141")
    );
    // A moment is no day: it stands as it is.
    let moment = written(&Book::of_rows(&[row(&[("as_at", "2026-01-28T08:30:00+00:00")])]));
    assert!(super::form::members(&moment)["xl/sharedStrings.xml"].contains("2026-01-28T08:30:00+00:00"));
}

#[test]
fn providers_stand_in_one_order_however_they_come() {
    let of = |id: &'static str, urn: &'static str, home: &'static str, area: &'static str| {
        row(&[("vacancy_id", id), ("provider_urn", urn), ("carer_ref", home), ("outward_postcode", area)])
    };
    let rows =
        [of("V-2", "SC999902", "C-1", "B13"), of("V-1", "SC999901", "C-2", "B14"), of("V-0", "SC999902", "C-3", "B15")];
    let one = written(&Book::of_rows(&rows));
    let turned = [rows[1].clone(), rows[0].clone(), rows[2].clone()];
    assert!(one == written(&Book::of_rows(&turned)), "the order in which providers come tells");
    let read = Read::of(&one);
    assert_eq!((read.ids(), read.told()), (vec!["V-1", "V-2", "V-0"], vec![]));
}

#[test]
fn no_text_becomes_a_formula() {
    for text in ["=1+1", "+44", "-1", "@x", "=HYPERLINK(&quot;http://x&quot;)", "\t=1"] {
        let mut names = NAMES.to_vec();
        names.push("branch");
        let mut cells = ROW.to_vec();
        cells.push(text);
        let bytes = written(&Book::of(&[("Vacancies", vec![names, cells])]));
        assert!(!members(&bytes)["xl/worksheets/sheet2.xml"].contains("<f>"), "{text}");
        let branch = Read::of(&bytes).vacancies()[0].more.clone().unwrap().branch;
        assert_eq!(branch.is().as_deref(), Some(text.replace("&quot;", "\"").trim()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a text holds, in CSV or in a workbook, the workbook gives it back.
    #[test]
    fn a_text_comes_back(text in "[ -~éß€\u{1f600}_x0-9A-F\u{a0}]{1,60}") {
        let quoted = text.replace('"', "\"\"");
        let heading = support::HEADING.replace('\n', ",branch\n");
        let line = support::ROW.replace('\n', &format!(",\"{quoted}\"\n"));
        let csv = support::read(&VACANCIES_CSV, &[format!("{heading}{line}").as_bytes()]);
        let (mut parts, told) = support::write(&VACANCIES_XLSX, &csv, &support::options());
        prop_assert!(told.is_empty());
        let read = Read::of(&parts.pop().unwrap());
        prop_assert_eq!(read.vacancies(), csv.vacancies());
    }
}
