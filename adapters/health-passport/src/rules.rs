//! The rules that writing FHIR can raise.

use schemas::diagnostic::{Rule, Severity};

/// Statements that never leave in FHIR: an adopted child's record must not lead back, and what has no purpose in
/// health is not carried.
pub static NOT_EXPRESSIBLE: Rule = Rule {
    code: "fhir/not-expressible",
    severity: Severity::Loss,
    message: "FHIR does not carry this statement",
    help: "It stays in the source; another format may carry it.",
    source: "Homeward, declared losses to FHIR",
};

/// A resource that would say nothing, or not what FHIR requires of it.
pub static TOO_LITTLE: Rule = Rule {
    code: "fhir/too-little-said",
    severity: Severity::Loss,
    message: "What FHIR needs of this statement is not said, or not let out to this recipient",
    help: "Nothing need be done where the recipient may not know it; otherwise complete the source.",
    source: "FHIR R4, required elements",
};

/// A measurement in a unit that UK Core does not take.
pub static UNIT_NOT_WRITTEN: Rule = Rule {
    code: "fhir/unit-not-written",
    severity: Severity::Loss,
    message: "The unit is not said, or not the one that UK Core wants of this measurement",
    help: "Heights and head circumferences are written in cm, weights in kg, body mass in kg/m2. It stays in the source.",
    source: "UK Core, Observation-VitalSigns profiles",
};

/// A condition that is said to have ended and to be there.
pub static ABATED_AND_ACTIVE: Rule = Rule {
    code: "fhir/abated-and-active",
    severity: Severity::Loss,
    message: "The condition has an end and is said to go on: the end is left out",
    help: "Look which of the two is right, and mend the source.",
    source: "FHIR R4, con-4",
};

/// A language without a BCP 47 tag.
pub static LANGUAGE_UNMAPPED: Rule = Rule {
    code: "fhir/language-unmapped",
    severity: Severity::Loss,
    message: "The language has no known BCP 47 tag",
    help: "It stays in the source.",
    source: "FHIR R4, Patient.communication.language",
};

/// A CBDS ethnicity for which the NHS has a wider category only.
pub static ETHNICITY_COARSER: Rule = Rule {
    code: "fhir/ethnicity-coarser",
    severity: Severity::Loss,
    message: "The NHS has only a wider category for this ethnicity",
    help: "The DfE's code goes along as a second coding.",
    source: "UK Core, EthnicCategoryEngland",
};

/// A second NHS number of one child.
pub static NHS_NUMBER_TWICE: Rule = Rule {
    code: "fhir/nhs-number-twice",
    severity: Severity::Warning,
    message: "The child has several NHS numbers; only the first is written",
    help: "Have the child traced, and remove the wrong number.",
    source: "UK Core, Patient.identifier:nhsNumber, at most one",
};

/// Neither the source nor the options name the responsible authority.
pub static AUTHORITY_MISSING: Rule = Rule {
    code: "fhir/authority-missing",
    severity: Severity::Warning,
    message: "No responsible authority is known: its identifiers and references to it are left out",
    help: "Name the authority.",
    source: "Homeward, FHIR targets",
};

/// More workers and periods of care than care teams are written for.
pub static TEAMS_FULL: Rule = Rule {
    code: "fhir/teams-full",
    severity: Severity::Loss,
    message: "The child has more workers in more periods of care than can be written",
    help: "Look whether the rows of several children were given one number.",
    source: "Homeward, limits of care teams",
};

/// A child without an NHS number for a server that owns its patients.
pub static PATIENT_UNMATCHABLE: Rule = Rule {
    code: "fhir/patient-unmatchable",
    severity: Severity::Error,
    message: "The recipient finds patients by NHS number, and this child has none, or several; nothing is written",
    help: "Have the child traced and give the NHS number with the links, or write the Patient: fhir.patient=put.",
    source: "FHIR R4, conditional create; Homeward, fhir.patient",
};

/// Of transactions alone.
pub static BUNDLE_RULES: &[&Rule] = &[&PATIENT_UNMATCHABLE];

/// All others.
pub static RULES: &[&Rule] = &[
    &NOT_EXPRESSIBLE,
    &TOO_LITTLE,
    &UNIT_NOT_WRITTEN,
    &ABATED_AND_ACTIVE,
    &LANGUAGE_UNMAPPED,
    &ETHNICITY_COARSER,
    &NHS_NUMBER_TWICE,
    &AUTHORITY_MISSING,
    &TEAMS_FULL,
];
