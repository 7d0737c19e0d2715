//! Deliveries under way, and how they are called back: a lease says that a delivery may go, and a restriction that comes
//! between the lease and the last byte must be able to stop it.
//!
//! A lease and the entry of what it gave are one step for whoever calls back. So after the commit of a restriction there
//! are only two kinds of deliveries: those that stand here, and those whose lease will see the restriction.

use std::collections::HashMap;
use std::sync::{Arc, mpsc};

use store::delivery::{Delivery, DeliveryId};
use store::subject::SubjectId;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// Dropped when the delivery that was called back does nothing any more.
pub(crate) type Stopped = mpsc::Sender<()>;

/// Deliveries under way.
#[derive(Default)]
pub(crate) struct UnderWay {
    entries: Arc<Mutex<HashMap<DeliveryId, Entry>>>,
}

struct Entry {
    subjects: Vec<SubjectId>,
    call_back: oneshot::Sender<Stopped>,
}

/// The right to lease: nobody calls back until what was leased is entered.
pub(crate) struct Leasing(OwnedMutexGuard<HashMap<DeliveryId, Entry>>);

impl Leasing {
    /// Enters what was leased; the answer hears when it is called back.
    pub(crate) fn enter(&mut self, delivery: &Delivery) -> oneshot::Receiver<Stopped> {
        let (call_back, called_back) = oneshot::channel();
        let subjects = delivery.planned.subjects.iter().map(|subject| subject.id).collect();
        self.0.insert(delivery.planned.id, Entry { subjects, call_back });
        called_back
    }
}

impl UnderWay {
    /// Asks for the right to lease.
    pub(crate) async fn leasing(&self) -> Leasing {
        Leasing(self.entries.clone().lock_owned().await)
    }

    /// It is settled.
    pub(crate) async fn ended(&self, id: DeliveryId) {
        self.entries.lock().await.remove(&id);
    }

    /// Calls back all that names one of these children, and waits until nothing of it is being sent. To be called from
    /// a thread that may block.
    pub(crate) fn call_back(&self, children: &[SubjectId]) {
        let (stopped, all_stopped) = mpsc::channel();
        let mut entries = self.entries.blocking_lock();
        let concerned: Vec<DeliveryId> = entries
            .iter()
            .filter(|(_, entry)| entry.subjects.iter().any(|subject| children.contains(subject)))
            .map(|(id, _)| *id)
            .collect();
        for entry in concerned.iter().filter_map(|id| entries.remove(id)) {
            // Whoever is over already does nothing any more.
            let _ = entry.call_back.send(stopped.clone());
        }
        drop(entries);
        drop(stopped);
        // Ends when the last of them has dropped its sender: nobody ever says anything.
        let _ = all_stopped.recv();
    }
}
