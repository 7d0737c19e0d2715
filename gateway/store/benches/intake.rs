//! How fast messages are kept for good, against the same bytes appended to a file and synced by the same producers.
//!
//! `cargo bench -p store --bench intake` prints the ratio; `-- --million` also that of a store which holds a million
//! messages to an empty one, in intake and in opening.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops where it cannot be taken")]

use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use store::{
    Batch, Keys, SqliteStore, Store,
    audit::AuditEntry,
    message::{NewBody, NewMessage},
    sqlite::Settings,
};
use uuid::Uuid;

const PRODUCERS: usize = 64;
const MESSAGE_BYTES: usize = 1024;
const BATCH_MAX: usize = 256;
const WAIT: Duration = Duration::from_millis(2);
const MEASURED: Duration = Duration::from_secs(4);
const ROUNDS: usize = 3;
const MILLION: u64 = 1_000_000;

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let raw = raw_append(&folder.path().join(format!("raw{round}")));
        let kept = intake(&open(&folder.path().join(format!("store{round}"))), 0);
        println!("raw {raw:>8.0}/s   store {kept:>8.0}/s   ratio {:.2}", kept / raw);
        ratios.push(kept / raw);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.2}", ratios[ROUNDS / 2]);
    one_client(&folder.path().join("one"));
    if std::env::args().any(|argument| argument == "--million") {
        million(folder.path());
    }
}

fn open(folder: &Path) -> Arc<SqliteStore> {
    std::fs::create_dir_all(folder).unwrap();
    let keys = Keys::parse(b"k:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let settings = Settings {
        folder: folder.to_owned(),
        keys,
        commit_wait_us_max: u64::try_from(WAIT.as_micros()).unwrap(),
        commit_messages_max: BATCH_MAX,
        disk_free_bytes_min: 1,
    };
    Arc::new(SqliteStore::open(settings).unwrap())
}

/// Producers that write again as soon as they are answered; messages a second.
fn produce(write: impl Fn(u64) + Sync) -> f64 {
    let (count, since) = (AtomicU64::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..PRODUCERS {
            scope.spawn(|| {
                while since.elapsed() < MEASURED {
                    write(count.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
    });
    count.load(Ordering::Relaxed) as f64 / since.elapsed().as_secs_f64()
}

fn raw_append(file: &Path) -> f64 {
    let mut file = File::create(file).unwrap();
    let (jobs, inbox) = mpsc::channel::<(Vec<u8>, mpsc::Sender<()>)>();
    let writer = std::thread::spawn(move || {
        let mut recent = 1;
        while let Ok(first) = inbox.recv() {
            let since = Instant::now();
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX {
                let next = inbox.try_recv().ok().or_else(|| {
                    let left = WAIT.checked_sub(since.elapsed()).filter(|_| batch.len() < recent)?;
                    inbox.recv_timeout(left).ok()
                });
                let Some(next) = next else { break };
                batch.push(next);
            }
            recent = batch.len();
            let bytes: Vec<u8> = batch.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
            file.write_all(&bytes).unwrap();
            file.sync_data().unwrap();
            for (_, done) in batch {
                let _ = done.send(());
            }
        }
    });
    let rate = produce(|_| {
        let (done, answer) = mpsc::channel();
        jobs.send((vec![7; MESSAGE_BYTES], done)).unwrap();
        answer.recv().unwrap();
    });
    drop(jobs);
    writer.join().unwrap();
    rate
}

fn keep(store: &SqliteStore, number: u64, done: impl FnOnce() + Send + 'static) {
    let message = NewMessage {
        id: Uuid::from_u64_pair(number, 7),
        route: "route".to_owned(),
        partner: format!("partner-{}", number % 16),
        correlation_id: None,
        received_at: i64::try_from(number).unwrap(),
        bytes: MESSAGE_BYTES as u64,
        sha256: [7; 32],
        body: NewBody::Whole(vec![7; MESSAGE_BYTES]),
        file_name: None,
        media_type: Some("text/csv".to_owned()),
        terms: Vec::new(),
        same_since: None,
    };
    let line = AuditEntry {
        at: 1,
        actor: "partner".to_owned(),
        action: "receive",
        object: Some(format!("message:{number}")),
        ..AuditEntry::default()
    };
    let batch = Batch { message: Some(message), audit: vec![line], ..Batch::default() };
    store.keep(
        batch,
        Box::new(move |kept| {
            kept.unwrap().unwrap();
            done();
        }),
    );
}

fn keep_and_wait(store: &SqliteStore, number: u64) {
    let (told, answer) = mpsc::channel();
    keep(store, number, move || told.send(()).unwrap());
    answer.recv().unwrap();
}

fn intake(store: &SqliteStore, first: u64) -> f64 {
    let rate = produce(|number| keep_and_wait(store, first + number));
    let (writes, groups) = store.census().unwrap().commits;
    println!("  {:.1} callers a commit", writes as f64 / groups as f64);
    rate
}

fn one_client(folder: &Path) {
    let store = open(folder);
    let since = Instant::now();
    for number in 0..200 {
        keep_and_wait(&store, number);
    }
    println!("one client alone: {:.2} ms a message", since.elapsed().as_secs_f64() * 1_000.0 / 200.0);
}

fn million(folder: &Path) {
    let opened = |folder: &Path| {
        let since = Instant::now();
        let store = open(folder);
        (store, since.elapsed().as_secs_f64() * 1_000.0)
    };
    let (full, empty) = (folder.join("full"), folder.join("empty"));
    let store = open(&full);
    for lot in 0..MILLION / 1_000 {
        let (told, answer) = mpsc::channel();
        for number in lot * 1_000..(lot + 1) * 1_000 {
            let told = told.clone();
            keep(&store, number, move || told.send(()).unwrap());
        }
        drop(told);
        assert_eq!(answer.iter().count(), 1_000);
    }
    drop(store);
    drop(open(&empty));
    let ((full, full_ms), (empty, empty_ms)) = (opened(&full), opened(&empty));
    let (at_full, at_empty) = (intake(&full, MILLION * 2), intake(&empty, MILLION * 2));
    println!(
        "a million held: intake {:.2} of an empty store's; open {full_ms:.1} ms, empty {empty_ms:.1} ms",
        at_full / at_empty
    );
}
