//! Finds the items of a document in XML by one quick look at its tags, without reading what is in them.
//!
//! Limits: `rows_max` items; 16 bytes an item; a window of the text, whatever the document's length. Format: items are
//! the elements of one name, and none stands in another. In well-formed XML a `<` is always the beginning of markup, so
//! that it is enough to look behind each; what comments, CDATA and instructions hold is passed over. Operations:
//! [`part`] takes a document apart. Whether it is well formed is told when its frame and its items are read.

use std::io;

use memchr::{memchr_iter, memmem};
use schemas::diagnostic::{Diagnostic, Place, Report, Rule};

use crate::{
    encoding::{PartText, Window},
    limits::ReadingLimits,
    nested::{Item, Parted, rules::XML},
    xml::{read::Spelling, rules},
};

/// Takes a document apart. What makes it no document at all is told, and it then has no items.
pub fn part(text: PartText<'_>, name: &'static str, limits: ReadingLimits, report: &mut dyn Report) -> Parted {
    match Scan::new(text, name, limits).run() {
        Ok(parted) => {
            if parted.frame.is_too_long() {
                report.raise(Diagnostic::new(&XML.frame_too_long, Place::Part(text.part)));
                return Parted::default();
            }
            parted
        }
        Err(Stopped::At(rule, at)) => {
            let place = Place::Node { part: text.part, path: "/".into(), byte: text.byte(at) };
            report.raise(Diagnostic::new(rule, place));
            Parted::default()
        }
        Err(Stopped::Unreadable) => {
            report.raise(Diagnostic::new(&XML.unreadable, Place::Part(text.part)));
            Parted::default()
        }
    }
}

/// The encoding that a document names in its declaration; `None` where it names one that is not read.
#[must_use]
pub fn spelling(frame: &[u8]) -> Option<Spelling> {
    let Some(end) = frame.strip_prefix(b"<?xml").and_then(|_| memmem::find(frame, b"?>")) else {
        return Some(Spelling::Unicode);
    };
    let declaration = &frame[..end];
    let Some(from) = memmem::find(declaration, b"encoding") else { return Some(Spelling::Unicode) };
    let value = declaration[from..].split(|byte| matches!(byte, b'"' | b'\'')).nth(1).unwrap_or_default();
    match value.to_ascii_lowercase().as_slice() {
        b"utf-8" | b"utf8" | b"us-ascii" | b"ascii" | b"utf-16" | b"utf-16le" | b"utf-16be" => Some(Spelling::Unicode),
        b"windows-1252" | b"cp1252" | b"iso-8859-1" | b"latin1" => Some(Spelling::Windows1252),
        _ => None,
    }
}

/// How much is looked at together.
const CHUNK: usize = 64 << 10;

/// Why a document is not read.
enum Stopped {
    At(&'static Rule, u64),
    Unreadable,
}

impl From<io::Error> for Stopped {
    fn from(_: io::Error) -> Self {
        Self::Unreadable
    }
}

/// A piece of markup that matters.
enum Mark {
    /// A tag that opens an item, and where it ends.
    Opens { at: u64, after: u64, empty: bool },
    /// A tag that closes one.
    Closes { after: u64 },
    /// A document type.
    Doctype { at: u64 },
    /// No more.
    End,
}

struct Scan<'d> {
    window: Window<'d>,
    end: u64,
    at: u64,
    name: &'static [u8],
    limits: ReadingLimits,
}

impl<'d> Scan<'d> {
    fn new(text: PartText<'d>, name: &'static str, limits: ReadingLimits) -> Self {
        Self { window: Window::new(text), end: text.len(), at: 0, name: name.as_bytes(), limits }
    }

    fn run(mut self) -> Result<Parted, Stopped> {
        let mut parted = Parted::default();
        // The item that is open, and where what stands around items goes on.
        let (mut open, mut around): (Option<u64>, u64) = (None, 0);
        loop {
            let mark = self.next()?;
            let room = parted.items.len() < self.limits.rows_max as usize;
            match mark {
                Mark::Opens { at, .. } if !room => return Err(Stopped::At(&XML.too_many_items, at)),
                Mark::Opens { at, after, empty } => {
                    match open.take() {
                        // No item stands in another: the one before is not closed, and ends here.
                        Some(from) => parted.items.push(Item::between(from, at)),
                        None => self.goes_before(&mut parted, around, at)?,
                    }
                    if empty {
                        parted.items.push(Item::between(at, after));
                        around = after;
                    } else {
                        open = Some(at);
                    }
                }
                Mark::Closes { after } => {
                    // One that closes nothing stays in the frame, and is told there.
                    if let Some(from) = open.take() {
                        parted.items.push(Item::between(from, after));
                        around = after;
                    }
                }
                Mark::Doctype { at } => return Err(Stopped::At(&rules::DOCTYPE, at)),
                Mark::End => {
                    match open {
                        Some(from) => parted.items.push(Item::between(from, self.end)),
                        None => self.goes_around(&mut parted, around, self.end)?,
                    }
                    return Ok(parted);
                }
            }
        }
    }

    /// What stands before an item: only blanks between two items of one run, or a piece of the frame, after which one
    /// empty item stands for the run that begins.
    fn goes_before(&mut self, parted: &mut Parted, from: u64, to: u64) -> Result<(), Stopped> {
        let units = usize::try_from(to - from).unwrap_or(usize::MAX);
        if !parted.items.is_empty() && units <= CHUNK {
            let rest = self.window.from(from, units)?;
            if rest[..units.min(rest.len())].iter().all(u8::is_ascii_whitespace) {
                return Ok(());
            }
        }
        self.goes_around(parted, from, to)?;
        parted.frame.add_made(&[b"<", self.name, b"/>"].concat(), to, self.limits.item_bytes_max);
        parted.runs.push(u32::try_from(parted.items.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    fn goes_around(&mut self, parted: &mut Parted, from: u64, to: u64) -> Result<(), Stopped> {
        Ok(parted.frame.add(&mut self.window, from, to, self.limits.item_bytes_max)?)
    }

    /// The next piece of markup that matters.
    fn next(&mut self) -> Result<Mark, Stopped> {
        loop {
            let (from, name) = (self.at, self.name);
            let rest = self.window.from(from, CHUNK)?;
            if rest.is_empty() {
                return Ok(Mark::End);
            }
            // What is found near the end is looked at again with more behind it.
            let is_last = from + rest.len() as u64 >= self.end;
            let sure = if is_last { rest.len() } else { rest.len() - NAME_MAX };
            let mut found = None;
            for place in memchr_iter(b'<', &rest[..sure]) {
                let markup = &rest[place + 1..];
                let kind = match markup.first() {
                    Some(b'/') if is_named(&markup[1..], name) => Kind::Closes,
                    Some(b'!') => Kind::of_bang(markup),
                    Some(b'?') => Kind::Passed(b"?>"),
                    Some(first) if first.eq_ignore_ascii_case(&name[0]) && is_named(markup, name) => Kind::Opens,
                    _ => continue,
                };
                found = Some((place, kind));
                break;
            }
            let Some((place, kind)) = found else {
                self.at = from + sure as u64;
                continue;
            };
            let at = from + place as u64;
            match kind {
                Kind::Opens => {
                    let Some((after, empty)) = self.tag_end(at)? else { return self.unended() };
                    self.at = after;
                    return Ok(Mark::Opens { at, after, empty });
                }
                Kind::Closes => {
                    let Some((after, _)) = self.tag_end(at)? else { return self.unended() };
                    self.at = after;
                    return Ok(Mark::Closes { after });
                }
                Kind::Doctype => return Ok(Mark::Doctype { at }),
                Kind::Passed(end) => match self.after(at + 2, end)? {
                    Some(after) => self.at = after,
                    None => return self.unended(),
                },
                Kind::Nothing => self.at = at + 2,
            }
        }
    }

    /// Markup that never ends: what holds it goes to the end of the text, and is told when it is read.
    fn unended(&mut self) -> Result<Mark, Stopped> {
        self.at = self.end;
        Ok(Mark::End)
    }

    /// Where the tag that begins at a place ends, and whether it closes itself. A `>` in quotes is no end.
    fn tag_end(&mut self, at: u64) -> Result<Option<(u64, bool)>, Stopped> {
        let (mut from, mut quote, mut before) = (at, None, 0);
        loop {
            let rest = self.window.from(from, 256)?;
            if rest.is_empty() {
                return Ok(None);
            }
            let rest = &rest[..rest.len().min(CHUNK)];
            for (n, byte) in rest.iter().enumerate() {
                match (quote, byte) {
                    (Some(open), byte) if open == *byte => quote = None,
                    (None, b'"' | b'\'') => quote = Some(*byte),
                    (None, b'>') => return Ok(Some((from + n as u64 + 1, before == b'/'))),
                    _ => {}
                }
                before = *byte;
            }
            from += rest.len() as u64;
        }
    }

    /// Where the text goes on after the next end of that spelling.
    fn after(&mut self, mut from: u64, end: &[u8]) -> Result<Option<u64>, Stopped> {
        loop {
            let rest = self.window.from(from, CHUNK)?;
            if let Some(place) = memmem::find(rest, end) {
                return Ok(Some(from + (place + end.len()) as u64));
            }
            if from + rest.len() as u64 >= self.end || rest.len() < end.len() {
                return Ok(None);
            }
            from += (rest.len() - end.len() + 1) as u64;
        }
    }
}

/// What stands behind a `<`.
#[derive(Clone, Copy)]
enum Kind {
    Opens,
    Closes,
    Doctype,
    /// Passed over until it ends so.
    Passed(&'static [u8]),
    Nothing,
}

impl Kind {
    fn of_bang(markup: &[u8]) -> Self {
        let begins = |word: &[u8]| markup.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
        if begins(b"!--") {
            Self::Passed(b"-->")
        } else if begins(b"![CDATA[") {
            Self::Passed(b"]]>")
        } else if begins(b"!DOCTYPE") {
            Self::Doctype
        } else {
            Self::Nothing
        }
    }
}

/// How much is looked at behind a `<`: the longest name of items, and what ends it.
const NAME_MAX: usize = 64;

/// Whether markup begins with a name, in any case, and the name ends there.
fn is_named(markup: &[u8], name: &[u8]) -> bool {
    markup.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        && matches!(markup.get(name.len()), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
}
