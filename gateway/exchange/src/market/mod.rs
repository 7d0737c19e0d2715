//! The place market: who offers homes, under which framework, how long an offer of a home holds, and what answers a
//! placements team's question.
//!
//! Pure, as all of this crate: the day is a parameter, and what is remembered is handed in.

pub mod agencies;
pub mod answer;
pub mod candidate;
pub mod framework;
pub mod outcodes;
pub mod prices;
pub mod profile;
pub mod question;
pub mod reference;
pub mod referral;
pub mod register;
pub mod registration;
pub mod search;
pub mod submission;
pub mod told;
pub mod vacancy;
