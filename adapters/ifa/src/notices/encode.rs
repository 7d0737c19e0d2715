//! Writes notices, each with what the placement costs by it: what an authority is handed on, and an agency has back.

use std::collections::{HashMap, HashSet, VecDeque};

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    json::members::members_of,
    sheaf::Sheaf,
    table::Row,
};
use schemas::{
    code::NoticeMessage,
    date::{Date, DateTime},
    diagnostic::{Diagnostic, Report},
    document::natural_key,
    record::{PlacementCost, PlacementNotice, Record, Statement},
    said::Said,
};

use crate::{
    encode::{RowsOf, head, writing},
    lists::json::{self, Listed},
    notices::tables::{NOTICES, NoticeRow},
    rules,
    words::Word,
};

/// Writes notices as a table.
pub struct TableEncode;

impl Encode for TableEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(TableEncoder { options })
    }
}

struct TableEncoder<'o> {
    options: &'o Options,
}

impl Encoder for TableEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        head(&NOTICES, self.options, sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let mut rows = RowsOf { writing: writing(self.options), sheaf, report };
        for (record, row) in rows_of(disclosure, rows.report) {
            rows.write(record, &row);
        }
    }
}

/// Writes notices in JSON.
pub struct JsonEncode;

impl Encode for JsonEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(JsonEncoder { options })
    }
}

struct JsonEncoder<'o> {
    options: &'o Options,
}

impl Encoder for JsonEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        json::head::<NoticeRow>(sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let writing = writing(self.options);
        for (record, row) in rows_of(disclosure, report) {
            let members = members_of(&row, NoticeRow::COLUMNS, &writing, |column| {
                let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
                report.raise(lost.of_field(NoticeRow::TABLE.columns[column].record_field()));
            });
            json::item::<NoticeRow>(&members, sheaf);
        }
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        json::tail(sheaf);
    }
}

/// The rows of a child, each with the record that it is first of; what has no row is told.
fn rows_of<'d>(disclosure: &Disclosure<'d>, report: &mut dyn Report) -> Vec<(&'d Record, NoticeRow)> {
    let records = disclosure.records;
    let mut costs = Costs::of(records);
    let mut rows: Vec<(&Record, NoticeRow)> = Vec::new();
    let mut told: HashSet<usize> = HashSet::new();
    for record in not_replaced(records) {
        let Statement::PlacementNotice(notice) = &record.statement else { continue };
        let (stands, was) = (costs.next_of(notice, false), costs.next_of(notice, true));
        told.extend(stands.iter().chain(&was).map(|(n, _)| *n));
        let row = NoticeRow::default().with_notice(notice);
        let mut row = match (stands, was) {
            (Some((_, cost)), _) => row.with_cost(cost),
            (None, Some((_, cost))) if record.source.retracts => row.with_cost(cost),
            // It cost something once, and now says nothing of it: a correction, if that is read as what it is.
            (None, Some((n, _))) if Said::Is(row.kind_by_content()) != notice.kind => {
                report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, records[n].source.place.clone()));
                row
            }
            (None, Some(_)) => NoticeRow { kind: Said::Is(Word(NoticeMessage::Correction)), ..row },
            (None, None) => row,
        };
        if record.source.retracts {
            row.kind = Said::Is(Word(NoticeMessage::Cancel));
        }
        rows.push((record, row.of_child(disclosure.subject)));
        tell_what_has_no_column(notice, record, report);
    }
    for (n, record) in records.iter().enumerate() {
        match &record.statement {
            Statement::PlacementNotice(_) | Statement::Person(_) => {}
            Statement::PlacementCost(cost) if told.contains(&n) => tell_who_recorded(cost, record, report),
            Statement::PlacementCost(cost) if !record.source.retracts => {
                rows.push((record, NoticeRow::default().with_cost(cost).of_child(disclosure.subject)));
                tell_who_recorded(cost, record, report);
            }
            _ => report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone())),
        }
    }
    rows
}

/// Of what is taken back only that in whose place nothing stands.
fn not_replaced(records: &[Record]) -> impl Iterator<Item = &Record> {
    let standing = records.iter().filter(|record| !record.source.retracts);
    let standing: HashSet<Vec<u8>> = standing.filter_map(key_of_notice).collect();
    records.iter().filter(move |record| {
        !record.source.retracts || key_of_notice(record).is_none_or(|key| !standing.contains(&key))
    })
}

fn key_of_notice(record: &Record) -> Option<Vec<u8>> {
    matches!(record.statement, Statement::PlacementNotice(_)).then(|| natural_key(&record.statement))
}

/// By what a cost and the notice that tells it are known to be one row: the notice's reference; where a view lets none
/// out, what else they share.
#[derive(PartialEq, Eq, Hash)]
enum RowKey<'r> {
    Reference(&'r Said<Box<str>>, &'r Said<Box<str>>),
    Shared(&'r Said<Box<str>>, Said<Date>, Said<DateTime>),
}

impl<'r> RowKey<'r> {
    fn of(
        reference: &'r Said<Box<str>>,
        urn: &'r Said<Box<str>>,
        (start, as_at): (Said<Date>, Said<DateTime>),
    ) -> Self {
        if reference.has_value() { Self::Reference(reference, urn) } else { Self::Shared(urn, start, as_at) }
    }
}

/// The costs of a child, each to be written with its notice.
struct Costs<'r>(HashMap<(RowKey<'r>, bool), VecDeque<(usize, &'r PlacementCost)>>);

impl<'r> Costs<'r> {
    fn of(records: &'r [Record]) -> Self {
        let mut costs: HashMap<(RowKey<'r>, bool), VecDeque<(usize, &'r PlacementCost)>> = HashMap::new();
        for (n, record) in records.iter().enumerate() {
            if let Statement::PlacementCost(cost) = &record.statement {
                let key = RowKey::of(&cost.notice_id, &cost.provider_urn, (cost.start_date, cost.as_at));
                costs.entry((key, record.source.retracts)).or_default().push_back((n, cost));
            }
        }
        Self(costs)
    }

    /// The next cost of a notice, of those that stand or of those that are taken back.
    fn next_of(&mut self, notice: &'r PlacementNotice, taken_back: bool) -> Option<(usize, &'r PlacementCost)> {
        let key = RowKey::of(&notice.notice_id, &notice.provider_urn, (notice.start_date, notice.as_at));
        self.0.get_mut(&(key, taken_back))?.pop_front()
    }
}

fn tell_what_has_no_column(notice: &PlacementNotice, record: &Record, report: &mut dyn Report) {
    let Some(more) = notice.more.as_deref() else { return };
    for (said, field) in [
        (more.location_preferred.has_value(), "location_preferred"),
        (more.education_continuous.has_value(), "education_continuous"),
        (more.siblings_together.has_value(), "siblings_together"),
        (more.recorded_by.has_value(), "recorded_by"),
    ] {
        if said {
            report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone()).of_field(field));
        }
    }
}

fn tell_who_recorded(cost: &PlacementCost, record: &Record, report: &mut dyn Report) {
    if cost.more.as_deref().is_some_and(|more| more.recorded_by.has_value()) {
        report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone()).of_field("recorded_by"));
    }
}
