//! Real exports come in the words of their vendors: each is read with a dialect, and what is said and told is blessed.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use kit::{adapter::Options, dialect::Dialect};
use schemas::{diagnostic::Place, document::write_record, record::Record, record::Source};

use crate::support::{Read, authority, bless, cases, day, document, format, read};

fn read_with(dialect: &Path, name: &str, export: Vec<u8>) -> (Read, &'static str) {
    let text = std::fs::read_to_string(dialect).unwrap();
    let known: Vec<&'static str> = roster::formats().map(|(_, format)| format.name).collect();
    let (named, _) = Dialect::format_of(&text, &known);
    let format = format(named.unwrap());
    let (dialect, faults) = Dialect::read(&text, format.tables);
    assert!(faults.is_empty(), "{name}: {faults:?}");
    let options =
        Options { dialect, authority: Some(authority(330)), as_at: Some(day("2026-01-30")), ..Options::plain() };
    (read(format, &document(&[(name.to_owned(), export)]), &options), format.name)
}

fn said(read: &Read) -> String {
    let mut out = String::new();
    for record in read.children.iter().flat_map(|(records, _)| records) {
        let mut line = Vec::new();
        let here = Source { place: Place::Document, ..record.source.clone() };
        write_record(&Record { source: here, ..record.clone() }, &mut line);
        writeln!(out, "{}", String::from_utf8(line).unwrap()).unwrap();
    }
    out
}

fn told(read: &Read) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    read.told.iter().for_each(|told| *counts.entry(told.rule.code).or_default() += 1);
    counts.into_iter().map(|(code, count)| format!("{code},{count}\n")).collect()
}

#[test]
fn the_export_of_each_vendor_is_read() {
    let folder = cases().join("exports-of-vendors-are-read-with-their-dialects");
    for vendor in
        ["a-pep-product", "a-virtual-school-with-a-scheme-of-its-own", "an-attendance-collector", "a-school-system"]
    {
        let path = folder.join(vendor);
        let export = std::fs::read(path.join("export.csv")).unwrap();
        let (read, _) = read_with(&path.join("dialect.toml"), vendor, export);
        bless(&path.join("said.ndjson"), &said(&read)).unwrap();
        bless(&path.join("told.csv"), &told(&read)).unwrap();
    }
}

#[test]
fn what_a_school_census_says_is_read_and_nothing_is_made_up() {
    let Some(samples) = contract_tests::homeward::samples() else {
        eprintln!("SKIPPED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return;
    };
    let folder = cases().join("school-census-samples-are-read-with-their-dialects");
    let mut page = String::from("sample,format,rows,children,records\n");
    for sample in [
        "2024_autumn_pupilonroll",
        "2024_autumn_termlyexclusionsonroll",
        "2024_autumn_termlysessiondetailsonroll",
        "2025_spring_senneeds",
    ] {
        let export = std::fs::read(samples.join(format!("school-census/{sample}.csv"))).unwrap();
        let rows = export.iter().filter(|byte| **byte == b'\n').count();
        let (read, format) = read_with(&folder.join(format!("{sample}.toml")), sample, export);
        let records: usize = read.children.iter().map(|(records, _)| records.len()).sum();
        writeln!(page, "{sample},{format},{rows},{},{records}", read.children.len()).unwrap();
        for (code, count) in told(&read).lines().filter_map(|line| line.split_once(',')) {
            writeln!(page, "{sample},told,{code},{count},").unwrap();
        }
    }
    bless(&folder.join("counts.csv"), &page).unwrap();
}
