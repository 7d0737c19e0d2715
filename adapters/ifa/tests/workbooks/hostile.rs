//! Files that are no workbooks, are not whole, or were made to do harm: each ends in few words and little memory.

use kit::{adapter::Options, limits::ReadingLimits};
use proptest::prelude::*;

use crate::{
    Read,
    book::{Book, NAMES, ROW, data, letters, row},
    support,
};

fn told(bytes: &[u8]) -> Vec<String> {
    let read = Read::of(bytes);
    assert!(read.vacancies().is_empty());
    read.told()
}

fn told_of(data: String) -> Vec<String> {
    told(&Book::with_data(vec![("Vacancies", data)]).packed())
}

fn within(limits: ReadingLimits) -> Options {
    Options { limits, ..support::options() }
}

/// A compound file with a stream of this name in its directory.
fn compound(stream: &str) -> Vec<u8> {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(70_000, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(80_000, 0);
    bytes
}

#[test]
fn what_is_no_workbook_is_told_in_words_of_its_own() {
    let mut binary = Book::of_rows(&[]).change("_rels/.rels", "xl/workbook.xml", "xl/workbook.bin");
    binary.put("xl/workbook.bin", "\u{1}");
    let mut open_document = Book::of_rows(&[]);
    open_document.put("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    let text_document = Book::of_rows(&[]).change("xl/workbook.xml", "workbook", "document");
    for (bytes, expected) in [
        (compound("EncryptedPackage"), "workbook/password"),
        (compound("Workbook"), "workbook/old-kind"),
        (binary.packed(), "workbook/binary-kind"),
        (open_document.packed(), "workbook/open-document"),
        (text_document.packed(), "workbook/not-a-workbook"),
        (support::table(&[support::ROW]), "workbook/not-a-workbook"),
        (b"%PDF-1.7".to_vec(), "workbook/not-a-workbook"),
        (b"P".to_vec(), "workbook/not-a-workbook"),
        (Vec::new(), "table/empty-part"),
    ] {
        assert_eq!(told(&bytes), [expected]);
    }
}

#[test]
fn a_workbook_that_is_cut_anywhere_is_damaged() {
    let bytes = Book::of_rows(&[ROW.to_vec()]).packed();
    for length in (2..bytes.len()).step_by(7) {
        assert_eq!(told(&bytes[..length]), ["workbook/damaged"], "cut at {length}");
    }
}

#[test]
fn a_workbook_that_says_two_things_is_damaged() {
    let twice = {
        // One name is made another of the same length: two members are then called alike.
        let mut book = Book::of_rows(&[ROW.to_vec()]);
        book.put("xl/worksheets/sheet2.xml", "<worksheet/>");
        let bytes = book.packed();
        let (from, to) = (b"xl/worksheets/sheet2.xml", b"xl/worksheets/SHEET1.xml");
        let mut changed = bytes.clone();
        for at in 0..bytes.len() - from.len() {
            if &bytes[at..at + from.len()] == from {
                changed[at..at + to.len()].copy_from_slice(to);
            }
        }
        changed
    };
    assert_eq!(told(&twice), ["workbook/damaged"]);
    let usual = data(&[NAMES.to_vec(), ROW.to_vec()]);
    for changed in [
        usual.replace("<row r=\"2\">", "<row r=\"1\">"),
        usual.replace("<row r=\"2\">", "<row r=\"1048577\">"),
        usual.replace("<row r=\"2\">", "<row r=\"two\">"),
        usual.replace("r=\"B2\"", "r=\"A2\""),
        usual.replace("r=\"O2\"", "r=\"XFE2\""),
        usual.replace("r=\"O2\"", "r=\"ZZZZZZ2\""),
        usual.replace("</row>", ""),
        usual.replace("B13", "B13 &undeclared;"),
        usual.replacen("t=\"inlineStr\"", "t=\"other\"", 20),
        usual.replace("<c r=\"A2\" t=\"inlineStr\">", "<c r=\"A2\" t=\"s\"><v>99</v>"),
        usual.replace("<c r=\"A2\" t=\"inlineStr\">", "<c r=\"A2\" t=\"s\"><v>-1</v>"),
        usual.replace("<c r=\"A2\"", "<c r=\"A2\" r=\"A2\""),
        usual.clone() + "<deeper>".repeat(100_000).as_str(),
    ] {
        assert_ne!(changed, usual);
        assert_eq!(told_of(changed), ["workbook/damaged"]);
    }
}

#[test]
fn a_byte_that_was_changed_on_the_way_is_seen_wherever_it_stands() {
    let bytes = Book::of_rows(&[ROW.to_vec()]).packed_as(zip::CompressionMethod::Stored);
    for text in [&b"C-2207"[..], b"B13", b"</worksheet>", b"RICH", b"numFmtId"] {
        let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
        let mut changed = bytes.clone();
        changed[at + 2] ^= 1;
        assert_eq!(told(&changed), ["workbook/damaged"], "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn no_document_type_is_read_and_no_entity_resolved() {
    let bomb = "<!DOCTYPE worksheet [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY x SYSTEM \
                \"file:///etc/passwd\">]><worksheet>";
    for member in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"] {
        let element = match member {
            "xl/worksheets/sheet1.xml" => "<worksheet>",
            "xl/styles.xml" => "<styleSheet ",
            _ => "<sst ",
        };
        let book = Book::of_rows(&[ROW.to_vec()]).change(member, element, &format!("{bomb}{element}"));
        assert_eq!(told(&book.packed()), ["workbook/damaged"], "{member}");
    }
}

#[test]
fn what_unpacks_beyond_the_limits_is_not_read() {
    let empty = "<row/>".repeat(200_000);
    let text = |bytes: usize| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", "A".repeat(bytes));
    let usual = || data(&[NAMES.to_vec(), ROW.to_vec()]);
    let bytes = Book::with_data(vec![("Vacancies", usual() + &empty)]).packed();
    assert!(bytes.len() < 20_000, "it is small as it comes");
    let unpacked = ReadingLimits { workbook_bytes_max: 1_000_000, ..ReadingLimits::default() };
    assert_eq!(Read::with(&bytes, &within(unpacked)).told(), ["workbook/too-large"]);
    assert_eq!(Read::of(&bytes).ids(), ["V-0141"], "within the usual limit it is read");
    // What is held of the cells has a limit of its own: texts, and cells that share one.
    let many = ["<c t=\"s\"><v>0</v></c>"; 15].concat();
    for rows in [format!("<row>{}</row>", text(800_000)), format!("<row>{many}</row>").repeat(3_000)] {
        let bytes = Book::with_data(vec![("Vacancies", usual() + &rows)]).packed();
        let held = ReadingLimits { cells_bytes_max: 500_000, ..ReadingLimits::default() };
        assert_eq!(Read::with(&bytes, &within(held)).told(), ["workbook/too-large"]);
    }
    // Of all sheets together.
    let fees: Vec<Vec<&str>> = vec![vec!["vacancy_id", "age_from", "age_to", "weekly_fee"]; 1];
    let lines = (0..2_000)
        .map(|n| format!("<row>{}</row>", ["<c><v>7</v></c>".to_owned(), format!("<c><v>{n}</v></c>")].concat()));
    let lines: String = lines.collect();
    let sheets = |fees_too: bool| {
        let vacancies = ("Vacancies", usual() + &lines);
        let more = if fees_too { lines.as_str() } else { "" };
        Book::with_data(vec![vacancies, ("Fees", data(&fees) + more)]).packed()
    };
    let held = ReadingLimits { cells_bytes_max: 150_000, ..ReadingLimits::default() };
    assert_eq!(Read::with(&sheets(false), &within(held)).ids(), ["V-0141"]);
    assert_eq!(Read::with(&sheets(true), &within(held)).told(), ["workbook/too-large"]);
    // One element alone may hold no more than a row.
    let attribute = format!("<row r=\"3\" x=\"{}\"/>", "A".repeat(3 << 20));
    assert_eq!(told_of(usual() + &attribute), ["workbook/too-large"]);
    // A short text that many cells share is long in a row.
    let mut book = Book::with_data(vec![("Vacancies", usual() + &format!("<row>{many}</row>"))]);
    book.put("xl/sharedStrings.xml", &format!("<sst><si><t>{}</t></si></sst>", "A".repeat(100_000)));
    let read = Read::of(&book.packed());
    assert_eq!((read.ids(), read.told()), (vec!["V-0141"], vec!["table/row-too-long Vacancies!3".to_owned()]));
}

#[test]
fn the_limits_hold_at_their_edges() {
    let usual = Book::of_rows(&[ROW.to_vec()]);
    let bytes = usual.packed();
    let read = |limits: ReadingLimits| Read::with(&bytes, &within(limits)).told();
    // The budget is found by halving: a byte less and it is too large.
    let (mut too_little, mut enough) = (0_u64, 1 << 20);
    while enough - too_little > 1 {
        let middle = (too_little + enough) / 2;
        let told = read(ReadingLimits { workbook_bytes_max: middle, ..ReadingLimits::default() });
        if told.is_empty() { enough = middle } else { too_little = middle }
    }
    assert!(enough > 2_000, "{enough}");
    assert_eq!(
        read(ReadingLimits { workbook_bytes_max: too_little, ..ReadingLimits::default() }),
        ["workbook/too-large"]
    );
    assert_eq!(read(ReadingLimits { columns_max: 15, ..ReadingLimits::default() }), [""; 0]);
    let columns = read(ReadingLimits { columns_max: 14, ..ReadingLimits::default() });
    assert!(columns.contains(&"table/too-many-columns Vacancies!2".to_owned()), "{columns:?}");
    let two = Book::of(&[("Vacancies", vec![NAMES.to_vec(), ROW.to_vec()]), ("Notes", vec![])]).packed();
    for (parts_max, expected) in [(2, &[][..]), (1, &["workbook/too-many-sheets"])] {
        let limits = ReadingLimits { parts_max, ..ReadingLimits::default() };
        assert_eq!(Read::with(&two, &within(limits)).told(), expected);
    }
    let rows = Book::of_rows(&[
        ROW.to_vec(),
        row(&[("vacancy_id", "V-2"), ("carer_ref", "C-2"), ("outward_postcode", "B14")]),
    ])
    .packed();
    for (rows_max, expected) in [(2, &[][..]), (1, &["table/too-many-rows Vacancies!3"])] {
        let limits = ReadingLimits { rows_max, ..ReadingLimits::default() };
        assert_eq!(Read::with(&rows, &within(limits)).told(), expected);
    }
}

#[test]
fn thousands_of_sheets_and_columns_are_no_danger() {
    let titles: Vec<String> = (0..1_200).map(|n| format!("S{n}")).collect();
    let sheets: Vec<_> = titles.iter().map(|title| (title.as_str(), vec![NAMES.to_vec()])).collect();
    assert_eq!(told(&Book::of(&sheets).packed()), ["workbook/too-many-sheets"]);
    // All columns that a sheet can have, in the headings and in a row.
    let wide = |line: u32| {
        let cells: String = (15..16_384)
            .map(|n| {
                let place = if n < 702 {
                    letters(n)
                } else {
                    format!("{}{}", letters((n - 702) / 676), letters(26 + (n - 702) % 676))
                };
                format!("<c r=\"{place}{line}\"><v>1</v></c>")
            })
            .collect();
        cells
    };
    let usual = data(&[NAMES.to_vec(), ROW.to_vec()]);
    let (first, second) = usual.split_at(usual.find("</row>").unwrap());
    let all = format!("{first}{}{}{}</row>", wide(1), second.strip_suffix("</row>").unwrap(), wide(2));
    let read = Read::of(&Book::with_data(vec![("Vacancies", all)]).packed());
    assert!(read.told().iter().any(|told| told == "table/too-many-columns Vacancies!2"), "{:?}", read.told().last());
    assert!(read.vacancies().is_empty());
    // A row that has cells beyond them and no others is told too.
    let alone = usual + "<row r=\"3\"><c r=\"ALM3\"><v>1</v></c></row>";
    let read = Read::of(&Book::with_data(vec![("Vacancies", alone)]).packed());
    assert_eq!((read.ids(), read.told()), (vec!["V-0141"], vec!["table/too-many-columns Vacancies!3".to_owned()]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_workbook_that_is_spoilt_is_read_in_order(deeds in prop::collection::vec((any::<usize>(), any::<u8>()), 1..8), packed: bool) {
        let method = if packed { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        let mut bytes = Book::of_rows(&[ROW.to_vec()]).packed_as(method);
        for (at, byte) in deeds {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let read = Read::of(&bytes);
        prop_assert!(read.vacancies().len() <= 1);
        for told in &read.0.told {
            prop_assert!(told.place.order().1 <= bytes.len() as u64 + 1);
        }
    }

    /// Members that are well packed, and hold anything.
    #[test]
    fn a_sheet_of_anything_is_read_in_order(text in "(<row( r=\"[0-9]{1,3}\")?>|<c( r=\"[A-Z]{1,3}[0-9]\")?( t=\"(s|b|e|n|str|d)\")?( s=\"[0-9]\")?>|<v>[0-9.eE-]{0,6}</v>|<is><t>.{0,5}</t></is>|<f/>|</c>|</row>|&#x[0-9a-f]{1,4};){0,40}") {
        let _ = Read::of(&Book::with_data(vec![("Vacancies", data(&[NAMES.to_vec(), ROW.to_vec()]) + &text)]).packed());
    }
}
