//! Who works with the child, and in which periods of care.
//!
//! A worker is known by the worker's number; where a view does not let that out, by the name that it does let out. A
//! worker whose dates are not let out is taken to help in the latest period.

use kit::ids::{ResourceId, SubjectIds};
use schemas::{
    code::WorkerRole,
    date::Date,
    diagnostic::{Diagnostic, Report, Rule},
    record::{Record, SocialWorker, Statement},
    said::Said,
};

use crate::{
    name::identify,
    period::Period,
    resource_type::ResourceType,
    rules::{TEAMS_FULL, TOO_LITTLE},
    writer::IdText,
};

/// The most entries that all care teams of one child have together: every worker may be in every period.
pub const PARTICIPANTS_MAX: usize = 1000;

/// Who works with a child.
#[derive(Default)]
pub(crate) struct Workers<'c> {
    /// By period, then by time.
    participants: Vec<Participant<'c>>,
    manager: Option<IdText>,
}

/// A worker in one period of care.
pub(crate) struct Participant<'c> {
    /// The period, by its place.
    period: usize,
    /// What is said of the worker's involvement.
    pub(crate) worker: &'c SocialWorker,
    /// The id of the Practitioner.
    pub(crate) id: IdText,
}

impl<'c> Workers<'c> {
    /// The workers that the records name, each with the periods of care that he or she helped in. Those to be written
    /// are handed over; the others are told.
    pub(crate) fn among(
        records: &'c [Record],
        ids: &SubjectIds,
        periods: &[Period],
        mut write: impl FnMut(&'c SocialWorker, ResourceId, bool),
        report: &mut dyn Report,
    ) -> Self {
        let mut workers = Self::default();
        for record in records {
            let Statement::SocialWorker(worker) = &record.statement else { continue };
            if !(worker.worker_id.has_value() || worker.name.has_value()) {
                report.raise(Diagnostic::new(&TOO_LITTLE, record.source.place.clone()));
                continue;
            }
            let (id, retracted) = (Self::id(worker, ids), record.source.retracts);
            let rule = if retracted { None } else { workers.place(worker, id.into(), periods) };
            match rule {
                Some(rule) => report.raise(Diagnostic::new(rule, record.source.place.clone())),
                None => write(worker, id, retracted),
            }
        }
        workers.participants.sort_by_key(|participant| (participant.period, participant.worker.start_date.is()));
        workers.participants.dedup_by(|later, kept| later.period == kept.period && later.says_the_same_as(kept));
        workers.manager = workers.find_manager();
        workers
    }

    /// The id of a worker's Practitioner.
    pub(crate) fn id(worker: &SocialWorker, ids: &SubjectIds) -> ResourceId {
        let named = |key: &[&[u8]]| identify(ids, ResourceType::Practitioner, "worker", key, 0);
        match (&worker.worker_id, &worker.name) {
            (Said::Is(number), _) => named(&[number.as_str().as_bytes()]),
            (_, Said::Is(name)) => named(&[b"", name.as_bytes()]),
            _ => named(&[b""]),
        }
    }

    /// Who helped in a period, in the order of time.
    pub(crate) fn of_period(&self, period: usize) -> &[Participant<'c>] {
        let start = self.participants.partition_point(|participant| participant.period < period);
        let end = self.participants.partition_point(|participant| participant.period <= period);
        &self.participants[start..end]
    }

    /// The social worker who has the child now, where there is no doubt who that is.
    pub(crate) fn manager(&self) -> Option<&IdText> {
        self.manager.as_ref()
    }

    /// Puts a worker into the teams of the periods that he or she helped in; the rule that says why that cannot be.
    fn place(&mut self, worker: &'c SocialWorker, id: IdText, periods: &[Period]) -> Option<&'static Rule> {
        let helped = helped_in(worker.start_date.is(), worker.end_date.is(), periods);
        if helped.is_empty() {
            return Some(&TOO_LITTLE);
        }
        if self.participants.len() + helped.len() > PARTICIPANTS_MAX {
            return Some(&TEAMS_FULL);
        }
        self.participants.extend(helped.map(|period| Participant { period, worker, id }));
        None
    }

    fn find_manager(&self) -> Option<IdText> {
        let mut candidates = self.participants.iter().filter(|participant| {
            matches!(participant.worker.role, Said::Is(WorkerRole::SocialWorker))
                && !participant.worker.end_date.has_value()
        });
        let first = candidates.next()?.id;
        candidates.all(|other| other.id == first).then_some(first)
    }
}

impl Participant<'_> {
    fn says_the_same_as(&self, other: &Self) -> bool {
        self.id == other.id
            && self.worker.role == other.worker.role
            && self.worker.start_date == other.worker.start_date
            && self.worker.end_date == other.worker.end_date
    }
}

/// The periods that an involvement shares a day with. Periods are in the order of time and only the last is open.
fn helped_in(start: Option<Date>, end: Option<Date>, periods: &[Period]) -> std::ops::Range<usize> {
    let Some(start) = start else { return periods.len().saturating_sub(1)..periods.len() };
    let first = periods.partition_point(|period| period.end.is_some_and(|ended| ended < start));
    let after = end.map_or(periods.len(), |end| periods.partition_point(|period| period.start <= end));
    first..after.max(first)
}

#[cfg(test)]
mod tests {
    use kit::ids::IdKey;

    use super::*;
    use crate::period::periods;

    fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_worker_helps_where_the_days_meet() {
        let episode = |start: &str, end: Option<&str>| schemas::record::CareEpisode {
            start_date: Said::Is(day(start)),
            end_date: end.map_or(Said::Blank, |end| Said::Is(day(end))),
            ..Default::default()
        };
        let episodes = [
            episode("2020-01-01", Some("2020-06-30")),
            episode("2021-01-01", Some("2021-06-30")),
            episode("2022-01-01", None),
        ];
        let periods = periods(episodes.iter(), &IdKey::published().of_subject(b"s", b"v"));
        let helped = |start: &str, end: Option<&str>| helped_in(Some(day(start)), end.map(day), &periods);
        assert_eq!(helped("2019-01-01", Some("2019-12-31")), 0..0);
        assert_eq!(helped("2019-01-01", Some("2020-01-01")), 0..1);
        assert_eq!(helped("2020-06-30", Some("2021-01-01")), 0..2);
        assert_eq!(helped("2020-07-01", Some("2020-12-31")).len(), 0);
        assert_eq!(helped("2021-02-01", None), 1..3);
        assert_eq!(helped_in(None, None, &periods), 2..3);
        assert_eq!(helped_in(None, None, &[]), 0..0);
    }
}
