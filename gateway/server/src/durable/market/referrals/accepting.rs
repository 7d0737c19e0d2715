//! The moment at which identity may pass: what accepting an offer would let out, accepting it, and undoing that.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use exchange::market::referral::offer::{Actor as By, may_become, with_places};
use exchange::market::referral::rules;
use exchange::passage::{ChildHeld, Destination, Passage, Untraced, passage};
use exchange::recipient::Recipient;
use exchange::view::View;
use schemas::code::{OfferReason, OfferStatus, ReferralStatus, VacancyStatus};
use schemas::diagnostic::Rule;
use schemas::identifier::{ProviderUrn, ReferralRef};
use schemas::record::OfferDecision;
use schemas::said::Said;
use serde_json::{Value, json};
use store::subject::SubjectId;
use store::{Batch, StoreFault};
use uuid::Uuid;

use super::case::{Answer, Case};
use super::issuing::{Outcome, Person, moment};
use super::offers::word;
use crate::durable::Durable;
use crate::durable::market::around::may_work;
use crate::durable::market::offering::{NewHome, Offered};
use crate::durable::moment::{day_in, now, rfc3339};
use crate::durable::protect::Actor;
use crate::inbound::idempotency::Answered;

/// The view through which a provider knows a child whom it takes in.
const VIEW: &str = "provider";

/// Microseconds of a day.
const DAY_MICROS: i64 = 24 * 3_600_000_000;

impl Durable {
    /// What accepting an offer would let out, to whom, and until when; and the version of the search that this holds for.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn release(&self, case: &Case, answer: &Answer) -> Result<Value, StoreFault> {
        let Some(view) = View::shipped(VIEW) else { return Ok(Value::Null) };
        let at = now();
        let today = day_in(&self.config.timezone, at);
        let recipient = Recipient::default().released();
        let mut children = Vec::new();
        for child in self.open_children(&case.children_of(answer))? {
            let sources = child.sources();
            let held = ChildHeld {
                holdings: &sources,
                beside: &[],
                shares_place: self.shares_place(&child, today)?,
                restrictions: &child.restrictions,
            };
            let to = Destination {
                view,
                recipient: &recipient,
                as_at: Some(today),
                untraced: Untraced::Withhold,
                labels: true,
                diagnostics_max: 0,
            };
            children.push(match passage(&held, &to) {
                Passage::LeftOut(reason) => json!({ "leftOut": reason.word() }),
                Passage::Through(through) => {
                    let mut statements: BTreeMap<&str, u64> = BTreeMap::new();
                    for record in &through.records {
                        *statements.entry(record.statement.statement_type().name).or_default() += 1;
                    }
                    json!({ "statements": statements, "withheld": through.findings.losses() })
                }
            });
        }
        let fields: Vec<Value> = view
            .cells_let_out()
            .map(|(statement, field, precision)| json!({ "field": format!("{statement}.{field}"), "precision": precision }))
            .collect();
        let days = i64::try_from(self.config.release_days.accepted_days_max).unwrap_or(0);
        Ok(json!({
            "referral": case.reference.as_str(),
            "offer": answer.id,
            "providerUrn": answer.urn.as_str(),
            "recipients": self.recipients_of(answer.urn),
            "view": view.digest(),
            "until": rfc3339(at.saturating_add(days.saturating_mul(DAY_MICROS))),
            "untilIf": "no notice of the placement's start comes before",
            "children": children,
            "fields": fields,
            "warnings": self.accepting_warnings(answer),
        }))
    }

    /// The partners who act for a provider.
    fn recipients_of(&self, urn: ProviderUrn) -> Vec<&str> {
        let speaks = self.config.partners.iter().filter(|partner| partner.speaks_for(urn));
        speaks.map(|partner| partner.name.as_str()).collect()
    }

    fn accepting_warnings(&self, answer: &Answer) -> Vec<Value> {
        let standing = self.market.standing();
        let entry = answer.offer.vacancy_id.as_ref().is().and_then(|id| standing.entry_of(answer.urn, id));
        let has_profile = entry
            .is_some_and(|entry| entry.home.vacancy.more.as_ref().is_some_and(|more| more.for_the_child.has_value()));
        let rule = &rules::PROFILE_MISSING;
        let missing = json!({ "rule": rule.code, "message": rule.message, "help": rule.help });
        if has_profile { Vec::new() } else { vec![missing] }
    }

    /// A named person accepts an offer, having seen what it lets out. In one commit the offer is accepted, others for the
    /// same children are declined, places are reserved and told to the audit chain; then who the children are goes to
    /// this provider alone.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn accept_offer(
        &self,
        (reference, id): (&ReferralRef, Uuid),
        seen: u64,
        by: &Person,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.own_case(reference, actor) else { return Ok(Outcome::Missing) };
        let Some(held) = case.answer(id) else { return Ok(Outcome::Missing) };
        let urn = held.urn;
        // The provider's homes stay as they are while places are reserved.
        self.market.as_writer_of(vec![urn], || self.accept_as_writer(&case, held, seen, by, actor))
    }

    fn accept_as_writer(
        &self,
        case: &Case,
        held: &Answer,
        seen: u64,
        by: &Person,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let children = case.children_of(held);
        if children.iter().any(|child| case.is_matched(*child)) {
            return Ok(Outcome::Matched);
        }
        if case.version != seen {
            return Ok(Outcome::Changed);
        }
        let status = held.status();
        let holds = status.is_some_and(|from| may_become(Some(from), OfferStatus::Accepted, By::Authority));
        if case.referral.status != Said::Is(ReferralStatus::Open) || !holds {
            return Ok(Outcome::State(status.map_or("new", word)));
        }
        let mut next = case.clone();
        self.advance(&mut next);
        let at = moment(next.at)?;
        let until = held.offer.more.as_deref().and_then(|more| more.valid_until.is());
        if until.is_some_and(|until| until <= at) {
            return Ok(Outcome::State("expired"));
        }
        let reserved = match self.reserved(held, children.len()) {
            Ok(reserved) => reserved,
            Err(rule) => return Ok(rule.into()),
        };
        let (accepted_at, home) = (next.at, reserved.as_ref().map(|home| home.id));
        let decision = |reason| Said::Is(OfferDecision { at: Said::Is(at), by: by.said(), reason });
        next.change(held.id, |answer| {
            answer.become_(OfferStatus::Accepted);
            (answer.home, answer.accepted_at) = (home, Some(accepted_at));
            answer.offer.more.get_or_insert_default().decision = decision(Said::NotAsked);
        });
        let is_for_one_of_them =
            |answer: &Answer| case.children_of(answer).iter().any(|child| children.contains(child));
        for other in &mut next.answers {
            if other.status() == Some(OfferStatus::Offered) && is_for_one_of_them(other) {
                other.become_(OfferStatus::Declined);
                other.offer.more.get_or_insert_default().decision = decision(Said::Is(OfferReason::ChosenAnother));
            }
        }
        if next.children.iter().all(|child| next.is_matched(*child)) {
            next.referral.status = Said::Is(ReferralStatus::Matched);
        }
        let view = View::shipped(VIEW).map(|view| view.digest().to_owned());
        let lines = self.lines(&next, "accept-offer", actor, |line| {
            line.basis = Some(by.told());
            line.recipient = Some(self.recipients_of(held.urn).join(" "));
            line.view.clone_from(&view);
            line.outcome = Some(format!("offer:{}", held.id));
        });
        let body = json!({ "id": held.id, "state": "accepted", "warnings": self.accepting_warnings(held) });
        let answer = Answered::new(StatusCode::OK, body, Some(next.version));
        let batch = Batch { audit: lines, ..Batch::default() };
        self.keep_release((next, case.version), &children, reserved, batch, Some((actor, answer)))
    }

    /// Undoes an accepted offer: the provider is asked to delete what it was sent, search and places are open again.
    /// `by` is nobody where days have gone by.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn undo_accepted(
        &self,
        case: &Case,
        id: Uuid,
        (by, reason): (Option<&Person>, &str),
        actor: Option<&Actor>,
    ) -> Result<Outcome, StoreFault> {
        let Some(held) = case.answer(id) else { return Ok(Outcome::Missing) };
        self.market.as_writer_of(vec![held.urn], || self.undo_accepted_as_writer(case, held, (by, reason), actor))
    }

    /// The same, by a person who has seen the search at a version.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn undo_by_person(
        &self,
        (reference, id): (&ReferralRef, Uuid),
        seen: u64,
        (by, reason): (&Person, &str),
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.own_case(reference, actor) else { return Ok(Outcome::Missing) };
        if case.version != seen {
            return Ok(Outcome::Changed);
        }
        self.undo_accepted(&case, id, (Some(by), reason), Some(actor))
    }

    fn undo_accepted_as_writer(
        &self,
        case: &Case,
        held: &Answer,
        (by, reason): (Option<&Person>, &str),
        actor: Option<&Actor>,
    ) -> Result<Outcome, StoreFault> {
        let who = if by.is_some() { By::Authority } else { By::Gateway };
        if !held.status().is_some_and(|from| may_become(Some(from), OfferStatus::Undone, who)) {
            return Ok(Outcome::State(held.status().map_or("new", word)));
        }
        let children = case.children_of(held);
        let mut next = case.clone();
        self.advance(&mut next);
        next.change(held.id, |answer| answer.become_(OfferStatus::Undone));
        next.referral.status = Said::Is(ReferralStatus::Open);
        self.give_time_again(&mut next)?;
        let reopened = self.reopened(held, children.len());
        let of_house = Actor::house();
        let lines = self.lines(&next, "undo-offer", actor.unwrap_or(&of_house), |line| {
            line.basis = Some(by.map_or_else(|| reason.to_owned(), |by| format!("{}: {reason}", by.told())));
            line.recipient = Some(self.recipients_of(held.urn).join(" "));
            line.outcome = Some(format!("offer:{}", held.id));
        });
        let body = json!({ "id": held.id, "state": "undone" });
        let answer = Answered::new(StatusCode::OK, body, Some(next.version));
        let batch = Batch { audit: lines, ..Batch::default() };
        let answered = actor.map(|actor| (actor, answer));
        self.keep_release((next, case.version), &children, reopened, batch, answered)
    }

    /// Ends what a provider may know of children who left it: it is asked to delete what it was sent.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn end_release(&self, case: &Case, held: &Answer) -> Result<Outcome, StoreFault> {
        let children = case.children_of(held);
        let mut next = case.clone();
        self.advance(&mut next);
        next.change(held.id, |answer| answer.is_over = true);
        let lines = self.lines(&next, "end-release", &Actor::house(), |line| {
            line.recipient = Some(self.recipients_of(held.urn).join(" "));
            line.outcome = Some(format!("offer:{}", held.id));
        });
        let batch = Batch { audit: lines, ..Batch::default() };
        self.keep_release((next, case.version), &children, None, batch, None)
    }

    /// Keeps a search whose release begins or ends: what was planned for its children is looked at again.
    fn keep_release(
        &self,
        (next, seen): (Case, u64),
        children: &[SubjectId],
        home: Option<NewHome>,
        mut batch: Batch,
        answered: Option<(&Actor, Answered)>,
    ) -> Result<Outcome, StoreFault> {
        let today = day_in(&self.config.timezone, next.at);
        for mut child in self.open_children(children)? {
            child.raise_epoch();
            batch.subjects.push(child.change(today));
        }
        let offered = Offered { homes: home.into_iter().collect(), providers: Vec::new(), at: next.at };
        offered.put_into(&mut batch, &format!("referral:{}", next.id));
        let outcome = self.keep_case(next, seen, batch, answered)?;
        match outcome {
            Outcome::Done(_) => self.show_offered(offered),
            // What was seen of the home may have changed as well.
            _ => self.load_market()?,
        }
        Ok(outcome)
    }

    /// The home of an offer with so many places reserved; none where the offer names no vacancy. Nothing of a provider that
    /// may not work.
    fn reserved(&self, answer: &Answer, children: usize) -> Result<Option<NewHome>, &'static Rule> {
        if !may_work(&self.config, answer.urn, day_in(&self.config.timezone, now())) {
            return Err(&rules::REGISTRATION_NOT_ACTIVE);
        }
        let Said::Is(vacancy_id) = &answer.offer.vacancy_id else { return Ok(None) };
        let standing = self.market.standing();
        let entry = standing.entry_of(answer.urn, vacancy_id).ok_or(&rules::OFFER_VACANCY)?;
        if entry.home.vacancy.status != Said::Is(VacancyStatus::Open) {
            return Err(&rules::OFFER_OVER_PLACES);
        }
        let vacancy = with_places(&entry.home.vacancy, children, true).ok_or(&rules::OFFER_OVER_PLACES)?;
        Ok(Some(NewHome { id: entry.id, seen: entry.version, urn: answer.urn, vacancy }))
    }

    /// The home of an accepted offer with its places open again, where they are still reserved.
    fn reopened(&self, answer: &Answer, children: usize) -> Option<NewHome> {
        let standing = self.market.standing();
        let entry = standing.entry(answer.home?)?;
        let vacancy = with_places(&entry.home.vacancy, children, false)?;
        Some(NewHome { id: entry.id, seen: entry.version, urn: answer.urn, vacancy })
    }
}
