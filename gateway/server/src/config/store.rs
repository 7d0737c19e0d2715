//! `[store]`, `[retention]` and `[audit]`: where what is kept stands, under which keys, and for how long.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::fault;
use super::files;
use super::limits::Retention;
use super::section::Section;

/// What the gateway remembers, and where.
#[derive(Clone)]
pub struct StoreConfig {
    /// Folder of the embedded store.
    pub folder: PathBuf,
    /// The key file as it stands: lines `id:base64 of 32 bytes`, the first encrypts, all decrypt.
    pub keys: Zeroizing<Vec<u8>>,
    /// Microseconds that a commit waits for others to join it.
    pub commit_wait_us_max: u64,
    /// Writes that one commit takes.
    pub commit_messages_max: u64,
    /// Below this many free bytes on its disk, intake is refused.
    pub disk_free_bytes_min: u64,
    /// How long what is kept stands.
    pub retention: Retention,
    /// Where the head of the audit chain is written outside the store.
    pub anchor_file: Option<PathBuf>,
    /// How often.
    pub anchor_every_minutes: u64,
}

impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreConfig").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Reads the three tables; `None` without `[store]`, or with a fault. Retention and anchors without a store say what
/// has no effect, which is refused as a missing key.
pub(super) fn read_store(root: &Section<'_>, has_routes: bool) -> Option<StoreConfig> {
    let section = root.section("store");
    let retention_section = root.section("retention");
    let audit_section = root.section("audit");
    // What is acknowledged on a route must be kept somewhere.
    let wanted = has_routes || section.is_present() || retention_section.is_present() || audit_section.is_present();
    if wanted {
        section.require("path");
        section.require("key_file");
    }
    if !wanted {
        for nothing in [section, retention_section, audit_section] {
            nothing.finish();
        }
        return None;
    }
    match section.text("kind") {
        Some(found) if found.value == "postgres" => {
            section.fault(&fault::NOT_YET, found.byte, Some("`kind = \"postgres\"`".to_owned()));
        }
        Some(found) if found.value != "sqlite" => section.range(found.byte, "one of sqlite, postgres".to_owned()),
        _ => {}
    }
    section.not_yet(&["url_file", "connections_max", "tls_ca_file"]);
    let folder = section.path("path");
    let keys = section.path("key_file").and_then(|file| {
        let secret = files::read_secret(&file.value).map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
        if store::Keys::parse(&secret).is_err() {
            section.fault(&fault::STORE_KEYS, file.byte, None);
            return None;
        }
        Some(secret)
    });
    let number = |key, range, default| section.integer(key, range).map_or(default, |found| found.value);
    let commit_wait_us_max = number("commit_wait_us_max", 0..=1_000_000, 2_000);
    let commit_messages_max = number("commit_messages_max", 1..=65_536, 256);
    let disk_free_bytes_min = number("disk_free_bytes_min", 0..=1_099_511_627_776, 2_147_483_648);
    section.finish();
    let retention = Retention::default().overridden(&retention_section);
    retention_section.finish();
    let anchor_file = audit_section.path("anchor_file");
    let anchor_every_minutes =
        audit_section.integer("anchor_every_minutes", 1..=10_080).map_or(60, |found| found.value);
    audit_section.finish();
    Some(StoreConfig {
        folder: folder?.value,
        keys: keys?,
        commit_wait_us_max,
        commit_messages_max,
        disk_free_bytes_min,
        retention,
        anchor_file: anchor_file.map(|file| file.value),
        anchor_every_minutes,
    })
}
