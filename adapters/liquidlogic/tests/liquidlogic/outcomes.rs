//! The row of the outcomes module as the format writes it: stated first, derived where nobody states it, and what is told.

use kit::adapter::Options;
use liquidlogic::{SSDA903_CSV, ssda903::encode::COMPLETE_FOR};
use schemas::{
    code::{
        Derivation,
        HealthCheckStatus::{Completed, Planned, Refused},
        HealthCheckType::{DentalCheck, DevelopmentalCheck, OpticianCheck, ReviewHealthAssessment},
        ImmunisationStatus,
        Rne::StartedToBeLookedAfter,
        SdqRater::{Carer, Oneself},
        SubstanceIntervention::Offered,
    },
    date::CollectionYear,
    diagnostic::Diagnostic,
    record::{AnnualHealth, Immunisation, Record, SdqScore, Statement},
    reflect::Number,
    said::Said::{self, Is},
};

use crate::{
    derived::{born, check, episode, misuse, scored, told},
    support::{line, records, written, year},
};

/// What is told: the rule, the field, and the lines it speaks of.
type Told = (&'static str, Option<&'static str>, Vec<u64>);

fn tell(told: &[Diagnostic]) -> Vec<Told> {
    let lines = |it: &Diagnostic| std::iter::once(&it.place).chain(&it.related).map(line).collect();
    let ours = told.iter().filter(|it| it.rule.code != "ssda903/not-expressible");
    ours.map(|it| (it.rule.code, it.field, lines(it))).collect()
}

fn lost(told: &[Diagnostic]) -> Vec<u64> {
    told.iter().filter(|it| it.rule.code == "ssda903/not-expressible").map(|it| line(&it.place)).collect()
}

/// A child of the cohort, whose person and episode are on the second and third line.
fn of_child(said: Vec<Statement>) -> Vec<Record> {
    let in_care = episode("2020-01-10", StartedToBeLookedAfter, None).into();
    records(vec![born("2012-05-14"), in_care].into_iter().chain(said).collect())
}

fn stated(flags: AnnualHealth) -> Statement {
    told(AnnualHealth { derivation: Is(Derivation::Stated), ..flags })
}

fn scored_in_year(score: u16) -> Statement {
    SdqScore {
        score: Is(Number::new(score).unwrap()),
        year: CollectionYear::new(2026).map_or(Said::NotAsked, Is),
        rater: Is(Carer),
        ..SdqScore::default()
    }
    .into()
}

fn rows(records: &[Record], options: &Options) -> (Vec<String>, Vec<Diagnostic>) {
    let (mut files, told) = written(records, options);
    (files.remove("oc2.csv").unwrap_or_default(), told)
}

fn complete_for(words: &str) -> Options {
    Options { settings: vec![(COMPLETE_FOR.name.into(), words.into())], ..year(2026) }
}

#[test]
fn what_nobody_states_is_derived_and_what_nobody_can_tell_is_told() {
    let immunised = Immunisation { status: Is(ImmunisationStatus::Completed), ..Immunisation::default() };
    let records = of_child(vec![
        check(DentalCheck, "2025-11-04", Completed),
        check(ReviewHealthAssessment, "2026-04-10", Planned),
        immunised.into(),
        scored("2025-06-01", 17, Carer),
        misuse("2025-07-01", true, Some(Offered)),
        check(OpticianCheck, "2025-11-04", Completed),
    ]);
    let (rows, told) = rows(&records, &year(2026));
    assert_eq!(rows, ["4017,14/05/2012,17,,,,,1,,1,0,1"]);
    assert_eq!(
        tell(&told),
        [
            ("ssda903/immunisation-evidence", Some("immunisations"), vec![4, 6]),
            ("ssda903/oc2-not-derivable", Some("health_assessment"), vec![4]),
        ]
    );
    assert_eq!(lost(&told), [5, 6, 9], "what no cell rests on");
}

#[test]
fn a_feed_that_is_complete_answers_no() {
    let (rows, told) = rows(&of_child(vec![]), &complete_for("dental, health-assessment,substance-misuse"));
    assert_eq!(rows, ["4017,14/05/2012,,,,,,0,0,0,,"]);
    assert_eq!(
        tell(&told),
        [
            ("ssda903/oc2-not-derivable", Some("immunisations"), vec![2]),
            ("ssda903/sdq-missing", Some("score"), vec![2])
        ]
    );
}

#[test]
fn what_is_stated_is_never_overwritten_and_a_difference_is_told_with_both_places() {
    let flags = AnnualHealth { teeth_check: Is(false), health_assessment: Is(true), ..AnnualHealth::default() };
    let said = vec![
        stated(AnnualHealth { convicted: Is(true), substance_misuse: Is(false), ..flags }),
        scored_in_year(12),
        check(DentalCheck, "2025-11-04", Completed),
        check(ReviewHealthAssessment, "2025-11-05", Completed),
        scored("2025-06-01", 17, Carer),
        told(AnnualHealth { immunisations: Is(true), health_assessment: Is(false), ..AnnualHealth::default() }),
    ];
    let (rows, told) = rows(&of_child(said), &year(2026));
    assert_eq!(rows, ["4017,14/05/2012,12,,1,,1,0,1,0,,"]);
    assert_eq!(
        tell(&told),
        [
            ("record/oc2-flag-differs", Some("teeth_check"), vec![4, 6]),
            ("record/oc2-flag-differs", Some("health_assessment"), vec![4, 9]),
            ("record/oc2-flag-differs", Some("score"), vec![5, 8]),
        ]
    );
    assert_eq!(lost(&told), [6, 8]);
}

#[test]
fn a_stated_yes_differs_from_a_complete_feed_that_has_none() {
    let said = vec![stated(AnnualHealth { teeth_check: Is(true), ..AnnualHealth::default() })];
    let (rows, told) = rows(&of_child(said), &complete_for("dental"));
    assert_eq!(rows, ["4017,14/05/2012,,,,,,1,,,,"]);
    assert!(tell(&told).contains(&("record/oc2-flag-differs", Some("teeth_check"), vec![4])));
}

#[test]
fn a_return_without_statements_of_health_is_written_as_it_was() {
    let (first, told) = rows(&of_child(vec![stated(AnnualHealth::default()), scored_in_year(12)]), &year(2026));
    assert_eq!(first, ["4017,14/05/2012,12,,,,,,,,,"]);
    assert!(told.is_empty(), "{told:?}");
    let (second, told) = rows(&of_child(vec![scored_in_year(12)]), &year(2026));
    assert_eq!((second.len(), told.len()), (1, 0));
    let (third, told) = rows(&of_child(vec![]), &year(2026));
    assert_eq!((third.len(), told.len()), (0, 0));
}

#[test]
fn outside_the_cohort_and_the_year_nothing_is_derived() {
    let late = episode("2025-06-01", StartedToBeLookedAfter, None).into();
    let said = vec![born("2012-05-14"), late, check(DentalCheck, "2025-11-04", Completed)];
    let (first, told) = rows(&records(said), &complete_for("dental"));
    assert_eq!((first.len(), lost(&told)), (0, vec![4]));
    let last_year = CollectionYear::new(2025).unwrap();
    let other = AnnualHealth {
        year: Is(last_year),
        teeth_check: Is(true),
        derivation: Is(Derivation::Stated),
        ..AnnualHealth::default()
    };
    let (second, told) = rows(&of_child(vec![other.into()]), &year(2026));
    assert_eq!((second.len(), lost(&told)), (0, vec![4]), "one row a child, of the year of the return");
}

#[test]
fn what_was_taken_back_is_neither_written_nor_evidence() {
    let mut records = of_child(vec![
        stated(AnnualHealth { teeth_check: Is(true), ..AnnualHealth::default() }),
        check(DentalCheck, "2025-11-04", Completed),
        scored("2025-06-01", 17, Carer),
    ]);
    records[2..].iter_mut().for_each(|record| record.source.retracts = true);
    let (rows, told) = rows(&records, &year(2026));
    assert_eq!((rows.len(), lost(&told)), (0, vec![4, 5, 6]));
}

#[test]
fn of_one_day_the_later_score_is_written_and_told() {
    let said = vec![
        scored("2025-06-01", 12, Carer),
        scored("2025-06-01", 20, Carer),
        scored("2025-08-01", 30, Oneself),
        check(DevelopmentalCheck, "2025-06-01", Refused),
    ];
    let (rows, told) = rows(&of_child(said), &year(2026));
    assert_eq!(rows, ["4017,14/05/2012,20,,,,,,,,,"]);
    assert!(tell(&told).contains(&("ssda903/sdq-twice", Some("score"), vec![5, 4])));
    assert_eq!(lost(&told), [4, 6, 7]);
}

#[test]
fn the_format_declares_what_it_takes_and_needs() {
    assert!(SSDA903_CSV.settings.iter().any(|setting| setting.name == "complete_for"));
    for needed in ["CareEpisode", "HealthCheck", "AnnualHealth", "SdqScore", "Immunisation", "SubstanceMisuse"] {
        assert!(SSDA903_CSV.together.contains(&needed), "{needed}");
    }
}
