//! Hosts that lie, hang and never end: what they do costs an attempt or a look, and nothing else.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use server::outbound::Outcome;
use server::outbound::outcome::{FaultSide, Phase, Reason};

use crate::setup::{Gateway, Sender, eventually, parcel};
use crate::stub::{Answer, Asked, Files, Stub, ask, code};

/// What is no return of anybody, but a file all the same.
const DOCUMENT: &[u8] = b"CHILD,SEX,DOB\nC1,F,14/05/2012\n";

fn network(reason: Reason) -> (Reason, FaultSide, bool) {
    (reason, FaultSide::Network, false)
}

fn to(stub: &Stub) -> Sender {
    Sender::new(&format!("{}, name = \"roll.json\", delivery = {{ timeout_seconds_max = 2 }}", stub.keys()))
}

/// What an attempt comes to with a host that does this.
fn fails(lie: impl Fn(&Asked, &Files) -> Option<Answer> + Send + Sync + 'static) -> (Reason, FaultSide, bool) {
    let stub = Stub::lying(&[], lie);
    runtime().block_on(to(&stub).fails())
}

fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap())
}

#[test]
fn an_honest_host_of_our_own_takes_a_delivery() {
    let stub = Stub::lying(&[], |_, _| None);
    assert_eq!(runtime().block_on(to(&stub).send(parcel("{}"))), Outcome::Accepted);
    assert_eq!(stub.paths(), ["in/roll.json"]);
}

#[test]
fn a_host_that_hangs_wherever_it_is_costs_the_time_of_the_attempt() {
    let hanging = |kind: u8| fails(move |asked, _| (asked.kind == kind).then_some(Answer::Hang));
    for kind in [ask::INIT, ask::LSTAT, ask::OPEN, ask::WRITE, ask::FSTAT, ask::CLOSE, ask::RENAME] {
        let begun = Instant::now();
        assert_eq!(hanging(kind), network(Reason::TimedOut(Phase::Exchange)), "{kind}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{kind}");
    }
    for words in [&b""[..], b"SSH-2.0-Stub\r\n"] {
        let stub = Stub::saying(words, false);
        let failed = runtime().block_on(to(&stub).fails());
        assert_eq!(failed, network(Reason::TimedOut(Phase::Exchange)));
    }
}

#[test]
fn words_without_end_and_packets_without_measure_are_not_read() {
    for (words, expected) in [
        (&b"welcome to the host\r\n"[..], Reason::SshBroken),
        (b"x", Reason::SshBroken),
        (b"SSH-1.5-old\r\n", Reason::SshBroken),
        (b"SSH-2.0-Stub\r\n\xff\xff\xff\xff", Reason::SshBroken),
    ] {
        let stub = Stub::saying(words, true);
        assert_eq!(runtime().block_on(to(&stub).fails()), network(expected), "{words:?}");
    }
    let huge = |asked: &Asked| (asked.kind == ask::LSTAT).then(|| Answer::Raw(vec![0xff; 64]));
    assert_eq!(fails(move |asked, _| huge(asked)), network(Reason::Broken));
    let torn = |asked: &Asked| (asked.kind == ask::LSTAT).then(|| Answer::Packet(vec![105, 0]));
    assert_eq!(fails(move |asked, _| torn(asked)), network(Reason::Broken));
}

#[test]
fn what_an_early_end_leaves_is_removed() {
    let stub = Stub::lying(&[], |asked, _| (asked.kind == ask::RENAME).then_some(Answer::Hang));
    let rename_hangs = runtime().block_on(to(&stub).fails());
    assert_eq!(rename_hangs, network(Reason::TimedOut(Phase::Exchange)));
    // This one answers nothing more, so that nothing can be removed; a later attempt writes over it.
    assert_eq!(stub.paths(), ["in/.roll.json.part"]);
    let stub = Stub::lying(&[], |asked, _| (asked.kind == ask::RENAME).then(|| asked.status(code::FAILURE)));
    assert_eq!(runtime().block_on(to(&stub).fails()), network(Reason::FolderBroken));
    eventually("the part is removed", || stub.paths().is_empty());
    // One that is broken off, as when a child is restricted meanwhile.
    let written = Arc::new(AtomicU32::new(0));
    let seen = written.clone();
    let stub = Stub::lying(&[], move |asked, _| {
        if asked.kind == ask::FSTAT {
            seen.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(200));
        }
        None
    });
    let sender = to(&stub);
    let broken_off = async {
        tokio::select! {
            outcome = sender.send(parcel("{}")) => panic!("{outcome:?}"),
            () = async {
                while written.load(Ordering::SeqCst) == 0 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            } => {}
        }
    };
    runtime().block_on(broken_off);
    eventually("the part is removed", || stub.paths().is_empty());
}

#[test]
fn a_file_that_is_not_what_the_host_says_is_not_ours() {
    // It has the size of ours, and other bytes.
    let stub = Stub::lying(&[("roll.json", b"[]")], |_, _| None);
    assert_eq!(runtime().block_on(to(&stub).fails()).0, Reason::NameTaken);
    // It says the size of ours, and has more, or less.
    for held in [&b"{}}"[..], b"{"] {
        let stub = Stub::lying(&[("roll.json", held)], |asked, _| {
            (asked.kind == ask::LSTAT).then(|| asked.attributes(2, 0o100_644))
        });
        assert_eq!(runtime().block_on(to(&stub).fails()).0, Reason::NameTaken);
    }
    // What it took is not what it has.
    let stub = Stub::lying(&[], |asked, _| (asked.kind == ask::WRITE).then(|| asked.status(code::OK)));
    assert_eq!(runtime().block_on(to(&stub).fails()), network(Reason::FolderBroken));
}

#[test]
fn a_full_disk_is_told_from_a_broken_one_where_the_host_says_how_much_room_it_has() {
    let full = (Reason::FolderFull, FaultSide::RecipientBusy, false);
    for (blocks, expected) in [(0, full), (1, network(Reason::FolderBroken))] {
        let failed = fails(move |asked, _| match asked.kind {
            ask::INIT => Some(Asked::version("statvfs@openssh.com", "2")),
            ask::WRITE => Some(asked.status(code::FAILURE)),
            ask::EXTENDED => Some(asked.room(blocks)),
            _ => None,
        });
        assert_eq!(failed, expected, "{blocks}");
    }
    assert_eq!(
        fails(|asked, _| (asked.kind == ask::WRITE).then(|| asked.status(code::FAILURE))),
        network(Reason::FolderBroken)
    );
}

#[test]
fn a_file_that_the_host_could_not_sync_is_not_delivered() {
    let failed = fails(|asked, _| match asked.kind {
        ask::INIT => Some(Asked::version("fsync@openssh.com", "1")),
        ask::EXTENDED => Some(asked.status(code::FAILURE)),
        _ => None,
    });
    assert_eq!(failed, network(Reason::FolderBroken));
}

/// A route's source at a stub.
fn from(stub: &Stub) -> String {
    format!("{}, settle_seconds = 1, done_path = \"done\", failed_path = \"failed\"", stub.keys())
}

#[test]
fn names_that_lead_elsewhere_links_folders_and_what_is_too_large_are_left() {
    let listed = Arc::new(AtomicU32::new(0));
    let counted = listed.clone();
    let asked_for: Arc<Mutex<Vec<String>>> = Arc::default();
    let opened = asked_for.clone();
    let stub = Stub::lying(&[("good.csv", DOCUMENT)], move |asked, _| match asked.kind {
        ask::READDIR if counted.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) => {
            let (file, link, folder) = (0o100_644, 0o120_777, 0o040_755);
            let bytes = DOCUMENT.len() as u64;
            Some(asked.names(&[
                (b"../../etc/passwd", bytes, file),
                (b"/etc/passwd", bytes, file),
                (b"..", bytes, file),
                (b"a\nb.csv", bytes, file),
                (b"caf\xe9.csv", bytes, file),
                (b"link.csv", bytes, link),
                (b"folder.csv", bytes, folder),
                (b"", bytes, file),
                (&[b'a'; 300], bytes, file),
                (b".hidden.csv", bytes, file),
                (b"written.csv.part", bytes, file),
                (b"huge.csv", 1 << 40, file),
                (b"good.csv", bytes, file),
            ]))
        }
        ask::READDIR => Some(asked.status(code::END)),
        ask::OPEN => {
            opened.lock().unwrap().push(asked.path.clone());
            None
        }
        _ => None,
    });
    let gateway = Gateway::picking_up(&from(&stub));
    eventually("the good one is put away", || stub.paths().iter().any(|path| path == "failed/good.csv"));
    let mut opened = asked_for.lock().unwrap().clone();
    opened.retain(|path| !path.ends_with(".report.part"));
    opened.dedup();
    assert_eq!(opened, ["in/good.csv"]);
    let said = gateway.end();
    assert!(said.contains("larger than message_bytes_max"), "{said}");
    assert!(!said.contains("canary") && !said.contains("good.csv") && !said.contains("C1"), "{said}");
}

#[test]
fn sizes_that_lie_and_data_without_measure_take_nothing_and_hold_up_nothing() {
    // Each file has a lie of its own; the last is honest.
    let files =
        [("a.csv", DOCUMENT), ("b.csv", DOCUMENT), ("c.csv", DOCUMENT), ("d.csv", DOCUMENT), ("good.csv", DOCUMENT)];
    let bytes = DOCUMENT.len() as u64;
    let lists = AtomicU32::new(0);
    let stub = Stub::lying(&files, move |asked, files| {
        let listed = |path: &str| match path {
            "in/a.csv" => bytes + 5,
            "in/b.csv" => bytes - 5,
            _ => bytes,
        };
        match asked.kind {
            ask::READDIR if lists.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) => {
                let held: Vec<String> = files.lock().unwrap().keys().cloned().collect();
                let inside = held.iter().filter_map(|path| Some((path.strip_prefix("in/")?, path)));
                let entries: Vec<(&[u8], u64, u32)> =
                    inside.map(|(name, path)| (name.as_bytes(), listed(path), 0o100_644)).collect();
                Some(asked.names(&entries))
            }
            ask::READDIR => Some(asked.status(code::END)),
            ask::FSTAT | ask::LSTAT if asked.path.starts_with("in/") => {
                Some(asked.attributes(listed(&asked.path), 0o100_644))
            }
            // More than was asked for, and nothing that is not the end.
            ask::READ if asked.is_at(ask::READ, "in/c.csv", 0) => Some(asked.data(&[b'x'; 60_000])),
            ask::READ if asked.is_at(ask::READ, "in/d.csv", 0) => Some(asked.data(b"")),
            _ => None,
        }
    });
    let _gateway = Gateway::picking_up(&from(&stub));
    eventually("the good one is put away", || stub.paths().iter().any(|path| path == "failed/good.csv"));
    let left: Vec<String> = stub.paths().into_iter().filter(|path| path.starts_with("in/")).collect();
    assert_eq!(left, ["in/a.csv", "in/b.csv", "in/c.csv", "in/d.csv"]);
}

#[test]
fn a_read_that_hangs_costs_its_file_and_a_host_that_hangs_holds_up_no_other_route() {
    let hangs = Stub::lying(&[("a.csv", DOCUMENT), ("good.csv", DOCUMENT)], |asked, _| {
        asked.is_at(ask::READ, "in/a.csv", 0).then_some(Answer::Hang)
    });
    let mute = Stub::saying(b"", false);
    let well = Stub::lying(&[("b.csv", DOCUMENT)], |_, _| None);
    let routes = [from(&mute), from(&hangs), from(&well)];
    let _gateway = Gateway::picking_up_all(&routes.each_ref().map(String::as_str));
    eventually("the well one is read", || well.paths().iter().any(|path| path == "failed/b.csv"));
    // The answer that never comes has a time; then the others have theirs.
    eventually("the one behind is put away", || hangs.paths().iter().any(|path| path == "failed/good.csv"));
    assert!(hangs.paths().contains(&"in/a.csv".to_owned()));
}

#[test]
fn a_gateway_that_is_killed_between_the_commit_and_the_move_takes_the_file_once() {
    const QUARANTINED: &str = "homeward_messages{state=\"quarantined\"}";
    let (asked, hangs) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(1)));
    let (counted, hanging) = (asked.clone(), hangs.clone());
    let stub = Stub::lying(&[("a.csv", DOCUMENT)], move |asked, _| {
        let moves = asked.kind == ask::RENAME && asked.path == "in/a.csv";
        (moves && counted.fetch_add(1, Ordering::SeqCst) < hanging.load(Ordering::SeqCst)).then_some(Answer::Hang)
    });
    let gateway = Gateway::picking_up(&from(&stub));
    eventually("it is about to be moved", || asked.load(Ordering::SeqCst) == 1);
    hangs.store(0, Ordering::SeqCst);
    let gateway = gateway.killed_and_started();
    eventually("it is put away", || stub.paths().iter().any(|path| path == "failed/a.csv"));
    assert_eq!(stub.paths(), ["failed/a.csv", "failed/a.csv.report"]);
    eventually("it is counted", || gateway.counts(QUARANTINED) > 0);
    assert_eq!(gateway.counts(QUARANTINED), 1);
}

#[test]
fn a_listing_without_end_ends() {
    let stub = Stub::lying(&[("good.csv", DOCUMENT)], |asked, _| {
        let entry = (&b"good.csv"[..], DOCUMENT.len() as u64, 0o100_644);
        (asked.kind == ask::READDIR).then(|| asked.names(&vec![entry; 500]))
    });
    let _gateway = Gateway::picking_up(&from(&stub));
    eventually("the good one is put away", || stub.paths().iter().any(|path| path == "failed/good.csv"));
}
