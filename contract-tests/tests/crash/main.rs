//! What was acknowledged arrives, once, and only where it may: over kill -9, restrictions and partners that fail.
//!
//! The program runs as it is built, with a store on a real disk; recipients are ours and write down all that comes.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells"
)]

mod children;
mod client;
mod faults;
mod homes;
mod house;
mod kills;
mod machine;
mod recipient;
mod restricted;
mod stable;
