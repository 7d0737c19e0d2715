//! Which columns of a vacancy each kind of provision needs, and which do not apply to it (IFA formats, sections 1 and 2.1).

use schemas::{code::Provision, said::Said};

use crate::vacancies::tables::VacancyRow;

/// What a column is to a kind of provision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// No row without it.
    Required,
    /// It may be blank.
    Optional,
    /// It has no place there.
    NotApplicable,
}

/// What a cell holds, whatever its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A value.
    Value,
    /// Nothing.
    Blank,
    /// Something that could not be read.
    Unreadable,
}

impl Cell {
    fn of<T>(said: &Said<T>) -> Self {
        match said {
            Said::Is(_) => Self::Value,
            Said::Unreadable => Self::Unreadable,
            _ => Self::Blank,
        }
    }
}

/// A column with what it is to each kind of provision.
pub struct Needed {
    /// The column.
    pub column: &'static str,
    /// What it is to fostering, residential homes and supported accommodation.
    of: [Need; 3],
    /// Whether what cannot be read in it costs the row, needed or not.
    pub costs_row: bool,
    /// What stands in it.
    pub cell: fn(&VacancyRow) -> Cell,
    /// Takes it out of the row.
    pub drop: fn(&mut VacancyRow),
}

impl Needed {
    /// What the column is to a kind of provision.
    #[must_use]
    pub fn to(&self, provision: Provision) -> Need {
        let [fostering, residential, supported] = self.of;
        match provision {
            Provision::Fostering => fostering,
            Provision::Residential => residential,
            Provision::SupportedAccommodation => supported,
        }
    }
}

use Need::{NotApplicable as NA, Optional as May, Required as Must};

macro_rules! needs {
    ($($column:ident $fostering:ident $residential:ident $supported:ident $costs_row:literal;)+) => {
        /// Every column that is needed somewhere or has no place somewhere; all others may be blank everywhere.
        pub static NEEDS: &[Needed] = &[$(Needed {
            column: stringify!($column),
            of: [$fostering, $residential, $supported],
            costs_row: $costs_row,
            cell: |row| Cell::of(&row.$column),
            drop: |row| row.$column = Said::NotAsked,
        }),+];
    };
}

needs! {
    // column            fostering, residential, supported; unreadable costs the row
    status               Must Must Must true;
    places_approved      Must Must Must true;
    places_occupied      Must Must Must true;
    places_reserved      May  May  May  true;
    places_available     Must Must Must true;
    places_not_available May  May  May  true;
    age_min              Must Must Must true;
    age_max              Must Must Must true;
    genders              Must Must Must true;
    placement_types      Must Must Must true;
    carer_ref            Must May  Must true;
    outward_postcode     May  May  May  true;
    staff_ratio          NA   May  NA   false;
    education_on_site    NA   May  NA   false;
}
