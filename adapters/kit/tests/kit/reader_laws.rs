//! Laws of the row reader, over any bytes and over tables that are well formed.

use kit::{
    csv::rows::{Found, RowReader, RowStart},
    limits::ReadingLimits,
};
use proptest::prelude::*;
use schemas::diagnostic::Place;

use crate::{
    rows::told,
    sample::{Windowed, limits, text},
};

/// Bytes in which what matters to the reader comes often.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => prop::sample::select(b"\",\n\r; \t".to_vec()),
        3 => prop::sample::select(b"ab\0\xff\xeb".to_vec()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..300)
}

/// More than a window holds: stretches that come again and again, so that rows, quotes and line ends lie across edges.
fn many_bytes() -> impl Strategy<Value = Vec<u8>> {
    let stretch = (any_bytes(), 1..60_usize).prop_map(|(bytes, times)| bytes.repeat(times));
    let filler =
        (prop::sample::select(b"x,\"\n\r".to_vec()), 1..9_000_usize).prop_map(|(byte, times)| vec![byte; times]);
    prop::collection::vec(prop_oneof![stretch, filler], 1..6).prop_map(|stretches| stretches.concat())
}

fn tight_limits() -> impl Strategy<Value = ReadingLimits> {
    (prop_oneof![1..40_u32, 4_000..9_000_u32], 1..6_u32, 1..5_u16).prop_map(
        |(row_bytes_max, row_lines_max, columns_max)| ReadingLimits {
            row_bytes_max,
            row_lines_max,
            columns_max,
            ..limits()
        },
    )
}

/// A table of cells, each written with quotes where it needs them or by chance.
fn any_table() -> impl Strategy<Value = Vec<Vec<(String, bool)>>> {
    let cell = (prop_oneof!["[a-z]{0,6}", "[a-z,\"\n\r]{0,6}", "[a-zé€]{0,4}"], any::<bool>());
    prop::collection::vec(prop::collection::vec(cell, 1..6), 0..12)
}

fn written(table: &[Vec<(String, bool)>], end: &str) -> (Vec<u8>, Vec<Vec<u64>>) {
    let (mut out, mut places) = (Vec::new(), Vec::new());
    for row in table {
        let mut row_places = Vec::new();
        for (n, (cell, quoted)) in row.iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            row_places.push(out.len() as u64);
            // A row of one empty cell would be a blank line.
            let must = cell.contains([',', '"', '\n', '\r']) || (row.len() == 1 && cell.is_empty());
            if *quoted || must {
                out.extend_from_slice(format!("\"{}\"", cell.replace('"', "\"\"")).as_bytes());
            } else {
                out.extend_from_slice(cell.as_bytes());
            }
        }
        out.extend_from_slice(end.as_bytes());
        places.push(row_places);
    }
    (out, places)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_to_their_end_alike_in_memory_and_through_a_window(
        bytes in prop_oneof![any_bytes(), many_bytes()],
        delimiter in prop::sample::select(b",;\t".to_vec()),
        limits in prop_oneof![Just(limits()), tight_limits()],
    ) {
        // `told` asserts that reading always goes on.
        let in_memory = told(&bytes, delimiter, limits);
        prop_assert_eq!(in_memory, told(&Windowed(bytes), delimiter, limits));
    }

    #[test]
    fn cells_and_places_are_those_of_the_csv_crate(
        table in any_table(),
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let (bytes, cell_places) = written(&table, end);
        let mut theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        let mut ours = RowReader::new(text(&bytes), b',', limits());
        let mut start = RowStart { at: 0, line: 1 };
        for (record, cell_places) in theirs.byte_records().zip(&cell_places) {
            let record = record.unwrap();
            let Found::Row { next, .. } = ours.read(start) else { return Err(TestCaseError::fail("a row is read")) };
            let Place::Cell { byte, .. } = ours.row_place() else { unreachable!() };
            prop_assert_eq!(Some(byte), record.position().map(csv::Position::byte).map(|at| first_byte(&bytes, at)));
            prop_assert_eq!(ours.len(), record.len());
            for n in 0..ours.len() {
                prop_assert_eq!(ours.cell(n).unwrap(), record[n].trim_ascii());
                let Place::Cell { byte, .. } = ours.cell_place(n) else { unreachable!() };
                prop_assert_eq!(byte, cell_places[n]);
            }
            start = next;
        }
        prop_assert_eq!(ours.read(start), Found::End);
    }

    #[test]
    fn rows_read_at_random_are_those_read_in_order(bytes in prop_oneof![any_bytes(), many_bytes()], picks in prop::collection::vec(any::<prop::sample::Index>(), 1..20)) {
        let bytes = Windowed(bytes);
        let mut rows = RowReader::new(text(&bytes), b',', limits());
        let (mut start, mut in_order) = (RowStart { at: 0, line: 1 }, Vec::new());
        loop {
            let found = rows.read(start);
            in_order.push((start, found, cells(&mut rows)));
            start = match found {
                Found::Row { next, .. } | Found::BlankLine { next } | Found::Fault { next, .. } => next,
                Found::Unreadable | Found::End => break,
            };
        }
        for pick in picks {
            let (start, found, expected) = pick.get(&in_order);
            prop_assert_eq!(rows.read(*start), *found);
            prop_assert_eq!(&cells(&mut rows), expected);
        }
    }
}

fn cells(rows: &mut RowReader<'_>) -> Vec<Vec<u8>> {
    (0..rows.len()).map(|n| rows.cell(n).unwrap().to_vec()).collect()
}

/// The `csv` crate places a record after the CR of the one before it, at the LF.
fn first_byte(bytes: &[u8], at: u64) -> u64 {
    at + bytes[usize::try_from(at).unwrap()..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count() as u64
}
