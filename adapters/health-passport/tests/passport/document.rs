//! The passport as a document: whole in itself, in the order of its sections, silent on what nobody said.

use std::collections::{BTreeMap, BTreeSet};

use health_passport::{
    FHIR_JSON, FHIR_XML,
    fhir::{self, Notation, TreeLimits},
};
use kit::{adapter::Protection, limits::ReadingLimits};
use schemas::{code::RestrictionKind, record::*, said::Said::Is};
use serde_json::Value;

use crate::support::*;

fn document_of(child: Child) -> Value {
    let written = write(&FHIR_JSON, &option("fhir.bundle", "document"), &[child]);
    let [(_, text)] = &written.parts[..] else { panic!("{} parts", written.parts.len()) };
    let limits = TreeLimits::from(&ReadingLimits::default());
    let faults = fhir::read(text.as_bytes(), Notation::Json, limits).faults;
    assert!(faults.is_empty(), "{faults:?}");
    serde_json::from_str(text).unwrap()
}

/// Every reference of a resource.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(to)) = members.get("reference") {
                found.insert(to.clone());
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

fn sections(document: &Value) -> Vec<&Value> {
    document["entry"][0]["resource"]["section"].as_array().unwrap().iter().collect()
}

#[test]
fn a_document_begins_with_its_composition_and_everything_in_it_is_led_to() {
    let document = document_of(Child::new("1", home_and_health()));
    assert_eq!(document["type"], "document");
    assert!(document["identifier"]["value"].as_str().unwrap().starts_with("urn:uuid:"));
    assert_eq!(document["entry"][0]["resource"]["resourceType"], "Composition");
    let entries: BTreeMap<String, &Value> = document["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["fullUrl"].as_str().unwrap().to_owned(), &entry["resource"]))
        .collect();
    let first = document["entry"][0]["fullUrl"].as_str().unwrap().to_owned();
    let (mut reached, mut open) = (BTreeSet::from([first.clone()]), vec![first]);
    while let Some(url) = open.pop() {
        let mut found = BTreeSet::new();
        references(entries[&url], &mut found);
        for to in found {
            assert!(entries.contains_key(&to), "{to} leads nowhere");
            if reached.insert(to.clone()) {
                open.push(to);
            }
        }
    }
    let left: Vec<&String> = entries.keys().filter(|url| !reached.contains(*url)).collect();
    assert!(left.is_empty(), "nothing leads to {left:?}");
}

#[test]
fn every_section_has_its_heading_its_words_and_its_entries() {
    let document = document_of(Child::new("1", home_and_health()));
    let titles: Vec<&str> = sections(&document).iter().map(|section| section["title"].as_str().unwrap()).collect();
    assert_eq!(
        titles,
        [
            "About me",
            "My care",
            "Problems",
            "Allergies",
            "Medicines",
            "Immunisations",
            "Past illness",
            "Growth",
            "Checks and questionnaires",
            "Lifestyle",
            "Plan and appointments"
        ]
    );
    for section in sections(&document) {
        let title = &section["title"];
        let words = section["text"]["div"].as_str().unwrap();
        let entries = section["entry"].as_array().map_or(0, Vec::len);
        assert_eq!(entries == 0, section["emptyReason"].is_object(), "{title} (R4, cmp-2)");
        assert_eq!(entries > 0, words.contains("<li>"), "{title}: {words}");
        assert_eq!(
            section["code"]["coding"][0]["system"],
            "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings"
        );
    }
    let allergies = sections(&document)[3];
    assert_eq!(allergies["code"]["coding"][1]["code"], "48765-2");
    assert!(allergies["text"]["div"].as_str().unwrap().contains("DANGEROUS"));
}

#[test]
fn what_nobody_said_is_unavailable_and_never_none() {
    let document =
        document_of(Child::new("1", vec![Person { birth_date: on("2016-05-14"), ..Person::default() }.into()]));
    let of = |title: &str| sections(&document).into_iter().find(|section| section["title"] == title).unwrap();
    for title in ["Problems", "Allergies", "Medicines"] {
        assert_eq!(of(title)["emptyReason"]["coding"][0]["code"], "unavailable");
        assert!(of(title)["text"]["div"].as_str().unwrap().contains("Nobody has told us"));
    }
    assert_eq!(sections(&document).len(), 4, "and who it is");
}

#[test]
fn a_hostile_text_stays_text_in_the_narrative() {
    let hostile = "</div><script>alert(1)</script>&\"'\\";
    let allergy =
        Allergy { substance: Is(Box::new(Coding { text: text(hostile), ..Coding::default() })), ..Allergy::default() };
    let document = document_of(Child::new("1", vec![allergy.into()]));
    let words = sections(&document)[2]["text"]["div"].as_str().unwrap();
    assert!(words.contains("&lt;script&gt;") && !words.contains("<script>"), "{words}");
}

#[test]
fn a_restricted_child_has_a_restricted_document_and_an_adopted_one_none() {
    let restricted = Restriction { kind: Is(RestrictionKind::NhsRestricted), ..Restriction::default() };
    let document = document_of(Child::new("1", vec![restricted.into()]));
    assert_eq!(document["entry"][0]["resource"]["confidentiality"], "R");
    assert_eq!(document["meta"]["security"][0]["code"], "R");
    let adopted = Child {
        protection: Protection { adopted: true, ..Protection::default() },
        ..Child::new("1", home_and_health())
    };
    let written = write(&FHIR_JSON, &option("fhir.bundle", "document"), &[adopted]);
    assert!(written.parts.is_empty(), "nothing is written");
    assert_eq!(written.told.0[0].rule.code, "fhir/passport-not-made");
}

#[test]
fn a_document_in_xml_is_the_same_document() {
    let child = || Child::new("1", home_and_health());
    let limits = TreeLimits::from(&ReadingLimits::default());
    let encoder_options = option("fhir.bundle", "document");
    let xml = parts_of(&FHIR_XML, &encoder_options, &child());
    let json = parts_of(&FHIR_JSON, &encoder_options, &child());
    let reading = fhir::read(&xml[0], Notation::Xml, limits);
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    let mut back = Vec::new();
    fhir::write(&reading.tree.unwrap(), Notation::Json, &mut back);
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    assert_eq!(value(&back), value(&json[0]));
}
