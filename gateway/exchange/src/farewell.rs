//! What a recipient is still told of a child who no longer goes to it: that care ended and when, or that what it was
//! told is taken back; no reason, no new place (views, sections 2, 7.2 and 7.4).

use std::sync::Arc;

use schemas::{
    record::{CareEpisode, Record, Statement, Subject},
    reflect::{Field, Kind, StatementType},
    said::Said,
};

use crate::{
    carried::LeftOut,
    delta::{RESTRICTS, take_back},
    passage::{ChildHeld, Destination, Through, as_if_carried, care_has_ended},
    planned::{PlanKey, Planned, Told},
};

/// From this age nothing is told again and again without one's own consent (views, section 2).
const ADULT_FROM_AGE: u8 = 18;

/// What is still told.
#[derive(Clone, Debug, PartialEq)]
pub enum Farewell {
    /// Nothing now, and what was told stays known: the child is held back until it is known what protects it.
    Hold,
    /// Nothing, and nothing after it: nothing was told before, or nothing of care.
    Nothing,
    /// Once, and nothing after it: care ended, on these days.
    Closing(Vec<Record>),
    /// Once, and nothing after it: all that was told is taken back, without its content.
    Withdrawal {
        /// What was told, by what names it.
        records: Vec<Record>,
        /// What was told and cannot be taken back, because nothing is known of it any longer.
        forgotten: Vec<Told>,
    },
}

/// What a recipient who was told `before` is still told of a child who is left out.
#[must_use]
pub fn farewell(
    before: &Planned,
    child: &ChildHeld<'_>,
    to: &Destination<'_>,
    reason: LeftOut,
    key: &PlanKey,
) -> Farewell {
    if reason == LeftOut::GuardUnreadable {
        return Farewell::Hold;
    }
    if before.is_nothing() {
        return Farewell::Nothing;
    }
    let Some(through) = as_if_carried(child, to) else { return Farewell::Nothing };
    if matches!(reason, LeftOut::NotLookedAfter { .. }) && care_has_ended(child, to.as_at) {
        let tells_of_care = through.records.iter().any(|record| is_of(record, CareEpisode::TYPE.name));
        // Whoever was told of school alone keeps it: that care ended is for its own source to tell.
        return if tells_of_care { Farewell::Closing(closing(before, &through, key)) } else { Farewell::Nothing };
    }
    let (mut records, forgotten) = take_back(before.told().iter(), &through, key);
    records.iter_mut().for_each(|record| leave_only_the_name(&mut record.statement));
    if reason != LeftOut::Adopted {
        records.extend(through.records.into_iter().filter(|record| is_of(record, RESTRICTS)));
    }
    Farewell::Withdrawal { records, forgotten }
}

/// What is told for some days, in each whole file, of a child whose care has ended: who it is, and when it ended. Nothing
/// of one who is protected, nor of an adult.
pub(crate) fn lately_left(
    child: &ChildHeld<'_>,
    to: &Destination<'_>,
    key: &PlanKey,
    days_max: i32,
) -> Option<(Arc<Subject>, Vec<Record>)> {
    let (through, as_at) = (as_if_carried(child, to)?, to.as_at?);
    if child.shares_place || through.records.iter().any(|record| is_of(record, RESTRICTS)) {
        return None;
    }
    let is_adult = |record: &Record| match &record.statement {
        Statement::Person(person) => {
            matches!(person.birth_date, Said::Is(born) if born.age_on(as_at).is_none_or(|age| age >= ADULT_FROM_AGE))
        }
        _ => false,
    };
    let ends = through.records.iter().filter_map(|record| match &record.statement {
        Statement::CareEpisode(CareEpisode { end_date: Said::Is(end), .. }) => Some(*end),
        _ => None,
    });
    let is_late = ends.max().is_none_or(|end| as_at.days_since(end) > days_max);
    if is_late || !care_has_ended(child, to.as_at) || through.records.iter().any(is_adult) {
        return None;
    }
    let records = closing(&Planned::default(), &through, key);
    Some((through.subject, records))
}

/// Whom it is about, and the days of the episodes; of those that changed their name, that they are no more.
fn closing(before: &Planned, through: &Through, key: &PlanKey) -> Vec<Record> {
    let episodes = before.told().iter().filter(|told| told.statement == CareEpisode::TYPE.name);
    let (taken_back, _) = take_back(episodes, through, key);
    let mut records: Vec<Record> = through.records.iter().chain(&taken_back).cloned().collect();
    records.retain_mut(|record| match &mut record.statement {
        Statement::Person(_) | Statement::Restriction(_) => true,
        Statement::CareEpisode(episode) => {
            *episode = CareEpisode {
                start_date: episode.start_date,
                end_date: episode.end_date,
                period_start: episode.period_start,
                legal_status: episode.legal_status,
                ordinal: episode.ordinal,
                ..CareEpisode::default()
            };
            true
        }
        _ => false,
    });
    records
}

/// Takes from a statement whatever it is not known by: days, keys, and what no record is without stay; an answer that
/// may stand for a thing of its own becomes unknown; all else goes.
fn leave_only_the_name(statement: &mut Statement) {
    let of = statement.statement_type();
    for field in of.fields.iter().filter(|field| !names(of, field)) {
        let has_answer = !matches!(field.get(statement), Said::NotAsked | Said::Blank | Said::Unreadable);
        let stands_alone = matches!(field.kind, Kind::Flag | Kind::Number { .. } | Kind::Code(_));
        field.set(statement, if has_answer && stands_alone { Said::Unknown } else { Said::NotAsked });
    }
}

fn names(of: &StatementType, field: &Field) -> bool {
    // A worker whose number is withheld is known by name.
    let is_name = field.name == "name";
    let is_day_of_key = matches!(field.kind, Kind::Date | Kind::Year) && !of.key.is_empty();
    field.required || is_name || is_day_of_key || of.key.fields().any(|name| name == field.name)
}

fn is_of(record: &Record, name: &str) -> bool {
    record.statement.statement_type().name == name
}
