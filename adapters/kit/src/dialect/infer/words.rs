//! Words that a draft may propose: every one is made of our own labels and lists, never taken from a cell.
//!
//! A cell's word is a value, whatever it looks like. Where an export spells the labels of a code list in another style,
//! the draft has the whole list in that style, so that not even which codes occur is told by it. A list that protects a
//! child is proposed only by whole labels, never by the beginning of one.

use schemas::code::{CodeList, Entry};

/// Words for nothing that exports have beside the standard ones. None of them is a value of any list that says more.
pub(super) const BLANK_WORDS: [&str; 24] = [
    "not known",
    "unknown",
    "not recorded",
    "none recorded",
    "not entered",
    "not stated",
    "not available",
    "not applicable",
    "not collected",
    "not set",
    "no data",
    "to be confirmed",
    "tbc",
    "n/k",
    "nk",
    "nil",
    "blank",
    "(blank)",
    "missing",
    "?",
    "--",
    "---",
    "00/00/0000",
    "0000-00-00",
];

/// A way in which exports spell a code that reading does not know of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `full-care-order`.
    Hyphens,
    /// `full_care_order`.
    Underscores,
    /// `Full care order - C2`.
    CodeLast,
    /// `Full care order (C2)`.
    CodeInBrackets,
    /// The label without its marks.
    WithoutMarks,
    /// The label up to its first bracket, comma or colon.
    Beginning,
}

impl Style {
    const WHOLE: [Self; 5] =
        [Self::Hyphens, Self::Underscores, Self::CodeLast, Self::CodeInBrackets, Self::WithoutMarks];

    /// What the style is, in words of ours.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Hyphens => "labels with hyphens",
            Self::Underscores => "labels with underscores",
            Self::CodeLast => "labels with the code behind a dash",
            Self::CodeInBrackets => "labels with the code in brackets",
            Self::WithoutMarks => "labels without their marks",
            Self::Beginning => "beginnings of labels",
        }
    }

    fn spell(self, entry: &Entry) -> String {
        let words = || entry.label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let joined = |mark: &str| words().collect::<Vec<_>>().join(mark);
        match self {
            Self::Hyphens => joined("-").to_lowercase(),
            Self::Underscores => joined("_").to_lowercase(),
            Self::CodeLast => format!("{} - {}", entry.label, entry.code),
            Self::CodeInBrackets => format!("{} ({})", entry.label, entry.code),
            Self::WithoutMarks => joined(" "),
            Self::Beginning => entry.label.split(['(', ',', ':', ';']).next().unwrap_or_default().trim().to_owned(),
        }
    }
}

/// The style in which cells that are no code of the list spell its labels: at least half of them, or none is proposed.
pub(super) fn style_of(list: &CodeList, guards: bool, cells: &[&[u8]]) -> Option<Style> {
    let beginning = (!guards).then_some(Style::Beginning);
    let counted = Style::WHOLE.into_iter().chain(beginning).map(|style| {
        let words = words_of(list, style);
        let is_word = |cell: &[u8]| words.iter().any(|(word, _)| cell.eq_ignore_ascii_case(word.as_bytes()));
        (cells.iter().filter(|cell| is_word(cell)).count(), style)
    });
    let (count, style) = counted.rev().max_by_key(|(count, _)| *count)?;
    (count > 0 && count * 2 >= cells.len()).then_some(style)
}

/// Every code of the list by its word in a style; none where two codes would have one word, or reading knows the word.
pub(super) fn words_of(list: &CodeList, style: Style) -> Vec<(String, &'static str)> {
    let all: Vec<(String, &'static str)> = list.entries.iter().map(|entry| (style.spell(entry), entry.code)).collect();
    let alone = |word: &str| all.iter().filter(|(other, _)| other.eq_ignore_ascii_case(word)).count() == 1;
    let new = |word: &str| !word.is_empty() && list.find_decorated(word.as_bytes()).is_none();
    all.iter().filter(|(word, _)| alone(word) && new(word)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use schemas::code::{Code, LegalStatus, PlacementType};

    use super::*;

    #[test]
    fn a_style_is_told_by_cells_and_spells_the_whole_list() {
        let list = LegalStatus::LIST;
        assert_eq!(style_of(list, true, &[b"full-care-order"]), Some(Style::Hyphens));
        assert_eq!(style_of(list, true, &[b"FULL_CARE_ORDER", b"x"]), Some(Style::Underscores));
        assert_eq!(style_of(list, true, &[b"Full care order - C2"]), Some(Style::CodeLast));
        assert_eq!(style_of(list, true, &[b"full care order (c2)"]), Some(Style::CodeInBrackets));
        assert_eq!(style_of(list, true, &[b"Section 31"]), None);
        assert_eq!(style_of(list, true, &[b"full-care-order", b"x", b"y"]), None);
        assert_eq!(style_of(list, true, &[]), None);
        let words = words_of(list, Style::CodeLast);
        assert_eq!(words.len(), list.entries.len());
        assert!(words.contains(&("Full care order - C2".to_owned(), "C2")));
    }

    #[test]
    fn a_word_of_two_codes_and_the_beginning_of_a_protecting_label_are_never_proposed() {
        let list = PlacementType::LIST;
        for (word, _) in words_of(list, Style::Beginning) {
            let begins = |entry: &&Entry| Style::Beginning.spell(entry).eq_ignore_ascii_case(&word);
            assert_eq!(list.entries.iter().filter(begins).count(), 1);
        }
        let beginnings: Vec<String> = words_of(list, Style::Beginning).into_iter().map(|(word, _)| word).collect();
        let cells: Vec<&[u8]> = beginnings.iter().map(|word| word.as_bytes()).collect();
        assert!(!cells.is_empty());
        assert_ne!(style_of(list, true, &cells), Some(Style::Beginning));
    }
}
