//! What was found in a document: every rule counted, the first places kept, and the summary in words.

use std::collections::{BTreeMap, HashSet};

use schemas::diagnostic::{Diagnostic, PartId, Place, Report, Rule, Severity};

use crate::{csv::rules::DECIMAL_TAIL, figures::Figures};

/// How many places a report tells unless it is asked for more.
pub const DIAGNOSTICS_MAX: usize = 10_000;

/// What was found. Counts are always complete; of the places the first are kept, in the order of the document, so that
/// a report does not depend on the order of raising nor on how the work was shared.
pub struct Findings {
    counts: BTreeMap<&'static str, RuleCount>,
    kept: Vec<Diagnostic>,
    /// The first so many of `kept` are in order, and nothing that was dropped comes before them.
    settled: usize,
    diagnostics_max: usize,
    raised: u64,
}

/// How often a rule was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: &'static Rule,
    /// How often.
    pub count: u64,
}

impl Default for Findings {
    fn default() -> Self {
        Self::new(DIAGNOSTICS_MAX)
    }
}

impl Report for Findings {
    fn raise(&mut self, diagnostic: Diagnostic) {
        self.count(diagnostic.rule, 1);
        self.keep(diagnostic);
    }
}

impl Findings {
    /// Nothing found yet; at most so many places will be kept.
    #[must_use]
    pub fn new(diagnostics_max: usize) -> Self {
        Self { counts: BTreeMap::new(), kept: Vec::new(), settled: 0, diagnostics_max, raised: 0 }
    }

    /// Takes over what another worker found.
    pub fn absorb(&mut self, other: Self) {
        for count in other.counts.values() {
            self.count(count.rule, count.count);
        }
        for diagnostic in other.kept {
            self.keep(diagnostic);
        }
    }

    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.of(Severity::Error)
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> u64 {
        self.of(Severity::Warning)
    }

    /// How many losses there are.
    #[must_use]
    pub fn losses(&self) -> u64 {
        self.of(Severity::Loss)
    }

    /// How often each rule was broken, in the order of the rules' codes.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = RuleCount> + '_ {
        self.counts.values().copied()
    }

    /// The places that are told, in the order of the document.
    pub fn diagnostics(&mut self) -> &[Diagnostic] {
        self.settle();
        &self.kept
    }

    /// Whether there are more places than are told.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.raised > self.diagnostics_max as u64
    }

    fn count(&mut self, rule: &'static Rule, number: u64) {
        self.raised += number;
        self.counts.entry(rule.code).or_insert(RuleCount { rule, count: 0 }).count += number;
    }

    fn keep(&mut self, diagnostic: Diagnostic) {
        // Once there are enough, what comes after the last of them need not be looked at again.
        let full = self.settled > 0 && self.settled == self.diagnostics_max;
        if full && order(&diagnostic) >= order(&self.kept[self.settled - 1]) {
            return;
        }
        self.kept.push(diagnostic);
        if self.kept.len() >= self.diagnostics_max.saturating_mul(2).max(16) {
            self.settle();
        }
    }

    fn settle(&mut self) {
        if self.settled < self.kept.len() {
            self.kept.sort_by(|left, right| order(left).cmp(&order(right)));
            let mut told: HashSet<(&'static str, Once)> = HashSet::new();
            self.kept.retain(|diagnostic| {
                told_once(diagnostic).is_none_or(|once| told.insert((diagnostic.rule.code, once)))
            });
            self.kept.truncate(self.diagnostics_max);
            self.settled = self.kept.len();
        }
    }

    fn of(&self, severity: Severity) -> u64 {
        self.counts.values().filter(|count| count.rule.severity == severity).map(|count| count.count).sum()
    }
}

/// What is told at the first of many places, and counted at each.
#[derive(PartialEq, Eq, Hash)]
enum Once {
    Path(Box<str>),
    Column(PartId, u16),
}

/// The path of what a nested document says and the format does not carry: every item may say it. And the column whose
/// numbers a spreadsheet has given a tail: it does so to all of them.
fn told_once(diagnostic: &Diagnostic) -> Option<Once> {
    match &diagnostic.place {
        Place::Node { path, .. } if diagnostic.rule.severity == Severity::Loss => Some(Once::Path(path.clone())),
        Place::Cell { part, column: Some(column), .. } if diagnostic.rule.code == DECIMAL_TAIL.code => {
            Some(Once::Column(*part, *column))
        }
        _ => None,
    }
}

/// The order in which places are told. It ends in everything that tells two diagnostics apart, so that it is one order.
fn order(diagnostic: &Diagnostic) -> impl Ord + '_ {
    let Diagnostic { rule, place, field, related } = diagnostic;
    (place.order(), rule.code, place, field, related)
}

/// What a report says besides rules and places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The format that was read.
    pub format: &'static str,
    /// How many rows or entries there are.
    pub rows: u64,
    /// How many records were read from them.
    pub records: u64,
    /// Children left out, by reason; each is counted once.
    pub left_out: BTreeMap<&'static str, u64>,
    /// What the output holds, by type.
    pub written: Vec<(&'static str, u64)>,
    /// What the document comes to: for its sender alone.
    pub figures: Figures,
}

impl Summary {
    /// The summary in plain sentences: what the document comes to, losses, children left out, what was written. Never a
    /// value.
    #[must_use]
    pub fn words(&self, findings: &Findings) -> Vec<String> {
        let mut losses: BTreeMap<&str, u64> = BTreeMap::new();
        let mut withheld = 0;
        for RuleCount { rule, count } in findings.counts().filter(|count| count.rule.severity == Severity::Loss) {
            if rule.code.starts_with("view/") {
                withheld += count;
            } else {
                *losses.entry(target_in_words(rule)).or_default() += count;
            }
        }
        let withheld = (withheld > 0)
            .then(|| format!("Withheld to protect children, or for want of consent: {} records", thousands(withheld)));
        let losses = losses
            .iter()
            .map(|(target, count)| format!("Not expressible in {target}: {} (kept in the source)", thousands(*count)));
        let left_out = self.left_out.iter().map(|(reason, count)| {
            let children = match (*reason, *count) {
                ("not-own" | "other-kind", _) => "",
                (_, 1) => " child",
                _ => " children",
            };
            format!("Left out, {}: {}{children}", reason_in_words(reason), thousands(*count))
        });
        let written = self.written.iter().map(|(what, count)| format!("Written: {} {what}", thousands(*count)));
        let figures = self.figures.words.iter().cloned();
        figures.chain(losses).chain(withheld).chain(left_out).chain(written).collect()
    }
}

/// Whom a loss's rule speaks of, by its family (record, section 1.10).
fn target_in_words(rule: &Rule) -> &'static str {
    match rule.code.split('/').next().unwrap_or_default() {
        "fhir" => "FHIR",
        "ssda903" => "the SSDA903 return",
        "annex-a" => "Annex A",
        "ssd" => "the Standard Safeguarding Dataset",
        "cin" => "the CIN census",
        "csc" => "the children's social care API",
        "epep" => "the personal education plan",
        "ctf" => "the Common Transfer File",
        "ifa" => "the placement formats",
        _ => "this format",
    }
}

/// Why a child was left out (command line, `translate`).
fn reason_in_words(reason: &str) -> &str {
    match reason {
        "adopted" => "adopted",
        "guard-unreadable" => "until an answer that protects them can be read",
        "not-looked-after" => "not looked after on the day, short breaks among them",
        "adult-without-consent" => "an adult whose own consent is not recorded",
        "consent" => "consent is not given",
        "not-own" => "places of a provider that may not be the recipient",
        "other-kind" => "providers or children, of which this format holds only the others",
        other => other,
    }
}

/// A number with its thousands apart, as people read it.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
