//! Alerts as those who are told get them: by mail and by webhook, from servers that are good, busy and hostile.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use server::config::Config;
use server::{Gateway, Running};

use crate::client::get;
use crate::configuration::{Folder, IDS};
use crate::house::{Echo, eventually};
use crate::mail_server::{MailServer, Temper};
use crate::recipient::{Authority, Recipient, tls};

const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// A folder in which the certificate of the listener ends in five days, and an authority of mail server and webhook.
struct World {
    folder: Folder,
    authority: Authority,
}

impl World {
    fn new() -> Self {
        let (folder, authority) = (Folder::new(), Authority::new());
        fs::write(folder.path().join("ca.pem"), &authority.pem).unwrap();
        fs::create_dir(folder.path().join("store")).unwrap();
        folder.secret("word", "s3cret-w0rd\n");
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let ends = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(5 * 86_400);
        params.not_after = date_time_ymd(1970, 1, 1) + ends;
        let key = KeyPair::generate().unwrap();
        fs::write(folder.path().join("server.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        folder.secret("server.key", &key.serialize_pem());
        Self { folder, authority }
    }

    fn tls(&self) -> Arc<rustls::ServerConfig> {
        tls(&self.authority.sign("localhost"), None)
    }

    fn config(&self, mail: SocketAddr, kind: &str, hook: SocketAddr) -> Config {
        let source = format!(
            "version = 1\nname = \"coventry\"\npublic_url = \"https://gateway.example\"\n{IDS}\
             [listen.public]\naddress = \"127.0.0.1:0\"\n[listen.public.tls]\ncertificate_file = \"server.pem\"\n\
             key_file = \"server.key\"\n[listen.admin]\naddress = \"127.0.0.1:0\"\n\
             [store]\npath = \"store\"\nkey_file = \"store.key\"\ndisk_free_bytes_min = 0\n\
             [outbound]\nca_file = \"ca.pem\"\n\
             [mail]\nhost = \"localhost\"\nport = {}\ntls = \"{kind}\"\nuser = \"homeward\"\npassword_file = \"word\"\n\
             from = \"homeward@coventry.example\"\n\
             [alerts]\nto = [\"duty@coventry.example\", \"night@coventry.example\"]\n\
             webhook_url = \"https://localhost:{}/hook?code=c0de\"\nprivate_network = true\ncertificate_days = 6\n",
            mail.port(),
            hook.port()
        );
        self.folder.parse(&source).unwrap_or_else(|faults| panic!("{faults}"))
    }
}

/// A gateway that was ended holds its store until its last thread is gone.
fn start(config: Config) -> Running {
    let mut running = None;
    eventually("a start", || {
        running = Gateway::start(config.clone(), Arc::new(Echo::default())).ok();
        running.is_some()
    });
    running.unwrap()
}

#[test]
fn an_alert_is_told_by_mail_and_by_webhook_once_and_not_again_by_the_next_start() {
    for (temper, kind) in [(Temper::StartTls, "starttls"), (Temper::Implicit, "implicit")] {
        let world = World::new();
        let mail = MailServer::start(world.tls(), temper);
        let hook = Recipient::answering(world.tls(), OK);
        let config = world.config(mail.address, kind, hook.address);
        let running = start(config.clone());
        eventually("a mail", || mail.mails().len() == 1);
        eventually("a webhook", || hook.heard().len() == 1);

        let letter = &mail.mails()[0];
        for words in [
            "From: homeward@coventry.example\n",
            "To: duty@coventry.example, night@coventry.example\n",
            "Subject: [homeward coventry] certificate: listener\n",
            "Auto-Submitted: auto-generated\n",
            "Content-Type: text/plain",
            "What to do: Renew it",
        ] {
            assert!(letter.contains(words), "without {words}:\n{letter}");
        }
        let said = mail.lines();
        assert!(said.iter().filter(|(_, line)| line.starts_with("RCPT TO:")).count() == 2, "{said:?}");
        assert!(said.iter().any(|(secured, line)| *secured && line.starts_with("AUTH PLAIN ")), "{said:?}");
        let before: Vec<_> = said.iter().filter(|(secured, _)| !secured).map(|(_, line)| line.as_str()).collect();
        assert!(before.iter().all(|line| line.starts_with("EHLO ") || *line == "STARTTLS"), "{before:?}");

        let heard = &hook.heard()[0];
        assert!(heard.head.starts_with("POST /hook?code=c0de HTTP/1.1\r\n"), "{}", heard.head);
        assert_eq!(heard.header("content-type"), Some("application/json"));
        let told: serde_json::Value = serde_json::from_slice(&heard.body).unwrap();
        assert_eq!((told["kind"].as_str(), told["about"].as_str()), (Some("certificate"), Some("listener")));
        assert_eq!(told["gateway"], "coventry");
        assert_eq!(heard.header("idempotency-key"), told["id"].as_str(), "repeats are known by their key");
        assert!(letter.contains(&format!("Message-ID: <{}@coventry.example>", told["id"].as_str().unwrap())));
        // The load of the configuration, and that both were told.
        eventually("lines", || get(running.admin, "/metrics").text().contains("homeward_audit_seq 3\n"));
        running.drain();

        let running = start(config);
        eventually("ready", || get(running.admin, "/readyz").status == 200);
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!((mail.mails().len(), hook.heard().len()), (1, 1), "it was told before");
        assert!(get(running.admin, "/metrics").text().contains("homeward_alerts_open 1\n"));
        running.drain();
    }
}

#[test]
fn a_mail_server_that_is_busy_gets_the_mail_again() {
    let world = World::new();
    let mail = MailServer::start(world.tls(), Temper::Busy);
    let hook = Recipient::answering(world.tls(), OK);
    let running = start(world.config(mail.address, "starttls", hook.address));
    eventually("a mail, the second time", || mail.mails().len() == 1);
    drop(running);
}

#[test]
fn a_webhook_that_fails_is_asked_again() {
    let world = World::new();
    let mail = MailServer::start(world.tls(), Temper::StartTls);
    let hook = Recipient::start(world.tls(), |talk| {
        talk.hear()?;
        talk.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 6\r\n\r\ncanary")
    });
    let running = start(world.config(mail.address, "starttls", hook.address));
    eventually("a second request", || hook.heard().len() == 2);
    let heard = hook.heard();
    assert_eq!(heard[0].body, heard[1].body);
    assert_eq!(mail.mails().len(), 1, "the mail has nothing to do with it");
    drop(running);
}

#[test]
fn a_mail_server_that_is_hostile_learns_nothing_and_holds_up_nothing() {
    for temper in [Temper::Plain, Temper::SlipsIn, Temper::Endless, Temper::Babbles, Temper::Ends, Temper::Distrusts] {
        let world = World::new();
        let mail = MailServer::start(world.tls(), temper);
        let hook = Recipient::answering(world.tls(), OK);
        let running = start(world.config(mail.address, "starttls", hook.address));
        eventually("a webhook", || hook.heard().len() == 1);
        eventually("a talk", || !mail.lines().is_empty());
        eventually("ready", || get(running.admin, "/readyz").status == 200);
        std::thread::sleep(Duration::from_millis(300));
        let said = mail.lines();
        assert!(mail.mails().is_empty(), "{temper:?}");
        let told = |(secured, line): &(bool, String)| {
            line.starts_with("MAIL") || !secured && line.starts_with("AUTH") || line.contains("certificate")
        };
        assert!(!said.iter().any(told), "{temper:?}: {said:?}");
        drop(running);
    }
}

#[test]
fn a_mail_server_of_another_authority_and_one_that_is_not_there_are_told_nothing() {
    let world = World::new();
    let strange = tls(&Authority::new().sign("localhost"), None);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (kind, temper) in [("starttls", Temper::StartTls), ("implicit", Temper::Implicit)] {
        let mail = MailServer::start(strange.clone(), temper);
        for address in [mail.address, nobody] {
            let hook = Recipient::answering(world.tls(), OK);
            let config = world.config(address, kind, hook.address);
            fs::remove_dir_all(world.folder.path().join("store")).unwrap();
            fs::create_dir(world.folder.path().join("store")).unwrap();
            let running = start(config);
            eventually("a webhook", || hook.heard().len() == 1);
            std::thread::sleep(Duration::from_millis(300));
            assert!(!mail.lines().iter().any(|(secured, _)| *secured), "{:?}", mail.lines());
            running.drain();
        }
    }
}
