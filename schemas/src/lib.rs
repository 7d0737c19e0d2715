//! .

pub mod code;
