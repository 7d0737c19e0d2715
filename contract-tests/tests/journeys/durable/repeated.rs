//! An act that is asked for again under its key is done once and answered as the first time: through answers that were
//! lost, through what has changed since, and through a restart.

use std::thread;

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH, tag, wait_until};
use crate::{
    client::{Answer, Client},
    program::authority,
    recipient::Recipient,
};

const SEND: &str = "/v1/routes/to-health/messages";

/// One act of somebody, as it can be asked for again.
struct Asked {
    who: &'static str,
    target: String,
    seen: Option<String>,
    key: &'static str,
    body: Value,
}

impl Asked {
    fn of(who: &'static str, target: &str, seen: Option<&Answer>, key: &'static str, body: Value) -> Self {
        Self { who, target: target.to_owned(), seen: seen.map(tag), key, body }
    }

    fn send(&self, house: &House) -> Answer {
        self.send_to(&house.gateway.as_ref().unwrap().client, &house.by(self.who).key)
    }

    fn send_to(&self, client: &Client, api_key: &str) -> Answer {
        let own = [("Content-Type", "application/json"), ("Idempotency-Key", self.key), ("X-API-Key", api_key)];
        let headers: Vec<(&str, &str)> =
            own.into_iter().chain(self.seen.as_deref().map(|seen| ("If-Match", seen))).collect();
        client.send("POST", &self.target, &headers, self.body.to_string().as_bytes())
    }
}

/// What was answered first, and is answered from then on.
struct Answered {
    asked: Asked,
    first: (u16, Option<String>, Vec<u8>),
}

fn shown(answer: &Answer) -> (u16, Option<String>, Vec<u8>) {
    (answer.status, answer.header("etag").map(str::to_owned), answer.body.clone())
}

impl Answered {
    /// Asks for an act for the first time.
    fn first(house: &House, asked: Asked, status: u16) -> Self {
        let first = asked.send(house).with_status(status);
        assert_eq!(first.header("idempotency-replayed"), None);
        let answered = Self { first: shown(&first), asked };
        answered.again(house);
        let other =
            Asked { body: json!({ "reason": "another" }), target: answered.asked.target.clone(), ..answered.asked };
        other.send(house).problem(422, "idempotency-mismatch");
        Self { asked: Asked { body: answered.asked.body, ..other }, ..answered }
    }

    /// Asks for it again.
    fn again(&self, house: &House) {
        let again = self.asked.send(house);
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{}", again.text());
        assert_eq!(shown(&again), self.first, "{}", self.asked.target);
    }
}

fn lines(house: &House, action: &str) -> usize {
    house.audit().iter().filter(|line| line["action"] == action).count()
}

#[test]
fn every_act_under_a_key_is_done_once_also_after_a_restart() {
    let recipient = Recipient::answering(422);
    let routes = format!(
        "[[route]]\nname = \"to-health\"\nerrors = \"fail\"\n\
         from = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", url = \"http://127.0.0.1:{}/in\", private_network = true }}]\n",
        recipient.port
    );
    let mut house = House::unapproved(&routes);
    let mut all = Vec::new();

    // One key of two people is two keys.
    for who in ["a.one", "b.two"] {
        let preview = house.by(who).get("/v1/routes/to-health/preview").with_status(200);
        let approve = "/v1/routes/to-health/approve";
        let asked = Asked::of(who, approve, Some(&preview), "\"k\"", json!({ "reason": "seen" }));
        all.push(Answered::first(&house, asked, 200));
    }
    assert_eq!(lines(&house, "approve"), 2);
    let now = house.by("a.one").get("/v1/routes/to-health/preview");
    assert_eq!(all[1].first.1.as_deref(), now.header("etag"), "what an approval answers is what is seen after it");

    let faulty = house.send(SEND, &Return::of(&authority(2026, 60, 5, 12)).zip());
    let given_up = format!("/v1/messages/{}", faulty["id"].as_str().unwrap());
    let seen = house.by("lcs").get(&given_up);
    let discard = format!("{given_up}/discard");
    // A refused request frees its key.
    Asked::of("lcs", &discard, Some(&seen), "k", json!({ "reason": " " })).send(&house).with_status(400);
    let asked = Asked::of("lcs", &discard, Some(&seen), "k", json!({ "reason": "sent again" }));
    all.push(Answered::first(&house, asked, 200));
    let stands = house.by("lcs").get(&given_up);
    assert_eq!(serde_json::from_slice::<Value>(&all[2].first.2).unwrap(), stands.json());

    let document = Return::small();
    let message = house.send(SEND, &document.zip());
    let dead = house.settled();
    let lcs = house.by("lcs");
    let [retried, discarded] = [0, 1].map(|at| format!("/v1/deliveries/{}", dead[at]["id"].as_str().unwrap()));
    let asked = Asked::of("lcs", &format!("{retried}/retry"), Some(&lcs.get(&retried)), "k", json!({}));
    all.push(Answered::first(&house, asked, 202));
    wait_until("a second refusal", || (recipient.requests().len() > dead.len()).then_some(()));
    house.settled();
    all.last().unwrap().again(&house);
    assert_eq!(recipient.requests().len(), dead.len() + 1, "a repeat sends nothing");

    let reason = json!({ "reason": "told by phone" });
    let asked = Asked::of("lcs", &format!("{discarded}/discard"), Some(&lcs.get(&discarded)), "k", reason);
    all.push(Answered::first(&house, asked, 200));
    let told = &all.last().unwrap().first.2;
    assert_eq!(serde_json::from_slice::<Value>(told).unwrap(), lcs.get(&discarded).json());
    house.settled();
    all.push(Answered::first(&house, Asked::of("lcs", "/v1/dead-letters/retry", None, "k", json!({})), 202));
    house.settled();

    let own = format!("/v1/messages/{}", message["id"].as_str().unwrap());
    let asked = Asked::of("lcs", &format!("{own}/replay"), Some(&lcs.get(&own)), "k", json!({}));
    all.push(Answered::first(&house, asked, 202));
    house.until_read(message["id"].as_str().unwrap());
    house.settled();

    let restriction = json!({
        "child": { "system": "la-child", "value": document.children()[0] }, "kind": "location", "since": "2026-01-01",
        "setByRole": "service manager"
    });
    all.push(Answered::first(
        &house,
        Asked::of("lcs", "/v1/identity/restrictions", None, "k", restriction.clone()),
        201,
    ));
    // So already: the answer differs, and is kept too.
    all.push(Answered::first(&house, Asked::of("lcs", "/v1/identity/restrictions", None, "so", restriction), 200));
    let set: Value = serde_json::from_slice(&all.last().unwrap().first.2).unwrap();
    let lift = format!("/v1/identity/restrictions/{}/lift", set["id"].as_str().unwrap());
    for (who, version, status) in [("lcs", "\"1\"", 202), ("b.two", "\"2\"", 200)] {
        let seen = Some(version.to_owned());
        let asked = Asked { seen, ..Asked::of(who, &lift, None, "k", json!({ "reason": "the risk is over" })) };
        all.push(Answered::first(&house, asked, status));
    }
    for alert in house.by("a.one").get("/v1/alerts").with_status(200).json()["items"].as_array().unwrap() {
        let target = format!("/v1/alerts/{}/seen", alert["id"].as_str().unwrap());
        all.push(Answered::first(&house, Asked::of("a.one", &target, None, "k", json!({})), 200));
    }
    assert_eq!((lines(&house, "restrict"), lines(&house, "lift"), lines(&house, "replay")), (1, 2, 1));

    house.settled();
    let acts = |house: &House| {
        ["approve", "discard", "retry", "replay", "restrict", "lift", "seen"].map(|one| lines(house, one))
    };
    let before = acts(&house);
    house.stop();
    house.start();
    all.iter().for_each(|answered| answered.again(&house));
    assert_eq!(acts(&house), before);
}

#[test]
fn a_merge_and_its_undoing_are_answered_as_the_first_time() {
    let mut house = House::open(TO_HEALTH);
    let document = Return::small();
    let numbers = document.column("links.csv", "nhs_number");
    let linked: Vec<usize> = (0..numbers.len()).filter(|at| numbers[*at].len() == 10).collect();
    let holders = document.column("links.csv", "la_child_id");
    let (first, second) = (&numbers[linked[0]], &numbers[linked[1]]);
    let (one, other) = (&holders[linked[0]], &holders[linked[1]]);
    // Of the second nobody has said a number yet; then it comes with that of the first.
    let both = Return::of(document.0.path());
    document.rewrite("links.csv", |line| (!line.contains(other.as_str())).then(|| line.to_owned()));
    both.rewrite("links.csv", |line| (!line.contains(one.as_str())).then(|| line.replace(second.as_str(), first)));
    house.send(SEND, &document.zip());
    house.send(SEND, &both.zip());
    let lcs = house.by("lcs");
    let proposals = lcs.get("/v1/identity/proposals").with_status(200).json();
    let path = format!("/v1/identity/proposals/{}", proposals["items"][0]["id"].as_str().unwrap());
    let confirm = Asked::of("lcs", &format!("{path}/confirm"), Some(&lcs.get(&path)), "k", json!({}));
    let confirmed = Answered::first(&house, confirm, 200);
    let link: Value = serde_json::from_slice(&confirmed.first.2).unwrap();
    let path = format!("/v1/identity/links/{}", link["link"].as_str().unwrap());
    let undo = Asked::of("lcs", &format!("{path}/undo"), Some(&lcs.get(&path)), "k", json!({ "reason": "two" }));
    let undone = Answered::first(&house, undo, 200);
    house.stop();
    house.start();
    for answered in [&confirmed, &undone] {
        answered.again(&house);
    }
    assert_eq!((lines(&house, "confirm"), lines(&house, "undo")), (2, 2), "a line for each of the two children");
}

#[test]
fn of_many_at_once_under_one_key_one_acts() {
    let house = House::unapproved(TO_HEALTH);
    let body = json!({
        "child": { "system": "la-child", "value": "100001" }, "kind": "location", "since": "2026-01-01",
        "setByRole": "service manager"
    });
    let asked = Asked::of("lcs", "/v1/identity/restrictions", None, "at-once", body);
    let (client, api_key) = (house.gateway.as_ref().unwrap().client.clone(), house.by("lcs").key);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let begun: Vec<_> = (0..8).map(|_| scope.spawn(|| asked.send_to(&client, &api_key))).collect();
        begun.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut acted = 0;
    for answer in &answers {
        match (answer.status, answer.header("idempotency-replayed")) {
            (201, None) => acted += 1,
            (201, Some("true")) => {}
            (409, None) => assert_eq!(answer.header("retry-after"), Some("1"), "{}", answer.text()),
            other => panic!("{other:?}: {}", answer.text()),
        }
    }
    assert_eq!((acted, lines(&house, "restrict")), (1, 1));
    let again = asked.send(&house).with_status(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    // What is no key is refused, and nothing is done.
    for key in ["", "two words", "\"open"] {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        house.by("lcs").send("POST", "/v1/dead-letters/retry", &headers, b"{}").problem(400, "invalid-header");
    }
}
