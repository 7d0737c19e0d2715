//! Vacancies from outside: what documents say, what is told of them, and that they come back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod cells;
mod comes_back;
mod hsds;
mod json;
mod needs;
mod photos;
mod profile;
mod rows;
mod support;
#[path = "../trial/mod.rs"]
#[allow(dead_code, reason = "each of the tests that share it needs another part")]
mod trial;
