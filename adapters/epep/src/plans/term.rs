//! The term that a day falls in, where nobody has said when terms begin (epep, section 6.1).

use schemas::{code::AcademicTerm, date::Date};

/// Autumn from 1 September, spring from 1 January, summer from 16 April.
#[must_use]
pub fn term_of(day: Date) -> AcademicTerm {
    match (day.month(), day.day()) {
        (9.., _) => AcademicTerm::Autumn,
        (1..=3, _) | (4, ..=15) => AcademicTerm::Spring,
        _ => AcademicTerm::Summer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_begin_on_their_first_day() {
        for (day, term) in [
            ("2025-09-01", AcademicTerm::Autumn),
            ("2025-12-31", AcademicTerm::Autumn),
            ("2026-01-01", AcademicTerm::Spring),
            ("2026-04-15", AcademicTerm::Spring),
            ("2026-04-16", AcademicTerm::Summer),
            ("2026-08-31", AcademicTerm::Summer),
        ] {
            assert_eq!(term_of(Date::parse_iso(day.as_bytes()).unwrap()), term, "{day}");
        }
    }
}
