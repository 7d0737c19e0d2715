//! Laws of subjects and of what people decide about them.

use super::{Ground, Law, id, keep, new_subject, seen, subject};
use crate::{
    Batch, Refused,
    identity::{Alert, Approval, BlindIdentifier, Link, NewProposal, ProposalAct, ProposalState, Restriction},
    subject::{PlaceKey, Standing, SubjectChange},
};

pub(super) const LAWS: &[Law] = &[
    ("what is held of a subject is given back, by source", holdings),
    ("a change needs the version that was seen", versions),
    ("an identifier belongs to one subject", identifiers),
    ("places tell who lives there and who is protected", places),
    ("a pair is proposed once, and decided once", proposals),
    ("links and restrictions follow their version", links_and_restrictions),
    ("approvals and alerts are replaced by their names", approvals_and_alerts),
    ("all subjects are found, page by page", pages),
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

fn proposals(ground: &dyn Ground) {
    let store = ground.open();
    let propose = |number, keeps, other, evidence: &str| {
        let new = NewProposal {
            id: id(number),
            keeps: subject(keeps),
            other: subject(other),
            evidence: evidence.into(),
            made_at: i64::try_from(number).unwrap(),
        };
        keep(&store, Batch { proposals: vec![new], ..Batch::default() }).unwrap();
    };
    let decide = |number, version, state| {
        let act = ProposalAct { id: id(number), version, state, by: "person".to_owned(), at: 9 };
        let told = store.proposal(id(number)).unwrap().map(|held| held.after(&act));
        keep(&store, Batch { proposal_acts: vec![act], ..Batch::default() })?;
        let held = store.proposal(id(number)).unwrap();
        assert_eq!(format!("{told:?}"), format!("{held:?}"), "what a decision is said to come to");
        Ok::<_, Refused>(())
    };
    let listed = |state| store.proposals(state, None, 10).unwrap().items.iter().map(|it| it.id).collect::<Vec<_>>();
    propose(1, 1, 2, "a");
    propose(2, 2, 1, "a");
    assert_eq!(listed(ProposalState::Open), [id(1)], "the same pair, whoever stays");
    propose(3, 1, 2, "b");
    let held = store.proposal(id(1)).unwrap().unwrap();
    assert_eq!((&held.evidence[..], held.version), (&b"b"[..], 2), "new facts change what a decision binds to");
    assert_eq!(decide(1, 1, ProposalState::Confirmed).unwrap_err(), Refused::Clash);
    assert_eq!(decide(9, 1, ProposalState::Confirmed).unwrap_err(), Refused::Missing);
    assert_eq!(decide(1, 2, ProposalState::Open).unwrap_err(), Refused::State("open"));
    decide(1, 2, ProposalState::Rejected).unwrap();
    assert_eq!(decide(1, 3, ProposalState::Confirmed).unwrap_err(), Refused::State("rejected"));
    assert_eq!(store.proposal(id(1)).unwrap().unwrap().decided_by.as_deref(), Some("person"));
    propose(4, 1, 2, "b");
    assert!(listed(ProposalState::Open).is_empty(), "rejected stays so");
    propose(5, 1, 2, "c");
    propose(6, 3, 4, "a");
    assert_eq!(listed(ProposalState::Open), [id(6), id(5)]);
    assert_eq!(store.proposals(ProposalState::Open, Some(id(6)), 10).unwrap().items[0].id, id(5));
    assert!(store.proposal(id(2)).unwrap().is_none());
}

fn links_and_restrictions(ground: &dyn Ground) {
    let store = ground.open();
    keep(&store, Batch { subjects: vec![new_subject(1), new_subject(2)], ..Batch::default() }).unwrap();
    let link = |version, undone_at| {
        let link = Link {
            id: id(1),
            proposal: id(2),
            winner: subject(1),
            loser: subject(2),
            made_at: 5,
            undone_at,
            moves: b"moves".to_vec(),
            version,
        };
        keep(&store, Batch { links: vec![link], ..Batch::default() }).map(drop)
    };
    assert_eq!(link(2, None).unwrap_err(), Refused::Clash);
    link(1, None).unwrap();
    assert_eq!(link(1, None).unwrap_err(), Refused::Clash);
    link(2, Some(9)).unwrap();
    let held = store.link(id(1)).unwrap().unwrap();
    assert_eq!((held.undone_at, &held.moves[..], held.version), (Some(9), &b"moves"[..], 2));
    assert!(store.link(id(2)).unwrap().is_none());
    let restrict = |number, child, version, lifted_at| {
        let restriction = Restriction {
            id: id(number),
            subject: subject(child),
            kind: "location".to_owned(),
            body: b"document".to_vec(),
            set_by: "person".to_owned(),
            set_at: 5,
            review_at: Some(7),
            lift_first_by: None,
            lifted_at,
            version,
        };
        keep(&store, Batch { restrictions: vec![restriction], ..Batch::default() }).map(drop)
    };
    assert_eq!(restrict(1, 9, 1, None).unwrap_err(), Refused::Missing, "nobody to protect");
    restrict(1, 1, 1, None).unwrap();
    restrict(2, 2, 1, None).unwrap();
    assert_eq!(restrict(1, 1, 1, Some(9)).unwrap_err(), Refused::Clash);
    assert_eq!(store.census().unwrap().restrictions, [("location".to_owned(), 2)]);
    restrict(1, 1, 2, Some(9)).unwrap();
    let ids = |of| store.restrictions(of).unwrap().iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(ids(None), [id(2)], "in force");
    assert_eq!(ids(Some(subject(1))), [id(1)], "all of a subject");
    assert_eq!(store.restriction(id(1)).unwrap().unwrap().body, b"document");
    assert!(store.restriction(id(9)).unwrap().is_none());
}

fn approvals_and_alerts(ground: &dyn Ground) {
    let store = ground.open();
    let approval = |route: &str, second: Option<&str>| Approval {
        route: route.to_owned(),
        recipient: "recipient".to_owned(),
        digest: "digest".to_owned(),
        first_by: "one".to_owned(),
        second_by: second.map(str::to_owned),
        at: 5,
    };
    let alert = |number, seen: Option<&str>| Alert {
        id: id(number),
        kind: "dead-letter".to_owned(),
        about: "delivery".to_owned(),
        subject: None,
        raised_at: 5,
        seen_by: seen.map(str::to_owned),
    };
    for (approvals, alerts) in [
        (vec![approval("a", None), approval("b", None)], vec![alert(1, None), alert(2, None)]),
        (vec![approval("a", Some("two"))], vec![alert(1, Some("person"))]),
    ] {
        keep(&store, Batch { approvals, alerts, ..Batch::default() }).unwrap();
    }
    assert_eq!(store.approvals(Some("a")).unwrap(), [approval("a", Some("two"))]);
    assert_eq!(store.approvals(None).unwrap().len(), 2);
    let open = store.alerts(true).unwrap();
    assert_eq!((open.len(), open[0].id, store.alerts(false).unwrap().len()), (1, id(2), 2));
    assert_eq!(store.census().unwrap().alerts_open, 1);
}

fn pages(ground: &dyn Ground) {
    let store = ground.open();
    keep(&store, Batch { subjects: (1..=5).map(new_subject).collect(), ..Batch::default() }).unwrap();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.all_subjects(after, 2).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(*last);
        found.extend(page);
    }
    assert_eq!(found, (1..=5).map(subject).collect::<Vec<_>>());
}
