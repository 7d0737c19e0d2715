//! A format that reads what a test has made, so that views and encoders can be asked about anything that can be said.

use std::sync::Arc;

use kit::{
    adapter::{Decode, Dossier, Format, Options, PartLabel, Parts, SubjectReader, Subjects},
    document::Document,
};
use schemas::{
    diagnostic::{PartId, Place, Report},
    record::{Record, Source, Statement, Subject},
};

/// A child as a reader would give it.
#[derive(Clone)]
pub(crate) struct Child {
    pub(crate) subject: Subject,
    pub(crate) statements: Vec<Statement>,
    pub(crate) guard_unreadable: bool,
    pub(crate) traced: bool,
}

impl Child {
    /// The child's records, each at a line of its own.
    pub(crate) fn records(&self, n: usize) -> Vec<Record> {
        let subject = Arc::new(self.subject.clone());
        let record = |(line, statement): (usize, &Statement)| Record {
            subject: Arc::clone(&subject),
            statement: statement.clone(),
            source: Source::at(Place::Cell {
                part: PartId(0),
                line: line as u64 + 2,
                column: None,
                byte: (n * 100_000 + line) as u64,
            }),
        };
        self.statements.iter().enumerate().map(record).collect()
    }
}

/// A format whose only document says this. Formats live as long as the program.
pub(crate) fn format_of(children: Vec<Child>) -> &'static Format {
    let decode: &'static Made = Box::leak(Box::new(Made(children)));
    Box::leak(Box::new(Format {
        name: "made",
        summary: "Made up",
        media_types: &[],
        extensions: &[],
        parts: Parts::One,
        needs_year: false,
        needs_authority: false,
        case_management: true,
        tables: &[],
        rules: &[],
        settings: &[],
        losses: &[],
        together: &[],
        decode: Some(decode),
        encode: None,
    }))
}

struct Made(Vec<Child>);

impl Decode for Made {
    fn open<'d>(
        &self,
        _: &'d Document,
        _: &'d Options,
        _: std::num::NonZeroUsize,
        _: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened(self.0.clone()))
    }
}

struct Opened(Vec<Child>);

impl Subjects for Opened {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn rows(&self) -> u64 {
        self.0.iter().map(|child| child.statements.len() as u64).sum()
    }

    fn labels(&self) -> &[PartLabel] {
        &[PartLabel::Table("made", 1)]
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(Reader(&self.0))
    }
}

struct Reader<'c>(&'c [Child]);

impl SubjectReader for Reader<'_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, _: &mut dyn Report) {
        let child = &self.0[n];
        dossier.clear();
        dossier.records = child.records(n);
        dossier.subject = Some(Arc::new(child.subject.clone()));
        dossier.guard_unreadable = child.guard_unreadable;
        dossier.traced = child.traced;
    }
}
