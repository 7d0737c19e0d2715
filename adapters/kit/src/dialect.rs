//! The sender's own words: a TOML overlay that fits a real export without touching the program.
//!
//! Limits: a dialect adds words and never takes a guard away: no code of a field that protects a child can become
//! blank. Format: the keys of [`Dialect::read`]. Operations: lookups by heading, cell and column, which cost nothing
//! where the dialect says nothing.

mod date_format;
mod faults;
pub mod infer;
pub mod ratings;
mod read;
pub mod rules;

use schemas::{code::Code, date::Date};

pub(crate) use self::date_format::{DateFormat, MONTHS};
pub use self::faults::{DialectFault, Hint};
use self::ratings::RatingScheme;
use crate::encoding::text_of;

/// Header aliases, date formats, blank words and code maps of one sender.
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    format: Option<Box<str>>,
    table: Option<&'static str>,
    /// Folded heading and our column, sorted.
    headers: Vec<(Box<str>, &'static str)>,
    date_formats: Vec<DateFormat>,
    codes: Vec<CodeWords>,
    constants: Vec<(&'static str, Box<str>)>,
    options: Vec<(Box<str>, Box<str>)>,
    restriction: Option<RestrictionFlag>,
    ratings: Vec<RatingScheme>,
    blank: Vec<Box<str>>,
    encoding: Option<TextEncoding>,
    bom: bool,
    percent_is_fraction: bool,
    excel_safe: bool,
    child_id_is_warehouse: bool,
    gender_is_sex: Option<bool>,
}

/// The sender's words for the codes of one list.
#[derive(Clone, Debug)]
struct CodeWords {
    list: &'static str,
    /// Word and the place of the code in its list.
    words: Vec<(Box<str>, u8)>,
}

/// The column that flags a restriction, and its words.
#[derive(Clone, Debug, Default)]
struct RestrictionFlag {
    heading: Box<str>,
    set: Vec<Box<str>>,
    clear: Vec<Box<str>>,
}

/// The encoding that a dialect names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    /// `utf-8`.
    Utf8,
    /// `windows-1252`.
    Windows1252,
    /// `utf-16`, either byte order.
    Utf16,
}

/// What a cell of the restriction's flag column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestrictionWord {
    /// The child is restricted.
    Set,
    /// The child is not.
    Clear,
    /// Neither word: the child is held back (record, section 1.11).
    Unreadable,
}

impl Dialect {
    /// Whether a trimmed cell stands for nothing: a standard word in any case (record, section 1.5), or one of the
    /// sender's own.
    #[must_use]
    #[inline]
    pub fn is_blank(&self, cell: &[u8]) -> bool {
        let Some(first) = cell.first() else { return true };
        (BEGINS_BLANK[usize::from(*first)] && is_standard_blank(*first, cell)) || self.is_own_blank(cell)
    }

    /// Whether a trimmed cell is a word for nothing of the sender's own.
    #[must_use]
    #[inline]
    pub fn is_own_blank(&self, cell: &[u8]) -> bool {
        !self.blank.is_empty() && one_of(&self.blank, cell)
    }

    /// A day in one of the sender's own spellings.
    #[must_use]
    pub fn date(&self, cell: &[u8]) -> Option<Date> {
        self.date_formats.iter().find_map(|format| format.read(cell))
    }

    /// A code by the sender's own word.
    #[must_use]
    pub fn code<C: Code>(&self, cell: &[u8]) -> Option<C> {
        let words = self.codes.iter().find(|words| words.list == C::LIST.name)?;
        let (_, index) = words.words.iter().find(|(word, _)| same_word(word, cell))?;
        C::from_index(*index)
    }

    /// Our column for a folded heading.
    #[must_use]
    pub fn column(&self, heading: &str) -> Option<&str> {
        if self.headers.is_empty() {
            return None;
        }
        let place = self.headers.binary_search_by(|(known, _)| (**known).cmp(heading)).ok()?;
        Some(self.headers[place].1)
    }

    /// Whether it names any heading.
    #[must_use]
    pub fn has_headers(&self) -> bool {
        !self.headers.is_empty()
    }

    /// Whether it says of any column what stands in it.
    #[must_use]
    pub fn has_constants(&self) -> bool {
        !self.constants.is_empty()
    }

    /// What stands in a column that the export lacks.
    #[must_use]
    pub fn constant(&self, column: &str) -> Option<&str> {
        self.constants.iter().find(|(known, _)| *known == column).map(|(_, value)| &**value)
    }

    /// Whether a folded heading is the column that flags a restriction.
    #[must_use]
    pub fn is_restriction_flag(&self, heading: &str) -> bool {
        self.restriction.as_ref().is_some_and(|flag| *flag.heading == *heading)
    }

    /// What a trimmed cell of the flag column says. Where no flag column is named, nothing can be read.
    #[must_use]
    pub fn restriction_word(&self, cell: &[u8]) -> RestrictionWord {
        match &self.restriction {
            // A word that stands in both lists restricts.
            Some(flag) if one_of(&flag.set, cell) => RestrictionWord::Set,
            Some(flag) if one_of(&flag.clear, cell) => RestrictionWord::Clear,
            _ => RestrictionWord::Unreadable,
        }
    }

    /// The format it was written for.
    #[must_use]
    pub fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    /// The table it was written for, where the format has several.
    #[must_use]
    pub fn table(&self) -> Option<&'static str> {
        self.table
    }

    /// Options of the format, by name.
    #[must_use]
    pub fn options(&self) -> &[(Box<str>, Box<str>)] {
        &self.options
    }

    /// The encoding it names.
    #[must_use]
    pub fn encoding(&self) -> Option<TextEncoding> {
        self.encoding
    }

    /// Whether what is written begins with a byte order mark.
    #[must_use]
    pub fn bom(&self) -> bool {
        self.bom
    }

    /// Whether percentages come as fractions, 0 to 1.
    #[must_use]
    pub fn percent_is_fraction(&self) -> bool {
        self.percent_is_fraction
    }

    /// Whether a cell that a spreadsheet would take for a formula is written with an apostrophe before it.
    #[must_use]
    pub fn excel_safe(&self) -> bool {
        self.excel_safe
    }

    /// Whether the child's identifier is that of the warehouse, not of the case system.
    #[must_use]
    pub fn child_id_is_warehouse(&self) -> bool {
        self.child_id_is_warehouse
    }

    /// Whether one gender field stands for sex too; `None` leaves it to the format.
    #[must_use]
    pub fn gender_is_sex(&self) -> Option<bool> {
        self.gender_is_sex
    }
}

/// Whether a standard word for nothing can begin so: most cells are told from them by this alone.
static BEGINS_BLANK: [bool; 256] = {
    let (mut begins, firsts, mut n) = ([false; 256], b"-.#<*NnPpSsDd", 0);
    while n < firsts.len() {
        begins[firsts[n] as usize] = true;
        n += 1;
    }
    begins
};

/// The words that stand for nothing in any source (record, section 1.5). Length and first letter settle nearly every
/// cell before anything is compared.
fn is_standard_blank(first: u8, cell: &[u8]) -> bool {
    let word: &[u8] = match (cell.len(), first) {
        (1, b'-' | b'.') => return true,
        (2, b'N' | b'n') => b"NA",
        (3, b'N' | b'n') => return cell.eq_ignore_ascii_case(b"N/A") || cell.eq_ignore_ascii_case(b"NaN"),
        (4, b'N' | b'n') => return cell.eq_ignore_ascii_case(b"None") || cell.eq_ignore_ascii_case(b"NULL"),
        (4, b'#') => b"#N/A",
        (5, b'p' | b'P') => b"pd.NA",
        (6, b'S' | b's') => b"SSD_PH",
        (7, b'<') => b"<blank>",
        (7, b'*') => b"*DUMMY*",
        (27, b'D' | b'd') => b"Data not captured in MOSAIC",
        _ => return false,
    };
    cell.eq_ignore_ascii_case(word)
}

fn one_of(words: &[Box<str>], cell: &[u8]) -> bool {
    words.iter().any(|word| same_word(word, cell))
}

/// Whether a trimmed cell is a word of the dialect, in any case. A dialect is UTF-8, a cell may be Windows-1252.
fn same_word(word: &str, cell: &[u8]) -> bool {
    if cell.is_ascii() {
        return word.as_bytes().eq_ignore_ascii_case(cell);
    }
    !word.is_ascii() && text_of(cell).to_lowercase() == word.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_blank_words_are_blank_in_any_case_and_nothing_else_is() {
        let dialect = Dialect::default();
        let words = "|NA|N/A|NaN|None|NULL|-|.|#N/A|<blank>|pd.NA|SSD_PH|*DUMMY*|Data not captured in MOSAIC";
        for word in words.split('|') {
            for spelling in [word.to_owned(), word.to_lowercase(), word.to_uppercase()] {
                assert!(dialect.is_blank(spelling.as_bytes()), "{word}");
            }
        }
        for word in ["N", "N1", "NO", "NB", "N/B", "0", "--", "Nope", "SSD_PI", "Data not captured in MOSAIX", "\r"] {
            assert!(!dialect.is_blank(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn without_a_flag_column_nothing_clears_a_restriction() {
        assert_eq!(Dialect::default().restriction_word(b""), RestrictionWord::Unreadable);
    }
}
