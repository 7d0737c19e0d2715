//! Opening documents: a file, several files, a folder, a zip archive or a stream becomes a [`Document`] of parts that
//! are read by position. Plain blocking code, used by the command line and by the server.
//!
//! Folders are read flat and ordered by name, so that the same folder is the same document on every system; but for the
//! photographs of a document, which stand in a folder of their own beside it and keep its name before theirs. Streams
//! and members of archives are spooled (see [`crate::spool`]). A [`DocumentFault`] names the limit or the kind of
//! damage and never a name or a byte of the input: names are values.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod archive;
mod part;

pub use archive::open_archive;
pub(crate) use part::read_file_at;

use crate::config::Limits;
use crate::spool::{SpoolKey, SpoolLimits, SpoolWriter, TooLarge};
use kit::document::{Document, Part};
use kit::photograph::FOLDER;
use part::FilePart;

/// Bytes that are taken from a stream at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Where a document, or a piece of one, comes from.
pub enum Input<'a> {
    /// A file, a folder (its files and those of `photos` below it, no others) or a `.zip` archive.
    Path(PathBuf),
    /// A stream that cannot be read by position, such as standard input.
    Stream(&'a mut dyn Read),
}

/// How much may be opened.
#[derive(Clone, Debug)]
pub struct DocumentLimits {
    /// Members of an archive, or files of a folder, at most (`limits.zip_members_max`).
    pub members_max: u64,
    /// Inflated to packed bytes of an archive, at most (`limits.inflate_ratio_max`).
    pub inflate_ratio_max: u64,
    /// Inflated bytes of an archive, or bytes of a stream, at most. Files are read where they lie and have no limit.
    pub bytes_max: u64,
    /// Where and from which size on spools go to disk; its own `bytes_max` is replaced by what is left.
    pub spool: SpoolLimits,
}

impl DocumentLimits {
    /// The limits of the configuration for a document of at most `bytes_max` bytes.
    pub fn new(limits: &Limits, bytes_max: u64) -> Self {
        Self {
            members_max: limits.zip_members_max,
            inflate_ratio_max: limits.inflate_ratio_max,
            bytes_max,
            spool: SpoolLimits { memory_bytes_max: limits.spool_bytes_min, bytes_max, folder: None },
        }
    }
}

/// Why a document could not be opened. The words can be shown to anyone.
#[derive(Debug, thiserror::Error)]
pub enum DocumentFault {
    /// Nothing stands under this path.
    #[error("there is no such file or folder")]
    Missing,
    /// The system refused.
    #[error("the file cannot be read")]
    Unreadable(#[source] io::Error),
    /// The spool could not be written: disk full, no right to write.
    #[error("there is no room to keep the document while it is read")]
    SpoolFailed(#[source] io::Error),
    /// A folder without files, an archive without members, no input at all.
    #[error("there is no file in it")]
    Empty,
    /// Neither a file nor a folder.
    #[error("this is neither a file nor a folder")]
    NotAFile,
    /// No zip archive, or cut short, or with a wrong checksum, or packed in an unknown way.
    #[error("the zip archive is damaged, cut short, or packed in a way that is not known here")]
    DamagedArchive,
    /// A member has a password.
    #[error("the zip archive is encrypted")]
    EncryptedArchive,
    /// More members, or files, than allowed.
    #[error("it holds more than {members_max} files")]
    TooManyMembers {
        /// The limit.
        members_max: u64,
    },
    /// An archive that inflates beyond the ratio: a bomb, or a mistake.
    #[error("it inflates to more than {inflate_ratio_max} times its size")]
    InflatesTooMuch {
        /// The limit.
        inflate_ratio_max: u64,
    },
    /// More bytes than allowed.
    #[error("it holds more than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: u64,
    },
}

/// Opens all inputs as one document, in their order.
///
/// # Errors
/// [`DocumentFault`] of the first input that cannot be opened, with its position among the inputs, from 0.
pub fn open(inputs: Vec<Input<'_>>, limits: &DocumentLimits) -> Result<Document, (usize, DocumentFault)> {
    let key = SpoolKey::random().map_err(|error| (0, DocumentFault::SpoolFailed(error)))?;
    let mut parts = Vec::new();
    for (position, input) in inputs.into_iter().enumerate() {
        let opened = match input {
            Input::Path(path) => open_path(&path, limits, &key),
            Input::Stream(stream) => open_stream(stream, limits, &key).map(|part| vec![part]),
        };
        parts.append(&mut opened.map_err(|fault| (position, fault))?);
    }
    if parts.is_empty() {
        return Err((0, DocumentFault::Empty));
    }
    Ok(Document::new(parts))
}

fn open_path(path: &Path, limits: &DocumentLimits, key: &Arc<SpoolKey>) -> Result<Vec<Part>, DocumentFault> {
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return open_folder(path, limits);
    }
    if !metadata.is_file() {
        return Err(DocumentFault::NotAFile);
    }
    let part = open_file(path)?;
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        return open_archive(&part.bytes, limits, key).map(Document::into_parts);
    }
    Ok(vec![part])
}

fn open_folder(path: &Path, limits: &DocumentLimits) -> Result<Vec<Part>, DocumentFault> {
    let mut paths = Vec::new();
    let photos = path.join(FOLDER);
    for (folder, before) in [(path, ""), (&*photos, FOLDER)] {
        if !before.is_empty() && !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if fs::metadata(&path).map_err(unreadable)?.is_file() {
                paths.push((path, before));
            }
            if paths.len() as u64 > limits.members_max {
                return Err(DocumentFault::TooManyMembers { members_max: limits.members_max });
            }
        }
    }
    if paths.is_empty() {
        return Err(DocumentFault::Empty);
    }
    paths.sort();
    let open = |(path, before): &(PathBuf, &str)| {
        open_file(path).map(|part| Part { name: format!("{before}{}", part.name).into(), ..part })
    };
    paths.iter().map(open).collect()
}

fn open_file(path: &Path) -> Result<Part, DocumentFault> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = fs::File::open(path).map_err(unreadable)?;
    Ok(Part::new(name, FilePart::new(file).map_err(unreadable)?))
}

fn open_stream(stream: &mut dyn Read, limits: &DocumentLimits, key: &Arc<SpoolKey>) -> Result<Part, DocumentFault> {
    let mut spool = limits.spool.clone();
    spool.bytes_max = limits.bytes_max;
    let mut writer = SpoolWriter::new(key.clone(), spool);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(DocumentFault::Unreadable(error)),
        };
        writer.write_all(&piece[..count]).map_err(|error| {
            if TooLarge::is_cause_of(&error) {
                DocumentFault::TooLarge { bytes_max: limits.bytes_max }
            } else {
                DocumentFault::SpoolFailed(error)
            }
        })?;
    }
    Ok(Part::new("-", writer.finish().map_err(DocumentFault::SpoolFailed)?))
}

fn unreadable(error: io::Error) -> DocumentFault {
    if error.kind() == io::ErrorKind::NotFound { DocumentFault::Missing } else { DocumentFault::Unreadable(error) }
}

/// The last piece of a path as an archive or a browser wrote it: a name is never used as a path.
fn last_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// The same of a member of an archive: what stands in a folder of photographs says so.
pub(crate) fn member_name(path: &str) -> String {
    let name = last_name(path);
    let folder = path.strip_suffix(&name).unwrap_or_default().trim_end_matches(['/', '\\']);
    if last_name(folder) == FOLDER.trim_end_matches('/') { format!("{FOLDER}{name}") } else { name }
}
