//! The laws that every adapter on the roster is under. A new adapter comes under them by its line in the roster; only
//! the cases of its rules are its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod base;
mod both_ways;
mod broken_resources;
mod capacity;
mod decoding_is_total;
mod deltas;
mod dialects;
mod drafts;
mod fhir_back;
mod fhir_definitions;
mod floor_plan;
mod made;
mod nothing_leaks;
mod placements_standard;
mod places;
mod published;
mod rolls;
mod round_trip;
mod rules;
mod support;
