//! How long what is said of a home holds, and what may become of it.

use exchange::market::vacancy::{Actor, Checked, Freshness, may_become, reminder_due};
use schemas::{
    code::{Code, VacancyStatus},
    date::Date,
};

fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

#[test]
fn an_age_of_exactly_seven_days_is_fresh() {
    let (freshness, today) = (Freshness::default(), day("2026-01-20"));
    assert!(!freshness.is_stale(Some(day("2026-01-13")), today));
    assert!(freshness.is_stale(Some(day("2026-01-12")), today) && freshness.is_stale(None, today));
    assert!(!freshness.is_expired(Some(day("2026-01-06")), None, today));
    assert!(freshness.is_expired(Some(day("2026-01-05")), None, today));
    assert!(freshness.is_expired(Some(today), Some(day("2026-01-19")), today), "it is over");
    assert!(!freshness.is_expired(Some(today), Some(today), today));
    assert_eq!(freshness.fresh_until(day("2026-01-13")), Some(today));
}

#[test]
fn working_days_are_mondays_to_fridays() {
    let today = day("2026-01-19"); // a Monday
    for (as_at, days) in [
        ("2026-01-19", 0),
        ("2026-01-18", 1),
        ("2026-01-16", 1),
        ("2026-01-15", 2),
        ("2026-01-05", 10),
        ("2026-01-20", 0),
    ] {
        assert_eq!(Checked::of(Some(day(as_at)), today).working_days, Some(days), "{as_at}");
    }
    assert_eq!(Checked::of(Some(today), today).words(), "today");
    assert_eq!(Checked::of(Some(day("2026-01-15")), today).words(), "2 working days ago");
    assert!(!Checked::of(None, today).is_within_a_working_day());
}

#[test]
fn an_agency_is_reminded_after_four_and_five_working_days_and_on_no_weekend() {
    use VacancyStatus::{Draft, Expired, Filled, Open, Reserved, Withdrawn};
    // Monday the 12th: four working days later is Friday, five the Monday after.
    let due = |status, today: &str| reminder_due(Some(status), Some(day("2026-01-12")), day(today));
    let days: Vec<Option<u32>> = (12..=20).map(|today| due(Open, &format!("2026-01-{today}"))).collect();
    assert_eq!(days, [None, None, None, None, Some(4), None, None, Some(5), None]);
    assert_eq!(due(Reserved, "2026-01-16"), Some(4));
    for over in [Draft, Filled, Withdrawn, Expired] {
        assert_eq!(due(over, "2026-01-16"), None, "{over:?}");
    }
    assert_eq!(
        (
            reminder_due(None, Some(day("2026-01-12")), day("2026-01-16")),
            reminder_due(Some(Open), None, day("2026-01-16"))
        ),
        (None, None)
    );
}

#[test]
fn what_is_over_is_opened_by_its_agency_alone_and_only_days_make_a_vacancy_expire() {
    use VacancyStatus::{Draft, Expired, Filled, Open, Reserved, Withdrawn};
    for over in [Filled, Withdrawn, Expired] {
        assert!(may_become(Some(over), Open, Actor::Agency) && !may_become(Some(over), Open, Actor::Gateway));
        assert!(!may_become(Some(over), Reserved, Actor::Agency) && !may_become(Some(over), Draft, Actor::Agency));
    }
    for status in VacancyStatus::all() {
        assert!(may_become(Some(status), status, Actor::Agency));
        assert!(status == Expired || !may_become(Some(status), Expired, Actor::Agency));
        assert_eq!(may_become(None, status, Actor::Agency), matches!(status, Draft | Open), "{status:?}");
        assert!(!may_become(None, status, Actor::Gateway));
    }
    assert!(!may_become(Some(Draft), Filled, Actor::Agency) && may_become(Some(Draft), Withdrawn, Actor::Agency));
}
