//! Why MESH refuses a message or could not deliver it: its error codes, with words of ours.

use std::fmt;

use crate::outbound::outcome::FaultSide;

/// An error code of MESH (MESH API, error codes); 0 where it gave none that is known to be one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal(u8);

/// Codes that say something of a message, whose fault each is, and what it means.
const CODES: &[(u8, FaultSide, &str)] = &[
    (2, FaultSide::Ours, "there was no body"),
    (6, FaultSide::Ours, "its headers are malformed"),
    (7, FaultSide::Ours, "our mailbox is not a sender"),
    (8, FaultSide::Ours, "it names no recipient"),
    (11, FaultSide::Ours, "its type is none that MESH knows"),
    (12, FaultSide::RecipientRefused, "the recipient's mailbox is not registered for the workflow"),
    (14, FaultSide::RecipientRefused, "it was not collected in time"),
    (15, FaultSide::Ours, "the file is not as the workflow wants it"),
    (16, FaultSide::Ours, "our mailbox may not send this workflow"),
    (17, FaultSide::Ours, "the workflow is not registered"),
];

impl Refusal {
    /// Reads a code: its digits, however many there are.
    #[must_use]
    pub fn of_code(text: &str) -> Self {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        Self(if digits { text.parse().unwrap_or(0) } else { 0 })
    }

    /// The code; 0 is none.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// Whose fault it is.
    #[must_use]
    pub fn side(self) -> FaultSide {
        self.known().map_or(FaultSide::RecipientRefused, |(_, side, _)| *side)
    }

    fn known(self) -> Option<&'static (u8, FaultSide, &'static str)> {
        CODES.iter().find(|(code, ..)| *code == self.0)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((code, _, words)) => write!(f, "{code:02}, {words}"),
            None if self.0 == 0 => f.write_str("it gives no code"),
            None => write!(f, "code {:02}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_digits_and_nothing_else_of_what_mesh_says_is_told() {
        for (text, code) in
            [("12", 12), ("02", 2), ("2", 2), ("99", 99), ("", 0), ("EPL-150", 0), ("+12", 0), ("999", 0)]
        {
            assert_eq!(Refusal::of_code(text).code(), code, "{text}");
        }
        assert_eq!(Refusal::of_code("14").to_string(), "14, it was not collected in time");
        assert_eq!(Refusal::of_code("16").side(), FaultSide::Ours);
        assert_eq!(Refusal::of_code("99").side(), FaultSide::RecipientRefused);
        assert_eq!(Refusal::of_code("canary").to_string(), "it gives no code");
    }
}
