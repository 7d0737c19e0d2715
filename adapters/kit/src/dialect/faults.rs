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

/// A hint at the known name nearest to one that is not known; none where all are far.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = &'static str>) -> Option<Hint> {
    crate::nearest::nearest(name, known).map(Hint::Nearest)
}
