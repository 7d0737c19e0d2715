//! Opens workbooks into providers: the tables of their sheets, and what their first sheet says once.

use std::num::NonZeroUsize;

use kit::{
    adapter::{Decode, Options, PartLabel, Subjects, Unheard},
    cells::TableSource,
    csv::{
        header::{Layout, fold},
        rules as table_rules,
    },
    dialect::Dialect,
    document::Document,
    limits::ReadingLimits,
    wire::{Heard, Wire},
    workbook::{self, Sheet, SheetRows, SheetTable},
};
use schemas::{
    diagnostic::{Diagnostic, PartId, Place, Report},
    said::Said,
};

use crate::{
    document::{ForAllRows, Opened, Part, reading},
    rules,
    vacancies::tables::VACANCIES,
    wire::AsAt,
    xlsx::{
        ASKED,
        form::{AS_AT, CHANGES_ONLY, EVERYTHING, THIS_FILE_IS},
    },
};

/// Reads workbooks of vacancies.
pub(super) struct WorkbookDecode;

impl Decode for WorkbookDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        let (mut parts, mut labels) = (Vec::new(), Vec::new());
        for (id, part) in document.parts() {
            labels.push(PartLabel::unknown(id));
            if labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            let found = workbook::open(id, part.bytes.as_ref(), &ASKED, options, report);
            if let (Some(label), false) = (labels.last_mut(), found.tables.is_empty()) {
                *label = PartLabel::Table("workbook", id.0.saturating_add(1));
            }
            let mut for_all_rows = ForAllRows::default();
            for (_, start) in &found.beside {
                for_all_rows = read_start(start, options, report);
            }
            for (table, sheet) in found.tables {
                if !sheet.sheet.is_empty() {
                    parts.push(SheetPart { table, sheet, for_all_rows });
                } else if table == 0 {
                    // The other sheets of a template may stay empty.
                    let place = Place::Node { part: id, path: sheet.sheet.name().into(), byte: 0 };
                    report.raise(Diagnostic::new(&rules::SHEET_EMPTY, place));
                }
            }
        }
        parts.sort_by_key(|part| (part.table, part.sheet.layout.part));
        Box::new(Opened::new(options, parts, labels, report))
    }

    fn recognises(&self, id: PartId, part: &kit::document::Part, dialect: &Dialect) -> Option<bool> {
        Some(has_vacancies(id, part, dialect))
    }
}

/// Whether a workbook has a sheet of vacancies.
fn has_vacancies(id: PartId, part: &kit::document::Part, dialect: &Dialect) -> bool {
    let options = Options { dialect: dialect.clone(), ..Options::plain() };
    let found = workbook::open(id, part.bytes.as_ref(), &ASKED, &options, &mut Unheard);
    found.tables.iter().any(|(table, _)| *table == 0)
}

/// A sheet of a workbook.
struct SheetPart {
    table: usize,
    sheet: SheetTable,
    for_all_rows: ForAllRows,
}

impl TableSource for SheetPart {
    type Rows<'r> = SheetRows<'r>;

    fn table(&self) -> usize {
        self.table
    }

    fn layout(&self) -> &Layout {
        &self.sheet.layout
    }

    fn rows(&self, _: ReadingLimits) -> SheetRows<'_> {
        self.sheet.rows()
    }
}

impl Part for SheetPart {
    fn for_all_rows(&self) -> ForAllRows {
        self.for_all_rows
    }
}

/// Reads the first sheet: what stands beside its names.
fn read_start(start: &Sheet, options: &Options, report: &mut dyn Report) -> ForAllRows {
    let mut said = ForAllRows::default();
    let reading = reading(options);
    for row in 0..start.len() {
        let mut shown = start.shown(row);
        let (Some((_, name)), Some((column, value))) = (shown.next(), shown.next()) else { continue };
        let mut tell = |rule| {
            let place = start.place(row, Some(usize::from(column)));
            report.raise(Diagnostic::new(rule, place).of_field(VACANCIES.name));
        };
        let is = |known: &str| fold(name.strip_suffix(b":").unwrap_or(&name)) == fold(known.as_bytes());
        if is(AS_AT) {
            match AsAt::read(&value, &reading) {
                Heard::Is(as_at) | Heard::Mended(as_at, _) => said.as_at = Said::Is(as_at),
                _ => tell(&rules::SHEET_AS_AT),
            }
        } else if is(THIS_FILE_IS) {
            match fold(&value) {
                word if [CHANGES_ONLY, "merge"].iter().any(|known| fold(known.as_bytes()) == word) => {}
                word if [EVERYTHING, "replace"].iter().any(|known| fold(known.as_bytes()) == word) => {
                    said.is_everything = true;
                    tell(&rules::REPLACE_NOT_CARRIED);
                }
                _ => tell(&rules::MODE_UNKNOWN),
            }
        }
    }
    said
}
