//! Documents from folders and texts, and what reading them tells.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use kit::{
    adapter::{Disclosure, Dossier, Options, Protection},
    document::{Document, Part},
    sheaf::{PartName, Sheaf},
};
use liquidlogic::SSDA903_CSV;
use schemas::{
    date::{CollectionYear, Date},
    diagnostic::{Diagnostic, PartId, Place},
    identifier::{Identifier, LaChildId},
    record::{Record, Source, Statement, Subject},
};

pub(crate) struct Read {
    pub(crate) children: Vec<(Vec<Record>, bool)>,
    pub(crate) told: Vec<Diagnostic>,
    pub(crate) labels: Vec<String>,
    pub(crate) rows: u64,
    pub(crate) closed: bool,
}

impl Read {
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for diagnostic in &self.told {
            *counts.entry(diagnostic.rule.code).or_default() += 1;
        }
        counts
    }
}

pub(crate) fn year(year: u16) -> Options {
    Options { year: Some(CollectionYear::new(year).unwrap()), ..Options::plain() }
}

pub(crate) fn folder(path: &Path) -> Document {
    let files = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let part = |path: std::path::PathBuf| {
        Part::new(path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
    };
    Document::new(files.map(part).collect())
}

pub(crate) fn texts(parts: &[(&str, &str)]) -> Document {
    Document::new(parts.iter().map(|(name, text)| Part::new(*name, text.as_bytes().to_vec())).collect())
}

pub(crate) fn read(document: &Document, options: &Options) -> Read {
    let mut told: Vec<Diagnostic> = Vec::new();
    let subjects = SSDA903_CSV.decode.unwrap().open(document, options, std::num::NonZeroUsize::MIN, &mut told);
    let mut reader = subjects.reader();
    let mut dossier = Dossier::default();
    let mut children = Vec::new();
    for n in 0..subjects.len() {
        reader.read(n, &mut dossier, &mut told);
        children.push((std::mem::take(&mut dossier.records), dossier.guard_unreadable));
    }
    Read {
        children,
        labels: subjects.labels().iter().map(ToString::to_string).collect(),
        rows: subjects.rows(),
        closed: subjects.closed_to_others(),
        told,
    }
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

/// Records of one child, each on a line of its own, the first on the second.
pub(crate) fn records(statements: Vec<Statement>) -> Vec<Record> {
    let child = LaChildId::read(b"4017").unwrap().0;
    let subject = Arc::new(Subject::child(vec![Identifier::LaChild(child)], None));
    let place = |line: u64| Place::Cell { part: PartId(0), line, column: None, byte: line * 100 };
    let record =
        |(line, statement)| Record { subject: Arc::clone(&subject), statement, source: Source::at(place(line)) };
    (2..).zip(statements).map(record).collect()
}

/// The line of a place.
pub(crate) fn line(place: &Place) -> u64 {
    match place {
        Place::Cell { line, .. } => *line,
        _ => panic!("a line of a table"),
    }
}

/// What is written of one child by the format: each file with its rows below the heading, and what is told.
pub(crate) fn written(records: &[Record], options: &Options) -> (BTreeMap<String, Vec<String>>, Vec<Diagnostic>) {
    let encoder = SSDA903_CSV.encode.unwrap().begin(options);
    let (mut sheaf, mut told) = (Sheaf::default(), Vec::new());
    let disclosure = Disclosure {
        subject: &records[0].subject,
        records,
        ids: &options.id_key.of_subject(b"urn:homeward:subject", b"0001"),
        protection: Protection::default(),
        photographs: &[],
    };
    encoder.subject(&disclosure, &mut sheaf, &mut told);
    let files = sheaf.parts().iter().map(|(name, bytes)| {
        let PartName::Named(name) = name else { panic!("a named part") };
        let text = String::from_utf8(bytes.clone()).unwrap();
        ((*name).to_owned(), text.lines().map(str::to_owned).collect())
    });
    (files.collect(), told)
}
