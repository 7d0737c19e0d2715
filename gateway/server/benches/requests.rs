//! What a request costs beside its bytes: the gateway with a bearer token, against a bare hyper and rustls server that
//! sends the same headers and bytes, in the same process, turn by turn. Ratios travel, absolute figures do not.
//!
//! `cargo bench -p server` prints the ratio of requests a second and of the 99th percentile, over HTTP/1.1 and HTTP/2.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use server::config::{Config, Environment};
use server::desk::Desk;
use server::{Gateway, Running};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

#[path = "support/secrets.rs"]
mod secrets;
#[path = "support/tls.rs"]
mod tls;

use secrets::write_secrets;
use tls::acceptor;

/// How often each side is measured, and for how long; the median counts.
const TURNS: usize = 7;
const TURN: Duration = Duration::from_millis(1_500);

/// Requests under way at once.
const CONNECTIONS: usize = 8;

const CLIENT_ID: &str = "bench";

#[derive(Clone, Copy, PartialEq)]
enum Protocol {
    Http1,
    Http2,
}

/// A server and what it is asked with.
#[derive(Clone)]
struct Side {
    address: SocketAddr,
    tls: Arc<ClientConfig>,
    headers: HeaderMap,
}

/// One turn of one side.
#[derive(Clone, Copy)]
struct Turn {
    requests_per_second: f64,
    p99: f64,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let (gateway, signer) = start_gateway(&certificate, &key);
    // The gateway has a runtime of its own: so has the bare server, and neither shares the client's.
    let serving = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let tls = client_config(&certificate, protocol);
        let bare = Side { address: gateway.public, tls: tls.clone(), headers: HeaderMap::new() };
        let token = runtime.block_on(token(&bare, &signer, protocol));
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
        let ours = Side { headers, ..bare };
        for format in ["links-csv", "ssda903-csv"] {
            let target = format!("/v1/formats/{format}");
            let answer =
                runtime.block_on(async { Sender::open(&ours, protocol).await.ask(&target, &ours.headers).await });
            let address = serving.block_on(start_bare(&certificate, &key, &answer));
            // The same request, so that both read the same bytes.
            let bare = Side { address, ..ours.clone() };
            let mut turns = [Vec::new(), Vec::new()];
            for turn in 0..=TURNS {
                for (side, turns) in [&ours, &bare].into_iter().zip(&mut turns) {
                    let measured = runtime.block_on(measure(side, protocol, &target));
                    // The first round warms up.
                    if turn > 0 {
                        turns.push(measured);
                    }
                }
            }
            tell(protocol, &target, answer.body().len(), &turns);
        }
    }
    gateway.drain();
}

fn tell(protocol: Protocol, target: &str, bytes: usize, [ours, bare]: &[Vec<Turn>; 2]) {
    let median = |turns: &[Turn], value: fn(&Turn) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let throughput = |turns: &[Turn]| median(turns, |turn| turn.requests_per_second);
    let p99 = |turns: &[Turn]| median(turns, |turn| turn.p99);
    let protocol = if protocol == Protocol::Http1 { "HTTP/1.1" } else { "HTTP/2" };
    println!("{protocol}, GET {target} with a token, {bytes} bytes, {CONNECTIONS} at once; median of {TURNS} turns");
    println!(
        "  requests a second, of a bare hyper and rustls server: {:.3} (wanted: no less than 0.8)",
        throughput(ours) / throughput(bare)
    );
    println!("  99th percentile, of the bare server's: {:.3} (wanted: no more than 2)", p99(ours) / p99(bare));
}

/// Asks as fast as it can for one turn.
async fn measure(side: &Side, protocol: Protocol, target: &str) -> Turn {
    let multiplexed = match protocol {
        Protocol::Http1 => None,
        Protocol::Http2 => Some(Sender::open(side, protocol).await),
    };
    let mut asking = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut sender = match &multiplexed {
            Some(sender) => sender.share(),
            None => Sender::open(side, protocol).await,
        };
        let (headers, target) = (side.headers.clone(), target.to_owned());
        asking.push(tokio::spawn(async move {
            let begun = Instant::now();
            let mut took = Vec::new();
            while begun.elapsed() < TURN {
                let asked = Instant::now();
                let answer = sender.ask(&target, &headers).await;
                took.push(asked.elapsed().as_secs_f64());
                assert_eq!(answer.status(), 200);
            }
            took
        }));
    }
    let begun = Instant::now();
    let mut took = Vec::new();
    for asked in asking {
        took.extend(asked.await.unwrap());
    }
    let seconds = begun.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    Turn { requests_per_second: took.len() as f64 / seconds, p99: took[took.len() * 99 / 100] }
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Sender {
    async fn open(side: &Side, protocol: Protocol) -> Self {
        let socket = TcpStream::connect(side.address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(side.tls.clone()).connect(name, socket).await.unwrap();
        match protocol {
            Protocol::Http1 => {
                let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
                tokio::spawn(connection);
                Self::Http1(sender)
            }
            Protocol::Http2 => {
                let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
                let (sender, connection) = handshake.await.unwrap();
                tokio::spawn(connection);
                Self::Http2(sender)
            }
        }
    }

    fn share(&self) -> Self {
        match self {
            Self::Http1(_) => unreachable!("one request at a time"),
            Self::Http2(sender) => Self::Http2(sender.clone()),
        }
    }

    async fn ask(&mut self, target: &str, headers: &HeaderMap) -> Response<Bytes> {
        let uri = match self {
            Self::Http1(_) => target.to_owned(),
            Self::Http2(_) => format!("https://localhost{target}"),
        };
        let mut request = Request::get(uri).body(Full::default()).unwrap();
        *request.headers_mut() = headers.clone();
        self.send(request).await
    }

    async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Response<Bytes> {
        let answer = match self {
            Self::Http1(sender) => {
                request.headers_mut().insert("host", HeaderValue::from_static("localhost"));
                sender.ready().await.unwrap();
                sender.send_request(request).await.unwrap()
            }
            Self::Http2(sender) => {
                sender.ready().await.unwrap();
                sender.send_request(request).await.unwrap()
            }
        };
        let (parts, body) = answer.into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }
}

fn client_config(certificate: &str, protocol: Protocol) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = match protocol {
        Protocol::Http1 => vec![b"http/1.1".to_vec()],
        Protocol::Http2 => vec![b"h2".to_vec()],
    };
    Arc::new(config)
}

/// The gateway with one partner, and the key that signs for it.
fn start_gateway(certificate: &str, key: &str) -> (Running, EcdsaKeyPair) {
    let signer = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let point = signer.public_key().as_ref();
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let keys = json!({ "keys": [
        { "kty": "EC", "crv": "P-384", "kid": "k", "x": encode(&point[1..49]), "y": encode(&point[49..]) },
    ] });
    let folder = tempfile::tempdir().unwrap();
    let source = format!(
        "version = 1\nname = \"bench\"\npublic_url = \"https://localhost\"\n[ids]\nkey_file = \"ids.key\"\n\
         [listen.public]\naddress = \"127.0.0.1:0\"\n\
         [listen.public.tls]\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n\
         [listen.admin]\naddress = \"127.0.0.1:0\"\n\
         [limits.partner]\nrequests_per_minute = 100000000\nrequests_burst = 100000000\n\
         [[partner]]\nname = \"bench\"\nview = \"health\"\n\
         [partner.oauth]\nclient_id = \"{CLIENT_ID}\"\njwks_file = \"keys.json\"\n"
    );
    let ids = base64::engine::general_purpose::STANDARD.encode([7; 32]);
    write_secrets(
        folder.path(),
        [
            ("server.pem", certificate.to_owned()),
            ("server.key", key.to_owned()),
            ("ids.key", ids),
            ("keys.json", keys.to_string()),
        ],
    );
    let config = Config::parse(&folder.path().join("homeward.toml"), &source, &Environment::default()).unwrap();
    let desk = Arc::new(Desk::new(&config));
    (Gateway::start(config, desk).unwrap(), signer)
}

/// Asks for a token, as a partner does.
async fn token(side: &Side, signer: &EcdsaKeyPair, protocol: Protocol) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let claims = json!({
        "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": "https://localhost/oauth2/token",
        "jti": now.as_nanos().to_string(), "exp": now.as_secs() + 100,
    });
    let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
    let text = format!("{}.{}", encode(json!({ "alg": "ES384", "kid": "k" }).to_string()), encode(claims.to_string()));
    let signature = signer.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
    let form = format!(
        "grant_type=client_credentials&client_assertion={text}.{}&client_assertion_type=\
         urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        URL_SAFE_NO_PAD.encode(signature)
    );
    let uri = if protocol == Protocol::Http1 { "/oauth2/token" } else { "https://localhost/oauth2/token" };
    let request = Request::post(uri).header("content-type", "application/x-www-form-urlencoded");
    let answer = Sender::open(side, protocol).await.send(request.body(Full::from(form)).unwrap()).await;
    let answer: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// A server that sends one answer to whatever it is asked.
async fn start_bare(certificate: &str, key: &str, answer: &Response<Bytes>) -> SocketAddr {
    let acceptor = acceptor(certificate, key, &["h2", "http/1.1"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (headers, body) = (answer.headers().clone(), answer.body().clone());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            let (acceptor, headers, body) = (acceptor.clone(), headers.clone(), body.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(socket).await else { return };
                let service = hyper::service::service_fn(move |_| {
                    let mut answer = Response::new(Full::new(body.clone()));
                    *answer.headers_mut() = headers.clone();
                    async move { Ok::<_, Infallible>(answer) }
                });
                let builder = auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}
