//! The commands that ask a gateway, against one that answers as it is told: what is asked, what is told of the answer,
//! and every way in which there is none.

#![cfg(unix)]

use serde_json::{Value, json};

use crate::{
    program::{Ran, Scratch, run, run_with, text},
    stub::{API_KEY, Canned, Stub, private},
};

const ID: &str = "0193a5c2-7e11-7a52-9c1e-5d2f8f2b9a10";

/// An NHS number of the range that is given to nobody.
const NHS_NUMBER: &str = "9990000018";

fn message(state: &str) -> Value {
    json!({
        "id": ID, "route": "lcs-to-health", "partner": "coventry-lcs", "state": state, "reason": null, "attempt": 1,
        "bytes": 184233, "sha256": "9f2c", "correlationId": null, "receivedAt": "2026-11-21T09:30:11.482Z",
        "settledAt": null, "counts": {"rows": 12}, "audit": {"seq": 88213, "hash": "41ab"},
        "links": {"self": format!("/v1/messages/{ID}")},
    })
}

fn page(items: &[Value], next: Option<&str>) -> Canned {
    Canned::json(200, 0, &json!({ "items": items, "next": next }))
}

/// Nothing on standard output, and these words on standard error.
#[track_caller]
fn told(ran: Ran, status: i32, words: &[&str]) {
    let ran = ran.ended(status);
    assert!(ran.out.is_empty(), "{}", ran.text());
    for words in words {
        assert!(ran.talk.contains(words), "{}\nwithout: {words}", ran.talk);
    }
}

#[test]
fn a_list_goes_from_page_to_page_and_ends_at_its_limit() {
    let first = format!("/v1/messages?state=read&limit=3&after={}", "aB-_9");
    let stub = Stub::new([
        page(&[message("read"), message("read")], Some(&first)),
        page(&[message("settled")], Some("/v1/messages?limit=1&after=zz")),
    ]);
    let ran =
        stub.ask(&["messages", "list", "--state", "read", "--since", "2026-11-01T00:00:00+01:00", "--limit", "3"]);
    let text = ran.ended(0);
    assert!(text.talk.contains("there are more"), "{}", text.talk);
    let lines: Vec<String> = text.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4);
    assert!(
        lines[0].starts_with("id                                    route          state    attempt  bytes"),
        "{lines:?}"
    );
    assert!(lines[3].contains("settled") && lines.iter().all(|line| !line.ends_with(' ')));
    let since = "since=2026-11-01T00%3A00%3A00%2B01%3A00";
    let asked = [
        format!("GET /v1/messages?state=read&{since}&limit=3"),
        format!("GET /v1/messages?state=read&{since}&limit=1&after=aB-_9"),
    ];
    assert_eq!(stub.lines(), asked);
    assert_eq!(stub.got()[0].headers["x-api-key"], API_KEY);
}

#[test]
fn machines_get_each_page_as_it_came() {
    let stub = Stub::new([page(&[message("read")], Some("/v1/audit?before=41&limit=50")), page(&[], None)]);
    let ran = stub.ask(&["audit", "list", "--actor", "coventry-lcs", "--json"]).ended(0);
    let pages: Vec<Value> = ran.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((pages.len(), &pages[0]["items"][0]["id"]), (2, &json!(ID)));
    assert!(stub.lines()[1].ends_with("/v1/audit?actor=coventry-lcs&limit=49&before=41"), "{:?}", stub.lines());
    for (next, items) in [(json!(7), json!([])), (json!("/v1/elsewhere"), json!([])), (Value::Null, json!({}))] {
        stub.then(Canned::json(200, 0, &json!({ "items": items, "next": next })));
        stub.ask(&["deliveries", "list", "--dead"]).refused("no list", "of this version");
    }
    // The same page for ever would be a list without an end.
    for _ in 0..2 {
        stub.then(page(&[], Some("/v1/deliveries?after=aa")));
    }
    stub.ask(&["deliveries", "list"]).refused("no list", "of this version");
}

#[test]
fn a_thing_is_shown_with_its_version_for_machines_and_in_lines_for_people() {
    let stub = Stub::new([Canned::json(200, 7, &message("read")), Canned::json(200, 7, &message("read"))]);
    let shown = stub.ask(&["messages", "show", ID, "--json"]).ended(0).text();
    let mut value: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(value.as_object_mut().unwrap().remove("etag"), Some(json!("\"7\"")));
    assert_eq!(value, message("read"));
    assert_eq!(shown.lines().count(), 1);
    let people = stub.ask(&["messages", "show", ID]).ended(0).text();
    assert!(people.contains("counts rows  12\n") && !people.contains("/v1/"), "{people}");
    assert_eq!(stub.lines(), [format!("GET /v1/messages/{ID}"), format!("GET /v1/messages/{ID}")]);
}

#[test]
fn an_act_needs_what_was_seen_and_says_it() {
    let stub = Stub::new([Canned::json(202, 8, &message("received"))]);
    let without = [
        vec!["messages", "replay", ID],
        vec!["messages", "discard", ID, "--reason", "twice"],
        vec!["deliveries", "retry", ID],
        vec!["deliveries", "discard", ID, "--reason", "twice"],
        vec!["route", "approve", "lcs-to-health", "--reason", "seen"],
        vec!["identity", "reject", ID],
        vec!["identity", "confirm", ID],
        vec!["identity", "undo", ID, "--reason", "wrong"],
        vec!["identity", "lift", ID, "--reason", "over"],
    ];
    for command in &without {
        stub.ask(command).refused("--if-match is needed", "take `etag` from `homeward");
    }
    assert!(stub.got().is_empty(), "nothing was asked");
    let replay = ["messages", "replay", ID, "--if-match", "\"7\"", "--errors", "skip", "--dialect", "new", "--json"];
    let again: Value = serde_json::from_str(&stub.ask(&replay).ended(0).text()).unwrap();
    assert_eq!((&again["etag"], &again["state"]), (&json!("\"8\""), &json!("received")));
    let got = &stub.got()[0];
    assert_eq!(
        (got.line.as_str(), got.headers["if-match"].as_str()),
        (&*format!("POST /v1/messages/{ID}/replay"), "\"7\"")
    );
    let body: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!(body, json!({"dialect": "new", "errors": "skip", "dryRun": false}));
    for wrong in ["", "\"7\" ", "7\r\nX-A: b", "sieben…"] {
        stub.ask(&["deliveries", "retry", ID, "--if-match", wrong]).refused("holds no version", "etag");
    }
}

#[test]
fn each_act_goes_where_it_belongs() {
    let acts: [(&[&str], &str, Value); 7] = [
        (&["messages", "discard", ID, "--reason", "r"], "messages/{}/discard", json!({"reason": "r"})),
        (&["deliveries", "retry", ID], "deliveries/{}/retry", json!({})),
        (&["deliveries", "discard", ID, "--reason", "r"], "deliveries/{}/discard", json!({"reason": "r"})),
        (&["identity", "reject", ID], "identity/proposals/{}/reject", json!({})),
        (&["identity", "confirm", ID], "identity/proposals/{}/confirm", json!({})),
        (&["identity", "undo", ID, "--reason", "r"], "identity/links/{}/undo", json!({"reason": "r"})),
        (&["identity", "lift", ID, "--reason", "r"], "identity/restrictions/{}/lift", json!({"reason": "r"})),
    ];
    let stub = Stub::new([]);
    for (number, (command, path, body)) in acts.iter().enumerate() {
        stub.then(Canned::json(200, 8, &json!({"id": ID, "state": "lifting"})));
        let ran = stub.ask(&[command, ["--if-match", "3"].as_slice()].concat()).ended(0);
        assert!(ran.text().starts_with(&format!("id     {ID}\n")), "{}", ran.text());
        let got = &stub.got()[number];
        assert_eq!(got.line, format!("POST /v1/{}", path.replace("{}", ID)));
        assert_eq!(
            (serde_json::from_slice::<Value>(&got.body).unwrap(), got.headers["if-match"].as_str()),
            (body.clone(), "3")
        );
    }
}

#[test]
fn a_dry_replay_asks_nobody_and_tells_what_would_go() {
    let would = json!({
        "state": "settled", "counts": {"rows": 12}, "report": {"format": "ssda903-csv", "rows": 12, "errors": 1},
        "wouldSend": [{"route": "lcs-to-health", "recipient": "uhcw", "deliveries": 3, "children": 3}], "deliveredBefore": [],
    });
    let stub = Stub::new([Canned::json(200, 5, &message("settled")), Canned::json(200, 5, &would)]);
    let text = stub.ask(&["messages", "replay", ID, "--dry-run"]).ended(0).text();
    assert!(text.contains("would send\n") && text.contains("ssda903-csv: 12 rows"), "{text}");
    assert_eq!(stub.got()[1].headers["if-match"], "\"5\"");
    assert_eq!(serde_json::from_slice::<Value>(&stub.got()[1].body).unwrap(), json!({"dryRun": true}));
}

#[test]
fn a_refusal_is_told_in_the_gateways_words_and_ends_with_one() {
    let stub = Stub::new([
        Canned::problem(412, "precondition-failed", "It has changed since", "read it again"),
        Canned::problem(428, "precondition-required", "If-Match is needed", "read it first"),
        Canned::problem(409, "second-person-required", "Another person must do this", "ask one"),
        Canned::problem(404, "not-found", "There is no such thing here", "see the list"),
        Canned::problem(503, "unavailable", "Too much at once", "wait"),
    ]);
    let retry = ["deliveries", "retry", ID, "--if-match", "3"];
    told(stub.ask(&retry), 1, &["error: It has changed since\nhelp: read it again"]);
    told(stub.ask(&retry), 1, &["error: If-Match is needed\n"]);
    told(
        stub.ask(&["identity", "lift", ID, "--reason", "r", "--if-match", "3"]),
        1,
        &["Another person", "help: ask one"],
    );
    let ran = stub.ask(&["messages", "show", ID, "--json"]).ended(1);
    let problem: Value = serde_json::from_str(&ran.talk).unwrap();
    assert_eq!((problem["status"].as_u64(), ran.out.len()), (Some(404), 0));
    told(stub.ask(&["messages", "show", ID]), 1, &["error: Too much at once", "instance: urn:uuid:60e0b220"]);
}

#[test]
fn whoever_is_not_known_or_not_there_ends_with_two() {
    let stub = Stub::new([
        Canned::problem(401, "unauthenticated", "Who asks is not known", "sign in"),
        Canned::Whole(302, vec![("Location", "https://elsewhere.example/".to_owned())], Vec::new()),
        Canned::Whole(502, vec![("Content-Type", "text/html".to_owned())], b"<h1>\x1b[2JBad Gateway".to_vec()),
        Canned::Whole(200, vec![("Content-Type", "text/html".to_owned())], b"<html>".to_vec()),
        Canned::Noise,
        Canned::Nothing,
    ]);
    let show = || stub.ask(&["messages", "show", ID]);
    show().refused("does not know these credentials", "Who asks is not known");
    show().refused("somewhere else", "give the address itself");
    show().refused("answered 502 and did not say why", "no proxy before it");
    show().refused("no JSON", "no proxy before it");
    show().refused("no answer of HTTP", "a gateway of Homeward");
    show().refused("connection broke", "may have been done");
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (ca, key) = (stub.scratch().file("authority.pem"), stub.scratch().file("api.key"));
    let reach =
        |url: &str, ca: &str| run(["messages", "list", "--gateway", url, "--ca-file", ca, "--api-key-file", &key]);
    reach(&format!("https://localhost:{}", gone.port()), &ca).refused("nothing answers", "is it running");
    // Another authority's gateway, and a host that its certificate does not name.
    let other = Stub::new([]);
    reach(&other.url(), &ca).refused("certificate is not believed", "--ca-file");
    reach(&stub.url().replace("localhost", "127.0.0.1"), &ca).refused("certificate is not believed", "--ca-file");
    assert!(other.got().is_empty());
    for wrong in [
        "gateway.example",
        "http://gateway.example",
        "https://u:p@gateway.example",
        "https://gateway.example/v1",
        "ftp://x",
    ] {
        let ran = reach(wrong, &ca);
        assert!(!ran.talk.contains("u:p"), "{}", ran.talk);
        ran.refused("another form", "https://");
    }
}

#[test]
fn a_certificate_signs_in_and_a_wrong_one_does_not() {
    let stub = Stub::strict([Canned::json(200, 1, &message("read"))]);
    let stranger = Stub::strict([]);
    let (url, ca) = (stub.url(), stub.scratch().file("authority.pem"));
    let show = |with: &[&str]| run([&["messages", "show", ID, "--gateway", &url, "--ca-file", &ca], with].concat());
    let files = |stub: &Stub| (stub.scratch().file("own.pem"), stub.scratch().file("own.key"));
    let (own, key) = files(&stub);
    show(&["--certificate-file", &own, "--key-file", &key]).ended(0);
    let (other, other_key) = files(&stranger);
    show(&["--certificate-file", &other, "--key-file", &other_key])
        .refused("does not believe your certificate", "--key-file");
    let api_key = stub.scratch().file("api.key");
    show(&["--api-key-file", &api_key])
        .refused("does not believe your certificate, or wants one", "--certificate-file");
    assert_eq!(stub.got().len(), 1);
    show(&["--certificate-file", &own, "--key-file", &other_key]).refused("cannot be used", "does not belong");
    show(&["--certificate-file", &own]).refused("--key-file is needed", "");
    show(&["--key-file", &key]).refused("--certificate-file is needed", "");
    show(&[]).refused("must know who asks", "--api-key-file");
    let other = private(stub.scratch(), "other.txt", "not a key of a partner");
    show(&["--api-key-file", &other]).refused("holds no API key", "hw_");
    show(&["--api-key-file", "/nowhere/at/all"]).refused("cannot be read", "the system says");
    let open = stub.scratch().write("open.key", format!("{API_KEY}\n"));
    show(&["--api-key-file", &open]).refused("others can read", "chmod 600");
}

#[test]
fn a_huge_answer_is_not_taken_whole() {
    let stub = Stub::new([Canned::Endless]);
    stub.ask(&["messages", "list"]).refused("longer than 32 MiB", "narrow");
}

#[test]
fn what_is_downloaded_stands_whole_under_its_name_or_not_at_all() {
    let content = vec![7_u8; 300_000];
    let whole = || Canned::Whole(200, vec![("Content-Type", "text/csv".to_owned())], content.clone());
    let cut = || Canned::Cut(300_000, content[..200_000].to_vec());
    let stub = Stub::new([
        whole(),
        whole(),
        cut(),
        cut(),
        Canned::problem(410, "gone", "It was purged", "nothing can be done"),
    ]);
    let folder = Scratch::new();
    // A name that ends in .zip makes no archive of what is one.
    let file = folder.file("as-received.zip");
    assert_eq!(stub.ask(&["messages", "content", ID]).ended(0).out, content);
    stub.ask(&["messages", "content", ID, "-o", &file]).ended(0);
    assert_eq!(std::fs::read(&file).unwrap(), content);
    stub.ask(&["messages", "content", ID, "-o", &file]).refused("connection broke", "try again");
    assert_eq!(std::fs::read(&file).unwrap(), content, "what stood there stands");
    let export = folder.file("export.zip");
    stub.ask(&["identity", "export", ID, "--reason", "asked for", "-o", &export]).refused("connection broke", "");
    assert_eq!(folder.names(), ["as-received.zip"]);
    told(stub.ask(&["messages", "content", ID, "-o", &export]), 1, &["It was purged"]);
    assert_eq!(folder.names(), ["as-received.zip"]);
    let got = stub.got();
    assert_eq!(got[3].line, format!("POST /v1/identity/subjects/{ID}/export"));
    assert_eq!(serde_json::from_slice::<Value>(&got[3].body).unwrap(), json!({"reason": "asked for"}));
}

#[test]
fn a_file_is_sent_once_though_the_connection_breaks() {
    let receipt = json!({"id": ID, "route": "lcs-to-health", "state": "received", "bytes": 3_000_000});
    let stub = Stub::new([Canned::Nothing, Canned::json(202, 0, &receipt)]);
    let mut bytes = Vec::new();
    while bytes.len() < 3_000_000 {
        bytes.extend_from_slice(b"CHILD,SEX\r\n1001,1\r\n");
    }
    let file = stub.scratch().write("return.zip", &bytes);
    let ran = stub.ask(&["messages", "send", "lcs-to-health", &file]).ended(0);
    assert!(ran.text().starts_with(&format!("id     {ID}\n")) && ran.talk.contains("once more"), "{}", ran.talk);
    let got = stub.got();
    assert_eq!((got.len(), got[1].line.as_str()), (2, "POST /v1/routes/lcs-to-health/messages"));
    assert_eq!(got[0].headers["idempotency-key"], got[1].headers["idempotency-key"]);
    assert_eq!((got[1].headers["content-type"].as_str(), &got[1].body), ("application/zip", &bytes));
    assert!(ran.talk.contains(&got[1].headers["idempotency-key"]), "the key is told");

    // Broken twice: whoever sends it again needs the key.
    stub.then(Canned::Nothing);
    stub.then(Canned::Nothing);
    let ran =
        stub.ask_with(&["messages", "send", "lcs-to-health", "-", "--idempotency-key", "mine-1"], &bytes).ended(2);
    assert!(ran.out.is_empty() && ran.talk.contains("--idempotency-key mine-1"), "{}", ran.talk);
    let got = stub.got();
    assert_eq!((got.len(), got[3].headers["idempotency-key"].as_str()), (4, "mine-1"));
    assert_eq!(got[3].headers["content-length"], bytes.len().to_string());
}

#[test]
fn sending_says_what_it_was_and_a_dry_run_keeps_nothing() {
    let report = json!({"format": "ssda903-csv", "rows": 3, "errors": 1, "rules": [], "diagnostics": []});
    let mut replayed = match Canned::json(202, 0, &json!({"id": ID})) {
        Canned::Whole(status, headers, body) => (status, headers, body),
        _ => unreachable!(),
    };
    replayed.1.push(("Idempotency-Replayed", "true".to_owned()));
    let stub = Stub::new([
        Canned::json(200, 0, &report),
        Canned::Whole(replayed.0, replayed.1, replayed.2),
        Canned::problem(422, "idempotency-mismatch", "The key was used for something else", "use a new key"),
    ]);
    let file = stub.scratch().write("empty.csv", "");
    let dry = ["messages", "send", "lcs", &file, "--dry-run", "--complete", "--period", "2026", "--authority", "330"];
    let ran = stub.ask(&dry).ended(1);
    assert!(ran.text().starts_with("ssda903-csv: 3 rows") && ran.talk.is_empty(), "{}", ran.talk);
    let got = &stub.got()[0];
    assert_eq!(got.line, "POST /v1/routes/lcs/messages?period=2026&authority=330&complete=true&dry_run=true");
    assert!(!got.headers.contains_key("idempotency-key") && got.headers["content-type"] == "application/octet-stream");
    let again = ["messages", "send", "lcs", &file, "--idempotency-key", "k"];
    assert!(stub.ask(&again).ended(0).talk.contains("taken before"));
    told(stub.ask(&again), 1, &["used for something else"]);
    for (command, what) in [
        (["messages", "send", "../../v1", &file], "name of a route"),
        (["messages", "send", "lcs", "/nowhere/at/all"], "cannot be read"),
        (["messages", "send", "lcs", "/"], "is no file"),
    ] {
        stub.ask(&command).refused(what, "");
    }
    stub.ask(&["messages", "send", "lcs", &file, "--idempotency-key", "two words"]).refused("another form", "ASCII");
    stub.ask(&["messages", "send", "lcs", &file, "--complete"]).refused("--period", "--help");
    assert_eq!(stub.got().len(), 3);
}

#[test]
fn a_childs_identifier_comes_from_standard_input_and_is_told_nowhere() {
    let set = json!({
        "id": ID, "subject": ID, "kind": "location", "state": "in-force", "epoch": 4, "version": 1,
        "holders": [{"recipient": "uhcw", "first": "2026-11-01T09:00:00Z", "last": "2026-11-20T09:00:00Z", "disclosures": 3}],
    });
    let stub = Stub::new([
        Canned::json(201, 1, &set),
        Canned::problem(400, "invalid-request", "The request is malformed", "see errors"),
    ]);
    let restrict = [
        "identity",
        "restrict",
        "--system",
        "nhs-number",
        "--kind",
        "location",
        "--since",
        "2026-11-22",
        "--set-by-role",
        "team manager",
        "--recipients",
        "RKB,RRK",
    ];
    let line = format!("  {NHS_NUMBER}\n");
    let ran = stub.ask_with(&restrict, line.as_bytes()).ended(0);
    assert!(ran.text().contains("holders\n") && ran.text().contains("uhcw"), "{}", ran.text());
    let refused = stub.ask_with(&restrict, line.as_bytes()).ended(1);
    for said in [ran.talk.as_str(), &ran.text(), &refused.talk, &refused.text()] {
        assert!(!said.contains(NHS_NUMBER), "{said}");
    }
    let got = &stub.got()[0];
    assert_eq!(got.line, "POST /v1/identity/restrictions");
    let body: Value = serde_json::from_slice(&got.body).unwrap();
    let wanted = json!({
        "child": {"system": "nhs-number", "value": NHS_NUMBER}, "kind": "location", "since": "2026-11-22",
        "setByRole": "team manager", "recipients": ["RKB", "RRK"],
    });
    assert_eq!(body, wanted);
    assert!(!got.headers.contains_key("if-match"));
    stub.ask_with(&restrict, b" \n").refused("identifier is needed", "standard input");
    stub.ask_with(&restrict, &[b'9'; 4_000]).refused("too long", "one line");
    stub.ask_with(&restrict, b"\xff\xfe\n").refused("no text", "UTF-8");
    // Whoever gives it as an argument is refused without hearing it again.
    let ran = stub.ask(&[restrict.as_slice(), &[NHS_NUMBER]].concat());
    assert!(!ran.talk.contains(NHS_NUMBER), "{}", ran.talk);
    ran.refused("where none belongs", "homeward identity restrict --help");
    let ran = stub.ask(&["identity", "show", NHS_NUMBER]);
    assert!(!ran.talk.contains(NHS_NUMBER), "{}", ran.talk);
    ran.refused("none of ours", "36 characters");
    assert_eq!(stub.got().len(), 2);
}

#[test]
fn reports_rejects_previews_and_holders_are_drawn() {
    let report = json!({
        "format": "ssda903-csv", "rows": 9, "records": 8, "errors": 1, "warnings": 0, "losses": 0,
        "rules": [{"rule": "ssda903/146", "severity": "error", "count": 1, "message": "no code of this year"}],
        "diagnostics": [{"rule": "ssda903/146", "place": {"part": "episodes", "line": 41, "column": 7}, "related": []}],
    });
    let rejects = json!({"rejects": [{"part": "episodes", "line": 41, "byte": 9, "rule": "ssda903/146", "row": "1001,\u{1b}[2J"}]});
    let preview =
        json!({"route": "lcs", "targets": [{"recipient": "uhcw", "approval": "needed", "leftOut": {"adopted": 2}}]});
    let restrictions = json!({"items": [{"id": ID, "kind": "location", "state": "in-force"}], "next": null});
    let stub = Stub::new([
        Canned::json(200, 0, &report),
        Canned::json(200, 0, &rejects),
        Canned::json(200, 0, &rejects),
        Canned::json(200, 99, &preview),
        Canned::json(200, 99, &json!({"route": "lcs", "state": "one-of-two"})),
        Canned::json(200, 0, &restrictions),
        Canned::json(200, 0, &json!({"holders": [{"recipient": "uhcw", "disclosures": 2}]})),
    ]);
    let text = stub.ask(&["messages", "report", ID, "--attempt", "2"]).ended(0).text();
    assert!(text.contains("ssda903/146  episodes  41    7"), "{text}");
    let text = stub.ask(&["messages", "rejects", ID]).ended(0).text();
    assert!(text.contains("1001,\u{fffd}[2J"), "{text}");
    let raw = stub.ask(&["messages", "rejects", ID, "--json"]).ended(0).text();
    assert_eq!(serde_json::from_str::<Value>(&raw).unwrap(), rejects);
    let seen: Value = serde_json::from_str(&stub.ask(&["route", "preview", "lcs", "--json"]).ended(0).text()).unwrap();
    assert_eq!(seen["etag"], "\"99\"");
    let approve = ["route", "approve", "lcs", "--reason", "seen", "--if-match", "\"99\""];
    assert!(stub.ask(&approve).ended(0).text().contains("a second person"));
    assert!(stub.ask(&["identity", "restrictions", "--review-due"]).ended(0).text().contains("in-force"));
    assert!(stub.ask(&["identity", "holders", ID]).ended(0).text().contains("uhcw"));
    let lines = stub.lines();
    assert_eq!(lines[0], format!("GET /v1/messages/{ID}/report?attempt=2"));
    assert_eq!(lines[5], "GET /v1/identity/restrictions?state=review-due");
}

#[test]
fn a_chain_is_verified_by_the_gateway_and_a_broken_one_ends_with_one() {
    let intact = json!({"intact": true, "from": 1, "to": 12, "head": "41ab", "lines": 12});
    let stub = Stub::new([
        Canned::json(200, 0, &intact),
        Canned::json(200, 0, &json!({"intact": false, "seq": 7, "how": "edited"})),
        Canned::json(200, 0, &json!({"whole": "yes"})),
    ]);
    let hash = "ab".repeat(32);
    let line = |seq: u64| format!("{{\"seq\":{seq},\"hash\":\"{hash}\",\"at\":\"2026-11-21T09:00:00.000000Z\"}}\n");
    let anchors = stub.scratch().write("anchors.ndjson", line(3) + &line(11) + &line(40));
    let verify = ["audit", "verify", "--from", "2", "--to", "12", "--anchor-file", &anchors];
    assert_eq!(stub.ask(&verify).ended(0).text(), "intact: 12 lines, 1 to 12, head 41ab\n");
    let body: Value = serde_json::from_slice(&stub.got()[0].body).unwrap();
    assert_eq!(body, json!({"fromSeq": 2, "toSeq": 12, "anchor": {"seq": 11, "hash": hash}}));
    assert_eq!(stub.ask(&["audit", "verify"]).ended(1).text(), "broken at line 7: edited\n");
    assert_eq!(stub.ask(&["audit", "verify"]).ended(2).text(), "broken at line null: null\n");
    let empty = stub.scratch().write("empty.ndjson", "");
    stub.ask(&["audit", "verify", "--anchor-file", &empty]).refused("holds no anchor", "seq");
    run(["audit", "verify", "--store", "/nowhere/at/all"]).refused("no store", "homeward.sqlite");
    let torn = stub.scratch().write("torn.sqlite", "SQLite format 3\0 and no more");
    run(["audit", "verify", "--store", &torn]).refused("cannot be read", "");
}

/// A page of audit events, and the line above the next.
fn events(seqs: &[u64], next: Option<u64>) -> Canned {
    let body: String =
        seqs.iter().map(|seq| format!("{}\n", json!({"resourceType": "AuditEvent", "id": seq}))).collect();
    let mut headers = vec![("Content-Type", "application/fhir+ndjson".to_owned())];
    headers.extend(next.map(|next| ("Link", format!("</v1/audit?before={next}&limit=200>; rel=\"next\""))));
    Canned::Whole(200, headers, body.into_bytes())
}

#[test]
fn a_chain_is_exported_to_its_first_line_or_not_at_all() {
    let too_fast = || {
        let Canned::Whole(status, mut headers, body) =
            Canned::problem(429, "quota-exceeded", "Too many requests", "wait")
        else {
            unreachable!()
        };
        headers.push(("Retry-After", "1".to_owned()));
        Canned::Whole(status, headers, body)
    };
    let stub = Stub::new([events(&[9, 8], Some(8)), too_fast(), events(&[], Some(5)), events(&[4, 1], None)]);
    let folder = Scratch::new();
    let file = folder.file("audit.ndjson");
    let export = ["audit", "export", "--since", "2026-11-01T00:00:00Z", "--until", "2026-12-01T00:00:00Z", "-o", &file];
    let ran = stub.ask(&export).ended(0);
    assert!(ran.out.is_empty() && ran.talk.contains("going on in 1 s") && ran.talk.contains("4 lines"), "{}", ran.talk);
    let whole = std::fs::read_to_string(&file).unwrap();
    let ids: Vec<Value> =
        whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone()).collect();
    assert_eq!(ids, [9, 8, 4, 1]);
    let asked = "GET /v1/audit?since=2026-11-01T00%3A00%3A00Z&until=2026-12-01T00%3A00%3A00Z&limit=200";
    let below = |seq: u64| format!("{asked}&before={seq}");
    assert_eq!(stub.lines(), [asked.to_owned(), below(8), below(8), below(5)]);
    assert!(stub.got().iter().all(|got| got.headers["accept"] == "application/fhir+ndjson"));

    // Without a name it goes to standard output; a chain of which nothing is asked is a file without a line.
    stub.then(events(&[2], None));
    assert_eq!(stub.ask(&["audit", "export"]).ended(0).text().lines().count(), 1);
    stub.then(events(&[], None));
    stub.ask(&["audit", "export", "-o", &folder.file("none.ndjson")]).ended(0);
    assert_eq!(std::fs::read(folder.file("none.ndjson")).unwrap(), b"");

    // Whatever ends it leaves what stood there as it was.
    let page = |body: &str| Canned::Whole(200, vec![("Content-Type", "text/html".to_owned())], body.into());
    for (second, what) in [
        (Canned::Cut(300, b"{\"resourceType\"".to_vec()), "connection broke"),
        (Canned::Nothing, "connection broke"),
        (page("<html>"), "no list"),
        // Neither the same page again, nor one further up, nor one of another kind.
        (events(&[9], Some(8)), "no list"),
        (events(&[9], Some(41)), "no list"),
        (
            Canned::problem(401, "unauthenticated", "Who asks is not known", "sign in"),
            "does not know these credentials",
        ),
    ] {
        stub.then(events(&[9, 8], Some(8)));
        stub.then(second);
        stub.ask(&export).refused(what, "");
        assert_eq!(folder.names(), ["audit.ndjson", "none.ndjson"], "{what}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), whole, "{what}");
    }
    stub.then(events(&[9, 8], Some(8)));
    stub.then(Canned::problem(403, "insufficient-scope", "The scope audit:read is missing", "ask the operator"));
    told(stub.ask(&export), 1, &["audit:read", "help: ask the operator"]);
    let asked = stub.got().len();
    stub.ask(&["audit", "export", "-o", &folder.file("missing/audit.ndjson")])
        .refused("cannot be written", "not found");
    stub.ask(&["audit", "export", "-o", &text(folder.path())]).refused("is a folder", "name a file in it");
    assert_eq!((stub.got().len(), folder.names().len()), (asked, 2), "nothing was asked, and nothing is left");
}

#[test]
fn the_gateway_is_found_by_its_configuration_too() {
    let stub = Stub::new([page(&[], None)]);
    let scratch = stub.scratch();
    scratch.key("ids.key", 7);
    let config = format!("version = 1\nname = \"t\"\npublic_url = \"{}\"\n[ids]\nkey_file = \"ids.key\"\n", stub.url());
    let config = scratch.write("homeward.toml", config);
    let (ca, key) = (scratch.file("authority.pem"), private(scratch, "mine.key", API_KEY));
    let ran =
        run_with(["messages", "list", "--config", &config, "--ca-file", &ca, "--api-key-file", &key], b"").ended(0);
    assert_eq!(ran.text(), "id  route  state  attempt  bytes  received  reason\n");
    run(["messages", "list"]).refused("--gateway is needed", "--config");
}
