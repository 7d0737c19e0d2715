//! Tables in CSV, read with the place of every cell and written with care.

pub mod groups;
pub mod header;
pub mod index;
mod marks;
pub mod parts;
pub mod pass;
mod quotes;
pub mod read;
pub mod rows;
pub mod rules;
pub mod write;
