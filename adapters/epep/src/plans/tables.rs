//! The tables of personal education plans: the plan, its targets, results, and what was said (epep, section 2).

use kit::wire::Rating;
use schemas::{
    code::{
        AcademicTerm, AssessmentBasis, AssessmentScale, AssessmentStage, AssessmentSubject, EducationRole, EetStatus,
        EnrolStatus, NcYear, OnTrack, PepForm, PepNotRequired, SenProvisionKind, SenType, SettingType, TargetArea,
        TargetOutcome, VoiceBy, VoiceHow, VoiceShare, VoiceTopic,
    },
    date::{AcademicYear, Date},
    identifier::LaCode,
    reflect::Number,
};

use crate::{
    child::child_rows,
    rules,
    wire::{Estab, Money, OpenWord, Percent, PlanStatus, PlanType, Sdq, Term, Urn, Word, Words},
};

const PEP_REF: &[&str] = &["pep_id", "plan_id", "meeting_id"];

child_rows! {
    /// One personal education plan of one child in one term.
    PlanRow = PEP "pep" {
        /// The sender's id of the plan, one in the file.
        pep_ref: Box<str> = "pep_ref" { aliases: PEP_REF, field: "EducationPlan.plan_ref", required: false, source: "epep 2.1" },
        /// School year; by default that of a date of the row.
        academic_year: AcademicYear = "academic_year" { aliases: &["acad_year", "school_year"], field: "EducationPlan.academic_year", required: false, source: "epep 2.1" },
        /// Term, or half of one: autumn-1 to summer-2; by default that of a date of the row.
        term: Term = "term" { aliases: &["pep_term", "school_term"], field: "EducationPlan.term", required: false, source: "epep 2.1" },
        /// Kind of plan.
        pep_type: PlanType = "pep_type" { aliases: &["first_pep"], field: "EducationPlan.plan_type", required: false, source: "epep 2.1" },
        /// Form on which it is written.
        form: Word<PepForm> = "form" { aliases: &["template", "phase_form", "stage"], field: "EducationPlan.form", required: false, source: "epep 2.1" },
        /// National Curriculum year.
        nc_year: Word<NcYear> = "nc_year" { aliases: &["year_group", "ncyearactual"], field: "EducationPlan.nc_year", required: false, source: "epep 2.1" },
        /// URN of the school.
        school_urn: Urn = "school_urn" { aliases: &["urn", "school_id", "establishment_urn", "gias_urn"], field: "Enrolment.school_urn", required: false, source: "epep 2.1, 7" },
        /// LAESTAB of the school.
        school_laestab: Estab = "school_laestab" { aliases: &["laestab", "dfe_number", "dfes_number", "estab_no", "la_estab", "dcsf_number"], field: "Enrolment.school_laestab", required: false, source: "epep 2.1, 7" },
        /// Name of the school.
        school_name: Box<str> = "school_name" { aliases: &["school", "provision_name", "setting_name", "establishment"], field: "Enrolment.school_name", required: false, source: "epep 2.1" },
        /// Where education happens.
        setting_type: Word<SettingType> = "setting_type" { aliases: &["type_of_school", "provision_type", "school_type"], field: "Enrolment.setting_type", required: false, source: "epep 2.1" },
        /// Whether the child is on a school's roll.
        on_roll: bool = "on_roll" { aliases: &["has_school_place", "on_a_roll"], field: "Enrolment.on_roll", required: false, source: "epep 2.1" },
        /// Status of the enrolment there.
        enrol_status: Word<EnrolStatus> = "enrol_status" { aliases: &["enrolment_status"], field: "Enrolment.status", required: false, source: "epep 2.1, 10" },
        /// First day there.
        enrol_start: Date = "enrol_start" { aliases: &["enrolment_start", "admission_date"], field: "Enrolment.entry_date", required: false, source: "epep 2.1, 10" },
        /// Name of the designated teacher.
        designated_teacher: Box<str> = "designated_teacher" { aliases: &["dt", "dt_name", "designated_teacher_name"], field: "Enrolment.designated_teacher", required: false, source: "epep 2.1" },
        /// Email address of the designated teacher.
        designated_teacher_email: Box<str> = "designated_teacher_email" { aliases: &["dt_email"], field: "Enrolment.designated_teacher", required: false, source: "epep 2.1" },
        /// Date by which it was due, as the sender counts it.
        due_date: Date = "due_date" { aliases: &["pep_due_date", "next_pep_due", "deadline"], field: "EducationPlan.due_date", required: false, source: "epep 2.1" },
        /// Date of the meeting.
        meeting_date: Date = "meeting_date" { aliases: &["pep_date", "date_of_pep", "date_of_meeting", "pep_meeting_date"], field: "EducationPlan.meeting_date", required: false, source: "epep 2.1" },
        /// Date on which all sections were complete.
        completed_date: Date = "completed_date" { aliases: &["pep_completed_date", "date_completed", "sign_off_date", "submitted"], field: "EducationPlan.completed_date", required: false, source: "epep 2.1" },
        /// Date of the next meeting, as planned.
        next_pep_date: Date = "next_pep_date" { aliases: &["next_meeting_date", "date_of_next_pep"], field: "EducationPlan.next_date", required: false, source: "epep 2.1" },
        /// How far it has come.
        status: PlanStatus = "status" { aliases: &["pep_status"], field: "EducationPlan.status", source: "epep 2.1" },
        /// Whether it was in time, as the sender says; ours is computed and never takes its place.
        in_timescale: bool = "in_timescale" { aliases: &["pep_in_timescale", "on_time", "within_timescale"], field: "EducationPlan.told_in_timescale", required: false, source: "epep 2.1, 6.3" },
        /// Why none is needed this term.
        not_required_reason: Word<PepNotRequired> = "not_required_reason" { aliases: &["exempt_reason"], field: "EducationPlan.not_required_reason", required: false, source: "epep 2.1" },
        /// Who came to the meeting, by role.
        attended_by: Words<EducationRole> = "attended_by" { aliases: &["attendees", "present_at_meeting"], field: "EducationPlan.attended_by", required: false, source: "epep 2.1" },
        /// Scheme of the quality rating: rag, gold-rag, 1-4, or one that the dialect declares under [qa.<scheme>].
        qa_scheme: Box<str> = "qa_scheme" { aliases: &["quality_scheme"], field: "EducationPlan.quality", required: false, source: "epep 2.1, 6.4" },
        /// Quality of the plan, a value or word of that scheme.
        qa_rating: Rating = "qa_rating" { aliases: &["quality", "rag", "rag_rating", "pep_quality", "qa_grade"], field: "EducationPlan.quality", required: false, source: "epep 2.1, 6.4" },
        /// Ratings of sections: name=value.
        qa_sections: Vec<Box<str>> = "qa_sections" { field: "EducationPlan.quality", required: false, source: "epep 2.1, 6.4" },
        /// When it was rated.
        qa_date: Date = "qa_date" { aliases: &["quality_assured_date"], field: "EducationPlan.quality", required: false, source: "epep 2.1" },
        /// Attendance of the year to the meeting in per cent, as told.
        attendance_percent: Percent = "attendance_percent" { aliases: &["attendance", "attendance_pct", "attendance_ytd"], field: "EducationPlan.told_attendance_percent", required: false, source: "epep 2.1" },
        /// Whether the child has a part-time timetable now.
        reduced_timetable: bool = "reduced_timetable" { aliases: &["part_time_timetable", "reduced_tt"], field: "EducationPlan.reduced_timetable", required: false, source: "epep 2.1" },
        /// Provision for special educational needs.
        sen_provision: Word<SenProvisionKind> = "sen_provision" { aliases: &["sen_status", "sen_code"], field: "SenProvision.provision", required: false, source: "epep 2.1" },
        /// Since when.
        sen_since: Date = "sen_since" { aliases: &["sen_start_date"], field: "SenProvision.start_date", required: false, source: "epep 2.1, 5.1" },
        /// Needs, the first the primary one.
        sen_needs: Words<SenType> = "sen_needs" { aliases: &["primary_need", "sentype", "sen_need"], field: "SenProvision.needs", required: false, source: "epep 2.1" },
        /// Authority that maintains the education, health and care plan.
        ehcp_la: LaCode = "ehcp_la" { aliases: &["maintaining_la"], field: "SenProvision.ehcp_la", required: false, source: "epep 2.1" },
        /// Last annual review of that plan.
        ehcp_review_date: Date = "ehcp_review_date" { aliases: &["annual_review_date"], field: "SenProvision.ehcp_review_date", required: false, source: "epep 2.1" },
        /// Pupil premium plus asked for, in pounds.
        pp_requested: Money = "pp_requested" { aliases: &["ppp_requested", "pupil_premium_requested"], field: "EducationPlan.premium", required: false, source: "epep 2.1" },
        /// Pupil premium plus agreed by the virtual school head, in pounds.
        pp_agreed: Money = "pp_agreed" { aliases: &["pp_allocated", "ppp_agreed"], field: "EducationPlan.premium", required: false, source: "epep 2.1" },
        /// Pupil premium plus spent, in pounds.
        pp_spent: Money = "pp_spent" { aliases: &["ppp_spend"], field: "EducationPlan.premium", required: false, source: "epep 2.1" },
        /// Planned use of it.
        pp_purpose: Box<str> = "pp_purpose" { aliases: &["pp_use"], field: "EducationPlan.premium", required: false, source: "epep 2.1" },
        /// Education, employment or training after 16.
        eet_status: Word<EetStatus> = "eet_status" { aliases: &["neet_status", "post16_status"], field: "EducationPlan.eet_status", required: false, source: "epep 2.1" },
        /// SDQ score, where the form carries it.
        sdq_score: Sdq = "sdq_score" { aliases: &["sdq"], field: "SdqScore.score", required: false, wrong: &rules::SDQ_RANGE, source: "epep 2.1" },
        /// The day that the row is true for.
        as_at: Date = "as_at" { aliases: &["report_date", "extract_date", "snapshot_date"], field: "EducationPlan.as_at", required: false, source: "epep 2.1" },
    }

    /// One target of a plan.
    TargetRow = PEP_TARGET "pep_target" {
        /// The plan, by the sender's id.
        pep_ref: Box<str> = "pep_ref" { aliases: PEP_REF, field: "EducationPlan.plan_ref", source: "epep 2.2" },
        /// Number of the target within its plan.
        target_no: Number<999> = "target_no" { field: "EducationPlan.targets", source: "epep 2.2" },
        /// What it is about.
        area: Word<TargetArea> = "area" { field: "EducationPlan.targets", required: false, source: "epep 2.2" },
        /// The target.
        target: Box<str> = "target" { aliases: &["smart_target", "objective"], field: "EducationPlan.targets", loses_row: true, source: "epep 2.2" },
        /// What will be done.
        strategy: Box<str> = "strategy" { aliases: &["support", "provision"], field: "EducationPlan.targets", required: false, source: "epep 2.2" },
        /// Who sees to it, by role.
        owner_role: Word<EducationRole> = "owner_role" { field: "EducationPlan.targets", required: false, source: "epep 2.2" },
        /// By when.
        due_date: Date = "due_date" { field: "EducationPlan.targets", required: false, source: "epep 2.2" },
        /// When it was looked at again.
        review_date: Date = "review_date" { field: "EducationPlan.targets", required: false, source: "epep 2.2" },
        /// What became of it.
        outcome: Word<TargetOutcome> = "outcome" { aliases: &["progress", "impact"], field: "EducationPlan.targets", required: false, source: "epep 2.2" },
        /// What of the pupil premium plus it takes, in pounds.
        pp_cost: Money = "pp_cost" { field: "EducationPlan.targets", required: false, source: "epep 2.2" },
    }

    /// One result of an assessment.
    AttainmentRow = ATTAINMENT "attainment" {
        /// The plan, by the sender's id.
        pep_ref: Box<str> = "pep_ref" { aliases: PEP_REF, required: false, only_read: true, source: "epep 2.2" },
        /// Date of the assessment; or school year and term.
        assessed_on: Date = "assessed_on" { field: "Attainment.assessed_on", required: false, source: "epep 2.2" },
        /// School year.
        academic_year: AcademicYear = "academic_year" { aliases: &["acad_year", "school_year"], field: "Attainment.academic_year", required: false, source: "epep 2.2" },
        /// Term.
        term: Word<AcademicTerm> = "term" { aliases: &["school_term"], field: "Attainment.term", required: false, source: "epep 2.2" },
        /// Stage.
        stage: Word<AssessmentStage> = "stage" { field: "Attainment.stage", loses_row: true, source: "epep 2.2" },
        /// Subject, by its code in the Common Transfer File where it has one.
        subject: OpenWord<AssessmentSubject> = "subject" { field: "Attainment.subject", loses_row: true, source: "epep 2.2" },
        /// What the result rests on.
        basis: Word<AssessmentBasis> = "basis" { field: "Attainment.basis", loses_row: true, source: "epep 2.2" },
        /// Scale of the result; local:name for one of a place.
        scale: OpenWord<AssessmentScale> = "scale" { field: "Attainment.scale", required: false, source: "epep 2.2" },
        /// The result on its scale.
        result: Box<str> = "result" { field: "Attainment.result", loses_row: true, source: "epep 2.2" },
        /// Beside what was expected.
        on_track: Word<OnTrack> = "on_track" { field: "Attainment.on_track", required: false, source: "epep 2.2" },
    }

    /// One thing said at the meeting of a plan.
    PlanVoiceRow = VOICE "voice" {
        /// The plan, by the sender's id.
        pep_ref: Box<str> = "pep_ref" { aliases: PEP_REF, required: false, only_read: true, source: "epep 2.2" },
        /// When it was said.
        said_on: Date = "said_on" { field: "Voice.date", required: false, source: "epep 2.2" },
        /// Who said it: a child, carer or parent speaks for itself, any other as a professional.
        who: Word<VoiceBy> = "who" { field: "Voice.by", loses_row: true, source: "epep 2.2" },
        /// How it was said.
        how: Word<VoiceHow> = "how" { field: "Voice.how", required: false, source: "epep 2.2" },
        /// What it is about.
        topic: Word<VoiceTopic> = "topic" { field: "Voice.topic", required: false, source: "epep 2.2" },
        /// The words, unedited.
        words: Box<str> = "words" { field: "Voice.words", loses_row: true, source: "epep 2.2" },
        /// How far the speaker lets them go; blank is the virtual school only.
        share: Word<VoiceShare> = "share" { field: "Voice.share", required: false, source: "epep 2.2" },
    }
}
