//! What the page says of people: who holds parental responsibility, who may collect the child, and who must not.

use schemas::{
    code::{RelationshipPermission, RelationshipRole},
    record::{Relationship, Statement},
    said::Said,
};

use crate::{day, page, said, text};

fn somebody(role: RelationshipRole, name: &str) -> Relationship {
    Relationship { role: Said::Is(role), name: text(name), ..Relationship::default() }
}

fn may(role: RelationshipRole, name: &str, permissions: &[RelationshipPermission]) -> Statement {
    Relationship { permissions: Said::Is(permissions.to_vec()), ..somebody(role, name) }.into()
}

#[test]
fn who_holds_parental_responsibility_is_named_with_who_it_is() {
    let holds = |role, name| -> Statement {
        Relationship { has_parental_responsibility: Said::Is(true), ..somebody(role, name) }.into()
    };
    let page = page(vec![
        holds(RelationshipRole::Mother, "Mo Wren"),
        holds(RelationshipRole::Father, ""),
        somebody(RelationshipRole::EmergencyContact, "Ed Lark").into(),
        somebody(RelationshipRole::FosterCarer, "Cass Carer").into(),
    ]);
    assert_eq!(said(&page, "Who has parental responsibility"), ["Mo Wren (mother); father (name not known to us)"]);
    assert_eq!(said(&page, "Emergency contact"), ["Ed Lark"]);
    assert!(!page.contains("Cass Carer"), "the carer reads the page");
}

#[test]
fn who_must_not_collect_is_marked_plainly_and_says_nothing_of_the_others() {
    use RelationshipPermission::{MayCollect, MustNotCollect, MustNotHaveContact, SupervisedContact};
    let page = page(vec![
        may(RelationshipRole::Father, "Dan Wren", &[MustNotCollect, MustNotHaveContact]),
        may(RelationshipRole::Mother, "Mo Wren", &[SupervisedContact]),
        may(RelationshipRole::Other, "Gran Wren", &[MayCollect]),
    ]);
    assert_eq!(
        said(&page, "Who must not collect me"),
        ["Dan Wren (father). Ask the social worker before anybody else collects me"]
    );
    assert_eq!(said(&page, "Who must not have contact with me"), ["Dan Wren (father)"]);
    assert_eq!(said(&page, "Who sees me only with supervision"), ["Mo Wren (mother)"]);
    assert_eq!(said(&page, "Who may collect me"), ["Gran Wren"]);
}

#[test]
fn a_worker_among_those_who_belong_to_the_child_stands_with_the_workers() {
    let page = page(vec![
        somebody(RelationshipRole::SocialWorker, "Jo Fern").into(),
        somebody(RelationshipRole::DesignatedTeacher, "Tess Teach").into(),
    ]);
    assert_eq!(said(&page, "Social worker"), ["Jo Fern"]);
    assert_eq!(said(&page, "Designated teacher"), ["Tess Teach"]);
}

#[test]
fn who_no_longer_belongs_to_the_child_is_gone_but_not_the_warning() {
    let ended = Relationship {
        has_parental_responsibility: Said::Is(true),
        permissions: Said::Is(vec![RelationshipPermission::MustNotCollect]),
        end_date: Said::Is(day("2025-01-01")),
        ..somebody(RelationshipRole::Guardian, "Gus Hawk")
    };
    let page = page(vec![ended.into()]);
    assert_eq!(said(&page, "Who has parental responsibility"), ["not known to us"]);
    assert!(said(&page, "Who must not collect me")[0].starts_with("Gus Hawk (guardian)"));
}
