//! The durable exchange from outside: what is sent in one end comes out at the other, once, through restarts, refusals
//! and changes of mind; and nobody sees what is another's.

#![cfg(unix)]

mod alerts;
mod alike;
mod at_rest;
mod case_system;
mod erased;
mod errors;
mod exported;
mod fhir_clients;
mod fhir_reading;
mod fhir_writing;
mod flows;
mod homes;
mod hostile;
mod intake;
mod isolation;
mod loaded;
mod mail;
mod people;
mod photographs;
mod pickup;
mod referrals;
mod region;
mod relations;
mod released;
mod reminders;
mod repeated;
mod restrictions;
mod rolls;
mod scheduled;
mod school;
mod sftp;
mod sign_ins;
mod silent;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use store::{Batch, Keys, SqliteStore, Store, sqlite::Settings, whole::RunChange};

use crate::{
    client::{Answer, Client},
    exchange::ZIP,
    gateway::{Gateway, certificates},
    output::zipped,
    program::{PATIENCE, Scratch, authority, names, run, text},
};

/// Everything that a partner's system may do.
const SCOPES: &str = "[\"translate\", \"messages:send\", \"messages:read\", \"messages:act\", \"deliveries:read\", \
                      \"deliveries:act\", \"identity:read\", \"identity:act\", \"restrictions:act\", \"audit:read\"]";

/// The route of most tests: a return of the authority goes to the community nurses, as a file a child.
const TO_HEALTH: &str = "[[route]]\nname = \"to-health\"\n\
    from = { partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }\n\
    to = [{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]\n";

/// An approved preview is what most tests begin with.
const APPROVERS: [&str; 2] = ["a.one", "b.two"];

/// A key and the block that lets it in, made by the program: one a name.
fn key_of(name: &str) -> (String, String) {
    static MADE: Mutex<BTreeMap<String, (String, String)>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = made.entry(name.to_owned()).or_insert_with(|| {
        let ran = run(["partner", "key", "lcs", "--days", "30"]).ended(0);
        (ran.text().trim_end().to_owned(), ran.talk)
    });
    key.clone()
}

/// A partner's system with a key.
fn partner(name: &str, more: &str) -> String {
    format!("[[partner]]\nname = \"{name}\"\n{more}\n{}", key_of(name).1)
}

/// A person with a key and these roles.
fn person(name: &str, roles: &str) -> String {
    let block = key_of(name).1.replace("[[partner.api_key]]", "[[console.person.api_key]]");
    format!("[[console.person]]\nname = \"{name}\"\nroles = [{roles}]\n{block}")
}

/// Those who are there in every test: an authority's case system, nurses, and three people.
fn cast() -> String {
    let all = "\"approve\", \"messages\", \"audit\", \"restrictions\", \"identity\"";
    [
        partner("lcs", &format!("view = \"local-authority\"\nauthority = \"330\"\nscopes = {SCOPES}")),
        partner("nurses", &format!("view = \"health\"\node_code = \"RKB\"\nscopes = {SCOPES}").replace("ode_", "ods_")),
        person("a.one", all),
        person("b.two", "\"approve\", \"restrictions\""),
        person("c.three", "\"audit\""),
    ]
    .join("\n")
}

/// A gateway with a store in a folder of its own; it can be stopped and started again.
struct House {
    scratch: Scratch,
    gateway: Option<Gateway>,
    level: &'static str,
}

impl House {
    /// A gateway with the cast and these routes, where nothing has been approved yet.
    fn unapproved(routes: &str) -> Self {
        Self::with(&cast(), routes, "info")
    }

    /// The same, its routes approved by two.
    fn open(routes: &str) -> Self {
        let house = Self::unapproved(routes);
        house.approve_all(routes);
        house
    }

    fn with(partners: &str, routes: &str, level: &'static str) -> Self {
        Self::beside(partners, routes, level, &[])
    }

    /// The same, with files beside the configuration; one without a word is a folder.
    fn beside(partners: &str, routes: &str, level: &'static str, files: &[(&str, &str)]) -> Self {
        let scratch = Scratch::new();
        scratch.key("ids.key", 7);
        scratch.key("store.key", 9);
        let key = fs::read_to_string(scratch.path().join("store.key")).unwrap();
        fs::write(scratch.path().join("store.key"), format!("k1:{key}")).unwrap();
        for folder in ["store", "out"] {
            fs::create_dir(scratch.path().join(folder)).unwrap();
        }
        for (name, text) in files {
            if text.is_empty() {
                fs::create_dir(scratch.path().join(name)).unwrap();
            } else {
                scratch.write(name, text);
            }
        }
        let (certificate, key) = (certificates().file("server.pem"), certificates().file("server.key"));
        // Tables of lists come last: what stands behind one belongs to it.
        let config = format!(
            "version = 1\nname = \"journeys\"\npublic_url = \"https://localhost:8443\"\nauthority = \"330\"\n\
             [listen.public]\naddress = \"127.0.0.1:0\"\n\
             [listen.public.tls]\ncertificate_file = \"{certificate}\"\nkey_file = \"{key}\"\n\
             [listen.admin]\naddress = \"127.0.0.1:0\"\n\
             [ids]\nkey_file = \"ids.key\"\n\
             [store]\npath = \"store\"\nkey_file = \"store.key\"\ndisk_free_bytes_min = 0\n\
             [audit]\nanchor_file = \"anchors.ndjson\"\n\
             [limits.address]\nrequests_per_minute = 100000\n{partners}\n{routes}"
        );
        scratch.write("homeward.toml", config);
        let mut house = Self { scratch, gateway: None, level };
        house.start();
        house
    }

    /// The same, with folders beside the configuration, its routes approved by two.
    fn beside_folders(routes: &str, folders: &[&'static str]) -> Self {
        let folders: Vec<(&'static str, &'static str)> = folders.iter().map(|name| (*name, "")).collect();
        let house = Self::beside(&cast(), routes, "info", &folders);
        house.approve_all(routes);
        house
    }

    fn start(&mut self) {
        self.gateway = Some(Gateway::start_with(&self.scratch.file("homeward.toml"), self.level));
    }

    /// Stops it, and starts it as if so many days had gone by since now; whether that can be done on this machine.
    fn comes_back_days_later(&mut self, days: u32) -> bool {
        self.comes_back_later(i64::from(days) * 86_400)
    }

    /// The same, so many seconds later.
    fn comes_back_later(&mut self, seconds: i64) -> bool {
        let Some(later) = contract_tests::clock::seconds_later(seconds) else {
            contract_tests::proof::not_proved("libfaketime is not installed (see `.ci/run`)");
            return false;
        };
        self.stop();
        self.gateway = Some(Gateway::start_under(&self.scratch.file("homeward.toml"), self.level, &later));
        true
    }

    fn stop(&mut self) -> String {
        self.gateway.take().unwrap().end_telling()
    }

    /// As if the gateway had been away since the day before yesterday: the runs of these targets, as the store names them,
    /// are due when it comes back.
    fn comes_back_after_two_days_to(&mut self, targets: &[&str]) {
        const TWO_DAYS_MICROS: i64 = 2 * 86_400_000_000;
        self.stop();
        let store = SqliteStore::open(Settings {
            folder: self.path("store"),
            keys: Keys::parse(&fs::read(self.path("store.key")).unwrap()).unwrap(),
            commit_wait_us_max: 0,
            commit_messages_max: 1,
            disk_free_bytes_min: 0,
        })
        .unwrap();
        let (known, now) = (store.runs().unwrap(), jiff::Timestamp::now().as_microsecond());
        let made = |target: &&str| {
            let answered = known.iter().find(|run| run.target == *target).map_or(0, |run| run.answered);
            RunChange::Made { target: (*target).to_owned(), at: now - TWO_DAYS_MICROS, answered }
        };
        let (told, answer) = mpsc::channel();
        let batch = Batch { runs: targets.iter().map(made).collect(), ..Batch::default() };
        store.keep(batch, Box::new(move |kept| told.send(kept).unwrap()));
        answer.recv().unwrap().unwrap().unwrap();
        drop(store);
        self.start();
    }

    fn approve_all(&self, routes: &str) {
        let named = routes.split("[[route]]\nname = \"").skip(1).map(|rest| rest.split('"').next().unwrap());
        for route in named {
            for person in APPROVERS {
                self.approve(person, route).with_status(200);
            }
        }
    }

    /// A person approves what the preview shows now.
    fn approve(&self, person: &str, route: &str) -> Answer {
        let person = self.by(person);
        let preview = person.get(&format!("/v1/routes/{route}/preview")).with_status(200);
        person.act(&format!("/v1/routes/{route}/approve"), &tag(&preview), r#"{"reason":"seen with the sender"}"#)
    }

    /// As whom to ask.
    fn by(&self, name: &str) -> By<'_> {
        By { client: &self.gateway.as_ref().unwrap().client, key: key_of(name).0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// Sends a message as the case system and waits until it has been read.
    fn send(&self, target: &str, body: &[u8]) -> Value {
        let sent = self.by("lcs").send("POST", target, &[("Content-Type", ZIP), ("Prefer", "wait=20")], body);
        let id = sent.with_status(202).json()["id"].as_str().unwrap().to_owned();
        self.until_read(&id)
    }

    /// The message, once it has been read.
    fn until_read(&self, id: &str) -> Value {
        self.until_read_of("lcs", id)
    }

    /// The message of a sender, once it has been read.
    fn until_read_of(&self, sender: &str, id: &str) -> Value {
        wait_until("a message is read", || {
            let message = self.by(sender).get(&format!("/v1/messages/{id}")).with_status(200).json();
            (!["received", "reading"].contains(&message["state"].as_str().unwrap())).then_some(message)
        })
    }

    /// Every delivery that there is, once none of them is open.
    fn settled(&self) -> Vec<Value> {
        wait_until("deliveries settle", || {
            let all = self.deliveries();
            let open = ["planned", "ready", "leased", "waiting", "sent"];
            all.iter().all(|one| !open.contains(&one["state"].as_str().unwrap())).then_some(all)
        })
    }

    /// Every delivery that the sender sees, newest first, page by page.
    fn deliveries(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next = Some("/v1/deliveries?limit=200".to_owned());
        while let Some(page) = next {
            let page = self.by("lcs").get(&page).with_status(200).json();
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            next = page["next"].as_str().map(str::to_owned);
        }
        all
    }

    /// What lies in the folder of deliveries, by name.
    fn delivered(&self) -> BTreeMap<String, String> {
        self.settled();
        let folder = self.path("out");
        names(&folder).into_iter().map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap())).collect()
    }

    fn audit(&self) -> Vec<Value> {
        let page = self.by("c.three").get("/v1/audit?limit=200").with_status(200).json();
        page["items"].as_array().unwrap().clone()
    }
}

/// Somebody who asks.
struct By<'h> {
    client: &'h Client,
    key: String,
}

impl By<'_> {
    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers: Vec<(&str, &str)> = headers.iter().copied().chain([("X-API-Key", self.key.as_str())]).collect();
        self.client.send(method, target, &headers, body)
    }

    fn get(&self, target: &str) -> Answer {
        self.send("GET", target, &[], b"")
    }

    fn post(&self, target: &str, json: &str) -> Answer {
        self.send("POST", target, &[("Content-Type", "application/json")], json.as_bytes())
    }

    /// A post that hangs on what was seen.
    fn act(&self, target: &str, tag: &str, json: &str) -> Answer {
        self.send("POST", target, &[("Content-Type", "application/json"), ("If-Match", tag)], json.as_bytes())
    }
}

/// The tag of what was read.
fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

/// Asks again and again until there is an answer.
fn wait_until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE / 3;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < until, "{what}: it never came");
        thread::sleep(Duration::from_millis(30));
    }
}

/// A return in a folder of its own, to be changed by a test.
struct Return(Scratch);

impl Return {
    /// A small authority without faults.
    fn small() -> Self {
        Self::of(&authority(2026, 24, 5, 0))
    }

    fn of(folder: &Path) -> Self {
        let scratch = Scratch::new();
        for name in names(folder).into_iter().filter(|name| name != "faults.csv") {
            fs::copy(folder.join(&name), scratch.path().join(&name)).unwrap();
        }
        Self(scratch)
    }

    fn zip(&self) -> Vec<u8> {
        zipped(self.0.path())
    }

    fn folder(&self) -> String {
        text(self.0.path())
    }

    fn table(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// Rewrites the lines below the heading of a table; what becomes `None` is gone.
    fn rewrite(&self, name: &str, mut line: impl FnMut(&str) -> Option<String>) {
        let table = self.table(name);
        let mut lines = table.lines();
        let mut whole = format!("{}\n", lines.next().unwrap());
        lines.filter_map(&mut line).for_each(|line| whole.push_str(&format!("{line}\n")));
        fs::write(self.0.path().join(name), whole).unwrap();
    }

    /// Everything of one child leaves every table.
    fn forget(&self, child: &str) {
        for name in names(self.0.path()) {
            self.rewrite(&name, |line| {
                (!line.split(',').any(|cell| cell.trim_matches('"') == child)).then(|| line.to_owned())
            });
        }
    }

    /// The cells of a column, row by row.
    fn column(&self, name: &str, heading: &str) -> Vec<String> {
        let table = self.table(name);
        let mut lines = table.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let at = lines.next().unwrap().iter().position(|known| known == heading).unwrap();
        lines.map(|cells| cells[at].clone()).collect()
    }

    fn children(&self) -> Vec<String> {
        self.column("header.csv", "CHILD")
    }
}

/// A bundle without ids of ours and moments of writing, its entries in the order of what they say: what is held is told
/// in the order of its keys, a document in the order of its rows.
fn without_ids(bundle: &str) -> String {
    let mut bundle: Value = serde_json::from_str(bundle).unwrap();
    let mut entries: Vec<String> = bundle["entry"].as_array().unwrap().iter().map(plain).collect();
    entries.sort();
    bundle.as_object_mut().unwrap().remove("entry");
    format!("{}\n{}", plain(&bundle), entries.join("\n"))
}

fn plain(value: &Value) -> String {
    let text = value.to_string();
    let (mut plain, mut at) = (String::new(), 0);
    while at < text.len() {
        if text.get(at..at + 36).is_some_and(is_id) {
            plain.push_str("<id>");
            at += 36;
        } else {
            let character = text[at..].chars().next().unwrap();
            plain.push(character);
            at += character.len_utf8();
        }
    }
    without_member(&without_member(&plain, "\"recorded\":\""), "\"timestamp\":\"")
}

fn without_member(text: &str, member: &str) -> String {
    let mut pieces = text.split(member);
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        plain.push_str(member);
        plain.push_str(piece.split_once('"').unwrap().1);
    }
    plain
}

fn is_id(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}
