//! Where a translation is written: standard output, a file, a folder or an archive, whole or not at all.
//!
//! Everything is written beside its final name, synced and renamed at the end; when the work ends early, what was
//! written beside is removed. Under the final name stands a whole output or nothing. A device or a pipe is written to as
//! it is: nothing may take its place.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

use exchange::pipeline::Output;
use kit::adapter::Parts;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::failure::Failure;

/// An output that is not yet under its final name.
pub(crate) struct Target {
    kind: Kind,
}

enum Kind {
    /// One stream.
    Standard,
    /// The one part of a format that may have several; held back until no other has come.
    Single {
        part: Option<String>,
        bytes: Vec<u8>,
    },
    File {
        beside: Beside,
        file: BufWriter<File>,
    },
    /// A device or a pipe: bytes go to it as they come, and nothing is put in its place.
    Device(BufWriter<File>),
    Folder {
        beside: Beside,
        lasting: bool,
        open: Vec<(String, BufWriter<File>)>,
    },
    Archive {
        beside: Beside,
        file: File,
        parts: Vec<(String, BufWriter<File>)>,
    },
}

/// A path beside the final one, this run's alone; removed when it is dropped without having been renamed.
///
/// It is locked while it is written, so that two runs with one final name cannot write into each other's output: the
/// second is refused. Where the system has no such lock (a folder on Windows, some network drives) nothing is held.
struct Beside {
    path: PathBuf,
    last: PathBuf,
    /// Holds the lock until all is renamed or removed.
    _held: Option<File>,
    done: bool,
}

impl Target {
    /// Opens the output of a format; `-` is standard output, as no path is.
    ///
    /// # Errors
    /// When the path does not suit the format, is in the way, or cannot be written.
    pub(crate) fn open(path: Option<&Path>, parts: Parts) -> Result<Self, Failure> {
        let is_zip = |path: &Path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        Self::open_as(path, parts, path.is_some_and(is_zip))
    }

    /// Opens the output of bytes that are written as they come: a `.zip` is one because they are.
    ///
    /// # Errors
    /// As for [`Target::open`].
    pub(crate) fn open_plain(path: Option<&Path>) -> Result<Self, Failure> {
        Self::open_as(path, Parts::One, false)
    }

    fn open_as(path: Option<&Path>, parts: Parts, archive: bool) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            let kind = match parts {
                Parts::One => Kind::Standard,
                Parts::Named => {
                    return Err(Failure::new(
                        "this format has several parts, and standard output takes one",
                        INTO_MANY,
                    ));
                }
                Parts::EachChild => Kind::Single { part: None, bytes: Vec::new() },
            };
            return Ok(Self { kind });
        };
        let path = &followed(path)?;
        let standing = fs::metadata(path).ok().map(|metadata| metadata.file_type());
        let one_file = archive || parts == Parts::One;
        if one_file && standing.is_some_and(|standing| standing.is_dir()) {
            return Err(Failure::new("the output path is a folder, and this output is one file", "name a file in it"));
        }
        let kind = if standing.is_some_and(|standing| !standing.is_file() && !standing.is_dir()) {
            if archive || parts != Parts::One {
                return Err(Failure::new("the output path is a device or a pipe", INTO_MANY));
            }
            let device = fs::OpenOptions::new().write(true).open(path).map_err(cannot_write)?;
            Kind::Device(BufWriter::with_capacity(WRITE_BYTES, device))
        } else if archive {
            let (beside, file) = Beside::file(path)?;
            Kind::Archive { beside, file, parts: Vec::new() }
        } else if parts == Parts::One {
            let (beside, file) = Beside::file(path)?;
            Kind::File { beside, file: BufWriter::with_capacity(WRITE_BYTES, file) }
        } else {
            if path.exists() && fs::read_dir(path).map_err(cannot_write)?.next().is_some() {
                return Err(Failure::new("the output folder is not empty", "name a new or an empty folder"));
            }
            Kind::Folder { beside: Beside::folder(path)?, lasting: parts == Parts::Named, open: Vec::new() }
        };
        Ok(Self { kind })
    }

    /// Puts the output under its final name.
    ///
    /// # Errors
    /// When it cannot be written to its end or renamed.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self.kind {
            Kind::Standard => print(&[]),
            Kind::Single { bytes, .. } => print(&bytes),
            Kind::File { beside, file } => {
                sync(file).map_err(cannot_write)?;
                beside.rename()
            }
            // A device has no disk to be synced to, and says so as an error.
            Kind::Device(mut device) => device.flush().map_err(cannot_write),
            Kind::Folder { beside, open, .. } => {
                for (_, file) in open {
                    sync(file).map_err(cannot_write)?;
                }
                if beside.last.exists() {
                    fs::remove_dir(&beside.last).map_err(cannot_write)?;
                }
                beside.rename()
            }
            Kind::Archive { beside, file, parts } => {
                archive(file, parts).map_err(cannot_write)?;
                beside.rename()
            }
        }
    }
}

/// What to do when one stream is not enough.
const INTO_MANY: &str = "give -o FOLDER or -o NAME.zip";

/// The path that a link leads to, so that the link stays one; a path that is no link as it is.
fn followed(path: &Path) -> Result<PathBuf, Failure> {
    let linked = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let leads_to_file = || fs::metadata(path).is_ok_and(|metadata| metadata.is_file() || metadata.is_dir());
    if linked && leads_to_file() { path.canonicalize().map_err(cannot_write) } else { Ok(path.to_owned()) }
}

/// Writes the rest to standard output; a reader who has gone wants nothing more.
fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_write(error)),
        _ => Ok(()),
    }
}

/// Bytes gathered before they are written to a file.
const WRITE_BYTES: usize = 256 << 10;

impl Output for Target {
    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        match &mut self.kind {
            Kind::Standard => io::stdout().lock().write_all(bytes),
            Kind::Single { part: known, bytes: held } => {
                if known.get_or_insert_with(|| part.to_owned()) != part {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidInput,
                        "the output has several parts, and standard output takes one",
                    ));
                }
                held.extend_from_slice(bytes);
                Ok(())
            }
            Kind::File { file, .. } | Kind::Device(file) => file.write_all(bytes),
            Kind::Folder { beside, lasting, open } => {
                let known = open.iter().position(|(known, _)| known == part);
                let place = match known {
                    Some(place) => place,
                    None => {
                        if !*lasting {
                            // The parts of one child come one after another: only the last is open.
                            for (_, file) in open.drain(..) {
                                sync(file)?;
                            }
                        }
                        let path = beside.path.join(part);
                        if let Some(folder) = path.parent() {
                            fs::create_dir_all(folder)?;
                        }
                        let file = File::create(path)?;
                        open.push((part.to_owned(), BufWriter::with_capacity(WRITE_BYTES, file)));
                        open.len() - 1
                    }
                };
                open[place].1.write_all(bytes)
            }
            Kind::Archive { parts, .. } => {
                let place = match parts.iter().rposition(|(known, _)| known == part) {
                    Some(place) => place,
                    None => {
                        parts.push((part.to_owned(), BufWriter::new(tempfile::tempfile()?)));
                        parts.len() - 1
                    }
                };
                parts[place].1.write_all(bytes)
            }
        }
    }
}

impl Beside {
    fn file(last: &Path) -> Result<(Self, File), Failure> {
        let path = Self::cleared(last)?;
        let file = File::create_new(&path).map_err(in_the_way)?;
        lock(&path, &file)?;
        let held = Some(file.try_clone().map_err(cannot_write)?);
        Ok((Self { path, last: last.to_owned(), _held: held, done: false }, file))
    }

    fn folder(last: &Path) -> Result<Self, Failure> {
        let path = Self::cleared(last)?;
        fs::create_dir(&path).map_err(in_the_way)?;
        let held = File::open(&path).ok();
        if let Some(held) = &held {
            lock(&path, held)?;
        }
        Ok(Self { path, last: last.to_owned(), _held: held, done: false })
    }

    /// The path beside the final one, freed of what an interrupted run left there. A link to somewhere else is not
    /// followed.
    fn cleared(last: &Path) -> Result<PathBuf, Failure> {
        let name = last.file_name().ok_or_else(|| Failure::new("the output path names no file", "give -o PATH"))?;
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(".part");
        let path = last.with_file_name(beside);
        let Ok(standing) = fs::symlink_metadata(&path) else { return Ok(path) };
        // Held until it is gone: nobody else may take it for left behind in between.
        let left = if standing.is_file() || standing.is_dir() { File::open(&path).ok() } else { None };
        if let Some(left) = &left {
            lock(&path, left)?;
        }
        if standing.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.map_err(cannot_write)?;
        Ok(path)
    }

    fn rename(mut self) -> Result<(), Failure> {
        fs::rename(&self.path, &self.last).map_err(cannot_write)?;
        self.done = true;
        sync_folder(&self.last);
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.done {
            // Nothing more can be done when even this fails.
            let _ = if self.path.is_dir() { fs::remove_dir_all(&self.path) } else { fs::remove_file(&self.path) };
        }
    }
}

/// Locks what was opened at a path, and sees that it still stands there.
fn lock(path: &Path, file: &File) -> Result<(), Failure> {
    match file.try_lock() {
        Ok(()) if stands_at(path, file) => Ok(()),
        Ok(()) | Err(TryLockError::WouldBlock) => Err(another_run()),
        // A system without locks is no reason to write nothing.
        Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Whether the path still leads to the opened file, and not to one that took its place.
#[cfg(unix)]
fn stands_at(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let [opened, standing] = [file.metadata(), fs::symlink_metadata(path)]
        .map(|metadata| metadata.ok().map(|metadata| (metadata.dev(), metadata.ino())));
    opened.is_some() && opened == standing
}

/// Nobody can remove a file here that another has locked.
#[cfg(not(unix))]
fn stands_at(_: &Path, _: &File) -> bool {
    true
}

/// Why nothing could be made beside the final name, which had just been cleared.
fn in_the_way(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::AlreadyExists { another_run() } else { cannot_write(error) }
}

fn another_run() -> Failure {
    Failure::new("another run is writing this output", "wait until it has ended, or give another -o")
}

fn sync(file: BufWriter<File>) -> io::Result<()> {
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// The rename itself is on the disk only when the folder is synced, where the system can.
#[cfg(unix)]
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Folders cannot be synced here; the rename is as lasting as the system makes it.
#[cfg(not(unix))]
fn sync_folder(_: &Path) {}

fn archive(file: File, parts: Vec<(String, BufWriter<File>)>) -> io::Result<()> {
    let mut archive = ZipWriter::new(file);
    for (name, part) in parts {
        let mut part = part.into_inner().map_err(io::IntoInnerError::into_error)?;
        part.rewind()?;
        archive.start_file(name, SimpleFileOptions::default().large_file(true)).map_err(io::Error::other)?;
        let mut bytes = vec![0; WRITE_BYTES];
        loop {
            match part.read(&mut bytes)? {
                0 => break,
                count => archive.write_all(&bytes[..count])?,
            }
        }
    }
    archive.finish().map_err(io::Error::other)?.sync_all()
}

/// A failure of the output in words: the system's kind of error, never a path that a person did not give.
pub(crate) fn cannot_write(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidInput => Failure::new(error.to_string(), INTO_MANY),
        kind => Failure::new("the output cannot be written", format!("the system says: {kind}")),
    }
}
