//! Deliveries: planned, leased, settled, decided about.

use rusqlite::{Row, ToSql, params};
use uuid::Uuid;

use super::{
    lanes,
    messages::{forget_pieces, places, settle_if_done},
    reading::{Reading, corrupt, page},
    subjects, wholes,
    writing::{Halt, Step, Writing},
};
use crate::{
    CHUNK_BYTES_MAX, Micros, Page, Refused, StoreFault,
    chain::{self, sha256},
    delivery::{
        Delivery, DeliveryAct, DeliveryActKind, DeliveryFilter, DeliveryId, DeliveryOutcome, DeliverySettlement,
        DeliveryState, DeliverySubject, NewDelivery, Target, TargetOrder,
    },
    keys::{Cell, DataKey, Keys, Wrapped},
    subject::SubjectId,
    whole::RunChange,
};

const COLUMNS: &str = "number, id, route, target, recipient, lane, ahead, not_before, planned_at, format, media_type, \
    view, terms, correlation_id, bytes, sha256, state, attempt, next_at, reason, side, status, settled_at, holds, \
    fence, version, disclosure, data_key, key_id, tried, whole";

/// How a delivery is read.
#[derive(Clone, Copy, Eq, PartialEq)]
enum With<'s> {
    /// Without its body, and a whole file without its children.
    Nothing,
    /// With all that is in it.
    Everything,
    /// Without its body, and of its children with this one.
    Subject(&'s SubjectId),
}

/// The sealed cells of a delivery.
pub(super) struct SealedDelivery {
    pub(super) key: Wrapped,
    bytes: u64,
    sha256: [u8; 32],
    body: Vec<Vec<u8>>,
    after: Vec<Vec<u8>>,
}

/// Seals a delivery's cells under a key of its own, and takes its body out.
pub(super) fn seal(keys: &Keys, new: &mut NewDelivery) -> Result<SealedDelivery, StoreFault> {
    let (key, wrapped) = keys.data_key("delivery", new.id.as_bytes())?;
    seal_under(&key, wrapped, new)
}

/// The same under a key that was made before.
pub(super) fn seal_under(key: &DataKey, wrapped: Wrapped, new: &mut NewDelivery) -> Result<SealedDelivery, StoreFault> {
    let body = std::mem::take(&mut new.body);
    Ok(SealedDelivery {
        key: wrapped,
        bytes: body.len() as u64,
        sha256: sha256(&body),
        body: seal_body(key, new.id, 0, &body)?,
        after: seal_after(key, new.id, 0, &new.subjects)?,
    })
}

/// Seals what of a body follows so many pieces.
pub(super) fn seal_body(key: &DataKey, id: DeliveryId, behind: u32, body: &[u8]) -> Result<Vec<Vec<u8>>, StoreFault> {
    let pieces = body.chunks(CHUNK_BYTES_MAX).zip(u64::from(behind)..);
    pieces.map(|(piece, number)| key.seal(&Cell { table: "parcel", id: id.as_bytes(), piece: number }, piece)).collect()
}

/// Seals what a target will have of the children that follow so many.
pub(super) fn seal_after(
    key: &DataKey,
    id: DeliveryId,
    behind: u64,
    subjects: &[DeliverySubject],
) -> Result<Vec<Vec<u8>>, StoreFault> {
    let subjects = subjects.iter().zip(behind..);
    subjects
        .map(|(subject, position)| {
            key.seal(&Cell { table: "after", id: id.as_bytes(), piece: position }, &subject.after)
        })
        .collect()
}

/// Plans a delivery at the end of its lane.
pub(super) fn plan(writing: &Writing<'_>, new: &NewDelivery, cells: SealedDelivery) -> Step<()> {
    insert(writing, new, cells, DeliveryState::Ready.word(), false)?;
    writing.lane_changed(&new.lane)?;
    Ok(())
}

/// Writes the row of a delivery in some state, and all that it comes with.
pub(super) fn insert(
    writing: &Writing<'_>,
    new: &NewDelivery,
    cells: SealedDelivery,
    state: &str,
    whole: bool,
) -> Step<()> {
    let mut known = writing.db.prepare_cached("SELECT 1 FROM delivery WHERE id = ?1")?;
    if known.exists([new.id])? {
        return Err(Refused::Clash.into());
    }
    let place = lanes::next_place(writing.db, &new.lane)?;
    let mut insert = writing.db.prepare_cached(
        "INSERT INTO delivery (id, route, target, recipient, lane, place, ahead, not_before, planned_at, format, \
         media_type, view, terms, correlation_id, bytes, sha256, state, next_at, disclosure, data_key, key_id, whole) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?20, ?8, ?17, ?18, ?19, ?21)",
    )?;
    insert.execute(params![
        new.id,
        new.route,
        new.target,
        new.recipient,
        new.lane,
        place,
        new.ahead,
        new.not_before,
        new.planned_at,
        new.format,
        new.media_type,
        new.view,
        new.terms,
        new.correlation_id,
        cells.bytes,
        cells.sha256,
        chain::pack(&new.disclosure),
        cells.key.sealed,
        cells.key.key_id,
        state,
        whole,
    ])?;
    let number = writing.db.last_insert_rowid();
    insert_pieces(writing, number, 0, &cells.body)?;
    insert_subjects(writing, number, 0, &new.subjects, &cells.after)?;
    let mut source = writing.db.prepare_cached("INSERT OR IGNORE INTO delivery_source VALUES (?1, ?2)")?;
    for message in &new.messages {
        source.execute(params![number, message])?;
    }
    Ok(())
}

/// Writes pieces of a body, behind so many.
pub(super) fn insert_pieces(
    writing: &Writing<'_>,
    number: i64,
    behind: u32,
    pieces: &[Vec<u8>],
) -> Result<(), StoreFault> {
    let mut insert = writing.db.prepare_cached("INSERT INTO parcel VALUES (?1, ?2)")?;
    for (piece, place) in pieces.iter().zip(places(number).0 + i64::from(behind)..) {
        insert.execute(params![place, piece])?;
    }
    Ok(())
}

/// Writes children of a delivery, behind so many.
pub(super) fn insert_subjects(
    writing: &Writing<'_>,
    number: i64,
    behind: u64,
    subjects: &[DeliverySubject],
    after: &[Vec<u8>],
) -> Result<(), StoreFault> {
    let mut insert = writing.db.prepare_cached("INSERT INTO delivery_subject VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for ((subject, after), position) in subjects.iter().zip(after).zip(behind..) {
        insert.execute(params![number, position, subject.id, subject.epoch, after])?;
    }
    Ok(())
}

/// What is known of a delivery while its fate is decided.
pub(super) struct Held {
    pub(super) number: i64,
    pub(super) id: DeliveryId,
    pub(super) target: Target,
    pub(super) lane: Vec<u8>,
    pub(super) place: i64,
    state: DeliveryState,
    fence: u64,
    version: u64,
    tried: bool,
    pub(super) whole: bool,
    key: Option<Wrapped>,
}

fn held(writing: &Writing<'_>, id: DeliveryId) -> Step<Held> {
    let mut held = writing.db.prepare_cached(
        "SELECT number, target, lane, state, fence, version, tried, data_key, key_id, place, whole FROM delivery \
         WHERE id = ?1 AND state <> 'making'",
    )?;
    let mut rows = held.query([id])?;
    let row = rows.next()?.ok_or(Refused::Missing)?;
    let state: String = row.get(3)?;
    let key: Option<Vec<u8>> = row.get(7)?;
    Ok(Held {
        number: row.get(0)?,
        id,
        target: row.get(1)?,
        lane: row.get(2)?,
        state: DeliveryState::of_word(&state).ok_or_else(corrupt)?,
        fence: row.get(4)?,
        version: row.get(5)?,
        tried: row.get(6)?,
        place: row.get(9)?,
        whole: row.get(10)?,
        key: match key {
            Some(sealed) => Some(Wrapped { key_id: row.get(8)?, sealed }),
            None => None,
        },
    })
}

impl Held {
    pub(super) fn data_key(&self, keys: &Keys) -> Result<DataKey, StoreFault> {
        let key = self.key.as_ref().ok_or(StoreFault::Corrupt("a delivery without a key"))?;
        keys.unwrap("delivery", self.id.as_bytes(), key)
    }

    /// Its children, in order, with what the target will have.
    fn subjects(&self, writing: &Writing<'_>) -> Result<Vec<(SubjectId, Vec<u8>)>, StoreFault> {
        let key = self.data_key(writing.keys)?;
        let after = subjects_of(writing.db, self.number, self.id, Some(&key), None)?;
        Ok(after.into_iter().map(|subject| (subject.id, subject.after)).collect())
    }

    fn subject_ids(&self, writing: &Writing<'_>) -> Result<Vec<SubjectId>, StoreFault> {
        let mut ids =
            writing.db.prepare_cached("SELECT subject FROM delivery_subject WHERE delivery = ?1 ORDER BY position")?;
        Ok(ids.query_map([self.number], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    fn messages(&self, writing: &Writing<'_>) -> Result<Vec<Uuid>, StoreFault> {
        sources(writing.db, self.number)
    }

    /// It is over: what was planned of its children is what was delivered, and its messages may be settled.
    pub(super) fn end(
        &self,
        writing: &Writing<'_>,
        state: DeliveryState,
        reason: Option<&str>,
        at: Micros,
    ) -> Step<()> {
        let mut end = writing.db.prepare_cached(
            "UPDATE delivery SET state = ?2, reason = coalesce(?3, reason), settled_at = ?4, holds = 0, \
             version = version + 1 WHERE number = ?1",
        )?;
        end.execute(params![self.number, state.word(), reason, at])?;
        if self.whole {
            // Of what it holds nothing was planned besides it.
            return Ok(wholes::forget_disclosure(writing, self.number)?);
        }
        for subject in self.subject_ids(writing)? {
            subjects::plan_back(writing, &self.target, subject)?;
        }
        Ok(())
    }

    fn settle_messages(&self, writing: &Writing<'_>, at: Micros) -> Result<(), StoreFault> {
        self.messages(writing)?.into_iter().try_for_each(|message| settle_if_done(writing, message, at))
    }
}

/// Does what was decided about a delivery.
pub(super) fn act(writing: &Writing<'_>, act: &DeliveryAct, now: Micros) -> Step<()> {
    use DeliveryState::{Dead, Ready, Waiting};
    let held = held(writing, act.id)?;
    if held.version != act.version {
        return Err(Refused::Clash.into());
    }
    match (&act.act, held.state) {
        (DeliveryActKind::Retry, Dead | Waiting) => {
            // Where something newer has left its lane, the old content must not follow it: it is made again.
            let mut retry = writing.db.prepare_cached(
                "UPDATE delivery SET state = 'ready', attempt = 0, next_at = not_before, settled_at = NULL, holds = 0, \
                 reason = NULL, side = NULL, version = version + 1, view = CASE WHEN EXISTS (SELECT 1 FROM delivery \
                 newer WHERE newer.lane = delivery.lane AND newer.place > delivery.place AND newer.tried) THEN '' \
                 ELSE view END WHERE number = ?1",
            )?;
            retry.execute([held.number])?;
        }
        (DeliveryActKind::Discard(reason), Ready | Waiting | Dead) => {
            held.end(writing, DeliveryState::Discarded, Some(reason), now)?;
            held.settle_messages(writing, now)?;
        }
        (DeliveryActKind::Supersede, Ready | Waiting | Dead) => {
            held.end(writing, DeliveryState::Superseded, None, now)?;
            held.settle_messages(writing, now)?;
        }
        (_, state) => return Err(Refused::State(state.word()).into()),
    }
    writing.lane_changed(&held.lane)?;
    Ok(())
}

/// Something newer says all that it says.
pub(super) fn give_way(writing: &Writing<'_>, id: DeliveryId, now: Micros) -> Step<()> {
    let held = held(writing, id)?;
    held.end(writing, DeliveryState::Superseded, None, now)?;
    held.settle_messages(writing, now)?;
    Ok(())
}

/// Moves the end of every wait, and of none beyond the latest; how many were moved.
pub(super) fn move_waits(writing: &Writing<'_>, by: Micros, latest: Micros) -> Result<u64, StoreFault> {
    let mut moved = writing.db.prepare_cached(
        "UPDATE delivery SET next_at = min(next_at + ?1, ?2) \
         WHERE state = 'waiting' AND next_at <> min(next_at + ?1, ?2) RETURNING lane",
    )?;
    let lanes: Vec<Vec<u8>> = moved.query_map([by, latest], |row| row.get(0))?.collect::<Result<_, _>>()?;
    lanes.iter().try_for_each(|lane| lanes::refresh(writing.db, lane))?;
    Ok(lanes.len() as u64)
}

/// Discards a delivery that nobody came for; what retention does with the dead.
pub(super) fn discard(writing: &Writing<'_>, id: DeliveryId, reason: &str, now: Micros) -> Step<()> {
    let held = held(writing, id)?;
    held.end(writing, DeliveryState::Discarded, Some(reason), now)?;
    held.settle_messages(writing, now)?;
    writing.lane_changed(&held.lane)?;
    Ok(())
}

/// Leases a delivery. Its disclosure is told when it may be sent; when it may not, nothing is disclosed by it.
pub(super) fn lease(
    writing: &mut Writing<'_>,
    number: i64,
    target: &TargetOrder,
    to_be_sent: bool,
) -> Result<Delivery, StoreFault> {
    let (delivery, disclosure) = {
        let mut held = writing.db.prepare_cached(&format!("SELECT {COLUMNS} FROM delivery WHERE number = ?1"))?;
        let mut rows = held.query([number])?;
        let row = rows.next()?.ok_or_else(corrupt)?;
        let packed: Vec<u8> = row.get(26)?;
        let disclosure = chain::unpack(&packed).ok_or_else(corrupt)?;
        (delivery(row, writing.db, writing.keys, With::Everything)?, disclosure)
    };
    let mut lease = writing.db.prepare_cached(
        "UPDATE delivery SET state = 'leased', fence = fence + 1, version = version + 1, holds = ?2, \
         attempt = attempt + ?3, tried = max(tried, ?3) WHERE number = ?1",
    )?;
    lease.execute(params![number, target.dead_holds, to_be_sent])?;
    if to_be_sent {
        // What lies beside the row is written at the first try alone: it stands from then on.
        if delivery.whole && !delivery.tried {
            wholes::disclose(writing, number)?;
        }
        for entry in &disclosure {
            writing.tell(entry)?;
        }
    }
    Ok(Delivery {
        state: DeliveryState::Leased,
        fence: delivery.fence + 1,
        version: delivery.version + 1,
        attempt: delivery.attempt + u32::from(to_be_sent),
        tried: delivery.tried || to_be_sent,
        ..delivery
    })
}

/// A delivery whose cells cannot be opened is dead.
pub(super) fn set_aside(
    writing: &Writing<'_>,
    number: i64,
    target: &TargetOrder,
    now: Micros,
) -> Result<(), StoreFault> {
    let mut set_aside = writing.db.prepare_cached(
        "UPDATE delivery SET state = 'dead', reason = 'unreadable', side = 'ours', settled_at = ?2, holds = ?3, \
         version = version + 1 WHERE number = ?1",
    )?;
    set_aside.execute(params![number, now, target.dead_holds])?;
    Ok(())
}

/// Settles a leased delivery; refused when its fence is not the latest.
pub(super) fn settle(
    writing: &mut Writing<'_>,
    settlement: DeliverySettlement,
    cells: Vec<SealedDelivery>,
) -> Step<()> {
    let held = held(writing, settlement.id)?;
    let is_leased = held.state == DeliveryState::Leased;
    if settlement.fence != held.fence || !(is_leased || held.state == DeliveryState::Sent) {
        return Err(Refused::Stale.into());
    }
    let at = settlement.at;
    match settlement.outcome {
        DeliveryOutcome::Waiting { .. } | DeliveryOutcome::Dead { .. }
            if held.whole && wholes::has_a_newer(writing, &held)? =>
        {
            held.end(writing, DeliveryState::Superseded, None, at)?;
        }
        DeliveryOutcome::Delivered { status } => {
            if held.whole {
                wholes::delivered(writing, &held)?;
            } else {
                for (subject, after) in held.subjects(writing)? {
                    subjects::delivered(writing, &held.target, subject, &after)?;
                }
            }
            let mut settle = writing.db.prepare_cached(
                "UPDATE delivery SET state = 'delivered', status = ?2, settled_at = ?3, holds = 0, reason = NULL, \
                 side = NULL, version = version + 1 WHERE number = ?1",
            )?;
            settle.execute(params![held.number, status, at])?;
            held.settle_messages(writing, at)?;
        }
        DeliveryOutcome::Sent if is_leased => {
            let mut settle = writing.db.prepare_cached(
                "UPDATE delivery SET state = 'sent', settled_at = ?2, version = version + 1 WHERE number = ?1",
            )?;
            settle.execute(params![held.number, at])?;
        }
        DeliveryOutcome::Waiting { next_at, reason, side, status, counts } => {
            let mut settle = writing.db.prepare_cached(
                "UPDATE delivery SET state = 'waiting', next_at = ?2, reason = ?3, side = ?4, status = ?5, \
                 attempt = max(attempt - ?6, 0), version = version + 1 WHERE number = ?1",
            )?;
            settle.execute(params![held.number, next_at, reason, side, status, !counts])?;
        }
        DeliveryOutcome::Dead { reason, side, status } => {
            let mut settle = writing.db.prepare_cached(
                "UPDATE delivery SET state = 'dead', reason = ?2, side = ?3, status = ?4, settled_at = ?5, \
                 version = version + 1 WHERE number = ?1",
            )?;
            settle.execute(params![held.number, reason, side, status, at])?;
        }
        DeliveryOutcome::Renewed { subjects, body, view, terms, disclosure } if is_leased => {
            renew(writing, &held, &subjects, body, (&view, &terms), &chain::pack(&disclosure))?;
        }
        DeliveryOutcome::Superseded { instead, planned } if is_leased => {
            held.end(writing, DeliveryState::Superseded, None, at)?;
            for (new, cells) in instead.iter().zip(cells) {
                plan(writing, new, cells)?;
            }
            for (target, subject, bytes) in &planned {
                subjects::plan(writing, target, *subject, bytes)?;
            }
            held.settle_messages(writing, at)?;
        }
        DeliveryOutcome::AskedAnew if is_leased => {
            held.end(writing, DeliveryState::Superseded, None, at)?;
            wholes::run(writing, &RunChange::Asked(held.target.clone(), at))?;
            held.settle_messages(writing, at)?;
        }
        _ => return Err(Refused::State(held.state.word()).into()),
    }
    if let Some(entry) = &settlement.audit {
        writing.tell(entry)?;
    }
    if let Some(breaker) = &settlement.breaker {
        let mut set = writing.db.prepare_cached("INSERT OR REPLACE INTO breaker VALUES (?1, ?2)")?;
        set.execute(params![held.target, breaker])?;
    }
    writing.lane_changed(&held.lane)?;
    Ok(())
}

/// Today's content under the same id; another body only for what never left.
fn renew(
    writing: &Writing<'_>,
    held: &Held,
    subjects: &[DeliverySubject],
    body: Option<Vec<u8>>,
    (view, terms): (&str, &str),
    disclosure: &[u8],
) -> Step<()> {
    if body.is_some() && held.tried {
        return Err(Halt::Refused(Refused::State("tried")));
    }
    let key = held.data_key(writing.keys)?;
    if let Some(body) = body {
        forget_pieces(writing.db, "parcel", held.number)?;
        insert_pieces(writing, held.number, 0, &seal_body(&key, held.id, 0, &body)?)?;
        let mut other = writing.db.prepare_cached("UPDATE delivery SET bytes = ?2, sha256 = ?3 WHERE number = ?1")?;
        other.execute(params![held.number, body.len(), sha256(&body)])?;
    }
    writing.db.prepare_cached("DELETE FROM delivery_subject WHERE delivery = ?1")?.execute([held.number])?;
    insert_subjects(writing, held.number, 0, subjects, &seal_after(&key, held.id, 0, subjects)?)?;
    let mut renew = writing.db.prepare_cached(
        "UPDATE delivery SET state = 'ready', view = ?2, terms = ?3, disclosure = ?4, version = version + 1 \
         WHERE number = ?1",
    )?;
    renew.execute(params![held.number, view, terms, disclosure])?;
    Ok(())
}

fn sources(db: &rusqlite::Connection, number: i64) -> Result<Vec<Uuid>, StoreFault> {
    let mut sources = db.prepare_cached("SELECT message FROM delivery_source WHERE delivery = ?1 ORDER BY message")?;
    Ok(sources.query_map([number], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn subjects_of(
    db: &rusqlite::Connection,
    number: i64,
    id: DeliveryId,
    key: Option<&DataKey>,
    only: Option<&SubjectId>,
) -> Result<Vec<DeliverySubject>, StoreFault> {
    const SUBJECTS: &str = "SELECT position, subject, epoch, after FROM delivery_subject WHERE";
    let mut held = db.prepare_cached(&match only {
        None => format!("{SUBJECTS} delivery = ?1 ORDER BY position"),
        Some(_) => format!("{SUBJECTS} delivery = ?1 AND subject = ?2 ORDER BY position"),
    })?;
    let mut rows = match only {
        None => held.query([number])?,
        Some(subject) => held.query(params![number, subject])?,
    };
    let mut subjects = Vec::new();
    while let Some(row) = rows.next()? {
        let sealed: Vec<u8> = row.get(3)?;
        let cell = Cell { table: "after", id: id.as_bytes(), piece: row.get(0)? };
        let after = key.map(|key| key.open(&cell, &sealed)).transpose()?.unwrap_or_default();
        subjects.push(DeliverySubject { id: row.get(1)?, epoch: row.get(2)?, after });
    }
    Ok(subjects)
}

fn delivery(row: &Row<'_>, db: &rusqlite::Connection, keys: &Keys, with: With<'_>) -> Result<Delivery, StoreFault> {
    let number: i64 = row.get(0)?;
    let id: DeliveryId = row.get(1)?;
    let state: String = row.get(16)?;
    let state = DeliveryState::of_word(&state).ok_or_else(corrupt)?;
    let packed: Vec<u8> = row.get(26)?;
    let key = match row.get::<_, Option<Vec<u8>>>(27)? {
        Some(sealed) => Some(keys.unwrap("delivery", id.as_bytes(), &Wrapped { key_id: row.get(28)?, sealed })?),
        None => None,
    };
    let mut body = Vec::new();
    if let Some(key) = key.as_ref().filter(|_| with == With::Everything) {
        let (from, to) = places(number);
        let mut pieces =
            db.prepare_cached("SELECT data FROM parcel WHERE place >= ?1 AND place < ?2 ORDER BY place")?;
        let mut rows = pieces.query([from, to])?;
        let mut piece = 0;
        while let Some(row) = rows.next()? {
            let sealed: Vec<u8> = row.get(0)?;
            body.extend(key.open(&Cell { table: "parcel", id: id.as_bytes(), piece }, &sealed)?);
            piece += 1;
        }
        if body.len() as u64 != row.get::<_, u64>(14)? {
            return Err(StoreFault::Corrupt("a delivery's body"));
        }
    }
    let whole: bool = row.get(30)?;
    let subjects = match with {
        // Lists of whole files would hold everybody as often as they have items.
        With::Nothing if whole => Vec::new(),
        With::Nothing | With::Everything => subjects_of(db, number, id, key.as_ref(), None)?,
        With::Subject(subject) => subjects_of(db, number, id, key.as_ref(), Some(subject))?,
    };
    let mut children = db.prepare_cached("SELECT count(*) FROM delivery_subject WHERE delivery = ?1")?;
    Ok(Delivery {
        planned: NewDelivery {
            id,
            route: row.get(2)?,
            target: row.get(3)?,
            recipient: row.get(4)?,
            lane: row.get(5)?,
            ahead: row.get(6)?,
            not_before: row.get(7)?,
            planned_at: row.get(8)?,
            format: row.get(9)?,
            media_type: row.get(10)?,
            view: row.get(11)?,
            terms: row.get(12)?,
            subjects,
            body,
            disclosure: chain::unpack(&packed).ok_or_else(corrupt)?,
            correlation_id: row.get(13)?,
            messages: sources(db, number)?,
        },
        whole,
        children: children.query_row([number], |row| row.get(0))?,
        bytes: row.get(14)?,
        sha256: row.get(15)?,
        state,
        attempt: row.get(17)?,
        tried: row.get(29)?,
        next_at: row.get(18)?,
        reason: row.get(19)?,
        side: row.get(20)?,
        status: row.get(21)?,
        settled_at: row.get(22)?,
        holds_lane: state == DeliveryState::Dead && row.get(23)?,
        fence: row.get(24)?,
        version: row.get(25)?,
    })
}

/// The bodies of what is settled and was about this subject alone go: their keys are destroyed, their pieces removed.
pub(super) fn forget_bodies_of(db: &rusqlite::Connection, subject: SubjectId) -> Result<(), StoreFault> {
    let mut alone = db.prepare_cached(
        "SELECT number FROM delivery d WHERE number IN (SELECT delivery FROM delivery_subject WHERE subject = ?1) \
         AND state IN ('delivered', 'superseded', 'discarded') AND data_key IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM delivery_subject o WHERE o.delivery = d.number AND o.subject <> ?1)",
    )?;
    let numbers: Vec<i64> = alone.query_map([subject], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for number in numbers {
        forget_pieces(db, "parcel", number)?;
        let mut forget = db.prepare_cached("UPDATE delivery SET data_key = NULL, key_id = NULL WHERE number = ?1")?;
        forget.execute([number])?;
    }
    Ok(())
}

impl Reading<'_> {
    /// A delivery, by id.
    pub(super) fn delivery(&self, id: DeliveryId, with_body: bool) -> Result<Option<Delivery>, StoreFault> {
        let mut held =
            self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM delivery WHERE id = ?1 AND state <> 'making'"))?;
        let mut rows = held.query([id])?;
        let with = if with_body { With::Everything } else { With::Nothing };
        rows.next()?.map(|row| delivery(row, self.db, self.keys, with)).transpose()
    }

    /// Deliveries, newest first.
    pub(super) fn deliveries(&self, filter: &DeliveryFilter) -> Result<Page<Delivery>, StoreFault> {
        let state = filter.state.map(DeliveryState::word);
        let mut wanted: Vec<(&str, &dyn ToSql)> = vec![("state <> ?", &wholes::MAKING)];
        let side;
        if let Some(partner) = &filter.partner {
            let routes = vec!["?"; partner.routes.len()].join(", ");
            side = format!("(recipient = ? OR route IN ({routes}))");
            wanted.push((&side, &partner.recipient));
            wanted.extend(partner.routes.iter().map(|route| ("", route as &dyn ToSql)));
        }
        if let Some(state) = &state {
            wanted.push(("state = ?", state));
        }
        if let Some(route) = &filter.route {
            wanted.push(("route = ?", route));
        }
        if let Some(recipient) = &filter.recipient {
            wanted.push(("recipient = ?", recipient));
        }
        if let Some(message) = &filter.message {
            wanted.push(("number IN (SELECT delivery FROM delivery_source WHERE message = ?)", message));
        }
        if let Some(since) = &filter.since {
            wanted.push(("planned_at >= ?", since));
        }
        if let Some(until) = &filter.until {
            wanted.push(("planned_at < ?", until));
        }
        let query =
            self.newest(&format!("SELECT {COLUMNS} FROM delivery"), wanted, filter.after.as_ref(), filter.limit);
        let items = query.rows(|row| delivery(row, self.db, self.keys, With::Nothing))?;
        Ok(page(items, filter.limit, |delivery| delivery.planned.id))
    }

    /// The open deliveries that name a subject, oldest first, each with that subject alone.
    pub(super) fn open_deliveries(&self, subject: SubjectId) -> Result<Vec<Delivery>, StoreFault> {
        let mut held = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM delivery WHERE state IN ('ready', 'leased', 'waiting', 'sent', 'dead') AND number IN \
             (SELECT delivery FROM delivery_subject WHERE subject = ?1) ORDER BY number"
        ))?;
        let mut rows = held.query([subject])?;
        let mut open = Vec::new();
        while let Some(row) = rows.next()? {
            open.push(delivery(row, self.db, self.keys, With::Subject(&subject))?);
        }
        Ok(open)
    }

    /// When the next head of a lane is due.
    pub(super) fn next_delivery_at(&self) -> Result<Option<Micros>, StoreFault> {
        let mut due = self.db.prepare_cached("SELECT min(due) FROM lane WHERE head IS NOT NULL")?;
        Ok(due.query_row([], |row| row.get(0))?)
    }

    /// States of the breakers.
    pub(super) fn breakers(&self) -> Result<Vec<(Target, Vec<u8>)>, StoreFault> {
        let mut held = self.db.prepare_cached("SELECT target, state FROM breaker ORDER BY target")?;
        Ok(held.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }
}
