//! Words of the program that come back from a disk: each is held once, for as long as the program runs.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// Words that may come back: actions and types of statements are far fewer. What is more was not written by us.
const WORDS_COUNT_MAX: usize = 4096;

/// Bytes of such a word.
const WORD_BYTES_MAX: usize = 128;

static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The word, if it can be one of ours.
pub(crate) fn known(word: &str) -> Option<&'static str> {
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(held) = words.get(word) {
        return Some(held);
    }
    if word.len() > WORD_BYTES_MAX || words.len() == WORDS_COUNT_MAX {
        return None;
    }
    let held: &'static str = Box::leak(word.to_owned().into_boxed_str());
    words.insert(held);
    Some(held)
}
