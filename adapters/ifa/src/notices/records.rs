//! The notices of one child, gathered: which of several of one reference stands, and what they say together.

use std::{collections::HashMap, sync::Arc};

use kit::{
    adapter::{Dossier, Options},
    csv::rules as table_rules,
    telling::Telling,
};
use schemas::{
    code::{NoticeKind, NoticeMessage},
    date::DateTime,
    diagnostic::{Diagnostic, Place, Report, Rule},
    record::{PlacementCost, Record, Source, Statement, Subject},
    said::Said,
};

use crate::{
    lists::Gathers,
    notices::{
        checks,
        tables::NoticeRow,
        together::{Placement, tell_together},
    },
    rules,
};

/// The notices of one child.
pub struct Notices {
    rows: Vec<(NoticeRow, Place)>,
}

impl Gathers<NoticeRow> for Notices {
    fn begin(_: &Options) -> Self {
        Self { rows: Vec::new() }
    }

    fn take(&mut self, row: NoticeRow, telling: &mut Telling<'_>) {
        if checks::check(&row, telling) {
            self.rows.push((row, telling.place.clone()));
        }
    }

    fn finish(self, subject: &Arc<Subject>, dossier: &mut Dossier, report: &mut dyn Report) {
        let standing = self.standing(report);
        let placements: Vec<Placement<'_>> = standing
            .iter()
            .filter_map(|one| Some(Placement { kind: one.kind?, row: one.row, place: one.place }))
            .collect();
        tell_together(&placements, report);
        for Standing { row, place, kind, message } in standing {
            let retracts = message == NoticeMessage::Cancel;
            let mut say = |statement: Statement, retracts| {
                let source = Source { retracts, ..Source::at(place.clone()) };
                dossier.records.push(Record { subject: Arc::clone(subject), statement, source });
            };
            say(row.notice(kind).into(), retracts);
            if row.says_a_cost() {
                say(row.cost().into(), retracts);
            } else if matches!(message, NoticeMessage::Cancel | NoticeMessage::Correction) {
                // What the notice said of costs before goes with it.
                say(PlacementCost { more: None, ..row.cost() }.into(), true);
            }
        }
    }
}

/// The row that stands of all that have one reference.
struct Standing<'n> {
    row: &'n NoticeRow,
    place: &'n Place,
    /// None of what is taken back.
    kind: Option<NoticeKind>,
    message: NoticeMessage,
}

impl Notices {
    /// Of the rows of one reference the one that was written last, and of several of one moment the one that comes last.
    fn standing(&self, report: &mut dyn Report) -> Vec<Standing<'_>> {
        let mut by_reference: HashMap<(Option<&str>, String), Vec<usize>> = HashMap::new();
        for (n, (row, _)) in self.rows.iter().enumerate() {
            let urn = row.provider_urn.as_ref().is().map(|urn| &*urn.0);
            let reference = row.notice_id.as_ref().is().map(|id| id.0.to_lowercase()).unwrap_or_default();
            by_reference.entry((urn, reference)).or_default().push(n);
        }
        let mut groups: Vec<Vec<usize>> = by_reference.into_values().collect();
        groups.sort_unstable();
        let mut standing: Vec<(usize, Standing<'_>)> =
            groups.iter().filter_map(|group| self.standing_of(group, report)).collect();
        standing.sort_by_key(|(n, _)| *n);
        standing.into_iter().map(|(_, one)| one).collect()
    }

    fn standing_of(&self, group: &[usize], report: &mut dyn Report) -> Option<(usize, Standing<'_>)> {
        let mut tell = |rule: &'static Rule, n: usize, other: usize| {
            let told = Diagnostic::new(rule, self.rows[n].1.clone());
            report.raise(told.related_to([self.rows[other].1.clone()]));
        };
        let mut last = *group.first()?;
        for n in group.iter().copied().skip(1) {
            let (row, before) = (&self.rows[n].0, &self.rows[last].0);
            if row == before {
                tell(&table_rules::DUPLICATE, n, last);
            } else if written_at(row) < written_at(before) {
                tell(&rules::NOTICE_OLDER, n, last);
            } else {
                if !corrects(row) {
                    tell(&rules::NOTICE_ID_TWICE, n, last);
                }
                last = n;
            }
        }
        let (row, place) = &self.rows[last];
        let message = message_of(row)?;
        // What is corrected was of some kind before, and stays of it.
        let first = || group.iter().find_map(|n| kind_of(message_of(&self.rows[*n].0)?));
        let kind = match message {
            NoticeMessage::Cancel => None,
            _ => kind_of(message).or_else(first).or_else(|| Some(row.kind_by_content())),
        };
        Some((last, Standing { row, place, kind, message }))
    }
}

fn message_of(row: &NoticeRow) -> Option<NoticeMessage> {
    row.kind.is().map(|message| message.0)
}

fn corrects(row: &NoticeRow) -> bool {
    matches!(message_of(row), Some(NoticeMessage::Correction | NoticeMessage::Cancel))
}

/// The kind that a message has of its own.
fn kind_of(message: NoticeMessage) -> Option<NoticeKind> {
    match message {
        NoticeMessage::Start => Some(NoticeKind::Start),
        NoticeMessage::End => Some(NoticeKind::End),
        NoticeMessage::FeeChange => Some(NoticeKind::Change),
        NoticeMessage::Correction | NoticeMessage::Cancel => None,
    }
}

fn written_at(row: &NoticeRow) -> Option<DateTime> {
    match row.as_at {
        Said::Is(as_at) => Some(as_at.0),
        _ => None,
    }
}
