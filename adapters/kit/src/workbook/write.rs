//! Sheets into a workbook: SpreadsheetML (ECMA-376, part 1, section 18) as Excel and LibreOffice read it.
//!
//! Every text is a string and none a formula, whatever it begins with. There is no macro, no link, no clock.

use std::{collections::HashMap, fmt::Write};

use crate::workbook::{
    pack::Pack,
    sheet::letters_of,
    strings::{ESCAPE_BYTES, escaped},
};

/// How a cell looks, by its place among the styles of the workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Title,
    NeededHeading,
    Heading,
    MachineName,
    Help,
    ExampleText,
    ExampleDay,
    ExampleNumber,
    ExampleMoney,
    Text,
    Day,
    Number,
    Money,
}

impl Look {
    const ALL: [Self; 14] = [
        Self::Plain,
        Self::Title,
        Self::NeededHeading,
        Self::Heading,
        Self::MachineName,
        Self::Help,
        Self::ExampleText,
        Self::ExampleDay,
        Self::ExampleNumber,
        Self::ExampleMoney,
        Self::Text,
        Self::Day,
        Self::Number,
        Self::Money,
    ];

    /// The format of numbers, the font, the background, whether lines are broken, and whether it may be written in.
    fn facts(self) -> (u16, u8, u8, bool, bool) {
        const GENERAL: u16 = 0;
        match self {
            Self::Plain => (GENERAL, 0, 0, false, false),
            Self::Title => (GENERAL, 3, 0, false, false),
            Self::NeededHeading => (GENERAL, 1, 2, true, false),
            Self::Heading => (GENERAL, 0, 2, true, false),
            Self::MachineName => (GENERAL, 2, 3, false, false),
            Self::Help => (GENERAL, 2, 0, true, false),
            Self::ExampleText => (AS_TEXT, 4, 3, false, false),
            Self::ExampleDay => (AS_DAY, 4, 3, false, false),
            Self::ExampleNumber => (AS_NUMBER, 4, 3, false, false),
            Self::ExampleMoney => (AS_MONEY, 4, 3, false, false),
            Self::Text => (AS_TEXT, 0, 0, false, true),
            Self::Day => (AS_DAY, 0, 0, false, true),
            Self::Number => (AS_NUMBER, 0, 0, false, true),
            Self::Money => (AS_MONEY, 0, 0, false, true),
        }
    }
}

/// Formats of numbers: three that need no declaration (section 18.8.30), and one of ours.
const AS_TEXT: u16 = 49;
const AS_NUMBER: u16 = 1;
const AS_MONEY: u16 = 2;
const AS_DAY: u16 = 164;

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
    pack.add("xl/styles.xml", styles_xml().as_bytes());
    pack.add("xl/sharedStrings.xml", strings.xml().as_bytes());
    for ((n, sheet), xml) in (1..).zip(sheets).zip(&drawn) {
        pack.add(&format!("xl/worksheets/sheet{n}.xml"), xml.as_bytes());
        if !sheet.comments.is_empty() {
            pack.add(&format!("xl/worksheets/_rels/sheet{n}.xml.rels"), comment_relations(n).as_bytes());
            pack.add(&format!("xl/comments{n}.xml"), comments_xml(sheet).as_bytes());
            pack.add(&format!("xl/drawings/vmlDrawing{n}.vml"), comment_shapes(sheet).as_bytes());
        }
    }
    pack.finish()
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
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
fn cell_text(text: &str) -> String {
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

fn styles_xml() -> String {
    let mut out = format!(
        "{HEAD}<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"{AS_DAY}\" \
         formatCode=\"dd/mm/yyyy\"/></numFmts><fonts count=\"5\">\
         <font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
         <font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font>\
         <font><sz val=\"9\"/><color rgb=\"FF595959\"/><name val=\"Calibri\"/></font>\
         <font><b/><sz val=\"14\"/><name val=\"Calibri\"/></font>\
         <font><i/><sz val=\"11\"/><color rgb=\"FF595959\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"4\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill>"
    );
    for colour in ["FFDCE6F1", "FFEDEDED"] {
        let _ = write!(
            out,
            "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{colour}\"/><bgColor indexed=\"64\"/></patternFill></fill>"
        );
    }
    let _ = write!(
        out,
        "</fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"{}\">",
        Look::ALL.len()
    );
    for look in Look::ALL {
        let (format, font, fill, wraps, is_open) = look.facts();
        let wraps = if wraps { " wrapText=\"1\"" } else { "" };
        let _ = write!(
            out,
            "<xf numFmtId=\"{format}\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" \
             applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\" applyProtection=\"1\">\
             <alignment vertical=\"top\"{wraps}/><protection locked=\"{}\"/></xf>",
            u8::from(!is_open)
        );
    }
    out + "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>\
           <dxfs count=\"1\"><dxf><font><color rgb=\"FF7F7F7F\"/></font><fill><patternFill patternType=\"solid\">\
           <fgColor rgb=\"FFBFBFBF\"/><bgColor rgb=\"FFBFBFBF\"/></patternFill></fill></dxf></dxfs></styleSheet>"
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

fn comment_relations(n: usize) -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"{RELATIONS}\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/comments\" Target=\"../comments{n}.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{OFFICE}/vmlDrawing\" Target=\"../drawings/vmlDrawing{n}.vml\"/></Relationships>"
    )
}

fn comments_xml(sheet: &Drawn) -> String {
    let mut out = format!("{HEAD}<comments xmlns=\"{MAIN}\"><authors><author>Homeward</author></authors><commentList>");
    for ((column, row), text) in &sheet.comments {
        let _ = write!(
            out,
            "<comment ref=\"{}{}\" authorId=\"0\"><text><t xml:space=\"preserve\">{}</t></text></comment>",
            letters_of(*column),
            row + 1,
            cell_text(text)
        );
    }
    out + "</commentList></comments>"
}

/// The boxes that comments are shown in: without them Excel shows none.
fn comment_shapes(sheet: &Drawn) -> String {
    let mut out = String::from(
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" \
         o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/>\
         <v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>",
    );
    for (n, ((column, row), _)) in (1..).zip(&sheet.comments) {
        let _ = write!(
            out,
            "<v:shape id=\"_x0000_s{}\" type=\"#_x0000_t202\" style=\"position:absolute;width:240pt;height:120pt;\
             z-index:{n};visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
             <v:textbox/><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
             <x:Anchor>{}, 15, {row}, 2, {}, 15, {}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
             <x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            1024 + n,
            column + 1,
            column + 4,
            row + 6
        );
    }
    out + "</xml>"
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

    #[test]
    fn every_look_stands_in_its_place() {
        for (n, look) in Look::ALL.into_iter().enumerate() {
            assert_eq!(look as usize, n);
        }
    }
}
