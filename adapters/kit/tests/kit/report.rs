//! What is counted and what is kept.

use std::collections::BTreeMap;

use kit::report::{Findings, Summary};
use proptest::prelude::*;
use schemas::diagnostic::{Diagnostic, PartId, Place, Report, Rule, Severity};

pub(crate) static ERROR: Rule = Rule {
    code: "made/error",
    severity: Severity::Error,
    message: "Something is wrong",
    help: "Mend it.",
    source: "nowhere",
};
pub(crate) static WARNING: Rule = Rule { code: "made/warning", severity: Severity::Warning, ..ERROR };
pub(crate) static LOSS: Rule = Rule { code: "fhir/no-word", severity: Severity::Loss, ..ERROR };

fn cell(part: u16, byte: u64, column: u16) -> Place {
    Place::Cell { part: PartId(part), line: byte + 1, column: Some(column), byte }
}

fn found(diagnostics_max: usize, diagnostics: &[Diagnostic]) -> Findings {
    let mut findings = Findings::new(diagnostics_max);
    diagnostics.iter().for_each(|diagnostic| findings.raise(diagnostic.clone()));
    findings
}

fn any_diagnostic() -> impl Strategy<Value = Diagnostic> {
    let place = prop_oneof![
        Just(Place::Document),
        (0..3_u16).prop_map(|part| Place::Part(PartId(part))),
        (0..3_u16, 0..20_u64, 0..3_u16).prop_map(|(part, byte, column)| cell(part, byte, column)),
        (0..3_u16, 0..20_u64, "[ab]").prop_map(|(part, byte, path)| Place::Node {
            part: PartId(part),
            path: path.into(),
            byte
        }),
    ];
    (place, prop::sample::select(vec![&ERROR, &WARNING, &LOSS]), any::<bool>()).prop_map(|(place, rule, field)| {
        let diagnostic = Diagnostic::new(rule, place);
        if field { diagnostic.of_field("field") } else { diagnostic }
    })
}

proptest! {
    #[test]
    fn a_report_hangs_neither_on_the_order_of_raising_nor_on_how_the_work_was_shared(
        diagnostics in prop::collection::vec(any_diagnostic(), 0..120),
        shuffled in any::<prop::sample::Index>(),
        diagnostics_max in 0..30_usize,
    ) {
        let mut all = found(usize::MAX, &diagnostics);
        let expected: Vec<_> = all.diagnostics().iter().take(diagnostics_max).cloned().collect();

        let mut one = found(diagnostics_max, &diagnostics);
        prop_assert_eq!(one.diagnostics(), &expected[..]);

        let split = if diagnostics.is_empty() { 0 } else { shuffled.index(diagnostics.len()) };
        let reversed: Vec<_> = diagnostics[split..].iter().rev().cloned().collect();
        let mut two = found(diagnostics_max, &reversed);
        two.absorb(found(diagnostics_max, &diagnostics[..split]));
        prop_assert_eq!(two.diagnostics(), &expected[..]);
        prop_assert!(two.counts().eq(all.counts()));
        prop_assert_eq!(two.truncated(), diagnostics.len() > diagnostics_max);
        prop_assert_eq!(two.errors() + two.warnings() + two.losses(), diagnostics.len() as u64);
        // Asking early changes nothing.
        let mut asked = Findings::new(diagnostics_max);
        for diagnostic in &diagnostics {
            asked.raise(diagnostic.clone());
            asked.diagnostics();
        }
        prop_assert_eq!(asked.diagnostics(), &expected[..]);
    }
}

#[test]
fn counts_are_complete_and_sorted_by_rule() {
    let mut findings = Findings::new(2);
    for n in 0..100_000 {
        findings.raise(Diagnostic::new(if n % 4 == 0 { &ERROR } else { &WARNING }, cell(0, 100_000 - n, 1)));
    }
    let counts: Vec<_> = findings.counts().map(|count| (count.rule.code, count.count)).collect();
    assert_eq!(counts, [("made/error", 25_000), ("made/warning", 75_000)]);
    assert_eq!((findings.errors(), findings.warnings(), findings.losses()), (25_000, 75_000, 0));
    assert!(findings.truncated());
    let kept: Vec<_> = findings.diagnostics().iter().map(|diagnostic| diagnostic.place.order().1).collect();
    assert_eq!(kept, [2, 3]);
}

#[test]
fn what_every_item_says_and_nobody_carries_is_told_once_a_path_and_counted() {
    let at = |path: &str, byte| Place::Node { part: PartId(0), path: path.into(), byte };
    let mut findings = Findings::new(3);
    for n in (1..100).rev() {
        findings.raise(Diagnostic::new(&LOSS, at("/club/secret", n)));
        findings.raise(Diagnostic::new(&ERROR, at("/club/name", n + 50)));
        findings.raise(Diagnostic::new(&LOSS, at("/club/pin", n + 51)));
    }
    let told: Vec<_> = findings.diagnostics().iter().map(|told| (told.rule.code, told.place.order().1)).collect();
    assert_eq!(told, [("fhir/no-word", 2), ("made/error", 52), ("fhir/no-word", 53)]);
    assert_eq!((findings.losses(), findings.errors()), (198, 99));
}

#[test]
fn a_spreadsheet_s_tail_is_told_once_a_column_and_counted_at_each_cell() {
    let mut findings = Findings::default();
    let at = |part, line, column| Place::Cell { part: PartId(part), line, column: Some(column), byte: line * 100 };
    for line in (2..60).rev() {
        for (part, column) in [(0, 3), (0, 4), (1, 3)] {
            findings.raise(Diagnostic::new(&kit::csv::rules::DECIMAL_TAIL, at(part, line, column)));
            findings.raise(Diagnostic::new(&ERROR, at(part, line, column)));
        }
    }
    let tails: Vec<Place> = findings
        .diagnostics()
        .iter()
        .filter(|told| told.rule.code == "table/decimal-tail")
        .map(|told| told.place.clone())
        .collect();
    assert_eq!(tails, [at(0, 2, 3), at(0, 2, 4), at(1, 2, 3)]);
    assert_eq!((findings.warnings(), findings.errors(), findings.diagnostics().len()), (174, 174, 177));
}

#[test]
fn the_summary_is_plain_sentences() {
    let mut findings = Findings::default();
    (0..1_234).for_each(|n| findings.raise(Diagnostic::new(&LOSS, cell(0, n, 1))));
    let summary = Summary {
        left_out: BTreeMap::from([("not-looked-after", 552), ("adopted", 1), ("not-own", 2), ("other-kind", 1)]),
        written: vec![("Patient", 3)],
        ..Summary::default()
    };
    assert_eq!(
        summary.words(&findings),
        [
            "Not expressible in FHIR: 1,234 (kept in the source)",
            "Left out, adopted: 1 child",
            "Left out, not looked after on the day, short breaks among them: 552 children",
            "Left out, places of a provider that may not be the recipient: 2",
            "Left out, providers or children, of which this format holds only the others: 1",
            "Written: 3 Patient",
        ]
    );
}
