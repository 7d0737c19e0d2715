//! Why a command ends with status 2: what is missing, and what to do.

use std::fmt;

/// One line that says what is wrong and one that says what to do. Never a value of an input.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl Failure {
    /// A failure in two lines.
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "\nhelp: {}", self.help) }
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All is well.
    Well,
    /// The input has errors, or the answer is no.
    WithErrors,
}

/// What a command gives: how it ended, or why it could not run.
pub type Outcome = Result<Ended, Failure>;

/// The nearest of some known words, by the fewest changed letters; `None` when none is near.
#[must_use]
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let distance = |other: &str| {
        let other: Vec<char> = other.chars().collect();
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (n, letter) in word.chars().enumerate() {
            let mut diagonal = row[0];
            row[0] = n + 1;
            for (m, other) in other.iter().enumerate() {
                let changed = diagonal + usize::from(letter != *other);
                diagonal = row[m + 1];
                row[m + 1] = changed.min(diagonal + 1).min(row[m] + 1);
            }
        }
        row[other.len()]
    };
    let near = known.into_iter().map(|known| (distance(known), known)).min_by_key(|(far, _)| *far)?;
    (near.0 <= word.chars().count().max(3) / 2 + 1).then_some(near.1)
}
