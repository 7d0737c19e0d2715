//! What one source says of one child now, and what a new document of that source changes in it.
//!
//! Statements replace each other by type and natural key, and are compared by content: where they were read and in
//! which order makes no difference. A field that a document was not asked for keeps what was said of it before (record,
//! section 3.1). Of one key a document may say several things; then they stand and fall together. What is no longer said
//! is kept aside until every recipient has been told.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use kit::adapter::Dossier;
use schemas::{
    date::Date,
    document::{content_hash, natural_key},
    identifier::Identifier,
    record::{Record, Statement, Subject},
    reflect::Value,
    said::Said,
};

use crate::carried::guard_is_unreadable;

/// What one source says of one child.
#[derive(Clone, Default)]
pub struct Holding {
    /// Whom the source speaks of; `None` until it has said anything.
    pub subject: Option<Arc<Subject>>,
    /// What it says.
    pub records: Vec<Record>,
    /// What it said and no longer says, in the order in which it went.
    pub former: Vec<Record>,
    /// A field that guards the child was lost, and no document of the source has said it readably since.
    pub guard_unreadable: bool,
    /// Two persons have released what could not be read, and nothing unreadable has come since: such a field is passed
    /// over as if it had not been asked (views, section 7.8).
    pub guards_released: bool,
    /// The source has traced the NHS number.
    pub traced: bool,
}

/// What a document says of the child, and whether silence means something in it.
pub struct Incoming<'i> {
    /// What it says.
    pub dossier: Dossier,
    /// What absence means.
    pub cover: Cover<'i>,
    /// What it says it says whole: a field that it was not asked for is not said any more either.
    pub replaces: bool,
    /// A row of this child was rejected: then nothing of the child is missing (configuration, section 5.10).
    pub has_rejected_rows: bool,
}

/// Whether an absent statement means that there is none (record, section 3.3).
#[derive(Clone, Copy, Debug)]
pub enum Cover<'c> {
    /// It means nothing.
    Partial,
    /// It means that there is none.
    Whole {
        /// The types of statement that the document was able to say.
        statements: &'c [&'c str],
        /// The first and the last day that it speaks of; `None` is all time.
        period: Option<(Date, Date)>,
    },
}

/// What came of a merge.
pub struct Merged {
    /// What the source says now.
    pub holding: Holding,
    /// What changed, in the order of what was held and then of what is new.
    pub changes: Vec<Change>,
    /// Identifiers or the authority changed.
    pub subject_changed: bool,
}

impl Merged {
    /// Whether the document said nothing new, about the child's protection neither.
    #[must_use]
    pub fn is_unchanged(&self, before: &Holding) -> bool {
        self.changes.is_empty() && !self.subject_changed && self.holding.flags() == before.flags()
    }
}

/// A change of what is said under one key.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// The type of statement.
    pub statement: &'static str,
    /// Its natural key.
    pub natural_key: Vec<u8>,
    /// What happened to it.
    pub kind: ChangeKind,
}

/// The debug form has no key: keys are made of values.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { statement, kind, .. } = self;
        f.debug_struct("Change").field("statement", statement).field("kind", kind).finish_non_exhaustive()
    }
}

/// What happened to a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not said before.
    Added,
    /// It says something else.
    Changed,
    /// It is said no more.
    Withdrawn,
}

type Key = (&'static str, Vec<u8>);

fn key_of(record: &Record) -> Key {
    (record.statement.statement_type().name, natural_key(&record.statement))
}

/// Takes a document of the same source into what is held of a child.
#[must_use]
pub fn merge(held: Holding, incoming: Incoming<'_>) -> Merged {
    let Incoming { dossier, cover, replaces, has_rejected_rows } = incoming;
    let guard_unreadable = dossier.guard_unreadable || (held.guard_unreadable && !mends_guards(&held, &dossier, cover));
    // Of what cannot be read nobody can say that it is what was released.
    let guards_released = held.guards_released && !guard_is_unreadable(&dossier);
    let subject = dossier.subject.or_else(|| held.subject.clone());
    let subject_changed = subject != held.subject;
    let traced = dossier.traced || (held.traced && nhs_number(&subject) == nhs_number(&held.subject));

    let mut old: BTreeMap<Key, Vec<Record>> = BTreeMap::new();
    let mut old_keys = Vec::new();
    for record in held.records {
        let key = key_of(&record);
        old_keys.push(key.clone());
        old.entry(key).or_default().push(record);
    }
    let mut said: BTreeMap<Key, Vec<Record>> = BTreeMap::new();
    let mut new_keys = Vec::new();
    for record in dossier.records {
        let key = key_of(&record);
        new_keys.push(key.clone());
        if let Some(later) = old.get(&key).filter(|held| was_recorded_before(&record, held)) {
            said.insert(key, later.clone());
            continue;
        }
        let group = said.entry(key).or_default();
        if !record.source.retracts {
            group.push(record);
        }
    }

    let (mut changes, mut records, mut former) = (Vec::new(), Vec::new(), held.former);
    for key in unique(old_keys) {
        let was = old.remove(&key).unwrap_or_default();
        let is = said.remove(&key).map(|is| if replaces { is } else { keeping_what_was_not_asked(is, &was) });
        let is = match is {
            Some(is) if same_content(&was, &is) => {
                records.extend(was);
                continue;
            }
            Some(is) => is,
            None if !has_rejected_rows && was.iter().all(|record| cover.covers(&record.statement)) => Vec::new(),
            None => {
                records.extend(was);
                continue;
            }
        };
        let kind = if is.is_empty() { ChangeKind::Withdrawn } else { ChangeKind::Changed };
        changes.push(Change { statement: key.0, natural_key: key.1, kind });
        former.extend(was);
        records.extend(is);
    }
    for key in unique(new_keys) {
        let Some(is) = said.remove(&key).filter(|is| !is.is_empty()) else { continue };
        changes.push(Change { statement: key.0, natural_key: key.1, kind: ChangeKind::Added });
        records.extend(is);
    }
    settle_former(&mut former, &records);
    if let Some(subject) = &subject {
        records.iter_mut().chain(&mut former).for_each(|record| record.subject = Arc::clone(subject));
    }
    let holding = Holding { subject, records, former, guard_unreadable, guards_released, traced };
    Merged { holding, changes, subject_changed }
}

/// What is said now, with what was said before in the fields that this document was not asked for: a list of numbers
/// takes nobody's birth date back. A mark is another mark as a whole (record, section 3.3).
fn keeping_what_was_not_asked(mut is: Vec<Record>, was: &[Record]) -> Vec<Record> {
    if let ([now], [before]) = (&mut is[..], was)
        && !matches!(now.statement, Statement::AttendanceMark(_))
    {
        for field in now.statement.statement_type().fields {
            if field.get(&now.statement) == Said::NotAsked {
                let before = field.get(&before.statement);
                if before != Said::NotAsked {
                    field.set(&mut now.statement, before);
                }
            }
        }
    }
    is
}

/// Whether what is held was recorded after this, though it came before: of two words on one session, or of one notice of
/// a placement, the one that was written later stands; where either does not say when, the one that came later (epep,
/// section 4.4; ifa-formats, section 6.2).
fn was_recorded_before(record: &Record, held: &[Record]) -> bool {
    let recorded_at = |record: &Record| match &record.statement {
        Statement::AttendanceMark(mark) => mark.recorded_at.is(),
        Statement::PlacementNotice(notice) => notice.as_at.is(),
        Statement::PlacementCost(cost) => cost.as_at.is(),
        _ => None,
    };
    let Some(at) = recorded_at(record) else { return false };
    held.iter().filter_map(recorded_at).any(|later| at < later)
}

impl Holding {
    /// Lets what could not be read hold the child back no longer, until something unreadable comes again.
    pub fn release_guards(&mut self) {
        self.guard_unreadable = false;
        self.guards_released = true;
    }

    /// A record as it is told: without the fields that guard and could not be read, once they are released.
    #[must_use]
    pub fn told(&self, record: &Record) -> Record {
        let mut told = record.clone();
        let of = told.statement.statement_type();
        if self.guards_released && of.guards {
            for field in of.fields.iter().filter(|field| field.guard) {
                if field.is_unreadable(&told.statement) {
                    field.set(&mut told.statement, Said::NotAsked);
                }
            }
        }
        told
    }

    fn flags(&self) -> (bool, bool, bool) {
        (self.guard_unreadable, self.guards_released, self.traced)
    }

    /// Forgets what is no longer said, once every recipient has been told.
    pub fn forget_former(&mut self) {
        self.former.clear();
    }
}

impl Cover<'_> {
    /// Whether the document would have said this, were it still so.
    #[must_use]
    pub fn covers(self, statement: &Statement) -> bool {
        match self {
            Self::Partial => false,
            Self::Whole { statements, period } => {
                statements.contains(&statement.statement_type().name)
                    && period.is_none_or(|period| lies_in(statement, period))
            }
        }
    }
}

/// How many subjects may be missing from a complete document before a person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectsMissingMax {
    /// In percent of the subjects held.
    pub percent: u8,
    /// As a number.
    pub subjects: u64,
}

impl Default for SubjectsMissingMax {
    /// One percent, and five (configuration, section 5.10).
    fn default() -> Self {
        Self { percent: 1, subjects: 5 }
    }
}

/// Whether so many missing subjects of so many held quarantine a document: more than either bound.
#[must_use]
pub fn subjects_missing(missing: u64, held: u64, most: SubjectsMissingMax) -> bool {
    missing > most.subjects || u128::from(missing) * 100 > u128::from(held) * u128::from(most.percent)
}

/// Whether a statement speaks of a period, its first and last day included: a span that touches it, any of its days
/// or its year within it, or no time at all.
fn lies_in(statement: &Statement, (first, last): (Date, Date)) -> bool {
    let of = statement.statement_type();
    if of.key.is_empty() {
        return true;
    }
    let day = |name: &str| match of.field(name)?.get(statement).is()? {
        Value::Date(day) => Some(day),
        _ => None,
    };
    if of.field("end_date").is_some()
        && let Some(start) = day("start_date")
    {
        return start <= last && day("end_date").is_none_or(|end| end >= first);
    }
    let mut days = of.fields.iter().filter_map(|field| match field.get(statement).is()? {
        Value::Date(day) => Some(first <= day && day <= last),
        Value::Year(year) => Some(year.starts() <= last && year.ends() >= first),
        _ => None,
    });
    match days.next() {
        None => true,
        Some(within) => within || days.any(|within| within),
    }
}

/// Whether a document says the guards of a child again. It has to speak of every type that guards and was spoken of:
/// another document of the same sender that is only silent about them mends nothing (record, section 1.11).
fn mends_guards(held: &Holding, dossier: &Dossier, cover: Cover<'_>) -> bool {
    let guarding = |statement: &Statement| {
        let of = statement.statement_type();
        of.guards.then_some(of.name)
    };
    let mut spoken_of: BTreeSet<&str> = dossier.statements().filter_map(guarding).collect();
    let restates = !spoken_of.is_empty();
    if let Cover::Whole { statements, .. } = cover {
        spoken_of.extend(statements);
    }
    restates && held.records.iter().filter_map(|record| guarding(&record.statement)).all(|of| spoken_of.contains(of))
}

fn nhs_number(subject: &Option<Arc<Subject>>) -> Option<Identifier> {
    let identifiers = &subject.as_ref()?.identifiers;
    identifiers.iter().copied().find(|identifier| matches!(identifier, Identifier::Nhs(_)))
}

/// The same things in the same order: of several persons the later one wins, so that their order says something.
fn same_content(left: &[Record], right: &[Record]) -> bool {
    left.iter()
        .map(|record| content_hash(&record.statement))
        .eq(right.iter().map(|record| content_hash(&record.statement)))
}

/// Keys in the order in which they first stand.
fn unique(keys: Vec<Key>) -> Vec<Key> {
    let mut seen = BTreeSet::new();
    keys.into_iter().filter(|key| seen.insert(key.clone())).collect()
}

/// Keeps of what went one record of each content, and none that is said again.
fn settle_former(former: &mut Vec<Record>, records: &[Record]) {
    let mut seen: BTreeSet<[u8; 32]> = records.iter().map(|record| content_hash(&record.statement)).collect();
    former.retain(|record| seen.insert(content_hash(&record.statement)));
}
