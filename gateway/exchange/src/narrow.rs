//! A view made narrower: what is taken away from another, never added (views, section 6).

use kit::nearest::nearest;
use schemas::record::STATEMENTS;

use crate::{
    children::Children,
    precision::Precision,
    view::{View, cells},
};

/// What is taken away from a view. Fields are named `Statement.field`; identifiers `Identifier.NhsNumber`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// A name of its own; without one it keeps that of its base.
    pub name: Option<Box<str>>,
    /// What is withheld: a field, or a whole statement as `Statement` or `Statement.*`.
    pub withhold: Vec<Box<str>>,
    /// Fields that are let out less precisely.
    pub reduce: Vec<(Box<str>, Precision)>,
    /// The only fields that are still let out, with the basis in law for the choice.
    pub allow: Option<Vec<Box<str>>>,
    /// The ground in law, for the audit line; `allow` needs one.
    pub basis: Option<Box<str>>,
    /// Which children, fewer than before.
    pub children: Children,
    /// Groups smaller than this are told with less; only a larger number than before counts.
    pub group_children_min: u32,
}

/// Why a view cannot be made narrower in this way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which of the changes.
    pub change: Change,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// A change by its list and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of [`Changes::withhold`].
    Withhold(usize),
    /// Of [`Changes::reduce`].
    Reduce(usize),
    /// Of [`Changes::allow`].
    Allow(usize),
    /// [`Changes::basis`].
    Basis,
}

/// What is wrong with a change. Names and words are ours, never what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It asks for more than the base lets out: `view-widens`.
    Widens {
        /// How precisely the base lets the field out.
        base: Precision,
    },
    /// There is no such field: `view-no-such-field`.
    NoSuchField {
        /// The name that was probably meant.
        nearest: Option<String>,
    },
    /// The precision does not fit the field: `view-chain`.
    Chain {
        /// The words that fit.
        fitting: Vec<&'static str>,
    },
    /// A list of what is allowed has no ground in law.
    NoBasis,
}

impl View {
    /// The base with changes: field by field the meet of what it lets out and what they leave.
    ///
    /// # Errors
    /// Every change that names no field, does not fit it, or asks for more than the base. Were the check wrong, the
    /// view would still let out no more than its base.
    pub fn narrow(base: &Self, changes: Changes) -> Result<Self, Vec<Fault>> {
        let faults = faults_of(base, &changes);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut frame = base.frame();
        frame.name = changes.name.unwrap_or(frame.name);
        frame.children = frame.children.meet(&changes.children);
        frame.group_children_min = frame.group_children_min.max(changes.group_children_min);
        frame.basis = changes.basis.or(frame.basis);
        let (withhold, reduce, allow) = (changes.withhold, changes.reduce, changes.allow);
        Ok(Self::compile(frame, |statement, field| {
            let is_named = |name: &str| names_field(name, statement, field);
            if withhold.iter().any(|name| names_all_of(name, statement) || is_named(name)) {
                return Precision::Withheld;
            }
            if allow.as_ref().is_some_and(|allow| !allow.iter().any(|name| is_named(name))) {
                return Precision::Withheld;
            }
            let asked = reduce.iter().filter(|(name, _)| is_named(name)).map(|(_, precision)| *precision);
            asked.fold(base.precision(statement, field), Precision::meet)
        }))
    }

    /// The same view for fewer children: those whom a filter takes in as well.
    #[must_use]
    pub fn of_children(&self, children: &Children) -> Self {
        let mut frame = self.frame();
        frame.children = frame.children.meet(children);
        Self::compile(frame, |statement, field| self.precision(statement, field))
    }

    /// What both let out, of the children whom both carry, under the rules of both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        let (mut frame, others) = (self.frame(), other.frame());
        if frame.name != others.name {
            frame.name = format!("{}+{}", frame.name, others.name).into();
        }
        frame.audiences = frame.audiences.and(others.audiences);
        frame.children = frame.children.meet(&others.children);
        frame.group_children_min = frame.group_children_min.max(others.group_children_min);
        frame.leaves_out_restricted |= others.leaves_out_restricted;
        frame.basis = match (frame.basis, others.basis) {
            (Some(own), Some(other)) if own != other => Some(format!("{own}; {other}").into()),
            (own, other) => own.or(other),
        };
        Self::compile(frame, |statement, field| {
            self.precision(statement, field).meet(other.precision(statement, field))
        })
    }
}

fn faults_of(base: &View, changes: &Changes) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |change, wrong| faults.push(Fault { change, wrong });
    for (n, name) in changes.withhold.iter().enumerate() {
        if !cells().any(|(statement, field)| names_all_of(name, statement) || names_field(name, statement, field)) {
            fault(Change::Withhold(n), no_such_field(name));
        }
    }
    for (n, (name, precision)) in changes.reduce.iter().enumerate() {
        match cell(name) {
            None => fault(Change::Reduce(n), no_such_field(name)),
            Some((statement, field)) => {
                let (fitting, base) = (fitting(statement, field), base.precision(statement, field));
                if !fitting.contains(precision) {
                    let fitting = fitting.into_iter().map(Precision::word).collect();
                    fault(Change::Reduce(n), Wrong::Chain { fitting });
                } else if !precision.is_within(base) {
                    fault(Change::Reduce(n), Wrong::Widens { base });
                }
            }
        }
    }
    for (n, name) in changes.allow.iter().flatten().enumerate() {
        match cell(name) {
            None => fault(Change::Allow(n), no_such_field(name)),
            Some((statement, field)) if base.precision(statement, field) == Precision::Withheld => {
                fault(Change::Allow(n), Wrong::Widens { base: Precision::Withheld });
            }
            Some(_) => {}
        }
    }
    if changes.allow.is_some() && changes.basis.as_ref().is_none_or(|basis| basis.trim().is_empty()) {
        fault(Change::Basis, Wrong::NoBasis);
    }
    faults
}

/// The field of that name.
fn cell(name: &str) -> Option<(&'static str, &'static str)> {
    cells().find(|(statement, field)| names_field(name, statement, field))
}

fn names_field(name: &str, statement: &str, field: &str) -> bool {
    name.split_once('.') == Some((statement, field))
}

fn names_all_of(name: &str, statement: &str) -> bool {
    name.strip_suffix(".*").unwrap_or(name) == statement
}

fn no_such_field(name: &str) -> Wrong {
    let mut known: Vec<String> = cells().map(|(statement, field)| format!("{statement}.{field}")).collect();
    known.extend(STATEMENTS.iter().map(|of| of.name.to_owned()));
    Wrong::NoSuchField { nearest: nearest(name, known.iter().map(String::as_str)).map(str::to_owned) }
}

/// The precisions by which something can be let out of a field, but for the whole of it. What a record hangs on is let
/// out whole or not at all.
fn fitting(statement: &str, field: &str) -> Vec<Precision> {
    let field = STATEMENTS.iter().find(|of| of.name == statement).and_then(|of| of.field(field));
    let reduced = Precision::WORDS.into_iter().map(|(precision, _)| precision);
    reduced
        .filter(|precision| match field {
            Some(field) => *precision != Precision::Withheld && precision.for_field(field) == *precision,
            None => *precision == Precision::Full,
        })
        .collect()
}
