//! What a virtual school sends and takes: personal education plans, attendance, and what children say.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod attendance;
pub mod child;
pub mod ctf;
pub mod document;
pub mod encoding;
pub mod figures;
pub mod json;
pub mod plans;
pub mod records;
pub mod roll;
pub mod rules;
pub mod sessions;
pub mod timeliness;
pub mod voices;
pub mod wire;

use kit::{
    adapter::{Adapter, DeclaredLoss, Format, Parts, Setting},
    csv::rules as table_rules,
};

use crate::{
    attendance::{
        AttendanceEncode,
        tables::{DAY, DayRow, MARK, MarkRow, SUMMARY, SUSPENSION, SummaryRow, SuspensionRow},
    },
    document::{TableOf, TablesDecode},
    plans::{
        PlansEncode,
        tables::{ATTAINMENT, AttainmentRow, PEP, PEP_TARGET, PlanRow, PlanVoiceRow, TargetRow, VOICE},
    },
    roll::{LEFT_CARE_ROWS_DAYS, RollEncode, tables::ROLL},
    voices::tables::{SAID, VoiceRow},
};

/// The adapter.
pub static ADAPTER: Adapter = Adapter {
    name: "epep",
    summary: "A virtual school: personal education plans, attendance, suspensions, and what children say",
    formats: &[
        &PEP_CSV,
        &json::PEP_JSON,
        &VOICE_CSV,
        &ROLL_CSV,
        &ATTENDANCE_CSV,
        &json::ATTENDANCE_JSON,
        &ctf::CTF_XML,
    ],
    conversions: &[],
};

/// Which table of plans is written.
pub const PLANS_TABLE: Setting =
    Setting { name: "table", default: "pep", values: &["pep", "pep_target", "attainment", "voice"] };

/// Which table of attendance is written.
pub const ATTENDANCE_TABLE: Setting = Setting {
    name: "table",
    default: "attendance_mark",
    values: &["attendance_mark", "attendance_summary", "suspension"],
};

/// Plans with their targets, results and what was said.
pub static PEP_CSV: Format = Format {
    name: "pep-csv",
    summary: "Personal education plans, with targets, results and what was said: four tables, told by their heading rows",
    media_types: &["text/csv", "application/zip"],
    extensions: &["csv", "zip"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&PEP, &PEP_TARGET, &ATTAINMENT, &VOICE],
    rules: &[table_rules::ALL, rules::CHILD, rules::SCHOOL, rules::PLANS, rules::WRITING],
    settings: &[PLANS_TABLE],
    losses: PLANS_LOSSES,
    together: &["EducationPlan", "Enrolment", "SenProvision", "SdqScore"],
    decode: Some(&TablesDecode {
        tables: &[
            TableOf::rows::<PlanRow>(),
            TableOf::rows::<TargetRow>(),
            TableOf::rows::<AttainmentRow>(),
            TableOf::rows::<PlanVoiceRow>(),
        ],
    }),
    encode: Some(&PlansEncode),
};

/// What somebody said elsewhere.
pub static VOICE_CSV: Format = Format {
    name: "voice-csv",
    summary: "What children, parents and carers said elsewhere: in an app, at a review, in a survey",
    media_types: &["text/csv"],
    extensions: &["csv"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&SAID],
    rules: &[table_rules::ALL, rules::CHILD, rules::VOICES],
    settings: &[],
    losses: &[],
    together: &[],
    decode: Some(&TablesDecode { tables: &[TableOf::rows::<VoiceRow>()] }),
    encode: None,
};

/// Marks, sums and suspensions.
pub static ATTENDANCE_CSV: Format = Format {
    name: "attendance-csv",
    summary: "Attendance: marks, sums and suspensions, each in a table of its own, told by their heading rows",
    media_types: &["text/csv", "application/zip"],
    extensions: &["csv", "zip"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&MARK, &DAY, &SUMMARY, &SUSPENSION],
    rules: &[table_rules::ALL, rules::CHILD, rules::SCHOOL, rules::ATTENDANCE, rules::WRITING],
    settings: &[ATTENDANCE_TABLE],
    losses: ATTENDANCE_LOSSES,
    together: &[],
    decode: Some(&TablesDecode {
        tables: &[
            TableOf::rows::<MarkRow>(),
            TableOf::rows::<DayRow>(),
            TableOf::rows::<SummaryRow>(),
            TableOf::rows::<SuspensionRow>(),
        ],
    }),
    encode: Some(&AttendanceEncode),
};

/// Who is to be called.
pub static ROLL_CSV: Format = Format {
    name: "roll-csv",
    summary: "The roll of children whose schools are to be called: a full snapshot of a day, one row a child and enrolment",
    media_types: &["text/csv"],
    extensions: &["csv"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&ROLL],
    rules: &[rules::ROLL],
    settings: &[LEFT_CARE_ROWS_DAYS],
    losses: &[
        DeclaredLoss { field: "AttendanceMark", why: "a roll asks for marks and tells none" },
        DeclaredLoss { field: "AttendanceSummary", why: "a roll asks for marks and tells none" },
        DeclaredLoss { field: "Suspension", why: "no column for it" },
        DeclaredLoss { field: "Attainment", why: "no column for it" },
        DeclaredLoss { field: "Voice", why: "nobody who collects attendance needs it" },
        DeclaredLoss { field: "AnnualHealth", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "SdqScore", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "Disability", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "HealthCheck", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "Immunisation", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "Allergy", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "Condition", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "Medication", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "Measurement", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "SubstanceMisuse", why: "no health of any kind is on a roll" },
        DeclaredLoss { field: "Missing", why: "no episode of being missing is on a roll" },
        DeclaredLoss { field: "Immigration", why: "no immigration status is on a roll" },
        DeclaredLoss { field: "Address", why: "where a child lives is not on a roll" },
        DeclaredLoss { field: "CarePlan", why: "no column for it" },
    ],
    together: ROLL_TOGETHER,
    decode: None,
    encode: Some(&RollEncode),
};

/// A row is made of all that is said of the child.
static ROLL_TOGETHER: &[&str] =
    &["CareEpisode", "Relationship", "Enrolment", "SocialWorker", "SenProvision", "EducationPlan", "Consent"];

/// Declares what tables for schools cannot say: what no school needs, and what each format says elsewhere or not at all.
macro_rules! school_losses {
    ($($field:literal $why:literal,)+) => {
        school_losses!(@unneeded [
            "Address"
            "Relationship"
            "Disability"
            "Immigration"
            "CareEpisode"
            "Review"
            "Missing"
            "CarePlan"
            "SocialWorker"
            "PreviousPermanence"
            "Adoption"
            "PlacedForAdoption"
            "LibertyOrder"
            "CareLeaver"
            "HealthCheck"
            "AnnualHealth"
            "Immunisation"
            "Allergy"
            "Condition"
            "Medication"
            "Measurement"
            "SubstanceMisuse"
            "Consent"
            "Delegation"
            "Restriction"
        ] $($field $why,)+)
    };
    (@unneeded [$($unneeded:literal)+] $($field:literal $why:literal,)+) => {
        &[
            $(DeclaredLoss { field: $unneeded, why: "no column for it: a school needs none of it by this way" },)+
            $(DeclaredLoss { field: $field, why: $why },)+
        ]
    };
}

/// What tables of plans cannot say.
static PLANS_LOSSES: &[DeclaredLoss] = school_losses! {
    "AttendanceMark" "marks travel in attendance-csv",
    "AttendanceSummary" "sums travel in attendance-csv",
    "Suspension" "suspensions travel in attendance-csv",
    "Enrolment.entry_date" "a plan says where a child is, not since when",
    "Enrolment.leaving_date" "a plan says where a child is, not until when",
    "SenProvision.start_date" "a plan says what is provided, not since when",
    "Attainment.method" "only the Common Transfer File has it",
    "Attainment.component" "only the Common Transfer File has it",
    "Voice.answers" "set questions have no column",
    "Person.names[former]" "a former name may tell an adoption",
    "SdqScore.reason" "a plan has a score or none",
};

/// What tables of attendance cannot say.
static ATTENDANCE_LOSSES: &[DeclaredLoss] = school_losses! {
    "EducationPlan" "plans travel in pep-csv",
    "Attainment" "results travel in pep-csv",
    "SenProvision" "only what held at the time of a suspension has a column",
    "SdqScore" "a score travels with a plan",
    "Voice" "what was said travels with a plan",
    "Enrolment.entry_date" "attendance says at which school, not since when",
    "Person.names[former]" "a former name may tell an adoption",
};
