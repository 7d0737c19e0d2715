//! Mailboxes of NHS MESH: what comes into them is taken for the route that waits for it, and what MESH says of our
//! deliveries settles them.
//!
//! **Limits.** One look asks after [`TRACKED_MAX`] deliveries; the next goes on where it ended. MESH gives up a message
//! that nobody collects within five days (MESH API, limits) and reports that; a delivery of which nothing was heard for
//! [`SILENCE_HOURS_MAX`] hours is over all the same.
//!
//! **Order.** A message is acknowledged to MESH, or moved out of the client's `in`, only after its commit; a report
//! only after the settlement it brings. What ends between the two is found again at the next look and is the same
//! message: its key is the id that MESH gave it.
//!
//! **What no route takes** stays where it is and is told to a person, as does what cannot be read: MESH tells its
//! sender when it was not collected in time.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use store::delivery::{Delivery, DeliveryFilter, DeliveryOutcome, DeliveryState};
use store::{Cursor, Micros, StoreFault};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::Durable;
use super::alerts::Kind;
use super::arriving::{Arriving, Found};
use super::moment::{hours_before, now};
use super::settling::dead;
use crate::config::{Intake, Route, Transport};
use crate::inbound::problem::Problem;
use crate::outbound::Outcome;
use crate::outbound::mesh::{
    Arrival, ArrivalKind, DownloadFault, DownloadLimits, Fate, Mailbox, MailboxName, MessageId, Report,
};
use crate::outbound::mesh_folder::{self, MeshFolder};
use crate::outbound::outcome::{FaultSide, Reason};
use crate::standing::Current;

/// Between two looks at the configuration.
const LOOK: Duration = Duration::from_secs(1);

/// Deliveries that are asked after in one look.
const TRACKED_MAX: u32 = 200;

/// How long word of a delivery is waited for: what MESH does not deliver in five days it reports, and it has a day for
/// it.
const SILENCE_HOURS_MAX: u64 = 144;

/// How long an installed client may leave a delivery in `out` before a person is told.
const CLIENT_HOURS_MAX: u64 = 1;

/// How long a mailbox may fail before a person is told; at once, where only a person can mend it.
const FAILING: Duration = Duration::from_secs(1_800);

/// Characters of a file's name.
const FILE_NAME_CHARS_MAX: usize = 200;

/// Looks into every mailbox of the configuration of the moment until it is dropped.
pub(crate) async fn look_for_mail(current: Current) {
    let mut under: Option<Arc<Durable>> = None;
    let mut looking = JoinSet::new();
    while let Some(durable) = current.durable() {
        let same = under.as_ref().is_some_and(|under| Arc::ptr_eq(under, &durable));
        // A look never ends by itself: one that has ended has panicked, and all begin anew.
        if !same || looking.try_join_next().is_some() {
            looking.abort_all();
            looking = JoinSet::new();
            for post in boxes(&durable) {
                looking.spawn(look_again_and_again(durable.clone(), post));
            }
            under = Some(durable);
        }
        sleep(LOOK).await;
    }
}

/// A mailbox, however it is reached.
enum Post {
    Api(Arc<Mailbox>),
    Folder(Arc<MeshFolder>),
}

/// A mailbox that is looked into.
struct PostBox {
    post: Post,
    name: MailboxName,
    every: Duration,
    /// Since when it cannot be looked into.
    failing_since: Option<Instant>,
    /// Messages that will not be smaller or more whole the next time.
    refused: HashSet<MessageId>,
    /// Where the next look goes on to ask after deliveries.
    asked_to: Option<Cursor>,
}

/// A message that waits in a mailbox.
struct Waiting {
    arrival: Arrival,
    /// Where an installed client has put it.
    files: Option<mesh_folder::Found>,
}

/// What became of a message that waits.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Taken {
    /// It is kept, or says nothing that is not known: it need not wait any more.
    Whole,
    /// The next look takes it.
    Later,
    /// Nobody takes it.
    Left,
}

/// Why a look ended before it was over.
enum Ended {
    /// The mailbox cannot be asked.
    Mailbox(Reason),
    /// The store cannot be read or written, and says so itself.
    Store,
}

impl From<Problem> for Ended {
    fn from(_: Problem) -> Self {
        Self::Store
    }
}

impl From<StoreFault> for Ended {
    fn from(fault: StoreFault) -> Self {
        tracing::error!(%fault, "a message of a mailbox could not be kept");
        Self::Store
    }
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Self {
        Self::Mailbox(crate::outbound::folder_reason(&error))
    }
}

fn boxes(durable: &Durable) -> Vec<PostBox> {
    let post_box = |post, name: &MailboxName, seconds| PostBox {
        post,
        name: name.clone(),
        every: Duration::from_secs(seconds),
        failing_since: None,
        refused: HashSet::new(),
        asked_to: None,
    };
    let api = durable.config.mesh.iter().filter_map(|mesh| {
        // One that cannot be used was told when the configuration was taken.
        let mailbox = durable.courier.mailbox(mesh).ok()?;
        Some(post_box(Post::Api(mailbox), &mesh.mailbox, mesh.poll_seconds))
    });
    let folders =
        durable.config.mesh_folders.iter().map(|folder| {
            post_box(Post::Folder(Arc::new(MeshFolder::new(folder))), &folder.mailbox, folder.poll_seconds)
        });
    api.chain(folders).collect()
}

async fn look_again_and_again(durable: Arc<Durable>, mut post: PostBox) {
    loop {
        match post.look(&durable).await {
            Ok(()) => post.failing_since = None,
            Err(Ended::Store) => {}
            Err(Ended::Mailbox(reason)) => post.fails(&durable, reason).await,
        }
        sleep(post.every).await;
    }
}

impl PostBox {
    /// One look: what came, then what became of what was sent, also where one message cannot be had.
    async fn look(&mut self, durable: &Arc<Durable>) -> Result<(), Ended> {
        let failed = self.collect(durable).await?;
        match &self.post {
            Post::Api(mailbox) => {
                let mailbox = mailbox.clone();
                self.ask_after(durable, &mailbox).await?;
            }
            Post::Folder(folder) => {
                let folder = folder.clone();
                self.hear_client(durable, &folder).await?;
            }
        }
        failed.map_or(Ok(()), |reason| Err(Ended::Mailbox(reason)))
    }

    /// A person is told of a mailbox that stays closed.
    async fn fails(&mut self, durable: &Durable, reason: Reason) {
        durable.metrics.mailbox_unreadable();
        tracing::warn!(mailbox = self.name.as_str(), %reason, "a mailbox cannot be looked into");
        let since = *self.failing_since.get_or_insert_with(Instant::now);
        let is_ours_to_mend = matches!(Outcome::of(reason, None), Outcome::Retry { breaker_at_once: true, .. });
        if is_ours_to_mend || since.elapsed() >= FAILING {
            durable.raise(Kind::MailboxClosed, format!("mailbox:{}", self.name)).await;
        }
    }

    /// Takes everything that waits, in the order in which it came; why not all of it was, where that may pass.
    async fn collect(&mut self, durable: &Arc<Durable>) -> Result<Option<Reason>, Ended> {
        let (all, mut is_left) = self.waiting().await?;
        let mut failed = None;
        for waiting in all {
            let taken = match waiting.arrival.kind {
                ArrivalKind::Report(report) => durable.hear_report(report).await?,
                // What stands behind one that cannot be had now would be read before it.
                ArrivalKind::Data if failed.is_some() => Taken::Later,
                ArrivalKind::Data => match self.take(durable, &waiting).await {
                    Err(Ended::Mailbox(reason)) => {
                        failed = Some(reason);
                        Taken::Later
                    }
                    taken => taken?,
                },
            };
            is_left |= taken == Taken::Left;
            if taken != Taken::Whole {
                continue;
            }
            match self.put_away(&waiting).await {
                // What comes next could not be put away either, and is found again.
                Err(Ended::Mailbox(reason)) => {
                    failed = Some(reason);
                    break;
                }
                put_away => put_away?,
            }
        }
        if is_left {
            durable.raise(Kind::MailLeft, format!("mailbox:{}", self.name)).await;
        }
        Ok(failed)
    }

    /// What waits, and whether there is more of it that cannot be read.
    async fn waiting(&self) -> Result<(Vec<Waiting>, bool), Ended> {
        match &self.post {
            Post::Api(mailbox) => {
                let arrivals = mailbox.poll().await.map_err(|failure| Ended::Mailbox(failure.reason))?;
                Ok((arrivals.into_iter().map(|arrival| Waiting { arrival, files: None }).collect(), false))
            }
            Post::Folder(folder) => {
                let folder = folder.clone();
                let look = blocking(move || folder.look()).await?;
                if look.unreadable > 0 {
                    tracing::warn!(
                        mailbox = self.name.as_str(),
                        files = look.unreadable,
                        "control files are unreadable"
                    );
                }
                let waiting =
                    |found: mesh_folder::Found| Waiting { arrival: found.arrival.clone(), files: Some(found) };
                Ok((look.found.into_iter().map(waiting).collect(), look.unreadable > 0))
            }
        }
    }

    /// Keeps a message.
    async fn take(&mut self, durable: &Arc<Durable>, waiting: &Waiting) -> Result<Taken, Ended> {
        let arrival = &waiting.arrival;
        let Some(route) = self.route_of(durable, arrival) else { return Ok(Taken::Left) };
        if self.refused.contains(&arrival.message_id) {
            return Ok(Taken::Left);
        }
        if !durable.has_room() {
            return Ok(Taken::Later);
        }
        let mut arriving = Arriving::new(durable.store.clone());
        if !self.fetch(durable, waiting, &mut arriving).await? {
            self.refused.insert(arrival.message_id);
            tracing::error!(mailbox = self.name.as_str(), message_id = %arrival.message_id, "a message cannot be taken");
            return Ok(Taken::Left);
        }
        let found = Found {
            by: format!("mesh:{}", self.name),
            place: format!("mesh:{}:{}", self.name, arrival.message_id),
            file_name: arrival.file_name.clone().filter(|name| is_file_name(name)),
            route: &route,
        };
        let kept = durable.keep_found(found, arriving.whole().await?).await?;
        Ok(if kept.is_some() { Taken::Whole } else { Taken::Later })
    }

    /// The route that waits for messages of this workflow, from this sender.
    fn route_of(&self, durable: &Durable, arrival: &Arrival) -> Option<Arc<Route>> {
        let routes = durable.ways.routes.iter().filter(|route| route.enabled);
        let waits = |route: &&Arc<Route>| match (&route.from.transport, &self.post) {
            (Intake::Mesh(inbox), Post::Api(_)) | (Intake::MeshFolder(inbox), Post::Folder(_)) => {
                inbox.mailbox == self.name && inbox.takes(&arrival.workflow, arrival.from.as_ref())
            }
            _ => false,
        };
        routes.clone().find(waits).cloned()
    }

    /// Fetches the content of a message; `false` when it cannot be had, now or ever.
    async fn fetch(&self, durable: &Durable, waiting: &Waiting, arriving: &mut Arriving) -> Result<bool, Ended> {
        let limits = &durable.config.limits;
        match (&self.post, &waiting.files) {
            (Post::Api(mailbox), _) => {
                let limits = DownloadLimits {
                    message_bytes_max: limits.message_bytes_max,
                    inflate_ratio_max: limits.inflate_ratio_max,
                };
                let mut download = match mailbox.fetch(waiting.arrival.message_id, limits).await {
                    Ok(download) => download,
                    Err(fault) => return cannot_be_had(fault),
                };
                loop {
                    match download.next().await {
                        Ok(Some(bytes)) => arriving.push(&bytes).await?,
                        Ok(None) => return Ok(true),
                        Err(fault) => return cannot_be_had(fault),
                    }
                }
            }
            (Post::Folder(_), Some(files)) if files.bytes <= limits.message_bytes_max => {
                let file = tokio::fs::File::from_std(files.open()?);
                // It was whole when it was found: one that has changed since is looked at again.
                if arriving.read(file, files.bytes).await? {
                    Ok(true)
                } else {
                    Err(Ended::Mailbox(Reason::FolderBroken))
                }
            }
            (Post::Folder(_), _) => Ok(false),
        }
    }

    /// Says that a message is kept.
    async fn put_away(&self, waiting: &Waiting) -> Result<(), Ended> {
        match (&self.post, &waiting.files) {
            (Post::Api(mailbox), _) => {
                let acknowledged = mailbox.acknowledge(waiting.arrival.message_id).await;
                acknowledged.map_err(|failure| Ended::Mailbox(failure.reason))
            }
            (Post::Folder(folder), Some(files)) => {
                let (folder, files) = (folder.clone(), files.clone());
                blocking(move || folder.take(&files)).await
            }
            (Post::Folder(_), None) => Ok(()),
        }
    }

    /// Asks MESH after deliveries of which nothing was heard yet.
    async fn ask_after(&mut self, durable: &Arc<Durable>, mailbox: &Mailbox) -> Result<(), Ended> {
        let at = now();
        for delivery in self.unheard(durable).await? {
            let tracked = mailbox.track(delivery.planned.id).await.map_err(|failure| Ended::Mailbox(failure.reason))?;
            match tracked.map(|tracked| tracked.fate) {
                Some(fate @ (Fate::Delivered | Fate::Failed(_))) => durable.meet(&delivery, fate).await,
                _ if is_past(sent_at(&delivery), at, SILENCE_HOURS_MAX) => {
                    durable.give_up(&delivery, Reason::NoWord).await
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Hears what an installed client did. It tells what it sent and what failed, never that something was collected:
    /// what MESH has not reported in the time it gives itself has been.
    async fn hear_client(&mut self, durable: &Arc<Durable>, folder: &Arc<MeshFolder>) -> Result<(), Ended> {
        let asked = folder.clone();
        for word in blocking(move || asked.words()).await? {
            if durable.hear_of(word.delivery, word.fate).await? == Taken::Whole {
                let folder = folder.clone();
                blocking(move || folder.forget(&word)).await?;
            }
        }
        let at = now();
        for delivery in self.unheard(durable).await? {
            let (asked, id) = (folder.clone(), delivery.planned.id);
            let waits = blocking(move || asked.waits(id)).await?;
            let is_over = is_past(sent_at(&delivery), at, SILENCE_HOURS_MAX);
            match (waits, is_over) {
                (true, true) => {
                    let asked = folder.clone();
                    blocking(move || asked.withdraw(id)).await?;
                    durable.give_up(&delivery, Reason::NotTaken).await;
                }
                (true, false) if is_past(sent_at(&delivery), at, CLIENT_HOURS_MAX) => {
                    durable.raise(Kind::MailboxClosed, format!("mailbox:{}", self.name)).await;
                }
                (false, true) => durable.meet(&delivery, Fate::Delivered).await,
                _ => {}
            }
        }
        Ok(())
    }

    /// Deliveries by this mailbox that were taken and of which no word has come: so many at once.
    async fn unheard(&mut self, durable: &Arc<Durable>) -> Result<Vec<Delivery>, Ended> {
        let filter = DeliveryFilter {
            state: Some(DeliveryState::Sent),
            after: self.asked_to,
            limit: TRACKED_MAX,
            ..DeliveryFilter::default()
        };
        let page = durable.read(move |store| store.deliveries(&filter)).await?;
        self.asked_to = page.next;
        let mut unheard = page.items;
        unheard.retain(|delivery| {
            let way = durable.ways.by_key(&delivery.planned.target);
            way.is_some_and(|way| match (&way.target.transport, &self.post) {
                (Transport::Mesh(way), Post::Api(_)) => way.mailbox.mailbox == self.name,
                (Transport::MeshFolder(way), Post::Folder(_)) => way.folder.mailbox == self.name,
                _ => false,
            })
        });
        Ok(unheard)
    }
}

impl Durable {
    async fn hear_report(&self, report: Report) -> Result<Taken, Ended> {
        match report.delivery {
            Some(delivery) => self.hear_of(delivery, report.fate).await,
            // It is about a message that somebody else sent from this mailbox.
            None => Ok(Taken::Left),
        }
    }

    /// Settles a delivery by word of it, unless it is settled already.
    async fn hear_of(&self, id: Uuid, fate: Fate) -> Result<Taken, Ended> {
        let Some(delivery) = self.delivery(id).await? else { return Ok(Taken::Left) };
        match delivery.state {
            // Its own attempt has not ended: what came of it is heard first.
            DeliveryState::Leased => return Ok(Taken::Later),
            DeliveryState::Sent => self.meet(&delivery, fate).await,
            _ => {}
        }
        Ok(Taken::Whole)
    }

    /// Settles what was sent by what became of it.
    async fn meet(&self, delivery: &Delivery, fate: Fate) {
        let outcome = match fate {
            Fate::Delivered => DeliveryOutcome::Delivered { status: None },
            Fate::Failed(refusal) => dead(Reason::Mesh(refusal), refusal.side()),
            Fate::Waits | Fate::Unfinished => return,
        };
        self.settle(delivery, self.settlement(delivery, now(), outcome)).await;
    }

    async fn give_up(&self, delivery: &Delivery, reason: Reason) {
        let outcome = dead(reason, FaultSide::Network);
        self.settle(delivery, self.settlement(delivery, now(), outcome)).await;
    }
}

/// When a delivery was taken by MESH or its client.
fn sent_at(delivery: &Delivery) -> Micros {
    delivery.settled_at.unwrap_or(delivery.planned.planned_at)
}

/// Whether more than so many hours have passed.
fn is_past(since: Micros, at: Micros, hours: u64) -> bool {
    since < hours_before(at, hours)
}

/// What is too large or broken will be so the next time; what is gone, or cannot be reached, may not.
fn cannot_be_had(fault: DownloadFault) -> Result<bool, Ended> {
    match fault {
        DownloadFault::TooLarge { .. } | DownloadFault::NotWhole => Ok(false),
        DownloadFault::Failed(failure) => Err(Ended::Mailbox(failure.reason)),
    }
}

/// Whether what a sender calls a file is no more than a name.
fn is_file_name(name: &str) -> bool {
    let is_plain = Path::new(name).file_name().is_some_and(|only| only == name);
    is_plain
        && name.chars().count() <= FILE_NAME_CHARS_MAX
        && !name.contains(['/', '\\'])
        && !name.chars().any(char::is_control)
}

/// Works on files, away from the threads that serve connections.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, Ended> {
    match spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Ended::Mailbox(Reason::Internal)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_is_waited_for_to_the_last_moment_of_its_hours() {
        let hour = 3_600_000_000;
        let days = 6 * 24 * hour;
        assert!(!is_past(7, 7 + days, SILENCE_HOURS_MAX) && is_past(7, 8 + days, SILENCE_HOURS_MAX));
        assert!(!is_past(7, 7 + hour, CLIENT_HOURS_MAX) && is_past(7, 8 + hour, CLIENT_HOURS_MAX));
        // A clock that was put back makes nothing older.
        assert!(!is_past(8, 7, CLIENT_HOURS_MAX));
    }

    #[test]
    fn a_name_that_leads_anywhere_is_no_name() {
        for name in ["return.zip", "r\u{e9}turn 2026.csv", &"a".repeat(200)] {
            assert!(is_file_name(name), "{name}");
        }
        for name in ["", ".", "..", "../a", "a/b", "a\\b", "/a", "a/", "a\nb", &"a".repeat(201)] {
            assert!(!is_file_name(name), "{name}");
        }
    }
}
