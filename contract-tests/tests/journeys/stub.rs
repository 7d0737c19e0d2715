//! A gateway of the tests' own, over TLS: it answers what it was told to, in order, and remembers what it was asked.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use serde_json::Value;

use crate::program::{PATIENCE, Ran, Scratch, run_with};

/// What a stub answers to one request.
pub(crate) enum Canned {
    /// Status, header fields, body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// A head that announces so many bytes, and these few of them; then the connection ends.
    Cut(u64, Vec<u8>),
    /// The same byte without an end.
    Endless,
    /// The connection ends without an answer.
    Nothing,
    /// What is no HTTP.
    Noise,
}

impl Canned {
    /// An answer in JSON with a version.
    pub(crate) fn json(status: u16, version: u64, body: &Value) -> Self {
        let headers = vec![("Content-Type", "application/json".to_owned()), ("ETag", format!("\"{version}\""))];
        Self::Whole(status, headers, body.to_string().into_bytes())
    }

    /// A problem as a gateway draws one.
    pub(crate) fn problem(status: u16, kind: &str, title: &str, help: &str) -> Self {
        let body = serde_json::json!({
            "type": format!("urn:homeward:problem:{kind}"), "title": title, "status": status, "detail": title,
            "instance": "urn:uuid:60e0b220-8136-4ca5-ae46-1d97ef59d068", "help": help,
        });
        let headers = vec![("Content-Type", "application/problem+json".to_owned())];
        Self::Whole(status, headers, body.to_string().into_bytes())
    }
}

/// What a stub was asked.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    /// Method and target.
    pub(crate) line: String,
    /// Header fields, names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// A gateway that answers what it is told to.
pub(crate) struct Stub {
    scratch: Scratch,
    port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    answers: mpsc::Sender<Canned>,
}

/// The key that the tests sign in with.
pub(crate) const API_KEY: &str = "hw_k1_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

impl Stub {
    /// A stub that takes any caller.
    pub(crate) fn new(answers: impl IntoIterator<Item = Canned>) -> Self {
        Self::start(false, answers)
    }

    /// A stub that takes only callers whose certificate its own authority signed; they find it as `own.pem`.
    pub(crate) fn strict(answers: impl IntoIterator<Item = Canned>) -> Self {
        Self::start(true, answers)
    }

    fn start(strict: bool, answers: impl IntoIterator<Item = Canned>) -> Self {
        let scratch = Scratch::new();
        let config = certificates(&scratch, strict);
        private(&scratch, "api.key", API_KEY);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let got = Arc::new(Mutex::new(Vec::new()));
        let (sender, canned) = mpsc::channel();
        for answer in answers {
            sender.send(answer).unwrap();
        }
        let seen = got.clone();
        thread::spawn(move || {
            for socket in listener.incoming() {
                // A caller who ends the handshake, or goes in the middle, is what some tests are about.
                let _ = serve(socket, &config, &canned, &seen);
            }
        });
        Self { scratch, port, got, answers: sender }
    }

    /// One more answer.
    pub(crate) fn then(&self, answer: Canned) {
        self.answers.send(answer).unwrap();
    }

    pub(crate) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// Runs a command that asks this stub, with these bytes on standard input.
    pub(crate) fn ask_with(&self, command: &[&str], input: &[u8]) -> Ran {
        let (url, ca, key) = (self.url(), self.scratch.file("authority.pem"), self.scratch.file("api.key"));
        let reach = ["--gateway", &url, "--ca-file", &ca, "--api-key-file", &key];
        let ran = run_with(command.iter().copied().chain(reach), input);
        for said in [ran.talk.as_str(), &String::from_utf8_lossy(&ran.out)] {
            assert!(!said.contains(API_KEY) && !said.contains(&API_KEY[6..]), "a secret is told");
        }
        ran
    }

    /// Runs a command that asks this stub.
    pub(crate) fn ask(&self, command: &[&str]) -> Ran {
        self.ask_with(command, b"")
    }

    /// All that it was asked.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The request lines of all that it was asked.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.got().into_iter().map(|got| got.line).collect()
    }
}

/// A file that its owner alone can read.
pub(crate) fn private(scratch: &Scratch, name: &str, text: &str) -> String {
    let path = scratch.write(name, format!("{text}\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    path
}

fn certificates(scratch: &Scratch, strict: bool) -> Arc<ServerConfig> {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.distinguished_name.push(DnType::CommonName, "authority of a test");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let pem = scratch.write("authority.pem", authority.pem());
    let signed = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        (certificate.pem(), key.serialize_pem())
    };
    let (own, own_key) = signed("a-person");
    scratch.write("own.pem", own);
    private(scratch, "own.key", own_key.trim_end());
    let (certificate, key) = signed("localhost");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = if strict {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(pem).unwrap()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    Arc::new(builder.with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap())
}

fn serve(
    socket: io::Result<TcpStream>,
    config: &Arc<ServerConfig>,
    canned: &mpsc::Receiver<Canned>,
    seen: &Mutex<Vec<Got>>,
) -> io::Result<()> {
    let socket = socket?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, socket);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).map_err(io::Error::other)?;
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let fields = lines.filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<String, String> =
        fields.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let answer = canned.recv().map_err(io::Error::other)?;
    if matches!(answer, Canned::Nothing) && length > 0 {
        // It breaks while the body is on its way.
        stream.read_exact(&mut byte)?;
        seen.lock().unwrap().push(Got { line, headers, body: byte.to_vec() });
        return Ok(());
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    seen.lock().unwrap().push(Got { line, headers, body });
    match answer {
        Canned::Whole(status, headers, body) => {
            write!(stream, "HTTP/1.1 {status} Canned\r\nContent-Length: {}\r\n", body.len())?;
            headers.iter().try_for_each(|(name, value)| write!(stream, "{name}: {value}\r\n"))?;
            stream.write_all(b"\r\n")?;
            stream.write_all(&body)?;
        }
        Canned::Cut(announced, body) => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n\r\n")?;
            stream.write_all(&body)?;
        }
        Canned::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            let piece = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
            loop {
                stream.write_all(&piece)?;
            }
        }
        Canned::Nothing => return Ok(()),
        Canned::Noise => stream.write_all(b"220 mail.example ESMTP\r\n\r\n")?,
    }
    stream.conn.send_close_notify();
    stream.flush()
}
