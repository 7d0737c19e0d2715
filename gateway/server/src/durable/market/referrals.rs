//! Searches for homes, remembered: an authority sends a referral out in waves, providers answer, one answer is accepted,
//! and only then a provider learns who the child is (ifa-formats, sections 4.2 and 4.3).
//!
//! Limits: everything that is open stands in memory. One writer at a time changes a search; it is kept whole with its
//! audit line, and only then shown. Who the child is stands beside the search, never in it; it goes to the provider by
//! the routes that the provider has, through the view `provider`, for as long as the search says so.

pub(crate) mod accepting;
mod book;
pub(crate) mod case;
pub(crate) mod clock;
mod ending;
pub(crate) mod issuing;
pub(crate) mod notices;
pub(crate) mod offers;

pub(crate) use book::Book;
