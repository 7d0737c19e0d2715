//! SFTP as a transport, both ways: against OpenSSH's server, and against hosts that lie, hang and never end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod deliveries;
mod hostile;
mod pickups;
mod setup;
mod stub;
