//! What partners could see by the configuration that was loaded last, kept whole and replaced whole.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use super::{
    FILE_NAME,
    reading::Reading,
    schema,
    writing::{Step, Writing},
};
use crate::{StoreFault, loaded::LoadedView};

/// Replaces what was kept of the load before.
pub(super) fn replace(writing: &Writing<'_>, views: &[LoadedView]) -> Step<()> {
    writing.db.prepare_cached("DELETE FROM loaded_view")?.execute([])?;
    let mut keep = writing.db.prepare_cached("INSERT OR REPLACE INTO loaded_view VALUES (?1, ?2, ?3, ?4)")?;
    for view in views {
        keep.execute(params![view.partner, view.view, view.cells, view.loaded_at])?;
    }
    Ok(())
}

fn read(db: &Connection) -> Result<Vec<LoadedView>, StoreFault> {
    let mut held = db.prepare("SELECT partner, view, cells, loaded_at FROM loaded_view ORDER BY partner")?;
    let views = held.query_map([], |row| {
        Ok(LoadedView { partner: row.get(0)?, view: row.get(1)?, cells: row.get(2)?, loaded_at: row.get(3)? })
    })?;
    Ok(views.collect::<Result<_, _>>()?)
}

impl Reading<'_> {
    /// What partners could see by the last load.
    pub(super) fn loaded_views(&self) -> Result<Vec<LoadedView>, StoreFault> {
        read(self.db)
    }
}

/// What partners could see by the last load, read from the folder of a store, whether a gateway runs on it or not, and
/// without its keys; `None` when there is no store, or one of a layout that does not keep it.
///
/// # Errors
/// When the file cannot be read.
pub fn loaded_views(folder: &Path) -> Result<Option<Vec<LoadedView>>, StoreFault> {
    const KEPT_SINCE: u32 = 2;
    let file = folder.join(FILE_NAME);
    if !file.is_file() {
        return Ok(None);
    }
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    schema::prepare_reader(&db)?;
    if schema::version(&db)? < KEPT_SINCE {
        return Ok(None);
    }
    read(&db).map(Some)
}
