//! What thinks: who may see what of whom, and the one pipeline from a document to a recipient's format.
//!
//! Pure: no file, no network, no clock, no environment. Threads are borrowed for the length of one call.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod anchor;
pub mod ask;
pub mod carried;
mod case;
pub mod children;
pub mod delta;
pub mod eligibility;
pub mod farewell;
pub mod holding;
pub mod identity;
mod joiner;
pub mod likeness;
pub mod market;
pub mod narrow;
pub mod passage;
pub mod pipeline;
pub mod planned;
pub mod precision;
mod project;
pub mod recipient;
pub mod restrict;
pub mod rules;
pub mod school_belief;
pub mod statistics;
pub mod view;
pub mod views;
pub mod whole;
pub mod writing;
