//! Elements and texts of one item or frame, one step after another.
//!
//! Limits: `depth_max` elements within each other, `attributes_max` attributes. Format: XML 1.0 without a document type;
//! references to characters and to the five entities of XML are resolved, any other spoils the text it stands in.
//! Operations: [`Reader::step`](Steps::step). There is exactly one outermost element; whatever breaks the grammar ends
//! the reading, and what was read until then must not be used.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use quick_xml::{
    errors::{Error, IllFormedError, SyntaxError},
    events::{BytesRef, BytesStart, Event},
};
use schemas::diagnostic::Rule;

use crate::{
    limits::ReadingLimits,
    nested::{Ground, Step, Steps, rules::XML},
    xml::rules,
};

/// How texts beyond ASCII are spelt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// As UTF-8, or UTF-16 where the part is; what is neither is told and taken for Windows-1252.
    #[default]
    Unicode,
    /// As Windows-1252, or ISO 8859-1, which is nearly the same: the document says so.
    Windows1252,
}

/// Reads the units of one item or frame.
pub struct Reader<'b> {
    inner: quick_xml::Reader<&'b [u8]>,
    units: &'b [u8],
    ground: Ground<'b>,
    spelling: Spelling,
    limits: ReadingLimits,
    depth: u16,
    /// The outermost element was there.
    rooted: bool,
    /// An element without content was opened and is to be closed.
    empty: bool,
    over: bool,
    at: usize,
}

impl<'b> Reader<'b> {
    /// A reader of these units, which stand on that ground.
    #[must_use]
    pub fn new(units: &'b [u8], ground: Ground<'b>, spelling: Spelling, limits: ReadingLimits) -> Self {
        let mut inner = quick_xml::Reader::from_reader(units);
        let config = inner.config_mut();
        config.check_end_names = true;
        // A lone & spoils the text it stands in, not the whole item.
        config.allow_dangling_amp = true;
        Self { inner, units, ground, spelling, limits, depth: 0, rooted: false, empty: false, over: false, at: 0 }
    }

    fn open(&mut self, tag: &BytesStart<'b>) -> Step<'b> {
        if self.depth == 0 && self.rooted {
            return self.broken(&rules::SECOND_ROOT);
        }
        if self.depth >= self.limits.depth_max {
            return self.broken(&XML.too_deep);
        }
        if !tag.attributes_raw().trim_ascii().is_empty()
            && let Some(rule) = self.attributes_break(tag)
        {
            return self.broken(rule);
        }
        // The name stands right after the `<`.
        let from = self.at + 1;
        match self.units.get(from..from + tag.name().as_ref().len()) {
            Some(name) if name.first().is_some_and(|first| begins_name(*first)) => {
                (self.rooted, self.depth) = (true, self.depth + 1);
                Step::Open(Cow::Borrowed(name))
            }
            _ => self.broken(&XML.malformed),
        }
    }

    /// What the attributes of an element break. None of ours has any: they are looked at and not kept.
    fn attributes_break(&self, tag: &BytesStart<'b>) -> Option<&'static Rule> {
        for (n, attribute) in tag.attributes().enumerate() {
            if n >= usize::from(self.limits.attributes_max) {
                return Some(&rules::TOO_MANY_ATTRIBUTES);
            }
            if attribute.is_err() {
                return Some(&XML.malformed);
            }
        }
        None
    }

    /// A text as Unicode; where it is none, as it is.
    fn text(&self, piece: Cow<'b, [u8]>, at: usize) -> Step<'b> {
        if piece.is_ascii() {
            return Step::Text(piece);
        }
        if self.ground.text().is_utf_16() {
            return Step::Text(Cow::Owned(self.ground.text().exact(self.ground.at(at), &piece).into_owned()));
        }
        if self.spelling == Spelling::Windows1252 {
            return Step::Text(Cow::Owned(
                WINDOWS_1252.decode_without_bom_handling(&piece).0.into_owned().into_bytes(),
            ));
        }
        Step::Text(piece)
    }

    fn reference(&self, reference: &BytesRef<'b>) -> Step<'b> {
        if self.depth == 0 {
            return Step::Broken(&rules::OUTSIDE_ROOT);
        }
        let character = match &**reference {
            b"amp" => Some('&'),
            b"lt" => Some('<'),
            b"gt" => Some('>'),
            b"apos" => Some('\''),
            b"quot" => Some('"'),
            _ => reference.resolve_char_ref().ok().flatten().filter(|character| may_stand(*character)),
        };
        match character {
            Some(character) => Step::Text(Cow::Owned(character.to_string().into_bytes())),
            None => Step::Spoilt(&rules::ENTITY),
        }
    }

    fn broken(&mut self, rule: &'static Rule) -> Step<'b> {
        self.over = true;
        Step::Broken(rule)
    }
}

impl<'b> Steps<'b> for Reader<'b> {
    fn step(&mut self) -> Step<'b> {
        if self.over {
            return Step::End;
        }
        if self.empty {
            (self.empty, self.depth) = (false, self.depth - 1);
            return Step::Close;
        }
        loop {
            self.at = usize::try_from(self.inner.buffer_position()).unwrap_or(usize::MAX);
            let event = match self.inner.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let rule = rule_of(&error);
                    return self.broken(rule);
                }
            };
            match event {
                Event::Start(tag) => return self.open(&tag),
                Event::Empty(tag) => {
                    let step = self.open(&tag);
                    self.empty = !self.over;
                    return step;
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Step::Close;
                }
                Event::Text(text) if self.depth == 0 => {
                    if !text.trim_ascii().is_empty() {
                        return self.broken(&rules::OUTSIDE_ROOT);
                    }
                }
                Event::Text(text) if text.first() == Some(&b'&') => return Step::Spoilt(&rules::ENTITY),
                Event::Text(text) => return self.text(text.into_inner(), self.at),
                Event::CData(_) if self.depth == 0 => return self.broken(&rules::OUTSIDE_ROOT),
                Event::CData(text) => return self.text(text.into_inner(), self.at + b"<![CDATA[".len()),
                Event::GeneralRef(reference) => {
                    let step = self.reference(&reference);
                    self.over = matches!(step, Step::Broken(_));
                    return step;
                }
                Event::DocType(_) => return self.broken(&rules::DOCTYPE),
                Event::Decl(_) if self.ground.at(self.at) != 0 => return self.broken(&XML.malformed),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof if self.depth > 0 || !self.rooted => return self.broken(&XML.unclosed),
                Event::Eof => {
                    self.over = true;
                    return Step::End;
                }
            }
        }
    }

    fn at(&self) -> u64 {
        self.ground.at(self.at)
    }
}

/// Whether a name may begin so; what is beyond ASCII is not looked at more closely, as no name of ours is.
fn begins_name(first: u8) -> bool {
    first.is_ascii_alphabetic() || matches!(first, b'_' | b':' | 0x80..)
}

/// Whether a character may stand in XML at all (XML 1.0, section 2.2).
pub(super) fn may_stand(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{1_0000}'..)
}

fn rule_of(error: &Error) -> &'static Rule {
    match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_)) => {
            &rules::MISMATCHED
        }
        Error::Syntax(SyntaxError::InvalidBangMarkup) => &XML.malformed,
        Error::Syntax(_) => &XML.unclosed,
        _ => &XML.malformed,
    }
}
