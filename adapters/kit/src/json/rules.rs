//! The rules that every document in JSON keeps: the `json/` family, with those that XML shares.

use schemas::diagnostic::{Rule, Severity};

use crate::nested::rules::JSON;

const fn rule(code: &'static str, message: &'static str, help: &'static str, source: &'static str) -> Rule {
    Rule { code, severity: Severity::Error, message, help, source }
}

/// A name that stands twice in an object.
pub static DUPLICATE_MEMBER: Rule = rule(
    "json/duplicate-member",
    "This name stands twice in one object; the first is read",
    "Remove one of the two: readers of JSON do not agree on which of them counts.",
    "RFC 8259, section 4",
);

/// Members beyond the limit.
pub static TOO_MANY_MEMBERS: Rule = rule(
    "json/too-many-members",
    "This object has more members than columns_max; what it stands in is not read",
    "Check that this is a document of this format at all.",
    "limit columns_max",
);

/// Something after the end.
pub static TRAILING: Rule = rule(
    "json/trailing",
    "Something stands after the end of the document; it is not read",
    "Send each document by itself, or one item a line.",
    "RFC 8259, section 2",
);

/// An escape that is none.
pub static ESCAPE: Rule = rule(
    "json/escape",
    "This text holds an escape that stands for no character; it is not read",
    "Write the character itself, or both halves of a surrogate pair.",
    "RFC 8259, sections 7 and 8.2",
);

/// Every rule of this file, and the shared ones.
pub static ALL: &[&Rule] = &[
    &DUPLICATE_MEMBER,
    &TOO_MANY_MEMBERS,
    &TRAILING,
    &ESCAPE,
    &JSON.unrecognised,
    &JSON.malformed,
    &JSON.unclosed,
    &JSON.too_deep,
    &JSON.item_too_long,
    &JSON.frame_too_long,
    &JSON.text_too_long,
    &JSON.too_many_items,
    &JSON.repeated,
    &JSON.shape,
    &JSON.encoding,
    &JSON.unreadable,
];
