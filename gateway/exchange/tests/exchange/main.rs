//! What thinking promises: who is carried, what is let out, and the same bytes whoever works.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod carried;
mod made;
mod matrix;
mod pipeline;
mod precisions;
mod restricted;
mod statistics;
