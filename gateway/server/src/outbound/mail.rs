//! One mail by the server that takes our mail: secured before anything is told, within a time and a number of bytes.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::message::{Mailbox, MessageBuilder, header};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::config::{AlertMail, MailServer, MailTls};
use crate::tls::{TlsFault, client_config};

/// Time for one mail, from the connection to the last answer.
const MAIL_SECONDS_MAX: u64 = 60;

/// Bytes that a server may say in one connection, its certificates among them.
const HEARD_BYTES_MAX: usize = 256 * 1024;

/// Why a mail was not taken, in words of ours: a server's own may hold anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum MailFault {
    #[error("the mail server cannot be reached")]
    NoConnection,
    #[error("the mail server does not secure the connection, or shows a certificate that is not trusted")]
    NotSecured,
    #[error("the mail server does not take our user and password")]
    NotSignedIn,
    #[error("the mail server refuses the mail for now")]
    RefusedForNow,
    #[error("the mail server refuses the mail")]
    Refused,
    #[error("the mail server breaks off, or says what is no answer")]
    Broken,
    #[error("the mail server takes too long")]
    TimedOut,
    #[error("the mail cannot be written")]
    Unwritable,
}

/// What a mail says.
pub(crate) struct Letter {
    /// The part of its `Message-ID` before the `@`: the same for the same matter, so that repeats are known.
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// A mail server, ready to be talked to.
pub(crate) struct Post {
    to: Vec<Mailbox>,
    server: MailServer,
    implicit: Arc<ClientConfig>,
    starttls: TlsParameters,
}

impl Post {
    /// Makes ready.
    ///
    /// # Errors
    /// [`TlsFault`] when an authority cannot be used.
    pub(crate) fn new(mail: &AlertMail, roots: &RootCertStore) -> Result<Self, TlsFault> {
        let server = mail.server.clone();
        let mut roots = roots.clone();
        let mut starttls = TlsParametersBuilder::new(server.host.clone());
        for authority in &server.authorities {
            roots.add(authority.clone()).map_err(|_| TlsFault::Unusable)?;
            let authority = Certificate::from_der(authority.to_vec()).map_err(|_| TlsFault::Unusable)?;
            starttls = starttls.add_root_certificate(authority);
        }
        let starttls = starttls.build_rustls().map_err(|_| TlsFault::Unusable)?;
        Ok(Self { to: mail.to.clone(), implicit: client_config(roots, None)?, starttls, server })
    }

    /// Sends a letter to all.
    ///
    /// # Errors
    /// [`MailFault`]; the letter may have been taken all the same when the end of the talk was lost.
    pub(crate) async fn send(&self, letter: &Letter) -> Result<(), MailFault> {
        let message = self.written(letter).ok_or(MailFault::Unwritable)?;
        let talk = timeout(Duration::from_secs(MAIL_SECONDS_MAX), self.talk(&message));
        talk.await.unwrap_or(Err(MailFault::TimedOut))
    }

    fn written(&self, letter: &Letter) -> Option<lettre::Message> {
        let from = &self.server.from;
        let mut message = MessageBuilder::new()
            .from(from.clone())
            .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
            .date_now()
            .subject(letter.subject.clone())
            .header(AutoSubmitted)
            .header(header::ContentType::TEXT_PLAIN);
        for to in &self.to {
            message = message.to(to.clone());
        }
        message.body(letter.text.clone()).ok()
    }

    async fn talk(&self, message: &lettre::Message) -> Result<(), MailFault> {
        let (host, port) = (self.server.host.as_str(), self.server.port);
        let socket = TcpStream::connect((host, port)).await.map_err(|_| MailFault::NoConnection)?;
        let peer = socket.peer_addr().map_err(|_| MailFault::NoConnection)?;
        let plain = Heard { stream: BufReader::new(socket), bytes_left: HEARD_BYTES_MAX };
        let hello = ClientId::Domain(self.server.from.email.domain().to_owned());
        let mut connection = match self.server.tls {
            MailTls::Implicit => {
                let name = ServerName::try_from(host.to_owned()).map_err(|_| MailFault::NotSecured)?;
                let secured = TlsConnector::from(self.implicit.clone()).connect(name, plain).await;
                let stream = Stream { stream: secured.map_err(|_| MailFault::NotSecured)?, peer };
                begin(Box::new(stream), &hello).await?
            }
            MailTls::StartTls => {
                let mut connection = begin(Box::new(Stream { stream: plain, peer }), &hello).await?;
                if !connection.can_starttls() {
                    return Err(MailFault::NotSecured);
                }
                connection.starttls(self.starttls.clone(), &hello).await.map_err(|_| MailFault::NotSecured)?;
                connection
            }
        };
        if !connection.is_encrypted() && self.server.tls == MailTls::StartTls {
            return Err(MailFault::NotSecured);
        }
        if let Some((user, password)) = &self.server.sign_in {
            let credentials = Credentials::new(user.clone(), password.text().to_owned());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, &credentials).await.map_err(|_| MailFault::NotSignedIn)?;
        }
        connection.send(message.envelope(), &message.formatted()).await.map_err(|error| fault_of(&error))?;
        // It is taken: what the server says to a farewell changes nothing.
        let _ = connection.quit().await;
        Ok(())
    }
}

async fn begin(stream: Box<dyn AsyncTokioStream>, hello: &ClientId) -> Result<AsyncSmtpConnection, MailFault> {
    AsyncSmtpConnection::connect_with_transport(stream, hello).await.map_err(|error| fault_of(&error))
}

fn fault_of(error: &Error) -> MailFault {
    if error.is_transient() {
        MailFault::RefusedForNow
    } else if error.is_permanent() {
        MailFault::Refused
    } else {
        MailFault::Broken
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834, section 5): nobody's absence notice answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A connection of which only so much is heard, a byte at a time.
///
/// Whoever reads lines from it holds no byte beyond the line: what a stranger slips in before the connection is
/// secured is met by the handshake, which it breaks, and is never taken for an answer afterwards. And a line without
/// an end ends with the bytes.
#[derive(Debug)]
struct Heard {
    stream: BufReader<TcpStream>,
    bytes_left: usize,
}

impl AsyncRead for Heard {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.bytes_left == 0 {
            return Poll::Ready(Err(io::Error::other("more is said than is heard")));
        }
        if into.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        std::task::ready!(Pin::new(&mut self.stream).poll_read(context, &mut one))?;
        self.bytes_left -= one.filled().len();
        into.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Heard {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A connection as the talk of SMTP takes it.
#[derive(Debug)]
struct Stream<S> {
    stream: S,
    peer: SocketAddr,
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> AsyncTokioStream for Stream<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
