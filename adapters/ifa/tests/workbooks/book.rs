//! Workbooks from texts, packed by another hand than ours, with whatever a program or an attacker may put in them.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The machine names of a usual row, and the row.
pub(crate) const NAMES: [&str; 15] = [
    "vacancy_id",
    "provider_urn",
    "provision",
    "carer_ref",
    "status",
    "change",
    "as_at",
    "places_approved",
    "places_occupied",
    "places_available",
    "age_min",
    "age_max",
    "genders",
    "placement_types",
    "outward_postcode",
];
pub(crate) const ROW: [&str; 15] = [
    "V-0141",
    "SC999901",
    "fostering",
    "C-2207",
    "open",
    "",
    "2026-01-28",
    "3",
    "1",
    "2",
    "5",
    "11",
    "any",
    "short-term",
    "B13",
];

/// A sheet with its title and rows; a cell that begins with `<c` stands as it is, any other as a text.
pub(crate) type SheetOf<'t> = (&'t str, Vec<Vec<&'t str>>);

/// Members of a workbook, by name.
#[derive(Clone)]
pub(crate) struct Book {
    members: Vec<(String, Vec<u8>)>,
}

/// Style 1 shows days by a format that needs no declaration, 2 by one of its own, 3 money, 4 times of day.
const STYLES: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"1\">\
    <numFmt numFmtId=\"165\" formatCode=\"[$-809]dd\\ mmmm\\ yyyy;@\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/>\
    </cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"165\"/><xf numFmtId=\"2\"/>\
    <xf numFmtId=\"20\"/></cellXfs></styleSheet>";

/// Text 1 is in runs, with how it is pronounced; text 2 has a line break by number.
const STRINGS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
    <si><t>V-SHARED</t></si><si><r><rPr><b/></rPr><t xml:space=\"preserve\">V-</t></r><r><t>RICH</t></r>\
    <rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si><si><t>Two lines:_x000A_here</t></si><si/></sst>";

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

impl Book {
    /// A workbook of these sheets.
    pub(crate) fn of(sheets: &[SheetOf<'_>]) -> Self {
        Self::with_data(sheets.iter().map(|(title, rows)| (*title, data(rows))).collect())
    }

    /// A workbook of sheets whose data is given as it stands in the file.
    pub(crate) fn with_data(sheets: Vec<(&str, String)>) -> Self {
        let mut book = Self { members: Vec::new() };
        book.put(
            "_rels/.rels",
            &format!("<Relationships><Relationship Id=\"r\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
        );
        let listed: String = (1..)
            .zip(&sheets)
            .map(|(n, (title, _))| format!("<sheet name=\"{title}\" sheetId=\"{n}\" r:id=\"s{n}\"/>"))
            .collect();
        book.put("xl/workbook.xml", &format!("<workbook xmlns:r=\"{OFFICE}\"><sheets>{listed}</sheets></workbook>"));
        let targets: String = (1..=sheets.len())
            .map(|n| {
                format!(
                    "<Relationship Id=\"s{n}\" Type=\"{OFFICE}/worksheet\" Target=\"/xl/worksheets/sheet{n}.xml\"/>"
                )
            })
            .collect();
        book.put(
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships>{targets}<Relationship Id=\"a\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>\
                 <Relationship Id=\"b\" Type=\"{OFFICE}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            ),
        );
        book.put("xl/styles.xml", STYLES);
        book.put("xl/sharedStrings.xml", STRINGS);
        for (n, (_, data)) in (1..).zip(sheets) {
            book.put(
                &format!("xl/worksheets/sheet{n}.xml"),
                &format!("<worksheet><sheetData>{data}</sheetData></worksheet>"),
            );
        }
        book
    }

    /// A workbook of one sheet of vacancies with the usual names and these rows.
    pub(crate) fn of_rows(rows: &[Vec<&str>]) -> Self {
        let mut all = vec![NAMES.to_vec()];
        all.extend_from_slice(rows);
        Self::of(&[("Vacancies", all)])
    }

    /// Puts a member in the place of the one of that name, or beside the others.
    pub(crate) fn put(&mut self, name: &str, text: &str) {
        match self.members.iter_mut().find(|(known, _)| known == name) {
            Some((_, bytes)) => *bytes = text.as_bytes().to_vec(),
            None => self.members.push((name.to_owned(), text.as_bytes().to_vec())),
        }
    }

    /// Changes the text of a member.
    pub(crate) fn change(mut self, name: &str, from: &str, to: &str) -> Self {
        let (_, bytes) = self.members.iter_mut().find(|(known, _)| known == name).unwrap();
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        assert!(text.contains(from), "{name} does not hold {from}");
        *bytes = text.replace(from, to).into_bytes();
        self
    }

    /// The file.
    pub(crate) fn packed(&self) -> Vec<u8> {
        self.packed_as(CompressionMethod::Deflated)
    }

    pub(crate) fn packed_as(&self, method: CompressionMethod) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.members {
            archive.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }
}

/// The usual row with other cells in some of its columns.
pub(crate) fn row<'t>(cells: &[(&str, &'t str)]) -> Vec<&'t str> {
    let mut row = ROW.to_vec();
    for (name, cell) in cells {
        row[NAMES.iter().position(|known| known == name).unwrap()] = cell;
    }
    row
}

/// Rows as a sheet has them.
pub(crate) fn data(rows: &[Vec<&str>]) -> String {
    let mut out = String::new();
    for (line, row) in (1..).zip(rows) {
        out += &format!("<row r=\"{line}\">");
        for (n, cell) in row.iter().enumerate() {
            let place = format!("{}{line}", letters(n));
            out += &match cell.strip_prefix("<c") {
                Some(rest) => format!("<c r=\"{place}\"{rest}"),
                None if cell.is_empty() => continue,
                None => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
            };
        }
        out += "</row>";
    }
    out
}

pub(crate) fn letters(column: usize) -> String {
    let letter = |n: usize| char::from(b'A' + n as u8);
    if column < 26 { letter(column).to_string() } else { format!("{}{}", letter(column / 26 - 1), letter(column % 26)) }
}
