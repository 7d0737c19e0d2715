//! What one row of vacancies is held to (IFA formats, sections 1, 2 and 4.4): whether it can be read at all, and what is
//! told of it.

use kit::telling::Telling;
use schemas::{
    code::{OfstedRating, Provision, VacancyPlacementType, VacancyStatus},
    date::Date,
    reflect::Number,
    said::Said,
};

use crate::{
    rules,
    vacancies::{
        needs::{Cell, NEEDS, Need},
        tables::VacancyRow,
    },
    wire::Age,
    words::Words,
};

/// The last age of a child; from 18 on a place is for staying put and for care leavers.
const CHILD_UNTIL_YEARS: u16 = 17;
/// From this age supported accommodation may be lived in (Supported Accommodation Regulations 2023).
const SUPPORTED_FROM_YEARS: u16 = 16;
/// The oldest age of any vacancy.
const OLDEST_YEARS: Option<Number<25>> = Number::new(25);
const OLDEST_CHILD_YEARS: Option<Number<25>> = Number::new(CHILD_UNTIL_YEARS);
/// The usual limit of foster children in one household (Children Act 1989, Schedule 7).
const FOSTERING_USUAL_PLACES_MAX: u16 = 3;

/// After how many days a row is no longer fresh, and after how many it has expired.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    /// Older than this it is stale.
    pub fresh_days: u16,
    /// Older than this it has expired.
    pub expire_days: u16,
}

/// Puts the row in order and tells what is wrong with it; `None` where it cannot be read.
pub fn check(mut row: VacancyRow, freshness: Freshness, telling: &mut Telling<'_>) -> Option<VacancyRow> {
    let Said::Is(provision) = row.provision else {
        if !matches!(row.provision, Said::Unreadable) {
            telling.tell(&rules::REQUIRED, "provision");
        }
        return None;
    };
    let provision = provision.0;
    take_aliases(&mut row, provision, telling)?;
    let whole = is_whole(&mut row, provision, telling);
    let dated = is_dated(&row, freshness, telling);
    let consistent = places_add_up(&row, telling) & ages_fit(&row, provision, telling);
    if !(whole && dated && consistent) {
        return None;
    }
    types_fit(&mut row, provision, telling);
    dates_follow(&mut row, telling);
    status_fits(&row, telling);
    if row.ofsted_rating.as_ref().is().is_some_and(|rating| rating.0 == OfstedRating::Inadequate) {
        telling.tell(&rules::RATING_INADEQUATE, "ofsted_rating");
    }
    Some(row)
}

/// Columns that say what others do: a range of ages, a shared bedroom.
fn take_aliases(row: &mut VacancyRow, provision: Provision, _: &mut Telling<'_>) -> Option<()> {
    match row.age_range {
        Said::Unreadable => return None,
        Said::Is(range) => {
            let open_end =
                if provision == Provision::SupportedAccommodation { OLDEST_YEARS } else { OLDEST_CHILD_YEARS };
            if !row.age_min.has_value() {
                row.age_min = Said::Is(Age(range.from));
            }
            if let (false, Some(to)) = (row.age_max.has_value(), range.to.or(open_end)) {
                row.age_max = Said::Is(Age(to));
            }
        }
        _ => {}
    }
    if let (Said::Is(shared), false) = (row.bedroom_sharing, row.own_bedroom.has_value()) {
        row.own_bedroom = Said::Is(!shared);
    }
    (row.age_range, row.bedroom_sharing) = (Said::NotAsked, Said::NotAsked);
    Some(())
}

/// Whether everything is there that the kind of provision needs; what has no place in it is taken out.
fn is_whole(row: &mut VacancyRow, provision: Provision, telling: &mut Telling<'_>) -> bool {
    let is_draft = matches!(&row.status, Said::Is(status) if status.0 == VacancyStatus::Draft);
    let mut whole = true;
    for needed in NEEDS {
        match (needed.to(provision), (needed.cell)(row)) {
            // Why was told where it was read.
            (_, Cell::Unreadable) if needed.costs_row => whole = false,
            (Need::Required, Cell::Blank) if !is_draft => {
                telling.tell(&rules::REQUIRED, needed.column);
                whole = false;
            }
            (Need::NotApplicable, Cell::Value) => {
                telling.tell(&rules::COLUMN_NOT_FOR_PROVISION, needed.column);
                (needed.drop)(row);
            }
            _ => {}
        }
    }
    whole
}

/// Whether it says when it was true, and not of a day to come.
pub fn is_dated(row: &VacancyRow, freshness: Freshness, telling: &mut Telling<'_>) -> bool {
    let Said::Is(as_at) = row.as_at else {
        if !matches!(row.as_at, Said::Unreadable) {
            telling.tell(&rules::AS_AT_MISSING, "as_at");
        }
        return false;
    };
    let (Some(day), Some(today)) = (as_at.0.date(), telling.as_at) else { return true };
    if day > today {
        telling.tell(&rules::AS_AT_FUTURE, "as_at");
        return false;
    }
    let is_live = !matches!(&row.status, Said::Is(status) if is_closed(status.0));
    let days = today.days_since(day);
    if is_live && days > i32::from(freshness.expire_days) {
        telling.tell(&rules::EXPIRED_ON_ARRIVAL, "as_at");
    } else if is_live && days > i32::from(freshness.fresh_days) {
        telling.tell(&rules::STALE, "as_at");
    }
    true
}

fn is_closed(status: VacancyStatus) -> bool {
    matches!(status, VacancyStatus::Filled | VacancyStatus::Withdrawn)
}

/// Whether the places are no more than are approved.
fn places_add_up(row: &VacancyRow, telling: &mut Telling<'_>) -> bool {
    let count = |said: Said<crate::wire::PlaceCount>| said.is().map(|places| places.0.get());
    let (Some(approved), Some(available)) = (count(row.places_approved), count(row.places_available)) else {
        return true;
    };
    let not_available = count(row.places_not_available);
    let others = [row.places_occupied, row.places_reserved].into_iter().filter_map(count).sum::<u16>();
    let sum = others + available + not_available.unwrap_or(0);
    if sum > approved {
        telling.tell(&rules::PLACES_SUM, "places_approved");
        return false;
    }
    if not_available.is_some() && sum < approved {
        telling.tell(&rules::PLACES_GAP, "places_not_available");
    }
    if not_available.is_some_and(|places| places > 0) && !row.not_available_reason.has_value() {
        telling.tell(&rules::NOT_AVAILABLE_REASON, "not_available_reason");
    }
    if matches!(row.siblings_max, Said::Is(siblings) if siblings.0.get() > available) {
        telling.tell(&rules::SIBLINGS_OVER_PLACES, "siblings_max");
    }
    let fosters = matches!(row.provision, Said::Is(provision) if provision.0 == Provision::Fostering);
    if fosters && approved > FOSTERING_USUAL_PLACES_MAX {
        telling.tell(&rules::USUAL_LIMIT, "places_approved");
    }
    true
}

/// Whether the ages are in order, and such as the provision may take.
fn ages_fit(row: &VacancyRow, provision: Provision, telling: &mut Telling<'_>) -> bool {
    let (Said::Is(youngest), Said::Is(oldest)) = (row.age_min, row.age_max) else { return true };
    let (youngest, oldest) = (youngest.0.get(), oldest.0.get());
    if youngest > oldest {
        telling.tell(&rules::AGE_RANGE, "age_min");
        return false;
    }
    match provision {
        Provision::SupportedAccommodation if youngest < SUPPORTED_FROM_YEARS => {
            telling.tell(&rules::AGE_PROVISION, "age_min");
            return false;
        }
        Provision::Fostering | Provision::Residential if oldest > CHILD_UNTIL_YEARS => {
            telling.tell(&rules::AGE_BEYOND_PROVISION, "age_max");
        }
        _ => {}
    }
    true
}

/// Leaves of the types of placement those that the provision has.
fn types_fit(row: &mut VacancyRow, provision: Provision, telling: &mut Telling<'_>) {
    let Said::Is(Words(types)) = &mut row.placement_types else { return };
    let before = types.len();
    types.retain(|of| offers(provision, *of));
    if types.len() < before {
        telling.tell(&rules::LIST_ITEM_UNKNOWN, "placement_types");
    }
    if types.is_empty() {
        row.placement_types = Said::Unreadable;
    }
}

/// Whether a kind of provision has this type of placement (IFA formats, column 34).
pub fn offers(provision: Provision, of: VacancyPlacementType) -> bool {
    use VacancyPlacementType as T;
    match provision {
        Provision::Fostering => matches!(
            of,
            T::ShortTerm
                | T::LongTerm
                | T::Emergency
                | T::Respite
                | T::ShortBreaks
                | T::ParentAndChild
                | T::Remand
                | T::Bridging
                | T::FosterForAdoption
                | T::StepDown
        ),
        Provision::Residential => matches!(
            of,
            T::MediumLongTerm
                | T::ShortTerm
                | T::Emergency
                | T::Solo
                | T::Assessment
                | T::Secure
                | T::Therapeutic
                | T::ShortBreaks
                | T::ResidentialFamilyCentre
                | T::SchoolHome
        ),
        Provision::SupportedAccommodation => {
            matches!(of, T::SelfContained | T::SharedRingFenced | T::Shared | T::SupportedLodgings)
        }
    }
}

/// Takes out an end that comes before the beginning.
fn dates_follow(row: &mut VacancyRow, telling: &mut Telling<'_>) {
    let begins: Option<Date> = row.available_from.is().or_else(|| row.as_at.is().and_then(|as_at| as_at.0.date()));
    if let (Said::Is(until), Some(from)) = (row.available_until, begins)
        && until < from
    {
        telling.tell(&rules::DATES, "available_until");
        row.available_until = Said::Unreadable;
    }
    let year_ahead = row.as_at.is().and_then(|as_at| as_at.0.date()).and_then(|day| day.add_years(1));
    if matches!((row.available_from, year_ahead), (Said::Is(from), Some(latest)) if from > latest) {
        telling.tell(&rules::DATES_FAR, "available_from");
    }
}

fn status_fits(row: &VacancyRow, telling: &mut Telling<'_>) {
    let (Said::Is(status), Said::Is(available)) = (row.status, row.places_available) else { return };
    match (status.0, available.0.get()) {
        (VacancyStatus::Open, 0) => telling.tell(&rules::AVAILABLE_STATUS, "places_available"),
        (status, 1..) if is_closed(status) => telling.tell(&rules::AVAILABLE_BUT_CLOSED, "places_available"),
        _ => {}
    }
}
