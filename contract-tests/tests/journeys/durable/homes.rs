//! The place market from outside: agencies offer homes, say them again, confirm and withdraw them; placements teams
//! search; nobody sees or guesses another's, and nothing that was answered is lost.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use serde_json::{Value, json};

use super::{By, House, partner, person, tag};
use crate::client::Answer;

const PATH: &str = "/v1/vacancies";
const BULK: &str = "/v1/vacancies/bulk";

/// Values that stay with the agency until an offer is accepted.
const OF_THE_CARERS: [&str; 3] = ["APKN", "muslim", "canary-film"];

/// Two agencies, two authorities, a partner of neither kind, and one who reads the chain.
fn cast() -> String {
    let agency = |name: &str, urn: &str| {
        let scopes = "[\"vacancies:read\", \"vacancies:write\"]";
        partner(name, &format!("view = \"provider\"\nurns = [\"{urn}\"]\nscopes = {scopes}\n{}", ALL_AT_ONCE))
    };
    let authority = |name: &str, code: &str| {
        let scopes = "[\"vacancies:read\"]";
        let what = format!("view = \"local-authority\"\nauthority = \"{code}\"\nscopes = {scopes}\n{ALL_AT_ONCE}");
        partner(name, &what)
    };
    [
        agency("bluebird", "SC999901"),
        agency("robin", "SC999902"),
        authority("placements", "330"),
        authority("elsewhere", "331"),
        partner("nurses", "view = \"health\"\nods_code = \"RKB\"\nscopes = [\"vacancies:read\"]"),
        person("c.three", "\"audit\""),
    ]
    .join("\n")
}

const ALL_AT_ONCE: &str =
    "limits = { requests_per_minute = 100000000, requests_burst = 100000000, bytes_per_minute = 1000000000 }";

fn house() -> House {
    House::with(&cast(), "", "info")
}

fn today() -> String {
    jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Europe/London").unwrap()).date().to_string()
}

/// This very moment.
pub(super) fn checked_now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn days_ago(days: i64) -> String {
    let today: jiff::civil::Date = today().parse().unwrap();
    today.checked_sub(jiff::Span::new().days(days)).unwrap().to_string()
}

/// A home of an agency, open to one child from 5 to 11.
fn home(reference: &str) -> Value {
    json!({
        "vacancyId": reference, "status": "open", "provision": "fostering", "carerRef": format!("C-{reference}"),
        "places": { "approved": 3, "occupied": 1, "available": 1 },
        "asAt": days_ago(1), "confirmedBy": "duty-team",
        "whoFor": { "ageMin": 5, "ageMax": 11, "genders": ["any"] },
        "placementTypes": ["short-term"],
        "home": { "languages": ["ENG"], "ethnicity": ["APKN"], "religion": ["muslim"] },
        "location": { "outwardPostcode": "B13" },
        "fee": { "weeklyPence": 94500 },
        "summary": "Patient couple.",
        "forTheChild": { "callMe": "Sam and Ash", "message": "canary-film on Fridays." },
    })
}

fn document_of(urn: &str, homes: &[Value]) -> String {
    let provider = json!({ "urn": urn, "name": "Invented Fostering", "ofstedRating": "good" });
    json!({ "format": "homeward/vacancies", "version": "1", "provider": provider, "vacancies": homes }).to_string()
}

fn document(homes: &[Value]) -> String {
    document_of("SC999901", homes)
}

fn with(mut home: Value, pointer: &str, value: Value) -> Value {
    *home.pointer_mut(pointer).unwrap() = value;
    home
}

/// Where a new home is.
fn location(answer: &Answer) -> String {
    answer.header("location").unwrap().to_owned()
}

fn offer(by: &By<'_>, homes: &[Value]) -> Answer {
    by.post(PATH, &document(homes))
}

fn put(by: &By<'_>, at: &str, tag: &str, home: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("If-Match", tag)];
    by.send("PUT", at, &headers, document(std::slice::from_ref(home)).as_bytes())
}

fn bulk(by: &By<'_>, query: &str, document: &str) -> Answer {
    by.post(&format!("{BULK}{query}"), document)
}

/// What a search finds: the references, sorted.
fn found(by: &By<'_>, query: &str) -> Vec<String> {
    let page = by.get(&format!("{PATH}?limit=200&{query}")).with_status(200).json();
    let items = page["items"].as_array().unwrap().iter();
    let mut references: Vec<String> =
        items.map(|item| item["vacancy"]["vacancyId"].as_str().unwrap().to_owned()).collect();
    references.sort_unstable();
    references
}

fn outcomes(answer: &Answer) -> Vec<String> {
    let results = answer.json()["results"].as_array().unwrap().clone();
    results.iter().map(|result| result["outcome"].as_str().unwrap().to_owned()).collect()
}

fn nothing_of_the_carers(text: &str) {
    for canary in OF_THE_CARERS {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
}

#[test]
fn a_home_is_offered_found_said_anew_confirmed_withdrawn_and_offered_again() {
    let mut house = house();
    let (at, first_tag) = {
        let (agency, placements) = (house.by("bluebird"), house.by("placements"));
        let made = offer(&agency, &[home("V-1")]).with_status(201);
        assert_eq!((&made.json()["outcome"], &made.json()["status"]), (&json!("created"), &json!("open")));
        let at = location(&made);
        assert_eq!(at, format!("{PATH}/{}", made.json()["id"].as_str().unwrap()));
        let again = offer(&agency, &[home("V-1")]).problem(409, "state-conflict");
        assert_eq!(again["existing"], made.json()["id"]);

        // What the agency reads is what it may send again, and that changes nothing.
        let read = agency.get(&at).with_status(200);
        assert_eq!(read.header("etag"), made.header("etag"));
        let homes = read.json()["vacancies"].clone();
        assert_eq!((&homes[0]["home"]["religion"], &homes[0]["version"]), (&json!(["muslim"]), &json!(1)));
        let same = agency
            .send(
                "PUT",
                &at,
                &[("Content-Type", "application/json"), ("If-Match", &tag(&read))],
                read.text().as_bytes(),
            )
            .with_status(200);
        assert_eq!((&same.json()["outcome"], same.header("etag")), (&json!("unchanged"), made.header("etag")));
        agency.send("GET", &at, &[("If-None-Match", &tag(&read))], b"").with_status(304);

        let page = placements.get(&format!("{PATH}?age=9")).with_status(200).json();
        let item = &page["items"][0];
        assert_eq!(item["vacancy"]["vacancyId"], "V-1");
        assert_eq!(item["provider"]["name"], "Invented Fostering");
        assert_eq!(item["freshUntil"], days_ago(-6));
        let age = item["criteria"].as_array().unwrap().iter().find(|criterion| criterion["name"] == "age").unwrap();
        assert_eq!((&age["kind"], &age["result"], &age["asked"]), (&json!("must"), &json!("met"), &json!("9")));
        assert_eq!(item["order"].as_array().unwrap().len(), 6);
        assert_eq!((&page["next"], &page["staleLeftOut"]), (&Value::Null, &json!(0)));
        (at, tag(&read))
    };

    // A new date alone is no check; a confirmation is one.
    let (agency, placements) = (house.by("bluebird"), house.by("placements"));
    let dated = put(&agency, &at, &first_tag, &with(home("V-1"), "/asAt", json!(today()))).with_status(200).json();
    assert_eq!((&dated["outcome"], &dated["rules"][0]["rule"]), (&json!("unchanged"), &json!("ifa/date-only")));
    let confirmed = agency.post(&format!("{at}/confirm"), r#"{"confirmedBy":"carer"}"#).with_status(200);
    assert_eq!(confirmed.json()["outcome"], "updated");
    assert_ne!(confirmed.header("etag").unwrap(), first_tag);
    let item = placements.get(&format!("{PATH}?age=9")).json()["items"][0].clone();
    assert_eq!((&item["confirmed"], &item["vacancy"]["confirmedBy"]), (&json!("today"), &json!("carer")));

    // Who has not seen the latest decides nothing.
    let filled = with(with(home("V-1"), "/status", json!("filled")), "/places/available", json!(0));
    put(&agency, &at, &first_tag, &filled).problem(412, "precondition-failed");
    agency
        .send("PUT", &at, &[("Content-Type", "application/json")], document(std::slice::from_ref(&filled)).as_bytes())
        .problem(428, "precondition-required");
    let changed = put(&agency, &at, &tag(&confirmed), &filled).with_status(200);
    assert_eq!(changed.json()["status"], "filled");
    assert_eq!(found(&placements, "age=9"), Vec::<String>::new());
    // To an authority what is not offered is not there; its agency still reads it.
    placements.get(&at).problem(404, "not-found");
    agency.get(&at).with_status(200);

    // States that do not follow each other.
    let reserved = with(filled.clone(), "/status", json!("reserved"));
    let refused = put(&agency, &at, &tag(&changed), &reserved).problem(409, "state-conflict");
    assert_eq!(refused["state"], "filled");
    agency.post(&format!("{at}/confirm"), "{}").problem(409, "state-conflict");

    let gone = agency.send("DELETE", &at, &[("If-Match", &tag(&changed))], b"").with_status(204);
    assert!(gone.text().is_empty());
    let is_gone = agency.get(&at);
    assert_eq!(tag(&is_gone), tag(&gone), "what PUT needs to bring it back");
    is_gone.problem(410, "gone");
    placements.get(&at).problem(404, "not-found");
    // What was checked before it was withdrawn opens nothing, however it comes.
    let checked_again = || with(home("V-1"), "/asAt", json!(checked_now()));
    for refused in [put(&agency, &at, &tag(&gone), &home("V-1")), offer(&agency, &[home("V-1")])] {
        let refused = refused.problem(409, "state-conflict");
        assert_eq!((&refused["state"], &refused["errors"][0]["rule"]), (&json!("withdrawn"), &json!("ifa/transition")));
    }
    let again = put(&agency, &at, &tag(&gone), &checked_again()).with_status(200);
    assert_eq!(found(&placements, "age=9"), ["V-1"]);
    // Its name is not lost either: whoever does not know the id offers it as if it were new, and its history goes on.
    agency.send("DELETE", &at, &[("If-Match", &tag(&again))], b"").with_status(204);
    let again = offer(&agency, &[checked_again()]).with_status(201);
    assert_eq!((location(&again), &again.json()["status"]), (at.clone(), &json!("open")));
    offer(&agency, &[checked_again()]).problem(409, "state-conflict");
    // Its agency reads all that it said before, newest first; nobody else does.
    let before = agency.get(&format!("{at}/history")).with_status(200).json();
    let states: Vec<&str> =
        before["items"].as_array().unwrap().iter().map(|item| item["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["withdrawn", "open", "withdrawn", "filled", "open", "open"]);
    assert_eq!(before["items"][5]["vacancy"]["asAt"], days_ago(1));
    for other in ["robin", "placements"] {
        house.by(other).get(&format!("{at}/history")).problem(404, "not-found");
    }
    assert_eq!(found(&placements, "age=9"), ["V-1"]);

    // Everything is there after a kill, as it was.
    let before = agency.get(&at).text();
    house.gateway.take().unwrap().kill();
    house.start();
    let (agency, placements) = (house.by("bluebird"), house.by("placements"));
    let after = agency.get(&at).with_status(200);
    assert_eq!((after.text(), tag(&after)), (before, tag(&again)));
    assert_eq!(found(&placements, "age=9"), ["V-1"]);

    let lines = house.audit();
    let count = |action: &str| lines.iter().filter(|line| line["action"] == action).count();
    assert_eq!((count("offer-home"), count("withdraw-home")), (7, 2));
    let told = serde_json::to_string(&lines).unwrap() + &house.stop();
    nothing_of_the_carers(&told);
    assert!(!told.contains("V-1") && !told.contains("Patient"), "no value of a record");
}

#[test]
fn nobody_sees_or_guesses_the_homes_of_another() {
    let house = house();
    let (bluebird, robin, placements) = (house.by("bluebird"), house.by("robin"), house.by("placements"));
    let made = offer(&bluebird, &[home("V-1")]).with_status(201);
    let (at, version) = (location(&made), tag(&made));
    let nowhere = format!("{PATH}/0193a5c2-0000-7000-8000-000000000000");
    for address in [&at, &nowhere] {
        // Another's home and no home at all are one answer.
        robin.get(address).problem(404, "not-found");
        put(&robin, address, &version, &home("V-1")).problem(404, "not-found");
        robin.send("DELETE", address, &[("If-Match", &version)], b"").problem(404, "not-found");
        robin.post(&format!("{address}/confirm"), "{}").problem(404, "not-found");
        house.by("nurses").get(address).problem(404, "not-found");
    }
    // Nor may one speak for another.
    let refused = robin.post(PATH, &document(&[home("V-9")])).problem(422, "unprocessable");
    assert_eq!(refused["errors"][0]["rule"], "ifa/provider-not-yours");
    robin.post(&format!("{PATH}/confirm"), r#"{"providerUrn":"SC999901","count":1}"#).problem(422, "unprocessable");
    let rows = bulk(&robin, "", &document(&[home("V-1"), home("V-2")])).with_status(200);
    assert_eq!(outcomes(&rows), ["rejected", "rejected"]);
    assert!(!rows.text().contains(made.json()["id"].as_str().unwrap()), "no id of another's home");
    assert_eq!(rows.json()["results"][0]["rule"], "ifa/provider-not-yours");

    // Each agency lists its own, and searches nothing.
    assert_eq!((found(&bluebird, ""), found(&robin, "")), (vec!["V-1".to_owned()], Vec::new()));
    bluebird.get(&format!("{PATH}?age=9")).problem(403, "view-withholds");
    house.by("nurses").get(PATH).problem(403, "view-withholds");
    placements.post(PATH, &document(&[home("V-3")])).problem(403, "insufficient-scope");
    placements.get(&format!("{PATH}?authority=331")).problem(403, "view-withholds");

    // What the carers are is asked and answered, and never told.
    let page = placements.get(&format!("{PATH}?culture=APKN&culture=hindu&age=9")).with_status(200);
    let culture: Vec<Value> = page.json()["items"][0]["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|criterion| criterion["name"] == "culture")
        .map(|criterion| criterion["result"].clone())
        .collect();
    assert_eq!(culture, ["met", "not-met"]);
    let mut item = page.json()["items"][0].clone();
    item.as_object_mut().unwrap().remove("criteria");
    nothing_of_the_carers(&item.to_string());
    nothing_of_the_carers(&placements.get(&at).with_status(200).text());
    nothing_of_the_carers(&placements.get(&format!("{PATH}?age=9")).text());
    assert!(bluebird.get(&at).text().contains("APKN"), "its own agency reads it");

    // A draft is nobody else's.
    let draft = offer(&bluebird, &[with(home("V-4"), "/status", json!("draft"))]).with_status(201);
    placements.get(&location(&draft)).problem(404, "not-found");
    assert_eq!(found(&placements, ""), ["V-1"]);
    assert_eq!(found(&bluebird, ""), ["V-1", "V-4"]);
}

#[test]
fn a_search_says_what_each_must_removed_and_what_was_left_out_as_stale() {
    let house = house();
    let (agency, placements) = (house.by("bluebird"), house.by("placements"));
    let teenager = with(with(home("V-2"), "/whoFor/ageMin", json!(12)), "/whoFor/ageMax", json!(17));
    let stale = with(home("V-3"), "/asAt", json!(days_ago(9)));
    let expired = with(home("V-4"), "/asAt", json!(days_ago(20)));
    let block = {
        let framework = json!({ "id": "wm", "lot": "standard", "contract": "block", "blockOwner": ["331"] });
        let mut block = home("V-5");
        block["framework"] = framework;
        block
    };
    let taken = bulk(&agency, "", &document(&[home("V-1"), teenager, stale, expired, block])).with_status(200);
    assert_eq!(taken.json()["counts"]["created"], 5, "{}", taken.text());

    let page = placements.get(&format!("{PATH}?age=9")).with_status(200).json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["staleLeftOut"]), (1, &json!(1)));
    assert_eq!(found(&placements, "age=9&include_stale=true"), ["V-1", "V-3"]);
    assert_eq!(found(&house.by("elsewhere"), "age=9"), ["V-1", "V-5"]);
    assert_eq!(found(&placements, "age=14"), ["V-2"]);
    let none = placements.get(&format!("{PATH}?age=18")).with_status(200).json();
    assert_eq!((none["items"].as_array().unwrap().len(), &none["removedByMust"]["age"]), (0, &json!(2)));
    let wanted = placements.get(&format!("{PATH}?age=want:18&outward=B13&miles=5")).with_status(200).json();
    assert_eq!(wanted["items"].as_array().unwrap().len(), 2, "what is wanted removes nothing");

    // Page by page everything comes once, and a cursor holds for its own question and caller only.
    let many: Vec<Value> = (10..35).map(|n| home(&format!("V-{n}"))).collect();
    bulk(&agency, "", &document(&many)).with_status(200);
    let (mut seen, mut next) = (Vec::new(), Some(format!("{PATH}?age=9&attribute=uasc;disability&limit=4")));
    let mut cursor = None;
    while let Some(address) = next {
        let page = placements.get(&address).with_status(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(str::to_owned);
        cursor = next.clone().or(cursor);
    }
    seen.sort_unstable();
    let count = seen.len();
    seen.dedup();
    assert_eq!((count, seen.len()), (26, 26));
    let cursor = cursor.unwrap();
    house.by("elsewhere").get(&cursor).problem(400, "invalid-request");
    placements.get(&cursor.replace("age=9", "age=8")).problem(400, "invalid-request");
    placements.get(&format!("{cursor}A")).problem(400, "invalid-request");
    let (last, rest) = (cursor.pop_char(), &cursor[..cursor.len() - 6]);
    placements.get(&format!("{rest}AAAAA{last}")).problem(400, "invalid-request");
    let mut own = bluebird_pages(&agency);
    own.sort_unstable();
    own.dedup();
    assert_eq!(own.len(), 30);
}

trait PopChar {
    fn pop_char(&self) -> char;
}

impl PopChar for String {
    fn pop_char(&self) -> char {
        self.chars().next_back().unwrap()
    }
}

/// The ids of an agency's own homes, page by page.
fn bluebird_pages(agency: &By<'_>) -> Vec<String> {
    let (mut ids, mut next) = (Vec::new(), Some(format!("{PATH}?limit=7")));
    while let Some(address) = next {
        let page = agency.get(&address).with_status(200).json();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(str::to_owned);
    }
    ids
}

#[test]
fn every_parameter_says_what_it_takes_when_it_is_wrong() {
    let house = house();
    let placements = house.by("placements");
    for (name, wrong) in [
        ("age", "26"),
        ("age", "-1"),
        ("age", "must:"),
        ("sex", "canary"),
        ("siblings", "0"),
        ("provision", "canary"),
        ("placement_type", "canary"),
        ("attribute", "uasc;canary"),
        ("companions", "canary"),
        ("pets", "unknown"),
        ("wheelchair", "canary"),
        ("smoking", "canary"),
        ("own_bedroom", "canary"),
        ("language", "canary"),
        ("culture", "canary"),
        ("outward", "B13%209XX"),
        ("miles", "5"),
        ("school", "canary"),
        ("available_from", "canary"),
        ("max_fee", "canary"),
        ("rating", "canary"),
        ("framework", ""),
        ("lot", ""),
        ("authority", "canary"),
        ("needed", "canary"),
        ("include_stale", "canary"),
        ("updated_since", "canary"),
        ("sort", "canary"),
        ("limit", "0"),
        ("limit", "201"),
        ("after", "canary"),
    ] {
        let problem = placements.get(&format!("{PATH}?{name}={wrong}")).problem(400, "invalid-request");
        let error = &problem["errors"][0];
        assert_eq!(error["place"]["parameter"], name, "{problem}");
        assert!(!problem.to_string().contains("canary"), "{problem}");
        assert!(!error["help"].as_str().unwrap().is_empty());
    }
    let unknown = placements.get(&format!("{PATH}?age=9&canary=1")).problem(400, "invalid-request");
    assert_eq!(unknown["errors"][0]["place"]["parameterNumber"], 2);
    let nearest = placements.get(&format!("{PATH}?siblngs=1")).problem(400, "invalid-request");
    assert!(nearest["detail"].as_str().unwrap().contains("siblings"), "{nearest}");
    for query in ["mode=all", "errors=maybe", "dry_run=1", "confirmed=yes", "canary=1"] {
        let problem = bulk(&house.by("bluebird"), &format!("?{query}"), &document(&[])).problem(400, "invalid-request");
        assert!(!problem.to_string().contains("canary"), "{problem}");
    }
}

#[test]
fn a_wrong_home_is_refused_with_its_rules_and_leaves_nothing() {
    let house = house();
    let agency = house.by("bluebird");
    for (wrong, rule) in [
        (with(home("V-1"), "/places/available", json!(9)), "ifa/places-sum"),
        (with(home("V-1"), "/whoFor/ageMin", json!(12)), "ifa/age-range"),
        (with(home("V-1"), "/status", json!("canary")), "ifa/status-unknown"),
        (with(home("V-1"), "/asAt", json!(days_ago(-2))), "ifa/as-at-future"),
        (with(home("V-1"), "/carerRef", json!("Canary Carer")), "ifa/carer-ref-looks-like-a-name"),
    ] {
        let problem = offer(&agency, &[wrong]).problem(422, "document-has-errors");
        let rules: Vec<&Value> =
            problem["report"]["rules"].as_array().unwrap().iter().map(|told| &told["rule"]).collect();
        assert!(rules.contains(&&json!(rule)), "{rule}: {problem}");
        assert!(!problem.to_string().to_lowercase().contains("canary"), "{problem}");
    }
    for body in ["", "{", "[]", "7", "{\"canary\":1}", "null", &"[".repeat(100_000)] {
        let answer = agency.post(PATH, body);
        assert!(matches!(answer.status, 400 | 422), "{body:.20}: {}", answer.text());
        assert!(!answer.text().contains("canary"));
    }
    agency.post(PATH, &document(&[])).problem(400, "invalid-request");
    agency.post(PATH, &document(&[home("V-1"), home("V-2")])).problem(400, "invalid-request");
    agency.send("POST", PATH, &[("Content-Type", "text/csv")], b"a").problem(415, "unsupported-media-type");
    agency
        .send("POST", PATH, &[("Content-Type", "application/json")], &vec![b' '; 2_000_000])
        .problem(413, "too-large");
    let unknown = json!({ "format": "homeward/vacancies", "version": "1", "provider": { "urn": "SC999901" }, "vacancies": [],
        "confirmations": [{ "vacancyId": "V-1", "asAt": today() }] });
    let refused = agency.post(PATH, &unknown.to_string()).problem(422, "unprocessable");
    assert_eq!(refused["errors"][0]["rule"], "ifa/no-change-unknown");
    let filled = with(with(home("V-1"), "/status", json!("filled")), "/places/available", json!(0));
    assert_eq!(offer(&agency, &[filled]).problem(409, "state-conflict")["state"], "new");
    assert_eq!(found(&agency, ""), Vec::<String>::new());

    // About another home than the address names.
    let (first, second) = (offer(&agency, &[home("V-1")]), offer(&agency, &[home("V-2")]));
    put(&agency, &location(&first), &tag(&first), &home("V-2")).problem(400, "invalid-request");
    agency.send("DELETE", &location(&second), &[], b"").problem(428, "precondition-required");
    agency.send("DELETE", &location(&second), &[("If-Match", "canary")], b"").problem(400, "invalid-header");
    agency.send("PATCH", &location(&second), &[], b"").problem(405, "method-not-allowed");
    for (body, status) in
        [(r#"{"confirmedBy":"canary"}"#, 400), (r#"{"canary":1}"#, 400), ("[]", 400), ("{}", 200), ("", 200)]
    {
        let answer = agency.post(&format!("{}/confirm", location(&first)), body);
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
}

#[test]
fn so_many_homes_are_still_right_only_if_so_many_are_held() {
    let house = house();
    let (agency, placements) = (house.by("bluebird"), house.by("placements"));
    let older = |reference: &str| with(home(reference), "/asAt", json!(days_ago(6)));
    let drafted = with(older("V-3"), "/status", json!("draft"));
    bulk(&agency, "", &document(&[older("V-1"), older("V-2"), drafted])).with_status(200);
    let confirm = |count: u64| {
        agency.post(
            &format!("{PATH}/confirm"),
            &json!({ "providerUrn": "SC999901", "count": count, "confirmedBy": "manager" }).to_string(),
        )
    };
    let refused = confirm(3).problem(409, "state-conflict");
    assert_eq!(refused["held"], 2);
    assert_eq!(confirm(2).with_status(200).json()["confirmed"], 2);
    let page = placements.get(PATH).with_status(200).json();
    assert_eq!(page["items"].as_array().unwrap().iter().filter(|item| item["confirmed"] == "today").count(), 2);
    for wrong in [
        json!({}),
        json!({ "providerUrn": "SC999901" }),
        json!({ "providerUrn": "canary", "count": 1 }),
        json!({ "providerUrn": "SC999901", "count": -1 }),
    ] {
        let problem = agency.post(&format!("{PATH}/confirm"), &wrong.to_string()).problem(400, "invalid-request");
        assert!(!problem.to_string().contains("canary"));
    }
}

#[test]
fn a_file_is_taken_row_by_row_and_twice_changes_nothing() {
    let house = house();
    let (agency, placements) = (house.by("bluebird"), house.by("placements"));
    let rows = |available: u8| {
        let head = "vacancy_id,provider_urn,provision,carer_ref,status,as_at,places_approved,places_occupied,places_available,age_min,age_max,genders,placement_types,outward_postcode";
        let row = |n: u8| {
            format!("V-{n},SC999901,fostering,C-{n},open,{},3,1,{available},5,11,any,short-term,B13", days_ago(1))
        };
        format!(
            "{head}\n{}\n{}\nV-3,SC999901,fostering,C-3,open,{},2+,1,1,5,11,any,short-term,B13\n{}\n",
            row(1),
            row(2),
            today(),
            row(4)
        )
    };
    let csv = |query: &str, text: &str| {
        agency.send("POST", &format!("{BULK}{query}"), &[("Content-Type", "text/csv")], text.as_bytes())
    };
    let trial = csv("?dry_run=true", &rows(1)).with_status(200);
    assert_eq!(
        (outcomes(&trial), &trial.json()["dryRun"]),
        (vec!["created".to_owned(), "created".into(), "rejected".into(), "created".into()], &json!(true))
    );
    assert_eq!(found(&agency, ""), Vec::<String>::new());
    let failed = csv("?errors=fail", &rows(1)).problem(422, "document-has-errors");
    assert_eq!(failed["report"]["errors"], 1);
    assert_eq!(found(&agency, ""), Vec::<String>::new());

    let taken = csv("", &rows(1)).with_status(200);
    assert_eq!(outcomes(&taken), ["created", "created", "rejected", "created"]);
    let results = taken.json()["results"].clone();
    assert_eq!((&results[2]["line"], &results[2]["rule"]), (&json!(4), &json!("ifa/places-not-a-number")));
    assert_eq!(found(&placements, "age=9"), ["V-1", "V-2", "V-4"]);
    let before = bluebird_pages(&agency);
    let tags: Vec<String> = before.iter().map(|id| tag(&agency.get(&format!("{PATH}/{id}")))).collect();
    assert_eq!(outcomes(&csv("", &rows(1)).with_status(200)), ["unchanged", "unchanged", "rejected", "unchanged"]);
    let after: Vec<String> = before.iter().map(|id| tag(&agency.get(&format!("{PATH}/{id}")))).collect();
    assert_eq!(after, tags, "read twice changes nothing");

    // Under one key it is done once, and answered again as it was.
    let key = [("Content-Type", "text/csv"), ("Idempotency-Key", "monday-1")];
    let once = agency.send("POST", BULK, &key, rows(2).as_bytes()).with_status(200);
    assert_eq!(outcomes(&once), ["updated", "updated", "rejected", "updated"]);
    let again = agency.send("POST", BULK, &key, rows(2).as_bytes()).with_status(200);
    assert_eq!((again.header("idempotency-replayed"), again.text()), (Some("true"), once.text()));
    agency.send("POST", BULK, &key, rows(1).as_bytes()).problem(422, "idempotency-mismatch");

    // Whatever is no document of vacancies says so.
    for (kind, body) in [
        ("text/csv", "a,b\n1,2\n"),
        ("text/csv", ""),
        ("application/json", "{}"),
        ("application/octet-stream", "\0\u{1}"),
    ] {
        let answer = agency.send("POST", BULK, &[("Content-Type", kind)], body.as_bytes());
        assert!(matches!(answer.status, 200 | 400), "{}", answer.text());
        if answer.status == 200 {
            assert!(answer.json()["report"]["errors"].as_u64().unwrap() > 0, "{}", answer.text());
        }
    }
    agency.send("POST", BULK, &[("Content-Type", "text/html")], b"a").problem(415, "unsupported-media-type");
}

#[test]
fn the_workbook_of_an_office_is_taken_row_by_row_like_a_table() {
    let house = house();
    let (agency, placements) = (house.by("bluebird"), house.by("placements"));
    let form = agency.get("/v1/formats/vacancies-xlsx/template").with_status(200);
    assert!(form.header("content-disposition").unwrap().contains("vacancies-xlsx.xlsx"));
    assert_eq!(form.header("content-type"), Some(SPREADSHEET));
    let head = "vacancy_id,provider_urn,provision,carer_ref,status,as_at,places_approved,places_occupied,places_available,age_min,age_max,genders,placement_types,outward_postcode";
    let row = |id: &str, urn: &str| {
        format!("{id},{urn},fostering,C-{id},open,{},3,1,1,5,11,any,short-term,B13\n", days_ago(1))
    };
    let rows = [row("V-1", "SC999901"), row("V-2", "SC999901"), row("V-3", "SC999902")].concat();
    let table = house.scratch.write("table.csv", format!("{head}\n{rows}"));
    let file = house.scratch.file("filled.xlsx");
    let flags = ["translate", "--to", "vacancies-xlsx", "--view", "local-authority", &table, "-o", &file];
    crate::program::run(flags).ended(0);
    let filled = std::fs::read(&file).unwrap();
    let send = |kind: &str, body: &[u8]| agency.send("POST", BULK, &[("Content-Type", kind)], body).with_status(200);
    let taken = send(SPREADSHEET, &filled);
    assert_eq!(outcomes(&taken), ["created", "created", "rejected"]);
    let paths: Vec<Value> = taken.json()["results"].as_array().unwrap().iter().map(|it| it["path"].clone()).collect();
    assert_eq!(paths, ["Vacancies!5", "Vacancies!6", "Vacancies!7"].map(Value::from));
    assert_eq!(found(&placements, "age=9"), ["V-1", "V-2"], "another agency's home is not taken");
    // By whatever type it comes, it is told by what it holds; and sent again it changes nothing.
    assert_eq!(outcomes(&send("application/octet-stream", &filled)), ["unchanged", "unchanged", "rejected"]);
    let empty = send(SPREADSHEET, &form.body);
    assert_eq!(outcomes(&empty), Vec::<String>::new());
    let cut = send(SPREADSHEET, &filled[..filled.len() / 2]);
    assert!(cut.text().contains("workbook/damaged"), "{}", cut.text());
}

/// The media type of a workbook.
const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[test]
fn everything_we_have_withdraws_what_is_absent_but_not_by_mistake() {
    let house = house();
    let (agency, placements) = (house.by("bluebird"), house.by("placements"));
    let homes: Vec<Value> = (1..=4).map(|n| home(&format!("V-{n}"))).collect();
    bulk(&agency, "", &document(&homes)).with_status(200);
    house.by("robin").post(PATH, &document_of("SC999902", &[home("V-1")])).with_status(201);
    // A row that was lost withdraws nothing.
    let broken = [homes[0].clone(), homes[1].clone(), with(homes[2].clone(), "/places/available", json!(9))];
    let lost = bulk(&agency, "?mode=replace", &document(&broken)).with_status(200);
    assert_eq!((&lost.json()["notWithdrawn"], &lost.json()["counts"]["withdrawn"]), (&json!("rows-lost"), &json!(0)));
    // More than half asks for a word.
    let large = bulk(&agency, "?mode=replace", &document(&homes[..1])).with_status(200);
    assert_eq!((&large.json()["notWithdrawn"], found(&placements, "").len()), (&json!("replace-too-large"), 5));
    assert!(large.text().contains("ifa/replace-too-large"));
    let taken = bulk(&agency, "?mode=replace", &document(&homes[..3])).with_status(200);
    assert_eq!(outcomes(&taken), ["unchanged", "unchanged", "unchanged", "withdrawn"]);
    assert_eq!(found(&placements, ""), ["V-1", "V-1", "V-2", "V-3"], "another agency's stay");
    let confirmed = bulk(&agency, "?mode=replace&confirmed=true", &document(&homes[..1])).with_status(200);
    assert_eq!(confirmed.json()["counts"]["withdrawn"], 2);
    // The next file may offer them again, once somebody has looked; the old one that comes once more does not.
    let old = bulk(&agency, "", &document(&homes));
    assert_eq!(outcomes(&old), ["unchanged", "rejected", "rejected", "rejected"]);
    assert_eq!(old.json()["results"][1]["rule"], "ifa/transition");
    let checked: Vec<Value> = homes.iter().map(|home| with(home.clone(), "/asAt", json!(today()))).collect();
    assert_eq!(outcomes(&bulk(&agency, "", &document(&checked))), ["unchanged", "updated", "updated", "updated"]);
    assert_eq!(found(&placements, "").len(), 5);
}

#[test]
fn of_two_who_write_at_once_one_is_told_to_look_again() {
    let house = house();
    let agency = house.by("bluebird");
    let made = offer(&agency, &[home("V-1")]).with_status(201);
    let (at, mut version) = (location(&made), tag(&made));
    for round in 0..10 {
        let (first, second) = (house.by("bluebird"), house.by("bluebird"));
        let write = |by: &By<'_>, available: u8| {
            let changed = with(home("V-1"), "/places/available", json!(available));
            put(by, &at, &version, &with(changed, "/summary", json!(format!("Round {round}."))))
        };
        let (one, two) = thread::scope(|scope| {
            let other = scope.spawn(|| write(&second, 2));
            (write(&first, 1), other.join().unwrap())
        });
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{} {}", one.text(), two.text());
        let winner = if one.status == 200 { one } else { two };
        version = tag(&winner);
        assert_eq!(tag(&agency.get(&at)), version);
    }
    // Many make the same home: it is there once.
    let made: Vec<u16> = thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| offer(&agency, &[home("V-2")]).status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!((made.iter().filter(|it| **it == 201).count(), made.iter().filter(|it| **it == 409).count()), (1, 7));
}

#[test]
fn who_searches_while_a_file_comes_sees_all_of_it_or_nothing() {
    const HOMES: usize = 500;
    let house = house();
    let agency = house.by("bluebird");
    let homes = |age_max: u8| -> Vec<Value> {
        (0..HOMES).map(|n| with(home(&format!("V-{n}")), "/whoFor/ageMax", json!(age_max))).collect()
    };
    let files = [document(&homes(11)), document(&homes(17))];
    bulk(&agency, "", &files[0]).with_status(200);
    let (placements, done) = (house.by("placements"), AtomicBool::new(false));
    let (mut old, mut new) = (0, 0);
    thread::scope(|scope| {
        let searchers: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = [0, 0];
                    while !done.load(Ordering::Relaxed) {
                        let page = placements.get(&format!("{PATH}?age=15&limit=1")).with_status(200).json();
                        match page["found"].as_u64().unwrap() {
                            0 => seen[0] += 1,
                            500 => seen[1] += 1,
                            part => panic!("{part} of {HOMES}"),
                        }
                    }
                    seen
                })
            })
            .collect();
        for round in 1..=6 {
            bulk(&agency, "", &files[round % 2]).with_status(200);
        }
        done.store(true, Ordering::Relaxed);
        for searcher in searchers {
            let seen = searcher.join().unwrap();
            (old, new) = (old + seen[0], new + seen[1]);
        }
    });
    assert!(old > 0 && new > 0, "both were seen: {old} {new}");
}

#[test]
fn what_is_too_old_expires_and_a_limit_of_rows_holds() {
    let limits = "[limits]\nbulk_rows_max = 3\nbulk_bytes_max = 20000\n";
    let mut house = House::with(&format!("{limits}{}", cast()), "", "info");
    {
        let agency = house.by("bluebird");
        let three: Vec<Value> = (1..=3).map(|n| home(&format!("V-{n}"))).collect();
        bulk(&agency, "", &document(&three)).with_status(200);
        let four: Vec<Value> = (1..=4).map(|n| home(&format!("V-{n}"))).collect();
        assert_eq!(bulk(&agency, "", &document(&four)).problem(413, "too-large")["limit"], "bulk_rows_max");
        let long = document(&[with(home("V-1"), "/summary", json!("x".repeat(20_000)))]);
        assert_eq!(bulk(&agency, "", &long).problem(413, "too-large")["limit"], "bulk_bytes_max");
        let over = with(home("V-1"), "/asAt", json!(days_ago(15)));
        bulk(&agency, "", &document(&[with(over, "/summary", json!("Other."))])).with_status(200);
        assert_eq!(found(&house.by("placements"), "include_stale=true"), ["V-2", "V-3"]);
    }
    // At the next start it is looked at, and its state says so.
    house.stop();
    house.start();
    let status = super::wait_until("a home expires", || {
        let page = house.by("bluebird").get(PATH).with_status(200).json();
        let items = page["items"].as_array().unwrap().clone();
        let it = items.into_iter().find(|item| item["vacancy"]["vacancyId"] == "V-1").unwrap();
        (it["status"] == "expired").then_some(it)
    });
    let at = format!("{PATH}/{}", status["id"].as_str().unwrap());
    house.by("bluebird").post(&format!("{at}/confirm"), "{}").problem(409, "state-conflict");
    assert!(house.audit().iter().any(|line| line["action"] == "expire-homes"));
}

#[test]
fn a_provider_says_who_it_is_and_authorities_read_it() {
    const PROVIDERS: &str = "/v1/providers";
    let house = house();
    let (bluebird, robin, placements) = (house.by("bluebird"), house.by("robin"), house.by("placements"));
    let own = format!("{PROVIDERS}/SC999901");
    placements.get(&own).problem(404, "not-found");
    let say = |by: &By<'_>, at: &str, tag: Option<&str>, body: &str| {
        let seen = tag.map(|tag| ("If-Match", tag));
        let headers: Vec<_> = [("Content-Type", "application/json")].into_iter().chain(seen).collect();
        by.send("PUT", at, &headers, body.as_bytes())
    };
    let made = say(&bluebird, &own, None, &document(&[])).with_status(201);
    assert_eq!(made.header("location"), Some(own.as_str()));
    let read = placements.get(&own).with_status(200);
    assert_eq!((&read.json()["provider"]["name"], tag(&read)), (&json!("Invented Fostering"), tag(&made)));
    placements.send("GET", &own, &[("If-None-Match", &tag(&read))], b"").with_status(304);
    say(&bluebird, &own, None, &document(&[])).problem(428, "precondition-required");
    let same = say(&bluebird, &own, Some(&tag(&read)), &document(&[])).with_status(200);
    assert_eq!((&same.json()["outcome"], tag(&same)), (&json!("unchanged"), tag(&read)));
    let renamed = document(&[]).replace("Invented", "Imagined");
    let changed = say(&bluebird, &own, Some(&tag(&read)), &renamed).with_status(200);
    say(&bluebird, &own, Some(&tag(&read)), &renamed).problem(412, "precondition-failed");
    assert_ne!(tag(&changed), tag(&read));
    say(&bluebird, &own, Some(&tag(&changed)), &document(&[home("V-1")])).problem(400, "invalid-request");
    for (by, at) in [(&robin, own.as_str()), (&bluebird, "/v1/providers/SC999902"), (&bluebird, "/v1/providers/canary")]
    {
        say(by, at, None, &document(&[])).problem(404, "not-found");
    }
    robin.get(&own).problem(404, "not-found");

    // Found by what they say of themselves and of their homes.
    robin.post(PATH, &document_of("SC999902", &[home("V-1")])).with_status(201);
    let names = |by: &By<'_>, query: &str| -> Vec<String> {
        let page = by.get(&format!("{PROVIDERS}{query}")).with_status(200).json();
        page["items"].as_array().unwrap().iter().map(|it| it["urn"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&placements, ""), ["SC999902", "SC999901"]);
    assert_eq!(names(&placements, "?rating=good&limit=1"), ["SC999902"]);
    assert_eq!(names(&placements, "?rating=inadequate"), Vec::<String>::new());
    assert_eq!(names(&placements, "?framework=wm"), Vec::<String>::new());
    assert_eq!(names(&bluebird, ""), ["SC999901"]);
    for wrong in ["rating=canary", "authority=canary", "framework=", "canary=1", "limit=0", "after=canary"] {
        let problem = placements.get(&format!("{PROVIDERS}?{wrong}")).problem(400, "invalid-request");
        assert!(!problem.to_string().contains("canary"), "{problem}");
    }
}

#[test]
fn a_file_on_a_route_offers_homes_in_the_same_way_and_its_report_tells_rules_per_row() {
    let sends = "[\"messages:send\", \"messages:read\", \"vacancies:read\", \"vacancies:write\"]";
    let what = format!("view = \"provider\"\nurns = [\"SC999901\"]\nscopes = {sends}");
    let cast = format!("{}\n{}", partner("lcs", &what), cast());
    let route = "[[route]]\nname = \"weekly\"\nerrors = \"quarantine\"\n\
        from = { partner = \"lcs\", format = \"vacancies-csv\" }\n\
        to = [{ partner = \"placements\", format = \"vacancies-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]\n";
    let mut house = House::with(&cast, route, "info");
    let row = |urn: &str, n: u8, approved: &str| {
        format!("V-{n},{urn},fostering,C-{n},open,{},{approved},1,1,5,11,any,short-term,APKN\n", days_ago(1))
    };
    let head = "vacancy_id,provider_urn,provision,carer_ref,status,as_at,places_approved,places_occupied,places_available,age_min,age_max,genders,placement_types,ethnicity\n";
    let file =
        [head, &row("SC999901", 1, "3"), &row("SC999901", 2, "1"), &row("SC999901", 3, "3"), &row("SC999902", 4, "3")]
            .concat();
    let send = |house: &House, text: &str| {
        let headers = [("Content-Type", "text/csv"), ("Prefer", "wait=20")];
        let sent = house.by("lcs").send("POST", "/v1/routes/weekly/messages", &headers, text.as_bytes());
        let id = sent.with_status(202).json()["id"].as_str().unwrap().to_owned();
        house.until_read(&id)
    };
    let message = send(&house, &file);
    let counts = &message["counts"]["homes"];
    assert_eq!((&counts["created"], &counts["rejected"]), (&json!(2), &json!(1)), "{message}");
    let report =
        house.by("lcs").get(&format!("/v1/messages/{}/report", message["id"].as_str().unwrap())).with_status(200);
    for rule in ["ifa/places-sum", "ifa/provider-not-yours"] {
        let told = report.json()["diagnostics"].as_array().unwrap().clone();
        let at = told.iter().find(|told| told["rule"] == rule).unwrap_or_else(|| panic!("{rule}: {}", report.text()));
        assert!(at["place"]["line"].as_u64().unwrap() > 1);
    }
    nothing_of_the_carers(&report.text());
    assert_eq!(found(&house.by("placements"), "age=9"), ["V-1", "V-3"]);
    assert_eq!(found(&house.by("robin"), ""), Vec::<String>::new());

    // The same again changes nothing, also after a kill; another file is another word.
    let ids = bluebird_pages(&house.by("lcs"));
    let tags = |house: &House| -> Vec<String> {
        ids.iter().map(|id| tag(&house.by("lcs").get(&format!("{PATH}/{id}")))).collect()
    };
    let before = tags(&house);
    house.gateway.take().unwrap().kill();
    house.start();
    let again = send(&house, &file.replace("any", "male;female"));
    assert_eq!(again["counts"]["homes"]["updated"], 2, "{again}");
    let changed = tags(&house);
    assert_ne!(changed, before);
    let third = send(&house, &format!("{}\n", file.replace("any", "male;female")));
    assert_eq!(third["counts"]["homes"]["unchanged"], 2, "{third}");
    assert_eq!(tags(&house), changed);
    nothing_of_the_carers(&house.stop());
}

#[test]
fn a_message_that_is_everything_withdraws_what_it_does_not_name_but_not_by_mistake() {
    let sends = "[\"messages:send\", \"messages:read\", \"vacancies:read\", \"vacancies:write\"]";
    let what = format!("view = \"provider\"\nurns = [\"SC999901\"]\nscopes = {sends}");
    let cast = format!("{}\n{}", partner("lcs", &what), cast());
    let to = "to = [{ partner = \"placements\", format = \"vacancies-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]\n";
    let route = |name: &str, format: &str, more: &str| {
        format!("[[route]]\nname = \"{name}\"\n{more}from = {{ partner = \"lcs\", format = \"{format}\" }}\n{to}")
    };
    let routes = [route("json", "vacancies-json", ""), route("whole", "vacancies-csv", "complete = true\n")].concat();
    let house = House::with(&cast, &routes, "info");
    let (lcs, placements) = (house.by("lcs"), house.by("placements"));
    let send = |route: &str, kind: &str, text: &str| {
        let headers = [("Content-Type", kind), ("Prefer", "wait=20")];
        let sent = lcs.send("POST", &format!("/v1/routes/{route}"), &headers, text.as_bytes());
        house.until_read(sent.with_status(202).json()["id"].as_str().unwrap())["counts"]["homes"].clone()
    };
    let everything = |homes: &[Value]| {
        let mut document: Value = serde_json::from_str(&document(homes)).unwrap();
        document["mode"] = json!("replace");
        document.to_string()
    };
    house.by("robin").post(PATH, &document_of("SC999902", &[home("V-9")])).with_status(201);
    let homes: Vec<Value> = (1..=4).map(|n| home(&format!("V-{n}"))).collect();
    send("json/messages", "application/json", &document(&homes));
    assert_eq!(found(&placements, "").len(), 5);

    // What says that it is changes only, or is said to be no more beside it, withdraws nothing.
    let merged = send("json/messages", "application/json", &document(&homes[..3]));
    assert_eq!((&merged["withdrawn"], merged.get("notWithdrawn")), (&json!(0), None), "{merged}");
    let beside = send("json/messages?complete=false", "application/json", &everything(&homes[..3]));
    assert_eq!(beside["withdrawn"], 0, "{beside}");
    // A row that was lost withdraws nothing, and more than half needs a word that no message can say.
    let broken = [homes[0].clone(), homes[1].clone(), with(homes[2].clone(), "/places/available", json!(9))];
    let lost = send("json/messages", "application/json", &everything(&broken));
    assert_eq!((&lost["notWithdrawn"], &lost["withdrawn"]), (&json!("rows-lost"), &json!(0)), "{lost}");
    let large = send("json/messages", "application/json", &everything(&homes[..1]));
    assert_eq!((&large["notWithdrawn"], &large["rejected"]), (&json!("replace-too-large"), &json!(0)), "{large}");
    let report = lcs.get("/v1/messages?limit=1").with_status(200).json()["items"][0]["id"].as_str().unwrap().to_owned();
    let report = lcs.get(&format!("/v1/messages/{report}/report")).with_status(200).text();
    assert!(report.contains("ifa/replace-too-large"), "{report}");
    assert_eq!(found(&placements, "").len(), 5);

    // What a whole document does not name goes, and is listed back; another agency's stay.
    let taken = send("json/messages", "application/json", &everything(&homes[..3]));
    assert_eq!((&taken["withdrawn"], &taken["notWithdrawn"]), (&json!(1), &Value::Null), "{taken}");
    let gone = taken["withdrawnAsAbsent"][0].as_str().unwrap().to_owned();
    lcs.get(&format!("{PATH}/{gone}")).problem(410, "gone");
    assert_eq!(found(&placements, ""), ["V-1", "V-2", "V-3", "V-9"]);

    // Tables have no place for it: their route says it, or the message.
    let head = "vacancy_id,provider_urn,provision,carer_ref,status,as_at,places_approved,places_occupied,places_available,age_min,age_max,genders,placement_types,outward_postcode";
    let table = |numbers: &[u8]| {
        let row = |n: &u8| format!("V-{n},SC999901,fostering,C-{n},open,{},3,1,1,5,11,any,short-term,B13\n", today());
        format!("{head}\n{}", numbers.iter().map(row).collect::<String>())
    };
    let fewer = send("whole/messages", "text/csv", &table(&[1, 2]));
    assert_eq!((&fewer["updated"], &fewer["withdrawn"]), (&json!(2), &json!(1)), "{fewer}");
    assert_eq!(found(&placements, ""), ["V-1", "V-2", "V-9"]);
    let not_whole = send("whole/messages?complete=false", "text/csv", &table(&[1]));
    assert_eq!((&not_whole["unchanged"], &not_whole["withdrawn"]), (&json!(1), &json!(0)), "{not_whole}");
    // The next file opens them again.
    let again = send("whole/messages?complete=true", "text/csv", &table(&[1, 2, 3, 4]));
    assert_eq!((&again["updated"], &again["unchanged"]), (&json!(2), &json!(2)), "{again}");
    assert_eq!(found(&placements, "").len(), 5);
    // In bulk the document is heard as well, where the request does not say it.
    let all: Vec<Value> = homes.iter().map(|home| with(home.clone(), "/asAt", json!(today()))).collect();
    let merged = bulk(&lcs, "?mode=merge", &everything(&all[..3])).with_status(200);
    assert_eq!(merged.json()["counts"]["withdrawn"], 0);
    let replaced = bulk(&lcs, "", &everything(&all[..3])).with_status(200);
    assert_eq!(replaced.json()["counts"]["withdrawn"], 1, "{}", replaced.text());
}

/// What a framework and the registers of the configuration say of homes: how long they hold, which price, how far they
/// are, and whose registration ended.
#[test]
fn frameworks_and_registers_decide_what_is_found_and_how_far_it_is() {
    let outcodes = "outcode,easting,northing\nB13,407000,282000\nCV1,433500,279000\n";
    let register = |robin: &str| {
        format!(
            "URN,Provision type,Registration status,Name,Sector\n\
             SC999901,Independent fostering agency,Active,Bluebird,Private\n\
             SC999902,Independent fostering agency,{robin},Robin,Private\n"
        )
    };
    let prices = "framework,lot,age_from,age_to,weekly_fee,valid_from,valid_to\n\
                  wm-fostering,standard,0,17,800.00,2020-01-01,\n";
    let tables = "[registers]\noutcodes_file = \"outcodes.csv\"\nproviders_file = \"providers.csv\"\nneighbours = [\"332\"]\n\
                  [[framework]]\nid = \"wm-fostering\"\nname = \"West Midlands\"\nprovision = \"fostering\"\nlead = \"330\"\n\
                  members = [\"330\", \"331\"]\nlots = [\"standard\"]\ntiers = [[\"SC999901\", \"SC999902\"]]\n\
                  valid_from = 2020-01-01\nvacancy_fresh_days = 3\nvacancy_expire_days = 5\nprices_file = \"prices.csv\"\n";
    let files = [("outcodes.csv", outcodes), ("providers.csv", &*register("Active")), ("prices.csv", prices)];
    let house = House::beside(&format!("{tables}{}", cast()), "", "info", &files);
    let framed = |reference: &str, lot: &str, days: i64| {
        let mut home = with(home(reference), "/asAt", json!(days_ago(days)));
        home["framework"] = json!({ "id": "wm-fostering", "lot": lot, "contract": "spot" });
        home
    };
    let bluebird = house.by("bluebird");
    let mut unpriced = framed("V-1", "standard", 1);
    unpriced.as_object_mut().unwrap().remove("fee");
    let answer = offer(&bluebird, &[unpriced]).with_status(201).json();
    assert_eq!(answer["rules"], json!([]), "{answer}");
    let stale = offer(&bluebird, &[framed("V-2", "standard", 4)]).with_status(201).json();
    assert!(stale["rules"].to_string().contains("ifa/stale"), "after three days it is, under this framework: {stale}");
    assert!(stale["rules"].to_string().contains("ifa/fee-above-framework"), "{stale}");
    let elsewhere = offer(&bluebird, &[framed("V-3", "enhanced", 1)]).with_status(201).json();
    assert!(elsewhere["rules"].to_string().contains("ifa/not-on-framework"), "{elsewhere}");
    bulk(&house.by("robin"), "", &document_of("SC999902", &[home("V-4")])).with_status(200);

    let placements = house.by("placements");
    assert_eq!(found(&placements, "age=9"), ["V-1", "V-3", "V-4"]);
    assert_eq!(found(&placements, "age=9&include_stale=true"), ["V-1", "V-2", "V-3", "V-4"]);
    assert_eq!(found(&placements, "age=9&max_fee=must:850"), ["V-1"], "at the framework's price");
    // Sixteen and a half miles by the table: not within ten, within twenty, and so near to fifteen that nobody knows.
    assert_eq!(found(&placements, "outward=CV1&miles=must:10"), [""; 0]);
    assert_eq!(found(&placements, "outward=CV1&miles=must:20"), ["V-1", "V-3", "V-4"]);
    assert_eq!(found(&placements, "outward=CV1&miles=must:15"), ["V-1", "V-3", "V-4"]);

    // Ofsted's next file: a registration ended. Its homes are kept, and no longer shown.
    house.scratch.write("providers.csv", register("Suspended"));
    let shows_robin = || found(&placements, "age=9").contains(&"V-4".to_owned());
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while shows_robin() {
        assert!(std::time::Instant::now() < until, "a changed register is read anew");
        thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(found(&house.by("robin"), "").len(), 1, "kept, for its agency to see");
}
