//! A format at work: documents from bytes, what reading them says and tells, and what is written of it.

use std::num::NonZeroUsize;

use kit::{
    adapter::{Disclosure, Dossier, Format, Options, Protection},
    document::{Document, Part},
    ids::IdKey,
    sheaf::Sheaf,
};
use schemas::{
    date::Date,
    diagnostic::Diagnostic,
    record::{Record, Statement},
};

/// What was read of a document, by subject.
pub(crate) struct Read {
    pub(crate) subjects: Vec<Vec<Record>>,
    pub(crate) told: Vec<Diagnostic>,
}

impl Read {
    /// The rules that were told, each once.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.told.iter().map(|told| told.rule.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.subjects.iter().flatten()
    }

    pub(crate) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.records().map(|record| &record.statement)
    }

    /// What is said of whom, and whether it is taken back, without the places.
    pub(crate) fn said(&self) -> Vec<(Record, bool)> {
        self.records().map(|record| (record.clone(), record.source.retracts)).collect()
    }
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn options() -> Options {
    Options { as_at: Some(day("2026-01-30")), ..Options::plain() }
}

/// Reads parts in a format.
pub(crate) fn read(format: &Format, parts: &[&[u8]]) -> Read {
    read_with(format, parts, &options())
}

pub(crate) fn read_with(format: &Format, parts: &[&[u8]], options: &Options) -> Read {
    let parts = parts.iter().enumerate().map(|(n, bytes)| Part::new(n.to_string(), bytes.to_vec()));
    let document = Document::new(parts.collect());
    let mut told: Vec<Diagnostic> = Vec::new();
    let opened = format.decode.unwrap().open(&document, options, NonZeroUsize::MIN, &mut told);
    let (mut reader, mut dossier, mut subjects) = (opened.reader(), Dossier::default(), Vec::new());
    for n in 0..opened.len() {
        reader.read(n, &mut dossier, &mut told);
        subjects.push(std::mem::take(&mut dossier.records));
    }
    Read { subjects, told }
}

/// Writes what was read, all of it let out; the parts in their order, and what is told.
pub(crate) fn write(format: &Format, read: &Read, options: &Options) -> (Vec<Vec<u8>>, Vec<Diagnostic>) {
    let encoder = format.encode.unwrap().begin(options);
    let (mut sheaf, mut told) = (Sheaf::default(), Vec::new());
    encoder.head(&mut sheaf);
    for records in read.subjects.iter().filter(|records| !records.is_empty()) {
        let ids = IdKey::published().of_subject(b"test", b"test");
        let disclosure = Disclosure {
            subject: &records[0].subject,
            records,
            ids: &ids,
            protection: Protection::default(),
            photographs: &[],
        };
        encoder.subject(&disclosure, &mut sheaf, &mut told);
    }
    encoder.tail(&mut sheaf);
    (sheaf.parts().iter().map(|(_, bytes)| bytes.clone()).collect(), told)
}
