//! Numbers of the store, for metrics and readiness.

use rusqlite::Row;

use super::{
    reading::{Reading, corrupt},
    retention,
};
use crate::{Census, StoreFault, delivery::DeliveryState, message::MessageState};

/// Up to this size a store is measured table by table; above, as a whole, since measuring reads every page.
const MEASURED_BYTES_MAX: u64 = 64 * 1024 * 1024;

impl Reading<'_> {
    /// Counts what is held. The rest of a census is not in the file.
    pub(super) fn census(&self) -> Result<Census, StoreFault> {
        let one = |sql: &str| -> Result<u64, StoreFault> {
            Ok(self.db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
        };
        let mut oldest = self.db.prepare_cached(
            "SELECT min(planned_at) FROM delivery WHERE state IN ('ready', 'leased', 'waiting', 'sent', 'dead')",
        )?;
        Ok(Census {
            messages: self.list("SELECT state, count(*) FROM message GROUP BY state", |row| {
                let state: String = row.get(0)?;
                Ok((MessageState::of_word(&state).ok_or_else(corrupt)?.word(), row.get(1)?))
            })?,
            deliveries: self.list(
                "SELECT state, recipient, count(*) FROM delivery WHERE state <> 'making' GROUP BY state, recipient",
                |row| {
                    let state: String = row.get(0)?;
                    Ok((DeliveryState::of_word(&state).ok_or_else(corrupt)?.word(), row.get(1)?, row.get(2)?))
                },
            )?,
            oldest_delivery: oldest.query_row([], |row| row.get(0))?,
            bytes: self.bytes()?,
            audit_seq: self.audit_head()?.0,
            restrictions: self
                .list("SELECT kind, count(*) FROM restriction WHERE lifted_at IS NULL GROUP BY kind", |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?,
            guard_holds: one("SELECT count(*) FROM subject WHERE guard_hold = 1")?,
            alerts_open: one("SELECT count(*) FROM alert WHERE seen_by IS NULL")?,
            rewrap_left: retention::rewrap_left(self.db, self.keys.first())?,
            commits: (0, 0),
        })
    }

    fn bytes(&self) -> Result<Vec<(String, u64)>, StoreFault> {
        let number = |name: &str| self.db.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
        let page = number("page_size")?;
        let (all, free) = (number("page_count")? * page, number("freelist_count")? * page);
        let mut bytes = vec![("all".to_owned(), all), ("free".to_owned(), free)];
        if all <= MEASURED_BYTES_MAX {
            bytes.extend(self.list(
                "SELECT s.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name \
                 WHERE d.aggregate = TRUE GROUP BY s.tbl_name ORDER BY s.tbl_name",
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?);
        }
        Ok(bytes)
    }

    fn list<T>(&self, sql: &str, read: impl Fn(&Row<'_>) -> Result<T, StoreFault>) -> Result<Vec<T>, StoreFault> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(read(row)?);
        }
        Ok(list)
    }
}
