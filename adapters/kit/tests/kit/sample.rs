//! A made-up table and parts to read it from.

use std::io;

use kit::{
    document::ReadAt,
    encoding::PartText,
    limits::ReadingLimits,
    table::{Column, Table},
};
use schemas::{
    code::{Disability, PlacementType},
    date::Date,
    diagnostic::{Diagnostic, PartId, Report},
    identifier::LaChildId,
};

kit::rows! {
    /// A stay of a child.
    StayRow = STAYS "stays" {
        /// The child.
        child: LaChildId = "CHILD_ID" { aliases: &["Child Unique ID"], loses_row: true },
        /// From.
        start: Date = "START_DATE" { field: "CareEpisode.start_date", loses_row: true },
        /// Where.
        place: PlacementType = "PLACE" { field: "CareEpisode.placement_type", guard: true },
        /// A note.
        note: Box<str> = "NOTE" { required: false, years: (Some(2020), None) },
    }
    /// A meeting about a child.
    MeetingRow = MEETINGS "meetings" from 2019 {
        /// The child.
        child: LaChildId = "CHILD_ID" { loses_row: true },
        /// When.
        date: Date = "MEETING_DATE" { },
        /// Where.
        place: Box<str> = "ROOM" { },
        /// Disability.
        disability: Disability = "DIS" { required: false },
    }
}

pub(crate) static TABLES: &[&Table] = &[&STAYS, &MEETINGS];

/// A column of the sample, by name.
pub(crate) fn column(name: &str) -> &'static Column {
    STAYS.columns.iter().find(|column| column.name == name).unwrap()
}

/// Bytes that are never in memory as a whole, and come a few at a time.
pub(crate) struct Windowed(pub(crate) Vec<u8>);

impl ReadAt for Windowed {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let few = buffer.len().min(1_021);
        self.0.read_at(offset, &mut buffer[..few])
    }
}

pub(crate) fn text(bytes: &dyn ReadAt) -> PartText<'_> {
    PartText::open(PartId(0), bytes).unwrap()
}

pub(crate) fn limits() -> ReadingLimits {
    ReadingLimits::default()
}

pub(crate) fn utf_16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// Everything that is raised, in its order.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Vec<Diagnostic>);

impl Report for Told {
    fn raise(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }
}

impl Told {
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|diagnostic| diagnostic.rule.code).collect()
    }
}
