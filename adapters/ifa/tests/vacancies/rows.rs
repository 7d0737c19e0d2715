//! What rows of vacancies say, and what of several together is told.

use ifa::VACANCIES_CSV;
use kit::adapter::Options;
use schemas::{
    code::{OfstedRating, PlacementNeed, Provision, Regulator, VacancyStatus},
    identifier::{Identifier, ProviderUrn},
    reflect::Number,
    said::Said,
};

use crate::support::{HEADING, ROW, options, read, read_with, table};

fn row(change: &[(&str, &str)]) -> String {
    let headings: Vec<&str> = HEADING.trim().split(',').collect();
    let mut cells: Vec<&str> = ROW.trim_end().split(',').collect();
    for (heading, cell) in change {
        cells[headings.iter().position(|known| known == heading).unwrap()] = cell;
    }
    cells.join(",") + "\n"
}

#[test]
fn a_usual_row_is_a_vacancy_of_its_provider() {
    let read = read(&VACANCIES_CSV, &[&table(&[ROW])]);
    assert!(read.told.is_empty(), "{:?}", read.told);
    let urn = ProviderUrn::read(Regulator::Ofsted, b"SC999901").unwrap();
    assert_eq!(read.subjects[0][0].subject.identifiers, [Identifier::Provider(urn)]);
    let vacancy = read.vacancies()[0];
    assert_eq!(vacancy.provision, Said::Is(Provision::Fostering));
    assert_eq!(vacancy.status, Said::Is(VacancyStatus::Open));
    let more = vacancy.more.as_deref().unwrap();
    let places = more.places.as_ref().is().unwrap();
    assert_eq!(
        (places.approved, places.available),
        (Said::Is(Number::new(3).unwrap()), Said::Is(Number::new(2).unwrap()))
    );
    assert!(more.for_the_child == Said::NotAsked && more.home == Said::NotAsked);
}

#[test]
fn the_headings_that_people_read_and_other_names_are_read_too() {
    let text = "Your reference,Ofsted URN,Kind of provision,Carer or home reference,Status,As at,Places approved,\
        Places filled,Places you would fill today,age range,Who could live here,What you can offer,Needs you can meet,\
        Ofsted rating,Inspection date,Council area\n\
        V-1,1234567,Foster care,C-1,Available,28-Jan-2026,2,0,2,0 to 4,boys,Short term,Autism;BSL,RI,03/06/2025,Birmingham\n";
    let read = read(&VACANCIES_CSV, &[text.as_bytes()]);
    assert!(read.told.is_empty(), "{:?}", read.told);
    let more = read.vacancies()[0].more.as_deref().unwrap();
    assert_eq!(more.skills, Said::Is(vec![PlacementNeed::AutismOrAdhd, PlacementNeed::DeafOrSigning]));
    let who_for = more.who_for.as_ref().is().unwrap();
    assert_eq!(
        (who_for.age_min, who_for.age_max),
        (Said::Is(Number::new(0).unwrap()), Said::Is(Number::new(4).unwrap()))
    );
    assert_eq!(read.provider().unwrap().rating, Said::Is(OfstedRating::RequiresImprovement));
    assert_eq!(more.location.as_ref().is().unwrap().authority.is().unwrap().number(), 330);
}

#[test]
fn a_draft_may_lack_what_an_open_vacancy_needs() {
    let lacking = |status| row(&[("status", status), ("genders", ""), ("carer_ref", ""), ("places_available", "")]);
    let open = read(&VACANCIES_CSV, &[&table(&[&lacking("open")])]);
    assert_eq!((open.codes(), open.vacancies().len()), (vec!["ifa/required"], 0));
    assert_eq!(open.told.len(), 3, "each cell that is lacking is told");
    let draft = read(&VACANCIES_CSV, &[&table(&[&lacking("draft")])]);
    assert_eq!((draft.codes(), draft.vacancies().len()), (vec![], 1));
    // A residential home needs no reference of a household.
    let home = row(&[("provision", "residential"), ("carer_ref", ""), ("placement_types", "solo")]);
    let home = read(&VACANCIES_CSV, &[&table(&[&home])]);
    assert!(home.told.is_empty(), "{:?}", home.told);
    assert_eq!(home.vacancies()[0].carer_ref, Said::Is("SC999901".into()), "it is known by its own number");
}

#[test]
fn a_row_that_cannot_be_right_costs_that_row_and_no_other() {
    for (heading, cell, code) in [
        ("places_occupied", "2", "ifa/places-sum"),
        ("places_available", "1 or 2", "ifa/places-not-a-number"),
        ("age_max", "4", "ifa/age-range"),
        ("genders", "cats", "ifa/gender-unknown"),
        ("provision", "boarding", "ifa/provision-unknown"),
        ("status", "expired", "ifa/status-unknown"),
        ("carer_ref", "Mary Jones", "ifa/carer-ref-looks-like-a-name"),
        ("carer_ref", "b139xx", "ifa/carer-ref-postcode"),
        ("outward_postcode", "near school", "ifa/outward-shape"),
        ("vacancy_id", "", "ifa/vacancy-id-missing"),
        ("as_at", "2026-01-31", "ifa/as-at-future"),
        ("as_at", "", "ifa/as-at-missing"),
        ("placement_types", "juggling", "ifa/list-item-unknown"),
    ] {
        let wrong = row(&[(heading, cell)]);
        let other = row(&[("vacancy_id", "V-2"), ("carer_ref", "C-9"), ("outward_postcode", "B14")]);
        let read = read(&VACANCIES_CSV, &[&table(&[&wrong, &other])]);
        assert_eq!(read.codes(), [code], "{heading} {cell}");
        assert_eq!(read.vacancies().len(), 1, "{heading} {cell}");
    }
}

#[test]
fn a_whole_postcode_never_becomes_part_of_a_record() {
    for cell in ["B13 9XX", "b139xx", "B13 9"] {
        let read = read(&VACANCIES_CSV, &[&table(&[&row(&[("outward_postcode", cell)])])]);
        let codes = read.codes();
        assert_eq!(codes, ["ifa/postcode-full"], "{cell}");
        let mut out = Vec::new();
        schemas::document::write_record(&read.subjects[0][0], &mut out);
        assert!(!String::from_utf8(out).unwrap().to_uppercase().contains("9XX"), "{cell}");
    }
}

#[test]
fn no_change_confirms_and_says_nothing_else() {
    let confirms = row(&[("change", "no-change"), ("places_available", "9"), ("status", ""), ("genders", "")]);
    let alone = read(&VACANCIES_CSV, &[&table(&[&confirms])]);
    assert_eq!(alone.codes(), ["ifa/no-change-only-confirms"], "what else stands in the row is told");
    let vacancy = alone.vacancies()[0];
    assert!(ifa::vacancies::rows::is_confirmation(vacancy));
    // Beside the row itself it only says that it was checked later.
    let later = row(&[("change", "no-change"), ("as_at", "2026-01-29")]);
    let both = read(&VACANCIES_CSV, &[&table(&[ROW, &later])]);
    assert_eq!(both.codes(), ["ifa/no-change-only-confirms"]);
    let [vacancy] = both.vacancies()[..] else { panic!("one vacancy") };
    assert_eq!(vacancy.status, Said::Is(VacancyStatus::Open));
    assert_eq!(vacancy.as_at.is().unwrap().date(), Some(crate::support::day("2026-01-29")));
    // Dated in the future, or not at all, it confirms nothing.
    let future = row(&[("change", "no-change"), ("as_at", "2027-01-29")]);
    let read = read(&VACANCIES_CSV, &[&table(&[&future])]);
    assert_eq!((read.codes(), read.vacancies().len()), (vec!["ifa/as-at-future"], 0));
}

#[test]
fn of_two_rows_with_one_reference_the_later_is_kept() {
    let later = row(&[("vacancy_id", "v-0141"), ("places_occupied", "0")]);
    let twice = read(&VACANCIES_CSV, &[&table(&[ROW, &later])]);
    assert_eq!(twice.codes(), ["ifa/vacancy-id-twice"]);
    assert_eq!(twice.told[0].related.len(), 1);
    let [vacancy] = twice.vacancies()[..] else { panic!("one vacancy") };
    let places = vacancy.more.as_deref().unwrap().places.as_ref().is().unwrap().clone();
    assert_eq!(places.occupied, Said::Is(Number::new(0).unwrap()));
    // The same reference at another provider is another vacancy, and the same row twice is one.
    let other = row(&[("provider_urn", "SC999902")]);
    let read_both = read(&VACANCIES_CSV, &[&table(&[ROW, &other, ROW])]);
    assert_eq!((read_both.codes(), read_both.subjects.len()), (vec!["record/duplicate"], 2));
}

#[test]
fn homes_that_are_or_look_the_same_are_told_and_never_merged() {
    let same = row(&[("vacancy_id", "V-2")]);
    let near = row(&[("vacancy_id", "V-3"), ("carer_ref", "C-9")]);
    let read = read(&VACANCIES_CSV, &[&table(&[ROW, &same, &near])]);
    assert_eq!(read.codes(), ["ifa/duplicate-home", "ifa/near-duplicate"]);
    assert_eq!(read.vacancies().len(), 3);
}

#[test]
fn how_old_a_row_may_be_is_a_setting() {
    let old = row(&[("as_at", "2026-01-20")]);
    assert_eq!(read(&VACANCIES_CSV, &[&table(&[&old])]).codes(), ["ifa/stale"]);
    for (fresh, expire, codes) in [("10", "14", vec![]), ("7", "9", vec!["ifa/expired-on-arrival"])] {
        let settings = vec![("vacancy_fresh_days".into(), fresh.into()), ("vacancy_expire_days".into(), expire.into())];
        let options = Options { settings, ..options() };
        assert_eq!(read_with(&VACANCIES_CSV, &[&table(&[&old])], &options).codes(), codes);
    }
    // Without a day nothing is old, and nothing is still to come.
    assert!(read_with(&VACANCIES_CSV, &[&table(&[&old])], &Options::plain()).told.is_empty());
}

#[test]
fn prices_and_profiles_find_their_vacancy_by_its_reference_its_lot_or_its_home() {
    let vacancies = "vacancy_id,provider_urn,provision,carer_ref,framework,lot,status,as_at,places_approved,places_occupied,\
        places_available,age_min,age_max,genders,placement_types\n\
        V-1,SC999901,fostering,C-1,wm,standard,open,2026-01-28,3,1,2,5,11,any,short-term\n\
        V-2,SC999901,fostering,C-2,wm,standard,open,2026-01-28,2,0,2,5,12,any,short-term\n";
    let fees = "framework,lot,vacancy_id,age_from,age_to,weekly_fee\nwm,standard,,5,10,900\n,,v-1,5,10,945.00\n";
    let profiles = "vacancy_id,carer_ref,call_me,message\n,C-2,Sam and Ash,Hello\n";
    let read = read(&VACANCIES_CSV, &[fees.as_bytes(), profiles.as_bytes(), vacancies.as_bytes()]);
    assert!(read.told.is_empty(), "{:?}", read.told);
    let fee = |n: usize| {
        let more = read.vacancies()[n].more.as_deref().unwrap();
        let bands = more.fee.as_ref().is().unwrap().bands.as_ref().is().unwrap();
        bands.iter().map(|band| band.weekly.is().unwrap().number()).collect::<Vec<_>>()
    };
    assert_eq!((fee(0), fee(1)), (vec![94_500], vec![90_000]), "a price of its own goes before that of the lot");
    assert!(read.vacancies()[1].more.as_deref().unwrap().for_the_child.has_value());
    assert!(!read.vacancies()[0].more.as_deref().unwrap().for_the_child.has_value());
}

#[test]
fn a_row_beside_is_nobodys_where_several_providers_could_have_it() {
    let fees = "framework,lot,vacancy_id,age_from,age_to,weekly_fee\n,,V-0141,5,10,945.00\n";
    let other = row(&[("provider_urn", "SC999902")]);
    let read = read(&VACANCIES_CSV, &[&table(&[ROW, &other]), fees.as_bytes()]);
    assert_eq!(read.codes(), ["ifa/row-of-no-vacancy"]);
}
