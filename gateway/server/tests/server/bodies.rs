//! Bodies at their limits, packed, in parts, slow, cut short and hostile.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use server::config::Limits;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::client::{CHECK, CSV, TRANSLATE, ask, chunked, connect, is_ended, post, read};
use crate::house::start;

const ZIP: &str = "Content-Type: application/zip\r\n";
const FORM: &str = "Content-Type: multipart/form-data; boundary=x\r\n";

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 31 % 251) as u8).collect()
}

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    body
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
    const MAX: usize = 300_000;
    let house = start(Limits {
        translate_bytes_max: MAX as u64,
        spool_bytes_min: 1_000,
        inflate_ratio_max: 10_000,
        ..Limits::default()
    });
    for length in [MAX - 1, MAX] {
        let body = pattern(length);
        assert_eq!(post(house.public, TRANSLATE, CSV, &body).body, body);
        assert_eq!(ask(house.public, chunked(TRANSLATE, CSV, &body, 8_191)).body, body);
        let packed = format!("{CSV}Content-Encoding: gzip\r\n");
        assert_eq!(post(house.public, TRANSLATE, &packed, &gzip(&body)).body, body);
    }
    let body = pattern(MAX + 1);
    for answer in [
        post(house.public, TRANSLATE, CSV, &body),
        ask(house.public, chunked(TRANSLATE, CSV, &body, 8_191)),
        post(house.public, TRANSLATE, &format!("{CSV}Content-Encoding: gzip\r\n"), &gzip(&body)),
        post(house.public, TRANSLATE, ZIP, &archive(&[("a.csv", &body[..MAX]), ("b.csv", b"x")])),
        ask(house.public, chunked(TRANSLATE, FORM, &form(&[("a.csv", &body)]), 8_191)),
    ] {
        let problem = answer.assert_problem(413, "too-large");
        assert_eq!(problem["limit"], "translate_bytes_max");
    }
    assert_eq!(post(house.public, CHECK, ZIP, &archive(&[("a.csv", &body[..MAX - 1]), ("b.csv", b"x")])).status, 200);
}

#[test]
fn on_both_sides_of_the_spool_what_goes_in_comes_out() {
    const MIN: usize = 100_000;
    let house = start(Limits { spool_bytes_min: MIN as u64, ..Limits::default() });
    for length in [0, 1, MIN - 1, MIN, MIN + 1, 5 * MIN] {
        let body = pattern(length);
        let answer = post(house.public, TRANSLATE, CSV, &body);
        assert_eq!(answer.status, 200);
        assert!(answer.body == body, "{length}");
    }
}

#[test]
fn an_output_above_its_limit_is_refused_whole() {
    let house = start(Limits { translate_output_bytes_max: 1_000, ..Limits::default() });
    assert_eq!(post(house.public, TRANSLATE, CSV, &pattern(1_000)).status, 200);
    let problem = post(house.public, TRANSLATE, CSV, &pattern(1_001)).assert_problem(413, "too-large");
    assert_eq!(problem["limit"], "translate_output_bytes_max");
}

#[test]
fn a_refusal_reaches_a_caller_that_is_still_sending() {
    let house = start(Limits { translate_bytes_max: 1_000, ..Limits::default() });
    // More than the buffers of both sides hold: without lingering, the reset would overtake the answer.
    let body = pattern(8 * 1024 * 1024);
    for _ in 0..5 {
        ask(house.public, chunked(CHECK, CSV, &body, 60_000)).assert_problem(413, "too-large");
        let answer = post(house.public, CHECK, CSV, &body);
        answer.assert_problem(413, "too-large");
        assert_eq!(answer.header("connection"), Some("close"));
    }
}

#[test]
fn bodies_of_several_files_are_taken_apart() {
    let house = start(Limits { spool_bytes_min: 10, ..Limits::default() });
    let (a, b) = (pattern(70_000), pattern(3));
    let members: [(&str, &[u8]); 2] = [("folder/a.csv", &a), ("b.csv", &b)];
    let expected = [&a[..35_000], &b[..1], &a[35_000..], &b[1..]].concat();
    assert!(post(house.public, TRANSLATE, ZIP, &archive(&members)).body == expected);
    assert!(post(house.public, TRANSLATE, FORM, &form(&members)).body == expected);
    // Byte by byte, as a hostile sender would to make the reader look again and again.
    assert!(ask(house.public, chunked(TRANSLATE, FORM, &form(&members), 1)).body == expected);
    let packed = gzip(&form(&members));
    assert!(post(house.public, TRANSLATE, &format!("{FORM}Content-Encoding: gzip\r\n"), &packed).body == expected);
}

#[test]
fn bombs_are_stopped_before_they_grow() {
    let house = start(Limits { zip_members_max: 10, ..Limits::default() });
    let zeros = vec![0; 12 * 1024 * 1024];
    let problem = post(house.public, CHECK, ZIP, &archive(&[("a.csv", &zeros)])).assert_problem(413, "too-large");
    assert_eq!(problem["limit"], "inflate_ratio_max");
    let packed = format!("{CSV}Content-Encoding: gzip\r\n");
    let problem = post(house.public, CHECK, &packed, &gzip(&zeros)).assert_problem(413, "too-large");
    assert_eq!(problem["limit"], "inflate_ratio_max");

    let names: Vec<String> = (0..11).map(|n| format!("{n}.csv")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    for answer in [post(house.public, CHECK, ZIP, &archive(&members)), post(house.public, CHECK, FORM, &form(&members))]
    {
        assert_eq!(answer.assert_problem(413, "too-large")["limit"], "zip_members_max");
    }
    assert_eq!(post(house.public, CHECK, ZIP, &archive(&members[..10])).status, 200);
    assert_eq!(post(house.public, CHECK, FORM, &form(&members[..10])).status, 200);
}

#[test]
fn a_body_cut_or_changed_anywhere_is_refused_and_nothing_breaks() {
    let house = start(Limits::default());
    let name = "canary.csv";
    let zipped = archive(&[(name, b"the first file, with some words"), ("b.csv", b"the second")]);
    let formed = form(&[(name, b"the first file"), ("b.csv", b"the second")]);
    for end in 0..zipped.len() {
        let answer = post(house.public, CHECK, ZIP, &zipped[..end]);
        answer.assert_problem(400, "invalid-request");
        assert!(!answer.whole().contains("canary"));
    }
    // All but the last line break is needed: the end of the last boundary ends the form.
    for end in 0..formed.len() - 4 {
        let answer = post(house.public, CHECK, FORM, &formed[..end]);
        answer.assert_problem(400, "invalid-request");
        assert!(!answer.whole().contains("canary"));
    }
    for place in 0..zipped.len() {
        let mut changed = zipped.clone();
        changed[place] ^= 0x55;
        let answer = post(house.public, CHECK, ZIP, &changed);
        assert!([200, 400, 413].contains(&answer.status), "{place}: {}", answer.whole());
        assert!(!answer.whole().contains("canary"));
    }
}

#[test]
fn a_body_that_stops_is_refused_and_its_connection_ended() {
    let house = start(Limits { body_idle_seconds_max: 1, ..Limits::default() });
    for headers in [CSV, FORM, ZIP] {
        let mut socket = connect(house.public);
        let head = format!("POST {CHECK} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n{headers}\r\n--x");
        socket.write_all(head.as_bytes()).unwrap();
        let answer = read(&mut socket).unwrap();
        answer.assert_problem(408, "request-timeout");
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(is_ended(&mut socket));
    }
}
