//! The workbook that is filled in: what it says, and what of it must be filled in.

use kit::{
    table::Column,
    workbook::form::{FirstRow, Form, FormSheet, Grey, Line},
};
use schemas::code::Provision;

use crate::{
    vacancies::needs::{NEEDS, Need, Needed},
    xlsx::{LISTS, SHEETS, START},
};

/// The cell of the day that holds for all rows that say none.
pub(super) const AS_AT: &str = "As at";

/// The cell that says what the absence of a row means.
pub(super) const THIS_FILE_IS: &str = "This file is";

/// What it may say: of what is absent nothing, or that it is gone.
pub(super) const CHANGES_ONLY: &str = "Changes only";
pub(super) const EVERYTHING: &str = "Everything we have";

/// The number of the template: it rises when a column is added, or means something else.
const TEMPLATE_VERSION: &str = "1";

pub(super) static FORM: Form = Form {
    start: START,
    lines: &[
        Line::Title("Vacancies for placement teams"),
        Line::Says("Fill in the sheet Vacancies from row 5 down. Point at a heading to read what belongs under it."),
        Line::Says("Rule 1: one row is one carer household, one home or one setting."),
        Line::Says("Rule 2: every week choose no-change in each row that is still right, with the day you checked it."),
        Line::Says(
            "Headings in bold must be filled in. Grey cells do not apply to the kind of provision that you chose.",
        ),
        Line::Says(
            "Never write who the carers are or where they live: use codes of your own, and the first half of the postcode.",
        ),
        Line::Says(
            "The sheets Fees and For the child may stay empty. The sheet Lists has every word that is understood.",
        ),
        Line::Says(
            "Save it as an Excel workbook (.xlsx) without a password. Leave the first four rows of each sheet as they are.",
        ),
        Line::Fact("Template version", TEMPLATE_VERSION),
        Line::Fact("Framework", "Written in the column Framework of each row, where there is one"),
        Line::Day(AS_AT),
        Line::Choice(THIS_FILE_IS, &[CHANGES_ONLY, EVERYTHING]),
    ],
    lists: LISTS,
    sheets: &[
        FormSheet {
            of: &SHEETS[0],
            needed: vacancy_needs,
            greys: &[
                Grey { columns: of_homes_alone, by: "provision", word: "residential", when_it_is: false },
                Grey { columns: not_of_a_confirmation, by: "change", word: "no-change", when_it_is: true },
            ],
            first_row: FirstRow::Headings,
            example: EXAMPLE,
        },
        FormSheet { of: &SHEETS[1], needed: row_needs, greys: &[], first_row: FirstRow::Headings, example: EXAMPLE },
        FormSheet { of: &SHEETS[2], needed: row_needs, greys: &[], first_row: FirstRow::Headings, example: EXAMPLE },
    ],
};

/// By its reference the example is known when the form comes back.
const EXAMPLE: &[(&str, &str)] = &[("vacancy_id", "EXAMPLE-1")];

/// The kinds of provision, as people read them.
const PROVISIONS: [(Provision, &str); 3] = [
    (Provision::Fostering, "fostering"),
    (Provision::Residential, "residential homes"),
    (Provision::SupportedAccommodation, "supported accommodation"),
];

fn needed(column: &Column) -> Option<&'static Needed> {
    NEEDS.iter().find(|needed| needed.column == column.name)
}

/// When a column of vacancies must be filled in.
fn vacancy_needs(column: &Column) -> Option<String> {
    if column.name == "as_at" {
        return Some("Must be filled in, here or on the first sheet".to_owned());
    }
    let Some(needed) = needed(column) else { return row_needs(column) };
    let of: Vec<&str> = PROVISIONS
        .into_iter()
        .filter(|(provision, _)| needed.to(*provision) == Need::Required)
        .map(|(_, words)| words)
        .collect();
    match of.len() {
        0 => None,
        3 => Some("Must be filled in".to_owned()),
        _ => Some(format!("Must be filled in for {}", of.join(" and "))),
    }
}

/// Whether a row says nothing without this column.
fn row_needs(column: &Column) -> Option<String> {
    (column.loses_row || column.required).then(|| "Must be filled in".to_owned())
}

/// Whether a column applies to residential homes and to nothing else.
fn of_homes_alone(column: &Column) -> bool {
    needed(column).is_some_and(|needed| {
        PROVISIONS.iter().all(|(provision, _)| {
            (needed.to(*provision) == Need::NotApplicable) == (*provision != Provision::Residential)
        })
    })
}

/// Whether a column is not read of a row that says no change.
fn not_of_a_confirmation(column: &Column) -> bool {
    !crate::vacancies::rows::CONFIRMS.contains(&column.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_that_has_no_place_somewhere_is_greyed() {
        for needed in NEEDS {
            let has_no_place = PROVISIONS.iter().any(|(provision, _)| needed.to(*provision) == Need::NotApplicable);
            let column = SHEETS[0].table.columns.iter().find(|column| column.name == needed.column).unwrap();
            assert_eq!(of_homes_alone(column), has_no_place, "{}", needed.column);
        }
    }

    #[test]
    fn the_first_sheet_has_twelve_lines_that_fit_across_a_page() {
        assert_eq!(FORM.lines.len(), 12);
        for line in FORM.lines {
            if let Line::Says(says) = line {
                assert!(says.chars().count() <= 125, "{says}");
            }
        }
    }
}
