//! The folders of an installed MESH client: deliveries are put into `out`, messages are found in `in`, and `sent` and
//! `failed` tell what the client did.
//!
//! A message is a pair: `NAME.dat`, its content, and `NAME.ctl`, which says what it is. The control file comes last and
//! leaves last: who sees it may take the content. Nothing is moved out of `in` by itself: whoever calls
//! [`MeshFolder::take`] has kept the message.

mod control;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use uuid::Uuid;

pub use control::{Control, ControlFault};

use super::directory::{reason_of, sync_folder, write_whole};
use super::mesh::{Arrival, ArrivalKind, Fate, MessageId, Refusal, Report};
use super::outcome::{Outcome, Reason};
use super::parcel::Parcel;
use crate::config;

/// Files of one folder that are looked at in one look.
const FILES_MAX: usize = 10_000;

/// Bytes of a control file.
const CONTROL_BYTES_MAX: u64 = 64 * 1024;

/// Where a message goes once it is kept, beside the folders of the client.
const DONE: &str = "done";

/// The folders of one mailbox.
pub struct MeshFolder {
    path: PathBuf,
    writing: Mutex<()>,
    /// What was last seen of each content file: a control file need not name a size.
    seen: Mutex<HashMap<String, Seen>>,
}

/// What was seen of a file.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Seen {
    bytes: u64,
    modified: Option<SystemTime>,
}

/// What one look into `in` found.
#[derive(Debug, Default)]
pub struct Look {
    /// Messages that are whole.
    pub found: Vec<Found>,
    /// Control files that cannot be read, and stay.
    pub unreadable: usize,
}

/// A message in `in`.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is.
    pub arrival: Arrival,
    /// Bytes of its content.
    pub bytes: u64,
    /// Its content; a report need not have one.
    data: Option<PathBuf>,
    control: PathBuf,
}

impl Found {
    /// Opens the content.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn open(&self) -> io::Result<File> {
        File::open(self.data.as_ref().ok_or(io::ErrorKind::NotFound)?)
    }
}

/// What the client did with a delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Word {
    /// Which.
    pub delivery: Uuid,
    /// What MESH calls it, where it has it.
    pub message_id: Option<MessageId>,
    /// [`Fate::Waits`] for one that MESH took, else failed. That one was collected, the client does not tell.
    pub fate: Fate,
    control: PathBuf,
}

impl MeshFolder {
    /// Makes ready for a mailbox.
    #[must_use]
    pub fn new(folder: &config::MeshFolder) -> Self {
        Self { path: folder.path.clone(), writing: Mutex::new(()), seen: Mutex::default() }
    }

    /// Puts a delivery into `out`, on a thread that may block. One that is there already, or was sent, is not put again.
    pub(super) async fn put(folder: &Arc<Self>, way: &config::MeshFolderWay, parcel: Parcel) -> Outcome {
        let (folder, way) = (folder.clone(), way.clone());
        let putting = tokio::task::spawn_blocking(move || folder.write(&way, &parcel));
        match putting.await {
            Ok(Ok(())) => Outcome::Sent { message_id: None },
            Ok(Err(error)) => Outcome::of(reason_of(&error), None),
            Err(_) => Outcome::of(Reason::Internal, None),
        }
    }

    fn write(&self, way: &config::MeshFolderWay, parcel: &Parcel) -> io::Result<()> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let name = parcel.delivery.to_string();
        let out = self.folder("out")?;
        let sent = self.folder("sent")?;
        for folder in [&out, &sent] {
            if folder.join(format!("{name}.ctl")).try_exists()? {
                return Ok(());
            }
        }
        let control = control::written(way, parcel.delivery);
        for (end, bytes) in [("dat", &parcel.body[..]), ("ctl", control.as_bytes())] {
            let part = out.join(format!(".{name}.{end}.part"));
            let put = write_whole(&part, bytes)
                .and_then(|()| fs::rename(&part, out.join(format!("{name}.{end}"))))
                .and_then(|()| sync_folder(&out));
            if put.is_err() {
                // What is left of it would take room on a full disk; the next attempt begins anew.
                let _ = fs::remove_file(&part);
            }
            put?;
        }
        Ok(())
    }

    /// Looks into `in` for messages that are whole: their control file can be read, and their content has the size that
    /// it names or, where it names none, has rested since the last look. Blocks.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn look(&self) -> io::Result<Look> {
        let folder = self.folder("in")?;
        let mut look = Look::default();
        let mut seen = HashMap::new();
        for (name, path) in controls(&folder)? {
            let Ok(control) = read_control(&path) else {
                look.unreadable += 1;
                continue;
            };
            let data = folder.join(format!("{name}.dat"));
            let metadata = fs::symlink_metadata(&data).ok().filter(fs::Metadata::is_file);
            let Some(message_id) = control.message_id.or_else(|| MessageId::parse(&name)) else {
                look.unreadable += 1;
                continue;
            };
            let bytes = metadata.as_ref().map_or(0, fs::Metadata::len);
            let is_whole = match (&metadata, control.is_report) {
                (None, true) => true,
                (None, false) => {
                    self.finish_taking(&name, &path);
                    false
                }
                (Some(metadata), _) => match control.data_bytes {
                    Some(named) => named == metadata.len(),
                    None => {
                        let now = Seen { bytes: metadata.len(), modified: metadata.modified().ok() };
                        seen.insert(name.clone(), now);
                        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&name) == Some(&now)
                    }
                },
            };
            if is_whole {
                let arrival = arrival(message_id, control);
                look.found.push(Found { arrival, bytes, data: metadata.map(|_| data), control: path });
            }
        }
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        Ok(look)
    }

    /// Moves a message that is kept out of `in`, into `done` beside it. Blocks.
    ///
    /// # Errors
    /// When it cannot be moved; it may be tried again at any time.
    pub fn take(&self, found: &Found) -> io::Result<()> {
        let done = self.done()?;
        for path in found.data.iter().chain([&found.control]) {
            let Some(name) = path.file_name() else { continue };
            match fs::rename(path, done.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        sync_folder(&done)
    }

    /// What the client did with deliveries since they were put into `out`. Blocks.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn words(&self) -> io::Result<Vec<Word>> {
        let mut words = Vec::new();
        for (folder, is_failed) in [("sent", false), ("failed", true)] {
            for (name, path) in controls(&self.folder(folder)?)? {
                let Ok(delivery) = Uuid::try_parse(&name) else { continue };
                // Its place says what became of it, whatever the file says or does not.
                let control = read_control(&path).unwrap_or_default();
                let failed = control.failure.or(is_failed.then(|| Refusal::of_code("")));
                let fate = failed.map_or(Fate::Waits, Fate::Failed);
                words.push(Word { delivery, message_id: control.message_id, fate, control: path });
            }
        }
        Ok(words)
    }

    /// Removes what the client kept of a delivery whose word is kept: it is a copy of what the store has. Blocks.
    ///
    /// # Errors
    /// When it cannot be removed; it may be tried again at any time.
    pub fn forget(&self, word: &Word) -> io::Result<()> {
        [word.control.with_extension("dat"), word.control.clone()].iter().try_for_each(|path| remove(path))
    }

    /// Whether the client has not taken a delivery yet. Blocks.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn waits(&self, delivery: Uuid) -> io::Result<bool> {
        self.folder("out")?.join(format!("{delivery}.ctl")).try_exists()
    }

    /// Takes back a delivery that the client has not taken: its control file first, so that it is not sent half-way.
    /// Blocks.
    ///
    /// # Errors
    /// When it cannot be removed; it may be tried again at any time.
    pub fn withdraw(&self, delivery: Uuid) -> io::Result<()> {
        let out = self.folder("out")?;
        ["ctl", "dat"].iter().try_for_each(|end| remove(&out.join(format!("{delivery}.{end}"))))?;
        sync_folder(&out)
    }

    /// A crash between the two files of a pair has left its control file behind.
    fn finish_taking(&self, name: &str, control: &Path) {
        let Ok(done) = self.done() else { return };
        if done.join(format!("{name}.dat")).is_file() {
            // It is found again at the next look.
            let _ = fs::rename(control, done.join(format!("{name}.ctl")));
        }
    }

    fn done(&self) -> io::Result<PathBuf> {
        let done = self.path.join(DONE);
        fs::create_dir_all(&done)?;
        Ok(done)
    }

    /// A folder of the client, which writes their names in capitals on some systems.
    fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let plain = self.path.join(name);
        if plain.is_dir() {
            return Ok(plain);
        }
        let capitals = self.path.join(name.to_ascii_uppercase());
        if capitals.is_dir() { Ok(capitals) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// Removes a file that may be gone already.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The control files of a folder, in the order of their names, each with its name without the end.
fn controls(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut controls = Vec::new();
    for entry in fs::read_dir(folder)?.take(FILES_MAX) {
        let entry = entry?;
        let path = entry.path();
        let is_control = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("ctl"));
        // A link may lead anywhere: only files of this folder are read.
        if !is_control || !entry.file_type()?.is_file() {
            continue;
        }
        if let Some(name) = path.file_stem().and_then(OsStr::to_str).filter(|name| !name.starts_with('.')) {
            controls.push((name.to_owned(), path));
        }
    }
    controls.sort();
    Ok(controls)
}

fn read_control(path: &Path) -> Result<Control, ControlFault> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|_| ControlFault::Unreadable)?;
    file.take(CONTROL_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|_| ControlFault::Unreadable)?;
    if bytes.len() as u64 > CONTROL_BYTES_MAX {
        return Err(ControlFault::Limit);
    }
    Control::parse(&bytes)
}

fn arrival(message_id: MessageId, control: Control) -> Arrival {
    let kind = if control.is_report {
        ArrivalKind::Report(Report {
            delivery: control.local_id.as_deref().and_then(|id| Uuid::try_parse(id).ok()),
            about: None,
            fate: control.failure.map_or(Fate::Delivered, Fate::Failed),
        })
    } else {
        ArrivalKind::Data
    };
    Arrival {
        message_id,
        workflow: control.workflow.unwrap_or_default(),
        from: control.from,
        local_id: control.local_id,
        file_name: None,
        kind,
    }
}

#[cfg(test)]
mod tests;
