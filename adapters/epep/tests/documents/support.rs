//! Reading and writing in memory.

use std::num::NonZeroUsize;

use kit::{
    adapter::{Disclosure, Dossier, Format, Options, Protection},
    document::{Document, Part},
    sheaf::Sheaf,
};
use schemas::{
    diagnostic::{Diagnostic, Place},
    record::{Record, Statement},
};

/// A document as it was read.
pub(crate) struct Read {
    pub(crate) children: Vec<Vec<Record>>,
    pub(crate) told: Vec<Diagnostic>,
}

impl Read {
    /// The codes that are told, in the order of the document.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.told.iter().map(|told| told.rule.code).collect()
    }

    /// Rule and path of what is told.
    pub(crate) fn places(&self) -> Vec<String> {
        let path = |told: &Diagnostic| match &told.place {
            Place::Node { path, .. } => path.to_string(),
            _ => String::new(),
        };
        self.told.iter().map(|told| format!("{} {}", told.rule.code, path(told))).collect()
    }

    pub(crate) fn statements(&self) -> Vec<Vec<Statement>> {
        self.children.iter().map(|records| records.iter().map(|record| record.statement.clone()).collect()).collect()
    }
}

pub(crate) fn read(format: &Format, bytes: &[u8], options: &Options) -> Read {
    let document = Document::new(vec![Part::new("one", bytes.to_vec())]);
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut children = Vec::new();
    let subjects = format.decode.unwrap().open(&document, options, NonZeroUsize::MIN, &mut told);
    let (mut reader, mut dossier) = (subjects.reader(), Dossier::default());
    for n in 0..subjects.len() {
        reader.read(n, &mut dossier, &mut told);
        children.push(dossier.records.clone());
    }
    drop(reader);
    drop(subjects);
    told.sort_by_key(|told| (told.place.order(), told.rule.code));
    Read { children, told }
}

pub(crate) fn written(format: &Format, children: &[Vec<Record>], options: &Options) -> (String, Vec<&'static str>) {
    let encoder = format.encode.unwrap().begin(options);
    let mut sheaf = Sheaf::default();
    let mut told: Vec<Diagnostic> = Vec::new();
    encoder.head(&mut sheaf);
    for records in children {
        let subject = &records.first().unwrap().subject;
        let ids = options.id_key.of_subject(b"urn:homeward:id:upn", b"made");
        encoder.subject(
            &Disclosure { subject, records, ids: &ids, protection: Protection::default(), photographs: &[] },
            &mut sheaf,
            &mut told,
        );
    }
    encoder.tail(&mut sheaf);
    let bytes = sheaf.parts().iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    (String::from_utf8(bytes).unwrap(), told.iter().map(|told| told.rule.code).collect())
}
