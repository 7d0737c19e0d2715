//! Diagnostics as CSV: one place a row.
//!
//! The column of a cell is its number, that of a node counts characters.

use schemas::diagnostic::{Diagnostic, Place};

use super::Places;
use crate::csv::write::quote;

/// The heading row.
pub const HEADING: &str = "rule,severity,part,line,column,path,byte,message,help\n";

/// Writes one diagnostic as a row; what a place does not have is blank.
pub fn diagnostic(diagnostic: &Diagnostic, places: &mut Places<'_>, out: &mut Vec<u8>) {
    let rule = diagnostic.rule;
    let part = diagnostic.place.part().map(|part| places.label(part)).unwrap_or_default();
    let [line, column, path, byte] = match &diagnostic.place {
        Place::Document | Place::Part(_) => Default::default(),
        Place::Cell { line, column, byte, .. } => [
            line.to_string(),
            column.map(|column| column.to_string()).unwrap_or_default(),
            String::new(),
            byte.to_string(),
        ],
        Place::Node { path, byte, .. } => {
            let [line, column] = places
                .of_node(&diagnostic.place)
                .map_or_else(Default::default, |at| [at.line, at.column].map(|number| number.to_string()));
            [line, column, path.to_string(), byte.to_string()]
        }
    };
    row([rule.code, rule.severity.word(), &part, &line, &column, &path, &byte, rule.message, rule.help], out);
}

/// Writes a row of cells in the order of the heading.
pub fn row(cells: [&str; 9], out: &mut Vec<u8>) {
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        let from = out.len();
        out.extend_from_slice(cell.as_bytes());
        quote(out, from);
    }
    out.push(b'\n');
}
