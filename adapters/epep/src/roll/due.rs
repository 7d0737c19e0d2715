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
/// the day of the roll is overdue and stays. Where the start of care is not let out, as its sender told it.
#[must_use]
pub fn pep_due(records: &[Record], settings: &PepSettings, as_at: Date) -> Option<Date> {
    timeliness::next_due(records, settings, as_at).map(|(due, _)| due).or_else(|| told_due(records))
}

/// The earliest day by which a sender says that a plan is due which is neither complete nor cancelled.
fn told_due(records: &[Record]) -> Option<Date> {
    let open = plans(records).filter(|plan| {
        let over = [PepStatus::Complete, PepStatus::QualityAssured, PepStatus::Cancelled];
        !plan.completed_date.has_value() && !plan.status.is().is_some_and(|status| over.contains(&status))
    });
    open.filter_map(|plan| plan.due_date.is()).min()
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
