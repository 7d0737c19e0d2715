//! The rules of the Common Transfer File.

use kit::csv::rules as table_rules;
use schemas::diagnostic::{Rule, Severity};

use crate::rules as shared;

const fn rule(
    code: &'static str,
    severity: Severity,
    message: &'static str,
    help: &'static str,
    source: &'static str,
) -> Rule {
    Rule { code, severity, message, help, source }
}

/// A version that came later than we know.
pub static VERSION_NEWER: Rule = rule(
    "ctf/version-newer",
    Severity::Warning,
    "This file is of a later version than 25; what that version added is told as unknown",
    "Nothing, unless elements that matter are told as unknown. The version changes each September.",
    "CTF, CTFversion",
);

/// A version that went before, or none.
pub static VERSION_OLDER: Rule = rule(
    "ctf/version-older",
    Severity::Warning,
    "This file names no version, or one before 17; it is read as if it were 17",
    "Ask the school for an export of a version that is in use.",
    "CTF, CTFversion",
);

/// The file of admissions.
pub static ADMISSIONS: Rule = rule(
    "ctf/admissions-file",
    Severity::Warning,
    "This is an admissions transfer file; it is read as a Common Transfer File",
    "Nothing, if pupils who are yet to be admitted are meant.",
    "ATF, ATfile",
);

/// Sex and gender that differ.
pub static SEX_CONFLICT: Rule = rule(
    "ctf/sex-conflict",
    Severity::Error,
    "Sex and Gender are both there and differ; neither is carried",
    "Send the one that the version asks for: Sex from 25 on.",
    "CTF, Sex",
);

/// An element that we do not know.
pub static UNKNOWN_ELEMENT: Rule = rule(
    "ctf/unknown-element",
    Severity::Loss,
    "This element is not known and not carried",
    "Nothing; the message as it came is kept. A later version may read it.",
    "ePEP formats, section 8.2",
);

/// An element that we know and leave out.
pub static NOT_CARRIED: Rule = rule(
    "ctf/not-carried",
    Severity::Loss,
    "This element is known and not carried: no statement of the record holds it",
    "Nothing; the message as it came is kept.",
    "ePEP formats, section 8.2",
);

/// Marks in one text.
pub static MARKS_NOT_EXPANDED: Rule = rule(
    "ctf/marks-not-expanded",
    Severity::Loss,
    "These marks are kept as one text: how they are packed is not said, or not as it was said",
    "Say in ctf.marks how the sender packs them, once you know.",
    "ePEP formats, section 8.3",
);

/// What the file cannot say.
pub static NOT_EXPRESSIBLE: Rule = rule(
    "ctf/not-expressible",
    Severity::Loss,
    "The Common Transfer File has no way to say this",
    "Nothing; it stays in the source.",
    "CTF",
);

/// Every rule of this file.
pub static ALL: &[&Rule] = &[
    &VERSION_NEWER,
    &VERSION_OLDER,
    &ADMISSIONS,
    &SEX_CONFLICT,
    &UNKNOWN_ELEMENT,
    &NOT_CARRIED,
    &MARKS_NOT_EXPANDED,
    &NOT_EXPRESSIBLE,
];

/// Rules of schooling that it shares with the tables.
pub static SHARED: &[&Rule] = &[
    &shared::NO_SUBJECT,
    &shared::UPN_SHAPE,
    &shared::UPN_CHECK_LETTER,
    &shared::ULN_CHECK,
    &shared::DOB_IMPLAUSIBLE,
    &shared::LAESTAB_SHAPE,
    &shared::SCHOOL_URN_SHAPE,
    &shared::SEN_HISTORIC,
    &shared::SEN_NEED_WITHOUT_PROVISION,
    &shared::SUMMARY_ADDS_UP,
    &shared::SUMMARY_NEGATIVE,
    &shared::MARK_AFTER_LEAVING,
];

/// What elements and cells share.
pub static TABLE_RULES: &[&Rule] = &[
    &table_rules::CELL,
    &table_rules::DECIMAL_TAIL,
    &table_rules::PLACEHOLDER_DATE,
    &table_rules::TEXT_CUT,
    &table_rules::TOO_MANY_PARTS,
    &table_rules::DUPLICATE,
    &table_rules::KEY_CLASH,
];
