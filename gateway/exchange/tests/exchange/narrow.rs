//! A configured view takes away and never adds; what would add is refused with the place and a word of help.

use exchange::{
    children::Children,
    narrow::{Change, Changes, Fault, Wrong},
    precision::Precision,
    view::{Audience, View, cells},
    views::{Definition, DefinitionFault, Views, WrongDefinition},
};

use crate::made::{Child, Trial, let_out};

fn shipped(name: &str) -> &'static View {
    View::shipped(name).unwrap()
}

fn texts(names: &[&str]) -> Vec<Box<str>> {
    names.iter().map(|name| (*name).into()).collect()
}

fn faults(base: &str, changes: Changes) -> Vec<Fault> {
    View::narrow(shipped(base), changes).unwrap_err()
}

#[test]
fn fields_and_statements_are_withheld() {
    let changes = Changes {
        withhold: texts(&["CareEpisode.placement_postcode", "SdqScore.*", "Delegation", "Identifier.NhsNumber"]),
        ..Changes::default()
    };
    let narrow = View::narrow(shipped("health"), changes).unwrap();
    for (statement, field) in cells() {
        let gone = [("CareEpisode", "placement_postcode"), ("Identifier", "NhsNumber")].contains(&(statement, field))
            || ["SdqScore", "Delegation"].contains(&statement);
        let expected = if gone { Precision::Withheld } else { shipped("health").precision(statement, field) };
        assert_eq!(narrow.precision(statement, field), expected, "{statement}.{field}");
    }
    assert!(narrow.is_only_for(Audience::Health) && narrow.lets_out_anchor());
}

#[test]
fn what_is_allowed_is_all_that_is_left() {
    let allow = ["Identifier.LaChildId", "Person.birth_date", "CareEpisode.start_date"];
    let changes = Changes {
        allow: Some(texts(&allow)),
        reduce: vec![("Person.birth_date".into(), Precision::Month)],
        basis: Some("Children Act 1989 s22(3A)".into()),
        ..Changes::default()
    };
    let narrow = View::narrow(shipped("virtual-school"), changes).unwrap();
    let left: Vec<String> = cells()
        .filter(|(statement, field)| narrow.precision(statement, field) != Precision::Withheld)
        .map(|(statement, field)| format!("{statement}.{field}"))
        .collect();
    assert_eq!(left, ["Identifier.LaChildId", "Person.birth_date", "CareEpisode.start_date"]);
    assert_eq!(narrow.precision("Person", "birth_date"), Precision::Month);
    assert_eq!(narrow.basis(), Some("Children Act 1989 s22(3A)"));
}

#[test]
fn a_configured_view_lets_out_what_is_left_and_nothing_else() {
    let changes = Changes {
        withhold: texts(&["CareEpisode.placement_urn"]),
        reduce: vec![
            ("CareEpisode.placement_postcode".into(), Precision::Outward),
            ("Person.birth_date".into(), Precision::Year),
        ],
        ..Changes::default()
    };
    let view: &'static View = Box::leak(Box::new(View::narrow(shipped("health"), changes).unwrap()));
    let (_, kept) = Trial { view, ..Trial::new("health", vec![Child::in_care("1")]) }.run();
    let whole = let_out("health", vec![Child::in_care("1")]);
    let expected = whole.replace(" placement_urn=SC123456", "").replace("B991AA", "B99").replace("-06-15", "-01-01");
    assert_eq!(kept.text(), expected);
    assert!(whole.contains("placement_urn=SC123456") && whole.contains("B991AA") && whole.contains("-06-15"));
}

#[test]
fn every_change_that_widens_or_names_nothing_is_told_with_its_place() {
    let changes = Changes {
        withhold: texts(&["Person.names", "Person.birthdate", "Persn", "zzzzzzzzzzzzzzz"]),
        reduce: vec![
            ("CareEpisode.home_postcode".into(), Precision::Outward),
            ("CareEpisode.category_of_need".into(), Precision::Full),
            ("Person.birth_date".into(), Precision::Outward),
            ("CareEpisode".into(), Precision::Year),
            ("Identifier.NhsNumber".into(), Precision::Flag),
        ],
        allow: Some(texts(&["Person.religion", "Person.sex"])),
        ..Changes::default()
    };
    let nearest = |name: &str| Wrong::NoSuchField { nearest: Some(name.to_owned()) };
    let fault = |change, wrong| Fault { change, wrong };
    let dates = ["full", "month", "year", "age", "band", "flag"];
    assert_eq!(
        faults("health", changes),
        [
            fault(Change::Withhold(1), nearest("Person.birth_date")),
            fault(Change::Withhold(2), nearest("Person")),
            fault(Change::Withhold(3), Wrong::NoSuchField { nearest: None }),
            fault(Change::Reduce(0), Wrong::Widens { base: Precision::Withheld }),
            fault(Change::Reduce(1), Wrong::Widens { base: Precision::Code }),
            fault(Change::Reduce(2), Wrong::Chain { fitting: dates.to_vec() }),
            fault(Change::Reduce(3), nearest("CareEpisode")),
            fault(Change::Reduce(4), Wrong::Chain { fitting: vec!["full"] }),
            fault(Change::Allow(0), Wrong::Widens { base: Precision::Withheld }),
            fault(Change::Basis, Wrong::NoBasis),
        ]
    );
}

#[test]
fn what_cannot_be_made_coarser_yet_is_not_let_out_by_a_still_coarser_word() {
    // The matrix groups the provider for the virtual school; there are no words for the groups, so nothing leaves.
    assert_eq!(shipped("virtual-school").precision("CareEpisode", "placement_provider"), Precision::Withheld);
    let changes =
        Changes { reduce: vec![("CareEpisode.placement_provider".into(), Precision::Flag)], ..Changes::default() };
    let widens = Fault { change: Change::Reduce(0), wrong: Wrong::Widens { base: Precision::Withheld } };
    assert_eq!(faults("virtual-school", changes), [widens]);
}

#[test]
fn the_meet_of_views_is_within_both_and_under_the_rules_of_both() {
    for left in View::offered() {
        for right in View::offered() {
            let meet = left.meet(right);
            for (statement, field) in cells() {
                let met = meet.precision(statement, field);
                assert!(met.is_within(left.precision(statement, field)), "{statement}.{field}");
                assert!(met.is_within(right.precision(statement, field)), "{statement}.{field}");
            }
            assert_eq!(meet.needs_pseudonyms(), left.needs_pseudonyms() || right.needs_pseudonyms());
            assert_eq!(meet.is_for_others(), left.is_for_others() || right.is_for_others());
            assert_eq!(meet.carries_nobody(), left.carries_nobody() || right.carries_nobody());
        }
        assert_eq!(left.meet(left).digest(), left.digest());
    }
    assert!(shipped("local-authority").meet(shipped("health")).is_only_for(Audience::Health));
    assert!(!shipped("carer").meet(shipped("health")).is_only_for(Audience::Health));
}

#[test]
fn a_digest_changes_with_whatever_a_view_does_and_with_nothing_else() {
    let of = |changes| View::narrow(shipped("health"), changes).unwrap().digest().to_owned();
    let health = shipped("health").digest();
    assert!(health.starts_with("health@") && health.len() == "health@".len() + 64);
    assert_eq!(of(Changes::default()), health);
    assert_eq!(of(Changes { basis: Some("a ground".into()), ..Changes::default() }), health);
    let renamed = of(Changes { name: Some("own".into()), ..Changes::default() });
    assert_eq!(renamed.split('@').next_back(), health.split('@').next_back());
    let digests = [
        of(Changes { withhold: texts(&["Person.sex"]), ..Changes::default() }),
        of(Changes { withhold: texts(&["Identifier.Upn", "Identifier.NhsNumber"]), ..Changes::default() }),
        of(Changes { withhold: texts(&["Subject.authority"]), ..Changes::default() }),
        of(Changes { reduce: vec![("Person.birth_date".into(), Precision::Month)], ..Changes::default() }),
        of(Changes { children: Children { age_max: Some(15), ..Children::default() }, ..Changes::default() }),
        of(Changes { children: Children { short_breaks: Some(true), ..Children::default() }, ..Changes::default() }),
        health.to_owned(),
        shipped("carer").digest().to_owned(),
    ];
    for (n, digest) in digests.iter().enumerate() {
        assert!(!digests[..n].contains(digest), "{n}");
    }
}

fn definition(name: &str, base: &str) -> Definition {
    Definition { name: name.into(), base: base.into(), changes: Changes::default() }
}

#[test]
fn views_are_built_on_each_other_in_any_order() {
    let without_sex = Changes { withhold: texts(&["Person.sex"]), ..Changes::default() };
    let definitions =
        [definition("narrowest", "narrower"), Definition { changes: without_sex, ..definition("narrower", "health") }];
    let views = Views::build(&definitions, 0).unwrap();
    assert_eq!(views.get("narrowest").unwrap().precision("Person", "sex"), Precision::Withheld);
    assert_eq!(views.get("narrowest").unwrap().name(), "narrowest");
    assert_eq!(views.get("health").unwrap().digest(), shipped("health").digest());
    assert!(views.get("nobody").is_none());
    assert_eq!(views.names().skip(7).collect::<Vec<_>>(), ["attendance-collector", "narrower", "narrowest"]);
}

#[test]
fn circles_missing_bases_and_names_that_are_taken_make_no_view() {
    let definitions = [
        definition("one", "two"),
        definition("two", "three"),
        definition("three", "two"),
        definition("alone", "alone"),
        definition("health", "carer"),
        definition("lost", "helth"),
        definition("below-lost", "lost"),
        definition("good", "health"),
        definition("good", "health"),
    ];
    let of = |definition, wrong| DefinitionFault { definition, wrong };
    assert_eq!(
        Views::build(&definitions, 0).unwrap_err(),
        [
            of(1, WrongDefinition::Loop),
            of(2, WrongDefinition::Loop),
            of(3, WrongDefinition::Loop),
            of(4, WrongDefinition::NameTaken),
            of(5, WrongDefinition::NoSuchBase(Some("health".to_owned()))),
            of(8, WrongDefinition::NameTaken),
        ]
    );
}

#[test]
fn the_number_of_those_alike_is_raised_and_never_lowered() {
    let of = |least| Views::build(&[definition("own", "statistics")], least).unwrap();
    for (least, expected) in [(0, 6), (6, 6), (10, 10)] {
        for name in ["statistics", "own"] {
            assert_eq!(of(least).get(name).unwrap().group_children_min(), expected);
        }
    }
    assert_eq!(of(10).get("health").unwrap().digest(), shipped("health").digest());
}
