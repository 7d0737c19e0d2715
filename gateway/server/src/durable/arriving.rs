//! A message on its way into the store, from wherever it comes: a request, a file or a mailbox.
//!
//! Its body goes to the store in encrypted pieces under a message that nobody sees yet; the last commit holds the
//! message, the key that makes a repeat safe, and the audit line. Until then it may be given up, and nothing is left.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, Digest, SHA256};
use kit::adapter::Format;
use store::batch::Idempotency;
use store::message::{MessageId, NewBody, NewMessage};
use store::{Batch, CHUNK_BYTES_MAX, Refused, Store, StoreFault};
use tokio::io::{AsyncRead, AsyncReadExt};
use uuid::Uuid;

use super::commit::kept;
use super::moment::now;
use super::terms::Terms;
use super::{Durable, HOUSE};
use crate::config::Route;

/// How an archive begins (ZIP, section 4.3.7), where no name says that it is one.
const ARCHIVE_BEGINS: &[u8] = b"PK\x03\x04";

/// Bytes of a file that are read at once.
const READ_BYTES: usize = 64 * 1024;

/// How long it is remembered what was fetched, so that it is one message when it is found again: ten years.
const REMEMBERED_MICROS: i64 = 315_576_000_000_000;

/// A body on its way into the store. Dropped before it is whole, it leaves nothing.
pub(crate) struct Arriving {
    store: Arc<dyn Store>,
    id: MessageId,
    hash: Context,
    bytes: u64,
    /// What is not in the store yet: everything of a small body, and of a larger one no more than a piece.
    waiting: Vec<u8>,
    pieces: u32,
    /// Whether it begins as an archive does.
    is_archive: bool,
    /// Whether it is whole: the store then has it, or is about to.
    is_whole: bool,
}

/// A body that is whole, and waits for the commit of its message.
pub(crate) struct Arrived {
    pub(crate) id: MessageId,
    pub(crate) sha256: [u8; 32],
    pub(crate) bytes: u64,
    pub(crate) body: NewBody,
    is_archive: bool,
}

impl Arriving {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        let hash = Context::new(&SHA256);
        Self {
            store,
            id: Uuid::now_v7(),
            hash,
            bytes: 0,
            waiting: Vec::new(),
            pieces: 0,
            is_archive: false,
            is_whole: false,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn push(&mut self, bytes: &[u8]) -> Result<(), StoreFault> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        let mut rest = bytes;
        while self.waiting.len() + rest.len() > CHUNK_BYTES_MAX {
            let (now, later) = rest.split_at(CHUNK_BYTES_MAX - self.waiting.len());
            self.waiting.extend_from_slice(now);
            rest = later;
            self.flush().await?;
        }
        self.waiting.extend_from_slice(rest);
        Ok(())
    }

    /// Takes a file of so many bytes; `false` when it has more or fewer.
    ///
    /// # Errors
    /// When the file cannot be read, or the store cannot be written.
    pub(crate) async fn read(&mut self, mut file: impl AsyncRead + Unpin, bytes: u64) -> Result<bool, StoreFault> {
        let mut piece = vec![0; READ_BYTES];
        while self.bytes <= bytes {
            let read = file.read(&mut piece).await;
            match read.map_err(|error| StoreFault::Failed(error.kind().to_string()))? {
                0 => return Ok(self.bytes == bytes),
                count => self.push(&piece[..count]).await?,
            }
        }
        Ok(false)
    }

    /// Nothing more comes.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn whole(mut self) -> Result<Arrived, StoreFault> {
        self.look_at_beginning();
        let body = if self.pieces == 0 {
            NewBody::Whole(std::mem::take(&mut self.waiting))
        } else {
            self.flush().await?;
            NewBody::Arrived(self.pieces)
        };
        self.is_whole = true;
        let sha256 = sha256(std::mem::replace(&mut self.hash, Context::new(&SHA256)).finish());
        Ok(Arrived { id: self.id, sha256, bytes: self.bytes, body, is_archive: self.is_archive })
    }

    fn look_at_beginning(&mut self) {
        if self.pieces == 0 {
            self.is_archive = self.waiting.starts_with(ARCHIVE_BEGINS);
        }
    }

    async fn flush(&mut self) -> Result<(), StoreFault> {
        self.look_at_beginning();
        if self.pieces == 0 {
            kept(|done| self.store.arrive(self.id, now(), done)).await?;
        }
        let piece = std::mem::take(&mut self.waiting);
        kept(|done| self.store.chunk(self.id, self.pieces, piece, done)).await?;
        self.pieces += 1;
        store::crash::point("after-chunk");
        Ok(())
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.is_whole && self.pieces > 0 {
            self.store.abandon(self.id);
        }
    }
}

/// Where a message was fetched by ourselves: nobody posted it, so nobody gets a receipt.
pub(crate) struct Found<'r> {
    /// The route that fetches there.
    pub(crate) route: &'r Route,
    /// How it came, as the audit chain tells it: `directory:ROUTE`.
    pub(crate) by: String,
    /// What makes it the same message when it is found again, besides route and content.
    pub(crate) place: String,
    /// Its file's name.
    pub(crate) file_name: Option<String>,
}

impl Durable {
    /// Keeps what was fetched: `None` when its commit was refused. What was found before is the message of then.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn keep_found(&self, found: Found<'_>, arrived: Arrived) -> Result<Option<MessageId>, StoreFault> {
        let Arrived { id, sha256, bytes, body, is_archive } = arrived;
        let Found { route, by, place, file_name } = found;
        let at = now();
        let is_archive = holds_files(file_name.as_deref(), is_archive, route.from.format.get());
        let batch = Batch {
            idempotency: Some(Idempotency {
                partner: route.from.partner.clone(),
                request: format!("PICKUP {}", route.name),
                key: format!("{place}:{bytes}:{}", hex::encode(sha256)),
                fingerprint: sha256,
                answer: Vec::new(),
                expires_at: at.saturating_add(REMEMBERED_MICROS),
                now: at,
                lenient: false,
            }),
            message: Some(NewMessage {
                id,
                route: route.name.clone(),
                partner: route.from.partner.clone(),
                correlation_id: None,
                received_at: at,
                bytes,
                sha256,
                body,
                file_name,
                media_type: is_archive.then(|| "application/zip".to_owned()),
                terms: Terms::default().to_bytes(),
                same_since: None,
            }),
            audit: vec![self.line("receive", HOUSE, at, |line| {
                line.by = Some(by);
                line.object = Some(format!("message:{id}"));
            })],
            ..Batch::default()
        };
        let refused = match kept(|done| self.store.keep(batch, done)).await? {
            Ok(_) => {
                self.wake_reader();
                return Ok(Some(id));
            }
            Err(refused) => refused,
        };
        self.store.abandon(id);
        match refused {
            Refused::Repeated { message: Some(first), .. } => Ok(Some(first)),
            _ => Ok(None),
        }
    }
}

/// Whether a file is an archive of files: by its name, or by how it begins where its name tells nothing.
fn holds_files(file_name: Option<&str>, begins_so: bool, format: &Format) -> bool {
    match file_name.and_then(|name| Path::new(name).extension()) {
        // An installed MESH client calls every file so.
        Some(end) if !end.eq_ignore_ascii_case("dat") => end.eq_ignore_ascii_case("zip"),
        _ => begins_so && !format.is_packed_itself(),
    }
}

/// The bytes of a digest.
pub(crate) fn sha256(digest: Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_is_no_archive_and_an_archive_of_tables_is_one_however_it_is_called() {
        let format = |name: &str| roster::format(name).unwrap().1;
        for (file_name, begins_so, tables, workbooks) in [
            (Some("a.zip"), true, true, true),
            (Some("a.ZIP"), false, true, true),
            (Some("a.csv"), true, false, false),
            (Some("a.xlsx"), true, false, false),
            (Some("a.dat"), true, true, false),
            (Some("a"), true, true, false),
            (None, true, true, false),
            (None, false, false, false),
        ] {
            let told = ["vacancies-csv", "vacancies-xlsx"].map(|name| holds_files(file_name, begins_so, format(name)));
            assert_eq!(told, [tables, workbooks], "{file_name:?}");
        }
    }
}
