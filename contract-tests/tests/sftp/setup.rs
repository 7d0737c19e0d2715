//! Configurations with one route, a courier for its target, and a gateway that picks up from its source.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use contract_tests::homeward::homeward;
use schemas::date::Date;
use server::config::{Config, ConfigFaults, Environment};
use server::outbound::outcome::{FaultSide, Reason};
use server::outbound::{Courier, Outcome, Parcel, Target};
use tempfile::TempDir;
use uuid::Uuid;

/// What has not come by then does not come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A configuration with routes of these ends.
fn source(ends: &[(&str, &str)]) -> String {
    let head = "version = 1\nname = \"test\"\npublic_url = \"https://localhost:8443\"\nauthority = \"330\"\n\
         [listen.public]\naddress = \"127.0.0.1:0\"\n[listen.admin]\naddress = \"127.0.0.1:0\"\n\
         [ids]\nkey_file = \"ids.key\"\n[store]\npath = \"store\"\nkey_file = \"store.key\"\ndisk_free_bytes_min = 0\n\
         [[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n[[partner]]\nname = \"nurses\"\nview = \"health\"\n";
    let routes = ends.iter().zip(1..).map(|((from, to), number)| {
        format!(
            "[[route]]\nname = \"r{number}\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\"{from} }}\n\
             to = [{{ partner = \"nurses\", format = \"fhir-json\", {to} }}]\n"
        )
    });
    head.to_owned() + &routes.collect::<String>()
}

/// A folder with the keys that every configuration names.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    secret(folder.path(), "ids.key", KEY);
    secret(folder.path(), "store.key", &format!("one:{KEY}"));
    fs::create_dir(folder.path().join("store")).unwrap();
    folder
}

fn secret(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A target and its courier.
pub(crate) struct Sender {
    courier: Courier,
    target: Target,
}

impl Sender {
    /// A target with these keys.
    pub(crate) fn new(to: &str) -> Self {
        Self::try_new(to).unwrap_or_else(|faults| panic!("{faults}"))
    }

    pub(crate) fn try_new(to: &str) -> Result<Self, ConfigFaults> {
        let folder = folder();
        let file = folder.path().join("homeward.toml");
        let config = Config::parse(&file, &source(&[("", to)]), &Environment::default())?;
        let courier = Courier::new();
        let target = courier.target(&config.routes[0].to[0]).unwrap();
        Ok(Self { courier, target })
    }

    pub(crate) async fn send(&self, parcel: Parcel) -> Outcome {
        self.courier.send(&self.target, parcel).await
    }

    /// Why it is to be tried again, and whether the breaker opens at once.
    pub(crate) async fn fails(&self) -> (Reason, FaultSide, bool) {
        match self.send(parcel("{}")).await {
            Outcome::Retry { reason, side, breaker_at_once, .. } => (reason, side, breaker_at_once),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn parcel(body: impl Into<Bytes>) -> Parcel {
    Parcel {
        delivery: Uuid::now_v7(),
        fence: 1,
        correlation_id: None,
        media_type: "application/fhir+json",
        body: body.into(),
        date: Date::parse_iso(b"2026-11-22").unwrap(),
        route: "r1".to_owned(),
    }
}

/// A program that serves, with a route whose source has these keys.
pub(crate) struct Gateway {
    process: Child,
    said: std::sync::mpsc::Receiver<String>,
    admin: String,
    folder: PathBuf,
    kept: TempDir,
}

impl Gateway {
    pub(crate) fn picking_up(from: &str) -> Self {
        Self::picking_up_all(&[from])
    }

    /// A route for each source.
    pub(crate) fn picking_up_all(from: &[&str]) -> Self {
        let kept = folder();
        let path = kept.path().to_owned();
        fs::create_dir(path.join("out")).unwrap();
        let from: Vec<String> = from.iter().map(|from| format!(", {from}")).collect();
        let ends = from.iter().map(|from| (from.as_str(), "transport = \"directory\", path = \"out\""));
        let text = source(&ends.collect::<Vec<_>>());
        fs::write(path.join("homeward.toml"), text).unwrap();
        Self::serving(path, kept)
    }

    /// Kills it, and starts it again.
    pub(crate) fn killed_and_started(mut self) -> Self {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let kept = std::mem::replace(&mut self.kept, tempfile::tempdir().unwrap());
        Self::serving(self.folder.clone(), kept)
    }

    fn serving(path: PathBuf, kept: TempDir) -> Self {
        let mut process = Command::new(homeward())
            .args(["serve", "--config"])
            .arg(path.join("homeward.toml"))
            .env("HOMEWARD_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, said) = std::sync::mpsc::channel();
        let talk = BufReader::new(process.stderr.take().unwrap());
        std::thread::spawn(move || talk.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut gateway = Self { process, said, admin: String::new(), folder: path, kept };
        let line = gateway.says("admin on");
        gateway.admin = line.split("admin on ").nth(1).unwrap().split(',').next().unwrap().trim().to_owned();
        gateway
    }

    /// Waits for a line with these words.
    pub(crate) fn says(&self, words: &str) -> String {
        let until = Instant::now() + PATIENCE;
        let mut said = Vec::new();
        loop {
            match self.said.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => said.push(line),
                Err(_) => panic!("nothing was said of {words}, but\n{}", said.join("\n")),
            }
        }
    }

    /// All that it says to its end, which is asked for.
    pub(crate) fn end(mut self) -> String {
        let asked = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.process.wait().unwrap().success());
        self.said.iter().collect::<Vec<_>>().join("\n")
    }

    /// A counter of its metrics; 0 when it is not told yet.
    pub(crate) fn counts(&self, metric: &str) -> u64 {
        let mut socket = TcpStream::connect(&self.admin).unwrap();
        write!(socket, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let line = answer.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
        line.map_or(0, |count| count.parse().unwrap())
    }

    /// Writes its configuration with another word in place of one, and has it read.
    pub(crate) fn reload(&self, word: &str, other: &str) {
        let file = self.folder.join("homeward.toml");
        let text = fs::read_to_string(&file).unwrap().replace(word, other);
        fs::write(file, text).unwrap();
        let asked = Command::new("kill").args(["-HUP", &self.process.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.says("homeward has reloaded");
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What `homeward config describe` says of a route with these ends.
pub(crate) fn described(from: &str, to: &str) -> String {
    let folder = folder();
    let file = folder.path().join("homeward.toml");
    fs::write(&file, source(&[(&format!(", {from}"), to)])).unwrap();
    let ran = Command::new(homeward()).args(["config", "describe"]).arg(file).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Looks until it is so.
#[track_caller]
pub(crate) fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The names in a folder, hidden ones too, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}
