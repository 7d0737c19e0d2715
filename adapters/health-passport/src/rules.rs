//! The rules that writing FHIR can raise.

use kit::{csv::rules as table_rules, nested::rules::JSON, xml::rules as xml_rules};
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

const fn rule(
    severity: Severity,
    code: &'static str,
    message: &'static str,
    help: &'static str,
    source: &'static str,
) -> Rule {
    Rule { code, severity, message, help, source }
}

macro_rules! read_rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $severity:ident $code:literal, $message:literal, $help:literal, $source:literal;)+) => {
        $($(#[doc = $doc])+ pub static $name: Rule = rule(Severity::$severity, $code, $message, $help, $source);)+

        /// Of reading resources into records.
        pub static READ_RULES: &[&Rule] = &[$(&$name),+];
    };
}

read_rules! {
    /// A type that says nothing.
    NOT_READ = Loss "fhir/type-not-read", "Resources of this type say nothing that the record holds; the first of them stands here",
        "They stay in the source.", "Homeward, declared losses from FHIR";
    /// Nobody's resource.
    SUBJECT_UNRESOLVED = Error "fhir/subject-unresolved", "Nobody can tell whose this resource is: its reference leads to no Patient of the document, and no identifier stands beside it",
        "Send the Patient along, or give the NHS number as the identifier of the reference.", "FHIR R4, references";
    /// A year or month.
    DATE_INCOMPLETE = Loss "fhir/date-incomplete", "A year or month alone is no day, and the record holds days", "It stays in the source.", "Homeward, declared losses from FHIR";
    /// Other ways to reach a person.
    TELECOM_OTHER = Loss "fhir/telecom-other", "The record holds telephones and mail; other ways to reach a person are not read", "They stay in the source.", "Homeward, declared losses from FHIR";
    /// A Patient that ceased.
    PATIENT_REPLACED = Warning "fhir/patient-replaced", "This Patient was joined to another, and says nothing any more", "Look whether the two are one child here too: `homeward identity`.", "FHIR R4, Patient.link";
    /// A wider category.
    ETHNICITY_WIDER = Loss "fhir/ethnicity-wider", "The NHS category stands for several of the DfE's; the general one is read", "The authority's own code, sent as a second coding, wins.", "UK Core, EthnicCategoryEngland";
    /// A label that cannot be read.
    LABEL_UNREADABLE = Error "fhir/label-unreadable", "A label of confidentiality cannot be read; nothing of the child leaves to others until somebody has looked", "Send the code of v3-Confidentiality that PDS has.", "NHS PDS, restricted patients";
    /// A guard that cannot be read.
    GUARD_UNREADABLE = Error "fhir/guard-unreadable", "Something that protects the child cannot be read here; nothing of the child leaves to others until somebody has looked", "Mend the placement, the end of the episode, or the consent.", "Homeward, guards";
    /// An episode of another kind.
    EPISODE_OTHER = Loss "fhir/episode-other", "An EpisodeOfCare of another kind than being looked after is not read", "It stays in the source.", "Homeward, declared losses from FHIR";
    /// A plan of another kind.
    PLAN_OTHER = Loss "fhir/plan-other", "A CarePlan of a kind that is not known here is not read", "It stays in the source.", "Homeward, declared losses from FHIR";
    /// A flag of another kind.
    FLAG_OTHER = Loss "fhir/flag-other", "A Flag of a kind that is not known here is not read", "It stays in the source.", "Homeward, declared losses from FHIR";
    /// A period without an episode.
    LOOKED_AFTER_ALONE = Loss "fhir/looked-after-alone", "That a child is looked after is told by itself: no episode of the document begins with that period or lies in it, and none is made", "Send the EpisodeOfCare along, with the day on which it began.", "Homeward, declared losses from FHIR; the looked-after status model";
    /// An observation of another kind.
    OBSERVATION_OTHER = Loss "fhir/observation-other", "An Observation of a kind that is not known here is not read", "It stays in the source.", "Homeward, declared losses from FHIR";
    /// An encounter that is no check.
    ENCOUNTER_OTHER = Loss "fhir/encounter-other", "An Encounter or Appointment that is none of the checks of a looked-after child is not read", "Give it a coding of urn:homeward:cs:health-check-type to have it read.", "Homeward, declared losses from FHIR";
    /// A check known by its words.
    CHECK_BY_WORDS = Warning "fhir/check-by-words", "What kind of check this is was told from its words", "Give it a coding of urn:homeward:cs:health-check-type.", "Homeward, health checks";
    /// Not attended.
    NOT_ATTENDED = Loss "fhir/not-attended", "That nobody came is read as cancelled", "It stays in the source.", "Homeward, declared losses from FHIR";
    /// A code that the list does not have.
    CODE_UNKNOWN = Warning "fhir/code-unknown", "A code of a known list that the list does not have", "Check the code.", "Homeward, code lists";
    /// A medicine without a name.
    MEDICINE_UNNAMED = Warning "fhir/medicine-unnamed", "Which medicine this is stands elsewhere; it is not read", "Send it as medicationCodeableConcept, or with the name in display.", "FHIR R4, MedicationStatement.medication";
    /// Not yet, or no more, a finding.
    NOT_FINAL = Loss "fhir/not-final", "What is registered, begun, stopped or cancelled is no finding, and is not read", "It is read once its status says that it is complete.", "FHIR R4, Observation.status and QuestionnaireResponse.status";
    /// Answers beside a total.
    ANSWERS_NOT_READ = Loss "fhir/answers-not-read", "Of a Strengths and Difficulties Questionnaire only the total is read, and it is never scored from answers", "They stay in the source.", "Homeward, declared losses from FHIR";
    /// No total.
    SDQ_WITHOUT_TOTAL = Warning "fhir/sdq-without-total", "A Strengths and Difficulties Questionnaire tells no total; it is not read", "Send the total as an item whose code, in the Questionnaire or as its linkId, is urn:homeward:cs:topic|sdq-total, or as an Observation.", "Homeward, SDQ scores";
    /// A total that is none.
    SDQ_TOTAL = Error "fhir/sdq-total-unreadable", "The total of a Strengths and Difficulties Questionnaire is no whole number from 0 to 40", "Send valueInteger, from 0 to 40.", "SSDA903 rule 180; Homeward, SDQ scores";
    /// Two totals.
    SDQ_TOTALS_DIFFER = Error "fhir/sdq-totals-differ", "One questionnaire tells two totals that differ, or of two raters; neither is read", "Send one response for each rater, with one total.", "Homeward, SDQ scores";
    /// A list that says nothing.
    LIST_SAYS_NOTHING = Loss "fhir/list-says-nothing", "A list of allergies that is empty, for another reason than that none is known, or is no longer in use, says nothing of allergies", "To say that there is none, send the reason nilknown of list-empty-reason, or an AllergyIntolerance that says so.", "FHIR R4, List.emptyReason; UK Core, List";
    /// Words without entries.
    NARRATIVE_ALONE = Loss "fhir/narrative-alone", "A section of a Composition has words and no entry: words are not read", "Send the resources of which the words speak, as entries of the section.", "Homeward, declared losses from FHIR";
    /// A measurement without a quantity.
    MEASUREMENT_EMPTY = Warning "fhir/measurement-empty", "A measurement has no quantity", "Send valueQuantity.", "UK Core, vital signs";
    /// A unit that is not the profile's.
    UNIT_UNKNOWN = Error "fhir/unit-unknown", "This is not measured in a unit that is known for it; it is not read", "Send the unit of UK Core's profile.", "UK Core, vital signs";
}

/// Of documents in several parts; they are those of all formats.
pub static PART_RULES: &[&Rule] = &[&table_rules::TOO_MANY_PARTS, &JSON.unreadable];

/// Of the grammar of XML; they are those of all formats in XML.
pub static XML_RULES: &[&Rule] = &[&xml_rules::DOCTYPE, &xml_rules::MISMATCHED, &xml_rules::TOO_MANY_ATTRIBUTES];

/// An adopted child's passport.
pub static PASSPORT_NOT_MADE: Rule = rule(
    Severity::Loss,
    "fhir/passport-not-made",
    "No passport is made of a child who was adopted: it must not lead back",
    "The child's own authority keeps its records.",
    "Homeward, views, section 7.2",
);

/// Of the page alone.
pub static PAGE_RULES: &[&Rule] = &[&PASSPORT_NOT_MADE];

/// Of transactions alone.
pub static BUNDLE_RULES: &[&Rule] = &[&PATIENT_UNMATCHABLE];

/// All others.
pub static RULES: &[&Rule] = &[
    &NOT_EXPRESSIBLE,
    &TOO_LITTLE,
    &UNIT_NOT_WRITTEN,
    &LANGUAGE_UNMAPPED,
    &ETHNICITY_COARSER,
    &NHS_NUMBER_TWICE,
    &AUTHORITY_MISSING,
    &TEAMS_FULL,
];
