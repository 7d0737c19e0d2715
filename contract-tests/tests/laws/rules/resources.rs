//! Rules of FHIR: of a resource's form by the broken resources and what they were made from, of what is read by blocks of
//! a rule, a stream that breaks it and one that does not.

use std::{collections::BTreeSet, fmt::Write, fs};

use kit::{
    adapter::Options,
    document::{Document, Part},
};

use super::declared_by;
use crate::{
    broken_resources::broken,
    support::{cases, format, options, read},
};

/// A rule, and what makes a document that breaks it, with the options under which it does.
type Made = (&'static str, fn() -> (Vec<u8>, Options));

/// Rules of form whose cases are made: what breaks them is larger, or no text.
const MADE: [Made; 5] = [
    ("fhir/encoding", || (b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}".to_vec(), options(2026))),
    ("fhir/too-long", || limited(|limits| limits.resource_bytes_max = 20)),
    ("fhir/too-many-elements", || limited(|limits| limits.elements_max = 1)),
    ("fhir/too-deep", || limited(|limits| limits.depth_max = 1)),
    ("fhir/too-many-faults", || {
        let empty = "{}".to_owned() + &",{}".repeat(20_000);
        (format!("{{\"resourceType\":\"Patient\",\"name\":[{empty}]}}").into_bytes(), options(2026))
    }),
];

fn limited(limit: fn(&mut kit::limits::ReadingLimits)) -> (Vec<u8>, Options) {
    let mut options = options(2026);
    limit(&mut options.limits);
    (br#"{"resourceType":"Patient","name":[{"period":{"start":"2020-01-01"}}]}"#.to_vec(), options)
}

fn told(name: &str, bytes: &[u8], options: &Options) -> BTreeSet<&'static str> {
    let document = Document::new(vec![Part::new("resource", bytes.to_vec())]);
    read(format(name), &document, options).told.iter().map(|told| told.rule.code).collect()
}

/// A rule of what is read, what breaks it, and its nearest neighbour.
struct Reading {
    rule: String,
    breaks: String,
    nearest: String,
}

fn readings() -> Vec<Reading> {
    let text = fs::read_to_string(cases().join("what-a-resource-says-is-read-or-told/read.txt")).unwrap();
    let blocks = text.split("\n\n").skip(1).map(|block| {
        let mut lines = block.lines();
        let mut line = || lines.next().unwrap().to_owned();
        let (_sentence, rule, breaks, nearest) = (line(), line(), line(), line());
        Reading { rule, breaks, nearest }
    });
    blocks.collect()
}

/// The rules that have such cases.
pub(super) fn rules() -> BTreeSet<String> {
    let of_form = broken().into_iter().map(|one| one.rule).filter(|rule| rule.starts_with("fhir/"));
    let made = MADE.iter().map(|(rule, _)| (*rule).to_owned());
    of_form.chain(made).chain(readings().into_iter().map(|reading| reading.rule)).collect()
}

#[test]
fn every_rule_of_a_resource_is_broken_by_its_case_and_not_by_its_neighbour() {
    let mut wrong = String::new();
    let mut judge = |rule: &str, name: &str, bytes: &[u8], options: &Options, breaks: bool| {
        let told = told(name, bytes, options);
        if told.contains(rule) != breaks {
            writeln!(wrong, "{rule} in {name}, breaks {breaks}: {told:?}").unwrap();
        }
        let may: BTreeSet<&str> = declared_by(format(name)).collect();
        let undeclared: Vec<_> = told.difference(&may).collect();
        if !undeclared.is_empty() {
            writeln!(wrong, "{rule}: told and not declared: {undeclared:?}").unwrap();
        }
    };
    for one in broken() {
        let name = if one.resource.starts_with('<') { "fhir-xml" } else { "fhir-json" };
        judge(&one.rule, name, one.resource.as_bytes(), &options(2026), true);
        judge(&one.rule, "fhir-json", br#"{"resourceType":"Patient"}"#, &options(2026), false);
    }
    for (rule, make) in MADE {
        let (bytes, options) = make();
        judge(rule, "fhir-json", &bytes, &options, true);
        judge(rule, "fhir-json", br#"{"resourceType":"Patient"}"#, &Options::plain(), false);
    }
    for Reading { rule, breaks, nearest } in readings() {
        judge(&rule, "fhir-json", breaks.as_bytes(), &options(2026), true);
        judge(&rule, "fhir-json", nearest.as_bytes(), &options(2026), false);
    }
    assert!(wrong.is_empty(), "{wrong}");
}
