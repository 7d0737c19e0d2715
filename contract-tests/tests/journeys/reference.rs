//! What the program tells of itself: formats, reference pages, templates, completions.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::program::{Scratch, names, run};

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn formats() -> Vec<Value> {
    let text = run(["formats", "--json"]).ended(0).text();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn formats_are_listed_for_people_and_for_machines() {
    let formats = formats();
    let people = run(["formats"]).ended(0).text();
    assert_eq!(people.lines().count(), formats.len() + 1);
    for format in &formats {
        let wanted = ["name", "adapter", "summary", "mediaTypes", "extensions", "in", "out"];
        assert_eq!(members(format), BTreeSet::from(wanted));
        let row: Vec<&str> = people
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .find(|row| row[0] == format["name"])
            .unwrap();
        let mark = |there: &Value| if there == true { "yes" } else { "-" };
        assert_eq!(row[1..4], [format["adapter"].as_str().unwrap(), mark(&format["in"]), mark(&format["out"])]);
    }
    let direction = |name: &str| {
        let format = formats.iter().find(|format| format["name"] == name).unwrap();
        (format["in"] == true, format["out"] == true)
    };
    assert_eq!(direction("ssda903-csv"), (true, true));
    assert_eq!((direction("links-csv"), direction("restrictions-csv")), ((true, false), (true, false)));
    for name in ["fhir-ndjson", "fhir-json", "fhir-xml"] {
        assert_eq!(direction(name), (true, true), "{name}");
    }
    assert_eq!((direction("hsds-json"), direction("passport-html")), ((false, true), (false, true)));
}

#[test]
fn every_format_is_described_whole() {
    for format in formats() {
        let name = format["name"].as_str().unwrap();
        let described: Value = serde_json::from_str(&run(["describe", name, "--json"]).ended(0).text()).unwrap();
        let wanted = [
            "name",
            "adapter",
            "summary",
            "mediaTypes",
            "extensions",
            "in",
            "out",
            "tables",
            "rules",
            "options",
            "losses",
        ];
        assert_eq!(members(&described), BTreeSet::from(wanted), "{name}");
        for member in ["name", "adapter", "summary", "mediaTypes", "extensions", "in", "out"] {
            assert_eq!(described[member], format[member], "{name}");
        }
        let page = run(["describe", name]).ended(0).text();
        assert!(page.starts_with(&format!("# {name}\n")), "{page}");
        let list = |member: &str| described[member].as_array().unwrap().clone();
        for table in list("tables") {
            for column in table["columns"].as_array().unwrap() {
                let wanted = [
                    "name",
                    "aliases",
                    "field",
                    "type",
                    "required",
                    "codes",
                    "firstYear",
                    "lastYear",
                    "meaning",
                    "source",
                    "guard",
                    "onlyRead",
                    "heading",
                    "help",
                    "example",
                    "member",
                ];
                assert!(members(column).is_subset(&BTreeSet::from(wanted)), "{name}: {column}");
                assert!(page.contains(column["name"].as_str().unwrap()), "{name}: {column}");
                // In a document, by the path of its member.
                assert_eq!(column.get("member").is_some(), table.get("at").is_some(), "{name}: {column}");
                assert!(page.contains(column["member"].as_str().unwrap_or("")), "{name}: {column}");
            }
        }
        for rule in list("rules") {
            assert_eq!(members(&rule), BTreeSet::from(["code", "severity", "message", "help", "source"]), "{name}");
            assert!(page.contains(rule["code"].as_str().unwrap()), "{name}: {rule}");
        }
        for option in list("options") {
            assert_eq!(members(&option), BTreeSet::from(["name", "default", "values"]), "{name}");
        }
        for loss in list("losses") {
            assert_eq!(members(&loss), BTreeSet::from(["field", "why"]), "{name}");
        }
    }
}

#[test]
fn one_table_and_the_record_are_described() {
    let one = run(["describe", "ssda903-csv", "--part", "oc3", "--json"]).ended(0).text();
    let one: Value = serde_json::from_str(&one).unwrap();
    let tables: Vec<&Value> = one["tables"].as_array().unwrap().iter().map(|table| &table["name"]).collect();
    assert_eq!(tables, ["oc3"]);
    let page = run(["describe", "ssda903-csv", "--part", "oc3"]).ended(0).text();
    assert!(page.contains("\n## oc3\n") && !page.contains("\n## reviews\n"), "{page}");
    let record = run(["describe", "record"]).ended(0).text();
    assert!(record.starts_with("# record\n") && record.contains("\n## CareEpisode\n"), "{record}");
    let schema: Value = serde_json::from_str(&run(["describe", "record", "--json"]).ended(0).text()).unwrap();
    assert!(schema["$schema"].as_str().is_some_and(|dialect| dialect.contains("json-schema.org")));
}

#[test]
fn the_rules_that_no_format_has_are_described_as_theirs_are() {
    let described: Value = serde_json::from_str(&run(["describe", "rules", "--json"]).ended(0).text()).unwrap();
    let rules = described["rules"].as_array().unwrap();
    let codes: BTreeSet<&str> = rules.iter().map(|rule| rule["code"].as_str().unwrap()).collect();
    for code in ["view/restricted", "view/adopted", "view/consent", "record/held-in-care", "record/not-held-in-care"] {
        assert!(codes.contains(code), "{code}: {codes:?}");
    }
    let page = run(["describe", "rules"]).ended(0).text();
    assert!(page.starts_with("# rules\n"), "{page}");
    for rule in rules {
        assert_eq!(members(rule), BTreeSet::from(["code", "severity", "message", "help", "source"]));
        for member in ["code", "message", "help"] {
            assert!(page.contains(rule[member].as_str().unwrap()), "{rule}");
        }
    }
}

#[test]
fn the_years_have_their_own_tables() {
    let tables = |year: &str| -> BTreeSet<String> {
        let text = run(["describe", "ssda903-csv", "--year", year, "--json"]).ended(0).text();
        let described: Value = serde_json::from_str(&text).unwrap();
        let tables = described["tables"].as_array().unwrap();
        tables.iter().map(|table| table["name"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!tables("2018").contains("social-worker") && tables("2026").contains("social-worker"));
    assert!(tables("current").is_superset(&tables("2026")));
}

#[test]
fn a_blank_return_is_read_back_with_warnings_at_most() {
    for year in ["2018", "2026", "2027"] {
        let scratch = Scratch::new();
        let folder = scratch.file("blank");
        run(["template", "ssda903-csv", "--year", year, "-o", &folder]).ended(0);
        let files = names(Path::new(&folder));
        assert!(files.contains(&"header.csv".to_owned()) && files.contains(&"episodes.csv".to_owned()));
        for file in &files {
            let text = fs::read_to_string(Path::new(&folder).join(file)).unwrap();
            assert_eq!(text.lines().count(), 1, "{file} is more than its heading row");
        }
        let check = ["check", "--from", "ssda903-csv", "--year", year, "--authority", "330", "--json", &folder];
        let ran = run(check).ended(0);
        assert_eq!(ran.report()["errors"], 0, "{}", ran.text());
        assert_eq!(ran.report()["rows"], 0);
        assert!(!ran.talk.contains("table/unrecognised"), "{year}: every table is known again");

        // One table: to a file, and the same to standard output.
        let file = scratch.file("one.csv");
        run(["template", "ssda903-csv", "--year", year, "--part", "header", "-o", &file]).ended(0);
        let printed = run(["template", "ssda903-csv", "--year", year, "--part", "header"]).ended(0).text();
        assert_eq!(fs::read_to_string(&file).unwrap(), printed);
        assert_eq!(fs::read_to_string(Path::new(&folder).join("header.csv")).unwrap(), printed);
    }
}

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = run(["completions", shell]).ended(0).text();
        for word in ["translate", "convert", "describe", "completions", "pseudonym-key-file"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
