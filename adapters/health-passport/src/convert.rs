//! A resource in another notation: JSON, XML, or one a line. No records, no view: for one's own files.
//!
//! Limits: a document in JSON or XML is one resource and as large as one may be; of a stream each line is. Format: what
//! is one resource stays one; of several, which only a stream holds, JSON and XML make a Bundle of type `collection` in
//! their order. Operations: [`Convert::convert`].

use std::io;

use kit::{adapter::Convert, document::ReadAt, limits::ReadingLimits};
use schemas::diagnostic::{Diagnostic, PartId, Place, Report, Severity};

use crate::fhir::{self, Notation, Reading, TreeLimits, rules};

/// How resources stand in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One, in JSON.
    Json,
    /// One, in XML.
    Xml,
    /// Each on a line, in JSON.
    Lines,
}

impl Form {
    /// The notation of each resource.
    pub(crate) fn notation(self) -> Notation {
        match self {
            Self::Json | Self::Lines => Notation::Json,
            Self::Xml => Notation::Xml,
        }
    }
}

/// From one form to another.
pub(crate) struct Notations {
    /// The form read.
    pub(crate) from: Form,
    /// The form written.
    pub(crate) to: Form,
}

impl Convert for Notations {
    fn convert(
        &self,
        (part, bytes): (PartId, &dyn ReadAt),
        limits: &ReadingLimits,
        out: &mut dyn io::Write,
        report: &mut dyn Report,
    ) -> io::Result<()> {
        let limits = TreeLimits::from(limits);
        if self.from == Form::Lines {
            return self.convert_lines((part, bytes), limits, out, report);
        }
        if bytes.len() > u64::from(limits.resource_bytes_max) {
            report.raise(Diagnostic::new(&rules::TOO_LONG, Place::Part(part)));
            return Ok(());
        }
        let mut held = vec![0; usize::try_from(bytes.len()).unwrap_or(usize::MAX)];
        let count = whole(bytes, 0, &mut held)?;
        held.truncate(count);
        let mut text = Vec::new();
        if self.convert_one(&held, (part, 0), limits, &mut text, report) {
            // Every text file ends with a line end, and a line of a stream does.
            text.push(b'\n');
            out.write_all(&text)?;
        }
        Ok(())
    }
}

impl Notations {
    /// Writes one resource after what is there; false where it has errors.
    fn convert_one(
        &self,
        bytes: &[u8],
        (part, from): (PartId, u64),
        limits: TreeLimits,
        out: &mut Vec<u8>,
        report: &mut dyn Report,
    ) -> bool {
        let Reading { tree, faults } = fhir::read(bytes, self.from.notation(), limits);
        let holds = faults.iter().all(|fault| fault.rule.severity != Severity::Error);
        for fault in faults {
            fault.tell(part, from, report);
        }
        match tree {
            Some(tree) if holds => {
                fhir::write(&tree, self.to.notation(), out);
                true
            }
            _ => false,
        }
    }

    /// Reads a stream line by line.
    fn convert_lines(
        &self,
        (part, bytes): (PartId, &dyn ReadAt),
        limits: TreeLimits,
        out: &mut dyn io::Write,
        report: &mut dyn Report,
    ) -> io::Result<()> {
        let mut lines = Lines::new(bytes, limits);
        let mut collection = Collection { to: self.to.notation(), out, count: 0, held: Vec::new() };
        while let Some((at, whole)) = lines.next()? {
            if !whole {
                report
                    .raise(Diagnostic::new(&rules::TOO_LONG, Place::Node { part, path: "Resource".into(), byte: at }));
            } else if !lines.held.iter().all(u8::is_ascii_whitespace) {
                let mut text = Vec::new();
                if self.convert_one(&lines.held, (part, at), limits, &mut text, report) {
                    collection.add(text)?;
                }
            }
        }
        if collection.count == 0 {
            report.raise(Diagnostic::new(&rules::NO_RESOURCE, Place::Part(part)));
        }
        collection.finish()
    }
}

/// What several resources become: one alone stays what it is.
struct Collection<'o> {
    to: Notation,
    out: &'o mut dyn io::Write,
    count: u64,
    /// The last one: whether it is the only one is not known before the next.
    held: Vec<u8>,
}

impl Collection<'_> {
    fn add(&mut self, text: Vec<u8>) -> io::Result<()> {
        self.count += 1;
        let before = std::mem::replace(&mut self.held, text);
        match self.count {
            1 => Ok(()),
            2 => {
                self.out.write_all(match self.to {
                    Notation::Json => b"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[",
                    Notation::Xml => b"<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"collection\"/>",
                })?;
                self.entry(&before)
            }
            _ => {
                self.out.write_all(if self.to == Notation::Json { b"," } else { b"" })?;
                self.entry(&before)
            }
        }
    }

    fn entry(&mut self, text: &[u8]) -> io::Result<()> {
        let (before, after): (&[u8], &[u8]) = match self.to {
            Notation::Json => (b"{\"resource\":", b"}"),
            Notation::Xml => (b"<entry><resource>", b"</resource></entry>"),
        };
        self.out.write_all(before)?;
        self.out.write_all(text)?;
        self.out.write_all(after)
    }

    fn finish(mut self) -> io::Result<()> {
        let last = std::mem::take(&mut self.held);
        match self.count {
            0 => return Ok(()),
            1 => self.out.write_all(&last)?,
            _ => {
                self.out.write_all(if self.to == Notation::Json { b"," } else { b"" })?;
                self.entry(&last)?;
                self.out.write_all(if self.to == Notation::Json { b"]}" } else { b"</Bundle>" })?;
            }
        }
        self.out.write_all(b"\n")
    }
}

/// How much is read at once.
const READ_BYTES: usize = 64 << 10;

/// The lines of a part, one after another.
pub(crate) struct Lines<'d> {
    bytes: &'d dyn ReadAt,
    /// What was read ahead, and where of it the next line begins.
    buffer: Vec<u8>,
    filled: usize,
    at: usize,
    /// Where the buffer begins in the part.
    offset: u64,
    /// The line that was read last, without its end.
    held: Vec<u8>,
    line_bytes_max: usize,
}

impl<'d> Lines<'d> {
    /// The lines of a part, each no longer than a resource may be.
    pub(crate) fn new(bytes: &'d dyn ReadAt, limits: TreeLimits) -> Self {
        let line_bytes_max = limits.resource_bytes_max as usize;
        Self { bytes, buffer: vec![0; READ_BYTES], filled: 0, at: 0, offset: 0, held: Vec::new(), line_bytes_max }
    }

    /// The line that was read last, without its end.
    pub(crate) fn held(&self) -> &[u8] {
        &self.held
    }

    /// Reads the next line: where it begins, and whether it is whole. Of a longer one than is read nothing is kept.
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, bool)>> {
        let begin = self.offset + self.at as u64;
        self.held.clear();
        let (mut fits, mut any) = (true, false);
        loop {
            if self.at == self.filled {
                self.offset += self.filled as u64;
                self.at = 0;
                self.filled = whole(self.bytes, self.offset, &mut self.buffer)?;
                if self.filled == 0 {
                    return Ok(any.then_some((begin, fits)));
                }
            }
            let ahead = &self.buffer[self.at..self.filled];
            let end = memchr::memchr(b'\n', ahead);
            let piece = &ahead[..end.unwrap_or(ahead.len())];
            any = true;
            fits &= self.held.len() + piece.len() <= self.line_bytes_max;
            if fits {
                self.held.extend_from_slice(piece);
            }
            self.at += piece.len() + usize::from(end.is_some());
            if end.is_some() {
                return Ok(Some((begin, fits)));
            }
        }
    }
}

/// Reads as much as there is.
pub(crate) fn whole(bytes: &dyn ReadAt, from: u64, into: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < into.len() {
        match bytes.read_at(from + count as u64, &mut into[count..])? {
            0 => break,
            more => count += more,
        }
    }
    Ok(count)
}
