//! A row of cells into a row of values, with a diagnostic for every cell that is wrong.

use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::LaChildId,
};

use crate::{
    csv::{header::Layout, rows::RowReader, rules},
    table::{Column, Row},
    wire::{Heard, Reading, WireType},
};

/// What became of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowFate {
    /// A cell without which the row makes no record is missing or unreadable.
    pub lost: bool,
    /// A cell that protects the child is unreadable, or blank where it must not be, or stood in a lost row.
    pub guard_unreadable: bool,
}

/// Reads the row that the reader stands at, cell by cell. The identifier of a child that is known already is not read
/// again where it is spelt alike.
pub fn read_row<R: Row>(
    rows: &RowReader<'_>,
    layout: &Layout,
    reading: &Reading<'_>,
    known_child: Option<&LaChildId>,
    report: &mut dyn Report,
) -> (R, RowFate) {
    let mut row = R::default();
    let mut fate = RowFate::default();
    let ascii = rows.is_ascii();
    let cells = rows.cells();
    for ((column, lens), cell_number) in R::TABLE.columns.iter().zip(R::LENSES).zip(&layout.cells) {
        let Some(cell_number) = cell_number.map(usize::from) else {
            if let Some(constant) = reading.dialect.constant(column.name) {
                (lens.read)(&mut row, constant.as_bytes(), reading);
            }
            continue;
        };
        let cell = cells.get(cell_number);
        if let (WireType::LaChildId, Some(child)) = (column.wire, known_child)
            && cell == Some(child.as_bytes())
        {
            continue;
        }
        let mut encoded_otherwise = false;
        let heard = match cell {
            None => None,
            Some(cell) if reading.dialect.is_blank(cell) => None,
            Some(cell) if ascii => Some((lens.read)(&mut row, cell, reading)),
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
            None => {
                (lens.blank)(&mut row);
                if column.blank.is_some() || column.loses_row {
                    blank(column, rows.cell_place(cell_number), &mut fate, report);
                }
            }
            Some(heard) => wrong(heard, column, rows.cell_place(cell_number), &mut fate, report),
        }
    }
    if fate.lost && !fate.guard_unreadable && R::TABLE.columns.iter().any(|column| column.guard) {
        fate.guard_unreadable = true;
        report.raise(Diagnostic::new(&rules::GUARD_UNREADABLE, rows.row_place()));
    }
    (row, fate)
}

/// A cell that broke a rule: what it costs, and who is told. Rare, and kept out of the way of the rest.
#[cold]
fn wrong(heard: Heard<()>, column: &'static Column, place: Place, fate: &mut RowFate, report: &mut dyn Report) {
    match heard {
        Heard::Is(()) => {}
        Heard::Mended((), rule) => tell(rule, place, column, report),
        Heard::Blank(rule) => {
            tell(rule, place.clone(), column, report);
            blank(column, place, fate, report);
        }
        Heard::Unreadable => {
            tell(column.wrong, place.clone(), column, report);
            fate.lost |= column.loses_row;
            if column.guard {
                fate.guard_unreadable = true;
                tell(&rules::GUARD_UNREADABLE, place, column, report);
            }
        }
    }
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
