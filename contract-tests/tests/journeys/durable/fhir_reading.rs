//! What is held of children, read over FHIR: by those who may, as deliveries have it, and by nobody else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{By, House, Return, SCOPES, TO_HEALTH, partner, person, wait_until};
use crate::client::Answer;

const SEND: &str = "/v1/routes/to-health/messages";
pub(super) const NHS: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// The cast, of whom each may read over FHIR; and others who may too, of other children or of none.
pub(super) fn readers() -> String {
    let scopes = SCOPES.replace(']', ", \"fhir:read\", \"fhir:write\"]");
    let all = "\"approve\", \"messages\", \"audit\", \"restrictions\", \"identity\"";
    [
        partner("lcs", &format!("view = \"local-authority\"\nauthority = \"330\"\nscopes = {scopes}")),
        partner("nurses", &format!("view = \"health\"\nods_code = \"RKB\"\nscopes = {scopes}")),
        partner("others", &format!("view = \"health\"\nods_code = \"RKC\"\nscopes = {scopes}")),
        partner("elsewhere", &format!("view = \"local-authority\"\nauthority = \"331\"\nscopes = {scopes}")),
        partner("readers", "view = \"health\"\nods_code = \"RKE\"\nscopes = [\"fhir:read\"]"),
        partner("unscoped", &format!("view = \"health\"\nods_code = \"RKD\"\nscopes = {SCOPES}")),
        person("a.one", all),
        person("b.two", "\"approve\", \"restrictions\""),
        person("c.three", "\"audit\""),
    ]
    .join("\n")
}

/// A gateway that holds a small return, delivered to the nurses.
pub(super) struct Held {
    pub(super) house: House,
    pub(super) document: Return,
    /// What the nurses were sent, by type and id.
    pub(super) sent: BTreeMap<String, Value>,
}

impl Held {
    pub(super) fn new() -> Self {
        Self::with("")
    }

    pub(super) fn with(more: &str) -> Self {
        let house = House::with(&format!("{more}\n{}", readers()), TO_HEALTH, "info");
        house.approve_all(TO_HEALTH);
        let document = Return::small();
        house.send(SEND, &document.zip());
        let mut sent = BTreeMap::new();
        for text in house.delivered().values() {
            let bundle: Value = serde_json::from_str(text).unwrap();
            for entry in bundle["entry"].as_array().unwrap() {
                let resource = &entry["resource"];
                sent.insert(format!("{}/{}", word(resource, "resourceType"), word(resource, "id")), resource.clone());
            }
        }
        Self { house, document, sent }
    }

    pub(super) fn by(&self, name: &str) -> By<'_> {
        self.house.by(name)
    }

    pub(super) fn patients(&self) -> Vec<&Value> {
        self.sent.values().filter(|resource| resource["resourceType"] == "Patient").collect()
    }

    /// A child that was sent and has an NHS number.
    pub(super) fn child(&self) -> &Value {
        self.patients().into_iter().find(|patient| nhs_number(patient).is_some()).unwrap()
    }
}

pub(super) fn word(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn identifier(patient: &Value, system: &str) -> Option<String> {
    let identifiers = patient["identifier"].as_array()?;
    let found = identifiers.iter().find(|identifier| identifier["system"] == system)?;
    Some(word(found, "value"))
}

pub(super) fn nhs_number(patient: &Value) -> Option<String> {
    identifier(patient, NHS)
}

pub(super) fn la_child(patient: &Value) -> Option<String> {
    identifier(patient, "urn:homeward:id:la-child:330")
}

/// A resource as it was delivered: without the version that it is read with.
pub(super) fn as_sent(resource: &Value) -> Value {
    let mut resource = resource.clone();
    let meta = resource["meta"].as_object_mut().unwrap();
    assert!(meta.remove("versionId").is_some_and(|version| version.as_str().unwrap().len() == 16));
    if meta.is_empty() {
        resource.as_object_mut().unwrap().remove("meta");
    }
    resource
}

pub(super) fn matches(bundle: &Value) -> Vec<Value> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    entries.filter(|entry| entry["search"]["mode"] == "match").map(|entry| entry["resource"].clone()).collect()
}

pub(super) fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array()?;
    Some(word(links.iter().find(|link| link["relation"] == relation)?, "url"))
}

/// An address as the gateway is asked for it.
pub(super) fn local(url: &str) -> String {
    url.strip_prefix("https://localhost:8443").unwrap_or(url).to_owned()
}

/// Every page of a search.
pub(super) fn every_page(by: &By<'_>, first: &str) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(page) = next {
        let bundle = by.get(&page).with_status(200).json();
        assert_eq!(bundle["type"], "searchset");
        found.extend(matches(&bundle));
        next = link(&bundle, "next").map(|url| local(&url));
    }
    found
}

/// The codes of an OperationOutcome: of its type and of Spine.
#[track_caller]
pub(super) fn outcome(answer: Answer, status: u16) -> (String, String) {
    let answer = answer.with_status(status);
    assert_eq!(answer.header("content-type"), Some("application/fhir+json; charset=utf-8"));
    let outcome = answer.json();
    assert_eq!(
        (&outcome["resourceType"], outcome["id"].as_str()),
        (&json!("OperationOutcome"), answer.header("x-request-id"))
    );
    let issue = &outcome["issue"][0];
    for told in [&issue["severity"], &issue["details"]["text"], &issue["diagnostics"]] {
        assert!(told.as_str().is_some_and(|told| !told.is_empty()), "{outcome}");
    }
    (word(issue, "code"), word(&issue["details"]["coding"][0], "code"))
}

#[test]
fn what_was_delivered_is_found_by_its_id_by_its_child_and_by_the_childs_number() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let child = held.child();
    let id = word(child, "id");
    let own: Vec<&Value> = held
        .sent
        .values()
        .filter(|resource| {
            let of = if resource["patient"].is_object() { &resource["patient"] } else { &resource["subject"] };
            of["reference"] == format!("Patient/{id}")
        })
        .collect();
    assert!(own.len() > 5, "{} resources of a child", own.len());

    // Each by its id, as it was delivered; asked for again it is not sent again.
    for resource in own.iter().copied().chain([child]) {
        let path = format!("/fhir/R4/{}/{}", word(resource, "resourceType"), word(resource, "id"));
        let read = nurses.get(&path).with_status(200);
        assert_eq!(as_sent(&read.json()), *resource);
        let tag = read.header("etag").unwrap().to_owned();
        assert_eq!(tag, format!("W/\"{}\"", word(&read.json()["meta"], "versionId")));
        assert!(nurses.send("GET", &path, &[("If-None-Match", &tag)], b"").with_status(304).body.is_empty());
        let version = nurses.get(&format!("{path}/_history/{}", word(&read.json()["meta"], "versionId")));
        assert_eq!(version.with_status(200).json(), read.json());
        nurses.get(&format!("{path}/_history/1")).with_status(404);
        let history = nurses.get(&format!("{path}/_history")).with_status(200).json();
        assert_eq!((&history["type"], &history["entry"][0]["resource"]), (&json!("history"), &read.json()));
    }

    // The child by its number, in every way that clients ask.
    let number = nhs_number(child).unwrap();
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let posted = format!("identifier={NHS}%7C{number}");
    for found in [
        nurses.get(&format!("/fhir/R4/Patient?identifier={NHS}%7C{number}")),
        nurses.get(&format!("/fhir/R4/Patient?identifier={number}&_format=json&_pretty=true")),
        nurses.get(&format!("/fhir/R4/Patient?_id={id}")),
        nurses.send("POST", "/fhir/R4/Patient/_search", &form, posted.as_bytes()),
    ] {
        let bundle = found.with_status(200).json();
        assert_eq!(
            (&bundle["total"], matches(&bundle).iter().map(as_sent).collect()),
            (&json!(1), vec![child.clone()])
        );
        assert_eq!(bundle["entry"][0]["fullUrl"], format!("https://localhost:8443/fhir/R4/Patient/{id}"));
        assert!(link(&bundle, "self").unwrap().starts_with("https://localhost:8443/fhir/R4/Patient?"));
    }
    let none = nurses.get(&format!("/fhir/R4/Patient?identifier={NHS}%7C9000000009")).with_status(200).json();
    assert_eq!((&none["total"], none.get("entry")), (&json!(0), None));

    // By the whole family name and the birth date, whatever the case; an authority's own by the beginning too.
    let (family, born) = (word(&child["name"][0], "family").to_lowercase(), word(child, "birthDate"));
    let by_name = |by: &By<'_>, family: &str| {
        let found = every_page(by, &format!("/fhir/R4/Patient?family={family}&birthdate={born}"));
        found.iter().filter(|patient| patient["id"] == *id).count()
    };
    assert_eq!((by_name(&nurses, &family), by_name(&nurses, &family[..3])), (1, 0));
    assert_eq!(by_name(&held.by("lcs"), &family[..3]), 1);
    assert_eq!(by_name(&held.by("others"), &family), 0);

    // What a child has, type by type, however it is named; page by page each once.
    let mut by_type: BTreeMap<String, usize> = BTreeMap::new();
    own.iter().for_each(|resource| *by_type.entry(word(resource, "resourceType")).or_default() += 1);
    for (of, count) in &by_type {
        for asked in [
            format!("/fhir/R4/{of}?patient={id}"),
            format!("/fhir/R4/{of}?subject=Patient/{id}&_count=1"),
            format!("/fhir/R4/{of}?patient.identifier={NHS}%7C{number}"),
            format!("/fhir/R4/{of}?subject:identifier={NHS}%7C{number}"),
            format!("/fhir/R4/Patient/{id}/{of}?_count=2"),
        ] {
            let found = every_page(&nurses, &asked);
            assert_eq!(found.len(), *count, "{asked}");
            assert!(found.iter().all(|resource| own.contains(&&as_sent(resource))), "{asked}");
        }
        let counted = nurses.get(&format!("/fhir/R4/{of}?patient={id}&_summary=count")).with_status(200).json();
        assert_eq!((&counted["total"], counted.get("entry"), counted.get("link")), (&json!(count), None, None));
    }

    // Everything of the child.
    let everything = every_page(&nurses, &format!("/fhir/R4/Patient/{id}/$everything?_count=3"));
    assert_eq!(everything[0]["resourceType"], "Patient");
    let only = every_page(&nurses, &format!("/fhir/R4/Patient/{id}/$everything?_type=Observation,Flag"));
    assert!(only.iter().all(|it| it["resourceType"] == "Observation" || it["resourceType"] == "Flag"));
    assert!(everything.len() > own.len() && only.len() == by_type["Observation"] + by_type["Flag"]);

    // The authority and the workers, whom no child has to itself.
    for (path, resource) in &held.sent {
        if matches!(resource["resourceType"].as_str(), Some("Organization" | "Practitioner")) {
            assert_eq!(as_sent(&nurses.get(&format!("/fhir/R4/{path}")).with_status(200).json()), *resource, "{path}");
        }
    }
    let with = format!("/fhir/R4/EpisodeOfCare?patient={id}&_include=EpisodeOfCare:organization&_include=*:patient");
    let bundle = nurses.get(&with).with_status(200).json();
    let included: Vec<&Value> =
        bundle["entry"].as_array().unwrap().iter().filter(|entry| entry["search"]["mode"] == "include").collect();
    let types: Vec<&str> = included.iter().filter_map(|entry| entry["resource"]["resourceType"].as_str()).collect();
    assert_eq!(types, ["Organization", "Patient"]);
}

#[test]
fn nobody_reads_of_a_child_who_is_not_theirs_and_an_authority_reads_its_own() {
    let held = Held::new();
    let child = held.child();
    let (id, number) = (word(child, "id"), nhs_number(child).unwrap());
    let an_observation = held.sent.keys().find(|path| path.starts_with("Observation/")).unwrap();
    let asked = [
        format!("/fhir/R4/Patient/{id}"),
        format!("/fhir/R4/{an_observation}"),
        format!("/fhir/R4/Patient/{id}/$everything"),
        format!("/fhir/R4/Patient/{id}/$summary"),
        format!("/fhir/R4/Patient/$summary?identifier={NHS}%7C{number}"),
        format!("/fhir/R4/Patient/{id}/_history"),
    ];
    let searches = [
        format!("/fhir/R4/Patient?identifier={NHS}%7C{number}"),
        format!("/fhir/R4/Observation?patient={id}"),
        format!("/fhir/R4/Patient/{id}/Observation"),
        format!("/fhir/R4/Observation?_id={}", an_observation.split_once('/').unwrap().1),
    ];
    let never_known = "00000000-0000-8000-8000-000000000000";
    for who in ["others", "elsewhere"] {
        let by = held.by(who);
        for path in &asked {
            // As of one who was never known, but for the id of the request.
            let without_id = |answer: Answer| {
                let mut outcome = answer.with_status(404).json();
                outcome.as_object_mut().unwrap().remove("id");
                outcome
            };
            let told = without_id(by.get(path));
            let unknown = path.replace(&id, never_known).replace(&number, "9000000009");
            let unknown = unknown.replace(an_observation.as_str(), &format!("Observation/{never_known}"));
            assert_eq!(told, without_id(by.get(&unknown)), "{path}");
        }
        for path in &searches {
            let bundle = by.get(path).with_status(200).json();
            assert_eq!((&bundle["total"], bundle.get("entry")), (&json!(0), None), "{who} {path}");
        }
    }
    assert_eq!(outcome(held.by("unscoped").get(&asked[0]), 403).0, "forbidden");
    assert_eq!(outcome(held.by("nurses").get("/fhir/R4/Patient"), 400).0, "too-costly");
    assert_eq!(outcome(held.by("nurses").get("/fhir/R4/Observation?code=x"), 400).0, "too-costly");
    assert_eq!(every_page(&held.by("elsewhere"), "/fhir/R4/Patient").len(), 0);

    // The authority has all of its own, looked after or not, page by page.
    let lcs = held.by("lcs");
    let all = every_page(&lcs, "/fhir/R4/Patient?_count=5");
    let mut children: Vec<String> = all.iter().filter_map(la_child).collect();
    children.sort();
    children.dedup();
    let mut own = held.document.children();
    own.sort();
    assert_eq!((children.len(), all.len()), (own.len(), own.len()), "each once");
    assert_eq!(children, own);
    let counted = lcs.get("/fhir/R4/Patient?_count=0&_totalMethod=count").with_status(200).json();
    assert_eq!(counted["total"], own.len());
    let boys = every_page(&lcs, "/fhir/R4/Patient?gender=male&_count=3");
    assert!(!boys.is_empty() && boys.len() < own.len() && boys.iter().all(|boy| boy["gender"] == "male"));

    // Whom the authority names is read by whom it is named for, and no longer once that is ended.
    let other = held.by("others");
    let la = la_child(child).unwrap();
    let relation = json!({ "ods": "RKC", "child": { "system": "la-child", "value": la }, "since": "2026-01-01" });
    let set = lcs.post("/v1/identity/relations", &relation.to_string()).with_status(201);
    assert_eq!(as_sent(&other.get(&asked[0]).with_status(200).json()), *child);
    let list = other.get("/fhir/R4/List?code=urn:homeward:cs:topic%7Crelated-children").with_status(200).json();
    let entries = matches(&list)[0]["entry"].as_array().unwrap().clone();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["item"]["reference"], format!("Patient/{id}"));
    let list_id = word(&matches(&list)[0], "id");
    assert_eq!(other.get(&format!("/fhir/R4/List/{list_id}")).with_status(200).json(), matches(&list)[0]);
    let ended = format!("/v1/identity/relations/{}", set.json()["id"].as_str().unwrap());
    lcs.send("DELETE", &ended, &[], b"").with_status(200);
    other.get(&asked[0]).with_status(404);
    let list = other.get("/fhir/R4/List").with_status(200).json();
    assert_eq!(matches(&list)[0]["emptyReason"]["coding"][0]["code"], "nilknown");

    // The nurses' list has whoever is taken to them.
    let list = held.by("nurses").get("/fhir/R4/List").with_status(200).json();
    assert_eq!(matches(&list)[0]["entry"].as_array().unwrap().len(), held.patients().len());
}

#[test]
fn what_protects_a_child_holds_at_once_and_every_reading_is_in_the_audit_chain() {
    let held = Held::new();
    let (lcs, nurses) = (held.by("lcs"), held.by("nurses"));
    let with_place = |resource: &Value| {
        resource["extension"].to_string().contains("placementPostcode") && resource["resourceType"] == "EpisodeOfCare"
    };
    let episode = held.sent.values().find(|resource| with_place(resource));
    let patient = match episode {
        Some(episode) => episode["patient"]["reference"].as_str().unwrap().to_owned(),
        // Nobody has traced a child, so no place has left.
        None => format!("Patient/{}", word(held.child(), "id")),
    };
    let patient = patient.strip_prefix("Patient/").unwrap();
    let la = la_child(&held.sent[&format!("Patient/{patient}")]).unwrap();
    let read = |by: &By<'_>| by.get(&format!("/fhir/R4/Patient/{patient}"));
    let before = read(&nurses).with_status(200).json();
    assert!(before["meta"].get("security").is_none());
    let restriction = json!({ "child": { "system": "la-child", "value": la }, "kind": "location", "since": "2026-01-01", "setByRole": "manager" });
    lcs.post("/v1/identity/restrictions", &restriction.to_string()).with_status(201);
    let after = read(&nurses).with_status(200).json();
    assert_eq!(after["meta"]["security"][0]["code"], "location");
    assert_ne!(after["meta"]["versionId"], before["meta"]["versionId"]);

    // Who read what of whom, through which view.
    let subject = {
        let lookup = json!({ "system": "la-child", "value": la }).to_string();
        let found = lcs.post("/v1/identity/lookup", &lookup).with_status(200).json();
        word(&found["subjects"][0], "id")
    };
    let lines = held.by("c.three").get(&format!("/v1/audit?subject={subject}&limit=200")).with_status(200).json();
    let lines: Vec<Value> =
        lines["items"].as_array().unwrap().iter().map(|item| item.get("line").unwrap_or(item).clone()).collect();
    let reads: Vec<&Value> = lines.iter().filter(|line| line["object"] == "fhir:Patient").collect();
    assert_eq!(reads.len(), 2, "{lines:?}");
    assert!(
        reads.iter().all(|line| {
            line["actor"] == "nurses" && line["recipient"] == "nurses" && word(line, "view").starts_with("health@")
        }),
        "{reads:?}"
    );

    // An adopted child was never known, to the authority's own system as a Patient either.
    let adopted = json!({ "child": { "system": "la-child", "value": la }, "kind": "adopted", "since": "2026-01-01", "setByRole": "manager" });
    lcs.post("/v1/identity/restrictions", &adopted.to_string()).with_status(201);
    read(&nurses).with_status(404);
    for path in ["$everything", "$summary", "Observation", "_history"] {
        let answer = nurses.get(&format!("/fhir/R4/Patient/{patient}/{path}"));
        match path {
            "Observation" => assert_eq!(answer.with_status(200).json()["total"], 0),
            _ => drop(answer.with_status(404)),
        }
    }
}

#[test]
fn the_passport_is_had_as_a_document_and_as_a_page() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let child = held.child();
    let (id, number) = (word(child, "id"), nhs_number(child).unwrap());
    let of_id = nurses.get(&format!("/fhir/R4/Patient/{id}/$summary")).with_status(200);
    assert_eq!(of_id.header("content-type"), Some("application/fhir+json; charset=utf-8"));
    let document = of_id.json();
    assert_eq!(
        (&document["type"], &document["entry"][0]["resource"]["resourceType"]),
        (&json!("document"), &json!("Composition"))
    );
    let parameters = json!({ "resourceType": "Parameters", "parameter": [{ "name": "identifier", "valueIdentifier": { "system": NHS, "value": number } }] });
    let headers = [("Content-Type", "application/fhir+json")];
    for again in [
        nurses.get(&format!("/fhir/R4/Patient/$summary?identifier={NHS}%7C{number}")),
        nurses.send("POST", "/fhir/R4/Patient/$summary", &headers, parameters.to_string().as_bytes()),
    ] {
        let again = again.with_status(200).json();
        assert_eq!(again["entry"][1]["resource"], document["entry"][1]["resource"]);
    }
    let page = nurses
        .send("GET", &format!("/fhir/R4/Patient/{id}/$summary"), &[("Accept", "text/html")], b"")
        .with_status(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
    assert!(page.text().starts_with("<!DOCTYPE html>"));
    let xml = nurses.get(&format!("/fhir/R4/Patient/{id}/$summary?_format=xml")).with_status(200);
    assert!(xml.text().contains("<type value=\"document\"/>"), "{}", xml.text());
    assert_eq!(outcome(nurses.get(&format!("/fhir/R4/Patient/{id}/$summary?profile=urn:other")), 400).0, "value");
    assert_eq!(outcome(nurses.get("/fhir/R4/Patient/$summary"), 400).0, "value");
}

#[test]
fn the_form_of_an_answer_is_the_callers_to_choose() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let path = format!("/fhir/R4/Patient/{}", word(held.child(), "id"));
    let (json, xml) = ("application/fhir+json; charset=utf-8", "application/fhir+xml; charset=utf-8");
    for (accept, query, expected) in [
        ("*/*", "", json),
        ("application/fhir+json", "", json),
        ("application/json", "", json),
        ("application/fhir+json, */*; q=0.1", "", json),
        ("application/fhir+json; fhirVersion=4.0", "", json),
        ("application/fhir+xml", "", xml),
        ("text/xml", "", xml),
        ("text/html", "?_format=xml", xml),
        ("application/fhir+xml", "?_format=application/fhir%2Bjson", json),
        ("*/*", "?", json),
    ] {
        let headers = [("Accept", accept), ("Accept-Charset", "UTF-8")];
        let answer = nurses.send("GET", &format!("{path}{query}"), &headers, b"").with_status(200);
        assert_eq!(answer.header("content-type"), Some(expected), "{accept} {query}");
    }
    for accept in ["text/html", "application/fhir+json; fhirVersion=5.0", "image/png"] {
        let refused = nurses.send("GET", &path, &[("Accept", accept)], b"");
        assert_eq!(outcome(refused, 406), ("not-supported".to_owned(), "UNSUPPORTED_SERVICE".to_owned()), "{accept}");
    }
    // In XML what is asked for in XML, refusals too.
    let refused = nurses.send("GET", &format!("{path}0"), &[("Accept", "application/fhir+xml")], b"").with_status(404);
    assert_eq!(refused.header("content-type"), Some(xml));
    assert!(
        refused.text().starts_with("<?xml") || refused.text().starts_with("<OperationOutcome"),
        "{}",
        refused.text()
    );
    let (plain, pretty) = (nurses.get(&path), nurses.get(&format!("{path}?_pretty=true")));
    assert_eq!(plain.json(), pretty.json());
    assert!(pretty.text().contains("\n  \"id\": ") && !plain.text().contains('\n'));
}

#[test]
fn a_question_that_is_not_understood_is_refused_and_says_what_to_do() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let id = word(held.child(), "id");
    let within = |asked: &str| format!("/fhir/R4/Observation?patient={id}&{asked}");
    for (path, status, code, spine) in [
        (within("code:text=x"), 400, "not-supported", "ADDITIONAL_PROPERTIES"),
        (within("code:50050"), 400, "not-supported", "ADDITIONAL_PROPERTIES"),
        (within("cod=x"), 400, "not-supported", "ADDITIONAL_PROPERTIES"),
        (within("date=yesterday"), 400, "value", "INVALID_SEARCH_DATA"),
        (within("date=ap2026"), 400, "value", "INVALID_SEARCH_DATA"),
        (within("_count=many"), 400, "value", "INVALID_SEARCH_DATA"),
        (within("_sort=code"), 400, "value", "INVALID_SEARCH_DATA"),
        (within("_revinclude=Provenance:target"), 400, "value", "INVALID_SEARCH_DATA"),
        (within("_page=AAAA"), 400, "value", "INVALID_SEARCH_DATA"),
        (within("_summary=text"), 400, "value", "INVALID_SEARCH_DATA"),
        (format!("/fhir/R4/Patient?identifier={NHS}%7C9000000000"), 400, "value", "INVALID_RESOURCE_ID"),
        (
            "/fhir/R4/Patient?identifier=urn:homeward:id:upn%7CA123456789012".to_owned(),
            403,
            "forbidden",
            "ACCESS_DENIED",
        ),
        ("/fhir/R4/Patient?family=o&birthdate=2010-01-01".to_owned(), 400, "value", "INVALID_SEARCH_DATA"),
        ("/fhir/R4/Medication?patient=1".to_owned(), 404, "not-supported", "RESOURCE_NOT_FOUND"),
        ("/fhir/R4/_search".to_owned(), 404, "not-supported", "RESOURCE_NOT_FOUND"),
        (format!("/fhir/R4/Patient/{id}/$nothing"), 404, "not-supported", "VALIDATION_ERROR"),
        (format!("/fhir/R4/Patient/{id}/a/b/c"), 404, "not-found", "RESOURCE_NOT_FOUND"),
        ("/fhir/R4/Patient/17".to_owned(), 404, "not-found", "RESOURCE_NOT_FOUND"),
        ("/fhir/R4".to_owned(), 405, "not-supported", "UNSUPPORTED_SERVICE"),
    ] {
        assert_eq!(outcome(nurses.get(&path), status), (code.to_owned(), spine.to_owned()), "{path}");
    }
    // Whoever says that it may be left out is told how much was.
    let lenient = [("Prefer", "handling=lenient")];
    let bundle = nurses.send("GET", &within("cod=x&_count=1"), &lenient, b"").with_status(200).json();
    assert!(!link(&bundle, "self").unwrap().contains("cod="));
    let modes: Vec<&str> =
        bundle["entry"].as_array().unwrap().iter().filter_map(|entry| entry["search"]["mode"].as_str()).collect();
    assert_eq!(modes, ["match", "outcome"]);
    // A page is the caller's own, of its own question.
    let first = nurses.get(&within("_count=1")).with_status(200).json();
    let next = local(&link(&first, "next").unwrap());
    assert_eq!(outcome(held.by("others").get(&next), 400).0, "value");
    assert_eq!(outcome(nurses.get(&next.replace("_count=1", "_count=2")), 400).0, "value");

    // Refusals of the house are told as FHIR has them.
    let anybody = &held.house.gateway.as_ref().unwrap().client;
    assert_eq!(outcome(anybody.get("/fhir/R4/Patient"), 401).0, "login");
    assert_eq!(outcome(nurses.send("PATCH", &format!("/fhir/R4/Patient/{id}"), &[], b""), 405).0, "not-supported");
    let malformed = nurses.send("GET", "/fhir/R4/Patient", &[("X-Request-ID", "1")], b"").with_status(400).json();
    assert_eq!(malformed["issue"][0]["code"], "invalid");
    let form = [("Content-Type", "application/json")];
    assert_eq!(outcome(nurses.send("POST", "/fhir/R4/Patient/_search", &form, b"{}"), 415).0, "not-supported");
    assert_eq!(outcome(nurses.get(&format!("/fhir/R4/Patient?_id={}", "x".repeat(9_000))), 414).0, "too-long");
}

#[test]
fn a_resource_is_validated_and_nothing_is_kept_of_it() {
    let held = Held::new();
    let nurses = held.by("nurses");
    let before = held.house.audit().len();
    let json = [("Content-Type", "application/fhir+json")];
    let sound = held.child().to_string();
    let told = |path: &str, body: &str| {
        let answer = nurses.send("POST", path, &json, body.as_bytes()).with_status(200);
        answer.json()["issue"].as_array().unwrap().clone()
    };
    let issues = told("/fhir/R4/Patient/$validate", &sound);
    assert!(issues.iter().all(|issue| issue["severity"] != "error"), "{issues:?}");
    let faulty = r#"{"resourceType":"Immunization","status":"not-done","vaccineCode":{"text":"x"},"patient":{"reference":"Patient/1"},"occurrenceDateTime":"2026-02-30"}"#;
    let issues = told("/fhir/R4/Immunization/$validate", faulty);
    let errors: Vec<&Value> = issues.iter().filter(|issue| issue["severity"] == "error").collect();
    let at = |path: &str| errors.iter().any(|issue| issue["expression"][0] == path);
    assert!(at("Immunization.occurrenceDateTime") || at("Immunization.occurrence"), "{errors:?}");
    assert!(errors.len() >= 2, "also that no reason is given: {errors:?}");
    assert!(errors.iter().all(|issue| word(issue, "diagnostics").contains("fhir/")));
    // Of another type than the address, in XML, within Parameters, and no resource at all.
    assert!(
        told("/fhir/R4/Observation/$validate", &sound)[0]["diagnostics"].as_str().unwrap().contains("another-type")
    );
    let xml = "<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"perhaps\"/></Patient>";
    let answer =
        nurses.send("POST", "/fhir/R4/Patient/$validate", &[("Content-Type", "application/fhir+xml")], xml.as_bytes());
    assert_eq!(answer.with_status(200).json()["issue"][0]["expression"][0], "Patient.active");
    let within =
        format!("{{\"resourceType\":\"Parameters\",\"parameter\":[{{\"name\":\"resource\",\"resource\":{faulty}}}]}}");
    let issues = told("/fhir/R4/Immunization/$validate", &within);
    assert!(
        issues.iter().any(|issue| word(&issue["expression"], "0").is_empty()
            && issue["expression"][0].as_str().is_some_and(|path| path.contains("resource"))),
        "{issues:?}"
    );
    assert!(told("/fhir/R4/Patient/$validate", "no resource")[0]["severity"] == "error");
    assert_eq!(
        outcome(nurses.send("POST", "/fhir/R4/Patient/$validate?profile=urn:x", &json, sound.as_bytes()), 404).0,
        "not-found"
    );
    assert_eq!(
        outcome(nurses.send("POST", "/fhir/R4/Patient/$validate", &[("Content-Type", "text/csv")], b"x"), 415).0,
        "not-supported"
    );
    assert_eq!(held.house.audit().len(), before);
}

#[test]
fn what_is_asked_is_bounded_at_its_edges() {
    let held = Held::with("[fhir]\npage_max = 2\nsearch_children_max = 100\nresource_bytes_max = 2048");
    let nurses = held.by("nurses");
    let id = word(held.child(), "id");
    let asked = |count: &str| nurses.get(&format!("/fhir/R4/Observation?patient={id}{count}")).with_status(200).json();
    for (count, expected) in [("", 2), ("&_count=1", 1), ("&_count=2", 2), ("&_count=3", 2)] {
        let bundle = asked(count);
        assert_eq!(matches(&bundle).len(), expected, "{count}");
    }
    assert!(link(&asked("&_count=3"), "self").unwrap().ends_with("_count=2"), "what was really taken");
    let sized = |bytes: usize| {
        let with =
            |pad: usize| format!("{{\"resourceType\":\"Patient\",\"name\":[{{\"text\":\"{}\"}}]}}", "x".repeat(pad));
        with(bytes - with(0).len())
    };
    let json = [("Content-Type", "application/fhir+json")];
    let validate = |bytes: usize| nurses.send("POST", "/fhir/R4/Patient/$validate", &json, sized(bytes).as_bytes());
    validate(2_048).with_status(200);
    assert_eq!(outcome(validate(2_049), 413).0, "too-long");
}

#[test]
fn what_can_be_done_is_told_to_anybody_and_is_what_can_be_done() {
    let held = Held::new();
    let anybody = &held.house.gateway.as_ref().unwrap().client;
    let answer = anybody.get("/fhir/R4/metadata").with_status(200);
    assert_eq!(answer.header("content-type"), Some("application/fhir+json; charset=utf-8"));
    let statement = answer.json();
    assert_eq!((&statement["fhirVersion"], &statement["kind"]), (&json!("4.0.1"), &json!("instance")));
    let tag = answer.header("etag").unwrap().to_owned();
    anybody.send("GET", "/fhir/R4/metadata", &[("If-None-Match", &tag)], b"").with_status(304);
    let xml = anybody.send("GET", "/fhir/R4/metadata", &[("Accept", "application/fhir+xml")], b"").with_status(200);
    assert!(xml.text().contains("<fhirVersion value=\"4.0.1\"/>"));
    assert_eq!(
        anybody.get("/fhir/R4/metadata?mode=terminology").with_status(200).json()["resourceType"],
        "TerminologyCapabilities"
    );
    assert_eq!(outcome(anybody.get("/fhir/R4/metadata?mode=other"), 400).0, "value");

    // Every type and every parameter that it names is answered.
    let nurses = held.by("nurses");
    let id = word(held.child(), "id");
    for resource in statement["rest"][0]["resource"].as_array().unwrap() {
        let of = word(resource, "type");
        if of == "List" {
            nurses.get("/fhir/R4/List").with_status(200);
            continue;
        }
        let parameters = resource["searchParam"].as_array().unwrap();
        let narrow = match parameters.iter().any(|parameter| parameter["name"] == "patient") {
            true => format!("patient={id}"),
            false => format!("_id={id}"),
        };
        for parameter in parameters.iter().filter(|parameter| parameter["name"] != "patient") {
            let value = match parameter["type"].as_str().unwrap() {
                "date" => "ge2020-01-01",
                "quantity" => "gt1",
                "token" if parameter["name"] == "identifier" => {
                    "urn:ietf:rfc:3986%7Curn:uuid:00000000-0000-8000-8000-000000000000"
                }
                _ => "something",
            };
            let path = format!("/fhir/R4/{of}?{narrow}&{}={value}", word(parameter, "name"));
            nurses.get(&path).with_status(200);
        }
    }
}

#[test]
fn children_who_were_held_before_they_were_noted_by_their_resources_are_found_after_a_while() {
    let mut held = Held::new();
    held.house.stop();
    {
        // As a store of an earlier layout has them.
        let connection = rusqlite::Connection::open(held.house.path("store").join("homeward.sqlite")).unwrap();
        connection.execute("DELETE FROM resource", ()).unwrap();
        connection.execute("UPDATE subject SET indexed = 0", ()).unwrap();
    }
    held.house.start();
    let path = format!("/fhir/R4/Patient/{}", word(held.child(), "id"));
    wait_until("a child is noted", || (held.by("nurses").get(&path).status == 200).then_some(()));
}
