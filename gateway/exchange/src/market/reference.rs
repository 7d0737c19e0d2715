//! Reference tables: what an authority keeps beside its configuration, read whole by a field table.
//!
//! Limits: the rows that each table names, and [`FAULTS_MAX`] faults told. Format: CSV in any encoding that the kit reads,
//! its heading row among the first ten. Operation: [`read`]. One fault, and nothing of the file is taken: half a register
//! would make homes vanish, and half a price list would make them dear.

use kit::{
    csv::{
        header::{Layout, Recognised, recognise},
        read::{go_to_row, read_row},
        rows::{Found, RowReader},
        rules,
    },
    dialect::Dialect,
    encoding::PartText,
    limits::ReadingLimits,
    table::Row,
    wire::Reading,
};
use schemas::diagnostic::{Diagnostic, PartId, Place, Report, Rule, Severity};

/// The most faults of one file that are told; reading it ends there.
pub const FAULTS_MAX: usize = 100;

const fn rule(code: &'static str, message: &'static str, help: &'static str) -> Rule {
    Rule { code, severity: Severity::Error, message, help, source: "Homeward reference tables" }
}

/// No heading row.
pub static NO_HEADINGS: Rule = rule(
    "reference/no-headings",
    "No heading row with the columns of this table is among the first ten rows",
    "Write the headings as they are named, one a column.",
);

/// A file with more rows than its kind may have.
pub static TOO_MANY_ROWS: Rule = rule(
    "reference/too-many-rows",
    "This file has more rows than a table of its kind may have",
    "Check that it is the right file, and that nothing stands in it twice.",
);

/// Two rows about the same.
pub static TWICE: Rule = rule(
    "reference/twice",
    "Another row above is about the same",
    "Decide which of the two is right and remove the other.",
);

/// A range that ends before it begins.
pub static ORDER: Rule =
    rule("reference/order", "This is below the start of the range that it ends", "Swap the two, or mend one of them.");

/// Why a file was not taken: at least one fault, in the order of the file. Never a value of it.
pub type Faults = Vec<Diagnostic>;

/// The row that is being read, by which a fault finds its cell.
pub(super) struct At<'r, 'd> {
    rows: &'r RowReader<'d>,
    layout: &'r Layout,
}

impl At<'_, '_> {
    /// The place of a column's cell.
    pub(super) fn place(&self, column: &'static str) -> Place {
        self.layout.column_place(self.rows, column)
    }

    /// A rule broken in a column.
    pub(super) fn breaks(&self, rule: &'static Rule, column: &'static str) -> Diagnostic {
        Diagnostic::new(rule, self.place(column)).of_field(column)
    }
}

/// Reads a file row by row; `take` is given each row that reads well, and may refuse it.
pub(super) fn read<R: Row>(
    bytes: &[u8],
    rows_max: usize,
    mut take: impl FnMut(R, &At<'_, '_>) -> Result<(), Diagnostic>,
) -> Result<(), Faults> {
    let (bytes, dialect, limits) = (bytes.to_vec(), Dialect::default(), ReadingLimits::default());
    let mut told = Told::default();
    let layout = match PartText::open(PartId(0), &bytes) {
        Ok(text) => match recognise(text, &[R::TABLE], &dialect, None, limits, &mut told) {
            Recognised::Table(layout) => Some((text, layout)),
            Recognised::Incomplete(_) | Recognised::Unknown => None,
        },
        Err(_) => None,
    };
    let Some((text, layout)) = layout else {
        if told.0.is_empty() {
            told.raise(Diagnostic::new(&NO_HEADINGS, Place::Document));
        }
        return Err(told.0);
    };
    // The table says how it spells; this is only what no table says.
    let reading = Reading { year: None, dialect: &dialect, protection_only: false, spelling: R::TABLE.spelling };
    let mut rows = RowReader::new(text, layout.delimiter, limits);
    let (mut start, mut count) = (layout.rows, 0);
    while told.0.len() < FAULTS_MAX {
        let next = match rows.read(start) {
            Found::Row { next, .. } | Found::BlankLine { next } | Found::Fault { next, .. } => next,
            Found::End => break,
            Found::Unreadable => {
                told.raise(Diagnostic::new(&rules::PART_UNREADABLE, Place::Document));
                break;
            }
        };
        if go_to_row(&mut rows, &layout, start, &mut told) && says_anything(&rows, &layout) {
            count += 1;
            if count > rows_max {
                told.raise(Diagnostic::new(&TOO_MANY_ROWS, rows.row_place()));
                break;
            }
            let (row, fate) = read_row::<R>(&rows, &layout, &reading, None, &mut told);
            if !fate.lost
                && let Err(fault) = take(row, &At { rows: &rows, layout: &layout })
            {
                told.raise(fault);
            }
        }
        start = next;
    }
    if told.0.is_empty() { Ok(()) } else { Err(told.0) }
}

/// Whether a row says anything in a column that is read: publications end in empty rows and in notes.
fn says_anything(rows: &RowReader<'_>, layout: &Layout) -> bool {
    layout.columns.cells.iter().any(|at| rows.cell(usize::from(at.cell)).is_some_and(|cell| !cell.is_empty()))
}

/// Keeps what makes a file unfit. Columns that nobody asked for are no fault of a file that others publish.
#[derive(Default)]
struct Told(Faults);

impl Report for Told {
    fn raise(&mut self, diagnostic: Diagnostic) {
        if diagnostic.rule.severity == Severity::Error && self.0.len() < FAULTS_MAX {
            self.0.push(diagnostic);
        }
    }
}
