//! Finds the items of a document in JSON by its brackets and quotes, without reading what is in them.
//!
//! Limits: `rows_max` items; 16 bytes an item; a window of the text, whatever the document's length. Format: an object
//! with one array of items, an array of items, one item, or one item a line. Operations: [`part`] takes a document apart
//! and tells in which of these forms it came.

use std::io;

use schemas::diagnostic::{Diagnostic, Place, Report, Rule};

use crate::{
    encoding::{PartText, Window},
    json::read::Brackets,
    limits::ReadingLimits,
    nested::{Item, Parted, rules::JSON},
};

/// In what form a document came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An object that says what it is, with an array of items.
    Enveloped,
    /// Items and nothing else: an array of them, one item, or one a line.
    Bare,
}

/// Takes a document apart. Its items stand in the array of that name, or in the first array where none is named. What makes it no document at all is told, and it
/// then has no items.
pub fn part(text: PartText<'_>, name: Option<&str>, limits: ReadingLimits, report: &mut dyn Report) -> (Parted, Form) {
    let mut scan = Scan { window: Window::new(text), end: text.len(), limits, parted: Parted::default(), told: None };
    let form = scan.document(name.map(str::as_bytes));
    let Scan { mut parted, told, .. } = scan;
    if let Some((rule, at)) = told {
        let place = Place::Node { part: text.part, path: "".into(), byte: text.byte(at) };
        report.raise(Diagnostic::new(rule, place));
    }
    match form {
        Ok(form) if !parted.frame.is_too_long() => {
            if !parted.items.is_empty() {
                parted.runs.push(0);
            }
            (parted, form)
        }
        Ok(_) => {
            report.raise(Diagnostic::new(&JSON.frame_too_long, Place::Part(text.part)));
            (Parted::default(), Form::Bare)
        }
        Err(_) => {
            report.raise(Diagnostic::new(&JSON.unreadable, Place::Part(text.part)));
            (Parted::default(), Form::Bare)
        }
    }
}

/// How much is looked at together.
const CHUNK: usize = 16 << 10;

struct Scan<'d> {
    window: Window<'d>,
    end: u64,
    limits: ReadingLimits,
    parted: Parted,
    /// What ended the scan before the end of the text.
    told: Option<(&'static Rule, u64)>,
}

impl Scan<'_> {
    fn document(&mut self, name: Option<&[u8]>) -> io::Result<Form> {
        let begin = self.after_blanks(0)?;
        match self.unit(begin)? {
            Some(b'[') => {
                if let Some(after) = self.entries(begin + 1)? {
                    self.nothing_after(after)?;
                }
                Ok(Form::Bare)
            }
            Some(b'{') => match self.envelope(begin, name)? {
                Some(form) => Ok(form),
                None => {
                    self.one_or_lines(begin)?;
                    Ok(Form::Bare)
                }
            },
            _ => {
                self.told = Some((&JSON.unrecognised, begin.min(self.end)));
                Ok(Form::Bare)
            }
        }
    }

    /// An object that holds the array of items; `None` when it does not.
    fn envelope(&mut self, begin: u64, name: Option<&[u8]>) -> io::Result<Option<Form>> {
        let max = self.limits.item_bytes_max;
        let mut at = begin + 1;
        loop {
            at = self.after_blanks(at)?;
            if self.unit(at)? != Some(b'"') {
                return Ok(None);
            }
            let Some(after_name) = self.value_end(at)? else { return Ok(None) };
            let is_items = match name {
                Some(name) => self.is_text(at, after_name, name)?,
                None => true,
            };
            at = self.after_blanks(after_name)?;
            if self.unit(at)? != Some(b':') {
                return Ok(None);
            }
            at = self.after_blanks(at + 1)?;
            if is_items && self.unit(at)? == Some(b'[') {
                self.parted.frame.add(&mut self.window, 0, at + 1, max)?;
                match self.entries(at + 1)? {
                    Some(after) => self.parted.frame.add(&mut self.window, after - 1, self.end, max)?,
                    // What stands after a fault among the items is not known: the frame is closed for it.
                    None => self.parted.frame.add_made(b"]}", self.end, max),
                }
                return Ok(Some(Form::Enveloped));
            }
            let Some(after) = self.value_end(at)? else { return Ok(None) };
            at = self.after_blanks(after)?;
            if self.unit(at)? != Some(b',') {
                return Ok(None);
            }
            at += 1;
        }
    }

    /// The entries of the array that begins before this place; where the text goes on after it.
    fn entries(&mut self, mut at: u64) -> io::Result<Option<u64>> {
        at = self.after_blanks(at)?;
        if self.unit(at)? == Some(b']') {
            return Ok(Some(at + 1));
        }
        loop {
            if !self.has_room(at) {
                return Ok(None);
            }
            match self.value_end(at)? {
                Some(after) if after == at => return Ok(self.stop(&JSON.malformed, at)),
                Some(after) => {
                    self.parted.items.push(Item::between(at, after));
                    at = self.after_blanks(after)?;
                }
                // It goes to the end of the text, and tells so when it is read.
                None if at < self.end => {
                    self.parted.items.push(Item::between(at, self.end));
                    return Ok(None);
                }
                None => return Ok(self.stop(&JSON.unclosed, self.end)),
            }
            match self.unit(at)? {
                Some(b']') => return Ok(Some(at + 1)),
                Some(b',') => at = self.after_blanks(at + 1)?,
                Some(_) => return Ok(self.stop(&JSON.malformed, at)),
                None => return Ok(self.stop(&JSON.unclosed, self.end)),
            }
        }
    }

    /// One item, or one a line where another line follows the first.
    fn one_or_lines(&mut self, begin: u64) -> io::Result<()> {
        let first_ends = self.value_end(begin)?.unwrap_or(self.end);
        let next = self.after_blanks(first_ends)?;
        let on_a_line = {
            let between = usize::try_from(next - first_ends).unwrap_or(0);
            let rest = self.window.from(first_ends, between)?;
            rest[..between.min(rest.len())].contains(&b'\n')
        };
        if next >= self.end || !on_a_line {
            self.parted.items.push(Item::between(begin, self.end));
            return Ok(());
        }
        let mut at = begin;
        while at < self.end {
            let line_ends = self.line_end(at)?;
            let from = self.after_blanks(at)?.min(line_ends);
            if from < line_ends {
                if !self.has_room(from) {
                    return Ok(());
                }
                self.parted.items.push(Item::between(from, line_ends));
            }
            at = line_ends + 1;
        }
        Ok(())
    }

    fn has_room(&mut self, at: u64) -> bool {
        let room = self.parted.items.len() < self.limits.rows_max as usize;
        if !room {
            self.told = Some((&JSON.too_many_items, at));
        }
        room
    }

    fn stop(&mut self, rule: &'static Rule, at: u64) -> Option<u64> {
        self.told = Some((rule, at));
        None
    }

    fn nothing_after(&mut self, at: u64) -> io::Result<()> {
        let next = self.after_blanks(at)?;
        if next < self.end {
            self.told = Some((&crate::json::rules::TRAILING, next));
        }
        Ok(())
    }

    fn unit(&mut self, at: u64) -> io::Result<Option<u8>> {
        Ok(self.window.from(at, 1)?.first().copied())
    }

    fn after_blanks(&mut self, mut at: u64) -> io::Result<u64> {
        loop {
            let rest = self.window.from(at, 64)?;
            match rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
                Some(place) => return Ok(at + place as u64),
                None if rest.is_empty() => return Ok(at),
                None => at += rest.len() as u64,
            }
        }
    }

    fn line_end(&mut self, mut at: u64) -> io::Result<u64> {
        loop {
            let rest = self.window.from(at, CHUNK)?;
            match memchr::memchr(b'\n', rest) {
                Some(place) => return Ok(at + place as u64),
                None if rest.is_empty() => return Ok(self.end),
                None => at += rest.len() as u64,
            }
        }
    }

    /// Where the value ends that begins here; `None` where it never does.
    fn value_end(&mut self, from: u64) -> io::Result<Option<u64>> {
        let mut brackets = Brackets::default();
        let mut at = from;
        loop {
            let rest = self.window.from(at, CHUNK)?;
            if rest.is_empty() {
                return Ok((at > from && brackets.is_whole()).then_some(at));
            }
            if let Some(place) = rest.iter().position(|byte| brackets.ends_before(*byte)) {
                return Ok(Some(at + place as u64));
            }
            at += rest.len() as u64;
        }
    }

    /// Whether the text in quotes from one place to another is this.
    fn is_text(&mut self, from: u64, to: u64, text: &[u8]) -> io::Result<bool> {
        if to - from != text.len() as u64 + 2 {
            return Ok(false);
        }
        let rest = self.window.from(from + 1, text.len())?;
        Ok(rest.starts_with(text))
    }
}
