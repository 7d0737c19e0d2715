//! The reader's round: a message is leased, its document opened, read while nobody else thinks, and settled.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use kit::document::Document;
use store::message::{LeasedMessage, Message, MessageState};
use store::{Refused, StoreFault};

use super::Durable;
use super::commit::kept;
use super::moment::now;
use super::reading::{Read, Why};
use crate::inbound::body::{BytesMax, read_document};
use crate::inbound::media::body_kind;
use crate::inbound::problem::Problem;
use crate::standing::Current;

/// Between two rounds when nothing calls for one.
const ROUND: Duration = Duration::from_secs(2);

/// How often a reading is thought again because something changed meanwhile, before another round takes it.
const AGAIN_MAX: u32 = 8;

/// Crashes after which a message is read while nothing else is at work: one more would quarantine it, and it is not to
/// answer for what something else did.
const CRASHES_TRUSTED_MAX: u32 = 1;

/// Leases the first message before anything else is at work. One that was being read when earlier processes ended is
/// read here and now, alone; any other is left to [`read_on`].
pub(crate) async fn read_suspect(durable: &Arc<Durable>) -> Option<LeasedMessage> {
    let leased = kept(|done| durable.store.lease_messages(1, now(), done)).await.ok()?.pop()?;
    if leased.crashes <= CRASHES_TRUSTED_MAX {
        return Some(leased);
    }
    read_one(durable, leased).await;
    None
}

/// Reads what comes, each message under the configuration of the moment, until nothing more is to be begun. One lease
/// takes one message, so that a crash is counted against none that waited behind it.
pub(crate) async fn read_on(current: Current, first: Option<LeasedMessage>) {
    if let (Some(first), Some(durable)) = (first, current.durable()) {
        read_one(&durable, first).await;
    }
    while let Some(durable) = current.durable().filter(|durable| !durable.is_stopping()) {
        let leased = kept(|done| durable.store.lease_messages(1, now(), done)).await;
        match leased.map(|mut leased| leased.pop()) {
            Ok(Some(leased)) => read_one(&durable, leased).await,
            Ok(None) => durable.anything_to_read(ROUND).await,
            Err(StoreFault::Closed) => return,
            Err(fault) => {
                tracing::error!(%fault, "messages could not be leased");
                tokio::time::sleep(ROUND).await;
            }
        }
    }
}

impl Durable {
    /// Reads a message and settles it; the state that it is in then.
    fn read_and_settle(
        &self,
        leased: &LeasedMessage,
        document: Result<&Document, Why>,
    ) -> Result<Result<MessageState, Refused>, StoreFault> {
        let Read { settlement, offered, noticed } = self.read_message(leased, document)?;
        let (state, raised) = (settlement.state, super::protect::raised(&settlement.batch));
        let offers = !settlement.batch.homes.is_empty() || !settlement.batch.providers.is_empty();
        let notices = !settlement.batch.referrals.is_empty();
        let settled = super::commit::kept_blocking(|done| self.store.settle_message(settlement, done));
        match &settled {
            Ok(Ok(_)) => {
                self.under_way.call_back(&raised);
                self.show_offered(offered);
                self.show_noticed(noticed);
            }
            // Another wrote a home of it, or nobody knows whether it is kept: what the store has is what stands.
            _ if offers || notices => {
                self.load_market()?;
                self.load_referrals()?;
            }
            _ => {}
        }
        Ok(settled?.map(|_| state))
    }
}

async fn read_one(durable: &Arc<Durable>, leased: LeasedMessage) {
    let document = Arc::new(open_document(durable, &leased.message).await);
    let (id, route, partner) = (leased.message.id, leased.message.route.clone(), leased.message.partner.clone());
    let leased = Arc::new(leased);
    let mut tries = 0;
    while tries < AGAIN_MAX {
        let (shared, opened) = (leased.clone(), document.clone());
        // Thought and settled while nobody else thinks: what was seen is what is there.
        let settled = durable
            .think(move |durable| {
                let document = (*opened).as_ref().map_err(|why| *why);
                durable.as_writer_for(&shared.message.partner, || durable.read_and_settle(&shared, document))
            })
            .await;
        match settled {
            Ok(Ok(Ok(state))) => {
                tracing::info!(message_id = %id, %route, %partner, state = state.word(), "a message was read");
                durable.metrics.read(state.word());
                durable.tell_read();
                durable.wake_courier();
                return;
            }
            Ok(Ok(Err(Refused::Clash))) => tries += 1,
            Ok(Ok(Err(refused))) => {
                tracing::warn!(message_id = %id, ?refused, "a reading was not taken");
                return;
            }
            Ok(Err(StoreFault::Closed)) => return,
            Ok(Err(fault)) => {
                tracing::error!(message_id = %id, %fault, "a message could not be read");
                // A full disk is no fault of the message: it waits for room, and so does all that stands behind it.
                if !matches!(fault, StoreFault::Full) {
                    tries += 1;
                } else if durable.is_stopping() {
                    return;
                }
                tokio::time::sleep(ROUND).await;
            }
            Err(_) => {
                // It panicked: our fault, and the same document would do it again.
                tracing::error!(message_id = %id, "reading a message panicked");
                give_up(durable, &leased).await;
                return;
            }
        }
    }
    give_up(durable, &leased).await;
}

/// Quarantines what cannot be read for a reason of ours; while even that fails, nothing behind it is read.
async fn give_up(durable: &Arc<Durable>, leased: &Arc<LeasedMessage>) {
    loop {
        let shared = leased.clone();
        let quarantined = durable
            .think(move |durable| {
                let settlement = durable.read_message(&shared, Err("our-fault"))?.settlement;
                super::commit::kept_blocking(|done| durable.store.settle_message(settlement, done))
            })
            .await;
        match quarantined {
            Ok(Ok(_)) => break,
            Ok(Err(StoreFault::Closed)) => return,
            _ => tracing::error!(message_id = %leased.message.id, "a message could not be quarantined"),
        }
        tokio::time::sleep(ROUND).await;
    }
    durable.tell_read();
}

/// Opens the document of a message as its body was opened when it came by request.
///
/// # Errors
/// Why it cannot be opened, in a word.
pub(crate) async fn open_document(durable: &Arc<Durable>, message: &Message) -> Result<Document, Why> {
    let route = durable.route(&message.route).ok_or("route-gone")?;
    let mut headers = HeaderMap::new();
    let media_type = message.media_type.as_deref().unwrap_or("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(media_type).map_err(|_| "media-type")?);
    let kind = body_kind(&headers, route.from.format.get().media_types).map_err(|_| "media-type")?;
    let id = message.id;
    let first = durable.read(move |store| store.body_chunk(id, 0)).await.map_err(|_| "content-gone")?;
    if first.is_none() && message.bytes > 0 {
        return Err("content-gone");
    }
    let body = Body::from_stream(durable.body_pieces(id, first));
    let limits = &durable.config.limits;
    let most = BytesMax { bytes: limits.message_bytes_max, limit: "message_bytes_max" };
    read_document(&headers, body, &kind, limits, most).await.map_err(|problem| match problem {
        Problem::TooLarge { limit } => limit,
        _ => "undecodable",
    })
}
