//! A document as it came: named parts that are read by position.
//!
//! Parts are never mapped into memory: a mapped file that is cut short kills the process. Who opens files, folders,
//! archives and pipes is the gateway; here a part is only bytes with a length.

use std::{io, sync::Arc};

use schemas::diagnostic::PartId;

/// Bytes read by position, by several threads at once.
pub trait ReadAt: Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Reads from a position; fewer bytes than asked only at the end.
    ///
    /// # Errors
    /// When the bytes cannot be had: a disk that fails, a spool that was tampered with.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, where they are in memory anyway.
    fn in_memory(&self) -> Option<&[u8]> {
        None
    }
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// One part: a file, a member of an archive, a piece of a multipart body.
#[derive(Clone)]
pub struct Part {
    /// Its name as it came. A value of the input: it orders the parts and is never told.
    pub name: Box<str>,
    /// What it holds.
    pub bytes: Arc<dyn ReadAt>,
}

impl Part {
    /// A part of that name.
    pub fn new(name: impl Into<Box<str>>, bytes: impl ReadAt + 'static) -> Self {
        Self { name: name.into(), bytes: Arc::new(bytes) }
    }
}

/// A document: its parts, in the order of their names.
#[derive(Clone, Default)]
pub struct Document {
    parts: Vec<Part>,
}

impl Document {
    /// A document of these parts. Their order is that of their names, so that it does not hang on a file system.
    #[must_use]
    pub fn new(mut parts: Vec<Part>) -> Self {
        parts.sort_by(|left, right| left.name.cmp(&right.name));
        Self { parts }
    }

    /// The parts with their ids.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (PartId, &Part)> {
        self.parts.iter().enumerate().map(|(n, part)| (PartId(u16::try_from(n).unwrap_or(u16::MAX)), part))
    }

    /// The part of that id.
    #[must_use]
    pub fn part(&self, id: PartId) -> Option<&Part> {
        self.parts.get(usize::from(id.0))
    }

    /// The parts by themselves.
    #[must_use]
    pub fn into_parts(self) -> Vec<Part> {
        self.parts
    }

    /// How many bytes all parts hold.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes.len()).sum()
    }
}
