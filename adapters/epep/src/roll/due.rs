//! When a child's next plan is due.

use kit::pep::PepSettings;
use schemas::{
    code::PepStatus,
    date::Date,
    record::{EducationPlan, Record, Statement},
    said::Said,
};

use crate::timeliness;

/// The day by which the next plan is due, by the start of care and the terms that the authority gives. A plan due before
/// the day of the roll is overdue and stays. Where the recipient may not know of plans what counts them, or is told of
/// none, as a sender told it: what a view withholds must not look like a plan that is missing.
#[must_use]
pub fn pep_due(records: &[Record], settings: &PepSettings, as_at: Date) -> Option<Date> {
    let is_whole = plans(records).next().is_some() && plans(records).all(is_told_whole);
    let derived = is_whole.then(|| timeliness::next_due(records, settings, as_at)).flatten();
    derived.map(|(due, _)| due).or_else(|| told_due(records))
}

/// Whether all is told of a plan by which it counts or does not.
fn is_told_whole(plan: &EducationPlan) -> bool {
    let over = matches!(plan.status, Said::Is(PepStatus::Complete | PepStatus::QualityAssured));
    let dated = !over || plan.completed_date.has_value() && plan.meeting_date.has_value();
    plan.status.has_value() && plan.academic_year.has_value() && plan.term.has_value() && dated
}

/// The earliest day by which a plan is told to be due that is said to be under way. Of a plan whose status is not told
/// nobody knows that it is still to come.
fn told_due(records: &[Record]) -> Option<Date> {
    let under_way = |plan: &&EducationPlan| {
        matches!(plan.status, Said::Is(PepStatus::Planned | PepStatus::InProgress | PepStatus::MeetingHeld))
    };
    plans(records).filter(under_way).filter_map(|plan| plan.due_date.is()).min()
}

/// The day on which a plan was complete last.
#[must_use]
pub fn last_completed(records: &[Record]) -> Option<Date> {
    plans(records).filter_map(|plan| plan.completed_date.is()).max()
}

fn plans(records: &[Record]) -> impl Iterator<Item = &EducationPlan> {
    records.iter().filter(|record| !record.source.retracts).filter_map(|record| match &record.statement {
        Statement::EducationPlan(plan) if plan.status != Said::Is(PepStatus::Cancelled) => Some(plan),
        _ => None,
    })
}
