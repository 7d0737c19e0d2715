//! What is written as FHIR, before three judges: fhirbolt reads it strictly and writes it the same, our own rules hold,
//! and Medplum finds nothing in one Bundle of each shape.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use contract_tests::{
    fhir_rules,
    oracle::{medplum_check, read_and_rewrite},
};
use serde_json::Value;

use crate::{
    program::{Scratch, authority, names, run, skipped, text},
    samples::fake_return,
};

const VIEWS: [&str; 2] = ["health", "local-authority"];

/// The instant that every output here says it was recorded at.
const RECORDED_AT: &str = "2027-06-30T12:00:00Z";

fn folder_of(year: u16) -> PathBuf {
    authority(year, 500, 7, 0)
}

/// Translates to one stream on standard output.
fn stream(folder: &Path, year: u16, view: &str) -> Vec<u8> {
    let year = year.to_string();
    let arguments = ["translate", "--from", "ssda903-csv", "--to", "fhir-ndjson", "--view", view, "--year", &year];
    let rest = ["--authority", "330", "--recorded-at", RECORDED_AT, &text(folder)].map(str::to_owned);
    run(arguments.map(str::to_owned).into_iter().chain(rest)).ended(0).out
}

/// Translates to a folder, with further flags.
fn folder(from: &Path, year: u16, view: &str, flags: &[&str], out: &str) {
    folder_ending(0, from, year, view, flags, out);
}

fn folder_ending(status: i32, from: &Path, year: u16, view: &str, flags: &[&str], out: &str) {
    let year = year.to_string();
    let arguments = ["translate", "--from", "ssda903-csv", "--view", view, "--year", &year, "--authority", "330"];
    let rest = ["--recorded-at", RECORDED_AT, &text(from), "-o", out].map(str::to_owned);
    run(arguments.iter().chain(flags).map(|word| (*word).to_owned()).chain(rest)).ended(status);
}

#[track_caller]
fn judged(ndjson: &[u8], whose: &str) {
    let lines = ndjson.iter().filter(|byte| **byte == b'\n').count();
    match read_and_rewrite(ndjson) {
        Ok(judged) => assert_eq!(judged, lines, "{whose}"),
        Err(faults) => panic!("{whose}: fhirbolt: {}", first_lines(&faults.to_string())),
    }
    if let Err(faults) = fhir_rules::check(ndjson) {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{whose}: {} faults of our rules: {}", faults.len(), first_lines(&told.join("\n")));
    }
}

fn first_lines(text: &str) -> String {
    text.lines().take(20).map(|line| format!("\n{line}")).collect()
}

#[test]
fn every_line_of_the_sample_passes() {
    let Some(sample) = fake_return() else { return };
    for view in VIEWS {
        let arguments = ["translate", "--from", "ssda903-csv", "--to", "fhir-ndjson", "--view", view, "--year", "2018"];
        let output = run(arguments.into_iter().chain(["--authority", "330", &text(&sample)])).ended(1).out;
        judged(&output, view);
    }
}

#[test]
fn every_line_of_a_synthetic_authority_passes() {
    for year in [2018, 2026, 2027] {
        for view in VIEWS {
            let output = stream(&folder_of(year), year, view);
            assert!(output.ends_with(b"}\n"));
            judged(&output, &format!("{view} {year}"));
        }
    }
}

/// The Bundles of an authority, one a line and by file name.
fn bundles(year: u16, view: &str) -> BTreeMap<String, String> {
    let scratch = Scratch::new();
    let out = scratch.file("bundles");
    folder(&folder_of(year), year, view, &["--to", "fhir-json"], &out);
    let read = |name: String| {
        let text = fs::read_to_string(Path::new(&out).join(&name)).unwrap();
        assert_eq!(text.trim_end().lines().count(), 1, "{name} is not one line");
        (name, text.trim_end().to_owned())
    };
    names(Path::new(&out)).into_iter().map(read).collect()
}

fn health_bundles() -> &'static BTreeMap<String, String> {
    static BUNDLES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    BUNDLES.get_or_init(|| bundles(2026, "health"))
}

fn authority_bundles() -> &'static BTreeMap<String, String> {
    static BUNDLES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    BUNDLES.get_or_init(|| bundles(2026, "local-authority"))
}

#[test]
fn every_bundle_of_a_synthetic_authority_passes() {
    for (view, bundles) in [("health", health_bundles()), ("local-authority", authority_bundles())] {
        let ndjson: String = bundles.values().map(|bundle| format!("{bundle}\n")).collect();
        judged(ndjson.as_bytes(), &format!("{view}, Bundles"));
        for (at, name) in bundles.keys().enumerate() {
            let number = format!("{:06}", at + 1);
            assert!(*name == format!("{number}.json"), "{name}: the parts are named by running number");
        }
    }
    assert_eq!(authority_bundles().len(), 500, "the authority has all of its children back");
    let carried = health_bundles().len();
    assert!(carried > 200 && carried < 500, "{carried}");
}

#[test]
fn split_by_type_holds_the_same_lines_as_one_stream() {
    for (year, view) in [(2026, "health"), (2027, "local-authority")] {
        let scratch = Scratch::new();
        let out = scratch.file("types");
        folder(&folder_of(year), year, view, &["--to", "fhir-ndjson", "--option", "split=type"], &out);
        let mut lines = Vec::new();
        for name in names(Path::new(&out)) {
            let kind = name.strip_suffix(".ndjson").unwrap();
            for line in fs::read_to_string(Path::new(&out).join(&name)).unwrap().lines() {
                let resource: Value = serde_json::from_str(line).unwrap();
                assert_eq!(resource["resourceType"], kind, "{name}");
                lines.push(line.to_owned());
            }
        }
        let whole = String::from_utf8(stream(&folder_of(year), year, view)).unwrap();
        let mut whole: Vec<&str> = whole.lines().collect();
        lines.sort_unstable();
        whole.sort_unstable();
        assert!(lines == whole, "{view}: the files are not the stream");
        judged(lines.iter().map(|line| format!("{line}\n")).collect::<String>().as_bytes(), view);
    }
}

/// What a server may ask for: ids of its own, patients of its own, NHS England's flag.
const ASKED: [&[&str]; 4] = [
    &["fhir.update=conditional"],
    &["fhir.patient=if-none-exist"],
    &["fhir.patient=logical", "fhir.update=conditional"],
    &["fhir.flag=england"],
];

#[test]
fn bundles_for_servers_that_ask_for_more_pass_both_judges() {
    let mut of_each = String::new();
    for asked in ASKED {
        let scratch = Scratch::new();
        let out = scratch.file("bundles");
        let flags: Vec<&str> = asked.iter().flat_map(|option| ["--option", *option]).collect();
        let flags = [&["--to", "fhir-json"], flags.as_slice()].concat();
        let is_found = |bundle: &&String| bundle.contains("https://fhir.nhs.uk/Id/nhs-number");
        let found = health_bundles().values().filter(is_found).count();
        assert!(found > 0 && found < health_bundles().len(), "some children have no NHS number");
        let owns_patients = asked.iter().any(|option| option.starts_with("fhir.patient"));
        let (status, carried) = if owns_patients { (1, found) } else { (0, health_bundles().len()) };
        folder_ending(status, &folder_of(2026), 2026, "health", &flags, &out);
        let bundles: Vec<String> =
            names(Path::new(&out)).iter().map(|name| fs::read_to_string(Path::new(&out).join(name)).unwrap()).collect();
        assert_eq!(bundles.len(), carried, "{asked:?}");
        let ndjson: String = bundles.iter().map(|bundle| format!("{}\n", bundle.trim_end())).collect();
        judged(ndjson.as_bytes(), &format!("{asked:?}"));
        of_each += ndjson.lines().next().unwrap();
        of_each.push('\n');
    }
    match medplum_check(of_each.as_bytes()) {
        Err(absent) if absent.may_be_skipped() => skipped(&absent.to_string()),
        Ok(judged) => assert_eq!(judged, ASKED.len()),
        Err(faults) => panic!("{}", first_lines(&faults.to_string())),
    }
}

#[test]
fn a_child_who_cannot_be_found_fails_the_whole_where_errors_fail_and_is_left_out_where_they_skip() {
    let from = Scratch::new();
    for name in names(&folder_of(2026)).iter().filter(|name| *name != "links.csv") {
        fs::copy(folder_of(2026).join(name), from.file(name)).unwrap();
    }
    for (errors, written) in [("fail", false), ("skip", true)] {
        let scratch = Scratch::new();
        let out = scratch.file("bundles");
        let arguments = ["translate", "--from", "ssda903-csv", "--to", "fhir-json", "--view", "local-authority"];
        let flags = ["--year", "2026", "--authority", "330", "--option", "fhir.patient=logical", "--errors", errors];
        let rest = [from.file("."), "-o".to_owned(), out.clone()];
        let ended = run(arguments.iter().chain(&flags).map(|word| (*word).to_owned()).chain(rest)).ended(1);
        assert!(ended.talk.contains("fhir/patient-unmatchable"), "{}", ended.talk);
        assert_eq!(Path::new(&out).exists(), written, "--errors {errors}");
    }
}

/// The children of a table of the synthetic authority that have these words in their row.
fn children_with<'t>(table: &'t str, words: &'t str) -> impl Iterator<Item = &'t str> {
    let rows = table.lines().skip(1).filter(move |row| row.contains(words));
    rows.flat_map(|row| row.split(',')).filter(|cell| is_child(cell))
}

/// Identifiers of synthetic children are seven digits and begin with 1.
fn is_child(cell: &str) -> bool {
    cell.len() == 7 && cell.starts_with('1') && cell.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words that a shape shows when it is told, the view, the file that knows the child, and what its row holds.
const SHAPES: [(&str, &str, &str); 11] = [
    ("local-authority", "restrictions.csv", "location"),
    ("health", "restrictions.csv", "location"),
    ("local-authority", "restrictions.csv", "adopted"),
    ("local-authority", "oc3.csv", ""),
    ("local-authority", "consents.csv", "INFORMATION_SHARING"),
    ("health", "consents.csv", "PASSPORT"),
    ("health", "links.csv", "pds-trace"),
    ("health", "links.csv", "authority-record"),
    ("local-authority", "placed-adoption.csv", ""),
    ("health", "uasc.csv", ""),
    ("health", "missing.csv", ""),
];

#[test]
fn one_bundle_of_each_shape_passes_medplum() {
    let mut ndjson = String::new();
    for (view, file, words) in SHAPES {
        let table = fs::read_to_string(folder_of(2026).join(file)).unwrap();
        let bundles = if view == "health" { health_bundles() } else { authority_bundles() };
        let mut of_shape = children_with(&table, words);
        let bundle =
            of_shape.find_map(|child| bundles.values().find(|bundle| bundle.contains(&format!("\"{child}\""))));
        let bundle = bundle.unwrap_or_else(|| panic!("{view} has no child of {file} with {words}"));
        ndjson.push_str(bundle);
        ndjson.push('\n');
    }
    match medplum_check(ndjson.as_bytes()) {
        Err(absent) if absent.may_be_skipped() => skipped(&absent.to_string()),
        Ok(judged) => assert_eq!(judged, SHAPES.len()),
        Err(faults) => panic!("{}", first_lines(&faults.to_string())),
    }
}
