//! Writes vacancies into the workbook that is filled in: rows are held until the last provider, then sorted and written
//! as one file.

use std::sync::{LazyLock, Mutex, PoisonError};

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::{PartName, Sheaf},
    table::Row,
    wire::Writing,
    workbook::form::{FormCell, cells_of},
};
use schemas::{
    diagnostic::{Diagnostic, Place, Report, Rule},
    record::{Record, Statement, SubjectKind},
};

use crate::{
    document::TABLES,
    encode::{
        fee_rows, has_photos, has_version, is_said_by_rows, profile_row, provider_of, urn_of, vacancy_row, writing,
    },
    rules,
    xlsx::{SHEETS, form::FORM},
};

/// The workbook before anything is filled in: often asked for, and always the same.
static BLANK: LazyLock<Vec<u8>> = LazyLock::new(|| FORM.workbook(&[]));

/// Writes workbooks of vacancies.
pub(super) struct WorkbookEncode;

impl Encode for WorkbookEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(WorkbookEncoder { options, sheets: Mutex::default() })
    }

    fn template(&self) -> Option<Vec<u8>> {
        Some(BLANK.clone())
    }
}

struct WorkbookEncoder<'o> {
    options: &'o Options,
    /// By table.
    sheets: Mutex<[Vec<Line>; TABLES.len()]>,
}

/// A row with what it is sorted by: the provider, and which of its rows it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    provider: Vec<u8>,
    number: usize,
    cells: Vec<FormCell>,
}

impl Encoder for WorkbookEncoder<'_> {
    fn about(&self) -> SubjectKind {
        SubjectKind::Place
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let (urn, provider) = (urn_of(disclosure.subject), provider_of(disclosure));
        let mut made = RowsOf {
            provider: WorkbookEncode.order(disclosure.subject),
            writing: writing(self.options),
            sheets: <[Vec<Line>; TABLES.len()]>::default(),
            sheaf,
            report,
        };
        for record in disclosure.records {
            match &record.statement {
                Statement::Provider(provider) if is_said_by_rows(provider, record, disclosure) => {}
                Statement::Vacancy(vacancy) if !record.source.retracts => {
                    made.write(record, &vacancy_row(vacancy, urn, provider));
                    fee_rows(vacancy, urn).iter().for_each(|row| made.write(record, row));
                    profile_row(vacancy, urn).iter().for_each(|row| made.write(record, row));
                    if has_version(vacancy) || has_photos(vacancy) {
                        made.lose(record, &rules::NOT_EXPRESSIBLE);
                    }
                }
                _ => made.lose(record, &rules::NOT_EXPRESSIBLE),
            }
        }
        let RowsOf { sheets: made, report, .. } = made;
        let rows_max = self.options.limits.sheet_rows_max as usize;
        let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        for (sheet, rows) in sheets.iter_mut().zip(made) {
            for row in rows {
                // Which of them are left out is known when all have come: the last by their order.
                if sheet.len() >= rows_max {
                    report.raise(Diagnostic::new(&rules::TOO_MANY_SHEET_ROWS, Place::Document));
                }
                sheet.push(row);
            }
        }
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        let rows_max = self.options.limits.sheet_rows_max as usize;
        let rows: Vec<Vec<Vec<FormCell>>> = sheets
            .iter_mut()
            .map(|rows| {
                rows.sort_unstable();
                rows.drain(..).take(rows_max).map(|line| line.cells).collect()
            })
            .collect();
        let out = sheaf.part(PartName::Whole);
        if rows.iter().all(Vec::is_empty) {
            out.extend_from_slice(&BLANK);
        } else {
            out.extend_from_slice(&FORM.workbook(&rows));
        }
    }
}

/// Makes the rows of one provider.
struct RowsOf<'w> {
    provider: Vec<u8>,
    writing: Writing<'w>,
    sheets: [Vec<Line>; TABLES.len()],
    sheaf: &'w mut Sheaf,
    report: &'w mut dyn Report,
}

impl RowsOf<'_> {
    fn write<R: Row>(&mut self, record: &Record, row: &R) {
        let report = &mut *self.report;
        let Some(number) = SHEETS.iter().position(|sheet| sheet.table.name == R::TABLE.name) else { return };
        let cells = cells_of(&SHEETS[number], row, &self.writing, |column| {
            let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
            report.raise(lost.of_field(R::TABLE.columns[column].record_field()));
        });
        if let Some(lines) = self.sheets.get_mut(number) {
            lines.push(Line { provider: self.provider.clone(), number: lines.len(), cells });
        }
        self.sheaf.count(R::TABLE.name, 1);
    }

    fn lose(&mut self, record: &Record, rule: &'static Rule) {
        self.report.raise(Diagnostic::new(rule, record.source.place.clone()));
    }
}
