//! What is wrong with a dialect file, and where: by rule, line and column, never by the file's own words.

use std::ops::Range;

use schemas::diagnostic::Rule;

/// A fault of a dialect file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialectFault {
    /// The rule that is broken; its code begins with `dialect/`.
    pub rule: &'static Rule,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// How many characters of the line it speaks of, at least 1.
    pub width: u32,
    /// What would be right, in words of ours.
    pub hint: Option<Hint>,
}

/// What would be right in place of what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The nearest name that is known.
    Nearest(&'static str),
    /// What the key takes.
    Takes(&'static str),
}

impl DialectFault {
    /// A fault at a stretch of the file's text.
    pub(super) fn at(rule: &'static Rule, text: &str, span: Range<usize>, hint: Option<Hint>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let marked = text.get(span).unwrap_or_default().lines().next().unwrap_or_default();
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        Self {
            rule,
            line: u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1),
            column: count(&before[line_start..]).saturating_add(1),
            width: count(marked).max(1),
            hint,
        }
    }
}

/// The known name nearest to one that is not known; none where all are far.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = &'static str>) -> Option<Hint> {
    const NAME_CHARACTERS_MAX: usize = 64;
    const EDITS_MAX: usize = 3;
    let name: Vec<char> = name.to_lowercase().chars().take(NAME_CHARACTERS_MAX).collect();
    let measured = known.into_iter().map(|known| (edits(&name, &known.to_lowercase()), known));
    let (edits, known) = measured.min_by_key(|(edits, _)| *edits)?;
    (edits <= EDITS_MAX.min(known.chars().count() / 2)).then_some(Hint::Nearest(known))
}

/// How many characters must be put in, left out or changed (Levenshtein).
fn edits(left: &[char], right: &str) -> usize {
    let mut row: Vec<usize> = (0..=left.len()).collect();
    for (n, other) in right.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = n + 1;
        for (m, one) in left.iter().enumerate() {
            let changed = diagonal + usize::from(*one != other);
            diagonal = row[m + 1];
            row[m + 1] = changed.min(diagonal + 1).min(row[m] + 1);
        }
    }
    row[left.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let known = ["headers", "dates", "codes"];
        assert_eq!(nearest("header", known), Some(Hint::Nearest("headers")));
        assert_eq!(nearest("CODES", known), Some(Hint::Nearest("codes")));
        assert_eq!(nearest("something", known), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), known), None);
    }
}
