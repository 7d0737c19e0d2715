//! What the laws share: reading, translating into memory, files that are blessed, synthetic authorities.

use std::{
    collections::{BTreeMap, HashSet},
    io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use exchange::{
    pipeline::{Errors, Order, Outcome, Output, Watch, translate},
    restrict::{SharedPlace, protected_places, protects_others},
    view::View,
};
use kit::{
    adapter::{Dossier, Format, Options, PartLabel},
    document::{Document, Part},
};
use schemas::{
    date::{CollectionYear, Date},
    diagnostic::Diagnostic,
    identifier::LaCode,
    record::{Record, SubjectKind},
};

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The folder of cases.
pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Compares a text with a file of the tree; with `BLESS=1` the file is written instead.
pub(crate) fn bless(path: &Path, text: &str) -> Result<(), String> {
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        return Ok(());
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    let what = path.strip_prefix(workspace()).unwrap_or(path).display().to_string();
    if known == text { Ok(()) } else { Err(format!("{what} has drifted: review the change, then BLESS=1\n{text}")) }
}

pub(crate) fn year(number: u16) -> CollectionYear {
    CollectionYear::new(number).unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn authority(number: u16) -> LaCode {
    LaCode::new(number).unwrap()
}

/// Options of a collection year and of authority 330.
pub(crate) fn options(number: u16) -> Options {
    Options { year: Some(year(number)), authority: Some(authority(330)), ..Options::plain() }
}

pub(crate) fn format(name: &str) -> &'static Format {
    roster::format(name).unwrap().1
}

/// Whether a format is written of providers and their places, and not of children.
pub(crate) fn is_of_places(format: &Format) -> bool {
    format.encode.is_some_and(|encode| encode.begin(&Options::plain()).about() == SubjectKind::Place)
}

/// A document as it was read.
pub(crate) struct Read {
    pub(crate) children: Vec<(Vec<Record>, bool)>,
    pub(crate) told: Vec<Diagnostic>,
    pub(crate) labels: Vec<PartLabel>,
}

pub(crate) fn read(format: &Format, document: &Document, options: &Options) -> Read {
    read_by(NonZeroUsize::MIN, format, document, options)
}

/// Reads with so many workers. What protects a child, read alone, must be what it is among all the rest.
pub(crate) fn read_by(workers: NonZeroUsize, format: &Format, document: &Document, options: &Options) -> Read {
    let mut told: Vec<Diagnostic> = Vec::new();
    let subjects = format.decode.unwrap().open(document, options, workers, &mut told);
    let (mut reader, mut dossier, mut protection) = (subjects.reader(), Dossier::default(), Dossier::default());
    let mut children = Vec::new();
    for n in 0..subjects.len() {
        reader.read_protection(n, &mut protection);
        reader.read(n, &mut dossier, &mut told);
        for as_at in [None, options.as_at_day()] {
            assert_eq!(protection_of(&protection, as_at), protection_of(&dossier, as_at), "{}", format.name);
        }
        children.push((std::mem::take(&mut dossier.records), dossier.guard_unreadable));
    }
    // Workers tell in the order in which they come to it; a report puts it in order.
    told.sort_by_key(|told| (told.place.order(), told.rule.code));
    Read { children, labels: subjects.labels().to_vec(), told }
}

/// Whether a child protects those who live with it, and where it lives.
fn protection_of(dossier: &Dossier, as_at: Option<Date>) -> (bool, HashSet<SharedPlace>) {
    (protects_others(dossier, as_at), protected_places(dossier, as_at).collect())
}

/// Parts that were written, in memory.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Kept(pub(crate) BTreeMap<String, Vec<u8>>);

impl Output for Kept {
    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.entry(part.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

struct Nobody;

impl Watch for Nobody {}

/// Translates by the one pipeline, everything kept.
pub(crate) fn translated(
    document: &Document,
    formats: (&'static Format, &'static Format),
    view: &str,
    options: &Options,
) -> (Outcome, Kept) {
    translated_through(View::shipped(view).unwrap(), document, formats, options)
}

/// The same through any view.
pub(crate) fn translated_through(
    view: &View,
    document: &Document,
    (from, to): (&'static Format, &'static Format),
    options: &Options,
) -> (Outcome, Kept) {
    let mut kept = Kept::default();
    let order = Order {
        document,
        from,
        to,
        view,
        options,
        id_key_is_secret: false,
        pseudonym_key: Some([7; 32]),
        workers: NonZeroUsize::MIN,
        errors: Errors::Skip,
        errors_max: None,
        diagnostics_max: 100_000,
        watch: &Nobody,
    };
    let outcome = translate(&order, &mut kept).unwrap();
    (outcome, kept)
}

/// A synthetic authority as files; the list of planted faults is left out.
pub(crate) fn synthetic(children: u32, seed: u64, faults: u32, number: u16) -> Vec<(String, Vec<u8>)> {
    let order = cli::synth::Order { children, seed, faults, year: year(number), authority: authority(330) };
    let mut files = Kept::default();
    cli::synth::write(&order, &mut |name, bytes| files.write(name, bytes)).unwrap();
    files.0.into_iter().filter(|(name, _)| name != "faults.csv").collect()
}

pub(crate) fn document(files: &[(String, Vec<u8>)]) -> Document {
    Document::new(files.iter().map(|(name, bytes)| Part::new(name.as_str(), bytes.clone())).collect())
}

/// The part of a file in a document of these files.
pub(crate) fn folder(path: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
