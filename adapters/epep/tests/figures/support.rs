//! Statements of one invented child, made short.

use std::sync::Arc;

use kit::school_calendar::{Days, SchoolCalendar, TermName};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, PartId, Place, Report},
    record::{Record, Source, Statement, Subject},
};

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn days(first: &str, last: &str) -> Days {
    Days::new(day(first), day(last)).unwrap()
}

/// Statements as they came: the n-th stands in line n and one.
pub(crate) fn records(statements: impl IntoIterator<Item = (Statement, bool)>) -> Vec<Record> {
    let subject = Arc::new(Subject::child(Vec::new(), None));
    let record = |(n, (statement, retracts)): (u64, (Statement, bool))| {
        let place = Place::Cell { part: PartId(0), line: n, column: None, byte: 0 };
        Record { subject: Arc::clone(&subject), statement, source: Source { place, retracts } }
    };
    (1..).zip(statements).map(record).collect()
}

/// A calendar of 2025/26 as an authority publishes one.
pub(crate) fn calendar() -> SchoolCalendar {
    let term = |name: &str, first: &str, last: &str| (TermName::read(name).unwrap(), days(first, last));
    SchoolCalendar::new(
        &[
            term("autumn", "2025-09-02", "2025-12-19"),
            term("spring", "2026-01-05", "2026-03-27"),
            term("summer", "2026-04-13", "2026-07-21"),
        ],
        vec![day("2026-05-04")],
        vec![days("2025-10-27", "2025-10-31"), days("2026-02-16", "2026-02-20"), days("2026-05-25", "2026-05-29")],
    )
    .unwrap()
}

/// What was told, as rule and line.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Vec<(&'static str, u64)>);

impl Report for Told {
    fn raise(&mut self, diagnostic: Diagnostic) {
        let line = match diagnostic.place {
            Place::Cell { line, .. } => line,
            _ => 0,
        };
        self.0.push((diagnostic.rule.code, line));
    }
}
