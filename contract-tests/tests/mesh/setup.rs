//! A configuration with one mailbox and one route that sends from it, as whoever runs a gateway writes it.

use std::sync::Arc;

use bytes::Bytes;
use schemas::date::Date;
use server::config::{Config, Environment};
use server::outbound::mesh::{DownloadFault, DownloadLimits, Mailbox, MessageId};
use server::outbound::{Courier, Outcome, Parcel};
use uuid::Uuid;

use crate::sandbox::{PASSWORD, SHARED_KEY, Sandbox, secret};

/// A mailbox and its courier.
pub(crate) struct Sender {
    pub(crate) courier: Courier,
    pub(crate) config: Config,
}

impl Sender {
    /// `mailbox` and `target` are more keys of the two tables.
    pub(crate) fn new(name: &str, url: &str, mailbox: &str, target: &str) -> Self {
        let keys = format!(
            "mailbox = \"{name}\"\nurl = \"{url}\"\nprivate_network = true\npassword_file = \"password\"\n\
             shared_key_file = \"shared\"\n{mailbox}"
        );
        Self::with(name, &keys, target)
    }

    /// A mailbox of the sandbox that sends as this says.
    pub(crate) fn of(sandbox: &Sandbox, name: &str, target: &str) -> Self {
        Self::with(name, &format!("{}\nchunk_bytes_max = 64", sandbox.mailbox(name)), target)
    }

    /// The mailbox of this table.
    pub(crate) fn with(name: &str, mailbox: &str, target: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        secret(folder.path(), "ids.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        secret(folder.path(), "store.key", "one:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        secret(folder.path(), "password", PASSWORD);
        secret(folder.path(), "shared", SHARED_KEY);
        let source = format!(
            "version = 1\nname = \"test\"\npublic_url = \"https://gateway.example\"\n[ids]\nkey_file = \"ids.key\"\n\
             [store]\npath = \"store\"\nkey_file = \"store.key\"\n\
             [[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n[[partner]]\nname = \"nurses\"\nview = \"health\"\n\
             [[mesh]]\n{mailbox}\n\
             [[route]]\nname = \"r\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\" }}\n\
             [[route.to]]\npartner = \"nurses\"\nformat = \"fhir-json\"\ntransport = \"mesh\"\nmailbox = \"{name}\"\n{target}\n"
        );
        let file = folder.path().join("homeward.toml");
        let config = Config::parse(&file, &source, &Environment::default());
        let config = config.unwrap_or_else(|faults| panic!("{faults}"));
        Self { courier: Courier::new(), config }
    }

    pub(crate) fn mailbox(&self) -> Arc<Mailbox> {
        self.courier.mailbox(&self.config.mesh[0]).unwrap()
    }

    pub(crate) async fn send(&self, parcel: Parcel) -> Outcome {
        let target = self.courier.target(&self.config.routes[0].to[0]).unwrap();
        self.courier.send(&target, parcel).await
    }

    /// Sends what must go; the name MESH gives the message.
    pub(crate) async fn sent(&self, parcel: Parcel) -> MessageId {
        match self.send(parcel).await {
            Outcome::Sent { message_id: Some(message_id) } => message_id,
            other => panic!("not sent, but {other:?}"),
        }
    }

    pub(crate) async fn fetch(&self, message_id: MessageId) -> Result<Vec<u8>, DownloadFault> {
        let limits = DownloadLimits { message_bytes_max: 1024 * 1024, inflate_ratio_max: 100 };
        let mut download = self.mailbox().fetch(message_id, limits).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = download.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

pub(crate) fn parcel(body: impl Into<Bytes>) -> Parcel {
    Parcel {
        delivery: Uuid::now_v7(),
        fence: 1,
        correlation_id: Some("autumn.return_1".to_owned()),
        media_type: "application/fhir+json",
        body: body.into(),
        date: Date::parse_iso(b"2026-11-22").unwrap(),
        route: "r".to_owned(),
    }
}
