//! Everything wrong at every door: a problem of a known type, nothing of what was sent in it, and never our fault.

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH};
use crate::client::Answer;

/// Stands in everything that is sent, in no case in what comes back.
const CANARY: &str = "zqXhostilelark";

const SEND: &str = "/v1/routes/to-health/messages";

/// The doors that take a small object, and whether they hang on what was seen.
const ACTS: [(&str, bool); 12] = [
    ("/v1/routes/to-health/approve", true),
    ("/v1/messages/{message}/replay", true),
    ("/v1/messages/{message}/discard", true),
    ("/v1/deliveries/{delivery}/retry", true),
    ("/v1/deliveries/{delivery}/discard", true),
    ("/v1/dead-letters/retry", false),
    ("/v1/identity/lookup", false),
    ("/v1/identity/restrictions", false),
    ("/v1/identity/restrictions/{never}/lift", true),
    ("/v1/identity/subjects/{never}/export", false),
    ("/v1/audit/verify", false),
    ("/v1/identity/proposals/{never}/reject", true),
];

const LISTS: [&str; 7] = [
    "/v1/messages",
    "/v1/deliveries",
    "/v1/dead-letters",
    "/v1/identity/proposals",
    "/v1/identity/restrictions",
    "/v1/audit",
    "/v1/alerts",
];

struct Doors {
    house: House,
    message: String,
    delivery: String,
    tried: std::cell::Cell<usize>,
}

impl Doors {
    fn new() -> Self {
        let house = House::open(TO_HEALTH);
        let message = house.send(SEND, &Return::small().zip())["id"].as_str().unwrap().to_owned();
        let delivery = house.settled()[0]["id"].as_str().unwrap().to_owned();
        Self { house, message, delivery, tried: std::cell::Cell::default() }
    }

    fn path(&self, template: &str) -> String {
        template
            .replace("{message}", &self.message)
            .replace("{delivery}", &self.delivery)
            .replace("{never}", "0193a5c2-7e11-7a52-9c1e-5d2f8f2b9a10")
    }

    /// A person and a system, whichever the door is for.
    fn ask(&self, method: &str, template: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let who = if template.contains("approve") || template.contains("alerts") { "a.one" } else { "lcs" };
        self.tried.set(self.tried.get() + 1);
        self.house.by(who).send(method, &self.path(template), headers, body)
    }

    /// A problem of one of these states.
    #[track_caller]
    fn refused(&self, method: &str, template: &str, headers: &[(&str, &str)], body: &[u8], states: &[u16]) -> Value {
        let answer = self.ask(method, template, headers, body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let what = format!("{method} {template} {headers:?} {shown}");
        assert!(states.contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
        let problem = answer.json();
        let kind = problem["type"].as_str().unwrap();
        assert!(kind.starts_with("urn:homeward:problem:") && kind != "urn:homeward:problem:internal", "{what}: {kind}");
        for member in ["title", "detail", "help"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{what}: {problem}");
        }
        assert!(!answer.text().to_lowercase().contains(&CANARY.to_lowercase()), "{what}: {problem}");
        problem
    }
}

#[test]
fn a_body_that_is_no_object_of_ours_is_a_problem() {
    let doors = Doors::new();
    let nested = format!("{{\"reason\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let huge = format!("{{\"reason\":\"{}\"}}", "x".repeat(1 << 20));
    let long = json!({ "reason": CANARY.repeat(100) }).to_string();
    let wrong: Vec<Vec<u8>> = [
        "{",
        "[]",
        "null",
        "7",
        "\"zqXhostilelark\"",
        "{\"reason\":\"zqXhostilelark\",\"reason\":\"x\"}",
        "{\"reason\":\"x\"} zqXhostilelark",
        "{\"zqXhostilelark\":1}",
        "{\"\":1}",
        "{\"reason\\u0000\":\"x\"}",
        "{\"reaſon\":\"x\"}",
        "{reason:\"x\"}",
        "{\"reason\":\"\\ud800\"}",
        "{\"reason\":1e999}",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([
        b"\xff\xfe{\x00}\x00".to_vec(),
        b"{\"reason\":\"\xc3\"}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        nested.into_bytes(),
    ])
    .collect();
    for (door, _) in ACTS {
        let headers = [("Content-Type", "application/json"), ("If-Match", "\"1\"")];
        for body in &wrong {
            doors.refused("POST", door, &headers, body, &[400]);
        }
        doors.refused("POST", door, &headers, huge.as_bytes(), &[413]);
        doors.refused("POST", door, &headers, long.as_bytes(), &[400]);
        for media_type in [
            "text/plain",
            "application/xml",
            "multipart/form-data; boundary=x",
            "zqXhostilelark/x",
            "application/json; charset=latin1",
            "",
        ] {
            let headers = [("Content-Type", media_type), ("If-Match", "\"1\"")];
            doors.refused("POST", door, &headers, b"{\"reason\":\"x\"}", &[415]);
        }
        doors.refused("POST", door, &[("If-Match", "\"1\"")], b"{\"reason\":\"x\"}", &[415]);
    }
    assert!(doors.tried.get() > 250);
}

#[test]
fn members_of_another_type_are_problems_that_name_the_member() {
    let doors = Doors::new();
    let headers = [("Content-Type", "application/json"), ("If-Match", "\"1\"")];
    let of = |members: Value| {
        json!({ "child": { "system": "la-child", "value": CANARY }, "kind": "location", "since": "2026-01-01", "setByRole": "manager" })
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .chain(members.as_object().unwrap().clone())
        .collect::<serde_json::Map<String, Value>>()
    };
    for (door, body, member) in [
        ("/v1/messages/{message}/discard", json!({ "reason": 7 }), "reason"),
        ("/v1/messages/{message}/discard", json!({ "reason": [CANARY] }), "reason"),
        ("/v1/messages/{message}/discard", json!({ "reason": null }), "reason"),
        ("/v1/messages/{message}/replay", json!({ "dialect": CANARY }), "dialect"),
        ("/v1/messages/{message}/replay", json!({ "dryRun": CANARY }), "dryRun"),
        ("/v1/messages/{message}/replay", json!({ "errorsMax": CANARY }), "errorsMax"),
        ("/v1/messages/{message}/replay", json!({ "errorsMax": 1.5 }), "errorsMax"),
        ("/v1/messages/{message}/replay", json!({ "errors": CANARY }), "errors"),
        ("/v1/dead-letters/retry", json!({ "ids": CANARY }), "ids"),
        ("/v1/dead-letters/retry", json!({ "ids": [CANARY] }), "ids"),
        ("/v1/dead-letters/retry", json!({ "ids": vec!["0193a5c2-7e11-7a52-9c1e-5d2f8f2b9a10"; 1001] }), "ids"),
        ("/v1/dead-letters/retry", json!({ "route": 7 }), "route"),
        ("/v1/identity/lookup", json!({}), "system"),
        ("/v1/identity/lookup", json!({ "system": CANARY, "value": "x" }), "system"),
        ("/v1/identity/lookup", json!({ "system": "nhs-number", "value": CANARY }), "value"),
        ("/v1/identity/lookup", json!({ "system": "nhs-number", "value": "9434765918" }), "value"),
        ("/v1/identity/lookup", json!({ "system": "nhs-number", "value": 9_434_765_919_u64 }), "value"),
        ("/v1/identity/lookup", json!({ "system": "la-child", "value": "1", "authority": CANARY }), "authority"),
        ("/v1/identity/restrictions", json!({}), "child"),
        ("/v1/identity/restrictions", json!({ "child": CANARY }), "child"),
        ("/v1/identity/restrictions", of(json!({ "kind": CANARY })).into(), "kind"),
        ("/v1/identity/restrictions", of(json!({ "since": "2026-02-30" })).into(), "since"),
        ("/v1/identity/restrictions", of(json!({ "until": CANARY })).into(), "until"),
        ("/v1/identity/restrictions", of(json!({ "reviewOn": 20_260_101 })).into(), "reviewOn"),
        ("/v1/identity/restrictions", of(json!({ "setByRole": "" })).into(), "setByRole"),
        ("/v1/identity/restrictions", of(json!({ "recipients": CANARY })).into(), "recipients"),
        ("/v1/identity/restrictions", of(json!({ "recipients": [CANARY] })).into(), "recipients"),
        (
            "/v1/identity/restrictions",
            of(json!({ "child": { "system": "la-child", "value": "1000001", "zqXhostilelark": 1 } })).into(),
            "child",
        ),
        ("/v1/audit/verify", json!({ "anchor": { "seq": 1, "hash": CANARY } }), "anchor"),
        ("/v1/audit/verify", json!({ "fromSeq": CANARY }), "fromSeq"),
    ] {
        let problem = doors.refused("POST", door, &headers, body.to_string().as_bytes(), &[400]);
        assert!(problem.to_string().contains(member), "{door} {body}: {problem}");
    }
    let twice = br#"{"child":{"system":"la-child","system":"upn","value":"zqXhostilelark"},"kind":"location","since":"2026-01-01","setByRole":"x"}"#;
    doors.refused("POST", "/v1/identity/restrictions", &headers, twice, &[400]);
}

#[test]
fn tags_keys_and_digests_of_another_form_are_problems() {
    let doors = Doors::new();
    let json = ("Content-Type", "application/json");
    for (door, hangs) in ACTS.into_iter().filter(|(_, hangs)| *hangs) {
        assert!(hangs);
        doors.refused("POST", door, &[json], b"{\"reason\":\"x\"}", &[428]);
        for tag in [
            "",
            "*",
            "zqXhostilelark",
            "\"zqXhostilelark\"",
            "\"1\", \"2\"",
            "\"99999999999999999999999999\"",
            "-1",
            "W/",
            "\u{661}",
        ] {
            doors.refused("POST", door, &[json, ("If-Match", tag)], b"{\"reason\":\"x\"}", &[400]);
        }
        doors.refused(
            "POST",
            door,
            &[json, ("If-Match", "\"1\""), ("If-Match", "\"1\"")],
            b"{\"reason\":\"x\"}",
            &[400],
        );
    }
    let zip = ("Content-Type", "application/zip");
    let long = CANARY.repeat(20);
    for (name, values) in [
        (
            "Idempotency-Key",
            &["", "\"", "\"zqXhostilelark", "two words", "\"a\"b\"", long.as_str(), "zqXhostilelark\u{e9}"][..],
        ),
        ("Content-Digest", &["", "zqXhostilelark", "sha-256=:zqXhostilelark:", "sha-256=zqXhostilelark"]),
        ("X-Request-ID", &["zqXhostilelark", "0193a5c2"]),
        ("X-Correlation-ID", &["zqX hostilelark", "zqXhostilelark\u{e9}", ""]),
    ] {
        for value in values {
            doors.refused("POST", SEND, &[zip, (name, value)], b"x", &[400]);
        }
    }
    doors.refused("POST", SEND, &[zip, ("Idempotency-Key", "a"), ("Idempotency-Key", "a")], b"x", &[400]);
    for media_type in ["text/html", "zqXhostilelark/x", "application/json", "multipart/form-data", ""] {
        doors.refused("POST", SEND, &[("Content-Type", media_type)], b"x", &[400, 415]);
    }
    doors.refused("POST", SEND, &[zip, ("Content-Encoding", "zqXhostilelark")], b"x", &[415]);
    doors.refused("POST", SEND, &[zip, ("Content-Encoding", "gzip")], b"zqXhostilelark", &[400]);
}

#[test]
fn addresses_of_another_form_are_problems() {
    let doors = Doors::new();
    let json = [("Content-Type", "application/json"), ("If-Match", "\"1\"")];
    for id in [
        "zqXhostilelark",
        "..%2F..%2Fetc",
        "%00",
        "%0D%0Azq",
        "1",
        "%F0%9F%91%B6",
        "0193a5c2-7e11-7a52-9c1e-5d2f8f2b9a1",
        "'%20OR%201=1--",
        "%ff",
        "{}",
    ] {
        for path in ["/v1/messages/", "/v1/deliveries/", "/v1/identity/proposals/"] {
            doors.refused("GET", &format!("{path}{id}"), &[], b"", &[400, 404]);
        }
        for (path, rest) in [
            ("/v1/messages/", "/report"),
            ("/v1/messages/", "/rejects"),
            ("/v1/messages/", "/content"),
            ("/v1/identity/restrictions/", "/holders"),
            ("/v1/routes/", "/preview"),
        ] {
            doors.refused("GET", &format!("{path}{id}{rest}"), &[], b"", &[400, 404]);
        }
        for (path, rest) in [
            ("/v1/messages/", "/replay"),
            ("/v1/messages/", "/discard"),
            ("/v1/deliveries/", "/retry"),
            ("/v1/deliveries/", "/discard"),
            ("/v1/identity/proposals/", "/reject"),
            ("/v1/identity/restrictions/", "/lift"),
            ("/v1/identity/subjects/", "/export"),
            ("/v1/alerts/", "/seen"),
            ("/v1/routes/", "/approve"),
        ] {
            // What takes no reason is told so first.
            let body: &[u8] = if ["/retry", "/seen", "/replay"].contains(&rest) { b"" } else { b"{\"reason\":\"x\"}" };
            doors.refused("POST", &format!("{path}{id}{rest}"), &json, body, &[400, 403, 404]);
        }
    }
    for (door, _) in ACTS {
        doors.refused("POST", &format!("{door}?zqXhostilelark=zqXhostilelark"), &json, b"{\"reason\":\"x\"}", &[400]);
        for method in ["PUT", "DELETE", "PATCH"] {
            let refused = doors.ask(method, door, &json, b"{}");
            assert!(refused.header("allow").is_some_and(|allow| allow.contains("POST")), "{method} {door}");
            refused.problem(405, "method-not-allowed");
        }
        doors.refused("BREW", door, &json, b"", &[501]);
    }
    for list in LISTS {
        for question in [
            "zqXhostilelark=1",
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=zqXhostilelark",
            "limit=1&limit=1",
            "state=zqXhostilelark",
            "since=zqXhostilelark",
            "until=2026-13-01T00:00:00Z",
            "since=2026-01-01",
            "after=zqXhostilelark",
            "after=",
            "after=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "before=zqXhostilelark",
            "message=zqXhostilelark",
            "subject=zqXhostilelark",
            "route=zqXhostilelark%0D%0A",
            "attempt=1",
            "%ff=%ff",
        ] {
            doors.refused("GET", &format!("{list}?{question}"), &[], b"", &[400]);
        }
    }
    for question in ["attempt=zqXhostilelark", "attempt=-1", "attempt=99999999999", "attempt=1&attempt=1"] {
        doors.refused("GET", &format!("/v1/messages/{{message}}/report?{question}"), &[], b"", &[400]);
    }
    assert!(doors.tried.get() > 400);
}
