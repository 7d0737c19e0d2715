//! The spool: bytes of one request, in memory up to a limit and above it in a file that nobody else can read.
//!
//! **Limits.** `memory_bytes_max` bytes stay in memory; one more and all of them move to disk. `bytes_max` bounds the
//! whole. A file holds at most 2^48 bytes of content (2^32 chunks), far above any limit.
//!
//! **Format of the file.** Chunks of [`CHUNK_BYTES`] bytes, the last one shorter, each sealed by itself with
//! AES-256-GCM (NIST SP 800-38D) and followed by its tag of 16 bytes, so that any position can be read without reading
//! what stands before it. The nonce is the spool's number under its key (4 bytes) and the chunk's number (8 bytes),
//! both big-endian: no nonce is ever used twice under one key, because a chunk is written once and a key lives as long
//! as its request. The length is kept in memory only: a shortened file cannot pass for a whole one.
//!
//! **Operation.** The file has no name from the first moment (or is removed by the system when closed, where files
//! need names), and the key is never written down: after a crash nothing readable is left. Several threads may read at
//! once; the last chunks read are kept open so that neighbouring small reads cost one decryption.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

use kit::document::ReadAt;

use crate::documents::read_file_at;

/// Content bytes of one sealed chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// Bytes of the tag after each sealed chunk.
const TAG_BYTES: usize = 16;

/// Opened chunks that a spool keeps for the next reader.
const OPEN_CHUNKS_MAX: usize = 4;

/// The key under which all spools of one request are sealed. It is made of random bytes and lives in memory only.
pub struct SpoolKey {
    key: LessSafeKey,
    spools: AtomicU32,
}

impl SpoolKey {
    /// A fresh random key.
    ///
    /// # Errors
    /// When the system has no random bytes to give.
    pub fn random() -> io::Result<Arc<Self>> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rand::fill(bytes.as_mut()).map_err(|_| io::Error::other("no random bytes"))?;
        let key = UnboundKey::new(&AES_256_GCM, bytes.as_ref()).map_err(|_| io::Error::other("no key"))?;
        Ok(Arc::new(Self { key: LessSafeKey::new(key), spools: AtomicU32::new(0) }))
    }

    fn nonce(spool: u32, chunk: u64) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[..4].copy_from_slice(&spool.to_be_bytes());
        nonce[4..].copy_from_slice(&chunk.to_be_bytes());
        Nonce::assume_unique_for_key(nonce)
    }
}

impl std::fmt::Debug for SpoolKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpoolKey(..)")
    }
}

/// How much a spool may hold, and where.
#[derive(Clone, Debug)]
pub struct SpoolLimits {
    /// Bytes kept in memory; above, all go to disk (`limits.spool_bytes_min`).
    pub memory_bytes_max: u64,
    /// Bytes taken at all; above, [`TooLarge`] is the error.
    pub bytes_max: u64,
    /// Folder of the unnamed file; the system's temporary folder when absent.
    pub folder: Option<PathBuf>,
}

/// More bytes came than the spool may hold. Found inside the [`io::Error`] of a write.
#[derive(Debug, thiserror::Error)]
#[error("more than {bytes_max} bytes")]
pub struct TooLarge {
    /// The limit that was passed.
    pub bytes_max: u64,
}

impl TooLarge {
    /// Whether this error of a write came from the limit and not from the disk.
    pub fn is_cause_of(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|cause| cause.is::<Self>())
    }
}

/// A spool that is being written.
pub struct SpoolWriter {
    key: Arc<SpoolKey>,
    limits: SpoolLimits,
    bytes: u64,
    /// What is not on disk yet: everything while in memory, otherwise less than one chunk.
    buffer: Vec<u8>,
    file: Option<SealedFile>,
}

struct SealedFile {
    file: File,
    spool: u32,
    chunks: u64,
}

impl SpoolWriter {
    /// An empty spool. Nothing touches the disk until more than `memory_bytes_max` bytes have come.
    pub fn new(key: Arc<SpoolKey>, limits: SpoolLimits) -> Self {
        Self { key, limits, bytes: 0, buffer: Vec::new(), file: None }
    }

    /// Bytes taken so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether writing `more` bytes would touch the disk, and so may block.
    pub fn would_block(&self, more: usize) -> bool {
        self.file.is_some() || self.bytes.saturating_add(more as u64) > self.limits.memory_bytes_max
    }

    /// Ends writing; what was taken can be read from now on.
    ///
    /// # Errors
    /// When the last chunk cannot be written.
    pub fn finish(mut self) -> io::Result<Spool> {
        let Some(file) = &mut self.file else {
            return Ok(Spool(Kept::Memory(self.buffer)));
        };
        if !self.buffer.is_empty() {
            file.append(&self.key, &self.buffer)?;
        }
        let file = self.file.take().ok_or_else(|| io::Error::other("no file"))?;
        Ok(Spool(Kept::File(FileSpool {
            key: self.key,
            file: file.file,
            spool: file.spool,
            bytes: self.bytes,
            open: Mutex::new(Vec::new()),
        })))
    }

    fn move_to_disk(&mut self) -> io::Result<()> {
        let spool = self.key.spools.fetch_add(1, Ordering::Relaxed);
        if spool == u32::MAX {
            return Err(io::Error::other("too many spools under one key"));
        }
        let file = match &self.limits.folder {
            Some(folder) => tempfile::tempfile_in(folder)?,
            None => tempfile::tempfile()?,
        };
        self.file = Some(SealedFile { file, spool, chunks: 0 });
        Ok(())
    }
}

impl Write for SpoolWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let after = self.bytes.saturating_add(bytes.len() as u64);
        if after > self.limits.bytes_max {
            return Err(io::Error::other(TooLarge { bytes_max: self.limits.bytes_max }));
        }
        self.bytes = after;
        self.buffer.extend_from_slice(bytes);
        if self.file.is_none() && after > self.limits.memory_bytes_max {
            self.move_to_disk()?;
        }
        if let Some(file) = &mut self.file {
            let whole = self.buffer.len() / CHUNK_BYTES * CHUNK_BYTES;
            for chunk in self.buffer[..whole].chunks(CHUNK_BYTES) {
                file.append(&self.key, chunk)?;
            }
            self.buffer.drain(..whole);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SealedFile {
    fn append(&mut self, key: &SpoolKey, chunk: &[u8]) -> io::Result<()> {
        let mut sealed = Vec::with_capacity(chunk.len() + TAG_BYTES);
        sealed.extend_from_slice(chunk);
        key.key
            .seal_in_place_append_tag(SpoolKey::nonce(self.spool, self.chunks), Aad::empty(), &mut sealed)
            .map_err(|_| io::Error::other("a chunk could not be sealed"))?;
        self.chunks += 1;
        self.file.write_all(&sealed)
    }
}

/// A spool that is whole: it can be read by position, from several threads at once.
#[derive(Debug)]
pub struct Spool(Kept);

#[derive(Debug)]
enum Kept {
    Memory(Vec<u8>),
    File(FileSpool),
}

#[derive(Debug)]
struct FileSpool {
    key: Arc<SpoolKey>,
    file: File,
    spool: u32,
    bytes: u64,
    /// The chunks opened last, the newest at the end.
    open: Mutex<Vec<OpenChunk>>,
}

#[derive(Debug)]
struct OpenChunk {
    chunk: u64,
    bytes: Zeroizing<Vec<u8>>,
}

impl Spool {
    /// A spool of bytes that are in memory already.
    pub fn from_memory(bytes: Vec<u8>) -> Self {
        Self(Kept::Memory(bytes))
    }

    /// Whether the bytes lie on disk, so that reading them may block.
    pub fn is_on_disk(&self) -> bool {
        matches!(self.0, Kept::File(_))
    }
}

impl ReadAt for Spool {
    fn len(&self) -> u64 {
        match &self.0 {
            Kept::Memory(bytes) => bytes.len() as u64,
            Kept::File(file) => file.bytes,
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.0 {
            Kept::Memory(bytes) => bytes.read_at(offset, buffer),
            Kept::File(file) => file.read_at(offset, buffer),
        }
    }

    fn in_memory(&self) -> Option<&[u8]> {
        match &self.0 {
            Kept::Memory(bytes) => Some(bytes),
            Kept::File(_) => None,
        }
    }
}

impl FileSpool {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset >= self.bytes || buffer.is_empty() {
            return Ok(0);
        }
        let chunk = offset / CHUNK_BYTES as u64;
        let within = (offset % CHUNK_BYTES as u64) as usize;
        if let Some(count) = self.read_open(chunk, within, buffer) {
            return Ok(count);
        }
        // The lock is not held while reading and opening: two threads may open the same chunk, none waits.
        let opened = self.open_chunk(chunk)?;
        let count = copy(&opened, within, buffer);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= OPEN_CHUNKS_MAX {
            open.remove(0);
        }
        open.push(OpenChunk { chunk, bytes: opened });
        Ok(count)
    }

    fn read_open(&self, chunk: u64, within: usize, buffer: &mut [u8]) -> Option<usize> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter().rev().find(|open| open.chunk == chunk).map(|open| copy(&open.bytes, within, buffer))
    }

    fn open_chunk(&self, chunk: u64) -> io::Result<Zeroizing<Vec<u8>>> {
        let start = chunk * CHUNK_BYTES as u64;
        let content = (self.bytes - start).min(CHUNK_BYTES as u64) as usize;
        let mut sealed = Zeroizing::new(vec![0; content + TAG_BYTES]);
        let position = chunk * (CHUNK_BYTES + TAG_BYTES) as u64;
        let mut filled = 0;
        while filled < sealed.len() {
            match read_file_at(&self.file, position + filled as u64, &mut sealed[filled..])? {
                0 => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the spool is shorter than written")),
                count => filled += count,
            }
        }
        self.key
            .key
            .open_in_place(SpoolKey::nonce(self.spool, chunk), Aad::empty(), &mut sealed)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the spool was changed on disk"))?;
        sealed.truncate(content);
        Ok(sealed)
    }
}

fn copy(bytes: &[u8], within: usize, buffer: &mut [u8]) -> usize {
    let from = bytes.get(within..).unwrap_or_default();
    let count = from.len().min(buffer.len());
    buffer[..count].copy_from_slice(&from[..count]);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(memory_bytes_max: u64, bytes_max: u64) -> SpoolLimits {
        SpoolLimits { memory_bytes_max, bytes_max, folder: None }
    }

    fn spool(bytes: &[u8], step: usize, memory_bytes_max: u64) -> Spool {
        let mut writer = SpoolWriter::new(SpoolKey::random().unwrap(), limits(memory_bytes_max, u64::MAX));
        for piece in bytes.chunks(step) {
            writer.write_all(piece).unwrap();
        }
        writer.finish().unwrap()
    }

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n * 31 % 251) as u8).collect()
    }

    fn read(spool: &Spool, offset: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match spool.read_at(offset + filled as u64, &mut bytes[filled..]).unwrap() {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        bytes
    }

    #[test]
    fn exactly_the_limit_stays_in_memory_and_one_byte_more_does_not() {
        assert!(!spool(&pattern(1000), 7, 1000).is_on_disk());
        assert!(spool(&pattern(1001), 7, 1000).is_on_disk());
        assert!(!spool(&[], 1, 0).is_on_disk());
    }

    #[test]
    fn any_position_reads_what_was_written() {
        for length in [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 17] {
            let bytes = pattern(length);
            let spool = spool(&bytes, 4096 + 13, 0);
            assert!(spool.is_on_disk());
            assert_eq!(spool.len(), length as u64);
            assert_eq!(read(&spool, 0, length + 10), bytes, "{length}");
            for offset in [0, 1, length / 2, length - 1, length] {
                assert_eq!(
                    read(&spool, offset as u64, 100),
                    bytes[offset..length.min(offset + 100)],
                    "{length} {offset}"
                );
            }
            assert_eq!(read(&spool, u64::MAX, 1), b"");
        }
    }

    #[test]
    fn several_threads_read_at_once() {
        let bytes = pattern(20 * CHUNK_BYTES + 5);
        let spool = spool(&bytes, CHUNK_BYTES, 0);
        std::thread::scope(|scope| {
            for thread in 0..4_usize {
                let (spool, bytes) = (&spool, &bytes);
                scope.spawn(move || {
                    for n in 0..200_usize {
                        let offset = (thread * 7919 + n * 104_729) % bytes.len();
                        let end = bytes.len().min(offset + 300);
                        assert_eq!(read(spool, offset as u64, 300), bytes[offset..end]);
                    }
                });
            }
        });
    }

    #[test]
    fn the_file_never_holds_what_was_written_and_a_change_is_noticed() {
        let bytes = b"Amina Example ".repeat(20_000);
        let Spool(Kept::File(file)) = spool(&bytes, 1000, 0) else { panic!("not on disk") };
        let mut sealed = vec![0; file.file.metadata().unwrap().len() as usize];
        read_file_at(&file.file, 0, &mut sealed).unwrap();
        assert!(memchr::memmem::find(&sealed, b"Amina").is_none());
        // One bit of the second chunk is turned: the first still opens, the second does not.
        use std::io::{Seek, SeekFrom};
        let mut handle = file.file.try_clone().unwrap();
        let place = CHUNK_BYTES + TAG_BYTES + 5;
        handle.seek(SeekFrom::Start(place as u64)).unwrap();
        handle.write_all(&[sealed[place] ^ 1]).unwrap();
        assert!(file.read_at(0, &mut [0; 10]).is_ok());
        let error = file.read_at(CHUNK_BYTES as u64, &mut [0; 10]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        // A file cut short is not a shorter document.
        handle.set_len(10).unwrap();
        let error = file.read_at(2 * CHUNK_BYTES as u64, &mut [0; 10]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn one_byte_above_the_limit_is_refused_as_too_large() {
        let mut writer = SpoolWriter::new(SpoolKey::random().unwrap(), limits(10, 100));
        writer.write_all(&pattern(100)).unwrap();
        assert!(TooLarge::is_cause_of(&writer.write_all(b"x").unwrap_err()));
        assert_eq!(writer.bytes(), 100);
    }

    #[test]
    fn equal_bytes_of_two_spools_of_one_request_are_sealed_differently() {
        let key = SpoolKey::random().unwrap();
        let sealed: Vec<Vec<u8>> = (0..2)
            .map(|_| {
                let mut writer = SpoolWriter::new(key.clone(), limits(0, u64::MAX));
                writer.write_all(b"the same").unwrap();
                let Spool(Kept::File(file)) = writer.finish().unwrap() else { panic!("not on disk") };
                let mut sealed = vec![0; 8 + TAG_BYTES];
                read_file_at(&file.file, 0, &mut sealed).unwrap();
                sealed
            })
            .collect();
        assert_ne!(sealed[0], sealed[1]);
    }
}
