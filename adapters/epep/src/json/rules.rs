//! The rules of plans and attendance in JSON, beside those of the tables.

use kit::csv::rules as table_rules;
use schemas::diagnostic::{Rule, Severity};

use crate::rules as shared;

const fn rule(code: &'static str, severity: Severity, message: &'static str, help: &'static str) -> Rule {
    Rule { code, severity, message, help, source: "ePEP formats, section 5" }
}

/// A document that does not say what it is.
pub static FORMAT_NAME: Rule = rule(
    "epep/json-format",
    Severity::Error,
    "This document does not say that it is of this format; nothing of it is read",
    "Fill in format as the description has it, or send the bare list of items.",
);

/// A version that is not read.
pub static VERSION: Rule = rule(
    "epep/json-version",
    Severity::Error,
    "This document is of no version that is read; nothing of it is read",
    "Send version 1.",
);

/// A member that we do not know.
pub static UNKNOWN_MEMBER: Rule = rule(
    "epep/unknown-member",
    Severity::Loss,
    "This member is not known and not carried",
    "Nothing; the message as it came is kept. Say in a dialect which of our columns it is, if it is one.",
);

/// An identifier of a system that we do not know.
pub static IDENTIFIER_SYSTEM: Rule = rule(
    "epep/identifier-system",
    Severity::Warning,
    "This identifier is of no system that this format carries; it is left out",
    "Name the authority's identifier, the UPN or the ULN by the systems of the description.",
);

/// Every rule of this file.
pub static ALL: &[&Rule] = &[&FORMAT_NAME, &VERSION, &UNKNOWN_MEMBER, &IDENTIFIER_SYSTEM];

/// What members and cells share.
pub static TABLE_RULES: &[&Rule] = &[
    &table_rules::CELL,
    &table_rules::BLANK,
    &table_rules::DECIMAL_TAIL,
    &table_rules::PLACEHOLDER_DATE,
    &table_rules::TEXT_CUT,
    &table_rules::TOO_MANY_PARTS,
    &table_rules::DUPLICATE,
    &table_rules::KEY_CLASH,
];

/// What plans tell of the marks of their children.
pub static ATTENDANCE: &[&Rule] = &[&shared::SEN_HISTORIC];

/// What writing tells.
pub static WRITING: &[&Rule] = &[&shared::NOT_EXPRESSIBLE, &shared::NOT_WRITTEN];
