//! The rows of one child in one table, as text: written cell by cell, looked at by heading.

use std::{fmt, io::Write as _};

use kit::table::Table;
use schemas::date::Date;

/// Rows of a table. Room is kept from one child to the next.
pub(super) struct Rows {
    table: &'static Table,
    text: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
}

impl Rows {
    /// No rows of a table.
    pub(super) fn of(table: &'static Table) -> Self {
        Self { table, text: Vec::new(), ends: Vec::new() }
    }

    /// Forgets the rows.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        debug_assert!(self.ends.len().is_multiple_of(self.table.columns.len()), "{}", self.table.name);
        self.ends.len() / self.table.columns.len()
    }

    /// A cell as anything is shown: codes, numbers, identifiers. None of ours needs quoting.
    pub(super) fn put(&mut self, value: impl fmt::Display) -> &mut Self {
        let from = self.text.len();
        // Writing into memory cannot fail.
        let _ = write!(self.text, "{value}");
        debug_assert!(!self.text[from..].iter().any(|byte| b",\"\r\n".contains(byte)));
        self.end()
    }

    /// A cell that is blank.
    pub(super) fn blank(&mut self) -> &mut Self {
        self.end()
    }

    /// A day as the return writes it.
    pub(super) fn day(&mut self, day: impl Into<Option<Date>>) -> &mut Self {
        if let Some(day) = day.into() {
            day.write_british(&mut self.text);
        }
        self.end()
    }

    /// A day as the tables beside the return write it.
    pub(super) fn iso_day(&mut self, day: impl Into<Option<Date>>) -> &mut Self {
        if let Some(day) = day.into() {
            day.write_iso(&mut self.text);
        }
        self.end()
    }

    /// `1` or `0`.
    pub(super) fn flag(&mut self, flag: impl Into<Option<bool>>) -> &mut Self {
        if let Some(flag) = flag.into() {
            self.text.push(if flag { b'1' } else { b'0' });
        }
        self.end()
    }

    fn end(&mut self) -> &mut Self {
        self.ends.push(self.text.len());
        self
    }

    /// One row, to look at.
    pub(super) fn row(&self, number: usize) -> RowView<'_> {
        RowView { rows: self, first: number * self.table.columns.len() }
    }

    /// Appends a row as CSV, with another text in one of its cells.
    pub(super) fn write(&self, number: usize, instead: Option<(usize, &str)>, out: &mut Vec<u8>) {
        for n in 0..self.table.columns.len() {
            if n > 0 {
                out.push(b',');
            }
            match instead {
                Some((column, text)) if column == n => out.extend_from_slice(text.as_bytes()),
                _ => out.extend_from_slice(self.cell(number * self.table.columns.len() + n)),
            }
        }
        out.push(b'\n');
    }

    fn cell(&self, number: usize) -> &[u8] {
        let from = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[from..self.ends[number]]
    }
}

/// One row.
#[derive(Clone, Copy)]
pub(super) struct RowView<'r> {
    rows: &'r Rows,
    first: usize,
}

impl<'r> RowView<'r> {
    /// Whether the cell under that heading is this text.
    pub(super) fn is(self, column: &str, text: &str) -> bool {
        self.cell(column) == text.as_bytes()
    }

    /// Whether something stands in the cell under that heading.
    pub(super) fn filled(self, column: &str) -> bool {
        !self.cell(column).is_empty()
    }

    /// Whether the cell under that heading begins with this text.
    pub(super) fn begins(self, column: &str, text: &str) -> bool {
        self.cell(column).starts_with(text.as_bytes())
    }

    fn cell(self, column: &str) -> &'r [u8] {
        column_number(self.rows.table, column).map_or(&[], |n| self.rows.cell(self.first + n))
    }
}

/// The number of a column from 0, by its heading.
pub(super) fn column_number(table: &Table, column: &str) -> Option<usize> {
    table.columns.iter().position(|known| known.name == column)
}
