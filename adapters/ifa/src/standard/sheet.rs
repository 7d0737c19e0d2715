//! The official workbook, read and written: its sheet of data, under its own headings.

use std::{
    num::NonZeroUsize,
    sync::{LazyLock, Mutex, PoisonError},
};

use kit::{
    adapter::{Decode, Disclosure, Encode, Encoder, Options, PartLabel, Subjects, Unheard},
    csv::rules as table_rules,
    dialect::Dialect,
    document::{Document, Part},
    sheaf::{PartName, Sheaf},
    table::Column,
    workbook::{
        self, Asked, OwnRow, SheetOf, SheetTable,
        form::{FirstRow, Form, FormCell, FormSheet, Line as Says, cells_of},
    },
};
use schemas::diagnostic::{Diagnostic, PartId, Place, Report};

use crate::{
    encode::writing,
    lists::tables::Opened,
    rules,
    standard::{
        EXPLOITATION_COLUMN, checks,
        tables::{PLACEMENT, PlacementRow, REQUIRED, REQUIRED_OF_A_HOME},
        write::{self, rows_of, tell_what_is_missing},
    },
};

/// Titles of the official workbook.
const DATA: &str = "Data Collection";
const CHECKLIST: &str = "Checklist and QA";
const DROP_DOWNS: &str = "Data Validation and Drop Downs";

/// Those of ours.
const START: &str = "Start here";
const LISTS: &str = "Lists";

/// The official help stands below the headings, and the official example below that.
const OWN_ROWS: &[OwnRow] = &[
    OwnRow { begins: &[("child_ID", "Child ID")], told: None },
    OwnRow {
        begins: &[("child_ID", "ABCD2012"), ("provider_URN", "ABCD10293002")],
        told: Some(&rules::NPS_EXAMPLE_ROW),
    },
];

/// The sheet with the official columns, and the same with the one that the model requires besides.
static SHEETS: [SheetOf; 1] = [SheetOf { table: &PLACEMENT, title: DATA, own_rows: OWN_ROWS, written_too: &[] }];
static SHEETS_WITH_EXPLOITATION: [SheetOf; 1] =
    [SheetOf { table: &PLACEMENT, title: DATA, own_rows: OWN_ROWS, written_too: &[write::EXPLOITATION] }];

/// What is looked for in a workbook: what stands on the sheet of drop-downs looks like data, and is an older heading.
static ASKED: Asked = Asked {
    sheets: &SHEETS,
    beside: &[],
    passed_over: &[CHECKLIST, DROP_DOWNS, START, LISTS],
    formula_without_value: &rules::FORMULA_WITHOUT_VALUE,
};

static FORM: Form = form(&SHEETS[0]);
static FORM_WITH_EXPLOITATION: Form = form(&SHEETS_WITH_EXPLOITATION[0]);

const fn form(sheet: &'static SheetOf) -> Form {
    Form {
        start: START,
        lines: &[
            Says::Title("National Placements Standard: found placements"),
            Says::Says(
                "One row is one child for whom a home was found. Fill in the sheet Data Collection from row 5 down.",
            ),
            Says::Says(
                "Point at a title in row 1 to read what belongs in its column. Those in bold must be filled in.",
            ),
            Says::Says("Choose from the lists: the sheet Lists has every word that is understood."),
            Says::Says("Names of officers stay within the authority. Leave the first four rows as they are."),
            Says::Fact("Standard", "draft v01, workbook of 24 June 2026"),
        ],
        lists: LISTS,
        sheets: if sheet.written_too.is_empty() { OFFICIAL } else { EXTENDED },
    }
}

const GROUPS: FirstRow = FirstRow::Groups(&[
    ("child_ID", "Determinants of placement availability"),
    ("foster_care_suitability", "Placement Recommendation"),
    ("risk_to_child_self_harm", "Risks"),
    ("cost_total_weekly", "Actual Placement"),
    ("name_of_officer_referral", "Quality Assurance"),
]);

const OFFICIAL: &[FormSheet] = &[FormSheet { of: &SHEETS[0], needed, greys: &[], first_row: GROUPS, example: &[] }];
const EXTENDED: &[FormSheet] =
    &[FormSheet { of: &SHEETS_WITH_EXPLOITATION[0], needed, greys: &[], first_row: GROUPS, example: &[] }];

fn needed(column: &Column) -> Option<String> {
    let needed = column.loses_row || REQUIRED.contains(&column.name);
    let of_a_home = REQUIRED_OF_A_HOME.contains(&column.name);
    match (needed, of_a_home) {
        (true, _) => Some("Must be filled in".to_owned()),
        (_, true) => Some("Must be filled in where a home was found".to_owned()),
        _ => None,
    }
}

/// Reads the workbook.
pub struct SheetDecode;

impl Decode for SheetDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        let (mut parts, mut labels): (Vec<(usize, SheetTable)>, _) = (Vec::new(), Vec::new());
        for (id, part) in document.parts() {
            labels.push(PartLabel::unknown(id));
            if labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            for (table, sheet) in workbook::open(id, part.bytes.as_ref(), &ASKED, options, report).tables {
                if let Some(label) = labels.last_mut() {
                    *label = PartLabel::Table("workbook", id.0.saturating_add(1));
                }
                tell_missing_columns(id, &sheet, report);
                parts.push((table, sheet));
            }
        }
        Box::new(Opened::<PlacementRow, _>::open((parts, labels), options, report))
    }

    fn recognises(&self, id: PartId, part: &Part, dialect: &Dialect) -> Option<bool> {
        let options = Options { dialect: dialect.clone(), ..Options::plain() };
        Some(!workbook::open(id, part.bytes.as_ref(), &ASKED, &options, &mut Unheard).tables.is_empty())
    }
}

/// Tells what the model requires and the sheet has no column for; of a sheet without rows nothing is missed.
fn tell_missing_columns(id: PartId, sheet: &SheetTable, report: &mut dyn Report) {
    let missing = |column: &&Column| sheet.layout.cell_of(column.name).is_none() && needed(column).is_some();
    for column in PLACEMENT.columns.iter().filter(missing).filter(|_| !sheet.sheet.is_empty()) {
        let rule = if column.name == write::EXPLOITATION { &rules::NPS_NO_CSE } else { &rules::NPS_COLUMN };
        report.raise(Diagnostic::new(rule, Place::Part(id)).of_field(column.record_field()));
    }
}

/// The workbook before anything is filled in: often asked for, and always the same.
static BLANK: LazyLock<Vec<u8>> = LazyLock::new(|| FORM.workbook(&[]));

/// Writes the workbook: rows are held until the last child, then sorted and written as one file.
pub struct SheetEncode;

impl Encode for SheetEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(SheetEncoder { options, lines: Mutex::default() })
    }

    fn template(&self) -> Option<Vec<u8>> {
        Some(BLANK.clone())
    }
}

struct SheetEncoder<'o> {
    options: &'o Options,
    lines: Mutex<Vec<Line>>,
}

/// A row, with what it is sorted by: its child, and which of the child's rows it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    child: Vec<u8>,
    number: usize,
    cells: Vec<FormCell>,
}

impl SheetEncoder<'_> {
    fn form(&self) -> (&'static Form, &'static SheetOf) {
        match self.options.setting(&EXPLOITATION_COLUMN) {
            "yes" => (&FORM_WITH_EXPLOITATION, &SHEETS_WITH_EXPLOITATION[0]),
            _ => (&FORM, &SHEETS[0]),
        }
    }
}

impl Encoder for SheetEncoder<'_> {
    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let ((_, sheet), writing) = (self.form(), writing(self.options));
        let order = SheetEncode.order(disclosure.subject);
        let mut made = Vec::new();
        for (number, (record, row)) in rows_of(disclosure, report).into_iter().enumerate() {
            let is_written = |name: &str| {
                let column = PLACEMENT.columns.iter().find(|column| column.name == name);
                column.is_some_and(|column| !column.only_read || sheet.written_too.contains(&name))
            };
            tell_what_is_missing(&row, record, is_written, report);
            for column in PLACEMENT.columns.iter().filter(|column| !is_written(column.name)) {
                if !checks::is_blank(&row, column.name) {
                    let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
                    report.raise(lost.of_field(column.record_field()));
                }
            }
            let cells = cells_of(sheet, &row, &writing, |column| {
                let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
                report.raise(lost.of_field(PLACEMENT.columns[column].record_field()));
            });
            made.push(Line { child: order.clone(), number, cells });
            sheaf.count(PLACEMENT.name, 1);
        }
        let rows_max = self.options.limits.sheet_rows_max as usize;
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        for line in made {
            if lines.len() >= rows_max {
                report.raise(Diagnostic::new(&rules::TOO_MANY_SHEET_ROWS, Place::Document));
            }
            lines.push(line);
        }
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.sort_unstable();
        let rows_max = self.options.limits.sheet_rows_max as usize;
        let rows: Vec<Vec<FormCell>> = lines.drain(..).take(rows_max).map(|line| line.cells).collect();
        let out = sheaf.part(PartName::Whole);
        match self.form().0 {
            _ if rows.is_empty() => out.extend_from_slice(&BLANK),
            form => out.extend_from_slice(&form.workbook(&[rows])),
        }
    }
}
