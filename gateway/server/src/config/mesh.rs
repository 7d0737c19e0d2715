//! `[[mesh]]` and `[[mesh_folder]]`: mailboxes of NHS MESH, reached by its API or through the folders of an installed
//! MESH client, and what the two ends of a route say of them.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;

use super::delivery::{Outbound, read_authorities, read_proxy};
use super::fault;
use super::section::{Placed, Section};
use super::targets::{Secret, read_address, read_own_certificate, read_secret_text};
use crate::outbound::address::Address;
use crate::outbound::mesh::{MailboxName, OdsCode, WorkflowId};
use crate::tls::Certificate;

/// What one request may carry (MESH API, limits: 100 MB).
const CHUNK_BYTES_MAX: u64 = 100_000_000;

/// How long a mailbox may wait between two looks: MESH asks for one a day at least.
const POLL_SECONDS_MAX: u64 = 86_400;

/// A mailbox that is reached by the API.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// Its name.
    pub mailbox: MailboxName,
    /// Where MESH is: a scheme, a host and a port.
    pub url: Address,
    /// The mailbox's own password.
    pub password: Secret,
    /// The key that all mailboxes of one environment share.
    pub shared_key: Secret,
    /// The certificate by which we are known.
    pub certificate: Option<Certificate>,
    /// Authorities believed besides those of the system.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Whether the host may have an address of this machine or of a private network (HSCN has such).
    pub private_network: bool,
    /// The proxy through which it is reached.
    pub proxy: Option<Address>,
    /// Seconds between two looks into the inbox.
    pub poll_seconds: u64,
    /// Bytes of a delivery, before they are packed, that go in one request.
    pub chunk_bytes_max: u64,
}

/// A mailbox that an installed MESH client serves through folders.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MeshFolder {
    /// Its name.
    pub mailbox: MailboxName,
    /// The folder that holds `in`, `out`, `sent` and `failed`.
    pub path: PathBuf,
    /// Seconds between two looks.
    pub poll_seconds: u64,
}

/// Which messages of a mailbox are a route's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MeshInbox {
    /// The mailbox, which is one of the tables.
    pub mailbox: MailboxName,
    /// Messages of this workflow.
    pub workflow: WorkflowId,
    /// Messages of this mailbox only; of any when it is not said.
    pub sender: Option<MailboxName>,
}

impl MeshInbox {
    /// Whether a message of this workflow from this mailbox is the route's.
    #[must_use]
    pub fn takes(&self, workflow: &str, from: Option<&MailboxName>) -> bool {
        self.workflow.as_str() == workflow && self.sender.as_ref().is_none_or(|sender| Some(sender) == from)
    }

    /// Whether a message may be meant for both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let same_sender = match (&self.sender, &other.sender) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        self.mailbox == other.mailbox && self.workflow == other.workflow && same_sender
    }
}

/// A delivery by the API.
#[derive(Clone, Debug)]
pub struct MeshWay {
    /// The mailbox that sends.
    pub mailbox: Arc<Mesh>,
    /// Who gets it.
    pub to: MeshRecipient,
    /// As what.
    pub workflow: WorkflowId,
    /// Extension of the file name that the recipient sees.
    pub extension: &'static str,
}

/// A delivery through the folders of an installed client.
#[derive(Clone, Debug)]
pub struct MeshFolderWay {
    /// The mailbox that sends.
    pub folder: Arc<MeshFolder>,
    /// Who gets it.
    pub to: MailboxName,
    /// As what.
    pub workflow: WorkflowId,
}

/// Who gets a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MeshRecipient {
    /// A mailbox.
    Mailbox(MailboxName),
    /// The one mailbox that an organisation has for the workflow; MESH is asked for it.
    Organisation(OdsCode),
}

/// Every mailbox of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Mailboxes {
    pub(super) mesh: Vec<Arc<Mesh>>,
    pub(super) folders: Vec<Arc<MeshFolder>>,
    /// The names of all tables, also of those with a fault: what names one of these is told nothing more.
    named: Vec<MailboxName>,
}

impl Mailboxes {
    pub(super) fn read(root: &Section<'_>, outbound: &Outbound) -> Self {
        let mut mailboxes = Self::default();
        for section in root.sections("mesh") {
            let name = mailboxes.read_name(&section);
            mailboxes.mesh.extend(read_mesh(section, name, outbound).map(Arc::new));
        }
        for section in root.sections("mesh_folder") {
            let name = mailboxes.read_name(&section);
            mailboxes.folders.extend(read_folder(section, name).map(Arc::new));
        }
        mailboxes
    }

    fn read_name(&mut self, section: &Section<'_>) -> Option<MailboxName> {
        section.require("mailbox");
        let found = section.text("mailbox")?;
        let name = read_mailbox_name(section, found)?;
        if self.named.contains(&name) {
            section.fault(&fault::NAME_TAKEN, found.byte, None);
        }
        self.named.push(name.clone());
        Some(name)
    }

    /// What the source of a route waits for.
    pub(super) fn read_inbox(&self, section: &Section<'_>, by: By) -> Option<MeshInbox> {
        let ends = self.read_ends(section, by);
        let sender = section.text("sender_mailbox").map(|found| read_mailbox_name(section, found));
        let (mailbox, workflow) = ends?;
        Some(MeshInbox { mailbox, workflow, sender: sender.map_or(Some(None), |sender| sender.map(Some))? })
    }

    /// The mailbox that an end of a route names, and the workflow.
    fn read_ends(&self, section: &Section<'_>, by: By) -> Option<(MailboxName, WorkflowId)> {
        let mailbox = self.read_mailbox(section, by);
        let workflow = read_workflow(section);
        Some((mailbox?, workflow?))
    }

    pub(super) fn read_way(&self, section: &Section<'_>, extension: Option<&'static str>) -> Option<MeshWay> {
        let ends = self.read_ends(section, By::Api);
        let to = read_recipient(section);
        let (mailbox, workflow) = ends?;
        let mailbox = self.mesh.iter().find(|known| known.mailbox == mailbox)?.clone();
        Some(MeshWay { mailbox, to: to?, workflow, extension: extension.unwrap_or("dat") })
    }

    pub(super) fn read_folder_way(&self, section: &Section<'_>) -> Option<MeshFolderWay> {
        let ends = self.read_ends(section, By::Folder);
        if let Some(byte) = section.present("recipient_ods") {
            // The control file of a client names a mailbox; only the API can be asked for one.
            section.fault(&fault::MESH_RECIPIENT, byte, Some("mesh-folder takes recipient_mailbox".to_owned()));
            section.is_asked("recipient_mailbox");
            return None;
        }
        section.require("recipient_mailbox");
        let to = read_recipient_mailbox(section);
        let (mailbox, workflow) = ends?;
        let folder = self.folders.iter().find(|known| known.mailbox == mailbox)?.clone();
        Some(MeshFolderWay { folder, to: to?, workflow })
    }

    /// `None` with a fault, here or in the table that is named.
    fn read_mailbox(&self, section: &Section<'_>, by: By) -> Option<MailboxName> {
        section.require("mailbox");
        let found = section.text("mailbox")?;
        let known = match by {
            By::Api => self.mesh.iter().map(|mesh| &mesh.mailbox).find(|name| name.is(found.value)),
            By::Folder => self.folders.iter().map(|folder| &folder.mailbox).find(|name| name.is(found.value)),
        };
        if known.is_none() {
            let elsewhere = self.mesh.iter().any(|mesh| mesh.mailbox.is(found.value))
                || self.folders.iter().any(|folder| folder.mailbox.is(found.value));
            // A table with a fault of its own has told it.
            if elsewhere || !self.named.iter().any(|name| name.is(found.value)) {
                section.fault(&fault::MAILBOX, found.byte, Some(by.table().to_owned()));
            }
        }
        known.cloned()
    }
}

/// Which table names a mailbox.
#[derive(Clone, Copy)]
pub(super) enum By {
    Api,
    Folder,
}

impl By {
    fn table(self) -> &'static str {
        match self {
            Self::Api => "transport mesh takes one of [[mesh]]",
            Self::Folder => "transport mesh-folder takes one of [[mesh_folder]]",
        }
    }
}

fn read_mesh(section: Section<'_>, mailbox: Option<MailboxName>, outbound: &Outbound) -> Option<Mesh> {
    for key in ["url", "password_file", "shared_key_file"] {
        section.require(key);
    }
    let private_network = section.boolean("private_network").is_some_and(|found| found.value);
    let url_byte = section.present("url");
    let url = read_address(&section, "url", private_network).filter(|url| {
        let bare = url.is_bare();
        if let (false, Some(byte)) = (bare, url_byte) {
            section.fault(&fault::ADDRESS, byte, Some("without a path".to_owned()));
        }
        bare
    });
    if url.as_ref().is_some_and(Address::is_secured) {
        // MESH knows nobody without one (mutual TLS).
        section.require("certificate_file");
        section.require("key_file");
    }
    let password = section.path("password_file").and_then(|file| read_secret_text(&section, &file));
    let shared_key = section.path("shared_key_file").and_then(|file| read_secret_text(&section, &file));
    let certificate = read_own_certificate(&section);
    let authorities = match section.path("ca_file") {
        Some(file) => read_authorities(&section, &file),
        None => outbound.authorities.clone(),
    };
    let proxy = match section.text("proxy") {
        Some(found) if found.value == "none" => None,
        Some(found) => read_proxy(&section, found),
        None => outbound.proxy.clone(),
    };
    let poll_seconds = section.integer("poll_seconds", 1..=POLL_SECONDS_MAX).map_or(300, |found| found.value);
    let chunk_bytes_max = section.integer("chunk_bytes_max", 1..=CHUNK_BYTES_MAX);
    section.finish();
    Some(Mesh {
        mailbox: mailbox?,
        url: url?,
        password: Secret::new(password?),
        shared_key: Secret::new(shared_key?),
        certificate,
        authorities,
        private_network,
        proxy,
        poll_seconds,
        chunk_bytes_max: chunk_bytes_max.map_or(52_428_800, |found| found.value),
    })
}

fn read_folder(section: Section<'_>, mailbox: Option<MailboxName>) -> Option<MeshFolder> {
    section.require("path");
    let path = section.path("path").map(|found| found.value);
    let poll_seconds = section.integer("poll_seconds", 1..=POLL_SECONDS_MAX).map_or(60, |found| found.value);
    section.finish();
    Some(MeshFolder { mailbox: mailbox?, path: path?, poll_seconds })
}

fn read_workflow(section: &Section<'_>) -> Option<WorkflowId> {
    section.require("workflow");
    let found = section.text("workflow")?;
    parsed(section, found, WorkflowId::parse, "letters, digits and any of - . _")
}

fn read_recipient(section: &Section<'_>) -> Option<MeshRecipient> {
    let (mailbox, ods) = (section.present("recipient_mailbox"), section.present("recipient_ods"));
    if mailbox.is_some() == ods.is_some() {
        section.fault(&fault::MESH_RECIPIENT, ods.unwrap_or(section.byte()), None);
        return None;
    }
    if mailbox.is_some() {
        return read_recipient_mailbox(section).map(MeshRecipient::Mailbox);
    }
    let found = section.text("recipient_ods")?;
    parsed(section, found, OdsCode::parse, "an ODS code, as in RKB").map(MeshRecipient::Organisation)
}

fn read_recipient_mailbox(section: &Section<'_>) -> Option<MailboxName> {
    read_mailbox_name(section, section.text("recipient_mailbox")?)
}

fn read_mailbox_name(section: &Section<'_>, found: Placed<&str>) -> Option<MailboxName> {
    parsed(section, found, MailboxName::parse, "the name of a mailbox, as in X26ABC1")
}

fn parsed<T>(
    section: &Section<'_>,
    found: Placed<&str>,
    parse: fn(&str) -> Option<T>,
    allowed: &'static str,
) -> Option<T> {
    let parsed = parse(found.value);
    if parsed.is_none() {
        section.range(found.byte, allowed.to_owned());
    }
    parsed
}
