//! Which children a view or a route carries, and that filters only narrow each other.

use std::collections::BTreeSet;

use exchange::{
    carried::{LeftOut, left_out},
    children::{Children, Statuses},
    narrow::Changes,
    recipient::Recipient,
    view::View,
};
use schemas::{
    code::{ConsentDecision, ConsentGivenBy, Eligibility, LegalStatus},
    date::Date,
    identifier::LaCode,
    postcode::Postcode,
    record::{CareEpisode, CareLeaver, Consent},
    reflect::Open,
    said::Said,
};

use crate::made::{AS_AT, Child, authority, consent, day, episode, person, postcode};

fn carried(child: &Child, view: &str, children: Children) -> Option<LeftOut> {
    by(Recipient::unknown(), child, view, children)
}

fn by(recipient: &Recipient, child: &Child, view: &str, children: Children) -> Option<LeftOut> {
    let changes = Changes { children, ..Changes::default() };
    let view = View::narrow(View::shipped(view).unwrap(), changes).unwrap();
    left_out(&child.dossier(0), &view, recipient, Some(day(AS_AT)))
}

fn areas(areas: &[&str]) -> Option<BTreeSet<Postcode>> {
    Some(areas.iter().map(|area| postcode(area).is().unwrap()).collect())
}

fn authorities(codes: &[&str]) -> Option<BTreeSet<LaCode>> {
    Some(codes.iter().map(|code| authority(code)).collect())
}

const NOT_CHOSEN: Option<LeftOut> = Some(LeftOut::NotChosen);

#[test]
fn each_part_of_a_filter_takes_in_and_leaves_out() {
    let child = Child::in_care("1");
    let plain = Children::default;
    for (children, expected) in [
        (plain(), None),
        (Children { authorities: authorities(&["331", "330"]), ..plain() }, None),
        (Children { authorities: authorities(&["331"]), ..plain() }, NOT_CHOSEN),
        (Children { authorities: authorities(&[]), ..plain() }, NOT_CHOSEN),
        (Children { age_min: Some(10), age_max: Some(10), ..plain() }, None),
        (Children { age_min: Some(11), ..plain() }, NOT_CHOSEN),
        (Children { age_max: Some(9), ..plain() }, NOT_CHOSEN),
        (Children { placement_authorities: authorities(&["330"]), ..plain() }, None),
        (Children { placement_authorities: authorities(&["332"]), ..plain() }, NOT_CHOSEN),
        (Children { placement_areas: areas(&["CV1", "B99"]), ..plain() }, None),
        (Children { placement_areas: areas(&["B9"]), ..plain() }, NOT_CHOSEN),
        (Children { statuses: Some(Statuses::LOOKED_AFTER), ..plain() }, None),
        (Children { statuses: Some(Statuses { looked_after: false, care_leaver: true }), ..plain() }, NOT_CHOSEN),
        (Children { short_breaks: Some(false), ..plain() }, None),
    ] {
        for view in ["health", "virtual-school", "carer", "statistics", "local-authority"] {
            assert_eq!(carried(&child, view, children.clone()), expected, "{view}: {children:?}");
        }
    }
}

#[test]
fn who_does_not_say_what_is_asked_is_not_chosen() {
    let nameless = Child { authority: None, ..Child::new("1").says(episode("2020-05-01")) };
    let young = Children { age_max: Some(17), ..Children::default() };
    assert_eq!(carried(&nameless, "health", young.clone()), NOT_CHOSEN);
    assert_eq!(
        carried(&nameless, "health", Children { authorities: authorities(&["330"]), ..Children::default() }),
        NOT_CHOSEN
    );
    let nowhere = CareEpisode { placement_la: Said::Blank, placement_postcode: Said::Blank, ..episode("2020-05-01") };
    let here = Children { placement_areas: areas(&["B99"]), ..Children::default() };
    assert_eq!(carried(&Child::new("1").says(nowhere), "health", here.clone()), NOT_CHOSEN);
    // Of two birth dates and two open episodes each must be such as is asked.
    let twice = Child::in_care("1").says(person("2008-01-01"));
    assert_eq!(carried(&twice, "statistics", young), NOT_CHOSEN);
    let elsewhere = CareEpisode { placement_postcode: postcode("CV1 1AA"), ..episode("2021-05-01") };
    assert_eq!(carried(&Child::in_care("1").says(elsewhere), "health", here), NOT_CHOSEN);
}

#[test]
fn short_breaks_are_carried_where_that_is_said() {
    let agreed = LegalStatus::ShortBreaksAgreementRecorded;
    let child = Child::new("1").says(CareEpisode { legal_status: Said::Is(agreed), ..episode("2020-05-01") });
    let with = |short_breaks| Children { short_breaks, ..Children::default() };
    let short = Some(LeftOut::NotLookedAfter { short_breaks: true });
    assert_eq!(carried(&child, "health", with(Some(true))), None);
    assert_eq!(carried(&child, "health", with(Some(false))), short);
    assert_eq!(carried(&child, "health", with(None)), short);
    assert_eq!(carried(&child, "statistics", with(None)), None);
    assert_eq!(carried(&child, "statistics", with(Some(false))), NOT_CHOSEN);
}

fn leaver(eligibility: Said<Open<Eligibility>>) -> CareLeaver {
    CareLeaver { eligibility, ..CareLeaver::default() }
}

#[test]
fn care_leavers_are_carried_where_that_is_said_and_adults_with_their_own_consent() {
    let leavers =
        || Children { statuses: Some(Statuses { looked_after: true, care_leaver: true }), ..Children::default() };
    let listed = |eligibility| Said::Is(Open::Listed(eligibility));
    let left = Some(LeftOut::NotLookedAfter { short_breaks: false });
    let adult = Some(LeftOut::AdultWithoutConsent);
    let of = |born: &str, said| Child::new("1").says(person(born)).says(leaver(said));
    assert_eq!(carried(&of("2009-01-01", listed(Eligibility::Relevant)), "health", Children::default()), left);
    assert_eq!(carried(&of("2009-01-01", listed(Eligibility::Relevant)), "health", leavers()), None);
    assert_eq!(carried(&of("2009-01-01", Said::NotAsked), "health", leavers()), None);
    for said in [listed(Eligibility::Eligible), listed(Eligibility::NoCurrentEligibility), Said::Refused] {
        assert_eq!(carried(&of("2009-01-01", said), "health", leavers()), left);
    }
    let grown = of("2005-01-01", listed(Eligibility::FormerRelevant));
    assert_eq!(carried(&grown, "health", leavers()), adult);
    let permit = || consent(ConsentDecision::Permit, ConsentGivenBy::Oneself);
    assert_eq!(carried(&grown.clone().says(permit()), "health", leavers()), None);
    let ageless = Child::new("1").says(leaver(listed(Eligibility::Qualifying)));
    assert_eq!(carried(&ageless, "health", leavers()), adult, "nobody knows that it is still a child");
    let old = of("2001-03-31", listed(Eligibility::FormerRelevant)).says(permit());
    assert_eq!(carried(&old, "health", leavers()), left, "25 on the day");
}

#[test]
fn a_consent_or_refusal_that_names_recipients_is_held_against_the_one_that_is_known() {
    let naming = |decision, names: &[&str]| Consent {
        recipients: Said::Is(names.iter().map(|name| (*name).into()).collect()),
        ..consent(decision, ConsentGivenBy::Oneself)
    };
    let grown = |consent: Consent| Child::new("1").says(person("2008-03-31")).says(episode("2020-05-01")).says(consent);
    let (trust, other) = (Recipient::organisation("RKB"), Recipient::organisation("RR8"));
    let (all, adult, refused) = (Children::default, Some(LeftOut::AdultWithoutConsent), Some(LeftOut::Consent));
    let permitted = grown(naming(ConsentDecision::Permit, &["RKB"]));
    assert_eq!(by(&trust, &permitted, "health", all()), None);
    assert_eq!(by(&other, &permitted, "health", all()), adult);
    assert_eq!(carried(&permitted, "health", all()), adult);
    let deny = Child::in_care("1").says(naming(ConsentDecision::Deny, &["RKB"]));
    assert_eq!(by(&trust, &deny, "health", all()), refused);
    assert_eq!(by(&other, &deny, "health", all()), None);
    assert_eq!(carried(&deny, "health", all()), refused);
    let all_refused = Child::in_care("1").says(consent(ConsentDecision::Deny, ConsentGivenBy::Parent));
    assert_eq!(by(&other, &all_refused, "health", all()), refused);
}

#[test]
fn referral_and_provider_carry_no_child_of_a_document() {
    for view in ["referral", "provider"] {
        assert_eq!(carried(&Child::in_care("1"), view, Children::default()), Some(LeftOut::NotReleased));
    }
}

#[test]
fn whom_a_met_filter_takes_in_both_filters_take_in() {
    let young = Children { age_max: Some(12), authorities: authorities(&["330", "331"]), ..Children::default() };
    let old = Children {
        age_min: Some(5),
        age_max: Some(15),
        authorities: authorities(&["331", "332"]),
        statuses: Some(Statuses { looked_after: true, care_leaver: true }),
        short_breaks: Some(true),
        ..Children::default()
    };
    let met = young.meet(&old);
    assert_eq!(met, old.meet(&young));
    assert_eq!(met.meet(&met), met);
    assert_eq!((met.age_min, met.age_max, met.short_breaks), (Some(5), Some(12), Some(true)));
    assert!(met.authorities == authorities(&["331"]) && met.statuses == old.statuses);
    let strict = met.meet(&Children {
        statuses: Some(Statuses::LOOKED_AFTER),
        short_breaks: Some(false),
        ..Children::default()
    });
    assert_eq!((strict.statuses, strict.short_breaks), (Some(Statuses::LOOKED_AFTER), Some(false)));
}

#[test]
fn without_a_day_no_age_is_known() {
    let view = View::narrow(
        View::shipped("statistics").unwrap(),
        Changes { children: Children { age_max: Some(17), ..Children::default() }, ..Changes::default() },
    );
    let without: Option<Date> = None;
    let dossier = Child::in_care("1").dossier(0);
    assert_eq!(left_out(&dossier, &view.unwrap(), Recipient::unknown(), without), NOT_CHOSEN);
}
