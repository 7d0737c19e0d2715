//! Documents in XML, read with the place of every element and written with care.
//!
//! Underneath is `quick_xml`, which is quick and lenient: it takes a document type, any depth, several roots and elements
//! that are never closed. What is refused here is refused by us.

pub mod items;
pub mod read;
pub mod rules;
pub mod write;
