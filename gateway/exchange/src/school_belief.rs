//! Whether a school believes the same of a child as the authority holds: that it is in care, or that it is not.
//!
//! A school's word is a belief and never an episode (record, section 7). Where it differs somebody is wrong, and a child
//! is without what it is owed, or is called in care who is not: a person is told, and nothing is changed.

use kit::adapter::Dossier;
use schemas::{
    date::Date,
    diagnostic::{Rule, Severity},
    identifier::LaCode,
    record::{Enrolment, Record, Statement},
    said::Said,
};

use crate::{children::open_episodes, precision::Precision, view::View};

/// A school has a child as in care of whom no open episode is held.
pub static NOT_HELD_IN_CARE: Rule = Rule {
    code: "record/not-held-in-care",
    severity: Severity::Warning,
    message: "The school has this child as in care, and no open episode of care is held",
    help: "Ask the authority: the school may not know that care has ended, or the return may lack the child. Nothing was \
           changed.",
    source: "Homeward, a school's belief beside the authority's episodes",
};

/// A school has a child as not in care of whom an open episode is held.
pub static HELD_IN_CARE: Rule = Rule {
    code: "record/held-in-care",
    severity: Severity::Warning,
    message: "The school has this child as not in care, and an open episode of care is held",
    help: "Tell the designated teacher: the child may be without its education plan and pupil premium plus. Nothing was \
           changed.",
    source: "Homeward, a school's belief beside the authority's episodes",
};

/// How a school's word on a child differs from what is held of the child by all sources; `None` where it does not, or
/// where the school names another authority than the one that is responsible here.
#[must_use]
pub fn differs(place: &Enrolment, held: &Dossier, as_at: Option<Date>) -> Option<&'static Rule> {
    let Said::Is(believed) = place.more.as_ref()?.told_looked_after else { return None };
    let names_another = |other: LaCode| {
        held.subject.as_ref().and_then(|subject| subject.authority).is_some_and(|authority| authority != other)
    };
    if believed && place.more.as_ref().and_then(|more| more.care_authority.is()).is_some_and(names_another) {
        return None;
    }
    match (believed, open_episodes(held, as_at).next().is_some()) {
        (true, false) => Some(&NOT_HELD_IN_CARE),
        (false, true) => Some(&HELD_IN_CARE),
        _ => None,
    }
}

/// The place at a school in which a record says what the school believes; `None` in every other record.
#[must_use]
pub fn belief(record: &Record) -> Option<&Enrolment> {
    match &record.statement {
        Statement::Enrolment(place) => {
            Some(place).filter(|place| place.more.as_ref().is_some_and(|more| more.told_looked_after.has_value()))
        }
        _ => None,
    }
}

/// Whether whoever reads by this view may learn of a difference: it tells whether an episode is held.
#[must_use]
pub fn may_be_told_to(view: &View) -> bool {
    ["start_date", "end_date"].iter().all(|field| view.precision("CareEpisode", field) == Precision::Full)
}
