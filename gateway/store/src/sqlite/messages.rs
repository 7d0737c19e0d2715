//! Messages: their receipt, their reading and what came of it.

use rusqlite::{OptionalExtension, Row, ToSql, params};
use uuid::Uuid;

use super::{
    reading::{Reading, corrupt, page},
    schema::PIECE_BITS,
    writing::{SealedBatch, Step, Writing},
};
use crate::{
    Kept, Micros, Page, Refused, StoreFault,
    keys::{Cell, DataKey, Keys, Wrapped},
    message::{
        LeasedMessage, Message, MessageAct, MessageActKind, MessageFilter, MessageId, MessageSettlement, MessageState,
        NewMessage, Reject,
    },
};

const COLUMNS: &str = "number, id, route, partner, state, reason, attempt, crashes, bytes, sha256, correlation_id, \
    media_type, file_name, terms, received_at, settled_at, audit_seq, audit_hash, counts, replay, fence, version, \
    data_key, key_id";

/// The messages to be read next. Left to itself, SQLite finds all that wait by their state and sorts them, at each lease.
pub(super) const NEXT_TO_READ: &str = "SELECT number FROM message INDEXED BY message_waits WHERE state = 'received' \
    ORDER BY received_at, number LIMIT ?1";

/// A message's cells, sealed.
pub(super) struct SealedMessage {
    key: Wrapped,
    file_name: Option<Vec<u8>>,
    terms: Vec<u8>,
    body: SealedBody,
}

/// A body, sealed.
pub(super) enum SealedBody {
    /// In one piece; none when it is empty.
    Whole(Option<Vec<u8>>),
    /// In so many pieces that have arrived.
    Arrived(u32),
}

/// Seals the cells of a message under a data key; the body's too, when it is given.
pub(super) fn seal(
    new: &NewMessage,
    body: Result<Vec<u8>, u32>,
    key: &DataKey,
    wrapped: Wrapped,
) -> Result<SealedMessage, StoreFault> {
    let id = new.id.as_bytes();
    let body = match body {
        Ok(whole) if whole.is_empty() => SealedBody::Whole(None),
        Ok(whole) => SealedBody::Whole(Some(key.seal(&Cell { table: "chunk", id, piece: 0 }, &whole)?)),
        Err(pieces) => SealedBody::Arrived(pieces),
    };
    let name = |name: &String| key.seal(&Cell { table: "file name", id, piece: 0 }, name.as_bytes());
    Ok(SealedMessage {
        file_name: new.file_name.as_ref().map(name).transpose()?,
        terms: key.seal(&Cell { table: "terms", id, piece: 0 }, &new.terms)?,
        key: wrapped,
        body,
    })
}

/// The keys of an owner's pieces, from its first to the first of the next owner.
pub(super) fn places(number: i64) -> (i64, i64) {
    (number << PIECE_BITS, (number + 1) << PIECE_BITS)
}

/// Keeps a message, with the number and hash of the audit line that tells of it.
pub(super) fn keep(
    writing: &mut Writing<'_>,
    new: &NewMessage,
    cells: SealedMessage,
    (audit_seq, audit_hash): (u64, [u8; 32]),
) -> Step<()> {
    if let Some(since) = new.same_since
        && let Some(first) = same(writing, new, since)?
    {
        return Err(Refused::SameContent(first).into());
    }
    let mut known = writing.db.prepare_cached("SELECT 1 FROM message WHERE id = ?1")?;
    if known.exists([new.id])? {
        return Err(Refused::Clash.into());
    }
    let (number, pieces) = match cells.body {
        SealedBody::Whole(body) => (writing.next_message(), body),
        SealedBody::Arrived(pieces) => (arrived(writing, new.id, pieces)?, None),
    };
    if let Some(piece) = pieces {
        let mut insert = writing.db.prepare_cached("INSERT INTO chunk VALUES (?1, ?2)")?;
        insert.execute(params![places(number).0, piece])?;
    }
    let mut insert = writing.db.prepare_cached(
        "INSERT INTO message (number, id, route, partner, state, bytes, sha256, correlation_id, media_type, file_name, \
         terms, received_at, audit_seq, audit_hash, data_key, key_id) \
         VALUES (?1, ?2, ?3, ?4, 'received', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    insert.execute(params![
        number,
        new.id,
        new.route,
        new.partner,
        new.bytes,
        new.sha256,
        new.correlation_id,
        new.media_type,
        cells.file_name,
        cells.terms,
        new.received_at,
        audit_seq,
        audit_hash,
        cells.key.sealed,
        cells.key.key_id,
    ])?;
    Ok(())
}

/// The message that this one repeats.
fn same(writing: &Writing<'_>, new: &NewMessage, since: Micros) -> Step<Option<MessageId>> {
    let mut latest = writing.db.prepare_cached(
        "SELECT id, sha256, terms, state, data_key, key_id, received_at FROM message WHERE route = ?1 AND partner = ?2 \
         ORDER BY received_at DESC, number DESC LIMIT 1",
    )?;
    let mut rows = latest.query(params![new.route, new.partner])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let id: MessageId = row.get(0)?;
    let sha256: Vec<u8> = row.get(1)?;
    let state: String = row.get(3)?;
    if matches!(state.as_str(), "quarantined" | "discarded" | "purged")
        || sha256 != new.sha256
        || row.get::<_, Micros>(6)? < since
    {
        return Ok(None);
    }
    let key = writing.data_key("message", id.as_bytes(), row.get(4)?, row.get(5)?)?;
    let terms: Vec<u8> = row.get(2)?;
    let terms = key.open(&Cell { table: "terms", id: id.as_bytes(), piece: 0 }, &terms)?;
    Ok((terms == new.terms).then_some(id))
}

/// Begins a message whose body comes in pieces.
pub(super) fn arrive(writing: &mut Writing<'_>, id: MessageId, at: Micros, key: &Wrapped) -> Result<(), StoreFault> {
    writing.ask_for_room()?;
    let number = writing.next_message();
    let mut insert = writing.db.prepare_cached("INSERT INTO arriving VALUES (?1, ?2, ?3, ?4, ?5)")?;
    insert.execute(params![number, id, at, key.sealed, key.key_id])?;
    Ok(())
}

/// Keeps a piece of an arriving body; false when nothing arrives under this id.
pub(super) fn chunk(writing: &Writing<'_>, id: MessageId, piece: u32, sealed: &[u8]) -> Result<bool, StoreFault> {
    writing.ask_for_room()?;
    let Some(number) = arriving(writing, id)? else { return Ok(false) };
    let mut insert = writing.db.prepare_cached("INSERT OR REPLACE INTO chunk VALUES (?1, ?2)")?;
    insert.execute(params![places(number).0 + i64::from(piece), sealed])?;
    Ok(true)
}

/// Forgets an arriving message.
pub(super) fn abandon(writing: &Writing<'_>, id: MessageId) -> Result<(), StoreFault> {
    if let Some(number) = arriving(writing, id)? {
        forget_pieces(writing.db, "chunk", number)?;
        writing.db.prepare_cached("DELETE FROM arriving WHERE number = ?1")?.execute([number])?;
    }
    Ok(())
}

/// Removes all pieces of an owner.
pub(super) fn forget_pieces(db: &rusqlite::Connection, table: &'static str, number: i64) -> Result<(), StoreFault> {
    let (from, to) = places(number);
    db.prepare_cached(&format!("DELETE FROM {table} WHERE place >= ?1 AND place < ?2"))?.execute([from, to])?;
    Ok(())
}

fn arriving(writing: &Writing<'_>, id: MessageId) -> Result<Option<i64>, StoreFault> {
    let mut held = writing.db.prepare_cached("SELECT number FROM arriving WHERE id = ?1")?;
    Ok(held.query_row([id], |row| row.get(0)).optional()?)
}

/// The arriving message becomes one that came, if all its pieces are held.
fn arrived(writing: &Writing<'_>, id: MessageId, pieces: u32) -> Step<i64> {
    let number = arriving(writing, id)?.ok_or(Refused::Missing)?;
    let (from, to) = places(number);
    let mut held = writing
        .db
        .prepare_cached("SELECT count(*), coalesce(max(place) + 1, ?1) FROM chunk WHERE place >= ?1 AND place < ?2")?;
    let (count, end): (i64, i64) = held.query_row([from, to], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if count != i64::from(pieces) || end - from != count {
        return Err(Refused::Missing.into());
    }
    writing.db.prepare_cached("DELETE FROM arriving WHERE number = ?1")?.execute([number])?;
    Ok(number)
}

/// Does what was decided about a message.
pub(super) fn act(writing: &Writing<'_>, act: &MessageAct, now: Micros) -> Step<()> {
    let mut held = writing.db.prepare_cached("SELECT number, state, version FROM message WHERE id = ?1")?;
    let held: Option<(i64, String, u64)> =
        held.query_row([act.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let (number, state, version) = held.ok_or(Refused::Missing)?;
    if version != act.version {
        return Err(Refused::Clash.into());
    }
    let state = MessageState::of_word(&state).ok_or_else(corrupt)?;
    match &act.act {
        MessageActKind::Replay(overrides)
            if matches!(state, MessageState::Settled | MessageState::Read | MessageState::Quarantined) =>
        {
            let mut replay = writing.db.prepare_cached(
                "UPDATE message SET state = 'received', replay = ?2, reason = NULL, crashes = 0, settled_at = NULL, \
                 ended_at = NULL, version = version + 1 WHERE number = ?1",
            )?;
            replay.execute(params![number, overrides])?;
        }
        MessageActKind::Discard(reason) if matches!(state, MessageState::Received | MessageState::Quarantined) => {
            let mut discard = writing.db.prepare_cached(
                "UPDATE message SET state = 'discarded', reason = ?2, ended_at = ?3, version = version + 1 \
                 WHERE number = ?1",
            )?;
            discard.execute(params![number, reason, now])?;
        }
        _ => return Err(Refused::State(state.word()).into()),
    }
    Ok(())
}

/// Leases messages that wait to be read, oldest first. One whose cells cannot be opened is quarantined instead, so
/// that it does not stand in the way of all others.
pub(super) fn lease(writing: &Writing<'_>, most: usize, now: Micros) -> Result<Vec<LeasedMessage>, StoreFault> {
    let mut waiting = writing.db.prepare_cached(NEXT_TO_READ)?;
    let numbers: Vec<i64> = waiting.query_map([most], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut leased = Vec::with_capacity(numbers.len());
    for number in numbers {
        let mut lease = writing.db.prepare_cached(
            "UPDATE message SET state = 'reading', attempt = attempt + 1, fence = fence + 1, version = version + 1 \
             WHERE number = ?1",
        )?;
        lease.execute([number])?;
        let mut held = writing.db.prepare_cached(&format!("SELECT {COLUMNS} FROM message WHERE number = ?1"))?;
        let mut rows = held.query([number])?;
        let Some(row) = rows.next()? else { continue };
        match message(row, writing.keys) {
            Ok(message) => leased.push(LeasedMessage { message, fence: row.get(20)?, crashes: row.get(7)? }),
            Err(StoreFault::Corrupt(_)) => {
                let mut set_aside = writing.db.prepare_cached(
                    "UPDATE message SET state = 'quarantined', reason = 'unreadable', ended_at = ?2 WHERE number = ?1",
                )?;
                set_aside.execute([number, now])?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(leased)
}

/// Settles a reading, under its fence.
pub(super) fn settle(writing: &mut Writing<'_>, settlement: &MessageSettlement, batch: SealedBatch) -> Step<Kept> {
    let id = settlement.id;
    let mut held = writing
        .db
        .prepare_cached("SELECT number, state, fence, attempt, data_key, key_id FROM message WHERE id = ?1")?;
    let held = held
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, (row.get(4)?, row.get(5)?))));
    let (number, state, fence, attempt, wrapped): (i64, String, u64, u32, (Vec<u8>, String)) =
        held.optional()?.ok_or(Refused::Missing)?;
    if state != "reading" || fence != settlement.fence {
        return Err(Refused::Stale.into());
    }
    let ended = match settlement.state {
        MessageState::Read => None,
        MessageState::Quarantined => Some(settlement.at),
        _ => return Err(Refused::State("reading").into()),
    };
    let mut settle = writing.db.prepare_cached(
        "UPDATE message SET state = ?2, reason = ?3, counts = ?4, ended_at = ?5, crashes = 0, version = version + 1 \
         WHERE number = ?1",
    )?;
    settle.execute(params![number, settlement.state.word(), settlement.reason, settlement.counts, ended])?;
    let mut report = writing.db.prepare_cached("INSERT OR REPLACE INTO report VALUES (?1, ?2, ?3, ?4)")?;
    report.execute(params![number, attempt, settlement.at, settlement.report])?;
    writing.db.prepare_cached("DELETE FROM reject WHERE message = ?1")?.execute([number])?;
    if !settlement.rejects.is_empty() {
        let key = writing.data_key("message", id.as_bytes(), wrapped.0, wrapped.1)?;
        let mut insert = writing.db.prepare_cached("INSERT INTO reject VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for (reject, position) in settlement.rejects.iter().zip(0_u64..) {
            let row = key.seal(&Cell { table: "reject", id: id.as_bytes(), piece: position }, &reject.row)?;
            insert.execute(params![number, position, reject.part, reject.line, reject.byte, reject.rule, row])?;
        }
    }
    let kept = writing.apply(batch)?;
    settle_if_done(writing, id, settlement.at)?;
    Ok(kept)
}

/// A message that was read is settled once nothing that it caused is open. What was planned last is looked at first: as a
/// rule it is open longest, and then nothing else is looked at.
pub(super) fn settle_if_done(writing: &Writing<'_>, id: MessageId, at: Micros) -> Result<(), StoreFault> {
    let mut settle = writing.db.prepare_cached(
        "UPDATE message SET state = 'settled', settled_at = ?2, ended_at = ?2, version = version + 1 \
         WHERE id = ?1 AND state = 'read' AND (SELECT s.delivery FROM delivery_source s \
         JOIN delivery d ON d.number = s.delivery \
         WHERE s.message = ?1 AND d.state IN ('ready', 'leased', 'waiting', 'sent', 'dead') \
         ORDER BY s.delivery DESC LIMIT 1) IS NULL",
    )?;
    settle.execute(params![id, at])?;
    Ok(())
}

fn message(row: &Row<'_>, keys: &Keys) -> Result<Message, StoreFault> {
    let id: Uuid = row.get(1)?;
    let state: String = row.get(4)?;
    let sealed: Option<Vec<u8>> = row.get(22)?;
    let (mut file_name, mut terms) = (None, Vec::new());
    if let Some(sealed) = sealed {
        let key = keys.unwrap("message", id.as_bytes(), &Wrapped { key_id: row.get(23)?, sealed })?;
        let cell = |table| Cell { table, id: id.as_bytes(), piece: 0 };
        if let Some(name) = row.get::<_, Option<Vec<u8>>>(12)? {
            let name = key.open(&cell("file name"), &name)?;
            file_name = Some(String::from_utf8(name).map_err(|_| StoreFault::Corrupt("file name"))?);
        }
        terms = key.open(&cell("terms"), &row.get::<_, Vec<u8>>(13)?)?;
    }
    Ok(Message {
        id,
        route: row.get(2)?,
        partner: row.get(3)?,
        state: MessageState::of_word(&state).ok_or_else(corrupt)?,
        reason: row.get(5)?,
        attempt: row.get(6)?,
        bytes: row.get(8)?,
        sha256: row.get(9)?,
        correlation_id: row.get(10)?,
        media_type: row.get(11)?,
        file_name,
        terms,
        received_at: row.get(14)?,
        settled_at: row.get(15)?,
        audit: (row.get(16)?, row.get(17)?),
        counts: row.get(18)?,
        replay: row.get(19)?,
        version: row.get(21)?,
    })
}

impl Reading<'_> {
    /// A message, by id.
    pub(super) fn message(&self, id: MessageId) -> Result<Option<Message>, StoreFault> {
        let mut held = self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM message WHERE id = ?1"))?;
        let mut rows = held.query([id])?;
        rows.next()?.map(|row| message(row, self.keys)).transpose()
    }

    /// Messages, newest first.
    pub(super) fn messages(&self, filter: &MessageFilter) -> Result<Page<Message>, StoreFault> {
        let state = filter.state.map(MessageState::word);
        let mut wanted: Vec<(&str, &dyn ToSql)> = Vec::new();
        if let Some(partner) = &filter.partner {
            wanted.push(("partner = ?", partner));
        }
        if let Some(route) = &filter.route {
            wanted.push(("route = ?", route));
        }
        if let Some(state) = &state {
            wanted.push(("state = ?", state));
        }
        if let Some(flow) = &filter.correlation_id {
            wanted.push(("correlation_id = ?", flow));
        }
        if let Some(since) = &filter.since {
            wanted.push(("received_at >= ?", since));
        }
        if let Some(until) = &filter.until {
            wanted.push(("received_at < ?", until));
        }
        let query = self.newest(&format!("SELECT {COLUMNS} FROM message"), wanted, filter.after.as_ref(), filter.limit);
        let items = query.rows(|row| message(row, self.keys))?;
        Ok(page(items, filter.limit, |message| message.id))
    }

    /// A piece of a body.
    pub(super) fn body_chunk(&self, id: MessageId, piece: u32) -> Result<Option<Vec<u8>>, StoreFault> {
        let mut held = self.db.prepare_cached(
            "SELECT c.data, m.data_key, m.key_id FROM message m JOIN chunk c ON c.place = (m.number << ?2) + ?3 \
             WHERE m.id = ?1 AND m.data_key IS NOT NULL",
        )?;
        if i64::from(piece) >= 1 << PIECE_BITS {
            return Ok(None);
        }
        let held: Option<(Vec<u8>, Vec<u8>, String)> = held
            .query_row(params![id, PIECE_BITS, piece], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((data, sealed, key_id)) = held else { return Ok(None) };
        let key = self.keys.unwrap("message", id.as_bytes(), &Wrapped { key_id, sealed })?;
        key.open(&Cell { table: "chunk", id: id.as_bytes(), piece: u64::from(piece) }, &data).map(Some)
    }

    /// The report of a reading.
    pub(super) fn report(&self, id: MessageId, attempt: Option<u32>) -> Result<Option<Vec<u8>>, StoreFault> {
        let mut held = self.db.prepare_cached(
            "SELECT r.body FROM report r JOIN message m ON m.number = r.message \
             WHERE m.id = ?1 AND (?2 IS NULL OR r.attempt = ?2) ORDER BY r.attempt DESC LIMIT 1",
        )?;
        Ok(held.query_row(params![id, attempt], |row| row.get(0)).optional()?)
    }

    /// The rejected rows of the latest reading.
    pub(super) fn rejects(&self, id: MessageId) -> Result<Vec<Reject>, StoreFault> {
        let mut held = self.db.prepare_cached(
            "SELECT r.part, r.line, r.byte, r.rule, r.row, r.position, m.data_key, m.key_id FROM reject r \
             JOIN message m ON m.number = r.message WHERE m.id = ?1 AND m.data_key IS NOT NULL ORDER BY r.position",
        )?;
        let mut rows = held.query([id])?;
        let mut key = None;
        let mut rejects = Vec::new();
        while let Some(row) = rows.next()? {
            let key = match &key {
                Some(key) => key,
                None => {
                    let wrapped = Wrapped { key_id: row.get(7)?, sealed: row.get(6)? };
                    key.insert(self.keys.unwrap("message", id.as_bytes(), &wrapped)?)
                }
            };
            let sealed: Vec<u8> = row.get(4)?;
            let plain = key.open(&Cell { table: "reject", id: id.as_bytes(), piece: row.get(5)? }, &sealed)?;
            let (part, line, byte, rule) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            rejects.push(Reject { part, line, byte, rule, row: plain });
        }
        Ok(rejects)
    }
}
