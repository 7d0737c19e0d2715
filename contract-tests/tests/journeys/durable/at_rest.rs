//! A stopped gateway: what its store holds is read on its own machine, and everything else waits until it runs.

use std::fs;

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH};
use crate::program::{Ran, names, run, run_with};

const SEND: &str = "/v1/routes/to-health/messages";

/// An id of ours that nothing has.
const ID: &str = "0193a5c2-7e11-7a52-9c1e-5d2f8f2b9a10";

impl House {
    /// Runs a command with the configuration alone.
    fn run_at_rest(&self, command: &[&str]) -> Ran {
        run([command, &["--config", &self.scratch.file("homeward.toml")]].concat())
    }

    fn json_at_rest(&self, command: &[&str]) -> Value {
        let text = self.run_at_rest(&[command, &["--json"]].concat()).ended(0).text();
        assert_eq!(text.lines().count(), 1, "{text}");
        serde_json::from_str(&text).unwrap()
    }
}

/// A house that has been sent a return, and the same again with one child's NHS number said of another.
fn busy() -> House {
    let house = House::open(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let numbers = document.column("links.csv", "nhs_number");
    let linked: Vec<usize> = (0..numbers.len()).filter(|at| numbers[*at].len() == 10).collect();
    let (first, second) = (&numbers[linked[0]], &numbers[linked[1]]);
    let holder = document.column("links.csv", "la_child_id")[linked[0]].clone();
    document.rewrite("links.csv", |line| Some(line.replace(second.as_str(), first)));
    document.rewrite("links.csv", |line| (!line.contains(holder.as_str())).then(|| line.to_owned()));
    house.send(SEND, &document.zip());
    let restriction = json!({
        "child": { "system": "la-child", "value": document.children()[3] }, "kind": "location",
        "since": "2026-04-01", "setByRole": "team manager",
    });
    house.by("a.one").post("/v1/identity/restrictions", &restriction.to_string()).with_status(201);
    house.settled();
    house
}

#[test]
fn lists_and_things_are_what_the_running_gateway_told() {
    let mut house = busy();
    let one = house.by("a.one");
    let told = |path: &str| one.get(path).with_status(200).json();
    let first = |list: &Value| list["items"][0]["id"].as_str().unwrap().to_owned();
    let messages = told("/v1/messages?limit=50");
    let deliveries = told("/v1/deliveries?limit=200");
    let proposals = told("/v1/identity/proposals?limit=50");
    let restrictions = told("/v1/identity/restrictions");
    assert_eq!(restrictions["items"].as_array().unwrap().len(), 1);
    assert!(deliveries["items"].as_array().unwrap().len() > 3 && deliveries["next"].is_null());
    let things = [
        (["messages", "show"], format!("/v1/messages/{}", first(&messages))),
        (["deliveries", "show"], format!("/v1/deliveries/{}", first(&deliveries))),
        (["identity", "show"], format!("/v1/identity/proposals/{}", first(&proposals))),
    ];
    let things = things.map(|(command, path)| {
        let answer = one.get(&path).with_status(200);
        let mut thing = answer.json();
        thing["etag"] = json!(answer.header("etag").unwrap());
        (command, path.rsplit('/').next().unwrap().to_owned(), thing)
    });
    let audit = told("/v1/audit?action=receive&limit=50");
    // Whoever has the file while it runs asks the gateway itself.
    let running = house.run_at_rest(&["messages", "list"]);
    running.refused("a gateway runs on this store", "--api-key-file");
    house.stop();

    assert_eq!(house.json_at_rest(&["messages", "list"]), messages);
    assert_eq!(house.json_at_rest(&["deliveries", "list", "--limit", "200"]), deliveries);
    let delivered = house.json_at_rest(&["deliveries", "list", "--state", "delivered", "--recipient", "nurses"]);
    assert!(!delivered["items"].as_array().unwrap().is_empty());
    assert_eq!(house.json_at_rest(&["deliveries", "list", "--dead"])["items"], json!([]));
    assert_eq!(house.json_at_rest(&["identity", "proposals"]), proposals);
    assert_eq!(house.json_at_rest(&["identity", "restrictions"]), restrictions);
    assert_eq!(house.json_at_rest(&["audit", "list", "--action", "receive"]), audit);
    for (command, id, thing) in things {
        assert_eq!(house.json_at_rest(&[command.as_slice(), &[&*id]].concat()), thing);
    }
    // People get tables, page after page; what is asked wrongly is refused as the gateway refuses it.
    let table = house.run_at_rest(&["deliveries", "list", "--limit", "2"]).ended(0);
    assert_eq!(table.text().lines().count(), 3);
    assert!(table.talk.contains("there are more"), "{}", table.talk);
    assert!(house.run_at_rest(&["messages", "list", "--state", "lost"]).ended(1).talk.contains("one of received"));
    assert!(house.run_at_rest(&["messages", "show", ID]).ended(1).out.is_empty());
}

#[test]
fn whatever_is_done_or_must_be_told_of_waits_for_a_running_gateway() {
    let mut house = busy();
    let message = house.by("a.one").get("/v1/messages").json()["items"][0]["id"].as_str().unwrap().to_owned();
    house.stop();
    let kept = || fs::read(house.path("store/homeward.sqlite")).unwrap();
    let log = fs::metadata(house.path("store/homeward.sqlite-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "what was written stands in the one file");
    let before = kept();
    house.run_at_rest(&["messages", "show", &message]).ended(0);
    house.run_at_rest(&["audit", "export"]).ended(0);
    let act = ["--if-match", "1"];
    let why = ["--reason", "r"];
    let restrict =
        ["--system", "la-child", "--kind", "location", "--since", "2026-04-01", "--set-by-role", "team manager"];
    let file = house.scratch.file("out.zip");
    let commands: [Vec<&str>; 17] = [
        vec!["messages", "report", &message],
        vec!["messages", "rejects", &message],
        vec!["messages", "rejects", &message, "--json"],
        vec!["messages", "content", &message, "-o", &file],
        vec!["messages", "send", "to-health", &file],
        [["messages", "replay", &message].as_slice(), &act].concat(),
        vec!["messages", "replay", &message, "--dry-run"],
        [["messages", "discard", &message].as_slice(), &why, &act].concat(),
        [["deliveries", "retry", ID].as_slice(), &act].concat(),
        [["deliveries", "discard", ID].as_slice(), &why, &act].concat(),
        vec!["route", "preview", "to-health"],
        [["route", "approve", "to-health"].as_slice(), &why, &act].concat(),
        [["identity", "confirm", ID].as_slice(), &act].concat(),
        [["identity", "lift", ID].as_slice(), &why].concat(),
        [["identity", "restrict"].as_slice(), &restrict].concat(),
        vec!["identity", "holders", ID],
        [["identity", "export", ID].as_slice(), &why, &["-o", &file]].concat(),
    ];
    for command in commands {
        house.run_at_rest(&command).refused("only a running gateway does this", "start it with `homeward serve");
    }
    assert!(!house.path("out.zip").exists());
    assert!(kept() == before, "nothing was written");
    // And it starts as if nobody had looked.
    house.start();
    house.by("a.one").get(&format!("/v1/messages/{message}")).with_status(200);
}

#[test]
fn the_chain_of_a_stopped_gateway_is_exported_too() {
    let mut house = busy();
    let unknown = json!({ "system": "la-child", "value": "no-such-child" }).to_string();
    for _ in 0..250 {
        house.by("lcs").post("/v1/identity/lookup", &unknown).with_status(200);
    }
    house.stop();
    let file = house.scratch.file("audit.ndjson");
    let told = house.run_at_rest(&["audit", "export", "-o", &file]).ended(0);
    let whole = fs::read_to_string(&file).unwrap();
    let ids: Vec<u64> = whole
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().parse().unwrap())
        .collect();
    let head = house.run_at_rest(&["audit", "verify", "--json"]).ended(0).text();
    let head = serde_json::from_str::<Value>(&head).unwrap()["to"].as_u64().unwrap();
    assert_eq!(ids, (1..=head).rev().collect::<Vec<_>>());
    assert!(head > 250 && told.talk.contains(&format!("{head} lines")), "{}", told.talk);
    assert_eq!(house.run_at_rest(&["audit", "export"]).ended(0).text(), whole);
    let none = house.run_at_rest(&["audit", "export", "--until", "2000-01-01T00:00:00Z"]).ended(0);
    assert!(none.out.is_empty());
    let missing = house.scratch.file("missing/audit.ndjson");
    house.run_at_rest(&["audit", "export", "-o", &missing]).refused("cannot be written", "not found");
    house.start();
    fs::remove_file(&file).unwrap();
    house.run_at_rest(&["audit", "export", "-o", &file]).refused("a gateway runs on this store", "");
    assert!(!house.path("audit.ndjson").exists());
}

#[test]
fn a_store_that_cannot_be_read_is_said_so_and_none_is_made() {
    let mut house = House::unapproved(TO_HEALTH);
    house.stop();
    let list = || house.run_at_rest(&["messages", "list"]);
    let key = fs::read_to_string(house.path("store.key")).unwrap();
    let keys = house.scratch.key("other.key", 3);
    fs::write(house.path("store.key"), key.replace("k1:", "k2:")).unwrap();
    list().refused("the store cannot be read", "holds no key");
    fs::write(house.path("store.key"), format!("k1:{}", fs::read_to_string(keys).unwrap())).unwrap();
    list().refused("the store cannot be read", "is another than");
    fs::write(house.path("store.key"), key).unwrap();
    let kept = fs::read(house.path("store/homeward.sqlite")).unwrap();
    fs::write(house.path("store/homeward.sqlite"), &kept[..kept.len() / 2]).unwrap();
    list().refused("the store cannot be read", "");
    for name in names(&house.path("store")) {
        fs::remove_file(house.path("store").join(name)).unwrap();
    }
    list().refused("there is no store", "starts for the first time");
    assert!(names(&house.path("store")).is_empty(), "none is made");
    let config = fs::read_to_string(house.path("homeward.toml")).unwrap();
    let (head, rest) = config.split_once("[store]").unwrap();
    let without = house
        .scratch
        .write("none.toml", format!("{head}{}", &rest[rest.find("[limits").unwrap()..rest.find("[[").unwrap()]));
    run(["messages", "list", "--config", &without]).refused("no [store]", "");
    run_with(["messages", "list", "--config", "/nowhere/at/all"], b"").ended(2);
}
