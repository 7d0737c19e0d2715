//! Rules whose cases are folders: what breaks the rule, the nearest that does not, and where the rule is told.
//!
//! `cases/<family>/<rule>/` holds `<format>.breaks.csv` and `<format>.nearest.csv`, with `.1`, `.2` before `.csv` where
//! a document has several parts; `<format>-to-<format>@<view>` is read and written. `told.csv` is blessed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::{Path, PathBuf},
};

use kit::adapter::Options;
use schemas::diagnostic::{Diagnostic, Place};

use super::declared_by;
use crate::support::{authority, bless, cases, day, document, folder, format, read, translated};

/// The families whose rules have folders.
const FAMILIES: &[&str] = &["epep", "ifa"];

/// The day on which every case is read.
const AS_AT: &str = "2026-01-30";

fn folders() -> impl Iterator<Item = (String, PathBuf)> {
    FAMILIES.iter().flat_map(|family| {
        let folders = std::fs::read_dir(cases().join(family)).unwrap().map(|entry| entry.unwrap().path());
        folders.map(move |path| (format!("{family}/{}", path.file_name().unwrap().to_string_lossy()), path))
    })
}

/// The rules that have a folder.
pub(super) fn rules() -> BTreeSet<String> {
    folders().map(|(rule, _)| rule).collect()
}

/// Documents by format and whether they break the rule, each as its parts.
type Documents = BTreeMap<(String, bool), Vec<(String, Vec<u8>)>>;

fn documents(path: &Path) -> Documents {
    let mut documents = Documents::new();
    for (name, bytes) in folder(path) {
        let Some((format, rest)) = name.split_once('.') else { continue };
        let breaks = match rest.split('.').next() {
            Some("breaks") => true,
            Some("nearest") => false,
            _ => continue,
        };
        documents.entry((format.to_owned(), breaks)).or_default().push((name.clone(), bytes));
    }
    documents
}

/// What is told of a document, and what may be.
fn told(formats: &str, files: &[(String, Vec<u8>)]) -> (Vec<Diagnostic>, BTreeSet<&'static str>) {
    let options = Options { authority: Some(authority(330)), as_at: Some(day(AS_AT)), ..Options::plain() };
    let document = document(files);
    match formats.split_once("-to-") {
        None => (read(format(formats), &document, &options).told, declared_by(format(formats)).collect()),
        Some((from, to)) => {
            let (to, view) = to.split_once('@').unwrap();
            let formats = (format(from), format(to));
            let (mut outcome, _) = translated(&document, formats, view, &options);
            let may = declared_by(formats.0).chain(declared_by(formats.1)).collect();
            (outcome.findings.diagnostics().to_vec(), may)
        }
    }
}

#[test]
fn every_rule_is_broken_by_its_folder_and_not_by_its_neighbour() {
    let mut wrong = String::new();
    for (rule, path) in folders() {
        let documents = documents(&path);
        assert!(documents.keys().any(|(_, breaks)| *breaks) && documents.keys().any(|(_, breaks)| !*breaks), "{rule}");
        let mut page = String::from("part,line,column,rule\n");
        for ((formats, breaks), files) in &documents {
            let (told, may) = told(formats, files);
            let codes: BTreeSet<&str> = told.iter().map(|told| told.rule.code).collect();
            if codes.contains(rule.as_str()) != *breaks {
                writeln!(wrong, "{rule} in {formats}, breaks {breaks}: {codes:?}").unwrap();
            }
            let undeclared: Vec<_> = codes.difference(&may).collect();
            if !undeclared.is_empty() {
                writeln!(wrong, "{rule}: told and not declared: {undeclared:?}").unwrap();
            }
            if *breaks {
                told.iter().for_each(|told| page.push_str(&line_of(told)));
            }
        }
        if let Err(drifted) = bless(&path.join("told.csv"), &page) {
            writeln!(wrong, "{drifted}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn line_of(told: &Diagnostic) -> String {
    let (part, line, column) = match &told.place {
        Place::Cell { part, line, column, .. } => {
            (part.0.to_string(), line.to_string(), column.map(|column| column.to_string()).unwrap_or_default())
        }
        Place::Part(part) => (part.0.to_string(), String::new(), String::new()),
        _ => Default::default(),
    };
    format!("{part},{line},{column},{}\n", told.rule.code)
}
