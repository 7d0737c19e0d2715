//! Laws over random histories: whatever happens in whatever order, lanes keep theirs, nothing is sent under what has
//! changed or under two leases at once, and nothing is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    Ground, Law, dead, delivered, delivery, epoch, id, keep, lease, lease_messages, message, new_subject, order, read,
    seen, settle_message, settle_under, state, subject, waiting, with_message,
};
use crate::{
    Batch, Store,
    audit::{AuditFilter, Verdict},
    delivery::{
        Delivery, DeliveryAct, DeliveryActKind, DeliveryOutcome, DeliveryState, DeliverySubject, LeaseOrder,
        NewDelivery,
    },
    message::MessageState,
    subject::SubjectChange,
};

pub(super) const LAWS: &[Law] = &[
    ("random histories keep order, fences and epochs, and lose nothing", histories),
    ("callers of many threads each get their own answer", many_threads),
];

/// Steps of one history.
const STEPS: usize = 400;

/// Lanes of a history, one for each child.
const LANES: u128 = 3;

/// Random enough for a history, and the same at each run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % sides
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(of.len()).unwrap();
        if sides == 0 { None } else { of.get(usize::try_from(self.throw(sides)).unwrap()) }
    }
}

/// What a delivery should be.
#[derive(Debug)]
struct Planned {
    lane: u8,
    ahead: bool,
    state: DeliveryState,
    due: i64,
    epoch: u64,
    fence: Option<u64>,
}

/// What the store should hold.
#[derive(Default)]
struct Model {
    deliveries: BTreeMap<Uuid, Planned>,
    epochs: BTreeMap<u8, u64>,
    old_fences: Vec<(Uuid, u64)>,
    disclosed: usize,
}

impl Model {
    /// Those that may be leased, computed from all that is known instead of from heads.
    fn may_be_leased(&self, now: i64) -> BTreeSet<Uuid> {
        use DeliveryState::{Dead, Leased, Ready, Waiting};
        let may = |(id, it): &(&Uuid, &Planned)| {
            let lane = || self.deliveries.iter().filter(|(_, other)| other.lane == it.lane);
            let unsent = |other: &Planned| matches!(other.state, Ready | Waiting);
            matches!(it.state, Ready | Waiting)
                && it.due <= now
                && !lane().any(|(_, other)| other.state == Leased)
                && !lane().any(|(other_id, other)| unsent(other) && other.ahead == it.ahead && other_id < *id)
                && (it.ahead
                    || !lane().any(|(other_id, other)| {
                        (unsent(other) && other.ahead) || (other.state == Dead && (other.ahead || other_id < *id))
                    }))
        };
        self.deliveries.iter().filter(may).map(|(id, _)| *id).collect()
    }

    fn of_state(&self, states: &[DeliveryState]) -> Vec<Uuid> {
        let of = |(_, it): &(&Uuid, &Planned)| states.contains(&it.state);
        self.deliveries.iter().filter(of).map(|(id, _)| *id).collect()
    }

    fn change(&mut self, id: Uuid, state: DeliveryState) {
        let it = self.deliveries.get_mut(&id).unwrap();
        if let Some(fence) = it.fence.take_if(|_| it.state == DeliveryState::Leased) {
            self.old_fences.push((id, fence));
        }
        it.state = state;
    }

    fn lease(&mut self, leased: &[Delivery], current: bool) {
        for delivery in leased {
            let it = self.deliveries.get_mut(&delivery.planned.id).unwrap();
            assert_eq!(it.epoch == self.epochs[&it.lane], current, "sent under what protects the child now");
            assert!(it.fence.is_none());
            it.state = DeliveryState::Leased;
            it.fence = Some(delivery.fence);
        }
        self.disclosed += if current { leased.len() } else { 0 };
    }
}

fn histories(ground: &dyn Ground) {
    let mut store = ground.open();
    let mut dice = Dice(0x5eed);
    let mut model = Model::default();
    keep(&store, Batch { subjects: (0..LANES).map(new_subject).collect(), ..with_message(message(9_999, b"body")) })
        .unwrap();
    for lane in 0..u8::try_from(LANES).unwrap() {
        model.epochs.insert(lane, 1);
    }
    let reading = lease_messages(&store, 1).remove(0);
    settle_message(&store, read(&reading, Batch::default())).unwrap();
    for step in 0..STEPS {
        let now = i64::try_from(step).unwrap();
        match dice.throw(12) {
            0..=2 => plan(&store, &mut model, &mut dice, step),
            3..=5 => lease_all(&store, &mut model, now),
            6..=8 => settle_one(&store, &mut model, &mut dice, now),
            9 => act_on_one(&store, &mut model, &mut dice, now),
            10 => {
                let lane = u8::try_from(dice.throw(3)).unwrap();
                let raise = SubjectChange { raise_epoch: true, ..seen(&store, u128::from(lane)) };
                keep(&store, Batch { subjects: vec![raise], ..Batch::default() }).unwrap();
                *model.epochs.get_mut(&lane).unwrap() += 1;
            }
            _ => {
                if let Some((id, fence)) = dice.pick(&model.old_fences).copied() {
                    assert!(!settle_under(&store, id, fence, delivered()), "an old fence settles nothing");
                }
                if dice.throw(4) == 0 {
                    drop(store);
                    store = ground.open();
                    for id in model.of_state(&[DeliveryState::Leased]) {
                        model.change(id, DeliveryState::Ready);
                    }
                }
            }
        }
        for (id, it) in &model.deliveries {
            assert_eq!(store.delivery(*id, false).unwrap().unwrap().state, it.state, "step {step}");
        }
    }
    finish(&store, &mut model);
}

fn plan(store: &Arc<dyn Store>, model: &mut Model, dice: &mut Dice, step: usize) {
    let lane = u8::try_from(dice.throw(3)).unwrap();
    let number = u128::try_from(step).unwrap() + 1;
    let due = i64::try_from(step).unwrap() + i64::try_from(dice.throw(5)).unwrap();
    let epoch = model.epochs[&lane];
    let new = NewDelivery {
        ahead: dice.throw(6) == 0,
        not_before: due,
        messages: vec![id(9_999)],
        ..delivery(number, lane, (u128::from(lane), epoch))
    };
    let planned = Planned { lane, ahead: new.ahead, state: DeliveryState::Ready, due, epoch, fence: None };
    keep(store, Batch { deliveries: vec![new], ..Batch::default() }).unwrap();
    model.deliveries.insert(id(number), planned);
}

fn lease_all(store: &Arc<dyn Store>, model: &mut Model, now: i64) {
    let expected = model.may_be_leased(now);
    let leases = lease(store, order(now));
    let all = leases.leased.iter().chain(&leases.stale);
    assert_eq!(all.map(|it| it.planned.id).collect::<BTreeSet<_>>(), expected);
    for leased in &leases.leased {
        assert_eq!(leased.planned.body, store.delivery(leased.planned.id, true).unwrap().unwrap().planned.body);
    }
    model.lease(&leases.leased, true);
    model.lease(&leases.stale, false);
}

fn settle_one(store: &Arc<dyn Store>, model: &mut Model, dice: &mut Dice, now: i64) {
    let Some(id) = dice.pick(&model.of_state(&[DeliveryState::Leased])).copied() else { return };
    let fence = model.deliveries[&id].fence.unwrap();
    let lane = model.deliveries[&id].lane;
    let (outcome, next) = match dice.throw(5) {
        0 | 1 => (delivered(), DeliveryState::Delivered),
        2 => (waiting(now + 3, dice.throw(2) == 0), DeliveryState::Waiting),
        3 => (dead(), DeliveryState::Dead),
        _ => (renewal(store, lane), DeliveryState::Ready),
    };
    assert!(settle_under(store, id, fence, outcome));
    model.change(id, next);
    let it = model.deliveries.get_mut(&id).unwrap();
    it.fence = None;
    match next {
        DeliveryState::Waiting => it.due = now + 3,
        DeliveryState::Ready => it.epoch = model.epochs[&lane],
        _ => {}
    }
}

fn renewal(store: &Arc<dyn Store>, lane: u8) -> DeliveryOutcome {
    let child = u128::from(lane);
    DeliveryOutcome::Renewed {
        subjects: vec![DeliverySubject { id: subject(child), epoch: epoch(store, child), after: b"after".to_vec() }],
        body: None,
        view: "view".to_owned(),
        terms: "terms".to_owned(),
        disclosure: vec![super::line("disclose")],
    }
}

fn act_on_one(store: &Arc<dyn Store>, model: &mut Model, dice: &mut Dice, now: i64) {
    let of = [DeliveryState::Dead, DeliveryState::Waiting];
    let Some(id) = dice.pick(&model.of_state(&of)).copied() else { return };
    let held = store.delivery(id, false).unwrap().unwrap();
    let (act, next) = match dice.throw(3) {
        0 => (DeliveryActKind::Discard("reason".to_owned()), DeliveryState::Discarded),
        1 => (DeliveryActKind::Supersede, DeliveryState::Superseded),
        _ => (DeliveryActKind::Retry, DeliveryState::Ready),
    };
    let acts = vec![DeliveryAct { id, version: held.version, act }];
    keep(store, Batch { delivery_acts: acts, ..Batch::default() }).unwrap();
    model.change(id, next);
    // Ready again at once: it was due before.
    model.deliveries.get_mut(&id).unwrap().due = now.min(held.planned.not_before);
}

/// Everything that was planned ends, and with it the message that caused it.
fn finish(store: &Arc<dyn Store>, model: &mut Model) {
    let now = i64::MAX - 1;
    for id in model.of_state(&[DeliveryState::Leased]) {
        assert!(settle_under(store, id, model.deliveries[&id].fence.unwrap(), delivered()));
        model.change(id, DeliveryState::Delivered);
    }
    for id in model.of_state(&[DeliveryState::Dead]) {
        let held = store.delivery(id, false).unwrap().unwrap();
        let acts = vec![DeliveryAct { id, version: held.version, act: DeliveryActKind::Retry }];
        keep(store, Batch { delivery_acts: acts, ..Batch::default() }).unwrap();
    }
    loop {
        let leases = lease(store, LeaseOrder { now, ..order(now) });
        if leases.leased.is_empty() && leases.stale.is_empty() {
            break;
        }
        model.disclosed += leases.leased.len();
        for it in &leases.leased {
            assert!(settle_under(store, it.planned.id, it.fence, delivered()));
        }
        for it in &leases.stale {
            let lane = model.deliveries[&it.planned.id].lane;
            assert!(settle_under(store, it.planned.id, it.fence, renewal(store, lane)));
        }
    }
    for id in model.deliveries.keys() {
        assert!(!store.delivery(*id, false).unwrap().unwrap().state.is_open(), "nothing is lost");
    }
    assert_eq!(state(store, id(9_999)), MessageState::Settled);
    let mut disclosed = 0;
    let mut before = None;
    loop {
        let filter =
            AuditFilter { action: Some("disclose".to_owned()), before, limit: 1_000, ..AuditFilter::default() };
        let page = store.audit(&filter).unwrap();
        let Some(last) = page.items.last() else { break };
        before = Some(last.seq);
        disclosed += page.items.len();
    }
    assert_eq!(disclosed, model.disclosed, "one line for each lease that may be sent");
    assert!(matches!(store.verify((None, None), None, &mut |_| {}).unwrap(), Verdict::Intact { .. }));
}

fn many_threads(ground: &dyn Ground) {
    let store = ground.open();
    std::thread::scope(|scope| {
        for thread in 0..64_u128 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..4 {
                    let number = thread * 4 + number + 1;
                    let kept = keep(store, with_message(message(number, &number.to_be_bytes()))).unwrap();
                    let held = store.message(id(number)).unwrap().unwrap();
                    assert_eq!(held.audit, kept.audit[0], "kept before it is answered");
                    // A clash of one is no clash of those who share its commit.
                    assert!(keep(store, with_message(message(number, b"other"))).is_err());
                }
            });
        }
    });
    assert_eq!(store.audit_head().unwrap().0, 256);
    for number in 1..=256_u128 {
        assert_eq!(store.body_chunk(id(number), 0).unwrap().unwrap(), number.to_be_bytes());
    }
    let leased: BTreeSet<Uuid> = std::thread::scope(|scope| {
        let lease =
            |_| scope.spawn(|| lease_messages(&store, 10).into_iter().map(|it| it.message.id).collect::<Vec<_>>());
        let threads: Vec<_> = (0..32).map(lease).collect();
        let leased: Vec<Uuid> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(leased.len(), 256, "none twice");
        leased.into_iter().collect()
    });
    assert_eq!(leased.len(), 256);
}
