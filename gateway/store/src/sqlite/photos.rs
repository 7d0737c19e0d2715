//! Photographs of homes, each under a data key of its own.

use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::{
    reading::Reading,
    writing::{Step, Writing},
};
use crate::{
    Refused, StoreFault,
    keys::{Cell, Wrapped},
    photo::{NewPhoto, Photo, PhotoChange, PhotoId},
};

/// The table, and what owns the data keys.
const TABLE: &str = "photo";

/// The piece of what is said of a photograph, and that of its bytes.
const ABOUT: u64 = 0;
const BODY: u64 = 1;

fn cell(id: &Uuid, piece: u64) -> Cell<'_> {
    Cell { table: TABLE, id: id.as_bytes(), piece }
}

/// Puts or removes each.
pub(super) fn change(writing: &Writing<'_>, changes: &[PhotoChange]) -> Step<()> {
    for change in changes {
        match change {
            PhotoChange::Put(new) => put(writing, new)?,
            PhotoChange::Remove(id) => {
                if writing.db.prepare_cached("DELETE FROM photo WHERE id = ?1")?.execute([id])? == 0 {
                    return Err(Refused::Clash.into());
                }
            }
            PhotoChange::RemoveAll(home) => {
                writing.db.prepare_cached("DELETE FROM photo WHERE home = ?1")?.execute([home])?;
            }
        }
    }
    Ok(())
}

fn put(writing: &Writing<'_>, new: &NewPhoto) -> Step<()> {
    let Photo { id, home, about } = &new.photo;
    let name = writing.keys.blind(TABLE, &[home.as_bytes(), &new.name.0]);
    let mut held = writing.db.prepare_cached("SELECT id FROM photo WHERE home = ?1 AND name = ?2")?;
    let held: Option<PhotoId> = held.query_row(params![home, name], |row| row.get(0)).optional()?;
    let mut is_home = writing.db.prepare_cached("SELECT 1 FROM home WHERE id = ?1")?;
    if held != new.seen || !is_home.exists([home])? {
        return Err(Refused::Clash.into());
    }
    writing.ask_for_room()?;
    if let Some(held) = held {
        writing.db.prepare_cached("DELETE FROM photo WHERE id = ?1")?.execute([held])?;
    }
    let (data_key, wrapped) = writing.keys.data_key(TABLE, id.as_bytes())?;
    let (about, body) = (data_key.seal(&cell(id, ABOUT), about)?, data_key.seal(&cell(id, BODY), &new.body)?);
    let mut insert =
        writing.db.prepare_cached("INSERT INTO photo VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING")?;
    if insert.execute(params![id, home, name, about, wrapped.sealed, wrapped.key_id, body])? == 0 {
        return Err(Refused::Clash.into());
    }
    Ok(())
}

impl Reading<'_> {
    /// What is known of photographs, by id, from one on.
    pub(super) fn photos(&self, after: Option<PhotoId>, most: usize) -> Result<Vec<Photo>, StoreFault> {
        let mut held = self
            .db
            .prepare_cached("SELECT id, home, about, data_key, key_id FROM photo WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let mut rows = held.query(params![after.unwrap_or(Uuid::nil()), i64::try_from(most).unwrap_or(i64::MAX)])?;
        let mut photos = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, sealed): (Uuid, Vec<u8>) = (row.get(0)?, row.get(2)?);
            let wrapped = Wrapped { sealed: row.get(3)?, key_id: row.get(4)? };
            let about = self.keys.unwrap(TABLE, id.as_bytes(), &wrapped)?.open(&cell(&id, ABOUT), &sealed)?;
            photos.push(Photo { id, home: row.get(1)?, about });
        }
        Ok(photos)
    }

    /// The bytes of a photograph.
    pub(super) fn photo_body(&self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreFault> {
        let mut held = self.db.prepare_cached("SELECT data_key, key_id, body FROM photo WHERE id = ?1")?;
        let held: Option<(Wrapped, Vec<u8>)> = held
            .query_row([id], |row| Ok((Wrapped { sealed: row.get(0)?, key_id: row.get(1)? }, row.get(2)?)))
            .optional()?;
        let Some((wrapped, sealed)) = held else { return Ok(None) };
        let key = self.keys.unwrap(TABLE, id.as_bytes(), &wrapped)?;
        key.open(&cell(&id, BODY), &sealed).map(Some)
    }
}
