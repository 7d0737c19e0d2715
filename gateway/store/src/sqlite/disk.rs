//! What the disk has left.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::StoreFault;

/// How long an answer of the file system is good.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// The room of the disk that a store is on.
pub(super) struct Room {
    folder: PathBuf,
    free_bytes_min: u64,
    looked: Option<(Instant, bool)>,
}

impl Room {
    /// Below `free_bytes_min` nothing more comes in.
    pub(super) fn new(folder: PathBuf, free_bytes_min: u64) -> Self {
        Self { folder, free_bytes_min, looked: None }
    }

    /// From the next look on this is the least.
    pub(super) fn want(&mut self, free_bytes_min: u64) {
        self.free_bytes_min = free_bytes_min;
        self.looked = None;
    }

    /// Asks the file system, unless it was asked just now.
    pub(super) fn look(&mut self) {
        if self.looked.is_some_and(|(when, _)| when.elapsed() < LOOK_AGAIN_AFTER) {
            return;
        }
        // A file system that does not say is not in the way: a full one is told by the write itself.
        let enough = self.free_bytes_min == 0
            || fs4::available_space(&self.folder).map_or(true, |free| free >= self.free_bytes_min);
        self.looked = Some((Instant::now(), enough));
    }

    /// Refuses what comes in when there is no room for it.
    pub(super) fn ask(&self) -> Result<(), StoreFault> {
        match self.looked {
            Some((_, false)) => Err(StoreFault::Full),
            _ => Ok(()),
        }
    }
}
