//! The episode that a start notice would begin, and the one that it would end.

use schemas::{
    code::{EpisodeEndReason, LegalStatus, PlacementType, Rne},
    date::Date,
    postcode::{Postcode, Precision},
    record::{CareEpisode, PlacementNotice},
    said::Said,
};

use super::{
    Beginning, Beside, Ending, Move, PLACE_IS_HOME, Proposal, Return,
    ending::change_reason,
    place::{placement_provider, placement_type, placement_urn},
};

/// The move of a child with an open episode; `None` without a day, or of one that is not after the episode began.
pub(super) fn moves(notice: &PlacementNotice, open: &CareEpisode, beside: &Beside<'_>) -> Option<Move> {
    let start = notice.start_date.is()?;
    if matches!(open.start_date, Said::Is(began) if start <= began) {
        return None;
    }
    let mut told = Vec::new();
    let place = placement_type(notice, start, beside, &mut told);
    let is_short_break = matches!(
        open.legal_status,
        Said::Is(LegalStatus::ShortBreaksEpisodesRecorded | LegalStatus::ShortBreaksAgreementRecorded)
    );
    let provider = placement_provider(beside.provider, &place, &mut told);
    let begins = Beginning {
        start_date: start,
        start_reason: start_reason(notice, beside, &place),
        legal_status: Proposal::carried(&open.legal_status),
        category_of_need: Proposal::carried(&open.category_of_need),
        placement_provider: provider,
        // Short breaks carry neither (rule 214).
        placement_urn: if is_short_break { Proposal::Blank } else { placement_urn(notice, beside.provider, &place) },
        home_postcode: Proposal::carried(&open.home_postcode),
        placement_postcode: if is_short_break { Proposal::Blank } else { placement_postcode(notice) },
        placement_type: place,
    };
    if is_at_home(&begins) {
        told.push(&PLACE_IS_HOME);
    }
    let ends = Ending {
        end_date: start,
        end_reason: EpisodeEndReason::NewEpisodeSameDay,
        change_reason: beside
            .ended
            .map_or(Proposal::Decide(Vec::new()), |ended| change_reason(ended, start, beside.born)),
    };
    Some(Move { ends, returns: returns(notice, open, &begins.placement_type), begins, told })
}

/// RNE. That the legal status changed on the same day only the authority knows: then it is the other of each pair.
fn start_reason(notice: &PlacementNotice, beside: &Beside<'_>, place: &Proposal<PlacementType>) -> Proposal<Rne> {
    let (value, or) = if has_same_carer(notice, beside) && !may_be_respite(place) {
        (Rne::PlacementSameCarer, Rne::LegalStatusAndPlacementSameCarer)
    } else {
        (Rne::PlacementAndCarer, Rne::LegalStatusPlacementAndCarer)
    };
    Proposal::Suggested { value, or: vec![or] }
}

/// Whether the notice is of the same provider and carer as the open placement began with.
fn has_same_carer(notice: &PlacementNotice, beside: &Beside<'_>) -> bool {
    let same = |one: &Said<Box<str>>, other: &Said<Box<str>>| matches!((one, other), (Said::Is(one), Said::Is(other)) if one == other);
    beside.began.is_some_and(|began| {
        same(&began.provider_urn, &notice.provider_urn) && same(&began.carer_ref, &notice.carer_ref)
    })
}

fn may_be_respite(place: &Proposal<PlacementType>) -> bool {
    place.choices().contains(&PlacementType::TemporaryOther)
}

/// PL_POST; what an agency cut short the person completes.
fn placement_postcode(notice: &PlacementNotice) -> Proposal<Postcode> {
    match notice.more.as_deref().and_then(|more| more.placement_postcode.is()) {
        Some(postcode) if postcode.precision() == Precision::Full => Proposal::Is(postcode),
        _ => Proposal::Decide(Vec::new()),
    }
}

/// Whether the child would be placed where it came from, and not with parents (rule 392d).
fn is_at_home(begins: &Beginning) -> bool {
    let is_home = matches!(
        (&begins.placement_postcode, &begins.home_postcode),
        (Proposal::Is(placement), Proposal::Is(home)) if placement == home
    );
    is_home && begins.placement_type != Proposal::Is(PlacementType::WithParents)
}

/// Where the child goes back to after respite, and when (rule 383).
fn returns(notice: &PlacementNotice, open: &CareEpisode, place: &Proposal<PlacementType>) -> Option<Return> {
    let start_date: Date = notice.end_date.is()?;
    let is_respite = matches!(place, Proposal::Suggested { value: PlacementType::TemporaryOther, .. });
    is_respite.then_some(Return {
        start_date,
        placement_type: open.placement_type,
        placement_postcode: open.placement_postcode,
    })
}
