//! The record: what may be said about a child, one statement at a time (record, sections 1 and 5).
//!
//! Limits: a record is moved often, so it stays within 192 bytes; what returns rarely say sits behind one pointer.
//! Format: `Record { subject, statement, source }`; the subject is shared by all its records, a source is a place.
//! Operations: fields by name through [`StatementType::fields`]; equality never looks at the source.

use std::sync::Arc;

use crate::{
    code::{
        AcademicTerm, Accommodation, Activity, AdopterLegalStatus, AdopterSex, AssessmentBasis, AssessmentScale,
        AssessmentStage, AssessmentSubject, AttendanceCode, CategoryOfNeed, ConsentDecision, ConsentGivenBy,
        ConsentScope, DelegationDecider, DelegationMatter, Derivation, EducationRole, EetStatus, Eligibility,
        EnrolStatus, EpisodeEndReason, Ethnicity, Gender, ImmigrationStatus, InTouch, LegalStatus, MarkRecorder,
        MissingType, NameUse, NcYear, NhsNumberStatus, OnTrack, PepForm, PepNotRequired, PepStatus, PepType,
        PlacedCeasedReason, PlacementChangeReason, PlacementLocation, PlacementProvider, PlacementType, PrevPermanence,
        RestrictionBasis, RestrictionKind, ReviewCode, Rne, SchoolSession, SdqRater, SdqReason, SenProvisionKind,
        SenType, SettingType, Sex, SuspensionCategory, SuspensionReason, SuspensionReview, SwReason, TargetArea,
        TargetOutcome, TelecomSystem, UpnUnknown, VoiceBy, VoiceContext, VoiceHow, VoiceShare, VoiceTopic, VoiceWhose,
        WorkerRole,
    },
    date::{AcademicYear, ClockTime, CollectionYear, Date, DateTime},
    decimal::Decimal,
    diagnostic::Place,
    identifier::{Identifier, LaCode, Laestab, OfstedUrn, PermanenceAuthority, SchoolUrn, WorkerId},
    money::Pence,
    postcode::Postcode,
    reflect::{Field, FieldValue, Key, Kind, Member, Number, Open, Shape, StatementType, Value, any_guards, plain},
    said::Said,
};

/// One thing said of one subject, read at one place.
#[derive(Clone, Debug)]
pub struct Record {
    /// Whom it is about.
    pub subject: Arc<Subject>,
    /// What is said.
    pub statement: Statement,
    /// Where it was read.
    pub source: Source,
}

/// The place never takes part in equality: the same thing said twice is the same thing.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.subject == other.subject && self.statement == other.statement
    }
}

/// Whom records are about.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// A child, or something on the placement market.
    pub kind: SubjectKind,
    /// Every identifier the source gave, in the order of their rank.
    pub identifiers: Vec<Identifier>,
    /// The responsible authority, where anybody said it.
    pub authority: Option<LaCode>,
}

impl Subject {
    /// A child by the identifiers that were given, put in their order.
    #[must_use]
    pub fn child(mut identifiers: Vec<Identifier>, authority: Option<LaCode>) -> Self {
        identifiers.sort_by_key(Identifier::rank);
        Self { kind: SubjectKind::Child, identifiers, authority }
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What sort of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// A child or young person.
    Child,
    /// A provider or a place to live.
    Place,
}

/// Where a record was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The place in the document.
    pub place: Place,
    /// The source takes this statement back.
    pub retracts: bool,
}

impl Source {
    /// Said at a place.
    #[must_use]
    pub fn at(place: Place) -> Self {
        Self { place, retracts: false }
    }
}

macro_rules! shape {
    ($($(#[doc = $doc:literal])+ $shape:ident { $($(#[doc = $member_doc:literal])+ $member:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $shape { $($(#[doc = $member_doc])+ pub $member: Said<$type>),+ }

        impl FieldValue for $shape {
            const KIND: Kind = Kind::Item(&Shape {
                name: stringify!($shape),
                members: &[$(Member {
                    name: plain(stringify!($member)),
                    kind: <$type as FieldValue>::KIND,
                    meaning: concat!($($member_doc),+),
                }),+],
            });
            fn to_value(&self) -> Value {
                Value::Item(vec![$(self.$member.to_said_value()),+])
            }
            fn from_value(value: Value) -> Option<Self> {
                let Value::Item(members) = value else { return None };
                let mut members = members.into_iter();
                let mut item = Self::default();
                $(if !item.$member.take(members.next()?) { return None; })+
                members.next().is_none().then_some(item)
            }
        }
    )+};
}

/// The fields of one part of a natural key: one, or in brackets several of which the first that is said counts.
macro_rules! fields_of_part {
    (($($field:ident)|+)) => { &[$(plain(stringify!($field))),+] };
    ($field:ident) => { &[plain(stringify!($field))] };
}

/// Whether two statements have the same part of a natural key.
macro_rules! same_part {
    ($left:ident, $right:ident, ($last:ident)) => { $left.$last == $right.$last };
    ($left:ident, $right:ident, ($first:ident | $($rest:ident)|+)) => {
        match (&$left.$first, &$right.$first) {
            (Said::Is(left), Said::Is(right)) => left == right,
            (Said::Is(_), _) | (_, Said::Is(_)) => false,
            _ => same_part!($left, $right, ($($rest)|+)),
        }
    };
    ($left:ident, $right:ident, $field:ident) => { $left.$field == $right.$field };
}

macro_rules! statements {
    ($(
        $(#[doc = $doc:literal])+
        $statement:ident $(reference($reference:ident))? key($($key:tt),*) {
            $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty $([$($mark:ident),+])?,)+
        }
        $(rarely $(#[doc = $more_doc:literal])+ $more:ident { $($(#[doc = $rare_doc:literal])+ $rare:ident: $rare_type:ty,)+ })?
    )+) => {
        /// The closed list of what may be said.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Statement { $(
            #[doc = concat!("See [`", stringify!($statement), "`](struct@", stringify!($statement), ").")]
            $statement($statement),
        )+ }

        impl Statement {
            /// The type of the statement.
            #[must_use]
            pub fn statement_type(&self) -> &'static StatementType {
                match self { $(Self::$statement(_) => &$statement::TYPE),+ }
            }

            /// Whether both speak of the same thing: the same type and the same natural key.
            #[must_use]
            pub fn same_key(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$statement(_left), Self::$statement(_right)) => {
                        $(match (&_left.$reference, &_right.$reference) {
                            (Said::Is(left), Said::Is(right)) => return left == right,
                            (Said::Is(_), _) | (_, Said::Is(_)) => return false,
                            _ => {}
                        })?
                        true $(&& same_part!(_left, _right, $key))*
                    })+
                    _ => false,
                }
            }
        }

        /// Every type of statement, in the order of the record's document.
        pub static STATEMENTS: &[&StatementType] = &[$(&$statement::TYPE),+];

        /// A statement of that type that says nothing yet; `None` for a name that is no type.
        #[must_use]
        pub fn unsaid(name: &str) -> Option<Statement> {
            match name { $(stringify!($statement) => Some(Statement::$statement($statement::default())),)+ _ => None }
        }

        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
            pub struct $statement {
                $($(#[doc = $field_doc])+ pub $field: Said<$type>,)+
                $(/// What is rarely said.
                pub more: Option<Box<$more>>, )?
            }

            impl $statement {
                /// The statement's declaration: its name, meaning, key and fields.
                pub const TYPE: StatementType = StatementType {
                    name: stringify!($statement),
                    meaning: concat!($($doc),+),
                    key: Key {
                        reference: [$(Some(plain(stringify!($reference))),)? None][0],
                        parts: &[$(fields_of_part!($key)),*],
                    },
                    fields: Self::FIELDS,
                    guards: any_guards(Self::FIELDS),
                };

                const FIELDS: &[Field] = &[
                        $(Field::declare(
                            (plain(stringify!($field)), <$type as FieldValue>::KIND, concat!($($field_doc),+)),
                            &[$($(stringify!($mark)),+)?],
                            (
                                |statement| match statement {
                                    Statement::$statement(it) => it.$field.to_said_value(),
                                    _ => Said::NotAsked,
                                },
                                |statement, answer| match statement {
                                    Statement::$statement(it) => it.$field.take(answer),
                                    _ => false,
                                },
                            ),
                            |statement| matches!(statement, Statement::$statement(it) if matches!(it.$field, Said::Unreadable)),
                        ),)+
                        $($(Field::declare(
                            (plain(stringify!($rare)), <$rare_type as FieldValue>::KIND, concat!($($rare_doc),+)),
                            &[],
                            (
                                |statement| match statement {
                                    Statement::$statement(it) => it.more.as_ref().map_or(Said::NotAsked, |more| more.$rare.to_said_value()),
                                    _ => Said::NotAsked,
                                },
                                |statement, answer| match statement {
                                    Statement::$statement(it) if it.more.is_none() && answer == Said::NotAsked => true,
                                    Statement::$statement(it) => it.more.get_or_insert_default().$rare.take(answer),
                                    _ => false,
                                },
                            ),
                            |statement| matches!(statement, Statement::$statement(it)
                                if it.more.as_ref().is_some_and(|more| matches!(more.$rare, Said::Unreadable))),
                        ),)+)?
                ];
            }

            impl From<$statement> for Statement {
                fn from(statement: $statement) -> Self { Self::$statement(statement) }
            }

            $(
                $(#[doc = $more_doc])+
                #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
                pub struct $more { $($(#[doc = $rare_doc])+ pub $rare: Said<$rare_type>,)+ }
            )?
        )+
    };
}

shape! {
    /// One of a person's names.
    Name {
        /// Whether it is the usual, a former or a preferred name.
        r#use: NameUse,
        /// First name.
        forename: Box<str>,
        /// Middle names.
        middle: Box<str>,
        /// Family name.
        surname: Box<str>,
    }
    /// A language a person speaks.
    Language {
        /// DfE language code.
        code: Box<str>,
        /// Whether an interpreter is needed.
        interpreter: bool,
    }
    /// A way to reach a person.
    Telecom {
        /// Telephone or e-mail.
        system: TelecomSystem,
        /// The number or address.
        value: Box<str>,
    }
    /// An organisation of the NHS.
    NhsOrganisation {
        /// Its ODS code.
        ods: Box<str>,
        /// Its name.
        name: Box<str>,
    }
    /// The sub-scores of a Strengths and Difficulties Questionnaire, 0 to 10 each.
    SdqSubscores {
        /// Emotional problems.
        emotional: Number<10>,
        /// Conduct problems.
        conduct: Number<10>,
        /// Hyperactivity.
        hyperactivity: Number<10>,
        /// Peer problems.
        peer: Number<10>,
        /// Prosocial behaviour.
        prosocial: Number<10>,
        /// Impact.
        impact: Number<10>,
    }
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
    /// An answer to a set question.
    VoiceAnswer {
        /// The question, by the name that its source gives it.
        question: Box<str>,
        /// Yes or no.
        answer: bool,
    }
}

statements! {
    /// Who the child is (5.1). One a subject.
    Person key() {
        /// Date of birth.
        birth_date: Date,
        /// Sex as the return asks it.
        sex: Sex,
        /// Ethnicity by the DfE's main code.
        ethnicity: Ethnicity,
        /// Why there is no UPN.
        upn_unknown_reason: UpnUnknown,
        /// Whether the child is herself a mother.
        is_mother: bool,
        /// Date of birth of her child.
        mother_child_birth_date: Date,
        /// How far the NHS number was verified; the number itself is the subject's.
        nhs_number_status: NhsNumberStatus,
    }
    rarely
    /// What returns do not say of a person.
    PersonMore {
        /// Gender, where stated apart from sex.
        gender: Gender,
        /// Expected date of birth of an unborn child.
        expected_birth_date: Date,
        /// Time of birth.
        birth_time: ClockTime,
        /// Place of birth.
        birth_place: Box<str>,
        /// Date of death.
        death_date: Date,
        /// Who said the ethnicity.
        ethnicity_source: Box<str>,
        /// Names.
        names: Vec<Name>,
        /// Languages.
        languages: Vec<Language>,
        /// Nationality.
        nationality: Box<str>,
        /// Religion.
        religion: Box<str>,
        /// The registered practice.
        gp: NhsOrganisation,
        /// Ways to reach the child.
        telecom: Vec<Telecom>,
    }

    /// Immigration status (5.5).
    Immigration key(status, start_date) {
        /// Unaccompanied asylum-seeking child, or another status.
        status: Open<ImmigrationStatus> [required],
        /// From.
        start_date: Date,
        /// Until; 903: date the status ceased.
        end_date: Date,
    }

    /// One episode of being looked after, as the SSDA903 defines it (5.6). Both ends are half-open.
    CareEpisode key(start_date, ordinal) {
        /// Date the episode began (DECOM).
        start_date: Date [required],
        /// Reason for the new episode (RNE).
        start_reason: Rne,
        /// Legal status (LS).
        legal_status: LegalStatus,
        /// Category of need (CIN).
        category_of_need: CategoryOfNeed,
        /// Placement type (PLACE).
        placement_type: PlacementType [guard],
        /// Placement provider (PLACE_PROVIDER).
        placement_provider: PlacementProvider,
        /// Ofsted URN of the home or agency (URN).
        placement_urn: OfstedUrn,
        /// Postcode of the placement (PL_POST).
        placement_postcode: Postcode,
        /// Postcode the child entered care from (HOME_POST).
        home_postcode: Postcode,
        /// Date the episode ceased (DEC); blank is still open.
        end_date: Date [guard],
        /// Reason the episode ceased (REC).
        end_reason: EpisodeEndReason [guard],
        /// Why the placement changed (REASON_PLACE_CHANGE).
        placement_change_reason: PlacementChangeReason,
        /// Local authority of the placement, derived.
        placement_la: LaCode,
        /// Whether the placement is inside the authority, derived.
        placement_location: PlacementLocation,
        /// Miles from home, one decimal, derived.
        placement_distance: Decimal,
        /// Start of the period of care, where known without the episodes.
        period_start: Date,
        /// Which of several episodes that start on one day, from 0.
        ordinal: Number<999>,
    }

    /// A review of the child's case (5.7).
    Review key(date, due_date) {
        /// Date it was held.
        date: Date,
        /// Date it is due.
        due_date: Date,
        /// How the child took part.
        participation: ReviewCode,
        /// Whether it was cancelled.
        cancelled: bool,
    }

    /// Missing, or away without authorisation (5.8).
    Missing key(r#type, start_date) {
        /// Which of the two.
        r#type: MissingType [required],
        /// From.
        start_date: Date [required],
        /// Until; blank is not yet back.
        end_date: Date,
        /// Whether a return interview was offered.
        return_interview_offered: bool,
        /// Whether it was accepted.
        return_interview_accepted: bool,
    }

    /// A worker's involvement with the child (5.10).
    SocialWorker key(worker_id, start_date) {
        /// Registration number, or the authority's own.
        worker_id: WorkerId [required],
        /// Name.
        name: Box<str>,
        /// Team.
        team: Box<str>,
        /// Social worker, personal adviser, or independent reviewing officer.
        role: WorkerRole,
        /// From.
        start_date: Date,
        /// Until.
        end_date: Date,
        /// Why the worker changed.
        change_reason: SwReason,
        /// Ways to reach the worker.
        telecom: Vec<Telecom>,
        /// How many children the worker has.
        caseload: Number<999>,
        /// Job title.
        job_title: Box<str>,
    }

    /// A permanence arrangement before this period of care (5.11). One a subject.
    PreviousPermanence key() {
        /// Which.
        kind: PrevPermanence [required],
        /// Which authority arranged it.
        la: PermanenceAuthority,
        /// When.
        date: Date,
    }

    /// A plan to adopt (5.12). It never leaves in FHIR.
    Adoption key(decision_date) {
        /// Date of the decision that the child should be placed for adoption.
        decision_date: Date [guard],
        /// Date the child was matched.
        match_date: Date [guard],
        /// Date placed.
        placed_date: Date [guard],
        /// Date of the placement order.
        placement_order_date: Date [guard],
        /// Date of the adoption order.
        order_date: Date [guard],
        /// Date of a fostering-for-adoption placement.
        ffa_date: Date [guard],
        /// Whether the foster carer adopts.
        foster_carer_adopts: bool,
        /// How many adopters.
        adopters: Number<2>,
        /// Their sex.
        adopters_sex: AdopterSex,
        /// Their legal status.
        adopters_status: AdopterLegalStatus,
    }

    /// Placed for adoption (5.13). It never leaves in FHIR.
    PlacedForAdoption key(placed_date) {
        /// Date placed.
        placed_date: Date [required, guard],
        /// Date the plan ended.
        ceased_date: Date [guard],
        /// Why it ended.
        ceased_reason: PlacedCeasedReason [guard],
    }

    /// An order that deprives the child of liberty (5.14).
    LibertyOrder key(start_date) {
        /// From.
        start_date: Date [required],
        /// Until.
        end_date: Date,
    }

    /// A care leaver's situation in a year (5.15).
    CareLeaver key() {
        /// Whether the authority is in touch.
        in_touch: InTouch,
        /// Latest date of contact.
        contact_date: Date,
        /// Main activity.
        activity: Activity,
        /// Where the young person lives.
        accommodation: Accommodation,
        /// Whether that is suitable.
        suitable: bool,
        /// Eligibility for leaving-care support.
        eligibility: Open<Eligibility>,
        /// Latest review of the pathway plan.
        pathway_review_date: Date,
        /// Personal adviser.
        personal_adviser: Box<str>,
    }

    /// Health and outcomes of the year as the return states them (5.17, OC2).
    AnnualHealth key(year) {
        /// The collection year.
        year: CollectionYear [required],
        /// Convicted or subject to a final warning in the year.
        convicted: bool,
        /// Developmental checks of a child under five up to date.
        health_check: bool,
        /// Immunisations up to date.
        immunisations: bool,
        /// The day that the immunisation status is for.
        immunisations_as_at: Date,
        /// Teeth checked by a dentist.
        teeth_check: bool,
        /// Annual health assessment held.
        health_assessment: bool,
        /// A substance misuse problem was identified.
        substance_misuse: bool,
        /// Help for it was received.
        intervention_received: bool,
        /// Help for it was offered.
        intervention_offered: bool,
        /// Stated by the source, or derived from others.
        derivation: Derivation,
    }

    /// A Strengths and Difficulties Questionnaire, or why there is none (5.18).
    SdqScore key(completed_date, year) {
        /// Total difficulties score.
        score: Number<40>,
        /// Why there is no score.
        reason: SdqReason,
        /// Date completed.
        completed_date: Date,
        /// The collection year, where no date is known.
        year: CollectionYear,
        /// Who filled it in.
        rater: SdqRater,
        /// Its parts.
        subscores: SdqSubscores,
    }

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

    /// What the child, a parent or a carer said, or another of the child (5.21).
    Voice key(context, date, whose, by, topic) {
        /// At what occasion.
        context: VoiceContext,
        /// When.
        date: Date,
        /// Whose view it is.
        whose: VoiceWhose [required],
        /// Who said it or wrote it down.
        by: VoiceBy,
        /// How it was said.
        how: VoiceHow,
        /// What it is about.
        topic: VoiceTopic,
        /// The words, unedited.
        words: Box<str>,
        /// How far the speaker lets the words go; blank is the virtual school only.
        share: VoiceShare,
        /// Answers to set questions.
        answers: Vec<VoiceAnswer>,
    }

    /// Consent given or refused (5.21).
    Consent key(scope, start_date) {
        /// To what.
        scope: ConsentScope [required, guard],
        /// Permitted or denied.
        decision: ConsentDecision [required, guard],
        /// By whom.
        given_by: ConsentGivenBy [guard],
        /// That person's name.
        given_by_name: Box<str>,
        /// From.
        start_date: Date [guard],
        /// Until.
        end_date: Date [guard],
        /// To whom, by ODS code or sector; none is everybody.
        recipients: Vec<Box<str>> [guard],
    }

    /// Who may decide what for the child (5.21).
    Delegation key(matter) {
        /// What is decided.
        matter: Open<DelegationMatter> [required],
        /// Who decides it.
        who_decides: DelegationDecider,
        /// Under which conditions, at most 300 characters.
        conditions: Box<str>,
        /// The day it is true for.
        as_at: Date,
    }

    /// A restriction on what may leave about the child (5.21).
    Restriction key(kind) {
        /// Which.
        kind: RestrictionKind [required, guard],
        /// From.
        since: Date [guard],
        /// Until; a past day lifts nothing by itself.
        until: Date [guard],
        /// When it is to be looked at again.
        review_on: Date [guard],
        /// The role of whoever set it, never a name.
        set_by_role: Box<str> [guard],
        /// ODS codes that keep the address under the health view.
        recipients: Vec<Box<str>> [guard],
        /// Stated by somebody, or derived from other statements.
        basis: RestrictionBasis [guard],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_small_enough_to_be_moved_often() {
        assert!(size_of::<Record>() <= 192, "a record takes {} bytes", size_of::<Record>());
    }

    #[test]
    fn every_field_of_a_key_exists() {
        for statement in STATEMENTS {
            for key in statement.key.fields() {
                assert!(statement.field(key).is_some(), "{}.{key}", statement.name);
            }
        }
    }

    #[test]
    fn a_reference_of_the_sender_is_the_whole_key_and_no_part_reads_like_it() {
        for statement in STATEMENTS.iter().filter(|statement| statement.key.reference.is_some()) {
            assert!(statement.key.parts.len() > 1, "{}: one part would read as a reference", statement.name);
        }
        assert_eq!(EducationPlan::TYPE.key.words(), "plan_ref; else academic_year, term, meeting_date");
        assert_eq!(Enrolment::TYPE.key.words(), "school_urn or school_laestab or school_name, entry_date");
        assert_eq!(Person::TYPE.key.words(), "one a subject");
        let plan = |reference: Option<&str>, year: u16| {
            Statement::from(EducationPlan {
                plan_ref: reference.map_or(Said::NotAsked, |text| Said::Is(text.into())),
                academic_year: Said::Is(AcademicYear::new(year).unwrap()),
                ..EducationPlan::default()
            })
        };
        assert!(plan(Some("A"), 2024).same_key(&plan(Some("A"), 2025)));
        assert!(!plan(Some("A"), 2025).same_key(&plan(Some("B"), 2025)));
        assert!(!plan(Some("A"), 2025).same_key(&plan(None, 2025)));
        assert!(plan(None, 2025).same_key(&plan(None, 2025)));
    }

    #[test]
    fn of_a_school_the_first_number_that_is_said_is_the_key() {
        let at = |urn: Option<&[u8]>, name: &str| {
            Statement::from(Enrolment {
                school_urn: urn.and_then(SchoolUrn::read).map_or(Said::Blank, Said::Is),
                school_name: Said::Is(name.into()),
                ..Enrolment::default()
            })
        };
        assert!(at(Some(b"999999"), "One name").same_key(&at(Some(b"999999"), "Another name")));
        assert!(!at(Some(b"999999"), "One name").same_key(&at(None, "One name")));
        assert!(at(None, "One name").same_key(&at(None, "One name")));
        assert!(!at(None, "One name").same_key(&at(None, "Another name")));
    }

    #[test]
    fn every_lens_gives_back_what_was_put_in() {
        for statement_type in STATEMENTS {
            for field in statement_type.fields {
                let mut statement = unsaid(statement_type.name).unwrap();
                assert!(field.get(&statement) == Said::NotAsked);
                for answer in
                    [Said::Blank, Said::Refused, Said::Unreadable, Said::Is(crate::reflect::some_value(field.kind))]
                {
                    assert!(field.set(&mut statement, answer.clone()), "{}.{}", statement_type.name, field.name);
                    assert!(field.get(&statement) == answer, "{}.{}", statement_type.name, field.name);
                    assert_eq!(field.is_unreadable(&statement), answer == Said::Unreadable);
                }
            }
        }
    }

    #[test]
    fn a_lens_refuses_a_value_of_another_kind() {
        let mut statement = Statement::from(CareEpisode::default());
        let field = CareEpisode::TYPE.field("legal_status").unwrap();
        assert!(!field.set(&mut statement, Said::Is(Value::Flag(true))));
        assert_eq!(statement, Statement::from(CareEpisode::default()));
    }
}
