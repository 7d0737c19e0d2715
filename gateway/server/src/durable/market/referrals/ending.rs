//! How a search for a home ends: a person closes it, its time runs out, and at last it is forgotten.
//!
//! **Closed** by its authority with a reason, or by the gateway as expired once its deadline has passed and no offer on it
//! holds: whoever offered in time keeps the time that the offer names. One that was matched is closed by nobody while
//! somebody lives, or is about to live, in that home. Offers that still stood run out with it; providers that were asked
//! are told by their routes that it is over, and read it no more.
//! **Forgotten** with all that was answered, `retention.delivery_days` after it ended: it is what providers were told,
//! and stands as long as the deliveries that told them.

use axum::http::StatusCode;
use exchange::market::referral::offer::is_over;
use schemas::code::{OfferReason, OfferStatus, ReferralCloseReason, ReferralStatus};
use schemas::identifier::ReferralRef;
use schemas::record::OfferDecision;
use schemas::said::Said;
use serde_json::json;
use store::home::{OfferedAct, OfferedChange};
use store::{Batch, Micros, StoreFault};

use super::case::Case;
use super::clock::micros_of;
use super::issuing::{Outcome, moment, next_revision, state_word};
use crate::durable::commit::kept_blocking;
use crate::durable::moment::{days_before, now};
use crate::durable::protect::Actor;
use crate::durable::{Durable, HOUSE};
use crate::inbound::idempotency::Answered;

/// Searches that one commit forgets.
const FORGET_LOT: usize = 500;

impl Durable {
    /// An authority closes a search.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn close(
        &self,
        reference: &ReferralRef,
        reason: ReferralCloseReason,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.own_case(reference, actor) else { return Ok(Outcome::Missing) };
        if case.referral.status == Said::Is(ReferralStatus::Closed) {
            return Ok(Outcome::State(state_word(&case)));
        }
        if case.accepted().next().is_some() {
            // Somebody lives, or is about to live, in that home: undoing it is an act of its own.
            return Ok(Outcome::State("matched"));
        }
        let next = self.closed(&case, reason)?;
        let lines = self.lines(&next, "close-referral", actor, |_| {});
        let body = json!({ "reference": next.reference.as_str(), "state": "closed" });
        let answer = Answered::new(StatusCode::OK, body, Some(next.version));
        self.keep_case(next, case.version, Batch { audit: lines, ..Batch::default() }, Some((actor, answer)))
    }

    /// Closes a search whose time has run out.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn close_at_its_time(&self, case: &Case) -> Result<(), StoreFault> {
        let Some(deadline) = case.referral.respond_by.is().and_then(micros_of) else { return Ok(()) };
        let (at, undated_until) = (now(), deadline.saturating_add(self.offer_micros(&case.referral)));
        let offers = case.answers.iter().map(|answer| &answer.offer);
        if !is_over(&case.referral, offers, moment(undated_until)?, moment(at)?) {
            return Ok(());
        }
        let next = self.closed(case, ReferralCloseReason::Expired)?;
        let lines =
            self.lines(&next, "close-referral", &Actor::house(), |line| line.outcome = Some("expired".to_owned()));
        self.keep_case(next, case.version, Batch { audit: lines, ..Batch::default() }, None).map(drop)
    }

    /// A search as it is once it is closed.
    fn closed(&self, case: &Case, reason: ReferralCloseReason) -> Result<Case, StoreFault> {
        let mut next = case.clone();
        self.advance(&mut next);
        (next.referral.status, next.referral.close_reason) = (Said::Is(ReferralStatus::Closed), Said::Is(reason));
        let at = moment(next.at)?;
        for answer in next.answers.iter_mut().filter(|answer| answer.status() == Some(OfferStatus::Offered)) {
            answer.become_(OfferStatus::Expired);
            if reason != ReferralCloseReason::Expired {
                let (by, reason) = (Said::NotAsked, Said::Is(OfferReason::WithdrawnReferral));
                answer.offer.more.get_or_insert_default().decision =
                    Said::Is(OfferDecision { at: Said::Is(at), by, reason });
            }
        }
        Ok(next)
    }

    /// Gives a search that is open again the time that providers have to offer, where its own has passed: otherwise it
    /// would end the moment it is opened.
    ///
    /// # Errors
    /// When the clock cannot be right.
    pub(super) fn give_time_again(&self, case: &mut Case) -> Result<(), StoreFault> {
        if case.referral.respond_by.is().and_then(micros_of).is_none_or(|deadline| deadline > case.at) {
            return Ok(());
        }
        case.referral.respond_by = Said::Is(moment(case.at.saturating_add(self.offer_micros(&case.referral)))?);
        case.referral.revision = next_revision(&case.referral);
        Ok(())
    }

    /// Forgets a lot of searches that ended so many days ago; how many it were.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn forget_referrals(&self, days: u64) -> Result<usize, StoreFault> {
        let (at, before) = (now(), days_before(now(), days));
        let due = |case: &std::sync::Arc<Case>| has_ended(case) && case.at < before;
        let due: Vec<_> = self.referrals.cases().into_iter().filter(due).take(FORGET_LOT).collect();
        if due.is_empty() {
            return Ok(0);
        }
        let forget = |case: &std::sync::Arc<Case>| removed(case, at);
        let line = self.line("purge", HOUSE, at, |line| line.statements = vec![("referrals", due.len() as u64)]);
        let batch = Batch { referrals: due.iter().map(forget).collect(), audit: vec![line], ..Batch::default() };
        match kept_blocking(|done| self.store.keep(batch, done)) {
            Ok(Ok(_)) => self.referrals.forget(due.iter().map(|case| case.reference)),
            // Another wrote one of them, or nobody knows: what the store has is what stands.
            Ok(Err(_)) => self.load_referrals()?,
            Err(fault) => {
                self.load_referrals()?;
                return Err(fault);
            }
        }
        Ok(due.len())
    }
}

/// Whether nothing can become of a search any more: it is closed, or those who were taken in have left long enough ago.
fn has_ended(case: &Case) -> bool {
    case.accepted().all(|answer| answer.is_over)
        && matches!(case.referral.status, Said::Is(ReferralStatus::Closed | ReferralStatus::Matched))
}

/// The change by which nothing is held of a search.
pub(super) fn removed(case: &Case, at: Micros) -> OfferedChange {
    OfferedChange { id: case.id, seen: case.version, at, cause: HOUSE.to_owned(), act: OfferedAct::Remove }
}
