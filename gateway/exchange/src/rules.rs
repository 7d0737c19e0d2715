//! The rules that no format has, because they are about what is done with its records: the `view/` family, by which the
//! operator is told what overrides take away (but for the guard, which readers raise), and what a school says beside what
//! is held.

use schemas::diagnostic::{Rule, Severity};

use crate::school_belief::{HELD_IN_CARE, NOT_HELD_IN_CARE};

/// Something was withheld because the child or the place is restricted.
pub static RESTRICTED: Rule = Rule {
    code: "view/restricted",
    severity: Severity::Loss,
    message: "Withheld from this recipient: the child's place is protected, or nobody has traced that it is not",
    help: "Nothing is wrong. A child whose NHS number is traced and who has no restriction is carried with the place.",
    source: "views, sections 7.1, 7.3 and 7.7",
};

/// Something that would tell an adoption was withheld or made coarser.
pub static ADOPTED: Rule = Rule {
    code: "view/adopted",
    severity: Severity::Loss,
    message: "Withheld from this recipient, or told by the year only: it would tell an adoption",
    help: "Nothing is wrong.",
    source: "views, sections 7.2 and 7.6",
};

/// A consent was withheld or told without its recipients.
pub static CONSENT: Rule = Rule {
    code: "view/consent",
    severity: Severity::Loss,
    message: "This consent names its recipients: they are not told, and a permission is not told at all",
    help: "Nothing is wrong. A recipient learns of consents that hold for everybody, and of every refusal.",
    source: "views, sections 4 and 7.4",
};

/// Every rule that is told here and by no format.
pub static ALL: &[&Rule] = &[&RESTRICTED, &ADOPTED, &CONSENT, &NOT_HELD_IN_CARE, &HELD_IN_CARE];
