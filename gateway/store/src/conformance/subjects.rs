//! Laws of subjects: what is held of them, how they are found, and how they end.

use std::sync::Arc;

use super::{Ground, Law, id, keep, new_subject, seen, subject};
use crate::{
    Batch, Refused, Store,
    identity::{BlindIdentifier, Link, NewProposal, Restriction},
    subject::{Begun, DemographicKey, HandedOver, PlaceKey, Standing, SubjectChange, SubjectId, TwoPersons, Waiting},
};

pub(super) const LAWS: &[Law] = &[
    ("what is held of a subject is given back, by source", holdings),
    ("a change needs the version that was seen", versions),
    ("an identifier belongs to one subject", identifiers),
    ("places tell who lives there and who is protected", places),
    ("those who may be alike are found by what they are looked for by", demographics),
    ("a resource once given leads to its subject, and to the one that it was given last", resources),
    ("what a refused batch gives leads nowhere", refused_resources),
    ("subjects whose resources nobody has looked for are found, page by page", unindexed),
    ("all subjects are found, page by page", pages),
    ("subjects that wait for people are found, page by page", waiting),
    ("what is erased leaves nothing but what it is known by", erasures),
];

fn identifier(value: &str) -> BlindIdentifier {
    BlindIdentifier { system: "nhs-number".to_owned(), value: value.to_owned() }
}

fn holdings(ground: &dyn Ground) {
    let store = ground.open();
    let standing = Standing {
        authority: Some("331".to_owned()),
        protects_places: true,
        guard_hold: true,
        closed_by_adoption: true,
        merged_into: Some(subject(2)),
        begun: Some(Begun { act: TwoPersons::Release, by: "first".to_owned() }),
        eligible_until: Some(7),
        handed_over: Some(HandedOver::CouldNotBe),
        erased_at: None,
    };
    let new = SubjectChange {
        holdings: vec![("b".to_owned(), b"two".to_vec()), ("a".to_owned(), b"one".to_vec())],
        planned: vec![("t".to_owned(), b"planned".to_vec())],
        standing: standing.clone(),
        ..new_subject(1)
    };
    keep(&store, Batch { subjects: vec![new], ..Batch::default() }).unwrap();
    let targets = ["t".to_owned(), "u".to_owned()];
    let mut held = store.subjects(&[subject(9), subject(1)], &targets).unwrap();
    assert!(held[0].is_none());
    let held = held.remove(1).unwrap();
    assert_eq!((held.version, held.standing), (1, standing));
    assert_eq!(held.holdings, [("a".to_owned(), b"one".to_vec()), ("b".to_owned(), b"two".to_vec())]);
    assert_eq!(
        (held.sent.len(), &held.sent[0].planned[..], &held.sent[0].delivered[..]),
        (1, &b"planned"[..], &b""[..])
    );
    assert_eq!(store.census().unwrap().guard_holds, 1);
    let change = SubjectChange {
        holdings: vec![("a".to_owned(), b"three".to_vec()), ("b".to_owned(), Vec::new())],
        ..seen(&store, 1)
    };
    keep(&store, Batch { subjects: vec![change], ..Batch::default() }).unwrap();
    drop(store);
    let held = ground.open().subjects(&[subject(1)], &[]).unwrap().remove(0).unwrap();
    assert_eq!((held.version, held.holdings), (2, vec![("a".to_owned(), b"three".to_vec())]));
}

fn versions(ground: &dyn Ground) {
    let store = ground.open();
    let change = |change| keep(&store, Batch { subjects: vec![change], ..Batch::default() });
    assert_eq!(change(SubjectChange { seen: 1, ..new_subject(1) }).unwrap_err(), Refused::Clash);
    change(new_subject(1)).unwrap();
    assert_eq!(change(new_subject(1)).unwrap_err(), Refused::Clash);
    let first = seen(&store, 1);
    let epoch = super::epoch(&store, 1);
    change(first.clone()).unwrap();
    assert_eq!(super::epoch(&store, 1), epoch);
    assert_eq!(change(first).unwrap_err(), Refused::Clash);
    change(SubjectChange { raise_epoch: true, ..seen(&store, 1) }).unwrap();
    assert_eq!(super::epoch(&store, 1), epoch + 1);
}

fn identifiers(ground: &dyn Ground) {
    let store = ground.open();
    let known = |number, value: &str| SubjectChange { identifiers: vec![identifier(value)], ..new_subject(number) };
    let change = |subjects| keep(&store, Batch { subjects, ..Batch::default() });
    change(vec![known(1, "one"), known(2, "two")]).unwrap();
    assert_eq!(change(vec![known(3, "one")]).unwrap_err(), Refused::Clash);
    assert!(store.subjects(&[subject(3)], &[]).unwrap()[0].is_none());
    let find = |values: &[&str]| store.find(&values.iter().map(|it| identifier(it)).collect::<Vec<_>>()).unwrap();
    assert_eq!(find(&["two", "three", "one"]), [Some(subject(2)), None, Some(subject(1))]);
    let other = BlindIdentifier { system: "upn".to_owned(), ..identifier("one") };
    assert_eq!(store.find(&[other]).unwrap(), [None]);
    change(vec![SubjectChange { identifiers: vec![identifier("one")], ..seen(&store, 1) }]).unwrap();
    let takes = SubjectChange { identifiers: vec![identifier("one")], ..seen(&store, 2) };
    assert_eq!(change(vec![takes.clone()]).unwrap_err(), Refused::Clash);
    let not_its_own = SubjectChange { forgotten: vec![identifier("two")], ..seen(&store, 1) };
    change(vec![not_its_own]).unwrap();
    assert_eq!(find(&["two"]), [Some(subject(2))]);
    let gives = SubjectChange { forgotten: vec![identifier("one")], ..seen(&store, 1) };
    change(vec![takes, gives]).unwrap();
    assert_eq!(find(&["one"]), [Some(subject(2))]);
}

fn waiting(ground: &dyn Ground) {
    let store = ground.open();
    let begun = || Some(Begun { act: TwoPersons::Release, by: "first".to_owned() });
    let standing = |guard_hold, begun| Standing { guard_hold, begun, ..Standing::default() };
    let subjects = [standing(true, None), standing(false, None), standing(true, begun()), standing(true, None)];
    let subjects = (1..).zip(subjects).map(|(number, standing)| SubjectChange { standing, ..new_subject(number) });
    keep(&store, Batch { subjects: subjects.collect(), ..Batch::default() }).unwrap();
    let found = |what, after| store.waiting_subjects(what, after, 2).unwrap();
    assert_eq!(found(Waiting::GuardHold, None), [subject(1), subject(3)]);
    assert_eq!(found(Waiting::GuardHold, Some(subject(3))), [subject(4)]);
    assert_eq!(found(Waiting::SecondPerson(TwoPersons::Release), None), [subject(3)]);
    let done = SubjectChange { standing: Standing::default(), ..seen(&store, 3) };
    keep(&store, Batch { subjects: vec![done], ..Batch::default() }).unwrap();
    assert_eq!(found(Waiting::GuardHold, None), [subject(1), subject(4)]);
    assert!(found(Waiting::SecondPerson(TwoPersons::Release), None).is_empty());
}

fn erasures(ground: &dyn Ground) {
    let store = ground.open();
    let standing = |eligible_until, handed_over| Standing { eligible_until, handed_over, ..Standing::default() };
    let known = |number: u128, standing| SubjectChange {
        standing,
        holdings: vec![("source".to_owned(), b"held".to_vec())],
        identifiers: vec![identifier(&number.to_string())],
        places: Some(vec![PlaceKey(vec![1])]),
        demographics: Some(vec![DemographicKey(vec![1])]),
        planned: vec![("t".to_owned(), b"planned".to_vec())],
        // Of the fourth nobody has looked.
        resources: (number != 4).then(|| vec![id(number + 20)]),
        ..new_subject(number)
    };
    let subjects = vec![
        known(1, standing(Some(5), Some(HandedOver::Done))),
        known(2, Standing { merged_into: Some(subject(1)), ..Standing::default() }),
        known(3, standing(Some(5), None)),
        known(4, standing(Some(9), Some(HandedOver::Done))),
    ];
    let restriction = Restriction {
        id: id(1),
        subject: subject(1),
        kind: "location".to_owned(),
        body: b"restriction".to_vec(),
        set_by: "one".to_owned(),
        set_at: 1,
        review_at: None,
        lift_first_by: None,
        lifted_at: None,
        version: 1,
    };
    let link = Link {
        id: id(2),
        proposal: id(3),
        winner: subject(1),
        loser: subject(2),
        made_at: 1,
        undone_at: None,
        moves: b"moves".to_vec(),
        version: 1,
    };
    let proposal = NewProposal {
        id: id(3),
        keeps: subject(1),
        other: subject(3),
        evidence: b"a".to_vec(),
        grounds: b"b".to_vec(),
        made_at: 1,
    };
    let batch = Batch {
        subjects,
        restrictions: vec![restriction],
        links: vec![link],
        proposals: vec![proposal],
        ..Batch::default()
    };
    keep(&store, batch).unwrap();
    let found = |what| store.waiting_subjects(what, None, 9).unwrap();
    assert_eq!((found(Waiting::HandOver(5)), found(Waiting::Purge(5))), (vec![subject(3)], vec![subject(1)]));
    assert_eq!((found(Waiting::HandOver(4)), found(Waiting::Purge(9))), (Vec::new(), vec![subject(1), subject(4)]));

    // What is delivered of it alone goes too; what is still to leave stays, and so does what is about others as well.
    let mut with_another = super::delivery(12, 2, (1, 1));
    with_another.subjects.push(crate::delivery::DeliverySubject { id: subject(4), epoch: 1, after: Vec::new() });
    let deliveries = vec![super::delivery(11, 1, (1, 1)), with_another];
    keep(&store, Batch { deliveries, ..Batch::default() }).unwrap();
    for leased in super::lease(&store, super::order(50)).leased {
        assert!(super::settle(&store, &leased, super::delivered()));
    }
    keep(&store, Batch { deliveries: vec![super::delivery(13, 1, (1, 2))], ..Batch::default() }).unwrap();
    let erased = SubjectChange {
        standing: Standing { erased_at: Some(70), authority: Some("331".to_owned()), ..Standing::default() },
        raise_epoch: true,
        ..seen(&store, 1)
    };
    let batch = || Batch { erasures: vec![subject(1)], ..Batch::default() };
    keep(&store, Batch { subjects: vec![erased], ..batch() }).unwrap();
    drop(store);
    let store = ground.open();
    for number in [1, 2] {
        let held = store.subjects(&[subject(number)], &["t".to_owned()]).unwrap().remove(0).unwrap();
        assert!(held.holdings.is_empty() && held.sent.is_empty() && held.standing.erased_at.is_some(), "{number}");
    }
    let held = store.subjects(&[subject(1)], &[]).unwrap().remove(0).unwrap();
    assert_eq!((held.epoch, held.standing.authority.as_deref(), held.standing.erased_at), (2, Some("331"), Some(70)));
    assert!(store.restriction(id(1)).unwrap().is_none() && store.link(id(2)).unwrap().is_none());
    assert!(store.proposal(id(3)).unwrap().is_none());
    assert_eq!(store.subjects_at(&[PlaceKey(vec![1])]).unwrap(), [subject(3), subject(4)]);
    assert_eq!(store.alike(&[DemographicKey(vec![1])], 9).unwrap(), [vec![subject(3), subject(4)]]);
    let body = |number| store.delivery(id(number), true).unwrap().unwrap().planned.body;
    assert_eq!((body(11), body(12), body(13)), (Vec::new(), b"body 12".to_vec(), b"body 13".to_vec()));
    assert_eq!(store.waiting_subjects(Waiting::Purge(9), None, 9).unwrap(), [subject(4)]);
    // What still leaves is delivered, and nothing of it is remembered.
    let leased = super::lease(&store, super::order(60)).leased;
    assert_eq!(super::numbers(&leased), [id(13)]);
    assert!(super::settle(&store, &leased[0], super::delivered()));

    // Its resources lead nowhere, nor do those of whoever was merged into it; and there is nothing to look into.
    assert_eq!(leads(&store, &[21, 22, 23]), [None, None, Some(subject(3))]);
    assert_eq!(store.unindexed_subjects(None, 9).unwrap(), [subject(4)]);
    let leads_again = SubjectChange { resources: Some(vec![id(21)]), ..seen(&store, 1) };
    assert_eq!(
        keep(&store, Batch { subjects: vec![leads_again], ..Batch::default() }).unwrap_err(),
        Refused::State("erased")
    );
    assert_eq!(leads(&store, &[21]), [None]);

    // It is known by what it was known by, and holds nothing any more.
    let find = |value: &str| store.find(&[identifier(value)]).unwrap()[0];
    assert_eq!((find("1"), find("2")), (Some(subject(1)), Some(subject(2))));
    let takes = SubjectChange { holdings: vec![("s".to_owned(), b"new".to_vec())], ..seen(&store, 1) };
    assert_eq!(
        keep(&store, Batch { subjects: vec![takes], ..Batch::default() }).unwrap_err(),
        Refused::State("erased")
    );
    keep(&store, Batch { readmissions: vec![subject(1), subject(3)], ..Batch::default() }).unwrap();
    assert_eq!((find("1"), find("2"), find("3")), (None, None, Some(subject(3))), "only what was erased");
    assert_eq!(keep(&store, Batch { erasures: vec![subject(9)], ..Batch::default() }).unwrap_err(), Refused::Missing);
    // Once more changes nothing.
    keep(&store, batch()).unwrap();
    assert_eq!(store.subjects(&[subject(1)], &[]).unwrap().remove(0).unwrap().standing.erased_at, Some(70));
}

fn places(ground: &dyn Ground) {
    let store = ground.open();
    let at = |number, protects, places: &[u8]| SubjectChange {
        places: Some(places.iter().map(|place| PlaceKey(vec![*place])).collect()),
        standing: Standing { protects_places: protects, ..Standing::default() },
        ..new_subject(number)
    };
    let subjects = vec![at(1, true, &[1, 2, 2]), at(2, false, &[2, 3]), at(3, false, &[])];
    keep(&store, Batch { subjects, ..Batch::default() }).unwrap();
    let key = |place: u8| PlaceKey(vec![place]);
    let asked = [key(1), key(3), key(9)];
    assert_eq!(store.protected_places(&asked, None).unwrap(), [true, false, false]);
    assert_eq!(store.protected_places(&asked, Some(subject(2))).unwrap(), [true, false, false]);
    assert_eq!(store.protected_places(&asked, Some(subject(1))).unwrap(), [false, false, false]);
    let mut who = store.subjects_at(&[key(2), key(1)]).unwrap();
    who.sort();
    assert_eq!(who, [subject(1), subject(2)]);
    keep(&store, Batch { subjects: vec![seen(&store, 1)], ..Batch::default() }).unwrap();
    assert_eq!(store.subjects_at(&[key(1)]).unwrap(), [subject(1)], "not replaced");
    let moved = SubjectChange { seen: seen(&store, 1).seen, ..at(1, true, &[3]) };
    keep(&store, Batch { subjects: vec![moved], ..Batch::default() }).unwrap();
    assert!(store.subjects_at(&[key(1)]).unwrap().is_empty());
    assert_eq!(store.protected_places(&asked, Some(subject(2))).unwrap(), [false, true, false]);
}

fn demographics(ground: &dyn Ground) {
    let store = ground.open();
    let key = |key: u8| DemographicKey(vec![key]);
    let looked_for = |number, keys: &[u8]| SubjectChange {
        demographics: Some(keys.iter().map(|one| key(*one)).collect()),
        ..new_subject(number)
    };
    let subjects = vec![looked_for(3, &[1, 2, 2]), looked_for(1, &[2]), looked_for(2, &[2])];
    keep(&store, Batch { subjects, ..Batch::default() }).unwrap();
    let alike = |most| store.alike(&[key(2), key(9), key(1)], most).unwrap();
    assert_eq!(alike(9), [vec![subject(1), subject(2), subject(3)], Vec::new(), vec![subject(3)]]);
    assert_eq!(alike(2)[0], [subject(1), subject(2)]);
    // Replaced as a whole, or left as they are.
    keep(&store, Batch { subjects: vec![seen(&store, 1)], ..Batch::default() }).unwrap();
    assert_eq!(alike(9)[0].len(), 3);
    let hidden = SubjectChange { seen: seen(&store, 3).seen, ..looked_for(3, &[]) };
    keep(&store, Batch { subjects: vec![hidden], ..Batch::default() }).unwrap();
    assert_eq!(alike(9), [vec![subject(1), subject(2)], Vec::new(), Vec::new()]);
}

fn pages(ground: &dyn Ground) {
    let store = ground.open();
    keep(&store, Batch { subjects: (1..=5).map(new_subject).collect(), ..Batch::default() }).unwrap();
    let found = page_by_page(|after| store.all_subjects(after, 2).unwrap());
    assert_eq!(found, (1..=5).map(subject).collect::<Vec<_>>());
}

fn page_by_page(page: impl Fn(Option<SubjectId>) -> Vec<SubjectId>) -> Vec<SubjectId> {
    let mut found = Vec::new();
    loop {
        let next = page(found.last().copied());
        if next.is_empty() {
            return found;
        }
        found.extend(next);
    }
}

fn leads(store: &Arc<dyn Store>, resources: &[u128]) -> Vec<Option<SubjectId>> {
    store.subjects_of_resources(&resources.iter().map(|number| id(*number)).collect::<Vec<_>>()).unwrap()
}

/// A change that gives these resources.
fn giving(change: SubjectChange, resources: &[u128]) -> SubjectChange {
    SubjectChange { resources: Some(resources.iter().map(|number| id(*number)).collect()), ..change }
}

/// A change that replaces a holding.
fn holding(change: SubjectChange, bytes: &[u8]) -> SubjectChange {
    SubjectChange { holdings: vec![("source".to_owned(), bytes.to_vec())], ..change }
}

fn resources(ground: &dyn Ground) {
    let store = ground.open();
    let change = |subjects| keep(&store, Batch { subjects, ..Batch::default() }).unwrap();
    let (one, two) = (Some(subject(1)), Some(subject(2)));
    change(vec![giving(new_subject(1), &[11, 12, 12]), giving(new_subject(2), &[21])]);
    assert_eq!(leads(&store, &[21, 99, 12, 11, 12]), [two, None, one, one, one]);
    assert!(leads(&store, &[]).is_empty());
    // What is not given again still leads there, whatever becomes of the holdings.
    change(vec![giving(seen(&store, 1), &[12, 13])]);
    change(vec![giving(seen(&store, 1), &[])]);
    change(vec![holding(seen(&store, 1), b"held")]);
    change(vec![holding(seen(&store, 1), b"")]);
    assert_eq!(leads(&store, &[11, 12, 13]), [one, one, one]);
    // As when two are linked, and when that is undone: within a batch, too, the later change wins.
    change(vec![giving(seen(&store, 2), &[11, 21])]);
    assert_eq!(leads(&store, &[11, 12, 21]), [two, one, two]);
    change(vec![giving(seen(&store, 1), &[11, 21]), giving(seen(&store, 2), &[21])]);
    assert_eq!(leads(&store, &[11, 12, 21]), [one, one, two]);
    drop(store);
    assert_eq!(leads(&ground.open(), &[11, 12, 13, 21, 99]), [one, one, one, two, None]);
}

fn refused_resources(ground: &dyn Ground) {
    let store = ground.open();
    let change = |subjects| keep(&store, Batch { subjects, ..Batch::default() });
    change(vec![giving(holding(new_subject(1), b"held"), &[11]), holding(new_subject(2), b"held")]).unwrap();
    let late = SubjectChange { seen: 9, ..new_subject(1) };
    let takes = giving(seen(&store, 2), &[11, 21]);
    assert_eq!(change(vec![takes, giving(late.clone(), &[12])]).unwrap_err(), Refused::Clash);
    assert_eq!(change(vec![holding(seen(&store, 1), b"new"), late]).unwrap_err(), Refused::Clash);
    assert_eq!(leads(&store, &[11, 12, 21]), [Some(subject(1)), None, None]);
    assert_eq!(store.unindexed_subjects(None, 9).unwrap(), [subject(2)]);
}

fn unindexed(ground: &dyn Ground) {
    let store = ground.open();
    let change = |subjects| keep(&store, Batch { subjects, ..Batch::default() }).unwrap();
    let mut subjects: Vec<_> = (1..=5).map(|number| holding(new_subject(number), b"held")).collect();
    subjects.push(giving(holding(new_subject(6), b"held"), &[61]));
    subjects.push(new_subject(7));
    subjects.push(giving(new_subject(8), &[]));
    change(subjects);
    let found = || page_by_page(|after| store.unindexed_subjects(after, 2).unwrap());
    let of = |numbers: &[u128]| numbers.iter().map(|number| subject(*number)).collect::<Vec<_>>();
    assert_eq!(found(), of(&[1, 2, 3, 4, 5]), "neither whoever is indexed nor whoever holds nothing");
    // Whoever is indexed meanwhile moves nobody to another page.
    assert_eq!(store.unindexed_subjects(None, 2).unwrap(), of(&[1, 2]));
    change(vec![giving(seen(&store, 1), &[11]), giving(seen(&store, 2), &[])]);
    assert_eq!(store.unindexed_subjects(Some(subject(2)), 2).unwrap(), of(&[3, 4]));
    assert_eq!(found(), of(&[3, 4, 5]), "to have looked and found none is to have looked");
    // The mark falls with another holding, and with nothing else.
    change(vec![
        seen(&store, 1),
        holding(seen(&store, 2), b"other"),
        giving(holding(seen(&store, 6), b"other"), &[61]),
    ]);
    assert_eq!(found(), of(&[2, 3, 4, 5]));
    change(vec![holding(seen(&store, 8), b"held"), holding(seen(&store, 3), b"")]);
    assert_eq!(found(), of(&[2, 4, 5, 8]), "nothing is held of the third");
    drop(store);
    assert_eq!(ground.open().unindexed_subjects(None, 9).unwrap(), of(&[2, 4, 5, 8]));
}
