//! NHS MESH as a transport: what it hears of us, call by call, and whole journeys through its sandbox.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod contract;
mod journeys;
mod sandbox;
mod setup;
