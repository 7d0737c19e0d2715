//! The peak heap of reading a Common Transfer File of 100 MB that is not in memory: `cargo bench -p epep -- --heap`.
//!
//! It does nothing without its flag, and is a program of its own, because counting every allocation slows what is
//! measured elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the file that is read is written first")]

mod invented;

use std::{env, fs::File, io, num::NonZeroUsize, os::unix::fs::FileExt};

use epep::ctf::CTF_XML;
use kit::{
    adapter::{Dossier, Options, Unheard},
    document::{Document, Part, ReadAt},
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// What reading may take.
const HEAP_BYTES_MAX: u64 = 64 << 20;

fn main() {
    if !env::args().any(|argument| argument == "--heap") {
        return;
    }
    let path = env::temp_dir().join(format!("homeward-bench-{}.xml", std::process::id()));
    std::fs::write(&path, invented::file(100 << 20)).unwrap();
    let file = File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let bytes = file.metadata().unwrap().len();
    let document = Document::new(vec![Part::new("file", OnDisk { file, bytes })]);
    let options = Options::plain();
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage() as u64;
    let subjects = CTF_XML.decode.unwrap().open(&document, &options, NonZeroUsize::MIN, &mut Unheard);
    let (mut reader, mut dossier) = (subjects.reader(), Dossier::default());
    let mut records = 0;
    for n in 0..subjects.len() {
        reader.read(n, &mut dossier, &mut Unheard);
        records += dossier.records.len();
    }
    let used = HEAP.peak_usage() as u64 - before;
    println!(
        "reading a Common Transfer File: {} MB of input, {} pupils, {records} records, peak heap {:.1} MB = {:.2} of the \
         limit (64 MB)",
        bytes >> 20,
        subjects.len(),
        used as f64 / f64::from(1 << 20),
        used as f64 / HEAP_BYTES_MAX as f64
    );
    assert!(used <= HEAP_BYTES_MAX, "the heap is over its limit");
}

/// A file that is read by position.
struct OnDisk {
    file: File,
    bytes: u64,
}

impl ReadAt for OnDisk {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }
}
