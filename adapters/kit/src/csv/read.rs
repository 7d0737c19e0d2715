//! A row of cells into a row of values, with a diagnostic for every cell that is wrong.

use schemas::diagnostic::{Diagnostic, Place, Report};

use crate::{
    csv::{header::Layout, rows::RowReader, rules},
    table::{Column, Row},
    wire::{Heard, Reading},
};

/// What became of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowFate {
    /// A cell without which the row makes no record is missing or unreadable.
    pub lost: bool,
    /// A cell that protects the child is unreadable, or blank where it must not be, or stood in a lost row.
    pub guard_unreadable: bool,
}

/// Reads the row that the reader stands at, cell by cell.
pub fn read_row<R: Row>(
    rows: &mut RowReader<'_>,
    layout: &Layout,
    reading: &Reading<'_>,
    report: &mut dyn Report,
) -> (R, RowFate) {
    let mut row = R::default();
    let mut fate = RowFate::default();
    for (n, (column, lens)) in R::TABLE.columns.iter().zip(R::LENSES).enumerate() {
        let Some(cell_number) = layout.cells[n] else {
            if let Some(constant) = reading.dialect.constant(column.name) {
                (lens.read)(&mut row, constant.as_bytes(), reading);
            }
            continue;
        };
        let cell_number = usize::from(cell_number);
        let mut encoded_otherwise = false;
        let heard = match rows.cell(cell_number) {
            None => None,
            Some(cell) if reading.dialect.is_blank(cell) => None,
            Some(cell) if cell.is_ascii() => Some((lens.read)(&mut row, cell, reading)),
            Some(_) => rows.exact_cell(cell_number).map(|cell| {
                encoded_otherwise = std::str::from_utf8(&cell).is_err();
                (lens.read)(&mut row, &cell, reading)
            }),
        };
        if encoded_otherwise {
            tell(&rules::ENCODING, rows.cell_place(cell_number), column, report);
        }
        match heard {
            Some(Heard::Is(())) => {}
            Some(Heard::Mended((), rule)) => tell(rule, rows.cell_place(cell_number), column, report),
            Some(Heard::Blank(rule)) => {
                tell(rule, rows.cell_place(cell_number), column, report);
                blank(column, rows.cell_place(cell_number), &mut fate, report);
            }
            Some(Heard::Unreadable) => {
                tell(column.wrong, rows.cell_place(cell_number), column, report);
                fate.lost |= column.loses_row;
                if column.guard {
                    fate.guard_unreadable = true;
                    tell(&rules::GUARD_UNREADABLE, rows.cell_place(cell_number), column, report);
                }
            }
            None => {
                (lens.blank)(&mut row);
                if column.blank.is_some() || column.loses_row {
                    blank(column, rows.cell_place(cell_number), &mut fate, report);
                }
            }
        }
    }
    if fate.lost && !fate.guard_unreadable && R::TABLE.columns.iter().any(|column| column.guard) {
        fate.guard_unreadable = true;
        report.raise(Diagnostic::new(&rules::GUARD_UNREADABLE, rows.row_place()));
    }
    (row, fate)
}

fn blank(column: &'static Column, place: Place, fate: &mut RowFate, report: &mut dyn Report) {
    if let Some(rule) = column.blank.or(column.loses_row.then_some(&rules::BLANK)) {
        tell(rule, place.clone(), column, report);
        if column.guard {
            fate.guard_unreadable = true;
            tell(&rules::GUARD_UNREADABLE, place, column, report);
        }
    }
    fate.lost |= column.loses_row;
}

fn tell(rule: &'static schemas::diagnostic::Rule, place: Place, column: &'static Column, report: &mut dyn Report) {
    report.raise(Diagnostic::new(rule, place).of_field(column.record_field()));
}
