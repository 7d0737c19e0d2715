//! When a child's next plan is due.

use schemas::{
    code::PepStatus,
    date::Date,
    record::{EducationPlan, Record, Statement},
    said::Said,
};

/// The day by which the next plan is due, as its sender told it: that of the earliest plan that is said to be under way.
/// A plan due before the day of the roll is overdue and stays. Of a plan whose status is not told nobody knows that it is
/// still to come.
#[must_use]
pub fn pep_due(records: &[Record]) -> Option<Date> {
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
