//! What an adapter is made of: the traits, documents read by position, field tables, located CSV,
//! workbooks, XML and JSON, reports, shared work.
//!
//! Pure: no file, no network, no clock, no environment. It knows the record and no format.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod adapter;
pub mod cells;
pub mod crew;
pub mod csv;
pub mod describe;
pub mod dialect;
pub mod document;
pub mod encoding;
pub mod figures;
pub mod html;
pub mod ids;
pub mod json;
pub mod limits;
pub mod lines;
pub mod nearest;
pub mod nested;
pub mod pep;
pub mod photograph;
pub mod render;
pub mod report;
pub mod school_calendar;
pub mod sheaf;
pub mod table;
pub mod telling;
pub mod wire;
pub mod words;
pub mod workbook;
pub mod xml;
