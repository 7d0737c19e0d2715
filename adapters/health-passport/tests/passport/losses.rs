//! What does not leave: told once a record, and nowhere in the bytes.

use health_passport::{FHIR_JSON, FHIR_NDJSON, PARTICIPANTS_MAX};
use schemas::{
    code::*,
    record::{Disability, *},
    reflect::{Number, Open},
    said::{
        Coarse, Reduction,
        Said::{self, Is},
    },
};

use crate::support::*;

#[test]
fn what_leads_back_to_an_adoption_never_leaves() {
    let without = |format| write(format, &options(), &[Child::new("1", vec![])]).text();
    for format in [&FHIR_NDJSON, &FHIR_JSON] {
        let written = write(format, &options(), &[Child::new("1", never_leaving())]);
        assert_eq!(written.told.codes(), ["fhir/not-expressible"; 5]);
        let lines: Vec<u64> = written.told.0.iter().map(|told| told.place.order().1).collect();
        assert_eq!(lines, [11, 21, 31, 41, 51], "each at its record");
        assert_eq!(written.text(), without(format), "nothing of it changes a byte");
    }
}

#[test]
fn declared_losses_name_what_exists() {
    for loss in health_passport::LOSSES {
        let (name, field) = loss.field.split_once('.').map_or((loss.field, None), |(name, field)| (name, Some(field)));
        let statement = STATEMENTS.iter().find(|statement| statement.name == name).expect(loss.field);
        assert!(field.is_none_or(|field| statement.field(field).is_some()), "{}", loss.field);
    }
    let text = write(&FHIR_NDJSON, &options(), &[full_child()]).text();
    assert!(!text.contains("canary"));
}

#[test]
fn a_statement_without_what_fhir_requires_is_told_and_left_out() {
    let too_little: Vec<Statement> = vec![
        CareEpisode::default().into(),
        Immigration { status: Said::Reduced(Reduction::Flag(true)), ..Immigration::default() }.into(),
        Immigration { start_date: on("2025-01-01"), ..Immigration::default() }.into(),
        Review { participation: Is(ReviewCode::UnderFour), ..Review::default() }.into(),
        Missing { start_date: on("2025-01-01"), ..Missing::default() }.into(),
        Missing { r#type: Is(MissingType::Missing), ..Missing::default() }.into(),
        SocialWorker { role: Is(WorkerRole::PersonalAdviser), ..SocialWorker::default() }.into(),
        worker(Some("SW1"), "No period of care").into(),
        LibertyOrder::default().into(),
        AnnualHealth { teeth_check: Is(true), ..AnnualHealth::default() }.into(),
        SdqScore { score: Said::Reduced(Reduction::Coarse(Coarse::SdqNormal)), ..SdqScore::default() }.into(),
        Address { r#type: Is(AddressType::Home), start_date: on("2025-01-01"), ..Address::default() }.into(),
        Relationship { role: Said::Reduced(Reduction::Flag(true)), ..Relationship::default() }.into(),
        Disability { as_at: on("2025-01-01"), ..Disability::default() }.into(),
        CarePlan { end_date: on("2025-01-01"), ..CarePlan::default() }.into(),
        HealthCheck { date: on("2025-01-01"), ..HealthCheck::default() }.into(),
        Immunisation { status: Said::Reduced(Reduction::Flag(true)), ..Immunisation::default() }.into(),
        Allergy { status: Is(AllergyStatus::Active), substance: Said::Unknown, ..Allergy::default() }.into(),
        Allergy { substance: boxed(" ", ""), ..Allergy::default() }.into(),
        Condition { onset: on("2025-01-01"), ..Condition::default() }.into(),
        Medication { start: on("2025-01-01"), ..Medication::default() }.into(),
        Measurement { effective: Said::NotAsked, ..measured(MeasurementKind::Height, "133", "cm") }.into(),
        SubstanceMisuse { date: on("2025-01-01"), ..SubstanceMisuse::default() }.into(),
        Consent { scope: Is(ConsentScope::Treatment), ..Consent::default() }.into(),
        Consent { decision: Is(ConsentDecision::Deny), ..Consent::default() }.into(),
    ];
    for (n, statement) in too_little.into_iter().enumerate() {
        let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", vec![statement])]);
        assert!(written.told.codes().contains(&"fhir/too-little-said"), "statement {n}: {:?}", written.told.codes());
        assert_eq!(written.told.0.len(), 1, "statement {n}");
        assert_eq!(written.text().lines().count(), 2, "statement {n}: the authority and the child");
    }
}

#[test]
fn what_says_nothing_loses_nothing() {
    let silent: Vec<Statement> = vec![
        Person::default().into(),
        AnnualHealth::default().into(),
        SdqScore { score: Said::Blank, ..SdqScore::default() }.into(),
        restriction(RestrictionKind::AuthorityRestricted),
    ];
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", silent)]);
    assert_eq!(written.told.codes(), Vec::<&str>::new());
    assert_eq!(written.text().lines().count(), 2);
}

#[test]
fn a_view_that_reduces_every_field_breaks_nothing() {
    for answer in [
        Said::NotAsked,
        Said::Blank,
        Said::Unknown,
        Said::Refused,
        Said::NotApplicable,
        Said::Unreadable,
        Said::Reduced(Reduction::Age(9)),
        Said::Reduced(Reduction::Flag(true)),
        Said::Reduced(Reduction::Coarse(Coarse::Foster)),
    ] {
        for record in 0..full_child().records.len() {
            let fields = full_child().records[record].statement.statement_type().fields;
            for field in fields {
                let mut child = full_child();
                assert!(field.set(&mut child.records[record].statement, answer.clone()));
                // The writing itself checks that nothing is empty and nothing stands twice.
                write(&FHIR_NDJSON, &options(), &[child]);
            }
        }
    }
}

#[test]
fn a_language_or_ethnicity_that_the_nhs_has_no_word_for_is_told() {
    let written = write(&FHIR_NDJSON, &options(), &[full_child()]);
    assert_eq!(written.told.codes(), ["fhir/language-unmapped"]);
    assert!(!written.text().contains("QQQ"));
    let person = Person { ethnicity: Is(Ethnicity::AsianBritish), ..Person::default() };
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", vec![person.into()])]);
    assert_eq!(written.told.codes(), ["fhir/ethnicity-coarser"]);
}

#[test]
fn a_second_nhs_number_is_told_and_not_written() {
    let child = Child::with(vec![nhs_number("9000000009"), nhs_number("9000000025")], vec![]);
    let written = write(&FHIR_NDJSON, &options(), &[child]);
    assert_eq!(written.told.codes(), ["fhir/nhs-number-twice"]);
    assert_eq!(written.text().matches("https://fhir.nhs.uk/Id/nhs-number").count(), 1);
}

#[test]
fn care_teams_do_not_grow_without_bound() {
    let mut statements: Vec<Statement> = Vec::new();
    for n in 0..100 {
        let start = day("2000-01-01").add_days(n * 10).unwrap();
        let end = Is(start.add_days(1).unwrap());
        statements.push(CareEpisode { start_date: Is(start), end_date: end, ..CareEpisode::default() }.into());
        let everywhere = SocialWorker { start_date: on("1999-01-01"), ..worker(Some(&format!("SW{n}")), "W") };
        statements.push(everywhere.into());
    }
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", statements)]);
    assert_eq!(written.text().matches("\"member\"").count(), PARTICIPANTS_MAX);
    assert_eq!(written.told.codes().iter().filter(|code| **code == "fhir/teams-full").count(), 90);
}

#[test]
fn an_open_word_is_text_and_no_code() {
    let status = Is(Open::Other("A \"word\" of theirs".into()));
    let immigration = Immigration { status, ..Immigration::default() };
    let resources = resources(&[Child::new("1", vec![immigration.into()])]);
    let concept = &only(&resources, "Observation")["valueCodeableConcept"];
    assert_eq!(concept["text"], "A \"word\" of theirs");
    assert!(concept.get("coding").is_none());
}

#[test]
fn the_score_of_another_rater_is_not_judged_by_the_bands_of_a_carer() {
    for (rater, code, judged) in [
        (Said::NotAsked, "sdq-total", true),
        (Is(SdqRater::Carer), "sdq-total", true),
        (Is(SdqRater::Oneself), "986041000000107", false),
        (Is(SdqRater::Teacher), "sdq-total-teacher", false),
    ] {
        for (score, band) in [
            (0, "normal"),
            (13, "normal"),
            (14, "borderline"),
            (16, "borderline"),
            (17, "cause-for-concern"),
            (40, "cause-for-concern"),
        ] {
            let sdq = SdqScore { score: Is(Number::new(score).unwrap()), rater, ..SdqScore::default() };
            let resources = resources(&[Child::new("1", vec![sdq.into()])]);
            let sdq = only(&resources, "Observation");
            assert_eq!(sdq["code"]["coding"][0]["code"], code);
            assert_eq!(sdq["valueInteger"], score);
            assert_eq!(sdq.get("interpretation").is_some(), judged);
            if judged {
                assert_eq!(sdq["interpretation"][0]["coding"][0]["code"], band);
            }
        }
    }
}
