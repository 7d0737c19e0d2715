//! Any bytes give a tree or none, and faults: nothing panics, nothing runs away, and every limit has an edge.

use health_passport::fhir::{self, Notation, Reading, TreeLimits};
use proptest::prelude::*;

use crate::samples::{limits, resources};

const NOTATIONS: [Notation; 2] = [Notation::Json, Notation::Xml];

/// Reads, and writes what was read in both notations, as whatever comes of it is used.
fn survive(bytes: &[u8], notation: Notation) {
    let Reading { tree, faults } = fhir::read(bytes, notation, limits());
    assert!(faults.len() <= limits().faults_max as usize + 1);
    assert!(tree.is_some() || !faults.is_empty(), "what cannot be used says why");
    if let Some(tree) = tree {
        for notation in NOTATIONS {
            fhir::write(&tree, notation, &mut Vec::new());
        }
    }
}

/// The codes of what is told.
fn codes(bytes: &[u8], notation: Notation, limits: TreeLimits) -> Vec<&'static str> {
    fhir::read(bytes, notation, limits).faults.iter().map(|fault| fault.rule.code).collect()
}

const SMALL: &str = r#"{"resourceType":"Patient","id":"a","_birthDate":{"extension":[{"url":"urn:x","valueString":"\ud83d\ude00"}]},"birthDate":"2016-05-14","name":[{"given":["å",null],"_given":[null,{"id":"b","extension":[{"url":"urn:x","valueCode":"c"}]}]}],"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}}"#;

#[test]
fn a_resource_cut_off_anywhere_is_told_and_not_used() {
    let xml = {
        let tree = fhir::read(SMALL.as_bytes(), Notation::Json, limits()).tree.unwrap();
        let mut out = Vec::new();
        fhir::write(&tree, Notation::Xml, &mut out);
        out
    };
    for (whole, notation) in [(SMALL.as_bytes(), Notation::Json), (&xml, Notation::Xml)] {
        for end in 0..whole.len() {
            let reading = fhir::read(&whole[..end], notation, limits());
            assert!(reading.tree.is_none() && !reading.faults.is_empty(), "{notation:?} to {end}");
        }
    }
}

#[test]
fn every_byte_of_a_resource_may_be_any_other() {
    let mut bytes = SMALL.as_bytes().to_vec();
    for n in 0..bytes.len() {
        let kept = bytes[n];
        for other in [0, b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', b'<', b'&', b'9', b'n', 0x80, 0xff] {
            bytes[n] = other;
            survive(&bytes, Notation::Json);
            survive(&bytes, Notation::Xml);
        }
        bytes[n] = kept;
    }
}

#[test]
fn samples_with_pieces_of_each_other_are_survived() {
    // A generator of its own, so that every run looks at the same.
    let mut state = 20_161_114_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit.max(1)
    };
    for (ending, notation) in [("json", Notation::Json), ("xml", Notation::Xml)] {
        let samples = resources(ending);
        for n in 0..samples.len() * 12 {
            let (mut bytes, other) = (samples[n % samples.len()].1.clone(), &samples[below(samples.len())].1);
            for _ in 0..=below(3) {
                let from = below(other.len());
                let piece = &other[from..(from + 1 + below(60)).min(other.len())];
                let at = below(bytes.len());
                let end = (at + below(40)).min(bytes.len());
                bytes.splice(at..end, piece.iter().copied());
            }
            survive(&bytes, notation);
        }
    }
}

#[test]
fn what_breaks_other_readers_is_told() {
    let told = |bytes: &str, notation| codes(bytes.as_bytes(), notation, limits());
    assert_eq!(told(r#"{"resourceType":"Patient","name":[]}"#, Notation::Json), ["fhir/empty"]);
    let deep = |n: usize| {
        format!("{}{}{}", "<extension url=\"urn:x\">".repeat(n), "<valueString value=\"a\"/>", "</extension>".repeat(n))
    };
    let patient = |inside: &str| format!("<Patient xmlns=\"http://hl7.org/fhir\">{inside}</Patient>");
    assert_eq!(told(&patient(&deep(1_000)), Notation::Xml), ["fhir/too-deep"]);
    assert_eq!(told(&patient(&deep(20)), Notation::Xml), [""; 0]);
    let objects = format!("{}{}", r#"{"resourceType":"Patient","extension":["#, r#"{"extension":["#.repeat(100_000));
    assert_eq!(told(&objects, Notation::Json), ["fhir/too-deep"]);
    let unknown = format!("{}{}", r#"{"resourceType":"Patient","x":"#, "[".repeat(1_000_000));
    assert_eq!(told(&unknown, Notation::Json), ["fhir/unknown-element", "fhir/too-deep"]);
    let nested = format!("{}1", r#"{"resourceType":"Bundle","entry":[{"resource":"#.repeat(5_000));
    assert!(told(&nested, Notation::Json).contains(&"fhir/too-deep"));
    for doctype in ["<!DOCTYPE Patient [<!ENTITY a \"b\">]>", "<!DOCTYPE Patient SYSTEM \"file:///etc/hostname\">"] {
        assert_eq!(told(&format!("{doctype}{}", patient("")), Notation::Xml), ["xml/doctype"]);
    }
    assert_eq!(told(&format!("{0}{0}", patient("")), Notation::Xml), ["fhir/trailing"]);
    assert_eq!(told("<Patient/>", Notation::Xml), ["fhir/no-resource"]);
    assert_eq!(told("<Patient xmlns=\"urn:other\"/>", Notation::Xml), ["fhir/xml-form", "fhir/no-resource"]);
    assert_eq!(told(&patient("<gender value=\"&evil;\"/>"), Notation::Xml), ["fhir/escape"]);
    assert_eq!(told(&patient("words"), Notation::Xml), ["fhir/xml-form"]);
    assert_eq!(told(&patient("<active value=\"true\" value=\"false\"/>"), Notation::Xml), ["fhir/malformed"]);
    assert_eq!(told("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Patient/>", Notation::Xml), ["fhir/encoding"]);
    assert_eq!(codes(b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}", Notation::Json, limits()), ["fhir/encoding"]);
}

#[test]
fn a_resource_is_as_large_as_the_limit_and_no_larger() {
    let length = u32::try_from(SMALL.len()).unwrap();
    let of =
        |resource_bytes_max| codes(SMALL.as_bytes(), Notation::Json, TreeLimits { resource_bytes_max, ..limits() });
    assert_eq!((of(length), of(length - 1)), (vec![], vec!["fhir/too-long"]));
}

#[test]
fn a_resource_has_as_many_elements_as_the_limit_and_no_more() {
    let names = r#"{"resourceType":"Patient","name":[{"family":"a"},{"family":"b"}]}"#;
    let of = |elements_max| codes(names.as_bytes(), Notation::Json, TreeLimits { elements_max, ..limits() });
    assert_eq!((of(5), of(4)), (vec![], vec!["fhir/too-many-elements"]), "the patient, two names, two families");
}

#[test]
fn elements_stand_as_deep_as_the_limit_and_no_deeper() {
    let name = r#"{"resourceType":"Patient","name":[{"period":{"start":"2020"}}]}"#;
    let of = |depth_max| codes(name.as_bytes(), Notation::Json, TreeLimits { depth_max, ..limits() });
    assert_eq!((of(3), of(2)), (vec![], vec!["fhir/too-deep"]));
}

#[test]
fn faults_are_told_up_to_the_limit_and_then_no_more() {
    let empties = |n: usize| format!(r#"{{"resourceType":"Patient","name":[{}]}}"#, vec!["{}"; n].join(","));
    let of = |n| codes(empties(n).as_bytes(), Notation::Json, TreeLimits { faults_max: 4, ..limits() });
    assert_eq!(of(4), ["fhir/hollow"; 4]);
    let more = of(5);
    assert_eq!((more.len(), more.last()), (5, Some(&"fhir/too-many-faults")));
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        NOTATIONS.iter().for_each(|notation| survive(&bytes, *notation));
    }

    #[test]
    fn any_text_in_a_resource_comes_back(text in "\\PC{1,40}") {
        let quoted = serde_json::to_string(&text).unwrap();
        let json = format!(r#"{{"resourceType":"Patient","name":[{{"family":{quoted}}}]}}"#);
        let reading = fhir::read(json.as_bytes(), Notation::Json, limits());
        prop_assert!(reading.faults.is_empty(), "{:?}", reading.faults);
        let mut xml = Vec::new();
        fhir::write(&reading.tree.unwrap(), Notation::Xml, &mut xml);
        let reading = fhir::read(&xml, Notation::Xml, limits());
        prop_assert!(reading.faults.is_empty(), "{:?}", reading.faults);
        let mut back = Vec::new();
        fhir::write(&reading.tree.unwrap(), Notation::Json, &mut back);
        let value: serde_json::Value = serde_json::from_slice(&back).unwrap();
        prop_assert_eq!(value["name"][0]["family"].as_str().unwrap(), text);
    }
}
