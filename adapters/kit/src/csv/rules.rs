//! The rules that every table keeps, whatever it says: the `table/` family, and what the record asks of any source.

use schemas::diagnostic::{Rule, Severity};

const fn rule(
    code: &'static str,
    severity: Severity,
    message: &'static str,
    help: &'static str,
    source: &'static str,
) -> Rule {
    Rule { code, severity, message, help, source }
}

/// A cell that its column cannot hold, where the format has no rule of its own for it.
pub static CELL: Rule = rule(
    "table/cell",
    Severity::Error,
    "This cell does not hold what its column asks for",
    "See the column's description for what it may hold, and mend the cell.",
    "Homeward tables",
);

/// A blank cell where the column must say something.
pub static BLANK: Rule = rule(
    "table/blank",
    Severity::Error,
    "This cell is blank, and its column must say something",
    "Fill in the cell.",
    "Homeward tables",
);

/// A part that no table of the format fits.
pub static UNRECOGNISED: Rule = rule(
    "table/unrecognised",
    Severity::Warning,
    "No table of this format fits this part; it is left aside",
    "Check the heading row. If the part belongs to another format, send it with that format's name.",
    "Homeward tables",
);

/// A document without any part that fits.
pub static NOTHING_RECOGNISED: Rule = rule(
    "table/nothing-recognised",
    Severity::Error,
    "No part of this document fits a table of this format",
    "Check that the right report was run, and that its heading row is among the first ten rows.",
    "Homeward tables",
);

/// A heading that must be there is not.
pub static MISSING_COLUMN: Rule = rule(
    "table/missing-column",
    Severity::Error,
    "A column that this table needs is missing",
    "Add the column that is named, or say in a dialect under which heading it comes.",
    "Homeward tables",
);

/// A heading that the table does not know.
pub static UNKNOWN_COLUMN: Rule = rule(
    "table/unknown-column",
    Severity::Warning,
    "This table has no such column; its cells are not read",
    "Remove the column, or say in a dialect which column it is. It is named by its number.",
    "Homeward tables",
);

/// Two headings for one column.
pub static DOUBLE_COLUMN: Rule = rule(
    "table/double-column",
    Severity::Warning,
    "This column stands twice; the first is read",
    "Remove one of the two.",
    "Homeward tables",
);

/// Two headings for one column that protects children, or names them.
pub static DOUBLE_GUARD: Rule = rule(
    "table/double-guard",
    Severity::Error,
    "This column protects children, or says whose a row is, and stands twice; the table is not read",
    "Remove one of the two.",
    "record, section 1.11",
);

/// A second part of a table that should come once.
pub static DOUBLE_PART: Rule = rule(
    "table/double-part",
    Severity::Warning,
    "Another part of this document is the same table; both are read",
    "Check that an old or corrected file was not left beside the new one.",
    "Homeward tables",
);

/// A heading row with nothing under it.
pub static HEADER_ONLY: Rule = rule(
    "table/header-only",
    Severity::Warning,
    "This part has a heading row and no other",
    "If there should be rows, run the report again.",
    "Homeward tables",
);

/// Nothing at all.
pub static EMPTY_PART: Rule = rule(
    "table/empty-part",
    Severity::Warning,
    "This part is empty",
    "If there should be rows, run the report again.",
    "Homeward tables",
);

/// A table of a later collection year.
pub static NOT_IN_YEAR: Rule = rule(
    "table/not-in-year",
    Severity::Warning,
    "This table or column does not belong to this collection year; it is read all the same",
    "Check the year that was given.",
    "SSDA903 collection guides by year",
);

/// Fewer cells than headings.
pub static SHORT_ROW: Rule = rule(
    "table/short-row",
    Severity::Error,
    "This row has fewer cells than the heading row; it is not read",
    "Write blank cells as nothing between two separators, and look for a line break inside a cell.",
    "RFC 4180, section 2.4",
);

/// Fewer cells than headings in a last row without a line end.
pub static CUT_ROW: Rule = rule(
    "table/cut-row",
    Severity::Error,
    "The file ends inside this row; it is not read",
    "The file was cut short on its way. Send it again, whole.",
    "RFC 4180, section 2.4",
);

/// A last row without a line end.
pub static NO_LAST_LINE_END: Rule = rule(
    "table/no-last-line-end",
    Severity::Warning,
    "The last row has no line end: it may have been cut",
    "Compare the last row with the source.",
    "RFC 4180, section 2.2",
);

/// More cells than headings.
pub static LONG_ROW: Rule = rule(
    "table/long-row",
    Severity::Error,
    "This row has more cells than the heading row; it is not read",
    "A cell that holds the separator must stand in quotes.",
    "RFC 4180, sections 2.4 and 2.6",
);

/// A row beyond the byte limit.
pub static ROW_TOO_LONG: Rule = rule(
    "table/row-too-long",
    Severity::Error,
    "This row is longer than row_bytes_max; it is not read",
    "Check that the file has line ends and is a table at all.",
    "limit row_bytes_max",
);

/// A row beyond the column limit.
pub static TOO_MANY_COLUMNS: Rule = rule(
    "table/too-many-columns",
    Severity::Error,
    "This row has more cells than columns_max; it is not read",
    "Check the separator, and that the file is a table at all.",
    "limit columns_max",
);

/// A quote that is never closed.
pub static OPEN_QUOTE: Rule = rule(
    "table/open-quote",
    Severity::Error,
    "A quote opens here and is not closed; the row is not read",
    "Close the quote, or double it if it is part of the text. Reading goes on at the next line.",
    "RFC 4180, section 2.7; limits row_lines_max and row_bytes_max",
);

/// More rows than the limit.
pub static TOO_MANY_ROWS: Rule = rule(
    "table/too-many-rows",
    Severity::Error,
    "This document has more rows than rows_max; the rest is not read",
    "Send it in several documents.",
    "limit rows_max",
);

/// More parts than the limit.
pub static TOO_MANY_PARTS: Rule = rule(
    "table/too-many-parts",
    Severity::Error,
    "This document has more parts than parts_max; the rest is not read",
    "Send it in several documents.",
    "limit parts_max",
);

/// A part that failed while being read.
pub static PART_UNREADABLE: Rule = rule(
    "table/part-unreadable",
    Severity::Error,
    "This part could not be read to its end",
    "Check the disk or share it lies on, and try again.",
    "Homeward tables",
);

/// Text in another encoding.
pub static ENCODING: Rule = rule(
    "table/encoding",
    Severity::Warning,
    "This cell is not UTF-8; it is read as Windows-1252",
    "Save the file as UTF-8 if names come out wrong.",
    "WHATWG Encoding, windows-1252",
);

/// A number that a spreadsheet turned into a decimal.
pub static DECIMAL_TAIL: Rule = rule(
    "table/decimal-tail",
    Severity::Warning,
    "A whole number came with a decimal tail; the tail is dropped",
    "Format the column as text before exporting.",
    "record, section 1.3",
);

/// A date that stands for none.
pub static PLACEHOLDER_DATE: Rule = rule(
    "table/placeholder-date",
    Severity::Warning,
    "This date stands for no date; it is read as blank",
    "Leave the cell blank.",
    "record, section 1.5",
);

/// A postcode that stands for none.
pub static PLACEHOLDER_POSTCODE: Rule = rule(
    "table/placeholder-postcode",
    Severity::Warning,
    "This stands for no postcode; it is read as blank",
    "Leave the cell blank.",
    "record, section 4.2",
);

/// A text longer than a cell may be.
pub static TEXT_CUT: Rule = rule(
    "table/text-cut",
    Severity::Warning,
    "This text is longer than 4,000 characters; the rest is cut",
    "Shorten it.",
    "Homeward tables",
);

/// A code of another collection year.
pub static CODE_NOT_IN_YEAR: Rule = rule(
    "record/code-not-in-year",
    Severity::Warning,
    "This code belongs to another collection year; it is carried as it is",
    "Check the year that was given, or use the code of this year.",
    "record, section 2",
);

/// A row whose child cannot be told.
pub static NO_CHILD_ID: Rule = rule(
    "record/no-child-id",
    Severity::Error,
    "This row names no child: the identifier is blank, zero or unreadable; it makes no record",
    "Fill in the child's identifier from the case system.",
    "record, section 1.2",
);

/// The same, in a table with fields that protect a child.
pub static NO_CHILD_ID_GUARD: Rule = rule(
    "record/no-child-id-guard",
    Severity::Error,
    "This row names no child and holds fields that protect one: whose they are cannot be told",
    "Fill in the child's identifier before anything of this document goes to another organisation.",
    "record, sections 1.2 and 1.11",
);

/// The same thing said twice.
pub static DUPLICATE: Rule = rule(
    "record/duplicate",
    Severity::Warning,
    "This row says what another row says already; it is dropped",
    "Remove one of the two.",
    "record, section 1.6",
);

/// Two rows of one key that differ.
pub static KEY_CLASH: Rule = rule(
    "record/key-clash",
    Severity::Warning,
    "Two rows speak of the same thing and differ",
    "Decide which of the two is right and remove the other. Until then both episodes, consents or restrictions are kept; of other rows the later wins.",
    "record, section 1.6",
);

/// A guard that could not be read.
pub static GUARD_UNREADABLE: Rule = rule(
    "view/guard-unreadable",
    Severity::Error,
    "A field that protects a child cannot be read: everything about the child is held back from other organisations",
    "Mend the cell or row and send the document again.",
    "views, section 7.8",
);

/// Every rule of this file.
pub static ALL: &[&Rule] = &[
    &CELL,
    &BLANK,
    &UNRECOGNISED,
    &NOTHING_RECOGNISED,
    &MISSING_COLUMN,
    &UNKNOWN_COLUMN,
    &DOUBLE_COLUMN,
    &DOUBLE_GUARD,
    &DOUBLE_PART,
    &HEADER_ONLY,
    &EMPTY_PART,
    &NOT_IN_YEAR,
    &SHORT_ROW,
    &CUT_ROW,
    &NO_LAST_LINE_END,
    &LONG_ROW,
    &ROW_TOO_LONG,
    &TOO_MANY_COLUMNS,
    &OPEN_QUOTE,
    &TOO_MANY_ROWS,
    &TOO_MANY_PARTS,
    &PART_UNREADABLE,
    &ENCODING,
    &DECIMAL_TAIL,
    &PLACEHOLDER_DATE,
    &PLACEHOLDER_POSTCODE,
    &TEXT_CUT,
    &CODE_NOT_IN_YEAR,
    &NO_CHILD_ID,
    &NO_CHILD_ID_GUARD,
    &DUPLICATE,
    &KEY_CLASH,
    &GUARD_UNREADABLE,
];
