//! What a row of each module says, and how statements become rows again.

use kit::wire::Written;
use schemas::{
    code::{Derivation, ImmigrationStatus, SdqRater},
    date::CollectionYear,
    record::{
        Adoption, AnnualHealth, CareEpisode, CareLeaver, Immigration, LibertyOrder, Missing, Person, PlacedForAdoption,
        PreviousPermanence, Review, SdqScore, SocialWorker, Statement,
    },
    reflect::{Number, Open},
    said::Said,
};

use crate::ssda903::{
    tables::{
        Ad1Row, DoloRow, EpisodeRow, HeaderRow, MissingRow, Oc2Row, Oc3Row, PlacedAdoptionRow, PrevPermRow, ReviewRow,
        SocialWorkerRow, UascRow,
    },
    wire::{WireAccommodation, WireAdopters, WireSex, WireUpn},
};

/// What a row says of its child; `year` is that of the return.
pub trait Says {
    /// The statements, in the record's order.
    fn says(&self, year: Option<CollectionYear>, say: &mut dyn FnMut(Statement));
}

impl Says for HeaderRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(Person {
            birth_date: self.dob,
            sex: self.sex.map(|wire| wire.0),
            ethnicity: self.ethnic,
            upn_unknown_reason: match self.upn {
                Said::Is(WireUpn::Unknown(reason)) => Said::Is(reason),
                Said::Is(WireUpn::Number(_)) => Said::NotApplicable,
                Said::Blank => Said::Blank,
                Said::Unreadable => Said::Unreadable,
                _ => Said::NotAsked,
            },
            is_mother: self.mother,
            mother_child_birth_date: self.mc_dob,
            nhs_number_status: Said::NotAsked,
            more: None,
        }
        .into());
    }
}

impl Says for EpisodeRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(CareEpisode {
            start_date: self.decom,
            start_reason: self.rne,
            legal_status: self.ls,
            category_of_need: self.cin,
            placement_type: self.place,
            placement_provider: self.place_provider,
            placement_urn: self.urn,
            placement_postcode: self.pl_post,
            home_postcode: self.home_post,
            end_date: self.dec,
            end_reason: self.rec,
            placement_change_reason: self.reason_place_change,
            ordinal: Number::new(0).map_or(Said::NotAsked, Said::Is),
            ..CareEpisode::default()
        }
        .into());
    }
}

impl Says for ReviewRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(Review { date: self.review, participation: self.review_code, ..Review::default() }.into());
    }
}

impl Says for UascRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        let status = Open::Listed(ImmigrationStatus::UnaccompaniedAsylumSeekingChild);
        say(Immigration { status: Said::Is(status), end_date: self.duc, ..Immigration::default() }.into());
    }
}

impl Says for Oc2Row {
    fn says(&self, year: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        let year = year.map_or(Said::NotAsked, Said::Is);
        say(AnnualHealth {
            year,
            convicted: self.convicted,
            health_check: self.health_check,
            immunisations: self.immunisations,
            immunisations_as_at: Said::NotAsked,
            teeth_check: self.teeth_check,
            health_assessment: self.health_assessment,
            substance_misuse: self.substance_misuse,
            intervention_received: self.intervention_received,
            intervention_offered: self.intervention_offered,
            derivation: Said::Is(Derivation::Stated),
        }
        .into());
        // Exactly one of score and reason: a reason beside a score breaks rule 197a and is dropped.
        let reason = if self.sdq_score.has_value() { Said::Blank } else { self.sdq_reason };
        if self.sdq_score.has_value() || reason.has_value() {
            say(SdqScore {
                score: self.sdq_score,
                reason,
                year,
                rater: Said::Is(SdqRater::Carer),
                ..SdqScore::default()
            }
            .into());
        }
    }
}

impl Says for Oc3Row {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(CareLeaver {
            in_touch: self.in_touch,
            activity: self.activ,
            accommodation: self.accom.map(|wire| wire.accommodation),
            suitable: match self.accom {
                Said::Is(WireAccommodation { suitable: Some(suitable), .. }) => Said::Is(suitable),
                Said::Is(_) => Said::NotApplicable,
                other => other.map(|_| false),
            },
            ..CareLeaver::default()
        }
        .into());
    }
}

impl Says for Ad1Row {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(Adoption {
            decision_date: self.date_int,
            match_date: self.date_match,
            foster_carer_adopts: self.foster_care,
            adopters: self.nb_adoptr.map(|wire| wire.0),
            adopters_sex: self.sex_adoptr,
            adopters_status: self.ls_adoptr,
            ..Adoption::default()
        }
        .into());
    }
}

impl Says for PlacedAdoptionRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(PlacedForAdoption {
            placed_date: self.date_placed,
            ceased_date: self.date_placed_ceased,
            ceased_reason: self.reason_placed_ceased,
        }
        .into());
    }
}

impl Says for PrevPermRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(PreviousPermanence { kind: self.prev_perm, la: self.la_perm, date: self.date_perm }.into());
    }
}

impl Says for MissingRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(Missing { r#type: self.missing, start_date: self.mis_start, end_date: self.mis_end, ..Missing::default() }
            .into());
    }
}

impl Says for SocialWorkerRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(SocialWorker {
            worker_id: self.sw_id,
            start_date: self.sw_decom,
            end_date: self.sw_dec,
            change_reason: self.sw_reason,
            ..SocialWorker::default()
        }
        .into());
    }
}

impl Says for DoloRow {
    fn says(&self, _: Option<CollectionYear>, say: &mut dyn FnMut(Statement)) {
        say(LibertyOrder { start_date: self.dolo_start, end_date: self.dolo_end }.into());
    }
}

/// What a header row shows of a person; the identifiers come from the subject.
pub(crate) fn header_row(person: &Person) -> HeaderRow {
    HeaderRow {
        sex: person.sex.map(WireSex),
        dob: person.birth_date,
        ethnic: person.ethnicity,
        upn: match person.upn_unknown_reason {
            // That there is a number, or that the cell was blank, is no reason to be written.
            Said::NotApplicable => Said::Blank,
            reason => reason.map(WireUpn::Unknown),
        },
        mother: person.is_mother,
        mc_dob: person.mother_child_birth_date,
        ..HeaderRow::default()
    }
}

/// Whether a person says anything that the header module holds.
pub(crate) fn fills_header(person: &Person) -> bool {
    !(matches!(person.sex, Said::NotAsked)
        && matches!(person.ethnicity, Said::NotAsked)
        && matches!(person.upn_unknown_reason, Said::NotAsked)
        && matches!(person.is_mother, Said::NotAsked))
}

pub(crate) fn episode_row(episode: &CareEpisode) -> EpisodeRow {
    EpisodeRow {
        decom: episode.start_date,
        rne: episode.start_reason,
        ls: episode.legal_status,
        cin: episode.category_of_need,
        place: episode.placement_type,
        place_provider: episode.placement_provider,
        dec: episode.end_date,
        rec: episode.end_reason,
        reason_place_change: episode.placement_change_reason,
        home_post: episode.home_postcode,
        pl_post: episode.placement_postcode,
        urn: episode.placement_urn,
        ..EpisodeRow::default()
    }
}

pub(crate) fn review_row(review: &Review) -> ReviewRow {
    ReviewRow { review: review.date, review_code: review.participation, ..ReviewRow::default() }
}

pub(crate) fn uasc_row(immigration: &Immigration) -> UascRow {
    UascRow { duc: immigration.end_date, ..UascRow::default() }
}

/// Score and reason of a questionnaire; flags are filled in one by one, for they may come from several statements.
pub(crate) fn oc2_row(sdq: Option<&SdqScore>) -> Oc2Row {
    let mut row = Oc2Row::default();
    if let Some(sdq) = sdq {
        row.sdq_score = sdq.score;
        row.sdq_reason = sdq.reason;
    }
    row
}

/// A letter without suitability cannot be written, and the other way round (record, 5.15).
pub(crate) fn oc3_row(leaver: &CareLeaver) -> (Oc3Row, Written) {
    let accom = match (leaver.accommodation, leaver.suitable) {
        (Said::Is(accommodation), Said::Is(suitable)) => {
            Said::Is(WireAccommodation { accommodation, suitable: Some(suitable) })
        }
        (Said::Is(accommodation), _) => Said::Is(WireAccommodation { accommodation, suitable: None }),
        (other, _) => other.map(|accommodation| WireAccommodation { accommodation, suitable: None }),
    };
    let row = Oc3Row { in_touch: leaver.in_touch, activ: leaver.activity, accom, ..Oc3Row::default() };
    let more =
        leaver.contact_date.has_value() || leaver.eligibility.has_value() || leaver.pathway_review_date.has_value();
    (row, if more { Written::CannotSay } else { Written::Yes })
}

pub(crate) fn ad1_row(adoption: &Adoption) -> Ad1Row {
    Ad1Row {
        date_int: adoption.decision_date,
        date_match: adoption.match_date,
        foster_care: adoption.foster_carer_adopts,
        nb_adoptr: adoption.adopters.map(WireAdopters),
        sex_adoptr: adoption.adopters_sex,
        ls_adoptr: adoption.adopters_status,
        ..Ad1Row::default()
    }
}

pub(crate) fn placed_adoption_row(placed: &PlacedForAdoption) -> PlacedAdoptionRow {
    PlacedAdoptionRow {
        date_placed: placed.placed_date,
        date_placed_ceased: placed.ceased_date,
        reason_placed_ceased: placed.ceased_reason,
        ..PlacedAdoptionRow::default()
    }
}

pub(crate) fn prev_perm_row(previous: &PreviousPermanence) -> PrevPermRow {
    PrevPermRow { prev_perm: previous.kind, la_perm: previous.la, date_perm: previous.date, ..PrevPermRow::default() }
}

pub(crate) fn missing_row(missing: &Missing) -> MissingRow {
    MissingRow {
        missing: missing.r#type,
        mis_start: missing.start_date,
        mis_end: missing.end_date,
        ..MissingRow::default()
    }
}

pub(crate) fn social_worker_row(worker: &SocialWorker) -> SocialWorkerRow {
    SocialWorkerRow {
        sw_id: worker.worker_id,
        sw_decom: worker.start_date,
        sw_dec: worker.end_date,
        sw_reason: worker.change_reason,
        ..SocialWorkerRow::default()
    }
}

pub(crate) fn dolo_row(order: &LibertyOrder) -> DoloRow {
    DoloRow { dolo_start: order.start_date, dolo_end: order.end_date, ..DoloRow::default() }
}
