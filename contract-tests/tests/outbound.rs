//! What recipients see of a delivery: the request, the way we sign in, and what each answer makes of it.
//!
//! Recipients speak plain HTTP here, which only loopback may; what concerns TLS is proved where the server is tested.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use schemas::date::Date;
use serde_json::Value;
use server::{
    config::{ClientProof, Config, Environment, SignIn, Transport},
    outbound::{
        Courier, Outcome, Parcel, Target,
        outcome::{FaultSide, Reason},
    },
};
use uuid::Uuid;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path},
};

/// A configuration with one target, as whoever runs a gateway writes it.
struct Setup {
    folder: tempfile::TempDir,
}

impl Setup {
    fn new() -> Self {
        let setup = Self { folder: tempfile::tempdir().unwrap() };
        setup.secret("ids.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        setup.secret("store.key", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        setup
    }

    fn secret(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        only_for_us(&path);
    }

    fn config(&self, keys: &str) -> Config {
        let source = format!(
            "version = 1\nname = \"test\"\npublic_url = \"https://gateway.example\"\n[ids]\nkey_file = \"ids.key\"\n\
             [store]\npath = \"store\"\nkey_file = \"store.key\"\n\
             [[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n\
             [[partner]]\nname = \"vendor\"\nview = \"health\"\n\
             [[route]]\nname = \"r\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\" }}\n\
             [[route.to]]\npartner = \"vendor\"\nformat = \"fhir-json\"\nprivate_network = true\n{keys}\n"
        );
        let file = self.folder.path().join("homeward.toml");
        Config::parse(&file, &source, &Environment::default()).unwrap_or_else(|faults| panic!("{faults}"))
    }
}

#[cfg(unix)]
fn only_for_us(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(windows)]
fn only_for_us(_: &Path) {}

fn target(courier: &Courier, config: &Config) -> Target {
    courier.target(&config.routes[0].to[0]).unwrap()
}

fn parcel() -> Parcel {
    Parcel {
        delivery: Uuid::now_v7(),
        fence: 42,
        correlation_id: Some("autumn.return_1".to_owned()),
        media_type: "application/fhir+json",
        body: Bytes::from_static("{\"resourceType\":\"Bundle\",\"id\":\"caf\u{e9}\"}".as_bytes()),
        date: Date::parse_iso(b"2026-11-22").unwrap(),
        route: "r".to_owned(),
    }
}

fn said(request: &Request, name: &str) -> Option<String> {
    request.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

async fn requests_to(server: &MockServer, wanted: &str) -> Vec<Request> {
    let mut requests = server.received_requests().await.unwrap();
    requests.retain(|request| request.url.path() == wanted);
    requests
}

fn gives_token(text: &str, expires_in: Value) -> ResponseTemplate {
    let body = serde_json::json!({ "access_token": text, "expires_in": expires_in, "token_type": "Bearer" });
    ResponseTemplate::new(200).set_body_json(body)
}

#[tokio::test]
async fn a_webhook_of_a_vendor_gets_the_delivery_its_supplier_key_and_the_keys_of_repetition() {
    let (setup, vendor) = (Setup::new(), MockServer::start().await);
    setup.secret("supplier", "5upplier-key\n");
    Mock::given(method("PUT"))
        .and(path("/hooks/children"))
        .respond_with(ResponseTemplate::new(202))
        .mount(&vendor)
        .await;
    let keys = format!(
        "url = \"{}/hooks/children?tenant=coventry\"\nmethod = \"PUT\"\n\
         headers = {{ \"X-Environment\" = \"live\" }}\nheader_files = {{ \"X-Supplier-Key\" = \"supplier\" }}",
        vendor.uri()
    );
    let courier = Courier::new();
    let target = target(&courier, &setup.config(&keys));
    let sent = parcel();
    assert_eq!(courier.send(&target, sent.clone()).await, Outcome::Accepted);
    // The same delivery under a later lease: the same key, a higher fence.
    assert_eq!(courier.send(&target, Parcel { fence: 43, ..sent.clone() }).await, Outcome::Accepted);
    let requests = vendor.received_requests().await.unwrap();
    assert_eq!(requests.len(), 2);
    for (request, fence) in requests.iter().zip(["42", "43"]) {
        assert_eq!(request.url.query(), Some("tenant=coventry"));
        assert_eq!(request.body, sent.body);
        for (name, value) in [
            ("content-type", "application/fhir+json"),
            ("idempotency-key", &sent.delivery.to_string()),
            ("homeward-fence", fence),
            ("x-correlation-id", "autumn.return_1"),
            ("x-environment", "live"),
            ("x-supplier-key", "5upplier-key"),
            ("accept-encoding", "identity"),
        ] {
            assert_eq!(said(request, name).as_deref(), Some(value), "{name}");
        }
        assert_eq!(said(request, "authorization"), None);
    }
    let without = Parcel { correlation_id: None, ..parcel() };
    assert_eq!(courier.send(&target, without).await, Outcome::Accepted);
    assert_eq!(said(&vendor.received_requests().await.unwrap()[2], "x-correlation-id"), None);
}

/// A recipient with a token endpoint that takes signed assertions, and the claims that it was sent.
async fn signed(algorithm: &'static rcgen::SignatureAlgorithm, name: &str) {
    let (setup, recipient) = (Setup::new(), MockServer::start().await);
    let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
    setup.secret("signing.key", &key.serialize_pem());
    Mock::given(path("/oauth2/token")).respond_with(gives_token("t1", "599".into())).mount(&recipient).await;
    let inbox = Mock::given(path("/in")).and(header("authorization", "Bearer t1"));
    inbox.respond_with(ResponseTemplate::new(200)).mount(&recipient).await;
    let uri = recipient.uri();
    let keys = format!(
        "url = \"{uri}/in\"\ntoken_url = \"{uri}/oauth2/token\"\nclient_id = \"our-client\"\n\
         signing_key_file = \"signing.key\"\nkey_id = \"key-1\""
    );
    let config = setup.config(&keys);
    let courier = Courier::new();
    let target = target(&courier, &config);
    for _ in 0..3 {
        assert_eq!(courier.send(&target, parcel()).await, Outcome::Accepted);
    }
    let asked = requests_to(&recipient, "/oauth2/token").await;
    assert_eq!(asked.len(), 1, "a token is kept");
    assert_eq!(asked[0].method, "POST");
    assert_eq!(said(&asked[0], "content-type").as_deref(), Some("application/x-www-form-urlencoded"));
    assert_eq!(said(&asked[0], "idempotency-key"), None);
    let form: Vec<(String, String)> = form_urlencoded::parse(&asked[0].body).into_owned().collect();
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["grant_type", "client_assertion_type", "client_assertion"]);
    assert_eq!(form[0].1, "client_credentials");
    assert_eq!(form[1].1, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

    let parts: Vec<&str> = form[2].1.split('.').collect();
    let [head, claims, signature] = parts[..] else { panic!("three parts") };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let head: Value = serde_json::from_slice(&decode(head)).unwrap();
    assert_eq!(head, serde_json::json!({ "alg": name, "kid": "key-1", "typ": "JWT" }));
    let claims: Value = serde_json::from_slice(&decode(claims)).unwrap();
    assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some("our-client"), Some("our-client")));
    assert_eq!(claims["aud"], format!("{uri}/oauth2/token"));
    assert!(Uuid::parse_str(claims["jti"].as_str().unwrap()).is_ok());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (issued, expires) = (claims["iat"].as_u64().unwrap(), claims["exp"].as_u64().unwrap());
    assert!(issued <= now && expires > now && expires - issued <= 300, "{claims}");

    let Transport::Https(https) = &config.routes[0].to[0].transport else { panic!("by request") };
    let SignIn::Token { proof: ClientProof::SignedAssertion(own), .. } = &https.sign_in else { panic!("signed") };
    let (message, _) = form[2].1.rsplit_once('.').unwrap();
    let verifying: &'static dyn aws_lc_rs::signature::VerificationAlgorithm =
        if name == "RS512" { &RSA_PKCS1_2048_8192_SHA512 } else { &ECDSA_P384_SHA384_FIXED };
    UnparsedPublicKey::new(verifying, own.public()).verify(message.as_bytes(), &decode(signature)).unwrap();
}

#[tokio::test]
async fn an_assertion_under_an_rsa_key_is_as_nhs_england_takes_it() {
    signed(&rcgen::PKCS_RSA_SHA512, "RS512").await;
}

#[tokio::test]
async fn an_assertion_under_a_key_on_p_384_is_as_smart_takes_it() {
    signed(&rcgen::PKCS_ECDSA_P384_SHA384, "ES384").await;
}

/// A target that signs in with a client secret.
fn with_secret(setup: &Setup, recipient: &MockServer) -> Config {
    setup.secret("client-secret", "s3cret & more\n");
    let uri = recipient.uri();
    let keys = "client_id = \"us\"\nclient_secret_file = \"client-secret\"";
    setup.config(&format!("url = \"{uri}/in\"\ntoken_url = \"{uri}/token\"\n{keys}"))
}

#[tokio::test]
async fn a_client_secret_goes_in_the_form_and_nowhere_else() {
    let (setup, recipient) = (Setup::new(), MockServer::start().await);
    Mock::given(path("/token")).respond_with(gives_token("t1", 600.into())).mount(&recipient).await;
    Mock::given(path("/in")).respond_with(ResponseTemplate::new(200)).mount(&recipient).await;
    let courier = Courier::new();
    let target = target(&courier, &with_secret(&setup, &recipient));
    assert_eq!(courier.send(&target, parcel()).await, Outcome::Accepted);
    let asked = requests_to(&recipient, "/token").await;
    let form: Vec<(String, String)> = form_urlencoded::parse(&asked[0].body).into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let wanted =
        [pair("grant_type", "client_credentials"), pair("client_id", "us"), pair("client_secret", "s3cret & more")];
    assert_eq!(form, wanted);
    let delivered = format!("{:?}", requests_to(&recipient, "/in").await);
    assert!(!delivered.contains("s3cret"));
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once_and_no_more() {
    let (setup, recipient) = (Setup::new(), MockServer::start().await);
    Mock::given(path("/token")).respond_with(gives_token("old", 600.into())).up_to_n_times(1).mount(&recipient).await;
    Mock::given(path("/token")).respond_with(gives_token("new", 600.into())).mount(&recipient).await;
    let takes = Mock::given(path("/in")).and(header("authorization", "Bearer new"));
    takes.respond_with(ResponseTemplate::new(200)).up_to_n_times(2).mount(&recipient).await;
    Mock::given(path("/in")).respond_with(ResponseTemplate::new(401)).mount(&recipient).await;
    let courier = Courier::new();
    let target = target(&courier, &with_secret(&setup, &recipient));
    let sent = parcel();
    assert_eq!(courier.send(&target, sent.clone()).await, Outcome::Accepted);
    let tries = requests_to(&recipient, "/in").await;
    assert_eq!(tries.len(), 2);
    let key = Some(sent.delivery.to_string());
    assert!(tries.iter().all(|request| said(request, "idempotency-key") == key), "one delivery, one key");
    assert_eq!(courier.send(&target, parcel()).await, Outcome::Accepted);
    assert_eq!(requests_to(&recipient, "/token").await.len(), 2);
    // From now on no token is good enough.
    let refused =
        Outcome::Retry { after: None, breaker_at_once: true, side: FaultSide::Ours, reason: Reason::Status(401) };
    assert_eq!(courier.send(&target, parcel()).await, refused);
    assert_eq!(requests_to(&recipient, "/token").await.len(), 3);
}

#[tokio::test]
async fn a_token_near_its_end_is_not_used_and_many_deliveries_ask_once() {
    let (setup, recipient) = (Setup::new(), MockServer::start().await);
    Mock::given(path("/token")).respond_with(gives_token("t0", 0.into())).up_to_n_times(1).mount(&recipient).await;
    let later = gives_token("t1", 600.into()).set_delay(Duration::from_millis(100));
    Mock::given(path("/token")).respond_with(later).mount(&recipient).await;
    Mock::given(path("/in")).respond_with(ResponseTemplate::new(200)).mount(&recipient).await;
    let courier = Courier::new();
    let target = target(&courier, &with_secret(&setup, &recipient));
    assert_eq!(courier.send(&target, parcel()).await, Outcome::Accepted);
    let (one, two, three) =
        tokio::join!(courier.send(&target, parcel()), courier.send(&target, parcel()), courier.send(&target, parcel()));
    assert_eq!([one, two, three], [Outcome::Accepted; 3]);
    assert_eq!(requests_to(&recipient, "/token").await.len(), 2);
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_is_our_fault_and_never_kills_a_delivery() {
    for (answer, reason, breaker_at_once, side, after) in [
        (ResponseTemplate::new(400), Reason::TokenStatus(400), true, FaultSide::Ours, None),
        (ResponseTemplate::new(401), Reason::TokenStatus(401), true, FaultSide::Ours, None),
        (ResponseTemplate::new(302), Reason::TokenStatus(302), true, FaultSide::Ours, None),
        (ResponseTemplate::new(200).set_body_string("<html>"), Reason::TokenUnreadable, true, FaultSide::Ours, None),
        (
            ResponseTemplate::new(429).insert_header("Retry-After", "30"),
            Reason::TokenStatus(429),
            false,
            FaultSide::RecipientBusy,
            Some(Duration::from_secs(30)),
        ),
    ] {
        let (setup, recipient) = (Setup::new(), MockServer::start().await);
        Mock::given(path("/token")).respond_with(answer).mount(&recipient).await;
        let courier = Courier::new();
        let target = target(&courier, &with_secret(&setup, &recipient));
        let outcome = courier.send(&target, parcel()).await;
        assert_eq!(outcome, Outcome::Retry { after, breaker_at_once, side, reason });
        assert!(requests_to(&recipient, "/in").await.is_empty(), "nothing leaves without a token");
    }
}

#[tokio::test]
async fn a_slow_recipient_is_left_after_the_time_of_its_target() {
    let (setup, recipient) = (Setup::new(), MockServer::start().await);
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(30));
    Mock::given(path("/in")).respond_with(slow).mount(&recipient).await;
    let keys = format!("url = \"{}/in\"\ndelivery = {{ timeout_seconds_max = 1 }}", recipient.uri());
    let courier = Courier::new();
    let target = target(&courier, &setup.config(&keys));
    let outcome = courier.send(&target, parcel()).await;
    assert!(
        matches!(outcome, Outcome::Retry { side: FaultSide::Network, reason: Reason::TimedOut(_), .. }),
        "{outcome:?}"
    );
}
