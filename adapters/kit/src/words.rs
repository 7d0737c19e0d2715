//! Codes as words of our own tables, read however senders spell them.

use schemas::code::Code;

use crate::{
    encoding::text_of,
    wire::{Reading, items_of},
};

/// What senders write too for a code of a list.
pub type Also<C> = &'static [(&'static str, C)];

/// Reads a code: by the sender's own word first, then by code, by label, by what senders write too, then by what stands
/// before a label: `in-progress - In progress`.
pub fn read_word<C: Code>(cell: &[u8], reading: &Reading<'_>, also: Also<C>) -> Option<C> {
    whole_word(cell, reading, also).or_else(|| C::from_decorated(cell)).or_else(|| before_a_label(cell, reading, also))
}

/// The same, where nothing may stand beside the word.
pub fn whole_word<C: Code>(cell: &[u8], reading: &Reading<'_>, also: Also<C>) -> Option<C> {
    if let Some(code) = reading.dialect.code::<C>(cell).or_else(|| C::from_code(cell)) {
        return Some(code);
    }
    let text = text_of(cell);
    C::LIST.find_word(&text).and_then(C::from_index).or_else(|| written_too(&text, also))
}

/// The same, of what stands before a label.
pub fn before_a_label<C: Code>(cell: &[u8], reading: &Reading<'_>, also: Also<C>) -> Option<C> {
    let text = text_of(cell);
    let (word, _) = text.split_once(" - ").or_else(|| text.split_once(':'))?;
    whole_word(word.trim().as_bytes(), reading, also)
}

fn written_too<C: Code>(text: &str, also: Also<C>) -> Option<C> {
    let fold = |text: &str| text.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let folded: String = fold(text);
    also.iter().find(|(word, _)| fold(word) as String == folded).map(|(_, code)| *code)
}

/// The codes of a list in a cell, in their order and as often as they stand there, and whether every item was one.
pub fn read_words<C: Code>(cell: &[u8], reading: &Reading<'_>, also: Also<C>) -> (Vec<C>, bool) {
    let (mut codes, mut all) = (Vec::new(), true);
    for item in items_of(&text_of(cell)) {
        match read_word(item.as_bytes(), reading, also) {
            Some(code) => codes.push(code),
            None => all = false,
        }
    }
    (codes, all)
}

/// Each code once, where it stands first.
pub fn each_once<C: Code>(codes: Vec<C>) -> Vec<C> {
    let mut once: Vec<C> = Vec::with_capacity(codes.len());
    for code in codes {
        if !once.contains(&code) {
            once.push(code);
        }
    }
    once
}
