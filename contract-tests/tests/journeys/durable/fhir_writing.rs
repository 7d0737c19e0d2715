//! What a partner states of children over FHIR: its own, once, all of it or nothing, and a message like every other.

use std::{collections::BTreeSet, thread};

use serde_json::{Value, json};

use super::{
    By,
    fhir_reading::{Held, NHS, every_page, la_child, link, local, matches, nhs_number, outcome, word},
    tag,
};
use crate::client::Answer;

const FHIR: (&str, &str) = ("Content-Type", "application/fhir+json");

fn send(by: &By<'_>, method: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
    let headers: Vec<(&str, &str)> = [FHIR].into_iter().chain(more.iter().copied()).collect();
    by.send(method, &format!("/fhir/R4{path}"), &headers, body.to_string().as_bytes())
}

fn condition(patient: &str, code: &str, onset: &str) -> Value {
    json!({
        "resourceType": "Condition",
        "clinicalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": code, "display": "Asthma" }] },
        "subject": { "reference": patient },
        "onsetDateTime": onset,
    })
}

fn allergy(patient: &str) -> Value {
    json!({
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "91935009", "display": "Allergy to peanut" }] },
        "patient": { "reference": patient },
    })
}

fn weight(patient: &str, kilograms: &str, day: &str) -> String {
    format!(
        "{{\"resourceType\":\"Observation\",\"status\":\"final\",\
         \"category\":[{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\"}}]}}],\
         \"code\":{{\"coding\":[{{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}},{{\"system\":\"http://snomed.info/sct\",\"code\":\"27113001\"}}]}},\
         \"subject\":{{\"reference\":\"{patient}\"}},\"effectiveDateTime\":\"{day}\",\
         \"valueQuantity\":{{\"value\":{kilograms},\"unit\":\"kilogram\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}}}"
    )
}

/// Where a resource is, below the server's own address, without its version.
fn place(answer: &Answer) -> String {
    let location = answer.header("location").unwrap();
    let path = location.strip_prefix("https://localhost:8443/fhir/R4").unwrap();
    path.split_once("/_history/").map_or(path, |(path, _)| path).to_owned()
}

fn own(held: &Held) -> (String, String) {
    let child = held.child();
    (format!("Patient/{}", word(child, "id")), nhs_number(child).unwrap())
}

#[test]
fn what_is_stated_is_told_from_then_on_changed_and_taken_back() {
    let held = Held::new();
    let (nurses, lcs) = (held.by("nurses"), held.by("lcs"));
    let (patient, number) = own(&held);

    // Created, with its digits; held already when it is stated again.
    let body = weight(&patient, "23.50", "2026-03-01");
    let created = nurses.send("POST", "/fhir/R4/Observation", &[FHIR], body.as_bytes()).with_status(201);
    assert!(created.text().contains("\"value\":23.50"), "{}", created.text());
    let observation = place(&created);
    assert_eq!(
        created.header("etag").map(str::to_owned),
        Some(format!("W/\"{}\"", word(&created.json()["meta"], "versionId")))
    );
    assert!(
        created
            .header("location")
            .unwrap()
            .ends_with(&format!("/_history/{}", word(&created.json()["meta"], "versionId")))
    );
    let again = nurses.send("POST", "/fhir/R4/Observation", &[FHIR], body.as_bytes()).with_status(200);
    assert_eq!((place(&again), again.json()), (observation.clone(), created.json()));
    for by in [&nurses, &lcs] {
        assert_eq!(by.get(&format!("/fhir/R4{observation}")).with_status(200).json()["valueQuantity"]["code"], "kg");
    }
    let by_number = condition("", "195967001", "2020-05-01");
    let mut by_number = by_number;
    by_number["subject"] = json!({ "identifier": { "system": NHS, "value": number } });
    let made = send(&nurses, "POST", "/Condition", &[("Prefer", "return=minimal")], &by_number).with_status(201);
    assert!(made.body.is_empty() && made.header("preference-applied") == Some("return=minimal"));
    let asthma = place(&made);
    assert_eq!(nurses.get(&format!("/fhir/R4{asthma}")).with_status(200).json()["subject"]["reference"], patient);

    // Changed: what is left out is not said any more; equal content is no news.
    let before = nurses.get(&format!("/fhir/R4{asthma}")).with_status(200);
    let (tag, mut changed) = (before.header("etag").unwrap().to_owned(), before.json());
    let same = send(&nurses, "PUT", &asthma, &[("If-Match", &tag)], &changed).with_status(200);
    assert_eq!(same.header("etag"), Some(tag.as_str()));
    changed["severity"] =
        json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "6736007", "display": "Moderate" }] });
    let moderate = send(&nurses, "PUT", &asthma, &[("If-Match", &tag)], &changed).with_status(200);
    assert_ne!(moderate.header("etag"), Some(tag.as_str()));
    assert_eq!(place(&moderate), asthma);
    assert!(moderate.json()["severity"].is_object());
    assert_eq!(
        outcome(send(&nurses, "PUT", &asthma, &[("If-Match", &tag)], &changed), 412),
        ("conflict".to_owned(), "RESOURCE_VERSION_MISMATCH".to_owned())
    );
    assert_eq!(outcome(send(&nurses, "PUT", &asthma, &[("If-Match", "W/\"")], &changed), 400).0, "invalid");
    changed.as_object_mut().unwrap().remove("severity");
    let without = send(&nurses, "PUT", &asthma, &[], &changed).with_status(200);
    assert_eq!(without.json().get("severity"), None);

    // Taken back: gone, and gone again.
    let gone = format!("/fhir/R4{asthma}");
    nurses.send("DELETE", &gone, &[], b"").with_status(204);
    nurses.send("DELETE", &gone, &[], b"").with_status(204);
    assert_eq!(outcome(nurses.get(&gone), 410), ("deleted".to_owned(), "INVALIDATED_RESOURCE".to_owned()));
    assert_eq!(outcome(send(&nurses, "PUT", &asthma, &[], &changed), 410).0, "deleted");
    lcs.get(&gone).with_status(404);
    let id = patient.strip_prefix("Patient/").unwrap();
    assert_eq!(every_page(&nurses, &format!("/fhir/R4/Condition?patient={id}")).len(), 0);

    // Every write is a message, with its report.
    let messages = nurses.get("/v1/messages?limit=200").with_status(200).json();
    let messages = messages["items"].as_array().unwrap().clone();
    assert!(
        messages.len() >= 6
            && messages.iter().all(|message| message["route"] == "fhir:nurses" && message["state"] == "settled")
    );
    let report = nurses.get(messages[0]["links"]["report"].as_str().unwrap()).with_status(200).json();
    assert_eq!(report["errors"], 0);
    // And on that route nobody sends but over FHIR.
    nurses.send("POST", "/v1/routes/fhir:nurses/messages", &[FHIR], b"{}").with_status(404);
}

#[test]
fn nobody_changes_what_another_says_or_says_what_is_not_theirs_to_say() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, _) = own(&held);
    // What the authority says.
    for (path, resource) in &held.sent {
        let of = word(resource, "resourceType");
        let mut changed = resource.clone();
        changed["meta"] = json!({});
        let (put, deleted) = (
            send(&nurses, "PUT", &format!("/{path}"), &[], &changed),
            nurses.send("DELETE", &format!("/fhir/R4/{path}"), &[], b""),
        );
        match of.as_str() {
            "Organization" | "Practitioner" | "Patient" => {
                assert_eq!(
                    (outcome(put, 405).0, outcome(deleted, 405).0),
                    ("not-supported".to_owned(), "not-supported".to_owned())
                );
            }
            _ => assert_eq!(
                (outcome(put, 403).1, outcome(deleted, 403).1),
                ("FORBIDDEN_UPDATE".to_owned(), "FORBIDDEN_UPDATE".to_owned()),
                "{path}"
            ),
        }
    }
    // What only an authority says.
    let flag = json!({
        "resourceType": "Consent", "status": "active",
        "scope": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy" }] },
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "INFA" }] }],
        "patient": { "reference": patient }, "dateTime": "2026-01-01",
        "policyRule": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN" }] },
        "provision": { "type": "permit", "period": { "start": "2026-01-01" } },
    });
    assert_eq!(outcome(send(&nurses, "POST", "/Consent", &[], &flag), 403).1, "FORBIDDEN_UPDATE");
    // Without the scope nothing, and of a child that is not there nothing.
    assert_eq!(
        outcome(
            send(&held.by("readers"), "POST", "/Condition", &[], &condition(&patient, "195967001", "2020-01-01")),
            403
        )
        .0,
        "forbidden"
    );
    let others = held.by("others");
    for by in [&others, &held.by("elsewhere")] {
        let told = outcome(send(by, "POST", "/Condition", &[], &condition(&patient, "195967001", "2020-01-01")), 400);
        let unknown = outcome(
            send(
                by,
                "POST",
                "/Condition",
                &[],
                &condition("Patient/00000000-0000-8000-8000-000000000000", "195967001", "2020-01-01"),
            ),
            400,
        );
        assert_eq!(told, unknown);
    }
    // Nothing of all that became a message.
    assert_eq!(nurses.get("/v1/messages").with_status(200).json()["items"].as_array().unwrap().len(), 0);
    assert_eq!(others.get("/v1/messages").with_status(200).json()["items"].as_array().unwrap().len(), 0);
}

#[test]
fn who_speaks_of_a_child_opens_no_record_and_reads_back_its_own_words() {
    let held = Held::new();
    let (others, nurses) = (held.by("others"), held.by("nurses"));
    let (theirs, number) = own(&held);
    let patient = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": number }], "name": [{ "family": "Lark", "given": ["Jo"] }] });
    let made = send(&others, "POST", "/Patient", &[], &patient).with_status(201);
    assert_eq!(made.json()["name"][0]["family"], "Lark");
    // Its own words and nobody else's: no birth date, no episode, no flag.
    let read = others.get(&format!("/fhir/R4{}", place(&made))).with_status(200).json();
    assert_eq!((read.get("birthDate"), read.get("generalPractitioner"), read.get("gender")), (None, None, None));
    assert!(la_child(&read).is_none(), "{read}");
    let id = theirs.strip_prefix("Patient/").unwrap();
    for of in ["Flag", "EpisodeOfCare", "CarePlan", "Observation"] {
        assert_eq!(every_page(&others, &format!("/fhir/R4/{of}?patient={id}")).len(), 0, "{of}");
    }
    assert_eq!(matches(&others.get("/fhir/R4/List").with_status(200).json())[0].get("entry"), None);
    // It asks for no more by speaking again; a person is told once, and of no child that nobody answers for.
    send(&others, "POST", "/Condition", &[], &condition(&theirs, "195967001", "2020-01-01")).with_status(201);
    let alerts = || held.by("a.one").get("/v1/alerts").with_status(200).json();
    let asked = |alerts: &Value| {
        let all = alerts["items"].as_array().unwrap().iter();
        all.filter(|alert| alert["kind"] == "relation-asked" && alert["about"] == "partner:others").count()
    };
    assert_eq!(asked(&alerts()), 1, "{}", alerts());
    // Who is not looked after, or never was known, answers alike.
    let unknown = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": "9000000009" }], "name": [{ "family": "Lark" }] });
    let made = send(&others, "POST", "/Patient", &[], &unknown).with_status(201);
    others.get(&format!("/fhir/R4{}", place(&made))).with_status(200);
    assert_eq!(asked(&alerts()), 1);
    // To those who are related it says more now.
    let whole = nurses.get(&format!("/fhir/R4/{theirs}")).with_status(200).json();
    assert!(whole.get("birthDate").is_some() && whole["name"].to_string().contains("Lark"), "{whole}");
}

#[test]
fn who_names_a_child_takes_it_from_nobody_and_gives_it_to_nobody() {
    let held = Held::new();
    let (lcs, elsewhere, nurses) = (held.by("lcs"), held.by("elsewhere"), held.by("nurses"));
    let (patient, number) = own(&held);
    let whole = lcs.get(&format!("/fhir/R4/{patient}")).with_status(200).json();
    // Another authority speaks of the child: it stays whose it is, and nothing of it opens.
    let spoken = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": number }], "name": [{ "family": "Heron" }] });
    let made = send(&elsewhere, "POST", "/Patient", &[], &spoken).with_status(201);
    let read = elsewhere.get(&format!("/fhir/R4{}", place(&made))).with_status(200).json();
    assert_eq!((read.get("birthDate"), read["name"][0]["family"].as_str()), (None, Some("Heron")));
    assert!(every_page(&elsewhere, "/fhir/R4/Patient").is_empty(), "it is none of its own");
    let still = lcs.get(&format!("/fhir/R4/{patient}")).with_status(200).json();
    assert_eq!((&still["birthDate"], la_child(&still)), (&whole["birthDate"], la_child(&whole)));
    let episode = json!({
        "resourceType": "EpisodeOfCare", "status": "finished",
        "type": [{ "coding": [{ "system": "http://snomed.info/sct", "code": "764841000000100" }] }, { "coding": [{ "system": "urn:homeward:cs:legal-status", "code": "C2" }] }],
        "patient": { "reference": patient }, "period": { "start": "2020-01-01", "end": "2020-02-01" },
    });
    assert_eq!(outcome(send(&elsewhere, "POST", "/EpisodeOfCare", &[], &episode), 403).1, "FORBIDDEN_UPDATE");
    send(&lcs, "POST", "/EpisodeOfCare", &[], &episode).with_status(201);
    // To state more of the child tells it no name that it did not know.
    send(&elsewhere, "POST", "/Condition", &[], &condition(&patient, "195967001", "2020-01-01")).with_status(201);
    let read = elsewhere.get(&format!("/fhir/R4/{patient}")).with_status(200).json();
    assert_eq!(read["identifier"].as_array().unwrap().len(), 1, "{read}");
    // A child whom only the nurses know is no child of the authority's.
    let unknown = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": "9000000009" }], "name": [{ "family": "Wren" }] });
    let unknown = place(&send(&nurses, "POST", "/Patient", &[], &unknown).with_status(201));
    lcs.get(&format!("/fhir/R4{unknown}")).with_status(404);
    assert!(every_page(&lcs, "/fhir/R4/Patient").iter().all(|patient| !patient.to_string().contains("9000000009")));
    // An authority's own child is its own from the first word, and then care is said of it.
    let new = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": "9000000017" }], "name": [{ "family": "Kite" }] });
    let new = place(&send(&elsewhere, "POST", "/Patient", &[], &new).with_status(201));
    assert_eq!(every_page(&elsewhere, "/fhir/R4/Patient").len(), 1);
    let mut of_new = episode.clone();
    of_new["patient"]["reference"] = json!(new.trim_start_matches('/'));
    send(&elsewhere, "POST", "/EpisodeOfCare", &[], &of_new).with_status(201);
    lcs.get(&format!("/fhir/R4{new}")).with_status(404);
}

/// What a write and a reading after it are answered with, without what is another each time.
fn told(by: &By<'_>, number: &str) -> (u16, Vec<String>, u16) {
    let patient = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": number }], "name": [{ "family": "Wren" }] });
    let made = send(by, "POST", "/Patient", &[], &patient);
    let status = made.status;
    let members = made.json().as_object().unwrap().keys().cloned().collect();
    let path = format!("/fhir/R4{}", place(&made));
    assert!(made.header("etag").is_some(), "{}", made.text());
    (status, members, by.get(&path).status)
}

#[test]
fn what_becomes_of_a_child_is_not_learned_by_speaking_of_it() {
    let held = Held::new();
    let (lcs, others) = (held.by("lcs"), held.by("others"));
    let children: Vec<Value> =
        held.patients().into_iter().filter(|child| nhs_number(child).is_some()).cloned().collect();
    let restricted = |child: &Value, kind: &str| {
        let la = la_child(child).unwrap();
        let body = json!({ "child": { "system": "la-child", "value": la }, "kind": kind, "since": "2026-01-01", "setByRole": "manager" });
        lcs.post("/v1/identity/restrictions", &body.to_string()).with_status(201);
    };
    restricted(&children[0], "adopted");
    restricted(&children[1], "location");
    let never_known = told(&others, "9000000009");
    assert_eq!((never_known.0, never_known.2), (201, 200));
    for child in &children[..3] {
        assert_eq!(told(&others, &nhs_number(child).unwrap()), never_known);
    }
    // By a number that is not theirs to say nobody names a child, nor finds one by it.
    let (la, number) = (la_child(&children[2]).unwrap(), nhs_number(&children[2]).unwrap());
    let system = "urn:homeward:id:la-child:330";
    for identifiers in [
        json!([{ "system": system, "value": la }]),
        json!([{ "system": NHS, "value": number }, { "system": system, "value": "7777777" }]),
        json!([{ "system": NHS, "value": number }, { "system": "urn:homeward:id:upn", "value": "A123456789012" }]),
    ] {
        let patient = json!({ "resourceType": "Patient", "identifier": identifiers, "name": [{ "family": "Wren" }] });
        assert_eq!(outcome(send(&others, "POST", "/Patient", &[], &patient), 403).0, "forbidden");
    }
    let mut by_la = condition("", "195967001", "2020-01-01");
    by_la["subject"] = json!({ "identifier": { "system": system, "value": la } });
    assert_eq!(outcome(send(&others, "POST", "/Condition", &[], &by_la), 403).0, "forbidden");
    others.get(&format!("/fhir/R4/Patient/$summary?identifier={system}%7C{la}")).with_status(404);
    others.get(&format!("/fhir/R4/Patient/$summary?identifier={NHS}%7C{number}")).with_status(200);
    // To say that one has traced a child lets nothing of its place out.
    let traced = json!({ "resourceType": "Patient", "name": [{ "family": "Wren" }], "identifier": [{
        "extension": [{
            "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
            "valueCodeableConcept": { "coding": [{ "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland", "code": "01" }] },
        }],
        "system": NHS, "value": number,
    }] });
    let before = held
        .by("nurses")
        .get(&format!("/fhir/R4/EpisodeOfCare?patient={}", word(&children[2], "id")))
        .with_status(200)
        .json();
    send(&others, "POST", "/Patient", &[], &traced).with_status(200);
    let after = held
        .by("nurses")
        .get(&format!("/fhir/R4/EpisodeOfCare?patient={}", word(&children[2], "id")))
        .with_status(200)
        .json();
    assert_eq!(matches(&before), matches(&after));
}

#[test]
fn of_a_child_that_was_erased_nothing_is_taken_in_and_nothing_is_said_to_be() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, number) = own(&held);
    let lookup = json!({ "system": "la-child", "value": la_child(held.child()).unwrap() }).to_string();
    let found = held.by("lcs").post("/v1/identity/lookup", &lookup).with_status(200).json();
    let path = format!("/v1/identity/subjects/{}", word(&found["subjects"][0], "id"));
    let reason = r#"{"reason":"a request of the parents was upheld"}"#;
    let begun = held.by("lcs").act(&format!("{path}/erase"), &tag(&held.by("lcs").get(&path)), reason).with_status(202);
    held.by("a.one").act(&format!("{path}/erase"), &tag(&begun), reason).with_status(200);
    nurses.get(&format!("/fhir/R4/{patient}")).with_status(404);
    let mut by_number = condition("", "195967001", "2020-01-01");
    by_number["subject"] = json!({ "identifier": { "system": NHS, "value": number } });
    let named = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": number }], "name": [{ "family": "Wren" }] });
    for (path, body) in [("/Condition", by_number), ("/Patient", named)] {
        assert_eq!(outcome(send(&nurses, "POST", path, &[], &body), 409).0, "conflict");
    }
    assert_eq!(nurses.get("/v1/messages").with_status(200).json()["items"].as_array().unwrap().len(), 0);
}

#[test]
fn what_was_written_stands_whatever_is_asked_beside_it() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, number) = own(&held);
    // A reading that fails is told in its entry.
    let all = bundle(
        "transaction",
        &[
            entry("POST", "Condition", "", condition(&patient, "195967001", "2020-05-01")),
            json!({ "request": { "method": "GET", "url": "Condition/00000000-0000-8000-8000-000000000000" } }),
        ],
    );
    let answer = send(&nurses, "POST", "", &[], &all).with_status(200).json();
    assert_eq!(answer["entry"][0]["response"]["status"], "201 Created");
    assert_eq!(answer["entry"][1]["response"]["status"], "404 Not Found");
    // A Patient that says nothing but who it is holds nothing; one statement stands once in a transaction.
    let bare = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": number }] });
    assert_eq!(outcome(send(&nurses, "POST", "/Patient", &[], &bare), 422).0, "business-rule");
    let mut other = condition(&patient, "38341003", "2021-05-01");
    let first = other.clone();
    other["clinicalStatus"]["coding"][0]["code"] = json!("inactive");
    let twice = bundle("transaction", &[entry("POST", "Condition", "", first), entry("POST", "Condition", "", other)]);
    assert_eq!(outcome(send(&nurses, "POST", "", &[], &twice), 400).0, "duplicate");
    // An update is of what its address names and of nothing else.
    let made = place(
        &send(&nurses, "POST", "/Condition", &[], &condition(&patient, "73211009", "2021-05-01")).with_status(201),
    );
    let mut elsewhere = condition("", "73211009", "2021-05-01");
    elsewhere["id"] = json!(made.rsplit_once('/').unwrap().1);
    elsewhere["subject"] = json!({ "identifier": { "system": NHS, "value": "9000000009" } });
    assert_eq!(outcome(send(&nurses, "PUT", &made, &[], &elsewhere), 422).0, "business-rule");
    // A member that stands twice is read as neither.
    let doubled = format!(
        "{{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{{\"request\":{{\"method\":\"GET\",\"url\":\"{patient}\",\"url\":\"Patient\"}}}}]}}"
    );
    assert_eq!(outcome(nurses.send("POST", "/fhir/R4", &[FHIR], doubled.as_bytes()), 400).0, "structure");
    // References are led wherever they stand, however they are escaped, and nothing else is.
    let escaped = format!(
        "{{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{{\"request\":{{\"method\":\"POST\",\"url\":\"Condition\"}},\"resource\":{}}}]}}",
        condition("PLACE", "49436004", "2021-05-01")
    );
    let reference = format!("Patient?identifier={NHS}|{number}").replace('/', "\\/");
    let answer =
        nurses.send("POST", "/fhir/R4", &[FHIR], escaped.replace("PLACE", &reference).as_bytes()).with_status(200);
    assert_eq!(answer.json()["entry"][0]["response"]["status"], "201 Created");
    // Under one id for all requests what was taken back meanwhile is stated again.
    let id = [("X-Request-ID", "60e0b220-8136-4ca5-ae46-1d97ef59d068")];
    let body = condition(&patient, "195967001", "1999-05-01");
    let stated = || place(&send(&nurses, "POST", "/Condition", &id, &body));
    let first = stated();
    nurses.send("DELETE", &format!("/fhir/R4{first}"), &[], b"").with_status(204);
    assert_eq!(stated(), first);
    nurses.get(&format!("/fhir/R4{first}")).with_status(200);
    // A condition says of whom, and nothing of how to answer.
    for wide in ["_count=0", "family=Larkmoor&birthdate=2012-01-01"] {
        let told = send(&nurses, "POST", "/Patient", &[("If-None-Exist", wide)], &bare).status;
        assert_eq!(told, 400, "{wide}");
    }
    // By parts of a date nobody is looked for.
    assert_eq!(outcome(nurses.get("/fhir/R4/Patient?family=Larkmoor&birthdate=ge2012-01-01"), 400).0, "value");
}

#[test]
fn a_condition_finds_or_makes_and_many_at_once_make_one() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, number) = own(&held);
    let new = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": "9000000017" }], "name": [{ "family": "Wren" }] });
    let criteria = format!("identifier={NHS}|9000000017");
    let encoded = format!("identifier={NHS}%7C9000000017");
    // As clients ask: by header, with and without what stands before it, and by the address.
    let made = send(&nurses, "POST", "/Patient", &[("If-None-Exist", &criteria)], &new).with_status(201);
    for found in [
        send(&nurses, "POST", "/Patient", &[("If-None-Exist", &criteria)], &new),
        send(&nurses, "POST", "/Patient", &[("If-None-Exist", &format!("?{criteria}"))], &new),
        send(&nurses, "POST", "/Patient", &[("If-None-Exist", &format!("Patient?{criteria}"))], &new),
        send(&nurses, "POST", &format!("/Patient?{encoded}"), &[], &new),
    ] {
        let found = found.with_status(200);
        assert_eq!((place(&found), found.json()["name"][0]["family"].clone()), (place(&made), json!("Wren")));
    }
    assert_eq!(outcome(send(&nurses, "POST", "/Patient", &[("If-None-Exist", "?")], &new), 400).0, "required");
    assert_eq!(
        outcome(send(&nurses, "POST", "/Patient", &[("If-None-Exist", "colour=red")], &new), 400).0,
        "not-supported"
    );
    // One who is there is not overwritten.
    let own = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": number }], "name": [{ "family": "Wren" }] });
    let found = send(&nurses, "POST", "/Patient", &[("If-None-Exist", &format!("identifier={NHS}|{number}"))], &own)
        .with_status(200);
    assert_eq!(place(&found), format!("/{patient}"));
    assert!(!found.text().contains("Wren"));

    // An update by a condition: made, changed, and refused where several match.
    let id = patient.strip_prefix("Patient/").unwrap();
    let by_code = format!("/Condition?patient={id}&code=http://snomed.info/sct%7C195967001");
    send(&nurses, "PUT", &by_code, &[], &condition(&patient, "195967001", "2020-05-01")).with_status(201);
    let mut changed = condition(&patient, "195967001", "2020-05-01");
    changed["abatementDateTime"] = json!("2026-01-01");
    changed["clinicalStatus"]["coding"][0]["code"] = json!("resolved");
    let updated = send(&nurses, "PUT", &by_code, &[], &changed).with_status(200);
    assert_eq!(updated.json()["abatementDateTime"], "2026-01-01");
    send(&nurses, "POST", "/Condition", &[], &condition(&patient, "38341003", "2021-05-01")).with_status(201);
    let any = format!("/Condition?patient={id}");
    assert_eq!(
        outcome(send(&nurses, "PUT", &any, &[], &changed), 412),
        ("multiple-matches".to_owned(), "TOO_MANY_MATCHES".to_owned())
    );

    // Of many at once one makes it, and of two who have seen the same version one is too late.
    let many = json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": "9000000025" }], "name": [{ "family": "Kite" }] });
    let criteria = format!("identifier={NHS}|9000000025");
    let all: Vec<(u16, String)> = thread::scope(|scope| {
        let one = || {
            let answer = send(&nurses, "POST", "/Patient", &[("If-None-Exist", &criteria)], &many);
            (answer.status, place(&answer))
        };
        let running: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(all.iter().filter(|(status, _)| *status == 201).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|(status, _)| *status == 200).count(), 7);
    assert_eq!(all.iter().map(|(_, place)| place).collect::<BTreeSet<_>>().len(), 1);
    let asthma = place(&updated);
    let tag = nurses.get(&format!("/fhir/R4{asthma}")).with_status(200).header("etag").unwrap().to_owned();
    let told: Vec<u16> = thread::scope(|scope| {
        let one = |day: &'static str| {
            let (mut changed, nurses, asthma, tag) = (changed.clone(), &nurses, &asthma, &tag);
            changed["abatementDateTime"] = json!(day);
            changed["id"] = json!(asthma.rsplit_once('/').unwrap().1);
            scope.spawn(move || send(nurses, "PUT", asthma, &[("If-Match", tag)], &changed).status)
        };
        let running = [one("2026-02-01"), one("2026-03-01")];
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(told.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&200, &412]));
}

#[test]
fn a_repeat_under_its_key_is_answered_as_the_first_and_done_once() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, _) = own(&held);
    let asthma = condition(&patient, "195967001", "2020-05-01");
    let count = || nurses.get("/v1/messages?limit=200").with_status(200).json()["items"].as_array().unwrap().len();
    let request_id = "60e0b220-8136-4ca5-ae46-1d97ef59d068";
    for key in [("Idempotency-Key", "state-1"), ("X-Request-ID", request_id)] {
        let before = count();
        let mut body = asthma.clone();
        body["onsetDateTime"] = json!(if key.1 == request_id { "2019-05-01" } else { "2018-05-01" });
        let first = send(&nurses, "POST", "/Condition", &[key], &body).with_status(201);
        assert_eq!(first.header("idempotency-replayed"), None);
        let again = send(&nurses, "POST", "/Condition", &[key], &body).with_status(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{}", key.0);
        assert_eq!((place(&again), again.json()), (place(&first), first.json()));
        assert_eq!(count(), before + 1);
        // The key of another request: refused where it is a key, new where it is the id that some send with all.
        body["onsetDateTime"] = json!("2017-05-01");
        let other = send(&nurses, "POST", "/Condition", &[key], &body);
        match key.0 {
            "X-Request-ID" => drop(other.with_status(201)),
            _ => assert_eq!(outcome(other, 422).0, "business-rule"),
        }
    }
}

fn entry(method: &str, url: &str, full_url: &str, resource: Value) -> Value {
    let mut entry = json!({ "resource": resource, "request": { "method": method, "url": url } });
    if !full_url.is_empty() {
        entry["fullUrl"] = json!(full_url);
    }
    entry
}

fn bundle(kind: &str, entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries })
}

#[test]
fn a_transaction_is_done_whole_or_not_at_all() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, number) = own(&held);
    let id = patient.strip_prefix("Patient/").unwrap();
    let there = "urn:uuid:11111111-1111-4111-8111-111111111111";
    let mut matched = entry(
        "POST",
        "Patient",
        there,
        json!({ "resourceType": "Patient", "identifier": [{ "system": NHS, "value": number }] }),
    );
    matched["request"]["ifNoneExist"] = json!(format!("identifier={NHS}|{number}"));
    let conditional = format!("Patient?identifier={NHS}|{number}");
    let all = bundle(
        "transaction",
        &[
            matched.clone(),
            entry(
                "POST",
                "Condition",
                "urn:uuid:22222222-2222-4222-8222-222222222222",
                condition(there, "195967001", "2020-05-01"),
            ),
            entry("POST", "AllergyIntolerance", "urn:uuid:33333333-3333-4333-8333-333333333333", allergy(&conditional)),
            json!({ "request": { "method": "GET", "url": format!("AllergyIntolerance?patient={id}") } }),
        ],
    );
    // At both addresses; repeated it makes nothing new.
    for (path, statuses) in
        [("", ["200 OK", "201 Created", "201 Created", "200 OK"]), ("/", ["200 OK", "200 OK", "200 OK", "200 OK"])]
    {
        let answer = send(&nurses, "POST", path, &[], &all).with_status(200).json();
        assert_eq!((&answer["resourceType"], &answer["type"]), (&json!("Bundle"), &json!("transaction-response")));
        let entries = answer["entry"].as_array().unwrap();
        let told: Vec<&str> = entries.iter().map(|entry| entry["response"]["status"].as_str().unwrap()).collect();
        assert_eq!(told, statuses, "{answer}");
        assert!(
            word(&entries[0]["response"], "location").contains(&format!("/{patient}/_history/")),
            "what was matched has a place too"
        );
        assert!(entries[..3].iter().all(|entry| word(&entry["response"], "etag").starts_with("W/\"")));
        assert_eq!(matches(&entries[3]["resource"]).len(), 1, "what is read is read after what is written");
    }
    let conditions = every_page(&nurses, &format!("/fhir/R4/Condition?patient={id}"));
    assert_eq!((conditions.len(), &conditions[0]["subject"]["reference"]), (1, &json!(patient)));

    // Nothing of it where anything is wrong.
    let stays = || every_page(&nurses, &format!("/fhir/R4/Patient/{id}/$everything")).len();
    let before = stays();
    let sound = entry(
        "POST",
        "Condition",
        "urn:uuid:44444444-4444-4444-8444-444444444444",
        condition(&patient, "38341003", "2021-05-01"),
    );
    let mut faulty = condition(&patient, "73211009", "2021-02-30");
    faulty["unknown"] = json!(1);
    let nobody = format!("Patient?identifier={NHS}|9000000009");
    let mut of_nothing = condition(&patient, "73211009", "2021-02-03");
    of_nothing["id"] = json!("00000000-0000-8000-8000-000000000000");
    for (wrong, status, code) in [
        (entry("POST", "Condition", "urn:uuid:55555555-5555-4555-8555-555555555555", faulty), 400, "structure"),
        (
            entry(
                "POST",
                "Condition",
                "urn:uuid:55555555-5555-4555-8555-555555555555",
                condition(&nobody, "73211009", "2021-02-03"),
            ),
            400,
            "not-found",
        ),
        (entry("PUT", "Condition/00000000-0000-8000-8000-000000000000", "", of_nothing), 404, "not-found"),
        (entry("PATCH", "Condition/00000000-0000-8000-8000-000000000000", "", json!({})), 400, "invalid"),
        (entry("POST", "Medication", "", json!({ "resourceType": "Medication" })), 404, "not-supported"),
        (entry("POST", "Condition", "", json!({ "resourceType": "Flag" })), 400, "invalid"),
    ] {
        let answer =
            send(&nurses, "POST", "", &[], &bundle("transaction", &[sound.clone(), wrong])).with_status(status);
        let told = answer.json();
        assert_eq!(told["resourceType"], "OperationOutcome", "one outcome, and no Bundle: {told}");
        let issues = told["issue"].as_array().unwrap();
        assert!(
            issues.iter().any(|issue| issue["code"] == code || (code == "structure" && issue["severity"] == "error")),
            "{told}"
        );
        assert_eq!(stays(), before);
    }
    let twice = bundle("transaction", &[matched.clone(), matched]);
    assert_eq!(outcome(send(&nurses, "POST", "", &[], &twice), 400).0, "duplicate");
    assert_eq!(outcome(send(&nurses, "POST", "", &[], &bundle("collection", &[])), 400).0, "not-supported");
    assert_eq!(outcome(send(&nurses, "POST", "", &[], &json!({ "resourceType": "Patient" })), 400).0, "structure");
    send(&nurses, "POST", "", &[], &bundle("transaction", &[])).with_status(200);
}

#[test]
fn a_batch_fails_entry_by_entry() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, _) = own(&held);
    let batch = bundle(
        "batch",
        &[
            entry("POST", "Condition", "", condition(&patient, "195967001", "2020-05-01")),
            entry(
                "POST",
                "Condition",
                "",
                condition("Patient/00000000-0000-8000-8000-000000000000", "195967001", "2020-05-01"),
            ),
            json!({ "request": { "method": "GET", "url": patient } }),
            json!({ "request": { "method": "DELETE", "url": "Condition/00000000-0000-8000-8000-000000000000" } }),
            entry("POST", "AllergyIntolerance", "", allergy(&patient)),
        ],
    );
    let answer = send(&nurses, "POST", "", &[("Prefer", "return=representation")], &batch).with_status(200).json();
    assert_eq!(answer["type"], "batch-response");
    let told: Vec<&str> =
        answer["entry"].as_array().unwrap().iter().map(|entry| entry["response"]["status"].as_str().unwrap()).collect();
    assert_eq!(told, ["201 Created", "400 Bad Request", "200 OK", "404 Not Found", "201 Created"], "{answer}");
    assert_eq!(answer["entry"][1]["response"]["outcome"]["issue"][0]["code"], "not-found");
    // Under one id for all requests, too, each entry of each batch is done once, and another is another.
    let id = [("X-Request-ID", "60e0b220-8136-4ca5-ae46-1d97ef59d068")];
    let of = |day: &str| bundle("batch", &[entry("POST", "Condition", "", condition(&patient, "195967001", day))]);
    let done = |day: &str| {
        let answer = send(&nurses, "POST", "", &id, &of(day)).with_status(200).json();
        (word(&answer["entry"][0]["response"], "status"), word(&answer["entry"][0]["response"], "location"))
    };
    let first = done("2001-01-01");
    assert_eq!((first.0.as_str(), done("2001-01-01")), ("201 Created", first.clone()));
    assert_eq!(done("2002-01-01").0, "201 Created");
    assert_eq!(answer["entry"][0]["resource"]["resourceType"], "Condition");
    assert_eq!(answer["entry"][2]["resource"]["resourceType"], "Patient");
}

#[test]
fn what_is_wrong_with_a_resource_is_told_by_its_path_and_what_is_lost_by_name() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let (patient, _) = own(&held);
    let mut faulty = condition(&patient, "195967001", "2020-02-30");
    faulty["colour"] = json!("red");
    let answer = send(&nurses, "POST", "/Condition", &[], &faulty).with_status(400).json();
    let paths: Vec<&str> =
        answer["issue"].as_array().unwrap().iter().filter_map(|issue| issue["expression"][0].as_str()).collect();
    assert!(paths.iter().all(|path| path.starts_with("Condition")) && paths.len() >= 2, "{answer}");
    // A hard rule of UK Core.
    let refused = json!({
        "resourceType": "Immunization", "status": "not-done", "vaccineCode": { "text": "MMR" },
        "patient": { "reference": patient }, "occurrenceDateTime": "2026-01-01", "primarySource": true,
    });
    let answer = send(&nurses, "POST", "/Immunization", &[], &refused);
    let status = answer.status;
    assert!(matches!(status, 400 | 422), "{}", answer.text());
    // What no statement holds is refused where it is all, and told where it is some.
    let nothing = json!({
        "resourceType": "Observation", "status": "final", "code": { "coding": [{ "system": "http://loinc.org", "code": "8310-5" }] },
        "subject": { "reference": patient }, "effectiveDateTime": "2026-01-01", "valueString": "warm",
    });
    assert_eq!(outcome(send(&nurses, "POST", "/Observation", &[], &nothing), 422).0, "business-rule");
    // Nor where nothing of it could ever be told again, of a child that is known and of one that is not.
    for of in [json!({ "reference": patient }), json!({ "identifier": { "system": NHS, "value": "9000000009" } })] {
        let mut in_stones: Value = serde_json::from_str(&weight("", "3", "2026-01-01")).unwrap();
        in_stones["subject"] = of;
        in_stones["category"] = json!([{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey" }] }]);
        in_stones["valueQuantity"] = json!({ "value": 3, "unit": "stone" });
        let told = send(&nurses, "POST", "/Observation", &[], &in_stones);
        assert!(matches!(told.status, 400 | 422), "{}", told.text());
    }
    let told =
        send(&nurses, "POST", "/AllergyIntolerance", &[("Prefer", "return=OperationOutcome")], &allergy(&patient))
            .with_status(201);
    assert_eq!(told.json()["resourceType"], "OperationOutcome");
    assert!(told.header("location").is_some() && told.header("etag").is_some());
    // In XML, and of another type or id than the address.
    let xml = format!(
        "<Condition xmlns=\"http://hl7.org/fhir\"><clinicalStatus><coding><system value=\"http://terminology.hl7.org/CodeSystem/condition-clinical\"/><code value=\"active\"/></coding></clinicalStatus><code><coding><system value=\"http://snomed.info/sct\"/><code value=\"73211009\"/></coding></code><subject><reference value=\"{patient}\"/></subject><onsetDateTime value=\"2022-01-01\"/></Condition>"
    );
    let headers = [("Content-Type", "application/fhir+xml"), ("Accept", "application/fhir+xml")];
    let made = nurses.send("POST", "/fhir/R4/Condition", &headers, xml.as_bytes()).with_status(201);
    assert!(made.text().contains("<onsetDateTime value=\"2022-01-01\"/>"), "{}", made.text());
    let made = place(&made);
    assert_eq!(
        outcome(send(&nurses, "POST", "/Flag", &[], &condition(&patient, "73211009", "2022-01-01")), 400).0,
        "invalid"
    );
    assert_eq!(
        outcome(send(&nurses, "PUT", &made, &[], &condition(&patient, "73211009", "2022-01-01")), 400).0,
        "invalid"
    );
    // What tells a statement from others is not changed under its id.
    let mut other = condition(&patient, "73211009", "1999-01-01");
    other["id"] = json!(made.rsplit_once('/').unwrap().1);
    other["code"]["coding"][0]["code"] = json!("38341003");
    assert_eq!(outcome(send(&nurses, "PUT", &made, &[], &other), 422).0, "business-rule");
    for (body, content_type, status) in [
        ("{", FHIR.1, 400),
        ("[]", FHIR.1, 400),
        ("", FHIR.1, 400),
        ("{}", "text/plain", 415),
        ("{\"resourceType\":\"Condition\"}", FHIR.1, 400),
    ] {
        outcome(nurses.send("POST", "/fhir/R4/Condition", &[("Content-Type", content_type)], body.as_bytes()), status);
    }
}

#[test]
fn what_is_written_is_bounded_at_its_edges() {
    let held = Held::with("[fhir]\nresource_bytes_max = 2048\nbundle_entries_max = 2\nbundle_bytes_max = 4096");
    let nurses = held.by("nurses");
    let (patient, _) = own(&held);
    let sized = |bytes: usize| {
        let mut body = condition(&patient, "195967001", "2020-05-01");
        body["code"]["text"] = json!("");
        let short = body.to_string().len();
        body["code"]["text"] = json!("x".repeat(bytes - short));
        body
    };
    send(&nurses, "POST", "/Condition", &[], &sized(2_048)).with_status(201);
    assert_eq!(outcome(send(&nurses, "POST", "/Condition", &[], &sized(2_049)), 413).0, "too-long");
    let get = || json!({ "request": { "method": "GET", "url": patient } });
    send(&nurses, "POST", "", &[], &bundle("batch", &[get(), get()])).with_status(200);
    assert_eq!(outcome(send(&nurses, "POST", "", &[], &bundle("batch", &[get(), get(), get()])), 413).0, "too-long");
    let long = |bytes: usize| format!("{{\"resourceType\":\"Bundle\",\"type\":\"batch\"{}}}", " ".repeat(bytes - 40));
    assert_eq!(long(4_096).len(), 4_096);
    nurses.send("POST", "/fhir/R4", &[FHIR], long(4_096).as_bytes()).with_status(200);
    assert_eq!(outcome(nurses.send("POST", "/fhir/R4", &[FHIR], long(4_097).as_bytes()), 413).0, "too-long");
    // The next page of what was written is still the caller's own.
    let first = nurses.get(&format!(
        "/fhir/R4/{}?patient={}&_count=1",
        "Observation",
        patient.strip_prefix("Patient/").unwrap()
    ));
    if let Some(next) = link(&first.with_status(200).json(), "next") {
        nurses.get(&local(&next)).with_status(200);
    }
}
