//! What schools tell: it reaches the nurses of children in care, and whatever differs from the authority's word is told.

use std::{collections::BTreeSet, fs, io::Cursor};

use serde_json::Value;
use zip::ZipArchive;

use super::{House, Return, SCOPES, TO_HEALTH, cast, partner};
use crate::program::names;

const SEND_RETURN: &str = "/v1/routes/to-health/messages";
const SEND_SCHOOL: &str = "/v1/routes/schools/messages";

const SCHOOLS: &str = "[[route]]\nname = \"schools\"\n\
    from = { partner = \"virtual-school\", format = \"ctf-xml\" }\n\
    to = [{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", path = \"school\", name = \"{delivery}.json\" }]\n";

/// The cast and a virtual school that reads by this view.
fn house(view: &str) -> House {
    let school = partner("virtual-school", &format!("view = \"{view}\"\nauthority = \"330\"\nscopes = {SCOPES}"));
    let routes = format!("{TO_HEALTH}{SCHOOLS}");
    let house = House::beside(&format!("{}\n{school}", cast()), &routes, "info", &[("school", "")]);
    house.approve_all(&routes);
    house
}

/// A child of the return: the numbers it is known by, and whether the nurses were told of it.
struct Known {
    upn: String,
    in_care: bool,
}

/// The children of the return that have a UPN.
fn children(house: &House, document: &Return) -> Vec<Known> {
    let told: String = house.delivered().into_values().collect();
    let (ids, upns) = (document.children(), document.column("header.csv", "UPN"));
    let pairs = ids.into_iter().zip(upns).filter(|(_, upn)| upn.len() == 13);
    pairs.map(|(id, upn)| Known { in_care: told.contains(&format!("\"value\":\"{id}\"")), upn }).collect()
}

/// A file of one school, of pupils by UPN and whether the school has them as in care.
fn transfer(pupils: &[(&str, bool)], at: &str) -> Vec<u8> {
    let pupils: String = pupils
        .iter()
        .map(|(upn, in_care)| {
            format!(
                "<Pupil><UPN>{upn}</UPN><Surname>INVENTED</Surname><Forename>PERSON</Forename><DOB>2014-11-20</DOB>\
                 <BasicDetails><NCyearActual>4</NCyearActual><EnrolStatus>C</EnrolStatus></BasicDetails>\
                 <LookedAfter><InCare>{in_care}</InCare></LookedAfter></Pupil>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CTfile><Header><DocumentName>Common Transfer File</DocumentName>\
         <CTFversion>25.0</CTFversion><DateTime>{at}</DateTime><DocumentQualifier>partial</DocumentQualifier>\
         <SupplierID>SYNTHETIC</SupplierID><SourceSchool><LEA>330</LEA><Estab>9999</Estab><URN>999999</URN>\
         <SchoolName>Invented Primary School</SchoolName><AcademicYear>2025</AcademicYear></SourceSchool>\
         </Header><CTFpupilData>{pupils}</CTFpupilData></CTfile>\n"
    )
    .into_bytes()
}

impl House {
    fn send_school(&self, body: &[u8]) -> Value {
        let headers = [("Content-Type", "application/xml"), ("Prefer", "wait=20")];
        let sent = self.by("virtual-school").send("POST", SEND_SCHOOL, &headers, body).with_status(202).json();
        let target = format!("/v1/messages/{}", sent["id"].as_str().unwrap());
        super::wait_until("a school's message is read", || {
            let message = self.by("virtual-school").get(&target).with_status(200).json();
            (!["received", "reading"].contains(&message["state"].as_str().unwrap())).then_some(message)
        })
    }

    fn school_alerts(&self) -> Vec<Value> {
        let alerts = self.by("a.one").get("/v1/alerts?state=open").with_status(200).json();
        let all = alerts["items"].as_array().unwrap().iter();
        all.filter(|alert| alert["kind"] == "school-differs").cloned().collect()
    }

    /// The bundles that the nurses were told by the school's route.
    fn school_bundles(&self) -> Vec<Value> {
        super::wait_until("what a school told settles", || {
            let all = self.by("virtual-school").get("/v1/deliveries?limit=200").with_status(200).json();
            let mut states = all["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap());
            states.all(|state| state == "delivered").then_some(())
        });
        let folder = self.path("school");
        let texts = names(&folder).into_iter().map(|name| fs::read_to_string(folder.join(name)).unwrap());
        texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
    }
}

fn types(bundle: &Value) -> BTreeSet<&str> {
    let entries = bundle["entry"].as_array().unwrap().iter();
    entries.map(|entry| entry["resource"]["resourceType"].as_str().unwrap()).collect()
}

#[test]
fn a_transfer_file_reaches_the_nurses_of_children_in_care_alone_and_says_which_school() {
    let house = house("virtual-school");
    let document = Return::small();
    house.send(SEND_RETURN, &document.zip());
    let known = children(&house, &document);
    let in_care: Vec<&str> = known.iter().filter(|child| child.in_care).map(|child| child.upn.as_str()).collect();
    let other = known.iter().find(|child| !child.in_care).unwrap().upn.as_str();
    let pupils = [(in_care[0], true), (in_care[1], true), (other, false), ("Z330999925999", false)];
    let message = house.send_school(&transfer(&pupils, "2026-01-12T09:15:00"));
    assert_eq!(message["state"], "read", "{message}");
    assert_eq!(message["counts"]["schoolDiffers"], 0, "{message}");
    let bundles = house.school_bundles();
    assert_eq!(bundles.len(), 2, "those in care alone");
    for bundle in &bundles {
        assert!(!types(bundle).contains("EpisodeOfCare"), "the school's route tells nothing of the authority's");
        let mut entries = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
        let enrolment = entries.rfind(|one| one["code"]["coding"][0]["code"] == "enrolment").unwrap();
        assert_eq!(enrolment["focus"][0]["identifier"]["value"], "999999", "{enrolment}");
        assert_eq!(enrolment["focus"][0]["display"], "Invented Primary School");
        assert_eq!(enrolment["component"][0]["valueCodeableConcept"]["coding"][0]["code"], "4");
        assert!(enrolment["valueCodeableConcept"].is_null(), "the status is not for health");
    }
    assert!(house.school_alerts().is_empty());
}

#[test]
fn a_school_that_differs_from_the_authority_is_told_to_a_person_and_to_a_sender_who_may_know() {
    let house = house("virtual-school");
    let document = Return::small();
    house.send(SEND_RETURN, &document.zip());
    let known = children(&house, &document);
    let of = |in_care| known.iter().find(|child| child.in_care == in_care).unwrap().upn.as_str();
    let pupils = [(of(true), false), (of(false), true)];
    let message = house.send_school(&transfer(&pupils, "2026-01-12T09:15:00"));
    assert_eq!(message["counts"]["schoolDiffers"], 2, "{message}");
    let report = format!("/v1/messages/{}/report", message["id"].as_str().unwrap());
    let report = house.by("virtual-school").get(&report).with_status(200).json();
    let told: Vec<&str> =
        report["rules"].as_array().unwrap().iter().map(|rule| rule["rule"].as_str().unwrap()).collect();
    assert!(told.contains(&"record/held-in-care") && told.contains(&"record/not-held-in-care"), "{report}");
    let alerts = house.school_alerts();
    assert_eq!(alerts.len(), 2, "{alerts:?}");
    assert!(!alerts.iter().any(|alert| pupils.iter().any(|(upn, _)| alert.to_string().contains(upn))));
    // While a person has not seen them they are not raised again.
    let again = house.send_school(&transfer(&pupils, "2026-01-13T09:15:00"));
    assert_eq!(again["counts"]["schoolDiffers"], 2, "{again}");
    assert_eq!(house.school_alerts().len(), 2);
}

#[test]
fn a_sender_who_may_not_know_of_care_reads_nothing_of_it() {
    let house = house("referral");
    let document = Return::small();
    house.send(SEND_RETURN, &document.zip());
    let known = children(&house, &document);
    let upn = known.iter().find(|child| child.in_care).unwrap().upn.as_str();
    let message = house.send_school(&transfer(&[(upn, false)], "2026-01-12T09:15:00"));
    let report = format!("/v1/messages/{}/report", message["id"].as_str().unwrap());
    let report = house.by("virtual-school").get(&report).with_status(200).json();
    assert!(!report.to_string().contains("in-care"), "{report}");
    assert!(message["counts"].get("schoolDiffers").is_none(), "{message}");
    // The person finds it where the page of alerts sends them: both sources stand side by side in what is held.
    let alerts = house.school_alerts();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let export = format!("/v1/identity/subjects/{}/export", alerts[0]["subject"].as_str().unwrap());
    let export = house.by("a.one").post(&export, r#"{"reason":"a school differs"}"#).with_status(200);
    let mut held = ZipArchive::new(Cursor::new(export.body)).unwrap();
    let mut of = |source: &str| std::io::read_to_string(held.by_name(&format!("held/{source}.json")).unwrap()).unwrap();
    assert!(of("virtual-school").contains("\"toldLookedAfter\":false"), "{}", of("virtual-school"));
    assert!(of("lcs").contains("CareEpisode"), "{}", of("lcs"));
}
