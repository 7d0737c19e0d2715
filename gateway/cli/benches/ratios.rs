//! Speed as ratios: each figure is measured beside its peer in one process, turn by turn, and is the median of the
//! turns. Absolute times do not travel; ratios do.
//!
//! `cargo bench` prints check against a bare `csv_core` pass, NDJSON against memcpy, and one worker against two.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod synthetic;

use std::{env, hint::black_box, num::NonZeroUsize, time::Instant};

use exchange::pipeline;
use kit::document::{Document, Part};
use synthetic::{Nobody, authority, format, options, translate};

/// How often each side is measured.
const TURNS: usize = 9;

/// Children of the synthetic authority: its files are larger than the last cache of common machines.
const CHILDREN: u32 = 150_000;

fn main() {
    // The heap has a bench of its own.
    if !env::args().any(|argument| argument == "--heap") {
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
    ratio(&format!("check, as it runs here ({cores} workers), of a bare csv_core pass"), bare / check_all, Some(0.3));
    ratio("check, one worker, of a bare csv_core pass", bare / check_one, None);

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
        None => println!("{what}: {ratio:.3}"),
    }
}
