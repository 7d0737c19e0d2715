//! Whole files: deliveries that say all that a target may have, put together over several commits, one a run.

use crate::{Micros, audit::AuditEntry, delivery::DeliverySubject, delivery::Target};

/// The next lot of a whole file.
#[derive(Clone, Debug, Default)]
pub struct WholeLot {
    /// What follows of its body: encrypted.
    pub body: Vec<u8>,
    /// The children who are in it.
    pub subjects: Vec<DeliverySubject>,
    /// What is disclosed of them: written when it is first leased, before the first byte leaves.
    pub disclosure: Vec<AuditEntry>,
}

/// When whole files are made for a target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Run {
    /// Which.
    pub target: Target,
    /// When the last was made; before the first, since when the target is known.
    pub made: Micros,
    /// How often one was asked for that does not wait for its time.
    pub asked: u64,
    /// How many of these askings have their answer.
    pub answered: u64,
}

impl Run {
    /// Whether one is wanted that does not wait for its time.
    #[must_use]
    pub fn is_asked_for(&self) -> bool {
        self.asked > self.answered
    }
}

/// A change of when whole files are made.
#[derive(Clone, Debug)]
pub enum RunChange {
    /// The target is known from this time on; nothing where it was known before.
    Known(Target, Micros),
    /// One is wanted that does not wait for its time.
    Asked(Target, Micros),
    /// One was made at this time, or given up; who asked since is still to be answered.
    Made {
        /// For whom.
        target: Target,
        /// When.
        at: Micros,
        /// How many askings it answers: [`Run::asked`] when its making began.
        answered: u64,
    },
}
