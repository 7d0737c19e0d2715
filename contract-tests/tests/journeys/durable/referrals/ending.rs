//! How a search ends by itself: its time runs out, those who were asked are told, and at last nothing is left of it.

use super::*;

/// A moment so many days from now, as the program lives it.
fn in_days(days: i32) -> String {
    jiff::Timestamp::now().checked_add((days * 24).hours()).unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A search with a deadline in two days, and an offer on it that holds for four.
fn asked_and_offered(house: &House) -> (String, String) {
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    offers_a_home(&bluebird, "SC999901", 1);
    let mut asked = request("101");
    asked["respondBy"] = json!(in_days(2));
    let reference = issued(&lcs, &asked);
    open_wave(&lcs, &reference, 2).with_status(200);
    let mut document = offer_document(&reference, "SC999901", "O-1");
    document["validUntil"] = json!(in_days(4));
    let made = bluebird.post(&format!("{PATH}/{reference}/offers"), &document.to_string()).with_status(201);
    (reference, made.header("location").unwrap().to_owned())
}

fn state(house: &House, reference: &str) -> Value {
    house.by("lcs").get(&format!("{PATH}/{reference}")).with_status(200).json()["state"].clone()
}

fn lines(house: &House, action: &str) -> Vec<Value> {
    house.audit().into_iter().filter(|line| line["action"] == action).collect()
}

#[test]
fn a_search_ends_once_its_time_is_over_and_no_offer_holds_and_later_it_is_forgotten() {
    let mut house = house_with("[retention]\ndelivery_days = 3\n");
    let (reference, offer) = asked_and_offered(&house);
    let at = format!("{PATH}/{reference}");
    house.lies_in("asked", 1);

    // After the deadline nobody offers any more, and whoever offered in time keeps the time that it gave.
    if !house.comes_back_days_later(3) {
        return;
    }
    let late =
        house.by("bluebird").post(&format!("{at}/offers"), &offer_document(&reference, "SC999901", "O-2").to_string());
    assert_eq!(late.problem(422, "unprocessable")["errors"][0]["rule"], "ifa/offer-late");
    assert_eq!(state(&house, &reference), "offered");

    // Once the offer runs out too the search is over: for the authority, which reads why, and for those who were asked.
    assert!(house.comes_back_days_later(5));
    let closed = wait_until("the search ends", || {
        (state(&house, &reference) == "closed").then(|| house.by("lcs").get(PATH).json())
    });
    assert_eq!(closed["items"][0]["closeReason"], "expired", "{closed}");
    let bluebird = house.by("bluebird");
    bluebird.get(&at).problem(410, "gone");
    bluebird
        .post(&format!("{at}/offers"), &offer_document(&reference, "SC999901", "O-2").to_string())
        .problem(410, "gone");
    assert_eq!(bluebird.get(&offer).with_status(200).json()["status"], "expired");
    house.by("lcs").get(&format!("{offer}/release")).problem(409, "state-conflict");
    let told = house.lies_in("asked", 2).remove(1);
    assert!(
        told.contains("\"status\":\"closed\"") && !told.contains("expired") && !told.contains("children"),
        "{told}"
    );
    let line = lines(&house, "close-referral").remove(0);
    assert_eq!((&line["actor"], &line["outcome"]), (&json!("homeward"), &json!("expired")));
    assert_eq!(lines(&house, "expire-offers").len(), 1);
    assert!(names(&house.path("told")).is_empty(), "nobody learned who the child is");

    // It is told once, however often the gateway starts.
    assert!(house.comes_back_days_later(6));
    house.settled();
    assert_eq!(lines(&house, "close-referral").len(), 1);
    house.lies_in("asked", 2);

    // What ended longer ago than deliveries are told of is forgotten, and that tells nobody anything.
    assert!(house.comes_back_days_later(10));
    let purged = wait_until("the search is forgotten", || {
        lines(&house, "purge").into_iter().find(|line| line["statements"]["referrals"] == 1)
    });
    assert_eq!(purged["actor"], "homeward");
    for who in ["lcs", "bluebird"] {
        house.by(who).get(&at).problem(404, "not-found");
        house.by(who).get(&offer).problem(404, "not-found");
    }
    let later = document();
    later.rewrite("links.csv", |line| Some(line.replace("Forenamezq", "Renamedzq")));
    house.send(SEND, &later.zip());
    house.settled();
    house.lies_in("asked", 2);
    assert!(names(&house.path("told")).is_empty());
}

#[test]
fn a_match_that_comes_to_nothing_gives_the_search_its_time_again() {
    let mut house = house();
    let (reference, offer) = asked_and_offered(&house);
    accept(&house.by("lcs"), &offer).with_status(200);
    house.lies_in("told", 1);
    // Fourteen days without a start: the provider is asked to delete, and the search is open again, though its deadline
    // passed long ago.
    if !house.comes_back_days_later(15) {
        return;
    }
    wait_until("the match is undone", || (state(&house, &reference) == "open").then_some(()));
    assert_eq!(house.by("bluebird").get(&offer).with_status(200).json()["status"], "undone");
    let read = house.by("bluebird").get(&format!("{PATH}/{reference}")).with_status(200).json();
    assert_eq!(read["revision"], 2, "it says another deadline: {read}");
    assert!(read["respondBy"].as_str().unwrap() > &*in_days(16), "{read}");
    house.settled();
    assert!(!house.lies_in("told", 2)[1].contains("Surnamezq"));
    assert!(house.comes_back_days_later(17));
    assert_eq!(state(&house, &reference), "open");
    assert!(house.comes_back_days_later(19));
    wait_until("the search ends", || (state(&house, &reference) == "closed").then_some(()));
}
