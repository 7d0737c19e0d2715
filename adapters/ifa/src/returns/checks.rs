//! What one return is held to: that its period is a quarter, and that its figures do not contradict each other.

use kit::telling::Telling;
use schemas::{date::Date, reflect::Number, said::Said};

use crate::{returns::tables::ReturnRow, rules};

/// A quarter has as many months.
const QUARTER_MONTHS: u8 = 3;

/// Tells what is wrong with a return; false where it cannot be read.
pub fn check(row: &ReturnRow, telling: &mut Telling<'_>) -> bool {
    let (Said::Is(from), Said::Is(to)) = (row.period_start, row.period_end) else { return false };
    let day = row.as_at.is().and_then(|as_at| as_at.0.date());
    if matches!((day, telling.as_at), (Some(day), Some(today)) if day > today) {
        telling.tell(&rules::AS_AT_FUTURE, "as_at");
        return false;
    }
    if to < from {
        telling.tell(&rules::RETURN_DATES, "period_end");
        return false;
    }
    if !is_a_quarter(from, to) {
        telling.tell(&rules::RETURN_PERIOD, "period_start");
    }
    let contradictions = contradictions(row);
    contradictions.iter().for_each(|column| telling.tell(&rules::RETURN_SUM, column));
    contradictions.is_empty()
}

fn is_a_quarter(from: Date, to: Date) -> bool {
    let begins = from.day() == 1 && (from.month() - 1).is_multiple_of(QUARTER_MONTHS);
    let next = to.add_days(1);
    begins && next.is_some_and(|next| next.day() == 1 && to.year() == from.year() && to.month() == from.month() + 2)
}

/// The figures that contradict others of the row. What is not said contradicts nothing.
fn contradictions(row: &ReturnRow) -> Vec<&'static str> {
    let count = |said: Said<Number<9999>>| said.is().map(|number| u32::from(number.get()));
    let sum = |parts: &[Said<Number<9999>>]| parts.iter().map(|part| count(*part)).sum::<Option<u32>>();
    let exceeds =
        |part: Option<u32>, whole: Option<u32>| matches!((part, whole), (Some(part), Some(whole)) if part > whole);
    let differs =
        |parts: Option<u32>, whole: Option<u32>| matches!((parts, whole), (Some(parts), Some(whole)) if parts != whole);
    let offers_most =
        count(row.referrals_received).zip(count(row.households)).map(|(received, homes)| received * homes);
    let endings = sum(&[
        row.planned_endings,
        row.unplanned_endings_provider,
        row.unplanned_endings_authority,
        row.unplanned_endings_other,
    ]);
    let places = sum(&[row.places_filled, row.places_vacant, row.places_not_available]);
    let broken = [
        (exceeds(count(row.offers_made), offers_most), "offers_made"),
        (exceeds(count(row.offers_in_deadline), count(row.offers_made)), "offers_in_deadline"),
        (differs(endings, count(row.placements_ended)), "placements_ended"),
        (exceeds(count(row.stable_12_months), count(row.children_placed_at_end)), "stable_12_months"),
        (differs(places, count(row.places_approved)), "places_approved"),
    ];
    broken.into_iter().filter(|(broken, _)| *broken).map(|(_, column)| column).collect()
}
