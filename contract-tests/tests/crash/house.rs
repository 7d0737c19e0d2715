//! A gateway in a folder of its own: its configuration, its keys and its store; started, killed and started again.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Keys, SqliteStore, Store, audit::Verdict, sqlite::Settings};
use tempfile::TempDir;

use crate::client::{self, Answer};

/// What has not happened by then does not happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const STORE_KEY: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

/// The folder of a gateway.
pub(crate) struct House {
    folder: TempDir,
}

/// A credential: the same text for each name in every run.
pub(crate) fn key_of(name: &str) -> String {
    let secret: String = name.chars().filter(char::is_ascii_lowercase).chain(std::iter::repeat('x')).take(43).collect();
    format!("hw_{name}_{secret}")
}

fn key_table(owner: &str, name: &str) -> String {
    let hash: String = Sha256::digest(key_of(name)).iter().map(|byte| format!("{byte:02x}")).collect();
    let expires = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(30 * 24)).to_string();
    format!("[[{owner}.api_key]]\nid = \"{name}\"\nsha256 = \"{hash}\"\nexpires = {}\n", &expires[..10])
}

impl House {
    /// A house of authority 330 whose case management sends to these targets of one route, each a line of TOML.
    pub(crate) fn new(targets: &[String]) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in [("ids.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"), ("store.key", STORE_KEY)] {
            fs::write(house.path(name), text).unwrap();
            fs::set_permissions(house.path(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::create_dir(house.path("store")).unwrap();
        let mut text = "version = 1\nname = \"crash\"\npublic_url = \"https://localhost:8443\"\nauthority = \"330\"\n\
             [listen.public]\naddress = \"127.0.0.1:0\"\n[listen.admin]\naddress = \"127.0.0.1:0\"\n\
             [ids]\nkey_file = \"ids.key\"\n\
             [store]\npath = \"store\"\nkey_file = \"store.key\"\ndisk_free_bytes_min = 0\n\
             [limits.partner]\nrequests_per_minute = 1000000\nrequests_burst = 1000000\nbytes_per_minute = 1000000000\n\
             [delivery]\nwait_ms_min = 20\nwait_ms_max = 200\nbreaker_open_ms_min = 100\nbreaker_open_ms_max = 400\n\
             attempts_max = 1000\n\
             [[partner]]\nname = \"lcs\"\nview = \"local-authority\"\nauthority = \"330\"\n\
             scopes = [\"messages:send\", \"messages:read\", \"deliveries:read\", \"deliveries:act\", \
             \"identity:read\", \"identity:act\", \"restrictions:act\", \"audit:read\"]\n"
            .to_owned();
        text.push_str(&key_table("partner", "lcs"));
        for number in 1..=targets.len() {
            text.push_str(&format!(
                "[[partner]]\nname = \"nurses-{number}\"\nview = \"health\"\nods_code = \"RK{number}\"\n"
            ));
        }
        text.push_str(
            "[[route]]\nname = \"to-health\"\nerrors = \"skip\"\n\
             from = { partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }\n",
        );
        for (number, target) in (1..).zip(targets) {
            text.push_str(&format!("[[route.to]]\npartner = \"nurses-{number}\"\nformat = \"fhir-json\"\n{target}\n"));
        }
        for person in ["ann", "ben"] {
            text.push_str(&format!("[[console.person]]\nname = \"{person}\"\nroles = [\"approve\", \"messages\"]\n"));
            text.push_str(&key_table("console.person", person));
        }
        fs::write(house.path("homeward.toml"), text).unwrap();
        house
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An agency is a partner too.
    pub(crate) fn and_an_agency(self) -> Self {
        let mut text = fs::read_to_string(self.path("homeward.toml")).unwrap();
        text.push_str(
            "[[partner]]\nname = \"agency\"\nview = \"provider\"\nurns = [\"SC999901\"]\n\
             scopes = [\"vacancies:read\", \"vacancies:write\"]\n",
        );
        text.push_str(&key_table("partner", "agency"));
        fs::write(self.path("homeward.toml"), text).unwrap();
        self
    }

    /// Sets how much room the disk must have left for anything to come in.
    pub(crate) fn asks_for_room(&self, bytes: u64) {
        let text = fs::read_to_string(self.path("homeward.toml")).unwrap();
        let lines = text.lines().map(|line| match line.split_once(" = ") {
            Some((name @ "disk_free_bytes_min", _)) => format!("{name} = {bytes}\n"),
            _ => format!("{line}\n"),
        });
        fs::write(self.path("homeward.toml"), lines.collect::<String>()).unwrap();
    }

    /// The program with this configuration.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.args(["serve", "--config"]).arg(self.path("homeward.toml"));
        command.env_remove("HOMEWARD_CONFIG").env("HOMEWARD_LOG", "warn").stdin(Stdio::null());
        command
    }

    /// Opens the store that a program left, proves its audit chain, and closes it again.
    pub(crate) fn prove_store(&self) -> u64 {
        prove_store(&self.path("store"))
    }
}

/// The store of a folder opens, and its audit chain is whole; how many lines it has.
pub(crate) fn prove_store(folder: &Path) -> u64 {
    let store = open_store(folder);
    match store.verify((None, None), None, &mut |_| {}).unwrap() {
        Verdict::Intact { lines, .. } => lines,
        broken => panic!("the audit chain is broken: {broken:?}"),
    }
}

/// Opens a store as the program does.
pub(crate) fn open_store(folder: &Path) -> SqliteStore {
    SqliteStore::open(Settings {
        folder: folder.to_owned(),
        keys: Keys::parse(STORE_KEY.as_bytes()).unwrap(),
        commit_wait_us_max: 0,
        commit_messages_max: 1,
        disk_free_bytes_min: 0,
    })
    .unwrap()
}

/// A gateway that runs.
pub(crate) struct Gateway {
    child: Child,
    talk: Receiver<String>,
    pub(crate) public: SocketAddr,
    /// It came to the point at which it is to be killed before it listened.
    pub(crate) stands_still: bool,
}

impl Gateway {
    /// Starts it and waits until it listens.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (tell, talk) = mpsc::channel();
        thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let mut gateway = Self { child, talk, public: SocketAddr::from(([127, 0, 0, 1], 0)), stands_still: false };
        let line = gateway.talks_of_one(&["homeward listens on", "crash point"]);
        if line.starts_with("crash point") {
            gateway.stands_still = true;
            return gateway;
        }
        let address = line.split("listens on ").nth(1).unwrap().split(',').next().unwrap();
        gateway.public = address.rsplit("//").next().unwrap().parse().unwrap();
        gateway
    }

    /// Waits until it has come to the point at which it is to be killed.
    pub(crate) fn until_it_stands_still(&mut self) {
        if !self.stands_still {
            self.talks_of_one(&["crash point"]);
        }
    }

    /// Waits for a line that has one of these words.
    fn talks_of_one(&mut self, words: &[&str]) -> String {
        let mut told = String::new();
        let until = Instant::now() + PATIENCE;
        while let Ok(line) = self.talk.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if words.iter().any(|words| line.contains(words)) {
                return line;
            }
            assert!(!line.contains("panicked"), "{line}");
            told.push_str(&line);
            told.push('\n');
        }
        panic!("nothing was said of {words:?}:\n{told}");
    }

    /// kill -9, and nothing before it.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by another's hand.
    pub(crate) fn ended(mut self) {
        self.child.wait().unwrap();
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A request as somebody, which is answered.
    pub(crate) fn ask(&self, who: &str, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        client::send(self.public, request, &key_of(who), headers, body).unwrap()
    }

    pub(crate) fn get(&self, who: &str, target: &str) -> Value {
        self.ask(who, &format!("GET {target}"), &[], b"").with_status(200).json()
    }

    /// All items of a list.
    pub(crate) fn list(&self, who: &str, target: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = format!("{target}{}limit=200", if target.contains('?') { '&' } else { '?' });
        loop {
            let page = self.get(who, &next);
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(more) => next = more.to_owned(),
                None => return items,
            }
        }
    }

    /// Two persons approve the route.
    pub(crate) fn approve(&self) {
        for (person, state) in [("ann", "one-of-two"), ("ben", "approved")] {
            let preview = self.ask(person, "GET /v1/routes/to-health/preview", &[], b"").with_status(200);
            let tag = preview.header("etag").unwrap().to_owned();
            let headers = [("If-Match", tag.as_str()), ("Content-Type", "application/json")];
            let approved = self.ask(person, "POST /v1/routes/to-health/approve", &headers, b"{\"reason\":\"seen\"}");
            assert_eq!(approved.with_status(200).json()["state"], state);
        }
    }

    /// Sends a message under a key and is told that it was taken.
    pub(crate) fn message(&self, key: &str, body: &[u8]) -> Value {
        let headers = [("Idempotency-Key", key), ("Content-Type", "text/csv")];
        self.ask("lcs", SEND, &headers, body).with_status(202).json()
    }

    /// Says that a child is adopted, so that nobody else is told of it any more; and is told that this is in force.
    pub(crate) fn restrict(&self, child: &str) {
        let body = json!({ "child": { "system": "la-child", "value": child, "authority": "330" }, "kind": "adopted",
            "since": "2025-04-01", "setByRole": "team manager" });
        let headers = [("Content-Type", "application/json")];
        self.ask("lcs", "POST /v1/identity/restrictions", &headers, body.to_string().as_bytes()).with_status(201);
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so() {
            assert!(Instant::now() < until, "{what}: not within {PATIENCE:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until every message is settled: read, and all its deliveries over.
    pub(crate) fn until_settled(&self) {
        self.until("every message is settled", || {
            let open = ["received", "reading", "read"];
            open.iter().all(|state| {
                let page = self.get("lcs", &format!("/v1/messages?state={state}&limit=1"));
                page["items"].as_array().unwrap().is_empty()
            })
        });
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let mut errors = std::io::stderr();
            self.talk.try_iter().for_each(|line| drop(writeln!(errors, "{line}")));
        }
    }
}

/// How a message is sent.
pub(crate) const SEND: &str = "POST /v1/routes/to-health/messages";
