//! Documents from texts, and what reading them says and tells.

use std::num::NonZeroUsize;

use kit::{
    adapter::{Dossier, Format, Options},
    document::{Document, Part},
};
use schemas::{
    date::Date,
    diagnostic::Diagnostic,
    identifier::LaCode,
    record::{Record, Statement},
};

pub(crate) struct Read {
    pub(crate) children: Vec<Vec<Record>>,
    pub(crate) told: Vec<Diagnostic>,
}

impl Read {
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.told.iter().map(|told| told.rule.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// What is said of all children, by the names of the statements.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.statements().map(|statement| statement.statement_type().name).collect()
    }

    pub(crate) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.children.iter().flatten().map(|record| &record.statement)
    }
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn options() -> Options {
    Options { authority: LaCode::new(330), as_at: Some(day("2026-01-30")), ..Options::plain() }
}

/// Reads parts in a format.
pub(crate) fn read(format: &Format, parts: &[&str]) -> Read {
    read_with(format, parts, &options())
}

pub(crate) fn read_with(format: &Format, parts: &[&str], options: &Options) -> Read {
    let parts = parts.iter().enumerate().map(|(n, text)| Part::new(n.to_string(), text.as_bytes().to_vec()));
    let document = Document::new(parts.collect());
    let mut told: Vec<Diagnostic> = Vec::new();
    let subjects = format.decode.unwrap().open(&document, options, NonZeroUsize::MIN, &mut told);
    let (mut reader, mut dossier, mut children) = (subjects.reader(), Dossier::default(), Vec::new());
    for n in 0..subjects.len() {
        reader.read(n, &mut dossier, &mut told);
        children.push(std::mem::take(&mut dossier.records));
    }
    Read { children, told }
}
