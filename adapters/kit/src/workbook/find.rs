//! Which sheet of a workbook is which table of a format, and which of its rows say anything.
//!
//! A sheet is known by the title that the format declares; where none has it, by its headings. The row of headings is
//! the one of the first ten with the most machine names, and the first of those that have equally many; so a template's
//! machine names go before what people read above them. Of the rows below, what repeats the headings, helps whoever
//! fills them in, or is the example says nothing, and is passed over without a word.

use std::collections::HashSet;

use schemas::diagnostic::{Diagnostic, PartId, Place, Report, Rule};

use crate::{
    adapter::Options,
    csv::{
        header::{HEADING_ROWS_MAX, HEADINGS_KNOWN_MIN, KnownHeadings, LaidOut, Layout, ReadColumns, fold, score},
        rows::RowStart,
        rules as table_rules,
    },
    dialect::Dialect,
    document::ReadAt,
    table::{Column, Table},
    workbook::{
        Fault,
        form::help_of,
        open::Workbook,
        rules,
        sheet::{Sheet, Wanted},
        table::SheetTable,
    },
};

/// A table and the sheet that it stands on.
#[derive(Debug)]
pub struct SheetOf {
    /// The table.
    pub table: &'static Table,
    /// The title of its sheet.
    pub title: &'static str,
    /// Rows that are the form's own beside its headings and help, such as its example.
    pub own_rows: &'static [OwnRow],
    /// Columns that are written on it although elsewhere they are only read.
    pub written_too: &'static [&'static str],
}

impl SheetOf {
    /// The columns that are written on it.
    pub(super) fn written(&self) -> impl Iterator<Item = &'static Column> + use<> {
        let too = self.written_too;
        self.table.columns.iter().filter(move |column| !column.only_read || too.contains(&column.name))
    }
}

/// A row of a form that nobody has filled in.
#[derive(Debug)]
pub struct OwnRow {
    /// Columns, and how their cells begin in such a row.
    pub begins: &'static [(&'static str, &'static str)],
    /// How it is told that the row is passed over; without a word where nobody needs to know.
    pub told: Option<&'static Rule>,
}

/// What a format asks of its workbooks.
#[derive(Debug)]
pub struct Asked {
    /// Its tables, that without which nothing is said first.
    pub sheets: &'static [SheetOf],
    /// Titles of sheets that are no tables, and are given as they are.
    pub beside: &'static [&'static str],
    /// Titles of sheets that are never looked into.
    pub passed_over: &'static [&'static str],
    /// What is told of a formula without a value.
    pub formula_without_value: &'static Rule,
}

/// What was found in a workbook.
#[derive(Default)]
pub struct Found {
    /// Its tables, each with its place in what was asked, in that order.
    pub tables: Vec<(usize, SheetTable)>,
    /// Sheets that are no tables, by their place in what was asked.
    pub beside: Vec<(usize, Sheet)>,
}

/// Opens a workbook into the tables that are asked for.
pub fn open(part: PartId, bytes: &dyn ReadAt, asked: &Asked, options: &Options, report: &mut dyn Report) -> Found {
    if bytes.is_empty() {
        report.raise(Diagnostic::new(&table_rules::EMPTY_PART, Place::Part(part)));
        return Found::default();
    }
    let found = Workbook::open(bytes, options.limits)
        .and_then(|workbook| Finding { workbook, part, asked, options }.find(report).map_err(Fault::rule));
    found.unwrap_or_else(|rule| {
        report.raise(Diagnostic::new(rule, Place::Part(part)));
        Found::default()
    })
}

struct Finding<'f> {
    workbook: Workbook<'f>,
    part: PartId,
    asked: &'f Asked,
    options: &'f Options,
}

/// The row of headings of a sheet.
struct Headings {
    row: usize,
    line: u32,
    /// Which of the tables it is of.
    table: usize,
    /// Folded, by their cell.
    texts: Vec<String>,
    columns: Vec<Option<usize>>,
}

impl Finding<'_> {
    fn find(&self, report: &mut dyn Report) -> Result<Found, Fault> {
        let mut found = Found::default();
        let titled = |title: &str| {
            let wanted = fold(title.as_bytes());
            self.workbook.sheets.iter().position(|named| fold(named.title.as_bytes()) == wanted)
        };
        let passed_over: Vec<Option<usize>> =
            self.asked.passed_over.iter().chain(self.asked.beside).map(|title| titled(title)).collect();
        let by_title: Vec<Option<usize>> =
            self.asked.sheets.iter().map(|sheet| titled(sheet.title).or_else(|| titled(sheet.table.name))).collect();
        // Sheets of other titles are looked at only where a table has none of its own.
        let mut others: Vec<(usize, usize)> = Vec::new();
        if by_title.contains(&None) {
            for n in 0..self.workbook.sheets.len() {
                if !passed_over.contains(&Some(n)) && !by_title.contains(&Some(n)) {
                    let top = self.top(n, self.position(n))?;
                    others.extend(self.headings(&top, None).map(|headings| (n, headings.table)));
                }
            }
        }
        for (table, sheet) in self.asked.sheets.iter().enumerate() {
            let (number, name) = match by_title[table] {
                Some(number) => (number, sheet.title.into()),
                None => {
                    let mut fitting = others.iter().filter(|(_, of)| *of == table).map(|(number, _)| *number);
                    match (fitting.next(), fitting.next()) {
                        (Some(number), None) => (number, self.position(number)),
                        (None, _) => continue,
                        (Some(_), Some(_)) => {
                            report.raise(Diagnostic::new(&rules::SEVERAL_SHEETS, Place::Part(self.part)));
                            continue;
                        }
                    }
                }
            };
            if let Some(sheet) = self.table((table, number, name), report)? {
                found.tables.push((table, sheet));
            }
        }
        if by_title.first() == Some(&None) && !others.iter().any(|(_, table)| *table == 0) {
            report.raise(Diagnostic::new(&rules::NO_SHEET, Place::Part(self.part)));
        }
        for (n, title) in self.asked.beside.iter().enumerate() {
            if let Some(number) = titled(title) {
                found.beside.push((n, self.workbook.sheet(number, (self.part, (*title).into()), Wanted::All)?));
            }
        }
        Ok(found)
    }

    /// What places call a sheet whose title nobody declared.
    fn position(&self, n: usize) -> Box<str> {
        format!("sheet{}", n + 1).into()
    }

    /// The rows among which the headings stand.
    fn top(&self, n: usize, name: Box<str>) -> Result<Sheet, Fault> {
        self.workbook.sheet(n, (self.part, name), Wanted::UpTo(HEADING_ROWS_MAX as u32))
    }

    /// Reads a table from a sheet.
    fn table(
        &self,
        (table, number, name): (usize, usize, Box<str>),
        report: &mut dyn Report,
    ) -> Result<Option<SheetTable>, Fault> {
        let of = &self.asked.sheets[table];
        let top = self.top(number, name.clone())?;
        let Some(headings) = self.headings(&top, Some(table)) else {
            let place = Place::Node { part: self.part, path: name, byte: 0 };
            report.raise(Diagnostic::new(&rules::NO_HEADINGS, place));
            return Ok(None);
        };
        let dialect = &self.options.dialect;
        let place = |cell: Option<usize>| top.place(headings.row, cell);
        let laid_out = LaidOut::of(of.table, (&headings.texts, &headings.columns), dialect, &place, report);
        if laid_out.is_incomplete {
            return Ok(None);
        }
        let form = OfTheForm::of(of, &laid_out.cells);
        let mut sheet = self.workbook.sheet(number, (self.part, name), Wanted::All)?;
        sheet.keep_rows(|sheet, row| {
            let own = (sheet.line(row) > headings.line).then(|| form.own_row(sheet, row));
            if let Some(Some(Some(rule))) = own {
                report.raise(Diagnostic::new(rule, sheet.place(row, None)));
            }
            own == Some(None)
        });
        let layout = Layout {
            part: self.part,
            table: of.table,
            columns: ReadColumns::of(of.table, &laid_out.cells, dialect),
            cells: laid_out.cells,
            width: headings.texts.len(),
            delimiter: b',',
            heading: RowStart { at: 0, line: u64::from(headings.line) },
            rows: RowStart { at: 0, line: u64::from(sheet.line(0)) },
            restriction_flag: laid_out.restriction_flag,
        };
        let headed = headings.texts.iter().map(|text| !text.is_empty()).collect();
        let table = SheetTable { sheet, layout, headed, formula_without_value: self.asked.formula_without_value };
        table.tell_strays(report);
        Ok(Some(table))
    }

    /// The row of headings of a sheet, of one table or of any.
    fn headings(&self, top: &Sheet, only: Option<usize>) -> Option<Headings> {
        let dialect = &self.options.dialect;
        let tables = self.asked.sheets.iter().enumerate().filter(|(n, _)| only.is_none_or(|only| only == *n));
        let known: Vec<(usize, KnownHeadings)> = tables.map(|(n, sheet)| (n, KnownHeadings::of(sheet.table))).collect();
        let mut best: Option<(usize, Headings)> = None;
        for row in 0..top.len() {
            let mut texts: Vec<String> = Vec::new();
            for (column, shown) in top.shown(row) {
                texts.resize(usize::from(column) + 1, String::new());
                texts[usize::from(column)] = fold(&shown);
            }
            let found = known.iter().filter_map(|(n, known)| self.of_table((*n, known), &texts, dialect));
            let Some((_, machine_names, table, columns)) = found.max_by_key(|(score, ..)| *score) else { continue };
            if best.as_ref().is_none_or(|(most, _)| machine_names > *most) {
                best = Some((machine_names, Headings { row, line: top.line(row), table, texts, columns }));
            }
        }
        best.map(|(_, headings)| headings)
    }

    /// How well headings fit a table, how many are its machine names, and which columns they are; `None` where too few
    /// are known.
    fn of_table(
        &self,
        (n, known): (usize, &KnownHeadings),
        texts: &[String],
        dialect: &Dialect,
    ) -> Option<(usize, usize, usize, Vec<Option<usize>>)> {
        let table = self.asked.sheets[n].table;
        let columns: Vec<Option<usize>> = texts.iter().map(|text| known.column_of(text, dialect)).collect();
        let enough = columns.iter().flatten().count() >= HEADINGS_KNOWN_MIN.min(table.columns.len());
        let is_machine_name = |(text, column): &(&String, &Option<usize>)| {
            column.is_some_and(|n| fold(table.columns[n].name.as_bytes()) == **text)
        };
        let machine_names = texts.iter().zip(&columns).filter(is_machine_name).count();
        enough.then(|| (score(table, &columns, dialect), machine_names, n, columns))
    }
}

/// What tells the rows that are a form's own.
struct OfTheForm {
    /// Its headings and what helps whoever fills it in, folded.
    words: HashSet<String>,
    rows: Vec<OwnCells>,
}

/// How a row of the form begins, by cell, and how it is told.
struct OwnCells {
    begins: Vec<(u16, &'static str)>,
    told: Option<&'static Rule>,
}

impl OfTheForm {
    fn of(sheet: &SheetOf, cells: &[Option<u16>]) -> Self {
        let words =
            sheet.table.columns.iter().flat_map(|column| [column.name.into(), column.heading.into(), help_of(column)]);
        let words = words.filter(|words: &String| !words.is_empty()).map(|words| fold(words.as_bytes())).collect();
        let cell_of =
            |name: &str| sheet.table.columns.iter().position(|column| column.name == name).and_then(|n| cells[n]);
        let rows = sheet.own_rows.iter().filter_map(|row| {
            let begins: Option<Vec<_>> =
                row.begins.iter().map(|(column, begins)| Some((cell_of(column)?, *begins))).collect();
            Some(OwnCells { begins: begins?, told: row.told })
        });
        Self { words, rows: rows.collect() }
    }

    /// Whether a row is the form's own, and how that is told.
    fn own_row(&self, sheet: &Sheet, row: usize) -> Option<Option<&'static Rule>> {
        if sheet.fault(row).is_some() {
            return None;
        }
        let begins = |(cell, begins): &(u16, &str)| {
            sheet.cell(row, *cell).is_some_and(|shown| shown.trim_ascii_start().starts_with(begins.as_bytes()))
        };
        if let Some(own) = self.rows.iter().find(|own| own.begins.iter().all(begins)) {
            return Some(own.told);
        }
        sheet.shown(row).all(|(_, shown)| self.words.contains(&fold(&shown))).then_some(None)
    }
}
