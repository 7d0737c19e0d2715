//! Laws of messages: kept whole or not at all, once, read under a fence, never lost with a process.

use std::sync::Arc;

use super::{
    Ground, Law, id, keep, lease_messages, line, message, new_subject, read, settle_message, state, subject, wait,
    with_message,
};
use crate::{
    Batch, CHUNK_BYTES_MAX, Refused, Retention, Store,
    batch::{Assertion, Idempotency},
    message::{
        MessageAct, MessageActKind, MessageFilter, MessageSettlement, MessageState, NewBody, NewMessage, Reject,
    },
};

pub(super) const LAWS: &[Law] = &[
    ("what is kept is given back, also after closing", what_is_kept_is_given_back),
    ("a batch is kept whole or not at all", a_batch_is_kept_whole_or_not_at_all),
    ("a body in pieces is seen once it is named, and only whole", a_body_in_pieces),
    ("what was arriving is forgotten at start and after an hour", what_was_arriving_is_forgotten),
    ("a key gives the first answer again", a_key_gives_the_first_answer_again),
    ("an assertion is used once", an_assertion_is_used_once),
    ("the same content stands for itself only while it is the latest", same_content),
    ("messages are leased oldest first and settled under their fence", leased_and_settled),
    ("a process that ends gives its readings back, counted", crashes_are_counted),
    ("acts on messages need the state and the version that was seen", acts),
    ("messages are listed newest first, page by page", lists),
];

fn first(store: &Arc<dyn Store>) -> crate::message::Message {
    store.message(id(1)).unwrap().unwrap()
}

fn what_is_kept_is_given_back(ground: &dyn Ground) {
    let store = ground.open();
    let whole = NewMessage { correlation_id: Some("flow".to_owned()), ..message(1, b"body") };
    let kept = keep(&store, with_message(whole)).unwrap();
    keep(&store, with_message(message(2, b""))).unwrap();
    let check = |store: &Arc<dyn Store>| {
        let held = first(store);
        assert_eq!((held.state, held.attempt, held.bytes, held.version), (MessageState::Received, 0, 4, 1));
        assert_eq!((held.file_name.as_deref(), &held.terms[..]), (Some("file.csv"), &b"terms"[..]));
        assert_eq!((held.correlation_id.as_deref(), held.received_at), (Some("flow"), 1_001));
        assert_eq!(held.audit, kept.audit[0], "the first line is the message's own");
        assert_eq!(store.body_chunk(id(1), 0).unwrap().as_deref(), Some(&b"body"[..]));
        assert_eq!(store.body_chunk(id(1), 1).unwrap(), None);
        assert_eq!(store.body_chunk(id(2), 0).unwrap(), None, "an empty body has no piece");
        assert!(store.message(id(3)).unwrap().is_none());
    };
    check(&store);
    drop(store);
    check(&ground.open());
}

fn a_batch_is_kept_whole_or_not_at_all(ground: &dyn Ground) {
    let store = ground.open();
    keep(&store, Batch { subjects: vec![new_subject(1)], ..Batch::default() }).unwrap();
    let clash = Batch { subjects: vec![new_subject(2), new_subject(1)], ..with_message(message(1, b"body")) };
    assert_eq!(keep(&store, clash).unwrap_err(), Refused::Clash);
    assert!(store.message(id(1)).unwrap().is_none());
    assert!(store.subjects(&[subject(2)], &[]).unwrap()[0].is_none());
    assert_eq!(store.audit_head().unwrap(), (0, [0; 32]));
    keep(&store, with_message(message(1, b"body"))).unwrap();
    assert_eq!(keep(&store, with_message(message(1, b"other"))).unwrap_err(), Refused::Clash);
    assert_eq!(store.audit_head().unwrap().0, 1);
}

fn a_body_in_pieces(ground: &dyn Ground) {
    let store = ground.open();
    let piece = |number: u8| vec![number; CHUNK_BYTES_MAX];
    let arrived = |pieces| NewMessage { body: NewBody::Arrived(pieces), ..message(1, b"") };
    assert_eq!(keep(&store, with_message(arrived(0))).unwrap_err(), Refused::Missing);
    assert!(wait(|done| store.chunk(id(1), 0, piece(0), done)).is_err());
    wait(|done| store.arrive(id(1), 0, done)).unwrap();
    for number in [0, 2] {
        wait(|done| store.chunk(id(1), u32::from(number), piece(number), done)).unwrap();
    }
    assert!(wait(|done| store.chunk(id(1), 3, vec![0; CHUNK_BYTES_MAX + 1], done)).is_err());
    for pieces in [2, 3] {
        assert_eq!(keep(&store, with_message(arrived(pieces))).unwrap_err(), Refused::Missing, "piece 1 is not there");
    }
    assert!(store.message(id(1)).unwrap().is_none());
    assert_eq!(store.body_chunk(id(1), 0).unwrap(), None, "invisible until it is named");
    wait(|done| store.chunk(id(1), 1, piece(1), done)).unwrap();
    keep(&store, with_message(arrived(3))).unwrap();
    for number in 0..3 {
        assert_eq!(store.body_chunk(id(1), u32::from(number)).unwrap(), Some(piece(number)));
    }
    assert_eq!(store.body_chunk(id(1), 3).unwrap(), None);
    assert_eq!(store.body_chunk(id(1), u32::MAX).unwrap(), None);
    assert!(wait(|done| store.chunk(id(1), 3, piece(3), done)).is_err(), "it has arrived");
    wait(|done| store.arrive(id(2), 0, done)).unwrap();
    store.abandon(id(2));
    assert!(wait(|done| store.chunk(id(2), 0, piece(0), done)).is_err());
}

fn what_was_arriving_is_forgotten(ground: &dyn Ground) {
    let hour = 3_600_000_000;
    let never = Retention {
        content_before: 0,
        quarantine_before: 0,
        report_before: 0,
        delivery_before: 0,
        audit_before: 0,
        keys_before: 0,
    };
    let store = ground.open();
    for number in 1..4 {
        wait(|done| store.arrive(id(number), i64::try_from(number).unwrap(), done)).unwrap();
        wait(|done| store.chunk(id(number), 0, b"piece".to_vec(), done)).unwrap();
    }
    wait(|done| store.purge(&never, hour + 2, 100, done)).unwrap();
    let arrived = |number| with_message(NewMessage { body: NewBody::Arrived(1), ..message(number, b"") });
    assert_eq!(keep(&store, arrived(1)).unwrap_err(), Refused::Missing);
    keep(&store, arrived(2)).unwrap();
    drop(store);
    let store = ground.open();
    assert_eq!(keep(&store, arrived(3)).unwrap_err(), Refused::Missing);
    wait(|done| store.arrive(id(3), 0, done)).unwrap();
    assert_eq!(keep(&store, arrived(3)).unwrap_err(), Refused::Missing, "nothing of the earlier one is left");
    assert_eq!(store.body_chunk(id(2), 0).unwrap().as_deref(), Some(&b"piece"[..]));
}

fn a_key_gives_the_first_answer_again(ground: &dyn Ground) {
    let key = |number, fingerprint, now, lenient| Batch {
        idempotency: Some(Idempotency {
            partner: "partner".to_owned(),
            request: "POST /v1".to_owned(),
            key: "key".to_owned(),
            fingerprint: [fingerprint; 32],
            answer: format!("answer {number}").into(),
            expires_at: now + 100,
            now,
            lenient,
        }),
        ..with_message(message(number, b"body"))
    };
    let store = ground.open();
    let asked = |batch: Batch| store.first_answer(&batch.idempotency.unwrap()).unwrap();
    assert_eq!(asked(key(1, 1, 1_000, false)), None);
    keep(&store, key(1, 1, 1_000, false)).unwrap();
    let repeated =
        |number: u128| Refused::Repeated { answer: format!("answer {number}").into(), message: Some(id(number)) };
    assert_eq!(keep(&store, key(2, 1, 1_050, false)).unwrap_err(), repeated(1));
    assert!(store.message(id(2)).unwrap().is_none());
    assert_eq!(keep(&store, key(2, 2, 1_050, false)).unwrap_err(), Refused::Mismatch);
    assert_eq!(asked(key(2, 1, 1_050, false)), Some(repeated(1)), "it can be asked for before anything is done");
    assert_eq!(asked(key(2, 2, 1_050, false)), Some(Refused::Mismatch));
    assert_eq!(asked(key(2, 2, 1_050, true)), None);
    assert_eq!(asked(key(2, 2, 1_100, false)), None, "its time is over");
    drop(store);
    let store = ground.open();
    assert_eq!(keep(&store, key(2, 1, 1_099, false)).unwrap_err(), repeated(1));
    keep(&store, key(3, 2, 1_099, true)).unwrap();
    assert_eq!(keep(&store, key(4, 2, 1_100, false)).unwrap_err(), repeated(3));
    keep(&store, key(5, 3, 1_199, false)).unwrap();
    // A refused request frees its key.
    let refused =
        Batch { subjects: vec![super::SubjectChange { seen: 7, ..new_subject(9) }], ..key(6, 9, 5_000, false) };
    assert_eq!(keep(&store, refused).unwrap_err(), Refused::Clash);
    keep(&store, key(6, 8, 5_000, false)).unwrap();
    let other = |partner: &str| {
        let batch = key(7, 1, 5_000, false);
        Batch { idempotency: batch.idempotency.map(|key| Idempotency { partner: partner.to_owned(), ..key }), ..batch }
    };
    keep(&store, other("another")).unwrap();
}

fn an_assertion_is_used_once(ground: &dyn Ground) {
    let assertion = |partner: &str, jti: &str, now| Batch {
        assertion: Some(Assertion { partner: partner.to_owned(), jti: jti.to_owned(), expires_at: 1_300, now }),
        ..Batch::default()
    };
    let store = ground.open();
    keep(&store, assertion("a", "one", 1_000)).unwrap();
    assert_eq!(keep(&store, assertion("a", "one", 1_299)).unwrap_err(), Refused::Used);
    keep(&store, assertion("b", "one", 1_000)).unwrap();
    keep(&store, assertion("a", "two", 1_000)).unwrap();
    drop(store);
    assert_eq!(keep(&ground.open(), assertion("a", "two", 1_000)).unwrap_err(), Refused::Used);
}

fn same_content(ground: &dyn Ground) {
    let store = ground.open();
    let same =
        |number, body: &[u8], since| with_message(NewMessage { same_since: Some(since), ..message(number, body) });
    keep(&store, with_message(message(1, b"one"))).unwrap();
    assert_eq!(keep(&store, same(2, b"one", 0)).unwrap_err(), Refused::SameContent(id(1)));
    assert_eq!(keep(&store, same(2, b"one", 1_001)).unwrap_err(), Refused::SameContent(id(1)));
    keep(&store, same(3, b"one", 1_002)).unwrap();
    keep(&store, same(4, b"two", 0)).unwrap();
    keep(&store, same(5, b"one", 0)).unwrap();
    let mut terms = same(6, b"one", 0);
    terms.message.as_mut().unwrap().terms = b"others".to_vec();
    keep(&store, terms).unwrap();
    let mut partner = same(7, b"one", 0);
    partner.message.as_mut().unwrap().partner = "another".to_owned();
    keep(&store, partner).unwrap();
    // What was set aside stands for nothing.
    keep(&store, same(8, b"three", 0)).unwrap();
    let discard = MessageAct { id: id(8), version: 1, act: MessageActKind::Discard("wrong".to_owned()) };
    keep(&store, Batch { message_acts: vec![discard], ..Batch::default() }).unwrap();
    keep(&store, same(9, b"three", 0)).unwrap();
}

fn leased_and_settled(ground: &dyn Ground) {
    let store = ground.open();
    for number in [3, 1, 2] {
        keep(&store, with_message(message(number, b"body"))).unwrap();
    }
    let leased = lease_messages(&store, 2);
    assert_eq!(leased.iter().map(|it| it.message.id).collect::<Vec<_>>(), [id(1), id(2)]);
    assert!(leased.iter().all(|it| it.message.state == MessageState::Reading && it.message.attempt == 1));
    let rest = lease_messages(&store, 2);
    assert_eq!((rest.len(), lease_messages(&store, 2).len()), (1, 0));
    let stale = MessageSettlement { fence: leased[0].fence + 1, ..read(&leased[0], Batch::default()) };
    assert_eq!(settle_message(&store, stale).unwrap_err(), Refused::Stale);
    let unknown = MessageSettlement { id: id(9), ..read(&leased[0], Batch::default()) };
    assert_eq!(settle_message(&store, unknown).unwrap_err(), Refused::Missing);
    // What is refused of the reading leaves it leased.
    let clash = Batch { subjects: vec![new_subject(1), new_subject(1)], ..Batch::default() };
    assert_eq!(settle_message(&store, read(&leased[0], clash)).unwrap_err(), Refused::Clash);
    assert_eq!(state(&store, id(1)), MessageState::Reading);
    let reject =
        |rule: &str| Reject { part: "p".to_owned(), line: 2, byte: 9, rule: rule.to_owned(), row: b"row".to_vec() };
    let batch = Batch { audit: vec![line("read")], ..Batch::default() };
    let done = MessageSettlement { rejects: vec![reject("a"), reject("b")], ..read(&leased[0], batch) };
    let kept = settle_message(&store, done.clone()).unwrap();
    assert_eq!(kept.audit.len(), 1);
    assert_eq!(settle_message(&store, done).unwrap_err(), Refused::Stale, "once");
    let held = store.message(id(1)).unwrap().unwrap();
    assert_eq!((held.state, held.settled_at), (MessageState::Settled, Some(2_000)), "no delivery: settled at once");
    assert_eq!(store.report(id(1), None).unwrap().as_deref(), Some(&b"report"[..]));
    assert_eq!((store.report(id(1), Some(1)).unwrap().is_some(), store.report(id(1), Some(2)).unwrap()), (true, None));
    let rejects = store.rejects(id(1)).unwrap();
    assert_eq!(
        rejects.iter().map(|it| (&it.rule[..], &it.row[..])).collect::<Vec<_>>(),
        [("a", &b"row"[..]), ("b", b"row")]
    );
    let quarantined = MessageSettlement {
        state: MessageState::Quarantined,
        reason: Some("undecodable".to_owned()),
        ..read(&leased[1], Batch::default())
    };
    settle_message(&store, quarantined).unwrap();
    let held = store.message(id(2)).unwrap().unwrap();
    assert_eq!((held.state, held.reason.as_deref()), (MessageState::Quarantined, Some("undecodable")));
}

fn crashes_are_counted(ground: &dyn Ground) {
    let mut store = ground.open();
    keep(&store, with_message(message(1, b"body"))).unwrap();
    let mut earlier = None;
    for crashes in 0..3 {
        let leased = lease_messages(&store, 1).remove(0);
        assert_eq!((leased.crashes, leased.message.attempt), (crashes, crashes + 1));
        if let Some(earlier) = earlier {
            let late = MessageSettlement { fence: earlier, ..read(&leased, Batch::default()) };
            assert_eq!(settle_message(&store, late).unwrap_err(), Refused::Stale);
        }
        earlier = Some(leased.fence);
        drop(store);
        store = ground.open();
        assert_eq!(state(&store, id(1)), MessageState::Received);
        let late = MessageSettlement { fence: leased.fence, ..read(&leased, Batch::default()) };
        assert_eq!(settle_message(&store, late).unwrap_err(), Refused::Stale);
    }
}

fn acts(ground: &dyn Ground) {
    let store = ground.open();
    let act = |version, act: MessageActKind| {
        let before = store.message(id(1)).unwrap();
        let acts = vec![MessageAct { id: id(1), version, act: act.clone() }];
        let kept = keep(&store, Batch { message_acts: acts, ..Batch::default() })?;
        let told = before.map(|held| held.after(&act));
        assert_eq!(format!("{told:?}"), format!("{:?}", store.message(id(1)).unwrap()), "what it is said to come to");
        Ok::<_, Refused>(kept)
    };
    let replay = || MessageActKind::Replay(b"overrides".to_vec());
    let discard = || MessageActKind::Discard("reason".to_owned());
    assert_eq!(act(1, replay()).unwrap_err(), Refused::Missing);
    keep(&store, with_message(message(1, b"body"))).unwrap();
    assert_eq!(act(1, replay()).unwrap_err(), Refused::State("received"));
    let leased = lease_messages(&store, 1).remove(0);
    assert_eq!(act(1, discard()).unwrap_err(), Refused::Clash);
    assert_eq!(act(leased.message.version, discard()).unwrap_err(), Refused::State("reading"));
    settle_message(&store, read(&leased, Batch::default())).unwrap();
    let version = first(&store).version;
    assert_eq!(act(version, discard()).unwrap_err(), Refused::State("settled"));
    act(version, replay()).unwrap();
    assert_eq!(act(version, replay()).unwrap_err(), Refused::Clash, "of two at once one wins");
    let leased = lease_messages(&store, 1).remove(0);
    assert_eq!((leased.message.attempt, leased.message.replay.as_deref()), (2, Some(&b"overrides"[..])));
    assert!(leased.message.settled_at.is_none());
    settle_message(&store, MessageSettlement { report: b"second".to_vec(), ..read(&leased, Batch::default()) })
        .unwrap();
    assert_eq!(store.report(id(1), Some(1)).unwrap().as_deref(), Some(&b"report"[..]));
    assert_eq!(store.report(id(1), None).unwrap().as_deref(), Some(&b"second"[..]));
    keep(&store, with_message(message(2, b"other"))).unwrap();
    let told = store.message(id(2)).unwrap().unwrap().after(&discard());
    let acts = vec![MessageAct { id: id(2), version: 1, act: discard() }];
    keep(&store, Batch { message_acts: acts, ..Batch::default() }).unwrap();
    assert_eq!(format!("{told:?}"), format!("{:?}", store.message(id(2)).unwrap().unwrap()));
}

fn lists(ground: &dyn Ground) {
    let store = ground.open();
    for number in 1..=5 {
        let mut new = message(number, b"body");
        if number == 3 {
            new.partner = "another".to_owned();
            new.correlation_id = Some("flow".to_owned());
        }
        keep(&store, with_message(new)).unwrap();
    }
    let ids = |filter: &MessageFilter| {
        let page = store.messages(filter).unwrap();
        (page.items.iter().map(|it| it.id).collect::<Vec<_>>(), page.next)
    };
    let all = MessageFilter { limit: 2, ..MessageFilter::default() };
    assert_eq!(ids(&all), (vec![id(5), id(4)], Some(id(4))));
    keep(&store, with_message(message(6, b"late"))).unwrap();
    assert_eq!(ids(&MessageFilter { after: Some(id(4)), ..all.clone() }), (vec![id(3), id(2)], Some(id(2))));
    assert_eq!(ids(&MessageFilter { after: Some(id(2)), ..all.clone() }), (vec![id(1)], None));
    let of = |filter| ids(&MessageFilter { limit: 10, ..filter }).0;
    let none = MessageFilter::default;
    assert_eq!(of(MessageFilter { partner: Some("another".to_owned()), ..none() }), [id(3)]);
    assert_eq!(of(MessageFilter { correlation_id: Some("flow".to_owned()), ..none() }), [id(3)]);
    assert_eq!(of(MessageFilter { since: Some(1_002), until: Some(1_004), ..none() }), [id(3), id(2)]);
    assert!(of(MessageFilter { state: Some(MessageState::Read), ..none() }).is_empty());
    assert!(of(MessageFilter { route: Some("other".to_owned()), ..none() }).is_empty());
    let both = MessageFilter { state: Some(MessageState::Received), route: Some("route".to_owned()), ..none() };
    assert_eq!(of(both).len(), 6);
    assert_eq!(store.census().unwrap().messages, [("received", 6)]);
}
