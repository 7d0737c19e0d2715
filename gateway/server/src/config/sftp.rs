//! Hosts that speak SFTP: where they are, how they are believed, and how we sign in.

use std::path::PathBuf;
use std::sync::Arc;

use super::fault;
use super::files;
use super::routes::{Known, Pickup, read_files};
use super::section::{Placed, Section};
use super::targets::read_proxy_of;
use crate::outbound::address::Address;
use crate::outbound::file_name::FileName;
use crate::outbound::sftp::known_hosts::KnownHosts;
use crate::outbound::sftp::login_key::LoginKey;

/// Bytes of a file of known hosts: some ten thousand lines.
const KNOWN_HOSTS_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Bytes of a path at a host, and of a user.
const TEXT_BYTES_MAX: usize = 1_024;

/// Port of SSH (RFC 4253, section 4.1).
const PORT: u16 = 22;

/// An account at a host that speaks SFTP.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SftpHost {
    /// Host and port.
    pub address: Address,
    /// Who we are there.
    pub user: String,
    /// How we prove it.
    pub key: LoginKey,
    /// Keys by which hosts are believed.
    pub known_hosts: Arc<KnownHosts>,
    /// Whether the host may have an address of this machine or of a private network.
    pub private_network: bool,
    /// The proxy through which it is reached.
    pub proxy: Option<Address>,
}

/// A folder of a host into which deliveries are written.
#[derive(Clone, Debug)]
pub struct SftpFolder {
    /// The host.
    pub host: SftpHost,
    /// The folder there, from the root or from where a session begins.
    pub path: String,
    /// How files are named.
    pub name: FileName,
}

/// A folder of a host from which files are taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SftpPickup {
    /// The host.
    pub host: SftpHost,
    /// Which files, and what becomes of them.
    pub files: Pickup<String>,
}

impl SftpPickup {
    pub(super) fn read(section: &Section<'_>, known: &Known<'_>) -> Option<Self> {
        let host = SftpHost::read(section, known);
        let files = read_files(section, |key| remote_path(section, key));
        Some(Self { host: host?, files: files? })
    }

    /// Whether a target writes into the folder that is read here.
    pub(super) fn reads(&self, folder: &SftpFolder) -> bool {
        let plain = |path: &str| path.trim_start_matches("./").trim_end_matches('/').to_owned();
        self.host.address == folder.host.address
            && self.host.user == folder.host.user
            && plain(&self.files.path) == plain(&folder.path)
    }
}

impl SftpFolder {
    /// The folder, and where its path stands in the file.
    pub(super) fn read(section: &Section<'_>, known: &Known<'_>, name: Option<FileName>) -> Option<Placed<Self>> {
        section.require("path");
        let host = SftpHost::read(section, known);
        let path = remote_path(section, "path")?;
        Some(Placed { value: Self { host: host?, path: path.value, name: name? }, byte: path.byte })
    }
}

impl SftpHost {
    /// Reads the keys of a host; `None` only with a fault.
    fn read(section: &Section<'_>, known: &Known<'_>) -> Option<Self> {
        for key in ["host", "user", "key_file", "known_hosts_file"] {
            section.require(key);
        }
        let port = section.integer("port", 1..=65_535).and_then(|found| u16::try_from(found.value).ok());
        let address = section.text("host").and_then(|found| {
            let address = Address::of_host(found.value, port.unwrap_or(PORT));
            if address.is_none() {
                section.range(found.byte, "a host by its name or its number, without a port".to_owned());
            }
            address
        });
        let user = section.text("user").filter(|found| is_plain(section, *found)).map(|found| found.value.to_owned());
        let key = section.path("key_file").and_then(|file| read_key(section, &file));
        let known_hosts = section.path("known_hosts_file").and_then(|file| read_known_hosts(section, &file));
        let private_network = section.boolean("private_network").is_some_and(|found| found.value);
        let proxy = read_proxy_of(section, known);
        Some(Self {
            address: address?,
            user: user?,
            key: key?,
            known_hosts: Arc::new(known_hosts?),
            private_network,
            proxy,
        })
    }
}

fn read_key(section: &Section<'_>, file: &Placed<PathBuf>) -> Option<LoginKey> {
    let pem = files::read_secret(&file.value).map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
    let key = LoginKey::from_openssh(&pem);
    if key.is_none() {
        section.fault(&fault::LOGIN_KEY, file.byte, None);
    }
    key
}

fn read_known_hosts(section: &Section<'_>, file: &Placed<PathBuf>) -> Option<KnownHosts> {
    let bytes = files::read_public(&file.value, KNOWN_HOSTS_BYTES_MAX);
    let bytes = bytes.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
    let known = KnownHosts::parse(&String::from_utf8_lossy(&bytes));
    if known.is_none() {
        section.fault(&fault::KNOWN_HOSTS, file.byte, None);
    }
    known
}

/// A path at a host: never one of this machine.
fn remote_path(section: &Section<'_>, key: &'static str) -> Option<Placed<String>> {
    let found = section.text(key).filter(|found| is_plain(section, *found))?;
    Some(Placed { value: found.value.to_owned(), byte: found.byte })
}

fn is_plain(section: &Section<'_>, found: Placed<&str>) -> bool {
    let fits = (1..=TEXT_BYTES_MAX).contains(&found.value.len()) && !found.value.chars().any(char::is_control);
    if !fits {
        section.range(found.byte, format!("1 to {TEXT_BYTES_MAX} bytes, none of them a control character"));
    }
    fits
}
