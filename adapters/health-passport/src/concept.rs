//! CodeableConcept: what a clinician has coded, as it was coded, and in words.

use std::borrow::Borrow;

use schemas::{record::Coding, said::Said};

use crate::writer::{Array, Key, Object, key};

/// A text that says something.
pub(crate) fn text(said: &Said<Box<str>>) -> Option<&str> {
    said.as_ref().is().map(|text| &**text).filter(|text| !text.trim().is_empty())
}

/// Whether anything is coded or said.
pub(crate) fn says_something(coding: &Coding) -> bool {
    [&coding.code, &coding.display, &coding.text].into_iter().any(|said| text(said).is_some())
}

/// The same of a field.
pub(crate) fn is_said<T: Borrow<Coding>>(said: &Said<T>) -> bool {
    said.as_ref().is().is_some_and(|coding| says_something(coding.borrow()))
}

/// What stands in a key for what is coded: its code, else its words in the spelling of keys.
pub(crate) fn key_text(coding: &Coding) -> String {
    folded(text(&coding.code).or_else(|| text(&coding.text)).unwrap_or_default())
}

/// A text in the spelling of keys: small letters, single blanks.
pub(crate) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Writes a concept as a member; none when nothing is said.
pub(crate) fn write(object: &mut Object<'_>, key: Key, coding: &Coding) {
    object.object(key, |concept| fill(coding, concept));
}

/// Writes a concept as an item; none when nothing is said.
pub(crate) fn list(concepts: &mut Array<'_>, coding: &Coding) {
    concepts.object(|concept| fill(coding, concept));
}

fn fill(coding: &Coding, concept: &mut Object<'_>) {
    if let Some(code) = text(&coding.code) {
        concept.array(key!(coding), |codings| {
            codings.object(|object| {
                if let Some(system) = text(&coding.system) {
                    object.text(key!(system), system);
                }
                object.text(key!(code), code);
                if let Some(display) = text(&coding.display) {
                    object.text(key!(display), display);
                }
            });
        });
    }
    // A word without a code is what is meant, whoever wrote it.
    let without_code = || text(&coding.display).filter(|_| text(&coding.code).is_none());
    if let Some(words) = text(&coding.text).or_else(without_code) {
        concept.text(key!(text), words);
    }
}
