//! One request over TLS, whole, from blocking code: the demonstration sends its return through it.

use std::{io, net::ToSocketAddrs, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

/// One POST to a host that is known by its authority's certificate.
pub struct Post<'p> {
    /// Name of the host, as its certificate has it.
    pub host: &'p str,
    /// Port.
    pub port: u16,
    /// Path and query.
    pub path: &'p str,
    /// `Content-Type`.
    pub content_type: &'p str,
    /// `Accept`.
    pub accept: &'p str,
    /// The body.
    pub body: Vec<u8>,
    /// The authority's certificate, in PEM.
    pub authority_pem: &'p [u8],
    /// Bytes of an answer at most.
    pub answer_bytes_max: usize,
    /// Seconds for the whole exchange.
    pub seconds_max: u64,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// `Content-Type`, empty when there was none.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Post<'_> {
    /// Sends it and waits for the whole answer.
    ///
    /// # Errors
    /// When the host cannot be reached, its certificate is not trusted, or time or bytes run out.
    pub fn send(self) -> io::Result<Answer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let seconds = Duration::from_secs(self.seconds_max);
        runtime.block_on(async { timeout(seconds, self.exchange()).await.map_err(|_| timed_out())? })
    }

    async fn exchange(self) -> io::Result<Answer> {
        let mut trusted = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(self.authority_pem) {
            trusted.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        let name = ServerName::try_from(self.host.to_owned()).map_err(io::Error::other)?;
        let addresses: Vec<_> = (self.host, self.port).to_socket_addrs()?.collect();
        let socket = TcpStream::connect(addresses.as_slice()).await?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let driver = tokio::spawn(connection);
        let request = Request::post(self.path)
            .header(header::HOST, format!("{}:{}", self.host, self.port))
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::ACCEPT, self.accept)
            .body(Full::new(Bytes::from(self.body)))
            .map_err(io::Error::other)?;
        let answer = sender.send_request(request).await.map_err(io::Error::other)?;
        let status = answer.status().as_u16();
        let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = Limited::new(answer.into_body(), self.answer_bytes_max);
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
        drop(sender);
        driver.abort();
        Ok(Answer { status, content_type, body })
    }
}

fn timed_out() -> io::Error {
    io::Error::from(io::ErrorKind::TimedOut)
}
