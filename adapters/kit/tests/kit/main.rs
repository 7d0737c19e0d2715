//! What the kit promises: rows with their places, headings, the index, dialects, reports and how they are drawn.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod describe;
mod dialect;
mod headings;
mod index;
mod infer;
mod json;
mod lines;
mod nested;
mod plain;
mod reader_laws;
mod render;
mod report;
mod rows;
mod sample;
mod xml;
