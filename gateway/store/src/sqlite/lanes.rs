//! Lanes: who may leave next, and the lease that asks for the last time whether it may.
//!
//! Each lane names its head, kept up to date by every change, so that a lease looks at one row a lane however many
//! wait behind it. The head of a lane is, while nothing of the lane is leased: the first planned `ahead` that has not
//! left; else, unless a dead one holds the lane, the first in the order of planning.

use rusqlite::{Connection, OptionalExtension, params};

use super::{deliveries, writing::Writing};
use crate::{
    Micros, StoreFault,
    delivery::{Delivery, DeliveryLeases, LeaseOrder, TargetOrder},
};

/// A delivery that may leave next: its number, target and the time from which on it may.
type Next = (i64, String, Micros);

/// The heads of lanes that may leave next. The index orders them to the last column: many are due at one moment.
pub(super) const NEXT_TO_LEAVE: &str =
    "SELECT head, lane FROM lane WHERE target = ?1 AND due <= ?2 AND head IS NOT NULL ORDER BY due, head LIMIT ?3";

/// Gives a delivery its place in a lane.
pub(super) fn next_place(db: &Connection, lane: &[u8]) -> Result<i64, StoreFault> {
    let mut next = db.prepare_cached(
        "INSERT INTO lane (lane, places) VALUES (?1, 1) ON CONFLICT DO UPDATE SET places = places + 1 RETURNING places",
    )?;
    Ok(next.query_row([lane], |row| row.get(0))?)
}

/// Finds the head of a lane again.
pub(super) fn refresh(db: &Connection, lane: &[u8]) -> Result<(), StoreFault> {
    let head = head(db, lane)?;
    let (number, target, due) = match head {
        Some((number, target, due)) => (Some(number), Some(target), Some(due)),
        None => (None, None, None),
    };
    let mut set = db.prepare_cached(
        "UPDATE lane SET head = ?2, target = ?3, due = ?4 \
         WHERE lane = ?1 AND (head IS NOT ?2 OR target IS NOT ?3 OR due IS NOT ?4)",
    )?;
    set.execute(params![lane, number, target, due])?;
    Ok(())
}

fn head(db: &Connection, lane: &[u8]) -> Result<Option<Next>, StoreFault> {
    if db.prepare_cached("SELECT 1 FROM delivery WHERE lane = ?1 AND state = 'leased'")?.exists([lane])? {
        return Ok(None);
    }
    if let Some((_, head)) = first(db, lane, true)? {
        return Ok(Some(head));
    }
    let mut held = db.prepare_cached(
        "SELECT min(place), max(ahead) FROM delivery WHERE lane = ?1 AND state = 'dead' AND holds = 1",
    )?;
    let (held, held_by_ahead): (Option<i64>, Option<bool>) =
        held.query_row([lane], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if held_by_ahead == Some(true) {
        return Ok(None);
    }
    Ok(first(db, lane, false)?.filter(|(place, _)| held.is_none_or(|held| *place < held)).map(|(_, head)| head))
}

/// The first of a lane that has not left, of those that go ahead or of the others.
fn first(db: &Connection, lane: &[u8], ahead: bool) -> Result<Option<(i64, Next)>, StoreFault> {
    let mut earliest = None;
    for state in ["ready", "waiting"] {
        let mut held = db.prepare_cached(&format!(
            "SELECT place, number, target, next_at FROM delivery WHERE lane = ?1 AND state = '{state}' AND ahead = ?2 \
             ORDER BY place LIMIT 1"
        ))?;
        let held: Option<(i64, Next)> = held
            .query_row(params![lane, ahead], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))
            .optional()?;
        earliest = match (earliest, held) {
            (Some((place, next)), Some((other, _))) if place < other => Some((place, next)),
            (earliest, None) => earliest,
            (_, held) => held,
        };
    }
    Ok(earliest)
}

/// Leases heads of lanes: for each target the oldest that are due, and then one of each target in turn.
pub(super) fn lease(writing: &mut Writing<'_>, order: &LeaseOrder) -> Result<DeliveryLeases, StoreFault> {
    let mut by_target = Vec::with_capacity(order.targets.len());
    for target in &order.targets {
        agree_about_the_dead(writing, target)?;
        by_target.push(lease_for(writing, target, order.now)?.into_iter());
    }
    let mut leases = DeliveryLeases::default();
    loop {
        let before = leases.leased.len() + leases.stale.len();
        for turn in &mut by_target {
            match turn.next() {
                Some((delivery, true)) => leases.leased.push(delivery),
                Some((delivery, false)) => leases.stale.push(delivery),
                None => {}
            }
        }
        if leases.leased.len() + leases.stale.len() == before {
            return Ok(leases);
        }
    }
}

/// Whether a dead delivery holds its lane is what the order says now, not what it said when it died.
fn agree_about_the_dead(writing: &Writing<'_>, target: &TargetOrder) -> Result<(), StoreFault> {
    let mut differ = writing
        .db
        .prepare_cached("SELECT DISTINCT lane FROM delivery WHERE target = ?1 AND state = 'dead' AND holds = ?2")?;
    let lanes: Vec<Vec<u8>> =
        differ.query_map(params![target.target, !target.dead_holds], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if lanes.is_empty() {
        return Ok(());
    }
    let mut agree = writing.db.prepare_cached(
        "UPDATE delivery SET holds = ?2, version = version + 1 WHERE target = ?1 AND state = 'dead' AND holds <> ?2",
    )?;
    agree.execute(params![target.target, target.dead_holds])?;
    lanes.iter().try_for_each(|lane| refresh(writing.db, lane))
}

/// Leases for one target; with each, whether it may be sent.
fn lease_for(
    writing: &mut Writing<'_>,
    target: &TargetOrder,
    now: Micros,
) -> Result<Vec<(Delivery, bool)>, StoreFault> {
    let mut due = writing.db.prepare_cached(NEXT_TO_LEAVE)?;
    let heads: Vec<(i64, Vec<u8>)> = due
        .query_map(params![target.target, now, target.most], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    drop(due);
    let mut leased = Vec::with_capacity(heads.len());
    for (number, lane) in heads {
        let good = is_as_planned(writing, number, target)?;
        // A delivery that cannot be opened is set aside, so that it does not stand in the way of all others.
        match deliveries::lease(writing, number, target, good) {
            Ok(delivery) => leased.push((delivery, good)),
            Err(StoreFault::Corrupt(_)) => deliveries::set_aside(writing, number, target, now)?,
            Err(fault) => return Err(fault),
        }
        refresh(writing.db, &lane)?;
    }
    Ok(leased)
}

/// Whether view, terms and every child's epoch are those that it was made under.
fn is_as_planned(writing: &Writing<'_>, number: i64, target: &TargetOrder) -> Result<bool, StoreFault> {
    let mut same = writing.db.prepare_cached(
        "SELECT 1 FROM delivery d WHERE d.number = ?1 AND d.view = ?2 AND d.terms = ?3 AND NOT EXISTS ( \
         SELECT 1 FROM delivery_subject p LEFT JOIN subject s ON s.id = p.subject \
         WHERE p.delivery = d.number AND s.epoch IS NOT p.epoch)",
    )?;
    Ok(same.exists(params![number, target.view, target.terms])?)
}
