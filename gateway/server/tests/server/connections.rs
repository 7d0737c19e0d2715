//! Connections: too many, too slow, silent, hostile; and the limit by address.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::time::Duration;

use server::Gateway;
use server::config::{AddressLimits, Limits};

use crate::client::{CHECK, CSV, TRANSLATE, ask, connect, get, is_ended, posted, read};
use crate::house::{Echo, config, eventually, start};

const GET: &[u8] = b"GET /v1/formats HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn open(house: &server::Running) -> u64 {
    let metrics = get(house.admin, "/metrics").text();
    let line = metrics.lines().find(|line| line.starts_with("homeward_connections_open ")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_header_that_does_not_end_ends_its_connection() {
    let house = start(Limits { header_seconds_max: 1, ..Limits::default() });
    for begun in ["", "G", "GET /v1/formats HTTP/1.1\r\nHost: loc"] {
        let mut socket = connect(house.public);
        socket.write_all(begun.as_bytes()).unwrap();
        assert!(is_ended(&mut socket), "{begun}");
    }
    // The second header of a connection as well.
    let mut socket = connect(house.public);
    socket.write_all(GET).unwrap();
    assert_eq!(read(&mut socket).unwrap().status, 200);
    socket.write_all(b"GET ").unwrap();
    assert!(is_ended(&mut socket));
}

#[test]
fn a_header_fed_byte_by_byte_gains_no_time() {
    let house = start(Limits { header_seconds_max: 1, ..Limits::default() });
    let mut socket = connect(house.public);
    socket.write_all(b"GET /v1/formats HTTP/1.1\r\n").unwrap();
    eventually("the connection ends while bytes still come", || {
        std::thread::sleep(Duration::from_millis(100));
        socket.write_all(b"A: a\r\n").is_err()
    });
}

#[test]
fn a_connection_may_rest_longer_than_a_header_may_take_but_not_for_ever() {
    let house = start(Limits { header_seconds_max: 1, ..Limits::default() });
    let mut socket = connect(house.public);
    for _ in 0..2 {
        socket.write_all(GET).unwrap();
        assert_eq!(read(&mut socket).unwrap().status, 200);
        std::thread::sleep(Duration::from_millis(1_500));
    }
    let house = start(Limits { keep_alive_seconds_max: 1, ..Limits::default() });
    let mut socket = connect(house.public);
    socket.write_all(GET).unwrap();
    assert_eq!(read(&mut socket).unwrap().status, 200);
    assert!(is_ended(&mut socket));
}

#[test]
fn a_peer_that_reads_nothing_loses_its_connection() {
    let limits = Limits { answer_idle_seconds_max: 1, translate_bytes_max: 64 << 20, ..Limits::default() };
    let house = start(limits);
    let mut socket = connect(house.public);
    // Far more than the buffers of the system hold.
    socket.write_all(&posted(TRANSLATE, CSV, &vec![b'x'; 48 << 20])).unwrap();
    let mut first = [0; 1];
    socket.read_exact(&mut first).unwrap();
    assert_eq!(open(&house), 1);
    eventually("the connection of a peer that reads nothing ends", || open(&house) == 0);
    assert!(socket.read_to_end(&mut Vec::new()).is_err(), "the rest was never sent");
}

#[test]
fn headers_above_their_limits_are_refused_in_our_words() {
    let house = start(Limits::default());
    let fields = |count: usize| (0..count).map(|n| format!("x-{n}: y\r\n")).collect::<String>();
    let with = |headers: String| ask(house.public, format!("GET /v1/formats HTTP/1.1\r\nHost: l\r\n{headers}\r\n"));
    assert_eq!(with(fields(99)).status, 200);
    with(fields(100)).assert_problem(431, "header-too-large");
    let long = |length: usize| format!("x: {}\r\n", "y".repeat(length));
    // `host`, `l` and `x` count as well.
    assert_eq!(with(long(32_768 - 6)).status, 200);
    with(long(32_768 - 5)).assert_problem(431, "header-too-large");
    let address = |length: usize| {
        let target = format!("/v1/formats?{}", "y".repeat(length - 12));
        get(house.public, &target)
    };
    address(8_192).assert_problem(400, "invalid-request");
    address(8_193).assert_problem(414, "header-too-large");
    // Far above, hyper refuses by itself.
    assert_eq!(with(fields(1_000)).status, 431);
    assert_eq!(with(long(1 << 20)).status, 431);
}

#[test]
fn one_address_has_only_so_many_connections() {
    let house = start(Limits { connections_per_address_max: 2, ..Limits::default() });
    let mut held: Vec<_> = (0..2).map(|_| connect(house.public)).collect();
    for socket in &mut held {
        socket.write_all(GET).unwrap();
        assert_eq!(read(socket).unwrap().status, 200);
    }
    assert!(is_ended(&mut connect(house.public)));
    drop(held.pop());
    eventually("a place comes free", || {
        let mut socket = connect(house.public);
        socket.write_all(GET).is_ok() && read(&mut socket).is_ok_and(|answer| answer.status == 200)
    });
    assert!(get(house.admin, "/metrics").text().contains("homeward_connections_refused_total "));
}

#[test]
fn above_all_connections_the_next_one_waits_for_a_place() {
    let house = start(Limits { connections_max: 1, ..Limits::default() });
    let mut first = connect(house.public);
    first.write_all(GET).unwrap();
    assert_eq!(read(&mut first).unwrap().status, 200);
    let mut second = connect(house.public);
    second.write_all(GET).unwrap();
    second.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(read(&mut second).is_err(), "no place is free");
    second.set_read_timeout(Some(crate::house::PATIENCE)).unwrap();
    drop(first);
    assert_eq!(read(&mut second).unwrap().status, 200);
}

#[test]
fn too_many_requests_are_told_when_to_come_again() {
    let mut config = config(Limits::default());
    config.address_limits = AddressLimits { requests_per_minute: 2, ..AddressLimits::default() };
    let house = Gateway::start(config, Arc::new(Echo::default())).unwrap();
    // What has no route costs nothing.
    for _ in 0..5 {
        assert_eq!(get(house.public, "/none").status, 404);
        assert_eq!(ask(house.public, "PUT /v1/check HTTP/1.1\r\nHost: l\r\nContent-Length: 0\r\n\r\n").status, 405);
    }
    assert_eq!(get(house.public, "/v1/formats").status, 200);
    assert_eq!(get(house.public, "/v1/formats").status, 200);
    let answer = get(house.public, "/v1/formats");
    answer.assert_problem(429, "quota-exceeded");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(answer.header("ratelimit"), None);
    // Before the body is asked for, and before its type is judged.
    let refused = "POST /v1/check HTTP/1.1\r\nHost: l\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(ask(house.public, refused).status, 429);
    // Nobody is let through for naming another address.
    let forwarded =
        "GET /v1/formats HTTP/1.1\r\nHost: l\r\nX-Forwarded-For: 192.0.2.9\r\nForwarded: for=192.0.2.9\r\n\r\n";
    assert_eq!(ask(house.public, forwarded).status, 429);
    assert!(get(house.admin, "/metrics").text().contains("homeward_limited_total 3\n"));
}

#[test]
fn garbage_ends_its_own_connection_only() {
    let house = start(Limits::default());
    let garbage: [&[u8]; 9] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\nHost: l\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST /v1/check HTTP/1.1\r\nHost: l\r\nTransfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ];
    for bytes in garbage {
        let mut socket = connect(house.public);
        socket.write_all(bytes).unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        let mut text = Vec::new();
        let _ = socket.read_to_end(&mut text);
        let text = String::from_utf8_lossy(&text);
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 4") || text.starts_with("HTTP/1.0 4"), "{text}");
        assert_eq!(get(house.public, "/v1/formats").status, 200);
    }
}

#[test]
fn requests_sent_ahead_are_answered_in_order_up_to_the_garbage_after_them() {
    let house = start(Limits::default());
    let mut socket = connect(house.public);
    let ahead =
        [GET, &posted(CHECK, CSV, b"abc"), b"GET /none HTTP/1.1\r\nHost: l\r\n\r\n", b"\x01\x02garbage\r\n\r\n"];
    socket.write_all(&ahead.concat()).unwrap();
    let statuses: Vec<u16> = (0..4).map(|_| read(&mut socket).unwrap().status).collect();
    assert_eq!(statuses, [200, 200, 404, 400]);
    assert!(is_ended(&mut socket));
}

#[test]
fn a_body_longer_than_its_length_is_not_taken_for_one() {
    let house = start(Limits::default());
    let mut socket = connect(house.public);
    // What follows the three announced bytes is another request, and no valid one.
    socket.write_all(&[&posted(CHECK, CSV, b"abc")[..], b"def\r\n\r\n"].concat()).unwrap();
    assert_eq!(read(&mut socket).unwrap().text(), r#"{"parts":1,"bytes":3}"#);
    assert_eq!(read(&mut socket).unwrap().status, 400);
}

#[test]
fn a_peer_that_goes_away_leaves_nothing_behind() {
    let house = start(Limits::default());
    for bytes in [&GET[..10], &posted(CHECK, CSV, &[b'x'; 100])[..120], b""] {
        let mut socket = connect(house.public);
        socket.write_all(bytes).unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        // A half-closed peer gets no answer to half a request, and no connection is kept for it.
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest);
        drop(socket);
        eventually("the connection ends", || open(&house) == 0);
    }
}
