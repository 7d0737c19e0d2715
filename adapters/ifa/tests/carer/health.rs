//! What the page says of health and of the plan: allergies first, what is due, and never silence for "none".

use schemas::{
    code::{
        AllergyCriticality, AllergyStatus, AllergyVerification, ClinicalSeverity, ConditionStatus, Disability as Which,
        HealthCheckStatus, HealthCheckType, ImmunisationStatus, MeasurementKind, MedicationStatus, PermanencePlan,
    },
    date::{CollectionYear, DateTime},
    decimal::Decimal,
    record::{
        AllergicReaction, Allergy, AnnualHealth, CarePlan, Coding, Condition, Disability, HealthCheck, HealthCheckMore,
        Immunisation, Measurement, Medication, NhsOrganisation, Person, Statement,
    },
    said::{Reduction, Said},
};

use crate::{day, options, page, page_with, said, text};

fn coded(words: &str) -> Said<Box<Coding>> {
    Said::Is(Box::new(Coding { display: text(words), ..Coding::default() }))
}

fn allergy(words: &str) -> Allergy {
    Allergy { substance: coded(words), status: Said::Is(AllergyStatus::Active), ..Allergy::default() }
}

fn negation(code: &str, words: &str) -> Allergy {
    let substance = Coding { code: text(code), display: text(words), ..Coding::default() };
    Allergy {
        substance: Said::Is(Box::new(substance)),
        recorded_date: Said::Is(day("2025-03-01")),
        ..Allergy::default()
    }
}

fn allergies(of: Vec<Allergy>) -> Vec<String> {
    let page = page(of.into_iter().map(Statement::from).collect());
    said(&page, "Allergies").into_iter().map(str::to_owned).collect()
}

fn check(kind: HealthCheckType, status: HealthCheckStatus, date: &str) -> HealthCheck {
    HealthCheck {
        r#type: Said::Is(kind),
        date: Said::Is(day(date)),
        status: Said::Is(status),
        ..HealthCheck::default()
    }
}

#[test]
fn an_allergy_is_said_in_full_the_most_dangerous_first() {
    let anaphylaxis = AllergicReaction {
        manifestations: Said::Is(vec![Coding { display: text("Anaphylaxis"), ..Coding::default() }]),
        severity: Said::Is(ClinicalSeverity::Severe),
        ..AllergicReaction::default()
    };
    let peanut = Allergy {
        criticality: Said::Is(AllergyCriticality::High),
        reactions: Said::Is(vec![anaphylaxis]),
        ..allergy("Peanut")
    };
    let grass = Allergy {
        verification: Said::Is(AllergyVerification::Unconfirmed),
        criticality: Said::Is(AllergyCriticality::Low),
        ..allergy("Grass pollen")
    };
    let page = page(vec![grass.into(), allergy("Latex").into(), peanut.into()]);
    assert_eq!(
        said(&page, "Allergies"),
        ["Peanut, HIGH RISK, reaction: Anaphylaxis (severe)", "Latex", "Grass pollen, Low risk, not yet confirmed"]
    );
    let health = page.split("<h2>Health</h2>").nth(1).unwrap();
    assert!(health.trim_start().starts_with("<dl>\n<dt>Allergies</dt>"), "{health}");
    assert!(page.contains("Ask the child&#39;s nurse about health conditions and medicines."), "{page}");
}

#[test]
fn that_none_is_known_is_said_only_where_somebody_found_it_out() {
    assert_eq!(
        allergies(vec![negation("716186003", "No known allergy")]),
        ["No known allergy (recorded on 1 March 2025)"]
    );
    assert_eq!(
        allergies(vec![negation("409137002", "No known drug allergy")]),
        ["No known drug allergy (recorded on 1 March 2025); whether there are others is not known to us"]
    );
    let no_longer = Allergy { status: Said::Is(AllergyStatus::Resolved), ..negation("716186003", "No known allergy") };
    assert_eq!(allergies(vec![no_longer]), ["not known to us"]);
    let refuted = Allergy { verification: Said::Is(AllergyVerification::Refuted), ..allergy("Penicillin") };
    assert_eq!(allergies(vec![refuted]), ["not known to us"]);
}

#[test]
fn an_allergy_outweighs_the_word_that_there_is_none() {
    assert_eq!(allergies(vec![negation("716186003", "No known allergy"), allergy("Peanut")]), ["Peanut"]);
}

#[test]
fn an_allergy_of_which_little_is_let_out_is_still_there() {
    let withheld = Allergy { substance: Said::NotAsked, ..allergy("") };
    assert_eq!(
        allergies(vec![withheld.clone()]),
        ["there is one, to what is not known to us: ask the child&#39;s nurse"]
    );
    let flagged = Allergy { substance: Said::Reduced(Reduction::Flag(true)), ..withheld };
    assert_eq!(allergies(vec![flagged]), ["yes: ask the child&#39;s nurse to what"]);
    let unsaid = Allergy { status: Said::NotAsked, ..allergy("Latex") };
    assert_eq!(allergies(vec![unsaid]), ["Latex"], "nobody said that it is over");
}

#[test]
fn an_allergy_that_is_over_is_past() {
    let over = Allergy { status: Said::NotAsked, ended: Said::Is(day("2024-05-06")), ..allergy("Egg") };
    let page = page(vec![over.into()]);
    assert_eq!(said(&page, "Allergies"), ["not known to us"]);
    assert_eq!(said(&page, "Allergies in the past"), ["Egg (until 6 May 2024)"]);
}

#[test]
fn checks_say_when_they_were_and_when_they_are_due() {
    let with = HealthCheckMore {
        performer: text("Nurse Nile"),
        performer_org: Said::Is(NhsOrganisation { name: text("Invented Clinic"), ..NhsOrganisation::default() }),
        ..HealthCheckMore::default()
    };
    use HealthCheckStatus::{Completed, Planned, Refused};
    use HealthCheckType::{DentalCheck, InitialHealthAssessment, OpticianCheck, ReviewHealthAssessment};
    let booked =
        HealthCheck { due_date: Said::Is(day("2026-04-30")), ..check(ReviewHealthAssessment, Planned, "2026-04-10") };
    let overdue = HealthCheck { due_date: Said::Is(day("2026-01-20")), ..check(DentalCheck, Planned, "2026-01-10") };
    let page = page(vec![
        check(InitialHealthAssessment, Completed, "2025-04-01").into(),
        HealthCheck { more: Some(Box::new(with)), ..check(ReviewHealthAssessment, Completed, "2025-11-04") }.into(),
        booked.into(),
        overdue.into(),
        check(OpticianCheck, Refused, "2025-12-01").into(),
        AnnualHealth {
            year: CollectionYear::new(2025).map_or(Said::NotAsked, Said::Is),
            health_assessment: Said::Is(false),
            teeth_check: Said::Is(false),
            ..AnnualHealth::default()
        }
        .into(),
    ]);
    assert_eq!(
        said(&page, "Health assessment"),
        ["last on 4 November 2025 with Nurse Nile, Invented Clinic; planned for 10 April 2026; due by 30 April 2026"]
    );
    assert_eq!(
        said(&page, "Dentist"),
        ["DUE: not done in the year to 31 March 2025; was planned for 10 January 2026, whether it was done is not \
             known to us; DUE: it was to be done by 20 January 2026"]
    );
    assert_eq!(said(&page, "Optician"), ["refused on 1 December 2025"]);
}

#[test]
fn immunisations_say_the_last_and_what_was_not_given() {
    let given = |words: &str, moment: &str, status| -> Statement {
        Immunisation {
            vaccine: coded(words),
            date: Said::Is(DateTime::read(moment.as_bytes()).unwrap()),
            status: Said::Is(status),
            ..Immunisation::default()
        }
        .into()
    };
    let page = page(vec![
        given("MMR", "2017-06-14T00:00:00+01:00", ImmunisationStatus::Completed),
        given("4-in-1", "2019-06-14T09:30:00+01:00", ImmunisationStatus::Completed),
        given("Flu", "2025-10-01T00:00:00+01:00", ImmunisationStatus::NotDone),
    ]);
    assert_eq!(said(&page, "Immunisations"), ["last on 14 June 2019: 4-in-1; not given: Flu"]);
}

#[test]
fn conditions_and_medicines_are_said_where_the_view_lets_them_out() {
    let asthma = Condition { code: coded("Asthma"), ..Condition::default() };
    let over = Condition {
        code: coded("Glue ear"),
        clinical_status: Said::Is(ConditionStatus::Resolved),
        ..Condition::default()
    };
    let inhaler = Medication { code: coded("Inhaler"), dosage_text: text("two puffs"), ..Medication::default() };
    let cream = Medication { code: coded("Cream"), ..Medication::default() };
    let stopped =
        Medication { code: coded("Syrup"), status: Said::Is(MedicationStatus::Stopped), ..Medication::default() };
    let page = page(vec![asthma.into(), over.into(), inhaler.into(), cream.into(), stopped.into()]);
    assert_eq!(said(&page, "Health conditions"), ["Asthma"]);
    assert_eq!(said(&page, "Medicines"), ["Inhaler: two puffs", "Cream; ask the child&#39;s nurse how much and when"]);
    assert_eq!(said(&page, "Health conditions in the past"), ["Glue ear"]);
    assert!(!page.contains("Syrup"));
    assert!(page.contains("health conditions and medicines."), "the list may not be whole");
}

#[test]
fn growth_and_disability_are_said() {
    let height = |value: &str, on: &str| -> Statement {
        Measurement {
            kind: Said::Is(MeasurementKind::Height),
            value: Said::Is(Decimal::read(value.as_bytes()).unwrap()),
            unit: text("cm"),
            effective: Said::Is(day(on)),
        }
        .into()
    };
    let disabled = |code| Statement::from(Disability { code: Said::Is(code), ..Disability::default() });
    let known = page(vec![height("133.0", "2025-11-04"), height("128.5", "2024-11-04"), disabled(Which::Hearing)]);
    assert_eq!(said(&known, "Height"), ["133.0 cm on 4 November 2025"]);
    assert_eq!(said(&known, "Disability"), ["Hearing"]);
    assert_eq!(said(&page(vec![disabled(Which::NoDisability)]), "Disability"), ["none recorded"]);
}

#[test]
fn the_plan_that_holds_is_in_its_own_words() {
    let plan = |start: &str, end: Said<_>, words: &str| -> Statement {
        CarePlan {
            start_date: Said::Is(day(start)),
            end_date: end,
            plain_text: text(words),
            permanence_plans: Said::Is(vec![PermanencePlan::LongTermFostering]),
            ..CarePlan::default()
        }
        .into()
    };
    let page = page(vec![
        plan("2024-01-01", Said::Is(day("2025-01-01")), "An old plan"),
        plan("2025-01-01", Said::Blank, "You stay with us until you are grown up."),
    ]);
    assert_eq!(said(&page, "The plan for me"), ["You stay with us until you are grown up."]);
    assert_eq!(said(&page, "What is planned for good"), ["Long-term fostering"]);
    assert!(!page.contains("An old plan"));
}

#[test]
fn what_was_taken_back_is_not_there() {
    let nothing = page(vec![Person::default().into()]);
    assert!(said(&nothing, "Health conditions").is_empty() && said(&nothing, "Height").is_empty());
    let without_a_day = page_with(
        vec![check(HealthCheckType::DentalCheck, HealthCheckStatus::Planned, "2026-01-10").into()],
        &kit::adapter::Options { as_at: None, ..options() },
    );
    assert_eq!(said(&without_a_day, "Dentist"), ["planned for 10 January 2026"]);
}
