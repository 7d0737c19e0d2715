//! Bodies of requests: read at the peer's pace within limits, inflated, and spooled into a document.
//!
//! The bytes that count are the inflated ones. A body that stops for `body_idle_seconds_max`, or is slower than
//! `body_bytes_per_second_min` on average after its first ten seconds, is refused; so a connection that feeds bytes one
//! by one cannot hold a place for ever.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, HeaderMap};
use bytes::{Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use futures_util::stream;
use http_body::Body as _;
use http_body_util::BodyExt;
use multer::Multipart;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

use super::media::{BodyKind, is_gzip};
use super::problem::{Complaint, Place, Problem, disk};
use crate::config::{Limits, seconds};
use kit::document::{Document, Part, ReadAt};

use crate::documents::{DocumentLimits, member_name, open_archive};
use crate::spool::{Spool, SpoolKey, SpoolLimits, SpoolWriter, TooLarge};

/// Before this a body's average says nothing.
const RATE_GRACE: Duration = Duration::from_secs(10);

/// Packed bytes that are inflated at once: at the worst ratio of deflate they become 4 MiB.
const INFLATE_STEP_BYTES: usize = 4 * 1024;

/// Bytes that are handed on at once where a reader looks again at all that it has whenever more comes: without this, a
/// body sent byte by byte would cost the square of its length.
const GATHER_BYTES: usize = 64 * 1024;

/// Bytes that one blocking write takes to the disk.
const WRITE_BYTES: usize = 256 * 1024;

/// How long a body may be, and the name of the limit that says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BytesMax {
    pub(crate) bytes: u64,
    pub(crate) limit: &'static str,
}

impl BytesMax {
    /// The limit of a document that is translated or checked at once.
    pub(crate) fn of_translation(limits: &Limits) -> Self {
        Self { bytes: limits.translate_bytes_max, limit: "translate_bytes_max" }
    }
}

/// Reads the body of a request as a document.
///
/// # Errors
/// [`Problem::TooLarge`], [`Problem::RequestTimeout`], [`Problem::InvalidRequest`] for a body that is cut short or
/// cannot be taken apart, [`Problem::UnsupportedMediaType`] for its coding.
pub(crate) async fn read_document(
    headers: &HeaderMap,
    body: Body,
    kind: &BodyKind,
    limits: &Limits,
    most: BytesMax,
) -> Result<Document, Problem> {
    let key = SpoolKey::random().map_err(|error| disk(&error))?;
    let document_limits = DocumentLimits::new(limits, most.bytes);
    let inbound = Inbound::new(headers, body, limits, most)?;
    match kind {
        BodyKind::Single(_) => {
            let bytes = spool(inbound, &key, &document_limits.spool).await?;
            Ok(Document::new(vec![Part::new("document", bytes)]))
        }
        BodyKind::Zip => {
            let archive: Arc<dyn ReadAt> = Arc::new(spool(inbound, &key, &document_limits.spool).await?);
            let opened = spawn_blocking(move || open_archive(&archive, &document_limits, &key)).await;
            Ok(opened.map_err(|_| Problem::Internal)??)
        }
        BodyKind::Multipart { boundary } => multipart(inbound, boundary, &key, &document_limits).await,
    }
}

/// Reads the body of a request that is no document, such as a form, into memory.
///
/// # Errors
/// As [`read_document`].
pub(crate) async fn read_small(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
    most: BytesMax,
) -> Result<Vec<u8>, Problem> {
    let mut inbound = Inbound::new(headers, body, limits, most)?;
    let mut whole = Vec::new();
    while let Some(bytes) = inbound.next().await? {
        whole.extend_from_slice(&bytes);
    }
    Ok(whole)
}

/// A body as it comes: paced, inflated and counted.
pub(crate) struct Inbound {
    body: Body,
    inflater: Option<MultiGzDecoder<Vec<u8>>>,
    /// Bytes of the body that are still to be inflated.
    packed: VecDeque<Bytes>,
    ended: bool,
    started: Instant,
    received: u64,
    given: u64,
    idle_max: Duration,
    bytes_per_second_min: u64,
    most: BytesMax,
    inflate_ratio_max: u64,
}

impl Inbound {
    pub(crate) fn new(headers: &HeaderMap, body: Body, limits: &Limits, most: BytesMax) -> Result<Self, Problem> {
        let gzip = is_gzip(headers)?;
        // hyper has checked the length; a body that says it is too large is not asked for.
        let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if announced.unwrap_or(0_u64).max(body.size_hint().lower()) > most.bytes {
            return Err(Problem::TooLarge { limit: most.limit });
        }
        Ok(Self {
            body,
            inflater: gzip.then(|| MultiGzDecoder::new(Vec::new())),
            packed: VecDeque::new(),
            ended: false,
            started: Instant::now(),
            received: 0,
            given: 0,
            idle_max: seconds(limits.body_idle_seconds_max),
            bytes_per_second_min: limits.body_bytes_per_second_min,
            most,
            inflate_ratio_max: limits.inflate_ratio_max,
        })
    }

    /// The next bytes, or `None` when the body is whole.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let given = match self.next_packed() {
                Some(step) => self.inflate(&step)?,
                None if self.ended => return Ok(None),
                None => match (self.receive().await?, self.inflater.is_some()) {
                    (Some(bytes), false) => bytes,
                    (Some(bytes), true) => {
                        self.packed.push_back(bytes);
                        continue;
                    }
                    (None, _) => {
                        self.ended = true;
                        self.last_inflated()?
                    }
                },
            };
            self.given = self.given.saturating_add(given.len() as u64);
            if self.given > self.most.bytes {
                return Err(Problem::TooLarge { limit: self.most.limit });
            }
            if self.inflater.is_some() && self.given > self.received.saturating_mul(self.inflate_ratio_max) {
                return Err(Problem::TooLarge { limit: "inflate_ratio_max" });
            }
            if !given.is_empty() {
                return Ok(Some(given));
            }
        }
    }

    /// As [`Self::next`], but small pieces are gathered first.
    async fn next_gathered(&mut self) -> Result<Option<Bytes>, Problem> {
        let mut gathered = BytesMut::new();
        while gathered.len() < GATHER_BYTES {
            match self.next().await? {
                Some(bytes) if gathered.is_empty() && bytes.len() >= GATHER_BYTES => return Ok(Some(bytes)),
                Some(bytes) => gathered.extend_from_slice(&bytes),
                None => break,
            }
        }
        Ok((!gathered.is_empty()).then(|| gathered.freeze()))
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let frame = timeout(self.idle_max, self.body.frame()).await.map_err(|_| Problem::RequestTimeout)?;
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|_| cut_short("the body ends before its announced end"))?;
            // Trailers carry nothing that we know.
            let Ok(bytes) = frame.into_data() else { continue };
            self.received = self.received.saturating_add(bytes.len() as u64);
            let elapsed = self.started.elapsed();
            let least = self.bytes_per_second_min.saturating_mul(elapsed.as_secs());
            if elapsed > RATE_GRACE && self.received < least {
                return Err(Problem::RequestTimeout);
            }
            return Ok(Some(bytes));
        }
    }

    fn next_packed(&mut self) -> Option<Bytes> {
        let mut bytes = self.packed.pop_front()?;
        let step = bytes.split_to(bytes.len().min(INFLATE_STEP_BYTES));
        if !bytes.is_empty() {
            self.packed.push_front(bytes);
        }
        Some(step)
    }

    fn inflate(&mut self, step: &[u8]) -> Result<Bytes, Problem> {
        let Some(inflater) = &mut self.inflater else { return Ok(Bytes::copy_from_slice(step)) };
        inflater.write_all(step).map_err(|_| cut_short("the gzip stream is damaged"))?;
        Ok(Bytes::from(std::mem::take(inflater.get_mut())))
    }

    fn last_inflated(&mut self) -> Result<Bytes, Problem> {
        let Some(inflater) = &mut self.inflater else { return Ok(Bytes::new()) };
        inflater.try_finish().map_err(|_| cut_short("the gzip stream is cut short"))?;
        Ok(Bytes::from(std::mem::take(inflater.get_mut())))
    }
}

/// Keeps a whole body.
async fn spool(mut inbound: Inbound, key: &Arc<SpoolKey>, limits: &SpoolLimits) -> Result<Spool, Problem> {
    let mut sink = Sink::new(key, limits.clone());
    while let Some(bytes) = inbound.next().await? {
        sink.write(&bytes).await?;
    }
    sink.finish().await
}

/// Takes a multipart body apart; each part is kept by itself.
async fn multipart(
    inbound: Inbound,
    boundary: &str,
    key: &Arc<SpoolKey>,
    limits: &DocumentLimits,
) -> Result<Document, Problem> {
    let pieces = stream::try_unfold(inbound, |mut inbound| async move {
        let next = inbound.next_gathered().await.map_err(Passing)?;
        Ok::<_, Passing>(next.map(|bytes| (bytes, inbound)))
    });
    let mut multipart = Multipart::new(pieces, boundary);
    let mut parts = Vec::new();
    while let Some(mut field) = multipart.next_field().await.map_err(multipart_fault)? {
        if parts.len() as u64 >= limits.members_max {
            return Err(Problem::TooLarge { limit: "zip_members_max" });
        }
        let name = member_name(field.file_name().or(field.name()).unwrap_or_default());
        let mut sink = Sink::new(key, limits.spool.clone());
        while let Some(bytes) = field.chunk().await.map_err(multipart_fault)? {
            sink.write(&bytes).await?;
        }
        parts.push(Part::new(name, sink.finish().await?));
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    if parts.is_empty() { Err(cut_short("the multipart body holds no part")) } else { Ok(Document::new(parts)) }
}

/// A problem on its way through the multipart reader.
#[derive(Debug, thiserror::Error)]
#[error("the body cannot be read")]
struct Passing(Problem);

fn multipart_fault(error: multer::Error) -> Problem {
    match error {
        multer::Error::StreamReadFailed(cause) => {
            cause.downcast::<Passing>().map_or(Problem::Internal, |passing| passing.0)
        }
        _ => cut_short("the multipart body is damaged or cut short"),
    }
}

fn cut_short(message: &'static str) -> Problem {
    let help = "send the whole body again";
    Problem::InvalidRequest(Complaint { rule: "http/body", message: message.into(), help, place: Place::Body })
}

/// A spool that is written from a task that must not block: what goes to disk goes there on another thread.
struct Sink {
    writer: Option<SpoolWriter>,
    waiting: BytesMut,
}

impl Sink {
    fn new(key: &Arc<SpoolKey>, limits: SpoolLimits) -> Self {
        Self { writer: Some(SpoolWriter::new(key.clone(), limits)), waiting: BytesMut::new() }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let Some(writer) = &mut self.writer else { return Err(Problem::Internal) };
        if self.waiting.is_empty() && !writer.would_block(bytes.len()) {
            return writer.write_all(bytes).map_err(|error| written(&error));
        }
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= WRITE_BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Problem> {
        let (Some(mut writer), bytes) = (self.writer.take(), self.waiting.split()) else {
            return Err(Problem::Internal);
        };
        let write = spawn_blocking(move || writer.write_all(&bytes).map(|()| writer));
        let writer = write.await.map_err(|_| Problem::Internal)?.map_err(|error| written(&error))?;
        self.writer = Some(writer);
        Ok(())
    }

    async fn finish(mut self) -> Result<Spool, Problem> {
        if !self.waiting.is_empty() {
            self.flush().await?;
        }
        let Some(writer) = self.writer else { return Err(Problem::Internal) };
        if !writer.would_block(0) {
            return writer.finish().map_err(|error| disk(&error));
        }
        spawn_blocking(move || writer.finish()).await.map_err(|_| Problem::Internal)?.map_err(|error| disk(&error))
    }
}

fn written(error: &std::io::Error) -> Problem {
    if TooLarge::is_cause_of(error) { Problem::TooLarge { limit: "translate_bytes_max" } } else { disk(error) }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tokio::time::sleep;

    use super::*;

    /// A body of these pieces, with a wait before each.
    fn paced(pieces: Vec<(u64, Vec<u8>)>) -> Body {
        Body::from_stream(stream::unfold(VecDeque::from(pieces), |mut pieces| async move {
            let (wait, piece) = pieces.pop_front()?;
            sleep(seconds(wait)).await;
            Some((Ok::<_, Infallible>(Bytes::from(piece)), pieces))
        }))
    }

    async fn read(
        headers: &[(header::HeaderName, &'static str)],
        body: Body,
        limits: &Limits,
    ) -> Result<Document, Problem> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        read_document(&headers, body, &BodyKind::Single(None), limits, BytesMax::of_translation(limits)).await
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    const GZIP: (header::HeaderName, &str) = (header::CONTENT_ENCODING, "gzip");

    #[tokio::test(start_paused = true)]
    async fn a_body_that_rests_too_long_is_refused_and_one_that_rests_less_is_not() {
        let limits = Limits { body_bytes_per_second_min: 0, ..Limits::default() };
        let body = |wait| paced(vec![(0, b"a".to_vec()), (wait, b"b".to_vec())]);
        assert_eq!(
            read(&[], body(29), &limits).await.unwrap().part(schemas::diagnostic::PartId(0)).unwrap().bytes.len(),
            2
        );
        assert!(matches!(read(&[], body(31), &limits).await, Err(Problem::RequestTimeout)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_below_the_slowest_rate_is_refused_after_its_first_ten_seconds() {
        let limits = Limits::default();
        let body = |seconds: u64, bytes: usize| paced((0..seconds).map(|_| (1, vec![b'x'; bytes])).collect());
        assert!(read(&[], body(10, 1), &limits).await.is_ok());
        assert!(matches!(read(&[], body(12, 1), &limits).await, Err(Problem::RequestTimeout)));
        assert!(read(&[], body(60, 1024), &limits).await.is_ok());
        assert!(matches!(read(&[], body(60, 1023), &limits).await, Err(Problem::RequestTimeout)));
    }

    #[tokio::test]
    async fn an_inflated_body_counts_by_what_it_becomes() {
        let limits = Limits { translate_bytes_max: 100_000, inflate_ratio_max: 10_000, ..Limits::default() };
        let body = |length| Body::from(gzip(&vec![b'x'; length]));
        assert_eq!(
            read(&[GZIP], body(100_000), &limits)
                .await
                .unwrap()
                .part(schemas::diagnostic::PartId(0))
                .unwrap()
                .bytes
                .len(),
            100_000
        );
        let refused = read(&[GZIP], body(100_001), &limits).await;
        assert!(matches!(refused, Err(Problem::TooLarge { limit: "translate_bytes_max" })));
        let limits = Limits { inflate_ratio_max: 100, ..limits };
        let refused = read(&[GZIP], body(100_000), &limits).await;
        assert!(matches!(refused, Err(Problem::TooLarge { limit: "inflate_ratio_max" })));
    }

    #[tokio::test]
    async fn a_gzip_stream_cut_anywhere_is_refused() {
        let whole = gzip(b"ssda903 ssda903 headings");
        for end in 0..whole.len() {
            let outcome = read(&[GZIP], Body::from(whole[..end].to_vec()), &Limits::default()).await;
            assert!(matches!(outcome, Err(Problem::InvalidRequest(_))), "{end}");
        }
        assert!(read(&[GZIP], Body::from(whole), &Limits::default()).await.is_ok());
    }

    #[tokio::test]
    async fn other_codings_are_not_taken() {
        for coding in ["br", "gzip, gzip", "deflate"] {
            let outcome = read(&[(header::CONTENT_ENCODING, coding)], Body::from("x"), &Limits::default()).await;
            assert!(matches!(outcome, Err(Problem::UnsupportedMediaType { coding: true, .. })), "{coding}");
        }
    }
}
