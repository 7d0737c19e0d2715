//! `homeward dialect infer`: a draft from an unknown export, loaded and read with by the same program.

use std::{fs, path::Path};

use crate::program::{Scratch, authority, run, run_with};

const CASE: &str = "a-draft-of-a-dialect-tells-what-is-sure-and-what-is-guessed";

fn case(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(CASE).join(name)
}

#[test]
fn an_export_in_its_senders_words_is_drafted_as_the_case_has_it_and_checks_clean_with_the_draft() {
    let export = case("export.csv");
    let draft = run(["dialect".as_ref(), "infer".as_ref(), export.as_os_str()]).ended(0);
    let expected = case("draft.toml");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected, &draft.out).unwrap();
    }
    assert_eq!(draft.text(), fs::read_to_string(&expected).unwrap(), "review the change, then BLESS=1");
    assert!(draft.talk.contains("note: drafted for episodes of ssda903-csv: "), "{}", draft.talk);

    let export = export.to_str().unwrap();
    let check = ["check", "--from", "ssda903-csv", "--year", "2026", "--authority", "330", "--json"];
    run(check.into_iter().chain([export])).ended(1);
    let read = run(check.into_iter().chain(["--dialect", expected.to_str().unwrap(), export])).ended(0);
    assert_eq!(
        (read.report()["rows"].as_u64(), read.report()["errors"].as_u64()),
        (Some(4), Some(0)),
        "{}",
        read.text()
    );
}

#[test]
fn a_draft_is_the_same_from_a_file_from_standard_input_and_into_a_file() {
    let export = fs::read(case("export.csv")).unwrap();
    let printed = run_with(["-q", "dialect", "infer", "-"], &export).ended(0);
    assert_eq!(printed.talk, "");
    let scratch = Scratch::new();
    let (file, out) = (scratch.write("export.csv", &export), scratch.file("draft.toml"));
    let ran = run(["dialect", "infer", "--format", "ssda903-csv", "-o", &out, &file]).ended(0);
    assert!(ran.out.is_empty());
    assert_eq!(fs::read(&out).unwrap(), printed.out);
    assert_eq!(scratch.names(), ["draft.toml", "export.csv"]);
}

#[test]
fn a_missing_column_ends_with_status_1_and_is_named() {
    let ran = run_with(["dialect", "infer", "-"], b"Child,Date of birth,Date of review\n4017,01/02/2010,03/04/2025\n");
    let ran = ran.ended(1);
    assert!(ran.talk.contains("no column was found for REVIEW_CODE"), "{}", ran.talk);
    assert!(ran.text().contains("# REVIEW_CODE is needed"), "{}", ran.text());
    let ran = run_with(["dialect", "infer", "-"], b"4017,01/02/2010,B\n4018,01/02/2011,S\n").ended(1);
    assert!(ran.text().starts_with("# No table is recognised"), "{}", ran.text());
}

#[test]
fn no_cell_of_a_whole_authority_is_in_any_draft() {
    let folder = authority(2026, 200, 5, 20);
    for file in ["header.csv", "episodes.csv", "links.csv", "oc3.csv"] {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let ran = run(["dialect".as_ref(), "infer".as_ref(), path.as_os_str()]).ended(0);
        let told = ran.text() + &ran.talk;
        // What is longer than a code is nobody's word but the child's, unless a heading has it too: REASON_PLACE_CHANGE
        // holds PLACE.
        let headings = text.lines().next().unwrap();
        let is_own = |cell: &&str| cell.len() > 4 && !headings.contains(cell);
        for cell in text.lines().skip(1).flat_map(|row| row.split(',')).filter(is_own) {
            assert!(!told.contains(cell), "{file}: {cell} is told");
        }
    }
}

#[test]
fn what_cannot_be_drafted_from_is_refused() {
    let folder = authority(2026, 200, 5, 20);
    let folder = folder.to_str().unwrap();
    run(["dialect", "infer", folder]).refused("is not one table", "give one file");
    run(["dialect", "infer", "nowhere.csv"]).refused("nowhere.csv", "give one file");
    run(["dialect", "infer", "--format", "ssda903-cvs", folder]).refused("no format of that name", "ssda903-csv");
    run(["dialect", "infer", "--format", "carer-html", folder]).refused("written here and not read", "formats");
    run(["dialect", "infer", "--format", "fhir-ndjson", folder]).refused("no tables in CSV", "formats");
    run(["dialect", "infer"]).refused("<FILE>", "homeward dialect infer --help");
}
