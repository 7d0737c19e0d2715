//! The place market: a search finds what a scan finds, in the same order, and says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod candidate;
mod invented;
mod question;
mod referral;
mod search;
mod submission;
mod vacancy;
