//! Overrides are stronger than views: a protected place leaves in no way, nor the place of whoever shares it.

use schemas::{
    code::{EpisodeEndReason, PlacedCeasedReason, PlacementLocation, PlacementType, RestrictionKind, TelecomSystem},
    identifier::{Laestab, SchoolUrn},
    record::{
        CareEpisode, Delegation, DesignatedTeacher, EducationPlan, EducationPlanMore, Enrolment, EnrolmentMore,
        NhsOrganisation, Person, PersonMore, PlacedForAdoption, Restriction, SocialWorker, Target, Telecom,
    },
    said::Said,
};

use crate::made::{Child, Trial, ended, episode, is_day, let_out, person, postcode, restriction, urn};

/// What of a place health still sees.
fn place_words(text: &str) -> Vec<&str> {
    [
        "placement_postcode",
        "placement_urn",
        "placement_provider",
        "placement_la",
        "placement_location",
        "gp=",
        "telecom",
    ]
    .into_iter()
    .filter(|word| text.contains(word))
    .collect()
}

fn reachable() -> Child {
    let telecom = Telecom { system: Said::Is(TelecomSystem::all_first()), value: Said::Is("07700 900123".into()) };
    let more = PersonMore {
        gp: Said::Is(NhsOrganisation { ods: Said::Is("M85001".into()), name: Said::NotAsked }),
        telecom: Said::Is(vec![telecom]),
        ..PersonMore::default()
    };
    Child::new("1")
        .says(Person { more: Some(Box::new(more)), ..person("2015-06-15") })
        .says(ended("2019-01-01", "2020-05-01", EpisodeEndReason::NewEpisodeSameDay))
        .says(episode("2020-05-01"))
}

trait First: Sized {
    fn all_first() -> Self;
}

impl<C: schemas::code::Code> First for C {
    fn all_first() -> Self {
        Self::from_index(0).unwrap()
    }
}

#[test]
fn a_child_without_any_restriction_keeps_the_place() {
    assert_eq!(
        place_words(&let_out("health", vec![reachable()])),
        ["placement_postcode", "placement_urn", "placement_la", "placement_location", "gp=", "telecom"]
    );
}

#[test]
fn the_nhs_restricts_place_practice_and_telephone_in_every_episode() {
    for (kind, label) in [
        (RestrictionKind::NhsRestricted, "NHS_RESTRICTED"),
        (RestrictionKind::NhsVeryRestricted, "NHS_VERY"),
        (RestrictionKind::Redacted, "REDACTED"),
    ] {
        let child = reachable().says(restriction(kind));
        let (outcome, kept) = Trial::new("health", vec![child]).run();
        let text = kept.text();
        assert_eq!(place_words(&text), [""; 0], "{text}");
        assert_eq!(text.matches("CareEpisode start_date").count(), 2);
        assert!(text.contains(&format!("Restriction kind={label}\n")), "{text}");
        assert_eq!(count(&outcome, "view/restricted"), 3, "the person and two episodes");
    }
}

fn count(outcome: &exchange::pipeline::Outcome, code: &str) -> u64 {
    outcome.findings.counts().filter(|count| count.rule.code == code).map(|count| count.count).sum()
}

#[test]
fn a_restricted_location_leaves_health_the_practice_and_nobody_the_place() {
    let child = reachable().says(restriction(RestrictionKind::AuthorityRestricted));
    let text = let_out("health", vec![child.clone()]);
    assert_eq!(place_words(&text), ["gp=", "telecom"]);
    assert_eq!(text.matches("Restriction kind=LA_RESTRICTED\n").count(), 1, "stated once, not labelled again");
    let text = let_out("statistics", vec![child.clone()]);
    assert_eq!(place_words(&text), [""; 0]);
    assert!(!text.contains("Restriction"));
    assert_eq!(let_out("local-authority", vec![child]).matches("placement_postcode=B991AA").count(), 2);
}

#[test]
fn a_past_until_lifts_nothing() {
    let past = Restriction { until: is_day("2021-01-01"), ..restriction(RestrictionKind::AuthorityRestricted) };
    assert_eq!(place_words(&let_out("health", vec![reachable().says(past)])), ["gp=", "telecom"]);
}

#[test]
fn a_restriction_that_does_not_say_which_it_is_may_be_any() {
    let vague = Restriction { kind: Said::Blank, ..restriction(RestrictionKind::AuthorityRestricted) };
    assert_eq!(place_words(&let_out("health", vec![reachable().says(vague)])), [""; 0]);
}

fn placed(placement: PlacementType) -> CareEpisode {
    CareEpisode { placement_type: Said::Is(placement), ..episode("2025-01-01") }
}

#[test]
fn a_placement_for_adoption_restricts_the_place_and_labels_the_child() {
    for placement in [
        PlacementType::AdoptionByConsentWithCurrentCarer,
        PlacementType::AdoptionByConsentNotWithCurrentCarer,
        PlacementType::AdoptionUnderOrderWithCurrentCarer,
        PlacementType::AdoptionUnderOrderNotWithCurrentCarer,
        PlacementType::LegacyA1,
        PlacementType::LegacyA2,
    ] {
        let text = let_out("health", vec![reachable().says(placed(placement))]);
        assert_eq!(place_words(&text), ["gp=", "telecom"], "{text}");
        assert_eq!(text.matches("Restriction kind=LA_RESTRICTED\n").count(), 1);
    }
    let fostered = let_out("health", vec![reachable().says(placed(PlacementType::FosterOtherCarerApprovedAdopter))]);
    assert!(!fostered.contains("Restriction") && fostered.contains("placement_postcode"));
}

#[test]
fn a_derived_restriction_ends_with_its_ground() {
    let adoption = PlacementType::AdoptionUnderOrderNotWithCurrentCarer;
    let over = CareEpisode { end_date: is_day("2026-03-31"), ..placed(adoption) };
    assert!(!let_out("health", vec![reachable().says(over)]).contains("Restriction"));
    let not_yet_over = CareEpisode { end_date: is_day("2026-04-01"), ..placed(adoption) };
    assert!(let_out("health", vec![reachable().says(not_yet_over)]).contains("Restriction"));
    let to_come = CareEpisode { start_date: is_day("2026-05-01"), ..placed(adoption) };
    assert!(let_out("health", vec![reachable().says(to_come)]).contains("Restriction"), "open-ended");
}

#[test]
fn placed_for_adoption_until_the_plan_has_ended() {
    let plan = PlacedForAdoption { placed_date: is_day("2025-01-01"), ..PlacedForAdoption::default() };
    let text = let_out("health", vec![reachable().says(plan.clone())]);
    assert_eq!(place_words(&text), ["gp=", "telecom"]);
    assert!(text.contains("Restriction kind=LA_RESTRICTED") && !text.contains("PlacedForAdoption"));
    let ceased = PlacedForAdoption {
        ceased_date: is_day("2026-03-31"),
        ceased_reason: Said::Is(PlacedCeasedReason::all_first()),
        ..plan
    };
    assert!(!let_out("health", vec![reachable().says(ceased)]).contains("Restriction"));
}

#[test]
fn the_label_is_put_for_the_authority_unless_its_own_software_derives_it() {
    let child = || vec![reachable().says(placed(PlacementType::AdoptionUnderOrderNotWithCurrentCarer))];
    let text = let_out("local-authority", child());
    assert!(text.contains("Restriction kind=LA_RESTRICTED basis=DERIVED") && text.contains("placement_postcode"));
    let own = Trial { case_management: true, ..Trial::new("local-authority", child()) }.run().1.text();
    assert!(!own.contains("Restriction"));
}

/// A child in the same home since the same day.
fn beside(id: &str) -> Child {
    Child::new(id).says(person("2014-01-01")).says(episode("2020-05-01"))
}

#[test]
fn who_shares_a_protected_place_is_protected() {
    let restricted = || Child::in_care("1").says(restriction(RestrictionKind::AuthorityRestricted));
    for protected in [
        restricted(),
        Child::in_care("1").says(restriction(RestrictionKind::NhsRestricted)),
        Child::in_care("1").says(restriction(RestrictionKind::Adopted)),
        Child::in_care("1").guard_unreadable(),
        Child::in_care("1").says(PlacedForAdoption { placed_date: is_day("2025-01-01"), ..Default::default() }),
    ] {
        for children in [vec![protected.clone(), beside("2")], vec![beside("2"), protected.clone()]] {
            let text = let_out("health", children);
            assert!(text.contains("la-child=2"));
            assert_eq!(place_words(&text), [""; 0], "{text}");
            let of_two = text.split("child 330 la-child=2").nth(1).unwrap();
            assert!(of_two.contains("Restriction kind=LA_RESTRICTED"), "the label travels");
        }
    }
    let keeps = |other: CareEpisode| {
        let other = Child::new("2").says(person("2014-01-01")).says(other);
        !place_words(&let_out("health", vec![restricted(), other])).is_empty()
    };
    assert!(keeps(CareEpisode { start_date: is_day("2020-05-02"), ..episode("2020-05-02") }));
    assert!(keeps(CareEpisode { placement_postcode: postcode("B99 1AB"), ..episode("2020-05-01") }));
    assert!(keeps(CareEpisode { placement_urn: urn("SC654321"), ..episode("2020-05-01") }));
    assert!(!keeps(episode("2020-05-01")));
}

#[test]
fn what_is_unknown_of_a_place_is_not_unequal() {
    let whole = || episode("2020-05-01");
    let no_urn = || CareEpisode { placement_urn: Said::Blank, ..whole() };
    let no_postcode = || CareEpisode { placement_postcode: Said::Unreadable, ..whole() };
    let shared = |protected: CareEpisode, other: CareEpisode| {
        let protected = Child::new("1").says(protected).says(restriction(RestrictionKind::AuthorityRestricted));
        let other = Child::new("2").says(person("2014-01-01")).says(other);
        place_words(&let_out("health", vec![protected, other])).is_empty()
    };
    for (protected, other) in [
        (whole(), no_urn()),
        (whole(), no_postcode()),
        (no_urn(), whole()),
        (no_postcode(), whole()),
        (no_urn(), no_urn()),
        (no_postcode(), no_postcode()),
    ] {
        assert!(shared(protected.clone(), other.clone()), "{protected:?} {other:?}");
    }
    assert!(!shared(no_urn(), no_postcode()), "of the two nothing that both know is the same");
    let elsewhere = || CareEpisode { placement_postcode: postcode("B99 1AB"), ..whole() };
    assert!(!shared(no_urn(), elsewhere()), "the postcode that both know differs");
    assert!(shared(no_postcode(), elsewhere()), "the agency that both know is the same");
}

#[test]
fn a_place_of_which_nothing_is_known_is_shared_with_nobody() {
    let nowhere =
        || CareEpisode { placement_postcode: Said::Blank, placement_urn: Said::NotApplicable, ..episode("2020-05-01") };
    let restricted = Child::new("1").says(nowhere()).says(restriction(RestrictionKind::AuthorityRestricted));
    let text = let_out("health", vec![restricted, Child::new("2").says(nowhere())]);
    assert_eq!(text.matches("placement_la=330").count(), 1, "{text}");
}

#[test]
fn an_ended_stay_in_the_place_shares_nothing() {
    let restricted = Child::in_care("1").says(restriction(RestrictionKind::AuthorityRestricted));
    let moved_on = Child::new("2")
        .says(ended("2020-05-01", "2024-01-01", EpisodeEndReason::NewEpisodeSameDay))
        .says(CareEpisode { placement_postcode: postcode("B99 9ZZ"), ..episode("2024-01-01") });
    assert!(let_out("health", vec![restricted, moved_on]).contains("placement_postcode=B999ZZ"));
}

#[test]
fn an_untraced_childs_placement_address_stays_in_the_house() {
    let (outcome, kept) = Trial::new("health", vec![reachable().untraced()]).run();
    let text = kept.text();
    assert_eq!(place_words(&text), ["placement_urn", "gp=", "telecom"]);
    assert!(!text.contains("Restriction"), "untraced is no label");
    assert_eq!(count(&outcome, "view/restricted"), 2);
    assert!(let_out("local-authority", vec![reachable().untraced()]).contains("placement_postcode=B991AA"));
}

#[test]
fn only_what_was_said_is_told_as_a_loss_and_the_losses_name_no_value() {
    let silent = CareEpisode {
        placement_postcode: Said::Blank,
        placement_la: Said::NotAsked,
        placement_location: Said::NotAsked,
        ..episode("2020-01-01")
    };
    let (outcome, kept) = Trial::new("health", vec![Child::new("1").says(silent).untraced()]).run();
    assert_eq!(count(&outcome, "view/restricted"), 0);
    assert!(!kept.text().contains("placement_postcode"), "not even that it is blank");
    let child = reachable().says(restriction(RestrictionKind::NhsRestricted));
    let (mut outcome, _) = Trial::new("health", vec![child]).run();
    let told = format!("{:?}", outcome.findings.diagnostics());
    for value in ["B99", "SC123456", "07700", "M85001"] {
        assert!(!told.contains(value));
    }
}

#[test]
fn the_worker_stays_the_way_to_reach_the_child() {
    let worker = SocialWorker { name: Said::Is("Jo Bell".into()), ..SocialWorker::default() };
    let conditions = Delegation { conditions: Said::Is("At 3 Elm Road".into()), ..Delegation::default() };
    let child = reachable().says(worker).says(conditions).says(restriction(RestrictionKind::NhsVeryRestricted));
    let text = let_out("health", vec![child]);
    assert!(text.contains("SocialWorker name=Jo Bell") && !text.contains("Elm"));
}

#[test]
fn an_emptied_record_does_not_leave() {
    let only_place = CareEpisode {
        placement_postcode: postcode("B99 1AA"),
        placement_location: Said::Is(PlacementLocation::InsideAuthority),
        ..CareEpisode::default()
    };
    let text = let_out("health", vec![Child::in_care("1").says(only_place).untraced()]);
    assert_eq!(text.matches("CareEpisode").count(), 1);
}

/// What of a school is let out of a child at one.
fn school_words(view: &'static str, kind: RestrictionKind) -> Vec<&'static str> {
    let teacher =
        DesignatedTeacher { name: Said::Is("A. Teacher".into()), email: Said::Is("dt@school.example".into()) };
    let enrolment = Enrolment {
        school_urn: Said::Is(SchoolUrn::read(b"999999").unwrap()),
        school_laestab: Said::Is(Laestab::read(b"3309999").unwrap()),
        school_name: Said::Is("Invented Primary".into()),
        more: Some(Box::new(EnrolmentMore {
            school_phone: Said::Is("0121 496 0000".into()),
            designated_teacher: Said::Is(teacher),
            ..EnrolmentMore::default()
        })),
        ..Enrolment::default()
    };
    let text = let_out(view, vec![Child::in_care("1").says(enrolment).says(restriction(kind))]);
    ["999999", "3309999", "Invented Primary", "0121 496", "school.example"]
        .into_iter()
        .filter(|word| text.contains(word))
        .collect()
}

#[test]
fn the_school_of_a_restricted_child_is_a_fact_of_education() {
    let all = ["999999", "3309999", "Invented Primary", "0121 496", "school.example"];
    for kind in [RestrictionKind::NhsRestricted, RestrictionKind::AuthorityRestricted] {
        assert_eq!(school_words("virtual-school", kind), all);
        assert_eq!(school_words("carer", kind), [""; 0]);
    }
    assert_eq!(school_words("health", RestrictionKind::NhsRestricted), [""; 0]);
    assert_eq!(school_words("health", RestrictionKind::AuthorityRestricted), all[..3], "the matrix withholds the rest");
}

#[test]
fn the_nhs_restricts_targets_which_are_free_text() {
    let target = Target { text: Said::Is("Walk home from 3 Elm Road".into()), ..Target::default() };
    let more = EducationPlanMore { targets: Said::Is(vec![target]), ..EducationPlanMore::default() };
    let plan = EducationPlan { meeting_date: is_day("2025-11-12"), more: Some(Box::new(more)), ..Default::default() };
    let child = Child::in_care("1").says(plan);
    assert!(let_out("virtual-school", vec![child.clone()]).contains("Elm Road"));
    let text = let_out("virtual-school", vec![child.says(restriction(RestrictionKind::NhsRestricted))]);
    assert!(text.contains("EducationPlan meeting_date=2025-11-12") && !text.contains("Elm Road"), "{text}");
}

#[test]
fn a_collector_is_not_told_of_a_restricted_child_at_all_nor_of_who_lives_with_it() {
    let collector = exchange::views::Views::default().get(exchange::views::COLLECTOR).unwrap();
    assert!(collector.leaves_out_restricted());
    let view: &'static exchange::view::View = Box::leak(Box::new(collector.of_children(&Default::default())));
    for kind in [RestrictionKind::NhsRestricted, RestrictionKind::AuthorityRestricted] {
        let children = vec![
            Child::in_care("1").says(restriction(kind)),
            Child::in_care("2"),
            Child::new("3")
                .says(person("2014-01-01"))
                .says(CareEpisode { placement_postcode: postcode("B99 1AB"), ..episode("2021-05-01") }),
        ];
        let (outcome, kept) = Trial { view, ..Trial::new("virtual-school", children) }.run();
        assert_eq!(outcome.left_out.get("restricted").copied(), Some(2), "{kind:?}");
        assert!(kept.text().contains("la-child=3") && !kept.text().contains("la-child=1"));
    }
    let narrowed = view.meet(exchange::view::View::shipped("virtual-school").unwrap());
    assert!(narrowed.leaves_out_restricted(), "what is left out stays left out");
}
