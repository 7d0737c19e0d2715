//! The National Placements Standard by its own examples, its own workbook and its own shapes.

use std::{
    io::{Cursor, Read, Write},
    path::PathBuf,
};

use contract_tests::{homeward::samples, oracle::shacl_check};
use kit::adapter::Options;
use schemas::{diagnostic::Severity, record::Statement, said::Said};
use serde_json::Value;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::support::{Kept, authority, day, document, format, read, translated};

const LINKED: &str = "placements-standard-jsonld";
const WORKBOOK: &str = "placements-standard-xlsx";

/// What the standard publishes; nothing, said loudly, where the samples are absent.
fn published(name: &str) -> Option<PathBuf> {
    let folder = samples();
    if folder.is_none() {
        eprintln!("SKIPPED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
    }
    folder.map(|folder| folder.join("placements-standard").join(name))
}

fn options() -> Options {
    Options { authority: Some(authority(330)), as_at: Some(day("2026-07-01")), ..Options::plain() }
}

fn workbook() -> Option<Vec<u8>> {
    let file = published("spreadsheet/National-Placement-Standard-Excel-20260624.xlsx")?;
    Some(std::fs::read(file).unwrap())
}

/// The official workbook, in which the example was given another child.
fn filled_in(workbook: &[u8]) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..from.len() {
        let mut member = from.by_index(n).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        if member.name() == "xl/sharedStrings.xml" {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("ABCD2012"));
            bytes = text.replace("ABCD2012", "C1001").into_bytes();
        }
        to.start_file(member.name(), SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn told(of: &str, bytes: Vec<u8>) -> Vec<(&'static str, Severity)> {
    let read = read(format(of), &document(&[("one".to_owned(), bytes)]), &options());
    read.told.iter().map(|told| (told.rule.code, told.rule.severity)).collect()
}

#[test]
fn the_examples_are_judged_as_their_names_say() {
    let Some(folder) = published("shacl/examples") else { return };
    let mut judged = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let told = told(LINKED, std::fs::read(&file).unwrap());
        // That the standard leaves a column open is no fault of the document.
        let faults: Vec<_> = told.into_iter().filter(|(code, _)| *code != "ifa/nps-education-polarity").collect();
        let expected: &[(&str, Severity, usize)] = match name.as_str() {
            "valid-placement" | "valid-neededby-symbolic" => &[],
            "invalid-missing-required" => &[("ifa/nps-required", Severity::Error, 11)],
            "invalid-negative-cost" => &[("table/cell", Severity::Error, 1)],
            "invalid-other-missing-text" => &[("ifa/nps-other-without-text", Severity::Error, 4)],
            // The shape of the standard says of it what we say: a warning.
            "invalid-cost-out-of-range" => &[("ifa/cost-range", Severity::Warning, 1)],
            other => panic!("{other} is a new example"),
        };
        let count = |code, severity| faults.iter().filter(|fault| **fault == (code, severity)).count();
        let all: usize = expected.iter().map(|(_, _, often)| often).sum();
        assert!(expected.iter().all(|(code, severity, often)| count(code, *severity) == *often), "{name}: {faults:?}");
        assert_eq!(faults.len(), all, "{name}: {faults:?}");
        judged += 1;
    }
    assert_eq!(judged, 6);
}

#[test]
fn the_official_workbook_says_nothing_until_somebody_fills_it_in() {
    let Some(workbook) = workbook() else { return };
    let codes: Vec<&str> = told(WORKBOOK, workbook.clone()).iter().map(|told| told.0).collect();
    assert_eq!(codes, ["table/header-only", "ifa/nps-example-row"]);
    let read = read(format(WORKBOOK), &document(&[("one.xlsx".to_owned(), filled_in(&workbook))]), &options());
    let codes: Vec<&str> = read.told.iter().map(|told| told.rule.code).collect();
    assert_eq!(codes, ["ifa/nps-education-polarity", "ifa/nps-no-cse"]);
    let [(records, _)] = &read.children[..] else { panic!("one child") };
    let cost = records.iter().find_map(|record| match &record.statement {
        Statement::PlacementCost(cost) => Some(cost.total),
        _ => None,
    });
    assert_eq!(cost.and_then(Said::is).map(|pence| pence.number()), Some(2_300_000));
    assert_eq!(records.len(), 3, "a request, a beginning, its price");
}

/// The shown texts of a row of the sheet of data.
fn headings(workbook: &[u8]) -> Vec<String> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut member = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let plain = |item: &str| {
        let pieces = item.split("<t").skip(1).filter_map(|piece| piece.split_once('>')?.1.split_once("</t>"));
        pieces.map(|(text, _)| text).collect::<String>()
    };
    let strings: Vec<String> = member("xl/sharedStrings.xml").split("<si>").skip(1).map(plain).collect();
    let sheet = member("xl/worksheets/sheet2.xml");
    let row = sheet.split("<row ").find(|row| row.starts_with("r=\"2\"")).unwrap();
    let cells = row.split("<c ").skip(1).filter(|cell| cell.contains("t=\"s\""));
    cells
        .filter_map(|cell| cell.split_once("<v>")?.1.split_once("</v>")?.0.parse::<usize>().ok())
        .map(|n| strings[n].clone())
        .collect()
}

#[test]
fn our_workbook_has_the_headings_of_the_official_one() {
    let Some(workbook) = workbook() else { return };
    let ours = format(WORKBOOK).encode.unwrap().template().unwrap();
    let official = headings(&workbook);
    assert_eq!(official.len(), 44);
    assert_eq!(headings(&ours), official);
    // And what we write of the official example is read like it.
    let bytes = filled_in(&workbook);
    let document = document(&[("one.xlsx".to_owned(), bytes)]);
    let (_, Kept(parts)) = translated(&document, (format(WORKBOOK), format(WORKBOOK)), "local-authority", &options());
    let written = parts.into_values().next().unwrap();
    let again = crate::support::document(&[("two.xlsx".to_owned(), written)]);
    let said = |document| {
        let read = read(format(WORKBOOK), document, &options());
        read.children.into_iter().flat_map(|(records, _)| records).map(|record| record.statement).collect::<Vec<_>>()
    };
    assert!(said(&document) == said(&again));
}

/// The objects that we write of documents, each with the context that stands around them, one a line.
fn linked(of: &str, bytes: Vec<u8>, settings: &[(&str, &str)]) -> Vec<u8> {
    let settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let options = Options { settings, ..options() };
    let document = document(&[("one".to_owned(), bytes)]);
    let (_, Kept(parts)) = translated(&document, (format(of), format(LINKED)), "local-authority", &options);
    let whole: Value = serde_json::from_slice(parts.values().next().unwrap()).unwrap();
    let mut lines = Vec::new();
    for item in whole["@graph"].as_array().unwrap() {
        let mut item = item.clone();
        item["@context"] = whole["@context"].clone();
        lines.extend_from_slice(item.to_string().as_bytes());
        lines.push(b'\n');
    }
    lines
}

#[test]
fn what_we_write_holds_the_shapes_that_the_standard_publishes() {
    let (Some(shapes), Some(folder), Some(workbook)) =
        (published("shacl/shacl-shape.ttl"), published("shacl/examples"), workbook())
    else {
        return;
    };
    let example = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let whole = ["valid-placement.jsonld", "valid-neededby-symbolic.jsonld", "invalid-cost-out-of-range.jsonld"];
    let mut lines: Vec<u8> = whole.iter().flat_map(|name| linked(LINKED, example(name), &[])).collect();
    match shacl_check(&shapes, &lines) {
        Err(absent) if absent.may_be_skipped() => return eprintln!("{absent}"),
        verdict => assert_eq!(verdict, Ok(3)),
    }
    // What is not known is not made up, so that the judge misses it.
    lines = linked(WORKBOOK, filled_in(&workbook), &[]);
    let verdict = shacl_check(&shapes, &lines).unwrap_err().to_string();
    assert_eq!(verdict, "line 1: riskSexualExploitation: MinCountConstraintComponent\nlines: 1, faults: 1\n");
}
