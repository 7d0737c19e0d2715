//! Speed as ratios: each figure is measured beside its peer in one process, turn by turn, and is the median of the
//! turns. Absolute times do not travel; ratios do.
//!
//! `cargo bench` prints check against a bare `csv_core` pass, NDJSON against memcpy, and one worker against two.
//! `cargo bench -- --heap` prints the peak heap at 20 MB and 1 GB of input instead; it writes 1 GB beside the system's
//! temporary files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::{
    env, fs,
    hint::black_box,
    io::{self, Write},
    num::NonZeroUsize,
    path::Path,
    time::Instant,
};

use cli::synth::{self, Order as SynthOrder};
use exchange::{
    pipeline::{self, Errors, Order, Output, Watch},
    view::View,
};
use kit::{
    adapter::{Format, Options},
    document::{Document, Part},
};
use peak_alloc::PeakAlloc;
use schemas::{date::CollectionYear, identifier::LaCode};
use server::{
    config::Limits,
    documents::{self, DocumentLimits, Input},
};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// How often each side is measured.
const TURNS: usize = 9;

/// Children of the synthetic authority: its files are larger than the last cache of common machines.
const CHILDREN: u32 = 150_000;

const YEAR: u16 = 2026;
const AUTHORITY: u16 = 330;

fn main() {
    if env::args().any(|argument| argument == "--heap") {
        heap();
    } else {
        speed();
    }
}

fn speed() {
    let parts = authority(CHILDREN);
    let bytes: usize = parts.iter().map(|(_, bytes)| bytes.len()).sum();
    let document = Document::new(parts.iter().map(|(name, bytes)| Part::new(name.as_str(), bytes.clone())).collect());
    let options = options();
    println!(
        "input: {CHILDREN} children, {} MB in {} parts, in memory; median of {TURNS} turns",
        bytes >> 20,
        parts.len()
    );

    let cores = std::thread::available_parallelism().unwrap();
    let one = NonZeroUsize::MIN;
    let two = NonZeroUsize::new(2).unwrap();
    let check = |workers| {
        let outcome = pipeline::check(&document, format("ssda903-csv"), &options, workers, 10_000, &Nobody);
        assert_eq!(outcome.findings.errors(), 0, "the synthetic authority is clean");
        black_box(outcome.rows);
    };
    let [bare, check_one, check_all] = interleaved([&|| bare_pass(&parts), &|| check(one), &|| check(cores)]);
    ratio("check, one worker, of a bare csv_core pass", bare / check_one, Some(0.3));
    ratio(&format!("check, {cores} workers (the default here), of a bare csv_core pass"), bare / check_all, Some(0.3));

    let written = translate(&document, &options, one);
    let from = vec![1_u8; written];
    let mut to = vec![0_u8; written];
    // The closures take turns, so a cell hands the buffer to the one whose turn it is.
    let to = std::cell::RefCell::new(&mut to);
    let [copy, ndjson_one, ndjson_two] = interleaved([
        &|| {
            to.borrow_mut().copy_from_slice(black_box(&from));
            black_box(to.borrow().len());
        },
        &|| assert_eq!(translate(&document, &options, one), written),
        &|| assert_eq!(translate(&document, &options, two), written),
    ]);
    println!("output: {} MB of NDJSON through the view health", written >> 20);
    ratio("NDJSON bytes out a second on one core, of memcpy of the same bytes", copy / ndjson_one, Some(0.10));
    ratio("two workers, of one worker's speed", ndjson_one / ndjson_two, None);
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

/// A reading of every cell that does nothing with it.
fn bare_pass(parts: &[(String, Vec<u8>)]) {
    let mut cells = 0;
    let mut output = vec![0; 64 << 10];
    let mut ends = vec![0; 64];
    for (_, bytes) in parts {
        let mut reader = csv_core::Reader::new();
        let mut input = bytes.as_slice();
        loop {
            let (result, read, _, ended) = reader.read_record(input, &mut output, &mut ends);
            input = &input[read..];
            cells += ended;
            if result == csv_core::ReadRecordResult::End {
                break;
            }
        }
    }
    black_box(cells);
}

fn translate(document: &Document, options: &Options, workers: NonZeroUsize) -> usize {
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

struct Nobody;

impl Watch for Nobody {}

/// Measures each closure once a turn, so that whatever else the machine does falls on all; gives the medians.
fn interleaved<const N: usize>(sides: [&dyn Fn(); N]) -> [f64; N] {
    let mut seconds: [Vec<f64>; N] = [const { Vec::new() }; N];
    for side in sides {
        side();
    }
    for _ in 0..TURNS {
        for (side, seconds) in sides.iter().zip(&mut seconds) {
            let begun = Instant::now();
            side();
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    seconds.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        seconds[TURNS / 2]
    })
}

fn ratio(what: &str, ratio: f64, wanted: Option<f64>) {
    match wanted {
        Some(wanted) => println!("{what}: {ratio:.3} (wanted: no less than {wanted})"),
        None => println!("{what}: {ratio:.2}"),
    }
}

fn format(name: &str) -> &'static Format {
    roster::format(name).unwrap().1
}

fn authority(children: u32) -> Vec<(String, Vec<u8>)> {
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

fn options() -> Options {
    Options { year: CollectionYear::new(YEAR), authority: LaCode::new(AUTHORITY), ..Options::plain() }
}
