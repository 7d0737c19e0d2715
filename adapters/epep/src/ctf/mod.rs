//! The Common Transfer File: what schools send of a pupil, in XML (ePEP formats, section 8).
//!
//! Which elements are needed, and in what order, is not confirmed: the full schema of the DfE is not public. They are read
//! in any order, and what is written is counted as not checked against that schema. What the file says of care is what
//! a school believes, and is kept apart from the authority's own episodes.

mod encode;
mod marks;
mod open;
mod pupil;
pub mod rules;
pub mod tables;
mod wire;

use kit::{
    adapter::{DeclaredLoss, Format, Parts, Setting},
    xml::rules as xml_rules,
};

use crate::ctf::{encode::CtfEncode, open::CtfDecode, tables::TABLES};

/// The Common Transfer File.
pub static CTF_XML: Format = Format {
    name: "ctf-xml",
    summary: "Common Transfer File of the DfE: what schools send of pupils, in XML; versions 17 to 25",
    media_types: &["application/xml", "text/xml"],
    extensions: &["xml"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: true,
    case_management: false,
    tables: TABLES,
    rules: &[xml_rules::ALL, rules::TABLE_RULES, rules::SHARED, rules::ALL],
    settings: &[VERSION, MARKS, DESTINATION],
    losses: LOSSES,
    together: &["CareEpisode", "Enrolment", "AttendanceSummary", "Attainment", "SenProvision"],
    decode: Some(&CtfDecode),
    encode: Some(&CtfEncode),
};

/// The version written: from 25 on the element is `Sex`, before it was `Gender`.
pub(crate) const VERSION: Setting = Setting { name: "ctf.version", default: "25.0", values: &[] };

/// How marks are packed: kept as they are, or two characters for each day from Monday to Friday, or for every day.
pub(crate) const MARKS: Setting =
    Setting { name: "ctf.marks", default: "opaque", values: &["opaque", "weekdays-2", "all-days-2"] };

/// The school written to, as authority and establishment together.
pub(crate) const DESTINATION: Setting = Setting { name: "ctf.destination", default: "XXXXXXX", values: &[] };

const NO_ELEMENT: &str = "the Common Transfer File has no such element";
const NOT_A_SCHOOLS: &str = "what it is about is not a school's to know";

static LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Person.is_mother", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.mother_child_birth_date", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.nhs_number_status", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.gender", why: "from version 25 on the file asks for sex alone" },
    DeclaredLoss { field: "Person.expected_birth_date", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.birth_time", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.birth_place", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.death_date", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.ethnicity_source", why: "read, and left to schools to say" },
    DeclaredLoss { field: "Person.nationality", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.religion", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.gp", why: NO_ELEMENT },
    DeclaredLoss { field: "Person.telecom", why: "how to reach a child is never written" },
    DeclaredLoss { field: "Address", why: "where a child lives is never written" },
    DeclaredLoss { field: "Relationship", why: "who belongs to a child is never written" },
    DeclaredLoss { field: "Disability", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "Immigration", why: NO_ELEMENT },
    DeclaredLoss { field: "CareEpisode", why: "only whether one is open on the day, and whose the child is" },
    DeclaredLoss { field: "Review", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "Missing", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "CarePlan", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "SocialWorker", why: NO_ELEMENT },
    DeclaredLoss { field: "PreviousPermanence", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "Adoption", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "PlacedForAdoption", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "LibertyOrder", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "CareLeaver", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "HealthCheck", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "AnnualHealth", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "Immunisation", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "Allergy", why: "a medical flag of the file names nothing" },
    DeclaredLoss { field: "Condition", why: "a medical flag of the file names nothing" },
    DeclaredLoss { field: "Medication", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "Measurement", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "SubstanceMisuse", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "SdqScore", why: NOT_A_SCHOOLS },
    DeclaredLoss { field: "EducationPlan", why: NO_ELEMENT },
    DeclaredLoss { field: "Enrolment.school_urn", why: "the history of schools names them by LAESTAB" },
    DeclaredLoss { field: "Enrolment.setting_type", why: NO_ELEMENT },
    DeclaredLoss { field: "Enrolment.on_roll", why: NO_ELEMENT },
    DeclaredLoss { field: "Enrolment.school_phone", why: NO_ELEMENT },
    DeclaredLoss { field: "Enrolment.designated_teacher", why: NO_ELEMENT },
    DeclaredLoss { field: "Enrolment.told_looked_after", why: "written from the authority's own episodes alone" },
    DeclaredLoss { field: "Enrolment.care_authority", why: "written from the authority's own episodes alone" },
    DeclaredLoss { field: "AttendanceMark", why: "how marks are packed is not confirmed" },
    DeclaredLoss { field: "AttendanceSummary.school_urn", why: "sums name a school by LAESTAB" },
    DeclaredLoss { field: "AttendanceSummary.period_start", why: "sums are of a school year" },
    DeclaredLoss { field: "AttendanceSummary.period_end", why: "sums are of a school year, to the day of the file" },
    DeclaredLoss { field: "AttendanceSummary.late", why: NO_ELEMENT },
    DeclaredLoss { field: "AttendanceSummary.excluded", why: NO_ELEMENT },
    DeclaredLoss { field: "AttendanceSummary.told_percent", why: NO_ELEMENT },
    DeclaredLoss { field: "AttendanceSummary.marks_text", why: "how marks are packed is not confirmed" },
    DeclaredLoss { field: "AttendanceSummary.marks_from", why: "how marks are packed is not confirmed" },
    DeclaredLoss { field: "AttendanceSummary.as_at", why: "the whole file is of one day" },
    DeclaredLoss { field: "Suspension", why: NO_ELEMENT },
    DeclaredLoss { field: "Attainment.term", why: NO_ELEMENT },
    DeclaredLoss { field: "Attainment.basis", why: "the method says it, where there is one" },
    DeclaredLoss { field: "Attainment.on_track", why: NO_ELEMENT },
    DeclaredLoss { field: "SenProvision.ehcp_la", why: NO_ELEMENT },
    DeclaredLoss { field: "SenProvision.ehcp_review_date", why: NO_ELEMENT },
    DeclaredLoss { field: "Voice", why: NO_ELEMENT },
    DeclaredLoss { field: "Restriction", why: "restrictions travel in restrictions-csv, which is only read" },
    DeclaredLoss { field: "Consent", why: "consents travel in restrictions-csv, which is only read" },
    DeclaredLoss { field: "Delegation", why: "delegations travel in restrictions-csv, which is only read" },
];
