//! The rules that every document in XML keeps: the `xml/` family, with those that JSON shares.

use schemas::diagnostic::{Rule, Severity};

use crate::nested::rules::XML;

const fn rule(code: &'static str, message: &'static str, help: &'static str, source: &'static str) -> Rule {
    Rule { code, severity: Severity::Error, message, help, source }
}

/// A document type.
pub static DOCTYPE: Rule = rule(
    "xml/doctype",
    "This document has a document type, which can name other files and grow without end; nothing of it is read",
    "Export it without a DOCTYPE.",
    "XML 1.0, fifth edition, section 2.8",
);

/// An end tag of another element.
pub static MISMATCHED: Rule = rule(
    "xml/mismatched",
    "This closes another element than the one that is open; what it stands in is not read",
    "Export the document again, or close the elements in the order in which they were opened.",
    "XML 1.0, fifth edition, section 3",
);

/// A second root.
pub static SECOND_ROOT: Rule = rule(
    "xml/second-root",
    "A second document begins after the end of the first; it is not read",
    "Send each document by itself.",
    "XML 1.0, fifth edition, section 2.1",
);

/// Text outside the root.
pub static OUTSIDE_ROOT: Rule = rule(
    "xml/outside-root",
    "Text stands outside all elements; from here on nothing is read",
    "Remove what stands before or after the document.",
    "XML 1.0, fifth edition, section 2.1",
);

/// Attributes beyond the limit.
pub static TOO_MANY_ATTRIBUTES: Rule = rule(
    "xml/too-many-attributes",
    "This element has more attributes than attributes_max; what it stands in is not read",
    "Check that this is a document of this format at all.",
    "limit attributes_max",
);

/// An entity that is not XML's own.
pub static ENTITY: Rule = rule(
    "xml/entity",
    "This text holds an & that is no character and none of amp, lt, gt, apos and quot; it is not read",
    "Write &amp; for an &. Entities of other kinds are never looked up.",
    "XML 1.0, fifth edition, sections 4.1 and 4.6",
);

/// Every rule of this file, and the shared ones.
pub static ALL: &[&Rule] = &[
    &DOCTYPE,
    &MISMATCHED,
    &SECOND_ROOT,
    &OUTSIDE_ROOT,
    &TOO_MANY_ATTRIBUTES,
    &ENTITY,
    &XML.unrecognised,
    &XML.malformed,
    &XML.unclosed,
    &XML.too_deep,
    &XML.item_too_long,
    &XML.frame_too_long,
    &XML.text_too_long,
    &XML.too_many_items,
    &XML.misplaced,
    &XML.repeated,
    &XML.shape,
    &XML.encoding,
    &XML.unreadable,
];
