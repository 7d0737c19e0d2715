//! The line and the column at which a byte of a text stands, for places of trees, which are told by their byte.
//!
//! Limits: of a part at most `MARKS_MAX` marks are kept, and a piece of its text. Format: any text, its lines ended by LF,
//! CRLF or CR as the CSV reader ends them. Operations: [`Lines::at`], asked from the front to the back, passes over each
//! part once; a question further back goes on from the last mark before it.
//!
//! A column is counted in characters, the first is 1: in UTF-8 what one scalar value takes, in UTF-16 what one unit or
//! one pair of surrogates takes. Bytes that are no UTF-8 are a character each, as in Windows-1252. A line end stands on
//! the line that it ends, and the mark of an encoding on none.

use std::{collections::BTreeMap, io};

use memchr::{memchr2_iter, memrchr2};
use schemas::diagnostic::{PartId, Place};

use crate::{
    document::Document,
    encoding::{PartText, Window, is_archive},
};

/// How many units are looked at together.
const PIECE_UNITS: usize = 64 << 10;

/// So many units hold a whole character and the unit after it.
const HELD_UNITS_MIN: usize = 8;

/// How one half of a character of UTF-16 reads by itself.
const HALF: &[u8] = "\u{fffd}".as_bytes();

/// How many marks a part has at most: beyond that every other one goes, and they stand twice as far apart.
const MARKS_MAX: usize = 1 << 10;

/// A line and a column, each from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The column, in characters.
    pub column: u64,
}

/// The lines of a document's parts.
pub struct Lines<'d> {
    document: Option<&'d Document>,
    /// The part that was asked of last.
    current: Option<(PartId, Option<Window<'d>>)>,
    marks: BTreeMap<PartId, Marks>,
}

impl<'d> Lines<'d> {
    /// The lines of a document.
    #[must_use]
    pub fn of(document: &'d Document) -> Self {
        Self { document: Some(document), current: None, marks: BTreeMap::new() }
    }

    /// Where the document is not at hand, no line is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self { document: None, current: None, marks: BTreeMap::new() }
    }

    /// The line and column of a node. None of any other place: cells know theirs. Nor of a place in an archive, beyond
    /// the end, or in a part that cannot be read.
    pub fn of_node(&mut self, place: &Place) -> Option<Position> {
        match place {
            Place::Node { part, byte, .. } => self.at(*part, *byte),
            Place::Document | Place::Part(_) | Place::Cell { .. } => None,
        }
    }

    /// The line and column of a byte of a part.
    pub fn at(&mut self, part: PartId, byte: u64) -> Option<Position> {
        if self.current.as_ref().is_none_or(|(current, _)| *current != part) {
            self.current = Some((part, self.document.and_then(|document| open(document, part))));
        }
        let (_, window) = self.current.as_mut()?;
        let window = window.as_mut()?;
        let to = window.text().at(byte);
        if to > window.text().len() {
            return None;
        }
        let marks = self.marks.entry(part).or_default();
        position(window, marks, to).ok()
    }
}

fn open(document: &Document, part: PartId) -> Option<Window<'_>> {
    let bytes = &*document.part(part)?.bytes;
    if is_archive(bytes) {
        return None;
    }
    PartText::open(part, bytes).ok().map(Window::new)
}

/// A place in a text whose line and column are known: never within a character, nor between CR and LF.
#[derive(Clone, Copy)]
struct Mark {
    at: u64,
    line: u64,
    column: u64,
}

impl Mark {
    const FIRST: Self = Self { at: 0, line: 1, column: 1 };

    /// Goes on over whole characters and whole line ends.
    fn pass(&mut self, text: &PartText<'_>, units: &[u8]) {
        let mut last_line = 0;
        if let Some(end) = memrchr2(b'\n', b'\r', units) {
            let ends = memchr2_iter(b'\n', b'\r', &units[..=end]);
            self.line += ends.filter(|at| units[*at] == b'\r' || *at == 0 || units[*at - 1] != b'\r').count() as u64;
            self.column = 1;
            last_line = end + 1;
        }
        self.column += characters(text, self.at + last_line as u64, &units[last_line..]);
        self.at += units.len() as u64;
    }
}

/// Marks of one part.
struct Marks {
    /// Where the last question ended.
    last: Mark,
    /// From the front to the back, at least `apart` units from one to the next.
    kept: Vec<Mark>,
    apart: u64,
}

impl Default for Marks {
    fn default() -> Self {
        Self { last: Mark::FIRST, kept: Vec::new(), apart: PIECE_UNITS as u64 }
    }
}

impl Marks {
    /// The last mark before a place, or at it.
    fn before(&self, at: u64) -> Mark {
        let count = self.kept.partition_point(|mark| mark.at <= at);
        let kept = count.checked_sub(1).and_then(|n| self.kept.get(n)).copied().unwrap_or(Mark::FIRST);
        if (kept.at..=at).contains(&self.last.at) { self.last } else { kept }
    }

    fn keep(&mut self, mark: Mark) {
        if mark.at < self.kept.last().map_or(0, |last| last.at) + self.apart {
            return;
        }
        self.kept.push(mark);
        if self.kept.len() >= MARKS_MAX {
            let mut n = 0;
            self.kept.retain(|_| {
                n += 1;
                n % 2 == 0
            });
            self.apart *= 2;
        }
    }
}

/// Goes on from the last mark before a place to the place.
fn position(window: &mut Window<'_>, marks: &mut Marks, to: u64) -> io::Result<Position> {
    let text = *window.text();
    let mut mark = marks.before(to);
    // A place within a character or a line end is as far on as what stands before it there would be by itself.
    let mut within = 0;
    while mark.at < to {
        let rest = usize::try_from(to - mark.at).unwrap_or(usize::MAX);
        let wanted = rest.min(PIECE_UNITS);
        // What is in memory is passed before more is read, so that nothing is read twice.
        if window.held(mark.at).len() < HELD_UNITS_MIN {
            window.from(mark.at, wanted + 1)?;
        }
        let held = window.held(mark.at);
        let to_the_end = mark.at + held.len() as u64 >= text.len();
        let units = &held[..if to_the_end { held.len() } else { held.len().saturating_sub(1) }.min(wanted)];
        let whole = units.len() - unfinished(&text, mark.at, units, held.get(units.len()));
        let is_last = units.len() == rest;
        if whole == 0 && !is_last {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if is_last {
            within = characters(&text, mark.at + whole as u64, &units[whole..]);
        }
        mark.pass(&text, &units[..whole]);
        marks.keep(mark);
        if is_last {
            break;
        }
    }
    marks.last = mark;
    Ok(Position { line: mark.line, column: mark.column + within })
}

/// How many units at the end begin a character or a line end that may not end there.
fn unfinished(text: &PartText<'_>, at: u64, units: &[u8], next: Option<&u8>) -> usize {
    match units {
        [.., b'\r'] if next == Some(&b'\n') => 1,
        [.., _] if text.is_utf_16() => {
            let last = |count: usize| {
                let from = units.len().saturating_sub(count);
                text.exact(at + from as u64, &units[from..])
            };
            let is_half =
                *last(1) == *HALF && (units.len() == 1 || String::from_utf8_lossy(&last(2)).chars().count() > 1);
            usize::from(is_half)
        }
        _ => unfinished_bytes(units),
    }
}

/// How many bytes at the end begin a character of UTF-8 that does not end there.
fn unfinished_bytes(units: &[u8]) -> usize {
    let tail = &units[units.len().saturating_sub(3)..];
    let lead = tail.iter().rposition(|unit| unit & 0xc0 == 0xc0);
    lead.map_or(0, |lead| match std::str::from_utf8(&tail[lead..]) {
        Err(error) if error.error_len().is_none() => tail.len() - lead - error.valid_up_to(),
        _ => 0,
    })
}

/// How many characters these units are.
fn characters(text: &PartText<'_>, at: u64, units: &[u8]) -> u64 {
    if units.is_ascii() {
        return units.len() as u64;
    }
    let exact = text.exact(at, units);
    let count: usize = exact.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
    count as u64
}
