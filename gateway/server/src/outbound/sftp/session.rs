//! One session of SFTP with a host: SSH over a stream of ours, sign-in by key, and what files are asked of.
//!
//! Every answer is the word of a host that may be hostile or broken: requests have a time, packets and listings a
//! size, and what it says of a file is never more than a claim. Its own words are never repeated.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use russh::keys::ssh_key::{HashAlg, PublicKey};
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{AlgorithmKind, ChannelMsg, Disconnect, Preferred, SshId, client};
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::client::{Config as SftpConfig, RawSftpSession};
use russh_sftp::protocol::{FileAttributes, OpenFlags, StatusCode};
use tokio::io::{copy_bidirectional, duplex};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::known_hosts::KnownHosts;
use crate::config::SftpHost;
use crate::outbound::address::Address;
use crate::outbound::outcome::{Phase, Reason};
use crate::outbound::reach::{Network, within};

/// Time from the first byte of SSH until files can be asked for: key exchange, sign-in and subsystem.
const SESSION_SECONDS_MAX: u64 = 20;

/// Time for one answer.
const REQUEST_SECONDS_MAX: u64 = 30;

/// Time for the last words.
const CLOSE_SECONDS_MAX: u64 = 2;

/// Bytes of a packet of SFTP. OpenSSH sends no larger one.
const PACKET_BYTES_MAX: u32 = 256 * 1024;

/// Bytes asked for or written at once: every server takes so many (draft-ietf-secsh-filexfer-02, section 3).
const PIECE_BYTES: usize = 32 * 1024 - 512;

/// Requests that are under way at once, so that a long way does not make a file slow.
const PIECES_MAX: usize = 16;

/// Bytes between SSH and its stream.
const PUMP_BYTES: usize = 64 * 1024;

/// The bits of a mode that say what kind of file it is, and those of a regular one.
const KIND_MASK: u32 = 0o170_000;
const KIND_REGULAR: u32 = 0o100_000;

/// Readable for the group besides us: the one who collects a file is in the group.
const MODE: u32 = 0o640;

/// Extensions of OpenSSH (PROTOCOL, section 4).
const FSYNC: &str = "fsync@openssh.com";
const STATVFS: &str = "statvfs@openssh.com";

/// A session that is signed in. Dropped, its connection is cut.
pub(crate) struct Session {
    sftp: RawSftpSession,
    ssh: client::Handle<HostCheck>,
    pump: Pump,
    can_sync: bool,
    can_tell_room: bool,
}

/// What a host says of a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) bytes: u64,
    /// Seconds since 1970, where it is told.
    pub(crate) modified: Option<u32>,
    /// Whether it is a regular file, and no link or folder, where it is told.
    pub(crate) is_regular: Option<bool>,
}

impl Entry {
    /// `None` where the host does not even tell the size.
    fn of(attributes: &FileAttributes) -> Option<Self> {
        Some(Self {
            bytes: attributes.size?,
            modified: attributes.mtime,
            is_regular: attributes.permissions.map(|mode| mode & KIND_MASK == KIND_REGULAR),
        })
    }
}

/// A file that is open at the host.
pub(crate) struct OpenFile(String);

/// Carries bytes between SSH and the connection. SSH has a task of its own, which a peer that neither reads nor writes
/// could hold for ever: with this one dropped, both its ends are closed.
struct Pump(JoinHandle<()>);

impl Drop for Pump {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Believes a host by its key.
struct HostCheck {
    known: Arc<KnownHosts>,
    address: Address,
}

/// Why SSH ended.
#[derive(Debug)]
enum SshFault {
    HostKey,
    Other(russh::Error),
}

impl From<russh::Error> for SshFault {
    fn from(error: russh::Error) -> Self {
        Self::Other(error)
    }
}

impl client::Handler for HostCheck {
    type Error = SshFault;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, SshFault> {
        match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } if self.holds(key) => Ok(true),
            _ => Err(SshFault::HostKey),
        }
    }
}

impl HostCheck {
    fn holds(&self, key: &PublicKey) -> bool {
        self.known.hold(&self.address, key)
    }
}

impl Session {
    /// Reaches a host, believes it by its key, signs in and asks for SFTP.
    ///
    /// # Errors
    /// Why there is no session.
    pub(crate) async fn open(host: &SftpHost) -> Result<Self, Reason> {
        let algorithms = host.known_hosts.algorithms(&host.address);
        if algorithms.is_empty() {
            return Err(Reason::HostKeyUnknown);
        }
        let network = Network { private_network: host.private_network, proxy: host.proxy.as_ref() };
        let mut stream = network.stream(&host.address).await?;
        let (ours, mut theirs) = duplex(PUMP_BYTES);
        let pump = Pump(tokio::spawn(async move {
            let _ = copy_bidirectional(&mut stream, &mut theirs).await;
        }));
        let config = client::Config {
            // The version of the part below is nobody's business.
            client_id: SshId::Standard(Cow::Borrowed("SSH-2.0-Homeward")),
            preferred: Preferred { key: Cow::Owned(algorithms), ..Preferred::DEFAULT },
            ..client::Config::default()
        };
        let check = HostCheck { known: host.known_hosts.clone(), address: host.address.clone() };
        let beginning = async {
            let mut ssh =
                client::connect_stream(Arc::new(config), ours, check).await.map_err(|fault| ssh_reason(&fault))?;
            sign_in(&mut ssh, host).await?;
            let sftp = subsystem(&ssh).await?;
            let version = sftp.init().await.map_err(|error| reason_of(&error))?;
            let has = |extension| version.extensions.contains_key(extension);
            let (can_sync, can_tell_room) = (has(FSYNC), has(STATVFS));
            Ok(Self { sftp, ssh, pump, can_sync, can_tell_room })
        };
        within(SESSION_SECONDS_MAX, Phase::Session, beginning).await
    }

    /// Takes leave; a host that does not hear it is left.
    pub(crate) async fn close(self) {
        let Self { sftp, ssh, mut pump, .. } = self;
        let leaving = async {
            drop(sftp);
            let _ = ssh.disconnect(Disconnect::ByApplication, "", "").await;
            drop(ssh);
            let _ = (&mut pump.0).await;
        };
        let _ = timeout(Duration::from_secs(CLOSE_SECONDS_MAX), leaving).await;
    }

    /// What stands at a path, without following a link; `None` when there is nothing.
    ///
    /// # Errors
    /// When the host does not tell.
    pub(crate) async fn look(&self, path: &str) -> Result<Option<Entry>, Reason> {
        match self.sftp.lstat(path).await {
            Ok(found) => Entry::of(&found.attrs).map(Some).ok_or(Reason::Unintelligible),
            Err(error) if status(&error) == Some(StatusCode::NoSuchFile) => Ok(None),
            Err(error) => Err(reason_of(&error)),
        }
    }

    /// What stands in a folder, as far as the host says enough of it: so many entries at most, the rest is not asked
    /// for.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) async fn list(&self, folder: &str, entries_max: usize) -> Result<Vec<(String, Entry)>, Reason> {
        let handle = self.sftp.opendir(folder).await.map_err(|error| reason_of(&error))?.handle;
        let (mut found, mut seen) = (Vec::new(), 0);
        while seen < entries_max {
            let lot = match self.sftp.readdir(handle.as_str()).await {
                Ok(lot) => lot.files,
                Err(error) if status(&error) == Some(StatusCode::Eof) => break,
                Err(error) => return Err(reason_of(&error)),
            };
            let lot = lot.into_iter().take(entries_max - seen);
            for file in lot {
                seen += 1;
                found.extend(Entry::of(&file.attrs).map(|entry| (file.filename, entry)));
            }
        }
        let _ = self.sftp.close(handle).await;
        Ok(found)
    }

    /// Opens a file to be read.
    ///
    /// # Errors
    /// When it is gone, or may not be read.
    pub(crate) async fn open_to_read(&self, path: &str) -> Result<OpenFile, Reason> {
        let opened = self.sftp.open(path, OpenFlags::READ, FileAttributes::empty()).await;
        Ok(OpenFile(opened.map_err(|error| reason_of(&error))?.handle))
    }

    /// What the host says of an open file.
    ///
    /// # Errors
    /// When it does not tell.
    pub(crate) async fn look_at(&self, file: &OpenFile) -> Result<Entry, Reason> {
        let found = self.sftp.fstat(file.0.as_str()).await.map_err(|error| reason_of(&error))?;
        Entry::of(&found.attrs).ok_or(Reason::Unintelligible)
    }

    /// The first bytes of a file, in order and piece by piece; a file that ends before gives a shorter piece.
    pub(crate) fn pieces<'s>(
        &'s self,
        file: &'s OpenFile,
        bytes: u64,
    ) -> impl Stream<Item = Result<Vec<u8>, Reason>> + Send + 's {
        let starts = (0..bytes).step_by(PIECE_BYTES);
        stream::iter(starts)
            .map(move |start| self.piece(file, start..bytes.min(start + PIECE_BYTES as u64)))
            .buffered(PIECES_MAX)
    }

    /// Whether a file has no byte at this place or behind it.
    ///
    /// # Errors
    /// When the host does not tell.
    pub(crate) async fn ends_at(&self, file: &OpenFile, byte: u64) -> Result<bool, Reason> {
        Ok(self.piece(file, byte..byte + 1).await?.is_empty())
    }

    async fn piece(&self, file: &OpenFile, bytes: Range<u64>) -> Result<Vec<u8>, Reason> {
        let mut piece: Vec<u8> = Vec::new();
        loop {
            let at = bytes.start + piece.len() as u64;
            let wanted = u32::try_from(bytes.end.saturating_sub(at)).unwrap_or(0);
            if wanted == 0 {
                return Ok(piece);
            }
            match self.sftp.read(file.0.as_str(), at, wanted).await {
                // Nothing is not "the end", and more than was asked for is nobody's file.
                Ok(read) if read.data.is_empty() || read.data.len() as u64 > u64::from(wanted) => {
                    return Err(Reason::Unintelligible);
                }
                Ok(read) => piece.extend_from_slice(&read.data),
                Err(error) if status(&error) == Some(StatusCode::Eof) => return Ok(piece),
                Err(error) => return Err(reason_of(&error)),
            }
        }
    }

    /// Whether the file at a path holds these bytes and no more.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn holds(&self, path: &str, bytes: &[u8]) -> Result<bool, Reason> {
        let file = self.open_to_read(path).await?;
        let compared = self.compare(&file, bytes).await;
        self.leave(file).await;
        compared
    }

    async fn compare(&self, file: &OpenFile, bytes: &[u8]) -> Result<bool, Reason> {
        let mut pieces = std::pin::pin!(self.pieces(file, bytes.len() as u64));
        let mut rest = bytes;
        while let Some(piece) = pieces.next().await {
            match rest.strip_prefix(&piece?[..]) {
                Some(behind) => rest = behind,
                None => return Ok(false),
            }
        }
        Ok(rest.is_empty() && self.ends_at(file, bytes.len() as u64).await?)
    }

    /// Writes a file that is not there yet, whole and, where the host can, onto stable storage.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), Reason> {
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUDE;
        let mode = FileAttributes { permissions: Some(MODE), ..FileAttributes::empty() };
        let file = OpenFile(self.sftp.open(path, flags, mode).await.map_err(|error| reason_of(&error))?.handle);
        let written = self.write_whole(&file, bytes).await;
        let closed = self.sftp.close(file.0).await.map(drop);
        match written.and_then(|()| closed.map_err(|error| reason_of(&error))) {
            // This version of SFTP has no word for a full disk.
            Err(Reason::FolderBroken) if self.is_full(path, bytes.len()).await => Err(Reason::FolderFull),
            written => written,
        }
    }

    async fn write_whole(&self, file: &OpenFile, bytes: &[u8]) -> Result<(), Reason> {
        stream::iter((0..bytes.len()).step_by(PIECE_BYTES))
            .map(|start| {
                let piece = bytes[start..bytes.len().min(start + PIECE_BYTES)].to_vec();
                self.sftp.write(file.0.as_str(), start as u64, piece)
            })
            .buffer_unordered(PIECES_MAX)
            .try_for_each(|_| std::future::ready(Ok(())))
            .await
            .map_err(|error| reason_of(&error))?;
        if self.can_sync {
            self.sftp.fsync(file.0.as_str()).await.map_err(|error| reason_of(&error))?;
        }
        if self.look_at(file).await?.bytes == bytes.len() as u64 { Ok(()) } else { Err(Reason::FolderBroken) }
    }

    /// Whether the disk at a path has no room for so many bytes, as far as the host tells.
    async fn is_full(&self, path: &str, bytes: usize) -> bool {
        if !self.can_tell_room {
            return false;
        }
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder });
        let room = self.sftp.statvfs(folder).await.map(|room| room.blocks_avail.saturating_mul(room.fragment_size));
        room.is_ok_and(|room| room < bytes as u64)
    }

    /// Gives a file another name. A file that has that name is never overwritten: RENAME of this version refuses it,
    /// and where a host does not, it was looked for before.
    ///
    /// # Errors
    /// [`Reason::NameTaken`] when the name is taken, and why else it cannot be.
    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<(), Reason> {
        if self.look(to).await?.is_some() {
            return Err(Reason::NameTaken);
        }
        match self.sftp.rename(from, to).await {
            Ok(_) => Ok(()),
            // This version has no word for a name that is taken.
            Err(error) if status(&error) == Some(StatusCode::Failure) && self.look(to).await?.is_some() => {
                Err(Reason::NameTaken)
            }
            Err(error) => Err(reason_of(&error)),
        }
    }

    /// Removes a file; one that is not there is removed.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(crate) async fn remove(&self, path: &str) -> Result<(), Reason> {
        match self.sftp.remove(path).await {
            Ok(_) => Ok(()),
            Err(error) if status(&error) == Some(StatusCode::NoSuchFile) => Ok(()),
            Err(error) => Err(reason_of(&error)),
        }
    }

    /// Closes a file that was read. What becomes of that is of no account.
    pub(crate) async fn leave(&self, file: OpenFile) {
        let _ = self.sftp.close(file.0).await;
    }
}

/// Signs in by key. RSA signs with SHA-2 only (RFC 8332), with the stronger hash that the host says it takes.
async fn sign_in(ssh: &mut client::Handle<HostCheck>, host: &SftpHost) -> Result<(), Reason> {
    let broken = |error: russh::Error| ssh_reason(&SshFault::Other(error));
    let hashes: &[Option<HashAlg>] = if host.key.is_rsa() {
        match ssh.best_supported_rsa_hash().await.map_err(broken)? {
            Some(Some(HashAlg::Sha256)) => &[Some(HashAlg::Sha256)],
            Some(Some(_)) => &[Some(HashAlg::Sha512)],
            Some(None) => return Err(Reason::SignInRefused),
            None => &[Some(HashAlg::Sha512), Some(HashAlg::Sha256)],
        }
    } else {
        &[None]
    };
    for hash in hashes {
        let key = PrivateKeyWithHashAlg::new(host.key.key(), *hash);
        if ssh.authenticate_publickey(&host.user, key).await.map_err(broken)?.success() {
            return Ok(());
        }
    }
    // A host that hangs up is not one that refuses.
    if ssh.is_closed() { Err(Reason::Broken) } else { Err(Reason::SignInRefused) }
}

/// Asks for SFTP in a channel of its own.
async fn subsystem(ssh: &client::Handle<HostCheck>) -> Result<RawSftpSession, Reason> {
    let broken = |error: russh::Error| match error {
        russh::Error::ChannelOpenFailure(_) => Reason::SignInRefused,
        error => ssh_reason(&SshFault::Other(error)),
    };
    let mut channel = ssh.channel_open_session().await.map_err(broken)?;
    channel.request_subsystem(true, "sftp").await.map_err(broken)?;
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => break,
            Some(ChannelMsg::WindowAdjusted { .. }) => {}
            Some(_) => return Err(Reason::SignInRefused),
            None => return Err(Reason::Broken),
        }
    }
    let config = SftpConfig {
        max_packet_len: PACKET_BYTES_MAX,
        request_timeout_secs: REQUEST_SECONDS_MAX,
        ..SftpConfig::default()
    };
    Ok(RawSftpSession::new_with_config(channel.into_stream(), config))
}

fn ssh_reason(fault: &SshFault) -> Reason {
    match fault {
        // Whoever answers there cannot show any of the keys that are written down.
        SshFault::HostKey | SshFault::Other(russh::Error::NoCommonAlgo { kind: AlgorithmKind::Key, .. }) => {
            Reason::HostKeyChanged
        }
        SshFault::Other(
            russh::Error::IO(_)
            | russh::Error::Disconnect
            | russh::Error::HUP
            | russh::Error::SendError
            | russh::Error::RecvError
            | russh::Error::Join(_),
        ) => Reason::Broken,
        SshFault::Other(_) => Reason::SshBroken,
    }
}

fn status(error: &SftpError) -> Option<StatusCode> {
    if let SftpError::Status(status) = error { Some(status.status_code) } else { None }
}

fn reason_of(error: &SftpError) -> Reason {
    match error {
        SftpError::Timeout => Reason::TimedOut(Phase::Exchange),
        SftpError::IO(_) | SftpError::UnexpectedBehavior(_) => Reason::Broken,
        SftpError::Limited(_) | SftpError::UnexpectedPacket => Reason::Unintelligible,
        SftpError::Status(status) => match status.status_code {
            StatusCode::NoSuchFile | StatusCode::PermissionDenied => Reason::FolderClosed,
            StatusCode::Failure => Reason::FolderBroken,
            StatusCode::NoConnection | StatusCode::ConnectionLost => Reason::Broken,
            _ => Reason::Unintelligible,
        },
    }
}
