//! Statements about the search for a home: what an authority asks providers for, and what they offer (record, section 6).
//!
//! They are said of a child, whom providers know by the random name of the search alone. What a referral says of children
//! is made of the record once, at the precision in which providers may read it (ifa-formats, section 5); the texts in it
//! are written for providers. Amounts are for a week.

use crate::{
    code::{
        CommunicationNeed, CriterionAnswer, CulturalNeed, Disability, EducationPhase, EthnicGroup, HouseholdReligion,
        InfantAge, LanguageGroup, LegalStatusGroup, LivingCompanions, OfferReason, OfferStatus, OutOfAreaReason,
        PetsAllowance, PlacementDuration, PlacementNeed, PlacementSupport, PresenceStatus, ReferralCloseReason,
        ReferralStatus, ReferralUrgency, RiskLevel, SdqBand, SenProvisionKind, Sex, SuitabilityLevel,
        VacancyPlacementType,
    },
    date::{Date, DateTime},
    identifier::LaCode,
    money::Pence,
    postcode::Postcode,
    record::declare::{shape, statements},
    reflect::Number,
};

shape! {
    /// A person of the authority who decided something.
    DecidedBy {
        /// Name.
        name: Box<str>,
        /// Role.
        role: Box<str>,
    }
    /// A round in which providers are asked.
    ReferralWave {
        /// Its number, from 1.
        number: Number<99>,
        /// Who is asked: the authority's own carers, a tier, a framework, or providers by their numbers.
        to: Vec<Box<str>>,
        /// How many working hours after the round before it opens by itself; without it a person opens it.
        after_hours: Number<999>,
        /// Whether providers without a vacancy are asked too.
        include_without_vacancy: bool,
        /// When it was opened.
        opened_at: DateTime,
        /// Who opened it; nobody where it opened by itself.
        opened_by: DecidedBy,
    }
    /// The team that looks for a home.
    ReferralAuthority {
        /// The authority.
        code: LaCode,
        /// Its name.
        name: Box<str>,
        /// The team.
        team: Box<str>,
        /// The team's email address.
        email: Box<str>,
        /// The team's telephone number.
        phone: Box<str>,
    }
    /// Under which framework a home is looked for.
    ReferralFramework {
        /// The framework.
        id: Box<str>,
        /// Its lots.
        lots: Vec<Box<str>>,
    }
    /// How far each kind of provision suits.
    Suitability {
        /// Fostering.
        foster_care: SuitabilityLevel,
        /// Residential care.
        residential_care: SuitabilityLevel,
        /// Supported accommodation.
        supported_accommodation: SuitabilityLevel,
    }
    /// What is asked for.
    PlacementRequest {
        /// The day from which a home is needed.
        needed_by: Date,
        /// How soon that is.
        urgency: ReferralUrgency,
        /// Whether the move is planned.
        planned: bool,
        /// What would do.
        placement_types: Vec<VacancyPlacementType>,
        /// How long it is expected to last.
        expected_duration: PlacementDuration,
        /// How far each kind of provision suits.
        suitability: Suitability,
    }
    /// What a child needs of a home.
    ChildNeeds {
        /// Whether the child needs anything to be understood.
        communication_needed: PresenceStatus,
        /// To be understood.
        communication: Vec<CommunicationNeed>,
        /// Another need of that kind, in words.
        communication_other: Box<str>,
        /// Whether the home has to be adapted.
        home_adaptation: bool,
        /// Disabilities.
        disability: Vec<Disability>,
        /// Band of the last strengths and difficulties score.
        sdq_band: SdqBand,
        /// Ordinary matters of health, in a few words each.
        health: Vec<Box<str>>,
        /// Provision for special educational needs.
        sen: SenProvisionKind,
        /// What carers should be able to do.
        skills: Vec<PlacementNeed>,
        /// Support beside the carers.
        support: Vec<PlacementSupport>,
        /// Other support, in words.
        support_other: Box<str>,
        /// What a home must meet of the child's culture.
        culture: CulturalNeed,
        /// Another need of that kind, in words.
        culture_other: Box<str>,
    }
    /// Risks to a child.
    RisksToSelf {
        /// Self-harm.
        self_harm: RiskLevel,
        /// Criminal exploitation.
        criminal_exploitation: RiskLevel,
        /// Drugs and alcohol.
        drugs_alcohol: RiskLevel,
        /// Eating disorder.
        eating_disorder: RiskLevel,
        /// Going missing.
        missing: RiskLevel,
        /// Sexual exploitation.
        sexual_exploitation: RiskLevel,
    }
    /// Risks to others.
    RisksToOthers {
        /// Physical harm.
        physical: RiskLevel,
        /// Sexual harm.
        sexual: RiskLevel,
        /// Fire setting.
        fire: RiskLevel,
        /// Harm to animals.
        animals: RiskLevel,
        /// Criminal exploitation.
        criminal: RiskLevel,
    }
    /// Risks that are known.
    ChildRisks {
        /// To the child.
        to_self: RisksToSelf,
        /// To others.
        to_others: RisksToOthers,
    }
    /// A child's education, without the school.
    ReferredEducation {
        /// Phase.
        phase: EducationPhase,
        /// First half of the school's postcode.
        outward_postcode: Postcode,
        /// Whether the child should stay at the school.
        keep_school: bool,
    }
    /// A child for whom a home is looked for, as providers may know it.
    ReferredChild {
        /// The child's number within the referral, from 1.
        child_no: Number<99>,
        /// Age in whole years, from 2.
        age_years: Number<25>,
        /// Age of a child under two.
        infant_age: InfantAge,
        /// Sex.
        sex: Sex,
        /// What providers should know of the child's gender.
        gender_note: Box<str>,
        /// Broad ethnic group.
        ethnic_group: EthnicGroup,
        /// Whether the language is English.
        language_group: LanguageGroup,
        /// Languages, where the authority lets them be told, by the DfE's codes.
        languages: Vec<Box<str>>,
        /// The religion that a home should support.
        religion_to_support: HouseholdReligion,
        /// Broad group of the legal status.
        legal_status_group: LegalStatusGroup,
        /// Whether the child is an unaccompanied asylum seeker.
        uasc: bool,
        /// What the child needs of a home.
        needs: ChildNeeds,
        /// Risks that are known.
        risks: ChildRisks,
        /// Whether the child is deprived of liberty.
        deprivation_of_liberty: bool,
        /// Education.
        education: ReferredEducation,
        /// What the child likes.
        likes: Vec<Box<str>>,
    }
    /// Brothers and sisters.
    ReferredSiblings {
        /// How many should live together with the child.
        together_count: Number<20>,
        /// Whether they can live apart.
        apart_allowed: bool,
    }
    /// What a home should be like.
    Matching {
        /// Other children in it.
        living_companions: LivingCompanions,
        /// Animals in it.
        pets: PetsAllowance,
        /// Whether it should be in the authority's own area.
        is_local: bool,
        /// Why it should be elsewhere.
        out_of_area_reason: OutOfAreaReason,
        /// Another reason, in words.
        out_of_area_other: Box<str>,
        /// First half of the postcode from which distances are counted.
        search_from: Postcode,
        /// How far away it may be.
        max_miles: Number<500>,
        /// Districts to avoid.
        avoid_outward: Vec<Postcode>,
        /// Time with the family, in a few words.
        family_time: Box<str>,
        /// What carers should be like, in a few words each.
        carer_wants: Vec<Box<str>>,
    }
    /// What an offered home costs.
    OfferFee {
        /// A week, without value added tax.
        weekly: Pence,
        /// What comes on top.
        additional: Vec<OfferExtra>,
        /// Whether it is the price of the framework.
        framework_price: bool,
    }
    /// What comes on top of a fee.
    OfferExtra {
        /// For what.
        what: Box<str>,
        /// A week, without value added tax.
        weekly: Pence,
    }
    /// How far a home meets one of the things that were asked for.
    OfferAnswer {
        /// What was asked for.
        criterion: Box<str>,
        /// How far it is met.
        answer: CriterionAnswer,
        /// More, in words.
        note: Box<str>,
    }
    /// What the authority decided on an offer.
    OfferDecision {
        /// When.
        at: DateTime,
        /// Who decided.
        by: DecidedBy,
        /// Why not.
        reason: OfferReason,
    }
}

statements! {
    Child:
    /// A request for a home (6). The search has its own random name; a child that is looked for again, and is known by
    /// its own id, has one request for each time that it was sent out first.
    Referral key(issued_at) {
        /// State.
        status: ReferralStatus,
        /// Why it was closed.
        close_reason: ReferralCloseReason,
        /// Rises with each change.
        revision: Number<9999>,
        /// When it was sent out first.
        issued_at: DateTime,
        /// Until when offers are taken.
        respond_by: DateTime,
    }
    rarely
    /// What a request for a home asks.
    ReferralMore {
        /// Who sent it out.
        issued_by: DecidedBy,
        /// The rounds in which providers are asked.
        waves: Vec<ReferralWave>,
        /// The team that looks for a home.
        authority: ReferralAuthority,
        /// Framework and lots.
        framework: ReferralFramework,
        /// What is asked for.
        request: PlacementRequest,
        /// The children.
        children: Vec<ReferredChild>,
        /// Their brothers and sisters.
        siblings: ReferredSiblings,
        /// What the home should be like.
        matching: Matching,
        /// The most that is paid a week, without value added tax.
        max_weekly: Pence,
        /// About the child, written for providers.
        summary: Box<str>,
    }

    /// A provider's answer to a request for a home (6).
    Offer reference(provider_urn, offer_id) key(provider_urn, carer_ref, vacancy_id) {
        /// The provider's own reference.
        offer_id: Box<str>,
        /// State.
        status: OfferStatus,
        /// The provider's number at whoever registers it.
        provider_urn: Box<str>,
        /// The provider's reference of the vacancy.
        vacancy_id: Box<str>,
        /// The provider's pseudonym of the household, home or setting.
        carer_ref: Box<str>,
    }
    rarely
    /// What an offer comes to.
    OfferMore {
        /// For which children of the referral, by their numbers.
        children: Vec<Number<99>>,
        /// From when.
        available_from: Date,
        /// Until when it holds.
        valid_until: DateTime,
        /// Price.
        fee: OfferFee,
        /// What was asked for, and how far it is met.
        answers: Vec<OfferAnswer>,
        /// Conditions.
        conditions: Vec<Box<str>>,
        /// Why this home.
        fit: Box<str>,
        /// Why no home is offered.
        no_offer_reason: OfferReason,
        /// What the authority decided.
        decision: OfferDecision,
    }
}
