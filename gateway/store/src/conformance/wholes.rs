//! Laws of whole files: nobody's until they are whole, in the place of what was not sent, and all that is told from then
//! on.

use std::sync::Arc;

use super::{
    Ground, Law, dead, delivered, delivery, id, keep, lease, line, new_subject, numbers, order, seen, settle, subject,
    wait, waiting,
};
use crate::{
    Batch, Refused, Store,
    audit::{AuditEntry, AuditFilter},
    delivery::{DeliveryFilter, DeliveryOutcome, DeliveryState, DeliverySubject, NewDelivery},
    subject::SubjectChange,
    whole::{Run, RunChange, WholeLot},
};

pub(super) const LAWS: &[Law] = &[
    ("a whole file is nobody's until it has all its lots", unseen),
    ("a whole file that was never ended is gone at the next start", never_ended),
    ("a whole file takes the place of all that its lane has not sent", takes_the_place),
    ("an older whole file that comes back gives way to a newer", comes_back),
    ("what is not in a whole file that was delivered is told no more", gone),
    ("what is disclosed by a whole file is told once, that it is tried each time", disclosed),
    ("a whole file made under what has changed is asked for anew", stale),
    ("runs are remembered, and who asked meanwhile is still to be answered", runs),
];

/// A store with three children of epoch 1.
fn ground_of(ground: &dyn Ground) -> Arc<dyn Store> {
    let store = ground.open();
    let subjects = (1..=3).map(new_subject).collect();
    keep(&store, Batch { subjects, ..Batch::default() }).unwrap();
    store
}

fn begin(store: &Arc<dyn Store>, number: u128) {
    let try_line = AuditEntry { object: Some("try".to_owned()), ..line("disclose") };
    let new = NewDelivery {
        subjects: Vec::new(),
        body: Vec::new(),
        disclosure: vec![try_line],
        ..delivery(number, 1, (1, 1))
    };
    wait(|done| store.begin_whole(new, done)).unwrap();
}

fn lot(store: &Arc<dyn Store>, number: u128, body: &[u8], children: &[u128]) {
    let child = |child: &u128| DeliverySubject { id: subject(*child), epoch: 1, after: format!("in {number}").into() };
    let told = |child: &u128| AuditEntry { subject: Some(subject(*child)), ..line("disclose") };
    let lot = WholeLot {
        body: body.to_vec(),
        subjects: children.iter().map(child).collect(),
        disclosure: children.iter().map(told).collect(),
    };
    wait(|done| store.add_to_whole(id(number), lot, done)).unwrap();
}

fn end(store: &Arc<dyn Store>, number: u128) {
    keep(store, Batch { wholes: vec![id(number)], ..Batch::default() }).unwrap();
}

fn whole(store: &Arc<dyn Store>, number: u128, children: &[u128]) {
    begin(store, number);
    lot(store, number, format!("whole {number}").as_bytes(), children);
    end(store, number);
}

fn told(store: &Arc<dyn Store>, child: u128) -> Option<(String, String)> {
    let held = store.subjects(&[subject(child)], &["target".to_owned()]).unwrap().remove(0).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    held.sent.first().map(|sent| (text(&sent.planned), text(&sent.delivered)))
}

fn state(store: &Arc<dyn Store>, number: u128) -> DeliveryState {
    store.delivery(id(number), false).unwrap().unwrap().state
}

fn lines(store: &Arc<dyn Store>, object: Option<&str>) -> usize {
    let filter = AuditFilter { action: Some("disclose".to_owned()), limit: 1000, ..AuditFilter::default() };
    let lines = store.audit(&filter).unwrap().items;
    lines.iter().filter(|line| line.line.contains("\"try\"") == object.is_some()).count()
}

fn unseen(ground: &dyn Ground) {
    let store = ground_of(ground);
    begin(&store, 1);
    let (first, rest) = (vec![7; crate::CHUNK_BYTES_MAX + 1], b"the rest".to_vec());
    lot(&store, 1, &first, &[1, 2]);
    lot(&store, 1, b"", &[]);
    let all = DeliveryFilter { limit: 10, ..DeliveryFilter::default() };
    assert!(store.delivery(id(1), true).unwrap().is_none());
    assert!(store.deliveries(&all).unwrap().items.is_empty() && store.open_deliveries(subject(1)).unwrap().is_empty());
    assert!(store.census().unwrap().deliveries.is_empty() && store.next_delivery_at().unwrap().is_none());
    assert!(lease(&store, order(100)).leased.is_empty());
    lot(&store, 1, &rest, &[3]);
    end(&store, 1);
    let leased = lease(&store, order(100)).leased.remove(0);
    let body = [first, rest].concat();
    assert!(leased.whole && leased.planned.body == body && leased.bytes == body.len() as u64);
    assert_eq!((leased.sha256, leased.children), (crate::chain::sha256(&body), 3));
    let children: Vec<_> = leased.planned.subjects.iter().map(|child| child.id).collect();
    assert_eq!(children, [1, 2, 3].map(subject));
    let listed = store.deliveries(&all).unwrap().items.remove(0);
    assert_eq!((listed.children, listed.planned.subjects.len()), (3, 0), "lists count children and hold none");
    let open = store.open_deliveries(subject(2)).unwrap().remove(0);
    assert_eq!(open.planned.subjects.iter().map(|child| child.id).collect::<Vec<_>>(), [subject(2)]);
    let again = Batch { wholes: vec![id(1)], ..Batch::default() };
    assert_eq!(keep(&store, again).unwrap_err(), Refused::Missing);
    assert!(wait(|done| store.add_to_whole(id(1), WholeLot::default(), done)).is_err());
}

fn never_ended(ground: &dyn Ground) {
    let store = ground_of(ground);
    begin(&store, 1);
    lot(&store, 1, b"half", &[1, 2]);
    begin(&store, 2);
    store.abandon_whole(id(2));
    drop(store);
    let store = ground.open();
    assert_eq!(
        keep(&store, Batch { wholes: vec![id(1)], ..Batch::default() }).unwrap_err(),
        Refused::Missing,
        "nobody ends what another began"
    );
    // The same ids are free again: nothing of them is left.
    whole(&store, 1, &[1]);
    whole(&store, 2, &[2]);
    assert_eq!(numbers(&lease(&store, order(100)).leased), [id(2)]);
}

fn takes_the_place(ground: &dyn Ground) {
    let store = ground_of(ground);
    whole(&store, 1, &[1]);
    whole(&store, 2, &[1]);
    assert_eq!((state(&store, 1), state(&store, 2)), (DeliveryState::Superseded, DeliveryState::Ready));
    for (number, outcome) in [(2, waiting(5_000, true)), (3, dead())] {
        let leased = lease(&store, order(100)).leased.remove(0);
        assert_eq!(leased.planned.id, id(number));
        assert!(settle(&store, &leased, outcome));
        whole(&store, number + 1, &[1]);
        assert_eq!(state(&store, number), DeliveryState::Superseded);
    }
    assert_eq!(numbers(&lease(&store, order(100)).leased), [id(4)], "no lane is held by what is no more");
}

fn comes_back(ground: &dyn Ground) {
    let store = ground_of(ground);
    for (number, outcome) in [(1, waiting(200, true)), (3, dead())] {
        whole(&store, number, &[1]);
        let leased = lease(&store, order(100)).leased.remove(0);
        whole(&store, number + 1, &[1]);
        assert_eq!(state(&store, number), DeliveryState::Leased, "what is on its way is not called back by it");
        assert!(lease(&store, order(100)).leased.is_empty());
        assert!(settle(&store, &leased, outcome));
        assert_eq!(state(&store, number), DeliveryState::Superseded);
        let newer = lease(&store, order(100)).leased.remove(0);
        assert_eq!(newer.planned.id, id(number + 1));
        assert!(settle(&store, &newer, delivered()));
    }
    whole(&store, 5, &[1]);
    assert_eq!(lease(&store, order(100)).leased.len(), 1);
    whole(&store, 6, &[1]);
    drop(store);
    let store = ground.open();
    assert_eq!((state(&store, 5), state(&store, 6)), (DeliveryState::Superseded, DeliveryState::Ready));
    assert_eq!(numbers(&lease(&store, order(100)).leased), [id(6)]);
}

fn gone(ground: &dyn Ground) {
    let store = ground_of(ground);
    let plan = SubjectChange { planned: vec![("target".to_owned(), b"before".to_vec())], ..seen(&store, 1) };
    let other = SubjectChange { planned: vec![("other".to_owned(), b"kept".to_vec())], ..seen(&store, 3) };
    keep(&store, Batch { subjects: vec![plan, other], ..Batch::default() }).unwrap();
    whole(&store, 1, &[1, 2]);
    assert_eq!(told(&store, 2), None, "what is planned is told nobody");
    let leased = lease(&store, order(100)).leased.remove(0);
    assert!(settle(&store, &leased, delivered()));
    let both = Some(("in 1".to_owned(), "in 1".to_owned()));
    assert_eq!((told(&store, 1), told(&store, 2), told(&store, 3)), (both.clone(), both, None));
    // Taken, and its word comes after that of a newer one.
    whole(&store, 2, &[2]);
    let taken = lease(&store, order(100)).leased.remove(0);
    assert!(settle(&store, &taken, DeliveryOutcome::Sent));
    whole(&store, 3, &[3]);
    let newer = lease(&store, order(100)).leased.remove(0);
    assert!(settle(&store, &newer, delivered()));
    assert!(settle(&store, &taken, delivered()));
    let third = Some(("in 3".to_owned(), "in 3".to_owned()));
    assert_eq!((told(&store, 1), told(&store, 2), told(&store, 3)), (None, None, third));
    let held = store.subjects(&[subject(3)], &["other".to_owned()]).unwrap().remove(0).unwrap();
    assert_eq!(held.sent[0].planned, b"kept", "of another target nothing changes");
}

fn disclosed(ground: &dyn Ground) {
    let store = ground_of(ground);
    whole(&store, 1, &[1, 2]);
    assert_eq!((lines(&store, None), lines(&store, Some("try"))), (0, 0));
    let leased = lease(&store, order(100)).leased.remove(0);
    assert_eq!((lines(&store, None), lines(&store, Some("try"))), (2, 1), "before the first byte");
    assert!(settle(&store, &leased, waiting(200, true)));
    assert_eq!(lease(&store, order(200)).leased.len(), 1);
    assert_eq!((lines(&store, None), lines(&store, Some("try"))), (2, 2));
    let mine = AuditFilter { subject: Some(subject(2)), limit: 10, ..AuditFilter::default() };
    assert_eq!(store.audit(&mine).unwrap().items.len(), 1);
}

fn stale(ground: &dyn Ground) {
    let store = ground_of(ground);
    whole(&store, 1, &[1, 2, 3]);
    let raise = SubjectChange { raise_epoch: true, ..seen(&store, 2) };
    keep(&store, Batch { subjects: vec![raise], ..Batch::default() }).unwrap();
    let leases = lease(&store, order(100));
    assert!(leases.leased.is_empty());
    assert_eq!((lines(&store, None), lines(&store, Some("try"))), (0, 0), "nothing was disclosed");
    assert!(settle(&store, &leases.stale[0], DeliveryOutcome::AskedAnew));
    assert_eq!(state(&store, 1), DeliveryState::Superseded);
    assert!(store.runs().unwrap()[0].is_asked_for());
    assert!(lease(&store, order(100)).stale.is_empty());
}

fn runs(ground: &dyn Ground) {
    let store = ground.open();
    let change = |change: RunChange| keep(&store, Batch { runs: vec![change], ..Batch::default() }).unwrap();
    let held = || store.runs().unwrap().remove(0);
    let run = |made, asked, answered| Run { target: "target".to_owned(), made, asked, answered };
    let known = |at| RunChange::Known("target".to_owned(), at);
    let asked = |at| RunChange::Asked("target".to_owned(), at);
    let made = |at, answered| RunChange::Made { target: "target".to_owned(), at, answered };
    change(known(5));
    change(known(9));
    assert_eq!(held(), run(5, 0, 0), "known since the first time");
    change(asked(10));
    let seen = held().asked;
    assert!(held().is_asked_for());
    change(asked(11));
    change(made(20, seen));
    assert_eq!(held(), run(20, 2, 1));
    assert!(held().is_asked_for(), "who asked while it was made waits for the next");
    change(made(30, 2));
    change(made(40, 1));
    assert_eq!(held(), run(40, 2, 2));
    change(RunChange::Asked("another".to_owned(), 7));
    let another = store.runs().unwrap().remove(0);
    assert_eq!((another.target.as_str(), another.made, another.is_asked_for()), ("another", 7, true));
    drop(store);
    assert_eq!(ground.open().runs().unwrap().len(), 2);
}
