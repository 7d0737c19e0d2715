//! Places for work that is done at once, whose number may change while some are taken.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::Semaphore;

/// So many places, shared by the configurations that follow each other.
pub(crate) struct Places {
    places: Arc<Semaphore>,
    most: usize,
}

impl Deref for Places {
    type Target = Arc<Semaphore>;

    fn deref(&self) -> &Arc<Semaphore> {
        &self.places
    }
}

impl Places {
    /// So many places, all of them free.
    pub(crate) fn new(most: u64) -> Self {
        let most = permits(most);
        Self { places: Arc::new(Semaphore::new(most)), most }
    }

    /// The same places, more or fewer of them. What is to go while it is taken goes when it becomes free, and nobody
    /// takes it before. Called on the runtime.
    pub(crate) fn of(&self, most: u64) -> Self {
        let most = permits(most);
        if let Some(more) = most.checked_sub(self.most) {
            self.places.add_permits(more);
        } else {
            let (places, mut fewer) = (self.places.clone(), self.most - most);
            fewer -= places.forget_permits(fewer);
            if let Ok(fewer @ 1..) = u32::try_from(fewer) {
                tokio::spawn(async move {
                    if let Ok(gone) = places.acquire_many(fewer).await {
                        gone.forget();
                    }
                });
            }
        }
        Self { places: self.places.clone(), most }
    }
}

/// The most that a semaphore counts and takes at once.
fn permits(most: u64) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX).min(u32::MAX as usize).min(Semaphore::MAX_PERMITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_that_are_to_go_are_not_taken_again() {
        let places = Places::new(3);
        let taken = [places.clone().try_acquire_owned().unwrap(), places.clone().try_acquire_owned().unwrap()];
        let fewer = places.of(1);
        tokio::task::yield_now().await;
        assert!(fewer.clone().try_acquire_owned().is_err(), "both that are left are taken");
        let [first, second] = taken;
        drop(first);
        assert!(fewer.clone().try_acquire_owned().is_err(), "the first that becomes free goes");
        drop(second);
        let only = fewer.clone().try_acquire_owned().unwrap();
        assert!(fewer.clone().try_acquire_owned().is_err());
        drop(only);
        let more = fewer.of(2);
        let _both = [more.clone().try_acquire_owned().unwrap(), more.clone().try_acquire_owned().unwrap()];
        assert!(more.clone().try_acquire_owned().is_err());
    }
}
