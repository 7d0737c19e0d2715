//! Homes that providers offer, the providers, and searches for homes: each under a data key of its own, a home with what
//! was said before.

use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::{
    reading::Reading,
    writing::{Step, Writing},
};
use crate::{
    Refused, StoreFault,
    home::{HOME_VERSIONS_MAX, HomeId, Offered, OfferedAct, OfferedChange},
    keys::{Cell, DataKey, Wrapped},
};

/// A table of what is offered.
pub(super) struct Table {
    name: &'static str,
    /// Whether what was said before is kept.
    has_history: bool,
}

/// Homes.
pub(super) const HOMES: Table = Table { name: "home", has_history: true };

/// Providers.
pub(super) const PROVIDERS: Table = Table { name: "provider", has_history: false };

/// Searches for homes.
pub(super) const REFERRALS: Table = Table { name: "referral", has_history: false };

impl Table {
    /// Where a version of a body stands: it cannot be given out as another.
    fn cell<'c>(&self, id: &'c Uuid, version: u64) -> Cell<'c> {
        Cell { table: self.name, id: id.as_bytes(), piece: version }
    }
}

/// Puts or removes each, at the version that was seen.
pub(super) fn change(writing: &Writing<'_>, table: &Table, changes: &[OfferedChange]) -> Step<()> {
    changes.iter().try_for_each(|change| change_one(writing, table, change))
}

fn change_one(writing: &Writing<'_>, table: &Table, change: &OfferedChange) -> Step<()> {
    let name = table.name;
    let mut held =
        writing.db.prepare_cached(&format!("SELECT version, data_key, key_id, name FROM {name} WHERE id = ?1"))?;
    let held: Option<(u64, Wrapped, Vec<u8>)> = held
        .query_row([change.id], |row| {
            Ok((row.get(0)?, Wrapped { sealed: row.get(1)?, key_id: row.get(2)? }, row.get(3)?))
        })
        .optional()?;
    if held.as_ref().map_or(0, |(version, ..)| *version) != change.seen {
        return Err(Refused::Clash.into());
    }
    let OfferedAct::Put { key, body } = &change.act else {
        // What was said before goes with it.
        writing.db.prepare_cached(&format!("DELETE FROM {name} WHERE id = ?1"))?.execute([change.id])?;
        return Ok(());
    };
    let (blind, version) = (writing.keys.blind(name, &[&key.0]), change.seen + 1);
    match held {
        None => {
            let (data_key, wrapped) = writing.keys.data_key(name, change.id.as_bytes())?;
            let body = data_key.seal(&table.cell(&change.id, version), body)?;
            let mut insert = writing.db.prepare_cached(&format!(
                "INSERT INTO {name} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING"
            ))?;
            let values =
                params![change.id, blind, version, change.at, change.cause, body, wrapped.sealed, wrapped.key_id];
            if insert.execute(values)? == 0 {
                return Err(Refused::Clash.into());
            }
        }
        Some((_, wrapped, known_as)) => {
            if known_as != blind {
                return Err(Refused::Clash.into());
            }
            if table.has_history {
                keep_version(writing, change.id, version)?;
            }
            let data_key = writing.keys.unwrap(name, change.id.as_bytes(), &wrapped)?;
            let body = data_key.seal(&table.cell(&change.id, version), body)?;
            let mut put = writing.db.prepare_cached(&format!(
                "UPDATE {name} SET version = ?2, at = ?3, cause = ?4, body = ?5 WHERE id = ?1"
            ))?;
            put.execute(params![change.id, version, change.at, change.cause, body])?;
        }
    }
    Ok(())
}

/// Keeps what is held of a home as what was said before; `next` is the version that follows.
fn keep_version(writing: &Writing<'_>, id: HomeId, next: u64) -> Step<()> {
    let mut keep = writing
        .db
        .prepare_cached("INSERT INTO home_version SELECT id, version, at, cause, body FROM home WHERE id = ?1")?;
    keep.execute([id])?;
    let oldest = next.saturating_sub(u64::from(HOME_VERSIONS_MAX));
    let mut forget = writing.db.prepare_cached("DELETE FROM home_version WHERE home = ?1 AND version < ?2")?;
    forget.execute(params![id, oldest])?;
    Ok(())
}

/// What is said, of the columns version, time, cause and body.
fn offered(row: &Row<'_>, id: Uuid, table: &Table, key: &DataKey) -> Result<Offered, StoreFault> {
    let (version, sealed): (u64, Vec<u8>) = (row.get(0)?, row.get(3)?);
    let body = key.open(&table.cell(&id, version), &sealed)?;
    Ok(Offered { id, version, at: row.get(1)?, cause: row.get(2)?, body })
}

impl Reading<'_> {
    /// What is offered, by id, from one on.
    pub(super) fn offered(&self, table: &Table, after: Option<Uuid>, most: usize) -> Result<Vec<Offered>, StoreFault> {
        let mut held = self.db.prepare_cached(&format!(
            "SELECT version, at, cause, body, id, data_key, key_id FROM {} WHERE id > ?1 ORDER BY id LIMIT ?2",
            table.name
        ))?;
        let mut rows = held.query(params![after.unwrap_or(Uuid::nil()), i64::try_from(most).unwrap_or(i64::MAX)])?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            let id: Uuid = row.get(4)?;
            let key =
                self.keys.unwrap(table.name, id.as_bytes(), &Wrapped { sealed: row.get(5)?, key_id: row.get(6)? })?;
            items.push(offered(row, id, table, &key)?);
        }
        Ok(items)
    }

    /// What was said of a home before, newest first.
    pub(super) fn home_versions(&self, id: HomeId) -> Result<Vec<Offered>, StoreFault> {
        let mut held = self.db.prepare_cached(
            "SELECT v.version, v.at, v.cause, v.body, h.data_key, h.key_id FROM home_version v \
             JOIN home h ON h.id = v.home WHERE v.home = ?1 ORDER BY v.version DESC",
        )?;
        let mut rows = held.query([id])?;
        let mut versions = Vec::new();
        while let Some(row) = rows.next()? {
            let wrapped = Wrapped { sealed: row.get(4)?, key_id: row.get(5)? };
            let key = self.keys.unwrap(HOMES.name, id.as_bytes(), &wrapped)?;
            versions.push(offered(row, id, &HOMES, &key)?);
        }
        Ok(versions)
    }
}
