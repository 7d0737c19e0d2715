//! The cells of one sheet, held in memory.
//!
//! Limits: what is held of all sheets and shared texts is at most `cells_bytes_max`; a row has at most `columns_max`
//! columns and `row_bytes_max` bytes. Format: SpreadsheetML (ECMA-376, part 1, section 18.3). Empty cells are not held,
//! however they are formatted, nor rows of nothing but empty cells. A merged cell stands in its first; hidden and
//! filtered rows are rows like all others. Operations: [`Sheet::read`], then a look at rows by their
//! number.

use std::sync::Arc;

use schemas::diagnostic::{PartId, Place, Rule};

use crate::{
    csv::rules as table_rules,
    limits::ReadingLimits,
    wire::WireType,
    workbook::{
        Fault, serial,
        strings::{Strings, read_text, unescape},
        xml::{Step, Xml},
    },
};

/// The last row and column that a sheet can have (ECMA-376, part 1, section 18.3.1.73, and every program).
const LINES_MAX: u32 = 1_048_576;
const COLUMNS_MAX: u32 = 16_384;

/// What a workbook says once for all of its sheets.
#[derive(Default)]
pub(super) struct Shared {
    /// Texts.
    pub(super) strings: Strings,
    /// By style of a cell: whether it shows days.
    pub(super) shows_dates: Vec<bool>,
    /// Days are counted from 1904.
    pub(super) is_1904: bool,
}

/// A sheet.
pub struct Sheet {
    part: PartId,
    /// What places call it: the title that a format declares, or its position.
    name: Box<str>,
    shared: Arc<Shared>,
    text: Vec<u8>,
    cells: Vec<SheetCell>,
    rows: Vec<SheetRow>,
}

#[derive(Clone, Copy)]
struct SheetRow {
    line: u32,
    /// The first of its cells.
    first: u32,
    /// Where it stands in the file as it came.
    byte: u64,
    /// It cannot be read as a whole.
    fault: Option<&'static Rule>,
}

/// A cell that holds something.
#[derive(Clone, Copy)]
pub(super) struct SheetCell {
    /// From 1.
    pub(super) column: u16,
    pub(super) holds: Holds,
    /// Where its text stands, or which of the shared texts it is.
    from: u32,
    to: u32,
}

/// What it holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    SharedText,
    Number,
    /// A number that is shown as a day.
    Day,
    FormulaWithoutValue,
    ErrorValue,
}

/// What a cell says that its value is (section 18.18.11).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Typed {
    Number,
    Flag,
    SharedText,
    Text,
    Error,
}

impl Typed {
    fn of(word: Option<&[u8]>) -> Option<Self> {
        Some(match word {
            None | Some(b"n") => Self::Number,
            Some(b"b") => Self::Flag,
            Some(b"s") => Self::SharedText,
            Some(b"e") => Self::Error,
            Some(b"str" | b"inlineStr" | b"d") => Self::Text,
            Some(_) => return None,
        })
    }
}

/// Which rows of a sheet are wanted.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    All,
    /// Those up to this line.
    UpTo(u32),
}

impl Sheet {
    /// Reads the sheet of a member.
    pub(super) fn read(
        mut xml: Xml<'_>,
        (part, name): (PartId, Box<str>),
        shared: &Arc<Shared>,
        wanted: Wanted,
        limits: ReadingLimits,
    ) -> Result<Self, Fault> {
        let (text, cells, rows) = Default::default();
        let mut sheet = Self { part, name, shared: Arc::clone(shared), text, cells, rows };
        let (mut line, mut in_data) = (0, false);
        loop {
            match xml.step()? {
                Step::Open if xml.name() == b"sheetData" => in_data = true,
                Step::Open if xml.name() == b"row" && in_data => {
                    line = match xml.attribute(b"r") {
                        Some(number) => number_of(number).filter(|next| *next > line).ok_or(Fault::Damaged)?,
                        None => line + 1,
                    };
                    if line > LINES_MAX {
                        return Err(Fault::Damaged);
                    }
                    if matches!(wanted, Wanted::UpTo(last) if line > last) {
                        return Ok(sheet);
                    }
                    sheet.row(&mut xml, line, limits)?;
                }
                // What follows is about how they look; only at the end it is known that all came unspoilt.
                Step::Close if xml.name() == b"sheetData" => in_data = false,
                Step::End => return Ok(sheet),
                _ => {}
            }
        }
    }

    /// Reads the row that has just opened.
    fn row(&mut self, xml: &mut Xml<'_>, line: u32, limits: ReadingLimits) -> Result<(), Fault> {
        let first = u32::try_from(self.cells.len()).map_err(|_| Fault::TooLarge)?;
        let (byte, mut column, mut fault) = (xml.place(), 0, None);
        loop {
            match xml.step()? {
                Step::Open if xml.name() == b"c" => {
                    column = match xml.attribute(b"r") {
                        Some(place) => column_of(place).filter(|next| *next > column).ok_or(Fault::Damaged)?,
                        None => column + 1,
                    };
                    if column > COLUMNS_MAX {
                        return Err(Fault::Damaged);
                    }
                    if self.take_cell(xml, column)? && column > u32::from(limits.columns_max) {
                        self.cells.pop();
                        fault = Some(&table_rules::TOO_MANY_COLUMNS);
                    }
                }
                Step::Open => xml.skip()?,
                Step::Text => {}
                Step::Close => break,
                Step::End => return Err(Fault::Damaged),
            }
        }
        let cells = self.cells.get(first as usize..).unwrap_or_default();
        if cells.iter().map(|cell| self.raw(cell).len()).sum::<usize>() > limits.row_bytes_max as usize {
            fault = Some(&table_rules::ROW_TOO_LONG);
        }
        if !cells.is_empty() || fault.is_some() {
            self.rows.push(SheetRow { line, first, byte, fault });
        }
        if self.held_bytes() > limits.cells_bytes_max { Err(Fault::TooLarge) } else { Ok(()) }
    }

    /// How much is held of its own cells.
    pub(super) fn held_bytes(&self) -> u64 {
        let lists = self.cells.len() * size_of::<SheetCell>() + self.rows.len() * size_of::<SheetRow>();
        (self.text.len() + lists) as u64
    }

    /// Reads the cell that has just opened, and keeps it where it holds anything; whether it does.
    fn take_cell(&mut self, xml: &mut Xml<'_>, column: u32) -> Result<bool, Fault> {
        let style = xml.attribute(b"s").and_then(number_of).unwrap_or(0);
        let shows_dates = self.shared.shows_dates.get(style as usize).copied().unwrap_or(false);
        let typed = Typed::of(xml.attribute(b"t")).ok_or(Fault::Damaged)?;
        let (from, mut has_formula) = (self.text.len(), false);
        loop {
            match xml.step()? {
                Step::Open if xml.name() == b"v" => read_value(xml, &mut self.text)?,
                Step::Open if xml.name() == b"is" => read_text(xml, &mut self.text)?,
                Step::Open => {
                    has_formula |= xml.name() == b"f";
                    xml.skip()?;
                }
                Step::Text => {}
                Step::Close => break,
                Step::End => return Err(Fault::Damaged),
            }
        }
        let value = self.text.get(from..).unwrap_or_default().trim_ascii();
        let holds = match typed {
            // An empty text is what a formula may well have shown.
            _ if value.is_empty() && has_formula && typed != Typed::Text => Holds::FormulaWithoutValue,
            _ if value.is_empty() => {
                self.text.truncate(from);
                return Ok(false);
            }
            Typed::Text => Holds::Text,
            Typed::Number if shows_dates => Holds::Day,
            Typed::Number => Holds::Number,
            Typed::Error => Holds::ErrorValue,
            Typed::Flag => {
                let is_false = value == b"0" || value.eq_ignore_ascii_case(b"false");
                self.text.truncate(from);
                self.text.extend_from_slice(if is_false { b"FALSE" } else { b"TRUE" });
                Holds::Text
            }
            Typed::SharedText => {
                let number = number_of(value).ok_or(Fault::Damaged)?;
                self.text.truncate(from);
                let text = self.shared.strings.get(number).ok_or(Fault::Damaged)?;
                if !text.trim_ascii().is_empty() {
                    self.keep_cell(column, Holds::SharedText, (number, number))?;
                    return Ok(true);
                }
                return Ok(false);
            }
        };
        let end = |end: usize| u32::try_from(end).map_err(|_| Fault::TooLarge);
        self.keep_cell(column, holds, (end(from)?, end(self.text.len())?))?;
        Ok(true)
    }

    fn keep_cell(&mut self, column: u32, holds: Holds, (from, to): (u32, u32)) -> Result<(), Fault> {
        let column = u16::try_from(column).map_err(|_| Fault::Damaged)?;
        self.cells.push(SheetCell { column, holds, from, to });
        Ok(())
    }

    /// The bytes of a cell as they stand in the file.
    fn raw(&self, cell: &SheetCell) -> &[u8] {
        match cell.holds {
            Holds::SharedText => self.shared.strings.get(cell.from).unwrap_or_default(),
            _ => self.text.get(cell.from as usize..cell.to as usize).unwrap_or_default(),
        }
    }

    /// The cells of a row that hold something.
    pub(super) fn cells_of(&self, row: usize) -> &[SheetCell] {
        let first = self.rows.get(row).map_or(self.cells.len(), |row| row.first as usize);
        let end = self.rows.get(row + 1).map_or(self.cells.len(), |next| next.first as usize);
        self.cells.get(first..end).unwrap_or_default()
    }

    /// Appends what a cell shows, as its column asks for it.
    pub(super) fn show(&self, cell: &SheetCell, asks: Asks, out: &mut Vec<u8>) {
        let raw = self.raw(cell);
        let is_1904 = self.shared.is_1904;
        match (cell.holds, asks) {
            (Holds::Text | Holds::SharedText, _) => out.extend_from_slice(raw.trim_ascii()),
            (Holds::Number, Asks::Day | Asks::Moment) if !serial::is_of_our_time(raw) => serial::write_number(raw, out),
            (Holds::Number | Holds::Day, Asks::Day) => serial::write_day(raw, is_1904, false, out),
            (Holds::Number | Holds::Day, Asks::Moment) => serial::write_day(raw, is_1904, true, out),
            // A spreadsheet takes a typed `2:3` for a time of day.
            (Holds::Day, Asks::Text) => serial::write_day_or_ratio(raw, is_1904, out),
            (Holds::Number, Asks::Text) | (Holds::Number | Holds::Day, Asks::Number) => serial::write_number(raw, out),
            (Holds::FormulaWithoutValue | Holds::ErrorValue, _) => {}
        }
    }

    /// What places call the sheet.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows hold anything.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Why a row cannot be read as a whole.
    pub(super) fn fault(&self, row: usize) -> Option<&'static Rule> {
        self.rows.get(row).and_then(|row| row.fault)
    }

    /// The line of a row.
    pub(super) fn line(&self, row: usize) -> u32 {
        self.rows.get(row).map_or(0, |row| row.line)
    }

    /// What the cells of a row show, each with its column from 0; a day, or a moment, where it is one.
    pub fn shown(&self, row: usize) -> impl Iterator<Item = (u16, Vec<u8>)> {
        self.cells_of(row).iter().map(|cell| {
            let mut out = Vec::new();
            self.show(cell, Asks::Moment.where_day(cell), &mut out);
            (cell.column - 1, out)
        })
    }

    /// What one of them shows.
    #[must_use]
    pub fn cell(&self, row: usize, column: u16) -> Option<Vec<u8>> {
        self.shown(row).find(|(known, _)| *known == column).map(|(_, shown)| shown)
    }

    /// Leaves of the rows those that are wanted, by their number.
    pub(super) fn keep_rows(&mut self, mut is_wanted: impl FnMut(&Self, usize) -> bool) {
        let wanted: Vec<bool> = (0..self.rows.len()).map(|row| is_wanted(self, row)).collect();
        let mut kept = Vec::new();
        let mut rows = Vec::new();
        for (row, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
            let first = u32::try_from(kept.len()).unwrap_or(u32::MAX);
            rows.push(SheetRow { first, ..self.rows[row] });
            kept.extend_from_slice(self.cells_of(row));
        }
        (self.rows, self.cells) = (rows, kept);
    }

    /// The place of a cell, by its column from 0, or of a row.
    #[must_use]
    pub fn place(&self, row: usize, column: Option<usize>) -> Place {
        let at = self.rows.get(row);
        let line = at.map_or(1, |row| row.line);
        let letters = column.map(letters_of).unwrap_or_default();
        let path = format!("{}!{letters}{line}", self.name).into();
        Place::Node { part: self.part, path, byte: at.map_or(0, |row| row.byte) }
    }
}

/// What the column that a cell stands in asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Day,
    Moment,
    Number,
    Text,
}

impl Asks {
    pub(super) fn of(wire: WireType) -> Self {
        match wire {
            WireType::Date => Self::Day,
            WireType::DateTime => Self::Moment,
            WireType::Number { .. } | WireType::Percent | WireType::Money | WireType::Decimal => Self::Number,
            _ => Self::Text,
        }
    }

    /// The same for a cell that is shown as a day; a number otherwise.
    fn where_day(self, cell: &SheetCell) -> Self {
        if cell.holds == Holds::Day { self } else { Self::Text }
    }
}

/// Appends the text of the element that has just opened, to its end.
fn read_value(xml: &mut Xml<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
    let from = out.len();
    loop {
        match xml.step()? {
            Step::Text => out.extend_from_slice(xml.text()),
            Step::Open => xml.skip()?,
            Step::Close => {
                unescape(out, from);
                return Ok(());
            }
            Step::End => return Err(Fault::Damaged),
        }
    }
}

fn number_of(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The column of a place such as `AD14`, from 1.
fn column_of(place: &[u8]) -> Option<u32> {
    let letters = place.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    Some(
        place[..letters]
            .iter()
            .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1),
    )
}

/// The letters of a column from 0.
#[must_use]
pub(super) fn letters_of(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, letters) in
            [(0, "A"), (25, "Z"), (26, "AA"), (53, "BB"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            assert_eq!(letters_of(column), letters);
            assert_eq!(column_of(format!("{letters}7").as_bytes()), Some(column as u32 + 1));
        }
        assert_eq!(column_of(b"AAAA1"), None);
        assert_eq!(column_of(b"1"), None);
        assert_eq!(column_of("É1".as_bytes()), None);
    }
}
