//! Sheets into a workbook: SpreadsheetML (ECMA-376, part 1, section 18) as Excel and LibreOffice read it.
//!
//! Every text is a string and none a formula, whatever it begins with. There is no macro, no link, no clock.

use std::{collections::HashMap, fmt::Write};

use crate::workbook::{
    comments,
    look::{self, Look},
    pack::Pack,
    sheet::letters_of,
    strings::{ESCAPE_BYTES, escaped},
};

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing yet: the cell only looks as if it wanted to be filled in.
    Blank,
    Text(String),
    /// A number, as text.
    Number(String),
}

/// What may be typed into some cells.
pub(super) enum Validation {
    /// One of a named list, or of words between quotes.
    OneOf(String),
    /// A day.
    Day,
    /// A whole number from 0.
    UpTo(u32),
}

/// A sheet to be written.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) title: &'static str,
    /// By column: how wide, and how cells look that hold nothing yet.
    pub(super) columns: Vec<(u16, Look)>,
    /// Rows in order; their cells by column.
    pub(super) rows: Vec<Vec<(usize, Look, Value)>>,
    /// How high the first rows are, in points, where their lines are broken; 0 is as high as one line.
    pub(super) heights: &'static [u16],
    /// Rows and columns that stay in sight.
    pub(super) frozen: Option<(u16, u16)>,
    /// Cells, what may be typed into them, and what is said when something else is.
    pub(super) validations: Vec<(String, Validation, String)>,
    /// Cells, and when they are greyed.
    pub(super) greys: Vec<(String, String)>,
    /// What is said of a cell, by its column and row from 0.
    pub(super) comments: Vec<((usize, usize), String)>,
}

/// Writes a workbook of sheets, with named lists.
pub(super) fn workbook(sheets: &[Drawn], names: &[(String, String)]) -> Vec<u8> {
    let (mut pack, mut strings) = (Pack::default(), Strings::default());
    let drawn: Vec<String> = sheets.iter().map(|sheet| sheet_xml(sheet, &mut strings)).collect();
    pack.add("[Content_Types].xml", content_types(sheets).as_bytes());
    let main = format!(
        "{HEAD}<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    pack.add("_rels/.rels", main.as_bytes());
    pack.add("xl/workbook.xml", book_xml(sheets, names).as_bytes());
    pack.add("xl/_rels/workbook.xml.rels", book_relations(sheets).as_bytes());
    pack.add("xl/styles.xml", look::styles().as_bytes());
    pack.add("xl/sharedStrings.xml", strings.xml().as_bytes());
    for ((n, sheet), xml) in (1..).zip(sheets).zip(&drawn) {
        pack.add(&format!("xl/worksheets/sheet{n}.xml"), xml.as_bytes());
        if !sheet.comments.is_empty() {
            pack.add(&format!("xl/worksheets/_rels/sheet{n}.xml.rels"), comments::relations(n).as_bytes());
            pack.add(&format!("xl/comments{n}.xml"), comments::comments(sheet).as_bytes());
            pack.add(&format!("xl/drawings/vmlDrawing{n}.vml"), comments::shapes(n, sheet).as_bytes());
        }
    }
    pack.finish()
}

pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub(super) const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub(super) const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
pub(super) const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Texts, each once.
#[derive(Default)]
struct Strings {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Strings {
    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.numbers.insert(text.to_owned(), self.texts.len());
        self.texts.push(text.to_owned());
        self.texts.len() - 1
    }

    fn xml(&self) -> String {
        let mut out = format!("{HEAD}<sst xmlns=\"{MAIN}\" uniqueCount=\"{}\">", self.texts.len());
        for text in &self.texts {
            let _ = write!(out, "<si><t xml:space=\"preserve\">{}</t></si>", cell_text(text));
        }
        out + "</sst>"
    }
}

/// Text with what would be markup escaped.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            character => out.push(character),
        }
    }
    out
}

/// The text of a cell: what XML cannot hold stands by its number, and what looks like such a number is told from it
/// (section 22.9.2.19).
pub(super) fn cell_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '\n' | '\t' => out.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "_x{:04X}_", u32::from(character));
            }
            '_' if text.as_bytes().get(at..at + ESCAPE_BYTES).is_some_and(|next| escaped(next).is_some()) => {
                out.push_str("_x005F_");
            }
            character => out.push(character),
        }
    }
    escape(&out)
}

fn content_types(sheets: &[Drawn]) -> String {
    let mut out = format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>"
    );
    let mut add = |name: &str, kind: &str| {
        let _ = write!(out, "<Override PartName=\"/xl/{name}.xml\" ContentType=\"{SPREADSHEET}.{kind}+xml\"/>");
    };
    add("workbook", "sheet.main");
    add("styles", "styles");
    add("sharedStrings", "sharedStrings");
    for (n, sheet) in (1..).zip(sheets) {
        add(&format!("worksheets/sheet{n}"), "worksheet");
        if !sheet.comments.is_empty() {
            add(&format!("comments{n}"), "comments");
        }
    }
    out + "</Types>"
}

fn book_xml(sheets: &[Drawn], names: &[(String, String)]) -> String {
    let mut out =
        format!("{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><bookViews><workbookView/></bookViews><sheets>");
    for (n, sheet) in (1..).zip(sheets) {
        let title = escape(sheet.title);
        let _ = write!(out, "<sheet name=\"{title}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>");
    }
    out.push_str("</sheets><definedNames>");
    for (name, cells) in names {
        let _ = write!(out, "<definedName name=\"{name}\">{}</definedName>", escape(cells));
    }
    out + "</definedNames></workbook>"
}

fn book_relations(sheets: &[Drawn]) -> String {
    let mut out = format!("{HEAD}<Relationships xmlns=\"{RELATIONS}\">");
    let mut add = |n: usize, kind: &str, target: &str| {
        let _ = write!(out, "<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}.xml\"/>");
    };
    for n in 1..=sheets.len() {
        add(n, "worksheet", &format!("worksheets/sheet{n}"));
    }
    add(sheets.len() + 1, "styles", "styles");
    add(sheets.len() + 2, "sharedStrings", "sharedStrings");
    out + "</Relationships>"
}

fn sheet_xml(sheet: &Drawn, strings: &mut Strings) -> String {
    let mut out =
        format!("{HEAD}<worksheet xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheetViews><sheetView workbookViewId=\"0\">");
    if let Some((rows, columns)) = sheet.frozen {
        let first = format!("{}{}", letters_of(usize::from(columns)), rows + 1);
        let (split, pane) = match columns {
            0 => (String::new(), "bottomLeft"),
            columns => (format!(" xSplit=\"{columns}\""), "bottomRight"),
        };
        let _ = write!(
            out,
            "<pane{split} ySplit=\"{rows}\" topLeftCell=\"{first}\" activePane=\"{pane}\" state=\"frozen\"/>"
        );
    }
    out.push_str("</sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>");
    for (n, (width, look)) in (1..).zip(&sheet.columns) {
        let style = *look as usize;
        let _ = write!(out, "<col min=\"{n}\" max=\"{n}\" width=\"{width}\" style=\"{style}\" customWidth=\"1\"/>");
    }
    out.push_str("</cols><sheetData>");
    for (line, row) in (1..).zip(&sheet.rows) {
        let _ = match sheet.heights.get(line - 1) {
            Some(height @ 1..) => write!(out, "<row r=\"{line}\" ht=\"{height}\" customHeight=\"1\">"),
            _ => write!(out, "<row r=\"{line}\">"),
        };
        for (column, look, value) in row {
            let (place, style) = (letters_of(*column), *look as usize);
            match value {
                Value::Blank => {
                    let _ = write!(out, "<c r=\"{place}{line}\" s=\"{style}\"/>");
                }
                Value::Text(text) => {
                    let number = strings.number(text);
                    let _ = write!(out, "<c r=\"{place}{line}\" s=\"{style}\" t=\"s\"><v>{number}</v></c>");
                }
                Value::Number(number) => {
                    let _ = write!(out, "<c r=\"{place}{line}\" s=\"{style}\"><v>{number}</v></c>");
                }
            }
        }
        out.push_str("</row>");
    }
    // Locked without a password: against mistakes, and nobody else.
    out.push_str(
        "</sheetData><sheetProtection sheet=\"1\" formatCells=\"0\" formatColumns=\"0\" formatRows=\"0\" \
         insertRows=\"0\" deleteRows=\"0\" sort=\"0\" autoFilter=\"0\"/>",
    );
    for (priority, (cells, formula)) in (1..).zip(&sheet.greys) {
        let formula = escape(formula);
        let _ = write!(
            out,
            "<conditionalFormatting sqref=\"{cells}\"><cfRule type=\"expression\" dxfId=\"0\" priority=\"{priority}\">\
             <formula>{formula}</formula></cfRule></conditionalFormatting>"
        );
    }
    validations(sheet, &mut out);
    if !sheet.comments.is_empty() {
        out.push_str("<legacyDrawing r:id=\"rId2\"/>");
    }
    out + "</worksheet>"
}

fn validations(sheet: &Drawn, out: &mut String) {
    if sheet.validations.is_empty() {
        return;
    }
    let _ = write!(out, "<dataValidations count=\"{}\">", sheet.validations.len());
    for (cells, validation, otherwise) in &sheet.validations {
        let (kind, formulas) = match validation {
            Validation::OneOf(list) => ("type=\"list\"".to_owned(), vec![escape(list)]),
            // From 1 March 1900 on, where all programs agree.
            Validation::Day => ("type=\"date\" operator=\"greaterThan\"".to_owned(), vec!["60".to_owned()]),
            Validation::UpTo(most) => {
                ("type=\"whole\" operator=\"between\"".to_owned(), vec!["0".to_owned(), most.to_string()])
            }
        };
        let _ = write!(
            out,
            "<dataValidation {kind} allowBlank=\"1\" showErrorMessage=\"1\" errorTitle=\"Not one of the answers\" \
             error=\"{}\" sqref=\"{cells}\">",
            escape(otherwise)
        );
        for (n, formula) in (1..).zip(formulas) {
            let _ = write!(out, "<formula{n}>{formula}</formula{n}>");
        }
        out.push_str("</dataValidation>");
    }
    out.push_str("</dataValidations>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::strings::unescape;

    #[test]
    fn what_xml_cannot_hold_comes_back() {
        for text in ["a\u{1}b", "_x0041_", "_x005F_x0041_", "\r\n\t", "<&>\"", "\u{ffff}", "=1+1", "_x004_", "é_x00e9_"]
        {
            let written = cell_text(text);
            assert!(!written.contains(['\u{1}', '\r', '\u{ffff}', '<']), "{written}");
            let mut read = ["&lt;<", "&gt;>", "&quot;\"", "&amp;&"]
                .iter()
                .fold(written, |text, pair| {
                    let (escape, character) = pair.split_at(pair.len() - 1);
                    text.replace(escape, character)
                })
                .into_bytes();
            unescape(&mut read, 0);
            assert_eq!(String::from_utf8(read).unwrap(), text);
        }
    }
}
