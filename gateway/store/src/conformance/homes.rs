//! Laws of what providers offer.

use std::sync::Arc;

use super::{Ground, Law, id, keep, line};
use crate::{
    Batch, Refused, Store,
    home::{HOME_VERSIONS_MAX, MarketKey, Offered, OfferedAct, OfferedChange},
};

pub(super) const LAWS: &[Law] = &[
    ("a home is put at the version that was seen, and keeps its name", versions),
    ("what was said of a home before is kept, newest first, and not without end", history),
    ("a home that is removed is forgotten with its history, and its name is free", removal),
    ("homes are all found, page by page, also after the store was closed", pages),
    ("providers are no homes", providers),
    ("searches for homes are neither", referrals),
    ("a batch with one home that clashes keeps nothing", whole_or_not),
];

fn put(number: u128, seen: u64, key: &str, body: &str) -> OfferedChange {
    let act = OfferedAct::Put { key: MarketKey(key.into()), body: body.into() };
    let at = 1_000 + i64::try_from(seen).unwrap();
    OfferedChange { id: id(number), seen, at, cause: format!("request:{seen}"), act }
}

fn remove(number: u128, seen: u64) -> OfferedChange {
    OfferedChange { act: OfferedAct::Remove, ..put(number, seen, "", "") }
}

fn keep_homes(store: &Arc<dyn Store>, homes: Vec<OfferedChange>) -> Result<(), Refused> {
    keep(store, Batch { homes, audit: vec![line("homes")], ..Batch::default() }).map(drop)
}

fn held(number: u128, version: u64, body: &str) -> Offered {
    let change = put(number, version - 1, "", body);
    Offered { id: change.id, version, at: change.at, cause: change.cause, body: body.into() }
}

fn versions(ground: &dyn Ground) {
    let store = ground.open();
    assert_eq!(keep_homes(&store, vec![put(1, 1, "a", "x")]), Err(Refused::Clash), "there is none");
    keep_homes(&store, vec![put(1, 0, "a", "x")]).unwrap();
    assert_eq!(keep_homes(&store, vec![put(1, 0, "a", "y")]), Err(Refused::Clash), "somebody has seen it");
    assert_eq!(keep_homes(&store, vec![put(2, 0, "a", "y")]), Err(Refused::Clash), "its name is taken");
    assert_eq!(keep_homes(&store, vec![put(1, 1, "b", "y")]), Err(Refused::Clash), "it keeps its name");
    keep_homes(&store, vec![put(1, 1, "a", "y"), put(2, 0, "b", "z")]).unwrap();
    assert_eq!(store.homes(None, 9).unwrap(), [held(1, 2, "y"), held(2, 1, "z")]);
}

fn history(ground: &dyn Ground) {
    let store = ground.open();
    assert_eq!(store.home_versions(id(1)).unwrap(), []);
    for seen in 0..3 {
        keep_homes(&store, vec![put(1, seen, "a", &format!("said {seen}"))]).unwrap();
    }
    assert_eq!(store.home_versions(id(1)).unwrap(), [held(1, 2, "said 1"), held(1, 1, "said 0")]);
    let most = u64::from(HOME_VERSIONS_MAX);
    for seen in 3..=most + 1 {
        keep_homes(&store, vec![put(1, seen, "a", &format!("said {seen}"))]).unwrap();
    }
    let versions: Vec<u64> = store.home_versions(id(1)).unwrap().iter().map(|held| held.version).collect();
    assert_eq!(versions, (2..=most + 1).rev().collect::<Vec<_>>(), "the oldest has gone");
}

fn removal(ground: &dyn Ground) {
    let store = ground.open();
    keep_homes(&store, vec![put(1, 0, "a", "x")]).unwrap();
    keep_homes(&store, vec![put(1, 1, "a", "y")]).unwrap();
    assert_eq!(keep_homes(&store, vec![remove(1, 1)]), Err(Refused::Clash), "not what was seen");
    keep_homes(&store, vec![remove(1, 2)]).unwrap();
    assert_eq!((store.homes(None, 9).unwrap(), store.home_versions(id(1)).unwrap()), (vec![], vec![]));
    keep_homes(&store, vec![put(2, 0, "a", "z")]).unwrap();
    assert_eq!(store.homes(None, 9).unwrap(), [held(2, 1, "z")]);
}

fn pages(ground: &dyn Ground) {
    let store = ground.open();
    let numbers: Vec<u128> = (1..=7).collect();
    keep_homes(&store, numbers.iter().rev().map(|n| put(*n, 0, &n.to_string(), "x")).collect()).unwrap();
    drop(store);
    let store = ground.open();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.homes(after, 3).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        found.extend(page.into_iter().map(|home| home.id));
    }
    assert_eq!(found, numbers.into_iter().map(id).collect::<Vec<_>>());
}

fn providers(ground: &dyn Ground) {
    let store = ground.open();
    let keep_providers = |providers| keep(&store, Batch { providers, ..Batch::default() }).map(drop);
    keep_providers(vec![put(1, 0, "a", "x")]).unwrap();
    keep_homes(&store, vec![put(1, 0, "a", "home")]).unwrap();
    assert_eq!(keep_providers(vec![put(1, 0, "a", "x")]), Err(Refused::Clash));
    keep_providers(vec![put(1, 1, "a", "y")]).unwrap();
    assert_eq!(store.providers(None, 9).unwrap(), [held(1, 2, "y")]);
    assert_eq!(store.homes(None, 9).unwrap(), [held(1, 1, "home")]);
    keep_providers(vec![remove(1, 2)]).unwrap();
    assert_eq!(store.providers(None, 9).unwrap(), []);
}

fn referrals(ground: &dyn Ground) {
    let store = ground.open();
    let kept = Arc::clone(&store);
    let keep_referrals = move |referrals| keep(&kept, Batch { referrals, ..Batch::default() }).map(|_| ());
    keep_referrals(vec![put(1, 0, "a", "x"), put(2, 0, "b", "x")]).unwrap();
    keep_homes(&store, vec![put(1, 0, "a", "home")]).unwrap();
    assert_eq!(keep_referrals(vec![put(1, 0, "a", "x")]), Err(Refused::Clash));
    // Of two who saw the same one keeps what it says.
    keep_referrals(vec![put(1, 1, "a", "y")]).unwrap();
    assert_eq!(keep_referrals(vec![put(1, 1, "a", "z")]), Err(Refused::Clash));
    assert_eq!(store.referrals(None, 9).unwrap(), [held(1, 2, "y"), held(2, 1, "x")]);
    assert_eq!(store.referrals(Some(id(1)), 9).unwrap(), [held(2, 1, "x")]);
    keep_referrals(vec![remove(1, 2)]).unwrap();
    drop((keep_referrals, store));
    let store = ground.open();
    assert_eq!(store.referrals(None, 9).unwrap(), [held(2, 1, "x")]);
    assert_eq!((store.homes(None, 9).unwrap(), store.providers(None, 9).unwrap()), (vec![held(1, 1, "home")], vec![]));
}

fn whole_or_not(ground: &dyn Ground) {
    let store = ground.open();
    keep_homes(&store, vec![put(1, 0, "a", "x")]).unwrap();
    let before = store.audit_head().unwrap();
    assert_eq!(keep_homes(&store, vec![put(2, 0, "b", "y"), put(3, 0, "a", "z")]), Err(Refused::Clash));
    assert_eq!((store.homes(None, 9).unwrap(), store.audit_head().unwrap()), (vec![held(1, 1, "x")], before));
}
