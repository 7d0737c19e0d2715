//! What follows from statements about school: sessions added up, plans in time or not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod figures;
mod sessions;
mod support;
mod timeliness;
