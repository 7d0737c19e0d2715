//! Laws of the audit chain, of retention and of keys derived.

use super::{
    Ground, Law, delivered, delivery, id, keep, lease, lease_messages, line, message, new_subject, order, read, settle,
    settle_message, state, subject, wait, with_message,
};
use crate::{
    Batch, Micros, Retention,
    audit::{AuditEntry, AuditFilter, Break, Verdict},
    delivery::NewDelivery,
    message::MessageState,
};

pub(super) const LAWS: &[Law] = &[
    ("every line follows the one before and is found by what it tells", lines),
    ("a chain is verified from end to end or in part, with an anchor", verified),
    ("what is settled is purged when it is due, and nothing that is open", purged),
    ("a purged chain begins at its checkpoint", checkpoint),
    ("dead letters do not keep a message for ever", dead_letters),
    ("what is derived is the same for as long as the store lives", derived),
    ("a touch is a write", touched),
];

fn all_before(time: Micros) -> Retention {
    Retention {
        content_before: time,
        quarantine_before: time,
        report_before: time,
        delivery_before: Micros::MIN,
        audit_before: Micros::MIN,
        keys_before: time,
    }
}

fn lines(ground: &dyn Ground) {
    let store = ground.open();
    let about = |action, subject: u128, at| AuditEntry { subject: Some(super::subject(subject)), at, ..line(action) };
    let audit = vec![about("restrict", 1, 10), about("disclose", 2, 20), line("read")];
    let kept = keep(&store, Batch { audit, ..Batch::default() }).unwrap();
    assert_eq!(kept.audit.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.audit_head().unwrap(), kept.audit[2]);
    let found = |filter| {
        let page = store.audit(&AuditFilter { limit: 10, ..filter }).unwrap();
        page.items.iter().map(|line| line.seq).collect::<Vec<_>>()
    };
    let none = AuditFilter::default;
    assert_eq!(found(none()), [3, 2, 1]);
    assert_eq!(found(AuditFilter { subject: Some(subject(2)), ..none() }), [2]);
    assert_eq!(found(AuditFilter { action: Some("read".to_owned()), ..none() }), [3]);
    assert_eq!(found(AuditFilter { actor: Some("nobody".to_owned()), ..none() }), [0_u64; 0]);
    assert_eq!(found(AuditFilter { before: Some(3), since: Some(10), until: Some(20), ..none() }), [1]);
    let lines = store.audit(&AuditFilter { limit: 10, ..none() }).unwrap().items;
    assert_eq!(lines[0].hash, kept.audit[2].1);
    for pair in lines.windows(2) {
        assert!(pair[0].line.contains(&hex::encode(pair[1].hash)));
        assert_eq!(crate::chain::hash(&pair[0].line), pair[0].hash);
    }
}

fn verified(ground: &dyn Ground) {
    let store = ground.open();
    let verify = |range, anchor| store.verify(range, anchor, &mut |_| {}).unwrap();
    assert!(matches!(verify((None, None), None), Verdict::Intact { lines: 0, .. }));
    assert_eq!(verify((None, None), Some((1, [0; 32]))), Verdict::Broken { seq: 1, how: Break::Truncated });
    let kept = keep(&store, Batch { audit: vec![line("a"), line("b"), line("c")], ..Batch::default() }).unwrap();
    let verify = |range, anchor| store.verify(range, anchor, &mut |_| {}).unwrap();
    let head = kept.audit[2].1;
    assert_eq!(verify((None, None), None), Verdict::Intact { from: 1, to: 3, head, lines: 3 });
    assert_eq!(verify((None, None), Some(kept.audit[1])), Verdict::Intact { from: 1, to: 3, head, lines: 3 });
    let part = verify((Some(2), Some(2)), None);
    assert_eq!(part, Verdict::Intact { from: 2, to: 2, head: kept.audit[1].1, lines: 1 });
    let differs = Verdict::Broken { seq: 2, how: Break::AnchorDiffers };
    assert_eq!(verify((None, None), Some((2, [7; 32]))), differs);
    assert_eq!(verify((Some(3), None), Some((2, [7; 32]))), differs, "also outside the part");
    assert_eq!(verify((None, None), Some((4, head))), Verdict::Broken { seq: 4, how: Break::Truncated });
    assert_eq!(verify((None, Some(9)), None), Verdict::Broken { seq: 4, how: Break::Truncated });
}

fn purged(ground: &dyn Ground) {
    let store = ground.open();
    keep(&store, Batch { subjects: vec![new_subject(1)], ..Batch::default() }).unwrap();
    for number in [100, 101] {
        keep(&store, with_message(message(number, b"body"))).unwrap();
    }
    let open = NewDelivery { messages: vec![id(101)], ..delivery(1, 1, (1, 1)) };
    for (leased, deliveries) in lease_messages(&store, 2).iter().zip([Vec::new(), vec![open]]) {
        settle_message(&store, read(leased, Batch { deliveries, ..Batch::default() })).unwrap();
    }
    let purge = |due: &Retention| wait(|done| store.purge(due, 9_000, 1, done)).unwrap();
    assert_eq!(purge(&all_before(2_000)), 0, "settled at that time is not before it");
    let head = store.audit_head().unwrap().0;
    assert_eq!(purge(&all_before(2_001)), 1);
    assert_eq!(store.audit_head().unwrap().0, head + 1, "a purge is told");
    let held = store.message(id(100)).unwrap().unwrap();
    assert_eq!((held.state, held.file_name, held.sha256), (MessageState::Purged, None, crate::chain::sha256(b"body")));
    assert_eq!(store.body_chunk(id(100), 0).unwrap(), None);
    while purge(&all_before(2_001)) > 0 {}
    assert_eq!(store.report(id(100), None).unwrap(), None);
    assert_eq!(state(&store, id(101)), MessageState::Read);
    assert!(store.body_chunk(id(101), 0).unwrap().is_some(), "its delivery is open");
    let leased = lease(&store, order(10)).leased.remove(0);
    assert_eq!(leased.planned.body, b"body 1");
    assert!(settle(&store, &leased, delivered()));
    while purge(&all_before(2_001)) > 0 {}
    assert_eq!(state(&store, id(101)), MessageState::Purged);
    assert!(store.delivery(id(1), true).unwrap().unwrap().planned.body.is_empty());
    while purge(&Retention { delivery_before: 2_001, ..all_before(2_001) }) > 0 {}
    assert!(store.delivery(id(1), true).unwrap().is_none());
    keep(&store, Batch { deliveries: vec![delivery(2, 1, (1, 1))], ..Batch::default() }).unwrap();
    assert_eq!(lease(&store, order(10)).leased.len(), 1, "the lane goes on");
    assert!(matches!(store.verify((None, None), None, &mut |_| {}).unwrap(), Verdict::Intact { .. }));
}

fn checkpoint(ground: &dyn Ground) {
    let store = ground.open();
    let at = |at| AuditEntry { at, ..line("a") };
    let kept = keep(&store, Batch { audit: (1..=6).map(at).collect(), ..Batch::default() }).unwrap();
    let due = |time| Retention { audit_before: time, ..all_before(Micros::MIN) };
    let purge = |time, now| while wait(|done| store.purge(&due(time), now, 2, done)).unwrap() > 0 {};
    purge(4, 100);
    assert!(
        store.audit(&AuditFilter { limit: 99, ..AuditFilter::default() }).unwrap().items.iter().all(|it| it.seq > 3)
    );
    let intact = |anchor| store.verify((None, None), anchor, &mut |_| {}).unwrap();
    assert!(matches!(intact(None), Verdict::Intact { from: 4, .. }), "{:?}", intact(None));
    assert!(matches!(intact(Some(kept.audit[2])), Verdict::Intact { .. }), "the checkpoint knows it");
    assert_eq!(intact(Some((3, [7; 32]))), Verdict::Broken { seq: 3, how: Break::AnchorDiffers });
    purge(1_000, 200);
    assert!(matches!(intact(None), Verdict::Intact { .. }), "checkpoints go too, but for the last: {:?}", intact(None));
    purge(Micros::MAX, 300);
    assert!(matches!(intact(None), Verdict::Intact { .. }));
    drop(store);
    let store = ground.open();
    let before = store.audit_head().unwrap().0;
    keep(&store, Batch { audit: vec![line("b")], ..Batch::default() }).unwrap();
    assert_eq!(store.audit_head().unwrap().0, before + 1);
    assert!(matches!(store.verify((None, None), None, &mut |_| {}).unwrap(), Verdict::Intact { .. }));
}

fn dead_letters(ground: &dyn Ground) {
    let store = ground.open();
    keep(&store, Batch { subjects: vec![new_subject(1)], ..with_message(message(100, b"body")) }).unwrap();
    let leased = lease_messages(&store, 1).remove(0);
    let of = |number| NewDelivery { messages: vec![id(100)], ..delivery(number, 1, (1, 1)) };
    settle_message(&store, read(&leased, Batch { deliveries: vec![of(1), of(2)], ..Batch::default() })).unwrap();
    let leased = lease(&store, order(10)).leased.remove(0);
    assert!(settle(&store, &leased, super::dead()));
    while wait(|done| store.purge(&all_before(901), 9_000, 9, done)).unwrap() > 0 {}
    let held = store.delivery(id(1), false).unwrap().unwrap();
    assert_eq!((held.state.word(), held.reason.as_deref()), ("discarded", Some("retention")));
    assert_eq!(super::numbers(&lease(&store, order(10)).leased), [id(2)], "the lane is free again");
}

fn derived(ground: &dyn Ground) {
    let store = ground.open();
    let derived = store.derive("cursor");
    assert_ne!(derived, store.derive("token"));
    drop(store);
    assert_eq!(ground.open().derive("cursor"), derived);
}

fn touched(ground: &dyn Ground) {
    let store = ground.open();
    let before = store.census().unwrap().commits;
    wait(|done| store.touch(5, done)).unwrap();
    let after = store.census().unwrap().commits;
    assert_eq!((after.0, after.1), (before.0 + 1, before.1 + 1));
    assert_eq!(store.audit_head().unwrap().0, 0);
}
