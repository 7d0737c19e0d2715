//! A synthetic region stood up as its README says: checked, configured, offered to a gateway and searched.

use std::{fs, path::Path};

use serde_json::Value;

use crate::program::{Scratch, names, run};

const SIZE: [&str; 10] =
    ["--authorities", "4", "--agencies", "17", "--carers", "90", "--as-at", "2026-01-14", "--referrals", "24"];

/// A region in a new folder of that name.
fn region(scratch: &Scratch, name: &str, more: &[&str]) -> String {
    let folder = scratch.file(name);
    let arguments = ["synth", "--region"].into_iter().chain(SIZE).chain(more.iter().copied()).chain(["-o", &folder]);
    let ran = run(arguments).ended(0);
    assert!(ran.talk.contains("note: 90 homes of 17 agencies and 4 authorities"), "{}", ran.talk);
    folder
}

/// Every file below a folder, by its path.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            all.extend(files(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            all.push((name, fs::read(path).unwrap()));
        }
    }
    all
}

#[test]
fn an_equal_seed_gives_equal_bytes_and_another_another_region() {
    let scratch = Scratch::new();
    let of = |seed: &str, name: &str| files(Path::new(&region(&scratch, name, &["--seed", seed])));
    let first = of("5", "first");
    assert!(first == of("5", "second"));
    assert!(first != of("6", "third"));
    assert_eq!(scratch.names(), ["first", "second", "third"]);
    let folders: Vec<&str> = first.iter().map(|(name, _)| name.split('/').next().unwrap()).collect();
    let count = |folder: &str| folders.iter().filter(|known| **known == folder).count();
    assert_eq!((count("vacancies"), count("registers"), count("homeward.toml"), count("README.md")), (17, 3, 1, 1));
    assert!(count("changes") > 5 && count("referrals") == 4 && count("offers") > 3);
}

#[test]
fn every_document_is_checked_without_an_error() {
    let scratch = Scratch::new();
    let folder = region(&scratch, "region", &[]);
    let all = files(Path::new(&folder));
    let mut checked = 0;
    for (of, format) in [
        ("vacancies/", "vacancies-json"),
        ("changes/", "vacancies-json"),
        ("referrals/", "referral-json"),
        ("offers/", "offer-json"),
    ] {
        let of_format = all.iter().filter(|(name, _)| name.starts_with(of));
        let documents: Vec<String> = of_format.map(|(name, _)| format!("{folder}/{name}")).collect();
        checked += documents.len();
        let arguments = ["check", "--from", format, "--as-at", "2026-01-14", "--json"];
        let ran = run(arguments.into_iter().chain(documents.iter().map(String::as_str))).ended(0);
        assert_eq!(ran.report()["counts"]["errors"].as_u64().unwrap_or(0), 0);
        let told: Vec<Value> = ran.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(told.iter().all(|told| told["severity"] == "warning"), "{told:?}");
    }
    assert!(checked > 25, "{checked}");
}

#[test]
fn its_configuration_is_sound_as_it_is_and_with_the_keys_that_its_readme_asks_for() {
    let scratch = Scratch::new();
    let folder = region(&scratch, "region", &[]);
    scratch.key("region/ids.key", 7);
    let file = format!("{folder}/homeward.toml");
    run(["config", "check", &file]).ended(0);
    let config = fs::read_to_string(&file).unwrap();
    assert_eq!(config.matches("[[framework]]").count(), 3);

    scratch.key("region/store.key", 9);
    let key = fs::read_to_string(format!("{folder}/store.key")).unwrap();
    fs::write(format!("{folder}/store.key"), format!("k1:{key}")).unwrap();
    fs::create_dir(format!("{folder}/store")).unwrap();
    let block = || run(["partner", "key", "agencies", "--days", "30"]).ended(0).talk;
    let mut whole = String::new();
    for line in config.lines() {
        let line = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line);
        whole += &format!("{line}\n");
        // The last line of a partner.
        if line.starts_with("urns = ") || line.starts_with("scopes = [\"vacancies:read\"]") {
            whole += &block();
        }
    }
    assert!(whole.matches("[[partner.api_key]]").count() == 2 && whole.contains("\n[store]\n"), "{whole}");
    fs::write(&file, whole).unwrap();
    let ran = run(["config", "check", &file]).ended(0);
    assert!(ran.text().starts_with("the configuration is sound"), "{}", ran.text());
}

#[test]
fn a_size_that_cannot_be_made_is_refused_and_nothing_is_written() {
    let scratch = Scratch::new();
    let folder = scratch.file("region");
    let refused = |arguments: &[&str], what: &str, help: &str| {
        run(["synth"].iter().chain(arguments).chain(&["-o", &folder])).refused(what, help);
        assert!(scratch.names().is_empty(), "{:?}", scratch.names());
    };
    refused(&["--region", "--agencies", "5", "--carers", "4"], "from 5 to 200000 carers", "--carers");
    refused(&["--region", "--authorities", "0"], "from 1 to 150 authorities", "--authorities");
    refused(&["--region", "--agencies", "1001"], "from 1 to 1000 agencies", "--agencies");
    refused(&["--region", "--referrals", "20001"], "from 0 to 20000 referrals", "--referrals");
    refused(&["--region", "--as-at", "14/01/2026"], "--as-at is not a day", "YYYY-MM-DD");
    refused(&["--region", "--children", "5"], "--region", "synth --help");
    refused(&["--agencies", "5"], "--region", "synth --help");
}
