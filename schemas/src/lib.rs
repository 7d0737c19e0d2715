//! The language of Homeward: what may be said about a child in care, by whom it is known, and what can be wrong.
//!
//! One pure crate that imports nothing of ours. It knows no file, no network, no clock; time is always a value.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod code;
pub mod date;
pub mod decimal;
pub mod diagnostic;
mod digits;
pub mod document;
pub mod identifier;
pub mod inline;
pub mod json_schema;
pub mod money;
pub mod postcode;
pub mod record;
pub mod reflect;
pub mod said;
