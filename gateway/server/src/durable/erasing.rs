//! The end of what is held of a child: a person's word, then nothing (configuration, section 5.8).
//!
//! **What goes.** What every source says, places, restrictions, relations, links and proposals, what recipients were
//! sent, searches for its home, and the bodies of settled deliveries about the child alone: the key that all of it is
//! sealed under is destroyed.
//! Whoever still holds records is sent the withdrawal first, planned in the same commit. **What stays.** The audit chain,
//! which has ids of ours and no value; and blind indexes of what the child was known by, so that a document that names
//! it again is told to a person and brings nothing back. Messages as they came hold others too: they go by
//! `content_days`.

use axum::http::StatusCode;
use serde_json::Value;
use store::audit::AuditEntry;
use store::identity::Alert;
use store::subject::{HandedOver, SubjectId, Waiting};
use store::{Batch, Refused, StoreFault};
use uuid::Uuid;

use super::alerts::Kind;
use super::commit::kept_blocking;
use super::held::Child;
use super::moment::{days_before, now};
use super::planning::Thought;
use super::protect::{Acted, Actor, raised};
use super::two_persons::child_json;
use super::{Durable, HOUSE};
use crate::inbound::idempotency::Answered;

/// Children that one look at the end of records takes at once.
const LOT: usize = 100;

impl Durable {
    /// Plans what is taken back of a child and what of it goes: what is told of it, and whom it touches.
    ///
    /// # Errors
    /// When the store cannot be read, or something cannot be written.
    pub(super) fn plan_erasure(
        &self,
        mut child: Child,
        version: u64,
        thought: &mut Thought<'_>,
    ) -> Result<(Value, Vec<SubjectId>), StoreFault> {
        let today = thought.today;
        let places = if child.standing.protects_places {
            [child.places(today), child.looks_for(today)].concat()
        } else {
            Vec::new()
        };
        child.raise_epoch();
        thought.withdraw(&mut child)?;
        child.erase(thought.at);
        thought.batch.subjects.push(child.change(today));
        thought.batch.erasures.push(child.id);
        thought.batch.referrals.extend(self.referrals_without(child.id, thought.at));
        let mut neighbours = self.store.subjects_at(&places)?;
        neighbours.retain(|one| *one != child.id);
        for mut neighbour in self.open_children(&neighbours)? {
            neighbour.raise_epoch();
            thought.batch.subjects.push(neighbour.change(today));
        }
        Ok((child_json(&child, version), neighbours))
    }

    /// Takes a person's word about what is held of a child to whom nothing is owed any more.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn hand_over(
        &self,
        id: SubjectId,
        version: u64,
        said: HandedOver,
        actor: &Actor,
    ) -> Result<Acted, StoreFault> {
        let Some(mut child) = self.own_child(id, &actor.whose)? else { return Ok(Acted::Missing) };
        if child.seen != version {
            return Ok(Acted::Changed);
        }
        if child.standing.erased_at.is_some() {
            return Ok(Acted::Refused(Refused::State("erased")));
        }
        if child.standing.eligible_until.is_none_or(|until| until > now()) {
            return Ok(Acted::Refused(Refused::State("eligible")));
        }
        if !actor.is_person {
            return Ok(Acted::NoPerson);
        }
        let thought = Thought::begin(self, 0)?;
        child.hand_over(said);
        let answer = Answered::new(StatusCode::OK, child_json(&child, version + 1), Some(version + 1));
        let line = self.line("hand-over", &actor.name, thought.at, |line| {
            line.by.clone_from(&actor.by);
            line.subject = Some(id);
            line.request = actor.request;
            line.outcome = Some(said.word().to_owned());
        });
        let batch = Batch { subjects: vec![child.change(thought.today)], audit: vec![line], ..Batch::default() };
        Ok(match self.act(batch, actor, &answer)? {
            Ok(_) => Acted::Done(answer),
            Err(refused) => refused.into(),
        })
    }

    /// The children of whom nobody has said yet whether what is held was handed over: one lot, and where to look further.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn to_hand_over(&self, after: Option<SubjectId>) -> Result<Vec<SubjectId>, StoreFault> {
        self.store.waiting_subjects(Waiting::HandOver(now()), after, LOT)
    }

    /// Erases a lot of those to whom nothing has been owed for the days of the configuration, and about whom a person has
    /// given its word: how many it were.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn purge_records(&self, days: u64) -> Result<usize, StoreFault> {
        let ids = self.store.waiting_subjects(Waiting::Purge(days_before(now(), days)), None, LOT)?;
        for id in &ids {
            let Some(child) = self.open_children(&[*id])?.pop() else { continue };
            let (mut thought, version) = (Thought::begin(self, 0)?, child.seen + 1);
            let (_, neighbours) = self.plan_erasure(child, version, &mut thought)?;
            let told = |line: &mut AuditEntry| {
                line.subject = Some(*id);
                line.basis = Some("retention".to_owned());
                line.outcome = Some("erased".to_owned());
            };
            let mut batch = thought.batch;
            batch.audit.push(self.line("erase", HOUSE, thought.at, told));
            let raised = raised(&batch);
            match kept_blocking(|done| self.store.keep(batch, done))? {
                Ok(_) => {
                    self.under_way.call_back(&raised);
                    self.load_referrals()?;
                    self.plan_children(&neighbours, |_| true)?;
                    self.wake_courier();
                }
                // Something new came meanwhile: the next look sees it.
                Err(Refused::Clash) => {}
                Err(_) => return Err(StoreFault::Failed("an erasure was refused".to_owned())),
            }
        }
        Ok(ids.len())
    }

    /// A person must see each child that was erased and of whom a document speaks again; what it says is not taken in.
    pub(super) fn alert_of_erased(
        &self,
        erased: impl IntoIterator<Item = SubjectId>,
        thought: &mut Thought<'_>,
    ) -> Result<(), StoreFault> {
        let mut erased = erased.into_iter().peekable();
        if erased.peek().is_none() {
            return Ok(());
        }
        let open = self.store.alerts(true)?;
        for id in erased {
            let word = Kind::ErasedAgain.word();
            if open.iter().any(|alert| alert.kind == word && alert.subject == Some(id)) {
                continue;
            }
            thought.batch.alerts.push(Alert {
                id: Uuid::now_v7(),
                kind: word.to_owned(),
                about: thought.cause(),
                subject: Some(id),
                raised_at: thought.at,
                seen_by: None,
            });
        }
        Ok(())
    }
}
