//! What is written of home, family, plan and health, as it stands and as it is taken back.

use health_passport::{FHIR_JSON, FHIR_NDJSON};
use schemas::{
    code::*,
    record::{Disability, *},
    said::Said::{self, Is},
};
use serde_json::{Value, json};

use crate::support::*;

const UK_CORE: &str = "https://fhir.hl7.org.uk/StructureDefinition/";

fn of_all() -> Vec<Value> {
    resources(&[Child::new("1", home_and_health())])
}

fn observation<'v>(resources: &'v [Value], code: &str) -> &'v Value {
    let is_it = |resource: &&Value| resource["code"]["coding"][0]["code"] == code;
    resources.iter().find(is_it).unwrap_or_else(|| panic!("no {code}"))
}

/// The only resource of a type that is written of one statement.
fn one(statement: impl Into<Statement>, kind: &str) -> Value {
    only(&resources(&[Child::new("1", vec![statement.into()])]), kind).clone()
}

fn taken_back(statement: impl Into<Statement>, kind: &str) -> Value {
    let mut child = Child::new("1", vec![statement.into()]);
    child.records[0].source.retracts = true;
    only(&resources(&[child]), kind).clone()
}

#[test]
fn the_patient_has_the_address_with_its_key() {
    let patient = only(&of_all(), "Patient").clone();
    assert_eq!(
        patient["address"],
        json!([{
            "extension": [{
                "url": format!("{UK_CORE}Extension-UKCore-AddressKey"),
                "extension": [
                    {"url": "type", "valueCodeableConcept": {"coding": [{
                        "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-AddressKeyType", "code": "UPRN"
                    }]}},
                    {"url": "value", "valueString": "100070000000"}
                ]
            }],
            "use": "temp", "type": "physical", "line": ["1 Invented Street", "Sparkhill"], "city": "Birmingham",
            "district": "West Midlands", "postalCode": "B99 3CC", "period": {"start": "2025-09-02"}
        }])
    );
    let at = |of, end_date| {
        let address = Address { r#type: Is(of), postcode: postcode("B99 1AA"), end_date, ..Address::default() };
        let options = kit::adapter::Options { as_at: Some(day("2026-03-31")), ..options() };
        only(&resources_with(&options, &[Child::new("1", vec![address.into()])]), "Patient")["address"][0].clone()
    };
    assert_eq!(at(AddressType::Home, Said::Blank), json!({"use": "home", "type": "physical", "postalCode": "B99 1AA"}));
    assert_eq!(at(AddressType::Other, on("2026-01-01"))["use"], "old");
    assert!(at(AddressType::Other, on("2027-01-01")).get("use").is_none());
}

#[test]
fn somebody_who_belongs_to_the_child_is_a_related_person() {
    let carer = only(&of_all(), "RelatedPerson").clone();
    assert_eq!(carer["active"], true);
    assert_eq!(
        carer["extension"][0],
        json!({"url": "urn:homeward:ext:parental-responsibility", "valueBoolean": false})
    );
    let codes: Vec<&Value> =
        carer["relationship"][0]["coding"].as_array().unwrap().iter().map(|coding| &coding["code"]).collect();
    assert_eq!(codes, ["PRNFOST", "Carer", "foster-carer"]);
    assert_eq!(carer["name"], json!([{"text": "Cass Carer"}]));
    assert_eq!(carer["telecom"], json!([{"system": "phone", "value": "01632 960004"}]));
    assert_eq!(carer["birthDate"], "1980-02-03");
    assert_eq!(carer["address"], json!([{"line": ["1 Invented Street"], "postalCode": "B99 3CC"}]));
    assert_eq!(carer["period"], json!({"start": "2025-09-02"}));
    for (role, code) in [
        (RelationshipRole::Mother, "MTH"),
        (RelationshipRole::Father, "FTH"),
        (RelationshipRole::Parent, "PRN"),
        (RelationshipRole::Sibling, "SIB"),
        (RelationshipRole::Adopter, "ADOPTP"),
        (RelationshipRole::Guardian, "Guardian"),
        (RelationshipRole::ResponsibilityHolder, "Guardian"),
        (RelationshipRole::EmergencyContact, "C"),
        (RelationshipRole::Other, "NotSpecified"),
    ] {
        let person = one(Relationship { role: Is(role), ..Relationship::default() }, "RelatedPerson");
        assert_eq!(person["relationship"][0]["coding"][0]["code"], code);
    }
}

#[test]
fn that_somebody_holds_parental_responsibility_is_told_without_who() {
    let somebody = Relationship {
        role: Said::Reduced(schemas::said::Reduction::Flag(true)),
        has_parental_responsibility: Is(true),
        ..Relationship::default()
    };
    let person = one(somebody, "RelatedPerson");
    assert_eq!(person["extension"][0]["valueBoolean"], true);
    assert!(person.get("relationship").is_none() && person.get("name").is_none());
}

#[test]
fn a_teacher_and_a_social_worker_are_no_related_persons() {
    for role in [RelationshipRole::SocialWorker, RelationshipRole::DesignatedTeacher] {
        let worker = Relationship { role: Is(role), name: text("Wil Worker"), ..Relationship::default() };
        let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", vec![worker.into()])]);
        assert_eq!(written.told.codes(), ["fhir/not-expressible"]);
        assert!(!written.text().contains("Wil Worker"));
    }
}

#[test]
fn a_server_that_gives_ids_knows_a_related_person_again_by_an_identifier() {
    let child = Child::new("1", home_and_health());
    let text = write(&FHIR_JSON, &option("fhir.update", "conditional"), &[child]).text();
    let bundle: Value = serde_json::from_str(&text).unwrap();
    let person = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    let person = person.into_iter().find(|resource| resource["resourceType"] == "RelatedPerson").unwrap();
    assert!(person["identifier"][0]["value"].as_str().unwrap().starts_with("urn:uuid:"));
}

#[test]
fn the_plan_is_in_plain_words_with_what_is_planned_for_good() {
    let resources = of_all();
    let plan = resources.iter().find(|resource| resource["description"] == "You stay with Cass.").unwrap();
    assert_eq!((&plan["status"], &plan["intent"]), (&json!("active"), &json!("plan")));
    let categories: Vec<&Value> =
        plan["category"].as_array().unwrap().iter().map(|category| &category["coding"][0]["code"]).collect();
    assert_eq!(categories, ["734163000", "care"]);
    assert_eq!(plan["period"], json!({"start": "2025-04-01"}));
    let detail = &plan["activity"][0]["detail"];
    assert_eq!(detail["code"]["coding"][0]["system"], "urn:homeward:cs:permanence-plan");
    assert_eq!((&detail["code"]["coding"][0]["code"], &detail["status"]), (&json!("LT_FOSTER"), &json!("in-progress")));
    assert_eq!(plan["activity"].as_array().unwrap().len(), 2);
    let over = CarePlan { start_date: on("2024-01-01"), end_date: on("2025-01-01"), ..CarePlan::default() };
    assert_eq!(one(over, "CarePlan")["status"], "completed");
}

#[test]
fn a_health_check_is_an_encounter_and_a_due_one_stands_in_the_health_plan() {
    let resources = of_all();
    let checks: Vec<&Value> = resources.iter().filter(|resource| resource["resourceType"] == "Encounter").collect();
    let held = checks.iter().find(|check| check["status"] == "finished").unwrap();
    assert_eq!(held["extension"], json!([{"url": "urn:homeward:ext:health-check-status", "valueCode": "completed"}]));
    assert_eq!(held["class"]["code"], "AMB");
    assert_eq!(held["type"][0]["coding"][0]["code"], "RHA");
    assert_eq!(held["type"][0]["text"], "Review health assessment");
    assert_eq!(held["period"], json!({"start": "2025-11-04", "end": "2025-11-04"}));
    assert_eq!(held["participant"], json!([{"individual": {"display": "Nurse Nile"}}]));
    assert_eq!(held["reasonCode"], json!([{"text": "Grows well"}]));
    assert_eq!(held["serviceProvider"]["identifier"]["value"], "A12345");
    let plan = resources.iter().find(|resource| resource["title"] == "Health checks").unwrap();
    assert_eq!(
        plan["activity"],
        json!([{"detail": {
            "code": {"coding": [{
                "system": "urn:homeward:cs:health-check-type", "code": "DENTAL", "display": "Dental check"
            }]},
            "status": "not-started",
            "scheduledString": "2026-04-30"
        }}])
    );
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", home_and_health())]).text();
    assert!(!written.contains("report-canary"));
}

#[test]
fn what_became_of_a_check_has_its_word() {
    for (status, encounter, own) in [
        (HealthCheckStatus::Planned, "planned", "planned"),
        (HealthCheckStatus::Completed, "finished", "completed"),
        (HealthCheckStatus::Cancelled, "cancelled", "cancelled"),
        (HealthCheckStatus::Refused, "cancelled", "refused"),
    ] {
        let check = HealthCheck {
            r#type: Is(HealthCheckType::OpticianCheck),
            date: on("2025-11-04"),
            status: Is(status),
            ..HealthCheck::default()
        };
        let check = one(check, "Encounter");
        assert_eq!((&check["status"], &check["extension"][0]["valueCode"]), (&json!(encounter), &json!(own)));
    }
}

#[test]
fn a_due_check_that_is_taken_back_leaves_the_plan_of_those_that_stand() {
    let due = |kind| HealthCheck {
        r#type: Is(kind),
        date: on("2026-04-10"),
        status: Is(HealthCheckStatus::Planned),
        due_date: on("2026-04-30"),
        more: None,
    };
    let (dental, optical) = (due(HealthCheckType::DentalCheck), due(HealthCheckType::OpticianCheck));
    let mut child = Child::new("1", vec![dental.into(), optical.into()]);
    child.records[0].source.retracts = true;
    let plan = only(&resources(&[child]), "CarePlan").clone();
    assert_eq!(plan["status"], "active");
    assert_eq!(plan["activity"].as_array().unwrap().len(), 1);
    assert_eq!(plan["activity"][0]["detail"]["code"]["coding"][0]["code"], "OPTICAL");
}

#[test]
fn an_immunisation_is_written_whole_and_its_day_without_a_time() {
    let given = only(&of_all(), "Immunization").clone();
    assert_eq!(given["status"], "completed");
    assert_eq!(given["occurrenceDateTime"], "2017-06-14");
    assert_eq!(given["extension"][0]["url"], format!("{UK_CORE}Extension-UKCore-VaccinationProcedure"));
    assert_eq!(given["extension"][1]["valueBoolean"], false);
    assert_eq!((&given["lotNumber"], &given["expirationDate"]), (&json!("LOT-1"), &json!("2018-01-31")));
    assert_eq!(given["performer"][0]["actor"]["display"], "The Surgery");
    assert_eq!(given["protocolApplied"][0]["doseNumberPositiveInt"], 1);
    assert_eq!(given["protocolApplied"][0]["targetDisease"][1]["coding"][0]["code"], "36989005");
    let timed = Immunisation {
        date: moment("2017-06-14T09:10:00+01:00"),
        status: Is(ImmunisationStatus::Completed),
        targets: Is(vec![coding("14189004", "Measles")]),
        dose_number: Said::Blank,
        ..Immunisation::default()
    };
    let timed = one(timed, "Immunization");
    assert_eq!(timed["occurrenceDateTime"], "2017-06-14T09:10:00+01:00");
    assert_eq!(timed["vaccineCode"]["coding"][0]["code"], "UNK");
    assert_eq!(timed["protocolApplied"][0]["doseNumberString"], "Not recorded");
    let booster =
        Immunisation { status: Is(ImmunisationStatus::Completed), dose_number: text("booster"), ..Default::default() };
    let booster = one(booster, "Immunization");
    assert_eq!(booster["protocolApplied"][0]["doseNumberString"], "booster");
    assert_eq!(booster["occurrenceString"], "Date not recorded");
}

#[test]
fn what_was_not_given_says_why_or_that_nobody_recorded_why() {
    let not_given = |reason: Said<Coding>| {
        let more = ImmunisationMore { not_done_reason: reason, ..ImmunisationMore::default() };
        let not_done = Is(ImmunisationStatus::NotDone);
        one(Immunisation { status: not_done, more: Some(Box::new(more)), ..Default::default() }, "Immunization")
    };
    assert_eq!(not_given(Said::NotAsked)["statusReason"], json!({"text": "Reason not recorded"}));
    assert_eq!(not_given(Is(Coding::default()))["statusReason"], json!({"text": "Reason not recorded"}));
    let reason = not_given(Is(coding("MEDPREC", "medical precaution")));
    assert_eq!(
        (&reason["status"], &reason["statusReason"]["coding"][0]["code"]),
        (&json!("not-done"), &json!("MEDPREC"))
    );
}

#[test]
fn an_allergy_is_written_whole_and_that_none_is_known_too() {
    let allergy = only(&of_all(), "AllergyIntolerance").clone();
    assert_eq!(allergy["clinicalStatus"]["coding"][0]["code"], "active");
    assert_eq!(allergy["verificationStatus"]["coding"][0]["code"], "confirmed");
    assert_eq!(allergy["criticality"], "high");
    assert_eq!(
        allergy["code"],
        json!({"coding": [{
            "system": "http://snomed.info/sct", "code": "91935009", "display": "Allergy to peanut"
        }]})
    );
    assert_eq!((&allergy["onsetDateTime"], &allergy["recordedDate"]), (&json!("2018-01-01"), &json!("2018-02-01")));
    let reaction = &allergy["reaction"][0];
    assert_eq!(reaction["manifestation"][0]["coding"][0]["code"], "39579001");
    assert_eq!(
        (&reaction["severity"], &reaction["substance"]["coding"][0]["code"]),
        (&json!("severe"), &json!("762952008"))
    );
    let none =
        one(Allergy { substance: boxed("716186003", "No known allergy"), ..Allergy::default() }, "AllergyIntolerance");
    assert_eq!(none["code"]["coding"][0]["code"], "716186003");
}

#[test]
fn an_allergy_is_there_until_somebody_says_that_it_is_over() {
    let status = |status, ended| {
        let allergy = Allergy { substance: boxed("1", "A"), status, ended, ..Allergy::default() };
        one(allergy, "AllergyIntolerance")["clinicalStatus"].clone()
    };
    assert_eq!(status(Said::NotAsked, Said::NotAsked)["coding"][0]["code"], "active");
    let over = status(Said::NotAsked, on("2020-01-01"));
    assert_eq!(over["coding"][0]["code"], "resolved");
    assert_eq!(over["extension"][0]["extension"], json!([{"url": "endDate", "valueDateTime": "2020-01-01"}]));
    assert_eq!(status(Is(AllergyStatus::Inactive), Said::NotAsked)["coding"][0]["code"], "inactive");
}

#[test]
fn a_reaction_of_which_only_its_severity_is_known_says_that_nothing_else_was_recorded() {
    let reaction = AllergicReaction { severity: Is(ClinicalSeverity::Mild), ..AllergicReaction::default() };
    let allergy = Allergy {
        substance: boxed("1", "A"),
        reactions: Is(vec![reaction, AllergicReaction::default()]),
        ..Default::default()
    };
    let allergy = one(allergy, "AllergyIntolerance");
    assert_eq!(allergy["reaction"], json!([{"manifestation": [{"text": "Not recorded"}], "severity": "mild"}]));
}

#[test]
fn a_condition_in_words_alone_is_a_text() {
    let written = only(&of_all(), "Condition").clone();
    assert_eq!(written["category"][0]["coding"][0]["code"], "problem-list-item");
    assert_eq!(written["severity"]["coding"][0]["code"], "255604002");
    assert_eq!(
        (&written["onsetDateTime"], &written["abatementDateTime"]),
        (&json!("2019-01-01"), &json!("2024-01-01"))
    );
    let eczema = Coding { text: text("Eczema"), ..Coding::default() };
    let written = one(Condition { code: Is(Box::new(eczema)), ..Condition::default() }, "Condition");
    assert_eq!(written["code"], json!({"text": "Eczema"}));
}

#[test]
fn a_condition_that_goes_on_has_no_end() {
    let said = Condition {
        code: boxed("195967001", "Asthma"),
        clinical_status: Is(ConditionStatus::Active),
        abatement: on("2024-01-01"),
        ..Condition::default()
    };
    let written = write(&FHIR_NDJSON, &options(), &[Child::new("1", vec![said.clone().into()])]);
    assert_eq!(written.told.codes(), ["fhir/not-expressible"]);
    assert!(!written.text().contains("2024-01-01"));
    let over = one(Condition { clinical_status: Said::NotAsked, ..said }, "Condition");
    assert_eq!(over["clinicalStatus"]["coding"][0]["code"], "resolved");
}

#[test]
fn a_medicine_has_the_identifier_that_uk_core_asks_for() {
    let medicine = only(&of_all(), "MedicationStatement").clone();
    assert_eq!(medicine["identifier"][0]["system"], "urn:ietf:rfc:3986");
    assert!(medicine["identifier"][0]["value"].as_str().unwrap().starts_with("urn:uuid:"));
    assert_eq!(medicine["status"], "active");
    assert_eq!(medicine["medicationCodeableConcept"]["coding"][0]["code"], "39113611000001102");
    assert_eq!(medicine["effectivePeriod"], json!({"start": "2019-02-01"}));
    assert_eq!(medicine["dosage"], json!([{"text": "Two puffs when needed"}]));
    assert_eq!(medicine["extension"][0]["valueDateTime"], "2025-10-01");
    let unsaid = one(Medication { code: boxed("1", "A"), ..Medication::default() }, "MedicationStatement");
    assert_eq!(unsaid["status"], "unknown");
}

#[test]
fn growth_claims_the_profile_of_its_kind_and_keeps_its_digits() {
    for (kind, unit, profile, loinc, snomed) in [
        (MeasurementKind::Height, "cm", "BodyHeight", "8302-2", "50373000"),
        (MeasurementKind::Weight, "kg", "BodyWeight", "29463-7", "27113001"),
        (MeasurementKind::HeadCircumference, "cm", "HeadCircumference", "9843-4", "363812007"),
        (MeasurementKind::BodyMassIndex, "kg/m2", "BMI", "39156-5", "60621009"),
    ] {
        let text =
            write(&FHIR_NDJSON, &options(), &[Child::new("1", vec![measured(kind, "19.10", unit).into()])]).text();
        assert!(text.contains(r#""value":19.10,"#), "{text}");
        let resources = parse_lines(&text);
        let measured = only(&resources, "Observation");
        assert_eq!(measured["meta"]["profile"], json!([format!("{UK_CORE}UKCore-Observation-VitalSigns-{profile}")]));
        let codes = &measured["code"]["coding"];
        assert_eq!((&codes[0]["code"], &codes[1]["code"]), (&json!(loinc), &json!(snomed)));
        assert_eq!(measured["category"].as_array().unwrap().len(), 1);
        assert_eq!(measured["category"][0]["coding"][0]["code"], "vital-signs");
        assert_eq!((&measured["status"], &measured["effectiveDateTime"]), (&json!("final"), &json!("2025-11-04")));
        assert_eq!(measured["valueQuantity"]["code"], unit);
        assert_eq!(measured["valueQuantity"]["system"], "http://unitsofmeasure.org");
    }
    let back = taken_back(measured(MeasurementKind::Height, "133.0", "cm"), "Observation");
    assert_eq!(back["status"], "entered-in-error");
    assert!(back.get("meta").is_none(), "the profile fixes the status final");
    let restricted =
        vec![measured(MeasurementKind::Height, "133.0", "cm").into(), restriction(RestrictionKind::NhsRestricted)];
    let resources = resources(&[Child::new("1", restricted)]);
    let labelled = only(&resources, "Observation");
    assert_eq!(labelled["meta"]["security"][0]["code"], "R");
    assert!(labelled["meta"]["profile"][0].as_str().unwrap().ends_with("BodyHeight"));
}

#[test]
fn what_was_measured_at_birth_has_our_codes() {
    let resources = of_all();
    let weight = observation(&resources, "birth-weight");
    assert_eq!(weight["meta"]["profile"], json!([format!("{UK_CORE}UKCore-Observation")]));
    assert_eq!(weight["valueQuantity"]["unit"], "kilogram");
    let gestation = Measurement { effective: Said::NotAsked, ..measured(MeasurementKind::Gestation, "39", "weeks") };
    assert_eq!(one(gestation, "Observation")["valueQuantity"]["code"], "wk");
}

#[test]
fn a_unit_that_uk_core_does_not_take_is_told_and_never_guessed() {
    for (kind, unit) in [
        (MeasurementKind::Height, "m"),
        (MeasurementKind::Weight, "[lb_av]"),
        (MeasurementKind::Weight, "g"),
        (MeasurementKind::BodyMassIndex, ""),
        (MeasurementKind::BirthWeight, "stone"),
    ] {
        let child = Child::new("1", vec![measured(kind, "1", unit).into()]);
        let written = write(&FHIR_NDJSON, &options(), &[child]);
        assert_eq!(written.told.codes(), ["fhir/unit-not-written"], "{unit}");
        assert!(!written.text().contains("valueQuantity"));
    }
}

#[test]
fn a_disability_and_substance_misuse_are_observations() {
    let resources = of_all();
    let disability = observation(&resources, "disability");
    assert_eq!(disability["valueCodeableConcept"]["coding"][0]["code"], "MOB");
    assert_eq!(disability["valueCodeableConcept"]["text"], "Uses a wheelchair outside");
    assert_eq!(disability["effectiveDateTime"], "2025-03-31");
    let misuse = observation(&resources, "substance-misuse");
    assert_eq!(misuse["valueBoolean"], true);
    assert_eq!(misuse["component"][0]["valueString"], "Nicotine");
    assert_eq!(misuse["component"][1]["valueCodeableConcept"]["coding"][0]["code"], "intervention-refused");
    let unknown = SubstanceMisuse { identified: Said::Refused, ..SubstanceMisuse::default() };
    assert_eq!(one(unknown, "Observation")["dataAbsentReason"]["coding"][0]["code"], "asked-declined");
    let none = Disability { code: Is(schemas::code::Disability::NoDisability), ..Disability::default() };
    assert_eq!(one(none, "Observation")["valueCodeableConcept"]["coding"][0]["code"], "NONE");
}

#[test]
fn what_is_taken_back_says_so_in_the_way_of_its_type() {
    let statements = home_and_health();
    for statement in statements {
        let of = statement.statement_type().name;
        let mut child = Child::new("1", vec![statement]);
        child.records[0].source.retracts = true;
        let resources = resources(&[child]);
        for resource in &resources {
            match resource["resourceType"].as_str().unwrap() {
                "Organization" => {}
                "Patient" => assert!(resource.get("address").is_none(), "{of}"),
                "RelatedPerson" => assert_eq!(resource["active"], false),
                "AllergyIntolerance" | "Condition" => {
                    assert_eq!(resource["verificationStatus"]["coding"][0]["code"], "entered-in-error");
                    assert!(resource.get("clinicalStatus").is_none());
                }
                _ => assert_eq!(resource["status"], "entered-in-error", "{of}"),
            }
        }
        assert_eq!(resources.len() > 2, of != "Address", "{of}");
    }
}

#[test]
fn the_labels_of_a_restriction_stand_on_all_of_it() {
    let mut statements = home_and_health();
    statements.push(restriction(RestrictionKind::NhsRestricted));
    let resources = resources(&[Child::new("1", statements)]);
    assert!(resources.len() > 12);
    for resource in resources.iter().filter(|resource| resource["resourceType"] != "Organization") {
        assert_eq!(resource["meta"]["security"][0]["code"], "R", "{}", resource["resourceType"]);
    }
}
