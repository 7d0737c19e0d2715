//! The runbook is true: every command in it is run, in its order, against a gateway with a store.

#![cfg(unix)]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    gateway::{Gateway, certificates, id_key},
    operating::{key, zipped},
    program::{Ran, Scratch, authority, names, run, run_with},
    stub::private,
};

/// A command of the runbook, and who gives it.
struct Command {
    words: Vec<String>,
    who: String,
}

/// The lines of the runbook's blocks of shell.
fn commands() -> Vec<Command> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/runbook.md");
    let text = fs::read_to_string(file).unwrap();
    let mut within = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        match line {
            "```sh" => within = true,
            "```" => within = false,
            line if within => {
                let (command, comment) = line.split_once('#').unwrap_or((line, ""));
                let words = split(command.strip_prefix("homeward ").unwrap());
                let who = comment.trim().split(':').next().unwrap_or_default().to_owned();
                commands.push(Command { words, who });
            }
            _ => {}
        }
    }
    commands
}

/// Words with blanks between, or within quotes.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, piece) in text.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_command_of_the_runbook_does_what_it_says() {
    let scratch = Scratch::new();
    for folder in ["store", "out"] {
        fs::create_dir(scratch.path().join(folder)).unwrap();
    }
    private(&scratch, "store.key", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let person = |name: &str| {
        let block = key(&scratch, name, "console.person.api_key");
        let roles = "[\"messages\", \"identity\", \"restrictions\", \"approve\", \"audit\"]";
        format!("[[console.person]]\nname = \"{name}\"\nroles = {roles}\nview = \"local-authority\"\n{block}\n")
    };
    // The second recipient's folder is missing: what is for it waits.
    let more = format!(
        "[store]\npath = \"{}\"\nkey_file = \"{}\"\ndisk_free_bytes_min = 1048576\n\
         [delivery]\nwait_ms_min = 600000\nbreaker_failures_max = 1000\n\
         [[partner]]\nname = \"lcs\"\nview = \"local-authority\"\nauthority = \"330\"\n\
         scopes = [\"messages:send\", \"messages:read\", \"messages:act\", \"deliveries:read\"]\n{}\n\
         [[partner]]\nname = \"nurses\"\nview = \"health\"\nods_code = \"RKB\"\nscopes = []\n\
         [[partner]]\nname = \"others\"\nview = \"health\"\nods_code = \"RKC\"\nscopes = []\n\
         [[route]]\nname = \"to-nurses\"\nerrors = \"fail\"\n\
         from = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-ndjson\", transport = \"directory\", path = \"{}\" }},\n\
         {{ partner = \"others\", format = \"fhir-json\", transport = \"directory\", path = \"{}\" }}]\n\
         [[route]]\nname = \"returns\"\nerrors = \"skip\"\n\
         from = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-ndjson\", transport = \"directory\", path = \"{}\" }}]\n\
         [[route]]\nname = \"links\"\nfrom = {{ partner = \"lcs\", format = \"links-csv\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-ndjson\", transport = \"directory\", path = \"{}\" }}]\n\
         {}{}",
        scratch.file("store"),
        scratch.file("store.key"),
        key(&scratch, "lcs", "partner.api_key"),
        scratch.file("out"),
        scratch.file("missing"),
        scratch.file("out"),
        scratch.file("out"),
        person("anna"),
        person("ben"),
    );
    let gateway = Gateway::start("runbook.toml", &more);
    let configuration = certificates().file("runbook.toml");
    let whole = zipped(&scratch, "return.zip", &authority(2026, 20, 3, 0));
    let broken = zipped(&scratch, "broken.zip", &authority(2026, 20, 3, 20));
    let unreadable = zipped(&scratch, "unreadable.zip", unreadable(&authority(2026, 20, 3, 0)).path());
    let header = fs::read_to_string(authority(2026, 20, 3, 0).join("header.csv")).unwrap();
    let child = header.lines().nth(1).and_then(|line| line.split(',').next()).unwrap().to_owned();
    let ca = Path::new(&id_key()).with_file_name("authority.pem").to_str().unwrap().to_owned();
    let url = format!("https://localhost:{}", gateway.client.port);

    let mut known: BTreeMap<&str, String> = BTreeMap::from([
        ("homeward.toml", configuration),
        ("flows.md", scratch.file("flows.md")),
        ("return.zip", whole),
        ("broken.zip", broken),
        ("unreadable.zip", unreadable),
        ("export.zip", scratch.file("export.zip")),
        ("audit.ndjson", scratch.file("audit.ndjson")),
        ("store", scratch.file("store")),
    ]);
    // Somebody to whom nothing is owed any more.
    scratch.write(
        "links.csv",
        "la_code,la_child_id,nhs_number,date_of_birth,source\n330,9001,,1995-02-03,authority-record\n",
    );
    let (lcs, links) = (scratch.file("lcs.key"), scratch.file("links.csv"));
    run(["messages", "send", "links", &links, "--gateway", &url, "--ca-file", &ca, "--api-key-file", &lcs]).ended(0);
    let mut gateway = Some(gateway);
    let all = commands();
    assert!(all.len() > 25, "the runbook has its commands in blocks of shell");
    for Command { words, who } in all {
        let mut arguments: Vec<String> = words
            .iter()
            .map(|word| known.get(word.trim_start_matches('$')).filter(|_| is_variable(word)).unwrap_or(word).clone())
            .collect();
        let asker = match who.as_str() {
            "the sender" => Some("lcs"),
            "a person" => Some("anna"),
            "another person" => Some("ben"),
            _ => None,
        };
        if let Some(asker) = asker {
            let key = scratch.file(&format!("{asker}.key"));
            arguments.extend(["--gateway", &url, "--ca-file", &ca, "--api-key-file", &key].map(str::to_owned));
        } else if who == "nobody"
            && let Some(gateway) = gateway.take()
        {
            gateway.end_telling();
        }
        let names_a_child = ["restrict", "set"].iter().any(|word| words.contains(&(*word).to_owned()));
        let input = if names_a_child { child.as_bytes() } else { b"" };
        // What the gateway does by itself takes a moment.
        let end = Instant::now() + Duration::from_secs(30);
        let ran = loop {
            let ran = run_with(arguments.iter().map(String::as_str), input);
            let lists = [own(&["deliveries", "list", "--state"]), own(&["identity", "subjects"])];
            let waits = lists.iter().any(|list| words.starts_with(list)) && !ran.text().contains("\"id\"");
            if ran.status == Some(0) && !waits {
                break ran;
            }
            assert!(asker.is_some() && Instant::now() < end, "{words:?}: {:?}\n{}", ran.status, ran.talk);
            thread::sleep(Duration::from_millis(200));
        };
        learn(&words, &ran, &mut known);
    }
    assert!(Path::new(&known["flows.md"]).exists() && Path::new(&known["export.zip"]).exists());
}

/// The same return, but that the first open placement in it cannot be read.
fn unreadable(folder: &Path) -> Scratch {
    let scratch = Scratch::new();
    for name in names(folder).into_iter().filter(|name| name != "faults.csv") {
        fs::copy(folder.join(&name), scratch.path().join(&name)).unwrap();
    }
    let file = scratch.path().join("episodes.csv");
    let table = fs::read_to_string(&file).unwrap();
    let heading: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let [place, ended] = ["PLACE", "DEC"].map(|name| heading.iter().position(|known| *known == name).unwrap());
    let open = table.lines().position(|line| line.split(',').nth(ended) == Some("")).unwrap();
    let spoilt = table.lines().enumerate().map(|(n, line)| {
        let cell = |(column, cell)| if (n, column) == (open, place) { "ZZ" } else { cell };
        line.split(',').enumerate().map(cell).collect::<Vec<_>>().join(",") + "\n"
    });
    fs::write(&file, spoilt.collect::<String>()).unwrap();
    scratch
}

fn own(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn is_variable(word: &str) -> bool {
    word.starts_with('$') || word.contains('.') || word == "store"
}

/// What a person copies from an answer into the next command.
fn learn(words: &[String], ran: &Ran, known: &mut BTreeMap<&str, String>) {
    if !words.contains(&"--json".to_owned()) {
        return;
    }
    let text = ran.text();
    let Some(answer) = text.lines().next().and_then(|line| serde_json::from_str::<Value>(line).ok()) else { return };
    let answer = answer.get("items").and_then(|items| items.get(0)).unwrap_or(&answer);
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(etag) = text("etag") {
        known.insert("ETAG", etag);
    }
    if let Some(id) = text("id") {
        let name = match words[0].as_str() {
            "messages" => "MESSAGE",
            "deliveries" => "DELIVERY",
            _ if ["subjects", "subject", "release", "handed-over", "erase", "readmit"].contains(&words[1].as_str()) => {
                "SUBJECT"
            }
            _ if words[1] == "relation" => "RELATION",
            _ => "RESTRICTION",
        };
        known.insert(name, id);
    }
    if let Some(subject) = text("subject") {
        known.insert("SUBJECT", subject);
    }
}
