//! The audit chain as a file: everything that its reader may see, and nothing else.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH, key_of};
use crate::{
    gateway::id_key,
    program::{Ran, run},
    stub::private,
};

/// Lines of a page of the gateway, at most.
const PAGE_LINES_MAX: usize = 200;

impl House {
    /// Runs a command as somebody who has a key.
    fn run_by(&self, who: &str, command: &[&str]) -> Ran {
        self.run_with_key(&key_of(who).0, command)
    }

    fn run_with_key(&self, key: &str, command: &[&str]) -> Ran {
        let url = format!("https://localhost:{}", self.gateway.as_ref().unwrap().client.port);
        let ca = Path::new(&id_key()).with_file_name("authority.pem");
        let key = private(&self.scratch, "whoever.key", key);
        let reach = ["--gateway", &url, "--ca-file", ca.to_str().unwrap(), "--api-key-file", &key];
        run([command, &reach].concat())
    }
}

fn events(file: &str) -> Vec<Value> {
    fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_long_chain_is_exported_whole_and_a_partner_exports_its_own_lines() {
    let house = House::open(TO_HEALTH);
    house.send("/v1/routes/to-health/messages", &Return::small().zip());
    house.settled();
    // Each look-up is a line: more of them than a page holds.
    let unknown = json!({ "system": "la-child", "value": "no-such-child" }).to_string();
    for _ in 0..=PAGE_LINES_MAX {
        house.by("lcs").post("/v1/identity/lookup", &unknown).with_status(200);
    }
    let [all, own] = ["all.ndjson", "own.ndjson"].map(|name| house.scratch.file(name));
    house.run_by("c.three", &["audit", "export", "-o", &all]).ended(0);
    house.run_by("lcs", &["audit", "export", "-o", &own]).ended(0);
    let (all, own) = (events(&all), events(&own));
    let seqs: Vec<u64> = all.iter().map(|event| event["id"].as_str().unwrap().parse().unwrap()).collect();
    let head = house.by("c.three").post("/v1/audit/verify", "{}").with_status(200).json()["to"].as_u64().unwrap();
    assert_eq!(seqs, (1..=head).rev().collect::<Vec<_>>(), "every line once, the newest first");
    assert!(all.len() > PAGE_LINES_MAX && all.iter().all(|event| event["resourceType"] == "AuditEvent"));
    let is_own = |event: &&Value| {
        let who = event["agent"].as_array().unwrap().iter().map(|agent| &agent["who"]["identifier"]["value"]);
        who.into_iter().any(|who| who == "lcs")
    };
    assert_eq!(own, all.iter().filter(is_own).cloned().collect::<Vec<_>>());
    assert!(own.len() > PAGE_LINES_MAX && own.len() < all.len());

    // What is asked by time is what the list has.
    let newest = all[0]["recorded"].as_str().unwrap();
    let last = house.run_by("c.three", &["audit", "export", "--since", newest]).ended(0).text();
    assert!(last.lines().count() < 5 && last.contains(newest), "{last}");
    let none = house.run_by("c.three", &["audit", "export", "--since", "2199-01-01T00:00:00Z"]).ended(0);
    assert!(none.out.is_empty() && none.talk.contains("0 lines"), "{}", none.talk);

    // Whoever may not read it gets no file.
    let before: BTreeSet<String> = house.scratch.names().into_iter().collect();
    let file = house.scratch.file("refused.ndjson");
    let refused = house.run_by("b.two", &["audit", "export", "-o", &file]).ended(1);
    assert!(refused.talk.contains("audit:read"), "{}", refused.talk);
    house.run_by("c.three", &["audit", "export", "--since", "yesterday", "-o", &file]).ended(1);
    let left: Vec<String> = house.scratch.names().into_iter().filter(|name| !before.contains(name)).collect();
    assert!(left.is_empty(), "{left:?}");
    let unknown = key_of("c.three").0.replace("hw_", "hw_x");
    house.run_with_key(&unknown, &["audit", "export", "-o", &file]).refused("does not know these credentials", "");
    assert!(!Path::new(&file).exists());
}

#[test]
fn a_line_that_cannot_be_read_is_exported_and_told() {
    let mut house = House::open(TO_HEALTH);
    house.send("/v1/routes/to-health/messages", &Return::small().zip());
    house.settled();
    house.stop();
    // Somebody has edited the store: one line is no line any more.
    let store = house.path("store").join("homeward.sqlite");
    let mut bytes = fs::read(&store).unwrap();
    let find = |what: &[u8], bytes: &[u8]| bytes.windows(what.len()).rposition(|window| window == what);
    let third = find(b"\"seq\":3,", &bytes).unwrap();
    let begins = find(b"{\"action\"", &bytes[..third]).unwrap();
    bytes[begins] = b'!';
    fs::write(&store, bytes).unwrap();
    house.start();
    let file = house.scratch.file("all.ndjson");
    let ran = house.run_by("c.three", &["audit", "export", "-o", &file]).ended(0);
    let head =
        house.by("c.three").get("/v1/audit?limit=1").with_status(200).json()["items"][0]["seq"].as_u64().unwrap();
    let told = events(&file);
    let seqs: Vec<u64> = told.iter().map(|event| event["id"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(seqs, (1..=head).rev().collect::<Vec<_>>(), "lines in are lines out");
    let unreadable: Vec<&Value> = told.iter().filter(|event| event["subtype"][0]["code"] == "unreadable").collect();
    assert!(unreadable.len() == 1 && unreadable[0]["id"] == "3", "{unreadable:?}");
    assert!(ran.talk.contains("1 of them cannot be read") && ran.talk.contains("audit verify"), "{}", ran.talk);
    let line = house.by("c.three").get("/v1/audit?limit=1&before=4").with_status(200).json()["items"][0].clone();
    assert_eq!((&line["seq"], &line["outcome"]), (&json!(3), &json!("unreadable")), "{line}");
    house.run_by("c.three", &["audit", "verify"]).ended(1);
}
