//! The peak heap of checking and of translating, at 20 MB and at 1 GB of input: `cargo bench -- --heap`.
//!
//! It writes 1 GB beside the system's temporary files, and does nothing without its flag. It is a program of its own,
//! because counting every allocation slows what is measured elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod synthetic;

use std::{
    env, fs,
    io::{self, Write},
    path::Path,
};

use exchange::pipeline;
use kit::document::Document;
use peak_alloc::PeakAlloc;
use server::{
    config::Limits,
    documents::{self, DocumentLimits, Input},
};
use synthetic::{Nobody, authority, format, options, translate};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() {
    if env::args().any(|argument| argument == "--heap") {
        heap();
    }
}

fn heap() {
    let folder = tempfile::tempdir().unwrap();
    for (megabytes, copies) in [(20_u64, 1_u32), (1024, 0)] {
        let children = 40_000;
        let base = authority(children);
        let modules = base.iter().filter(|(_, bytes)| !bytes.starts_with(COMPANION));
        let base_bytes: u64 = modules.map(|(_, bytes)| bytes.len() as u64).sum();
        let copies = if copies > 0 { copies } else { u32::try_from((megabytes << 20).div_ceil(base_bytes)).unwrap() };
        let place = folder.path().join(format!("{megabytes}"));
        fs::create_dir(&place).unwrap();
        for (name, bytes) in &base {
            write_copies(&place.join(name), bytes, copies);
        }
        drop(base);
        let limits = DocumentLimits::new(&Limits::default(), u64::MAX);
        let document = documents::open(vec![Input::Path(place)], &limits).map_err(|(_, fault)| fault).unwrap();
        let options = options();
        let cores = std::thread::available_parallelism().unwrap();
        HEAP.reset_peak_usage();
        let before = HEAP.current_usage() as u64;
        let outcome = pipeline::check(&document, format("ssda903-csv"), &options, cores, 10_000, &Nobody);
        peak("check", &document, outcome.rows, before);
        HEAP.reset_peak_usage();
        translate(&document, &options, cores);
        peak("translate to fhir-ndjson", &document, outcome.rows, before);
    }
}

fn peak(what: &str, document: &Document, rows: u64, before: u64) {
    let used = HEAP.peak_usage() as u64 - before;
    let limit = (64 << 20) + 24 * rows;
    println!(
        "{what}: {} MB of input, {rows} rows, peak heap {:.1} MB = {:.2} of the limit (64 MB and 24 bytes a row)",
        document.bytes() >> 20,
        used as f64 / f64::from(1 << 20),
        used as f64 / limit as f64
    );
    assert!(used <= limit, "the heap is over its limit");
}

/// How the heading of a table begins that comes beside the return.
const COMPANION: &[u8] = b"la_code";

/// The rows of a module several times over, each time with other children.
fn write_copies(path: &Path, bytes: &[u8], copies: u32) {
    let mut file = io::BufWriter::new(fs::File::create(path).unwrap());
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let heading = lines.next().unwrap_or_default();
    let child_first = !heading.starts_with(COMPANION);
    file.write_all(heading).unwrap();
    for copy in 0..copies {
        for line in bytes[heading.len()..].split_inclusive(|byte| *byte == b'\n') {
            if child_first {
                write!(file, "{copy}X").unwrap();
                file.write_all(line).unwrap();
            } else if copy == 0 {
                // Identifiers of links belong to one child: only the first copy has them.
                file.write_all(line).unwrap();
            }
        }
    }
    file.flush().unwrap();
}
