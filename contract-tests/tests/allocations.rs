//! Reading a row allocates nothing: what reading a child again costs does not grow with the child's rows.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::alloc::System;

use kit::{
    adapter::{Dossier, Options},
    document::{Document, Part},
};
use schemas::{
    date::CollectionYear,
    diagnostic::{Diagnostic, Report},
    identifier::LaCode,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations and reallocations of one child: the list of identifiers, its copy for the subject, and the subject.
const OF_A_CHILD: (usize, usize) = (3, 0);

struct Nobody;

impl Report for Nobody {
    fn raise(&mut self, told: Diagnostic) {
        panic!("{} at {:?}", told.rule.code, told.place);
    }
}

/// Allocations of reading a child with so many reviews and so many episodes once more.
fn allocations(rows: u16) -> (usize, usize) {
    let mut header = String::from("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n");
    header += "C1,F,14/05/2010,WBRI,J330999925001,0,\n";
    let mut reviews = String::from("CHILD,DOB,REVIEW,REVIEW_CODE\n");
    let mut episodes =
        String::from("CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n");
    for n in 0..rows {
        let (day, month, year) = (n % 28 + 1, n / 28 % 12 + 1, 2012 + n / 336);
        reviews += &format!("C1,14/05/2010,{day:02}/{month:02}/{year},PN1\n");
        episodes += &format!("C1,{day:02}/{month:02}/{year},S,C2,N1,U6,PR1,01/03/2026,E4A,,B99 1AA,B99 1AB,SC123456\n");
    }
    let parts = [("header", header), ("reviews", reviews), ("episodes", episodes)];
    let document = Document::new(parts.into_iter().map(|(name, text)| Part::new(name, text.into_bytes())).collect());
    let options = Options { year: CollectionYear::new(2026), authority: LaCode::new(330), ..Options::plain() };
    let format = roster::format("ssda903-csv").unwrap().1;
    let subjects = format.decode.unwrap().open(&document, &options, std::num::NonZeroUsize::MIN, &mut Nobody);
    assert_eq!(subjects.len(), 1);
    let (mut reader, mut dossier) = (subjects.reader(), Dossier::default());
    // The first time makes room that the later ones use again.
    reader.read(0, &mut dossier, &mut Nobody);
    let region = Region::new(COUNTED);
    reader.read(0, &mut dossier, &mut Nobody);
    let change = region.change();
    assert_eq!(dossier.records.len(), 1 + 2 * usize::from(rows));
    (change.allocations, change.reallocations)
}

/// One test a binary: the allocator counts for all threads.
#[test]
fn reading_a_child_again_allocates_the_subject_and_no_row() {
    let one = allocations(1);
    let hundred = allocations(100);
    let thousand = allocations(1000);
    assert_eq!(one, hundred, "a row allocates");
    assert_eq!(one, thousand, "a row allocates");
    assert_eq!(one, OF_A_CHILD);
}
