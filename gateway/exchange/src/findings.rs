//! What was found, counted by rule and kept within bounds; it gives way to `kit::report`, whose names it has.

use std::collections::BTreeMap;

use schemas::diagnostic::{Diagnostic, Report, Rule, Severity};

/// Diagnostics: every one counted, the first so many kept.
pub struct Findings {
    diagnostics_max: usize,
    diagnostics: Vec<Diagnostic>,
    counts: BTreeMap<&'static str, RuleCount>,
}

/// How often a rule was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: &'static Rule,
    /// How often.
    pub count: u64,
}

impl Findings {
    /// Keeps at most so many diagnostics; all are counted.
    #[must_use]
    pub fn new(diagnostics_max: usize) -> Self {
        Self { diagnostics_max, diagnostics: Vec::new(), counts: BTreeMap::new() }
    }

    /// Takes in what another found, after what is here already.
    pub fn absorb(&mut self, other: Self) {
        for count in other.counts.values() {
            self.count(count.rule, count.count);
        }
        let room = self.diagnostics_max.saturating_sub(self.diagnostics.len());
        self.diagnostics.extend(other.diagnostics.into_iter().take(room));
    }

    /// How many errors.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.of(Severity::Error)
    }

    /// How many warnings.
    #[must_use]
    pub fn warnings(&self) -> u64 {
        self.of(Severity::Warning)
    }

    /// How many losses.
    #[must_use]
    pub fn losses(&self) -> u64 {
        self.of(Severity::Loss)
    }

    /// How often each rule was broken, in the order of the rules' codes.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = RuleCount> + '_ {
        self.counts.values().copied()
    }

    /// The first so many.
    pub fn diagnostics(&mut self) -> &[Diagnostic] {
        &self.diagnostics
    }

    fn of(&self, severity: Severity) -> u64 {
        self.counts.values().filter(|count| count.rule.severity == severity).map(|count| count.count).sum()
    }

    fn count(&mut self, rule: &'static Rule, number: u64) {
        self.counts.entry(rule.code).or_insert(RuleCount { rule, count: 0 }).count += number;
    }
}

impl Report for Findings {
    fn raise(&mut self, diagnostic: Diagnostic) {
        self.count(diagnostic.rule, 1);
        if self.diagnostics.len() < self.diagnostics_max {
            self.diagnostics.push(diagnostic);
        }
    }
}
