//! Limits of reading, and of what is written after it: every one has a name that ends in its unit and `_max`, and a default.

use crate::photograph::PhotoLimits;

/// How much a decoder takes before it says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingLimits {
    /// The longest row, in bytes.
    pub row_bytes_max: u32,
    /// The most lines that one quoted row may span.
    pub row_lines_max: u32,
    /// The most cells of a row, and the most members of an object.
    pub columns_max: u16,
    /// The most rows of a document, and the most items of a nested one.
    pub rows_max: u32,
    /// The most parts of a document.
    pub parts_max: u16,
    /// The largest item of a nested document, and all that stands around its items, in bytes.
    pub item_bytes_max: u32,
    /// The largest FHIR resource, a Bundle with all that is in it, in bytes.
    pub resource_bytes_max: u32,
    /// The most elements of one FHIR resource.
    pub elements_max: u32,
    /// The most faults of one FHIR resource that are told before it is given up.
    pub faults_max: u32,
    /// The most elements or objects within each other.
    pub depth_max: u16,
    /// The most attributes of an element.
    pub attributes_max: u16,
    /// The longest text of an element or member, in bytes.
    pub text_bytes_max: u32,
    /// All that is unpacked of one workbook, in bytes.
    pub workbook_bytes_max: u64,
    /// All that is held of the cells of one workbook, in bytes.
    pub cells_bytes_max: u64,
    /// The most rows of a sheet that is written.
    pub sheet_rows_max: u32,
    /// Photographs that come with a document.
    pub photos: PhotoLimits,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self {
            row_bytes_max: 1 << 20,
            row_lines_max: 100,
            columns_max: 1_000,
            rows_max: 100_000_000,
            parts_max: 1_000,
            item_bytes_max: 4 << 20,
            resource_bytes_max: 64 << 20,
            elements_max: 4_000_000,
            faults_max: 10_000,
            depth_max: 32,
            attributes_max: 32,
            text_bytes_max: 64 << 10,
            workbook_bytes_max: 256 << 20,
            cells_bytes_max: 64 << 20,
            sheet_rows_max: 100_000,
            photos: PhotoLimits::default(),
        }
    }
}
