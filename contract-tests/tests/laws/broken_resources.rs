//! Broken resources are told by rule and path, at least as well as the other readers of FHIR tell them.

use std::{collections::BTreeSet, fs};

use contract_tests::oracle::{OracleError, fhir_resources_check, medplum_check, read_and_rewrite};
use health_passport::fhir::{self, Fault, Notation, TreeLimits};
use kit::limits::ReadingLimits;

use crate::support::cases;

/// One broken resource.
pub(crate) struct Broken {
    sentence: String,
    pub(crate) rule: String,
    path: String,
    pub(crate) resource: String,
}

impl Broken {
    pub(crate) fn notation(&self) -> Notation {
        if self.resource.starts_with('<') { Notation::Xml } else { Notation::Json }
    }

    fn faults(&self) -> Vec<Fault> {
        fhir::read(self.resource.as_bytes(), self.notation(), limits()).faults
    }
}

fn folder() -> std::path::PathBuf {
    cases().join("a-broken-resource-is-told-by-its-path")
}

pub(crate) fn broken() -> Vec<Broken> {
    let text = fs::read_to_string(folder().join("broken.txt")).unwrap();
    let mut all = Vec::new();
    for block in text.split("\n\n").skip(1) {
        let mut lines = block.lines();
        let mut line = || lines.next().unwrap().to_owned();
        let (sentence, told, resource) = (line(), line(), line());
        let (rule, path) = told.split_once(' ').map(|(rule, path)| (rule.to_owned(), path.to_owned())).unwrap();
        all.push(Broken { sentence, rule, path, resource });
    }
    all
}

fn limits() -> TreeLimits {
    TreeLimits::from(&ReadingLimits::default())
}

#[test]
fn every_broken_resource_is_told_by_its_rule_and_path() {
    let all = broken();
    assert!(all.len() >= 150, "{} cases", all.len());
    let mut wrong = Vec::new();
    for one in &all {
        let Broken { sentence, rule, path, .. } = one;
        let faults = one.faults();
        if !faults.iter().any(|fault| fault.rule.code == rule && *fault.path == **path) {
            let told: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.rule.code, fault.path)).collect();
            wrong.push(format!("{sentence}: {rule} {path} is not told, but {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn what_the_broken_resources_were_made_from_is_whole() {
    for line in fs::read_to_string(folder().join("whole.ndjson")).unwrap().lines() {
        let faults = fhir::read(line.as_bytes(), Notation::Json, limits()).faults;
        assert!(faults.is_empty(), "{faults:?}");
    }
}

/// The lines that an oracle finds fault with.
fn refused(verdict: Result<usize, OracleError>, name: &str) -> Option<BTreeSet<usize>> {
    let said = match verdict {
        Ok(_) => return Some(BTreeSet::new()),
        Err(OracleError::Faults(said)) => said,
        Err(error) if error.may_be_skipped() => {
            eprintln!("{name}: {error}");
            return None;
        }
        Err(error) => panic!("{name}: {error}"),
    };
    let number = |line: &str| line.strip_prefix("line ")?.split(':').next()?.parse().ok();
    // What is read and written in another order is no fault of the resource.
    Some(said.lines().filter(|line| !line.contains("written differently")).filter_map(number).collect())
}

#[test]
fn no_other_reader_finds_more_of_them() {
    // Others are asked about JSON alone.
    let all: Vec<Broken> = broken().into_iter().filter(|one| one.notation() == Notation::Json).collect();
    let ndjson: String = all.iter().map(|one| format!("{}\n", one.resource)).collect();
    let ours: BTreeSet<usize> = (1..).zip(&all).filter(|(_, one)| !one.faults().is_empty()).map(|(n, _)| n).collect();
    println!("of {} broken resources, Homeward finds fault with {}", all.len(), ours.len());
    let readers = [
        ("fhirbolt, strict", read_and_rewrite(ndjson.as_bytes())),
        ("@medplum/core with required bindings", medplum_check(ndjson.as_bytes())),
        ("fhir.resources", fhir_resources_check(ndjson.as_bytes())),
    ];
    for (name, verdict) in readers {
        let Some(theirs) = refused(verdict, name) else { continue };
        let more: Vec<&str> = theirs.difference(&ours).map(|n| all[n - 1].sentence.as_str()).collect();
        println!("{name}: {}", theirs.len());
        assert!(more.is_empty(), "{name} finds fault with {more:?}");
        assert!(!theirs.is_empty(), "{name} looks at nothing");
    }
}
