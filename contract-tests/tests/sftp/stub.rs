//! A host of our own making: SSH by a library, and each packet of SFTP by hand, so that it can say what no good server
//! would (draft-ietf-secsh-filexfer-02). It needs nothing installed.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, server};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Packets that are asked with.
pub(crate) mod ask {
    pub(crate) const INIT: u8 = 1;
    pub(crate) const OPEN: u8 = 3;
    pub(crate) const CLOSE: u8 = 4;
    pub(crate) const READ: u8 = 5;
    pub(crate) const WRITE: u8 = 6;
    pub(crate) const LSTAT: u8 = 7;
    pub(crate) const FSTAT: u8 = 8;
    pub(crate) const OPENDIR: u8 = 11;
    pub(crate) const READDIR: u8 = 12;
    pub(crate) const REMOVE: u8 = 13;
    pub(crate) const RENAME: u8 = 18;
    /// Of an extension, whose name then stands in the place of a path.
    pub(crate) const EXTENDED: u8 = 200;
}

/// Codes of an answer that is a status.
pub(crate) mod code {
    pub(crate) const OK: u32 = 0;
    pub(crate) const END: u32 = 1;
    pub(crate) const NO_SUCH_FILE: u32 = 2;
    pub(crate) const FAILURE: u32 = 4;
    pub(crate) const UNSUPPORTED: u32 = 8;
}

/// Seconds since 1970 at which every file was changed.
const MODIFIED: u32 = 1_700_000_000;

/// A request.
pub(crate) struct Asked {
    pub(crate) kind: u8,
    pub(crate) id: u32,
    /// Path or handle; of a handle it is the path.
    pub(crate) path: String,
    rest: Vec<u8>,
}

/// What the host does about it.
pub(crate) enum Answer {
    /// These bytes, as a packet.
    Packet(Vec<u8>),
    /// These bytes, as they are.
    Raw(Vec<u8>),
    /// Nothing, for ever.
    Hang,
}

/// Files by path.
pub(crate) type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// What is done before the honest host is asked; `None`: what it would do.
type Lie = Arc<dyn Fn(&Asked, &Files) -> Option<Answer> + Send + Sync>;

/// A host that listens until it is dropped.
pub(crate) struct Stub {
    pub(crate) port: u16,
    pub(crate) files: Files,
    folder: TempDir,
    _runtime: Runtime,
}

impl Stub {
    /// A host with these files in `in`, honest but for a lie.
    pub(crate) fn lying(
        files: &[(&str, &[u8])],
        lie: impl Fn(&Asked, &Files) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let files: Files =
            Arc::new(Mutex::new(files.iter().map(|(name, bytes)| (format!("in/{name}"), bytes.to_vec())).collect()));
        let key = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
        let config = Arc::new(server::Config {
            keys: vec![key],
            auth_rejection_time: Duration::ZERO,
            ..server::Config::default()
        });
        let (lie, held): (Lie, Files) = (Arc::new(lie), files.clone());
        Self::listening(files, move |stream| {
            let host = Host { channels: HashMap::new(), files: held.clone(), lie: lie.clone() };
            let config = config.clone();
            tokio::spawn(async move {
                if let Ok(running) = server::run_stream(config, stream, host).await {
                    let _ = running.await;
                }
            });
        })
    }

    /// A host that says these bytes to whoever comes, and then no more, without hanging up.
    pub(crate) fn saying(words: &'static [u8], for_ever: bool) -> Self {
        Self::listening(Files::default(), move |mut stream| {
            tokio::spawn(async move {
                while stream.write_all(words).await.is_ok() && for_ever {}
                std::future::pending::<()>().await;
            });
        })
    }

    fn listening(files: Files, serve: impl Fn(tokio::net::TcpStream) + Send + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream);
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let ours = PrivateKey::from(Ed25519Keypair::from_seed(&[8; 32])).to_openssh(LineEnding::LF).unwrap();
        fs::write(folder.path().join("user"), ours.as_bytes()).unwrap();
        fs::set_permissions(folder.path().join("user"), fs::Permissions::from_mode(0o600)).unwrap();
        let host = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32])).public_key().to_openssh().unwrap();
        fs::write(folder.path().join("known_hosts"), format!("[127.0.0.1]:{port} {host}\n")).unwrap();
        Self { port, files, folder, _runtime: runtime }
    }

    /// The keys of a configuration that reach it.
    pub(crate) fn keys(&self) -> String {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        format!(
            "transport = \"sftp\", host = \"127.0.0.1\", port = {}, private_network = true, user = \"homeward\", \
             key_file = \"{}\", known_hosts_file = \"{}\", path = \"in\"",
            self.port,
            path("user"),
            path("known_hosts")
        )
    }

    /// The paths of its files.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.files.lock().unwrap().keys().cloned().collect()
    }
}

struct Host {
    channels: HashMap<ChannelId, Channel<Msg>>,
    files: Files,
    lie: Lie,
}

impl Handler for Host {
    type Error = russh::Error;

    async fn auth_publickey(&mut self, _: &str, _: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_success(channel)?;
        let stream = self.channels.remove(&channel).unwrap().into_stream();
        tokio::spawn(serve(stream, self.files.clone(), self.lie.clone()));
        Ok(())
    }
}

/// Answers until the other side goes.
async fn serve(mut stream: russh::ChannelStream<Msg>, files: Files, lie: Lie) {
    let mut listed = false;
    while let Ok(length) = stream.read_u32().await {
        let mut packet = vec![0; length as usize];
        if stream.read_exact(&mut packet).await.is_err() {
            return;
        }
        let asked = Asked::read(&packet);
        let bytes = match lie(&asked, &files).unwrap_or_else(|| honest(&asked, &files, &mut listed)) {
            Answer::Packet(body) => framed(&body),
            Answer::Raw(bytes) => bytes,
            Answer::Hang => std::future::pending().await,
        };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(body);
    bytes
}

impl Asked {
    fn read(packet: &[u8]) -> Self {
        let (kind, rest) = packet.split_first().unwrap();
        if *kind == ask::INIT {
            return Self { kind: *kind, id: 0, path: String::new(), rest: Vec::new() };
        }
        let (id, rest) = rest.split_first_chunk::<4>().unwrap();
        let (path, rest) = text(rest);
        Self { kind: *kind, id: u32::from_be_bytes(*id), path, rest: rest.to_vec() }
    }

    fn is(&self, kind: u8, end: &str) -> bool {
        self.kind == kind && self.path.ends_with(end)
    }

    /// Whether a read or write begins at a byte of a file with such a name.
    pub(crate) fn is_at(&self, kind: u8, end: &str, byte: u64) -> bool {
        self.is(kind, end) && self.offset() == byte
    }

    fn offset(&self) -> u64 {
        u64::from_be_bytes(*self.rest.first_chunk().unwrap())
    }

    pub(crate) fn status(&self, code: u32) -> Answer {
        // Words of a host are never repeated.
        let mut body = self.begin(101);
        body.extend_from_slice(&code.to_be_bytes());
        string(&mut body, b"canary\x1b[2J");
        string(&mut body, b"");
        Answer::Packet(body)
    }

    pub(crate) fn data(&self, bytes: &[u8]) -> Answer {
        let mut body = self.begin(103);
        string(&mut body, bytes);
        Answer::Packet(body)
    }

    /// Entries by name, size and mode.
    pub(crate) fn names(&self, entries: &[(&[u8], u64, u32)]) -> Answer {
        let mut body = self.begin(104);
        body.extend_from_slice(&u32::try_from(entries.len()).unwrap().to_be_bytes());
        for (name, bytes, mode) in entries {
            string(&mut body, name);
            string(&mut body, b"canary");
            body.extend(attributes(*bytes, *mode));
        }
        Answer::Packet(body)
    }

    pub(crate) fn attributes(&self, bytes: u64, mode: u32) -> Answer {
        let mut body = self.begin(105);
        body.extend(attributes(bytes, mode));
        Answer::Packet(body)
    }

    /// The version that everyone speaks, with an extension of OpenSSH.
    pub(crate) fn version(extension: &str, number: &str) -> Answer {
        let mut body = vec![2, 0, 0, 0, 3];
        string(&mut body, extension.as_bytes());
        string(&mut body, number.as_bytes());
        Answer::Packet(body)
    }

    /// A disk of 4 KiB blocks with so many of them free for us (OpenSSH, PROTOCOL, section 4.4).
    pub(crate) fn room(&self, blocks: u64) -> Answer {
        let mut body = self.begin(201);
        for number in [4_096, 4_096, 1_000, 500, blocks, 1_000, 500, 500, 0, 0, 255_u64] {
            body.extend_from_slice(&number.to_be_bytes());
        }
        Answer::Packet(body)
    }

    fn begin(&self, kind: u8) -> Vec<u8> {
        let mut body = vec![kind];
        body.extend_from_slice(&self.id.to_be_bytes());
        body
    }
}

/// What a good host does.
fn honest(asked: &Asked, files: &Files, listed: &mut bool) -> Answer {
    let mut files = files.lock().unwrap();
    let held = files.get(&asked.path);
    match asked.kind {
        ask::INIT => Answer::Packet(vec![2, 0, 0, 0, 3]),
        ask::OPENDIR | ask::OPEN => {
            *listed = false;
            if asked.kind == ask::OPEN {
                files.entry(asked.path.clone()).or_default();
            }
            let mut body = asked.begin(102);
            string(&mut body, asked.path.as_bytes());
            Answer::Packet(body)
        }
        ask::READDIR if *listed => asked.status(code::END),
        ask::READDIR => {
            *listed = true;
            let inside = files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix("in/")?, bytes.len())));
            let entries: Vec<(&[u8], u64, u32)> =
                inside.map(|(name, bytes)| (name.as_bytes(), bytes as u64, 0o100_644)).collect();
            asked.names(&entries)
        }
        ask::LSTAT | ask::FSTAT => match held {
            Some(bytes) => asked.attributes(bytes.len() as u64, 0o100_644),
            None => asked.status(code::NO_SUCH_FILE),
        },
        ask::READ => match held.and_then(|bytes| bytes.get(usize::try_from(asked.offset()).unwrap()..)) {
            Some(bytes) if !bytes.is_empty() => {
                let wanted = u32::from_be_bytes(asked.rest[8..12].try_into().unwrap()) as usize;
                asked.data(&bytes[..bytes.len().min(wanted)])
            }
            _ => asked.status(code::END),
        },
        ask::WRITE => {
            let (at, written) = (usize::try_from(asked.offset()).unwrap(), &asked.rest[12..]);
            let bytes = files.entry(asked.path.clone()).or_default();
            bytes.resize(bytes.len().max(at + written.len()), 0);
            bytes[at..at + written.len()].copy_from_slice(written);
            asked.status(code::OK)
        }
        ask::REMOVE => match files.remove(&asked.path) {
            Some(_) => asked.status(code::OK),
            None => asked.status(code::NO_SUCH_FILE),
        },
        ask::RENAME => {
            let (to, _) = text(&asked.rest);
            match files.remove(&asked.path) {
                Some(bytes) => {
                    files.insert(to, bytes);
                    asked.status(code::OK)
                }
                None => asked.status(code::NO_SUCH_FILE),
            }
        }
        ask::CLOSE => asked.status(code::OK),
        _ => asked.status(code::UNSUPPORTED),
    }
}

fn text(bytes: &[u8]) -> (String, &[u8]) {
    let (length, rest) = bytes.split_first_chunk::<4>().unwrap();
    let (text, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
    (String::from_utf8_lossy(text).into_owned(), rest)
}

fn string(body: &mut Vec<u8>, bytes: &[u8]) {
    body.extend(framed(bytes));
}

/// Size, permissions and times.
fn attributes(bytes: u64, mode: u32) -> Vec<u8> {
    let mut body = 0x0d_u32.to_be_bytes().to_vec();
    body.extend_from_slice(&bytes.to_be_bytes());
    for number in [mode, MODIFIED, MODIFIED] {
        body.extend_from_slice(&number.to_be_bytes());
    }
    body
}
