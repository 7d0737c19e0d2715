//! Vacancies by the program as an agency's office uses it: a blank table, a check that says what to do, the other format
//! and back.

use std::{
    fs,
    io::{Cursor, Write as _},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::program::{Scratch, run};

const AS_AT: [&str; 2] = ["--as-at", "2026-01-30"];

/// A row under the headings of the blank table, by its columns.
fn filled(heading: &str, cells: &[(&str, &str)]) -> String {
    let cell = |name: &str| cells.iter().find(|(known, _)| *known == name).map_or("", |(_, cell)| *cell);
    heading.trim_end().split(',').map(cell).collect::<Vec<_>>().join(",")
}

const CELLS: &[(&str, &str)] = &[
    ("vacancy_id", "V-0141"),
    ("provider_urn", "SC999901"),
    ("provider_name", "Invented Fostering"),
    ("provision", "fostering"),
    ("carer_ref", "C-2207"),
    ("status", "open"),
    ("as_at", "2026-01-28"),
    ("places_approved", "3"),
    ("places_occupied", "1"),
    ("places_available", "2"),
    ("age_min", "5"),
    ("age_max", "11"),
    ("genders", "any"),
    ("placement_types", "short-term"),
    ("religion", "muslim"),
    ("outward_postcode", "B13 9XX"),
];

#[test]
fn a_blank_table_is_filled_checked_and_translated_there_and_back() {
    let scratch = Scratch::new();
    let blank = scratch.file("blank");
    run(["template", "vacancies-csv", "-o", &blank]).ended(0);
    let heading = fs::read_to_string(format!("{blank}/vacancies.csv")).unwrap();
    let table = scratch.write("vacancies.csv", format!("{heading}{}\n", filled(&heading, CELLS)));

    let check = run(["check", "--from", "vacancies-csv", AS_AT[0], AS_AT[1], &table]).ended(0);
    let told = check.text() + &check.talk;
    assert!(told.contains("ifa/postcode-full") && told.contains("Send B13, not B13 9XX"), "{told}");

    let translate = |from: &str, to: &str, view: &str, input: &str, output: &str| {
        let flags = ["translate", "--from", from, "--to", to, "--view", view, AS_AT[0], AS_AT[1], input, "-o", output];
        run(flags).ended(0)
    };
    let folder = scratch.file("as-json");
    translate("vacancies-csv", "vacancies-json", "provider", &table, &folder);
    let document = format!("{folder}/000001.json");
    let json: Value = serde_json::from_slice(&fs::read(&document).unwrap()).unwrap();
    assert_eq!(json["format"], "homeward/vacancies");
    assert_eq!(json["vacancies"][0]["location"]["outwardPostcode"], "B13");
    assert_eq!(json["vacancies"][0]["home"]["religion"][0], "muslim");

    let back = scratch.file("back.csv");
    translate("vacancies-json", "vacancies-csv", "provider", &document, &back);
    let again = scratch.file("again.csv");
    translate("vacancies-csv", "vacancies-csv", "provider", &table, &again);
    assert_eq!(fs::read(&back).unwrap(), fs::read(&again).unwrap());

    // An authority that is offered a home does not learn who the carers are before it has accepted.
    let to_authority = scratch.file("authority.csv");
    translate("vacancies-csv", "vacancies-csv", "local-authority", &table, &to_authority);
    let told = fs::read_to_string(&to_authority).unwrap();
    assert!(told.contains("V-0141") && !told.contains("muslim"));
}

#[test]
fn a_workbook_is_made_told_from_other_files_and_translated_there_and_back() {
    let scratch = Scratch::new();
    let blank = scratch.file("blank.xlsx");
    run(["template", "vacancies-xlsx", "-o", &blank]).ended(0);
    let printed = run(["template", "vacancies-xlsx"]).ended(0);
    assert!(printed.out == fs::read(&blank).unwrap() && printed.out.starts_with(b"PK"));
    assert!(run(["check", AS_AT[0], AS_AT[1], &blank]).ended(0).talk.contains("read as vacancies-xlsx"));

    let folder = scratch.file("blank");
    run(["template", "vacancies-csv", "-o", &folder]).ended(0);
    let heading = fs::read_to_string(format!("{folder}/vacancies.csv")).unwrap();
    let table = scratch.write("vacancies.csv", format!("{heading}{}\n", filled(&heading, CELLS)));
    let translate = |to: &str, input: &str, output: &str| {
        let flags = ["translate", "--to", to, "--view", "provider", AS_AT[0], AS_AT[1], input, "-o", output];
        run(flags).ended(0)
    };
    let [workbook, again, back, straight] =
        ["a.xlsx", "b.xlsx", "back.csv", "straight.csv"].map(|name| scratch.file(name));
    translate("vacancies-xlsx", &table, &workbook);
    translate("vacancies-xlsx", &workbook, &again);
    assert!(fs::read(&workbook).unwrap() == fs::read(&again).unwrap(), "the same rows give the same bytes");
    translate("vacancies-csv", &workbook, &back);
    translate("vacancies-csv", &table, &straight);
    assert_eq!(fs::read_to_string(&back).unwrap(), fs::read_to_string(&straight).unwrap());

    // Whatever is no workbook says what to do.
    let renamed = scratch.write("renamed.xlsx", fs::read_to_string(&table).unwrap());
    let check = run(["check", "--from", "vacancies-xlsx", AS_AT[0], AS_AT[1], &renamed]).ended(1);
    let told = check.text() + &check.talk;
    assert!(told.contains("workbook/not-a-workbook") && told.contains("Save As, Excel Workbook"), "{told}");
}

#[test]
fn what_is_wrong_with_a_row_is_said_with_what_to_do_and_without_its_value_in_a_machines_report() {
    let scratch = Scratch::new();
    let blank = scratch.file("blank");
    run(["template", "vacancies-csv", "-o", &blank]).ended(0);
    let heading = fs::read_to_string(format!("{blank}/vacancies.csv")).unwrap();
    let mut cells = CELLS.to_vec();
    cells.retain(|(name, _)| *name != "carer_ref");
    cells.push(("carer_ref", "Mary Zqxjones"));
    let table = scratch.write("vacancies.csv", format!("{heading}{}\n", filled(&heading, &cells)));
    let check = run(["check", "--from", "vacancies-csv", "--format", "csv", AS_AT[0], AS_AT[1], &table]).ended(1);
    let text = check.text();
    assert!(
        text.contains("ifa/carer-ref-looks-like-a-name") && text.contains("Use a code that only your office knows")
    );
    assert!(!text.contains("Zqxjones") && !check.talk.contains("Zqxjones"));
}

#[test]
fn the_reference_page_has_what_a_form_says() {
    let page = run(["describe", "vacancies-csv"]).ended(0).text();
    for words in
        ["Your reference", "Any reference you keep; the same one every week", "`V-0141`", "supported-accommodation"]
    {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_child_reads_what_the_carers_wrote_and_an_authority_gets_no_page_before_an_offer_is_accepted() {
    let scratch = Scratch::new();
    let blank = scratch.file("blank");
    run(["template", "vacancies-csv", "-o", &blank]).ended(0);
    let heading = |table: &str| fs::read_to_string(format!("{blank}/{table}.csv")).unwrap();
    let words = [("vacancy_id", "V-0141"), ("call_me", "Sam and <Ash>"), ("message", "You choose the film.")];
    let tables = [("vacancies", CELLS), ("for_the_child", &words[..])].map(|(table, cells)| {
        let heading = heading(table);
        scratch.write(&format!("{table}.csv"), format!("{heading}{}\n", filled(&heading, cells)))
    });
    let pages = |view: &str| {
        let folder = scratch.file(view);
        let flags =
            ["translate", "--from", "vacancies-csv", "--to", "profile-html", "--view", view, AS_AT[0], AS_AT[1]];
        let ran = run(flags.into_iter().chain(tables.iter().map(String::as_str)).chain(["-o", &folder])).ended(0);
        let pages: Vec<String> =
            crate::program::names(folder.as_ref()).iter().map(|name| format!("{folder}/{name}")).collect();
        (pages, ran.talk)
    };
    let (own, _) = pages("provider");
    assert_eq!(own.len(), 1);
    let page = fs::read_to_string(&own[0]).unwrap();
    assert!(own[0].ends_with("/000001.html") && page.contains("<h1>Meet Sam and &lt;Ash&gt;</h1>"), "{page}");
    for other in ["V-0141", "muslim", "B13", "Invented"] {
        assert!(!page.contains(other), "{other}");
    }
    let (told, talk) = pages("local-authority");
    assert!(told.is_empty() && talk.contains("ifa/profile-missing"), "{talk}");
}

/// A document of one home whose child may read of two photographs, and a grey picture with a comment beside its samples.
fn with_photographs(scratch: &Scratch) -> (String, Vec<u8>) {
    let photos = r#"[{"id": "room", "caption": "Your room", "assured": true}, {"id": "dog", "assured": true}]"#;
    let document = format!(
        r#"{{"format": "homeward/vacancies", "version": "1", "provider": {{"urn": "SC999901"}}, "vacancies": [{{
            "vacancyId": "V-0141", "status": "open", "provision": "fostering", "carerRef": "C-2207",
            "places": {{"approved": 3, "occupied": 1, "available": 2}}, "asAt": "2026-01-28",
            "whoFor": {{"ageMin": 5, "ageMax": 11, "genders": ["any"]}}, "placementTypes": ["short-term"],
            "location": {{"outwardPostcode": "B13"}},
            "forTheChild": {{"callMe": "Sam and Ash", "photos": {photos}}}}}]}}"#
    );
    fs::create_dir_all(scratch.path().join("sent/photos")).unwrap();
    scratch.write("sent/vacancies.json", &document);
    let segment = |marker: u8, data: &[u8]| {
        [&[0xff, marker], &u16::try_from(data.len() + 2).unwrap().to_be_bytes()[..], data].concat()
    };
    let picture = [
        &b"\xff\xd8"[..],
        &segment(0xfe, b"CANARY 51.5N"),
        &segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        b"SAMPLES\xff\xd9CANARY",
    ]
    .concat();
    (document, picture)
}

#[test]
fn photographs_beside_a_document_stand_in_the_page_from_a_folder_and_from_an_archive() {
    let scratch = Scratch::new();
    let (document, picture) = with_photographs(&scratch);
    fs::write(scratch.path().join("sent/photos/room.jpg"), &picture).unwrap();
    fs::write(scratch.path().join("sent/photos/dog.jpg"), b"no picture CANARY").unwrap();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("sent/vacancies.json", document.as_bytes()),
        ("sent/photos/room.jpg", &picture),
        ("sent/photos/dog.jpg", b"no picture CANARY"),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    fs::write(scratch.path().join("sent.zip"), archive.finish().unwrap().into_inner()).unwrap();
    let mut pages = Vec::new();
    for (source, view) in [("sent", "provider"), ("sent.zip", "provider"), ("sent", "local-authority")] {
        let folder = scratch.file(&format!("{source}-{view}"));
        let flags = ["translate", "--from", "vacancies-json", "--to", "profile-html", "--view", view];
        let source = scratch.file(source);
        let ran = run(flags.into_iter().chain([AS_AT[0], AS_AT[1], &source, "-o", &folder]));
        assert!(ran.talk.contains("ifa/photo") && !ran.talk.contains("CANARY"), "{}", ran.talk);
        let names = crate::program::names(folder.as_ref());
        assert_eq!(names.len(), usize::from(view == "provider"), "{view}: {}", ran.talk);
        pages.extend(names.iter().map(|name| fs::read_to_string(format!("{folder}/{name}")).unwrap()));
    }
    assert_eq!(pages[0], pages[1]);
    let (_, data) = pages[0].split_once("src=\"data:image/jpeg;base64,").unwrap();
    let (data, rest) = data.split_once('"').unwrap();
    let shown = STANDARD.decode(data).unwrap();
    let holds = |what: &[u8]| shown.windows(what.len()).any(|window| window == what);
    assert!(holds(b"SAMPLES") && !holds(b"CANARY") && rest.starts_with(" alt=\"Photo 1 of 1\""), "{rest}");
    assert!(rest.contains("<figcaption dir=\"auto\">Your room</figcaption>") && !pages[0].contains("http:"));
}
