//! Limits of reading: every one has a name that ends in its unit and `_max`, and a default.

/// How much a decoder takes before it says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingLimits {
    /// The longest row, in bytes.
    pub row_bytes_max: u32,
    /// The most lines that one quoted row may span.
    pub row_lines_max: u32,
    /// The most cells of a row.
    pub columns_max: u16,
    /// The most rows of a document.
    pub rows_max: u32,
    /// The most parts of a document.
    pub parts_max: u16,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self { row_bytes_max: 1 << 20, row_lines_max: 100, columns_max: 1_000, rows_max: 100_000_000, parts_max: 1_000 }
    }
}
