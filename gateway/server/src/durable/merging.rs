//! Two subjects that a person says are one: confirmed in one commit, and undone in one (http, section 5).
//!
//! The one that stays takes over what is held and known of the other; recipients of the other are told to take back
//! what they were told of it, and get it under the ids of the one that stays. What moved is kept with the link, so that
//! an undo gives it back: the other is again who it was, under its old ids.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use exchange::holding::Holding;
use schemas::document::content_hash;
use schemas::identifier::Identifier;
use serde_json::{Value, json};
use store::StoreFault;
use store::identity::{BlindIdentifier, Link, Proposal, ProposalAct, ProposalState};
use uuid::Uuid;

use super::Durable;
use super::blind::blind_of;
use super::held::{Child, read_holding, write_holding};
use super::moment::rfc3339;
use super::planning::Thought;
use super::protect::{Acted, Actor};
use super::worked::Worked;
use crate::inbound::idempotency::Answered;

/// What moved with a merge, so that it can be given back.
struct Moves {
    /// What the other held, by partner.
    holdings: Vec<(String, Vec<u8>)>,
    /// What the other was known by.
    identifiers: Vec<BlindIdentifier>,
}

impl Durable {
    /// Confirms a proposal: the other is merged into the one that stays.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn confirm(&self, proposal: &Proposal, version: u64, actor: &Actor) -> Result<Acted, StoreFault> {
        let mut children = self.open_children(&[proposal.keeps, proposal.other])?;
        let (Some(mut other), Some(mut keeps)) = (children.pop(), children.pop()) else { return Ok(Acted::Missing) };
        if proposal.version != version || other.standing.merged_into.is_some() || keeps.standing.merged_into.is_some() {
            return Ok(Acted::Changed);
        }
        // Never, whoever says so: two NHS numbers, or the two sides of an adoption.
        let numbers: BTreeSet<Vec<u8>> = [&keeps, &other].into_iter().flat_map(nhs_numbers).collect();
        if numbers.len() > 1 || keeps.standing.closed_by_adoption || other.standing.closed_by_adoption {
            return Ok(Acted::Forbidden);
        }
        let moves = Moves {
            holdings: other.holdings.iter().map(|(partner, held)| (partner.clone(), write_holding(held))).collect(),
            identifiers: identifiers_of(&other),
        };
        let mut thought = Thought::begin(self, 0)?;
        other.raise_epoch();
        thought.withdraw(&mut other)?;
        for (partner, moved) in std::mem::take(&mut other.holdings) {
            let joined = keeps.holdings.get(&partner).map(|own| join(own, &moved));
            keeps.hold(&partner, joined.unwrap_or(moved));
            other.hold(&partner, Holding::default());
        }
        other.forget(moves.identifiers.iter().cloned());
        other.standing.merged_into = Some(keeps.id);
        keeps.attach(moves.identifiers.iter().cloned());
        keeps.raise_epoch();
        let (winner, loser) = (keeps.id, other.id);
        let link = Link {
            id: Uuid::now_v7(),
            proposal: proposal.id,
            winner,
            loser,
            made_at: thought.at,
            undone_at: None,
            moves: moves.to_bytes(),
            version: 1,
        };
        // The other first: what it was known by is free before the one that stays takes it.
        self.plan_both(other, keeps, &mut thought)?;
        thought.batch.links.push(link.clone());
        thought.batch.proposal_acts.push(ProposalAct {
            id: proposal.id,
            version,
            state: ProposalState::Confirmed,
            by: actor.name.clone(),
            at: thought.at,
        });
        self.tell_link(&mut thought, "confirm", &link, actor, None);
        self.finish(thought, &link, actor)
    }

    /// Undoes a merge: the other gets back what moved, and everyone is told of both as before.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn undo(&self, id: Uuid, version: u64, reason: &str, actor: &Actor) -> Result<Acted, StoreFault> {
        let Some(mut link) = self.store.link(id)? else { return Ok(Acted::Missing) };
        if link.version != version || link.undone_at.is_some() {
            return Ok(Acted::Changed);
        }
        let mut children = self.open_children(&[link.winner, link.loser])?;
        let (Some(mut other), Some(mut keeps)) = (children.pop(), children.pop()) else { return Ok(Acted::Missing) };
        let moves = Moves::from_bytes(&link.moves)?;
        let mut thought = Thought::begin(self, 0)?;
        keeps.forget(moves.identifiers.iter().cloned());
        other.attach(moves.identifiers.iter().cloned());
        for (partner, bytes) in &moves.holdings {
            let moved = read_holding(bytes)?;
            if let Some(joined) = keeps.holdings.get(partner) {
                let apart = part(joined, &moved, &moves.identifiers);
                keeps.hold(partner, apart);
            }
            other.hold(partner, moved);
        }
        other.standing.merged_into = None;
        other.raise_epoch();
        keeps.raise_epoch();
        link.undone_at = Some(thought.at);
        link.version += 1;
        self.plan_both(keeps, other, &mut thought)?;
        thought.batch.links.push(link.clone());
        self.tell_link(&mut thought, "undo", &link, actor, Some(reason));
        self.finish(thought, &link, actor)
    }

    /// Plans for both and for all who share their places; the first is written first.
    fn plan_both(&self, first: Child, second: Child, thought: &mut Thought<'_>) -> Result<(), StoreFault> {
        let mut worked = Worked::default();
        for mut child in [first, second] {
            child.look_again(thought.today, None);
            worked.note(child.id);
            worked.children.insert(child.id, child);
        }
        self.spread(&mut worked, thought.today)?;
        for id in worked.order.clone() {
            let Some(child) = worked.children.get_mut(&id) else { continue };
            let shares_place = self.shares_place(child, thought.today)?;
            thought.plan(child, shares_place)?;
        }
        thought.finish_together()?;
        self.index(worked.children.values_mut())?;
        let changes = worked.order.iter().filter_map(|id| worked.children.get(id)).filter(|child| child.is_changed());
        thought.batch.subjects = changes.map(|child| child.change(thought.today)).collect();
        Ok(())
    }

    fn tell_link(
        &self,
        thought: &mut Thought<'_>,
        action: &'static str,
        link: &Link,
        actor: &Actor,
        reason: Option<&str>,
    ) {
        // A line for each of the two: who asks for one of them finds it.
        for subject in [link.winner, link.loser] {
            let line = self.line(action, &actor.name, thought.at, |line| {
                line.by.clone_from(&actor.by);
                line.subject = Some(subject);
                line.object = Some(format!("link:{}", link.id));
                line.basis = reason.map(str::to_owned);
                line.request = actor.request;
            });
            thought.batch.audit.push(line);
        }
    }

    fn finish(&self, thought: Thought<'_>, link: &Link, actor: &Actor) -> Result<Acted, StoreFault> {
        let answer = Answered::new(StatusCode::OK, link_json(link), Some(link.version));
        match self.act(thought.batch, actor, &answer)? {
            Ok(_) => {
                self.wake_courier();
                Ok(Acted::Done(answer))
            }
            Err(refused) => Ok(refused.into()),
        }
    }
}

/// A link as those who decide read it.
pub(crate) fn link_json(link: &Link) -> Value {
    json!({
        "link": link.id,
        "proposal": link.proposal,
        "subjects": { "stays": link.winner, "merged": link.loser },
        "madeAt": rfc3339(link.made_at),
        "undoneAt": link.undone_at.map(rfc3339),
    })
}

/// What a child is known by, each once.
pub(super) fn identifiers_of(child: &Child) -> Vec<BlindIdentifier> {
    let mut all: Vec<BlindIdentifier> = Vec::new();
    for subject in child.holdings.values().filter_map(|holding| holding.subject.as_ref()) {
        for identifier in subject.identifiers.iter().filter_map(|one| blind_of(one, subject.authority)) {
            if !all.contains(&identifier) {
                all.push(identifier);
            }
        }
    }
    all
}

/// The NHS numbers that sources give a child.
pub(super) fn nhs_numbers(child: &Child) -> impl Iterator<Item = Vec<u8>> + '_ {
    child.holdings.values().filter_map(|holding| holding.subject.as_ref()).flat_map(|subject| {
        subject.identifiers.iter().filter(|identifier| matches!(identifier, Identifier::Nhs(_))).map(|identifier| {
            let mut value = Vec::new();
            identifier.write_value(&mut value);
            value
        })
    })
}

/// What one source says of both: what both say alike is said once.
fn join(own: &Holding, moved: &Holding) -> Holding {
    let mut joined = own.clone();
    let said: BTreeSet<[u8; 32]> = own.records.iter().map(|record| content_hash(&record.statement)).collect();
    joined
        .records
        .extend(moved.records.iter().filter(|record| !said.contains(&content_hash(&record.statement))).cloned());
    joined.former.extend(moved.former.iter().cloned());
    joined.guard_unreadable |= moved.guard_unreadable;
    joined.guards_released |= moved.guards_released;
    joined.traced |= moved.traced;
    joined
}

/// What is left to the one that stays: without what came from the other alone.
fn part(joined: &Holding, moved: &Holding, identifiers: &[BlindIdentifier]) -> Holding {
    let theirs: BTreeSet<[u8; 32]> = moved.records.iter().map(|record| content_hash(&record.statement)).collect();
    let mut apart = joined.clone();
    let (stay, went) =
        joined.records.iter().cloned().partition(|record| !theirs.contains(&content_hash(&record.statement)));
    apart.records = stay;
    // Recipients are still to take it back.
    apart.former.extend::<Vec<_>>(went);
    if let Some(subject) = &joined.subject {
        let mut own = (**subject).clone();
        own.identifiers.retain(|one| blind_of(one, own.authority).is_none_or(|one| !identifiers.contains(&one)));
        apart.subject = Some(own.into());
    }
    apart
}

impl Moves {
    fn to_bytes(&self) -> Vec<u8> {
        let hex = |(partner, bytes): &(String, Vec<u8>)| json!([partner, hex::encode(bytes)]);
        let named = |one: &BlindIdentifier| json!([one.system, one.value]);
        json!({
            "holdings": self.holdings.iter().map(hex).collect::<Vec<_>>(),
            "identifiers": self.identifiers.iter().map(named).collect::<Vec<_>>(),
        })
        .to_string()
        .into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, StoreFault> {
        const NOT_OURS: StoreFault = StoreFault::Corrupt("what moved with a link is not what was written");
        let value: Value = serde_json::from_slice(bytes).map_err(|_| NOT_OURS)?;
        let pairs = |name: &str| -> Option<Vec<(String, String)>> {
            let pair = |pair: &Value| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.as_str()?.to_owned()));
            value.get(name)?.as_array()?.iter().map(pair).collect()
        };
        let holdings = pairs("holdings").ok_or(NOT_OURS)?.into_iter();
        let holdings = holdings.map(|(partner, bytes)| Some((partner, hex::decode(bytes).ok()?)));
        let identifiers = pairs("identifiers").ok_or(NOT_OURS)?.into_iter();
        Ok(Self {
            holdings: holdings.collect::<Option<_>>().ok_or(NOT_OURS)?,
            identifiers: identifiers.map(|(system, value)| BlindIdentifier { system, value }).collect(),
        })
    }
}
