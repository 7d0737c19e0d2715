//! Approvals: the first run of a route is a dry run until a person has seen its preview (configuration, section 5.11).
//!
//! A preview says recipient, view, fields, counts and who is left out and why; no value. An approval holds for what was
//! previewed: another view or other terms need another. Two persons are needed for a recipient that is new here, for
//! another view, where the place of children whom nobody has traced is to go out, and for a full roll; one for anything
//! else.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::StatusCode;
use exchange::passage::{ChildHeld, Destination, Passage, passage};
use serde_json::{Value, json};
use store::identity::Approval;
use store::{Batch, Refused, StoreFault};

use super::Durable;
use super::commit::kept_blocking;
use super::moment::{day_in, now};
use super::planning::Thought;
use super::protect::{Acted, Actor};
use super::way::Way;
use crate::config::{Roll, Untraced};
use crate::inbound::idempotency::Answered;

/// Children of a lot.
const LOT: usize = 256;

/// What was approved, as it stands now.
pub(crate) struct Approved {
    approvals: Vec<Approval>,
}

impl Approved {
    /// Looks up all approvals.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn of(durable: &Durable) -> Result<Self, StoreFault> {
        Ok(Self { approvals: durable.store.approvals(None)? })
    }

    /// Whether anything may go this way.
    pub(crate) fn holds(&self, way: &Way) -> bool {
        self.find(way).is_some_and(|approval| approval.second_by.is_some() || !self.needs_two(way))
    }

    /// The approval of what goes this way as it is now; those of what it was before stay in the store beside it.
    fn find(&self, way: &Way) -> Option<&Approval> {
        let (recipient, digest) = (recipient_of(way), digest_of(way));
        let is_of = |approval: &&Approval| approval.route == way.route.name && approval.recipient == recipient;
        self.approvals.iter().filter(is_of).find(|approval| approval.digest == digest)
    }

    /// The same, once these have been kept.
    fn with(&self, kept: &[Approval]) -> Self {
        let is_replaced = |held: &&Approval| {
            let of =
                |approval: &Approval| (approval.route.clone(), approval.recipient.clone(), approval.digest.clone());
            kept.iter().any(|new| of(new) == of(held))
        };
        let stay = self.approvals.iter().filter(|held| !is_replaced(held));
        Self { approvals: stay.chain(kept).cloned().collect() }
    }

    /// The tag of a preview of these ways. It holds for what is approved: view, terms and who approved so far; not for
    /// counts that move by the hour.
    fn tag(&self, ways: &[Arc<Way>]) -> u64 {
        let seen: Vec<String> = ways
            .iter()
            .map(|way| format!("{}={}={:?}", way.key, digest_of(way), self.find(way).map(|found| &found.first_by)))
            .collect();
        let hash = digest(&SHA256, seen.join("\n").as_bytes());
        hash.as_ref().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes) >> 12)
    }

    /// Whether two persons have to approve.
    fn needs_two(&self, way: &Way) -> bool {
        if way.target.untraced == Untraced::Send || way.target.roll == Roll::Full {
            return true;
        }
        let same_view = |approval: &&Approval| {
            approval.second_by.is_some() && approval.digest.split('|').next() == Some(way.view.digest())
        };
        let same_recipient =
            |approval: &&Approval| approval.recipient.split('/').next() == Some(way.target.partner.as_str());
        !self.approvals.iter().filter(same_recipient).any(|approval| same_view(&approval))
    }
}

/// What is approved: the view and the terms.
fn digest_of(way: &Way) -> String {
    format!("{}|{}", way.view.digest(), way.terms)
}

/// The recipient as approvals name it: several targets of one route may go to one partner.
fn recipient_of(way: &Way) -> String {
    way.key.split_once('/').map_or_else(|| way.key.clone(), |(_, rest)| rest.to_owned())
}

/// What a way would carry.
#[derive(Clone, Default)]
struct Carried {
    children: u64,
    /// By type.
    statements: BTreeMap<&'static str, u64>,
    /// By the word of the reason.
    left_out: BTreeMap<&'static str, u64>,
}

impl Durable {
    /// What the first run of a route would send, and the tag of this preview.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn preview(&self, route: &str) -> Result<(Value, u64), StoreFault> {
        let approved = Approved::of(self)?;
        let today = day_in(&self.config.timezone, now());
        let ways = self.ways_of(route);
        let mut carried = vec![Carried::default(); ways.len()];
        let mut after = None;
        loop {
            let lot = self.store.all_subjects(after, LOT)?;
            let Some(last) = lot.last().copied() else { break };
            after = Some(last);
            for child in self.open_children(&lot)? {
                for (way, carried) in ways.iter().zip(&mut carried) {
                    if !child.holdings.contains_key(&way.route.from.partner) {
                        continue;
                    }
                    let sources = child.for_way(way);
                    let beside = child.beside_sender(&way.route.from.partner);
                    let held = ChildHeld {
                        holdings: &sources,
                        beside: &beside,
                        shares_place: self.shares_place(&child, today)?,
                        restrictions: &child.restrictions,
                    };
                    let to = Destination {
                        view: &way.view,
                        recipient: &way.recipient,
                        as_at: Some(today),
                        untraced: way.untraced(),
                        labels: true,
                        diagnostics_max: 0,
                    };
                    match passage(&held, &to) {
                        Passage::LeftOut(reason) => *carried.left_out.entry(reason.word()).or_default() += 1,
                        Passage::Through(through) => {
                            carried.children += 1;
                            for record in &through.records {
                                *carried.statements.entry(record.statement.statement_type().name).or_default() += 1;
                            }
                        }
                    }
                }
            }
        }
        let targets: Vec<Value> = ways
            .iter()
            .zip(carried)
            .map(|(way, Carried { children, statements, left_out })| {
                json!({
                    "recipient": way.target.partner,
                    "target": way.key,
                    "format": way.format().name,
                    "view": way.view.digest(),
                    "basis": way.basis(),
                    "untraced": if way.target.untraced == Untraced::Send { "send" } else { "withhold" },
                    "batch": way.target.batch.word(),
                    "roll": Roll::is_of(way.format()).then(|| way.target.roll.word()),
                    "fields": fields(way),
                    "children": children,
                    "statements": statements,
                    "leftOut": left_out,
                    "approval": match (approved.holds(way), approved.find(way)) {
                        (true, _) => "approved",
                        (false, Some(_)) => "one-of-two",
                        (false, None) => "needed",
                    },
                    "personsNeeded": if approved.needs_two(way) { 2 } else { 1 },
                })
            })
            .collect();
        Ok((json!({ "route": route, "targets": targets }), approved.tag(&ways)))
    }

    /// A person approves what a preview showed. When it holds, everything held goes out by this route.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn approve(&self, route: &str, seen: u64, actor: &Actor, reason: &str) -> Result<Acted, StoreFault> {
        let (approved, ways, at) = (Approved::of(self)?, self.ways_of(route), now());
        if approved.tag(&ways) != seen {
            return Ok(Acted::Changed);
        }
        let mut batch = Batch::default();
        let mut is_whole = true;
        for way in ways.iter().filter(|way| !approved.holds(way)) {
            let first = approved.find(way);
            if first.is_some_and(|first| first.first_by == actor.name) {
                return Ok(Acted::SamePerson);
            }
            let is_half = first.is_none() && approved.needs_two(way);
            is_whole &= !is_half;
            batch.approvals.push(Approval {
                route: route.to_owned(),
                recipient: recipient_of(way),
                digest: digest_of(way),
                first_by: first.map_or_else(|| actor.name.clone(), |first| first.first_by.clone()),
                second_by: first.map(|_| actor.name.clone()),
                at,
            });
            batch.audit.push(self.line("approve", &actor.name, at, |line| {
                line.by.clone_from(&actor.by);
                line.request = actor.request;
                line.object = Some(format!("route:{route}"));
                line.recipient = Some(way.target.partner.clone());
                line.view = Some(way.view.digest().to_owned());
                line.basis = Some(reason.to_owned());
                line.outcome = Some(if is_half { "one-of-two" } else { "approved" }.to_owned());
            }));
        }
        let is_new = !batch.approvals.is_empty();
        let state = if is_whole { "approved" } else { "one-of-two" };
        let tag = approved.with(&batch.approvals).tag(&ways);
        let answer = Answered::new(StatusCode::OK, json!({ "route": route, "state": state }), Some(tag));
        if let Err(refused) = self.act(batch, actor, &answer)? {
            return Ok(refused.into());
        }
        if is_whole && is_new {
            self.plan_everything(route)?;
        }
        Ok(Acted::Done(answer))
    }

    fn ways_of(&self, route: &str) -> Vec<Arc<Way>> {
        self.ways.all().filter(|way| way.route.name == route).cloned().collect()
    }

    /// Plans what is held for the ways of a route, lot by lot: each lot is one commit, so that it can be gone on with.
    fn plan_everything(&self, route: &str) -> Result<(), StoreFault> {
        let senders: Vec<String> =
            self.ways.all().filter(|way| way.route.name == route).map(|way| way.route.from.partner.clone()).collect();
        let mut after = None;
        loop {
            let lot = self.store.all_subjects(after, LOT)?;
            let Some(last) = lot.last().copied() else { break };
            after = Some(last);
            self.plan_children(&lot, |child| senders.iter().any(|sender| child.holdings.contains_key(sender)))?;
        }
        self.wake_courier();
        Ok(())
    }

    /// Plans some children anew, in one commit; what changed meanwhile is looked at again.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn plan_children(
        &self,
        ids: &[store::subject::SubjectId],
        wanted: impl Fn(&super::held::Child) -> bool,
    ) -> Result<(), StoreFault> {
        loop {
            let mut thought = Thought::begin(self, 0)?;
            let mut changes = Vec::new();
            for mut child in self.open_children(ids)? {
                if wanted(&child) {
                    let shares_place = self.shares_place(&child, thought.today)?;
                    thought.plan(&mut child, shares_place)?;
                    if child.is_changed() {
                        changes.push(child.change(thought.today));
                    }
                }
            }
            thought.finish_together()?;
            if changes.is_empty() {
                return Ok(());
            }
            let mut batch = thought.batch;
            batch.subjects = changes;
            match kept_blocking(|done| self.store.keep(batch, done))? {
                Ok(_) => return Ok(()),
                Err(Refused::Clash) => continue,
                Err(_) => return Err(StoreFault::Failed("a plan was refused".to_owned())),
            }
        }
    }

    /// Plans some children anew, from a task.
    pub(crate) async fn plan_again(
        self: &Arc<Self>,
        ids: Vec<store::subject::SubjectId>,
    ) -> Result<(), crate::inbound::problem::Problem> {
        self.think(move |durable| durable.plan_children(&ids, |_| true))
            .await?
            .map_err(crate::inbound::intake::store_problem)
    }
}

/// What the view lets out, field by field, with its precision.
fn fields(way: &Way) -> Vec<Value> {
    way.view
        .cells_let_out()
        .map(|(statement, field, precision)| json!({ "field": format!("{statement}.{field}"), "precision": precision }))
        .collect()
}
