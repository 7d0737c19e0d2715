//! The code lists of the return and of our own formats: what a code means, how it counts and in which years it is valid.
//!
//! Every list is a CSV file in `codes/`. The enums are generated from these files and checked in: to change a code,
//! change its file and run `BLESS=1 cargo test -p schemas --test schemas codes`.

use std::fmt::Debug;
use std::hash::Hash;

// Generated, with one code to a line however long: rustfmt would only break the tables up.
#[rustfmt::skip]
mod lists;

mod attendance;
mod groups;

pub use self::attendance::AttendanceClass;
pub use self::lists::*;
use crate::date::Date;

/// A list of codes, such as the legal statuses of the SSDA903.
#[derive(Debug)]
pub struct CodeList {
    /// The name of the list: that of its file, such as `legal_status`.
    pub name: &'static str,
    /// The codes, in the order of the file, which is also the order of [`Code::index`].
    pub entries: &'static [Entry],
}

/// One code of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code as it is written, in upper case: `C2`.
    pub code: &'static str,
    /// The name of the enum's variant: `FullCareOrder`.
    pub variant: &'static str,
    /// The meaning in plain words, of ASCII characters, unlike that of any other code of the list.
    pub label: &'static str,
    /// Whether the code is a value, or a way to say that there is none.
    pub class: Class,
    /// From when on the code is valid.
    pub first: Bound,
    /// Until when the code is valid, inclusive.
    pub last: Bound,
    /// Where the code comes from, such as `SSDA903 1.4` (SSDA903 2025/26, care standard 1.4) or `ours`.
    pub source: &'static str,
}

/// What a code says about the field that holds it; merging and foreign formats see this, the code itself is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A value.
    Value,
    /// The question was asked, and no answer is known: ethnicity `NOBT`.
    Unknown,
    /// The question was asked, and the answer was declined: ethnicity `REFU`.
    Refused,
    /// The question does not arise: activity `0`.
    NotApplicable,
}

/// One end of the time in which a code is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// No bound on this side.
    Open,
    /// A collection year, named by the year it ends in: 2026 is 1 April 2025 to 31 March 2026.
    Year(u16),
    /// A day, where the rule is a day: `K3` replaced `H5` and `P2` on 28 October 2023.
    Day {
        /// The calendar year.
        year: u16,
        /// The month, 1 to 12.
        month: u8,
        /// The day of the month, 1 to 31.
        day: u8,
    },
}

/// A code of a [`CodeList`], as an enum whose variants are the entries of the list in their order.
pub trait Code: Copy + Eq + Ord + Hash + Debug + Send + Sync + 'static {
    /// The list that the code belongs to.
    const LIST: &'static CodeList;

    /// The place of the code in its list, from 0.
    fn index(self) -> u8;

    /// The code at a place of the list.
    fn from_index(index: u8) -> Option<Self>;

    /// Reads exactly a code, in upper or lower case; nothing is trimmed.
    fn from_code(text: &[u8]) -> Option<Self>;

    /// Reads a code with its description, as case management systems export them: see [`CodeList::find_decorated`].
    fn from_decorated(text: &[u8]) -> Option<Self> {
        Self::from_code(text).or_else(|| Self::LIST.find_decorated(text).and_then(Self::from_index))
    }

    /// Every code of the list, in its order.
    fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).map_while(Self::from_index)
    }

    /// The entry of the code.
    fn entry(self) -> &'static Entry {
        &Self::LIST.entries[usize::from(self.index())]
    }

    /// The code as it is written: `C2`.
    fn code(self) -> &'static str {
        self.entry().code
    }

    /// The meaning in plain words: "Full care order".
    fn label(self) -> &'static str {
        self.entry().label
    }

    /// Whether the code is a value, or a way to say that there is none.
    fn class(self) -> Class {
        self.entry().class
    }

    /// The code as a word of our own tables: `in-progress` for `IN_PROGRESS`.
    fn word(self) -> String {
        self.entry().word()
    }

    /// Whether the code is valid in a collection year: see [`Entry::in_year`].
    fn in_year(self, collection_year: u16) -> bool {
        self.entry().in_year(collection_year)
    }
}

impl CodeList {
    /// The place of a code in the list; exactly the code, in upper or lower case.
    pub fn find(&self, code: &str) -> Option<u8> {
        self.position(|entry| entry.code.eq_ignore_ascii_case(code))
    }

    /// The place of a code by its word: `in-progress` or `In progress` for `IN_PROGRESS`.
    pub fn find_word(&self, word: &str) -> Option<u8> {
        fn letters(text: &str) -> impl Iterator<Item = char> {
            let is_mark = |character: &char| matches!(character, '-' | '_' | ' ' | '\u{a0}');
            text.chars().filter(move |character| !is_mark(character)).flat_map(char::to_lowercase)
        }
        let is = |known: &str| letters(known).eq(letters(word));
        self.position(|entry| is(entry.code)).or_else(|| self.position(|entry| is(entry.label)))
    }

    /// The place of the code that a decorated cell begins with or describes.
    ///
    /// Blanks around the text do not count. In this order: the whole text is a code; it is a label of the list, but
    /// for case and blanks; it begins with a code followed by a blank or one of `-:.)(`, and then the longest such
    /// code is meant: `E4A - Returned home` is never `E4`. A label goes before a beginning so that a label that
    /// happens to begin with another code's letters keeps its meaning.
    pub fn find_decorated(&self, text: &[u8]) -> Option<u8> {
        let text = text.trim_ascii();
        self.position(|entry| entry.code.as_bytes().eq_ignore_ascii_case(text))
            .or_else(|| self.position(|entry| same_words(entry.label.as_bytes(), text)))
            .or_else(|| self.longest_beginning(text))
    }

    fn longest_beginning(&self, text: &[u8]) -> Option<u8> {
        let begins = |entry: &Entry| {
            text.split_at_checked(entry.code.len()).is_some_and(|(code, description)| {
                code.eq_ignore_ascii_case(entry.code.as_bytes())
                    && description.first().is_some_and(|byte| byte.is_ascii_whitespace() || b"-:.)(".contains(byte))
            })
        };
        let longest = self.entries.iter().filter(|entry| begins(entry)).max_by_key(|entry| entry.code.len())?;
        self.find(longest.code)
    }

    fn position(&self, accepts: impl Fn(&Entry) -> bool) -> Option<u8> {
        self.entries.iter().position(accepts).and_then(|index| u8::try_from(index).ok())
    }
}

impl Entry {
    /// The code as a word of our own tables: `in-progress` for `IN_PROGRESS`.
    pub fn word(&self) -> String {
        self.code.to_ascii_lowercase().replace('_', "-")
    }

    /// Whether the code is valid in a collection year, named by the year it ends in. A bound that is a day admits the
    /// whole collection year it lies in.
    pub fn in_year(&self, collection_year: u16) -> bool {
        self.first.collection_year().is_none_or(|first| first <= collection_year)
            && self.last.collection_year().is_none_or(|last| collection_year <= last)
    }

    /// Whether the code came into use only after this day.
    pub fn is_to_come_on(&self, day: Date) -> bool {
        self.first.first_day().is_some_and(|first| day < first)
    }

    /// Whether the code had been withdrawn by this day.
    pub fn is_past_on(&self, day: Date) -> bool {
        self.last.last_day().is_some_and(|last| last < day)
    }
}

impl Bound {
    /// The collection year that the bound lies in; none for an open one.
    pub fn collection_year(self) -> Option<u16> {
        match self {
            Bound::Open => None,
            Bound::Year(year) => Some(year),
            // A collection year begins on 1 April.
            Bound::Day { year, month, .. } => Some(if month < 4 { year } else { year.saturating_add(1) }),
        }
    }

    /// The first day that lies within it, as the bound on the earlier side.
    fn first_day(self) -> Option<Date> {
        match self {
            Bound::Open => None,
            Bound::Year(year) => Date::new(i16::try_from(year).ok()? - 1, 4, 1),
            Bound::Day { .. } => self.day(),
        }
    }

    /// The last day that lies within it, as the bound on the later side.
    fn last_day(self) -> Option<Date> {
        match self {
            Bound::Open => None,
            Bound::Year(year) => Date::new(i16::try_from(year).ok()?, 3, 31),
            Bound::Day { .. } => self.day(),
        }
    }

    fn day(self) -> Option<Date> {
        match self {
            Bound::Day { year, month, day } => Date::new(i16::try_from(year).ok()?, month, day),
            Bound::Open | Bound::Year(_) => None,
        }
    }
}

/// The name of the English local authority with a DfE code of three digits.
///
/// Abolished authorities that a return may still name are included.
pub fn local_authority_name(code: u16) -> Option<&'static str> {
    let index = LOCAL_AUTHORITIES.binary_search_by_key(&code, |(known, _)| *known).ok()?;
    LOCAL_AUTHORITIES.get(index).map(|(_, name)| *name)
}

const fn entry(
    code: &'static str,
    variant: &'static str,
    label: &'static str,
    class: Class,
    first: Bound,
    last: Bound,
    source: &'static str,
) -> Entry {
    Entry { code, variant, label, class, first, last, source }
}

/// The text in upper case, in a buffer as long as the longest code of the list; none when it is longer than that.
fn upper<'buffer, const N: usize>(text: &[u8], buffer: &'buffer mut [u8; N]) -> Option<&'buffer [u8]> {
    let upper = buffer.get_mut(..text.len())?;
    for (to, from) in upper.iter_mut().zip(text) {
        *to = from.to_ascii_uppercase();
    }
    Some(upper)
}

/// Whether two texts are equal but for case and blanks.
fn same_words(left: &[u8], right: &[u8]) -> bool {
    fn letters(text: &[u8]) -> impl Iterator<Item = u8> {
        text.iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase)
    }
    letters(left).eq(letters(right))
}

#[cfg(test)]
mod tests {
    use super::{Bound, Class, CodeList, Entry, entry, upper};

    const fn bounded(code: &'static str, label: &'static str, first: Bound, last: Bound) -> Entry {
        entry(code, "Variant", label, Class::Value, first, last, "ours")
    }

    #[test]
    fn a_collection_year_begins_on_the_first_of_april() {
        assert_eq!(Bound::Open.collection_year(), None);
        assert_eq!(Bound::Year(2026).collection_year(), Some(2026));
        assert_eq!(Bound::Day { year: 2024, month: 3, day: 31 }.collection_year(), Some(2024));
        assert_eq!(Bound::Day { year: 2024, month: 4, day: 1 }.collection_year(), Some(2025));
        assert_eq!(Bound::Day { year: 2023, month: 12, day: 31 }.collection_year(), Some(2024));
    }

    #[test]
    fn both_bounds_are_inclusive() {
        let entry = bounded("A", "Any", Bound::Year(2020), Bound::Day { year: 2022, month: 1, day: 1 });
        let valid: Vec<u16> = (2015..2030).filter(|year| entry.in_year(*year)).collect();
        assert_eq!(valid, [2020, 2021, 2022]);
    }

    #[test]
    fn a_code_is_to_come_before_its_first_day_and_past_after_its_last() {
        let day = |text: &[u8]| crate::date::Date::parse_iso(text).unwrap();
        let entry = bounded("A", "Any", Bound::Day { year: 2024, month: 8, day: 19 }, Bound::Year(2026));
        assert!(entry.is_to_come_on(day(b"2024-08-18")) && !entry.is_to_come_on(day(b"2024-08-19")));
        assert!(entry.is_past_on(day(b"2026-04-01")) && !entry.is_past_on(day(b"2026-03-31")));
        let entry = bounded("A", "Any", Bound::Year(2025), Bound::Day { year: 2024, month: 8, day: 18 });
        assert!(entry.is_to_come_on(day(b"2024-03-31")) && !entry.is_to_come_on(day(b"2024-04-01")));
        assert!(entry.is_past_on(day(b"2024-08-19")) && !entry.is_past_on(day(b"2024-08-18")));
        let entry = bounded("A", "Any", Bound::Open, Bound::Open);
        assert!(!entry.is_to_come_on(day(b"1800-01-01")) && !entry.is_past_on(day(b"2199-12-31")));
    }

    #[test]
    fn a_text_is_upper_cased_up_to_the_longest_code_and_no_further() {
        assert_eq!(upper(b"e4a", &mut [0; 3]), Some(b"E4A".as_slice()));
        assert_eq!(upper(b"", &mut [0; 3]), Some(b"".as_slice()));
        assert_eq!(upper(b"e4ab", &mut [0; 3]), None);
        assert_eq!(upper(&[b'a'; 100_000], &mut [0; 3]), None);
    }

    #[test]
    fn a_code_is_found_by_its_word_and_by_its_label() {
        static LIST: CodeList = CodeList {
            name: "test",
            entries: &[
                bounded("IN_PROGRESS", "Under way", Bound::Open, Bound::Open),
                bounded("POST_18", "Over 18", Bound::Open, Bound::Open),
            ],
        };
        for word in ["in-progress", "In Progress", "IN_PROGRESS", "inprogress", "under-way", "Under way"] {
            assert_eq!(LIST.find_word(word), Some(0), "{word}");
        }
        assert_eq!(LIST.find_word("post-18"), Some(1));
        assert_eq!(LIST.find_word("post"), None);
        assert_eq!(LIST.entries[0].word(), "in-progress");
    }

    #[test]
    fn a_label_goes_before_a_beginning_and_a_longer_code_before_a_shorter() {
        static LIST: CodeList = CodeList {
            name: "test",
            entries: &[
                bounded("NO", "Not in touch", Bound::Open, Bound::Open),
                bounded("REQ", "No request", Bound::Open, Bound::Open),
                bounded("NO-2", "Second", Bound::Open, Bound::Open),
            ],
        };
        assert_eq!(LIST.find_decorated(b"No, never"), None);
        assert_eq!(LIST.find_decorated(b"No contact"), Some(0));
        assert_eq!(LIST.find_decorated(b"no  REQUEST"), Some(1));
        assert_eq!(LIST.find_decorated(b"NO-2: second"), Some(2));
        assert_eq!(LIST.find_decorated(b"NO-3"), Some(0));
    }
}
