//! Statements about who a child is, what is said of it, and who may know or decide what (record, sections 5.1, 5.5 and 5.21).

use crate::{
    code::{
        ConsentDecision, ConsentGivenBy, ConsentScope, DelegationDecider, DelegationMatter, Ethnicity, Gender,
        ImmigrationStatus, NameUse, NhsNumberStatus, RestrictionBasis, RestrictionKind, Sex, TelecomSystem, UpnUnknown,
        VoiceBy, VoiceContext, VoiceHow, VoiceShare, VoiceTopic, VoiceWhose,
    },
    date::{ClockTime, Date},
    record::declare::{shape, statements},
    reflect::Open,
};

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
    /// An answer to a set question.
    VoiceAnswer {
        /// The question, by the name that its source gives it.
        question: Box<str>,
        /// Yes or no.
        answer: bool,
    }
}

statements! {
    Child:
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
