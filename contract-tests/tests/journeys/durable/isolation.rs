//! Two authorities on one gateway: whatever one asks with what is the other's is answered as for what never was.

use serde_json::{Value, json};

use super::{House, Return, SCOPES, TO_HEALTH, cast, partner, person};
use crate::{client::Answer, exchange::ZIP, program::authority};

const OTHER: &str = "[[route]]\nname = \"other-to-health\"\n\
    from = { partner = \"other\", format = \"ssda903-csv\", year = \"2026\" }\n\
    to = [{ partner = \"other-nurses\", format = \"fhir-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]\n";

/// What never was, in the form of what is.
const NEVER: &str = "0193a5c2-7e11-7a52-9c1e-5d2f8f2b9a10";

/// A house of two authorities; the first has sent, been asked about identities, and restricted a child.
fn house() -> House {
    let others = [
        partner("other", &format!("view = \"local-authority\"\nauthority = \"331\"\nscopes = {SCOPES}")),
        partner("other-nurses", &format!("view = \"health\"\nods_code = \"RAX\"\nscopes = {SCOPES}")),
        person("d.four", "\"approve\""),
    ];
    let routes = format!("{TO_HEALTH}{OTHER}");
    let house = House::with(&format!("{}\n{}", cast(), others.join("\n")), &routes, "info");
    house.approve_all(&routes);
    house
}

/// An answer without what every answer has of its own.
fn bare(answer: Answer) -> (u16, Option<String>, Value) {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if let Some(members) = body.as_object_mut() {
        members.remove("instance");
    }
    (answer.status, answer.header("etag").map(str::to_owned), body)
}

#[test]
fn what_is_anothers_is_as_if_it_never_was() {
    let house = house();
    let document = Return::small();
    let (numbers, holders) = (document.column("links.csv", "nhs_number"), document.column("links.csv", "la_child_id"));
    let linked: Vec<usize> = (0..numbers.len()).filter(|at| numbers[*at].len() == 10).take(2).collect();
    let [first, second] = [numbers[linked[0]].as_str(), numbers[linked[1]].as_str()];
    let message = house.send("/v1/routes/to-health/messages", &document.zip());
    let again = Return::of(document.0.path());
    again.rewrite("links.csv", |line| {
        (!line.contains(holders[linked[0]].as_str())).then(|| line.replace(second, first))
    });
    house.send("/v1/routes/to-health/messages", &again.zip());
    let deliveries = house.settled();
    let (lcs, child) = (house.by("lcs"), &document.children()[0]);
    let set = json!({ "child": { "system": "la-child", "value": child }, "kind": "location", "since": "2026-01-01", "setByRole": "manager" });
    let restriction = lcs.post("/v1/identity/restrictions", &set.to_string()).with_status(201).json();
    let proposal = lcs.get("/v1/identity/proposals").json()["items"][0].clone();
    let alert = house.by("a.one").get("/v1/alerts").json()["items"][0].clone();
    let id = |thing: &Value| thing["id"].as_str().unwrap().to_owned();
    let [message, delivery, restriction_id, proposal] = [&message, &deliveries[0], &restriction, &proposal].map(id);
    let subject = restriction["subject"].as_str().unwrap().to_owned();
    let alert = alert["id"].as_str().unwrap_or(NEVER).to_owned();

    // The other authority has a return of its own, so that its lists are not empty.
    let own = Return::of(&authority(2026, 12, 77, 0));
    own.rewrite("links.csv", |line| Some(line.replacen("330,", "331,", 1)));
    let sent =
        house.by("other").send("POST", "/v1/routes/other-to-health/messages", &[("Content-Type", ZIP)], &own.zip());
    sent.with_status(202);

    for who in ["other", "other-nurses"] {
        let other = house.by(who);
        let reason = r#"{"reason":"x"}"#;
        let mut asked = 0;
        for (method, path, real, body) in [
            ("GET", "/v1/messages/{}", &message, ""),
            ("GET", "/v1/messages/{}/report", &message, ""),
            ("GET", "/v1/messages/{}/report?attempt=1", &message, ""),
            ("GET", "/v1/messages/{}/rejects", &message, ""),
            ("GET", "/v1/messages/{}/content", &message, ""),
            ("POST", "/v1/messages/{}/replay", &message, "{}"),
            ("POST", "/v1/messages/{}/replay", &message, r#"{"dryRun":true}"#),
            ("POST", "/v1/messages/{}/discard", &message, reason),
            ("GET", "/v1/deliveries/{}", &delivery, ""),
            ("POST", "/v1/deliveries/{}/retry", &delivery, ""),
            ("POST", "/v1/deliveries/{}/discard", &delivery, reason),
            ("GET", "/v1/deliveries?message={}", &message, ""),
            ("GET", "/v1/identity/proposals/{}", &proposal, ""),
            ("POST", "/v1/identity/proposals/{}/reject", &proposal, "{}"),
            ("GET", "/v1/identity/restrictions/{}/holders", &restriction_id, ""),
            ("POST", "/v1/identity/restrictions/{}/lift", &restriction_id, reason),
            ("GET", "/v1/identity/subjects/{}", &subject, ""),
            ("POST", "/v1/identity/subjects/{}/release", &subject, reason),
            ("POST", "/v1/identity/subjects/{}/export", &subject, reason),
            ("POST", "/v1/alerts/{}/seen", &alert, ""),
            ("GET", "/v1/audit?subject={}", &subject, ""),
            ("GET", "/v1/audit?limit=1&subject={}", &subject, ""),
            ("GET", "/v1/audit?limit=1&object=message:{}", &message, ""),
            ("GET", "/v1/audit?limit=1&object=delivery:{}", &delivery, ""),
        ] {
            for headers in [&[("If-Match", "\"1\"")][..], &[("If-Match", "\"2\"")], &[]] {
                let headers: Vec<(&str, &str)> =
                    headers.iter().copied().chain([("Content-Type", "application/json")]).collect();
                let ask = |id: &str| bare(other.send(method, &path.replace("{}", id), &headers, body.as_bytes()));
                let (real, never) = (ask(real), ask(NEVER));
                assert_eq!(real, never, "{who} {method} {path} {headers:?}");
                asked += 1;
            }
        }
        assert!(asked > 60);
        // Names instead of ids.
        for (real, never) in [
            ("/v1/messages?route=to-health", "/v1/messages?route=to-nobody"),
            ("/v1/deliveries?route=to-health", "/v1/deliveries?route=to-nobody"),
            ("/v1/deliveries?recipient=nurses", "/v1/deliveries?recipient=nobody"),
            ("/v1/dead-letters?recipient=nurses", "/v1/dead-letters?recipient=nobody"),
            ("/v1/routes/to-health/preview", "/v1/routes/to-nobody/preview"),
            ("/v1/audit?limit=1&actor=lcs", "/v1/audit?limit=1&actor=nobody"),
            ("/v1/audit?limit=1&action=restrict", "/v1/audit?limit=1&action=nothing"),
        ] {
            assert_eq!(bare(other.get(real)), bare(other.get(never)), "{who} {real}");
        }
        let send = |route: &str| {
            let target = format!("/v1/routes/{route}/messages");
            bare(other.send("POST", &target, &[("Content-Type", ZIP)], b"x"))
        };
        assert_eq!(send("to-health"), send("to-nobody"), "{who}");
        let retry = |body: Value| bare(other.post("/v1/dead-letters/retry", &body.to_string()));
        assert_eq!(retry(json!({ "ids": [delivery] })), retry(json!({ "ids": [NEVER] })), "{who}");
        assert_eq!(retry(json!({ "route": "to-health" })), retry(json!({ "route": "to-nobody" })), "{who}");
        // A cursor of another is none.
        let cursor = lcs.get("/v1/deliveries?limit=1").json()["next"].as_str().unwrap().to_owned();
        assert_eq!(bare(other.get(&cursor)), bare(other.get("/v1/deliveries?limit=1&after=AAAA")), "{who}");
    }
    // Whom the other looks up is nobody's here.
    let other = house.by("other");
    for (system, real, never) in [("la-child", child.as_str(), "7777777"), ("nhs-number", first, "9000000009")] {
        let look = |value: &str, authority: &str| {
            bare(other.post(
                "/v1/identity/lookup",
                &json!({ "system": system, "value": value, "authority": authority }).to_string(),
            ))
        };
        for authority in ["330", "331"] {
            assert_eq!(look(real, authority), look(never, authority), "{system} {authority}");
        }
    }
    for who in ["other", "other-nurses"] {
        for list in [
            "/v1/identity/restrictions",
            "/v1/identity/proposals",
            "/v1/identity/proposals?limit=1",
            "/v1/identity/relations",
            "/v1/identity/subjects",
            "/v1/identity/subjects?state=releasing&limit=1",
        ] {
            let told = house.by(who).get(list).with_status(200).json();
            assert_eq!((&told["items"], &told["next"]), (&json!([]), &Value::Null), "{who} {list}");
        }
    }
    // Nobody protects, or reaches, a child of another authority by naming that authority.
    for value in [child.as_str(), "7777777"] {
        let mut set = set.clone();
        set["child"] = json!({ "system": "la-child", "value": value, "authority": "330" });
        other.post("/v1/identity/restrictions", &set.to_string()).problem(404, "not-found");
    }
    // And nothing of the first has changed.
    assert_eq!(house.settled().len(), house.deliveries().len());
    assert_eq!(lcs.get(&format!("/v1/messages/{message}")).json()["attempt"], 1);
}

#[test]
fn one_key_of_two_partners_is_two_keys() {
    let house = house();
    let (mine, theirs) = (Return::small(), Return::of(&authority(2026, 12, 77, 0)));
    let send = |who: &str, route: &str, document: &Return| {
        let headers = [("Content-Type", ZIP), ("Idempotency-Key", "the-same")];
        house.by(who).send("POST", &format!("/v1/routes/{route}/messages"), &headers, &document.zip()).with_status(202)
    };
    let first = send("lcs", "to-health", &mine);
    let second = send("other", "other-to-health", &theirs);
    assert_eq!(second.header("idempotency-replayed"), None);
    assert_ne!(first.json()["id"], second.json()["id"]);
    // Nor does the same content of another stand for one's own.
    let third =
        house.by("other").send("POST", "/v1/routes/other-to-health/messages", &[("Content-Type", ZIP)], &mine.zip());
    assert_eq!(third.with_status(202).header("idempotency-replayed"), None);
    let list = |who: &str| house.by(who).get("/v1/messages").json()["items"].as_array().unwrap().len();
    assert_eq!((list("lcs"), list("other"), list("nurses")), (1, 2, 0));
}
