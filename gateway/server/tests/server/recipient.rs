//! A recipient that does exactly what it is told to, byte by byte, over TLS of its own.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::house::PATIENCE;

/// An authority that signs certificates.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
    der: CertificateDer<'static>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let (pem, der) = (certificate.pem(), certificate.der().clone());
        Self { pem, der, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn sign(&self, host: &str) -> Pair {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        Pair { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

/// How a recipient is known, and whom it lets in.
pub(crate) fn tls(pair: &Pair, clients: Option<&Authority>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let chain = CertificateDer::pem_slice_iter(pair.certificate.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
    Arc::new(builder.with_single_cert(chain, key).unwrap())
}

/// One connection as the behaviour of a recipient sees it.
pub(crate) struct Talk {
    stream: StreamOwned<ServerConnection, TcpStream>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Talk {
    /// Reads a whole request and remembers it.
    pub(crate) fn hear(&mut self) -> io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let mut heard = Heard { head: String::from_utf8(head).unwrap(), body: Vec::new() };
        heard.body = vec![0; heard.header("content-length").map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut heard.body)?;
        self.heard.lock().unwrap().push(heard);
        Ok(())
    }

    /// What was heard last, on any connection.
    pub(crate) fn last(&self) -> Heard {
        self.heard.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())?;
        self.stream.flush()
    }

    /// Ends our side without a word of TLS, and waits until the peer has ended its own.
    pub(crate) fn half_close(&mut self) {
        let _ = self.stream.sock.shutdown(Shutdown::Write);
        let _ = self.stream.sock.read_to_end(&mut Vec::new());
    }

    /// Waits until the peer has ended.
    pub(crate) fn wait(&mut self) {
        let _ = self.stream.sock.read_to_end(&mut Vec::new());
    }
}

/// A recipient on a free port of 127.0.0.1, known as `localhost`.
pub(crate) struct Recipient {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Recipient {
    /// One that does this on each connection.
    pub(crate) fn start(
        tls: Arc<ServerConfig>,
        behaviour: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, heard) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::default()));
        let recipient = Self { address, connections: connections.clone(), heard: Arc::clone(&heard) };
        let behaviour = Arc::new(behaviour);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let socket = socket.unwrap();
                socket.set_read_timeout(Some(PATIENCE)).unwrap();
                socket.set_write_timeout(Some(PATIENCE)).unwrap();
                connections.fetch_add(1, Ordering::SeqCst);
                let (tls, behaviour, heard) = (tls.clone(), behaviour.clone(), heard.clone());
                thread::spawn(move || {
                    let stream = StreamOwned::new(ServerConnection::new(tls).unwrap(), socket);
                    // The peer may end at any time; that is what many tests are about.
                    let _ = behaviour(&mut Talk { stream, heard });
                });
            }
        });
        recipient
    }

    /// One that gives this answer to every request.
    pub(crate) fn answering(tls: Arc<ServerConfig>, answer: &'static str) -> Self {
        Self::start(tls, move |talk| {
            while talk.hear().and_then(|()| talk.say(answer)).is_ok() {}
            // What stays unread when a socket is closed makes the system take back what was said last: an alert of TLS.
            talk.half_close();
            Ok(())
        })
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
