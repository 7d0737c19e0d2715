//! Lines and columns of bytes, against a count that reads the whole text each time.

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
};

use kit::{
    document::{Document, Part, ReadAt},
    lines::{Lines, Position},
};
use proptest::prelude::*;
use schemas::diagnostic::{PartId, Place};

use crate::sample::{Windowed, utf_16};

const PART: PartId = PartId(0);

fn document(bytes: &[u8]) -> Document {
    Document::new(vec![Part::new("a", bytes.to_vec())])
}

fn at(bytes: &[u8], byte: u64) -> Option<(u64, u64)> {
    Lines::of(&document(bytes)).at(PART, byte).map(|Position { line, column }| (line, column))
}

/// The line and what stands before a place on it, each item an end of a line or not.
fn counted<T: Copy>(items: &[T], to: usize, is: impl Fn(T, u8) -> bool) -> (u64, &[T]) {
    let ends =
        |n: usize| is(items[n], b'\n') || is(items[n], b'\r') && items.get(n + 1).is_none_or(|next| !is(*next, b'\n'));
    let last = (0..to).rev().find(|n| ends(*n)).map_or(0, |end| end + 1);
    (1 + (0..to).filter(|n| ends(*n)).count() as u64, &items[last..to])
}

fn counted_in_bytes(bytes: &[u8], byte: usize) -> (u64, u64) {
    let (line, before) = counted(bytes, byte, |byte, end| byte == end);
    let characters = before.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len());
    (line, 1 + characters.sum::<usize>() as u64)
}

fn counted_in_units(units: &[u16], at: usize) -> (u64, u64) {
    let (line, before) = counted(units, at, |unit, end| unit == u16::from(end));
    (line, 1 + char::decode_utf16(before.iter().copied()).count() as u64)
}

#[test]
fn lines_end_with_lf_crlf_and_cr_and_their_ends_stand_on_them() {
    let bytes = b"ab\ncd\r\nef\rg\n\r\r\n\nh";
    for (byte, expected) in [
        (0, (1, 1)),
        (2, (1, 3)),
        (3, (2, 1)),
        (5, (2, 3)),
        (6, (2, 4)),
        (7, (3, 1)),
        (9, (3, 3)),
        (10, (4, 1)),
        (12, (5, 1)),
        (13, (6, 1)),
        (14, (6, 2)),
        (15, (7, 1)),
        (16, (8, 1)),
        (17, (8, 2)),
    ] {
        assert_eq!(at(bytes, byte), Some(expected), "byte {byte}");
    }
    assert_eq!(at(bytes, 18), None, "beyond the end");
    assert_eq!(at(b"", 0), Some((1, 1)));
}

#[test]
fn columns_are_characters_and_the_mark_of_an_encoding_is_none() {
    assert_eq!(at("\u{feff}aé😀b".as_bytes(), 3), Some((1, 1)));
    assert_eq!(at("\u{feff}aé😀b".as_bytes(), 10), Some((1, 4)));
    assert_eq!(at(b"\xe9\xa3,\x80b", 4), Some((1, 5)), "Windows-1252");
    assert_eq!(at("é😀b".as_bytes(), 4), Some((1, 4)), "within a character");
    for (mark, big) in [(true, false), (true, true), (false, false), (false, true)] {
        let bytes = utf_16("ab\r\né😀c", mark, big);
        let from = if mark { 2 } else { 0 };
        for (unit, expected) in [(0, (1, 1)), (3, (1, 4)), (4, (2, 1)), (5, (2, 2)), (7, (2, 3)), (8, (2, 4))] {
            assert_eq!(at(&bytes, from + unit * 2), Some(expected), "unit {unit}, {mark}, {big}");
        }
    }
}

#[test]
fn a_place_in_the_middle_of_a_long_line_is_found_by_any_reader() {
    // Pieces are cut within characters: the bytes before the line make the cut fall on each byte of one.
    for before in 0..4 {
        let bytes =
            [b"x\r\n".to_vec(), vec![b'y'; before], "😀".repeat(50_000).into_bytes(), b"z\nq".to_vec()].concat();
        let z = bytes.len() as u64 - 3;
        let windowed = Document::new(vec![Part::new("a", Windowed(bytes.clone()))]);
        let mut lines = Lines::of(&windowed);
        let column = 50_001 + before as u64;
        assert_eq!(at(&bytes, z), Some((2, column)));
        assert_eq!(lines.at(PART, z), Some(Position { line: 2, column }));
        assert_eq!(lines.at(PART, z + 2), Some(Position { line: 3, column: 1 }));
    }
    let units = utf_16(&("y".to_owned() + &"😀".repeat(50_000) + "z"), true, false);
    assert_eq!(at(&units, units.len() as u64 - 2), Some((1, 50_002)));
    let ends = "\r\n".repeat(70_001) + "z";
    assert_eq!(at(format!("a{ends}").as_bytes(), 140_003), Some((70_002, 1)));
}

/// Counts the bytes that are read of it.
struct Counting(Windowed, &'static AtomicU64);

impl ReadAt for Counting {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read_at(offset, buffer)?;
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[test]
fn places_from_front_to_back_cost_one_pass_and_those_further_back_little() {
    static READ: AtomicU64 = AtomicU64::new(0);
    let bytes = b"0123456789abcde\n".repeat(1 << 20);
    let length = bytes.len() as u64;
    let document = Document::new(vec![Part::new("a", Counting(Windowed(bytes), &READ))]);
    let mut lines = Lines::of(&document);
    let places = |n: u64| n * (length / 1_000);
    let expected = |byte: u64| Some(Position { line: byte / 16 + 1, column: byte % 16 + 1 });
    for n in 0..1_000 {
        assert_eq!(lines.at(PART, places(n)), expected(places(n)));
    }
    let read = READ.swap(0, Ordering::Relaxed);
    assert!(read < length * 101 / 100, "{read} bytes of {length} were read");
    for n in (0..1_000).rev() {
        assert_eq!(lines.at(PART, places(n)), expected(places(n)));
    }
    let read = READ.load(Ordering::Relaxed);
    assert!(read < 1_000 * (256 << 10), "{read} bytes were read on the way back");
}

/// A part that cannot be read.
struct Broken;

impl ReadAt for Broken {
    fn len(&self) -> u64 {
        100
    }

    fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Other.into())
    }
}

/// A part that ends before its end.
struct Cut;

impl ReadAt for Cut {
    fn len(&self) -> u64 {
        100
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        b"a\nb".to_vec().read_at(offset, buffer)
    }
}

#[test]
fn archives_and_parts_that_cannot_be_read_have_no_lines() {
    assert_eq!(at(b"PK\x03\x04\n\n", 5), None);
    let document = Document::new(vec![Part::new("a", Broken), Part::new("b", Cut), Part::new("c", b"\nc".to_vec())]);
    let mut lines = Lines::of(&document);
    assert_eq!(lines.at(PartId(0), 1), None);
    assert_eq!(lines.at(PartId(1), 50), None);
    assert_eq!(lines.at(PartId(1), 2), Some(Position { line: 2, column: 1 }), "after a place that is not there");
    assert_eq!(lines.at(PartId(2), 1), Some(Position { line: 2, column: 1 }));
    assert_eq!(lines.at(PartId(3), 0), None);
    assert_eq!(Lines::unknown().at(PART, 0), None);
    let cell = Place::Cell { part: PartId(2), line: 9, column: None, byte: 1 };
    assert_eq!(lines.of_node(&cell), None, "a cell knows its line");
}

fn pieces() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop_oneof![
        4 => "[a-z,\"{}]{0,9}".prop_map(String::into_bytes),
        3 => prop::sample::select(vec!["\n", "\r", "\r\n"]).prop_map(|end| end.as_bytes().to_vec()),
        2 => prop::sample::select(vec!["é", "€", "😀", "\u{2028}", "\u{fffd}"]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..5),
    ];
    prop::collection::vec(piece, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_stand_where_they_are_counted(pieces in pieces(), asked in prop::collection::vec(any::<prop::sample::Index>(), 1..20)) {
        // A letter first: what begins like UTF-16 or with a mark is told above.
        let bytes = [b"ab".to_vec(), pieces.concat()].concat();
        for document in [document(&bytes), Document::new(vec![Part::new("a", Windowed(bytes.clone()))])] {
            let mut lines = Lines::of(&document);
            for byte in asked.iter().map(|index| index.index(bytes.len() + 1)) {
                let (line, column) = counted_in_bytes(&bytes, byte);
                prop_assert_eq!(lines.at(PART, byte as u64), Some(Position { line, column }), "byte {}", byte);
            }
        }
    }

    #[test]
    fn units_stand_where_they_are_counted(
        units in prop::collection::vec(
            prop_oneof![Just(0x0a_u16), Just(0x0d), 0x61..0x7b_u16, Just(0x20ac), 0xd800..0xe000_u16, Just(0xfffd)],
            0..200,
        ),
        big in any::<bool>(),
        asked in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
    ) {
        let marked = std::iter::once(0xfeff).chain(units.iter().copied());
        let bytes: Vec<u8> =
            marked.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect();
        let document = document(&bytes);
        let mut lines = Lines::of(&document);
        for unit in asked.iter().map(|index| index.index(units.len() + 1)) {
            let (line, column) = counted_in_units(&units, unit);
            prop_assert_eq!(lines.at(PART, 2 + unit as u64 * 2), Some(Position { line, column }), "unit {}", unit);
        }
    }
}
