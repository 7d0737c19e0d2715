//! Periods of care: the episodes of one child joined, as far as each begins on the day the earlier ceased.
//!
//! An episode that ceased for X1 goes on in the one that starts that day. Where a view does not let the reason out, an
//! episode that starts on the day the earlier ceased goes on with it; a child who went home and came back on one day is
//! then seen in one period instead of two. Episodes that overlap, which no right return has, are one period: nobody is
//! looked after twice. Agreed short breaks (V4) form no period.

use kit::ids::{ResourceId, SubjectIds};
use schemas::{
    code::{EpisodeEndReason, LegalStatus},
    date::Date,
    record::CareEpisode,
    said::Said,
};

use crate::{
    name::{DayText, identify},
    resource_type::ResourceType,
};

/// One period of care.
pub(crate) struct Period {
    /// The day it began.
    pub(crate) start: Date,
    /// The day it ended; `None` while it goes on.
    pub(crate) end: Option<Date>,
    /// Which of several that began on one day, from 0.
    pub(crate) ordinal: u32,
    /// The id of its CareTeam.
    pub(crate) care_team: ResourceId,
    /// The id of its CarePlan.
    pub(crate) care_plan: ResourceId,
}

/// The periods that episodes form, in the order of time; no two share more than a day, so only the last may be open.
/// Episodes whose start is not known form none.
pub(crate) fn periods<'r>(episodes: impl Iterator<Item = &'r CareEpisode>, ids: &SubjectIds) -> Vec<Period> {
    let mut spans: Vec<Span> = episodes.filter_map(Span::of).collect();
    // An open end comes after every day.
    spans.sort_by_key(|span| (span.start, span.end.is_none(), span.end));
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(period) if period.goes_on_in(&span) => period.join(span),
            _ => joined.push(span),
        }
    }
    let mut ordinal = 0;
    let mut earlier: Option<(Date, Option<Date>)> = None;
    joined
        .into_iter()
        .map(|span| {
            // Nobody is looked after since before the period before ended, whatever is said of it.
            let known_since = span.known_since.min(span.start);
            let start = earlier.and_then(|(_, ended)| ended).map_or(known_since, |ended| known_since.max(ended));
            ordinal = if earlier.is_some_and(|(started, _)| started == start) { ordinal + 1 } else { 0 };
            earlier = Some((start, span.end));
            let id = |kind| period_id(ids, kind, start, ordinal);
            Period {
                start,
                end: span.end,
                ordinal,
                care_team: id(ResourceType::CareTeam),
                care_plan: id(ResourceType::CarePlan),
            }
        })
        .collect()
}

/// The id of a resource of a period.
pub(crate) fn period_id(ids: &SubjectIds, kind: ResourceType, start: Date, ordinal: u32) -> ResourceId {
    identify(ids, kind, "period", &[&DayText::of(start)], ordinal)
}

/// Episodes joined so far.
struct Span {
    start: Date,
    known_since: Date,
    end: Option<Date>,
    /// The episode that ended last ended for a reason other than a new episode on the same day.
    left_care: bool,
}

impl Span {
    fn of(episode: &CareEpisode) -> Option<Self> {
        if matches!(episode.legal_status, Said::Is(LegalStatus::ShortBreaksAgreementRecorded)) {
            return None;
        }
        let start = episode.start_date.is()?;
        Some(Self {
            start,
            known_since: episode.period_start.is().unwrap_or(start),
            end: episode.end_date.is(),
            left_care: matches!(episode.end_reason, Said::Is(reason) if reason != EpisodeEndReason::NewEpisodeSameDay),
        })
    }

    fn goes_on_in(&self, later: &Self) -> bool {
        self.end.is_none_or(|end| later.start < end || (later.start == end && !self.left_care))
    }

    fn join(&mut self, later: Self) {
        self.known_since = self.known_since.min(later.known_since);
        let ends_later = match (self.end, later.end) {
            (Some(mine), Some(its)) => its >= mine,
            (mine, _) => mine.is_some(),
        };
        if ends_later {
            self.end = later.end;
            self.left_care = later.left_care;
        }
    }
}

#[cfg(test)]
mod tests {
    use kit::ids::IdKey;

    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    fn episode(start: &str, end: Option<(&str, Said<EpisodeEndReason>)>) -> CareEpisode {
        let mut episode = CareEpisode { start_date: Said::Is(day(start)), ..CareEpisode::default() };
        if let Some((end, reason)) = end {
            episode.end_date = Said::Is(day(end));
            episode.end_reason = reason;
        }
        episode
    }

    fn spans(episodes: &[CareEpisode]) -> Vec<(String, String)> {
        periods(episodes.iter(), &IdKey::published().of_subject(b"s", b"v"))
            .iter()
            .map(|period| (period.start.to_string(), period.end.map_or_else(String::new, |end| end.to_string())))
            .collect()
    }

    const X1: Said<EpisodeEndReason> = Said::Is(EpisodeEndReason::NewEpisodeSameDay);
    const HOME: Said<EpisodeEndReason> = Said::Is(EpisodeEndReason::Other);

    #[test]
    fn a_period_goes_on_while_episodes_follow_each_other() {
        let episodes = [
            episode("2025-09-02", None),
            episode("2025-03-12", Some(("2025-09-02", X1))),
            episode("2020-01-01", Some(("2020-02-01", X1))),
        ];
        let expected = [("2020-01-01", "2020-02-01"), ("2025-03-12", "")];
        assert_eq!(spans(&episodes), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn leaving_care_ends_it_even_where_the_child_is_back_on_the_same_day() {
        let back = |reason| [episode("2025-01-01", Some(("2025-02-01", reason))), episode("2025-02-01", None)];
        assert_eq!(spans(&back(HOME)).len(), 2);
        assert_eq!(spans(&back(X1)).len(), 1);
        assert_eq!(spans(&back(Said::NotAsked)).len(), 1, "a reason that is not let out");
    }

    #[test]
    fn short_breaks_by_agreement_form_none_and_overlaps_form_one() {
        let mut agreed = episode("2025-01-01", None);
        agreed.legal_status = Said::Is(LegalStatus::ShortBreaksAgreementRecorded);
        assert!(spans(&[agreed]).is_empty());
        let overlap =
            [episode("2025-01-01", Some(("2025-06-01", HOME))), episode("2025-02-01", Some(("2025-03-01", HOME)))];
        assert_eq!(spans(&overlap), [("2025-01-01".to_owned(), "2025-06-01".to_owned())]);
        assert!(spans(&[CareEpisode::default()]).is_empty());
    }

    #[test]
    fn a_start_that_is_known_apart_counts_and_no_two_periods_share_ids() {
        let mut first = episode("2025-01-01", Some(("2025-01-01", HOME)));
        first.period_start = Said::Is(day("2024-12-01"));
        assert_eq!(spans(&[first.clone()])[0].0, "2024-12-01");
        first.period_start = Said::NotAsked;
        let mut last = episode("2025-06-01", None);
        last.period_start = first.start_date;
        let three = [first.clone(), episode("2025-03-01", Some(("2025-04-01", HOME))), last];
        let starts: Vec<String> = spans(&three).into_iter().map(|(start, _)| start).collect();
        assert_eq!(starts, ["2025-01-01", "2025-03-01", "2025-04-01"], "never before the period before ended");
        let ids = IdKey::published().of_subject(b"s", b"v");
        let same_day = [first, episode("2025-01-01", None)];
        let periods = periods(same_day.iter(), &ids);
        assert_eq!(periods.len(), 2);
        assert!(periods[0].care_plan != periods[1].care_plan && periods[0].care_team != periods[1].care_team);
    }
}
