//! Statements about a child's education (record, section 5.20).

use crate::{
    code::{
        AcademicTerm, AssessmentBasis, AssessmentScale, AssessmentStage, AssessmentSubject, AttendanceCode,
        EducationRole, EetStatus, EnrolStatus, MarkRecorder, NcYear, OnTrack, PepForm, PepNotRequired, PepStatus,
        PepType, SchoolSession, SenProvisionKind, SenType, SettingType, SuspensionCategory, SuspensionReason,
        SuspensionReview, TargetArea, TargetOutcome,
    },
    date::{AcademicYear, Date, DateTime},
    decimal::Decimal,
    identifier::{LaCode, Laestab, SchoolUrn},
    money::Pence,
    record::declare::{shape, statements},
    reflect::{Number, Open},
};

shape! {
    /// What a plan wants reached.
    Target {
        /// Its number within the plan.
        no: Number<999>,
        /// What it is about.
        area: TargetArea,
        /// The target itself.
        text: Box<str>,
        /// What will be done.
        strategy: Box<str>,
        /// Who sees to it, by role.
        owner: EducationRole,
        /// By when.
        due_date: Date,
        /// When it was looked at again.
        reviewed_date: Date,
        /// What became of it.
        outcome: TargetOutcome,
        /// What of the pupil premium plus it takes.
        cost: Pence,
    }
    /// Money of the pupil premium plus.
    Premium {
        /// Asked for.
        requested: Pence,
        /// Agreed by the virtual school head.
        agreed: Pence,
        /// Spent.
        spent: Pence,
        /// For what.
        purpose: Box<str>,
    }
    /// How good a plan was found to be, on a scale of the authority's own.
    PlanQuality {
        /// The name of the scale.
        scheme: Box<str>,
        /// The rating on it.
        rating: Box<str>,
        /// When it was rated.
        rated_on: Date,
        /// The ratings of its sections.
        sections: Vec<SectionQuality>,
    }
    /// How good a section of a plan was found to be.
    SectionQuality {
        /// The section.
        name: Box<str>,
        /// Its rating on the scale of the plan.
        rating: Box<str>,
    }
    /// The designated teacher of a school.
    DesignatedTeacher {
        /// Name.
        name: Box<str>,
        /// Email address.
        email: Box<str>,
    }
    /// A special educational need.
    SenNeed {
        /// Its rank, 1 the first.
        rank: Number<99>,
        /// Which.
        r#type: SenType,
    }
}

statements! {
    Child:
    /// A personal education plan of one term (5.20). Two live plans of one term are both kept.
    EducationPlan reference(plan_ref) key(academic_year, term, meeting_date) {
        /// The sender's id of the plan.
        plan_ref: Box<str>,
        /// School year.
        academic_year: AcademicYear,
        /// Term.
        term: AcademicTerm,
        /// Half of the term, where the school year has six.
        half: Number<2>,
        /// Kind of plan.
        plan_type: PepType,
        /// Form on which it is written.
        form: PepForm,
        /// National Curriculum year.
        nc_year: NcYear,
        /// Date by which it was due, as the sender counts it.
        due_date: Date,
        /// Date of the meeting.
        meeting_date: Date,
        /// Date on which all sections were complete.
        completed_date: Date,
        /// Date of the next meeting, as planned.
        next_date: Date,
        /// How far it has come.
        status: PepStatus,
        /// Whether it was in time, as the sender says.
        told_in_timescale: bool,
    }
    rarely
    /// What a list of plans seldom says of one.
    EducationPlanMore {
        /// URN of the school.
        school_urn: SchoolUrn,
        /// LAESTAB of the school.
        school_laestab: Laestab,
        /// Name of the school.
        school_name: Box<str>,
        /// Why none is needed this term.
        not_required_reason: PepNotRequired,
        /// Who came to the meeting, by role.
        attended_by: Vec<EducationRole>,
        /// Its targets.
        targets: Vec<Target>,
        /// Pupil premium plus.
        premium: Premium,
        /// How good it was found to be.
        quality: PlanQuality,
        /// Attendance of the year to the meeting in per cent, as told.
        told_attendance_percent: Decimal,
        /// Whether the child has a part-time timetable.
        reduced_timetable: bool,
        /// Education, employment or training after 16.
        eet_status: EetStatus,
        /// The day it is true for.
        as_at: Date,
    }

    /// A place at a school or other setting (5.20).
    Enrolment key((school_urn | school_laestab | school_name), entry_date) {
        /// URN of the school.
        school_urn: SchoolUrn,
        /// LAESTAB of the school.
        school_laestab: Laestab,
        /// Name of the school.
        school_name: Box<str>,
        /// Kind of setting.
        setting_type: SettingType,
        /// From.
        entry_date: Date,
        /// Until; blank is still there.
        leaving_date: Date,
        /// National Curriculum year.
        nc_year: NcYear,
        /// Status of the enrolment.
        status: EnrolStatus,
        /// Whether the child is on the school's roll.
        on_roll: bool,
    }
    rarely
    /// What few sources say of an enrolment.
    EnrolmentMore {
        /// Telephone number of the school.
        school_phone: Box<str>,
        /// Why the child left.
        leaving_reason: Box<str>,
        /// The designated teacher.
        designated_teacher: DesignatedTeacher,
        /// Whether the school believes that the child is in care.
        told_looked_after: bool,
        /// The authority that the school believes to be responsible.
        care_authority: LaCode,
    }

    /// Attendance at one session (5.20).
    AttendanceMark key((school_urn | school_laestab | school_name), date, session) {
        /// URN of the school.
        school_urn: SchoolUrn,
        /// LAESTAB of the school.
        school_laestab: Laestab,
        /// Name of the school.
        school_name: Box<str>,
        /// Day.
        date: Date [required],
        /// Morning or afternoon.
        session: SchoolSession [required],
        /// Attendance code.
        code: AttendanceCode,
        /// Minutes after the start, of who came late.
        minutes_late: Number<240>,
        /// When it was recorded; a later record of the same session replaces an earlier one.
        recorded_at: DateTime,
        /// Who recorded it.
        recorded_by: MarkRecorder,
    }

    /// Attendance in a period, as somebody added it up (5.20).
    AttendanceSummary key((school_urn | school_laestab | school_name), period_start, period_end) {
        /// URN of the school; without any school it is of all schools together.
        school_urn: SchoolUrn,
        /// LAESTAB of the school.
        school_laestab: Laestab,
        /// Name of the school.
        school_name: Box<str>,
        /// School year.
        academic_year: AcademicYear,
        /// First day.
        period_start: Date,
        /// Last day.
        period_end: Date,
        /// Sessions that could have been attended.
        possible: Number<9999>,
        /// Sessions attended, approved activities among them.
        attended: Number<9999>,
        /// Sessions absent with authority.
        authorised: Number<9999>,
        /// Sessions absent without authority.
        unauthorised: Number<9999>,
        /// Sessions attended late.
        late: Number<9999>,
        /// Sessions that could not have been attended.
        excluded: Number<9999>,
        /// Attendance in per cent, as told.
        told_percent: Decimal,
    }
    rarely
    /// What few sources say of a sum.
    AttendanceSummaryMore {
        /// Marks of the period in one text, not taken apart.
        marks_text: Box<str>,
        /// The day of the first of them.
        marks_from: Date,
        /// The day it is true for.
        as_at: Date,
    }

    /// A suspension, or a permanent exclusion (5.20).
    Suspension reference(suspension_ref) key((school_urn | school_laestab | school_name), start_date, category) {
        /// The sender's id of the suspension.
        suspension_ref: Box<str>,
        /// URN of the school.
        school_urn: SchoolUrn,
        /// LAESTAB of the school.
        school_laestab: Laestab,
        /// Name of the school.
        school_name: Box<str>,
        /// Kind.
        category: SuspensionCategory [required],
        /// Sessions it takes.
        sessions: Number<999>,
        /// Up to three reasons.
        reasons: Vec<SuspensionReason>,
        /// First day.
        start_date: Date [required],
        /// Last day.
        end_date: Date,
        /// Provision for special educational needs at that time.
        sen_provision: SenProvisionKind,
        /// Whether it was withdrawn or the child reinstated.
        withdrawn: bool,
        /// Who reviewed it.
        review: SuspensionReview,
        /// First day of education elsewhere, due from the sixth day.
        alternative_from: Date,
    }

    /// A result of an assessment (5.20). The date stands for year and term in its key.
    Attainment key(stage, (assessed_on | academic_year), (assessed_on | term), subject, basis, method, component) {
        /// Stage.
        stage: AssessmentStage,
        /// Date of the assessment.
        assessed_on: Date,
        /// School year.
        academic_year: AcademicYear,
        /// Term.
        term: AcademicTerm,
        /// Subject.
        subject: Open<AssessmentSubject>,
        /// What the result rests on.
        basis: AssessmentBasis,
        /// The result, on its scale.
        result: Box<str>,
        /// Beside what was expected.
        on_track: OnTrack,
        /// Method, as the Common Transfer File spells it.
        method: Box<str>,
        /// Component, as the Common Transfer File spells it.
        component: Box<str>,
    }
    rarely
    /// What only some formats say of a result.
    AttainmentMore {
        /// Scale of the result.
        scale: Open<AssessmentScale>,
        /// Locale, as the Common Transfer File spells it.
        locale: Box<str>,
        /// Status of the result, as the Common Transfer File spells it.
        status: Box<str>,
        /// Qualifier of the result, as the Common Transfer File spells it.
        qualifier: Box<str>,
    }

    /// Provision for special educational needs (5.20).
    SenProvision key(provision, start_date) {
        /// Which.
        provision: SenProvisionKind,
        /// From.
        start_date: Date,
        /// Until.
        end_date: Date,
        /// The needs, ranked.
        needs: Vec<SenNeed>,
        /// The authority that maintains the plan.
        ehcp_la: LaCode,
        /// Last annual review of the plan.
        ehcp_review_date: Date,
    }
}
