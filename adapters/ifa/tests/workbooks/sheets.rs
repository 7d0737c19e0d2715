//! Which sheet is which, which row has the headings, and which rows say nothing.

use crate::{
    Read,
    book::{Book, NAMES, ROW, row},
    support,
};

const PEOPLE: [&str; 15] = [
    "Your reference",
    "Ofsted URN",
    "Kind of provision",
    "Carer or home reference",
    "Status",
    "Anything changed?",
    "As at",
    "Places approved",
    "Places filled",
    "Places you would fill today",
    "Youngest age",
    "Oldest age",
    "Who could live here",
    "What you can offer",
    "First half of the postcode",
];

fn says(book: &Book, ids: &[&str], told: &[&str]) {
    let read = Read::of(&book.packed());
    assert_eq!((read.ids(), read.told()), (ids.to_vec(), told.iter().map(|told| (*told).to_owned()).collect()));
}

#[test]
fn machine_names_go_before_what_people_read() {
    // The headings that people read stand over other columns than the machine names: these decide.
    let mut turned = PEOPLE.to_vec();
    turned.rotate_right(1);
    says(&Book::of(&[("Vacancies", vec![turned, NAMES.to_vec(), ROW.to_vec()])]), &["V-0141"], &[]);
    says(&Book::of(&[("Vacancies", vec![PEOPLE.to_vec(), ROW.to_vec()])]), &["V-0141"], &[]);
}

#[test]
fn headings_stand_in_the_first_ten_rows_or_nowhere() {
    let with = |above: usize| {
        let mut rows = vec![vec!["Our homes"]; above];
        rows.extend([PEOPLE.to_vec(), ROW.to_vec()]);
        Book::of(&[("Vacancies", rows)])
    };
    says(&with(9), &["V-0141"], &[]);
    says(&with(10), &[], &["workbook/no-headings Vacancies"]);
}

#[test]
fn rows_of_the_form_say_nothing() {
    let help = vec!["Any reference you keep; the same one every week", "Agency, or the home itself if residential"];
    let rows = vec![
        PEOPLE.to_vec(),
        NAMES.to_vec(),
        help.clone(),
        row(&[("vacancy_id", "EXAMPLE-1"), ("age_min", "not read at all")]),
        ROW.to_vec(),
        PEOPLE.to_vec(),
        row(&[("vacancy_id", "V-2"), ("carer_ref", "C-2"), ("outward_postcode", "B14")]),
    ];
    says(&Book::of(&[("Vacancies", rows)]), &["V-0141", "V-2"], &[]);
    // A row that only begins like help is a row.
    let mut like_help = help;
    like_help[1] = "SC999901";
    let rows = vec![NAMES.to_vec(), like_help, ROW.to_vec()];
    let read = Read::of(&Book::of(&[("Vacancies", rows)]).packed());
    assert_eq!(read.ids(), ["V-0141"]);
    assert!(!read.told().is_empty());
}

#[test]
fn a_sheet_is_known_by_its_title_or_as_the_only_one_that_fits() {
    let table = vec![NAMES.to_vec(), ROW.to_vec()];
    let other = vec![NAMES.to_vec(), row(&[("vacancy_id", "V-OTHER")])];
    let notes = vec![vec!["Call the office"], vec!["tomorrow"]];
    says(&Book::of(&[("Old", other.clone()), ("VACANCIES ", table.clone())]), &["V-0141"], &[]);
    says(&Book::of(&[("Notes", notes.clone()), ("Week 3", table.clone())]), &["V-0141"], &[]);
    says(&Book::of(&[("Week 2", other), ("Week 3", table)]), &[], &["workbook/several-sheets"]);
    says(&Book::of(&[("Notes", notes.clone())]), &[], &["workbook/no-sheet"]);
    says(&Book::of(&[("Vacancies", notes)]), &[], &["workbook/no-headings Vacancies"]);
}

#[test]
fn places_name_the_sheet_as_the_template_does_and_any_other_by_its_number() {
    let wrong = || vec![NAMES.to_vec(), row(&[("age_min", "five")])];
    says(&Book::of(&[("vacancies", wrong())]), &[], &["ifa/age-unreadable Vacancies!K2"]);
    // The title of a sheet is a value: it is never told.
    says(&Book::of(&[("Notes", vec![]), ("Mary Jones", wrong())]), &[], &["ifa/age-unreadable sheet2!K2"]);
}

#[test]
fn prices_and_profiles_stand_on_their_sheets() {
    let book = Book::of(&[
        (
            "For the child",
            vec![vec!["Your reference", "What to call us", "A message to you"], vec!["V-0141", "Sam", "Hello"]],
        ),
        (
            "Fees",
            vec![
                vec!["vacancy_id", "age_from", "age_to", "weekly_fee"],
                vec!["v-0141", "5", "10", "<c s=\"3\"><v>945.5</v></c>"],
            ],
        ),
        ("Vacancies", vec![NAMES.to_vec(), ROW.to_vec()]),
    ]);
    let read = Read::of(&book.packed());
    assert_eq!(read.told(), [""; 0]);
    let usual = support::read(
        &ifa::VACANCIES_CSV,
        &[
            &support::table(&[support::ROW]),
            b"vacancy_id,age_from,age_to,weekly_fee\nv-0141,5,10,945.50\n",
            b"vacancy_id,call_me,message\nV-0141,Sam,Hello\n",
        ],
    );
    assert_eq!(read.vacancies(), usual.vacancies());
    assert!(usual.vacancies()[0].more.as_ref().unwrap().for_the_child.has_value());
}

#[test]
fn a_cell_under_no_heading_is_told_and_costs_no_row() {
    let (mut names, mut noted) = (NAMES.to_vec(), ROW.to_vec());
    names.extend(["", "my own column"]);
    noted.extend(["call Mary", "x", "and again"]);
    let told = [
        "table/unknown-column Vacancies!Q1",
        "workbook/no-heading-above Vacancies!P2",
        "workbook/no-heading-above Vacancies!R2",
    ];
    says(&Book::of(&[("Vacancies", vec![names, noted])]), &["V-0141"], &told);
}

#[test]
fn a_table_without_a_column_that_it_needs_is_not_read() {
    let names: Vec<&str> = NAMES.iter().copied().filter(|name| *name != "status").collect();
    says(&Book::of(&[("Vacancies", vec![names, ROW.to_vec()])]), &[], &["table/missing-column Vacancies!1"]);
}

#[test]
fn the_day_of_the_first_sheet_holds_for_rows_that_say_something_new() {
    let with = |as_at: &'static str| {
        let start = vec![vec!["Title"], vec!["AS AT:", as_at], vec!["This file is", "Changes only"]];
        let rows = vec![
            NAMES.to_vec(),
            row(&[("as_at", "")]),
            row(&[("vacancy_id", "V-2"), ("carer_ref", "C-2"), ("outward_postcode", "B14"), ("as_at", "2026-01-27")]),
            vec!["V-3", "SC999901", "", "", "", "no-change", ""],
        ];
        Book::of(&[("Start here", start), ("Vacancies", rows)])
    };
    let days = |read: &Read| -> Vec<String> {
        let day = |vacancy: &&schemas::record::Vacancy| vacancy.as_at.is().unwrap().date().unwrap().to_string();
        read.vacancies().iter().map(day).collect()
    };
    for cell in ["<c s=\"1\"><v>46050</v></c>", "28/01/2026"] {
        let read = Read::of(&with(cell).packed());
        assert_eq!(days(&read), ["2026-01-28", "2026-01-27"]);
        assert_eq!(read.told(), ["ifa/as-at-missing Vacancies!G4"], "a confirmation has a day of its own");
    }
    let read = Read::of(&with("soon").packed());
    assert_eq!(
        read.told(),
        ["ifa/sheet-as-at Start here!B2", "ifa/as-at-missing Vacancies!G2", "ifa/as-at-missing Vacancies!G4"]
    );
}

#[test]
fn what_the_file_is_is_read_and_withdraws_nothing() {
    for (word, told) in [
        ("Changes only", &[][..]),
        ("merge", &[]),
        ("everything we have", &["ifa/replace-not-carried Start here!B1"]),
        ("replace", &["ifa/replace-not-carried Start here!B1"]),
        ("Some of it", &["ifa/mode-unknown Start here!B1"]),
    ] {
        let start = vec![vec!["This file is", word]];
        says(&Book::of(&[("Start here", start), ("Vacancies", vec![NAMES.to_vec(), ROW.to_vec()])]), &["V-0141"], told);
    }
}

#[test]
fn an_empty_sheet_of_vacancies_is_told_and_other_empty_sheets_are_not() {
    let fees = vec![vec!["vacancy_id", "age_from", "age_to", "weekly_fee"]];
    says(&Book::of(&[("Vacancies", vec![NAMES.to_vec()]), ("Fees", fees)]), &[], &["ifa/sheet-empty Vacancies"]);
}
