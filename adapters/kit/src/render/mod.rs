//! Reports for machines and for people. Only the form for people draws excerpts, from the sender's own bytes.

pub mod csv;
mod excerpt;
pub mod json;
pub mod people;

use schemas::diagnostic::{PartId, Place};

use crate::{
    adapter::PartLabel,
    document::Document,
    lines::{Lines, Position},
};

/// What the places of a document are called: parts by their labels, and nodes by line and column besides.
pub struct Places<'d> {
    labels: &'d [PartLabel],
    lines: Lines<'d>,
}

impl<'d> Places<'d> {
    /// The places of a document. They are asked for in their order, or looked for each time anew.
    #[must_use]
    pub fn of(document: &'d Document, labels: &'d [PartLabel]) -> Self {
        Self { labels, lines: Lines::of(document) }
    }

    /// The same where the document is not at hand: nodes have no line and no column.
    #[must_use]
    pub fn without_lines(labels: &'d [PartLabel]) -> Self {
        Self { labels, lines: Lines::unknown() }
    }

    /// What a part is called: by the format where it knows it, else by number, never by its file name.
    fn label(&self, part: PartId) -> String {
        self.labels.get(usize::from(part.0)).cloned().unwrap_or_else(|| PartLabel::unknown(part)).to_string()
    }

    /// The line and column of a node, where they are known.
    fn of_node(&mut self, place: &Place) -> Option<Position> {
        self.lines.of_node(place)
    }
}
