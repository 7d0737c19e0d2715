//! What is offered now, in memory: whoever looks has all of it as it stood at one moment, and nobody waits for a writer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use exchange::market::search::{Home, Market};
use schemas::identifier::ProviderUrn;
use schemas::record::Provider;
use schemas::said::Said;
use store::Micros;
use store::home::{HomeId, ProviderId};
use store::photo::PhotoId;

use super::photos::HeldPhoto;

/// A home with what the store knows it by.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: HomeId,
    /// Raised by every change; the ETag.
    pub(crate) version: u64,
    /// When it was changed last.
    pub(crate) at: Micros,
    pub(crate) home: Arc<Home>,
}

/// All that is offered, as it stood at one moment.
#[derive(Clone, Default)]
pub(crate) struct Snapshot {
    pub(crate) market: Market,
    entries: HashMap<HomeId, Entry>,
    ids: HashMap<(ProviderUrn, Box<str>), HomeId>,
    providers: HashMap<ProviderUrn, (ProviderId, u64)>,
    /// The photographs of each home that has some, by their names.
    photos: HashMap<HomeId, Vec<Arc<HeldPhoto>>>,
}

impl Snapshot {
    /// A home by its id.
    pub(crate) fn entry(&self, id: HomeId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// A home by its provider's own reference.
    pub(crate) fn entry_of(&self, urn: ProviderUrn, vacancy_id: &str) -> Option<&Entry> {
        self.entries.get(self.ids.get(&(urn, vacancy_id.into()))?)
    }

    /// The id of a home that was found.
    pub(crate) fn id_of(&self, home: &Home) -> Option<HomeId> {
        let Said::Is(vacancy_id) = &home.vacancy.vacancy_id else { return None };
        self.ids.get(&(home.urn, vacancy_id.clone())).copied()
    }

    /// All homes.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The id and version of a provider of whom something was said.
    pub(crate) fn provider(&self, urn: ProviderUrn) -> Option<(ProviderId, u64)> {
        self.providers.get(&urn).copied()
    }

    /// Every provider of whom something was said.
    pub(crate) fn providers(&self) -> impl Iterator<Item = (ProviderUrn, ProviderId)> {
        self.providers.iter().map(|(urn, (id, _))| (*urn, *id))
    }

    /// The photographs of a home, by their names.
    pub(crate) fn photos(&self, id: HomeId) -> &[Arc<HeldPhoto>] {
        self.photos.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Puts a photograph of a home, in the place of another of its name.
    pub(super) fn put_photo(&mut self, home: HomeId, photo: HeldPhoto) {
        let photos = self.photos.entry(home).or_default();
        photos.retain(|held| held.name != photo.name);
        photos.push(Arc::new(photo));
        photos.sort_unstable_by(|left, right| left.name.cmp(&right.name));
    }

    /// Forgets a photograph of a home, or all of them.
    pub(super) fn remove_photos(&mut self, home: HomeId, id: Option<PhotoId>) {
        if let Some(photos) = self.photos.get_mut(&home) {
            photos.retain(|held| id.is_some_and(|id| held.id != id));
        }
    }

    /// Puts a home; one without a reference is passed over.
    pub(super) fn put(&mut self, id: HomeId, version: u64, at: Micros, home: Home) {
        let Said::Is(vacancy_id) = home.vacancy.vacancy_id.clone() else { return };
        let urn = home.urn;
        self.market.put(home);
        if let Some(home) = self.market.home(urn, &vacancy_id) {
            self.entries.insert(id, Entry { id, version, at, home: home.clone() });
            self.ids.insert((urn, vacancy_id), id);
        }
    }

    /// Puts what is said of a provider.
    pub(super) fn put_provider(&mut self, id: ProviderId, version: u64, urn: ProviderUrn, said: Provider) {
        self.market.put_provider(urn, said);
        self.providers.insert(urn, (id, version));
    }
}

/// What stands, and who writes.
#[derive(Default)]
pub(crate) struct Shelf {
    standing: RwLock<Arc<Snapshot>>,
    /// Held while one snapshot is made of another.
    changing: Mutex<()>,
    /// By provider: held by whoever writes its homes.
    writers: Mutex<HashMap<ProviderUrn, Arc<Mutex<()>>>>,
}

impl Shelf {
    /// What stands now.
    pub(crate) fn standing(&self) -> Arc<Snapshot> {
        self.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does something as the only writer of these providers.
    pub(super) fn as_writer_of<T>(&self, mut providers: Vec<ProviderUrn>, write: impl FnOnce() -> T) -> T {
        // In one order, so that two who write the same ones do not wait for each other.
        providers.sort_unstable();
        providers.dedup();
        let locks: Vec<Arc<Mutex<()>>> = {
            let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
            providers.iter().map(|urn| writers.entry(*urn).or_default().clone()).collect()
        };
        let _held: Vec<_> = locks.iter().map(|lock| lock.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        write()
    }

    /// Shows what is read from the store. It is read while nobody shows anything else: what was kept before is in it, and
    /// what is kept later is shown later.
    pub(super) fn load<F>(&self, read: impl FnOnce() -> Result<Snapshot, F>) -> Result<(), F> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let next = read()?;
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    /// Makes another snapshot of what stands, and shows it: all of it at once.
    pub(super) fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = (*self.standing()).clone();
        change(&mut next);
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }
}
