//! The courier's round: what may go is leased, made again where it must be, sent, and settled.
//!
//! Leases take only what is free to go: places of the target that are free, a breaker that is closed, the head of each
//! lane. A delivery whose children are protected otherwise than when it was made is given back by the store as stale;
//! it is thought about anew and never sent as it was. A settlement that the store refuses as stale is somebody else's:
//! nothing is done about it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use store::StoreFault;
use store::audit::AuditEntry;
use store::delivery::{Delivery, DeliveryOutcome, DeliverySettlement, LeaseOrder, Target, TargetOrder};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::alerts::Kind;
use super::breakers::Breakers;
use super::commit::kept;
use super::moment::{day_in, now};
use super::under_way::Stopped;
use super::way::{Way, Ways};
use super::{Durable, HOUSE};
use crate::config::{OnDead, Transport};
use crate::outbound::breaker::BreakerLimits;
use crate::outbound::outcome::{FaultSide, Reason};
use crate::outbound::wait::wait_ms;
use crate::outbound::{Outcome, Parcel, Target as Reached};
use crate::standing::Current;

/// Between two rounds when nothing calls for one.
const ROUND: Duration = Duration::from_secs(1);

/// Deliveries taken by one lease.
const LEASED_MAX: u32 = 64;

/// The courier and what it remembers between rounds.
pub(crate) struct Rounds {
    current: Current,
    /// The exchange as the last round found it.
    durable: Arc<Durable>,
    breakers: Arc<Mutex<Breakers>>,
    /// Deliveries under way, by target.
    under_way: HashMap<Target, u32>,
}

impl Rounds {
    /// Makes ready for every target.
    ///
    /// # Errors
    /// When the store cannot say where the breakers are.
    pub(crate) fn new(current: Current, durable: Arc<Durable>) -> Result<Self, StoreFault> {
        let mut breakers = Breakers::default();
        breakers.follow(limits_of(&durable.ways), &durable.store.breakers()?);
        let breakers = Arc::new(Mutex::new(breakers));
        Ok(Self { current, durable, breakers, under_way: HashMap::new() })
    }

    /// Takes the ways of the moment.
    async fn follow(&mut self) {
        let Some(durable) = self.current.durable() else { return };
        if Arc::ptr_eq(&durable, &self.durable) {
            return;
        }
        let Ok(remembered) = durable.read(|store| store.breakers()).await else {
            tracing::error!("the store cannot say where the breakers are: the ways of before go on for this round");
            return;
        };
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.follow(limits_of(&durable.ways), &remembered);
        drop(breakers);
        self.durable = durable;
    }

    /// Goes round until nothing more is to be begun; then waits for what is under way.
    pub(crate) async fn go(mut self) {
        let mut sending: JoinSet<Target> = JoinSet::new();
        while !self.durable.is_stopping() {
            self.follow().await;
            let leased = self.round(&mut sending).await;
            if leased > 0 && sending.len() < 2 * LEASED_MAX as usize {
                // There may be more: what ended meanwhile has left places.
                while let Some(ended) = sending.try_join_next() {
                    self.ended(ended);
                }
                continue;
            }
            tokio::select! {
                () = self.durable.anything_to_send(ROUND) => {}
                Some(ended) = sending.join_next(), if !sending.is_empty() => self.ended(ended),
            }
            while let Some(ended) = sending.try_join_next() {
                self.ended(ended);
            }
        }
        while sending.join_next().await.is_some() {}
    }

    fn ended(&mut self, ended: Result<Target, tokio::task::JoinError>) {
        // A task that panicked keeps its place until the next start: its lease is void then.
        let Ok(target) = ended else { return };
        if let Some(count) = self.under_way.get_mut(&target) {
            *count = count.saturating_sub(1);
        }
    }

    /// One lease, and all that it gave is on its way; how many that were.
    async fn round(&mut self, sending: &mut JoinSet<Target>) -> usize {
        let order = self.order();
        if order.targets.is_empty() {
            return 0;
        }
        let asked: Vec<Target> = order.targets.iter().map(|target| target.target.clone()).collect();
        let mut leasing = self.durable.under_way.leasing().await;
        let leases = match kept(|done| self.durable.store.lease_deliveries(order, done)).await {
            Ok(leases) => leases,
            Err(fault) => {
                tracing::error!(%fault, "deliveries could not be leased");
                return 0;
            }
        };
        let called_back: Vec<_> = leases.leased.iter().map(|delivery| leasing.enter(delivery)).collect();
        drop(leasing);
        let count = leases.leased.len() + leases.stale.len();
        {
            let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
            for target in asked {
                if !leases.leased.iter().any(|delivery| delivery.planned.target == target) {
                    breakers.unasked(&target);
                }
            }
        }
        if !leases.stale.is_empty() {
            self.renew(leases.stale).await;
        }
        for (delivery, called_back) in leases.leased.into_iter().zip(called_back) {
            let target = delivery.planned.target.clone();
            let (Some(way), Some(reached)) = (self.durable.ways.by_key(&target), self.durable.reached.get(&target))
            else {
                continue;
            };
            *self.under_way.entry(target).or_default() += 1;
            let attempt = Attempt {
                durable: self.durable.clone(),
                reached: reached.clone(),
                breakers: self.breakers.clone(),
                way: way.clone(),
            };
            sending.spawn(attempt.make(delivery, called_back));
        }
        count
    }

    /// What may go to each target now.
    fn order(&mut self) -> LeaseOrder {
        let at = now();
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let targets = self.durable.ways.all().filter_map(|way| {
            if !way.is_open() {
                return None;
            }
            let places = u32::try_from(way.target.delivery.limits.concurrency_per_partner_max).unwrap_or(u32::MAX);
            let taken = self.under_way.get(&way.key).copied().unwrap_or(0);
            let most = breakers.most(&way.key, places.saturating_sub(taken).min(LEASED_MAX), millis(at));
            (most > 0).then(|| TargetOrder {
                target: way.key.clone(),
                most,
                view: way.view.digest().to_owned(),
                terms: way.terms.clone(),
                dead_holds: way.target.delivery.on_dead == OnDead::Hold,
            })
        });
        let order = LeaseOrder { now: at, targets: targets.collect() };
        self.durable.metrics.breakers(breakers.states(millis(at)));
        order
    }

    /// Thinks about stale deliveries anew.
    async fn renew(&self, stale: Vec<Delivery>) {
        let thought = self.durable.think(move |durable| durable.renew(stale)).await;
        let settlements = match thought {
            Ok(Ok(settlements)) => settlements,
            _ => {
                tracing::error!("stale deliveries could not be made again");
                return;
            }
        };
        if let Err(fault) = kept(|done| self.durable.store.settle_deliveries(settlements, done)).await {
            tracing::error!(%fault, "stale deliveries could not be settled");
        }
        self.durable.wake_courier();
    }
}

/// One attempt.
struct Attempt {
    durable: Arc<Durable>,
    reached: Arc<Reached>,
    breakers: Arc<Mutex<Breakers>>,
    way: Arc<Way>,
}

impl Attempt {
    async fn make(self, mut delivery: Delivery, called_back: oneshot::Receiver<Stopped>) -> Target {
        let planned = &mut delivery.planned;
        let parcel = Parcel {
            delivery: planned.id,
            fence: delivery.fence,
            correlation_id: planned.correlation_id.take(),
            media_type: self.way.media_type(&planned.media_type),
            body: Bytes::from(std::mem::take(&mut planned.body)),
            date: day_in(&self.durable.config.timezone, now()),
            route: planned.route.clone(),
        };
        store::crash::point("after-lease");
        let outcome = self.send(parcel, called_back).await;
        store::crash::point("after-send");
        let (settlement, opened) = match outcome {
            Some(outcome) => self.settlement(&delivery, outcome),
            None => (self.called_back(&delivery), false),
        };
        self.alert(&delivery, &settlement, opened).await;
        self.durable.metrics.delivered(&delivery.planned.recipient, word(&settlement.outcome));
        self.settle(settlement).await;
        self.durable.under_way.ended(delivery.planned.id).await;
        self.durable.wake_courier();
        delivery.planned.target
    }

    /// Sends; `None` when it was called back before it had ended. A request is broken off wherever it is; a file of this
    /// machine, which cannot be, is waited for.
    async fn send(&self, parcel: Parcel, mut called_back: oneshot::Receiver<Stopped>) -> Option<Outcome> {
        let mut sending = Box::pin(self.durable.courier.send(&self.reached, parcel));
        let stopped = tokio::select! {
            biased;
            Ok(stopped) = &mut called_back => stopped,
            outcome = &mut sending => return Some(outcome),
        };
        if matches!(self.way.target.transport, Transport::Directory(_)) {
            return Some(sending.await);
        }
        // The request first, and its connection with it; then whoever waits for that is told.
        drop(sending);
        drop(stopped);
        None
    }

    /// What was called back may have arrived: it is looked at again at once, as one that was tried.
    fn called_back(&self, delivery: &Delivery) -> DeliverySettlement {
        let (at, planned) = (now(), &delivery.planned);
        let outcome = DeliveryOutcome::Waiting {
            next_at: at,
            reason: "called back".to_owned(),
            side: FaultSide::Ours.word().to_owned(),
            status: None,
            counts: true,
        };
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner).unasked(&planned.target);
        let audit = self.outcome_line(delivery, at, &outcome);
        DeliverySettlement { id: planned.id, fence: delivery.fence, at, outcome, audit: Some(audit), breaker: None }
    }

    /// Raises what a person must see, before it is settled: what ends between the two is raised again, never forgotten.
    async fn alert(&self, delivery: &Delivery, settlement: &DeliverySettlement, opened: bool) {
        let about = format!("target:{}", delivery.planned.target);
        if opened {
            self.durable.raise(Kind::BreakerOpen, about.clone()).await;
        }
        if matches!(settlement.outcome, DeliveryOutcome::Dead { .. }) {
            self.durable.raise(Kind::DeadLetter, about).await;
        }
    }

    /// Settles, and goes on trying while the store cannot be written: what was sent must not be forgotten.
    async fn settle(&self, settlement: DeliverySettlement) {
        let mut wait = Duration::from_millis(50);
        loop {
            let one = vec![settlement.clone()];
            match kept(|done| self.durable.store.settle_deliveries(one, done)).await {
                Ok(_) => return,
                Err(StoreFault::Closed) => return,
                Err(fault) => tracing::error!(%fault, "a delivery could not be settled"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
    }

    /// What to settle, and whether the breaker opened by it.
    fn settlement(&self, delivery: &Delivery, outcome: Outcome) -> (DeliverySettlement, bool) {
        let mut opened = false;
        let at = now();
        let planned = &delivery.planned;
        let limits = &self.way.target.delivery.limits;
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let (breaker, outcome) = match outcome {
            Outcome::Accepted => (breakers.answered(&planned.target), DeliveryOutcome::Delivered { status: None }),
            Outcome::Sent { .. } => (breakers.answered(&planned.target), DeliveryOutcome::Sent),
            Outcome::Dead { reason, side } => (
                breakers.answered(&planned.target),
                DeliveryOutcome::Dead {
                    reason: reason.to_string(),
                    side: side.word().to_owned(),
                    status: status(reason),
                },
            ),
            Outcome::Retry { after, breaker_at_once, side, reason } => {
                let random = uuid::Uuid::new_v4().as_u64_pair().1;
                let (breaker, opens) = breakers.failed(&planned.target, millis(at), breaker_at_once, random);
                opened = opens;
                if opened {
                    tracing::warn!(recipient = %planned.recipient, route = %planned.route, "a breaker opened");
                    self.durable.metrics.breaker_opened();
                }
                let age_micros = i64::try_from(limits.age_hours_max).unwrap_or(i64::MAX).saturating_mul(3_600_000_000);
                let over = u64::from(delivery.attempt) >= limits.attempts_max
                    || at.saturating_sub(planned.planned_at) > age_micros;
                let wait = match after {
                    Some(after) => u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
                    None => wait_ms(delivery.attempt, limits.wait_ms_min, limits.wait_ms_max, random),
                };
                let (reason_words, side, status) = (reason.to_string(), side.word().to_owned(), status(reason));
                let outcome = if over {
                    DeliveryOutcome::Dead { reason: reason_words, side, status }
                } else {
                    let next_at = at.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX).saturating_mul(1_000));
                    DeliveryOutcome::Waiting { next_at, reason: reason_words, side, status, counts: true }
                };
                (breaker, outcome)
            }
        };
        if matches!(outcome, DeliveryOutcome::Dead { .. }) {
            tracing::warn!(recipient = %planned.recipient, route = %planned.route, delivery = %planned.id, "a delivery is dead");
        }
        let audit = self.outcome_line(delivery, at, &outcome);
        let fence = delivery.fence;
        (DeliverySettlement { id: planned.id, fence, at, outcome, audit: Some(audit), breaker }, opened)
    }

    fn outcome_line(&self, delivery: &Delivery, at: store::Micros, outcome: &DeliveryOutcome) -> AuditEntry {
        self.durable.line("outcome", HOUSE, at, |line| {
            line.object = Some(format!("delivery:{}", delivery.planned.id));
            line.recipient = Some(delivery.planned.recipient.clone());
            line.outcome = Some(word(outcome).to_owned());
        })
    }
}

/// The target of each way, and what opens its breaker.
fn limits_of(ways: &Ways) -> impl Iterator<Item = (Target, BreakerLimits)> {
    ways.all().map(|way| (way.key.clone(), BreakerLimits::from(&way.target.delivery.limits)))
}

fn status(reason: Reason) -> Option<u16> {
    match reason {
        Reason::Status(status) | Reason::TokenStatus(status) => Some(status),
        _ => None,
    }
}

fn word(outcome: &DeliveryOutcome) -> &'static str {
    match outcome {
        DeliveryOutcome::Delivered { .. } => "delivered",
        DeliveryOutcome::Sent => "sent",
        DeliveryOutcome::Waiting { .. } => "waiting",
        DeliveryOutcome::Dead { .. } => "dead",
        DeliveryOutcome::Renewed { .. } => "renewed",
        DeliveryOutcome::Superseded { .. } => "superseded",
    }
}

fn millis(at: store::Micros) -> u64 {
    u64::try_from(at / 1_000).unwrap_or(0)
}
