//! What is wrong in a resource, and where: the rule, the FHIRPath and the byte.

use schemas::diagnostic::{Diagnostic, PartId, Place, Report, Rule};

use crate::fhir::rules;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The rule.
    pub rule: &'static Rule,
    /// The FHIRPath of the element; it holds names of the standard and places in arrays alone.
    pub path: Box<str>,
    /// Where it stands, in bytes from the front.
    pub at: u32,
}

/// The faults of a resource: so many, and that there are more.
#[derive(Debug)]
pub(crate) struct Faults {
    told: Vec<Fault>,
    faults_max: usize,
}

impl Faults {
    /// None yet, and room for so many.
    pub(crate) fn new(faults_max: u32) -> Self {
        Self { told: Vec::new(), faults_max: faults_max as usize }
    }

    /// One more; false when there are too many.
    pub(crate) fn add(&mut self, rule: &'static Rule, path: impl Into<Box<str>>, at: u32) -> bool {
        let fits = self.told.len() < self.faults_max;
        if self.told.len() <= self.faults_max {
            let rule = if fits { rule } else { &rules::TOO_MANY_FAULTS };
            self.told.push(Fault { rule, path: path.into(), at });
        }
        fits
    }

    /// All, from the front to the back; that there are more comes last.
    pub(crate) fn into_sorted(mut self) -> Vec<Fault> {
        let within = self.told.len().min(self.faults_max);
        self.told[..within].sort_by_key(|fault| fault.at);
        self.told
    }
}

impl Fault {
    /// Tells it of a part whose resource begins at a byte.
    pub(crate) fn tell(self, part: PartId, from: u64, report: &mut dyn Report) {
        report
            .raise(Diagnostic::new(self.rule, Place::Node { part, path: self.path, byte: from + u64::from(self.at) }));
    }
}
