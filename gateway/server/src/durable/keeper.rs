//! The keeper: what is due is purged, the head of the audit chain is anchored elsewhere, sign-ins that failed are told to
//! the chain, disks and queues are counted.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use exchange::view::View;
use store::loaded::LoadedView;
use store::{Batch, Census, Micros, Retention as Due};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::alerts::Kind;
use super::commit::{kept, kept_blocking};
use super::moment::{days_before, now};
use super::{Durable, HOUSE};
use crate::config::Partner;
use crate::standing::Current;

/// Between two looks at disk and queues.
const LOOK: Duration = Duration::from_secs(5);

/// Counting what is held rests so many times as long as it took: it costs a hundredth of one processor at most, however
/// much is held.
const COUNTING_RESTS_TIMES: u32 = 100;

/// Between two rounds of purging, and how much one commit takes.
const PURGE: Duration = Duration::from_secs(3_600);
const PURGE_LOT: usize = 500;

/// Between two looks at what goes on until somebody mends it: certificates near their end, a disk that fills.
const WATCH: Duration = Duration::from_secs(600);

/// The disk is nearly full below so many times the room that intake needs.
const ROOM_TIMES: u64 = 2;

/// Between two tellings of sign-ins that failed.
const SIGN_INS: Duration = Duration::from_secs(60);

/// Between two lots of data keys that are wrapped anew.
const REWRAP: Duration = Duration::from_secs(1);

/// Children who are noted at once by the ids of their resources, of those who are not.
const INDEX_LOT: usize = 100;

/// Keeps house until it is dropped, by the settings of the moment.
pub(crate) async fn keep_house(current: Current) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut purge_at, mut anchored_at) = (Instant::now(), Instant::now());
    let (mut rewrap_at, mut watch_at) = (Instant::now(), Instant::now());
    let mut sign_ins_at = Instant::now() + SIGN_INS;
    let mut before: Option<Arc<Durable>> = None;
    let mut counted = Counted { census: None, again_at: Instant::now() };
    loop {
        looks.tick().await;
        let Some(durable) = current.durable() else { return };
        if before.replace(durable.clone()).is_none_or(|before| !Arc::ptr_eq(&before, &durable)) {
            // The keys may be others.
            rewrap_at = Instant::now();
        }
        index(&durable).await;
        let nearly_full = look(&durable, &mut counted).await;
        if Instant::now() >= watch_at {
            watch_at = Instant::now() + WATCH;
            durable.look_at_certificates().await;
            if nearly_full {
                durable.raise(Kind::StoreFull, "store".to_owned()).await;
            }
        }
        if Instant::now() >= purge_at {
            purge(&durable).await;
            purge_at = Instant::now() + PURGE;
        }
        if anchored_at.elapsed() >= anchor_every(&durable) {
            anchor(&durable).await;
            anchored_at = Instant::now();
        }
        if Instant::now() >= sign_ins_at {
            sign_ins_at = Instant::now() + SIGN_INS;
            tell_failed_sign_ins(&durable).await;
        }
        if Instant::now() >= rewrap_at {
            let left = rewrap(&durable).await;
            rewrap_at = Instant::now() + if left > 0 { REWRAP } else { PURGE };
        }
    }
}

fn anchor_every(durable: &Durable) -> Duration {
    let minutes = durable.config.store.as_ref().map_or(60, |store| store.anchor_every_minutes);
    Duration::from_secs(minutes * 60)
}

/// What is held, as it was last counted.
struct Counted {
    /// `None` when it could not be counted.
    census: Option<Arc<Census>>,
    again_at: Instant,
}

impl Counted {
    async fn look(&mut self, durable: &Durable) {
        let began = Instant::now();
        if began < self.again_at {
            return;
        }
        self.census = durable.read(|store| store.census()).await.ok().map(Arc::new);
        self.again_at = Instant::now() + began.elapsed() * COUNTING_RESTS_TIMES;
    }
}

/// Counts, for metrics and readiness; and whether there is room for intake. Whether the disk is nearly full.
async fn look(durable: &Arc<Durable>, counted: &mut Counted) -> bool {
    counted.look(durable).await;
    let touched = kept(|done| durable.store.touch(now(), done)).await;
    let Ok(free) = durable.read(|store| Ok(store.disk_free_bytes())).await else { return false };
    let least = durable.config.store.as_ref().map_or(0, |store| store.disk_free_bytes_min);
    let room_for = |bytes: u64| free.is_none_or(|free| free >= bytes);
    durable.set_room(room_for(least));
    durable.metrics.disk(room_for(least), free);
    durable.metrics.store(counted.census.clone(), touched.is_ok());
    !room_for(least.saturating_mul(ROOM_TIMES))
}

/// Notes by which resources children are found of whom that is not noted: those who were held before it was.
async fn index(durable: &Arc<Durable>) {
    let mut after = None;
    loop {
        match durable.think(move |durable| durable.index_earlier(after, INDEX_LOT)).await {
            Ok(Ok(Some(last))) => after = Some(last),
            Ok(Ok(None)) | Err(_) => break,
            Ok(Err(fault)) => {
                tracing::error!(%fault, "children could not be noted by their resources");
                break;
            }
        }
    }
}

/// Purges everything that is due, lot by lot.
async fn purge(durable: &Arc<Durable>) {
    let (retention, at) = (durable.retention(), now());
    let due = Due {
        content_before: days_before(at, retention.content_days),
        quarantine_before: days_before(at, retention.quarantine_days),
        report_before: days_before(at, retention.report_days),
        delivery_before: days_before(at, retention.delivery_days),
        audit_before: days_before(at, retention.audit_days),
        keys_before: at,
    };
    let mut purged = 0;
    loop {
        match kept(|done| durable.store.purge(&due, at, PURGE_LOT, done)).await {
            Ok(0) => break,
            Ok(count) => purged += count,
            Err(fault) => {
                tracing::error!(%fault, "the store could not be purged");
                break;
            }
        }
    }
    if purged > 0 {
        tracing::info!(purged, "what was due was purged");
    }
    forget_referrals(durable, retention.delivery_days).await;
    end_records(durable, retention.record_days_after_eligibility_end).await;
}

/// Forgets searches for homes that ended long enough ago.
async fn forget_referrals(durable: &Arc<Durable>, days: u64) {
    loop {
        match durable.think(move |durable| durable.forget_referrals(days)).await {
            Ok(Ok(0)) => break,
            Ok(Ok(forgotten)) => tracing::info!(forgotten, "searches for homes that ended were forgotten"),
            _ => {
                tracing::error!("searches for homes that ended could not be forgotten");
                break;
            }
        }
    }
}

/// Asks for a person's word about each child to whom nothing is owed any more, and erases those about whom it was given
/// and the days have passed.
async fn end_records(durable: &Arc<Durable>, days: u64) {
    let mut after = None;
    loop {
        let lot = durable.think(move |durable| durable.to_hand_over(after)).await;
        let Ok(Ok(lot)) = lot else { break };
        let Some(last) = lot.last().copied() else { break };
        after = Some(last);
        for id in lot {
            durable.raise(Kind::HandOver, format!("subject:{id}")).await;
        }
    }
    loop {
        match durable.think(move |durable| durable.purge_records(days)).await {
            Ok(Ok(0)) => break,
            Ok(Ok(erased)) => tracing::info!(erased, "records were erased after the end of eligibility"),
            _ => {
                tracing::error!("records could not be erased");
                break;
            }
        }
    }
}

/// Writes the head of the audit chain outside the store, so that a store that was cut or rewritten shows.
pub(crate) async fn anchor(durable: &Arc<Durable>) {
    let Some(file) = durable.config.store.as_ref().and_then(|store| store.anchor_file.clone()) else { return };
    let at = now();
    let written = durable
        .read(move |store| {
            let (seq, hash) = store.audit_head()?;
            store::anchors::append_anchor(&file, seq, hash, at)
                .map_err(|error| store::StoreFault::Failed(error.kind().to_string()))
        })
        .await;
    if written.is_err() {
        tracing::error!("the audit anchor could not be written");
    }
}

/// Tells the audit chain how many sign-ins failed since it was last told: a line for what was shown and of whom it would
/// have been.
pub(crate) async fn tell_failed_sign_ins(durable: &Durable) {
    let counts = durable.failed_sign_ins.take();
    if counts.is_empty() {
        return;
    }
    let at = now();
    let lines = counts.iter().map(|((shown, whose), count)| {
        durable.line("sign-in-failure", HOUSE, at, |line| {
            line.by = Some(shown.words());
            line.object.clone_from(whose);
            line.statements = vec![("failures", *count)];
            line.outcome = Some("refused".to_owned());
        })
    });
    let batch = Batch { audit: lines.collect(), ..Batch::default() };
    if !matches!(kept(|done| durable.store.keep(batch, done)).await, Ok(Ok(_))) {
        tracing::error!("sign-ins that failed could not be told to the audit chain");
        durable.failed_sign_ins.give_back(counts);
    }
}

async fn rewrap(durable: &Arc<Durable>) -> u64 {
    kept(|done| durable.store.rewrap(PURGE_LOT, done)).await.unwrap_or_else(|fault| {
        tracing::error!(%fault, "data keys could not be wrapped anew");
        0
    })
}

/// Tells the audit chain under which configuration the gateway runs from now on.
/// `by` says what made it load: the start, a signal, a request, or a file that changed.
pub(crate) fn tell_configuration(durable: &Durable, by: &str) {
    let line = durable.line("configure", HOUSE, now(), |line| {
        line.by = Some(by.to_owned());
        line.object = Some(format!("configuration:{}", durable.config.digest));
        line.basis = named_files(durable);
    });
    let loaded_views = Some(loaded_views(durable, line.at));
    let batch = Batch { audit: vec![line], loaded_views, ..Batch::default() };
    if !matches!(kept_blocking(|done| durable.store.keep(batch, done)), Ok(Ok(_))) {
        tracing::error!("the load of the configuration could not be told to the audit chain");
    }
}

/// What each partner may see by it, so that the next change can be shown beside it (`homeward partner show --diff`).
fn loaded_views(durable: &Durable, loaded_at: Micros) -> Vec<LoadedView> {
    let config = &durable.config;
    let partners = config.partners.iter().filter(|partner| partner.person.is_none());
    let seen = partners.filter_map(|partner| Some((partner, config.views.get(&partner.view)?)));
    let loaded = |(partner, view): (&Partner, Arc<View>)| LoadedView {
        partner: partner.name.clone(),
        view: view.digest().to_owned(),
        cells: view.cells_let_out().map(|(of, field, word)| format!("{of}.{field}={word}\n")).collect(),
        loaded_at,
    };
    seen.map(loaded).collect()
}

/// What each file held that the configuration names. Of a secret the digest is keyed: a plain one of a short secret
/// could be guessed by whoever reads the chain.
fn named_files(durable: &Durable) -> Option<String> {
    let files = &durable.config.origin.as_ref()?.files.0;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &durable.store.derive("homeward configuration"));
    let told = files.iter().filter_map(|file| {
        let sha256 = file.sha256?;
        Some(if file.is_secret() {
            format!("{}=hmac-sha256:{}", file.key, hex::encode(hmac::sign(&key, &sha256)))
        } else {
            format!("{}=sha256:{}", file.key, hex::encode(sha256))
        })
    });
    Some(told.collect::<Vec<_>>().join(" "))
}
