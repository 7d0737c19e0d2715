//! The order of elements is that of the R4 definitions, and the order of resources that of the form.

use health_passport::{FHIR_JSON, FHIR_NDJSON};

use crate::support::*;

/// The elements that are written, in the order of the R4 definition of each type.
const ELEMENTS: &[(&str, &str)] = &[
    ("Organization", "resourceType id meta extension identifier active type name telecom"),
    (
        "Patient",
        "resourceType id meta extension identifier active name telecom gender birthDate _birthDate deceasedDateTime \
         address communication generalPractitioner managingOrganization",
    ),
    ("Practitioner", "resourceType id meta extension identifier active name telecom"),
    (
        "RelatedPerson",
        "resourceType id meta extension identifier active patient relationship name telecom birthDate address period",
    ),
    (
        "AllergyIntolerance",
        "resourceType id meta identifier clinicalStatus verificationStatus criticality code patient onsetDateTime \
         recordedDate reaction",
    ),
    (
        "Condition",
        "resourceType id meta identifier clinicalStatus verificationStatus category severity code subject \
         onsetDateTime abatementDateTime recordedDate",
    ),
    (
        "Encounter",
        "resourceType id meta extension identifier status class type subject participant period reasonCode \
         serviceProvider",
    ),
    (
        "Immunization",
        "resourceType id meta extension identifier status statusReason vaccineCode patient occurrenceDateTime \
         occurrenceString primarySource lotNumber expirationDate site route performer protocolApplied",
    ),
    (
        "MedicationStatement",
        "resourceType id meta extension identifier status medicationCodeableConcept subject effectivePeriod dosage",
    ),
    (
        "CareTeam",
        "resourceType id meta extension identifier status category name subject period participant \
         managingOrganization telecom",
    ),
    (
        "CarePlan",
        "resourceType id meta extension identifier status intent category title description subject period author \
         careTeam activity",
    ),
    ("Flag", "resourceType id meta extension identifier status category code subject period author"),
    (
        "EpisodeOfCare",
        "resourceType id meta extension identifier status type patient managingOrganization period careManager",
    ),
    (
        "Observation",
        "resourceType id meta extension identifier status category code subject effectiveDateTime effectivePeriod \
         performer valueQuantity valueCodeableConcept valueBoolean valueInteger valueString dataAbsentReason interpretation component",
    ),
    (
        "Consent",
        "resourceType id meta extension identifier status scope category patient dateTime performer organization \
         policyRule provision",
    ),
];

#[test]
fn elements_are_in_the_order_of_their_definition() {
    let text = write(&FHIR_NDJSON, &options(), &[full_child()]).text();
    let mut seen = Vec::new();
    for line in text.lines() {
        let names = top_level_names(line);
        let kind = line.split('"').nth(3).unwrap();
        let (_, order) = ELEMENTS.iter().find(|(known, _)| *known == kind).unwrap();
        let mut order = order.split_whitespace();
        for name in &names {
            assert!(order.any(|known| known == name), "{kind}.{name} is out of order in {names:?}");
        }
        seen.push(kind.to_owned());
    }
    for (kind, _) in ELEMENTS {
        assert!(seen.iter().any(|seen| seen == kind), "the full child has no {kind}");
    }
}

#[test]
fn a_stream_has_the_authority_then_the_patient_then_what_is_about_the_patient() {
    let kinds = |child| -> Vec<String> {
        let resources = resources(&[child]);
        let mut kinds: Vec<_> = resources.iter().map(|it| it["resourceType"].as_str().unwrap().to_owned()).collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(
        kinds(full_child()),
        [
            "Organization",
            "Patient",
            "Practitioner",
            "RelatedPerson",
            "CareTeam",
            "CarePlan",
            "Flag",
            "EpisodeOfCare",
            "AllergyIntolerance",
            "Condition",
            "Consent",
            "Encounter",
            "Immunization",
            "MedicationStatement",
            "Observation"
        ]
    );
}

#[test]
fn within_a_type_resources_are_in_the_order_of_their_ids() {
    let resources = resources(&[full_child()]);
    for pair in resources.windows(2) {
        if pair[0]["resourceType"] == pair[1]["resourceType"] {
            assert!(pair[0]["id"].as_str() < pair[1]["id"].as_str());
        }
    }
}

#[test]
fn a_bundle_has_what_is_referred_to_first() {
    let written = write(&FHIR_JSON, &options(), &[full_child()]).text();
    let bundle: serde_json::Value = serde_json::from_str(&written).unwrap();
    let mut known = Vec::new();
    for entry in bundle["entry"].as_array().unwrap() {
        let resource = &entry["resource"];
        let name = format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        assert_eq!(entry["request"]["method"], "PUT");
        assert_eq!(entry["request"]["url"], name);
        assert_eq!(entry["fullUrl"], format!("https://homeward.invalid/fhir/R4/{name}"));
        for reference in resource.to_string().split("\"reference\":\"").skip(1) {
            let target = reference.split('"').next().unwrap();
            assert!(known.iter().any(|known| known == target), "{name} refers to {target}");
        }
        assert!(!known.contains(&name), "{name} twice");
        known.push(name);
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    for format in [&FHIR_NDJSON, &FHIR_JSON] {
        let text = || write(format, &options(), &[full_child()]).text();
        assert_eq!(text(), text());
    }
}

/// The names of the members of an object, in the order of the text.
fn top_level_names(object: &str) -> Vec<String> {
    let (mut names, mut depth, mut inside, mut text) = (Vec::new(), 0, false, String::new());
    for character in object.chars() {
        match character {
            '"' => {
                inside = !inside;
                if inside {
                    text.clear();
                }
            }
            _ if inside => text.push(character),
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ':' if depth == 1 => names.push(text.clone()),
            _ => (),
        }
    }
    names
}
