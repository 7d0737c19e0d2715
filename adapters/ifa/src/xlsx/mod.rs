//! Vacancies as a workbook that an agency's office fills in: the same tables as in CSV, each on a sheet (IFA formats,
//! section 2.2).

mod form;
mod open;
mod write;

use kit::{
    adapter::{DeclaredLoss, Format, Parts},
    csv::rules as table_rules,
    workbook::{Asked, OwnRow, SheetOf, rules as workbook_rules},
};
use schemas::diagnostic::Rule;

use crate::{
    document::TABLES,
    records::{EXPIRE_DAYS, FRESH_DAYS},
    rules,
    vacancies::tables::{FEES, FOR_THE_CHILD, VACANCIES},
    xlsx::{open::WorkbookDecode, write::WorkbookEncode},
};

/// Vacancies, fees and what a child may read on the sheets of one workbook.
pub static VACANCIES_XLSX: Format = Format {
    name: "vacancies-xlsx",
    summary: "Vacancies of providers as an Excel workbook with drop-downs and help: sheets Vacancies, Fees and For the child",
    media_types: &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    extensions: &["xlsx", "xlsm"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: TABLES,
    rules: &[
        table_rules::ALL,
        workbook_rules::ALL,
        rules::VACANCIES,
        rules::BESIDE,
        RULES,
        rules::WRITING,
        rules::WRITING_WORKBOOKS,
    ],
    settings: &[FRESH_DAYS, EXPIRE_DAYS],
    losses: LOSSES,
    together: &["Provider", "Vacancy"],
    decode: Some(&WorkbookDecode),
    encode: Some(&WorkbookEncode),
};

/// Rules of workbooks of vacancies alone.
static RULES: &[&Rule] = &[
    &rules::FORMULA_WITHOUT_VALUE,
    &rules::SHEET_EMPTY,
    &rules::MODE_UNKNOWN,
    &rules::REPLACE_NOT_CARRIED,
    &rules::SHEET_AS_AT,
];

/// What the sheets cannot say.
static LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Provider.company_number", why: "no column for it" },
    DeclaredLoss { field: "Provider.sector", why: "no column for it" },
    DeclaredLoss { field: "Provider.branch", why: "each vacancy has its own" },
    DeclaredLoss { field: "Provider.duty", why: "each vacancy has its own" },
    DeclaredLoss { field: "Provider.frameworks", why: "each vacancy has its own" },
    DeclaredLoss { field: "Vacancy.version", why: "only JSON counts changes" },
    DeclaredLoss { field: "Vacancy.for_the_child.photos", why: "a sheet holds no photographs" },
];

/// The sheet that says what to do, and holds what is said once.
const START: &str = "Start here";

/// The sheet of lists.
const LISTS: &str = "Lists";

/// The example of a form, by how its reference begins.
const EXAMPLE: &[OwnRow] = &[OwnRow { begins: &[("vacancy_id", "EXAMPLE")], told: None }];

/// The tables and their sheets, in the order of [`TABLES`].
static SHEETS: [SheetOf; 3] = [
    SheetOf { table: &VACANCIES, title: "Vacancies", own_rows: EXAMPLE, written_too: &[] },
    SheetOf { table: &FEES, title: "Fees", own_rows: EXAMPLE, written_too: &[] },
    SheetOf { table: &FOR_THE_CHILD, title: "For the child", own_rows: EXAMPLE, written_too: &[] },
];

/// What is looked for in a workbook.
static ASKED: Asked = Asked {
    sheets: &SHEETS,
    beside: &[START],
    passed_over: &[LISTS],
    formula_without_value: &rules::FORMULA_WITHOUT_VALUE,
};
