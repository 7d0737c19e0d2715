//! Plans in time: the first, one a term, what is waived, and where the sender says otherwise.

use epep::figures::PlansTally;
use epep::timeliness::{DueFor, Outcome, Verdict, check, counted_on, next_due, spells, verdicts};
use kit::{
    pep::{CountedWhen, HowOften, PepSettings},
    school_calendar::{Basis, DayKind},
};
use proptest::prelude::*;
use schemas::{
    code::{AcademicTerm, EpisodeEndReason, PepNotRequired, PepStatus, PepType, Rne},
    date::{AcademicYear, Date},
    record::{CareEpisode, EducationPlan, EducationPlanMore, Person, Record, Statement},
    said::Said,
};

use crate::support::{Told, calendar, day, records};

fn settings() -> PepSettings {
    PepSettings { calendar: calendar(), ..PepSettings::default() }
}

fn born(date: &str) -> Statement {
    Statement::from(Person { birth_date: Said::Is(day(date)), ..Person::default() })
}

fn episode(start: &str, reason: Rne, end: Option<(&str, EpisodeEndReason)>) -> Statement {
    Statement::from(CareEpisode {
        start_date: Said::Is(day(start)),
        start_reason: Said::Is(reason),
        end_date: end.map_or(Said::Blank, |(end, _)| Said::Is(day(end))),
        end_reason: end.map_or(Said::Blank, |(_, reason)| Said::Is(reason)),
        ..CareEpisode::default()
    })
}

fn in_care(start: &str) -> Statement {
    episode(start, Rne::StartedToBeLookedAfter, None)
}

fn left_care(start: &str, end: &str) -> Statement {
    episode(start, Rne::StartedToBeLookedAfter, Some((end, EpisodeEndReason::ReturnedHomePlanned)))
}

fn plan(completed: &str) -> EducationPlan {
    EducationPlan {
        completed_date: Said::Is(day(completed)),
        status: Said::Is(PepStatus::Complete),
        ..EducationPlan::default()
    }
}

fn of(statements: impl IntoIterator<Item = Statement>) -> Vec<Record> {
    records(statements.into_iter().map(|statement| (statement, false)))
}

/// Verdicts as words: what for, outcome, due.
fn told(verdicts: &[Verdict]) -> Vec<String> {
    let word = |verdict: &Verdict| {
        let due_for = match verdict.due_for {
            DueFor::FirstPlan => "first".to_owned(),
            DueFor::Term(_, name) => name.to_string(),
            DueFor::Year(year) => year.to_string(),
        };
        let late = match verdict.outcome {
            Outcome::Late(days) => format!(" by {days}"),
            _ => String::new(),
        };
        format!("{due_for} {}{late} {}", verdict.outcome.word(), verdict.due)
    };
    verdicts.iter().map(word).collect()
}

fn judged(as_at: &str, statements: impl IntoIterator<Item = Statement>) -> Vec<String> {
    told(&verdicts(&of(statements), &settings(), day(as_at)))
}

#[test]
fn the_first_plan_is_due_twenty_school_days_after_care_began() {
    // Day 0 is 6 October; the half term does not count: day 20 is 10 November.
    let due = |plans: &[&str], as_at: &str| {
        let plans = plans.iter().map(|completed| Statement::from(plan(completed)));
        judged(as_at, [in_care("2025-10-06")].into_iter().chain(plans))[0].clone()
    };
    assert_eq!(due(&["2025-11-10"], "2025-12-01"), "first in-time 2025-11-10");
    assert_eq!(due(&["2025-11-11"], "2025-12-01"), "first late by 1 2025-11-10");
    assert_eq!(due(&["2025-10-01"], "2025-12-01"), "first overdue 2025-11-10");
    assert_eq!(due(&["2025-10-01", "2025-11-05"], "2025-12-01"), "first in-time 2025-11-10");
    assert_eq!(due(&[], "2025-11-11"), "first overdue 2025-11-10");
    assert_eq!(due(&[], "2025-11-10"), "first due-soon 2025-11-10");
    // From 17 October ten school days are left, from 16 October eleven.
    assert_eq!(due(&[], "2025-10-20"), "first due-soon 2025-11-10");
    assert_eq!(due(&[], "2025-10-17"), "first due 2025-11-10");
    assert!(judged("2025-10-05", [in_care("2025-10-06")]).is_empty());
}

#[test]
fn an_authority_sets_what_it_works_to() {
    let settings = PepSettings {
        first_days: 10,
        first_day_kind: DayKind::Working,
        counted_when: CountedWhen::Meeting,
        ..settings()
    };
    let held = EducationPlan {
        meeting_date: Said::Is(day("2025-10-20")),
        status: Said::Is(PepStatus::MeetingHeld),
        ..EducationPlan::default()
    };
    let records = of([in_care("2025-10-06"), held.clone().into()]);
    let first = verdicts(&records, &settings, day("2025-12-01"))[0];
    assert_eq!((first.outcome, first.due), (Outcome::InTime, day("2025-10-20")));
    // Without bank holidays nobody knows the working days for certain; here some are given.
    assert_eq!(first.basis, Basis::Given);
    assert_eq!(counted_on(&held, CountedWhen::Complete), None);
    let planned = EducationPlan { status: Said::Is(PepStatus::Planned), ..held };
    assert_eq!(counted_on(&planned, CountedWhen::Meeting), None);
    let cancelled = EducationPlan { status: Said::Is(PepStatus::Cancelled), ..plan("2025-10-20") };
    assert_eq!(counted_on(&cancelled, CountedWhen::Complete), None);
}

#[test]
fn each_term_in_care_has_a_plan_by_its_last_school_day() {
    let spring = EducationPlan {
        academic_year: Said::Is(AcademicYear::new(2025).unwrap()),
        term: Said::Is(AcademicTerm::Spring),
        ..plan("2026-04-15")
    };
    assert_eq!(
        judged("2026-06-01", [in_care("2025-09-08"), plan("2025-10-06").into(), spring.into()]),
        [
            "first in-time 2025-10-06",
            "autumn in-time 2025-12-19",
            "spring late by 3 2026-03-27",
            "summer due 2026-07-21",
        ]
    );
    assert_eq!(
        judged("2026-04-01", [in_care("2025-09-08")]),
        ["first overdue 2025-10-06", "autumn overdue 2025-12-19", "spring overdue 2026-03-27"]
    );
    let two = PepSettings { often: HowOften::PerTerm(2), ..settings() };
    let records = of([in_care("2025-09-08"), plan("2025-10-06").into()]);
    assert_eq!(told(&verdicts(&records, &two, day("2025-12-31")))[1], "autumn overdue 2025-12-19");
    let yearly = PepSettings { often: HowOften::PerYear(1), ..settings() };
    assert_eq!(told(&verdicts(&records, &yearly, day("2025-12-31")))[1], "2025/26 in-time 2026-07-21");
}

#[test]
fn the_term_in_which_care_began_is_waived_where_the_first_plan_is_due_after_it() {
    assert_eq!(
        judged("2026-01-20", [in_care("2025-12-01")]),
        ["first overdue 2026-01-12", "autumn waived 2025-12-19", "spring due 2026-03-27"]
    );
    // Counted in the term all the same, it counts for the term.
    assert_eq!(
        judged("2026-01-20", [in_care("2025-12-01"), plan("2025-12-18").into()])[1],
        "autumn in-time 2025-12-19"
    );
}

#[test]
fn terms_in_which_care_ended_and_children_too_young_or_too_old_need_none() {
    assert_eq!(
        judged("2026-06-01", [left_care("2025-09-08", "2026-03-26"), plan("2025-10-06").into()]),
        ["first in-time 2025-10-06", "autumn in-time 2025-12-19", "spring waived 2026-03-27"]
    );
    assert_eq!(
        judged("2026-06-01", [left_care("2025-10-06", "2025-10-10")]),
        ["first waived 2025-11-10", "autumn waived 2025-12-19"]
    );
    assert_eq!(
        judged("2025-12-31", [born("2024-01-01"), in_care("2025-09-08")]),
        ["first not-required 2025-10-06", "autumn not-required 2025-12-19"]
    );
    let abroad = EducationPlan {
        academic_year: Said::Is(AcademicYear::new(2025).unwrap()),
        term: Said::Is(AcademicTerm::Autumn),
        more: Some(Box::new(EducationPlanMore {
            not_required_reason: Said::Is(PepNotRequired::Abroad),
            ..EducationPlanMore::default()
        })),
        ..EducationPlan::default()
    };
    assert_eq!(
        judged("2026-01-20", [in_care("2025-09-08"), abroad.into()]),
        ["first not-required 2025-10-06", "autumn not-required 2025-12-19", "spring due 2026-03-27"]
    );
}

#[test]
fn spells_of_care_are_made_of_episodes_that_follow_each_other() {
    let x1 = EpisodeEndReason::NewEpisodeSameDay;
    let records = of([
        episode("2025-11-03", Rne::PlacementAndCarer, None),
        episode("2025-09-08", Rne::StartedToBeLookedAfter, Some(("2025-11-03", x1))),
        left_care("2024-01-08", "2024-03-01"),
    ]);
    let found: Vec<_> = spells(&records).iter().map(|spell| (spell.start, spell.end)).collect();
    assert_eq!(found, [(day("2024-01-08"), Some(day("2024-03-01"))), (day("2025-09-08"), None)]);
    // The first plan of the second spell is due anew.
    let words =
        judged("2025-12-01", [left_care("2024-01-08", "2024-03-01"), plan("2024-01-20").into(), in_care("2025-09-08")]);
    assert_eq!(words.iter().filter(|word| word.starts_with("first")).count(), 2, "{words:?}");
    assert!(words.contains(&"first overdue 2025-10-06".to_owned()));
}

#[test]
fn without_terms_every_verdict_is_approximate_and_says_so() {
    let records = of([in_care("2025-09-08"), plan("2025-10-06").into()]);
    let verdicts = verdicts(&records, &PepSettings::default(), day("2025-12-31"));
    assert!(verdicts.iter().all(|verdict| verdict.basis == Basis::Approximate));
    let mut tally = PlansTally::default();
    assert_eq!(tally.words("Plans"), None);
    tally.add(&verdicts);
    assert_eq!(
        tally.words("Plans").unwrap(),
        "Plans: in time: 2, late: 0, overdue: 0, due: 0 (0 within ten school days); none needed: 0. 2 of these rest on an \
         approximate calendar: give the terms under [pep]."
    );
}

#[test]
fn the_next_due_day_is_that_of_the_earliest_plan_that_is_missing() {
    let next = |statements: Vec<Statement>| next_due(&of(statements), &settings(), day("2026-01-20"));
    let counted = || vec![in_care("2025-09-08"), plan("2025-10-06").into()];
    assert_eq!(next(counted()), Some((day("2026-03-27"), Basis::Given)));
    assert_eq!(next(vec![in_care("2025-09-08")]), Some((day("2025-10-06"), Basis::Given)));
    assert_eq!(next(vec![left_care("2025-09-08", "2025-09-10")]), None);
    assert_eq!(next(Vec::new()), None);
}

#[test]
fn where_the_sender_says_otherwise_it_is_told_at_the_plan_and_nothing_is_written_over() {
    let told_of = |in_timescale: bool, completed: &str| {
        let plan = EducationPlan { told_in_timescale: Said::Is(in_timescale), ..plan(completed) };
        let records = of([in_care("2025-10-06"), plan.into()]);
        let before = records.clone();
        let mut told = Told::default();
        check(&records, &settings(), day("2025-12-31"), &mut told);
        assert_eq!(records, before);
        told.0
    };
    assert_eq!(told_of(true, "2025-11-10"), []);
    assert_eq!(told_of(false, "2025-11-10"), [("epep/timescale-differs", 2)]);
    assert_eq!(told_of(true, "2025-11-11"), [("epep/timescale-differs", 2)]);
    assert_eq!(told_of(false, "2025-11-11"), []);
    // Without the start of care, a plan is held to the term it names, and a first plan to nothing.
    let alone = |in_timescale, completed: &str, plan_type| {
        let plan = EducationPlan {
            told_in_timescale: Said::Is(in_timescale),
            academic_year: Said::Is(AcademicYear::new(2025).unwrap()),
            term: Said::Is(AcademicTerm::Autumn),
            plan_type: Said::Is(plan_type),
            ..plan(completed)
        };
        let mut told = Told::default();
        check(&of([plan.into()]), &settings(), day("2026-01-30"), &mut told);
        told.0.len()
    };
    assert_eq!((alone(true, "2025-12-19", PepType::Review), alone(true, "2025-12-20", PepType::Review)), (0, 1));
    assert_eq!((alone(false, "2025-12-19", PepType::Review), alone(false, "2025-12-19", PepType::First)), (1, 0));
    // What does not count is nobody's to judge.
    assert_eq!(told_of(false, "2025-10-01"), []);
}

proptest! {
    #[test]
    fn every_verdict_is_one_thing_and_agrees_with_its_days(
        start in 0..400_i32,
        length in prop::option::of(0..500_i32),
        plans in prop::collection::vec(0..900_i32, 0..8),
        as_at in 0..900_i32,
    ) {
        let at = |offset: i32| day("2025-01-06").add_days(offset).unwrap();
        let care = match length {
            Some(length) => left_care(&at(start).to_string(), &at(start + length).to_string()),
            None => in_care(&at(start).to_string()),
        };
        let statements = [care].into_iter().chain(plans.iter().map(|offset| plan(&at(*offset).to_string()).into()));
        let records = of(statements);
        let as_at: Date = at(as_at);
        let verdicts = verdicts(&records, &settings(), as_at);
        prop_assert_eq!(verdicts.is_empty(), as_at < at(start));
        for verdict in verdicts {
            match verdict.outcome {
                Outcome::InTime => prop_assert!(verdict.counted.is_some_and(|(day, _)| day <= verdict.due && day <= as_at)),
                Outcome::Late(_) => prop_assert!(verdict.counted.is_some_and(|(day, _)| day > verdict.due)),
                Outcome::Overdue => prop_assert!(verdict.counted.is_none() && verdict.due < as_at),
                Outcome::Due | Outcome::DueSoon => prop_assert!(verdict.counted.is_none() && as_at <= verdict.due),
                Outcome::Waived | Outcome::NotRequired => prop_assert!(verdict.counted.is_none()),
            }
            if let Some((day, _)) = verdict.counted {
                prop_assert!(at(start) <= day);
            }
        }
    }
}
