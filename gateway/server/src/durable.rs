//! The durable exchange: what was acknowledged is read, kept and delivered, whatever happens between.
//!
//! Three tasks work on one store. The *reader* leases messages, reads them, and plans what goes to whom; the *courier*
//! leases deliveries and sends them; the *keeper* purges, anchors and counts. Beside them the runs of schedules make whole
//! files, for which nobody waits. All thinking about what is held of
//! children happens under one lock, so that two documents about one child are taken one after the other; whatever else
//! changes meanwhile is seen by version, and then it is thought again.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use store::audit::AuditEntry;
use store::delivery::{Delivery, DeliveryId, Target as TargetKey};
use store::message::{Message, MessageId, MessageState};
use store::{Micros, Store, StoreFault};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

pub(crate) mod alerts;
pub(crate) mod approve;
pub(crate) mod arriving;
pub(crate) mod blind;
pub(crate) mod breakers;
pub(crate) mod commit;
pub(crate) mod courier;
mod erasing;
mod export;
pub(crate) mod held;
pub(crate) mod keeper;
pub(crate) mod likeness;
pub(crate) mod mail;
pub(crate) mod market;
pub(crate) mod merging;
pub(crate) mod moment;
pub(crate) mod partner_letters;
pub(crate) mod pickup;
pub(crate) mod planning;
pub(crate) mod protect;
pub(crate) mod reader;
pub(crate) mod reading;
mod rejects;
pub(crate) mod relating;
pub(crate) mod replay;
pub(crate) mod runs;
pub(crate) mod schedule;
pub(crate) mod settling;
pub(crate) mod shown;
pub(crate) mod stated;
mod taking_in;
pub(crate) mod telling;
pub(crate) mod terms;
pub(crate) mod two_persons;
pub(crate) mod under_way;
pub(crate) mod way;
pub(crate) mod whole_file;
mod worked;

use crate::config::{Config, Retention, Route};
use crate::inbound::failed_sign_ins::FailedSignIns;
use crate::inbound::idempotency::RunningKeys;
use crate::inbound::intake::store_problem;
use crate::inbound::lists::CursorKey;
use crate::inbound::problem::Problem;
use crate::metrics::Metrics;
use crate::outbound::{Courier, Target};
use crate::tls::TlsFault;
use under_way::UnderWay;
use way::Ways;

/// How the house itself is called in the audit chain.
pub(crate) const HOUSE: &str = "homeward";

/// What the durable exchange works with under one configuration. Another configuration makes another of these, over the
/// same [`Lasting`]; whoever holds this one ends what it began under it.
pub(crate) struct Durable {
    lasting: Arc<Lasting>,
    pub(crate) config: Arc<Config>,
    pub(crate) ways: Ways,
    /// Anew with each configuration, as what it keeps between deliveries hangs on keys and certificates.
    pub(crate) courier: Courier,
    /// The targets of the ways, ready to be sent to.
    pub(crate) reached: HashMap<TargetKey, Arc<Target>>,
}

/// What stays whatever the configuration says.
pub(crate) struct Lasting {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) cursors: CursorKey,
    pub(crate) running: RunningKeys,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) alerts: alerts::Alerts,
    pub(crate) failed_sign_ins: FailedSignIns,
    /// What providers offer.
    pub(crate) market: market::shelf::Shelf,
    /// Searches for homes.
    pub(crate) referrals: market::referrals::Book,
    /// Held by whoever thinks about what is held of children.
    thinking: Mutex<()>,
    /// Held by whoever writes over FHIR, from looking at what is there until it has been read.
    pub(crate) stating: tokio::sync::Mutex<()>,
    /// What is being sent.
    pub(crate) under_way: UnderWay,
    /// Something waits to be read.
    to_read: Notify,
    /// Something waits to be sent.
    to_send: Notify,
    /// Something was read.
    was_read: Notify,
    /// Whether the disk has room for intake.
    room: AtomicBool,
    /// Nothing more is begun.
    stopping: AtomicBool,
}

impl std::fmt::Debug for Durable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Durable(..)")
    }
}

impl Deref for Durable {
    type Target = Lasting;

    fn deref(&self) -> &Lasting {
        &self.lasting
    }
}

impl Durable {
    /// The durable exchange of a configuration on a store.
    ///
    /// # Errors
    /// [`TlsFault`] of the first target whose certificates cannot be used.
    pub(crate) fn new(
        config: Arc<Config>,
        store: Arc<dyn Store>,
        metrics: Arc<Metrics>,
    ) -> Result<Arc<Self>, TlsFault> {
        let lasting = Arc::new(Lasting {
            cursors: CursorKey::new(&store.derive("homeward cursor")),
            running: RunningKeys::default(),
            alerts: alerts::Alerts::default(),
            failed_sign_ins: FailedSignIns::default(),
            market: market::shelf::Shelf::default(),
            referrals: market::referrals::Book::default(),
            thinking: Mutex::default(),
            stating: tokio::sync::Mutex::default(),
            under_way: UnderWay::default(),
            to_read: Notify::new(),
            to_send: Notify::new(),
            was_read: Notify::new(),
            room: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
            store,
            metrics,
        });
        Self::over(lasting, config)
    }

    /// The same exchange under another configuration.
    ///
    /// # Errors
    /// As [`Durable::new`].
    pub(crate) fn under(&self, config: Arc<Config>) -> Result<Arc<Self>, TlsFault> {
        Self::over(self.lasting.clone(), config)
    }

    fn over(lasting: Arc<Lasting>, config: Arc<Config>) -> Result<Arc<Self>, TlsFault> {
        let (ways, courier) = (Ways::of(&config), Courier::new());
        let ready = |way: &Arc<way::Way>| Ok((way.key.clone(), Arc::new(courier.target(&way.target)?)));
        let reached = ways.all().map(ready).collect::<Result<_, TlsFault>>()?;
        Ok(Arc::new(Self { lasting, config, ways, courier, reached }))
    }

    /// A route by its name.
    pub(crate) fn route(&self, name: &str) -> Option<Arc<Route>> {
        let known = self.ways.routes.iter().find(|route| route.name == name).cloned();
        known.or_else(|| self.route_of_fhir(name).map(Arc::new))
    }

    /// The names of the routes that a partner sends on.
    pub(crate) fn routes_of(&self, partner: &str) -> Vec<String> {
        let own = self.ways.routes.iter().filter(|route| route.from.partner == partner);
        own.map(|route| route.name.clone()).collect()
    }

    /// How long what is kept stands.
    pub(crate) fn retention(&self) -> Retention {
        self.config.store.as_ref().map_or_else(Retention::default, |store| store.retention.clone())
    }

    /// A line for the audit chain.
    pub(crate) fn line(
        &self,
        action: &'static str,
        actor: &str,
        at: Micros,
        tell: impl FnOnce(&mut AuditEntry),
    ) -> AuditEntry {
        let mut line = AuditEntry { at, actor: actor.to_owned(), action, ..AuditEntry::default() };
        tell(&mut line);
        line
    }

    /// Reads from the store, away from the threads that serve connections.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Store) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = self.store.clone();
        spawn_blocking(move || read(&*store)).await.map_err(|_| Problem::Internal)?.map_err(store_problem)
    }

    /// Looks at what is held, away from the threads that serve connections, while others may think: whoever looks makes
    /// sure afterwards that what protects a child is still the same.
    pub(crate) async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let shared = self.clone();
        spawn_blocking(move || look(&shared)).await.map_err(|_| Problem::Internal)
    }

    /// Thinks about what is held, away from the threads that serve connections, and while nobody else does.
    pub(crate) async fn think<T: Send + 'static>(
        self: &Arc<Self>,
        think: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let shared = self.clone();
        spawn_blocking(move || {
            let _thinking = shared.thinking.lock().unwrap_or_else(PoisonError::into_inner);
            think(&shared)
        })
        .await
        .map_err(|_| Problem::Internal)
    }

    /// A message.
    pub(crate) async fn message(&self, id: MessageId) -> Result<Option<Message>, Problem> {
        self.read(move |store| store.message(id)).await
    }

    /// A delivery, without its body.
    pub(crate) async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, Problem> {
        self.read(move |store| store.delivery(id, false)).await
    }

    /// The body of a message, piece by piece; the first is there already.
    pub(crate) fn body_pieces(
        &self,
        id: MessageId,
        first: Option<Vec<u8>>,
    ) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + use<> {
        let store = self.store.clone();
        stream::unfold((store, 0_u32, first), move |(store, number, piece)| async move {
            let piece = piece?;
            let next_store = store.clone();
            let next = spawn_blocking(move || next_store.body_chunk(id, number + 1)).await;
            let next = match next {
                Ok(Ok(next)) => next,
                // The length was promised: the connection ends where the bytes do.
                _ => return Some((Err(std::io::Error::other("the store failed")), (store, number + 1, None))),
            };
            Some((Ok(Bytes::from(piece)), (store, number + 1, next)))
        })
    }

    /// Something is there to be read.
    pub(crate) fn wake_reader(&self) {
        self.to_read.notify_one();
    }

    /// Something is there to be sent.
    pub(crate) fn wake_courier(&self) {
        self.to_send.notify_one();
    }

    /// Somebody may wait for what was read.
    pub(crate) fn tell_read(&self) {
        self.was_read.notify_waiters();
    }

    /// Waits until something is there to be read, or a time has passed.
    pub(crate) async fn anything_to_read(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.to_read.notified()).await;
    }

    /// Waits until something is there to be sent, or a time has passed.
    pub(crate) async fn anything_to_send(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.to_send.notified()).await;
    }

    /// Waits until a message has been read, for so long at most; the message as it then stands.
    pub(crate) async fn until_read(&self, id: MessageId, wait: Duration) -> Option<Message> {
        let until = Instant::now() + wait;
        loop {
            let told = self.was_read.notified();
            let message = self.message(id).await.ok()??;
            let waits = matches!(message.state, MessageState::Received | MessageState::Reading);
            if !waits || timeout_at(until, told).await.is_err() {
                return Some(message);
            }
        }
    }

    /// From now on nothing more is begun; what is under way ends.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.wake_reader();
        self.wake_courier();
    }

    /// Whether nothing more is to be begun.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Whether intake may begin.
    pub(crate) fn has_room(&self) -> bool {
        self.room.load(Ordering::Relaxed)
    }

    pub(crate) fn set_room(&self, room: bool) {
        self.room.store(room, Ordering::Relaxed);
    }
}
