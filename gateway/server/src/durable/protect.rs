//! Restrictions that people set and lift: in force before they are answered, lifted by two, and told to whoever holds
//! the place (views, sections 7.3 and 7.9; configuration, section 5.11).

use std::collections::HashSet;
use std::sync::Arc;

use axum::http::StatusCode;
use schemas::code::{RestrictionBasis, RestrictionKind};
use schemas::date::Date;
use schemas::diagnostic::Place;
use schemas::document::write_record;
use schemas::record::{Record, Restriction, Source, Subject, SubjectKind};
use schemas::said::Said;
use serde_json::{Value, json};
use store::audit::AuditFilter;
use store::identity::{Alert, BlindIdentifier, Restriction as Row};
use store::subject::SubjectId;
use store::{Batch, Kept, Refused, StoreFault};
use uuid::Uuid;

use super::alerts::Kind;
use super::commit::kept_blocking;
use super::held::Child;
use super::moment::{micros_of, rfc3339};
use super::planning::Thought;
use super::worked::Worked;
use super::{Durable, HOUSE};
use crate::inbound::idempotency::{Answered, Once};
use crate::inbound::lists::LINES_READ_MAX;

/// Who acts, as the audit chain has it.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) name: String,
    pub(crate) by: Option<String>,
    pub(crate) request: Option<Uuid>,
    /// Whether it is a person, who may take the second step of what needs two.
    pub(crate) is_person: bool,
    /// On whose children.
    pub(crate) whose: Whose,
    /// The key under which it is done once.
    pub(crate) once: Option<Arc<Once>>,
}

impl Actor {
    /// The house itself, when something becomes due.
    pub(crate) fn house() -> Self {
        let name = HOUSE.to_owned();
        Self { name, by: None, request: None, is_person: false, whose: Whose::Everybodys, once: None }
    }
}

/// Whose children a caller may look at and act on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Whose {
    /// Everybody's: a person of the house.
    Everybodys,
    /// Those of this authority.
    Of(String),
    /// Nobody's: a partner that is responsible for no child.
    Nobodys,
}

impl Whose {
    /// Whether a child is among them. One whose authority nobody has said is nobody's but the house's.
    pub(crate) fn take_in(&self, child: &Child) -> bool {
        match self {
            Self::Everybodys => true,
            Self::Of(own) => child.standing.authority.as_ref() == Some(own),
            Self::Nobodys => false,
        }
    }

    fn authority(&self) -> Option<String> {
        match self {
            Self::Of(own) => Some(own.clone()),
            Self::Everybodys | Self::Nobodys => None,
        }
    }
}

/// A restriction to be set.
pub(crate) struct ToRestrict {
    pub(crate) child: BlindIdentifier,
    pub(crate) kind: RestrictionKind,
    pub(crate) since: Date,
    pub(crate) until: Option<Date>,
    pub(crate) review_on: Option<Date>,
    pub(crate) set_by_role: String,
    pub(crate) recipients: Vec<String>,
}

/// What came of an act.
pub(crate) enum Acted {
    /// It is done, or the first of two has acted: what to answer.
    Done(Answered),
    /// There is no such thing, or not for this actor.
    Missing,
    /// The same person may not be both.
    SamePerson,
    /// A partner's system may not be the second.
    NoPerson,
    /// What was seen has changed.
    Changed,
    /// It is never done, whoever asks: two NHS numbers, or the two sides of an adoption.
    Forbidden,
    /// The store refuses it for another reason.
    Refused(Refused),
}

impl From<Refused> for Acted {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Repeated { .. } | Refused::Mismatch => Self::Refused(refused),
            // Something changed since it was seen: whoever acts looks again.
            _ => Self::Changed,
        }
    }
}

impl Durable {
    /// Sets a restriction. The commit that keeps it raises the epochs of the child and of all it spreads to, supersedes
    /// nothing by hand (leases see the epochs), plans the withdrawals, and raises an alert when somebody holds the place.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn restrict(&self, asked: &ToRestrict, actor: &Actor) -> Result<Acted, StoreFault> {
        loop {
            let found = self.store.find(std::slice::from_ref(&asked.child))?.into_iter().next().flatten();
            let mut child = match found {
                Some(id) => match self.open_children(&[id])?.pop() {
                    Some(child) if child.is_erased() && actor.whose.take_in(&child) => {
                        return Ok(Acted::Refused(Refused::State("erased")));
                    }
                    Some(child) => child,
                    None => return Ok(Acted::Missing),
                },
                // Whoever is not known yet is protected from the first word that is said of it.
                None => {
                    let mut child = Child::new(Uuid::new_v4());
                    child.attach([asked.child.clone()]);
                    child.standing.authority = actor.whose.authority();
                    child
                }
            };
            // To protect a child that nobody has claimed is never refused to an authority.
            let unclaimed = child.standing.authority.is_none() && actor.whose != Whose::Nobodys;
            if !actor.whose.take_in(&child) && !unclaimed {
                return Ok(Acted::Missing);
            }
            let kind = kind_word(asked.kind);
            let rows = self.store.restrictions(Some(child.id))?;
            if let Some(row) = rows.iter().find(|row| row.kind == kind && row.lifted_at.is_none()) {
                let body = self.restriction_json(row, child.epoch)?;
                let answer = Answered::new(StatusCode::OK, body, Some(row.version));
                return Ok(match self.act(Batch::default(), actor, &answer)? {
                    Ok(_) => Acted::Done(answer),
                    Err(refused) => refused.into(),
                });
            }
            let restriction = restriction_of(asked);
            let mut thought = Thought::begin(self, 0)?;
            let row = Row {
                id: Uuid::now_v7(),
                subject: child.id,
                kind: kind.to_owned(),
                body: body_of(&restriction),
                set_by: actor.name.clone(),
                set_at: thought.at,
                review_at: asked.review_on.map(micros_of),
                lift_first_by: None,
                lifted_at: None,
                version: 1,
            };
            child.restrictions.push(restriction);
            child.raise_epoch();
            let holders = self.holders(child.id)?;
            let epoch = child.epoch_from_now_on();
            self.plan_protection(child, &mut thought)?;
            let mut batch = thought.batch;
            batch.restrictions.push(row.clone());
            if !holders.is_empty() {
                batch.alerts.push(Alert {
                    id: Uuid::now_v7(),
                    kind: Kind::LateRestriction.word().to_owned(),
                    about: format!("restriction:{}", row.id),
                    subject: Some(row.subject),
                    raised_at: row.set_at,
                    seen_by: None,
                });
            }
            batch.audit.push(self.line("restrict", &actor.name, row.set_at, |line| {
                line.by.clone_from(&actor.by);
                line.subject = Some(row.subject);
                line.object = Some(format!("restriction:{}", row.id));
                line.basis = Some(asked.set_by_role.clone());
                line.request = actor.request;
                line.outcome = Some(kind.to_owned());
            }));
            let raised = raised(&batch);
            let mut body = self.restriction_json(&row, epoch)?;
            body["holders"] = json!(holders);
            let answer = Answered::new(StatusCode::CREATED, body, Some(row.version));
            match self.act(batch, actor, &answer)? {
                Ok(_) => {
                    self.under_way.call_back(&raised);
                    self.wake_courier();
                    return Ok(Acted::Done(answer));
                }
                Err(Refused::Clash) => continue,
                Err(refused) => return Ok(refused.into()),
            }
        }
    }

    /// Lifts a restriction that was set here: the first person begins, another ends it.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn lift(&self, id: Uuid, version: u64, reason: &str, actor: &Actor) -> Result<Acted, StoreFault> {
        let Some(mut row) = self.store.restriction(id)? else { return Ok(Acted::Missing) };
        let Some(mut child) = self.open_children(&[row.subject])?.pop() else { return Ok(Acted::Missing) };
        if !actor.whose.take_in(&child) {
            return Ok(Acted::Missing);
        }
        if row.version != version || row.lifted_at.is_some() {
            return Ok(Acted::Changed);
        }
        let mut thought = Thought::begin(self, 0)?;
        let first = row.lift_first_by.clone();
        if first.as_deref() == Some(actor.name.as_str()) {
            return Ok(Acted::SamePerson);
        }
        if first.is_some() && !actor.is_person {
            return Ok(Acted::NoPerson);
        }
        row.version += 1;
        let ends = first.is_some();
        if ends {
            row.lifted_at = Some(thought.at);
            let lifted = super::held::read_restriction(&row.body)?;
            child.restrictions.retain(|restriction| *restriction != lifted);
            child.raise_epoch();
        } else {
            row.lift_first_by = Some(actor.name.clone());
        }
        let epoch = child.epoch_from_now_on();
        let neighbours = if ends { self.plan_protection(child, &mut thought)? } else { Vec::new() };
        let mut batch = thought.batch;
        batch.restrictions.push(row.clone());
        batch.audit.push(self.line("lift", &actor.name, thought.at, |line| {
            line.by.clone_from(&actor.by);
            line.subject = Some(row.subject);
            line.object = Some(format!("restriction:{id}"));
            line.basis = Some(reason.to_owned());
            line.request = actor.request;
            line.outcome = Some(if ends { "lifted" } else { "one-of-two" }.to_owned());
        }));
        let status = if ends { StatusCode::OK } else { StatusCode::ACCEPTED };
        let answer = Answered::new(status, self.restriction_json(&row, epoch)?, Some(row.version));
        match self.act(batch, actor, &answer)? {
            Ok(_) => {
                self.plan_children(&neighbours, |_| true)?;
                self.wake_courier();
                Ok(Acted::Done(answer))
            }
            Err(refused) => Ok(refused.into()),
        }
    }

    /// Keeps what an actor does, and what it is answered under its key, in one commit.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn act(
        &self,
        mut batch: Batch,
        actor: &Actor,
        answer: &Answered,
    ) -> Result<Result<Kept, Refused>, StoreFault> {
        batch.idempotency = actor.once.as_ref().map(|once| once.with(answer));
        kept_blocking(|done| self.store.keep(batch, done))
    }

    /// Plans for a child whose protection changed, and for all who share its place; who they are. Those who were
    /// protected by the child are so until the commit is done: what opens is planned after it.
    ///
    /// # Errors
    /// When the store cannot be read, or something cannot be written.
    pub(super) fn plan_protection(
        &self,
        mut child: Child,
        thought: &mut Thought<'_>,
    ) -> Result<Vec<SubjectId>, StoreFault> {
        child.look_again(thought.today, None);
        let mut worked = Worked::default();
        worked.note(child.id);
        let protects = child.standing.protects_places;
        let own_places: HashSet<_> = child.places(thought.today).into_iter().collect();
        let id = child.id;
        worked.children.insert(id, child);
        self.spread(&mut worked, thought.today)?;
        for one in worked.order.clone() {
            let Some(child) = worked.children.get_mut(&one) else { continue };
            let looked_for = child.looks_for(thought.today);
            let within = one != id && protects && looked_for.iter().any(|place| own_places.contains(place));
            let stored = self.store.protected_places(&looked_for, Some(one))?.into_iter().any(|protected| protected);
            thought.plan(child, within || stored)?;
        }
        thought.finish_together()?;
        let changes = worked.order.iter().filter_map(|id| worked.children.get(id)).filter(|child| child.is_changed());
        thought.batch.subjects = changes.map(|child| child.change(thought.today)).collect();
        Ok(worked.order.into_iter().filter(|one| *one != id).collect())
    }

    /// Who was told of a child, from the disclosure lines: recipient, since when, how often, last under which view.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn holders(&self, subject: SubjectId) -> Result<Vec<Value>, StoreFault> {
        let mut holders: Vec<(String, String, String, u64)> = Vec::new();
        let mut before = None;
        loop {
            let page = self.store.audit(&AuditFilter {
                subject: Some(subject),
                action: Some("disclose".to_owned()),
                before,
                limit: LINES_READ_MAX,
                ..AuditFilter::default()
            })?;
            let Some(last) = page.items.last().map(|line| line.seq) else { break };
            before = Some(last);
            for line in page.items {
                let value: Value = serde_json::from_str(&line.line).unwrap_or_default();
                let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let (recipient, at) = (text("recipient"), text("at"));
                match holders.iter_mut().find(|(known, ..)| *known == recipient) {
                    // Newest first: what comes later in the list is earlier in time.
                    Some(holder) => {
                        holder.1 = at;
                        holder.3 += 1;
                    }
                    None => holders.push((recipient, at.clone(), at, 1)),
                }
            }
        }
        let holder = |(recipient, first, last, disclosures): (String, String, String, u64)| json!({ "recipient": recipient, "first": first, "last": last, "disclosures": disclosures });
        Ok(holders.into_iter().map(holder).collect())
    }

    /// A restriction as callers read it: who it protects by our id, never by theirs.
    ///
    /// # Errors
    /// When what is kept of it cannot be read.
    pub(crate) fn restriction_json(&self, row: &Row, epoch: u64) -> Result<Value, StoreFault> {
        let restriction = super::held::read_restriction(&row.body)?;
        let day = |said: Said<Date>| match said {
            Said::Is(day) => Some(day.to_string()),
            _ => None,
        };
        Ok(json!({
            "id": row.id,
            "subject": row.subject,
            "kind": row.kind,
            "state": match (row.lifted_at, &row.lift_first_by) {
                (Some(_), _) => "lifted",
                (None, Some(_)) => "lifting",
                (None, None) => "in-force",
            },
            "since": day(restriction.since),
            "until": day(restriction.until),
            "reviewOn": day(restriction.review_on),
            "setBy": row.set_by,
            "setAt": rfc3339(row.set_at),
            "liftedAt": row.lifted_at.map(rfc3339),
            "epoch": epoch,
            "version": row.version,
        }))
    }
}

/// Whose protection a batch changes.
pub(crate) fn raised(batch: &Batch) -> Vec<SubjectId> {
    batch.subjects.iter().filter(|change| change.raise_epoch).map(|change| change.id).collect()
}

/// The word of a kind that people set.
pub(crate) fn kind_word(kind: RestrictionKind) -> &'static str {
    if kind == RestrictionKind::Adopted { "adopted" } else { "location" }
}

fn restriction_of(asked: &ToRestrict) -> Restriction {
    let said = |day: Option<Date>| day.map_or(Said::NotAsked, Said::Is);
    Restriction {
        kind: Said::Is(asked.kind),
        since: Said::Is(asked.since),
        until: said(asked.until),
        review_on: said(asked.review_on),
        set_by_role: Said::Is(asked.set_by_role.as_str().into()),
        recipients: if asked.recipients.is_empty() {
            Said::NotAsked
        } else {
            Said::Is(asked.recipients.iter().map(|code| code.as_str().into()).collect())
        },
        basis: Said::Is(RestrictionBasis::Stated),
    }
}

fn body_of(restriction: &Restriction) -> Vec<u8> {
    let subject = Subject { kind: SubjectKind::Child, identifiers: Vec::new(), authority: None };
    let record =
        Record { subject: subject.into(), statement: restriction.clone().into(), source: Source::at(Place::Document) };
    let mut body = Vec::new();
    write_record(&record, &mut body);
    body
}
