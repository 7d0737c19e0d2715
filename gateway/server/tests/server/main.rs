//! The server from outside: real sockets on 127.0.0.1, real TLS, clients of our own and of others, good and bad.
//!
//! No assertion is about how long something takes: limits are made small and the outcome is looked at.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic: that is how it fails")]

mod alerts;
mod bodies;
mod client;
mod configuration;
mod connections;
mod couriers;
mod deliveries;
mod documents;
mod house;
mod lifecycle;
mod mail_server;
mod mesh;
mod partners;
mod recipient;
mod reloads;
mod routes;
mod sftp;
mod tls;
mod views;
