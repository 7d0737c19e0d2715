//! What each kind of provision needs: column by column, as the data has it.

use std::fmt::Write;

use ifa::{
    VACANCIES_CSV,
    vacancies::{
        needs::{NEEDS, Need},
        tables::VACANCIES,
    },
};
use schemas::code::{Code, Provision};

use crate::support::read;

/// A row that is right for a kind of provision, with every column that any kind needs.
fn cells(provision: Provision) -> Vec<(&'static str, &'static str)> {
    let (ages, kind) = match provision {
        Provision::Fostering => (("5", "11"), "short-term"),
        Provision::Residential => (("5", "11"), "solo"),
        Provision::SupportedAccommodation => (("16", "17"), "shared"),
    };
    vec![
        ("vacancy_id", "V-1"),
        ("provider_urn", "SC999901"),
        ("carer_ref", "C-1"),
        ("status", "open"),
        ("as_at", "2026-01-28"),
        ("places_approved", "3"),
        ("places_occupied", "1"),
        ("places_available", "2"),
        ("age_min", ages.0),
        ("age_max", ages.1),
        ("genders", "any"),
        ("placement_types", kind),
        ("outward_postcode", "B13"),
        ("staff_ratio", ""),
        ("education_on_site", ""),
        ("places_reserved", ""),
        ("places_not_available", ""),
    ]
}

fn told(provision: Provision, column: &str, cell: &str) -> (Vec<&'static str>, usize) {
    let mut cells = cells(provision);
    let word = provision.word();
    cells.push(("provision", &word));
    cells.iter_mut().filter(|(name, _)| *name == column).for_each(|(_, known)| *known = cell);
    let (mut heading, mut row) = (String::new(), String::new());
    for (name, cell) in &cells {
        write!(heading, "{name},").unwrap();
        write!(row, "{cell},").unwrap();
    }
    let text = format!("{}\n{}\n", heading.trim_end_matches(','), row.strip_suffix(',').unwrap());
    let read = read(&VACANCIES_CSV, &[text.as_bytes()]);
    (read.codes(), read.vacancies().len())
}

#[test]
fn a_blank_cell_costs_the_row_exactly_where_it_is_needed() {
    for provision in Provision::all() {
        for needed in NEEDS {
            let expected = match needed.to(provision) {
                Need::Required => (vec!["ifa/required"], 0),
                Need::Optional | Need::NotApplicable => (vec![], 1),
            };
            assert_eq!(told(provision, needed.column, ""), expected, "{} of {provision:?}", needed.column);
        }
    }
}

#[test]
fn a_cell_that_has_no_place_is_told_and_left_out() {
    for provision in Provision::all() {
        for (column, cell) in [("staff_ratio", "2:3"), ("education_on_site", "Y")] {
            let expected = match provision {
                Provision::Residential => (vec![], 1),
                _ => (vec!["ifa/column-not-for-provision"], 1),
            };
            assert_eq!(told(provision, column, cell), expected, "{column} of {provision:?}");
        }
    }
}

#[test]
fn every_column_that_is_needed_is_one_of_the_table() {
    for needed in NEEDS {
        assert!(VACANCIES.columns.iter().any(|column| column.name == needed.column), "{}", needed.column);
    }
}
