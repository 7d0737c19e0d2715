//! Journeys from outside: the program as it is built, with real files and real sockets, as people and scripts use it.
//!
//! Nothing here knows a type of the program: only its arguments, its files, its answers and what it says.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod asking;
mod carer_pages;
mod client;
mod convert;
mod demonstration;
mod drafts;
mod durable;
mod exchange;
mod fhir;
mod figures;
mod gateway;
#[allow(dead_code, reason = "only some of its tempers are tried here")]
#[path = "../../../gateway/server/tests/server/mail_server.rs"]
mod mail_server;
#[path = "../mesh/sandbox.rs"]
mod mesh_sandbox;
mod notices;
mod operating;
mod output;
mod partner;
mod placements_standard;
mod program;
mod recipient;
mod reference;
mod refusals;
mod region;
mod runbook;
mod samples;
mod silence;
mod stub;
mod synthetic;
mod vacancies;
mod views;
