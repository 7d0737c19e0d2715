//! Laws of what people decide about subjects, and of what they are shown.

use super::{Ground, Law, id, keep, new_subject, subject};
use crate::{
    Batch, Refused,
    identity::{Alert, Approval, Link, NewProposal, ProposalAct, ProposalState, Relation, RelationFilter, Restriction},
    loaded::LoadedView,
};

pub(super) const LAWS: &[Law] = &[
    ("a pair is proposed once, and decided once", proposals),
    ("links and restrictions follow their version", links_and_restrictions),
    ("relations follow their version and stand until they are ended", relations),
    ("approvals and alerts are replaced by their names", approvals_and_alerts),
    ("what was loaded last replaces what was loaded before", loaded),
];

fn proposals(ground: &dyn Ground) {
    let store = ground.open();
    let propose_on = |number, keeps, other, evidence: &str, grounds: &str| {
        let new = NewProposal {
            grounds: grounds.into(),
            id: id(number),
            keeps: subject(keeps),
            other: subject(other),
            evidence: evidence.into(),
            made_at: i64::try_from(number).unwrap(),
        };
        keep(&store, Batch { proposals: vec![new], ..Batch::default() }).unwrap();
    };
    let propose = |number, keeps, other, evidence: &str| propose_on(number, keeps, other, evidence, "known by");
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
    propose(5, 2, 1, "c");
    assert!(listed(ProposalState::Open).is_empty(), "rejected stays so, whatever else is said");
    propose_on(5, 1, 2, "c", "known by another");
    propose(6, 3, 4, "a");
    assert_eq!(listed(ProposalState::Open), [id(6), id(5)]);
    assert_eq!(store.proposals(ProposalState::Open, Some(id(6)), 10).unwrap().items[0].id, id(5));
    assert!(store.proposal(id(2)).unwrap().is_none());
    let of =
        |number, most| store.proposals_of(subject(number), most).unwrap().iter().map(|it| it.id).collect::<Vec<_>>();
    propose(7, 2, 3, "a");
    assert_eq!((of(2, 9), of(3, 9), of(2, 1)), (vec![id(7), id(5)], vec![id(7), id(6)], vec![id(7)]));
    decide(7, 1, ProposalState::Rejected).unwrap();
    assert_eq!((of(2, 9), of(9, 9)), (vec![id(5)], Vec::new()), "those that are open");
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

fn relations(ground: &dyn Ground) {
    let store = ground.open();
    keep(&store, Batch { subjects: vec![new_subject(1), new_subject(2)], ..Batch::default() }).unwrap();
    let relation = |number, ods: &str, child| Relation {
        id: id(number),
        ods: ods.to_owned(),
        subject: subject(child),
        since: 10,
        until: Some(20),
        set_by: "person".to_owned(),
        set_at: 5,
        ended_at: None,
        version: 1,
    };
    let relate =
        |relation: &Relation| keep(&store, Batch { relations: vec![relation.clone()], ..Batch::default() }).map(drop);
    let all = [relation(1, "RKB", 1), relation(2, "RKC", 1), relation(3, "RKB", 2)];
    all.iter().for_each(|relation| relate(relation).unwrap());
    assert_eq!(relate(&all[0]).unwrap_err(), Refused::Clash, "the version that was seen");
    assert_eq!(relate(&relation(4, "RKB", 9)).unwrap_err(), Refused::Missing);
    assert_eq!(store.relation(id(2)).unwrap().as_ref(), Some(&all[1]));
    assert!(store.relation(id(9)).unwrap().is_none());
    let found = |ods: Option<&str>, child: Option<u128>, after: Option<u128>, limit| {
        let (ods, subject, after) = (ods.map(str::to_owned), child.map(subject), after.map(id));
        let page = store.relations(&RelationFilter { ods, subject, after, limit }).unwrap();
        (page.items.iter().map(|relation| relation.id).collect::<Vec<_>>(), page.next)
    };
    assert_eq!(found(None, None, None, 9), (vec![id(3), id(2), id(1)], None));
    assert_eq!(found(None, None, None, 2), (vec![id(3), id(2)], Some(id(2))));
    assert_eq!(found(None, None, Some(2), 2), (vec![id(1)], None));
    assert_eq!(found(Some("RKB"), None, None, 9).0, [id(3), id(1)]);
    assert_eq!(found(Some("RKB"), Some(1), None, 9).0, [id(1)]);
    relate(&Relation { ended_at: Some(9), version: 2, ..all[0].clone() }).unwrap();
    assert_eq!(found(Some("RKB"), None, None, 9).0, [id(3)], "those that stand");
    assert_eq!(store.relation(id(1)).unwrap().unwrap().ended_at, Some(9));
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

fn loaded(ground: &dyn Ground) {
    let store = ground.open();
    assert!(store.loaded_views().unwrap().is_empty());
    let view = |partner: &str, cells: &str, loaded_at| LoadedView {
        partner: partner.to_owned(),
        view: "health@1".to_owned(),
        cells: cells.to_owned(),
        loaded_at,
    };
    let load = |views: &[LoadedView]| {
        keep(&store, Batch { loaded_views: Some(views.to_vec()), ..Batch::default() }).unwrap();
    };
    load(&[view("a", "x=full", 1), view("b", "y=full", 1)]);
    load(&[view("b", "y=month", 2)]);
    keep(&store, Batch::default()).unwrap();
    drop(store);
    assert_eq!(ground.open().loaded_views().unwrap(), [view("b", "y=month", 2)]);
}
