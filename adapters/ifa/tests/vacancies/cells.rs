//! Single cells: what is read of them, and how they are written.

use ifa::{
    VACANCIES_CSV,
    json::VACANCIES_JSON,
    rules,
    wire::{
        Age, AgeRange, AsAt, Authorities, Authority, HomeReference, Languages, Outward, PlaceCount, Siblings, Summary,
    },
    words::{AgesHere, Genders, Status, Word, Words},
};
use kit::{
    adapter::Options,
    dialect::Dialect,
    wire::{Heard, Reading, Spelling, Wire, Writing},
};
use schemas::{
    code::{
        ChildHereAge, FamilyTimeHelp, HouseholdPet, HouseholdReligion, OfstedRating, PlacementNeed, Provision,
        VacancyStatus, WheelchairAccess, WhoCouldLiveHere,
    },
    record::Vacancy,
    said::Said,
};

use crate::support::{options, read, read_with, write};

fn heard<T: Wire>(cell: &str) -> Heard<T> {
    let dialect = Dialect::default();
    let reading = Reading { year: None, dialect: &dialect, protection_only: false, spelling: Spelling::Plain };
    T::read(cell.as_bytes(), &reading)
}

/// What the cell is written as when it was read.
fn again<T: Wire>(cell: &str) -> Option<String> {
    let (Heard::Is(value) | Heard::Mended(value, _)) = heard::<T>(cell) else { return None };
    let (dialect, mut out) = (Dialect::default(), Vec::new());
    value.write(&mut out, &Writing { year: None, dialect: &dialect, spelling: Spelling::Plain });
    String::from_utf8(out).ok()
}

fn rule<T: Wire>(cell: &str) -> Option<&'static str> {
    match heard::<T>(cell) {
        Heard::Is(_) | Heard::Unreadable => None,
        Heard::Mended(_, rule) | Heard::Blank(rule) | Heard::Wrong(rule) => Some(rule.code),
    }
}

#[test]
fn two_ages_in_one_cell_are_taken_apart_or_not_guessed_at() {
    for (cell, written) in
        [("5-11", "5-11"), ("0 to 4", "0-4"), ("16+", "16+"), ("5 \u{2013} 11", "5-11"), (" 16 To 17 ", "16-17")]
    {
        assert_eq!(again::<AgeRange>(cell).as_deref(), Some(written), "{cell}");
    }
    for cell in ["primary", "5", "5-", "-5", "5-11-12", "5 or 6", "0-26", "+", ""] {
        assert_eq!(rule::<AgeRange>(cell), Some(rules::AGE_UNREADABLE.code), "{cell}");
    }
    assert_eq!(rule::<Age>("26"), Some(rules::AGE_RANGE.code));
    assert_eq!(rule::<Age>("ten"), Some(rules::AGE_UNREADABLE.code));
    assert_eq!(again::<Age>("25").as_deref(), Some("25"));
}

#[test]
fn numbers_of_places_are_never_guessed_at() {
    for cell in ["2+", "1 or 2", "two", "-1", "100", "1.5"] {
        assert_eq!(rule::<PlaceCount>(cell), Some(rules::PLACES_NUMBER.code), "{cell}");
    }
    assert_eq!(again::<PlaceCount>("99").as_deref(), Some("99"));
    assert!(matches!(heard::<Siblings>("0"), Heard::Unreadable) && matches!(heard::<Siblings>("1"), Heard::Is(_)));
}

#[test]
fn a_day_stays_a_day_and_a_moment_a_moment() {
    for (cell, written) in [
        ("2026-01-12", "2026-01-12"),
        ("12/01/2026", "2026-01-12"),
        ("2026-01-12T08:30:00+00:00", "2026-01-12T08:30:00+00:00"),
        ("2026-07-12 08:30", "2026-07-12T08:30:00+01:00"),
    ] {
        assert_eq!(again::<AsAt>(cell).as_deref(), Some(written), "{cell}");
    }
    assert!(matches!(heard::<AsAt>("last week"), Heard::Unreadable));
}

#[test]
fn only_the_first_half_of_a_postcode_is_kept() {
    for (cell, told) in
        [("B13", None), ("sw1a", None), ("B13 9XX", Some("ifa/postcode-full")), ("B13 9", Some("ifa/postcode-full"))]
    {
        let written = again::<Outward>(cell).unwrap();
        assert!(["B13", "SW1A"].contains(&written.as_str()), "{cell}");
        assert_eq!(rule::<Outward>(cell), told, "{cell}");
    }
    for cell in ["near school", "Birmingham", "B", "XXX", "ZZZ"] {
        assert_eq!(rule::<Outward>(cell), Some(rules::OUTWARD_SHAPE.code), "{cell}");
    }
}

#[test]
fn authorities_are_read_by_code_and_by_name() {
    for (cell, written) in
        [("330", "330"), ("birmingham", "330"), ("Bristol, City of", "801"), ("bristol city of", "801")]
    {
        assert_eq!(again::<Authority>(cell).as_deref(), Some(written), "{cell}");
    }
    assert!(matches!(heard::<Authority>("Atlantis"), Heard::Unreadable));
    assert_eq!(again::<Authorities>("330;Coventry").as_deref(), Some("330;331"));
    assert_eq!(rule::<Authorities>("330;Atlantis"), Some(rules::LIST_ITEM_UNKNOWN.code));
}

#[test]
fn words_are_read_as_agencies_write_them() {
    assert_eq!(heard("Requires improvement to be good"), Heard::Is(Word(OfstedRating::RequiresImprovement)));
    assert_eq!(heard("RI"), Heard::Is(Word(OfstedRating::RequiresImprovement)));
    assert_eq!(heard("Supported accommodation"), Heard::Is(Word(Provision::SupportedAccommodation)));
    assert_eq!(heard("on hold"), Heard::Is(Status(VacancyStatus::Reserved)));
    assert_eq!(rule::<Status>("expired"), Some(rules::STATUS_UNKNOWN.code), "that is not for an agency to say");
    assert_eq!(heard("M/F"), Heard::Is(Genders(vec![WhoCouldLiveHere::Any])));
    assert_eq!(heard("girls;boys"), Heard::Is(Genders(vec![WhoCouldLiveHere::Female, WhoCouldLiveHere::Male])));
    assert_eq!(rule::<Genders>("girls;cats"), Some(rules::GENDER_UNKNOWN.code));
    let needs = Words(vec![PlacementNeed::Unaccompanied, PlacementNeed::AutismOrAdhd]);
    assert_eq!(heard("UASC; autism|ADHD"), Heard::Is(needs));
    assert_eq!(rule::<Words<PlacementNeed>>("uasc;juggling"), Some(rules::LIST_ITEM_UNKNOWN.code));
    let two = AgesHere(vec![ChildHereAge::From11To15, ChildHereAge::From11To15]);
    assert_eq!(heard("11-15;11-15"), Heard::Is(two), "one band a child");
    assert_eq!(again::<Languages>("ENG;urdu;Urd").as_deref(), Some("ENG;URD"));
}

#[test]
fn a_cell_of_words_shows_nothing_when_it_is_debugged() {
    for shown in [
        format!("{:?}", heard::<HomeReference>("C-2207")),
        format!("{:?}", heard::<Summary>("Patient couple")),
        format!("{:?}", heard::<Languages>("ENG")),
    ] {
        assert!(shown.ends_with("(..))") && !shown.contains("2207") && !shown.contains("Patient"), "{shown}");
    }
}

/// A word for nothing is an answer in a column whose list has it: a home without animals is not one of which nobody knows.
#[test]
fn none_is_an_answer_where_the_list_of_the_column_has_it() {
    let columns = "vacancy_id,provider_urn,provision,carer_ref,status,as_at,places_approved,places_occupied,\
                   places_available,age_min,age_max,genders,placement_types,pets,wheelchair,religion,family_time,summary,smoking\n";
    let row = |word: &str| {
        let kept = "V-1,SC999901,fostering,C-1,open,2026-01-28,3,1,2,5,11,any,short-term";
        format!("{columns}{kept},{word},{word},{word},{word},{word},\n").into_bytes()
    };
    for word in ["none", "None", "NONE"] {
        let read = read(&VACANCIES_CSV, &[&row(word)]);
        assert!(read.told.is_empty(), "{:?}", read.codes());
        let more = read.vacancies()[0].more.clone().unwrap();
        let home = more.home.is().unwrap();
        assert_eq!(home.pets, Said::Is(vec![HouseholdPet::None]), "{word}");
        assert_eq!(home.wheelchair, Said::Is(WheelchairAccess::None), "{word}");
        assert_eq!(more.home_religion, Said::Is(vec![HouseholdReligion::None]), "{word}");
        assert_eq!(more.location.is().unwrap().family_time, Said::Is(vec![FamilyTimeHelp::None]), "{word}");
        assert!(!more.summary.has_value(), "a text that says none says nothing");
        let (written, _) = write(&VACANCIES_JSON, &read, &options());
        assert!(read_again(&written[0]) == *read.vacancies()[0], "{word}");
    }
    for word in ["NA", "-", "NULL", "n/a", ""] {
        let read = read(&VACANCIES_CSV, &[&row(word)]);
        let home = read.vacancies()[0].more.as_deref().unwrap().home.clone();
        assert!(!home.has_value(), "{word}");
    }
    // Whoever writes none for what they do not know may say so.
    let (dialect, faults) = Dialect::read("blank = ['none']", VACANCIES_CSV.tables);
    assert!(faults.is_empty(), "{faults:?}");
    let read = read_with(&VACANCIES_CSV, &[&row("none")], &Options { dialect, ..options() });
    assert!(!read.vacancies()[0].more.as_deref().unwrap().home.has_value());
}

fn read_again(document: &[u8]) -> Vacancy {
    read(&VACANCIES_JSON, &[document]).vacancies()[0].clone()
}
