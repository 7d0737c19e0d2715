//! Connections and their requests over a reload.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{CHECK, CSV, TRANSLATE, connect, posted, read};
use crate::partners::support::{Setup, key, partner, request};

use super::{Filed, head, reload};

const RELOADS: u64 = 20;
const ME: &str = "/v1/me";

/// A resting connection over TLS, over which one request after another is asked.
struct Open(StreamOwned<ClientConnection, TcpStream>);

impl Open {
    fn status(&mut self, target: &str, headers: &str) -> u16 {
        self.0.write_all(&request(target, headers)).unwrap();
        read(&mut self.0).unwrap().status
    }
}

/// The head with a limit that has another value each time.
fn numbered(number: u64) -> String {
    format!("{}[limits]\njson_bytes_max = {}\n", head(Some("")), 10_000 + number)
}

#[test]
fn no_connection_ends_and_no_upload_breaks_over_twenty_reloads() {
    let filed = Filed::start(Some(""), "");
    let mut resting = Open(filed.setup.secured(&filed.house, None, &rustls::version::TLS13));
    assert_eq!(resting.status("/v1/formats", ""), 200);
    let mut uploading = filed.setup.secured(&filed.house, None, &rustls::version::TLS12);
    let head = format!("POST {TRANSLATE} HTTP/1.1\r\nHost: l\r\nTransfer-Encoding: chunked\r\n{CSV}\r\n");
    uploading.write_all(head.as_bytes()).unwrap();
    let piece = vec![b'x'; 100_000];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (mut sender, driver) = http2(&filed.setup, &filed.house).await;
        for number in 1..=RELOADS {
            uploading.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).unwrap();
            uploading.write_all(&piece).unwrap();
            uploading.write_all(b"\r\n").unwrap();
            let told = filed.reloaded(&numbered(number));
            assert_eq!(told["changed"], serde_json::json!(["limits"]), "{told}");
            assert_eq!(resting.status("/v1/formats", ""), 200, "{number}");
            let get = Request::get("https://localhost/v1/formats").body(Full::<Bytes>::default()).unwrap();
            assert_eq!(sender.send_request(get).await.unwrap().status(), StatusCode::OK, "{number}");
        }
        assert!(!sender.is_closed());
        driver.abort();
    });
    uploading.write_all(b"0\r\n\r\n").unwrap();
    let answer = read(&mut uploading).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.whole());
    assert!(answer.body.len() == piece.len() * RELOADS as usize && answer.body.iter().all(|byte| *byte == b'x'));
    assert_eq!(filed.metric("homeward_configuration_loads_total"), 1 + RELOADS);
    assert_eq!(filed.metric("homeward_reload_failures_total"), 0);
}

#[test]
fn requests_that_come_while_it_reloads_are_all_answered() {
    let filed = Filed::start(Some(""), "");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut open = Open(filed.setup.secured(&filed.house, None, &rustls::version::TLS13));
                    let mut answered = 0_u32;
                    while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                        assert_eq!(open.status("/v1/formats", ""), 200);
                        answered += 1;
                    }
                    answered
                })
            })
            .collect();
        for number in 1..=RELOADS {
            filed.reloaded(&numbered(number));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(asking.into_iter().all(|asking| asking.join().unwrap() > 0));
    });
}

#[test]
fn a_partner_that_goes_is_nobody_at_its_next_request_and_one_that_comes_is_let_in() {
    let ((one, one_lines), (two, two_lines)) = (key(), key());
    let (one, two) = (format!("X-API-Key: {one}\r\n"), format!("X-API-Key: {two}\r\n"));
    let filed = Filed::start(Some(""), &partner("one", "", &one_lines));
    let mut first = Open(filed.setup.secured(&filed.house, None, &rustls::version::TLS13));
    let mut second = Open(filed.setup.secured(&filed.house, None, &rustls::version::TLS13));
    assert_eq!((first.status(ME, &one), second.status(ME, &two)), (200, 401));
    let told = filed.reloaded(&format!("{}{}", head(Some("")), partner("two", "", &two_lines)));
    assert_eq!(told["changed"], serde_json::json!(["partner"]));
    assert_eq!((first.status(ME, &one), second.status(ME, &two)), (401, 200));
    // Only scopes differ: at once on the same connection.
    assert_eq!(second.status("/v1/me/limits", &two), 200);
}

#[test]
fn a_certificate_is_judged_anew_on_an_open_connection() {
    let setup = Setup::new();
    let shown = setup.authority.issue(Vec::new(), 2036);
    let lines = format!("[[partner.certificate]]\nsha256 = \"{}\"\n", shown.sha256());
    let (_, other) = key();
    let tls = "client_certificate = \"optional\"\nclient_ca_file = \"ca.pem\"\n";
    let with = |tls: &str, lines: &str| head(Some(tls)) + &partner("one", "", lines) + &partner("other", "", &other);
    setup.write("revoked.pem", &setup.authority.revoke(&shown));
    let filed = Filed::start_in(setup, &with(tls, &lines));
    let mut open = Open(filed.setup.secured(&filed.house, Some(&shown), &rustls::version::TLS13));
    assert_eq!(open.status(ME, ""), 200);
    filed.reloaded(&with(tls, ""));
    assert_eq!(open.status(ME, ""), 401, "it names nobody any more");
    filed.reloaded(&with(tls, &lines));
    assert_eq!(open.status(ME, ""), 200, "and somebody again");
    let revoked = format!("{tls}client_revocation_file = \"revoked.pem\"\n");
    filed.reloaded(&with(&revoked, &lines));
    assert_eq!(open.status(ME, ""), 401, "taken back after the handshake");
}

#[test]
fn tokens_die_with_what_the_configuration_says_of_them() {
    let filed = {
        let setup = Setup::new();
        let source = head(None) + &partner("uhcw", "", &crate::partners::support::oauth());
        Filed::start_in(setup, &source)
    };
    let token = filed.setup.token(&filed.house);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let status = || crate::partners::support::get(&filed.house, ME, &bearer).status;
    assert_eq!(status(), 200);
    let same = partner("uhcw", "", &crate::partners::support::oauth());
    filed.reloaded(&format!("{}[oauth]\ntoken_seconds = 60\n{same}", head(None)));
    assert_eq!(status(), 200, "a token outlives a reload");
    filed.reloaded(&format!("{}[oauth]\ntokens_not_before = 2199-01-01T00:00:00Z\n{same}", head(None)));
    assert_eq!(status(), 401);
}

#[test]
fn limits_that_are_lowered_hold_at_once_and_what_was_used_stays_used() {
    let (key, lines) = key();
    let header = format!("X-API-Key: {key}\r\n");
    let with = |limits: &str, burst: u64| {
        format!("{}[limits]\n{limits}\n", head(None))
            + &partner(
                "one",
                "\"translate\"",
                &format!("{lines}[partner.limits]\nrequests_burst = {burst}\nrequests_per_minute = 1\n"),
            )
    };
    let filed = Filed::start(None, "");
    filed.reloaded(&with("", 10));
    let mut open = connect(filed.house.public);
    let mut check = |bytes: usize| {
        open.write_all(&posted(CHECK, &format!("{CSV}{header}"), &vec![b'a'; bytes])).unwrap();
        read(&mut open).unwrap()
    };
    assert_eq!(check(1_000).header("ratelimit").map(|left| left.starts_with("\"requests\";r=9;")), Some(true));
    filed.reloaded(&with("translate_bytes_max = 100", 10));
    assert_eq!(check(50).status, 200);
    filed.reloaded(&with("translate_bytes_max = 100", 4));
    let left = check(50);
    assert_eq!(
        left.header("ratelimit").map(|left| left.starts_with("\"requests\";r=1;")),
        Some(true),
        "{}",
        left.whole()
    );
    check(200).assert_problem(413, "too-large");
    let mut again = connect(filed.house.public);
    again.write_all(&posted(CHECK, &format!("{CSV}{header}"), b"a")).unwrap();
    read(&mut again).unwrap().assert_problem(429, "quota-exceeded");
}

#[test]
fn a_document_that_is_worked_on_is_answered_under_what_it_came_to() {
    let filed = Filed::start(None, "");
    let mut open = connect(filed.house.public);
    let head_lines = format!("POST {CHECK} HTTP/1.1\r\nHost: l\r\nContent-Length: 2000\r\n{CSV}\r\n");
    open.write_all(head_lines.as_bytes()).unwrap();
    open.write_all(&[b'a'; 1_000]).unwrap();
    // What follows may only come once the request has been taken in.
    crate::house::eventually("the connection is open", || filed.metric("homeward_connections_open") > 0);
    std::thread::sleep(std::time::Duration::from_millis(200));
    filed.reloaded(&format!("{}[limits]\ntranslate_bytes_max = 100\n", head(None)));
    open.write_all(&[b'a'; 1_000]).unwrap();
    assert_eq!(read(&mut open).unwrap().status, 200);
    open.write_all(&posted(CHECK, CSV, &[b'a'; 200])).unwrap();
    read(&mut open).unwrap().assert_problem(413, "too-large");
    assert_eq!(reload(filed.house.admin).json()["changed"], serde_json::json!([]));
}

async fn http2(
    setup: &Setup,
    house: &server::Running,
) -> (hyper::client::conn::http2::SendRequest<Full<Bytes>>, tokio::task::JoinHandle<()>) {
    let mut roots = RootCertStore::empty();
    roots.add(setup.server()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let socket = tokio::net::TcpStream::connect(house.public).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap();
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.unwrap();
    let driver = tokio::spawn(async move {
        let _ = connection.await;
    });
    (sender, driver)
}
