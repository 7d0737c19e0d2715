//! How fast messages are taken for good over TLS, against the same bytes appended to a file and synced by as many
//! producers in batches of the same size, on the same disk, turn by turn. Ratios travel, absolute figures do not.
//!
//! `cargo bench -p server --bench intake` prints the ratio, and what is the most that could be had of it here: that of a
//! bare hyper and rustls server which appends the bodies that it is sent and syncs them the same way. Every message has
//! content of its own, and the gateway reads all of them while more come, as it would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::server::conn::http1 as server_http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

#[path = "support/gateway.rs"]
mod gateway;
#[path = "support/secrets.rs"]
mod secrets;
#[path = "support/tls.rs"]
mod tls;

use gateway::start_gateway;
use tls::acceptor;

const PRODUCERS: usize = 64;
const MESSAGE_BYTES: usize = 1024;
const BATCH_MAX: usize = 256;
const WAIT: Duration = Duration::from_millis(2);
const MEASURED: Duration = Duration::from_secs(4);
const TURNS: usize = 5;

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let serving = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (mut ratios, mut most) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let raw = raw_append(&folder.path().join(format!("raw{turn}")));
        let appender = Appender::start(&folder.path().join(format!("bare{turn}")));
        let bare = serving.block_on(start_bare(&certificate, &key, appender.jobs.clone()));
        let bare = runtime.block_on(intake(bare, &certificate, ""));
        let place = folder.path().join(format!("gateway{turn}"));
        fs::create_dir(&place).unwrap();
        let (gateway, secret) = start_gateway(&place, (&certificate, &key), (PARTNER, BEHIND));
        let taken = runtime.block_on(intake(gateway.public, &certificate, &secret));
        gateway.drain();
        ratios.push(taken / raw);
        most.push(bare / raw);
        println!(
            "raw {raw:>8.0}/s   bare over TLS {bare:>8.0}/s, {:.3}   taken over TLS {taken:>8.0}/s, {:.3}",
            bare / raw,
            taken / raw
        );
    }
    for ratios in [&mut ratios, &mut most] {
        ratios.sort_by(f64::total_cmp);
    }
    let (ratio, most) = (ratios[TURNS / 2], most[TURNS / 2]);
    println!(
        "median ratio {ratio:.3} (wanted: no less than 0.5); of the most that could be had, {most:.3}: {:.3}",
        ratio / most
    );
}

/// What is appended, and who waits until it is synced.
type Append = (Bytes, Box<dyn FnOnce() + Send>);

/// A thread that appends and syncs in batches.
struct Appender {
    jobs: mpsc::Sender<Append>,
}

impl Appender {
    fn start(file: &Path) -> Self {
        let mut file = File::create(file).unwrap();
        let (jobs, inbox) = mpsc::channel::<Append>();
        std::thread::spawn(move || {
            while let Ok(first) = inbox.recv() {
                let since = Instant::now();
                let mut batch = vec![first];
                while batch.len() < BATCH_MAX.min(PRODUCERS) {
                    let Some(left) = WAIT.checked_sub(since.elapsed()) else { break };
                    let Ok(next) = inbox.recv_timeout(left) else { break };
                    batch.push(next);
                }
                let bytes: Vec<u8> = batch.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
                file.write_all(&bytes).unwrap();
                file.sync_data().unwrap();
                batch.into_iter().for_each(|(_, done)| done());
            }
        });
        Self { jobs }
    }
}

/// 64 producers that append again as soon as they are answered; messages a second.
fn raw_append(file: &Path) -> f64 {
    let appender = Appender::start(file);
    let message = Bytes::from(vec![7; MESSAGE_BYTES]);
    let (count, since) = (AtomicU64::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..PRODUCERS {
            scope.spawn(|| {
                while since.elapsed() < MEASURED {
                    let (done, answer) = mpsc::channel();
                    let told = Box::new(move || done.send(()).unwrap());
                    appender.jobs.send((message.clone(), told)).unwrap();
                    answer.recv().unwrap();
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    count.load(Ordering::Relaxed) as f64 / since.elapsed().as_secs_f64()
}

/// A server that appends what it is sent, and answers when it is synced.
async fn start_bare(certificate: &str, key: &str, jobs: mpsc::Sender<Append>) -> SocketAddr {
    let acceptor = acceptor(certificate, key, &[]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            let (acceptor, jobs) = (acceptor.clone(), jobs.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(socket).await else { return };
                let service = service_fn(move |request: Request<Incoming>| {
                    let jobs = jobs.clone();
                    async move {
                        let body = request.into_body().collect().await?.to_bytes();
                        let (done, answer) = oneshot::channel();
                        jobs.send((body, Box::new(move || done.send(()).unwrap()))).unwrap();
                        answer.await.unwrap();
                        let answer = Response::builder().status(202).body(Full::<Bytes>::default()).unwrap();
                        Ok::<_, hyper::Error>(answer)
                    }
                });
                let _ = server_http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

async fn intake(address: SocketAddr, certificate: &str, secret: &str) -> f64 {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (tls, count) = (Arc::new(tls), Arc::new(AtomicU64::new(0)));
    let mut senders = Vec::new();
    for _ in 0..PRODUCERS {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(tls.clone()).connect(name, socket).await.unwrap();
        let (sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        senders.push(sender);
    }
    let since = Instant::now();
    let mut tasks = Vec::new();
    for mut sender in senders {
        let (count, secret) = (count.clone(), secret.to_owned());
        tasks.push(tokio::spawn(async move {
            while since.elapsed() < MEASURED {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let mut body = format!("la_code,la_child_id,nhs_number,upn\r\n330,{number},,\r\n");
                body.push_str(&" ".repeat(MESSAGE_BYTES - body.len()));
                let request = Request::post("/v1/routes/links/messages")
                    .header("host", "localhost")
                    .header("content-type", "text/csv")
                    .header("x-api-key", &secret)
                    .body(Full::from(body))
                    .unwrap();
                sender.ready().await.unwrap();
                let answer = sender.send_request(request).await.unwrap();
                assert_eq!(answer.status(), 202);
                answer.into_body().collect().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    count.load(Ordering::Relaxed) as f64 / since.elapsed().as_secs_f64()
}

/// The sender.
const PARTNER: &str =
    "name = \"sender\"\nview = \"local-authority\"\nauthority = \"330\"\nscopes = [\"messages:send\"]";

/// To whom it sends, and on which route.
const BEHIND: &str = "[[partner]]\nname = \"recipient\"\nview = \"health\"\n\
    [[route]]\nname = \"links\"\nfrom = { partner = \"sender\", format = \"links-csv\" }\n\
    to = [{ partner = \"recipient\", format = \"fhir-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]";
