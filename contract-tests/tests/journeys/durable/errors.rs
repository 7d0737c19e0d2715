//! Rows that are wrong, and what people do about them; recipients that refuse, and what people do about that.

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH, tag, wait_until};
use crate::{program::authority, recipient::Recipient};

const SEND: &str = "/v1/routes/to-health/messages";

fn faulty() -> Return {
    Return::of(&authority(2026, 60, 5, 12))
}

fn with_errors(word: &str) -> String {
    TO_HEALTH.replace("from = ", &format!("errors = \"{word}\"\nfrom = "))
}

fn of(message: &Value, rest: &str) -> String {
    format!("/v1/messages/{}{rest}", message["id"].as_str().unwrap())
}

#[test]
fn a_wrong_row_fails_its_document_or_is_skipped_or_kept_for_its_sender() {
    for (word, state) in [("fail", "quarantined"), ("skip", "settled"), ("quarantine", "settled")] {
        let house = House::open(&with_errors(word));
        let document = faulty();
        let message = house.send(SEND, &document.zip());
        let delivered = house.delivered();
        assert_eq!(message["state"] == "quarantined", state == "quarantined", "{word}: {message}");
        assert_eq!(delivered.is_empty(), state == "quarantined", "{word}");
        let report = house.by("lcs").get(&of(&message, "/report")).with_status(200).json();
        assert!(report["errors"].as_u64().unwrap() > 5, "{word}: {report}");
        let rejects = house.by("lcs").get(&of(&message, "/rejects"));
        if word != "quarantine" {
            rejects.problem(404, "not-found");
            continue;
        }
        let rejects = rejects.with_status(200).json()["rejects"].as_array().unwrap().clone();
        assert_eq!(message["counts"]["rejects"], rejects.len());
        assert!(rejects.len() > 3);
        for reject in &rejects {
            let part = reject["part"].as_str().unwrap();
            let table = document.table(&format!("{part}.csv"));
            let line = usize::try_from(reject["line"].as_u64().unwrap()).unwrap();
            assert_eq!(table.lines().nth(line - 1), reject["row"].as_str(), "{part} {line}");
            let byte = usize::try_from(reject["byte"].as_u64().unwrap()).unwrap();
            assert_eq!(table[..byte].matches('\n').count() + 1, line, "{part}: the byte stands in the line");
        }
        // Nobody else, however much they may see; and reading them is told.
        for other in ["nurses", "a.one"] {
            for rest in ["/rejects", "/content"] {
                house.by(other).get(&of(&message, rest)).problem(404, "not-found");
            }
        }
        house.by("nurses").get(&of(&message, "/report")).problem(404, "not-found");
        let content = house.by("lcs").get(&of(&message, "/content")).with_status(200);
        assert!(content.body == document.zip());
        let lines = house.audit();
        for action in ["read-rejects", "read-content"] {
            assert_eq!(lines.iter().filter(|line| line["action"] == action).count(), 1, "{action}");
        }
    }
}

#[test]
fn more_errors_than_a_route_allows_quarantine_the_document() {
    let house = House::open(&with_errors("skip").replace("from = ", "errors_max = 2\nfrom = "));
    let message = house.send(SEND, &faulty().zip());
    assert_eq!((&message["state"], &message["reason"]), (&json!("quarantined"), &json!("errors-max")));
    assert!(house.deliveries().is_empty());
}

#[test]
fn what_cannot_be_read_at_all_is_taken_and_quarantined() {
    let house = House::open(TO_HEALTH);
    for (what, media_type, body) in [
        ("no archive", "application/zip", &b"no archive"[..]),
        ("nothing", "application/zip", b""),
        ("no table", "text/csv", b"\xff\xfe\x00\x00garbage"),
        ("no heading", "text/csv", b"1,2,3\n4,5,6\n"),
    ] {
        let sent = house.by("lcs").send("POST", SEND, &[("Content-Type", media_type)], body).with_status(202);
        let message = house.until_read(sent.json()["id"].as_str().unwrap());
        assert_eq!(message["state"], "quarantined", "{what}: {message}");
        assert!(message["reason"].is_string(), "{what}: {message}");
        house.by("lcs").get(&of(&message, "/report")).with_status(200).json();
    }
    assert!(house.deliveries().is_empty());
}

#[test]
fn a_document_in_other_words_is_read_once_they_are_known() {
    // The sender calls a column by another name: nothing can be read of it until a dialect says so.
    let routes = format!("{}[[dialect]]\nname = \"renamed\"\nfile = \"renamed.toml\"\n", with_errors("fail"));
    let dialect = "format = \"ssda903-csv\"\n[headers]\n\"born on\" = \"DOB\"\n";
    let house = House::with_file(&routes, "renamed.toml", dialect);
    let document = Return::small();
    let header = document.table("header.csv").replacen("DOB", "born on", 1);
    std::fs::write(document.0.path().join("header.csv"), header).unwrap();
    let message = house.send(SEND, &document.zip());
    assert_eq!(message["state"], "quarantined", "{message}");
    let lcs = house.by("lcs");
    let seen = tag(&lcs.get(&of(&message, "")));
    let replay = of(&message, "/replay");

    // What would come of it: nothing changes by asking.
    let preview = lcs.act(&replay, &seen, r#"{"dialect":"renamed","dryRun":true}"#).with_status(200).json();
    assert_eq!(preview["state"], "read", "{preview}");
    assert_eq!(preview["wouldSend"][0]["recipient"], "nurses");
    assert!(preview["wouldSend"][0]["children"].as_u64().unwrap() > 5);
    assert_eq!(preview["deliveredBefore"], json!([]));
    assert_eq!(tag(&lcs.get(&of(&message, ""))), seen);
    assert!(house.deliveries().is_empty());

    for (body, kind) in [
        (r#"{"dialect":"unknown"}"#, "invalid-request"),
        (r#"{"dialect":7}"#, "invalid-request"),
        (r#"{"dryRun":"yes"}"#, "invalid-request"),
        (r#"{"dryRun":1}"#, "invalid-request"),
        (r#"{"errors":"ignore"}"#, "invalid-request"),
        (r#"{"errorsMax":-1}"#, "invalid-request"),
    ] {
        lcs.act(&replay, &seen, body).problem(400, kind);
    }
    assert_eq!(tag(&lcs.get(&of(&message, ""))), seen, "nothing was replayed");
    lcs.post(&replay, "{}").problem(428, "precondition-required");
    lcs.act(&replay, "\"999\"", "{}").problem(412, "precondition-failed");

    let again = lcs.act(&replay, &seen, r#"{"dialect":"renamed"}"#).with_status(202);
    assert_eq!(again.json()["attempt"], 2, "{}", again.text());
    let read = wait_until("the replay", || {
        let message = house.until_read(message["id"].as_str().unwrap());
        (message["state"] != "quarantined").then_some(message)
    });
    assert_eq!(read["counts"]["errors"], 0);
    assert_eq!(house.delivered().len() as u64, preview["wouldSend"][0]["children"].as_u64().unwrap());
    // Two at once: the second has seen something else.
    lcs.act(&replay, &seen, "{}").problem(412, "precondition-failed");
    // The report of the first attempt is still there.
    let first = lcs.get(&of(&message, "/report?attempt=1")).with_status(200).json();
    assert!(first["errors"].as_u64().unwrap() > 0, "{first}");
}

impl House {
    /// Like [`House::open`], with a file beside the configuration.
    fn with_file(routes: &str, name: &'static str, text: &'static str) -> Self {
        let house = Self::beside(&super::cast(), routes, "info", &[(name, text)]);
        house.approve_all(routes);
        house
    }
}

#[test]
fn a_report_is_read_as_rows_and_as_a_page_that_shows_the_sender_its_own() {
    let house = House::open(&with_errors("quarantine"));
    let document = faulty();
    let message = house.send(SEND, &document.zip());
    let report = of(&message, "/report");
    let as_form = |who: &str, accept: &str| house.by(who).send("GET", &report, &[("Accept", accept)], b"");

    let rows = as_form("lcs", "text/csv").with_status(200);
    assert_eq!(rows.header("content-type"), Some("text/csv"));
    let check = "/v1/check?from=ssda903-csv&year=2026&authority=330";
    let headers = [("Content-Type", "application/zip"), ("Accept", "text/csv")];
    let checked = house.by("lcs").send("POST", check, &headers, &document.zip()).with_status(200);
    // What no recipient can be told is found on the way to it, and a check has none.
    let found = |text: String| -> Vec<String> {
        text.lines().filter(|line| !line.contains(",loss,")).map(str::to_owned).collect()
    };
    assert_eq!(found(rows.text()), found(checked.text()), "what a check says of the same document");
    assert!(found(rows.text()).len() > 5);
    assert_eq!(house.audit().iter().filter(|line| line["action"] == "read-rejects").count(), 0);

    let page = as_form("lcs", "text/html,application/xhtml+xml,*/*;q=0.8").with_status(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let page = page.text();
    assert!(page.starts_with("<!DOCTYPE html>") && !page.contains("<script") && !page.contains("http"), "{page}");
    let told = house.audit().iter().filter(|line| line["action"] == "read-rejects").count();
    assert_eq!(told, 1, "rows are told before they leave");
    let rejects = house.by("lcs").get(&of(&message, "/rejects")).with_status(200).json();
    for reject in rejects["rejects"].as_array().unwrap() {
        let row = reject["row"].as_str().unwrap().replace('"', "&quot;");
        assert!(page.contains(&format!("<pre>{row}</pre>")), "{row}: {page}");
    }
    // Whoever may look at it and did not send it sees no row.
    let page = as_form("a.one", "text/html").with_status(200).text();
    assert!(page.contains("<h2>Places</h2>") && !page.contains("<pre>"), "{page}");
    as_form("nurses", "text/html").problem(404, "not-found");
    as_form("lcs", "image/png").problem(406, "not-acceptable");
    assert_eq!(as_form("lcs", "*/*").text(), house.by("lcs").get(&report).text());
}

#[test]
fn a_quarantined_message_can_be_given_up_and_stays_so() {
    let house = House::open(&with_errors("fail"));
    let message = house.send(SEND, &faulty().zip());
    let lcs = house.by("lcs");
    let seen = tag(&lcs.get(&of(&message, "")));
    let discard = of(&message, "/discard");
    lcs.act(&discard, &seen, "{}").problem(400, "invalid-request");
    lcs.act(&discard, &seen, r#"{"reason":"  "}"#).problem(400, "invalid-request");
    let done = lcs.act(&discard, &seen, r#"{"reason":"sent again by the vendor"}"#).with_status(200);
    assert_eq!(done.json()["state"], "discarded");
    lcs.act(&discard, &seen, r#"{"reason":"again"}"#).problem(412, "precondition-failed");
    let conflict = lcs.act(&of(&message, "/replay"), &tag(&done), "{}").problem(409, "state-conflict");
    assert_eq!(conflict["state"], "discarded");
    // Sent again it is a message of its own: what was given up stands for nothing.
    let again = house.by("lcs").send("POST", SEND, &[("Content-Type", "application/zip")], &faulty().zip());
    assert_ne!(again.with_status(202).json()["id"], message["id"]);
}

#[test]
fn what_a_recipient_refuses_waits_for_a_person() {
    let recipient = Recipient::answering(422);
    let routes = format!(
        "[[route]]\nname = \"to-health\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", url = \"http://127.0.0.1:{}/in\", private_network = true }}]\n",
        recipient.port
    );
    let mut house = House::open(&routes);
    house.send(SEND, &Return::small().zip());
    let dead = house.settled();
    let tried = recipient.requests().len();
    assert_eq!(tried, dead.len(), "refused for good: tried once");
    for delivery in &dead {
        assert_eq!((&delivery["state"], &delivery["status"]), (&json!("dead"), &json!(422)), "{delivery}");
        assert_eq!(delivery["faultSide"], "recipient-refused", "{delivery}");
    }
    house.stop();
    house.start();
    assert_eq!(house.settled(), dead, "also after a restart");
    let lcs = house.by("lcs");
    let letters = lcs.get("/v1/dead-letters?limit=200").with_status(200).json();
    assert_eq!(letters["items"].as_array().unwrap().len(), dead.len());

    recipient.answer(200);
    let one = format!("/v1/deliveries/{}", dead[0]["id"].as_str().unwrap());
    let seen = tag(&lcs.get(&one).with_status(200));
    lcs.post(&format!("{one}/retry"), "").problem(428, "precondition-required");
    lcs.act(&format!("{one}/retry"), "\"77\"", "").problem(412, "precondition-failed");
    lcs.act(&format!("{one}/retry"), &seen, "").with_status(202);
    wait_until("the retry", || (lcs.get(&one).json()["state"] == "delivered").then_some(()));
    let now = tag(&lcs.get(&one));
    lcs.act(&format!("{one}/retry"), &now, "").problem(409, "state-conflict");

    // Another is given up; the child's next news take it along.
    let other = format!("/v1/deliveries/{}", dead[1]["id"].as_str().unwrap());
    let seen = tag(&lcs.get(&other));
    lcs.act(&format!("{other}/discard"), &seen, r#"{"reason":"told by phone"}"#).with_status(200);
    let settled = house.settled();
    let of_child = settled.iter().filter(|one| one["id"] == dead[1]["id"]).count();
    assert_eq!(of_child, 1);

    // And all the rest at once.
    let ids = json!({ "route": "to-health", "recipient": "nurses", "ids": [dead[2]["id"]] }).to_string();
    let told = lcs.post("/v1/dead-letters/retry", &ids).with_status(202).json();
    assert_eq!((&told["retried"], &told["left"]), (&json!(1), &json!(0)), "{told}");
    let told = lcs.post("/v1/dead-letters/retry", "{}").with_status(202).json();
    assert_eq!(told["retried"], dead.len() - 3, "{told}");
    wait_until("all of them", || {
        house
            .settled()
            .iter()
            .all(|one| ["delivered", "discarded"].contains(&one["state"].as_str().unwrap()))
            .then_some(())
    });
    assert_eq!(lcs.get("/v1/dead-letters").json()["items"], json!([]));
}

#[test]
fn what_a_recipient_cannot_take_now_is_tried_again_under_one_key() {
    let recipient = Recipient::answering(503);
    let routes = format!(
        "[[route]]\nname = \"to-health\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         [[route.to]]\npartner = \"nurses\"\nformat = \"fhir-json\"\nurl = \"http://127.0.0.1:{}/in\"\nprivate_network = true\n\
         [route.to.delivery]\nwait_ms_min = 100\nwait_ms_max = 1000\nbreaker_open_ms_min = 1000\n",
        recipient.port
    );
    let mut house = House::open(&routes);
    let lcs = house.by("lcs");
    lcs.send("POST", SEND, &[("Content-Type", "application/zip")], &Return::small().zip()).with_status(202);
    wait_until("a first try", || (!recipient.requests().is_empty()).then_some(()));
    // It is killed and comes back while the recipient is away.
    house.stop();
    recipient.answer(200);
    house.start();
    let settled = wait_until("deliveries", || {
        let all = house.settled();
        (!all.is_empty()).then_some(all)
    });
    assert!(settled.iter().all(|one| one["state"] == "delivered"), "{settled:#?}");
    let keys: std::collections::BTreeSet<String> =
        recipient.requests().iter().map(|request| request.header("idempotency-key").unwrap().to_owned()).collect();
    assert_eq!(keys.len(), settled.len(), "a try again is under the same key");
}
