//! Quotes in a row: where it ends, where its cells stand, and what a quoted cell says.

use std::ops::Range;

/// A quote that opened a cell: how far into the row, and on which of its lines, from 0.
#[derive(Clone, Copy)]
pub(super) struct Quote {
    pub(super) offset: usize,
    pub(super) line: u64,
}

/// Where a row ends.
pub(super) enum Scan {
    /// The row ends at a line end outside quotes.
    Ended { end: usize, lines: u64 },
    /// The bytes end first, perhaps in a quote.
    NotEnded { open: Option<Quote>, lines: u64 },
    /// A quoted cell spans too many lines.
    TooManyLines { quote: Quote },
}

/// Follows quotes as `csv_core` does: a quote opens only at the start of a cell, and a doubled one inside is text.
/// `whole`: nothing comes after these bytes.
pub(super) fn scan_quoted(bytes: &[u8], delimiter: u8, lines_max: u64, whole: bool) -> Scan {
    let (mut quotes, mut lines, mut quote) = (Quotes::default(), 1, Quote { offset: 0, line: 0 });
    for (n, byte) in bytes.iter().enumerate() {
        if matches!(byte, b'\n' | b'\r') {
            if !quotes.open() {
                return Scan::Ended { end: n, lines };
            }
            match (byte, bytes.get(n + 1)) {
                // A CRLF is one line end, and counts at its LF.
                (b'\r', Some(b'\n')) => {}
                (b'\r', None) if !whole => {}
                _ => lines += 1,
            }
            if lines > lines_max {
                return Scan::TooManyLines { quote };
            }
        }
        if quotes.state == State::CellStart && *byte == b'"' {
            quote = Quote { offset: n, line: lines - 1 };
        }
        quotes.take(*byte, delimiter);
    }
    Scan::NotEnded { open: quotes.open().then_some(quote), lines }
}

/// The cells of a row as they stand, quotes and blanks included.
pub(super) fn quoted_cells(row: &[u8], delimiter: u8) -> impl Iterator<Item = Range<usize>> + '_ {
    let (mut quotes, mut from) = (Quotes::default(), 0);
    let ends = row.iter().enumerate().filter_map(move |(n, byte)| {
        let ends = *byte == delimiter && !quotes.open();
        quotes.take(*byte, delimiter);
        ends.then_some(n)
    });
    ends.chain(std::iter::once(row.len())).map(move |end| {
        let cell = from..end;
        from = end + 1;
        cell
    })
}

/// The n-th of them.
pub(super) fn quoted_cell(row: &[u8], delimiter: u8, wanted: usize) -> Option<Range<usize>> {
    quoted_cells(row, delimiter).nth(wanted)
}

/// A cell as it stands, without the quotes around it and with doubled ones once.
pub(super) fn unescape(cell: &[u8], delimiter: u8) -> Vec<u8> {
    let mut quotes = Quotes::default();
    let is_text = |byte: &u8| {
        let before = quotes.state;
        quotes.take(*byte, delimiter);
        *byte != b'"' || !matches!(before, State::CellStart | State::Quoted)
    };
    cell.iter().copied().filter(is_text).collect()
}

/// How many blanks a cell begins with.
pub(super) fn blanks(cell: &[u8]) -> usize {
    cell.len() - cell.trim_ascii_start().len()
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    CellStart,
    Plain,
    Quoted,
    /// A quote inside a quoted cell: doubled, or the end of it.
    Closing,
}

#[derive(Clone, Copy, Default)]
struct Quotes {
    state: State,
}

impl Quotes {
    fn open(self) -> bool {
        self.state == State::Quoted
    }

    fn take(&mut self, byte: u8, delimiter: u8) {
        self.state = match (self.state, byte) {
            (State::CellStart | State::Closing, b'"') => State::Quoted,
            (State::Quoted, b'"') => State::Closing,
            (State::Quoted, _) => State::Quoted,
            (_, other) if other == delimiter => State::CellStart,
            _ => State::Plain,
        };
    }
}
