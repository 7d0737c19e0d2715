//! The rows in which something is wrong, kept as they came for their sender to mend.

use std::collections::BTreeSet;

use kit::adapter::PartLabel;
use kit::document::{Document, ReadAt};
use kit::report::Findings;
use schemas::diagnostic::{Diagnostic, Place, Severity};
use store::message::Reject;

/// Bytes of rows that are kept as rejects, in all; further ones are counted only.
const REJECTED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of one rejected row before and after the place of its fault.
const ROW_BYTES_MAX: u64 = 64 * 1024;

/// The rows in which something is wrong, as they came.
pub(super) fn rejects(document: &Document, labels: &[PartLabel], findings: &mut Findings) -> Vec<Reject> {
    let mut rejects: Vec<Reject> = Vec::new();
    let mut bytes_left = REJECTED_BYTES_MAX;
    let mut seen = BTreeSet::new();
    let diagnostics: Vec<Diagnostic> = findings
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.rule.severity == Severity::Error)
        .cloned()
        .collect();
    for diagnostic in diagnostics {
        let Place::Cell { part, line, byte, .. } = diagnostic.place else { continue };
        if !seen.insert((part, line)) {
            continue;
        }
        let Some(row) = document.part(part).and_then(|part| row_at(&*part.bytes, byte)) else {
            continue;
        };
        let Some(left) = bytes_left.checked_sub(row.len()) else { break };
        bytes_left = left;
        let label = labels.get(usize::from(part.0)).map_or_else(String::new, ToString::to_string);
        rejects.push(Reject { part: label, line, byte, rule: diagnostic.rule.code.to_owned(), row });
    }
    rejects
}

/// The line in which a byte stands, as it came; `None` when it cannot be read.
fn row_at(bytes: &dyn ReadAt, byte: u64) -> Option<Vec<u8>> {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let from = byte.saturating_sub(ROW_BYTES_MAX);
    let mut before = vec![0; usize::try_from(byte - from).ok()?];
    let count = bytes.read_at(from, &mut before).ok()?;
    before.truncate(count);
    let mut after = vec![0; usize::try_from(ROW_BYTES_MAX).ok()?];
    let count = bytes.read_at(byte, &mut after).ok()?;
    after.truncate(count);
    let begin = before.iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = after.iter().position(is_end).unwrap_or(after.len());
    Some([&before[begin..], &after[..end]].concat())
}
