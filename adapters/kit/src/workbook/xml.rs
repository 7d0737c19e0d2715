//! Elements and texts of one member of a workbook, one after another, in constant memory.
//!
//! Limits: `depth_max` elements within each other, `attributes_max` attributes, a row's bytes for one element. Format:
//! XML 1.0 in UTF-8 without a document type. What stands in `mc:AlternateContent` is for programs that know more than
//! the standard, and is passed over. Operations: [`Xml::step`], then a look at what it has come to.

use std::io;

use quick_xml::{
    Reader, XmlVersion,
    errors::Error,
    events::{BytesStart, Event},
};

use crate::{
    limits::ReadingLimits,
    workbook::{Fault, archive::Member},
};

/// What a step has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An element opens: see [`Xml::name`] and [`Xml::attribute`].
    Open,
    /// Some text of the open element: see [`Xml::text`].
    Text,
    /// The element of [`Xml::name`] closes.
    Close,
    /// The end.
    End,
}

/// Reads one member.
pub(super) struct Xml<'m> {
    reader: Reader<Member<'m>>,
    limits: ReadingLimits,
    buffer: Vec<u8>,
    /// The names of the open elements, one behind the other, and where each begins.
    names: Vec<u8>,
    open: Vec<usize>,
    /// The element that opened last has closed too.
    is_empty: bool,
    /// The element that closed last is still among the open ones.
    is_closed: bool,
    is_begun: bool,
    /// Keys and values of the attributes, and where each ends.
    attributes: Vec<u8>,
    ends: Vec<(usize, usize)>,
    text: Vec<u8>,
    /// Where the element that opened last begins.
    at: u64,
}

impl<'m> Xml<'m> {
    /// A reader of a member from its beginning.
    pub(super) fn new(member: Member<'m>, limits: ReadingLimits) -> Self {
        let mut reader = Reader::from_reader(member);
        reader.config_mut().check_end_names = true;
        Self {
            reader,
            limits,
            buffer: Vec::new(),
            names: Vec::new(),
            open: Vec::new(),
            is_empty: false,
            is_closed: false,
            is_begun: false,
            attributes: Vec::new(),
            ends: Vec::new(),
            text: Vec::new(),
            at: 0,
        }
    }

    /// Goes on to the next element, text or end.
    pub(super) fn step(&mut self) -> Result<Step, Fault> {
        loop {
            let step = self.any_step()?;
            if step == Step::Open && self.name() == b"AlternateContent" {
                self.skip()?;
                continue;
            }
            return Ok(step);
        }
    }

    /// Passes over what stands in the element that has just opened, and its end.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let depth = self.open.len();
        while !(self.any_step()? == Step::Close && self.open.len() == depth) {}
        Ok(())
    }

    /// The name of the element that opened or closes, without its prefix.
    pub(super) fn name(&self) -> &[u8] {
        self.open.last().map_or(&[], |from| &self.names[*from..])
    }

    /// The attribute of this whole name, of the element that opened.
    pub(super) fn attribute(&self, name: &[u8]) -> Option<&[u8]> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The attribute of this name under any prefix.
    pub(super) fn prefixed_attribute(&self, name: &[u8]) -> Option<&[u8]> {
        self.attributes().find(|(key, _)| key.contains(&b':') && local(key) == name).map(|(_, value)| value)
    }

    fn attributes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut from = 0;
        self.ends.iter().map(move |(key, value)| {
            let start = std::mem::replace(&mut from, *value);
            (&self.attributes[start..*key], &self.attributes[*key..*value])
        })
    }

    /// The text, references resolved.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where the element that opened last stands in the file as it came.
    pub(super) fn place(&self) -> u64 {
        self.reader.get_ref().place(self.at)
    }

    fn any_step(&mut self) -> Result<Step, Fault> {
        if std::mem::take(&mut self.is_closed) {
            let from = self.open.pop().unwrap_or_default();
            self.names.truncate(from);
        }
        if std::mem::take(&mut self.is_empty) {
            self.is_closed = true;
            return Ok(Step::Close);
        }
        loop {
            self.buffer.clear();
            self.reader.get_mut().mark();
            let at = self.reader.buffer_position();
            let mut buffer = std::mem::take(&mut self.buffer);
            let step = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => self.take(&event, at),
                Err(error) => Err(fault_of(&error)),
            };
            self.buffer = buffer;
            if let Some(step) = step? {
                return Ok(step);
            }
        }
    }

    fn take(&mut self, event: &Event<'_>, at: u64) -> Result<Option<Step>, Fault> {
        match event {
            Event::Start(tag) => self.opens(tag, at).map(Some),
            Event::Empty(tag) => {
                self.is_empty = true;
                self.opens(tag, at).map(Some)
            }
            Event::End(_) => {
                self.is_closed = true;
                Ok(Some(Step::Close))
            }
            Event::Text(text) => Ok(self.says(text)),
            Event::CData(text) => Ok(self.says(text)),
            Event::GeneralRef(reference) => {
                let character = match &**reference {
                    b"amp" => Some('&'),
                    b"lt" => Some('<'),
                    b"gt" => Some('>'),
                    b"apos" => Some('\''),
                    b"quot" => Some('"'),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let mut utf8 = [0; 4];
                let text = character.ok_or(Fault::Damaged)?.encode_utf8(&mut utf8);
                Ok(self.says(text.as_bytes()))
            }
            Event::DocType(_) => Err(Fault::Damaged),
            Event::Eof if self.open.is_empty() && self.is_begun => Ok(Some(Step::End)),
            Event::Eof => Err(Fault::Damaged),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => Ok(None),
        }
    }

    fn opens(&mut self, tag: &BytesStart<'_>, at: u64) -> Result<Step, Fault> {
        if self.open.len() >= usize::from(self.limits.depth_max) || (self.open.is_empty() && self.is_begun) {
            return Err(Fault::Damaged);
        }
        (self.is_begun, self.at) = (true, at);
        self.open.push(self.names.len());
        self.names.extend_from_slice(local(tag.name().as_ref()));
        self.attributes.clear();
        self.ends.clear();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| Fault::Damaged)?;
            if self.ends.len() >= usize::from(self.limits.attributes_max) {
                return Err(Fault::Damaged);
            }
            self.attributes.extend_from_slice(attribute.key.as_ref());
            let key = self.attributes.len();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Fault::Damaged)?;
            self.attributes.extend_from_slice(value.as_bytes());
            self.ends.push((key, self.attributes.len()));
        }
        Ok(Step::Open)
    }

    fn says(&mut self, text: &[u8]) -> Option<Step> {
        if self.open.is_empty() || text.is_empty() {
            return None;
        }
        self.text.clear();
        self.text.extend_from_slice(text);
        Some(Step::Text)
    }
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    name.iter().position(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Why reading ended: only the kind is kept, for the words of other crates like to quote.
fn fault_of(error: &Error) -> Fault {
    match error {
        Error::Io(error) => match error.kind() {
            io::ErrorKind::FileTooLarge => Fault::TooLarge,
            io::ErrorKind::InvalidData => Fault::Damaged,
            _ => Fault::Unreadable,
        },
        _ => Fault::Damaged,
    }
}
