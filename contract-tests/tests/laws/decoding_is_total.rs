//! Reading never fails: whatever is done to a document, it gives records and diagnostics, every diagnostic inside its
//! part, the same every time, by one worker or by three, and a row that was not touched says what it said before.

use std::{
    io,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use kit::{
    adapter::{Format, Options},
    document::{Document, Part, ReadAt},
};
use proptest::prelude::*;
use schemas::{
    diagnostic::{Diagnostic, Place},
    record::Record,
};

use crate::{
    base::{YEAR, files},
    support::{Read, document, format, options, read, read_by, synthetic},
};

type Files = Vec<(String, Vec<u8>)>;

fn readable() -> impl Iterator<Item = &'static Format> {
    roster::formats().map(|(_, format)| format).filter(|format| format.decode.is_some())
}

/// Reads twice, compares, and looks where the diagnostics stand.
fn read_in_order(format: &Format, document: &Document, options: &Options) -> Read {
    let three = NonZeroUsize::new(3).unwrap();
    let (first, again) = (read(format, document, options), read_by(three, format, document, options));
    assert!(first.told == again.told && first.children == again.children, "{} read by three differs", format.name);
    for told in &first.told {
        for place in told.related.iter().chain([&told.place]) {
            assert!(is_inside(place, document), "{} stands outside: {place:?}", told.rule.code);
        }
    }
    first
}

fn is_inside(place: &Place, document: &Document) -> bool {
    let bytes = |part| document.part(part).map(|part| part.bytes.len());
    match place {
        Place::Document => true,
        Place::Part(part) => bytes(*part).is_some(),
        Place::Cell { part, line, column, byte } => {
            bytes(*part).is_some_and(|bytes| *byte <= bytes) && *line > 0 && *column != Some(0)
        }
        Place::Node { part, byte, .. } => bytes(*part).is_some_and(|bytes| *byte <= bytes),
    }
}

/// What the rows of one part say, by line.
fn said_in(read: &Read, part: u16) -> Vec<(u64, &Record)> {
    let mut said: Vec<(u64, &Record)> = Vec::new();
    for record in read.children.iter().flat_map(|(records, _)| records) {
        if let Place::Cell { part: of, line, .. } = record.source.place
            && of.0 == part
        {
            said.push((line, record));
        }
    }
    said.sort_by_key(|(line, _)| *line);
    said
}

fn part_number(files: &Files, name: &str) -> u16 {
    let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    u16::try_from(names.iter().position(|known| *known == name).unwrap()).unwrap()
}

/// Cuts one file, and compares what is read before the cut with what the whole file says there.
fn cut(files: &Files, whole: &Read, name: &str, bytes: usize) {
    let mut files = files.clone();
    let part = part_number(&files, name);
    let file = &mut files.iter_mut().find(|(known, _)| known == name).unwrap().1;
    file.truncate(bytes);
    let lines_kept = file.iter().filter(|byte| **byte == b'\n').count() as u64;
    let heading_is_whole = lines_kept > 0;
    let cut_inside = bytes > 0 && file.last() != Some(&b'\n');
    let read = read_in_order(format("ssda903-csv"), &document(&files), &options(YEAR));
    if !heading_is_whole {
        return;
    }
    let before = |read: &Read| -> Vec<(u64, schemas::record::Statement)> {
        let said = said_in(read, part).into_iter().filter(|(line, _)| *line <= lines_kept);
        said.map(|(line, record)| (line, record.statement.clone())).collect()
    };
    assert!(before(&read) == before(whole), "{name} cut at {bytes}: a row before the cut says something else");
    if cut_inside {
        let is_told = |told: &Diagnostic| matches!(told.place, Place::Cell { part: of, line, .. } if of.0 == part && line == lines_kept + 1);
        assert!(read.told.iter().any(is_told), "{name} cut at {bytes}: the cut row is not told");
    }
}

#[test]
fn a_file_that_is_cut_loses_its_last_row_and_nothing_before() {
    let files = files();
    let whole = read(format("ssda903-csv"), &document(&files), &options(YEAR));
    let length = |name: &str| files.iter().find(|(known, _)| known == name).unwrap().1.len();
    for name in ["episodes.csv", "delegation.csv"] {
        for bytes in 0..length(name) {
            cut(&files, &whole, name, bytes);
        }
    }
    for (name, bytes) in &files {
        for n in 1..9 {
            cut(&files, &whole, name, bytes.len() * n / 9);
        }
    }
}

/// One thing done to a document.
#[derive(Clone, Debug)]
enum Deed {
    Byte(usize, usize, u8),
    Nul(usize, usize),
    Insert(usize, usize, Vec<u8>),
    Cut(usize, usize),
    Twice(usize),
    Swap(usize, usize, usize),
    Utf16(usize, bool),
    LineEnds(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let place = || (any::<usize>(), any::<usize>());
    let deed = prop_oneof![
        (place(), any::<u8>()).prop_map(|((part, at), byte)| Deed::Byte(part, at, byte)),
        place().prop_map(|(part, at)| Deed::Nul(part, at)),
        (place(), "[\",;\t\r\n'=\u{e9}\u{fffd}\u{feff}0-9A-Z]{1,6}").prop_map(|((part, at), text)| Deed::Insert(
            part,
            at,
            text.into_bytes()
        )),
        (place(), proptest::collection::vec(any::<u8>(), 1..5))
            .prop_map(|((part, at), bytes)| Deed::Insert(part, at, bytes)),
        place().prop_map(|(part, at)| Deed::Cut(part, at)),
        any::<usize>().prop_map(Deed::Twice),
        (any::<usize>(), place()).prop_map(|(part, (one, other))| Deed::Swap(part, one, other)),
        (any::<usize>(), any::<bool>()).prop_map(|(part, low_first)| Deed::Utf16(part, low_first)),
        any::<usize>().prop_map(Deed::LineEnds),
    ];
    proptest::collection::vec(deed, 1..6)
}

fn spoil(files: &mut Files, deed: &Deed) {
    let parts = files.len();
    let at = |bytes: &[u8], at: usize| at % (bytes.len() + 1);
    match deed {
        Deed::Byte(part, place, byte) => {
            let bytes = &mut files[part % parts].1;
            if !bytes.is_empty() {
                let place = place % bytes.len();
                bytes[place] = *byte;
            }
        }
        Deed::Nul(part, place) => {
            let bytes = &mut files[part % parts].1;
            bytes.insert(at(bytes, *place), 0);
        }
        Deed::Insert(part, place, more) => {
            let bytes = &mut files[part % parts].1;
            let place = at(bytes, *place);
            bytes.splice(place..place, more.iter().copied());
        }
        Deed::Cut(part, place) => {
            let bytes = &mut files[part % parts].1;
            bytes.truncate(at(bytes, *place));
        }
        Deed::Twice(part) => {
            let (name, bytes) = files[part % parts].clone();
            files.push((format!("again-{name}"), bytes));
        }
        Deed::Swap(part, one, other) => {
            let bytes = &mut files[part % parts].1;
            let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let many = lines.len();
            lines.swap(one % many, other % many);
            *bytes = lines.join(&b'\n');
        }
        Deed::Utf16(part, low_first) => {
            let bytes = &mut files[part % parts].1;
            let text = String::from_utf8_lossy(bytes).into_owned();
            let unit = |unit: u16| if *low_first { unit.to_le_bytes() } else { unit.to_be_bytes() };
            *bytes = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect();
        }
        Deed::LineEnds(part) => {
            let bytes = &mut files[part % parts].1;
            bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'\r');
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_document_is_read_in_order(deeds in deeds(), year in 2018_u16..=2027) {
        let mut files = files();
        deeds.iter().for_each(|deed| spoil(&mut files, deed));
        for format in readable() {
            read_in_order(format, &document(&files), &options(year));
        }
    }

    #[test]
    fn bytes_that_are_no_document_are_read_in_order(parts in proptest::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let parts: Files = parts.into_iter().enumerate().map(|(n, bytes)| (n.to_string(), bytes)).collect();
        for format in readable() {
            prop_assert!(read_in_order(format, &document(&parts), &options(YEAR)).children.is_empty());
        }
    }
}

#[test]
fn a_synthetic_authority_that_is_spoilt_is_read_in_order() {
    let clean = synthetic(60, 3, 10, 2026);
    for n in 0..40_usize {
        let mut files = clean.clone();
        let (part, place) = (n * 7, n * 7919);
        for deed in [Deed::Byte(part, place, (n * 31) as u8), Deed::Insert(part, place / 2, b"\"".to_vec())] {
            spoil(&mut files, &deed);
        }
        read_in_order(format("ssda903-csv"), &document(&files), &options(2026));
    }
}

#[test]
fn the_order_of_rows_changes_nothing_that_is_said() {
    let clean = synthetic(80, 5, 0, 2026);
    let said = |files: &Files| {
        let read = read(format("ssda903-csv"), &document(files), &options(2026));
        let mut children: Vec<Vec<String>> = Vec::new();
        for (records, guarded) in read.children {
            assert!(!guarded);
            let mut said: Vec<String> = records.iter().map(fingerprint).collect();
            said.sort();
            children.push(said);
        }
        children.sort();
        children
    };
    let mut shuffled = clean.clone();
    for (_, bytes) in &mut shuffled {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let (heading, rows) = text.split_once('\n').unwrap();
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.reverse();
        let half = rows.len() / 3;
        rows.rotate_left(half);
        *bytes = format!("{heading}\n{}\n", rows.join("\n")).into_bytes();
    }
    assert_eq!(said(&clean), said(&shuffled));
}

/// What a record says, as text; never shown.
fn fingerprint(record: &Record) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (&record.subject, &record.statement).hash(&mut hasher);
    hasher.finish().to_string()
}

/// Bytes that are made when they are asked for: a heading row, then one byte over and over.
struct Endless {
    heading: &'static [u8],
    body: u8,
    bytes: u64,
    /// The largest piece that was ever asked for.
    asked_most: Arc<AtomicUsize>,
}

impl ReadAt for Endless {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.asked_most.fetch_max(buffer.len(), Ordering::Relaxed);
        let count = usize::try_from(self.bytes.saturating_sub(offset)).unwrap_or(usize::MAX).min(buffer.len());
        buffer[..count].fill(self.body);
        let heading = usize::try_from(offset).ok().and_then(|offset| self.heading.get(offset..)).unwrap_or_default();
        let shown = heading.len().min(count);
        buffer[..shown].copy_from_slice(&heading[..shown]);
        Ok(count)
    }
}

#[test]
fn a_line_without_end_is_passed_over_in_bounded_memory() {
    const HEADING: &[u8] = b"CHILD,DOB,REVIEW,REVIEW_CODE\nC1,14/05/2010,10/06/2026,PN1\n";
    for body in [b'x', b',', b'"'] {
        let asked_most = Arc::new(AtomicUsize::new(0));
        let endless = Endless { heading: HEADING, body, bytes: 1 << 30, asked_most: Arc::clone(&asked_most) };
        let document = Document::new(vec![Part::new("reviews.csv", endless)]);
        let options = options(YEAR);
        let read = read(format("ssda903-csv"), &document, &options);
        assert_eq!(said_in(&read, 0).len(), 1, "the row before is read");
        let row_bytes_max = options.limits.row_bytes_max as usize;
        let asked_most = asked_most.load(Ordering::Relaxed);
        assert!(asked_most <= 2 * row_bytes_max, "{asked_most} bytes asked for at once");
        let lost = ["table/row-too-long", "table/open-quote", "table/too-many-columns", "record/no-child-id"];
        assert!(read.told.iter().any(|told| lost.contains(&told.rule.code)), "{:?}", read.told);
    }
}

#[test]
fn a_million_columns_are_no_table_and_no_danger() {
    let wide = |head: &str| (head.to_owned() + &",X".repeat(1_000_000) + "\n").repeat(2).into_bytes();
    for bytes in [wide("CHILD,DOB,REVIEW,REVIEW_CODE"), wide("")] {
        let files = vec![("wide.csv".to_owned(), bytes)];
        for format in readable() {
            assert!(read_in_order(format, &document(&files), &options(YEAR)).children.is_empty());
        }
    }
}
