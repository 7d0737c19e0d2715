//! What one notice is held to: whether it can be read at all, and what is told of it (IFA formats, sections 6.2 and 11).

use kit::telling::Telling;
use schemas::{
    code::{NoticeMessage, Provision},
    money::Pence,
    said::Said,
};

use crate::{notices::tables::NoticeRow, rules, vacancies::checks::offers, wire::WeeklyCost};

/// How far a total may be from its parts, in pence: they may have been rounded.
const SUM_ROUNDING_PENCE_MAX: u32 = 1;

/// Tells what is wrong with a notice; false where it cannot be read.
pub fn check(row: &NoticeRow, telling: &mut Telling<'_>) -> bool {
    let Said::Is(message) = row.kind else { return false };
    if is_of_a_day_to_come(row, telling) {
        return false;
    }
    // What only takes a notice back says nothing else that could be wrong.
    if message.0 == NoticeMessage::Cancel {
        return true;
    }
    // Why was told where they were read.
    if matches!(row.carer_ref, Said::Unreadable) || matches!(row.provision, Said::Unreadable) {
        return false;
    }
    if is_out_of_order(row, telling) {
        return false;
    }
    is_whole(row, message.0, telling);
    if let (Said::Is(provision), Said::Is(of)) = (row.provision, row.placement_type)
        && !offers(provision.0, of.0)
    {
        telling.tell(&rules::NOTICE_TYPE, "placement_type");
    }
    costs_add_up(row, telling);
    true
}

fn is_of_a_day_to_come(row: &NoticeRow, telling: &mut Telling<'_>) -> bool {
    let day = row.as_at.is().and_then(|as_at| as_at.0.date());
    let is_future = matches!((day, telling.as_at), (Some(day), Some(today)) if day > today);
    if is_future {
        telling.tell(&rules::AS_AT_FUTURE, "as_at");
    }
    is_future
}

fn is_out_of_order(row: &NoticeRow, telling: &mut Telling<'_>) -> bool {
    let Said::Is(end) = row.end_date else { return false };
    if matches!(row.notice_given_date, Said::Is(given) if given > end) {
        telling.tell(&rules::NOTICE_GIVEN, "notice_given_date");
    }
    let is_out_of_order = matches!(row.start_date, Said::Is(start) if end < start);
    if is_out_of_order {
        telling.tell(&rules::NOTICE_DATE_ORDER, "end_date");
    }
    is_out_of_order
}

/// Tells every column that a notice of this kind needs and leaves blank.
fn is_whole(row: &NoticeRow, message: NoticeMessage, telling: &mut Telling<'_>) {
    use NoticeMessage as M;
    let has_pseudonym = matches!(
        row.provision,
        Said::Is(provision) if matches!(provision.0, Provision::Fostering | Provision::SupportedAccommodation)
    );
    let ends = message == M::End;
    let (starts, moves) = (message == M::Start, matches!(message, M::Start | M::End));
    let needed = [
        (true, is_blank(&row.provision), "provision"),
        (moves && has_pseudonym, is_blank(&row.carer_ref), "carer_ref"),
        (starts, is_blank(&row.placement_type), "placement_type"),
        (true, is_blank(&row.start_date), "start_date"),
        (ends, is_blank(&row.end_date), "end_date"),
        (moves, is_blank(&row.planned), "planned"),
        (ends, is_blank(&row.ended_by), "ended_by"),
        (ends, is_blank(&row.end_reason), "end_reason"),
        (starts, is_blank(&row.placement_postcode), "placement_postcode"),
        (message == M::FeeChange, is_blank(&row.total_weekly) && parts(row).is_empty(), "total_weekly"),
    ];
    for (_, _, column) in needed.into_iter().filter(|(needed, blank, _)| *needed && *blank) {
        telling.tell(&rules::NOTICE_REQUIRED, column);
    }
}

fn is_blank<T>(said: &Said<T>) -> bool {
    !matches!(said, Said::Is(_) | Said::Unreadable)
}

/// The parts of the price that are said.
fn parts(row: &NoticeRow) -> Vec<Pence> {
    said_of([row.core_weekly, row.support_weekly, row.education_weekly, row.other_weekly])
}

fn said_of<const N: usize>(costs: [Said<WeeklyCost>; N]) -> Vec<Pence> {
    costs.into_iter().filter_map(Said::is).map(|cost| cost.0).collect()
}

fn sum(costs: &[Pence]) -> u32 {
    // At most four amounts of at most 999,999,999 pence.
    costs.iter().map(|cost| cost.number()).sum()
}

/// Whether parts of a cost add up to its total; where there are none nothing can be said.
pub fn adds_up(total: Pence, parts: &[Pence]) -> bool {
    parts.is_empty() || total.number().abs_diff(sum(parts)) <= SUM_ROUNDING_PENCE_MAX
}

fn costs_add_up(row: &NoticeRow, telling: &mut Telling<'_>) {
    let Said::Is(total) = row.total_weekly else { return };
    if !adds_up(total.0, &parts(row)) {
        telling.tell(&rules::COST_SUM, "total_weekly");
    }
    if sum(&said_of([row.contributions_health, row.contributions_education])) > total.0.number() {
        telling.tell(&rules::COST_CONTRIBUTIONS, "contributions_health");
    }
}
