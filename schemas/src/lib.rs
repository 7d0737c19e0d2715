//! .
pub mod date;
pub mod decimal;
mod digits;
pub mod inline;
