//! What a row of the standard is held to: what its model requires, in words of the shapes that it publishes.

use kit::{table::Row, telling::Telling};
use schemas::{
    code::{CommunicationNeed, CulturalNeed, OutOfAreaReason, PlacementSupport},
    money::Pence,
    said::Said,
};

use crate::{
    notices::checks::adds_up,
    rules,
    standard::{
        tables::{PLACEMENT, PlacementRow, REQUIRED, REQUIRED_OF_A_HOME},
        words::{One, Several},
    },
};

/// Tells what is wrong with a row; nothing of it is lost by that.
pub fn check(row: &PlacementRow, telling: &mut Telling<'_>) {
    let found = if has_a_home(row) { REQUIRED_OF_A_HOME } else { &[] };
    for column in REQUIRED.iter().chain(found) {
        if telling.has(column) && is_blank(row, column) {
            telling.tell(&rules::NPS_REQUIRED, column);
        }
    }
    others_are_named(row, telling);
    if row.is_local == Said::Is(false) && telling.has("out_of_LA_reason") && is_blank(row, "out_of_LA_reason") {
        telling.tell(&rules::NPS_REASON, "out_of_LA_reason");
    }
    let parts = [row.core, row.support_cost, row.education_cost, row.other_cost];
    let all_read = !parts.contains(&Said::Unreadable);
    let parts: Vec<Pence> = parts.into_iter().filter_map(Said::is).map(|cost| cost.0.0).collect();
    if matches!(row.total, Said::Is(total) if all_read && !adds_up(total.0.0, &parts)) {
        telling.tell(&rules::COST_SUM, "cost_total_weekly");
    }
}

/// Whether the row says anything of a home that was found.
pub fn has_a_home(row: &PlacementRow) -> bool {
    let costs = ["cost_core_weekly", "cost_additional_support_weekly", "cost_education_weekly", "cost_other_weekly"];
    REQUIRED_OF_A_HOME.iter().chain(&costs).any(|column| !is_blank(row, column))
}

/// Whether a column of a row says nothing; one that could not be read was told.
pub fn is_blank(row: &PlacementRow, column: &str) -> bool {
    let Some(number) = PLACEMENT.columns.iter().position(|known| known.name == column) else { return false };
    (PlacementRow::LENSES[number].is_blank)(row)
}

/// Tells each answer `Other` that says no more.
fn others_are_named(row: &PlacementRow, telling: &mut Telling<'_>) {
    let has = |said: &Said<_>| matches!(said, Said::Is(Several(codes)) if codes.contains(&CommunicationNeed::Other));
    let of_support =
        |said: &Said<_>| matches!(said, Said::Is(Several(codes)) if codes.contains(&PlacementSupport::Other));
    let others = [
        (row.out_of_area_reason == Said::Is(One(OutOfAreaReason::Other)), "out_of_LA_reason_other"),
        (has(&row.communication), "specific_communication_and_language_requirements_other"),
        (row.culture == Said::Is(One(CulturalNeed::Other)), "cultural_needs_other"),
        (of_support(&row.support), "additional_support_other"),
    ];
    for (_, text) in others.into_iter().filter(|(is_other, _)| *is_other) {
        if telling.has(text) && is_blank(row, text) {
            telling.tell(&rules::NPS_OTHER_WITHOUT_TEXT, text);
        }
    }
}
