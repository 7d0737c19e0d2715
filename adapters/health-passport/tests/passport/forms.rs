//! What the options and the two forms change, and what they do not.

use health_passport::{BUNDLE_ENTRIES_MAX, FHIR_JSON, FHIR_NDJSON};
use kit::{
    adapter::{Options, Organisation},
    sheaf::PartName,
};
use schemas::{code::*, record::*, said::Said::Is};
use serde_json::Value;

use crate::support::*;

#[test]
fn a_profile_is_claimed_unless_the_option_says_none() {
    for resource in resources(&[full_child()]) {
        let profile = format!(
            "https://fhir.hl7.org.uk/StructureDefinition/UKCore-{}",
            resource["resourceType"].as_str().unwrap()
        );
        let claimed = resource["meta"]["profile"][0].as_str().unwrap();
        // Growth has profiles of its own, and they are of the same type.
        assert_eq!(claimed.split("-VitalSigns").next().unwrap(), profile);
    }
    assert!(resources_with(&option("fhir.profile", "none"), &[full_child()]).iter().all(|it| it.get("meta").is_none()));
    let bundle = write(&FHIR_JSON, &option("fhir.profile", "none"), &[full_child()]).text();
    assert!(!bundle.contains("\"meta\""));
}

#[test]
fn options_of_a_patient() {
    let never = resources_with(&option("fhir.birth_sex", "never"), &[full_child()]);
    assert!(!only(&never, "Patient").to_string().contains("BirthSex"));
    let unknown = || {
        let person = Person { ethnicity: Is(Ethnicity::NotYetObtained), ..Person::default() };
        [Child::new("1", vec![person.into()])]
    };
    let codes = |resources: &[Value]| -> Vec<Value> {
        let concept = &only(resources, "Patient")["extension"][0]["valueCodeableConcept"];
        concept["coding"].as_array().unwrap().iter().map(|coding| coding["code"].clone()).collect()
    };
    assert_eq!(codes(&resources(&unknown())), ["99", "NOBT"]);
    assert_eq!(codes(&resources_with(&option("fhir.ethnicity_99", "omit"), &unknown())), ["NOBT"]);
}

#[test]
fn the_base_is_escaped_and_needs_no_last_slash() {
    for (base, beginning) in [("https://a.example/r4/", "https://a.example/r4/Patient/"), ("a\"b\\", "a\"b\\/Patient/")]
    {
        let text = write(&FHIR_JSON, &option("fhir.base", base), &[Child::new("1", vec![])]).text();
        let bundle: Value = serde_json::from_str(&text).unwrap();
        assert!(bundle["entry"][1]["fullUrl"].as_str().unwrap().starts_with(beginning));
    }
}

#[test]
fn a_stream_split_by_type_has_the_same_lines() {
    let whole = write(&FHIR_NDJSON, &options(), &[full_child(), Child::new("2", vec![])]);
    let split = write(&FHIR_NDJSON, &option("split", "type"), &[full_child(), Child::new("2", vec![])]);
    assert!(matches!(whole.parts[..], [(PartName::Whole, _)]));
    let sorted = |text: String| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(whole.text()), sorted(split.text()));
    for (name, text) in &split.parts {
        let PartName::Named(name) = name else { panic!("a named part") };
        let kind = name.strip_suffix(".ndjson").unwrap();
        assert!(parse_lines(text).iter().all(|resource| resource["resourceType"] == kind));
    }
    let total: u64 = whole.counts.iter().map(|(_, count)| count).sum();
    assert_eq!(total, whole.text().lines().count() as u64);
}

#[test]
fn bundles_are_numbered_by_child_and_hold_what_the_stream_holds() {
    let written = write(&FHIR_JSON, &options(), &[full_child(), Child::new("2", vec![])]);
    let names: Vec<PartName> = written.parts.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, [0, 1].map(|nth| PartName::Child { nth, split: 1, extension: "json" }));
    let bundle: Value = serde_json::from_str(&written.parts[0].1).unwrap();
    let mut in_bundle: Vec<String> =
        bundle["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].to_string()).collect();
    let mut in_stream: Vec<String> = resources(&[full_child()]).iter().map(Value::to_string).collect();
    in_bundle.sort();
    in_stream.sort();
    assert_eq!(in_bundle, in_stream);
}

#[test]
fn a_large_child_has_several_bundles() {
    let reviews = |count: usize| -> Child {
        let start = day("1900-01-01");
        let review = |n| Review { date: Is(start.add_days(n).unwrap()), ..Review::default() }.into();
        Child::new("1", (0..i32::try_from(count).unwrap()).map(review).collect())
    };
    let repeated = 2;
    for (count, expected) in [
        (BUNDLE_ENTRIES_MAX - repeated, vec![BUNDLE_ENTRIES_MAX]),
        (BUNDLE_ENTRIES_MAX - repeated + 1, vec![BUNDLE_ENTRIES_MAX, 1 + repeated]),
    ] {
        let bundles = bundles(reviews(count));
        let bundles: Vec<Value> = bundles.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let entries = |bundle: &Value| bundle["entry"].as_array().unwrap().len();
        assert_eq!(bundles.iter().map(entries).collect::<Vec<_>>(), expected);
        for bundle in &bundles {
            assert_eq!(bundle["entry"][0]["resource"]["resourceType"], "Organization");
            assert_eq!(bundle["entry"][1]["resource"]["resourceType"], "Patient");
        }
    }
}

#[test]
fn an_ods_code_names_the_authority() {
    let organisation = Organisation { ods_code: Some("ABC01".into()), ..Organisation::default() };
    let resources = resources_with(&Options { organisation, ..options() }, &[full_child()]);
    assert_eq!(only(&resources, "Organization")["identifier"][0]["value"], "ABC01");
    assert!(only(&resources, "CareTeam").get("telecom").is_none());
    let blank = Organisation { ods_code: Some(" ".into()), office_phone: Some("".into()), duty_phone: None };
    let resources = resources_with(&Options { organisation: blank, ..options() }, &[full_child()]);
    assert!(only(&resources, "Organization").get("identifier").is_none());
}

#[test]
fn a_child_of_another_authority_brings_it_along() {
    let mut child = Child::new("1", vec![]);
    let authority = schemas::identifier::LaCode::read(b"331");
    child.subject = Subject::child(vec![child_id("1")], authority).into();
    let resources = resources(&[child]);
    assert_eq!(resources.len(), 3);
    assert_eq!(resources[1]["name"], "Coventry");
    let system = resources[2]["identifier"][0]["system"].as_str().unwrap();
    assert_eq!(system, "urn:homeward:id:la-child:331");
    let reference = resources[2]["managingOrganization"]["reference"].as_str().unwrap();
    assert_eq!(reference, format!("Organization/{}", resources[1]["id"].as_str().unwrap()));
}

#[test]
fn without_an_authority_nothing_refers_to_one() {
    let options = Options { authority: None, ..options() };
    for format in [&FHIR_NDJSON, &FHIR_JSON] {
        let written = write(format, &options, &[full_child()]);
        assert!(!written.text().contains("Organization/"));
        assert!(!written.text().contains("la-child"));
        assert_eq!(written.told.codes().iter().filter(|code| **code == "fhir/authority-missing").count(), 1);
    }
}

/// The Bundle of one child under options.
fn bundle_under(settings: &[(&str, &str)], child: Child) -> Value {
    let settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let written = write(&FHIR_JSON, &Options { settings, ..options() }, &[child]);
    assert!(written.told.0.iter().all(|told| told.rule.code != "fhir/patient-unmatchable"));
    serde_json::from_str(&written.text()).unwrap()
}

fn entries_of<'b>(bundle: &'b Value, kind: &'b str) -> impl Iterator<Item = &'b Value> {
    bundle["entry"].as_array().unwrap().iter().filter(move |entry| entry["resource"]["resourceType"] == kind)
}

#[test]
fn a_server_that_gives_ids_itself_finds_every_resource_by_its_identifier() {
    let put = bundle_under(&[], full_child());
    let conditional = bundle_under(&[("fhir.update", "conditional")], full_child());
    let entries = conditional["entry"].as_array().unwrap();
    assert_eq!(entries.len(), put["entry"].as_array().unwrap().len());
    let text = conditional.to_string();
    for entry in entries {
        let (kind, id) =
            (entry["resource"]["resourceType"].as_str().unwrap(), entry["resource"]["id"].as_str().unwrap());
        let urn = format!("urn:uuid:{id}");
        assert_eq!(entry["fullUrl"], urn);
        assert_eq!(entry["request"]["method"], "PUT");
        assert_eq!(entry["request"]["url"], format!("{kind}?identifier=urn:ietf:rfc:3986|{urn}"));
        let own = entry["resource"]["identifier"].as_array().unwrap().iter().filter(|it| it["value"] == urn);
        assert_eq!(own.map(|it| &it["system"]).collect::<Vec<_>>(), ["urn:ietf:rfc:3986"], "{kind}");
        assert!(!text.contains(&format!("\"reference\":\"{kind}/")), "a reference by id to {kind}");
    }
}

#[test]
fn a_server_that_owns_its_patients_is_asked_for_the_nhs_number() {
    let found = bundle_under(&[("fhir.patient", "if-none-exist")], full_child());
    let [patient] = entries_of(&found, "Patient").collect::<Vec<_>>()[..] else { panic!("one Patient") };
    let number = patient["resource"]["identifier"][0]["value"].as_str().unwrap();
    assert_eq!(patient["request"]["method"], "POST");
    assert_eq!(patient["request"]["url"], "Patient");
    assert_eq!(patient["request"]["ifNoneExist"], format!("identifier=https://fhir.nhs.uk/Id/nhs-number|{number}"));
    let urn = patient["fullUrl"].as_str().unwrap();
    assert!(urn.starts_with("urn:uuid:"));
    let episode = entries_of(&found, "EpisodeOfCare").next().unwrap();
    assert_eq!(episode["resource"]["patient"]["reference"], urn);
    assert_eq!(episode["request"]["method"], "PUT", "only the Patient is the server's own");

    let logical = bundle_under(&[("fhir.patient", "logical")], full_child());
    assert_eq!(entries_of(&logical, "Patient").count(), 0);
    let episode = entries_of(&logical, "EpisodeOfCare").next().unwrap();
    let named = serde_json::json!({
        "type": "Patient",
        "identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number},
    });
    assert_eq!(episode["resource"]["patient"], named);
    assert!(!logical.to_string().contains("\"Patient/"));
}

#[test]
fn without_one_nhs_number_a_patient_cannot_be_found_and_nothing_is_written() {
    let two = vec![child_id("1"), nhs_number("9434765919"), nhs_number("9000000009")];
    for child in [Child::new("1", vec![episode("2025-01-01").into()]), Child::with(two, vec![])] {
        for mode in ["if-none-exist", "logical"] {
            let written = write(&FHIR_JSON, &option("fhir.patient", mode), std::slice::from_ref(&child));
            assert_eq!((written.told.codes(), written.text().as_str()), (vec!["fhir/patient-unmatchable"], ""));
            assert!(written.counts.is_empty());
        }
        assert!(!write(&FHIR_JSON, &options(), std::slice::from_ref(&child)).text().is_empty());
    }
}

#[test]
fn the_flag_is_nhs_englands_where_that_is_asked_for() {
    let england = |kind: &str| format!("https://fhir.nhs.uk/England/StructureDefinition/England-{kind}");
    let asked = option("fhir.flag", "england");
    let organisation = Organisation { office_phone: Some("01632 960000".into()), ..Organisation::default() };
    let asked = Options { organisation, recorded_at: Some("2026-03-31T12:00:00Z".into()), ..asked };
    let resources = resources_with(&asked, &[full_child()]);
    let flag =
        resources.iter().find(|it| it["code"]["coding"][0]["code"] == "child-protection-information-system-flag");
    let flag = flag.expect("a flag");
    assert_eq!(flag["code"]["coding"][1]["code"], "764841000000100");
    assert_eq!(flag["meta"]["profile"][1], england("Flag-PatientFlag"));
    let provenance = &flag["contained"][0];
    assert_eq!(provenance["meta"]["profile"][0], england("Provenance-Flag"));
    assert_eq!(
        (&provenance["target"][0]["reference"], &provenance["recorded"]),
        (&"#".into(), &"2026-03-31T12:00:00Z".into())
    );
    assert_eq!(provenance["agent"][0]["onBehalfOf"], flag["author"]);
    let plans = resources.iter().filter(|resource| resource["resourceType"] == "CarePlan");
    let profiles: Vec<&Value> = plans.map(|plan| &plan["meta"]["profile"][1]).collect();
    assert_eq!(
        profiles.iter().filter(|profile| ***profile == england("CarePlan-Flag")).count(),
        1,
        "that of the period"
    );
    assert_eq!(only(&resources, "CareTeam")["meta"]["profile"][1], england("CareTeam-Flag"));
    // A team that nobody can telephone does not claim what it does not obey.
    let silent = Options { organisation: Organisation::default(), ..asked };
    assert_eq!(
        only(&resources_with(&silent, &[full_child()]), "CareTeam")["meta"]["profile"].as_array().unwrap().len(),
        1
    );
    let text = write(&FHIR_NDJSON, &options(), &[full_child()]).text();
    assert!(!text.contains("England/StructureDefinition") && !text.contains("contained"));
}
