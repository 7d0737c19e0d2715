//! Laws of deliveries: in order, under one lease, never under what has changed, and remembered when they are there.

use std::sync::Arc;

use super::{
    Ground, Law, dead, delivered, delivery, epoch, id, keep, lease, lease_messages, line, message, new_subject,
    numbers, order, read, seen, settle, settle_message, settle_under, state, subject, target_order, waiting,
    with_message,
};
use crate::{
    Batch, Refused, Store,
    delivery::{
        Delivery, DeliveryAct, DeliveryActKind, DeliveryFilter, DeliveryOutcome, DeliverySettlement, DeliveryState,
        DeliverySubject, LeaseOrder, NewDelivery, PartnerSide, TargetOrder,
    },
    message::MessageState,
    subject::{SubjectChange, SubjectId},
};

pub(super) const LAWS: &[Law] = &[
    ("a planned delivery is given back, its body only when asked for", given_back),
    ("only the head of a lane is leased, and lanes do not wait for each other", heads_only),
    ("nothing leaves before its time", not_before_its_time),
    ("what goes ahead passes the unsent and a held lane, but nothing leased", ahead),
    ("a dead head holds its lane while the order says so", dead_heads),
    ("a clock that is set moves what waits, and nothing else", clock_is_set),
    ("what is retried after something newer has left is made again", retried),
    ("leases are fair over targets, oldest first", fair),
    ("what has changed since the planning is stale and discloses nothing", stale),
    ("a disclosure line stands before anything is sent, at each try", disclosure),
    ("only the latest fence settles, and once", fences),
    ("a delivery renewed has today's content under the same id", renewed),
    ("a body that was tried is never another", tried_bodies_stay),
    ("what was delivered is remembered; what was not is planned no more", memory),
    ("a message is settled with the last of its deliveries", settles_messages),
    ("acts on deliveries need the state and the version that was seen", acts),
    ("leases of an earlier process are void", reopened),
    ("a delivery that was taken waits for word and holds nobody", sent),
    ("deliveries are listed, and found by whom they name", lists),
    ("a superseded delivery gives way in one commit", superseded),
    ("the state of a breaker is kept with the settlement", breakers),
];

/// A store with two children, both of epoch 1, and these deliveries.
fn with(ground: &dyn Ground, deliveries: Vec<NewDelivery>) -> Arc<dyn Store> {
    let store = ground.open();
    let subjects = vec![new_subject(1), new_subject(2)];
    keep(&store, Batch { subjects, deliveries, ..Batch::default() }).unwrap();
    store
}

fn raise(store: &Arc<dyn Store>, number: u128) {
    let raise = SubjectChange { raise_epoch: true, ..seen(store, number) };
    keep(store, Batch { subjects: vec![raise], ..Batch::default() }).unwrap();
}

fn act(store: &Arc<dyn Store>, number: u128, act: DeliveryActKind) -> Result<(), Refused> {
    let held = || store.delivery(id(number), false).unwrap();
    let before = held();
    let version = before.as_ref().map_or(1, |held| held.version);
    let acts = vec![DeliveryAct { id: id(number), version, act: act.clone() }];
    keep(store, Batch { delivery_acts: acts, ..Batch::default() })?;
    let told = before.map(|held| held.after(&act, 0));
    // That it is to be made again shows in its view, and is found out in the commit.
    let shown = |delivery: Option<Delivery>| {
        delivery.map(|held| Delivery { planned: NewDelivery { view: String::new(), ..held.planned }, ..held })
    };
    assert_eq!(format!("{:?}", shown(told)), format!("{:?}", shown(held())), "what an act is said to come to");
    Ok(())
}

fn state_of(store: &Arc<dyn Store>, number: u128) -> DeliveryState {
    store.delivery(id(number), false).unwrap().unwrap().state
}

fn sent_to(store: &Arc<dyn Store>, child: SubjectId) -> (String, String) {
    let held = store.subjects(&[child], &["target".to_owned()]).unwrap().remove(0).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    held.sent.first().map(|sent| (text(&sent.planned), text(&sent.delivered))).unwrap_or_default()
}

fn given_back(ground: &dyn Ground) {
    let mut planned = delivery(1, 1, (1, 1));
    planned.body = vec![7; crate::CHUNK_BYTES_MAX * 2 + 1];
    planned.messages = vec![id(8)];
    let store = with(ground, vec![planned.clone(), NewDelivery { body: Vec::new(), ..delivery(2, 2, (1, 1)) }]);
    let held = store.delivery(id(1), true).unwrap().unwrap();
    assert_eq!(format!("{:?}", held.planned), format!("{planned:?}"));
    assert_eq!((held.state, held.attempt, held.bytes, held.version), (DeliveryState::Ready, 0, 524_289, 1));
    assert_eq!(held.sha256, crate::chain::sha256(&planned.body));
    assert!(store.delivery(id(1), false).unwrap().unwrap().planned.body.is_empty());
    assert!(store.delivery(id(2), true).unwrap().unwrap().planned.body.is_empty());
    assert!(store.delivery(id(3), true).unwrap().is_none());
    let twice = Batch { deliveries: vec![delivery(1, 1, (1, 1))], ..Batch::default() };
    assert_eq!(keep(&store, twice).unwrap_err(), Refused::Clash);
}

fn heads_only(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1)), delivery(3, 2, (2, 1))]);
    let leased = lease(&store, order(10)).leased;
    assert_eq!(numbers(&leased), [id(1), id(3)]);
    assert!(leased.iter().all(|it| it.attempt == 1 && it.state == DeliveryState::Leased));
    assert_eq!(leased[0].planned.body, b"body 1");
    assert!(lease(&store, order(10)).leased.is_empty());
    assert!(settle(&store, &leased[0], waiting(50, true)));
    assert!(lease(&store, order(49)).leased.is_empty(), "the head waits, and those behind it");
    assert_eq!(store.next_delivery_at().unwrap(), Some(50));
    let again = lease(&store, order(50)).leased;
    assert_eq!((numbers(&again), again[0].attempt), (vec![id(1)], 2));
    assert!(settle(&store, &again[0], delivered()));
    assert_eq!(numbers(&lease(&store, order(50)).leased), [id(2)]);
}

fn not_before_its_time(ground: &dyn Ground) {
    let store = with(ground, vec![NewDelivery { not_before: 100, ..delivery(1, 1, (1, 1)) }]);
    assert_eq!(store.next_delivery_at().unwrap(), Some(100));
    assert!(lease(&store, order(99)).leased.is_empty());
    let nobody = LeaseOrder { now: 100, targets: vec![target_order("other")] };
    assert!(lease(&store, nobody).leased.is_empty(), "a target that is not named gets nothing");
    let none = LeaseOrder { now: 100, targets: vec![TargetOrder { most: 0, ..target_order("target") }] };
    assert!(lease(&store, none).leased.is_empty());
    assert_eq!(lease(&store, order(100)).leased.len(), 1);
    assert_eq!(store.next_delivery_at().unwrap(), None);
}

fn ahead(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1))]);
    let first = lease(&store, order(10)).leased.remove(0);
    let ahead = |number| NewDelivery { ahead: true, ..delivery(number, 1, (1, 1)) };
    keep(&store, Batch { deliveries: vec![ahead(3), ahead(4)], ..Batch::default() }).unwrap();
    assert!(lease(&store, order(10)).leased.is_empty(), "nothing overtakes what is leased");
    assert!(settle(&store, &first, dead()));
    let third = lease(&store, order(10)).leased;
    assert_eq!(numbers(&third), [id(3)], "a held lane is passed, in the order of planning");
    assert!(settle(&store, &third[0], waiting(50, true)));
    assert!(lease(&store, order(49)).leased.is_empty(), "what goes ahead keeps its own order");
    for number in [3, 4] {
        let next = lease(&store, order(50)).leased;
        assert_eq!(numbers(&next), [id(number)]);
        assert!(settle(&store, &next[0], delivered()));
    }
    assert!(lease(&store, order(50)).leased.is_empty(), "the dead one holds still");
}

fn dead_heads(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1)), delivery(3, 1, (1, 1))]);
    let first = lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &first, dead()));
    let held = store.delivery(id(1), false).unwrap().unwrap();
    assert!(held.holds_lane);
    assert_eq!((held.state, held.reason.as_deref(), held.status), (DeliveryState::Dead, Some("refused"), Some(422)));
    assert!(lease(&store, order(10)).leased.is_empty());
    let skip = || LeaseOrder { now: 10, targets: vec![TargetOrder { dead_holds: false, ..target_order("target") }] };
    let second = lease(&store, skip()).leased;
    assert_eq!(numbers(&second), [id(2)]);
    assert!(!store.delivery(id(1), false).unwrap().unwrap().holds_lane);
    assert!(settle(&store, &second[0], delivered()));
    act(&store, 1, DeliveryActKind::Retry).unwrap();
    let again = lease(&store, order(10));
    assert!(again.leased.is_empty(), "what is newer has left: the old content must not follow it");
    assert_eq!((numbers(&again.stale), again.stale[0].attempt), (vec![id(1)], 0), "in its old place, counted anew");
    assert!(settle(&store, &again.stale[0], dead()));
    assert!(lease(&store, order(10)).leased.is_empty());
    act(&store, 1, DeliveryActKind::Discard("given up".to_owned())).unwrap();
    assert_eq!(numbers(&lease(&store, order(10)).leased), [id(3)]);
}

fn retried(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1))]);
    let first = lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &first, dead()));
    act(&store, 1, DeliveryActKind::Retry).unwrap();
    let again = lease(&store, order(10)).leased;
    assert_eq!((numbers(&again), again[0].attempt), (vec![id(1)], 1), "nothing newer has left");
    // Taken, and found undeliverable when what came after it was taken too.
    assert!(settle(&store, &again[0], DeliveryOutcome::Sent));
    let second = lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &second, DeliveryOutcome::Sent));
    assert!(settle(&store, &again[0], dead()));
    act(&store, 1, DeliveryActKind::Retry).unwrap();
    let stale = lease(&store, order(10));
    assert_eq!((numbers(&stale.leased), numbers(&stale.stale)), (vec![], vec![id(1)]));
    assert!(settle(&store, &second, delivered()), "the later one is not disturbed");
}

fn clock_is_set(ground: &dyn Ground) {
    let planned = NewDelivery { not_before: 5_000, ..delivery(3, 2, (2, 1)) };
    let store = with(ground, vec![delivery(1, 1, (1, 1)), planned]);
    let move_waits = |by, latest| super::wait(|done| store.move_waits(by, latest, done)).unwrap();
    let first = lease(&store, order(10)).leased.remove(0);
    assert_eq!(move_waits(-100, 1_000), 0, "what is under way does not wait");
    assert!(settle(&store, &first, waiting(2_000, true)));
    assert_eq!(move_waits(-500, 10_000), 1);
    assert!(lease(&store, order(1_499)).leased.is_empty());
    let again = lease(&store, order(1_500)).leased.remove(0);
    assert!(settle(&store, &again, waiting(9_000, true)));
    // However long it would have waited.
    assert_eq!((move_waits(0, 1_600), move_waits(0, 1_600)), (1, 0));
    assert_eq!(numbers(&lease(&store, order(1_600)).leased), [id(1)]);
    assert!(lease(&store, order(4_999)).leased.is_empty(), "a time of day is not a wait");
    assert_eq!(numbers(&lease(&store, order(5_000)).leased), [id(3)]);
}

fn fair(ground: &dyn Ground) {
    let to = |number: u128, target: &str, not_before| NewDelivery {
        target: target.to_owned(),
        not_before,
        ..delivery(number, u8::try_from(number).unwrap(), (1, 1))
    };
    let store = with(ground, vec![to(1, "a", 3), to(2, "a", 1), to(3, "a", 2), to(4, "b", 9), to(5, "b", 8)]);
    let most = |target: &str, most| TargetOrder { most, ..target_order(target) };
    let leased = lease(&store, LeaseOrder { now: 10, targets: vec![most("a", 2), most("b", 9)] }).leased;
    assert_eq!(numbers(&leased), [id(2), id(5), id(3), id(4)]);
}

fn stale(ground: &dyn Ground) {
    let other_view =
        || LeaseOrder { now: 10, targets: vec![TargetOrder { view: "v2".to_owned(), ..target_order("target") }] };
    let other_terms =
        || LeaseOrder { now: 10, targets: vec![TargetOrder { terms: "t2".to_owned(), ..target_order("target") }] };
    let two = DeliverySubject { id: subject(2), epoch: 1, after: b"two".to_vec() };
    let mut both = delivery(1, 1, (1, 1));
    both.subjects.push(two);
    let store = with(ground, vec![both, delivery(2, 2, (2, 1)), delivery(3, 3, (1, 1)), delivery(4, 4, (7, 1))]);
    raise(&store, 2);
    let leases = lease(&store, order(10));
    assert_eq!(numbers(&leases.leased), [id(3)]);
    assert_eq!(numbers(&leases.stale), [id(1), id(2), id(4)], "one child of two; the child; a child that is not known");
    assert!(leases.stale.iter().all(|it| it.attempt == 0 && it.state == DeliveryState::Leased));
    assert!(lease(&store, order(10)).stale.is_empty(), "leased all the same");
    assert_eq!(store.audit_head().unwrap().0, 1, "only what may be sent was disclosed");
    assert!(settle(&store, &leases.leased[0], waiting(10, true)));
    for (other, seq) in [(other_view(), 3), (other_terms(), 4)] {
        let leases = lease(&store, other);
        assert_eq!((leases.leased.len(), numbers(&leases.stale)), (0, vec![id(3)]), "also when tried before");
        assert!(settle(&store, &leases.stale[0], waiting(10, false)));
        assert_eq!(store.audit_head().unwrap().0, seq);
    }
}

fn disclosure(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1))]);
    assert_eq!(store.audit_head().unwrap().0, 0);
    for tries in 1..=2 {
        let leased = lease(&store, order(10)).leased.remove(0);
        let lines = store.audit(&crate::audit::AuditFilter {
            action: Some("disclose".to_owned()),
            object: Some("delivery:1".to_owned()),
            limit: 10,
            ..Default::default()
        });
        assert_eq!(lines.unwrap().items.len(), tries);
        assert!(settle(&store, &leased, waiting(10, true)));
    }
}

fn fences(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1))]);
    let first = lease(&store, order(10)).leased.remove(0);
    assert!(!settle_under(&store, id(1), first.fence + 1, delivered()));
    assert!(!settle_under(&store, id(9), 1, delivered()));
    assert!(settle(&store, &first, waiting(10, true)));
    let head = store.audit_head().unwrap();
    assert!(!settle(&store, &first, delivered()), "once");
    let second = lease(&store, order(10)).leased.remove(0);
    assert!(second.fence > first.fence);
    let before = store.delivery(id(1), true).unwrap().unwrap();
    for outcome in [delivered(), dead(), waiting(99, true), DeliveryOutcome::Sent] {
        assert!(!settle(&store, &first, outcome));
    }
    assert_eq!(format!("{before:?}"), format!("{:?}", store.delivery(id(1), true).unwrap().unwrap()));
    assert_eq!(store.audit_head().unwrap().0, head.0 + 1, "nothing but the second lease was told");
    assert!(settle(&store, &second, delivered()));
    assert!(!settle(&store, &second, delivered()));
    let mixed = vec![
        DeliverySettlement { id: id(9), fence: 1, at: 1, outcome: delivered(), audit: None, breaker: None },
        DeliverySettlement { id: id(1), fence: second.fence, at: 1, outcome: dead(), audit: None, breaker: None },
    ];
    assert_eq!(super::wait(|done| store.settle_deliveries(mixed, done)).unwrap(), [false, false]);
}

fn renewal(number: u128, epoch: u64, body: Option<&[u8]>) -> DeliveryOutcome {
    DeliveryOutcome::Renewed {
        subjects: vec![DeliverySubject { id: subject(number), epoch, after: b"renewed".to_vec() }],
        body: body.map(<[u8]>::to_vec),
        view: "v2".to_owned(),
        terms: "t2".to_owned(),
        disclosure: vec![line("disclose"), line("disclose")],
    }
}

fn renewed(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1))]);
    raise(&store, 1);
    let stale = lease(&store, order(10)).stale.remove(0);
    let before = store.audit_head().unwrap().0;
    assert!(settle(&store, &stale, renewal(1, 2, Some(b"other"))));
    let now = LeaseOrder {
        now: 10,
        targets: vec![TargetOrder { view: "v2".to_owned(), terms: "t2".to_owned(), ..target_order("target") }],
    };
    let leased = lease(&store, now).leased;
    assert_eq!(numbers(&leased), [id(1)], "the same id, in its old place");
    let held = &leased[0];
    assert_eq!((&held.planned.body[..], held.bytes, held.attempt), (&b"other"[..], 5, 1));
    assert_eq!(held.sha256, crate::chain::sha256(b"other"));
    assert_eq!(store.audit_head().unwrap().0, before + 3, "its outcome, then the new disclosure");
    assert!(settle(&store, held, delivered()));
    assert_eq!(sent_to(&store, subject(1)).1, "renewed");
}

fn tried_bodies_stay(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1))]);
    let leased = lease(&store, order(10)).leased.remove(0);
    assert!(!settle(&store, &leased, renewal(1, 1, Some(b"other"))), "it may be on its way");
    assert!(settle(&store, &leased, dead()));
    act(&store, 1, DeliveryActKind::Retry).unwrap();
    raise(&store, 1);
    let stale = lease(&store, order(10)).stale.remove(0);
    assert!(!settle(&store, &stale, renewal(1, 2, Some(b"other"))), "counted anew is not untried");
    assert!(settle(&store, &stale, renewal(1, 2, None)));
    assert_eq!(store.delivery(id(1), true).unwrap().unwrap().planned.body, b"body 1");
}

fn memory(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1)), delivery(3, 1, (1, 1))]);
    let plan = |text: &str| {
        let planned = vec![("target".to_owned(), text.into())];
        keep(&store, Batch { subjects: vec![SubjectChange { planned, ..seen(&store, 1) }], ..Batch::default() })
            .unwrap();
    };
    plan("after 3");
    assert_eq!(sent_to(&store, subject(1)), ("after 3".to_owned(), String::new()));
    let next = || lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &next(), delivered()));
    assert_eq!(sent_to(&store, subject(1)), ("after 3".to_owned(), "after 1".to_owned()));
    assert!(settle(&store, &next(), dead()));
    assert_eq!(sent_to(&store, subject(1)), ("after 3".to_owned(), "after 1".to_owned()), "the dead may be retried");
    act(&store, 2, DeliveryActKind::Discard("reason".to_owned())).unwrap();
    assert_eq!(sent_to(&store, subject(1)), ("after 1".to_owned(), "after 1".to_owned()));
    plan("after 3");
    act(&store, 3, DeliveryActKind::Supersede).unwrap();
    assert_eq!(sent_to(&store, subject(1)), ("after 1".to_owned(), "after 1".to_owned()));
    assert_eq!(sent_to(&store, subject(2)), (String::new(), String::new()));
}

fn settles_messages(ground: &dyn Ground) {
    let store = with(ground, Vec::new());
    keep(&store, with_message(message(100, b"body"))).unwrap();
    let leased = lease_messages(&store, 1).remove(0);
    let of = |number, lane| NewDelivery { messages: vec![id(100)], ..delivery(number, lane, (1, 1)) };
    let batch = Batch { deliveries: vec![of(1, 1), of(2, 2), of(3, 3)], ..Batch::default() };
    settle_message(&store, read(&leased, batch)).unwrap();
    assert_eq!(state(&store, id(100)), MessageState::Read);
    let leased = lease(&store, order(10)).leased;
    assert!(settle(&store, &leased[0], delivered()));
    assert!(settle(&store, &leased[1], dead()));
    let none = DeliveryOutcome::Superseded { instead: Vec::new(), planned: Vec::new() };
    assert!(settle(&store, &leased[2], none));
    assert_eq!(state(&store, id(100)), MessageState::Read, "the dead one is open");
    act(&store, 2, DeliveryActKind::Discard("reason".to_owned())).unwrap();
    assert_eq!(state(&store, id(100)), MessageState::Settled);
}

fn acts(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1))]);
    assert_eq!(act(&store, 9, DeliveryActKind::Retry).unwrap_err(), Refused::Missing);
    assert_eq!(act(&store, 1, DeliveryActKind::Retry).unwrap_err(), Refused::State("ready"));
    let old = DeliveryAct { id: id(1), version: 9, act: DeliveryActKind::Supersede };
    assert_eq!(keep(&store, Batch { delivery_acts: vec![old], ..Batch::default() }).unwrap_err(), Refused::Clash);
    let leased = lease(&store, order(10)).leased.remove(0);
    for kind in [DeliveryActKind::Retry, DeliveryActKind::Supersede, DeliveryActKind::Discard(String::new())] {
        assert_eq!(act(&store, 1, kind).unwrap_err(), Refused::State("leased"));
    }
    assert!(settle(&store, &leased, waiting(1_000, true)));
    act(&store, 1, DeliveryActKind::Retry).unwrap();
    let leased = lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &leased, delivered()));
    for kind in [DeliveryActKind::Retry, DeliveryActKind::Supersede, DeliveryActKind::Discard(String::new())] {
        assert_eq!(act(&store, 1, kind).unwrap_err(), Refused::State("delivered"));
    }
}

fn reopened(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1))]);
    let first = lease(&store, order(10)).leased.remove(0);
    drop(store);
    let store = ground.open();
    assert_eq!(state_of(&store, 1), DeliveryState::Ready);
    assert!(!settle(&store, &first, delivered()), "the lease ended with its process");
    raise(&store, 1);
    let stale = lease(&store, order(10)).stale.remove(0);
    assert_eq!((stale.planned.id, stale.attempt), (id(1), 1), "its attempts stay");
    assert!(!settle(&store, &first, delivered()));
    assert!(!settle(&store, &stale, renewal(1, 2, Some(b"other"))), "it may have left");
    assert_eq!(epoch(&store, 1), 2);
}

fn sent(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1))]);
    let first = lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &first, DeliveryOutcome::Sent));
    let held = store.delivery(id(1), false).unwrap().unwrap();
    assert_eq!(
        (held.state, held.settled_at),
        (DeliveryState::Sent, Some(900)),
        "whoever waits for word knows since when"
    );
    assert_eq!(sent_to(&store, subject(1)).1, "");
    let second = lease(&store, order(10)).leased.remove(0);
    assert_eq!(second.planned.id, id(2));
    drop(store);
    let store = ground.open();
    assert_eq!(state_of(&store, 1), DeliveryState::Sent, "it has left, whoever leased it");
    assert!(!settle(&store, &first, renewal(1, 1, None)));
    assert!(settle(&store, &first, delivered()));
    assert_eq!(sent_to(&store, subject(1)).1, "after 1");
}

fn lists(ground: &dyn Ground) {
    let of = |number, route: &str, recipient: &str| NewDelivery {
        route: route.to_owned(),
        recipient: recipient.to_owned(),
        messages: vec![id(100 + number)],
        planned_at: i64::try_from(number).unwrap(),
        ..delivery(number, u8::try_from(number).unwrap(), (1 + number % 2, 1))
    };
    let store = with(ground, vec![of(1, "r1", "a"), of(2, "r2", "b"), of(3, "r3", "a")]);
    let leased = lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &leased, delivered()));
    let found = |filter| {
        let page = store.deliveries(&DeliveryFilter { limit: 10, ..filter }).unwrap();
        assert!(page.items.iter().all(|it| it.planned.body.is_empty()));
        numbers(&page.items)
    };
    let none = DeliveryFilter::default;
    let side = |routes: &[&str]| PartnerSide {
        recipient: "a".to_owned(),
        routes: routes.iter().map(|it| (*it).to_owned()).collect(),
    };
    assert_eq!(found(none()), [id(3), id(2), id(1)]);
    assert_eq!(found(DeliveryFilter { partner: Some(side(&[])), ..none() }), [id(3), id(1)]);
    assert_eq!(found(DeliveryFilter { partner: Some(side(&["r1", "r2"])), ..none() }), [id(3), id(2), id(1)]);
    let some = DeliveryFilter { partner: Some(side(&["r2"])), recipient: Some("b".to_owned()), ..none() };
    assert_eq!(found(some), [id(2)]);
    assert_eq!(found(DeliveryFilter { state: Some(DeliveryState::Delivered), ..none() }), [id(1)]);
    assert_eq!(found(DeliveryFilter { message: Some(id(102)), ..none() }), [id(2)]);
    assert_eq!(found(DeliveryFilter { since: Some(2), until: Some(3), ..none() }), [id(2)]);
    assert_eq!(found(DeliveryFilter { after: Some(id(3)), route: Some("r1".to_owned()), ..none() }), [id(1)]);
    let page = store.deliveries(&DeliveryFilter { limit: 1, ..none() }).unwrap();
    assert_eq!((page.items.len(), page.next), (1, Some(id(3))));
    assert_eq!(numbers(&store.open_deliveries(subject(2)).unwrap()), [id(3)], "what was delivered is not open");
    assert_eq!(numbers(&store.open_deliveries(subject(1)).unwrap()), [id(2)]);
    let mut counts = store.census().unwrap().deliveries;
    counts.sort();
    assert_eq!(
        counts,
        [("delivered", "a".to_owned(), 1), ("leased", "a".to_owned(), 1), ("leased", "b".to_owned(), 1)]
    );
}

fn superseded(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1)), delivery(2, 1, (1, 1))]);
    raise(&store, 1);
    let stale = lease(&store, order(10)).stale.remove(0);
    let instead = |number| NewDelivery { ahead: true, ..delivery(number, 1, (1, 2)) };
    let outcome = |number| DeliveryOutcome::Superseded {
        instead: vec![instead(number)],
        planned: vec![("target".to_owned(), subject(1), b"planned".to_vec())],
    };
    assert!(!settle(&store, &stale, outcome(2)), "an id that is taken takes nothing else with it");
    assert_eq!(state_of(&store, 1), DeliveryState::Leased);
    assert!(settle(&store, &stale, outcome(3)));
    assert_eq!(state_of(&store, 1), DeliveryState::Superseded);
    assert_eq!(sent_to(&store, subject(1)), ("planned".to_owned(), String::new()));
    assert_eq!(numbers(&lease(&store, order(10)).leased), [id(3)]);
}

fn breakers(ground: &dyn Ground) {
    let store = with(ground, vec![delivery(1, 1, (1, 1))]);
    let leased = lease(&store, order(10)).leased.remove(0);
    let settlement = |fence, breaker: &[u8]| DeliverySettlement {
        id: id(1),
        fence,
        at: 1,
        outcome: waiting(10, false),
        audit: None,
        breaker: Some(breaker.to_vec()),
    };
    let wrong = settlement(leased.fence + 1, b"wrong");
    let right = settlement(leased.fence, b"open");
    assert_eq!(super::wait(|done| store.settle_deliveries(vec![wrong, right], done)).unwrap(), [false, true]);
    assert_eq!(store.delivery(id(1), false).unwrap().unwrap().attempt, 0, "it did not count");
    drop(store);
    assert_eq!(ground.open().breakers().unwrap(), [("target".to_owned(), b"open".to_vec())]);
}
