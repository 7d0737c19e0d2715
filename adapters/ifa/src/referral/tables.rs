//! What stands in a referral and in an offer: the one list of their members, for reading, writing, schema and template.

use schemas::{
    code::{
        CommunicationNeed, CriterionAnswer, CulturalNeed, Disability, EducationPhase, EthnicGroup, HouseholdReligion,
        InfantAge, LanguageGroup, LegalStatusGroup, LivingCompanions, OfferReason, OfferStatus, OutOfAreaReason,
        PetsAllowance, PlacementDuration, PlacementNeed, PlacementSupport, PresenceStatus, ReferralCloseReason,
        ReferralStatus, ReferralUrgency, RiskLevel, SdqBand, SenProvisionKind, Sex, SuitabilityLevel,
        VacancyPlacementType,
    },
    date::{Date, DateTime},
    money::Pence,
    record::{Offer, OfferAnswer, OfferExtra, OfferMore, Referral, ReferralMore, ReferralWave, ReferredChild},
    reflect::Number,
};

use crate::{
    mirror::mirror,
    referral::wire::{ChildNumbers, Deadline, Districts, ReferralId, Screened, ScreenedList},
    rules,
    wire::{Authority, HomeReference, Languages, Outward, ProviderNumber, Reference, Text, WeeklyFee},
    words::{Word, Words},
};

kit::rows! {
    /// A request for a home, as providers may read it.
    ReferralRow = REFERRAL "referral" spelt Plain {
        /// The format: `homeward/referral`.
        format: Text<40> = "format" { required: false, example: "homeward/referral", source: "ifa 5" },
        /// Its version.
        version: Text<10> = "version" { required: false, example: "1", source: "ifa 5" },
        /// The random name of this search for a home: the only name of the child that providers see.
        referral_id: ReferralId = "referralId" { loses_row: true, blank: Some(&rules::REFERRAL_ID_MISSING), example: "R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P", source: "ifa 5" },
        /// State.
        status: Word<ReferralStatus> = "status" { required: false, field: "Referral.status", example: "open", source: "ifa 4.2" },
        /// Why it was closed.
        close_reason: Word<ReferralCloseReason> = "closeReason" { required: false, field: "Referral.close_reason", source: "ifa 4.2" },
        /// Rises with each change.
        revision: Number<9999> = "revision" { required: false, field: "Referral.revision", example: "1", source: "ifa 5" },
        /// When it was sent out first.
        issued_at: DateTime = "issuedAt" { required: false, field: "Referral.issued_at", source: "ifa 5" },
        /// Until when offers are taken.
        respond_by: Deadline = "respondBy" { required: false, field: "Referral.respond_by", source: "ifa 5" },
        /// The clock of times without an offset: there is only Europe/London.
        time_zone: Text<40> = "timeZone" { required: false, example: "Europe/London", source: "ifa 5" },
        /// Who sent it out; providers do not see it.
        issued_by_name: Text<120> = "issuedBy/name" { required: false, field: "Referral.issued_by", source: "ifa 4.2" },
        /// That person's role.
        issued_by_role: Text<120> = "issuedBy/role" { required: false, field: "Referral.issued_by", source: "ifa 4.2" },
        /// The authority that looks for a home.
        authority: Authority = "authority/code" { required: false, field: "Referral.authority", example: "330", source: "ifa 5" },
        /// Its name.
        authority_name: Text<120> = "authority/name" { required: false, field: "Referral.authority", source: "ifa 5" },
        /// The team.
        authority_team: Text<120> = "authority/team" { required: false, field: "Referral.authority", source: "ifa 5" },
        /// The team's email address.
        authority_email: Text<200> = "authority/email" { required: false, field: "Referral.authority", source: "ifa 5" },
        /// The team's telephone number.
        authority_phone: Text<40> = "authority/phone" { required: false, field: "Referral.authority", source: "ifa 5" },
        /// The framework.
        framework: Text<80> = "framework/id" { required: false, field: "Referral.framework", example: "wm-fostering", source: "ifa 5" },
        /// Its lots.
        lots: Vec<Box<str>> = "framework/lots" { required: false, field: "Referral.framework", source: "ifa 5" },
        /// The day from which a home is needed.
        needed_by: Date = "request/neededBy" { required: false, field: "Referral.request", source: "ifa 5" },
        /// How soon that is.
        urgency: Word<ReferralUrgency> = "request/urgency" { required: false, field: "Referral.request", example: "within-5-days", source: "ifa 5, 10.1" },
        /// Whether the move is planned.
        planned: bool = "request/planned" { required: false, field: "Referral.request", source: "ifa 5" },
        /// What would do.
        placement_types: Words<VacancyPlacementType> = "request/placementTypes" { required: false, field: "Referral.request", example: "short-term", source: "ifa 5" },
        /// How long it is expected to last.
        expected_duration: Word<PlacementDuration> = "request/expectedDuration" { required: false, field: "Referral.request", example: "up-to-6-months", source: "ifa 5" },
        /// How far fostering suits.
        foster_care: Word<SuitabilityLevel> = "request/suitability/fosterCare" { required: false, field: "Referral.request", source: "ifa 5, 10.1" },
        /// How far residential care suits.
        residential_care: Word<SuitabilityLevel> = "request/suitability/residentialCare" { required: false, field: "Referral.request", source: "ifa 5, 10.1" },
        /// How far supported accommodation suits.
        supported_accommodation: Word<SuitabilityLevel> = "request/suitability/supportedAccommodation" { required: false, field: "Referral.request", source: "ifa 5, 10.1" },
        /// How many brothers and sisters should live together with the child.
        together_count: Number<20> = "siblings/togetherCount" { required: false, field: "Referral.siblings", source: "ifa 5" },
        /// Whether they can live apart.
        apart_allowed: bool = "siblings/apartAllowed" { required: false, field: "Referral.siblings", source: "ifa 5" },
        /// With whom the child can live.
        living_companions: Word<LivingCompanions> = "matching/livingCompanions" { required: false, field: "Referral.matching", source: "ifa 5, 10.1" },
        /// Whether the child can live with animals.
        pets: Word<PetsAllowance> = "matching/pets" { required: false, field: "Referral.matching", source: "ifa 5, 10.1" },
        /// Whether the home should be in the authority's own area.
        is_local: bool = "matching/isLocal" { required: false, field: "Referral.matching", source: "ifa 10.1" },
        /// Why it should be elsewhere.
        out_of_area_reason: Word<OutOfAreaReason> = "matching/outOfAreaReason" { required: false, field: "Referral.matching", source: "ifa 10.1" },
        /// Another reason, in words.
        out_of_area_other: Screened<200> = "matching/outOfAreaOther" { required: false, field: "Referral.matching", source: "ifa 10.1" },
        /// First half of the postcode from which distances are counted.
        search_from: Outward = "matching/searchFrom/outwardPostcode" { required: false, field: "Referral.matching", wrong: &rules::OUTWARD_SHAPE, example: "B13", source: "ifa 5" },
        /// How far away it may be, in miles.
        max_miles: Number<500> = "matching/maxMiles" { required: false, field: "Referral.matching", source: "ifa 5" },
        /// Districts to avoid, five at most: never a person or an address.
        avoid_outward: Districts = "matching/avoidOutward" { required: false, field: "Referral.matching", source: "ifa 5" },
        /// Time with the family, in a few words.
        family_time: Screened<60> = "matching/familyTime" { required: false, field: "Referral.matching", source: "ifa 5" },
        /// What carers should be like, in a few words each.
        carer_wants: ScreenedList = "matching/carerWants" { required: false, field: "Referral.matching", source: "ifa 5" },
        /// The most that is paid a week, in pence, without value added tax.
        max_weekly: Pence = "maxWeeklyPence" { required: false, field: "Referral.max_weekly", source: "ifa 5" },
        /// About the child, written for providers.
        summary: Screened<1500> = "summary" { required: false, field: "Referral.summary", source: "ifa 5" },
    }
    /// A round in which providers are asked; they do not see it.
    WaveRow = WAVE "wave" spelt Plain {
        /// Its number, from 1.
        number: Number<99> = "number" { required: false, field: "Referral.waves", source: "ifa 4.2" },
        /// Who is asked: in-house, a tier, a framework, or providers by their numbers.
        to: Vec<Box<str>> = "to" { required: false, field: "Referral.waves", example: "in-house", source: "ifa 4.2" },
        /// How many working hours after the round before it opens by itself; without it a person opens it.
        after_hours: Number<999> = "afterHours" { required: false, field: "Referral.waves", source: "ifa 4.2" },
        /// Whether providers without a vacancy are asked too.
        include_without_vacancy: bool = "includeWithoutVacancy" { required: false, field: "Referral.waves", source: "ifa 4.2" },
        /// When it was opened.
        opened_at: DateTime = "openedAt" { required: false, field: "Referral.waves", source: "ifa 4.2" },
        /// Who opened it.
        opened_by_name: Text<120> = "openedBy/name" { required: false, field: "Referral.waves", source: "ifa 4.2" },
        /// That person's role.
        opened_by_role: Text<120> = "openedBy/role" { required: false, field: "Referral.waves", source: "ifa 4.2" },
    }
    /// A child for whom a home is looked for, as providers may know it.
    ChildRow = CHILD "child" spelt Plain {
        /// The child's number within the referral, from 1.
        child_no: Number<99> = "childNo" { required: false, field: "Referral.children", example: "1", source: "ifa 5" },
        /// Age in whole years, from 2.
        age_years: Number<25> = "ageYears" { required: false, field: "Referral.children", example: "9", source: "ifa 5" },
        /// Age of a child under two.
        infant_age: Word<InfantAge> = "infantAge" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Sex.
        sex: Word<Sex> = "sex" { required: false, field: "Referral.children", example: "F", source: "ifa 5" },
        /// What providers should know of the child's gender.
        gender_note: Screened<200> = "genderNote" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Broad ethnic group.
        ethnic_group: Word<EthnicGroup> = "ethnicGroup" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Whether the language is English.
        language_group: Word<LanguageGroup> = "languageGroup" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Languages, where the authority lets them be told, by the DfE's codes.
        languages: Languages = "languages" { required: false, field: "Referral.children", source: "ifa 5" },
        /// The religion that a home should support.
        religion: Word<HouseholdReligion> = "religionToSupport" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Broad group of the legal status.
        legal_status: Word<LegalStatusGroup> = "legalStatusGroup" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Whether the child is an unaccompanied asylum seeker.
        uasc: bool = "uasc" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Whether the child needs anything to be understood.
        communication_needed: Word<PresenceStatus> = "needs/communicationNeeded" { required: false, field: "Referral.children", source: "ifa 10.1" },
        /// What the child needs so as to be understood.
        communication: Words<CommunicationNeed> = "needs/communication" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Another need of that kind, in words.
        communication_other: Screened<200> = "needs/communicationOther" { required: false, field: "Referral.children", source: "ifa 10.1" },
        /// Whether the home has to be adapted.
        home_adaptation: bool = "needs/homeAdaptation" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Disabilities.
        disability: Words<Disability> = "needs/disability" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Band of the last strengths and difficulties score.
        sdq_band: Word<SdqBand> = "needs/sdqBand" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Ordinary matters of health, in a few words each.
        health: ScreenedList = "needs/health" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Provision for special educational needs.
        sen: Word<SenProvisionKind> = "needs/sen" { required: false, field: "Referral.children", example: "K", source: "ifa 5" },
        /// What carers should be able to do.
        skills: Words<PlacementNeed> = "needs/skills" { required: false, field: "Referral.children", source: "ifa 5" },
        /// Support beside the carers.
        support: Words<PlacementSupport> = "needs/support" { required: false, field: "Referral.children", source: "ifa 10.1" },
        /// Other support, in words.
        support_other: Screened<200> = "needs/supportOther" { required: false, field: "Referral.children", source: "ifa 10.1" },
        /// What a home must meet of the child's culture.
        culture: Word<CulturalNeed> = "needs/culturalNeeds" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Another need of that kind, in words.
        culture_other: Screened<200> = "needs/culturalNeedsOther" { required: false, field: "Referral.children", source: "ifa 10.1" },
        /// Risk of self-harm.
        self_harm: Word<RiskLevel> = "risks/toSelf/selfHarm" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of criminal exploitation.
        criminal_exploitation: Word<RiskLevel> = "risks/toSelf/criminalExploitation" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of drugs and alcohol.
        drugs_alcohol: Word<RiskLevel> = "risks/toSelf/drugsAlcohol" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of an eating disorder.
        eating_disorder: Word<RiskLevel> = "risks/toSelf/eatingDisorder" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of going missing.
        missing: Word<RiskLevel> = "risks/toSelf/missing" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of sexual exploitation.
        sexual_exploitation: Word<RiskLevel> = "risks/toSelf/sexualExploitation" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of physical harm to others.
        physical: Word<RiskLevel> = "risks/toOthers/physical" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of sexual harm to others.
        sexual: Word<RiskLevel> = "risks/toOthers/sexual" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of fire setting.
        fire: Word<RiskLevel> = "risks/toOthers/fire" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of harm to animals.
        animals: Word<RiskLevel> = "risks/toOthers/animals" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Risk of criminal exploitation of others.
        criminal: Word<RiskLevel> = "risks/toOthers/criminal" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Whether the child is deprived of liberty.
        liberty: bool = "deprivationOfLiberty" { required: false, field: "Referral.children", source: "ifa 5, 10.1" },
        /// Phase of education.
        phase: Word<EducationPhase> = "education/phase" { required: false, field: "Referral.children", source: "ifa 5" },
        /// First half of the school's postcode.
        school_outward: Outward = "education/outwardPostcode" { required: false, field: "Referral.children", wrong: &rules::OUTWARD_SHAPE, source: "ifa 5" },
        /// Whether the child should stay at the school.
        keep_school: bool = "education/keepSchool" { required: false, field: "Referral.children", source: "ifa 5" },
        /// What the child likes.
        likes: ScreenedList = "likes" { required: false, field: "Referral.children", source: "ifa 5" },
    }
    /// An answer of a provider to a referral.
    OfferRow = OFFER "offer" spelt Plain {
        /// The format: `homeward/offer`.
        format: Text<40> = "format" { required: false, example: "homeward/offer", source: "ifa 6.1" },
        /// Its version.
        version: Text<10> = "version" { required: false, example: "1", source: "ifa 6.1" },
        /// The provider's own reference of the offer.
        offer_id: Reference = "offerId" { loses_row: true, blank: Some(&rules::OFFER_ID_MISSING), field: "Offer.offer_id", example: "O-5512", source: "ifa 6.1" },
        /// The referral that is answered.
        referral_id: ReferralId = "referralId" { loses_row: true, blank: Some(&rules::REFERRAL_ID_MISSING), example: "R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P", source: "ifa 6.1" },
        /// State.
        status: Word<OfferStatus> = "status" { required: false, field: "Offer.status", example: "offered", source: "ifa 4.3, 6.1" },
        /// Ofsted's number of the provider.
        provider_urn: ProviderNumber = "providerUrn" { loses_row: true, blank: Some(&rules::URN_SHAPE), wrong: &rules::URN_SHAPE, field: "Offer.provider_urn", example: "SC999901", source: "ifa 6.1" },
        /// The provider's reference of the vacancy.
        vacancy_id: Reference = "vacancyId" { required: false, field: "Offer.vacancy_id", example: "V-0141", source: "ifa 6.1" },
        /// The provider's pseudonym of the household, home or setting.
        carer_ref: HomeReference = "carerRef" { required: false, field: "Offer.carer_ref", example: "C-2207", source: "ifa 6.1" },
        /// For which children of the referral, by their numbers.
        children: ChildNumbers = "children" { required: false, field: "Offer.children", example: "1", source: "ifa 6.1" },
        /// From when.
        available_from: Date = "availableFrom" { required: false, field: "Offer.available_from", source: "ifa 6.1" },
        /// Until when the offer holds; without an offset by the clock in London.
        valid_until: Deadline = "validUntil" { required: false, field: "Offer.valid_until", source: "ifa 6.1" },
        /// The clock of times without an offset: there is only Europe/London.
        time_zone: Text<40> = "timeZone" { required: false, example: "Europe/London", source: "ifa 6.1" },
        /// Price of a week, in pence, without value added tax.
        weekly: WeeklyFee = "fee/weeklyPence" { required: false, field: "Offer.fee", example: "94500", source: "ifa 6.1" },
        /// Whether it is the price of the framework.
        framework_price: bool = "fee/frameworkPrice" { required: false, field: "Offer.fee", source: "ifa 6.1" },
        /// Conditions.
        conditions: Vec<Box<str>> = "conditions" { required: false, field: "Offer.conditions", source: "ifa 6.1" },
        /// Why this home.
        fit: Text<1500> = "fit" { required: false, field: "Offer.fit", source: "ifa 6.1" },
        /// Why no home is offered.
        no_offer_reason: Word<OfferReason> = "noOfferReason" { required: false, field: "Offer.no_offer_reason", source: "ifa 6.1" },
        /// When the authority decided.
        decided_at: DateTime = "decision/at" { required: false, field: "Offer.decision", source: "ifa 6.1" },
        /// Why not.
        decision_reason: Word<OfferReason> = "decision/reason" { required: false, field: "Offer.decision", source: "ifa 6.1" },
        /// Who decided; providers do not see it.
        decided_by_name: Text<120> = "decision/by/name" { required: false, field: "Offer.decision", source: "ifa 4.3" },
        /// That person's role.
        decided_by_role: Text<120> = "decision/by/role" { required: false, field: "Offer.decision", source: "ifa 4.3" },
    }
    /// What comes on top of an offer's price.
    ExtraRow = EXTRA "extra" spelt Plain {
        /// For what.
        what: Text<120> = "what" { required: false, field: "Offer.fee", source: "ifa 6.1" },
        /// A week, in pence, without value added tax.
        weekly: WeeklyFee = "weeklyPence" { required: false, field: "Offer.fee", source: "ifa 6.1" },
    }
    /// How far a home meets one of the things that were asked for.
    AnswerRow = ANSWER "answer" spelt Plain {
        /// What was asked for.
        criterion: Text<80> = "criterion" { required: false, field: "Offer.answers", example: "skill:autism-adhd", source: "ifa 6.1" },
        /// How far it is met.
        answer: Word<CriterionAnswer> = "answer" { required: false, field: "Offer.answers", example: "met", source: "ifa 6.1" },
        /// More, in words.
        note: Text<300> = "note" { required: false, field: "Offer.answers", source: "ifa 6.1" },
    }
}

/// A referral with what it rarely says, side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WholeReferral {
    /// The statement.
    pub said: schemas::said::Said<Referral>,
    /// What it rarely says.
    pub more: schemas::said::Said<ReferralMore>,
}

/// An offer with what it rarely says, side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WholeOffer {
    /// The statement.
    pub said: schemas::said::Said<Offer>,
    /// What it rarely says.
    pub more: schemas::said::Said<OfferMore>,
}

mirror! {
    ReferralRow mirrors WholeReferral {
        status: said.status,
        close_reason: said.close_reason,
        revision: said.revision,
        issued_at: said.issued_at,
        respond_by: said.respond_by,
        issued_by_name: more.issued_by.name,
        issued_by_role: more.issued_by.role,
        authority: more.authority.code,
        authority_name: more.authority.name,
        authority_team: more.authority.team,
        authority_email: more.authority.email,
        authority_phone: more.authority.phone,
        framework: more.framework.id,
        lots: more.framework.lots,
        needed_by: more.request.needed_by,
        urgency: more.request.urgency,
        planned: more.request.planned,
        placement_types: more.request.placement_types,
        expected_duration: more.request.expected_duration,
        foster_care: more.request.suitability.foster_care,
        residential_care: more.request.suitability.residential_care,
        supported_accommodation: more.request.suitability.supported_accommodation,
        together_count: more.siblings.together_count,
        apart_allowed: more.siblings.apart_allowed,
        living_companions: more.matching.living_companions,
        pets: more.matching.pets,
        is_local: more.matching.is_local,
        out_of_area_reason: more.matching.out_of_area_reason,
        out_of_area_other: more.matching.out_of_area_other,
        search_from: more.matching.search_from,
        max_miles: more.matching.max_miles,
        avoid_outward: more.matching.avoid_outward,
        family_time: more.matching.family_time,
        carer_wants: more.matching.carer_wants,
        max_weekly: more.max_weekly,
        summary: more.summary,
    }
    WaveRow mirrors ReferralWave {
        number: number,
        to: to,
        after_hours: after_hours,
        include_without_vacancy: include_without_vacancy,
        opened_at: opened_at,
        opened_by_name: opened_by.name,
        opened_by_role: opened_by.role,
    }
    ChildRow mirrors ReferredChild {
        child_no: child_no,
        age_years: age_years,
        infant_age: infant_age,
        sex: sex,
        gender_note: gender_note,
        ethnic_group: ethnic_group,
        language_group: language_group,
        languages: languages,
        religion: religion_to_support,
        legal_status: legal_status_group,
        uasc: uasc,
        communication_needed: needs.communication_needed,
        communication: needs.communication,
        communication_other: needs.communication_other,
        home_adaptation: needs.home_adaptation,
        disability: needs.disability,
        sdq_band: needs.sdq_band,
        health: needs.health,
        sen: needs.sen,
        skills: needs.skills,
        support: needs.support,
        support_other: needs.support_other,
        culture: needs.culture,
        culture_other: needs.culture_other,
        self_harm: risks.to_self.self_harm,
        criminal_exploitation: risks.to_self.criminal_exploitation,
        drugs_alcohol: risks.to_self.drugs_alcohol,
        eating_disorder: risks.to_self.eating_disorder,
        missing: risks.to_self.missing,
        sexual_exploitation: risks.to_self.sexual_exploitation,
        physical: risks.to_others.physical,
        sexual: risks.to_others.sexual,
        fire: risks.to_others.fire,
        animals: risks.to_others.animals,
        criminal: risks.to_others.criminal,
        liberty: deprivation_of_liberty,
        phase: education.phase,
        school_outward: education.outward_postcode,
        keep_school: education.keep_school,
        likes: likes,
    }
    OfferRow mirrors WholeOffer {
        offer_id: said.offer_id,
        status: said.status,
        provider_urn: said.provider_urn,
        vacancy_id: said.vacancy_id,
        carer_ref: said.carer_ref,
        children: more.children,
        available_from: more.available_from,
        valid_until: more.valid_until,
        weekly: more.fee.weekly,
        framework_price: more.fee.framework_price,
        conditions: more.conditions,
        fit: more.fit,
        no_offer_reason: more.no_offer_reason,
        decided_at: more.decision.at,
        decision_reason: more.decision.reason,
        decided_by_name: more.decision.by.name,
        decided_by_role: more.decision.by.role,
    }
    ExtraRow mirrors OfferExtra {
        what: what,
        weekly: weekly,
    }
    AnswerRow mirrors OfferAnswer {
        criterion: criterion,
        answer: answer,
        note: note,
    }
}
