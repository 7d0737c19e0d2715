//! Translate and check over the wire: the same answers as the program gives, and problems that say what to do.

#![cfg(unix)]

use std::{
    collections::BTreeSet,
    fs,
    io::{Cursor, Read},
    path::Path,
};

use flate2::read::GzDecoder;
use serde_json::Value;
use zip::ZipArchive;

use crate::{
    client::Answer,
    gateway::{Gateway, id_key},
    output::zipped,
    program::{authority, names, run, text},
};

const QUESTION: &str = "from=ssda903-csv&year=2026&authority=330";
pub(crate) const TRANSLATE: &str = "/v1/translate?from=ssda903-csv&to=fhir-ndjson&view=health&year=2026&authority=330";

/// The files of a folder as a form, one part a file with its name.
pub(crate) fn form(folder: &Path) -> Vec<u8> {
    let mut body = Vec::new();
    for name in names(folder).into_iter().filter(|name| name != "faults.csv") {
        let head = format!(
            "--journeys\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&fs::read(folder.join(name)).unwrap());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--journeys--\r\n");
    body
}

pub(crate) const FORM: &str = "multipart/form-data; boundary=journeys";
pub(crate) const ZIP: &str = "application/zip";

/// What the program writes of it under the gateway's key.
fn by_command_line(inputs: &[&str], status: i32) -> Vec<u8> {
    let head = ["translate", "--from", "ssda903-csv", "--to", "fhir-ndjson", "--view", "health", "--year", "2026"];
    let rest = ["--authority", "330", "-q", "--id-key-file", &id_key()];
    run(head.iter().chain(&rest).chain(inputs).copied()).ended(status).out
}

#[test]
fn a_document_gives_the_same_bytes_over_the_wire_and_by_command_line() {
    let gateway = Gateway::start("a_document_gives_the_same_bytes_over_the_wire_and_by_command_line.toml", "");
    let client = &gateway.client;
    let folder = authority(2026, 500, 7, 0);
    let expected = by_command_line(&[&text(&folder)], 0);
    let (archive, form) = (zipped(&folder), form(&folder));
    for (content_type, body) in [(ZIP, &archive), (FORM, &form)] {
        let answer = client.post(TRANSLATE, content_type, body).with_status(200);
        assert_eq!(answer.header("content-type"), Some("application/fhir+ndjson"));
        assert!(answer.header("homeward-report").unwrap().starts_with("errors=0, "), "{content_type}");
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment; "));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.body == expected, "{content_type}");
    }
    // One table alone.
    let table = folder.join("header.csv");
    let answer = client.post(TRANSLATE, "text/csv", &fs::read(&table).unwrap()).with_status(200);
    assert!(answer.body == by_command_line(&[&text(&table)], 0));
    // The format is told by its headings when nobody names it.
    let unnamed = client.post(&TRANSLATE.replace("from=ssda903-csv&", ""), ZIP, &archive).with_status(200);
    assert_eq!(unnamed.header("homeward-format"), Some("ssda903-csv"));
    assert!(unnamed.body == expected);
}

#[test]
fn whoever_takes_gzip_is_answered_in_it() {
    let gateway = Gateway::start("whoever_takes_gzip_is_answered_in_it.toml", "");
    let client = &gateway.client;
    let archive = zipped(&authority(2026, 200, 5, 20));
    let skip = format!("{TRANSLATE}&errors=skip");
    let bundles = skip.replace("to=fhir-ndjson", "to=fhir-json");
    for (method, target, body, kind, packed) in [
        ("POST", skip.as_str(), archive.as_slice(), "application/fhir+ndjson", true),
        // Problems too; but no archive, and nothing so short that it would not pay.
        ("POST", TRANSLATE, &archive, "application/problem+json", true),
        ("GET", "/v1/formats", b"", "application/json", true),
        ("POST", &bundles, &archive, "application/zip", false),
        ("GET", "/v1/formats/nobody", b"", "application/problem+json", false),
    ] {
        let sent =
            |more: &[(&str, &str)]| client.send(method, target, &[&[("Content-Type", ZIP)], more].concat(), body);
        let (plain, answer) = (sent(&[]), sent(&[("Accept-Encoding", "gzip, br;q=0.9")]));
        assert_eq!((plain.status, plain.header("content-encoding")), (answer.status, None), "{target}");
        assert_eq!(answer.header("content-type"), Some(kind), "{target}");
        assert_eq!(answer.header("content-encoding"), packed.then_some("gzip"), "{target}");
        if !packed {
            continue;
        }
        let varies = |answer: &Answer| answer.header("vary").is_some_and(|vary| vary.contains("accept-encoding"));
        assert!(varies(&plain) && varies(&answer), "{target}: caches keep the two apart");
        assert!(answer.body.len() * 2 < plain.body.len(), "{target}");
        let mut unpacked = Vec::new();
        GzDecoder::new(answer.body.as_slice()).read_to_end(&mut unpacked).unwrap();
        let told = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok().map(|told| told["report"].clone());
        assert!(unpacked == plain.body || told(&unpacked) == told(&plain.body), "{target}");
    }
    // A tag speaks of the bytes as they were packed no more, but still finds what is known.
    let tag = |headers: &[(&str, &str)]| client.send("GET", "/v1/formats", headers, b"");
    let (strong, weak) = (tag(&[]), tag(&[("Accept-Encoding", "gzip")]));
    let (strong, weak) = (strong.header("etag").unwrap(), weak.header("etag").unwrap());
    assert_eq!(weak, format!("W/{strong}"));
    tag(&[("Accept-Encoding", "gzip"), ("If-None-Match", weak)]).with_status(304);
}

#[test]
fn errors_fail_unless_they_are_to_be_skipped() {
    let gateway = Gateway::start("errors_fail_unless_they_are_to_be_skipped.toml", "");
    let client = &gateway.client;
    let folder = authority(2026, 200, 5, 20);
    let archive = zipped(&folder);
    let problem = client.post(TRANSLATE, ZIP, &archive).problem(422, "document-has-errors");
    let errors = problem["report"]["errors"].as_u64().unwrap();
    assert!(errors >= 20, "{problem}");
    let places = problem["report"]["diagnostics"].as_array().unwrap();
    assert!(places.iter().all(|told| told["place"]["part"].is_string()), "{problem}");
    let skipped = client.post(&format!("{TRANSLATE}&errors=skip"), ZIP, &archive).with_status(200);
    assert!(skipped.header("homeward-report").unwrap().starts_with(&format!("errors={errors}, ")));
    let scratch = crate::program::Scratch::new();
    let whole = scratch.write("return.zip", &archive);
    assert!(skipped.body == by_command_line(&[&whole], 1));
    let few = client.post(&format!("{TRANSLATE}&errors=skip&errors_max=3"), ZIP, &archive);
    few.problem(422, "document-has-errors");
    // Output and report in one answer.
    let accept = [("Content-Type", ZIP), ("Accept", "multipart/mixed")];
    let mixed = client.send("POST", &format!("{TRANSLATE}&errors=skip"), &accept, &archive).with_status(200);
    let boundary = mixed.header("content-type").unwrap().split("boundary=").nth(1).unwrap().to_owned();
    let body = mixed.text();
    let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
    assert_eq!((parts.len(), parts[3].trim_end()), (4, "--"));
    let content = |part: &str| part.split_once("\r\n\r\n").unwrap().1.strip_suffix("\r\n").unwrap().to_owned();
    assert!(content(parts[1]).as_bytes() == skipped.body);
    let report: Value = serde_json::from_str(&content(parts[2])).unwrap();
    assert_eq!(report["errors"], errors);
}

#[test]
fn check_tells_the_same_as_the_program() {
    let gateway = Gateway::start("check_tells_the_same_as_the_program.toml", "");
    let client = &gateway.client;
    let folder = authority(2026, 200, 5, 20);
    let archive = zipped(&folder);
    let target = format!("/v1/check?{QUESTION}");
    let headers = [("Content-Type", ZIP), ("Accept", "text/csv")];
    let table = client.send("POST", &target, &headers, &archive).with_status(200);
    assert!(table.header("content-type").unwrap().starts_with("text/csv"));
    let scratch = crate::program::Scratch::new();
    let whole = scratch.write("return.zip", &archive);
    let flags = ["check", "--from", "ssda903-csv", "--year", "2026", "--authority", "330"];
    let by_program = |form: &[&str]| run(flags.iter().chain(form).copied().chain([whole.as_str()])).ended(1);
    assert_eq!(table.text(), by_program(&["--format", "csv"]).text());
    let report = client.post(&target, ZIP, &archive).with_status(200).json();
    let wanted = [
        "format",
        "rows",
        "records",
        "errors",
        "warnings",
        "losses",
        "truncated",
        "rules",
        "diagnostics",
        "summary",
        "leftOut",
    ];
    let members: BTreeSet<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(wanted));
    let mut without_places = report.clone();
    without_places.as_object_mut().unwrap().remove("diagnostics");
    assert_eq!(without_places, by_program(&["--json"]).report());
    let form_report = client.post(&target, FORM, &form(&folder)).with_status(200).json();
    assert_eq!(form_report["rules"], report["rules"]);
    // What stands in a tree has its line and column, here as there.
    let torn = b"{\"vacancies\": [\r\n  {\"urn\": \"\xc3\xa9\", ]}\n";
    let of_homes = "/v1/check?from=vacancies-json";
    let headers = [("Content-Type", "application/json"), ("Accept", "text/csv")];
    let table = client.send("POST", of_homes, &headers, torn).with_status(200).text();
    let input = scratch.write("homes.json", torn);
    let checked = run(["check", "--from", "vacancies-json", "--format", "csv", &input]).ended(1).text();
    assert_eq!(table, checked);
    let places = client.post(of_homes, "application/json", torn).with_status(200).json()["diagnostics"].clone();
    assert!(places.as_array().unwrap().iter().any(|told| told["place"]["line"] == 2), "{places}");
    // A sound document too: 200 whatever it holds.
    let sound = client.post(&target, ZIP, &zipped(&authority(2026, 500, 7, 0))).with_status(200);
    assert_eq!(sound.json()["errors"], 0);
}

#[test]
fn what_is_asked_wrongly_is_named() {
    let gateway = Gateway::start("what_is_asked_wrongly_is_named.toml", "");
    let client = &gateway.client;
    let header = fs::read(authority(2026, 500, 7, 0).join("header.csv")).unwrap();
    let post = |target: &str| client.post(target, "text/csv", &header);
    post("/v1/translate?to=fhir-ndjson&from=ssda903-csv&year=2026").problem(400, "view-required");
    for (target, named) in [
        (format!("{TRANSLATE}&colour=blue"), "colour"),
        (TRANSLATE.replace("to=fhir-ndjson&", ""), "to"),
        (TRANSLATE.replace("year=2026", "year=1999"), "year"),
        (TRANSLATE.replace("&year=2026", ""), "year"),
        (TRANSLATE.replace("authority=330", "authority=Leeds"), "authority"),
        (TRANSLATE.replace("view=health", "view=nobody"), "view"),
        (TRANSLATE.replace("view=health", "view=statistics"), "view"),
        (TRANSLATE.replace("from=ssda903-csv", "from=ssda903-cvs"), "from"),
        (TRANSLATE.replace("from=ssda903-csv", "from=carer-html"), "from"),
        (TRANSLATE.replace("to=fhir-ndjson", "to=links-csv"), "to"),
        (format!("{TRANSLATE}&as_at=31/03/2026"), "as_at"),
        (format!("{TRANSLATE}&errors=some"), "errors"),
        (format!("{TRANSLATE}&year=2025"), "year"),
    ] {
        let problem = post(&target).problem(400, "invalid-request");
        if named != "colour" {
            assert!(
                problem.to_string().contains(&format!("`{named}`")) || problem.to_string().contains(named),
                "{problem}"
            );
        }
        assert!(!problem.to_string().contains("Leeds") && !problem.to_string().contains("blue"), "{problem}");
    }
    client.post(TRANSLATE, "application/pdf", &header).problem(415, "unsupported-media-type");
    let accept = [("Content-Type", "text/csv"), ("Accept", "image/png")];
    client.send("POST", TRANSLATE, &accept, &header).problem(406, "not-acceptable");
    let unknown = client.get("/v1/formats/ssda903-cvs").problem(404, "not-found");
    assert!(unknown.to_string().contains("ssda903-csv"), "the nearest is named: {unknown}");
    client.get("/v1/translate").problem(405, "method-not-allowed");
    client.get("/v1/children").problem(404, "not-found");
}

#[test]
fn the_documents_are_those_of_the_program() {
    let gateway = Gateway::start("the_documents_are_those_of_the_program.toml", "");
    let client = &gateway.client;
    let json = |arguments: &[&str]| -> Value { serde_json::from_str(&run(arguments).ended(0).text()).unwrap() };
    let listed = run(["formats", "--json"]).ended(0).text();
    let listed: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(client.get("/v1/formats").with_status(200).json(), Value::Array(listed.clone()));
    for format in &listed {
        let name = format["name"].as_str().unwrap();
        let described = client.get(&format!("/v1/formats/{name}")).with_status(200).json();
        assert_eq!(described, json(&["describe", name, "--json"]), "{name}");
    }
    assert_eq!(client.get("/v1/schemas/record").with_status(200).json(), json(&["describe", "record", "--json"]));

    let one = client.get("/v1/formats/ssda903-csv/template?year=2026&part=header").with_status(200);
    assert_eq!(one.header("content-disposition"), Some("attachment; filename=\"header.csv\""));
    let printed = run(["template", "ssda903-csv", "--year", "2026", "--part", "header"]).ended(0).text();
    assert_eq!(one.text(), printed);
    let all: Answer = client.get("/v1/formats/ssda903-csv/template?year=2026").with_status(200);
    assert_eq!(all.header("content-type"), Some(ZIP));
    let scratch = crate::program::Scratch::new();
    let folder = scratch.file("blank");
    run(["template", "ssda903-csv", "--year", "2026", "-o", &folder]).ended(0);
    let archive = ZipArchive::new(Cursor::new(all.body)).unwrap();
    let in_archive: BTreeSet<String> = archive.file_names().map(str::to_owned).collect();
    assert_eq!(in_archive, names(Path::new(&folder)).into_iter().collect());

    let schema = client.get("/v1/formats/ssda903-csv/schema?year=2026&part=header").with_status(200);
    assert_eq!(schema.header("content-type"), Some("application/schema+json"));
    let schema = schema.json();
    let fields: Vec<&str> =
        schema["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(fields.join(","), printed.trim_end(), "the schema has the columns of the template");
}
