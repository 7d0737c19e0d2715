//! Every rule that a format declares is broken by one input and not by its nearest neighbour, and nothing is told that
//! was not declared. A rule without a case turns the law red by its name.

mod cases;
mod folders;
mod nested;
mod outcomes;
mod resources;
mod workbooks;

use std::{collections::BTreeSet, fmt::Write};

use exchange::school_belief::differs;
use kit::adapter::{Dossier, Format};
use liquidlogic::ssda903::rules::{COVERAGE, Coverage};
use schemas::{
    diagnostic::Rule,
    identifier::{Identifier, LaChildId},
    record::{CareEpisode, Enrolment, EnrolmentMore, Statement, Subject},
    said::Said,
};

use crate::{
    base::{Edit, edited},
    made::{Child, format_of},
    support::{authority, bless, day, format, options, read, translated, workspace},
};

/// A rule, an input that breaks it, and the nearest that does not.
pub(crate) struct Case {
    rule: &'static str,
    how: How,
    raises: &'static [Edit],
    nearest: &'static [Edit],
}

/// What is done with the input.
pub(crate) enum How {
    /// It is read in a format.
    Read(&'static str),
    /// It is read as a return and written in a format, for a view.
    Translated(&'static str, &'static str),
    /// A school says that a child is in care or that it is not, beside an open episode or none.
    Believed { in_care: bool },
    /// This is said of a child, and written as FHIR for the authority: what no format reads yet.
    Said(fn(bool) -> Statement),
    /// This is said of a child, and written as a return for the authority: a return itself has no dates of health.
    Returned(fn(bool) -> Vec<Statement>),
}

impl Case {
    /// The rules that are told.
    fn told(&self, edits: &[Edit], breaks: bool) -> BTreeSet<&'static str> {
        match self.how {
            How::Read(name) => {
                let (document, options) = edited(edits);
                let told = read(format(name), &document, &options).told;
                told.iter().map(|diagnostic| diagnostic.rule.code).collect()
            }
            How::Translated(name, view) => {
                let (document, options) = edited(edits);
                let (outcome, _) = translated(&document, (format("ssda903-csv"), format(name)), view, &options);
                outcome.findings.counts().map(|count| count.rule.code).collect()
            }
            How::Believed { in_care } => {
                let more = EnrolmentMore { told_looked_after: Said::Is(in_care), ..EnrolmentMore::default() };
                let place = Enrolment { more: Some(Box::new(more)), ..Enrolment::default() };
                let episode = CareEpisode { start_date: Said::Is(day("2025-01-10")), ..CareEpisode::default() };
                let held = if breaks == in_care { Vec::new() } else { vec![episode.into()] };
                let child = Child {
                    subject: Subject::child(Vec::new(), None),
                    statements: held,
                    guard_unreadable: false,
                    traced: true,
                };
                let held = Dossier { records: child.records(0), ..Dossier::default() };
                differs(&place, &held, Some(day("2026-01-30"))).map(|rule| rule.code).into_iter().collect()
            }
            How::Said(says) => told_of(vec![says(breaks)], "fhir-ndjson"),
            How::Returned(says) => told_of(says(breaks), "ssda903-csv"),
        }
    }

    /// The rules that may be told.
    fn may_be_told(&self) -> BTreeSet<&'static str> {
        match self.how {
            How::Read(name) => declared_by(format(name)).collect(),
            How::Translated(name, _) => declared_by(format("ssda903-csv"))
                .chain(declared_by(format(name)))
                .chain(exchange::rules::ALL.iter().map(|rule| rule.code))
                .collect(),
            How::Believed { .. } => exchange::rules::ALL.iter().map(|rule| rule.code).collect(),
            How::Said(_) => declared_by(format("fhir-ndjson")).collect(),
            How::Returned(_) => declared_by(format("ssda903-csv")).collect(),
        }
    }
}

/// The rules that are told when this is said of a child, and written in a format for the authority.
fn told_of(statements: Vec<Statement>, to: &str) -> BTreeSet<&'static str> {
    let id = LaChildId::read(b"C1").unwrap().0;
    let child = Child {
        subject: Subject::child(vec![Identifier::LaChild(id)], Some(authority(330))),
        statements,
        guard_unreadable: false,
        traced: true,
    };
    let formats = (format_of(vec![child]), format(to));
    let (outcome, _) = translated(&Default::default(), formats, "local-authority", &options(2027));
    outcome.findings.counts().map(|count| count.rule.code).collect()
}

fn rules_of(format: &Format) -> impl Iterator<Item = &'static Rule> {
    format.rules.iter().copied().flatten().copied()
}

fn declared_by(format: &Format) -> impl Iterator<Item = &'static str> {
    rules_of(format).map(|rule| rule.code)
}

fn declared() -> BTreeSet<&'static str> {
    let of_formats = roster::formats().flat_map(|(_, format)| declared_by(format));
    of_formats.chain(exchange::rules::ALL.iter().map(|rule| rule.code)).collect()
}

#[test]
fn the_clean_return_is_clean_in_every_module() {
    let (document, options) = edited(&[]);
    let read = read(format("ssda903-csv"), &document, &options);
    assert!(read.told.is_empty(), "{:#?}", read.told);
    assert_eq!(read.children.len(), 4);
    let tables: BTreeSet<String> = read.labels.iter().map(ToString::to_string).collect();
    let known: BTreeSet<String> = format("ssda903-csv").tables.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(tables, known);
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let (folders, resources) = (folders::rules(), resources::rules());
    let cases: BTreeSet<&str> = cases::CASES
        .iter()
        .map(|case| case.rule)
        .chain(folders.iter().map(String::as_str))
        .chain(resources.iter().map(String::as_str))
        .chain(nested::rules())
        .chain(workbooks::rules())
        .collect();
    let without: Vec<_> = declared().difference(&cases).copied().collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
    let unknown: Vec<_> = cases.difference(&declared()).copied().collect();
    assert!(unknown.is_empty(), "cases of no rule: {unknown:?}");
}

#[test]
fn every_rule_is_broken_by_its_case_and_not_by_its_neighbour() {
    let mut wrong = String::new();
    for case in cases::CASES {
        let (raised, near) = (case.told(case.raises, true), case.told(case.nearest, false));
        if !raised.contains(case.rule) {
            writeln!(wrong, "{} is not raised by {:?}: {raised:?}", case.rule, case.raises).unwrap();
        }
        if near.contains(case.rule) {
            writeln!(wrong, "{} is raised by its neighbour {:?}", case.rule, case.nearest).unwrap();
        }
        let may = case.may_be_told();
        let undeclared: Vec<_> = raised.union(&near).filter(|code| !may.contains(*code)).collect();
        if !undeclared.is_empty() {
            writeln!(wrong, "{}: told and not declared: {undeclared:?}", case.rule).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn one_code_is_one_rule_in_all_formats() {
    let mut known: Vec<&'static Rule> = Vec::new();
    for rule in roster::formats().flat_map(|(_, format)| rules_of(format)) {
        match known.iter().find(|other| other.code == rule.code) {
            Some(other) => assert_eq!(*other, rule),
            None => known.push(rule),
        }
    }
}

#[test]
fn every_numbered_rule_of_the_return_stands_in_the_coverage_once() {
    let codes: Vec<&str> = COVERAGE.iter().map(|(code, _)| *code).collect();
    let once: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(codes.len(), once.len(), "a rule stands twice");
    let declared: BTreeSet<&str> = declared_by(format("ssda903-csv")).collect();
    let mut done = BTreeSet::new();
    for (code, coverage) in COVERAGE {
        if let Coverage::Done(rule) = coverage {
            assert_eq!(rule.code, format!("ssda903/{code}"));
            assert!(declared.contains(rule.code), "{} is done and not declared", rule.code);
            done.insert(rule.code);
        }
    }
    let numbered = declared.iter().filter(|code| {
        let slug = code.strip_prefix("ssda903/").unwrap_or_default();
        slug.starts_with("INT") || slug.starts_with(|first: char| first.is_ascii_digit())
    });
    let uncovered: Vec<_> = numbered.filter(|code| !done.contains(*code)).collect();
    assert!(uncovered.is_empty(), "declared and not in the coverage: {uncovered:?}");
}

#[test]
fn the_coverage_names_every_field_and_integrity_rule_of_the_index() {
    let index = contract_tests::homeward::samples()
        .map(|samples| samples.join("../standards/tables/ssda903_rules_index.csv"))
        .filter(|index| index.is_file());
    let Some(index) = index else {
        eprintln!("SKIPPED: the index of the DfE's rules is absent");
        return;
    };
    let text = std::fs::read_to_string(index).unwrap();
    let is_ours = |code: &&str| {
        let digits = code.bytes().take_while(u8::is_ascii_digit).count();
        code.starts_with("INT") || (code.starts_with('1') && digits == 3)
    };
    let of_index: BTreeSet<&str> =
        text.lines().skip(1).filter_map(|line| line.split(',').next()).filter(is_ours).collect();
    let covered: BTreeSet<&str> = COVERAGE.iter().map(|(code, _)| *code).collect();
    assert_eq!(of_index, covered);
}

#[test]
fn what_became_of_each_rule_is_published() {
    let mut page = String::from(
        "# Rules of the SSDA903 return\n\nThe DfE's rules numbered 1xx and INT: those that are checked, and why the \
         others are not rules of one row.\n\n| rule | checked | what it says, or why not |\n|---|---|---|\n",
    );
    for (code, coverage) in COVERAGE {
        match coverage {
            Coverage::Done(rule) => writeln!(page, "| {code} | yes | {} |", rule.message).unwrap(),
            Coverage::Elsewhere(why) => writeln!(page, "| {code} | no | {why} |").unwrap(),
        }
    }
    bless(&workspace().join("schemas/published/ssda903-rules.md"), &page).unwrap();
}
