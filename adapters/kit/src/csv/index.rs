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
    num::NonZeroUsize,
    ops::ControlFlow,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::LaChildId,
};

use crate::{
    crew,
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
    /// told here and nowhere else. Workers share the parts; what comes of it does not depend on their number.
    pub fn build(
        parts: &[(PartText<'_>, Layout)],
        child_column: &str,
        limits: ReadingLimits,
        workers: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Self {
        // Where the limit can be reached, what one part may hold depends on those before it: one reads after the other.
        let at_most = |rows: fn(PartText<'_>) -> u64| parts.iter().map(|(text, _)| rows(*text)).sum::<u64>();
        let within = |rows| at_most(rows) <= u64::from(limits.rows_max);
        let shared = workers > NonZeroUsize::MIN && (within(rows_by_length) || within(rows_by_line_ends));
        let workers = if shared { workers } else { NonZeroUsize::MIN };
        let (mut children, mut index, rows_before) = (Children::default(), Self::default(), AtomicU64::new(0));
        let report = Mutex::new(report);
        crew::in_order(
            (parts.len(), workers),
            &AtomicBool::new(false),
            || (),
            PartRows::default,
            |(), n, rows| {
                // Alone, the worker reads a part after the one before it was joined.
                let before = if shared { 0 } else { rows_before.load(Ordering::Relaxed) };
                let rows_max = u64::from(limits.rows_max).saturating_sub(before);
                let (text, layout) = &parts[n];
                rows.read(*text, layout, child_column, limits, rows_max, &report);
            },
            |rows| {
                rows_before.fetch_add(rows.rows, Ordering::Relaxed);
                index.rows += rows.rows;
                index.parts.push(rows.take_entries(&mut children));
                ControlFlow::Continue(())
            },
        );
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

    /// The runs of one part, each with the number of its child, in the order of the children.
    pub fn runs_of(&self, layout: u16) -> impl Iterator<Item = (usize, Run)> + '_ {
        let entries = self.parts.get(usize::from(layout)).map_or(&[][..], Vec::as_slice);
        entries.iter().map(move |entry| (entry.child as usize, entry.run(layout)))
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
            let passed = *place > 0 && entries[*place - 1].child >= child;
            let mut steps = 0;
            while !passed && steps < STEPS_MAX && entries.get(*place).is_some_and(|entry| entry.child < child) {
                (*place, steps) = (*place + 1, steps + 1);
            }
            if passed || steps == STEPS_MAX {
                *place = entries.partition_point(|entry| entry.child < child);
            }
            let own = entries[*place..].iter().take_while(|entry| entry.child == child);
            runs.extend(own.map(|entry| entry.run(layout)));
        }
    }
}

/// How many children after the last are looked at before one is searched for.
const NEAR_CHILDREN: usize = 8;

/// How far a cursor walks before it leaps.
const STEPS_MAX: usize = 16;

/// The children seen so far, numbered in the order of their first row.
struct Children {
    count: u32,
    /// The child after the one that was found last.
    next: u32,
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
        Self { count: 0, next: 0, spreader, keys: Vec::new(), table: Vec::new(), odd: HashMap::new() }
    }
}

impl Children {
    /// The next part begins: its children most likely come in the order of the parts before.
    fn begin_part(&mut self) {
        self.next = 0;
    }

    /// The number of the child of a packed identifier.
    fn number_of_key(&mut self, key: u64) -> u32 {
        // Parts of one export list their children alike, if not all of them: the next few are looked at first.
        let near = self.next as usize..self.keys.len().min(self.next as usize + NEAR_CHILDREN);
        let number = match self.keys[near].iter().position(|known| *known == key) {
            Some(steps) => self.next + steps as u32,
            None => self.search(key),
        };
        self.next = number + 1;
        number
    }

    /// The number of the child of an identifier that cannot be packed.
    fn number_of_odd(&mut self, child: LaChildId) -> u32 {
        let next = self.count;
        let number = *self.odd.entry(child).or_insert(next);
        if number == next {
            self.add(0);
        }
        self.next = number + 1;
        number
    }

    fn search(&mut self, key: u64) -> u32 {
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

/// The rows of one part, before its children are numbered among those of all parts.
#[derive(Default)]
struct PartRows {
    /// The runs, in the order of their rows; `child` is not settled yet.
    entries: Vec<Entry>,
    /// By run: the packed identifier of its child; 0 for the next of `odd`.
    keys: Vec<u64>,
    /// Identifiers that cannot be packed.
    odd: Vec<LaChildId>,
    rows: u64,
    /// Whose the row right above is.
    last: Option<ChildKey>,
}

/// What names a child.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ChildKey {
    Packed(u64),
    Odd(LaChildId),
}

impl ChildKey {
    fn read(cell: &[u8]) -> Option<Self> {
        if let Some(key) = packed(cell) {
            return Some(Self::Packed(key));
        }
        let (child, _) = LaChildId::read(cell).ok()?;
        Some(packed(child.as_bytes()).map_or(Self::Odd(child), Self::Packed))
    }
}

impl PartRows {
    /// Reads a part: at most so many rows.
    fn read(
        &mut self,
        text: PartText<'_>,
        layout: &Layout,
        child_column: &str,
        limits: ReadingLimits,
        rows_max: u64,
        report: &Mutex<&mut (dyn Report + Send)>,
    ) {
        self.rows = 0;
        self.last = None;
        let Some(child_cell) = layout.cell_of(child_column) else { return };
        let tell = |diagnostic| report.lock().unwrap_or_else(PoisonError::into_inner).raise(diagnostic);
        let mut rows = RowReader::new(text, layout.delimiter, limits);
        let guards = layout.table.columns.iter().any(|column| column.guard);
        let no_child = if guards { &rules::NO_CHILD_ID_GUARD } else { &rules::NO_CHILD_ID };
        // Asking for room once keeps the peak at one list, not at two halves of a doubling.
        // A line without its separators is no row: a part of nothing but line ends asks for little.
        let most = (text.len() / layout.width.max(1) as u64 + 1).min(count_lines(text)).min(rows_max);
        let most = usize::try_from(most).unwrap_or(0);
        self.entries.reserve_exact(most);
        self.keys.reserve_exact(most);
        let mut start = layout.rows;
        loop {
            let stopped =
                rows.each_plain_row(start, child_cell, |row, cell| self.rows < rows_max && self.add(row, cell));
            if stopped.at != start.at {
                start = stopped;
                continue;
            }
            match rows.read_to(start, child_cell + 1) {
                Found::Row { next, .. } => {
                    if self.rows >= rows_max {
                        return tell(Diagnostic::new(&rules::TOO_MANY_ROWS, rows.row_place()));
                    }
                    if !rows.cell(child_cell).is_some_and(|cell| self.add(start, cell)) {
                        self.pass();
                        let place = rows.cell_place(child_cell);
                        tell(Diagnostic::new(no_child, place).of_field("la_child_id"));
                    }
                    start = next;
                }
                Found::BlankLine { next } => {
                    self.last = None;
                    start = next;
                }
                Found::Fault { rule, at, line, next } => {
                    self.pass();
                    tell(Diagnostic::new(rule, rows.fault_place(at, line)));
                    if guards {
                        tell(Diagnostic::new(&rules::NO_CHILD_ID_GUARD, rows.fault_place(at, line)));
                    }
                    start = next;
                }
                Found::Unreadable => {
                    tell(Diagnostic::new(&rules::PART_UNREADABLE, rows.row_place()));
                    break;
                }
                Found::End => break,
            }
        }
        if self.rows == 0 {
            tell(Diagnostic::new(&rules::HEADER_ONLY, Place::Part(layout.part)));
        }
    }

    /// Adds a row of the child that a cell names; false, and nothing added, where it names none.
    fn add(&mut self, row: RowStart, cell: &[u8]) -> bool {
        let Some(child) = ChildKey::read(cell) else { return false };
        self.rows += 1;
        if self.last == Some(child) && self.entries.last_mut().is_some_and(Entry::grow) {
            return true;
        }
        self.last = Some(child);
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        self.entries.push(Entry { child: 0, line, place: row.at << ROWS_BITS });
        self.keys.push(match child {
            ChildKey::Packed(key) => key,
            ChildKey::Odd(child) => {
                self.odd.push(child);
                0
            }
        });
        true
    }

    /// Passes over a row that is no child's.
    fn pass(&mut self) {
        self.rows += 1;
        self.last = None;
    }

    /// The runs with their children's numbers, in the order of these; nothing is left.
    fn take_entries(&mut self, children: &mut Children) -> Vec<Entry> {
        let mut entries = std::mem::take(&mut self.entries);
        let mut odd = std::mem::take(&mut self.odd).into_iter();
        let mut ordered = true;
        let mut last = 0;
        children.begin_part();
        for (entry, key) in entries.iter_mut().zip(std::mem::take(&mut self.keys)) {
            entry.child = match key {
                0 => match odd.next() {
                    Some(child) => children.number_of_odd(child),
                    // There is one for each; were there none, the rows would be nobody else's.
                    None => children.add(0),
                },
                key => children.number_of_key(key),
            };
            ordered &= last <= entry.child;
            last = entry.child;
        }
        if !ordered {
            entries.sort_unstable();
        }
        entries.shrink_to_fit();
        entries
    }
}

/// An identifier of up to ten usual characters in six bits each, as it is after reading: without case. No other is
/// packed alike, and none is 0. `None` for what must be read with care: a sign, a point, only zeros, a longer one.
fn packed(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    let (mut key, mut all, mut other) = (0_u64, 0, 0);
    for byte in text {
        let six = SIX_BITS[usize::from(*byte)];
        all |= six ^ SIX_BITS[b'0' as usize];
        other |= six & UNUSUAL;
        key = key << 6 | u64::from(six);
    }
    (all != 0 && other == 0).then_some(key)
}

/// Marks a character that has no six bits.
const UNUSUAL: u8 = 0x80;

/// The six bits of a usual character, from 1.
static SIX_BITS: [u8; 256] = {
    let mut bits = [UNUSUAL; 256];
    let mut byte = 0;
    while byte < 256 {
        bits[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0' + 1,
            letter @ b'A'..=b'Z' => letter - b'A' + 11,
            letter @ b'a'..=b'z' => letter - b'a' + 11,
            b'_' => 38,
            b'/' => 39,
            _ => UNUSUAL,
        };
        byte += 1;
    }
    bits
};

/// The most rows that a part of this length can have: a row takes a character and a line end.
fn rows_by_length(text: PartText<'_>) -> u64 {
    text.len() / 2 + 1
}

/// The most rows that a part can have with the line ends that it has, of whatever kind.
fn rows_by_line_ends(text: PartText<'_>) -> u64 {
    count(b'\n', text) + count(b'\r', text) + 1
}

/// How many lines there are in a part with one kind of line end.
fn count_lines(text: PartText<'_>) -> u64 {
    match count(b'\n', text) {
        0 => count(b'\r', text) + 1,
        feeds => feeds + 1,
    }
}

fn count(byte: u8, text: PartText<'_>) -> u64 {
    let count = |bytes: &[u8]| memchr::memchr_iter(byte, bytes).count() as u64;
    if let Some(memory) = text.in_memory() {
        return count(memory);
    }
    let (mut at, mut found, mut buffer) = (0, 0, vec![0_u8; 256 << 10]);
    while let Ok(bytes @ 1..) = text.read(at, &mut buffer) {
        found += count(&buffer[..bytes]);
        at += bytes as u64;
    }
    found
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

    fn number(children: &mut Children, cell: &[u8]) -> Option<u32> {
        let mut rows = PartRows::default();
        rows.add(RowStart { at: 0, line: 1 }, cell).then(|| rows.take_entries(children)[0].child)
    }

    #[test]
    fn a_child_has_one_number_however_it_is_spelt() {
        let mut children = Children::default();
        let spelt: [&[u8]; 8] = [b"12", b"a1", b"12.0", b"A1", b"A-1", b"a-1", b"LONGER-THAN-TEN", b"longer-than-ten"];
        let numbers: Vec<Option<u32>> = spelt.iter().map(|cell| number(&mut children, cell)).collect();
        assert_eq!(numbers, [0, 1, 0, 1, 2, 2, 3, 3].map(Some));
        assert_eq!(number(&mut children, b"000"), None);
    }

    #[test]
    fn many_children_keep_their_numbers_while_the_table_grows() {
        let mut children = Children::default();
        let name = |n: u32| if n.is_multiple_of(7) { format!("odd-{n:08}") } else { format!("{}", n + 1) };
        for n in 0..20_000 {
            assert_eq!(number(&mut children, name(n).as_bytes()), Some(n));
        }
        for n in (0..20_000).rev() {
            assert_eq!(number(&mut children, name(n).as_bytes()), Some(n));
        }
    }

    #[test]
    fn a_part_in_the_same_order_needs_no_search_and_one_in_another_order_finds_the_same() {
        let ids: Vec<Vec<u8>> = (0..1_000_u32).map(|n| format!("C{n}").into_bytes()).collect();
        let mut children = Children::default();
        let mut numbers = |order: &mut dyn Iterator<Item = usize>| {
            let mut rows = PartRows::default();
            for n in order {
                assert!(rows.add(RowStart { at: n as u64, line: 1 }, &ids[n]));
            }
            rows.take_entries(&mut children).iter().map(|entry| (entry.child, entry.place >> ROWS_BITS)).collect()
        };
        let all: Vec<(u32, u64)> = numbers(&mut (0..1_000));
        assert!(all.iter().all(|(child, at)| u64::from(*child) == *at));
        for step in [1, 7, 13] {
            let some: Vec<(u32, u64)> = numbers(&mut (0..1_000).step_by(step));
            assert!(
                some.iter().all(|(child, at)| u64::from(*child) == *at) && some.len() == 1_000_usize.div_ceil(step)
            );
        }
        let backwards: Vec<(u32, u64)> = numbers(&mut (0..1_000).rev());
        assert_eq!(backwards, all, "in the order of the children");
    }
}
