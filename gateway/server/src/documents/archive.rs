//! Zip archives as documents: each member becomes a part, spooled, within limits on number, size and ratio.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use kit::document::{Document, Part, ReadAt};

use super::{DocumentFault, DocumentLimits, member_name};
use crate::spool::{SpoolKey, SpoolWriter, TooLarge};

/// First bytes of every entry of a zip directory (APPNOTE 6.3.10, section 4.3.12).
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// Bytes that are read at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Opens a zip archive: its members by name, folders left out.
///
/// # Errors
/// [`DocumentFault`] when it is no zip archive, is damaged or encrypted, or holds more than `limits` allow.
pub fn open_archive(
    bytes: &Arc<dyn ReadAt>,
    limits: &DocumentLimits,
    key: &Arc<SpoolKey>,
) -> Result<Document, DocumentFault> {
    // Counted before the archive reader makes room for them: a small file can name hundreds of thousands.
    if more_entries_than(bytes.as_ref(), limits.members_max).map_err(DocumentFault::Unreadable)? {
        return Err(DocumentFault::TooManyMembers { members_max: limits.members_max });
    }
    let mut archive = ZipArchive::new(Positioned { bytes: bytes.as_ref(), position: 0 }).map_err(fault)?;
    if archive.len() as u64 > limits.members_max {
        return Err(DocumentFault::TooManyMembers { members_max: limits.members_max });
    }
    let inflated_bytes_max = bytes.len().saturating_mul(limits.inflate_ratio_max);
    let mut left = limits.bytes_max;
    let mut inflated = 0_u64;
    let mut parts = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(fault)?;
        if member.is_dir() {
            continue;
        }
        let name = member_name(member.name());
        let mut spool = limits.spool.clone();
        spool.bytes_max = left;
        let mut writer = SpoolWriter::new(key.clone(), spool);
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = match member.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Err(DocumentFault::DamagedArchive),
            };
            inflated = inflated.saturating_add(count as u64);
            if inflated > inflated_bytes_max {
                return Err(DocumentFault::InflatesTooMuch { inflate_ratio_max: limits.inflate_ratio_max });
            }
            writer.write_all(&piece[..count]).map_err(|error| {
                if TooLarge::is_cause_of(&error) {
                    DocumentFault::TooLarge { bytes_max: limits.bytes_max }
                } else {
                    DocumentFault::SpoolFailed(error)
                }
            })?;
        }
        left -= writer.bytes();
        parts.push(Part::new(name, writer.finish().map_err(DocumentFault::SpoolFailed)?));
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    if parts.is_empty() {
        return Err(DocumentFault::Empty);
    }
    Ok(Document::new(parts))
}

/// Whether the bytes hold more directory entries than allowed. Each entry begins with the same four bytes; they may
/// also stand inside a member, so a document could be refused that holds them thousands of times. None does.
fn more_entries_than(bytes: &dyn ReadAt, members_max: u64) -> io::Result<bool> {
    let overlap = DIRECTORY_ENTRY.len() - 1;
    let mut piece = vec![0; PIECE_BYTES];
    let (mut offset, mut entries) = (0, 0_u64);
    loop {
        let count = read_full(bytes, offset, &mut piece)?;
        entries += memchr::memmem::find_iter(&piece[..count], DIRECTORY_ENTRY).count() as u64;
        if entries > members_max {
            return Ok(true);
        }
        if count < piece.len() {
            return Ok(false);
        }
        offset += (count - overlap) as u64;
    }
}

fn read_full(bytes: &dyn ReadAt, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match bytes.read_at(offset + filled as u64, &mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// The words of the archive reader like to quote names: only the kind of the fault is kept.
fn fault(error: ZipError) -> DocumentFault {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => DocumentFault::Unreadable(error),
        ZipError::UnsupportedArchive(words) if words == ZipError::PASSWORD_REQUIRED => DocumentFault::EncryptedArchive,
        _ => DocumentFault::DamagedArchive,
    }
}

/// A cursor over bytes that are read by position.
struct Positioned<'a> {
    bytes: &'a dyn ReadAt,
    position: u64,
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read_at(self.position, buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Positioned<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.bytes.len().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
