//! Statements about who a child is, what is said of it, and who may know or decide what (record, sections 5.1 to 5.5 and 5.21).

use crate::{
    code::{
        AddressType, ConsentDecision, ConsentGivenBy, ConsentScope, DelegationDecider, DelegationMatter,
        Disability as DisabilityCode, Ethnicity, Gender, ImmigrationStatus, NameUse, NhsNumberStatus,
        RelationshipPermission, RelationshipRole, RestrictionBasis, RestrictionKind, Sex, TelecomSystem, UpnUnknown,
        VoiceBy, VoiceContext, VoiceHow, VoiceShare, VoiceTopic, VoiceWhose,
    },
    date::{ClockTime, Date},
    postcode::Postcode,
    record::declare::{shape, statements},
    reflect::{Number, Open},
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
    /// Where another person lives.
    PostalAddress {
        /// House and street, line by line.
        lines: Vec<Box<str>>,
        /// Town.
        town: Box<str>,
        /// County.
        county: Box<str>,
        /// Postcode.
        postcode: Postcode,
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

    /// Where the child lives or lived (5.2). Without a start the postcode tells two of one type apart.
    Address key(r#type, (start_date | postcode)) {
        /// Whose address it is: the family home, the placement, or another.
        r#type: AddressType [required],
        /// House and street, line by line.
        lines: Vec<Box<str>>,
        /// Town.
        town: Box<str>,
        /// County.
        county: Box<str>,
        /// Postcode.
        postcode: Postcode,
        /// From.
        start_date: Date,
        /// Until; blank is still there.
        end_date: Date,
    }
    rarely
    /// What few sources say of an address.
    AddressMore {
        /// Unique property reference number.
        uprn: Box<str>,
    }

    /// Somebody who belongs to the child, and what that person may do (5.3).
    Relationship key(role, name, birth_date) {
        /// Who it is to the child.
        role: RelationshipRole [required],
        /// Name.
        name: Box<str>,
        /// Date of birth.
        birth_date: Date,
        /// Whether the person has parental responsibility.
        has_parental_responsibility: bool,
        /// Whether the child lives with the person.
        lives_with: bool,
        /// What the person may do, or must not.
        permissions: Vec<RelationshipPermission>,
        /// In which order people are called, 1 the first.
        rank: Number<99>,
        /// From.
        start_date: Date,
        /// Until.
        end_date: Date,
    }
    rarely
    /// How and where somebody is reached.
    RelationshipMore {
        /// Ways to reach the person.
        telecom: Vec<Telecom>,
        /// Where the person lives.
        address: PostalAddress,
    }

    /// A disability, or that there is none (5.4).
    Disability key(code) {
        /// Which.
        code: DisabilityCode [required],
        /// The day it is true for.
        as_at: Date,
        /// The words of the source.
        source_text: Box<str>,
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
