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
        DeclaredLoss { field: "Missing", why: "no episode of being missing is on a roll" },
        DeclaredLoss { field: "Immigration", why: "no immigration status is on a roll" },
    ],
    together: ROLL_TOGETHER,
    decode: None,
    encode: Some(&RollEncode),
};

/// A row is made of all that is said of the child.
static ROLL_TOGETHER: &[&str] =
    &["CareEpisode", "Enrolment", "SocialWorker", "SenProvision", "EducationPlan", "Consent"];

/// What tables of plans cannot say.
static PLANS_LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Immigration", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "CareEpisode", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Review", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Missing", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "SocialWorker", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "PreviousPermanence", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Adoption", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "PlacedForAdoption", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "LibertyOrder", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "CareLeaver", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "AnnualHealth", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Consent", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Delegation", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Restriction", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "AttendanceMark", why: "marks travel in attendance-csv" },
    DeclaredLoss { field: "AttendanceSummary", why: "sums travel in attendance-csv" },
    DeclaredLoss { field: "Suspension", why: "suspensions travel in attendance-csv" },
    DeclaredLoss { field: "Enrolment.entry_date", why: "a plan says where a child is, not since when" },
    DeclaredLoss { field: "Enrolment.leaving_date", why: "a plan says where a child is, not until when" },
    DeclaredLoss { field: "SenProvision.start_date", why: "a plan says what is provided, not since when" },
    DeclaredLoss { field: "Attainment.method", why: "only the Common Transfer File has it" },
    DeclaredLoss { field: "Attainment.component", why: "only the Common Transfer File has it" },
    DeclaredLoss { field: "Voice.answers", why: "set questions have no column" },
    DeclaredLoss { field: "Person.names[former]", why: "a former name may tell an adoption" },
    DeclaredLoss { field: "SdqScore.reason", why: "a plan has a score or none" },
];

/// What tables of attendance cannot say.
static ATTENDANCE_LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Immigration", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "CareEpisode", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Review", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Missing", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "SocialWorker", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "PreviousPermanence", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Adoption", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "PlacedForAdoption", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "LibertyOrder", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "CareLeaver", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "AnnualHealth", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Consent", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Delegation", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "Restriction", why: "no column for it: a school needs none of it by this way" },
    DeclaredLoss { field: "EducationPlan", why: "plans travel in pep-csv" },
    DeclaredLoss { field: "Attainment", why: "results travel in pep-csv" },
    DeclaredLoss { field: "SenProvision", why: "only what held at the time of a suspension has a column" },
    DeclaredLoss { field: "SdqScore", why: "a score travels with a plan" },
    DeclaredLoss { field: "Voice", why: "what was said travels with a plan" },
    DeclaredLoss { field: "Enrolment.entry_date", why: "attendance says at which school, not since when" },
    DeclaredLoss { field: "Person.names[former]", why: "a former name may tell an adoption" },
];
