//! Notices of placements by the program, as an agency's office and an authority's team use it: a blank table, a check that
//! says what to do, the other format and back, and who learns where the child is.

use std::fs;

use serde_json::Value;

use crate::program::{Scratch, run};

const AS_AT: [&str; 2] = ["--as-at", "2026-01-30"];

/// A row under the headings of the blank table, by its columns.
fn filled(heading: &str, cells: &[(&str, &str)]) -> String {
    let cell = |name: &str| cells.iter().find(|(known, _)| *known == name).map_or("", |(_, cell)| *cell);
    heading.trim_end().split(',').map(cell).collect::<Vec<_>>().join(",")
}

const START: &[(&str, &str)] = &[
    ("notice_id", "N-3301"),
    ("kind", "start"),
    ("la_code", "330"),
    ("la_child_id", "1029384"),
    ("provider_urn", "SC999901"),
    ("carer_ref", "C-2207"),
    ("provision", "fostering"),
    ("placement_type", "short-term"),
    ("start_date", "2026-01-16"),
    ("planned", "Y"),
    ("placement_postcode", "B13 9ZZ"),
    ("core_weekly", "945.00"),
    ("total_weekly", "945.00"),
    ("as_at", "2026-01-16T18:10:00+00:00"),
];

/// The start with other cells.
fn but<'c>(cells: &[(&'c str, &'c str)]) -> Vec<(&'c str, &'c str)> {
    let mut row: Vec<(&str, &str)> = START.to_vec();
    row.retain(|(name, _)| !cells.iter().any(|(other, _)| other == name));
    row.extend(cells);
    row
}

fn blank(scratch: &Scratch) -> String {
    let blank = scratch.file("blank.csv");
    run(["template", "notice-csv", "-o", &blank]).ended(0);
    fs::read_to_string(blank).unwrap()
}

fn translate(from: &str, to: &str, view: &str, input: &str, output: &str) {
    let flags = ["translate", "--from", from, "--to", to, "--view", view, AS_AT[0], AS_AT[1], input, "-o", output];
    run(flags).ended(0);
}

#[test]
fn notices_are_filled_checked_and_handed_on_to_the_authority_in_either_format() {
    let scratch = Scratch::new();
    let heading = blank(&scratch);
    let cancelled = but(&[("notice_id", "N-3299"), ("kind", "cancel"), ("la_child_id", "1029385")]);
    let rows = format!("{heading}{}\n{}\n", filled(&heading, START), filled(&heading, &cancelled));
    let table = scratch.write("notices.csv", rows);
    run(["check", "--from", "notice-csv", AS_AT[0], AS_AT[1], &table]).ended(0);

    let document = scratch.file("notices.json");
    translate("notice-csv", "notice-json", "local-authority", &table, &document);
    let json: Value = serde_json::from_slice(&fs::read(&document).unwrap()).unwrap();
    assert_eq!((&json["format"], &json["version"]), (&"homeward/notice".into(), &"1".into()));
    let [start, cancel] = &json["notices"].as_array().unwrap()[..] else { panic!("two notices") };
    assert_eq!((&start["kind"], &start["cost"]["totalPence"]), (&"start".into(), &94_500.into()));
    assert_eq!((&start["laCode"], &start["placementPostcode"]), (&"330".into(), &"B13 9ZZ".into()));
    assert_eq!((&cancel["kind"], &cancel["noticeId"]), (&"cancel".into(), &"N-3299".into()));

    let (back, again) = (scratch.file("back.csv"), scratch.file("again.csv"));
    translate("notice-json", "notice-csv", "local-authority", &document, &back);
    translate("notice-csv", "notice-csv", "local-authority", &table, &again);
    assert_eq!(fs::read(&back).unwrap(), fs::read(&again).unwrap());
}

#[test]
fn analysts_learn_neither_the_child_nor_the_home_nor_what_it_costs() {
    let scratch = Scratch::new();
    let heading = blank(&scratch);
    let table = scratch.write("notices.csv", format!("{heading}{}\n", filled(&heading, START)));
    let key = scratch.write("pseudonyms.key", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n");
    let out = scratch.file("census.csv");
    let flags =
        ["translate", "--from", "notice-csv", "--to", "pnw-csv", "--view", "statistics", "--pseudonym-key-file", &key];
    run(flags.into_iter().chain([AS_AT[0], AS_AT[1], &table, "-o", &out])).ended(0);
    let census = fs::read_to_string(&out).unwrap();
    let row = census.lines().nth(1).unwrap();
    assert!(row.contains("SC999901") && row.contains("Fostering") && row.contains("01/01/2026"), "{row}");
    for withheld in ["1029384", "N-3301", "C-2207", "B13", "945", "16/01/2026"] {
        assert!(!census.contains(withheld), "{withheld}: {census}");
    }
}

#[test]
fn what_is_wrong_with_a_notice_is_said_with_what_to_do_and_without_its_value() {
    let scratch = Scratch::new();
    let heading = blank(&scratch);
    for (cells, code, words) in [
        (&[("la_child_id", "")][..], "ifa/notice-no-child", "Never write a name"),
        (
            &[("carer_ref", "Mary Zqxjones")],
            "ifa/carer-ref-looks-like-a-name",
            "Use a code that only your office knows",
        ),
        (&[("kind", "Zqxarrived")], "ifa/notice-kind-unknown", "Choose start, end, fee-change, correction or cancel"),
        (&[("end_date", "2026-01-15")], "ifa/notice-date-order", "Check the first and the last day"),
    ] {
        let table = scratch.write("notices.csv", format!("{heading}{}\n", filled(&heading, &but(cells))));
        let check = run(["check", "--from", "notice-csv", "--format", "csv", AS_AT[0], AS_AT[1], &table]).ended(1);
        let text = check.text();
        assert!(text.contains(code) && text.contains(words), "{text}");
        assert!(!(text + &check.talk).contains("Zqx"), "{code}");
    }
}
