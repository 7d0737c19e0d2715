//! Wrong commands: status 2, one line that says what is wrong and one that says what to do, and nothing written.

use std::fs;

use crate::program::{Scratch, authority, command, run, text};

/// Runs `translate` on a synthetic authority with these flags, space by space.
fn translate(flags: &str) -> crate::program::Ran {
    let folder = text(&authority(2026, 30, 3, 0));
    run(["translate"].into_iter().chain(flags.split_whitespace()).chain([folder.as_str()]))
}

#[test]
fn a_flag_that_is_missing_or_wrong_is_named_with_what_to_do() {
    for (flags, what, help) in [
        ("--to fhir-ndjson --view health --authority 330", "--year is needed for ssda903-csv", "2018 is 2017/18"),
        ("--to fhir-ndjson --view health --year 2026", "--authority is needed for fhir-ndjson", "330"),
        ("--to fhir-ndjson --year 2026 --authority 330", "--view is needed for fhir-ndjson", "local-authority"),
        ("--view health --year 2026 --authority 330", "--to", "--help"),
        ("--to fhir-ndjson --view nobody --year 2026 --authority 330", "--view", "health, virtual-school"),
        ("--to fhir-njson --view health --year 2026 --authority 330", "no format of that name", "fhir-ndjson"),
        ("--to zzzzzzzzzzzzzzzzzzzzzz --view health", "no format of that name", "homeward formats"),
        ("--to links-csv --view health", "links-csv is read here and not written", "homeward formats"),
        (
            "--from hsds-json --to fhir-ndjson --view health",
            "hsds-json is written here and not read",
            "homeward formats",
        ),
        ("--from ssda903-cvs --to fhir-ndjson --view health", "no format of that name", "ssda903-csv"),
        ("--to fhir-ndjson --view health --year 1066 --authority 330", "--year", "from 2018 to 2027"),
        ("--to fhir-ndjson --view health --year 2026 --authority Birmingham", "--authority", "three-digit"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --as-at 31/03/2026", "--as-at", "YYYY-MM-DD"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --as-at 2026-02-30", "--as-at", "YYYY-MM-DD"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --option splt=type", "--option", "split"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --option split=child", "--option split", "type"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --option split", "NAME=VALUE", "describe"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --worker 2", "--worker", "--workers"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --workers 0", "--workers", "--help"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --errors quarantine", "--errors", "skip"),
        ("--to fhir-ndjson --view health --year 2026 --authority 330 --errors-max some", "--errors-max", "--help"),
        ("--to ssda903-csv --year 2026 --authority 330", "several parts", "-o FOLDER"),
        ("--to fhir-json --view health --year 2026 --authority 330", "several parts", "-o FOLDER"),
        ("--to fhir-ndjson --view statistics --year 2026 --authority 330", "--pseudonym-key-file is needed", "base64"),
    ] {
        eprintln!("translate {flags}");
        translate(flags).refused(what, help);
    }
}

#[test]
fn a_companion_that_is_not_what_its_flag_says_is_refused() {
    let scratch = Scratch::new();
    let health = "--from ssda903-csv --to fhir-ndjson --view health --year 2026 --authority 330";
    let heading = "la_code,la_child_id,kind,since,until,review_on,set_by_role,recipients\n";
    for (text, holds) in [
        (heading.to_owned(), true),
        (format!("{heading}330,1000001,location,2025-12-27,,,manager,\n"), true),
        ("authority,young person,sort,from\n330,1000001,location,2025-12-27\n".to_owned(), false),
        // Without a column that it needs the table is not read, and would protect nobody.
        ("la_code,la_child_id,kind\n330,1000001,location\n".to_owned(), false),
        ("la_code|la_child_id|kind|since\n330|1000001|location|2025-12-27\n".to_owned(), false),
        ("330,1000001,location,2025-12-27\n".to_owned(), false),
        (String::new(), false),
    ] {
        let file = scratch.write("protect.csv", &text);
        let ran = translate(&format!("{health} --restrictions {file}"));
        if holds {
            ran.ended(0);
        } else {
            ran.refused("no whole restrictions-csv", "describe restrictions-csv");
            translate(&format!("{health} --links {file}")).refused("no whole links-csv", "describe links-csv");
        }
    }
    // A dialect renames the headings of companions too.
    let file = scratch.write("protect.csv", "Council,Young person,Sort,Start\n330,1000001,location,2025-12-27\n");
    let dialect = scratch.write(
        "council.toml",
        "[headers]\nCouncil = \"la_code\"\n\"Young person\" = \"la_child_id\"\nSort = \"kind\"\nStart = \"since\"\n",
    );
    translate(&format!("{health} --dialect {dialect} --restrictions {file}")).ended(0);
}

#[test]
fn a_wrong_command_is_told_in_two_lines() {
    let scratch = Scratch::new();
    let out = scratch.file("out");
    for (arguments, what, help) in [
        (vec!["chek"], "chek", "check"),
        (vec!["check"], "INPUT", "homeward check --help"),
        (vec!["describe"], "FORMAT", "homeward describe --help"),
        (vec!["describe", "ssda903-cvs"], "no format of that name", "ssda903-csv"),
        (vec!["describe", "ssda903-csv", "--part", "episode"], "--part", "episodes"),
        (vec!["describe", "ssda903-csv", "--year", "1999"], "--year", "2018"),
        (vec!["template", "ssda903-cs"], "no format of that name", "ssda903-csv"),
        (vec!["template", "fhir-ndjson"], "fhir-ndjson has no tables", "homeward formats"),
        (vec!["template", "ssda903-csv"], "several parts", "-o FOLDER"),
        (vec!["template", "ssda903-csv", "--part", "hedder"], "--part", "header"),
        (vec!["synth"], "--output", "homeward synth --help"),
        (vec!["synth", "--children", "0", "-o", &out], "from 1 to", "--children"),
        (vec!["synth", "--children", "5", "--faults", "6", "-o", &out], "each fault needs a child", "--faults"),
        (vec!["synth", "--authority", "33", "-o", &out], "--authority", "three-digit"),
        (vec!["synth", "--year", "2017", "-o", &out], "--year", "2018 to 2027"),
        (vec!["completions", "tcsh"], "tcsh", "bash"),
        (vec!["formats", "--yaml"], "--yaml", "--help"),
        (vec!["check", "--json", "--format", "csv", "."], "--json", "--help"),
    ] {
        eprintln!("{arguments:?}");
        run(&arguments).refused(what, help);
    }
    assert!(scratch.names().is_empty(), "{:?}", scratch.names());
}

#[test]
fn an_input_that_cannot_be_read_is_named() {
    let scratch = Scratch::new();
    let check = |input: &str| run(["check", "--from", "ssda903-csv", "--year", "2026", input]);
    check(&scratch.file("absent")).refused("absent", "give files");
    fs::create_dir(scratch.path().join("empty")).unwrap();
    check(&scratch.file("empty")).refused("empty", "give files");
    check(&scratch.write("torn.zip", b"PK\x03\x04 and no more")).refused("torn.zip", "give files");
    run(["check", "--year", "2026", "-", "-"]).refused("standard input can be read once", "once");
    // Nothing in it tells the format.
    run(["check", "--year", "2026", &scratch.write("other.csv", "a,b\n1,2\n")]).refused("heading rows", "ssda903-csv");
}

#[test]
fn a_dialect_with_faults_is_drawn_with_its_lines() {
    let scratch = Scratch::new();
    let folder = text(&authority(2026, 30, 3, 0));
    let check = |dialect: &str| {
        run(["check", "--from", "ssda903-csv", "--year", "2026", "--authority", "330", "--dialect", dialect, &folder])
    };
    check(&scratch.file("absent.toml")).refused("absent.toml", "");
    let faulty = scratch.write("faulty.toml", "# ours\n\nformat = \"ssda903-csv\"\n[colums]\nCHILD = [\"Kind\"]\n");
    let ran = check(&faulty).ended(2);
    assert!(ran.out.is_empty());
    assert!(ran.talk.starts_with("error: the dialect has faults\n"), "{}", ran.talk);
    assert!(ran.talk.contains("error[dialect/unknown-key]") && ran.talk.contains("faulty.toml:4:"), "{}", ran.talk);
    assert!(ran.talk.trim_end().ends_with("help: mend them and try again"), "{}", ran.talk);
    let torn = check(&scratch.write("torn.toml", "format = \"ssda903-csv\n")).ended(2);
    assert!(torn.talk.contains("error[dialect/not-toml]") && torn.talk.contains("torn.toml:1:"), "{}", torn.talk);
    // A comment up to the last byte that a dialect may have, and one byte more.
    let bounds = |beyond: usize| {
        let opening = "format = \"ssda903-csv\"\n#";
        format!("{opening}{}", "x".repeat((1 << 20) - opening.len() + beyond))
    };
    check(&scratch.write("full.toml", bounds(0))).ended(0);
    check(&scratch.write("over.toml", bounds(1))).refused("over.toml", "too large");
}

#[test]
fn a_file_that_holds_no_key_is_refused_without_a_word_of_it() {
    let scratch = Scratch::new();
    let folder = text(&authority(2026, 30, 3, 0));
    let out = scratch.file("out.ndjson");
    for (flag, view) in [("--id-key-file", "health"), ("--pseudonym-key-file", "statistics")] {
        let translate = |key: &str| {
            let arguments =
                ["translate", "--to", "fhir-ndjson", "--view", view, "--year", "2026", "--authority", "330"];
            run(arguments.into_iter().chain([flag, key, "--from", "ssda903-csv", "-o", &out, &folder]))
        };
        translate(&scratch.file("absent.key")).refused(flag, "");
        for (name, text) in [
            ("short.key", "c2VjcmV0"),
            ("words.key", "canary-not-a-key-canary-not-a-key-canary-not"),
            ("empty.key", ""),
            ("two.key", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n"),
        ] {
            let ran = translate(&scratch.write(name, text));
            assert!(text.is_empty() || !ran.talk.contains(text.lines().next().unwrap()), "{name}");
            ran.refused(flag, "32 bytes in base64");
        }
        translate(&scratch.write("bytes.key", [0xff; 32])).refused(flag, "");
    }
    assert!(!scratch.names().iter().any(|name| name.contains("out")), "{:?}", scratch.names());
}

#[test]
fn help_and_version_are_asked_for_and_end_well() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["translate", "--help"],
        &["convert", "--help"],
        &["demo", "-h"],
        &["check", "--version"],
    ] {
        let ran = run(arguments).ended(0);
        assert!(!ran.out.is_empty() && ran.talk.is_empty(), "{arguments:?}");
    }
    let listed = run(["--help"]).ended(0).text();
    for there in
        ["check", "translate", "convert", "formats", "describe", "template", "synth", "serve", "partner", "demo"]
    {
        assert!(listed.contains(&format!("\n  {there} ")), "{there}");
    }
    for there in ["messages", "deliveries", "route", "identity", "audit", "dialect", "completions"] {
        assert!(listed.contains(&format!("\n  {there} ")), "{there}");
    }
    // What a later version brings is absent, never a stub.
    assert!(!listed.contains("\n  contract "));
    let nothing = command([] as [&str; 0]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
}
