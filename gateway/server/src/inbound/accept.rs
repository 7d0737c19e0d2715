//! The accept loop: connections within limits, TLS within its time, HTTP/1.1 or HTTP/2, and an orderly end.
//!
//! **Limits.** `connections_max` for all (further ones wait in the system's queue), `connections_per_address_max` for
//! one address (further ones are closed at once), `handshake_seconds_max`, and the silences of [`super::pace`].
//!
//! **Operation.** One task a connection. A connection keeps the TLS and the silences that it began with; each of its
//! requests goes to what stands when it comes. A failing accept never ends the loop: when the process has no file
//! descriptors left it rests a moment, and goes on. When told to drain, the loop takes no more connections, tells the
//! open ones to end after their running requests (`Connection: close`, GOAWAY), waits for at most
//! `drain_seconds_max`, and then ends what is left.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, Version};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::Service;

use super::limit::AddressKey;
use super::pace::{InRequest, Pace, PacedStream};
use super::partners::{Identity, Partners};
use super::problem::Problem;
use crate::config::{Limits, seconds};
use crate::metrics::Metrics;
use crate::standing::Current;
use crate::tls::client::ShownCertificate;

/// Rest after an accept that failed because the process or the system is out of something.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// What hyper takes beyond our own limits on headers, so that our own words refuse what is just above them.
const HEADER_BYTES_SPARE: u64 = 32 * 1024;
const HEADER_COUNT_SPARE: u64 = 28;

/// Flow-control windows of HTTP/2: a stream may fill a quarter of its connection's.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;

/// The address of whoever asks, found among the extensions of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A listener.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    /// Connections at once, as long as it listens.
    pub(crate) connections_max: u64,
    /// What its connections need.
    pub(crate) current: Current,
    pub(crate) metrics: Arc<Metrics>,
    /// Turns true once: drain.
    pub(crate) drain: watch::Receiver<bool>,
}

/// TLS of a listener, and the longest handshake.
pub(crate) struct ListenerTls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) handshake_max: Duration,
}

/// What connections need under one configuration.
pub(crate) struct Surface {
    http1: auto::Builder<TokioExecutor>,
    http2: auto::Builder<TokioExecutor>,
    /// Plain HTTP/1.1 without.
    tls: Option<ListenerTls>,
    limits: Limits,
    router: Router,
    /// Who client certificates may belong to.
    partners: Option<Arc<Partners>>,
}

impl Surface {
    pub(crate) fn new(
        limits: Limits,
        tls: Option<ListenerTls>,
        router: Router,
        partners: Option<Arc<Partners>>,
    ) -> Self {
        Self { http1: http1(&limits), http2: http2(&limits), tls, limits, router, partners }
    }
}

impl Listener {
    /// Runs until drained.
    pub(crate) async fn run(self) {
        let Self { socket, connections_max, current, metrics, mut drain } = self;
        let connections_max = usize::try_from(connections_max).unwrap_or(usize::MAX);
        let places = Arc::new(Semaphore::new(connections_max.min(Semaphore::MAX_PERMITS)));
        let addresses = Arc::new(Addresses::default());
        let shared = Arc::new(Shared { current, metrics, drain: drain.clone() });
        let mut connections = JoinSet::new();
        loop {
            // A place first, then a connection: what has no place waits in the system's queue.
            let place = tokio::select! {
                place = places.clone().acquire_owned() => place,
                _ = drain.wait_for(|drain| *drain) => break,
            };
            let Ok(place) = place else { break };
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                _ = drain.wait_for(|drain| *drain) => break,
            };
            while connections.try_join_next().is_some() {}
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    if let Some(rest) = rest_after(&error) {
                        tracing::warn!(kind = %error.kind(), "a connection could not be accepted");
                        sleep(rest).await;
                    }
                    continue;
                }
            };
            let most = shared.current.standing().surface.limits.connections_per_address_max;
            let Some(entry) = Addresses::enter(&addresses, peer.ip(), most) else {
                shared.metrics.connection_refused();
                continue;
            };
            connections.spawn(connection(shared.clone(), stream, peer, Held { _place: place, _entry: entry }));
        }
        // Nobody else is let in from here on: the system refuses at once.
        drop(socket);
        let ended = async { while connections.join_next().await.is_some() {} };
        let drain_max = seconds(shared.current.standing().surface.limits.drain_seconds_max);
        if timeout(drain_max, ended).await.is_err() {
            connections.shutdown().await;
        }
    }
}

struct Shared {
    current: Current,
    metrics: Arc<Metrics>,
    drain: watch::Receiver<bool>,
}

/// What a connection holds while it lasts.
struct Held {
    _place: OwnedSemaphorePermit,
    _entry: Entry,
}

async fn connection(shared: Arc<Shared>, socket: TcpStream, peer: SocketAddr, held: Held) {
    let _open = shared.metrics.connection_opened();
    // Answers are written whole: waiting to fill a packet would only delay them.
    let _ = socket.set_nodelay(true);
    let standing = shared.current.standing();
    let surface = &standing.surface;
    let pace = Pace::new(&surface.limits);
    let stream = PacedStream::new(socket, pace.clone());
    match &surface.tls {
        None => {
            pace.speak(false);
            let builder = surface.http1.clone();
            drop(standing);
            speak(&shared, &builder, stream, Asker::new(peer, None), pace).await;
        }
        Some(tls) => {
            let accepting = TlsAcceptor::from(tls.config.clone()).accept(stream);
            let Ok(Ok(stream)) = timeout(tls.handshake_max, accepting).await else {
                shared.metrics.handshake_failed();
                return;
            };
            let multiplexed = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            pace.speak(multiplexed);
            let builder = if multiplexed { surface.http2.clone() } else { surface.http1.clone() };
            let shown = stream.get_ref().1.peer_certificates().and_then(ShownCertificate::of);
            // Only the requests need one from here on, and each its own.
            drop(standing);
            speak(&shared, &builder, stream, Asker::new(peer, shown), pace).await;
        }
    }
    drop(held);
}

/// Whoever is at the other end of a connection.
struct Asker {
    peer: SocketAddr,
    shown: Option<Arc<ShownCertificate>>,
    /// Whose the certificate is, as these partners have judged it.
    judged: Mutex<(Weak<Partners>, Option<Identity>)>,
}

impl Asker {
    fn new(peer: SocketAddr, shown: Option<ShownCertificate>) -> Self {
        Self { peer, shown: shown.map(Arc::new), judged: Mutex::default() }
    }

    /// Whose the certificate of the connection is, when it showed one: judged once for each configuration.
    fn identity(&self, partners: Option<&Arc<Partners>>) -> Option<Identity> {
        let (shown, partners) = (self.shown.as_ref()?, partners?);
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if judged.0.as_ptr() != Arc::as_ptr(partners) {
            *judged = (Arc::downgrade(partners), Some(partners.identify(shown.clone())));
        }
        judged.1.clone()
    }
}

async fn speak<S>(shared: &Shared, builder: &auto::Builder<TokioExecutor>, stream: S, asker: Asker, pace: Arc<Pace>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (current, asker) = (shared.current.clone(), Arc::new(asker));
    let service = service_fn(move |request: Request<Incoming>| {
        let standing = current.standing();
        let mut router = standing.surface.router.clone();
        let mut in_request = pace.request();
        let asker = asker.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            parts.extensions.insert(Peer(asker.peer.ip()));
            if let Some(identity) = asker.identity(standing.surface.partners.as_ref()) {
                parts.extensions.insert(identity);
            }
            let (version, has_body) = (parts.version, !body.is_end_stream());
            let answer = router.call(Request::from_parts(parts, Body::new(body))).await;
            let mut answer = answer.unwrap_or_else(|never: Infallible| match never {});
            if has_body && answer.status().as_u16() >= 400 {
                in_request.leave_unread();
                close_if_unread(&mut answer, version);
            }
            in_request.answer();
            Ok::<_, Infallible>(answer.map(|body| Answering { body, in_request }))
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut drain = shared.drain.clone();
    // How a connection ends is the peer's affair: every error here is one of its own.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = drain.wait_for(|drain| *drain) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// A refusal of a body that was not read to its end: over HTTP/1.1 the rest cannot be told from the next request.
fn close_if_unread(answer: &mut Response<Body>, version: Version) {
    use axum::http::header::{CONNECTION, HeaderValue};
    let problem = answer.extensions().get::<Arc<Problem>>();
    let unread = matches!(
        problem.map(AsRef::as_ref),
        Some(
            Problem::TooLarge { .. }
                | Problem::CostExceedsQuota
                | Problem::QuotaExceeded { .. }
                | Problem::RequestTimeout
        )
    );
    if unread && version < Version::HTTP_2 {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

/// The body of an answer, telling the pace that it moves and when it has ended.
struct Answering {
    body: Body,
    in_request: InRequest,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.in_request.sent();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn http1(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Headers and rests are timed by the pace.
        .header_read_timeout(None)
        .max_headers((limits.header_count_max + HEADER_COUNT_SPARE) as usize)
        .max_buf_size((limits.header_bytes_max + HEADER_BYTES_SPARE) as usize);
    builder.http1_only()
}

fn http2(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(u32::try_from(limits.streams_per_connection_max).unwrap_or(u32::MAX))
        .max_header_list_size(u32::try_from(limits.header_bytes_max + HEADER_BYTES_SPARE).unwrap_or(u32::MAX));
    builder.http2_only()
}

/// How long to rest after a failed accept: not at all when only that one connection failed.
fn rest_after(error: &io::Error) -> Option<Duration> {
    use io::ErrorKind as K;
    match error.kind() {
        K::ConnectionAborted | K::ConnectionReset | K::ConnectionRefused | K::Interrupted => None,
        _ => Some(ACCEPT_REST),
    }
}

/// How many connections each address has open.
#[derive(Default)]
struct Addresses(Mutex<HashMap<AddressKey, u64>>);

impl Addresses {
    fn enter(addresses: &Arc<Self>, address: IpAddr, most: u64) -> Option<Entry> {
        let key = AddressKey::of(address);
        let mut open = addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(key).or_insert(0);
        // An address that is here has at least one: a refusal leaves no empty entry behind.
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Entry { addresses: addresses.clone(), key })
    }
}

struct Entry {
    addresses: Arc<Addresses>,
    key: AddressKey,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut open = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_accept_rests_only_when_the_process_is_out_of_something() {
        const EMFILE: i32 = 24;
        assert!(rest_after(&io::Error::from_raw_os_error(EMFILE)).is_some());
        assert!(rest_after(&io::ErrorKind::OutOfMemory.into()).is_some());
        assert!(rest_after(&io::ErrorKind::ConnectionAborted.into()).is_none());
    }

    #[test]
    fn an_address_leaves_nothing_behind() {
        let addresses = Arc::new(Addresses::default());
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let first = Addresses::enter(&addresses, address, 2).unwrap();
        let second = Addresses::enter(&addresses, address, 2).unwrap();
        assert!(Addresses::enter(&addresses, address, 2).is_none());
        drop(first);
        let third = Addresses::enter(&addresses, address, 2).unwrap();
        drop((second, third));
        assert!(addresses.0.lock().unwrap().is_empty());
    }
}
