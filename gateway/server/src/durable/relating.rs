//! Relations: recipients that an authority names for its own children, ended at once (views, section 2.1).
//!
//! A relation opens nothing by itself. What a route carries is decided by the route; by relations it is decided whose
//! record a recipient may ask for.

use axum::http::StatusCode;
use schemas::date::Date;
use serde_json::{Value, json};
use store::identity::{BlindIdentifier, Relation, RelationFilter};
use store::{Batch, Page, Refused, StoreFault};
use uuid::Uuid;

use super::Durable;
use super::moment::{day_in, micros_of, now, rfc3339};
use super::protect::{Acted, Actor, Whose};
use crate::inbound::idempotency::Answered;

/// A relation to be set.
pub(crate) struct ToRelate {
    pub(crate) child: BlindIdentifier,
    pub(crate) ods: String,
    pub(crate) since: Date,
    pub(crate) until: Option<Date>,
}

impl Durable {
    /// Names a recipient for a child of the actor's own; the epoch of the child rises.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn relate(&self, asked: &ToRelate, actor: &Actor) -> Result<Acted, StoreFault> {
        let found = self.store.find(std::slice::from_ref(&asked.child))?.into_iter().next().flatten();
        let child = found.map(|id| self.own_child(id, &actor.whose)).transpose()?.flatten();
        let Some(mut child) = child else { return Ok(Acted::Missing) };
        if child.is_erased() {
            return Ok(Acted::Refused(Refused::State("erased")));
        }
        let (since, until) = (micros_of(asked.since), asked.until.map(micros_of));
        let stands = RelationFilter {
            ods: Some(asked.ods.clone()),
            subject: Some(child.id),
            limit: 1,
            ..RelationFilter::default()
        };
        if let Some(known) = self.store.relations(&stands)?.items.pop() {
            if (known.since, known.until) != (since, until) {
                return Ok(Acted::Refused(Refused::State("related")));
            }
            let answer = Answered::new(StatusCode::OK, relation_json(&known), Some(known.version));
            return Ok(match self.act(Batch::default(), actor, &answer)? {
                Ok(_) => Acted::Done(answer),
                Err(refused) => refused.into(),
            });
        }
        let relation = Relation {
            id: Uuid::now_v7(),
            ods: asked.ods.clone(),
            subject: child.id,
            since,
            until,
            set_by: actor.name.clone(),
            set_at: now(),
            ended_at: None,
            version: 1,
        };
        child.raise_epoch();
        self.keep_relation(relation, &child, actor, "relate", StatusCode::CREATED)
    }

    /// Ends a relation at once; one that has ended stays so.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn end_relation(&self, id: Uuid, actor: &Actor) -> Result<Acted, StoreFault> {
        let Some(relation) = self.store.relation(id)? else { return Ok(Acted::Missing) };
        let Some(mut child) = self.own_child(relation.subject, &actor.whose)? else { return Ok(Acted::Missing) };
        if relation.ended_at.is_some() {
            return Ok(Acted::Done(Answered::new(StatusCode::OK, relation_json(&relation), Some(relation.version))));
        }
        let relation = Relation { ended_at: Some(now()), version: relation.version + 1, ..relation };
        child.raise_epoch();
        self.keep_relation(relation, &child, actor, "unrelate", StatusCode::OK)
    }

    fn keep_relation(
        &self,
        relation: Relation,
        child: &super::held::Child,
        actor: &Actor,
        action: &'static str,
        status: StatusCode,
    ) -> Result<Acted, StoreFault> {
        let at = relation.ended_at.unwrap_or(relation.set_at);
        let line = self.line(action, &actor.name, at, |line| {
            line.by.clone_from(&actor.by);
            line.subject = Some(relation.subject);
            line.object = Some(format!("relation:{}", relation.id));
            line.recipient = Some(relation.ods.clone());
            line.request = actor.request;
        });
        let answer = Answered::new(status, relation_json(&relation), Some(relation.version));
        let change = child.change(day_in(&self.config.timezone, at));
        let batch = Batch { subjects: vec![change], relations: vec![relation], audit: vec![line], ..Batch::default() };
        match self.act(batch, actor, &answer)? {
            Ok(_) => {
                self.wake_courier();
                Ok(Acted::Done(answer))
            }
            Err(refused) => Ok(refused.into()),
        }
    }

    /// A page of the relations that stand, of these children alone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn own_relations(
        &self,
        mut filter: RelationFilter,
        whose: &Whose,
    ) -> Result<Page<Relation>, StoreFault> {
        let most = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let mut page = Page { items: Vec::new(), next: None };
        // One more than a page shows whether there is another: what is another's makes no page fuller.
        while page.items.len() <= most {
            let lot = self.store.relations(&filter)?;
            for relation in lot.items {
                if self.own_child(relation.subject, whose)?.is_some() {
                    page.items.push(relation);
                }
            }
            filter.after = lot.next;
            if filter.after.is_none() {
                break;
            }
        }
        if page.items.len() > most {
            page.items.truncate(most);
            page.next = page.items.last().map(|relation| relation.id);
        }
        Ok(page)
    }
}

/// A relation as those who set it read it.
pub(crate) fn relation_json(relation: &Relation) -> Value {
    let day = |at| day_in("UTC", at).to_string();
    json!({
        "id": relation.id,
        "ods": relation.ods,
        "subject": relation.subject,
        "state": if relation.ended_at.is_some() { "ended" } else { "stands" },
        "since": day(relation.since),
        "until": relation.until.map(day),
        "setBy": relation.set_by,
        "setAt": rfc3339(relation.set_at),
        "endedAt": relation.ended_at.map(rfc3339),
        "version": relation.version,
    })
}
