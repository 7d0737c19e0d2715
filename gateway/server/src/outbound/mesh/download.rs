//! The content of a message, piece by piece: every chunk in its order, unpacked, and never more than was asked for.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Response};
use tokio::time::timeout;

use super::calls::{CALL_SECONDS_MAX, Call, Failure};
use super::inbox::is_packed;
use super::{Mailbox, MessageId};
use crate::outbound::outcome::{Phase, Reason};
use crate::outbound::reach::{Connection, reason_of};

/// Chunks of one message.
const CHUNKS_MAX: u32 = 100_000;

/// Time between two pieces of a body.
const IDLE_SECONDS_MAX: u64 = 30;

/// Packed bytes that are unpacked at once: at the worst ratio of deflate they become 4 MiB.
const INFLATE_STEP_BYTES: usize = 4 * 1024;

/// How much may come.
#[derive(Clone, Copy, Debug)]
pub struct DownloadLimits {
    /// Bytes of the content, unpacked.
    pub message_bytes_max: u64,
    /// How many times its packed bytes the content may be.
    pub inflate_ratio_max: u64,
}

/// Why the content of a message cannot be had.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DownloadFault {
    /// MESH cannot be asked, or does not have it any more.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// There is more of it than this limit allows. It will not be less the next time.
    #[error("the message is larger than {limit} allows")]
    TooLarge {
        /// The limit.
        limit: &'static str,
    },
    /// Its chunks do not make a whole, or cannot be unpacked.
    #[error("the message is not whole")]
    NotWhole,
}

/// The content of a message as it comes. Whoever drops it ends the connection.
pub struct Download {
    mailbox: Arc<Mailbox>,
    message_id: MessageId,
    limits: DownloadLimits,
    /// The chunk that is read, from 1.
    number: u32,
    /// How many there are, once a chunk has said so.
    total: Option<u32>,
    chunk: Option<Chunk>,
    received: u64,
    given: u64,
}

/// The chunk that is read.
struct Chunk {
    connection: Connection,
    body: Incoming,
    packed: Bytes,
    inflater: Option<MultiGzDecoder<Vec<u8>>>,
    more_follow: bool,
}

impl Mailbox {
    /// Begins to fetch the content of a message.
    ///
    /// # Errors
    /// [`DownloadFault`].
    pub async fn fetch(
        self: &Arc<Self>,
        message_id: MessageId,
        limits: DownloadLimits,
    ) -> Result<Download, DownloadFault> {
        self.greet().await?;
        let mut download = Download {
            mailbox: self.clone(),
            message_id,
            limits,
            number: 1,
            total: None,
            chunk: None,
            received: 0,
            given: 0,
        };
        download.open().await?;
        Ok(download)
    }
}

impl Download {
    /// The next piece, or `None` when the message is whole. After a fault there is nothing more to be had.
    ///
    /// # Errors
    /// [`DownloadFault`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, DownloadFault> {
        let next = self.advance().await;
        if next.is_err() {
            self.chunk = None;
        }
        next
    }

    /// All pieces, as a stream that ends with the first fault.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, DownloadFault>> + Send {
        try_unfold(self, |mut download| async move {
            let next = download.next().await?;
            Ok(next.map(|bytes| (bytes, download)))
        })
    }

    async fn advance(&mut self) -> Result<Option<Bytes>, DownloadFault> {
        loop {
            let Some(chunk) = &mut self.chunk else { return Ok(None) };
            let given = if !chunk.packed.is_empty() {
                chunk.inflate()?
            } else {
                match chunk.receive().await? {
                    Some(bytes) => {
                        self.received = self.received.saturating_add(bytes.len() as u64);
                        if chunk.inflater.is_some() {
                            chunk.packed = bytes;
                            continue;
                        }
                        bytes
                    }
                    None => self.end_chunk().await?,
                }
            };
            self.given = self.given.saturating_add(given.len() as u64);
            if self.given > self.limits.message_bytes_max {
                return Err(DownloadFault::TooLarge { limit: "message_bytes_max" });
            }
            if self.given > self.received.saturating_mul(self.limits.inflate_ratio_max) {
                return Err(DownloadFault::TooLarge { limit: "inflate_ratio_max" });
            }
            if !given.is_empty() {
                return Ok(Some(given));
            }
        }
    }

    /// What the end of a chunk still gives; and the next one is opened.
    async fn end_chunk(&mut self) -> Result<Bytes, DownloadFault> {
        let Some(mut chunk) = self.chunk.take() else { return Ok(Bytes::new()) };
        let rest = chunk.last_inflated()?;
        self.mailbox.connections.rest(chunk.connection).await;
        if chunk.more_follow {
            self.number += 1;
            self.open().await?;
        }
        Ok(rest)
    }

    async fn open(&mut self) -> Result<(), DownloadFault> {
        let mut path = self.mailbox.own(&format!("/inbox/{}", self.message_id));
        if self.number > 1 {
            path.push_str(&format!("/{}", self.number));
        }
        let mut call = Call::new(Method::GET, path);
        call.headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let opened = timeout(Duration::from_secs(CALL_SECONDS_MAX), self.mailbox.open(call)).await;
        let opened = opened.unwrap_or(Err(Reason::TimedOut(Phase::Exchange)));
        let (connection, response) = opened.map_err(Failure::from)?;
        let more_follow = self.judge(&response)?;
        let inflater = is_packed(response.headers()).map_err(Failure::from)?;
        let inflater = inflater.then(|| MultiGzDecoder::new(Vec::new()));
        let body = response.into_body();
        self.chunk = Some(Chunk { connection, body, packed: Bytes::new(), inflater, more_follow });
        Ok(())
    }

    /// Whether it is the chunk that was asked for, and more follow.
    fn judge(&mut self, response: &Response<Incoming>) -> Result<bool, DownloadFault> {
        let status = response.status().as_u16();
        if !matches!(status, 200 | 206) {
            return Err(Failure::from(Reason::Status(status)).into());
        }
        let more_follow = match chunk_range(response.headers()) {
            // A report has no content, and so no chunks.
            Some((_, 0)) if status == 200 && self.number == 1 => false,
            Some((number, total)) => {
                let fits = number == self.number && number <= total && self.total.is_none_or(|known| known == total);
                if !fits || total > CHUNKS_MAX || (status == 200 && number < total) {
                    return Err(DownloadFault::NotWhole);
                }
                self.total = Some(total);
                number < total
            }
            None => status == 206,
        };
        if more_follow && self.number >= CHUNKS_MAX { Err(DownloadFault::NotWhole) } else { Ok(more_follow) }
    }
}

impl Chunk {
    async fn receive(&mut self) -> Result<Option<Bytes>, DownloadFault> {
        loop {
            let frame = timeout(Duration::from_secs(IDLE_SECONDS_MAX), self.body.frame()).await;
            let Ok(frame) = frame else { return Err(Failure::from(Reason::TimedOut(Phase::Exchange)).into()) };
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|error| Failure::from(reason_of(&error)))?;
            // Trailers carry nothing that we know.
            let Ok(bytes) = frame.into_data() else { continue };
            return Ok(Some(bytes));
        }
    }

    fn inflate(&mut self) -> Result<Bytes, DownloadFault> {
        let step = self.packed.split_to(self.packed.len().min(INFLATE_STEP_BYTES));
        let Some(inflater) = &mut self.inflater else { return Ok(step) };
        inflater.write_all(&step).map_err(|_| DownloadFault::NotWhole)?;
        Ok(Bytes::from(std::mem::take(inflater.get_mut())))
    }

    fn last_inflated(&mut self) -> Result<Bytes, DownloadFault> {
        let Some(inflater) = &mut self.inflater else { return Ok(Bytes::new()) };
        inflater.try_finish().map_err(|_| DownloadFault::NotWhole)?;
        Ok(Bytes::from(std::mem::take(inflater.get_mut())))
    }
}

/// `n:m`; without a header, or with one that is none, the status alone says whether more follow.
fn chunk_range(headers: &HeaderMap) -> Option<(u32, u32)> {
    let (number, total) = headers.get("mex-chunk-range")?.to_str().ok()?.split_once(':')?;
    Some((number.trim().parse().ok()?, total.trim().parse().ok()?))
}
