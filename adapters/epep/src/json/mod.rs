//! Plans and attendance in JSON: shapes of our own, that say what the tables say (ePEP formats, section 5).
//!
//! Each shape puts the tables of CSV at paths of a document: one declaration of a column for both. A dialect that names
//! a table reads the flat lists of others instead, with their member paths for our columns.

mod attendance;
mod flat;
mod open;
mod plans;
pub mod rules;
mod shape;
mod write;

use kit::{
    adapter::{Format, Parts},
    json::rules as json_rules,
};

use crate::{
    ATTENDANCE_CSV, PEP_CSV,
    json::{
        attendance::{AttendanceShape, AttendanceWrite},
        open::JsonDecode,
        plans::{PlansShape, PlansWrite},
        write::JsonEncode,
    },
    rules as shared,
};

/// Plans with all that stands in them.
pub static PEP_JSON: Format = Format {
    name: "pep-json",
    summary: "Personal education plans in JSON, each with its child, setting, targets, results and what was said",
    media_types: &["application/json", "application/x-ndjson"],
    extensions: &["json", "ndjson"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: PEP_CSV.tables,
    rules: &[
        json_rules::ALL,
        rules::TABLE_RULES,
        rules::ALL,
        shared::CHILD,
        shared::SCHOOL,
        shared::PLANS,
        rules::WRITING,
    ],
    settings: &[],
    losses: PEP_CSV.losses,
    together: PEP_TOGETHER,
    decode: Some(&JsonDecode::<PlansShape>::NEW),
    encode: Some(&JsonEncode::<PlansWrite>::NEW),
};

/// A plan holds the results of its child and what was said.
const PEP_TOGETHER: &[&str] = &["EducationPlan", "Enrolment", "SenProvision", "SdqScore", "Attainment", "Voice"];

/// Marks, sums and suspensions, by child and school.
pub static ATTENDANCE_JSON: Format = Format {
    name: "attendance-json",
    summary: "Attendance in JSON: marks, sums and suspensions of each child at each school",
    media_types: &["application/json", "application/x-ndjson"],
    extensions: &["json", "ndjson"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: ATTENDANCE_CSV.tables,
    rules: &[
        json_rules::ALL,
        rules::TABLE_RULES,
        rules::ALL,
        shared::CHILD,
        shared::SCHOOL,
        shared::ATTENDANCE,
        rules::ATTENDANCE,
        rules::WRITING,
    ],
    settings: &[],
    losses: ATTENDANCE_CSV.losses,
    together: &["AttendanceMark", "AttendanceSummary", "Suspension", "Enrolment"],
    decode: Some(&JsonDecode::<AttendanceShape>::NEW),
    encode: Some(&JsonEncode::<AttendanceWrite>::NEW),
};
