//! Each precision lets out what it says and nothing beside it.

use schemas::{
    code::{
        ConsentDecision, ConsentGivenBy, ConsentScope, DelegationMatter, EpisodeEndReason, Ethnicity, LegalStatus,
        NameUse, PlacementType, PrevPermanence, Rne, SdqReason,
    },
    record::{
        AnnualHealth, CareEpisode, CareLeaver, Delegation, Immigration, LibertyOrder, Name, Person, PersonMore,
        PreviousPermanence, Review, SdqScore, SocialWorker, Statement,
    },
    reflect::{Number, Open},
    said::Said,
};

use exchange::view::View;

use crate::made::{Child, consent, day, episode, is_day, let_out, person, postcode, said_of};

/// What a view lets out of one statement of a child who is carried.
fn of_statement(view: &'static str, statement: impl Into<Statement>) -> String {
    let statement = statement.into();
    let name = statement.statement_type().name;
    let marked = |line: &&str| line.starts_with(name);
    let without = let_out(view, vec![Child::in_care("1")]).lines().filter(marked).count();
    let text = let_out(view, vec![Child::in_care("1").says(statement)]);
    text.lines().filter(marked).nth(without).unwrap_or_default().to_owned()
}

#[test]
fn the_authority_gets_back_its_own_unchanged() {
    let statement: Statement = CareEpisode {
        start_reason: Said::Is(Rne::StartedToBeLookedAfter),
        home_postcode: postcode("B99 2BB"),
        category_of_need: Said::Unreadable,
        ..episode("2021-01-01")
    }
    .into();
    assert_eq!(of_statement("local-authority", statement.clone()), said_of(&statement));
}

#[test]
fn health_does_not_see_reasons_or_home_but_the_care() {
    let statement = CareEpisode {
        start_reason: Said::Is(Rne::StartedToBeLookedAfter),
        end_reason: Said::Is(EpisodeEndReason::ReturnedHomePlanned),
        end_date: is_day("2022-01-01"),
        home_postcode: postcode("B99 2BB"),
        category_of_need: Said::Refused,
        ..episode("2021-01-01")
    };
    assert_eq!(
        of_statement("health", statement),
        "CareEpisode start_date=2021-01-01 legal_status=C2 category_of_need=Refused placement_type=U6 \
         placement_urn=SC123456 placement_postcode=B991AA end_date=2022-01-01 placement_la=330 placement_location=IN"
    );
}

#[test]
fn statistics_see_months_outward_codes_and_groups() {
    let statement = CareEpisode {
        start_date: is_day("2021-01-17"),
        home_postcode: postcode("EC1A 1BB"),
        end_reason: Said::Is(EpisodeEndReason::ReturnedHomePlanned),
        end_date: is_day("2022-11-30"),
        placement_type: Said::Is(PlacementType::FosterRelativeOrFriendOther),
        category_of_need: Said::Unknown,
        ..episode("2021-01-17")
    };
    assert_eq!(
        of_statement("statistics", statement),
        "CareEpisode start_date=2021-01-01 legal_status=coarse:full-order category_of_need=Unknown \
         placement_type=coarse:kinship placement_postcode=B99 home_postcode=EC1A end_date=2022-11-01 end_reason=E4A"
            .to_owned()
            // The child is alone in the group, so that what would tell the authority goes too.
            .replace(" placement_postcode=B99 home_postcode=EC1A", "")
    );
}

#[test]
fn a_reduced_field_does_not_say_that_it_is_blank_unknown_refused_or_unreadable() {
    for silent in [Said::Blank, Said::Unknown, Said::Refused, Said::NotApplicable, Said::Unreadable] {
        assert_eq!(of_statement("statistics", LibertyOrder { start_date: silent, end_date: silent }), "");
        let blank = Review { due_date: silent, date: is_day("2020-05-17"), ..Review::default() };
        assert_eq!(of_statement("statistics", blank), "Review date=2020-05-01");
    }
}

#[test]
fn what_is_withheld_whole_leaves_no_record() {
    let immigration = Immigration { start_date: is_day("2020-01-01"), ..Immigration::default() };
    assert_eq!(of_statement("health", immigration), "");
    let worker = SocialWorker { caseload: Said::Is(Number::new(17).unwrap()), ..SocialWorker::default() };
    assert_eq!(of_statement("health", worker), "");
    assert_eq!(of_statement("health", Review { cancelled: Said::Is(true), ..Review::default() }), "");
}

#[test]
fn ages_are_whole_years_and_the_unborn_have_none() {
    for (born, age) in
        [("2025-06-01", "age:0"), ("2025-03-31", "age:1"), ("2025-04-01", "age:0"), ("2008-04-01", "age:17")]
    {
        assert!(of_statement("statistics", person(born)).starts_with(&format!("Person birth_date={age}")), "{born}");
    }
    assert!(!of_statement("statistics", person("2026-04-01")).contains("birth_date"));
}

#[test]
fn groups_are_coarse_and_say_not_known_only_where_a_code_does() {
    let of = |ethnicity| of_statement("statistics", Person { ethnicity, ..Person::default() });
    let mut children: Vec<Child> = Vec::new();
    for n in 0..6 {
        let asked = Person { ethnicity: Said::Is(Ethnicity::Refused), ..person("2015-01-01") };
        children.push(Child::new(&format!("9{n}")).says(asked));
    }
    assert!(let_out("statistics", children).contains("ethnicity=coarse:not-known"));
    assert_eq!(of(Said::Refused), "");
    assert_eq!(of(Said::Blank), "");
}

#[test]
fn text_beside_a_code_is_withheld() {
    let own = CareLeaver { eligibility: Said::Is(Open::Other("Sam".into())), ..CareLeaver::default() };
    assert_eq!(of_statement("statistics", own.clone()), "");
    assert_eq!(of_statement("health", own), "CareLeaver eligibility=Sam");
}

#[test]
fn flags_say_only_what_is_there() {
    for (kind, said) in [
        (Said::Is(PrevPermanence::SpecialGuardianshipOrder), "PreviousPermanence kind=flag:true"),
        (Said::Is(PrevPermanence::NoPreviousPermanence), ""),
        (Said::Is(PrevPermanence::Unknown), ""),
        // What tells an adoption, or may, is withheld whole.
        (Said::Is(PrevPermanence::Adoption), ""),
        (Said::Unreadable, ""),
        (Said::NotAsked, ""),
    ] {
        let statement = PreviousPermanence { kind, ..PreviousPermanence::default() };
        assert_eq!(of_statement("health", statement), said);
    }
    let adopted = PreviousPermanence {
        kind: Said::Is(PrevPermanence::Adoption),
        date: is_day("2019-09-09"),
        ..PreviousPermanence::default()
    };
    assert_eq!(of_statement("health", adopted.clone()), "");
    assert_eq!(of_statement("statistics", adopted), "PreviousPermanence kind=P1 date=2019-01-01");
}

#[test]
fn what_is_rarely_said_is_withheld_too() {
    let statement = Person {
        more: Some(Box::new(PersonMore {
            nationality: Said::Is("Eritrean".into()),
            religion: Said::Is("none".into()),
            birth_place: Said::Is("Asmara".into()),
            ..PersonMore::default()
        })),
        ..Person::default()
    };
    assert_eq!(of_statement("health", statement.clone()), "Person birth_place=Asmara");
    assert_eq!(of_statement("statistics", statement), "");
}

#[test]
fn health_and_statistics_see_the_return_as_codes_but_for_convictions() {
    let statement = AnnualHealth {
        convicted: Said::Is(true),
        teeth_check: Said::Is(false),
        immunisations: Said::Blank,
        immunisations_as_at: is_day("2026-02-17"),
        ..AnnualHealth::default()
    };
    assert_eq!(
        of_statement("health", statement.clone()),
        "AnnualHealth immunisations=Blank immunisations_as_at=2026-02-17 teeth_check=false"
    );
    assert_eq!(
        of_statement("statistics", statement),
        "AnnualHealth convicted=true immunisations=Blank immunisations_as_at=2026-02-01 teeth_check=false"
    );
    let reason = SdqScore { reason: Said::Is(SdqReason::CarerRefused), ..SdqScore::default() };
    assert_eq!(of_statement("statistics", reason), "SdqScore reason=SDQ2");
}

#[test]
fn conditions_of_a_delegation_stay_in_the_house() {
    let statement = Delegation {
        matter: Said::Is(Open::Listed(DelegationMatter::Haircut)),
        conditions: Said::Is("Ask Sam".into()),
        ..Delegation::default()
    };
    assert_eq!(of_statement("health", statement), "Delegation matter=HAIRCUT");
}

#[test]
fn a_consent_that_names_recipients_is_not_told_and_a_refusal_without_them() {
    let to_some = |decision| schemas::record::Consent {
        scope: Said::Is(ConsentScope::Treatment),
        recipients: Said::Is(vec!["RR8".into()]),
        ..consent(decision, ConsentGivenBy::Parent)
    };
    assert_eq!(of_statement("health", to_some(ConsentDecision::Permit)), "");
    assert_eq!(
        of_statement("health", to_some(ConsentDecision::Deny)),
        "Consent scope=TREATMENT decision=DENY given_by=PARENT start_date=2026-01-01 end_date=Blank"
    );
    assert!(of_statement("local-authority", to_some(ConsentDecision::Permit)).contains("recipients=RR8"));
}

#[test]
fn identifiers_leave_as_the_view_lets_them() {
    let first = |view| {
        let text = let_out(view, vec![Child::in_care("4017").with_nhs_number_and_upn()]);
        text.lines().nth(1).unwrap().split(" id=").next().unwrap().to_owned()
    };
    assert_eq!(first("local-authority"), "child 330 la-child=4017 nhs-number=9000000009 upn=J330999925001");
    assert_eq!(first("health"), "child 330 la-child=4017 nhs-number=9000000009");
    let pseudonymous = first("statistics");
    assert!(pseudonymous.contains("pseudonym=") && !pseudonymous.contains("4017") && !pseudonymous.contains("900000"));
}

#[test]
fn a_legal_status_of_a_child_is_grouped_without_a_gap() {
    use schemas::code::Code;
    for status in LegalStatus::all() {
        let said = of_statement(
            "statistics",
            CareEpisode {
                legal_status: Said::Is(status),
                start_date: Said::Is(day("2020-01-01")),
                ..CareEpisode::default()
            },
        );
        assert!(said.contains("legal_status=coarse:"), "{said}");
    }
    for placement in PlacementType::all() {
        let said = of_statement(
            "statistics",
            CareEpisode {
                placement_type: Said::Is(placement),
                start_date: Said::Is(day("2020-01-01")),
                ..CareEpisode::default()
            },
        );
        assert!(said.contains("placement_type=coarse:"), "{said}");
    }
}

#[test]
fn former_names_are_told_to_health_and_to_nobody_else_who_sees_names() {
    let name =
        |r#use: Said<NameUse>, forename: &str| Name { r#use, forename: Said::Is(forename.into()), ..Name::default() };
    let names = vec![
        name(Said::Is(NameUse::Usual), "Ann"),
        name(Said::Is(NameUse::Former), "Bea"),
        name(Said::Is(NameUse::Preferred), "Cat"),
        name(Said::NotAsked, "Dot"),
    ];
    for (view, kept) in [("health", 4), ("virtual-school", 2), ("carer", 2), ("provider", 2), ("statistics", 0)] {
        let more = PersonMore { names: Said::Is(names.clone()), ..PersonMore::default() };
        let mut statement = Person { more: Some(Box::new(more)), ..person("2015-06-15") }.into();
        View::shipped(view).unwrap().project(&mut statement, None);
        let Statement::Person(person) = statement else { panic!("another statement") };
        let left = person.more.map_or(0, |more| more.names.is().map_or(0, |names| names.len()));
        assert_eq!(left, kept, "{view}");
    }
}
