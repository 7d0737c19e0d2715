//! Rows of a CSV part, each with its place, read from any offset.
//!
//! Limits: a row holds at most `row_bytes_max` bytes, `row_lines_max` lines and `columns_max` cells; what is longer is
//! passed over in constant memory and reported. Format: RFC 4180 with LF, CRLF or CR line ends and a separator told by
//! the heading row. Operations: [`RowReader::read`] gives the row at an offset and where the next one starts, so rows
//! are read in order or at random by the same code.
//!
//! A row without a quote is split where it lies, by its separators; a row with one is unescaped by `csv_core`. A quote
//! that is still open at a limit costs its own line only: reading goes on at the next.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, ReaderBuilder};
use memchr::memchr2;
use schemas::diagnostic::{PartId, Place, Rule};

use crate::{
    cells::{Cells, RowSource, trimmed},
    csv::{
        marks::{BLOCK_BYTES, Marks},
        quotes::{Quote, Scan, blanks, quoted_cell, quoted_cells, scan_quoted, unescape},
        rules,
    },
    encoding::{PartText, Window},
    limits::ReadingLimits,
};

/// Where a row starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowStart {
    /// The place in the part's text.
    pub at: u64,
    /// The line, from 1.
    pub line: u64,
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A row; its cells can be asked for.
    Row {
        /// Where the next one starts.
        next: RowStart,
        /// It ends with the file and has no line end.
        unended: bool,
    },
    /// A line without anything.
    BlankLine {
        /// Where the next row starts.
        next: RowStart,
    },
    /// Something that is no row: which rule it breaks, and where.
    Fault {
        /// The rule.
        rule: &'static Rule,
        /// The place in the text that the rule speaks of.
        at: u64,
        /// The line of it.
        line: u64,
        /// Where reading goes on.
        next: RowStart,
    },
    /// The part could not be read.
    Unreadable,
    /// The end.
    End,
}

/// How many bytes are looked at together when rows are only passed through.
const PLAIN_BYTES: usize = 64 << 10;

/// Reads rows of one part.
pub struct RowReader<'d> {
    window: Window<'d>,
    delimiter: u8,
    limits: ReadingLimits,
    /// Made when the first row with a quote comes: its tables cost more than many rows without.
    quoted: Option<Box<csv_core::Reader>>,
    start: RowStart,
    next: RowStart,
    row_bytes: usize,
    cells: Vec<(u32, u32)>,
    /// Whether the row that was split is ASCII.
    ascii: bool,
    unescaped: Option<Vec<u8>>,
    spare: Vec<u8>,
    ends: Vec<usize>,
}

impl<'d> RowReader<'d> {
    /// A reader of a text whose cells stand between these separators.
    #[must_use]
    pub fn new(text: PartText<'d>, delimiter: u8, limits: ReadingLimits) -> Self {
        Self {
            window: Window::new(text),
            delimiter,
            limits,
            quoted: None,
            start: RowStart { at: 0, line: 1 },
            next: RowStart { at: 0, line: 1 },
            row_bytes: 0,
            cells: Vec::new(),
            ascii: true,
            unescaped: None,
            spare: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Another separator, once the heading row has told it.
    pub fn set_delimiter(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
        self.quoted = None;
    }

    /// The text that is read.
    #[must_use]
    pub fn text(&self) -> &PartText<'d> {
        self.window.text()
    }

    /// What stands at a place.
    pub fn read(&mut self, start: RowStart) -> Found {
        self.read_to(start, usize::MAX)
    }

    /// What stands at a place, splitting off no more than the first `wanted` cells of a row without quotes. The rest
    /// of the row is one last cell.
    pub fn read_to(&mut self, start: RowStart, wanted: usize) -> Found {
        if let Some(spare) = self.unescaped.take() {
            self.spare = spare;
        }
        self.start = start;
        let row_bytes_max = self.limits.row_bytes_max as usize;
        let most = wanted.min(usize::from(self.limits.columns_max));
        let mut least = 256;
        loop {
            self.cells.clear();
            let Ok(rest) = self.window.from(start.at, least) else { return Found::Unreadable };
            if rest.is_empty() {
                return Found::End;
            }
            // However much is in memory, no more is looked at than tells a row at its limit from one beyond it.
            let rest = &rest[..rest.len().min(row_bytes_max + 2)];
            let (stop, ascii) = split(rest, self.delimiter, &mut self.cells, most);
            self.ascii = ascii;
            match stop {
                Some(end) if rest[end] == b'"' => {
                    self.cells.clear();
                    return self.read_quoted(start);
                }
                Some(end) => {
                    // A CR at the window's edge may have its LF beyond.
                    if rest[end] == b'\r' && end + 1 == rest.len() && least < end + 2 {
                        least = end + 2;
                        continue;
                    }
                    if end > row_bytes_max {
                        return self.pass_over(start);
                    }
                    let width = line_end_width(&rest[end..]);
                    return self.split_off(end, width, wanted);
                }
                None if rest.len() > row_bytes_max => return self.pass_over(start),
                None if rest.len() < least => {
                    let end = rest.len();
                    return self.split_off(end, 0, wanted);
                }
                None => least = (least * 8).min(row_bytes_max + 2),
            }
        }
    }

    /// How many cells the row has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// A cell without the blanks around it; `None` where the row is too short.
    #[must_use]
    pub fn cell(&self, n: usize) -> Option<&[u8]> {
        self.cells().get(n)
    }

    /// All cells, for a look at each: what they are pieces of, and where each starts and ends.
    #[must_use]
    pub fn cells(&self) -> Cells<'_> {
        Cells::new(self.cell_bytes(), &self.cells)
    }

    /// The bytes that the cells are pieces of.
    fn cell_bytes(&self) -> &[u8] {
        match &self.unescaped {
            Some(unescaped) => unescaped,
            None => self.held_row(),
        }
    }

    /// Whether the row holds nothing but ASCII.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        if self.unescaped.is_some() { self.held_row().is_ascii() } else { self.ascii }
    }

    /// Where the next row starts.
    #[must_use]
    pub fn next(&self) -> RowStart {
        self.next
    }

    /// Takes rows without quotes from a place on, as long as they are in memory and within their limits: to each its
    /// start, and one of its cells. Gives where it stopped: there is something that [`RowReader::read`] must look at.
    pub fn each_plain_row(
        &mut self,
        from: RowStart,
        cell: usize,
        mut take: impl FnMut(RowStart, &[u8]) -> bool,
    ) -> RowStart {
        let (delimiter, row_bytes_max) = (self.delimiter, self.limits.row_bytes_max as usize);
        let Ok(rest) = self.window.from(from.at, PLAIN_BYTES) else { return from };
        let (mut at, mut line) = (0, from.line);
        loop {
            self.cells.clear();
            let rest = &rest[at..];
            let (Some(end), _) = split(rest, delimiter, &mut self.cells, cell + 1) else { break };
            let (row, ending) = rest.split_at(end);
            let plain = ending[0] == b'\n' || (ending[0] == b'\r' && ending.len() > 1);
            if !plain || end > row_bytes_max || row.is_empty() {
                break;
            }
            let last = self.cells.last().map_or(0, |(_, to)| *to as usize + 1);
            let found = match self.cells.get(cell) {
                Some((from, to)) => &row[*from as usize..*to as usize],
                None if self.cells.len() == cell => &row[last..],
                None => break,
            };
            if !take(RowStart { at: from.at + at as u64, line }, trimmed(found)) {
                break;
            }
            at += end + line_end_width(ending);
            line += 1;
        }
        self.cells.clear();
        RowStart { at: from.at + at as u64, line }
    }

    /// The exact text of a cell that holds more than ASCII in an encoding of two bytes a unit; otherwise the cell.
    #[must_use]
    pub fn exact_cell(&self, n: usize) -> Option<Cow<'_, [u8]>> {
        let text = *self.window.text();
        if self.unescaped.is_some() && text.is_utf_16() {
            // What was unescaped no longer stands where its units do: they are decoded first, then unescaped.
            let (delimiter, start) = (self.delimiter, self.start.at);
            let row = self.held_row();
            let cell = quoted_cell(row, delimiter, n)?;
            let exact = text.exact(start + cell.start as u64, row.get(cell)?);
            return Some(Cow::Owned(unescape(&exact, delimiter).trim_ascii().to_vec()));
        }
        let at = self.start.at + self.cell_offset(n);
        let cell = self.cell(n)?;
        Some(text.exact(at, cell))
    }

    /// The place of the row as a whole.
    #[must_use]
    pub fn row_place(&self) -> Place {
        let text = self.window.text();
        Place::Cell { part: text.part, line: self.start.line, column: None, byte: text.byte(self.start.at) }
    }

    /// The place of a cell.
    #[must_use]
    pub fn cell_place(&self, n: usize) -> Place {
        let at = self.start.at + self.cell_offset(n);
        let text = self.window.text();
        let column = u16::try_from(n + 1).unwrap_or(u16::MAX);
        Place::Cell { part: text.part, line: self.start.line, column: Some(column), byte: text.byte(at) }
    }

    /// The places of all cells, in one pass over the row.
    #[must_use]
    pub fn cell_places(&self) -> Vec<Place> {
        let (text, delimiter, start) = (*self.window.text(), self.delimiter, self.start);
        let row = self.held_row();
        let cells = quoted_cells(row, delimiter).enumerate().map(|(n, cell)| Place::Cell {
            part: text.part,
            line: start.line,
            column: Some(u16::try_from(n + 1).unwrap_or(u16::MAX)),
            byte: text.byte(start.at + (cell.start + blanks(&row[cell])) as u64),
        });
        cells.collect()
    }

    /// A place that a fault speaks of.
    #[must_use]
    pub fn fault_place(&self, at: u64, line: u64) -> Place {
        let text = self.window.text();
        Place::Cell { part: text.part, line, column: None, byte: text.byte(at) }
    }

    /// The part that is read.
    #[must_use]
    pub fn part(&self) -> PartId {
        self.window.text().part
    }

    /// A row that ends here and whose separators were noted, each as the end of a cell.
    fn split_off(&mut self, end: usize, line_end: usize, wanted: usize) -> Found {
        let unended = line_end == 0;
        let next = RowStart { at: self.start.at + (end + line_end) as u64, line: self.start.line + 1 };
        self.row_bytes = end;
        if self.cells.is_empty() && self.held_row().iter().all(u8::is_ascii_whitespace) {
            return if unended && end == 0 { Found::End } else { Found::BlankLine { next } };
        }
        if self.cells.len() == usize::from(self.limits.columns_max) && wanted > self.cells.len() {
            return self.fault(&rules::TOO_MANY_COLUMNS, next);
        }
        let from = self.cells.last().map_or(0, |(_, to)| to + 1);
        self.cells.push((from, end as u32));
        self.next = next;
        Found::Row { next, unended }
    }

    fn fault(&mut self, rule: &'static Rule, next: RowStart) -> Found {
        self.cells.clear();
        self.next = next;
        Found::Fault { rule, at: self.start.at, line: self.start.line, next }
    }

    /// A row that holds a quote: its end is found first, then it is unescaped.
    fn read_quoted(&mut self, start: RowStart) -> Found {
        let (end, lines, width) = match self.quoted_end(start) {
            Ok(found) => found,
            Err(found) => return found,
        };
        let next = RowStart { at: start.at + (end + width) as u64, line: start.line + lines };
        let mut unescaped = std::mem::take(&mut self.spare);
        unescaped.resize(end + 1, 0);
        self.ends.resize(usize::from(self.limits.columns_max) + 1, 0);
        let delimiter = self.delimiter;
        let quoted = self.quoted.get_or_insert_with(|| Box::new(ReaderBuilder::new().delimiter(delimiter).build()));
        quoted.reset();
        let Ok(rest) = self.window.from(start.at, end) else { return Found::Unreadable };
        let row = &rest[..end.min(rest.len())];
        let (mut read, mut written, mut cells) = (0, 0, 0);
        loop {
            let (result, more_read, more_written, more_cells) =
                quoted.read_record(&row[read..], &mut unescaped[written..], &mut self.ends[cells..]);
            read += more_read;
            written += more_written;
            cells += more_cells;
            match result {
                // The end of the row is told by reading nothing more.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    self.spare = unescaped;
                    return self.fault(&rules::TOO_MANY_COLUMNS, next);
                }
            }
        }
        if cells > usize::from(self.limits.columns_max) {
            self.spare = unescaped;
            return self.fault(&rules::TOO_MANY_COLUMNS, next);
        }
        let mut from = 0;
        for to in &self.ends[..cells] {
            self.cells.push((from, *to as u32));
            from = *to as u32;
        }
        self.row_bytes = end;
        self.unescaped = Some(unescaped);
        self.next = next;
        Found::Row { next, unended: width == 0 }
    }

    /// Where a row with quotes ends: its bytes, its lines, and the width of its line end.
    fn quoted_end(&mut self, start: RowStart) -> Result<(usize, u64, usize), Found> {
        let row_bytes_max = self.limits.row_bytes_max as usize;
        let lines_max = u64::from(self.limits.row_lines_max);
        // However much is in memory, no more is looked at than tells a row at its limit from one beyond it.
        let most = row_bytes_max.saturating_add(2);
        let mut least = 4096.min(most);
        loop {
            let delimiter = self.delimiter;
            let Ok(rest) = self.window.from(start.at, least) else { return Err(Found::Unreadable) };
            let rest = &rest[..rest.len().min(most)];
            let whole = rest.len() < least;
            match scan_quoted(rest, delimiter, lines_max, whole) {
                Scan::Ended { end, lines } if end > row_bytes_max => {
                    return Err(self.pass_over_from(start, end, lines));
                }
                Scan::Ended { end, .. } if rest[end] == b'\r' && end + 1 == rest.len() && !whole => {
                    least = (end + 2).max(least + 1);
                }
                Scan::Ended { end, lines } => return Ok((end, lines, line_end_width(&rest[end..]))),
                Scan::TooManyLines { quote } => return Err(self.open_quote(start, quote)),
                Scan::NotEnded { open: None, lines } if whole && rest.len() <= row_bytes_max => {
                    return Ok((rest.len(), lines, 0));
                }
                Scan::NotEnded { open, lines } if whole || rest.len() > row_bytes_max => {
                    let seen = rest.len();
                    return Err(match open {
                        Some(quote) => self.open_quote(start, quote),
                        None => self.pass_over_from(start, seen, lines),
                    });
                }
                Scan::NotEnded { .. } => least = least.saturating_mul(8).min(most),
            }
        }
    }

    /// A quote stays open: the fault is at the quote, and reading goes on at the line after it.
    fn open_quote(&mut self, start: RowStart, quote: Quote) -> Found {
        let at = start.at + quote.offset as u64;
        let line = start.line + quote.line;
        match self.line_end_after(at) {
            Some(next) => {
                Found::Fault { rule: &rules::OPEN_QUOTE, at, line, next: RowStart { at: next, line: line + 1 } }
            }
            None => Found::Unreadable,
        }
    }

    /// A row beyond its limit: passed over to its line end in constant memory.
    fn pass_over(&mut self, start: RowStart) -> Found {
        self.pass_over_from(start, 0, 1)
    }

    /// The same, where so many bytes and lines of it were seen already: a line end in quotes is not its end.
    fn pass_over_from(&mut self, start: RowStart, seen: usize, lines: u64) -> Found {
        match self.line_end_after(start.at + seen as u64) {
            Some(next) => self.fault(&rules::ROW_TOO_LONG, RowStart { at: next, line: start.line + lines }),
            None => Found::Unreadable,
        }
    }

    fn line_end_after(&mut self, from: u64) -> Option<u64> {
        let mut at = from;
        loop {
            let rest = self.window.from(at, 4096).ok()?;
            if rest.is_empty() {
                return Some(at);
            }
            match memchr2(b'\n', b'\r', rest) {
                Some(end) if rest[end] == b'\r' => {
                    let after = at + end as u64 + 1;
                    let lf = self.window.from(after, 1).ok()?.first() == Some(&b'\n');
                    return Some(after + u64::from(lf));
                }
                Some(end) => return Some(at + end as u64 + 1),
                None => at += rest.len() as u64,
            }
        }
    }

    /// How far into the row the n-th cell's text starts; the row's end where there is no such cell.
    fn cell_offset(&self, n: usize) -> u64 {
        let delimiter = self.delimiter;
        let quoted = self.unescaped.is_some();
        let split = self.cells.get(n).map(|(from, to)| *from as usize..*to as usize);
        let row = self.held_row();
        let cell = if quoted { quoted_cell(row, delimiter, n) } else { split };
        match cell.and_then(|cell| Some((cell.start, row.get(cell)?))) {
            Some((from, cell)) => (from + blanks(cell)) as u64,
            None => row.len() as u64,
        }
    }

    /// The row as it stands, without its line end. What was read last is in memory.
    fn held_row(&self) -> &[u8] {
        let held = self.window.held(self.start.at);
        &held[..self.row_bytes.min(held.len())]
    }
}

impl RowSource for RowReader<'_> {
    fn read(&mut self, start: RowStart) -> Found {
        self.read(start)
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn cells(&self) -> Cells<'_> {
        self.cells()
    }

    fn is_ascii(&self) -> bool {
        self.is_ascii()
    }

    fn exact_cell(&self, n: usize) -> Option<Cow<'_, [u8]>> {
        self.exact_cell(n)
    }

    /// Every cell of a text has its text.
    #[inline]
    fn fault(&self, _: usize) -> Option<&'static Rule> {
        None
    }

    fn row_place(&self) -> Place {
        self.row_place()
    }

    fn cell_place(&self, n: usize) -> Place {
        self.cell_place(n)
    }

    fn fault_place(&self, at: u64, line: u64) -> Place {
        self.fault_place(at, line)
    }
}

/// Splits a row that begins here, as far as it has no quote: notes the first `most` cells that a separator ends, and
/// gives where the first line end or quote stands and whether all before it is ASCII.
fn split(rest: &[u8], separator: u8, cells: &mut Vec<(u32, u32)>, most: usize) -> (Option<usize>, bool) {
    let (mut from, mut ascii) = (0, true);
    for (at, block) in (0..).step_by(BLOCK_BYTES).zip(rest.chunks(BLOCK_BYTES)) {
        let Marks { mut separators, stops, beyond } = Marks::of(block, separator);
        let before_stop = (stops & stops.wrapping_neg()).wrapping_sub(1);
        separators &= before_stop;
        ascii &= beyond & before_stop == 0;
        while separators != 0 && cells.len() < most {
            let to = at + separators.trailing_zeros();
            cells.push((from, to));
            from = to + 1;
            separators &= separators - 1;
        }
        if stops != 0 {
            return (Some((at + stops.trailing_zeros()) as usize), ascii);
        }
    }
    (None, ascii)
}

/// How wide the line end at the start of these bytes is.
fn line_end_width(rest: &[u8]) -> usize {
    match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}
