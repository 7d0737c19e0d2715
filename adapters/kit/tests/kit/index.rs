//! Rows by child.

use std::num::NonZeroUsize;

use kit::{
    csv::{
        header::{Layout, Recognised, recognise},
        index::{Cursor, Index, Run},
    },
    dialect::Dialect,
    document::ReadAt,
    encoding::PartText,
    limits::ReadingLimits,
};
use schemas::diagnostic::PartId;

use crate::sample::{TABLES, Told, Windowed, limits};

const HEADING: &str = "CHILD_ID,START_DATE,PLACE\n";

/// The lines of each child, as runs, and what was told: by one worker as by three.
fn lines(parts: &[&dyn ReadAt], limits: ReadingLimits) -> (Vec<Vec<String>>, Vec<&'static str>, u64) {
    let [alone, shared] = [1, 3].map(|workers| lines_by(NonZeroUsize::new(workers).unwrap(), parts, limits));
    assert_eq!(alone, shared, "three workers find what one finds");
    alone
}

fn lines_by(
    workers: NonZeroUsize,
    parts: &[&dyn ReadAt],
    limits: ReadingLimits,
) -> (Vec<Vec<String>>, Vec<&'static str>, u64) {
    let mut told = Told::default();
    let laid_out: Vec<(PartText<'_>, Layout)> = parts
        .iter()
        .zip(0..)
        .map(|(bytes, n)| {
            let text = PartText::open(PartId(n), *bytes).unwrap();
            match recognise(text, TABLES, &Dialect::default(), None, limits, &mut told) {
                Recognised::Table(layout) => (text, layout),
                _ => panic!("part {n} is a table"),
            }
        })
        .collect();
    let index = Index::build(&laid_out, "CHILD_ID", limits, workers, &mut told);
    let of_child = |n: usize, cursor: &mut Cursor<'_>| {
        let mut runs = Vec::new();
        cursor.runs(n, &mut runs);
        runs.into_iter().map(in_words).collect::<Vec<String>>()
    };
    let mut cursor = index.cursor();
    let children: Vec<_> = (0..index.len()).map(|n| of_child(n, &mut cursor)).collect();
    let backwards: Vec<_> = (0..index.len()).rev().map(|n| of_child(n, &mut cursor)).collect();
    assert!(backwards.iter().rev().eq(&children), "children can be asked for in any order");
    (children, told.codes(), index.rows_seen())
}

/// `layout:line` of a run, and how many rows it has when there are several.
fn in_words(run: Run) -> String {
    let Run { first, rows } = run;
    let several = if rows > 1 { format!(" and {} more", rows - 1) } else { String::new() };
    format!("{}:{}{several}", first.layout, first.line)
}

#[track_caller]
fn check(rows: &str, expected: &[&[&str]], rules: &[&str]) {
    let bytes = format!("{HEADING}{rows}").into_bytes();
    let (children, told, _) = lines(&[&bytes], limits());
    assert_eq!(children, expected);
    assert_eq!(told, rules);
    assert_eq!(lines(&[&Windowed(bytes)], limits()).0, expected, "through a window");
}

#[test]
fn children_come_in_the_order_of_their_first_row_with_all_their_rows() {
    check("B,,\nA,,\nB,,\nC,,\n a ,,\n", &[&["0:2", "0:4"], &["0:3", "0:6"], &["0:5"]], &[]);
}

#[test]
fn rows_that_stand_together_are_one_run() {
    check("A,,\nA,,\nA,,\nB,,\nA,,\n", &[&["0:2 and 2 more", "0:6"], &["0:5"]], &[]);
    check("A,,\n\nA,,\n a ,,\n", &[&["0:2", "0:4 and 1 more"]], &[]);
    check("A,,\n\"A\",,\n", &[&["0:2 and 1 more"]], &[]);
}

#[test]
fn a_run_at_its_limit_is_followed_by_another() {
    check(&"A,,\n".repeat(65), &[&["0:2 and 63 more", "0:66"]], &[]);
}

#[test]
fn rows_of_several_parts_are_one_childs() {
    let first = format!("{HEADING}A,,\nB,,\n").into_bytes();
    let second = b"CHILD_ID;MEETING_DATE;ROOM\nC;;\nB;;\n".to_vec();
    let (children, told, rows) = lines(&[&first, &second], limits());
    assert_eq!(children, [vec!["0:2"], vec!["0:3", "1:3"], vec!["1:2"]]);
    assert_eq!((told, rows), (vec![], 4));
}

#[test]
fn long_identifiers_and_odd_ones_are_told_apart_by_all_their_characters() {
    check(
        "CHILD-0000000001,,\nCHILD-0000000002,,\nCHILD-0000000001,,\nCHILD-000,,\nA+B,,\nA&B,,\na+b,,\n",
        &[&["0:2", "0:4"], &["0:3"], &["0:5"], &["0:6", "0:8"], &["0:7"]],
        &[],
    );
}

#[test]
fn a_thousand_long_identifiers_are_a_thousand_children() {
    let id = |n: usize| format!("LONG-IDENT-{n:06}");
    let rows: String = (0..3_000).map(|n| format!("\"{}\",,\n", id(n * 7 % 1_000))).collect();
    let bytes = format!("{HEADING}{rows}").into_bytes();
    let (children, told, _) = lines(&[&Windowed(bytes)], limits());
    assert_eq!((children.len(), told), (1_000, vec![]));
    for (n, lines) in children.iter().enumerate() {
        assert_eq!(*lines, [2, 1_002, 2_002].map(|line| format!("0:{}", line + n)));
    }
}

#[test]
fn a_row_without_a_child_is_told_and_holds_nobody_quietly() {
    check("A,,\n,,\n0,,\nA,,\n", &[&["0:2", "0:5"]], &["record/no-child-id-guard", "record/no-child-id-guard"]);
    check("A,,\nB,\"x\nC,,\n", &[&["0:2"], &["0:4"]], &["table/open-quote", "record/no-child-id-guard"]);
}

#[test]
fn a_heading_alone_is_told_with_and_without_a_line_end() {
    check("", &[], &["table/header-only"]);
    let bytes = HEADING.trim_end().as_bytes().to_vec();
    assert_eq!(lines(&[&bytes], limits()).1, ["table/header-only"]);
}

#[test]
fn a_last_row_without_a_line_end_counts() {
    check("A,,\nB,,", &[&["0:2"], &["0:3"]], &[]);
}

#[test]
fn rows_max_rows_are_read_and_the_next_is_told() {
    let limits = ReadingLimits { rows_max: 2, ..limits() };
    let two = format!("{HEADING}A,,\nB,,\n").into_bytes();
    assert_eq!(lines(&[&two], limits), (vec![vec!["0:2".to_owned()], vec!["0:3".to_owned()]], vec![], 2));
    let three = format!("{HEADING}A,,\nB,,\nC,,\nD,,\n").into_bytes();
    let (children, told, rows) = lines(&[&three], limits);
    assert_eq!((children.len(), told, rows), (2, vec!["table/too-many-rows"], 2));
    // The limit is the document's: a part has what those before it left.
    let [one, other] =
        [b"CHILD_ID,START_DATE,PLACE\rA,,\r", b"CHILD_ID,START_DATE,PLACE\rB,,\r"].map(|part| part.to_vec());
    let (children, told, rows) = lines(&[&one, &other, &one, &three], limits);
    assert_eq!((children, rows), (vec![vec!["0:2".to_owned()], vec!["1:2".to_owned()]], 2));
    assert_eq!(told, ["table/too-many-rows", "table/too-many-rows"]);
}
