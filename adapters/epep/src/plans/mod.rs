//! Personal education plans, with their targets, results, and what was said at the meeting (epep, section 2).

pub(crate) mod encode;
mod says;
pub mod tables;
pub mod term;

use std::collections::HashMap;

use schemas::{
    code::{AcademicTerm, PepStatus, SenProvisionKind},
    date::AcademicYear,
    diagnostic::Report,
    record::{Source, Statement},
    said::Said,
};

pub use self::{encode::PlansEncode, says::whose};
use crate::{records::tell_of, rules};

/// Whether provision of this kind is no longer made (CBDS).
#[must_use]
pub fn is_historic(kind: SenProvisionKind) -> bool {
    matches!(kind, SenProvisionKind::Statement | SenProvisionKind::SchoolAction | SenProvisionKind::SchoolActionPlus)
}

/// Tells of two plans of one term that are both live.
pub fn check_together(said: &[(Statement, Source)], report: &mut dyn Report) {
    let mut of_term: HashMap<(AcademicYear, AcademicTerm, u16), &Source> = HashMap::new();
    for (statement, source) in said {
        let Statement::EducationPlan(plan) = statement else { continue };
        let (Said::Is(year), Said::Is(term)) = (plan.academic_year, plan.term) else { continue };
        if plan.status == Said::Is(PepStatus::Cancelled) {
            continue;
        }
        let half = plan.half.is().map_or(0, |half| half.get());
        if let Some(other) = of_term.get(&(year, term, half)) {
            tell_of(&rules::PEP_DUPLICATE, source, [other.place.clone()], report);
        } else {
            of_term.insert((year, term, half), source);
        }
    }
}
