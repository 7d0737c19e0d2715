//! Whole files: put together over several commits, each in the place of all that its lane has not sent; and when they
//! are made.
//!
//! **Limits.** A whole file is a delivery whose row stands from its first commit on, in a state that no list and no lane
//! knows (`making`); its key is held by the process that makes it, so what an earlier one began is removed at start.
//! **Format.** Pieces and children as of every delivery; what is disclosed of the children lies beside it in lots, is
//! written when it is first leased, and is then removed.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest::{Context, SHA256};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    deliveries::{self, Held, SealedDelivery},
    messages::forget_pieces,
    reading::{Reading, corrupt},
    schema::PIECE_BITS,
    subjects,
    writing::{Step, Writing},
};
use crate::{
    Micros, Refused, StoreFault,
    audit::AuditEntry,
    chain,
    delivery::{DeliveryId, DeliverySubject, NewDelivery},
    keys::{Cell, DataKey},
    whole::{Run, RunChange, WholeLot},
};

/// The state of a whole file that is not whole yet.
pub(super) const MAKING: &str = "making";

/// The whole files that this process makes.
pub(super) type Making = Mutex<HashMap<DeliveryId, Begun>>;

/// A whole file so far.
pub(super) struct Begun {
    key: DataKey,
    pieces: u32,
    subjects: u64,
    lots: u32,
    bytes: u64,
    hash: Context,
}

impl Begun {
    /// Nothing of it yet.
    pub(super) fn new(key: DataKey) -> Self {
        Self { key, pieces: 0, subjects: 0, lots: 0, bytes: 0, hash: Context::new(&SHA256) }
    }

    /// Seals the next lot.
    pub(super) fn seal(&mut self, id: DeliveryId, lot: WholeLot) -> Result<SealedLot, StoreFault> {
        let WholeLot { body, subjects, disclosure } = lot;
        let sealed = SealedLot {
            pieces_before: self.pieces,
            subjects_before: self.subjects,
            lot: self.lots,
            pieces: deliveries::seal_body(&self.key, id, self.pieces, &body)?,
            after: deliveries::seal_after(&self.key, id, self.subjects, &subjects)?,
            subjects,
            disclosure,
        };
        let pieces = u32::try_from(sealed.pieces.len()).ok().and_then(|more| self.pieces.checked_add(more));
        self.pieces = pieces
            .filter(|pieces| u64::from(*pieces) < 1 << PIECE_BITS)
            .ok_or_else(|| StoreFault::Failed("a whole file is too large".to_owned()))?;
        self.subjects += sealed.subjects.len() as u64;
        self.lots += 1;
        self.bytes += body.len() as u64;
        self.hash.update(&body);
        Ok(sealed)
    }

    /// Bytes and SHA-256 of its body.
    pub(super) fn body(&self) -> (u64, [u8; 32]) {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.hash.clone().finish().as_ref());
        (self.bytes, sha256)
    }
}

/// A lot whose cells are sealed.
pub(super) struct SealedLot {
    pieces_before: u32,
    subjects_before: u64,
    lot: u32,
    pieces: Vec<Vec<u8>>,
    subjects: Vec<DeliverySubject>,
    after: Vec<Vec<u8>>,
    disclosure: Vec<AuditEntry>,
}

/// Forgets a whole file of this process.
pub(super) fn forget(making: &Making, id: DeliveryId) {
    making.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
}

fn number_of(db: &Connection, id: DeliveryId) -> Result<Option<i64>, StoreFault> {
    let mut held = db.prepare_cached("SELECT number FROM delivery WHERE id = ?1 AND state = 'making'")?;
    Ok(held.query_row([id], |row| row.get(0)).optional()?)
}

/// Begins a whole file. What it comes with besides its row follows in lots.
pub(super) fn begin(writing: &Writing<'_>, new: &NewDelivery, cells: SealedDelivery) -> Step<()> {
    deliveries::insert(writing, new, cells, MAKING, true)
}

/// Adds a lot; false when no such whole file is made.
pub(super) fn add(writing: &Writing<'_>, id: DeliveryId, lot: &SealedLot) -> Result<bool, StoreFault> {
    let Some(number) = number_of(writing.db, id)? else { return Ok(false) };
    deliveries::insert_pieces(writing, number, lot.pieces_before, &lot.pieces)?;
    deliveries::insert_subjects(writing, number, lot.subjects_before, &lot.subjects, &lot.after)?;
    if !lot.disclosure.is_empty() {
        let mut insert = writing.db.prepare_cached("INSERT INTO disclosure VALUES (?1, ?2, ?3)")?;
        insert.execute(params![number, lot.lot, chain::pack(&lot.disclosure)])?;
    }
    Ok(true)
}

/// It is whole: it may leave, in the place of all that its lane has not sent.
pub(super) fn complete(
    writing: &Writing<'_>,
    id: DeliveryId,
    (bytes, sha256): (u64, [u8; 32]),
    at: Micros,
) -> Step<()> {
    let number = number_of(writing.db, id)?.ok_or(Refused::Missing)?;
    let mut complete = writing.db.prepare_cached(
        "UPDATE delivery SET state = 'ready', bytes = ?2, sha256 = ?3 WHERE number = ?1 RETURNING lane, place",
    )?;
    let (lane, place): (Vec<u8>, i64) =
        complete.query_row(params![number, bytes, sha256], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut older = writing.db.prepare_cached(
        "SELECT id FROM delivery WHERE lane = ?1 AND place < ?2 AND state IN ('ready', 'waiting', 'dead')",
    )?;
    let older: Vec<DeliveryId> = older.query_map(params![lane, place], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in older {
        deliveries::give_way(writing, id, at)?;
    }
    writing.lane_changed(&lane)?;
    Ok(())
}

/// Removes whole files that nobody will end: one, or all of earlier processes.
pub(super) fn abandon(db: &Connection, id: Option<DeliveryId>) -> Result<(), StoreFault> {
    let mut begun =
        db.prepare_cached("SELECT number FROM delivery WHERE state = 'making' AND (?1 IS NULL OR id = ?1)")?;
    let numbers: Vec<i64> = begun.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for number in numbers {
        forget_pieces(db, "parcel", number)?;
        db.prepare_cached("DELETE FROM delivery_subject WHERE delivery = ?1")?.execute([number])?;
        db.prepare_cached("DELETE FROM delivery WHERE number = ?1")?.execute([number])?;
    }
    Ok(())
}

/// What an earlier process had leased gives way to what was made meanwhile.
pub(super) fn give_way_at_start(db: &Connection) -> Result<(), StoreFault> {
    let mut old = db.prepare(
        "UPDATE delivery SET state = 'superseded', holds = 0, version = version + 1, settled_at = planned_at \
         WHERE whole = 1 AND state = 'ready' AND EXISTS (SELECT 1 FROM delivery newer WHERE newer.lane = delivery.lane \
         AND newer.place > delivery.place AND newer.whole = 1 AND newer.state IN ('ready', 'waiting', 'dead'))",
    )?;
    old.execute([])?;
    Ok(())
}

/// Whether another whole file was made for the same lane since.
pub(super) fn has_a_newer(writing: &Writing<'_>, held: &Held) -> Result<bool, StoreFault> {
    let mut newer = writing
        .db
        .prepare_cached("SELECT 1 FROM delivery WHERE lane = ?1 AND place > ?2 AND whole = 1 AND state <> 'making'")?;
    Ok(newer.exists(params![held.lane, held.place])?)
}

/// The target has it: its children as they are in it, and of all others nothing any more.
pub(super) fn delivered(writing: &Writing<'_>, held: &Held) -> Result<(), StoreFault> {
    let mut newer = writing.db.prepare_cached(
        "SELECT 1 FROM delivery WHERE lane = ?1 AND place > ?2 AND whole = 1 AND state = 'delivered'",
    )?;
    if newer.exists(params![held.lane, held.place])? {
        return Ok(());
    }
    let key = held.data_key(writing.keys)?;
    let mut subjects = writing.db.prepare_cached(
        "SELECT position, subject, after FROM delivery_subject WHERE delivery = ?1 ORDER BY position",
    )?;
    let mut rows = subjects.query([held.number])?;
    while let Some(row) = rows.next()? {
        let sealed: Vec<u8> = row.get(2)?;
        let after = key.open(&Cell { table: "after", id: held.id.as_bytes(), piece: row.get(0)? }, &sealed)?;
        subjects::stands(writing, &held.target, row.get(1)?, &after)?;
    }
    let mut gone = writing.db.prepare_cached(
        "DELETE FROM sent WHERE target = ?1 AND NOT EXISTS \
         (SELECT 1 FROM delivery_subject s WHERE s.subject = sent.subject AND s.delivery = ?2)",
    )?;
    gone.execute(params![held.target, held.number])?;
    Ok(())
}

/// Writes what is disclosed of the children, and removes it from beside the delivery.
pub(super) fn disclose(writing: &mut Writing<'_>, number: i64) -> Result<(), StoreFault> {
    let mut after = -1_i64;
    loop {
        let mut next = writing.db.prepare_cached(
            "SELECT lot, lines FROM disclosure WHERE delivery = ?1 AND lot > ?2 ORDER BY lot LIMIT 1",
        )?;
        let lot: Option<(i64, Vec<u8>)> =
            next.query_row([number, after], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        drop(next);
        let Some((lot, packed)) = lot else { break };
        for entry in chain::unpack(&packed).ok_or_else(corrupt)? {
            writing.tell(&entry)?;
        }
        after = lot;
    }
    forget_disclosure(writing, number)
}

/// Removes what lies beside a delivery that is not to be written.
pub(super) fn forget_disclosure(writing: &Writing<'_>, number: i64) -> Result<(), StoreFault> {
    writing.db.prepare_cached("DELETE FROM disclosure WHERE delivery = ?1")?.execute([number])?;
    Ok(())
}

/// Notes when whole files are made.
pub(super) fn run(writing: &Writing<'_>, change: &RunChange) -> Result<(), StoreFault> {
    match change {
        RunChange::Known(target, at) => {
            let mut known = writing.db.prepare_cached("INSERT OR IGNORE INTO run (target, made) VALUES (?1, ?2)")?;
            known.execute(params![target, at])?;
        }
        RunChange::Asked(target, at) => {
            let mut asked = writing.db.prepare_cached(
                "INSERT INTO run (target, made, asked) VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET asked = asked + 1",
            )?;
            asked.execute(params![target, at])?;
        }
        RunChange::Made { target, at, answered } => {
            let mut made = writing.db.prepare_cached(
                "INSERT INTO run (target, made, answered) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE \
                 SET made = ?2, answered = max(answered, min(?3, asked))",
            )?;
            made.execute(params![target, at, answered])?;
        }
    }
    Ok(())
}

impl Reading<'_> {
    /// When whole files are made.
    pub(super) fn runs(&self) -> Result<Vec<Run>, StoreFault> {
        let mut runs = self.db.prepare_cached("SELECT target, made, asked, answered FROM run ORDER BY target")?;
        let run = |row: &rusqlite::Row<'_>| {
            Ok(Run { target: row.get(0)?, made: row.get(1)?, asked: row.get(2)?, answered: row.get(3)? })
        };
        Ok(runs.query_map([], run)?.collect::<Result<_, _>>()?)
    }
}
