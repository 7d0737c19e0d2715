//! The roll of children who are to be called, a full snapshot of a day (epep, section 3).
//!
//! Limits: the rows of all children are held until the last, because the file is sorted; some 400 bytes a row. Format:
//! one row is one child and one current enrolment. Operations: [`RollEncode`] writes it; what it derives is in
//! [`care`], [`school`] and [`due`].

pub mod care;
pub mod due;
mod encode;
pub mod school;
pub mod tables;
pub mod words;

pub use self::encode::{LEFT_CARE_ROWS_DAYS, RollEncode};
