//! How many places there are, for a public directory: what is summed, and what is too little to be told of.

use ifa::{VACANCIES_CSV, hsds::HSDS_JSON};
use kit::adapter::Options;

use crate::support::{options, read, write};

const HEADING: &str = "vacancy_id,provider_urn,provider_name,provision,carer_ref,lot,status,as_at,places_approved,\
    places_occupied,places_available,age_min,age_max,genders,placement_types\n";

/// A home of a lot: its number, state, day, and places approved, occupied and available.
fn row(n: u32, lot: &str, status: &str, as_at: &str, places: [u32; 3]) -> String {
    let [approved, occupied, available] = places;
    format!(
        "V-{n},SC999901,Invented Fostering,fostering,C-{n},{lot},{status},{as_at},{approved},{occupied},{available},5,11,any,\
         short-term\n"
    )
}

/// So many open homes of three places, two of them free.
fn open(count: u32) -> Vec<String> {
    (0..count).map(|n| row(n, "standard", "open", "2026-01-28", [3, 1, 2])).collect()
}

/// What is written of these rows, and the rules that are told.
fn written(rows: &[String]) -> (String, Vec<&'static str>) {
    let read = read(&VACANCIES_CSV, &[(HEADING.to_owned() + &rows.concat()).as_bytes()]);
    let (parts, told) = write(&HSDS_JSON, &read, &options());
    let mut codes: Vec<&str> = told.iter().map(|told| told.rule.code).collect();
    codes.sort_unstable();
    (parts.into_iter().map(|part| String::from_utf8(part).unwrap()).collect(), codes)
}

fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

#[test]
fn six_homes_are_summed_and_five_are_not_told_of() {
    let (six, told) = written(&open(6));
    assert!(
        six.contains("\"available\":12,\"maximum\":18,\"description\":\"6 homes; counted as at 2026-01-28\""),
        "{six}"
    );
    assert!(six.contains("\"updated\":\"2026-01-28T00:00:00.000+00:00\""), "{six}");
    assert!(
        six.contains("\"name\":\"Invented Fostering: Fostering\",\"description\":\"Price band: standard\""),
        "{six}"
    );
    assert!(six.contains("\"minimum_age\":5,\"maximum_age\":11"), "{six}");
    assert!(six.starts_with("[\n{") && six.ends_with("}\n]\n") && told.is_empty(), "{told:?}");
    let (five, told) = written(&open(5));
    assert!(
        five.contains("\"status\":\"active\"") && !five.contains("capacit") && !five.contains("available"),
        "{five}"
    );
    assert_eq!(told, ["ifa/few-homes"]);
}

#[test]
fn only_what_is_open_and_was_checked_lately_counts() {
    // The day of the options is the 30th: the 23rd is seven days before, the 22nd eight.
    let sixth = |status: &str, as_at: &str, places| {
        let mut rows = open(5);
        rows.push(row(9, "standard", status, as_at, places));
        written(&rows)
    };
    let (counted, told) = sixth("open", "2026-01-23", [3, 1, 2]);
    assert!(counted.contains("6 homes; counted as at 2026-01-23") && told.is_empty(), "{counted}");
    for (status, as_at, places) in
        [("open", "2026-01-22", [3, 1, 2]), ("draft", "2026-01-28", [3, 1, 2]), ("withdrawn", "2026-01-28", [3, 1, 0])]
    {
        let (text, told) = sixth(status, as_at, places);
        assert!(!text.contains("capacities"), "{status} {as_at}: {text}");
        assert_eq!(told, ["ifa/few-homes", "ifa/not-counted"], "{status} {as_at}");
    }
    // What is lived in makes no place, and is a home of the service all the same.
    let (text, told) = sixth("filled", "2026-01-28", [3, 3, 0]);
    assert!(!text.contains("capacities"), "{text}");
    assert_eq!(told, ["ifa/few-homes"]);
    let nothing_lately: Vec<String> = (0..8).map(|n| row(n, "standard", "open", "2026-01-01", [3, 1, 2])).collect();
    let (text, told) = written(&nothing_lately);
    assert_eq!((text.as_str(), told.len()), ("[\n]\n", 8));
}

#[test]
fn a_household_that_is_offered_twice_counts_once_and_as_it_was_last() {
    let mut rows = open(6);
    let again =
        |n: u32, as_at: &str, places| row(n, "standard", "open", as_at, places).replace(&format!("V-{n},"), "V-99,");
    rows.push(again(3, "2026-01-29", [2, 1, 1]));
    let (text, told) = written(&rows);
    assert!(text.contains("\"available\":11,\"maximum\":17,\"description\":\"6 homes;"), "{text}");
    assert_eq!(told, ["ifa/not-counted"]);
    rows.pop();
    rows.push(again(3, "2026-01-27", [2, 1, 1]));
    assert!(written(&rows).0.contains("\"available\":12,\"maximum\":18"), "the older does not count");
    let mut rows = open(5);
    rows.push(again(3, "2026-01-29", [2, 1, 1]));
    assert!(!written(&rows).0.contains("capacities"), "five households");
}

#[test]
fn each_lot_is_a_service_of_its_own_however_it_is_spelt() {
    let rows: Vec<String> = (0..18)
        .map(|n| row(n, ["standard", "Standard", "enhanced"][n as usize % 3], "open", "2026-01-28", [1, 0, 1]))
        .collect();
    let (text, told) = written(&rows);
    assert_eq!((count(&text, "\"status\""), count(&text, "\"capacities\"")), (2, 2), "{text}");
    assert!(text.contains("\"description\":\"12 homes;") && text.contains("\"description\":\"6 homes;"), "{text}");
    assert!(told.is_empty());
    // The same bytes whatever the order of the rows.
    let turned: Vec<String> = rows.iter().rev().cloned().collect();
    assert_eq!(written(&turned).0, text);
    // One id for a service, for ever: what stands in it has no part in it.
    let first_id = |text: &str| text.split("\"id\":\"").nth(1).unwrap()[..36].to_owned();
    assert_eq!(first_id(&written(&open(6)).0), first_id(&written(&open(2)).0));
    assert_eq!(text.matches("\"identifier\":\"fostering-place\"").count(), 2);
}

#[test]
fn that_nobody_could_come_is_told_of_six_homes_and_not_of_five() {
    let full = |count: u32| -> Vec<String> {
        (0..count)
            .map(|n| row(n, "standard", ["filled", "reserved"][n as usize % 2], "2026-01-28", [3, 3, 0]))
            .collect()
    };
    assert!(written(&full(6)).0.contains("\"status\":\"temporarily closed\""));
    assert!(written(&full(5)).0.contains("\"status\":\"active\""));
    let mut rows = full(6);
    rows.push(row(8, "standard", "open", "2026-01-28", [3, 1, 2]));
    assert!(written(&rows).0.contains("\"status\":\"active\""));
}

#[test]
fn no_household_is_in_it_and_hostile_texts_are_text() {
    let hostile = |row: String| {
        row.replace("Invented Fostering", "\"Zq </script>\"\"\\ Fostering\"").replace(",standard,", ",\"a\"\"b\",")
    };
    let rows: Vec<String> = open(6).into_iter().map(hostile).collect();
    let (text, _) = written(&rows);
    assert!(
        text.contains(r#""name":"Zq </script>\"\\ Fostering: Fostering","description":"Price band: a\"b""#),
        "{text}"
    );
    for household in ["V-1", "C-1", "C-2"] {
        assert!(!text.contains(household), "{household}");
    }
}

#[test]
fn without_a_day_nothing_is_fresh() {
    let read = read(&VACANCIES_CSV, &[(HEADING.to_owned() + &open(6).concat()).as_bytes()]);
    let (parts, told) = write(&HSDS_JSON, &read, &Options::plain());
    assert_eq!(parts, [b"[\n]\n"]);
    assert!(told.iter().all(|told| told.rule.code == "ifa/not-counted") && told.len() == 6);
}
