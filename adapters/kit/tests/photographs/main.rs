//! Photographs at the door: the picture comes through, and nothing that stands beside it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod hostile;
mod jpeg;
mod made;
mod png;
