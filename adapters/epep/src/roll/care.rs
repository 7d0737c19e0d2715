//! What a roll tells of care: since when, where in coarse words, and whether it has ended.

use schemas::{
    code::PlacementLocation,
    date::Date,
    identifier::LaCode,
    record::{CareEpisode, Record, Statement},
    said::{Coarse, Reduction, Said},
};

/// How a child stands to care on a day.
pub enum Care<'r> {
    /// In care, in this episode; `None` where nothing is said of episodes.
    In(Option<&'r CareEpisode>),
    /// Care ended on this day.
    Ended(Date),
}

/// How a child stands to care on a day. Of an episode whose end was not asked nobody knows that it is open (record,
/// section 1.5).
#[must_use]
pub fn care_on<'r>(records: &'r [Record], as_at: Date) -> Care<'r> {
    let is_open = |episode: &&CareEpisode| match episode.end_date {
        Said::Is(end) => end > as_at,
        Said::Blank => true,
        _ => false,
    };
    let has_begun = |episode: &&CareEpisode| episode.start_date.is().is_none_or(|start| start <= as_at);
    let open = episodes(records).filter(is_open).filter(has_begun).max_by_key(|episode| episode.start_date.is());
    match (open, episodes(records).filter_map(|episode| episode.end_date.is()).max()) {
        (Some(episode), _) => Care::In(Some(episode)),
        (None, Some(end)) if end <= as_at => Care::Ended(end),
        (None, _) => Care::In(None),
    }
}

/// The first day of the period of care that an episode is part of: each begins on the day on which the one before ended.
#[must_use]
pub fn care_start(records: &[Record], episode: &CareEpisode) -> Option<Date> {
    episode.period_start.is().or_else(|| first_day(records, episode, |_| true))
}

/// The first day of the placement that an episode is part of.
#[must_use]
pub fn placement_start(records: &[Record], episode: &CareEpisode) -> Option<Date> {
    first_day(records, episode, |before| {
        before.placement_type == episode.placement_type
            && before.placement_provider == episode.placement_provider
            && before.placement_urn == episode.placement_urn
            && before.placement_postcode == episode.placement_postcode
    })
}

/// The start of the earliest of the episodes that follow each other up to this one, as long as they are alike.
fn first_day(records: &[Record], episode: &CareEpisode, alike: impl Fn(&CareEpisode) -> bool) -> Option<Date> {
    let mut start = episode.start_date.is()?;
    // Each step goes to an earlier day, so that there is an end to it.
    while let Some(before) = episodes(records)
        .filter(|before| before.end_date == Said::Is(start) && alike(before))
        .filter_map(|before| before.start_date.is())
        .filter(|earlier| *earlier < start)
        .min()
    {
        start = before;
    }
    Some(start)
}

/// The group of a code: as the view reduced it, or of the code itself.
#[must_use]
pub fn group_of<C: Copy>(said: Said<C>, group: impl Fn(C) -> Coarse) -> Option<Coarse> {
    match said {
        Said::Is(code) => Some(group(code)),
        Said::Reduced(Reduction::Coarse(group)) => Some(group),
        _ => None,
    }
}

/// Whether the placement is inside the responsible authority.
#[must_use]
pub fn is_in_area(episode: &CareEpisode, authority: Option<LaCode>) -> Option<bool> {
    match (episode.placement_location, episode.placement_la, authority) {
        (Said::Is(location), ..) => Some(location == PlacementLocation::InsideAuthority),
        (_, Said::Is(la), Some(authority)) => Some(la == authority),
        _ => None,
    }
}

fn episodes(records: &[Record]) -> impl Iterator<Item = &CareEpisode> {
    records.iter().filter(|record| !record.source.retracts).filter_map(|record| match &record.statement {
        Statement::CareEpisode(episode) => Some(episode),
        _ => None,
    })
}
