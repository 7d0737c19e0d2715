//! Who belongs to a child, where it lives and what health knows of it: each recipient sees what it needs of each case.

use exchange::{
    precision::Precision,
    recipient::Recipient,
    restrict::Restricted,
    view::{NAMES, View},
};
use schemas::{
    code::{AddressType, Disability as Which, ImmunisationStatus, MeasurementKind, RelationshipRole, RestrictionKind},
    record::{
        Address, Allergy, Coding, Condition, Disability, Immunisation, Measurement, Medication, Relationship, Statement,
    },
    said::Said,
};

use crate::made::{Child, is_day, let_out, postcode, restriction};

fn text(text: &str) -> Said<Box<str>> {
    Said::Is(text.into())
}

/// The views under which a field of a statement leaves as it is.
fn whole_under(statement: &Statement, field: &str) -> Vec<&'static str> {
    let lens = statement.statement_type().field(field).unwrap();
    let leaves = |view: &&'static str| {
        let mut left = statement.clone();
        View::shipped(view).unwrap().project(&mut left, None) && lens.get(&left) == lens.get(statement)
    };
    NAMES.into_iter().filter(leaves).collect()
}

/// Whether anything at all leaves of a statement under a view.
fn anything_under(statement: &Statement, view: &str) -> bool {
    View::shipped(view).unwrap().project(&mut statement.clone(), None)
}

fn relationship(role: Said<RelationshipRole>) -> Statement {
    Relationship {
        role,
        name: text("Kit Lark"),
        has_parental_responsibility: Said::Is(true),
        start_date: is_day("2024-02-03"),
        ..Relationship::default()
    }
    .into()
}

#[test]
fn who_belongs_to_a_child_is_told_by_who_it_is() {
    let named_to = |role| whole_under(&relationship(Said::Is(role)), "name");
    let all = ["local-authority", "health", "virtual-school", "provider", "carer"];
    assert_eq!(named_to(RelationshipRole::FosterCarer), all);
    assert_eq!(named_to(RelationshipRole::SocialWorker), all);
    for parent in [RelationshipRole::Mother, RelationshipRole::ResponsibilityHolder, RelationshipRole::Adopter] {
        assert_eq!(named_to(parent), ["local-authority", "health", "provider", "carer"], "{parent:?}");
    }
    let teacher = ["local-authority", "virtual-school", "provider", "carer"];
    assert_eq!(named_to(RelationshipRole::DesignatedTeacher), teacher);
    let since = |role| whole_under(&relationship(Said::Is(role)), "start_date");
    assert_eq!(since(RelationshipRole::FosterCarer), all);
    assert_eq!(since(RelationshipRole::Mother), ["local-authority"]);
}

#[test]
fn a_sibling_goes_to_nobody_while_nothing_tells_that_it_may() {
    let sibling = relationship(Said::Is(RelationshipRole::Sibling));
    for view in NAMES.into_iter().filter(|view| *view != "local-authority") {
        assert!(!anything_under(&sibling, view), "{view}");
    }
    for unknown in [Said::NotAsked, Said::Blank, Said::Unreadable] {
        let somebody = relationship(unknown);
        assert!(NAMES.into_iter().skip(1).all(|view| !anything_under(&somebody, view)), "it may be a sibling");
    }
}

#[test]
fn the_family_home_is_not_the_placement() {
    let at = |of| -> Statement {
        Address { r#type: of, postcode: postcode("B99 1AA"), town: text("Invented"), ..Address::default() }.into()
    };
    let placement = at(Said::Is(AddressType::Placement));
    assert_eq!(whole_under(&placement, "town"), ["local-authority", "health", "provider", "carer"]);
    for elsewhere in [Said::Is(AddressType::Home), Said::Is(AddressType::Other), Said::Unreadable] {
        assert_eq!(whole_under(&at(elsewhere), "town"), ["local-authority"]);
        assert!(!anything_under(&at(elsewhere), "health") && !anything_under(&at(elsewhere), "virtual-school"));
    }
}

#[test]
fn that_there_is_none_is_never_a_flag_that_there_is_one() {
    let allergy = |code: &str| -> Statement {
        let substance = Coding { code: text(code), ..Coding::default() };
        Allergy { substance: Said::Is(Box::new(substance)), ..Allergy::default() }.into()
    };
    assert!(anything_under(&allergy("91935009"), "referral") && !anything_under(&allergy("716186003"), "referral"));
    assert_eq!(
        whole_under(&allergy("716186003"), "substance"),
        ["local-authority", "health", "virtual-school", "provider", "carer"],
        "an answer that whoever cares for the child has to know"
    );
    let disabled = |code| Statement::from(Disability { code: Said::Is(code), ..Disability::default() });
    assert!(anything_under(&disabled(Which::Mobility), "statistics"));
    assert!(!anything_under(&disabled(Which::NoDisability), "statistics"));
    let given = |status| Statement::from(Immunisation { status, ..Immunisation::default() });
    assert!(anything_under(&given(Said::Is(ImmunisationStatus::Completed)), "local-authority"));
    assert!(!anything_under(&given(Said::Is(ImmunisationStatus::NotDone)), "local-authority"));
}

#[test]
fn conditions_and_medicines_are_closed_to_all_but_health() {
    let code = || Said::Is(Box::new(Coding { code: text("195967001"), ..Coding::default() }));
    let condition = Condition { code: code(), affects_school: Said::Is(true), ..Condition::default() }.into();
    let medicine = Medication { code: code(), affects_school: Said::Is(true), ..Medication::default() }.into();
    for statement in [condition, medicine] {
        for view in NAMES {
            assert_eq!(anything_under(&statement, view), view == "health", "{view}");
        }
    }
    assert_eq!(View::shipped("carer").unwrap().precision("Medication", "dosage_text"), Precision::Withheld);
}

#[test]
fn carers_see_growth_and_not_the_birth() {
    let measured = |kind| Statement::from(Measurement { kind: Said::Is(kind), ..Measurement::default() });
    assert!(anything_under(&measured(MeasurementKind::Height), "carer"));
    assert!(!anything_under(&measured(MeasurementKind::BirthWeight), "carer"));
    assert!(anything_under(&measured(MeasurementKind::BirthWeight), "health"));
}

#[test]
fn a_protected_place_takes_the_carers_name_and_the_address_and_leaves_the_mothers_name() {
    let home = Address { r#type: Said::Is(AddressType::Placement), town: text("Larkham"), ..Address::default() };
    let mother = Relationship { role: Said::Is(RelationshipRole::Mother), name: text("Mo Wren"), ..Default::default() };
    let child = || {
        Child::in_care("1")
            .says(relationship(Said::Is(RelationshipRole::FosterCarer)))
            .says(mother.clone())
            .says(home.clone())
    };
    let open = let_out("health", vec![child()]);
    assert!(["Kit Lark", "Mo Wren", "Larkham"].iter().all(|said| open.contains(said)), "{open}");
    let located = let_out("health", vec![child().says(restriction(RestrictionKind::AuthorityRestricted))]);
    assert!(!located.contains("Kit Lark") && !located.contains("Larkham") && located.contains("Mo Wren"), "{located}");
    let restricted = let_out("health", vec![child().says(restriction(RestrictionKind::NhsRestricted))]);
    assert!(!restricted.contains("Larkham") && restricted.contains("Mo Wren"), "{restricted}");
    let untraced = let_out("health", vec![child().untraced()]);
    assert!(!untraced.contains("Larkham") && untraced.contains("Kit Lark"), "{untraced}");
    let dossier = child().dossier(0);
    assert!(!Restricted::of(&dossier, Recipient::unknown(), None).location);
}
