//! Workbooks (.xlsx): sheets of cells as tables of a format, and workbooks to be filled in.
//!
//! A sheet is another source of the rows that CSV gives too ([`crate::cells`]): one field table serves both. Whatever
//! the bytes are, reading them gives tables and diagnostics. A workbook comes from an office: macros, links, drawings
//! and formulas are passed over, and what a formula showed when it was saved is read.

use schemas::diagnostic::Rule;

mod archive;
mod comments;
mod find;
pub mod form;
mod look;
mod open;
mod pack;
pub mod rules;
mod serial;
mod sheet;
mod strings;
mod table;
mod write;
mod xml;

pub use find::{Asked, Found, OwnRow, SheetOf, open};
pub use sheet::Sheet;
pub use table::{SheetRows, SheetTable};

/// Why a workbook cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It is no whole workbook.
    Damaged,
    /// It is encrypted.
    Encrypted,
    /// It holds more than a limit allows.
    TooLarge,
    /// Its bytes cannot be had.
    Unreadable,
}

impl Fault {
    fn rule(self) -> &'static Rule {
        match self {
            Self::Damaged => &rules::DAMAGED,
            Self::Encrypted => &rules::ENCRYPTED,
            Self::TooLarge => &rules::TOO_LARGE,
            Self::Unreadable => &crate::csv::rules::PART_UNREADABLE,
        }
    }
}
