//! What every store must keep, whatever it is made of: each sentence of the trait as a law that can fail.
//!
//! An implementation gives a [`Ground`] for each law and runs [`LAWS`]. A law panics where it is broken.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a law that is broken panics")]

mod chain;
mod deliveries;
mod histories;
mod homes;
mod messages;
mod people;
mod photos;
mod subjects;
mod wholes;

use std::sync::{Arc, mpsc};

use uuid::Uuid;

use crate::{
    Batch, Done, Kept, Micros, Refused, Store, StoreFault,
    audit::AuditEntry,
    chain::sha256,
    delivery::{
        Delivery, DeliveryLeases, DeliveryOutcome, DeliverySettlement, DeliverySubject, LeaseOrder, NewDelivery,
        TargetOrder,
    },
    message::{LeasedMessage, MessageId, MessageSettlement, MessageState, NewBody, NewMessage},
    subject::{Standing, SubjectChange, SubjectId},
};

/// A place where one store can be opened, closed and opened again.
pub trait Ground {
    /// Opens the store of this place; empty at first. Whoever had it open before has dropped it.
    fn open(&self) -> Arc<dyn Store>;
}

/// A law and its name.
pub type Law = (&'static str, fn(&dyn Ground));

/// Every law.
#[must_use]
pub fn laws() -> Vec<Law> {
    let of_children = [messages::LAWS, deliveries::LAWS, wholes::LAWS, subjects::LAWS, people::LAWS].concat();
    [&of_children, homes::LAWS, photos::LAWS, chain::LAWS, histories::LAWS].concat()
}

/// Hands something in and waits for its answer.
///
/// # Errors
/// Those of the store; it is closed when nobody answers.
pub fn wait<T: Send + 'static>(hand_in: impl FnOnce(Done<T>)) -> Result<T, StoreFault> {
    let (told, answer) = mpsc::channel();
    hand_in(Box::new(move |came| {
        let _ = told.send(came);
    }));
    answer.recv().unwrap_or(Err(StoreFault::Closed))
}

fn keep(store: &Arc<dyn Store>, batch: Batch) -> Result<Kept, Refused> {
    wait(|done| store.keep(batch, done)).unwrap()
}

fn lease_messages(store: &Arc<dyn Store>, most: usize) -> Vec<LeasedMessage> {
    wait(|done| store.lease_messages(most, 0, done)).unwrap()
}

fn lease(store: &Arc<dyn Store>, order: LeaseOrder) -> DeliveryLeases {
    wait(|done| store.lease_deliveries(order, done)).unwrap()
}

fn settle(store: &Arc<dyn Store>, delivery: &Delivery, outcome: DeliveryOutcome) -> bool {
    settle_under(store, delivery.planned.id, delivery.fence, outcome)
}

fn settle_under(store: &Arc<dyn Store>, id: Uuid, fence: u64, outcome: DeliveryOutcome) -> bool {
    let settlement = DeliverySettlement { id, fence, at: 900, outcome, audit: Some(line("outcome")), breaker: None };
    wait(|done| store.settle_deliveries(vec![settlement], done)).unwrap()[0]
}

fn state(store: &Arc<dyn Store>, id: MessageId) -> MessageState {
    store.message(id).unwrap().unwrap().state
}

fn line(action: &'static str) -> AuditEntry {
    AuditEntry { at: 1_000, actor: "actor".to_owned(), action, ..AuditEntry::default() }
}

/// Ids in the order in which they are made.
fn id(number: u128) -> Uuid {
    Uuid::from_u128((0x7000 << 64) | number)
}

fn message(number: u128, body: &[u8]) -> NewMessage {
    NewMessage {
        id: id(number),
        route: "route".to_owned(),
        partner: "partner".to_owned(),
        correlation_id: None,
        received_at: 1_000 + i64::try_from(number).unwrap(),
        bytes: body.len() as u64,
        sha256: sha256(body),
        body: NewBody::Whole(body.to_vec()),
        file_name: Some("file.csv".to_owned()),
        media_type: Some("text/csv".to_owned()),
        terms: b"terms".to_vec(),
        same_since: None,
    }
}

fn with_message(message: NewMessage) -> Batch {
    Batch { message: Some(message), audit: vec![line("receive")], ..Batch::default() }
}

fn read(leased: &LeasedMessage, batch: Batch) -> MessageSettlement {
    MessageSettlement {
        id: leased.message.id,
        fence: leased.fence,
        at: 2_000,
        state: MessageState::Read,
        reason: None,
        counts: b"{}".to_vec(),
        report: b"report".to_vec(),
        rejects: Vec::new(),
        batch,
    }
}

fn settle_message(store: &Arc<dyn Store>, settlement: MessageSettlement) -> Result<Kept, Refused> {
    wait(|done| store.settle_message(settlement, done)).unwrap()
}

fn subject(number: u128) -> SubjectId {
    Uuid::from_u128((0x4000 << 64) | number)
}

fn new_subject(number: u128) -> SubjectChange {
    SubjectChange {
        id: subject(number),
        seen: 0,
        standing: Standing::default(),
        raise_epoch: false,
        holdings: Vec::new(),
        identifiers: Vec::new(),
        forgotten: Vec::new(),
        places: None,
        demographics: None,
        planned: Vec::new(),
        resources: None,
    }
}

/// What changes a subject as it is now.
fn seen(store: &Arc<dyn Store>, number: u128) -> SubjectChange {
    let held = store.subjects(&[subject(number)], &[]).unwrap().remove(0).unwrap();
    SubjectChange { seen: held.version, standing: held.standing, ..new_subject(number) }
}

fn epoch(store: &Arc<dyn Store>, number: u128) -> u64 {
    store.subjects(&[subject(number)], &[]).unwrap().remove(0).unwrap().epoch
}

/// A delivery of one child.
fn delivery(number: u128, lane: u8, child: (u128, u64)) -> NewDelivery {
    NewDelivery {
        id: id(number),
        route: "route".to_owned(),
        target: "target".to_owned(),
        recipient: "recipient".to_owned(),
        lane: vec![lane],
        ahead: false,
        not_before: 10,
        planned_at: 5,
        format: "format".to_owned(),
        media_type: "application/json".to_owned(),
        view: "view".to_owned(),
        terms: "terms".to_owned(),
        subjects: vec![DeliverySubject {
            id: subject(child.0),
            epoch: child.1,
            after: format!("after {number}").into(),
        }],
        body: format!("body {number}").into(),
        disclosure: vec![AuditEntry { object: Some(format!("delivery:{number}")), ..line("disclose") }],
        correlation_id: None,
        messages: Vec::new(),
    }
}

fn order(now: Micros) -> LeaseOrder {
    LeaseOrder { now, targets: vec![target_order("target")] }
}

fn target_order(target: &str) -> TargetOrder {
    TargetOrder {
        target: target.to_owned(),
        most: 100,
        view: "view".to_owned(),
        terms: "terms".to_owned(),
        dead_holds: true,
    }
}

fn waiting(next_at: Micros, counts: bool) -> DeliveryOutcome {
    DeliveryOutcome::Waiting {
        next_at,
        reason: "busy".to_owned(),
        side: "recipient-busy".to_owned(),
        status: Some(503),
        counts,
    }
}

fn dead() -> DeliveryOutcome {
    DeliveryOutcome::Dead { reason: "refused".to_owned(), side: "recipient-refused".to_owned(), status: Some(422) }
}

fn delivered() -> DeliveryOutcome {
    DeliveryOutcome::Delivered { status: Some(200) }
}

fn numbers(deliveries: &[Delivery]) -> Vec<Uuid> {
    deliveries.iter().map(|delivery| delivery.planned.id).collect()
}
