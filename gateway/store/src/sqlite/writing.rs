//! A batch within its transaction: every part in order, each refused before anything of it could be seen.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    deliveries, homes, lanes, loaded, messages, people, photos, subjects, wholes,
    writer::{Pace, State},
};
use crate::{
    Batch, Kept, Micros, Refused, StoreFault,
    audit::AuditEntry,
    batch::{Assertion, Idempotency},
    chain::Head,
    delivery::DeliveryId,
    keys::{Cell, DataKey, Keys, Wrapped},
    message::{MessageId, NewMessage},
};

/// Why work is given up.
#[derive(Debug)]
pub(super) enum Halt {
    /// The batch is refused.
    Refused(Refused),
    /// The store cannot.
    Fault(StoreFault),
}

impl From<Refused> for Halt {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<StoreFault> for Halt {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<rusqlite::Error> for Halt {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// What a step of a batch comes to.
pub(super) type Step<T> = Result<T, Halt>;

/// A batch whose bodies are sealed already, by the thread of who handed it in.
pub(super) struct SealedBatch {
    /// The batch; bodies are taken out.
    pub(super) batch: Batch,
    /// The sealed cells of its message.
    pub(super) message: Option<messages::SealedMessage>,
    /// The sealed cells of its deliveries, in their order.
    pub(super) deliveries: Vec<deliveries::SealedDelivery>,
    /// Its whole files, each with the bytes and the SHA-256 of its body.
    pub(super) wholes: Vec<(DeliveryId, (u64, [u8; 32]))>,
}

/// What the work of one caller may touch.
pub(super) struct Writing<'a> {
    /// The connection, within a savepoint.
    pub(super) db: &'a Connection,
    /// The keys of this commit.
    pub(super) keys: &'a Arc<Keys>,
    state: &'a mut State,
}

impl<'a> Writing<'a> {
    /// The work of one caller.
    pub(super) fn new(db: &'a Connection, keys: &'a Arc<Keys>, state: &'a mut State) -> Self {
        Self { db, keys, state }
    }

    /// Takes another pace, and another least that the disk must have left.
    pub(super) fn tune(&mut self, pace: Pace, free_bytes_min: u64) {
        self.state.pace = pace;
        self.state.room.want(free_bytes_min);
    }

    /// Refuses what comes in when the disk has no room for it.
    pub(super) fn ask_for_room(&self) -> Result<(), StoreFault> {
        self.state.room.ask()
    }

    /// A number that no message had before.
    pub(super) fn next_message(&mut self) -> i64 {
        self.state.messages += 1;
        self.state.messages
    }

    /// Writes a line at the end of the chain.
    pub(super) fn tell(&mut self, entry: &AuditEntry) -> Result<Head, StoreFault> {
        let (line, head) = self.state.head.follow(entry);
        let mut insert = self.db.prepare_cached(
            "INSERT INTO audit (seq, at, actor, action, subject, object, line, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        insert.execute(params![
            head.seq,
            entry.at,
            entry.actor,
            entry.action,
            entry.subject,
            entry.object,
            line,
            head.hash
        ])?;
        self.state.head = head;
        Ok(head)
    }

    /// Does one of several things that stand or fall each by itself; whether it stands.
    pub(super) fn alone(&mut self, work: impl FnOnce(&mut Self) -> Step<()>) -> Result<bool, StoreFault> {
        self.db.prepare_cached("SAVEPOINT alone")?.execute([])?;
        let head = self.state.head;
        let came = match work(self) {
            Ok(()) => Ok(true),
            Err(Halt::Refused(_)) => Ok(false),
            Err(Halt::Fault(fault)) => return Err(fault),
        };
        if matches!(came, Ok(false)) {
            self.db.prepare_cached("ROLLBACK TO alone")?.execute([])?;
            self.state.head = head;
        }
        self.db.prepare_cached("RELEASE alone")?.execute([])?;
        came
    }

    /// The data key of an owner.
    pub(super) fn data_key(
        &self,
        table: &'static str,
        id: &[u8],
        sealed: Vec<u8>,
        key_id: String,
    ) -> Result<DataKey, StoreFault> {
        self.keys.unwrap(table, id, &Wrapped { key_id, sealed })
    }

    /// Applies a batch.
    pub(super) fn apply(&mut self, sealed: SealedBatch) -> Step<Kept> {
        let SealedBatch { batch, message, deliveries, wholes } = sealed;
        let now = time(&batch);
        if let Some(key) = &batch.idempotency {
            self.first_use(key, batch.message.as_ref())?;
        }
        if let Some(assertion) = &batch.assertion {
            self.use_once(assertion)?;
        }
        // The lines come first, so that a message is written once, with the line that its receipt names.
        let mut kept = Kept::default();
        for entry in &batch.audit {
            let head = self.tell(entry)?;
            kept.audit.push((head.seq, head.hash));
        }
        if let (Some(new), Some(cells)) = (&batch.message, message) {
            self.ask_for_room()?;
            messages::keep(self, new, cells, kept.audit.first().copied().unwrap_or_default())?;
        }
        for act in &batch.message_acts {
            messages::act(self, act, now)?;
        }
        for act in &batch.delivery_acts {
            deliveries::act(self, act, now)?;
        }
        subjects::change(self, &batch.subjects)?;
        people::propose(self, &batch.proposals)?;
        for act in &batch.proposal_acts {
            people::decide(self, act)?;
        }
        for link in &batch.links {
            people::link(self, link)?;
        }
        for restriction in &batch.restrictions {
            people::restrict(self, restriction)?;
        }
        for relation in &batch.relations {
            people::relate(self, relation)?;
        }
        homes::change(self, &homes::HOMES, &batch.homes)?;
        homes::change(self, &homes::PROVIDERS, &batch.providers)?;
        homes::change(self, &homes::REFERRALS, &batch.referrals)?;
        photos::change(self, &batch.photos)?;
        for approval in &batch.approvals {
            people::approve(self, approval)?;
        }
        for alert in &batch.alerts {
            people::alert(self, alert)?;
        }
        for (new, cells) in batch.deliveries.iter().zip(deliveries) {
            deliveries::plan(self, new, cells)?;
        }
        if let Some(views) = &batch.loaded_views {
            loaded::replace(self, views)?;
        }
        for erased in &batch.erasures {
            subjects::erase(self, *erased, now)?;
        }
        for readmitted in &batch.readmissions {
            subjects::readmit(self, *readmitted)?;
        }
        for (id, body) in wholes {
            wholes::complete(self, id, body, now)?;
        }
        for change in &batch.runs {
            wholes::run(self, change)?;
        }
        Ok(kept)
    }

    /// The lane of a delivery has changed: who leaves next is found again.
    pub(super) fn lane_changed(&self, lane: &[u8]) -> Result<(), StoreFault> {
        lanes::refresh(self.db, lane)
    }

    fn first_use(&self, key: &Idempotency, message: Option<&NewMessage>) -> Step<()> {
        if let Some(refused) = first_answer(self.db, self.keys, key)? {
            return Err(refused.into());
        }
        let name = blind_name(self.keys, key);
        let cell = Cell { table: "idempotency", id: &name, piece: 0 };
        let answer = self.keys.small().seal(&cell, &key.answer)?;
        let mut insert = self.db.prepare_cached("INSERT OR REPLACE INTO idempotency VALUES (?1, ?2, ?3, ?4, ?5)")?;
        insert.execute(params![name, key.fingerprint, answer, message.map(|new| new.id), key.expires_at])?;
        Ok(())
    }

    fn use_once(&self, assertion: &Assertion) -> Step<()> {
        let name = self.keys.blind("assertion", &[assertion.partner.as_bytes(), assertion.jti.as_bytes()]);
        let mut insert = self.db.prepare_cached(
            "INSERT INTO assertion VALUES (?1, ?2) ON CONFLICT DO UPDATE SET expires_at = ?2 WHERE expires_at <= ?3",
        )?;
        match insert.execute(params![name, assertion.expires_at, assertion.now])? {
            0 => Err(Refused::Used.into()),
            _ => Ok(()),
        }
    }
}

/// What a key refuses that was used before; nothing when its time is over.
pub(super) fn first_answer(db: &Connection, keys: &Keys, key: &Idempotency) -> Result<Option<Refused>, StoreFault> {
    let name = blind_name(keys, key);
    let mut held =
        db.prepare_cached("SELECT fingerprint, answer, message FROM idempotency WHERE name = ?1 AND expires_at > ?2")?;
    let held: Option<(Vec<u8>, Vec<u8>, Option<MessageId>)> =
        held.query_row(params![name, key.now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    Ok(match held {
        Some((fingerprint, answer, message)) if fingerprint == key.fingerprint => {
            let answer = keys.small().open(&Cell { table: "idempotency", id: &name, piece: 0 }, &answer)?;
            Some(Refused::Repeated { answer, message })
        }
        Some(_) if !key.lenient => Some(Refused::Mismatch),
        _ => None,
    })
}

/// A key as the store knows it: whose it is and of what cannot be read from it.
fn blind_name(keys: &Keys, key: &Idempotency) -> [u8; 32] {
    keys.blind("idempotency", &[key.partner.as_bytes(), key.request.as_bytes(), key.key.as_bytes()])
}

/// When a batch happens, as far as it says so.
fn time(batch: &Batch) -> Micros {
    let told = batch.audit.first().map(|entry| entry.at);
    let received = batch.message.as_ref().map(|message| message.received_at);
    told.or(received).or(batch.idempotency.as_ref().map(|key| key.now)).unwrap_or_default()
}
