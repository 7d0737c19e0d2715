//! The pace of one connection: a stream that ends itself when its peer is silent for too long.
//!
//! Three silences are known, each with its own limit: a header that is begun and not ended, a rest between requests,
//! and an answer that is not read. hyper has a clock only for the first, and runs it during rests as well; so the
//! clock stands here, below TLS, where every byte passes. The service tells the pace when a request begins, when its
//! answer begins and when that ends; the stream looks at the clock whenever it has to wait. A request whose body is
//! being read is watched by its reader, and one that is worked on has a limit of its own: neither is silence.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::config::{Limits, seconds};

/// How long a connection that leaves bytes unread is kept so that its peer can read the answer: closing it at once
/// would reset it, and the reset may overtake the answer (RFC 9112, section 9.6).
const LINGER: Duration = Duration::from_secs(2);

/// Reads of a lingering connection between two looks at everything else.
const LINGER_READS_MAX: usize = 16;

/// What is known of a connection, shared by its stream and its service. Times are milliseconds since `opened`.
pub(crate) struct Pace {
    opened: Instant,
    header_max: Duration,
    rest_max: Duration,
    answer_max: Duration,
    /// Whether HTTP is spoken yet; before that the handshake has its own limit.
    speaking: AtomicBool,
    /// HTTP/2 has frames that are no requests: only its first request has a header to wait for.
    multiplexed: AtomicBool,
    requests: AtomicUsize,
    answers: AtomicUsize,
    header_begun: AtomicU64,
    rest_begun: AtomicU64,
    progress: AtomicU64,
    unread: AtomicBool,
}

/// No header is being waited for.
const NOT_BEGUN: u64 = u64::MAX;

impl Pace {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            opened: Instant::now(),
            header_max: seconds(limits.header_seconds_max),
            rest_max: seconds(limits.keep_alive_seconds_max),
            answer_max: seconds(limits.answer_idle_seconds_max),
            speaking: AtomicBool::new(false),
            multiplexed: AtomicBool::new(false),
            requests: AtomicUsize::new(0),
            answers: AtomicUsize::new(0),
            header_begun: AtomicU64::new(NOT_BEGUN),
            rest_begun: AtomicU64::new(0),
            progress: AtomicU64::new(0),
            unread: AtomicBool::new(false),
        })
    }

    /// HTTP begins: the first header is waited for from now on, whether a byte of it has come or not.
    pub(crate) fn speak(&self, multiplexed: bool) {
        let now = self.now();
        self.header_begun.store(now, Relaxed);
        self.rest_begun.store(now, Relaxed);
        self.multiplexed.store(multiplexed, Relaxed);
        self.speaking.store(true, Relaxed);
    }

    /// A request has come; it ends when the guard is dropped.
    pub(crate) fn request(self: &Arc<Self>) -> InRequest {
        self.requests.fetch_add(1, Relaxed);
        self.header_begun.store(NOT_BEGUN, Relaxed);
        InRequest { pace: self.clone(), answering: false }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn heard(&self) {
        let waiting = self.requests.load(Relaxed) == 0 && !self.multiplexed.load(Relaxed);
        if waiting && self.speaking.load(Relaxed) && self.header_begun.load(Relaxed) == NOT_BEGUN {
            self.header_begun.store(self.now(), Relaxed);
        }
    }

    fn sent(&self) {
        self.progress.store(self.now(), Relaxed);
    }

    /// The moment at which the silence of now has lasted too long.
    fn deadline(&self) -> Option<Instant> {
        if !self.speaking.load(Relaxed) {
            return None;
        }
        let after = |begun: u64, max: Duration| self.opened + Duration::from_millis(begun) + max;
        if self.requests.load(Relaxed) == 0 {
            let rest = after(self.rest_begun.load(Relaxed), self.rest_max);
            let header = self.header_begun.load(Relaxed);
            return Some(if header == NOT_BEGUN { rest } else { rest.min(after(header, self.header_max)) });
        }
        (self.answers.load(Relaxed) > 0).then(|| after(self.progress.load(Relaxed), self.answer_max))
    }
}

/// A request from its header to the end of its answer.
pub(crate) struct InRequest {
    pace: Arc<Pace>,
    answering: bool,
}

impl InRequest {
    /// The answer begins.
    pub(crate) fn answer(&mut self) {
        if !self.answering {
            self.answering = true;
            self.pace.sent();
            self.pace.answers.fetch_add(1, Relaxed);
        }
    }

    /// Bytes of the answer were asked for: the peer reads.
    pub(crate) fn sent(&self) {
        self.pace.sent();
    }

    /// The answer may leave bytes of the request unread.
    pub(crate) fn leave_unread(&self) {
        self.pace.unread.store(true, Relaxed);
    }
}

impl Drop for InRequest {
    fn drop(&mut self) {
        if self.answering {
            self.pace.answers.fetch_sub(1, Relaxed);
        }
        self.pace.rest_begun.store(self.pace.now(), Relaxed);
        self.pace.requests.fetch_sub(1, Relaxed);
    }
}

/// The socket of a connection, watched.
pub(crate) struct PacedStream {
    socket: TcpStream,
    pace: Arc<Pace>,
    alarm: Pin<Box<Sleep>>,
    lingering: Option<Pin<Box<Sleep>>>,
}

/// Longest time between two looks at the clock while nothing is waited for.
const LOOK: Duration = Duration::from_secs(1);

impl PacedStream {
    pub(crate) fn new(socket: TcpStream, pace: Arc<Pace>) -> Self {
        Self { socket, pace, alarm: Box::pin(sleep(LOOK)), lingering: None }
    }

    /// The stream has to wait: too long already?
    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            if let Some(deadline) = self.pace.deadline() {
                if deadline <= Instant::now() {
                    if self.pace.answers.load(Relaxed) > 0 {
                        // What was not read never will be: the system must not keep it either.
                        let _ = self.socket.set_zero_linger();
                    }
                    return Poll::Ready(io::ErrorKind::TimedOut.into());
                }
                if deadline < self.alarm.deadline() {
                    self.alarm.as_mut().reset(deadline);
                }
            }
            ready!(self.alarm.as_mut().poll(context));
            // Rung early, or nothing was waited for: a request may end, or an answer begin, without a word to this
            // stream, so it looks again before long.
            let next = Instant::now() + LOOK;
            self.alarm.as_mut().reset(self.pace.deadline().map_or(next, |deadline| deadline.min(next)));
        }
    }

    fn or_silence<T>(&mut self, poll: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        match poll {
            Poll::Pending => self.poll_silence(context).map(Err),
            ready => ready,
        }
    }
}

impl AsyncRead for PacedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.socket).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.pace.heard();
        }
        self.or_silence(poll, context)
    }
}

impl AsyncWrite for PacedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write(context, bytes);
        if poll.is_ready() {
            self.pace.sent();
        }
        self.or_silence(poll, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.socket).poll_shutdown(context))?;
            if !self.pace.unread.load(Relaxed) {
                return Poll::Ready(Ok(()));
            }
        }
        let stream = &mut *self;
        let alarm = stream.lingering.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + LINGER)));
        if alarm.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        let mut discarded = [0; 8 * 1024];
        for _ in 0..LINGER_READS_MAX {
            let mut buffer = ReadBuf::new(&mut discarded);
            match ready!(Pin::new(&mut stream.socket).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => return Poll::Ready(Ok(())),
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write_vectored(context, slices);
        if poll.is_ready() {
            self.pace.sent();
        }
        self.or_silence(poll, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}
