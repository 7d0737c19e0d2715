//! What the tables of a virtual school say, and what is told of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod attendance;
mod children;
mod plans;
mod support;
mod voices;
