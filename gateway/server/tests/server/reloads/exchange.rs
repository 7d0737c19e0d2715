//! The durable exchange over a reload: routes, targets, keys of the store, and what the audit chain tells.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Answer, ask, posted};
use crate::house::eventually;
use crate::partners::support::{Setup, get, key, partner};

use super::{Filed, head};

const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nC1,F,14/05/2012,WBRI,UN1,0,\n";
const HEADER_CHANGED: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nC1,F,15/05/2012,WBRI,UN1,0,\n";
const EPISODES: &str = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n\
     C1,01/06/2025,S,C2,N1,U6,PR1,,,,B99 1AA,B99 1AB,SC123456\n";
const FIRST_KEY: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
const SECOND_KEY: &str = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n";

/// A gateway with a store, a sender, a recipient and two people.
struct World {
    filed: Filed,
    head: String,
    sender: String,
    people: [String; 2],
}

impl World {
    fn new() -> Self {
        let setup = Setup::new();
        setup.write("store.keys", FIRST_KEY);
        for folder in ["store", "out", "other"] {
            fs::create_dir(setup.path(folder)).unwrap();
        }
        let ((sender, lines), (one, one_lines), (two, two_lines)) = (key(), key(), key());
        let scopes = "\"messages:send\", \"messages:read\", \"deliveries:read\"";
        let person = |name: &str, lines: &str| {
            let lines = lines.replace("[[partner.api_key]]", "[[console.person.api_key]]");
            format!("[[console.person]]\nname = \"{name}\"\nroles = [\"approve\", \"audit\", \"messages\"]\n{lines}")
        };
        let head = head(None)
            + "[store]\npath = \"store\"\nkey_file = \"store.keys\"\ndisk_free_bytes_min = 0\n"
            + &partner("lcs", scopes, &format!("authority = \"331\"\n{lines}"))
            + "[[partner]]\nname = \"nurses\"\nview = \"health\"\nods_code = \"RKB\"\n"
            + &person("one", &one_lines)
            + &person("two", &two_lines);
        let filed = Filed::start_in(setup, &head);
        let shown = |key: String| format!("X-API-Key: {key}\r\n");
        Self { filed, head, sender: shown(sender), people: [shown(one), shown(two)] }
    }

    /// The configuration with a route to these folders.
    fn with(&self, folders: &[&str]) -> String {
        let target = |folder: &&str| {
            format!(
                "{{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", path = \"{folder}\" }}"
            )
        };
        let to: Vec<String> = folders.iter().map(target).collect();
        format!(
            "{}[[route]]\nname = \"r\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\nto = [{}]\n",
            self.head,
            to.join(", ")
        )
    }

    /// Sends a document of one child, and waits until it has been read.
    fn send(&self, header: &str) -> Answer {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [("header.csv", header), ("episodes.csv", EPISODES)] {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        let body = archive.finish().unwrap().into_inner();
        let headers = format!("Content-Type: application/zip\r\nPrefer: wait=20\r\n{}", self.sender);
        ask(self.filed.house.public, posted("/v1/routes/r/messages", &headers, &body))
    }

    fn preview(&self) -> Answer {
        get(&self.filed.house, "/v1/routes/r/preview", &self.people[0])
    }

    fn approve(&self) {
        for person in &self.people {
            let tag = self.preview().header("etag").unwrap().to_owned();
            let headers = format!("Content-Type: application/json\r\nIf-Match: {tag}\r\n{person}");
            let asked = posted("/v1/routes/r/approve", &headers, br#"{"reason":"seen"}"#);
            let answer = ask(self.filed.house.public, asked);
            assert_eq!(answer.status, 200, "{}", answer.whole());
            if answer.json()["state"] == "approved" {
                return;
            }
        }
        panic!("two have approved");
    }

    /// What the audit chain tells of loads, the first one first.
    fn loads(&self) -> Vec<Value> {
        let lines = get(&self.filed.house, "/v1/audit?action=configure", &self.people[0]);
        assert_eq!(lines.status, 200, "{}", lines.whole());
        let mut loads = lines.json()["items"].as_array().unwrap().clone();
        loads.reverse();
        loads
    }
}

/// Files that have arrived whole.
fn arrived(folder: &Path) -> usize {
    let whole = |name: &str| !name.starts_with('.');
    fs::read_dir(folder).unwrap().filter(|entry| whole(&entry.as_ref().unwrap().file_name().to_string_lossy())).count()
}

#[test]
fn a_route_that_is_added_works_at_once_and_still_needs_approval() {
    let world = World::new();
    let (out, other) = (world.filed.path("out"), world.filed.path("other"));
    assert_eq!(world.send(HEADER).status, 404);
    let told = world.filed.reloaded(&world.with(&["out"]));
    assert_eq!((&told["changed"], &told["needsRestart"]), (&json!(["route"]), &json!([])));
    let sent = world.send(HEADER);
    assert!(matches!(sent.status, 200..=202), "{}", sent.whole());
    let preview = world.preview().json();
    assert_eq!(preview["targets"][0]["approval"], "needed", "{preview}");
    assert_eq!(preview["targets"][0]["children"], 1, "{preview}");
    assert_eq!(arrived(&out), 0);
    world.approve();
    eventually("it is delivered", || arrived(&out) == 1);

    // A target of the same route that comes later is sent to as soon as it is approved; one that goes gets no more.
    world.filed.reloaded(&world.with(&["out", "other"]));
    assert_eq!(world.preview().json()["targets"][1]["approval"], "needed");
    world.approve();
    eventually("it is delivered there too", || arrived(&other) == 1);
    world.filed.reloaded(&world.with(&["out"]));
    assert_eq!(world.send(HEADER_CHANGED).status, sent.status);
    eventually("what changed is delivered", || arrived(&out) == 2);
    assert_eq!(arrived(&other), 1);
    world.filed.reloaded(&world.head);
    assert_eq!(world.send(HEADER).status, 404);
}

#[test]
fn every_load_tells_the_audit_chain_what_each_file_held() {
    let world = World::new();
    let digest = |name: &str| {
        let bytes = fs::read(world.filed.path(name)).unwrap();
        hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes))
    };
    world.filed.setup.write("ours.toml", "format = \"ssda903-csv\"\n");
    let with = format!("{}[[dialect]]\nname = \"ours\"\nfile = \"ours.toml\"\n", world.head);
    world.filed.reloaded(&with);
    let loads = world.loads();
    let [start, again] = &loads[..] else { panic!("{loads:?}") };
    assert_eq!((&start["by"], &again["by"]), (&json!("start"), &json!("request")));
    assert_eq!(again["object"], format!("configuration:{}", digest("homeward.toml")));
    assert_ne!(again["object"], start["object"]);
    let files = again["basis"].as_str().unwrap();
    assert!(files.contains(&format!("dialect.1.file=sha256:{}", digest("ours.toml"))), "{files}");
    for secret in ["ids.key_file", "store.key_file"] {
        assert!(files.contains(&format!("{secret}=hmac-sha256:")), "{files}");
    }
    assert!(!files.contains(&digest("store.keys")) && !start["basis"].as_str().unwrap().contains("dialect"));
    // A faulty one is no load.
    world.filed.refused(&format!("{with}canary = 1\n"));
    assert_eq!(world.loads().len(), 2);
    // A file that changes by itself is one, and tells another digest.
    world.filed.reloaded(&with);
    world.filed.setup.write("ours.toml", "format = \"ssda903-csv\"\nblank = [\"-\"]\n");
    eventually("it is read anew", || world.loads().len() == 4);
    let last = &world.loads()[3];
    assert_eq!(last["by"], "file");
    assert!(last["basis"].as_str().unwrap().contains(&format!("dialect.1.file=sha256:{}", digest("ours.toml"))));
}

#[test]
fn keys_of_the_store_are_added_and_never_taken_away() {
    let world = World::new();
    world.filed.reloaded(&world.with(&["out"]));
    world.send(HEADER);
    world.filed.setup.write("store.keys", SECOND_KEY);
    let answer = super::reload(world.filed.house.admin);
    assert_eq!((answer.status, &answer.json()["faults"][0]["rule"]), (422, &json!("config/store-key")));
    assert_eq!(answer.json()["faults"][0]["line"], 14, "{}", answer.whole());
    world.filed.setup.write("store.keys", &format!("{SECOND_KEY}{FIRST_KEY}"));
    let told = world.filed.house.reload().unwrap();
    assert_eq!((told.changed, told.files), (vec!["store".to_owned()], vec!["store.key_file".to_owned()]));
    // Everything goes on, and what was wrapped under the old key is wrapped anew.
    assert_eq!(world.send(HEADER_CHANGED).status / 100, 2);
    eventually("nothing is left under the old key", || world.filed.metric("homeward_store_rewrap_left") == 0);
}

#[test]
fn another_key_of_ids_is_refused_once_something_is_kept_under_the_first() {
    let world = World::new();
    world.filed.setup.write("ids.key", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n");
    // Nothing is kept yet: it waits for a restart.
    assert_eq!(world.filed.reloaded(&world.with(&["out"]))["needsRestart"], json!(["ids.key_file"]));
    world.send(HEADER);
    assert_eq!(world.filed.refused(&world.with(&["out"])), ["config/ids-key"]);
    world.filed.setup.write("ids.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    assert_eq!(world.filed.reloaded(&world.with(&["out"]))["needsRestart"], json!([]));
}

#[test]
fn a_store_that_comes_or_goes_waits_for_a_restart() {
    let world = World::new();
    let without =
        world.head.replace("[store]\npath = \"store\"\nkey_file = \"store.keys\"\ndisk_free_bytes_min = 0\n", "");
    assert_eq!(world.filed.reloaded(&without)["needsRestart"], json!(["store"]));
    assert_eq!(world.loads().len(), 2, "the store goes on");
    let other = world.head.replace("path = \"store\"", "path = \"out\"");
    assert_eq!(world.filed.reloaded(&other)["needsRestart"], json!(["store.path"]));
    assert_eq!(world.loads().len(), 3);
}
