//! The heading row: which table a part is, and in which cell each column stands.
//!
//! A table is known by its set of headings, never by a file name. Headings are compared without case, blanks and marks;
//! their order is free; the dialect may rename them.

use schemas::{
    date::CollectionYear,
    diagnostic::{Diagnostic, PartId, Place, Report},
};

use crate::{
    csv::{
        rows::{Found, RowReader, RowStart},
        rules,
    },
    dialect::Dialect,
    encoding::PartText,
    limits::ReadingLimits,
    table::{Column, Table},
};

/// How many rows from the top may come before the heading row.
pub const HEADING_ROWS_MAX: u64 = 10;

/// How many headings must be known before a row counts as the heading row.
const HEADINGS_KNOWN_MIN: usize = 3;

/// Where the columns of a table stand in one part.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The part.
    pub part: PartId,
    /// The table.
    pub table: &'static Table,
    /// By the table's column: the cell it stands in.
    pub cells: Vec<Option<u16>>,
    /// How many cells the heading row has.
    pub width: usize,
    /// What stands between cells.
    pub delimiter: u8,
    /// Where the heading row stands.
    pub heading: RowStart,
    /// Where the rows start.
    pub rows: RowStart,
    /// The cell of the dialect's restriction flag.
    pub restriction_flag: Option<u16>,
}

impl Layout {
    /// The cell of a column, by its name or an alias.
    #[must_use]
    pub fn cell_of(&self, column: &str) -> Option<usize> {
        let named = |known: &Column| known.name == column || known.aliases.contains(&column);
        let place = self.table.columns.iter().position(named)?;
        self.cells[place].map(usize::from)
    }
}

/// What a part turned out to be.
pub enum Recognised {
    /// A table, laid out so.
    Table(Layout),
    /// A table that cannot be read for want of a column.
    Incomplete(&'static Table),
    /// Nothing that this format knows.
    Unknown,
}

/// Looks for the heading row of a part and tells which of the tables it is.
pub fn recognise(
    text: PartText<'_>,
    tables: &[&'static Table],
    dialect: &Dialect,
    year: Option<CollectionYear>,
    limits: ReadingLimits,
    report: &mut dyn Report,
) -> Recognised {
    let part = text.part;
    if text.is_empty() {
        report.raise(Diagnostic::new(&rules::EMPTY_PART, Place::Part(part)));
        return Recognised::Unknown;
    }
    let Some(found) = find_heading(text, tables, dialect, limits) else {
        return Recognised::Unknown;
    };
    let Heading { table, delimiter, at, next, headings } = found;
    let place = |line: u64, column: Option<u16>, at: u64| Place::Cell { part, line, column, byte: text.byte(at) };

    let mut cells = vec![None; table.columns.len()];
    let mut restriction_flag = None;
    for (n, heading) in headings.iter().enumerate() {
        let number = u16::try_from(n).unwrap_or(u16::MAX);
        let here = || place(at.line, Some(number.saturating_add(1)), at.at);
        if dialect.is_restriction_flag(heading) {
            restriction_flag = Some(number);
        }
        match column_of(table, heading, dialect) {
            Some(column) if cells[column].is_some() => {
                report.raise(Diagnostic::new(&rules::DOUBLE_COLUMN, here()));
            }
            Some(column) => cells[column] = Some(number),
            None if heading.is_empty() || dialect.is_restriction_flag(heading) => {}
            None => report.raise(Diagnostic::new(&rules::UNKNOWN_COLUMN, here())),
        }
    }
    let mut incomplete = false;
    for (column, cell) in table.columns.iter().zip(&cells) {
        if column.required && cell.is_none() && dialect.constant(column.name).is_none() {
            incomplete = true;
            let missing = Diagnostic::new(&rules::MISSING_COLUMN, place(at.line, None, at.at));
            report.raise(missing.of_field(column.name));
        }
    }
    if incomplete {
        return Recognised::Incomplete(table);
    }
    if let (Some(first), Some(year)) = (table.first_year, year)
        && year.number() < first
    {
        report.raise(Diagnostic::new(&rules::NOT_IN_YEAR, place(at.line, None, at.at)));
    }
    Recognised::Table(Layout {
        part,
        table,
        cells,
        width: headings.len(),
        delimiter,
        heading: at,
        rows: next,
        restriction_flag,
    })
}

struct Heading {
    table: &'static Table,
    delimiter: u8,
    at: RowStart,
    next: RowStart,
    headings: Vec<String>,
}

/// The first row among the first ten in which enough headings of one table are known; the best table and separator.
fn find_heading(
    text: PartText<'_>,
    tables: &[&'static Table],
    dialect: &Dialect,
    limits: ReadingLimits,
) -> Option<Heading> {
    let mut start = RowStart { at: 0, line: 1 };
    let mut rows = RowReader::new(text, b',', limits);
    for _ in 0..HEADING_ROWS_MAX {
        let mut best: Option<(usize, Heading)> = None;
        let mut after = None;
        for delimiter in [b',', b';', b'\t'] {
            rows.set_delimiter(delimiter);
            let next = match rows.read(start) {
                Found::Row { next, .. } => next,
                Found::BlankLine { next } | Found::Fault { next, .. } => {
                    after = after.or(Some(next));
                    continue;
                }
                Found::Unreadable | Found::End => return None,
            };
            after = Some(next);
            let headings: Vec<String> =
                (0..rows.len()).map(|n| rows.exact_cell(n).map(|cell| fold(&cell)).unwrap_or_default()).collect();
            for table in tables {
                let known = headings.iter().filter(|heading| column_of(table, heading, dialect).is_some()).count();
                let enough = known >= HEADINGS_KNOWN_MIN.min(table.columns.len());
                let score = score(table, &headings, dialect);
                if enough && best.as_ref().is_none_or(|(other, _)| score > *other) {
                    let headings = headings.clone();
                    best = Some((score, Heading { table, delimiter, at: start, next, headings }));
                }
            }
        }
        if let Some((_, heading)) = best {
            return Some(heading);
        }
        start = after?;
    }
    None
}

/// A table whose required columns are all there beats one that lacks some; then the most headings known; then the one
/// with the fewest columns to spare.
fn score(table: &Table, headings: &[String], dialect: &Dialect) -> usize {
    let has = |name: &str| {
        headings.iter().any(|heading| column_of(table, heading, dialect).is_some_and(|n| table.columns[n].name == name))
    };
    let known = table.columns.iter().filter(|column| has(column.name)).count();
    let complete = table.columns.iter().all(|column| !column.required || has(column.name));
    let spare = table.columns.len() - known;
    usize::from(complete) * 1_000_000 + known * 1_000 + (999 - spare.min(999))
}

/// Which column of the table a folded heading is.
fn column_of(table: &Table, heading: &str, dialect: &Dialect) -> Option<usize> {
    if heading.is_empty() {
        return None;
    }
    if let Some(ours) = dialect.column(heading) {
        return table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(ours));
    }
    let named = |name: &str| fold(name.as_bytes()) == heading;
    table.columns.iter().position(|column| named(column.name) || column.aliases.iter().any(|alias| named(alias)))
}

/// A heading without case, blanks and marks, so that `Child-ID` and `CHILD ID` are one.
#[must_use]
pub fn fold(heading: &[u8]) -> String {
    let text = crate::encoding::text_of(heading);
    text.chars()
        .filter(|character| {
            !matches!(
                character,
                ' ' | '\u{a0}' | '\u{feff}' | '-' | '.' | '/' | '_' | '(' | ')' | '[' | ']' | '\'' | '’'
            )
        })
        .flat_map(char::to_lowercase)
        .collect()
}
