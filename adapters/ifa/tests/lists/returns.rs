//! Returns under a framework: what a row says, what contradicts it, and that it comes back.

use ifa::returns::FRAMEWORK_RETURN_CSV;
use schemas::{
    code::CountedBy,
    identifier::{Identifier, LaCode},
    record::{FrameworkReturn, Statement, SubjectKind},
    said::Said,
};

use crate::support::{Read, cell, day, read, write};

const HEADING: &str = "provider_urn,framework,lot,la_code,period_start,period_end,referrals_received,offers_made,offers_in_deadline,no_offer_replies,median_hours_to_offer,placements_started,placements_ended,planned_endings,unplanned_endings_provider,unplanned_endings_authority,unplanned_endings_other,notices_given,mean_notice_days,children_placed_at_end,stable_12_months,households,places_approved,places_filled,places_vacant,places_not_available,carers_approved,carers_left,outcome_reports_due,outcome_reports_sent,objectives_met_percent,complaints,complaints_upheld,allegations,as_at\n";
const ROW: &str = "SC999901,wm-fostering,standard,330,2025-10-01,2025-12-31,40,12,11,20,6.5,9,6,3,1,1,1,2,21.0,58,31,45,90,58,20,12,3,2,30,28,82,1,0,1,2026-01-10\n";

fn table(rows: &[String]) -> Vec<u8> {
    [HEADING.to_owned(), rows.concat()].concat().into_bytes()
}

/// The row with other cells.
fn with(cells: &[(&str, &str)]) -> String {
    let mut row: Vec<&str> = ROW.trim().split(',').collect();
    for (column, text) in cells {
        row[HEADING.trim().split(',').position(|heading| heading == *column).unwrap()] = text;
    }
    row.join(",") + "\n"
}

fn returns(read: &Read) -> Vec<&FrameworkReturn> {
    let returns = read.records().filter_map(|record| match &record.statement {
        Statement::FrameworkReturn(said) => Some(said),
        _ => None,
    });
    returns.collect()
}

#[test]
fn a_row_is_a_return_of_its_provider_as_the_agency_counted() {
    let read = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(&[])])]);
    assert!(read.told.is_empty(), "{:#?}", read.told);
    let [said] = returns(&read)[..] else { panic!("one return") };
    assert_eq!((said.counted_by, said.authority), (Said::Is(CountedBy::Agency), Said::Is(LaCode::new(330).unwrap())));
    assert_eq!((said.period_start, said.period_end), (Said::Is(day("2025-10-01")), Said::Is(day("2025-12-31"))));
    let more = said.more.as_deref().unwrap();
    let offers = more.offers.as_ref().is().unwrap();
    assert_eq!(offers.offers_made.is().unwrap().get(), 12);
    assert_eq!(offers.median_hours_to_offer.is().unwrap().as_str(), "6.5");
    let placements = more.placements.as_ref().is().unwrap();
    assert_eq!(placements.mean_notice_days.is().unwrap().as_str(), "21.0", "digits stay as they are");
    assert_eq!(placements.unplanned_by_authority.is().unwrap().get(), 1);
    assert_eq!(more.places.as_ref().is().unwrap().not_available.is().unwrap().get(), 12);
    assert_eq!(more.outcomes.as_ref().is().unwrap().objectives_met_percent.is().unwrap().get(), 82);
    let subject = &read.subjects[0][0].subject;
    assert_eq!(subject.kind, SubjectKind::Place);
    assert!(matches!(subject.identifiers[..], [Identifier::Provider(urn)] if urn.as_str() == "SC999901"));
}

#[test]
fn figures_that_contradict_each_other_cost_the_row_and_are_told_at_their_cells() {
    for (cells, column) in [
        (&[("offers_in_deadline", "13")][..], "offers_in_deadline"),
        (&[("offers_made", "1801")], "offers_made"),
        (&[("planned_endings", "4")], "placements_ended"),
        (&[("unplanned_endings_other", "0")], "placements_ended"),
        (&[("stable_12_months", "59")], "stable_12_months"),
        (&[("places_not_available", "11")], "places_approved"),
        (&[("places_approved", "91")], "places_approved"),
    ] {
        let read = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(cells)])]);
        assert_eq!((read.codes(), returns(&read).len()), (vec!["ifa/return-sum"], 0), "{cells:?}");
        let at = HEADING.trim().split(',').position(|heading| heading == column).unwrap();
        assert_eq!(cell(&read.told[0].place), (2, u16::try_from(at).unwrap() + 1), "{cells:?}");
    }
    for right in [
        &[("offers_in_deadline", "12")][..],
        &[("offers_made", "1800")],
        &[("planned_endings", ""), ("placements_ended", "999")],
        &[("stable_12_months", "58")],
    ] {
        let read = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(right)])]);
        assert!(!read.codes().contains(&"ifa/return-sum"), "{right:?}: {:?}", read.codes());
        assert_eq!(returns(&read).len(), 1, "{right:?}");
    }
}

#[test]
fn a_period_is_a_quarter_or_is_told() {
    for (from, to, codes, said) in [
        ("2025-01-01", "2025-03-31", vec![], 1),
        ("2025-04-01", "2025-06-30", vec![], 1),
        ("2024-01-01", "2024-03-31", vec![], 1),
        ("2025-10-01", "2025-12-30", vec!["ifa/return-period"], 1),
        ("2025-10-02", "2025-12-31", vec!["ifa/return-period"], 1),
        ("2025-11-01", "2026-01-31", vec!["ifa/return-period"], 1),
        ("2024-10-01", "2025-12-31", vec!["ifa/return-period"], 1),
        ("2025-10-01", "2025-09-30", vec!["ifa/return-dates"], 0),
    ] {
        let read = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(&[("period_start", from), ("period_end", to)])])]);
        assert_eq!((read.codes(), returns(&read).len()), (codes, said), "{from} to {to}");
    }
}

#[test]
fn what_is_missing_or_wrong_costs_its_cell_or_its_row() {
    for (column, text, code, said) in [
        ("provider_urn", "123456", "ifa/urn-shape", 0),
        ("provider_urn", "", "ifa/urn-shape", 0),
        ("framework", "", "table/blank", 0),
        ("period_start", "", "table/blank", 0),
        ("as_at", "", "ifa/as-at-missing", 0),
        ("as_at", "2026-01-31", "ifa/as-at-future", 0),
        ("referrals_received", "", "ifa/return-required", 1),
        ("referrals_received", "forty", "table/cell", 1),
        ("referrals_received", "-1", "table/cell", 1),
        ("objectives_met_percent", "101", "table/cell", 1),
        ("median_hours_to_offer", "-6", "table/cell", 1),
        ("median_hours_to_offer", "6 hours", "table/cell", 1),
        ("la_code", "Nowhere", "table/cell", 1),
    ] {
        let read = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(&[(column, text)])])]);
        assert_eq!((read.codes(), returns(&read).len()), (vec![code], said), "{column}: {text}");
    }
    let optional = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(&[("lot", ""), ("la_code", ""), ("complaints", "")])])]);
    assert!(optional.told.is_empty(), "{:?}", optional.told);
}

#[test]
fn of_two_rows_of_one_quarter_the_later_stands_and_is_told() {
    let other = with(&[("complaints", "2")]);
    let both = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(&[]), other.clone()])]);
    assert_eq!((both.codes(), returns(&both).len()), (vec!["record/key-clash"], 1));
    assert_eq!(both.said(), read(&FRAMEWORK_RETURN_CSV, &[&table(&[other])]).said());
    let same = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(&[]), with(&[])])]);
    assert_eq!((same.codes(), returns(&same).len()), (vec!["record/duplicate"], 1));
    let lots = read(&FRAMEWORK_RETURN_CSV, &[&table(&[with(&[]), with(&[("lot", "enhanced")])])]);
    assert_eq!((lots.codes(), returns(&lots).len()), (vec![], 2));
}

#[test]
fn returns_come_back_and_what_a_gateway_counted_is_told() {
    let rows = [with(&[]), with(&[("lot", ""), ("complaints", "")]), with(&[("provider_urn", "1234567")])];
    let mut first = read(&FRAMEWORK_RETURN_CSV, &[&table(&rows)]);
    let (bytes, lost) = write(&FRAMEWORK_RETURN_CSV, &first);
    assert!(lost.is_empty());
    let second = read(&FRAMEWORK_RETURN_CSV, &[&bytes]);
    assert_eq!(first.said(), second.said());
    assert_eq!(bytes, write(&FRAMEWORK_RETURN_CSV, &second).0);
    let Statement::FrameworkReturn(said) = &mut first.subjects[0][0].statement else { panic!("a return") };
    said.counted_by = Said::Is(CountedBy::Gateway);
    let (bytes, lost) = write(&FRAMEWORK_RETURN_CSV, &first);
    assert_eq!(lost.iter().map(|told| told.rule.code).collect::<Vec<_>>(), ["ifa/not-expressible"]);
    assert_eq!(returns(&read(&FRAMEWORK_RETURN_CSV, &[&bytes])).len(), 2);
}
