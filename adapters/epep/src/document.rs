//! Opens a document of tables into children: which table each part is, which rows speak of which child.
//!
//! Limits: 24 bytes a row and the name of each child. Format: parts are told by their heading rows; a child is known by
//! the first of its identifiers that a row gives, else by name and birth; a row beside a plan may leave it to the plan
//! to say whose it is. Identifiers are not reconciled here. Operations: [`TablesDecode`] opens, a reader reads one
//! child's rows together.

use std::{collections::HashMap, num::NonZeroUsize};

pub use kit::telling::{Columns, Telling};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects, Unheard},
    csv::{
        groups::{Gathering, Groups},
        header::Layout,
        index::RowAt,
        parts::parts_of,
        read::{read_row, read_row_at},
        rows::{Found, RowReader, RowStart},
        rules as table_rules,
    },
    document::Document,
    encoding::PartText,
    table::Table,
    telling::Cells,
    wire::{Reading, Spelling},
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, Place, Report, Rule},
    identifier::{LaCode, Upn},
    said::Said,
};

use crate::{
    child::{Identity, NamesChild},
    records::ChildRecords,
    rules,
    wire::WireUpn,
};

/// What the rows of a table say.
pub trait Says: kit::table::Row + NamesChild {
    /// The plan that the row belongs to, by the sender's id.
    fn plan(&self) -> Option<&str> {
        None
    }

    /// Whether the plan may name the child.
    const BESIDE_A_PLAN: bool = false;

    /// Something of the row that is told once a file, and at which column.
    fn oddity(&self) -> Option<(&'static Rule, &'static str)> {
        None
    }

    /// Says it of the child.
    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords);
}

/// A table that a format reads.
pub struct TableOf {
    /// The table.
    pub table: &'static Table,
    look: fn(&RowReader<'_>, &Layout, &Reading<'_>) -> Glance,
    read: fn(&mut RowReader<'_>, &Layout, RowStart, &Context<'_>, &mut ChildRecords, &mut dyn Report),
}

impl TableOf {
    /// The table of a row.
    #[must_use]
    pub const fn rows<R: Says>() -> Self {
        Self { table: R::TABLE, look: look::<R>, read: read::<R> }
    }
}

/// What is seen of a row while the document is opened.
struct Glance {
    name: Identity,
    plan: Option<Box<str>>,
    beside_a_plan: bool,
    oddity: Option<(&'static Rule, &'static str)>,
}

/// Under what a document is read.
pub struct Context<'o> {
    reading: Reading<'o>,
    /// The day that the document is true for.
    pub as_at: Option<Date>,
    /// The authority, where a row names none.
    pub authority: Option<LaCode>,
}

fn look<R: Says>(rows: &RowReader<'_>, layout: &Layout, reading: &Reading<'_>) -> Glance {
    let (row, _) = read_row::<R>(rows, layout, reading, None, &mut Unheard);
    Glance {
        name: row.identity(),
        plan: row.plan().map(Into::into),
        beside_a_plan: R::BESIDE_A_PLAN,
        oddity: row.oddity(),
    }
}

fn read<R: Says>(
    rows: &mut RowReader<'_>,
    layout: &Layout,
    at: RowStart,
    context: &Context<'_>,
    child: &mut ChildRecords,
    report: &mut dyn Report,
) {
    let Some((row, fate)) = read_row_at::<R>(rows, layout, at, &context.reading, report) else { return };
    let columns = Cells { rows, layout };
    let mut telling = Telling::at(rows.row_place(), context.as_at, &columns, report);
    child.is(&row.identity(), &mut telling);
    if !fate.lost {
        row.says(&mut telling, child);
    }
}

/// Reads the tables of a format.
pub struct TablesDecode {
    /// The tables, in the order in which a child's rows are read.
    pub tables: &'static [TableOf],
}

impl Decode for TablesDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::open(document, options, self.tables, report))
    }
}

/// A document that has been opened.
struct Opened<'d> {
    options: &'d Options,
    tables: &'static [TableOf],
    /// By table, in the order of the format.
    parts: Vec<(usize, PartText<'d>, Layout)>,
    labels: Vec<PartLabel>,
    children: Groups,
    rows: u64,
}

impl<'d> Opened<'d> {
    fn open(document: &'d Document, options: &'d Options, tables: &'static [TableOf], report: &mut dyn Report) -> Self {
        let known: Vec<&'static Table> = tables.iter().map(|of| of.table).collect();
        let (parts, labels) = parts_of(document, options, &known, report);
        let mut opened = Self { options, tables, parts, labels, children: Gathering::default().finish(), rows: 0 };
        opened.children = opened.gather(report);
        opened
    }

    fn context(&self) -> Context<'d> {
        Context {
            reading: Reading {
                year: None,
                dialect: &self.options.dialect,
                protection_only: false,
                spelling: Spelling::Plain,
            },
            as_at: self.options.as_at_day(),
            authority: self.options.authority,
        }
    }

    /// Looks at every row once, and notes whose it is.
    fn gather(&mut self, report: &mut dyn Report) -> Groups {
        let context = self.context();
        let (mut gathering, mut plans, mut upns) = (Gathering::default(), Plans::default(), Upns::default());
        // Rows that leave it to a plan wait until all plans were seen.
        let mut waiting: Vec<(RowAt, Option<Box<str>>, Place)> = Vec::new();
        let (mut seen, mut rows_left) = (0_u64, u64::from(self.options.limits.rows_max));
        for (n, (table, text, layout)) in (0_u16..).zip(&self.parts) {
            let mut rows = RowReader::new(*text, layout.delimiter, self.options.limits);
            let (mut start, before, mut odd) = (layout.rows, seen, false);
            loop {
                match rows.read(start) {
                    Found::Row { next, .. } => {
                        if rows_left == 0 {
                            report.raise(Diagnostic::new(&table_rules::TOO_MANY_ROWS, rows.row_place()));
                            break;
                        }
                        (seen, rows_left) = (seen + 1, rows_left - 1);
                        let line = u32::try_from(start.line).unwrap_or(u32::MAX);
                        let at = RowAt { layout: n, at: start.at, line };
                        let glance = (self.tables[*table].look)(&rows, layout, &context.reading);
                        if let (Some((rule, column)), false) = (glance.oddity, odd) {
                            odd = true;
                            report.raise(Diagnostic::new(rule, layout.column_place(&rows, column)));
                        }
                        match glance.name.name(context.authority) {
                            Some(name) => {
                                let child = gathering.add(&name, at);
                                upns.add(&glance.name, child, || layout.column_place(&rows, "upn"), report);
                                if let (Some(plan), false) = (glance.plan, glance.beside_a_plan) {
                                    plans.add(plan, child);
                                }
                            }
                            None if glance.beside_a_plan => waiting.push((at, glance.plan, rows.row_place())),
                            None => report.raise(Diagnostic::new(&rules::NO_SUBJECT, rows.row_place())),
                        }
                        start = next;
                    }
                    Found::BlankLine { next } => start = next,
                    Found::Fault { rule, at, line, next } => {
                        seen += 1;
                        report.raise(Diagnostic::new(rule, rows.fault_place(at, line)));
                        start = next;
                    }
                    Found::Unreadable => {
                        report.raise(Diagnostic::new(&table_rules::PART_UNREADABLE, rows.row_place()));
                        break;
                    }
                    Found::End => break,
                }
            }
            if seen == before {
                report.raise(Diagnostic::new(&table_rules::HEADER_ONLY, Place::Part(layout.part)));
            }
        }
        for (at, plan, place) in waiting {
            match plan.and_then(|plan| plans.child_of(&plan)) {
                Some(child) => gathering.add_to(child, at),
                None => report.raise(Diagnostic::new(&rules::ORPHAN_ROW, place)),
            }
        }
        self.rows = seen;
        gathering.finish()
    }
}

/// Whose each plan of the document is; nobody's where two children have one of that id.
#[derive(Default)]
struct Plans(HashMap<Box<str>, Option<u32>>);

impl Plans {
    fn add(&mut self, plan: Box<str>, child: u32) {
        self.0.entry(plan).and_modify(|known| *known = known.filter(|known| *known == child)).or_insert(Some(child));
    }

    fn child_of(&self, plan: &str) -> Option<u32> {
        self.0.get(plan).copied().flatten()
    }
}

/// Which child of the document has a UPN.
#[derive(Default)]
struct Upns(HashMap<Upn, (u32, Place)>);

impl Upns {
    /// Tells a UPN that an authority's identifier gives to a second child.
    fn add(&mut self, name: &Identity, child: u32, place: impl Fn() -> Place, report: &mut dyn Report) {
        let (Said::Is(WireUpn::Number(upn)), Said::Is(_)) = (name.upn, name.la_child_id) else { return };
        let (known, first) = self.0.entry(upn).or_insert_with(|| (child, place()));
        if *known != child {
            let shared = Diagnostic::new(&rules::UPN_SHARED, place()).of_field("upn");
            report.raise(shared.related_to([first.clone()]));
        }
    }
}

impl Subjects for Opened<'_> {
    fn len(&self) -> usize {
        self.children.len()
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
        Box::new(ChildReader { opened: self, context: self.context(), rows: rows.collect() })
    }
}

/// Reads one child after another; each worker has its own.
struct ChildReader<'o> {
    opened: &'o Opened<'o>,
    context: Context<'o>,
    rows: Vec<RowReader<'o>>,
}

impl SubjectReader for ChildReader<'_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let mut child = ChildRecords::new(self.context.authority);
        let mut own: Vec<RowAt> = self.opened.children.rows_of(n).to_vec();
        // A row that waited for its plan stands where its table does.
        own.sort_unstable();
        for at in own {
            let part = usize::from(at.layout);
            let (table, _, layout) = &self.opened.parts[part];
            (self.opened.tables[*table].read)(
                &mut self.rows[part],
                layout,
                at.start(),
                &self.context,
                &mut child,
                report,
            );
        }
        child.finish(self.context.as_at, &self.opened.options.pep, dossier, report);
    }
}
