//! What is wrong, by which rule, and where: never the value that was found there.

use std::fmt;

/// A part of a document by its order, from 0. Names of parts are values of the input and are never told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(pub u16);

/// Where in a document something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The document as a whole.
    Document,
    /// One part as a whole.
    Part(PartId),
    /// A row of a table, or one cell of it.
    Cell {
        /// The part.
        part: PartId,
        /// Line from 1, the header counted; a row that spans lines is named by its first.
        line: u64,
        /// The cell's number from 1; `None` for the whole row.
        column: Option<u16>,
        /// Offset of the row or cell from 0, in bytes as received.
        byte: u64,
    },
    /// An element of a tree (XML, JSON) or a cell of a workbook.
    Node {
        /// The part.
        part: PartId,
        /// Its path, made of names that the format declares and of positions.
        path: Box<str>,
        /// Offset from 0, in bytes as received.
        byte: u64,
    },
}

impl Place {
    /// The part the place is in.
    #[must_use]
    pub fn part(&self) -> Option<PartId> {
        match self {
            Self::Document => None,
            Self::Part(part) | Self::Cell { part, .. } | Self::Node { part, .. } => Some(*part),
        }
    }

    /// The order in which places are told: document, then part by part, from the front to the back.
    #[must_use]
    pub fn order(&self) -> (u32, u64, u16) {
        match self {
            Self::Document => (0, 0, 0),
            Self::Part(part) => (u32::from(part.0) + 1, 0, 0),
            Self::Cell { part, column, byte, .. } => (u32::from(part.0) + 1, *byte + 1, column.unwrap_or(0)),
            Self::Node { part, byte, .. } => (u32::from(part.0) + 1, *byte + 1, 0),
        }
    }
}

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Right where it stands, but the target has no words for it.
    Loss,
    /// Carried, but somebody should look.
    Warning,
    /// A cell, a row or a child is lost until it is mended.
    Error,
}

impl Severity {
    /// The word of reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A rule that a document can break. Rules are static data: their words are ours, never the input's.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// `<family>/<slug or DfE number>`, stable for ever.
    pub code: &'static str,
    /// What breaking it costs.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: &'static str,
    /// What a person can do about it.
    pub help: &'static str,
    /// The standard and section the rule comes from.
    pub source: &'static str,
}

/// One rule broken at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
    /// The record's field, where the place is a cell of a known column.
    pub field: Option<&'static str>,
    /// The other places that a rule over several rows speaks of.
    pub related: Vec<Place>,
}

impl Diagnostic {
    /// A rule broken at a place.
    #[must_use]
    pub fn new(rule: &'static Rule, place: Place) -> Self {
        Self { rule, place, field: None, related: Vec::new() }
    }

    /// The same, naming the record's field.
    #[must_use]
    pub fn of_field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// The same, naming the other places it speaks of.
    #[must_use]
    pub fn related_to(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.related.extend(places);
        self
    }
}

/// Who is told what is wrong. A decoder tells; the gateway counts, keeps and renders.
pub trait Report {
    /// One diagnostic more.
    fn raise(&mut self, diagnostic: Diagnostic);
}

/// A list keeps all that it is told, however much that is: for tests and small documents.
impl Report for Vec<Diagnostic> {
    fn raise(&mut self, diagnostic: Diagnostic) {
        self.push(diagnostic);
    }
}
