//! Acknowledged is on stable storage: under `strace`, the store's log is synced between the last byte of a body and its
//! 202; and a copy of the store's files, cut back to what was synced last, opens with every acknowledged message.

use std::{
    collections::HashMap,
    env, fs,
    process::{Command, Stdio},
};

use contract_tests::homeward::homeward_with_crash_points;
use store::{Store, message::MessageId};

use crate::{
    children::{Told, episodes},
    house::{Gateway, House, open_store, prove_store},
};

const MESSAGES: u32 = 12;

/// What the log of `strace` tells of one file of the store.
#[derive(Default)]
struct Written {
    /// Where what was written ends.
    end: u64,
    /// The same when it was last synced.
    synced: u64,
}

#[test]
fn nothing_is_acknowledged_before_its_log_is_synced() {
    if Command::new("strace").arg("--version").stdout(Stdio::null()).status().is_err() {
        assert!(env::var_os("CI").is_none(), "strace is needed: apt-get install strace");
        println!("SKIPPED: strace is not installed, so nobody has seen that anything is synced");
        return;
    }
    let house = House::new(&["transport = \"directory\"\npath = \"out\"\nname = \"{delivery}.json\"".to_owned()]);
    fs::create_dir(house.path("out")).unwrap();
    let log = house.path("strace.log");
    let served = house.command(&homeward_with_crash_points());
    let mut command = Command::new("strace");
    command.args([
        "-f",
        "-yy",
        "-s",
        "24",
        "-e",
        "trace=read,recvfrom,write,writev,sendto,pwrite64,fsync,fdatasync",
        "-o",
    ]);
    command.arg(&log).arg(served.get_program()).args(served.get_args());
    command.env_remove("HOMEWARD_CONFIG").env("HOMEWARD_LOG", "warn").stdin(Stdio::null());
    let gateway = Gateway::start(command);
    let acknowledged: Vec<MessageId> = (0..MESSAGES)
        .map(|number| {
            let receipt = gateway.message(&format!("message-{number}"), &episodes(&[Told::first(number)], number == 3));
            receipt["id"].as_str().unwrap().parse().unwrap()
        })
        .collect();
    // strace ends with what it follows, which is its child.
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", gateway.pid())).unwrap();
    for child in children.split_whitespace() {
        assert!(Command::new("kill").args(["-s", "KILL", child]).status().unwrap().success());
    }
    gateway.ended();

    let log = fs::read_to_string(&log).unwrap();
    let (synced, receipts) = follow(&log);
    assert_eq!(receipts, MESSAGES as usize, "each 202 is seen by strace");
    cut_back_copy_holds(&house, synced, &acknowledged);
    println!(
        "synced: {receipts} of {receipts} receipts after a sync of the log; cut back to {synced} bytes of it, all are there"
    );
}

/// Follows the log call by call: before each 202 there is a sync of the store's log after the last byte was read.
/// Tells where the log was synced at the last receipt, and how many receipts there were.
fn follow(log: &str) -> (u64, usize) {
    let mut wal = Written::default();
    let (mut read_after_sync, mut at_receipt, mut receipts, mut reads) = (true, 0, 0, 0);
    let mut unfinished: HashMap<&str, &str> = HashMap::new();
    for line in log.lines() {
        let (thread, call) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let call = call.trim_start();
        let begun = call.strip_suffix("<unfinished ...>");
        if let Some(begun) = begun {
            unfinished.insert(thread, begun);
        }
        // A call counts when it has returned: a sync that was only begun has synced nothing.
        let is_end = begun.is_none();
        let whole = if call.starts_with("<... ") { unfinished.remove(thread).unwrap_or(call) } else { call };
        let is_of_log = whole.contains("homeward.sqlite-wal>");
        if is_end && is_of_log && whole.starts_with("pwrite64(") {
            let numbers: Vec<u64> = call
                .rsplit_once(") = ")
                .map_or("", |(arguments, _)| arguments)
                .rsplit(", ")
                .take(2)
                .filter_map(|number| number.trim().parse().ok())
                .collect();
            if let [offset, length] = numbers[..] {
                wal.end = wal.end.max(offset + length);
            }
        } else if is_end && is_of_log && (whole.starts_with("fdatasync(") || whole.starts_with("fsync(")) {
            wal.synced = wal.end;
            read_after_sync = false;
        } else if is_end && whole.contains("<TCP:") && (whole.starts_with("read(") || whole.starts_with("recvfrom(")) {
            // The end of a connection, or nothing to read yet, is no byte of a body.
            let bytes: i64 =
                call.rsplit_once("= ").and_then(|(_, count)| count.split(' ').next()?.parse().ok()).unwrap_or(0);
            read_after_sync |= bytes > 0;
            reads += usize::from(bytes > 0);
        } else if call.contains("HTTP/1.1 202") && !call.starts_with("<... ") {
            assert!(!read_after_sync, "a receipt with no sync between the body and it: {line}");
            receipts += 1;
            at_receipt = wal.synced;
        }
    }
    assert!(reads >= receipts, "the bodies are seen by strace");
    (at_receipt, receipts)
}

/// A copy that lost all that was not synced at the last receipt opens, and holds what was acknowledged.
fn cut_back_copy_holds(house: &House, synced: u64, acknowledged: &[MessageId]) {
    let copy = house.path("copy");
    fs::create_dir(&copy).unwrap();
    for name in ["homeward.sqlite", "homeward.sqlite-wal"] {
        fs::copy(house.path("store").join(name), copy.join(name)).unwrap();
    }
    let wal = fs::OpenOptions::new().write(true).open(copy.join("homeward.sqlite-wal")).unwrap();
    assert!(wal.metadata().unwrap().len() >= synced && synced > 0);
    wal.set_len(synced).unwrap();
    prove_store(&copy);
    let store = open_store(&copy);
    for id in acknowledged {
        assert!(store.message(*id).unwrap().is_some(), "{id} was acknowledged and is gone");
        assert!(store.body_chunk(*id, 0).unwrap().is_some(), "the body of {id} is gone");
    }
}
