//! Files that are picked up from OpenSSH's server, and what becomes known of a host that cannot be read.

use std::fs;
use std::time::Duration;

use contract_tests::sshd::Sshd;

use crate::setup::{Gateway, described, eventually, names};
use crate::stub::Stub;

const UNREADABLE: &str = "homeward_folders_unreadable_total";

#[test]
fn a_file_that_cannot_be_read_is_quarantined_and_its_report_lies_beside_it() {
    let Some(sshd) = Sshd::start() else { return };
    let (folder, failed) = (sshd.make_folder("in"), sshd.make_folder("failed"));
    for name in ["a.zip.part", ".hidden.zip", "~lock.zip", "b.zip.tmp", "letter.txt"] {
        fs::write(folder.join(name), "x").unwrap();
    }
    std::os::unix::fs::symlink("letter.txt", folder.join("link.zip")).unwrap();
    fs::write(folder.join("torn.zip"), "this is no archive").unwrap();
    // Somebody put away one of that name before.
    fs::write(failed.join("torn.zip"), "an older one").unwrap();
    let from = format!(
        "{}, path = \"in\", pattern = \"*.zip\", settle_seconds = 1, after = \"delete\", failed_path = \"failed\"",
        sshd.keys()
    );
    let gateway = Gateway::picking_up(&from);
    eventually("it is put away", || names(&failed).len() == 3);
    assert_eq!(names(&failed), ["torn.zip", "torn.zip.2", "torn.zip.2.report"]);
    assert_eq!(fs::read_to_string(failed.join("torn.zip")).unwrap(), "an older one");
    assert_eq!(fs::read_to_string(failed.join("torn.zip.2")).unwrap(), "this is no archive");
    assert_eq!(names(&folder).len(), 6, "the others stay");
    let said = gateway.end();
    assert!(!said.contains("torn.zip"), "no name of a file is told: {said}");
}

#[test]
fn a_host_that_shows_another_key_is_told_at_once_and_read_when_its_key_is_written_down() {
    let Some(sshd) = Sshd::start() else { return };
    let (folder, done) = (sshd.make_folder("in"), sshd.make_folder("failed"));
    let another = fs::read_to_string(sshd.path("stranger.pub")).unwrap();
    fs::write(sshd.path("changed"), format!("[127.0.0.1]:{} {another}", sshd.port)).unwrap();
    fs::write(folder.join("a.csv"), "x").unwrap();
    let from = format!(
        "{}, path = \"in\", settle_seconds = 1, after = \"delete\", failed_path = \"failed\"",
        sshd.keys_with("user_ed25519", "changed")
    );
    let gateway = Gateway::picking_up(&from);
    let line = gateway.says("cannot be read");
    assert!(line.contains("delivery/host-key") && line.contains("route"), "{line}");
    gateway.says("source-unreadable");
    eventually("it is counted", || gateway.counts(UNREADABLE) > 0);
    assert_eq!(names(&folder), ["a.csv"]);
    // The file of known hosts is mended: it is read anew by itself, and the wait is over.
    sshd.write_known_hosts("changed", &format!("[127.0.0.1]:{}", sshd.port));
    eventually("it is put away", || names(&done).len() == 2);
}

#[test]
fn a_host_that_is_away_is_asked_again() {
    let Some(sshd) = Sshd::start() else { return };
    let (folder, failed) = (sshd.make_folder("later"), sshd.path("files").join("failed"));
    fs::create_dir(&failed).unwrap();
    let from =
        format!("{}, path = \"absent\", settle_seconds = 1, after = \"delete\", failed_path = \"failed\"", sshd.keys());
    let gateway = Gateway::picking_up(&from);
    gateway.says("cannot be read");
    eventually("it is counted", || gateway.counts(UNREADABLE) > 0);
    fs::write(folder.join("a.csv"), "x").unwrap();
    // A changed route is taken up at once, however long the wait for the old one is.
    gateway.reload("path = \"absent\"", "path = \"later\"");
    eventually("it is put away", || names(&failed).len() == 2);
}

#[test]
fn a_file_that_changes_is_not_taken() {
    let Some(sshd) = Sshd::start() else { return };
    let (folder, failed) = (sshd.make_folder("in"), sshd.make_folder("failed"));
    let from =
        format!("{}, path = \"in\", settle_seconds = 4, after = \"delete\", failed_path = \"failed\"", sshd.keys());
    fs::write(folder.join("slow.csv"), "0").unwrap();
    let _gateway = Gateway::picking_up(&from);
    let mut text = "0".to_owned();
    for _ in 0..8 {
        std::thread::sleep(Duration::from_secs(1));
        text += "1";
        fs::write(folder.join("slow.csv"), &text).unwrap();
        assert!(names(&failed).is_empty(), "it was taken while it was written");
    }
    eventually("it is put away", || names(&failed).len() == 2);
    assert_eq!(fs::read_to_string(failed.join("slow.csv")).unwrap(), text);
}

#[test]
fn a_route_is_told_by_host_account_and_folder_and_by_no_key() {
    let stub = Stub::lying(&[], |_, _| None);
    let from = format!("{}, pattern = \"*.zip\", done_path = \"done\"", stub.keys());
    let page = described(&from, &stub.keys().replace("path = \"in\"", "path = \"/out\""));
    let account = format!("by SFTP from `homeward@127.0.0.1`, port {}", stub.port);
    for words in
        [format!("as files `*.zip` in `in`, then moved to `done`, {account}"), "as a file in `/out`".to_owned()]
    {
        assert!(page.contains(&words), "without {words}:\n{page}");
    }
    assert!(!page.contains("known_hosts") && !page.contains("PRIVATE KEY"), "{page}");
}
