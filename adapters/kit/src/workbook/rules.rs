//! The rules that every workbook keeps: the `workbook/` family. Their words are for whoever filled it in.

use schemas::diagnostic::{Rule, Severity};

const fn rule(code: &'static str, severity: Severity, message: &'static str, help: &'static str) -> Rule {
    Rule { code, severity, message, help, source: "Homeward workbooks" }
}

/// An encrypted workbook.
pub static ENCRYPTED: Rule = rule(
    "workbook/password",
    Severity::Error,
    "This workbook is protected with a password to open it; nothing of it can be read",
    "Open it, take the password off (in Excel: File, Info, Protect Workbook, Encrypt with Password, and empty the box), save it and send it again. Never send the password.",
);

/// A workbook of Excel 97 to 2003.
pub static OLD_KIND: Rule = rule(
    "workbook/old-kind",
    Severity::Error,
    "This workbook is of the old kind (.xls), which is not read",
    "Open it, choose Save As, Excel Workbook (.xlsx), and send that file.",
);

/// A binary workbook.
pub static BINARY_KIND: Rule = rule(
    "workbook/binary-kind",
    Severity::Error,
    "This is a binary workbook (.xlsb), which is not read",
    "Open it, choose Save As, Excel Workbook (.xlsx), and send that file.",
);

/// A workbook of OpenDocument.
pub static OPEN_DOCUMENT: Rule = rule(
    "workbook/open-document",
    Severity::Error,
    "This is an OpenDocument spreadsheet (.ods), which is not read",
    "Open it, choose Save As, Excel 2007-365 (.xlsx), and send that file.",
);

/// No workbook.
pub static NOT_A_WORKBOOK: Rule = rule(
    "workbook/not-a-workbook",
    Severity::Error,
    "This is no Excel workbook, whatever its name says; nothing of it is read",
    "Open it in Excel or LibreOffice, choose Save As, Excel Workbook (.xlsx), and send that file. A CSV file is sent as CSV.",
);

/// A workbook that does not open.
pub static DAMAGED: Rule = rule(
    "workbook/damaged",
    Severity::Error,
    "This workbook is damaged or cut short; nothing of it is read",
    "Send it again. If it is still damaged, open it in Excel or LibreOffice, save it under a new name, and send that file.",
);

/// A workbook beyond its limits.
pub static TOO_LARGE: Rule = rule(
    "workbook/too-large",
    Severity::Error,
    "This workbook holds more than workbook_bytes_max or cells_bytes_max when it is unpacked; nothing of it is read",
    "Delete the empty rows below the last one that is filled in, and sheets that are not needed; then save it and send it again.",
);

/// More sheets than a document has parts.
pub static TOO_MANY_SHEETS: Rule = rule(
    "workbook/too-many-sheets",
    Severity::Error,
    "This workbook has more sheets than parts_max; nothing of it is read",
    "Send a workbook with the sheets of the template alone.",
);

/// No sheet that fits.
pub static NO_SHEET: Rule = rule(
    "workbook/no-sheet",
    Severity::Error,
    "No sheet has the headings that are needed in its first ten rows; nothing of it is read",
    "Fill in the template, and keep its rows of headings as they are.",
);

/// Several sheets that fit.
pub static SEVERAL_SHEETS: Rule = rule(
    "workbook/several-sheets",
    Severity::Error,
    "Several sheets have the headings of one table, and none is called as in the template; none of them is read",
    "Give the one that counts the name that it has in the template, and delete the others.",
);

/// A sheet without the headings that its name promises.
pub static NO_HEADINGS: Rule = rule(
    "workbook/no-headings",
    Severity::Error,
    "This sheet does not have its headings in its first ten rows; it is not read",
    "Copy the rows of headings from the template into it.",
);

/// A cell that shows an error.
pub static ERROR_VALUE: Rule = rule(
    "workbook/error-value",
    Severity::Error,
    "This cell shows an error of the spreadsheet, such as #REF! or #N/A",
    "Mend the formula, or type the value.",
);

/// A cell under no heading.
pub static STRAY_CELL: Rule = rule(
    "workbook/no-heading-above",
    Severity::Warning,
    "This cell stands under no heading; it is not read",
    "If it is a note, nothing needs to be done, but nobody will see it. Otherwise move it under its heading.",
);

/// Every rule of this file.
pub static ALL: &[&Rule] = &[
    &ENCRYPTED,
    &OLD_KIND,
    &BINARY_KIND,
    &OPEN_DOCUMENT,
    &NOT_A_WORKBOOK,
    &DAMAGED,
    &TOO_LARGE,
    &TOO_MANY_SHEETS,
    &NO_SHEET,
    &SEVERAL_SHEETS,
    &NO_HEADINGS,
    &ERROR_VALUE,
    &STRAY_CELL,
];
