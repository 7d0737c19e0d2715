//! Acts on a child that take two persons: one begins, another ends it, each on what it saw and each with a reason
//! (views, section 7.8; configuration, section 5.8).
//!
//! What comes between and changes the matter takes the first step back: whoever ends an act ends it on what both saw.

use axum::http::StatusCode;
use serde_json::{Value, json};
use store::subject::{Begun, HandedOver, Standing, SubjectId, TwoPersons, Waiting};
use store::{Refused, StoreFault};

use super::Durable;
use super::held::Child;
use super::moment::{day_in, now, rfc3339};
use super::planning::Thought;
use super::protect::{Acted, Actor, Whose, raised};
use crate::inbound::idempotency::Answered;

/// An act that takes two persons, as one of them asks for it.
pub(crate) struct ByTwo {
    pub(crate) id: SubjectId,
    /// The version that was seen.
    pub(crate) version: u64,
    pub(crate) act: TwoPersons,
    pub(crate) reason: String,
}

impl Durable {
    /// Takes a step of an act: the first notes who began, the second ends it.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn by_two(&self, asked: &ByTwo, actor: &Actor) -> Result<Acted, StoreFault> {
        let Some(mut child) = self.own_child(asked.id, &actor.whose)? else { return Ok(Acted::Missing) };
        if child.seen != asked.version {
            return Ok(Acted::Changed);
        }
        if let Some(state) = hinders(&child.standing, asked.act) {
            return Ok(Acted::Refused(Refused::State(state)));
        }
        let ends = match step(&mut child, asked.act, actor) {
            Ok(ends) => ends,
            Err(refused) => return Ok(refused),
        };
        let (mut thought, version) = (Thought::begin(self, 0)?, asked.version + 1);
        let (seen, neighbours) = if ends {
            match asked.act {
                TwoPersons::Release => self.plan_release(child, version, &mut thought)?,
                TwoPersons::Erase => self.plan_erasure(child, version, &mut thought)?,
                TwoPersons::Readmit => {
                    thought.batch.readmissions.push(child.id);
                    thought.batch.subjects.push(child.change(thought.today));
                    (child_json(&child, version), Vec::new())
                }
            }
        } else {
            thought.batch.subjects.push(child.change(thought.today));
            (child_json(&child, version), Vec::new())
        };
        let mut batch = thought.batch;
        batch.audit.push(self.line(asked.act.word(), &actor.name, thought.at, |line| {
            line.by.clone_from(&actor.by);
            line.subject = Some(asked.id);
            line.basis = Some(asked.reason.clone());
            line.request = actor.request;
            line.outcome = Some(if ends { done(asked.act) } else { "one-of-two" }.to_owned());
        }));
        let raised = raised(&batch);
        let status = if ends { StatusCode::OK } else { StatusCode::ACCEPTED };
        let answer = Answered::new(status, seen, Some(version));
        match self.act(batch, actor, &answer)? {
            Ok(_) => {
                self.under_way.call_back(&raised);
                self.load_referrals()?;
                // Those who were protected by the child are so until the commit is done.
                self.plan_children(&neighbours, |_| true)?;
                self.wake_courier();
                Ok(Acted::Done(answer))
            }
            Err(refused) => Ok(refused.into()),
        }
    }

    /// What could not be read holds the child back no longer: what was held flows on.
    fn plan_release(
        &self,
        mut child: Child,
        version: u64,
        thought: &mut Thought<'_>,
    ) -> Result<(Value, Vec<SubjectId>), StoreFault> {
        child.release_guards();
        child.raise_epoch();
        child.look_again(thought.today, None);
        let seen = child_json(&child, version);
        Ok((seen, self.plan_protection(child, thought)?))
    }

    /// A child, if it is one of these.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn own_child(&self, id: SubjectId, whose: &Whose) -> Result<Option<Child>, StoreFault> {
        Ok(self.open_children(&[id])?.pop().filter(|child| whose.take_in(child)))
    }

    /// Some of the children that wait for people, and after which to look further; `None` after the last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn waiting_children(
        &self,
        what: Waiting,
        after: Option<SubjectId>,
        most: usize,
        whose: &Whose,
    ) -> Result<(Vec<Child>, Option<SubjectId>), StoreFault> {
        let ids = self.store.waiting_subjects(what, after, most)?;
        let last = ids.last().copied().filter(|_| ids.len() == most);
        let mut children = self.open_children(&ids)?;
        children.retain(|child| whose.take_in(child));
        Ok((children, last))
    }
}

/// The word of the state in which an act cannot be done.
fn hinders(standing: &Standing, act: TwoPersons) -> Option<&'static str> {
    match act {
        TwoPersons::Readmit => standing.erased_at.is_none().then_some("not-erased"),
        _ if standing.erased_at.is_some() => Some("erased"),
        TwoPersons::Release => (!standing.guard_hold).then_some("not-held"),
        TwoPersons::Erase => standing.merged_into.is_some().then_some("merged"),
    }
}

/// How an act is told that is done.
fn done(act: TwoPersons) -> &'static str {
    match act {
        TwoPersons::Release => "released",
        TwoPersons::Erase => "erased",
        TwoPersons::Readmit => "readmitted",
    }
}

/// Takes a step of an act: whether it is the second, which ends it.
///
/// # Errors
/// Why this actor may not.
fn step(child: &mut Child, act: TwoPersons, actor: &Actor) -> Result<bool, Acted> {
    match child.standing.begun.as_ref().filter(|begun| begun.act == act) {
        Some(begun) if begun.by == actor.name => Err(Acted::SamePerson),
        Some(_) if !actor.is_person => Err(Acted::NoPerson),
        Some(_) => {
            child.begin(None);
            Ok(true)
        }
        None => {
            child.begin(Some(Begun { act, by: actor.name.clone() }));
            Ok(false)
        }
    }
}

/// A child as those who look after it read it: by our id, and nothing of its records.
pub(crate) fn child_json(child: &Child, version: u64) -> Value {
    let standing = &child.standing;
    let begun = standing.begun.as_ref().map(|begun| begun.act);
    let ended = standing.eligible_until.is_some_and(|until| until <= now());
    let state = match begun {
        Some(TwoPersons::Release) => "releasing",
        Some(TwoPersons::Erase) => "erasing",
        Some(TwoPersons::Readmit) => "readmitting",
        None if standing.erased_at.is_some() => "erased",
        None if standing.guard_hold => "held",
        None if standing.merged_into.is_some() => "merged",
        None if ended && standing.handed_over.is_none() => "to-hand-over",
        None => "open",
    };
    json!({
        "id": child.id,
        "state": state,
        "begunBy": standing.begun.as_ref().map(|begun| &begun.by),
        "mergedInto": standing.merged_into,
        "eligibleUntil": standing.eligible_until.map(|until| day_in("UTC", until).to_string()),
        "handedOver": standing.handed_over.map(HandedOver::word),
        "erasedAt": standing.erased_at.map(rfc3339),
        "sources": child.holdings.keys().collect::<Vec<_>>(),
        "epoch": child.epoch_from_now_on(),
        "version": version,
    })
}
