//! What thinking promises: who is carried, what is let out, and the same bytes whoever works.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
// Counts of the matrix are blessed into a file; the crate itself touches none.
#![allow(clippy::disallowed_methods)]

mod carried;
mod cases;
mod children;
mod holdings;
mod made;
mod market_register;
mod matrix;
mod narrow;
mod passages;
mod pipeline;
mod precisions;
mod restricted;
mod school_beliefs;
mod statistics;
mod voices;
mod wholes;
