//! Laws of photographs of homes.

use std::sync::Arc;

use super::{Ground, Law, id, keep, line};
use crate::{
    Batch, Refused, Store,
    home::{MarketKey, OfferedAct, OfferedChange},
    photo::{NewPhoto, Photo, PhotoChange},
};

pub(super) const LAWS: &[Law] = &[
    ("a photograph is of one home and takes the place of the one that was seen", places),
    ("photographs are all found, page by page, also after the store was closed", pages),
    ("what is removed is forgotten, one or all of a home", removal),
    ("with its home a photograph goes", with_home),
    ("a batch with one photograph that clashes keeps nothing", whole_or_not),
];

fn home(number: u128) -> OfferedChange {
    let act = OfferedAct::Put { key: MarketKey(number.to_string().into()), body: b"home".to_vec() };
    OfferedChange { id: id(number), seen: 0, at: 1_000, cause: "request:1".to_owned(), act }
}

fn photo(number: u128, of: u128) -> Photo {
    Photo { id: id(number), home: id(of), about: format!("about {number}").into() }
}

fn put(number: u128, of: u128, name: &str, seen: Option<u128>) -> PhotoChange {
    let body = format!("bytes {number}").into();
    PhotoChange::Put(NewPhoto { photo: photo(number, of), name: MarketKey(name.into()), seen: seen.map(id), body })
}

fn keep_photos(store: &Arc<dyn Store>, photos: Vec<PhotoChange>) -> Result<(), Refused> {
    keep(store, Batch { photos, audit: vec![line("photos")], ..Batch::default() }).map(drop)
}

fn with_homes(ground: &dyn Ground, numbers: &[u128]) -> Arc<dyn Store> {
    let store = ground.open();
    let homes = numbers.iter().map(|number| home(*number)).collect();
    keep(&store, Batch { homes, ..Batch::default() }).unwrap();
    store
}

fn places(ground: &dyn Ground) {
    let store = with_homes(ground, &[1, 2]);
    assert_eq!(keep_photos(&store, vec![put(11, 3, "room", None)]), Err(Refused::Clash), "there is no such home");
    assert_eq!(keep_photos(&store, vec![put(11, 1, "room", Some(7))]), Err(Refused::Clash), "nothing was there");
    keep_photos(&store, vec![put(11, 1, "room", None), put(12, 2, "room", None), put(13, 1, "dog", None)]).unwrap();
    assert_eq!(keep_photos(&store, vec![put(14, 1, "room", None)]), Err(Refused::Clash), "somebody has seen it");
    assert_eq!(keep_photos(&store, vec![put(13, 2, "cat", None)]), Err(Refused::Clash), "its id is taken");
    keep_photos(&store, vec![put(14, 1, "room", Some(11))]).unwrap();
    assert_eq!(store.photos(None, 9).unwrap(), [photo(12, 2), photo(13, 1), photo(14, 1)]);
    assert_eq!(store.photo_body(id(14)).unwrap().unwrap(), b"bytes 14");
    assert_eq!(store.photo_body(id(11)).unwrap(), None);
}

fn pages(ground: &dyn Ground) {
    let store = with_homes(ground, &[1]);
    let numbers = 11..=17;
    keep_photos(&store, numbers.clone().rev().map(|n| put(n, 1, &n.to_string(), None)).collect()).unwrap();
    drop(store);
    let store = ground.open();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.photos(after, 3).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        found.extend(page);
    }
    assert_eq!(found, numbers.map(|n| photo(n, 1)).collect::<Vec<_>>());
}

fn removal(ground: &dyn Ground) {
    let store = with_homes(ground, &[1, 2]);
    let all = [put(11, 1, "a", None), put(12, 1, "b", None), put(13, 1, "c", None), put(14, 2, "a", None)];
    keep_photos(&store, all.to_vec()).unwrap();
    keep_photos(&store, vec![PhotoChange::Remove(id(11))]).unwrap();
    assert_eq!(keep_photos(&store, vec![PhotoChange::Remove(id(11))]), Err(Refused::Clash), "it has gone");
    assert_eq!(store.photos(None, 9).unwrap(), [photo(12, 1), photo(13, 1), photo(14, 2)]);
    keep_photos(&store, vec![PhotoChange::RemoveAll(id(1)), PhotoChange::RemoveAll(id(3))]).unwrap();
    assert_eq!((store.photos(None, 9).unwrap(), store.photo_body(id(12)).unwrap()), (vec![photo(14, 2)], None));
    keep_photos(&store, vec![put(15, 1, "b", None)]).unwrap();
}

fn with_home(ground: &dyn Ground) {
    let store = with_homes(ground, &[1, 2]);
    keep_photos(&store, vec![put(11, 1, "a", None), put(12, 2, "a", None)]).unwrap();
    let homes = vec![OfferedChange { seen: 1, act: OfferedAct::Remove, ..home(1) }];
    keep(&store, Batch { homes, ..Batch::default() }).unwrap();
    assert_eq!((store.photos(None, 9).unwrap(), store.photo_body(id(11)).unwrap()), (vec![photo(12, 2)], None));
}

fn whole_or_not(ground: &dyn Ground) {
    let store = with_homes(ground, &[1]);
    let before = store.audit_head().unwrap();
    assert_eq!(keep_photos(&store, vec![put(11, 1, "a", None), put(12, 1, "a", None)]), Err(Refused::Clash));
    assert_eq!((store.photos(None, 9).unwrap(), store.audit_head().unwrap()), (vec![], before));
}
