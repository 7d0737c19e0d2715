//! The rules of a dialect file: the `dialect/` family.

use schemas::diagnostic::{Rule, Severity};

const SOURCE: &str = "Homeward dialects";

const fn rule(code: &'static str, message: &'static str, help: &'static str) -> Rule {
    Rule { code, severity: Severity::Error, message, help, source: SOURCE }
}

/// Text that is no TOML.
pub static NOT_TOML: Rule = rule(
    "dialect/not-toml",
    "This is not TOML",
    "Look for a missing quote, bracket or equals sign, or for a key that stands twice.",
);

/// A key that does not exist.
pub static UNKNOWN_KEY: Rule =
    rule("dialect/unknown-key", "This key does not exist here", "Remove it, or write the key that is meant.");

/// A value of another kind.
pub static TYPE: Rule =
    rule("dialect/type", "This key takes something else", "Write a value of the kind that the key takes.");

/// A key that must be there.
pub static MISSING_KEY: Rule =
    rule("dialect/missing-key", "A key is missing here", "Add the key; without it the rest says nothing.");

/// A column that the format does not have.
pub static NO_SUCH_COLUMN: Rule = rule(
    "dialect/no-such-column",
    "The format has no such column",
    "Write a column's name as the description of the format gives it.",
);

/// A table that the format does not have.
pub static NO_SUCH_TABLE: Rule = rule(
    "dialect/no-such-table",
    "The format has no such table",
    "Write a table's name as the description of the format gives it.",
);

/// A code list that does not exist.
pub static NO_SUCH_LIST: Rule = rule(
    "dialect/no-such-list",
    "There is no code list of this name",
    "Write a list's name as the description of the format gives it.",
);

/// A code that its list does not hold.
pub static NO_SUCH_CODE: Rule = rule(
    "dialect/no-such-code",
    "The list has no such code",
    "Write the code itself, as the description of the format gives it, not its meaning.",
);

/// A rating that its scheme does not have.
pub static NO_SUCH_RATING: Rule = rule(
    "dialect/no-such-rating",
    "This is none of the values of its scheme",
    "Write one of values, or add it to them at its place from worst to best.",
);

/// A rating or a section that stands twice.
pub static RATING_TWICE: Rule = rule(
    "dialect/rating-twice",
    "This word is blank, or its scheme has it already",
    "Give each value, alias and section once, in whatever letters.",
);

/// A protecting code that would vanish.
pub static GUARD_TO_BLANK: Rule = rule(
    "dialect/guard-to-blank",
    "This would make an answer that protects a child blank",
    "Map the word to the code it means. What protects a child is never read as nothing.",
);

/// A format that does not exist.
pub static NO_SUCH_FORMAT: Rule = rule(
    "dialect/no-such-format",
    "There is no format of this name, or it is not the one that is read",
    "Write the format's name as the list of formats gives it.",
);

/// Every rule of this file.
pub static ALL: &[&Rule] = &[
    &NOT_TOML,
    &UNKNOWN_KEY,
    &TYPE,
    &MISSING_KEY,
    &NO_SUCH_COLUMN,
    &NO_SUCH_TABLE,
    &NO_SUCH_LIST,
    &NO_SUCH_CODE,
    &NO_SUCH_RATING,
    &RATING_TWICE,
    &GUARD_TO_BLANK,
    &NO_SUCH_FORMAT,
];
