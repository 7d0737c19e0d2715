//! What is held of a child passes as a document would: all sources together, the stricter first.

use exchange::{
    carried::LeftOut,
    farewell::{Farewell, farewell},
    holding::{Cover, Holding, Incoming, merge},
    passage::{ChildHeld, Destination, Passage, Through, Untraced, passage},
    planned::{PlanKey, Planned},
    recipient::Recipient,
    view::View,
};
use proptest::prelude::*;
use schemas::{
    code::{EpisodeEndReason, LegalStatus, PlacementType, RestrictionKind},
    identifier::SchoolUrn,
    record::{CareEpisode, Enrolment, Record, Restriction, Statement},
    said::Said,
};

use crate::made::{AS_AT, Child, day, ended, episode, is_day, person, restriction};

pub(crate) fn held(child: &Child) -> Holding {
    let incoming =
        Incoming { dossier: child.dossier(0), cover: Cover::Partial, replaces: false, has_rejected_rows: false };
    merge(Holding::default(), incoming).holding
}

pub(crate) fn to(view: &'static str) -> Destination<'static> {
    Destination {
        recipient: Recipient::unknown(),
        view: View::shipped(view).unwrap(),
        as_at: Some(day(AS_AT)),
        untraced: Untraced::Withhold,
        labels: true,
        diagnostics_max: 10,
    }
}

fn pass(holdings: &[Holding], restrictions: &[Restriction], to: &Destination<'_>) -> Passage {
    passage(&ChildHeld { holdings, beside: &[], shares_place: false, restrictions }, to)
}

fn through(holdings: &[Holding], restrictions: &[Restriction], to: &Destination<'_>) -> Through {
    match pass(holdings, restrictions, to) {
        Passage::Through(through) => through,
        Passage::LeftOut(reason) => panic!("{reason:?}"),
    }
}

fn left_out(passage: Passage) -> Option<LeftOut> {
    match passage {
        Passage::Through(_) => None,
        Passage::LeftOut(reason) => Some(reason),
    }
}

fn tells_place(records: &[Record]) -> bool {
    records.iter().any(|record| {
        matches!(&record.statement, Statement::CareEpisode(CareEpisode { placement_postcode: Said::Is(_), .. }))
    })
}

#[test]
fn sources_speak_together_and_what_they_say_alike_is_said_once() {
    let lcs = held(&Child::in_care("1").untraced());
    let links = held(&Child::new("1").with_nhs_number_and_upn().says(person("2015-06-15")));
    let both = through(&[lcs, links], &[], &to("health"));
    assert_eq!(both.records.len(), 2);
    assert_eq!(both.subject.identifiers.len(), 2, "the UPN stays");
    assert!(both.records.iter().all(|record| *record.subject == *both.subject));
    assert!(tells_place(&both.records), "one of the sources has traced the child");
}

#[test]
fn the_place_of_an_untraced_child_goes_only_where_two_persons_said_so() {
    let child = [held(&Child::in_care("1").untraced())];
    let withheld = through(&child, &[], &to("health"));
    assert!(!tells_place(&withheld.records));
    assert_eq!(withheld.findings.losses(), 1);
    assert!(tells_place(&through(&child, &[], &Destination { untraced: Untraced::Send, ..to("health") }).records));
}

#[test]
fn a_restriction_of_the_house_holds_towards_others_and_never_returns_to_the_authority() {
    let child = [held(&Child::in_care("1"))];
    let house = [restriction(RestrictionKind::AuthorityRestricted)];
    let restricted = through(&child, &house, &to("health"));
    assert!(!tells_place(&restricted.records));
    assert!(restricted.records.iter().any(|record| matches!(record.statement, Statement::Restriction(_))));
    let own = through(&child, &house, &to("local-authority"));
    assert!(own.records == child[0].records);
    let shared = ChildHeld { holdings: &child, beside: &[], shares_place: true, restrictions: &[] };
    assert!(matches!(passage(&shared, &to("health")), Passage::Through(through) if !tells_place(&through.records)));
    let adopted = [restriction(RestrictionKind::Adopted)];
    assert_eq!(left_out(pass(&child, &adopted, &to("health"))), Some(LeftOut::Adopted));
}

#[test]
fn a_guard_that_one_source_lost_holds_the_child_and_takes_nothing_back() {
    let child = [held(&Child::in_care("1")), held(&Child::new("1").guard_unreadable())];
    let reason = left_out(pass(&child, &[], &to("health"))).unwrap();
    assert_eq!(reason, LeftOut::GuardUnreadable);
    let told = through(&child[..1], &[], &to("health"));
    let key = PlanKey::new(&[1; 32], b"1");
    let planned = Planned::of(&told.subject, &told.records, &key);
    let child = ChildHeld { holdings: &child, beside: &[], shares_place: false, restrictions: &[] };
    assert_eq!(farewell(&planned, &child, &to("health"), reason, &key), Farewell::Hold);
}

/// What a school says: that the child is there.
fn at_school() -> Child {
    Child::new("1")
        .says(Enrolment { school_urn: Said::Is(SchoolUrn::read(b"999999").unwrap()), ..Enrolment::default() })
}

fn tells_school(records: &[Record]) -> bool {
    let urn_of =
        |record: &Record| matches!(&record.statement, Statement::Enrolment(place) if place.school_urn.has_value());
    records.iter().any(urn_of)
}

#[test]
fn what_a_school_says_passes_where_the_authority_looks_after_the_child_and_brings_nothing_of_it_along() {
    let (school, authority) = ([held(&at_school())], [held(&Child::in_care("1").says(person("2015-06-15")))]);
    let beside = |beside| ChildHeld { holdings: &school, beside, shares_place: false, restrictions: &[] };
    let alone = left_out(passage(&beside(&[]), &to("health")));
    assert!(matches!(alone, Some(LeftOut::NotLookedAfter { .. })));
    let Passage::Through(told) = passage(&beside(&authority), &to("health")) else { panic!("left out") };
    assert!(tells_school(&told.records));
    assert!(told.records.iter().all(|record| matches!(record.statement, Statement::Enrolment(_))));
    // An adult without consent, by a birth date that only the authority knows.
    let grown = [held(&Child::in_care("1").says(person("2000-01-01")))];
    assert_eq!(left_out(passage(&beside(&grown), &to("health"))), Some(LeftOut::AdultWithoutConsent));
}

#[test]
fn a_place_that_the_authority_s_episodes_protect_is_withheld_from_what_a_school_says() {
    let placed = CareEpisode {
        placement_type: Said::Is(PlacementType::AdoptionByConsentNotWithCurrentCarer),
        ..episode("2020-05-01")
    };
    let (school, authority) = ([held(&at_school())], [held(&Child::new("1").says(placed))]);
    let child = ChildHeld { holdings: &school, beside: &authority, shares_place: false, restrictions: &[] };
    // The school tells where the child lives; the virtual school, whose it is, keeps it.
    for (view, told) in [("carer", false), ("virtual-school", true)] {
        match passage(&child, &to(view)) {
            Passage::Through(through) => assert_eq!(tells_school(&through.records), told, "{view}"),
            Passage::LeftOut(reason) => panic!("{view}: {reason:?}"),
        }
    }
}

#[test]
fn when_care_ends_what_was_told_of_school_alone_stays_told() {
    let school = [held(&at_school())];
    let (open, over) = (
        [held(&Child::in_care("1"))],
        [held(&Child::new("1").says(ended("2020-05-01", "2020-06-01", EpisodeEndReason::ReturnedHomePlanned)))],
    );
    let beside = |beside| ChildHeld { holdings: &school, beside, shares_place: false, restrictions: &[] };
    let Passage::Through(told) = passage(&beside(&open), &to("health")) else { panic!("left out") };
    let key = PlanKey::new(&[1; 32], b"1");
    let planned = Planned::of(&told.subject, &told.records, &key);
    let child = beside(&over);
    let reason = left_out(passage(&child, &to("health"))).unwrap();
    assert_eq!(farewell(&planned, &child, &to("health"), reason, &key), Farewell::Nothing);
    // Nobody knows of any care: then it was told without ground, and is taken back.
    let nobody = beside(&[]);
    let reason = left_out(passage(&nobody, &to("health"))).unwrap();
    assert!(matches!(farewell(&planned, &nobody, &to("health"), reason, &key), Farewell::Withdrawal { .. }));
}

#[test]
fn what_two_have_released_passes_without_the_field_that_could_not_be_read() {
    let unreadable = CareEpisode { placement_type: Said::Unreadable, ..episode("2020-05-01") };
    let child = Child::new("1").says(person("2015-06-15")).says(unreadable).guard_unreadable();
    let mut child = [held(&child)];
    assert_eq!(left_out(pass(&child, &[], &to("health"))), Some(LeftOut::GuardUnreadable));
    child[0].release_guards();
    let told = through(&child, &[], &to("health"));
    let episode = told.records.iter().find_map(|record| match &record.statement {
        Statement::CareEpisode(episode) => Some(episode),
        _ => None,
    });
    let episode = episode.unwrap();
    assert_eq!((episode.placement_type, episode.start_date), (Said::NotAsked, is_day("2020-05-01")));
    // What the source said is held as it was.
    assert!(child[0].records.iter().any(|record| exchange::carried::guard_is_unreadable(&kit::adapter::Dossier {
        records: vec![record.clone()],
        ..Default::default()
    })));
    // A restriction whose kind could not be read stays one of every kind.
    let unread = Restriction { kind: Said::Unreadable, ..restriction(RestrictionKind::Adopted) };
    let mut restricted = [held(&Child::in_care("1").says(unread).guard_unreadable())];
    restricted[0].release_guards();
    assert!(!tells_place(&through(&restricted, &[], &to("health")).records));
}

#[test]
fn nothing_passes_of_nobody_nor_one_by_one_to_statistics() {
    assert_eq!(left_out(pass(&[], &[], &to("health"))), Some(LeftOut::WithoutIdentifier));
    assert_eq!(left_out(pass(&[Holding::default()], &[], &to("health"))), Some(LeftOut::WithoutIdentifier));
    let child = [held(&Child::in_care("1"))];
    assert_eq!(left_out(pass(&child, &[], &to("statistics"))), Some(LeftOut::WithoutIdentifier));
}

#[test]
fn what_is_former_is_let_out_no_further_than_what_stands() {
    let before = held(&Child::in_care("1"));
    let changed = Child::new("1")
        .says(CareEpisode { legal_status: Said::Is(LegalStatus::InterimCareOrder), ..episode("2020-05-01") });
    let incoming =
        Incoming { dossier: changed.dossier(0), cover: Cover::Partial, replaces: false, has_rejected_rows: false };
    let child = [merge(before, incoming).holding];
    assert!(tells_place(&through(&child, &[], &to("health")).former));
    let house = [restriction(RestrictionKind::NhsRestricted)];
    let restricted = through(&child, &house, &to("health"));
    assert!(!restricted.former.is_empty() && !tells_place(&restricted.former));
}

#[test]
fn a_plan_reads_back_and_says_nothing_without_its_key() {
    let told = through(&[held(&Child::in_care("1"))], &[], &to("health"));
    let plan =
        |secret: u8, version: &[u8]| Planned::of(&told.subject, &told.records, &PlanKey::new(&[secret; 32], version));
    let written = |plan: &Planned| {
        let mut out = Vec::new();
        plan.write(&mut out);
        out
    };
    let bytes = written(&plan(1, b"1"));
    assert_eq!(Planned::read(&bytes), Ok(plan(1, b"1")));
    for cut in 0..bytes.len() {
        if let Ok(shorter) = Planned::read(&bytes[..cut]) {
            assert!(shorter.told().len() < told.records.len());
        }
    }
    assert!(Planned::read(&[]).is_err() && Planned::read(&[2; 17]).is_err());
    let (other_key, other_version) = (plan(2, b"1"), plan(1, b"2"));
    for (n, first) in plan(1, b"1").told().iter().enumerate() {
        assert!(!other_key.told()[n].names_the_same(first));
        assert!(other_version.told()[n].names_the_same(first) && other_version.told()[n] != *first);
    }
    assert!(Planned::default().is_nothing() && !plan(1, b"1").is_nothing());
}

proptest! {
    #[test]
    fn reading_a_plan_is_total(bytes: Vec<u8>) {
        if let Ok(plan) = Planned::read(&bytes) {
            let mut out = Vec::new();
            plan.write(&mut out);
            prop_assert_eq!(out, bytes);
        }
    }
}
