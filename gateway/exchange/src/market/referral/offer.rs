//! What may become of an offer, and whether one can be made (ifa-formats, sections 4.3 and 6.1).

use schemas::{
    code::{OfferStatus, ReferralStatus, VacancyStatus},
    date::DateTime,
    diagnostic::Rule,
    record::{Offer, Referral, Vacancy},
    reflect::Number,
    said::Said,
};

use super::rules;

/// Who changes the state of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The agency that made it.
    Agency,
    /// The authority whose referral it answers.
    Authority,
    /// The gateway, when days and notices go by.
    Gateway,
}

/// Whether an actor may change the state of an offer; what has ended does not move.
#[must_use]
pub fn may_become(from: Option<OfferStatus>, to: OfferStatus, actor: Actor) -> bool {
    use OfferStatus::{Accepted, Declined, Expired, NoOffer, Offered, Undone, Withdrawn};
    matches!(
        (from, to, actor),
        (None | Some(NoOffer | Offered), Offered, Actor::Agency)
            | (None | Some(NoOffer), NoOffer, Actor::Agency)
            | (Some(Offered), Withdrawn, Actor::Agency)
            | (Some(Offered), Accepted | Declined, Actor::Authority)
            | (Some(Offered), Declined | Expired, Actor::Gateway)
            | (Some(Accepted), Undone, Actor::Authority | Actor::Gateway)
    )
}

/// Whether a referral takes offers at a moment.
///
/// # Errors
/// The rule: closed, matched, or late.
pub fn takes_offers(referral: &Referral, at: DateTime) -> Result<(), &'static Rule> {
    if referral.status != Said::Is(ReferralStatus::Open) {
        return Err(&rules::OFFER_REFERRAL_CLOSED);
    }
    match referral.respond_by {
        Said::Is(deadline) if deadline < at => Err(&rules::OFFER_LATE),
        _ => Ok(()),
    }
}

/// Whether the time of an open referral is over at a moment: its deadline has passed, and none of the offers on it
/// holds. An offer holds until the moment that it names, and one that names none until `undated_until`; one that was
/// accepted holds however late it is.
pub fn is_over<'o>(
    referral: &Referral,
    offers: impl IntoIterator<Item = &'o Offer>,
    undated_until: DateTime,
    at: DateTime,
) -> bool {
    let holds = |offer: &Offer| match offer.status {
        Said::Is(OfferStatus::Accepted) => true,
        Said::Is(OfferStatus::Offered) => {
            let named = offer.more.as_deref().and_then(|more| more.valid_until.is());
            named.unwrap_or(undated_until) > at
        }
        _ => false,
    };
    takes_offers(referral, at) == Err(&rules::OFFER_LATE) && !offers.into_iter().any(holds)
}

/// Whether an offer can be made on a referral at a moment; `vacancy` is the one that it names, `None` where it names
/// none or there is none.
///
/// # Errors
/// The rule that it breaks.
pub fn check(offer: &Offer, referral: &Referral, vacancy: Option<&Vacancy>, at: DateTime) -> Result<(), &'static Rule> {
    takes_offers(referral, at)?;
    if offer.status == Said::Is(OfferStatus::NoOffer) {
        return Ok(());
    }
    let more = offer.more.as_deref();
    let numbers = more.and_then(|more| more.children.as_ref().is()).map_or(&[][..], Vec::as_slice);
    let known: Vec<Number<99>> = children_of(referral).collect();
    if !numbers.iter().all(|number| known.contains(number)) {
        return Err(&rules::OFFER_CHILDREN);
    }
    if more.is_some_and(|more| matches!(more.valid_until, Said::Is(until) if until <= at)) {
        return Err(&rules::OFFER_OVER);
    }
    if offer.vacancy_id.has_value() {
        let Some(vacancy) = vacancy else { return Err(&rules::OFFER_VACANCY) };
        let asked = if numbers.is_empty() { known.len() } else { numbers.len() };
        if places_available(vacancy) < asked {
            return Err(&rules::OFFER_OVER_PLACES);
        }
    }
    Ok(())
}

/// The children of a referral, by their numbers.
pub fn children_of(referral: &Referral) -> impl Iterator<Item = Number<99>> + '_ {
    let children = referral.more.as_deref().and_then(|more| more.children.as_ref().is());
    children.into_iter().flatten().filter_map(|child| child.child_no.is())
}

/// The children that an offer is for: those it names, or all of the referral's.
#[must_use]
pub fn offered_for(offer: &Offer, referral: &Referral) -> Vec<Number<99>> {
    let named = offer.more.as_deref().and_then(|more| more.children.as_ref().is()).filter(|named| !named.is_empty());
    named.cloned().unwrap_or_else(|| children_of(referral).collect())
}

/// Places of a vacancy that would be filled today.
fn places_available(vacancy: &Vacancy) -> usize {
    let places = vacancy.more.as_deref().and_then(|more| more.places.as_ref().is());
    let available = places.and_then(|places| places.available.is()).map_or(0, |available| available.get().into());
    if vacancy.status == Said::Is(VacancyStatus::Open) { available } else { 0 }
}

/// Moves so many places of a vacancy from reserved to occupied: children have moved in. `None` where not so many are
/// reserved.
#[must_use]
pub fn moved_in(vacancy: &Vacancy, children: usize) -> Option<Vacancy> {
    let mut next = vacancy.clone();
    let Said::Is(places) = &mut next.more.get_or_insert_default().places else { return None };
    let count = |said: Said<Number<99>>| said.is().map_or(0, |number| usize::from(number.get()));
    let number = |count: usize| u16::try_from(count).ok().and_then(Number::new);
    let reserved = count(places.reserved).checked_sub(children)?;
    places.occupied = Said::Is(number(count(places.occupied) + children)?);
    places.reserved = Said::Is(number(reserved)?);
    let is_full = count(places.available) == 0 && reserved == 0;
    if is_full && matches!(vacancy.status, Said::Is(VacancyStatus::Open | VacancyStatus::Reserved)) {
        next.status = Said::Is(VacancyStatus::Filled);
    }
    Some(next)
}

/// Moves so many places of a vacancy from available to reserved, or back; what is left open decides its state. `None`
/// where there are not so many.
#[must_use]
pub fn with_places(vacancy: &Vacancy, children: usize, is_reserved: bool) -> Option<Vacancy> {
    let mut next = vacancy.clone();
    let places = match &mut next.more.get_or_insert_default().places {
        Said::Is(places) => places,
        _ => return None,
    };
    let count = |said: Said<Number<99>>| said.is().map_or(0, |number| usize::from(number.get()));
    let (available, reserved) = (count(places.available), count(places.reserved));
    let (available, reserved) = match is_reserved {
        true => (available.checked_sub(children)?, reserved + children),
        false => (available + children, reserved.checked_sub(children)?),
    };
    let number = |count: usize| u16::try_from(count).ok().and_then(Number::new);
    (places.available, places.reserved) = (Said::Is(number(available)?), Said::Is(number(reserved)?));
    next.status = match (vacancy.status, available) {
        (Said::Is(VacancyStatus::Open), 0) => Said::Is(VacancyStatus::Reserved),
        (Said::Is(VacancyStatus::Reserved), 1..) => Said::Is(VacancyStatus::Open),
        (status, _) => status,
    };
    Some(next)
}
