//! Waiting for the store: its answers come from its own thread, to tasks that must not block and to threads that may.

use std::sync::mpsc;

use store::{Done, StoreFault};
use tokio::sync::oneshot;

/// Asks the store from a task.
///
/// # Errors
/// What the store says; [`StoreFault::Closed`] when it went away without an answer.
pub(crate) async fn kept<T: Send + 'static>(ask: impl FnOnce(Done<T>)) -> Result<T, StoreFault> {
    let (send, receive) = oneshot::channel();
    ask(Box::new(move |outcome| {
        // Nobody waits any more: what was kept stands all the same.
        let _ = send.send(outcome);
    }));
    receive.await.unwrap_or(Err(StoreFault::Closed))
}

/// Asks the store from a thread that may block.
///
/// # Errors
/// As [`kept`].
pub(crate) fn kept_blocking<T: Send + 'static>(ask: impl FnOnce(Done<T>)) -> Result<T, StoreFault> {
    let (send, receive) = mpsc::sync_channel(1);
    ask(Box::new(move |outcome| {
        let _ = send.send(outcome);
    }));
    receive.recv().unwrap_or(Err(StoreFault::Closed))
}
