//! SFTP as the configuration says it: hosts, keys, known hosts, and which folder is read or written.

use std::fs;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use server::config::{AfterPickup, Config, ConfigFaults, Intake, Transport};

use crate::configuration::{Folder, HEAD, IDS, STORE, mode};

const PARTNERS: &str =
    "[[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n[[partner]]\nname = \"nurses\"\nview = \"health\"\n";

/// An account; a route's end then needs a path.
const ACCOUNT: &str =
    "transport = \"sftp\", host = \"files.example\", user = \"us\", key_file = \"login\", known_hosts_file = \"hosts\"";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.secret("login", &key(1));
    folder.secret("word", "s3cret-w0rd\n");
    folder.secret("readable", &key(1));
    mode(&folder.path().join("readable"), 0o644);
    write_hosts(&folder, 2);
    fs::write(folder.path().join("no_hosts"), "# none\nfiles.example canary\n").unwrap();
    folder
}

pub(crate) fn key(seed: u8) -> String {
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32]));
    key.to_openssh(LineEnding::LF).unwrap().to_string()
}

fn write_hosts(folder: &Folder, seed: u8) {
    fs::write(folder.path().join("hosts"), host_line(seed)).unwrap();
}

/// A line of known hosts.
pub(crate) fn host_line(seed: u8) -> String {
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32])).public_key().to_openssh().unwrap();
    format!("files.example {key}\n")
}

/// A route whose ends have these keys; `from` stands in line 14 and `to` in line 15.
fn parse(folder: &Folder, from: &str, to: &str) -> Result<Config, ConfigFaults> {
    let route = format!(
        "[[route]]\nname = \"r\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", {from} }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", {to} }}]\n"
    );
    folder.parse(&format!("{HEAD}{IDS}{PARTNERS}{route}{STORE}"))
}

fn well(folder: &Folder, from: &str, to: &str) -> Config {
    parse(folder, from, to).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn every_key_is_taken_and_the_rest_has_its_default() {
    let folder = folder();
    let from = format!(
        "{ACCOUNT}, port = 2022, path = \"/out\", pattern = \"*.zip\", settle_seconds = 5, done_path = \"/done\", \
         failed_path = \"/failed\", proxy = \"http://proxy.example:3128\""
    );
    let config = well(&folder, &from, &format!("{ACCOUNT}, path = \"in\""));
    let Intake::Sftp(pickup) = &config.routes[0].from.transport else { panic!("by SFTP") };
    assert_eq!((pickup.host.address.name(), pickup.host.address.port()), ("files.example", 2022));
    assert_eq!((pickup.host.user.as_str(), pickup.host.private_network), ("us", false));
    assert!(pickup.host.proxy.is_some());
    let files = &pickup.files;
    assert_eq!((files.path.as_str(), files.pattern.as_str(), files.settle_seconds), ("/out", "*.zip", 5));
    assert_eq!(files.after, AfterPickup::Move("/done".to_owned()));
    assert_eq!(files.failed_path.as_deref(), Some("/failed"));
    let Transport::Sftp(to) = &config.routes[0].to[0].transport else { panic!("by SFTP") };
    assert_eq!((to.host.address.port(), to.path.as_str(), &to.host.proxy), (22, "in", &None));

    let from = format!("{ACCOUNT}, path = \"out\", after = \"delete\"");
    let config = well(&folder, &from, &format!("{ACCOUNT}, path = \"in\", name = \"roll_{{date}}.json\""));
    let Intake::Sftp(pickup) = &config.routes[0].from.transport else { panic!("by SFTP") };
    assert_eq!((pickup.files.pattern.as_str(), pickup.files.settle_seconds), ("*", 10));
    assert_eq!((&pickup.files.after, &pickup.files.failed_path), (&AfterPickup::Delete, &None));
    let named: Vec<&str> = config.origin.as_ref().unwrap().files.0.iter().map(|file| file.key.as_str()).collect();
    for key in ["route.1.from.key_file", "route.1.from.known_hosts_file", "route.1.to.1.key_file"] {
        assert!(named.contains(&key), "{key} is not watched: {named:?}");
    }
}

#[test]
fn each_fault_has_its_rule_and_its_place_and_never_a_secret() {
    let folder = folder();
    let to = format!("{ACCOUNT}, path = \"in\"");
    let with = |old: &str, new: &str| to.replace(old, new);
    for (to, rule, words) in [
        (with("host = \"files.example\", ", ""), "config/missing-key", "`host`"),
        (with("user = \"us\", ", ""), "config/missing-key", "`user`"),
        (with("key_file = \"login\", ", ""), "config/missing-key", "`key_file`"),
        (with(", known_hosts_file = \"hosts\"", ""), "config/missing-key", "`known_hosts_file`"),
        (with(", path = \"in\"", ""), "config/missing-key", "`path`"),
        (with("files.example", "sftp://files.example"), "config/range", "a host"),
        (with("files.example", "files.example:22"), "config/range", "without a port"),
        (with("files.example", "canary@files.example"), "config/range", "a host"),
        (with("files.example", ""), "config/range", "a host"),
        (with("\"us\"", "\"\""), "config/range", "control character"),
        (with("\"us\"", "\"u\\ns\""), "config/range", "control character"),
        (with("\"in\"", "\"\""), "config/range", "control character"),
        (with("user =", "port = 0, user ="), "config/range", "allowed 1"),
        (with("user =", "port = 65536, user ="), "config/range", "allowed 1"),
        (with("\"login\"", "\"word\""), "config/login-key", "ssh-keygen"),
        (with("\"login\"", "\"server.key\""), "config/login-key", "ssh-keygen"),
        (with("\"login\"", "\"readable\""), "config/secret-readable", "0600"),
        (with("\"login\"", "\"canary\""), "config/file-missing", ""),
        (with("\"hosts\"", "\"no_hosts\""), "config/known-hosts", "ssh-keyscan"),
        (with("\"hosts\"", "\"canary\""), "config/file-missing", ""),
        (with("user =", "password = \"canary\", user ="), "config/secret-in-file", ""),
        (with("user =", "key = \"canary\", user ="), "config/secret-in-file", "key_file"),
        (with("user =", "url = \"https://a\", user ="), "config/unknown-key", ""),
        (with("\"in\"", "\"in\", name = \"{child}.json\""), "config/file-name", ""),
        (with("\"in\"", "\"in\", proxy = \"https://proxy.example\""), "config/address", "a proxy"),
    ] {
        let faults = parse(&folder, "year = \"2026\"", &to).expect_err(&to).0;
        let found: Vec<_> = faults.iter().filter(|fault| fault.rule.code == rule && fault.line == 15).collect();
        let told: String = found.iter().map(|fault| format!("{fault}\n")).collect();
        assert!(!found.is_empty() && told.contains(words), "{rule} {words}: {faults:#?}\n{to}");
        assert!(!told.contains("canary") && !told.contains("s3cret"), "{told}");
    }
    let faults = parse(&folder, &format!("{ACCOUNT}, path = \"out\""), &to).unwrap_err().0;
    assert!(faults.iter().any(|fault| fault.line == 14 && fault.to_string().contains("`done_path`")), "{faults:#?}");
}

#[test]
fn a_route_that_would_feed_itself_is_refused() {
    let folder = folder();
    let from = format!("{ACCOUNT}, path = \"loop\", after = \"delete\"");
    for (to, loops) in [
        ("path = \"loop\"", true),
        ("path = \"./loop/\"", true),
        ("path = \"loop\", port = 22", true),
        ("path = \"loop/in\"", false),
        ("path = \"loop\", port = 2022", false),
    ] {
        let faults = parse(&folder, &from, &format!("{ACCOUNT}, {to}")).err();
        let found = faults.iter().flat_map(|faults| &faults.0).any(|fault| fault.rule.code == "config/route-loop");
        assert_eq!(found, loops, "{to}");
    }
}

#[test]
fn a_key_is_never_shown_and_another_one_makes_another_account() {
    let folder = folder();
    let from = format!("{ACCOUNT}, path = \"out\", after = \"delete\"");
    let read = || well(&folder, &from, &format!("{ACCOUNT}, path = \"in\""));
    let before = read();
    let shown = format!("{before:?}");
    let secret = key(1).lines().nth(2).unwrap().to_owned();
    assert!(shown.contains("LoginKey(..)") && !shown.contains(&secret));
    let intake = |config: &Config| config.routes[0].from.transport.clone();
    assert_eq!(intake(&before), intake(&read()));
    folder.secret("login", &key(3));
    assert_ne!(intake(&before), intake(&read()), "another key");
    folder.secret("login", &key(1));
    write_hosts(&folder, 4);
    assert_ne!(intake(&before), intake(&read()), "other known hosts");
}

#[test]
fn no_key_and_no_line_of_known_hosts_breaks_the_reader() {
    let folder = folder();
    let whole = key(1);
    for (at, _) in whole.char_indices() {
        folder.secret("login", &whole[..at]);
        let _ = parse(&folder, "year = \"2026\"", &format!("{ACCOUNT}, path = \"in\""));
        let mut changed = whole.clone().into_bytes();
        changed[at] = b'A';
        folder.secret("login", &String::from_utf8(changed).unwrap());
        let _ = parse(&folder, "year = \"2026\"", &format!("{ACCOUNT}, path = \"in\""));
    }
    folder.secret("login", &whole);
    let hosts = fs::read(folder.path().join("hosts")).unwrap();
    for at in 0..hosts.len() {
        for byte in [b' ', b'\n', b'|', b'@', b'*', 0xff] {
            let mut changed = hosts.clone();
            changed[at] = byte;
            fs::write(folder.path().join("hosts"), changed).unwrap();
            let _ = parse(&folder, "year = \"2026\"", &format!("{ACCOUNT}, path = \"in\""));
        }
    }
}
