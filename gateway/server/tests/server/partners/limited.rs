//! How much a partner may ask: requests, bytes, and what it is told.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::client::{CHECK, CSV, ask, chunked, post};

use super::support::{Setup, get, key, partner};

fn limits(requests: u32, bytes: u32) -> String {
    format!("[partner.limits]\nrequests_per_minute = 1\nrequests_burst = {requests}\nbytes_per_minute = {bytes}\n")
}

#[test]
fn every_answer_tells_what_is_left_and_a_refusal_when_to_come_again() {
    let setup = Setup::new();
    let ((one, one_lines), (two, two_lines)) = (key(), key());
    let translate = "\"translate\"";
    let partners = partner("one", translate, &(one_lines + &limits(3, 60_000)))
        + &partner("two", translate, &(two_lines + &limits(3, 60_000)));
    let house = setup.start(None, &partners);
    let shown = format!("X-API-Key: {one}\r\n");
    let policy = "\"requests\";q=3;w=180, \"bytes\";q=60000;qu=\"content-bytes\";w=60";
    let answer = post(house.public, CHECK, &format!("{CSV}{shown}"), &[b'a'; 20_000]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("ratelimit-policy"), Some(policy));
    let left = answer.header("ratelimit").unwrap();
    assert!(left.starts_with("\"requests\";r=2;t=") && left.contains("\"bytes\";r=4"), "{left}");
    // Refusals by the route cost a request as well.
    let refused = post(house.public, CHECK, &format!("Content-Type: text/html\r\n{shown}"), b"a");
    assert_eq!(refused.status, 415);
    assert!(refused.header("ratelimit").unwrap().starts_with("\"requests\";r=1;"));
    assert_eq!(get(&house, "/v1/formats", &shown).status, 200);
    let over = get(&house, "/v1/formats", &shown);
    let problem = over.assert_problem(429, "quota-exceeded");
    assert_eq!(problem["violated-policies"], serde_json::json!(["requests"]));
    let wait = over.header("retry-after").unwrap();
    assert!((1..=60).contains(&wait.parse::<u64>().unwrap()));
    assert!(over.header("ratelimit").unwrap().starts_with(&format!("\"requests\";r=0;t={wait}, ")));
    // Looking costs nothing and is never refused.
    for _ in 0..5 {
        let told = get(&house, "/v1/me/limits", &shown).json();
        assert_eq!((&told["policies"][0]["name"], &told["policies"][0]["remaining"]), (&"requests".into(), &0.into()));
        assert_eq!(
            (&told["policies"][1]["unit"], &told["documentBytesMax"]),
            (&"content-bytes".into(), &16_777_216.into())
        );
    }
    // Another partner has its own.
    assert_eq!(get(&house, "/v1/formats", &format!("X-API-Key: {two}\r\n")).status, 200);
}

#[test]
fn bytes_are_paid_for_whether_their_number_is_told_or_not() {
    let setup = Setup::new();
    let (key, lines) = key();
    let house = setup.start(None, &partner("one", "\"translate\"", &(lines + &limits(100, 60_000))));
    let headers = format!("{CSV}X-API-Key: {key}\r\n");
    post(house.public, CHECK, &headers, &vec![b'a'; 60_001]).assert_problem(413, "cost-exceeds-quota");
    assert_eq!(ask(house.public, chunked(CHECK, &headers, &[b'a'; 30_000], 7_000)).status, 200);
    // The length is not told: it is refused when the quota is used up.
    let over = ask(house.public, chunked(CHECK, &headers, &[b'a'; 50_000], 7_000));
    let problem = over.assert_problem(429, "quota-exceeded");
    assert_eq!(problem["violated-policies"], serde_json::json!(["bytes"]));
    assert!(over.header("retry-after").is_some());
    let over = post(house.public, CHECK, &headers, &vec![b'a'; 59_000]);
    over.assert_problem(429, "quota-exceeded");
}

#[test]
fn over_many_connections_never_more_pass_than_the_quota() {
    const BURST: u32 = 40;
    let setup = Setup::new();
    let (key, lines) = key();
    let house = setup.start(None, &partner("one", "", &(lines + &limits(BURST, 60_000))));
    let shown = format!("X-API-Key: {key}\r\n");
    let passed = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..15 {
                    match get(&house, "/v1/me", &shown).status {
                        200 => passed.fetch_add(1, Ordering::Relaxed),
                        status => {
                            assert_eq!(status, 429);
                            0
                        }
                    };
                }
            });
        }
    });
    // One more may have come back while the test ran.
    assert!((BURST..=BURST + 1).contains(&passed.into_inner()));
}

#[test]
fn who_shows_nothing_is_limited_by_address_and_a_partner_is_not() {
    let mut setup = Setup::new();
    setup.address_requests = 2;
    let (key, lines) = key();
    let house = setup.start(None, &partner("one", "", &lines));
    assert_eq!(get(&house, "/v1/formats", "").status, 200);
    // Asked before who it is: 401 costs the address as well.
    assert_eq!(get(&house, "/v1/me", "").status, 401);
    let over = get(&house, "/v1/me", "");
    over.assert_problem(429, "quota-exceeded");
    assert_eq!((over.header("ratelimit"), over.json().get("violated-policies")), (None, None));
    for _ in 0..5 {
        assert_eq!(get(&house, "/v1/me", &format!("X-API-Key: {key}\r\n")).status, 200);
    }
}
