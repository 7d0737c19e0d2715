//! What a partner's faults cost the others: deliveries a second to a sound partner while another on its route is faulty,
//! against those while it is alone on the route, turn by turn. Ratios travel, absolute figures do not.
//!
//! `cargo bench -p server --bench pace` prints a ratio for each fault. **The baseline** is the sound partner alone, not
//! two that are sound: a second one that takes what it gets has its share of the machine, beside which every fault would
//! look like a gain; what that share comes to is printed last. **The pace** counts from when every message has been read,
//! since planning for two is work that no fault causes: the sound partner answers nothing before. What is left is what a
//! fault costs: attempts that fail, the breaker, and lanes that grow, because each message changes every child. **The
//! fault** lasts the whole turn: a breaker that opened lets somebody try ten times a second, not twice a minute.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use server::config::{Config, Environment};
use server::desk::Desk;
use server::{Gateway, Running, api_key};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

#[path = "support/secrets.rs"]
mod secrets;
#[path = "support/tls.rs"]
mod tls;

use secrets::write_secrets;
use tls::acceptor;

const TURNS: usize = 7;

/// One delivery for each child and message.
const CHILDREN: usize = 250;
const MESSAGES: usize = 4;

/// How long a faulty partner is waited for, and the longest from one attempt that hangs to the next.
const FAULTY_SECONDS_MAX: u64 = 1;
const TRIED_AGAIN: Duration = Duration::from_millis(1_500);

/// What has not happened by then does not happen.
const PATIENCE: Duration = Duration::from_secs(120);

const FAULTS: [(&str, Manner); 7] = [
    ("refuses", Manner::Refuses),
    ("hangs", Manner::Hangs),
    ("answers slowly", Manner::AnswersSlowly),
    ("half-closes", Manner::HalfCloses),
    ("answers 500", Manner::Fails),
    ("answers 503, Retry-After", Manner::AsksForTime),
    ("breaks its word", Manner::BreaksItsWord),
];

/// What a partner does with a connection.
#[derive(Clone, Copy)]
enum Manner {
    /// Takes all, once it may.
    Takes,
    /// Closes it before the handshake.
    Refuses,
    /// Hears, and says nothing.
    Hangs,
    /// Takes all, and says so piece by piece.
    AnswersSlowly,
    /// Hears, and ends its own side.
    HalfCloses,
    Fails,
    AsksForTime,
    /// Says that it took it, and breaks off before its answer is whole.
    BreaksItsWord,
}

/// A partner that notes when it was tried.
struct Partner {
    address: SocketAddr,
    tried: Arc<Mutex<Vec<Instant>>>,
}

/// The certificate of all partners, and its key.
struct Certificate {
    pem: String,
    acceptor: TlsAcceptor,
}

/// One turn: the pace of the sound partner, and how often the other was tried meanwhile, both a second.
#[derive(Clone, Copy)]
struct Turn {
    pace: f64,
    tries: f64,
}

/// The secrets of a gateway's callers.
struct Secrets {
    sender: String,
    persons: [String; 2],
}

fn main() {
    // The gateway has a runtime of its own, and the partners share one.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let certificate = certificate();
    let others: Vec<(&str, Manner)> = FAULTS.into_iter().chain([("takes all", Manner::Takes)]).collect();
    let mut turns: Vec<Vec<(f64, f64)>> = vec![Vec::new(); others.len()];
    for turn in 0..TURNS {
        // Each stands between two turns of the sound partner alone, so that what drifts in the machine falls out.
        let mut alone = measure(&runtime, &certificate, None).pace;
        for ((name, manner), turns) in others.iter().zip(&mut turns) {
            let beside = measure(&runtime, &certificate, Some(*manner));
            let alone_before = std::mem::replace(&mut alone, measure(&runtime, &certificate, None).pace);
            let ratio = beside.pace * 2.0 / (alone_before + alone);
            turns.push((ratio, beside.tries));
            println!(
                "turn {turn}, beside one that {name}: {:.0}/s, alone {alone_before:.0}/s and {alone:.0}/s, ratio {ratio:.3}",
                beside.pace
            );
        }
    }
    println!("Pace of a sound partner beside another, to its pace alone; median of {TURNS} turns");
    for ((name, manner), turns) in others.iter().zip(&turns) {
        let ratio = median(turns.iter().map(|(ratio, _)| *ratio));
        let tries = median(turns.iter().map(|(_, tries)| *tries));
        let wanted = match manner {
            Manner::Takes => "no fault: it has its share of the machine",
            _ => "wanted: no less than 0.9",
        };
        println!("  {name:<24} {ratio:.3} ({wanted}), tried {tries:.0} times a second");
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One turn in a house of its own; `other` is what the second partner does, `None` when there is none.
fn measure(runtime: &Runtime, certificate: &Certificate, other: Option<Manner>) -> Turn {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (open, opened) = watch::channel(false);
    let sound = runtime.block_on(Partner::start(certificate, Manner::Takes, opened.clone()));
    let other = other.map(|manner| runtime.block_on(Partner::start(certificate, manner, opened)));
    let addresses: Vec<SocketAddr> = [&sound].into_iter().chain(&other).map(|partner| partner.address).collect();
    let (gateway, secrets) = start_gateway(folder.path(), certificate, &addresses);
    runtime.block_on(async {
        approve(&gateway, &secrets).await;
        for changes in 0..MESSAGES {
            let request = Request::post("/v1/routes/to-health/messages").header("content-type", "text/csv");
            ask(&gateway, &secrets.sender, request, episodes(changes), StatusCode::ACCEPTED).await;
        }
        timeout(PATIENCE, until_read(&gateway, &secrets)).await.unwrap();
        open.send_replace(true);
        // Those that were held back come first, and are counted as they are answered.
        let all = async {
            while sound.tried.lock().unwrap().len() < CHILDREN * MESSAGES {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, all).await.unwrap();
    });
    let arrivals = sound.tried.lock().unwrap().clone();
    assert_eq!(arrivals.len(), CHILDREN * MESSAGES, "each delivery arrives once");
    let (first, last) = (arrivals[0], arrivals[arrivals.len() - 1]);
    let seconds = (last - first).as_secs_f64();
    let tries = other.map_or(0, |other| {
        let tried = other.tried.lock().unwrap();
        assert!(tried.iter().any(|at| *at <= last && *at + TRIED_AGAIN >= first), "the fault did not last");
        tried.iter().filter(|at| first <= **at && **at <= last).count()
    });
    gateway.drain();
    Turn { pace: (arrivals.len() - 1) as f64 / seconds, tries: tries as f64 / seconds }
}

impl Partner {
    async fn start(certificate: &Certificate, manner: Manner, may_take: watch::Receiver<bool>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tried: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let (noted, acceptor) = (tried.clone(), certificate.acceptor.clone());
        // For as long as anybody may still open: a turn's partners end with it.
        let mut until = may_take.clone();
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    _ = until.wait_for(|_| false) => return,
                };
                let (socket, _) = accepted.unwrap();
                socket.set_nodelay(true).unwrap();
                if matches!(manner, Manner::Refuses) {
                    noted.lock().unwrap().push(Instant::now());
                    continue;
                }
                let (acceptor, noted, may_take) = (acceptor.clone(), noted.clone(), may_take.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(socket).await else { return };
                    // The gateway may end at any time.
                    let _ = talk(stream, manner, &noted, may_take).await;
                });
            }
        });
        Self { address, tried }
    }
}

async fn talk(
    mut stream: TlsStream<TcpStream>,
    manner: Manner,
    tried: &Mutex<Vec<Instant>>,
    mut may_take: watch::Receiver<bool>,
) -> io::Result<()> {
    const TAKEN: &str = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
    loop {
        hear(&mut stream).await?;
        if matches!(manner, Manner::Takes) && may_take.wait_for(|open| *open).await.is_err() {
            return Ok(());
        }
        tried.lock().unwrap().push(Instant::now());
        let last_words = match manner {
            Manner::Takes => {
                stream.write_all(TAKEN.as_bytes()).await?;
                stream.flush().await?;
                continue;
            }
            Manner::AnswersSlowly => {
                for piece in TAKEN.split_inclusive('\n') {
                    sleep(Duration::from_millis(100)).await;
                    stream.write_all(piece.as_bytes()).await?;
                    stream.flush().await?;
                }
                continue;
            }
            Manner::Refuses => return Ok(()),
            Manner::Hangs => {
                // Until the gateway has had enough.
                return hear(&mut stream).await;
            }
            Manner::HalfCloses => {
                stream.get_mut().0.shutdown().await?;
                sleep(Duration::from_millis(200)).await;
                return Ok(());
            }
            Manner::Fails => "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            Manner::AsksForTime => {
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            }
            Manner::BreaksItsWord => "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"taken\":",
        };
        stream.write_all(last_words.as_bytes()).await?;
        return stream.flush().await;
    }
}

/// Reads a whole request.
async fn hear(stream: &mut TlsStream<TcpStream>) -> io::Result<()> {
    let mut heard = Vec::new();
    let mut whole = None;
    while whole.is_none_or(|whole| heard.len() < whole) {
        if stream.read_buf(&mut heard).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if whole.is_none()
            && let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&heard[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap();
            whole = Some(end + 4 + length.trim().parse::<usize>().unwrap());
        }
    }
    Ok(())
}

fn certificate() -> Certificate {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let acceptor = acceptor(&pem, &made.signing_key.serialize_pem(), &[]);
    Certificate { pem, acceptor }
}

/// Two persons approve the route.
async fn approve(gateway: &Running, secrets: &Secrets) {
    for (person, state) in secrets.persons.iter().zip(["one-of-two", "approved"]) {
        let request = Request::get("/v1/routes/to-health/preview");
        let preview = ask(gateway, person, request, String::new(), StatusCode::OK).await;
        let request = Request::post("/v1/routes/to-health/approve")
            .header("if-match", &preview.headers()["etag"])
            .header("content-type", "application/json");
        let approved = ask(gateway, person, request, "{\"reason\":\"seen\"}".to_owned(), StatusCode::OK).await;
        assert_eq!(serde_json::from_slice::<Value>(approved.body()).unwrap()["state"], state);
    }
}

/// Waits until every message has been read.
async fn until_read(gateway: &Running, secrets: &Secrets) {
    for state in ["received", "reading"] {
        loop {
            let request = Request::get(format!("/v1/messages?state={state}&limit=1"));
            let page = ask(gateway, &secrets.sender, request, String::new(), StatusCode::OK).await;
            if serde_json::from_slice::<Value>(page.body()).unwrap()["items"].as_array().unwrap().is_empty() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Asks the gateway as somebody.
async fn ask(
    gateway: &Running,
    secret: &str,
    request: hyper::http::request::Builder,
    body: String,
    status: StatusCode,
) -> Response<Bytes> {
    let socket = TcpStream::connect(gateway.public).await.unwrap();
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    let request = request.header("host", "localhost").header("x-api-key", secret).body(Full::from(body)).unwrap();
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let answer = Response::from_parts(parts, body.collect().await.unwrap().to_bytes());
    assert_eq!(answer.status(), status, "{}", String::from_utf8_lossy(answer.body()));
    answer
}

/// A return of all children, each with so many changes of placement.
fn episodes(changes: usize) -> String {
    let mut rows =
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\r\n".to_owned();
    for child in 0..CHILDREN {
        for change in 0..=changes {
            let day = |change: usize| format!("{:02}/05/2025", 1 + change);
            let reason = if change == 0 { "S" } else { "P" };
            let end = if change == changes { ",,".to_owned() } else { format!("{},X1,CARPL", day(change + 1)) };
            rows.push_str(&format!(
                "{},{},{reason},C2,N1,U6,PR4,{end},QX54 2XZ,XQ49 1WL,90000{:02}\r\n",
                1_000_000 + child,
                day(change),
                10 + change
            ));
        }
    }
    rows
}

/// The gateway with a sender, a route to partners at these addresses, the first of them sound, and two who approve it.
fn start_gateway(folder: &Path, certificate: &Certificate, addresses: &[SocketAddr]) -> (Running, Secrets) {
    let expires = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().unwrap();
    let key = |owner: &str| {
        let made = api_key::make().unwrap();
        let table =
            format!("[[{owner}.api_key]]\nid = \"{}\"\nsha256 = \"{}\"\nexpires = {expires}\n", made.id, made.sha256);
        (table, made.text.to_string())
    };
    let (sender_key, sender) = key("partner");
    let mut source = format!(
        "version = 1\nname = \"bench\"\npublic_url = \"https://localhost\"\nauthority = \"330\"\n\
         [ids]\nkey_file = \"ids.key\"\n[store]\npath = \"store\"\nkey_file = \"store.key\"\n\
         [listen.public]\naddress = \"127.0.0.1:0\"\n[listen.admin]\naddress = \"127.0.0.1:0\"\n\
         [limits.partner]\nrequests_per_minute = 100000000\nrequests_burst = 100000000\nbytes_per_minute = 1000000000\n\
         [delivery]\nattempts_max = 1000\nwait_ms_min = 20\nwait_ms_max = 200\n\
         breaker_open_ms_min = 100\nbreaker_open_ms_max = 100\n\
         [[partner]]\nname = \"sender\"\nview = \"local-authority\"\nauthority = \"330\"\n\
         scopes = [\"messages:send\", \"messages:read\"]\n{sender_key}"
    );
    let persons = ["ann", "ben"].map(|name| {
        let (table, secret) = key("console.person");
        source.push_str(&format!("[[console.person]]\nname = \"{name}\"\nroles = [\"approve\"]\n{table}"));
        secret
    });
    for number in 0..addresses.len() {
        source.push_str(&format!(
            "[[partner]]\nname = \"nurses-{number}\"\nview = \"health\"\nods_code = \"RK{number}\"\n"
        ));
    }
    source.push_str(
        "[[route]]\nname = \"to-health\"\nerrors = \"skip\"\n\
         from = { partner = \"sender\", format = \"ssda903-csv\", year = \"2026\" }\n",
    );
    for (number, address) in addresses.iter().enumerate() {
        // The sound one holds its first answers back for longer than a faulty one is waited for.
        let seconds = if number == 0 { PATIENCE.as_secs() } else { FAULTY_SECONDS_MAX };
        source.push_str(&format!(
            "[[route.to]]\npartner = \"nurses-{number}\"\nformat = \"fhir-json\"\nurl = \"https://localhost:{}/in\"\n\
             private_network = true\nca_file = \"partners.pem\"\ndelivery = {{ timeout_seconds_max = {seconds} }}\n",
            address.port()
        ));
    }
    fs::create_dir(folder.join("store")).unwrap();
    write_secrets(
        folder,
        [
            ("partners.pem", certificate.pem.clone()),
            ("ids.key", STANDARD.encode([7; 32])),
            ("store.key", format!("k:{}", STANDARD.encode([9; 32]))),
        ],
    );
    let config = Config::parse(&folder.join("homeward.toml"), &source, &Environment::default()).unwrap();
    let desk = Arc::new(Desk::new(&config));
    (Gateway::start(config, desk).unwrap(), Secrets { sender, persons })
}
