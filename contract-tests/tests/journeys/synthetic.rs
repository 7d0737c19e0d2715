//! Synthetic authorities and what is made of them: equal bytes for equal seeds, faults found where they were planted,
//! statistics without a name.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::program::{Ran, Scratch, authority, names, run, text};

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    names(folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

#[test]
fn an_equal_seed_gives_equal_bytes_and_another_another_authority() {
    let scratch = Scratch::new();
    let make = |seed: &str, name: &str| {
        let folder = scratch.file(name);
        let arguments =
            ["synth", "--children", "200", "--seed", seed, "--faults", "20", "--year", "2026", "-o", &folder];
        run(arguments).ended(0);
        files(Path::new(&folder))
    };
    let first = make("5", "first");
    assert!(first == make("5", "second") && first == files(&authority(2026, 200, 5, 20)));
    let other = make("6", "third");
    assert!(first.iter().zip(&other).filter(|(one, other)| one.1 == other.1).count() == 0);
    assert_eq!(scratch.names(), ["first", "second", "third"]);
}

const GUARD: &str = "view/guard-unreadable";

#[test]
fn what_was_planted_is_found_and_nothing_else() {
    for (year, children, seed, faults) in
        [(2018, 200, 5, 20), (2026, 200, 5, 20), (2027, 300, 11, 60), (2027, 500, 7, 0)]
    {
        let folder = authority(year, children, seed, faults);
        let scratch = Scratch::new();
        let inputs = files(&folder).into_iter().filter(|(name, _)| name != "faults.csv");
        let inputs: Vec<String> = inputs.map(|(name, bytes)| scratch.write(&name, bytes)).collect();
        let year = year.to_string();
        let flags = ["check", "--from", "ssda903-csv", "--year", &year, "--authority", "330", "--format", "csv"];
        let ran = run(flags.into_iter().map(str::to_owned).chain(inputs)).ended(i32::from(faults > 0));
        let text = ran.text();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("rule,severity,part,line,column,path,byte,message,help"));
        let found = lines.map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells[1], "error", "{line}");
            [cells[0], cells[2], cells[3], cells[4]].join(",")
        });
        let (guards, mut found): (Vec<String>, Vec<String>) = found.partition(|it| it.starts_with(GUARD));
        let planted = fs::read_to_string(folder.join("faults.csv")).unwrap_or_default();
        let mut planted: Vec<String> = planted.lines().skip(1).map(str::to_owned).collect();
        assert_eq!(planted.len(), faults as usize);
        found.sort_unstable();
        planted.sort_unstable();
        assert_eq!(found, planted, "{year}");
        // What a wrong guard holds back is told beside it: at its cell, or at its row where that is lost.
        for guard in guards {
            let place = guard.strip_prefix(GUARD).unwrap();
            assert!(planted.iter().any(|fault| fault.contains(place)), "{guard}");
        }
    }
}

fn statistics(key: &str, out: &str) -> Ran {
    let arguments = ["translate", "--from", "ssda903-csv", "--to", "ssda903-csv", "--view", "statistics"];
    let rest = ["--year", "2026", "--authority", "330", "--pseudonym-key-file", key, "-o", out];
    let folder = text(&authority(2026, 500, 7, 0));
    run(arguments.into_iter().chain(rest).chain([folder.as_str()]))
}

#[test]
fn statistics_name_nobody_and_are_the_same_under_the_same_key() {
    let scratch = Scratch::new();
    let (key, other_key) = (scratch.key("pseudonyms.key", 7), scratch.key("other.key", 8));
    let out = |name: &str| scratch.file(name);
    for (key, name) in [(&key, "first"), (&key, "second"), (&other_key, "third")] {
        statistics(key, &out(name)).ended(0);
    }
    let (first, second, third) =
        (files(Path::new(&out("first"))), files(Path::new(&out("second"))), files(Path::new(&out("third"))));
    assert!(first == second && first != third);

    let source = authority(2026, 500, 7, 0);
    let header = fs::read_to_string(source.join("header.csv")).unwrap();
    let children: BTreeSet<&str> = header.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    let births: BTreeSet<&str> = header.lines().skip(1).filter_map(|row| row.split(',').nth(2)).collect();
    assert_eq!(children.len(), 500);
    for (name, bytes) in &first {
        let text = std::str::from_utf8(bytes).unwrap();
        for cell in text.lines().skip(1).flat_map(|row| row.split(',')) {
            assert!(!children.contains(cell), "{name}: a child is named");
            let born = births.contains(cell) && name == "header.csv";
            assert!(!born, "{name}: a birth date is told");
        }
        let headings: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        for (at, heading) in headings.iter().enumerate() {
            let longest = match *heading {
                "DOB" | "MC_DOB" | "UPN" | "URN" | "SW_ID" => 0,
                // The outward half alone.
                "HOME_POST" | "PL_POST" => 4,
                _ => continue,
            };
            let mut cells = text.lines().skip(1).filter_map(|row| row.split(',').nth(at));
            assert!(cells.all(|cell| cell.len() <= longest), "{name}: {heading} is told");
        }
    }
}

#[test]
fn statistics_in_fhir_name_nobody_either() {
    let scratch = Scratch::new();
    let key = scratch.key("pseudonyms.key", 7);
    let folder = text(&authority(2026, 500, 7, 0));
    let arguments =
        ["translate", "--from", "ssda903-csv", "--to", "fhir-ndjson", "--view", "statistics", "--year", "2026"];
    let rest = ["--authority", "330", "--recorded-at", "2026-06-30T12:00:00Z", "--pseudonym-key-file", &key, &folder];
    let run = || run(arguments.into_iter().chain(rest)).ended(0).out;
    let output = String::from_utf8(run()).unwrap();
    // Ids are a run's own under a fresh key; what stands for the child is not.
    let pseudonyms = |output: &str| -> Vec<String> {
        let lines = output.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let patients = lines.filter(|it| it["resourceType"] == "Patient");
        patients.map(|patient| patient["identifier"].to_string()).collect()
    };
    let told = pseudonyms(&output);
    assert!(told.len() > 400 && told == pseudonyms(&String::from_utf8(run()).unwrap()));
    assert!(!output.contains("birthDate"));
    let header = fs::read_to_string(Path::new(&folder).join("header.csv")).unwrap();
    let children: BTreeSet<&str> = header.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    let words = output.split(|character: char| !character.is_ascii_alphanumeric());
    assert_eq!(words.into_iter().find(|word| children.contains(word)), None);
}
