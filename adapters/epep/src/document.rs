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
        header::{Layout, ReadColumns},
        index::RowAt,
        parts::parts_of,
        pass::Pass,
        read::{go_to_row, read_columns, read_row},
        rows::{RowReader, RowStart},
    },
    document::Document,
    encoding::PartText,
    figures::Summarise,
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
    child::{COLUMNS_OF_CHILD, ChildCells, Identity, NamesChild, hold_cells, holds_cells},
    figures::SchoolFigures,
    records::ChildRecords,
    rules,
    wire::{Percent, WireUpn},
};

/// What the rows of a table say.
pub trait Says: kit::table::Row + NamesChild {
    /// The plan that the row belongs to, by the sender's id.
    fn plan(&self) -> Option<&str> {
        None
    }

    /// Whether a row is a plan.
    const IS_A_PLAN: bool = false;

    /// Whether the plan may name the child.
    const BESIDE_A_PLAN: bool = false;

    /// The columns that show an oddity.
    const ODD_COLUMNS: &'static [&'static str] = &[];

    /// Something of these columns that is told once a file, and at which column.
    fn oddity(&self) -> Option<(&'static Rule, &'static str)> {
        None
    }

    /// A percentage of the row, of which the whole column may be parts of one.
    fn percent(&self) -> Option<Percent> {
        None
    }

    /// Says it of the child.
    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords);
}

/// A table that a format reads.
pub struct TableOf {
    /// The table.
    pub table: &'static Table,
    is_a_plan: bool,
    beside_a_plan: bool,
    look: fn(&RowReader<'_>, &Layout, &Reading<'_>) -> Glance,
    odd_columns: &'static [&'static str],
    oddity: fn(&RowReader<'_>, &ReadColumns, &Reading<'_>) -> Option<Oddity>,
    percent: fn(&RowReader<'_>, &ReadColumns, &Reading<'_>) -> Option<Percent>,
    read: fn(&mut RowReader<'_>, &Part<'_>, RowStart, &Context<'_>, &mut ChildRecords, &mut dyn Report),
}

/// What is told once a file, and at which column.
type Oddity = (&'static Rule, &'static str);

impl TableOf {
    /// The table of a row.
    #[must_use]
    pub const fn rows<R: Says>() -> Self {
        Self {
            table: R::TABLE,
            is_a_plan: R::IS_A_PLAN,
            beside_a_plan: R::BESIDE_A_PLAN,
            look: look::<R>,
            odd_columns: R::ODD_COLUMNS,
            oddity: oddity::<R>,
            percent: percent::<R>,
            read: read::<R>,
        }
    }
}

/// What is seen of a row while the document is opened.
struct Glance {
    name: Identity,
    plan: Option<Box<str>>,
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
    Glance { name: row.identity(), plan: row.plan().map(Into::into) }
}

fn oddity<R: Says>(rows: &RowReader<'_>, columns: &ReadColumns, reading: &Reading<'_>) -> Option<Oddity> {
    let mut row = R::default();
    read_columns(&mut row, rows, columns, reading, None, &mut Unheard);
    row.oddity()
}

fn percent<R: Says>(rows: &RowReader<'_>, columns: &ReadColumns, reading: &Reading<'_>) -> Option<Percent> {
    let mut row = R::default();
    read_columns(&mut row, rows, columns, reading, None, &mut Unheard);
    row.percent()
}

fn read<R: Says>(
    rows: &mut RowReader<'_>,
    part: &Part<'_>,
    at: RowStart,
    context: &Context<'_>,
    child: &mut ChildRecords,
    report: &mut dyn Report,
) {
    if !go_to_row(rows, &part.layout, at, report) {
        return;
    }
    let alike = child.cells.are_alike(rows, &part.layout);
    let columns = if alike { &part.beside_child } else { &part.layout.columns };
    let mut report = Counting { report, told: 0 };
    let mut row = R::default();
    let fate = read_columns(&mut row, rows, columns, &context.reading, None, &mut report);
    let under = (context.as_at, context.reading.dialect);
    let cells = Cells { rows, layout: &part.layout };
    if !alike {
        child.is(&row.identity(), &mut Telling::at(rows.row_place(), under, &cells, &mut report));
        // What is wrong with the child's columns is told at every row.
        if report.told == 0 {
            child.cells.note(rows, &part.layout);
        } else {
            child.cells.forget();
        }
    }
    if !fate.lost {
        row.says(&mut Telling::at(rows.row_place(), under, &cells, &mut report), child);
    }
}

/// Counts what it passes on.
struct Counting<'r> {
    report: &'r mut dyn Report,
    told: usize,
}

impl Report for Counting<'_> {
    fn raise(&mut self, diagnostic: Diagnostic) {
        self.told += 1;
        self.report.raise(diagnostic);
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

    fn summarise(&self) -> Option<&dyn Summarise> {
        Some(&SchoolFigures)
    }
}

/// A part whose table is known.
struct Part<'d> {
    /// Which of the format's tables.
    table: usize,
    text: PartText<'d>,
    layout: Layout,
    /// The columns that do not name the child.
    beside_child: ReadColumns,
}

/// A document that has been opened.
struct Opened<'d> {
    options: &'d Options,
    tables: &'static [TableOf],
    /// By table, in the order of the format.
    parts: Vec<Part<'d>>,
    labels: Vec<PartLabel>,
    children: Groups,
    rows: u64,
}

impl<'d> Opened<'d> {
    fn open(document: &'d Document, options: &'d Options, tables: &'static [TableOf], report: &mut dyn Report) -> Self {
        let known: Vec<&'static Table> = tables.iter().map(|of| of.table).collect();
        let (parts, labels) = parts_of(document, options, &known, report);
        let parts = parts.into_iter().map(|(table, text, layout)| {
            let beside_child = layout.columns.only(|column| column >= COLUMNS_OF_CHILD);
            Part { table, text, layout, beside_child }
        });
        let parts = parts.collect();
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
        let mut pass = Pass::new(self.options.limits);
        for (n, Part { table, text, layout, .. }) in (0_u16..).zip(&self.parts) {
            let table = &self.tables[*table];
            let mut odd_columns = Some(layout.columns_named(table.odd_columns)).filter(|odd| !odd.cells.is_empty());
            let percent_columns = layout.columns_named(&[PERCENT]);
            let mut percents = Percents::default();
            let (mut usual, mut cells, mut noted) = (Usual::default(), ChildCells::default(), 0);
            let rows = RowReader::new(*text, layout.delimiter, self.options.limits);
            pass.part(n, (rows, layout), report, |rows, at, report| {
                if let Some(columns) = &odd_columns
                    && !usual.holds(rows, columns)
                    && let Some((rule, column)) = (table.oddity)(rows, columns, &context.reading)
                {
                    report.raise(Diagnostic::new(rule, layout.column_place(rows, column)));
                    odd_columns = None;
                }
                if !percent_columns.cells.is_empty()
                    && let Some(percent) = (table.percent)(rows, &percent_columns, &context.reading)
                {
                    percents.add(percent, || layout.column_place(rows, PERCENT));
                }
                if cells.are_alike(rows, layout) {
                    gathering.add_to(noted, at);
                    return;
                }
                let glance = (table.look)(rows, layout, &context.reading);
                match glance.name.name(context.authority) {
                    Some(name) => {
                        let child = gathering.add(&name, at);
                        let place = || layout.column_place(rows, "upn");
                        let is_shared = upns.is_shared(&glance.name, child, place, report);
                        if let (Some(plan), true) = (glance.plan, table.is_a_plan) {
                            plans.add(plan, child);
                        }
                        // The next row of the same child has nothing else to tell here.
                        if !table.is_a_plan && !is_shared {
                            noted = child;
                            cells.note(rows, layout);
                        }
                    }
                    None if table.beside_a_plan => waiting.push((at, glance.plan, rows.row_place())),
                    None => report.raise(Diagnostic::new(&rules::NO_SUBJECT, rows.row_place())),
                }
            });
            if let (Some(first), false) = (percents.of_one(), self.options.dialect.percent_is_fraction()) {
                report.raise(Diagnostic::new(&rules::PERCENT_FRACTION, first));
            }
        }
        for (at, plan, place) in waiting {
            match plan.and_then(|plan| plans.child_of(&plan)) {
                Some(child) => gathering.add_to(child, at),
                None => report.raise(Diagnostic::new(&rules::ORPHAN_ROW, place)),
            }
        }
        self.rows = pass.rows();
        gathering.finish()
    }
}

/// Cells that were looked at and had nothing odd: most rows have the same few.
#[derive(Default)]
struct Usual(Vec<Vec<u8>>);

impl Usual {
    /// How many are kept.
    const KEPT_MAX: usize = 8;

    /// Whether such cells were looked at before; if not, those that come now are kept, as they are looked at next.
    fn holds(&mut self, rows: &RowReader<'_>, columns: &ReadColumns) -> bool {
        let cells = rows.cells();
        let cells = || columns.cells.iter().map(|at| cells.get(usize::from(at.cell)).unwrap_or(b""));
        let holds = self.0.iter().any(|known| holds_cells(known, cells()));
        if !holds && self.0.len() < Self::KEPT_MAX {
            let mut held = Vec::new();
            hold_cells(&mut held, cells());
            self.0.push(held);
        }
        holds
    }
}

/// The column of percentages that a table has.
const PERCENT: &str = "attendance_percent";

/// The percentages of a column, as far as tells parts of a hundred from parts of one.
#[derive(Default)]
struct Percents {
    first: Option<Place>,
    above_one: bool,
    between: bool,
}

impl Percents {
    fn add(&mut self, percent: Percent, place: impl Fn() -> Place) {
        self.first.get_or_insert_with(place);
        self.above_one |= percent.hundredths() > 100;
        self.between |= (1..100).contains(&percent.hundredths());
    }

    /// The first of them, where none is above one and some are between none and one.
    fn of_one(self) -> Option<Place> {
        self.first.filter(|_| self.between && !self.above_one)
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
    /// Whether an authority's identifier gives the UPN to a second child, which is told.
    fn is_shared(&mut self, name: &Identity, child: u32, place: impl Fn() -> Place, report: &mut dyn Report) -> bool {
        let (Said::Is(WireUpn::Number(upn)), Said::Is(_)) = (name.upn, name.la_child_id) else { return false };
        let (known, first) = self.0.entry(upn).or_insert_with(|| (child, place()));
        if *known != child {
            let shared = Diagnostic::new(&rules::UPN_SHARED, place()).of_field("upn");
            report.raise(shared.related_to([first.clone()]));
        }
        *known != child
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
        let rows = self.parts.iter().map(|part| RowReader::new(part.text, part.layout.delimiter, limits));
        let (context, rows) = (self.context(), rows.collect());
        Box::new(ChildReader { opened: self, context, rows, own: Vec::new(), child: ChildRecords::default() })
    }
}

/// Reads one child after another; each worker has its own.
struct ChildReader<'o> {
    opened: &'o Opened<'o>,
    context: Context<'o>,
    rows: Vec<RowReader<'o>>,
    own: Vec<RowAt>,
    child: ChildRecords,
}

impl SubjectReader for ChildReader<'_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        self.child.begin(self.context.authority);
        self.own.clear();
        self.own.extend_from_slice(self.opened.children.rows_of(n));
        // A row that waited for its plan stands where its table does.
        self.own.sort_unstable();
        for at in &self.own {
            let rows = &mut self.rows[usize::from(at.layout)];
            let part = &self.opened.parts[usize::from(at.layout)];
            (self.opened.tables[part.table].read)(rows, part, at.start(), &self.context, &mut self.child, report);
        }
        self.child.finish(self.context.as_at, &self.opened.options.pep, dossier, report);
    }
}
