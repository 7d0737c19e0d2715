//! The DfE's rules that look at several cells of one row.

use schemas::{
    code::{PlacementType, Sex},
    date::CollectionYear,
    diagnostic::Rule,
    said::Said,
};

use crate::ssda903::{
    rules,
    tables::{
        Ad1Row, DoloRow, EpisodeRow, HeaderRow, MissingRow, Oc2Row, Oc3Row, PlacedAdoptionRow, PrevPermRow, ReviewRow,
        SocialWorkerRow, UascRow,
    },
    wire::WireSex,
};

/// A rule of several cells, and the column it is told at.
pub type Tell<'t> = dyn FnMut(&'static Rule, &'static str) + 't;

/// What is checked of a row as a whole.
pub trait Checked {
    /// Tells the rules that the row breaks.
    fn check(&self, _year: Option<CollectionYear>, _tell: &mut Tell<'_>) {}
}

impl Checked for ReviewRow {}
impl Checked for UascRow {}
impl Checked for PrevPermRow {}
impl Checked for MissingRow {}
impl Checked for SocialWorkerRow {}
impl Checked for DoloRow {}

impl Checked for HeaderRow {
    fn check(&self, _: Option<CollectionYear>, tell: &mut Tell<'_>) {
        if filled(&self.mc_dob) && self.sex == Said::Is(WireSex(Sex::Male)) {
            tell(&rules::R174, "MC_DOB");
        }
    }
}

impl Checked for EpisodeRow {
    fn check(&self, _: Option<CollectionYear>, tell: &mut Tell<'_>) {
        if filled(&self.dec) != filled(&self.rec) {
            tell(&rules::R148, if filled(&self.dec) { "REC" } else { "DEC" });
        }
        if self.place_provider.has_value() && self.place.is().is_some_and(has_no_provider) {
            tell(&rules::R178, "PLACE_PROVIDER");
        }
    }
}

/// Placements that have no provider (rule 178): T0 to T3 and Z11 to Z14.
fn has_no_provider(place: PlacementType) -> bool {
    use schemas::code::Code;
    matches!(place.code(), "T0" | "T1" | "T2" | "T3" | "Z11" | "Z12" | "Z13" | "Z14")
}

impl Checked for Oc2Row {
    fn check(&self, year: Option<CollectionYear>, tell: &mut Tell<'_>) {
        let yes = Said::Is(true);
        if self.intervention_received == yes && filled(&self.intervention_offered) {
            tell(&rules::R158, "INTERVENTION_OFFERED");
        }
        if self.substance_misuse == yes
            && self.intervention_received == Said::Is(false)
            && open(&self.intervention_offered)
        {
            tell(&rules::R159, "INTERVENTION_OFFERED");
        }
        let needed = [&self.immunisations, &self.teeth_check, &self.health_assessment, &self.substance_misuse];
        let others = [&self.convicted, &self.health_check, &self.intervention_received, &self.intervention_offered];
        if needed.iter().any(|flag| open(flag)) && others.iter().any(|flag| filled(flag)) {
            let names = ["IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE"];
            let first = needed.iter().zip(names).find(|(flag, _)| open(flag));
            tell(&rules::R182, first.map_or(names[0], |(_, name)| name));
        }
        let sdq = if filled(&self.sdq_score) { "SDQ_SCORE" } else { "SDQ_REASON" };
        if let (Said::Is(born), Some(year), true) =
            (self.dob, year, filled(&self.sdq_score) || filled(&self.sdq_reason))
        {
            if born.add_years(4).is_some_and(|fourth| fourth > year.ends()) {
                tell(&rules::R188, sdq);
            }
            if born.add_years(17).is_some_and(|seventeenth| seventeenth < year.starts()) {
                tell(&rules::R189, sdq);
            }
        }
        if self.substance_misuse == yes && open(&self.intervention_received) {
            tell(&rules::R192, "INTERVENTION_RECEIVED");
        }
        let no_misuse = open(&self.substance_misuse) || self.substance_misuse == Said::Is(false);
        if no_misuse && (filled(&self.intervention_received) || filled(&self.intervention_offered)) {
            let received = filled(&self.intervention_received);
            tell(&rules::R193, if received { "INTERVENTION_RECEIVED" } else { "INTERVENTION_OFFERED" });
        }
        if filled(&self.sdq_score) && filled(&self.sdq_reason) {
            tell(&rules::R197A, "SDQ_REASON");
        }
    }
}

impl Checked for Oc3Row {
    fn check(&self, _: Option<CollectionYear>, tell: &mut Tell<'_>) {
        let all = [filled(&self.in_touch), filled(&self.activ), filled(&self.accom)];
        if let Some(column) = first_gap(&all, &["IN_TOUCH", "ACTIV", "ACCOM"]) {
            tell(&rules::R153, column);
        }
    }
}

impl Checked for Ad1Row {
    fn check(&self, _: Option<CollectionYear>, tell: &mut Tell<'_>) {
        let all = [
            filled(&self.date_int),
            filled(&self.date_match),
            filled(&self.foster_care),
            filled(&self.nb_adoptr),
            filled(&self.sex_adoptr),
            filled(&self.ls_adoptr),
        ];
        let names = ["DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"];
        if let Some(column) = first_gap(&all, &names) {
            tell(&rules::R151, column);
        }
    }
}

impl Checked for PlacedAdoptionRow {
    fn check(&self, _: Option<CollectionYear>, tell: &mut Tell<'_>) {
        let ceased = [filled(&self.date_placed_ceased), filled(&self.reason_placed_ceased)];
        if let Some(column) = first_gap(&ceased, &["DATE_PLACED_CEASED", "REASON_PLACED_CEASED"]) {
            tell(&rules::R119, column);
        }
    }
}

/// Whether something stands in the cell, readable or not: that is what the DfE's rules ask.
fn filled<T>(cell: &Said<T>) -> bool {
    matches!(cell, Said::Is(_) | Said::Unreadable)
}

fn open<T>(cell: &Said<T>) -> bool {
    !filled(cell)
}

/// The first blank column of a block that is filled in part.
fn first_gap(all: &[bool], names: &[&'static str]) -> Option<&'static str> {
    if all.iter().all(|filled| *filled) || all.iter().all(|filled| !*filled) {
        return None;
    }
    all.iter().zip(names).find(|(filled, _)| !**filled).map(|(_, name)| *name)
}
