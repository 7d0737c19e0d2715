//! A draft of a dialect for an export nobody has described: which table it is, which heading is which column, how dates
//! and codes are spelt; what of it is sure, and what is a guess that a person has to confirm.
//!
//! Limits: at most [`SAMPLE_ROWS_MAX`] rows, [`SAMPLE_BYTES_MAX`] bytes and [`SAMPLE_COLUMNS_MAX`] columns are looked
//! at, whatever the part holds. **No value of a cell is in a draft.** It repeats headings that it fits to a column and no
//! others; a heading that looks like a value, or stands among the values of its own column, is named by its number; a
//! first row without headings gives no draft. Words for codes and for nothing are made of our own lists, a whole list at
//! a time, so that a draft does not tell which of them occur; a word that only the sender has is counted and left to the
//! person who has the file. Counts and column numbers are told.
//!
//! Format: TOML as [`Dialect::read`] takes it, each line with `# sure` or `# guess: why`, and what was not fitted as
//! comments by number at the end. Operations: [`infer()`].

mod dates;
mod draft;
mod fit;
mod names;
mod sample;
mod words;

use schemas::{code::CodeList, diagnostic::PartId};

use self::{
    dates::Spelling,
    draft::Writer,
    fit::{Candidate, Fit, Headings},
    names::Name,
    sample::{Sample, TopRow},
};
pub use self::{
    draft::Draft,
    sample::{SAMPLE_BYTES_MAX, SAMPLE_COLUMNS_MAX, SAMPLE_ROWS_MAX},
};
use crate::{
    adapter::{Format, Unheard},
    csv::header::{Recognised, fold, recognise},
    dialect::Dialect,
    document::Part,
    encoding::PartText,
    limits::ReadingLimits,
    table::Table,
};

/// A longer heading is a sentence, and not repeated.
const HEADING_CHARACTERS_MAX: usize = 80;

/// Drafts a dialect for a part that is a table of one of these formats.
#[must_use]
pub fn infer(part: &Part, formats: &[&'static Format], limits: ReadingLimits) -> Draft {
    let tables = tables_of(formats);
    let Ok(text) = PartText::open(PartId(0), part.bytes.as_ref()) else { return Draft::nothing(formats) };
    let candidates: Vec<Candidate> = tables.iter().map(|table| Candidate::of(table)).collect();
    let Some(top) = heading_row(text, &candidates, limits) else { return Draft::nothing(formats) };
    let sample = Sample::under(&top, text, limits);
    let headings = headings(&top, Some(&sample));
    let spellings: Vec<Option<Spelling>> = sample.columns.iter().map(|cells| dates::spelling(cells)).collect();
    let dialect = dates::dialect(&dates::patterns(spellings.iter().flatten()));
    let mut fits: Vec<(Fit, &Candidate)> = candidates
        .iter()
        .map(|candidate| (candidate.fit(&headings, Some(&sample), &dialect), candidate))
        .filter(|(fit, candidate)| candidate.is_headed_by(fit))
        .collect();
    // Of equals the first, as the formats are listed.
    fits.sort_by_key(|(fit, _)| std::cmp::Reverse(fit.total));
    let Some((fit, candidate)) = fits.first() else { return Draft::nothing(formats) };
    let found = Found {
        text,
        top: &top,
        sample: &sample,
        headings: &headings,
        spellings: &spellings,
        table: candidate.table,
        fit,
        formats: formats_with(formats, candidate.table),
        nearly: fits
            .iter()
            .skip(1)
            .filter(|(other, _)| other.total * 10 >= fit.total * 6)
            .map(|(_, other)| other.table)
            .collect(),
        limits,
        one_format: formats.len() == 1,
    };
    Writer::new(&found).draft()
}

/// What was found, to be written down.
struct Found<'f> {
    text: PartText<'f>,
    top: &'f TopRow,
    sample: &'f Sample,
    headings: &'f Headings,
    spellings: &'f [Option<Spelling>],
    table: &'static Table,
    fit: &'f Fit,
    /// The formats that have the table, the smallest first.
    formats: Vec<&'static Format>,
    /// Tables that fit nearly as well, the best first.
    nearly: Vec<&'static Table>,
    limits: ReadingLimits,
    /// The format was named, not found.
    one_format: bool,
}

impl Found<'_> {
    /// Whether a dialect lets reading find this heading row and every column that the table needs.
    fn is_read_with(&self, dialect: &Dialect) -> bool {
        let tables = self.formats.first().map_or(&[][..], |format| format.tables);
        match recognise(self.text, tables, dialect, None, self.limits, &mut Unheard) {
            Recognised::Table(layout) => layout.table.name == self.table.name && layout.heading == self.top.at,
            Recognised::Incomplete(_) | Recognised::Unknown => false,
        }
    }
}

/// Whether a column of the table that uses the list protects a child.
fn guards(table: &Table, list: &CodeList) -> bool {
    let uses = |column| fit::list_of(column).is_some_and(|known| known.name == list.name);
    table.columns.iter().any(|column| column.guard && uses(column))
}

/// Every table once, however many formats have it.
fn tables_of(formats: &[&'static Format]) -> Vec<&'static Table> {
    let mut tables: Vec<&'static Table> = Vec::new();
    for table in formats.iter().flat_map(|format| format.tables) {
        if !tables.iter().any(|known| std::ptr::eq(*known, *table)) {
            tables.push(table);
        }
    }
    tables
}

fn formats_with(formats: &[&'static Format], table: &'static Table) -> Vec<&'static Format> {
    let has = |format: &&&'static Format| format.tables.iter().any(|known| std::ptr::eq(*known, table));
    let mut with: Vec<&'static Format> = formats.iter().filter(has).copied().collect();
    with.sort_by_key(|format| format.tables.len());
    with
}

/// The row near the top whose cells are most like the columns of one table, by their names alone.
fn heading_row(text: PartText<'_>, candidates: &[Candidate], limits: ReadingLimits) -> Option<TopRow> {
    let plain = Dialect::default();
    let worth = |top: &TopRow| {
        let headings = headings(top, None);
        let fits = candidates.iter().map(|candidate| (candidate, candidate.fit(&headings, None, &plain)));
        fits.filter(|(candidate, fit)| candidate.is_headed_by(fit)).map(|(_, fit)| fit.total).max()
    };
    let tops = sample::top_rows(text, limits).into_iter();
    let worthy = tops.filter_map(|top| Some((worth(&top)?, top)));
    // Of equals the first: a heading row is repeated further down, never further up.
    worthy.rev().max_by_key(|(worth, _)| *worth).map(|(_, top)| top)
}

/// The headings of a row, cut into words, and which of them may not be spoken of.
fn headings(top: &TopRow, sample: Option<&Sample>) -> Headings {
    let mut names: Vec<Name> = top.cells.iter().map(|cell| Name::of(cell)).collect();
    names::without_common_words(&mut names);
    let like_a_value = top.cells.iter().enumerate().map(|(n, cell)| {
        let is_own_cell = |sample: &Sample| sample.columns[n].iter().any(|value| fold(value) == fold(cell.as_bytes()));
        looks_like_a_value(cell) || sample.is_some_and(is_own_cell)
    });
    Headings { like_a_value: like_a_value.collect(), names }
}

/// Whether a heading could be somebody's number, day, place or address.
fn looks_like_a_value(heading: &str) -> bool {
    let digits = heading.as_bytes().windows(3).any(|three| three.iter().all(u8::is_ascii_digit));
    let day = heading.split([' ', '-', '/', '.']).filter(|piece| piece.parse::<u8>().is_ok()).count() > 1;
    let postcode =
        matches!(schemas::postcode::Postcode::read(heading.as_bytes()), schemas::postcode::PostcodeRead::Is(_));
    digits || day || postcode || heading.contains('@') || heading.chars().count() > HEADING_CHARACTERS_MAX
}
