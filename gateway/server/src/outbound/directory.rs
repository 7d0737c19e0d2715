//! A delivery as a file: under a hidden name until it is whole and on stable storage, then under its own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::outcome::{Outcome, Reason};
use super::parcel::Parcel;
use crate::config;

/// Bytes of a file compared at once.
const COMPARED_BYTES: usize = 64 * 1024;

/// A folder into which deliveries are written, one at a time.
pub(super) struct Folder {
    folder: config::Folder,
    /// Two deliveries may have one name: the second must see the first.
    writing: Mutex<()>,
}

impl Folder {
    pub(super) fn new(folder: &config::Folder) -> Self {
        Self { folder: folder.clone(), writing: Mutex::new(()) }
    }

    /// Makes one attempt on a thread that may block.
    pub(super) async fn send(folder: &Arc<Self>, parcel: Parcel) -> Outcome {
        let folder = folder.clone();
        let writing = tokio::task::spawn_blocking(move || folder.write(&parcel));
        match writing.await {
            Ok(Ok(())) => Outcome::Accepted,
            Ok(Err(reason)) => Outcome::of(reason, None),
            Err(_) => Outcome::of(Reason::Internal, None),
        }
    }

    fn write(&self, parcel: &Parcel) -> Result<(), Reason> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let name = self.folder.name.of(parcel.date, parcel.delivery, &parcel.route);
        let path = self.folder.path.join(&name);
        match holds(&path, &parcel.body) {
            // An attempt whose end was never told.
            Ok(Some(true)) => return sync_folder(&self.folder.path).map_err(|error| reason_of(&error)),
            Ok(Some(false)) => return Err(Reason::NameTaken),
            Ok(None) => {}
            Err(error) => return Err(reason_of(&error)),
        }
        let part = self.folder.path.join(format!(".{name}.part"));
        write_whole(&part, &parcel.body)
            .and_then(|()| fs::rename(&part, &path))
            .and_then(|()| sync_folder(&self.folder.path))
            .map_err(|error| {
                // What is left of it would take room on a full disk; the next attempt begins anew.
                let _ = fs::remove_file(&part);
                reason_of(&error)
            })
    }
}

/// Whether the file holds these bytes; `None` when there is no such file.
fn holds(path: &Path, bytes: &[u8]) -> io::Result<Option<bool>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !metadata.is_file() || metadata.len() != bytes.len() as u64 {
        return Ok(Some(false));
    }
    let mut file = File::open(path)?;
    let mut buffer = vec![0; COMPARED_BYTES];
    for piece in bytes.chunks(COMPARED_BYTES) {
        let buffer = &mut buffer[..piece.len()];
        file.read_exact(buffer)?;
        if buffer != piece {
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}

pub(super) fn write_whole(part: &Path, bytes: &[u8]) -> io::Result<()> {
    // Left by a crash, or put there by another: never written through.
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = new_file(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new file that its group may read: the one who collects it is in the group.
#[cfg(unix)]
fn new_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o640).open(path)
}

/// A new file under the access list of its folder.
#[cfg(windows)]
fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Makes the new name outlive a loss of power, where the system and the file system can.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Network file systems refuse to sync a folder; their server does it by itself.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Windows has no way to sync a folder.
#[cfg(windows)]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Why a folder could not be used.
pub(crate) fn reason_of(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem => Reason::FolderClosed,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Reason::FolderFull,
        _ => Reason::FolderBroken,
    }
}
