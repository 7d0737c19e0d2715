//! One pass over the rows of a document, part by part, while it is opened: what most decoders of tables begin with.
//!
//! Limits: `rows_max` rows in all parts together. What is no row is told here; what a row says is for the decoder.

use schemas::diagnostic::{Diagnostic, Place, Report};

use crate::{
    cells::RowSource,
    csv::{header::Layout, index::RowAt, rows::Found, rules},
    limits::ReadingLimits,
};

/// A pass over the rows of a document.
pub struct Pass {
    rows: u64,
    rows_left: u64,
}

impl Pass {
    /// Before the first part.
    #[must_use]
    pub fn new(limits: ReadingLimits) -> Self {
        Self { rows: 0, rows_left: u64::from(limits.rows_max) }
    }

    /// How many rows were met, those that are none among them.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Shows every row of a part, which is the document's part of this number.
    pub fn part<S: RowSource>(
        &mut self,
        number: u16,
        (mut rows, layout): (S, &Layout),
        report: &mut dyn Report,
        mut each: impl FnMut(&S, RowAt, &mut dyn Report),
    ) {
        let (mut start, before) = (layout.rows, self.rows);
        loop {
            match rows.read(start) {
                Found::Row { next, .. } => {
                    if self.rows_left == 0 {
                        report.raise(Diagnostic::new(&rules::TOO_MANY_ROWS, rows.row_place()));
                        break;
                    }
                    (self.rows, self.rows_left) = (self.rows + 1, self.rows_left - 1);
                    let line = u32::try_from(start.line).unwrap_or(u32::MAX);
                    each(&rows, RowAt { layout: number, at: start.at, line }, report);
                    start = next;
                }
                Found::BlankLine { next } => start = next,
                Found::Fault { rule, at, line, next } => {
                    self.rows += 1;
                    report.raise(Diagnostic::new(rule, rows.fault_place(at, line)));
                    start = next;
                }
                Found::Unreadable => {
                    report.raise(Diagnostic::new(&rules::PART_UNREADABLE, rows.row_place()));
                    break;
                }
                Found::End => break,
            }
        }
        if self.rows == before {
            report.raise(Diagnostic::new(&rules::HEADER_ONLY, Place::Part(layout.part)));
        }
    }
}
