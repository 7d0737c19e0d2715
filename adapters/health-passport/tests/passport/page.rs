//! The young person's own page: plain, dated, silent on nothing.

use health_passport::PASSPORT_HTML;
use kit::adapter::Options;
use schemas::{
    code::{AllergyStatus, AllergyVerification, HealthCheckStatus, HealthCheckType, MeasurementKind},
    decimal::Decimal,
    record::*,
    said::Said::Is,
};

use crate::support::*;

fn page_of(statements: Vec<Statement>) -> String {
    let options = Options { as_at: Some(day("2026-01-30")), ..options() };
    let parts = parts_of(&PASSPORT_HTML, &options, &Child::new("1", statements));
    assert_eq!(parts.len(), 1);
    String::from_utf8(parts[0].clone()).unwrap()
}

/// What stands under a heading.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let from = page.find(&format!("<h2>{heading}</h2>")).unwrap_or_else(|| panic!("no {heading}"));
    page[from..].split("</section>").next().unwrap()
}

fn allergy(what: &str) -> Allergy {
    Allergy { substance: Is(Box::new(Coding { text: text(what), ..Coding::default() })), ..Allergy::default() }
}

#[test]
fn everything_that_is_said_says_when_and_by_whom() {
    let page = page_of(home_and_health());
    assert!(
        section(&page, "My injections")
            .contains("A vaccine, against Measles, Mumps, dose 1 (The Surgery, 14 June 2017)"),
        "{page}"
    );
    assert!(
        section(&page, "My allergies").contains(
            "Allergy to peanut – DANGEROUS, since 1 January 2018. What happens: Anaphylaxis (severe) (1 February 2018)"
        ),
        "{page}"
    );
    assert!(
        section(&page, "My health checks")
            .contains("Review health assessment: Grows well (Nurse Nile, The Surgery, 4 November 2025)"),
        "{page}"
    );
    assert!(section(&page, "My appointments").contains("Dental check on 10 April 2026"), "{page}");
    assert!(section(&page, "My plan and my words").contains("You stay with Cass. (1 April 2025)"), "{page}");
    assert!(!page.contains("report-canary") && !page.contains("Invented Street"), "what is not of the page");
}

#[test]
fn silence_never_reads_as_none() {
    let page = page_of(vec![Person { birth_date: on("2010-01-01"), ..Person::default() }.into()]);
    assert!(section(&page, "My allergies").contains("This does not mean that you have none"));
    let gaps = section(&page, "What we do not know yet, and whom to ask");
    for gap in ["Whether you have allergies", "Which medicines you take", "Which injections you have had"] {
        assert!(gaps.contains(gap), "{gap}");
    }
}

#[test]
fn that_no_allergy_is_known_is_said_only_where_nothing_speaks_against_it() {
    let code = Coding { code: text("716186003"), display: text("No known allergy"), ..Coding::default() };
    let negation =
        || Allergy { substance: Is(Box::new(code.clone())), recorded_date: on("2020-02-02"), ..Allergy::default() };
    let of = |allergies: Vec<Allergy>| {
        let page = page_of(allergies.into_iter().map(Statement::from).collect());
        section(&page, "My allergies").to_owned()
    };
    assert!(of(vec![negation()]).contains("No known allergy (2 February 2020)"));
    let beside = of(vec![negation(), allergy("Latex")]);
    assert!(beside.contains("Latex") && !beside.contains("No known allergy"), "{beside}");
    let refuted = Allergy { verification: Is(AllergyVerification::Refuted), ..allergy("Eggs") };
    let over = Allergy { status: Is(AllergyStatus::Resolved), ended: on("2019-01-01"), ..allergy("Milk") };
    let past = of(vec![refuted, over]);
    assert!(
        past.contains("In the past: Milk, until 1 January 2019")
            && past.contains("It turned out that you do not have it: Eggs"),
        "{past}"
    );
}

#[test]
fn growth_is_drawn_and_its_numbers_stand_beside_it_with_their_digits() {
    let height = |value: &str, day: &str| -> Statement {
        Measurement {
            kind: Is(MeasurementKind::Height),
            value: Is(Decimal::read(value.as_bytes()).unwrap()),
            unit: text("cm"),
            effective: on(day),
        }
        .into()
    };
    let page = page_of(vec![height("131.50", "2025-11-04"), height("125.0", "2024-11-05")]);
    let growth = section(&page, "How I have grown");
    assert!(
        growth.contains("<svg") && growth.contains("aria-label=\"My height over time: from 125.0 cm to 131.50 cm."),
        "{growth}"
    );
    assert!(growth.find("5 November 2024").unwrap() < growth.find("4 November 2025").unwrap());
    let once = page_of(vec![height("131.50", "2025-11-04")]);
    assert!(!section(&once, "How I have grown").contains("<svg"), "one number is no line");
}

#[test]
fn what_was_planned_and_is_past_is_asked_about() {
    let check = |status, day: &str| -> Statement {
        HealthCheck {
            r#type: Is(HealthCheckType::DentalCheck),
            status: Is(status),
            date: on(day),
            ..HealthCheck::default()
        }
        .into()
    };
    let page =
        page_of(vec![check(HealthCheckStatus::Planned, "2025-12-01"), check(HealthCheckStatus::Refused, "2025-06-01")]);
    assert!(
        section(&page, "My appointments")
            .contains("was planned for 1 December 2025; nobody has told us whether it happened")
    );
    assert!(section(&page, "My teeth and eyes").contains("Dental check: you did not want it (1 June 2025)"));
}
