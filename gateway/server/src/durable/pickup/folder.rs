//! A folder of this machine, or of a share that it has mounted.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{Context, SHA256};
use tokio::task::spawn_blocking;

use super::{Destination, FILES_MAX, Fault, Place, TakenFile, is_wanted, names_for};
use crate::config::Pickup;
use crate::durable::arriving::{Arriving, sha256};
use crate::outbound::folder_reason;
use crate::outbound::outcome::Reason;

/// Bytes of a file that are hashed at once.
const HASHED_BYTES: usize = 64 * 1024;

/// What was seen of a file.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Seen {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Seen {
    fn of(metadata: &fs::Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// A folder from which files are taken.
pub(super) struct LocalFolder {
    pickup: Pickup,
}

impl LocalFolder {
    pub(super) fn new(pickup: Pickup) -> Self {
        Self { pickup }
    }
}

impl Place for LocalFolder {
    type Seen = Seen;

    const KIND: &'static str = "directory";
    const LOOK: Duration = Duration::from_secs(1);
    const LOOK_WAITING: Duration = Duration::from_secs(1);
    const LOOK_MAX: Duration = Duration::from_secs(1);

    fn settle(&self) -> Duration {
        Duration::from_secs(self.pickup.settle_seconds)
    }

    async fn look(&mut self) -> Result<BTreeMap<String, Seen>, Reason> {
        let (folder, pattern) = (self.pickup.path.clone(), self.pickup.pattern.clone());
        blocking(move || look(&folder, &pattern)).await
    }

    fn bytes(seen: Seen) -> u64 {
        seen.bytes
    }

    async fn read(&mut self, name: &str, seen: Seen, into: &mut Arriving) -> Result<Option<String>, Fault> {
        let Ok(file) = File::open(self.pickup.path.join(name)) else { return Ok(None) };
        if file.try_lock_shared().is_err() {
            return Ok(None);
        }
        let failed = |error: io::Error| folder_reason(&error);
        let same = place_of(&file.metadata().map_err(failed)?);
        let mut file = tokio::fs::File::from_std(file);
        let is_whole = into.read(&mut file, seen.bytes).await?;
        let metadata = file.metadata().await.map_err(failed)?;
        let rested = is_whole && metadata.len() == seen.bytes && metadata.modified().ok() == seen.modified;
        Ok(rested.then_some(same))
    }

    async fn put_away(&mut self, name: &str, seen: Seen, taken: TakenFile) -> Result<bool, Reason> {
        let (pickup, name) = (self.pickup.clone(), name.to_owned());
        blocking(move || put_away(&pickup, &name, seen, &taken)).await
    }

    async fn leave(&mut self) {}
}

/// Runs what may block where it may.
async fn blocking<T: Send + 'static>(run: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Reason> {
    spawn_blocking(run).await.map_err(|_| Reason::Internal)?.map_err(|error| folder_reason(&error))
}

/// The files of a folder whose names fit and are finished.
fn look(folder: &Path, pattern: &str) -> io::Result<BTreeMap<String, Seen>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)?.take(FILES_MAX) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_wanted(&name, pattern) {
            continue;
        }
        // A link may lead anywhere: only files of this folder are taken.
        let Ok(metadata) = entry.path().symlink_metadata() else { continue };
        if metadata.is_file() {
            found.insert(name, Seen::of(&metadata));
        }
    }
    Ok(found)
}

fn put_away(pickup: &Pickup, name: &str, seen: Seen, taken: &TakenFile) -> io::Result<bool> {
    let path = pickup.path.join(name);
    // Another file may stand there by now: it has not been taken.
    let is_the_same = match taken.sha256 {
        Some(sha256) => hash_of(&path)? == sha256,
        None => Seen::of(&path.symlink_metadata()?) == seen,
    };
    if !is_the_same {
        return Ok(true);
    }
    let folder = match pickup.destination(taken) {
        Destination::Folder(folder) => folder,
        Destination::Removed => return fs::remove_file(&path).map(|()| true),
        Destination::Nowhere => return Ok(false),
    };
    let target = free_name(folder, name);
    move_file(&path, &target)?;
    if let Some(report) = &taken.report {
        let mut beside = target.into_os_string();
        beside.push(".report");
        fs::write(beside, report)?;
    }
    Ok(true)
}

fn hash_of(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hash = Context::new(&SHA256);
    let mut piece = vec![0; HASHED_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(sha256(hash.finish())),
            count => hash.update(&piece[..count]),
        }
    }
}

/// A name in a folder that no file has yet.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let mut paths = names_for(name).map(|name| folder.join(name));
    paths.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
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
    fn links_and_folders_are_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "a.csv.part"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.csv")).unwrap();
        fs::create_dir(folder.path().join("folder.csv")).unwrap();
        let found = look(folder.path(), "*").unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a.csv", "b.csv"]);
    }

    #[test]
    fn a_second_file_of_one_name_keeps_both() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "1").unwrap();
        assert_eq!(free_name(folder.path(), "a.csv"), folder.path().join("a.csv.2"));
        assert_eq!(free_name(folder.path(), "b.csv"), folder.path().join("b.csv"));
    }
}
