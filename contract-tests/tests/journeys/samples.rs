//! The main journey on a public sample: a return of 2017/18 with 2,676 invented children is checked and translated.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::Once,
};

use contract_tests::homeward::samples;
use serde_json::Value;

use crate::program::{Ran, Scratch, run, skipped, text};

/// The folder of the return; none, and a loud word, where the samples are absent.
pub(crate) fn fake_return() -> Option<PathBuf> {
    let folder = samples().map(|samples| samples.join("ssda903/fake-2018"));
    if folder.is_none() {
        static SAID: Once = Once::new();
        SAID.call_once(|| skipped("the samples are absent; name their folder in HOMEWARD_SAMPLES"));
    }
    folder
}

/// How this return is read.
const READING: [&str; 6] = ["--from", "ssda903-csv", "--year", "2018", "--authority", "330"];

fn check(folder: &Path, flags: &[&str]) -> Ran {
    run(["check"].iter().chain(&READING).chain(flags).copied().chain([text(folder).as_str()]))
}

fn translate(folder: &Path, flags: &[&str]) -> Ran {
    let to = ["--to", "fhir-ndjson", "--view", "health"];
    run(["translate"].iter().chain(&READING).chain(&to).chain(flags).copied().chain([text(folder).as_str()]))
}

/// A table of the return as cells by heading.
fn rows(folder: &Path, table: &str) -> Vec<HashMap<String, String>> {
    let text = fs::read_to_string(folder.join(table)).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let headings: Vec<String> = lines.next().unwrap().collect();
    lines.map(|cells| headings.iter().cloned().zip(cells).collect()).collect()
}

#[test]
fn the_return_is_checked_and_every_rule_counted() {
    let Some(folder) = fake_return() else { return };
    let ran = check(&folder, &["--json"]).ended(1);
    let report = ran.report();
    assert_eq!(report["rows"], 25_975);
    assert_eq!(report["format"], "ssda903-csv");
    let members: BTreeSet<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted =
        ["errors", "format", "leftOut", "losses", "records", "rows", "rules", "summary", "truncated", "warnings"];
    assert_eq!(members, BTreeSet::from(wanted));
    let counts: BTreeMap<&str, (&str, u64)> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            let count = rule["count"].as_u64().unwrap();
            (rule["rule"].as_str().unwrap(), (rule["severity"].as_str().unwrap(), count))
        })
        .collect();
    // The same return stands there as XML too: no table of it.
    assert_eq!(counts["table/unrecognised"].1, 1);
    assert!(counts.contains_key("table/double-part"));
    let told: String = counts.iter().map(|(rule, (severity, count))| format!("{rule} {severity} {count}\n")).collect();
    compare_with_case("the-sample-of-2018-keeps-its-counts/check-counts.txt", &told);

    let severities = counts.values().fold(BTreeMap::<&str, u64>::new(), |mut sums, (severity, count)| {
        *sums.entry(severity).or_default() += count;
        sums
    });
    for (member, severity) in [("errors", "error"), ("warnings", "warning"), ("losses", "loss")] {
        assert_eq!(report[member], severities.get(severity).copied().unwrap_or(0));
    }
}

/// Compares with a file of the cases; `BLESS=1` writes it anew.
#[track_caller]
fn compare_with_case(name: &str, told: &str) {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(name);
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        fs::create_dir_all(case.parent().unwrap()).unwrap();
        fs::write(&case, told).unwrap();
    }
    let known = fs::read_to_string(&case).unwrap_or_default();
    assert!(known == told, "{name} was\n{known}\nand is now\n{told}\n(BLESS=1 takes this over)");
}

#[test]
fn each_line_of_the_machine_form_is_a_place_and_a_rule() {
    let Some(folder) = fake_return() else { return };
    let ran = check(&folder, &["--json", "--diagnostics-max", "1000000"]).ended(1);
    let counted: u64 =
        ran.report()["rules"].as_array().unwrap().iter().map(|rule| rule["count"].as_u64().unwrap()).sum();
    let lines: Vec<Value> = ran.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len() as u64, counted, "every place is told");
    let always = BTreeSet::from(["rule", "severity", "message", "help", "related"]);
    let mut last = (String::new(), 0);
    for line in &lines {
        let members: BTreeSet<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        let place: BTreeSet<&str> = members.difference(&always).copied().collect();
        assert!(members.is_superset(&always), "{line}");
        let places = [&["part"][..], &["part", "line", "byte"], &["part", "line", "column", "byte"]];
        let field: BTreeSet<&str> = place.iter().copied().filter(|member| *member != "field").collect();
        assert!(places.iter().any(|place| BTreeSet::from_iter(place.iter().copied()) == field), "{line}");
        assert!(place.contains("column") || !place.contains("field"), "a field is that of a cell: {line}");
        assert!(["error", "warning", "loss"].contains(&line["severity"].as_str().unwrap()), "{line}");
        for place in line["related"].as_array().unwrap() {
            let members: BTreeSet<&str> = place.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(places.iter().any(|place| BTreeSet::from_iter(place.iter().copied()) == members), "{line}");
        }
        last = (line["part"].as_str().unwrap().to_owned(), line["line"].as_u64().unwrap_or(0));
        let name = last.0.split('#').next().unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{line}");
    }
    assert!(last.1 > 0);
    let in_part: Vec<(&str, u64)> =
        lines.iter().map(|line| (line["part"].as_str().unwrap(), line["byte"].as_u64().unwrap_or(0))).collect();
    let changes = in_part.windows(2).filter(|two| two[0].0 != two[1].0).count();
    let parts: BTreeSet<&str> = in_part.iter().map(|(part, _)| *part).collect();
    assert_eq!(changes + 1, parts.len(), "in order of part");
    assert!(in_part.windows(2).all(|two| two[0].0 != two[1].0 || two[0].1 <= two[1].1), "then of place");
}

#[test]
fn the_limit_of_places_leaves_the_counts_whole() {
    let Some(folder) = fake_return() else { return };
    let all = check(&folder, &["--json"]).ended(1);
    let few = check(&folder, &["--json", "--diagnostics-max", "3"]).ended(1);
    assert_eq!(few.text().lines().count(), 3);
    assert_eq!(few.text(), all.text().lines().take(3).map(|line| format!("{line}\n")).collect::<String>());
    let (all, few) = (all.report(), few.report());
    assert_eq!(all["rules"], few["rules"]);
    assert_eq!((&few["errors"], &few["truncated"]), (&all["errors"], &Value::Bool(true)));
    let people = check(&folder, &["--diagnostics-max", "0"]).ended(1).text();
    assert!(people.contains("Not every place is shown; the counts are complete."), "{people}");
}

#[test]
fn the_children_looked_after_become_patients_and_nobody_else() {
    let Some(folder) = fake_return() else { return };
    let scratch = Scratch::new();
    let out = scratch.file("out.ndjson");
    let ran = translate(&folder, &["-o", &out]).ended(1);
    let output = fs::read(&out).unwrap();
    let resources = resources(&output);
    let patients: Vec<&Value> = resources.iter().filter(|it| it["resourceType"] == "Patient").collect();
    assert_eq!(patients.len(), 1_149);
    for words in [": 113 children\n", ": 26 children\n", ": 1,388 children\n"] {
        assert!(ran.talk.contains(words), "{words}: {}", ran.talk);
    }
    let machine = translate(&folder, &["--json", "-o", &out]).ended(1);
    let left_out = serde_json::json!({"adopted": 113, "guard-unreadable": 26, "not-looked-after": 1388});
    assert_eq!(machine.report()["leftOut"], left_out);
    let written = machine.report()["written"].clone();
    for (kind, count) in written.as_object().unwrap() {
        let found = resources.iter().filter(|it| it["resourceType"] == kind.as_str()).count() as u64;
        assert_eq!(*count, found, "{kind}");
    }
    assert_eq!(written["Patient"], 1_149);

    let children: BTreeSet<String> =
        rows(&folder, "header.csv").into_iter().map(|mut row| row.remove("CHILD").unwrap()).collect();
    assert!(children.len() > 2_000);
    // Numbers of the machine form are counts, lines and bytes; what else it says stands in quotes.
    let quoted = machine.talk.split('"').skip(1).step_by(2);
    let words = ran.talk.split(|character: char| !character.is_ascii_alphanumeric() && character != ',');
    let named = quoted.chain(words).find(|word| children.contains(*word));
    assert_eq!(named, None, "no child is named in a report");
    assert_eq!(scratch.names(), ["out.ndjson"]);
}

fn resources(output: &[u8]) -> Vec<Value> {
    let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

/// The child's identifier in the case system, as a Patient has it.
fn child_of(patient: &Value) -> &str {
    let mut identifiers = patient["identifier"].as_array().into_iter().flatten();
    let of_the_case_system =
        |identifier: &&Value| identifier["system"].as_str().is_some_and(|system| !system.contains("fhir.nhs.uk"));
    identifiers.find(of_the_case_system).and_then(|identifier| identifier["value"].as_str()).unwrap_or_default()
}

#[test]
fn the_place_of_a_child_placed_for_adoption_stays_in_the_house() {
    let Some(folder) = fake_return() else { return };
    let output = translate(&folder, &[]).ended(1).out;
    let mut of_patient: HashMap<String, (String, Vec<&str>)> = HashMap::new();
    let text = std::str::from_utf8(&output).unwrap();
    let mut whose = None;
    for line in text.lines() {
        let resource: Value = serde_json::from_str(line).unwrap();
        if resource["resourceType"] == "Patient" {
            let id = resource["id"].as_str().unwrap().to_owned();
            of_patient.insert(id.clone(), (child_of(&resource).to_owned(), vec![line]));
            whose = Some(id);
        } else if let Some(id) = &whose {
            of_patient.get_mut(id).unwrap().1.push(line);
        }
    }
    let by_child: HashMap<&str, &Vec<&str>> =
        of_patient.values().map(|(child, lines)| (child.as_str(), lines)).collect();
    let (mut withheld, mut told) = (0, 0);
    for episode in rows(&folder, "episodes.csv") {
        let Some(lines) = by_child.get(episode["CHILD"].as_str()) else { continue };
        if !episode["DEC"].is_empty() {
            continue;
        }
        let place = [&episode["PL_POST"], &episode["URN"]].map(String::as_str);
        let holds = |words: &str| !words.is_empty() && lines.iter().any(|line| line.contains(words));
        if ["A3", "A4", "A5", "A6"].contains(&episode["PLACE"].as_str()) {
            withheld += 1;
            let [postcode, urn] = place;
            let spellings = [postcode.to_owned(), postcode.replace(' ', ""), urn.to_owned()];
            for words in spellings.iter().filter(|words| !words.is_empty()) {
                assert!(!holds(words), "the place of a child placed for adoption has left the house");
            }
            let provider = lines.iter().any(|line| line.contains(&format!("\"{}\"", episode["PLACE_PROVIDER"])));
            assert!(episode["PLACE_PROVIDER"].is_empty() || !provider, "the provider has left the house");
        } else {
            told += usize::from(place[1].len() == 7 && holds(place[1]));
        }
    }
    assert!(withheld > 50, "{withheld} children were looked at");
    assert!(told > 50, "the control: other children's providers are told, {told}");
}

#[test]
fn the_bytes_depend_neither_on_the_run_nor_on_the_workers() {
    let Some(folder) = fake_return() else { return };
    let instant = ["--recorded-at", "2018-06-30T12:00:00Z"];
    let first = translate(&folder, &instant).ended(1);
    assert!(!first.out.is_empty());
    for workers in ["1", "2", "3"] {
        let again = translate(&folder, &[instant[0], instant[1], "--workers", workers]).ended(1);
        assert!(again.out == first.out, "{workers} workers write other bytes");
        assert_eq!(again.talk, first.talk, "{workers} workers tell something else");
    }
}
