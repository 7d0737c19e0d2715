//! Searches for homes: small numbers, whom waves ask, and what may become of an offer.

use exchange::market::referral::{
    alike::{ALIKE_CHILDREN_MIN, Looks},
    issue::{Choices, make},
    offer::{Actor, check, is_over, may_become, moved_in, with_places},
    wave::{Asks, check as check_waves},
};
use kit::adapter::Dossier;
use proptest::prelude::*;
use schemas::{
    code::{Code, EthnicGroup, Ethnicity, InfantAge, LanguageGroup, OfferStatus, ReferralStatus, Sex, VacancyStatus},
    date::{Date, DateTime},
    diagnostic::Place,
    record::{
        Offer, OfferMore, Person, Places, Record, Referral, ReferralMore, ReferralWave, ReferredChild, Source, Subject,
        Vacancy, VacancyMore,
    },
    reflect::Number,
    said::Said,
};

fn moment(text: &str) -> DateTime {
    DateTime::read(text.as_bytes()).unwrap()
}

fn at() -> DateTime {
    moment("2026-01-12T09:00:00+00:00")
}

/// A child of an age in years, of whom little is said.
fn dossier(born: &str, ethnicity: Ethnicity) -> Dossier {
    let subject = std::sync::Arc::new(Subject::child(Vec::new(), None));
    let person = Person {
        birth_date: Said::Is(Date::parse_iso(born.as_bytes()).unwrap()),
        sex: Said::Is(Sex::Female),
        ethnicity: Said::Is(ethnicity),
        ..Person::default()
    };
    let record = Record { subject: subject.clone(), statement: person.into(), source: Source::at(Place::Document) };
    Dossier { subject: Some(subject), records: vec![record], ..Dossier::default() }
}

fn child_of(referral: &Referral) -> ReferredChild {
    referral.more.as_deref().unwrap().children.as_ref().is().unwrap()[0].clone()
}

fn looks(born: &str, ethnicity: Ethnicity) -> Looks {
    Looks::of(&dossier(born, ethnicity), at().date().unwrap())
}

#[test]
fn what_five_children_have_in_common_is_left_away_and_what_six_have_is_told() {
    let own = dossier("2016-05-14", Ethnicity::Indian);
    let made = |alike: usize, others: usize| {
        let mut census = vec![looks("2016-05-14", Ethnicity::Indian); alike];
        census.extend(vec![looks("2016-05-14", Ethnicity::WhiteBritish); others]);
        make(&Referral::default(), std::slice::from_ref(&own), Some(&census), Choices::default(), at()).unwrap()
    };
    let enough = made(ALIKE_CHILDREN_MIN, 0);
    assert!(enough.told.is_empty());
    assert_eq!(child_of(&enough.referral).ethnic_group, Said::Is(EthnicGroup::Asian));
    let few = made(ALIKE_CHILDREN_MIN - 1, 50);
    assert_eq!(few.told.iter().map(|rule| rule.code).collect::<Vec<_>>(), ["ifa/small-number"]);
    let child = child_of(&few.referral);
    assert_eq!((child.ethnic_group, child.uasc), (Said::Is(EthnicGroup::Unknown), Said::NotAsked));
    assert_eq!(child.language_group, Said::Is(LanguageGroup::Unknown));
}

#[test]
fn without_a_count_nothing_is_sent_out_unless_what_singles_out_is_withheld() {
    let own = dossier("2016-05-14", Ethnicity::Indian);
    let made = |choices| make(&Referral::default(), std::slice::from_ref(&own), None, choices, at());
    assert_eq!(made(Choices::default()).unwrap_err().rule.code, "ifa/small-number-unknown");
    let all =
        Choices { withholds_languages: true, withholds_ethnic_group: true, withholds_uasc: true, ..Choices::default() };
    let child = child_of(&made(all).unwrap().referral);
    assert_eq!((child.ethnic_group, child.uasc, child.languages), (Said::NotAsked, Said::NotAsked, Said::NotAsked));
    for one in [
        Choices { withholds_uasc: false, ..all },
        Choices { withholds_languages: false, ..all },
        Choices { withholds_ethnic_group: false, ..all },
    ] {
        assert!(made(one).is_err());
    }
}

#[test]
fn under_two_an_age_is_told_in_months_and_what_nobody_knows_is_unknown() {
    let told = |born: &str| {
        let own = dossier(born, Ethnicity::NotYetObtained);
        let census = vec![looks(born, Ethnicity::NotYetObtained); 6];
        child_of(&make(&Referral::default(), &[own], Some(&census), Choices::default(), at()).unwrap().referral)
    };
    for (born, years, infant) in [
        ("2026-01-12", None, Some(InfantAge::UnderSixMonths)),
        ("2025-07-13", None, Some(InfantAge::UnderSixMonths)),
        ("2025-07-12", None, Some(InfantAge::SixToElevenMonths)),
        ("2025-01-12", None, Some(InfantAge::TwelveToTwentyThreeMonths)),
        ("2024-01-13", None, Some(InfantAge::TwelveToTwentyThreeMonths)),
        ("2024-01-12", Some(2), None),
        ("2010-01-13", Some(15), None),
    ] {
        let child = told(born);
        assert_eq!((child.age_years.is().map(Number::get), child.infant_age.is()), (years, infant), "{born}");
        assert_eq!(child.ethnic_group, Said::Is(EthnicGroup::Unknown));
        assert!(child.legal_status_group.has_value() && child.needs.has_value() && child.education.has_value());
    }
}

#[test]
fn a_wave_names_whom_it_asks_and_there_is_none_to_all() {
    for text in ["in-house", "tier:1", "framework:wm-fostering", "urn:SC999901", " IN-HOUSE "] {
        assert!(Asks::read(text).is_some(), "{text}");
    }
    for text in ["", "all", "tier:0", "tier:", "tier:-1", "framework:", "urn:1", "in-house:1", "tier:1:2"] {
        assert!(Asks::read(text).is_none(), "{text}");
    }
    let wave = |to: &str| ReferralWave { to: Said::Is(vec![to.into()]), ..ReferralWave::default() };
    let code = |waves: &[ReferralWave]| check_waves(waves, None, &[], false).err().map(|rule| rule.code);
    assert_eq!(code(&[wave("in-house"), wave("urn:SC999901")]), None);
    for waves in
        [vec![], vec![wave("all")], vec![wave("tier:1")], vec![ReferralWave::default()], vec![wave("in-house"); 21]]
    {
        assert_eq!(code(&waves), Some("ifa/wave-unknown"));
    }
}

fn referral() -> Referral {
    let child = |number| ReferredChild { child_no: Said::Is(Number::new(number).unwrap()), ..ReferredChild::default() };
    let more = ReferralMore { children: Said::Is(vec![child(1), child(2)]), ..ReferralMore::default() };
    Referral {
        status: Said::Is(ReferralStatus::Open),
        respond_by: Said::Is(moment("2026-01-13T17:00:00+00:00")),
        more: Some(Box::new(more)),
        ..Referral::default()
    }
}

fn vacancy(available: u16, reserved: u16) -> Vacancy {
    let number = |count| Said::Is(Number::new(count).unwrap());
    let places = Places {
        approved: number(9),
        occupied: number(0),
        available: number(available),
        reserved: number(reserved),
        ..Places::default()
    };
    let status = if available > 0 { VacancyStatus::Open } else { VacancyStatus::Reserved };
    let more = VacancyMore { places: Said::Is(places), ..VacancyMore::default() };
    Vacancy { status: Said::Is(status), more: Some(Box::new(more)), ..Vacancy::default() }
}

#[test]
fn an_offer_is_for_children_and_places_that_there_are_and_comes_in_time() {
    let offer = |children: &[u16], vacancy_id: Option<&str>| {
        let children = children.iter().map(|number| Number::new(*number).unwrap()).collect();
        let more = OfferMore { children: Said::Is(children), ..OfferMore::default() };
        Offer {
            status: Said::Is(OfferStatus::Offered),
            vacancy_id: vacancy_id.map_or(Said::NotAsked, |id| Said::Is(id.into())),
            more: Some(Box::new(more)),
            ..Offer::default()
        }
    };
    let code = |offer: &Offer, vacancy: Option<&Vacancy>, at| {
        check(offer, &referral(), vacancy, at).err().map(|rule| rule.code)
    };
    assert_eq!(code(&offer(&[1], None), None, at()), None);
    assert_eq!(code(&offer(&[3], None), None, at()), Some("ifa/offer-children"));
    assert_eq!(code(&offer(&[1], Some("V-1")), None, at()), Some("ifa/offer-vacancy"));
    assert_eq!(code(&offer(&[1], Some("V-1")), Some(&vacancy(1, 0)), at()), None);
    assert_eq!(code(&offer(&[1, 2], Some("V-1")), Some(&vacancy(1, 0)), at()), Some("ifa/offer-over-places"));
    // An offer that names nobody is for all.
    assert_eq!(code(&offer(&[], Some("V-1")), Some(&vacancy(1, 0)), at()), Some("ifa/offer-over-places"));
    assert_eq!(code(&offer(&[1], None), None, moment("2026-01-13T17:00:00Z")), None, "at the deadline");
    assert_eq!(code(&offer(&[1], None), None, moment("2026-01-13T17:00:01Z")), Some("ifa/offer-late"));
}

#[test]
fn a_search_is_over_after_its_deadline_once_no_offer_holds() {
    let deadline = "2026-01-13T17:00:00Z";
    let asked = Referral { respond_by: Said::Is(moment(deadline)), ..referral() };
    let offer = |status, until: Option<&str>| {
        let valid_until = until.map_or(Said::NotAsked, |until| Said::Is(moment(until)));
        let more = OfferMore { valid_until, ..OfferMore::default() };
        Offer { status: Said::Is(status), more: Some(Box::new(more)), ..Offer::default() }
    };
    let over = |offers: &[Offer], at: &str| is_over(&asked, offers, moment("2026-01-16T17:00:00Z"), moment(at));
    assert!(!over(&[], deadline) && over(&[], "2026-01-13T17:00:01Z"), "up to the deadline offers are taken");
    let named = [offer(OfferStatus::Offered, Some("2026-01-14T17:00:00Z"))];
    assert!(!over(&named, "2026-01-14T16:59:59Z") && over(&named, "2026-01-14T17:00:00Z"), "as long as it says");
    let undated = [offer(OfferStatus::Offered, None)];
    assert!(!over(&undated, "2026-01-16T16:59:59Z") && over(&undated, "2026-01-16T17:00:00Z"));
    use OfferStatus::{Declined, Expired, NoOffer, Undone, Withdrawn};
    let ended =
        [Declined, Expired, NoOffer, Undone, Withdrawn].map(|status| offer(status, Some("2026-02-01T00:00:00Z")));
    assert!(over(&ended, "2026-01-13T17:00:01Z"));
    assert!(!over(&[offer(OfferStatus::Accepted, None)], "2026-03-01T00:00:00Z"), "somebody lives there");
    for status in [ReferralStatus::Matched, ReferralStatus::Closed] {
        let other = Referral { status: Said::Is(status), ..asked.clone() };
        assert!(!is_over(&other, &[], moment(deadline), moment("2026-03-01T00:00:00Z")));
    }
    let undated = Referral { respond_by: Said::NotAsked, ..asked.clone() };
    assert!(!is_over(&undated, &[], moment(deadline), moment("2026-03-01T00:00:00Z")));
}

fn any_status() -> impl Strategy<Value = OfferStatus> {
    (0..OfferStatus::LIST.entries.len()).prop_map(|index| OfferStatus::from_index(index as u8).unwrap())
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![Just(Actor::Agency), Just(Actor::Authority), Just(Actor::Gateway)]
}

proptest! {
    #[test]
    fn what_has_ended_does_not_move_and_nobody_decides_for_another(from in any_status(), to in any_status(), actor in any_actor()) {
        use OfferStatus::{Accepted, Declined, Expired, Undone, Withdrawn};
        if matches!(from, Declined | Withdrawn | Expired | Undone) {
            prop_assert!(!may_become(Some(from), to, actor));
        }
        if may_become(Some(from), to, actor) {
            prop_assert_eq!(to == Accepted, actor == Actor::Authority && to == Accepted);
            prop_assert!(to != Withdrawn || actor == Actor::Agency);
            prop_assert!(to != Expired || actor == Actor::Gateway);
        }
    }

    #[test]
    fn places_that_are_reserved_and_given_back_are_as_they_were(available in 0..=9_u16, reserved in 0..=9_u16, children in 1..=4_usize) {
        let held = vacancy(available, reserved);
        match with_places(&held, children, true) {
            None => prop_assert!(usize::from(available) < children),
            Some(taken) => {
                prop_assert_eq!(taken.status == Said::Is(VacancyStatus::Reserved), usize::from(available) == children);
                let back = with_places(&taken, children, false).unwrap();
                prop_assert_eq!(&back, &held);
                let moved = moved_in(&taken, children).unwrap();
                let places = moved.more.as_deref().unwrap().places.clone().is().unwrap();
                prop_assert_eq!(places.occupied.is().unwrap().get(), children as u16);
                prop_assert_eq!(places.reserved.is().unwrap().get(), reserved);
            }
        }
    }
}
