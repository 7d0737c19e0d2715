//! Which rows speak of which child: an index over all parts, so that a child's rows can be read together.
//!
//! Limits: 20 bytes a run of rows and 4 a child; at most `rows_max` rows. Format: an entry holds the child's key, and
//! part, place, line and number of a run of rows that stand together. A key of up to ten usual characters is the identifier itself, packed, so that equal keys are
//! equal children; a longer one is a hash, and rows under it are compared on the identifier before they are counted as
//! one child's. Operations: [`Index::build`] in one pass over each part; [`Index::rows`] gives the n-th child's rows, in the
//! order of parts and rows; children come in the order of their first row.

use schemas::{
    diagnostic::{Diagnostic, Report},
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

/// An entry, without the padding that a struct of a `u64` would have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: [u32; 2],
    /// Layout in the upper 10 bits, place in the next 48, rows but one in the lowest 6.
    place: [u32; 2],
    line: u32,
}

impl Entry {
    fn new(key: u64, first: RowAt) -> Self {
        let place = u64::from(first.layout) << (PLACE_BITS + ROWS_BITS) | (first.at & PLACE_MASK) << ROWS_BITS;
        Self { key: halves(key), place: halves(place), line: first.line }
    }

    fn key(self) -> u64 {
        whole(self.key)
    }

    fn run(self) -> Run {
        let place = whole(self.place);
        let first = RowAt {
            layout: (place >> (PLACE_BITS + ROWS_BITS)) as u16,
            at: place >> ROWS_BITS & PLACE_MASK,
            line: self.line,
        };
        Run { first, rows: (place & ROWS_MASK) as u8 + 1 }
    }

    /// Takes in one row more; false when the run is full.
    fn grow(&mut self) -> bool {
        let more = self.place[1] & (ROWS_MASK as u32) < ROWS_MASK as u32;
        self.place[1] += u32::from(more);
        more
    }
}

const PLACE_BITS: u32 = 48;
const ROWS_BITS: u32 = 6;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;
const ROWS_MASK: u64 = (1 << ROWS_BITS) - 1;

/// The most layouts that an entry can tell apart.
pub const LAYOUTS_MAX: usize = 1 << 10;

/// Tells a hashed key from a packed one.
const HASHED: u64 = 1 << 63;

/// An index of rows by child.
#[derive(Default)]
pub struct Index {
    entries: Vec<Entry>,
    children: Vec<u32>,
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
        let mut index = Self::default();
        // Asking for room once keeps the peak at one index, not at two halves of a doubling.
        // A line without its separators is no row: a part of nothing but line ends asks for little.
        let rows_most = |text: &PartText<'_>, layout: &Layout| text.len() / layout.width.max(1) as u64 + 1;
        let lines: u64 =
            parts.iter().map(|(text, layout)| count_lines(*text, layout.rows).min(rows_most(text, layout))).sum();
        index.entries.reserve_exact(usize::try_from(lines.min(u64::from(limits.rows_max))).unwrap_or(0));
        for (n, (text, layout)) in parts.iter().enumerate().take(LAYOUTS_MAX) {
            index.add_part(u16::try_from(n).unwrap_or(u16::MAX), *text, layout, child_column, limits, report);
        }
        index.group(parts, child_column, limits);
        index
    }

    /// How many children there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.children.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// How many rows were seen, those without a child included.
    #[must_use]
    pub fn rows_seen(&self) -> u64 {
        self.rows
    }

    /// The rows of the n-th child, run by run.
    pub fn runs(&self, n: usize) -> impl Iterator<Item = Run> + '_ {
        let from = self.children.get(n).map_or(self.entries.len(), |from| *from as usize);
        let key = self.entries.get(from).map(|entry| entry.key);
        self.entries[from..].iter().take_while(move |entry| Some(entry.key) == key).map(|entry| entry.run())
    }

    fn add_part(
        &mut self,
        layout_number: u16,
        text: PartText<'_>,
        layout: &Layout,
        child_column: &str,
        limits: ReadingLimits,
        report: &mut dyn Report,
    ) {
        let mut rows = RowReader::new(text, layout.delimiter, limits);
        let Some(child_cell) = layout.cell_of(child_column) else { return };
        let guards = layout.table.columns.iter().any(|column| column.guard);
        let no_child = if guards { &rules::NO_CHILD_ID_GUARD } else { &rules::NO_CHILD_ID };
        let mut adding =
            Adding { index: self, layout: layout_number, rows_max: u64::from(limits.rows_max), last: Vec::new() };
        let rows_before = adding.index.rows;
        let mut start = layout.rows;
        loop {
            let stopped = rows.each_plain_row(start, child_cell, |row, cell| adding.add(row, cell));
            if stopped.at != start.at {
                start = stopped;
                continue;
            }
            match rows.read_to(start, child_cell + 1) {
                Found::Row { next, .. } => {
                    if adding.index.rows >= adding.rows_max {
                        report.raise(Diagnostic::new(&rules::TOO_MANY_ROWS, rows.row_place()));
                        return;
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
                    return;
                }
                Found::End => break,
            }
        }
        if self.rows == rows_before {
            report.raise(Diagnostic::new(&rules::HEADER_ONLY, schemas::diagnostic::Place::Part(layout.part)));
        }
    }

    /// Puts rows of one child together, and children in the order of their first row.
    fn group(&mut self, parts: &[(PartText<'_>, Layout)], child_column: &str, limits: ReadingLimits) {
        self.entries.sort_unstable();
        self.part_hashed(parts, child_column, limits);
        let entries = &self.entries;
        let starts = entries.iter().enumerate().filter(|(n, entry)| *n == 0 || entries[n - 1].key != entry.key);
        self.children = Vec::with_capacity(starts.clone().count());
        self.children.extend(starts.map(|(n, _)| n as u32));
        self.children.sort_unstable_by_key(|from| {
            let first = entries[*from as usize].run().first;
            (first.layout, first.at)
        });
    }

    /// Gives rows whose hashed keys are equal but whose children are not keys of their own.
    fn part_hashed(&mut self, parts: &[(PartText<'_>, Layout)], child_column: &str, limits: ReadingLimits) {
        let first = self.entries.partition_point(|entry| entry.key() & HASHED == 0);
        let mut readers: Vec<Option<(RowReader<'_>, usize)>> = parts
            .iter()
            .map(|(text, layout)| {
                Some((RowReader::new(*text, layout.delimiter, limits), layout.cell_of(child_column)?))
            })
            .collect();
        let mut known: Vec<(u64, LaChildId, u64)> = Vec::new();
        let mut next_key = HASHED;
        for entry in &mut self.entries[first..] {
            let row = entry.run().first;
            let Some(Some((rows, cell))) = readers.get_mut(usize::from(row.layout)) else { continue };
            rows.read_to(row.start(), *cell + 1);
            let Some(Ok((child, _))) = rows.cell(*cell).map(LaChildId::read) else { continue };
            let hashed = entry.key();
            known.retain(|(hash, _, _)| *hash == hashed);
            let key = match known.iter().find(|(_, other, _)| *other == child) {
                Some((_, _, key)) => *key,
                None => {
                    next_key += 1;
                    known.push((hashed, child, next_key));
                    next_key
                }
            };
            entry.key = halves(key);
        }
        self.entries[first..].sort_unstable();
    }
}

/// Adds the rows of one part.
struct Adding<'i> {
    index: &'i mut Index,
    layout: u16,
    rows_max: u64,
    /// What named the child of the row right above; empty where there is none.
    last: Vec<u8>,
}

impl Adding<'_> {
    /// Adds a row of the child that a cell names; false, and nothing added, where it names none or there are too many.
    fn add(&mut self, row: RowStart, cell: &[u8]) -> bool {
        if self.index.rows >= self.rows_max {
            return false;
        }
        if !cell.is_empty() && self.last == cell && self.index.entries.last_mut().is_some_and(Entry::grow) {
            self.index.rows += 1;
            return true;
        }
        let Some(key) = key_of(cell) else { return false };
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        self.index.entries.push(Entry::new(key, RowAt { layout: self.layout, at: row.at, line }));
        self.index.rows += 1;
        self.last.clear();
        self.last.extend_from_slice(cell);
        true
    }

    /// Passes over a row that is no child's.
    fn pass(&mut self) {
        self.index.rows += 1;
        self.last.clear();
    }
}

/// The key of a child's identifier; `None` where the cell names no child.
fn key_of(cell: &[u8]) -> Option<u64> {
    let (child, _) = LaChildId::read(cell).ok()?;
    let text = child.as_bytes();
    Some(packed(text).unwrap_or_else(|| hash(text) | HASHED))
}

/// Up to ten characters of a usual identifier in six bits each; none is 0, so that no two are packed alike.
fn packed(text: &[u8]) -> Option<u64> {
    if text.len() > 10 {
        return None;
    }
    text.iter().try_fold(0, |key: u64, byte| {
        let six = match byte {
            b'0'..=b'9' => byte - b'0' + 1,
            b'A'..=b'Z' => byte - b'A' + 11,
            b'-' => 37,
            b'_' => 38,
            b'/' => 39,
            b'.' => 40,
            b' ' => 41,
            _ => return None,
        };
        Some(key << 6 | u64::from(six))
    })
}

/// FNV-1a: only sorts rows together; whose they are is settled on the identifier itself.
fn hash(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn halves(whole: u64) -> [u32; 2] {
    [(whole >> 32) as u32, whole as u32]
}

fn whole(halves: [u32; 2]) -> u64 {
    u64::from(halves[0]) << 32 | u64::from(halves[1])
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
    fn an_entry_takes_20_bytes() {
        assert_eq!(size_of::<Entry>(), 20);
    }

    #[test]
    fn packed_keys_tell_identifiers_apart() {
        let ids: [&[u8]; 8] = [b"0", b"00", b"A", b"0A", b"A0", b"ZZZZZZZZZZ", b"9999999999", b"A-1/B_2.3"];
        let keys: Vec<u64> = ids.iter().map(|id| packed(id).unwrap()).collect();
        for (n, key) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(key));
            assert_eq!(key & HASHED, 0);
        }
        assert_eq!(packed(b"ABCDEFGHIJK"), None);
    }
}
