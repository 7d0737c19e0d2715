//! What an agency says again: a date alone is no check, and a file never withdraws what it could not read.

use std::collections::HashSet;

use exchange::market::{
    submission::{self, Outcome, Submitted, submit, withdrawn_by_absence},
    vacancy::Freshness,
};
use proptest::prelude::*;
use schemas::{
    code::{VacancyConfirmer, VacancyStatus},
    date::DateTime,
    record::{Places, Vacancy, VacancyMore},
    reflect::Number,
    said::Said,
};

use crate::invented::{Dice, at, home, today};

fn moment(text: &str) -> DateTime {
    DateTime::read(text.as_bytes()).unwrap()
}

fn vacancy(status: VacancyStatus, as_at: &str, available: u16) -> Vacancy {
    let places = Places { available: Said::Is(Number::new(available).unwrap()), ..Places::default() };
    Vacancy {
        vacancy_id: Said::Is("V-1".into()),
        status: Said::Is(status),
        as_at: Said::Is(moment(as_at)),
        more: Some(Box::new(VacancyMore { places: Said::Is(places), ..VacancyMore::default() })),
        ..Vacancy::default()
    }
}

fn confirmation(as_at: &str) -> Vacancy {
    let more = VacancyMore { confirmed_by: Said::Is(VacancyConfirmer::DutyTeam), ..VacancyMore::default() };
    Vacancy {
        vacancy_id: Said::Is("V-1".into()),
        as_at: Said::Is(moment(as_at)),
        more: Some(Box::new(more)),
        ..Vacancy::default()
    }
}

const RECEIVED: &str = "2026-01-14T09:00:00Z";

fn submitted(held: Option<&Vacancy>, said: &Vacancy) -> Result<Submitted, &'static str> {
    submit(held, said, moment(RECEIVED), Freshness::default()).map_err(|rule| rule.code)
}

fn codes(submitted: &Submitted) -> Vec<&'static str> {
    submitted.told.iter().map(|rule| rule.code).collect()
}

#[test]
fn a_new_row_is_put_a_changed_one_put_anew_and_the_version_rises() {
    let first = submitted(None, &vacancy(VacancyStatus::Open, "2026-01-13T09:00:00Z", 2)).unwrap();
    assert_eq!((first.outcome, codes(&first)), (Outcome::Created, vec![]));
    let version = |it: &Submitted| it.vacancy.more.as_ref().unwrap().version.is().unwrap().get();
    assert_eq!(version(&first), 1);
    let second = submitted(Some(&first.vacancy), &vacancy(VacancyStatus::Open, "2026-01-14T08:00:00Z", 1)).unwrap();
    assert_eq!((second.outcome, version(&second)), (Outcome::Updated, 2));
    let mut older = vacancy(VacancyStatus::Open, "2026-01-14T08:30:00Z", 3);
    older.more.as_mut().unwrap().version = Said::Is(Number::new(1).unwrap());
    let ignored = submitted(Some(&second.vacancy), &older).unwrap();
    assert_eq!((ignored.outcome, codes(&ignored)), (Outcome::Unchanged, vec!["ifa/version-older"]));
    assert_eq!(ignored.vacancy, second.vacancy);
}

#[test]
fn a_date_alone_is_no_check_and_no_change_is() {
    let held = submitted(None, &vacancy(VacancyStatus::Open, "2026-01-08T09:00:00Z", 2)).unwrap().vacancy;
    let dated = submitted(Some(&held), &vacancy(VacancyStatus::Open, "2026-01-14T08:00:00Z", 2)).unwrap();
    assert_eq!((dated.outcome, codes(&dated)), (Outcome::Unchanged, vec!["ifa/date-only"]));
    assert_eq!(dated.vacancy, held, "it keeps its old date");
    let again = submitted(Some(&held), &vacancy(VacancyStatus::Open, "2026-01-08T09:00:00Z", 2)).unwrap();
    assert_eq!((again.outcome, codes(&again)), (Outcome::Unchanged, vec![]));
    let confirmed = submitted(Some(&held), &confirmation("2026-01-14T08:00:00Z")).unwrap();
    assert_eq!((confirmed.outcome, codes(&confirmed)), (Outcome::Confirmed, vec![]));
    assert_eq!(confirmed.vacancy.as_at, Said::Is(moment("2026-01-14T08:00:00Z")));
    assert_eq!(confirmed.vacancy.more.as_ref().unwrap().confirmed_by, Said::Is(VacancyConfirmer::DutyTeam));
    assert_eq!(confirmed.vacancy.more.as_ref().unwrap().places, held.more.as_ref().unwrap().places);
    let late = submitted(Some(&confirmed.vacancy), &confirmation("2026-01-10T08:00:00Z")).unwrap();
    assert_eq!((late.outcome, &late.vacancy), (Outcome::Unchanged, &confirmed.vacancy), "out of order");
    let mut changed = confirmation("2026-01-14T08:30:00Z");
    changed.more.as_mut().unwrap().places = vacancy(VacancyStatus::Open, RECEIVED, 1).more.unwrap().places;
    let told = submitted(Some(&confirmed.vacancy), &changed).unwrap();
    assert_eq!(codes(&told), ["ifa/no-change-but-changed"]);
    assert_eq!(told.vacancy.more.unwrap().places, held.more.unwrap().places, "what is held stays");
    assert_eq!(submitted(None, &confirmation(RECEIVED)), Err("ifa/no-change-unknown"));
}

#[test]
fn what_cannot_follow_or_was_not_yet_is_refused() {
    let open = vacancy(VacancyStatus::Open, "2026-01-13T09:00:00Z", 2);
    assert_eq!(submitted(None, &vacancy(VacancyStatus::Filled, RECEIVED, 0)), Err("ifa/transition"));
    assert_eq!(submitted(Some(&open), &vacancy(VacancyStatus::Expired, RECEIVED, 0)), Err("ifa/transition"));
    for over in [VacancyStatus::Filled, VacancyStatus::Withdrawn, VacancyStatus::Expired] {
        let over = vacancy(over, "2026-01-12T09:00:00Z", 0);
        assert_eq!(submitted(Some(&over), &confirmation(RECEIVED)), Err("ifa/transition"));
        assert_eq!(submitted(Some(&over), &open).unwrap().outcome, Outcome::Updated, "offered anew");
        for as_at in ["2026-01-11T09:00:00Z", "2026-01-12T09:00:00Z"] {
            let old = vacancy(VacancyStatus::Open, as_at, 2);
            assert_eq!(submitted(Some(&over), &old), Err("ifa/transition"), "nobody has looked since");
        }
        let next = vacancy(VacancyStatus::Open, "2026-01-12T09:00:01Z", 2);
        assert_eq!(submitted(Some(&over), &next).unwrap().outcome, Outcome::Updated);
    }
    assert_eq!(submitted(None, &vacancy(VacancyStatus::Open, "2026-01-14T09:00:01Z", 2)), Err("ifa/as-at-future"));
    let undated = Vacancy { as_at: Said::Blank, ..open.clone() };
    assert_eq!(submitted(None, &undated), Err("ifa/as-at-missing"));
    let codes_at = |as_at: &str| codes(&submitted(None, &vacancy(VacancyStatus::Open, as_at, 2)).unwrap());
    assert_eq!(codes_at("2026-01-07T00:00:00Z"), [""; 0], "seven days is fresh");
    assert_eq!(codes_at("2026-01-06T23:00:00Z"), ["ifa/stale"]);
    assert_eq!(codes_at("2025-12-30T23:00:00Z"), ["ifa/expired-on-arrival"]);
}

#[test]
fn a_file_of_everything_withdraws_what_it_does_not_name_but_never_what_it_could_not_read() {
    let named = |ids: &[&'static str]| ids.iter().copied().collect::<HashSet<&str>>();
    let held: Vec<Vacancy> = (0..5)
        .map(|n| Vacancy {
            vacancy_id: Said::Is(format!("V-{n}").into()),
            ..vacancy(if n == 4 { VacancyStatus::Withdrawn } else { VacancyStatus::Open }, RECEIVED, 1)
        })
        .collect();
    let gone = |ids: &[&'static str], lost: &[Option<&str>], sure: bool| {
        let gone = withdrawn_by_absence(&held, &named(ids), lost, sure).map_err(|rule| rule.code)?;
        Ok::<_, &str>(gone.iter().filter_map(|it| it.vacancy_id.clone().is().map(String::from)).collect::<Vec<_>>())
    };
    assert_eq!(
        gone(&["V-0", "V-1", "V-2"], &[], false),
        Ok(vec!["V-3".to_owned()]),
        "what is withdrawn already stays so"
    );
    assert_eq!(gone(&["V-0", "V-1"], &[Some("V-2")], false), Ok(vec!["V-3".to_owned()]), "a lost row is no absence");
    assert_eq!(gone(&["V-0", "V-1"], &[None], false), Ok(vec![]), "whose row was lost is not known");
    assert_eq!(gone(&["V-0", "V-1"], &[], false).unwrap().len(), 2, "half may go");
    assert_eq!(gone(&["V-0"], &[], false), Err("ifa/replace-too-large"));
    assert_eq!(gone(&["V-0"], &[], true).unwrap().len(), 3, "somebody confirmed it");
    assert_eq!(submission::REPLACE_TOO_LARGE.code, "ifa/replace-too-large");
}

proptest! {
    /// A file read twice changes nothing, whatever it says.
    #[test]
    fn what_is_said_twice_changes_nothing(seed in any::<u64>()) {
        let said = home(&mut Dice(seed), 1, 1).vacancy;
        if let Ok(first) = submit(None, &said, at(today(), 18), Freshness::default()) {
            let second = submit(Some(&first.vacancy), &said, at(today(), 19), Freshness::default()).unwrap();
            prop_assert_eq!(second.outcome, Outcome::Unchanged);
            prop_assert_eq!(second.vacancy, first.vacancy);
        }
    }
}
