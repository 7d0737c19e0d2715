//! The sender's own words: a TOML overlay that fits a real export without touching the program.

use schemas::{code::Code, date::Date};

/// Header aliases, date formats, blank words and code maps of one sender.
#[derive(Clone, Debug, Default)]
pub struct Dialect {}

/// What the column that flags a restriction says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestrictionWord {
    /// Restricted.
    Set,
    /// Not restricted.
    Clear,
    /// Neither of the words that the dialect names.
    Unreadable,
}

impl Dialect {
    /// What a cell of the restriction flag says.
    #[must_use]
    pub fn restriction_word(&self, _cell: &[u8]) -> RestrictionWord {
        RestrictionWord::Unreadable
    }

    /// Whether a trimmed cell stands for nothing.
    #[must_use]
    pub fn is_blank(&self, cell: &[u8]) -> bool {
        cell.is_empty()
    }

    /// A day in one of the sender's own spellings.
    #[must_use]
    pub fn date(&self, _cell: &[u8]) -> Option<Date> {
        None
    }

    /// A code by the sender's own word.
    #[must_use]
    pub fn code<C: Code>(&self, _cell: &[u8]) -> Option<C> {
        None
    }

    /// Our column for a folded heading.
    #[must_use]
    pub fn column(&self, _heading: &str) -> Option<&str> {
        None
    }

    /// What stands in a column that the export lacks.
    #[must_use]
    pub fn constant(&self, _column: &str) -> Option<&str> {
        None
    }

    /// Whether a folded heading is the column that flags a restriction.
    #[must_use]
    pub fn is_restriction_flag(&self, _heading: &str) -> bool {
        false
    }
}
