//! A search against a scan of all homes, over markets and questions of any kind.

use std::sync::Arc;

use exchange::market::{
    answer::Answer,
    question::{Asked, Criterion, Kind, Question},
    search::{Home, Market, Paging, Rank},
};
use proptest::prelude::*;
use schemas::{
    code::{OfstedRating, VacancyStatus},
    identifier::LaCode,
    record::{Provider, Vacancy},
    said::Said,
};

use crate::invented::{Dice, Line, home, market, parameters, scan, today, urn};

fn question(parameters: &[(&'static str, String)]) -> Question {
    let pairs = parameters.iter().map(|(name, text)| (*name, &**text));
    Question::read(pairs, LaCode::new(330).unwrap(), today())
        .unwrap_or_else(|fault| panic!("{parameters:?}: {fault:?}"))
}

fn asked(parameters: &[(&'static str, &str)]) -> Question {
    question(&parameters.iter().map(|(name, text)| (*name, (*text).to_owned())).collect::<Vec<_>>())
}

/// Every page of a search, one after another.
fn all_pages(market: &Market, question: &Question, around: &Line, homes: usize) -> Vec<(Rank, Arc<Home>)> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = market.search(question, around, Paging { search: 7, after, homes });
        assert!(page.homes.len() <= homes);
        found.extend(page.homes.iter().map(|found| (found.rank, Arc::clone(&found.home))));
        match page.next {
            Some(next) => after = Some(next),
            None => return found,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_a_scan_finds_in_the_same_order(
        seed in any::<u64>(),
        homes in 0_u64..160,
        has_table in any::<bool>(),
        of_a_page in 1_usize..40,
        changes in 0_u64..40,
    ) {
        let mut market = market(seed, homes, 6);
        let mut dice = Dice(seed ^ 0x5eed);
        // Resubmitted, withdrawn, offered anew: the market is what it would be had it been made so.
        for _ in 0..changes {
            let n = dice.below(homes.max(1));
            let old = market.homes().nth(n as usize % market.len().max(1)).cloned();
            match (dice.below(3), old) {
                (0, Some(old)) => {
                    let Said::Is(reference) = old.vacancy.vacancy_id.clone() else { unreachable!() };
                    prop_assert!(market.remove(old.urn, &reference) && !market.remove(old.urn, &reference));
                }
                (1, Some(old)) => {
                    let new = Home { urn: old.urn, ..home(&mut dice, 0, 6) };
                    let vacancy_id = old.vacancy.vacancy_id.clone();
                    let vacancy = Vacancy { vacancy_id, ..new.vacancy.clone() };
                    let is_taken = market.put(Home { vacancy, ..new });
                    prop_assert!(is_taken);
                }
                _ => {
                    let is_taken = market.put(home(&mut dice, homes + n, 6));
                    prop_assert!(is_taken);
                }
            }
        }
        let parameters = parameters(&mut dice);
        let (question, around) = (question(&parameters), Line { has_table });
        let scanned = scan(&market, &question, &around);
        let page = market.search(&question, &around, Paging { search: 7, after: None, homes: of_a_page });
        prop_assert_eq!(page.found, scanned.homes.len(), "{:?}", parameters);
        prop_assert_eq!(page.stale_left_out, scanned.stale_left_out, "{:?}", parameters);
        prop_assert_eq!(page.removed_by_must, scanned.removed_by_must, "{:?}", parameters);
        let found = all_pages(&market, &question, &around, of_a_page);
        prop_assert!(found.is_sorted_by(|one, next| one.0 < next.0), "each home stands once, at its rank");
        prop_assert_eq!(found.len(), scanned.homes.len());
        let orders: std::collections::HashMap<_, _> =
            scanned.homes.iter().map(|(order, home)| (Arc::as_ptr(home), *order)).collect();
        let found: Vec<_> = found.iter().map(|(_, home)| orders.get(&Arc::as_ptr(home)).copied()).collect();
        let expected: Vec<_> = scanned.homes.iter().map(|(order, _)| Some(*order)).collect();
        prop_assert_eq!(found, expected, "{:?}", parameters);
    }
}

#[test]
fn each_home_says_why_it_stands_there() {
    let (market, around) = (market(3, 400, 6), Line { has_table: true });
    let question = asked(&[
        ("age", "9"),
        ("sex", "F"),
        ("attribute", "uasc"),
        ("outward", "B13"),
        ("miles", "15"),
        ("culture", "APKN"),
    ]);
    let page = market.search(&question, &around, Paging { search: 1, after: None, homes: 50 });
    assert!(page.homes.len() > 10);
    for found in &page.homes {
        let names: Vec<&str> = found.criteria.iter().map(|told| &*told.name).collect();
        assert_eq!(
            names,
            ["age", "places", "available_from", "authority", "miles", "sex", "attribute:uasc", "culture"]
        );
        let musts = found.criteria.iter().filter(|told| told.kind == Kind::Must);
        assert!(musts.clone().all(|told| told.result != Answer::NotMet), "what must hold and does not is not found");
        let unknown = musts.filter(|told| told.result == Answer::Unknown).count();
        assert_eq!(usize::from(found.rank.musts_unknown), unknown);
        let culture = found.criteria.last().unwrap();
        assert!(culture.said.is_empty() && culture.asked == "APKN", "what the carers are is not told");
    }
    let said = |name: &str| page.homes.iter().flat_map(|found| &found.criteria).find(|told| told.name == name).unwrap();
    assert!(said("age").said.starts_with("ages ") && said("age").asked == "9");
    assert!(said("miles").asked == "15 miles of B13");
}

#[test]
fn every_criterion_is_answered_however_many_there_are() {
    let (market, around) = (market(11, 300, 4), Line { has_table: true });
    let mut question = asked(&[("age", "9")]);
    let all_ages = (0..=25).map(|age| Criterion { kind: Kind::Must, asked: Asked::Ages(vec![age]) });
    question.criteria.extend(all_ages);
    question.include_stale = true;
    let page = market.search(&question, &around, Paging { search: 1, after: None, homes: 9 });
    let scanned = scan(&market, &question, &around);
    assert_eq!((page.found, &page.removed_by_must), (scanned.homes.len(), &scanned.removed_by_must));
    assert!(
        page.found
            < market.search(&asked(&[("age", "9"), ("include_stale", "true")]), &around, Paging::default()).found
    );
}

#[test]
fn what_a_home_says_is_not_shown_when_it_is_debugged() {
    let page = market(3, 400, 6).search(
        &asked(&[("age", "9"), ("outward", "B13"), ("miles", "15")]),
        &Line { has_table: true },
        Paging { search: 1, after: None, homes: 50 },
    );
    let shown = format!("{:?}", page.homes);
    assert!(shown.contains("available_from") && !shown.contains("ages ") && !shown.contains("miles of"), "{shown}");
}

#[test]
fn another_search_tells_equals_in_another_order() {
    let (mut market, mut dice) = (Market::default(), Dice(1));
    let like = home(&mut dice, 1, 1);
    for n in 0..40 {
        let vacancy_id = Said::Is(format!("V-{n}").into());
        let vacancy = Vacancy {
            vacancy_id,
            carer_ref: Said::Blank,
            status: Said::Is(VacancyStatus::Open),
            as_at: Said::Is(crate::invented::at(today(), 9)),
            more: None,
            ..like.vacancy.clone()
        };
        market.put(Home { vacancy, urn: urn(n), is_registered: true, ..like.clone() });
    }
    let question = Question::of(LaCode::new(330).unwrap());
    let order = |search| {
        let page = market.search(&question, &Line { has_table: false }, Paging { search, after: None, homes: 40 });
        page.homes.iter().map(|found| found.home.urn).collect::<Vec<_>>()
    };
    assert_eq!(order(1), order(1), "the pages of one search fit together");
    assert_ne!(order(1), order(2));
    assert_eq!(order(1).len(), 40);
}

#[test]
fn a_home_without_a_reference_is_not_taken_and_ratings_are_those_of_now() {
    let (mut market, mut dice) = (Market::default(), Dice(5));
    let mut one = home(&mut dice, 1, 1);
    one.vacancy.vacancy_id = Said::Blank;
    assert!(!market.put(one.clone()) && market.is_empty());
    one.vacancy.vacancy_id = Said::Is("V-1".into());
    one.vacancy.status = Said::Is(VacancyStatus::Open);
    one.vacancy.as_at = Said::Is(crate::invented::at(today(), 9));
    one.vacancy.more.get_or_insert_default().available = Said::Blank;
    one.is_registered = true;
    assert!(market.put(one.clone()));
    let question = asked(&[("rating", "must:good"), ("available_from", "want:2026-01-14")]);
    let found = |market: &Market| {
        market.search(&question, &Line { has_table: false }, Paging { search: 0, after: None, homes: 9 }).found
    };
    let rated = |rating| Provider { rating: Said::Is(rating), ..Provider::default() };
    let places = one.vacancy.more.get_or_insert_default();
    places.places = Said::Blank;
    places.framework = Said::Blank;
    assert!(market.put(one.clone()));
    assert_eq!(found(&market), 1, "not rated is not known");
    let before = market.clone();
    market.put_provider(one.urn, rated(OfstedRating::Inadequate));
    assert_eq!((found(&market), found(&before)), (0, 1), "who searches goes on in the market as it was");
    market.put_provider(one.urn, rated(OfstedRating::Good));
    assert_eq!(found(&market), 1);
}
