//! The code lists: their files, the Rust generated from them, and what every code promises.

mod generator;
mod laws;
mod years;
