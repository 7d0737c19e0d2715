//! The health passport: what an authority knows of a child in care, written as UK Core FHIR (R4 4.0.1) for the NHS.
//!
//! Three forms of the same resources: a stream of resources (`fhir-ndjson`) and a transaction for each child, in JSON and
//! in XML (`fhir-json`, `fhir-xml`). Written is what a view has let out: a field without a value gives no element, and a statement that
//! lacks what FHIR requires gives no resource but a loss. Resources are put by id, and ids follow from names
//! ([`kit::ids`]), so that a second export updates the first; for a server that gives ids itself, or owns its patients,
//! a transaction finds them by identifier instead.
//!
//! Not written: what [`LOSSES`] declares, and Provenance. Provenance says in which document a statement was read; only
//! a view that lets the source out may have it, and the health view does not. Nothing is ever deleted by a document: a
//! statement that the source has taken back goes out as `entered-in-error`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod bundle;
mod child;
mod coding;
mod concept;
mod conventions;
mod convert;
pub mod fhir;
mod labels;
mod name;
mod ndjson;
mod page;
mod people;
mod period;
mod read;
mod resource_type;
mod resources;
pub mod rules;
mod workers;
mod writer;

use kit::adapter::{Adapter, Conversion, DeclaredLoss, Format, Parts};

pub use self::{bundle::BUNDLE_ENTRIES_MAX, workers::PARTICIPANTS_MAX};
use self::{
    bundle::{Bundles, XmlBundles},
    conventions::{BASE, BIRTH_SEX, ETHNICITY_99, FLAG, PATIENT, PROFILE, SPLIT, UPDATE},
    convert::{Form, Notations},
    ndjson::Stream,
    read::FhirDecode,
    rules::{BUNDLE_RULES, PAGE_RULES, PART_RULES, READ_RULES, RULES, XML_RULES},
};

/// The adapter.
pub static ADAPTER: Adapter = Adapter {
    name: "health-passport",
    summary: "UK Core FHIR R4 of looked after children for the NHS",
    formats: &[&FHIR_NDJSON, &FHIR_JSON, &FHIR_XML, &PASSPORT_HTML],
    conversions: CONVERSIONS,
};

/// The notations of a resource.
static CONVERSIONS: &[Conversion] = &[
    Conversion { from: &FHIR_JSON, to: &FHIR_XML, convert: &Notations { from: Form::Json, to: Form::Xml } },
    Conversion { from: &FHIR_JSON, to: &FHIR_NDJSON, convert: &Notations { from: Form::Json, to: Form::Lines } },
    Conversion { from: &FHIR_XML, to: &FHIR_JSON, convert: &Notations { from: Form::Xml, to: Form::Json } },
    Conversion { from: &FHIR_XML, to: &FHIR_NDJSON, convert: &Notations { from: Form::Xml, to: Form::Lines } },
    Conversion { from: &FHIR_NDJSON, to: &FHIR_JSON, convert: &Notations { from: Form::Lines, to: Form::Json } },
    Conversion { from: &FHIR_NDJSON, to: &FHIR_XML, convert: &Notations { from: Form::Lines, to: Form::Xml } },
];

/// A stream of resources, one a line.
pub static FHIR_NDJSON: Format = Format {
    name: "fhir-ndjson",
    summary: "UK Core FHIR R4 resources, one a line: the authority, then child by child",
    media_types: &["application/fhir+ndjson"],
    extensions: &["ndjson"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: true,
    case_management: false,
    tables: &[],
    rules: &[RULES, READ_RULES, PART_RULES, fhir::RULES[0], fhir::RULES[1], fhir::RULES[2]],
    settings: &[PROFILE, BIRTH_SEX, ETHNICITY_99, FLAG, SPLIT],
    losses: LOSSES,
    together: TOGETHER,
    decode: Some(&FhirDecode { form: Form::Lines }),
    encode: Some(&Stream),
};

/// A transaction Bundle a child.
pub static FHIR_JSON: Format = Format {
    name: "fhir-json",
    summary: "UK Core FHIR R4 transaction Bundles, one a child",
    media_types: &["application/fhir+json"],
    extensions: &["json"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: true,
    case_management: false,
    tables: &[],
    rules: &[RULES, BUNDLE_RULES, READ_RULES, PART_RULES, fhir::RULES[0], fhir::RULES[1], fhir::RULES[2]],
    settings: &[PROFILE, BIRTH_SEX, ETHNICITY_99, FLAG, UPDATE, PATIENT, BASE],
    losses: LOSSES,
    together: TOGETHER,
    decode: Some(&FhirDecode { form: Form::Json }),
    encode: Some(&Bundles),
};

/// The same transactions in XML.
pub static FHIR_XML: Format = Format {
    name: "fhir-xml",
    summary: "UK Core FHIR R4 transaction Bundles in XML, one a child",
    media_types: &["application/fhir+xml"],
    extensions: &["xml"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: true,
    case_management: false,
    tables: &[],
    rules: &[RULES, BUNDLE_RULES, READ_RULES, PART_RULES, XML_RULES, fhir::RULES[0], fhir::RULES[1], fhir::RULES[2]],
    settings: &[PROFILE, BIRTH_SEX, ETHNICITY_99, FLAG, UPDATE, PATIENT, BASE],
    losses: LOSSES,
    together: TOGETHER,
    decode: Some(&FhirDecode { form: Form::Xml }),
    encode: Some(&XmlBundles),
};

/// The young person's own page.
pub static PASSPORT_HTML: Format = Format {
    name: "passport-html",
    summary: "The young person's own page of the health passport, in plain words; one page a child",
    media_types: &["text/html"],
    extensions: &["html"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[],
    rules: &[PAGE_RULES],
    settings: &[],
    losses: page::LOSSES,
    together: page::TOGETHER,
    decode: None,
    encode: Some(&page::PassportEncode),
};

/// Periods of care are derived from all episodes, care teams and the manager of an episode from both together, and one
/// Practitioner from all that is said of a worker; the plan of which health checks are due from all checks.
static TOGETHER: &[&str] = &["CareEpisode", "SocialWorker", "HealthCheck"];

/// What FHIR does not carry, and why.
pub static LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Adoption", why: "an adopted child's record must not lead back" },
    DeclaredLoss { field: "PlacedForAdoption", why: "an adopted child's record must not lead back" },
    DeclaredLoss { field: "PreviousPermanence", why: "an adopted child's record must not lead back" },
    DeclaredLoss { field: "Delegation", why: "no element; it is on the carer's page" },
    DeclaredLoss { field: "AnnualHealth.convicted", why: "data of criminal offences, with no purpose in health" },
    DeclaredLoss { field: "Person.religion", why: "no purpose in health" },
    DeclaredLoss { field: "Person.nationality", why: "no purpose in health" },
    DeclaredLoss { field: "Person.ethnicity_source", why: "no element" },
    DeclaredLoss { field: "Person.upn_unknown_reason", why: "no purpose in health" },
    DeclaredLoss { field: "Person.expected_birth_date", why: "no element" },
    DeclaredLoss { field: "Relationship.rank", why: "no element" },
    DeclaredLoss { field: "Relationship.lives_with", why: "no element" },
    DeclaredLoss { field: "Relationship.permissions", why: "no element; they are on the carer's page" },
    DeclaredLoss { field: "Relationship.role", why: "teachers and social workers are no related persons" },
    DeclaredLoss { field: "HealthCheck.report", why: "a document is not carried" },
    DeclaredLoss { field: "Condition.affects_school", why: "no element" },
    DeclaredLoss { field: "Medication.affects_school", why: "no element" },
    DeclaredLoss { field: "SocialWorker.team", why: "no element" },
    DeclaredLoss { field: "SocialWorker.job_title", why: "no element" },
    DeclaredLoss { field: "SocialWorker.caseload", why: "no purpose in health" },
    DeclaredLoss { field: "SocialWorker.change_reason", why: "no purpose in health" },
    DeclaredLoss { field: "CareLeaver.pathway_review_date", why: "no element" },
    DeclaredLoss { field: "CareLeaver.personal_adviser", why: "a name alone is no participant" },
    DeclaredLoss { field: "AttendanceMark", why: "no reader in health" },
    DeclaredLoss { field: "Suspension", why: "no reader in health" },
    DeclaredLoss { field: "Attainment", why: "no reader in health" },
    DeclaredLoss { field: "EducationPlan.plan_ref", why: "it is in the id of the resource alone" },
    DeclaredLoss { field: "EducationPlan.premium", why: "no reader in health" },
    DeclaredLoss { field: "EducationPlan.quality", why: "no reader in health" },
    DeclaredLoss { field: "EducationPlan.academic_year", why: "no element" },
    DeclaredLoss { field: "EducationPlan.term", why: "no element" },
    DeclaredLoss { field: "EducationPlan.half", why: "no element" },
    DeclaredLoss { field: "EducationPlan.plan_type", why: "no element" },
    DeclaredLoss { field: "EducationPlan.form", why: "no element" },
    DeclaredLoss { field: "EducationPlan.nc_year", why: "no element" },
    DeclaredLoss { field: "EducationPlan.due_date", why: "no element" },
    DeclaredLoss { field: "EducationPlan.completed_date", why: "no element" },
    DeclaredLoss { field: "EducationPlan.next_date", why: "no element" },
    DeclaredLoss { field: "EducationPlan.told_in_timescale", why: "no element" },
    DeclaredLoss { field: "EducationPlan.school_urn", why: "no element" },
    DeclaredLoss { field: "EducationPlan.school_laestab", why: "no element" },
    DeclaredLoss { field: "EducationPlan.school_name", why: "no element" },
    DeclaredLoss { field: "EducationPlan.not_required_reason", why: "no element" },
    DeclaredLoss { field: "EducationPlan.attended_by", why: "no element" },
    DeclaredLoss { field: "EducationPlan.told_attendance_percent", why: "no element" },
    DeclaredLoss { field: "EducationPlan.reduced_timetable", why: "no element" },
    DeclaredLoss { field: "EducationPlan.eet_status", why: "no element" },
    DeclaredLoss { field: "EducationPlan.as_at", why: "no element" },
    DeclaredLoss { field: "Enrolment.on_roll", why: "no element" },
    DeclaredLoss { field: "Enrolment.school_phone", why: "no element" },
    DeclaredLoss { field: "Enrolment.leaving_reason", why: "no element" },
    DeclaredLoss { field: "Enrolment.designated_teacher", why: "no element" },
    DeclaredLoss { field: "Enrolment.told_looked_after", why: "no element" },
    DeclaredLoss { field: "Enrolment.care_authority", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.school_urn", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.school_laestab", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.school_name", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.late", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.excluded", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.told_percent", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.marks_text", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.marks_from", why: "no element" },
    DeclaredLoss { field: "AttendanceSummary.as_at", why: "no element" },
    DeclaredLoss { field: "SenProvision.ehcp_la", why: "no element" },
    DeclaredLoss { field: "SenProvision.ehcp_review_date", why: "no element" },
    DeclaredLoss { field: "Voice.context", why: "no element" },
    DeclaredLoss { field: "Voice.by", why: "no element" },
    DeclaredLoss { field: "Voice.how", why: "no element" },
    DeclaredLoss { field: "Voice.topic", why: "no element" },
    DeclaredLoss { field: "Voice.share", why: "no element" },
    DeclaredLoss { field: "Voice.answers", why: "no element" },
    DeclaredLoss { field: "Referral", why: "other standards serve the market of homes" },
    DeclaredLoss { field: "Offer", why: "other standards serve the market of homes" },
    DeclaredLoss { field: "PlacementNotice", why: "other standards serve the market of homes" },
    DeclaredLoss { field: "PlacementCost", why: "other standards serve the market of homes" },
];
