//! What is told of several notices of one child: ends without a beginning, and two placements at once.

use ifa::notices::NOTICE_CSV;

use crate::support::{END, START, cell, read, table};

/// The rules that are told, each with its line and the lines it speaks of.
fn told(rows: &[&str]) -> Vec<(&'static str, u64, Vec<u64>)> {
    let read = read(&NOTICE_CSV, &[&table(rows)]);
    let lines = read
        .told
        .iter()
        .map(|told| (told.rule.code, cell(&told.place).0, told.related.iter().map(|place| cell(place).0).collect()));
    lines.collect()
}

#[test]
fn an_end_whose_beginning_is_not_there_is_told_beside_what_looks_like_it() {
    assert_eq!(told(&[END]), [("ifa/notice-end-without-start", 2, vec![])]);
    assert!(told(&[START, END]).is_empty() && told(&[END, START]).is_empty());
    for other in [START.replace("2026-01-10,,Y", "2026-01-11,,Y"), START.replace("C-2207", "C-2208")] {
        assert_eq!(told(&[&other, END]), [("ifa/notice-end-without-start", 3, vec![2])], "{other}");
    }
    let another = START.replace("SC999901", "SC999902").replace("N-1", "N-9");
    assert_eq!(told(&[&another, END]), [("ifa/notice-end-without-start", 3, vec![])], "of another provider");
    let nowhere = END.replace("C-2207", "");
    assert!(
        !told(&[START, &nowhere]).iter().any(|(code, ..)| *code == "ifa/notice-end-without-start"),
        "no other home"
    );
}

#[test]
fn a_second_placement_before_the_first_has_ended_is_told() {
    let next = START.replace("N-1", "N-3").replace("C-2207", "C-9").replace("2026-01-10,,Y", "2026-01-20,,Y");
    assert_eq!(told(&[START, &next]), [("ifa/notice-overlap", 3, vec![2])]);
    assert_eq!(
        told(&[&next, START]),
        [("ifa/notice-overlap", 2, vec![3])],
        "the one that begins later, whatever the order"
    );
    assert_eq!(told(&[START, END, &next]), [("ifa/notice-overlap", 4, vec![2])]);
    let after = next.replace("2026-01-20,,Y", "2026-01-24,,Y");
    assert!(told(&[START, END, &after]).is_empty(), "one ends and the other begins on a day");
    let other_child = next.replace("R-77", "R-78");
    assert!(told(&[START, &other_child]).is_empty());
    let respite = next.replace("short-term", "respite");
    assert!(told(&[START, &respite]).is_empty(), "the place is kept during respite");
    let cancelled = "N-1,cancel,R-77,,,SC999901,,,,,,,,,,,,,2026-01-11\n";
    assert!(told(&[START, cancelled, &next]).is_empty());
}

#[test]
fn of_many_placements_the_one_that_goes_on_is_named() {
    let (second, third) = (
        START.replace("N-1", "N-3").replace("C-2207", "C-9").replace("2026-01-10,,Y", "2026-01-12,2026-01-14,Y"),
        START.replace("N-1", "N-4").replace("C-2207", "C-8").replace("2026-01-10,,Y", "2026-01-16,,Y"),
    );
    assert_eq!(
        told(&[START, &second, &third]),
        [("ifa/notice-overlap", 3, vec![2]), ("ifa/notice-overlap", 4, vec![2])]
    );
}
