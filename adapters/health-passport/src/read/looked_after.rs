//! That a child is looked after, as a Flag or a CarePlan tells it: it confirms an episode of the same document and never
//! makes one.
//!
//! What is told is a period alone (record, section 5.6, `period_start`). An episode needs the day it began, and of a
//! statement without its key only the document that it stands in can tell what it belongs to (record, section 1.6).
//! So the period is looked for among the episodes of the document: where it begins earlier than the first of them that
//! lies in it, that episode and those that go on from it learn since when the child is looked after; where there is no
//! episode, the period is a loss.
//!
//! Limits: so many periods of a child that no episode begins; others are told as a loss.

use std::collections::HashSet;

use schemas::{
    code::LegalStatus,
    date::Date,
    diagnostic::{Diagnostic, Place, Report},
    record::{CareEpisode, Record, Statement},
    said::Said,
};

use crate::rules;

/// A period of being looked after, where it was told.
pub(super) struct LookedAfter {
    /// The day it began.
    pub(super) start: Said<Date>,
    /// The day it ended.
    pub(super) end: Said<Date>,
    /// Where it stands.
    pub(super) place: Place,
    /// The source takes it back.
    pub(super) retracts: bool,
}

/// How many periods of a child are looked for among its episodes beyond those that an episode begins: nobody is looked
/// after so often.
const PERIODS_MAX: usize = 64;

/// Looks for each period among the episodes of its child.
pub(super) fn settle(periods: &mut Vec<LookedAfter>, records: &mut [Record], report: &mut dyn Report) {
    if periods.is_empty() {
        return;
    }
    let begins = |it: &CareEpisode| it.start_date.is().into_iter().chain(it.period_start.is());
    let mut known: HashSet<Date> = records.iter().filter_map(episode).flat_map(begins).collect();
    let mut looked_for = 0;
    for period in periods.drain(..) {
        if period.start.is().is_some_and(|start| known.contains(&start)) {
            continue;
        }
        looked_for += 1;
        if looked_for <= PERIODS_MAX && period.begins_earlier(records) {
            known.extend(period.start.is());
        } else {
            report.raise(Diagnostic::new(&rules::LOOKED_AFTER_ALONE, period.place));
        }
    }
}

impl LookedAfter {
    /// Says since when the child is looked after of the first episode in the period, and of those that go on from it.
    /// What an episode says itself stands.
    fn begins_earlier(&self, records: &mut [Record]) -> bool {
        let Said::Is(start) = self.start else { return false };
        let is_over_by = |day: Date| self.end.is().is_some_and(|end| end <= day);
        let mut days: Vec<(Date, Said<Date>)> =
            records.iter().filter_map(episode).filter_map(|it| Some((it.start_date.is()?, it.end_date))).collect();
        days.sort_by_key(|(from, _)| *from);
        // Nobody is looked after since a day on which an episode is under way: it began before.
        if days.iter().any(|(from, to)| *from < start && to.is().is_none_or(|to| start < to)) {
            return false;
        }
        let mut later = days.into_iter().filter(|(from, _)| start < *from && !is_over_by(*from));
        let Some((first, mut reaches)) = later.next() else { return false };
        let mut last = first;
        for (from, to) in later {
            if reaches.is().is_some_and(|end| end < from) {
                break;
            }
            (last, reaches) = (from, to);
        }
        let mut is_told = false;
        let is_of_period = |record: &&mut Record| record.source.retracts == self.retracts && episode(record).is_some();
        for record in records.iter_mut().filter(is_of_period) {
            if let Statement::CareEpisode(episode) = &mut record.statement
                && episode.start_date.is().is_some_and(|from| first <= from && from <= last)
                && episode.period_start == Said::NotAsked
            {
                (episode.period_start, is_told) = (self.start, true);
            }
        }
        is_told
    }
}

/// An episode that is part of a period of care: agreed short breaks (V4) are part of none (fhir-mapping, section 5.2).
fn episode(record: &Record) -> Option<&CareEpisode> {
    match &record.statement {
        Statement::CareEpisode(episode)
            if episode.legal_status != Said::Is(LegalStatus::ShortBreaksAgreementRecorded) =>
        {
            Some(episode)
        }
        _ => None,
    }
}
