//! Which table a part is.

use kit::{
    csv::header::{Layout, Recognised, recognise},
    dialect::Dialect,
};
use schemas::{date::CollectionYear, diagnostic::Place};

use crate::sample::{TABLES, Told, limits, text, utf_16};

fn recognised(bytes: &[u8], dialect: &Dialect) -> (Result<Layout, &'static str>, Told) {
    let bytes = bytes.to_vec();
    let mut told = Told::default();
    let year = CollectionYear::new(2018);
    let layout = match recognise(text(&bytes), TABLES, dialect, year, limits(), &mut told) {
        Recognised::Table(layout) => Ok(layout),
        Recognised::Incomplete(table) => Err(table.name),
        Recognised::Unknown => Err("unknown"),
    };
    (layout, told)
}

/// Table, cells by column, line of the heading and what was told.
#[track_caller]
fn check(bytes: &[u8], table: &str, cells: &[Option<u16>], line: u64, rules: &[&str]) {
    let (layout, told) = recognised(bytes, &Dialect::default());
    let layout = layout.unwrap();
    assert_eq!((layout.table.name, layout.cells.as_slice(), layout.heading.line), (table, cells, line));
    assert_eq!(told.codes(), rules);
}

const IN_ORDER: [Option<u16>; 4] = [Some(0), Some(1), Some(2), Some(3)];

#[test]
fn order_case_blanks_and_marks_of_headings_do_not_matter() {
    check(b"CHILD_ID,START_DATE,PLACE,NOTE\n", "stays", &IN_ORDER, 1, &[]);
    check(b"note,place,start date,Child-ID\n", "stays", &[Some(3), Some(2), Some(1), Some(0)], 1, &[]);
    check(b" child.id , [Start_Date],pla ce,(NOTE)", "stays", &IN_ORDER, 1, &[]);
    check(b"\"CHILD_ID\",\"START_DATE\",\"PLACE\",\"NOTE\"\r\n", "stays", &IN_ORDER, 1, &[]);
    check(b"\xef\xbb\xbfChild Unique ID\tSTART_DATE\tPLACE\n", "stays", &[Some(0), Some(1), Some(2), None], 1, &[]);
    check(b"CHILD_ID;START_DATE;PLACE;NOTE\r", "stays", &IN_ORDER, 1, &[]);
}

#[test]
fn headings_in_every_encoding_are_known() {
    for mark in [true, false] {
        for big in [true, false] {
            check(&utf_16("CHILD_ID,START_DATE,PLACE,NOTE\n", mark, big), "stays", &IN_ORDER, 1, &[]);
        }
    }
}

#[test]
fn a_heading_row_may_stand_under_titles_and_blank_rows_but_not_below_the_tenth() {
    check(b"Report of stays,\n\nCHILD_ID,START_DATE,PLACE,NOTE\n", "stays", &IN_ORDER, 3, &[]);
    let nine = [b"\n".repeat(9), b"CHILD_ID,START_DATE,PLACE,NOTE\n".to_vec()].concat();
    check(&nine, "stays", &IN_ORDER, 10, &[]);
    let ten = [b"\n".repeat(10), b"CHILD_ID,START_DATE,PLACE,NOTE\n".to_vec()].concat();
    assert_eq!(recognised(&ten, &Dialect::default()).0.unwrap_err(), "unknown");
}

#[test]
fn extra_and_double_columns_are_told_at_their_cell() {
    let (layout, told) = recognised(b"CHILD_ID,secret,Note,START_DATE,\"x\",PLACE,NOTE\n", &Dialect::default());
    assert_eq!(layout.unwrap().cells, [Some(0), Some(3), Some(5), Some(2)]);
    assert_eq!(told.codes(), ["table/unknown-column", "table/unknown-column", "table/double-column"]);
    let places: Vec<_> = told.0.iter().map(|diagnostic| &diagnostic.place).collect();
    let at = |column, byte| Place::Cell { part: schemas::diagnostic::PartId(0), line: 1, column: Some(column), byte };
    assert_eq!(places, [&at(2, 9), &at(5, 32), &at(7, 42)]);
}

#[test]
fn a_guard_or_a_child_that_stands_twice_makes_the_table_unreadable() {
    for heading in [b"CHILD_ID,START_DATE,PLACE,Place\n".as_slice(), b"CHILD_ID,child_id,START_DATE,PLACE\n"] {
        let (layout, told) = recognised(heading, &Dialect::default());
        assert_eq!((layout.unwrap_err(), told.codes()), ("stays", vec!["table/double-guard"]));
    }
}

#[test]
fn a_missing_column_makes_a_table_incomplete_unless_the_dialect_says_what_stands_in_it() {
    let bytes = b"CHILD_ID,START_DATE,NOTE\n";
    let (layout, told) = recognised(bytes, &Dialect::default());
    assert_eq!((layout.unwrap_err(), told.codes()), ("stays", vec!["table/missing-column"]));
    let (dialect, faults) = Dialect::read("[constants]\nPLACE = 'U1'", TABLES);
    assert_eq!(faults, []);
    assert_eq!(recognised(bytes, &dialect).0.unwrap().cells, [Some(0), Some(1), None, Some(2)]);
}

#[test]
fn of_two_tables_the_one_with_all_its_required_columns_is_meant() {
    check(
        b"CHILD_ID,MEETING_DATE,ROOM,PLACE,NOTE\n",
        "meetings",
        &[Some(0), Some(1), Some(2), None],
        1,
        &["table/unknown-column", "table/unknown-column", "table/not-in-year"],
    );
    check(
        b"CHILD_ID,START_DATE,PLACE,ROOM\n",
        "stays",
        &[Some(0), Some(1), Some(2), None],
        1,
        &["table/unknown-column"],
    );
}

#[test]
fn a_dialect_renames_headings_and_names_the_flag() {
    let (dialect, faults) = Dialect::read(
        "[headers]\n'Ref No.' = 'CHILD_ID'\n'Since' = 'START_DATE'\n'Home' = 'place'\n[restriction]\ncolumn = 'Do not tell'\nset = ['Y']",
        TABLES,
    );
    assert_eq!(faults, []);
    let (layout, told) = recognised(b"REF NO,since,home,DO-NOT-TELL\n", &dialect);
    let layout = layout.unwrap();
    assert_eq!((layout.cells, layout.restriction_flag), (vec![Some(0), Some(1), Some(2), None], Some(3)));
    assert_eq!(told.codes(), [""; 0]);
}

#[test]
fn nothing_known_is_unknown_and_an_empty_part_is_told() {
    assert_eq!(recognised(b"a,b,c\n1,2,3\n", &Dialect::default()).0.unwrap_err(), "unknown");
    assert_eq!(recognised(b"\0\xff\"", &Dialect::default()).0.unwrap_err(), "unknown");
    let (layout, told) = recognised(b"", &Dialect::default());
    assert_eq!((layout.unwrap_err(), told.codes()), ("unknown", vec!["table/empty-part"]));
}

kit::rows! {
    /// A table some of whose headings are known by how they begin.
    YearRow = YEARS "years" {
        /// One.
        provider: Box<str> = "Provider" { required: false },
        /// Another that begins alike.
        number: Box<str> = "Provider URN" { required: false, aliases: &["Provider Ofsted*", "Provider U*"] },
        /// A third.
        began: Box<str> = "Began" { required: false, aliases: &["Placement start*"] },
    }
}

#[test]
fn a_heading_may_be_known_by_how_it_begins_where_it_is_no_other_columns() {
    let cells = |heading: &[u8]| {
        let (bytes, mut told) = (heading.to_vec(), Told::default());
        match recognise(text(&bytes), &[&YEARS], &Dialect::default(), None, limits(), &mut told) {
            Recognised::Table(layout) => (layout.cells, told.codes()),
            _ => panic!("no table"),
        }
    };
    let all = vec![Some(0), Some(1), Some(2)];
    for heading in [
        &b"Provider,Provider Ofsted (or equivalent) URN,Placement start date (dd/mm/yyyy)\n"[..],
        b"PROVIDER,provider_ofsted,Placement Start\n",
        b"Provider,Provider URN,Began\n",
        b"Provider,Provider unique number,Began\n",
    ] {
        assert_eq!(cells(heading), (all.clone(), vec![]), "{}", String::from_utf8_lossy(heading));
    }
    let twice = cells(b"Provider,Provider URN,Provider Ofsted URN,Placement start\n");
    assert_eq!(twice, (vec![Some(0), Some(1), Some(3)], vec!["table/double-column"]));
    let other = cells(b"Provider,Provider name,Provider URN,Began\n");
    assert_eq!(other, (vec![Some(0), Some(2), Some(3)], vec!["table/unknown-column"]), "a stem is no part of a word");
}
