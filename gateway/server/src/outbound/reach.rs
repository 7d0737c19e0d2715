//! The way to a recipient: its addresses, the proxy before it, TLS with it, and one connection of HTTP/1.1 on top.
//!
//! HTTP/1.1 is what every recipient takes; deliveries of a lane go one after another, so there is little to multiplex.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::Body;
use http_body_util::{Empty, Full};
use hyper::client::conn::http1;
use hyper::{Method, Request, Uri, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::{Address, is_public};
use super::outcome::{Phase, Reason};

/// Time to find a host and connect to it.
const CONNECT_SECONDS_MAX: u64 = 10;

/// Time for a proxy to let us through.
const PROXY_SECONDS_MAX: u64 = 10;

/// Time for a TLS handshake.
const HANDSHAKE_SECONDS_MAX: u64 = 10;

/// Time for the driver of a broken connection to say why.
const DRIVER_MS_MAX: u64 = 100;

/// Bytes of an answer's header.
const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Header fields of an answer.
const HEADER_COUNT_MAX: usize = 100;

/// Addresses of one host that are tried.
const ADDRESSES_MAX: usize = 8;

/// How a recipient is reached.
#[derive(Clone)]
pub(super) struct Reach {
    pub(super) tls: Arc<ClientConfig>,
    pub(super) private_network: bool,
    pub(super) proxy: Option<Address>,
}

/// The sockets under it: which hosts may be reached, and through what.
#[derive(Clone, Copy)]
pub(super) struct Network<'n> {
    pub(super) private_network: bool,
    pub(super) proxy: Option<&'n Address>,
}

/// One connection for requests with one kind of body, whose driver ends with it.
pub(super) struct Connection<B = Full<Bytes>> {
    pub(super) sender: http1::SendRequest<B>,
    /// What ended the connection, where that was a fault.
    driver: JoinHandle<Option<Reason>>,
    /// When it was last used.
    pub(super) rested_since: Instant,
}

impl<B> Connection<B> {
    /// Why a request failed. Where the connection ended before it was sent, only the driver knows.
    pub(super) async fn reason_of(&mut self, error: &hyper::Error) -> Reason {
        let reason = reason_of(error);
        if reason != Reason::Broken {
            return reason;
        }
        let ended = timeout(Duration::from_millis(DRIVER_MS_MAX), &mut self.driver).await;
        ended.ok().and_then(Result::ok).flatten().unwrap_or(reason)
    }
}

impl<B> Drop for Connection<B> {
    fn drop(&mut self) {
        // A peer that reads nothing would keep a driver that only waits for the sender's end.
        self.driver.abort();
    }
}

/// A connection to a host, whatever it is made of.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Reach {
    /// A new connection to an address.
    pub(super) async fn connect<B>(&self, address: &Address) -> Result<Connection<B>, Reason>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
    {
        let network = Network { private_network: self.private_network, proxy: self.proxy.as_ref() };
        let stream = network.stream(address).await?;
        let stream = if address.is_secured() { self.secure(address, stream).await? } else { stream };
        let built = http1::Builder::new()
            .max_buf_size(HEADER_BYTES_MAX)
            .max_headers(HEADER_COUNT_MAX)
            .handshake(TokioIo::new(stream))
            .await;
        let (sender, connection) = built.map_err(|error| reason_of(&error))?;
        let driver = tokio::spawn(async move { connection.await.err().map(|error| reason_of(&error)) });
        Ok(Connection { sender, driver, rested_since: Instant::now() })
    }

    async fn secure(&self, address: &Address, stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, Reason> {
        let name = ServerName::try_from(address.name().to_owned()).map_err(|_| Reason::Unresolved)?;
        let shaking = async {
            let secured = TlsConnector::from(self.tls.clone()).connect(name, stream).await;
            let secured = secured.map_err(|error| tls_reason(&error).unwrap_or(Reason::TlsBroken))?;
            Ok(Box::new(secured) as Box<dyn Stream>)
        };
        within(HANDSHAKE_SECONDS_MAX, Phase::Handshake, shaking).await
    }
}

impl Network<'_> {
    /// A connection to an address, through the proxy where there is one.
    pub(super) async fn stream(&self, address: &Address) -> Result<Box<dyn Stream>, Reason> {
        match self.proxy {
            None => Ok(Box::new(self.direct(address).await?)),
            Some(proxy) => self.through(proxy, address).await,
        }
    }

    /// A socket to one of the addresses of the host, each judged before anything is sent to it.
    async fn direct(&self, address: &Address) -> Result<TcpStream, Reason> {
        let connecting = async {
            let mut private = false;
            let mut found = false;
            for socket in addresses(address).await?.into_iter().take(ADDRESSES_MAX) {
                found = true;
                if !self.may_reach(socket.ip()) {
                    private = true;
                    continue;
                }
                if let Ok(stream) = TcpStream::connect(socket).await {
                    // What is written is written whole: to wait for more would cost each question its answer's time.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                private = false;
            }
            Err(match (found, private) {
                (false, _) => Reason::Unresolved,
                (true, true) => Reason::PrivateAddress,
                (true, false) => Reason::NoConnection,
            })
        };
        within(CONNECT_SECONDS_MAX, Phase::Connection, connecting).await
    }

    fn may_reach(&self, address: IpAddr) -> bool {
        self.private_network || is_public(address)
    }

    /// A tunnel through a proxy. The proxy is the operator's own choice, so its address may be private; it resolves
    /// the recipient, so that only an address given as a number can be judged here.
    async fn through(&self, proxy: &Address, address: &Address) -> Result<Box<dyn Stream>, Reason> {
        if address.number().is_some_and(|number| !self.may_reach(number)) {
            return Err(Reason::PrivateAddress);
        }
        let believed = Self { private_network: true, proxy: None };
        let socket = believed.direct(proxy).await?;
        let tunnelling = async {
            let (mut sender, connection) = http1::Builder::new()
                .max_buf_size(HEADER_BYTES_MAX)
                .max_headers(HEADER_COUNT_MAX)
                .handshake(TokioIo::new(socket))
                .await
                .map_err(|_| Reason::ProxyRefused)?;
            let driver = tokio::spawn(async move { drop(connection.with_upgrades().await) });
            let target = address.host_and_port();
            let uri: Uri = target.parse().map_err(|_| Reason::Internal)?;
            let request = Request::builder().method(Method::CONNECT).uri(uri).header(header::HOST, target);
            let request = request.body(Empty::<Bytes>::new()).map_err(|_| Reason::Internal)?;
            let refused = |_| {
                driver.abort();
                Reason::ProxyRefused
            };
            let answer = sender.send_request(request).await.map_err(refused)?;
            if !answer.status().is_success() {
                driver.abort();
                return Err(Reason::ProxyRefused);
            }
            let tunnel = hyper::upgrade::on(answer).await.map_err(|_| Reason::ProxyRefused)?;
            Ok(Box::new(TokioIo::new(tunnel)) as Box<dyn Stream>)
        };
        within(PROXY_SECONDS_MAX, Phase::Proxy, tunnelling).await
    }
}

async fn addresses(address: &Address) -> Result<Vec<SocketAddr>, Reason> {
    match address.number() {
        Some(number) => Ok(vec![SocketAddr::new(number, address.port())]),
        None => Ok(lookup_host((address.name(), address.port())).await.map_err(|_| Reason::Unresolved)?.collect()),
    }
}

/// Runs a phase within its time.
pub(super) async fn within<T>(
    seconds_max: u64,
    phase: Phase,
    running: impl Future<Output = Result<T, Reason>>,
) -> Result<T, Reason> {
    timeout(Duration::from_secs(seconds_max), running).await.unwrap_or(Err(Reason::TimedOut(phase)))
}

/// What an error of an exchange says about its connection.
pub(super) fn reason_of(error: &hyper::Error) -> Reason {
    if let Some(reason) = tls_reason(error) {
        return reason;
    }
    if error.is_parse() || error.is_parse_too_large() || error.is_parse_status() {
        return Reason::Unintelligible;
    }
    Reason::Broken
}

/// What TLS says, where it is the cause. After a handshake of TLS 1.3 the server's judgement of our certificate comes
/// with the first bytes read, so an alert is looked for in every error.
fn tls_reason(error: &(dyn Error + 'static)) -> Option<Reason> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = error.downcast_ref::<rustls::Error>().or_else(|| inner?.downcast_ref::<rustls::Error>());
        if let Some(tls) = tls {
            return Some(match tls {
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
                    Reason::CertificateNotTrusted
                }
                rustls::Error::AlertReceived(_) => Reason::TlsAlert,
                _ => Reason::TlsBroken,
            });
        }
        cause = error.source();
    }
    None
}
