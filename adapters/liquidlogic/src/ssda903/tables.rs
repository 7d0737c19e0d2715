//! The twelve modules of the return: their columns, in the DfE's order (care standard, section 1.2).

use kit::csv::rules::BLANK;
use schemas::{
    code::{
        Activity, AdopterLegalStatus, AdopterSex, CategoryOfNeed, EpisodeEndReason, Ethnicity, InTouch, LegalStatus,
        MissingType, PlacedCeasedReason, PlacementChangeReason, PlacementProvider, PlacementType, PrevPermanence,
        ReviewCode, Rne, SdqReason, SwReason,
    },
    date::Date,
    identifier::{LaChildId, OfstedUrn, PermanenceAuthority, WorkerId},
    postcode::Postcode,
    reflect::Number,
};

use crate::ssda903::{
    rules,
    wire::{WireAccommodation, WireAdopters, WireSex, WireUpn},
};

const CHILD_ALIASES: &[&str] = &["CHILDID", "CHILD_ID"];

kit::rows! {
    /// One child.
    HeaderRow = HEADER "header" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Sex.
        sex: WireSex = "SEX" { field: "Person.sex", wrong: &rules::R101, blank: Some(&rules::R101), source: "SSDA903 1.4" },
        /// Date of birth.
        dob: Date = "DOB" { field: "Person.birth_date", wrong: &rules::R102, blank: Some(&rules::R102), source: "SSDA903 1.2" },
        /// Ethnicity.
        ethnic: Ethnicity = "ETHNIC" { field: "Person.ethnicity", wrong: &rules::R103, blank: Some(&rules::R103), source: "SSDA903 1.4" },
        /// Unique pupil number, or UN1 to UN5.
        upn: WireUpn = "UPN" { field: "Person.upn_unknown_reason", wrong: &rules::R168, source: "SSDA903 1.4" },
        /// Whether the child is herself a mother.
        mother: bool = "MOTHER" { field: "Person.is_mother", source: "SSDA903 1.4" },
        /// Date of birth of her child.
        mc_dob: Date = "MC_DOB" { field: "Person.mother_child_birth_date", wrong: &rules::R171, source: "SSDA903 1.2" },
    }

    /// One episode of being looked after.
    EpisodeRow = EPISODES "episodes" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date the episode began.
        decom: Date = "DECOM" { field: "CareEpisode.start_date", wrong: &rules::R141, blank: Some(&rules::R141), loses_row: true, source: "SSDA903 1.2" },
        /// Reason for the new episode.
        rne: Rne = "RNE" { field: "CareEpisode.start_reason", wrong: &rules::R143, source: "SSDA903 1.4" },
        /// Legal status.
        ls: LegalStatus = "LS" { field: "CareEpisode.legal_status", wrong: &rules::R144, source: "SSDA903 1.4" },
        /// Category of need.
        cin: CategoryOfNeed = "CIN" { field: "CareEpisode.category_of_need", wrong: &rules::R145, source: "SSDA903 1.4" },
        /// Placement type.
        place: PlacementType = "PLACE" { aliases: &["PL"], field: "CareEpisode.placement_type", wrong: &rules::R146, blank: Some(&BLANK), guard: true, source: "SSDA903 1.4" },
        /// Placement provider.
        place_provider: PlacementProvider = "PLACE_PROVIDER" { field: "CareEpisode.placement_provider", wrong: &rules::R178, source: "SSDA903 1.4" },
        /// Date the episode ceased; blank while it is open.
        dec: Date = "DEC" { field: "CareEpisode.end_date", wrong: &rules::R147, guard: true, source: "SSDA903 1.2" },
        /// Reason the episode ceased.
        rec: EpisodeEndReason = "REC" { field: "CareEpisode.end_reason", wrong: &rules::R149, guard: true, source: "SSDA903 1.4" },
        /// Why the placement changed.
        reason_place_change: PlacementChangeReason = "REASON_PLACE_CHANGE" { field: "CareEpisode.placement_change_reason", source: "SSDA903 1.4" },
        /// Postcode the child entered care from.
        home_post: Postcode = "HOME_POST" { field: "CareEpisode.home_postcode", source: "SSDA903 1.2" },
        /// Postcode of the placement.
        pl_post: Postcode = "PL_POST" { field: "CareEpisode.placement_postcode", locates: true, source: "SSDA903 1.2" },
        /// Ofsted URN of the home or agency.
        urn: OfstedUrn = "URN" { field: "CareEpisode.placement_urn", locates: true, required: false, source: "SSDA903 1.4" },
    }

    /// One review of the child's case.
    ReviewRow = REVIEWS "reviews" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Date of the review.
        review: Date = "REVIEW" { field: "Review.date", wrong: &rules::R166, blank: Some(&rules::R166), loses_row: true, source: "SSDA903 1.2" },
        /// How the child took part.
        review_code: ReviewCode = "REVIEW_CODE" { field: "Review.participation", wrong: &rules::R167, blank: Some(&rules::R167), source: "SSDA903 1.4" },
    }

    /// One unaccompanied asylum-seeking child.
    UascRow = UASC "uasc" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Sex, to check against the header.
        sex: WireSex = "SEX" { source: "SSDA903 1.4" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Date the status ceased.
        duc: Date = "DUC" { field: "Immigration.end_date", wrong: &rules::R104, source: "SSDA903 1.2" },
    }

    /// Health and outcomes of a child looked after for at least twelve months.
    Oc2Row = OC2 "oc2" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Strengths and Difficulties Questionnaire, total difficulties.
        sdq_score: Number<40> = "SDQ_SCORE" { field: "SdqScore.score", wrong: &rules::R180, source: "SSDA903 1.4" },
        /// Why there is no score.
        sdq_reason: SdqReason = "SDQ_REASON" { field: "SdqScore.reason", wrong: &rules::R196, source: "SSDA903 1.4" },
        /// Convicted or subject to a final warning or reprimand in the year.
        convicted: bool = "CONVICTED" { field: "AnnualHealth.convicted", wrong: &rules::R181, source: "SSDA903 1.4" },
        /// Developmental checks up to date (under five).
        health_check: bool = "HEALTH_CHECK" { field: "AnnualHealth.health_check", wrong: &rules::R181, source: "SSDA903 1.4" },
        /// Immunisations up to date.
        immunisations: bool = "IMMUNISATIONS" { field: "AnnualHealth.immunisations", wrong: &rules::R181, source: "SSDA903 1.4" },
        /// Teeth checked by a dentist.
        teeth_check: bool = "TEETH_CHECK" { field: "AnnualHealth.teeth_check", wrong: &rules::R181, source: "SSDA903 1.4" },
        /// Health assessment held.
        health_assessment: bool = "HEALTH_ASSESSMENT" { field: "AnnualHealth.health_assessment", wrong: &rules::R181, source: "SSDA903 1.4" },
        /// Substance misuse problem identified.
        substance_misuse: bool = "SUBSTANCE_MISUSE" { field: "AnnualHealth.substance_misuse", wrong: &rules::R181, source: "SSDA903 1.4" },
        /// Intervention received.
        intervention_received: bool = "INTERVENTION_RECEIVED" { field: "AnnualHealth.intervention_received", wrong: &rules::R181, source: "SSDA903 1.4" },
        /// Intervention offered.
        intervention_offered: bool = "INTERVENTION_OFFERED" { field: "AnnualHealth.intervention_offered", wrong: &rules::R181, source: "SSDA903 1.4" },
    }

    /// One care leaver.
    Oc3Row = OC3 "oc3" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Whether the authority is in touch.
        in_touch: InTouch = "IN_TOUCH" { field: "CareLeaver.in_touch", wrong: &rules::R131, source: "SSDA903 1.4" },
        /// Main activity.
        activ: Activity = "ACTIV" { field: "CareLeaver.activity", wrong: &rules::R132, source: "SSDA903 1.4" },
        /// Accommodation, and whether it is suitable.
        accom: WireAccommodation = "ACCOM" { field: "CareLeaver.accommodation", wrong: &rules::R133, source: "SSDA903 1.4" },
    }

    /// One child adopted in the year.
    Ad1Row = AD1 "ad1" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Date of the decision that the child should be placed for adoption.
        date_int: Date = "DATE_INT" { field: "Adoption.decision_date", wrong: &rules::R112, guard: true, source: "SSDA903 1.2" },
        /// Date of matching.
        date_match: Date = "DATE_MATCH" { field: "Adoption.match_date", wrong: &rules::R113, guard: true, source: "SSDA903 1.2" },
        /// Whether the former foster carer adopts.
        foster_care: bool = "FOSTER_CARE" { field: "Adoption.foster_carer_adopts", wrong: &rules::R114, source: "SSDA903 1.4" },
        /// How many adopters.
        nb_adoptr: WireAdopters = "NB_ADOPTR" { field: "Adoption.adopters", wrong: &rules::R175, source: "SSDA903 1.4" },
        /// Sex of the adopters.
        sex_adoptr: AdopterSex = "SEX_ADOPTR" { field: "Adoption.adopters_sex", wrong: &rules::R176, source: "SSDA903 1.4" },
        /// Legal status of the adopters.
        ls_adoptr: AdopterLegalStatus = "LS_ADOPTR" { field: "Adoption.adopters_status", wrong: &rules::R177, source: "SSDA903 1.4" },
    }

    /// One child placed for adoption.
    PlacedAdoptionRow = PLACED_ADOPTION "placed-adoption" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Date placed.
        date_placed: Date = "DATE_PLACED" { field: "PlacedForAdoption.placed_date", wrong: &rules::R115, blank: Some(&rules::R115), loses_row: true, guard: true, source: "SSDA903 1.2" },
        /// Date the plan ended.
        date_placed_ceased: Date = "DATE_PLACED_CEASED" { field: "PlacedForAdoption.ceased_date", wrong: &rules::R116, guard: true, source: "SSDA903 1.2" },
        /// Why it ended.
        reason_placed_ceased: PlacedCeasedReason = "REASON_PLACED_CEASED" { field: "PlacedForAdoption.ceased_reason", wrong: &rules::R120, guard: true, source: "SSDA903 1.4" },
    }

    /// Permanence arranged before this period of care.
    PrevPermRow = PREV_PERM "prev-perm" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Which arrangement.
        prev_perm: PrevPermanence = "PREV_PERM" { field: "PreviousPermanence.kind", loses_row: true, source: "SSDA903 1.4" },
        /// Which authority arranged it.
        la_perm: PermanenceAuthority = "LA_PERM" { field: "PreviousPermanence.la", source: "SSDA903 1.4" },
        /// When.
        date_perm: Date = "DATE_PERM" { field: "PreviousPermanence.date", source: "SSDA903 1.2" },
    }

    /// One time that a child was missing.
    MissingRow = MISSING "missing" {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// Missing, or away without authorisation.
        missing: MissingType = "MISSING" { field: "Missing.type", loses_row: true, source: "SSDA903 1.4" },
        /// From.
        mis_start: Date = "MIS_START" { field: "Missing.start_date", loses_row: true, source: "SSDA903 1.2" },
        /// Until; blank while the child is missing.
        mis_end: Date = "MIS_END" { field: "Missing.end_date", source: "SSDA903 1.2" },
    }

    /// One involvement of a social worker.
    SocialWorkerRow = SOCIAL_WORKER "social-worker" from 2024 {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// The worker's registration number.
        sw_id: WorkerId = "SW_ID" { field: "SocialWorker.worker_id", loses_row: true, source: "SSDA903 1.4" },
        /// From.
        sw_decom: Date = "SW_DECOM" { field: "SocialWorker.start_date", source: "SSDA903 1.2" },
        /// Until.
        sw_dec: Date = "SW_DEC" { field: "SocialWorker.end_date", source: "SSDA903 1.2" },
        /// Why the worker changed.
        sw_reason: SwReason = "SW_REASON" { field: "SocialWorker.change_reason", source: "SSDA903 1.4" },
    }

    /// One order that deprives a child of liberty.
    DoloRow = DOLO "dolo" from 2027 {
        /// The child's identifier in the authority's case system.
        child: LaChildId = "CHILD" { aliases: CHILD_ALIASES, loses_row: true, source: "SSDA903 1.2" },
        /// Date of birth, to check against the header.
        dob: Date = "DOB" { source: "SSDA903 1.2" },
        /// From.
        dolo_start: Date = "DOLO_START" { field: "LibertyOrder.start_date", loses_row: true, source: "SSDA903 1.2" },
        /// Until.
        dolo_end: Date = "DOLO_END" { field: "LibertyOrder.end_date", source: "SSDA903 1.2" },
    }
}
