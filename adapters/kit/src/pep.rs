//! What an authority works to with personal education plans: until when the first is due, when one counts, how many a
//! year (ePEP formats, section 6.1). Nothing of it is hard-coded; what is not configured is the default.

use schemas::date::{AcademicYear, Date};

use crate::school_calendar::{DayKind, SchoolCalendar};

/// Settings of an authority, with its calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PepSettings {
    /// Terms and school days.
    pub calendar: SchoolCalendar,
    /// Counted days after the start of care by which the first plan is due, 1 to 200.
    pub first_days: u16,
    /// Which days these are.
    pub first_day_kind: DayKind,
    /// When a plan counts.
    pub counted_when: CountedWhen,
    /// For which children plans are due.
    pub ages: PlanAges,
    /// How often one is due.
    pub often: HowOften,
}

/// When a plan counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedWhen {
    /// On the day on which all its sections were complete.
    Complete,
    /// On the day of its meeting.
    Meeting,
}

impl CountedWhen {
    /// The words of the configuration.
    pub const WORDS: [(&'static str, Self); 2] = [("complete", Self::Complete), ("meeting", Self::Meeting)];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, when)| *when == self).map_or("", |(word, _)| word)
    }
}

/// How often a plan is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowOften {
    /// So many in each term, 1 to 3.
    PerTerm(u8),
    /// So many in each school year, 1 to 6.
    PerYear(u8),
}

/// For which children plans are due: from the term after a birthday to the end of the school year of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanAges {
    /// The birthday after which the next term is the first.
    pub from: u8,
    /// The birthday in whose school year the last one is due: 18 is the end of Year 13.
    pub to: u8,
}

impl PlanAges {
    /// Whether plans are due for a child in a term that begins and ends on these days.
    #[must_use]
    pub fn hold_in(self, birth: Date, term_first: Date, term_last: Date) -> bool {
        let begins = birth.add_years(i16::from(self.from)).is_some_and(|birthday| birthday < term_first);
        let last_birthday = birth.add_years(i16::from(self.to));
        // A birthday on the first of September is that of the year that begins.
        let ends = last_birthday.and_then(AcademicYear::of).is_some_and(|year| term_last <= year.ends());
        begins && ends
    }
}

impl Default for PepSettings {
    fn default() -> Self {
        Self {
            calendar: SchoolCalendar::default(),
            first_days: 20,
            first_day_kind: DayKind::School,
            counted_when: CountedWhen::Complete,
            ages: PlanAges { from: 3, to: 18 },
            often: HowOften::PerTerm(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    #[test]
    fn plans_are_due_from_the_term_after_three_to_the_end_of_year_13() {
        let hold = |birth: &str, first: &str, last: &str| {
            PepSettings::default().ages.hold_in(day(birth), day(first), day(last))
        };
        assert!(!hold("2022-09-10", "2025-09-01", "2025-12-19"), "three in the autumn: not yet");
        assert!(hold("2022-09-10", "2026-01-05", "2026-03-27"), "the term after");
        assert!(
            hold("2007-09-01", "2026-04-13", "2026-07-21"),
            "18 on the first of September: Year 13 ends next summer"
        );
        assert!(!hold("2007-08-31", "2025-09-01", "2025-12-19"), "Year 13 ended on the last of August");
    }
}
