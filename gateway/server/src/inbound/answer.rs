//! Bodies of answers: pieces in memory and spools, sent one after another, with their length known from the start.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::{JoinHandle, spawn_blocking};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::spool::{CHUNK_BYTES, Spool, SpoolKey, SpoolLimits, SpoolWriter};
use crate::work::Output;
use kit::document::ReadAt;

/// A body of several pieces.
#[derive(Default)]
pub(crate) struct Answer {
    pieces: VecDeque<Piece>,
    bytes_left: u64,
    /// What the answer holds back from others until it is sent.
    place: Option<OwnedSemaphorePermit>,
}

enum Piece {
    Bytes(Bytes),
    Spool { spool: Arc<Spool>, offset: u64 },
    Reading { spool: Arc<Spool>, offset: u64, read: JoinHandle<io::Result<Vec<u8>>> },
}

impl Answer {
    pub(crate) fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        self.bytes_left += bytes.len() as u64;
        self.pieces.push_back(Piece::Bytes(bytes));
        self
    }

    pub(crate) fn spool(mut self, spool: Spool) -> Self {
        self.bytes_left += spool.len();
        self.pieces.push_back(Piece::Spool { spool: Arc::new(spool), offset: 0 });
        self
    }

    /// Keeps a place among the documents at work until the answer is sent or given up.
    pub(crate) fn keep(mut self, place: OwnedSemaphorePermit) -> Body {
        self.place = Some(place);
        Body::new(self)
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    /// A spool that cannot be read back ends the connection: the length was promised.
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            let Some(piece) = self.pieces.pop_front() else { return Poll::Ready(None) };
            let bytes = match piece {
                Piece::Bytes(bytes) => bytes,
                Piece::Spool { spool, offset } if offset >= spool.len() => continue,
                Piece::Spool { spool, offset } if spool.is_on_disk() => {
                    let reader = spool.clone();
                    let read = spawn_blocking(move || read_piece(&reader, offset));
                    self.pieces.push_front(Piece::Reading { spool, offset, read });
                    continue;
                }
                Piece::Spool { spool, offset } => {
                    let bytes = read_piece(&spool, offset)?;
                    let offset = offset + bytes.len() as u64;
                    self.pieces.push_front(Piece::Spool { spool, offset });
                    Bytes::from(bytes)
                }
                Piece::Reading { spool, offset, mut read } => match Pin::new(&mut read).poll(context) {
                    Poll::Pending => {
                        self.pieces.push_front(Piece::Reading { spool, offset, read });
                        return Poll::Pending;
                    }
                    Poll::Ready(read) => {
                        let bytes = read.map_err(io::Error::other)??;
                        let offset = offset + bytes.len() as u64;
                        self.pieces.push_front(Piece::Spool { spool, offset });
                        Bytes::from(bytes)
                    }
                },
            };
            if !bytes.is_empty() {
                self.bytes_left = self.bytes_left.saturating_sub(bytes.len() as u64);
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes_left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes_left)
    }
}

fn read_piece(spool: &Spool, offset: u64) -> io::Result<Vec<u8>> {
    let length = (spool.len() - offset).min(CHUNK_BYTES as u64) as usize;
    let mut bytes = vec![0; length];
    let count = spool.read_at(offset, &mut bytes)?;
    bytes.truncate(count);
    if bytes.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
}

/// The output of a translation: all parts in one spool in the order in which they are written, and a list of what
/// belongs to which. So a thousand parts take no more memory, and no more files, than one.
pub(crate) struct SpooledOutput {
    writer: SpoolWriter,
    parts: Vec<OutputPart>,
    positions: HashMap<String, usize>,
    current: usize,
}

struct OutputPart {
    name: String,
    /// Offsets and lengths in the spool.
    extents: Vec<(u64, u64)>,
}

impl SpooledOutput {
    pub(crate) fn new(key: &Arc<SpoolKey>, limits: SpoolLimits) -> Self {
        Self { writer: SpoolWriter::new(key.clone(), limits), parts: Vec::new(), positions: HashMap::new(), current: 0 }
    }

    /// The output as one stream: the only part, or nothing.
    ///
    /// # Errors
    /// When there are several parts, or the disk fails.
    pub(crate) fn into_one(self) -> io::Result<Spool> {
        if self.parts.len() > 1 { Err(io::Error::other("several parts")) } else { self.writer.finish() }
    }

    /// The output as a zip archive of its parts. Equal parts give equal bytes: members carry no time.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn into_archive(self, key: &Arc<SpoolKey>, limits: &SpoolLimits) -> io::Result<Spool> {
        let whole = self.writer.finish()?;
        // Packing may add a little to each part; what is packed has passed its limit already.
        let limits = SpoolLimits { bytes_max: u64::MAX, ..limits.clone() };
        let mut archive = ZipWriter::new_stream(SpoolWriter::new(key.clone(), limits));
        let mut buffer = vec![0; CHUNK_BYTES];
        for part in self.parts {
            archive.start_file(part.name, SimpleFileOptions::default())?;
            for (offset, length) in part.extents {
                let (mut at, end) = (offset, offset + length);
                while at < end {
                    let most = buffer.len().min((end - at) as usize);
                    match whole.read_at(at, &mut buffer[..most])? {
                        0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                        count => {
                            archive.write_all(&buffer[..count])?;
                            at += count as u64;
                        }
                    }
                }
            }
        }
        archive.finish()?.into_inner().finish()
    }
}

impl Output for SpooledOutput {
    fn part(&mut self, name: &str) -> io::Result<&mut dyn Write> {
        // The part written last is the one asked for most often.
        if self.parts.get(self.current).is_none_or(|part| part.name != name) {
            self.current = match self.positions.get(name) {
                Some(position) => *position,
                None => {
                    let position = self.parts.len();
                    self.positions.insert(name.to_owned(), position);
                    self.parts.push(OutputPart { name: name.to_owned(), extents: Vec::new() });
                    position
                }
            };
        }
        Ok(self)
    }
}

impl Write for SpooledOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let offset = self.writer.bytes();
        let count = self.writer.write(bytes)?;
        if let Some(part) = self.parts.get_mut(self.current) {
            match part.extents.last_mut() {
                Some((start, length)) if *start + *length == offset => *length += count as u64,
                _ => part.extents.push((offset, count as u64)),
            }
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
