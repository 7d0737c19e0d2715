//! What may go, in lots: content, reports, deliveries, old lines of the chain; and keys wrapped again.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{
    audit, deliveries,
    messages::forget_pieces,
    writing::{Halt, Writing},
};
use crate::{Micros, Retention, StoreFault, audit::AuditEntry, keys::Wrapped};

/// How long a body may go on arriving.
pub(super) const ARRIVING_MICROS_MAX: Micros = 3_600_000_000;

/// Pages that each lot gives back to the disk.
const VACUUM_PAGES_MAX: u32 = 2_000;

/// Removes arriving bodies that are older than a time; all, at start.
pub(super) fn forget_arriving(db: &Connection, before: Option<Micros>, lot: usize) -> Result<u64, StoreFault> {
    let numbers = numbers(
        db,
        "SELECT number FROM arriving WHERE at < ?1 LIMIT ?2",
        params![before.unwrap_or(Micros::MAX), i64::try_from(lot).unwrap_or(i64::MAX)],
    )?;
    for number in &numbers {
        forget_pieces(db, "chunk", *number)?;
        db.prepare_cached("DELETE FROM arriving WHERE number = ?1")?.execute([number])?;
    }
    Ok(numbers.len() as u64)
}

/// Purges what is due, at most `lot` things; how many it were.
pub(super) fn purge(writing: &mut Writing<'_>, due: &Retention, now: Micros, lot: usize) -> Result<u64, StoreFault> {
    let lot = lot as u64;
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    let mut left = lot;
    let steps: [(&'static str, Step); 6] = [
        ("messages", |writing, due, _, lot| messages(writing.db, due, lot)),
        ("dead", dead),
        ("contents", |writing, due, _, lot| contents(writing.db, due.content_before, lot)),
        ("reports", |writing, due, _, lot| reports(writing.db, due.report_before, lot)),
        ("deliveries", |writing, due, _, lot| rows(writing.db, due.delivery_before, lot)),
        ("lines", lines),
    ];
    for (name, step) in steps {
        let done = if left == 0 { 0 } else { step(writing, due, now, left)? };
        left -= done.min(left);
        if done > 0 {
            counts.push((name, done));
        }
    }
    if !counts.is_empty() {
        let told = counts.clone();
        writing.tell(&AuditEntry { statements: told, ..house(now, "purge") })?;
    }
    if left > 0 {
        left -= keys(writing.db, due.keys_before, left)?;
    }
    if left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        left -= forget_arriving(writing.db, Some(now.saturating_sub(ARRIVING_MICROS_MAX)), most)?.min(left);
    }
    if left < lot {
        // Each step gives one page back.
        let mut vacuum = writing.db.prepare(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES_MAX})"))?;
        let mut pages = vacuum.query([])?;
        while pages.next()?.is_some() {}
    }
    Ok(lot - left)
}

type Step = fn(&mut Writing<'_>, &Retention, Micros, u64) -> Result<u64, StoreFault>;

/// A line of the house itself.
fn house(at: Micros, action: &'static str) -> AuditEntry {
    AuditEntry { at, actor: "homeward".to_owned(), action, ..AuditEntry::default() }
}

fn numbers(db: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<i64>, StoreFault> {
    let mut due = db.prepare_cached(sql)?;
    Ok(due.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Content of messages that ended, and of which no delivery is open: its key is destroyed, its pieces are removed.
fn messages(db: &Connection, due: &Retention, lot: u64) -> Result<u64, StoreFault> {
    let mut done = 0;
    for (state, before) in
        [("settled", due.content_before), ("quarantined", due.quarantine_before), ("discarded", due.quarantine_before)]
    {
        let due = numbers(
            db,
            "SELECT number FROM message m WHERE state = ?1 AND ended_at < ?2 AND NOT EXISTS (SELECT 1 \
             FROM delivery_source s JOIN delivery d ON d.number = s.delivery WHERE s.message = m.id \
             AND d.state IN ('ready', 'leased', 'waiting', 'sent', 'dead')) ORDER BY ended_at LIMIT ?3",
            params![state, before, lot - done],
        )?;
        for number in &due {
            forget_pieces(db, "chunk", *number)?;
            db.prepare_cached("DELETE FROM reject WHERE message = ?1")?.execute([number])?;
            let mut purge = db.prepare_cached(
                "UPDATE message SET state = 'purged', data_key = NULL, key_id = NULL, file_name = NULL, terms = x'', \
                 ended_at = NULL, version = version + 1 WHERE number = ?1",
            )?;
            purge.execute([number])?;
        }
        done += due.len() as u64;
    }
    Ok(done)
}

/// Dead letters that nobody came for are discarded, so that nothing waits for ever.
fn dead(writing: &mut Writing<'_>, due: &Retention, now: Micros, lot: u64) -> Result<u64, StoreFault> {
    let mut dead = writing.db.prepare_cached(
        "SELECT id FROM delivery WHERE state = 'dead' AND settled_at < ?1 ORDER BY settled_at LIMIT ?2",
    )?;
    let ids: Vec<Uuid> =
        dead.query_map(params![due.quarantine_before, lot], |row| row.get(0))?.collect::<Result<_, _>>()?;
    drop(dead);
    for id in &ids {
        match deliveries::discard(writing, *id, "retention", now) {
            Ok(()) | Err(Halt::Refused(_)) => {}
            Err(Halt::Fault(fault)) => return Err(fault),
        }
    }
    Ok(ids.len() as u64)
}

/// Content of deliveries that are over.
fn contents(db: &Connection, before: Micros, lot: u64) -> Result<u64, StoreFault> {
    let mut done = 0;
    for state in ["delivered", "superseded", "discarded"] {
        let due = numbers(
            db,
            "SELECT number FROM delivery WHERE state = ?1 AND settled_at < ?2 AND data_key IS NOT NULL \
             ORDER BY settled_at LIMIT ?3",
            params![state, before, lot - done],
        )?;
        for number in &due {
            forget_pieces(db, "parcel", *number)?;
            let mut purge =
                db.prepare_cached("UPDATE delivery SET data_key = NULL, key_id = NULL WHERE number = ?1")?;
            purge.execute([number])?;
        }
        done += due.len() as u64;
    }
    Ok(done)
}

/// Rows of deliveries that are over.
fn rows(db: &Connection, before: Micros, lot: u64) -> Result<u64, StoreFault> {
    let mut done = 0;
    for state in ["delivered", "superseded", "discarded"] {
        let due = numbers(
            db,
            "SELECT number FROM delivery WHERE state = ?1 AND settled_at < ?2 ORDER BY settled_at LIMIT ?3",
            params![state, before, lot - done],
        )?;
        for number in &due {
            forget_pieces(db, "parcel", *number)?;
            for table in ["delivery_subject", "delivery_source"] {
                db.prepare_cached(&format!("DELETE FROM {table} WHERE delivery = ?1"))?.execute([number])?;
            }
            let mut lane = db.prepare_cached(
                "DELETE FROM lane WHERE lane = (SELECT lane FROM delivery WHERE number = ?1) AND 1 = \
                 (SELECT count(*) FROM delivery WHERE lane = (SELECT lane FROM delivery WHERE number = ?1))",
            )?;
            lane.execute([number])?;
            db.prepare_cached("DELETE FROM delivery WHERE number = ?1")?.execute([number])?;
        }
        done += due.len() as u64;
    }
    Ok(done)
}

fn reports(db: &Connection, before: Micros, lot: u64) -> Result<u64, StoreFault> {
    let mut remove = db.prepare_cached(
        "DELETE FROM report WHERE rowid IN (SELECT rowid FROM report WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )?;
    Ok(remove.execute(params![before, lot])? as u64)
}

/// Old lines of the chain, never those that the purge itself writes; a checkpoint holds what the rest of it begins with.
fn lines(writing: &mut Writing<'_>, due: &Retention, now: Micros, lot: u64) -> Result<u64, StoreFault> {
    let most = usize::try_from(lot).unwrap_or(usize::MAX);
    let Some((last, count)) = audit::purge(writing.db, due.audit_before.min(now), most)? else { return Ok(0) };
    writing.tell(&AuditEntry {
        object: Some(format!("audit:{}", last.seq)),
        outcome: Some(hex::encode(last.hash)),
        ..house(now, "checkpoint")
    })?;
    Ok(count)
}

/// Keys of repeats and assertions whose time is over.
fn keys(db: &Connection, before: Micros, lot: u64) -> Result<u64, StoreFault> {
    let mut done = 0;
    for table in ["idempotency", "assertion"] {
        let mut remove = db.prepare_cached(&format!(
            "DELETE FROM {table} WHERE name IN (SELECT name FROM {table} WHERE expires_at < ?1 LIMIT ?2)"
        ))?;
        done += remove.execute(params![before, lot - done])? as u64;
    }
    Ok(done)
}

/// The owners of data keys.
const OWNERS: [&str; 7] = ["message", "delivery", "subject", "home", "provider", "referral", "photo"];

/// Data keys that are wrapped under another key than the first.
pub(super) fn rewrap_left(db: &Connection, first: &str) -> Result<u64, StoreFault> {
    let mut left = 0;
    for owner in OWNERS {
        // Two ranges of an index, where "differs" would read all of it.
        let mut count = db.prepare_cached(&format!(
            "SELECT (SELECT count(*) FROM {owner} WHERE key_id < ?1 AND key_id > '') \
             + (SELECT count(*) FROM {owner} WHERE key_id > ?1)"
        ))?;
        left += count.query_row([first], |row| row.get::<_, u64>(0))?;
    }
    Ok(left)
}

/// Wraps a lot of data keys again; how many are left.
pub(super) fn rewrap(writing: &Writing<'_>, lot: usize) -> Result<u64, StoreFault> {
    let first = writing.keys.first();
    let mut room = lot;
    for owner in OWNERS {
        let mut older = writing.db.prepare_cached(&format!(
            "SELECT id, data_key, key_id FROM {owner} WHERE key_id < ?1 AND key_id > '' UNION ALL \
             SELECT id, data_key, key_id FROM {owner} WHERE key_id > ?1 LIMIT ?2"
        ))?;
        let keys: Vec<(Uuid, Vec<u8>, String)> = older
            .query_map(params![first, room], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        room -= keys.len();
        let mut set =
            writing.db.prepare_cached(&format!("UPDATE {owner} SET data_key = ?2, key_id = ?3 WHERE id = ?1"))?;
        for (id, sealed, key_id) in keys {
            let wrapped = writing.keys.rewrap(owner, id.as_bytes(), &Wrapped { key_id, sealed })?;
            set.execute(params![id, wrapped.sealed, wrapped.key_id])?;
        }
    }
    let left = rewrap_left(writing.db, first)?;
    if left == 0 {
        writing.db.prepare_cached("DELETE FROM wrapping WHERE key_id <> ?1")?.execute([first])?;
    }
    Ok(left)
}
