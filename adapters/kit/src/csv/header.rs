//! The heading row: which table a part is, and in which cell each column stands.
//!
//! A table is known by its set of headings, never by a file name. Headings are compared without case, blanks and marks;
//! their order is free; the dialect may rename them.

use std::collections::HashMap;

use schemas::{
    date::CollectionYear,
    diagnostic::{Diagnostic, PartId, Place, Report},
};

use crate::{
    cells::RowSource,
    csv::{
        rows::{Found, RowReader, RowStart},
        rules,
    },
    dialect::Dialect,
    encoding::PartText,
    limits::ReadingLimits,
    table::{Column, Table},
    wire::WireType,
};

/// How many rows from the top may come before the heading row.
pub const HEADING_ROWS_MAX: u64 = 10;

/// How many headings must be known before a row counts as the heading row.
pub(crate) const HEADINGS_KNOWN_MIN: usize = 3;

/// Where the columns of a table stand in one part.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The part.
    pub part: PartId,
    /// The table.
    pub table: &'static Table,
    /// By the table's column: the cell it stands in.
    pub cells: Vec<Option<u16>>,
    /// What of the table can be read here: all that reading a row goes through.
    pub columns: ReadColumns,
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

/// A column of a table, and the cell it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnCell {
    /// The column, by its place in the table.
    pub column: u16,
    /// The cell.
    pub cell: u16,
}

/// Columns of a table, by their places in it, and where each is read from.
#[derive(Clone, Debug, Default)]
pub struct ReadColumns {
    /// Those that stand in a cell, in the order of the table.
    pub cells: Vec<ColumnCell>,
    /// Those that stand in none, and that the dialect gives a constant.
    pub constants: Vec<u16>,
}

impl ReadColumns {
    pub(crate) fn of(table: &Table, cells: &[Option<u16>], dialect: &Dialect) -> Self {
        let mut columns = Self::default();
        for ((n, column), cell) in (0..).zip(table.columns).zip(cells) {
            match cell {
                Some(cell) => columns.cells.push(ColumnCell { column: n, cell: *cell }),
                None if dialect.constant(column.name).is_some() => columns.constants.push(n),
                None => {}
            }
        }
        columns
    }

    /// Of these, the columns that are wanted.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(u16) -> bool) -> Self {
        Self {
            cells: self.cells.iter().copied().filter(|at| wanted(at.column)).collect(),
            constants: self.constants.iter().copied().filter(|column| wanted(*column)).collect(),
        }
    }
}

impl Layout {
    /// The cell of a column, by its name or an alias.
    #[must_use]
    pub fn cell_of(&self, column: &str) -> Option<usize> {
        let named = |known: &Column| known.name == column || known.aliases.contains(&column);
        let place = self.table.columns.iter().position(named)?;
        self.cells[place].map(usize::from)
    }

    /// Of what can be read here, the columns of these names.
    #[must_use]
    pub fn columns_named(&self, names: &[&str]) -> ReadColumns {
        self.columns.only(|column| names.contains(&self.table.columns[usize::from(column)].name))
    }

    /// The place of a column's cell in the row that a reader stands at; of the row, where the part lacks the column.
    #[must_use]
    pub fn column_place(&self, rows: &impl RowSource, column: &str) -> Place {
        match self.cell_of(column) {
            Some(cell) => rows.cell_place(cell),
            None => rows.row_place(),
        }
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
    let Heading { table, delimiter, at, next, headings, columns } = found;
    let row_place = || Place::Cell { part, line: at.line, column: None, byte: text.byte(at.at) };
    let mut rows = RowReader::new(text, delimiter, limits);
    rows.read(at);
    let places = rows.cell_places();
    let place = |n: Option<usize>| n.and_then(|n| places.get(n).cloned()).unwrap_or_else(row_place);
    let laid_out = LaidOut::of(table, (&headings, &columns), dialect, &place, report);
    if laid_out.is_incomplete {
        return Recognised::Incomplete(table);
    }
    if let (Some(first), Some(year)) = (table.first_year, year)
        && year.number() < first
    {
        report.raise(Diagnostic::new(&rules::NOT_IN_YEAR, row_place()));
    }
    Recognised::Table(Layout {
        part,
        table,
        columns: ReadColumns::of(table, &laid_out.cells, dialect),
        cells: laid_out.cells,
        width: headings.len(),
        delimiter,
        heading: at,
        rows: next,
        restriction_flag: laid_out.restriction_flag,
    })
}

/// A heading row, each heading in its place.
pub(crate) struct LaidOut {
    /// By the table's column: the cell it stands in.
    pub(crate) cells: Vec<Option<u16>>,
    /// The cell of the dialect's restriction flag.
    pub(crate) restriction_flag: Option<u16>,
    /// A column without which the table cannot be read is not there, or is there twice.
    pub(crate) is_incomplete: bool,
}

impl LaidOut {
    /// Puts headings, each folded and with the column it was found to be, in their places, and tells what is wrong with
    /// them. `place` gives the place of a heading, or of the row.
    pub(crate) fn of(
        table: &'static Table,
        (headings, columns): (&[String], &[Option<usize>]),
        dialect: &Dialect,
        place: &dyn Fn(Option<usize>) -> Place,
        report: &mut dyn Report,
    ) -> Self {
        let mut cells = vec![None; table.columns.len()];
        let (mut restriction_flag, mut is_incomplete) = (None, false);
        let guards = table.columns.iter().any(|column| column.guard);
        for (n, (heading, column)) in headings.iter().zip(columns).enumerate() {
            let number = u16::try_from(n).unwrap_or(u16::MAX);
            let flag = dialect.is_restriction_flag(heading);
            if flag {
                restriction_flag = Some(number);
            }
            match *column {
                Some(column) if cells[column].is_some() => {
                    // Which of the two is right decides who is protected.
                    let column = &table.columns[column];
                    let guard = guards && (column.guard || matches!(column.wire, WireType::LaChildId));
                    is_incomplete |= guard;
                    let rule = if guard { &rules::DOUBLE_GUARD } else { &rules::DOUBLE_COLUMN };
                    report.raise(Diagnostic::new(rule, place(Some(n))));
                }
                Some(column) => cells[column] = Some(number),
                None if heading.is_empty() || flag => {}
                None => report.raise(Diagnostic::new(&rules::UNKNOWN_COLUMN, place(Some(n)))),
            }
        }
        for (column, cell) in table.columns.iter().zip(&cells) {
            if column.required && cell.is_none() && dialect.constant(column.name).is_none() {
                is_incomplete = true;
                report.raise(Diagnostic::new(&rules::MISSING_COLUMN, place(None)).of_field(column.name));
            }
        }
        Self { cells, restriction_flag, is_incomplete }
    }
}

struct Heading {
    table: &'static Table,
    delimiter: u8,
    at: RowStart,
    next: RowStart,
    headings: Vec<String>,
    columns: Vec<Option<usize>>,
}

/// The first row among the first ten in which enough headings of one table are known; the best table and separator.
fn find_heading(
    text: PartText<'_>,
    tables: &[&'static Table],
    dialect: &Dialect,
    limits: ReadingLimits,
) -> Option<Heading> {
    let known: Vec<KnownHeadings> = tables.iter().map(|table| KnownHeadings::of(table)).collect();
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
            for known in &known {
                let table = known.table;
                let columns: Vec<_> = headings.iter().map(|heading| known.column_of(heading, dialect)).collect();
                let enough = columns.iter().flatten().count() >= HEADINGS_KNOWN_MIN.min(table.columns.len());
                let score = score(table, &columns, dialect);
                if enough && best.as_ref().is_none_or(|(other, _)| score > *other) {
                    let headings = headings.clone();
                    best = Some((score, Heading { table, delimiter, at: start, next, headings, columns }));
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
pub(crate) fn score(table: &Table, columns: &[Option<usize>], dialect: &Dialect) -> usize {
    let mut has = vec![false; table.columns.len()];
    for column in columns.iter().flatten() {
        has[*column] = true;
    }
    let known = has.iter().filter(|has| **has).count();
    let complete = table
        .columns
        .iter()
        .zip(&has)
        .all(|(column, has)| *has || !column.required || dialect.constant(column.name).is_some());
    let spare = table.columns.len() - known;
    usize::from(complete) * 1_000_000 + known * 1_000 + (999 - spare.min(999))
}

/// The headings under which a table's columns are read, folded once: a hostile heading row is compared a thousandfold.
pub(crate) struct KnownHeadings {
    table: &'static Table,
    columns: HashMap<String, usize>,
    /// How headings begin that are known by that alone: `Provider Ofsted*`.
    stems: Vec<(String, usize)>,
}

impl KnownHeadings {
    pub(crate) fn of(table: &'static Table) -> Self {
        let (mut columns, mut stems) = (HashMap::new(), Vec::new());
        for (n, column) in table.columns.iter().enumerate() {
            for name in column.headings() {
                match name.strip_suffix('*') {
                    Some(stem) => stems.push((fold(stem.as_bytes()), n)),
                    None => {
                        columns.entry(fold(name.as_bytes())).or_insert(n);
                    }
                }
            }
        }
        Self { table, columns, stems }
    }

    /// Which column a folded heading is.
    pub(crate) fn column_of(&self, heading: &str, dialect: &Dialect) -> Option<usize> {
        if heading.is_empty() {
            return None;
        }
        match dialect.column(heading) {
            Some(ours) => self.table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(ours)),
            None => {
                let by_stem =
                    || self.stems.iter().find(|(stem, _)| heading.starts_with(stem.as_str())).map(|(_, n)| *n);
                self.columns.get(heading).copied().or_else(by_stem)
            }
        }
    }
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
