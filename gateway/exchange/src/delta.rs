//! What of a child a recipient has not been told: only what changed for this recipient goes out.
//!
//! What changed is found after projection, so that a change in a field that is withheld sends nothing. A statement that
//! is told no more goes out once as taken back, rebuilt from what the holdings still keep of it: a plan holds no value.

use std::{collections::BTreeMap, sync::Arc};

use schemas::record::{Record, Source};

use crate::{
    passage::Through,
    planned::{Hash, PlanKey, Planned, Told},
};

/// Whom everything is about: it goes with whatever goes.
const WHOM: &str = "Person";

/// Where the child lives is written with whom everything is about: it goes along.
const WHERE: &str = "Address";

/// What restricts the child is said on everything else: when it changes, everything goes.
pub(crate) const RESTRICTS: &str = "Restriction";

/// What goes to a recipient who was told something before.
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    /// Which of what passes has to be sent, by their places.
    pub send: Vec<usize>,
    /// What was told before under a name that changed, as it was: an encoder writes of it what no longer stands.
    pub take_back: Vec<Record>,
    /// What was told, stands no more, and cannot be taken back because nothing is known of it any longer.
    pub forgotten: Vec<Told>,
    /// What the recipient has been told once this is delivered.
    pub planned: Planned,
    changed: bool,
}

impl Delta {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.changed
    }

    /// The records to write: what is sent in its order, then what is taken back.
    #[must_use]
    pub fn records(&self, through: &Through) -> Vec<Record> {
        let sent = self.send.iter().filter_map(|n| through.records.get(*n));
        sent.chain(&self.take_back).cloned().collect()
    }
}

/// What changes together: all statements of the types that a format joins, or those of one natural key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Together,
    Named(&'static str, Hash),
}

impl Unit {
    fn of(told: &Told, together: &[&str]) -> Self {
        if together.contains(&told.statement) { Self::Together } else { Self::Named(told.statement, told.key) }
    }
}

/// What has to be sent so that a recipient who was told `before` knows what passes now. `together` is the format's.
#[must_use]
pub fn compare(before: &Planned, now: &Through, together: &[&str], key: &PlanKey) -> Delta {
    let planned = Planned::of(&now.subject, &now.records, key);
    let (was, is) = (units(before, together), units(&planned, together));
    let has_changed = |unit: &Unit| was.get(unit) != is.get(unit);
    let everything = !planned.is_about_the_same(before)
        || was.keys().chain(is.keys()).any(|unit| matches!(unit, Unit::Named(RESTRICTS, _)) && has_changed(unit));
    let changed = everything || was != is;
    let goes = |told: &Told| {
        everything || [WHOM, WHERE, RESTRICTS].contains(&told.statement) || has_changed(&Unit::of(told, together))
    };
    let send = planned.told().iter().enumerate().filter(|(_, told)| changed && goes(told)).map(|(n, _)| n).collect();
    let gone = before.told().iter().filter(|told| has_changed(&Unit::of(told, together)));
    let (take_back, mut forgotten) = take_back(gone, now, key);
    forgotten.retain(|told| !planned.told().iter().any(|stands| stands.names_the_same(told)));
    Delta { send, take_back, forgotten, planned, changed }
}

/// What was told, as it was, taken back; and what of it nothing is known of any longer. What restricts the child is
/// never among it: a restriction that was lifted would be read as one that holds.
pub(crate) fn take_back<'t>(
    told: impl Iterator<Item = &'t Told>,
    now: &Through,
    key: &PlanKey,
) -> (Vec<Record>, Vec<Told>) {
    let known: Vec<(Told, &Record)> =
        now.records.iter().chain(&now.former).map(|record| (Told::of(&record.statement, key), record)).collect();
    let (mut taken_back, mut forgotten) = (Vec::new(), Vec::new());
    for told in told.filter(|told| told.statement != RESTRICTS) {
        let as_it_was = known.iter().find(|(known, _)| known == told);
        // What was told under another version, or let out less of today, still has its name.
        match as_it_was.or_else(|| known.iter().rfind(|(known, _)| known.names_the_same(told))) {
            Some((_, record)) => taken_back.push(Record {
                subject: Arc::clone(&now.subject),
                statement: record.statement.clone(),
                source: Source { retracts: true, ..record.source.clone() },
            }),
            None => forgotten.push(*told),
        }
    }
    (taken_back, forgotten)
}

fn units<'p>(planned: &'p Planned, together: &[&str]) -> BTreeMap<Unit, Vec<&'p Told>> {
    let mut units: BTreeMap<Unit, Vec<&Told>> = BTreeMap::new();
    for told in planned.told() {
        units.entry(Unit::of(told, together)).or_default().push(told);
    }
    units
}
