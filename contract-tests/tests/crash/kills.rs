//! kill -9 at named points under load: what was acknowledged arrives, in order, each content under one key.
//!
//! Senders repeat each message under its key until it is acknowledged, as a careful sender does. The program says when
//! it has come to the point, and is killed there while everything else in it goes on.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env, fs,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use contract_tests::homeward::homeward_with_crash_points;
use serde_json::Value;
use store::{Store, audit::AuditFilter};

use crate::{
    children::{self, Told, episodes},
    client,
    house::{Gateway, House, SEND, key_of, open_store},
    recipient::{Arrival, Recipient},
};

/// Kills at each point; `HOMEWARD_CRASH_KILLS` asks for others.
const KILLS: u32 = 20;

const SENDERS: u32 = 3;

/// What the senders share.
#[derive(Default)]
struct Load {
    /// Where the gateway listens, while it does.
    gateway: Mutex<Option<SocketAddr>>,
    is_over: AtomicBool,
    next_message: AtomicU32,
    /// What was acknowledged: the message's id, and what it told.
    acknowledged: Mutex<BTreeMap<String, (String, Vec<Told>)>>,
}

impl Load {
    /// One sender: a new child with each message, and with every other one a change of the child before.
    fn send(&self, is_long: bool) {
        let mut before: Option<Told> = None;
        while !self.is_over.load(Ordering::SeqCst) {
            let number = self.next_message.fetch_add(1, Ordering::SeqCst);
            let first = Told::first(number);
            let changed = before.map(|told| Told { changes: told.changes + 1, ..told });
            let told: Vec<Told> = [Some(first), changed].into_iter().flatten().collect();
            before = changed.is_none().then_some(first);
            let key = format!("message-{number}");
            let id = self.until_acknowledged(&key, &episodes(&told, is_long));
            self.acknowledged.lock().unwrap().insert(key, (id, told));
        }
    }

    fn until_acknowledged(&self, key: &str, body: &[u8]) -> String {
        let headers = [("Idempotency-Key", key), ("Content-Type", "text/csv")];
        loop {
            let Some(gateway) = *self.gateway.lock().unwrap() else {
                thread::sleep(Duration::from_millis(2));
                continue;
            };
            match client::send(gateway, SEND, &key_of("lcs"), &headers, body) {
                Ok(answer) if answer.status == 202 => return answer.json()["id"].as_str().unwrap().to_owned(),
                // Still at work on the first of the two, or about to end.
                Ok(answer) => assert!(matches!(answer.status, 409 | 503), "{answer}"),
                Err(_) => thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

/// Kills the program at a point again and again, and then looks at what came of it.
fn killed_at(point: &str, passages: u32, is_long: bool) {
    let kills = env::var("HOMEWARD_CRASH_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number of kills"));
    let program = homeward_with_crash_points();
    let recipient = Recipient::taking();
    let house = House::new(&[
        format!("url = \"http://{}/in\"\nprivate_network = true", recipient.address),
        "transport = \"directory\"\npath = \"out\"\nname = \"{delivery}.json\"".to_owned(),
    ]);
    fs::create_dir(house.path("out")).unwrap();
    let gateway = Gateway::start(house.command(&program));
    gateway.approve();
    gateway.kill();

    let load = Load::default();
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| load.send(is_long));
        }
        for kill in 0..kills {
            let mut command = house.command(&program);
            // Never the same passage twice running, so that no message or lane is always the one that is hit.
            command.env("HOMEWARD_CRASH_AT", format!("{point}:{}", 1 + kill * 7 % passages));
            let mut gateway = Gateway::start(command);
            *load.gateway.lock().unwrap() = (!gateway.stands_still).then_some(gateway.public);
            gateway.until_it_stands_still();
            *load.gateway.lock().unwrap() = None;
            gateway.kill();
            house.prove_store();
        }
        load.is_over.store(true, Ordering::SeqCst);
        let gateway = Gateway::start(house.command(&program));
        *load.gateway.lock().unwrap() = Some(gateway.public);
        let messages = load.next_message.load(Ordering::SeqCst) as usize;
        gateway.until("everything is acknowledged", || load.acknowledged.lock().unwrap().len() == messages);
        gateway.until_settled();
        each_message_is_settled_once(&gateway, &load);
        gateway.kill();
    });

    let told: BTreeSet<Told> =
        load.acknowledged.lock().unwrap().values().flat_map(|(_, told)| told.iter().copied()).collect();
    let arrivals = recipient.arrivals();
    let again = everything_arrived(&told, &arrivals);
    let files = everything_is_in_the_folder(&told, &house);
    each_arrival_was_told_before(&house, &arrivals);
    let lines = house.prove_store();
    println!(
        "kills: {kills} at {point}, {} messages acknowledged, {} deliveries arrived, {again} came again under their own \
         key, {files} files, {lines} audit lines, {:.1} s",
        load.acknowledged.lock().unwrap().len(),
        arrivals.len(),
        began.elapsed().as_secs_f32(),
    );
}

/// One message a key, and none of them lost or set aside.
fn each_message_is_settled_once(gateway: &Gateway, load: &Load) {
    let held: BTreeMap<String, Value> = gateway
        .list("lcs", "/v1/messages")
        .into_iter()
        .map(|message| (message["id"].as_str().unwrap().to_owned(), message))
        .collect();
    let acknowledged = load.acknowledged.lock().unwrap();
    for (key, (id, _)) in acknowledged.iter() {
        let message = held.get(id).unwrap_or_else(|| panic!("{key} was acknowledged and is not there"));
        assert_eq!(message["state"], "settled", "{key}: {message}");
    }
    assert_eq!(held.len(), acknowledged.len(), "a message stands that nobody was told of");
}

/// All that was told came, in its order, each content under one key; how much came more than once.
fn everything_arrived(told: &BTreeSet<Told>, arrivals: &[Arrival]) -> usize {
    let mut key_of_content: HashMap<String, &str> = HashMap::new();
    let mut content_of_key: HashMap<&str, (String, u64)> = HashMap::new();
    let mut newest: HashMap<u32, u32> = HashMap::new();
    let mut came: BTreeSet<Told> = BTreeSet::new();
    let mut again = 0;
    for arrival in arrivals {
        let content = arrival.content();
        let key = key_of_content.entry(content.clone()).or_insert(&arrival.key);
        assert_eq!(*key, arrival.key, "one content came under two keys:\n{content}");
        if let Some((before, fence)) = content_of_key.insert(&arrival.key, (content.clone(), arrival.fence)) {
            assert_eq!(before, content, "one key carried two contents");
            assert!(arrival.fence > fence, "a later lease has a higher fence");
            again += 1;
        }
        let one = told_by(told, arrival.child().expect("every delivery is about a child"), &content);
        let newest = newest.entry(one.child).or_default();
        assert!(one.changes >= *newest, "{one:?} came after {newest} changes");
        *newest = one.changes;
        came.insert(one);
    }
    let missing: Vec<&Told> = told.difference(&came).collect();
    assert!(missing.is_empty(), "acknowledged, and never arrived: {missing:?}");
    again
}

/// The newest of what was told of a child that a content names.
fn told_by(told: &BTreeSet<Told>, child: u32, content: &str) -> Told {
    let of_child = told.iter().rev().filter(|one| one.child == child);
    let named: Vec<&Told> = of_child.filter(|one| content.contains(&one.began())).collect();
    **named.first().unwrap_or_else(|| panic!("nothing that was told of child {child} stands in\n{content}"))
}

fn everything_is_in_the_folder(told: &BTreeSet<Told>, house: &House) -> usize {
    let mut files = 0;
    let mut came: BTreeSet<Told> = BTreeSet::new();
    for entry in fs::read_dir(house.path("out")).unwrap() {
        let path = entry.unwrap().path();
        // A file that was being written when its writer was killed is hidden, and nobody's.
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let bundle: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let child = children::child_of(&bundle).unwrap();
        assert!(came.insert(told_by(told, child, &bundle.to_string())), "one content stands in two files");
        files += 1;
    }
    assert_eq!(&came, told);
    files
}

/// Over-reported it may be, under-reported never: each arrival has its own line of disclosure.
fn each_arrival_was_told_before(house: &House, arrivals: &[Arrival]) {
    let store = open_store(&house.path("store"));
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut before = None;
    loop {
        let filter = AuditFilter { action: Some("disclose".to_owned()), before, limit: 1000, ..AuditFilter::default() };
        let page = store.audit(&filter).unwrap();
        let Some(last) = page.items.last() else { break };
        before = Some(last.seq);
        for line in &page.items {
            let line: Value = serde_json::from_str(&line.line).unwrap();
            *lines.entry(line["object"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    let mut came: HashMap<&str, usize> = HashMap::new();
    for arrival in arrivals {
        *came.entry(&arrival.key).or_default() += 1;
    }
    for (key, times) in came {
        let told = lines.get(&format!("delivery:{key}")).copied().unwrap_or_default();
        assert!(told >= times, "{key} came {times} times and was told {told} times");
    }
}

#[test]
fn killed_after_a_piece_of_a_body_was_kept() {
    killed_at("after-chunk", 5, true);
}

#[test]
fn killed_before_a_commit() {
    killed_at("before-commit", 19, false);
}

#[test]
fn killed_after_the_commit_and_before_the_acknowledgement() {
    killed_at("after-commit", 6, false);
}

#[test]
fn killed_after_a_lease_and_before_the_first_byte() {
    killed_at("after-lease", 6, false);
}

#[test]
fn killed_after_a_delivery_and_before_it_is_settled() {
    killed_at("after-send", 6, false);
}
