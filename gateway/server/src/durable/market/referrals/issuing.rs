//! What an authority does with a search: sends it out, opens its waves, changes it.

use std::sync::Arc;

use aws_lc_rs::rand;
use axum::http::StatusCode;
use exchange::market::framework::{Framework, framework};
use exchange::market::referral::alike::Looks;
use exchange::market::referral::issue::{Choices, Refusal, make};
use exchange::market::referral::rules;
use exchange::market::referral::wave::{asked, check, named};
use schemas::code::{OfferStatus, ReferralStatus, VacancyStatus, local_authority_name};
use schemas::date::{Date, DateTime};
use schemas::diagnostic::Rule;
use schemas::identifier::{Identifier, LaCode, ProviderUrn, ReferralRef};
use schemas::record::{DecidedBy, Referral, ReferralMore, ReferralWave, ReferredChild};
use schemas::reflect::Number;
use schemas::said::Said;
use serde_json::json;
use store::audit::AuditEntry;
use store::home::OfferedChange;
use store::identity::BlindIdentifier;
use store::subject::SubjectId;
use store::{Batch, Micros, Refused, StoreFault};
use uuid::Uuid;

use super::case::Case;
use super::ending::removed;
use crate::durable::blind::blind_of;
use crate::durable::held::Child;
use crate::durable::market::review::date_time;
use crate::durable::moment::{day_in, days_before, now};
use crate::durable::protect::{Actor, Whose};
use crate::durable::{Durable, HOUSE};
use crate::inbound::idempotency::Answered;

/// Children that are looked at together when they are counted.
const LOT: usize = 256;

/// No gateway is away longer than this: what ended before has been told.
const RECENT_DAYS: u64 = 31;

/// Microseconds of an hour.
const HOUR_MICROS: i64 = 3_600_000_000;

/// The letters and digits of a random name: none that is taken for another (Crockford's base 32).
const NAME_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of a random name: 130 bits.
const NAME_LENGTH: usize = 26;

/// What came of what somebody asked of a search.
pub(crate) enum Outcome {
    /// It is done.
    Done(Answered),
    /// There is no such thing for whoever asks.
    Missing,
    /// What was seen has changed.
    Changed,
    /// The state of it does not allow it.
    State(&'static str),
    /// Another offer was accepted.
    Matched,
    /// One of that reference is there already.
    Exists(Uuid),
    /// It breaks a rule, at a member of what was sent where one is named.
    Breaks(Refusal),
    /// The store refuses it.
    Refused(Refused),
}

impl From<&'static Rule> for Outcome {
    fn from(rule: &'static Rule) -> Self {
        Self::Breaks(Refusal { rule, member: String::new() })
    }
}

/// A person who answers for an act.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: Box<str>,
    pub(crate) role: Box<str>,
}

impl Person {
    /// As the record has it.
    pub(crate) fn said(&self) -> Said<DecidedBy> {
        Said::Is(DecidedBy { name: Said::Is(self.name.clone()), role: Said::Is(self.role.clone()) })
    }

    /// As the audit chain is told.
    pub(crate) fn told(&self) -> String {
        format!("{}, {}", self.name, self.role)
    }
}

/// A search to be sent out.
pub(crate) struct ToIssue {
    /// Whom it is about.
    pub(crate) children: Vec<BlindIdentifier>,
    /// What is asked for.
    pub(crate) referral: Referral,
    pub(crate) choices: Choices,
    pub(crate) by: Person,
    /// Why the authority's own carers are not asked first.
    pub(crate) in_house_skipped: Option<String>,
}

impl Durable {
    /// Sends a search out, to its first wave.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn issue(&self, to_issue: ToIssue, authority: LaCode, actor: &Actor) -> Result<Outcome, StoreFault> {
        let ToIssue { children, mut referral, choices, by, in_house_skipped } = to_issue;
        let found = self.store.find(&children)?;
        let mut own: Vec<Child> = Vec::new();
        for id in found {
            let Some(child) = id.map(|id| self.own_child(id, &actor.whose)).transpose()?.flatten() else {
                return Ok(Outcome::Missing);
            };
            if child.is_erased() {
                return Ok(Outcome::State("erased"));
            }
            own.push(child);
        }
        let at = now();
        let issued_at = moment(at)?;
        let today = day_in(&self.config.timezone, at);
        let mut more = *referral.more.take().unwrap_or_default();
        let waves = numbered(more.waves.is().unwrap_or_default());
        let own_framework = more.framework.as_ref().is().and_then(|of| of.id.as_ref().is());
        let own_framework = own_framework.and_then(|id| framework(&self.config.frameworks, id));
        if let Err(rule) = check(&waves, own_framework, &self.config.frameworks, in_house_skipped.is_some()) {
            return Ok(Outcome::Breaks(Refusal { rule, member: "waves".to_owned() }));
        }
        more.waves = Said::Is(waves);
        more.issued_by = by.said();
        let team = more.authority.is().unwrap_or_default();
        let name = local_authority_name(authority.number()).map_or(Said::NotAsked, |name| Said::Is(name.into()));
        more.authority = Said::Is(schemas::record::ReferralAuthority { code: Said::Is(authority), name, ..team });
        if !matches!(referral.respond_by, Said::Is(deadline) if deadline > issued_at) {
            if referral.respond_by.has_value() {
                return Ok(Outcome::Breaks(Refusal { rule: &rules::OFFER_OVER, member: "respondBy".to_owned() }));
            }
            referral.respond_by = Said::NotAsked;
        }
        referral.more = Some(Box::new(more));
        if !referral.respond_by.has_value() {
            referral.respond_by = Said::Is(moment(at.saturating_add(self.offer_micros(&referral)))?);
        }
        let dossiers: Vec<_> = own.iter().map(Child::dossier).collect();
        let census = self.census_of(authority, today)?;
        let made = match make(&referral, &dossiers, census.as_deref(), choices, issued_at) {
            Ok(made) => made,
            Err(refusal) => return Ok(Outcome::Breaks(refusal)),
        };
        let mut referral = made.referral;
        referral.status = Said::Is(ReferralStatus::Open);
        (referral.close_reason, referral.revision) = (Said::NotAsked, first_revision());
        let mut case = Case {
            id: Uuid::now_v7(),
            version: 1,
            at,
            reference: random_name()?,
            authority,
            children: own.iter().map(|child| child.id).collect(),
            referral,
            asked: Vec::new(),
            answers: Vec::new(),
        };
        self.open_due_wave(&mut case, 0, Some(&by), at)?;
        let mut lines = self.lines(&case, "issue-referral", actor, |line| {
            line.basis = Some(by.told());
            line.outcome = in_house_skipped.as_ref().map(|reason| format!("in-house skipped: {reason}"));
        });
        lines.extend(self.lines(&case, "open-wave", actor, |line| {
            line.basis = Some(by.told());
            line.outcome = Some("wave=1".to_owned());
        }));
        let told: Vec<_> = made.told.iter().map(|rule| json!({ "rule": rule.code, "message": rule.message })).collect();
        let body =
            json!({ "reference": case.reference.as_str(), "revision": 1, "asked": case.asked.len(), "told": told });
        let answer =
            Answered::new(StatusCode::CREATED, body, Some(1)).at(format!("/v1/referrals/{}", case.reference.as_str()));
        let mut batch = Batch { audit: lines, ..Batch::default() };
        // What the provider tells of the placement under this name is told of this child; of several nobody could say of
        // which.
        if let [child] = &mut own[..] {
            child.attach(blind_of(&Identifier::Referral(case.reference), None));
            batch.subjects.push(child.change(today));
        }
        self.keep_case(case, 0, batch, Some((actor, answer)))
    }

    /// Opens a wave before its time, or one that waits for a person.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn open_wave(
        &self,
        reference: &ReferralRef,
        number: usize,
        by: &Person,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.own_case(reference, actor) else { return Ok(Outcome::Missing) };
        if case.referral.status != Said::Is(ReferralStatus::Open) {
            return Ok(Outcome::State(state_word(&case)));
        }
        let seen = case.version;
        let waves = waves_of(&case);
        let Some(at_wave) = number.checked_sub(1).filter(|at| *at < waves.len()) else { return Ok(Outcome::Missing) };
        if waves[at_wave].opened_at.has_value() {
            return Ok(Outcome::State("opened"));
        }
        // Whoever comes later in the order is not asked before those who come first.
        if !waves[..at_wave].iter().all(|wave| wave.opened_at.has_value()) {
            return Ok(Outcome::State("waits-for-the-wave-before"));
        }
        let mut next = (*case).clone();
        self.advance(&mut next);
        let at = next.at;
        self.open_due_wave(&mut next, at_wave, Some(by), at)?;
        let lines = self.lines(&next, "open-wave", actor, |line| {
            line.basis = Some(by.told());
            line.outcome = Some(format!("wave={number}"));
        });
        let body = json!({ "wave": number, "asked": next.asked.len() });
        let answer = Answered::new(StatusCode::OK, body, Some(next.version));
        self.keep_case(next, seen, Batch { audit: lines, ..Batch::default() }, Some((actor, answer)))
    }

    /// Changes what a search asks for; providers see that its revision rose.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn revise(
        &self,
        (reference, seen): (&ReferralRef, u64),
        asked: &Referral,
        choices: Choices,
        by: &Person,
        actor: &Actor,
    ) -> Result<Outcome, StoreFault> {
        let Some(case) = self.own_case(reference, actor) else { return Ok(Outcome::Missing) };
        if case.version != seen {
            return Ok(Outcome::Changed);
        }
        if case.referral.status != Said::Is(ReferralStatus::Open) {
            return Ok(Outcome::State(state_word(&case)));
        }
        let children = self.open_children(&case.children)?;
        if children.len() != case.children.len() || children.iter().any(Child::is_erased) {
            return Ok(Outcome::State("erased"));
        }
        let mut next = (*case).clone();
        self.advance(&mut next);
        let today = day_in(&self.config.timezone, next.at);
        let dossiers: Vec<_> = children.iter().map(Child::dossier).collect();
        let census = self.census_of(case.authority, today)?;
        let held = case.referral.more.as_deref().cloned().unwrap_or_default();
        let mut asked = asked.clone();
        let said = asked.more.take().map(|more| *more).unwrap_or_default();
        // Who asks, whom, and under which framework stays as it was sent out.
        let (waves, issued_by) = (held.waves, held.issued_by);
        let team = said.authority.is().or(held.authority.clone().is()).unwrap_or_default();
        let code = held.authority.is().unwrap_or_default();
        let authority = Said::Is(schemas::record::ReferralAuthority { code: code.code, name: code.name, ..team });
        asked.more = Some(Box::new(ReferralMore { waves, issued_by, authority, framework: held.framework, ..said }));
        let issued_at = case.referral.issued_at.is().map_or_else(|| moment(next.at), Ok)?;
        let made = match make(&asked, &dossiers, census.as_deref(), choices, moment(next.at)?) {
            Ok(made) => made,
            Err(refusal) => return Ok(Outcome::Breaks(refusal)),
        };
        let revision = next_revision(&case.referral);
        next.referral = Referral {
            status: case.referral.status,
            close_reason: Said::NotAsked,
            revision,
            issued_at: Said::Is(issued_at),
            respond_by: if asked.respond_by.has_value() { asked.respond_by } else { case.referral.respond_by },
            more: made.referral.more,
        };
        let lines = self.lines(&next, "revise-referral", actor, |line| line.basis = Some(by.told()));
        let told: Vec<_> = made.told.iter().map(|rule| json!({ "rule": rule.code, "message": rule.message })).collect();
        let revision = revision.is().map(Number::get);
        let body = json!({ "reference": next.reference.as_str(), "revision": revision, "told": told });
        let answer = Answered::new(StatusCode::OK, body, Some(next.version));
        self.keep_case(next, seen, Batch { audit: lines, ..Batch::default() }, Some((actor, answer)))
    }

    /// A search of the authority for which somebody acts.
    pub(super) fn own_case(&self, reference: &ReferralRef, actor: &Actor) -> Option<Arc<Case>> {
        self.referrals.case(reference).filter(|case| match &actor.whose {
            Whose::Of(authority) => *authority == case.authority.to_string(),
            Whose::Everybodys => true,
            Whose::Nobodys => false,
        })
    }

    /// How long providers have to offer, where the search itself does not say, and how long an offer holds that does not
    /// say so either: as its framework has it.
    pub(super) fn offer_micros(&self, referral: &Referral) -> Micros {
        let named = referral.more.as_deref().and_then(|more| more.framework.as_ref().is()?.id.as_ref().is());
        let own = named.and_then(|id| framework(&self.config.frameworks, id));
        i64::from(own.map_or(Framework::OFFER_HOURS, |framework| framework.offer_hours)) * HOUR_MICROS
    }

    /// The next version of a search, at this moment.
    pub(super) fn advance(&self, case: &mut Case) {
        (case.version, case.at) = (case.version + 1, now());
    }

    /// A line about each child of a search.
    pub(super) fn lines(
        &self,
        case: &Case,
        action: &'static str,
        actor: &Actor,
        tell: impl Fn(&mut AuditEntry),
    ) -> Vec<AuditEntry> {
        let line = |child: &SubjectId| {
            self.line(action, &actor.name, case.at, |line| {
                line.by.clone_from(&actor.by);
                line.request = actor.request;
                line.subject = Some(*child);
                line.object = Some(format!("referral:{}", case.id));
                tell(line);
            })
        };
        case.children.iter().map(line).collect()
    }

    /// Keeps a search, shows it, and plans what follows for its children.
    ///
    /// # Errors
    /// When the store fails: then it may be kept, and is shown once all are read again.
    pub(super) fn keep_case(
        &self,
        case: Case,
        seen: u64,
        mut batch: Batch,
        answered: Option<(&Actor, Answered)>,
    ) -> Result<Outcome, StoreFault> {
        let cause = answered.as_ref().and_then(|(actor, _)| actor.request);
        let cause = cause.map_or_else(|| HOUSE.to_owned(), |request| format!("request:{request}"));
        batch.referrals.push(case.kept(seen, cause));
        let (kept, answer) = match answered {
            Some((actor, answer)) => (self.act(batch, actor, &answer), answer),
            None => {
                let kept = crate::durable::commit::kept_blocking(|done| self.store.keep(batch, done));
                (kept, Answered::empty(case.version))
            }
        };
        match kept {
            Ok(Ok(_)) => {}
            Ok(Err(Refused::Clash)) => {
                // Another wrote it first: what the store has is what stands.
                self.load_referrals()?;
                return Ok(Outcome::Changed);
            }
            Ok(Err(refused)) => return Ok(Outcome::Refused(refused)),
            Err(fault) => {
                self.load_referrals()?;
                return Err(fault);
            }
        }
        let children = case.children.clone();
        self.referrals.show(case);
        self.plan_children(&children, |_| true)?;
        self.wake_courier();
        Ok(Outcome::Done(answer))
    }

    /// Opens a wave of a search: everybody whom it asks and who was not asked yet is asked now.
    pub(super) fn open_due_wave(
        &self,
        case: &mut Case,
        number: usize,
        by: Option<&Person>,
        at: Micros,
    ) -> Result<(), StoreFault> {
        let opened_at = moment(at)?;
        let frameworks = &self.config.frameworks;
        let more = case.referral.more.get_or_insert_default();
        let own = more.framework.as_ref().is().and_then(|of| of.id.as_ref().is());
        let own = own.and_then(|id| framework(frameworks, id));
        let Said::Is(waves) = &mut more.waves else { return Ok(()) };
        let Some(wave) = waves.get_mut(number) else { return Ok(()) };
        wave.opened_at = Said::Is(opened_at);
        wave.opened_by = by.map_or(Said::NotAsked, Person::said);
        let wave = wave.clone();
        let standing = self.market.standing();
        let today = day_in(&self.config.timezone, at);
        let has_home = |urn: ProviderUrn| {
            standing.entries().any(|entry| {
                let home = &entry.home;
                let as_at = home.vacancy.as_at.is().and_then(DateTime::date);
                home.urn == urn
                    && home.is_registered
                    && home.vacancy.status == Said::Is(VacancyStatus::Open)
                    && own.is_none_or(|own| home.vacancy.provision == Said::Is(own.provision))
                    && !home.freshness.is_stale(as_at, today)
            })
        };
        let mut providers: Vec<ProviderUrn> = named(waves, frameworks).collect();
        providers.extend(standing.entries().map(|entry| entry.home.urn));
        providers.sort_unstable();
        providers.dedup();
        let new: Vec<ProviderUrn> =
            asked(&wave, own, frameworks, providers, has_home).filter(|urn| !case.asked.contains(urn)).collect();
        case.asked.extend(new);
        Ok(())
    }

    /// The looks of every child whom an authority looks after; `None` where nothing is held of any.
    fn census_of(&self, authority: LaCode, today: Date) -> Result<Option<Vec<Looks>>, StoreFault> {
        let (mut looks, mut after) = (Vec::new(), None);
        let authority = authority.to_string();
        loop {
            let lot = self.store.all_subjects(after, LOT)?;
            let Some(last) = lot.last().copied() else { break };
            after = Some(last);
            for child in self.open_children(&lot)? {
                if child.standing.authority.as_deref() != Some(&authority) || child.is_erased() {
                    continue;
                }
                let dossier = child.dossier();
                if exchange::market::referral::alike::is_looked_after(&dossier, today) {
                    looks.push(Looks::of(&dossier, today));
                }
            }
        }
        Ok((!looks.is_empty()).then_some(looks))
    }

    /// What becomes of the searches for a child of whom nothing is to be held: one for it alone goes; one for brothers and
    /// sisters too goes on without what was said of it, and without the words that spoke of them together.
    pub(crate) fn referrals_without(&self, child: SubjectId, at: Micros) -> Vec<OfferedChange> {
        let named = self.referrals.cases().into_iter().filter(|case| case.children.contains(&child));
        let change = |case: Arc<Case>| {
            if case.children.len() == 1 {
                return removed(&case, at);
            }
            let seen = case.version;
            let mut next = (*case).clone();
            (next.version, next.at) = (seen + 1, at);
            let more = next.referral.more.get_or_insert_default();
            more.summary = Said::NotAsked;
            if let Said::Is(told) = &mut more.children {
                for (told, id) in told.iter_mut().zip(&case.children) {
                    if *id == child {
                        *told = ReferredChild { child_no: told.child_no, ..ReferredChild::default() };
                    }
                }
            }
            next.kept(seen, HOUSE.to_owned())
        };
        named.map(change).collect()
    }

    /// Reads all searches from the store.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) fn load_referrals(&self) -> Result<(), StoreFault> {
        let (mut cases, mut after) = (Vec::new(), None);
        loop {
            let held = self.store.referrals(after, LOT)?;
            let Some(last) = held.last() else { break };
            after = Some(last.id);
            for offered in &held {
                cases.push(Case::read(offered)?);
            }
        }
        self.referrals.show_all(cases);
        Ok(())
    }

    /// Plans again for every child whom a provider may know of, and for those whose search ended not long ago: what was
    /// decided right before the gateway ended.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_referrals(&self) -> Result<(), StoreFault> {
        let recently = days_before(now(), RECENT_DAYS);
        for case in self.referrals.cases() {
            if case.referral.status != Said::Is(ReferralStatus::Closed) || case.at >= recently {
                self.plan_children(&case.children, |_| true)?;
            }
        }
        Ok(())
    }
}

/// The state of a search, as callers read it.
pub(crate) fn state_word(case: &Case) -> &'static str {
    let has_offer = case.answers.iter().any(|answer| answer.status() == Some(OfferStatus::Offered));
    match case.referral.status {
        Said::Is(ReferralStatus::Open) if has_offer => "offered",
        Said::Is(ReferralStatus::Open) => "open",
        Said::Is(ReferralStatus::Matched) => "matched",
        Said::Is(ReferralStatus::Closed) => "closed",
        _ => "draft",
    }
}

/// The waves of a search.
pub(super) fn waves_of(case: &Case) -> Vec<ReferralWave> {
    case.referral.more.as_deref().and_then(|more| more.waves.as_ref().is()).cloned().unwrap_or_default()
}

/// A moment of the store as the record has it.
pub(super) fn moment(at: Micros) -> Result<DateTime, StoreFault> {
    // A clock outside the centuries of the record is a fault of the machine.
    date_time(at).ok_or_else(|| StoreFault::Failed("the clock cannot be right".to_owned()))
}

fn numbered(waves: Vec<ReferralWave>) -> Vec<ReferralWave> {
    let number = |number: u16| Number::new(number).map_or(Said::NotAsked, Said::Is);
    waves
        .into_iter()
        .zip(1_u16..)
        .map(|(wave, nth)| ReferralWave {
            number: number(nth),
            opened_at: Said::NotAsked,
            opened_by: Said::NotAsked,
            ..wave
        })
        .collect()
}

fn first_revision() -> Said<Number<9999>> {
    Number::new(1).map_or(Said::NotAsked, Said::Is)
}

/// The revision after that of a search, by which providers see that it says something else.
pub(super) fn next_revision(referral: &Referral) -> Said<Number<9999>> {
    let next = referral.revision.is().map_or(1, Number::get).saturating_add(1);
    Number::new(next).map_or(referral.revision, Said::Is)
}

/// A random name, which says nothing of anybody.
fn random_name() -> Result<ReferralRef, StoreFault> {
    let no_name = || StoreFault::Failed("no random bytes".to_owned());
    let mut bytes = [0_u8; NAME_LENGTH];
    rand::fill(&mut bytes).map_err(|_| no_name())?;
    let letters = bytes.iter().map(|byte| NAME_LETTERS[usize::from(byte % 32)]);
    let name: Vec<u8> = b"R-".iter().copied().chain(letters).collect();
    ReferralRef::read(&name).map_err(|_| no_name())
}
