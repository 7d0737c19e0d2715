//! Sign-ins that fail are told to the audit chain as counts: by what was shown and of whom, and nothing of what it was.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use super::{House, TO_HEALTH, cast, key_of, wait_until};

/// A public key of a partner: the generator of the curve, so that nobody has its secret.
const JWKS: &str = r#"{"keys": [{"kty": "EC", "crv": "P-384", "kid": "k", "alg": "ES384", "use": "sig", "x": "qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3", "y": "NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f"}]}"#;

/// An assertion that says it is the portal's, under a signature that is nobody's.
const OF_PORTAL: &str = "eyJhbGciOiJFUzM4NCIsImtpZCI6ImsifQ.eyJpc3MiOiJwb3J0YWwtaWQiLCJzdWIiOiJwb3J0YWwtaWQifQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn failures(house: &House) -> Vec<Value> {
    let page = house.by("c.three").get("/v1/audit?action=sign-in-failure").with_status(200).json();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn failed_sign_ins_are_counted_by_the_minute_and_at_the_end_and_name_nothing_that_was_shown() {
    let portal = "[[partner]]\nname = \"portal\"\nview = \"health\"\nscopes = [\"messages:read\"]\n\
                  [partner.oauth]\nclient_id = \"portal-id\"\njwks_file = \"portal.jwks\"\n";
    let partners = format!("{}\n{portal}", cast());
    let mut house = House::beside(&partners, TO_HEALTH, "info", &[("portal.jwks", JWKS)]);
    let client = &house.gateway.as_ref().unwrap().client;
    let ask = |headers: &[(&str, &str)]| client.send("GET", "/v1/messages", headers, b"").status;
    // Another secret under an id that is known, many that nobody has, and what is no key at all.
    let (id, secret) = key_of("lcs").0.rsplit_once('_').map(|(id, key)| (id.to_owned(), key.to_owned())).unwrap();
    let wrong = format!("{id}_{}", secret.chars().rev().collect::<String>());
    for _ in 0..3 {
        assert_eq!(ask(&[("X-API-Key", &wrong)]), 401);
    }
    let mut shown = vec![wrong];
    for n in 0..20 {
        let unknown = format!("hw_canary{n}_{secret}");
        assert_eq!(ask(&[("X-API-Key", &unknown)]), 401);
        shown.push(unknown);
    }
    for canary in ["Bearer canary.of.a-token", "Basic Y2FuYXJ5OmNhbmFyeQ=="] {
        assert_eq!(ask(&[("Authorization", canary)]), 401);
        shown.push(canary.split(' ').next_back().unwrap().to_owned());
    }
    let person = key_of("a.one").0.replace("hw_", "HW_");
    assert_eq!(ask(&[("X-API-Key", &person), ("Authorization", "Bearer canary.of.a-token")]), 401);
    // Who shows nothing does not sign in; nor is it a failure not to be allowed.
    assert_eq!(ask(&[]), 401);
    house.by("c.three").get("/v1/identity/proposals").with_status(403);
    for (assertion, status) in [("canary.of.an-assertion", 400), (OF_PORTAL, 401)] {
        let form = format!(
            "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type\
             %3Ajwt-bearer&client_assertion={assertion}"
        );
        client.post("/oauth2/token", "application/x-www-form-urlencoded", form.as_bytes()).with_status(status);
    }
    client.post("/oauth2/token", "application/x-www-form-urlencoded", b"").with_status(400);

    // Within the minute, without anybody's doing.
    let lines = wait_until("the failures of a minute", || {
        // Who asks too often is told to wait.
        thread::sleep(Duration::from_secs(1));
        Some(failures(&house)).filter(|lines| !lines.is_empty())
    });
    let told: Vec<(&Value, &Value, &Value)> =
        lines.iter().map(|line| (&line["by"], &line["object"], &line["statements"]["failures"])).collect();
    let wanted = [
        (json!("api-key"), json!("partner:lcs"), json!(3)),
        (json!("api-key"), Value::Null, json!(20)),
        (json!("token"), Value::Null, json!(2)),
        (json!("token api-key"), Value::Null, json!(1)),
        (json!("assertion"), Value::Null, json!(1)),
        (json!("assertion"), json!("partner:portal"), json!(1)),
    ];
    assert_eq!(told.len(), wanted.len(), "{lines:?}");
    for (by, object, count) in &wanted {
        assert!(told.contains(&(by, object, count)), "{by} {object} {count} in {lines:?}");
    }
    assert!(lines.iter().all(|line| line["actor"] == "homeward" && line["outcome"] == "refused"));

    // What was counted last is told when the gateway ends.
    assert_eq!(ask(&[("X-API-Key", &shown[0])]), 401);
    house.stop();
    house.start();
    let later = failures(&house);
    assert_eq!(later.len(), lines.len() + 1, "{later:?}");
    assert_eq!((&later[0]["object"], &later[0]["statements"]["failures"]), (&json!("partner:lcs"), &json!(1)));
    let text = json!(house.audit()).to_string();
    assert!(!text.contains("canary") && !shown.iter().any(|shown| text.contains(shown.as_str())));
    let verified = house.by("c.three").post("/v1/audit/verify", "{}").with_status(200).json();
    assert_eq!(verified["intact"], true);
}
