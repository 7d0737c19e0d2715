//! The rules of the Common Transfer File, and those of schooling that it shares.

use kit::csv::rules as table_rules;
use schemas::diagnostic::{Rule, Severity};

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

/// A school number of another shape.
pub static LAESTAB_SHAPE: Rule = rule(
    "epep/laestab-shape",
    Severity::Error,
    "This is no number of an authority or establishment: three digits and four, or letters that stand for elsewhere",
    "Compare it with Get Information About Schools.",
    "CBDS, LEA and Estab",
);

/// A school URN of another shape.
pub static SCHOOL_URN_SHAPE: Rule = rule(
    "epep/school-urn-shape",
    Severity::Error,
    "This is no URN of a school: exactly six digits",
    "Compare it with Get Information About Schools. Ofsted's numbers of homes and agencies do not belong here.",
    "Get Information About Schools",
);

/// Provision that is no more.
pub static SEN_HISTORIC: Rule = rule(
    "epep/sen-historic",
    Severity::Warning,
    "This provision for special educational needs no longer exists; it is carried as it is",
    "Use K or E for today's provision.",
    "CBDS, SEN provision",
);

/// Needs without provision.
pub static SEN_NEED_WITHOUT_PROVISION: Rule = rule(
    "epep/sen-need-without-provision",
    Severity::Warning,
    "Needs are named where the provision says that there are none",
    "Correct one of the two.",
    "CBDS, SEN provision",
);

/// Sums that do not add up.
pub static DOES_NOT_ADD_UP: Rule = rule(
    "epep/summary-does-not-add-up",
    Severity::Warning,
    "Sessions attended, authorised and unauthorised are not together the sessions possible",
    "Ask the school for the sums again.",
    "DfE attendance statistics",
);

/// More attended than possible.
pub static MORE_THAN_POSSIBLE: Rule = rule(
    "epep/summary-negative",
    Severity::Error,
    "More sessions are attended than were possible; the sums are not carried",
    "Ask the school for the sums again.",
    "DfE attendance statistics",
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
    &LAESTAB_SHAPE,
    &SCHOOL_URN_SHAPE,
    &SEN_HISTORIC,
    &SEN_NEED_WITHOUT_PROVISION,
    &DOES_NOT_ADD_UP,
    &MORE_THAN_POSSIBLE,
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
