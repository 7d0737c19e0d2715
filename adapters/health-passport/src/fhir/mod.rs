//! FHIR R4 resources as trees of elements: read from JSON and XML with every fault located, and written back.
//!
//! What may stand where is data: the definitions of HL7 in `definitions/r4.txt`. A tree knows nothing of children or
//! statements; what a resource means is a second step over it.

mod build;
mod check;
mod definitions;
mod fault;
mod invariants;
mod json;
mod primitive;
pub(crate) mod rules;
mod text;
pub(crate) mod tree;
mod uk_core;
mod write_json;
mod write_xml;
mod xhtml;
mod xml;

use schemas::diagnostic::Rule;

pub(crate) use self::uk_core::NHS_NUMBER;
pub use self::{
    build::TreeLimits,
    fault::Fault,
    tree::{Notation, Tree},
};

/// What came of reading a resource.
pub struct Reading<'b> {
    /// Its tree, as far as it can be read; `None` where nothing of it can be used.
    pub tree: Option<Tree<'b>>,
    /// What is wrong, from the front to the back.
    pub faults: Vec<Fault>,
}

/// Reads a resource and looks at all of it: never fails, whatever the bytes.
#[must_use]
pub fn read(bytes: &[u8], notation: Notation, limits: TreeLimits) -> Reading<'_> {
    let (tree, faults) = match notation {
        Notation::Json => json::read(bytes, limits),
        Notation::Xml => xml::read(bytes, limits),
    };
    Reading { tree, faults: faults.into_sorted() }
}

/// Reads a resource that stood in another and was looked at there: in XML it names no namespace of its own.
pub(crate) fn read_part(bytes: &[u8], notation: Notation, limits: TreeLimits) -> Reading<'_> {
    let (tree, faults) = match notation {
        Notation::Json => json::read(bytes, limits),
        Notation::Xml => xml::read_part(bytes, limits),
    };
    Reading { tree, faults: faults.into_sorted() }
}

/// Writes a resource on one line: in JSON with its members in the order of the tree, in XML with its elements in that of
/// their definition. Digits stay as they were.
pub fn write(tree: &Tree<'_>, notation: Notation, out: &mut Vec<u8>) {
    match notation {
        Notation::Json => write_json::write(tree.root(), out),
        Notation::Xml => write_xml::write(tree.root(), out),
    }
}

/// Every rule that reading can raise.
pub static RULES: &[&[&Rule]] = &[rules::ALL, invariants::RULES, uk_core::RULES];
