//! Lists from outside: what documents of notices, returns, censuses and of the national standard say, what is told of them, and that they come back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod census;
mod comes_back;
mod notices;
mod returns;
mod standard;
mod support;
mod together;
#[path = "../trial/mod.rs"]
#[allow(dead_code, reason = "each of the tests that share it needs another part")]
mod trial;
