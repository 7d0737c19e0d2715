//! Photographs of a home from outside: its agency brings them, nothing beside the picture is kept, and an authority has
//! them when it takes the home, or when the agency says that they may be talked about.

use std::{
    fs,
    io::{Cursor, Write as _},
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::homes::checked_now;
use super::referrals::{accept, days_ago, house, issued, offered, open_wave, request};
use super::{By, House, partner, tag};
use crate::client::Answer;
use crate::exchange::ZIP;

/// What stands in the samples of every picture here, and what stands beside them.
const SAMPLES: &[u8] = b"SAMPLESzq";
const BESIDE: &[u8] = b"CANARY 51.5007N 0.1246W";

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &u16::try_from(data.len() + 2).unwrap().to_be_bytes()[..], data].concat()
}

/// A grey picture of these sides; the number tells one from another.
fn picture(width: u16, height: u16, number: u8) -> Vec<u8> {
    let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let codes = [&[0, 1][..], &[0; 15], &[0]].concat();
    [
        &b"\xff\xd8"[..],
        &segment(0xfe, BESIDE),
        &segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        &segment(0xc0, &[&[8][..], &sides, &[1, 1, 0x11, 0]].concat()),
        &segment(0xc4, &codes),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        SAMPLES,
        &[number],
        b"\xff\xd9",
        BESIDE,
    ]
    .concat()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// A home of an agency for one child, as it was so many days ago.
fn document(urn: &str, release: &str, days: i32) -> String {
    let home = json!({
        "vacancyId": "V-1", "status": "open", "provision": "fostering", "carerRef": "C-1",
        "places": { "approved": 3, "occupied": 0, "reserved": 0, "available": 1 },
        "asAt": days_ago(days), "confirmedBy": "duty-team",
        "whoFor": { "ageMin": 0, "ageMax": 17, "genders": ["any"] },
        "placementTypes": ["short-term"], "location": { "outwardPostcode": "B13" },
        "forTheChild": { "callMe": "Sam and Ash", "message": "canary-film on Fridays.", "release": release,
                         "photos": [{ "id": "room", "caption": "Your room" }] },
    });
    let provider = json!({ "urn": urn, "name": "Invented Fostering" });
    json!({ "format": "homeward/vacancies", "version": "1", "provider": provider, "vacancies": [home] }).to_string()
}

/// Where such a home is, once it is offered.
fn home(by: &By<'_>, urn: &str, release: &str) -> String {
    let made = by.post("/v1/vacancies", &document(urn, release, 1)).with_status(201);
    made.header("location").unwrap().to_owned()
}

/// Sends a photograph, whose agency has ticked what must not be on it.
fn put(by: &By<'_>, home: &str, name: &str, more: &[(&str, &str)], bytes: &[u8]) -> Answer {
    let headers: Vec<(&str, &str)> = [("Content-Type", "image/jpeg")].iter().chain(more).copied().collect();
    by.send("PUT", &format!("{home}/photos/{name}?assured=true"), &headers, bytes)
}

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Whether any file of the store holds these bytes.
fn is_in_the_store(house: &House, what: &[u8]) -> bool {
    fs::read_dir(house.path("store")).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        path.is_file() && holds(&fs::read(path).unwrap(), what)
    })
}

#[test]
fn an_agency_brings_a_photograph_that_holds_nothing_but_the_picture_and_takes_it_away() {
    let mut house = house();
    let (at, first) = {
        let agency = house.by("bluebird");
        let at = home(&agency, "SC999901", "on-accept");
        assert_eq!(agency.get(&format!("{at}/photos")).with_status(200).json()["items"], json!([]));
        let made = put(&agency, &at, "room", &[], &picture(8, 8, 1)).with_status(201);
        assert_eq!(made.header("location"), Some(&*format!("{at}/photos/room")));
        assert_eq!((&made.json()["outcome"], &made.json()["mediaType"]), (&json!("created"), &json!("image/jpeg")));

        let read = agency.get(&format!("{at}/photos/room")).with_status(200);
        assert_eq!((read.header("content-type"), tag(&read)), (Some("image/jpeg"), tag(&made)));
        assert_eq!(
            (read.header("x-content-type-options"), read.header("cache-control")),
            (Some("nosniff"), Some("no-store"))
        );
        assert!(
            holds(&read.body, SAMPLES) && !holds(&read.body, b"CANARY") && read.body.len() < picture(8, 8, 1).len()
        );
        let known = agency.send("GET", &format!("{at}/photos/room"), &[("If-None-Match", &tag(&read))], b"");
        known.with_status(304);

        // The same again changes nothing; another needs to have seen the first.
        let seen = tag(&read);
        let again = put(&agency, &at, "room", &[("If-Match", &seen)], &picture(8, 8, 1)).with_status(200);
        assert_eq!((&again.json()["outcome"], tag(&again)), (&json!("unchanged"), seen.clone()));
        put(&agency, &at, "room", &[], &picture(8, 8, 2)).problem(428, "precondition-required");
        put(&agency, &at, "room", &[("If-Match", "\"1\"")], &picture(8, 8, 2)).problem(412, "precondition-failed");
        put(&agency, &at, "dog", &[("If-Match", &seen)], &picture(8, 8, 2)).problem(412, "precondition-failed");
        let other = put(&agency, &at, "room", &[("If-Match", &seen)], &picture(8, 8, 2)).with_status(200);
        assert_eq!(other.json()["outcome"], "updated");
        assert_ne!(tag(&other), seen);

        // Under a key it is done once, and the first answer is given again.
        let key = [("Idempotency-Key", "p-1")];
        let first = put(&agency, &at, "dog", &key, &picture(8, 8, 3)).with_status(201);
        let repeat = put(&agency, &at, "dog", &key, &picture(8, 8, 3)).with_status(201);
        assert_eq!((repeat.header("idempotency-replayed"), tag(&repeat)), (Some("true"), tag(&first)));
        put(&agency, &at, "dog", &key, &picture(8, 8, 4)).problem(422, "idempotency-mismatch");
        assert_eq!(names(&agency.get(&format!("{at}/photos"))), ["dog", "room"]);
        (at, tag(&other))
    };
    for what in [SAMPLES, b"CANARY", b"\"room\""] {
        assert!(!is_in_the_store(&house, what), "sealed at rest");
    }
    let told = house.audit();
    let line = told.iter().find(|line| line["action"] == "put-photo").unwrap();
    assert_eq!(line["basis"], "assured: no other child, street sign, number plate or school badge");
    assert_eq!(line["object"], format!("vacancy:{}", at.rsplit('/').next().unwrap()));

    // After a restart they are there, until they or their home are taken away.
    house.stop();
    house.start();
    let agency = house.by("bluebird");
    let read = agency.get(&format!("{at}/photos/room")).with_status(200);
    assert_eq!(tag(&read), first);
    agency.send("DELETE", &format!("{at}/photos/room"), &[], b"").problem(428, "precondition-required");
    agency
        .send("DELETE", &format!("{at}/photos/room"), &[("If-Match", "\"1\"")], b"")
        .problem(412, "precondition-failed");
    agency.send("DELETE", &format!("{at}/photos/room"), &[("If-Match", &first)], b"").with_status(204);
    agency.get(&format!("{at}/photos/room")).problem(404, "not-found");
    assert_eq!(names(&agency.get(&format!("{at}/photos"))), ["dog"]);
    let seen = tag(&agency.get(&at).with_status(200));
    let gone = agency.send("DELETE", &at, &[("If-Match", &seen)], b"").with_status(204);
    agency.get(&format!("{at}/photos/dog")).problem(410, "gone");
    put(&agency, &at, "dog", &[], &picture(8, 8, 3)).problem(409, "state-conflict");
    // Offered again, the home has no photographs: they were let go with it.
    let headers = [("Content-Type", "application/json"), ("If-Match", &tag(&gone))];
    agency.send("PUT", &at, &headers, document("SC999901", "on-accept", 0).as_bytes()).with_status(200);
    assert_eq!(agency.get(&format!("{at}/photos")).with_status(200).json()["items"], json!([]));
}

#[test]
fn what_is_no_photograph_or_too_much_is_refused_and_leaves_nothing() {
    let house = house();
    let agency = house.by("bluebird");
    let at = home(&agency, "SC999901", "on-accept");
    let unticked = |query: &str| {
        let headers = [("Content-Type", "image/jpeg")];
        agency.send("PUT", &format!("{at}/photos/room{query}"), &headers, &picture(8, 8, 1))
    };
    for query in ["", "?assured=false"] {
        let problem = unticked(query).problem(422, "unprocessable");
        assert_eq!(problem["errors"][0]["rule"], "ifa/photo", "{problem}");
    }
    unticked("?assured=perhaps").problem(400, "invalid-request");
    unticked("?assured=true&other=1").problem(400, "invalid-request");
    let cut = &picture(8, 8, 1)[..120];
    for (what, bytes, rule) in [
        ("no picture", &b"<html><script>alert(1)</script></html>"[..], "no photograph in JPEG or PNG"),
        ("nothing", b"", "no photograph in JPEG or PNG"),
        ("cut short", cut, "cut short"),
        ("no sides", &picture(0, 8, 1), "cut short"),
        ("too wide", &picture(6_001, 8, 1), "wider or higher"),
    ] {
        let problem = put(&agency, &at, "room", &[], bytes).problem(422, "unprocessable");
        let told = problem["errors"].to_string();
        assert!(told.contains("ifa/photo") && told.contains(rule), "{what}: {problem}");
    }
    let headers = [("Content-Type", "image/png")];
    let place = format!("{at}/photos/room?assured=true");
    agency.send("PUT", &place, &headers, &picture(8, 8, 1)).problem(422, "unprocessable");
    for wrong in ["image/gif", "application/json", "text/html"] {
        let problem = agency
            .send("PUT", &place, &[("Content-Type", wrong)], &picture(8, 8, 1))
            .problem(415, "unsupported-media-type");
        assert_eq!(problem["accepted"], json!(["image/jpeg", "image/png"]));
    }
    put(&agency, &at, "room", &[("Content-Encoding", "gzip")], &picture(8, 8, 1))
        .problem(415, "unsupported-media-type");
    let mut largest = picture(6_000, 6_000, 1);
    largest.resize(4_194_305, 0);
    put(&agency, &at, "large", &[], &largest).problem(413, "too-large");
    put(&agency, &at, "large", &[], &largest[1..][..0]).problem(422, "unprocessable");
    for wrong in [".room", "ro%20om", "r%C3%B6om", &"r".repeat(81)] {
        put(&agency, &at, wrong, &[], &picture(8, 8, 1)).problem(400, "invalid-request");
    }
    assert_eq!(agency.get(&format!("{at}/photos")).json()["items"], json!([]), "nothing was kept");
    largest.pop();
    put(&agency, &at, "large", &[], &largest).with_status(201);
    for number in 2..=12 {
        put(&agency, &at, &format!("p{number}"), &[], &picture(8, 8, number)).with_status(201);
    }
    let problem = put(&agency, &at, "p13", &[], &picture(8, 8, 13)).problem(422, "unprocessable");
    assert!(problem["errors"].to_string().contains("more photographs"), "{problem}");

    // Of another agency's home nobody else can bring, read or take away any, or learn that there is one.
    for other in ["robin", "lcs", "elsewhere"] {
        let other = house.by(other);
        other.get(&format!("{at}/photos")).problem(404, "not-found");
        other.get(&format!("{at}/photos/large")).problem(404, "not-found");
    }
    let robin = house.by("robin");
    put(&robin, &at, "large", &[], &picture(8, 8, 1)).problem(404, "not-found");
    robin.send("DELETE", &format!("{at}/photos/large"), &[("If-Match", "\"1\"")], b"").problem(404, "not-found");
    put(&house.by("lcs"), &at, "large", &[], &picture(8, 8, 1)).problem(403, "insufficient-scope");
}

#[test]
fn a_home_that_a_file_withdraws_loses_its_photographs() {
    let mut house = house();
    let agency = house.by("bluebird");
    let at = home(&agency, "SC999901", "on-accept");
    put(&agency, &at, "room", &[], &picture(8, 8, 1)).with_status(201);
    // What is said anew of a home that stays leaves them.
    agency.post("/v1/vacancies/bulk", &document("SC999901", "on-match-talk", 0)).with_status(200);
    assert_eq!(names(&agency.get(&format!("{at}/photos"))), ["room"]);
    let withdrawn = document("SC999901", "on-accept", 0).replace("\"status\":\"open\"", "\"status\":\"withdrawn\"");
    let answer = agency.post("/v1/vacancies/bulk", &withdrawn).with_status(200);
    assert_eq!(answer.json()["results"][0]["outcome"], "updated", "{}", answer.text());
    agency.get(&format!("{at}/photos/room")).problem(410, "gone");
    // It is offered again once somebody has looked at it since.
    let mut opened: Value = serde_json::from_str(&document("SC999901", "on-accept", 0)).unwrap();
    opened["vacancies"][0]["asAt"] = json!(checked_now());
    let opened = agency.post("/v1/vacancies/bulk", &opened.to_string()).with_status(200);
    assert_eq!(opened.json()["results"][0]["outcome"], "updated", "{}", opened.text());
    assert_eq!(agency.get(&format!("{at}/photos")).with_status(200).json()["items"], json!([]));
    house.stop();
    house.start();
    assert_eq!(house.by("bluebird").get(&format!("{at}/photos")).with_status(200).json()["items"], json!([]));
}

#[test]
fn a_photograph_too_many_costs_itself_and_is_told_of_its_home() {
    let house = house();
    let agency = house.by("bluebird");
    let many: Vec<Value> = (0..13).map(|number| json!({ "id": format!("p{number}") })).collect();
    let mut document: Value = serde_json::from_str(&document("SC999901", "on-accept", 0)).unwrap();
    document["vacancies"][0]["forTheChild"]["photos"] = json!(many);
    let body = agency.post("/v1/vacancies/bulk", &document.to_string()).with_status(200).json();
    assert_eq!((&body["results"][0]["outcome"], &body["results"][0]["rule"]), (&json!("created"), &json!("ifa/photo")));
    let at = format!("/v1/vacancies/{}", body["results"][0]["id"].as_str().unwrap());
    let held = agency.get(&at).with_status(200).json();
    assert_eq!(held["vacancies"][0]["forTheChild"]["photos"].as_array().unwrap().len(), 12);
}

#[test]
fn photographs_beside_a_document_on_a_route_are_told_as_not_kept_with_it() {
    let scopes = "[\"messages:send\", \"messages:read\", \"vacancies:read\", \"vacancies:write\"]";
    let agency = partner("bluebird", &format!("view = \"provider\"\nurns = [\"SC999901\"]\nscopes = {scopes}"));
    let team = partner("lcs", "view = \"local-authority\"\nauthority = \"330\"\nscopes = [\"vacancies:read\"]");
    let route = "[[route]]\nname = \"weekly\"\nfrom = { partner = \"bluebird\", format = \"vacancies-json\" }\n\
        to = [{ partner = \"lcs\", format = \"vacancies-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]\n";
    let house = House::with(&format!("{agency}\n{team}"), route, "info");
    let agency = house.by("bluebird");
    let document = document("SC999901", "on-accept", 0).replace("\"id\":\"room\"", "\"id\":\"room\",\"assured\":true");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("homes.json", document.as_bytes()), ("photos/room.jpg", &picture(8, 8, 1))] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    let archive = archive.finish().unwrap().into_inner();
    let headers = [("Content-Type", ZIP), ("Prefer", "wait=20")];
    let sent = agency.send("POST", "/v1/routes/weekly/messages", &headers, &archive).with_status(202).json();
    let id = sent["id"].as_str().unwrap();
    let message = house.until_read_of("bluebird", id);
    assert_eq!(message["counts"]["homes"]["created"], 1, "{message}");
    let report = agency.get(&format!("/v1/messages/{id}/report")).with_status(200);
    assert!(report.text().contains("ifa/photo-by-itself"), "{}", report.text());
    let homes = agency.get("/v1/vacancies").with_status(200).json();
    let at = format!("/v1/vacancies/{}", homes["items"][0]["id"].as_str().unwrap());
    assert_eq!(agency.get(&format!("{at}/photos")).with_status(200).json()["items"], json!([]));
}

/// What an authority can have of a home and its photograph, by status; nothing of either may stand in a search.
fn had(house: &House, who: &str, at: &str) -> (u16, bool) {
    let by = house.by(who);
    let search = by.get("/v1/vacancies?include_stale=true&limit=200").with_status(200);
    for what in ["photos", "forTheChild", "canary-film", "sha256", "SAMPLES"] {
        assert!(!search.text().contains(what), "{what} in a search");
    }
    let photo = by.get(&format!("{at}/photos/room"));
    let shown = by.get(at);
    let words = shown.status == 200 && shown.text().contains("canary-film");
    assert!(photo.status != 200 || holds(&photo.body, SAMPLES));
    (photo.status, words)
}

#[test]
fn an_authority_has_photographs_and_words_when_it_takes_the_home_and_as_long_as_that_holds() {
    let house = house();
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    let at = home(&bluebird, "SC999901", "on-accept");
    put(&bluebird, &at, "room", &[], &picture(8, 8, 1)).with_status(201);
    let nothing = (404, false);
    assert_eq!(had(&house, "lcs", &at), nothing);
    let reference = issued(&lcs, &request("101"));
    open_wave(&lcs, &reference, 2).with_status(200);
    let offer = offered(&bluebird, &reference, "SC999901", "O-1");
    assert_eq!(had(&house, "lcs", &at), nothing, "an offer alone lets nothing out");
    accept(&lcs, &offer).with_status(200);
    assert_eq!(had(&house, "lcs", &at), (200, true));
    assert_eq!(had(&house, "elsewhere", &at), nothing);
    assert_eq!(names(&lcs.get(&format!("{at}/photos"))), ["room"]);
    let document = lcs.get(&at).with_status(200);
    assert_eq!(document.json()["vacancies"][0]["forTheChild"]["photos"][0]["caption"], "Your room");
    put(&lcs, &at, "room", &[], &picture(8, 8, 2)).problem(403, "insufficient-scope");

    // Each time is told before it is seen.
    let told = house.audit();
    let of_home = format!("vacancy:{}", at.rsplit('/').next().unwrap());
    let disclosed: Vec<&Value> =
        told.iter().filter(|line| line["action"] == "disclose" && line["object"] == of_home.as_str()).collect();
    let outcomes: Vec<&str> = disclosed.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert!(
        disclosed
            .iter()
            .all(|line| line["recipient"] == "lcs" && line["view"].as_str().unwrap().starts_with("local-authority@"))
    );
    assert_eq!(outcomes.iter().filter(|outcome| outcome.starts_with("photo:")).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "for the child").count(), 2, "{outcomes:?}");

    // Undone: they are out of reach again.
    let seen = lcs.get(&format!("/v1/referrals/{reference}")).with_status(200);
    let undo = json!({ "by": { "name": "Home Finder", "role": "Placements lead" }, "reason": "the child said no" });
    lcs.act(&format!("{offer}/undo"), &tag(&seen), &undo.to_string()).with_status(200);
    assert_eq!(had(&house, "lcs", &at), nothing);
}

#[test]
fn an_agency_may_let_them_be_talked_about_before_and_no_longer_than_its_offer_stands() {
    let house = house();
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    let at = home(&bluebird, "SC999901", "on-match-talk");
    put(&bluebird, &at, "room", &[], &picture(8, 8, 1)).with_status(201);
    assert_eq!(had(&house, "lcs", &at), (404, false), "nobody talks about it yet");
    let reference = issued(&lcs, &request("101"));
    open_wave(&lcs, &reference, 2).with_status(200);
    assert_eq!(had(&house, "lcs", &at), (404, false));
    let offer = offered(&bluebird, &reference, "SC999901", "O-1");
    assert_eq!((had(&house, "lcs", &at), had(&house, "elsewhere", &at)), ((200, true), (404, false)));
    bluebird.post(&format!("{offer}/withdraw"), "").with_status(200);
    assert_eq!(had(&house, "lcs", &at), (404, false));
}
