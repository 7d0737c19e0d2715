//! Schemes by which authorities rate the quality of a plan. Ratings of two schemes are never compared (epep, section 6.4).

/// A scheme of ratings.
pub struct Scheme {
    /// Its name.
    pub name: &'static str,
    /// Its values from worst to best, each with what senders write too.
    pub values: &'static [(&'static str, &'static [&'static str])],
}

/// The schemes that come with the program.
pub static SCHEMES: &[Scheme] = &[
    Scheme { name: "rag", values: &[("red", &["r"]), ("amber", &["a"]), ("green", &["g", "good"])] },
    Scheme { name: "gold-rag", values: &[("red", &["r"]), ("amber", &["a"]), ("green", &["g"]), ("gold", &[])] },
    Scheme { name: "1-4", values: &[("1", &[]), ("2", &[]), ("3", &[]), ("4", &[])] },
];

/// The scheme of that name.
#[must_use]
pub fn scheme(name: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.name.eq_ignore_ascii_case(name.trim()))
}

impl Scheme {
    /// The value that a word stands for.
    #[must_use]
    pub fn value(&self, word: &str) -> Option<&'static str> {
        let is = |known: &str| known.eq_ignore_ascii_case(word.trim());
        self.values.iter().find(|(value, also)| is(value) || also.iter().any(|also| is(also))).map(|(value, _)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_is_read_on_its_own_scheme() {
        let rag = scheme("RAG").unwrap();
        assert_eq!((rag.value("Good"), rag.value(" g "), rag.value("gold")), (Some("green"), Some("green"), None));
        assert_eq!(scheme("gold-rag").unwrap().value("GOLD"), Some("gold"));
        assert_eq!(scheme("1-4").unwrap().value("5"), None);
        assert!(scheme("traffic lights").is_none());
    }
}
