//! What a notice would change in a child's episodes, row by row of the tables of the formats' description.

use exchange::market::candidate::{Beside, Candidate, End, Move, PlacementUrn, Proposal, Provider, RULES, candidate};
use schemas::{
    code::{
        CategoryOfNeed, EpisodeEndReason, LegalStatus, NoticeKind, PlacementChangeReason, PlacementEndReason,
        PlacementEndedBy, PlacementProvider, PlacementType, ProviderSector, Provision, Rne, VacancyPlacementType,
    },
    date::Date,
    identifier::OfstedUrn,
    postcode::{Postcode, PostcodeRead},
    record::{CareEpisode, PlacementNotice, PlacementNoticeMore},
    said::Said,
};

fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

fn postcode(text: &str) -> Postcode {
    match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(postcode) => postcode,
        _ => panic!("{text} is no postcode"),
    }
}

/// A start notice of a placement on a day.
fn start(provision: Provision, of: VacancyPlacementType, on: &str) -> PlacementNotice {
    PlacementNotice {
        kind: Said::Is(NoticeKind::Start),
        provider_urn: Said::Is("SC999901".into()),
        carer_ref: Said::Is("C-2".into()),
        start_date: Said::Is(day(on)),
        more: Some(Box::new(PlacementNoticeMore {
            provision: Said::Is(provision),
            placement_type: Said::Is(of),
            placement_postcode: Said::Is(postcode("B13 9ZZ")),
            ..PlacementNoticeMore::default()
        })),
        ..PlacementNotice::default()
    }
}

fn usual() -> PlacementNotice {
    start(Provision::Fostering, VacancyPlacementType::ShortTerm, "2026-01-10")
}

/// An end notice for a reason.
fn end(reason: PlacementEndReason, by: PlacementEndedBy, planned: Said<bool>) -> PlacementNotice {
    PlacementNotice {
        kind: Said::Is(NoticeKind::End),
        end_date: Said::Is(day("2026-01-24")),
        more: Some(Box::new(PlacementNoticeMore {
            end_reason: Said::Is(reason),
            ended_by: Said::Is(by),
            planned,
            ..PlacementNoticeMore::default()
        })),
        ..usual()
    }
}

fn open() -> CareEpisode {
    CareEpisode {
        start_date: Said::Is(day("2022-03-01")),
        legal_status: Said::Is(LegalStatus::FullCareOrder),
        category_of_need: Said::Is(CategoryOfNeed::AbuseOrNeglect),
        placement_type: Said::Is(PlacementType::ChildrensHome),
        placement_postcode: Said::Is(postcode("M1 1AA")),
        home_postcode: Said::Is(postcode("B99 1AA")),
        ..CareEpisode::default()
    }
}

fn registered(provision: Provision, sector: Option<ProviderSector>) -> Provider {
    Provider::Registered { provision: Some(provision), sector, is_own: None }
}

fn private() -> Provider {
    registered(Provision::Fostering, Some(ProviderSector::Private))
}

fn beside(open: &CareEpisode) -> Beside<'_> {
    Beside { open: Some(open), began: None, ended: None, provider: private(), born: Some(day("2010-05-05")) }
}

fn moved(notice: &PlacementNotice, beside: &Beside<'_>) -> Move {
    match candidate(notice, beside) {
        Candidate::Move(it) => *it,
        other => panic!("{other:?}"),
    }
}

fn ended(notice: &PlacementNotice, beside: &Beside<'_>) -> End {
    match candidate(notice, beside) {
        Candidate::End(it) => it,
        other => panic!("{other:?}"),
    }
}

fn codes(it: &Move) -> Vec<&'static str> {
    it.told.iter().map(|rule| rule.code).collect()
}

#[test]
fn a_usual_move_ends_one_episode_and_begins_the_next() {
    let episode = open();
    let it = moved(&usual(), &beside(&episode));
    assert_eq!((it.ends.end_date, it.ends.end_reason), (day("2026-01-10"), EpisodeEndReason::NewEpisodeSameDay));
    assert_eq!(it.ends.change_reason, Proposal::Decide(vec![]), "no agency told why");
    let begins = it.begins;
    assert_eq!(begins.start_date, day("2026-01-10"));
    assert_eq!(begins.legal_status, Proposal::Is(LegalStatus::FullCareOrder), "carried over");
    assert_eq!(begins.category_of_need, Proposal::Is(CategoryOfNeed::AbuseOrNeglect), "carried over");
    assert_eq!(begins.home_postcode, Proposal::Is(postcode("B99 1AA")), "the authority's own");
    assert_eq!(begins.placement_postcode, Proposal::Is(postcode("B13 9ZZ")));
    assert_eq!(begins.placement_urn, Proposal::Is(PlacementUrn::Number(OfstedUrn::read(b"SC999901").unwrap())));
    assert!(it.told.is_empty() && it.returns.is_none());
}

#[test]
fn what_is_no_move_is_none() {
    let episode = open();
    let of_kind = |kind| PlacementNotice { kind, ..usual() };
    let none = Beside { open: None, ..beside(&episode) };
    assert_eq!(candidate(&usual(), &none), Candidate::NoOpenEpisode, "a notice cannot start care");
    assert_eq!(
        candidate(&end(PlacementEndReason::Died, PlacementEndedBy::Both, Said::Blank), &none),
        Candidate::NoOpenEpisode
    );
    assert_eq!(candidate(&of_kind(Said::Is(NoticeKind::Change)), &beside(&episode)), Candidate::Nothing);
    assert_eq!(candidate(&of_kind(Said::Blank), &beside(&episode)), Candidate::TooLittle);
    let nowhen = PlacementNotice { start_date: Said::Unreadable, ..usual() };
    assert_eq!(candidate(&nowhen, &beside(&episode)), Candidate::TooLittle);
    for begun in ["2022-03-01", "2022-02-28"] {
        let late = start(Provision::Fostering, VacancyPlacementType::ShortTerm, begun);
        assert_eq!(candidate(&late, &beside(&episode)), Candidate::TooLittle, "the open episode began then or later");
    }
}

#[test]
fn the_reason_of_the_new_episode_goes_by_provider_and_carer() {
    let episode = open();
    let other = |change: fn(&mut PlacementNotice)| {
        let mut began = usual();
        change(&mut began);
        began
    };
    let carer = Proposal::Suggested { value: Rne::PlacementAndCarer, or: vec![Rne::LegalStatusPlacementAndCarer] };
    let same = Proposal::Suggested { value: Rne::PlacementSameCarer, or: vec![Rne::LegalStatusAndPlacementSameCarer] };
    for (began, expected) in [
        (None, &carer),
        (Some(other(|_| {})), &same),
        (Some(other(|began| began.carer_ref = Said::Is("C-1".into()))), &carer),
        (Some(other(|began| began.provider_urn = Said::Is("SC999902".into()))), &carer),
        (Some(other(|began| began.carer_ref = Said::Blank)), &carer),
    ] {
        let it = moved(&usual(), &Beside { began: began.as_ref(), ..beside(&episode) });
        assert_eq!(it.begins.start_reason, *expected);
    }
}

#[test]
fn place_follows_the_table_of_provision_and_type() {
    use PlacementType as P;
    use Provision::{Fostering, Residential, SupportedAccommodation};
    use VacancyPlacementType as T;
    let episode = open();
    let home = registered(Residential, Some(ProviderSector::Private));
    let school = Provider::Registered { provision: None, sector: Some(ProviderSector::Private), is_own: None };
    let is = Proposal::Is;
    let nobody = Provider::NotRegistered { sector: Some(ProviderSector::Private) };
    let others = || {
        Proposal::Decide(vec![P::OtherPlacementZ11, P::OtherPlacementZ12, P::OtherPlacementZ13, P::OtherPlacementZ14])
    };
    for (provision, of, on, provider, expected) in [
        (Fostering, T::LongTerm, "2026-01-10", private(), is(P::FosterOtherCarerLongTerm)),
        (Fostering, T::FosterForAdoption, "2026-01-10", private(), is(P::FosterOtherCarerApprovedAdopter)),
        (Fostering, T::ShortTerm, "2026-01-10", private(), is(P::FosterOtherCarerOther)),
        (Fostering, T::Emergency, "2026-01-10", private(), is(P::FosterOtherCarerOther)),
        (Fostering, T::ParentAndChild, "2026-01-10", private(), is(P::FosterOtherCarerOther)),
        (Residential, T::MediumLongTerm, "2026-01-10", home, is(P::ChildrensHome)),
        (Residential, T::Secure, "2026-01-10", home, is(P::SecureChildrensHome)),
        (Residential, T::ResidentialFamilyCentre, "2026-01-10", home, is(P::FamilyCentreOrMotherAndBabyUnit)),
        (Residential, T::SchoolHome, "2026-01-10", home, is(P::ChildrensHome)),
        (
            Residential,
            T::SchoolHome,
            "2026-01-10",
            school,
            Proposal::Decide(vec![P::ResidentialSchool, P::ChildrensHome]),
        ),
        (
            Residential,
            T::SchoolHome,
            "2026-01-10",
            Provider::Unknown,
            Proposal::Decide(vec![P::ResidentialSchool, P::ChildrensHome]),
        ),
        (SupportedAccommodation, T::Shared, "2026-05-05", private(), is(P::SupportedAccommodation)),
        (SupportedAccommodation, T::Shared, "2026-05-04", private(), Proposal::Decide(vec![P::SupportedAccommodation])),
        (SupportedAccommodation, T::Shared, "2023-10-28", private(), Proposal::Decide(vec![P::SupportedAccommodation])),
        (SupportedAccommodation, T::Shared, "2023-10-27", private(), is(P::SemiIndependent)),
        (Fostering, T::ShortTerm, "2025-04-01", nobody, others()),
        (Residential, T::Solo, "2026-01-10", nobody, others()),
        (Residential, T::Solo, "2025-03-31", nobody, Proposal::Decide(vec![P::OtherPlacement])),
    ] {
        let it = moved(&start(provision, of, on), &Beside { provider, ..beside(&episode) });
        assert_eq!(it.begins.placement_type, expected, "{provision:?} {of:?} {on}");
        let is_undecided = matches!(expected, Proposal::Decide(_));
        assert_eq!(codes(&it).contains(&"ifa/place-undecided"), is_undecided, "{provision:?} {of:?} {on}");
    }
    let mut nothing = usual();
    nothing.more = None;
    let it = moved(&nothing, &beside(&episode));
    assert_eq!((&it.begins.placement_type, codes(&it)), (&Proposal::Decide(vec![]), vec!["ifa/place-undecided"]));
    let unborn = Beside { born: None, ..beside(&episode) };
    let it = moved(&start(SupportedAccommodation, T::Shared, "2023-10-28"), &unborn);
    assert_eq!(it.begins.placement_type, is(P::SupportedAccommodation), "an age that nobody knows is no fault");
}

#[test]
fn relatives_and_friends_never_come_of_a_notice() {
    let episode = open();
    let kin = [
        PlacementType::FosterRelativeOrFriendLongTerm,
        PlacementType::FosterRelativeOrFriendApprovedAdopter,
        PlacementType::FosterRelativeOrFriendOther,
    ];
    use schemas::code::Code;
    for provision in Provision::all() {
        for of in VacancyPlacementType::all() {
            let it = moved(&start(provision, of, "2026-01-10"), &beside(&episode));
            assert!(
                !it.begins.placement_type.choices().iter().any(|place| kin.contains(place)),
                "{provision:?} {of:?}"
            );
        }
    }
}

#[test]
fn respite_of_a_week_is_a_temporary_move_from_which_the_child_goes_back() {
    use PlacementType as P;
    let episode = open();
    let respite = |until: &str| PlacementNotice {
        end_date: if until.is_empty() { Said::Blank } else { Said::Is(day(until)) },
        ..start(Provision::Fostering, VacancyPlacementType::Respite, "2026-01-10")
    };
    let it = moved(&respite("2026-01-17"), &beside(&episode));
    let temporary = Proposal::Suggested { value: P::TemporaryOther, or: vec![P::TemporaryCarersHoliday] };
    assert_eq!(it.begins.placement_type, temporary);
    assert_eq!(it.begins.placement_provider, Proposal::Blank, "blank for T0 to T4");
    assert_eq!(it.begins.placement_urn, Proposal::Blank, "blank for T0 to T4");
    let back = it.returns.unwrap();
    assert_eq!(back.start_date, day("2026-01-17"));
    assert_eq!((back.placement_type, back.placement_postcode), (episode.placement_type, episode.placement_postcode));
    let longer = moved(&respite("2026-01-18"), &beside(&episode));
    assert_eq!((longer.begins.placement_type, longer.returns), (Proposal::Is(P::FosterOtherCarerOther), None));
    let until_when = moved(&respite(""), &beside(&episode));
    assert_eq!(
        until_when.begins.placement_type,
        Proposal::Decide(vec![P::TemporaryOther, P::TemporaryCarersHoliday, P::FosterOtherCarerOther])
    );
    assert_eq!((codes(&until_when), until_when.returns), (vec!["ifa/place-undecided"], None));
    assert_eq!(until_when.begins.placement_provider, Proposal::Decide(vec![PlacementProvider::Private]));
    // The place it came from has ended: then it is no respite from it.
    let gone = end(PlacementEndReason::PlannedMove, PlacementEndedBy::Both, Said::Is(true));
    let moved_on = moved(&respite("2026-01-17"), &Beside { ended: Some(&gone), ..beside(&episode) });
    assert_eq!((moved_on.begins.placement_type, moved_on.returns), (Proposal::Is(P::FosterOtherCarerOther), None));
    // With the same carer elsewhere it is still a change of placement and carer and back.
    let it = moved(&respite("2026-01-17"), &Beside { began: Some(&usual()), ..beside(&episode) });
    assert_eq!(it.begins.start_reason.choices()[0], Rne::PlacementAndCarer);
}

#[test]
fn the_providers_sector_follows_the_register() {
    use PlacementProvider as P;
    let episode = open();
    let public = |is_own| Provider::Registered {
        provision: Some(Provision::Fostering),
        sector: Some(ProviderSector::LocalAuthority),
        is_own,
    };
    let of = |sector| registered(Provision::Fostering, Some(sector));
    for (provider, expected, told) in [
        (of(ProviderSector::Private), Proposal::Is(P::Private), false),
        (of(ProviderSector::Voluntary), Proposal::Is(P::Voluntary), false),
        (public(Some(true)), Proposal::Is(P::OwnAuthority), false),
        (public(Some(false)), Proposal::Is(P::OtherAuthority), false),
        (public(None), Proposal::Decide(vec![P::OwnAuthority, P::OtherAuthority]), false),
        (of(ProviderSector::Health), Proposal::Is(P::OtherPublic), false),
        (registered(Provision::Fostering, None), Proposal::Decide(vec![]), true),
        (Provider::Unknown, Proposal::Decide(vec![]), true),
        (Provider::NotRegistered { sector: None }, Proposal::Blank, false),
    ] {
        let it = moved(&usual(), &Beside { provider, ..beside(&episode) });
        assert_eq!(it.begins.placement_provider, expected, "{provider:?}");
        assert_eq!(codes(&it).contains(&"ifa/sector-unknown"), told, "{provider:?}");
    }
}

#[test]
fn urn_is_ofsteds_number_and_blank_where_the_return_has_it_blank() {
    let episode = open();
    let urn = |notice: &PlacementNotice, provider| {
        moved(notice, &Beside { provider, ..beside(&episode) }).begins.placement_urn
    };
    assert_eq!(urn(&usual(), Provider::Unknown).choices().len(), 1);
    let unread = PlacementNotice { provider_urn: Said::Is("ABCD10293002".into()), ..usual() };
    assert_eq!(urn(&unread, private()), Proposal::Decide(vec![]));
    // From 2025/26 a placement that nobody registers is Z11 to Z14, and these have none; before, it was XXXXXXX.
    let nobody = Provider::NotRegistered { sector: None };
    assert_eq!(urn(&usual(), nobody), Proposal::Blank);
    let before = start(Provision::Residential, VacancyPlacementType::Solo, "2025-03-31");
    assert_eq!(urn(&before, nobody), Proposal::Is(PlacementUrn::NotRegistered));
    let centre = start(Provision::Residential, VacancyPlacementType::ResidentialFamilyCentre, "2026-01-10");
    assert_eq!(urn(&centre, private()).choices().len(), 1, "R3 has one");
}

#[test]
fn short_breaks_carry_neither_postcode_nor_urn() {
    for (status, blank) in [
        (LegalStatus::ShortBreaksEpisodesRecorded, true),
        (LegalStatus::ShortBreaksAgreementRecorded, true),
        (LegalStatus::SectionTwentySinglePeriod, false),
    ] {
        let episode = CareEpisode { legal_status: Said::Is(status), ..open() };
        let it = moved(&usual(), &beside(&episode)).begins;
        assert_eq!(it.placement_postcode == Proposal::Blank, blank, "{status:?}");
        assert_eq!(it.placement_urn == Proposal::Blank, blank, "{status:?}");
    }
}

#[test]
fn a_placement_where_the_child_came_from_is_told() {
    for (home, told) in [("B13 9ZZ", true), ("B99 1AA", false)] {
        let episode = CareEpisode { home_postcode: Said::Is(postcode(home)), ..open() };
        let it = moved(&usual(), &beside(&episode));
        assert_eq!(codes(&it).contains(&"ifa/place-is-home"), told, "{home}");
    }
    // What the authority has not said, or an agency cut short, the person fills in.
    let mut cut = usual();
    cut.more.as_mut().unwrap().placement_postcode = Said::Is(postcode("B13"));
    let episode = CareEpisode { home_postcode: Said::Blank, ..open() };
    let it = moved(&cut, &beside(&episode)).begins;
    assert_eq!((it.home_postcode, it.placement_postcode), (Proposal::Decide(vec![]), Proposal::Decide(vec![])));
}

#[test]
fn why_the_placement_changed_follows_the_agencys_reason() {
    use PlacementChangeReason as C;
    use PlacementEndReason as R;
    use PlacementEndedBy::{Authority, Provider as Agency};
    let episode = open();
    let suggested = |value| Proposal::Suggested { value, or: vec![] };
    let carers = || Proposal::Decide(vec![C::CarerRequestedBehaviour, C::CarerRequestedOther]);
    let table = [
        (R::PlannedMove, Agency, suggested(C::CarePlan)),
        (R::CarerAsked, Agency, carers()),
        (R::NeedsChanged, Agency, carers()),
        (R::CarerRetired, Agency, suggested(C::ProvisionClosed)),
        (R::HomeClosed, Agency, suggested(C::ProvisionClosed)),
        (R::Standards, Agency, suggested(C::StandardsOfCare)),
        (R::Allegation, Agency, suggested(C::Allegation)),
        (R::ChildAsked, Agency, suggested(C::ChildRequested)),
        (R::Custody, Agency, suggested(C::Custody)),
        (R::Other, Authority, suggested(C::AuthorityRequested)),
        (R::Other, Agency, suggested(C::Other)),
        (R::ReturnedHome, Agency, Proposal::Blank),
        (R::Adopted, Agency, Proposal::Blank),
        (R::Permanence, Agency, Proposal::Blank),
        (R::ReachedEighteen, Agency, Proposal::Blank),
        (R::StayingPut, Agency, Proposal::Blank),
        (R::Died, Agency, Proposal::Blank),
    ];
    use schemas::code::Code;
    assert!(R::all().all(|reason| table.iter().any(|(known, ..)| *known == reason)), "every reason has a row");
    for (reason, by, expected) in table {
        let gone = end(reason, by, Said::Is(true));
        let it = moved(&usual(), &Beside { ended: Some(&gone), ..beside(&episode) });
        assert_eq!(it.ends.change_reason, expected, "{reason:?} by {by:?} beside a new placement");
        assert_eq!(ended(&gone, &beside(&episode)).change_reason, expected, "{reason:?} by {by:?} alone");
    }
    for (born, expected) in [("2016-01-10", suggested(C::Custody)), ("2016-01-11", Proposal::Decide(vec![]))] {
        let gone = end(R::Custody, Agency, Said::Blank);
        let beside = Beside { ended: Some(&gone), born: Some(day(born)), ..beside(&episode) };
        assert_eq!(moved(&usual(), &beside).ends.change_reason, expected, "custody is from ten years on: {born}");
    }
}

#[test]
fn an_end_alone_hints_why_care_may_have_ended() {
    use EpisodeEndReason as E;
    use PlacementEndReason as R;
    let episode = open();
    let suggested = |value, or: &[E]| Proposal::Suggested { value, or: or.to_vec() };
    for (reason, planned, expected) in [
        (R::ReturnedHome, Said::Is(true), suggested(E::ReturnedHomePlanned, &[E::ReturnedHomeUnplanned])),
        (R::ReturnedHome, Said::Is(false), suggested(E::ReturnedHomeUnplanned, &[E::ReturnedHomePlanned])),
        (R::ReturnedHome, Said::Blank, Proposal::Decide(vec![E::ReturnedHomePlanned, E::ReturnedHomeUnplanned])),
        (R::Adopted, Said::Is(true), Proposal::Decide(vec![E::AdoptedUnopposed, E::AdoptedConsentDispensedWith])),
        (R::Custody, Said::Is(false), suggested(E::Custody, &[])),
        (R::Died, Said::Is(false), suggested(E::Died, &[])),
        (R::StayingPut, Said::Is(true), suggested(E::StayingWithCarersAsAdult, &[])),
        (R::ReachedEighteen, Said::Is(true), Proposal::Blank),
        (R::Permanence, Said::Is(true), Proposal::Blank),
        (R::PlannedMove, Said::Is(true), Proposal::Blank),
        (R::Other, Said::Is(true), Proposal::Blank),
    ] {
        let it = ended(&end(reason, PlacementEndedBy::Both, planned), &beside(&episode));
        assert_eq!(it.end_date, day("2026-01-24"));
        assert_eq!(it.end_reason, expected, "{reason:?}");
    }
    let nowhen = PlacementNotice { end_date: Said::Blank, ..end(R::Died, PlacementEndedBy::Both, Said::Blank) };
    assert_eq!(candidate(&nowhen, &beside(&episode)), Candidate::TooLittle);
}

#[test]
fn every_rule_says_what_to_do() {
    assert_eq!(RULES.len(), 3);
    assert!(RULES.iter().all(|rule| rule.code.starts_with("ifa/") && !rule.help.is_empty()));
}
