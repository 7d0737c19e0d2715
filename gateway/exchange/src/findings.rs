//! What was found, counted by rule and kept within bounds; it gives way to `kit::report` once that is there.

use schemas::diagnostic::{Diagnostic, Report, Rule, Severity};

/// Diagnostics: every one counted, the first so many kept.
#[derive(Debug)]
pub struct Findings {
    diagnostics_max: usize,
    diagnostics: Vec<Diagnostic>,
    counts: Vec<(&'static Rule, u64)>,
}

impl Findings {
    /// Keeps at most so many diagnostics; all are counted.
    #[must_use]
    pub fn new(diagnostics_max: usize) -> Self {
        Self { diagnostics_max, diagnostics: Vec::new(), counts: Vec::new() }
    }

    /// Takes in what another found, after what is here already.
    pub fn absorb(&mut self, other: Self) {
        for (rule, count) in other.counts {
            self.count(rule, count);
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

    /// How often each rule was broken.
    #[must_use]
    pub fn counts(&self) -> &[(&'static Rule, u64)] {
        &self.counts
    }

    /// The first so many, in the order in which they were raised.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    fn of(&self, severity: Severity) -> u64 {
        self.counts.iter().filter(|(rule, _)| rule.severity == severity).map(|(_, count)| count).sum()
    }

    fn count(&mut self, rule: &'static Rule, number: u64) {
        match self.counts.iter_mut().find(|(known, _)| known.code == rule.code) {
            Some((_, count)) => *count += number,
            None => self.counts.push((rule, number)),
        }
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
