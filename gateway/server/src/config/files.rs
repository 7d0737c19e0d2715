//! Files that the configuration names: secrets, and who else can read them.

use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::fault::{self, ConfigRule};

/// A secret is a key or a few words: a larger file is another file.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Reads a file that holds only a secret. One trailing newline is dropped.
pub(super) fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, &'static ConfigRule> {
    let file = fs::File::open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if !metadata.is_file() || metadata.len() > SECRET_BYTES_MAX {
        return Err(&fault::FILE_UNREADABLE);
    }
    if others_can_read(&metadata) {
        return Err(&fault::SECRET_READABLE);
    }
    // Room for all of it from the start: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_BYTES_MAX as usize));
    file.take(SECRET_BYTES_MAX).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    Ok(bytes)
}

/// Reads a file that holds no secret, such as a certificate.
pub(super) fn read_public(path: &Path, bytes_max: u64) -> Result<Vec<u8>, &'static ConfigRule> {
    let file = fs::File::open(path).map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > bytes_max { Err(&fault::FILE_UNREADABLE) } else { Ok(bytes) }
}

fn unreadable(error: &io::Error) -> &'static ConfigRule {
    if error.kind() == io::ErrorKind::NotFound { &fault::FILE_MISSING } else { &fault::FILE_UNREADABLE }
}

/// Whether anyone but the owner, and the group for reading, can do anything with the file.
#[cfg(unix)]
fn others_can_read(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o037 != 0
}

/// Windows has access lists instead of a mode; they are not looked at here, and the reference page says so.
#[cfg(windows)]
fn others_can_read(_: &Metadata) -> bool {
    false
}
