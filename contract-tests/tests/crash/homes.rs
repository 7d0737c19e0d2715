//! kill -9 while agencies offer homes: what was acknowledged stands as it was said last, done once and told once.

use std::{collections::BTreeMap, env, fs, net::SocketAddr, thread, time::Duration};

use contract_tests::homeward::homeward_with_crash_points;
use serde_json::{Value, json};
use store::{Store, audit::AuditFilter};

use crate::{
    client,
    house::{Gateway, House, key_of, open_store},
};

/// Kills; `HOMEWARD_CRASH_KILLS` asks for others.
const KILLS: u32 = 12;

/// Homes that each word is about.
const HOMES: u64 = 3;

/// Everything that an agency has, in words that say which time it says it.
fn document(day: &str, round: u64) -> String {
    let homes: Vec<Value> = (0..HOMES)
        .map(|n| {
            json!({
                "vacancyId": format!("V-{n}"), "status": "open", "provision": "fostering", "carerRef": format!("C-{n}"),
                "places": { "approved": 3, "occupied": 1, "available": 1 }, "asAt": day,
                "whoFor": { "ageMin": 5, "ageMax": 11, "genders": ["any"] }, "placementTypes": ["short-term"],
                "summary": format!("Said {round} times."),
            })
        })
        .collect();
    json!({ "format": "homeward/vacancies", "version": "1", "provider": { "urn": "SC999901" }, "vacancies": homes })
        .to_string()
}

/// Says it under its key; whether it was acknowledged before the gateway stood still.
fn say(gateway: SocketAddr, day: &str, round: u64) -> bool {
    let key = format!("round-{round}");
    let headers = [("Idempotency-Key", key.as_str()), ("Content-Type", "application/json")];
    let body = document(day, round);
    let answer = client::send(gateway, "POST /v1/vacancies/bulk", &key_of("agency"), &headers, body.as_bytes());
    answer.is_ok_and(|answer| answer.with_status(200).json()["counts"]["rejected"] == 0)
}

/// What is read of each home.
fn homes(gateway: &Gateway) -> BTreeMap<String, Value> {
    let items = gateway.list("agency", "/v1/vacancies");
    items.into_iter().map(|item| (item["vacancy"]["vacancyId"].as_str().unwrap().to_owned(), item)).collect()
}

#[test]
fn what_was_acknowledged_of_a_home_stands_once() {
    let kills = env::var("HOMEWARD_CRASH_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number of kills"));
    let program = homeward_with_crash_points();
    let house = House::new(&["transport = \"directory\"\npath = \"out\"\nname = \"{delivery}.json\"".to_owned()]);
    let house = house.and_an_agency();
    fs::create_dir(house.path("out")).unwrap();
    let day = (jiff::Zoned::now().date() - jiff::Span::new().days(1)).to_string();
    let mut acknowledged = 0_u64;
    for kill in 0..kills {
        let mut command = house.command(&program);
        // Some commits are the house's own: never the same one twice running.
        command.env("HOMEWARD_CRASH_AT", format!("before-commit:{}", 6 + kill * 5 % 9));
        let mut gateway = Gateway::start(command);
        if !gateway.stands_still {
            thread::scope(|scope| {
                let (address, day) = (gateway.public, &day);
                let saying = scope.spawn(move || {
                    // What was kept before the last kill and never answered is answered as it was then.
                    let answered = (acknowledged + 1..).take_while(|round| {
                        thread::sleep(Duration::from_millis(5));
                        say(address, day, *round)
                    });
                    acknowledged + answered.count() as u64
                });
                gateway.until_it_stands_still();
                gateway.kill();
                acknowledged = saying.join().unwrap();
            });
        } else {
            gateway.kill();
        }
        house.prove_store();
        let gateway = Gateway::start(house.command(&program));
        let held = homes(&gateway);
        for item in held.values() {
            let said = item["vacancy"]["summary"].as_str().unwrap();
            // One more may have been kept whose answer never came; all homes of a word are kept together.
            let may_be = [acknowledged, acknowledged + 1].map(|round| format!("Said {round} times."));
            assert!(may_be.contains(&said.to_owned()), "{said}: {acknowledged} were acknowledged");
            assert_eq!(item["vacancy"]["summary"], held["V-0"]["vacancy"]["summary"]);
        }
        assert!(acknowledged == 0 || held.len() as u64 == HOMES);
        gateway.kill();
    }
    let gateway = Gateway::start(house.command(&program));
    acknowledged += 1;
    assert!(say(gateway.public, &day, acknowledged));
    for item in homes(&gateway).values() {
        // Done once for each word, however often it was repeated.
        assert_eq!((&item["version"], &item["vacancy"]["version"]), (&json!(acknowledged), &json!(acknowledged)));
    }
    gateway.kill();
    let store = open_store(&house.path("store"));
    let filter = AuditFilter { action: Some("offer-homes".to_owned()), limit: 1_000, ..AuditFilter::default() };
    assert_eq!(store.audit(&filter).unwrap().items.len() as u64, acknowledged, "told once");
    for home in store.homes(None, 9).unwrap() {
        let before: Vec<u64> = store.home_versions(home.id).unwrap().iter().map(|held| held.version).collect();
        assert_eq!(before, (1..acknowledged).rev().take(104).collect::<Vec<_>>());
    }
    assert!(acknowledged > u64::from(kills) / 2, "it was said again and again: {acknowledged}");
}
