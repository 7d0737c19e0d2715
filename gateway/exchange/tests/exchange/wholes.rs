//! What of a child stands in a whole file, and when the recipient gets another before its time.

use exchange::{
    carried::LeftOut,
    holding::Holding,
    passage::ChildHeld,
    planned::{PlanKey, Planned},
    whole::{is_wanted_at_once, lately_left, standing},
};
use schemas::{
    code::{EpisodeEndReason, RestrictionKind},
    record::{Restriction, Statement},
};

use crate::{
    made::{AS_AT, Child, day, ended, episode, is_day, person, restriction},
    passages::{held, to},
};

const END: EpisodeEndReason = EpisodeEndReason::NewEpisodeSameDay;

fn key() -> PlanKey {
    PlanKey::new(&[1; 32], b"view and terms")
}

fn child<'h>(holdings: &'h [Holding], restrictions: &'h [Restriction]) -> ChildHeld<'h> {
    ChildHeld { holdings, beside: &[], shares_place: false, restrictions }
}

fn told(holdings: &[Holding]) -> Planned {
    standing(&child(holdings, &[]), &to("health"), &key()).unwrap_or_else(|reason| panic!("{reason:?}")).told
}

/// Whether somebody who was told this is to get another file at once.
fn at_once(before: &[Planned], holdings: &[Holding], restrictions: &[Restriction]) -> bool {
    is_wanted_at_once(before, &child(holdings, restrictions), &to("health"), &key())
}

#[test]
fn what_a_source_took_back_has_no_place_in_it() {
    let two = Child::new("1").says(person("2015-06-15")).says(episode("2020-05-01")).retracts(episode("2019-05-01"));
    let holding = [held(&two)];
    let standing = standing(&child(&holding, &[]), &to("health"), &key()).ok().unwrap();
    let episodes = standing.records.iter().filter(|record| matches!(record.statement, Statement::CareEpisode(_)));
    assert!(episodes.count() == 1 && standing.records.iter().all(|record| !record.source.retracts));
}

#[test]
fn what_was_told_within_a_file_is_the_same_in_any_order_and_comes_back_as_it_was_kept() {
    let one = held(&Child::in_care("1"));
    let other = Holding { records: one.records.iter().rev().cloned().collect(), ..one.clone() };
    let (told_one, told_other) = (told(std::slice::from_ref(&one)), told(&[other]));
    assert!(!told_one.is_nothing() && told_one == told_other && told_one.told().is_empty());
    let mut bytes = Vec::new();
    told_one.write(&mut bytes);
    assert_eq!(Planned::read(&bytes), Ok(told_one.clone()));
    let more = held(&Child::in_care("1").says(ended("2018-01-01", "2019-01-01", EpisodeEndReason::NewEpisodeSameDay)));
    assert_ne!(told(&[more]), told_one);
    let other_view = PlanKey::new(&[1; 32], b"another view");
    let again = standing(&child(&[one], &[]), &to("health"), &other_view).ok().unwrap();
    assert_ne!(again.told, told_one, "another version makes everything differ");
}

#[test]
fn only_who_was_told_and_would_be_told_otherwise_asks_for_another_at_once() {
    let holding = [held(&Child::in_care("1"))];
    let before = [told(&holding)];
    let house = |kind| [restriction(kind)];
    assert!(!at_once(&before, &holding, &[]), "nothing of it changed");
    assert!(at_once(&before, &holding, &house(RestrictionKind::NhsRestricted)));
    assert!(at_once(&before, &holding, &house(RestrictionKind::Adopted)), "it goes no more");
    for nothing in [&[][..], &[Planned::default()]] {
        assert!(!at_once(nothing, &holding, &house(RestrictionKind::Adopted)), "nobody was told");
    }
    // Tried and not settled counts as told, whatever was delivered.
    assert!(at_once(&[Planned::default(), before[0].clone()], &holding, &house(RestrictionKind::NhsRestricted)));
    // What was told one by one, before the recipient got whole files, differs from any.
    let one_by_one = Planned::of(&holding[0].records[0].subject, &holding[0].records, &key());
    assert!(at_once(&[one_by_one], &holding, &[]));
}

#[test]
fn who_has_left_care_is_told_so_for_some_days_unless_protected_or_of_age() {
    let left = |end: &str| Child::new("1").says(person("2015-06-15")).says(ended("2020-05-01", end, END));
    let lately = |one: &Child, restrictions: &[Restriction], days: i32| {
        let holding = [held(one)];
        let held = child(&holding, restrictions);
        let reason = standing(&held, &to("health"), &key()).err().unwrap();
        lately_left(&held, &to("health"), &key(), reason, days).map(|standing| standing.records)
    };
    let day_of = |days: i32| day(AS_AT).add_days(-days).unwrap().to_string();
    let records = lately(&left(&day_of(30)), &[], 30).unwrap();
    assert_eq!(records.len(), 2, "who it is, and the one episode");
    assert!(records.iter().any(|record| matches!(&record.statement, Statement::CareEpisode(episode)
        if episode.end_date == is_day(&day_of(30)) && !episode.placement_postcode.has_value())));
    assert!(lately(&left(&day_of(31)), &[], 30).is_none(), "only for so long");
    assert!(lately(&left(&day_of(0)), &[], -1).is_none(), "nor where the format has no such rows");
    assert!(lately(&left(&day_of(1)), &[restriction(RestrictionKind::AuthorityRestricted)], 30).is_none());
    assert!(lately(&left(&day_of(1)), &[restriction(RestrictionKind::Adopted)], 30).is_none());
    let of_age = Child::new("1").says(person("2001-06-15")).says(ended("2015-05-01", &day_of(1), END));
    assert!(lately(&of_age, &[], 30).is_none());
    assert!(lately(&Child::new("1").says(person("2015-06-15")), &[], 30).is_none(), "who never was in care");
}

#[test]
fn a_guard_that_cannot_be_read_leaves_the_child_out_and_asks_for_nothing() {
    let before = [told(&[held(&Child::in_care("1"))])];
    let holding = [held(&Child::in_care("1").guard_unreadable())];
    let reason = standing(&child(&holding, &[]), &to("health"), &key()).err();
    assert_eq!(reason, Some(LeftOut::GuardUnreadable));
    assert!(!at_once(&before, &holding, &[]));
}
