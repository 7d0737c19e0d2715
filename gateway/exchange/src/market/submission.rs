//! What becomes of a vacancy that an agency says again: put, confirmed, left as it was, or refused.
//!
//! Format: what is held and what is said go in, what is to be held comes out with the rule it broke, if any
//! (ifa-formats, sections 2.3, 3 and 4.1). A date alone is no check: what was only dated anew keeps its old date.
//! Operations: [`submit`] for a row, [`withdrawn_by_absence`] for a file that says it is everything.

use std::collections::HashSet;

use schemas::{
    code::VacancyStatus,
    date::DateTime,
    diagnostic::{Rule, Severity},
    record::{Statement, Vacancy, VacancyMore},
    reflect::Number,
    said::Said,
};

use super::vacancy::{Actor, Freshness, may_become};

/// A row that does not say when it was true.
pub static AS_AT_MISSING: Rule = Rule {
    code: "ifa/as-at-missing",
    severity: Severity::Error,
    message: "Neither the row nor the file says when this was true",
    help: "Fill in As at with the day on which you checked this row.",
    source: "IFA formats, section 11",
};

/// A row that was true later than it came.
pub static AS_AT_FUTURE: Rule = Rule {
    code: "ifa/as-at-future",
    severity: Severity::Error,
    message: "As at is later than the moment at which this came",
    help: "Fill in As at with the day on which you checked this row, today at the latest.",
    source: "IFA formats, section 2.3",
};

/// A new date, and nothing else new.
pub static DATE_ONLY: Rule = Rule {
    code: "ifa/date-only",
    severity: Severity::Warning,
    message: "Only the date of this row is new: it is not taken as checked",
    help: "If you checked this home and nothing changed, choose \"no change\" in this row.",
    source: "IFA formats, section 2.3",
};

/// A confirmation of what nobody said.
pub static NO_CHANGE_UNKNOWN: Rule = Rule {
    code: "ifa/no-change-unknown",
    severity: Severity::Error,
    message: "\"No change\" of a vacancy that was never sent",
    help: "Check your reference and the URN; a new home needs the whole row once.",
    source: "IFA formats, section 2.3",
};

/// A confirmation that says something else.
pub static NO_CHANGE_BUT_CHANGED: Rule = Rule {
    code: "ifa/no-change-but-changed",
    severity: Severity::Warning,
    message: "The row says \"no change\", and a cell of it differs from what is held: what is held stays",
    help: "If something changed, choose \"changed\" and send the whole row.",
    source: "IFA formats, section 2.3",
};

/// Something older than what is held.
pub static VERSION_OLDER: Rule = Rule {
    code: "ifa/version-older",
    severity: Severity::Warning,
    message: "A newer version of this vacancy is held: this one is ignored",
    help: "Read the vacancy, and send your change with its version.",
    source: "IFA formats, section 3",
};

/// A state that cannot follow.
pub static TRANSITION: Rule = Rule {
    code: "ifa/transition",
    severity: Severity::Error,
    message: "A vacancy in its present state cannot become this: what is held stays",
    help: "Filled, withdrawn and expired vacancies are offered anew as open, with a later As at than the one held: with \
           the time, where it is the same day.",
    source: "IFA formats, section 4.1",
};

/// Something checked too long ago to be searched.
pub static STALE: Rule = Rule {
    code: "ifa/stale",
    severity: Severity::Warning,
    message: "This was checked too long ago to be searched",
    help: "Check the row again, and send it with a new As at.",
    source: "IFA formats, section 4.1",
};

/// Something too old to be held open.
pub static EXPIRED_ON_ARRIVAL: Rule = Rule {
    code: "ifa/expired-on-arrival",
    severity: Severity::Warning,
    message: "This was checked so long ago that it is expired",
    help: "Check the row again, and send it with a new As at.",
    source: "IFA formats, section 4.1",
};

/// Too much would be withdrawn at once.
pub static REPLACE_TOO_LARGE: Rule = Rule {
    code: "ifa/replace-too-large",
    severity: Severity::Error,
    message: "More than half of the agency's open vacancies are not in this file: none is withdrawn",
    help: "If the file is everything you have, confirm it; if it is not, send it as changes only.",
    source: "IFA formats, section 2.3",
};

/// Every rule of this file.
pub static RULES: &[&Rule] = &[
    &AS_AT_MISSING,
    &AS_AT_FUTURE,
    &DATE_ONLY,
    &NO_CHANGE_UNKNOWN,
    &NO_CHANGE_BUT_CHANGED,
    &VERSION_OLDER,
    &TRANSITION,
    &STALE,
    &EXPIRED_ON_ARRIVAL,
    &REPLACE_TOO_LARGE,
];

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It says something else than before.
    Updated,
    /// It says what was held, and somebody checked it.
    Confirmed,
    /// It says what was held.
    Unchanged,
}

impl Outcome {
    /// The word of the interface.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated | Self::Confirmed => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What is to be held, and what is to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    /// What became of the row.
    pub outcome: Outcome,
    /// What is to be held from now on.
    pub vacancy: Vacancy,
    /// What is told beside it.
    pub told: Vec<&'static Rule>,
}

/// Takes what an agency says of a vacancy into account; `held` is what is held of it.
///
/// # Errors
/// The rule that the row broke: what is held stays.
pub fn submit(
    held: Option<&Vacancy>,
    said: &Vacancy,
    received: DateTime,
    freshness: Freshness,
) -> Result<Submitted, &'static Rule> {
    let Said::Is(as_at) = said.as_at else { return Err(&AS_AT_MISSING) };
    if as_at > received {
        return Err(&AS_AT_FUTURE);
    }
    if is_confirmation(said) {
        return confirm(held.ok_or(&NO_CHANGE_UNKNOWN)?, said, as_at);
    }
    let Said::Is(status) = said.status else { return Err(&TRANSITION) };
    let before = held.and_then(|held| held.status.is());
    if !may_become(before, status, Actor::Agency)
        || is_over(before) && status == VacancyStatus::Open && !is_later(held, as_at)
    {
        return Err(&TRANSITION);
    }
    let mut told = age_rules(said, as_at, received, freshness);
    let Some(held) = held else {
        return Ok(Submitted { outcome: Outcome::Created, vacancy: versioned(said, 1), told });
    };
    if let (Some(before), Some(now)) = (version(held), version(said))
        && now < before
    {
        return Ok(Submitted { outcome: Outcome::Unchanged, vacancy: held.clone(), told: vec![&VERSION_OLDER] });
    }
    if same_content(held, said) {
        // Filled down, or taken from the sheet's cell: nobody checked it. Who sent it again told nothing new.
        told.clear();
        if is_later(Some(held), as_at) {
            told.push(&DATE_ONLY);
        }
        return Ok(Submitted { outcome: Outcome::Unchanged, vacancy: held.clone(), told });
    }
    let next = version(held).unwrap_or(0).saturating_add(1).max(version(said).unwrap_or(0));
    Ok(Submitted { outcome: Outcome::Updated, vacancy: versioned(said, next), told })
}

/// Whether a vacancy is over: offered again only by somebody who has looked at it since, so that an old file that comes
/// once more opens nothing.
fn is_over(status: Option<VacancyStatus>) -> bool {
    use VacancyStatus::{Expired, Filled, Withdrawn};
    matches!(status, Some(Expired | Filled | Withdrawn))
}

/// Whether something was true later than what is held.
fn is_later(held: Option<&Vacancy>, as_at: DateTime) -> bool {
    held.and_then(|held| held.as_at.is()).is_none_or(|before| as_at > before)
}

/// Says again that what is held is right, at that moment.
fn confirm(held: &Vacancy, said: &Vacancy, as_at: DateTime) -> Result<Submitted, &'static Rule> {
    if is_over(held.status.is()) {
        return Err(&TRANSITION);
    }
    let told = if contradicts(held, said) { vec![&NO_CHANGE_BUT_CHANGED] } else { Vec::new() };
    if !is_later(Some(held), as_at) {
        return Ok(Submitted { outcome: Outcome::Unchanged, vacancy: held.clone(), told });
    }
    let mut vacancy = held.clone();
    vacancy.as_at = Said::Is(as_at);
    if let Some(said) = &said.more
        && said.confirmed_by.has_value()
    {
        vacancy.more.get_or_insert_default().confirmed_by = said.confirmed_by;
    }
    Ok(Submitted { outcome: Outcome::Confirmed, vacancy, told })
}

/// Whether it says only that what is held is right: it has no state.
#[must_use]
pub fn is_confirmation(said: &Vacancy) -> bool {
    !said.status.has_value()
}

fn age_rules(said: &Vacancy, as_at: DateTime, received: DateTime, freshness: Freshness) -> Vec<&'static Rule> {
    let (as_at, Some(today)) = (as_at.date(), received.date()) else { return Vec::new() };
    let until = said.more.as_ref().and_then(|more| more.available.as_ref().is()?.until.is());
    if said.status != Said::Is(VacancyStatus::Open) {
        Vec::new()
    } else if freshness.is_expired(as_at, until, today) {
        vec![&EXPIRED_ON_ARRIVAL]
    } else if freshness.is_stale(as_at, today) {
        vec![&STALE]
    } else {
        Vec::new()
    }
}

fn version(vacancy: &Vacancy) -> Option<u16> {
    vacancy.more.as_ref()?.version.is().map(Number::get)
}

fn versioned(said: &Vacancy, version: u16) -> Vacancy {
    let mut vacancy = said.clone();
    // The largest that is kept; one version a week would take two lives of a child to reach it.
    let version = Number::new(version).or(Number::new(9_999)).map_or(Said::NotAsked, Said::Is);
    vacancy.more.get_or_insert_default().version = version;
    vacancy
}

/// Whether both say the same but for when it was true, by whom it was checked, and which version it is.
fn same_content(held: &Vacancy, said: &Vacancy) -> bool {
    let bare = |vacancy: &Vacancy| {
        let mut vacancy = vacancy.clone();
        vacancy.as_at = Said::NotAsked;
        let more = vacancy.more.get_or_insert_default();
        (more.version, more.confirmed_by) = (Said::NotAsked, Said::NotAsked);
        if **more == VacancyMore::default() {
            vacancy.more = None;
        }
        vacancy
    };
    bare(held) == bare(said)
}

/// Whether a confirmation says something that differs from what is held, field by field.
fn contradicts(held: &Vacancy, said: &Vacancy) -> bool {
    let (held, said) = (Statement::from(held.clone()), Statement::from(said.clone()));
    let beside = ["as_at", "version", "confirmed_by", "status"];
    let fields = said.statement_type().fields.iter().filter(|field| !beside.contains(&field.name));
    fields
        .into_iter()
        .any(|field| matches!(field.get(&said), Said::Is(value) if Said::Is(value.clone()) != field.get(&held)))
}

/// Which of an agency's vacancies a file withdraws that says it is everything the agency has: those that are live and
/// not named in it. `lost` are the references of rows that were lost to errors, `None` where one could not be read.
///
/// # Errors
/// [`REPLACE_TOO_LARGE`] when more than half of what is live would go and nobody confirmed it.
pub fn withdrawn_by_absence<'h>(
    held: impl IntoIterator<Item = &'h Vacancy>,
    named: &HashSet<&str>,
    lost: &[Option<&str>],
    is_confirmed: bool,
) -> Result<Vec<&'h Vacancy>, &'static Rule> {
    use VacancyStatus::{Filled, Open, Reserved};
    if lost.contains(&None) {
        return Ok(Vec::new());
    }
    let live: Vec<&Vacancy> =
        held.into_iter().filter(|vacancy| matches!(vacancy.status, Said::Is(Open | Reserved | Filled))).collect();
    let is_absent = |vacancy: &&&Vacancy| {
        let Said::Is(reference) = &vacancy.vacancy_id else { return false };
        !named.contains(&**reference) && !lost.contains(&Some(&**reference))
    };
    let absent: Vec<&Vacancy> = live.iter().filter(is_absent).copied().collect();
    if absent.len() * 2 > live.len() && !is_confirmed { Err(&REPLACE_TOO_LARGE) } else { Ok(absent) }
}
