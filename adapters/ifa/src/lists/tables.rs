//! Opens a list in CSV: which rows are of which subject.
//!
//! Limits: 24 bytes a row, and the name of each subject. Format: any number of parts, all of one table. Operations:
//! [`TableDecode`] opens, a reader reads one subject's rows together.

use std::{marker::PhantomData, num::NonZeroUsize};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects, Unheard},
    csv::{
        groups::{Gathering, Groups},
        parts::{Parts, parts_of},
        pass::Pass,
        read::{read_row, read_row_at},
        rows::RowReader,
    },
    document::Document,
    telling::{Cells, Telling},
};
use schemas::diagnostic::{Diagnostic, Report};

use crate::{
    document::reading,
    lists::{Gathers, Speaks, Whom, Whose, name_of},
};

/// Reads a list in CSV.
pub struct TableDecode<R>(PhantomData<fn() -> R>);

impl<R> TableDecode<R> {
    /// The decoder.
    pub const NEW: Self = Self(PhantomData);
}

impl<R: Speaks> Decode for TableDecode<R> {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        let (parts, labels) = parts_of(document, options, &[R::TABLE], report);
        let (subjects, rows) = gather::<R>(&parts, options, report);
        Box::new(Opened::<R> { options, parts, labels, subjects, rows, row: PhantomData })
    }
}

/// Looks at every row once, and notes whose it is. What is wrong with a row that is nobody's is told here.
fn gather<R: Speaks>(parts: &Parts<'_>, options: &Options, report: &mut dyn Report) -> (Groups, u64) {
    let (mut gathering, mut pass) = (Gathering::default(), Pass::new(options.limits));
    let reading = reading(options);
    for (n, (_, text, layout)) in (0_u16..).zip(parts) {
        let rows = RowReader::new(*text, layout.delimiter, options.limits);
        pass.part(n, (rows, layout), report, |rows, at, report| {
            match read_row::<R>(rows, layout, &reading, None, &mut Unheard).0.whom(options) {
                Whom::Is(subject) => {
                    gathering.add(&name_of(&subject), at);
                }
                Whom::Nobody(why) => {
                    read_row::<R>(rows, layout, &reading, None, report);
                    if let Some((rule, column)) = why {
                        report.raise(Diagnostic::new(rule, layout.column_place(rows, column)));
                    }
                }
            }
        });
    }
    (gathering.finish(), pass.rows())
}

/// A list that has been opened.
struct Opened<'d, R> {
    options: &'d Options,
    parts: Parts<'d>,
    labels: Vec<PartLabel>,
    subjects: Groups,
    rows: u64,
    row: PhantomData<fn() -> R>,
}

impl<R: Speaks> Subjects for Opened<'_, R> {
    fn len(&self) -> usize {
        self.subjects.len()
    }

    fn rows(&self) -> u64 {
        self.rows
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        let limits = self.options.limits;
        let rows = self.parts.iter().map(|(_, text, layout)| RowReader::new(*text, layout.delimiter, limits));
        Box::new(ListReader { opened: self, rows: rows.collect() })
    }
}

/// Reads one subject after another; each worker has its own.
struct ListReader<'o, R> {
    opened: &'o Opened<'o, R>,
    rows: Vec<RowReader<'o>>,
}

impl<R: Speaks> SubjectReader for ListReader<'_, R> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let options = self.opened.options;
        let (mut whose, mut said) = (Whose::default(), R::Said::begin(options));
        let reading = reading(options);
        for at in self.opened.subjects.rows_of(n) {
            let part = usize::from(at.layout);
            let (rows, (_, _, layout)) = (&mut self.rows[part], &self.opened.parts[part]);
            let Some((row, fate)) = read_row_at::<R>(rows, layout, at.start(), &reading, report) else { continue };
            if let Whom::Is(subject) = row.whom(options) {
                whose.add(subject);
            }
            if !fate.lost {
                let columns = Cells { rows, layout };
                let under = (options.as_at_day(), &options.dialect);
                said.take(row, &mut Telling::at(rows.row_place(), under, &columns, report));
            }
        }
        if let Some(subject) = whose.take() {
            said.finish(&subject, dossier, report);
            dossier.subject = Some(subject);
        }
    }
}
