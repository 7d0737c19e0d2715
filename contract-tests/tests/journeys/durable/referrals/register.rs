//! What another register of Ofsted's changes: who is told of a rating that fell, and whose offers are accepted no more.

use super::*;

const REGISTERS: &str = "[registers]\nproviders_file = \"providers.csv\"\n";

/// A register with two agencies: how each is registered and rated.
fn listed(bluebird: (&str, &str), robin: (&str, &str)) -> String {
    let row = |urn: &str, (status, rating): (&str, &str)| {
        format!("{urn},Independent fostering agency,{status},Private,{rating}\n")
    };
    let heading = "URN,Provision type,Registration status,Sector,Overall effectiveness,Inspection date\n";
    [heading.to_owned(), row("SC999901", bluebird), row("SC999902", robin)].concat()
}

const GOOD: (&str, &str) = ("Active", "Good,01/01/2025");

/// Whom those who run the gateway are asked to call because a rating fell.
fn called(house: &House) -> Vec<String> {
    let alerts = house.by("a.one").get("/v1/alerts").with_status(200).json();
    let items = alerts["items"].as_array().unwrap().iter().filter(|alert| alert["kind"] == "rating-fell");
    let mut about: Vec<String> = items.map(|alert| alert["about"].as_str().unwrap().to_owned()).collect();
    about.sort_unstable();
    about
}

fn until_called(house: &House, expected: &[&str]) {
    wait_until("whom a fall concerns is called", || {
        let called = called(house);
        assert!(called.len() <= expected.len(), "{called:?}");
        (called == expected).then_some(())
    });
}

#[test]
fn a_rating_that_falls_is_told_to_the_provider_and_to_who_has_a_child_there_or_an_offer_of_it() {
    let said = document();
    // A child lives with one agency, by an episode that no search brought about.
    said.rewrite("episodes.csv", |line| Some(line.replace("SC123403", "SC999902")));
    let mut house = house_beside(REGISTERS, &[("providers.csv", &*listed(GOOD, GOOD))], &said);
    let rating = |house: &House, urn: &str| {
        let read = house.by("lcs").get(&format!("/v1/providers/{urn}")).with_status(200);
        (read.json()["provider"]["ofstedRating"].clone(), tag(&read))
    };
    {
        let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
        offers_a_home(&bluebird, "SC999901", 1);
        offers_a_home(&house.by("robin"), "SC999902", 1);
        assert_eq!(rating(&house, "SC999901").0, "good", "as the register has it");

        // Nobody has a child with the first, nor an offer of it: it is told alone.
        house.scratch.write("providers.csv", listed(("Active", "Requires improvement to be good,01/02/2026"), GOOD));
        until_called(&house, &["partner:bluebird/SC999901"]);
        wait_until("it is held so", || (rating(&house, "SC999901").0 == "requires-improvement").then_some(()));

        // With an offer of it the authority is concerned, and with a child who lives with the other.
        let reference = issued(&lcs, &request("101"));
        open_wave(&lcs, &reference, 2).with_status(200);
        offered(&bluebird, &reference, "SC999901", "O-1");
        for alert in open_alerts(&house) {
            house.by("a.one").post(&format!("/v1/alerts/{alert}/seen"), "{}").with_status(200);
        }
        let inadequate = ("Active", "Inadequate,01/03/2026");
        house.scratch.write("providers.csv", listed(inadequate, inadequate));
        until_called(
            &house,
            &["partner:bluebird/SC999901", "partner:lcs/SC999901", "partner:lcs/SC999902", "partner:robin/SC999902"],
        );
        wait_until("both are held so", || {
            let rated = |urn: &str| rating(&house, urn).0 == "inadequate";
            (rated("SC999901") && rated("SC999902")).then_some(())
        });
        // What the provider says of an older inspection changes nothing of it, and it is told so.
        let provider = json!({ "urn": "SC999901", "name": "Invented Fostering", "ofstedRating": "good", "ratingDate": "2025-01-01" });
        let document = json!({ "format": "homeward/vacancies", "version": "1", "provider": provider, "vacancies": [] });
        let headers = [("Content-Type", "application/json"), ("If-Match", &*rating(&house, "SC999901").1)];
        let put = bluebird.send("PUT", "/v1/providers/SC999901", &headers, document.to_string().as_bytes());
        let put = put.with_status(200).json();
        assert_eq!(put["rules"][0]["rule"], "ifa/rating-fell", "{put}");
        assert_eq!(rating(&house, "SC999901").0, "inadequate");
    }
    let told = |house: &House| {
        let lines =
            house.audit().into_iter().filter(|line| line["action"] == "rate-provider" && line["outcome"] == "fell");
        lines.map(|line| line["recipient"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = told(&house);
    assert_eq!(before.len(), 3, "{before:?}");
    assert!(before.contains(&"lcs=alert robin=alert".to_owned()), "{before:?}");
    // The same register says nothing new at the next start.
    house.stop();
    house.start();
    house.scratch.write("providers.csv", listed(("Active", "Good,01/04/2026"), ("Active", "Inadequate,01/03/2026")));
    wait_until("a rating that rose is held", || (rating(&house, "SC999901").0 == "good").then_some(()));
    assert_eq!((told(&house), called(&house).len()), (before, 4));
}

/// The alerts that stand open.
fn open_alerts(house: &House) -> Vec<String> {
    let alerts = house.by("a.one").get("/v1/alerts").with_status(200).json();
    alerts["items"].as_array().unwrap().iter().map(|alert| alert["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn no_offer_of_a_provider_that_may_not_work_is_made_or_accepted_whether_it_names_a_home_or_not() {
    let house = house_beside(REGISTERS, &[("providers.csv", &*listed(GOOD, GOOD))], &document());
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    offers_a_home(&bluebird, "SC999901", 2);
    let mut references = ["101", "102"].map(|child| issued(&lcs, &request(child))).to_vec();
    for reference in &references {
        open_wave(&lcs, reference, 2).with_status(200);
    }
    let named = offered(&bluebird, &references[0], "SC999901", "O-1");
    let unnamed = offered_without_a_vacancy(&bluebird, &references[1], "SC999901", "O-2");
    house.scratch.write("providers.csv", listed(("Suspended", "Good,01/01/2025"), GOOD));
    wait_until("its home is not found", || {
        (lcs.get("/v1/vacancies").with_status(200).json()["items"] == json!([])).then_some(())
    });
    for offer in [&named, &unnamed] {
        let refused = accept(&lcs, offer).problem(422, "unprocessable");
        assert_eq!(refused["errors"][0]["rule"], "ifa/registration-not-active", "{offer}");
    }
    let reference = references.remove(0);
    let mut document = offer_document(&reference, "SC999901", "O-3");
    document.as_object_mut().unwrap().remove("vacancyId");
    let refused =
        bluebird.post(&format!("{PATH}/{reference}/offers"), &document.to_string()).problem(422, "unprocessable");
    assert_eq!(refused["errors"][0]["rule"], "ifa/registration-not-active");
    // It may still say no, and its home is kept for it to see.
    document["status"] = json!("no-offer");
    document["noOfferReason"] = json!("no-vacancy");
    bluebird.post(&format!("{PATH}/{reference}/offers"), &document.to_string()).with_status(200);
    assert_eq!(bluebird.get("/v1/vacancies").json()["items"][0]["status"], "open");
    assert!(names(&house.path("told")).is_empty(), "nobody learned of a child");

    house.scratch.write("providers.csv", listed(GOOD, GOOD));
    wait_until("its home is found again", || {
        (lcs.get("/v1/vacancies").with_status(200).json()["items"] != json!([])).then_some(())
    });
    accept(&lcs, &named).with_status(200);
}

/// An agency that Wales registers, and the way by which it tells of placements.
const SWALLOW: &str = "[[route]]\nname = \"from-wales\"\nfrom = { partner = \"swallow\", format = \"notice-json\" }\n\
    to = [{ partner = \"lcs\", format = \"notice-csv\", transport = \"directory\", path = \"placed\", name = \"{delivery}.csv\" }]\n";

#[test]
fn a_provider_of_another_regulator_offers_and_tells_under_its_own_number_unchecked() {
    let scopes = "[\"messages:send\", \"messages:read\", \"vacancies:read\", \"vacancies:write\", \"referrals:read\", \"offers:read\", \"offers:write\"]";
    let swallow =
        partner("swallow", &format!("view = \"provider\"\nurns = [\"ciw:W18/0001\"]\nscopes = {scopes}\n{MUCH}"));
    let more = format!("{REGISTERS}{swallow}\n{SWALLOW}");
    let mut house = house_beside(&more, &[("providers.csv", &*listed(GOOD, GOOD))], &document());
    house.approve_all(SWALLOW);
    let reference = {
        let (lcs, swallow) = (house.by("lcs"), house.by("swallow"));
        let home = json!({
            "vacancyId": "V-1", "status": "open", "provision": "fostering", "carerRef": "C-1",
            "places": { "approved": 3, "occupied": 0, "available": 1 }, "asAt": days_ago(1),
            "whoFor": { "ageMin": 0, "ageMax": 17, "genders": ["any"] },
            "placementTypes": ["short-term"], "location": { "outwardPostcode": "CF10" },
        });
        let provider = json!({ "urn": "W18/0001", "registeredWith": "ciw", "name": "Invented Fostering" });
        let homes =
            json!({ "format": "homeward/vacancies", "version": "1", "provider": provider, "vacancies": [home] });
        swallow.post("/v1/vacancies", &homes.to_string()).with_status(201);
        // Nobody else speaks for it, nor it for a number of Ofsted's.
        house.by("bluebird").post("/v1/vacancies", &homes.to_string()).problem(422, "unprocessable");
        let found = lcs.get("/v1/vacancies").with_status(200).json();
        assert_eq!(found["items"][0]["provider"]["registeredWith"], "ciw", "the register says nothing of it: {found}");
        let mut asked = request("101");
        asked["waves"] =
            json!([{ "to": ["in-house"], "opens": "now" }, { "to": ["urn:ciw:W18/0001"], "opens": "by-person" }]);
        let reference = issued(&lcs, &asked);
        assert_eq!(open_wave(&lcs, &reference, 2).with_status(200).json()["asked"], 1);
        let offers = format!("{PATH}/{reference}/offers");
        swallow.post(&offers, &offer_document(&reference, "SC999901", "O-1").to_string()).problem(422, "unprocessable");
        let offer = offered(&swallow, &reference, "W18/0001", "O-1");
        accept(&lcs, &offer).with_status(200);
        reference
    };
    // It is known again after a start.
    house.stop();
    house.start();
    let swallow = house.by("swallow");
    let started = notice(&reference, "N-1", json!({ "providerUrn": "W18/0001" }));
    let headers = [("Content-Type", "application/json"), ("Prefer", "wait=20")];
    let sent =
        swallow.send("POST", &format!("{PATH}/{reference}/notices"), &headers, started.as_bytes()).with_status(202);
    let heard = house.until_read_of("swallow", sent.json()["id"].as_str().unwrap());
    assert_eq!((&heard["counts"]["errors"], &heard["counts"]["warnings"]), (&json!(0), &json!(1)), "{heard}");
    let table = house.lies_in("placed", 1).remove(0);
    assert!(table.contains("N-1") && table.contains("W18/0001"), "{table}");
    assert_eq!(swallow.get("/v1/vacancies").json()["items"][0]["status"], "filled");
}
