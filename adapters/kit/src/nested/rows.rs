//! Rows of one table that an item holds, as the walk through it fills them.

use schemas::diagnostic::{Diagnostic, Report};

use crate::{
    csv::read::{self, RowFate},
    encoding::PartText,
    nested::{Outline, Spot},
    table::Row,
    wire::{Heard, Reading, WireType},
};

/// What hearing a cell takes into account, and who is told.
pub struct Hearing<'h> {
    /// The sender's words and the year.
    pub reading: &'h Reading<'h>,
    /// Where things stand.
    pub outline: &'h Outline,
    /// The text that is read.
    pub text: &'h PartText<'h>,
    /// Who is told.
    pub report: &'h mut dyn Report,
}

/// The rows of one table in an item, whatever the table is.
pub trait TableRows {
    /// A row begins, in that row of the table it stands in.
    fn begin(&mut self, within: usize, spot: Spot);
    /// A cell of the row that began last.
    fn cell(&mut self, column: usize, cell: &[u8], spot: Spot, hearing: &mut Hearing<'_>);
    /// A cell whose text could not be read; why was told.
    fn spoilt(&mut self, column: usize);
    /// The row ends.
    fn end(&mut self, hearing: &mut Hearing<'_>);
    /// How many rows there are.
    fn count(&self) -> usize;
    /// Forgets them, and keeps their room.
    fn clear(&mut self);
}

/// A row that was read.
#[derive(Clone, Debug)]
pub struct Held<R> {
    /// What it says.
    pub row: R,
    /// What became of it.
    pub fate: RowFate,
    /// Which row of the table it stands in, from 0.
    pub within: usize,
    /// Where it stands.
    pub spot: Spot,
}

/// The rows of one table in an item.
pub struct Rows<R> {
    held: Vec<Held<R>>,
    /// The columns that the present row has met, a bit each.
    seen: u128,
    /// The columns that must say something, a bit each.
    needed: u128,
    /// Columns of the present row that gather several texts.
    lists: Vec<(usize, Vec<u8>, Spot)>,
}

impl<R: Row> Default for Rows<R> {
    fn default() -> Self {
        let needs = R::LENSES.iter().enumerate().filter(|(_, lens)| lens.needs_value);
        let needed = needs.map(|(n, _)| bit(n)).fold(0, |all, one| all | one);
        Self { held: Vec::new(), seen: 0, needed, lists: Vec::new() }
    }
}

impl<R> Rows<R> {
    /// The rows, in the order in which they began.
    #[must_use]
    pub fn held(&self) -> &[Held<R>] {
        &self.held
    }

    /// Takes the rows out.
    pub fn drain(&mut self) -> impl Iterator<Item = Held<R>> + '_ {
        self.held.drain(..)
    }
}

fn bit(column: usize) -> u128 {
    u32::try_from(column).ok().and_then(|column| 1_u128.checked_shl(column)).unwrap_or(0)
}

impl<R: Row> Rows<R> {
    fn hear(&mut self, column: usize, cell: &[u8], spot: Spot, hearing: &mut Hearing<'_>) {
        let (Some(held), Some(lens)) = (self.held.last_mut(), R::LENSES.get(column)) else { return };
        let Hearing { reading, outline, text, report } = hearing;
        if reading.protection_only && !lens.protects {
            return;
        }
        let facts = &R::TABLE.columns[column];
        let spelling = R::TABLE.spelling;
        let reading = &Reading { spelling, ..**reading };
        let is_blank = reading.dialect.is_blank(cell) || spelling.is_blank(cell);
        if is_blank && !facts.answers(cell, reading.dialect) {
            (lens.blank)(&mut held.row);
            if lens.needs_value {
                read::blank(facts, outline.place(text, &spot), &mut held.fate, *report);
            }
            return;
        }
        if !cell.is_ascii() && std::str::from_utf8(cell).is_err() {
            let rule = &outline.syntax.rules().encoding;
            report.raise(Diagnostic::new(rule, outline.place(text, &spot)).of_field(facts.record_field()));
        }
        let heard = (lens.read)(&mut held.row, cell, reading);
        if heard != Heard::Is(()) {
            read::wrong(heard, facts, outline.place(text, &spot), &mut held.fate, *report);
        }
    }
}

impl<R: Row> TableRows for Rows<R> {
    fn begin(&mut self, within: usize, spot: Spot) {
        self.seen = 0;
        self.lists.clear();
        self.held.push(Held { row: R::default(), fate: RowFate::default(), within, spot });
    }

    fn cell(&mut self, column: usize, cell: &[u8], spot: Spot, hearing: &mut Hearing<'_>) {
        let cell = cell.trim_ascii();
        let again = self.seen & bit(column) != 0;
        self.seen |= bit(column);
        let wire = R::TABLE.columns.get(column).map(|column| column.wire);
        let is_list = wire.is_some_and(WireType::is_list);
        match (is_list, again) {
            (false, false) => self.hear(column, cell, spot, hearing),
            (false, true) => {
                let place = hearing.outline.place(hearing.text, &spot);
                hearing.report.raise(Diagnostic::new(&hearing.outline.syntax.rules().repeated, place));
            }
            (true, false) => self.lists.push((column, cell.to_vec(), spot)),
            (true, true) => {
                if let Some((_, list, _)) = self.lists.iter_mut().find(|(known, _, _)| *known == column) {
                    list.push(b';');
                    list.extend_from_slice(cell);
                }
            }
        }
    }

    fn spoilt(&mut self, column: usize) {
        self.seen |= bit(column);
        let (Some(held), Some(lens)) = (self.held.last_mut(), R::LENSES.get(column)) else { return };
        (lens.unreadable)(&mut held.row);
        held.fate.lost |= R::TABLE.columns[column].loses_row;
        held.fate.guard_unreadable |= R::TABLE.columns[column].guard;
    }

    fn end(&mut self, hearing: &mut Hearing<'_>) {
        for (column, list, spot) in std::mem::take(&mut self.lists) {
            self.hear(column, &list, spot, hearing);
        }
        let unseen = self.needed & !self.seen;
        if unseen == 0 && !hearing.reading.dialect.has_constants() {
            return;
        }
        let seen = self.seen;
        for (column, facts) in R::TABLE.columns.iter().enumerate().filter(|(n, _)| seen & bit(*n) == 0) {
            let Some(spot) = self.held.last().map(|held| held.spot) else { return };
            if let Some(constant) = hearing.reading.dialect.constant(facts.name) {
                self.hear(column, constant.as_bytes(), spot, hearing);
            } else if let Some(held) = self.held.last_mut().filter(|_| unseen & bit(column) != 0) {
                read::blank(facts, hearing.outline.place(hearing.text, &spot), &mut held.fate, hearing.report);
            }
        }
    }

    fn count(&self) -> usize {
        self.held.len()
    }

    fn clear(&mut self) {
        self.held.clear();
    }
}
