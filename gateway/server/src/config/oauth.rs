//! `[oauth]`: how tokens are asked for and how long they last.

use super::key_set::SigningAlgorithm;
use super::partners::instant;
use super::section::Section;

/// `[oauth]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OAuth {
    /// How assertions may be signed; none closes the endpoint.
    pub algorithms: Vec<SigningAlgorithm>,
    /// Seconds that a token lasts.
    pub token_seconds: u64,
    /// Seconds ahead that an assertion may expire.
    pub assertion_seconds_max: u64,
    /// Seconds by which the clock of a caller may differ.
    pub clock_skew_seconds_max: u64,
    /// Tokens issued before this second since 1970 are dead.
    pub tokens_not_before: Option<i64>,
}

impl Default for OAuth {
    fn default() -> Self {
        Self {
            algorithms: SigningAlgorithm::ALL.iter().map(|(_, algorithm)| *algorithm).collect(),
            token_seconds: 600,
            assertion_seconds_max: 300,
            clock_skew_seconds_max: 30,
            tokens_not_before: None,
        }
    }
}

impl OAuth {
    pub(super) fn read(section: Section<'_>) -> Self {
        let default = Self::default();
        let seconds = |key, range, otherwise| section.integer(key, range).map_or(otherwise, |found| found.value);
        let read = Self {
            algorithms: section.choices("algorithms", SigningAlgorithm::ALL).unwrap_or(default.algorithms),
            token_seconds: seconds("token_seconds", 30..=3_600, default.token_seconds),
            assertion_seconds_max: seconds("assertion_seconds_max", 10..=300, default.assertion_seconds_max),
            clock_skew_seconds_max: seconds("clock_skew_seconds_max", 0..=60, default.clock_skew_seconds_max),
            tokens_not_before: instant(&section, "tokens_not_before"),
        };
        section.finish();
        read
    }
}
