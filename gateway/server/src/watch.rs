//! The files that the configuration names, looked at every few seconds: one that holds something else is read anew.
//!
//! A file is what its path leads to, through links as well, so that a folder of which a link is moved to another (as
//! Kubernetes renews a mounted secret) is seen. Size, time and place on the disk say whether a file is worth reading;
//! its digest says whether it holds something else.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::NamedFiles;
use crate::reload::Reloader;
use crate::standing::Current;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(5);

/// Looks at the files of the configuration of the moment until it is dropped.
pub(crate) async fn watch_files(reloader: Arc<Reloader>, current: Current) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut watched = Watched::default();
    loop {
        looks.tick().await;
        let Some(house) = current.house() else { return };
        let looked = spawn_blocking(move || {
            let origin = house.config.origin.as_ref();
            let changed = origin.is_some_and(|origin| watched.has_changed(&origin.files));
            (watched, changed)
        });
        let Ok((after, changed)) = looked.await else { return };
        watched = after;
        if changed {
            // What came of it is told there.
            let _ = reloader.reload_files().await;
        }
    }
}

/// What was seen of a file: how it stood, and SHA-256 of what it held.
type Seen = (Option<Stamp>, Option<[u8; 32]>);

/// What was seen of the files.
#[derive(Default)]
struct Watched {
    seen: HashMap<PathBuf, Seen>,
    /// How the files were when they were last tried: the same is not tried again.
    tried: Option<Vec<Seen>>,
}

impl Watched {
    /// Whether some file holds something else than the configuration was read with, and than was tried before.
    fn has_changed(&mut self, files: &NamedFiles) -> bool {
        let now: Vec<Seen> = files.0.iter().map(|file| self.look(&file.path, || file.sha256_now())).collect();
        if now.iter().zip(&files.0).all(|((_, sha256), file)| *sha256 == file.sha256) {
            self.tried = None;
            return false;
        }
        let is_new = self.tried.as_ref() != Some(&now);
        self.tried = Some(now);
        is_new
    }

    fn look(&mut self, path: &Path, read: impl FnOnce() -> Option<[u8; 32]>) -> Seen {
        // Taken before the file is read: what changes meanwhile has another stamp at the next look.
        let stamp = Stamp::of(path);
        match self.seen.get(path) {
            Some(before @ (_, Some(_))) if before.0 == stamp => *before,
            _ => {
                let seen = (stamp, read());
                self.seen.insert(path.to_owned(), seen);
                seen
            }
        }
    }
}

/// What tells two states of a file apart without reading it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    place: Place,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self { bytes: metadata.len(), modified: metadata.modified().ok(), place: place_of(&metadata) })
    }
}

/// Device and number on it, and when anything about the file last changed, its mode too: a secret that others could read
/// is good once they cannot.
type Place = (u64, u64, (i64, i64));

#[cfg(unix)]
fn place_of(metadata: &fs::Metadata) -> Place {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), (metadata.ctime(), metadata.ctime_nsec()))
}

/// Where the system does not tell, size and time have to do.
#[cfg(not(unix))]
fn place_of(_: &fs::Metadata) -> Place {
    (0, 0, (0, 0))
}
