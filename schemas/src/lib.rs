//! .
pub mod date;
pub mod decimal;
mod digits;
pub mod identifier;
pub mod inline;
pub mod postcode;
