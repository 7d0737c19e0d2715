//! Which rows speak of which child: an index over all parts, so that a child's rows can be read together.
//!
//! Limits: 16 bytes a run of rows; while it is built, at most 19 bytes a child more; at most `rows_max` rows. Format:
//! children are numbered in the order of their first row, and each part has its runs of rows in the order of these
//! numbers. A child is known by its identifier itself, packed into a number where it has up to ten usual characters,
//! never by a hash of it. Operations: [`Index::build`] in one pass over each part; a [`Cursor`] gives the n-th child's
//! rows, quickest when children are asked for in order.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher, RandomState},
};

use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::LaChildId,
};

use crate::{
    csv::{
        header::Layout,
        rows::{Found, RowReader, RowStart},
        rules,
    },
    encoding::PartText,
    limits::ReadingLimits,
};

/// Rows of one child that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first.
    pub first: RowAt,
    /// How many there are.
    pub rows: u8,
}

/// A row of a child: which layout, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowAt {
    /// Which of the layouts, by its place in the list.
    pub layout: u16,
    /// Where the row starts.
    pub at: u64,
    /// Its line.
    pub line: u32,
}

impl RowAt {
    /// Where the row starts, for the reader.
    #[must_use]
    pub fn start(self) -> RowStart {
        RowStart { at: self.at, line: u64::from(self.line) }
    }
}

/// A run of rows of one child, in 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    child: u32,
    line: u32,
    /// Place in the upper 58 bits, rows but one in the lowest 6.
    place: u64,
}

impl Entry {
    fn run(self, layout: u16) -> Run {
        let first = RowAt { layout, at: self.place >> ROWS_BITS, line: self.line };
        Run { first, rows: (self.place & ROWS_MASK) as u8 + 1 }
    }

    /// Takes in one row more; false when the run is full.
    fn grow(&mut self) -> bool {
        let more = self.place & ROWS_MASK < ROWS_MASK;
        self.place += u64::from(more);
        more
    }
}

const ROWS_BITS: u32 = 6;
const ROWS_MASK: u64 = (1 << ROWS_BITS) - 1;

/// An index of rows by child.
#[derive(Default)]
pub struct Index {
    /// By layout: its runs, in the order of the children.
    parts: Vec<Vec<Entry>>,
    children: u32,
    rows: u64,
}

impl Index {
    /// Reads through all parts once and notes where each child's rows stand. Rows that are none, or name no child, are
    /// told here and nowhere else.
    pub fn build(
        parts: &[(PartText<'_>, Layout)],
        child_column: &str,
        limits: ReadingLimits,
        report: &mut dyn Report,
    ) -> Self {
        let mut children = Children::default();
        let mut index = Self::default();
        for (n, (text, layout)) in parts.iter().enumerate() {
            let mut entries = index.add_part(&mut children, *text, layout, child_column, limits, report);
            if !entries.is_sorted_by_key(|entry| entry.child) {
                entries.sort_unstable();
            }
            entries.shrink_to_fit();
            index.parts.insert(n, entries);
        }
        index.children = children.count;
        index
    }

    /// How many children there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.children as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.children == 0
    }

    /// How many rows were seen, those without a child included.
    #[must_use]
    pub fn rows_seen(&self) -> u64 {
        self.rows
    }

    /// Looks up children; each reader has its own.
    #[must_use]
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor { index: self, places: vec![0; self.parts.len()] }
    }

    fn add_part(
        &mut self,
        children: &mut Children,
        text: PartText<'_>,
        layout: &Layout,
        child_column: &str,
        limits: ReadingLimits,
        report: &mut dyn Report,
    ) -> Vec<Entry> {
        let Some(child_cell) = layout.cell_of(child_column) else { return Vec::new() };
        let mut rows = RowReader::new(text, layout.delimiter, limits);
        let guards = layout.table.columns.iter().any(|column| column.guard);
        let no_child = if guards { &rules::NO_CHILD_ID_GUARD } else { &rules::NO_CHILD_ID };
        let rows_max = u64::from(limits.rows_max).saturating_sub(self.rows);
        // Asking for room once keeps the peak at one list, not at two halves of a doubling.
        // A line without its separators is no row: a part of nothing but line ends asks for little.
        let most = (text.len() / layout.width.max(1) as u64 + 1).min(count_lines(text, layout.rows)).min(rows_max);
        let entries = Vec::with_capacity(usize::try_from(most).unwrap_or(0));
        let mut adding = Adding { children, entries, rows: 0, rows_max, last: Vec::new() };
        let mut start = layout.rows;
        loop {
            let stopped = rows.each_plain_row(start, child_cell, |row, cell| adding.add(row, cell));
            if stopped.at != start.at {
                start = stopped;
                continue;
            }
            match rows.read_to(start, child_cell + 1) {
                Found::Row { next, .. } => {
                    if adding.rows >= adding.rows_max {
                        report.raise(Diagnostic::new(&rules::TOO_MANY_ROWS, rows.row_place()));
                        break;
                    }
                    if !rows.cell(child_cell).is_some_and(|cell| adding.add(start, cell)) {
                        adding.pass();
                        let place = rows.cell_place(child_cell);
                        report.raise(Diagnostic::new(no_child, place).of_field("la_child_id"));
                    }
                    start = next;
                }
                Found::BlankLine { next } => {
                    adding.last.clear();
                    start = next;
                }
                Found::Fault { rule, at, line, next } => {
                    adding.pass();
                    report.raise(Diagnostic::new(rule, rows.fault_place(at, line)));
                    if guards {
                        report.raise(Diagnostic::new(&rules::NO_CHILD_ID_GUARD, rows.fault_place(at, line)));
                    }
                    start = next;
                }
                Found::Unreadable => {
                    report.raise(Diagnostic::new(&rules::PART_UNREADABLE, rows.row_place()));
                    break;
                }
                Found::End => break,
            }
        }
        if adding.rows == 0 {
            report.raise(Diagnostic::new(&rules::HEADER_ONLY, Place::Part(layout.part)));
        }
        self.rows += adding.rows;
        adding.entries
    }
}

/// Looks up the rows of children, and remembers where it was in each part.
pub struct Cursor<'i> {
    index: &'i Index,
    places: Vec<usize>,
}

impl Cursor<'_> {
    /// The rows of the n-th child, part by part and run by run, into an emptied list.
    pub fn runs(&mut self, child: usize, runs: &mut Vec<Run>) {
        runs.clear();
        let child = u32::try_from(child).unwrap_or(u32::MAX);
        for (layout, (entries, place)) in (0_u16..).zip(self.index.parts.iter().zip(&mut self.places)) {
            let steps = entries[*place..].iter().take(STEPS_MAX).take_while(|entry| entry.child < child).count();
            let passed = *place > 0 && entries[*place - 1].child >= child;
            *place = if passed || steps == STEPS_MAX {
                entries.partition_point(|entry| entry.child < child)
            } else {
                *place + steps
            };
            let own = entries[*place..].iter().take_while(|entry| entry.child == child);
            runs.extend(own.map(|entry| entry.run(layout)));
        }
    }
}

/// How far a cursor walks before it leaps.
const STEPS_MAX: usize = 16;

/// The children seen so far, numbered in the order of their first row.
struct Children {
    count: u32,
    /// Odd and unknown outside: nobody can choose identifiers that all begin their search at one place.
    spreader: u64,
    /// By number: the packed identifier.
    keys: Vec<u64>,
    /// Open addressing over `keys`: a number and one, or 0 for an empty place. A power of two in length.
    table: Vec<u32>,
    /// Identifiers that cannot be packed.
    odd: HashMap<LaChildId, u32>,
}

impl Default for Children {
    fn default() -> Self {
        let spreader = RandomState::new().build_hasher().finish() | 1;
        Self { count: 0, spreader, keys: Vec::new(), table: Vec::new(), odd: HashMap::new() }
    }
}

impl Children {
    /// The number of the child that a cell names; `None` where it names none.
    fn number(&mut self, cell: &[u8]) -> Option<u32> {
        if let Some(key) = packed(cell) {
            return Some(self.number_of_key(key));
        }
        let (child, _) = LaChildId::read(cell).ok()?;
        match packed(child.as_bytes()) {
            Some(key) => Some(self.number_of_key(key)),
            None => {
                let next = self.count;
                let number = *self.odd.entry(child).or_insert(next);
                if number == next {
                    self.add(0);
                }
                Some(number)
            }
        }
    }

    fn number_of_key(&mut self, key: u64) -> u32 {
        if (self.keys.len() + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        let mut place = self.spread(key);
        loop {
            match self.table[place] {
                0 => {
                    self.table[place] = self.count + 1;
                    return self.add(key);
                }
                taken if self.keys[taken as usize - 1] == key => return taken - 1,
                _ => place = (place + 1) & (self.table.len() - 1),
            }
        }
    }

    fn add(&mut self, key: u64) -> u32 {
        self.keys.push(key);
        self.count += 1;
        self.count - 1
    }

    fn grow(&mut self) {
        let length = (self.table.len() * 2).max(1024);
        self.table = vec![0; length];
        for (number, key) in (1..).zip(&self.keys) {
            // Odd identifiers have a number and no key.
            if *key == 0 {
                continue;
            }
            let mut place = self.spread(*key);
            while self.table[place] != 0 {
                place = (place + 1) & (length - 1);
            }
            self.table[place] = number;
        }
    }

    /// Spreads keys over the table: only where a search begins hangs on it, never which child is found.
    fn spread(&self, key: u64) -> usize {
        (key.wrapping_mul(self.spreader) >> 32) as usize & (self.table.len() - 1)
    }
}

/// Adds the rows of one part.
struct Adding<'i> {
    children: &'i mut Children,
    entries: Vec<Entry>,
    rows: u64,
    rows_max: u64,
    /// What named the child of the row right above; empty where there is none.
    last: Vec<u8>,
}

impl Adding<'_> {
    /// Adds a row of the child that a cell names; false, and nothing added, where it names none or there are too many.
    fn add(&mut self, row: RowStart, cell: &[u8]) -> bool {
        if self.rows >= self.rows_max {
            return false;
        }
        if !cell.is_empty() && self.last == cell && self.entries.last_mut().is_some_and(Entry::grow) {
            self.rows += 1;
            return true;
        }
        let Some(child) = self.children.number(cell) else { return false };
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        self.entries.push(Entry { child, line, place: row.at << ROWS_BITS });
        self.rows += 1;
        self.last.clear();
        self.last.extend_from_slice(cell);
        true
    }

    /// Passes over a row that is no child's.
    fn pass(&mut self) {
        self.rows += 1;
        self.last.clear();
    }
}

/// An identifier of up to ten usual characters in six bits each, as it is after reading: without case. No other is
/// packed alike, and none is 0. `None` for what must be read with care: a sign, a point, only zeros, a longer one.
fn packed(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    let (mut key, mut zeros) = (0_u64, true);
    for byte in text {
        let six = match byte {
            b'0'..=b'9' => byte - b'0' + 1,
            b'A'..=b'Z' => byte - b'A' + 11,
            b'a'..=b'z' => byte - b'a' + 11,
            b'_' => 38,
            b'/' => 39,
            _ => return None,
        };
        zeros &= *byte == b'0';
        key = key << 6 | u64::from(six);
    }
    (!zeros).then_some(key)
}

/// How many line ends there are from a place on, and one more: no part has more rows.
fn count_lines(text: PartText<'_>, from: RowStart) -> u64 {
    let count = |bytes: &[u8]| {
        let feeds = memchr::memchr_iter(b'\n', bytes).count() as u64;
        if feeds == 0 { memchr::memchr_iter(b'\r', bytes).count() as u64 } else { feeds }
    };
    if let Some(memory) = text.in_memory() {
        return usize::try_from(from.at).ok().and_then(|from| memory.get(from..)).map_or(0, count) + 1;
    }
    let (mut at, mut lines, mut buffer) = (from.at, 1, vec![0_u8; 256 << 10]);
    while let Ok(bytes @ 1..) = text.read(at, &mut buffer) {
        lines += count(&buffer[..bytes]);
        at += bytes as u64;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_takes_16_bytes() {
        assert_eq!(size_of::<Entry>(), 16);
    }

    #[test]
    fn packed_keys_tell_identifiers_apart() {
        let ids: [&[u8]; 7] = [b"1", b"01", b"A", b"0A", b"A0", b"ZZZZZZZZZZ", b"9999999999"];
        let keys: Vec<u64> = ids.iter().map(|id| packed(id).unwrap()).collect();
        for (n, key) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(key));
        }
        assert_eq!(packed(b"abc"), packed(b"ABC"));
        for with_care in [b"ABCDEFGHIJK".as_slice(), b"123.0", b"-1", b"000", b"", b"A B"] {
            assert_eq!(packed(with_care), None);
        }
    }

    #[test]
    fn a_child_has_one_number_however_it_is_spelt() {
        let mut children = Children::default();
        let spelt: [&[u8]; 8] = [b"12", b"a1", b"12.0", b"A1", b"A-1", b"a-1", b"LONGER-THAN-TEN", b"longer-than-ten"];
        let numbers: Vec<Option<u32>> = spelt.iter().map(|cell| children.number(cell)).collect();
        assert_eq!(numbers, [0, 1, 0, 1, 2, 2, 3, 3].map(Some));
        assert_eq!(children.number(b"000"), None);
    }

    #[test]
    fn many_children_keep_their_numbers_while_the_table_grows() {
        let mut children = Children::default();
        let name = |n: u32| if n.is_multiple_of(7) { format!("odd-{n:08}") } else { format!("{}", n + 1) };
        for n in 0..20_000 {
            assert_eq!(children.number(name(n).as_bytes()), Some(n));
        }
        for n in (0..20_000).rev() {
            assert_eq!(children.number(name(n).as_bytes()), Some(n));
        }
    }
}
