//! Who calls: certificates, keys, what is demanded, what disagrees, scopes, and the order of refusals.

use crate::client::{CHECK, CSV, TRANSLATE, ask, post, posted};

use super::support::{Authority, Setup, dns, get, jiff_day, key, now, partner, request, uri};

const ME: &str = "/v1/me";

#[test]
fn a_key_names_its_partner_and_no_other_text_does() {
    let setup = Setup::new();
    let ((one, one_lines), (two, two_lines)) = (key(), key());
    let partners = partner("one", "\"translate\"", &one_lines)
        + &partner("two", "", &two_lines)
        + "[partner.limits]\nrequests_burst = 50\n";
    let house = setup.start(None, &partners);
    let me = get(&house, ME, &format!("X-API-Key: {one}\r\n")).json();
    assert_eq!(me["partner"], "one");
    assert_eq!((&me["scopes"], &me["view"]), (&serde_json::json!(["translate"]), &"local-authority".into()));
    assert!(me["recognisedBy"][0].as_str().unwrap().starts_with("api-key:k"));
    let me = get(&house, ME, &format!("X-API-Key: {two}\r\n")).json();
    assert_eq!(me["partner"], "two");

    let end = one.len() - 1;
    let changed = format!("{}{}", &one[..end], if one.ends_with('A') { "B" } else { "A" });
    // One partner's id with the other's secret.
    let crossed = format!("{}{}", &one[..one.len() - 43], &two[two.len() - 43..]);
    for wrong in [
        changed,
        crossed,
        one[..end].to_owned(),
        format!("{one}A"),
        "hw_".to_owned(),
        "é".to_owned(),
        "x".repeat(20_000),
    ] {
        let answer = get(&house, ME, &format!("X-API-Key: {wrong}\r\n"));
        let problem = answer.assert_problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"homeward\""));
        assert_eq!(answer.header("ratelimit"), None);
        assert!(!problem.to_string().contains(&one[..12]), "{problem}");
    }
    let twice = format!("X-API-Key: {one}\r\nX-API-Key: {one}\r\n");
    get(&house, ME, &twice).assert_problem(401, "unauthenticated");
    get(&house, ME, "").assert_problem(401, "unauthenticated");
    let both = format!("X-API-Key: {one}\r\nAuthorization: Basic b25lOnR3bw==\r\n");
    get(&house, ME, &both).assert_problem(401, "unauthenticated");
}

#[test]
fn a_key_is_taken_from_its_addresses_and_until_its_day() {
    let setup = Setup::new();
    let (elsewhere, elsewhere_lines) = key();
    let (here, here_lines) = key();
    let (old, old_lines) = key();
    let old_lines = old_lines.replace(&jiff_day(now() + 10 * 86_400), "2025-01-01");
    let partners = partner("one", "", &format!("{elsewhere_lines}allow_addresses = [\"203.0.113.0/24\"]\n"))
        + &partner("two", "", &format!("{here_lines}allow_addresses = [\"203.0.113.0/24\", \"127.0.0.0/8\"]\n"))
        + &partner("three", "", &old_lines);
    let house = setup.start(None, &partners);
    let status = |key: &str| get(&house, ME, &format!("X-API-Key: {key}\r\n")).status;
    assert_eq!((status(&elsewhere), status(&here), status(&old)), (401, 200, 401));
}

#[test]
fn a_partner_that_is_not_enabled_is_nobody() {
    let setup = Setup::new();
    let (key, lines) = key();
    let (_, other) = super::support::key();
    let house =
        setup.start(None, &(partner("off", "", &format!("enabled = false\n{lines}")) + &partner("on", "", &other)));
    get(&house, ME, &format!("X-API-Key: {key}\r\n")).assert_problem(401, "unauthenticated");
}

#[test]
fn documents_are_open_until_the_configuration_says_otherwise() {
    let setup = Setup::new();
    let (key, lines) = key();
    let house = setup.start(None, &partner("one", "", &lines));
    assert_eq!(get(&house, "/v1/formats", "").status, 200);
    let known = get(&house, "/v1/formats", &format!("X-API-Key: {key}\r\n"));
    assert!(known.status == 200 && known.header("ratelimit").is_some());
    // Who shows something shows something good.
    get(&house, "/v1/formats", "X-API-Key: hw_x\r\n").assert_problem(401, "unauthenticated");
    get(&house, "/v1/formats", "Authorization: Bearer hwt_x\r\n").assert_problem(401, "invalid-token");

    let head = "public_documents = false\n";
    let closed = setup.start_with_head(head, None, &partner("one", "", &lines));
    get(&closed, "/v1/formats", "").assert_problem(401, "unauthenticated");
    let answer = get(&closed, "/v1/formats/echo-csv", &format!("X-API-Key: {key}\r\n"));
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("private, max-age=300")));
}

#[test]
fn scopes_and_views_say_what_may_be_done() {
    let setup = Setup::new();
    let ((with, with_lines), (without, without_lines)) = (key(), key());
    let health = partner("one", "\"translate\"", &with_lines).replace("local-authority", "health");
    let house = setup.start(None, &(health + &partner("two", "\"fhir:read\"", &without_lines)));
    let post_as = |target: &str, key: &str| post(house.public, target, &format!("{CSV}X-API-Key: {key}\r\n"), b"a");
    assert_eq!(post_as(CHECK, &with).status, 200);
    assert_eq!(post_as(TRANSLATE, &with).status, 200);
    post_as("/v1/translate?to=echo-lines&view=local-authority", &with).assert_problem(403, "view-withholds");
    for target in [CHECK, TRANSLATE] {
        let refused = post_as(target, &without);
        let problem = refused.assert_problem(403, "insufficient-scope");
        assert_eq!(problem["scope"], "translate");
        assert_eq!(refused.header("ratelimit"), None);
        assert!(refused.header("www-authenticate").unwrap().contains("insufficient_scope"));
        post(house.public, target, CSV, b"a").assert_problem(401, "unauthenticated");
    }
}

#[test]
fn refusals_come_in_their_order() {
    let setup = Setup::new();
    let (key, lines) = key();
    let lines =
        format!("{lines}[partner.limits]\nrequests_per_minute = 1\nrequests_burst = 2\nbytes_per_minute = 100\n");
    let house = setup.start(None, &partner("one", "", &lines));
    let shown = format!("X-API-Key: {key}\r\n");
    // Header limits and routes before credentials.
    get(&house, &format!("/{}", "x".repeat(9_000)), "X-API-Key: wrong\r\n").assert_problem(414, "header-too-large");
    get(&house, "/none", "X-API-Key: wrong\r\n").assert_problem(404, "not-found");
    get(&house, CHECK, "X-API-Key: wrong\r\n").assert_problem(405, "method-not-allowed");
    // Credentials before cost, cost before scope, and none of them asks for the body.
    let large = |headers: &str| {
        let head =
            format!("POST {CHECK} HTTP/1.1\r\nHost: l\r\nExpect: 100-continue\r\nContent-Length: 101\r\n{headers}\r\n");
        ask(house.public, head)
    };
    large("X-API-Key: wrong\r\n").assert_problem(401, "unauthenticated");
    let cost = large(&shown);
    cost.assert_problem(413, "cost-exceeds-quota");
    assert_eq!(cost.header("retry-after"), None);
    // What never passes costs nothing; then the scope; then the quota is used up.
    post(house.public, CHECK, &shown, b"a").assert_problem(403, "insufficient-scope");
    post(house.public, CHECK, &shown, b"a").assert_problem(403, "insufficient-scope");
    post(house.public, CHECK, &shown, b"a").assert_problem(429, "quota-exceeded");
}

#[test]
fn a_certificate_is_known_by_its_fingerprint_whoever_issued_it() {
    let setup = Setup::new();
    let stranger = Authority::new();
    let (own, other) = (stranger.issue(vec![], 2040), stranger.issue(vec![], 2040));
    let expired = stranger.issue(vec![], 2020);
    let fingerprint = |hash: &str| format!("[[partner.certificate]]\nsha256 = \"{hash}\"\n");
    let partners = partner("one", "\"translate\"", &(fingerprint(&own.sha256()) + &fingerprint(&expired.sha256())));
    let house = setup.start(Some("client_certificate = \"optional\"\n"), &partners);
    let me = setup.ask(&house, Some(&own), &request(ME, "")).unwrap();
    assert_eq!((me.status, &me.json()["partner"]), (200, &"one".into()), "{}", me.whole());
    assert_eq!(me.json()["recognisedBy"][0], format!("certificate:{}", own.sha256()));
    assert_eq!(me.json()["certificateExpires"], "2040-01-01T00:00:00Z");
    // Let through, and known to nobody: no credential.
    setup.ask(&house, Some(&other), &request(ME, "")).unwrap().assert_problem(401, "unauthenticated");
    assert_eq!(setup.ask(&house, Some(&other), &request("/v1/formats", "")).unwrap().status, 200);
    setup.ask(&house, None, &request(ME, "")).unwrap().assert_problem(401, "unauthenticated");
    // Expired: not even a handshake.
    assert!(setup.ask(&house, Some(&expired), &request(ME, "")).is_none());

    let required = setup.start(Some("client_certificate = \"required\"\n"), &partners);
    assert!(setup.ask(&required, None, &request("/v1/formats", "")).is_none());
    assert_eq!(setup.ask(&required, Some(&own), &request(ME, "")).unwrap().status, 200);
    // In TLS 1.2 too.
    use std::io::Write;
    let mut old = setup.secured(&house, Some(&own), &rustls::version::TLS12);
    old.write_all(&request(ME, "")).unwrap();
    assert_eq!(crate::client::read(&mut old).unwrap().status, 200);
}

#[test]
fn a_name_counts_below_its_own_authority_only() {
    let mut setup = Setup::new();
    let council = Authority::new();
    setup.write("council.pem", &council.pem());
    // The listener trusts both.
    setup.write("ca.pem", &(setup.authority.pem() + &council.pem()));
    let named = |name: &str| format!("[[partner.certificate]]\n{name}\nca_file = \"council.pem\"\n");
    let partners = partner("one", "", &named("san_dns = \"lcs.coventry.example\""))
        + &partner("two", "", &named("san_uri = \"urn:nhs:ods:RKB\""));
    let revoked = council.issue(vec![dns("lcs.coventry.example")], 2040);
    setup.write("client.crl", &council.revoke(&revoked));
    let house = setup.start(Some("client_ca_file = \"ca.pem\"\nclient_revocation_file = \"client.crl\"\n"), &partners);
    let status = |authority: &Authority, names| {
        let answer = setup.ask(&house, Some(&authority.issue(names, 2040)), &request(ME, ""));
        answer.map(|answer| (answer.status, answer.json()["partner"].as_str().map(str::to_owned)))
    };
    let one = Some((200, Some("one".to_owned())));
    assert_eq!(status(&council, vec![dns("lcs.coventry.example")]), one);
    assert_eq!(status(&council, vec![dns("other.example"), dns("LCS.coventry.example")]), one);
    assert_eq!(status(&council, vec![uri("urn:nhs:ods:RKB")]), Some((200, Some("two".to_owned()))));
    let nobody = Some((401, None));
    assert_eq!(status(&council, vec![uri("urn:nhs:ods:rkb")]), nobody);
    assert_eq!(status(&council, vec![dns("x.lcs.coventry.example")]), nobody);
    assert_eq!(status(&council, vec![uri("lcs.coventry.example")]), nobody);
    // Two partners' names at once are nobody's.
    assert_eq!(status(&council, vec![dns("lcs.coventry.example"), uri("urn:nhs:ods:RKB")]), nobody);
    // The right name below another authority that the listener trusts.
    assert_eq!(status(&setup.authority, vec![dns("lcs.coventry.example")]), nobody);
    // An authority that nobody trusts, and a certificate that was taken back.
    assert_eq!(status(&Authority::new(), vec![dns("lcs.coventry.example")]), None);
    assert!(setup.ask(&house, Some(&revoked), &request(ME, "")).is_none());
    setup.authority = council;
}

#[test]
fn a_revoked_certificate_is_refused_even_where_fingerprints_let_strangers_through() {
    let setup = Setup::new();
    let revoked = setup.authority.issue(vec![], 2040);
    setup.write("client.crl", &setup.authority.revoke(&revoked));
    let partners = partner("one", "", &format!("[[partner.certificate]]\nsha256 = \"{}\"\n", revoked.sha256()));
    for tls in ["client_certificate = \"optional\"\n", "client_ca_file = \"ca.pem\"\n"] {
        let house = setup.start(Some(&format!("{tls}client_revocation_file = \"client.crl\"\n")), &partners);
        assert!(setup.ask(&house, Some(&revoked), &request(ME, "")).is_none());
    }
}

#[test]
fn what_is_demanded_must_all_be_shown_and_agree() {
    let setup = Setup::new();
    let (own, two_own) = (setup.authority.issue(vec![], 2040), setup.authority.issue(vec![], 2040));
    let ((one, one_lines), (two, two_lines)) = (key(), key());
    let certificate = |hash: &str| format!("[[partner.certificate]]\nsha256 = \"{hash}\"\n");
    let demanding = format!("require = [\"certificate\", \"api_key\"]\n{one_lines}{}", certificate(&own.sha256()));
    let partners =
        partner("one", "", &demanding) + &partner("two", "", &format!("{two_lines}{}", certificate(&two_own.sha256())));
    let house = setup.start(Some("client_ca_file = \"ca.pem\"\n"), &partners);
    let ask = |shown, key: Option<&str>| {
        let headers = key.map_or_else(String::new, |key| format!("X-API-Key: {key}\r\n"));
        setup.ask(&house, shown, &request(ME, &headers)).unwrap()
    };
    assert_eq!(ask(Some(&own), Some(&one)).status, 200);
    ask(None, Some(&one)).assert_problem(401, "unauthenticated");
    ask(Some(&own), None).assert_problem(401, "unauthenticated");
    ask(Some(&own), Some(&two)).assert_problem(401, "credentials-disagree");
    ask(Some(&two_own), Some(&one)).assert_problem(401, "credentials-disagree");
    assert_eq!(ask(Some(&two_own), None).status, 200);
    assert_eq!(ask(None, Some(&two)).status, 200);
    // A certificate of nobody neither helps nor harms.
    let nobody = setup.authority.issue(vec![], 2040);
    assert_eq!(ask(Some(&nobody), Some(&two)).status, 200);
    ask(Some(&nobody), Some(&one)).assert_problem(401, "unauthenticated");
}

#[test]
fn without_partners_nobody_is_asked() {
    let setup = Setup::new();
    let house = setup.start(None, "");
    assert_eq!(post(house.public, CHECK, CSV, b"a").status, 200);
    assert_eq!(get(&house, "/v1/formats", "Authorization: Bearer x\r\nX-API-Key: y\r\n").status, 200);
    get(&house, ME, "").assert_problem(404, "not-found");
    assert_eq!(ask(house.public, posted("/oauth2/token", "", b"")).status, 404);
}
