//! The manners of the programs that offices use: one row says the same however its cells are written.

use zip::CompressionMethod;

use crate::{
    Read,
    book::{Book, NAMES, ROW, data, row},
    support,
};

/// What a workbook says must be what the usual row says in CSV.
fn says_the_usual(book: &Book) {
    let read = Read::of(&book.packed());
    assert_eq!(read.told(), [""; 0]);
    let usual = support::read(&ifa::VACANCIES_CSV, &[&support::table(&[support::ROW])]);
    assert_eq!(read.vacancies(), usual.vacancies());
}

#[test]
fn a_row_says_the_same_in_every_manner() {
    for cells in [
        vec![],
        // A text that sheets share, in one piece or in runs; one that stands in the cell, in one piece or in runs.
        vec![("status", "<c t=\"inlineStr\"><is><r><t>op</t></r><r><rPr><i/></rPr><t>en</t></r></is></c>")],
        vec![("provision", "<c t=\"str\"><f>LOWER(\"FOSTERING\")</f><v>fostering</v></c>")],
        // Days by a style of either kind, by their number in a cell without one, and as text in British and ISO manner.
        vec![("as_at", "<c s=\"1\"><v>46050</v></c>")],
        vec![("as_at", "<c s=\"2\"><v>46050.0</v></c>")],
        vec![("as_at", "<c><v>46050</v></c>")],
        vec![("as_at", "<c t=\"d\"><v>2026-01-28T00:00:00</v></c>")],
        vec![("as_at", "28/01/2026")],
        vec![("as_at", " 28-Jan-2026 ")],
        // Whole numbers with and without a tail, a style, a formula, a type.
        vec![("age_min", "<c><v>5</v></c>"), ("age_max", "<c t=\"n\"><v>11.0</v></c>")],
        vec![("places_approved", "<c s=\"3\"><f>2+1</f><v>3</v></c>"), ("places_available", "<c><v>2E0</v></c>")],
        // Formatted cells that hold nothing.
        vec![("change", "<c s=\"1\"/>")],
        vec![("change", "<c t=\"s\"><v>3</v></c>")],
        vec![("change", "<c t=\"str\"><f>\"\"</f><v></v></c>")],
        vec![("change", "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">   </t></is></c>")],
    ] {
        says_the_usual(&Book::of_rows(&[row(&cells)]));
    }
}

#[test]
fn texts_that_sheets_share_are_found_by_their_number() {
    let rows: Vec<_> = ["<c t=\"s\"><v>0</v></c>", "<c t=\"s\"><v>1</v></c>"]
        .map(|id| row(&[("vacancy_id", id)]))
        .into_iter()
        .enumerate()
        .map(|(n, mut row)| {
            row[3] = ["C-1", "C-2"][n];
            row[14] = ["B13", "B14"][n];
            row
        })
        .collect();
    let read = Read::of(&Book::of_rows(&rows).packed());
    assert_eq!((read.ids(), read.told()), (vec!["V-SHARED", "V-RICH"], vec![]));
}

#[test]
fn a_number_is_whole_where_its_column_is_a_reference() {
    let numbers = row(&[
        ("vacancy_id", "<c><v>141</v></c>"),
        ("provider_urn", "<c><v>1.234567E6</v></c>"),
        ("carer_ref", "<c><v>2207.0</v></c>"),
    ]);
    let read = Read::of(&Book::of_rows(&[numbers]).packed());
    assert_eq!((read.ids(), read.told()), (vec!["141"], vec![]));
    assert_eq!(read.vacancies()[0].carer_ref.as_ref().is().map(|reference| &**reference), Some("2207"));
}

#[test]
fn days_are_counted_from_1904_where_the_workbook_says_so() {
    let book = Book::of_rows(&[row(&[("as_at", "<c s=\"1\"><v>44588</v></c>")])]);
    for word in ["1", "true"] {
        let changed = format!("<workbookPr date1904=\"{word}\"/><sheets>");
        says_the_usual(&book.clone().change("xl/workbook.xml", "<sheets>", &changed));
    }
    let read = Read::of(&book.packed());
    assert!(
        read.told().contains(&"ifa/expired-on-arrival Vacancies!G2".to_owned()),
        "four years before: {:?}",
        read.told()
    );
}

#[test]
fn a_year_that_was_typed_alone_is_no_day() {
    let read = Read::of(&Book::of_rows(&[row(&[("as_at", "<c><v>2026</v></c>")])]).packed());
    assert_eq!(read.told(), ["table/cell Vacancies!G2"]);
}

#[test]
fn a_moment_is_of_the_clock_in_london() {
    let read = Read::of(&Book::of_rows(&[row(&[("as_at", "<c s=\"2\"><v>46050.354166666664</v></c>")])]).packed());
    let usual = support::read(
        &ifa::VACANCIES_CSV,
        &[&support::table(&[&support::ROW.replace("2026-01-28", "2026-01-28T08:30:00+00:00")])],
    );
    assert_eq!((read.vacancies(), read.told()), (usual.vacancies(), vec![]));
}

#[test]
fn what_a_spreadsheet_takes_for_a_time_is_the_ratio_that_was_typed() {
    let mut names = NAMES.to_vec();
    names.push("staff_ratio");
    let mut home = row(&[("provision", "residential"), ("placement_types", "therapeutic")]);
    home.push("<c s=\"4\"><v>0.085416666666666669</v></c>");
    let read = Read::of(&Book::of(&[("Vacancies", vec![names, home])]).packed());
    assert_eq!(read.told(), [""; 0]);
    let more = read.vacancies()[0].more.clone().unwrap();
    assert_eq!(more.home.is().unwrap().staff_ratio.as_ref().is().map(|ratio| &**ratio), Some("2:3"));
}

#[test]
fn formatted_rows_down_to_the_last_say_nothing() {
    let mut all = data(&[NAMES.to_vec(), ROW.to_vec()]);
    for line in 3..=2_004 {
        all += &format!(
            "<row r=\"{line}\" spans=\"1:15\" s=\"1\" customFormat=\"1\"><c r=\"A{line}\" s=\"1\"/><c r=\"O{line}\" s=\"1\"/></row>"
        );
    }
    all += "<row r=\"1048576\" hidden=\"1\"><c r=\"XFD1048576\" s=\"1\"/></row>";
    says_the_usual(&Book::with_data(vec![("Vacancies", all)]));
}

#[test]
fn hidden_and_filtered_rows_are_read_and_places_may_be_left_out() {
    let plain = data(&[NAMES.to_vec(), ROW.to_vec()]);
    says_the_usual(&Book::with_data(vec![(
        "Vacancies",
        plain.replace("<row r=\"2\">", "<row r=\"2\" hidden=\"1\" outlineLevel=\"1\">"),
    )]));
    // Without places a cell follows the one before it, and a row too.
    let cells: String = ROW.iter().map(|cell| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>")).collect();
    let bare = data(&[NAMES.to_vec()]) + &format!("<row>{cells}</row>");
    says_the_usual(&Book::with_data(vec![("Vacancies", bare)]));
}

#[test]
fn members_are_found_however_they_are_named_and_packed() {
    let book = || Book::of_rows(&[ROW.to_vec()]);
    for changed in [
        book().change("_rels/.rels", "xl/workbook.xml", "/xl/workbook.xml"),
        book().change("xl/_rels/workbook.xml.rels", "/xl/worksheets/", "worksheets/"),
        book().change("xl/_rels/workbook.xml.rels", "/xl/worksheets/", "../xl/./worksheets/"),
        book().change("xl/_rels/workbook.xml.rels", "/xl/worksheets/", "/XL/Worksheets/"),
        book().change("xl/_rels/workbook.xml.rels", "\"styles.xml\"", "\"xl\\..\\styles.xml\""),
        // The namespaces of strict OOXML, prefixes, and what is there for programs that know more.
        book().change("xl/workbook.xml", "schemas.openxmlformats.org/officeDocument", "purl.oclc.org/ooxml/officeDocument"),
        book()
            .change("xl/worksheets/sheet1.xml", "<worksheet>", "<x:worksheet xmlns:x=\"m\">")
            .change("xl/worksheets/sheet1.xml", "</worksheet>", "</x:worksheet>"),
        book().change(
            "xl/workbook.xml",
            "<sheets>",
            "<mc:AlternateContent xmlns:mc=\"m\"><mc:Choice Requires=\"x15\"><sheets><sheet name=\"Vacancies\" r:id=\"no\"/>\
             </sheets></mc:Choice><mc:Fallback/></mc:AlternateContent><sheets>",
        ),
        book().change("xl/worksheets/sheet1.xml", "</sheetData>", "</sheetData><mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>"),
        book().change("xl/worksheets/sheet1.xml", "<worksheet>", "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- x --><worksheet>"),
    ] {
        says_the_usual(&changed);
    }
    let stored = Read::of(&book().packed_as(CompressionMethod::Stored));
    assert_eq!((stored.ids(), stored.told()), (vec!["V-0141"], vec![]));
}

#[test]
fn a_formula_is_read_by_what_it_showed_and_an_error_is_none() {
    let cells = [
        ("as_at", "<c s=\"1\"><f>TODAY()</f></c>", "ifa/formula-without-value Vacancies!G2"),
        ("age_min", "<c><f>A1</f><v></v></c>", "ifa/formula-without-value Vacancies!K2"),
        ("genders", "<c t=\"e\"><f>A1</f><v>#REF!</v></c>", "workbook/error-value Vacancies!M2"),
        ("carer_ref", "<c t=\"e\"><v>#N/A</v></c>", "workbook/error-value Vacancies!D2"),
    ];
    for (column, cell, told) in cells {
        let read = Read::of(
            &Book::of_rows(&[
                row(&[(column, cell)]),
                row(&[("vacancy_id", "V-2"), ("carer_ref", "C-9"), ("outward_postcode", "B14")]),
            ])
            .packed(),
        );
        assert_eq!(read.told(), [told], "{column}");
        assert_eq!(read.ids(), ["V-2"], "{column}: the row is not read, the next one is");
    }
}

#[test]
fn flags_are_read_as_what_a_spreadsheet_calls_them() {
    let mut names = NAMES.to_vec();
    names.push("own_bedroom");
    for (cell, expected) in [
        ("<c t=\"b\"><v>1</v></c>", true),
        ("<c t=\"b\"><v>0</v></c>", false),
        ("<c><v>1</v></c>", true),
        ("Yes", true),
    ] {
        let mut cells = ROW.to_vec();
        cells.push(cell);
        let read = Read::of(&Book::of(&[("Vacancies", vec![names.clone(), cells])]).packed());
        let home = read.vacancies()[0].more.clone().unwrap().home.is().unwrap();
        assert_eq!(home.own_bedroom.is(), Some(expected), "{cell}");
    }
}
