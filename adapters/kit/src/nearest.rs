//! The known name that was probably meant, for a message about one that is not known.

/// The name nearest to a wrong one by restricted Damerau-Levenshtein distance, case aside, if any is near enough to be
/// meant: at most half of its characters differ, and no more than three.
#[must_use]
pub fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    /// Longer words are nobody's slip of the pen; the bound keeps the work small.
    const NAME_CHARACTERS_MAX: usize = 64;
    const EDITS_MAX: usize = 3;
    let letters = |name: &str| name.chars().flat_map(char::to_lowercase).take(NAME_CHARACTERS_MAX).collect::<Vec<_>>();
    let wrong = letters(wrong);
    let measured = names.into_iter().map(|name| (edits(&wrong, &letters(name)), name));
    let (edits, name) = measured.min_by_key(|(edits, _)| *edits)?;
    (edits <= EDITS_MAX.min(name.chars().count().max(wrong.len()) / 2)).then_some(name)
}

/// Restricted Damerau-Levenshtein distance. The work grows with the product of both lengths: they are the caller's to bound.
#[must_use]
pub fn edits(left: &[char], right: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = (0..=left.len()).map(|n| (n..=n + right.len()).collect()).collect();
    for n in 1..=left.len() {
        for m in 1..=right.len() {
            let changed = rows[n - 1][m - 1] + usize::from(left[n - 1] != right[m - 1]);
            let mut best = changed.min(rows[n - 1][m] + 1).min(rows[n][m - 1] + 1);
            if n > 1 && m > 1 && left[n - 1] == right[m - 2] && left[n - 2] == right[m - 1] {
                best = best.min(rows[n - 2][m - 2] + 1);
            }
            rows[n][m] = best;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not_named() {
        let names = ["address", "tls", "headers"];
        assert_eq!(nearest("adress", names), Some("address"));
        assert_eq!(nearest("Addresss", names), Some("address"));
        assert_eq!(nearest("tsl", names), Some("tls"));
        assert_eq!(nearest("header", names), Some("headers"));
        assert_eq!(nearest("quarantine", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest(&"a".repeat(100_000), names), None);
    }
}
