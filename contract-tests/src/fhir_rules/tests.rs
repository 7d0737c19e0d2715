//! Every rule with an input that passes it and one that breaks it: a whole set, and one change to it at a time.

use serde_json::{Value, json};

use super::check;

/// One child's set, in which no rule is broken.
fn set() -> Vec<Value> {
    let child = json!({"reference": "Patient/child"});
    let authority = json!({"reference": "Organization/la"});
    let looked_after = json!({"coding": [{"system": "http://snomed.info/sct", "code": "764841000000100", "display": "Looked after child"}]});
    let topic = |code: &str| json!({"coding": [{"system": "urn:homeward:cs:topic", "code": code}], "text": code});
    vec![
        json!({"resourceType": "Organization", "id": "la",
            "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A1B"}],
            "active": true, "name": "Anytown", "telecom": [{"system": "phone", "value": "01632 960001", "use": "work"}]}),
        json!({"resourceType": "Practitioner", "id": "worker", "name": [{"use": "usual", "family": "Ash"}]}),
        json!({"resourceType": "Patient", "id": "child",
            "meta": {"profile": ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"],
                "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]},
            "extension": [
                {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex", "valueCodeableConcept":
                    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK"}]}},
                {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory", "valueCodeableConcept":
                    {"coding": [{"system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland", "code": "C"}]}}],
            "identifier": [{"extension": [{
                "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                "valueCodeableConcept": {"coding": [{
                    "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland", "code": "02"}]}}],
                "use": "official", "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009"}],
            "active": true, "name": [{"use": "usual", "family": "Birch", "given": ["Wren", null], "_given": [null, {"id": "a"}]}],
            "gender": "female", "birthDate": "2016-02-29",
            "address": [{"extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey",
                "extension": [{"url": "type", "valueCodeableConcept": topic("x")}, {"url": "value", "valueString": "1"}]}],
                "use": "home", "type": "physical", "postalCode": "B99 1AA"}],
            "contact": [{"name": {"text": "Gran"}, "gender": "female"}],
            "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}}],
            "managingOrganization": authority}),
        json!({"resourceType": "CareTeam", "id": "team", "status": "active", "subject": child,
            "participant": [{"member": {"reference": "Practitioner/worker", "type": "Practitioner"}, "onBehalfOf": authority}]}),
        json!({"resourceType": "CarePlan", "id": "plan", "status": "active", "intent": "plan", "category": [looked_after],
            "subject": child, "period": {"start": "2025-03-12", "end": "2025-03-12"},
            "activity": [{"detail": {"status": "in-progress"}}], "careTeam": [{"reference": "CareTeam/team"}]}),
        json!({"resourceType": "Flag", "id": "flag",
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/flag-detail",
                "valueReference": {"reference": "CarePlan/plan"}}],
            "status": "active", "code": looked_after, "subject": child, "author": authority}),
        json!({"resourceType": "EpisodeOfCare", "id": "episode", "status": "finished", "patient": child,
            "period": {"start": "2025-03-12", "end": "2025-09-02"}}),
        json!({"resourceType": "Observation", "id": "observation", "status": "final", "code": topic("sdq-total"),
            "subject": child, "effectiveDateTime": "2026-03-31", "valueInteger": 17,
            "component": [{"code": topic("sdq-peer"), "valueInteger": 3}]}),
        json!({"resourceType": "Observation", "id": "height",
            "meta": {"profile": ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns-BodyHeight"]},
            "status": "final",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2"}, {"system": "http://snomed.info/sct", "code": "50373000"}]},
            "subject": child, "effectiveDateTime": "2026-03-31T10:00:00Z",
            "valueQuantity": {"value": 120.5, "unit": "centimeter", "system": "http://unitsofmeasure.org", "code": "cm"}}),
        json!({"resourceType": "Consent", "id": "consent", "status": "active",
            "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
            "category": [topic("x")], "patient": child, "dateTime": "2026-01-02T03:04:05+01:00",
            "policyRule": topic("x"), "provision": {"type": "permit"}}),
        json!({"resourceType": "AllergyIntolerance", "id": "allergy",
            "clinicalStatus": {"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]},
            "code": topic("x"), "patient": child, "reaction": [{"manifestation": [topic("x")], "severity": "mild"}]}),
        json!({"resourceType": "Condition", "id": "condition",
            "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}]},
            "subject": child, "abatementDateTime": "2025"}),
        json!({"resourceType": "Immunization", "id": "immunisation", "status": "not-done", "statusReason": {"text": "x"},
            "vaccineCode": {"text": "x"}, "patient": child, "occurrenceString": "Date not recorded"}),
        json!({"resourceType": "MedicationStatement", "id": "medication",
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"}], "status": "active",
            "medicationCodeableConcept": {"text": "x"}, "subject": child}),
        json!({"resourceType": "Encounter", "id": "check", "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}, "subject": child}),
        json!({"resourceType": "Composition", "id": "passport", "status": "final", "type": {"text": "x"}, "subject": child,
            "date": "2026-03-31", "author": [authority], "title": "Health passport", "section": [
                {"title": "a", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"},
                    "emptyReason": {"text": "x"}},
                {"title": "b", "entry": [child]}]}),
        json!({"resourceType": "Provenance", "id": "source", "target": [child], "recorded": "2026-01-02T03:04:05Z",
            "agent": [{"who": {"display": "Homeward gateway"}, "onBehalfOf": authority}],
            "entity": [{"role": "source", "what": {"display": "x"}}]}),
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [
            {"fullUrl": "https://homeward.invalid/fhir/R4/Patient/other",
                "resource": {"resourceType": "Patient", "id": "other", "active": true},
                "request": {"method": "PUT", "url": "Patient/other"}},
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Flag", "status": "active", "code": looked_after,
                "subject": {"reference": "Patient/other"}}, "request": {"method": "POST", "url": "Flag"}}]}),
        json!({"resourceType": "Bundle", "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:2"}, "type": "document",
            "timestamp": "2026-01-02T03:04:05Z", "entry": [
            {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Composition", "status": "final", "type": {"text": "x"},
                "subject": {"reference": "urn:uuid:4"}, "date": "2026-03-31", "author": [{"display": "x"}], "title": "x"}},
            {"fullUrl": "urn:uuid:4", "resource": {"resourceType": "Patient", "id": "child"}}]}),
    ]
}

fn ndjson(set: &[Value]) -> Vec<u8> {
    set.iter().flat_map(|resource| format!("{resource}\n").into_bytes()).collect()
}

/// Applies one change to a copy of the set and says which rules it breaks, with their lines.
fn broken(id: &str, pointer: &str, to: Option<Value>) -> Vec<(usize, &'static str)> {
    let mut set = set();
    let is_meant = |resource: &Value| resource["id"] == id || (resource.get("id").is_none() && resource["type"] == id);
    let line = set.iter().position(is_meant).expect("a resource of the set");
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = set[line].pointer_mut(parent).expect("a place in the resource");
    match (parent, to) {
        (Value::Object(elements), Some(value)) => drop(elements.insert(name.to_owned(), value)),
        (Value::Object(elements), None) => drop(elements.remove(name).expect("an element to take away")),
        (Value::Array(items), Some(value)) if name == "-" => items.push(value),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().expect("an index")] = value,
        _ => panic!("nothing to change at {pointer}"),
    }
    let faults = check(&ndjson(&set)).err().unwrap_or_default();
    for fault in &faults {
        assert!(!fault.to_string().contains("secret"), "a fault quotes the resource: {fault}");
    }
    faults.into_iter().map(|fault| (fault.line - line, fault.rule)).collect()
}

#[track_caller]
fn breaks(id: &str, pointer: &str, to: impl Into<Option<Value>>, rule: &str) {
    let rules = broken(id, pointer, to.into());
    let found = rules.iter().any(|(line, broken)| *line == 1 && broken.starts_with(rule));
    assert!(found, "{id}{pointer} should break {rule:?} but breaks {rules:?}");
}

#[test]
fn the_whole_set_breaks_nothing() {
    let faults = check(&ndjson(&set())).err().unwrap_or_default();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn what_is_no_resource() {
    for (text, rule) in [
        ("secret", "a line is one JSON value"),
        ("\n", "a line is one JSON value"),
        ("{\"resourceType\":\"Patient\"", "a line is one JSON value"),
        ("[]", "a resource is an object"),
        ("{}", "a resource says its resourceType"),
        ("{\"resourceType\":1}", "a resource says its resourceType"),
    ] {
        let faults = check(text.as_bytes()).err().unwrap_or_default();
        assert!(faults.iter().any(|fault| fault.rule == rule && fault.line == 1), "{text}: {faults:?}");
    }
    assert!(check(b"\xff\xfe").is_err());
    assert_eq!(check(b""), Ok(()), "no line is no fault");
}

#[test]
fn shape() {
    breaks("child", "/name", json!([]), "no empty array");
    breaks("child", "/name/0", json!({}), "no empty object");
    breaks("child", "/name/0/family", json!(""), "no empty text");
    breaks("child", "/name/0/family", json!(" \t"), "no empty text");
    breaks("child", "/name/0/family", json!(null), "no null");
    breaks("child", "/name/0/given", json!(["secret", null, null]), "no null");
    breaks("child", "/name/0/given", json!([["secret"]]), "no array in an array");
    breaks("child", "/modifierExtension", json!([{"url": "urn:x", "valueCode": "secret"}]), "nothing that changes");
    breaks("child", "/implicitRules", json!("urn:secret"), "nothing that changes");
}

#[test]
fn ids_and_references() {
    breaks("flag", "/id", json!("a_b"), "an id has 1 to 64");
    breaks("flag", "/id", json!("a".repeat(65)), "an id has 1 to 64");
    assert_eq!(broken("flag", "/id", Some(json!("a".repeat(64)))), []);
    breaks("height", "/id", json!("observation"), "a resource type and id stand once");
    breaks("flag", "/subject/reference", json!("Patient/secret"), "a reference finds a resource of the same set");
    breaks("flag", "/subject/reference", json!("Patient/other"), "a reference finds a resource of the same set");
    breaks("episode", "/patient/reference", json!("Organization/la"), "a reference finds a resource of a type");
    breaks(
        "team",
        "/participant/0/member/type",
        json!("Patient"),
        "a reference finds a resource of the type that it names",
    );
    breaks("transaction", "/entry/1/resource/subject/reference", json!("Patient/child"), "a reference finds");
    breaks("document", "/entry/0/resource/subject/reference", json!("urn:uuid:5"), "a reference finds");
    breaks("flag", "/author/reference", json!("#secret"), "a reference finds");
    // What is contained may speak of what contains it (R4, references: `#` alone); nothing else may.
    let recorded = |target: &str| {
        json!([{"resourceType": "Provenance", "id": "recorded", "target": [{"reference": target}],
            "recorded": "2026-03-31T12:00:00Z", "agent": [{"who": {"display": "x"}}]}])
    };
    assert_eq!(broken("flag", "/contained", Some(recorded("#"))), []);
    assert_ne!(broken("flag", "/contained", Some(recorded("#secret"))), []);
    breaks("flag", "/author/reference", json!("#"), "a reference finds");
    assert_eq!(broken("flag", "/author", Some(json!({"identifier": {"system": "urn:x", "value": "x"}}))), []);
}

#[test]
fn required_codes() {
    for (id, pointer) in [
        ("child", "/gender"),
        ("child", "/contact/0/gender"),
        ("child", "/identifier/0/use"),
        ("child", "/name/0/use"),
        ("child", "/address/0/use"),
        ("child", "/address/0/type"),
        ("la", "/telecom/0/system"),
        ("la", "/telecom/0/use"),
        ("episode", "/status"),
        ("flag", "/status"),
        ("plan", "/status"),
        ("plan", "/intent"),
        ("plan", "/activity/0/detail/status"),
        ("team", "/status"),
        ("observation", "/status"),
        ("consent", "/status"),
        ("consent", "/provision/type"),
        ("check", "/status"),
        ("immunisation", "/status"),
        ("medication", "/status"),
        ("allergy", "/reaction/0/severity"),
        ("passport", "/status"),
        ("passport", "/section/0/text/status"),
        ("source", "/entity/0/role"),
        ("transaction", "/entry/0/request/method"),
    ] {
        breaks(id, pointer, json!("secret"), "a code of the required value set");
    }
    breaks("allergy", "/clinicalStatus", json!({"text": "secret"}), "a coding of the required value set");
    breaks("condition", "/clinicalStatus/coding/0/code", json!("secret"), "a coding of the required value set");
}

#[test]
fn days() {
    breaks("child", "/birthDate", json!("2015-02-29"), "a real day");
    breaks("child", "/birthDate", json!("31/02/2020"), "a real day");
    breaks("plan", "/period/start", json!("2025-02-30"), "a real day");
    breaks("observation", "/effectiveDateTime", json!("2025-04-31"), "a real day");
    breaks("consent", "/dateTime", json!("2026-01-02T03:04:05"), "a real day");
    breaks("source", "/recorded", json!("2026-01-02"), "a real day");
    breaks("document", "/timestamp", json!("2026-01-02"), "a real day");
    breaks("episode", "/period/end", json!("2025-03-11"), "per-1");
}

#[test]
fn data_types() {
    breaks("flag", "/code/coding/0/system", None, "a coding has an absolute system");
    breaks("flag", "/code/coding/0/system", json!("secret"), "a coding has an absolute system");
    breaks("flag", "/code/coding/0/code", None, "a coding has a code");
    breaks("child", "/meta/security/0/code", None, "a coding has a code");
    breaks("check", "/class/code", None, "a coding has a code");
    breaks("la", "/identifier/0/value", None, "an identifier has a value");
    breaks("la", "/telecom/0/system", None, "cpt-2");
    breaks("flag", "/extension/0/valueReference", None, "ext-1");
    breaks("flag", "/extension/0/extension", json!([{"url": "x", "valueCode": "x"}]), "ext-1");
    breaks("flag", "/extension/0/url", None, "an extension has a url");
    breaks("passport", "/section/0/text/div", json!("<p>secret</p>"), "a narrative is a div");
}

#[test]
fn uk_core_patient() {
    let number = set()[2]["identifier"][0].clone();
    breaks("child", "/identifier/-", number, "UK Core: an identifier of this system stands once");
    breaks("child", "/identifier/0/value", None, "UK Core: an identifier of this system has a value");
    breaks("child", "/identifier/0/value", json!("9000000008"), "an NHS number has ten digits");
    breaks("child", "/identifier/0/value", json!("900 000 0009"), "an NHS number has ten digits");
    breaks(
        "child",
        "/identifier/0/extension/0/valueCodeableConcept/coding/0/code",
        json!("09"),
        "UK Core: a coding of the ext",
    );
    breaks("child", "/identifier/0/extension/0/valueCodeableConcept", None, "UK Core: a coding of the extension");
    let status = set()[2]["identifier"][0]["extension"][0].clone();
    breaks("child", "/identifier/0/extension/-", status, "UK Core: this extension stands once only");
    breaks(
        "child",
        "/extension/0/valueCodeableConcept/coding/0/code",
        json!("M"),
        "UK Core: a coding of the extension",
    );
    for index in [0, 1] {
        let extension = set()[2]["extension"][index].clone();
        breaks("child", "/extension/-", extension, "UK Core: this extension stands once only");
    }
    breaks(
        "child",
        "/address/0/extension/0/extension",
        json!([{"url": "type", "valueCode": "x"}]),
        "UK Core: an address key",
    );
    breaks("child", "/communication/0/language", json!({"text": "secret"}), "UK Core: a language");
    breaks("child", "/contact/0/name", None, "pat-1");
    breaks(
        "child",
        "/meta/profile/0",
        json!("https://fhir.hl7.org.uk/StructureDefinition/UKCore-Flag"),
        "a UK Core profile",
    );
}

#[test]
fn uk_core_observation() {
    breaks("observation", "/status", None, "a required element");
    breaks("observation", "/code", None, "a required element");
    breaks("observation", "/dataAbsentReason", json!({"text": "secret"}), "obs-6");
    breaks("observation", "/component/0/dataAbsentReason", json!({"text": "secret"}), "obs-6");
    breaks("observation", "/component/0/code/coding/0/code", json!("sdq-total"), "obs-7");
    breaks("observation", "/component/0/code", None, "a required element");
    breaks("observation", "/valueString", json!("secret"), "one choice");
    breaks("observation", "/component/0/valueString", json!("secret"), "one choice");
    breaks("height", "/status", json!("amended"), "UK Core vital sign: the status");
    breaks("height", "/category/0/coding/0/code", json!("survey"), "UK Core vital sign: one category");
    breaks("height", "/code/coding/0/code", json!("29463-7"), "UK Core vital sign: the profile's LOINC");
    breaks("height", "/code/coding/1/system", json!("urn:x"), "UK Core vital sign: the profile's LOINC");
    breaks("height", "/subject", None, "UK Core vital sign: a subject");
    breaks("height", "/effectiveDateTime", None, "UK Core vital sign: when");
    breaks("height", "/valueQuantity/code", json!("m"), "UK Core vital sign: a quantity");
}

#[test]
fn the_other_resources() {
    breaks(
        "la",
        "/identifier/-",
        set()[0]["identifier"][0].clone(),
        "UK Core: an identifier of this system stands once",
    );
    breaks("team", "/participant/0/member", json!({"reference": "Patient/child"}), "ctm-1");
    breaks("plan", "/activity/0/reference", json!({"display": "x"}), "cpl-3");
    breaks("plan", "/activity/0/detail/status", None, "a required element");
    breaks("plan", "/subject", None, "a required element");
    breaks("flag", "/code", None, "a required element");
    breaks("episode", "/patient", None, "a required element");
    breaks("check", "/class", None, "a required element");
    breaks("consent", "/policyRule", None, "ppc-1");
    breaks("consent", "/patient", None, "ppc-2");
    breaks("consent", "/category", None, "a required element");
    breaks("allergy", "/code", None, "a required element");
    breaks("allergy", "/clinicalStatus", None, "ait-1");
    breaks("allergy", "/reaction/0/manifestation", None, "a required element");
    breaks("condition", "/clinicalStatus/coding/0/code", json!("active"), "con-4");
    let wrong = json!({"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}]});
    breaks("condition", "/verificationStatus", wrong, "con-5");
    breaks("immunisation", "/statusReason", None, "ukcore-imm-001");
    breaks("immunisation", "/occurrenceString", None, "a required element");
    breaks("immunisation", "/occurrenceDateTime", json!("2025"), "one choice");
    breaks("medication", "/identifier/0/system", None, "UK Core: an identifier has a system");
    breaks("medication", "/medicationCodeableConcept", None, "a required element");
    breaks("passport", "/section/1/entry", None, "cmp-1");
    breaks("passport", "/section/1/emptyReason", json!({"text": "x"}), "cmp-2");
    breaks("passport", "/title", None, "a required element");
    breaks("source", "/target", None, "a required element");
    breaks("source", "/agent/0/who", None, "a required element");
    breaks("source", "/entity/0/what", None, "a required element");
    let faults = check(br#"{"resourceType":"Organization","id":"a","active":true}"#).err().unwrap_or_default();
    assert!(faults.iter().any(|fault| fault.rule.starts_with("org-1")), "{faults:?}");
}

#[test]
fn bundles() {
    breaks("transaction", "/entry/0/request", None, "bdl-3");
    breaks("transaction", "/entry/0/request/url", json!("Patient/secret"), "a PUT names");
    breaks(
        "transaction",
        "/entry/0/fullUrl",
        json!("https://homeward.invalid/fhir/R4/Patient/secret"),
        "a full URL ends",
    );
    breaks("transaction", "/entry/0/fullUrl", json!("urn:uuid:1"), "bdl-7");
    breaks("transaction", "/entry/0/fullUrl", json!("https://a.invalid/Patient/other/_history/1"), "bdl-8");
    assert_eq!(broken("transaction", "/entry/0/request/url", Some(json!("Patient?identifier=x"))), []);
    breaks("document", "/entry/1/request", json!({"method": "PUT", "url": "Patient/child"}), "bdl-3");
    breaks("document", "/identifier", None, "bdl-9");
    breaks("document", "/timestamp", None, "bdl-10");
    breaks("document", "/entry/0/resource/resourceType", json!("List"), "bdl-11");
    let faults = check(br#"{"resourceType":"Bundle","type":"secret"}"#).err().unwrap_or_default();
    assert!(faults.iter().any(|fault| fault.rule.starts_with("a code")), "{faults:?}");
}
