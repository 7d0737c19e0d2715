//! The return, read and written: on the public samples, and on rows made here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]
// Tests read files; the adapter never does.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod children;
mod derived;
mod outcomes;
mod samples;
mod support;
