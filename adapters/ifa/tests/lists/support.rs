//! What tests of lists share: notices and costs of what was read, and usual rows.

use kit::adapter::{Format, Options};
use schemas::{
    diagnostic::{Diagnostic, Place},
    record::{PlacementCost, PlacementNotice, Statement},
};

pub(crate) use crate::trial::{Read, day, options, read, read_with};

impl Read {
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
}

/// Writes what was read, all of it let out; and what is told.
pub(crate) fn write(format: &Format, read: &Read) -> (Vec<u8>, Vec<Diagnostic>) {
    write_with(format, read, &options())
}

pub(crate) fn write_with(format: &Format, read: &Read, options: &Options) -> (Vec<u8>, Vec<Diagnostic>) {
    let (parts, told) = crate::trial::write(format, read, options);
    (parts.concat(), told)
}

/// The line and column of a place in CSV.
pub(crate) fn cell(place: &Place) -> (u64, u16) {
    match place {
        Place::Cell { line, column, .. } => (*line, column.unwrap_or(0)),
        other => panic!("{other:?} is no cell"),
    }
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
