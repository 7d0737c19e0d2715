//! Who is carried: every reason to leave a child out, and the order in which they hold.

use exchange::{
    carried::{LeftOut, left_out},
    recipient::Recipient,
    view::View,
};
use schemas::{
    code::{ConsentDecision, ConsentGivenBy, ConsentScope, EpisodeEndReason, LegalStatus, RestrictionKind},
    date::Date,
    record::{Adoption, CareEpisode, Consent, PlacedForAdoption},
    said::Said,
};

use crate::made::{AS_AT, Child, Trial, authority, consent, day, ended, episode, is_day, person, restriction};

fn on(child: &Child, view: &str, as_at: Option<Date>) -> Option<LeftOut> {
    left_out(&child.dossier(0), View::shipped(view).unwrap(), Recipient::unknown(), as_at)
}

fn in_health(child: &Child) -> Option<LeftOut> {
    on(child, "health", Some(day(AS_AT)))
}

const NOT: Option<LeftOut> = Some(LeftOut::NotLookedAfter { short_breaks: false });
const SHORT: Option<LeftOut> = Some(LeftOut::NotLookedAfter { short_breaks: true });

#[test]
fn an_open_episode_on_the_day_is_being_looked_after() {
    let with = |episode: CareEpisode| in_health(&Child::new("1").says(episode));
    assert_eq!(in_health(&Child::in_care("1")), None);
    assert_eq!(in_health(&Child::new("1").says(person("2015-01-01"))), NOT);
    assert_eq!(with(episode(AS_AT)), None, "it begins on the day");
    assert_eq!(with(episode("2026-04-01")), NOT, "it begins the day after");
    assert_eq!(with(CareEpisode { start_date: Said::Blank, ..episode(AS_AT) }), NOT);
    let returned = EpisodeEndReason::ReturnedHomePlanned;
    assert_eq!(with(ended("2020-01-01", AS_AT, returned)), NOT, "the last day is no longer in it");
    assert_eq!(with(ended("2020-01-01", "2026-04-01", returned)), None, "it ends the day after");
    assert_eq!(with(CareEpisode { end_date: Said::NotAsked, ..episode("2020-01-01") }), None);
}

#[test]
fn an_episode_that_goes_on_as_another_on_the_day_is_open() {
    let moved = ended("2020-01-01", AS_AT, EpisodeEndReason::NewEpisodeSameDay);
    assert_eq!(in_health(&Child::new("1").says(moved.clone())), NOT);
    assert_eq!(in_health(&Child::new("1").says(moved).says(episode(AS_AT))), None);
}

#[test]
fn short_breaks_are_told_apart_and_carry_nobody() {
    let short = |status| CareEpisode { legal_status: Said::Is(status), ..episode("2020-01-01") };
    let agreed = short(LegalStatus::ShortBreaksAgreementRecorded);
    assert_eq!(in_health(&Child::new("1").says(short(LegalStatus::ShortBreaksEpisodesRecorded))), SHORT);
    assert_eq!(in_health(&Child::new("1").says(agreed.clone())), SHORT);
    assert_eq!(in_health(&Child::new("1").says(agreed.clone()).says(episode("2021-01-01"))), None);
    let (outcome, _) = Trial::new("health", vec![Child::new("1").says(agreed), Child::new("2")]).run();
    assert_eq!((outcome.left_out["not-looked-after"], outcome.short_breaks), (2, 1));
}

#[test]
fn what_the_source_takes_back_opens_nothing_and_still_protects() {
    assert_eq!(in_health(&Child::new("1").retracts(episode("2020-01-01"))), NOT);
    let adopted = restriction(RestrictionKind::Adopted);
    assert_eq!(in_health(&Child::in_care("1").retracts(adopted)), Some(LeftOut::Adopted));
}

#[test]
fn without_a_day_nobody_is_looked_after() {
    assert_eq!(on(&Child::in_care("1"), "health", None), NOT);
}

#[test]
fn each_ground_of_adoption_leaves_the_child_out() {
    let order = Adoption { order_date: is_day("2026-05-01"), ..Adoption::default() };
    for child in [
        Child::in_care("1").says(order),
        Child::in_care("1").says(ended("2019-01-01", "2020-01-01", EpisodeEndReason::AdoptedUnopposed)),
        Child::in_care("1").says(ended("2019-01-01", "2020-01-01", EpisodeEndReason::AdoptedConsentDispensedWith)),
        Child::in_care("1").says(restriction(RestrictionKind::Adopted)),
    ] {
        assert_eq!(in_health(&child), Some(LeftOut::Adopted));
    }
    let plan = Adoption { decision_date: is_day("2025-05-01"), ..Adoption::default() };
    assert_eq!(in_health(&Child::in_care("1").says(plan)), None);
}

#[test]
fn any_guard_that_cannot_be_read_holds_the_child() {
    for child in [
        Child::in_care("1").guard_unreadable(),
        Child::in_care("1").says(CareEpisode { placement_type: Said::Unreadable, ..episode("2020-01-01") }),
        Child::in_care("1").says(CareEpisode { end_date: Said::Unreadable, ..episode("2020-01-01") }),
        Child::in_care("1").says(CareEpisode { end_reason: Said::Unreadable, ..episode("2020-01-01") }),
        Child::in_care("1").says(PlacedForAdoption { ceased_date: Said::Unreadable, ..PlacedForAdoption::default() }),
        Child::in_care("1").says(Adoption { match_date: Said::Unreadable, ..Adoption::default() }),
        Child::in_care("1").says(Consent { scope: Said::Unreadable, ..Consent::default() }),
        Child::in_care("1").says(Consent { recipients: Said::Unreadable, ..Consent::default() }),
    ] {
        assert_eq!(in_health(&child), Some(LeftOut::GuardUnreadable));
        assert_eq!(on(&child, "statistics", Some(day(AS_AT))), Some(LeftOut::GuardUnreadable));
        assert_eq!(on(&child, "local-authority", Some(day(AS_AT))), None);
    }
    let other = CareEpisode { legal_status: Said::Unreadable, ..episode("2020-01-01") };
    assert_eq!(in_health(&Child::in_care("1").says(other)), None);
}

fn born(birth: &str) -> Child {
    Child::new("1").says(person(birth)).says(episode("2020-01-01"))
}

#[test]
fn from_the_eighteenth_birthday_on_it_takes_ones_own_consent() {
    let adult = Some(LeftOut::AdultWithoutConsent);
    assert_eq!(in_health(&born("2008-04-01")), None);
    assert_eq!(in_health(&born("2008-03-31")), adult);
    for (as_at, expected) in [("2026-02-28", None), ("2026-03-01", adult)] {
        assert_eq!(on(&born("2008-02-29"), "health", Some(day(as_at))), expected, "{as_at}");
    }
    let (permit, oneself) = (ConsentDecision::Permit, ConsentGivenBy::Oneself);
    let with = |consent: Consent| in_health(&born("2008-03-31").says(consent));
    assert_eq!(with(consent(permit, oneself)), None);
    assert_eq!(with(consent(permit, ConsentGivenBy::Parent)), adult);
    assert_eq!(with(consent(permit, ConsentGivenBy::LocalAuthority)), adult);
    assert_eq!(with(consent(ConsentDecision::Deny, oneself)), adult);
    let limited = |consent: Consent| with(consent);
    assert_eq!(limited(Consent { scope: Said::Is(ConsentScope::Passport), ..consent(permit, oneself) }), adult);
    assert_eq!(limited(Consent { start_date: is_day("2026-04-01"), ..consent(permit, oneself) }), adult);
    assert_eq!(limited(Consent { start_date: is_day(AS_AT), ..consent(permit, oneself) }), None);
    assert_eq!(limited(Consent { start_date: Said::Blank, ..consent(permit, oneself) }), adult);
    assert_eq!(limited(Consent { end_date: is_day(AS_AT), ..consent(permit, oneself) }), adult);
    assert_eq!(limited(Consent { end_date: is_day("2026-04-01"), ..consent(permit, oneself) }), None);
    let to_some = Consent { recipients: Said::Is(vec!["RR8".into()]), ..consent(permit, oneself) };
    assert_eq!(limited(to_some), adult);
    assert_eq!(in_health(&born("2008-03-31").retracts(consent(permit, oneself))), adult);
}

#[test]
fn a_refusal_leaves_the_child_out_until_it_has_ended() {
    let deny = || consent(ConsentDecision::Deny, ConsentGivenBy::Parent);
    let with = |consent: Consent| in_health(&Child::in_care("1").says(consent));
    let refused = Some(LeftOut::Consent);
    assert_eq!(with(deny()), refused);
    assert_eq!(with(Consent { recipients: Said::Is(vec!["health".into()]), ..deny() }), refused);
    assert_eq!(with(Consent { end_date: is_day(AS_AT), ..deny() }), refused, "its last day belongs to it");
    assert_eq!(with(Consent { end_date: is_day("2026-03-30"), ..deny() }), None);
    assert_eq!(with(Consent { scope: Said::Is(ConsentScope::Immunisation), ..deny() }), None);
    let both = Child::in_care("1").says(deny()).says(consent(ConsentDecision::Permit, ConsentGivenBy::Oneself));
    assert_eq!(in_health(&both), refused, "a permission does not undo it");
}

#[test]
fn an_authority_gets_its_own_children_and_none_of_anothers() {
    let of = |child: &Child, view: &View, own: Option<&str>| {
        let recipient = Recipient::default().of_authority(own.map(authority));
        left_out(&child.dossier(0), view, &recipient, Some(day(AS_AT)))
    };
    let [own, health] = ["local-authority", "health"].map(|name| View::shipped(name).unwrap());
    let child = Child::in_care("1");
    let anothers = Child { authority: Some(authority("331")), ..child.clone() };
    let nobodys = Child { authority: None, ..child.clone() };
    assert_eq!(of(&child, own, Some("330")), None);
    assert_eq!(of(&anothers, own, Some("330")), Some(LeftOut::OtherAuthority));
    assert_eq!(of(&anothers, &own.meet(health), Some("330")), Some(LeftOut::OtherAuthority), "met with another's");
    assert_eq!(of(&anothers, health, Some("330")), None, "whom a route names, whoever is responsible");
    assert_eq!(of(&nobodys, own, Some("330")), None, "nobody says that it is another's");
    assert_eq!(of(&anothers, own, None), None, "nobody knows who reads");
}

#[test]
fn each_child_is_counted_once_at_the_first_that_holds() {
    let deny = consent(ConsentDecision::Deny, ConsentGivenBy::Oneself);
    let refused = Child::new("5").says(person("2015-01-01")).says(episode("2020-01-01")).says(deny.clone());
    let adult = born("2001-01-01").says(deny.clone());
    let gone = Child::new("3").says(person("2001-01-01")).says(deny.clone());
    let held = gone.clone().guard_unreadable();
    let adopted = held.clone().says(restriction(RestrictionKind::Adopted));
    for (child, first) in [
        (&adopted, Some(LeftOut::Adopted)),
        (&held, Some(LeftOut::GuardUnreadable)),
        (&gone, NOT),
        (&adult, Some(LeftOut::AdultWithoutConsent)),
        (&refused, Some(LeftOut::Consent)),
    ] {
        assert_eq!(in_health(child), first);
    }
    let children = vec![adopted, held, gone, adult, refused, Child::in_care("6")];
    let (outcome, kept) = Trial::new("health", children.clone()).run();
    let counts: Vec<(&str, u64)> = outcome.left_out.iter().map(|(word, number)| (*word, *number)).collect();
    assert_eq!(
        counts,
        [
            ("adopted", 1),
            ("adult-without-consent", 1),
            ("consent", 1),
            ("guard-unreadable", 1),
            ("not-looked-after", 1)
        ]
    );
    assert_eq!(outcome.subjects, 6);
    assert_eq!(outcome.findings.errors(), 0, "none of them is told by a place");
    assert_eq!(kept.text().matches("child ").count(), 1);
    let (outcome, kept) = Trial::new("local-authority", children).run();
    assert!(outcome.left_out.is_empty());
    assert_eq!(kept.text().matches("child ").count(), 6);
}

#[test]
fn a_child_whom_nothing_let_out_names_is_left_out_under_a_key_that_everybody_knows() {
    let mut pupil = Child::in_care("1").with_nhs_number_and_upn();
    pupil.identifiers.drain(..2);
    let (outcome, _) = Trial::new("health", vec![pupil.clone()]).run();
    assert_eq!(outcome.left_out["without-identifier"], 1);
    let (outcome, kept) = Trial { id_key_is_secret: true, ..Trial::new("health", vec![pupil]) }.run();
    assert!(outcome.left_out.is_empty());
    assert!(!kept.text().contains("J330999925001"));
    let (outcome, _) = Trial::new("local-authority", vec![Child::default()]).run();
    assert_eq!(outcome.left_out["without-identifier"], 1);
}
