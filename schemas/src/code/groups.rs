//! Coarser groups of codes: what leaves where the code itself tells too much (views, section 1).

use super::{LegalStatus, PlacementType};
use crate::said::Coarse;

impl PlacementType {
    /// Its group. Legacy codes but for adoption are `other`: their labels are not confirmed.
    #[must_use]
    pub fn group(self) -> Coarse {
        match self {
            Self::FosterRelativeOrFriendLongTerm
            | Self::FosterRelativeOrFriendApprovedAdopter
            | Self::FosterRelativeOrFriendOther => Coarse::Kinship,
            Self::FosterOtherCarerLongTerm | Self::FosterOtherCarerApprovedAdopter | Self::FosterOtherCarerOther => {
                Coarse::Foster
            }
            Self::SecureChildrensHome
            | Self::ChildrensHome
            | Self::ResidentialCareHome
            | Self::FamilyCentreOrMotherAndBabyUnit
            | Self::ResidentialSchool => Coarse::Residential,
            Self::SupportedAccommodation | Self::SemiIndependent | Self::IndependentLiving => Coarse::Supported,
            Self::WithParents => Coarse::Parents,
            _ if self.is_for_adoption() => Coarse::AdoptionPlacement,
            _ => Coarse::OtherPlacement,
        }
    }

    /// Placed for adoption: A3 to A6, and A1 and A2 of earlier years (SSDA903 2025/26, care standard 1.4).
    #[must_use]
    pub fn is_for_adoption(self) -> bool {
        matches!(
            self,
            Self::AdoptionByConsentWithCurrentCarer
                | Self::AdoptionByConsentNotWithCurrentCarer
                | Self::AdoptionUnderOrderWithCurrentCarer
                | Self::AdoptionUnderOrderNotWithCurrentCarer
                | Self::LegacyA1
                | Self::LegacyA2
        )
    }
}

impl LegalStatus {
    /// Its group.
    #[must_use]
    pub fn group(self) -> Coarse {
        match self {
            Self::InterimCareOrder => Coarse::InterimOrder,
            Self::FullCareOrder => Coarse::FullOrder,
            Self::PlacementOrder => Coarse::PlacementOrder,
            Self::SectionTwentySinglePeriod
            | Self::ShortBreaksEpisodesRecorded
            | Self::ShortBreaksAgreementRecorded => Coarse::Accommodated,
            Self::Remand | Self::DetainedByPolice | Self::YouthRehabilitationOrder => Coarse::Justice,
            Self::FreeingOrder
            | Self::PoliceProtection
            | Self::EmergencyProtectionOrder
            | Self::ChildAssessmentOrder => Coarse::OtherStatus,
        }
    }
}
