//! Files as parts of a document, read by position on every system.

use std::fs::File;
use std::io;

use kit::document::ReadAt;

/// A file read by position. A file that changes while it is read gives what it holds at that moment; a shorter one
/// ends early.
pub(super) struct FilePart {
    file: File,
    bytes: u64,
}

impl FilePart {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self { file, bytes })
    }
}

impl ReadAt for FilePart {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.bytes.saturating_sub(offset);
        let count = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        read_file_at(&self.file, offset, &mut buffer[..count])
    }
}

/// Reads from a file by position without moving a cursor that threads would share.
#[cfg(unix)]
pub(crate) fn read_file_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

/// Reads from a file by position. Windows moves the cursor as well, but nobody here reads at the cursor.
#[cfg(windows)]
pub(crate) fn read_file_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
