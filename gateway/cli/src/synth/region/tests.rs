//! The region read by its own format, taken in by the rules of submission, and looked up in its own registers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use exchange::market::{
    outcodes::Outcodes,
    prices::{Prices, PricesOf},
    register::{Register, Standing},
    submission::submit,
    vacancy::Freshness,
};
use kit::{
    adapter::Dossier,
    document::{Document, Part},
};
use schemas::{
    code::{Code as _, OfferStatus, Provision, ReferralStatus, VacancyStatus},
    date::DateTime,
    diagnostic::{Diagnostic, Severity},
    postcode::{Postcode, PostcodeRead},
    record::{Offer, Vacancy},
    said::Said,
};

use super::*;

fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

fn order(authorities: u32, agencies: u32, carers: u32, seed: u64) -> Order {
    Order { authorities, agencies, carers, referrals: 60, seed, as_at: day("2026-01-14") }
}

/// Files by name, and what was made.
fn made(order: &Order) -> (BTreeMap<String, String>, Made) {
    let mut files = BTreeMap::new();
    let made = write(
        order,
        &mut |name, bytes| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(files.insert(name.to_owned(), text).is_none(), "{name} comes back");
            Ok(())
        },
        &|_| {},
    );
    (files, made.unwrap())
}

fn in_folder<'f>(files: &'f BTreeMap<String, String>, folder: &'f str) -> impl Iterator<Item = &'f String> {
    files.iter().filter(move |(name, _)| name.starts_with(folder)).map(|(_, text)| text)
}

/// What the format reads of a document, and the rules that it tells.
fn read(text: &str, order: &Order) -> (Vec<Statement>, Vec<Diagnostic>) {
    let (_, format) = roster::format("vacancies-json").unwrap();
    let document = Document::new(vec![Part::new("agency.json", text.as_bytes().to_vec())]);
    let options = Options { as_at: Some(order.as_at), ..Options::plain() };
    let mut told: Vec<Diagnostic> = Vec::new();
    let subjects = format.decode.unwrap().open(&document, &options, std::num::NonZeroUsize::MIN, &mut told);
    assert_eq!(subjects.len(), 1);
    let mut dossier = Dossier::default();
    subjects.reader().read(0, &mut dossier, &mut told);
    (dossier.statements().cloned().collect(), told)
}

fn vacancies(statements: Vec<Statement>) -> Vec<Vacancy> {
    let vacancy = |statement| if let Statement::Vacancy(vacancy) = statement { Some(vacancy) } else { None };
    statements.into_iter().filter_map(vacancy).collect()
}

#[test]
fn what_is_written_is_read_back_as_it_was_said_and_nothing_is_wrong_with_it() {
    for order in [order(14, 68, 1_500, 1), order(1, 1, 1, 2), order(3, 17, 17, 3), order(150, 40, 400, u64::MAX)] {
        let (files, made) = made(&order);
        let land = land::authorities(order.seed, order.authorities);
        let (mut homes, mut changes) = (0, 0);
        for agency in agencies(&order) {
            let of = HomeOf { order: &order, land: &land, agency: &agency };
            let (read_back, told) = read(&files[&file("vacancies", &agency)], &order);
            let wrong: Vec<_> = told.iter().filter(|told| told.rule.severity != Severity::Warning).collect();
            assert!(wrong.is_empty(), "{wrong:?}");
            let said = agency.homes.clone().map(|number| Statement::from(of.home(number)));
            let said: Vec<_> = std::iter::once(Statement::from(agency.provider())).chain(said).collect();
            assert!(read_back == said, "{}", agency.urn.as_str());
            homes += said.len() - 1;
            let Some(text) = files.get(&file("changes", &agency)) else { continue };
            let (read_back, told) = read(text, &order);
            assert!(told.iter().all(|told| told.rule.severity == Severity::Warning), "{told:?}");
            // What is only confirmed stands in a list of its own.
            let by_reference = |mut vacancies: Vec<Vacancy>| {
                vacancies.sort_by_key(|vacancy| vacancy.vacancy_id.clone().is());
                vacancies
            };
            let said: Vec<_> = agency.homes.clone().filter_map(|number| of.said_since(number)).collect();
            assert!(by_reference(vacancies(read_back)) == by_reference(said.clone()), "{}", agency.urn.as_str());
            changes += said.len();
        }
        assert_eq!((homes, changes), (order.carers as usize, made.changes as usize));
        assert_eq!(made.homes, order.carers);
    }
}

#[test]
fn a_market_takes_in_every_home_and_then_every_change() {
    let order = order(14, 68, 3_000, 7);
    let (files, _) = made(&order);
    let received = DateTime::read(b"2026-01-14T09:00:00+00:00").unwrap();
    let mut held: HashMap<(String, Box<str>), Vacancy> = HashMap::new();
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    for folder in ["vacancies", "changes"] {
        for (name, text) in files.iter().filter(|(name, _)| name.starts_with(folder)) {
            let agency = name.split_once('/').unwrap().1;
            for said in vacancies(read(text, &order).0) {
                let key = (agency.to_owned(), said.vacancy_id.as_ref().is().unwrap().clone());
                let submitted = submit(held.get(&key), &said, received, Freshness::default());
                let submitted = submitted.unwrap_or_else(|rule| panic!("{name}: {}", rule.code));
                *outcomes.entry(format!("{folder} {:?}", submitted.outcome)).or_default() += 1;
                held.insert(key, submitted.vacancy);
            }
        }
    }
    assert_eq!(outcomes.remove("vacancies Created"), Some(3_000));
    assert_eq!(outcomes.into_keys().collect::<Vec<_>>(), ["changes Confirmed", "changes Updated"]);
    let states: BTreeSet<&str> = held.values().map(|held| held.status.is().unwrap().code()).collect();
    assert_eq!(states, BTreeSet::from(["DRAFT", "OPEN", "RESERVED", "FILLED", "WITHDRAWN"]));
}

#[test]
fn a_region_has_every_provision_and_is_fresh_stale_and_expired_as_one_is() {
    let order = order(14, 68, 11_000, 1);
    let (files, _) = made(&order);
    let homes: Vec<Vacancy> = in_folder(&files, "vacancies").flat_map(|text| vacancies(read(text, &order).0)).collect();
    assert_eq!(homes.len(), 11_000);
    let of = |provision| homes.iter().filter(|home| home.provision == Said::Is(provision)).count();
    assert!(of(Provision::Fostering) > 8_000 && of(Provision::Residential) > 10);
    assert!(of(Provision::SupportedAccommodation) > 100);
    let days: Vec<i32> =
        homes.iter().map(|home| order.as_at.days_since(home.as_at.is().unwrap().date().unwrap())).collect();
    let between = |least, most| days.iter().filter(|days| (least..=most).contains(*days)).count();
    assert!(between(1, 7) > 9_000 && between(8, 14) > 500 && between(15, 30) > 100);
    assert_eq!(between(1, 30), 11_000);
    let more = || homes.iter().filter_map(|home| home.more.as_deref());
    assert!(more().filter(|more| more.for_the_child.has_value()).count() > 2_000);
    assert!(more().filter(|more| more.fee.has_value()).count() > 5_000);
    assert!(more().all(|more| more.outward_postcode.has_value()));
}

#[test]
fn the_registers_are_read_and_know_every_home() {
    let order = order(14, 68, 2_000, 5);
    let (files, _) = made(&order);
    let outcodes = Outcodes::read(files["registers/outcodes.csv"].as_bytes()).unwrap();
    let register = Register::read(files["registers/ofsted.csv"].as_bytes()).unwrap();
    assert_eq!(register.len(), 68 + 14 + 6);
    let ids = agency::MARKETS.each_ref().map(|market| market.id);
    for agency in agencies(&order) {
        assert_eq!(register.standing(agency.urn), Standing::Active);
        let entry = register.entry(agency.urn).unwrap();
        assert_eq!(entry.provision, Some(agency.market.provision));
        assert_eq!((entry.rating, entry.rating_date), (Some(agency.rating), agency.rating_date));
        let lots: Vec<Box<str>> = agency.market.lots.iter().map(|(lot, ..)| (*lot).into()).collect();
        let of = PricesOf { framework: agency.market.id, lots: &lots, frameworks: &ids };
        let prices = Prices::read(files["registers/prices.csv"].as_bytes(), of).unwrap();
        for home in vacancies(read(&files[&file("vacancies", &agency)], &order).0) {
            let more = home.more.unwrap();
            let outward = more.outward_postcode.is().unwrap();
            let PostcodeRead::Is(beside) = Postcode::read(b"QA1") else { panic!("an outward code") };
            assert!(outcodes.miles(outward, beside).is_some());
            let mut text = Vec::new();
            outward.write_compact(&mut text);
            assert!(matches!(text[0], b'Q' | b'X'), "no real outward code");
            let age = u8::try_from(more.who_for.is().unwrap().age_min.is().unwrap().get()).unwrap();
            assert!(prices.price(home.lot.as_ref().is().unwrap(), age, order.as_at).is_some());
        }
    }
}

#[test]
fn homes_are_shared_out_among_all_agencies() {
    for (agencies, carers) in [(1, 1), (2, 3), (68, 68), (68, 69), (68, 11_000), (1_000, 1_001)] {
        let order = order(14, agencies, carers, 4);
        let mut next = 0;
        for agency in super::agencies(&order) {
            assert!(agency.homes.start == next && agency.homes.end > next, "each has one, one after another");
            next = agency.homes.end;
        }
        assert_eq!(next, carers);
    }
}

#[test]
fn equal_orders_give_equal_bytes_and_other_seeds_or_days_others() {
    let order = |seed| order(5, 20, 200, seed);
    assert!(made(&order(5)) == made(&order(5)));
    let (first, other) = (made(&order(5)).0, made(&order(6)).0);
    assert!(in_folder(&first, "vacancies").zip(in_folder(&other, "vacancies")).all(|(one, other)| one != other));
    let later = Order { as_at: day("2026-01-15"), ..order(5) };
    assert!(made(&later).0 != first);
}

#[test]
fn what_cannot_be_made_is_refused_before_anything_is_written() {
    for order in [
        order(0, 68, 100, 1),
        order(AUTHORITIES_MAX + 1, 68, 100, 1),
        order(14, 0, 0, 1),
        order(14, AGENCIES_MAX + 1, CARERS_MAX, 1),
        order(14, 68, 67, 1),
        order(14, 68, CARERS_MAX + 1, 1),
        Order { referrals: REFERRALS_MAX + 1, ..order(14, 68, 100, 1) },
    ] {
        let error = write(&order, &mut |name, _| panic!("{name}"), &|_| {}).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{order:?}");
    }
    // As many as there may be of all are made.
    let (files, made) = made(&order(AUTHORITIES_MAX, AGENCIES_MAX, AGENCIES_MAX, 1));
    assert_eq!(in_folder(&files, "vacancies").count(), AGENCIES_MAX as usize);
    assert_eq!(made.homes, AGENCIES_MAX);
    Outcodes::read(files["registers/outcodes.csv"].as_bytes()).unwrap();
}

#[test]
fn a_full_disk_ends_the_work() {
    let mut calls = 0;
    let full = &mut |_: &str, _: &[u8]| {
        calls += 1;
        Err(io::ErrorKind::StorageFull.into())
    };
    let error = write(&order(2, 3, 9, 1), full, &|_| {}).unwrap_err();
    assert_eq!((error.kind(), calls), (io::ErrorKind::StorageFull, 1));
}

#[test]
fn what_is_sought_is_read_back_and_what_is_offered_is_a_home_that_is_there() {
    let order = Order { referrals: 300, ..order(14, 68, 3_000, 11) };
    let (files, made) = made(&order);
    let land = land::authorities(order.seed, order.authorities);
    let agencies = agencies(&order);
    let searches = Searches { order: &order, land: &land, agencies: &agencies };
    let read = |format: &str, text: &str| {
        let (_, format) = roster::format(format).unwrap();
        let document = Document::new(vec![Part::new("lines.ndjson", text.as_bytes().to_vec())]);
        let options = Options { as_at: Some(order.as_at), ..Options::plain() };
        let mut told: Vec<Diagnostic> = Vec::new();
        let subjects = format.decode.unwrap().open(&document, &options, std::num::NonZeroUsize::MIN, &mut told);
        let (mut reader, mut dossier, mut statements) = (subjects.reader(), Dossier::default(), Vec::new());
        for n in 0..subjects.len() {
            reader.read(n, &mut dossier, &mut told);
            statements.extend(dossier.statements().cloned());
        }
        assert!(told.is_empty(), "{told:?}");
        statements
    };
    let (mut referrals, mut states) = (0, BTreeSet::new());
    for (number, authority) in land.iter().enumerate() {
        let said: Vec<Statement> = searches.of(number).map(|search| search.referral.into()).collect();
        assert!(read("referral-json", &files[&format!("referrals/{}.ndjson", authority.code)]) == said);
        referrals += said.len() as u32;
        for search in searches.of(number) {
            states.insert(search.referral.status.is().unwrap().code());
            let accepted =
                |(_, offer): &&(u32, _)| matches!(offer, Offer { status: Said::Is(OfferStatus::Accepted), .. });
            let accepted = search.offers.iter().filter(accepted).count();
            assert_eq!(accepted, usize::from(search.referral.status == Said::Is(ReferralStatus::Matched)));
        }
    }
    assert_eq!((referrals, made.referrals), (300, 300));
    assert_eq!(states, BTreeSet::from(["OPEN", "MATCHED", "CLOSED"]));
    let mut offers = 0;
    for agency in &agencies {
        let Some(text) = files.get(&format!("offers/{}.ndjson", agency.urn.as_str())) else { continue };
        let homes = HomeOf { order: &order, land: &land, agency };
        let open: BTreeSet<_> = agency
            .homes
            .clone()
            .map(|number| homes.home(number))
            .filter(|home| home.status == Said::Is(VacancyStatus::Open))
            .map(|home| (home.vacancy_id.is(), home.carer_ref.is()))
            .collect();
        for statement in read("offer-json", text) {
            let Statement::Offer(offer) = statement else { panic!("an offer") };
            let is_home = open.contains(&(offer.vacancy_id.clone().is(), offer.carer_ref.clone().is()));
            assert_eq!(is_home, offer.status != Said::Is(OfferStatus::NoOffer));
            offers += 1;
        }
    }
    assert!(offers > 100 && offers == made.offers);
}

#[test]
fn nothing_is_sought_where_nothing_is_asked_for() {
    let (files, made) = made(&Order { referrals: 0, ..order(5, 20, 200, 1) });
    assert_eq!((made.referrals, made.offers), (0, 0));
    assert_eq!(in_folder(&files, "referrals").chain(in_folder(&files, "offers")).count(), 0);
}
