//! The courier's round: what may go is leased, made again where it must be, sent, and settled.
//!
//! Leases take only what is free to go: places of the target that are free, a breaker that is closed, the head of each
//! lane. A delivery whose children are protected otherwise than when it was made is given back by the store as stale;
//! it is thought about anew and never sent as it was. A settlement that the store refuses as stale is somebody else's:
//! nothing is done about it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use store::delivery::{Delivery, DeliveryOutcome, DeliverySettlement, LeaseOrder, Target, TargetOrder};
use store::{Micros, StoreFault};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::Durable;
use super::alerts::Kind;
use super::breakers::Breakers;
use super::commit::kept;
use super::moment::{day_in, now};
use super::settling::{dead, word};
use super::under_way::Stopped;
use super::way::{Way, Ways};
use crate::config::{OnDead, Transport};
use crate::outbound::breaker::BreakerLimits;
use crate::outbound::outcome::{FaultSide, RETRY_AFTER_SECONDS_MAX};
use crate::outbound::wait::wait_ms;
use crate::outbound::{Outcome, Parcel, Target as Reached};
use crate::standing::Current;

/// Between two rounds when nothing calls for one.
const ROUND: Duration = Duration::from_secs(1);

/// A clock that is set back by this much would make waits longer than they were meant to be.
const SET_BACK_MIN: Duration = Duration::from_secs(1);

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
    /// The clock of the day and the one that nobody sets, at the last round; `None` before the first.
    clocks: Option<(Micros, Instant)>,
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
        Ok(Self { current, durable, breakers, under_way: HashMap::new(), clocks: None })
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
            self.look_at_clock().await;
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

    /// Waits are kept by the clock of the day, so that they outlive a restart. Where it was set back, also while nobody
    /// looked, they are brought back with it; where it was set forward they end early, which harms nobody.
    async fn look_at_clock(&mut self) {
        let (at, since) = (now(), Instant::now());
        let before = self.clocks.replace((at, since));
        let by = match before {
            None => 0,
            Some((wall, steady)) => {
                let passed = i64::try_from((since - steady).as_micros()).unwrap_or(i64::MAX);
                let set = at.saturating_sub(wall.saturating_add(passed));
                if set > -micros(SET_BACK_MIN) {
                    return;
                }
                tracing::warn!(seconds = set / 1_000_000, "the clock was set back: waits are brought back with it");
                set
            }
        };
        let longest = self.durable.ways.all().map(|way| way.target.delivery.limits.wait_ms_max).max().unwrap_or(0);
        let longest = Duration::from_millis(longest).max(Duration::from_secs(RETRY_AFTER_SECONDS_MAX));
        let latest = at.saturating_add(micros(longest));
        if let Err(fault) = kept(|done| self.durable.store.move_waits(by, latest, done)).await {
            tracing::error!(%fault, "waits could not be brought back");
            self.clocks = before;
        }
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
        if opened {
            self.durable.raise(Kind::BreakerOpen, format!("target:{}", delivery.planned.target)).await;
        }
        self.durable.metrics.delivered(&delivery.planned.recipient, word(&settlement.outcome));
        self.durable.settle(&delivery, settlement).await;
        self.durable.under_way.ended(delivery.planned.id).await;
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
        if matches!(self.way.target.transport, Transport::Directory(_) | Transport::MeshFolder(_)) {
            return Some(sending.await);
        }
        // The request first, and its connection with it; then whoever waits for that is told.
        drop(sending);
        drop(stopped);
        None
    }

    /// What was called back may have arrived: it is looked at again at once, as one that was tried.
    fn called_back(&self, delivery: &Delivery) -> DeliverySettlement {
        let at = now();
        let outcome = DeliveryOutcome::Waiting {
            next_at: at,
            reason: "called back".to_owned(),
            side: FaultSide::Ours.word().to_owned(),
            status: None,
            counts: true,
        };
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner).unasked(&delivery.planned.target);
        self.durable.settlement(delivery, at, outcome)
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
            Outcome::Dead { reason, side } => (breakers.answered(&planned.target), dead(reason, side)),
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
                let outcome = if over {
                    dead(reason, side)
                } else {
                    DeliveryOutcome::Waiting {
                        next_at: at.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX).saturating_mul(1_000)),
                        reason: reason.to_string(),
                        side: side.word().to_owned(),
                        status: reason.status(),
                        counts: true,
                    }
                };
                (breaker, outcome)
            }
        };
        (DeliverySettlement { breaker, ..self.durable.settlement(delivery, at, outcome) }, opened)
    }
}

/// The target of each way, and what opens its breaker.
fn limits_of(ways: &Ways) -> impl Iterator<Item = (Target, BreakerLimits)> {
    ways.all().map(|way| (way.key.clone(), BreakerLimits::from(&way.target.delivery.limits)))
}

fn micros(time: Duration) -> Micros {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn millis(at: Micros) -> u64 {
    u64::try_from(at / 1_000).unwrap_or(0)
}
