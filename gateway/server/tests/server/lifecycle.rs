//! Start, work at its limits, readiness, and the orderly end.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use server::config::Limits;
use server::{Gateway, StartFault};

use crate::client::{CHECK, CSV, connect, get, post, posted, read};
use crate::house::{Echo, config, eventually, start, start_with};

#[test]
fn an_address_outside_loopback_is_refused_with_the_reason() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8443"] {
        let mut public = config(Limits::default());
        public.public.address = address.parse().unwrap();
        let fault = Gateway::start(public, Arc::new(Echo::default())).unwrap_err();
        assert!(matches!(fault, StartFault::PublicWithoutPartner { .. }));
        assert!(fault.to_string().contains("there is no partner"), "{fault}");
        let mut admin = config(Limits::default());
        admin.admin_address = address.parse().unwrap();
        let fault = Gateway::start(admin, Arc::new(Echo::default())).unwrap_err();
        assert!(matches!(fault, StartFault::AdminPublic { .. }));
    }
}

#[test]
fn a_taken_port_is_told() {
    let house = start(Limits::default());
    let mut second = config(Limits::default());
    second.public.address = house.public;
    let fault = Gateway::start(second, Arc::new(Echo::default())).unwrap_err();
    assert!(matches!(fault, StartFault::Listen { address, .. } if address == house.public), "{fault}");
}

#[test]
fn the_admin_listener_tells_health_readiness_and_counts() {
    let house = start(Limits::default());
    assert_eq!(get(house.admin, "/healthz").text(), "ok\n");
    let ready = get(house.admin, "/readyz");
    assert_eq!((ready.status, &ready.json()["ready"]), (200, &serde_json::json!(true)));
    assert_eq!(get(house.admin, "/v1/formats").status, 404);
    assert_eq!(get(house.public, "/metrics").status, 404);
    assert_eq!(get(house.public, "/healthz").status, 404);
    post(house.public, CHECK, CSV, b"abc");
    get(house.public, "/v1/formats/canary");
    get(house.public, "/canary");
    let metrics = get(house.admin, "/metrics");
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4"));
    let text = metrics.text();
    for line in [
        "homeward_requests_total{route=\"/v1/check\",status=\"2xx\"} 1\n",
        "homeward_requests_total{route=\"/v1/formats/{format}\",status=\"4xx\"} 1\n",
        "homeward_requests_total{route=\"none\",status=\"4xx\"} 3\n",
        "homeward_request_seconds_count{route=\"/v1/check\"} 1\n",
        "homeward_rule_total{format=\"echo-csv\",rule=\"echo/rule\"} 0\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("canary"));
}

#[test]
fn when_all_workers_are_taken_the_next_is_told_to_come_again() {
    let work = Arc::new(Echo::default());
    let house = start_with(Limits { translate_concurrency_max: 1, ..Limits::default() }, &work);
    let mut first = connect(house.public);
    first.write_all(&posted(CHECK, CSV, b"wait")).unwrap();
    eventually("the first is at work", || work.waiting.load(SeqCst));
    let busy = post(house.public, CHECK, CSV, b"a");
    busy.assert_problem(503, "unavailable");
    assert!(busy.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    // Everything that needs no worker goes on.
    assert_eq!(get(house.public, "/v1/formats").status, 200);
    work.released.store(true, SeqCst);
    assert_eq!(read(&mut first).unwrap().status, 200);
    assert_eq!(post(house.public, CHECK, CSV, b"a").status, 200);
}

#[test]
fn when_all_places_are_taken_the_body_is_not_asked_for() {
    let work = Arc::new(Echo::default());
    let house = start_with(Limits { translate_waiting_max: 1, ..Limits::default() }, &work);
    let mut first = connect(house.public);
    first.write_all(&posted(CHECK, CSV, b"wait")).unwrap();
    eventually("the first is at work", || work.waiting.load(SeqCst));
    let mut second = connect(house.public);
    let head = format!("POST {CHECK} HTTP/1.1\r\nHost: l\r\nExpect: 100-continue\r\nContent-Length: 5\r\n{CSV}\r\n");
    second.write_all(head.as_bytes()).unwrap();
    read(&mut second).unwrap().assert_problem(503, "unavailable");
    work.released.store(true, SeqCst);
    assert_eq!(read(&mut first).unwrap().status, 200);
}

#[test]
fn work_ends_when_its_time_is_used_up() {
    let work = Arc::new(Echo::default());
    let house = start_with(Limits { translate_seconds_max: 1, ..Limits::default() }, &work);
    post(house.public, CHECK, CSV, b"wait").assert_problem(504, "timeout");
    eventually("the work is told to stop", || work.stopped.load(SeqCst));
}

#[test]
fn work_ends_when_its_caller_goes_away() {
    let work = Arc::new(Echo::default());
    let house = start_with(Limits::default(), &work);
    let mut socket = connect(house.public);
    socket.write_all(&posted(CHECK, CSV, b"wait")).unwrap();
    eventually("it is at work", || work.waiting.load(SeqCst));
    drop(socket);
    eventually("the work is told to stop", || work.stopped.load(SeqCst));
}

#[test]
fn a_drain_finishes_what_runs_and_takes_nothing_new() {
    let work = Arc::new(Echo::default());
    let house = start_with(Limits::default(), &work);
    let (public, admin) = (house.public, house.admin);
    let mut idle = connect(public);
    idle.write_all(b"GET /v1/formats HTTP/1.1\r\nHost: l\r\n\r\n").unwrap();
    assert_eq!(read(&mut idle).unwrap().status, 200);
    let mut running = connect(public);
    running.write_all(&posted(CHECK, CSV, b"wait")).unwrap();
    eventually("it is at work", || work.waiting.load(SeqCst));

    house.begin_drain();
    let draining = std::thread::spawn(move || house.drain());
    eventually("not ready", || get(admin, "/readyz").status == 503);
    assert!(crate::client::is_ended(&mut idle));
    eventually("no new connection is taken", || TcpStream::connect(public).is_err());
    assert!(!draining.is_finished());
    work.released.store(true, SeqCst);
    let answer = read(&mut running).unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    draining.join().unwrap();
    assert!(TcpStream::connect(admin).is_err());
}

#[test]
fn a_drain_ends_what_does_not_finish() {
    let work = Arc::new(Echo::default());
    let house = start_with(Limits { drain_seconds_max: 1, ..Limits::default() }, &work);
    let mut running = connect(house.public);
    running.write_all(&posted(CHECK, CSV, b"wait")).unwrap();
    eventually("it is at work", || work.waiting.load(SeqCst));
    house.drain();
    assert!(read(&mut running).is_err());
    eventually("the work is told to stop", || work.stopped.load(SeqCst));
}
