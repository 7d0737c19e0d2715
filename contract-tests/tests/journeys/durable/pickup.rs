//! Files that are left in a folder: taken when they rest, once, and put away with their report.

use std::{fs, path::Path, thread, time::Duration};

use serde_json::{Value, json};

use super::{House, Return, wait_until};
use crate::program::{authority, names};

const ROUTES: &str = "[[route]]\nname = \"folder\"\nerrors = \"fail\"\n\
    from = { partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\", transport = \"directory\", path = \"in\", \
    pattern = \"*.zip\", settle_seconds = 1, done_path = \"done\", failed_path = \"failed\" }\n\
    to = [{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", path = \"out\", name = \"{delivery}.json\" }]\n";

fn house() -> House {
    House::beside_folders(ROUTES, &["in", "done", "failed"])
}

impl House {
    fn messages(&self) -> Vec<Value> {
        self.by("lcs").get("/v1/messages").with_status(200).json()["items"].as_array().unwrap().clone()
    }

    fn lie_in(&self, folder: &str) -> Vec<String> {
        names(&self.path(folder))
    }
}

fn leave(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).unwrap();
}

#[test]
fn a_file_is_taken_when_it_rests_and_put_away_with_its_report() {
    let house = house();
    let (document, faulty) = (Return::small(), Return::of(&authority(2026, 60, 5, 12)));
    let folder = house.path("in");
    // What is still written, hidden or of another kind stays.
    for name in ["a.zip.part", ".hidden.zip", "~lock.zip", "b.zip.tmp", "letter.txt"] {
        leave(&folder, name, &document.zip());
    }
    leave(&folder, "good.zip", &document.zip());
    leave(&folder, "faulty.zip", &faulty.zip());
    wait_until("both are put away", || (house.lie_in("in").len() == 5).then_some(()));
    wait_until("the report", || (house.lie_in("done").len() == 2).then_some(()));
    assert_eq!(house.lie_in("done"), ["good.zip", "good.zip.report"]);
    wait_until("the report", || (house.lie_in("failed").len() == 2).then_some(()));
    assert_eq!(house.lie_in("failed"), ["faulty.zip", "faulty.zip.report"]);
    assert!(fs::read(house.path("done").join("good.zip")).unwrap() == document.zip());
    let report: Value =
        serde_json::from_slice(&fs::read(house.path("failed").join("faulty.zip.report")).unwrap()).unwrap();
    assert!(report["errors"].as_u64().unwrap() > 5, "{report}");
    let messages = house.messages();
    let states: Vec<&Value> = messages.iter().map(|message| &message["state"]).collect();
    assert!(states.contains(&&json!("quarantined")) && states.len() == 2, "{states:?}");
    assert!(house.delivered().len() > 5);

    // A name that was used before keeps both files.
    let changed = Return::small();
    changed.forget(&changed.children()[0]);
    leave(&folder, "good.zip", &changed.zip());
    wait_until("the second of that name", || house.lie_in("done").contains(&"good.zip.2".to_owned()).then_some(()));
    assert_eq!(house.messages().len(), 3);
}

#[test]
fn a_file_that_is_still_written_is_not_taken_and_one_found_twice_is_one_message() {
    let mut house = house();
    let zip = Return::small().zip();
    let folder = house.path("in");
    let (first, rest) = zip.split_at(zip.len() / 2);
    leave(&folder, "slow.zip", first);
    for _ in 0..6 {
        thread::sleep(Duration::from_millis(400));
        let mut file = fs::OpenOptions::new().append(true).open(folder.join("slow.zip")).unwrap();
        std::io::Write::write_all(&mut file, b"").unwrap();
        file.set_modified(std::time::SystemTime::now()).unwrap();
    }
    assert!(house.messages().is_empty(), "it was taken while it was written");
    let mut file = fs::OpenOptions::new().append(true).open(folder.join("slow.zip")).unwrap();
    std::io::Write::write_all(&mut file, rest).unwrap();
    drop(file);
    wait_until("it is put away", || (house.lie_in("done").len() == 2).then_some(()));
    let message = house.messages().remove(0);
    assert_eq!(message["bytes"], zip.len());
    let delivered = house.delivered();

    // Somebody puts it back, under the same name, while the gateway is away: the same file is the same message.
    house.stop();
    fs::rename(house.path("done").join("slow.zip"), folder.join("slow.zip")).unwrap();
    house.start();
    wait_until("it is put away again", || house.lie_in("in").is_empty().then_some(()));
    let messages = house.messages();
    assert_eq!((messages.len(), &messages[0]["id"]), (1, &message["id"]));
    assert_eq!(house.delivered(), delivered);
}

#[test]
fn a_file_that_is_too_large_is_put_away_unread_and_told_once() {
    let most = 20_000;
    let mut house = House::beside(
        &super::cast(),
        &format!("{ROUTES}\n[limits]\nmessage_bytes_max = {most}\n"),
        "info",
        &[("in", ""), ("done", ""), ("failed", "")],
    );
    house.approve_all(ROUTES);
    let folder = house.path("in");
    // At the limit it is read, whatever it then is; one byte above it is not.
    leave(&folder, "exact.zip", &vec![b'x'; most]);
    leave(&folder, "huge.zip", &vec![b'x'; most + 1]);
    leave(&folder, "small.zip", &Return::small().zip());
    wait_until("all are put away", || house.lie_in("in").is_empty().then_some(()));
    wait_until("their reports", || (house.lie_in("failed").len() == 4).then_some(()));
    assert_eq!(house.lie_in("failed"), ["exact.zip", "exact.zip.report", "huge.zip", "huge.zip.report"]);
    assert_eq!(fs::metadata(house.path("failed").join("huge.zip")).unwrap().len(), most as u64 + 1);
    let report =
        |name: &str| -> Value { serde_json::from_slice(&fs::read(house.path("failed").join(name)).unwrap()).unwrap() };
    let huge = report("huge.zip.report");
    assert_eq!(
        (&huge["reason"], &huge["bytesMax"], &huge["bytes"]),
        (&json!("message_bytes_max"), &json!(most), &json!(most + 1))
    );
    assert!(huge["help"].as_str().unwrap().contains("limits.message_bytes_max"), "{huge}");
    assert_ne!(report("exact.zip.report")["reason"], "message_bytes_max");
    let sizes: Vec<u64> = house.messages().iter().map(|message| message["bytes"].as_u64().unwrap()).collect();
    assert!(sizes.len() == 2 && sizes.contains(&(most as u64)), "no message of it: {sizes:?}");

    // Told to the chain and to a person, by no name of the sender's.
    let told = |house: &House| house.audit().into_iter().filter(|line| line["action"] == "refuse").collect::<Vec<_>>();
    let lines = told(&house);
    assert_eq!(
        (lines.len(), &lines[0]["outcome"], &lines[0]["basis"]),
        (1, &json!("refused"), &json!("message_bytes_max"))
    );
    assert_eq!(lines[0]["object"], "route:folder");
    let alerts = house.by("a.one").get("/v1/alerts").with_status(200).json();
    assert_eq!(
        (&alerts["items"][0]["kind"], &alerts["items"][0]["about"]),
        (&json!("file-too-large"), &json!("route:folder"))
    );

    // Where it has nowhere to go it stays, is told once, and holds up nobody.
    let config = fs::read_to_string(house.path("homeward.toml")).unwrap();
    house.stop();
    house.scratch.write("homeward.toml", config.replace(", failed_path = \"failed\"", ""));
    house.start();
    leave(&folder, "another.zip", &vec![b'y'; most + 1]);
    wait_until("it is told", || (told(&house).len() == 2).then_some(()));
    let changed = Return::small();
    changed.forget(&changed.children()[0]);
    leave(&folder, "later.zip", &changed.zip());
    wait_until("the next is taken", || (house.lie_in("in") == ["another.zip"]).then_some(()));
    thread::sleep(Duration::from_secs(2));
    assert_eq!((told(&house).len(), house.messages().len()), (2, 3));
    assert_eq!(house.stop().matches("could not be taken").count(), 1, "it is not looked at again and again");
}
