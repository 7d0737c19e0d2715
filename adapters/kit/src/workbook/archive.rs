//! The members of a packed file (ZIP, APPNOTE 6.3.10), found by its directory and unpacked as they are read.
//!
//! Limits: the directory has at most [`DIRECTORY_BYTES_MAX`] bytes; all that is ever unpacked comes out of one budget,
//! and between two marks of the reader no more than a row may hold. Format: members that are stored or deflated. A name
//! that stands twice is a fault, since two programs could read two files in it. Operations: [`Archive::open`],
//! [`Archive::member`], and reading a [`Member`], whose checksum is compared at its end.

use std::{
    cell::Cell,
    io::{self, BufRead, Read},
};

use miniz_oxide::{
    DataFormat, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};

use crate::{document::ReadAt, workbook::Fault};

/// The largest directory that is read: some thirteen thousand members.
const DIRECTORY_BYTES_MAX: u64 = 1 << 20;

/// A comment may follow the end of the directory.
const END_BYTES_MAX: u64 = 22 + 0xffff;

/// How much is read and unpacked at once.
const PIECE_BYTES: usize = 32 << 10;

/// A packed file whose directory was read.
pub(super) struct Archive<'d> {
    bytes: &'d dyn ReadAt,
    entries: Vec<Entry>,
    /// How many bytes may still be unpacked.
    budget: Cell<u64>,
    /// How many of them between two marks.
    span_bytes_max: u64,
}

/// A member, as the directory has it.
struct Entry {
    name: Box<str>,
    is_encrypted: bool,
    is_deflated: bool,
    checksum: u32,
    packed: u64,
    unpacked: u64,
    at: u64,
}

impl<'d> Archive<'d> {
    /// Reads the directory.
    pub(super) fn open(bytes: &'d dyn ReadAt, budget: u64, span_bytes_max: u64) -> Result<Self, Fault> {
        let (at, length) = directory(bytes)?;
        if length > DIRECTORY_BYTES_MAX {
            return Err(Fault::TooLarge);
        }
        let directory = piece(bytes, at, length)?;
        let (mut rest, mut entries) = (&directory[..], Vec::<Entry>::new());
        while !rest.is_empty() {
            let (entry, after) = entry(rest).ok_or(Fault::Damaged)?;
            entries.push(entry);
            rest = after;
        }
        let mut names: Vec<String> = entries.iter().map(|entry| entry.name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Fault::Damaged);
        }
        Ok(Self { bytes, entries, budget: Cell::new(budget), span_bytes_max })
    }

    /// Whether there is a member of this name, whatever its case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// A member of this name, to be read from its beginning.
    pub(super) fn member(&self, name: &str) -> Result<Member<'_>, Fault> {
        let entry = self.entry(name).ok_or(Fault::Damaged)?;
        if entry.is_encrypted {
            return Err(Fault::Encrypted);
        }
        let header = piece(self.bytes, entry.at, 30)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(Fault::Damaged);
        }
        let at = entry.at + 30 + u64::from(two(&header, 26)) + u64::from(two(&header, 28));
        if at.checked_add(entry.packed).is_none_or(|end| end > self.bytes.len()) {
            return Err(Fault::Damaged);
        }
        Ok(Member {
            archive: self,
            entry,
            at,
            left: entry.packed,
            input: vec![0; PIECE_BYTES],
            held: 0..0,
            state: entry.is_deflated.then(|| InflateState::new_boxed(DataFormat::Raw)),
            output: vec![0; PIECE_BYTES],
            ready: 0..0,
            checksum: crc32fast::Hasher::new(),
            unpacked: 0,
            since_mark: 0,
            is_over: false,
        })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }
}

/// Where the directory stands, and its length.
fn directory(bytes: &dyn ReadAt) -> Result<(u64, u64), Fault> {
    let from = bytes.len().saturating_sub(END_BYTES_MAX);
    let tail = piece(bytes, from, bytes.len() - from)?;
    let is_end =
        |at: &usize| tail[*at..].starts_with(b"PK\x05\x06") && at + 22 + usize::from(two(&tail, at + 20)) <= tail.len();
    let end = (0..tail.len().saturating_sub(21)).rev().find(is_end).ok_or(Fault::Damaged)?;
    let (length, at) = (u64::from(four(&tail, end + 12)), u64::from(four(&tail, end + 16)));
    if length != u64::from(u32::MAX) && at != u64::from(u32::MAX) {
        return Ok((at, length));
    }
    // Too large for its fields, or said to be: a longer end stands before it (section 4.3.14).
    let locator = end.checked_sub(20).filter(|at| tail[*at..].starts_with(b"PK\x06\x07")).ok_or(Fault::Damaged)?;
    let end = piece(bytes, eight(&tail, locator + 8), 56)?;
    if !end.starts_with(b"PK\x06\x06") {
        return Err(Fault::Damaged);
    }
    Ok((eight(&end, 48), eight(&end, 40)))
}

/// An entry of the directory, and what follows it.
fn entry(from: &[u8]) -> Option<(Entry, &[u8])> {
    let header = from.get(..46).filter(|header| header.starts_with(b"PK\x01\x02"))?;
    let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(two(header, at)));
    let name_bytes = from.get(46..46 + name)?;
    let mut more = from.get(46 + name..46 + name + extra)?;
    let after = from.get(46 + name + extra + comment..)?;
    let [mut packed, mut unpacked, mut at] = [20, 24, 42].map(|at| u64::from(four(header, at)));
    while let Some((kind, rest)) = more.split_at_checked(4) {
        let (field, beyond) = rest.split_at_checked(usize::from(two(kind, 2)))?;
        if two(kind, 0) == 1 {
            // The fields that were too small for their value, in this order (section 4.5.3).
            let mut wide = field.chunks_exact(8).map(|chunk| eight(chunk, 0));
            for value in [&mut unpacked, &mut packed, &mut at] {
                if *value == u64::from(u32::MAX) {
                    *value = wide.next()?;
                }
            }
        }
        more = beyond;
    }
    let is_deflated = match two(header, 10) {
        0 if packed == unpacked => false,
        8 => true,
        // Packed in another way. An encrypted member may say one of its own.
        _ if two(header, 8) & 1 == 1 => false,
        _ => return None,
    };
    let name = String::from_utf8_lossy(name_bytes).replace('\\', "/").into();
    let (is_encrypted, checksum) = (two(header, 8) & 1 == 1, four(header, 16));
    Some((Entry { name, is_encrypted, is_deflated, checksum, packed, unpacked, at }, after))
}

fn two(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |two| u16::from_le_bytes(*two))
}

fn four(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |four| u32::from_le_bytes(*four))
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// So many bytes of the file; it is damaged where it has fewer.
fn piece(bytes: &dyn ReadAt, at: u64, length: u64) -> Result<Vec<u8>, Fault> {
    if at.checked_add(length).is_none_or(|end| end > bytes.len()) {
        return Err(Fault::Damaged);
    }
    let mut piece = vec![0; usize::try_from(length).map_err(|_| Fault::TooLarge)?];
    read_exact(bytes, at, &mut piece).map_err(|_| Fault::Unreadable)?;
    Ok(piece)
}

fn read_exact(bytes: &dyn ReadAt, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    let mut done = 0;
    while done < buffer.len() {
        match bytes.read_at(at + done as u64, &mut buffer[done..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => done += count,
        }
    }
    Ok(())
}

/// A member that is unpacked as it is read.
pub(super) struct Member<'a> {
    archive: &'a Archive<'a>,
    entry: &'a Entry,
    /// Where the packed bytes go on, and how many are left.
    at: u64,
    left: u64,
    input: Vec<u8>,
    held: std::ops::Range<usize>,
    state: Option<Box<InflateState>>,
    output: Vec<u8>,
    ready: std::ops::Range<usize>,
    checksum: crc32fast::Hasher,
    unpacked: u64,
    since_mark: u64,
    is_over: bool,
}

impl Member<'_> {
    /// Begins to count anew how much is read at a time.
    pub(super) fn mark(&mut self) {
        self.since_mark = 0;
    }

    /// Where so many unpacked bytes stand in the file as it came, by proportion: packed bytes have no places of their
    /// own.
    pub(super) fn place(&self, unpacked: u64) -> u64 {
        let share = u128::from(self.entry.packed) * u128::from(unpacked.min(self.entry.unpacked))
            / u128::from(self.entry.unpacked.max(1));
        let packed = u64::try_from(share).unwrap_or(u64::MAX).min(self.entry.packed);
        self.entry.at.saturating_add(packed).min(self.archive.bytes.len())
    }

    /// Unpacks the next piece.
    fn unpack(&mut self) -> io::Result<()> {
        while self.ready.is_empty() && !self.is_over {
            if self.held.is_empty() && self.left > 0 {
                let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(PIECE_BYTES);
                read_exact(self.archive.bytes, self.at, &mut self.input[..count])?;
                (self.at, self.left, self.held) = (self.at + count as u64, self.left - count as u64, 0..count);
            }
            let packed = &self.input[self.held.clone()];
            let (taken, made, ends) = match &mut self.state {
                Some(state) => {
                    let result = inflate(state, packed, &mut self.output, MZFlush::None);
                    let ends = match result.status {
                        Ok(MZStatus::StreamEnd) => true,
                        Ok(_) if result.bytes_consumed + result.bytes_written > 0 => false,
                        // Nothing more comes of it, and its end was not told.
                        _ => return Err(io::ErrorKind::InvalidData.into()),
                    };
                    (result.bytes_consumed, result.bytes_written, ends)
                }
                None => {
                    self.output[..packed.len()].copy_from_slice(packed);
                    (packed.len(), packed.len(), self.left == 0)
                }
            };
            (self.held.start, self.ready) = (self.held.start + taken, 0..made);
            self.spend(made as u64)?;
            if ends {
                self.end()?;
            }
        }
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> io::Result<()> {
        let left = self.archive.budget.get().checked_sub(bytes).ok_or(io::ErrorKind::FileTooLarge)?;
        self.archive.budget.set(left);
        self.unpacked += bytes;
        self.checksum.update(&self.output[self.ready.clone()]);
        Ok(())
    }

    /// Whether all that was promised has come, unspoilt.
    fn end(&mut self) -> io::Result<()> {
        self.is_over = true;
        let is_whole = self.unpacked == self.entry.unpacked && self.checksum.clone().finalize() == self.entry.checksum;
        if is_whole { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    }
}

impl BufRead for Member<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_mark > self.archive.span_bytes_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.unpack()?;
        Ok(&self.output[self.ready.clone()])
    }

    fn consume(&mut self, count: usize) {
        self.ready.start = (self.ready.start + count).min(self.ready.end);
        self.since_mark += count as u64;
    }
}

impl Read for Member<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}
