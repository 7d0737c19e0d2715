//! Looking at all that is offered again: at the start, when a day has gone by, and under another configuration.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use exchange::market::search::Home;
use exchange::market::vacancy::{Actor, may_become};
use schemas::code::VacancyStatus;
use schemas::date::{Date, DateTime};
use schemas::identifier::ProviderUrn;
use schemas::record::{Statement, Vacancy};
use schemas::said::Said;
use store::home::{HomeId, Offered as Held};
use store::{Micros, StoreFault};
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::around::Terms;
use super::body;
use super::offering::{NewHome, Offered, ToKeep};
use super::photos::HeldPhoto;
use super::shelf::Snapshot;
use crate::config::Config;
use crate::durable::moment::{day_in, now, rfc3339};
use crate::durable::{Durable, HOUSE};
use crate::standing::Current;

/// Homes that are read from the store at once.
const PAGE_HOMES: usize = 1_000;

/// Homes of one provider that one commit expires.
const LOT_HOMES: usize = 500;

/// Between two looks for what is too old: a day begins for everybody within these.
const LOOK: Duration = Duration::from_secs(300);

/// A moment of the store as records have it.
pub(super) fn date_time(at: Micros) -> Option<DateTime> {
    DateTime::read(rfc3339(at).as_bytes())
}

/// A home under the terms of a configuration.
pub(super) fn home_of(config: &Config, urn: ProviderUrn, vacancy: Vacancy, at: Micros) -> Option<Home> {
    let today = day_in(&config.timezone, now());
    let Terms { freshness, is_registered } = Terms::of(config, urn, &vacancy, today);
    Some(Home { urn, vacancy, is_registered, freshness, updated_at: date_time(at)? })
}

impl Durable {
    /// Reads all that is offered from the store.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn load_market(&self) -> Result<(), StoreFault> {
        self.market.load(|| self.read_market())
    }

    /// What was said of a home before, newest first: the version, when it was said, and the home as it stood.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn home_history(&self, id: HomeId) -> Result<Vec<(u64, Micros, Home)>, StoreFault> {
        let mut history = Vec::new();
        for held in self.store.home_versions(id)? {
            if let (urn, Statement::Vacancy(vacancy)) = body::read(&held.body)?
                && let Some(home) = home_of(&self.config, urn, vacancy, held.at)
            {
                history.push((held.version, held.at, home));
            }
        }
        Ok(history)
    }

    fn read_market(&self) -> Result<Snapshot, StoreFault> {
        let mut loaded = Snapshot::default();
        each(
            |after| self.store.providers(after, PAGE_HOMES),
            |held| {
                if let (urn, Statement::Provider(said)) = body::read(&held.body)? {
                    loaded.put_provider(held.id, held.version, urn, said);
                }
                Ok(())
            },
        )?;
        each(
            |after| self.store.homes(after, PAGE_HOMES),
            |held| {
                if let (urn, Statement::Vacancy(vacancy)) = body::read(&held.body)?
                    && let Some(home) = home_of(&self.config, urn, vacancy, held.at)
                {
                    loaded.put(held.id, held.version, held.at, home);
                }
                Ok(())
            },
        )?;
        let mut after = None;
        loop {
            let held = self.store.photos(after, PAGE_HOMES)?;
            let Some(last) = held.last() else { return Ok(loaded) };
            after = Some(last.id);
            for photo in held {
                loaded.put_photo(photo.home, HeldPhoto::read(photo.id, &photo.about)?);
            }
        }
    }

    /// Puts every home under the terms of the configuration, and expires what is too old on that day.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn review_market(&self) -> Result<(), StoreFault> {
        let today = day_in(&self.config.timezone, now());
        self.renew_terms(today);
        let mut due: BTreeMap<ProviderUrn, Vec<HomeId>> = BTreeMap::new();
        for entry in self.market.standing().entries().filter(|entry| is_due(&entry.home, today)) {
            due.entry(entry.home.urn).or_default().push(entry.id);
        }
        for (urn, ids) in due {
            for lot in ids.chunks(LOT_HOMES) {
                self.market.as_writer_of(vec![urn], || self.expire(lot, today))?;
            }
        }
        Ok(())
    }

    fn renew_terms(&self, today: Date) {
        let differs = |home: &Home| {
            let terms = Terms::of(&self.config, home.urn, &home.vacancy, today);
            terms != Terms { freshness: home.freshness, is_registered: home.is_registered }
        };
        if !self.market.standing().entries().any(|entry| differs(&entry.home)) {
            return;
        }
        self.market.change(|standing| {
            let others: Vec<_> = standing.entries().filter(|entry| differs(&entry.home)).cloned().collect();
            for entry in others {
                let Terms { freshness, is_registered } =
                    Terms::of(&self.config, entry.home.urn, &entry.home.vacancy, today);
                let home = Home { freshness, is_registered, ..(*entry.home).clone() };
                standing.put(entry.id, entry.version, entry.at, home);
            }
        });
    }

    /// Expires homes of one provider, as its writer: what was written meanwhile is looked at again.
    fn expire(&self, ids: &[HomeId], today: Date) -> Result<(), StoreFault> {
        let standing = self.market.standing();
        let entries = ids.iter().filter_map(|id| standing.entry(*id)).filter(|entry| is_due(&entry.home, today));
        let homes: Vec<NewHome> = entries
            .map(|entry| {
                let vacancy = Vacancy { status: Said::Is(VacancyStatus::Expired), ..entry.home.vacancy.clone() };
                NewHome { id: entry.id, seen: entry.version, urn: entry.home.urn, vacancy }
            })
            .collect();
        if homes.is_empty() {
            return Ok(());
        }
        let at = now();
        let line = self.line("expire-homes", HOUSE, at, |line| line.outcome = Some(format!("expired={}", homes.len())));
        let offered = Offered { homes, providers: Vec::new(), at };
        let keep = ToKeep { offered, cause: "review".to_owned(), line };
        if self.keep_offered(keep, None)?.is_err() {
            // Somebody else wrote it: the next look sees what they wrote.
            self.load_market()?;
        }
        Ok(())
    }
}

/// Whether a home is to expire.
fn is_due(home: &Home, today: Date) -> bool {
    let Said::Is(status) = home.vacancy.status else { return false };
    if status == VacancyStatus::Expired || !may_become(Some(status), VacancyStatus::Expired, Actor::Gateway) {
        return false;
    }
    let as_at = home.vacancy.as_at.is().and_then(DateTime::date);
    let until = home.vacancy.more.as_ref().and_then(|more| more.available.as_ref().is()?.until.is());
    home.freshness.is_expired(as_at, until, today)
}

/// Reads page by page.
fn each(
    page: impl Fn(Option<HomeId>) -> Result<Vec<Held>, StoreFault>,
    mut take: impl FnMut(&Held) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let mut after = None;
    loop {
        let held = page(after)?;
        let Some(last) = held.last() else { return Ok(()) };
        after = Some(last.id);
        held.iter().try_for_each(&mut take)?;
    }
}

/// Looks for what is too old, and reminds of what soon will be, until the gateway ends, by the configuration of the moment
/// and anew when that changes.
pub(crate) async fn review(mut current: Current) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            is_another = current.changed() => if !is_another { return },
        }
        let Some(durable) = current.durable() else { return };
        review_once(&durable).await;
        durable.look_at_ratings().await;
        durable.remind_agencies().await;
    }
}

/// Looks once, away from the threads that serve connections.
async fn review_once(durable: &Arc<Durable>) {
    let shared = durable.clone();
    match spawn_blocking(move || shared.review_market()).await {
        Ok(Ok(()) | Err(StoreFault::Closed)) => {}
        Ok(Err(fault)) => tracing::error!(%fault, "homes that are offered could not be looked at"),
        Err(_) => tracing::error!("looking at homes that are offered panicked"),
    }
}
