//! One pipeline: the same bytes and findings whoever works, and an end within one subject.

use std::{io, num::NonZeroUsize};

use exchange::pipeline::{Ended, Errors, Outcome, check};
use kit::{
    adapter::{Options, Parts},
    document::Document,
};
use schemas::code::{EpisodeEndReason, RestrictionKind};

use crate::made::{
    Child, Full, Kept, Made, Silent, StopAfter, Trial, UNWRITABLE, ended, episode, format, person, restriction,
};

/// Children of every kind, more than fill several chunks.
fn authority_of(number: usize) -> Vec<Child> {
    (0..number)
        .map(|n| {
            let child = Child::new(&format!("{}", n + 1)).says(person(&format!("20{:02}-05-17", 5 + n % 15)));
            let child = child.says(episode(&format!("2020-05-{:02}", 1 + n % 28)));
            let child = match n % 13 {
                0 => child.says(restriction(RestrictionKind::AuthorityRestricted)),
                1 => child.guard_unreadable(),
                2 => child.says(ended("2019-01-01", "2019-02-01", EpisodeEndReason::AdoptedUnopposed)),
                3 => child.with_nhs_number_and_upn(),
                4 => child.untraced(),
                _ => child,
            };
            Child { errors: u16::from(n % 50 == 7), ..child }
        })
        .collect()
}

fn told(outcome: &mut Outcome) -> String {
    let counts: Vec<_> = outcome.findings.counts().map(|count| (count.rule.code, count.count)).collect();
    format!(
        "{counts:?} {:?} {} {} {} {:?} {} {:?} {} {:?}",
        outcome.findings.diagnostics(),
        outcome.rows,
        outcome.records,
        outcome.subjects,
        outcome.left_out,
        outcome.short_breaks,
        outcome.written,
        outcome.bytes,
        outcome.ended,
    )
}

#[test]
fn the_same_bytes_and_findings_whoever_works() {
    for view in ["local-authority", "health", "statistics"] {
        for parts in [Parts::One, Parts::Named, Parts::EachChild] {
            let run = |workers| {
                let trial = Trial { workers, parts, diagnostics_max: 300, ..Trial::new(view, authority_of(700)) };
                let (mut outcome, kept) = trial.run();
                (told(&mut outcome), kept)
            };
            let alone = run(1);
            assert!(!alone.1.0.is_empty());
            for workers in [2, 5] {
                assert!(run(workers) == alone, "{view}, {parts:?}, {workers} workers");
            }
        }
    }
}

#[test]
fn subjects_leave_in_the_order_of_the_document() {
    let trial = Trial { workers: 5, ..Trial::new("local-authority", authority_of(500)) };
    let (outcome, kept) = trial.run();
    let text = kept.text();
    let ids: Vec<usize> =
        text.lines().filter_map(|line| line.split("la-child=").nth(1)?.split(' ').next()?.parse().ok()).collect();
    assert!(ids.iter().copied().eq(1..=500));
    assert!(text.starts_with("begin\n") && text.ends_with("end\n"));
    assert_eq!(outcome.bytes, text.len() as u64);
    assert_eq!(outcome.written[0], ("children", 500));
    assert_eq!((outcome.subjects, outcome.ended), (500, Ended::Whole));
}

#[test]
fn each_child_has_a_part_with_a_running_number() {
    let mut children: Vec<Child> = (1..=130).map(|n| Child::in_care(&n.to_string())).collect();
    children[1] = Child::new("2");
    children[99] = Child::in_care("100").says(episode("2024-01-01"));
    let (_, kept) = Trial { parts: Parts::EachChild, workers: 2, ..Trial::new("health", children) }.run();
    let names: Vec<&str> = kept.0.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(&names[..2], ["000001.txt", "000002.txt"]);
    assert_eq!(names.len(), 130, "129 children, one of them split");
    assert_eq!(&names[98..100], ["000099.txt", "000099-2.txt"]);
    assert_eq!(names.last(), Some(&"000129.txt"));
}

#[test]
fn what_reading_finds_is_counted_once_however_often_it_reads() {
    for (view, errors) in [("local-authority", Errors::Skip), ("health", Errors::Skip), ("statistics", Errors::Skip)] {
        let mut trial = Trial { errors, ..Trial::new(view, authority_of(200)) };
        trial.made.errors_at_open = 1;
        let (outcome, _) = trial.run();
        assert_eq!(outcome.findings.errors(), 5, "{view}");
        assert_eq!(outcome.subjects, 200);
        assert_eq!(outcome.records, outcome.rows);
    }
    let bounded = Trial { errors_max: Some(10), ..Trial::new("local-authority", authority_of(200)) };
    assert_eq!(bounded.run().0.findings.errors(), 4);
}

#[test]
fn errors_fail_without_output_when_they_are_to() {
    for view in ["local-authority", "health"] {
        let (outcome, kept) = Trial { errors: Errors::Fail, ..Trial::new(view, authority_of(200)) }.run();
        assert_eq!((outcome.ended, outcome.findings.errors()), (Ended::ErrorsFail, 4));
        assert_eq!(kept, Kept::default());
        let (outcome, kept) = Trial { errors: Errors::Fail, ..Trial::new(view, authority_of(7)) }.run();
        assert_eq!(outcome.ended, Ended::Whole);
        assert!(!kept.0.is_empty());
    }
}

#[test]
fn an_error_of_writing_counts_as_one_of_reading_does() {
    let children = || vec![Child::in_care("A"), Child::in_care(UNWRITABLE), Child::in_care("B")];
    for (errors, errors_max, ended) in [
        (Errors::Skip, None, Ended::Whole),
        (Errors::Skip, Some(1), Ended::Whole),
        (Errors::Skip, Some(0), Ended::TooManyErrors),
        (Errors::Fail, None, Ended::ErrorsFail),
    ] {
        let (outcome, _) = Trial { errors, errors_max, ..Trial::new("local-authority", children()) }.run();
        assert_eq!((outcome.ended, outcome.findings.errors()), (ended, 1), "{errors:?}, {errors_max:?}");
    }
}

#[test]
fn more_errors_than_allowed_end_the_reading_at_the_same_place_whoever_works() {
    for errors_max in [0, 3] {
        let run = |workers| {
            let trial = Trial { errors_max: Some(errors_max), workers, ..Trial::new("health", authority_of(2000)) };
            let (mut outcome, kept) = trial.run();
            assert_eq!(kept, Kept::default());
            assert_eq!(outcome.ended, Ended::TooManyErrors);
            assert!(outcome.subjects < 2000 && outcome.findings.errors() > errors_max);
            told(&mut outcome)
        };
        assert!(run(1) == run(4));
    }
    let mut at_open = Trial { errors_max: Some(0), ..Trial::new("local-authority", authority_of(3)) };
    at_open.made.errors_at_open = 1;
    assert_eq!(at_open.run().0.subjects, 0);
    let exactly = Trial { errors_max: Some(4), ..Trial::new("health", authority_of(200)) };
    assert_eq!(exactly.run().0.ended, Ended::Whole);
}

#[test]
fn a_document_closed_to_others_goes_only_to_its_authority() {
    for (view, ended) in
        [("health", Ended::ClosedToOthers), ("statistics", Ended::ClosedToOthers), ("local-authority", Ended::Whole)]
    {
        let mut trial = Trial::new(view, vec![Child::in_care("1")]);
        trial.made.closed_to_others = true;
        let (outcome, kept) = trial.run();
        assert_eq!(outcome.ended, ended);
        assert_eq!(kept.0.is_empty(), ended != Ended::Whole);
        assert_eq!(outcome.subjects, 1, "its report is whole");
    }
}

#[test]
fn who_watches_stops_it_without_a_panic() {
    for (view, subjects) in [("local-authority", 128), ("health", 64), ("health", 2100), ("statistics", 2100)] {
        for workers in [1, 4] {
            let watch = StopAfter { subjects, ..StopAfter::default() };
            let mut kept = Kept::default();
            let trial = Trial { workers, ..Trial::new(view, authority_of(2000)) };
            let outcome = trial.run_into(&mut kept, &watch).unwrap();
            assert_eq!(outcome.ended, Ended::Stopped, "{view} after {subjects}");
            assert!(!kept.text().ends_with("end\n"));
        }
    }
    let watch = StopAfter::default();
    watch.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let outcome = Trial::new("health", authority_of(10)).run_into(&mut Kept::default(), &watch).unwrap();
    assert_eq!((outcome.ended, outcome.subjects), (Ended::Stopped, 0));
}

#[test]
fn a_full_disk_ends_it_early() {
    for workers in [1, 4] {
        for writes in [0, 1, 5] {
            let mut full = Full { writes, seen: 0 };
            let trial = Trial { workers, ..Trial::new("local-authority", authority_of(5000)) };
            let error = trial.run_into(&mut full, &Silent).err().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            assert_eq!(full.seen, writes + 1, "it is not asked again");
        }
    }
}

#[test]
fn nothing_gives_nothing() {
    for view in ["local-authority", "health", "statistics"] {
        let (outcome, kept) = Trial { workers: 3, ..Trial::new(view, Vec::new()) }.run();
        assert_eq!((outcome.subjects, outcome.ended, kept.text().as_str()), (0, Ended::Whole, "begin\nend\n"));
    }
}

#[test]
fn ids_are_the_same_under_every_view_that_lets_the_anchor_out() {
    let id = |view| {
        let text = Trial::new(view, vec![Child::in_care("4017")]).run().1.text();
        text.lines().nth(1).unwrap().split(" id=").nth(1).unwrap().to_owned()
    };
    assert_eq!(id("health"), id("local-authority"));
    assert_ne!(id("statistics"), id("health"));
}

#[test]
fn checking_reads_everything_once_and_writes_nothing() {
    let made = Made { children: authority_of(200), closed_to_others: true, errors_at_open: 1 };
    let format = format(Some(Box::leak(Box::new(made))), Parts::One, false);
    let check = |workers| {
        let workers = NonZeroUsize::new(workers).unwrap();
        let mut outcome = check(&Document::default(), format, &Options::plain(), workers, 3, &Silent);
        assert_eq!((outcome.findings.errors(), outcome.findings.diagnostics().len()), (5, 3));
        assert_eq!((outcome.subjects, outcome.bytes, outcome.ended), (200, 0, Ended::Whole));
        assert!(outcome.left_out.is_empty());
        assert_eq!(outcome.labels.len(), 1);
        told(&mut outcome)
    };
    assert_eq!(check(1), check(3));
}
