//! Opens a list of cells, in CSV or on sheets: which rows are of which subject.
//!
//! Limits: 24 bytes a row, and the name of each subject. Format: any number of parts, all of one table. Operations:
//! [`TableDecode`] opens CSV, [`Opened::open`] the tables of whatever it is, a reader reads one subject's rows together.

use std::{marker::PhantomData, num::NonZeroUsize};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects, Unheard},
    cells::{RowSource, TableSource},
    csv::{
        groups::{Gathering, Groups},
        parts::parts_of,
        pass::Pass,
        read::{read_row, read_row_at},
    },
    document::Document,
    telling::{Cells, Telling},
};
use schemas::diagnostic::{Diagnostic, Place, Report, Rule};

use crate::{
    document::reading,
    lists::{Gathers, Speaks, Whom, Whose, name_of},
    rules,
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
        Box::new(Opened::<R, _>::open((parts, labels), options, report))
    }
}

/// Tells every column of which nothing is carried, where its heading stands.
fn tell_left_out<R: Speaks, S: TableSource>(parts: &[S], options: &Options, report: &mut dyn Report) {
    for part in parts {
        let (mut rows, layout) = (part.rows(options.limits), part.layout());
        rows.read(layout.heading);
        for column in R::LEFT_OUT.iter().filter(|column| layout.cell_of(column).is_some()) {
            report.raise(Diagnostic::new(&rules::COLUMN_LEFT_OUT, layout.column_place(&rows, column)));
        }
    }
}

/// Whose the rows of a list are.
struct Gathered {
    subjects: Groups,
    /// By subject: whether its rows speak of it beside another.
    are_beside: Vec<bool>,
    rows: u64,
}

/// Looks at every row once, and notes whose it is. What is wrong with a row that is nobody's is told here.
fn gather<R: Speaks, S: TableSource>(parts: &[S], options: &Options, report: &mut dyn Report) -> Gathered {
    let (mut gathering, mut pass) = (Gathering::default(), Pass::new(options.limits));
    let mut are_beside: Vec<bool> = Vec::new();
    let reading = reading(options);
    for (n, part) in (0_u16..).zip(parts) {
        let layout = part.layout();
        let mut once: Option<&'static Rule> = None;
        pass.part(n, (part.rows(options.limits), layout), report, |rows, at, report| {
            let row = read_row::<R>(rows, layout, &reading, None, &mut Unheard).0;
            once = once.or_else(|| row.tells_once(options));
            match row.whom(options) {
                Whom::Is(subject) => {
                    let beside = row.beside();
                    for (subject, is_beside) in std::iter::once((subject, false)).chain(beside.map(|it| (it, true))) {
                        let number = gathering.add(&name_of(&subject), at);
                        if number as usize == are_beside.len() {
                            are_beside.push(is_beside);
                        }
                    }
                }
                Whom::Nobody(why) => {
                    read_row::<R>(rows, layout, &reading, None, report);
                    if let Some((rule, column)) = why {
                        report.raise(Diagnostic::new(rule, layout.column_place(rows, column)));
                    }
                }
            }
        });
        once.into_iter().for_each(|rule| report.raise(Diagnostic::new(rule, Place::Part(layout.part))));
    }
    Gathered { subjects: gathering.finish(), are_beside, rows: pass.rows() }
}

/// A list that has been opened, from tables of any source.
pub(crate) struct Opened<'d, R, S> {
    options: &'d Options,
    parts: Vec<S>,
    labels: Vec<PartLabel>,
    gathered: Gathered,
    row: PhantomData<fn() -> R>,
}

impl<'d, R: Speaks, S: TableSource> Opened<'d, R, S> {
    /// Opens tables, each with what reports call its part.
    pub(crate) fn open(
        (parts, labels): (Vec<S>, Vec<PartLabel>),
        options: &'d Options,
        report: &mut dyn Report,
    ) -> Self {
        tell_left_out::<R, S>(&parts, options, report);
        let gathered = gather::<R, S>(&parts, options, report);
        Self { options, parts, labels, gathered, row: PhantomData }
    }
}

impl<R: Speaks, S: TableSource> Subjects for Opened<'_, R, S> {
    fn len(&self) -> usize {
        self.gathered.subjects.len()
    }

    fn rows(&self) -> u64 {
        self.gathered.rows
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        let rows = self.parts.iter().map(|part| part.rows(self.options.limits));
        Box::new(ListReader { opened: self, rows: rows.collect() })
    }
}

/// Reads one subject after another; each worker has its own.
struct ListReader<'o, R, S: TableSource + 'o> {
    opened: &'o Opened<'o, R, S>,
    rows: Vec<S::Rows<'o>>,
}

impl<R: Speaks, S: TableSource> SubjectReader for ListReader<'_, R, S> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let Opened { options, parts, gathered, .. } = self.opened;
        let (mut whose, mut said) = (Whose::default(), R::Said::begin(options));
        let is_beside = gathered.are_beside.get(n).copied().unwrap_or_default();
        let mut unheard = Unheard;
        let told: &mut dyn Report = if is_beside { &mut unheard } else { &mut *report };
        let reading = reading(options);
        for at in gathered.subjects.rows_of(n) {
            let part = usize::from(at.layout);
            let (rows, layout) = (&mut self.rows[part], parts[part].layout());
            let Some((row, fate)) = read_row_at::<R>(rows, layout, at.start(), &reading, told) else { continue };
            match row.whom(options) {
                _ if is_beside => row.beside().into_iter().for_each(|subject| whose.add(subject)),
                Whom::Is(subject) => whose.add(subject),
                Whom::Nobody(_) => {}
            }
            if !fate.lost {
                let columns = Cells { rows, layout };
                let under = (options.as_at_day(), &options.dialect);
                said.take(row, &mut Telling::at(rows.row_place(), under, &columns, told));
            }
        }
        if let Some(subject) = whose.take() {
            said.finish(&subject, dossier, report);
            dossier.subject = Some(subject);
        }
    }
}
