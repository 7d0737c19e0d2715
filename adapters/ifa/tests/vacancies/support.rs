//! What tests of vacancies share: providers and homes of what was read, and usual rows.

use schemas::record::{Provider, Statement, Vacancy};

pub(crate) use crate::trial::*;

impl Read {
    pub(crate) fn vacancies(&self) -> Vec<&Vacancy> {
        let vacancies = self.statements().filter_map(|statement| match statement {
            Statement::Vacancy(vacancy) => Some(vacancy),
            _ => None,
        });
        vacancies.collect()
    }

    pub(crate) fn provider(&self) -> Option<&Provider> {
        self.statements().find_map(|it| if let Statement::Provider(provider) = it { Some(provider) } else { None })
    }
}

/// The heading of a usual row, and the row.
pub(crate) const HEADING: &str = "vacancy_id,provider_urn,provision,carer_ref,status,change,as_at,places_approved,\
    places_occupied,places_available,age_min,age_max,genders,placement_types,outward_postcode\n";
pub(crate) const ROW: &str = "V-0141,SC999901,fostering,C-2207,open,,2026-01-28,3,1,2,5,11,any,short-term,B13\n";

/// A table of these rows under the usual heading.
pub(crate) fn table(rows: &[&str]) -> Vec<u8> {
    [HEADING].iter().chain(rows).map(|row| row.as_bytes()).collect::<Vec<_>>().concat()
}
