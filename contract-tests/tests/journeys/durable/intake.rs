//! Taking messages in: once under a key, once for a content, and only whole.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{House, Return, TO_HEALTH, tag};
use crate::exchange::{FORM, ZIP, form};

const SEND: &str = "/v1/routes/to-health/messages";

#[test]
fn a_key_gives_one_message_and_one_receipt_also_after_a_restart() {
    let mut house = House::unapproved(TO_HEALTH);
    let document = Return::small();
    let (zip, other) = (document.zip(), form(document.0.path()));
    let send = |house: &House, key: &str, target: &str, media_type: &str, body: &[u8]| {
        house.by("lcs").send("POST", target, &[("Content-Type", media_type), ("Idempotency-Key", key)], body)
    };
    let first = send(&house, "\"monday-1\"", SEND, ZIP, &zip).with_status(202);
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(first.header("location").unwrap(), format!("/v1/messages/{}", first.json()["id"].as_str().unwrap()));
    house.until_read(first.json()["id"].as_str().unwrap());
    let same = |house: &House| {
        // A structured string and the bare text are one key.
        for key in ["\"monday-1\"", "monday-1"] {
            let again = send(house, key, SEND, ZIP, &zip).with_status(202);
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
            assert_eq!(again.body, first.body, "the same receipt");
            assert_eq!(again.header("location"), first.header("location"));
        }
        for (target, media_type, body) in [
            (SEND, FORM, &other),
            (SEND, ZIP, &other),
            (SEND, "application/octet-stream", &zip),
            (&*format!("{SEND}?complete=false"), ZIP, &zip),
        ] {
            send(house, "monday-1", target, media_type, body).problem(422, "idempotency-mismatch");
        }
        let all = house.by("lcs").get("/v1/messages").json();
        assert_eq!(all["items"].as_array().unwrap().len(), 1, "{all}");
    };
    same(&house);
    house.stop();
    house.start();
    same(&house);
    // A refusal frees its key.
    send(&house, "tuesday", SEND, "image/png", b"x").problem(415, "unsupported-media-type");
    send(&house, "tuesday", SEND, FORM, &other).with_status(202);
}

#[test]
fn a_key_whose_request_still_runs_is_refused_and_no_other() {
    let house = House::unapproved(TO_HEALTH);
    let zip = Return::small().zip();
    let lcs = house.by("lcs");
    let headers = [
        ("Content-Type", ZIP),
        ("Idempotency-Key", "slow"),
        ("Expect", "100-continue"),
        ("X-API-Key", lcs.key.as_str()),
    ];
    let mut running = house.gateway.as_ref().unwrap().client.begin("POST", SEND, &headers, zip.len());
    running.wait_for_leave();
    let again = lcs.send("POST", SEND, &[("Content-Type", ZIP), ("Idempotency-Key", "slow")], &zip);
    assert_eq!(again.header("retry-after"), Some("1"));
    again.problem(409, "idempotency-in-progress");
    running.write(&zip);
    let first = running.answer().with_status(202).json();
    let after = lcs.send("POST", SEND, &[("Content-Type", ZIP), ("Idempotency-Key", "slow")], &zip).with_status(202);
    assert_eq!(after.json()["id"], first["id"]);
}

#[test]
fn of_a_body_that_is_not_what_was_promised_nothing_is_kept() {
    let house = House::unapproved(TO_HEALTH);
    let zip = Return::small().zip();
    let digest = |bytes: &[u8]| format!("sha-256=:{}:", BASE64_STANDARD.encode(Sha256::digest(bytes)));
    let send =
        |value: &str| house.by("lcs").send("POST", SEND, &[("Content-Type", ZIP), ("Content-Digest", value)], &zip);
    send(&digest(b"other")).problem(400, "digest-mismatch");
    for malformed in ["sha-256", "sha-256=x", "sha-256=:!:", "sha-256=:AAAA:", "sha-256=::"] {
        send(malformed).problem(400, "invalid-header");
    }
    assert_eq!(house.by("lcs").get("/v1/messages").json()["items"], json!([]));
    send(&digest(&zip)).with_status(202);
    // Cut short, with the right length never reached: nothing either.
    let lcs = house.by("lcs");
    let headers = [("Content-Type", ZIP), ("X-API-Key", lcs.key.as_str())];
    let mut torn = house.gateway.as_ref().unwrap().client.begin("POST", SEND, &headers, zip.len() + 1);
    torn.write(&zip);
    drop(torn);
    assert_eq!(lcs.get("/v1/messages").json()["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_sender_may_wait_for_the_reading() {
    let house = House::unapproved(TO_HEALTH);
    let document = Return::small();
    let send = |prefer: &str, body: &[u8], media_type: &str| {
        house.by("lcs").send("POST", SEND, &[("Content-Type", media_type), ("Prefer", prefer)], body).with_status(202)
    };
    let waited = send("wait=20", &document.zip(), ZIP);
    assert_eq!(waited.header("preference-applied"), Some("wait"));
    assert!(["read", "settled"].contains(&waited.json()["state"].as_str().unwrap()), "{}", waited.text());
    let plain = send("return=minimal", &form(document.0.path()), FORM);
    assert_eq!((plain.header("preference-applied"), &plain.json()["state"]), (None, &json!("received")));
}

#[test]
fn a_dry_run_says_what_the_submission_says_and_keeps_nothing() {
    for routes in [TO_HEALTH.to_owned(), TO_HEALTH.replace("from = ", "errors = \"skip\"\nfrom = ")] {
        let house = House::open(&routes);
        let document = Return::of(&crate::program::authority(2026, 60, 5, 12));
        let zip = document.zip();
        let dry = house.by("lcs").send("POST", &format!("{SEND}?dry_run=true"), &[("Content-Type", ZIP)], &zip);
        let dry = dry.with_status(200).json();
        assert!(dry["errors"].as_u64().unwrap() > 5, "{dry}");
        assert_eq!(house.by("lcs").get("/v1/messages").json()["items"], json!([]));
        let message = house.send(SEND, &zip);
        let report = house.by("lcs").get(message["links"]["report"].as_str().unwrap()).with_status(200).json();
        same_findings(&dry, &report);
        let check = "/v1/check?from=ssda903-csv&year=2026&authority=330";
        let checked = house.by("lcs").send("POST", check, &[("Content-Type", ZIP)], &zip).with_status(200).json();
        assert_eq!(checked, dry);
    }
}

/// Everything that is found in the document is found by both; only what leaves is told by the submission alone.
#[track_caller]
fn same_findings(dry: &Value, report: &Value) {
    for member in ["format", "rows", "records", "errors", "warnings"] {
        assert_eq!(dry[member], report[member], "{member}");
    }
    let places = |report: &Value, of: &str| {
        let all = report["diagnostics"].as_array().unwrap().clone();
        let places: Vec<Value> = all.into_iter().filter(|one| severity(report, &one["rule"]) == of).collect();
        places
    };
    for severity in ["error", "warning"] {
        assert_eq!(places(dry, severity), places(report, severity), "{severity}");
    }
}

fn severity(report: &Value, rule: &Value) -> String {
    let rules = report["rules"].as_array().unwrap();
    rules.iter().find(|known| known["rule"] == *rule).unwrap()["severity"].as_str().unwrap().to_owned()
}

#[test]
fn only_its_sender_may_send_on_a_route() {
    let routes = TO_HEALTH.replace("name = \"to-health\"", "name = \"to-health\"\nidempotency_required = true");
    let house = House::unapproved(&routes);
    let send = |who: &str, target: &str| house.by(who).send("POST", target, &[("Content-Type", ZIP)], b"x");
    send("nurses", SEND).problem(403, "not-on-this-route");
    send("a.one", SEND).problem(403, "insufficient-scope");
    send("lcs", "/v1/routes/to-nobody/messages").problem(404, "not-found");
    send("lcs", SEND).problem(400, "idempotency-key-required");
    for target in [
        "?filename=../x.csv",
        "?filename=a%0D%0Ab",
        "?filename=.x",
        "?complete=yes",
        "?period=2026",
        "?period=2026-04-01/2025-04-01",
        "?authority=3300",
        "?authority=330&authority=330",
        "?colour=red",
    ] {
        send("lcs", &format!("{SEND}{target}")).problem(400, "invalid-request");
    }
}

#[test]
fn the_first_run_is_a_dry_run_until_two_have_seen_what_would_go() {
    let house = House::unapproved(TO_HEALTH);
    let document = Return::small();
    let message = house.send(SEND, &document.zip());
    assert_eq!(message["counts"]["deliveries"], 0, "{message}");
    let (one, two, three) = (house.by("a.one"), house.by("b.two"), house.by("c.three"));
    let preview = one.get("/v1/routes/to-health/preview").with_status(200);
    let target = preview.json()["targets"][0].clone();
    assert_eq!(
        (&target["recipient"], &target["approval"], &target["personsNeeded"]),
        (&json!("nurses"), &json!("needed"), &json!(2))
    );
    assert!(
        target["children"].as_u64().unwrap() > 5 && target["fields"].is_object() | target["fields"].is_array(),
        "{target}"
    );
    let told = preview.text();
    for value in document.children().iter().chain(&document.column("links.csv", "nhs_number")) {
        assert!(value.len() < 7 || !told.contains(value.as_str()), "a preview holds no value");
    }
    let approve = |by: &super::By<'_>, tag: &str| by.act("/v1/routes/to-health/approve", tag, r#"{"reason":"seen"}"#);
    let seen = tag(&preview);
    approve(&three, &seen).with_status(403);
    approve(&house.by("lcs"), &seen).with_status(403);
    one.post("/v1/routes/to-health/approve", r#"{"reason":"seen"}"#).problem(428, "precondition-required");
    one.act("/v1/routes/to-health/approve", &seen, "{}").problem(400, "invalid-request");
    approve(&one, "\"1\"").problem(412, "precondition-failed");
    let first = approve(&one, &seen).with_status(200);
    assert_eq!(first.json()["state"], "one-of-two");
    assert!(house.deliveries().is_empty());
    approve(&two, &seen).problem(412, "precondition-failed");
    approve(&one, &tag(&first)).problem(409, "second-person-required");
    let second = approve(&two, &tag(&first)).with_status(200);
    assert_eq!(second.json()["state"], "approved");
    let delivered = house.delivered();
    assert_eq!(delivered.len() as u64, target["children"].as_u64().unwrap(), "as many as were previewed");
    let approvals = house.audit().into_iter().filter(|line| line["action"] == "approve").count();
    assert_eq!(approvals, 2);
}
