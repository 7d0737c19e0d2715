//! What the formats in XML and JSON promise.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod corrected;
mod ctf;
mod ctf_laws;
mod json;
mod support;
