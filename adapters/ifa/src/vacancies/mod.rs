//! Vacancies: one row is one household, home or setting; fees and what a child may read stand beside it (IFA formats,
//! sections 2 and 9).

pub mod checks;
pub mod needs;
pub mod rows;
pub mod tables;
