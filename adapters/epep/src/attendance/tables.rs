//! The tables of attendance: marks, a day with both marks, sums, suspensions (epep, sections 4.1 to 4.3).

use kit::csv::rules::BLANK;
use schemas::{
    code::{MarkRecorder, SchoolSession, SenProvisionKind, SuspensionCategory, SuspensionReason, SuspensionReview},
    date::{AcademicYear, Date, DateTime},
    reflect::Number,
};

use crate::{
    child::child_rows,
    rules,
    wire::{Estab, Mark, NotCarried, Percent, Urn, Word, Words},
};

const URN: &[&str] = &["urn", "school_id", "establishment_urn", "gias_urn"];
const LAESTAB: &[&str] = &["laestab", "dfe_number", "dfes_number", "estab_no", "la_estab", "dcsf_number"];
const SCHOOL: &[&str] = &["school", "provision_name", "setting_name", "establishment"];

child_rows! {
    /// One mark of one session.
    MarkRow = MARK "attendance_mark" {
        /// URN of the school.
        school_urn: Urn = "school_urn" { aliases: URN, field: "AttendanceMark.school_urn", required: false, source: "epep 4.1, 7" },
        /// LAESTAB of the school.
        school_laestab: Estab = "school_laestab" { aliases: LAESTAB, field: "AttendanceMark.school_laestab", required: false, source: "epep 4.1, 7" },
        /// Name of the school.
        school_name: Box<str> = "school_name" { aliases: SCHOOL, field: "AttendanceMark.school_name", required: false, source: "epep 4.1" },
        /// Day of the session.
        date: Date = "date" { aliases: &["mark_date", "attendance_date", "session_date", "day"], field: "AttendanceMark.date", loses_row: true, source: "epep 4.1" },
        /// Morning or afternoon.
        session: Word<SchoolSession> = "session" { aliases: &["am_pm", "period"], field: "AttendanceMark.session", loses_row: true, source: "epep 4.1" },
        /// Attendance code; blank, a hyphen or an exclamation mark is no mark.
        code: Mark = "code" { aliases: &["mark", "attendance_code", "attendancereason", "reason_code", "attendance_mark"], field: "AttendanceMark.code", wrong: &rules::CODE_UNKNOWN, source: "epep 4.4" },
        /// Minutes late, of who came late.
        minutes_late: Number<240> = "minutes_late" { aliases: &["late_mins"], field: "AttendanceMark.minutes_late", required: false, source: "epep 4.1" },
        /// U puts the mark, D takes it back.
        action: Action = "action" { aliases: &["record_action"], required: false, loses_row: false, source: "epep 4.1" },
        /// When it was recorded: it orders corrections.
        recorded_at: DateTime = "recorded_at" { aliases: &["updated_at", "collected_at", "last_modified"], field: "AttendanceMark.recorded_at", required: false, source: "epep 4.1" },
        /// Who recorded it.
        recorded_by: Word<MarkRecorder> = "recorded_by" { aliases: &["source"], field: "AttendanceMark.recorded_by", required: false, source: "epep 4.1" },
        /// A comment, which is not carried.
        comment: NotCarried = "comment" { aliases: &["comments", "notes"], required: false, only_read: true, source: "epep 4.1" },
    }

    /// Both marks of one day; read and never written.
    DayRow = DAY "attendance_day" {
        /// URN of the school.
        school_urn: Urn = "school_urn" { aliases: URN, field: "AttendanceMark.school_urn", required: false, source: "epep 4.1, 7" },
        /// LAESTAB of the school.
        school_laestab: Estab = "school_laestab" { aliases: LAESTAB, field: "AttendanceMark.school_laestab", required: false, source: "epep 4.1, 7" },
        /// Name of the school.
        school_name: Box<str> = "school_name" { aliases: SCHOOL, field: "AttendanceMark.school_name", required: false, source: "epep 4.1" },
        /// The day.
        date: Date = "date" { aliases: &["mark_date", "attendance_date", "session_date", "day"], field: "AttendanceMark.date", loses_row: true, source: "epep 4.1" },
        /// Code of the morning.
        am: Mark = "am" { aliases: &["am_code", "am_mark", "morning"], field: "AttendanceMark.code", wrong: &rules::CODE_UNKNOWN, only_read: true, source: "epep 4.1" },
        /// Code of the afternoon.
        pm: Mark = "pm" { aliases: &["pm_code", "pm_mark", "afternoon"], field: "AttendanceMark.code", wrong: &rules::CODE_UNKNOWN, only_read: true, source: "epep 4.1" },
        /// When it was recorded: it orders corrections.
        recorded_at: DateTime = "recorded_at" { aliases: &["updated_at", "collected_at", "last_modified"], field: "AttendanceMark.recorded_at", required: false, source: "epep 4.1" },
        /// Who recorded it.
        recorded_by: Word<MarkRecorder> = "recorded_by" { aliases: &["source"], field: "AttendanceMark.recorded_by", required: false, source: "epep 4.1" },
        /// A comment, which is not carried.
        comment: NotCarried = "comment" { aliases: &["comments", "notes"], required: false, only_read: true, source: "epep 4.1" },
    }

    /// Attendance in a period, as somebody added it up; without a school, of all schools together.
    SummaryRow = SUMMARY "attendance_summary" {
        /// URN of the school.
        school_urn: Urn = "school_urn" { aliases: URN, field: "AttendanceSummary.school_urn", required: false, source: "epep 4.2, 7" },
        /// LAESTAB of the school.
        school_laestab: Estab = "school_laestab" { aliases: LAESTAB, field: "AttendanceSummary.school_laestab", required: false, source: "epep 4.2, 7" },
        /// Name of the school.
        school_name: Box<str> = "school_name" { aliases: SCHOOL, field: "AttendanceSummary.school_name", required: false, source: "epep 4.2" },
        /// School year; or both days of the period.
        academic_year: AcademicYear = "academic_year" { aliases: &["year", "acad_year", "school_year"], field: "AttendanceSummary.academic_year", required: false, source: "epep 4.2" },
        /// First day; by default that of the school year.
        period_start: Date = "period_start" { aliases: &["attendance_start_date", "from"], field: "AttendanceSummary.period_start", required: false, source: "epep 4.2" },
        /// Last day; by default the day that the row is true for, or the last of the school year.
        period_end: Date = "period_end" { aliases: &["to"], field: "AttendanceSummary.period_end", required: false, source: "epep 4.2" },
        /// Sessions that could have been attended; or the three that add up to them.
        possible: Number<9999> = "possible" { aliases: &["sessions_possible", "possible_sessions", "termlysessionspossible"], field: "AttendanceSummary.possible", required: false, wrong: &rules::SUMMARY_NEGATIVE, source: "epep 4.2" },
        /// Sessions attended, approved activities among them.
        attended: Number<9999> = "attended" { aliases: &["sessions_attended", "present"], field: "AttendanceSummary.attended", required: false, wrong: &rules::SUMMARY_NEGATIVE, source: "epep 4.2" },
        /// Sessions absent with authority.
        authorised: Number<9999> = "authorised" { aliases: &["sessions_authorised", "sessionsauthorizedabsence", "termlysessionsauthorised"], field: "AttendanceSummary.authorised", required: false, wrong: &rules::SUMMARY_NEGATIVE, source: "epep 4.2" },
        /// Sessions absent without authority.
        unauthorised: Number<9999> = "unauthorised" { aliases: &["sessions_unauthorised", "sessionsunauthorizedabsence", "termlysessionsunauthorised"], field: "AttendanceSummary.unauthorised", required: false, wrong: &rules::SUMMARY_NEGATIVE, source: "epep 4.2" },
        /// Sessions attended late, among the attended.
        late: Number<9999> = "late" { aliases: &["lates"], field: "AttendanceSummary.late", required: false, wrong: &rules::SUMMARY_NEGATIVE, source: "epep 4.2" },
        /// Sessions that could not have been attended.
        excluded: Number<9999> = "excluded" { aliases: &["not_required"], field: "AttendanceSummary.excluded", required: false, wrong: &rules::SUMMARY_NEGATIVE, source: "epep 4.2" },
        /// Attendance in per cent, as told; ours is computed.
        attendance_percent: Percent = "attendance_percent" { aliases: &["attendance_perc", "attendance"], field: "AttendanceSummary.told_percent", required: false, source: "epep 4.2" },
        /// Marks of the period in one text, not taken apart.
        marks_text: Box<str> = "marks_text" { aliases: &["attendancemarks"], field: "AttendanceSummary.marks_text", required: false, source: "epep 4.2" },
        /// The day of the first of them.
        marks_from: Date = "marks_from" { aliases: &["marks_start_date"], field: "AttendanceSummary.marks_from", required: false, source: "epep 4.2" },
        /// The day that the row is true for.
        as_at: Date = "as_at" { aliases: &["report_date", "extract_date", "snapshot_date"], field: "AttendanceSummary.as_at", required: false, source: "epep 4.2" },
        /// A comment, which is not carried.
        comment: NotCarried = "comment" { aliases: &["comments", "notes"], required: false, only_read: true, source: "epep 4.1" },
    }

    /// One suspension or permanent exclusion.
    SuspensionRow = SUSPENSION "suspension" {
        /// URN of the school.
        school_urn: Urn = "school_urn" { aliases: URN, field: "Suspension.school_urn", required: false, source: "epep 4.3, 7" },
        /// LAESTAB of the school.
        school_laestab: Estab = "school_laestab" { aliases: LAESTAB, field: "Suspension.school_laestab", required: false, source: "epep 4.3, 7" },
        /// Name of the school.
        school_name: Box<str> = "school_name" { aliases: SCHOOL, field: "Suspension.school_name", required: false, source: "epep 4.3" },
        /// First day.
        start_date: Date = "start_date" { aliases: &["exclusion_start", "suspension_date"], field: "Suspension.start_date", loses_row: true, source: "epep 4.3" },
        /// Last day; blank for a permanent exclusion.
        end_date: Date = "end_date" { aliases: &["exclusion_end"], field: "Suspension.end_date", required: false, source: "epep 4.3" },
        /// Sessions it takes.
        sessions: Number<999> = "sessions" { aliases: &["number_of_sessions"], field: "Suspension.sessions", required: false, source: "epep 4.3" },
        /// Kind; FIXD of earlier years is a suspension.
        category: Word<SuspensionCategory> = "category" { aliases: &["exclusion_type", "type"], field: "Suspension.category", blank: Some(&BLANK), loses_row: true, source: "epep 4.3" },
        /// Up to three reasons.
        reasons: Words<SuspensionReason> = "reasons" { aliases: &["reason"], field: "Suspension.reasons", required: false, wrong: &rules::SUSPENSION_REASON, source: "epep 4.3" },
        /// The first reason, where each has a column.
        reason1: Word<SuspensionReason> = "reason1" { field: "Suspension.reasons", required: false, wrong: &rules::SUSPENSION_REASON, only_read: true, source: "epep 4.3" },
        /// The second reason.
        reason2: Word<SuspensionReason> = "reason2" { field: "Suspension.reasons", required: false, wrong: &rules::SUSPENSION_REASON, only_read: true, source: "epep 4.3" },
        /// The third reason.
        reason3: Word<SuspensionReason> = "reason3" { field: "Suspension.reasons", required: false, wrong: &rules::SUSPENSION_REASON, only_read: true, source: "epep 4.3" },
        /// Provision for special educational needs at that time.
        sen_provision: Word<SenProvisionKind> = "sen_provision" { field: "Suspension.sen_provision", required: false, source: "epep 4.3" },
        /// Whether it was withdrawn, or the child reinstated.
        withdrawn: bool = "withdrawn" { aliases: &["rescinded", "reinstated"], field: "Suspension.withdrawn", required: false, source: "epep 4.3" },
        /// Who reviewed it.
        review: Word<SuspensionReview> = "review" { aliases: &["review_category"], field: "Suspension.review", required: false, source: "epep 4.3" },
        /// First day of education elsewhere, due from the sixth day.
        alternative_from: Date = "alternative_from" { aliases: &["day6_provision"], field: "Suspension.alternative_from", required: false, source: "epep 4.3" },
        /// The sender's id of the suspension.
        suspension_ref: Box<str> = "suspension_ref" { aliases: &["exclusion_id"], field: "Suspension.suspension_ref", required: false, source: "epep 4.3" },
        /// A comment, which is not carried.
        comment: NotCarried = "comment" { aliases: &["comments", "notes"], required: false, only_read: true, source: "epep 4.1" },
    }
}

/// What is done with a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It holds.
    Put,
    /// It is taken back.
    Delete,
}

impl kit::wire::Wire for Action {
    const TYPE: kit::wire::WireType = kit::wire::WireType::Text { characters_max: 1 };

    fn read(cell: &[u8], _: &kit::wire::Reading<'_>) -> kit::wire::Heard<Self> {
        match cell.to_ascii_lowercase().as_slice() {
            b"u" | b"put" => kit::wire::Heard::Is(Self::Put),
            b"d" | b"delete" => kit::wire::Heard::Is(Self::Delete),
            _ => kit::wire::Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &kit::wire::Writing<'_>) -> kit::wire::Written {
        out.push(if *self == Self::Delete { b'D' } else { b'U' });
        kit::wire::Written::Yes
    }
}
