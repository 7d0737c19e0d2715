//! What follows for the outcomes of a year from statements of health: each row of the table of section 9 of the FHIR
//! mapping at its edges.

use liquidlogic::ssda903::derive::{CompleteFor, Derived, Known, Outcomes, derive};
use proptest::prelude::*;
use schemas::{
    code::{
        EpisodeEndReason::{self, NewEpisodeSameDay, ReturnedHomePlanned},
        HealthCheckStatus::{self, Cancelled, Completed, Planned, Refused},
        HealthCheckType::{self, DentalCheck, DevelopmentalCheck, InitialHealthAssessment, ReviewHealthAssessment},
        ImmunisationStatus, LegalStatus,
        Rne::{self, PlacementAndCarer, StartedToBeLookedAfter},
        SdqRater::{self, Carer, Oneself, Teacher},
        SdqReason::{self, CarerRefused, ChildRefused, UnderFourOrOverSixteen},
        SubstanceIntervention::{self, NoIntervention, Offered, Received},
    },
    date::{CollectionYear, DateTime},
    diagnostic::Place,
    record::{
        AnnualHealth, CareEpisode, HealthCheck, Immunisation, Person, Record, SdqScore, Statement, SubstanceMisuse,
    },
    reflect::Number,
    said::Said::{self, Blank, Is, NotApplicable, NotAsked},
};

use crate::support::{day, line, records};

const YEAR: u16 = 2026;

fn collection_year() -> CollectionYear {
    CollectionYear::new(YEAR).unwrap()
}

pub(crate) fn born(date: &str) -> Statement {
    Person { birth_date: Is(day(date)), ..Person::default() }.into()
}

pub(crate) fn episode(start: &str, rne: Rne, end: Option<(&str, EpisodeEndReason)>) -> CareEpisode {
    CareEpisode {
        start_date: Is(day(start)),
        start_reason: Is(rne),
        legal_status: Is(LegalStatus::FullCareOrder),
        end_date: end.map_or(Blank, |(end, _)| Is(day(end))),
        end_reason: end.map_or(Blank, |(_, reason)| Is(reason)),
        ..CareEpisode::default()
    }
}

pub(crate) fn check(kind: HealthCheckType, date: &str, status: HealthCheckStatus) -> Statement {
    HealthCheck { r#type: Is(kind), date: Is(day(date)), status: Is(status), ..HealthCheck::default() }.into()
}

pub(crate) fn scored(date: &str, score: u16, rater: SdqRater) -> Statement {
    SdqScore {
        completed_date: Is(day(date)),
        score: Is(Number::new(score).unwrap()),
        rater: Is(rater),
        ..SdqScore::default()
    }
    .into()
}

fn unscored(date: &str, reason: SdqReason, rater: SdqRater) -> Statement {
    SdqScore { completed_date: Is(day(date)), reason: Is(reason), rater: Is(rater), ..SdqScore::default() }.into()
}

pub(crate) fn misuse(date: &str, identified: bool, intervention: Option<SubstanceIntervention>) -> Statement {
    SubstanceMisuse {
        date: Is(day(date)),
        identified: Is(identified),
        intervention: intervention.map_or(NotAsked, Is),
        ..SubstanceMisuse::default()
    }
    .into()
}

/// What is told of the year as a whole, by nobody's return.
pub(crate) fn told(flags: AnnualHealth) -> Statement {
    AnnualHealth { year: Is(collection_year()), ..flags }.into()
}

fn immunised(date: &str) -> Statement {
    Immunisation {
        date: Is(DateTime::read(format!("{date}T00:00:00").as_bytes()).unwrap()),
        status: Is(ImmunisationStatus::Completed),
        ..Immunisation::default()
    }
    .into()
}

/// A child in care for years, born when a date says, of whom something is said.
fn of_child(birth: &str, said: Vec<Statement>) -> Vec<Record> {
    let in_care = episode("2020-01-10", StartedToBeLookedAfter, None).into();
    records(vec![born(birth), in_care].into_iter().chain(said).collect())
}

/// The line on which the n-th thing said of a child stands.
const FIRST: u64 = 4;

fn derived<'r>(records: &'r [Record], complete_for: &str) -> Outcomes<'r> {
    derive(records, collection_year(), &CompleteFor::read(complete_for), Known::default()).expect("of the cohort")
}

fn lines<T>(cell: &Derived<'_, T>) -> Vec<u64> {
    cell.evidence.iter().map(|place| line(place)).collect()
}

#[test]
fn the_cohort_is_who_was_looked_after_the_whole_year() {
    let is_of_cohort = |episodes: Vec<CareEpisode>| {
        let records = records(episodes.into_iter().map(Statement::from).collect());
        derive(&records, collection_year(), &CompleteFor::default(), Known::default()).is_some()
    };
    let from = |start, rne| vec![episode(start, rne, None)];
    assert!(is_of_cohort(from("2020-01-10", StartedToBeLookedAfter)));
    assert!(is_of_cohort(from("2025-04-01", StartedToBeLookedAfter)), "on the first day of the year");
    assert!(!is_of_cohort(from("2025-04-02", StartedToBeLookedAfter)), "on its second");
    assert!(!is_of_cohort(from("2026-04-01", PlacementAndCarer)), "after it");
    assert!(!is_of_cohort(Vec::new()));
    let until = |end, reason| vec![episode("2020-01-10", StartedToBeLookedAfter, Some((end, reason)))];
    assert!(is_of_cohort(until("2026-03-31", ReturnedHomePlanned)), "on the last day of the year");
    assert!(!is_of_cohort(until("2026-03-30", ReturnedHomePlanned)), "on the day before");
    assert!(!is_of_cohort(until("2025-04-01", ReturnedHomePlanned)), "on its first day");
    assert!(!is_of_cohort(until("2025-03-31", ReturnedHomePlanned)), "before it");
    assert!(is_of_cohort(until("2025-08-01", NewEpisodeSameDay)));
    let moved = |rne| {
        vec![
            episode("2020-01-10", StartedToBeLookedAfter, Some(("2025-08-01", NewEpisodeSameDay))),
            episode("2025-08-01", rne, None),
        ]
    };
    assert!(is_of_cohort(moved(PlacementAndCarer)) && !is_of_cohort(moved(StartedToBeLookedAfter)));
    let earlier = episode("2018-01-10", StartedToBeLookedAfter, Some(("2019-01-10", ReturnedHomePlanned)));
    assert!(is_of_cohort(vec![earlier, episode("2020-01-10", StartedToBeLookedAfter, None)]), "an earlier period");
}

#[test]
fn short_breaks_and_what_is_withheld_are_not_of_the_cohort() {
    let is_of_cohort = |episodes: Vec<CareEpisode>| {
        let records = records(episodes.into_iter().map(Statement::from).collect());
        derive(&records, collection_year(), &CompleteFor::default(), Known::default()).is_some()
    };
    let plain = || episode("2025-08-01", PlacementAndCarer, None);
    for (legal_status, expected) in [
        (Is(LegalStatus::SectionTwentySinglePeriod), true),
        (Is(LegalStatus::ShortBreaksEpisodesRecorded), false),
        (Is(LegalStatus::ShortBreaksAgreementRecorded), false),
        (Blank, true),
        (NotAsked, false),
    ] {
        assert_eq!(is_of_cohort(vec![CareEpisode { legal_status, ..plain() }]), expected, "{legal_status:?}");
    }
    let silent = || CareEpisode { start_reason: NotAsked, ..plain() };
    assert!(!is_of_cohort(vec![silent()]), "whether a period of care began is not known");
    assert!(is_of_cohort(vec![silent(), plain()]), "one source says what another cannot");
    assert!(!is_of_cohort(vec![CareEpisode { end_date: Said::Unreadable, ..plain() }]));
    let mut taken_back = records(vec![plain().into()]);
    taken_back[0].source.retracts = true;
    assert!(derive(&taken_back, collection_year(), &CompleteFor::default(), Known::default()).is_none());
}

#[test]
fn teeth_are_checked_by_one_completed_check_in_the_window() {
    let teeth = |said: Vec<Statement>, complete_for: &str| {
        let records = of_child("2012-05-14", said);
        let cell = derived(&records, complete_for).teeth_check;
        (cell.said, lines(&cell), cell.against.len())
    };
    let dental = |date, status| check(DentalCheck, date, status);
    for (date, said) in
        [("2025-03-31", NotAsked), ("2025-04-01", Is(true)), ("2026-03-31", Is(true)), ("2026-04-01", NotAsked)]
    {
        assert_eq!(teeth(vec![dental(date, Completed)], "").0, said, "{date}");
    }
    assert_eq!(teeth(vec![dental("2025-11-04", Completed)], "").1, [FIRST]);
    assert_eq!(teeth(vec![], "").0, NotAsked, "what is absent proves nothing");
    assert_eq!(teeth(vec![], "dental").0, Is(false));
    assert_eq!(teeth(vec![], "development, dental").0, Is(false));
    assert_eq!(teeth(vec![], "Dentist").0, NotAsked, "an unknown word declares nothing");
    for status in [Refused, Cancelled] {
        let missed = vec![dental("2025-11-04", status)];
        assert_eq!(teeth(missed, ""), (Is(false), vec![FIRST], 0));
        let then = vec![dental("2025-11-04", status), dental("2026-01-04", Completed)];
        assert_eq!(teeth(then, ""), (Is(true), vec![FIRST + 1], 0));
        let then = vec![dental("2025-11-04", status), dental("2026-01-04", Planned)];
        assert_eq!(teeth(then, "").0, NotAsked, "what became of the second is not known");
    }
    assert_eq!(teeth(vec![check(HealthCheckType::OpticianCheck, "2025-11-04", Completed)], "").0, NotAsked);
    let observed = |said| told(AnnualHealth { teeth_check: Is(said), ..AnnualHealth::default() });
    assert_eq!(teeth(vec![observed(true)], ""), (Is(true), vec![FIRST], 0));
    assert_eq!(teeth(vec![observed(false)], ""), (Is(false), vec![FIRST], 0));
    let both = vec![observed(false), dental("2025-11-04", Completed)];
    assert_eq!(teeth(both, ""), (Is(true), vec![FIRST + 1], 1), "a check that was held is evidence");
    let mut records = of_child("2012-05-14", vec![dental("2025-11-04", Completed)]);
    records[2].source.retracts = true;
    assert_eq!(derived(&records, "").teeth_check.said, NotAsked, "what was taken back proves nothing");
}

#[test]
fn how_many_assessments_are_needed_goes_by_the_fifth_birthday() {
    let assessed = |birth: &str, dates: &[&str]| {
        let said = dates.iter().enumerate().map(|(n, date)| {
            check(if n == 0 { InitialHealthAssessment } else { ReviewHealthAssessment }, date, Completed)
        });
        derived(&of_child(birth, said.collect()), "").health_assessment.said
    };
    let (one, two) = (["2025-06-01"].as_slice(), ["2025-06-01", "2025-12-01"].as_slice());
    for (birth, needed) in [
        ("2012-05-14", 1),
        ("2020-04-01", 1), // five on the first day
        ("2020-04-02", 1), // five on the second
        ("2020-09-30", 1), // the last day of the first half
        ("2020-10-01", 2), // the first of the second half
        ("2021-03-31", 2), // five on the last day
        ("2021-04-01", 2), // four all year
        ("2016-02-29", 1),
        ("2020-02-29", 1),
    ] {
        assert_eq!(assessed(birth, one), if needed == 1 { Is(true) } else { NotAsked }, "{birth}");
        assert_eq!(assessed(birth, two), Is(true), "{birth}");
    }
    assert_eq!(assessed("2022-05-14", &["2025-06-01", "2025-06-01"]), NotAsked, "two of one day are one");
    assert_eq!(assessed("2022-05-14", &["2025-03-31", "2025-06-01"]), NotAsked, "one before the window");
}

#[test]
fn an_assessment_that_was_not_held_is_told_by_a_refusal_or_a_complete_feed() {
    let cell = |birth: &str, said: Vec<Statement>, complete_for: &str| {
        derived(&of_child(birth, said), complete_for).health_assessment.said
    };
    let review = |date, status| check(ReviewHealthAssessment, date, status);
    assert_eq!(cell("2012-05-14", vec![], ""), NotAsked);
    assert_eq!(cell("2012-05-14", vec![], "health-assessment"), Is(false));
    assert_eq!(cell("2012-05-14", vec![], "dental"), NotAsked, "complete for something else");
    assert_eq!(cell("2022-05-14", vec![review("2025-06-01", Completed)], "health-assessment"), Is(false), "one of two");
    assert_eq!(cell("2012-05-14", vec![review("2025-06-01", Refused)], ""), Is(false));
    assert_eq!(cell("2012-05-14", vec![review("2025-06-01", Cancelled)], ""), NotAsked);
    assert_eq!(cell("2012-05-14", vec![review("2026-04-10", Planned)], ""), NotAsked);
    let no_birth_date = records(vec![
        episode("2020-01-10", StartedToBeLookedAfter, None).into(),
        review("2025-06-01", Completed),
        scored("2025-06-01", 12, Carer),
    ]);
    let outcomes = derived(&no_birth_date, "health-assessment,development");
    assert_eq!((outcomes.health_assessment.said, outcomes.health_check.said), (NotAsked, NotAsked));
    assert_eq!((outcomes.sdq_score.said, outcomes.sdq_reason.said), (NotAsked, NotAsked));
}

#[test]
fn developmental_checks_are_asked_of_who_is_under_five_at_the_end() {
    let cell = |birth: &str, said: Vec<Statement>, complete_for: &str| {
        derived(&of_child(birth, said), complete_for).health_check.said
    };
    let checked = |status| vec![check(DevelopmentalCheck, "2025-11-04", status)];
    for (birth, said) in [("2021-03-31", NotApplicable), ("2021-04-01", Is(true)), ("2023-01-01", Is(true))] {
        assert_eq!(cell(birth, checked(Completed), ""), said, "{birth}");
    }
    assert_eq!(cell("2023-01-01", checked(Refused), ""), Is(false));
    assert_eq!(cell("2023-01-01", vec![], ""), NotAsked);
    assert_eq!(cell("2023-01-01", vec![], "development"), Is(false));
    assert_eq!(cell("2012-01-01", vec![], "development"), NotApplicable);
    let observed = told(AnnualHealth { health_check: Is(true), ..AnnualHealth::default() });
    assert_eq!(cell("2023-01-01", vec![observed], ""), Is(true));
}

#[test]
fn immunisations_are_up_to_date_when_the_latest_statement_says_so_and_never_by_themselves() {
    let as_at = |date: Option<&str>, said| {
        let immunisations_as_at = date.map_or(NotAsked, |date| Is(day(date)));
        told(AnnualHealth { immunisations: Is(said), immunisations_as_at, ..AnnualHealth::default() })
    };
    let cell = |said: Vec<Statement>| {
        let records = of_child("2012-05-14", said);
        let cell = derived(&records, "dental,health-assessment,development,substance-misuse").immunisations;
        (cell.said, lines(&cell))
    };
    for (date, said) in
        [("2025-03-31", NotAsked), ("2025-04-01", Is(true)), ("2026-03-31", Is(true)), ("2026-04-01", NotAsked)]
    {
        assert_eq!(cell(vec![as_at(Some(date), true)]).0, said, "{date}");
    }
    assert_eq!(cell(vec![as_at(None, false)]).0, Is(false), "of the year as a whole");
    let twice = |first, second| vec![as_at(Some(first), true), as_at(Some(second), false)];
    assert_eq!(cell(twice("2025-06-01", "2025-09-01")), (Is(false), vec![FIRST + 1]));
    assert_eq!(cell(twice("2025-09-01", "2025-06-01")), (Is(true), vec![FIRST]));
    assert_eq!(cell(twice("2025-06-01", "2025-06-01")), (Is(false), vec![FIRST + 1]), "of one day the later");
    assert_eq!(cell(vec![]), (NotAsked, vec![]));
    let given = vec![immunised("2013-05-14"), immunised("2026-03-31"), immunised("2026-04-01")];
    assert_eq!(cell(given), (NotAsked, vec![FIRST, FIRST + 1]), "listed for a person to decide");
}

#[test]
fn the_latest_score_by_a_carer_counts_from_the_fourth_birthday_to_the_day_before_the_seventeenth() {
    let score =
        |birth: &str, said: Vec<Statement>| derived(&of_child(birth, said), "").sdq_score.said.is().map(Number::get);
    for (birth, date, counts) in [
        ("2021-06-01", "2025-06-01", true),
        ("2021-06-02", "2025-06-01", false),
        ("2008-06-02", "2025-06-01", true),
        ("2008-06-01", "2025-06-01", false),
        ("2012-05-14", "2025-03-31", false),
        ("2012-05-14", "2025-04-01", true),
        ("2012-05-14", "2026-03-31", true),
        ("2012-05-14", "2026-04-01", false),
    ] {
        assert_eq!(score(birth, vec![scored(date, 12, Carer)]), counts.then_some(12), "{birth} on {date}");
    }
    let two = |first, second| vec![scored(first, 12, Carer), scored(second, 20, Carer)];
    assert_eq!(score("2012-05-14", two("2025-06-01", "2025-09-01")), Some(20));
    assert_eq!(score("2012-05-14", two("2025-09-01", "2025-06-01")), Some(12));
    for rater in [Oneself, Teacher] {
        let later = vec![scored("2025-06-01", 12, Carer), scored("2025-09-01", 20, rater)];
        assert_eq!(score("2012-05-14", later), Some(12), "{rater:?} does not count");
    }
    let records = of_child("2012-05-14", two("2025-06-01", "2025-06-01"));
    let cell = derived(&records, "").sdq_score;
    assert_eq!(cell.said.is().map(Number::get), Some(20), "of one day the later");
    assert_eq!((lines(&cell), cell.against.len()), (vec![FIRST + 1], 1));
}

#[test]
fn a_leap_day_is_reached_on_the_first_of_march() {
    let scores = |date: &str| {
        let in_care = episode("2005-01-10", StartedToBeLookedAfter, None).into();
        let records = records(vec![born("2004-02-29"), in_care, scored(date, 12, Carer)]);
        let year = CollectionYear::new(2021).unwrap();
        derive(&records, year, &CompleteFor::default(), Known::default()).unwrap().sdq_score.said.has_value()
    };
    assert!(scores("2021-02-28"), "sixteen for a day more");
    assert!(!scores("2021-03-01"));
}

#[test]
fn without_a_score_there_is_a_reason_or_the_question_does_not_arise() {
    let reason = |birth: &str, said: Vec<Statement>| derived(&of_child(birth, said), "").sdq_reason.said;
    let refused = || vec![unscored("2025-06-01", CarerRefused, Carer), unscored("2025-09-01", ChildRefused, Carer)];
    assert_eq!(reason("2012-05-14", refused()), Is(ChildRefused));
    assert_eq!(reason("2012-05-14", vec![unscored("2025-03-31", CarerRefused, Carer)]), NotAsked);
    assert_eq!(reason("2012-05-14", vec![unscored("2025-06-01", CarerRefused, Oneself)]), NotAsked);
    let later = vec![scored("2025-06-01", 12, Carer), unscored("2025-09-01", CarerRefused, Carer)];
    assert_eq!(reason("2012-05-14", later), NotApplicable, "there is a score");
    for (birth, said) in [
        ("2022-04-01", NotApplicable),              // four the day after the year: rule 188
        ("2022-03-31", NotAsked),                   // four on its last day
        ("2008-04-02", NotAsked),                   // seventeen on its second day
        ("2008-04-01", Is(UnderFourOrOverSixteen)), // on its first
        ("2008-03-31", NotApplicable),              // on the day before: rule 189
    ] {
        assert_eq!(reason(birth, vec![]), said, "{birth}");
    }
}

#[test]
fn misuse_and_help_are_what_was_found_in_the_window() {
    let cells = |said: Vec<Statement>, complete_for: &str| {
        let records = of_child("2010-05-14", said);
        let outcomes = derived(&records, complete_for);
        [outcomes.substance_misuse, outcomes.intervention_received, outcomes.intervention_offered].map(|cell| cell.said)
    };
    let na = NotApplicable;
    let found = |date, help| misuse(date, true, help);
    assert_eq!(cells(vec![], ""), [NotAsked, na, na]);
    assert_eq!(cells(vec![], "substance-misuse"), [Is(false), na, na]);
    for (date, is_in) in [("2025-03-31", false), ("2025-04-01", true), ("2026-03-31", true), ("2026-04-01", false)] {
        let said = cells(vec![found(date, Some(Received))], "");
        assert_eq!(said, if is_in { [Is(true), Is(true), na] } else { [NotAsked, na, na] }, "{date}");
    }
    let help = |help| cells(vec![found("2025-06-01", help)], "");
    assert_eq!(help(Some(Offered)), [Is(true), Is(false), Is(true)]);
    assert_eq!(help(Some(SubstanceIntervention::Refused)), [Is(true), Is(false), Is(true)]);
    assert_eq!(help(Some(NoIntervention)), [Is(true), Is(false), Is(false)]);
    assert_eq!(help(None), [Is(true), NotAsked, na]);
    let both = vec![found("2025-06-01", Some(Offered)), found("2025-09-01", Some(Received))];
    assert_eq!(cells(both, ""), [Is(true), Is(true), na]);
    let not_found = vec![misuse("2025-06-01", false, Some(Received))];
    assert_eq!(cells(not_found, ""), [Is(false), na, na]);
    let once = vec![misuse("2025-06-01", false, None), found("2025-09-01", Some(Offered))];
    assert_eq!(cells(once.clone(), ""), [Is(true), Is(false), Is(true)]);
    let records = of_child("2010-05-14", once);
    assert!(derived(&records, "").substance_misuse.against.is_empty(), "found later is no contradiction");
    let known = Known { substance_misuse: Some(true), ..Known::default() };
    let records = of_child("2010-05-14", vec![misuse("2025-06-01", false, Some(Received))]);
    let outcomes = derive(&records, collection_year(), &CompleteFor::default(), known).unwrap();
    assert_eq!(outcomes.intervention_received.said, NotAsked, "the return says that there is one");
}

/// One thing said of a child's health, from few numbers.
fn some_statement() -> impl Strategy<Value = Statement> {
    let days = (0..900_i32).prop_map(|days| day("2024-06-01").add_days(days).unwrap());
    (0..5_u8, days, any::<u8>()).prop_map(|(kind, date, what)| match kind {
        0 | 1 => HealthCheck {
            r#type: Is([DentalCheck, InitialHealthAssessment, ReviewHealthAssessment, DevelopmentalCheck]
                [usize::from(what % 4)]),
            date: Is(date),
            status: Is([Completed, Planned, Refused, Cancelled][usize::from(what / 4 % 4)]),
            ..HealthCheck::default()
        }
        .into(),
        2 => SubstanceMisuse {
            date: Is(date),
            identified: Is(what.is_multiple_of(2)),
            intervention: Is([NoIntervention, Offered, Received][usize::from(what / 2 % 3)]),
            ..SubstanceMisuse::default()
        }
        .into(),
        3 => AnnualHealth {
            year: CollectionYear::of(date).map_or(NotAsked, Is),
            immunisations: Is(what.is_multiple_of(2)),
            immunisations_as_at: Is(date),
            ..AnnualHealth::default()
        }
        .into(),
        _ => Immunisation {
            date: {
                let mut text = Vec::new();
                date.write_iso(&mut text);
                text.extend_from_slice(b"T00:00:00");
                DateTime::read(&text).map_or(NotAsked, Is)
            },
            status: Is(ImmunisationStatus::Completed),
            ..Immunisation::default()
        }
        .into(),
    })
}

/// Whether a statement is of a day in the year.
fn is_in_window(statement: &Statement) -> bool {
    let date = match statement {
        Statement::HealthCheck(check) => check.date,
        Statement::SubstanceMisuse(misuse) => misuse.date,
        Statement::AnnualHealth(health) => health.immunisations_as_at,
        _ => NotAsked,
    };
    date.is().is_some_and(|date| collection_year().contains(date))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_flag_is_never_1_without_evidence_in_the_window(
        birth in 0..7_000_i32,
        said in prop::collection::vec((some_statement(), any::<bool>()), 0..8),
        complete_for in prop::sample::select(vec!["", "dental", "dental,health-assessment,development,substance-misuse"]),
    ) {
        let born_on = Person { birth_date: Is(day("2006-01-01").add_days(birth).unwrap()), ..Person::default() };
        let mut all = vec![born_on.into(), episode("2020-01-10", StartedToBeLookedAfter, None).into()];
        all.extend(said.iter().map(|(statement, _)| statement.clone()));
        let mut records = records(all);
        for (record, (_, taken_back)) in records[2..].iter_mut().zip(&said) {
            record.source.retracts = *taken_back;
        }
        let outcomes = derived(&records, complete_for);
        let flags = [
            &outcomes.health_check, &outcomes.immunisations, &outcomes.teeth_check, &outcomes.health_assessment,
            &outcomes.substance_misuse, &outcomes.intervention_received, &outcomes.intervention_offered,
        ];
        for cell in flags {
            prop_assert!(cell.said != Is(true) || !cell.evidence.is_empty());
            for place in cell.evidence.iter().filter(|_| cell.said.has_value()) {
                let record = records.iter().find(|record| std::ptr::eq(&raw const record.source.place, *place)).unwrap();
                prop_assert!(!record.source.retracts && is_in_window(&record.statement));
            }
        }
        prop_assert!(outcomes.intervention_offered.said == NotApplicable || outcomes.intervention_received.said == Is(false));
    }
}

#[test]
fn the_places_are_those_of_the_statements() {
    let records = of_child("2012-05-14", vec![scored("2025-06-01", 12, Carer)]);
    let outcomes = derived(&records, "");
    assert_eq!(outcomes.sdq_score.evidence, [&records[2].source.place]);
    assert!(matches!(outcomes.sdq_score.evidence[0], Place::Cell { .. }));
}
