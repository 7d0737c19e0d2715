//! What is written of school: enrolment, special educational needs, attendance, plans and voices.

use health_passport::FHIR_NDJSON;
use schemas::{
    code::*,
    date::AcademicYear,
    identifier::{Laestab, SchoolUrn},
    record::*,
    reflect::Number,
    said::{
        Reduction,
        Said::{self, Is},
    },
};
use serde_json::{Value, json};

use crate::support::*;

const TOPIC: &str = "urn:homeward:cs:topic";

fn observation<'v>(resources: &'v [Value], topic: &str) -> &'v Value {
    let mut found = resources.iter().filter(|resource| resource["code"]["coding"][0]["code"] == topic);
    let first = found.next().unwrap_or_else(|| panic!("no {topic}"));
    assert!(found.next().is_none(), "several {topic}");
    first
}

fn sessions(count: u16) -> Said<Number<9999>> {
    Is(Number::new(count).unwrap())
}

fn enrolment() -> Enrolment {
    Enrolment {
        school_urn: Is(SchoolUrn::read(b"999999").unwrap()),
        school_laestab: Is(Laestab::read(b"3309999").unwrap()),
        school_name: Is("Invented \"Primary\" School".into()),
        setting_type: Is(SettingType::School),
        entry_date: on("2024-09-02"),
        nc_year: Is(NcYear::from_code(b"4").unwrap()),
        status: Is(EnrolStatus::Current),
        ..Enrolment::default()
    }
}

fn plan(status: PepStatus) -> EducationPlan {
    EducationPlan { meeting_date: on("2025-11-12"), status: Is(status), ..EducationPlan::default() }
}

#[test]
fn an_enrolment_names_the_school_by_its_number_and_says_the_year() {
    let resources = resources(&[Child::new("1", vec![enrolment().into()])]);
    let enrolment = observation(&resources, "enrolment");
    assert_eq!(
        enrolment["focus"],
        json!([{
            "type": "Organization",
            "identifier": {"system": "https://fhir.hl7.org.uk/Id/urn-school-number", "value": "999999"},
            "display": "Invented \"Primary\" School"
        }])
    );
    assert_eq!(enrolment["effectivePeriod"], json!({"start": "2024-09-02"}));
    assert_eq!(enrolment["valueCodeableConcept"]["text"], EnrolStatus::Current.label());
    assert_eq!(enrolment["component"][0]["code"]["coding"][0]["system"], TOPIC);
    let year = &enrolment["component"][0]["valueCodeableConcept"]["coding"][0];
    assert_eq!((year["system"].as_str(), year["code"].as_str()), (Some("urn:homeward:cs:nc-year"), Some("4")));
    assert_eq!(enrolment["component"][1]["valueCodeableConcept"]["coding"][0]["code"], "SCHOOL");
}

#[test]
fn an_enrolment_without_a_school_still_says_the_year_and_one_that_says_nothing_is_a_loss() {
    let withheld = Enrolment {
        school_urn: Said::NotAsked,
        school_laestab: Said::NotAsked,
        school_name: Said::NotAsked,
        ..enrolment()
    };
    let resources = resources(&[Child::new("1", vec![withheld.into()])]);
    assert!(observation(&resources, "enrolment").get("focus").is_none());
    let nothing = Enrolment { entry_date: on("2024-09-02"), ..Enrolment::default() };
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", vec![nothing.into()])]);
    assert_eq!(written.told.codes(), ["fhir/too-little-said"]);
    assert!(!written.text().contains("enrolment"));
}

#[test]
fn a_school_without_a_urn_goes_by_its_other_number_or_by_its_name() {
    let by_laestab = Enrolment { school_urn: Said::Blank, ..enrolment() };
    let by_name = Enrolment { school_laestab: Said::Blank, ..by_laestab.clone() };
    let resources = resources(&[Child::new("1", vec![by_laestab.into()]), Child::new("2", vec![by_name.into()])]);
    let focus: Vec<&Value> = resources.iter().filter_map(|resource| resource["focus"].get(0)).collect();
    assert_eq!(focus[0]["identifier"], json!({"system": "urn:homeward:id:laestab", "value": "3309999"}));
    assert!(focus[1].get("identifier").is_none());
    assert_eq!(focus[1]["display"], "Invented \"Primary\" School");
}

#[test]
fn special_educational_needs_stand_in_their_order() {
    let need = |rank, which| SenNeed { rank: Is(Number::new(rank).unwrap()), r#type: Is(which) };
    let sen = SenProvision {
        provision: Is(SenProvisionKind::SenSupport),
        start_date: on("2024-09-02"),
        needs: Is(vec![need(1, SenType::from_code(b"SEMH").unwrap()), need(2, SenType::from_code(b"SLCN").unwrap())]),
        ..SenProvision::default()
    };
    let resources = resources(&[Child::new("1", vec![sen.into()])]);
    let sen = observation(&resources, "sen");
    assert_eq!(sen["valueCodeableConcept"]["coding"][0]["system"], "urn:homeward:cs:sen-provision");
    assert_eq!(sen["valueCodeableConcept"]["coding"][0]["code"], "K");
    let needs = sen["component"].as_array().unwrap().iter();
    let codes: Vec<_> = needs.map(|need| need["valueCodeableConcept"]["coding"][0]["code"].clone()).collect();
    assert_eq!(codes, ["SEMH", "SLCN"]);
}

#[test]
fn attendance_is_counted_in_sessions_over_its_days_or_its_year() {
    let summary = AttendanceSummary {
        academic_year: Is(AcademicYear::new(2025).unwrap()),
        possible: sessions(140),
        attended: sessions(130),
        authorised: sessions(6),
        unauthorised: sessions(0),
        ..AttendanceSummary::default()
    };
    let days = AttendanceSummary { period_start: on("2025-09-01"), period_end: on("2026-01-30"), ..summary.clone() };
    let resources = resources(&[Child::new("1", vec![summary.into()]), Child::new("2", vec![days.into()])]);
    let found: Vec<&Value> =
        resources.iter().filter(|resource| resource["code"]["coding"][0]["code"] == "attendance").collect();
    assert_eq!(found[0]["effectivePeriod"], json!({"start": "2025-09-01", "end": "2026-08-31"}));
    assert_eq!(found[1]["effectivePeriod"], json!({"start": "2025-09-01", "end": "2026-01-30"}));
    let counts: Vec<_> = found[0]["component"].as_array().unwrap().iter().map(|one| &one["valueInteger"]).collect();
    assert_eq!(counts, [140, 130, 6, 0]);
}

#[test]
fn sums_that_are_withheld_are_masked_and_a_plan_of_which_there_is_only_a_flag_is_not_there() {
    let withheld = AttendanceSummary {
        academic_year: Is(AcademicYear::new(2025).unwrap()),
        possible: Said::Reduced(Reduction::Flag(true)),
        ..AttendanceSummary::default()
    };
    let flagged = EducationPlan { status: Said::Reduced(Reduction::Flag(true)), ..EducationPlan::default() };
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", vec![withheld.into(), flagged.into()])]);
    assert_eq!(written.told.codes(), Vec::<&str>::new());
    let resources = parse_lines(&written.text());
    let masked = observation(&resources, "attendance");
    assert_eq!(masked["dataAbsentReason"]["coding"][0]["code"], "masked");
    assert_eq!(masked["effectivePeriod"]["start"], "2025-09-01");
    assert!(masked.get("component").is_none() && !written.text().contains("CarePlan"));
}

#[test]
fn a_plan_is_a_care_plan_with_its_targets_as_activities() {
    let target = |text: &str, outcome| Target { text: Is(text.into()), outcome, ..Target::default() };
    let targets = vec![
        Target { due_date: on("2026-02-12"), ..target("Read aloud", Is(TargetOutcome::Met)) },
        target("Swim", Said::Blank),
        target("Paint", Is(TargetOutcome::Dropped)),
        Target { outcome: Is(TargetOutcome::Met), ..Target::default() },
    ];
    let more = EducationPlanMore { targets: Is(targets), ..EducationPlanMore::default() };
    let held = EducationPlan { more: Some(Box::new(more)), ..plan(PepStatus::MeetingHeld) };
    let resources = resources(&[Child::new("1", vec![held.into()])]);
    let plan = only(&resources, "CarePlan");
    assert_eq!(plan["category"][0]["coding"][0]["code"], "pep");
    assert_eq!((plan["status"].as_str(), plan["intent"].as_str()), (Some("active"), Some("plan")));
    assert_eq!(plan["period"], json!({"start": "2025-11-12"}));
    assert_eq!(
        plan["activity"],
        json!([
            {"detail": {"status": "completed", "scheduledPeriod": {"end": "2026-02-12"}, "description": "Read aloud"}},
            {"detail": {"status": "in-progress", "description": "Swim"}},
            {"detail": {"status": "cancelled", "description": "Paint"}}
        ])
    );
}

#[test]
fn every_status_of_a_plan_has_its_own_in_fhir() {
    for (status, word) in [
        (PepStatus::Planned, "draft"),
        (PepStatus::InProgress, "active"),
        (PepStatus::MeetingHeld, "active"),
        (PepStatus::Complete, "completed"),
        (PepStatus::QualityAssured, "completed"),
        (PepStatus::Cancelled, "revoked"),
    ] {
        let resources = resources(&[Child::new("1", vec![plan(status).into()])]);
        assert_eq!(only(&resources, "CarePlan")["status"], word);
    }
}

#[test]
fn a_voice_is_its_words_and_whose_they_are() {
    let voice = |words: Said<Box<str>>| Voice {
        context: Is(VoiceContext::Pep),
        date: on("2025-11-10"),
        whose: Is(VoiceWhose::Child),
        words,
        ..Voice::default()
    };
    let children = [Child::new("1", vec![voice(Is("I want to be a vet".into())).into(), voice(Said::NotAsked).into()])];
    let written = write(&FHIR_NDJSON, &options(), &children);
    assert_eq!(written.told.codes(), ["fhir/too-little-said"]);
    let resources = parse_lines(&written.text());
    let voice = observation(&resources, "voice");
    assert_eq!(voice["valueString"], "I want to be a vet");
    assert_eq!(voice["effectiveDateTime"], "2025-11-10");
    assert_eq!(voice["component"][0]["valueCodeableConcept"]["coding"][0]["code"], "CHILD");
}

#[test]
fn marks_suspensions_and_results_have_no_reader_in_health() {
    let statements: Vec<Statement> = vec![
        AttendanceMark { date: on("2026-01-12"), ..AttendanceMark::default() }.into(),
        Suspension { start_date: on("2026-01-12"), ..Suspension::default() }.into(),
        Attainment { assessed_on: on("2026-01-12"), ..Attainment::default() }.into(),
    ];
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", statements)]);
    assert_eq!(written.told.codes(), ["fhir/not-expressible"; 3]);
    assert!(!written.text().contains("2026-01-12"));
}

#[test]
fn what_the_source_takes_back_keeps_its_name_and_says_so() {
    let mut child = Child::new("1", vec![plan(PepStatus::Complete).into(), enrolment().into()]);
    let stood = resources(&[Child::new("1", vec![plan(PepStatus::Complete).into(), enrolment().into()])]);
    child.records.iter_mut().for_each(|record| record.source.retracts = true);
    let taken_back = resources(&[child]);
    for kind in ["CarePlan", "Observation"] {
        assert_eq!(only(&taken_back, kind)["status"], "entered-in-error");
        assert_eq!(only(&taken_back, kind)["id"], only(&stood, kind)["id"]);
    }
}

#[test]
fn places_at_two_schools_are_two_and_the_same_place_is_one_resource() {
    let elsewhere = Enrolment { school_urn: Is(SchoolUrn::read(b"888888").unwrap()), ..enrolment() };
    let children = [Child::new("1", vec![enrolment().into(), elsewhere.into()])];
    let ids = |resources: &[Value]| -> Vec<String> {
        let places = resources.iter().filter(|resource| resource["resourceType"] == "Observation");
        places.map(|place| place["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = ids(&resources(&children));
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
    assert_eq!(first, ids(&resources(&children)));
}
