//! Requests to a gateway from blocking code, one at a time: what the command line asks with.
//!
//! Bodies go out as they are read from their file, and answers come in as they are written: neither is whole in memory.

use std::fs::File;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request, Response};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::address::Address;
use super::outcome::{Phase, Reason};
use super::reach::{Connection, Reach, reason_of};
use crate::tls::{Certificate, TlsFault, client_config};

/// Time in which nothing goes out and nothing comes in: longer than a gateway takes for its longest translation.
const QUIET_SECONDS_MAX: u64 = 150;

/// Bytes of a file that are in memory at once.
const PIECE_BYTES: usize = 64 * 1024;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Whom a client believes, and who it says it is.
#[derive(Default)]
pub struct Credentials<'p> {
    /// Certificates in PEM, below which the gateway's must stand; without them those of the system.
    pub authorities: Option<&'p [u8]>,
    /// The certificate that is shown when the gateway asks for one.
    pub certificate: Option<&'p Certificate>,
    /// The API key that is sent along.
    pub api_key: Option<&'p str>,
}

/// Asks one gateway.
pub struct Client {
    address: Address,
    reach: Reach,
    api_key: Option<HeaderValue>,
    runtime: Runtime,
}

/// A request.
pub struct Ask<'a> {
    /// The path, percent-encoded where it has to be.
    pub path: &'a str,
    /// Parameters, as they are meant.
    pub query: &'a [(&'a str, &'a str)],
    /// Header fields, names in lower case.
    pub headers: &'a [(&'static str, &'a str)],
    /// What is to be done.
    pub deed: Deed,
}

/// What a request does.
pub enum Deed {
    /// It reads (`GET`).
    Read,
    /// It acts, and sends this (`POST`).
    Act(Content),
    /// It takes away what stands there (`DELETE`).
    Remove,
}

/// The body of a request, and its media type.
pub struct Content {
    /// `Content-Type`.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: ContentBytes,
}

/// Where the bytes of a body are.
pub enum ContentBytes {
    /// In memory.
    Whole(Vec<u8>),
    /// In a file, from where it is now; so many.
    File(File, u64),
}

/// An answer whose body is still to come.
pub struct Answer<'c> {
    client: &'c Client,
    response: Response<Incoming>,
    /// Held as long as something is read from it.
    _connection: Connection<Outgoing>,
}

/// Why there is no answer, or not the whole of it. Never a value of a body, of an address or of a credential.
#[derive(Debug, thiserror::Error)]
pub enum ClientFault {
    /// The authorities, the certificate or the key cannot be used.
    #[error("{0}")]
    Tls(#[from] TlsFault),
    /// The file of authorities holds none.
    #[error("the file holds no certificate of an authority in PEM")]
    Authorities,
    /// A path, a parameter or a header field that no request can have.
    #[error("the request cannot be written")]
    Request,
    /// This system gives no sockets.
    #[error("this system gives no sockets: {}", .0.kind())]
    System(io::Error),
    /// The file that is sent cannot be read, or is another length than it was.
    #[error("the file cannot be read to its end, or was changed meanwhile")]
    Content,
    /// The gateway was not reached, or the connection did not last.
    #[error("{0}")]
    Exchange(Reason),
    /// The answer is longer than it may be.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// What came cannot be written.
    #[error("what came cannot be written: {}", .0.kind())]
    Output(io::Error),
}

impl ClientFault {
    /// Whether the connection broke after the request had begun: what became of the request is not known.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Exchange(Reason::Broken | Reason::TlsBroken))
    }
}

impl Client {
    /// A client of the gateway at this address.
    ///
    /// # Errors
    /// When the credentials cannot be used.
    pub fn new(address: Address, credentials: &Credentials<'_>) -> Result<Self, ClientFault> {
        let mut roots = RootCertStore::empty();
        match credentials.authorities {
            Some(pem) => {
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|_| ClientFault::Authorities)?;
                    roots.add(certificate).map_err(|_| ClientFault::Authorities)?;
                }
                if roots.is_empty() {
                    return Err(ClientFault::Authorities);
                }
            }
            None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
        }
        let api_key = credentials.api_key.map(|key| {
            let mut value = HeaderValue::from_str(key).map_err(|_| ClientFault::Request)?;
            value.set_sensitive(true);
            Ok::<_, ClientFault>(value)
        });
        Ok(Self {
            address,
            // A gateway may well stand in a private network: whoever asks it has named it.
            reach: Reach { tls: client_config(roots, credentials.certificate)?, private_network: true, proxy: None },
            api_key: api_key.transpose()?,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ClientFault::System)?,
        })
    }

    /// Sends a request and waits for the head of the answer.
    ///
    /// # Errors
    /// [`ClientFault`] when there is none.
    pub fn ask(&self, ask: Ask<'_>) -> Result<Answer<'_>, ClientFault> {
        let (request, upload) = self.request(ask)?;
        self.runtime.block_on(async {
            let mut connection = self.reach.connect(&self.address).await.map_err(ClientFault::Exchange)?;
            let answered = quiet_at_most(connection.sender.send_request(request), &upload).await;
            match answered {
                Some(Ok(response)) => Ok(Answer { client: self, response, _connection: connection }),
                _ if upload.failed.load(Ordering::Relaxed) => Err(ClientFault::Content),
                Some(Err(error)) => Err(ClientFault::Exchange(connection.reason_of(&error).await)),
                None => Err(ClientFault::Exchange(Reason::TimedOut(Phase::Exchange))),
            }
        })
    }

    fn request(&self, ask: Ask<'_>) -> Result<(Request<Outgoing>, Arc<Upload>), ClientFault> {
        let mut target = ask.path.to_owned();
        if !ask.query.is_empty() {
            target.push('?');
            target.push_str(&form_urlencoded::Serializer::new(String::new()).extend_pairs(ask.query).finish());
        }
        let (method, content) = match ask.deed {
            Deed::Read => (Method::GET, None),
            Deed::Act(content) => (Method::POST, Some(content)),
            Deed::Remove => (Method::DELETE, None),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(header::HOST, self.address.host_header())
            .header(header::ACCEPT_ENCODING, "identity");
        if let Some(key) = &self.api_key {
            request = request.header(API_KEY, key);
        }
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        if let Some(content) = &content {
            request = request.header(header::CONTENT_TYPE, content.media_type);
        }
        let upload = Arc::new(Upload::default());
        let body = match content.map(|content| content.bytes) {
            None => Outgoing::Whole(Full::default()),
            Some(ContentBytes::Whole(bytes)) => Outgoing::Whole(Full::new(bytes.into())),
            Some(ContentBytes::File(file, left)) => Outgoing::File { file, left, upload: upload.clone() },
        };
        Ok((request.body(body).map_err(|_| ClientFault::Request)?, upload))
    }
}

impl Answer<'_> {
    /// Status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// A header field, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The whole body, if it has no more bytes than these.
    ///
    /// # Errors
    /// [`ClientFault::TooLarge`]; [`ClientFault::Exchange`] when it breaks off.
    pub fn read(self, bytes_max: usize) -> Result<Vec<u8>, ClientFault> {
        let mut bytes = Vec::new();
        self.pieces(|piece| {
            if piece.len() > bytes_max - bytes.len() {
                return Err(ClientFault::TooLarge(bytes_max));
            }
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// Writes the body as it comes, and tells how many bytes it had.
    ///
    /// # Errors
    /// [`ClientFault::Output`]; [`ClientFault::Exchange`] when it breaks off: then what was written is not whole.
    pub fn copy_to(self, out: &mut dyn Write) -> Result<u64, ClientFault> {
        let mut bytes = 0;
        self.pieces(|piece| {
            bytes += piece.len() as u64;
            out.write_all(piece).map_err(ClientFault::Output)
        })?;
        Ok(bytes)
    }

    fn pieces(self, mut take: impl FnMut(&[u8]) -> Result<(), ClientFault>) -> Result<(), ClientFault> {
        let (client, mut body) = (self.client, self.response.into_body());
        client.runtime.block_on(async {
            loop {
                let frame = timeout(Duration::from_secs(QUIET_SECONDS_MAX), body.frame()).await;
                let frame = frame.map_err(|_| ClientFault::Exchange(Reason::TimedOut(Phase::Exchange)))?;
                let Some(frame) = frame else { return Ok(()) };
                let frame = frame.map_err(|error| ClientFault::Exchange(reason_of(&error)))?;
                if let Ok(piece) = frame.into_data() {
                    take(&piece)?;
                }
            }
        })
    }
}

/// What is known of a body on its way.
#[derive(Default)]
struct Upload {
    /// Pieces that were taken from it.
    pieces: AtomicU64,
    /// Whether its file could not be read to its end.
    failed: AtomicBool,
}

/// Waits for as long as the body moves; `None` when nothing has for too long.
async fn quiet_at_most<T>(waited: impl Future<Output = T>, upload: &Upload) -> Option<T> {
    let mut waited = std::pin::pin!(waited);
    loop {
        let before = upload.pieces.load(Ordering::Relaxed);
        if let Ok(done) = timeout(Duration::from_secs(QUIET_SECONDS_MAX), &mut waited).await {
            return Some(done);
        }
        if upload.pieces.load(Ordering::Relaxed) == before {
            return None;
        }
    }
}

/// A body on its way out.
enum Outgoing {
    Whole(Full<Bytes>),
    File { file: File, left: u64, upload: Arc<Upload> },
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    /// A file is read where it stands: nothing else runs on this thread.
    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
            Self::File { left: 0, .. } => Poll::Ready(None),
            Self::File { file, left, upload } => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(PIECE_BYTES);
                let mut piece = BytesMut::zeroed(length);
                if let Err(error) = file.read_exact(&mut piece) {
                    upload.failed.store(true, Ordering::Relaxed);
                    return Poll::Ready(Some(Err(error)));
                }
                *left -= length as u64;
                upload.pieces.fetch_add(1, Ordering::Relaxed);
                Poll::Ready(Some(Ok(Frame::data(piece.freeze()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::File { left, .. } => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::File { left, .. } => SizeHint::with_exact(*left),
        }
    }
}
