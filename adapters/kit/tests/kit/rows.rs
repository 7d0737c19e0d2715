//! Rows and their places, at the edges of every limit.

use std::io;

use kit::{
    csv::rows::{Found, RowReader, RowStart},
    document::ReadAt,
    encoding::text_of,
    limits::ReadingLimits,
};
use schemas::diagnostic::Place;

use crate::sample::{Windowed, limits, text, utf_16};

const TOP: RowStart = RowStart { at: 0, line: 1 };

/// What a part holds, one line a row or fault: `line@byte: cell|cell`, `line@byte! rule`.
pub(crate) fn told(bytes: &dyn ReadAt, delimiter: u8, limits: ReadingLimits) -> Vec<String> {
    let mut rows = RowReader::new(text(bytes), delimiter, limits);
    let (mut start, mut told) = (TOP, Vec::new());
    loop {
        let next = match rows.read(start) {
            Found::Row { next, unended } => {
                let cells: Vec<String> =
                    (0..rows.len()).map(|n| String::from(text_of(&rows.exact_cell(n).unwrap()))).collect();
                let Place::Cell { line, byte, .. } = rows.row_place() else { unreachable!() };
                let ended = if unended { " (unended)" } else { "" };
                told.push(format!("{line}@{byte}: {}{ended}", cells.join("|")));
                next
            }
            Found::BlankLine { next } => next,
            Found::Fault { rule, at, line, next } => {
                let Place::Cell { byte, .. } = rows.fault_place(at, line) else { unreachable!() };
                told.push(format!("{line}@{byte}! {}", rule.code));
                next
            }
            Found::Unreadable => {
                told.push("unreadable".to_owned());
                return told;
            }
            Found::End => return told,
        };
        assert!(next.at > start.at, "reading goes on");
        start = next;
    }
}

/// Told alike from memory and through a window.
#[track_caller]
fn check(bytes: &[u8], limits: ReadingLimits, expected: &[&str]) {
    assert_eq!(told(&bytes.to_vec(), b',', limits), expected, "in memory");
    assert_eq!(told(&Windowed(bytes.to_vec()), b',', limits), expected, "through a window");
}

#[test]
fn lf_crlf_and_cr_end_lines_and_blank_lines_are_counted() {
    check(b"a,b\nc,d\n", limits(), &["1@0: a|b", "2@4: c|d"]);
    check(b"a,b\r\nc,d\r\n", limits(), &["1@0: a|b", "2@5: c|d"]);
    check(b"a,b\rc,d\r", limits(), &["1@0: a|b", "2@4: c|d"]);
    check(b"\n\r\n  \na,b\n\r\rc,d", limits(), &["4@6: a|b", "7@12: c|d (unended)"]);
}

#[test]
fn an_empty_part_and_blank_lines_alone_hold_no_row() {
    check(b"", limits(), &[]);
    check(b"\n", limits(), &[]);
    check(b" \t ", limits(), &[]);
}

#[test]
fn quotes_hold_separators_quotes_and_line_ends() {
    check(b"\"a,b\",\"c\"\"d\"\nx,y\n", limits(), &["1@0: a,b|c\"d", "2@13: x|y"]);
    check(
        b"1,\"a\nb\"\r\n2,\"a\r\nb\"\r\n3,\"a\rb\"\r\n4,c\r\n",
        limits(),
        &["1@0: 1|ab", "3@9: 2|ab", "5@19: 3|ab", "7@28: 4|c"],
    );
    check(b"\"\",\"\"\n", limits(), &["1@0: |"]);
    check(b"a\"b,c\" ,\"d\"e\n", limits(), &["1@0: a\"b|c\"|de"]);
    check(b"\"a\"", limits(), &["1@0: a (unended)"]);
}

#[test]
fn an_open_quote_costs_its_own_line_and_is_told_at_the_quote() {
    check(b"a,b\nc,\"d\ne,f\n", limits(), &["1@0: a|b", "2@6! table/open-quote", "3@9: e|f"]);
    check(b"c,\"d", limits(), &["1@2! table/open-quote"]);
    check(b"c,\"d \"\"e\ng,h\n", limits(), &["1@2! table/open-quote", "2@9: g|h"]);
    // The cell before it closed, two lines further on.
    check(b"\"x\ny\",\"d\ne,f\n", limits(), &["2@6! table/open-quote", "3@9: e|f"]);
}

#[test]
fn a_quoted_row_may_span_row_lines_max_lines_and_no_more() {
    let limits = ReadingLimits { row_lines_max: 3, ..limits() };
    check(b"\"a\nb\nc\",d\ne,f\n", limits, &["1@0: abc|d", "4@10: e|f"]);
    check(b"\"a\r\nb\r\nc\",d\r\ne,f\r\n", limits, &["1@0: abc|d", "4@13: e|f"]);
    // The quote that is told is the one that was open at the limit, not one beyond it.
    check(
        b"x,\"a\nb\nc\nd\",\"e\nf,g\n",
        limits,
        &["1@2! table/open-quote", "2@5: b", "3@7: c", "4@12! table/open-quote", "5@15: f|g"],
    );
}

#[test]
fn a_row_of_row_bytes_max_bytes_is_read_and_one_more_is_not() {
    let limits = ReadingLimits { row_bytes_max: 8, ..limits() };
    for end in ["\n", "\r\n", "\r"] {
        let at = 8 + end.len();
        let next = format!("2@{at}: e|f");
        check(format!("abcd,efg{end}e,f{end}").as_bytes(), limits, &["1@0: abcd|efg", &next]);
        check(format!("\"bcd\",fg{end}e,f{end}").as_bytes(), limits, &["1@0: bcd|fg", &next]);
        let next = format!("2@{}: e|f", at + 1);
        check(format!("abcd,efgh{end}e,f{end}").as_bytes(), limits, &["1@0! table/row-too-long", &next]);
        check(format!("\"bcd\",fgh{end}e,f{end}").as_bytes(), limits, &["1@0! table/row-too-long", &next]);
    }
    check(b"abcd,efg", limits, &["1@0: abcd|efg (unended)"]);
    check(b"abcd,efgh", limits, &["1@0! table/row-too-long"]);
    check(b"\"bcd\",fg", limits, &["1@0: bcd|fg (unended)"]);
    check(b"\"bcd\",fgh", limits, &["1@0! table/row-too-long"]);
    check(b"a,\"bcdefghi\"\ne,f\n", limits, &["1@2! table/open-quote", "2@13: e|f"]);
}

#[test]
fn a_row_that_is_too_long_after_a_quoted_line_end_is_passed_over_whole() {
    let limits = ReadingLimits { row_bytes_max: 8, ..limits() };
    check(b"\"a\nb\",cdefg\ne,f\n", limits, &["1@0! table/row-too-long", "3@12: e|f"]);
}

#[test]
fn a_row_of_columns_max_cells_is_read_and_one_more_is_not() {
    let limits = ReadingLimits { columns_max: 3, ..limits() };
    check(
        b"a,b,c\na,b,c,d\n\"a\",b,c\n\"a\",b,c,d\n\"a\",b,c,d,e,f\nx\n",
        limits,
        &[
            "1@0: a|b|c",
            "2@6! table/too-many-columns",
            "3@14: a|b|c",
            "4@22! table/too-many-columns",
            "5@32! table/too-many-columns",
            "6@46: x",
        ],
    );
}

#[test]
fn a_line_of_a_gigabyte_is_passed_over_in_little_memory() {
    struct Long {
        quote: bool,
    }
    const LONG: u64 = 1 << 30;
    impl ReadAt for Long {
        fn len(&self) -> u64 {
            LONG + 5
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            assert!(buffer.len() <= (1 << 20) + 64, "asked for {} bytes at once", buffer.len());
            let count = buffer.len().min(usize::try_from(self.len() - offset.min(self.len())).unwrap());
            if count > 0 {
                buffer[..count].fill(b'x');
            }
            for (n, byte) in buffer[..count].iter_mut().enumerate() {
                match offset + n as u64 {
                    0 if self.quote => *byte = b'"',
                    LONG => *byte = b'\n',
                    at if at < LONG => break,
                    at => *byte = b"e,f\n"[(at - LONG - 1) as usize],
                }
            }
            // Only the last stretch holds anything else.
            if offset < LONG && offset + count as u64 > LONG {
                let tail = (LONG - offset) as usize;
                buffer[tail..count].copy_from_slice(&b"\ne,f\n"[..count - tail]);
            }
            Ok(count)
        }
    }
    let next = format!("2@{}: e|f", LONG + 1);
    assert_eq!(told(&Long { quote: false }, b',', limits()), ["1@0! table/row-too-long", &next]);
    assert_eq!(told(&Long { quote: true }, b',', limits()), ["1@0! table/open-quote", &next]);
}

#[test]
fn nuls_are_bytes_like_any_other() {
    check(b"ab,\0c\n\0\n", limits(), &["1@0: ab|c", "2@6: "]);
}

#[test]
fn semicolons_and_tabs_separate_where_the_heading_says_so() {
    assert_eq!(told(&b"a,b;c\n\"d;e\";f\n".to_vec(), b';', limits()), ["1@0: a,b|c", "2@6: d;e|f"]);
    assert_eq!(told(&b"a\tb\n\t\n".to_vec(), b'\t', limits()), ["1@0: a|b", "2@4: |"]);
}

#[test]
fn a_mark_is_not_text_and_bytes_count_as_received() {
    check(b"\xef\xbb\xbfa,b\nc,d\n", limits(), &["1@3: a|b", "2@7: c|d"]);
    check(b"\xef\xbb\xbf\"a\",b\nc,d\n", limits(), &["1@3: a|b", "2@9: c|d"]);
}

#[test]
fn windows_1252_and_utf_16_are_read_with_their_places() {
    check(b"Zo\xeb,\"Z\xf6\"\"e\"\n", limits(), &["1@0: Zo\u{eb}|Z\u{f6}\"e"]);
    for big in [false, true] {
        let marked = utf_16("a,Łódź\n\" Łódź \"\"x\"\"\",b\n\"ł\nń\",c", true, big);
        check(&marked, limits(), &["1@2: a|Łódź", "2@16: Łódź \"x\"|b", "3@48: łń|c (unended)"]);
        let unmarked = utf_16("a,Łódź\n\u{c},\u{c} ź\n", false, big);
        check(&unmarked, limits(), &["1@0: a|Łódź", "2@14: |ź"]);
    }
}

#[test]
fn an_odd_byte_at_the_end_of_utf_16_is_left() {
    let mut bytes = utf_16("a,b\nc,d", true, false);
    bytes.push(b'x');
    check(&bytes, limits(), &["1@2: a|b", "2@10: c|d (unended)"]);
}

#[test]
fn cells_are_placed_at_their_first_character_or_their_quote() {
    let bytes = b"a,  b,\"c,\"\"c\" , \"d\",,e\n".to_vec();
    let mut rows = RowReader::new(text(&bytes), b',', limits());
    rows.read(TOP);
    let places = rows.cell_places();
    let of = |place: &Place| match place {
        Place::Cell { column: Some(column), byte, .. } => (*column, *byte),
        _ => unreachable!(),
    };
    let expected = [(1, 0), (2, 4), (3, 6), (4, 16), (5, 20), (6, 21)];
    assert_eq!(places.iter().map(of).collect::<Vec<_>>(), expected);
    assert_eq!((0..6).map(|n| of(&rows.cell_place(n))).collect::<Vec<_>>(), expected);
}

#[test]
fn a_part_that_fails_is_unreadable_and_ends() {
    struct Failing;
    impl ReadAt for Failing {
        fn len(&self) -> u64 {
            1_000_000
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            if offset > 10_000 {
                return Err(io::Error::other("gone"));
            }
            let few = buffer.len().min(2_000);
            buffer[..few].fill(b'\n');
            Ok(few)
        }
    }
    assert_eq!(told(&Failing, b',', limits()), ["unreadable"]);
}

#[test]
fn fewer_cells_can_be_split_off() {
    let bytes = b"a,b,c,d\n".to_vec();
    let mut rows = RowReader::new(text(&bytes), b',', limits());
    rows.read_to(TOP, 2);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows.cell(0), Some(b"a".as_slice()));
    assert_eq!(rows.cell(1), Some(b"b".as_slice()));
}
