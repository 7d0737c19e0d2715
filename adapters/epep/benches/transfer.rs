//! Reading a Common Transfer File beside the event loop of quick-xml over the same bytes, turn by turn in one process;
//! each figure is the median of the turns. Absolute times do not travel; ratios do.
//!
//! `cargo bench -p epep` prints what reading pupils into records costs, what opening costs, and what our reader of XML
//! costs alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]
#![allow(clippy::disallowed_methods, reason = "a bench looks at the clock")]

mod invented;

use std::{env, hint::black_box, num::NonZeroUsize, time::Instant};

use epep::ctf::CTF_XML;
use kit::{
    adapter::{Dossier, Options, Unheard},
    document::{Document, Part},
    encoding::PartText,
    limits::ReadingLimits,
    nested::{Ground, Step, Steps},
    xml::read::{Reader, Spelling},
};
use quick_xml::events::Event;
use schemas::diagnostic::PartId;

/// How often each side is measured.
const TURNS: usize = 7;

/// The size of the file: larger than the last cache of common machines.
const FILE_BYTES: usize = 100 << 20;

fn main() {
    // The heap has a bench of its own.
    if env::args().any(|argument| argument == "--heap") {
        return;
    }
    let bytes = invented::file(FILE_BYTES);
    let document = Document::new(vec![Part::new("file", bytes.clone())]);
    let options = Options::plain();
    let one = NonZeroUsize::MIN;
    let decode = CTF_XML.decode.unwrap();
    let cores = std::thread::available_parallelism().unwrap();
    let read_all = |workers: NonZeroUsize| {
        let subjects = decode.open(&document, &options, workers, &mut Unheard);
        let share = subjects.len().div_ceil(workers.get());
        std::thread::scope(|scope| {
            for worker in 0..workers.get() {
                let subjects = &subjects;
                scope.spawn(move || {
                    let (mut reader, mut dossier) = (subjects.reader(), Dossier::default());
                    for n in worker * share..subjects.len().min((worker + 1) * share) {
                        reader.read(n, &mut dossier, &mut Unheard);
                        assert!(dossier.records.len() == 6, "the file is clean");
                    }
                });
            }
        });
    };
    // For a profile of the reading alone.
    if env::args().any(|argument| argument == "--read") {
        return (0..TURNS).for_each(|_| read_all(one));
    }
    let [bare, ours, opening, records_one, records_all] = interleaved([
        &|| {
            black_box(bare_events(&bytes));
        },
        &|| {
            black_box(our_events(&bytes));
        },
        &|| {
            black_box(decode.open(&document, &options, one, &mut Unheard).len());
        },
        &|| read_all(one),
        &|| read_all(cores),
    ]);
    let events = bare_events(&bytes);
    println!("input: {} MB, {events} events of quick-xml, in memory; median of {TURNS} turns", bytes.len() >> 20);
    println!("our reader of XML, events a second, of quick-xml's own: {:.3}", bare / ours);
    println!("opening a file, of quick-xml's event loop over it: {:.3}", opening / bare);
    println!("reading pupils into records, one worker, events a second, of quick-xml's own: {:.3}", bare / records_one);
    println!(
        "reading pupils into records, as it runs here ({cores} workers), of quick-xml's own: {:.3} (wanted: no less than 0.5)",
        bare / records_all
    );
}

/// Every event of quick-xml, and nothing done with it.
fn bare_events(bytes: &[u8]) -> u64 {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut events = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return events,
            event => {
                black_box(&event);
                events += 1;
            }
        }
    }
}

/// Every step of our reader, and nothing done with it.
fn our_events(bytes: &Vec<u8>) -> u64 {
    let text = PartText::open(PartId(0), bytes).unwrap();
    let mut reader = Reader::new(bytes, Ground::from(text, 0), Spelling::Unicode, ReadingLimits::default());
    let mut steps = 0;
    loop {
        match reader.step() {
            Step::End => return steps,
            step => {
                black_box(&step);
                steps += 1;
            }
        }
    }
}

/// Measures each closure once a turn, so that whatever else the machine does falls on all; gives the medians.
fn interleaved<const N: usize>(sides: [&dyn Fn(); N]) -> [f64; N] {
    let mut seconds: [Vec<f64>; N] = [const { Vec::new() }; N];
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
