//! The tables: how a store is laid out, and the way from each older layout to this one, forward only.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, params};

use crate::StoreFault;

/// The layout that this program writes.
pub(super) const SCHEMA_VERSION: u32 = 6;

/// Pages of the write-ahead log that are gathered before they go to the store's own file.
const CHECKPOINT_PAGES: u32 = 4000;

/// Bytes that the write-ahead log keeps on disk once it has grown.
const LOG_BYTES_MAX: u32 = 64 * 1024 * 1024;

/// Memory for pages, in KiB.
const CACHE_KIB_MAX: u32 = 64 * 1024;

/// Milliseconds that a connection waits for another.
const BUSY_MS_MAX: u64 = 10_000;

/// Bits of a piece's number in the key of a piece: 2^24 pieces of 256 KiB are more than any disk.
pub(super) const PIECE_BITS: u32 = 24;

/// Statements that a connection keeps prepared.
const STATEMENTS_COUNT_MAX: usize = 256;

/// Each step leads from the version of its place to the next.
const STEPS: [&str; SCHEMA_VERSION as usize] = [
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
];

/// Makes a connection one that writes durably.
pub(super) fn prepare_writer(db: &Connection) -> Result<(), rusqlite::Error> {
    // Before the first table, or never.
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES_MAX, |_| Ok(()))?;
    prepare_reader(db)
}

/// What every connection needs.
pub(super) fn prepare_reader(db: &Connection) -> Result<(), rusqlite::Error> {
    db.busy_timeout(std::time::Duration::from_millis(BUSY_MS_MAX))?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    // A tampered file must not make the program run what stands in it.
    db.pragma_update(None, "trusted_schema", "OFF")?;
    db.pragma_update(None, "cache_size", -i64::from(CACHE_KIB_MAX))?;
    // A statement is planned once, whatever is bound to it: else it is parsed again each time that a value could matter
    // to a partial index.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Whoever closes last folds nothing into the file: the writer does that, and who only reads changes nothing.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_COUNT_MAX);
    Ok(())
}

/// The layout that a store has; 0 when it is new.
pub(super) fn version(db: &Connection) -> Result<u32, rusqlite::Error> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings a store to [`SCHEMA_VERSION`], each step whole or not at all.
pub(super) fn migrate(db: &mut Connection) -> Result<(), rusqlite::Error> {
    let held = version(db)?;
    for (step, number) in STEPS.iter().zip(1_u32..).filter(|(_, number)| *number > held) {
        let change = db.transaction()?;
        change.execute_batch(step)?;
        change.pragma_update(None, "user_version", number)?;
        change.commit()?;
    }
    Ok(())
}

/// A number of the store itself.
pub(super) fn meta(db: &Connection, name: &str) -> Result<Option<i64>, StoreFault> {
    let mut held = db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(held.query_row([name], |row| row.get(0)).optional()?)
}

/// Sets a number of the store itself.
pub(super) fn set_meta(db: &Connection, name: &str, value: i64) -> Result<(), StoreFault> {
    let mut set = db.prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?;
    set.execute(params![name, value])?;
    Ok(())
}
