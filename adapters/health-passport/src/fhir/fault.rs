//! What is wrong in a resource, and where: the rule, the FHIRPath and the byte.

use schemas::diagnostic::{Diagnostic, PartId, Place, Report, Rule};

use crate::fhir::rules;

/// The most faults of a resource that are told before it is given up.
pub const FAULTS_MAX: usize = 10_000;

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

/// The faults of a resource.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    told: Vec<Fault>,
}

impl Faults {
    /// One more; false when there are too many.
    pub(crate) fn add(&mut self, rule: &'static Rule, path: impl Into<Box<str>>, at: u32) -> bool {
        if self.told.len() < FAULTS_MAX {
            self.told.push(Fault { rule, path: path.into(), at });
        }
        self.told.len() < FAULTS_MAX
    }

    /// All, from the front to the back.
    pub(crate) fn into_sorted(mut self) -> Vec<Fault> {
        self.told.sort_by_key(|fault| fault.at);
        if self.told.len() >= FAULTS_MAX
            && let Some(last) = self.told.last()
        {
            let (path, at) = (last.path.clone(), last.at);
            self.told.push(Fault { rule: &rules::TOO_MANY_FAULTS, path, at });
        }
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
