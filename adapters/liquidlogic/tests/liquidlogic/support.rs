//! Documents from folders and texts, and what reading them tells.

use std::{collections::BTreeMap, path::Path};

use kit::{
    adapter::{Dossier, Options},
    document::{Document, Part},
};
use liquidlogic::SSDA903_CSV;
use schemas::{date::CollectionYear, diagnostic::Diagnostic, record::Record};

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
