//! From a folder of one host to a folder of another, by SFTP, through the whole gateway.

use std::fs;

use contract_tests::sshd::Sshd;
use serde_json::{Value, json};

use super::{House, Return, wait_until};
use crate::program::{authority, names};

/// A route from `in` to `out` of a host.
fn routes(sshd: &Sshd) -> String {
    let keys = sshd.keys();
    format!(
        "[[route]]\nname = \"hosts\"\nerrors = \"fail\"\n\
         from = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\", {keys}, path = \"in\", \
         pattern = \"*.zip\", settle_seconds = 1, done_path = \"done\", failed_path = \"failed\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", {keys}, path = \"out\", name = \"{{delivery}}.json\" }}]\n"
    )
}

#[test]
fn a_return_goes_from_host_to_host_once_and_over_a_restart() {
    let Some(sshd) = Sshd::start() else { return };
    let [inbox, out, done, failed] = ["in", "out", "done", "failed"].map(|name| sshd.make_folder(name));
    let mut house = House::open(&routes(&sshd));
    let (document, faulty) = (Return::small(), Return::of(&authority(2026, 2_000, 5, 12)));
    assert!(faulty.zip().len() > 200_000, "it goes in many pieces: {}", faulty.zip().len());
    fs::write(inbox.join("good.zip"), document.zip()).unwrap();
    fs::write(inbox.join("faulty.zip"), faulty.zip()).unwrap();
    wait_until("both are put away", || names(&inbox).is_empty().then_some(()));
    assert_eq!(names(&done), ["good.zip", "good.zip.report"]);
    assert_eq!(names(&failed), ["faulty.zip", "faulty.zip.report"]);
    assert!(fs::read(done.join("good.zip")).unwrap() == document.zip());
    let report: Value = serde_json::from_slice(&fs::read(failed.join("faulty.zip.report")).unwrap()).unwrap();
    assert!(report["errors"].as_u64().unwrap() > 5, "{report}");
    let messages = house.by("lcs").get("/v1/messages").with_status(200).json();
    let states: Vec<&Value> = messages["items"].as_array().unwrap().iter().map(|message| &message["state"]).collect();
    assert!(states.contains(&&json!("quarantined")) && states.len() == 2, "{states:?}");

    let settled = house.settled();
    assert!(!settled.is_empty() && settled.iter().all(|delivery| delivery["state"] == "delivered"), "{settled:?}");
    assert_eq!(names(&out).len(), settled.len(), "a file a delivery, and no part");
    let whole =
        names(&out).iter().all(|name| serde_json::from_slice::<Value>(&fs::read(out.join(name)).unwrap()).is_ok());
    assert!(whole, "every file is a document");

    // As if the gateway had ended between the commit and the move: what lies there again is the same message.
    house.stop();
    fs::rename(done.join("good.zip"), inbox.join("good.zip")).unwrap();
    house.start();
    wait_until("it is put away again", || names(&inbox).is_empty().then_some(()));
    assert_eq!(names(&done), ["good.zip", "good.zip.report"]);
    let again = house.by("lcs").get("/v1/messages").with_status(200).json();
    assert_eq!(again["items"].as_array().unwrap().len(), 2);
    assert_eq!(house.settled().len(), settled.len());
}

#[test]
fn a_file_of_a_host_that_is_too_large_is_put_away_unread() {
    let Some(sshd) = Sshd::start() else { return };
    let [inbox, _, done, failed] = ["in", "out", "done", "failed"].map(|name| sshd.make_folder(name));
    let house = House::unapproved(&format!("{}\n[limits]\nmessage_bytes_max = 20000\n", routes(&sshd)));
    fs::write(inbox.join("huge.zip"), vec![b'x'; 20_001]).unwrap();
    fs::write(inbox.join("small.zip"), Return::small().zip()).unwrap();
    wait_until("both are put away", || names(&inbox).is_empty().then_some(()));
    assert_eq!(names(&failed), ["huge.zip", "huge.zip.report"]);
    assert_eq!(names(&done), ["small.zip", "small.zip.report"]);
    let report: Value = serde_json::from_slice(&fs::read(failed.join("huge.zip.report")).unwrap()).unwrap();
    assert_eq!((&report["reason"], &report["bytesMax"]), (&json!("message_bytes_max"), &json!(20_000)));
    let messages = house.by("lcs").get("/v1/messages").with_status(200).json();
    assert_eq!(messages["items"].as_array().unwrap().len(), 1);
}
