//! The end of what is held: a person's word before anything goes by itself, two for whatever goes before its time, and
//! nothing that comes back unseen.

use std::fs;

use serde_json::{Value, json};
use zip::ZipArchive;

use super::{House, Return, TO_HEALTH, cast, tag, wait_until};

const SEND: &str = "/v1/routes/to-health/messages";
const SUBJECTS: &str = "/v1/identity/subjects";
const REASON: &str = r#"{"reason":"asked by the young person"}"#;

fn subject(house: &House, child: &str) -> Option<String> {
    let asked = json!({ "system": "la-child", "value": child }).to_string();
    let told = house.by("lcs").post("/v1/identity/lookup", &asked).with_status(200).json();
    told["subjects"][0]["id"].as_str().map(str::to_owned)
}

fn about(delivered: &std::collections::BTreeMap<String, String>, child: &str) -> usize {
    delivered.values().filter(|text| text.contains(&format!("\"{child}\""))).count()
}

fn alerts(house: &House, kind: &str) -> Vec<Value> {
    let all = house.by("a.one").get("/v1/alerts").with_status(200).json();
    all["items"].as_array().unwrap().iter().filter(|alert| alert["kind"] == kind).cloned().collect()
}

/// Another return of the same children, so that it is read.
fn again(document: &Return, n: usize) -> Return {
    let again = Return::of(document.0.path());
    again.rewrite("reviews.csv", |line| Some(line.replace("PN0", &format!("PN{n}"))));
    again
}

#[test]
fn two_people_erase_a_child_and_a_document_that_names_it_again_brings_nothing_back() {
    let house = House::open(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let before = house.delivered();
    let child = document.children().into_iter().find(|child| about(&before, child) == 1).unwrap();
    let id = subject(&house, &child).unwrap();
    let path = format!("{SUBJECTS}/{id}");
    let (lcs, one, two) = (house.by("lcs"), house.by("a.one"), house.by("b.two"));
    let erase = format!("{path}/erase");
    let seen = tag(&one.get(&path).with_status(200));
    house.by("nurses").act(&erase, &seen, REASON).problem(404, "not-found");
    two.act(&erase, &seen, REASON).problem(403, "insufficient-scope");
    one.post(&erase, REASON).problem(428, "precondition-required");
    one.act(&erase, &seen, "{}").problem(400, "invalid-request");
    let begun = lcs.act(&erase, &seen, REASON).with_status(202);
    assert_eq!((&begun.json()["state"], &begun.json()["begunBy"]), (&json!("erasing"), &json!("lcs")));
    assert_eq!(one.get(&format!("{SUBJECTS}?state=erasing")).json()["items"][0]["id"], id.as_str());
    lcs.act(&erase, &tag(&begun), REASON).problem(409, "second-person-required");
    one.act(&erase, &seen, REASON).problem(412, "precondition-failed");
    assert_eq!(house.delivered(), before, "one alone takes nothing away");
    let erased = one.act(&erase, &tag(&begun), REASON).with_status(200);
    assert_eq!((&erased.json()["state"], &erased.json()["sources"]), (&json!("erased"), &json!([])));
    one.act(&erase, &tag(&erased), REASON).problem(409, "state-conflict");
    one.act(&format!("{path}/release"), &tag(&erased), REASON).problem(409, "state-conflict");

    // Whoever holds records is sent the withdrawal, though nothing is held here any more.
    let after = wait_until("the withdrawal", || {
        let after = house.delivered();
        (after.len() > before.len()).then_some(after)
    });
    let withdrawal: Vec<&String> =
        after.iter().filter(|(name, _)| !before.contains_key(*name)).map(|(_, text)| text).collect();
    assert_eq!(withdrawal.len(), 1);
    assert!(withdrawal[0].contains("entered-in-error"), "{}", withdrawal[0]);
    for postcode in document.column("episodes.csv", "PL_POST").iter().filter(|code| code.len() > 5) {
        assert!(!withdrawal[0].contains(postcode.as_str()), "{}", withdrawal[0]);
    }
    let export = one.post(&format!("{path}/export"), r#"{"reason":"what is left"}"#).with_status(200);
    let archive = ZipArchive::new(std::io::Cursor::new(export.body)).unwrap();
    assert!(archive.file_names().all(|name| !name.starts_with("held/")), "who was told stays, and nothing else");
    let lines = house.audit();
    let outcomes: Vec<&Value> =
        lines.iter().filter(|line| line["action"] == "erase").map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["erased", "one-of-two"]);
    let verified = house.by("c.three").post("/v1/audit/verify", "{}").with_status(200).json();
    assert_eq!(verified["intact"], true, "{verified}");

    // The sender still has the child: nothing comes back, a person is told, once.
    for n in [1, 2] {
        let message = house.send(SEND, &again(&document, n).zip());
        assert_eq!(
            (&message["counts"]["childrenErased"], &message["counts"]["childrenNew"]),
            (&json!(1), &json!(0)),
            "{message}"
        );
    }
    let told = alerts(&house, "erased-again");
    assert_eq!((told.len(), &told[0]["subject"]), (1, &json!(id)), "{told:?}");
    assert!(!told[0].to_string().contains(&format!("\"{child}\"")));
    assert_eq!(about(&house.delivered(), &child), about(&after, &child));
    assert_eq!(one.get(&path).json()["state"], "erased");
    let restriction = json!({ "child": { "system": "la-child", "value": child }, "kind": "location",
                              "since": "2026-01-01", "setByRole": "manager" });
    lcs.post("/v1/identity/restrictions", &restriction.to_string()).problem(409, "state-conflict");
    let relation = json!({ "child": { "system": "la-child", "value": child }, "ods": "RKB", "since": "2026-01-01" });
    lcs.post("/v1/identity/relations", &relation.to_string()).problem(409, "state-conflict");

    // Where it is right two people readmit the child: it is somebody new.
    let readmit = format!("{path}/readmit");
    let begun = lcs.act(&readmit, &tag(&one.get(&path)), REASON).with_status(202);
    assert_eq!(begun.json()["state"], "readmitting");
    house.send(SEND, &again(&document, 3).zip());
    assert_eq!(subject(&house, &child).as_ref(), Some(&id), "one alone brings nothing back");
    one.act(&readmit, &tag(&begun), REASON).with_status(200);
    assert_eq!(subject(&house, &child), None);
    let message = house.send(SEND, &again(&document, 4).zip());
    assert_eq!(message["counts"]["childrenNew"], 1, "{message}");
    assert_ne!(subject(&house, &child).unwrap(), id);
    assert!(about(&house.delivered(), &child) > about(&after, &child), "told anew");
}

#[test]
fn nothing_goes_by_itself_before_a_person_has_said_that_it_was_handed_over() {
    let route = "[[route]]\nname = \"links\"\nfrom = { partner = \"lcs\", format = \"links-csv\" }\n\
         to = [{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", path = \"out\", name = \"{delivery}\" }]\n";
    let partners = format!("[retention]\nrecord_days_after_eligibility_end = 1\n{}", cast());
    let mut house = House::with(&partners, route, "info");
    let row = |child, born| format!("330,{child},,,,,{born},authority-record,\n");
    let heading = "la_code,la_child_id,nhs_number,upn,surname,forename,date_of_birth,source,verified_on\n";
    let table = [heading.to_owned(), row(9001, "1995-02-03"), row(9002, "2015-02-03")].concat();
    let sent =
        house.by("lcs").send("POST", "/v1/routes/links/messages", &[("Content-Type", "text/csv")], table.as_bytes());
    house.until_read(sent.with_status(202).json()["id"].as_str().unwrap());
    let [old, young] = ["9001", "9002"].map(|child| subject(&house, child).unwrap());

    // The keeper looks at the start, and once an hour.
    house.stop();
    house.start();
    let told = wait_until("an alert", || Some(alerts(&house, "hand-over")).filter(|alerts| !alerts.is_empty()));
    assert_eq!((told.len(), &told[0]["about"]), (1, &json!(format!("subject:{old}"))), "{told:?}");
    let waiting = house.by("a.one").get(&format!("{SUBJECTS}?state=to-hand-over")).with_status(200).json();
    assert_eq!((waiting["items"].as_array().unwrap().len(), &waiting["items"][0]["id"]), (1, &json!(old)));
    assert_eq!(waiting["items"][0]["eligibleUntil"], "2020-02-03");
    let path = |id: &str| format!("{SUBJECTS}/{id}");
    {
        let (lcs, one) = (house.by("lcs"), house.by("a.one"));
        let word = |id: &str| format!("{}/handed-over", path(id));
        let done = r#"{"outcome":"could-not-be"}"#;
        let seen = tag(&one.get(&path(&old)).with_status(200));
        lcs.act(&word(&old), &seen, done).problem(403, "insufficient-scope");
        one.act(&word(&old), &seen, r#"{"outcome":"perhaps"}"#).problem(400, "invalid-request");
        one.act(&word(&old), &seen, "{}").problem(400, "invalid-request");
        one.act(&word(&young), &tag(&one.get(&path(&young))), done).problem(409, "state-conflict");
        let said = one.act(&word(&old), &seen, done).with_status(200).json();
        assert_eq!((&said["state"], &said["handedOver"]), (&json!("open"), &json!("could-not-be")));
        assert_eq!(one.get(&format!("{SUBJECTS}?state=to-hand-over")).json()["items"], json!([]));
    }

    house.stop();
    house.start();
    let gone = wait_until("the erasure", || {
        let told = house.by("a.one").get(&path(&old)).with_status(200).json();
        (told["state"] == "erased").then_some(told)
    });
    assert_eq!(gone["sources"], json!([]));
    assert_eq!(house.by("a.one").get(&path(&young)).json()["sources"], json!(["lcs"]));
    let lines = house.audit();
    let line = lines.iter().find(|line| line["action"] == "erase").unwrap();
    assert_eq!(
        (&line["actor"], &line["subject"], &line["basis"]),
        (&json!("homeward"), &json!(old), &json!("retention"))
    );
    let word = lines.iter().find(|line| line["action"] == "hand-over").unwrap();
    assert_eq!((&word["actor"], &word["outcome"]), (&json!("a.one"), &json!("could-not-be")));
}

#[test]
fn the_withdrawal_of_an_erased_child_goes_under_whatever_configuration_comes() {
    let mut house = House::open(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let before = house.delivered();
    let child = document.children().into_iter().find(|child| about(&before, child) == 1).unwrap();
    let path = format!("{SUBJECTS}/{}", subject(&house, &child).unwrap());
    // The recipient cannot be reached when the child is erased.
    fs::rename(house.path("out"), house.path("away")).unwrap();
    let begun = house.by("lcs").act(&format!("{path}/erase"), &tag(&house.by("lcs").get(&path)), REASON);
    let erased = house.by("a.one").act(&format!("{path}/erase"), &tag(&begun.with_status(202)), REASON);
    erased.with_status(200);
    wait_until("a try", || house.deliveries().iter().any(|one| one["state"] == "waiting").then_some(()));
    // Meanwhile its view is another, which nobody has approved.
    house.stop();
    let file = house.path("homeward.toml");
    let config = fs::read_to_string(&file).unwrap();
    let narrow = "[[view]]\nname = \"narrow\"\nbase = \"health\"\nwithhold = [\"Person.ethnicity\"]\nbasis = \"b\"\n";
    let narrower = config.replace("name = \"nurses\"\nview = \"health\"", "name = \"nurses\"\nview = \"narrow\"");
    assert_ne!(config, narrower);
    fs::write(&file, format!("{narrower}\n{narrow}")).unwrap();
    fs::rename(house.path("away"), house.path("out")).unwrap();
    house.start();
    let told = wait_until("the withdrawal", || {
        let told = house.delivered();
        (told.len() > before.len()).then_some(told)
    });
    let new: Vec<&String> = told.iter().filter(|(name, _)| !before.contains_key(*name)).map(|(_, text)| text).collect();
    assert!(new.len() == 1 && new[0].contains("entered-in-error"), "{new:?}");
}
