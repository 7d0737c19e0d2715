//! Files that partners leave in folders: taken when they rest, once, and put away when they have been read.
//!
//! A file is taken when neither its size nor its time has changed for the route's `settle_seconds`, nobody holds it
//! open against us, and its name is not one that says "not yet". It stays where it is until its message is committed
//! and read; then it goes to `done_path` or, quarantined, to `failed_path`, with its report beside it. A file that is
//! found again (same place on the disk, same size and content) is the same message, also after a restart.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{Context, SHA256};
use store::StoreFault;
use store::message::{MessageId, MessageState};
use tokio::time::Instant;

use super::Durable;
use super::arriving::{Arriving, Found, sha256};
use crate::config::{AfterPickup, Intake, Pickup, Route};
use crate::standing::Current;

/// Between two looks into the folders.
const LOOK: Duration = Duration::from_secs(1);

/// Files of one folder that are looked at in one round.
const FILES_MAX: usize = 10_000;

/// Ends and beginnings of names of files that somebody still writes.
const UNFINISHED_ENDS: [&str; 4] = [".tmp", ".part", ".filepart", "~"];
const UNFINISHED_BEGINS: [&str; 2] = [".", "~"];

/// What was seen of a file.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Seen {
    bytes: u64,
    modified: Option<SystemTime>,
}

/// Looks into the folders of the routes of the moment until it is dropped.
pub(crate) async fn pick_up(current: Current) {
    let mut resting: HashMap<PathBuf, (Seen, Instant)> = HashMap::new();
    let mut taken: HashMap<PathBuf, Seen> = HashMap::new();
    while let Some(durable) = current.durable() {
        let routes: Vec<Arc<Route>> = durable.ways.routes.iter().filter(|route| route.enabled).cloned().collect();
        for route in &routes {
            let Intake::Directory(pickup) = &route.from.transport else { continue };
            let (folder, pattern) = (pickup.path.clone(), pickup.pattern.clone());
            let found = tokio::task::spawn_blocking(move || look(&folder, &pattern)).await;
            let Ok(Ok(found)) = found else {
                durable.metrics.folder_unreadable();
                continue;
            };
            resting.retain(|path, _| !path.starts_with(&pickup.path) || found.iter().any(|(known, _)| known == path));
            taken.retain(|path, _| !path.starts_with(&pickup.path) || found.iter().any(|(known, _)| known == path));
            for (path, seen) in found {
                if taken.get(&path) == Some(&seen) {
                    continue;
                }
                let rests = match resting.get(&path) {
                    Some((before, since)) if *before == seen => {
                        since.elapsed() >= Duration::from_secs(pickup.settle_seconds)
                    }
                    _ => {
                        resting.insert(path.clone(), (seen, Instant::now()));
                        pickup.settle_seconds == 0
                    }
                };
                if !rests || !durable.has_room() {
                    continue;
                }
                match take(&durable, route, &path, seen).await {
                    Ok(Some(id)) => {
                        taken.insert(path.clone(), seen);
                        resting.remove(&path);
                        // It may have been read before a restart.
                        if let Ok(Some(message)) = durable.message(id).await {
                            put_away(&durable, pickup, id, message.state).await;
                        }
                    }
                    Ok(None) => {}
                    Err(fault) => tracing::error!(route = %route.name, %fault, "a file could not be taken"),
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The files of a folder whose names fit and are finished, in the order of their names.
fn look(folder: &Path, pattern: &str) -> io::Result<Vec<(PathBuf, Seen)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)?.take(FILES_MAX) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let unfinished = UNFINISHED_ENDS.iter().any(|end| name.to_ascii_lowercase().ends_with(end))
            || UNFINISHED_BEGINS.iter().any(|begin| name.starts_with(begin));
        if unfinished || !fits(&name, pattern) {
            continue;
        }
        // A link may lead anywhere: only files of this folder are taken.
        let Ok(metadata) = entry.path().symlink_metadata() else { continue };
        if metadata.is_file() {
            found.push((entry.path(), Seen { bytes: metadata.len(), modified: metadata.modified().ok() }));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
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

/// Takes a file into the store; `None` when somebody still holds it or it changed while it was read.
async fn take(durable: &Durable, route: &Route, path: &Path, seen: Seen) -> Result<Option<MessageId>, StoreFault> {
    let Ok(file) = File::open(path) else { return Ok(None) };
    if file.try_lock_shared().is_err() {
        return Ok(None);
    }
    let failed = |error: io::Error| StoreFault::Failed(error.kind().to_string());
    let place = place_of(&file.metadata().map_err(failed)?);
    if seen.bytes > durable.config.limits.message_bytes_max {
        tracing::error!(route = %route.name, limit = "message_bytes_max", "a file is larger than a message may be");
        return Ok(None);
    }
    let mut file = tokio::fs::File::from_std(file);
    let mut arriving = Arriving::new(durable.store.clone());
    let is_whole = arriving.read(&mut file, seen.bytes).await?;
    let metadata = file.metadata().await.map_err(failed)?;
    if !is_whole || metadata.len() != seen.bytes || metadata.modified().ok() != seen.modified {
        return Ok(None);
    }
    let found = Found {
        route,
        by: format!("directory:{}", route.name),
        place,
        file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()),
    };
    durable.keep_found(found, arriving.whole().await?).await
}

/// Puts a file away once its message has been read, with its report beside it.
pub(crate) async fn put_away(durable: &Arc<Durable>, pickup: &Pickup, id: MessageId, state: MessageState) {
    let failed = match state {
        MessageState::Received | MessageState::Reading => return,
        MessageState::Quarantined => true,
        _ => false,
    };
    let Ok(Some(message)) = durable.message(id).await else { return };
    let Some(name) = message.file_name.clone() else { return };
    let report = durable.read(move |store| store.report(id, None)).await.ok().flatten();
    let pickup = pickup.clone();
    let moved = tokio::task::spawn_blocking(move || {
        let path = pickup.path.join(&name);
        // Another file may stand there by now: it has not been taken.
        if hash_of(&path)? != message.sha256 {
            return Ok(());
        }
        let folder = match (&pickup.after, failed) {
            (_, true) => pickup.failed_path.clone(),
            (AfterPickup::Move(done), false) => Some(done.clone()),
            (AfterPickup::Delete, false) => return fs::remove_file(&path),
        };
        // Nowhere to go: it stays, and is known when it is found again.
        let Some(folder) = folder else { return Ok(()) };
        let target = free_name(&folder, &name);
        move_file(&path, &target)?;
        if let Some(report) = report {
            let mut beside = target.into_os_string();
            beside.push(".report");
            fs::write(beside, report)?;
        }
        Ok::<_, io::Error>(())
    });
    if !matches!(moved.await, Ok(Ok(()))) {
        tracing::warn!(message_id = %id, "a file that was taken could not be put away");
    }
}

fn hash_of(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hash = Context::new(&SHA256);
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(sha256(hash.finish())),
            count => hash.update(&piece[..count]),
        }
    }
}

/// A name in a folder that no file has yet: a second file of one name gets a number.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(name);
    if !plain.exists() {
        return plain;
    }
    (2..).map(|number: u64| folder.join(format!("{name}.{number}"))).find(|path| !path.exists()).unwrap_or(plain)
}

/// Moves a file, by copying it where the folder is on another disk.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            fs::copy(from, to)?;
            File::open(to)?.sync_all()?;
            fs::remove_file(from)
        }
        moved => moved,
    }
}

/// Where a file stands on its disk, as far as the system tells.
#[cfg(unix)]
fn place_of(metadata: &fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{}:{}", metadata.dev(), metadata.ino())
}

/// Where the system does not tell, the time of the last change stands in.
#[cfg(not(unix))]
fn place_of(metadata: &fs::Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    modified.map_or_else(String::new, |since| since.as_micros().to_string())
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
    fn names_that_say_not_yet_are_left_and_links_are_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "a.csv.part", "c.TMP", ".hidden.csv", "~lock.csv", "d.csv~"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.csv")).unwrap();
        fs::create_dir(folder.path().join("folder.csv")).unwrap();
        let found = look(folder.path(), "*").unwrap();
        let names: Vec<_> = found.iter().filter_map(|(path, _)| path.file_name()?.to_str()).collect();
        assert_eq!(names, ["a.csv", "b.csv"]);
    }

    #[test]
    fn a_second_file_of_one_name_keeps_both() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "1").unwrap();
        assert_eq!(free_name(folder.path(), "a.csv"), folder.path().join("a.csv.2"));
        assert_eq!(free_name(folder.path(), "b.csv"), folder.path().join("b.csv"));
    }
}
