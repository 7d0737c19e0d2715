//! A folder of another host, by SFTP: one session a round.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::{Destination, FILES_MAX, Fault, Place, TakenFile, is_wanted, names_for};
use crate::config::SftpPickup;
use crate::durable::arriving::{Arriving, sha256};
use crate::outbound::outcome::{Phase, Reason};
use crate::outbound::sftp::join;
use crate::outbound::sftp::session::{Entry, Session};

/// Time for a listing.
const LIST_SECONDS_MAX: u64 = 60;

/// Time for a file, besides what its size needs at the least pace.
const FILE_SECONDS_MAX: u64 = 60;

/// The least pace of a file: a host that stays below it is given up for this round.
const FILE_BYTES_PER_SECOND_MIN: u64 = 16 * 1024;

/// Bytes of a name: more than file systems have.
const NAME_BYTES_MAX: usize = 255;

/// Names that are tried for a file before somebody has to tidy up.
const NAMES_MAX: usize = 1_000;

/// A folder of a host from which files are taken.
pub(super) struct HostFolder {
    pickup: SftpPickup,
    session: Option<Session>,
}

impl HostFolder {
    pub(super) fn new(pickup: &SftpPickup) -> Self {
        Self { pickup: pickup.clone(), session: None }
    }

    fn session(&self) -> Result<&Session, Reason> {
        self.session.as_ref().ok_or(Reason::Internal)
    }

    fn path_of(&self, name: &str) -> String {
        join(&self.pickup.files.path, name)
    }

    /// What makes a file the same when it is found again. Names are values of the sender: only a digest is kept.
    fn same(&self, name: &str, seen: Entry) -> String {
        let mut hash = Context::new(&SHA256);
        let host = self.pickup.host.address.host_and_port();
        let modified = seen.modified.map_or_else(String::new, |seconds| seconds.to_string());
        for word in [&host, &self.pickup.files.path, name, &modified] {
            hash.update(word.as_bytes());
            hash.update(&[0]);
        }
        format!("sftp:{}", hex::encode(sha256(hash.finish())))
    }
}

impl Place for HostFolder {
    type Seen = Entry;

    const KIND: &'static str = "sftp";
    const LOOK: Duration = Duration::from_secs(15);
    const LOOK_WAITING: Duration = Duration::from_secs(2);
    const LOOK_MAX: Duration = Duration::from_secs(900);

    fn settle(&self) -> Duration {
        Duration::from_secs(self.pickup.files.settle_seconds)
    }

    async fn look(&mut self) -> Result<BTreeMap<String, Entry>, Reason> {
        let session = &*self.session.insert(Session::open(&self.pickup.host).await?);
        let listing = session.list(&self.pickup.files.path, FILES_MAX);
        let listed = timeout(Duration::from_secs(LIST_SECONDS_MAX), listing).await;
        let listed = listed.unwrap_or(Err(Reason::TimedOut(Phase::Exchange)))?;
        let wanted = listed.into_iter().filter(|(name, entry)| {
            entry.is_regular == Some(true) && is_name(name) && is_wanted(name, &self.pickup.files.pattern)
        });
        Ok(wanted.collect())
    }

    fn bytes(seen: Entry) -> u64 {
        seen.bytes
    }

    async fn read(&mut self, name: &str, seen: Entry, into: &mut Arriving) -> Result<Option<String>, Fault> {
        let session = self.session()?;
        let reading = async {
            let file = session.open_to_read(&self.path_of(name)).await?;
            let mut bytes = 0;
            if session.look_at(&file).await? == seen {
                let mut pieces = std::pin::pin!(session.pieces(&file, seen.bytes));
                while let Some(piece) = pieces.next().await {
                    let piece = piece?;
                    bytes += piece.len() as u64;
                    into.push(&piece).await?;
                }
            }
            // What the host said of the file is a claim: its bytes are counted.
            let rested = bytes == seen.bytes
                && session.ends_at(&file, seen.bytes).await?
                && session.look_at(&file).await? == seen;
            session.leave(file).await;
            Ok(rested.then(|| self.same(name, seen)))
        };
        let seconds_max = FILE_SECONDS_MAX + seen.bytes / FILE_BYTES_PER_SECOND_MIN;
        let read = timeout(Duration::from_secs(seconds_max), reading).await;
        read.unwrap_or(Err(Fault::Place(Reason::TimedOut(Phase::Exchange))))
    }

    async fn put_away(&mut self, name: &str, seen: Entry, taken: TakenFile) -> Result<bool, Reason> {
        let (session, path) = (self.session()?, self.path_of(name));
        // Another file may stand there by now: it has not been taken.
        if session.look(&path).await? != Some(seen) {
            return Ok(true);
        }
        let folder = match self.pickup.files.destination(&taken) {
            Destination::Folder(folder) => folder,
            Destination::Removed => return session.remove(&path).await.map(|()| true),
            Destination::Nowhere => return Ok(false),
        };
        let free = free_name(session, folder, name).await?;
        // The report first: once the file is away, nobody comes back for it.
        if let Some(report) = &taken.report {
            let beside = format!("{free}.report");
            let part = join(folder, &format!(".{beside}.part"));
            session.remove(&part).await?;
            session.write_new(&part, report).await?;
            session.remove(&join(folder, &beside)).await?;
            session.rename(&part, &join(folder, &beside)).await?;
        }
        session.rename(&path, &join(folder, &free)).await?;
        Ok(true)
    }

    async fn leave(&mut self) {
        if let Some(session) = self.session.take() {
            session.close().await;
        }
    }
}

/// Whether what a host calls a file is the name of one, and of this folder: names that are not UTF-8 come with
/// replacement characters, and would name another file.
fn is_name(name: &str) -> bool {
    let foreign = |character: char| matches!(character, '/' | '\\' | '\u{fffd}') || character.is_control();
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && name != "." && name != ".." && !name.chars().any(foreign)
}

/// A name in a folder that no file has yet.
async fn free_name(session: &Session, folder: &str, name: &str) -> Result<String, Reason> {
    for name in names_for(name).take(NAMES_MAX) {
        if session.look(&join(folder, &name)).await?.is_none() {
            return Ok(name);
        }
    }
    Err(Reason::NameTaken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_or_hides_something_is_none() {
        for name in ["a.csv", "Ärzte 1.zip", "a..b", "-rf"] {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(NAME_BYTES_MAX + 1);
        for name in
            ["", ".", "..", "../a", "a/b", "/etc/passwd", "a\\b", "a\0b", "a\nb", "\u{1b}[2J", "a\u{fffd}", &long]
        {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
