//! Deliveries over real sockets and into real folders, to recipients that are good, slow, broken and hostile.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use rustls::ServerConfig;
use schemas::date::Date;
use server::outbound::outcome::{FaultSide, Phase, Reason};
use server::outbound::{Courier, Outcome, Parcel, Target};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::configuration::{Folder, HEAD, IDS};
use crate::recipient::{Authority, Recipient, Talk, tls};

const PARTNERS: &str = "[[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n[[partner]]\nname = \"nurses\"\n\
                        view = \"health\"\n[store]\npath = \"store\"\nkey_file = \"store.key\"\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A courier with one target, and the runtime that connections live on.
struct Sender {
    runtime: Runtime,
    courier: Courier,
    target: Target,
}

impl Sender {
    /// A target with these keys of the configuration.
    fn new(folder: &Folder, keys: &str) -> Self {
        let route = format!(
            "[[route]]\nname = \"r\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\" }}\n\
             [[route.to]]\npartner = \"nurses\"\nformat = \"fhir-json\"\n{keys}\n"
        );
        let config = folder.parse(&format!("{HEAD}{IDS}{PARTNERS}{route}")).unwrap_or_else(|faults| panic!("{faults}"));
        let courier = Courier::new();
        let target = courier.target(&config.routes[0].to[0]).unwrap();
        Self { runtime: Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap(), courier, target }
    }

    fn send(&self, parcel: Parcel) -> Outcome {
        self.runtime.block_on(self.courier.send(&self.target, parcel))
    }
}

/// A world with an authority that our configuration believes.
struct World {
    folder: Folder,
    authority: Authority,
}

impl World {
    fn new() -> Self {
        let (folder, authority) = (Folder::new(), Authority::new());
        fs::write(folder.path().join("ca.pem"), &authority.pem).unwrap();
        Self { folder, authority }
    }

    fn tls(&self) -> Arc<ServerConfig> {
        tls(&self.authority.sign("localhost"), None)
    }

    fn sender(&self, address: SocketAddr, keys: &str) -> Sender {
        let port = address.port();
        let keys = format!(
            "url = \"https://localhost:{port}/in?code=1\"\nca_file = \"ca.pem\"\nprivate_network = true\n{keys}"
        );
        Sender::new(&self.folder, &keys)
    }

    /// What one delivery comes to with a recipient that does this, when it may take two seconds.
    fn outcome(&self, behaviour: impl Fn(&mut Talk) -> std::io::Result<()> + Send + Sync + 'static) -> Outcome {
        let recipient = Recipient::start(self.tls(), behaviour);
        self.sender(recipient.address, "delivery = { timeout_seconds_max = 2 }").send(parcel())
    }

    /// What one delivery comes to with a recipient that hears it and says this.
    fn answer(&self, answer: &str) -> Outcome {
        let answer = answer.to_owned();
        self.outcome(move |talk| {
            talk.hear()?;
            talk.say(&answer)?;
            talk.half_close();
            Ok(())
        })
    }
}

fn parcel() -> Parcel {
    Parcel {
        delivery: Uuid::now_v7(),
        fence: 7,
        correlation_id: Some("from-the-sender.1".to_owned()),
        media_type: "application/fhir+json",
        body: Bytes::from_static(b"{\"resourceType\":\"Bundle\"}"),
        date: Date::parse_iso(b"2026-11-22").unwrap(),
        route: "r".to_owned(),
    }
}

/// Why it is to be tried again, and whether the breaker opens at once.
#[track_caller]
fn retried(outcome: Outcome) -> (Reason, FaultSide, bool) {
    match outcome {
        Outcome::Retry { reason, side, breaker_at_once, .. } => (reason, side, breaker_at_once),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_delivery_arrives_whole_under_its_own_key() {
    let world = World::new();
    world.folder.secret("supplier", "k3y\n");
    world.folder.secret("bearer", "t0ken\n");
    let recipient = Recipient::answering(world.tls(), OK);
    let keys =
        "bearer_file = \"bearer\"\nheaders = { \"X-Plain\" = \"yes\" }\nheader_files = { \"X-Key\" = \"supplier\" }";
    let sent = parcel();
    assert_eq!(world.sender(recipient.address, keys).send(sent.clone()), Outcome::Accepted);
    let [heard] = &recipient.heard()[..] else { panic!("one request") };
    assert!(heard.head.starts_with("POST /in?code=1 HTTP/1.1\r\n"), "{}", heard.head);
    let port = recipient.address.port();
    for (name, value) in [
        ("host", format!("localhost:{port}")),
        ("content-type", "application/fhir+json".to_owned()),
        ("content-length", sent.body.len().to_string()),
        ("accept-encoding", "identity".to_owned()),
        ("idempotency-key", sent.delivery.to_string()),
        ("homeward-fence", "7".to_owned()),
        ("x-correlation-id", "from-the-sender.1".to_owned()),
        ("authorization", "Bearer t0ken".to_owned()),
        ("x-plain", "yes".to_owned()),
        ("x-key", "k3y".to_owned()),
    ] {
        assert_eq!(heard.header(name), Some(value.as_str()), "{name}");
    }
    assert_eq!(heard.head.lines().count(), 12, "no header more: {}", heard.head);
    assert_eq!(heard.body, sent.body);
}

#[test]
fn connections_are_used_again_and_one_that_ended_meanwhile_costs_nothing() {
    let world = World::new();
    let recipient = Recipient::answering(world.tls(), OK);
    let sender = world.sender(recipient.address, "");
    for _ in 0..5 {
        assert_eq!(sender.send(parcel()), Outcome::Accepted);
    }
    assert_eq!((recipient.connections(), recipient.heard().len()), (1, 5));

    let recipient = Recipient::start(world.tls(), |talk| {
        talk.hear()?;
        talk.say(OK)
    });
    let sender = world.sender(recipient.address, "");
    for _ in 0..3 {
        assert_eq!(sender.send(parcel()), Outcome::Accepted);
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!((recipient.connections(), recipient.heard().len()), (3, 3));
}

#[test]
fn what_is_not_there_hangs_or_breaks_is_the_networks_fault_and_tried_again() {
    let world = World::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let network = |reason| (reason, FaultSide::Network, false);
    assert_eq!(retried(world.sender(closed, "").send(parcel())), network(Reason::NoConnection));

    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let sender = world.sender(deaf.local_addr().unwrap(), "delivery = { timeout_seconds_max = 1 }");
    assert_eq!(retried(sender.send(parcel())), network(Reason::TimedOut(Phase::Exchange)), "no handshake");

    let hangs = world.outcome(|talk| {
        talk.hear()?;
        talk.wait();
        Ok(())
    });
    assert_eq!(retried(hangs), network(Reason::TimedOut(Phase::Exchange)));
    let drips = world.outcome(|talk| {
        talk.hear()?;
        talk.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")?;
        loop {
            talk.say("x")?;
            thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(retried(drips), network(Reason::TimedOut(Phase::Exchange)));
    let puts_off = world.outcome(|talk| {
        talk.hear()?;
        loop {
            talk.say("HTTP/1.1 100 Continue\r\n\r\n")?;
            thread::sleep(Duration::from_millis(5));
        }
    });
    assert_eq!(retried(puts_off), network(Reason::TimedOut(Phase::Exchange)));
    let ends = world.outcome(|talk| {
        talk.hear()?;
        talk.half_close();
        Ok(())
    });
    assert_eq!(retried(ends), network(Reason::Broken));
}

#[test]
fn a_success_that_breaks_off_is_none() {
    let world = World::new();
    let broken = (Reason::Broken, FaultSide::Network, false);
    for lie in [
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nok",
        "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n",
    ] {
        assert_eq!(retried(world.answer(lie)), broken, "{lie}");
    }
    assert_eq!(world.answer("HTTP/1.1 204 No Content\r\n\r\n"), Outcome::Accepted);
}

#[test]
fn each_answer_has_its_meaning() {
    let world = World::new();
    let status =
        |status: u16, more: &str| world.answer(&format!("HTTP/1.1 {status} X\r\n{more}Content-Length: 0\r\n\r\n"));
    assert_eq!(retried(status(500, "")), (Reason::Status(500), FaultSide::RecipientBusy, false));
    assert_eq!(retried(status(401, "")), (Reason::Status(401), FaultSide::Ours, true));
    let dead = Outcome::Dead { reason: Reason::Status(422), side: FaultSide::RecipientRefused };
    assert_eq!(status(422, ""), dead);
    let after = |outcome| match outcome {
        Outcome::Retry { after, .. } => after,
        other => panic!("{other:?}"),
    };
    assert_eq!(after(status(503, "Retry-After: 120\r\n")), Some(Duration::from_secs(120)));
    assert_eq!(after(status(429, "Retry-After: 86400\r\n")), Some(Duration::from_secs(3_600)));
    let date = after(status(503, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"));
    assert_eq!(date, Some(Duration::from_secs(3_600)));
    assert_eq!(after(status(503, "Retry-After: canary\r\n")), None);
}

#[test]
fn a_conflict_that_names_our_delivery_is_an_acceptance() {
    let world = World::new();
    let recipient = Recipient::start(world.tls(), |talk| {
        talk.hear()?;
        talk.say(
            "HTTP/1.1 409 Conflict\r\nContent-Length: 44\r\n\r\n{\"key\":\"00000000-0000-7000-8000-00000000000A\"}"[..]
                .replace("44", "46"),
        )
    });
    let sender = world.sender(recipient.address, "");
    let known = Uuid::parse_str("00000000-0000-7000-8000-00000000000a").unwrap();
    assert_eq!(sender.send(Parcel { delivery: known, ..parcel() }), Outcome::Accepted);
    let dead = Outcome::Dead { reason: Reason::Status(409), side: FaultSide::RecipientRefused };
    assert_eq!(sender.send(parcel()), dead);
}

#[test]
fn a_redirect_is_not_followed() {
    let world = World::new();
    let elsewhere = Recipient::answering(world.tls(), OK);
    for status in [301, 302, 303, 307, 308] {
        let port = elsewhere.address.port();
        let answer = format!("HTTP/1.1 {status} X\r\nLocation: https://localhost:{port}/\r\nContent-Length: 0\r\n\r\n");
        let dead = Outcome::Dead { reason: Reason::Status(status), side: FaultSide::Ours };
        assert_eq!(world.answer(&answer), dead);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn a_certificate_that_is_not_believed_gets_nothing() {
    let world = World::new();
    let refused = (Reason::CertificateNotTrusted, FaultSide::Ours, true);
    for pair in [Authority::new().sign("localhost"), world.authority.sign("elsewhere.example")] {
        let recipient = Recipient::answering(tls(&pair, None), OK);
        assert_eq!(retried(world.sender(recipient.address, "").send(parcel())), refused);
        assert!(recipient.heard().is_empty());
    }
    // Without the authority's certificate only the system's are believed.
    let recipient = Recipient::answering(world.tls(), OK);
    let url = format!("url = \"https://localhost:{}/\"\nprivate_network = true", recipient.address.port());
    assert_eq!(retried(Sender::new(&world.folder, &url).send(parcel())), refused);
}

#[test]
fn a_recipient_that_asks_for_our_certificate_gets_it() {
    let world = World::new();
    let clients = Authority::new();
    let own = clients.sign("homeward");
    fs::write(world.folder.path().join("own.pem"), &own.certificate).unwrap();
    world.folder.secret("own.key", &own.key);
    let stranger = Authority::new().sign("homeward");
    fs::write(world.folder.path().join("stranger.pem"), &stranger.certificate).unwrap();
    world.folder.secret("stranger.key", &stranger.key);
    let recipient = Recipient::answering(tls(&world.authority.sign("localhost"), Some(&clients)), OK);
    let with = |name: &str| {
        let keys = format!("certificate_file = \"{name}.pem\"\nkey_file = \"{name}.key\"");
        world.sender(recipient.address, &keys).send(parcel())
    };
    assert_eq!(with("own"), Outcome::Accepted);
    let refused = (Reason::TlsAlert, FaultSide::Ours, true);
    assert_eq!(retried(with("stranger")), refused);
    // A large body is still being written when the refusal comes.
    let large = Parcel { body: Bytes::from(vec![b'x'; 8 * 1024 * 1024]), ..parcel() };
    assert_eq!(retried(world.sender(recipient.address, "").send(large)), refused);
    assert_eq!(retried(world.sender(recipient.address, "").send(parcel())), refused);
    assert_eq!(recipient.heard().len(), 1);
}

#[test]
fn hostile_answers_cost_little_and_mean_what_their_status_says() {
    let world = World::new();
    let unintelligible = (Reason::Unintelligible, FaultSide::Network, false);
    let endless = world.outcome(|talk| {
        talk.hear()?;
        talk.say("HTTP/1.1 200 OK\r\n")?;
        loop {
            talk.say("X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")?;
        }
    });
    assert_eq!(retried(endless), unintelligible);
    let one_line = world.outcome(|talk| {
        talk.hear()?;
        talk.say("HTTP/1.1 200 ")?;
        loop {
            talk.say("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?;
        }
    });
    assert_eq!(retried(one_line), unintelligible);
    for answer in ["SSH-2.0-OpenSSH_9.9\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX\0: y\r\n\r\n"] {
        assert_eq!(retried(world.answer(answer)), unintelligible, "{answer}");
    }
    let huge = Recipient::start(world.tls(), |talk| {
        talk.hear()?;
        talk.say("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")?;
        loop {
            talk.say([b'x'; 16 * 1024])?;
        }
    });
    let sender = world.sender(huge.address, "");
    assert_eq!(sender.send(parcel()), Outcome::Accepted);
    assert_eq!(sender.send(parcel()), Outcome::Accepted);
    assert_eq!(huge.connections(), 2, "a connection with more to say is not used again");
    // Not inflated: what is no gzip at all is as good as what would fill the memory.
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone";
    assert_eq!(world.answer(gzip), Outcome::Accepted);
}

#[test]
fn private_addresses_are_reached_only_where_it_is_meant() {
    let world = World::new();
    let recipient = Recipient::answering(world.tls(), OK);
    let port = recipient.address.port();
    for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "10.0.0.1"] {
        let keys = format!("url = \"https://{host}:{port}/\"\nca_file = \"ca.pem\"");
        let refused = (Reason::PrivateAddress, FaultSide::Ours, true);
        assert_eq!(retried(Sender::new(&world.folder, &keys).send(parcel())), refused, "{host}");
    }
    assert_eq!(recipient.connections(), 0);
    let nowhere = Sender::new(&world.folder, "url = \"https://nowhere.invalid/\"");
    assert_eq!(retried(nowhere.send(parcel())), (Reason::Unresolved, FaultSide::Network, false));
}

/// A proxy that notes what it is asked for and lets it through, or does not.
fn proxy(to: SocketAddr, answer: &'static str) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                socket.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            noted.lock().unwrap().push(String::from_utf8(head).unwrap());
            socket.write_all(answer.as_bytes()).unwrap();
            if answer.contains("200") {
                let mut there = TcpStream::connect(to).unwrap();
                let (mut from, mut back) = (socket.try_clone().unwrap(), there.try_clone().unwrap());
                thread::spawn(move || std::io::copy(&mut from, &mut back));
                thread::spawn(move || std::io::copy(&mut there, &mut socket));
            }
        }
    });
    (address, asked)
}

#[test]
fn a_proxy_sees_the_host_and_nothing_else() {
    let world = World::new();
    let recipient = Recipient::answering(world.tls(), OK);
    let port = recipient.address.port();
    let (address, asked) = proxy(recipient.address, "HTTP/1.1 200 Connection established\r\n\r\n");
    let keys = format!("proxy = \"http://{address}\"");
    assert_eq!(world.sender(recipient.address, &keys).send(parcel()), Outcome::Accepted);
    assert_eq!(recipient.heard().len(), 1);
    let asked = asked.lock().unwrap();
    assert!(asked[0].starts_with(&format!("CONNECT localhost:{port} HTTP/1.1\r\n")), "{asked:?}");
    assert_eq!(asked[0].lines().filter(|line| !line.is_empty()).count(), 2, "{asked:?}");

    let refused = (Reason::ProxyRefused, FaultSide::Network, false);
    for answer in [
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 X\r\nLocation: /\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        let (address, _) = proxy(recipient.address, answer);
        let keys = format!("proxy = \"http://{address}\"");
        assert_eq!(retried(world.sender(recipient.address, &keys).send(parcel())), refused, "{answer}");
    }
    // A private number is not reached by way of a proxy either.
    let keys = format!("url = \"https://10.0.0.1/\"\nproxy = \"http://{address}\"");
    assert_eq!(retried(Sender::new(&world.folder, &keys).send(parcel())).0, Reason::PrivateAddress);
}

fn files(folder: &Folder) -> Vec<String> {
    let names = fs::read_dir(folder.path().join("in")).unwrap();
    let mut names: Vec<String> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_appears_whole_once_and_is_known_again() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("in")).unwrap();
    let sender = Sender::new(&folder, "transport = \"directory\"\npath = \"in\"");
    let sent = parcel();
    let name = format!("r_2026-11-22_{}.json", sent.delivery);
    // What a crash has left is not in the way.
    fs::write(folder.path().join("in").join(format!(".{name}.part")), "half").unwrap();
    for _ in 0..2 {
        assert_eq!(sender.send(sent.clone()), Outcome::Accepted);
        assert_eq!(files(&folder), [name.as_str()]);
    }
    assert_eq!(fs::read(folder.path().join("in").join(&name)).unwrap(), sent.body);
    let other = Parcel { body: Bytes::from_static(b"other"), ..sent };
    assert_eq!(retried(sender.send(other)), (Reason::NameTaken, FaultSide::RecipientBusy, false));
}

#[test]
fn a_name_that_is_taken_waits_until_it_is_collected() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("in")).unwrap();
    let sender = Sender::new(&folder, "transport = \"directory\"\npath = \"in\"\nname = \"roll.json\"");
    let large = Bytes::from(vec![b'x'; 200_000]);
    assert_eq!(sender.send(Parcel { body: large.clone(), ..parcel() }), Outcome::Accepted);
    let mut differs = large.to_vec();
    differs[199_999] = b'y';
    let second = Parcel { body: Bytes::from(differs), ..parcel() };
    assert_eq!(retried(sender.send(second.clone())).0, Reason::NameTaken);
    assert_eq!(fs::read(folder.path().join("in/roll.json")).unwrap(), large);
    fs::remove_file(folder.path().join("in/roll.json")).unwrap();
    assert_eq!(sender.send(second), Outcome::Accepted);
    assert_eq!(files(&folder), ["roll.json"]);
}

#[test]
fn a_folder_that_is_not_there_is_told_and_not_made() {
    let folder = Folder::new();
    let sender = Sender::new(&folder, "transport = \"directory\"\npath = \"none\"");
    assert_eq!(retried(sender.send(parcel())), (Reason::FolderClosed, FaultSide::Ours, true));
    assert!(!folder.path().join("none").exists());
    let sender = Sender::new(&folder, "transport = \"directory\"\npath = \"ids.key\"");
    assert_eq!(retried(sender.send(parcel())), (Reason::FolderClosed, FaultSide::Ours, true));
}

#[cfg(unix)]
#[test]
fn a_link_that_lies_in_wait_is_not_written_through() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("in")).unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "untouched").unwrap();
    std::os::unix::fs::symlink(&victim, folder.path().join("in/.roll.json.part")).unwrap();
    let sender = Sender::new(&folder, "transport = \"directory\"\npath = \"in\"\nname = \"roll.json\"");
    assert_eq!(sender.send(parcel()), Outcome::Accepted);
    std::os::unix::fs::symlink(&victim, folder.path().join("in/link.json")).unwrap();
    let sender = Sender::new(&folder, "transport = \"directory\"\npath = \"in\"\nname = \"link.json\"");
    assert_eq!(retried(sender.send(parcel())).0, Reason::NameTaken);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");
}
