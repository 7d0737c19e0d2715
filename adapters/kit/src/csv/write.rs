//! Rows of values into CSV: RFC 4180 quoting, LF line ends, no mark.

use crate::{
    table::{Column, Row, Table},
    wire::{Writing, Written},
};

/// Writes the heading row of a table.
pub fn write_heading(table: &Table, out: &mut Vec<u8>) {
    write_heading_of(table.columns.iter(), out);
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
    for (n, lens) in R::LENSES.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        let from = out.len();
        if (lens.write)(row, out, writing) == Written::CannotSay {
            out.truncate(from);
            cannot_say(n);
        }
        quote(out, from);
    }
    out.push(b'\n');
}

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
