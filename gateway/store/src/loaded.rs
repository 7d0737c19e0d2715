//! What each partner could see by the configuration that was loaded last: words of ours, and nothing of a child.

use crate::Micros;

/// What one partner could see.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoadedView {
    /// The partner.
    pub partner: String,
    /// The view with its digest.
    pub view: String,
    /// What it lets out, a line a field: `Statement.field=precision`.
    pub cells: String,
    /// When the configuration was loaded.
    pub loaded_at: Micros,
}
