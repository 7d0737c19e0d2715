//! A source of cells: rows of a table, whatever file they are read from.
//!
//! The one row reader ([`crate::csv::read`]) works from any: from CSV, where cells are pieces of the bytes as they came,
//! and from sheets, where they are what a cell shows.

use std::borrow::Cow;

use schemas::diagnostic::{Place, Rule};

use crate::csv::rows::{Found, RowStart};

/// Rows of cells, one of them at hand.
pub trait RowSource {
    /// Goes to a row, and tells what stands there.
    fn read(&mut self, start: RowStart) -> Found;
    /// How many cells the row at hand has.
    fn len(&self) -> usize;
    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// All of them.
    fn cells(&self) -> Cells<'_>;
    /// Whether the row holds nothing but ASCII.
    fn is_ascii(&self) -> bool;
    /// The exact text of a cell that may hold more than ASCII.
    fn exact_cell(&self, n: usize) -> Option<Cow<'_, [u8]>>;
    /// Why a cell has no text at all, where it has none.
    fn fault(&self, n: usize) -> Option<&'static Rule>;
    /// The place of the row as a whole.
    fn row_place(&self) -> Place;
    /// The place of a cell.
    fn cell_place(&self, n: usize) -> Place;
    /// A place that a fault speaks of.
    fn fault_place(&self, at: u64, line: u64) -> Place;
}

/// The cells of a row: what they are pieces of, and where each starts and ends.
#[derive(Clone, Copy)]
pub struct Cells<'r> {
    bytes: &'r [u8],
    places: &'r [(u32, u32)],
}

impl<'r> Cells<'r> {
    pub(crate) fn new(bytes: &'r [u8], places: &'r [(u32, u32)]) -> Self {
        Self { bytes, places }
    }

    /// A cell without the blanks around it; `None` where the row is too short.
    #[must_use]
    #[inline]
    pub fn get(&self, n: usize) -> Option<&'r [u8]> {
        let (from, to) = *self.places.get(n)?;
        Some(trimmed(self.bytes.get(from as usize..to as usize)?))
    }
}

/// A cell without the blanks around it; most have none.
#[inline]
pub(crate) fn trimmed(cell: &[u8]) -> &[u8] {
    match cell {
        [] => cell,
        [first, .., last] if !first.is_ascii_whitespace() && !last.is_ascii_whitespace() => cell,
        _ => cell.trim_ascii(),
    }
}

/// A table of a document, from which rows are read.
pub trait TableSource: Sync {
    /// Reads its rows; each worker has its own.
    type Rows<'r>: RowSource
    where
        Self: 'r;
    /// Which of the format's tables it is, by its place among them.
    fn table(&self) -> usize;
    /// Where its columns stand.
    fn layout(&self) -> &crate::csv::header::Layout;
    /// A reader of its rows.
    fn rows(&self, limits: crate::limits::ReadingLimits) -> Self::Rows<'_>;
}
