//! The matrix names every field of the record and nothing else, and a widening of it shows in review.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use exchange::{
    precision::Precision,
    view::{NAMES, View, identifier_row, matrix},
};
use schemas::{
    code::{
        AddressType, Class, CodeList, Disability, ImmunisationStatus, MeasurementKind, RelationshipRole, VoiceShare,
        VoiceWhose,
    },
    date::{AcademicYear, ClockTime, CollectionYear, Date, DateTime},
    decimal::Decimal,
    identifier::{IdentifierKind, LaCode, Laestab, OfstedUrn, PermanenceAuthority, SchoolUrn, WorkerId},
    money::Pence,
    record::{STATEMENTS, Statement, Voice, unsaid},
    reflect::{Field, Kind, Value},
    said::Said,
};

use crate::made::{AS_AT, day, postcode};

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
fn every_column_is_a_view() {
    let offered: Vec<&str> = View::offered().map(View::name).collect();
    assert_eq!(offered, NAMES);
    for name in ["", "Health", "nhs"] {
        assert!(View::shipped(name).is_none());
    }
}

/// What an authority does not see of a home before an offer is accepted (views, section 5).
const UNTIL_ACCEPTED: [(&str, &str); 3] =
    [("Vacancy", "home_ethnicity"), ("Vacancy", "home_religion"), ("Vacancy", "for_the_child")];

/// What is confidential to health, and goes no further than to say that it is there (views, sections 4 and 7.5).
fn is_of_health_alone(statement: &str, field: &str) -> bool {
    match statement {
        "Condition" | "Medication" | "Immunisation" => true,
        "HealthCheck" => matches!(field, "outcome" | "report"),
        _ => false,
    }
}

#[test]
fn the_authority_sees_every_field_but_what_is_confidential_to_health() {
    let (authority, health) = (View::shipped("local-authority").unwrap(), View::shipped("health").unwrap());
    for of in STATEMENTS {
        for field in of.fields {
            if is_of_health_alone(of.name, field.name) {
                let precision = authority.precision(of.name, field.name);
                assert!(matches!(precision, Precision::Withheld | Precision::Flag), "{}.{}", of.name, field.name);
                assert_eq!(health.precision(of.name, field.name), Precision::Full, "{}.{}", of.name, field.name);
                continue;
            }
            let expected =
                if UNTIL_ACCEPTED.contains(&(of.name, field.name)) { Precision::Withheld } else { Precision::Full };
            assert_eq!(authority.precision(of.name, field.name), expected, "{}.{}", of.name, field.name);
        }
    }
    assert_eq!(health.precision("Immigration", "status"), Precision::Withheld);
    assert_eq!(health.precision("CareEpisode", "category_of_need"), Precision::Code);
    assert_eq!(health.precision("CareEpisode", "no_such_field"), Precision::Withheld);
    assert_eq!(health.precision("NoSuchStatement", "start_date"), Precision::Withheld);
}

#[test]
fn every_field_is_let_out_as_precisely_as_the_matrix_says_and_no_more() {
    for view in View::offered() {
        for of in STATEMENTS {
            for field in of.fields {
                let precision = view.precision(of.name, field.name);
                let through = |answer: &Said<Value>| {
                    let mut statement = unsaid(of.name).unwrap();
                    of_the_widest_case(&mut statement);
                    assert!(field.set(&mut statement, answer.clone()));
                    let left = view.project(&mut statement, Some(day(AS_AT)));
                    if left { field.get(&statement) } else { Said::NotAsked }
                };
                let value = deciding(of.name, field).unwrap_or_else(|| Said::Is(some_value(field.kind)));
                let let_out = through(&value);
                let name = format!("{}: {}.{}", view.name(), of.name, field.name);
                let in_part = precision == Precision::Code
                    && !is_wholly_coded(field.kind)
                    && !matches!(field.kind, Kind::OpenCode(_));
                match precision {
                    Precision::Code if in_part => {
                        assert!(matches!(&let_out, Said::Is(left) if is_coded_alone(left, field.kind)), "{name}");
                    }
                    Precision::Full | Precision::Code => assert!(let_out == value, "{name}"),
                    Precision::Withheld | Precision::Count => assert!(let_out == Said::NotAsked, "{name}"),
                    _ => assert!(let_out != value, "{name}"),
                }
                let speaks = matches!(precision, Precision::Full | Precision::Code) && !in_part;
                // What does not say which case it is may be the narrowest.
                if deciding(of.name, field).is_some() {
                    continue;
                }
                for silent in [Said::Blank, Said::Unknown, Said::Refused, Said::NotApplicable, Said::Unreadable] {
                    let expected = if speaks { silent.clone() } else { Said::NotAsked };
                    assert!(through(&silent) == expected, "{name}");
                }
            }
        }
    }
}

/// Whether a kind has no text, date, place or amount anywhere in it.
fn is_wholly_coded(kind: Kind) -> bool {
    match kind {
        Kind::List(item) => is_wholly_coded(*item),
        Kind::Item(shape) => shape.members.iter().all(|member| is_wholly_coded(member.kind)),
        kind => matches!(kind, Kind::Code(_) | Kind::Flag | Kind::Number { .. } | Kind::Year),
    }
}

/// Whether every coded member of a group of full members is there, and no other.
fn is_coded_alone(left: &Value, kind: Kind) -> bool {
    match (left, kind) {
        (Value::List(items), Kind::List(item)) => {
            !items.is_empty() && items.iter().all(|left| is_coded_alone(left, *item))
        }
        (Value::Item(members), Kind::Item(shape)) => {
            members.iter().zip(shape.members).all(|(said, member)| match said {
                Said::Is(left) => is_coded_alone(left, member.kind),
                _ => !is_wholly_coded(member.kind) && !matches!(member.kind, Kind::OpenCode(_)),
            })
        }
        // Of an open list what the list holds.
        (Value::Code(_), Kind::OpenCode(_)) => true,
        (_, kind) => is_wholly_coded(kind),
    }
}

/// Fills in what decides how much of a statement is let out, so that the most is.
fn of_the_widest_case(statement: &mut Statement) {
    match statement {
        Statement::Voice(voice) => *voice = the_childs_for_all(),
        Statement::Address(address) => address.r#type = Said::Is(AddressType::Placement),
        Statement::Relationship(other) => other.role = Said::Is(RelationshipRole::FosterCarer),
        Statement::Immunisation(given) => given.status = Said::Is(ImmunisationStatus::Completed),
        Statement::Measurement(measurement) => measurement.kind = Said::Is(MeasurementKind::Height),
        _ => {}
    }
}

/// The value of a field that decides it; `None` of any other.
fn deciding(statement: &str, field: &Field) -> Option<Said<Value>> {
    let decides = [
        ("Address", "type"),
        ("Relationship", "role"),
        ("Immunisation", "status"),
        ("Measurement", "kind"),
        ("Disability", "code"),
    ];
    decides.contains(&(statement, field.name)).then(|| {
        let mut statement = unsaid(statement).unwrap();
        of_the_widest_case(&mut statement);
        if let Statement::Disability(disability) = &mut statement {
            disability.code = Said::Is(Disability::Mobility);
        }
        field.get(&statement)
    })
}

/// Words of which nobody else is the judge but the view.
fn the_childs_for_all() -> Voice {
    Voice { whose: Said::Is(VoiceWhose::Child), share: Said::Is(VoiceShare::Everybody), ..Voice::default() }
}

/// A value of a kind that no reduction leaves as it is.
fn some_value(kind: Kind) -> Value {
    let value_of = |list: &CodeList| list.entries.iter().position(|entry| entry.class == Class::Value).unwrap_or(0);
    match kind {
        Kind::Date => Value::Date(Date::new(2016, 5, 14).unwrap()),
        Kind::ClockTime => Value::ClockTime(ClockTime::new(7, 30).unwrap()),
        Kind::DateTime => Value::DateTime(DateTime::read(b"2026-01-12T09:41:00+00:00").unwrap()),
        Kind::Flag => Value::Flag(true),
        Kind::AcademicYear => Value::AcademicYear(AcademicYear::new(2025).unwrap()),
        Kind::Pence => Value::Pence(Pence::new(65_000).unwrap()),
        Kind::Number { .. } => Value::Number(2),
        Kind::Year => Value::Year(CollectionYear::new(2026).unwrap()),
        Kind::Text => Value::Text("text".into()),
        Kind::Decimal => Value::Decimal(Decimal::read(b"19.10").unwrap()),
        Kind::Postcode => Value::Postcode(postcode("B99 1AA").is().unwrap()),
        Kind::OfstedUrn => Value::OfstedUrn(OfstedUrn::read(b"SC123456").unwrap()),
        Kind::SchoolUrn => Value::SchoolUrn(SchoolUrn::read(b"999999").unwrap()),
        Kind::Laestab => Value::Laestab(Laestab::read(b"3309999").unwrap()),
        Kind::Authority => Value::Authority(LaCode::read(b"330").unwrap()),
        Kind::PermanenceAuthority => Value::PermanenceAuthority(PermanenceAuthority::read(b"330").unwrap()),
        Kind::WorkerId => Value::WorkerId(WorkerId::read(b"SW123").unwrap()),
        Kind::Code(list) | Kind::OpenCode(list) => Value::Code(u8::try_from(value_of(list)).unwrap()),
        Kind::List(kind) => Value::List(vec![some_value(*kind)]),
        Kind::Item(shape) => {
            Value::Item(shape.members.iter().map(|member| Said::Is(some_value(member.kind))).collect())
        }
    }
}
