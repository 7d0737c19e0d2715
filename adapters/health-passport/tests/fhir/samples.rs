//! The examples that UK Core and the NHS publish: each is read, judged, and written back equal in meaning.

use std::{env, fs, path::PathBuf};

use health_passport::fhir::{self, Fault, Notation, TreeLimits};
use kit::limits::ReadingLimits;
use schemas::diagnostic::Severity;
use serde_json::Value;

/// The folder of public sample files; loud where it is absent.
pub(crate) fn samples() -> Option<PathBuf> {
    let folder = env::var_os("HOMEWARD_SAMPLES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from)
        .join("fhir");
    if !folder.is_dir() {
        eprintln!("NOT CHECKED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return None;
    }
    Some(folder)
}

pub(crate) fn limits() -> TreeLimits {
    TreeLimits::from(&ReadingLimits::default())
}

/// Every sample of that ending that is a resource of R4 by itself, with its bytes.
pub(crate) fn resources(ending: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = samples() else { return Vec::new() };
    let mut found = Vec::new();
    for folder in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.extension().is_some_and(|extension| extension == ending) {
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The faults of that weight, in words.
pub(crate) fn told(faults: &[Fault], severity: Severity) -> Vec<String> {
    faults
        .iter()
        .filter(|fault| fault.rule.severity == severity)
        .map(|fault| format!("{} {}", fault.rule.code, fault.path))
        .collect()
}

fn notation(ending: &str) -> Notation {
    if ending == "xml" { Notation::Xml } else { Notation::Json }
}

/// The published examples that are wrong, and how: NHS numbers that fail their check digit, and an answer of the
/// Immunisation API from its development that keeps neither R4 (a truth value in quotes) nor UK Core.
const KNOWN_BAD: &[(&str, &[&str])] = &[
    ("PatientCompoundName", &["fhir/nhs-number-check Bundle.entry[0].resource.identifier[0].value"]),
    ("UKCore-Patient-BabyPatient-Example", &["fhir/nhs-number-check Patient.identifier[0].value"]),
    (
        "sample_immunization_response _for _not_done_event",
        &[
            "fhir/ukcore-imm-001 Bundle.entry[0].resource.statusReason",
            "fhir/wrong-type Bundle.entry[0].resource.primarySource",
            "fhir/wrong-type Bundle.entry[1].resource.primarySource",
        ],
    ),
];

#[test]
fn every_sample_is_judged_and_nothing_but_known_bad_is_refused() {
    for ending in ["json", "xml"] {
        let samples = resources(ending);
        for (name, bytes) in &samples {
            let reading = fhir::read(bytes, notation(ending), limits());
            let refused: Vec<String> = told(&reading.faults, Severity::Error);
            let stem = name.trim_end_matches(ending).trim_end_matches('.');
            let expected = KNOWN_BAD.iter().find(|(bad, _)| *bad == stem).map_or(&[][..], |(_, faults)| faults);
            assert_eq!(refused, expected, "{name}");
            assert!(reading.tree.is_some(), "{name}");
        }
        assert!(samples.is_empty() || samples.len() > 100, "{} samples", samples.len());
    }
}

/// Each number of a document as it is spelt: a reader of JSON that makes numbers of them loses the last noughts.
fn decimals(bytes: &[u8]) -> Vec<String> {
    let (mut found, mut number, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for byte in bytes {
        if quoted {
            (quoted, escaped) = (escaped || *byte != b'"', !escaped && *byte == b'\\');
        } else if matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')
            && (!number.is_empty() || !byte.is_ascii_alphabetic())
        {
            number.push(char::from(*byte));
        } else {
            quoted = *byte == b'"';
            found.extend((!number.is_empty()).then(|| std::mem::take(&mut number)));
        }
    }
    found.sort();
    found
}

fn rewritten(bytes: &[u8], from: Notation, to: Notation) -> Vec<u8> {
    let tree = fhir::read(bytes, from, limits()).tree.unwrap();
    let mut out = Vec::new();
    fhir::write(&tree, to, &mut out);
    out
}

#[test]
fn every_sample_in_json_is_written_back_equal_straight_and_by_way_of_xml() {
    for (name, bytes) in resources("json").iter().filter(|(name, _)| !name.contains("not_done_event")) {
        let value: Value = serde_json::from_slice(bytes).unwrap();
        let straight = rewritten(bytes, Notation::Json, Notation::Json);
        assert_eq!(serde_json::from_slice::<Value>(&straight).unwrap(), value, "{name}");
        assert_eq!(decimals(&straight), decimals(bytes), "{name}");
        let xml = rewritten(bytes, Notation::Json, Notation::Xml);
        let back = rewritten(&xml, Notation::Xml, Notation::Json);
        // XML cannot say an element that has nothing in it but a tag, nor JSON the order in which it once stood.
        assert_eq!(serde_json::from_slice::<Value>(&back).unwrap(), value, "{name}");
        assert_eq!(decimals(&back), decimals(bytes), "{name}");
    }
}

#[test]
fn every_sample_in_xml_is_written_back_equal_by_way_of_json() {
    for (name, bytes) in resources("xml") {
        let once = rewritten(&bytes, Notation::Xml, Notation::Xml);
        let json = rewritten(&bytes, Notation::Xml, Notation::Json);
        let back = rewritten(&json, Notation::Json, Notation::Xml);
        assert_eq!(String::from_utf8(back).unwrap(), String::from_utf8(once).unwrap(), "{name}");
    }
}

#[test]
fn twins_in_json_and_xml_are_one_resource() {
    let json = resources("json");
    let mut twins = 0;
    for (name, bytes) in resources("xml") {
        let Some((_, twin)) =
            json.iter().find(|(twin, _)| twin.trim_end_matches("json") == name.trim_end_matches("xml"))
        else {
            continue;
        };
        twins += 1;
        let ours: Value = serde_json::from_slice(&rewritten(&bytes, Notation::Xml, Notation::Json)).unwrap();
        assert_eq!(ours, serde_json::from_slice::<Value>(twin).unwrap(), "{name}");
    }
    assert!(json.is_empty() || twins > 100, "{twins} twins");
}
