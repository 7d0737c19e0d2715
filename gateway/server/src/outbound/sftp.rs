//! A delivery as a file in a folder of another host, by SFTP (draft-ietf-secsh-filexfer-02, the version that servers
//! speak): under a hidden name until it is whole, then under its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

pub mod known_hosts;
pub mod login_key;
pub(crate) mod session;

use super::outcome::{Outcome, Phase, Reason};
use super::parcel::Parcel;
use super::reach::within;
use crate::config;
use session::Session;

/// Time to remove what is left of an attempt that ended early.
const TIDY_SECONDS_MAX: u64 = 5;

/// A folder of a host into which deliveries are written, one at a time.
pub(super) struct RemoteFolder {
    folder: config::SftpFolder,
    seconds_max: u64,
    /// Two deliveries may have one name: the second must see the first.
    writing: Mutex<()>,
}

impl RemoteFolder {
    pub(super) fn new(folder: &config::SftpFolder, seconds_max: u64) -> Self {
        Self { folder: folder.clone(), seconds_max, writing: Mutex::new(()) }
    }

    /// Makes one attempt, over a connection of its own.
    pub(super) async fn send(&self, parcel: Parcel) -> Outcome {
        let _one_at_a_time = self.writing.lock().await;
        match within(self.seconds_max, Phase::Exchange, self.deliver(&parcel)).await {
            Ok(()) => Outcome::Accepted,
            Err(reason) => Outcome::of(reason, None),
        }
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), Reason> {
        let session = Arc::new(Session::open(&self.folder.host).await?);
        let written = self.write(&session, parcel).await;
        if let Some(session) = Arc::into_inner(session) {
            session.close().await;
        }
        written
    }

    async fn write(&self, session: &Arc<Session>, parcel: &Parcel) -> Result<(), Reason> {
        let name = self.folder.name.of(parcel.date, parcel.delivery, &parcel.route);
        let path = join(&self.folder.path, &name);
        if let Some(there) = session.look(&path).await? {
            // An attempt whose end was never told, or somebody else's.
            let is_ours = there.is_regular != Some(false)
                && there.bytes == parcel.body.len() as u64
                && session.holds(&path, &parcel.body).await?;
            return if is_ours { Ok(()) } else { Err(Reason::NameTaken) };
        }
        let part = Part { session: Some(session.clone()), path: join(&self.folder.path, &format!(".{name}.part")) };
        session.remove(&part.path).await?;
        session.write_new(&part.path, &parcel.body).await?;
        session.rename(&part.path, &path).await?;
        part.renamed();
        Ok(())
    }
}

/// The file of an attempt while it has its hidden name. What is left of it when the attempt ends early, also one that
/// is broken off because a child was restricted meanwhile, does not stay with the recipient.
struct Part {
    session: Option<Arc<Session>>,
    path: String,
}

impl Part {
    fn renamed(mut self) {
        self.session = None;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        let path = std::mem::take(&mut self.path);
        // Whoever ends the gateway ends the connection.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let _ = tokio::time::timeout(Duration::from_secs(TIDY_SECONDS_MAX), session.remove(&path)).await;
            if let Some(session) = Arc::into_inner(session) {
                session.close().await;
            }
        });
    }
}

/// A name in a folder of a host; paths of SFTP have slashes whatever the host is.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.ends_with('/') { format!("{folder}{name}") } else { format!("{folder}/{name}") }
}
