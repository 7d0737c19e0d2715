//! `/oauth2/token` and the tokens that it gives.

use serde_json::{Value, json};

use crate::client::{Answer, CHECK, CSV, ask, post, posted};

use super::support::{AUDIENCE, CLIENT_ID, FORM, Setup, TOKEN, form, get, key, now, oauth, partner, request};

const ME: &str = "/v1/me";

/// Asserts a refusal in OAuth's own form.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error: &str, description: &str) {
    assert_eq!(answer.status, status, "{}", answer.whole());
    let told = answer.json();
    assert_eq!((told["error"].as_str(), told["error_description"].as_str()), (Some(error), Some(description)));
    assert_eq!(told["message_id"].as_str(), answer.header("x-request-id"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

#[test]
fn an_assertion_of_each_algorithm_gives_a_token_that_is_taken() {
    let setup = Setup::new();
    let house = setup.start(None, &partner("one", "\"translate\", \"fhir:read\"", &oauth()));
    for (algorithm, key_id) in [("RS512", "rsa-1"), ("RS384", "rsa-1"), ("ES384", "ec-1")] {
        let assertion = setup.signed(&json!({ "alg": algorithm, "kid": key_id }), &setup.claims());
        let answer =
            post(house.public, TOKEN, &format!("{FORM}Accept-Encoding: gzip\r\n"), form(&assertion, "").as_bytes());
        assert_eq!(answer.status, 200, "{algorithm} {}", answer.whole());
        assert_eq!((answer.header("cache-control"), answer.header("content-encoding")), (Some("no-store"), None));
        assert!(answer.header("ratelimit").is_some());
        let told = answer.json();
        assert_eq!((&told["expires_in"], &told["token_type"]), (&json!(599), &json!("Bearer")));
        assert_eq!(told["scope"], "translate fhir:read");
        assert!(told["issued_at"].as_str().unwrap().len() == 13);
        let token = told["access_token"].as_str().unwrap();
        assert!(token.starts_with("hwt_") && !token.contains('.'));
        let me = get(&house, ME, &bearer(token)).json();
        assert_eq!((&me["partner"], &me["recognisedBy"]), (&json!("one"), &json!(["token"])));
        assert_eq!(get(&house, ME, &format!("authorization: bearer  {token}\r\n")).status, 200);
    }
}

#[test]
fn a_token_may_have_fewer_scopes_and_never_more() {
    let setup = Setup::new();
    let house = setup.start(None, &partner("one", "\"translate\", \"fhir:read\"", &oauth()));
    let ask = |scope: &str| {
        let form = form(&setup.assertion(&setup.claims()), &format!("&scope={scope}"));
        post(house.public, TOKEN, FORM, form.as_bytes())
    };
    let narrow = ask("system/*.read").json();
    assert_eq!(narrow["scope"], "fhir:read");
    let headers = format!("{CSV}{}", bearer(narrow["access_token"].as_str().unwrap()));
    post(house.public, CHECK, &headers, b"a").assert_problem(403, "insufficient-scope");
    let whole = ask("").json();
    let headers = format!("{CSV}{}", bearer(whole["access_token"].as_str().unwrap()));
    assert_eq!(post(house.public, CHECK, &headers, b"a").status, 200);
    let words = "scope names what is not known, or not granted to this client";
    for scope in ["fhir:write", "fhir:read+operator", "everything", "fhir:read%00", "%ff"] {
        assert_refused(&ask(scope), 400, "invalid_scope", words);
    }
}

#[test]
fn each_fault_of_a_request_has_its_words() {
    let setup = Setup::new();
    let house = setup.start(None, &partner("one", "", &oauth()));
    let post_form = |form: &str| post(house.public, TOKEN, FORM, form.as_bytes());
    let good = form(&setup.assertion(&setup.claims()), "");
    let invalid = "invalid_request";
    let type_words = "Content-Type header must be application/x-www-form-urlencoded";
    for headers in ["", "Content-Type: application/json\r\n", &format!("{FORM}{FORM}"), "Content-Type: é\r\n"] {
        assert_refused(&post(house.public, TOKEN, headers, good.as_bytes()), 400, invalid, type_words);
    }
    assert_refused(&post_form(""), 400, invalid, "grant_type is missing");
    assert_refused(&post_form("grant_type="), 400, invalid, "grant_type is missing");
    let other = good.replace("client_credentials", "password");
    assert_refused(&post_form(&other), 400, "unsupported_grant_type", "grant_type is invalid");
    assert_refused(&post_form(&format!("{good}&{good}")), 400, invalid, "A parameter of the form is repeated");
    let kind =
        "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'";
    assert_refused(&post_form(&good.replace("jwt-bearer", "saml2-bearer")), 400, invalid, kind);
    assert_refused(&post_form(&form("", "")), 400, invalid, "Missing client_assertion");
    for malformed in ["a", "a.b", "a.b.c", "....", "e30.e30", "e30.e30.e30.e30", "%FF%FE", "bnVsbA.bnVsbA.AA"] {
        assert_refused(&post_form(&form(malformed, "")), 400, invalid, "Malformed JWT in client_assertion");
    }
    let large = format!("{good}&x={}", "y".repeat(16_384));
    let problem = post_form(&large).assert_problem(413, "too-large");
    assert_eq!(problem["limit"], "form_bytes_max");
    assert_eq!(ask(house.public, request(TOKEN, "")).status, 405);
    // A form with a charset, and parameters of others, is taken.
    let headers = "Content-Type: Application/X-WWW-Form-Urlencoded; charset=utf-8\r\n";
    assert_eq!(post(house.public, TOKEN, headers, format!("{good}&client_id=x").as_bytes()).status, 200);
}

#[test]
fn each_fault_of_an_assertion_has_its_words() {
    let setup = Setup::new();
    let house = setup.start(None, &partner("one", "", &oauth()));
    let post_signed = |head: &Value, claims: &Value| {
        post(house.public, TOKEN, FORM, form(&setup.signed(head, claims), "").as_bytes())
    };
    let head = json!({ "alg": "RS512", "kid": "rsa-1" });
    let with = |mut value: Value, member: &str, other: Value| {
        value[member] = other;
        value
    };
    let without = |mut value: Value, member: &str| {
        value.as_object_mut().unwrap().remove(member);
        value
    };
    let invalid = "invalid_request";

    let words = "Invalid 'alg' header in client_assertion JWT";
    for algorithm in
        [json!("none"), json!("None"), json!("HS256"), json!("RS256"), json!("PS512"), json!(5), Value::Null]
    {
        assert_refused(&post_signed(&with(head.clone(), "alg", algorithm), &setup.claims()), 400, invalid, words);
    }
    assert_refused(&post_signed(&without(head.clone(), "alg"), &setup.claims()), 400, invalid, words);

    let words = "Missing 'kid' header in client_assertion JWT";
    for head in
        [without(head.clone(), "kid"), with(head.clone(), "kid", json!("")), with(head.clone(), "kid", json!(1))]
    {
        assert_refused(&post_signed(&head, &setup.claims()), 400, invalid, words);
    }
    let words = "Invalid 'kid' header in client_assertion JWT - no matching public key";
    // A key of another kind is not the one that is meant.
    for key in ["rsa-2", "ec-1"] {
        assert_refused(&post_signed(&with(head.clone(), "kid", json!(key)), &setup.claims()), 400, invalid, words);
    }
    let crit = with(head.clone(), "crit", json!(["exp"]));
    assert_refused(&post_signed(&crit, &setup.claims()), 400, invalid, "Malformed JWT in client_assertion");

    let words = "Invalid 'iss'/'sub' claims in client_assertion JWT";
    for (member, value) in
        [("iss", json!("other")), ("sub", json!("other")), ("iss", json!([CLIENT_ID])), ("sub", Value::Null)]
    {
        assert_refused(&post_signed(&head, &with(setup.claims(), member, value)), 400, invalid, words);
    }
    let words = "Missing or invalid 'aud' claim in client_assertion JWT";
    for audience in [json!(format!("{AUDIENCE}/")), json!("https://gateway.example"), json!([AUDIENCE]), Value::Null] {
        assert_refused(&post_signed(&head, &with(setup.claims(), "aud", audience)), 400, invalid, words);
    }
    let words = "Missing or invalid 'exp' claim in client_assertion JWT";
    for expiry in
        [json!(now() - 31), json!(now() + 400), json!("soon"), json!(-1), json!(1e300), json!(u64::MAX), Value::Null]
    {
        assert_refused(&post_signed(&head, &with(setup.claims(), "exp", expiry)), 400, invalid, words);
    }
    let late = with(setup.claims(), "nbf", json!(now() + 60));
    assert_refused(&post_signed(&head, &late), 400, invalid, "Invalid 'nbf' claim in client_assertion JWT");
    let late = with(setup.claims(), "iat", json!("now"));
    assert_refused(&post_signed(&head, &late), 400, invalid, "Invalid 'iat' claim in client_assertion JWT");
    let words = "Missing or non-unique 'jti' claim in client_assertion JWT";
    for id in [json!(""), json!(5), json!("x".repeat(129)), Value::Null] {
        assert_refused(&post_signed(&head, &with(setup.claims(), "jti", id)), 400, invalid, words);
    }
    // A clock that is a little wrong is forgiven, in both directions.
    for claims in [
        with(setup.claims(), "exp", json!(now() - 20)),
        with(setup.claims(), "exp", json!(now() + 320)),
        with(setup.claims(), "iat", json!(now() + 20)),
        with(setup.claims(), "exp", json!(now() as f64 + 100.5)),
        with(setup.claims(), "jti", json!("é".repeat(128))),
    ] {
        assert_eq!(post_signed(&head, &claims).status, 200, "{claims}");
    }
}

#[test]
fn a_signature_of_another_key_or_of_other_words_is_refused() {
    let setup = Setup::new();
    let stranger = Setup::new();
    let house = setup.start(None, &partner("one", "", &oauth()));
    let assertion = setup.assertion(&setup.claims());
    let (signed, _) = assertion.rsplit_once('.').unwrap();
    let other = setup.assertion(&setup.claims());
    let (_, other) = other.rsplit_once('.').unwrap();
    for forged in [
        stranger.assertion(&stranger.claims()),
        format!("{signed}.{other}"),
        format!("{signed}."),
        format!("{signed}.AAAA"),
        assertion[..assertion.len() - 4].to_owned(),
    ] {
        let answer = post(house.public, TOKEN, FORM, form(&forged, "").as_bytes());
        assert_refused(&answer, 401, "invalid_client", "JWT signature verification failed");
        assert!(answer.header("www-authenticate").is_some());
        // A stranger spends nothing of the partner's quota.
        assert_eq!(answer.header("ratelimit"), None);
    }
}

#[test]
fn an_assertion_passes_once_even_when_many_send_it_together() {
    let setup = Setup::new();
    let house = setup.start(None, &partner("one", "", &oauth()));
    let body = form(&setup.assertion(&setup.claims()), "");
    let granted = std::thread::scope(|scope| {
        let asked: Vec<_> =
            (0..8).map(|_| scope.spawn(|| post(house.public, TOKEN, FORM, body.as_bytes()).status)).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).filter(|status| *status == 200).count()
    });
    assert_eq!(granted, 1);
    let again = post(house.public, TOKEN, FORM, body.as_bytes());
    let words = "Missing or non-unique 'jti' claim in client_assertion JWT";
    assert_refused(&again, 400, "invalid_request", words);
}

#[test]
fn a_token_that_is_changed_strange_or_shown_twice_is_no_token() {
    let setup = Setup::new();
    let house = setup.start(None, &partner("one", "", &oauth()));
    let token = setup.token(&house);
    for wrong in [
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        token.to_uppercase(),
        "hwt_".to_owned(),
        "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        "x".repeat(20_000),
    ] {
        let answer = get(&house, ME, &bearer(&wrong));
        answer.assert_problem(401, "invalid-token");
        assert!(answer.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
    }
    for headers in [
        format!("{0}{0}", bearer(&token)),
        format!("{}Authorization: Basic x\r\n", bearer(&token)),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: \r\n".to_owned(),
        "Authorization: Bearér x\r\n".to_owned(),
        format!("Authorization: {token}\r\n"),
    ] {
        get(&house, ME, &headers).assert_problem(401, "unauthenticated");
    }
}

#[test]
fn tokens_outlive_a_restart_and_die_with_their_partner_client_or_time() {
    let setup = Setup::new();
    let granted = partner("one", "\"translate\", \"fhir:read\"", &oauth());
    let token = setup.token(&setup.start(None, &granted));
    let (_, other) = key();
    let other = partner("other", "", &other);
    let me = |partners: &str| get(&setup.start(None, partners), ME, &bearer(&token));
    assert_eq!(me(&granted).status, 200);
    // It has the scopes that are left to its partner.
    assert_eq!(me(&partner("one", "\"fhir:read\", \"operator\"", &oauth())).json()["scopes"], json!(["fhir:read"]));
    me(&other).assert_problem(401, "invalid-token");
    me(&(partner("one", "", "enabled = false\n") + &oauth() + &other)).assert_problem(401, "invalid-token");
    me(&(partner("one", "", "") + &other)).assert_problem(401, "invalid-token");
    let later = jiff::Timestamp::from_second(now() + 1_000).unwrap();
    me(&format!("[oauth]\ntokens_not_before = {later}\n{granted}")).assert_problem(401, "invalid-token");
    let earlier = jiff::Timestamp::from_second(now() - 1_000).unwrap();
    assert_eq!(me(&format!("[oauth]\ntokens_not_before = {earlier}\n{granted}")).status, 200);
}

#[test]
fn a_token_that_is_bound_goes_with_its_certificate_only() {
    let setup = Setup::new();
    let (own, second) = (setup.authority.issue(vec![], 2040), setup.authority.issue(vec![], 2040));
    let stranger = setup.authority.issue(vec![], 2040);
    let certificate =
        |shown: &super::support::Shown| format!("[[partner.certificate]]\nsha256 = \"{}\"\n", shown.sha256());
    let lines = format!("{}{}{}", oauth(), certificate(&own), certificate(&second));
    let tls = Some("client_ca_file = \"ca.pem\"\n");
    let house = setup.start(tls, &partner("one", "", &format!("require = [\"certificate\", \"token\"]\n{lines}")));
    let ask_token = |shown| {
        let body = form(&setup.assertion(&setup.claims()), "");
        setup.ask(&house, shown, &posted(TOKEN, FORM, body.as_bytes())).unwrap()
    };
    let words = "The client certificate of this client is needed";
    assert_refused(&ask_token(None), 401, "invalid_client", words);
    assert_refused(&ask_token(Some(&stranger)), 401, "invalid_client", words);
    let answer = ask_token(Some(&own));
    assert_eq!(answer.status, 200, "{}", answer.whole());
    let answer = answer.json();
    let headers = bearer(answer["access_token"].as_str().unwrap());
    let me = |shown| setup.ask(&house, shown, &request(ME, &headers)).unwrap();
    assert_eq!(me(Some(&own)).json()["recognisedBy"].as_array().unwrap().len(), 2);
    me(None).assert_problem(401, "invalid-token");
    me(Some(&stranger)).assert_problem(401, "invalid-token");
    // The same partner's, and not the one it is bound to.
    me(Some(&second)).assert_problem(401, "invalid-token");
    setup.ask(&house, Some(&own), &request(ME, "")).unwrap().assert_problem(401, "unauthenticated");

    // A token that was issued before it had to be bound.
    let free = setup.start(None, &partner("one", "", &oauth()));
    let unbound = setup.token(&free);
    setup.ask(&house, Some(&own), &request(ME, &bearer(&unbound))).unwrap().assert_problem(401, "invalid-token");
    let metadata = setup.ask(&house, None, &request("/.well-known/oauth-authorization-server", "")).unwrap().json();
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
}

#[test]
fn the_endpoint_tells_of_itself_is_limited_and_can_be_closed() {
    let mut setup = Setup::new();
    let granted =
        partner("one", "", &format!("{}[partner.limits]\nrequests_per_minute = 1\nrequests_burst = 1\n", oauth()));
    let house = setup.start(None, &granted);
    let metadata = get(&house, "/.well-known/oauth-authorization-server", "");
    assert_eq!(metadata.header("cache-control"), Some("public, max-age=300"));
    let told = metadata.json();
    assert_eq!((&told["issuer"], &told["token_endpoint"]), (&json!("https://gateway.example"), &json!(AUDIENCE)));
    assert_eq!(told["token_endpoint_auth_signing_alg_values_supported"], json!(["RS512", "RS384", "ES384"]));
    // The quota of the partner, once it is known to be the partner.
    setup.token(&house);
    let over = post(house.public, TOKEN, FORM, form(&setup.assertion(&setup.claims()), "").as_bytes());
    over.assert_problem(429, "quota-exceeded");
    // The address before anything is read.
    setup.address_requests = 1;
    let house = setup.start(None, &granted);
    assert_eq!(post(house.public, TOKEN, FORM, b"").status, 400);
    let over = post(house.public, TOKEN, FORM, form("x", "").as_bytes());
    over.assert_problem(429, "quota-exceeded");
    assert!(over.header("retry-after").is_some());
    let closed = setup.start(None, &format!("[oauth]\nalgorithms = []\n{granted}"));
    post(closed.public, TOKEN, FORM, b"").assert_problem(404, "not-found");
    let only = setup.start(None, &format!("[oauth]\nalgorithms = [\"ES384\"]\n{granted}"));
    let answer = post(only.public, TOKEN, FORM, form(&setup.assertion(&setup.claims()), "").as_bytes());
    assert_refused(&answer, 400, "invalid_request", "Invalid 'alg' header in client_assertion JWT");
}

#[test]
fn of_two_partners_neither_can_speak_for_the_other() {
    let setup = Setup::new();
    let other = Setup::new();
    setup.write("other.json", &other.key_set_text());
    let lines = "[partner.oauth]\nclient_id = \"other\"\njwks_file = \"other.json\"\n";
    let house = setup.start(None, &(partner("one", "", &oauth()) + &partner("two", "", lines)));
    // The other's key over the first one's name: both sets have a key of that id.
    let forged = other.assertion(&other.claims());
    let answer = post(house.public, TOKEN, FORM, form(&forged, "").as_bytes());
    assert_refused(&answer, 401, "invalid_client", "JWT signature verification failed");
    let mut claims = other.claims();
    claims["iss"] = json!("other");
    claims["sub"] = json!("other");
    let jti = claims["jti"].clone();
    assert_eq!(post(house.public, TOKEN, FORM, form(&other.assertion(&claims), "").as_bytes()).status, 200);
    // One partner's `jti` is not the other's.
    let mut claims = setup.claims();
    claims["jti"] = jti;
    assert_eq!(post(house.public, TOKEN, FORM, form(&setup.assertion(&claims), "").as_bytes()).status, 200);
}
