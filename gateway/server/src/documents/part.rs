//! What a document is made of: named parts, each read by position.

use std::fs::File;
use std::io;
use std::sync::Arc;

/// Bytes that are read by position, from several threads at once. Nothing is mapped into memory: mapping needs
/// `unsafe`, and a mapped file that is cut short kills the process.
pub trait ReadAt: Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads at most `buffer.len()` bytes from `offset` on; 0 only at or after the end.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let count = from.len().min(buffer.len());
        buffer[..count].copy_from_slice(&from[..count]);
        Ok(count)
    }
}

/// One named stream of a document: a file, a member of an archive, a part of a request.
#[derive(Clone)]
pub struct Part {
    /// The name as it came, without folders. It is a value of the input: never shown to anyone else.
    pub name: String,
    /// The bytes.
    pub bytes: Arc<dyn ReadAt>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Everything that was handed over at once: one part, or several that belong together.
#[derive(Clone, Debug, Default)]
pub struct Document {
    parts: Vec<Part>,
}

impl Document {
    /// A document of these parts, in this order.
    pub fn new(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    /// The parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

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
