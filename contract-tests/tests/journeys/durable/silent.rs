//! The canary law over the durable exchange: what a record says stands in nothing that a gateway says of it, and in no
//! file of the store in clear.

use std::{collections::BTreeSet, fs, path::Path};

use super::{House, Return, TO_HEALTH, cast, tag};
use crate::{
    exchange::ZIP,
    program::{authority, names},
    silence::{CANARY, Search},
};

const SEND: &str = "/v1/routes/to-health/messages";

/// Everything that lies in a folder and below.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((name, fs::read(path).unwrap()));
        }
    }
    found
}

#[test]
fn nothing_of_a_record_is_told_by_what_remembers_and_delivers() {
    let folder = authority(2026, 200, 5, 20);
    let search = Search::of(&folder);
    let routes = TO_HEALTH.replace("from = ", "errors = \"quarantine\"\nfrom = ");
    let readers = cast().replace("\"audit:read\"]", "\"audit:read\", \"fhir:read\"]");
    let mut house = House::with(&readers, &routes, "trace,homeward=trace");
    house.approve_all(&routes);
    let document = Return::of(&folder);
    let zip = document.zip();
    let (lcs, one) = (house.by("lcs"), house.by("a.one"));
    let mut said: Vec<(String, Vec<u8>)> = Vec::new();
    let mut say = |what: &str, answer: crate::client::Answer| {
        let bytes = answer.body.clone();
        said.push((what.to_owned(), bytes));
        answer
    };

    // A return that holds everything, sent under a file name that is a secret too.
    let dry = format!("{SEND}?dry_run=true");
    say("a dry run", lcs.send("POST", &dry, &[("Content-Type", ZIP)], &zip).with_status(200));
    let named = format!("{SEND}?filename={CANARY}.zip");
    let headers = [("Content-Type", ZIP), ("Prefer", "wait=20"), ("X-Note", CANARY)];
    let sent = say("a receipt", lcs.send("POST", &named, &headers, &zip).with_status(202));
    let id = sent.json()["id"].as_str().unwrap().to_owned();
    let message = house.until_read(&id);
    let delivered = house.delivered();
    assert!(delivered.len() > 50, "{message}");
    say("a repeat", lcs.send("POST", &named, &headers, &zip).with_status(202));

    // The controls: the view lets values out to the recipient, and the sender has its own back.
    let out: Vec<u8> = delivered.values().flat_map(|text| text.bytes()).collect();
    assert!(search.found(&out).len() > 200, "{} spellings in what was delivered", search.found(&out).len());
    let rejects = lcs.get(&format!("/v1/messages/{id}/rejects")).with_status(200);
    assert!(!search.found(&rejects.body).is_empty(), "the sender reads its own rows");
    let content = lcs.get(&format!("/v1/messages/{id}/content")).with_status(200);
    assert!(content.body == zip, "and what it sent");
    let names_of_files: String = delivered.keys().map(|name| format!("{name}\n")).collect();
    search.finds_nothing(names_of_files.as_bytes(), "names of files");

    // People and systems ask about it, and act on it.
    let child = &document.children()[0];
    let restriction = format!(
        "{{\"child\":{{\"system\":\"la-child\",\"value\":\"{child}\"}},\"kind\":\"location\",\"since\":\"1999-12-31\",\"setByRole\":\"manager\"}}"
    );
    let set = say("a restriction", lcs.post("/v1/identity/restrictions", &restriction).with_status(201));
    let subject = set.json()["subject"].as_str().unwrap().to_owned();
    let lookup = format!("{{\"system\":\"la-child\",\"value\":\"{child}\"}}");
    say("a look-up", lcs.post("/v1/identity/lookup", &lookup).with_status(200));
    let seen = tag(&lcs.get(&format!("/v1/messages/{id}")));
    let replay = format!("/v1/messages/{id}/replay");
    say("a preview of a replay", lcs.act(&replay, &seen, "{\"dryRun\":true}").with_status(200));
    let delivery = house.settled()[0]["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/v1/messages/{id}"),
        format!("/v1/messages/{id}/report"),
        format!("/v1/deliveries/{delivery}"),
        "/v1/messages?limit=200".to_owned(),
        "/v1/deliveries?limit=200".to_owned(),
        "/v1/dead-letters".to_owned(),
        "/v1/identity/restrictions".to_owned(),
        "/v1/identity/proposals".to_owned(),
        format!("/v1/identity/restrictions/{}/holders", set.json()["id"].as_str().unwrap()),
        "/v1/routes/to-health/preview".to_owned(),
        "/v1/me".to_owned(),
    ] {
        say(&path, lcs.get(&path).with_status(200));
    }
    for path in ["/v1/alerts", "/v1/audit?limit=200", "/v1/messages", "/v1/deliveries?limit=200"] {
        say(path, one.get(path).with_status(200));
    }
    say("the lines about a child", one.get(&format!("/v1/audit?subject={subject}")).with_status(200));

    // And wrongly.
    let header = document.table("header.csv");
    for (target, media_type, body) in [
        (SEND, "text/csv", header.as_bytes()),
        (SEND, ZIP, &zip[..zip.len() / 2]),
        (SEND, ZIP, header.as_bytes()),
        (SEND, "application/json", header.as_bytes()),
        (&*format!("{SEND}?{CANARY}={CANARY}"), ZIP, &zip),
        (&*format!("/v1/routes/{CANARY}/messages"), ZIP, &zip),
        (&*format!("/v1/messages/{CANARY}/replay"), "application/json", header.as_bytes()),
        ("/v1/identity/lookup", "application/json", header.as_bytes()),
        ("/v1/identity/lookup", "application/json", lookup.replace("la-child", CANARY).as_bytes()),
        ("/v1/identity/lookup", "application/json", lookup.replace("la-child", "nhs-number").as_bytes()),
    ] {
        let answer = lcs.send("POST", target, &[("Content-Type", media_type), ("If-Match", "\"1\"")], body);
        say(target, answer);
    }
    // Over FHIR, where values stand in addresses: what is read is the control, what is refused says nothing of it.
    let number = "https://fhir.nhs.uk/Id/nhs-number";
    let listed = lcs.get("/fhir/R4/Patient?_count=5").with_status(200);
    assert!(!search.found(&listed.body).is_empty(), "an authority reads its own");
    say("what FHIR does", lcs.get("/fhir/R4/metadata").with_status(200));
    for target in [
        format!("/fhir/R4/Patient?identifier={number}%7C{CANARY}"),
        format!("/fhir/R4/Patient?identifier={number}%7C{child}"),
        format!("/fhir/R4/Patient?identifier={CANARY}%7C{child}"),
        format!("/fhir/R4/Patient?identifier={child}"),
        format!("/fhir/R4/Patient?{CANARY}={child}"),
        format!("/fhir/R4/Patient?birthdate={CANARY}"),
        format!("/fhir/R4/Patient?_format={CANARY}"),
        format!("/fhir/R4/Patient?_page={CANARY}"),
        format!("/fhir/R4/Patient/{CANARY}"),
        format!("/fhir/R4/{CANARY}?patient={child}"),
        format!("/fhir/R4/Patient/{child}/${CANARY}"),
    ] {
        // An answer says again what it answers, as FHIR will have it: to nobody but whoever asked.
        let answer = lcs.get(&target);
        if answer.status >= 400 {
            say(&target, answer);
        }
    }
    let resource =
        format!("{{\"resourceType\":\"Patient\",\"{CANARY}\":1,\"gender\":\"{CANARY}\",\"birthDate\":\"{CANARY}\"}}");
    let fhir = [("Content-Type", "application/fhir+json")];
    say("a validation", lcs.send("POST", "/fhir/R4/Patient/$validate", &fhir, resource.as_bytes()).with_status(200));
    let settled = house.settled();
    assert!(settled.len() > delivered.len(), "the restriction took something back");
    say("metrics", metrics(&house));
    for (what, bytes) in &said {
        search.finds_nothing(bytes, what);
    }

    // While it runs and after it has ended: log, store, write-ahead log and anchors.
    let stored = files(&house.path("store"));
    assert!(stored.iter().any(|(name, bytes)| name.ends_with("-wal") && bytes.len() > 100_000), "the log is there");
    for (name, bytes) in stored.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        search.finds_nothing(bytes, name);
    }
    let log = house.stop();
    assert!(log.lines().filter(|line| line.contains("answered")).count() > 40, "the log tells of each request");
    let doubled = log.lines().find(|line| line.matches("\"message\":").count() > 1);
    assert_eq!(doubled, None, "a name stands once in a line");
    search.finds_nothing(log.as_bytes(), "the log");
    let kept: Vec<(String, Vec<u8>)> = files(&house.path("store"));
    let bytes: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes > zip.len(), "something is kept");
    for (name, bytes) in kept.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        search.finds_nothing(bytes, name);
    }
    search.finds_nothing(&fs::read(house.path("anchors.ndjson")).unwrap(), "the anchors");
    // The search would find them there: a store that kept a name in clear is known by it.
    let planted: BTreeSet<String> = search.found(&[kept[0].1.as_slice(), CANARY.as_bytes()].concat());
    assert_eq!(planted, BTreeSet::from([CANARY.to_owned()]));
}

/// The counters, as an answer of which only the body counts.
fn metrics(house: &House) -> crate::client::Answer {
    crate::client::Answer::of(house.gateway.as_ref().unwrap().admin("/metrics").as_bytes())
}
