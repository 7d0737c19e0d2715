//! Files that partners leave in folders, here or at another host: taken when they rest, once, and put away when they
//! have been read.
//!
//! A file is taken when neither its size nor its time has changed for the route's `settle_seconds`, nobody holds it
//! open against us, and its name is not one that says "not yet". It stays where it is until its message is committed
//! and read; then it goes to `done_path` or, quarantined, to `failed_path`, with its report beside it. A file that is
//! found again (same place, same size and content) is the same message, also after a restart. One that is larger than
//! `message_bytes_max` is never read: it goes to `failed_path` with a report, and an alert and a line of the chain tell it.
//!
//! Each route has a task of its own, so that one folder that cannot be read holds up no other.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use store::message::{MessageId, MessageState};
use store::{Batch, StoreFault};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

mod folder;
mod host;

use super::alerts::Kind;
use super::arriving::{Arriving, Found};
use super::commit::kept;
use super::moment::now;
use super::{Durable, HOUSE};
use crate::config::{AfterPickup, Intake, Pickup, Route};
use crate::outbound::outcome::{Outcome, Reason};
use crate::standing::Current;
use folder::LocalFolder;
use host::HostFolder;

/// Between two looks at what the configuration of the moment wants watched.
const SUPERVISION: Duration = Duration::from_secs(1);

/// Files of one folder that are looked at in one round.
const FILES_MAX: usize = 10_000;

/// Messages that are asked for in one round, whether they have been read.
const ASKED_MAX: usize = 64;

/// A file that could not be taken or put away is left alone for so long, so that those behind it have their turn: a
/// while where the fault is its own, a moment where it may be that of the way there.
const AGAIN: Duration = Duration::from_secs(600);
const AGAIN_SOON: Duration = Duration::from_secs(60);

/// The limit that a file is too large for, as configuration, reports and the chain name it.
const BYTES_MAX: &str = "message_bytes_max";

/// A folder that cannot be read for so long is told to a person; a fault that only a person can mend, at once.
const UNREADABLE: Duration = Duration::from_secs(900);

/// Ends and beginnings of names of files that somebody still writes.
const UNFINISHED_ENDS: [&str; 4] = [".tmp", ".part", ".filepart", "~"];
const UNFINISHED_BEGINS: [&str; 2] = [".", "~"];

/// A folder as a round needs it.
trait Place: Send {
    /// What was seen of a file; equal while it rests.
    type Seen: Copy + Eq + Send + Sync;

    /// How files come from there, as the audit chain tells it.
    const KIND: &'static str;

    /// Between two looks, while nothing waits there and while something does.
    const LOOK: Duration;
    const LOOK_WAITING: Duration;

    /// The longest wait for a folder that cannot be read.
    const LOOK_MAX: Duration;

    /// How long a file rests before it is taken.
    fn settle(&self) -> Duration;

    /// The regular files there whose names fit and are finished, by name.
    fn look(&mut self) -> impl Future<Output = Result<BTreeMap<String, Self::Seen>, Reason>> + Send;

    /// The size of a file.
    fn bytes(seen: Self::Seen) -> u64;

    /// Reads a file to its end; what makes it the same when it is found again, besides route and content. `None` when
    /// somebody still holds it or it changed while it was read.
    fn read(
        &mut self,
        name: &str,
        seen: Self::Seen,
        into: &mut Arriving,
    ) -> impl Future<Output = Result<Option<String>, Fault>> + Send;

    /// Puts a file away; whether it is no longer there, or another has its name. One that has nowhere to go stays.
    fn put_away(
        &mut self,
        name: &str,
        seen: Self::Seen,
        taken: TakenFile,
    ) -> impl Future<Output = Result<bool, Reason>> + Send;

    /// Ends a round.
    fn leave(&mut self) -> impl Future<Output = ()> + Send;
}

/// A file that is to be put away: its message has been read, or it is not taken at all.
struct TakenFile {
    /// Of what was read; `None` where nothing was.
    sha256: Option<[u8; 32]>,
    is_quarantined: bool,
    report: Option<Vec<u8>>,
}

impl<P> Pickup<P> {
    /// The folder where a file goes that was taken.
    fn destination(&self, taken: &TakenFile) -> Destination<'_, P> {
        match (&self.after, taken.is_quarantined) {
            (_, true) => self.failed_path.as_ref().map_or(Destination::Nowhere, Destination::Folder),
            (AfterPickup::Move(done), false) => Destination::Folder(done),
            (AfterPickup::Delete, false) => Destination::Removed,
        }
    }
}

/// Where a file goes that was taken.
enum Destination<'p, P> {
    Folder(&'p P),
    Removed,
    /// It stays, and is known when it is found again.
    Nowhere,
}

/// Why a file was not taken.
enum Fault {
    TooLarge,
    Store(StoreFault),
    Place(Reason),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge => write!(f, "it is larger than {BYTES_MAX}"),
            Self::Store(fault) => fault.fmt(f),
            Self::Place(reason) => reason.fmt(f),
        }
    }
}

impl From<StoreFault> for Fault {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self::Place(reason)
    }
}

/// Watches the folders of the routes of the moment until it is dropped, and with it everyone who watches one.
pub(crate) async fn pick_up(current: Current) {
    let mut watching = JoinSet::new();
    let mut watched: HashMap<String, (Intake, AbortHandle)> = HashMap::new();
    while let Some(durable) = current.durable() {
        let wanted = |name: &str| durable.route(name).filter(|route| route.enabled);
        watched.retain(|name, (intake, task)| {
            let stays = !task.is_finished() && wanted(name).is_some_and(|route| route.from.transport == *intake);
            if !stays {
                task.abort();
            }
            stays
        });
        for route in durable.ways.routes.iter().filter(|route| route.enabled) {
            if watched.contains_key(&route.name) {
                continue;
            }
            let (current, name) = (current.clone(), route.name.clone());
            let task = match &route.from.transport {
                Intake::Https | Intake::Mesh(_) | Intake::MeshFolder(_) => continue,
                Intake::Directory(pickup) => watching.spawn(watch(current, name, LocalFolder::new(pickup.clone()))),
                Intake::Sftp(pickup) => watching.spawn(watch(current, name, HostFolder::new(pickup))),
            };
            watched.insert(route.name.clone(), (route.from.transport.clone(), task));
        }
        while watching.try_join_next().is_some() {}
        drop(durable);
        tokio::time::sleep(SUPERVISION).await;
    }
}

/// What is known of the files of one folder.
struct Files<S>(HashMap<String, (S, State)>);

/// How a file stands, as long as it is seen to be the same.
#[derive(Clone, Copy)]
enum State {
    /// Unchanged since then.
    Rests(Instant),
    /// It could not be taken, and is left alone until then.
    LeftAlone(Instant),
    /// It is this message, which is asked for at this time or later.
    Taken { id: MessageId, ask: Instant },
    /// It is larger than any that is taken, which was told; it is put away at this time or later.
    TooLarge(Instant),
}

impl<S: Copy + Eq> Files<S> {
    /// How a file stands, which is noted where it is new or has changed.
    fn state(&mut self, name: &str, seen: S) -> State {
        match self.0.get(name) {
            Some((before, state)) if *before == seen => *state,
            _ => {
                let state = State::Rests(Instant::now());
                self.0.insert(name.to_owned(), (seen, state));
                state
            }
        }
    }

    fn set(&mut self, name: &str, state: State) {
        if let Some((_, known)) = self.0.get_mut(name) {
            *known = state;
        }
    }

    /// Files that were taken and whose messages are to be asked for: those first that were not for the longest time.
    fn to_ask(&self) -> Vec<(String, S, MessageId)> {
        let now = Instant::now();
        let mut taken: Vec<_> = self
            .0
            .iter()
            .filter_map(|(name, (seen, state))| match state {
                State::Taken { id, ask } if *ask <= now => Some((*ask, name, *seen, *id)),
                _ => None,
            })
            .collect();
        taken.sort_unstable_by_key(|(ask, _, _, id)| (*ask, *id));
        taken.into_iter().take(ASKED_MAX).map(|(_, name, seen, id)| (name.clone(), seen, id)).collect()
    }
}

/// Watches the folder of one route.
async fn watch<P: Place>(current: Current, route: String, mut place: P) {
    let mut files = Files(HashMap::new());
    let mut failing: Option<Failing> = None;
    while let Some(durable) = current.durable() {
        let Some(route) = durable.route(&route) else { return };
        let waits = round(&durable, &route, &mut place, &mut files).await;
        place.leave().await;
        let wait = match waits {
            Ok(waits) => {
                if failing.take().is_some() {
                    tracing::info!(route = %route.name, "a folder of files to pick up can be read again");
                }
                if waits { place.settle().clamp(P::LOOK_WAITING, P::LOOK) } else { P::LOOK }
            }
            Err(reason) => {
                let failing = failing.get_or_insert_with(Failing::begin);
                failing.tell(&durable, &route, reason).await;
                P::LOOK.saturating_mul(failing.doubled()).min(P::LOOK_MAX)
            }
        };
        drop(durable);
        tokio::time::sleep(wait).await;
    }
}

/// A folder that cannot be read.
struct Failing {
    since: Instant,
    times: u32,
    is_alerted: bool,
}

impl Failing {
    fn begin() -> Self {
        Self { since: Instant::now(), times: 0, is_alerted: false }
    }

    async fn tell(&mut self, durable: &Durable, route: &Route, reason: Reason) {
        durable.metrics.folder_unreadable();
        if self.times == 0 {
            tracing::warn!(route = %route.name, %reason, "a folder of files to pick up cannot be read");
        }
        self.times = self.times.saturating_add(1);
        // A folder of this machine may be away for a moment while its disk is; a key does not mend itself.
        let needs_a_person = reason != Reason::FolderClosed
            && matches!(Outcome::of(reason, None), Outcome::Retry { breaker_at_once: true, .. });
        if !self.is_alerted && (needs_a_person || self.since.elapsed() >= UNREADABLE) {
            self.is_alerted = true;
            durable.raise(Kind::SourceUnreadable, format!("route:{}", route.name)).await;
        }
    }

    /// By how much the wait grows.
    fn doubled(&self) -> u32 {
        1_u32.checked_shl(self.times.saturating_sub(1)).unwrap_or(u32::MAX)
    }
}

/// Looks once, takes what rests, and puts away what has been read; whether anything waits there.
async fn round<P: Place>(
    durable: &Arc<Durable>,
    route: &Route,
    place: &mut P,
    files: &mut Files<P::Seen>,
) -> Result<bool, Reason> {
    let found = place.look().await?;
    files.0.retain(|name, _| found.contains_key(name));
    let not_taken = take_what_rests(durable, route, place, files, found).await?;
    let not_read = put_away_what_was_read(durable, place, files).await?;
    Ok(not_taken || not_read)
}

/// Takes the files that rest; whether others wait.
async fn take_what_rests<P: Place>(
    durable: &Durable,
    route: &Route,
    place: &mut P,
    files: &mut Files<P::Seen>,
    found: BTreeMap<String, P::Seen>,
) -> Result<bool, Reason> {
    let mut waits = false;
    for (name, seen) in found {
        match files.state(&name, seen) {
            State::Taken { .. } => continue,
            State::TooLarge(until) if Instant::now() < until => continue,
            State::TooLarge(_) => {
                put_away_what_is_too_large(durable, place, files, &name, seen).await?;
                continue;
            }
            State::LeftAlone(until) if Instant::now() < until => continue,
            State::Rests(since) if since.elapsed() < place.settle() => {
                waits = true;
                continue;
            }
            _ => {}
        }
        if !durable.has_room() {
            continue;
        }
        let fault = match take(durable, route, place, &name, seen).await {
            Ok(Some(id)) => {
                files.set(&name, State::Taken { id, ask: Instant::now() });
                continue;
            }
            Ok(None) => {
                waits = true;
                continue;
            }
            Err(fault) => fault,
        };
        tracing::error!(route = %route.name, %fault, "a file could not be taken");
        match fault {
            // The next file would meet it too.
            Fault::Store(StoreFault::Full | StoreFault::Closed) => return Ok(true),
            Fault::Store(_) => files.set(&name, State::LeftAlone(Instant::now() + AGAIN_SOON)),
            Fault::Place(reason) if !is_of_one_file(reason) => {
                files.set(&name, State::LeftAlone(Instant::now() + AGAIN_SOON));
                return Err(reason);
            }
            Fault::Place(_) => files.set(&name, State::LeftAlone(Instant::now() + AGAIN)),
            Fault::TooLarge if tell_of_too_large::<P>(durable, route).await => {
                files.set(&name, State::TooLarge(Instant::now()));
                put_away_what_is_too_large(durable, place, files, &name, seen).await?;
            }
            // It is not put away before the chain has it.
            Fault::TooLarge => files.set(&name, State::LeftAlone(Instant::now() + AGAIN_SOON)),
        }
    }
    Ok(waits)
}

/// Tells the chain, and a person, of a file that is larger than any that is taken; whether the chain has it.
async fn tell_of_too_large<P: Place>(durable: &Durable, route: &Route) -> bool {
    let line = durable.line("refuse", HOUSE, now(), |line| {
        line.by = Some(format!("{}:{}", P::KIND, route.name));
        line.object = Some(format!("route:{}", route.name));
        line.basis = Some(BYTES_MAX.to_owned());
        line.outcome = Some("refused".to_owned());
    });
    let batch = Batch { audit: vec![line], ..Batch::default() };
    if !matches!(kept(|done| durable.store.keep(batch, done)).await, Ok(Ok(_))) {
        return false;
    }
    durable.raise(Kind::FileTooLarge, format!("route:{}", route.name)).await;
    true
}

/// Puts a file away that is larger than any that is taken, unread. Where it has nowhere to go it stays, and is not looked
/// at again until it changes.
async fn put_away_what_is_too_large<P: Place>(
    durable: &Durable,
    place: &mut P,
    files: &mut Files<P::Seen>,
    name: &str,
    seen: P::Seen,
) -> Result<(), Reason> {
    let (bytes, bytes_max) = (P::bytes(seen), durable.config.limits.message_bytes_max);
    let report = json!({
        "reason": BYTES_MAX,
        "bytes": bytes,
        "bytesMax": bytes_max,
        "text": format!("The file has {bytes} bytes, and none of more than {bytes_max} is taken. Nothing of it was read."),
        "help": "Send it in parts that are smaller; or have limits.message_bytes_max raised, and leave it in the folder again.",
    });
    let refused = TakenFile { sha256: None, is_quarantined: true, report: Some(report.to_string().into_bytes()) };
    match place.put_away(name, seen, refused).await {
        Ok(true) => drop(files.0.remove(name)),
        Ok(false) => files.set(name, State::TooLarge(Instant::now() + AGAIN)),
        Err(reason) => {
            tracing::warn!(%reason, "a file that is too large could not be put away");
            let is_its_own = is_of_one_file(reason);
            files.set(name, State::TooLarge(Instant::now() + if is_its_own { AGAIN } else { AGAIN_SOON }));
            if !is_its_own {
                return Err(reason);
            }
        }
    }
    Ok(())
}

/// Puts away the files whose messages have been read; whether others wait for that.
async fn put_away_what_was_read<P: Place>(
    durable: &Durable,
    place: &mut P,
    files: &mut Files<P::Seen>,
) -> Result<bool, Reason> {
    let mut waits = false;
    for (name, seen, id) in files.to_ask() {
        files.set(&name, State::Taken { id, ask: Instant::now() });
        let Ok(Some(message)) = durable.message(id).await else { continue };
        if matches!(message.state, MessageState::Received | MessageState::Reading) {
            waits = true;
            continue;
        }
        let is_quarantined = message.state == MessageState::Quarantined;
        let report = durable.read(move |store| store.report(id, None)).await.ok().flatten();
        match place.put_away(&name, seen, TakenFile { sha256: Some(message.sha256), is_quarantined, report }).await {
            Ok(true) => drop(files.0.remove(&name)),
            Ok(false) => {}
            Err(reason) => {
                tracing::warn!(message_id = %id, %reason, "a file that was taken could not be put away");
                let again = if is_of_one_file(reason) { AGAIN } else { AGAIN_SOON };
                files.set(&name, State::Taken { id, ask: Instant::now() + again });
                if !is_of_one_file(reason) {
                    return Err(reason);
                }
            }
        }
    }
    Ok(waits)
}

/// Whether a fault tells of a file, and nothing of those beside it.
fn is_of_one_file(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::FolderClosed | Reason::FolderBroken | Reason::FolderFull | Reason::NameTaken | Reason::Unintelligible
    )
}

/// Takes a file into the store; `None` when somebody still holds it or it changed while it was read.
async fn take<P: Place>(
    durable: &Durable,
    route: &Route,
    place: &mut P,
    name: &str,
    seen: P::Seen,
) -> Result<Option<MessageId>, Fault> {
    if P::bytes(seen) > durable.config.limits.message_bytes_max {
        return Err(Fault::TooLarge);
    }
    let mut arriving = Arriving::new(durable.store.clone());
    let Some(same) = place.read(name, seen, &mut arriving).await? else { return Ok(None) };
    let by = format!("{}:{}", P::KIND, route.name);
    let found = Found { route, by, place: same, file_name: Some(name.to_owned()) };
    Ok(durable.keep_found(found, arriving.whole().await?).await?)
}

/// Whether a name is that of a file that is wanted and no longer written.
fn is_wanted(name: &str, pattern: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let unfinished = UNFINISHED_ENDS.iter().any(|end| lower.ends_with(end))
        || UNFINISHED_BEGINS.iter().any(|begin| name.starts_with(begin));
    !unfinished && fits(name, pattern)
}

/// Whether a name fits a pattern in which `*` stands for any characters.
fn fits(name: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The names that a file may get in a folder: a second file of one name gets a number.
fn names_for(name: &str) -> impl Iterator<Item = String> {
    let numbered = (2..).map({
        let name = name.to_owned();
        move |number: u32| format!("{name}.{number}")
    });
    std::iter::once(name.to_owned()).chain(numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_nothing_else_does() {
        for (name, pattern) in [
            ("a.zip", "*.zip"),
            ("a.zip", "*"),
            ("a.zip", "a.zip"),
            ("a-b-c.csv", "a*b*.csv"),
            ("aa", "a*a"),
            ("", "*"),
        ] {
            assert!(fits(name, pattern), "{name} {pattern}");
        }
        for (name, pattern) in
            [("a.zip", "*.csv"), ("a", "a*a"), ("a.zip.bak", "*.zip"), ("b.zip", "a*"), ("a.zip", "?.zip")]
        {
            assert!(!fits(name, pattern), "{name} {pattern}");
        }
    }

    #[test]
    fn names_that_say_not_yet_are_left() {
        for name in ["a.csv.part", "c.TMP", "d.filepart", ".hidden.csv", "~lock.csv", "d.csv~"] {
            assert!(!is_wanted(name, "*"), "{name}");
        }
        assert!(is_wanted("a.csv", "*"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_rests_until_it_changes_and_what_was_taken_is_asked_for_in_turn() {
        let mut files = Files(HashMap::new());
        let since = |state| match state {
            State::Rests(since) => since.elapsed().as_secs(),
            _ => panic!("it rests"),
        };
        assert_eq!(since(files.state("a", 1)), 0);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(since(files.state("a", 1)), 5);
        assert_eq!(since(files.state("a", 2)), 0);
        for (name, ask) in [("a", 3), ("b", 1), ("c", 2), ("d", 9)] {
            files.state(name, 2);
            let ask = Instant::now() + Duration::from_secs(ask);
            files.set(name, State::Taken { id: uuid::Uuid::nil(), ask });
        }
        tokio::time::advance(Duration::from_secs(4)).await;
        let names: Vec<String> = files.to_ask().into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["b", "c", "a"]);
    }
}
