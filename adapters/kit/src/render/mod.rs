//! Reports for machines and for people. Only the form for people draws excerpts, from the sender's own bytes.

pub mod csv;
mod excerpt;
pub mod json;
pub mod people;

use schemas::diagnostic::PartId;

use crate::adapter::PartLabel;

/// What a part is called: by the format where it knows it, else by number, never by its file name.
fn label_of(labels: &[PartLabel], part: PartId) -> String {
    labels.get(usize::from(part.0)).cloned().unwrap_or_else(|| PartLabel::unknown(part)).to_string()
}
