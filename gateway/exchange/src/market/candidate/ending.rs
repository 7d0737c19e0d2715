//! How an episode ends: by a move, with the reason that the agency told, or for a reason that only the authority can say.

use schemas::{
    code::{EpisodeEndReason, PlacementChangeReason, PlacementEndReason, PlacementEndedBy},
    date::Date,
    record::PlacementNotice,
    said::Said,
};

use super::{Beside, End, Proposal};

/// From this age a child can be in custody (rule 234).
const CUSTODY_FROM_YEARS: u8 = 10;

/// The end of a placement, where no other was told.
pub(super) fn end(notice: &PlacementNotice, beside: &Beside<'_>) -> Option<End> {
    let end_date = notice.end_date.is()?;
    Some(End { end_date, end_reason: end_reason(notice), change_reason: change_reason(notice, end_date, beside.born) })
}

/// REC, as far as the agency's reason hints at one.
fn end_reason(notice: &PlacementNotice) -> Proposal<EpisodeEndReason> {
    use EpisodeEndReason as R;
    let hint = |value| Proposal::Suggested { value, or: Vec::new() };
    let Some(more) = notice.more.as_deref() else { return Proposal::Blank };
    match more.end_reason.is() {
        Some(PlacementEndReason::ReturnedHome) => match more.planned {
            Said::Is(true) => Proposal::Suggested { value: R::ReturnedHomePlanned, or: vec![R::ReturnedHomeUnplanned] },
            Said::Is(false) => {
                Proposal::Suggested { value: R::ReturnedHomeUnplanned, or: vec![R::ReturnedHomePlanned] }
            }
            _ => Proposal::Decide(vec![R::ReturnedHomePlanned, R::ReturnedHomeUnplanned]),
        },
        // Whether consent was dispensed with no agency knows.
        Some(PlacementEndReason::Adopted) => {
            Proposal::Decide(vec![R::AdoptedUnopposed, R::AdoptedConsentDispensedWith])
        }
        Some(PlacementEndReason::Custody) => hint(R::Custody),
        Some(PlacementEndReason::Died) => hint(R::Died),
        // At eighteen, and staying with the carers.
        Some(PlacementEndReason::StayingPut) => hint(R::StayingWithCarersAsAdult),
        _ => Proposal::Blank,
    }
}

/// REASON_PLACE_CHANGE by the reason that the agency told; none where care ends by it.
pub(super) fn change_reason(
    notice: &PlacementNotice,
    end: Date,
    born: Option<Date>,
) -> Proposal<PlacementChangeReason> {
    use PlacementChangeReason as C;
    use PlacementEndReason as R;
    let suggested = |value| Proposal::Suggested { value, or: Vec::new() };
    let more = notice.more.as_deref();
    let Some(reason) = more.and_then(|more| more.end_reason.is()) else { return Proposal::Decide(Vec::new()) };
    match reason {
        R::PlannedMove => suggested(C::CarePlan),
        // Whether it was the child's behaviour an agency's notice does not say.
        R::CarerAsked | R::NeedsChanged => Proposal::Decide(vec![C::CarerRequestedBehaviour, C::CarerRequestedOther]),
        R::CarerRetired | R::HomeClosed => suggested(C::ProvisionClosed),
        R::Standards => suggested(C::StandardsOfCare),
        R::Allegation => suggested(C::Allegation),
        R::ChildAsked => suggested(C::ChildRequested),
        R::Custody => {
            let too_young = born.and_then(|born| born.age_on(end)).is_some_and(|age| age < CUSTODY_FROM_YEARS);
            if too_young { Proposal::Decide(Vec::new()) } else { suggested(C::Custody) }
        }
        R::Other if more.is_some_and(|more| more.ended_by == Said::Is(PlacementEndedBy::Authority)) => {
            suggested(C::AuthorityRequested)
        }
        R::Other => suggested(C::Other),
        R::ReturnedHome | R::Adopted | R::Permanence | R::ReachedEighteen | R::StayingPut | R::Died => Proposal::Blank,
    }
}
