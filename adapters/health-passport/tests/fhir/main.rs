//! Resources read as trees, judged, and written back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]
#![allow(clippy::disallowed_methods, reason = "tests read samples and cases")]

mod hostile;
mod reading;
mod samples;
