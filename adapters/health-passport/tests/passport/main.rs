//! What is written of a child: the worked examples, and what holds for every child.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod document;
mod education;
mod examples;
mod forms;
mod health;
mod losses;
mod order;
mod page;
mod resources;
mod support;
