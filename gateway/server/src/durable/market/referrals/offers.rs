//! What providers answer to a search, and what becomes of it until one is accepted.

use axum::http::StatusCode;
use exchange::market::referral::offer::{Actor as By, check, may_become, takes_offers};
use exchange::market::referral::rules;
use schemas::code::{OfferReason, OfferStatus, ReferralStatus};
use schemas::identifier::{ProviderUrn, ReferralRef};
use schemas::record::{Offer, OfferDecision};
use schemas::said::Said;
use serde_json::json;
use store::{Batch, StoreFault};
use uuid::Uuid;

use super::case::{Answer, Case};
use super::issuing::{Outcome, Person, moment};
use crate::durable::Durable;
use crate::durable::market::around::may_work;
use crate::durable::moment::{day_in, now};
use crate::durable::protect::Actor;
use crate::inbound::idempotency::Answered;

/// Answers that one provider gives to one search.
const PROVIDER_ANSWERS_MAX: usize = 20;

impl Durable {
    /// A provider answers a search that it was asked about.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn make_offer(
        &self,
        reference: &ReferralRef,
        urn: ProviderUrn,
        offer: Offer,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.asked_case(reference, urn) else {
            return Ok((&rules::OFFER_REFERRAL_UNKNOWN).into());
        };
        let same = |answer: &&Answer| answer.urn == urn && answer.offer.offer_id == offer.offer_id;
        if let Some(held) = case.answers.iter().find(same) {
            return Ok(Outcome::Exists(held.id));
        }
        if case.answers.iter().filter(|answer| answer.urn == urn).count() >= PROVIDER_ANSWERS_MAX {
            return Ok(Outcome::State("too-many-answers"));
        }
        let Some(status) = offer.status.is().filter(|status| may_become(None, *status, By::Agency)) else {
            return Ok(Outcome::State("new"));
        };
        if let Err(rule) = self.check_offer(&case, urn, &offer)? {
            return Ok(rule.into());
        }
        let (seen, id) = (case.version, Uuid::now_v7());
        let mut next = (*case).clone();
        self.advance(&mut next);
        let offer = undecided(offer);
        next.answers.push(Answer {
            id,
            version: 1,
            urn,
            offer,
            home: None,
            accepted_at: None,
            started_at: None,
            ended_on: None,
            is_over: false,
        });
        let lines = self.lines(&next, "offer", actor, |line| line.outcome = Some(word(status).to_owned()));
        // An answer without an offer is counted, and is no thing of its own.
        let code = if status == OfferStatus::NoOffer { StatusCode::OK } else { StatusCode::CREATED };
        let body = json!({ "id": id, "state": word(status), "version": 1 });
        let answer = Answered::new(code, body, Some(1)).at(location(&next, id));
        self.keep_case(next, seen, Batch { audit: lines, ..Batch::default() }, Some((actor, answer)))
    }

    /// A provider says an offer anew, which it has seen at a version.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn say_offer_anew(
        &self,
        reference: &ReferralRef,
        (id, seen): (Uuid, u64),
        urn: ProviderUrn,
        offer: Offer,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.asked_case(reference, urn) else { return Ok(Outcome::Missing) };
        let Some(held) = case.answer(id).filter(|held| held.urn == urn) else { return Ok(Outcome::Missing) };
        if held.version != seen {
            return Ok(Outcome::Changed);
        }
        let (from, to) = (held.status(), offer.status.is());
        let Some(to) = to.filter(|to| may_become(from, *to, By::Agency)) else {
            return Ok(Outcome::State(from.map_or("new", word)));
        };
        if held.offer.offer_id != offer.offer_id {
            return Ok(Outcome::State("another-offer"));
        }
        if let Err(rule) = self.check_offer(&case, urn, &offer)? {
            return Ok(rule.into());
        }
        self.change_offer(
            &case,
            id,
            actor,
            "change-offer",
            |answer| {
                answer.offer = undecided(offer);
                answer.version += 1;
            },
            word(to),
        )
    }

    /// A provider takes an offer back.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn withdraw_offer(
        &self,
        reference: &ReferralRef,
        id: Uuid,
        is_own: impl Fn(ProviderUrn) -> bool,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let case = self.referrals.case(reference);
        let Some((case, held)) = case.as_ref().and_then(|case| Some((case, case.answer(id)?))) else {
            return Ok(Outcome::Missing);
        };
        if !is_own(held.urn) {
            return Ok(Outcome::Missing);
        }
        if !held.status().is_some_and(|from| may_become(Some(from), OfferStatus::Withdrawn, By::Agency)) {
            return Ok(Outcome::State(held.status().map_or("new", word)));
        }
        self.change_offer(
            case,
            id,
            actor,
            "withdraw-offer",
            |answer| answer.become_(OfferStatus::Withdrawn),
            "withdrawn",
        )
    }

    /// An authority declines an offer, and says why.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn decline_offer(
        &self,
        reference: &ReferralRef,
        id: Uuid,
        reason: OfferReason,
        by: Option<&Person>,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.own_case(reference, actor) else { return Ok(Outcome::Missing) };
        let Some(held) = case.answer(id) else { return Ok(Outcome::Missing) };
        if !held.status().is_some_and(|from| may_become(Some(from), OfferStatus::Declined, By::Authority)) {
            return Ok(Outcome::State(held.status().map_or("new", word)));
        }
        let at = moment(now())?;
        let by = by.map_or(Said::NotAsked, Person::said);
        self.change_offer(
            &case,
            id,
            actor,
            "decline-offer",
            |answer| {
                answer.become_(OfferStatus::Declined);
                let decision = OfferDecision { at: Said::Is(at), by, reason: Said::Is(reason) };
                answer.offer.more.get_or_insert_default().decision = Said::Is(decision);
            },
            "declined",
        )
    }

    fn change_offer(
        &self,
        case: &Case,
        id: Uuid,
        actor: &Actor,
        action: &'static str,
        change: impl FnOnce(&mut Answer),
        state: &'static str,
    ) -> Result<Outcome, StoreFault> {
        let seen = case.version;
        let mut next = case.clone();
        self.advance(&mut next);
        next.change(id, change);
        let version = next.answer(id).map_or(0, |answer| answer.version);
        let lines = self.lines(&next, action, actor, |line| line.outcome = Some(state.to_owned()));
        let answer =
            Answered::new(StatusCode::OK, json!({ "id": id, "state": state, "version": version }), Some(version));
        self.keep_case(next, seen, Batch { audit: lines, ..Batch::default() }, Some((actor, answer)))
    }

    /// A search about which a provider was asked.
    pub(crate) fn asked_case(&self, reference: &ReferralRef, urn: ProviderUrn) -> Option<std::sync::Arc<Case>> {
        self.referrals.case(reference).filter(|case| case.asked.contains(&urn))
    }

    /// Whether an offer can be made now.
    fn check_offer(
        &self,
        case: &Case,
        urn: ProviderUrn,
        offer: &Offer,
    ) -> Result<Result<(), &'static schemas::diagnostic::Rule>, StoreFault> {
        let at = moment(now())?;
        if let Err(rule) = takes_offers(&case.referral, at) {
            return Ok(Err(rule));
        }
        let standing = self.market.standing();
        let entry = offer.vacancy_id.as_ref().is().and_then(|id| standing.entry_of(urn, id));
        let offers = offer.status == Said::Is(OfferStatus::Offered);
        if offers && !may_work(&self.config, urn, day_in(&self.config.timezone, now())) {
            return Ok(Err(&rules::REGISTRATION_NOT_ACTIVE));
        }
        Ok(check(offer, &case.referral, entry.map(|entry| &entry.home.vacancy), at))
    }
}

/// What an agency says of its offer: what the authority decides is not the agency's to say.
fn undecided(mut offer: Offer) -> Offer {
    if let Some(more) = &mut offer.more {
        more.decision = Said::NotAsked;
    }
    offer
}

/// The state of an offer, as callers read it.
pub(crate) fn word(status: OfferStatus) -> &'static str {
    match status {
        OfferStatus::Offered => "offered",
        OfferStatus::Accepted => "accepted",
        OfferStatus::Declined => "declined",
        OfferStatus::Withdrawn => "withdrawn",
        OfferStatus::Expired => "expired",
        OfferStatus::Undone => "undone",
        OfferStatus::NoOffer => "no-offer",
    }
}

/// Where an offer is read.
pub(super) fn location(case: &Case, id: Uuid) -> String {
    format!("/v1/referrals/{}/offers/{id}", case.reference.as_str())
}

/// Whether a search is closed to providers.
pub(crate) fn is_closed(case: &Case) -> bool {
    case.referral.status == Said::Is(ReferralStatus::Closed)
}
