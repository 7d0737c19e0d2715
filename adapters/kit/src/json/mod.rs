//! Documents in JSON, read with the place of every member and written in order.

pub mod items;
pub mod members;
pub mod read;
pub mod rules;
pub mod write;
