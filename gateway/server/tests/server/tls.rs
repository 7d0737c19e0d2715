//! TLS and HTTP/2 with the clients of rustls and hyper.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use server::config::{Config, Limits, Tls, TlsVersion};
use server::{Certificate, Gateway, Running, TlsFault};

use crate::client::{connect, get, is_ended, read};
use crate::house::{Echo, config};

struct Pair {
    certificate: String,
    key: String,
    der: rustls::pki_types::CertificateDer<'static>,
}

fn pair() -> Pair {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    Pair { certificate: made.cert.pem(), key: made.signing_key.serialize_pem(), der: made.cert.der().clone() }
}

fn start(pair: &Pair, version_min: TlsVersion, handshake_seconds_max: u64, limits: Limits) -> Running {
    let certificate = Certificate::from_pem(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap();
    let mut config: Config = config(limits);
    config.public.tls =
        Some(Tls { certificate, version_min, handshake_seconds_max, client: server::ClientCertificates::default() });
    Gateway::start(config, Arc::new(Echo::default())).unwrap()
}

fn client(pair: &Pair, version: &'static SupportedProtocolVersion, alpn: &[&str]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(pair.der.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Arc::new(config)
}

fn secured(config: Arc<ClientConfig>, address: SocketAddr) -> StreamOwned<ClientConnection, TcpStream> {
    let name = ServerName::try_from("localhost").unwrap();
    StreamOwned::new(ClientConnection::new(config, name).unwrap(), connect(address))
}

#[test]
fn http_1_is_spoken_over_both_versions_with_or_without_a_named_protocol() {
    let pair = pair();
    let house = start(&pair, TlsVersion::Tls12, 10, Limits::default());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for alpn in [&["http/1.1"][..], &[]] {
            let mut stream = secured(client(&pair, version, alpn), house.public);
            for _ in 0..2 {
                stream.write_all(b"GET /v1/formats HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
                assert_eq!(read(&mut stream).unwrap().status, 200);
            }
            assert_eq!(stream.conn.protocol_version(), Some(version.version));
        }
    }
    let metrics = get(house.admin, "/metrics").text();
    assert!(metrics.contains("homeward_certificate_expiry_seconds "));
}

#[test]
fn http_2_is_spoken_over_both_versions() {
    let pair = pair();
    let house = start(&pair, TlsVersion::Tls12, 10, Limits { spool_bytes_min: 1_000, ..Limits::default() });
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        http2(client(&pair, version, &["h2", "http/1.1"]), house.public, async |mut sender| {
            let get = Request::get("https://localhost/v1/formats").body(Full::default()).unwrap();
            let answer = sender.send_request(get).await.unwrap();
            assert_eq!((answer.status(), answer.version()), (StatusCode::OK, hyper::Version::HTTP_2));
            // Several at once on one connection, with bodies beyond a window.
            let body = Bytes::from(vec![b'x'; 700_000]);
            let asked: Vec<_> = (0..4)
                .map(|_| {
                    let uri = "https://localhost/v1/translate?to=echo-lines&view=health";
                    let post = Request::post(uri).header("content-type", "text/csv").body(Full::new(body.clone()));
                    sender.send_request(post.unwrap())
                })
                .collect();
            for answer in asked {
                let answer = answer.await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK);
                assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), body);
            }
            // A refusal before the body is read is whole, and the connection goes on.
            let post = Request::post("https://localhost/v1/check").header("content-type", "text/html");
            let answer = sender.send_request(post.body(Full::new(body.clone())).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
            let many = (0..101)
                .fold(Request::get("https://localhost/v1/formats"), |request, n| request.header(format!("x-{n}"), "y"));
            let answer = sender.send_request(many.body(Full::default()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        });
    }
}

#[test]
fn a_resting_http_2_connection_is_ended() {
    let pair = pair();
    let limits = Limits { keep_alive_seconds_max: 1, header_seconds_max: 1, ..Limits::default() };
    let house = start(&pair, TlsVersion::Tls12, 10, limits);
    http2(client(&pair, &rustls::version::TLS13, &["h2"]), house.public, async |mut sender| {
        let get = Request::get("https://localhost/v1/formats").body(Full::default()).unwrap();
        assert_eq!(sender.send_request(get).await.unwrap().status(), StatusCode::OK);
        while !sender.is_closed() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
}

#[test]
fn an_older_version_than_allowed_is_refused() {
    let pair = pair();
    let house = start(&pair, TlsVersion::Tls13, 10, Limits::default());
    let mut old = secured(client(&pair, &rustls::version::TLS12, &[]), house.public);
    assert!(old.write_all(b"GET / HTTP/1.1\r\n\r\n").is_err());
    let mut new = secured(client(&pair, &rustls::version::TLS13, &[]), house.public);
    new.write_all(b"GET /v1/formats HTTP/1.1\r\nHost: l\r\n\r\n").unwrap();
    assert_eq!(read(&mut new).unwrap().status, 200);
}

#[test]
fn a_handshake_that_does_not_end_or_is_none_ends_its_connection() {
    let pair = pair();
    let house = start(&pair, TlsVersion::Tls12, 1, Limits::default());
    // Nothing at all, the beginning of one, and plain HTTP.
    let beginnings: [&[u8]; 3] = [b"", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\nHost: l\r\n\r\n"];
    for begun in beginnings {
        let mut socket = connect(house.public);
        socket.write_all(begun).unwrap();
        let mut rest = Vec::new();
        // An alert may come first; what matters is that the end does.
        let _ = std::io::Read::read_to_end(&mut socket, &mut rest);
        assert!(rest.len() < 100 && !rest.starts_with(b"HTTP"));
    }
    let mut stream = secured(client(&pair, &rustls::version::TLS13, &[]), house.public);
    stream.write_all(b"GET /v1/formats HTTP/1.1\r\nHost: l\r\n\r\n").unwrap();
    assert_eq!(read(&mut stream).unwrap().status, 200);
    assert!(get(house.admin, "/metrics").text().contains("homeward_handshakes_failed_total 3\n"));
}

#[test]
fn a_header_that_does_not_end_ends_its_secured_connection() {
    let pair = pair();
    let house = start(&pair, TlsVersion::Tls12, 10, Limits { header_seconds_max: 1, ..Limits::default() });
    let mut stream = secured(client(&pair, &rustls::version::TLS13, &["http/1.1"]), house.public);
    stream.write_all(b"GET /v1/form").unwrap();
    let mut rest = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut rest);
    assert!(rest.is_empty());
    assert!(is_ended(&mut stream.sock));
}

#[test]
fn a_certificate_and_a_key_that_do_not_go_together_are_told_apart() {
    let (one, two) = (pair(), pair());
    let fault = |chain: &str, key: &str| Certificate::from_pem(chain.as_bytes(), key.as_bytes()).err();
    assert_eq!(fault(&one.certificate, &one.key), None);
    assert_eq!(fault(&one.certificate, &two.key), Some(TlsFault::Mismatch));
    assert_eq!(fault(&one.key, &one.key), Some(TlsFault::Chain));
    assert_eq!(fault(&one.certificate, &one.certificate), Some(TlsFault::Key));
    assert_eq!(fault("", &one.key), Some(TlsFault::Chain));
    let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let expired = params.self_signed(&key).unwrap();
    assert_eq!(fault(&expired.pem(), &key.serialize_pem()), Some(TlsFault::Expired));
}

/// Runs a client of hyper on one HTTP/2 connection.
fn http2(
    config: Arc<ClientConfig>,
    address: SocketAddr,
    talk: impl AsyncFnOnce(hyper::client::conn::http2::SendRequest<Full<Bytes>>),
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = tokio_rustls::TlsConnector::from(config).connect(name, socket).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (sender, connection) = handshake.await.unwrap();
        let driver = tokio::spawn(connection);
        tokio::time::timeout(crate::house::PATIENCE, talk(sender)).await.expect("an answer in time");
        driver.abort();
    });
}
