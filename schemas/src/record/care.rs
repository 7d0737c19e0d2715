//! Statements about a child in care, and after it (record, sections 5.6 to 5.15).

use crate::{
    code::{
        Accommodation, Activity, AdopterLegalStatus, AdopterSex, CarePlanKind, CategoryOfNeed, Eligibility,
        EpisodeEndReason, InTouch, LegalStatus, MissingType, PermanencePlan, PlacedCeasedReason, PlacementChangeReason,
        PlacementLocation, PlacementProvider, PlacementType, PrevPermanence, ReviewCode, Rne, SwReason, WorkerRole,
    },
    date::Date,
    decimal::Decimal,
    identifier::{LaCode, OfstedUrn, PermanenceAuthority, WorkerId},
    postcode::Postcode,
    record::child::Telecom,
    record::declare::statements,
    reflect::{Number, Open},
};

statements! {
    Child:
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

    /// What is planned for the child (5.9).
    CarePlan key(start_date) {
        /// The plans for permanence; several may be followed side by side.
        permanence_plans: Vec<PermanencePlan>,
        /// From.
        start_date: Date,
        /// Until.
        end_date: Date,
        /// Of a child in care, or of a care leaver.
        kind: CarePlanKind,
        /// The plan in plain words, written to the child.
        plain_text: Box<str>,
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
}
