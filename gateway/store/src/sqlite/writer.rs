//! The one thread that writes: it gathers what callers hand in, and commits it together.
//!
//! **Group commit.** The first caller is served at once; then, for as long as fewer callers have come than shared one
//! of the last two commits, the thread waits for them, at most [`Pace::wait`]. Who is alone therefore waits for
//! nobody, and sixty-four who write again and again share one sync of the disk. Each caller has a savepoint: what is
//! refused or fails of one is rolled back alone, unless the disk took the whole transaction down.

use std::{
    sync::{
        Arc, RwLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{disk::Room, writing::Writing};
use crate::{Done, StoreFault, chain::Head, keys::Keys};

/// How callers are gathered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// At most so long after the first.
    pub(super) wait: Duration,
    /// At most so many.
    pub(super) most: usize,
}

impl Pace {
    pub(super) fn new(wait_us_max: u64, messages_max: usize) -> Self {
        Self { wait: Duration::from_micros(wait_us_max), most: messages_max.max(1) }
    }
}

/// What the writer keeps between commits.
pub(super) struct State {
    /// The end of the audit chain.
    pub(super) head: Head,
    /// The last number given to a message or an arriving one.
    pub(super) messages: i64,
    /// Read by each commit anew, since a key file can be read again.
    pub(super) keys: Arc<RwLock<Arc<Keys>>>,
    /// What the disk has left.
    pub(super) room: Room,
    /// How callers are gathered from the next commit on.
    pub(super) pace: Pace,
}

/// How much was committed since start.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Callers.
    pub(super) writes: AtomicU64,
    /// Commits.
    pub(super) groups: AtomicU64,
}

/// What one caller's work came to, before the commit.
pub(super) enum Work<T> {
    /// It stands, once committed.
    Keep(T),
    /// It is rolled back, and this is the answer.
    Undo(T),
}

/// One caller's work, and who waits for it.
trait Job: Send {
    /// Does it; whether it stands.
    fn work(&mut self, writing: &mut Writing<'_>) -> bool;
    /// Whether what it did is to be committed.
    fn stands(&self) -> bool;
    /// Why it could not be done.
    fn fault(&self) -> Option<&StoreFault>;
    /// Tells who waits.
    fn answer(self: Box<Self>, commit: Result<(), StoreFault>);
}

struct Task<T, F> {
    work: Option<F>,
    came: Option<Result<Work<T>, StoreFault>>,
    done: Done<T>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&mut Writing<'_>) -> Result<Work<T>, StoreFault> + Send,
{
    fn work(&mut self, writing: &mut Writing<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        self.came = Some(work(writing));
        self.stands()
    }

    fn stands(&self) -> bool {
        matches!(self.came, Some(Ok(Work::Keep(_))))
    }

    fn fault(&self) -> Option<&StoreFault> {
        self.came.as_ref().and_then(|came| came.as_ref().err())
    }

    fn answer(self: Box<Self>, commit: Result<(), StoreFault>) {
        (self.done)(match (self.came, commit) {
            // A refusal may lean on what came before it in the same commit: it is worth no more than that.
            (Some(Ok(Work::Keep(came) | Work::Undo(came))), Ok(())) => Ok(came),
            (Some(Err(fault)), _) | (_, Err(fault)) => Err(fault),
            (None, Ok(())) => Err(StoreFault::Closed),
        });
    }
}

/// The writer, for as long as the store is open.
pub(super) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    tally: Arc<Tally>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(db: Connection, state: State) -> std::io::Result<Self> {
        let (jobs, inbox) = channel();
        let tally = Arc::new(Tally::default());
        let counted = Arc::clone(&tally);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(&db, state, &inbox, &counted))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), tally })
    }

    /// Hands in work; `done` is called from the writer's thread once it is committed or was not.
    pub(super) fn hand_in<T, F>(&self, done: Done<T>, work: F)
    where
        T: Send + 'static,
        F: FnOnce(&mut Writing<'_>) -> Result<Work<T>, StoreFault> + Send + 'static,
    {
        let task: Box<dyn Job> = Box::new(Task { work: Some(work), came: None, done });
        let refused = match &self.jobs {
            Some(jobs) => jobs.send(task).err().map(|back| back.0),
            None => Some(task),
        };
        if let Some(task) = refused {
            task.answer(Err(StoreFault::Closed));
        }
    }

    /// Callers and commits since start.
    pub(super) fn tally(&self) -> (u64, u64) {
        (self.tally.writes.load(Ordering::Relaxed), self.tally.groups.load(Ordering::Relaxed))
    }
}

impl Drop for Writer {
    /// Writes what was handed in, then closes the file.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was told to who waited, by their dropped answers.
            let _ = thread.join();
        }
    }
}

fn serve(db: &Connection, mut state: State, inbox: &Receiver<Box<dyn Job>>, tally: &Tally) {
    let mut recent = [1_usize; 2];
    while let Ok(first) = inbox.recv() {
        let pace = state.pace;
        let crowd = recent[0].max(recent[1]).min(pace.most);
        let (group, fault) = commit(db, &mut state, first, |gathered| gather(inbox, pace, crowd, gathered));
        recent = [group.len(), recent[0]];
        tally.groups.fetch_add(1, Ordering::Relaxed);
        let stood = group.iter().filter(|job| job.stands()).count() as u64;
        tally.writes.fetch_add(if fault.is_none() { stood } else { 0 }, Ordering::Relaxed);
        for job in group {
            job.answer(fault.as_ref().map_or(Ok(()), |fault| Err(again(fault))));
        }
    }
    // The log is folded into the file, so that a copy of one file is a copy of all; unless the store was opened to be read.
    if !db.pragma_query_value(None, "query_only", |row| row.get(0)).unwrap_or(true) {
        let _ = db.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()));
    }
}

/// The next caller of this commit, if it is worth waiting for one: `gathered` says how many there are, and since when.
fn gather(
    inbox: &Receiver<Box<dyn Job>>,
    pace: Pace,
    crowd: usize,
    gathered: (usize, Instant),
) -> Option<Box<dyn Job>> {
    let (count, since) = gathered;
    if count >= pace.most {
        return None;
    }
    if let Ok(job) = inbox.try_recv() {
        return Some(job);
    }
    let left = pace.wait.checked_sub(since.elapsed()).filter(|_| count < crowd)?;
    inbox.recv_timeout(left).ok()
}

/// One transaction for a first caller and all that `next` brings; what was done, and why none of it stands.
fn commit(
    db: &Connection,
    state: &mut State,
    first: Box<dyn Job>,
    mut next: impl FnMut((usize, Instant)) -> Option<Box<dyn Job>>,
) -> (Vec<Box<dyn Job>>, Option<StoreFault>) {
    let since = Instant::now();
    let mut group = Vec::new();
    let before = (state.head, state.messages);
    if let Err(fault) = db.execute_batch("BEGIN IMMEDIATE") {
        group.push(first);
        return (group, Some(fault.into()));
    }
    state.room.look();
    let keys = Arc::clone(&state.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner));
    let mut upcoming = Some(first);
    let mut fault = None;
    while let Some(mut job) = upcoming {
        fault = one(db, state, &keys, job.as_mut()).err();
        group.push(job);
        if fault.is_some() {
            break;
        }
        upcoming = next((group.len(), since));
    }
    if fault.is_none() {
        fault = close(db, state.head).err();
    }
    if fault.is_some() {
        state.head = before.0;
        state.messages = before.1;
        if !db.is_autocommit() {
            let _ = db.execute_batch("ROLLBACK");
        }
    }
    (group, fault)
}

/// One caller's work within its savepoint; an error when the whole transaction is lost.
fn one(db: &Connection, state: &mut State, keys: &Arc<Keys>, job: &mut dyn Job) -> Result<(), StoreFault> {
    db.prepare_cached("SAVEPOINT caller")?.execute([])?;
    let before = (state.head, state.messages);
    let mut writing = Writing::new(db, keys, state);
    let stands = job.work(&mut writing);
    if db.is_autocommit() {
        let lost = || StoreFault::Failed("the transaction was rolled back".to_owned());
        return Err(job.fault().map_or_else(lost, again));
    }
    if !stands {
        db.prepare_cached("ROLLBACK TO caller")?.execute([])?;
        (state.head, state.messages) = before;
    }
    db.prepare_cached("RELEASE caller")?.execute([])?;
    Ok(())
}

fn close(db: &Connection, head: Head) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE audit_head SET seq = ?1, hash = ?2 WHERE seq <> ?1")?
        .execute(rusqlite::params![head.seq, head.hash])?;
    crate::crash::point("before-commit");
    db.execute_batch("COMMIT")?;
    Ok(())
}

/// The same fault for another who waited.
fn again(fault: &StoreFault) -> StoreFault {
    match fault {
        StoreFault::Full => StoreFault::Full,
        StoreFault::Failed(why) => StoreFault::Failed(why.clone()),
        StoreFault::Corrupt(what) => StoreFault::Corrupt(what),
        StoreFault::Closed => StoreFault::Closed,
    }
}
