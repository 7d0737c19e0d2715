//! A gateway with a store, worked by its people from the command line: sent, approved by two, delivered, protected.

#![cfg(unix)]

use std::path::Path;

use serde_json::Value;

use crate::{
    gateway::{Gateway, id_key},
    program::{Ran, Scratch, authority, run, run_with},
    stub::private,
};

/// Whoever asks: a partner's system or a person, each with a key of its own.
struct Asker<'g> {
    url: String,
    ca: String,
    key: String,
    _gateway: &'g Gateway,
}

impl<'g> Asker<'g> {
    fn new(gateway: &'g Gateway, scratch: &Scratch, name: &str) -> Self {
        let ca = Path::new(&id_key()).with_file_name("authority.pem").to_str().unwrap().to_owned();
        let url = format!("https://localhost:{}", gateway.client.port);
        Self { url, ca, key: scratch.file(&format!("{name}.key")), _gateway: gateway }
    }

    fn ask_with(&self, command: &[&str], input: &[u8]) -> Ran {
        let reach = ["--gateway", &self.url, "--ca-file", &self.ca, "--api-key-file", &self.key];
        run_with(command.iter().copied().chain(reach), input)
    }

    fn ask(&self, command: &[&str]) -> Ran {
        self.ask_with(command, b"")
    }

    fn json(&self, command: &[&str]) -> Value {
        let text = self.ask(&[command, &["--json"]].concat()).ended(0).text();
        serde_json::from_str(text.lines().next().unwrap()).unwrap()
    }
}

/// A key that was made, in a file, and its block of the configuration under this table.
pub(crate) fn key(scratch: &Scratch, name: &str, table: &str) -> String {
    let made = run(["partner", "key", name, "--days", "30"]).ended(0);
    private(scratch, &format!("{name}.key"), made.text().trim_end());
    made.talk.replace("partner.api_key", table)
}

#[test]
fn a_return_is_sent_approved_by_two_delivered_and_a_child_is_protected() {
    let scratch = Scratch::new();
    for folder in ["store", "out"] {
        std::fs::create_dir(scratch.path().join(folder)).unwrap();
    }
    private(&scratch, "store.key", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let person = |name: &str| {
        let block = key(&scratch, name, "console.person.api_key");
        let roles = "[\"messages\", \"identity\", \"restrictions\", \"approve\", \"audit\"]";
        format!("[[console.person]]\nname = \"{name}\"\nroles = {roles}\nview = \"local-authority\"\n{block}\n")
    };
    let more = format!(
        "[store]\nkind = \"sqlite\"\npath = \"{}\"\nkey_file = \"{}\"\ndisk_free_bytes_min = 1048576\n\
         [[partner]]\nname = \"lcs\"\nview = \"local-authority\"\nauthority = \"330\"\n\
         scopes = [\"messages:send\", \"messages:read\", \"deliveries:read\", \"restrictions:act\", \"audit:read\"]\n{}\n\
         [[partner]]\nname = \"nurses\"\nview = \"health\"\nods_code = \"RKB\"\nscopes = []\n\
         [[route]]\nname = \"to-nurses\"\nerrors = \"quarantine\"\n\
         from = {{ partner = \"lcs\", format = \"ssda903-csv\", transport = \"https\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-ndjson\", transport = \"directory\", path = \"{}\", untraced = \"send\" }}]\n\
         {}{}",
        scratch.file("store"),
        scratch.file("store.key"),
        key(&scratch, "lcs", "partner.api_key"),
        scratch.file("out"),
        person("anna"),
        person("ben"),
    );
    let gateway = Gateway::start("operating.toml", &more);
    let [lcs, anna, ben] = ["lcs", "anna", "ben"].map(|name| Asker::new(&gateway, &scratch, name));

    let sent = zipped(&scratch, "return.zip", &authority(2026, 20, 3, 0));
    let send = ["messages", "send", "to-nurses", &sent, "--period", "2025-04-01/2026-03-31", "--authority", "330"];
    let send = [send.as_slice(), &["--idempotency-key", "first"]].concat();
    let receipt = lcs.json(&send);
    assert_eq!(lcs.json(&send), receipt, "a repeat is the same message");
    let id = receipt["id"].as_str().unwrap();
    until(|| {
        lcs.json(&["messages", "show", id])["state"] != "received"
            && lcs.json(&["messages", "show", id])["state"] != "reading"
    });
    assert_eq!(lcs.ask(&["messages", "list"]).ended(0).text().lines().count(), 2);
    assert!(lcs.ask(&["messages", "report", id]).ended(0).text().starts_with("ssda903-csv: "));
    let back = scratch.file("back.zip");
    lcs.ask(&["messages", "content", id, "-o", &back]).ended(0);
    assert_eq!(std::fs::read(&back).unwrap(), std::fs::read(&sent).unwrap());

    assert_eq!(
        lcs.ask(&["deliveries", "list"]).ended(0).text().lines().count(),
        1,
        "nothing leaves before it is approved"
    );
    let approve = |person: &Asker<'_>| {
        let seen = person.json(&["route", "preview", "to-nurses"]);
        person.ask(&["route", "approve", "to-nurses", "--reason", "seen", "--if-match", seen["etag"].as_str().unwrap()])
    };
    assert!(approve(&anna).ended(0).text().contains("one-of-two"));
    assert!(approve(&anna).ended(1).talk.starts_with("error: Another person"));
    assert!(approve(&ben).ended(0).text().contains("approved"));
    until(|| lcs.ask(&["deliveries", "list", "--limit", "200"]).ended(0).text().contains("delivered"));

    let child = std::fs::read_to_string(authority(2026, 20, 3, 0).join("header.csv")).unwrap();
    let child = child.lines().nth(1).and_then(|line| line.split(',').next()).unwrap().to_owned();
    let restrict = ["identity", "restrict", "--system", "la-child", "--kind", "location", "--since", "2026-04-01"];
    let restrict = [restrict.as_slice(), &["--set-by-role", "team manager", "--json"]].concat();
    let set = lcs.ask_with(&restrict, child.as_bytes()).ended(0);
    assert!(!set.talk.contains(&child) && !set.text().contains(&child));
    let set: Value = serde_json::from_str(&set.text()).unwrap();
    let restriction = set["id"].as_str().unwrap();
    let lift = |person: &Asker<'_>, etag: &str| {
        person.ask(&["identity", "lift", restriction, "--reason", "over", "--if-match", etag, "--json"])
    };
    let begun = lift(&anna, set["etag"].as_str().unwrap()).ended(0).text();
    let begun: Value = serde_json::from_str(&begun).unwrap();
    let etag = begun["etag"].as_str().unwrap();
    assert_eq!(begun["state"], "lifting");
    assert!(lift(&ben, set["etag"].as_str().unwrap()).ended(1).talk.contains("precondition-failed"));
    assert!(lift(&anna, etag).ended(1).talk.contains("second-person-required"));
    assert!(lift(&ben, etag).ended(0).text().contains("lifted"));

    assert!(anna.ask(&["audit", "verify"]).ended(0).text().starts_with("intact: "));
    gateway.end_telling();
    let store = scratch.file("store");
    assert!(run(["audit", "verify", "--store", &store]).ended(0).text().starts_with("intact: "));
}

/// The tables of an authority in one archive.
pub(crate) fn zipped(scratch: &Scratch, name: &str, folder: &Path) -> String {
    let path = scratch.file(name);
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for name in crate::program::names(folder) {
        use std::io::Write;
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap();
    path
}

/// Waits for what the gateway does by itself.
#[track_caller]
pub(crate) fn until(mut done: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + crate::program::PATIENCE;
    while !done() {
        assert!(std::time::Instant::now() < end, "it has not come about");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
