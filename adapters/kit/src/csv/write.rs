//! Rows of values into CSV: RFC 4180 quoting, LF line ends, no mark.

use crate::{
    table::{Column, Row, Table},
    wire::{Writing, Written},
};

/// Writes the heading row of a table.
pub fn write_heading(table: &Table, out: &mut Vec<u8>) {
    write_heading_of(table.written(), out);
}

/// Writes a heading row of some columns.
pub(crate) fn write_heading_of<'c>(columns: impl Iterator<Item = &'c Column>, out: &mut Vec<u8>) {
    for (n, column) in columns.enumerate() {
        if n > 0 {
            out.push(b',');
        }
        let from = out.len();
        out.extend_from_slice(column.name.as_bytes());
        quote(out, from);
    }
    out.push(b'\n');
}

/// Writes a row; tells each column that has no word for its value.
pub fn write_row<R: Row>(row: &R, out: &mut Vec<u8>, writing: &Writing<'_>, mut cannot_say: impl FnMut(usize)) {
    let writing = &Writing { spelling: R::TABLE.spelling, ..*writing };
    let mut first = true;
    for (n, lens) in R::LENSES.iter().enumerate().filter(|(n, _)| !R::TABLE.columns[*n].only_read) {
        if !first {
            out.push(b',');
        }
        first = false;
        let from = out.len();
        if (lens.write)(row, out, writing) == Written::CannotSay {
            out.truncate(from);
            cannot_say(n);
        }
        if writing.dialect.excel_safe() && out.get(from).is_some_and(|byte| FORMULA_BEGINS.contains(byte)) {
            out.insert(from, b'\'');
        }
        quote(out, from);
    }
    out.push(b'\n');
}

/// How a cell begins that a spreadsheet would take for a formula.
const FORMULA_BEGINS: &[u8] = b"=+-@";

/// Puts a cell in quotes where it holds a separator, a quote or a line end.
pub(crate) fn quote(out: &mut Vec<u8>, from: usize) {
    if !out[from..].iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        return;
    }
    let cell = out.split_off(from);
    out.push(b'"');
    for byte in cell {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}
