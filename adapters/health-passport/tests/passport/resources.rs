//! What single resources say, their ids and their labels.

use std::collections::BTreeSet;

use health_passport::{FHIR_JSON, FHIR_NDJSON};
use kit::ids::IdKey;
use schemas::{
    code::*,
    date::CollectionYear,
    record::*,
    reflect::Number,
    said::Said::{self, Is},
};
use serde_json::Value;

use crate::support::*;

#[test]
fn text_of_people_is_escaped() {
    let text = "A \"quoted\" \\ name\nwith\ttabs, \u{1}\u{1f} and 😀 \u{2028}é";
    let name = Name { r#use: Is(NameUse::Usual), surname: Is(text.into()), ..Name::default() };
    let more = PersonMore { names: Is(vec![name]), birth_place: Is(text.into()), ..PersonMore::default() };
    let person = Person { more: Some(Box::new(more)), ..Person::default() };
    let resources = resources(&[Child::new("4\"\\7", vec![person.into()])]);
    let patient = only(&resources, "Patient");
    assert_eq!(patient["name"][0]["family"], text);
    assert_eq!(patient["extension"][0]["valueAddress"]["text"], text);
    assert_eq!(patient["identifier"][0]["value"], "4\"\\7");
}

#[test]
fn the_patient_has_everything_that_is_said() {
    let resources = resources(&[full_child()]);
    let patient = only(&resources, "Patient");
    let identifier = |n: usize| (patient["identifier"][n]["use"].as_str(), patient["identifier"][n]["value"].as_str());
    assert_eq!(identifier(0), (Some("official"), Some("9000000009")));
    assert_eq!(identifier(1), (Some("secondary"), Some("4017")));
    assert_eq!(identifier(2), (Some("secondary"), Some("J330999925001")));
    assert_eq!(identifier(3), (Some("old"), Some("A330999925002")));
    assert_eq!(patient["gender"], "other");
    assert_eq!(patient["_birthDate"]["extension"][0]["valueDateTime"], "2016-05-14T07:30:00+01:00");
    assert_eq!(patient["deceasedDateTime"], "2026-01-01");
    assert_eq!(patient["name"][0]["given"], serde_json::json!(["Ada", "Max"]));
    assert_eq!(patient["name"][1]["use"], "old");
    assert_eq!(patient["name"][2]["use"], "nickname");
    assert_eq!(patient["telecom"][0]["system"], "email");
    let languages = patient["communication"].as_array().unwrap();
    assert_eq!(languages.len(), 2);
    assert_eq!(languages[1]["language"]["coding"][0]["code"], "pa");
    assert_eq!(patient["generalPractitioner"][0]["identifier"]["value"], "A12345");
    let interpreter = patient["extension"].as_array().unwrap().last().unwrap();
    assert_eq!(interpreter["valueBoolean"], true);
}

#[test]
fn the_status_of_an_nhs_number_is_02_unless_somebody_said_another() {
    for (status, code) in [
        (Said::NotAsked, "02"),
        (Is(NhsNumberStatus::PresentAndVerified), "01"),
        (Is(NhsNumberStatus::TraceRequired), "03"),
        (Is(NhsNumberStatus::NotPresentTraceNotRequired), "02"),
    ] {
        let person = Person { nhs_number_status: status, ..Person::default() };
        let resources = resources(&[Child::with(vec![nhs_number("9000000009")], vec![person.into()])]);
        let extension = &only(&resources, "Patient")["identifier"][0]["extension"][0];
        assert_eq!(extension["valueCodeableConcept"]["coding"][0]["code"], code);
    }
}

#[test]
fn every_ethnicity_goes_with_its_own_code() {
    let mut letters = BTreeSet::new();
    for ethnicity in Ethnicity::all() {
        let person = Person { ethnicity: Is(ethnicity), ..Person::default() };
        let resources = resources(&[Child::new("1", vec![person.into()])]);
        let codings = &only(&resources, "Patient")["extension"][0]["valueCodeableConcept"]["coding"];
        assert_eq!(codings[1]["code"], ethnicity.code());
        letters.insert(codings[0]["code"].as_str().unwrap().to_owned());
    }
    let expected = "99 A B C D E F G H J K L M N P R S Z";
    assert_eq!(letters.into_iter().collect::<Vec<_>>().join(" "), expected);
}

#[test]
fn the_later_person_wins_field_by_field() {
    let first = Person { sex: Is(Sex::Male), birth_date: on("2010-01-01"), ..Person::default() };
    let second = Person { sex: Is(Sex::Female), birth_date: Said::Blank, ..Person::default() };
    let resources = resources(&[Child::new("1", vec![first.into(), episode("2025-01-01").into(), second.into()])]);
    assert_eq!(only(&resources, "Patient")["gender"], "female");
    assert_eq!(only(&resources, "Patient")["birthDate"], "2010-01-01");
}

#[test]
fn labels_are_on_every_resource_of_the_child_and_on_no_other() {
    for (kind, label) in [
        (RestrictionKind::NhsRestricted, "R"),
        (RestrictionKind::NhsVeryRestricted, "V"),
        (RestrictionKind::Redacted, "REDACTED"),
        (RestrictionKind::AuthorityRestricted, "location"),
        (RestrictionKind::Adopted, "location"),
    ] {
        let mut child = full_child();
        child.records.extend(Child::new("1", vec![restriction(kind)]).records);
        for resource in resources(&[child]) {
            let labels = &resource["meta"]["security"];
            match resource["resourceType"] == "Organization" {
                true => assert!(labels.is_null()),
                false => assert_eq!(labels[0]["code"], label),
            }
            assert!(!resource.to_string().to_lowercase().contains("adopted"));
        }
    }
    let both = vec![restriction(RestrictionKind::AuthorityRestricted), restriction(RestrictionKind::NhsRestricted)];
    let text = write(&FHIR_JSON, &option("fhir.profile", "none"), &[Child::new("1", both)]).text();
    let bundle: Value = serde_json::from_str(&text).unwrap();
    for meta in [&bundle["meta"], &bundle["entry"][1]["resource"]["meta"]] {
        assert_eq!(meta["security"][0]["code"], "R");
        assert_eq!(meta["security"][1]["code"], "location");
    }
    assert!(resources(&[full_child()]).iter().all(|resource| resource["meta"].get("security").is_none()));
}

#[test]
fn every_resource_says_its_id_as_an_identifier_unless_it_has_its_own() {
    for resource in resources(&[full_child()]) {
        let own = ["Organization", "Patient", "Practitioner", "RelatedPerson"]
            .map(Value::from)
            .contains(&resource["resourceType"]);
        let urn = format!("urn:uuid:{}", resource["id"].as_str().unwrap());
        assert_eq!(resource["identifier"][0]["value"] == urn, !own);
    }
}

#[test]
fn ids_are_the_published_names() {
    let resources = resources(&[full_child()]);
    let key = IdKey::published();
    let ids = key.of_subject(b"urn:homeward:id:la-child:330", b"4017");
    let authority = key.of_subject(b"urn:homeward:cs:la", b"330");
    let text = |id: kit::ids::ResourceId| String::from_utf8(id.text().to_vec()).unwrap();
    assert_eq!(only(&resources, "Organization")["id"], text(authority.id("Organization", "la", &[])));
    assert_eq!(only(&resources, "Patient")["id"], text(ids.id("Patient", "", &[])));
    let episode = ids.id("EpisodeOfCare", "care-episode", &[b"2025-03-12", b"0"]);
    assert_eq!(only(&resources, "EpisodeOfCare")["id"], text(episode));
    assert_eq!(only(&resources, "CareTeam")["id"], text(ids.id("CareTeam", "period", &[b"2024-12-01"])));
    for name in [
        ids.id("Observation", "mother", &[]),
        ids.id("Observation", "oc2", &[b"2026", b"teeth-check"]),
        ids.id("Observation", "sdq", &[b"2025-06-01"]),
        ids.id("Observation", "care-leaver", &[b"2026"]),
        ids.id("Observation", "cla-review", &[b"", b"2026-06-03"]),
        ids.id("Observation", "missing", &[b"M", b"2025-07-01"]),
        ids.id("Observation", "immigration", &[b"UASC", b"2025-03-01"]),
        ids.id("Consent", "consent", &[b"PASSPORT", b"2025-04-01"]),
        ids.id("Flag", "liberty-order", &[b"2025-08-01"]),
        ids.id("Flag", "period", &[b"2024-12-01"]),
        ids.id("Practitioner", "worker", &[b"SW1"]),
        ids.id("RelatedPerson", "person", &[b"FOSTER_CARER", b"cass carer", b"1980-02-03"]),
        ids.id("CarePlan", "care-plan", &[b"2025-04-01"]),
        ids.id("CarePlan", "health", &[]),
        ids.id("Encounter", "health-check", &[b"RHA", b"2025-11-04"]),
        ids.id("Immunization", "immunisation", &[b"2017-06-14", b"39114911000001105", b"1"]),
        ids.id("AllergyIntolerance", "allergy", &[b"91935009"]),
        ids.id("Condition", "condition", &[b"195967001", b"2019-01-01"]),
        ids.id("MedicationStatement", "medication", &[b"39113611000001102", b"2019-02-01"]),
        ids.id("Observation", "disability", &[b"MOB"]),
        ids.id("Observation", "measurement", &[b"HEIGHT", b"2025-11-04"]),
        ids.id("Observation", "substance-misuse", &[b"2025-11-04", b"nicotine"]),
    ] {
        assert!(resources.iter().any(|resource| resource["id"] == text(name)));
    }
}

#[test]
fn no_two_resources_of_a_child_share_an_id() {
    let mut child = full_child();
    for _ in 0..2 {
        child.records.extend(full_child().records);
    }
    child.records.extend((0..12).flat_map(|_| Child::new("1", vec![episode("2025-03-12").into()]).records));
    let resources = resources(&[child]);
    let names: BTreeSet<_> = resources.iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names.len(), resources.len());
    let episodes = resources.iter().filter(|resource| resource["resourceType"] == "EpisodeOfCare").count();
    assert_eq!(episodes, 15);
}

#[test]
fn two_episodes_on_one_day_are_told_apart_in_their_order() {
    let first = CareEpisode { end_date: on("2025-03-12"), ..episode("2025-03-12") };
    let child = || Child::new("4017", vec![first.clone().into(), episode("2025-03-12").into()]);
    let resources = resources(&[child()]);
    let ids = IdKey::published().of_subject(b"urn:homeward:id:la-child:330", b"4017");
    for (ordinal, status) in [(b"0", "finished"), (b"1", "active")] {
        let id = ids.id("EpisodeOfCare", "care-episode", &[b"2025-03-12", ordinal]);
        let id = String::from_utf8(id.text().to_vec()).unwrap();
        let episode = resources.iter().find(|resource| resource["id"] == id).unwrap();
        assert_eq!(episode["status"], status);
    }
}

#[test]
fn what_is_taken_back_says_so_and_so_does_the_period_that_it_formed() {
    let mut child = full_child();
    child.records.iter_mut().for_each(|record| record.source.retracts = true);
    let resources = resources(&[child]);
    assert!(resources.len() > 10);
    for resource in &resources {
        match resource["resourceType"].as_str().unwrap() {
            "Organization" | "Patient" => assert_eq!(resource["active"], true),
            "Practitioner" | "RelatedPerson" => assert_eq!(resource["active"], false),
            "AllergyIntolerance" | "Condition" => {
                assert_eq!(resource["verificationStatus"]["coding"][0]["code"], "entered-in-error");
                assert!(resource.get("clinicalStatus").is_none(), "R4 forbids both together");
            }
            _ => assert_eq!(resource["status"], "entered-in-error"),
        }
    }
    let patient = only(&resources, "Patient");
    assert!(patient.get("birthDate").is_none() && patient.get("address").is_none());
}

#[test]
fn a_worker_is_in_the_team_and_manages_the_open_episode() {
    let workers = |statements: Vec<Statement>| {
        let mut all = vec![episode("2025-03-12").into()];
        all.extend(statements);
        resources(&[Child::new("1", all)])
    };
    let resources = workers(vec![
        SocialWorker { start_date: on("2025-03-12"), end_date: on("2025-06-01"), ..worker(Some("SW1"), "Old") }.into(),
        SocialWorker { start_date: on("2025-06-01"), ..worker(Some("SW2"), "New") }.into(),
        SocialWorker { start_date: on("2020-01-01"), end_date: on("2020-02-01"), ..worker(Some("SW2"), "New") }.into(),
    ]);
    let named = |name: &str| {
        let practitioner = resources.iter().find(|resource| resource["name"][0]["text"] == name).unwrap();
        format!("Practitioner/{}", practitioner["id"].as_str().unwrap())
    };
    let team = only(&resources, "CareTeam")["participant"].as_array().unwrap();
    assert_eq!(team.len(), 2);
    assert_eq!(team[0]["member"]["reference"], named("Old"));
    assert_eq!(team[0]["period"]["end"], "2025-06-01");
    assert_eq!(team[1]["role"][0]["coding"][0]["code"], "social-worker");
    assert_eq!(only(&resources, "EpisodeOfCare")["careManager"]["reference"], named("New"));
    assert_eq!(practitioner_type(&resources, "New"), "swe");
    // Neither dates nor numbers let out, as under the health view: one worker by name, no manager in doubt.
    let withheld = workers(vec![worker(None, "A").into(), worker(None, "A").into()]);
    assert_eq!(only(&withheld, "CareTeam")["participant"].as_array().unwrap().len(), 1);
    assert!(only(&withheld, "Practitioner").get("identifier").is_none());
    assert!(only(&withheld, "EpisodeOfCare").get("careManager").is_some());
    let doubtful = workers(vec![worker(None, "A").into(), worker(None, "B").into()]);
    assert!(only(&doubtful, "EpisodeOfCare").get("careManager").is_none());
}

#[test]
fn only_a_registration_is_called_one() {
    for (number, code) in [("SW1", "swe"), ("sw1", "swe"), ("XX1", "worker"), ("7", "worker")] {
        let resources =
            resources(&[Child::new("1", vec![episode("2025-03-12").into(), worker(Some(number), "W").into()])]);
        assert_eq!(practitioner_type(&resources, "W"), code);
    }
}

fn practitioner_type(resources: &[Value], name: &str) -> Value {
    let practitioner = resources.iter().find(|resource| resource["name"][0]["text"] == name).unwrap();
    practitioner["identifier"][0]["type"]["coding"][0]["code"].clone()
}

#[test]
fn a_zero_of_the_return_is_a_reason_and_no_value() {
    let resources = resources(&[full_child()]);
    let leaver = resources.iter().find(|it| it["code"]["coding"][0]["code"] == "care-leaver").unwrap();
    let activity = &leaver["component"][2];
    assert_eq!(activity["code"]["coding"][0]["code"], "care-leaver-activity");
    assert!(activity.get("valueCodeableConcept").is_none());
    let reasons = activity["dataAbsentReason"]["coding"].as_array().unwrap();
    assert_eq!((&reasons[0]["code"], &reasons[1]["code"]), (&"0".into(), &"not-applicable".into()));
}

#[test]
fn no_observation_has_both_a_value_and_a_reason_for_none() {
    let has_value = |object: &Value| object.as_object().unwrap().keys().any(|name| name.starts_with("value"));
    for resource in resources(&[full_child()]) {
        let components = resource["component"].as_array().cloned().unwrap_or_default();
        for object in components.iter().chain([&resource]) {
            assert!(!(has_value(object) && object.get("dataAbsentReason").is_some()));
        }
        for component in &components {
            assert!(has_value(component) || component.get("dataAbsentReason").is_some());
        }
    }
}

#[test]
fn a_future_end_does_not_end_an_order_or_consent() {
    let flag = |end| {
        let order = LibertyOrder { start_date: on("2025-08-01"), end_date: end };
        let resources = resources(&[Child::new("1", vec![order.into()])]);
        only(&resources, "Flag")["status"].clone()
    };
    assert_eq!(flag(on("2026-03-31")), "inactive");
    assert_eq!(flag(on("2026-04-01")), "active");
    assert_eq!(flag(Said::Blank), "active");
    let consent = |scope, decision, given_by, end| {
        let consent = Consent {
            scope: Is(scope),
            decision: Is(decision),
            given_by: Is(given_by),
            start_date: on("2025-08-01"),
            end_date: end,
            ..Consent::default()
        };
        let resources = resources(&[Child::new("1", vec![consent.into()])]);
        only(&resources, "Consent").clone()
    };
    let past = consent(ConsentScope::Treatment, ConsentDecision::Deny, ConsentGivenBy::Oneself, on("2026-01-01"));
    assert_eq!(past["status"], "inactive");
    assert_eq!(past["scope"]["coding"][0]["code"], "treatment");
    assert_eq!(past["policyRule"]["coding"][0]["code"], "OPTOUT");
    assert_eq!(past["provision"]["type"], "deny");
    assert!(past["performer"][0]["reference"].as_str().unwrap().starts_with("Patient/"));
    let open = consent(ConsentScope::Passport, ConsentDecision::Permit, ConsentGivenBy::LocalAuthority, Said::Blank);
    assert_eq!(open["status"], "active");
    assert!(open["performer"][0]["reference"].as_str().unwrap().starts_with("Organization/"));
    let court = consent(ConsentScope::Passport, ConsentDecision::Permit, ConsentGivenBy::Court, Said::Blank);
    assert_eq!(court["performer"][0]["display"], "Court");
}

#[test]
fn a_child_of_whom_nothing_is_said_is_still_a_patient() {
    let written = write(&FHIR_NDJSON, &options(), &[Child::with(vec![], vec![])]);
    let resources = parse_lines(&written.text());
    assert_eq!(only(&resources, "Patient")["active"], true);
    assert!(only(&resources, "Patient").get("identifier").is_none());
}

/// A child of whom the recipient was told something that is no more so.
fn taken_back(mut child: Child, statements: Vec<Statement>) -> Child {
    let mut former = Child::new("4017", statements);
    former.records.iter_mut().for_each(|record| record.source.retracts = true);
    // Before what stands, to show that the order does not matter.
    child.records.splice(0..0, former.records);
    child
}

#[test]
fn what_stands_is_written_over_what_is_taken_back_under_its_name() {
    let sdq = |score: Said<Number<40>>| SdqScore { completed_date: on("2026-01-01"), score, ..SdqScore::default() };
    let now = Child::new("4017", vec![sdq(Said::Unknown).into()]);
    let was = vec![sdq(Is(Number::new(12).unwrap())).into()];
    let resources = resources(&[taken_back(now, was)]);
    let observation = only(&resources, "Observation");
    assert_eq!(observation["status"], "final");
    assert!(observation.get("dataAbsentReason").is_some());
}

#[test]
fn of_a_year_only_the_answers_that_are_no_longer_given_are_taken_back() {
    let health = |immunisations, teeth_check| AnnualHealth {
        year: Is(CollectionYear::new(2026).unwrap()),
        immunisations,
        teeth_check,
        ..AnnualHealth::default()
    };
    let now = Child::new("4017", vec![health(Is(false), Said::Blank).into()]);
    let resources = resources(&[taken_back(now, vec![health(Is(true), Is(true)).into()])]);
    let status = |code: &str| {
        let coded = |resource: &&Value| resource["code"]["coding"][0]["code"] == code;
        resources.iter().find(coded).unwrap()["status"].clone()
    };
    assert_eq!((status("immunisations"), status("teeth-check")), ("final".into(), "entered-in-error".into()));
}

#[test]
fn a_period_that_began_on_another_day_is_taken_back_with_its_day() {
    let now = Child::new("4017", vec![episode("2025-03-13").into()]);
    let resources = resources(&[taken_back(now, vec![episode("2025-03-12").into()])]);
    for kind in ["CareTeam", "CarePlan", "Flag", "EpisodeOfCare"] {
        let of_kind = resources.iter().filter(|resource| resource["resourceType"] == kind);
        let mut told: Vec<_> = of_kind.map(|it| (it["period"]["start"].clone(), it["status"].clone())).collect();
        told.sort_by_key(|(start, _)| start.to_string());
        assert_eq!(
            told,
            [("2025-03-12".into(), "entered-in-error".into()), ("2025-03-13".into(), "active".into())],
            "{kind}"
        );
    }
}

#[test]
fn that_a_child_is_a_mother_is_taken_back_where_it_is_no_longer_said() {
    let mother = |is_mother| Person { is_mother, ..Person::default() };
    for (now, status) in [(Said::Blank, "entered-in-error"), (Is(false), "final")] {
        let now = Child::new("4017", vec![mother(now).into()]);
        let resources = resources(&[taken_back(now, vec![mother(Is(true)).into()])]);
        assert_eq!(only(&resources, "Observation")["status"], status);
    }
}
