//! Deliveries to OpenSSH's server: whole under their own name or not at all, and only to the host that is meant.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::thread;

use contract_tests::sshd::{KEYS, Sshd, ssh_keygen};
use server::outbound::Outcome;
use server::outbound::outcome::{FaultSide, Reason};

use crate::setup::{Sender, names, parcel};

const BODY: &str = "{\"resourceType\":\"Bundle\"}";

fn ours(reason: Reason) -> (Reason, FaultSide, bool) {
    (reason, FaultSide::Ours, true)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_whole_under_its_own_name_whatever_key_signs_us_in() {
    let Some(sshd) = Sshd::start() else { return };
    let folder = sshd.make_folder("in");
    for (key, bytes) in KEYS.into_iter().zip([0, 1, 5_000_017]) {
        let keys = sshd.keys_with(&format!("user_{key}"), "known_hosts");
        let sender = Sender::new(&format!("{keys}, path = \"in\", name = \"{{delivery}}.json\""));
        let body: Vec<u8> = (0..bytes).map(|at: u32| at.to_be_bytes()[3]).collect();
        let sent = parcel(body.clone());
        assert_eq!(sender.send(sent.clone()).await, Outcome::Accepted, "{key}: {}", sshd.log());
        let path = folder.join(format!("{}.json", sent.delivery));
        assert!(fs::read(&path).unwrap() == body, "{key}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
    assert_eq!(names(&folder).len(), KEYS.len(), "nothing else is left there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_attempt_left_is_ours_and_what_another_left_is_not_overwritten() {
    let Some(sshd) = Sshd::start() else { return };
    let folder = sshd.make_folder("in");
    // From the root this time, with a slash at the end.
    let keys = format!("{}, path = \"{}/\", name = \"roll.json\"", sshd.keys(), folder.display());
    let sender = Sender::new(&keys);
    // A crash in the middle leaves a part, perhaps a longer one.
    fs::write(folder.join(".roll.json.part"), "x".repeat(1_000)).unwrap();
    assert_eq!(sender.send(parcel(BODY)).await, Outcome::Accepted);
    assert_eq!(names(&folder), ["roll.json"]);
    assert_eq!(fs::read_to_string(folder.join("roll.json")).unwrap(), BODY);
    // An attempt whose end was never told is made again.
    assert_eq!(sender.send(parcel(BODY)).await, Outcome::Accepted);
    let taken = (Reason::NameTaken, FaultSide::RecipientBusy, false);
    for other in ["{\"resourceType\":\"bundle\"}", "", "x"] {
        fs::write(folder.join("roll.json"), other).unwrap();
        assert_eq!(sender.fails().await, taken);
        assert_eq!(fs::read_to_string(folder.join("roll.json")).unwrap(), other);
    }
    fs::remove_file(folder.join("roll.json")).unwrap();
    std::os::unix::fs::symlink("elsewhere", folder.join("roll.json")).unwrap();
    assert_eq!(sender.fails().await, taken, "a link is nothing of ours");
    fs::remove_file(folder.join("roll.json")).unwrap();
    // Two at once: one is first, and the other sees it.
    let (one, other) = tokio::join!(sender.send(parcel("one")), sender.send(parcel("other")));
    assert!(one == Outcome::Accepted && matches!(other, Outcome::Retry { reason: Reason::NameTaken, .. }), "{other:?}");
    assert_eq!(names(&folder), ["roll.json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_believed_by_the_key_that_is_written_down_and_by_nothing_else() {
    let Some(sshd) = Sshd::start() else { return };
    let folder = sshd.make_folder("in");
    let port = sshd.port;
    let host = format!("[127.0.0.1]:{port}");
    let sender =
        |known_hosts: &str| Sender::new(&format!("{}, path = \"in\"", sshd.keys_with("user_ed25519", known_hosts)));
    sshd.write_known_hosts("hashed", &host);
    ssh_keygen(&["-q", "-H", "-f", &sshd.path("hashed").display().to_string()]);
    assert!(!fs::read_to_string(sshd.path("hashed")).unwrap().contains("127.0.0.1"));
    sshd.write_known_hosts("wildcard", &format!("[127.0.*]:{port}"));
    for known in ["hashed", "wildcard"] {
        assert_eq!(sender(known).send(parcel(BODY)).await, Outcome::Accepted, "{known}");
    }

    let another = fs::read_to_string(sshd.path("stranger.pub")).unwrap();
    let rsa = fs::read_to_string(sshd.path("user_rsa.pub")).unwrap();
    let write = |name: &str, text: String| fs::write(sshd.path(name), text).unwrap();
    write("changed", format!("{host} {another}"));
    write("other_kind", format!("{host} {rsa}"));
    write("revoked", format!("{host} {}{host} {another}@revoked * {}", sshd.host_key(), sshd.host_key()));
    for known in ["changed", "other_kind", "revoked"] {
        assert_eq!(sender(known).fails().await, ours(Reason::HostKeyChanged), "{known}");
    }
    sshd.write_known_hosts("without_port", "127.0.0.1");
    sshd.write_known_hosts("other_host", &format!("[127.0.0.2]:{port}"));
    write("revoked_only", format!("{host} {}@revoked {host} {}", sshd.host_key(), sshd.host_key()));
    for known in ["without_port", "other_host", "revoked_only"] {
        assert_eq!(sender(known).fails().await, ours(Reason::HostKeyUnknown), "{known}");
    }
    for reason in [Reason::HostKeyUnknown, Reason::HostKeyChanged] {
        let words = reason.to_string();
        assert!(words.starts_with("delivery/host-key: ") && words.contains("ask its operator"), "{words}");
    }
    assert_eq!(names(&folder).len(), 2, "nobody else got anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_host_key_is_believed() {
    for kind in KEYS {
        let Some(sshd) = Sshd::showing(kind) else { return };
        sshd.make_folder("in");
        let sender = Sender::new(&format!("{}, path = \"in\"", sshd.keys()));
        assert_eq!(sender.send(parcel(BODY)).await, Outcome::Accepted, "{kind}: {}", sshd.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_reason() {
    let Some(sshd) = Sshd::start() else { return };
    sshd.make_folder("in");
    let keys = sshd.keys();
    let to = |keys: &str, path: &str| Sender::new(&format!("{keys}, path = \"{path}\""));
    let stranger = sshd.keys_with("stranger", "known_hosts");
    assert_eq!(to(&stranger, "in").fails().await, ours(Reason::SignInRefused));
    assert_eq!(to(&keys, "absent").fails().await, ours(Reason::FolderClosed));
    assert_eq!(to(&keys, "/proc/self").fails().await, ours(Reason::FolderClosed));
    let public = keys.replace("private_network = true, ", "");
    assert_eq!(to(&public, "in").fails().await, ours(Reason::PrivateAddress));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    sshd.write_known_hosts("closed", &format!("[127.0.0.1]:{closed}"));
    let keys = sshd.keys_with("user_ed25519", "closed").replace(&sshd.port.to_string(), &closed.to_string());
    assert_eq!(to(&keys, "in").fails().await, (Reason::NoConnection, FaultSide::Network, false));
}

/// A proxy for one host, that notes what it is asked; an answer other than 200 is all that it gives.
fn proxy(answer: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let noted = noted.clone();
            thread::spawn(move || serve(client, answer, &noted));
        }
    });
    (port, asked)
}

fn serve(mut client: TcpStream, answer: &str, noted: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).is_ok_and(|count| count > 0) {
        head.extend_from_slice(&byte);
    }
    let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    noted.lock().unwrap().push(line.clone());
    client.write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()).unwrap();
    if answer.starts_with("200") {
        let host = TcpStream::connect(line.split(' ').nth(1).unwrap()).unwrap();
        let (mut there, mut back) = (client.try_clone().unwrap(), host.try_clone().unwrap());
        let going = thread::spawn(move || {
            let _ = std::io::copy(&mut there, &mut back);
            let _ = back.shutdown(Shutdown::Write);
        });
        let _ = std::io::copy(&mut &host, &mut client);
        let _ = client.shutdown(Shutdown::Both);
        let _ = going.join();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_asked_for_a_tunnel_and_the_host_is_still_believed_by_its_key() {
    let Some(sshd) = Sshd::start() else { return };
    let folder = sshd.make_folder("in");
    let (port, asked) = proxy("200 Connected");
    let keys = format!("{}, path = \"in\", proxy = \"http://127.0.0.1:{port}\"", sshd.keys());
    assert_eq!(Sender::new(&keys).send(parcel(BODY)).await, Outcome::Accepted, "{}", sshd.log());
    assert_eq!(*asked.lock().unwrap(), [format!("CONNECT 127.0.0.1:{} HTTP/1.1", sshd.port)]);
    assert_eq!(names(&folder).len(), 1);
    let another = fs::read_to_string(sshd.path("stranger.pub")).unwrap();
    fs::write(sshd.path("changed"), format!("[127.0.0.1]:{} {another}", sshd.port)).unwrap();
    let changed = keys.replace("/known_hosts\"", "/changed\"");
    assert_eq!(Sender::new(&changed).fails().await, ours(Reason::HostKeyChanged));
    let (port, _) = proxy("403 Forbidden");
    let keys = format!("{}, path = \"in\", proxy = \"http://127.0.0.1:{port}\"", sshd.keys());
    assert_eq!(Sender::new(&keys).fails().await, (Reason::ProxyRefused, FaultSide::Network, false));
}

#[test]
fn a_key_that_is_weak_encrypted_or_no_private_one_is_refused_before_anything_runs() {
    let Some(sshd) = Sshd::start() else { return };
    for (name, made) in [
        ("encrypted", &["-t", "ed25519", "-N", "a passphrase"][..]),
        ("short", &["-t", "rsa", "-b", "1024", "-N", ""]),
        ("other_form", &["-t", "rsa", "-m", "PEM", "-N", ""]),
    ] {
        let path = sshd.path(name).display().to_string();
        ssh_keygen(&[&["-q", "-C", "", "-f", &path], made].concat());
        refused(&sshd, name);
    }
    fs::set_permissions(sshd.path("stranger.pub"), fs::Permissions::from_mode(0o600)).unwrap();
    refused(&sshd, "stranger.pub");
}

#[track_caller]
fn refused(sshd: &Sshd, key: &str) {
    let keys = format!("{}, path = \"in\"", sshd.keys_with(key, "known_hosts"));
    let faults = Sender::try_new(&keys).err().unwrap().0;
    assert!(faults.len() == 1 && faults[0].rule.code == "config/login-key", "{key}: {faults:#?}");
}
