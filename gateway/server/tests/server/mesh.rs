//! Mailboxes of NHS MESH: as the configuration says them, and over mutual TLS with a MESH that is good, slow, broken and
//! hostile. What MESH means is proved against its sandbox, among the contract tests.

use std::fs;
use std::sync::Arc;

use bytes::Bytes;
use rustls::ServerConfig;
use schemas::date::Date;
use server::config::{Config, ConfigFaults, Intake, MeshRecipient, Transport};
use server::outbound::mesh::{DownloadFault, DownloadLimits, Failure, Mailbox, MessageId, Refusal};
use server::outbound::outcome::{FaultSide, Phase, Reason};
use server::outbound::{Courier, Outcome, Parcel};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::configuration::{Folder, HEAD, IDS};
use crate::recipient::{Authority, Recipient, Talk, tls};

const PARTNERS: &str = "[[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n[[partner]]\nname = \"nurses\"\n\
                        view = \"health\"\n[store]\npath = \"store\"\nkey_file = \"store.key\"\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.secret("password", "s3cret-password\n");
    folder.secret("shared", "s3cret-shared\n");
    folder.secret("store.key", "one:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    folder
}

const MESH: &str = "[[mesh]]\nmailbox = \"x26abc1\"\nurl = \"https://mesh.example\"\npassword_file = \"password\"\n\
                    shared_key_file = \"shared\"\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n";
const MESH_FOLDER: &str = "[[mesh_folder]]\nmailbox = \"X26ABC3\"\npath = \"mesh\"\n";

/// A file with both kinds of mailbox, and one route; its source is in line 28, its target in line 29.
fn parse(folder: &Folder, from: &str, to: &str) -> Result<Config, ConfigFaults> {
    let route = format!(
        "[[route]]\nname = \"r\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\"{from} }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", {to} }}]\n"
    );
    folder.parse(&format!("{HEAD}{IDS}{PARTNERS}{MESH}{MESH_FOLDER}\n{route}"))
}

const TO_MAILBOX: &str =
    "transport = \"mesh\", mailbox = \"X26ABC1\", recipient_mailbox = \"X26ABC2\", workflow = \"W\"";

#[test]
fn a_mailbox_has_its_defaults_and_both_ends_of_a_route_name_it() {
    let folder = folder();
    let from = ", transport = \"mesh\", mailbox = \"X26ABC1\", workflow = \"W_ACK\"";
    let to = "transport = \"mesh\", mailbox = \"X26ABC1\", recipient_ods = \"rkb\", workflow = \"W\"";
    let config = parse(&folder, from, to).unwrap_or_else(|faults| panic!("{faults}"));
    let [mesh] = &config.mesh[..] else { panic!("one mailbox") };
    assert_eq!((mesh.mailbox.as_str(), mesh.poll_seconds, mesh.chunk_bytes_max), ("X26ABC1", 300, 52_428_800));
    assert!(!format!("{config:?}").contains("s3cret"));
    let Intake::Mesh(inbox) = &config.routes[0].from.transport else { panic!("from a mailbox") };
    assert_eq!((inbox.mailbox.as_str(), inbox.workflow.as_str()), ("X26ABC1", "W_ACK"));
    let Transport::Mesh(way) = &config.routes[0].to[0].transport else { panic!("to a mailbox") };
    assert!(Arc::ptr_eq(&way.mailbox, mesh));
    assert!(matches!(&way.to, MeshRecipient::Organisation(ods) if ods.as_str() == "RKB"));

    let from = ", transport = \"mesh-folder\", mailbox = \"X26ABC3\", workflow = \"W_ACK\"";
    let to = "transport = \"mesh-folder\", mailbox = \"X26ABC3\", recipient_mailbox = \"X26ABC2\", workflow = \"W\"";
    let config = parse(&folder, from, to).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(matches!(config.routes[0].from.transport, Intake::MeshFolder(_)));
    let Transport::MeshFolder(way) = &config.routes[0].to[0].transport else { panic!("to a folder") };
    assert_eq!((way.to.as_str(), way.folder.poll_seconds), ("X26ABC2", 60));
    assert_eq!(way.folder.path, folder.path().join("mesh"));
}

#[test]
fn two_routes_never_wait_for_the_same_message() {
    let folder = folder();
    let of = |sender: &str| format!(", transport = \"mesh\", mailbox = \"X26ABC1\", workflow = \"W_ACK\"{sender}");
    let (one, other) = (", sender_mailbox = \"X26ABC7\"", ", sender_mailbox = \"x26abc8\"");
    for (first, second, taken) in
        [("", "", true), (one, one, true), ("", one, true), (one, "", true), (one, other, false)]
    {
        let second = format!(
            "{TO_MAILBOX} }}]\n[[route]]\nname = \"s\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\"{} }}\n\
             to = [{{ partner = \"nurses\", format = \"fhir-json\", {TO_MAILBOX}",
            of(second)
        );
        let parsed = parse(&folder, &of(first), &second);
        let codes: Vec<_> = parsed.err().iter().flat_map(|faults| &faults.0).map(|fault| fault.rule.code).collect();
        assert_eq!(codes, if taken { vec!["config/inbox-taken"] } else { vec![] }, "{first} {second}");
    }
    let faults = parse(&folder, &of(", sender_mailbox = \"canary/x\""), TO_MAILBOX).expect_err("no mailbox").0;
    assert_eq!(faults[0].rule.code, "config/range");
    assert!(!faults[0].to_string().contains("canary"));
}

#[test]
fn what_a_route_says_of_mesh_is_judged_in_its_place() {
    let folder = folder();
    let api = "transport = \"mesh\", mailbox = \"X26ABC1\"";
    let files = "transport = \"mesh-folder\", mailbox = \"X26ABC3\"";
    let cases = [
        (TO_MAILBOX.replace("X26ABC1", "canary"), "config/mailbox", "[[mesh]]"),
        (TO_MAILBOX.replace("X26ABC1", "X26ABC3"), "config/mailbox", "[[mesh]]"),
        (files.replace("X26ABC3", "X26ABC1"), "config/mailbox", "[[mesh_folder]]"),
        (format!("{api}, workflow = \"W\""), "config/mesh-recipient", ""),
        (format!("{TO_MAILBOX}, recipient_ods = \"RKB\""), "config/mesh-recipient", ""),
        (format!("{files}, recipient_ods = \"RKB\", workflow = \"W\""), "config/mesh-recipient", "recipient_mailbox"),
        (format!("{files}, workflow = \"W\""), "config/missing-key", "`recipient_mailbox`"),
        (format!("{api}, recipient_mailbox = \"A1\""), "config/missing-key", "`workflow`"),
        (TO_MAILBOX.replace("X26ABC2", "canary/x"), "config/range", "X26ABC1"),
        (TO_MAILBOX.replace("\"W\"", "\"canary\\r\\nx: y\""), "config/range", "letters"),
        (format!("{TO_MAILBOX}, url = \"https://canary.example\""), "config/unknown-key", ""),
        (
            "transport = \"mesh\", workflow = \"W\", recipient_mailbox = \"A1\"".to_owned(),
            "config/missing-key",
            "`mailbox`",
        ),
    ];
    for (to, rule, words) in cases {
        let faults = parse(&folder, "", &to).expect_err(&to).0;
        let told: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        assert!(faults.iter().any(|fault| fault.rule.code == rule && fault.line == 29), "{rule}\n{told}");
        assert!(told.contains(words) && !told.contains("canary"), "{told}");
    }
}

#[test]
fn what_a_mailbox_lacks_is_told_in_its_place() {
    let folder = folder();
    let without = |key: &str| {
        let lines = MESH.lines().filter(|line| !line.starts_with(key));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let cases = [
        (without("mailbox"), "config/missing-key"),
        (without("url"), "config/missing-key"),
        (without("password_file"), "config/missing-key"),
        (without("shared_key_file"), "config/missing-key"),
        (without("certificate_file"), "config/missing-key"),
        (MESH.replace("https://mesh.example", "http://mesh.example"), "config/address"),
        (MESH.replace("https://mesh.example", "https://mesh.example/path"), "config/address"),
        (MESH.replace("x26abc1", "x26 abc1"), "config/range"),
        (format!("{MESH}chunk_bytes_max = 100000001\n"), "config/range"),
        (format!("{MESH}poll_seconds = 0\n"), "config/range"),
        (format!("{MESH}password = \"canary\"\n"), "config/secret-in-file"),
        (MESH.replace("\"password\"", "\"nowhere\""), "config/file-missing"),
        (format!("{MESH}pol_seconds = 1\n"), "config/unknown-key"),
        (format!("{MESH}{MESH}"), "config/name-taken"),
        (format!("{MESH}{}", MESH_FOLDER.replace("X26ABC3", "X26ABC1")), "config/name-taken"),
        (MESH_FOLDER.replace("path", "poth"), "config/missing-key"),
    ];
    for (tables, rule) in cases {
        let faults = folder.parse(&format!("{HEAD}{IDS}{tables}")).expect_err(&tables).0;
        assert!(faults.iter().any(|fault| fault.rule.code == rule), "{rule}\n{faults:#?}\n{tables}");
        assert!(!faults.iter().any(|fault| fault.to_string().contains("canary")));
    }
}

/// A courier with one MESH target over mutual TLS.
struct Sender {
    runtime: Runtime,
    courier: Courier,
    config: Config,
}

impl Sender {
    fn new(port: u16, folder: &Folder) -> Self {
        let mesh = MESH
            .replace("https://mesh.example", &format!("https://localhost:{port}"))
            .replace("server.pem", "own.pem")
            .replace("server.key", "own.key");
        let keys = "ca_file = \"ca.pem\"\nprivate_network = true\nchunk_bytes_max = 10\n";
        let route = format!(
            "[[route]]\nname = \"r\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\" }}\n\
             to = [{{ partner = \"nurses\", format = \"fhir-json\", {TO_MAILBOX}, delivery = {{ timeout_seconds_max = 1 }} }}]\n"
        );
        let config = folder.parse(&format!("{HEAD}{IDS}{PARTNERS}{mesh}{keys}{route}"));
        let config = config.unwrap_or_else(|faults| panic!("{faults}"));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { runtime, courier: Courier::new(), config }
    }

    fn send(&self, body: &'static str) -> Outcome {
        let target = self.courier.target(&self.config.routes[0].to[0]).unwrap();
        self.runtime.block_on(self.courier.send(&target, parcel(body)))
    }

    fn mailbox(&self) -> Arc<Mailbox> {
        self.courier.mailbox(&self.config.mesh[0]).unwrap()
    }

    fn fetch(&self) -> Result<Vec<u8>, DownloadFault> {
        let limits = DownloadLimits { message_bytes_max: 1_000, inflate_ratio_max: 100 };
        let mailbox = self.mailbox();
        self.runtime.block_on(async {
            let mut download = mailbox.fetch(MessageId::parse("M1").unwrap(), limits).await?;
            let mut bytes = Vec::new();
            while let Some(piece) = download.next().await? {
                bytes.extend_from_slice(&piece);
            }
            Ok(bytes)
        })
    }
}

fn parcel(body: &'static str) -> Parcel {
    Parcel {
        delivery: Uuid::now_v7(),
        fence: 1,
        correlation_id: None,
        media_type: "application/fhir+json",
        body: Bytes::from_static(body.as_bytes()),
        date: Date::parse_iso(b"2026-11-22").unwrap(),
        route: "r".to_owned(),
    }
}

struct World {
    folder: Folder,
    authority: Authority,
}

impl World {
    fn new() -> Self {
        let (folder, authority) = (folder(), Authority::new());
        let own = authority.sign("local.ods.api.mesh-client.nhs.uk");
        fs::write(folder.path().join("own.pem"), own.certificate).unwrap();
        folder.secret("own.key", &own.key);
        fs::write(folder.path().join("ca.pem"), &authority.pem).unwrap();
        Self { folder, authority }
    }

    fn tls(&self) -> Arc<ServerConfig> {
        tls(&self.authority.sign("localhost"), Some(&self.authority))
    }

    /// A MESH that takes the handshake and then gives these answers, one a request.
    fn mesh(&self, answers: &[&str]) -> (Recipient, Sender) {
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        self.behaving(move |talk| {
            talk.hear()?;
            talk.say(OK)?;
            for answer in &answers {
                talk.hear()?;
                talk.say(answer)?;
            }
            talk.half_close();
            Ok(())
        })
    }

    fn behaving(&self, does: impl Fn(&mut Talk) -> std::io::Result<()> + Send + Sync + 'static) -> (Recipient, Sender) {
        let recipient = Recipient::start(self.tls(), does);
        let sender = Sender::new(recipient.address.port(), &self.folder);
        (recipient, sender)
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn taken() -> String {
    answer("202 Accepted", "", r#"{"message_id":"20220228174323222_ABCDEF"}"#)
}

#[test]
fn mesh_knows_us_by_our_certificate_and_gets_every_piece() {
    let world = World::new();
    let (mesh, sender) = world.mesh(&[&taken(), &taken(), &taken()]);
    let message_id = MessageId::parse("20220228174323222_ABCDEF");
    assert_eq!(sender.send("0123456789abcdefghijkl"), Outcome::Sent { message_id });
    let heard = mesh.heard();
    let lines: Vec<&str> = heard.iter().filter_map(|heard| heard.head.lines().next()).collect();
    let expected = [
        "POST /messageexchange/X26ABC1 HTTP/1.1",
        "POST /messageexchange/X26ABC1/outbox HTTP/1.1",
        "POST /messageexchange/X26ABC1/outbox/20220228174323222_ABCDEF/2 HTTP/1.1",
        "POST /messageexchange/X26ABC1/outbox/20220228174323222_ABCDEF/3 HTTP/1.1",
    ];
    assert_eq!((lines, mesh.connections()), (expected.to_vec(), 1));
    assert_eq!(heard[3].header("mex-chunk-range"), Some("3:3"));
    assert_eq!((heard[3].header("mex-to"), heard[1].header("mex-to")), (None, Some("X26ABC2")));
    // Each token is another one.
    let tokens: std::collections::HashSet<_> = heard.iter().map(|heard| heard.header("authorization")).collect();
    assert_eq!(tokens.len(), 4);
}

#[test]
fn each_way_to_fail_has_its_meaning() {
    let world = World::new();
    let refused = answer("417 Expectation Failed", "", r#"{"detail":[{"event":"SEND","code":"12","msg":"canary"}]}"#);
    let dead = Outcome::Dead { reason: Reason::Mesh(Refusal::of_code("12")), side: FaultSide::RecipientRefused };
    let retry = |reason, side, breaker_at_once| Outcome::Retry { after: None, breaker_at_once, side, reason };
    for (said, expected) in [
        (refused, dead),
        (answer("403 Forbidden", "", ""), retry(Reason::Status(403), FaultSide::Ours, true)),
        (answer("503 Busy", "", ""), retry(Reason::Status(503), FaultSide::RecipientBusy, false)),
        (answer("202 Accepted", "", "{}"), retry(Reason::Unintelligible, FaultSide::Network, false)),
        (
            answer("202 Accepted", "", r#"{"message_id":"../../x"}"#),
            retry(Reason::Unintelligible, FaultSide::Network, false),
        ),
        ("SSH-2.0-x\r\n".to_owned(), retry(Reason::Unintelligible, FaultSide::Network, false)),
        (
            "HTTP/1.1 202 Accepted\r\nContent-Length: 40\r\n\r\n{".to_owned(),
            retry(Reason::Broken, FaultSide::Network, false),
        ),
    ] {
        let (_mesh, sender) = world.mesh(&[&said]);
        assert_eq!(sender.send("small"), expected, "{said}");
    }
    let (_mesh, sender) = world.behaving(|talk| {
        talk.hear()?;
        talk.say(OK)?;
        talk.wait();
        Ok(())
    });
    let silent = retry(Reason::TimedOut(Phase::Exchange), FaultSide::Network, false);
    assert_eq!(sender.send("small"), silent);
    // A handshake that is refused says nothing of the delivery.
    let (_mesh, sender) = world.behaving(|talk| {
        talk.hear()?;
        talk.say(answer("400 Bad Request", "", ""))
    });
    assert_eq!(sender.send("small"), retry(Reason::Handshake(400), FaultSide::Ours, true));
}

#[test]
fn a_message_whose_answer_was_lost_is_not_sent_again() {
    let world = World::new();
    let tracked = answer("200 OK", "", r#"{"messageId":"M1","status":"Accepted"}"#);
    let (mesh, sender) = world.behaving(move |talk| {
        loop {
            talk.hear()?;
            let head = talk.last().head;
            if head.contains("/tracking/") {
                talk.say(&tracked)?;
            } else if head.contains("/outbox") {
                // It has it, and says nothing.
                talk.half_close();
                return Ok(());
            } else {
                talk.say(OK)?;
            }
        }
    });
    let target = sender.courier.target(&sender.config.routes[0].to[0]).unwrap();
    let sent = parcel("small");
    // The second may be that of another process: nothing but the fence says that there was a first.
    let attempt = |fence| sender.runtime.block_on(sender.courier.send(&target, Parcel { fence, ..sent.clone() }));
    assert!(matches!(attempt(1), Outcome::Retry { side: FaultSide::Network, .. }));
    assert_eq!(attempt(2), Outcome::Sent { message_id: MessageId::parse("M1") });
    let posts = mesh.heard().iter().filter(|heard| heard.head.contains("/outbox HTTP")).count();
    assert_eq!(posts, 1);
    assert!(mesh.heard().iter().any(|heard| heard.head.contains(&format!("/outbox/tracking/{}", sent.delivery))));
}

#[test]
fn a_stranger_who_says_to_be_mesh_hears_nothing() {
    let world = World::new();
    let stranger = Recipient::answering(tls(&Authority::new().sign("localhost"), None), OK);
    let sender = Sender::new(stranger.address.port(), &world.folder);
    let outcome = sender.send("small");
    assert!(matches!(outcome, Outcome::Retry { reason: Reason::CertificateNotTrusted, breaker_at_once: true, .. }));
    assert!(stranger.heard().is_empty());
}

#[test]
fn content_that_is_not_whole_or_too_much_is_never_taken_for_a_message() {
    use std::io::Write as _;
    let gzip = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let raw = |status: &str, headers: &str, body: &[u8]| {
        let mut said = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        said.extend_from_slice(body);
        said
    };
    let packed = "Content-Encoding: gzip\r\n";
    let whole = gzip(b"hello mesh");
    let bomb = gzip(&vec![0; 10_000_000]);
    let failed = |reason| DownloadFault::Failed(Failure { reason, after: None });
    let too_large = |limit| Err(DownloadFault::TooLarge { limit });
    let range = |range: &str| format!("Mex-Chunk-Range: {range}\r\n");
    type Case<'c> = (Vec<Vec<u8>>, Result<&'c [u8], DownloadFault>);
    let cases: Vec<Case<'_>> = vec![
        (vec![raw("200 OK", "", b"hello mesh")], Ok(b"hello mesh")),
        (vec![raw("200 OK", packed, &whole)], Ok(b"hello mesh")),
        (vec![raw("206 P", &range("1:2"), b"hello "), raw("200 OK", &range("2:2"), b"mesh")], Ok(b"hello mesh")),
        (vec![raw("206 P", "", b"hello "), raw("200 OK", packed, &gzip(b"mesh"))], Ok(b"hello mesh")),
        (vec![raw("200 OK", "", b"")], Ok(b"")),
        (vec![raw("200 OK", packed, &whole[..whole.len() - 1])], Err(DownloadFault::NotWhole)),
        (vec![raw("200 OK", packed, b"no gzip at all")], Err(DownloadFault::NotWhole)),
        (vec![raw("200 OK", &range("1:2"), b"half")], Err(DownloadFault::NotWhole)),
        (vec![raw("206 P", &range("2:2"), b"half")], Err(DownloadFault::NotWhole)),
        (vec![raw("206 P", &range("1:4000000000"), b"x")], Err(DownloadFault::NotWhole)),
        (vec![raw("206 P", &range("1:2"), b"x"), raw("206 P", &range("2:3"), b"y")], Err(DownloadFault::NotWhole)),
        (vec![raw("206 P", &range("1:2"), b"x"), raw("404 Gone", "", b"")], Err(failed(Reason::Status(404)))),
        (vec![raw("410 Gone", "", b"")], Err(failed(Reason::Status(410)))),
        (vec![raw("302 Found", "Location: https://canary.example\r\n", b"")], Err(failed(Reason::Status(302)))),
        (vec![raw("200 OK", "Content-Encoding: br\r\n", b"x")], Err(failed(Reason::Unintelligible))),
        (vec![raw("200 OK", "", &[b'x'; 1_001])], too_large("message_bytes_max")),
        (vec![raw("200 OK", packed, &bomb)], too_large("message_bytes_max")),
        (vec![raw("200 OK", packed, &gzip(&[0; 900])[..])], Ok(&[0; 900])),
        (vec![b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec()], Err(failed(Reason::Broken))),
    ];
    let world = World::new();
    for (answers, expected) in cases {
        let (_mesh, sender) = world.behaving(move |talk| {
            talk.hear()?;
            talk.say(OK)?;
            for answer in &answers {
                talk.hear()?;
                talk.say(answer)?;
            }
            talk.half_close();
            Ok(())
        });
        assert_eq!(sender.fetch().as_deref().map_err(|fault| *fault), expected);
    }
}
