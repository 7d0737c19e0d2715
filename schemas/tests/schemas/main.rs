//! What the shared model promises.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
// The lists are read from files, and blessed into one; the crate itself touches none.
#![allow(clippy::disallowed_methods)]

mod codes;
mod documents;
