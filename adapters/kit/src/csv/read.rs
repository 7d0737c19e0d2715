//! A row of cells into a row of values, with a diagnostic for every cell that is wrong.

use std::borrow::Cow;

use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::LaChildId,
};

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
    // Columns are looked at only where something is wrong: the lenses are all that most cells need.
    let column = |n: usize| &R::TABLE.columns[n];
    for (n, (lens, cell_number)) in R::LENSES.iter().zip(&layout.cells).enumerate() {
        if reading.protection_only && !lens.protects {
            continue;
        }
        let Some(cell_number) = cell_number.map(usize::from) else {
            if let Some(constant) = reading.dialect.constant(column(n).name) {
                (lens.read)(&mut row, constant.as_bytes(), reading);
            }
            continue;
        };
        let Some(cell) = cells.get(cell_number).filter(|cell| !reading.dialect.is_blank(cell)) else {
            (lens.blank)(&mut row);
            if lens.needs_value {
                blank(column(n), rows.cell_place(cell_number), &mut fate, report);
            }
            continue;
        };
        if lens.names_child && known_child.is_some_and(|child| child.as_bytes() == cell) {
            continue;
        }
        let heard = if ascii {
            (lens.read)(&mut row, cell, reading)
        } else {
            let exact = rows.exact_cell(cell_number).unwrap_or(Cow::Borrowed(cell));
            if std::str::from_utf8(&exact).is_err() {
                tell(&rules::ENCODING, rows.cell_place(cell_number), column(n), report);
            }
            (lens.read)(&mut row, &exact, reading)
        };
        if heard != Heard::Is(()) {
            wrong(heard, column(n), rows.cell_place(cell_number), &mut fate, report);
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
pub(crate) fn wrong(
    heard: Heard<()>,
    column: &'static Column,
    place: Place,
    fate: &mut RowFate,
    report: &mut dyn Report,
) {
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

/// A blank cell where a value must be.
pub(crate) fn blank(column: &'static Column, place: Place, fate: &mut RowFate, report: &mut dyn Report) {
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
