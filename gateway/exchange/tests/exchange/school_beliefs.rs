//! What a school believes of a child beside what the authority holds.

use exchange::{
    school_belief::{HELD_IN_CARE, NOT_HELD_IN_CARE, belief, differs, may_be_told_to},
    view::View,
};
use schemas::{
    code::EpisodeEndReason,
    diagnostic::Rule,
    record::{Enrolment, EnrolmentMore},
    said::Said,
};

use crate::made::{AS_AT, Child, authority, day, ended};

fn believes(looked_after: Said<bool>, named: Option<&str>) -> Enrolment {
    let more = EnrolmentMore {
        told_looked_after: looked_after,
        care_authority: named.map_or(Said::NotAsked, |code| Said::Is(authority(code))),
        ..EnrolmentMore::default()
    };
    Enrolment { more: Some(Box::new(more)), ..Enrolment::default() }
}

fn told(place: &Enrolment, held: &Child) -> Option<&'static Rule> {
    differs(place, &held.dossier(0), Some(day(AS_AT)))
}

#[test]
fn a_school_differs_from_what_is_held_in_either_direction_and_only_by_its_word() {
    let in_care = Child::in_care("1");
    let left = Child::new("1").says(ended("2020-05-01", "2020-06-01", EpisodeEndReason::ReturnedHomePlanned));
    let (yes, no) = (believes(Said::Is(true), None), believes(Said::Is(false), None));
    assert!(told(&yes, &in_care).is_none() && told(&no, &left).is_none());
    assert!(std::ptr::eq(told(&yes, &left).unwrap(), &NOT_HELD_IN_CARE));
    assert!(std::ptr::eq(told(&no, &in_care).unwrap(), &HELD_IN_CARE));
    for silent in [Said::NotAsked, Said::Blank, Said::Unknown] {
        let silent = believes(silent, None);
        assert!(told(&silent, &in_care).is_none() && told(&silent, &left).is_none());
    }
    assert!(told(&Enrolment::default(), &in_care).is_none());
}

#[test]
fn a_child_of_another_authority_in_care_is_no_difference_here() {
    let here = Child::new("1");
    assert!(told(&believes(Said::Is(true), Some("331")), &here).is_none());
    assert!(told(&believes(Said::Is(true), Some("330")), &here).is_some());
    assert!(told(&believes(Said::Is(true), None), &here).is_some());
}

#[test]
fn only_records_in_which_a_school_says_it_are_compared() {
    let spoken = Child::new("1").says(Enrolment::default()).says(believes(Said::Is(true), None)).dossier(0);
    assert_eq!(spoken.records.iter().filter_map(belief).count(), 1);
}

#[test]
fn whoever_may_not_know_when_care_began_and_ended_is_not_told() {
    let may = |view| may_be_told_to(View::shipped(view).unwrap());
    assert!(may("local-authority") && may("virtual-school"));
    assert!(!may("statistics") && !may("referral"));
}
