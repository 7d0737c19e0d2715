//! The matrix names every field of the record and nothing else, and a widening of it shows in review.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use exchange::{
    precision::Precision,
    view::{NAMES, View, identifier_row, matrix},
};
use schemas::{identifier::IdentifierKind, record::STATEMENTS};

static BLESSED: &str = include_str!("../../views/child-counts.csv");

#[test]
fn every_field_of_the_record_has_a_row_and_every_row_a_field() {
    let mut fields: BTreeSet<(&str, &str)> =
        STATEMENTS.iter().flat_map(|of| of.fields.iter().map(|field| (of.name, field.name))).collect();
    fields.extend(IdentifierKind::ALL.map(|kind| ("Identifier", identifier_row(kind))));
    fields.insert(("Subject", "authority"));
    let rows: BTreeSet<(&str, &str)> = matrix().map(|row| (row.statement, row.whole_field())).collect();
    let unnamed: Vec<_> = fields.difference(&rows).collect();
    let unknown: Vec<_> = rows.difference(&fields).collect();
    assert!(unnamed.is_empty() && unknown.is_empty(), "no row: {unnamed:?}; no field: {unknown:?}");
}

#[test]
fn no_row_stands_twice_and_every_cell_holds_a_word() {
    let mut seen = BTreeSet::new();
    for row in matrix() {
        assert!(seen.insert((row.statement, row.field)), "twice: {}.{}", row.statement, row.field);
        assert!(row.precisions.iter().all(Option::is_some), "{}.{}", row.statement, row.field);
    }
}

#[test]
fn how_much_each_recipient_may_see_is_blessed() {
    let mut counts = String::from("view,full,reduced,withheld\n");
    for (column, name) in NAMES.iter().enumerate() {
        let precisions: Vec<Precision> = matrix().map(|row| row.precisions[column].unwrap()).collect();
        let full = precisions.iter().filter(|precision| **precision == Precision::Full).count();
        let withheld = precisions.iter().filter(|precision| **precision == Precision::Withheld).count();
        writeln!(counts, "{name},{full},{},{withheld}", precisions.len() - full - withheld).unwrap();
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("views/child-counts.csv"), &counts).unwrap();
    } else {
        assert_eq!(counts, BLESSED, "a view was widened or narrowed: review it, then BLESS=1 cargo test -p exchange");
    }
}

#[test]
fn three_views_are_offered_and_the_others_are_known_for_later() {
    let offered: Vec<&str> = View::offered().map(View::name).collect();
    assert_eq!(offered, ["local-authority", "health", "statistics"]);
    for name in NAMES {
        assert_eq!(View::shipped(name).is_some(), offered.contains(&name));
        assert_eq!(View::known_later(name), !offered.contains(&name));
    }
    for name in ["", "Health", "nhs"] {
        assert!(View::shipped(name).is_none() && !View::known_later(name));
    }
}

#[test]
fn the_authority_sees_every_field_and_health_no_more_than_it() {
    let (authority, health) = (View::shipped("local-authority").unwrap(), View::shipped("health").unwrap());
    for of in STATEMENTS {
        for field in of.fields {
            assert_eq!(authority.precision(of.name, field.name), Precision::Full, "{}.{}", of.name, field.name);
        }
    }
    assert_eq!(health.precision("Immigration", "status"), Precision::Withheld);
    assert_eq!(health.precision("CareEpisode", "category_of_need"), Precision::Code);
    assert_eq!(health.precision("CareEpisode", "no_such_field"), Precision::Withheld);
    assert_eq!(health.precision("NoSuchStatement", "start_date"), Precision::Withheld);
}
