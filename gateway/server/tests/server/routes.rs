//! Addresses, methods, ids, headers, query parameters, and the answers of `/v1`.

use std::io::{Read, Write};

use server::config::Limits;

use crate::client::{CHECK, CSV, TRANSLATE, ask, connect, get, post, posted, read};
use crate::house::{config, start};

#[test]
fn documents_are_public_have_a_tag_and_are_not_sent_twice() {
    let house = start(Limits::default());
    for (target, media_type) in [
        ("/v1/formats", "application/json"),
        ("/v1/formats/echo-csv", "application/json"),
        ("/v1/formats/echo-csv/schema?year=2026", "application/schema+json"),
        ("/v1/formats/echo-csv/template", "text/csv"),
        ("/v1/schemas/record", "application/schema+json"),
    ] {
        let answer = get(house.public, target);
        assert_eq!(answer.status, 200, "{target}");
        assert_eq!(answer.header("content-type"), Some(media_type), "{target}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        let tag = answer.header("etag").unwrap();
        for asked in [tag.to_owned(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {asked}\r\n\r\n");
            let again = ask(house.public, request);
            assert_eq!((again.status, again.body.len()), (304, 0), "{target}");
            assert_eq!(again.header("etag"), Some(tag));
        }
        // The answer to HEAD tells the length of a body that does not follow.
        let mut socket = connect(house.public);
        let head = format!("HEAD {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        socket.write_all(head.as_bytes()).unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n"), "{text}");
        assert!(text.contains(&format!("content-length: {}\r\n", answer.body.len())), "{text}");
    }
    let template = get(house.public, "/v1/formats/echo-csv/template");
    assert_eq!(template.header("content-disposition"), Some("attachment; filename=\"echo.csv\""));
}

#[test]
fn without_public_documents_they_need_a_credential_and_none_is_known() {
    let mut config = config(Limits::default());
    config.public_documents = false;
    let house = server::Gateway::start(config, std::sync::Arc::new(crate::house::Echo::default())).unwrap();
    let answer = get(house.public, "/v1/formats");
    answer.assert_problem(401, "unauthenticated");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"homeward\""));
}

#[test]
fn every_answer_has_the_headers_that_keep_browsers_careful() {
    let house = start(Limits::default());
    for answer in [get(house.public, "/v1/formats"), get(house.public, "/none"), post(house.public, CHECK, CSV, b"a")] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("strict-transport-security").is_some());
        let cache = if answer.header("etag").is_some() { "public, max-age=300" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), Some(cache));
    }
}

#[test]
fn unknown_addresses_and_methods_are_told_apart() {
    let house = start(Limits::default());
    for target in ["/", "/v1", "/v1/", "/v1/formats/", "/v2/formats", "/v1/translate/x", "//v1/formats", "/..%2f"] {
        get(house.public, target).assert_problem(404, "not-found");
    }
    let problem = get(house.public, "/v1/formats/echo-cvs").assert_problem(404, "not-found");
    assert!(problem["detail"].as_str().unwrap().contains("echo-csv"));
    for (method, target, allow) in [
        ("POST", "/v1/formats", "GET, HEAD, OPTIONS"),
        ("DELETE", "/v1/formats/echo-csv", "GET, HEAD, OPTIONS"),
        ("GET", "/v1/translate", "POST, OPTIONS"),
        ("HEAD", "/v1/check", "POST, OPTIONS"),
        ("PATCH", "/v1/check", "POST, OPTIONS"),
    ] {
        let request = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        if method == "HEAD" {
            let mut socket = connect(house.public);
            socket.write_all(request.as_bytes()).unwrap();
            let mut start = [0; 12];
            socket.read_exact(&mut start).unwrap();
            assert_eq!(&start, b"HTTP/1.1 405");
            continue;
        }
        let answer = ask(house.public, request);
        answer.assert_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), Some(allow));
    }
    for target in ["/v1/formats", "/none"] {
        let request = format!("BREW {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        ask(house.public, request).assert_problem(501, "not-implemented");
    }
    let options = ask(house.public, "OPTIONS /v1/translate HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!((options.status, options.header("allow")), (204, Some("POST, OPTIONS")));
}

#[test]
fn ids_are_made_mirrored_or_refused() {
    let house = start(Limits::default());
    let with =
        |header: &str| ask(house.public, format!("GET /v1/formats HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n"));
    let made = get(house.public, "/v1/formats");
    assert_eq!(made.header("x-request-id").unwrap().len(), 36);
    assert_ne!(made.header("x-request-id"), get(house.public, "/v1/formats").header("x-request-id"));
    assert_eq!(made.header("x-correlation-id"), None);
    let id = "60E0B220-8136-4ca5-ae46-1d97ef59d068";
    assert_eq!(with(&format!("X-Request-ID: {id}")).header("x-request-id"), Some(id));
    assert_eq!(with("X-Correlation-ID: a.b-c_9").header("x-correlation-id"), Some("a.b-c_9"));
    let long = "x".repeat(129);
    for (header, name) in [
        ("X-Request-ID: ", "X-Request-ID"),
        ("X-Request-ID: 60e0b22081364ca5ae461d97ef59d068", "X-Request-ID"),
        ("X-Request-ID: {60e0b220-8136-4ca5-ae46-1d97ef59d068}", "X-Request-ID"),
        (&format!("X-Request-ID: {id}\r\nX-Request-ID: {id}"), "X-Request-ID"),
        ("X-Request-ID: canary-value", "X-Request-ID"),
        ("X-Correlation-ID: canary value", "X-Correlation-ID"),
        (&format!("X-Correlation-ID: {long}"), "X-Correlation-ID"),
    ] {
        let answer = with(header);
        let problem = answer.assert_problem(400, "invalid-header");
        assert!(problem["detail"].as_str().unwrap().contains(name));
        assert!(!answer.whole().contains("canary"));
    }
    // An id that was taken stays on a refusal that comes later.
    let refused = ask(house.public, format!("GET /none HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: {id}\r\n\r\n"));
    refused.assert_problem(404, "not-found");
    assert_eq!(refused.header("x-request-id"), Some(id));
}

#[test]
fn parameters_are_read_strictly_and_their_values_are_never_told() {
    let house = start(Limits::default());
    for (query, place) in [
        ("canary=1", r#"{"parameterNumber":1}"#),
        ("year=2018&frmo=canary", r#"{"parameterNumber":2}"#),
        ("to=canary", r#"{"parameterNumber":1}"#),
        ("year=canary", r#"{"parameter":"year"}"#),
        ("year=20180", r#"{"parameter":"year"}"#),
        ("year=%D9%A2%D9%A0%D9%A1%D9%A8", r#"{"parameter":"year"}"#),
        ("year=2018&year=2018", r#"{"parameter":"year"}"#),
        ("as_at=2018-3-31canary", r#"{"parameter":"as_at"}"#),
        ("authority=33", r#"{"parameter":"authority"}"#),
        ("authority=+33", r#"{"parameter":"authority"}"#),
        ("from=../canary", r#"{"parameter":"from"}"#),
        ("from=", r#"{"parameter":"from"}"#),
        ("dialect=canary%00", r#"{"parameter":"dialect"}"#),
    ] {
        let answer = post(house.public, &format!("{CHECK}?{query}"), CSV, b"a");
        let problem = answer.assert_problem(400, "invalid-request");
        assert_eq!(problem["errors"][0]["place"], serde_json::from_str::<serde_json::Value>(place).unwrap(), "{query}");
        assert!(!answer.whole().contains("canary"), "{query}");
    }
    for query in
        ["view=health", "to=echo-lines&view=health&errors=canary", "to=echo-lines&view=health&errors_max=10001"]
    {
        let answer = post(house.public, &format!("/v1/translate?{query}"), CSV, b"a");
        answer.assert_problem(400, "invalid-request");
        assert!(!answer.whole().contains("canary"), "{query}");
    }
    get(house.public, "/v1/formats?canary").assert_problem(400, "invalid-request");
    let answer = post(house.public, "/v1/translate?to=canary&view=health", CSV, b"a");
    answer.assert_problem(400, "invalid-request");
    assert!(!answer.whole().contains("canary"));
    // The nearest name is ours, and so may be told.
    let problem = post(house.public, &format!("{CHECK}?frmo=x"), CSV, b"a").assert_problem(400, "invalid-request");
    assert!(problem["detail"].as_str().unwrap().ends_with("nearest: from"));
    assert_eq!(
        post(house.public, &format!("{CHECK}?year=current&as_at=2018-03-31&authority=330"), CSV, b"a").status,
        200
    );
}

#[test]
fn a_check_answers_with_its_report_in_the_form_that_is_welcome() {
    let house = start(Limits::default());
    let json = post(house.public, CHECK, CSV, b"abc");
    assert_eq!((json.status, json.text().as_str()), (200, r#"{"parts":1,"bytes":3}"#));
    assert_eq!(json.header("content-type"), Some("application/json"));
    assert_eq!(json.header("homeward-report"), Some("errors=0, warnings=3, losses=12"));
    assert_eq!(json.header("homeward-format"), Some("echo-csv"));
    let csv = post(house.public, CHECK, &format!("{CSV}Accept: text/csv\r\n"), b"abc");
    assert_eq!((csv.status, csv.header("content-type")), (200, Some("text/csv")));
    let none = post(house.public, CHECK, &format!("{CSV}Accept: text/html\r\n"), b"abc");
    let problem = none.assert_problem(406, "not-acceptable");
    assert_eq!(problem["available"], serde_json::json!(["application/json", "text/csv"]));
}

#[test]
fn a_translation_gives_its_output_its_parts_or_output_and_report() {
    let house = start(Limits::default());
    let one = post(house.public, TRANSLATE, CSV, b"abc");
    assert_eq!((one.status, one.text().as_str()), (200, "abc"));
    assert_eq!(one.header("content-type"), Some("text/plain"));
    assert_eq!(one.header("content-disposition"), Some("attachment; filename=\"echo.txt\""));
    assert_eq!(one.header("cache-control"), Some("no-store"));

    let mixed = post(house.public, TRANSLATE, &format!("{CSV}Accept: multipart/mixed\r\n"), b"abc");
    let boundary = mixed.header("content-type").unwrap().split_once("boundary=").unwrap().1.to_owned();
    let pieces: Vec<String> = mixed.text().split(&format!("--{boundary}")).map(str::to_owned).collect();
    assert_eq!(pieces.len(), 4);
    assert!(pieces[1].ends_with("\r\n\r\nabc\r\n") && pieces[2].ends_with("\r\n\r\n{\"rules\":[]}\r\n"));
    assert_eq!(pieces[3], "--\r\n");

    let body = "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"two.csv\"\r\n\r\nsecond\r\n\
                --x\r\nContent-Disposition: form-data; name=\"b\"; filename=\"one.csv\"\r\n\r\nfirst\r\n--x--\r\n";
    let target = "/v1/translate?to=echo-parts&view=health";
    let parts = post(house.public, target, "Content-Type: multipart/form-data; boundary=x\r\n", body.as_bytes());
    assert_eq!(parts.header("content-type"), Some("application/zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(parts.body)).unwrap();
    for (index, (name, content)) in [("one.csv", "first"), ("two.csv", "second")].into_iter().enumerate() {
        let mut member = archive.by_index(index).unwrap();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        assert_eq!((member.name(), text.as_str()), (name, content));
    }
}

#[test]
fn a_translation_that_cannot_be_made_says_why() {
    let house = start(Limits::default());
    post(house.public, "/v1/translate?to=echo-lines", CSV, b"a").assert_problem(400, "view-required");
    let wide = "/v1/translate?to=echo-lines&view=everything";
    post(house.public, wide, CSV, b"a").assert_problem(403, "view-withholds");
    let problem = post(house.public, TRANSLATE, CSV, b"error in it").assert_problem(422, "document-has-errors");
    assert_eq!(problem["report"], serde_json::json!({ "rules": [] }));
    let skipped = post(house.public, &format!("{TRANSLATE}&errors=skip"), CSV, b"error in it");
    assert_eq!(skipped.header("homeward-report"), Some("errors=1, warnings=3, losses=12"));
    let problem = post(house.public, TRANSLATE, "Content-Type: text/html\r\n", b"a");
    let problem = problem.assert_problem(415, "unsupported-media-type");
    assert!(problem["accepted"].as_array().unwrap().contains(&serde_json::json!("text/csv")));
    post(house.public, TRANSLATE, "", b"a").assert_problem(415, "unsupported-media-type");
    let coded = post(house.public, TRANSLATE, &format!("{CSV}Content-Encoding: br\r\n"), b"a");
    coded.assert_problem(415, "unsupported-media-type");
    assert_eq!(coded.header("accept-encoding"), Some("gzip"));
    // A panic ends the request; the connection goes on.
    let mut socket = connect(house.public);
    socket.write_all(&posted(CHECK, CSV, b"panic")).unwrap();
    let answer = read(&mut socket).unwrap();
    answer.assert_problem(500, "internal");
    assert!(!answer.whole().contains("asked to"));
    socket.write_all(&posted(CHECK, CSV, b"fine")).unwrap();
    assert_eq!(read(&mut socket).unwrap().status, 200);
}

#[test]
fn a_refused_body_is_never_asked_for() {
    let house = start(Limits { translate_bytes_max: 10, ..Limits::default() });
    for (headers, length, status) in [
        ("Content-Type: text/html\r\n", 5, 415),
        (CSV, 11, 413),
        ("Content-Type: text/csv\r\nAccept: text/html\r\n", 5, 406),
    ] {
        let request = format!(
            "POST {CHECK} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n{headers}\r\n"
        );
        assert_eq!(ask(house.public, request).status, status);
    }
    let mut socket = connect(house.public);
    let request =
        format!("POST {CHECK} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n{CSV}\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    assert_eq!(read(&mut socket).unwrap().status, 100);
    socket.write_all(b"12345").unwrap();
    assert_eq!(read(&mut socket).unwrap().status, 200);
}
