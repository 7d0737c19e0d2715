//! How a delivery is named as a file: plain characters and three words, none of which is anything of a child.

use schemas::date::Date;
use uuid::Uuid;

/// Characters of a pattern.
const PATTERN_CHARACTERS_MAX: usize = 128;

/// A pattern such as `roll_{date}_{delivery}.csv`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileName(Vec<Piece>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Piece {
    Text(Box<str>),
    Date,
    Delivery,
    Route,
}

impl FileName {
    /// Reads a pattern; `None` for one with other words, a folder, or a name that hides the file.
    #[must_use]
    pub fn parse(pattern: &str) -> Option<Self> {
        if pattern.is_empty() || pattern.len() > PATTERN_CHARACTERS_MAX || pattern.starts_with('.') {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = pattern;
        while !rest.is_empty() {
            let (piece, after) = if let Some(word) = rest.strip_prefix('{') {
                let (word, after) = word.split_once('}')?;
                let piece = match word {
                    "date" => Piece::Date,
                    "delivery" => Piece::Delivery,
                    "route" => Piece::Route,
                    _ => return None,
                };
                (piece, after)
            } else {
                let end = rest.find('{').unwrap_or(rest.len());
                let (text, after) = rest.split_at(end);
                if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)) {
                    return None;
                }
                (Piece::Text(text.into()), after)
            };
            pieces.push(piece);
            rest = after;
        }
        let ends_as_unfinished = [".part", ".tmp", "."].iter().any(|end| pattern.ends_with(end));
        if ends_as_unfinished { None } else { Some(Self(pieces)) }
    }

    /// The name that is used when none is said: unlike any other delivery's.
    #[must_use]
    pub fn with_extension(extension: &str) -> Option<Self> {
        Self::parse(&format!("{{route}}_{{date}}_{{delivery}}.{extension}"))
    }

    /// The name of one delivery.
    #[must_use]
    pub fn of(&self, date: Date, delivery: Uuid, route: &str) -> String {
        let words = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Date => date.to_string(),
            Piece::Delivery => delivery.to_string(),
            Piece::Route => route.to_owned(),
        });
        words.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_three_words_and_plain_characters_make_a_name() {
        let date = Date::parse_iso(b"2026-11-22").unwrap();
        let name = FileName::parse("roll_{date}_{route}.{delivery}.csv").unwrap();
        let expected = "roll_2026-11-22_to-epep.00000000-0000-0000-0000-000000000000.csv";
        assert_eq!(name.of(date, Uuid::nil(), "to-epep"), expected);
        for pattern in [
            "", ".hidden", "a/b", "..", "a\\b", "{child}", "{date", "a}b", "na me", "a\0", "é.csv", "x.part", "x.tmp",
            "x.",
        ] {
            assert!(FileName::parse(pattern).is_none(), "{pattern}");
        }
        assert!(FileName::parse(&"a".repeat(129)).is_none());
    }
}
