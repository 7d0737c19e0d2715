//! Subjects: what is held of each, by whom it is known, and what each target was sent.

use rusqlite::{OptionalExtension, ToSql, params, types::Null};
use uuid::Uuid;

use super::{
    deliveries,
    reading::{Reading, corrupt},
    writing::{Step, Writing},
};
use crate::{
    Micros, Refused, StoreFault,
    delivery::Target,
    identity::BlindIdentifier,
    keys::{Cell, DataKey, Keys, Wrapped},
    subject::{
        Begun, DemographicKey, HandedOver, PlaceKey, Sent, Standing, SubjectChange, SubjectId, SubjectState,
        TwoPersons, Waiting,
    },
};

/// Who holds something that nobody has looked into for resources, by an index of those alone. What an erased subject has
/// is nobody's to look into.
pub(super) const NEXT_TO_INDEX: &str = "SELECT id FROM subject s WHERE indexed = 0 AND erased_at IS NULL AND id > ?1 \
    AND EXISTS (SELECT 1 FROM holding h WHERE h.subject = s.id) ORDER BY id LIMIT ?2";

/// Which cell of what was sent.
#[derive(Clone, Copy)]
enum Memory {
    Planned,
    Delivered,
}

/// Changes subjects. What one of them is no longer known by, another of them may be known by from now on.
pub(super) fn change(writing: &Writing<'_>, changes: &[SubjectChange]) -> Step<()> {
    for change in changes {
        let mut forget = writing.db.prepare_cached("DELETE FROM identifier WHERE name = ?1 AND subject = ?2")?;
        for identifier in &change.forgotten {
            forget.execute(params![blind(writing.keys, identifier), change.id])?;
        }
    }
    changes.iter().try_for_each(|change| one(writing, change))
}

/// Rows are replaced by an update, and where there is none by an insert, not by an upsert: SQLite keeps what an upsert may
/// have to undo in a list that it walks at the end of each one, and a message of many children then takes the square of
/// its pages.
fn one(writing: &Writing<'_>, change: &SubjectChange) -> Step<()> {
    let key = if change.seen == 0 { Some(new(writing, change)?) } else { held(writing, change)? };
    let Some(key) = key else {
        // Of a subject that was erased nothing is held any more.
        let leads_nowhere = change.identifiers.is_empty() && change.resources.as_ref().is_none_or(Vec::is_empty);
        let holds_nothing = change.holdings.is_empty() && change.planned.is_empty() && leads_nowhere;
        return if holds_nothing { Ok(()) } else { Err(Refused::State("erased").into()) };
    };
    let subject = change.id.as_bytes();
    for (source, bytes) in &change.holdings {
        if bytes.is_empty() {
            let mut remove = writing.db.prepare_cached("DELETE FROM holding WHERE subject = ?1 AND source = ?2")?;
            remove.execute(params![change.id, source])?;
        } else {
            let sealed = key.seal(&Cell { table: "holding", id: &row_name(subject, source), piece: 0 }, bytes)?;
            let mut replace =
                writing.db.prepare_cached("UPDATE holding SET body = ?3 WHERE subject = ?1 AND source = ?2")?;
            let mut hold = writing.db.prepare_cached("INSERT INTO holding VALUES (?1, ?2, ?3)")?;
            let row = params![change.id, source, sealed];
            if replace.execute(row)? == 0 {
                hold.execute(row)?;
            }
        }
    }
    let mut know = writing.db.prepare_cached("INSERT INTO identifier VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    let mut whose = writing.db.prepare_cached("SELECT subject FROM identifier WHERE name = ?1")?;
    for identifier in &change.identifiers {
        let name = blind(writing.keys, identifier);
        if know.execute(params![name, change.id])? == 0
            && whose.query_row([name], |row| row.get::<_, SubjectId>(0))? != change.id
        {
            return Err(Refused::Clash.into());
        }
    }
    // No row is written that says what it said before: most changes give again the ids that are known.
    let mut led = writing.db.prepare_cached("SELECT subject FROM resource WHERE id = ?1")?;
    let mut lead = writing.db.prepare_cached("INSERT INTO resource VALUES (?1, ?2)")?;
    let mut lead_elsewhere = writing.db.prepare_cached("UPDATE resource SET subject = ?2 WHERE id = ?1")?;
    for resource in change.resources.iter().flatten() {
        match led.query_row([resource], |row| row.get::<_, SubjectId>(0)).optional()? {
            Some(known) if known == change.id => 0,
            Some(_) => lead_elsewhere.execute(params![resource, change.id])?,
            None => lead.execute(params![resource, change.id])?,
        };
    }
    if let Some(places) = &change.places {
        writing.db.prepare_cached("DELETE FROM place WHERE subject = ?1")?.execute([change.id])?;
        let mut live = writing.db.prepare_cached("INSERT OR IGNORE INTO place VALUES (?1, ?2)")?;
        for place in places {
            live.execute(params![change.id, blind_place(writing.keys, place)])?;
        }
    }
    if let Some(demographics) = &change.demographics {
        writing.db.prepare_cached("DELETE FROM demographic WHERE subject = ?1")?.execute([change.id])?;
        let mut name = writing.db.prepare_cached("INSERT OR IGNORE INTO demographic VALUES (?1, ?2)")?;
        for key in demographics {
            name.execute(params![blind_demographic(writing.keys, key), change.id])?;
        }
    }
    for (target, bytes) in &change.planned {
        remember(writing, &key, target, change.id, (Some(bytes), None))?;
    }
    Ok(())
}

fn new(writing: &Writing<'_>, change: &SubjectChange) -> Step<DataKey> {
    let (key, wrapped) = writing.keys.data_key("subject", change.id.as_bytes())?;
    let standing = &change.standing;
    let mut insert = writing.db.prepare_cached(
        "INSERT INTO subject (id, version, epoch, authority, protects_places, guard_hold, closed_by_adoption, \
         merged_into, data_key, key_id, begun_act, begun_by, eligible_until, handed_over, erased_at, indexed) \
         VALUES (?1, 1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING",
    )?;
    let inserted = insert.execute(params![
        change.id,
        standing.authority,
        standing.protects_places,
        standing.guard_hold,
        standing.closed_by_adoption,
        standing.merged_into,
        wrapped.sealed,
        wrapped.key_id,
        standing.begun.as_ref().map(|begun| begun.act.word()),
        standing.begun.as_ref().map(|begun| &begun.by),
        standing.eligible_until,
        standing.handed_over.map(HandedOver::word),
        standing.erased_at,
        indexed(change).unwrap_or_default()
    ])?;
    if inserted == 0 { Err(Refused::Clash.into()) } else { Ok(key) }
}

fn held(writing: &Writing<'_>, change: &SubjectChange) -> Step<Option<DataKey>> {
    let standing = &change.standing;
    let mut update = writing.db.prepare_cached(
        "UPDATE subject SET version = version + 1, epoch = epoch + ?3, authority = ?4, protects_places = ?5, \
         guard_hold = ?6, closed_by_adoption = ?7, merged_into = ?8, begun_act = ?9, begun_by = ?10, \
         eligible_until = ?11, handed_over = ?12, erased_at = ?13, indexed = coalesce(?14, indexed) \
         WHERE id = ?1 AND version = ?2",
    )?;
    let updated = update.execute(params![
        change.id,
        change.seen,
        change.raise_epoch,
        standing.authority,
        standing.protects_places,
        standing.guard_hold,
        standing.closed_by_adoption,
        standing.merged_into,
        standing.begun.as_ref().map(|begun| begun.act.word()),
        standing.begun.as_ref().map(|begun| &begun.by),
        standing.eligible_until,
        standing.handed_over.map(HandedOver::word),
        standing.erased_at,
        indexed(change)
    ])?;
    if updated == 0 {
        return Err(Refused::Clash.into());
    }
    Ok(data_key(writing, change.id)?)
}

/// Whether a subject is indexed from a change on; `None` when it stays as it was.
fn indexed(change: &SubjectChange) -> Option<bool> {
    match (&change.resources, &change.holdings[..]) {
        (Some(_), _) => Some(true),
        (None, []) => None,
        (None, _) => Some(false),
    }
}

/// The data key of a subject; `None` when there is no such subject, or it was erased.
pub(super) fn data_key(writing: &Writing<'_>, id: SubjectId) -> Result<Option<DataKey>, StoreFault> {
    let mut held = writing.db.prepare_cached("SELECT data_key, key_id FROM subject WHERE id = ?1")?;
    let held: Option<(Vec<u8>, String)> = held.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let held = held.filter(|(sealed, _)| !sealed.is_empty());
    held.map(|(sealed, key_id)| writing.data_key("subject", id.as_bytes(), sealed, key_id)).transpose()
}

/// Everything held of a subject goes, and of whoever was merged into it.
pub(super) fn erase(writing: &Writing<'_>, subject: SubjectId, at: Micros) -> Step<()> {
    let mut merged =
        writing.db.prepare_cached("SELECT id FROM subject WHERE merged_into = ?1 AND erased_at IS NULL")?;
    let merged: Vec<SubjectId> = merged.query_map([subject], |row| row.get(0))?.collect::<Result<_, _>>()?;
    merged.into_iter().try_for_each(|one| erase(writing, one, at))?;
    for table in ["holding", "place", "sent", "demographic", "resource", "relation", "restriction"] {
        writing.db.prepare_cached(&format!("DELETE FROM {table} WHERE subject = ?1"))?.execute([subject])?;
    }
    writing.db.prepare_cached("DELETE FROM link WHERE loser = ?1 OR winner = ?1")?.execute([subject])?;
    writing.db.prepare_cached("DELETE FROM proposal WHERE keeps = ?1 OR other = ?1")?.execute([subject])?;
    deliveries::forget_bodies_of(writing.db, subject)?;
    let mut destroy = writing.db.prepare_cached(
        "UPDATE subject SET data_key = x'', key_id = '', erased_at = coalesce(erased_at, ?2), guard_hold = 0, \
         protects_places = 0, begun_act = NULL, begun_by = NULL, eligible_until = NULL, indexed = 0 WHERE id = ?1",
    )?;
    if destroy.execute(params![subject, at])? == 0 { Err(Refused::Missing.into()) } else { Ok(()) }
}

/// An erased subject is known by nothing any more, nor is whoever was merged into it.
pub(super) fn readmit(writing: &Writing<'_>, subject: SubjectId) -> Step<()> {
    let mut forget = writing.db.prepare_cached(
        "DELETE FROM identifier WHERE subject IN (SELECT id FROM subject WHERE (id = ?1 OR merged_into = ?1) \
         AND erased_at IS NOT NULL)",
    )?;
    forget.execute([subject])?;
    Ok(())
}

/// A target will have been sent these bytes of a subject.
pub(super) fn plan(writing: &Writing<'_>, target: &str, subject: SubjectId, bytes: &[u8]) -> Step<()> {
    // Of one that was erased nothing is remembered.
    if let Some(key) = data_key(writing, subject)? {
        remember(writing, &key, target, subject, (Some(bytes), None))?;
    }
    Ok(())
}

/// A target has these bytes of a subject; one that is gone is not remembered.
pub(super) fn delivered(
    writing: &Writing<'_>,
    target: &str,
    subject: SubjectId,
    bytes: &[u8],
) -> Result<(), StoreFault> {
    match data_key(writing, subject)? {
        Some(key) => remember(writing, &key, target, subject, (None, Some(bytes))),
        None => Ok(()),
    }
}

/// A target has these bytes of a subject, and nothing else of it is planned; one that is gone is not remembered.
pub(super) fn stands(writing: &Writing<'_>, target: &str, subject: SubjectId, bytes: &[u8]) -> Result<(), StoreFault> {
    match data_key(writing, subject)? {
        Some(key) => remember(writing, &key, target, subject, (Some(bytes), Some(bytes))),
        None => Ok(()),
    }
}

/// What is planned of a subject for a target is again what was delivered.
pub(super) fn plan_back(writing: &Writing<'_>, target: &str, subject: SubjectId) -> Result<(), StoreFault> {
    let mut held = writing.db.prepare_cached("SELECT delivered FROM sent WHERE subject = ?1 AND target = ?2")?;
    let sealed: Option<Vec<u8>> = held.query_row(params![subject, target], |row| row.get(0)).optional()?;
    let (Some(sealed), Some(key)) = (sealed, data_key(writing, subject)?) else { return Ok(()) };
    let bytes = open_sent(&key, subject, target, Memory::Delivered, &sealed)?;
    remember(writing, &key, target, subject, (Some(&bytes), None))
}

/// Replaces what is planned, what is delivered, or both. What was never planned is planned as it was delivered.
fn remember(
    writing: &Writing<'_>,
    key: &DataKey,
    target: &str,
    subject: SubjectId,
    (planned, delivered): (Option<&[u8]>, Option<&[u8]>),
) -> Result<(), StoreFault> {
    let seal = |memory, bytes: &[u8]| -> Result<Vec<u8>, StoreFault> {
        let row = row_name(subject.as_bytes(), target);
        key.seal(&Cell { table: "sent", id: &row, piece: memory as u64 }, bytes)
    };
    let mut replace = writing.db.prepare_cached(
        "UPDATE sent SET planned = iif(?5, ?3, planned), delivered = iif(?6, ?4, delivered) \
         WHERE subject = ?1 AND target = ?2",
    )?;
    let mut set = writing.db.prepare_cached("INSERT INTO sent VALUES (?1, ?2, ?3, ?4)")?;
    let now = seal(Memory::Planned, planned.or(delivered).unwrap_or_default())?;
    let has = seal(Memory::Delivered, delivered.unwrap_or_default())?;
    if replace.execute(params![subject, target, now, has, planned.is_some(), delivered.is_some()])? == 0 {
        set.execute(params![subject, target, now, has])?;
    }
    Ok(())
}

fn open_sent(
    key: &DataKey,
    subject: SubjectId,
    target: &str,
    memory: Memory,
    sealed: &[u8],
) -> Result<Vec<u8>, StoreFault> {
    let row = row_name(subject.as_bytes(), target);
    key.open(&Cell { table: "sent", id: &row, piece: memory as u64 }, sealed)
}

fn begun(act: Option<String>, by: Option<String>) -> Result<Option<Begun>, StoreFault> {
    let (Some(act), Some(by)) = (act, by) else { return Ok(None) };
    Ok(Some(Begun { act: TwoPersons::of_word(&act).ok_or_else(corrupt)?, by }))
}

/// A row that is named by a subject and a word.
fn row_name(subject: &[u8], word: &str) -> Vec<u8> {
    [subject, word.as_bytes()].concat()
}

fn blind(keys: &Keys, identifier: &BlindIdentifier) -> [u8; 32] {
    keys.blind("identifier", &[identifier.system.as_bytes(), identifier.value.as_bytes()])
}

fn blind_place(keys: &Keys, place: &PlaceKey) -> [u8; 32] {
    keys.blind("place", &[&place.0])
}

fn blind_demographic(keys: &Keys, key: &DemographicKey) -> [u8; 32] {
    keys.blind("demographic", &[&key.0])
}

impl Reading<'_> {
    /// The subjects that have each of these keys.
    pub(super) fn alike(&self, keys: &[DemographicKey], most: usize) -> Result<Vec<Vec<SubjectId>>, StoreFault> {
        let mut who =
            self.db.prepare_cached("SELECT subject FROM demographic WHERE name = ?1 ORDER BY subject LIMIT ?2")?;
        let mut alike = Vec::with_capacity(keys.len());
        for key in keys {
            let found = who.query_map(params![blind_demographic(self.keys, key), most], |row| row.get(0))?;
            alike.push(found.collect::<Result<_, _>>()?);
        }
        Ok(alike)
    }

    /// The subjects that are known by these identifiers.
    pub(super) fn find(&self, identifiers: &[BlindIdentifier]) -> Result<Vec<Option<SubjectId>>, StoreFault> {
        let mut whose = self.db.prepare_cached("SELECT subject FROM identifier WHERE name = ?1")?;
        let mut found = Vec::with_capacity(identifiers.len());
        for identifier in identifiers {
            found.push(whose.query_row([blind(self.keys, identifier)], |row| row.get(0)).optional()?);
        }
        Ok(found)
    }

    /// The subjects that these resources are of.
    pub(super) fn subjects_of_resources(&self, ids: &[Uuid]) -> Result<Vec<Option<SubjectId>>, StoreFault> {
        let mut whose = self.db.prepare_cached("SELECT subject FROM resource WHERE id = ?1")?;
        ids.iter().map(|id| Ok(whose.query_row([id], |row| row.get(0)).optional()?)).collect()
    }

    /// What is held of these subjects.
    pub(super) fn subjects(
        &self,
        ids: &[SubjectId],
        targets: &[Target],
    ) -> Result<Vec<Option<SubjectState>>, StoreFault> {
        ids.iter().map(|id| self.subject(*id, targets)).collect()
    }

    fn subject(&self, id: SubjectId, targets: &[Target]) -> Result<Option<SubjectState>, StoreFault> {
        let mut held = self.db.prepare_cached(
            "SELECT version, epoch, authority, protects_places, guard_hold, closed_by_adoption, merged_into, data_key, \
             key_id, begun_act, begun_by, eligible_until, handed_over, erased_at FROM subject WHERE id = ?1",
        )?;
        let mut rows = held.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let wrapped = Wrapped { sealed: row.get(7)?, key_id: row.get(8)? };
        let handed_over: Option<String> = row.get(12)?;
        let handed_over = handed_over.map(|word| HandedOver::of_word(&word).ok_or_else(corrupt)).transpose()?;
        let standing = Standing {
            authority: row.get(2)?,
            protects_places: row.get(3)?,
            guard_hold: row.get(4)?,
            closed_by_adoption: row.get(5)?,
            merged_into: row.get(6)?,
            begun: begun(row.get(9)?, row.get(10)?)?,
            eligible_until: row.get(11)?,
            handed_over,
            erased_at: row.get(13)?,
        };
        let (version, epoch) = (row.get(0)?, row.get(1)?);
        if standing.erased_at.is_some() {
            return Ok(Some(SubjectState { id, version, epoch, standing, holdings: Vec::new(), sent: Vec::new() }));
        }
        let key = self.keys.unwrap("subject", id.as_bytes(), &wrapped)?;
        let mut holdings = Vec::new();
        let mut bodies =
            self.db.prepare_cached("SELECT source, body FROM holding WHERE subject = ?1 ORDER BY source")?;
        let mut bodies = bodies.query([id])?;
        while let Some(row) = bodies.next()? {
            let (source, sealed): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let name = row_name(id.as_bytes(), &source);
            let bytes = key.open(&Cell { table: "holding", id: &name, piece: 0 }, &sealed)?;
            holdings.push((source, bytes));
        }
        let mut sent = Vec::new();
        let mut memory =
            self.db.prepare_cached("SELECT planned, delivered FROM sent WHERE subject = ?1 AND target = ?2")?;
        for target in targets {
            let mut rows = memory.query(params![id, target])?;
            if let Some(row) = rows.next()? {
                let (planned, delivered): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
                sent.push(Sent {
                    target: target.clone(),
                    planned: open_sent(&key, id, target, Memory::Planned, &planned)?,
                    delivered: open_sent(&key, id, target, Memory::Delivered, &delivered)?,
                });
            }
        }
        Ok(Some(SubjectState { id, version, epoch, standing, holdings, sent }))
    }

    /// Which of these places is one of a protected subject.
    pub(super) fn protected_places(
        &self,
        places: &[PlaceKey],
        but: Option<SubjectId>,
    ) -> Result<Vec<bool>, StoreFault> {
        let mut protected = self.db.prepare_cached(
            "SELECT 1 FROM place p JOIN subject s ON s.id = p.subject \
             WHERE p.name = ?1 AND s.protects_places = 1 AND s.id IS NOT ?2",
        )?;
        let mut answers = Vec::with_capacity(places.len());
        for place in places {
            answers.push(protected.exists(params![blind_place(self.keys, place), but])?);
        }
        Ok(answers)
    }

    /// The subjects who live in any of these places, each once.
    pub(super) fn subjects_at(&self, places: &[PlaceKey]) -> Result<Vec<SubjectId>, StoreFault> {
        let mut who = self.db.prepare_cached("SELECT subject FROM place WHERE name = ?1")?;
        let mut found = std::collections::BTreeSet::new();
        for place in places {
            for subject in who.query_map([blind_place(self.keys, place)], |row| row.get(0))? {
                found.insert(subject?);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Subjects that wait for people, in the order of their ids.
    pub(super) fn waiting_subjects(
        &self,
        what: Waiting,
        after: Option<SubjectId>,
        most: usize,
    ) -> Result<Vec<SubjectId>, StoreFault> {
        const ENDED: &str = "eligible_until IS NOT NULL AND erased_at IS NULL AND eligible_until <= ?3";
        let act;
        let (waits, with): (String, &dyn ToSql) = match &what {
            Waiting::GuardHold => ("guard_hold = 1 AND ?3 IS NULL".to_owned(), &Null),
            Waiting::SecondPerson(begun) => {
                act = begun.word();
                ("begun_act = ?3".to_owned(), &act)
            }
            Waiting::HandOver(before) => (format!("{ENDED} AND handed_over IS NULL"), before),
            Waiting::Purge(before) => (format!("{ENDED} AND handed_over IS NOT NULL"), before),
        };
        let mut waiting = self
            .db
            .prepare_cached(&format!("SELECT id FROM subject WHERE {waits} AND id > ?1 ORDER BY id LIMIT ?2"))?;
        let ids = waiting.query_map(params![after.unwrap_or_default(), most, with], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Subjects in the order of their ids.
    pub(super) fn all_subjects(&self, after: Option<SubjectId>, most: usize) -> Result<Vec<SubjectId>, StoreFault> {
        let mut all = self.db.prepare_cached("SELECT id FROM subject WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let ids = all.query_map(params![after.unwrap_or_default(), most], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Subjects that hold something and are not indexed, in the order of their ids.
    pub(super) fn unindexed_subjects(
        &self,
        after: Option<SubjectId>,
        most: usize,
    ) -> Result<Vec<SubjectId>, StoreFault> {
        let mut left = self.db.prepare_cached(NEXT_TO_INDEX)?;
        let ids = left.query_map(params![after.unwrap_or_default(), most], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }
}
