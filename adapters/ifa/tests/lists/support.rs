//! Documents from texts, what reading them says and tells, and what is written of it.

use std::num::NonZeroUsize;

use kit::{
    adapter::{Disclosure, Dossier, Format, Options},
    document::{Document, Part},
    ids::IdKey,
    sheaf::Sheaf,
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, Place},
    record::{PlacementCost, PlacementNotice, Record, Statement},
};

/// What was read of a document, by subject.
pub(crate) struct Read {
    pub(crate) subjects: Vec<Vec<Record>>,
    pub(crate) told: Vec<Diagnostic>,
}

impl Read {
    /// The rules that were told, each once.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.told.iter().map(|told| told.rule.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.subjects.iter().flatten()
    }

    /// The notices, each with whether it is taken back.
    pub(crate) fn notices(&self) -> Vec<(&PlacementNotice, bool)> {
        let notices = self.records().filter_map(|record| match &record.statement {
            Statement::PlacementNotice(notice) => Some((notice, record.source.retracts)),
            _ => None,
        });
        notices.collect()
    }

    /// The costs, each with whether it is taken back.
    pub(crate) fn costs(&self) -> Vec<(&PlacementCost, bool)> {
        let costs = self.records().filter_map(|record| match &record.statement {
            Statement::PlacementCost(cost) => Some((cost, record.source.retracts)),
            _ => None,
        });
        costs.collect()
    }

    /// What is said of whom, without the places.
    pub(crate) fn said(&self) -> Vec<(Record, bool)> {
        self.records().map(|record| (record.clone(), record.source.retracts)).collect()
    }
}

/// The line and column of a place in CSV.
pub(crate) fn cell(place: &Place) -> (u64, u16) {
    match place {
        Place::Cell { line, column, .. } => (*line, column.unwrap_or(0)),
        other => panic!("{other:?} is no cell"),
    }
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn options() -> Options {
    Options { as_at: Some(day("2026-01-30")), ..Options::plain() }
}

/// Reads parts in a format.
pub(crate) fn read(format: &Format, parts: &[&[u8]]) -> Read {
    read_with(format, parts, &options())
}

pub(crate) fn read_with(format: &Format, parts: &[&[u8]], options: &Options) -> Read {
    let parts = parts.iter().enumerate().map(|(n, bytes)| Part::new(n.to_string(), bytes.to_vec()));
    let document = Document::new(parts.collect());
    let mut told: Vec<Diagnostic> = Vec::new();
    let opened = format.decode.unwrap().open(&document, options, NonZeroUsize::MIN, &mut told);
    let (mut reader, mut dossier, mut subjects) = (opened.reader(), Dossier::default(), Vec::new());
    for n in 0..opened.len() {
        reader.read(n, &mut dossier, &mut told);
        subjects.push(std::mem::take(&mut dossier.records));
    }
    Read { subjects, told }
}

/// Writes what was read, all of it let out; and what is told.
pub(crate) fn write(format: &Format, read: &Read) -> (Vec<u8>, Vec<Diagnostic>) {
    let options = options();
    let encoder = format.encode.unwrap().begin(&options);
    let (mut sheaf, mut told) = (Sheaf::default(), Vec::new());
    encoder.head(&mut sheaf);
    for records in read.subjects.iter().filter(|records| !records.is_empty()) {
        let ids = IdKey::published().of_subject(b"test", b"test");
        let disclosure = Disclosure { subject: &records[0].subject, records, ids: &ids, photographs: &[] };
        encoder.subject(&disclosure, &mut sheaf, &mut told);
    }
    encoder.tail(&mut sheaf);
    (sheaf.parts().iter().flat_map(|(_, bytes)| bytes.clone()).collect(), told)
}

/// The heading of notices.
pub(crate) const HEADING: &str = "notice_id,kind,referral_id,la_code,la_child_id,provider_urn,carer_ref,provision,\
    placement_type,start_date,end_date,planned,ended_by,end_reason,placement_postcode,core_weekly,total_weekly,cost_from,as_at\n";
/// A beginning, and its end.
pub(crate) const START: &str = "N-1,start,R-77,,,SC999901,C-2207,fostering,short-term,2026-01-10,,Y,,,B13 9ZZ,945.00,945.00,,2026-01-10T18:10:00+00:00\n";
pub(crate) const END: &str = "N-2,end,R-77,,,SC999901,C-2207,fostering,,2026-01-10,2026-01-24,N,provider,carer-asked,,,,,2026-01-24T09:00:00+00:00\n";

/// A table of these rows under the usual heading.
pub(crate) fn table(rows: &[&str]) -> Vec<u8> {
    [HEADING].iter().chain(rows).map(|row| row.as_bytes()).collect::<Vec<_>>().concat()
}
