//! The audit chain as it is stored: found by who and whom, and recomputed from end to end.

use rusqlite::{Connection, OptionalExtension, ToSql, params};
use uuid::Uuid;

use super::reading::{Newest, Reading, items};
use crate::{
    Micros, Page, StoreFault,
    audit::{AuditFilter, AuditLine, Break, Verdict},
    chain::{self, Head},
};

/// Lines between two words of progress.
const PROGRESS_LINES: u64 = 10_000;

/// The head as it is written beside the chain.
pub(super) fn stored_head(db: &Connection) -> Result<Head, StoreFault> {
    let mut held = db.prepare_cached("SELECT seq, hash FROM audit_head")?;
    Ok(held.query_row([], |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? }))?)
}

/// A line as it stands.
struct Stood {
    seq: u64,
    at: Micros,
    actor: String,
    action: String,
    subject: Option<Uuid>,
    object: Option<String>,
    line: String,
    hash: Vec<u8>,
}

impl Stood {
    /// How it is not what was written, given the hash of the line before where that is known.
    fn fault(&self, before: Option<&[u8]>) -> Option<Break> {
        let hash = chain::hash(&self.line);
        let Some(said) = chain::said(&self.line) else { return Some(Break::Edited) };
        if self.hash != hash {
            return Some(Break::Edited);
        }
        if said.seq != self.seq {
            return Some(Break::Reordered);
        }
        let found_by = said.at == chain::time(self.at)
            && said.actor == self.actor
            && said.action == self.action
            && said.subject == self.subject.map(|id| id.to_string())
            && said.object == self.object;
        if !found_by || before.is_some_and(|before| said.prev != hex::encode(before)) {
            return Some(Break::Edited);
        }
        None
    }
}

/// Recomputes a chain: each line, its place, its predecessor, the head, and an anchor.
pub(super) fn verify(
    db: &Connection,
    (from, to): (Option<u64>, Option<u64>),
    anchor: Option<(u64, [u8; 32])>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verdict, StoreFault> {
    let head = stored_head(db)?;
    let ends: (Option<u64>, Option<u64>) =
        db.query_row("SELECT (SELECT min(seq) FROM audit), (SELECT max(seq) FROM audit)", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let (first, last) = match ends {
        (Some(first), Some(last)) => (first, last),
        _ if head.seq > 0 => return Ok(Verdict::Broken { seq: 1, how: Break::Truncated }),
        _ => return Ok(empty(anchor)),
    };
    let from = from.unwrap_or(first);
    let to = to.unwrap_or(last.max(head.seq));
    let purged = purged(db, first)?;
    if first > 1 && purged.is_none() {
        return Ok(Verdict::Broken { seq: 1, how: Break::Missing });
    }
    let mut before: Option<Vec<u8>> = match from {
        1 => Some(vec![0; 32]),
        _ if from == first => purged.map(|purged| purged.hash.to_vec()),
        _ => db.query_row("SELECT hash FROM audit WHERE seq = ?1", [from - 1], |row| row.get(0)).optional()?,
    };
    let mut lines = 0;
    let mut select = db.prepare(
        "SELECT seq, at, actor, action, subject, object, line, hash FROM audit WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
    )?;
    let mut rows = select.query([from, to])?;
    let mut expected = from;
    while let Some(row) = rows.next()? {
        let stood = Stood {
            seq: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            subject: row.get(4)?,
            object: row.get(5)?,
            line: row.get(6)?,
            hash: row.get(7)?,
        };
        if stood.seq != expected {
            return Ok(Verdict::Broken { seq: expected, how: Break::Missing });
        }
        if let Some(how) = stood.fault(before.as_deref()) {
            return Ok(Verdict::Broken { seq: stood.seq, how });
        }
        if anchor.is_some_and(|(seq, hash)| seq == stood.seq && hash[..] != stood.hash) {
            return Ok(Verdict::Broken { seq: stood.seq, how: Break::AnchorDiffers });
        }
        before = Some(stood.hash);
        expected += 1;
        lines += 1;
        if lines % PROGRESS_LINES == 0 {
            progress(lines);
        }
    }
    progress(lines);
    if expected <= to {
        let how = if expected > last { Break::Truncated } else { Break::Missing };
        return Ok(Verdict::Broken { seq: expected, how });
    }
    let mut end = [0; 32];
    if let Some(hash) = before.filter(|hash| hash.len() == end.len()) {
        end.copy_from_slice(&hash);
    }
    if to >= last && (head.seq != last || (lines > 0 && head.hash != end)) {
        return Ok(Verdict::Broken { seq: last, how: Break::Edited });
    }
    if let Some((seq, hash)) = anchor {
        if seq > last {
            return Ok(Verdict::Broken { seq: last + 1, how: Break::Truncated });
        }
        let differs = |held: &[u8]| held != hash;
        let held: Option<Vec<u8>> =
            db.query_row("SELECT hash FROM audit WHERE seq = ?1", [seq], |row| row.get(0)).optional()?;
        if held.is_some_and(|held| differs(&held)) || purged.is_some_and(|it| it.seq == seq && differs(&it.hash)) {
            return Ok(Verdict::Broken { seq, how: Break::AnchorDiffers });
        }
    }
    Ok(Verdict::Intact { from, to, head: end, lines })
}

/// A chain without a line, which an anchor may know better.
fn empty(anchor: Option<(u64, [u8; 32])>) -> Verdict {
    match anchor {
        Some((seq, _)) if seq > 0 => Verdict::Broken { seq: 1, how: Break::Truncated },
        _ => Verdict::Intact { from: 1, to: 0, head: [0; 32], lines: 0 },
    }
}

/// The last line that was purged, as the checkpoint in the chain says it, when the chain begins right after it.
fn purged(db: &Connection, first: u64) -> Result<Option<Head>, StoreFault> {
    let mut held = db.prepare_cached("SELECT line FROM audit WHERE action = 'checkpoint' ORDER BY seq DESC")?;
    let mut rows = held.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        let Some(said) = chain::said(&line) else { continue };
        let seq = said.object.as_deref().and_then(|object| object.strip_prefix("audit:")?.parse().ok());
        let mut hash = [0; 32];
        let read = said.outcome.is_some_and(|text| hex::decode_to_slice(text, &mut hash).is_ok());
        if let Some(seq) = seq.filter(|seq| read && *seq == first.saturating_sub(1)) {
            return Ok(Some(Head { seq, hash }));
        }
    }
    Ok(None)
}

impl Reading<'_> {
    /// Audit lines, newest first.
    pub(super) fn audit(&self, filter: &AuditFilter) -> Result<Page<AuditLine>, StoreFault> {
        let mut wanted: Vec<(&str, &dyn ToSql)> = Vec::new();
        if let Some(subject) = &filter.subject {
            wanted.push(("subject = ?", subject));
        }
        if let Some(actor) = &filter.actor {
            wanted.push(("actor = ?", actor));
        }
        if let Some(action) = &filter.action {
            wanted.push(("action = ?", action));
        }
        if let Some(object) = &filter.object {
            wanted.push(("object = ?", object));
        }
        if let Some(since) = &filter.since {
            wanted.push(("at >= ?", since));
        }
        if let Some(until) = &filter.until {
            wanted.push(("at < ?", until));
        }
        if let Some(before) = &filter.before {
            wanted.push(("seq < ?", before));
        }
        let query = Newest::by(self.db, "SELECT seq, line, hash FROM audit", "seq", wanted, items(filter.limit));
        let lines = query.rows(|row| Ok(AuditLine { seq: row.get(0)?, line: row.get(1)?, hash: row.get(2)? }))?;
        Ok(Page { items: lines, next: None })
    }

    /// The head of the chain.
    pub(super) fn audit_head(&self) -> Result<(u64, [u8; 32]), StoreFault> {
        let head = stored_head(self.db)?;
        Ok((head.seq, head.hash))
    }
}

/// Removes the oldest lines that are older than a time; the last that was removed. The newest line always stays.
pub(super) fn purge(db: &Connection, before: Micros, lot: usize) -> Result<Option<(Head, u64)>, StoreFault> {
    // Up to the first line that is younger, so that what remains has no gap.
    let mut due = db.prepare_cached(
        "SELECT seq, at, hash FROM audit WHERE seq < (SELECT max(seq) FROM audit) ORDER BY seq LIMIT ?1",
    )?;
    let mut rows = due.query([lot])?;
    let mut last = None;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        if row.get::<_, Micros>(1)? >= before {
            break;
        }
        last = Some(Head { seq: row.get(0)?, hash: row.get(2)? });
        count += 1;
    }
    drop(rows);
    let Some(last) = last else { return Ok(None) };
    db.prepare_cached("DELETE FROM audit WHERE seq <= ?1")?.execute(params![last.seq])?;
    Ok(Some((last, count)))
}
