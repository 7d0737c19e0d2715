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
