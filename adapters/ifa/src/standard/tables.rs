//! The one table of the standard: the columns of the official sheet under its own names, and where each stands in JSON-LD.

use schemas::{
    code::{
        CommunicationNeed, CulturalNeed, LivingCompanions, OutOfAreaReason, PetsAllowance, PlacementSupport,
        PresenceStatus, Provision, ReferralUrgency, RiskLevel, SuitabilityLevel,
    },
    date::Date,
    identifier::LaChildId,
};

use crate::{
    census::words::LeftOut,
    rules,
    standard::words::{DayOf, One, Pounds, Several, Siblings},
    wire::{Outward, Text, TotalCost, UrnText, WeeklyCost},
};

kit::rows! {
    /// One child for whom a home was found.
    PlacementRow = PLACEMENT "placements" spelt Words {
        /// The child's number in the authority's case system.
        child_id: LaChildId = "child_ID" { aliases: &["childId"], loses_row: true, blank: Some(&rules::NPS_REQUIRED), example: "ABCD2012", source: "ifa 10.1" },
        /// How soon a home is needed.
        needed_by: One<ReferralUrgency> = "when_placement_is_needed_by" { required: false, example: "< 5 days", field: "Referral.request", source: "ifa 10.1" },
        /// How many brothers and sisters the child should live with.
        siblings: Siblings = "number_of_siblings_to_place_with" { required: false, answered_by: &["NA", "N/A"], example: "2", field: "Referral.siblings", source: "ifa 10.1" },
        /// Whether the home should be in the authority's own area.
        is_local: bool = "is_preferred_location_local" { required: false, example: "No", field: "Referral.matching", source: "ifa 10.1" },
        /// Why it should be elsewhere.
        out_of_area_reason: One<OutOfAreaReason> = "out_of_LA_reason" { required: false, example: "Court order", field: "Referral.matching", source: "ifa 10.1" },
        /// Whether the child needs anything to be understood or to learn.
        communication_needed: One<PresenceStatus> = "communication_language_learning_needs" { required: false, example: "Not Specified", field: "Referral.children", source: "ifa 10.1" },
        /// What the child needs to be understood.
        communication: Several<CommunicationNeed> = "specific_communication_and_language_requirements" { required: false, example: "ESOL", field: "Referral.children", source: "ifa 10.1" },
        /// Whether the home has to be adapted.
        home_adaptation: bool = "adaptation_to_the_home" { required: false, example: "Yes", field: "Referral.children", source: "ifa 10.1" },
        /// What a home must meet of the child's culture.
        culture: One<CulturalNeed> = "cultural_needs" { required: false, example: "Required", field: "Referral.children", source: "ifa 10.1" },
        /// Which other children may live in the home.
        companions: One<LivingCompanions> = "who_can_the_child_be_cared_for_alongside" { required: false, example: "Only With Other younger children", field: "Referral.matching", source: "ifa 10.1" },
        /// Whether animals may live in the home.
        pets: One<PetsAllowance> = "can_child_live_with_pets" { required: false, example: "No", field: "Referral.matching", source: "ifa 10.1" },
        /// Support beside the carers.
        support: Several<PlacementSupport> = "additional_support" { required: false, example: "Taxis to school", field: "Referral.children", source: "ifa 10.1" },
        /// Other support, in words.
        support_other: Text<200> = "additional_support_other" { required: false, field: "Referral.children", source: "ifa 10.1" },
        /// Whether the child is deprived of liberty.
        liberty: bool = "dol" { required: false, example: "Yes", field: "Referral.children", source: "ifa 10.1" },
        /// How far fostering suits.
        foster_care: One<SuitabilityLevel> = "foster_care_suitability" { required: false, example: "Preferred", field: "Referral.request", source: "ifa 10.1" },
        /// How far residential care suits.
        residential_care: One<SuitabilityLevel> = "residential_care_suitability" { required: false, example: "Suitable but not preferred", field: "Referral.request", source: "ifa 10.1" },
        /// How far supported accommodation suits.
        supported_accommodation: One<SuitabilityLevel> = "supported_accommodation" { required: false, aliases: &["supported_accomodation"], example: "Unsuitable", field: "Referral.request", source: "ifa 10.1" },
        /// Risk to the child: self-harm.
        self_harm: One<RiskLevel> = "risk_to_child_self_harm" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to the child: criminal exploitation.
        exploitation: One<RiskLevel> = "risk_to_child_criminal_exploitation" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to the child: drugs and alcohol.
        drugs: One<RiskLevel> = "risk_to_child_drug_and_alcohol_use" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to the child: eating disorder.
        eating: One<RiskLevel> = "risk_to_child_eating_disorder" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to the child: going missing.
        missing: One<RiskLevel> = "risk_to_child_going_missing" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to others: physical harm.
        physical: One<RiskLevel> = "risk_to_others_physical_harm" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to others: sexual harm.
        sexual: One<RiskLevel> = "risk_to_others_sexual_harm" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to others: fire setting.
        fire: One<RiskLevel> = "risk_to_others_fire_setting" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to others: harm to animals.
        animals: One<RiskLevel> = "risk_to_others_harm_to_animals" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Risk to others: criminal exploitation.
        criminal: One<RiskLevel> = "risk_to_others_criminal_exploitation" { required: false, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// Price of care, a week.
        core: Pounds<WeeklyCost> = "cost_core_weekly" { required: false, field: "PlacementCost.core", source: "ifa 10.1" },
        /// Price of additional support, a week.
        support_cost: Pounds<WeeklyCost> = "cost_additional_support_weekly" { required: false, field: "PlacementCost.support", source: "ifa 10.1" },
        /// Price of education, a week.
        education_cost: Pounds<WeeklyCost> = "cost_education_weekly" { required: false, field: "PlacementCost.education", source: "ifa 10.1" },
        /// Anything else, a week.
        other_cost: Pounds<WeeklyCost> = "cost_other_weekly" { required: false, field: "PlacementCost.other", source: "ifa 10.1" },
        /// All of it, a week, without value added tax.
        total: Pounds<TotalCost> = "cost_total_weekly" { required: false, aliases: &["total_weekly_cost"], example: "23000.00", field: "PlacementCost.total", source: "ifa 10.1" },
        /// First half of the postcode of the home.
        location: Outward = "placement_location" { required: false, example: "N18", field: "PlacementNotice.placement_postcode", source: "ifa 10.1" },
        /// Whether the home is where it was asked for.
        location_preferred: bool = "preferrability_of_placement_location" { required: false, example: "Yes", field: "PlacementNotice.location_preferred", source: "ifa 10.1" },
        /// Whether the child's education goes on as it was.
        education_continuous: bool = "education_continuity" { required: false, example: "No", field: "PlacementNotice.education_continuous", source: "ifa 10.1" },
        /// The provider's number at whoever registers it; kept as it is, and not checked.
        provider_urn: UrnText = "provider_URN" { required: false, example: "ABCD10293002", field: "PlacementNotice.provider_urn", source: "ifa 10.1" },
        /// How many brothers and sisters live there too.
        siblings_together: Siblings = "how_many_siblings_were_placed_together" { required: false, example: "1", field: "PlacementNotice.siblings_together", source: "ifa 10.1" },
        /// Kind of provision.
        provision: One<Provision> = "placement_type" { required: false, example: "Residential", field: "PlacementNotice.provision", source: "ifa 10.1" },
        /// Who recorded the request; stays within the authority.
        referral_officer: Text<120> = "name_of_officer_referral" { required: false, field: "Referral.issued_by", source: "ifa 10.1" },
        /// When the request was received.
        referral_date: DayOf = "Date_entry_referral" { required: false, example: "2024-02-12", field: "Referral.issued_at", source: "ifa 10.1" },
        /// Who recorded the placement; stays within the authority.
        placement_officer: Text<120> = "name_of_officer_placement" { required: false, field: "PlacementNotice.recorded_by", source: "ifa 10.1" },
        /// The agreed first day of the placement.
        placement_date: Date = "date_entry_placement" { required: false, example: "2024-03-21", field: "PlacementNotice.start_date", source: "ifa 10.1" },
        /// Who recorded the cost; stays within the authority.
        cost_officer: Text<120> = "name_of_officer_placement_cost" { required: false, field: "PlacementCost.recorded_by", source: "ifa 10.1" },
        /// When the cost was recorded.
        cost_date: DayOf = "date_entry_placement_cost" { required: false, example: "2024-04-30", field: "PlacementCost.as_at", source: "ifa 10.1" },
        // What follows the official sheet has no column for: the first is written on request, the others in JSON-LD alone.
        /// Risk to the child: sexual exploitation. The model requires it, the official sheet lacks it.
        sexual_exploitation: One<RiskLevel> = "risk_to_child_sexual_exploitation" { required: false, only_read: true, example: "No known risk", field: "Referral.children", source: "ifa 10.1" },
        /// The placement's own reference.
        placement_id: Text<80> = "placement_id" { required: false, only_read: true, field: "PlacementNotice.notice_id", source: "ifa 10.1" },
        /// Another reason to be elsewhere, in words.
        out_of_area_other: Text<200> = "out_of_LA_reason_other" { required: false, only_read: true, field: "Referral.matching", source: "ifa 10.1" },
        /// Another need to be understood, in words.
        communication_other: Text<200> = "specific_communication_and_language_requirements_other" { required: false, only_read: true, field: "Referral.children", source: "ifa 10.1" },
        /// Another need of the child's culture, in words.
        culture_other: Text<200> = "cultural_needs_other" { required: false, only_read: true, field: "Referral.children", source: "ifa 10.1" },
        /// Another risk to others, in words: asked by earlier sheets.
        risk_other: LeftOut = "risk_to_others_other" { required: false, only_read: true, source: "ifa 10.1" },
    }
}

/// Columns of which nothing is carried.
pub const LEFT_OUT: &[&str] = &["risk_to_others_other"];

/// Where the columns stand in an object of JSON-LD.
pub const COLUMNS: &[(&str, &str)] = &[
    ("child_ID", "childId"),
    ("placement_id", "placementId"),
    ("when_placement_is_needed_by", "placementAvailability/neededBy"),
    ("number_of_siblings_to_place_with", "placementAvailability/siblingCount"),
    ("is_preferred_location_local", "placementAvailability/isPreferredLocationLocal"),
    ("out_of_LA_reason", "placementAvailability/outOfLAReason"),
    ("out_of_LA_reason_other", "placementAvailability/outOfLAReasonOther"),
    ("communication_language_learning_needs", "placementRequirements/communicationNeeds"),
    ("specific_communication_and_language_requirements", "placementRequirements/specificCommunicationRequirement"),
    (
        "specific_communication_and_language_requirements_other",
        "placementRequirements/specificCommunicationRequirementOther",
    ),
    ("adaptation_to_the_home", "placementRequirements/homeAdaptationRequired"),
    ("cultural_needs", "placementRequirements/culturalNeeds"),
    ("cultural_needs_other", "placementRequirements/culturalNeedsOther"),
    ("who_can_the_child_be_cared_for_alongside", "placementRequirements/livingCompanions"),
    ("can_child_live_with_pets", "placementRequirements/pets"),
    ("additional_support", "placementRequirements/additionalSupport"),
    ("additional_support_other", "placementRequirements/additionalSupportOther"),
    ("dol", "placementRequirements/deprivationOfLiberty"),
    ("foster_care_suitability", "placementRecommendation/fosterCareSuitability"),
    ("residential_care_suitability", "placementRecommendation/residentialCareSuitability"),
    ("supported_accommodation", "placementRecommendation/supportedAccommodationSuitability"),
    ("risk_to_child_self_harm", "riskAssessment/riskSelfHarm"),
    ("risk_to_child_criminal_exploitation", "riskAssessment/riskCriminalExploitation"),
    ("risk_to_child_drug_and_alcohol_use", "riskAssessment/riskDrugAlcohol"),
    ("risk_to_child_eating_disorder", "riskAssessment/riskEatingDisorder"),
    ("risk_to_child_going_missing", "riskAssessment/riskMissing"),
    ("risk_to_child_sexual_exploitation", "riskAssessment/riskSexualExploitation"),
    ("risk_to_others_physical_harm", "riskAssessment/riskToOthersPhysical"),
    ("risk_to_others_sexual_harm", "riskAssessment/riskToOthersSexual"),
    ("risk_to_others_fire_setting", "riskAssessment/riskToOthersFire"),
    ("risk_to_others_harm_to_animals", "riskAssessment/riskToOthersAnimals"),
    ("risk_to_others_criminal_exploitation", "riskAssessment/riskToOthersCriminal"),
    ("cost_core_weekly", "actualPlacement/coreWeeklyCost"),
    ("cost_additional_support_weekly", "actualPlacement/additionalSupportWeeklyCost"),
    ("cost_education_weekly", "actualPlacement/educationWeeklyCost"),
    ("cost_other_weekly", "actualPlacement/otherWeeklyCost"),
    ("cost_total_weekly", "actualPlacement/totalWeeklyCost"),
    ("placement_location", "actualPlacement/placementLocation"),
    ("preferrability_of_placement_location", "actualPlacement/isLocationPreferred"),
    ("education_continuity", "actualPlacement/isEducationContinuous"),
    ("provider_URN", "actualPlacement/providerURN"),
    ("how_many_siblings_were_placed_together", "actualPlacement/siblingsPlacedTogether"),
    ("placement_type", "actualPlacement/placementType"),
    ("name_of_officer_referral", "qualityAssurance/referralOfficerName"),
    ("Date_entry_referral", "qualityAssurance/referralDate"),
    ("name_of_officer_placement", "qualityAssurance/placementOfficerName"),
    ("date_entry_placement", "qualityAssurance/placementDate"),
    ("name_of_officer_placement_cost", "qualityAssurance/costOfficerName"),
    ("date_entry_placement_cost", "qualityAssurance/costDate"),
];

/// Where earlier drafts had some of them: they are read there too.
pub const EARLIER: &[(&str, &str)] = &[
    ("placement_id", "placementAvailability/placementId"),
    ("specific_communication_and_language_requirements", "placementRequirements/specificCommunicationRequirements"),
    ("adaptation_to_the_home", "placementRequirements/homeAdaptation"),
];

/// The parts of an object, each with the class that the standard gives it.
pub const NODES: &[(&str, &str, &str)] = &[
    ("placementAvailability", "placementAvailability/@type", "PlacementAvailability"),
    ("placementRequirements", "placementRequirements/@type", "PlacementRequirements"),
    ("placementRecommendation", "placementRecommendation/@type", "PlacementRecommendation"),
    ("riskAssessment", "riskAssessment/@type", "RiskAssessment"),
    ("actualPlacement", "actualPlacement/@type", "ActualPlacement"),
    ("qualityAssurance", "qualityAssurance/@type", "QualityAssurance"),
];

/// What the model requires of every object, by column.
pub const REQUIRED: &[&str] = &[
    "when_placement_is_needed_by",
    "is_preferred_location_local",
    "communication_language_learning_needs",
    "specific_communication_and_language_requirements",
    "cultural_needs",
    "who_can_the_child_be_cared_for_alongside",
    "can_child_live_with_pets",
    "foster_care_suitability",
    "residential_care_suitability",
    "supported_accommodation",
    "risk_to_child_self_harm",
    "risk_to_child_criminal_exploitation",
    "risk_to_child_drug_and_alcohol_use",
    "risk_to_child_eating_disorder",
    "risk_to_child_going_missing",
    "risk_to_child_sexual_exploitation",
    "risk_to_others_physical_harm",
    "risk_to_others_sexual_harm",
    "risk_to_others_fire_setting",
    "risk_to_others_harm_to_animals",
    "risk_to_others_criminal_exploitation",
    "Date_entry_referral",
    "date_entry_placement",
    "date_entry_placement_cost",
];

/// What it requires of a home that was found.
pub const REQUIRED_OF_A_HOME: &[&str] = &[
    "cost_total_weekly",
    "placement_location",
    "preferrability_of_placement_location",
    "education_continuity",
    "provider_URN",
    "how_many_siblings_were_placed_together",
    "placement_type",
];
