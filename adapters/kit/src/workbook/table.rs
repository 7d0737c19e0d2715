//! A sheet that is a table of a format, and the reader of its rows: another source of cells for the one row reader.

use std::borrow::Cow;

use schemas::diagnostic::{Diagnostic, Place, Report, Rule};

use crate::{
    cells::{Cells, RowSource, TableSource},
    csv::{
        header::Layout,
        rows::{Found, RowStart},
    },
    limits::ReadingLimits,
    workbook::{
        rules,
        sheet::{Asks, Holds, Sheet},
    },
};

/// A sheet that is a table of a format.
pub struct SheetTable {
    /// The cells.
    pub sheet: Sheet,
    /// Where the columns of the table stand. Rows start where its row places say.
    pub layout: Layout,
    /// By cell of the heading row: whether a heading stands in it.
    pub(super) headed: Vec<bool>,
    /// What is told of a formula without a value.
    pub formula_without_value: &'static Rule,
}

impl TableSource for (usize, SheetTable) {
    type Rows<'r> = SheetRows<'r>;

    fn table(&self) -> usize {
        self.0
    }

    fn layout(&self) -> &Layout {
        &self.1.layout
    }

    fn rows(&self, _: ReadingLimits) -> SheetRows<'_> {
        self.1.rows()
    }
}

impl SheetTable {
    /// A reader of the rows.
    #[must_use]
    pub fn rows(&self) -> SheetRows<'_> {
        let mut asks = vec![Asks::Text; self.layout.width];
        for (column, cell) in self.layout.table.columns.iter().zip(&self.layout.cells) {
            if let Some(asked) = cell.and_then(|cell| asks.get_mut(usize::from(cell))) {
                *asked = Asks::of(column.wire);
            }
        }
        SheetRows {
            table: self,
            asks,
            row: 0,
            bytes: Vec::new(),
            cells: Vec::new(),
            faults: Vec::new(),
            is_ascii: true,
        }
    }

    /// Tells the cells that stand under no heading: nobody knows what they say.
    pub(super) fn tell_strays(&self, report: &mut dyn Report) {
        for row in 0..self.sheet.len() {
            for cell in self.sheet.cells_of(row) {
                let column = usize::from(cell.column - 1);
                if !self.headed.get(column).copied().unwrap_or(false) {
                    let place = self.sheet.place(row, Some(column));
                    report.raise(Diagnostic::new(&rules::STRAY_CELL, place));
                }
            }
        }
    }
}

/// Reads rows of a sheet.
pub struct SheetRows<'s> {
    table: &'s SheetTable,
    /// By cell of the heading row.
    asks: Vec<Asks>,
    row: usize,
    bytes: Vec<u8>,
    cells: Vec<(u32, u32)>,
    faults: Vec<Option<&'static Rule>>,
    is_ascii: bool,
}

impl RowSource for SheetRows<'_> {
    fn read(&mut self, start: RowStart) -> Found {
        let sheet = &self.table.sheet;
        let number = usize::try_from(start.at).unwrap_or(usize::MAX);
        if number >= sheet.len() {
            return Found::End;
        }
        self.row = number;
        let next = RowStart { at: start.at + 1, line: u64::from(sheet.line(number + 1)) };
        self.bytes.clear();
        self.cells.clear();
        self.cells.resize(self.asks.len(), (0, 0));
        self.faults.clear();
        if let Some(rule) = sheet.fault(number) {
            return Found::Fault { rule, at: start.at, line: u64::from(sheet.line(number)), next };
        }
        for cell in sheet.cells_of(number) {
            let column = usize::from(cell.column - 1);
            let (Some(asks), Some(place)) = (self.asks.get(column), self.cells.get_mut(column)) else { continue };
            let rule = match cell.holds {
                Holds::FormulaWithoutValue => Some(self.table.formula_without_value),
                Holds::ErrorValue => Some(&rules::ERROR_VALUE),
                _ => None,
            };
            if rule.is_some() {
                self.faults.resize(self.asks.len(), None);
                self.faults[column] = rule;
                continue;
            }
            // A row's bytes are within their limit.
            let from = self.bytes.len() as u32;
            sheet.show(cell, *asks, &mut self.bytes);
            *place = (from, self.bytes.len() as u32);
        }
        self.is_ascii = self.bytes.is_ascii();
        Found::Row { next, unended: false }
    }

    fn len(&self) -> usize {
        self.cells.len()
    }

    fn cells(&self) -> Cells<'_> {
        Cells::new(&self.bytes, &self.cells)
    }

    fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    fn exact_cell(&self, n: usize) -> Option<Cow<'_, [u8]>> {
        self.cells().get(n).map(Cow::Borrowed)
    }

    fn fault(&self, n: usize) -> Option<&'static Rule> {
        self.faults.get(n).copied().flatten()
    }

    fn row_place(&self) -> Place {
        self.table.sheet.place(self.row, None)
    }

    fn cell_place(&self, n: usize) -> Place {
        self.table.sheet.place(self.row, Some(n))
    }

    fn fault_place(&self, at: u64, _: u64) -> Place {
        self.table.sheet.place(usize::try_from(at).unwrap_or(usize::MAX), None)
    }
}
