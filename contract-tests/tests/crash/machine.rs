//! Faults of the machine: a clock that is set by an hour, and a disk that fills in the middle of a commit.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use contract_tests::{clock::faketime, homeward::homeward_with_crash_points, proof::not_proved};

use crate::{
    children::{Told, episodes},
    client,
    faults::came,
    house::{Gateway, House, SEND, key_of, prove_store},
    recipient::{Recipient, Talk},
};

/// Room of the small disk, and how much of it is left when it is nearly full.
const DISK_BYTES: u64 = 64 * 1024 * 1024;
const LEFT_BYTES: u64 = 700 * 1024;

fn fails(talk: &mut Talk) -> io::Result<()> {
    talk.hear()?;
    talk.say("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

#[test]
fn a_clock_that_is_set_by_an_hour_makes_nobody_wait_for_it_and_nothing_is_lost() {
    let Some(library) = faketime() else { return not_proved("libfaketime is not installed (see `.ci/run`)") };
    for (name, seconds) in [("back", "-3600"), ("forward", "+3600")] {
        let takes = Arc::new(AtomicBool::new(false));
        let asked = takes.clone();
        let recipient =
            Recipient::start(
                None,
                move |talk| {
                    if asked.load(Ordering::SeqCst) { talk.take_all() } else { fails(talk) }
                },
            );
        let house = House::new(&[format!("url = \"http://{}/in\"\nprivate_network = true", recipient.address)]);
        let clock = house.path("clock");
        fs::write(&clock, "+0").unwrap();
        let mut command = house.command(&homeward_with_crash_points());
        command
            .env("LD_PRELOAD", &library)
            .env("FAKETIME_TIMESTAMP_FILE", &clock)
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("FAKETIME_NO_CACHE", "1");
        let gateway = Gateway::start(command);
        gateway.approve();
        gateway.message("message-1", &episodes(&[Told::first(1)], false));
        gateway.until("it was tried", || !recipient.arrivals().is_empty());

        fs::write(&clock, seconds).unwrap();
        // The clock is what it is said to be: else nothing is shown here.
        let received = gateway.message("message-2", &episodes(&[Told::first(2)], false))["receivedAt"].to_string();
        let received: jiff::Timestamp = received.trim_matches('"').parse().unwrap();
        let ahead = received.duration_since(jiff::Timestamp::now()).as_secs();
        assert!((3_500..3_700).contains(&ahead.abs()) && (ahead < 0) == (name == "back"), "{name}: {ahead}");
        takes.store(true, Ordering::SeqCst);
        gateway.until("both arrived", || came(&recipient) == BTreeSet::from([1, 2]));
        gateway.until_settled();

        // Set right again, also while it does not run.
        takes.store(false, Ordering::SeqCst);
        let before = recipient.arrivals().len();
        gateway.message("message-3", &episodes(&[Told::first(3)], false));
        gateway.until("it was tried", || recipient.arrivals().len() > before);
        gateway.kill();
        takes.store(true, Ordering::SeqCst);
        let gateway = Gateway::start(house.command(&homeward_with_crash_points()));
        gateway.until("all arrived", || came(&recipient) == BTreeSet::from([1, 2, 3]));
        gateway.until_settled();
        gateway.kill();
        house.prove_store();
        println!("a clock that was set {name} by an hour: all 3 arrived in {} requests", recipient.arrivals().len());
    }
}

/// The program in a mount namespace of its own, its store on a small disk that nobody else has.
fn on_small_disk(house: &House, program: &Path) -> Option<Command> {
    let namespace = [&["-m"][..], &["-U", "-r", "-m"]];
    let flags = namespace.into_iter().find(|flags| {
        let tried = Command::new("unshare").args(*flags).args(["mount", "-t", "tmpfs", "none", "/mnt"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    })?;
    let served = house.command(program);
    let mut command = Command::new("unshare");
    command
        .args(flags)
        .args(["sh", "-c", "mount -t tmpfs -o size=$1 none \"$2\" && shift 2 && exec \"$@\"", "sh"])
        .arg(DISK_BYTES.to_string())
        .arg(house.path("store"))
        .arg(served.get_program())
        .args(served.get_args());
    for (name, value) in served.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Some(command)
}

#[test]
fn a_disk_that_fills_in_the_middle_of_a_commit_loses_nothing_that_was_acknowledged() {
    let house = House::new(&["transport = \"directory\"\npath = \"out\"\nname = \"{delivery}.json\"".to_owned()]);
    fs::create_dir(house.path("out")).unwrap();
    let Some(command) = on_small_disk(&house, &homeward_with_crash_points()) else {
        return not_proved("no mount namespace can be had here: run as root, or allow user namespaces");
    };
    let gateway = Gateway::start(command);
    gateway.approve();
    // The disk as the program sees it.
    let disk =
        PathBuf::from(format!("/proc/{}/root", gateway.pid())).join(house.path("store").strip_prefix("/").unwrap());
    let ballast = disk.join("ballast");
    let used: u64 = fs::read_dir(&disk).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    fs::write(&ballast, vec![1; usize::try_from(DISK_BYTES - used - LEFT_BYTES).unwrap()]).unwrap();

    let send = |child: u32| {
        let (key, body) = (format!("message-{child}"), episodes(&[Told::first(child)], false));
        let headers = [("Idempotency-Key", key.as_str()), ("Content-Type", "text/csv")];
        client::send(gateway.public, SEND, &key_of("lcs"), &headers, &body).unwrap()
    };
    let (mut acknowledged, mut refused) = (0, 0);
    for child in 0..2_000 {
        let answer = send(child);
        match answer.status {
            202 if refused == 0 => acknowledged = child + 1,
            202 => {}
            503 => {
                assert!(answer.header("retry-after").is_some());
                refused += 1;
            }
            other => panic!("{other}"),
        }
        if refused == 20 {
            break;
        }
    }
    assert!(acknowledged > 0 && refused == 20, "{acknowledged} taken, {refused} refused: the disk never was full");
    fs::remove_file(&ballast).unwrap();
    // Whoever was refused asks again, under the same key.
    let all = acknowledged + 40;
    gateway.until("intake begins again", || send(all).status == 202);
    for child in 0..all {
        assert_eq!(send(child).status, 202);
    }
    gateway.until_settled();
    let told: Vec<u32> = fs::read_dir(house.path("out"))
        .unwrap()
        .map(|entry| serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap())
        .filter_map(|bundle| crate::children::child_of(&bundle))
        .collect();
    let once: BTreeSet<u32> = told.iter().copied().collect();
    assert_eq!(once, (0..=all).collect());
    assert_eq!(told.len(), once.len(), "each child went once");

    // The store is looked at as a crash would leave it: the disk goes with its last process.
    let copy = house.path("copy");
    fs::create_dir(&copy).unwrap();
    let stopped = Command::new("kill").args(["-STOP", &gateway.pid().to_string()]).status().unwrap();
    assert!(stopped.success());
    for entry in fs::read_dir(&disk).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    gateway.kill();
    let lines = prove_store(&copy);
    println!(
        "a disk that filled after {acknowledged} messages: {refused} refused, {} delivered, {lines} audit lines",
        all + 1
    );
}
