//! A row of cells into a row of values, with a diagnostic for every cell that is wrong.

use std::borrow::Cow;

use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::LaChildId,
};

use crate::{
    cells::RowSource,
    csv::{
        header::{ColumnCell, Layout, ReadColumns},
        rows::{Found, RowStart},
        rules,
    },
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
    rows: &impl RowSource,
    layout: &Layout,
    reading: &Reading<'_>,
    known_child: Option<&LaChildId>,
    report: &mut dyn Report,
) -> (R, RowFate) {
    let mut row = R::default();
    let mut fate = read_columns(&mut row, rows, &layout.columns, reading, known_child, report);
    if fate.lost && !fate.guard_unreadable && R::TABLE.columns.iter().any(|column| column.guard) {
        fate.guard_unreadable = true;
        report.raise(Diagnostic::new(&rules::GUARD_UNREADABLE, rows.row_place()));
    }
    (row, fate)
}

/// Reads some columns of the row that the reader stands at. Of tables that guard a child, all are to be read.
pub fn read_columns<R: Row>(
    row: &mut R,
    rows: &impl RowSource,
    columns: &ReadColumns,
    reading: &Reading<'_>,
    known_child: Option<&LaChildId>,
    report: &mut dyn Report,
) -> RowFate {
    let mut fate = RowFate::default();
    let spelling = R::TABLE.spelling;
    let reading = &Reading { spelling, ..*reading };
    let ascii = rows.is_ascii();
    let cells = rows.cells();
    let is_blank = |cell: &[u8]| reading.dialect.is_blank(cell) || spelling.is_blank(cell);
    // Columns are looked at only where something is wrong: the lenses are all that most cells need.
    let column = |n: u16| &R::TABLE.columns[usize::from(n)];
    for n in &columns.constants {
        let lens = &R::LENSES[usize::from(*n)];
        if let Some(constant) = reading.dialect.constant(column(*n).name)
            && (lens.protects || !reading.protection_only)
        {
            (lens.read)(row, constant.as_bytes(), reading);
        }
    }
    for ColumnCell { column: n, cell: cell_number } in columns.cells.iter().copied() {
        let lens = &R::LENSES[usize::from(n)];
        if reading.protection_only && !lens.protects {
            continue;
        }
        let cell_number = usize::from(cell_number);
        if let Some(rule) = rows.fault(cell_number) {
            (lens.unreadable)(row);
            wrong(Heard::Wrong(rule), column(n), rows.cell_place(cell_number), &mut fate, report);
            continue;
        }
        let answers = |cell: &[u8]| !cell.is_empty() && column(n).answers(cell, reading.dialect);
        let Some(cell) = cells.get(cell_number).filter(|cell| !is_blank(cell) || answers(cell)) else {
            (lens.blank)(row);
            if lens.needs_value {
                blank(column(n), rows.cell_place(cell_number), &mut fate, report);
            }
            continue;
        };
        if lens.names_child && known_child.is_some_and(|child| child.as_bytes() == cell) {
            continue;
        }
        let heard = if ascii {
            (lens.read)(row, cell, reading)
        } else {
            let exact = rows.exact_cell(cell_number).unwrap_or(Cow::Borrowed(cell));
            if std::str::from_utf8(&exact).is_err() {
                tell(&rules::ENCODING, rows.cell_place(cell_number), column(n), report);
            }
            (lens.read)(row, &exact, reading)
        };
        if heard != Heard::Is(()) {
            wrong(heard, column(n), rows.cell_place(cell_number), &mut fate, report);
        }
    }
    fate
}

/// Goes to a row and reads it, and tells where it is cut, short or long; `None` when it is no row that says anything.
pub fn read_row_at<R: Row>(
    rows: &mut impl RowSource,
    layout: &Layout,
    at: RowStart,
    reading: &Reading<'_>,
    report: &mut dyn Report,
) -> Option<(R, RowFate)> {
    go_to_row(rows, layout, at, report).then(|| read_row::<R>(rows, layout, reading, None, report))
}

/// Goes to a row and tells where it is cut, short or long; false when it is no row that says anything.
pub fn go_to_row(rows: &mut impl RowSource, layout: &Layout, at: RowStart, report: &mut dyn Report) -> bool {
    let unended = match rows.read(at) {
        Found::Row { unended, .. } => unended,
        Found::Fault { rule, at, line, .. } => {
            report.raise(Diagnostic::new(rule, rows.fault_place(at, line)));
            return false;
        }
        Found::BlankLine { .. } | Found::Unreadable | Found::End => return false,
    };
    let misfit = if rows.len() < layout.width {
        Some(if unended { &rules::CUT_ROW } else { &rules::SHORT_ROW })
    } else if (layout.width..rows.len()).any(|n| rows.cells().get(n).is_some_and(|cell| !cell.is_empty())) {
        Some(&rules::LONG_ROW)
    } else {
        None
    };
    if let Some(rule) = misfit {
        report.raise(Diagnostic::new(rule, rows.row_place()));
        return false;
    }
    if unended {
        report.raise(Diagnostic::new(&rules::NO_LAST_LINE_END, rows.row_place()));
    }
    true
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
        Heard::Unreadable | Heard::Wrong(_) => {
            let rule = if let Heard::Wrong(rule) = heard { rule } else { column.wrong };
            tell(rule, place.clone(), column, report);
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
