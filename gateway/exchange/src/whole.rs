//! Whole files: what of a child stands in a file that says all of everybody, and when such a file may not wait.
//!
//! A recipient of whole files acts on the file: who is not in it is gone. So nothing is taken back within one, and what
//! must not be known any longer is told by another file, in which it is not.

use std::sync::Arc;

use kit::{adapter::Protection, report::Findings};
use schemas::record::{Record, Subject};

use crate::{
    carried::LeftOut,
    farewell,
    passage::{ChildHeld, Destination, Passage, Through, passage},
    planned::{PlanKey, Planned},
};

/// What of a child stands in a whole file.
pub struct Standing {
    /// Whom it is about, with the identifiers that are let out.
    pub subject: Arc<Subject>,
    /// What is said of it and was not taken back.
    pub records: Vec<Record>,
    /// What protects the child, whatever is let out of it.
    pub protection: Protection,
    /// What was withheld by an override, counted.
    pub findings: Findings,
    /// What the recipient has been told of it once the file is delivered.
    pub told: Planned,
}

/// What of a child stands in a whole file.
///
/// # Errors
/// Why it is left out.
pub fn standing(child: &ChildHeld<'_>, to: &Destination<'_>, key: &PlanKey) -> Result<Standing, LeftOut> {
    let mut through = match passage(child, to) {
        Passage::Through(through) => through,
        Passage::LeftOut(reason) => return Err(reason),
    };
    through.records.retain(|record| !record.source.retracts);
    let told = Planned::whole(&through.subject, &through.records, key);
    let Through { subject, records, protection, findings, .. } = through;
    Ok(Standing { subject, records, protection, findings, told })
}

/// What stands for so many days in a whole file of a child who was in the one before and is left out for this reason:
/// that care has ended and when, where the format tells that (epep, section 3).
#[must_use]
pub fn lately_left(
    child: &ChildHeld<'_>,
    to: &Destination<'_>,
    key: &PlanKey,
    reason: LeftOut,
    days_max: i32,
) -> Option<Standing> {
    if !matches!(reason, LeftOut::NotLookedAfter { .. }) {
        return None;
    }
    let (subject, records) = farewell::lately_left(child, to, key, days_max)?;
    let told = Planned::whole(&subject, &records, key);
    // Of whom has left only that is told.
    let protection = Protection::default();
    Some(Standing { subject, records, protection, findings: Findings::new(0), told })
}

/// Whether a recipient who may have been told these is to get another file before its time, because what protects the
/// child has changed: it would be told otherwise today, or no longer. A child of whom a guard cannot be read is left out
/// of the next file and asks for none: nobody knows yet that anything protects it.
#[must_use]
pub fn is_wanted_at_once(told: &[Planned], child: &ChildHeld<'_>, to: &Destination<'_>, key: &PlanKey) -> bool {
    let mut told = told.iter().filter(|told| !told.is_nothing()).peekable();
    if told.peek().is_none() {
        return false;
    }
    match standing(child, to, key) {
        Ok(standing) => told.any(|told| *told != standing.told),
        Err(reason) => reason != LeftOut::GuardUnreadable,
    }
}
