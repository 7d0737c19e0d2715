//! What MESH hears of us, header by header. MESH speaks plain HTTP here, which only loopback may.

use std::collections::HashSet;
use std::io::Read;

use aws_lc_rs::hmac;
use flate2::read::GzDecoder;
use server::outbound::mesh::{Fate, MessageId};
use server::outbound::{Outcome, Parcel};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::sandbox::{PASSWORD, SHARED_KEY};
use crate::setup::{Sender, parcel};

const TARGET: &str = "recipient_mailbox = \"x26abc2\"\nworkflow = \"HOMEWARD_PASSPORT\"";
const V2: &str = "application/vnd.mesh.v2+json";

async fn mesh() -> MockServer {
    let mesh = MockServer::start().await;
    let greeting = Mock::given(method("POST")).and(path("/messageexchange/X26ABC1"));
    greeting.respond_with(ResponseTemplate::new(200)).mount(&mesh).await;
    mesh
}

fn takes(id: &str) -> ResponseTemplate {
    ResponseTemplate::new(202).set_body_json(serde_json::json!({ "message_id": id }))
}

fn said<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

/// Checks a token as MESH does; its nonce and count.
fn token(request: &Request) -> (String, u64) {
    let value = said(request, "authorization").unwrap().strip_prefix("NHSMESH ").unwrap();
    let parts: Vec<&str> = value.split(':').collect();
    let [mailbox, nonce, count, minute, tag] = parts[..] else { panic!("five parts") };
    assert_eq!((mailbox, minute.len()), ("X26ABC1", 12));
    assert!(minute.bytes().all(|byte| byte.is_ascii_digit()) && uuid::Uuid::parse_str(nonce).is_ok());
    let key = hmac::Key::new(hmac::HMAC_SHA256, SHARED_KEY.as_bytes());
    let signed = hmac::sign(&key, format!("{mailbox}:{nonce}:{count}:{PASSWORD}:{minute}").as_bytes());
    let expected: String = signed.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(tag, expected);
    (nonce.to_owned(), count.parse().unwrap())
}

#[tokio::test]
async fn each_call_is_signed_anew_and_hands_are_shaken_once() {
    let mesh = mesh().await;
    Mock::given(path("/messageexchange/X26ABC1/outbox")).respond_with(takes("M1")).mount(&mesh).await;
    let sender = Sender::new("X26ABC1", &mesh.uri(), "", TARGET);
    for _ in 0..3 {
        assert_eq!(sender.send(parcel("{}")).await, Outcome::Sent { message_id: MessageId::parse("M1") });
    }
    let requests = mesh.received_requests().await.unwrap();
    let greetings: Vec<&Request> = requests.iter().filter(|it| it.url.path() == "/messageexchange/X26ABC1").collect();
    let [greeting] = greetings[..] else { panic!("one handshake, not {}", greetings.len()) };
    assert!(greeting.body.is_empty());
    for name in ["mex-clientversion", "mex-osname", "mex-osversion"] {
        assert!(said(greeting, name).is_some_and(|value| !value.is_empty()), "{name}");
    }
    let tokens: HashSet<_> = requests.iter().map(token).collect();
    assert_eq!((tokens.len(), requests.len()), (4, 4));
    assert!(requests.iter().all(|request| said(request, "accept") == Some(V2)));
}

#[tokio::test]
async fn a_delivery_names_its_recipient_once_and_nothing_of_a_child_ever() {
    let mesh = mesh().await;
    Mock::given(path("/messageexchange/X26ABC1/outbox")).respond_with(takes("M1")).mount(&mesh).await;
    for number in ["2", "3"] {
        let chunk = Mock::given(method("POST")).and(path(format!("/messageexchange/X26ABC1/outbox/M1/{number}")));
        chunk.respond_with(takes("M1")).expect(1).mount(&mesh).await;
    }
    let sender = Sender::new("X26ABC1", &mesh.uri(), "chunk_bytes_max = 10", TARGET);
    let sent = parcel("0123456789abcdefghijABCDE");
    assert!(matches!(sender.send(sent.clone()).await, Outcome::Sent { .. }));
    let requests = mesh.received_requests().await.unwrap();
    let pieces: Vec<String> = requests[1..]
        .iter()
        .map(|request| {
            assert_eq!(said(request, "content-encoding"), Some("gzip"));
            assert_eq!(said(request, "content-type"), Some("application/fhir+json"));
            let mut piece = String::new();
            GzDecoder::new(&request.body[..]).read_to_string(&mut piece).unwrap();
            piece
        })
        .collect();
    assert_eq!(pieces, ["0123456789", "abcdefghij", "ABCDE"]);
    let ranges: Vec<_> = requests[1..].iter().map(|request| said(request, "mex-chunk-range").unwrap()).collect();
    assert_eq!(ranges, ["1:3", "2:3", "3:3"]);
    let first = &requests[1];
    let delivery = sent.delivery.to_string();
    assert_eq!(said(first, "mex-to"), Some("X26ABC2"));
    assert_eq!(said(first, "mex-workflowid"), Some("HOMEWARD_PASSPORT"));
    assert_eq!(said(first, "mex-localid"), Some(delivery.as_str()));
    assert_eq!(said(first, "mex-filename"), Some(format!("{delivery}.json").as_str()));
    assert_eq!(said(first, "mex-subject"), None);
}

#[tokio::test]
async fn an_inbox_is_listed_to_its_end_and_what_has_gone_is_left_out() {
    let mesh = mesh().await;
    let inbox = "/messageexchange/X26ABC1/inbox";
    let page = |ids: &[&str], next: Option<&str>| {
        let links = next.map_or(serde_json::json!({}), |next| serde_json::json!({ "next": next }));
        ResponseTemplate::new(200).set_body_json(serde_json::json!({ "messages": ids, "links": links }))
    };
    let elsewhere = "https://elsewhere.example/inbox?continue_from=a%2Bb%3D";
    let first = Mock::given(path(inbox)).and(query_param("max_results", "500"));
    let first = first.and(query_param_is_missing("continue_from"));
    first.respond_with(page(&["M1", "M2"], Some(elsewhere))).expect(1).mount(&mesh).await;
    let second = Mock::given(path(inbox)).and(query_param("continue_from", "a+b="));
    // The last list names one again, and a way on that leads in a circle.
    second.respond_with(page(&["M2", "M3"], Some(elsewhere))).expect(2).mount(&mesh).await;
    for (id, status) in [("M1", 200), ("M2", 410), ("M3", 200)] {
        let head = Mock::given(method("HEAD")).and(path(format!("{inbox}/{id}")));
        head.respond_with(ResponseTemplate::new(status).insert_header("Mex-WorkflowID", "W")).mount(&mesh).await;
    }
    let sender = Sender::new("X26ABC1", &mesh.uri(), "", TARGET);
    let arrivals = sender.mailbox().poll().await.unwrap();
    let ids: Vec<String> = arrivals.iter().map(|arrival| arrival.message_id.to_string()).collect();
    assert_eq!(ids, ["M1", "M3"]);
    let acknowledged = Mock::given(method("PUT")).and(path(format!("{inbox}/M1/status/acknowledged")));
    acknowledged.respond_with(ResponseTemplate::new(200)).expect(1).mount(&mesh).await;
    sender.mailbox().acknowledge(arrivals[0].message_id).await.unwrap();
}

#[tokio::test]
async fn several_messages_under_one_local_id_count_as_sent() {
    let mesh = mesh().await;
    let sent = parcel("{}");
    let tracking = format!("/messageexchange/X26ABC1/outbox/tracking/{}", sent.delivery);
    Mock::given(path(tracking)).respond_with(ResponseTemplate::new(300)).mount(&mesh).await;
    let sender = Sender::new("X26ABC1", &mesh.uri(), "", TARGET);
    let tracked = sender.mailbox().track(sent.delivery).await.unwrap().unwrap();
    assert_eq!((tracked.message_id, tracked.fate), (None, Fate::Waits));
}

#[tokio::test]
async fn a_repeat_asks_first_and_sends_anew_only_what_mesh_does_not_have_or_gave_up() {
    for (tracked, posts) in [
        (ResponseTemplate::new(404), 1),
        (ResponseTemplate::new(200).set_body_json(serde_json::json!({ "status": "undeliverable" })), 1),
        (ResponseTemplate::new(200).set_body_json(serde_json::json!({ "status": "uploading" })), 1),
        (ResponseTemplate::new(200).set_body_json(serde_json::json!({ "status": "accepted", "message_id": "M1" })), 0),
        (
            ResponseTemplate::new(200)
                .set_body_json(serde_json::json!({ "status": "acknowledged", "message_id": "M1" })),
            0,
        ),
    ] {
        let mesh = mesh().await;
        let outbox = Mock::given(path("/messageexchange/X26ABC1/outbox")).respond_with(takes("M1"));
        outbox.expect(posts).mount(&mesh).await;
        let sent = parcel("{}");
        let tracking = format!("/messageexchange/X26ABC1/outbox/tracking/{}", sent.delivery);
        Mock::given(path(tracking)).respond_with(tracked).expect(1).mount(&mesh).await;
        let sender = Sender::new("X26ABC1", &mesh.uri(), "", TARGET);
        let again = Parcel { fence: 2, ..sent };
        assert_eq!(sender.send(again).await, Outcome::Sent { message_id: MessageId::parse("M1") });
    }
}
