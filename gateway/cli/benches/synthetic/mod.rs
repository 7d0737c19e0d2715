//! The synthetic authority that the benches read, and a translation whose output is let go.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{hint::black_box, io, num::NonZeroUsize};

use cli::synth::{self, Order as SynthOrder};
use exchange::{
    pipeline::{self, Errors, Order, Output, Watch},
    view::View,
};
use kit::{
    adapter::{Format, Options},
    document::Document,
};
use schemas::{date::CollectionYear, identifier::LaCode};

const YEAR: u16 = 2026;
const AUTHORITY: u16 = 330;

/// Translates to NDJSON under the view health; how many bytes came out.
pub(crate) fn translate(document: &Document, options: &Options, workers: NonZeroUsize) -> usize {
    let mut discarded = Discarded(0);
    let order = Order {
        document,
        from: format("ssda903-csv"),
        to: format("fhir-ndjson"),
        view: View::shipped("health").unwrap(),
        options,
        id_key_is_secret: false,
        pseudonym_key: None,
        workers,
        errors: Errors::Skip,
        errors_max: None,
        diagnostics_max: 10_000,
        watch: &Nobody,
    };
    pipeline::translate(&order, &mut discarded).unwrap();
    discarded.0
}

struct Discarded(usize);

impl Output for Discarded {
    fn write(&mut self, _: &str, bytes: &[u8]) -> io::Result<()> {
        self.0 += black_box(bytes).len();
        Ok(())
    }
}

/// Nobody looks on.
pub(crate) struct Nobody;

impl Watch for Nobody {}

/// A format of the roster.
pub(crate) fn format(name: &str) -> &'static Format {
    roster::format(name).unwrap().1
}

/// A whole authority of so many children, by part.
pub(crate) fn authority(children: u32) -> Vec<(String, Vec<u8>)> {
    let order = SynthOrder {
        children,
        seed: 1,
        faults: 0,
        year: CollectionYear::new(YEAR).unwrap(),
        authority: LaCode::new(AUTHORITY).unwrap(),
    };
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    synth::write(&order, &mut |name, bytes| {
        match parts.last_mut() {
            Some((last, part)) if last == name => part.extend_from_slice(bytes),
            _ => parts.push((name.to_owned(), bytes.to_owned())),
        }
        Ok(())
    })
    .unwrap();
    parts
}

/// The options of its return.
pub(crate) fn options() -> Options {
    Options { year: CollectionYear::new(YEAR), authority: LaCode::new(AUTHORITY), ..Options::plain() }
}
