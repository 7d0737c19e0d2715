//! Reading: a few connections of their own, and what lists have in common.

use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, Row, ToSql};

use super::schema;
use crate::{Cursor, Page, StoreFault, keys::Keys};

/// Connections that are kept while nobody reads.
const IDLE_COUNT_MAX: usize = 8;

/// Items of one page.
const PAGE_ITEMS_MAX: u32 = 1000;

/// Connections that only read.
pub(super) struct Readers {
    file: std::path::PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Of this file; none is opened yet.
    pub(super) fn new(file: std::path::PathBuf) -> Self {
        Self { file, idle: Mutex::new(Vec::new()) }
    }

    /// Reads in one snapshot.
    pub(super) fn read<T>(
        &self,
        keys: &Keys,
        read: impl FnOnce(&Reading<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let db = Connection::open_with_flags(&self.file, flags)?;
                schema::prepare_reader(&db)?;
                db
            }
        };
        let snapshot = db.unchecked_transaction()?;
        let came = read(&Reading { db: &snapshot, keys });
        snapshot.finish()?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_COUNT_MAX {
            idle.push(db);
        }
        came
    }
}

/// One snapshot.
pub(super) struct Reading<'a> {
    /// The connection.
    pub(super) db: &'a Connection,
    /// The keys.
    pub(super) keys: &'a Keys,
}

/// A list, newest first.
pub(super) struct Newest<'a> {
    db: &'a Connection,
    sql: String,
    values: Vec<&'a dyn ToSql>,
}

impl Reading<'_> {
    /// The rows of a table of things with UUIDv7 ids, newest first, one more than a page holds.
    pub(super) fn newest<'a>(
        &'a self,
        select: &str,
        mut wanted: Vec<(&str, &'a dyn ToSql)>,
        after: Option<&'a Cursor>,
        limit: u32,
    ) -> Newest<'a> {
        if let Some(after) = after {
            wanted.push(("id < ?", after));
        }
        Newest::by(self.db, select, "id", wanted, items(limit) + 1)
    }
}

impl<'a> Newest<'a> {
    /// The rows that agree with every clause, by one column, highest first. A value without a clause of its own belongs
    /// to the one before it.
    pub(super) fn by(
        db: &'a Connection,
        select: &str,
        column: &str,
        wanted: Vec<(&str, &'a dyn ToSql)>,
        most: u32,
    ) -> Self {
        let clauses: Vec<&str> = wanted.iter().map(|(clause, _)| *clause).filter(|clause| !clause.is_empty()).collect();
        let filter = if clauses.is_empty() { String::new() } else { format!(" WHERE {}", clauses.join(" AND ")) };
        let sql = format!("{select}{filter} ORDER BY {column} DESC LIMIT {most}");
        Self { db, sql, values: wanted.into_iter().map(|(_, value)| value).collect() }
    }
}

impl Newest<'_> {
    /// Reads them.
    pub(super) fn rows<T>(&self, read: impl Fn(&Row<'_>) -> Result<T, StoreFault>) -> Result<Vec<T>, StoreFault> {
        let mut statement = self.db.prepare(&self.sql)?;
        let mut rows = statement.query(self.values.as_slice())?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(read(row)?);
        }
        Ok(items)
    }
}

/// Items of a page that asks for so many.
pub(super) fn items(limit: u32) -> u32 {
    limit.clamp(1, PAGE_ITEMS_MAX)
}

/// A page of items, of which one more was read than it holds.
pub(super) fn page<T>(mut items: Vec<T>, limit: u32, id: impl Fn(&T) -> Cursor) -> Page<T> {
    let most = self::items(limit) as usize;
    let more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| more).map(id);
    Page { items, next }
}

/// What stands in a row is nothing that we wrote.
pub(super) fn corrupt() -> StoreFault {
    StoreFault::Corrupt("a row")
}

impl From<rusqlite::Error> for StoreFault {
    /// Codes only: the text of SQLite may hold a value.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::Full,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt("the store's file"),
                code => Self::Failed(format!("{code:?} ({})", failure.extended_code)),
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..)
            | rusqlite::Error::InvalidColumnType(..) => corrupt(),
            rusqlite::Error::QueryReturnedNoRows => Self::Failed("a row is not there".to_owned()),
            _ => Self::Failed("the database refused a statement".to_owned()),
        }
    }
}
