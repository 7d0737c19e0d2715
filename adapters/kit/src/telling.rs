//! What is told of a row: a rule at one of its columns, whether it came in cells or nested.

use schemas::{
    date::Date,
    diagnostic::{Diagnostic, Place, Report, Rule},
};

use crate::{cells::RowSource, csv::header::Layout, dialect::Dialect, table::Table};

/// A row, and somebody to tell what is wrong with it.
pub struct Telling<'r> {
    /// Where the row stands.
    pub place: Place,
    /// The day that the document is true for.
    pub as_at: Option<Date>,
    /// The sender's own words.
    pub dialect: &'r Dialect,
    columns: &'r dyn Columns,
    report: &'r mut dyn Report,
}

/// Where the columns of a row stand.
pub trait Columns {
    /// The table of the row.
    fn table(&self) -> &'static Table;
    /// The place of a column; that of the row where the column is not there.
    fn place(&self, column: &str) -> Place;
    /// Whether the document has the column at all.
    fn has(&self, _: &str) -> bool {
        true
    }
}

/// The columns of a row of cells.
pub struct Cells<'r, S: RowSource> {
    /// Where the row stands.
    pub rows: &'r S,
    /// Where its columns stand.
    pub layout: &'r Layout,
}

impl<S: RowSource> Columns for Cells<'_, S> {
    fn table(&self) -> &'static Table {
        self.layout.table
    }

    fn place(&self, column: &str) -> Place {
        self.layout.column_place(self.rows, column)
    }

    fn has(&self, column: &str) -> bool {
        self.layout.cell_of(column).is_some()
    }
}

impl<'r> Telling<'r> {
    /// A row at a place.
    pub fn at(
        place: Place,
        (as_at, dialect): (Option<Date>, &'r Dialect),
        columns: &'r dyn Columns,
        report: &'r mut dyn Report,
    ) -> Self {
        Self { place, as_at, dialect, columns, report }
    }

    /// Whether the document has a column at all.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.has(column)
    }

    /// Tells a rule at a column.
    pub fn tell(&mut self, rule: &'static Rule, column: &'static str) {
        self.tell_beside(rule, column, None);
    }

    /// The same, with another place that it speaks of.
    pub fn tell_beside(&mut self, rule: &'static Rule, column: &'static str, other: Option<Place>) {
        let place = self.columns.place(column);
        let known = self.columns.table().columns.iter().find(|known| known.name == column);
        let told = Diagnostic { rule, place, field: known.map(|known| known.record_field()), related: Vec::new() };
        self.report.raise(told.related_to(other));
    }
}
