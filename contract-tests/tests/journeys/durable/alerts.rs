//! What those who run a gateway are told when a person must look, and what an auditor's tools are told of it all.

use std::{collections::BTreeSet, fs, path::Path};

use contract_tests::fhir_rules;
use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH, wait_until};
use crate::recipient::Recipient;

const SEND: &str = "/v1/routes/to-health/messages";

/// A route whose recipient is the stub, and a webhook for alerts.
fn routes(recipient: &Recipient, hook: &Recipient) -> String {
    format!(
        "[alerts]\nwebhook_url = \"http://127.0.0.1:{}/hook\"\nprivate_network = true\n\
         [[route]]\nname = \"to-health\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", url = \"http://127.0.0.1:{}/in\", private_network = true }}]\n",
        hook.port, recipient.port
    )
}

/// Every cell of a return that is long enough to be known again.
fn cells(folder: &Path) -> BTreeSet<String> {
    let mut cells = BTreeSet::new();
    for name in crate::program::names(folder) {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let rows = text.lines().skip(1).flat_map(|row| row.split(',')).map(|cell| cell.trim_matches('"'));
        cells.extend(rows.filter(|cell| cell.len() >= 6).map(str::to_owned));
    }
    cells
}

#[test]
fn many_dead_letters_are_one_alert_until_it_is_seen_and_nothing_of_a_child_is_in_it() {
    let (refuses, hook) = (Recipient::answering(422), Recipient::answering(200));
    let house = House::open(&routes(&refuses, &hook));
    let sent = Return::small();
    house.send(SEND, &sent.zip());
    assert!(house.settled().len() > 1);
    let told = wait_until("an alert", || hook.requests().into_iter().next());
    let alert: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!((&alert["kind"], &alert["about"]), (&json!("dead-letter"), &json!("target:to-health/nurses/0")));
    assert_eq!((&alert["route"], &alert["recipient"]), (&json!("to-health"), &json!("nurses")));
    let words = String::from_utf8_lossy(&told.body).into_owned();
    for cell in cells(Path::new(&sent.folder())) {
        assert!(!words.contains(&cell), "a cell of the return is in the alert");
    }
    let person = house.by("a.one");
    let open = person.get("/v1/alerts").with_status(200).json();
    let [open] = &open["items"].as_array().unwrap()[..] else { panic!("one alert: {open}") };
    assert_eq!(open["id"], alert["id"]);
    person.post(&format!("/v1/alerts/{}/seen", open["id"].as_str().unwrap()), "{}").with_status(200);
    assert_eq!(person.get("/v1/alerts").json()["items"], json!([]));
    assert_eq!(hook.requests().len(), 1, "told once");
    // What dies after it was seen is another matter.
    let lcs = house.by("lcs");
    lcs.post("/v1/dead-letters/retry", "{}").with_status(202);
    wait_until("another alert", || (hook.requests().len() == 2).then_some(()));
}

#[test]
fn the_chain_is_told_as_events_of_fhir_page_by_page() {
    let house = House::open(TO_HEALTH);
    house.send(SEND, &Return::small().zip());
    house.settled();
    let auditor = house.by("c.three");
    let fhir = [("Accept", "application/fhir+ndjson")];
    let mut text = String::new();
    let mut next = Some("/v1/audit?limit=7&since=2020-01-01T00:00:00Z".to_owned());
    while let Some(target) = next {
        let page = auditor.send("GET", &target, &fhir, b"").with_status(200);
        assert_eq!(page.header("content-type"), Some("application/fhir+ndjson"));
        text.push_str(&page.text());
        next = page.header("link").map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
        assert!(next.as_ref().is_none_or(|next| next.contains("since=2020")), "the question stays: {next:?}");
    }
    fhir_rules::check(text.as_bytes()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines = house.audit();
    let ids: Vec<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    let seqs: Vec<String> = lines.iter().map(|line| line["seq"].to_string()).collect();
    assert_eq!(ids, seqs, "every line, newest first");
    for (event, line) in events.iter().zip(&lines) {
        assert_eq!(event["subtype"][0]["code"], line["action"]);
        assert_eq!(event["agent"][0]["who"]["identifier"]["value"], line["actor"]);
    }
    let image = [("Accept", "image/png")];
    auditor.send("GET", "/v1/audit", &image, b"").problem(406, "not-acceptable");
    let me = house.by("nurses").get("/v1/me").with_status(200).json();
    assert_eq!(me["routes"], json!({ "in": [], "out": ["to-health"] }));
    let me = house.by("lcs").get("/v1/me").with_status(200).json();
    assert_eq!(me["routes"], json!({ "in": ["to-health"], "out": [] }));
    let metrics = house.gateway.as_ref().unwrap().admin("/metrics");
    assert!(metrics.contains("homeward_breaker_state{recipient=\"nurses\"} 0"), "{metrics}");
    assert!(metrics.contains("homeward_commit_batch "), "{metrics}");
}
