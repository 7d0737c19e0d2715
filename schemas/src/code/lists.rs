//! The code lists: generated from `codes/*.csv`, never edited by hand.

use super::Bound::{Day, Open, Year};
use super::Class::{NotApplicable, Refused, Unknown, Value};
use super::{Code, CodeList, entry, upper};

/// Every list that has an enum.
pub static ALL: &[&CodeList] = &[
    Sex::LIST,
    Gender::LIST,
    Ethnicity::LIST,
    Rne::LIST,
    LegalStatus::LIST,
    CategoryOfNeed::LIST,
    PlacementType::LIST,
    PlacementProvider::LIST,
    EpisodeEndReason::LIST,
    PlacementChangeReason::LIST,
    PlacementLocation::LIST,
    ReviewCode::LIST,
    MissingType::LIST,
    SdqReason::LIST,
    InTouch::LIST,
    Activity::LIST,
    Accommodation::LIST,
    PrevPermanence::LIST,
    PermanenceAuthority::LIST,
    PlacedCeasedReason::LIST,
    SwReason::LIST,
    AdopterSex::LIST,
    AdopterLegalStatus::LIST,
    UpnUnknown::LIST,
    NhsNumberStatus::LIST,
    Disability::LIST,
    ImmigrationStatus::LIST,
    PermanencePlan::LIST,
    HealthCheckType::LIST,
    HealthCheckStatus::LIST,
    SdqRater::LIST,
    Eligibility::LIST,
    RestrictionKind::LIST,
    RestrictionBasis::LIST,
    ConsentScope::LIST,
    ConsentDecision::LIST,
    ConsentGivenBy::LIST,
    DelegationMatter::LIST,
    DelegationDecider::LIST,
    Derivation::LIST,
    NameUse::LIST,
    TelecomSystem::LIST,
    WorkerRole::LIST,
    AcademicTerm::LIST,
    NcYear::LIST,
    PepStatus::LIST,
    PepType::LIST,
    PepForm::LIST,
    PepNotRequired::LIST,
    EducationRole::LIST,
    TargetArea::LIST,
    TargetOutcome::LIST,
    EetStatus::LIST,
    SettingType::LIST,
    EnrolStatus::LIST,
    AttendanceCode::LIST,
    SchoolSession::LIST,
    MarkRecorder::LIST,
    SuspensionCategory::LIST,
    SuspensionReason::LIST,
    SuspensionReview::LIST,
    SenProvisionKind::LIST,
    SenType::LIST,
    AssessmentStage::LIST,
    AssessmentSubject::LIST,
    AssessmentBasis::LIST,
    AssessmentScale::LIST,
    OnTrack::LIST,
    VoiceContext::LIST,
    VoiceWhose::LIST,
    VoiceBy::LIST,
    VoiceHow::LIST,
    VoiceTopic::LIST,
    VoiceShare::LIST,
    Regulator::LIST,
    ProviderSector::LIST,
    OfstedRating::LIST,
    Provision::LIST,
    VacancyStatus::LIST,
    RowChange::LIST,
    VacancyConfirmer::LIST,
    PlacementContract::LIST,
    PlaceNotAvailableReason::LIST,
    WhoCouldLiveHere::LIST,
    ChildHereAge::LIST,
    VacancyPlacementType::LIST,
    PlacementNeed::LIST,
    WheelchairAccess::LIST,
    HouseholdPet::LIST,
    HouseholdSmoking::LIST,
    HouseholdReligion::LIST,
    FamilyTimeHelp::LIST,
    ProfileRelease::LIST,
    ReferralStatus::LIST,
    ReferralCloseReason::LIST,
    ReferralUrgency::LIST,
    PlacementDuration::LIST,
    SuitabilityLevel::LIST,
    EthnicGroup::LIST,
    LanguageGroup::LIST,
    LegalStatusGroup::LIST,
    InfantAge::LIST,
    SdqBand::LIST,
    CommunicationNeed::LIST,
    PlacementSupport::LIST,
    PresenceStatus::LIST,
    RiskLevel::LIST,
    EducationPhase::LIST,
    LivingCompanions::LIST,
    PetsAllowance::LIST,
    CulturalNeed::LIST,
    OutOfAreaReason::LIST,
    OfferStatus::LIST,
    OfferReason::LIST,
    CriterionAnswer::LIST,
    NoticeKind::LIST,
    NoticeMessage::LIST,
    PlacementEndedBy::LIST,
    PlacementEndReason::LIST,
    PlacementNext::LIST,
    CountedBy::LIST,
    AddressType::LIST,
    RelationshipRole::LIST,
    RelationshipPermission::LIST,
    CarePlanKind::LIST,
    ImmunisationStatus::LIST,
    AllergyStatus::LIST,
    AllergyVerification::LIST,
    AllergyCriticality::LIST,
    ClinicalSeverity::LIST,
    ConditionStatus::LIST,
    ConditionVerification::LIST,
    MedicationStatus::LIST,
    MeasurementKind::LIST,
    SubstanceIntervention::LIST,
];

/// Calls a macro with every enum of this file, so that a trait elsewhere can be given to all of them.
#[macro_export]
macro_rules! every_code_list {
    ($call:ident) => { $call! {
        $crate::code::Sex,
        $crate::code::Gender,
        $crate::code::Ethnicity,
        $crate::code::Rne,
        $crate::code::LegalStatus,
        $crate::code::CategoryOfNeed,
        $crate::code::PlacementType,
        $crate::code::PlacementProvider,
        $crate::code::EpisodeEndReason,
        $crate::code::PlacementChangeReason,
        $crate::code::PlacementLocation,
        $crate::code::ReviewCode,
        $crate::code::MissingType,
        $crate::code::SdqReason,
        $crate::code::InTouch,
        $crate::code::Activity,
        $crate::code::Accommodation,
        $crate::code::PrevPermanence,
        $crate::code::PermanenceAuthority,
        $crate::code::PlacedCeasedReason,
        $crate::code::SwReason,
        $crate::code::AdopterSex,
        $crate::code::AdopterLegalStatus,
        $crate::code::UpnUnknown,
        $crate::code::NhsNumberStatus,
        $crate::code::Disability,
        $crate::code::ImmigrationStatus,
        $crate::code::PermanencePlan,
        $crate::code::HealthCheckType,
        $crate::code::HealthCheckStatus,
        $crate::code::SdqRater,
        $crate::code::Eligibility,
        $crate::code::RestrictionKind,
        $crate::code::RestrictionBasis,
        $crate::code::ConsentScope,
        $crate::code::ConsentDecision,
        $crate::code::ConsentGivenBy,
        $crate::code::DelegationMatter,
        $crate::code::DelegationDecider,
        $crate::code::Derivation,
        $crate::code::NameUse,
        $crate::code::TelecomSystem,
        $crate::code::WorkerRole,
        $crate::code::AcademicTerm,
        $crate::code::NcYear,
        $crate::code::PepStatus,
        $crate::code::PepType,
        $crate::code::PepForm,
        $crate::code::PepNotRequired,
        $crate::code::EducationRole,
        $crate::code::TargetArea,
        $crate::code::TargetOutcome,
        $crate::code::EetStatus,
        $crate::code::SettingType,
        $crate::code::EnrolStatus,
        $crate::code::AttendanceCode,
        $crate::code::SchoolSession,
        $crate::code::MarkRecorder,
        $crate::code::SuspensionCategory,
        $crate::code::SuspensionReason,
        $crate::code::SuspensionReview,
        $crate::code::SenProvisionKind,
        $crate::code::SenType,
        $crate::code::AssessmentStage,
        $crate::code::AssessmentSubject,
        $crate::code::AssessmentBasis,
        $crate::code::AssessmentScale,
        $crate::code::OnTrack,
        $crate::code::VoiceContext,
        $crate::code::VoiceWhose,
        $crate::code::VoiceBy,
        $crate::code::VoiceHow,
        $crate::code::VoiceTopic,
        $crate::code::VoiceShare,
        $crate::code::Regulator,
        $crate::code::ProviderSector,
        $crate::code::OfstedRating,
        $crate::code::Provision,
        $crate::code::VacancyStatus,
        $crate::code::RowChange,
        $crate::code::VacancyConfirmer,
        $crate::code::PlacementContract,
        $crate::code::PlaceNotAvailableReason,
        $crate::code::WhoCouldLiveHere,
        $crate::code::ChildHereAge,
        $crate::code::VacancyPlacementType,
        $crate::code::PlacementNeed,
        $crate::code::WheelchairAccess,
        $crate::code::HouseholdPet,
        $crate::code::HouseholdSmoking,
        $crate::code::HouseholdReligion,
        $crate::code::FamilyTimeHelp,
        $crate::code::ProfileRelease,
        $crate::code::ReferralStatus,
        $crate::code::ReferralCloseReason,
        $crate::code::ReferralUrgency,
        $crate::code::PlacementDuration,
        $crate::code::SuitabilityLevel,
        $crate::code::EthnicGroup,
        $crate::code::LanguageGroup,
        $crate::code::LegalStatusGroup,
        $crate::code::InfantAge,
        $crate::code::SdqBand,
        $crate::code::CommunicationNeed,
        $crate::code::PlacementSupport,
        $crate::code::PresenceStatus,
        $crate::code::RiskLevel,
        $crate::code::EducationPhase,
        $crate::code::LivingCompanions,
        $crate::code::PetsAllowance,
        $crate::code::CulturalNeed,
        $crate::code::OutOfAreaReason,
        $crate::code::OfferStatus,
        $crate::code::OfferReason,
        $crate::code::CriterionAnswer,
        $crate::code::NoticeKind,
        $crate::code::NoticeMessage,
        $crate::code::PlacementEndedBy,
        $crate::code::PlacementEndReason,
        $crate::code::PlacementNext,
        $crate::code::CountedBy,
        $crate::code::AddressType,
        $crate::code::RelationshipRole,
        $crate::code::RelationshipPermission,
        $crate::code::CarePlanKind,
        $crate::code::ImmunisationStatus,
        $crate::code::AllergyStatus,
        $crate::code::AllergyVerification,
        $crate::code::AllergyCriticality,
        $crate::code::ClinicalSeverity,
        $crate::code::ConditionStatus,
        $crate::code::ConditionVerification,
        $crate::code::MedicationStatus,
        $crate::code::MeasurementKind,
        $crate::code::SubstanceIntervention,
    } };
}

/// Sex as the return asks it (SSDA903 SEX); the canonical codes, whatever a year writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Sex {
    /// `M`: Male.
    Male,
    /// `F`: Female.
    Female,
    /// `U`: Unknown; from 2025.
    Unknown,
}

static SEX: CodeList = CodeList {
    name: "sex",
    entries: &[
        entry("M", "Male", "Male", Value, Open, Open, "SSDA903 1.4"),
        entry("F", "Female", "Female", Value, Open, Open, "SSDA903 1.4"),
        entry("U", "Unknown", "Unknown", Unknown, Year(2025), Open, "SSDA903 1.4"),
    ],
};

impl Sex {
    const VARIANTS: [Self; 3] = [
        Self::Male, Self::Female, Self::Unknown,
    ];
}

impl Code for Sex {
    const LIST: &'static CodeList = &SEX;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 1])? {
            b"M" => Some(Self::Male),
            b"F" => Some(Self::Female),
            b"U" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Gender, where a source states it apart from sex (Annex A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Gender {
    /// `M`: Male.
    Male,
    /// `F`: Female.
    Female,
    /// `U`: Unknown.
    Unknown,
    /// `X`: Neither.
    Neither,
}

static GENDER: CodeList = CodeList {
    name: "gender",
    entries: &[
        entry("M", "Male", "Male", Value, Open, Open, "Annex A"),
        entry("F", "Female", "Female", Value, Open, Open, "Annex A"),
        entry("U", "Unknown", "Unknown", Unknown, Open, Open, "Annex A"),
        entry("X", "Neither", "Neither", Value, Open, Open, "Annex A"),
    ],
};

impl Gender {
    const VARIANTS: [Self; 4] = [
        Self::Male, Self::Female, Self::Unknown, Self::Neither,
    ];
}

impl Code for Gender {
    const LIST: &'static CodeList = &GENDER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 1])? {
            b"M" => Some(Self::Male),
            b"F" => Some(Self::Female),
            b"U" => Some(Self::Unknown),
            b"X" => Some(Self::Neither),
            _ => None,
        }
    }
}

/// Ethnicity, main codes (SSDA903 ETHNIC); those of the CBDS are read from education sources only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Ethnicity {
    /// `WBRI`: White British.
    WhiteBritish,
    /// `WIRI`: White Irish.
    WhiteIrish,
    /// `WIRT`: Irish Traveller.
    IrishTraveller,
    /// `WOTH`: Any other White background.
    AnyOtherWhite,
    /// `WROM`: Gypsy/Roma.
    GypsyRoma,
    /// `MWBC`: White and Black Caribbean.
    WhiteAndBlackCaribbean,
    /// `MWBA`: White and Black African.
    WhiteAndBlackAfrican,
    /// `MWAS`: White and Asian.
    WhiteAndAsian,
    /// `MOTH`: Any other Mixed background.
    AnyOtherMixed,
    /// `AIND`: Indian.
    Indian,
    /// `APKN`: Pakistani.
    Pakistani,
    /// `ABAN`: Bangladeshi.
    Bangladeshi,
    /// `AOTH`: Any other Asian background.
    AnyOtherAsian,
    /// `CHNE`: Chinese.
    Chinese,
    /// `BCRB`: Caribbean.
    Caribbean,
    /// `BAFR`: African.
    African,
    /// `BOTH`: Any other Black background.
    AnyOtherBlack,
    /// `OOTH`: Any other ethnic group.
    AnyOtherEthnicGroup,
    /// `REFU`: Refused.
    Refused,
    /// `NOBT`: Not yet obtained.
    NotYetObtained,
    /// `ABRI`: Asian - British; from 2026.
    AsianBritish,
    /// `AWEL`: Asian - Welsh; from 2026.
    AsianWelsh,
    /// `BBRI`: Black - British; from 2026.
    BlackBritish,
    /// `BWEL`: Black - Welsh; from 2026.
    BlackWelsh,
}

static ETHNICITY: CodeList = CodeList {
    name: "ethnicity",
    entries: &[
        entry("WBRI", "WhiteBritish", "White British", Value, Open, Open, "SSDA903 1.4"),
        entry("WIRI", "WhiteIrish", "White Irish", Value, Open, Open, "SSDA903 1.4"),
        entry("WIRT", "IrishTraveller", "Irish Traveller", Value, Open, Open, "SSDA903 1.4"),
        entry("WOTH", "AnyOtherWhite", "Any other White background", Value, Open, Open, "SSDA903 1.4"),
        entry("WROM", "GypsyRoma", "Gypsy/Roma", Value, Open, Open, "SSDA903 1.4"),
        entry("MWBC", "WhiteAndBlackCaribbean", "White and Black Caribbean", Value, Open, Open, "SSDA903 1.4"),
        entry("MWBA", "WhiteAndBlackAfrican", "White and Black African", Value, Open, Open, "SSDA903 1.4"),
        entry("MWAS", "WhiteAndAsian", "White and Asian", Value, Open, Open, "SSDA903 1.4"),
        entry("MOTH", "AnyOtherMixed", "Any other Mixed background", Value, Open, Open, "SSDA903 1.4"),
        entry("AIND", "Indian", "Indian", Value, Open, Open, "SSDA903 1.4"),
        entry("APKN", "Pakistani", "Pakistani", Value, Open, Open, "SSDA903 1.4"),
        entry("ABAN", "Bangladeshi", "Bangladeshi", Value, Open, Open, "SSDA903 1.4"),
        entry("AOTH", "AnyOtherAsian", "Any other Asian background", Value, Open, Open, "SSDA903 1.4"),
        entry("CHNE", "Chinese", "Chinese", Value, Open, Open, "SSDA903 1.4"),
        entry("BCRB", "Caribbean", "Caribbean", Value, Open, Open, "SSDA903 1.4"),
        entry("BAFR", "African", "African", Value, Open, Open, "SSDA903 1.4"),
        entry("BOTH", "AnyOtherBlack", "Any other Black background", Value, Open, Open, "SSDA903 1.4"),
        entry("OOTH", "AnyOtherEthnicGroup", "Any other ethnic group", Value, Open, Open, "SSDA903 1.4"),
        entry("REFU", "Refused", "Refused", Refused, Open, Open, "SSDA903 1.4"),
        entry("NOBT", "NotYetObtained", "Not yet obtained", Unknown, Open, Open, "SSDA903 1.4"),
        entry("ABRI", "AsianBritish", "Asian - British", Value, Year(2026), Open, "CBDS"),
        entry("AWEL", "AsianWelsh", "Asian - Welsh", Value, Year(2026), Open, "CBDS"),
        entry("BBRI", "BlackBritish", "Black - British", Value, Year(2026), Open, "CBDS"),
        entry("BWEL", "BlackWelsh", "Black - Welsh", Value, Year(2026), Open, "CBDS"),
    ],
};

impl Ethnicity {
    const VARIANTS: [Self; 24] = [
        Self::WhiteBritish, Self::WhiteIrish, Self::IrishTraveller, Self::AnyOtherWhite, Self::GypsyRoma,
        Self::WhiteAndBlackCaribbean, Self::WhiteAndBlackAfrican, Self::WhiteAndAsian, Self::AnyOtherMixed,
        Self::Indian, Self::Pakistani, Self::Bangladeshi, Self::AnyOtherAsian, Self::Chinese, Self::Caribbean,
        Self::African, Self::AnyOtherBlack, Self::AnyOtherEthnicGroup, Self::Refused, Self::NotYetObtained,
        Self::AsianBritish, Self::AsianWelsh, Self::BlackBritish, Self::BlackWelsh,
    ];
}

impl Code for Ethnicity {
    const LIST: &'static CodeList = &ETHNICITY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 4])? {
            b"WBRI" => Some(Self::WhiteBritish),
            b"WIRI" => Some(Self::WhiteIrish),
            b"WIRT" => Some(Self::IrishTraveller),
            b"WOTH" => Some(Self::AnyOtherWhite),
            b"WROM" => Some(Self::GypsyRoma),
            b"MWBC" => Some(Self::WhiteAndBlackCaribbean),
            b"MWBA" => Some(Self::WhiteAndBlackAfrican),
            b"MWAS" => Some(Self::WhiteAndAsian),
            b"MOTH" => Some(Self::AnyOtherMixed),
            b"AIND" => Some(Self::Indian),
            b"APKN" => Some(Self::Pakistani),
            b"ABAN" => Some(Self::Bangladeshi),
            b"AOTH" => Some(Self::AnyOtherAsian),
            b"CHNE" => Some(Self::Chinese),
            b"BCRB" => Some(Self::Caribbean),
            b"BAFR" => Some(Self::African),
            b"BOTH" => Some(Self::AnyOtherBlack),
            b"OOTH" => Some(Self::AnyOtherEthnicGroup),
            b"REFU" => Some(Self::Refused),
            b"NOBT" => Some(Self::NotYetObtained),
            b"ABRI" => Some(Self::AsianBritish),
            b"AWEL" => Some(Self::AsianWelsh),
            b"BBRI" => Some(Self::BlackBritish),
            b"BWEL" => Some(Self::BlackWelsh),
            _ => None,
        }
    }
}

/// Reason for a new episode (SSDA903 RNE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rne {
    /// `S`: Started to be looked after.
    StartedToBeLookedAfter,
    /// `L`: Change of legal status only.
    LegalStatusOnly,
    /// `P`: Change of placement and carer.
    PlacementAndCarer,
    /// `T`: Change of placement, same carer.
    PlacementSameCarer,
    /// `B`: Change of legal status, placement and carer.
    LegalStatusPlacementAndCarer,
    /// `U`: Change of legal status and placement, same carer.
    LegalStatusAndPlacementSameCarer,
}

static RNE: CodeList = CodeList {
    name: "rne",
    entries: &[
        entry("S", "StartedToBeLookedAfter", "Started to be looked after", Value, Open, Open, "SSDA903 1.4"),
        entry("L", "LegalStatusOnly", "Change of legal status only", Value, Open, Open, "SSDA903 1.4"),
        entry("P", "PlacementAndCarer", "Change of placement and carer", Value, Open, Open, "SSDA903 1.4"),
        entry("T", "PlacementSameCarer", "Change of placement, same carer", Value, Open, Open, "SSDA903 1.4"),
        entry("B", "LegalStatusPlacementAndCarer", "Change of legal status, placement and carer", Value, Open, Open, "SSDA903 1.4"),
        entry("U", "LegalStatusAndPlacementSameCarer", "Change of legal status and placement, same carer", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl Rne {
    const VARIANTS: [Self; 6] = [
        Self::StartedToBeLookedAfter, Self::LegalStatusOnly, Self::PlacementAndCarer, Self::PlacementSameCarer,
        Self::LegalStatusPlacementAndCarer, Self::LegalStatusAndPlacementSameCarer,
    ];
}

impl Code for Rne {
    const LIST: &'static CodeList = &RNE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 1])? {
            b"S" => Some(Self::StartedToBeLookedAfter),
            b"L" => Some(Self::LegalStatusOnly),
            b"P" => Some(Self::PlacementAndCarer),
            b"T" => Some(Self::PlacementSameCarer),
            b"B" => Some(Self::LegalStatusPlacementAndCarer),
            b"U" => Some(Self::LegalStatusAndPlacementSameCarer),
            _ => None,
        }
    }
}

/// Legal status of a child looked after (SSDA903 LS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LegalStatus {
    /// `C1`: Interim care order.
    InterimCareOrder,
    /// `C2`: Full care order.
    FullCareOrder,
    /// `D1`: Freeing order.
    FreeingOrder,
    /// `E1`: Placement order.
    PlacementOrder,
    /// `V2`: Section 20, single period of accommodation.
    SectionTwentySinglePeriod,
    /// `V3`: Short breaks, individual episodes recorded.
    ShortBreaksEpisodesRecorded,
    /// `V4`: Short breaks, agreement recorded.
    ShortBreaksAgreementRecorded,
    /// `L1`: Police protection.
    PoliceProtection,
    /// `L2`: Emergency protection order.
    EmergencyProtectionOrder,
    /// `L3`: Child assessment order.
    ChildAssessmentOrder,
    /// `J1`: Remand to local authority accommodation or youth detention.
    Remand,
    /// `J2`: Detained under PACE.
    DetainedByPolice,
    /// `J3`: Youth rehabilitation order with residence or intensive fostering.
    YouthRehabilitationOrder,
}

static LEGAL_STATUS: CodeList = CodeList {
    name: "legal_status",
    entries: &[
        entry("C1", "InterimCareOrder", "Interim care order", Value, Open, Open, "SSDA903 1.4"),
        entry("C2", "FullCareOrder", "Full care order", Value, Open, Open, "SSDA903 1.4"),
        entry("D1", "FreeingOrder", "Freeing order", Value, Open, Open, "SSDA903 1.4"),
        entry("E1", "PlacementOrder", "Placement order", Value, Open, Open, "SSDA903 1.4"),
        entry("V2", "SectionTwentySinglePeriod", "Section 20, single period of accommodation", Value, Open, Open, "SSDA903 1.4"),
        entry("V3", "ShortBreaksEpisodesRecorded", "Short breaks, individual episodes recorded", Value, Open, Open, "SSDA903 1.4"),
        entry("V4", "ShortBreaksAgreementRecorded", "Short breaks, agreement recorded", Value, Open, Open, "SSDA903 1.4"),
        entry("L1", "PoliceProtection", "Police protection", Value, Open, Open, "SSDA903 1.4"),
        entry("L2", "EmergencyProtectionOrder", "Emergency protection order", Value, Open, Open, "SSDA903 1.4"),
        entry("L3", "ChildAssessmentOrder", "Child assessment order", Value, Open, Open, "SSDA903 1.4"),
        entry("J1", "Remand", "Remand to local authority accommodation or youth detention", Value, Open, Open, "SSDA903 1.4"),
        entry("J2", "DetainedByPolice", "Detained under PACE", Value, Open, Open, "SSDA903 1.4"),
        entry("J3", "YouthRehabilitationOrder", "Youth rehabilitation order with residence or intensive fostering", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl LegalStatus {
    const VARIANTS: [Self; 13] = [
        Self::InterimCareOrder, Self::FullCareOrder, Self::FreeingOrder, Self::PlacementOrder,
        Self::SectionTwentySinglePeriod, Self::ShortBreaksEpisodesRecorded, Self::ShortBreaksAgreementRecorded,
        Self::PoliceProtection, Self::EmergencyProtectionOrder, Self::ChildAssessmentOrder, Self::Remand,
        Self::DetainedByPolice, Self::YouthRehabilitationOrder,
    ];
}

impl Code for LegalStatus {
    const LIST: &'static CodeList = &LEGAL_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"C1" => Some(Self::InterimCareOrder),
            b"C2" => Some(Self::FullCareOrder),
            b"D1" => Some(Self::FreeingOrder),
            b"E1" => Some(Self::PlacementOrder),
            b"V2" => Some(Self::SectionTwentySinglePeriod),
            b"V3" => Some(Self::ShortBreaksEpisodesRecorded),
            b"V4" => Some(Self::ShortBreaksAgreementRecorded),
            b"L1" => Some(Self::PoliceProtection),
            b"L2" => Some(Self::EmergencyProtectionOrder),
            b"L3" => Some(Self::ChildAssessmentOrder),
            b"J1" => Some(Self::Remand),
            b"J2" => Some(Self::DetainedByPolice),
            b"J3" => Some(Self::YouthRehabilitationOrder),
            _ => None,
        }
    }
}

/// Category of need (SSDA903 CIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CategoryOfNeed {
    /// `N1`: Abuse or neglect.
    AbuseOrNeglect,
    /// `N2`: Child's disability or illness.
    ChildDisabilityOrIllness,
    /// `N3`: Parental illness or disability.
    ParentalIllnessOrDisability,
    /// `N4`: Family in acute stress.
    FamilyInAcuteStress,
    /// `N5`: Family dysfunction.
    FamilyDysfunction,
    /// `N6`: Socially unacceptable behaviour.
    SociallyUnacceptableBehaviour,
    /// `N7`: Low income.
    LowIncome,
    /// `N8`: Absent parenting.
    AbsentParenting,
    /// `N9`: Not a child in need.
    NotInNeed,
    /// `N0`: Not stated.
    NotStated,
}

static CATEGORY_OF_NEED: CodeList = CodeList {
    name: "category_of_need",
    entries: &[
        entry("N1", "AbuseOrNeglect", "Abuse or neglect", Value, Open, Open, "SSDA903 1.4"),
        entry("N2", "ChildDisabilityOrIllness", "Child's disability or illness", Value, Open, Open, "SSDA903 1.4"),
        entry("N3", "ParentalIllnessOrDisability", "Parental illness or disability", Value, Open, Open, "SSDA903 1.4"),
        entry("N4", "FamilyInAcuteStress", "Family in acute stress", Value, Open, Open, "SSDA903 1.4"),
        entry("N5", "FamilyDysfunction", "Family dysfunction", Value, Open, Open, "SSDA903 1.4"),
        entry("N6", "SociallyUnacceptableBehaviour", "Socially unacceptable behaviour", Value, Open, Open, "SSDA903 1.4"),
        entry("N7", "LowIncome", "Low income", Value, Open, Open, "SSDA903 1.4"),
        entry("N8", "AbsentParenting", "Absent parenting", Value, Open, Open, "SSDA903 1.4"),
        entry("N9", "NotInNeed", "Not a child in need", Value, Open, Open, "CIN census only"),
        entry("N0", "NotStated", "Not stated", Unknown, Open, Open, "CIN census only"),
    ],
};

impl CategoryOfNeed {
    const VARIANTS: [Self; 10] = [
        Self::AbuseOrNeglect, Self::ChildDisabilityOrIllness, Self::ParentalIllnessOrDisability,
        Self::FamilyInAcuteStress, Self::FamilyDysfunction, Self::SociallyUnacceptableBehaviour, Self::LowIncome,
        Self::AbsentParenting, Self::NotInNeed, Self::NotStated,
    ];
}

impl Code for CategoryOfNeed {
    const LIST: &'static CodeList = &CATEGORY_OF_NEED;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"N1" => Some(Self::AbuseOrNeglect),
            b"N2" => Some(Self::ChildDisabilityOrIllness),
            b"N3" => Some(Self::ParentalIllnessOrDisability),
            b"N4" => Some(Self::FamilyInAcuteStress),
            b"N5" => Some(Self::FamilyDysfunction),
            b"N6" => Some(Self::SociallyUnacceptableBehaviour),
            b"N7" => Some(Self::LowIncome),
            b"N8" => Some(Self::AbsentParenting),
            b"N9" => Some(Self::NotInNeed),
            b"N0" => Some(Self::NotStated),
            _ => None,
        }
    }
}

/// Placement type (SSDA903 PLACE), and older codes that a case management system may still hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementType {
    /// `U1`: Foster placement with relative or friend, long term.
    FosterRelativeOrFriendLongTerm,
    /// `U2`: Foster placement with relative or friend, also approved adopter (fostering for adoption, concurrent).
    FosterRelativeOrFriendApprovedAdopter,
    /// `U3`: Foster placement with relative or friend, neither long term nor adoption.
    FosterRelativeOrFriendOther,
    /// `U4`: Foster placement with other carer, long term.
    FosterOtherCarerLongTerm,
    /// `U5`: Foster placement with other carer, also approved adopter (fostering for adoption, concurrent).
    FosterOtherCarerApprovedAdopter,
    /// `U6`: Foster placement with other carer, neither long term nor adoption.
    FosterOtherCarerOther,
    /// `A3`: Placed for adoption by consent, with current foster carer.
    AdoptionByConsentWithCurrentCarer,
    /// `A4`: Placed for adoption by consent, not with current foster carer.
    AdoptionByConsentNotWithCurrentCarer,
    /// `A5`: Placed for adoption under a placement order, with current foster carer.
    AdoptionUnderOrderWithCurrentCarer,
    /// `A6`: Placed for adoption under a placement order, not with current foster carer.
    AdoptionUnderOrderNotWithCurrentCarer,
    /// `K1`: Secure children's home.
    SecureChildrensHome,
    /// `K2`: Children's home.
    ChildrensHome,
    /// `K3`: Supported accommodation; from 2023-10-28.
    SupportedAccommodation,
    /// `H5`: Semi-independent; until 2023-10-28.
    SemiIndependent,
    /// `P1`: With parents or person with parental responsibility.
    WithParents,
    /// `P2`: Independent living; until 2023-10-28.
    IndependentLiving,
    /// `P3`: Residential employment.
    ResidentialEmployment,
    /// `R1`: Residential care home.
    ResidentialCareHome,
    /// `R2`: NHS establishment.
    NhsEstablishment,
    /// `R3`: Family centre or mother and baby unit.
    FamilyCentreOrMotherAndBabyUnit,
    /// `R5`: Young offender institution.
    YoungOffenderInstitution,
    /// `S1`: Residential school.
    ResidentialSchool,
    /// `T0`: Any temporary move.
    AnyTemporaryMove,
    /// `T1`: Hospital.
    TemporaryHospital,
    /// `T2`: Child's holiday.
    TemporaryChildsHoliday,
    /// `T3`: Carer's holiday.
    TemporaryCarersHoliday,
    /// `T4`: Other, 7 days or fewer.
    TemporaryOther,
    /// `Z1`: Other; until 2025.
    OtherPlacement,
    /// `Z11`: Other placement Z11 (label not confirmed); from 2026.
    OtherPlacementZ11,
    /// `Z12`: Other placement Z12 (label not confirmed); from 2026.
    OtherPlacementZ12,
    /// `Z13`: Other placement Z13 (label not confirmed); from 2026.
    OtherPlacementZ13,
    /// `Z14`: Other placement Z14 (label not confirmed); from 2026.
    OtherPlacementZ14,
    /// `A1`: Legacy placement A1 (label not confirmed); until 2015.
    LegacyA1,
    /// `A2`: Legacy placement A2 (label not confirmed); until 2015.
    LegacyA2,
    /// `F1`: Legacy placement F1 (label not confirmed); until 2015.
    LegacyF1,
    /// `F2`: Legacy placement F2 (label not confirmed); until 2015.
    LegacyF2,
    /// `F3`: Legacy placement F3 (label not confirmed); until 2015.
    LegacyF3,
    /// `F4`: Legacy placement F4 (label not confirmed); until 2015.
    LegacyF4,
    /// `F5`: Legacy placement F5 (label not confirmed); until 2015.
    LegacyF5,
    /// `F6`: Legacy placement F6 (label not confirmed); until 2015.
    LegacyF6,
    /// `H1`: Legacy placement H1 (label not confirmed); until 2015.
    LegacyH1,
    /// `H2`: Legacy placement H2 (label not confirmed); until 2015.
    LegacyH2,
    /// `H3`: Legacy placement H3 (label not confirmed); until 2015.
    LegacyH3,
    /// `H4`: Legacy placement H4 (label not confirmed); until 2015.
    LegacyH4,
    /// `H5A`: Legacy placement H5A (label not confirmed); until 2015.
    LegacyH5A,
    /// `M2`: Legacy placement M2 (label not confirmed); until 2015.
    LegacyM2,
    /// `M3`: Legacy placement M3 (label not confirmed); until 2015.
    LegacyM3,
    /// `Q1`: Legacy placement Q1 (label not confirmed); until 2015.
    LegacyQ1,
    /// `Q2`: Legacy placement Q2 (label not confirmed); until 2015.
    LegacyQ2,
}

static PLACEMENT_TYPE: CodeList = CodeList {
    name: "placement_type",
    entries: &[
        entry("U1", "FosterRelativeOrFriendLongTerm", "Foster placement with relative or friend, long term", Value, Open, Open, "SSDA903 1.4"),
        entry("U2", "FosterRelativeOrFriendApprovedAdopter", "Foster placement with relative or friend, also approved adopter (fostering for adoption, concurrent)", Value, Open, Open, "SSDA903 1.4"),
        entry("U3", "FosterRelativeOrFriendOther", "Foster placement with relative or friend, neither long term nor adoption", Value, Open, Open, "SSDA903 1.4"),
        entry("U4", "FosterOtherCarerLongTerm", "Foster placement with other carer, long term", Value, Open, Open, "SSDA903 1.4"),
        entry("U5", "FosterOtherCarerApprovedAdopter", "Foster placement with other carer, also approved adopter (fostering for adoption, concurrent)", Value, Open, Open, "SSDA903 1.4"),
        entry("U6", "FosterOtherCarerOther", "Foster placement with other carer, neither long term nor adoption", Value, Open, Open, "SSDA903 1.4"),
        entry("A3", "AdoptionByConsentWithCurrentCarer", "Placed for adoption by consent, with current foster carer", Value, Open, Open, "SSDA903 1.4"),
        entry("A4", "AdoptionByConsentNotWithCurrentCarer", "Placed for adoption by consent, not with current foster carer", Value, Open, Open, "SSDA903 1.4"),
        entry("A5", "AdoptionUnderOrderWithCurrentCarer", "Placed for adoption under a placement order, with current foster carer", Value, Open, Open, "SSDA903 1.4"),
        entry("A6", "AdoptionUnderOrderNotWithCurrentCarer", "Placed for adoption under a placement order, not with current foster carer", Value, Open, Open, "SSDA903 1.4"),
        entry("K1", "SecureChildrensHome", "Secure children's home", Value, Open, Open, "SSDA903 1.4"),
        entry("K2", "ChildrensHome", "Children's home", Value, Open, Open, "SSDA903 1.4"),
        entry("K3", "SupportedAccommodation", "Supported accommodation", Value, Day { year: 2023, month: 10, day: 28 }, Open, "SSDA903 1.4"),
        entry("H5", "SemiIndependent", "Semi-independent", Value, Open, Day { year: 2023, month: 10, day: 28 }, "SSDA903 1.4"),
        entry("P1", "WithParents", "With parents or person with parental responsibility", Value, Open, Open, "SSDA903 1.4"),
        entry("P2", "IndependentLiving", "Independent living", Value, Open, Day { year: 2023, month: 10, day: 28 }, "SSDA903 1.4"),
        entry("P3", "ResidentialEmployment", "Residential employment", Value, Open, Open, "SSDA903 1.4"),
        entry("R1", "ResidentialCareHome", "Residential care home", Value, Open, Open, "SSDA903 1.4"),
        entry("R2", "NhsEstablishment", "NHS establishment", Value, Open, Open, "SSDA903 1.4"),
        entry("R3", "FamilyCentreOrMotherAndBabyUnit", "Family centre or mother and baby unit", Value, Open, Open, "SSDA903 1.4"),
        entry("R5", "YoungOffenderInstitution", "Young offender institution", Value, Open, Open, "SSDA903 1.4"),
        entry("S1", "ResidentialSchool", "Residential school", Value, Open, Open, "SSDA903 1.4"),
        entry("T0", "AnyTemporaryMove", "Any temporary move", Value, Open, Open, "SSDA903 1.4"),
        entry("T1", "TemporaryHospital", "Hospital", Value, Open, Open, "SSDA903 1.4"),
        entry("T2", "TemporaryChildsHoliday", "Child's holiday", Value, Open, Open, "SSDA903 1.4"),
        entry("T3", "TemporaryCarersHoliday", "Carer's holiday", Value, Open, Open, "SSDA903 1.4"),
        entry("T4", "TemporaryOther", "Other, 7 days or fewer", Value, Open, Open, "SSDA903 1.4"),
        entry("Z1", "OtherPlacement", "Other", Value, Open, Year(2025), "SSDA903 1.4"),
        entry("Z11", "OtherPlacementZ11", "Other placement Z11 (label not confirmed)", Value, Year(2026), Open, "SSDA903 1.4"),
        entry("Z12", "OtherPlacementZ12", "Other placement Z12 (label not confirmed)", Value, Year(2026), Open, "SSDA903 1.4"),
        entry("Z13", "OtherPlacementZ13", "Other placement Z13 (label not confirmed)", Value, Year(2026), Open, "SSDA903 1.4"),
        entry("Z14", "OtherPlacementZ14", "Other placement Z14 (label not confirmed)", Value, Year(2026), Open, "SSDA903 1.4"),
        entry("A1", "LegacyA1", "Legacy placement A1 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("A2", "LegacyA2", "Legacy placement A2 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("F1", "LegacyF1", "Legacy placement F1 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("F2", "LegacyF2", "Legacy placement F2 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("F3", "LegacyF3", "Legacy placement F3 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("F4", "LegacyF4", "Legacy placement F4 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("F5", "LegacyF5", "Legacy placement F5 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("F6", "LegacyF6", "Legacy placement F6 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("H1", "LegacyH1", "Legacy placement H1 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("H2", "LegacyH2", "Legacy placement H2 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("H3", "LegacyH3", "Legacy placement H3 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("H4", "LegacyH4", "Legacy placement H4 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("H5A", "LegacyH5A", "Legacy placement H5A (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("M2", "LegacyM2", "Legacy placement M2 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("M3", "LegacyM3", "Legacy placement M3 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("Q1", "LegacyQ1", "Legacy placement Q1 (label not confirmed)", Value, Open, Year(2015), "legacy"),
        entry("Q2", "LegacyQ2", "Legacy placement Q2 (label not confirmed)", Value, Open, Year(2015), "legacy"),
    ],
};

impl PlacementType {
    const VARIANTS: [Self; 49] = [
        Self::FosterRelativeOrFriendLongTerm, Self::FosterRelativeOrFriendApprovedAdopter,
        Self::FosterRelativeOrFriendOther, Self::FosterOtherCarerLongTerm, Self::FosterOtherCarerApprovedAdopter,
        Self::FosterOtherCarerOther, Self::AdoptionByConsentWithCurrentCarer,
        Self::AdoptionByConsentNotWithCurrentCarer, Self::AdoptionUnderOrderWithCurrentCarer,
        Self::AdoptionUnderOrderNotWithCurrentCarer, Self::SecureChildrensHome, Self::ChildrensHome,
        Self::SupportedAccommodation, Self::SemiIndependent, Self::WithParents, Self::IndependentLiving,
        Self::ResidentialEmployment, Self::ResidentialCareHome, Self::NhsEstablishment,
        Self::FamilyCentreOrMotherAndBabyUnit, Self::YoungOffenderInstitution, Self::ResidentialSchool,
        Self::AnyTemporaryMove, Self::TemporaryHospital, Self::TemporaryChildsHoliday, Self::TemporaryCarersHoliday,
        Self::TemporaryOther, Self::OtherPlacement, Self::OtherPlacementZ11, Self::OtherPlacementZ12,
        Self::OtherPlacementZ13, Self::OtherPlacementZ14, Self::LegacyA1, Self::LegacyA2, Self::LegacyF1,
        Self::LegacyF2, Self::LegacyF3, Self::LegacyF4, Self::LegacyF5, Self::LegacyF6, Self::LegacyH1, Self::LegacyH2,
        Self::LegacyH3, Self::LegacyH4, Self::LegacyH5A, Self::LegacyM2, Self::LegacyM3, Self::LegacyQ1, Self::LegacyQ2,
    ];
}

impl Code for PlacementType {
    const LIST: &'static CodeList = &PLACEMENT_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"U1" => Some(Self::FosterRelativeOrFriendLongTerm),
            b"U2" => Some(Self::FosterRelativeOrFriendApprovedAdopter),
            b"U3" => Some(Self::FosterRelativeOrFriendOther),
            b"U4" => Some(Self::FosterOtherCarerLongTerm),
            b"U5" => Some(Self::FosterOtherCarerApprovedAdopter),
            b"U6" => Some(Self::FosterOtherCarerOther),
            b"A3" => Some(Self::AdoptionByConsentWithCurrentCarer),
            b"A4" => Some(Self::AdoptionByConsentNotWithCurrentCarer),
            b"A5" => Some(Self::AdoptionUnderOrderWithCurrentCarer),
            b"A6" => Some(Self::AdoptionUnderOrderNotWithCurrentCarer),
            b"K1" => Some(Self::SecureChildrensHome),
            b"K2" => Some(Self::ChildrensHome),
            b"K3" => Some(Self::SupportedAccommodation),
            b"H5" => Some(Self::SemiIndependent),
            b"P1" => Some(Self::WithParents),
            b"P2" => Some(Self::IndependentLiving),
            b"P3" => Some(Self::ResidentialEmployment),
            b"R1" => Some(Self::ResidentialCareHome),
            b"R2" => Some(Self::NhsEstablishment),
            b"R3" => Some(Self::FamilyCentreOrMotherAndBabyUnit),
            b"R5" => Some(Self::YoungOffenderInstitution),
            b"S1" => Some(Self::ResidentialSchool),
            b"T0" => Some(Self::AnyTemporaryMove),
            b"T1" => Some(Self::TemporaryHospital),
            b"T2" => Some(Self::TemporaryChildsHoliday),
            b"T3" => Some(Self::TemporaryCarersHoliday),
            b"T4" => Some(Self::TemporaryOther),
            b"Z1" => Some(Self::OtherPlacement),
            b"Z11" => Some(Self::OtherPlacementZ11),
            b"Z12" => Some(Self::OtherPlacementZ12),
            b"Z13" => Some(Self::OtherPlacementZ13),
            b"Z14" => Some(Self::OtherPlacementZ14),
            b"A1" => Some(Self::LegacyA1),
            b"A2" => Some(Self::LegacyA2),
            b"F1" => Some(Self::LegacyF1),
            b"F2" => Some(Self::LegacyF2),
            b"F3" => Some(Self::LegacyF3),
            b"F4" => Some(Self::LegacyF4),
            b"F5" => Some(Self::LegacyF5),
            b"F6" => Some(Self::LegacyF6),
            b"H1" => Some(Self::LegacyH1),
            b"H2" => Some(Self::LegacyH2),
            b"H3" => Some(Self::LegacyH3),
            b"H4" => Some(Self::LegacyH4),
            b"H5A" => Some(Self::LegacyH5A),
            b"M2" => Some(Self::LegacyM2),
            b"M3" => Some(Self::LegacyM3),
            b"Q1" => Some(Self::LegacyQ1),
            b"Q2" => Some(Self::LegacyQ2),
            _ => None,
        }
    }
}

/// Provider of a placement (SSDA903 PLACE_PROVIDER).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementProvider {
    /// `PR0`: Parent or person with parental responsibility.
    ParentOrResponsiblePerson,
    /// `PR1`: Own authority.
    OwnAuthority,
    /// `PR2`: Other authority.
    OtherAuthority,
    /// `PR3`: Other public.
    OtherPublic,
    /// `PR4`: Private.
    Private,
    /// `PR5`: Voluntary.
    Voluntary,
}

static PLACEMENT_PROVIDER: CodeList = CodeList {
    name: "placement_provider",
    entries: &[
        entry("PR0", "ParentOrResponsiblePerson", "Parent or person with parental responsibility", Value, Open, Open, "SSDA903 1.4"),
        entry("PR1", "OwnAuthority", "Own authority", Value, Open, Open, "SSDA903 1.4"),
        entry("PR2", "OtherAuthority", "Other authority", Value, Open, Open, "SSDA903 1.4"),
        entry("PR3", "OtherPublic", "Other public", Value, Open, Open, "SSDA903 1.4"),
        entry("PR4", "Private", "Private", Value, Open, Open, "SSDA903 1.4"),
        entry("PR5", "Voluntary", "Voluntary", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl PlacementProvider {
    const VARIANTS: [Self; 6] = [
        Self::ParentOrResponsiblePerson, Self::OwnAuthority, Self::OtherAuthority, Self::OtherPublic, Self::Private,
        Self::Voluntary,
    ];
}

impl Code for PlacementProvider {
    const LIST: &'static CodeList = &PLACEMENT_PROVIDER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"PR0" => Some(Self::ParentOrResponsiblePerson),
            b"PR1" => Some(Self::OwnAuthority),
            b"PR2" => Some(Self::OtherAuthority),
            b"PR3" => Some(Self::OtherPublic),
            b"PR4" => Some(Self::Private),
            b"PR5" => Some(Self::Voluntary),
            _ => None,
        }
    }
}

/// Reason an episode ceased (SSDA903 REC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EpisodeEndReason {
    /// `X1`: Episode ceases, new episode begins the same day.
    NewEpisodeSameDay,
    /// `E11`: Adopted, unopposed.
    AdoptedUnopposed,
    /// `E12`: Adopted, consent dispensed with.
    AdoptedConsentDispensedWith,
    /// `E2`: Died.
    Died,
    /// `E3`: Care taken over by another authority.
    CareTakenOverByAnotherAuthority,
    /// `E4A`: Returned home, planned.
    ReturnedHomePlanned,
    /// `E4B`: Returned home, unplanned.
    ReturnedHomeUnplanned,
    /// `E13`: Left to live with a person without parental responsibility.
    LeftToPersonWithoutParentalResponsibility,
    /// `E41`: Child arrangements or residence order.
    ChildArrangementsOrResidenceOrder,
    /// `E43`: Special guardianship order, former foster carer (before 2019); until 2018.
    GuardianshipFormerFosterCarerBefore2019,
    /// `E44`: Special guardianship order, other carer (before 2019); until 2018.
    GuardianshipOtherCarerBefore2019,
    /// `E45`: Special guardianship order, former foster carer, relative or friend.
    GuardianshipFormerFosterCarerRelativeOrFriend,
    /// `E46`: Special guardianship order, former foster carer, other.
    GuardianshipFormerFosterCarerOther,
    /// `E47`: Special guardianship order, other carer, relative or friend.
    GuardianshipOtherCarerRelativeOrFriend,
    /// `E48`: Special guardianship order, other carer, not relative or friend.
    GuardianshipOtherCarerNotRelativeOrFriend,
    /// `E5`: Independent living, supported.
    IndependentLivingSupported,
    /// `E6`: Independent living, unsupported.
    IndependentLivingUnsupported,
    /// `E7`: Adult-funded residential care.
    AdultFundedResidentialCare,
    /// `E8`: Other.
    Other,
    /// `E9`: Custody.
    Custody,
    /// `E14`: Remand ended.
    RemandEnded,
    /// `E15`: Age assessed as 18 or over.
    AgeAssessedAsAdult,
    /// `E16`: Moved abroad.
    MovedAbroad,
    /// `E17`: 18 or over, staying with carers.
    StayingWithCarersAsAdult,
}

static EPISODE_END_REASON: CodeList = CodeList {
    name: "episode_end_reason",
    entries: &[
        entry("X1", "NewEpisodeSameDay", "Episode ceases, new episode begins the same day", Value, Open, Open, "SSDA903 1.4"),
        entry("E11", "AdoptedUnopposed", "Adopted, unopposed", Value, Open, Open, "SSDA903 1.4"),
        entry("E12", "AdoptedConsentDispensedWith", "Adopted, consent dispensed with", Value, Open, Open, "SSDA903 1.4"),
        entry("E2", "Died", "Died", Value, Open, Open, "SSDA903 1.4"),
        entry("E3", "CareTakenOverByAnotherAuthority", "Care taken over by another authority", Value, Open, Open, "SSDA903 1.4"),
        entry("E4A", "ReturnedHomePlanned", "Returned home, planned", Value, Open, Open, "SSDA903 1.4"),
        entry("E4B", "ReturnedHomeUnplanned", "Returned home, unplanned", Value, Open, Open, "SSDA903 1.4"),
        entry("E13", "LeftToPersonWithoutParentalResponsibility", "Left to live with a person without parental responsibility", Value, Open, Open, "SSDA903 1.4"),
        entry("E41", "ChildArrangementsOrResidenceOrder", "Child arrangements or residence order", Value, Open, Open, "SSDA903 1.4"),
        entry("E43", "GuardianshipFormerFosterCarerBefore2019", "Special guardianship order, former foster carer (before 2019)", Value, Open, Year(2018), "SSDA903 1.4"),
        entry("E44", "GuardianshipOtherCarerBefore2019", "Special guardianship order, other carer (before 2019)", Value, Open, Year(2018), "SSDA903 1.4"),
        entry("E45", "GuardianshipFormerFosterCarerRelativeOrFriend", "Special guardianship order, former foster carer, relative or friend", Value, Open, Open, "SSDA903 1.4"),
        entry("E46", "GuardianshipFormerFosterCarerOther", "Special guardianship order, former foster carer, other", Value, Open, Open, "SSDA903 1.4"),
        entry("E47", "GuardianshipOtherCarerRelativeOrFriend", "Special guardianship order, other carer, relative or friend", Value, Open, Open, "SSDA903 1.4"),
        entry("E48", "GuardianshipOtherCarerNotRelativeOrFriend", "Special guardianship order, other carer, not relative or friend", Value, Open, Open, "SSDA903 1.4"),
        entry("E5", "IndependentLivingSupported", "Independent living, supported", Value, Open, Open, "SSDA903 1.4"),
        entry("E6", "IndependentLivingUnsupported", "Independent living, unsupported", Value, Open, Open, "SSDA903 1.4"),
        entry("E7", "AdultFundedResidentialCare", "Adult-funded residential care", Value, Open, Open, "SSDA903 1.4"),
        entry("E8", "Other", "Other", Value, Open, Open, "SSDA903 1.4"),
        entry("E9", "Custody", "Custody", Value, Open, Open, "SSDA903 1.4"),
        entry("E14", "RemandEnded", "Remand ended", Value, Open, Open, "SSDA903 1.4"),
        entry("E15", "AgeAssessedAsAdult", "Age assessed as 18 or over", Value, Open, Open, "SSDA903 1.4"),
        entry("E16", "MovedAbroad", "Moved abroad", Value, Open, Open, "SSDA903 1.4"),
        entry("E17", "StayingWithCarersAsAdult", "18 or over, staying with carers", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl EpisodeEndReason {
    const VARIANTS: [Self; 24] = [
        Self::NewEpisodeSameDay, Self::AdoptedUnopposed, Self::AdoptedConsentDispensedWith, Self::Died,
        Self::CareTakenOverByAnotherAuthority, Self::ReturnedHomePlanned, Self::ReturnedHomeUnplanned,
        Self::LeftToPersonWithoutParentalResponsibility, Self::ChildArrangementsOrResidenceOrder,
        Self::GuardianshipFormerFosterCarerBefore2019, Self::GuardianshipOtherCarerBefore2019,
        Self::GuardianshipFormerFosterCarerRelativeOrFriend, Self::GuardianshipFormerFosterCarerOther,
        Self::GuardianshipOtherCarerRelativeOrFriend, Self::GuardianshipOtherCarerNotRelativeOrFriend,
        Self::IndependentLivingSupported, Self::IndependentLivingUnsupported, Self::AdultFundedResidentialCare,
        Self::Other, Self::Custody, Self::RemandEnded, Self::AgeAssessedAsAdult, Self::MovedAbroad,
        Self::StayingWithCarersAsAdult,
    ];
}

impl Code for EpisodeEndReason {
    const LIST: &'static CodeList = &EPISODE_END_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"X1" => Some(Self::NewEpisodeSameDay),
            b"E11" => Some(Self::AdoptedUnopposed),
            b"E12" => Some(Self::AdoptedConsentDispensedWith),
            b"E2" => Some(Self::Died),
            b"E3" => Some(Self::CareTakenOverByAnotherAuthority),
            b"E4A" => Some(Self::ReturnedHomePlanned),
            b"E4B" => Some(Self::ReturnedHomeUnplanned),
            b"E13" => Some(Self::LeftToPersonWithoutParentalResponsibility),
            b"E41" => Some(Self::ChildArrangementsOrResidenceOrder),
            b"E43" => Some(Self::GuardianshipFormerFosterCarerBefore2019),
            b"E44" => Some(Self::GuardianshipOtherCarerBefore2019),
            b"E45" => Some(Self::GuardianshipFormerFosterCarerRelativeOrFriend),
            b"E46" => Some(Self::GuardianshipFormerFosterCarerOther),
            b"E47" => Some(Self::GuardianshipOtherCarerRelativeOrFriend),
            b"E48" => Some(Self::GuardianshipOtherCarerNotRelativeOrFriend),
            b"E5" => Some(Self::IndependentLivingSupported),
            b"E6" => Some(Self::IndependentLivingUnsupported),
            b"E7" => Some(Self::AdultFundedResidentialCare),
            b"E8" => Some(Self::Other),
            b"E9" => Some(Self::Custody),
            b"E14" => Some(Self::RemandEnded),
            b"E15" => Some(Self::AgeAssessedAsAdult),
            b"E16" => Some(Self::MovedAbroad),
            b"E17" => Some(Self::StayingWithCarersAsAdult),
            _ => None,
        }
    }
}

/// Reason for a change of placement (SSDA903 REASON_PLACE_CHANGE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementChangeReason {
    /// `CARPL`: Change to or implementation of the care plan.
    CarePlan,
    /// `CLOSE`: Resignation of the carer or closure of the provision.
    ProvisionClosed,
    /// `ALLEG`: Allegation.
    Allegation,
    /// `STAND`: Standards of care.
    StandardsOfCare,
    /// `APPRR`: Approval removed.
    ApprovalRemoved,
    /// `CREQB`: Carer requested, because of the child's behaviour.
    CarerRequestedBehaviour,
    /// `CREQO`: Carer requested, for another reason.
    CarerRequestedOther,
    /// `CHILD`: Child requested.
    ChildRequested,
    /// `LAREQ`: Authority requested.
    AuthorityRequested,
    /// `PLACE`: Change of the status of the placement only.
    PlacementStatusOnly,
    /// `CUSTOD`: Custody; from 2019.
    Custody,
    /// `OTHER`: Other.
    Other,
}

static PLACEMENT_CHANGE_REASON: CodeList = CodeList {
    name: "placement_change_reason",
    entries: &[
        entry("CARPL", "CarePlan", "Change to or implementation of the care plan", Value, Open, Open, "SSDA903 1.4"),
        entry("CLOSE", "ProvisionClosed", "Resignation of the carer or closure of the provision", Value, Open, Open, "SSDA903 1.4"),
        entry("ALLEG", "Allegation", "Allegation", Value, Open, Open, "SSDA903 1.4"),
        entry("STAND", "StandardsOfCare", "Standards of care", Value, Open, Open, "SSDA903 1.4"),
        entry("APPRR", "ApprovalRemoved", "Approval removed", Value, Open, Open, "SSDA903 1.4"),
        entry("CREQB", "CarerRequestedBehaviour", "Carer requested, because of the child's behaviour", Value, Open, Open, "SSDA903 1.4"),
        entry("CREQO", "CarerRequestedOther", "Carer requested, for another reason", Value, Open, Open, "SSDA903 1.4"),
        entry("CHILD", "ChildRequested", "Child requested", Value, Open, Open, "SSDA903 1.4"),
        entry("LAREQ", "AuthorityRequested", "Authority requested", Value, Open, Open, "SSDA903 1.4"),
        entry("PLACE", "PlacementStatusOnly", "Change of the status of the placement only", Value, Open, Open, "SSDA903 1.4"),
        entry("CUSTOD", "Custody", "Custody", Value, Year(2019), Open, "SSDA903 1.4"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl PlacementChangeReason {
    const VARIANTS: [Self; 12] = [
        Self::CarePlan, Self::ProvisionClosed, Self::Allegation, Self::StandardsOfCare, Self::ApprovalRemoved,
        Self::CarerRequestedBehaviour, Self::CarerRequestedOther, Self::ChildRequested, Self::AuthorityRequested,
        Self::PlacementStatusOnly, Self::Custody, Self::Other,
    ];
}

impl Code for PlacementChangeReason {
    const LIST: &'static CodeList = &PLACEMENT_CHANGE_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 6])? {
            b"CARPL" => Some(Self::CarePlan),
            b"CLOSE" => Some(Self::ProvisionClosed),
            b"ALLEG" => Some(Self::Allegation),
            b"STAND" => Some(Self::StandardsOfCare),
            b"APPRR" => Some(Self::ApprovalRemoved),
            b"CREQB" => Some(Self::CarerRequestedBehaviour),
            b"CREQO" => Some(Self::CarerRequestedOther),
            b"CHILD" => Some(Self::ChildRequested),
            b"LAREQ" => Some(Self::AuthorityRequested),
            b"PLACE" => Some(Self::PlacementStatusOnly),
            b"CUSTOD" => Some(Self::Custody),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Whether a placement is inside the responsible authority (SSDA903 PL_LOCATION, derived).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementLocation {
    /// `IN`: Inside the responsible authority.
    InsideAuthority,
    /// `OUT`: Outside the responsible authority.
    OutsideAuthority,
}

static PLACEMENT_LOCATION: CodeList = CodeList {
    name: "placement_location",
    entries: &[
        entry("IN", "InsideAuthority", "Inside the responsible authority", Value, Open, Open, "SSDA903 1.2"),
        entry("OUT", "OutsideAuthority", "Outside the responsible authority", Value, Open, Open, "SSDA903 1.2"),
    ],
};

impl PlacementLocation {
    const VARIANTS: [Self; 2] = [
        Self::InsideAuthority, Self::OutsideAuthority,
    ];
}

impl Code for PlacementLocation {
    const LIST: &'static CodeList = &PLACEMENT_LOCATION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"IN" => Some(Self::InsideAuthority),
            b"OUT" => Some(Self::OutsideAuthority),
            _ => None,
        }
    }
}

/// Participation in a review (SSDA903 REVIEW_CODE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReviewCode {
    /// `PN0`: Under 4.
    UnderFour,
    /// `PN1`: Attends and speaks.
    AttendsAndSpeaks,
    /// `PN2`: Attends, advocate speaks.
    AttendsAdvocateSpeaks,
    /// `PN3`: Attends, non-verbal.
    AttendsNonVerbal,
    /// `PN4`: Attends, no contribution.
    AttendsNoContribution,
    /// `PN5`: Absent, views by advocate.
    AbsentViewsByAdvocate,
    /// `PN6`: Absent, views by other medium.
    AbsentViewsByOtherMedium,
    /// `PN7`: Absent, no views.
    AbsentNoViews,
}

static REVIEW_CODE: CodeList = CodeList {
    name: "review_code",
    entries: &[
        entry("PN0", "UnderFour", "Under 4", Value, Open, Open, "SSDA903 1.4"),
        entry("PN1", "AttendsAndSpeaks", "Attends and speaks", Value, Open, Open, "SSDA903 1.4"),
        entry("PN2", "AttendsAdvocateSpeaks", "Attends, advocate speaks", Value, Open, Open, "SSDA903 1.4"),
        entry("PN3", "AttendsNonVerbal", "Attends, non-verbal", Value, Open, Open, "SSDA903 1.4"),
        entry("PN4", "AttendsNoContribution", "Attends, no contribution", Value, Open, Open, "SSDA903 1.4"),
        entry("PN5", "AbsentViewsByAdvocate", "Absent, views by advocate", Value, Open, Open, "SSDA903 1.4"),
        entry("PN6", "AbsentViewsByOtherMedium", "Absent, views by other medium", Value, Open, Open, "SSDA903 1.4"),
        entry("PN7", "AbsentNoViews", "Absent, no views", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl ReviewCode {
    const VARIANTS: [Self; 8] = [
        Self::UnderFour, Self::AttendsAndSpeaks, Self::AttendsAdvocateSpeaks, Self::AttendsNonVerbal,
        Self::AttendsNoContribution, Self::AbsentViewsByAdvocate, Self::AbsentViewsByOtherMedium, Self::AbsentNoViews,
    ];
}

impl Code for ReviewCode {
    const LIST: &'static CodeList = &REVIEW_CODE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"PN0" => Some(Self::UnderFour),
            b"PN1" => Some(Self::AttendsAndSpeaks),
            b"PN2" => Some(Self::AttendsAdvocateSpeaks),
            b"PN3" => Some(Self::AttendsNonVerbal),
            b"PN4" => Some(Self::AttendsNoContribution),
            b"PN5" => Some(Self::AbsentViewsByAdvocate),
            b"PN6" => Some(Self::AbsentViewsByOtherMedium),
            b"PN7" => Some(Self::AbsentNoViews),
            _ => None,
        }
    }
}

/// Kind of absence (SSDA903 MISSING).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum MissingType {
    /// `M`: Missing.
    Missing,
    /// `A`: Away without authorisation.
    AwayWithoutAuthorisation,
}

static MISSING_TYPE: CodeList = CodeList {
    name: "missing_type",
    entries: &[
        entry("M", "Missing", "Missing", Value, Open, Open, "SSDA903 1.4"),
        entry("A", "AwayWithoutAuthorisation", "Away without authorisation", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl MissingType {
    const VARIANTS: [Self; 2] = [
        Self::Missing, Self::AwayWithoutAuthorisation,
    ];
}

impl Code for MissingType {
    const LIST: &'static CodeList = &MISSING_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 1])? {
            b"M" => Some(Self::Missing),
            b"A" => Some(Self::AwayWithoutAuthorisation),
            _ => None,
        }
    }
}

/// Reason why there is no SDQ score (SSDA903 SDQ_REASON).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SdqReason {
    /// `SDQ1`: Under 4 or over 16.
    UnderFourOrOverSixteen,
    /// `SDQ2`: Carer refused.
    CarerRefused,
    /// `SDQ3`: Severity of disability.
    SeverityOfDisability,
    /// `SDQ4`: Other.
    Other,
    /// `SDQ5`: Child refused.
    ChildRefused,
}

static SDQ_REASON: CodeList = CodeList {
    name: "sdq_reason",
    entries: &[
        entry("SDQ1", "UnderFourOrOverSixteen", "Under 4 or over 16", NotApplicable, Open, Open, "SSDA903 1.4"),
        entry("SDQ2", "CarerRefused", "Carer refused", Refused, Open, Open, "SSDA903 1.4"),
        entry("SDQ3", "SeverityOfDisability", "Severity of disability", Value, Open, Open, "SSDA903 1.4"),
        entry("SDQ4", "Other", "Other", Value, Open, Open, "SSDA903 1.4"),
        entry("SDQ5", "ChildRefused", "Child refused", Refused, Open, Open, "SSDA903 1.4"),
    ],
};

impl SdqReason {
    const VARIANTS: [Self; 5] = [
        Self::UnderFourOrOverSixteen, Self::CarerRefused, Self::SeverityOfDisability, Self::Other, Self::ChildRefused,
    ];
}

impl Code for SdqReason {
    const LIST: &'static CodeList = &SDQ_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 4])? {
            b"SDQ1" => Some(Self::UnderFourOrOverSixteen),
            b"SDQ2" => Some(Self::CarerRefused),
            b"SDQ3" => Some(Self::SeverityOfDisability),
            b"SDQ4" => Some(Self::Other),
            b"SDQ5" => Some(Self::ChildRefused),
            _ => None,
        }
    }
}

/// Whether an authority is in touch with a care leaver (SSDA903 IN_TOUCH).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum InTouch {
    /// `YES`: In touch.
    InTouch,
    /// `NO`: Not in touch.
    NotInTouch,
    /// `DIED`: Died.
    Died,
    /// `REFU`: Refused contact.
    RefusedContact,
    /// `NREQ`: Service no longer required.
    ServiceNoLongerRequired,
    /// `RHOM`: Returned home.
    ReturnedHome,
}

static IN_TOUCH: CodeList = CodeList {
    name: "in_touch",
    entries: &[
        entry("YES", "InTouch", "In touch", Value, Open, Open, "SSDA903 1.4"),
        entry("NO", "NotInTouch", "Not in touch", Value, Open, Open, "SSDA903 1.4"),
        entry("DIED", "Died", "Died", Value, Open, Open, "SSDA903 1.4"),
        entry("REFU", "RefusedContact", "Refused contact", Refused, Open, Open, "SSDA903 1.4"),
        entry("NREQ", "ServiceNoLongerRequired", "Service no longer required", Value, Open, Open, "SSDA903 1.4"),
        entry("RHOM", "ReturnedHome", "Returned home", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl InTouch {
    const VARIANTS: [Self; 6] = [
        Self::InTouch, Self::NotInTouch, Self::Died, Self::RefusedContact, Self::ServiceNoLongerRequired,
        Self::ReturnedHome,
    ];
}

impl Code for InTouch {
    const LIST: &'static CodeList = &IN_TOUCH;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 4])? {
            b"YES" => Some(Self::InTouch),
            b"NO" => Some(Self::NotInTouch),
            b"DIED" => Some(Self::Died),
            b"REFU" => Some(Self::RefusedContact),
            b"NREQ" => Some(Self::ServiceNoLongerRequired),
            b"RHOM" => Some(Self::ReturnedHome),
            _ => None,
        }
    }
}

/// Main activity of a care leaver (SSDA903 ACTIV).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Activity {
    /// `F1`: Full time, higher education.
    HigherEducationFullTime,
    /// `P1`: Part time, higher education.
    HigherEducationPartTime,
    /// `F2`: Full time, education other than higher.
    OtherEducationFullTime,
    /// `P2`: Part time, education other than higher.
    OtherEducationPartTime,
    /// `F3`: Full time, training or employment (before 2021/22); until 2021.
    TrainingOrEmploymentFullTimeTo2021,
    /// `P3`: Part time, training or employment (before 2021/22); until 2021.
    TrainingOrEmploymentPartTimeTo2021,
    /// `F4`: Full time, apprenticeship.
    ApprenticeshipFullTime,
    /// `P4`: Part time, apprenticeship.
    ApprenticeshipPartTime,
    /// `F5`: Full time, training or employment.
    TrainingOrEmploymentFullTime,
    /// `P5`: Part time, training or employment.
    TrainingOrEmploymentPartTime,
    /// `G4`: Not in education, employment or training: illness or disability.
    InactiveIllnessOrDisability,
    /// `G5`: Not in education, employment or training: other.
    InactiveOther,
    /// `G6`: Not in education, employment or training: pregnancy or parenting.
    InactivePregnancyOrParenting,
    /// `0`: Not applicable.
    NotApplicable,
}

static ACTIVITY: CodeList = CodeList {
    name: "activity",
    entries: &[
        entry("F1", "HigherEducationFullTime", "Full time, higher education", Value, Open, Open, "SSDA903 1.4"),
        entry("P1", "HigherEducationPartTime", "Part time, higher education", Value, Open, Open, "SSDA903 1.4"),
        entry("F2", "OtherEducationFullTime", "Full time, education other than higher", Value, Open, Open, "SSDA903 1.4"),
        entry("P2", "OtherEducationPartTime", "Part time, education other than higher", Value, Open, Open, "SSDA903 1.4"),
        entry("F3", "TrainingOrEmploymentFullTimeTo2021", "Full time, training or employment (before 2021/22)", Value, Open, Year(2021), "SSDA903 1.4"),
        entry("P3", "TrainingOrEmploymentPartTimeTo2021", "Part time, training or employment (before 2021/22)", Value, Open, Year(2021), "SSDA903 1.4"),
        entry("F4", "ApprenticeshipFullTime", "Full time, apprenticeship", Value, Open, Open, "SSDA903 1.4"),
        entry("P4", "ApprenticeshipPartTime", "Part time, apprenticeship", Value, Open, Open, "SSDA903 1.4"),
        entry("F5", "TrainingOrEmploymentFullTime", "Full time, training or employment", Value, Open, Open, "SSDA903 1.4"),
        entry("P5", "TrainingOrEmploymentPartTime", "Part time, training or employment", Value, Open, Open, "SSDA903 1.4"),
        entry("G4", "InactiveIllnessOrDisability", "Not in education, employment or training: illness or disability", Value, Open, Open, "SSDA903 1.4"),
        entry("G5", "InactiveOther", "Not in education, employment or training: other", Value, Open, Open, "SSDA903 1.4"),
        entry("G6", "InactivePregnancyOrParenting", "Not in education, employment or training: pregnancy or parenting", Value, Open, Open, "SSDA903 1.4"),
        entry("0", "NotApplicable", "Not applicable", NotApplicable, Open, Open, "SSDA903 1.4"),
    ],
};

impl Activity {
    const VARIANTS: [Self; 14] = [
        Self::HigherEducationFullTime, Self::HigherEducationPartTime, Self::OtherEducationFullTime,
        Self::OtherEducationPartTime, Self::TrainingOrEmploymentFullTimeTo2021,
        Self::TrainingOrEmploymentPartTimeTo2021, Self::ApprenticeshipFullTime, Self::ApprenticeshipPartTime,
        Self::TrainingOrEmploymentFullTime, Self::TrainingOrEmploymentPartTime, Self::InactiveIllnessOrDisability,
        Self::InactiveOther, Self::InactivePregnancyOrParenting, Self::NotApplicable,
    ];
}

impl Code for Activity {
    const LIST: &'static CodeList = &ACTIVITY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"F1" => Some(Self::HigherEducationFullTime),
            b"P1" => Some(Self::HigherEducationPartTime),
            b"F2" => Some(Self::OtherEducationFullTime),
            b"P2" => Some(Self::OtherEducationPartTime),
            b"F3" => Some(Self::TrainingOrEmploymentFullTimeTo2021),
            b"P3" => Some(Self::TrainingOrEmploymentPartTimeTo2021),
            b"F4" => Some(Self::ApprenticeshipFullTime),
            b"P4" => Some(Self::ApprenticeshipPartTime),
            b"F5" => Some(Self::TrainingOrEmploymentFullTime),
            b"P5" => Some(Self::TrainingOrEmploymentPartTime),
            b"G4" => Some(Self::InactiveIllnessOrDisability),
            b"G5" => Some(Self::InactiveOther),
            b"G6" => Some(Self::InactivePregnancyOrParenting),
            b"0" => Some(Self::NotApplicable),
            _ => None,
        }
    }
}

/// Accommodation of a care leaver: the letter of SSDA903 ACCOM, without its suitability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Accommodation {
    /// `B`: Parents or relatives.
    ParentsOrRelatives,
    /// `C`: Community home or residential.
    CommunityHomeOrResidential,
    /// `D`: Semi-independent.
    SemiIndependent,
    /// `E`: Supported lodgings.
    SupportedLodgings,
    /// `G`: Abroad.
    Abroad,
    /// `H`: Deported.
    Deported,
    /// `K`: Ordinary lodgings.
    OrdinaryLodgings,
    /// `R`: Not known.
    NotKnown,
    /// `S`: No fixed abode.
    NoFixedAbode,
    /// `T`: Foyer.
    Foyer,
    /// `U`: Independent living.
    IndependentLiving,
    /// `V`: Emergency accommodation.
    Emergency,
    /// `W`: Bed and breakfast.
    BedAndBreakfast,
    /// `X`: Custody.
    Custody,
    /// `Y`: Other.
    Other,
    /// `Z`: Former foster carer.
    FormerFosterCarer,
    /// `0`: Not applicable.
    NotApplicable,
}

static ACCOMMODATION: CodeList = CodeList {
    name: "accommodation",
    entries: &[
        entry("B", "ParentsOrRelatives", "Parents or relatives", Value, Open, Open, "SSDA903 1.4"),
        entry("C", "CommunityHomeOrResidential", "Community home or residential", Value, Open, Open, "SSDA903 1.4"),
        entry("D", "SemiIndependent", "Semi-independent", Value, Open, Open, "SSDA903 1.4"),
        entry("E", "SupportedLodgings", "Supported lodgings", Value, Open, Open, "SSDA903 1.4"),
        entry("G", "Abroad", "Abroad", Value, Open, Open, "SSDA903 1.4"),
        entry("H", "Deported", "Deported", Value, Open, Open, "SSDA903 1.4"),
        entry("K", "OrdinaryLodgings", "Ordinary lodgings", Value, Open, Open, "SSDA903 1.4"),
        entry("R", "NotKnown", "Not known", Unknown, Open, Open, "SSDA903 1.4"),
        entry("S", "NoFixedAbode", "No fixed abode", Value, Open, Open, "SSDA903 1.4"),
        entry("T", "Foyer", "Foyer", Value, Open, Open, "SSDA903 1.4"),
        entry("U", "IndependentLiving", "Independent living", Value, Open, Open, "SSDA903 1.4"),
        entry("V", "Emergency", "Emergency accommodation", Value, Open, Open, "SSDA903 1.4"),
        entry("W", "BedAndBreakfast", "Bed and breakfast", Value, Open, Open, "SSDA903 1.4"),
        entry("X", "Custody", "Custody", Value, Open, Open, "SSDA903 1.4"),
        entry("Y", "Other", "Other", Value, Open, Open, "SSDA903 1.4"),
        entry("Z", "FormerFosterCarer", "Former foster carer", Value, Open, Open, "SSDA903 1.4"),
        entry("0", "NotApplicable", "Not applicable", NotApplicable, Open, Open, "SSDA903 1.4"),
    ],
};

impl Accommodation {
    const VARIANTS: [Self; 17] = [
        Self::ParentsOrRelatives, Self::CommunityHomeOrResidential, Self::SemiIndependent, Self::SupportedLodgings,
        Self::Abroad, Self::Deported, Self::OrdinaryLodgings, Self::NotKnown, Self::NoFixedAbode, Self::Foyer,
        Self::IndependentLiving, Self::Emergency, Self::BedAndBreakfast, Self::Custody, Self::Other,
        Self::FormerFosterCarer, Self::NotApplicable,
    ];
}

impl Code for Accommodation {
    const LIST: &'static CodeList = &ACCOMMODATION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 1])? {
            b"B" => Some(Self::ParentsOrRelatives),
            b"C" => Some(Self::CommunityHomeOrResidential),
            b"D" => Some(Self::SemiIndependent),
            b"E" => Some(Self::SupportedLodgings),
            b"G" => Some(Self::Abroad),
            b"H" => Some(Self::Deported),
            b"K" => Some(Self::OrdinaryLodgings),
            b"R" => Some(Self::NotKnown),
            b"S" => Some(Self::NoFixedAbode),
            b"T" => Some(Self::Foyer),
            b"U" => Some(Self::IndependentLiving),
            b"V" => Some(Self::Emergency),
            b"W" => Some(Self::BedAndBreakfast),
            b"X" => Some(Self::Custody),
            b"Y" => Some(Self::Other),
            b"Z" => Some(Self::FormerFosterCarer),
            b"0" => Some(Self::NotApplicable),
            _ => None,
        }
    }
}

/// Permanence before this period of care (SSDA903 PREV_PERM).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PrevPermanence {
    /// `P1`: Adoption.
    Adoption,
    /// `P2`: Special guardianship order.
    SpecialGuardianshipOrder,
    /// `P3`: Residence or child arrangements order.
    ResidenceOrChildArrangementsOrder,
    /// `P4`: Unknown.
    Unknown,
    /// `Z1`: None.
    NoPreviousPermanence,
}

static PREV_PERMANENCE: CodeList = CodeList {
    name: "prev_permanence",
    entries: &[
        entry("P1", "Adoption", "Adoption", Value, Open, Open, "SSDA903 1.4"),
        entry("P2", "SpecialGuardianshipOrder", "Special guardianship order", Value, Open, Open, "SSDA903 1.4"),
        entry("P3", "ResidenceOrChildArrangementsOrder", "Residence or child arrangements order", Value, Open, Open, "SSDA903 1.4"),
        entry("P4", "Unknown", "Unknown", Unknown, Open, Open, "SSDA903 1.4"),
        entry("Z1", "NoPreviousPermanence", "None", NotApplicable, Open, Open, "SSDA903 1.4"),
    ],
};

impl PrevPermanence {
    const VARIANTS: [Self; 5] = [
        Self::Adoption, Self::SpecialGuardianshipOrder, Self::ResidenceOrChildArrangementsOrder, Self::Unknown,
        Self::NoPreviousPermanence,
    ];
}

impl Code for PrevPermanence {
    const LIST: &'static CodeList = &PREV_PERMANENCE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"P1" => Some(Self::Adoption),
            b"P2" => Some(Self::SpecialGuardianshipOrder),
            b"P3" => Some(Self::ResidenceOrChildArrangementsOrder),
            b"P4" => Some(Self::Unknown),
            b"Z1" => Some(Self::NoPreviousPermanence),
            _ => None,
        }
    }
}

/// The words that stand beside codes of authorities in SSDA903 LA_PERM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PermanenceAuthority {
    /// `NIR`: Northern Ireland.
    NorthernIreland,
    /// `NUK`: Authority code NUK (label not confirmed).
    OtherNuk,
    /// `SCO`: Scotland.
    Scotland,
    /// `WAL`: Wales.
    Wales,
}

static PERMANENCE_AUTHORITY: CodeList = CodeList {
    name: "permanence_authority",
    entries: &[
        entry("NIR", "NorthernIreland", "Northern Ireland", Value, Open, Open, "SSDA903 1.4"),
        entry("NUK", "OtherNuk", "Authority code NUK (label not confirmed)", Unknown, Open, Open, "SSDA903 1.4"),
        entry("SCO", "Scotland", "Scotland", Value, Open, Open, "SSDA903 1.4"),
        entry("WAL", "Wales", "Wales", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl PermanenceAuthority {
    const VARIANTS: [Self; 4] = [
        Self::NorthernIreland, Self::OtherNuk, Self::Scotland, Self::Wales,
    ];
}

impl Code for PermanenceAuthority {
    const LIST: &'static CodeList = &PERMANENCE_AUTHORITY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"NIR" => Some(Self::NorthernIreland),
            b"NUK" => Some(Self::OtherNuk),
            b"SCO" => Some(Self::Scotland),
            b"WAL" => Some(Self::Wales),
            _ => None,
        }
    }
}

/// Reason why a child is no longer placed for adoption (SSDA903 REASON_PLACED_CEASED).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacedCeasedReason {
    /// `RD1`: Needs of the child changed.
    NeedsChanged,
    /// `RD2`: No order made.
    NoPlacementOrder,
    /// `RD3`: No adopters found.
    NoAdopters,
    /// `RD4`: Other.
    Other,
}

static PLACED_CEASED_REASON: CodeList = CodeList {
    name: "placed_ceased_reason",
    entries: &[
        entry("RD1", "NeedsChanged", "Needs of the child changed", Value, Open, Open, "SSDA903 1.4"),
        entry("RD2", "NoPlacementOrder", "No order made", Value, Open, Open, "SSDA903 1.4"),
        entry("RD3", "NoAdopters", "No adopters found", Value, Open, Open, "SSDA903 1.4"),
        entry("RD4", "Other", "Other", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl PlacedCeasedReason {
    const VARIANTS: [Self; 4] = [
        Self::NeedsChanged, Self::NoPlacementOrder, Self::NoAdopters, Self::Other,
    ];
}

impl Code for PlacedCeasedReason {
    const LIST: &'static CodeList = &PLACED_CEASED_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"RD1" => Some(Self::NeedsChanged),
            b"RD2" => Some(Self::NoPlacementOrder),
            b"RD3" => Some(Self::NoAdopters),
            b"RD4" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Reason for a change of social worker (SSDA903 SW_REASON).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SwReason {
    /// `MANAGE`: Caseload management; from 2024.
    CaseloadManagement,
    /// `FCONTA`: First contact or re-referral; from 2024.
    FirstContactOrReReferral,
    /// `LEFTRL`: Worker left; from 2024.
    WorkerLeft,
    /// `ORGRST`: Restructure; from 2024.
    Restructure,
    /// `TSPROC`: Transfer process; from 2024.
    TransferProcess,
    /// `ABSENC`: Absence cover; from 2024.
    AbsenceCover,
    /// `CHCHAN`: Child asked for the change; from 2024.
    ChildAsked,
    /// `PCCHAN`: Parent or carer asked for the change; from 2024.
    ParentOrCarerAsked,
    /// `SWDIED`: Worker died; from 2024.
    WorkerDied,
    /// `OTHERS`: Other; from 2024.
    Other,
}

static SW_REASON: CodeList = CodeList {
    name: "sw_reason",
    entries: &[
        entry("MANAGE", "CaseloadManagement", "Caseload management", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("FCONTA", "FirstContactOrReReferral", "First contact or re-referral", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("LEFTRL", "WorkerLeft", "Worker left", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("ORGRST", "Restructure", "Restructure", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("TSPROC", "TransferProcess", "Transfer process", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("ABSENC", "AbsenceCover", "Absence cover", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("CHCHAN", "ChildAsked", "Child asked for the change", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("PCCHAN", "ParentOrCarerAsked", "Parent or carer asked for the change", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("SWDIED", "WorkerDied", "Worker died", Value, Year(2024), Open, "SSDA903 1.4"),
        entry("OTHERS", "Other", "Other", Value, Year(2024), Open, "SSDA903 1.4"),
    ],
};

impl SwReason {
    const VARIANTS: [Self; 10] = [
        Self::CaseloadManagement, Self::FirstContactOrReReferral, Self::WorkerLeft, Self::Restructure,
        Self::TransferProcess, Self::AbsenceCover, Self::ChildAsked, Self::ParentOrCarerAsked, Self::WorkerDied,
        Self::Other,
    ];
}

impl Code for SwReason {
    const LIST: &'static CodeList = &SW_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 6])? {
            b"MANAGE" => Some(Self::CaseloadManagement),
            b"FCONTA" => Some(Self::FirstContactOrReReferral),
            b"LEFTRL" => Some(Self::WorkerLeft),
            b"ORGRST" => Some(Self::Restructure),
            b"TSPROC" => Some(Self::TransferProcess),
            b"ABSENC" => Some(Self::AbsenceCover),
            b"CHCHAN" => Some(Self::ChildAsked),
            b"PCCHAN" => Some(Self::ParentOrCarerAsked),
            b"SWDIED" => Some(Self::WorkerDied),
            b"OTHERS" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Sex of the adopters (SSDA903 SEX_ADOPTR).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AdopterSex {
    /// `M1`: One male adopter.
    OneMale,
    /// `F1`: One female adopter.
    OneFemale,
    /// `MM`: Two male adopters.
    TwoMales,
    /// `FF`: Two female adopters.
    TwoFemales,
    /// `MF`: One male and one female adopter.
    OneMaleAndOneFemale,
}

static ADOPTER_SEX: CodeList = CodeList {
    name: "adopter_sex",
    entries: &[
        entry("M1", "OneMale", "One male adopter", Value, Open, Open, "SSDA903 1.4"),
        entry("F1", "OneFemale", "One female adopter", Value, Open, Open, "SSDA903 1.4"),
        entry("MM", "TwoMales", "Two male adopters", Value, Open, Open, "SSDA903 1.4"),
        entry("FF", "TwoFemales", "Two female adopters", Value, Open, Open, "SSDA903 1.4"),
        entry("MF", "OneMaleAndOneFemale", "One male and one female adopter", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl AdopterSex {
    const VARIANTS: [Self; 5] = [
        Self::OneMale, Self::OneFemale, Self::TwoMales, Self::TwoFemales, Self::OneMaleAndOneFemale,
    ];
}

impl Code for AdopterSex {
    const LIST: &'static CodeList = &ADOPTER_SEX;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"M1" => Some(Self::OneMale),
            b"F1" => Some(Self::OneFemale),
            b"MM" => Some(Self::TwoMales),
            b"FF" => Some(Self::TwoFemales),
            b"MF" => Some(Self::OneMaleAndOneFemale),
            _ => None,
        }
    }
}

/// Legal status of the adopters (SSDA903 LS_ADOPTR).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AdopterLegalStatus {
    /// `L0`: Single adopter.
    Single,
    /// `L11`: Different-sex married couple.
    DifferentSexMarried,
    /// `L12`: Same-sex married couple.
    SameSexMarried,
    /// `L2`: Civil partners.
    CivilPartners,
    /// `L3`: Different-sex unmarried couple.
    DifferentSexUnmarried,
    /// `L4`: Same-sex couple, neither married nor civil partners.
    SameSexNeitherMarriedNorCivilPartners,
}

static ADOPTER_LEGAL_STATUS: CodeList = CodeList {
    name: "adopter_legal_status",
    entries: &[
        entry("L0", "Single", "Single adopter", Value, Open, Open, "SSDA903 1.4"),
        entry("L11", "DifferentSexMarried", "Different-sex married couple", Value, Open, Open, "SSDA903 1.4"),
        entry("L12", "SameSexMarried", "Same-sex married couple", Value, Open, Open, "SSDA903 1.4"),
        entry("L2", "CivilPartners", "Civil partners", Value, Open, Open, "SSDA903 1.4"),
        entry("L3", "DifferentSexUnmarried", "Different-sex unmarried couple", Value, Open, Open, "SSDA903 1.4"),
        entry("L4", "SameSexNeitherMarriedNorCivilPartners", "Same-sex couple, neither married nor civil partners", Value, Open, Open, "SSDA903 1.4"),
    ],
};

impl AdopterLegalStatus {
    const VARIANTS: [Self; 6] = [
        Self::Single, Self::DifferentSexMarried, Self::SameSexMarried, Self::CivilPartners, Self::DifferentSexUnmarried,
        Self::SameSexNeitherMarriedNorCivilPartners,
    ];
}

impl Code for AdopterLegalStatus {
    const LIST: &'static CodeList = &ADOPTER_LEGAL_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"L0" => Some(Self::Single),
            b"L11" => Some(Self::DifferentSexMarried),
            b"L12" => Some(Self::SameSexMarried),
            b"L2" => Some(Self::CivilPartners),
            b"L3" => Some(Self::DifferentSexUnmarried),
            b"L4" => Some(Self::SameSexNeitherMarriedNorCivilPartners),
            _ => None,
        }
    }
}

/// Reason why a UPN is not known (SSDA903 UPN, CIN census UPNunknown).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum UpnUnknown {
    /// `UN1`: Not of school age.
    NotOfSchoolAge,
    /// `UN2`: Never in a maintained school in England.
    NeverInMaintainedSchool,
    /// `UN3`: Educated outside England.
    EducatedOutsideEngland,
    /// `UN4`: Newly looked after, not yet known.
    NewlyLookedAfter,
    /// `UN5`: Sources disagree.
    SourcesDisagree,
    /// `UN6`: Reason UN6 (label not confirmed).
    CensusReasonUn6,
    /// `UN7`: Reason UN7 (label not confirmed).
    CensusReasonUn7,
}

static UPN_UNKNOWN: CodeList = CodeList {
    name: "upn_unknown",
    entries: &[
        entry("UN1", "NotOfSchoolAge", "Not of school age", Unknown, Open, Open, "SSDA903 1.4"),
        entry("UN2", "NeverInMaintainedSchool", "Never in a maintained school in England", Unknown, Open, Open, "SSDA903 1.4"),
        entry("UN3", "EducatedOutsideEngland", "Educated outside England", Unknown, Open, Open, "SSDA903 1.4"),
        entry("UN4", "NewlyLookedAfter", "Newly looked after, not yet known", Unknown, Open, Open, "SSDA903 1.4"),
        entry("UN5", "SourcesDisagree", "Sources disagree", Unknown, Open, Open, "SSDA903 1.4"),
        entry("UN6", "CensusReasonUn6", "Reason UN6 (label not confirmed)", Unknown, Open, Open, "CIN census only"),
        entry("UN7", "CensusReasonUn7", "Reason UN7 (label not confirmed)", Unknown, Open, Open, "CIN census only"),
    ],
};

impl UpnUnknown {
    const VARIANTS: [Self; 7] = [
        Self::NotOfSchoolAge, Self::NeverInMaintainedSchool, Self::EducatedOutsideEngland, Self::NewlyLookedAfter,
        Self::SourcesDisagree, Self::CensusReasonUn6, Self::CensusReasonUn7,
    ];
}

impl Code for UpnUnknown {
    const LIST: &'static CodeList = &UPN_UNKNOWN;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"UN1" => Some(Self::NotOfSchoolAge),
            b"UN2" => Some(Self::NeverInMaintainedSchool),
            b"UN3" => Some(Self::EducatedOutsideEngland),
            b"UN4" => Some(Self::NewlyLookedAfter),
            b"UN5" => Some(Self::SourcesDisagree),
            b"UN6" => Some(Self::CensusReasonUn6),
            b"UN7" => Some(Self::CensusReasonUn7),
            _ => None,
        }
    }
}

/// How far an NHS number is verified (UK Core NHSNumberVerificationStatusEngland).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NhsNumberStatus {
    /// `01`: Number present and verified.
    PresentAndVerified,
    /// `02`: Number present but not traced.
    PresentButNotTraced,
    /// `03`: Trace required.
    TraceRequired,
    /// `04`: Trace attempted, no match or multiple matches.
    TraceWithoutSingleMatch,
    /// `05`: Trace needs to be resolved.
    TraceNeedsResolving,
    /// `06`: Trace in progress.
    TraceInProgress,
    /// `07`: Number not present and trace not required.
    NotPresentTraceNotRequired,
    /// `08`: Trace postponed (baby under 6 weeks old).
    TracePostponed,
}

static NHS_NUMBER_STATUS: CodeList = CodeList {
    name: "nhs_number_status",
    entries: &[
        entry("01", "PresentAndVerified", "Number present and verified", Value, Open, Open, "UK Core"),
        entry("02", "PresentButNotTraced", "Number present but not traced", Value, Open, Open, "UK Core"),
        entry("03", "TraceRequired", "Trace required", Value, Open, Open, "UK Core"),
        entry("04", "TraceWithoutSingleMatch", "Trace attempted, no match or multiple matches", Value, Open, Open, "UK Core"),
        entry("05", "TraceNeedsResolving", "Trace needs to be resolved", Value, Open, Open, "UK Core"),
        entry("06", "TraceInProgress", "Trace in progress", Value, Open, Open, "UK Core"),
        entry("07", "NotPresentTraceNotRequired", "Number not present and trace not required", Value, Open, Open, "UK Core"),
        entry("08", "TracePostponed", "Trace postponed (baby under 6 weeks old)", Value, Open, Open, "UK Core"),
    ],
};

impl NhsNumberStatus {
    const VARIANTS: [Self; 8] = [
        Self::PresentAndVerified, Self::PresentButNotTraced, Self::TraceRequired, Self::TraceWithoutSingleMatch,
        Self::TraceNeedsResolving, Self::TraceInProgress, Self::NotPresentTraceNotRequired, Self::TracePostponed,
    ];
}

impl Code for NhsNumberStatus {
    const LIST: &'static CodeList = &NHS_NUMBER_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"01" => Some(Self::PresentAndVerified),
            b"02" => Some(Self::PresentButNotTraced),
            b"03" => Some(Self::TraceRequired),
            b"04" => Some(Self::TraceWithoutSingleMatch),
            b"05" => Some(Self::TraceNeedsResolving),
            b"06" => Some(Self::TraceInProgress),
            b"07" => Some(Self::NotPresentTraceNotRequired),
            b"08" => Some(Self::TracePostponed),
            _ => None,
        }
    }
}

/// Disability (CIN census, SSD).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Disability {
    /// `NONE`: None.
    NoDisability,
    /// `MOB`: Mobility.
    Mobility,
    /// `HAND`: Hand function.
    HandFunction,
    /// `PC`: Personal care.
    PersonalCare,
    /// `INC`: Incontinence.
    Incontinence,
    /// `COMM`: Communication.
    Communication,
    /// `LD`: Learning.
    Learning,
    /// `HEAR`: Hearing.
    Hearing,
    /// `VIS`: Vision.
    Vision,
    /// `BEH`: Behaviour.
    Behaviour,
    /// `CON`: Consciousness.
    Consciousness,
    /// `AUT`: Autism or Asperger syndrome.
    Autism,
    /// `DDA`: Other disability under the Disability Discrimination Act.
    OtherDisability,
    /// `UNSPECIFIED`: Disability of a kind not stated.
    Unspecified,
}

static DISABILITY: CodeList = CodeList {
    name: "disability",
    entries: &[
        entry("NONE", "NoDisability", "None", Value, Open, Open, "CIN census"),
        entry("MOB", "Mobility", "Mobility", Value, Open, Open, "CIN census"),
        entry("HAND", "HandFunction", "Hand function", Value, Open, Open, "CIN census"),
        entry("PC", "PersonalCare", "Personal care", Value, Open, Open, "CIN census"),
        entry("INC", "Incontinence", "Incontinence", Value, Open, Open, "CIN census"),
        entry("COMM", "Communication", "Communication", Value, Open, Open, "CIN census"),
        entry("LD", "Learning", "Learning", Value, Open, Open, "CIN census"),
        entry("HEAR", "Hearing", "Hearing", Value, Open, Open, "CIN census"),
        entry("VIS", "Vision", "Vision", Value, Open, Open, "CIN census"),
        entry("BEH", "Behaviour", "Behaviour", Value, Open, Open, "CIN census"),
        entry("CON", "Consciousness", "Consciousness", Value, Open, Open, "CIN census"),
        entry("AUT", "Autism", "Autism or Asperger syndrome", Value, Open, Open, "CIN census"),
        entry("DDA", "OtherDisability", "Other disability under the Disability Discrimination Act", Value, Open, Open, "CIN census"),
        entry("UNSPECIFIED", "Unspecified", "Disability of a kind not stated", Value, Open, Open, "ours"),
    ],
};

impl Disability {
    const VARIANTS: [Self; 14] = [
        Self::NoDisability, Self::Mobility, Self::HandFunction, Self::PersonalCare, Self::Incontinence,
        Self::Communication, Self::Learning, Self::Hearing, Self::Vision, Self::Behaviour, Self::Consciousness,
        Self::Autism, Self::OtherDisability, Self::Unspecified,
    ];
}

impl Code for Disability {
    const LIST: &'static CodeList = &DISABILITY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 11])? {
            b"NONE" => Some(Self::NoDisability),
            b"MOB" => Some(Self::Mobility),
            b"HAND" => Some(Self::HandFunction),
            b"PC" => Some(Self::PersonalCare),
            b"INC" => Some(Self::Incontinence),
            b"COMM" => Some(Self::Communication),
            b"LD" => Some(Self::Learning),
            b"HEAR" => Some(Self::Hearing),
            b"VIS" => Some(Self::Vision),
            b"BEH" => Some(Self::Behaviour),
            b"CON" => Some(Self::Consciousness),
            b"AUT" => Some(Self::Autism),
            b"DDA" => Some(Self::OtherDisability),
            b"UNSPECIFIED" => Some(Self::Unspecified),
            _ => None,
        }
    }
}

/// Immigration status, as far as the return knows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ImmigrationStatus {
    /// `UASC`: Unaccompanied asylum-seeking child.
    UnaccompaniedAsylumSeekingChild,
    /// `OTHER`: Other.
    Other,
}

static IMMIGRATION_STATUS: CodeList = CodeList {
    name: "immigration_status",
    entries: &[
        entry("UASC", "UnaccompaniedAsylumSeekingChild", "Unaccompanied asylum-seeking child", Value, Open, Open, "SSDA903 1.4"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl ImmigrationStatus {
    const VARIANTS: [Self; 2] = [
        Self::UnaccompaniedAsylumSeekingChild, Self::Other,
    ];
}

impl Code for ImmigrationStatus {
    const LIST: &'static CodeList = &IMMIGRATION_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 5])? {
            b"UASC" => Some(Self::UnaccompaniedAsylumSeekingChild),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Plan for permanence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PermanencePlan {
    /// `RETURN_1M`: Return home within one month.
    ReturnWithinOneMonth,
    /// `RETURN_6M`: Return home within six months.
    ReturnWithinSixMonths,
    /// `RETURN_EVENTUAL`: Eventual return home.
    ReturnEventually,
    /// `REMAIN_SUPPORTED`: Remain with family, supported.
    RemainSupported,
    /// `LT_RELATIVE`: Long-term placement with relative or friend.
    LongTermRelativeOrFriend,
    /// `LT_FOSTER`: Long-term fostering.
    LongTermFostering,
    /// `RESIDENTIAL`: Residential placement.
    Residential,
    /// `SUPPORTED_LIVING`: Supported living.
    SupportedLiving,
    /// `ADOPTION`: Adoption.
    Adoption,
    /// `SGO_CAO`: Special guardianship or child arrangements order.
    GuardianshipOrChildArrangements,
    /// `OTHER`: Other.
    Other,
}

static PERMANENCE_PLAN: CodeList = CodeList {
    name: "permanence_plan",
    entries: &[
        entry("RETURN_1M", "ReturnWithinOneMonth", "Return home within one month", Value, Open, Open, "ours"),
        entry("RETURN_6M", "ReturnWithinSixMonths", "Return home within six months", Value, Open, Open, "ours"),
        entry("RETURN_EVENTUAL", "ReturnEventually", "Eventual return home", Value, Open, Open, "ours"),
        entry("REMAIN_SUPPORTED", "RemainSupported", "Remain with family, supported", Value, Open, Open, "ours"),
        entry("LT_RELATIVE", "LongTermRelativeOrFriend", "Long-term placement with relative or friend", Value, Open, Open, "ours"),
        entry("LT_FOSTER", "LongTermFostering", "Long-term fostering", Value, Open, Open, "ours"),
        entry("RESIDENTIAL", "Residential", "Residential placement", Value, Open, Open, "ours"),
        entry("SUPPORTED_LIVING", "SupportedLiving", "Supported living", Value, Open, Open, "ours"),
        entry("ADOPTION", "Adoption", "Adoption", Value, Open, Open, "ours"),
        entry("SGO_CAO", "GuardianshipOrChildArrangements", "Special guardianship or child arrangements order", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl PermanencePlan {
    const VARIANTS: [Self; 11] = [
        Self::ReturnWithinOneMonth, Self::ReturnWithinSixMonths, Self::ReturnEventually, Self::RemainSupported,
        Self::LongTermRelativeOrFriend, Self::LongTermFostering, Self::Residential, Self::SupportedLiving,
        Self::Adoption, Self::GuardianshipOrChildArrangements, Self::Other,
    ];
}

impl Code for PermanencePlan {
    const LIST: &'static CodeList = &PERMANENCE_PLAN;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 16])? {
            b"RETURN_1M" => Some(Self::ReturnWithinOneMonth),
            b"RETURN_6M" => Some(Self::ReturnWithinSixMonths),
            b"RETURN_EVENTUAL" => Some(Self::ReturnEventually),
            b"REMAIN_SUPPORTED" => Some(Self::RemainSupported),
            b"LT_RELATIVE" => Some(Self::LongTermRelativeOrFriend),
            b"LT_FOSTER" => Some(Self::LongTermFostering),
            b"RESIDENTIAL" => Some(Self::Residential),
            b"SUPPORTED_LIVING" => Some(Self::SupportedLiving),
            b"ADOPTION" => Some(Self::Adoption),
            b"SGO_CAO" => Some(Self::GuardianshipOrChildArrangements),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Kind of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum HealthCheckType {
    /// `IHA`: Initial health assessment.
    InitialHealthAssessment,
    /// `RHA`: Review health assessment.
    ReviewHealthAssessment,
    /// `DENTAL`: Dental check.
    DentalCheck,
    /// `OPTICAL`: Optician check.
    OpticianCheck,
    /// `DEVELOPMENT`: Developmental check (under 5).
    DevelopmentalCheck,
}

static HEALTH_CHECK_TYPE: CodeList = CodeList {
    name: "health_check_type",
    entries: &[
        entry("IHA", "InitialHealthAssessment", "Initial health assessment", Value, Open, Open, "ours"),
        entry("RHA", "ReviewHealthAssessment", "Review health assessment", Value, Open, Open, "ours"),
        entry("DENTAL", "DentalCheck", "Dental check", Value, Open, Open, "ours"),
        entry("OPTICAL", "OpticianCheck", "Optician check", Value, Open, Open, "ours"),
        entry("DEVELOPMENT", "DevelopmentalCheck", "Developmental check (under 5)", Value, Open, Open, "ours"),
    ],
};

impl HealthCheckType {
    const VARIANTS: [Self; 5] = [
        Self::InitialHealthAssessment, Self::ReviewHealthAssessment, Self::DentalCheck, Self::OpticianCheck,
        Self::DevelopmentalCheck,
    ];
}

impl Code for HealthCheckType {
    const LIST: &'static CodeList = &HEALTH_CHECK_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 11])? {
            b"IHA" => Some(Self::InitialHealthAssessment),
            b"RHA" => Some(Self::ReviewHealthAssessment),
            b"DENTAL" => Some(Self::DentalCheck),
            b"OPTICAL" => Some(Self::OpticianCheck),
            b"DEVELOPMENT" => Some(Self::DevelopmentalCheck),
            _ => None,
        }
    }
}

/// State of a health check (SSD).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum HealthCheckStatus {
    /// `PLANNED`: Planned.
    Planned,
    /// `COMPLETED`: Completed.
    Completed,
    /// `REFUSED`: Refused.
    Refused,
    /// `CANCELLED`: Cancelled.
    Cancelled,
}

static HEALTH_CHECK_STATUS: CodeList = CodeList {
    name: "health_check_status",
    entries: &[
        entry("PLANNED", "Planned", "Planned", Value, Open, Open, "SSD"),
        entry("COMPLETED", "Completed", "Completed", Value, Open, Open, "SSD"),
        entry("REFUSED", "Refused", "Refused", Refused, Open, Open, "SSD"),
        entry("CANCELLED", "Cancelled", "Cancelled", Value, Open, Open, "SSD"),
    ],
};

impl HealthCheckStatus {
    const VARIANTS: [Self; 4] = [
        Self::Planned, Self::Completed, Self::Refused, Self::Cancelled,
    ];
}

impl Code for HealthCheckStatus {
    const LIST: &'static CodeList = &HEALTH_CHECK_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"PLANNED" => Some(Self::Planned),
            b"COMPLETED" => Some(Self::Completed),
            b"REFUSED" => Some(Self::Refused),
            b"CANCELLED" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// Who answered a strengths and difficulties questionnaire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SdqRater {
    /// `CARER`: Carer.
    Carer,
    /// `SELF`: The child or young person.
    Oneself,
    /// `TEACHER`: Teacher.
    Teacher,
}

static SDQ_RATER: CodeList = CodeList {
    name: "sdq_rater",
    entries: &[
        entry("CARER", "Carer", "Carer", Value, Open, Open, "ours"),
        entry("SELF", "Oneself", "The child or young person", Value, Open, Open, "ours"),
        entry("TEACHER", "Teacher", "Teacher", Value, Open, Open, "ours"),
    ],
};

impl SdqRater {
    const VARIANTS: [Self; 3] = [
        Self::Carer, Self::Oneself, Self::Teacher,
    ];
}

impl Code for SdqRater {
    const LIST: &'static CodeList = &SDQ_RATER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"CARER" => Some(Self::Carer),
            b"SELF" => Some(Self::Oneself),
            b"TEACHER" => Some(Self::Teacher),
            _ => None,
        }
    }
}

/// Entitlement of a care leaver (SSD, Annex A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Eligibility {
    /// `ELIGIBLE`: Eligible.
    Eligible,
    /// `RELEVANT`: Relevant.
    Relevant,
    /// `FORMER_RELEVANT`: Former relevant.
    FormerRelevant,
    /// `QUALIFYING`: Qualifying.
    Qualifying,
    /// `NONE`: No current eligibility.
    NoCurrentEligibility,
}

static ELIGIBILITY: CodeList = CodeList {
    name: "eligibility",
    entries: &[
        entry("ELIGIBLE", "Eligible", "Eligible", Value, Open, Open, "SSD"),
        entry("RELEVANT", "Relevant", "Relevant", Value, Open, Open, "SSD"),
        entry("FORMER_RELEVANT", "FormerRelevant", "Former relevant", Value, Open, Open, "SSD"),
        entry("QUALIFYING", "Qualifying", "Qualifying", Value, Open, Open, "SSD"),
        entry("NONE", "NoCurrentEligibility", "No current eligibility", Value, Open, Open, "SSD"),
    ],
};

impl Eligibility {
    const VARIANTS: [Self; 5] = [
        Self::Eligible, Self::Relevant, Self::FormerRelevant, Self::Qualifying, Self::NoCurrentEligibility,
    ];
}

impl Code for Eligibility {
    const LIST: &'static CodeList = &ELIGIBILITY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 15])? {
            b"ELIGIBLE" => Some(Self::Eligible),
            b"RELEVANT" => Some(Self::Relevant),
            b"FORMER_RELEVANT" => Some(Self::FormerRelevant),
            b"QUALIFYING" => Some(Self::Qualifying),
            b"NONE" => Some(Self::NoCurrentEligibility),
            _ => None,
        }
    }
}

/// Kind of a restriction on what may be told of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RestrictionKind {
    /// `NHS_RESTRICTED`: Restricted by the NHS.
    NhsRestricted,
    /// `NHS_VERY`: Very restricted by the NHS.
    NhsVeryRestricted,
    /// `REDACTED`: Redacted.
    Redacted,
    /// `LA_RESTRICTED`: Location restricted by the local authority.
    AuthorityRestricted,
    /// `ADOPTED`: Adopted.
    Adopted,
}

static RESTRICTION_KIND: CodeList = CodeList {
    name: "restriction_kind",
    entries: &[
        entry("NHS_RESTRICTED", "NhsRestricted", "Restricted by the NHS", Value, Open, Open, "NHS PDS"),
        entry("NHS_VERY", "NhsVeryRestricted", "Very restricted by the NHS", Value, Open, Open, "NHS PDS"),
        entry("REDACTED", "Redacted", "Redacted", Value, Open, Open, "NHS PDS"),
        entry("LA_RESTRICTED", "AuthorityRestricted", "Location restricted by the local authority", Value, Open, Open, "ours"),
        entry("ADOPTED", "Adopted", "Adopted", Value, Open, Open, "ours"),
    ],
};

impl RestrictionKind {
    const VARIANTS: [Self; 5] = [
        Self::NhsRestricted, Self::NhsVeryRestricted, Self::Redacted, Self::AuthorityRestricted, Self::Adopted,
    ];
}

impl Code for RestrictionKind {
    const LIST: &'static CodeList = &RESTRICTION_KIND;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"NHS_RESTRICTED" => Some(Self::NhsRestricted),
            b"NHS_VERY" => Some(Self::NhsVeryRestricted),
            b"REDACTED" => Some(Self::Redacted),
            b"LA_RESTRICTED" => Some(Self::AuthorityRestricted),
            b"ADOPTED" => Some(Self::Adopted),
            _ => None,
        }
    }
}

/// How a restriction came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RestrictionBasis {
    /// `STATED`: Stated by the source.
    Stated,
    /// `DERIVED`: Derived from other statements.
    Derived,
}

static RESTRICTION_BASIS: CodeList = CodeList {
    name: "restriction_basis",
    entries: &[
        entry("STATED", "Stated", "Stated by the source", Value, Open, Open, "ours"),
        entry("DERIVED", "Derived", "Derived from other statements", Value, Open, Open, "ours"),
    ],
};

impl RestrictionBasis {
    const VARIANTS: [Self; 2] = [
        Self::Stated, Self::Derived,
    ];
}

impl Code for RestrictionBasis {
    const LIST: &'static CodeList = &RESTRICTION_BASIS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"STATED" => Some(Self::Stated),
            b"DERIVED" => Some(Self::Derived),
            _ => None,
        }
    }
}

/// What a consent is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConsentScope {
    /// `INFORMATION_SHARING`: Information sharing.
    InformationSharing,
    /// `TREATMENT`: Treatment.
    Treatment,
    /// `IMMUNISATION`: Immunisation.
    Immunisation,
    /// `PASSPORT`: Health passport.
    Passport,
}

static CONSENT_SCOPE: CodeList = CodeList {
    name: "consent_scope",
    entries: &[
        entry("INFORMATION_SHARING", "InformationSharing", "Information sharing", Value, Open, Open, "ours"),
        entry("TREATMENT", "Treatment", "Treatment", Value, Open, Open, "ours"),
        entry("IMMUNISATION", "Immunisation", "Immunisation", Value, Open, Open, "ours"),
        entry("PASSPORT", "Passport", "Health passport", Value, Open, Open, "ours"),
    ],
};

impl ConsentScope {
    const VARIANTS: [Self; 4] = [
        Self::InformationSharing, Self::Treatment, Self::Immunisation, Self::Passport,
    ];
}

impl Code for ConsentScope {
    const LIST: &'static CodeList = &CONSENT_SCOPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 19])? {
            b"INFORMATION_SHARING" => Some(Self::InformationSharing),
            b"TREATMENT" => Some(Self::Treatment),
            b"IMMUNISATION" => Some(Self::Immunisation),
            b"PASSPORT" => Some(Self::Passport),
            _ => None,
        }
    }
}

/// What a consent decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConsentDecision {
    /// `PERMIT`: Permitted.
    Permit,
    /// `DENY`: Denied.
    Deny,
}

static CONSENT_DECISION: CodeList = CodeList {
    name: "consent_decision",
    entries: &[
        entry("PERMIT", "Permit", "Permitted", Value, Open, Open, "ours"),
        entry("DENY", "Deny", "Denied", Value, Open, Open, "ours"),
    ],
};

impl ConsentDecision {
    const VARIANTS: [Self; 2] = [
        Self::Permit, Self::Deny,
    ];
}

impl Code for ConsentDecision {
    const LIST: &'static CodeList = &CONSENT_DECISION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 6])? {
            b"PERMIT" => Some(Self::Permit),
            b"DENY" => Some(Self::Deny),
            _ => None,
        }
    }
}

/// Who gave a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConsentGivenBy {
    /// `SELF`: The child, or from 18 the adult.
    Oneself,
    /// `PARENT`: Parent.
    Parent,
    /// `LA`: Local authority.
    LocalAuthority,
    /// `COURT`: Court.
    Court,
}

static CONSENT_GIVEN_BY: CodeList = CodeList {
    name: "consent_given_by",
    entries: &[
        entry("SELF", "Oneself", "The child, or from 18 the adult", Value, Open, Open, "ours"),
        entry("PARENT", "Parent", "Parent", Value, Open, Open, "ours"),
        entry("LA", "LocalAuthority", "Local authority", Value, Open, Open, "ours"),
        entry("COURT", "Court", "Court", Value, Open, Open, "ours"),
    ],
};

impl ConsentGivenBy {
    const VARIANTS: [Self; 4] = [
        Self::Oneself, Self::Parent, Self::LocalAuthority, Self::Court,
    ];
}

impl Code for ConsentGivenBy {
    const LIST: &'static CodeList = &CONSENT_GIVEN_BY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 6])? {
            b"SELF" => Some(Self::Oneself),
            b"PARENT" => Some(Self::Parent),
            b"LA" => Some(Self::LocalAuthority),
            b"COURT" => Some(Self::Court),
            _ => None,
        }
    }
}

/// A matter that may be delegated to a carer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DelegationMatter {
    /// `OVERNIGHT_STAY`: Overnight stay.
    OvernightStay,
    /// `SCHOOL_TRIP`: School trip.
    SchoolTrip,
    /// `HAIRCUT`: Haircut.
    Haircut,
    /// `PHOTOGRAPH`: Photograph.
    Photograph,
    /// `SOCIAL_MEDIA`: Social media.
    SocialMedia,
    /// `ROUTINE_TREATMENT`: Routine treatment.
    RoutineTreatment,
    /// `IMMUNISATION`: Immunisation.
    Immunisation,
    /// `DENTAL`: Dental care.
    Dental,
    /// `OPTICAL`: Optical care.
    Optical,
    /// `HOLIDAY_UK`: Holiday in the United Kingdom.
    HolidayInUnitedKingdom,
    /// `HOLIDAY_ABROAD`: Holiday abroad.
    HolidayAbroad,
    /// `ACTIVITY`: Activity.
    Activity,
    /// `FAITH`: Faith.
    Faith,
    /// `CONTACT`: Contact.
    Contact,
}

static DELEGATION_MATTER: CodeList = CodeList {
    name: "delegation_matter",
    entries: &[
        entry("OVERNIGHT_STAY", "OvernightStay", "Overnight stay", Value, Open, Open, "ours"),
        entry("SCHOOL_TRIP", "SchoolTrip", "School trip", Value, Open, Open, "ours"),
        entry("HAIRCUT", "Haircut", "Haircut", Value, Open, Open, "ours"),
        entry("PHOTOGRAPH", "Photograph", "Photograph", Value, Open, Open, "ours"),
        entry("SOCIAL_MEDIA", "SocialMedia", "Social media", Value, Open, Open, "ours"),
        entry("ROUTINE_TREATMENT", "RoutineTreatment", "Routine treatment", Value, Open, Open, "ours"),
        entry("IMMUNISATION", "Immunisation", "Immunisation", Value, Open, Open, "ours"),
        entry("DENTAL", "Dental", "Dental care", Value, Open, Open, "ours"),
        entry("OPTICAL", "Optical", "Optical care", Value, Open, Open, "ours"),
        entry("HOLIDAY_UK", "HolidayInUnitedKingdom", "Holiday in the United Kingdom", Value, Open, Open, "ours"),
        entry("HOLIDAY_ABROAD", "HolidayAbroad", "Holiday abroad", Value, Open, Open, "ours"),
        entry("ACTIVITY", "Activity", "Activity", Value, Open, Open, "ours"),
        entry("FAITH", "Faith", "Faith", Value, Open, Open, "ours"),
        entry("CONTACT", "Contact", "Contact", Value, Open, Open, "ours"),
    ],
};

impl DelegationMatter {
    const VARIANTS: [Self; 14] = [
        Self::OvernightStay, Self::SchoolTrip, Self::Haircut, Self::Photograph, Self::SocialMedia,
        Self::RoutineTreatment, Self::Immunisation, Self::Dental, Self::Optical, Self::HolidayInUnitedKingdom,
        Self::HolidayAbroad, Self::Activity, Self::Faith, Self::Contact,
    ];
}

impl Code for DelegationMatter {
    const LIST: &'static CodeList = &DELEGATION_MATTER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 17])? {
            b"OVERNIGHT_STAY" => Some(Self::OvernightStay),
            b"SCHOOL_TRIP" => Some(Self::SchoolTrip),
            b"HAIRCUT" => Some(Self::Haircut),
            b"PHOTOGRAPH" => Some(Self::Photograph),
            b"SOCIAL_MEDIA" => Some(Self::SocialMedia),
            b"ROUTINE_TREATMENT" => Some(Self::RoutineTreatment),
            b"IMMUNISATION" => Some(Self::Immunisation),
            b"DENTAL" => Some(Self::Dental),
            b"OPTICAL" => Some(Self::Optical),
            b"HOLIDAY_UK" => Some(Self::HolidayInUnitedKingdom),
            b"HOLIDAY_ABROAD" => Some(Self::HolidayAbroad),
            b"ACTIVITY" => Some(Self::Activity),
            b"FAITH" => Some(Self::Faith),
            b"CONTACT" => Some(Self::Contact),
            _ => None,
        }
    }
}

/// Who decides a matter of daily care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DelegationDecider {
    /// `CARER`: Carer.
    Carer,
    /// `CARER_TELLS_US`: Carer, who tells us.
    CarerTellsUs,
    /// `SOCIAL_WORKER`: Social worker.
    SocialWorker,
    /// `PARENT`: Parent.
    Parent,
    /// `YOUNG_PERSON`: Young person.
    YoungPerson,
    /// `COURT`: Court.
    Court,
}

static DELEGATION_DECIDER: CodeList = CodeList {
    name: "delegation_decider",
    entries: &[
        entry("CARER", "Carer", "Carer", Value, Open, Open, "ours"),
        entry("CARER_TELLS_US", "CarerTellsUs", "Carer, who tells us", Value, Open, Open, "ours"),
        entry("SOCIAL_WORKER", "SocialWorker", "Social worker", Value, Open, Open, "ours"),
        entry("PARENT", "Parent", "Parent", Value, Open, Open, "ours"),
        entry("YOUNG_PERSON", "YoungPerson", "Young person", Value, Open, Open, "ours"),
        entry("COURT", "Court", "Court", Value, Open, Open, "ours"),
    ],
};

impl DelegationDecider {
    const VARIANTS: [Self; 6] = [
        Self::Carer, Self::CarerTellsUs, Self::SocialWorker, Self::Parent, Self::YoungPerson, Self::Court,
    ];
}

impl Code for DelegationDecider {
    const LIST: &'static CodeList = &DELEGATION_DECIDER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"CARER" => Some(Self::Carer),
            b"CARER_TELLS_US" => Some(Self::CarerTellsUs),
            b"SOCIAL_WORKER" => Some(Self::SocialWorker),
            b"PARENT" => Some(Self::Parent),
            b"YOUNG_PERSON" => Some(Self::YoungPerson),
            b"COURT" => Some(Self::Court),
            _ => None,
        }
    }
}

/// Whether a value was stated or derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Derivation {
    /// `STATED`: Stated by the source.
    Stated,
    /// `DERIVED`: Derived from other statements.
    Derived,
}

static DERIVATION: CodeList = CodeList {
    name: "derivation",
    entries: &[
        entry("STATED", "Stated", "Stated by the source", Value, Open, Open, "ours"),
        entry("DERIVED", "Derived", "Derived from other statements", Value, Open, Open, "ours"),
    ],
};

impl Derivation {
    const VARIANTS: [Self; 2] = [
        Self::Stated, Self::Derived,
    ];
}

impl Code for Derivation {
    const LIST: &'static CodeList = &DERIVATION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"STATED" => Some(Self::Stated),
            b"DERIVED" => Some(Self::Derived),
            _ => None,
        }
    }
}

/// What a name is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NameUse {
    /// `USUAL`: Usual name.
    Usual,
    /// `FORMER`: Former name.
    Former,
    /// `PREFERRED`: Preferred name.
    Preferred,
}

static NAME_USE: CodeList = CodeList {
    name: "name_use",
    entries: &[
        entry("USUAL", "Usual", "Usual name", Value, Open, Open, "ours"),
        entry("FORMER", "Former", "Former name", Value, Open, Open, "ours"),
        entry("PREFERRED", "Preferred", "Preferred name", Value, Open, Open, "ours"),
    ],
};

impl NameUse {
    const VARIANTS: [Self; 3] = [
        Self::Usual, Self::Former, Self::Preferred,
    ];
}

impl Code for NameUse {
    const LIST: &'static CodeList = &NAME_USE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"USUAL" => Some(Self::Usual),
            b"FORMER" => Some(Self::Former),
            b"PREFERRED" => Some(Self::Preferred),
            _ => None,
        }
    }
}

/// Means of contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TelecomSystem {
    /// `PHONE`: Telephone.
    Phone,
    /// `EMAIL`: Email.
    Email,
}

static TELECOM_SYSTEM: CodeList = CodeList {
    name: "telecom_system",
    entries: &[
        entry("PHONE", "Phone", "Telephone", Value, Open, Open, "ours"),
        entry("EMAIL", "Email", "Email", Value, Open, Open, "ours"),
    ],
};

impl TelecomSystem {
    const VARIANTS: [Self; 2] = [
        Self::Phone, Self::Email,
    ];
}

impl Code for TelecomSystem {
    const LIST: &'static CodeList = &TELECOM_SYSTEM;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 5])? {
            b"PHONE" => Some(Self::Phone),
            b"EMAIL" => Some(Self::Email),
            _ => None,
        }
    }
}

/// Role of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WorkerRole {
    /// `SW`: Social worker.
    SocialWorker,
    /// `PA`: Personal adviser.
    PersonalAdviser,
    /// `IRO`: Independent reviewing officer.
    IndependentReviewingOfficer,
}

static WORKER_ROLE: CodeList = CodeList {
    name: "worker_role",
    entries: &[
        entry("SW", "SocialWorker", "Social worker", Value, Open, Open, "ours"),
        entry("PA", "PersonalAdviser", "Personal adviser", Value, Open, Open, "ours"),
        entry("IRO", "IndependentReviewingOfficer", "Independent reviewing officer", Value, Open, Open, "ours"),
    ],
};

impl WorkerRole {
    const VARIANTS: [Self; 3] = [
        Self::SocialWorker, Self::PersonalAdviser, Self::IndependentReviewingOfficer,
    ];
}

impl Code for WorkerRole {
    const LIST: &'static CodeList = &WORKER_ROLE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"SW" => Some(Self::SocialWorker),
            b"PA" => Some(Self::PersonalAdviser),
            b"IRO" => Some(Self::IndependentReviewingOfficer),
            _ => None,
        }
    }
}

/// A term of the school year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AcademicTerm {
    /// `AUTUMN`: Autumn term.
    Autumn,
    /// `SPRING`: Spring term.
    Spring,
    /// `SUMMER`: Summer term.
    Summer,
}

static ACADEMIC_TERM: CodeList = CodeList {
    name: "academic_term",
    entries: &[
        entry("AUTUMN", "Autumn", "Autumn term", Value, Open, Open, "ours"),
        entry("SPRING", "Spring", "Spring term", Value, Open, Open, "ours"),
        entry("SUMMER", "Summer", "Summer term", Value, Open, Open, "ours"),
    ],
};

impl AcademicTerm {
    const VARIANTS: [Self; 3] = [
        Self::Autumn, Self::Spring, Self::Summer,
    ];
}

impl Code for AcademicTerm {
    const LIST: &'static CodeList = &ACADEMIC_TERM;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 6])? {
            b"AUTUMN" => Some(Self::Autumn),
            b"SPRING" => Some(Self::Spring),
            b"SUMMER" => Some(Self::Summer),
            _ => None,
        }
    }
}

/// National Curriculum year (CBDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NcYear {
    /// `E1`: Early years, first year.
    EarlyFirst,
    /// `E2`: Early years, second year.
    EarlySecond,
    /// `N1`: Nursery, first year.
    NurseryFirst,
    /// `N2`: Nursery, second year.
    NurserySecond,
    /// `R`: Reception.
    Reception,
    /// `1`: Year 1.
    Year1,
    /// `2`: Year 2.
    Year2,
    /// `3`: Year 3.
    Year3,
    /// `4`: Year 4.
    Year4,
    /// `5`: Year 5.
    Year5,
    /// `6`: Year 6.
    Year6,
    /// `7`: Year 7.
    Year7,
    /// `8`: Year 8.
    Year8,
    /// `9`: Year 9.
    Year9,
    /// `10`: Year 10.
    Year10,
    /// `11`: Year 11.
    Year11,
    /// `12`: Year 12.
    Year12,
    /// `13`: Year 13.
    Year13,
    /// `14`: Year 14.
    Year14,
    /// `X`: National Curriculum not followed.
    NotFollowed,
    /// `M`: Mixed year group.
    Mixed,
}

static NC_YEAR: CodeList = CodeList {
    name: "nc_year",
    entries: &[
        entry("E1", "EarlyFirst", "Early years, first year", Value, Open, Open, "CBDS"),
        entry("E2", "EarlySecond", "Early years, second year", Value, Open, Open, "CBDS"),
        entry("N1", "NurseryFirst", "Nursery, first year", Value, Open, Open, "CBDS"),
        entry("N2", "NurserySecond", "Nursery, second year", Value, Open, Open, "CBDS"),
        entry("R", "Reception", "Reception", Value, Open, Open, "CBDS"),
        entry("1", "Year1", "Year 1", Value, Open, Open, "CBDS"),
        entry("2", "Year2", "Year 2", Value, Open, Open, "CBDS"),
        entry("3", "Year3", "Year 3", Value, Open, Open, "CBDS"),
        entry("4", "Year4", "Year 4", Value, Open, Open, "CBDS"),
        entry("5", "Year5", "Year 5", Value, Open, Open, "CBDS"),
        entry("6", "Year6", "Year 6", Value, Open, Open, "CBDS"),
        entry("7", "Year7", "Year 7", Value, Open, Open, "CBDS"),
        entry("8", "Year8", "Year 8", Value, Open, Open, "CBDS"),
        entry("9", "Year9", "Year 9", Value, Open, Open, "CBDS"),
        entry("10", "Year10", "Year 10", Value, Open, Open, "CBDS"),
        entry("11", "Year11", "Year 11", Value, Open, Open, "CBDS"),
        entry("12", "Year12", "Year 12", Value, Open, Open, "CBDS"),
        entry("13", "Year13", "Year 13", Value, Open, Open, "CBDS"),
        entry("14", "Year14", "Year 14", Value, Open, Open, "CBDS"),
        entry("X", "NotFollowed", "National Curriculum not followed", Value, Open, Open, "CBDS"),
        entry("M", "Mixed", "Mixed year group", Value, Open, Open, "CBDS"),
    ],
};

impl NcYear {
    const VARIANTS: [Self; 21] = [
        Self::EarlyFirst, Self::EarlySecond, Self::NurseryFirst, Self::NurserySecond, Self::Reception, Self::Year1,
        Self::Year2, Self::Year3, Self::Year4, Self::Year5, Self::Year6, Self::Year7, Self::Year8, Self::Year9,
        Self::Year10, Self::Year11, Self::Year12, Self::Year13, Self::Year14, Self::NotFollowed, Self::Mixed,
    ];
}

impl Code for NcYear {
    const LIST: &'static CodeList = &NC_YEAR;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"E1" => Some(Self::EarlyFirst),
            b"E2" => Some(Self::EarlySecond),
            b"N1" => Some(Self::NurseryFirst),
            b"N2" => Some(Self::NurserySecond),
            b"R" => Some(Self::Reception),
            b"1" => Some(Self::Year1),
            b"2" => Some(Self::Year2),
            b"3" => Some(Self::Year3),
            b"4" => Some(Self::Year4),
            b"5" => Some(Self::Year5),
            b"6" => Some(Self::Year6),
            b"7" => Some(Self::Year7),
            b"8" => Some(Self::Year8),
            b"9" => Some(Self::Year9),
            b"10" => Some(Self::Year10),
            b"11" => Some(Self::Year11),
            b"12" => Some(Self::Year12),
            b"13" => Some(Self::Year13),
            b"14" => Some(Self::Year14),
            b"X" => Some(Self::NotFollowed),
            b"M" => Some(Self::Mixed),
            _ => None,
        }
    }
}

/// State of a personal education plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PepStatus {
    /// `PLANNED`: Planned.
    Planned,
    /// `IN_PROGRESS`: In progress.
    InProgress,
    /// `MEETING_HELD`: Meeting held.
    MeetingHeld,
    /// `COMPLETE`: Complete.
    Complete,
    /// `QUALITY_ASSURED`: Quality assured.
    QualityAssured,
    /// `CANCELLED`: Cancelled.
    Cancelled,
}

static PEP_STATUS: CodeList = CodeList {
    name: "pep_status",
    entries: &[
        entry("PLANNED", "Planned", "Planned", Value, Open, Open, "ours"),
        entry("IN_PROGRESS", "InProgress", "In progress", Value, Open, Open, "ours"),
        entry("MEETING_HELD", "MeetingHeld", "Meeting held", Value, Open, Open, "ours"),
        entry("COMPLETE", "Complete", "Complete", Value, Open, Open, "ours"),
        entry("QUALITY_ASSURED", "QualityAssured", "Quality assured", Value, Open, Open, "ours"),
        entry("CANCELLED", "Cancelled", "Cancelled", Value, Open, Open, "ours"),
    ],
};

impl PepStatus {
    const VARIANTS: [Self; 6] = [
        Self::Planned, Self::InProgress, Self::MeetingHeld, Self::Complete, Self::QualityAssured, Self::Cancelled,
    ];
}

impl Code for PepStatus {
    const LIST: &'static CodeList = &PEP_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 15])? {
            b"PLANNED" => Some(Self::Planned),
            b"IN_PROGRESS" => Some(Self::InProgress),
            b"MEETING_HELD" => Some(Self::MeetingHeld),
            b"COMPLETE" => Some(Self::Complete),
            b"QUALITY_ASSURED" => Some(Self::QualityAssured),
            b"CANCELLED" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// Kind of a personal education plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PepType {
    /// `FIRST`: First plan.
    First,
    /// `REVIEW`: Review.
    Review,
    /// `TRANSFER`: Transfer to another school.
    Transfer,
    /// `LEAVER`: Leaving school or care.
    Leaver,
}

static PEP_TYPE: CodeList = CodeList {
    name: "pep_type",
    entries: &[
        entry("FIRST", "First", "First plan", Value, Open, Open, "ours"),
        entry("REVIEW", "Review", "Review", Value, Open, Open, "ours"),
        entry("TRANSFER", "Transfer", "Transfer to another school", Value, Open, Open, "ours"),
        entry("LEAVER", "Leaver", "Leaving school or care", Value, Open, Open, "ours"),
    ],
};

impl PepType {
    const VARIANTS: [Self; 4] = [
        Self::First, Self::Review, Self::Transfer, Self::Leaver,
    ];
}

impl Code for PepType {
    const LIST: &'static CodeList = &PEP_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 8])? {
            b"FIRST" => Some(Self::First),
            b"REVIEW" => Some(Self::Review),
            b"TRANSFER" => Some(Self::Transfer),
            b"LEAVER" => Some(Self::Leaver),
            _ => None,
        }
    }
}

/// Form on which a personal education plan is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PepForm {
    /// `EYFS`: Early years foundation stage.
    EarlyYears,
    /// `KS1`: Key stage 1.
    KeyStageOne,
    /// `KS2`: Key stage 2.
    KeyStageTwo,
    /// `KS3`: Key stage 3.
    KeyStageThree,
    /// `KS4`: Key stage 4.
    KeyStageFour,
    /// `P16`: Post 16.
    PostSixteen,
}

static PEP_FORM: CodeList = CodeList {
    name: "pep_form",
    entries: &[
        entry("EYFS", "EarlyYears", "Early years foundation stage", Value, Open, Open, "ePEP guides"),
        entry("KS1", "KeyStageOne", "Key stage 1", Value, Open, Open, "ePEP guides"),
        entry("KS2", "KeyStageTwo", "Key stage 2", Value, Open, Open, "ePEP guides"),
        entry("KS3", "KeyStageThree", "Key stage 3", Value, Open, Open, "ePEP guides"),
        entry("KS4", "KeyStageFour", "Key stage 4", Value, Open, Open, "ePEP guides"),
        entry("P16", "PostSixteen", "Post 16", Value, Open, Open, "ePEP guides"),
    ],
};

impl PepForm {
    const VARIANTS: [Self; 6] = [
        Self::EarlyYears, Self::KeyStageOne, Self::KeyStageTwo, Self::KeyStageThree, Self::KeyStageFour,
        Self::PostSixteen,
    ];
}

impl Code for PepForm {
    const LIST: &'static CodeList = &PEP_FORM;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 4])? {
            b"EYFS" => Some(Self::EarlyYears),
            b"KS1" => Some(Self::KeyStageOne),
            b"KS2" => Some(Self::KeyStageTwo),
            b"KS3" => Some(Self::KeyStageThree),
            b"KS4" => Some(Self::KeyStageFour),
            b"P16" => Some(Self::PostSixteen),
            _ => None,
        }
    }
}

/// Why no personal education plan is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PepNotRequired {
    /// `NOT_STATUTORY_AGE`: Not of statutory age.
    NotStatutoryAge,
    /// `LEFT_CARE`: Left care.
    LeftCare,
    /// `ABROAD`: Abroad.
    Abroad,
    /// `POST_18`: Over 18.
    PostEighteen,
    /// `OTHER`: Other.
    Other,
}

static PEP_NOT_REQUIRED: CodeList = CodeList {
    name: "pep_not_required",
    entries: &[
        entry("NOT_STATUTORY_AGE", "NotStatutoryAge", "Not of statutory age", Value, Open, Open, "ours"),
        entry("LEFT_CARE", "LeftCare", "Left care", Value, Open, Open, "ours"),
        entry("ABROAD", "Abroad", "Abroad", Value, Open, Open, "ours"),
        entry("POST_18", "PostEighteen", "Over 18", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl PepNotRequired {
    const VARIANTS: [Self; 5] = [
        Self::NotStatutoryAge, Self::LeftCare, Self::Abroad, Self::PostEighteen, Self::Other,
    ];
}

impl Code for PepNotRequired {
    const LIST: &'static CodeList = &PEP_NOT_REQUIRED;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 17])? {
            b"NOT_STATUTORY_AGE" => Some(Self::NotStatutoryAge),
            b"LEFT_CARE" => Some(Self::LeftCare),
            b"ABROAD" => Some(Self::Abroad),
            b"POST_18" => Some(Self::PostEighteen),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Role of somebody at a plan's meeting, or who owns a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EducationRole {
    /// `CHILD`: Child.
    Child,
    /// `CARER`: Carer.
    Carer,
    /// `SOCIAL_WORKER`: Social worker.
    SocialWorker,
    /// `DESIGNATED_TEACHER`: Designated teacher.
    DesignatedTeacher,
    /// `VIRTUAL_SCHOOL`: Virtual school.
    VirtualSchool,
    /// `PARENT`: Parent.
    Parent,
    /// `OTHER`: Other.
    Other,
}

static EDUCATION_ROLE: CodeList = CodeList {
    name: "education_role",
    entries: &[
        entry("CHILD", "Child", "Child", Value, Open, Open, "ours"),
        entry("CARER", "Carer", "Carer", Value, Open, Open, "ours"),
        entry("SOCIAL_WORKER", "SocialWorker", "Social worker", Value, Open, Open, "ours"),
        entry("DESIGNATED_TEACHER", "DesignatedTeacher", "Designated teacher", Value, Open, Open, "ours"),
        entry("VIRTUAL_SCHOOL", "VirtualSchool", "Virtual school", Value, Open, Open, "ours"),
        entry("PARENT", "Parent", "Parent", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl EducationRole {
    const VARIANTS: [Self; 7] = [
        Self::Child, Self::Carer, Self::SocialWorker, Self::DesignatedTeacher, Self::VirtualSchool, Self::Parent,
        Self::Other,
    ];
}

impl Code for EducationRole {
    const LIST: &'static CodeList = &EDUCATION_ROLE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 18])? {
            b"CHILD" => Some(Self::Child),
            b"CARER" => Some(Self::Carer),
            b"SOCIAL_WORKER" => Some(Self::SocialWorker),
            b"DESIGNATED_TEACHER" => Some(Self::DesignatedTeacher),
            b"VIRTUAL_SCHOOL" => Some(Self::VirtualSchool),
            b"PARENT" => Some(Self::Parent),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// What a target of a plan is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TargetArea {
    /// `READING`: Reading.
    Reading,
    /// `WRITING`: Writing.
    Writing,
    /// `MATHS`: Maths.
    Maths,
    /// `SCIENCE`: Science.
    Science,
    /// `COMMUNICATION`: Communication.
    Communication,
    /// `ATTENDANCE`: Attendance.
    Attendance,
    /// `BEHAVIOUR`: Behaviour.
    Behaviour,
    /// `WELLBEING`: Wellbeing.
    Wellbeing,
    /// `SOCIAL`: Social.
    Social,
    /// `TRANSITION`: Transition.
    Transition,
    /// `ASPIRATION`: Aspiration.
    Aspiration,
    /// `OTHER`: Other.
    Other,
}

static TARGET_AREA: CodeList = CodeList {
    name: "target_area",
    entries: &[
        entry("READING", "Reading", "Reading", Value, Open, Open, "ours"),
        entry("WRITING", "Writing", "Writing", Value, Open, Open, "ours"),
        entry("MATHS", "Maths", "Maths", Value, Open, Open, "ours"),
        entry("SCIENCE", "Science", "Science", Value, Open, Open, "ours"),
        entry("COMMUNICATION", "Communication", "Communication", Value, Open, Open, "ours"),
        entry("ATTENDANCE", "Attendance", "Attendance", Value, Open, Open, "ours"),
        entry("BEHAVIOUR", "Behaviour", "Behaviour", Value, Open, Open, "ours"),
        entry("WELLBEING", "Wellbeing", "Wellbeing", Value, Open, Open, "ours"),
        entry("SOCIAL", "Social", "Social", Value, Open, Open, "ours"),
        entry("TRANSITION", "Transition", "Transition", Value, Open, Open, "ours"),
        entry("ASPIRATION", "Aspiration", "Aspiration", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl TargetArea {
    const VARIANTS: [Self; 12] = [
        Self::Reading, Self::Writing, Self::Maths, Self::Science, Self::Communication, Self::Attendance,
        Self::Behaviour, Self::Wellbeing, Self::Social, Self::Transition, Self::Aspiration, Self::Other,
    ];
}

impl Code for TargetArea {
    const LIST: &'static CodeList = &TARGET_AREA;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"READING" => Some(Self::Reading),
            b"WRITING" => Some(Self::Writing),
            b"MATHS" => Some(Self::Maths),
            b"SCIENCE" => Some(Self::Science),
            b"COMMUNICATION" => Some(Self::Communication),
            b"ATTENDANCE" => Some(Self::Attendance),
            b"BEHAVIOUR" => Some(Self::Behaviour),
            b"WELLBEING" => Some(Self::Wellbeing),
            b"SOCIAL" => Some(Self::Social),
            b"TRANSITION" => Some(Self::Transition),
            b"ASPIRATION" => Some(Self::Aspiration),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// What became of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TargetOutcome {
    /// `NOT_REVIEWED`: Not reviewed.
    NotReviewed,
    /// `MET`: Met.
    Met,
    /// `PARTLY_MET`: Partly met.
    PartlyMet,
    /// `NOT_MET`: Not met.
    NotMet,
    /// `CARRIED_FORWARD`: Carried forward.
    CarriedForward,
    /// `DROPPED`: Dropped.
    Dropped,
}

static TARGET_OUTCOME: CodeList = CodeList {
    name: "target_outcome",
    entries: &[
        entry("NOT_REVIEWED", "NotReviewed", "Not reviewed", Value, Open, Open, "ours"),
        entry("MET", "Met", "Met", Value, Open, Open, "ours"),
        entry("PARTLY_MET", "PartlyMet", "Partly met", Value, Open, Open, "ours"),
        entry("NOT_MET", "NotMet", "Not met", Value, Open, Open, "ours"),
        entry("CARRIED_FORWARD", "CarriedForward", "Carried forward", Value, Open, Open, "ours"),
        entry("DROPPED", "Dropped", "Dropped", Value, Open, Open, "ours"),
    ],
};

impl TargetOutcome {
    const VARIANTS: [Self; 6] = [
        Self::NotReviewed, Self::Met, Self::PartlyMet, Self::NotMet, Self::CarriedForward, Self::Dropped,
    ];
}

impl Code for TargetOutcome {
    const LIST: &'static CodeList = &TARGET_OUTCOME;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 15])? {
            b"NOT_REVIEWED" => Some(Self::NotReviewed),
            b"MET" => Some(Self::Met),
            b"PARTLY_MET" => Some(Self::PartlyMet),
            b"NOT_MET" => Some(Self::NotMet),
            b"CARRIED_FORWARD" => Some(Self::CarriedForward),
            b"DROPPED" => Some(Self::Dropped),
            _ => None,
        }
    }
}

/// Education, employment or training after 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EetStatus {
    /// `EDUCATION`: In education.
    Education,
    /// `TRAINING`: In training.
    Training,
    /// `EMPLOYMENT`: In employment.
    Employment,
    /// `NEET`: Not in education, employment or training.
    Neet,
    /// `NOT_KNOWN`: Not known.
    NotKnown,
}

static EET_STATUS: CodeList = CodeList {
    name: "eet_status",
    entries: &[
        entry("EDUCATION", "Education", "In education", Value, Open, Open, "ours"),
        entry("TRAINING", "Training", "In training", Value, Open, Open, "ours"),
        entry("EMPLOYMENT", "Employment", "In employment", Value, Open, Open, "ours"),
        entry("NEET", "Neet", "Not in education, employment or training", Value, Open, Open, "ours"),
        entry("NOT_KNOWN", "NotKnown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl EetStatus {
    const VARIANTS: [Self; 5] = [
        Self::Education, Self::Training, Self::Employment, Self::Neet, Self::NotKnown,
    ];
}

impl Code for EetStatus {
    const LIST: &'static CodeList = &EET_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 10])? {
            b"EDUCATION" => Some(Self::Education),
            b"TRAINING" => Some(Self::Training),
            b"EMPLOYMENT" => Some(Self::Employment),
            b"NEET" => Some(Self::Neet),
            b"NOT_KNOWN" => Some(Self::NotKnown),
            _ => None,
        }
    }
}

/// Where education happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SettingType {
    /// `SCHOOL`: School.
    School,
    /// `SPECIAL_SCHOOL`: Special school.
    SpecialSchool,
    /// `ALTERNATIVE_PROVISION`: Alternative provision.
    AlternativeProvision,
    /// `PRU`: Pupil referral unit.
    PupilReferralUnit,
    /// `EARLY_YEARS`: Early years setting.
    EarlyYears,
    /// `FE_COLLEGE`: Further education college.
    FurtherEducationCollege,
    /// `INDEPENDENT_SCHOOL`: Independent school.
    IndependentSchool,
    /// `HOME_EDUCATED`: Home educated.
    HomeEducated,
    /// `TRAINING`: Training provider.
    Training,
    /// `NONE`: No setting.
    NoSetting,
    /// `OTHER`: Other.
    Other,
}

static SETTING_TYPE: CodeList = CodeList {
    name: "setting_type",
    entries: &[
        entry("SCHOOL", "School", "School", Value, Open, Open, "ours"),
        entry("SPECIAL_SCHOOL", "SpecialSchool", "Special school", Value, Open, Open, "ours"),
        entry("ALTERNATIVE_PROVISION", "AlternativeProvision", "Alternative provision", Value, Open, Open, "ours"),
        entry("PRU", "PupilReferralUnit", "Pupil referral unit", Value, Open, Open, "ours"),
        entry("EARLY_YEARS", "EarlyYears", "Early years setting", Value, Open, Open, "ours"),
        entry("FE_COLLEGE", "FurtherEducationCollege", "Further education college", Value, Open, Open, "ours"),
        entry("INDEPENDENT_SCHOOL", "IndependentSchool", "Independent school", Value, Open, Open, "ours"),
        entry("HOME_EDUCATED", "HomeEducated", "Home educated", Value, Open, Open, "ours"),
        entry("TRAINING", "Training", "Training provider", Value, Open, Open, "ours"),
        entry("NONE", "NoSetting", "No setting", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl SettingType {
    const VARIANTS: [Self; 11] = [
        Self::School, Self::SpecialSchool, Self::AlternativeProvision, Self::PupilReferralUnit, Self::EarlyYears,
        Self::FurtherEducationCollege, Self::IndependentSchool, Self::HomeEducated, Self::Training, Self::NoSetting,
        Self::Other,
    ];
}

impl Code for SettingType {
    const LIST: &'static CodeList = &SETTING_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 21])? {
            b"SCHOOL" => Some(Self::School),
            b"SPECIAL_SCHOOL" => Some(Self::SpecialSchool),
            b"ALTERNATIVE_PROVISION" => Some(Self::AlternativeProvision),
            b"PRU" => Some(Self::PupilReferralUnit),
            b"EARLY_YEARS" => Some(Self::EarlyYears),
            b"FE_COLLEGE" => Some(Self::FurtherEducationCollege),
            b"INDEPENDENT_SCHOOL" => Some(Self::IndependentSchool),
            b"HOME_EDUCATED" => Some(Self::HomeEducated),
            b"TRAINING" => Some(Self::Training),
            b"NONE" => Some(Self::NoSetting),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Status of an enrolment (CBDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EnrolStatus {
    /// `C`: Current, single registration.
    Current,
    /// `M`: Current main, dual registration.
    Main,
    /// `S`: Current subsidiary, dual registration.
    Subsidiary,
    /// `F`: Further education college.
    FurtherEducation,
    /// `O`: Other provider.
    OtherProvider,
    /// `G`: Guest.
    Guest,
    /// `P`: Previous.
    Previous,
}

static ENROL_STATUS: CodeList = CodeList {
    name: "enrol_status",
    entries: &[
        entry("C", "Current", "Current, single registration", Value, Open, Open, "CBDS"),
        entry("M", "Main", "Current main, dual registration", Value, Open, Open, "CBDS"),
        entry("S", "Subsidiary", "Current subsidiary, dual registration", Value, Open, Open, "CBDS"),
        entry("F", "FurtherEducation", "Further education college", Value, Open, Open, "CBDS"),
        entry("O", "OtherProvider", "Other provider", Value, Open, Open, "CBDS"),
        entry("G", "Guest", "Guest", Value, Open, Open, "CBDS"),
        entry("P", "Previous", "Previous", Value, Open, Open, "CBDS"),
    ],
};

impl EnrolStatus {
    const VARIANTS: [Self; 7] = [
        Self::Current, Self::Main, Self::Subsidiary, Self::FurtherEducation, Self::OtherProvider, Self::Guest,
        Self::Previous,
    ];
}

impl Code for EnrolStatus {
    const LIST: &'static CodeList = &ENROL_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 1])? {
            b"C" => Some(Self::Current),
            b"M" => Some(Self::Main),
            b"S" => Some(Self::Subsidiary),
            b"F" => Some(Self::FurtherEducation),
            b"O" => Some(Self::OtherProvider),
            b"G" => Some(Self::Guest),
            b"P" => Some(Self::Previous),
            _ => None,
        }
    }
}

/// Attendance and absence (SI 2024/208, regulation 10), and the codes withdrawn in 2024.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AttendanceCode {
    /// `/`: Present in the morning.
    PresentMorning,
    /// `\`: Present in the afternoon.
    PresentAfternoon,
    /// `L`: Late, before the register closed.
    Late,
    /// `K`: Education arranged by a local authority elsewhere.
    EducationArrangedByAuthority,
    /// `V`: Educational visit or trip.
    EducationalVisit,
    /// `P`: Approved sporting activity.
    SportingActivity,
    /// `W`: Work experience.
    WorkExperience,
    /// `B`: Other approved educational activity off site.
    OtherApprovedActivity,
    /// `D`: Dual registered, expected at the other school.
    DualRegistered,
    /// `C1`: Leave for a regulated performance or employment abroad; from 2024-08-19.
    RegulatedPerformance,
    /// `M`: Leave for a medical or dental appointment.
    MedicalOrDental,
    /// `J1`: Leave for an interview; from 2024-08-19.
    Interview,
    /// `S`: Study leave.
    StudyLeave,
    /// `X`: Not of compulsory school age and not required.
    NotOfCompulsoryAge,
    /// `C2`: Leave for a part-time timetable; from 2024-08-19.
    PartTimeTimetable,
    /// `C`: Leave for another exceptional circumstance.
    ExceptionalCircumstance,
    /// `T`: Parent travelling for work.
    ParentTravelling,
    /// `R`: Religious observance.
    ReligiousObservance,
    /// `I`: Illness.
    Illness,
    /// `E`: Suspended or excluded without alternative provision.
    SuspendedOrExcluded,
    /// `Q`: Unable to attend for lack of access arrangements.
    NoAccessArrangements,
    /// `Y1`: Unable to attend, usual transport not available; from 2024-08-19.
    TransportNotAvailable,
    /// `Y2`: Unable to attend, widespread travel disruption; from 2024-08-19.
    TravelDisruption,
    /// `Y3`: Unable to attend, part of the premises closed; from 2024-08-19.
    PartOfPremisesClosed,
    /// `Y4`: Unable to attend, whole school unexpectedly closed; from 2024-08-19.
    SchoolClosedUnexpectedly,
    /// `Y5`: Unable to attend, in criminal justice detention; from 2024-08-19.
    InDetention,
    /// `Y6`: Unable to attend, public health guidance or law; from 2024-08-19.
    PublicHealth,
    /// `Y7`: Unable to attend, another unavoidable cause; from 2024-08-19.
    OtherUnavoidableCause,
    /// `G`: Holiday not granted.
    HolidayNotGranted,
    /// `N`: Reason not yet established.
    NoReasonYet,
    /// `O`: Absent in other or unknown circumstances.
    OtherOrUnknown,
    /// `U`: Arrived after the register closed.
    LateAfterRegister,
    /// `Z`: Prospective pupil, not on the register.
    NotOnRegister,
    /// `#`: Planned whole-school closure.
    PlannedClosure,
    /// `H`: Holiday granted, to August 2024; until 2024-08-18.
    HolidayGrantedBefore2024,
    /// `J`: At an interview, to August 2024; until 2024-08-18.
    InterviewBefore2024,
    /// `Y`: Unable to attend, to August 2024; until 2024-08-18.
    UnableBefore2024,
}

static ATTENDANCE: CodeList = CodeList {
    name: "attendance",
    entries: &[
        entry("/", "PresentMorning", "Present in the morning", Value, Open, Open, "SI 2024/208"),
        entry("\\", "PresentAfternoon", "Present in the afternoon", Value, Open, Open, "SI 2024/208"),
        entry("L", "Late", "Late, before the register closed", Value, Open, Open, "SI 2024/208"),
        entry("K", "EducationArrangedByAuthority", "Education arranged by a local authority elsewhere", Value, Open, Open, "SI 2024/208"),
        entry("V", "EducationalVisit", "Educational visit or trip", Value, Open, Open, "SI 2024/208"),
        entry("P", "SportingActivity", "Approved sporting activity", Value, Open, Open, "SI 2024/208"),
        entry("W", "WorkExperience", "Work experience", Value, Open, Open, "SI 2024/208"),
        entry("B", "OtherApprovedActivity", "Other approved educational activity off site", Value, Open, Open, "SI 2024/208"),
        entry("D", "DualRegistered", "Dual registered, expected at the other school", Value, Open, Open, "SI 2024/208"),
        entry("C1", "RegulatedPerformance", "Leave for a regulated performance or employment abroad", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("M", "MedicalOrDental", "Leave for a medical or dental appointment", Value, Open, Open, "SI 2024/208"),
        entry("J1", "Interview", "Leave for an interview", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("S", "StudyLeave", "Study leave", Value, Open, Open, "SI 2024/208"),
        entry("X", "NotOfCompulsoryAge", "Not of compulsory school age and not required", Value, Open, Open, "SI 2024/208"),
        entry("C2", "PartTimeTimetable", "Leave for a part-time timetable", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("C", "ExceptionalCircumstance", "Leave for another exceptional circumstance", Value, Open, Open, "SI 2024/208"),
        entry("T", "ParentTravelling", "Parent travelling for work", Value, Open, Open, "SI 2024/208"),
        entry("R", "ReligiousObservance", "Religious observance", Value, Open, Open, "SI 2024/208"),
        entry("I", "Illness", "Illness", Value, Open, Open, "SI 2024/208"),
        entry("E", "SuspendedOrExcluded", "Suspended or excluded without alternative provision", Value, Open, Open, "SI 2024/208"),
        entry("Q", "NoAccessArrangements", "Unable to attend for lack of access arrangements", Value, Open, Open, "SI 2024/208"),
        entry("Y1", "TransportNotAvailable", "Unable to attend, usual transport not available", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("Y2", "TravelDisruption", "Unable to attend, widespread travel disruption", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("Y3", "PartOfPremisesClosed", "Unable to attend, part of the premises closed", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("Y4", "SchoolClosedUnexpectedly", "Unable to attend, whole school unexpectedly closed", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("Y5", "InDetention", "Unable to attend, in criminal justice detention", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("Y6", "PublicHealth", "Unable to attend, public health guidance or law", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("Y7", "OtherUnavoidableCause", "Unable to attend, another unavoidable cause", Value, Day { year: 2024, month: 8, day: 19 }, Open, "SI 2024/208"),
        entry("G", "HolidayNotGranted", "Holiday not granted", Value, Open, Open, "SI 2024/208"),
        entry("N", "NoReasonYet", "Reason not yet established", Value, Open, Open, "SI 2024/208"),
        entry("O", "OtherOrUnknown", "Absent in other or unknown circumstances", Value, Open, Open, "SI 2024/208"),
        entry("U", "LateAfterRegister", "Arrived after the register closed", Value, Open, Open, "SI 2024/208"),
        entry("Z", "NotOnRegister", "Prospective pupil, not on the register", Value, Open, Open, "SI 2024/208"),
        entry("#", "PlannedClosure", "Planned whole-school closure", Value, Open, Open, "SI 2024/208"),
        entry("H", "HolidayGrantedBefore2024", "Holiday granted, to August 2024", Value, Open, Day { year: 2024, month: 8, day: 18 }, "withdrawn 2024"),
        entry("J", "InterviewBefore2024", "At an interview, to August 2024", Value, Open, Day { year: 2024, month: 8, day: 18 }, "withdrawn 2024"),
        entry("Y", "UnableBefore2024", "Unable to attend, to August 2024", Value, Open, Day { year: 2024, month: 8, day: 18 }, "withdrawn 2024"),
    ],
};

impl AttendanceCode {
    const VARIANTS: [Self; 37] = [
        Self::PresentMorning, Self::PresentAfternoon, Self::Late, Self::EducationArrangedByAuthority,
        Self::EducationalVisit, Self::SportingActivity, Self::WorkExperience, Self::OtherApprovedActivity,
        Self::DualRegistered, Self::RegulatedPerformance, Self::MedicalOrDental, Self::Interview, Self::StudyLeave,
        Self::NotOfCompulsoryAge, Self::PartTimeTimetable, Self::ExceptionalCircumstance, Self::ParentTravelling,
        Self::ReligiousObservance, Self::Illness, Self::SuspendedOrExcluded, Self::NoAccessArrangements,
        Self::TransportNotAvailable, Self::TravelDisruption, Self::PartOfPremisesClosed, Self::SchoolClosedUnexpectedly,
        Self::InDetention, Self::PublicHealth, Self::OtherUnavoidableCause, Self::HolidayNotGranted, Self::NoReasonYet,
        Self::OtherOrUnknown, Self::LateAfterRegister, Self::NotOnRegister, Self::PlannedClosure,
        Self::HolidayGrantedBefore2024, Self::InterviewBefore2024, Self::UnableBefore2024,
    ];
}

impl Code for AttendanceCode {
    const LIST: &'static CodeList = &ATTENDANCE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"/" => Some(Self::PresentMorning),
            b"\\" => Some(Self::PresentAfternoon),
            b"L" => Some(Self::Late),
            b"K" => Some(Self::EducationArrangedByAuthority),
            b"V" => Some(Self::EducationalVisit),
            b"P" => Some(Self::SportingActivity),
            b"W" => Some(Self::WorkExperience),
            b"B" => Some(Self::OtherApprovedActivity),
            b"D" => Some(Self::DualRegistered),
            b"C1" => Some(Self::RegulatedPerformance),
            b"M" => Some(Self::MedicalOrDental),
            b"J1" => Some(Self::Interview),
            b"S" => Some(Self::StudyLeave),
            b"X" => Some(Self::NotOfCompulsoryAge),
            b"C2" => Some(Self::PartTimeTimetable),
            b"C" => Some(Self::ExceptionalCircumstance),
            b"T" => Some(Self::ParentTravelling),
            b"R" => Some(Self::ReligiousObservance),
            b"I" => Some(Self::Illness),
            b"E" => Some(Self::SuspendedOrExcluded),
            b"Q" => Some(Self::NoAccessArrangements),
            b"Y1" => Some(Self::TransportNotAvailable),
            b"Y2" => Some(Self::TravelDisruption),
            b"Y3" => Some(Self::PartOfPremisesClosed),
            b"Y4" => Some(Self::SchoolClosedUnexpectedly),
            b"Y5" => Some(Self::InDetention),
            b"Y6" => Some(Self::PublicHealth),
            b"Y7" => Some(Self::OtherUnavoidableCause),
            b"G" => Some(Self::HolidayNotGranted),
            b"N" => Some(Self::NoReasonYet),
            b"O" => Some(Self::OtherOrUnknown),
            b"U" => Some(Self::LateAfterRegister),
            b"Z" => Some(Self::NotOnRegister),
            b"#" => Some(Self::PlannedClosure),
            b"H" => Some(Self::HolidayGrantedBefore2024),
            b"J" => Some(Self::InterviewBefore2024),
            b"Y" => Some(Self::UnableBefore2024),
            _ => None,
        }
    }
}

/// Half of a school day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SchoolSession {
    /// `AM`: Morning.
    Morning,
    /// `PM`: Afternoon.
    Afternoon,
}

static SCHOOL_SESSION: CodeList = CodeList {
    name: "school_session",
    entries: &[
        entry("AM", "Morning", "Morning", Value, Open, Open, "CBDS"),
        entry("PM", "Afternoon", "Afternoon", Value, Open, Open, "CBDS"),
    ],
};

impl SchoolSession {
    const VARIANTS: [Self; 2] = [
        Self::Morning, Self::Afternoon,
    ];
}

impl Code for SchoolSession {
    const LIST: &'static CodeList = &SCHOOL_SESSION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"AM" => Some(Self::Morning),
            b"PM" => Some(Self::Afternoon),
            _ => None,
        }
    }
}

/// Who recorded an attendance mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum MarkRecorder {
    /// `SCHOOL`: School.
    School,
    /// `COLLECTOR`: Collector.
    Collector,
    /// `MIS_EXTRACT`: Extract from the school system.
    MisExtract,
}

static MARK_RECORDER: CodeList = CodeList {
    name: "mark_recorder",
    entries: &[
        entry("SCHOOL", "School", "School", Value, Open, Open, "ours"),
        entry("COLLECTOR", "Collector", "Collector", Value, Open, Open, "ours"),
        entry("MIS_EXTRACT", "MisExtract", "Extract from the school system", Value, Open, Open, "ours"),
    ],
};

impl MarkRecorder {
    const VARIANTS: [Self; 3] = [
        Self::School, Self::Collector, Self::MisExtract,
    ];
}

impl Code for MarkRecorder {
    const LIST: &'static CodeList = &MARK_RECORDER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 11])? {
            b"SCHOOL" => Some(Self::School),
            b"COLLECTOR" => Some(Self::Collector),
            b"MIS_EXTRACT" => Some(Self::MisExtract),
            _ => None,
        }
    }
}

/// Kind of a suspension or exclusion (CBDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SuspensionCategory {
    /// `SUSP`: Suspension.
    Suspension,
    /// `PERM`: Permanent exclusion.
    Permanent,
    /// `LNCH`: Lunchtime suspension.
    Lunchtime,
}

static SUSPENSION_CATEGORY: CodeList = CodeList {
    name: "suspension_category",
    entries: &[
        entry("SUSP", "Suspension", "Suspension", Value, Open, Open, "CBDS"),
        entry("PERM", "Permanent", "Permanent exclusion", Value, Open, Open, "CBDS"),
        entry("LNCH", "Lunchtime", "Lunchtime suspension", Value, Open, Open, "CBDS"),
    ],
};

impl SuspensionCategory {
    const VARIANTS: [Self; 3] = [
        Self::Suspension, Self::Permanent, Self::Lunchtime,
    ];
}

impl Code for SuspensionCategory {
    const LIST: &'static CodeList = &SUSPENSION_CATEGORY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 4])? {
            b"SUSP" => Some(Self::Suspension),
            b"PERM" => Some(Self::Permanent),
            b"LNCH" => Some(Self::Lunchtime),
            _ => None,
        }
    }
}

/// Reason for a suspension or exclusion (CBDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SuspensionReason {
    /// `PP`: Physical assault against a pupil.
    AssaultOnPupil,
    /// `PA`: Physical assault against an adult.
    AssaultOnAdult,
    /// `VP`: Verbal abuse or threats against a pupil.
    ThreatToPupil,
    /// `VA`: Verbal abuse or threats against an adult.
    ThreatToAdult,
    /// `OW`: Use or threat of a weapon or prohibited item.
    OffensiveWeaponUsed,
    /// `BW`: Weapon or prohibited item brought into school.
    WeaponBrought,
    /// `BU`: Bullying.
    Bullying,
    /// `TB`: Bullying or threats online.
    OnlineBullying,
    /// `RA`: Racist abuse.
    RacistAbuse,
    /// `LG`: Abuse of sexual orientation or gender identity.
    OrientationOrGenderAbuse,
    /// `DS`: Abuse relating to disability.
    DisabilityAbuse,
    /// `SM`: Sexual misconduct.
    SexualMisconduct,
    /// `SB`: Harmful sexual behaviour.
    HarmfulSexualBehaviour,
    /// `MB`: Misogynistic behaviour.
    Misogyny,
    /// `AB`: Misandry.
    Misandry,
    /// `DR`: Drug related.
    Drugs,
    /// `AR`: Alcohol related.
    Alcohol,
    /// `SR`: Smoking related.
    Smoking,
    /// `VR`: Vape related.
    Vaping,
    /// `DA`: Drug and alcohol related.
    DrugsAndAlcohol,
    /// `DM`: Damage.
    Damage,
    /// `TH`: Theft.
    Theft,
    /// `LD`: Persistent disruption, low level.
    LowLevelDisruption,
    /// `CB`: Persistent disruption, challenging.
    ChallengingDisruption,
    /// `DB`: Persistent or general disruptive behaviour.
    Disruption,
    /// `MT`: Inappropriate use of social media or technology.
    OnlineTechnology,
    /// `MP`: Use of a mobile phone.
    MobilePhone,
    /// `OS`: Misbehaviour outside school.
    OutsideSchool,
    /// `PH`: Wilful breach of public health measures.
    PublicHealthBreach,
}

static SUSPENSION_REASON: CodeList = CodeList {
    name: "suspension_reason",
    entries: &[
        entry("PP", "AssaultOnPupil", "Physical assault against a pupil", Value, Open, Open, "CBDS"),
        entry("PA", "AssaultOnAdult", "Physical assault against an adult", Value, Open, Open, "CBDS"),
        entry("VP", "ThreatToPupil", "Verbal abuse or threats against a pupil", Value, Open, Open, "CBDS"),
        entry("VA", "ThreatToAdult", "Verbal abuse or threats against an adult", Value, Open, Open, "CBDS"),
        entry("OW", "OffensiveWeaponUsed", "Use or threat of a weapon or prohibited item", Value, Open, Open, "CBDS"),
        entry("BW", "WeaponBrought", "Weapon or prohibited item brought into school", Value, Open, Open, "CBDS May 2026"),
        entry("BU", "Bullying", "Bullying", Value, Open, Open, "CBDS"),
        entry("TB", "OnlineBullying", "Bullying or threats online", Value, Open, Open, "CBDS May 2026"),
        entry("RA", "RacistAbuse", "Racist abuse", Value, Open, Open, "CBDS"),
        entry("LG", "OrientationOrGenderAbuse", "Abuse of sexual orientation or gender identity", Value, Open, Open, "CBDS"),
        entry("DS", "DisabilityAbuse", "Abuse relating to disability", Value, Open, Open, "CBDS"),
        entry("SM", "SexualMisconduct", "Sexual misconduct", Value, Open, Open, "CBDS"),
        entry("SB", "HarmfulSexualBehaviour", "Harmful sexual behaviour", Value, Open, Open, "CBDS May 2026"),
        entry("MB", "Misogyny", "Misogynistic behaviour", Value, Open, Open, "CBDS May 2026"),
        entry("AB", "Misandry", "Misandry", Value, Open, Open, "CBDS May 2026"),
        entry("DR", "Drugs", "Drug related", Value, Open, Open, "CBDS May 2026"),
        entry("AR", "Alcohol", "Alcohol related", Value, Open, Open, "CBDS May 2026"),
        entry("SR", "Smoking", "Smoking related", Value, Open, Open, "CBDS May 2026"),
        entry("VR", "Vaping", "Vape related", Value, Open, Open, "CBDS May 2026"),
        entry("DA", "DrugsAndAlcohol", "Drug and alcohol related", Value, Open, Open, "CBDS"),
        entry("DM", "Damage", "Damage", Value, Open, Open, "CBDS"),
        entry("TH", "Theft", "Theft", Value, Open, Open, "CBDS"),
        entry("LD", "LowLevelDisruption", "Persistent disruption, low level", Value, Open, Open, "CBDS May 2026"),
        entry("CB", "ChallengingDisruption", "Persistent disruption, challenging", Value, Open, Open, "CBDS May 2026"),
        entry("DB", "Disruption", "Persistent or general disruptive behaviour", Value, Open, Open, "CBDS"),
        entry("MT", "OnlineTechnology", "Inappropriate use of social media or technology", Value, Open, Open, "CBDS"),
        entry("MP", "MobilePhone", "Use of a mobile phone", Value, Open, Open, "CBDS May 2026"),
        entry("OS", "OutsideSchool", "Misbehaviour outside school", Value, Open, Open, "CBDS May 2026"),
        entry("PH", "PublicHealthBreach", "Wilful breach of public health measures", Value, Open, Open, "CBDS"),
    ],
};

impl SuspensionReason {
    const VARIANTS: [Self; 29] = [
        Self::AssaultOnPupil, Self::AssaultOnAdult, Self::ThreatToPupil, Self::ThreatToAdult, Self::OffensiveWeaponUsed,
        Self::WeaponBrought, Self::Bullying, Self::OnlineBullying, Self::RacistAbuse, Self::OrientationOrGenderAbuse,
        Self::DisabilityAbuse, Self::SexualMisconduct, Self::HarmfulSexualBehaviour, Self::Misogyny, Self::Misandry,
        Self::Drugs, Self::Alcohol, Self::Smoking, Self::Vaping, Self::DrugsAndAlcohol, Self::Damage, Self::Theft,
        Self::LowLevelDisruption, Self::ChallengingDisruption, Self::Disruption, Self::OnlineTechnology,
        Self::MobilePhone, Self::OutsideSchool, Self::PublicHealthBreach,
    ];
}

impl Code for SuspensionReason {
    const LIST: &'static CodeList = &SUSPENSION_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 2])? {
            b"PP" => Some(Self::AssaultOnPupil),
            b"PA" => Some(Self::AssaultOnAdult),
            b"VP" => Some(Self::ThreatToPupil),
            b"VA" => Some(Self::ThreatToAdult),
            b"OW" => Some(Self::OffensiveWeaponUsed),
            b"BW" => Some(Self::WeaponBrought),
            b"BU" => Some(Self::Bullying),
            b"TB" => Some(Self::OnlineBullying),
            b"RA" => Some(Self::RacistAbuse),
            b"LG" => Some(Self::OrientationOrGenderAbuse),
            b"DS" => Some(Self::DisabilityAbuse),
            b"SM" => Some(Self::SexualMisconduct),
            b"SB" => Some(Self::HarmfulSexualBehaviour),
            b"MB" => Some(Self::Misogyny),
            b"AB" => Some(Self::Misandry),
            b"DR" => Some(Self::Drugs),
            b"AR" => Some(Self::Alcohol),
            b"SR" => Some(Self::Smoking),
            b"VR" => Some(Self::Vaping),
            b"DA" => Some(Self::DrugsAndAlcohol),
            b"DM" => Some(Self::Damage),
            b"TH" => Some(Self::Theft),
            b"LD" => Some(Self::LowLevelDisruption),
            b"CB" => Some(Self::ChallengingDisruption),
            b"DB" => Some(Self::Disruption),
            b"MT" => Some(Self::OnlineTechnology),
            b"MP" => Some(Self::MobilePhone),
            b"OS" => Some(Self::OutsideSchool),
            b"PH" => Some(Self::PublicHealthBreach),
            _ => None,
        }
    }
}

/// Who reviews a suspension or exclusion (CBDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SuspensionReview {
    /// `GB`: Governing body.
    GoverningBody,
    /// `IRP`: Independent review panel.
    IndependentReviewPanel,
}

static SUSPENSION_REVIEW: CodeList = CodeList {
    name: "suspension_review",
    entries: &[
        entry("GB", "GoverningBody", "Governing body", Value, Open, Open, "CBDS"),
        entry("IRP", "IndependentReviewPanel", "Independent review panel", Value, Open, Open, "CBDS"),
    ],
};

impl SuspensionReview {
    const VARIANTS: [Self; 2] = [
        Self::GoverningBody, Self::IndependentReviewPanel,
    ];
}

impl Code for SuspensionReview {
    const LIST: &'static CodeList = &SUSPENSION_REVIEW;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"GB" => Some(Self::GoverningBody),
            b"IRP" => Some(Self::IndependentReviewPanel),
            _ => None,
        }
    }
}

/// Provision for special educational needs (CBDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SenProvisionKind {
    /// `N`: No special educational need.
    NoProvision,
    /// `K`: SEN support.
    SenSupport,
    /// `E`: Education, health and care plan.
    EhcPlan,
    /// `S`: Statement.
    Statement,
    /// `A`: School Action.
    SchoolAction,
    /// `P`: School Action Plus.
    SchoolActionPlus,
}

static SEN_PROVISION_KIND: CodeList = CodeList {
    name: "sen_provision_kind",
    entries: &[
        entry("N", "NoProvision", "No special educational need", Value, Open, Open, "CBDS"),
        entry("K", "SenSupport", "SEN support", Value, Open, Open, "CBDS"),
        entry("E", "EhcPlan", "Education, health and care plan", Value, Open, Open, "CBDS"),
        entry("S", "Statement", "Statement", Value, Open, Open, "CBDS historic"),
        entry("A", "SchoolAction", "School Action", Value, Open, Open, "CBDS historic"),
        entry("P", "SchoolActionPlus", "School Action Plus", Value, Open, Open, "CBDS historic"),
    ],
};

impl SenProvisionKind {
    const VARIANTS: [Self; 6] = [
        Self::NoProvision, Self::SenSupport, Self::EhcPlan, Self::Statement, Self::SchoolAction, Self::SchoolActionPlus,
    ];
}

impl Code for SenProvisionKind {
    const LIST: &'static CodeList = &SEN_PROVISION_KIND;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 1])? {
            b"N" => Some(Self::NoProvision),
            b"K" => Some(Self::SenSupport),
            b"E" => Some(Self::EhcPlan),
            b"S" => Some(Self::Statement),
            b"A" => Some(Self::SchoolAction),
            b"P" => Some(Self::SchoolActionPlus),
            _ => None,
        }
    }
}

/// Type of special educational need (CBDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SenType {
    /// `SPLD`: Specific learning difficulty.
    SpecificLearningDifficulty,
    /// `MLD`: Moderate learning difficulty.
    ModerateLearningDifficulty,
    /// `SLD`: Severe learning difficulty.
    SevereLearningDifficulty,
    /// `PMLD`: Profound and multiple learning difficulty.
    ProfoundLearningDifficulty,
    /// `SEMH`: Social, emotional and mental health.
    SocialEmotionalMental,
    /// `SLCN`: Speech, language and communication needs.
    SpeechLanguage,
    /// `HI`: Hearing impairment.
    Hearing,
    /// `VI`: Vision impairment.
    Vision,
    /// `MSI`: Multi-sensory impairment.
    MultiSensory,
    /// `PD`: Physical disability.
    Physical,
    /// `ASD`: Autistic spectrum disorder.
    Autism,
    /// `DS`: Down syndrome.
    DownSyndrome,
    /// `OTH`: Other difficulty or disability.
    Other,
    /// `NSA`: SEN support without a specialist assessment.
    NotAssessed,
}

static SEN_TYPE: CodeList = CodeList {
    name: "sen_type",
    entries: &[
        entry("SPLD", "SpecificLearningDifficulty", "Specific learning difficulty", Value, Open, Open, "CBDS"),
        entry("MLD", "ModerateLearningDifficulty", "Moderate learning difficulty", Value, Open, Open, "CBDS"),
        entry("SLD", "SevereLearningDifficulty", "Severe learning difficulty", Value, Open, Open, "CBDS"),
        entry("PMLD", "ProfoundLearningDifficulty", "Profound and multiple learning difficulty", Value, Open, Open, "CBDS"),
        entry("SEMH", "SocialEmotionalMental", "Social, emotional and mental health", Value, Open, Open, "CBDS"),
        entry("SLCN", "SpeechLanguage", "Speech, language and communication needs", Value, Open, Open, "CBDS"),
        entry("HI", "Hearing", "Hearing impairment", Value, Open, Open, "CBDS"),
        entry("VI", "Vision", "Vision impairment", Value, Open, Open, "CBDS"),
        entry("MSI", "MultiSensory", "Multi-sensory impairment", Value, Open, Open, "CBDS"),
        entry("PD", "Physical", "Physical disability", Value, Open, Open, "CBDS"),
        entry("ASD", "Autism", "Autistic spectrum disorder", Value, Open, Open, "CBDS"),
        entry("DS", "DownSyndrome", "Down syndrome", Value, Open, Open, "CBDS"),
        entry("OTH", "Other", "Other difficulty or disability", Value, Open, Open, "CBDS"),
        entry("NSA", "NotAssessed", "SEN support without a specialist assessment", Value, Open, Open, "CBDS"),
    ],
};

impl SenType {
    const VARIANTS: [Self; 14] = [
        Self::SpecificLearningDifficulty, Self::ModerateLearningDifficulty, Self::SevereLearningDifficulty,
        Self::ProfoundLearningDifficulty, Self::SocialEmotionalMental, Self::SpeechLanguage, Self::Hearing,
        Self::Vision, Self::MultiSensory, Self::Physical, Self::Autism, Self::DownSyndrome, Self::Other,
        Self::NotAssessed,
    ];
}

impl Code for SenType {
    const LIST: &'static CodeList = &SEN_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 4])? {
            b"SPLD" => Some(Self::SpecificLearningDifficulty),
            b"MLD" => Some(Self::ModerateLearningDifficulty),
            b"SLD" => Some(Self::SevereLearningDifficulty),
            b"PMLD" => Some(Self::ProfoundLearningDifficulty),
            b"SEMH" => Some(Self::SocialEmotionalMental),
            b"SLCN" => Some(Self::SpeechLanguage),
            b"HI" => Some(Self::Hearing),
            b"VI" => Some(Self::Vision),
            b"MSI" => Some(Self::MultiSensory),
            b"PD" => Some(Self::Physical),
            b"ASD" => Some(Self::Autism),
            b"DS" => Some(Self::DownSyndrome),
            b"OTH" => Some(Self::Other),
            b"NSA" => Some(Self::NotAssessed),
            _ => None,
        }
    }
}

/// Stage of an assessment (CTF, and our own for later stages).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AssessmentStage {
    /// `EYF`: Early years foundation stage.
    EarlyYears,
    /// `FSP`: Foundation stage profile.
    FoundationStageProfile,
    /// `KS1`: Key stage 1.
    KeyStageOne,
    /// `K1T`: Key stage 1 tasks and tests.
    KeyStageOneTasks,
    /// `K2P`: Progress towards key stage 2.
    TowardsKeyStageTwo,
    /// `KS2`: Key stage 2.
    KeyStageTwo,
    /// `K3P`: Progress towards key stage 3.
    TowardsKeyStageThree,
    /// `KS3`: Key stage 3.
    KeyStageThree,
    /// `KS4`: Key stage 4.
    KeyStageFour,
    /// `KS5`: Key stage 5.
    KeyStageFive,
    /// `P16`: Post 16.
    PostSixteen,
}

static ASSESSMENT_STAGE: CodeList = CodeList {
    name: "assessment_stage",
    entries: &[
        entry("EYF", "EarlyYears", "Early years foundation stage", Value, Open, Open, "CTF"),
        entry("FSP", "FoundationStageProfile", "Foundation stage profile", Value, Open, Open, "CTF"),
        entry("KS1", "KeyStageOne", "Key stage 1", Value, Open, Open, "CTF"),
        entry("K1T", "KeyStageOneTasks", "Key stage 1 tasks and tests", Value, Open, Open, "CTF"),
        entry("K2P", "TowardsKeyStageTwo", "Progress towards key stage 2", Value, Open, Open, "CTF"),
        entry("KS2", "KeyStageTwo", "Key stage 2", Value, Open, Open, "CTF"),
        entry("K3P", "TowardsKeyStageThree", "Progress towards key stage 3", Value, Open, Open, "CTF"),
        entry("KS3", "KeyStageThree", "Key stage 3", Value, Open, Open, "CTF"),
        entry("KS4", "KeyStageFour", "Key stage 4", Value, Open, Open, "ours"),
        entry("KS5", "KeyStageFive", "Key stage 5", Value, Open, Open, "ours"),
        entry("P16", "PostSixteen", "Post 16", Value, Open, Open, "ours"),
    ],
};

impl AssessmentStage {
    const VARIANTS: [Self; 11] = [
        Self::EarlyYears, Self::FoundationStageProfile, Self::KeyStageOne, Self::KeyStageOneTasks,
        Self::TowardsKeyStageTwo, Self::KeyStageTwo, Self::TowardsKeyStageThree, Self::KeyStageThree,
        Self::KeyStageFour, Self::KeyStageFive, Self::PostSixteen,
    ];
}

impl Code for AssessmentStage {
    const LIST: &'static CodeList = &ASSESSMENT_STAGE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"EYF" => Some(Self::EarlyYears),
            b"FSP" => Some(Self::FoundationStageProfile),
            b"KS1" => Some(Self::KeyStageOne),
            b"K1T" => Some(Self::KeyStageOneTasks),
            b"K2P" => Some(Self::TowardsKeyStageTwo),
            b"KS2" => Some(Self::KeyStageTwo),
            b"K3P" => Some(Self::TowardsKeyStageThree),
            b"KS3" => Some(Self::KeyStageThree),
            b"KS4" => Some(Self::KeyStageFour),
            b"KS5" => Some(Self::KeyStageFive),
            b"P16" => Some(Self::PostSixteen),
            _ => None,
        }
    }
}

/// Subject of an assessment (CTF); others are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AssessmentSubject {
    /// `ENG`: English.
    English,
    /// `REA`: Reading.
    Reading,
    /// `WRI`: Writing.
    Writing,
    /// `MAT`: Mathematics.
    Mathematics,
    /// `SCI`: Science.
    Science,
    /// `GPS`: Grammar, punctuation and spelling.
    Grammar,
}

static ASSESSMENT_SUBJECT: CodeList = CodeList {
    name: "assessment_subject",
    entries: &[
        entry("ENG", "English", "English", Value, Open, Open, "CTF"),
        entry("REA", "Reading", "Reading", Value, Open, Open, "CTF"),
        entry("WRI", "Writing", "Writing", Value, Open, Open, "CTF"),
        entry("MAT", "Mathematics", "Mathematics", Value, Open, Open, "CTF"),
        entry("SCI", "Science", "Science", Value, Open, Open, "CTF"),
        entry("GPS", "Grammar", "Grammar, punctuation and spelling", Value, Open, Open, "CTF"),
    ],
};

impl AssessmentSubject {
    const VARIANTS: [Self; 6] = [
        Self::English, Self::Reading, Self::Writing, Self::Mathematics, Self::Science, Self::Grammar,
    ];
}

impl Code for AssessmentSubject {
    const LIST: &'static CodeList = &ASSESSMENT_SUBJECT;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 3])? {
            b"ENG" => Some(Self::English),
            b"REA" => Some(Self::Reading),
            b"WRI" => Some(Self::Writing),
            b"MAT" => Some(Self::Mathematics),
            b"SCI" => Some(Self::Science),
            b"GPS" => Some(Self::Grammar),
            _ => None,
        }
    }
}

/// What a result of an assessment rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AssessmentBasis {
    /// `TEACHER_ASSESSMENT`: Teacher assessment.
    TeacherAssessment,
    /// `TEST`: Test.
    Test,
    /// `TARGET`: Target.
    Target,
    /// `PREDICTED`: Predicted.
    Predicted,
    /// `EXAMINATION`: Examination.
    Examination,
}

static ASSESSMENT_BASIS: CodeList = CodeList {
    name: "assessment_basis",
    entries: &[
        entry("TEACHER_ASSESSMENT", "TeacherAssessment", "Teacher assessment", Value, Open, Open, "ours"),
        entry("TEST", "Test", "Test", Value, Open, Open, "ours"),
        entry("TARGET", "Target", "Target", Value, Open, Open, "ours"),
        entry("PREDICTED", "Predicted", "Predicted", Value, Open, Open, "ours"),
        entry("EXAMINATION", "Examination", "Examination", Value, Open, Open, "ours"),
    ],
};

impl AssessmentBasis {
    const VARIANTS: [Self; 5] = [
        Self::TeacherAssessment, Self::Test, Self::Target, Self::Predicted, Self::Examination,
    ];
}

impl Code for AssessmentBasis {
    const LIST: &'static CodeList = &ASSESSMENT_BASIS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 18])? {
            b"TEACHER_ASSESSMENT" => Some(Self::TeacherAssessment),
            b"TEST" => Some(Self::Test),
            b"TARGET" => Some(Self::Target),
            b"PREDICTED" => Some(Self::Predicted),
            b"EXAMINATION" => Some(Self::Examination),
            _ => None,
        }
    }
}

/// Scale of a result; those of a place are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AssessmentScale {
    /// `CTF`: Common Transfer File.
    Ctf,
    /// `TA_KS2`: Teacher assessment at key stage 2.
    TeacherAssessmentKeyStageTwo,
    /// `SCALED_SCORE`: Scaled score.
    ScaledScore,
    /// `GCSE_9_1`: GCSE grade 9 to 1.
    GcseNineToOne,
    /// `BTEC`: Business and technology qualification.
    Btec,
    /// `PROGRESS_WORDS`: Progress in words.
    ProgressWords,
}

static ASSESSMENT_SCALE: CodeList = CodeList {
    name: "assessment_scale",
    entries: &[
        entry("CTF", "Ctf", "Common Transfer File", Value, Open, Open, "ours"),
        entry("TA_KS2", "TeacherAssessmentKeyStageTwo", "Teacher assessment at key stage 2", Value, Open, Open, "ours"),
        entry("SCALED_SCORE", "ScaledScore", "Scaled score", Value, Open, Open, "ours"),
        entry("GCSE_9_1", "GcseNineToOne", "GCSE grade 9 to 1", Value, Open, Open, "ours"),
        entry("BTEC", "Btec", "Business and technology qualification", Value, Open, Open, "ours"),
        entry("PROGRESS_WORDS", "ProgressWords", "Progress in words", Value, Open, Open, "ours"),
    ],
};

impl AssessmentScale {
    const VARIANTS: [Self; 6] = [
        Self::Ctf, Self::TeacherAssessmentKeyStageTwo, Self::ScaledScore, Self::GcseNineToOne, Self::Btec,
        Self::ProgressWords,
    ];
}

impl Code for AssessmentScale {
    const LIST: &'static CodeList = &ASSESSMENT_SCALE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"CTF" => Some(Self::Ctf),
            b"TA_KS2" => Some(Self::TeacherAssessmentKeyStageTwo),
            b"SCALED_SCORE" => Some(Self::ScaledScore),
            b"GCSE_9_1" => Some(Self::GcseNineToOne),
            b"BTEC" => Some(Self::Btec),
            b"PROGRESS_WORDS" => Some(Self::ProgressWords),
            _ => None,
        }
    }
}

/// A result beside what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OnTrack {
    /// `ABOVE`: Above expected.
    Above,
    /// `EXPECTED`: As expected.
    Expected,
    /// `BELOW`: Below expected.
    Below,
    /// `WELL_BELOW`: Well below expected.
    WellBelow,
}

static ON_TRACK: CodeList = CodeList {
    name: "on_track",
    entries: &[
        entry("ABOVE", "Above", "Above expected", Value, Open, Open, "ours"),
        entry("EXPECTED", "Expected", "As expected", Value, Open, Open, "ours"),
        entry("BELOW", "Below", "Below expected", Value, Open, Open, "ours"),
        entry("WELL_BELOW", "WellBelow", "Well below expected", Value, Open, Open, "ours"),
    ],
};

impl OnTrack {
    const VARIANTS: [Self; 4] = [
        Self::Above, Self::Expected, Self::Below, Self::WellBelow,
    ];
}

impl Code for OnTrack {
    const LIST: &'static CodeList = &ON_TRACK;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 10])? {
            b"ABOVE" => Some(Self::Above),
            b"EXPECTED" => Some(Self::Expected),
            b"BELOW" => Some(Self::Below),
            b"WELL_BELOW" => Some(Self::WellBelow),
            _ => None,
        }
    }
}

/// At what occasion somebody was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VoiceContext {
    /// `REVIEW`: Review.
    Review,
    /// `PEP`: Personal education plan.
    Pep,
    /// `HEALTH`: Health.
    Health,
    /// `PLACEMENT`: Placement.
    Placement,
    /// `OTHER`: Other.
    Other,
}

static VOICE_CONTEXT: CodeList = CodeList {
    name: "voice_context",
    entries: &[
        entry("REVIEW", "Review", "Review", Value, Open, Open, "ours"),
        entry("PEP", "Pep", "Personal education plan", Value, Open, Open, "ours"),
        entry("HEALTH", "Health", "Health", Value, Open, Open, "ours"),
        entry("PLACEMENT", "Placement", "Placement", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl VoiceContext {
    const VARIANTS: [Self; 5] = [
        Self::Review, Self::Pep, Self::Health, Self::Placement, Self::Other,
    ];
}

impl Code for VoiceContext {
    const LIST: &'static CodeList = &VOICE_CONTEXT;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"REVIEW" => Some(Self::Review),
            b"PEP" => Some(Self::Pep),
            b"HEALTH" => Some(Self::Health),
            b"PLACEMENT" => Some(Self::Placement),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Whose view it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VoiceWhose {
    /// `CHILD`: Child.
    Child,
    /// `PARENT`: Parent.
    Parent,
    /// `CARER`: Carer.
    Carer,
    /// `PROFESSIONAL`: Professional.
    Professional,
}

static VOICE_WHOSE: CodeList = CodeList {
    name: "voice_whose",
    entries: &[
        entry("CHILD", "Child", "Child", Value, Open, Open, "ours"),
        entry("PARENT", "Parent", "Parent", Value, Open, Open, "ours"),
        entry("CARER", "Carer", "Carer", Value, Open, Open, "ours"),
        entry("PROFESSIONAL", "Professional", "Professional", Value, Open, Open, "ours"),
    ],
};

impl VoiceWhose {
    const VARIANTS: [Self; 4] = [
        Self::Child, Self::Parent, Self::Carer, Self::Professional,
    ];
}

impl Code for VoiceWhose {
    const LIST: &'static CodeList = &VOICE_WHOSE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 12])? {
            b"CHILD" => Some(Self::Child),
            b"PARENT" => Some(Self::Parent),
            b"CARER" => Some(Self::Carer),
            b"PROFESSIONAL" => Some(Self::Professional),
            _ => None,
        }
    }
}

/// Who said it or wrote it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VoiceBy {
    /// `CHILD`: Child.
    Child,
    /// `CARER`: Carer.
    Carer,
    /// `SOCIAL_WORKER`: Social worker.
    SocialWorker,
    /// `SCHOOL`: School.
    School,
    /// `PARENT`: Parent.
    Parent,
    /// `VIRTUAL_SCHOOL`: Virtual school.
    VirtualSchool,
}

static VOICE_BY: CodeList = CodeList {
    name: "voice_by",
    entries: &[
        entry("CHILD", "Child", "Child", Value, Open, Open, "ours"),
        entry("CARER", "Carer", "Carer", Value, Open, Open, "ours"),
        entry("SOCIAL_WORKER", "SocialWorker", "Social worker", Value, Open, Open, "ours"),
        entry("SCHOOL", "School", "School", Value, Open, Open, "ours"),
        entry("PARENT", "Parent", "Parent", Value, Open, Open, "ours"),
        entry("VIRTUAL_SCHOOL", "VirtualSchool", "Virtual school", Value, Open, Open, "ours"),
    ],
};

impl VoiceBy {
    const VARIANTS: [Self; 6] = [
        Self::Child, Self::Carer, Self::SocialWorker, Self::School, Self::Parent, Self::VirtualSchool,
    ];
}

impl Code for VoiceBy {
    const LIST: &'static CodeList = &VOICE_BY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"CHILD" => Some(Self::Child),
            b"CARER" => Some(Self::Carer),
            b"SOCIAL_WORKER" => Some(Self::SocialWorker),
            b"SCHOOL" => Some(Self::School),
            b"PARENT" => Some(Self::Parent),
            b"VIRTUAL_SCHOOL" => Some(Self::VirtualSchool),
            _ => None,
        }
    }
}

/// How somebody was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VoiceHow {
    /// `IN_PERSON`: In person.
    InPerson,
    /// `WRITTEN`: Written.
    Written,
    /// `DRAWING`: Drawing.
    Drawing,
    /// `ADVOCATE`: Through an advocate.
    Advocate,
    /// `ADULT_REPORTED`: Reported by an adult.
    AdultReported,
    /// `APP`: In an app.
    App,
}

static VOICE_HOW: CodeList = CodeList {
    name: "voice_how",
    entries: &[
        entry("IN_PERSON", "InPerson", "In person", Value, Open, Open, "ours"),
        entry("WRITTEN", "Written", "Written", Value, Open, Open, "ours"),
        entry("DRAWING", "Drawing", "Drawing", Value, Open, Open, "ours"),
        entry("ADVOCATE", "Advocate", "Through an advocate", Value, Open, Open, "ours"),
        entry("ADULT_REPORTED", "AdultReported", "Reported by an adult", Value, Open, Open, "ours"),
        entry("APP", "App", "In an app", Value, Open, Open, "ours"),
    ],
};

impl VoiceHow {
    const VARIANTS: [Self; 6] = [
        Self::InPerson, Self::Written, Self::Drawing, Self::Advocate, Self::AdultReported, Self::App,
    ];
}

impl Code for VoiceHow {
    const LIST: &'static CodeList = &VOICE_HOW;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"IN_PERSON" => Some(Self::InPerson),
            b"WRITTEN" => Some(Self::Written),
            b"DRAWING" => Some(Self::Drawing),
            b"ADVOCATE" => Some(Self::Advocate),
            b"ADULT_REPORTED" => Some(Self::AdultReported),
            b"APP" => Some(Self::App),
            _ => None,
        }
    }
}

/// What a view is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VoiceTopic {
    /// `SCHOOL`: School.
    School,
    /// `FRIENDS`: Friends.
    Friends,
    /// `HELP`: Help.
    Help,
    /// `ASPIRATIONS`: Aspirations.
    Aspirations,
    /// `HOME_LEARNING`: Learning at home.
    HomeLearning,
    /// `WORRIES`: Worries.
    Worries,
    /// `OTHER`: Other.
    Other,
}

static VOICE_TOPIC: CodeList = CodeList {
    name: "voice_topic",
    entries: &[
        entry("SCHOOL", "School", "School", Value, Open, Open, "ours"),
        entry("FRIENDS", "Friends", "Friends", Value, Open, Open, "ours"),
        entry("HELP", "Help", "Help", Value, Open, Open, "ours"),
        entry("ASPIRATIONS", "Aspirations", "Aspirations", Value, Open, Open, "ours"),
        entry("HOME_LEARNING", "HomeLearning", "Learning at home", Value, Open, Open, "ours"),
        entry("WORRIES", "Worries", "Worries", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl VoiceTopic {
    const VARIANTS: [Self; 7] = [
        Self::School, Self::Friends, Self::Help, Self::Aspirations, Self::HomeLearning, Self::Worries, Self::Other,
    ];
}

impl Code for VoiceTopic {
    const LIST: &'static CodeList = &VOICE_TOPIC;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"SCHOOL" => Some(Self::School),
            b"FRIENDS" => Some(Self::Friends),
            b"HELP" => Some(Self::Help),
            b"ASPIRATIONS" => Some(Self::Aspirations),
            b"HOME_LEARNING" => Some(Self::HomeLearning),
            b"WORRIES" => Some(Self::Worries),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// How far the speaker lets the words go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VoiceShare {
    /// `ALL`: Everybody whom the view allows.
    Everybody,
    /// `PROFESSIONALS`: Professionals.
    Professionals,
    /// `VIRTUAL_SCHOOL_ONLY`: The virtual school only.
    VirtualSchoolOnly,
}

static VOICE_SHARE: CodeList = CodeList {
    name: "voice_share",
    entries: &[
        entry("ALL", "Everybody", "Everybody whom the view allows", Value, Open, Open, "ours"),
        entry("PROFESSIONALS", "Professionals", "Professionals", Value, Open, Open, "ours"),
        entry("VIRTUAL_SCHOOL_ONLY", "VirtualSchoolOnly", "The virtual school only", Value, Open, Open, "ours"),
    ],
};

impl VoiceShare {
    const VARIANTS: [Self; 3] = [
        Self::Everybody, Self::Professionals, Self::VirtualSchoolOnly,
    ];
}

impl Code for VoiceShare {
    const LIST: &'static CodeList = &VOICE_SHARE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 19])? {
            b"ALL" => Some(Self::Everybody),
            b"PROFESSIONALS" => Some(Self::Professionals),
            b"VIRTUAL_SCHOOL_ONLY" => Some(Self::VirtualSchoolOnly),
            _ => None,
        }
    }
}

/// Who registers a provider of placements (Ofsted in England).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Regulator {
    /// `OFSTED`: Ofsted.
    Ofsted,
    /// `CIW`: Care Inspectorate Wales.
    CareInspectorateWales,
    /// `CARE_INSPECTORATE_SCOTLAND`: Care Inspectorate Scotland.
    CareInspectorateScotland,
    /// `CQC`: Care Quality Commission.
    CareQualityCommission,
    /// `UNREGISTERED`: Registered with nobody.
    Unregistered,
}

static REGULATOR: CodeList = CodeList {
    name: "regulator",
    entries: &[
        entry("OFSTED", "Ofsted", "Ofsted", Value, Open, Open, "ours"),
        entry("CIW", "CareInspectorateWales", "Care Inspectorate Wales", Value, Open, Open, "ours"),
        entry("CARE_INSPECTORATE_SCOTLAND", "CareInspectorateScotland", "Care Inspectorate Scotland", Value, Open, Open, "ours"),
        entry("CQC", "CareQualityCommission", "Care Quality Commission", Value, Open, Open, "ours"),
        entry("UNREGISTERED", "Unregistered", "Registered with nobody", Value, Open, Open, "ours"),
    ],
};

impl Regulator {
    const VARIANTS: [Self; 5] = [
        Self::Ofsted, Self::CareInspectorateWales, Self::CareInspectorateScotland, Self::CareQualityCommission,
        Self::Unregistered,
    ];
}

impl Code for Regulator {
    const LIST: &'static CodeList = &REGULATOR;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 26])? {
            b"OFSTED" => Some(Self::Ofsted),
            b"CIW" => Some(Self::CareInspectorateWales),
            b"CARE_INSPECTORATE_SCOTLAND" => Some(Self::CareInspectorateScotland),
            b"CQC" => Some(Self::CareQualityCommission),
            b"UNREGISTERED" => Some(Self::Unregistered),
            _ => None,
        }
    }
}

/// Sector of a provider (Ofsted register).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ProviderSector {
    /// `PRIVATE`: Private sector.
    Private,
    /// `VOLUNTARY`: Voluntary sector.
    Voluntary,
    /// `LOCAL_AUTHORITY`: Local authority run.
    LocalAuthority,
    /// `HEALTH`: Health service run.
    Health,
}

static PROVIDER_SECTOR: CodeList = CodeList {
    name: "provider_sector",
    entries: &[
        entry("PRIVATE", "Private", "Private sector", Value, Open, Open, "Ofsted register"),
        entry("VOLUNTARY", "Voluntary", "Voluntary sector", Value, Open, Open, "Ofsted register"),
        entry("LOCAL_AUTHORITY", "LocalAuthority", "Local authority run", Value, Open, Open, "Ofsted register"),
        entry("HEALTH", "Health", "Health service run", Value, Open, Open, "Ofsted register"),
    ],
};

impl ProviderSector {
    const VARIANTS: [Self; 4] = [
        Self::Private, Self::Voluntary, Self::LocalAuthority, Self::Health,
    ];
}

impl Code for ProviderSector {
    const LIST: &'static CodeList = &PROVIDER_SECTOR;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 15])? {
            b"PRIVATE" => Some(Self::Private),
            b"VOLUNTARY" => Some(Self::Voluntary),
            b"LOCAL_AUTHORITY" => Some(Self::LocalAuthority),
            b"HEALTH" => Some(Self::Health),
            _ => None,
        }
    }
}

/// Judgement of an inspection (Ofsted).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OfstedRating {
    /// `OUTSTANDING`: Outstanding.
    Outstanding,
    /// `GOOD`: Good.
    Good,
    /// `REQUIRES_IMPROVEMENT`: Requires improvement to be good.
    RequiresImprovement,
    /// `INADEQUATE`: Inadequate.
    Inadequate,
    /// `NOT_YET_INSPECTED`: Not yet inspected.
    NotYetInspected,
}

static OFSTED_RATING: CodeList = CodeList {
    name: "ofsted_rating",
    entries: &[
        entry("OUTSTANDING", "Outstanding", "Outstanding", Value, Open, Open, "Ofsted register"),
        entry("GOOD", "Good", "Good", Value, Open, Open, "Ofsted register"),
        entry("REQUIRES_IMPROVEMENT", "RequiresImprovement", "Requires improvement to be good", Value, Open, Open, "Ofsted register"),
        entry("INADEQUATE", "Inadequate", "Inadequate", Value, Open, Open, "Ofsted register"),
        entry("NOT_YET_INSPECTED", "NotYetInspected", "Not yet inspected", Unknown, Open, Open, "Ofsted register"),
    ],
};

impl OfstedRating {
    const VARIANTS: [Self; 5] = [
        Self::Outstanding, Self::Good, Self::RequiresImprovement, Self::Inadequate, Self::NotYetInspected,
    ];
}

impl Code for OfstedRating {
    const LIST: &'static CodeList = &OFSTED_RATING;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 20])? {
            b"OUTSTANDING" => Some(Self::Outstanding),
            b"GOOD" => Some(Self::Good),
            b"REQUIRES_IMPROVEMENT" => Some(Self::RequiresImprovement),
            b"INADEQUATE" => Some(Self::Inadequate),
            b"NOT_YET_INSPECTED" => Some(Self::NotYetInspected),
            _ => None,
        }
    }
}

/// Kind of provision that a placement is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Provision {
    /// `FOSTERING`: Fostering.
    Fostering,
    /// `RESIDENTIAL`: Children's home.
    Residential,
    /// `SUPPORTED_ACCOMMODATION`: Supported accommodation.
    SupportedAccommodation,
}

static PROVISION: CodeList = CodeList {
    name: "provision",
    entries: &[
        entry("FOSTERING", "Fostering", "Fostering", Value, Open, Open, "ours"),
        entry("RESIDENTIAL", "Residential", "Children's home", Value, Open, Open, "ours"),
        entry("SUPPORTED_ACCOMMODATION", "SupportedAccommodation", "Supported accommodation", Value, Open, Open, "ours"),
    ],
};

impl Provision {
    const VARIANTS: [Self; 3] = [
        Self::Fostering, Self::Residential, Self::SupportedAccommodation,
    ];
}

impl Code for Provision {
    const LIST: &'static CodeList = &PROVISION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 23])? {
            b"FOSTERING" => Some(Self::Fostering),
            b"RESIDENTIAL" => Some(Self::Residential),
            b"SUPPORTED_ACCOMMODATION" => Some(Self::SupportedAccommodation),
            _ => None,
        }
    }
}

/// State of a vacancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VacancyStatus {
    /// `DRAFT`: Not yet offered.
    Draft,
    /// `OPEN`: Open.
    Open,
    /// `RESERVED`: Reserved.
    Reserved,
    /// `FILLED`: Filled.
    Filled,
    /// `WITHDRAWN`: Withdrawn.
    Withdrawn,
    /// `EXPIRED`: Not confirmed in time.
    Expired,
}

static VACANCY_STATUS: CodeList = CodeList {
    name: "vacancy_status",
    entries: &[
        entry("DRAFT", "Draft", "Not yet offered", Value, Open, Open, "ours"),
        entry("OPEN", "Open", "Open", Value, Open, Open, "ours"),
        entry("RESERVED", "Reserved", "Reserved", Value, Open, Open, "ours"),
        entry("FILLED", "Filled", "Filled", Value, Open, Open, "ours"),
        entry("WITHDRAWN", "Withdrawn", "Withdrawn", Value, Open, Open, "ours"),
        entry("EXPIRED", "Expired", "Not confirmed in time", Value, Open, Open, "ours"),
    ],
};

impl VacancyStatus {
    const VARIANTS: [Self; 6] = [
        Self::Draft, Self::Open, Self::Reserved, Self::Filled, Self::Withdrawn, Self::Expired,
    ];
}

impl Code for VacancyStatus {
    const LIST: &'static CodeList = &VACANCY_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"DRAFT" => Some(Self::Draft),
            b"OPEN" => Some(Self::Open),
            b"RESERVED" => Some(Self::Reserved),
            b"FILLED" => Some(Self::Filled),
            b"WITHDRAWN" => Some(Self::Withdrawn),
            b"EXPIRED" => Some(Self::Expired),
            _ => None,
        }
    }
}

/// Whether a row of vacancies says something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RowChange {
    /// `CHANGED`: Changed.
    Changed,
    /// `NO_CHANGE`: No change.
    NoChange,
}

static ROW_CHANGE: CodeList = CodeList {
    name: "row_change",
    entries: &[
        entry("CHANGED", "Changed", "Changed", Value, Open, Open, "ours"),
        entry("NO_CHANGE", "NoChange", "No change", Value, Open, Open, "ours"),
    ],
};

impl RowChange {
    const VARIANTS: [Self; 2] = [
        Self::Changed, Self::NoChange,
    ];
}

impl Code for RowChange {
    const LIST: &'static CodeList = &ROW_CHANGE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"CHANGED" => Some(Self::Changed),
            b"NO_CHANGE" => Some(Self::NoChange),
            _ => None,
        }
    }
}

/// Who checked that a vacancy still holds, by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VacancyConfirmer {
    /// `DUTY_TEAM`: Duty team.
    DutyTeam,
    /// `CARER`: Foster carer.
    Carer,
    /// `MANAGER`: Manager.
    Manager,
    /// `SYSTEM`: The provider's system.
    System,
}

static VACANCY_CONFIRMER: CodeList = CodeList {
    name: "vacancy_confirmer",
    entries: &[
        entry("DUTY_TEAM", "DutyTeam", "Duty team", Value, Open, Open, "ours"),
        entry("CARER", "Carer", "Foster carer", Value, Open, Open, "ours"),
        entry("MANAGER", "Manager", "Manager", Value, Open, Open, "ours"),
        entry("SYSTEM", "System", "The provider's system", Value, Open, Open, "ours"),
    ],
};

impl VacancyConfirmer {
    const VARIANTS: [Self; 4] = [
        Self::DutyTeam, Self::Carer, Self::Manager, Self::System,
    ];
}

impl Code for VacancyConfirmer {
    const LIST: &'static CodeList = &VACANCY_CONFIRMER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"DUTY_TEAM" => Some(Self::DutyTeam),
            b"CARER" => Some(Self::Carer),
            b"MANAGER" => Some(Self::Manager),
            b"SYSTEM" => Some(Self::System),
            _ => None,
        }
    }
}

/// How a place is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementContract {
    /// `SPOT`: Paid when it is used.
    Spot,
    /// `BLOCK`: Paid for in advance.
    Block,
}

static PLACEMENT_CONTRACT: CodeList = CodeList {
    name: "placement_contract",
    entries: &[
        entry("SPOT", "Spot", "Paid when it is used", Value, Open, Open, "ours"),
        entry("BLOCK", "Block", "Paid for in advance", Value, Open, Open, "ours"),
    ],
};

impl PlacementContract {
    const VARIANTS: [Self; 2] = [
        Self::Spot, Self::Block,
    ];
}

impl Code for PlacementContract {
    const LIST: &'static CodeList = &PLACEMENT_CONTRACT;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 5])? {
            b"SPOT" => Some(Self::Spot),
            b"BLOCK" => Some(Self::Block),
            _ => None,
        }
    }
}

/// Why a place could not be filled today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlaceNotAvailableReason {
    /// `CARER_BREAK`: The carers take a break.
    CarerBreak,
    /// `STAYING_PUT`: A care leaver is staying put.
    StayingPut,
    /// `NEEDS_OF_CHILDREN_HERE`: Needs of the children who live here.
    NeedsOfChildrenHere,
    /// `HOUSEHOLD_CHANGE`: The household is changing.
    HouseholdChange,
    /// `BUILDING_WORKS`: Building works.
    BuildingWorks,
    /// `STAFFING`: Not enough staff.
    Staffing,
    /// `ON_HOLD`: On hold.
    OnHold,
    /// `OTHER`: Other.
    Other,
}

static PLACE_NOT_AVAILABLE_REASON: CodeList = CodeList {
    name: "place_not_available_reason",
    entries: &[
        entry("CARER_BREAK", "CarerBreak", "The carers take a break", Value, Open, Open, "ours"),
        entry("STAYING_PUT", "StayingPut", "A care leaver is staying put", Value, Open, Open, "ours"),
        entry("NEEDS_OF_CHILDREN_HERE", "NeedsOfChildrenHere", "Needs of the children who live here", Value, Open, Open, "ours"),
        entry("HOUSEHOLD_CHANGE", "HouseholdChange", "The household is changing", Value, Open, Open, "ours"),
        entry("BUILDING_WORKS", "BuildingWorks", "Building works", Value, Open, Open, "ours"),
        entry("STAFFING", "Staffing", "Not enough staff", Value, Open, Open, "ours"),
        entry("ON_HOLD", "OnHold", "On hold", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl PlaceNotAvailableReason {
    const VARIANTS: [Self; 8] = [
        Self::CarerBreak, Self::StayingPut, Self::NeedsOfChildrenHere, Self::HouseholdChange, Self::BuildingWorks,
        Self::Staffing, Self::OnHold, Self::Other,
    ];
}

impl Code for PlaceNotAvailableReason {
    const LIST: &'static CodeList = &PLACE_NOT_AVAILABLE_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 22])? {
            b"CARER_BREAK" => Some(Self::CarerBreak),
            b"STAYING_PUT" => Some(Self::StayingPut),
            b"NEEDS_OF_CHILDREN_HERE" => Some(Self::NeedsOfChildrenHere),
            b"HOUSEHOLD_CHANGE" => Some(Self::HouseholdChange),
            b"BUILDING_WORKS" => Some(Self::BuildingWorks),
            b"STAFFING" => Some(Self::Staffing),
            b"ON_HOLD" => Some(Self::OnHold),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Which children a home could take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WhoCouldLiveHere {
    /// `ANY`: Any child.
    Any,
    /// `MALE`: Boys.
    Male,
    /// `FEMALE`: Girls.
    Female,
}

static WHO_COULD_LIVE_HERE: CodeList = CodeList {
    name: "who_could_live_here",
    entries: &[
        entry("ANY", "Any", "Any child", Value, Open, Open, "ours"),
        entry("MALE", "Male", "Boys", Value, Open, Open, "ours"),
        entry("FEMALE", "Female", "Girls", Value, Open, Open, "ours"),
    ],
};

impl WhoCouldLiveHere {
    const VARIANTS: [Self; 3] = [
        Self::Any, Self::Male, Self::Female,
    ];
}

impl Code for WhoCouldLiveHere {
    const LIST: &'static CodeList = &WHO_COULD_LIVE_HERE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 6])? {
            b"ANY" => Some(Self::Any),
            b"MALE" => Some(Self::Male),
            b"FEMALE" => Some(Self::Female),
            _ => None,
        }
    }
}

/// Age band of a child who lives in a home already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ChildHereAge {
    /// `0_4`: 0 to 4 years.
    Under5,
    /// `5_10`: 5 to 10 years.
    From5To10,
    /// `11_15`: 11 to 15 years.
    From11To15,
    /// `16_17`: 16 or 17 years.
    From16To17,
    /// `18+`: 18 years or over.
    Adult,
}

static CHILD_HERE_AGE: CodeList = CodeList {
    name: "child_here_age",
    entries: &[
        entry("0_4", "Under5", "0 to 4 years", Value, Open, Open, "ours"),
        entry("5_10", "From5To10", "5 to 10 years", Value, Open, Open, "ours"),
        entry("11_15", "From11To15", "11 to 15 years", Value, Open, Open, "ours"),
        entry("16_17", "From16To17", "16 or 17 years", Value, Open, Open, "ours"),
        entry("18+", "Adult", "18 years or over", Value, Open, Open, "ours"),
    ],
};

impl ChildHereAge {
    const VARIANTS: [Self; 5] = [
        Self::Under5, Self::From5To10, Self::From11To15, Self::From16To17, Self::Adult,
    ];
}

impl Code for ChildHereAge {
    const LIST: &'static CodeList = &CHILD_HERE_AGE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 5])? {
            b"0_4" => Some(Self::Under5),
            b"5_10" => Some(Self::From5To10),
            b"11_15" => Some(Self::From11To15),
            b"16_17" => Some(Self::From16To17),
            b"18+" => Some(Self::Adult),
            _ => None,
        }
    }
}

/// What a vacancy offers: the first ten are of fostering, the last four of supported accommodation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum VacancyPlacementType {
    /// `SHORT_TERM`: Short term.
    ShortTerm,
    /// `LONG_TERM`: Long term.
    LongTerm,
    /// `EMERGENCY`: Emergency placement.
    Emergency,
    /// `RESPITE`: Respite care.
    Respite,
    /// `SHORT_BREAKS`: Short breaks.
    ShortBreaks,
    /// `PARENT_AND_CHILD`: Parent and child.
    ParentAndChild,
    /// `REMAND`: Remand.
    Remand,
    /// `BRIDGING`: Bridging placement.
    Bridging,
    /// `FOSTER_FOR_ADOPTION`: Fostering for adoption.
    FosterForAdoption,
    /// `STEP_DOWN`: Step down from residential care.
    StepDown,
    /// `MEDIUM_LONG_TERM`: Medium to long term.
    MediumLongTerm,
    /// `SOLO`: Solo placement.
    Solo,
    /// `ASSESSMENT`: Assessment centre.
    Assessment,
    /// `SECURE`: Secure children's home.
    Secure,
    /// `THERAPEUTIC`: Therapeutic home.
    Therapeutic,
    /// `RESIDENTIAL_FAMILY_CENTRE`: Residential family centre.
    ResidentialFamilyCentre,
    /// `SCHOOL_HOME`: School and home in one.
    SchoolHome,
    /// `SELF_CONTAINED`: Self-contained unit.
    SelfContained,
    /// `SHARED_RING_FENCED`: Shared, ring-fenced for looked-after children.
    SharedRingFenced,
    /// `SHARED`: Shared with others.
    Shared,
    /// `SUPPORTED_LODGINGS`: Supported lodgings.
    SupportedLodgings,
}

static VACANCY_PLACEMENT_TYPE: CodeList = CodeList {
    name: "vacancy_placement_type",
    entries: &[
        entry("SHORT_TERM", "ShortTerm", "Short term", Value, Open, Open, "ours"),
        entry("LONG_TERM", "LongTerm", "Long term", Value, Open, Open, "ours"),
        entry("EMERGENCY", "Emergency", "Emergency placement", Value, Open, Open, "ours"),
        entry("RESPITE", "Respite", "Respite care", Value, Open, Open, "ours"),
        entry("SHORT_BREAKS", "ShortBreaks", "Short breaks", Value, Open, Open, "ours"),
        entry("PARENT_AND_CHILD", "ParentAndChild", "Parent and child", Value, Open, Open, "ours"),
        entry("REMAND", "Remand", "Remand", Value, Open, Open, "ours"),
        entry("BRIDGING", "Bridging", "Bridging placement", Value, Open, Open, "ours"),
        entry("FOSTER_FOR_ADOPTION", "FosterForAdoption", "Fostering for adoption", Value, Open, Open, "ours"),
        entry("STEP_DOWN", "StepDown", "Step down from residential care", Value, Open, Open, "ours"),
        entry("MEDIUM_LONG_TERM", "MediumLongTerm", "Medium to long term", Value, Open, Open, "ours"),
        entry("SOLO", "Solo", "Solo placement", Value, Open, Open, "ours"),
        entry("ASSESSMENT", "Assessment", "Assessment centre", Value, Open, Open, "ours"),
        entry("SECURE", "Secure", "Secure children's home", Value, Open, Open, "ours"),
        entry("THERAPEUTIC", "Therapeutic", "Therapeutic home", Value, Open, Open, "ours"),
        entry("RESIDENTIAL_FAMILY_CENTRE", "ResidentialFamilyCentre", "Residential family centre", Value, Open, Open, "ours"),
        entry("SCHOOL_HOME", "SchoolHome", "School and home in one", Value, Open, Open, "ours"),
        entry("SELF_CONTAINED", "SelfContained", "Self-contained unit", Value, Open, Open, "ours"),
        entry("SHARED_RING_FENCED", "SharedRingFenced", "Shared, ring-fenced for looked-after children", Value, Open, Open, "ours"),
        entry("SHARED", "Shared", "Shared with others", Value, Open, Open, "ours"),
        entry("SUPPORTED_LODGINGS", "SupportedLodgings", "Supported lodgings", Value, Open, Open, "ours"),
    ],
};

impl VacancyPlacementType {
    const VARIANTS: [Self; 21] = [
        Self::ShortTerm, Self::LongTerm, Self::Emergency, Self::Respite, Self::ShortBreaks, Self::ParentAndChild,
        Self::Remand, Self::Bridging, Self::FosterForAdoption, Self::StepDown, Self::MediumLongTerm, Self::Solo,
        Self::Assessment, Self::Secure, Self::Therapeutic, Self::ResidentialFamilyCentre, Self::SchoolHome,
        Self::SelfContained, Self::SharedRingFenced, Self::Shared, Self::SupportedLodgings,
    ];
}

impl Code for VacancyPlacementType {
    const LIST: &'static CodeList = &VACANCY_PLACEMENT_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 25])? {
            b"SHORT_TERM" => Some(Self::ShortTerm),
            b"LONG_TERM" => Some(Self::LongTerm),
            b"EMERGENCY" => Some(Self::Emergency),
            b"RESPITE" => Some(Self::Respite),
            b"SHORT_BREAKS" => Some(Self::ShortBreaks),
            b"PARENT_AND_CHILD" => Some(Self::ParentAndChild),
            b"REMAND" => Some(Self::Remand),
            b"BRIDGING" => Some(Self::Bridging),
            b"FOSTER_FOR_ADOPTION" => Some(Self::FosterForAdoption),
            b"STEP_DOWN" => Some(Self::StepDown),
            b"MEDIUM_LONG_TERM" => Some(Self::MediumLongTerm),
            b"SOLO" => Some(Self::Solo),
            b"ASSESSMENT" => Some(Self::Assessment),
            b"SECURE" => Some(Self::Secure),
            b"THERAPEUTIC" => Some(Self::Therapeutic),
            b"RESIDENTIAL_FAMILY_CENTRE" => Some(Self::ResidentialFamilyCentre),
            b"SCHOOL_HOME" => Some(Self::SchoolHome),
            b"SELF_CONTAINED" => Some(Self::SelfContained),
            b"SHARED_RING_FENCED" => Some(Self::SharedRingFenced),
            b"SHARED" => Some(Self::Shared),
            b"SUPPORTED_LODGINGS" => Some(Self::SupportedLodgings),
            _ => None,
        }
    }
}

/// A need that a home can meet, or cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementNeed {
    /// `UASC`: Unaccompanied asylum-seeking children.
    Unaccompanied,
    /// `DISABILITY`: Disability.
    Disability,
    /// `COMPLEX_HEALTH`: Complex health needs.
    ComplexHealth,
    /// `LEARNING_DISABILITY`: Learning disability.
    LearningDisability,
    /// `AUTISM_ADHD`: Autism or ADHD.
    AutismOrAdhd,
    /// `SELF_HARM`: Self-harm.
    SelfHarm,
    /// `MISSING`: Going missing.
    Missing,
    /// `CSE_SUPPORT`: Risk of sexual exploitation.
    SexualExploitation,
    /// `CRIMINAL_EXPLOITATION_SUPPORT`: Risk of criminal exploitation.
    CriminalExploitation,
    /// `SUBSTANCE_USE`: Substance use.
    SubstanceUse,
    /// `HARMFUL_SEXUAL_BEHAVIOUR`: Harmful sexual behaviour.
    HarmfulSexualBehaviour,
    /// `FIRE_SETTING`: Fire-setting.
    FireSetting,
    /// `AGGRESSION`: Aggression.
    Aggression,
    /// `SCHOOL_REFUSAL`: School refusal.
    SchoolRefusal,
    /// `EATING_DISORDER`: Eating disorder.
    EatingDisorder,
    /// `DEAF_BSL`: Deaf, or uses British Sign Language.
    DeafOrSigning,
    /// `YOUNG_PARENT`: Young parent.
    YoungParent,
    /// `LGBT_AFFIRMING`: LGBT-affirming home.
    LgbtAffirming,
    /// `TRAUMA_THERAPEUTIC`: Trauma, with therapeutic care.
    Trauma,
    /// `REMAND_BAIL`: On remand or bail.
    RemandOrBail,
    /// `DOL`: Deprivation of liberty.
    DeprivationOfLiberty,
}

static PLACEMENT_NEED: CodeList = CodeList {
    name: "placement_need",
    entries: &[
        entry("UASC", "Unaccompanied", "Unaccompanied asylum-seeking children", Value, Open, Open, "ours"),
        entry("DISABILITY", "Disability", "Disability", Value, Open, Open, "ours"),
        entry("COMPLEX_HEALTH", "ComplexHealth", "Complex health needs", Value, Open, Open, "ours"),
        entry("LEARNING_DISABILITY", "LearningDisability", "Learning disability", Value, Open, Open, "ours"),
        entry("AUTISM_ADHD", "AutismOrAdhd", "Autism or ADHD", Value, Open, Open, "ours"),
        entry("SELF_HARM", "SelfHarm", "Self-harm", Value, Open, Open, "ours"),
        entry("MISSING", "Missing", "Going missing", Value, Open, Open, "ours"),
        entry("CSE_SUPPORT", "SexualExploitation", "Risk of sexual exploitation", Value, Open, Open, "ours"),
        entry("CRIMINAL_EXPLOITATION_SUPPORT", "CriminalExploitation", "Risk of criminal exploitation", Value, Open, Open, "ours"),
        entry("SUBSTANCE_USE", "SubstanceUse", "Substance use", Value, Open, Open, "ours"),
        entry("HARMFUL_SEXUAL_BEHAVIOUR", "HarmfulSexualBehaviour", "Harmful sexual behaviour", Value, Open, Open, "ours"),
        entry("FIRE_SETTING", "FireSetting", "Fire-setting", Value, Open, Open, "ours"),
        entry("AGGRESSION", "Aggression", "Aggression", Value, Open, Open, "ours"),
        entry("SCHOOL_REFUSAL", "SchoolRefusal", "School refusal", Value, Open, Open, "ours"),
        entry("EATING_DISORDER", "EatingDisorder", "Eating disorder", Value, Open, Open, "ours"),
        entry("DEAF_BSL", "DeafOrSigning", "Deaf, or uses British Sign Language", Value, Open, Open, "ours"),
        entry("YOUNG_PARENT", "YoungParent", "Young parent", Value, Open, Open, "ours"),
        entry("LGBT_AFFIRMING", "LgbtAffirming", "LGBT-affirming home", Value, Open, Open, "ours"),
        entry("TRAUMA_THERAPEUTIC", "Trauma", "Trauma, with therapeutic care", Value, Open, Open, "ours"),
        entry("REMAND_BAIL", "RemandOrBail", "On remand or bail", Value, Open, Open, "ours"),
        entry("DOL", "DeprivationOfLiberty", "Deprivation of liberty", Value, Open, Open, "ours"),
    ],
};

impl PlacementNeed {
    const VARIANTS: [Self; 21] = [
        Self::Unaccompanied, Self::Disability, Self::ComplexHealth, Self::LearningDisability, Self::AutismOrAdhd,
        Self::SelfHarm, Self::Missing, Self::SexualExploitation, Self::CriminalExploitation, Self::SubstanceUse,
        Self::HarmfulSexualBehaviour, Self::FireSetting, Self::Aggression, Self::SchoolRefusal, Self::EatingDisorder,
        Self::DeafOrSigning, Self::YoungParent, Self::LgbtAffirming, Self::Trauma, Self::RemandOrBail,
        Self::DeprivationOfLiberty,
    ];
}

impl Code for PlacementNeed {
    const LIST: &'static CodeList = &PLACEMENT_NEED;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 29])? {
            b"UASC" => Some(Self::Unaccompanied),
            b"DISABILITY" => Some(Self::Disability),
            b"COMPLEX_HEALTH" => Some(Self::ComplexHealth),
            b"LEARNING_DISABILITY" => Some(Self::LearningDisability),
            b"AUTISM_ADHD" => Some(Self::AutismOrAdhd),
            b"SELF_HARM" => Some(Self::SelfHarm),
            b"MISSING" => Some(Self::Missing),
            b"CSE_SUPPORT" => Some(Self::SexualExploitation),
            b"CRIMINAL_EXPLOITATION_SUPPORT" => Some(Self::CriminalExploitation),
            b"SUBSTANCE_USE" => Some(Self::SubstanceUse),
            b"HARMFUL_SEXUAL_BEHAVIOUR" => Some(Self::HarmfulSexualBehaviour),
            b"FIRE_SETTING" => Some(Self::FireSetting),
            b"AGGRESSION" => Some(Self::Aggression),
            b"SCHOOL_REFUSAL" => Some(Self::SchoolRefusal),
            b"EATING_DISORDER" => Some(Self::EatingDisorder),
            b"DEAF_BSL" => Some(Self::DeafOrSigning),
            b"YOUNG_PARENT" => Some(Self::YoungParent),
            b"LGBT_AFFIRMING" => Some(Self::LgbtAffirming),
            b"TRAUMA_THERAPEUTIC" => Some(Self::Trauma),
            b"REMAND_BAIL" => Some(Self::RemandOrBail),
            b"DOL" => Some(Self::DeprivationOfLiberty),
            _ => None,
        }
    }
}

/// How far a home can be used with a wheelchair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WheelchairAccess {
    /// `FULL`: The whole home.
    Full,
    /// `GROUND_FLOOR`: Ground floor only.
    GroundFloor,
    /// `NONE`: Not at all.
    None,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static WHEELCHAIR_ACCESS: CodeList = CodeList {
    name: "wheelchair_access",
    entries: &[
        entry("FULL", "Full", "The whole home", Value, Open, Open, "ours"),
        entry("GROUND_FLOOR", "GroundFloor", "Ground floor only", Value, Open, Open, "ours"),
        entry("NONE", "None", "Not at all", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl WheelchairAccess {
    const VARIANTS: [Self; 4] = [
        Self::Full, Self::GroundFloor, Self::None, Self::Unknown,
    ];
}

impl Code for WheelchairAccess {
    const LIST: &'static CodeList = &WHEELCHAIR_ACCESS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 12])? {
            b"FULL" => Some(Self::Full),
            b"GROUND_FLOOR" => Some(Self::GroundFloor),
            b"NONE" => Some(Self::None),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// An animal that lives in a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum HouseholdPet {
    /// `NONE`: No animals.
    None,
    /// `DOG`: Dog.
    Dog,
    /// `CAT`: Cat.
    Cat,
    /// `SMALL`: Small animal.
    Small,
    /// `FARM`: Farm animal.
    Farm,
    /// `OTHER`: Other animal.
    Other,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static HOUSEHOLD_PET: CodeList = CodeList {
    name: "household_pet",
    entries: &[
        entry("NONE", "None", "No animals", Value, Open, Open, "ours"),
        entry("DOG", "Dog", "Dog", Value, Open, Open, "ours"),
        entry("CAT", "Cat", "Cat", Value, Open, Open, "ours"),
        entry("SMALL", "Small", "Small animal", Value, Open, Open, "ours"),
        entry("FARM", "Farm", "Farm animal", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other animal", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl HouseholdPet {
    const VARIANTS: [Self; 7] = [
        Self::None, Self::Dog, Self::Cat, Self::Small, Self::Farm, Self::Other, Self::Unknown,
    ];
}

impl Code for HouseholdPet {
    const LIST: &'static CodeList = &HOUSEHOLD_PET;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"NONE" => Some(Self::None),
            b"DOG" => Some(Self::Dog),
            b"CAT" => Some(Self::Cat),
            b"SMALL" => Some(Self::Small),
            b"FARM" => Some(Self::Farm),
            b"OTHER" => Some(Self::Other),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Whether anybody smokes in a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum HouseholdSmoking {
    /// `NO`: Nobody smokes.
    No,
    /// `OUTSIDE`: Outside only.
    Outside,
    /// `YES`: Somebody smokes.
    Yes,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static HOUSEHOLD_SMOKING: CodeList = CodeList {
    name: "household_smoking",
    entries: &[
        entry("NO", "No", "Nobody smokes", Value, Open, Open, "ours"),
        entry("OUTSIDE", "Outside", "Outside only", Value, Open, Open, "ours"),
        entry("YES", "Yes", "Somebody smokes", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl HouseholdSmoking {
    const VARIANTS: [Self; 4] = [
        Self::No, Self::Outside, Self::Yes, Self::Unknown,
    ];
}

impl Code for HouseholdSmoking {
    const LIST: &'static CodeList = &HOUSEHOLD_SMOKING;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"NO" => Some(Self::No),
            b"OUTSIDE" => Some(Self::Outside),
            b"YES" => Some(Self::Yes),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// A religion of a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum HouseholdReligion {
    /// `CHRISTIAN`: Christian.
    Christian,
    /// `MUSLIM`: Muslim.
    Muslim,
    /// `HINDU`: Hindu.
    Hindu,
    /// `SIKH`: Sikh.
    Sikh,
    /// `JEWISH`: Jewish.
    Jewish,
    /// `BUDDHIST`: Buddhist.
    Buddhist,
    /// `NONE`: No religion.
    None,
    /// `OTHER`: Another religion.
    Other,
}

static HOUSEHOLD_RELIGION: CodeList = CodeList {
    name: "household_religion",
    entries: &[
        entry("CHRISTIAN", "Christian", "Christian", Value, Open, Open, "ours"),
        entry("MUSLIM", "Muslim", "Muslim", Value, Open, Open, "ours"),
        entry("HINDU", "Hindu", "Hindu", Value, Open, Open, "ours"),
        entry("SIKH", "Sikh", "Sikh", Value, Open, Open, "ours"),
        entry("JEWISH", "Jewish", "Jewish", Value, Open, Open, "ours"),
        entry("BUDDHIST", "Buddhist", "Buddhist", Value, Open, Open, "ours"),
        entry("NONE", "None", "No religion", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Another religion", Value, Open, Open, "ours"),
    ],
};

impl HouseholdReligion {
    const VARIANTS: [Self; 8] = [
        Self::Christian, Self::Muslim, Self::Hindu, Self::Sikh, Self::Jewish, Self::Buddhist, Self::None, Self::Other,
    ];
}

impl Code for HouseholdReligion {
    const LIST: &'static CodeList = &HOUSEHOLD_RELIGION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"CHRISTIAN" => Some(Self::Christian),
            b"MUSLIM" => Some(Self::Muslim),
            b"HINDU" => Some(Self::Hindu),
            b"SIKH" => Some(Self::Sikh),
            b"JEWISH" => Some(Self::Jewish),
            b"BUDDHIST" => Some(Self::Buddhist),
            b"NONE" => Some(Self::None),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// What carers do for a child's time with its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FamilyTimeHelp {
    /// `TRANSPORT`: They take the child there.
    Transport,
    /// `SUPERVISE`: They supervise it.
    Supervise,
    /// `AT_HOME`: It can be in the home.
    AtHome,
    /// `NONE`: Nothing.
    None,
}

static FAMILY_TIME_HELP: CodeList = CodeList {
    name: "family_time_help",
    entries: &[
        entry("TRANSPORT", "Transport", "They take the child there", Value, Open, Open, "ours"),
        entry("SUPERVISE", "Supervise", "They supervise it", Value, Open, Open, "ours"),
        entry("AT_HOME", "AtHome", "It can be in the home", Value, Open, Open, "ours"),
        entry("NONE", "None", "Nothing", Value, Open, Open, "ours"),
    ],
};

impl FamilyTimeHelp {
    const VARIANTS: [Self; 4] = [
        Self::Transport, Self::Supervise, Self::AtHome, Self::None,
    ];
}

impl Code for FamilyTimeHelp {
    const LIST: &'static CodeList = &FAMILY_TIME_HELP;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"TRANSPORT" => Some(Self::Transport),
            b"SUPERVISE" => Some(Self::Supervise),
            b"AT_HOME" => Some(Self::AtHome),
            b"NONE" => Some(Self::None),
            _ => None,
        }
    }
}

/// When what a child may read about a home is let out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ProfileRelease {
    /// `ON_ACCEPT`: When an offer is accepted.
    OnAccept,
    /// `ON_MATCH_TALK`: When a match is talked about.
    OnMatchTalk,
}

static PROFILE_RELEASE: CodeList = CodeList {
    name: "profile_release",
    entries: &[
        entry("ON_ACCEPT", "OnAccept", "When an offer is accepted", Value, Open, Open, "ours"),
        entry("ON_MATCH_TALK", "OnMatchTalk", "When a match is talked about", Value, Open, Open, "ours"),
    ],
};

impl ProfileRelease {
    const VARIANTS: [Self; 2] = [
        Self::OnAccept, Self::OnMatchTalk,
    ];
}

impl Code for ProfileRelease {
    const LIST: &'static CodeList = &PROFILE_RELEASE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"ON_ACCEPT" => Some(Self::OnAccept),
            b"ON_MATCH_TALK" => Some(Self::OnMatchTalk),
            _ => None,
        }
    }
}

/// State of a request for a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReferralStatus {
    /// `DRAFT`: Not yet sent out.
    Draft,
    /// `OPEN`: Open for offers.
    Open,
    /// `MATCHED`: An offer was accepted.
    Matched,
    /// `CLOSED`: Closed.
    Closed,
}

static REFERRAL_STATUS: CodeList = CodeList {
    name: "referral_status",
    entries: &[
        entry("DRAFT", "Draft", "Not yet sent out", Value, Open, Open, "ours"),
        entry("OPEN", "Open", "Open for offers", Value, Open, Open, "ours"),
        entry("MATCHED", "Matched", "An offer was accepted", Value, Open, Open, "ours"),
        entry("CLOSED", "Closed", "Closed", Value, Open, Open, "ours"),
    ],
};

impl ReferralStatus {
    const VARIANTS: [Self; 4] = [
        Self::Draft, Self::Open, Self::Matched, Self::Closed,
    ];
}

impl Code for ReferralStatus {
    const LIST: &'static CodeList = &REFERRAL_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"DRAFT" => Some(Self::Draft),
            b"OPEN" => Some(Self::Open),
            b"MATCHED" => Some(Self::Matched),
            b"CLOSED" => Some(Self::Closed),
            _ => None,
        }
    }
}

/// Why a request for a home was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReferralCloseReason {
    /// `WITHDRAWN`: Withdrawn.
    Withdrawn,
    /// `PLACED_IN_HOUSE`: Placed with carers of the authority.
    PlacedInHouse,
    /// `PLACED_ELSEWHERE`: Placed elsewhere.
    PlacedElsewhere,
    /// `NO_MATCH`: No home was found.
    NoMatch,
    /// `EXPIRED`: The time for offers ran out.
    Expired,
}

static REFERRAL_CLOSE_REASON: CodeList = CodeList {
    name: "referral_close_reason",
    entries: &[
        entry("WITHDRAWN", "Withdrawn", "Withdrawn", Value, Open, Open, "ours"),
        entry("PLACED_IN_HOUSE", "PlacedInHouse", "Placed with carers of the authority", Value, Open, Open, "ours"),
        entry("PLACED_ELSEWHERE", "PlacedElsewhere", "Placed elsewhere", Value, Open, Open, "ours"),
        entry("NO_MATCH", "NoMatch", "No home was found", Value, Open, Open, "ours"),
        entry("EXPIRED", "Expired", "The time for offers ran out", Value, Open, Open, "ours"),
    ],
};

impl ReferralCloseReason {
    const VARIANTS: [Self; 5] = [
        Self::Withdrawn, Self::PlacedInHouse, Self::PlacedElsewhere, Self::NoMatch, Self::Expired,
    ];
}

impl Code for ReferralCloseReason {
    const LIST: &'static CodeList = &REFERRAL_CLOSE_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 16])? {
            b"WITHDRAWN" => Some(Self::Withdrawn),
            b"PLACED_IN_HOUSE" => Some(Self::PlacedInHouse),
            b"PLACED_ELSEWHERE" => Some(Self::PlacedElsewhere),
            b"NO_MATCH" => Some(Self::NoMatch),
            b"EXPIRED" => Some(Self::Expired),
            _ => None,
        }
    }
}

/// How soon a home is needed (National Placements Standard, neededBy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReferralUrgency {
    /// `TODAY`: Today.
    Today,
    /// `WITHIN_5_DAYS`: Within five days.
    WithinFiveDays,
    /// `BEYOND_5_DAYS`: In more than five days.
    BeyondFiveDays,
}

static REFERRAL_URGENCY: CodeList = CodeList {
    name: "referral_urgency",
    entries: &[
        entry("TODAY", "Today", "Today", Value, Open, Open, "National Placements Standard v01"),
        entry("WITHIN_5_DAYS", "WithinFiveDays", "Within five days", Value, Open, Open, "National Placements Standard v01"),
        entry("BEYOND_5_DAYS", "BeyondFiveDays", "In more than five days", Value, Open, Open, "National Placements Standard v01"),
    ],
};

impl ReferralUrgency {
    const VARIANTS: [Self; 3] = [
        Self::Today, Self::WithinFiveDays, Self::BeyondFiveDays,
    ];
}

impl Code for ReferralUrgency {
    const LIST: &'static CodeList = &REFERRAL_URGENCY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"TODAY" => Some(Self::Today),
            b"WITHIN_5_DAYS" => Some(Self::WithinFiveDays),
            b"BEYOND_5_DAYS" => Some(Self::BeyondFiveDays),
            _ => None,
        }
    }
}

/// How long a placement is expected to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementDuration {
    /// `OVERNIGHT`: A night or a weekend.
    Overnight,
    /// `UP_TO_4_WEEKS`: Up to four weeks.
    UpToFourWeeks,
    /// `UP_TO_6_MONTHS`: Up to six months.
    UpToSixMonths,
    /// `UP_TO_2_YEARS`: Up to two years.
    UpToTwoYears,
    /// `UNTIL_ADULT`: Until the child is grown up.
    UntilAdult,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static PLACEMENT_DURATION: CodeList = CodeList {
    name: "placement_duration",
    entries: &[
        entry("OVERNIGHT", "Overnight", "A night or a weekend", Value, Open, Open, "ours"),
        entry("UP_TO_4_WEEKS", "UpToFourWeeks", "Up to four weeks", Value, Open, Open, "ours"),
        entry("UP_TO_6_MONTHS", "UpToSixMonths", "Up to six months", Value, Open, Open, "ours"),
        entry("UP_TO_2_YEARS", "UpToTwoYears", "Up to two years", Value, Open, Open, "ours"),
        entry("UNTIL_ADULT", "UntilAdult", "Until the child is grown up", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl PlacementDuration {
    const VARIANTS: [Self; 6] = [
        Self::Overnight, Self::UpToFourWeeks, Self::UpToSixMonths, Self::UpToTwoYears, Self::UntilAdult, Self::Unknown,
    ];
}

impl Code for PlacementDuration {
    const LIST: &'static CodeList = &PLACEMENT_DURATION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"OVERNIGHT" => Some(Self::Overnight),
            b"UP_TO_4_WEEKS" => Some(Self::UpToFourWeeks),
            b"UP_TO_6_MONTHS" => Some(Self::UpToSixMonths),
            b"UP_TO_2_YEARS" => Some(Self::UpToTwoYears),
            b"UNTIL_ADULT" => Some(Self::UntilAdult),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// How far a kind of provision suits a child (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SuitabilityLevel {
    /// `PREFERRED`: Preferred.
    Preferred,
    /// `SUITABLE`: Suitable but not preferred.
    Suitable,
    /// `UNSUITABLE`: Unsuitable.
    Unsuitable,
    /// `NOT_SPECIFIED`: Not specified.
    NotSpecified,
}

static SUITABILITY_LEVEL: CodeList = CodeList {
    name: "suitability_level",
    entries: &[
        entry("PREFERRED", "Preferred", "Preferred", Value, Open, Open, "National Placements Standard v01"),
        entry("SUITABLE", "Suitable", "Suitable but not preferred", Value, Open, Open, "National Placements Standard v01"),
        entry("UNSUITABLE", "Unsuitable", "Unsuitable", Value, Open, Open, "National Placements Standard v01"),
        entry("NOT_SPECIFIED", "NotSpecified", "Not specified", Unknown, Open, Open, "National Placements Standard v01"),
    ],
};

impl SuitabilityLevel {
    const VARIANTS: [Self; 4] = [
        Self::Preferred, Self::Suitable, Self::Unsuitable, Self::NotSpecified,
    ];
}

impl Code for SuitabilityLevel {
    const LIST: &'static CodeList = &SUITABILITY_LEVEL;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"PREFERRED" => Some(Self::Preferred),
            b"SUITABLE" => Some(Self::Suitable),
            b"UNSUITABLE" => Some(Self::Unsuitable),
            b"NOT_SPECIFIED" => Some(Self::NotSpecified),
            _ => None,
        }
    }
}

/// Broad ethnic group, as the Census 2021 has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EthnicGroup {
    /// `WHITE`: White.
    White,
    /// `MIXED`: Mixed or multiple ethnic groups.
    Mixed,
    /// `ASIAN`: Asian.
    Asian,
    /// `BLACK`: Black.
    Black,
    /// `OTHER`: Any other ethnic group.
    Other,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static ETHNIC_GROUP: CodeList = CodeList {
    name: "ethnic_group",
    entries: &[
        entry("WHITE", "White", "White", Value, Open, Open, "ours"),
        entry("MIXED", "Mixed", "Mixed or multiple ethnic groups", Value, Open, Open, "ours"),
        entry("ASIAN", "Asian", "Asian", Value, Open, Open, "ours"),
        entry("BLACK", "Black", "Black", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Any other ethnic group", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl EthnicGroup {
    const VARIANTS: [Self; 6] = [
        Self::White, Self::Mixed, Self::Asian, Self::Black, Self::Other, Self::Unknown,
    ];
}

impl Code for EthnicGroup {
    const LIST: &'static CodeList = &ETHNIC_GROUP;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"WHITE" => Some(Self::White),
            b"MIXED" => Some(Self::Mixed),
            b"ASIAN" => Some(Self::Asian),
            b"BLACK" => Some(Self::Black),
            b"OTHER" => Some(Self::Other),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Whether a child's language is English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LanguageGroup {
    /// `ENGLISH`: English.
    English,
    /// `OTHER`: Another language.
    Other,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static LANGUAGE_GROUP: CodeList = CodeList {
    name: "language_group",
    entries: &[
        entry("ENGLISH", "English", "English", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Another language", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl LanguageGroup {
    const VARIANTS: [Self; 3] = [
        Self::English, Self::Other, Self::Unknown,
    ];
}

impl Code for LanguageGroup {
    const LIST: &'static CodeList = &LANGUAGE_GROUP;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"ENGLISH" => Some(Self::English),
            b"OTHER" => Some(Self::Other),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Broad group of a child's legal status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LegalStatusGroup {
    /// `INTERIM_ORDER`: Interim care order.
    InterimOrder,
    /// `FULL_ORDER`: Full care order.
    FullOrder,
    /// `PLACEMENT_ORDER`: Placement order.
    PlacementOrder,
    /// `ACCOMMODATED`: Accommodated under section 20.
    Accommodated,
    /// `JUSTICE`: Remand or another order of justice.
    Justice,
    /// `OTHER`: Another status.
    Other,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static LEGAL_STATUS_GROUP: CodeList = CodeList {
    name: "legal_status_group",
    entries: &[
        entry("INTERIM_ORDER", "InterimOrder", "Interim care order", Value, Open, Open, "ours"),
        entry("FULL_ORDER", "FullOrder", "Full care order", Value, Open, Open, "ours"),
        entry("PLACEMENT_ORDER", "PlacementOrder", "Placement order", Value, Open, Open, "ours"),
        entry("ACCOMMODATED", "Accommodated", "Accommodated under section 20", Value, Open, Open, "ours"),
        entry("JUSTICE", "Justice", "Remand or another order of justice", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Another status", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl LegalStatusGroup {
    const VARIANTS: [Self; 7] = [
        Self::InterimOrder, Self::FullOrder, Self::PlacementOrder, Self::Accommodated, Self::Justice, Self::Other,
        Self::Unknown,
    ];
}

impl Code for LegalStatusGroup {
    const LIST: &'static CodeList = &LEGAL_STATUS_GROUP;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 15])? {
            b"INTERIM_ORDER" => Some(Self::InterimOrder),
            b"FULL_ORDER" => Some(Self::FullOrder),
            b"PLACEMENT_ORDER" => Some(Self::PlacementOrder),
            b"ACCOMMODATED" => Some(Self::Accommodated),
            b"JUSTICE" => Some(Self::Justice),
            b"OTHER" => Some(Self::Other),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Age of a child under two, in months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum InfantAge {
    /// `0_TO_5_MONTHS`: Under six months.
    UnderSixMonths,
    /// `6_TO_11_MONTHS`: Six to eleven months.
    SixToElevenMonths,
    /// `12_TO_23_MONTHS`: Twelve to twenty-three months.
    TwelveToTwentyThreeMonths,
}

static INFANT_AGE: CodeList = CodeList {
    name: "infant_age",
    entries: &[
        entry("0_TO_5_MONTHS", "UnderSixMonths", "Under six months", Value, Open, Open, "ours"),
        entry("6_TO_11_MONTHS", "SixToElevenMonths", "Six to eleven months", Value, Open, Open, "ours"),
        entry("12_TO_23_MONTHS", "TwelveToTwentyThreeMonths", "Twelve to twenty-three months", Value, Open, Open, "ours"),
    ],
};

impl InfantAge {
    const VARIANTS: [Self; 3] = [
        Self::UnderSixMonths, Self::SixToElevenMonths, Self::TwelveToTwentyThreeMonths,
    ];
}

impl Code for InfantAge {
    const LIST: &'static CodeList = &INFANT_AGE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 15])? {
            b"0_TO_5_MONTHS" => Some(Self::UnderSixMonths),
            b"6_TO_11_MONTHS" => Some(Self::SixToElevenMonths),
            b"12_TO_23_MONTHS" => Some(Self::TwelveToTwentyThreeMonths),
            _ => None,
        }
    }
}

/// Band of a strengths and difficulties score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SdqBand {
    /// `NORMAL`: Close to average.
    Normal,
    /// `BORDERLINE`: Borderline.
    Borderline,
    /// `CAUSE_FOR_CONCERN`: Cause for concern.
    CauseForConcern,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static SDQ_BAND: CodeList = CodeList {
    name: "sdq_band",
    entries: &[
        entry("NORMAL", "Normal", "Close to average", Value, Open, Open, "SDQ scoring"),
        entry("BORDERLINE", "Borderline", "Borderline", Value, Open, Open, "SDQ scoring"),
        entry("CAUSE_FOR_CONCERN", "CauseForConcern", "Cause for concern", Value, Open, Open, "SDQ scoring"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "SDQ scoring"),
    ],
};

impl SdqBand {
    const VARIANTS: [Self; 4] = [
        Self::Normal, Self::Borderline, Self::CauseForConcern, Self::Unknown,
    ];
}

impl Code for SdqBand {
    const LIST: &'static CodeList = &SDQ_BAND;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 17])? {
            b"NORMAL" => Some(Self::Normal),
            b"BORDERLINE" => Some(Self::Borderline),
            b"CAUSE_FOR_CONCERN" => Some(Self::CauseForConcern),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// What a child needs so as to be understood (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CommunicationNeed {
    /// `NONE`: None.
    None,
    /// `ESOL`: English for speakers of other languages.
    Esol,
    /// `BSL`: British Sign Language.
    Bsl,
    /// `MAKATON`: Makaton.
    Makaton,
    /// `OTHER`: Another need.
    Other,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static COMMUNICATION_NEED: CodeList = CodeList {
    name: "communication_need",
    entries: &[
        entry("NONE", "None", "None", Value, Open, Open, "National Placements Standard v01"),
        entry("ESOL", "Esol", "English for speakers of other languages", Value, Open, Open, "National Placements Standard v01"),
        entry("BSL", "Bsl", "British Sign Language", Value, Open, Open, "National Placements Standard v01"),
        entry("MAKATON", "Makaton", "Makaton", Value, Open, Open, "National Placements Standard v01"),
        entry("OTHER", "Other", "Another need", Value, Open, Open, "National Placements Standard v01"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "National Placements Standard v01"),
    ],
};

impl CommunicationNeed {
    const VARIANTS: [Self; 6] = [
        Self::None, Self::Esol, Self::Bsl, Self::Makaton, Self::Other, Self::Unknown,
    ];
}

impl Code for CommunicationNeed {
    const LIST: &'static CodeList = &COMMUNICATION_NEED;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"NONE" => Some(Self::None),
            b"ESOL" => Some(Self::Esol),
            b"BSL" => Some(Self::Bsl),
            b"MAKATON" => Some(Self::Makaton),
            b"OTHER" => Some(Self::Other),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Support that a placement needs beside its carers (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementSupport {
    /// `SUPERVISION`: Additional supervision.
    Supervision,
    /// `THERAPEUTIC`: Therapeutic support.
    Therapeutic,
    /// `RESPITE_WORKER`: A worker for respite.
    RespiteWorker,
    /// `SCHOOL_TAXIS`: Taxis to school.
    SchoolTaxis,
    /// `NONE`: None.
    None,
    /// `OTHER`: Other support.
    Other,
}

static PLACEMENT_SUPPORT: CodeList = CodeList {
    name: "placement_support",
    entries: &[
        entry("SUPERVISION", "Supervision", "Additional supervision", Value, Open, Open, "National Placements Standard v01"),
        entry("THERAPEUTIC", "Therapeutic", "Therapeutic support", Value, Open, Open, "National Placements Standard v01"),
        entry("RESPITE_WORKER", "RespiteWorker", "A worker for respite", Value, Open, Open, "National Placements Standard v01"),
        entry("SCHOOL_TAXIS", "SchoolTaxis", "Taxis to school", Value, Open, Open, "National Placements Standard v01"),
        entry("NONE", "None", "None", Value, Open, Open, "National Placements Standard v01"),
        entry("OTHER", "Other", "Other support", Value, Open, Open, "National Placements Standard v01"),
    ],
};

impl PlacementSupport {
    const VARIANTS: [Self; 6] = [
        Self::Supervision, Self::Therapeutic, Self::RespiteWorker, Self::SchoolTaxis, Self::None, Self::Other,
    ];
}

impl Code for PlacementSupport {
    const LIST: &'static CodeList = &PLACEMENT_SUPPORT;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"SUPERVISION" => Some(Self::Supervision),
            b"THERAPEUTIC" => Some(Self::Therapeutic),
            b"RESPITE_WORKER" => Some(Self::RespiteWorker),
            b"SCHOOL_TAXIS" => Some(Self::SchoolTaxis),
            b"NONE" => Some(Self::None),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Whether there is a need, as the National Placements Standard asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PresenceStatus {
    /// `YES`: Yes.
    Yes,
    /// `NO`: No.
    No,
    /// `NOT_SPECIFIED`: Not specified.
    NotSpecified,
}

static PRESENCE_STATUS: CodeList = CodeList {
    name: "presence_status",
    entries: &[
        entry("YES", "Yes", "Yes", Value, Open, Open, "National Placements Standard v01"),
        entry("NO", "No", "No", Value, Open, Open, "National Placements Standard v01"),
        entry("NOT_SPECIFIED", "NotSpecified", "Not specified", Unknown, Open, Open, "National Placements Standard v01"),
    ],
};

impl PresenceStatus {
    const VARIANTS: [Self; 3] = [
        Self::Yes, Self::No, Self::NotSpecified,
    ];
}

impl Code for PresenceStatus {
    const LIST: &'static CodeList = &PRESENCE_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"YES" => Some(Self::Yes),
            b"NO" => Some(Self::No),
            b"NOT_SPECIFIED" => Some(Self::NotSpecified),
            _ => None,
        }
    }
}

/// Whether a risk is known (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RiskLevel {
    /// `NONE_KNOWN`: No known risk.
    NoneKnown,
    /// `PRESENT`: Risk present.
    Present,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static RISK_LEVEL: CodeList = CodeList {
    name: "risk_level",
    entries: &[
        entry("NONE_KNOWN", "NoneKnown", "No known risk", Value, Open, Open, "National Placements Standard v01"),
        entry("PRESENT", "Present", "Risk present", Value, Open, Open, "National Placements Standard v01"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "National Placements Standard v01"),
    ],
};

impl RiskLevel {
    const VARIANTS: [Self; 3] = [
        Self::NoneKnown, Self::Present, Self::Unknown,
    ];
}

impl Code for RiskLevel {
    const LIST: &'static CodeList = &RISK_LEVEL;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 10])? {
            b"NONE_KNOWN" => Some(Self::NoneKnown),
            b"PRESENT" => Some(Self::Present),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Phase of a child's education.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EducationPhase {
    /// `EARLY_YEARS`: Early years.
    EarlyYears,
    /// `PRIMARY`: Primary.
    Primary,
    /// `SECONDARY`: Secondary.
    Secondary,
    /// `POST_16`: After 16.
    PostSixteen,
    /// `SPECIAL`: Special.
    Special,
    /// `ALTERNATIVE`: Alternative provision.
    Alternative,
    /// `NONE`: Not in education.
    None,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static EDUCATION_PHASE: CodeList = CodeList {
    name: "education_phase",
    entries: &[
        entry("EARLY_YEARS", "EarlyYears", "Early years", Value, Open, Open, "ours"),
        entry("PRIMARY", "Primary", "Primary", Value, Open, Open, "ours"),
        entry("SECONDARY", "Secondary", "Secondary", Value, Open, Open, "ours"),
        entry("POST_16", "PostSixteen", "After 16", Value, Open, Open, "ours"),
        entry("SPECIAL", "Special", "Special", Value, Open, Open, "ours"),
        entry("ALTERNATIVE", "Alternative", "Alternative provision", Value, Open, Open, "ours"),
        entry("NONE", "None", "Not in education", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl EducationPhase {
    const VARIANTS: [Self; 8] = [
        Self::EarlyYears, Self::Primary, Self::Secondary, Self::PostSixteen, Self::Special, Self::Alternative,
        Self::None, Self::Unknown,
    ];
}

impl Code for EducationPhase {
    const LIST: &'static CodeList = &EDUCATION_PHASE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 11])? {
            b"EARLY_YEARS" => Some(Self::EarlyYears),
            b"PRIMARY" => Some(Self::Primary),
            b"SECONDARY" => Some(Self::Secondary),
            b"POST_16" => Some(Self::PostSixteen),
            b"SPECIAL" => Some(Self::Special),
            b"ALTERNATIVE" => Some(Self::Alternative),
            b"NONE" => Some(Self::None),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// With whom a child can live (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LivingCompanions {
    /// `SOLO`: Solo placement recommended.
    Solo,
    /// `WITH_OTHERS`: With other children recommended.
    WithOthers,
    /// `ONLY_OLDER`: Only with other older children.
    OnlyOlder,
    /// `ONLY_YOUNGER`: Only with other younger children.
    OnlyYounger,
    /// `NO_PREFERENCE`: No preference.
    NoPreference,
}

static LIVING_COMPANIONS: CodeList = CodeList {
    name: "living_companions",
    entries: &[
        entry("SOLO", "Solo", "Solo placement recommended", Value, Open, Open, "National Placements Standard v01"),
        entry("WITH_OTHERS", "WithOthers", "With other children recommended", Value, Open, Open, "National Placements Standard v01"),
        entry("ONLY_OLDER", "OnlyOlder", "Only with other older children", Value, Open, Open, "National Placements Standard v01"),
        entry("ONLY_YOUNGER", "OnlyYounger", "Only with other younger children", Value, Open, Open, "National Placements Standard v01"),
        entry("NO_PREFERENCE", "NoPreference", "No preference", Value, Open, Open, "National Placements Standard v01"),
    ],
};

impl LivingCompanions {
    const VARIANTS: [Self; 5] = [
        Self::Solo, Self::WithOthers, Self::OnlyOlder, Self::OnlyYounger, Self::NoPreference,
    ];
}

impl Code for LivingCompanions {
    const LIST: &'static CodeList = &LIVING_COMPANIONS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"SOLO" => Some(Self::Solo),
            b"WITH_OTHERS" => Some(Self::WithOthers),
            b"ONLY_OLDER" => Some(Self::OnlyOlder),
            b"ONLY_YOUNGER" => Some(Self::OnlyYounger),
            b"NO_PREFERENCE" => Some(Self::NoPreference),
            _ => None,
        }
    }
}

/// Whether a child can live with animals (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PetsAllowance {
    /// `YES_MUST`: Yes - must.
    Must,
    /// `YES_CAN`: Yes - can.
    Can,
    /// `NO`: No.
    No,
    /// `NOT_KNOWN`: Not known.
    NotKnown,
}

static PETS_ALLOWANCE: CodeList = CodeList {
    name: "pets_allowance",
    entries: &[
        entry("YES_MUST", "Must", "Yes - must", Value, Open, Open, "National Placements Standard v01"),
        entry("YES_CAN", "Can", "Yes - can", Value, Open, Open, "National Placements Standard v01"),
        entry("NO", "No", "No", Value, Open, Open, "National Placements Standard v01"),
        entry("NOT_KNOWN", "NotKnown", "Not known", Unknown, Open, Open, "National Placements Standard v01"),
    ],
};

impl PetsAllowance {
    const VARIANTS: [Self; 4] = [
        Self::Must, Self::Can, Self::No, Self::NotKnown,
    ];
}

impl Code for PetsAllowance {
    const LIST: &'static CodeList = &PETS_ALLOWANCE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"YES_MUST" => Some(Self::Must),
            b"YES_CAN" => Some(Self::Can),
            b"NO" => Some(Self::No),
            b"NOT_KNOWN" => Some(Self::NotKnown),
            _ => None,
        }
    }
}

/// Whether a home must meet a child's culture (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CulturalNeed {
    /// `REQUIRED`: Required.
    Required,
    /// `NOT_REQUIRED`: Not required.
    NotRequired,
    /// `NOT_KNOWN`: Not known.
    NotKnown,
    /// `OTHER`: Other.
    Other,
}

static CULTURAL_NEED: CodeList = CodeList {
    name: "cultural_need",
    entries: &[
        entry("REQUIRED", "Required", "Required", Value, Open, Open, "National Placements Standard v01"),
        entry("NOT_REQUIRED", "NotRequired", "Not required", Value, Open, Open, "National Placements Standard v01"),
        entry("NOT_KNOWN", "NotKnown", "Not known", Unknown, Open, Open, "National Placements Standard v01"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "National Placements Standard v01"),
    ],
};

impl CulturalNeed {
    const VARIANTS: [Self; 4] = [
        Self::Required, Self::NotRequired, Self::NotKnown, Self::Other,
    ];
}

impl Code for CulturalNeed {
    const LIST: &'static CodeList = &CULTURAL_NEED;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 12])? {
            b"REQUIRED" => Some(Self::Required),
            b"NOT_REQUIRED" => Some(Self::NotRequired),
            b"NOT_KNOWN" => Some(Self::NotKnown),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Why a home should be away from the authority's area (National Placements Standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OutOfAreaReason {
    /// `SAFEGUARDING`: Safeguarding concerns.
    Safeguarding,
    /// `BAIL`: Bail conditions.
    Bail,
    /// `COURT_ORDER`: Court order.
    CourtOrder,
    /// `OTHER`: Another reason.
    Other,
}

static OUT_OF_AREA_REASON: CodeList = CodeList {
    name: "out_of_area_reason",
    entries: &[
        entry("SAFEGUARDING", "Safeguarding", "Safeguarding concerns", Value, Open, Open, "National Placements Standard v01"),
        entry("BAIL", "Bail", "Bail conditions", Value, Open, Open, "National Placements Standard v01"),
        entry("COURT_ORDER", "CourtOrder", "Court order", Value, Open, Open, "National Placements Standard v01"),
        entry("OTHER", "Other", "Another reason", Value, Open, Open, "National Placements Standard v01"),
    ],
};

impl OutOfAreaReason {
    const VARIANTS: [Self; 4] = [
        Self::Safeguarding, Self::Bail, Self::CourtOrder, Self::Other,
    ];
}

impl Code for OutOfAreaReason {
    const LIST: &'static CodeList = &OUT_OF_AREA_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 12])? {
            b"SAFEGUARDING" => Some(Self::Safeguarding),
            b"BAIL" => Some(Self::Bail),
            b"COURT_ORDER" => Some(Self::CourtOrder),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// State of an offer of a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OfferStatus {
    /// `OFFERED`: Offered.
    Offered,
    /// `ACCEPTED`: Accepted.
    Accepted,
    /// `DECLINED`: Declined.
    Declined,
    /// `WITHDRAWN`: Withdrawn by the provider.
    Withdrawn,
    /// `EXPIRED`: Ran out.
    Expired,
    /// `UNDONE`: Accepted and undone.
    Undone,
    /// `NO_OFFER`: Answered without an offer.
    NoOffer,
}

static OFFER_STATUS: CodeList = CodeList {
    name: "offer_status",
    entries: &[
        entry("OFFERED", "Offered", "Offered", Value, Open, Open, "ours"),
        entry("ACCEPTED", "Accepted", "Accepted", Value, Open, Open, "ours"),
        entry("DECLINED", "Declined", "Declined", Value, Open, Open, "ours"),
        entry("WITHDRAWN", "Withdrawn", "Withdrawn by the provider", Value, Open, Open, "ours"),
        entry("EXPIRED", "Expired", "Ran out", Value, Open, Open, "ours"),
        entry("UNDONE", "Undone", "Accepted and undone", Value, Open, Open, "ours"),
        entry("NO_OFFER", "NoOffer", "Answered without an offer", Value, Open, Open, "ours"),
    ],
};

impl OfferStatus {
    const VARIANTS: [Self; 7] = [
        Self::Offered, Self::Accepted, Self::Declined, Self::Withdrawn, Self::Expired, Self::Undone, Self::NoOffer,
    ];
}

impl Code for OfferStatus {
    const LIST: &'static CodeList = &OFFER_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"OFFERED" => Some(Self::Offered),
            b"ACCEPTED" => Some(Self::Accepted),
            b"DECLINED" => Some(Self::Declined),
            b"WITHDRAWN" => Some(Self::Withdrawn),
            b"EXPIRED" => Some(Self::Expired),
            b"UNDONE" => Some(Self::Undone),
            b"NO_OFFER" => Some(Self::NoOffer),
            _ => None,
        }
    }
}

/// Why an offer was declined, or none was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OfferReason {
    /// `CHOSEN_ANOTHER`: Another home was chosen.
    ChosenAnother,
    /// `TOO_FAR`: Too far away.
    TooFar,
    /// `COST`: Cost.
    Cost,
    /// `SKILLS`: Skills.
    Skills,
    /// `CHILDREN_ALREADY_HERE`: Children who live there already.
    ChildrenAlreadyHere,
    /// `TIMING`: Timing.
    Timing,
    /// `RATING`: Ofsted rating.
    Rating,
    /// `WITHDRAWN_REFERRAL`: The request was withdrawn.
    WithdrawnReferral,
    /// `CHILD_SAID_NO`: The child said no.
    ChildSaidNo,
    /// `NO_VACANCY`: No vacancy.
    NoVacancy,
    /// `NO_RESPONSE_IN_TIME`: No answer in time.
    NoResponseInTime,
    /// `OTHER`: Another reason.
    Other,
}

static OFFER_REASON: CodeList = CodeList {
    name: "offer_reason",
    entries: &[
        entry("CHOSEN_ANOTHER", "ChosenAnother", "Another home was chosen", Value, Open, Open, "ours"),
        entry("TOO_FAR", "TooFar", "Too far away", Value, Open, Open, "ours"),
        entry("COST", "Cost", "Cost", Value, Open, Open, "ours"),
        entry("SKILLS", "Skills", "Skills", Value, Open, Open, "ours"),
        entry("CHILDREN_ALREADY_HERE", "ChildrenAlreadyHere", "Children who live there already", Value, Open, Open, "ours"),
        entry("TIMING", "Timing", "Timing", Value, Open, Open, "ours"),
        entry("RATING", "Rating", "Ofsted rating", Value, Open, Open, "ours"),
        entry("WITHDRAWN_REFERRAL", "WithdrawnReferral", "The request was withdrawn", Value, Open, Open, "ours"),
        entry("CHILD_SAID_NO", "ChildSaidNo", "The child said no", Value, Open, Open, "ours"),
        entry("NO_VACANCY", "NoVacancy", "No vacancy", Value, Open, Open, "ours"),
        entry("NO_RESPONSE_IN_TIME", "NoResponseInTime", "No answer in time", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Another reason", Value, Open, Open, "ours"),
    ],
};

impl OfferReason {
    const VARIANTS: [Self; 12] = [
        Self::ChosenAnother, Self::TooFar, Self::Cost, Self::Skills, Self::ChildrenAlreadyHere, Self::Timing,
        Self::Rating, Self::WithdrawnReferral, Self::ChildSaidNo, Self::NoVacancy, Self::NoResponseInTime, Self::Other,
    ];
}

impl Code for OfferReason {
    const LIST: &'static CodeList = &OFFER_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 21])? {
            b"CHOSEN_ANOTHER" => Some(Self::ChosenAnother),
            b"TOO_FAR" => Some(Self::TooFar),
            b"COST" => Some(Self::Cost),
            b"SKILLS" => Some(Self::Skills),
            b"CHILDREN_ALREADY_HERE" => Some(Self::ChildrenAlreadyHere),
            b"TIMING" => Some(Self::Timing),
            b"RATING" => Some(Self::Rating),
            b"WITHDRAWN_REFERRAL" => Some(Self::WithdrawnReferral),
            b"CHILD_SAID_NO" => Some(Self::ChildSaidNo),
            b"NO_VACANCY" => Some(Self::NoVacancy),
            b"NO_RESPONSE_IN_TIME" => Some(Self::NoResponseInTime),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// How far a home meets what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CriterionAnswer {
    /// `MET`: Met.
    Met,
    /// `NOT_MET`: Not met.
    NotMet,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static CRITERION_ANSWER: CodeList = CodeList {
    name: "criterion_answer",
    entries: &[
        entry("MET", "Met", "Met", Value, Open, Open, "ours"),
        entry("NOT_MET", "NotMet", "Not met", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl CriterionAnswer {
    const VARIANTS: [Self; 3] = [
        Self::Met, Self::NotMet, Self::Unknown,
    ];
}

impl Code for CriterionAnswer {
    const LIST: &'static CodeList = &CRITERION_ANSWER;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"MET" => Some(Self::Met),
            b"NOT_MET" => Some(Self::NotMet),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// What a notice of a placement tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NoticeKind {
    /// `START`: A placement begins.
    Start,
    /// `END`: A placement ends.
    End,
    /// `CHANGE`: A placement changes.
    Change,
}

static NOTICE_KIND: CodeList = CodeList {
    name: "notice_kind",
    entries: &[
        entry("START", "Start", "A placement begins", Value, Open, Open, "ours"),
        entry("END", "End", "A placement ends", Value, Open, Open, "ours"),
        entry("CHANGE", "Change", "A placement changes", Value, Open, Open, "ours"),
    ],
};

impl NoticeKind {
    const VARIANTS: [Self; 3] = [
        Self::Start, Self::End, Self::Change,
    ];
}

impl Code for NoticeKind {
    const LIST: &'static CodeList = &NOTICE_KIND;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 6])? {
            b"START" => Some(Self::Start),
            b"END" => Some(Self::End),
            b"CHANGE" => Some(Self::Change),
            _ => None,
        }
    }
}

/// What a message does about a notice of a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NoticeMessage {
    /// `START`: A placement begins.
    Start,
    /// `END`: A placement ends.
    End,
    /// `FEE_CHANGE`: Its price changes.
    FeeChange,
    /// `CORRECTION`: An earlier notice was wrong: this one takes its place.
    Correction,
    /// `CANCEL`: An earlier notice was wrong: nothing takes its place.
    Cancel,
}

static NOTICE_MESSAGE: CodeList = CodeList {
    name: "notice_message",
    entries: &[
        entry("START", "Start", "A placement begins", Value, Open, Open, "ours"),
        entry("END", "End", "A placement ends", Value, Open, Open, "ours"),
        entry("FEE_CHANGE", "FeeChange", "Its price changes", Value, Open, Open, "ours"),
        entry("CORRECTION", "Correction", "An earlier notice was wrong: this one takes its place", Value, Open, Open, "ours"),
        entry("CANCEL", "Cancel", "An earlier notice was wrong: nothing takes its place", Value, Open, Open, "ours"),
    ],
};

impl NoticeMessage {
    const VARIANTS: [Self; 5] = [
        Self::Start, Self::End, Self::FeeChange, Self::Correction, Self::Cancel,
    ];
}

impl Code for NoticeMessage {
    const LIST: &'static CodeList = &NOTICE_MESSAGE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 10])? {
            b"START" => Some(Self::Start),
            b"END" => Some(Self::End),
            b"FEE_CHANGE" => Some(Self::FeeChange),
            b"CORRECTION" => Some(Self::Correction),
            b"CANCEL" => Some(Self::Cancel),
            _ => None,
        }
    }
}

/// Who ended a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementEndedBy {
    /// `PROVIDER`: The provider.
    Provider,
    /// `AUTHORITY`: The authority.
    Authority,
    /// `CHILD`: The child.
    Child,
    /// `COURT`: A court.
    Court,
    /// `BOTH`: Provider and authority together.
    Both,
    /// `OTHER`: Somebody else.
    Other,
}

static PLACEMENT_ENDED_BY: CodeList = CodeList {
    name: "placement_ended_by",
    entries: &[
        entry("PROVIDER", "Provider", "The provider", Value, Open, Open, "ours"),
        entry("AUTHORITY", "Authority", "The authority", Value, Open, Open, "ours"),
        entry("CHILD", "Child", "The child", Value, Open, Open, "ours"),
        entry("COURT", "Court", "A court", Value, Open, Open, "ours"),
        entry("BOTH", "Both", "Provider and authority together", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Somebody else", Value, Open, Open, "ours"),
    ],
};

impl PlacementEndedBy {
    const VARIANTS: [Self; 6] = [
        Self::Provider, Self::Authority, Self::Child, Self::Court, Self::Both, Self::Other,
    ];
}

impl Code for PlacementEndedBy {
    const LIST: &'static CodeList = &PLACEMENT_ENDED_BY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"PROVIDER" => Some(Self::Provider),
            b"AUTHORITY" => Some(Self::Authority),
            b"CHILD" => Some(Self::Child),
            b"COURT" => Some(Self::Court),
            b"BOTH" => Some(Self::Both),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Why a placement ended, as its provider tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementEndReason {
    /// `PLANNED_MOVE`: Planned move.
    PlannedMove,
    /// `RETURNED_HOME`: Returned home.
    ReturnedHome,
    /// `ADOPTED`: Adopted.
    Adopted,
    /// `PERMANENCE`: Permanence by another order.
    Permanence,
    /// `REACHED_18`: Turned 18.
    ReachedEighteen,
    /// `STAYING_PUT`: Staying put.
    StayingPut,
    /// `NEEDS_CHANGED`: The child's needs changed.
    NeedsChanged,
    /// `CARER_ASKED`: The carer asked for it.
    CarerAsked,
    /// `CARER_RETIRED`: The carer stopped fostering.
    CarerRetired,
    /// `STANDARDS`: Concern about standards of care.
    Standards,
    /// `ALLEGATION`: Allegation.
    Allegation,
    /// `HOME_CLOSED`: The home closed.
    HomeClosed,
    /// `CHILD_ASKED`: The child asked for it.
    ChildAsked,
    /// `CUSTODY`: Custody.
    Custody,
    /// `DIED`: The child died.
    Died,
    /// `OTHER`: Another reason.
    Other,
}

static PLACEMENT_END_REASON: CodeList = CodeList {
    name: "placement_end_reason",
    entries: &[
        entry("PLANNED_MOVE", "PlannedMove", "Planned move", Value, Open, Open, "ours"),
        entry("RETURNED_HOME", "ReturnedHome", "Returned home", Value, Open, Open, "ours"),
        entry("ADOPTED", "Adopted", "Adopted", Value, Open, Open, "ours"),
        entry("PERMANENCE", "Permanence", "Permanence by another order", Value, Open, Open, "ours"),
        entry("REACHED_18", "ReachedEighteen", "Turned 18", Value, Open, Open, "ours"),
        entry("STAYING_PUT", "StayingPut", "Staying put", Value, Open, Open, "ours"),
        entry("NEEDS_CHANGED", "NeedsChanged", "The child's needs changed", Value, Open, Open, "ours"),
        entry("CARER_ASKED", "CarerAsked", "The carer asked for it", Value, Open, Open, "ours"),
        entry("CARER_RETIRED", "CarerRetired", "The carer stopped fostering", Value, Open, Open, "ours"),
        entry("STANDARDS", "Standards", "Concern about standards of care", Value, Open, Open, "ours"),
        entry("ALLEGATION", "Allegation", "Allegation", Value, Open, Open, "ours"),
        entry("HOME_CLOSED", "HomeClosed", "The home closed", Value, Open, Open, "ours"),
        entry("CHILD_ASKED", "ChildAsked", "The child asked for it", Value, Open, Open, "ours"),
        entry("CUSTODY", "Custody", "Custody", Value, Open, Open, "ours"),
        entry("DIED", "Died", "The child died", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Another reason", Value, Open, Open, "ours"),
    ],
};

impl PlacementEndReason {
    const VARIANTS: [Self; 16] = [
        Self::PlannedMove, Self::ReturnedHome, Self::Adopted, Self::Permanence, Self::ReachedEighteen, Self::StayingPut,
        Self::NeedsChanged, Self::CarerAsked, Self::CarerRetired, Self::Standards, Self::Allegation, Self::HomeClosed,
        Self::ChildAsked, Self::Custody, Self::Died, Self::Other,
    ];
}

impl Code for PlacementEndReason {
    const LIST: &'static CodeList = &PLACEMENT_END_REASON;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 13])? {
            b"PLANNED_MOVE" => Some(Self::PlannedMove),
            b"RETURNED_HOME" => Some(Self::ReturnedHome),
            b"ADOPTED" => Some(Self::Adopted),
            b"PERMANENCE" => Some(Self::Permanence),
            b"REACHED_18" => Some(Self::ReachedEighteen),
            b"STAYING_PUT" => Some(Self::StayingPut),
            b"NEEDS_CHANGED" => Some(Self::NeedsChanged),
            b"CARER_ASKED" => Some(Self::CarerAsked),
            b"CARER_RETIRED" => Some(Self::CarerRetired),
            b"STANDARDS" => Some(Self::Standards),
            b"ALLEGATION" => Some(Self::Allegation),
            b"HOME_CLOSED" => Some(Self::HomeClosed),
            b"CHILD_ASKED" => Some(Self::ChildAsked),
            b"CUSTODY" => Some(Self::Custody),
            b"DIED" => Some(Self::Died),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Where a child goes after a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlacementNext {
    /// `SAME_PROVIDER`: Another home of the same provider.
    SameProvider,
    /// `OTHER_PROVIDER`: Another provider.
    OtherProvider,
    /// `IN_HOUSE`: Carers of the authority.
    InHouse,
    /// `HOME`: Home.
    Home,
    /// `INDEPENDENT`: Own home.
    Independent,
    /// `OTHER`: Elsewhere.
    Other,
    /// `UNKNOWN`: Not known.
    Unknown,
}

static PLACEMENT_NEXT: CodeList = CodeList {
    name: "placement_next",
    entries: &[
        entry("SAME_PROVIDER", "SameProvider", "Another home of the same provider", Value, Open, Open, "ours"),
        entry("OTHER_PROVIDER", "OtherProvider", "Another provider", Value, Open, Open, "ours"),
        entry("IN_HOUSE", "InHouse", "Carers of the authority", Value, Open, Open, "ours"),
        entry("HOME", "Home", "Home", Value, Open, Open, "ours"),
        entry("INDEPENDENT", "Independent", "Own home", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Elsewhere", Value, Open, Open, "ours"),
        entry("UNKNOWN", "Unknown", "Not known", Unknown, Open, Open, "ours"),
    ],
};

impl PlacementNext {
    const VARIANTS: [Self; 7] = [
        Self::SameProvider, Self::OtherProvider, Self::InHouse, Self::Home, Self::Independent, Self::Other,
        Self::Unknown,
    ];
}

impl Code for PlacementNext {
    const LIST: &'static CodeList = &PLACEMENT_NEXT;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 14])? {
            b"SAME_PROVIDER" => Some(Self::SameProvider),
            b"OTHER_PROVIDER" => Some(Self::OtherProvider),
            b"IN_HOUSE" => Some(Self::InHouse),
            b"HOME" => Some(Self::Home),
            b"INDEPENDENT" => Some(Self::Independent),
            b"OTHER" => Some(Self::Other),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// Who counted the figures of a framework return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CountedBy {
    /// `AGENCY`: The agency.
    Agency,
    /// `GATEWAY`: This gateway by what it carried.
    Gateway,
}

static COUNTED_BY: CodeList = CodeList {
    name: "counted_by",
    entries: &[
        entry("AGENCY", "Agency", "The agency", Value, Open, Open, "ours"),
        entry("GATEWAY", "Gateway", "This gateway by what it carried", Value, Open, Open, "ours"),
    ],
};

impl CountedBy {
    const VARIANTS: [Self; 2] = [
        Self::Agency, Self::Gateway,
    ];
}

impl Code for CountedBy {
    const LIST: &'static CodeList = &COUNTED_BY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"AGENCY" => Some(Self::Agency),
            b"GATEWAY" => Some(Self::Gateway),
            _ => None,
        }
    }
}

/// Whose address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AddressType {
    /// `HOME`: Home.
    Home,
    /// `PLACEMENT`: Placement.
    Placement,
    /// `OTHER`: Other.
    Other,
}

static ADDRESS_TYPE: CodeList = CodeList {
    name: "address_type",
    entries: &[
        entry("HOME", "Home", "Home", Value, Open, Open, "ours"),
        entry("PLACEMENT", "Placement", "Placement", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl AddressType {
    const VARIANTS: [Self; 3] = [
        Self::Home, Self::Placement, Self::Other,
    ];
}

impl Code for AddressType {
    const LIST: &'static CodeList = &ADDRESS_TYPE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"HOME" => Some(Self::Home),
            b"PLACEMENT" => Some(Self::Placement),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Who somebody is to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RelationshipRole {
    /// `MOTHER`: Mother.
    Mother,
    /// `FATHER`: Father.
    Father,
    /// `PARENT`: Parent.
    Parent,
    /// `SIBLING`: Sibling.
    Sibling,
    /// `FOSTER_CARER`: Foster carer.
    FosterCarer,
    /// `ADOPTER`: Adopter.
    Adopter,
    /// `GUARDIAN`: Guardian.
    Guardian,
    /// `PR_HOLDER`: Person with parental responsibility.
    ResponsibilityHolder,
    /// `EMERGENCY`: Emergency contact.
    EmergencyContact,
    /// `SOCIAL_WORKER`: Social worker.
    SocialWorker,
    /// `DESIGNATED_TEACHER`: Designated teacher.
    DesignatedTeacher,
    /// `OTHER`: Other.
    Other,
}

static RELATIONSHIP_ROLE: CodeList = CodeList {
    name: "relationship_role",
    entries: &[
        entry("MOTHER", "Mother", "Mother", Value, Open, Open, "ours"),
        entry("FATHER", "Father", "Father", Value, Open, Open, "ours"),
        entry("PARENT", "Parent", "Parent", Value, Open, Open, "ours"),
        entry("SIBLING", "Sibling", "Sibling", Value, Open, Open, "ours"),
        entry("FOSTER_CARER", "FosterCarer", "Foster carer", Value, Open, Open, "ours"),
        entry("ADOPTER", "Adopter", "Adopter", Value, Open, Open, "ours"),
        entry("GUARDIAN", "Guardian", "Guardian", Value, Open, Open, "ours"),
        entry("PR_HOLDER", "ResponsibilityHolder", "Person with parental responsibility", Value, Open, Open, "ours"),
        entry("EMERGENCY", "EmergencyContact", "Emergency contact", Value, Open, Open, "ours"),
        entry("SOCIAL_WORKER", "SocialWorker", "Social worker", Value, Open, Open, "ours"),
        entry("DESIGNATED_TEACHER", "DesignatedTeacher", "Designated teacher", Value, Open, Open, "ours"),
        entry("OTHER", "Other", "Other", Value, Open, Open, "ours"),
    ],
};

impl RelationshipRole {
    const VARIANTS: [Self; 12] = [
        Self::Mother, Self::Father, Self::Parent, Self::Sibling, Self::FosterCarer, Self::Adopter, Self::Guardian,
        Self::ResponsibilityHolder, Self::EmergencyContact, Self::SocialWorker, Self::DesignatedTeacher, Self::Other,
    ];
}

impl Code for RelationshipRole {
    const LIST: &'static CodeList = &RELATIONSHIP_ROLE;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 18])? {
            b"MOTHER" => Some(Self::Mother),
            b"FATHER" => Some(Self::Father),
            b"PARENT" => Some(Self::Parent),
            b"SIBLING" => Some(Self::Sibling),
            b"FOSTER_CARER" => Some(Self::FosterCarer),
            b"ADOPTER" => Some(Self::Adopter),
            b"GUARDIAN" => Some(Self::Guardian),
            b"PR_HOLDER" => Some(Self::ResponsibilityHolder),
            b"EMERGENCY" => Some(Self::EmergencyContact),
            b"SOCIAL_WORKER" => Some(Self::SocialWorker),
            b"DESIGNATED_TEACHER" => Some(Self::DesignatedTeacher),
            b"OTHER" => Some(Self::Other),
            _ => None,
        }
    }
}

/// What somebody may do with a child, or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RelationshipPermission {
    /// `MAY_COLLECT`: May collect the child.
    MayCollect,
    /// `MUST_NOT_COLLECT`: Must not collect the child.
    MustNotCollect,
    /// `MAY_CONTACT`: May have contact.
    MayHaveContact,
    /// `SUPERVISED_CONTACT`: May have contact under supervision.
    SupervisedContact,
    /// `NO_CONTACT`: Must not have contact.
    MustNotHaveContact,
    /// `MAY_BE_TOLD`: May be told about the child.
    MayBeTold,
}

static RELATIONSHIP_PERMISSION: CodeList = CodeList {
    name: "relationship_permission",
    entries: &[
        entry("MAY_COLLECT", "MayCollect", "May collect the child", Value, Open, Open, "ours"),
        entry("MUST_NOT_COLLECT", "MustNotCollect", "Must not collect the child", Value, Open, Open, "ours"),
        entry("MAY_CONTACT", "MayHaveContact", "May have contact", Value, Open, Open, "ours"),
        entry("SUPERVISED_CONTACT", "SupervisedContact", "May have contact under supervision", Value, Open, Open, "ours"),
        entry("NO_CONTACT", "MustNotHaveContact", "Must not have contact", Value, Open, Open, "ours"),
        entry("MAY_BE_TOLD", "MayBeTold", "May be told about the child", Value, Open, Open, "ours"),
    ],
};

impl RelationshipPermission {
    const VARIANTS: [Self; 6] = [
        Self::MayCollect, Self::MustNotCollect, Self::MayHaveContact, Self::SupervisedContact, Self::MustNotHaveContact,
        Self::MayBeTold,
    ];
}

impl Code for RelationshipPermission {
    const LIST: &'static CodeList = &RELATIONSHIP_PERMISSION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 18])? {
            b"MAY_COLLECT" => Some(Self::MayCollect),
            b"MUST_NOT_COLLECT" => Some(Self::MustNotCollect),
            b"MAY_CONTACT" => Some(Self::MayHaveContact),
            b"SUPERVISED_CONTACT" => Some(Self::SupervisedContact),
            b"NO_CONTACT" => Some(Self::MustNotHaveContact),
            b"MAY_BE_TOLD" => Some(Self::MayBeTold),
            _ => None,
        }
    }
}

/// Kind of a plan for a child or care leaver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CarePlanKind {
    /// `CARE`: Care plan.
    CarePlan,
    /// `PATHWAY`: Pathway plan.
    PathwayPlan,
}

static CARE_PLAN_KIND: CodeList = CodeList {
    name: "care_plan_kind",
    entries: &[
        entry("CARE", "CarePlan", "Care plan", Value, Open, Open, "ours"),
        entry("PATHWAY", "PathwayPlan", "Pathway plan", Value, Open, Open, "ours"),
    ],
};

impl CarePlanKind {
    const VARIANTS: [Self; 2] = [
        Self::CarePlan, Self::PathwayPlan,
    ];
}

impl Code for CarePlanKind {
    const LIST: &'static CodeList = &CARE_PLAN_KIND;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 7])? {
            b"CARE" => Some(Self::CarePlan),
            b"PATHWAY" => Some(Self::PathwayPlan),
            _ => None,
        }
    }
}

/// Whether an immunisation was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ImmunisationStatus {
    /// `COMPLETED`: Given.
    Completed,
    /// `NOT_DONE`: Not given.
    NotDone,
}

static IMMUNISATION_STATUS: CodeList = CodeList {
    name: "immunisation_status",
    entries: &[
        entry("COMPLETED", "Completed", "Given", Value, Open, Open, "ours"),
        entry("NOT_DONE", "NotDone", "Not given", Value, Open, Open, "ours"),
    ],
};

impl ImmunisationStatus {
    const VARIANTS: [Self; 2] = [
        Self::Completed, Self::NotDone,
    ];
}

impl Code for ImmunisationStatus {
    const LIST: &'static CodeList = &IMMUNISATION_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"COMPLETED" => Some(Self::Completed),
            b"NOT_DONE" => Some(Self::NotDone),
            _ => None,
        }
    }
}

/// Clinical status of an allergy (FHIR allergyintolerance-clinical).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AllergyStatus {
    /// `ACTIVE`: Active.
    Active,
    /// `INACTIVE`: Inactive.
    Inactive,
    /// `RESOLVED`: Resolved.
    Resolved,
}

static ALLERGY_STATUS: CodeList = CodeList {
    name: "allergy_status",
    entries: &[
        entry("ACTIVE", "Active", "Active", Value, Open, Open, "FHIR R4"),
        entry("INACTIVE", "Inactive", "Inactive", Value, Open, Open, "FHIR R4"),
        entry("RESOLVED", "Resolved", "Resolved", Value, Open, Open, "FHIR R4"),
    ],
};

impl AllergyStatus {
    const VARIANTS: [Self; 3] = [
        Self::Active, Self::Inactive, Self::Resolved,
    ];
}

impl Code for AllergyStatus {
    const LIST: &'static CodeList = &ALLERGY_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 8])? {
            b"ACTIVE" => Some(Self::Active),
            b"INACTIVE" => Some(Self::Inactive),
            b"RESOLVED" => Some(Self::Resolved),
            _ => None,
        }
    }
}

/// How sure an allergy is (FHIR allergyintolerance-verification).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AllergyVerification {
    /// `UNCONFIRMED`: Unconfirmed.
    Unconfirmed,
    /// `CONFIRMED`: Confirmed.
    Confirmed,
    /// `REFUTED`: Refuted.
    Refuted,
}

static ALLERGY_VERIFICATION: CodeList = CodeList {
    name: "allergy_verification",
    entries: &[
        entry("UNCONFIRMED", "Unconfirmed", "Unconfirmed", Value, Open, Open, "FHIR R4"),
        entry("CONFIRMED", "Confirmed", "Confirmed", Value, Open, Open, "FHIR R4"),
        entry("REFUTED", "Refuted", "Refuted", Value, Open, Open, "FHIR R4"),
    ],
};

impl AllergyVerification {
    const VARIANTS: [Self; 3] = [
        Self::Unconfirmed, Self::Confirmed, Self::Refuted,
    ];
}

impl Code for AllergyVerification {
    const LIST: &'static CodeList = &ALLERGY_VERIFICATION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 11])? {
            b"UNCONFIRMED" => Some(Self::Unconfirmed),
            b"CONFIRMED" => Some(Self::Confirmed),
            b"REFUTED" => Some(Self::Refuted),
            _ => None,
        }
    }
}

/// How dangerous an allergy may be (FHIR allergy-intolerance-criticality).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AllergyCriticality {
    /// `LOW`: Low risk.
    Low,
    /// `HIGH`: High risk.
    High,
    /// `UNABLE_TO_ASSESS`: Unable to assess the risk.
    UnableToAssess,
}

static ALLERGY_CRITICALITY: CodeList = CodeList {
    name: "allergy_criticality",
    entries: &[
        entry("LOW", "Low", "Low risk", Value, Open, Open, "FHIR R4"),
        entry("HIGH", "High", "High risk", Value, Open, Open, "FHIR R4"),
        entry("UNABLE_TO_ASSESS", "UnableToAssess", "Unable to assess the risk", Value, Open, Open, "FHIR R4"),
    ],
};

impl AllergyCriticality {
    const VARIANTS: [Self; 3] = [
        Self::Low, Self::High, Self::UnableToAssess,
    ];
}

impl Code for AllergyCriticality {
    const LIST: &'static CodeList = &ALLERGY_CRITICALITY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 16])? {
            b"LOW" => Some(Self::Low),
            b"HIGH" => Some(Self::High),
            b"UNABLE_TO_ASSESS" => Some(Self::UnableToAssess),
            _ => None,
        }
    }
}

/// How severe a reaction or a condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ClinicalSeverity {
    /// `MILD`: Mild.
    Mild,
    /// `MODERATE`: Moderate.
    Moderate,
    /// `SEVERE`: Severe.
    Severe,
}

static CLINICAL_SEVERITY: CodeList = CodeList {
    name: "clinical_severity",
    entries: &[
        entry("MILD", "Mild", "Mild", Value, Open, Open, "ours"),
        entry("MODERATE", "Moderate", "Moderate", Value, Open, Open, "ours"),
        entry("SEVERE", "Severe", "Severe", Value, Open, Open, "ours"),
    ],
};

impl ClinicalSeverity {
    const VARIANTS: [Self; 3] = [
        Self::Mild, Self::Moderate, Self::Severe,
    ];
}

impl Code for ClinicalSeverity {
    const LIST: &'static CodeList = &CLINICAL_SEVERITY;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 8])? {
            b"MILD" => Some(Self::Mild),
            b"MODERATE" => Some(Self::Moderate),
            b"SEVERE" => Some(Self::Severe),
            _ => None,
        }
    }
}

/// Clinical status of a condition (FHIR condition-clinical).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConditionStatus {
    /// `ACTIVE`: Active.
    Active,
    /// `RECURRENCE`: Recurrence.
    Recurrence,
    /// `RELAPSE`: Relapse.
    Relapse,
    /// `INACTIVE`: Inactive.
    Inactive,
    /// `REMISSION`: Remission.
    Remission,
    /// `RESOLVED`: Resolved.
    Resolved,
}

static CONDITION_STATUS: CodeList = CodeList {
    name: "condition_status",
    entries: &[
        entry("ACTIVE", "Active", "Active", Value, Open, Open, "FHIR R4"),
        entry("RECURRENCE", "Recurrence", "Recurrence", Value, Open, Open, "FHIR R4"),
        entry("RELAPSE", "Relapse", "Relapse", Value, Open, Open, "FHIR R4"),
        entry("INACTIVE", "Inactive", "Inactive", Value, Open, Open, "FHIR R4"),
        entry("REMISSION", "Remission", "Remission", Value, Open, Open, "FHIR R4"),
        entry("RESOLVED", "Resolved", "Resolved", Value, Open, Open, "FHIR R4"),
    ],
};

impl ConditionStatus {
    const VARIANTS: [Self; 6] = [
        Self::Active, Self::Recurrence, Self::Relapse, Self::Inactive, Self::Remission, Self::Resolved,
    ];
}

impl Code for ConditionStatus {
    const LIST: &'static CodeList = &CONDITION_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 10])? {
            b"ACTIVE" => Some(Self::Active),
            b"RECURRENCE" => Some(Self::Recurrence),
            b"RELAPSE" => Some(Self::Relapse),
            b"INACTIVE" => Some(Self::Inactive),
            b"REMISSION" => Some(Self::Remission),
            b"RESOLVED" => Some(Self::Resolved),
            _ => None,
        }
    }
}

/// How sure a condition is (FHIR condition-ver-status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConditionVerification {
    /// `UNCONFIRMED`: Unconfirmed.
    Unconfirmed,
    /// `PROVISIONAL`: Provisional.
    Provisional,
    /// `DIFFERENTIAL`: Differential.
    Differential,
    /// `CONFIRMED`: Confirmed.
    Confirmed,
    /// `REFUTED`: Refuted.
    Refuted,
}

static CONDITION_VERIFICATION: CodeList = CodeList {
    name: "condition_verification",
    entries: &[
        entry("UNCONFIRMED", "Unconfirmed", "Unconfirmed", Value, Open, Open, "FHIR R4"),
        entry("PROVISIONAL", "Provisional", "Provisional", Value, Open, Open, "FHIR R4"),
        entry("DIFFERENTIAL", "Differential", "Differential", Value, Open, Open, "FHIR R4"),
        entry("CONFIRMED", "Confirmed", "Confirmed", Value, Open, Open, "FHIR R4"),
        entry("REFUTED", "Refuted", "Refuted", Value, Open, Open, "FHIR R4"),
    ],
};

impl ConditionVerification {
    const VARIANTS: [Self; 5] = [
        Self::Unconfirmed, Self::Provisional, Self::Differential, Self::Confirmed, Self::Refuted,
    ];
}

impl Code for ConditionVerification {
    const LIST: &'static CodeList = &CONDITION_VERIFICATION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 12])? {
            b"UNCONFIRMED" => Some(Self::Unconfirmed),
            b"PROVISIONAL" => Some(Self::Provisional),
            b"DIFFERENTIAL" => Some(Self::Differential),
            b"CONFIRMED" => Some(Self::Confirmed),
            b"REFUTED" => Some(Self::Refuted),
            _ => None,
        }
    }
}

/// Whether a medicine is being taken (FHIR medication-statement-status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum MedicationStatus {
    /// `ACTIVE`: Active.
    Active,
    /// `COMPLETED`: Completed.
    Completed,
    /// `STOPPED`: Stopped.
    Stopped,
    /// `UNKNOWN`: Unknown.
    Unknown,
}

static MEDICATION_STATUS: CodeList = CodeList {
    name: "medication_status",
    entries: &[
        entry("ACTIVE", "Active", "Active", Value, Open, Open, "FHIR R4"),
        entry("COMPLETED", "Completed", "Completed", Value, Open, Open, "FHIR R4"),
        entry("STOPPED", "Stopped", "Stopped", Value, Open, Open, "FHIR R4"),
        entry("UNKNOWN", "Unknown", "Unknown", Unknown, Open, Open, "FHIR R4"),
    ],
};

impl MedicationStatus {
    const VARIANTS: [Self; 4] = [
        Self::Active, Self::Completed, Self::Stopped, Self::Unknown,
    ];
}

impl Code for MedicationStatus {
    const LIST: &'static CodeList = &MEDICATION_STATUS;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 9])? {
            b"ACTIVE" => Some(Self::Active),
            b"COMPLETED" => Some(Self::Completed),
            b"STOPPED" => Some(Self::Stopped),
            b"UNKNOWN" => Some(Self::Unknown),
            _ => None,
        }
    }
}

/// What of a child is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum MeasurementKind {
    /// `HEIGHT`: Height.
    Height,
    /// `WEIGHT`: Weight.
    Weight,
    /// `HEAD`: Head circumference.
    HeadCircumference,
    /// `BMI`: Body mass index.
    BodyMassIndex,
    /// `BIRTH_WEIGHT`: Birth weight.
    BirthWeight,
    /// `GESTATION`: Gestation at birth.
    Gestation,
}

static MEASUREMENT_KIND: CodeList = CodeList {
    name: "measurement_kind",
    entries: &[
        entry("HEIGHT", "Height", "Height", Value, Open, Open, "ours"),
        entry("WEIGHT", "Weight", "Weight", Value, Open, Open, "ours"),
        entry("HEAD", "HeadCircumference", "Head circumference", Value, Open, Open, "ours"),
        entry("BMI", "BodyMassIndex", "Body mass index", Value, Open, Open, "ours"),
        entry("BIRTH_WEIGHT", "BirthWeight", "Birth weight", Value, Open, Open, "ours"),
        entry("GESTATION", "Gestation", "Gestation at birth", Value, Open, Open, "ours"),
    ],
};

impl MeasurementKind {
    const VARIANTS: [Self; 6] = [
        Self::Height, Self::Weight, Self::HeadCircumference, Self::BodyMassIndex, Self::BirthWeight, Self::Gestation,
    ];
}

impl Code for MeasurementKind {
    const LIST: &'static CodeList = &MEASUREMENT_KIND;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 12])? {
            b"HEIGHT" => Some(Self::Height),
            b"WEIGHT" => Some(Self::Weight),
            b"HEAD" => Some(Self::HeadCircumference),
            b"BMI" => Some(Self::BodyMassIndex),
            b"BIRTH_WEIGHT" => Some(Self::BirthWeight),
            b"GESTATION" => Some(Self::Gestation),
            _ => None,
        }
    }
}

/// Help for a substance misuse problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SubstanceIntervention {
    /// `NONE`: None.
    NoIntervention,
    /// `OFFERED`: Offered.
    Offered,
    /// `REFUSED`: Offered and refused.
    Refused,
    /// `RECEIVED`: Received.
    Received,
}

static SUBSTANCE_INTERVENTION: CodeList = CodeList {
    name: "substance_intervention",
    entries: &[
        entry("NONE", "NoIntervention", "None", Value, Open, Open, "ours"),
        entry("OFFERED", "Offered", "Offered", Value, Open, Open, "ours"),
        entry("REFUSED", "Refused", "Offered and refused", Value, Open, Open, "ours"),
        entry("RECEIVED", "Received", "Received", Value, Open, Open, "ours"),
    ],
};

impl SubstanceIntervention {
    const VARIANTS: [Self; 4] = [
        Self::NoIntervention, Self::Offered, Self::Refused, Self::Received,
    ];
}

impl Code for SubstanceIntervention {
    const LIST: &'static CodeList = &SUBSTANCE_INTERVENTION;

    fn index(self) -> u8 {
        self as u8
    }

    fn from_index(index: u8) -> Option<Self> {
        Self::VARIANTS.get(usize::from(index)).copied()
    }

    fn from_code(text: &[u8]) -> Option<Self> {
        match upper(text, &mut [0; 8])? {
            b"NONE" => Some(Self::NoIntervention),
            b"OFFERED" => Some(Self::Offered),
            b"REFUSED" => Some(Self::Refused),
            b"RECEIVED" => Some(Self::Received),
            _ => None,
        }
    }
}

/// The English local authorities by DfE code, in ascending order.
pub static LOCAL_AUTHORITIES: &[(u16, &str)] = &[
    (201, "City of London"),
    (202, "Camden"),
    (203, "Greenwich"),
    (204, "Hackney"),
    (205, "Hammersmith and Fulham"),
    (206, "Islington"),
    (207, "Kensington and Chelsea"),
    (208, "Lambeth"),
    (209, "Lewisham"),
    (210, "Southwark"),
    (211, "Tower Hamlets"),
    (212, "Wandsworth"),
    (213, "Westminster"),
    (301, "Barking and Dagenham"),
    (302, "Barnet"),
    (303, "Bexley"),
    (304, "Brent"),
    (305, "Bromley"),
    (306, "Croydon"),
    (307, "Ealing"),
    (308, "Enfield"),
    (309, "Haringey"),
    (310, "Harrow"),
    (311, "Havering"),
    (312, "Hillingdon"),
    (313, "Hounslow"),
    (314, "Kingston upon Thames"),
    (315, "Merton"),
    (316, "Newham"),
    (317, "Redbridge"),
    (318, "Richmond upon Thames"),
    (319, "Sutton"),
    (320, "Waltham Forest"),
    (330, "Birmingham"),
    (331, "Coventry"),
    (332, "Dudley"),
    (333, "Sandwell"),
    (334, "Solihull"),
    (335, "Walsall"),
    (336, "Wolverhampton"),
    (340, "Knowsley"),
    (341, "Liverpool"),
    (342, "St. Helens"),
    (343, "Sefton"),
    (344, "Wirral"),
    (350, "Bolton"),
    (351, "Bury"),
    (352, "Manchester"),
    (353, "Oldham"),
    (354, "Rochdale"),
    (355, "Salford"),
    (356, "Stockport"),
    (357, "Tameside"),
    (358, "Trafford"),
    (359, "Wigan"),
    (370, "Barnsley"),
    (371, "Doncaster"),
    (372, "Rotherham"),
    (373, "Sheffield"),
    (380, "Bradford"),
    (381, "Calderdale"),
    (382, "Kirklees"),
    (383, "Leeds"),
    (384, "Wakefield"),
    (390, "Gateshead"),
    (391, "Newcastle upon Tyne"),
    (392, "North Tyneside"),
    (393, "South Tyneside"),
    (394, "Sunderland"),
    (420, "Isles of Scilly"),
    (800, "Bath and North East Somerset"),
    (801, "Bristol, City of"),
    (802, "North Somerset"),
    (803, "South Gloucestershire"),
    (805, "Hartlepool"),
    (806, "Middlesbrough"),
    (807, "Redcar and Cleveland"),
    (808, "Stockton-on-Tees"),
    (810, "Kingston upon Hull, City of"),
    (811, "East Riding of Yorkshire"),
    (812, "North East Lincolnshire"),
    (813, "North Lincolnshire"),
    (815, "North Yorkshire"),
    (816, "York"),
    (821, "Luton"),
    (822, "Bedford"),
    (823, "Central Bedfordshire"),
    (825, "Buckinghamshire"),
    (826, "Milton Keynes"),
    (830, "Derbyshire"),
    (831, "Derby"),
    (838, "Dorset"),
    (839, "Bournemouth, Christchurch and Poole"),
    (840, "County Durham"),
    (841, "Darlington"),
    (845, "East Sussex"),
    (846, "Brighton and Hove"),
    (850, "Hampshire"),
    (851, "Portsmouth"),
    (852, "Southampton"),
    (855, "Leicestershire"),
    (856, "Leicester"),
    (857, "Rutland"),
    (860, "Staffordshire"),
    (861, "Stoke-on-Trent"),
    (865, "Wiltshire"),
    (866, "Swindon"),
    (867, "Bracknell Forest"),
    (868, "Windsor and Maidenhead"),
    (869, "West Berkshire"),
    (870, "Reading"),
    (871, "Slough"),
    (872, "Wokingham"),
    (873, "Cambridgeshire"),
    (874, "Peterborough"),
    (876, "Halton"),
    (877, "Warrington"),
    (878, "Devon"),
    (879, "Plymouth"),
    (880, "Torbay"),
    (881, "Essex"),
    (882, "Southend-on-Sea"),
    (883, "Thurrock"),
    (884, "Herefordshire, County of"),
    (885, "Worcestershire"),
    (886, "Kent"),
    (887, "Medway"),
    (888, "Lancashire"),
    (889, "Blackburn with Darwen"),
    (890, "Blackpool"),
    (891, "Nottinghamshire"),
    (892, "Nottingham"),
    (893, "Shropshire"),
    (894, "Telford and Wrekin"),
    (895, "Cheshire East"),
    (896, "Cheshire West and Chester"),
    (908, "Cornwall"),
    (909, "Cumbria"),
    (916, "Gloucestershire"),
    (919, "Hertfordshire"),
    (921, "Isle of Wight"),
    (925, "Lincolnshire"),
    (926, "Norfolk"),
    (928, "Northamptonshire"),
    (929, "Northumberland"),
    (931, "Oxfordshire"),
    (933, "Somerset"),
    (935, "Suffolk"),
    (936, "Surrey"),
    (937, "Warwickshire"),
    (938, "West Sussex"),
    (940, "North Northamptonshire"),
    (941, "West Northamptonshire"),
    (942, "Cumberland"),
    (943, "Westmorland and Furness"),
];
