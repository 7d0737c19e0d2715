//! The rows of a child, for both notations: each request with the placement that was found for it, and its cost.

use kit::adapter::Disclosure;
use schemas::{
    code::NoticeKind,
    diagnostic::{Diagnostic, Report},
    identifier::{Identifier, LaChildId},
    record::{PlacementCost, PlacementNotice, Record, Referral, Statement},
    reflect::Value,
    said::Said,
};

use crate::{
    rules,
    standard::{
        checks,
        records::Found,
        tables::{PlacementRow, REQUIRED, REQUIRED_OF_A_HOME},
    },
};

/// What stands in one row, each with its record.
#[derive(Default)]
struct Together<'d> {
    referral: Option<(&'d Record, &'d Referral)>,
    notice: Option<(&'d Record, &'d PlacementNotice)>,
    cost: Option<(&'d Record, &'d PlacementCost)>,
}

/// The rows of a child, each with the first record that it is of. What has no row is told.
pub fn rows_of<'d>(disclosure: &Disclosure<'d>, report: &mut dyn Report) -> Vec<(&'d Record, PlacementRow)> {
    let rows = together(disclosure.records, report);
    rows.into_iter()
        .filter_map(|row| {
            let first = row.referral.map(|it| it.0).or(row.notice.map(|it| it.0)).or(row.cost.map(|it| it.0))?;
            Some((first, PlacementRow { child_id: name_of(disclosure), ..row.row(report) }))
        })
        .collect()
}

/// Tells what the model requires and nobody has said. One loss a row: what is missing is seen in it.
pub fn tell_what_is_missing(row: &PlacementRow, record: &Record, has: impl Fn(&str) -> bool, report: &mut dyn Report) {
    let of_a_home = if checks::has_a_home(row) { REQUIRED_OF_A_HOME } else { &[] };
    let mut missing = REQUIRED.iter().chain(of_a_home).filter(|column| has(column) && checks::is_blank(row, column));
    let mut tell = |rule| report.raise(Diagnostic::new(rule, record.source.place.clone()));
    if has(EXPLOITATION) && checks::is_blank(row, EXPLOITATION) {
        tell(&rules::NPS_NO_CSE);
    }
    if missing.any(|column| *column != EXPLOITATION) {
        tell(&rules::NPS_INCOMPLETE);
    }
    if checks::is_blank(row, "name_of_officer_placement") {
        tell(&rules::NPS_OFFICER_WITHHELD);
    }
}

/// The column of the risk that the official sheet lacks.
pub const EXPLOITATION: &str = "risk_to_child_sexual_exploitation";

/// What the view lets a child be called: its number, or the pseudonym or random name in its place.
fn name_of(disclosure: &Disclosure<'_>) -> Said<LaChildId> {
    let of = |wanted: fn(&Identifier) -> Option<LaChildId>| disclosure.subject.identifiers.iter().find_map(wanted);
    let read = |text: &str| LaChildId::read(text.as_bytes()).ok().map(|(id, _)| id);
    let own = of(|identifier| match identifier {
        Identifier::LaChild(id) => Some(*id),
        _ => None,
    });
    let other = || {
        disclosure.subject.identifiers.iter().find_map(|identifier| match identifier {
            Identifier::Pseudonym(pseudonym) => read(pseudonym.short().as_str()),
            Identifier::Referral(referral) => read(referral.as_str()),
            _ => None,
        })
    };
    own.or_else(other).map_or(Said::NotAsked, Said::Is)
}

/// What belongs together: a placement is of the last request before it, and a cost of the placement that it names.
fn together<'d>(records: &'d [Record], report: &mut dyn Report) -> Vec<Together<'d>> {
    let mut rows: Vec<Together<'d>> = Vec::new();
    let standing = || records.iter().filter(|record| !record.source.retracts);
    for record in standing() {
        if let Statement::Referral(referral) = &record.statement {
            rows.push(Together { referral: Some((record, referral)), ..Together::default() });
        }
    }
    rows.sort_by_key(|row| row.referral.and_then(|(_, referral)| referral.issued_at.is()));
    let mut beginnings: Vec<_> = standing()
        .filter_map(|record| match &record.statement {
            Statement::PlacementNotice(notice) if notice.kind == Said::Is(NoticeKind::Start) => Some((record, notice)),
            _ => None,
        })
        .collect();
    beginnings.sort_by_key(|(_, notice)| notice.start_date.is());
    for (record, notice) in beginnings {
        let start = notice.start_date.is();
        let issued = |row: &Together<'_>| row.referral.and_then(|(_, referral)| referral.issued_at.is()?.date());
        let is_free = |row: &Together<'_>| row.notice.is_none();
        let is_before =
            |row: &Together<'_>| matches!((issued(row), start), (Some(issued), Some(start)) if issued <= start);
        // Which came first may not be told; what began before it was asked for is of another request.
        let may_be = |row: &Together<'_>| issued(row).is_none() || start.is_none();
        let at = rows.iter().rposition(|row| is_free(row) && is_before(row));
        match at.or_else(|| rows.iter().position(|row| is_free(row) && may_be(row))).and_then(|at| rows.get_mut(at)) {
            Some(row) => row.notice = Some((record, notice)),
            None => rows.push(Together { notice: Some((record, notice)), ..Together::default() }),
        }
    }
    for record in records {
        match &record.statement {
            Statement::PlacementCost(cost) if !record.source.retracts => {
                let is_of = |row: &Together<'_>| {
                    row.cost.is_none()
                        && row.notice.is_some_and(|(_, notice)| {
                            (&notice.notice_id, &notice.provider_urn, notice.start_date)
                                == (&cost.notice_id, &cost.provider_urn, cost.start_date)
                        })
                };
                match rows.iter_mut().find(|row| is_of(row)) {
                    Some(row) => row.cost = Some((record, cost)),
                    // Another price of the same placement, or one of a placement that is not here.
                    None => lose(record, report),
                }
            }
            Statement::Referral(_) if !record.source.retracts => {}
            Statement::PlacementNotice(notice)
                if !record.source.retracts && notice.kind == Said::Is(NoticeKind::Start) => {}
            Statement::Person(_) => {}
            _ => lose(record, report),
        }
    }
    rows
}

fn lose(record: &Record, report: &mut dyn Report) {
    report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone()));
}

impl Together<'_> {
    /// The row, and a loss for each field of which it does not say all.
    fn row(&self, report: &mut dyn Report) -> PlacementRow {
        let mut found = Found::default();
        if let Some((_, referral)) = self.referral {
            let asked = referral.more.as_deref().cloned().unwrap_or_default();
            // One child a row: another that is looked for under the same name has none, for costs would be counted twice.
            let children = asked.children.as_ref().is().map(Vec::as_slice).unwrap_or_default();
            found.child = children.first().map_or(Said::NotAsked, |child| Said::Is(child.clone()));
            found.asked = Said::Is(asked);
            found.referral = Said::Is(referral.clone());
        }
        if let Some((_, notice)) = self.notice {
            found.placement = notice.more.as_deref().map_or(Said::NotAsked, |more| Said::Is(more.clone()));
            found.notice = Said::Is(notice.clone());
        }
        if let Some((_, cost)) = self.cost {
            found.price = cost.more.as_deref().map_or(Said::NotAsked, |more| Said::Is(more.clone()));
            found.cost = Said::Is(cost.clone());
        }
        let row = PlacementRow::of(&found);
        let again = row.clone().group();
        let mut compare = |record: Option<&Record>, again: Option<Statement>| {
            match (record, again) {
                (Some(record), Some(again)) => tell_what_is_not_said(record, &again, report),
                // Not a word of it has a column.
                (Some(record), None) => lose(record, report),
                (None, _) => {}
            }
        };
        compare(self.referral.map(|it| it.0), again.said_referral(false).map(Statement::from));
        compare(self.notice.map(|it| it.0), again.said_notice().map(Statement::from));
        compare(self.cost.map(|it| it.0), again.said_cost().map(Statement::from));
        row
    }
}

/// Fields for which there is no column, and none is missed: every row is of a request that was met, and of a beginning.
const GOES_WITHOUT_SAYING: [&str; 2] = ["status", "kind"];

fn tell_what_is_not_said(record: &Record, again: &Statement, report: &mut dyn Report) {
    let fields = record.statement.statement_type().fields.iter();
    for field in fields.filter(|field| !GOES_WITHOUT_SAYING.contains(&field.name)) {
        // What is no plain value is told by the column that has no word for it.
        if let Said::Is(value) = field.get(&record.statement)
            && !matches!(field.get(again), Said::Is(again) if says_all(&again, &value))
            && !is_empty(&value)
        {
            report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone()).of_field(field.name));
        }
    }
}

/// Whether one value says all that another says; blanks say nothing.
fn says_all(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Item(one), Value::Item(other)) => one.iter().zip(other).all(|(one, other)| match (one, other) {
            (_, Said::NotAsked | Said::Blank) => true,
            (Said::Is(one), Said::Is(other)) => says_all(one, other),
            (_, Said::Is(other)) => is_empty(other),
            (one, other) => one == other,
        }),
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| says_all(one, other))
        }
        _ => one == other,
    }
}

/// Whether a group says nothing in any of its members.
fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Item(members) if members.iter().all(|member| match member {
        Said::Is(value) => is_empty(value),
        Said::NotAsked | Said::Blank => true,
        _ => false,
    }))
}
