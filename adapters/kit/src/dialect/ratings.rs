//! Schemes by which authorities rate the quality of a plan: each its own values, never compared with another's.
//!
//! Limits: a scheme is as long as its file. Format: `[qa.<scheme>]` of a dialect, `values` from worst to best, `aliases`
//! (their word = a value), `good_from`, `sections`, `overall = "told"`. Operations: [`Dialect::rating_scheme`] finds one
//! by its name, the dialect's own before those that come with the program; [`RatingScheme::value`] reads a word on it.

use std::sync::LazyLock;

use super::{Dialect, same_word};

/// A scheme of ratings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RatingScheme {
    /// Its name.
    pub name: Box<str>,
    /// Its values from worst to best.
    pub values: Vec<Box<str>>,
    /// What senders write too, with the place of the value that it means.
    pub aliases: Vec<(Box<str>, usize)>,
    /// The place of the first value that is good; none where the authority does not say.
    pub good_from: Option<usize>,
    /// The sections that are rated; empty where any may be.
    pub sections: Vec<Box<str>>,
}

impl RatingScheme {
    /// The value that a word stands for, in any case.
    #[must_use]
    pub fn value(&self, word: &str) -> Option<&str> {
        let place = self.place_of(word)?;
        self.values.get(place).map(AsRef::as_ref)
    }

    /// Whether a word stands for a value that is good or better; nothing where it stands for none, or the scheme does not
    /// say what is good.
    #[must_use]
    pub fn is_good(&self, word: &str) -> Option<bool> {
        Some(self.place_of(word)? >= self.good_from?)
    }

    /// Whether a section of this name is rated.
    #[must_use]
    pub fn has_section(&self, name: &str) -> bool {
        self.sections.is_empty() || self.sections.iter().any(|known| same_word(known, name.trim().as_bytes()))
    }

    fn place_of(&self, word: &str) -> Option<usize> {
        let word = word.trim().as_bytes();
        let value = self.values.iter().position(|value| same_word(value, word));
        value.or_else(|| self.aliases.iter().find(|(alias, _)| same_word(alias, word)).map(|(_, place)| *place))
    }
}

/// The schemes that come with the program: read as those of a dialect are, so that there is one form of them.
static SHIPPED: LazyLock<Vec<RatingScheme>> = LazyLock::new(|| Dialect::read_schemes(include_str!("ratings.toml")).0);

impl Dialect {
    /// The scheme of ratings of that name, in any case: this sender's own, else one that comes with the program.
    #[must_use]
    pub fn rating_scheme(&self, name: &str) -> Option<&RatingScheme> {
        let is_called = |scheme: &&RatingScheme| same_word(&scheme.name, name.trim().as_bytes());
        self.ratings.iter().find(is_called).or_else(|| SHIPPED.iter().find(is_called))
    }
}

/// Whether a word is a rating on any of the schemes that come with the program.
pub(super) fn is_shipped_rating(word: &str) -> bool {
    SHIPPED.iter().any(|scheme| scheme.value(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemes_that_come_with_the_program_have_no_fault() {
        let (schemes, faults) = Dialect::read_schemes(include_str!("ratings.toml"));
        assert_eq!(faults, []);
        let names: Vec<&str> = schemes.iter().map(|scheme| &*scheme.name).collect();
        assert_eq!(names, ["1-4", "gold-rag", "rag"]);
    }

    #[test]
    fn a_rating_is_read_on_its_own_scheme() {
        let dialect = Dialect::default();
        let rag = dialect.rating_scheme(" RAG ").unwrap();
        assert_eq!((rag.value("Good"), rag.value(" g "), rag.value("gold")), (Some("green"), Some("green"), None));
        assert_eq!((rag.is_good("G"), rag.is_good("amber"), rag.is_good("gold")), (Some(true), Some(false), None));
        let gold = dialect.rating_scheme("gold-rag").unwrap();
        assert_eq!((gold.value("GOLD"), gold.is_good("gold")), (Some("gold"), None));
        assert_eq!(dialect.rating_scheme("1-4").unwrap().value("5"), None);
        assert!(dialect.rating_scheme("traffic lights").is_none());
    }
}
