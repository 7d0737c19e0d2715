//! What nobody has said, and whom to ask.

use schemas::record::{Allergy, Condition, HealthCheck, Immunisation, Medication};

use super::{Child, Fact, standing};

const GP: &str = "your GP";
const NURSE: &str = "your nurse for children in care";
const SOCIAL_WORKER: &str = "your social worker";

impl Child<'_> {
    /// What is not known, each with whom to ask.
    pub(super) fn gaps(&self) -> Vec<Fact> {
        let mut gaps = Vec::new();
        let mut ask = |known: bool, what: &str, whom: &str| {
            if !known {
                gaps.push((what.to_owned(), format!("Ask {whom}.")));
            }
        };
        ask(self.doctor().is_some(), "Which GP you are registered with", SOCIAL_WORKER);
        ask(self.nhs_number().is_some(), "Your NHS number", GP);
        ask(standing!(self, Immunisation).any(|_: &Immunisation| true), "Which injections you have had", GP);
        ask(standing!(self, Allergy).any(|_: &Allergy| true), "Whether you have allergies", GP);
        ask(standing!(self, Medication).any(|_: &Medication| true), "Which medicines you take", GP);
        ask(standing!(self, Condition).any(|_: &Condition| true), "Which illnesses you have or had", GP);
        ask(!self.measured().is_empty(), "How tall you are and what you weigh", NURSE);
        ask(!self.teeth_and_eyes().is_empty(), "When a dentist and an optician saw you last", SOCIAL_WORKER);
        ask(standing!(self, HealthCheck).any(|_: &HealthCheck| true), "When your next health check is", NURSE);
        gaps
    }
}
