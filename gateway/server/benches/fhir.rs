//! How long a reader waits who asks over FHIR for one child of many, against whoever asks the same server for as many
//! bytes by id, turn by turn on one connection.
//!
//! `cargo bench -p server --bench fhir` holds 1,000 children and then 100,000 (or as many as are named after `--`), and
//! prints what the slowest of a hundred waits: for a Patient by its NHS number, and for everything of it. Every child has
//! a Patient, checks, an allergy and weights. Ratios travel, absolute times do not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

#[path = "support/gateway.rs"]
mod gateway;
#[path = "support/secrets.rs"]
mod secrets;

use gateway::start_gateway;

const CHILDREN: [u32; 2] = [1_000, 100_000];
const CHILDREN_A_MESSAGE: u32 = 1_000;
const ASKED: u32 = 2_000;
const NHS: &str = "https://fhir.nhs.uk/Id/nhs-number";

fn main() {
    let named: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if named.is_empty() { CHILDREN.to_vec() } else { named };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut before: Option<[f64; 2]> = None;
    for children in sizes {
        let place = folder.path().join(children.to_string());
        fs::create_dir(&place).unwrap();
        let (gateway, secret) = start_gateway(&place, (&certificate, &key), (PARTNER, BEHIND));
        let waits = runtime.block_on(async {
            let mut asker = Asker::connect(gateway.public, &certificate, secret).await;
            let began = Instant::now();
            for first in (0..children).step_by(CHILDREN_A_MESSAGE as usize) {
                asker.hold(&(first..children.min(first + CHILDREN_A_MESSAGE)).map(child).collect::<String>()).await;
            }
            println!("{children} children are held after {:.0} s", began.elapsed().as_secs_f64());
            asker.compare(children).await
        });
        gateway.drain();
        if let Some(before) = before {
            println!(
                "from fewer to more children: by number {:.2} of before, everything {:.2} (asked at most 1.25)",
                waits[0] / before[0],
                waits[1] / before[1]
            );
        }
        before.get_or_insert(waits);
    }
}

/// What is said of the n-th child, a resource a line.
fn child(n: u32) -> String {
    let number = nhs_number(n);
    let of = format!("{{\"identifier\":{{\"system\":\"{NHS}\",\"value\":\"{number}\"}}}}");
    let mut lines = String::new();
    let name = letters(n);
    let (year, month, day) = (2010 + n % 12, 1 + n % 12, 1 + n % 28);
    writeln!(
        lines,
        "{{\"resourceType\":\"Patient\",\"identifier\":[{{\"system\":\"{NHS}\",\"value\":\"{number}\"}}],\
         \"name\":[{{\"family\":\"Lark{name}\",\"given\":[\"Jo{name}\"]}}],\"gender\":\"female\",\"birthDate\":\"{year}-{month:02}-{day:02}\"}}"
    )
    .unwrap();
    writeln!(
        lines,
        "{{\"resourceType\":\"AllergyIntolerance\",\"clinicalStatus\":{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical\",\"code\":\"active\"}}]}},\
         \"code\":{{\"coding\":[{{\"system\":\"http://snomed.info/sct\",\"code\":\"91935009\"}}]}},\"patient\":{of}}}"
    )
    .unwrap();
    for month in 1..=6 {
        writeln!(
            lines,
            "{{\"resourceType\":\"Observation\",\"status\":\"final\",\
             \"category\":[{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\"}}]}}],\
             \"code\":{{\"coding\":[{{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}},{{\"system\":\"http://snomed.info/sct\",\"code\":\"27113001\"}}]}},\
             \"subject\":{of},\"effectiveDateTime\":\"2025-{month:02}-01\",\
             \"valueQuantity\":{{\"value\":2{month}.5,\"unit\":\"kilogram\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}}}"
        )
        .unwrap();
    }
    lines
}

/// A number in letters: of names that are alike a person would have to be asked.
fn letters(mut n: u32) -> String {
    let mut text = String::new();
    while n > 0 || text.is_empty() {
        text.push(char::from(b'a' + (n % 26) as u8));
        n /= 26;
    }
    text
}

/// The n-th number of the range that is never given out, with its check digit (NHS Data Dictionary, modulus 11).
fn nhs_number(n: u32) -> String {
    // Where no digit fits, the next number is taken: seven of eight numbers are skipped, so that none is taken twice.
    let mut body = 999_000_000 - 8 * n;
    loop {
        let digits = body.to_string();
        let sum: u32 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        match 11 - sum % 11 {
            10 => body += 1,
            check => return format!("{digits}{}", check % 11),
        }
    }
}

/// Somebody who asks, again and again on one connection.
struct Asker {
    sender: SendRequest<Full<Bytes>>,
    secret: String,
}

impl Asker {
    async fn connect(address: SocketAddr, certificate: &str, secret: String) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(tls)).connect(name, socket).await.unwrap();
        let (sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender, secret }
    }

    async fn ask(&mut self, method: &str, target: &str, body: &str) -> (u16, Bytes) {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", "localhost")
            .header("content-type", "application/fhir+ndjson")
            .header("prefer", "wait=20")
            .header("x-api-key", &self.secret)
            .body(Full::from(body.to_owned()))
            .unwrap();
        self.sender.ready().await.unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }

    /// Sends a message and waits until it has been read; its id.
    async fn hold(&mut self, body: &str) -> String {
        let (status, receipt) = self.ask("POST", "/v1/routes/children/messages", body).await;
        assert_eq!(status, 202, "{}", String::from_utf8_lossy(&receipt));
        let id = serde_json::from_slice::<Value>(&receipt).unwrap()["id"].as_str().unwrap().to_owned();
        loop {
            let (_, message) = self.ask("GET", &format!("/v1/messages/{id}"), "").await;
            let message: Value = serde_json::from_slice(&message).unwrap();
            match message["state"].as_str().unwrap() {
                "received" | "reading" => tokio::time::sleep(Duration::from_millis(20)).await,
                state => {
                    assert!(matches!(state, "read" | "settled"), "{message}");
                    return id;
                }
            }
        }
    }

    /// What the slowest of a hundred waits, by number and for everything, of what it waits for as many bytes by id.
    async fn compare(&mut self, children: u32) -> [f64; 2] {
        let by_number = |n: u32| format!("/fhir/R4/Patient?identifier={NHS}%7C{}", nhs_number(n));
        let mut ids = Vec::new();
        for k in 0..100 {
            let n = k * 7_919 % children;
            let (status, found) = self.ask("GET", &by_number(n), "").await;
            assert_eq!(status, 200);
            let found: Value = serde_json::from_slice(&found).unwrap();
            assert_eq!(found["total"], 1, "{found}");
            ids.push(found["entry"][0]["resource"]["id"].as_str().unwrap().to_owned());
        }
        let mut waits = [0.0; 2];
        for (which, what) in ["by number", "everything"].into_iter().enumerate() {
            let target = |k: u32| match which {
                0 => by_number(k * 7_919 % children),
                _ => format!("/fhir/R4/Patient/{}/$everything", ids[k as usize % ids.len()]),
            };
            let (_, like) = self.ask("GET", &target(0), "").await;
            let mut padded = child(children + 1 + which as u32);
            padded.truncate(padded.find('\n').unwrap());
            padded.push_str(&" ".repeat(like.len().saturating_sub(padded.len())));
            let content = format!("/v1/messages/{}/content", self.hold(&padded).await);
            let (mut asked, mut peer) = (Vec::new(), Vec::new());
            for k in 0..ASKED {
                for (target, times) in [(target(k), &mut asked), (content.clone(), &mut peer)] {
                    let began = Instant::now();
                    let (status, bytes) = self.ask("GET", &target, "").await;
                    times.push(began.elapsed().as_secs_f64());
                    assert!(
                        status == 200 && bytes.len().abs_diff(like.len()) < like.len() / 4,
                        "{status} {}",
                        bytes.len()
                    );
                }
            }
            let (asked, peer) = (percentile(&mut asked), percentile(&mut peer));
            println!(
                "{children} children, {what}: {} bytes, p99 {:.2} of that by id (asked at most 3)",
                like.len(),
                asked / peer
            );
            waits[which] = asked;
        }
        waits
    }
}

fn percentile(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}

/// An authority that sends and reads.
const PARTNER: &str = "name = \"authority\"\nview = \"local-authority\"\nauthority = \"330\"\n\
    scopes = [\"messages:send\", \"messages:read\", \"fhir:read\"]";

/// The route on which it sends.
const BEHIND: &str = "[[partner]]\nname = \"recipient\"\nview = \"health\"\n\
    [[route]]\nname = \"children\"\nfrom = { partner = \"authority\", format = \"fhir-ndjson\" }\n\
    to = [{ partner = \"recipient\", format = \"fhir-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]";
