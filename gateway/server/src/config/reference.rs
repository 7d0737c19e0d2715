//! Reference tables that the configuration names: read whole by the exchange, their faults told as those of the
//! configuration, each in its own file.

use std::path::PathBuf;

use exchange::market::reference::Faults;
use kit::table::Table;
use schemas::diagnostic::{Diagnostic, Place};

use super::fault::{self, ConfigFault};
use super::files;
use super::section::{Placed, Section};

/// Reads the table that a key names; `None` without the key, or with a fault.
pub(super) fn read<T>(
    section: &Section<'_>,
    key: &'static str,
    bytes_max: u64,
    table: &Table,
    read: impl FnOnce(&[u8]) -> Result<T, Faults>,
) -> Option<T> {
    let file = section.path(key)?;
    let bytes = files::read_public(&file.value, bytes_max);
    let bytes = bytes.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
    let told = |faults: Faults| {
        for found in &faults {
            section.fault_in(file.byte, placed(found, &file, &bytes, table));
        }
    };
    read(&bytes).map_err(told).ok()
}

/// A fault where an editor finds it, in words of ours.
fn placed(found: &Diagnostic, file: &Placed<PathBuf>, bytes: &[u8], table: &Table) -> ConfigFault {
    let (line, byte) = match found.place {
        Place::Cell { line, byte, .. } => (line, byte),
        Place::Document | Place::Part(_) | Place::Node { .. } => (1, 0),
    };
    let before = usize::try_from(byte).ok().and_then(|byte| bytes.get(..byte)).unwrap_or_default();
    let begin = before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1);
    let rule = found.rule;
    let mut detail = format!("{}: {}. {}", rule.code, rule.message, rule.help.trim_end_matches('.'));
    let column = found.field.and_then(|field| table.columns.iter().find(|column| column.name == field));
    if let Some(column) = column {
        detail.push_str(&format!("; `{}`: {}", column.name, column.meaning.trim().trim_end_matches('.')));
    }
    if found.place == Place::Document {
        let needed = table.columns.iter().filter(|column| column.required).map(|column| format!("`{}`", column.name));
        detail.push_str(&format!("; it needs {}", needed.collect::<Vec<_>>().join(", ")));
    }
    if let Some(Place::Cell { line, .. }) = found.related.first() {
        detail.push_str(&format!("; see line {line}"));
    }
    ConfigFault {
        rule: &fault::REFERENCE,
        file: file.value.clone(),
        line: usize::try_from(line).unwrap_or(usize::MAX),
        column: String::from_utf8_lossy(&before[begin..]).chars().count() + 1,
        detail: Some(detail),
    }
}
