//! Writes one table of a format: the rows that it has of each child, and a loss for all that stands elsewhere.

use std::collections::HashSet;

use kit::{
    adapter::{Disclosure, Options, Setting},
    csv::write::{write_heading, write_row},
    sheaf::{PartName, Sheaf},
    table::{Row, Table},
    wire::{Spelling, Writing},
};
use schemas::{
    diagnostic::{Diagnostic, Report, Rule},
    document::natural_key,
    record::Record,
};

use crate::{
    child::{Identity, NamesChild},
    rules,
};

/// Which of the tables is written; the first where none was asked for.
#[must_use]
pub fn asked(options: &Options, setting: &Setting, first: &'static Table, others: &[&'static Table]) -> &'static Table {
    let name = options.setting(setting);
    others.iter().find(|table| table.name == name).copied().unwrap_or(first)
}

/// Under what cells are written.
#[must_use]
pub fn writing(options: &Options) -> Writing<'_> {
    Writing { year: None, dialect: &options.dialect, spelling: Spelling::Plain }
}

/// The heading row of a table, after a mark where the dialect wants one.
pub fn head(table: &Table, options: &Options, sheaf: &mut Sheaf) {
    let out = sheaf.part(PartName::Whole);
    if options.dialect.bom() {
        out.extend_from_slice("\u{feff}".as_bytes());
    }
    write_heading(table, out);
}

/// What of a child's records is to be written. Of what is taken back only that in whose place nothing stands: a reader
/// who took back the earlier of two words after the later would be left with neither.
#[must_use]
pub fn not_replaced(records: &[Record]) -> Vec<&Record> {
    if !records.iter().any(|record| record.source.retracts) {
        return records.iter().collect();
    }
    let name = |record: &Record| (record.statement.statement_type().name, natural_key(&record.statement));
    let standing: HashSet<_> = records.iter().filter(|record| !record.source.retracts).map(name).collect();
    records.iter().filter(|record| !record.source.retracts || !standing.contains(&name(record))).collect()
}

/// Writes the rows of one child.
pub struct RowsOf<'w> {
    identity: Identity,
    writing: Writing<'w>,
    sheaf: &'w mut Sheaf,
    report: &'w mut dyn Report,
}

impl<'w> RowsOf<'w> {
    /// Of a child of whom so much may be told.
    pub fn new(
        disclosure: &Disclosure<'_>,
        writing: Writing<'w>,
        sheaf: &'w mut Sheaf,
        report: &'w mut dyn Report,
    ) -> Self {
        Self { identity: Identity::told(disclosure.subject, disclosure.records), writing, sheaf, report }
    }

    /// Writes a row that a record fills.
    pub fn write<R: Row + NamesChild>(&mut self, record: &Record, row: R) {
        let row = row.of(&self.identity);
        let (out, report) = (self.sheaf.part(PartName::Whole), &mut *self.report);
        write_row(&row, out, &self.writing, |column| {
            let lost = Diagnostic::new(&rules::NOT_WRITTEN, record.source.place.clone());
            report.raise(lost.of_field(R::TABLE.columns[column].record_field()));
        });
        self.sheaf.count(R::TABLE.name, 1);
    }

    /// Tells that a record is not written.
    pub fn lose(&mut self, record: &Record, rule: &'static Rule) {
        self.report.raise(Diagnostic::new(rule, record.source.place.clone()));
    }
}
