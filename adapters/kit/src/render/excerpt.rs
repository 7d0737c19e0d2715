//! The line of a part around a place, made harmless: a hostile file cannot drive the terminal it is shown on.

use schemas::diagnostic::Place;

use crate::{
    document::Document,
    encoding::{PartText, is_archive},
};

/// How many units of a line are read before and after the place.
const BEFORE_UNITS_MAX: u64 = 60;
const AFTER_UNITS_MAX: usize = 100;

/// A stretch of a line in three: what stands before the place, at it, and after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) before: String,
    pub(super) marked: String,
    pub(super) after: String,
}

impl Excerpt {
    /// The excerpt at a place of a document; `None` where there is no line to show: the document or part as a whole,
    /// a part that cannot be read or is no text.
    pub(super) fn of(document: &Document, place: &Place) -> Option<Self> {
        let (part, byte, whole_row, first) = match place {
            Place::Document | Place::Part(_) => return None,
            Place::Cell { part, byte, column, .. } => (*part, *byte, column.is_none(), *column == Some(1)),
            Place::Node { part, byte, .. } => (*part, *byte, false, false),
        };
        let bytes = &*document.part(part)?.bytes;
        let text = PartText::open(part, bytes).ok()?;
        let at = text.at(byte);
        let from = at.saturating_sub(BEFORE_UNITS_MAX);
        let mut units = vec![0; AFTER_UNITS_MAX + usize::try_from(at - from).ok()?];
        let count = text.read(from, &mut units).ok()?;
        units.truncate(count);
        let place_at = usize::try_from(at - from).ok().filter(|place_at| *place_at <= units.len())?;
        if is_archive(bytes) {
            return None;
        }

        let is_end = |unit: &u8| matches!(unit, b'\n' | b'\r');
        let line_start = units[..place_at].iter().rposition(is_end).map_or(0, |end| end + 1);
        let line_end = units[place_at..].iter().position(is_end).map_or(units.len(), |end| place_at + end);
        let (cut_before, cut_after) =
            (line_start == 0 && from > 0, line_end == units.len() && at_end_cut(&text, from, count));
        // A character of several bytes that the stretch cuts through is left out.
        let line_start =
            if cut_before && !text.is_utf_16() { next_character(&units, line_start, place_at) } else { line_start };
        let line_end =
            if cut_after && !text.is_utf_16() { whole_characters(&units, place_at, line_end) } else { line_end };

        let rest = &units[place_at..line_end];
        let width = match place {
            _ if whole_row => rest.len(),
            Place::Node { .. } => rest.len().min(1),
            _ => cell_width(&units[line_start..place_at], rest, first),
        };
        let marked_end =
            if text.is_utf_16() { place_at + width } else { whole_after(&units, place_at + width, line_end) };
        let show = |range: std::ops::Range<usize>| harmless(&text.exact(from + range.start as u64, &units[range]));
        let mut before = show(line_start..place_at);
        let mut after = show(marked_end..line_end);
        if cut_before {
            before.insert(0, '…');
        }
        if cut_after {
            after.push('…');
        }
        Some(Self { before, marked: show(place_at..marked_end), after })
    }
}

/// Whether the line goes on beyond what was read.
fn at_end_cut(text: &PartText<'_>, from: u64, count: usize) -> bool {
    from + (count as u64) < text.len()
}

fn next_character(units: &[u8], from: usize, to: usize) -> usize {
    (from..to).take(4).find(|n| !is_continuation(units[*n])).unwrap_or(from)
}

fn whole_characters(units: &[u8], from: usize, to: usize) -> usize {
    let tail = &units[to.saturating_sub(4).max(from)..to];
    match std::str::from_utf8(tail) {
        Err(error) if error.error_len().is_none() => to - (tail.len() - error.valid_up_to()),
        _ => to,
    }
}

/// Never marks half a character.
fn whole_after(units: &[u8], from: usize, to: usize) -> usize {
    (from..to).take(3).find(|n| !is_continuation(units[*n])).unwrap_or(from.min(to))
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// How many units the cell at the start of `rest` takes. What stands before it tells the separator; the first cell of
/// a line goes by the first that comes.
fn cell_width(before: &[u8], rest: &[u8], first: bool) -> usize {
    let separators: &[u8] = match before.iter().rev().find(|unit| **unit != b' ') {
        Some(separator @ (b',' | b';' | b'\t')) if !first => std::slice::from_ref(separator),
        _ => b",;\t",
    };
    if rest.first() == Some(&b'"') {
        let mut n = 1;
        while n < rest.len() {
            match (rest[n], rest.get(n + 1)) {
                (b'"', Some(b'"')) => n += 2,
                (b'"', _) => return n + 1,
                _ => n += 1,
            }
        }
        return rest.len();
    }
    let cell = rest.iter().position(|unit| separators.contains(unit)).map_or(rest, |end| &rest[..end]);
    cell.trim_ascii_end().len()
}

/// Text that only shows: control characters are pictures of themselves, and what would turn or hide text is a dot.
/// What is not UTF-8 is Windows-1252.
pub(super) fn harmless(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    text.chars()
        .map(|character| match character {
            '\t' => ' ',
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('·'),
            '\x7f' => '␡',
            '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => '·',
            other => other,
        })
        .collect()
}
