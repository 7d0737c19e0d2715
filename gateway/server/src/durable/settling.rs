//! Telling the store what came of a delivery, whoever learned it: the courier from an answer, or a mailbox later.

use std::time::Duration;

use store::audit::AuditEntry;
use store::delivery::{Delivery, DeliveryOutcome, DeliverySettlement};
use store::{Micros, StoreFault};

use super::alerts::Kind;
use super::commit::kept;
use super::{Durable, HOUSE};
use crate::outbound::outcome::{FaultSide, Reason};

/// Waits before a settlement that could not be written is tried again.
const WAIT_MIN: Duration = Duration::from_millis(50);
const WAIT_MAX: Duration = Duration::from_secs(5);

impl Durable {
    /// What is told the store of a delivery as it was leased, with the line of the audit chain that tells it.
    pub(crate) fn settlement(&self, delivery: &Delivery, at: Micros, outcome: DeliveryOutcome) -> DeliverySettlement {
        let planned = &delivery.planned;
        let audit: AuditEntry = self.line("outcome", HOUSE, at, |line| {
            line.object = Some(format!("delivery:{}", planned.id));
            line.recipient = Some(planned.recipient.clone());
            line.outcome = Some(word(&outcome).to_owned());
        });
        DeliverySettlement { id: planned.id, fence: delivery.fence, at, outcome, audit: Some(audit), breaker: None }
    }

    /// Settles, and goes on trying while the store cannot be written: what was learned must not be forgotten. A
    /// delivery that is dead is told to a person before: what ends between the two is told again, never forgotten.
    pub(crate) async fn settle(&self, delivery: &Delivery, settlement: DeliverySettlement) {
        let planned = &delivery.planned;
        if matches!(settlement.outcome, DeliveryOutcome::Dead { .. }) {
            tracing::warn!(recipient = %planned.recipient, route = %planned.route, delivery = %planned.id, "a delivery is dead");
            self.raise(Kind::DeadLetter, format!("target:{}", planned.target)).await;
        }
        let mut wait = WAIT_MIN;
        loop {
            let one = vec![settlement.clone()];
            match kept(|done| self.store.settle_deliveries(one, done)).await {
                Ok(_) => break,
                Err(StoreFault::Closed) => return,
                Err(fault) => tracing::error!(%fault, "a delivery could not be settled"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(WAIT_MAX);
        }
        self.wake_courier();
    }
}

/// A delivery that is over without having arrived, for this reason.
pub(crate) fn dead(reason: Reason, side: FaultSide) -> DeliveryOutcome {
    DeliveryOutcome::Dead { reason: reason.to_string(), side: side.word().to_owned(), status: reason.status() }
}

/// The word of metrics and audit lines.
pub(crate) fn word(outcome: &DeliveryOutcome) -> &'static str {
    match outcome {
        DeliveryOutcome::Delivered { .. } => "delivered",
        DeliveryOutcome::Sent => "sent",
        DeliveryOutcome::Waiting { .. } => "waiting",
        DeliveryOutcome::Dead { .. } => "dead",
        DeliveryOutcome::Renewed { .. } => "renewed",
        DeliveryOutcome::Superseded { .. } | DeliveryOutcome::AskedAnew => "superseded",
    }
}
