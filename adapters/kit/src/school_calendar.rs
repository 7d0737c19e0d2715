//! Terms and school days of an authority, by which plans are due and routes run.
//!
//! Limits: a year has three terms or six; what the authority has not given is taken from an approximate year, and
//! whatever follows from it says so ([`Basis::Approximate`]). Format: terms and closed stretches as days, both ends
//! included. Operations: which term a day is in, whether a school is open, and the n-th counted day after another.

use schemas::{
    code::{AcademicTerm, Code},
    date::{AcademicYear, Date},
};

/// Most terms that an authority may give: thirty years of six.
pub const TERMS_MAX: usize = 180;

/// Most closed stretches that an authority may give.
pub const CLOSED_MAX: usize = 2_000;

/// How far ahead a counted day is looked for, in days: further than any holiday is long.
const AHEAD_DAYS_MAX: i32 = 5_000;

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last, never before the first.
    pub last: Date,
}

impl Days {
    /// Days from one to another; `None` where the last is before the first.
    #[must_use]
    pub fn new(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// Whether a day is one of them.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    fn meets(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Which term of a school year: one of three, or half of one where the year has six.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermName {
    /// Autumn, spring or summer.
    pub term: AcademicTerm,
    /// First or second half, in a year of six terms.
    pub half: Option<Half>,
}

/// Half of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    /// `-1`.
    First,
    /// `-2`.
    Second,
}

impl TermName {
    /// Every name, in the order of a school year.
    pub fn all() -> impl Iterator<Item = Self> {
        AcademicTerm::all().flat_map(|term| {
            [None, Some(Half::First), Some(Half::Second)].into_iter().map(move |half| Self { term, half })
        })
    }

    /// Reads `autumn`, or `autumn-1` in a year of six.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::all().find(|name| name.to_string() == text)
    }
}

/// `autumn`, `autumn-1`.
impl std::fmt::Display for TermName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.term.code().to_lowercase())?;
        match self.half {
            None => Ok(()),
            Some(Half::First) => f.write_str("-1"),
            Some(Half::Second) => f.write_str("-2"),
        }
    }
}

/// A term of one school year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The school year.
    pub year: AcademicYear,
    /// Which of its terms.
    pub name: TermName,
    /// From its first day to its last.
    pub days: Days,
}

/// Whether days were given by the authority or taken from an approximate year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Given by the authority.
    Given,
    /// Taken from an approximate year: to be confirmed before anybody is told of being late.
    Approximate,
}

impl Basis {
    /// Its word: `given`, `approximate`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Approximate => "approximate",
        }
    }
}

/// Which days are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Days on which schools are open.
    School,
    /// Monday to Friday, closed single days of the authority (bank holidays) left out.
    Working,
    /// Every day.
    Calendar,
}

impl DayKind {
    /// The words of the configuration.
    pub const WORDS: [(&'static str, Self); 3] =
        [("school", Self::School), ("working", Self::Working), ("calendar", Self::Calendar)];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// Why terms cannot be those of a calendar; each speaks of one of the terms given, by its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarFault {
    /// The term does not lie within one school year, 1 September to 31 August.
    TwoYears(usize),
    /// The school year has a term of that name already, or terms and halves of terms.
    NameTaken(usize),
    /// It shares days with another.
    Overlaps(usize),
    /// It stands before a term that a school year has before it.
    OutOfOrder(usize),
}

/// The terms and the closed days of an authority. Without any it is the approximate year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchoolCalendar {
    /// By their first day.
    terms: Vec<Term>,
    bank_holidays: Vec<Date>,
    /// Half terms and other days on which schools are closed.
    closed: Vec<Days>,
}

impl SchoolCalendar {
    /// A calendar of terms, of bank holidays, and of half terms and other stretches on which schools are closed.
    ///
    /// # Errors
    /// Every term that cannot stand beside the others.
    pub fn new(
        terms: &[(TermName, Days)],
        mut bank_holidays: Vec<Date>,
        closed: Vec<Days>,
    ) -> Result<Self, Vec<CalendarFault>> {
        let mut faults = Vec::new();
        let mut known: Vec<Term> = Vec::new();
        for (n, (name, days)) in terms.iter().enumerate() {
            let Some(year) = AcademicYear::of(days.first).filter(|year| year.contains(days.last)) else {
                faults.push(CalendarFault::TwoYears(n));
                continue;
            };
            let term = Term { year, name: *name, days: *days };
            let mut others = known.iter().filter(|other| other.year == year);
            if others.clone().any(|other| other.name == *name || other.name.half.is_some() != name.half.is_some()) {
                faults.push(CalendarFault::NameTaken(n));
            } else if others.clone().any(|other| other.days.meets(*days)) {
                faults.push(CalendarFault::Overlaps(n));
            } else if others.any(|other| (other.name < *name) != (other.days.first < days.first)) {
                faults.push(CalendarFault::OutOfOrder(n));
            } else {
                known.push(term);
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        known.sort_by_key(|term| term.days.first);
        bank_holidays.sort_unstable();
        Ok(Self { terms: known, bank_holidays, closed })
    }

    /// The terms that were given.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The terms of a school year: as given, else approximate.
    #[must_use]
    pub fn terms_of(&self, year: AcademicYear) -> (Vec<Term>, Basis) {
        let given: Vec<Term> = self.terms.iter().filter(|term| term.year == year).copied().collect();
        if given.is_empty() { (approximate(year), Basis::Approximate) } else { (given, Basis::Given) }
    }

    /// The term that a day is in; of a day between terms, the one that begins next.
    #[must_use]
    pub fn term_on_or_after(&self, day: Date) -> Option<(Term, Basis)> {
        let year = AcademicYear::of(day)?;
        let next = AcademicYear::new(year.begins_in() + 1);
        [Some(year), next].into_iter().flatten().find_map(|year| {
            let (terms, basis) = self.terms_of(year);
            terms.into_iter().find(|term| day <= term.days.last).map(|term| (term, basis))
        })
    }

    /// The term of a school year by its name. A half of a year of three is the whole term, a term of a year of six the
    /// stretch of both its halves.
    #[must_use]
    pub fn term(&self, year: AcademicYear, name: TermName) -> Option<(Term, Basis)> {
        let (terms, basis) = self.terms_of(year);
        let same = |term: &&Term| term.name.term == name.term;
        if let Some(exact) = terms.iter().find(|term| term.name == name) {
            return Some((*exact, basis));
        }
        let (first, last) = (terms.iter().find(same)?, terms.iter().rev().find(same)?);
        let name = TermName { term: name.term, half: None };
        Some((Term { year, name, days: Days::new(first.days.first, last.days.last)? }, basis))
    }

    /// Whether schools are open on a day, and on what ground that is known.
    #[must_use]
    pub fn is_school_day(&self, day: Date) -> (bool, Basis) {
        let Some(year) = AcademicYear::of(day) else { return (false, Basis::Approximate) };
        let (terms, basis) = self.terms_of(year);
        let in_term = terms.iter().any(|term| term.days.contains(day));
        let holiday = basis == Basis::Approximate && is_usual_holiday(day);
        (in_term && !holiday && !self.is_closed(day) && is_weekday(day), basis)
    }

    /// Whether a day is counted.
    #[must_use]
    pub fn counts(&self, day: Date, kind: DayKind) -> (bool, Basis) {
        match kind {
            DayKind::School => self.is_school_day(day),
            DayKind::Working => {
                let basis = if self.bank_holidays.is_empty() { Basis::Approximate } else { Basis::Given };
                (is_weekday(day) && !self.is_bank_holiday(day), basis)
            }
            DayKind::Calendar => (true, Basis::Given),
        }
    }

    /// The n-th counted day after a day, which itself is day 0. `None` where the calendar of records ends.
    #[must_use]
    pub fn counted_day(&self, from: Date, n: u16, kind: DayKind) -> Option<(Date, Basis)> {
        let (mut day, mut left, mut basis) = (from, n, Basis::Given);
        for _ in 0..AHEAD_DAYS_MAX {
            if left == 0 {
                return Some((day, basis));
            }
            day = day.add_days(1)?;
            let (counts, on) = self.counts(day, kind);
            basis = basis.max(on);
            left -= u16::from(counts);
        }
        None
    }

    /// How many counted days lie after one day, up to and with another; 0 where the other is not later.
    #[must_use]
    pub fn counted_between(&self, from: Date, to: Date, kind: DayKind) -> (u32, Basis) {
        let (mut day, mut count, mut basis) = (from, 0, Basis::Given);
        while day < to {
            let Some(next) = day.add_days(1) else { break };
            let (counts, on) = self.counts(next, kind);
            (day, count, basis) = (next, count + u32::from(counts), basis.max(on));
        }
        (count, basis)
    }

    /// The first day of a term on which schools are open.
    #[must_use]
    pub fn first_school_day(&self, term: &Term) -> Option<Date> {
        self.days_of(term).find(|day| self.is_school_day(*day).0)
    }

    /// The last day of a term on which schools are open.
    #[must_use]
    pub fn last_school_day(&self, term: &Term) -> Option<Date> {
        let length = term.days.last.days_since(term.days.first);
        let mut back = (0..=length).filter_map(|days| term.days.last.add_days(-days));
        back.find(|day| self.is_school_day(*day).0)
    }

    /// The first school day of the first term that has one on or after a day.
    #[must_use]
    pub fn next_term_start(&self, day: Date) -> Option<(Date, Basis)> {
        let year = AcademicYear::of(day)?;
        let years = [Some(year), AcademicYear::new(year.begins_in() + 1)];
        years.into_iter().flatten().find_map(|year| {
            let (terms, basis) = self.terms_of(year);
            let starts = terms.iter().filter_map(|term| self.first_school_day(term));
            starts.filter(|start| day <= *start).min().map(|start| (start, basis))
        })
    }

    fn days_of(&self, term: &Term) -> impl Iterator<Item = Date> + use<> {
        let first = term.days.first;
        (0..=term.days.last.days_since(first)).filter_map(move |days| first.add_days(days))
    }

    fn is_bank_holiday(&self, day: Date) -> bool {
        self.bank_holidays.binary_search(&day).is_ok()
    }

    fn is_closed(&self, day: Date) -> bool {
        self.is_bank_holiday(day) || self.closed.iter().any(|closed| closed.contains(day))
    }
}

/// The year that holds for most schools in England, in the days that an authority gives nothing for (ePEP formats, 6.1).
fn approximate(year: AcademicYear) -> Vec<Term> {
    let begins = i16::try_from(year.begins_in()).unwrap_or(i16::MAX);
    let terms = [
        (AcademicTerm::Autumn, (begins, 9, 1), (begins, 12, 31)),
        (AcademicTerm::Spring, (begins + 1, 1, 1), (begins + 1, 4, 15)),
        (AcademicTerm::Summer, (begins + 1, 4, 16), (begins + 1, 8, 31)),
    ];
    let day = |(year, month, day)| Date::new(year, month, day);
    let terms = terms.into_iter().filter_map(|(term, first, last)| {
        Some(Term { year, name: TermName { term, half: None }, days: Days::new(day(first)?, day(last)?)? })
    });
    terms.collect()
}

/// Christmas, 20 December to 3 January, and August.
fn is_usual_holiday(day: Date) -> bool {
    matches!((day.month(), day.day()), (12, 20..) | (1, ..=3) | (8, _))
}

/// Monday to Friday.
fn is_weekday(day: Date) -> bool {
    // 3 January 2000 was a Monday.
    Date::new(2000, 1, 3).is_some_and(|monday| day.days_since(monday).rem_euclid(7) < 5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    fn days(first: &str, last: &str) -> Days {
        Days::new(day(first), day(last)).unwrap()
    }

    fn name(text: &str) -> TermName {
        TermName::read(text).unwrap()
    }

    fn year() -> AcademicYear {
        AcademicYear::new(2025).unwrap()
    }

    /// A calendar of 2025/26 as an authority publishes one.
    fn given() -> SchoolCalendar {
        SchoolCalendar::new(
            &[
                (name("spring"), days("2026-01-05", "2026-03-27")),
                (name("autumn"), days("2025-09-02", "2025-12-19")),
                (name("summer"), days("2026-04-13", "2026-07-21")),
            ],
            vec![day("2026-05-04"), day("2026-04-06")],
            vec![days("2025-10-27", "2025-10-31"), days("2026-02-16", "2026-02-20"), days("2026-05-25", "2026-05-29")],
        )
        .unwrap()
    }

    #[test]
    fn names_of_terms_are_read_and_written() {
        assert_eq!(TermName::all().count(), 9);
        for text in ["autumn", "spring-1", "summer-2"] {
            assert_eq!(name(text).to_string(), text);
        }
        for text in ["Autumn", "autumn-3", "winter", ""] {
            assert_eq!(TermName::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_given_year_is_told_from_an_approximate_one() {
        let calendar = given();
        assert_eq!(calendar.terms_of(year()).1, Basis::Given);
        let (terms, basis) = calendar.terms_of(AcademicYear::new(2026).unwrap());
        assert_eq!((terms.len(), basis), (3, Basis::Approximate));
        assert_eq!(terms[1].days, days("2027-01-01", "2027-04-15"));
    }

    #[test]
    fn schools_are_open_on_weekdays_of_terms_but_for_half_terms_and_bank_holidays() {
        let calendar = given();
        for (text, open) in [
            ("2025-09-01", false),
            ("2025-09-02", true),
            ("2025-09-06", false),
            ("2025-10-24", true),
            ("2025-10-27", false),
            ("2025-12-19", true),
            ("2025-12-22", false),
            ("2026-05-04", false),
            ("2026-05-05", true),
        ] {
            assert_eq!(calendar.is_school_day(day(text)), (open, Basis::Given), "{text}");
        }
        let approximate = SchoolCalendar::default();
        for (text, open) in [
            ("2025-09-01", true),
            ("2025-12-19", true),
            ("2025-12-22", false),
            ("2026-01-05", true),
            ("2026-08-03", false),
        ] {
            assert_eq!(approximate.is_school_day(day(text)), (open, Basis::Approximate), "{text}");
        }
    }

    #[test]
    fn a_day_between_terms_belongs_to_the_term_that_follows() {
        let calendar = given();
        let term = |text: &str| calendar.term_on_or_after(day(text)).unwrap().0.name.to_string();
        assert_eq!(term("2025-09-01"), "autumn");
        assert_eq!(term("2025-12-19"), "autumn");
        assert_eq!(term("2025-12-20"), "spring");
        let (next, basis) = calendar.term_on_or_after(day("2026-07-22")).unwrap();
        assert_eq!(
            (next.name.to_string().as_str(), next.year.begins_in(), basis),
            ("autumn", 2026, Basis::Approximate)
        );
    }

    #[test]
    fn first_and_last_school_days_pass_over_weekends() {
        let calendar = SchoolCalendar::default();
        let (terms, _) = calendar.terms_of(year());
        let starts: Vec<_> = terms.iter().map(|term| calendar.first_school_day(term)).collect();
        assert_eq!(starts, [Some(day("2025-09-01")), Some(day("2026-01-05")), Some(day("2026-04-16"))]);
        let ends: Vec<_> = terms.iter().map(|term| calendar.last_school_day(term)).collect();
        assert_eq!(ends, [Some(day("2025-12-19")), Some(day("2026-04-15")), Some(day("2026-07-31"))]);
    }

    #[test]
    fn the_next_term_starts_on_the_day_itself_or_later() {
        let calendar = given();
        let next = |text: &str| calendar.next_term_start(day(text));
        assert_eq!(next("2025-09-02"), Some((day("2025-09-02"), Basis::Given)));
        assert_eq!(next("2025-09-03"), Some((day("2026-01-05"), Basis::Given)));
        assert_eq!(next("2026-04-14"), Some((day("2026-09-01"), Basis::Approximate)));
    }

    #[test]
    fn days_are_counted_by_kind() {
        let calendar = given();
        let counted = |from: &str, n, kind| calendar.counted_day(day(from), n, kind).unwrap();
        assert_eq!(counted("2025-10-22", 3, DayKind::School), (day("2025-11-03"), Basis::Given));
        assert_eq!(counted("2025-10-22", 3, DayKind::Working), (day("2025-10-27"), Basis::Given));
        assert_eq!(counted("2025-10-22", 3, DayKind::Calendar), (day("2025-10-25"), Basis::Given));
        assert_eq!(counted("2025-10-22", 0, DayKind::School), (day("2025-10-22"), Basis::Given));
        assert_eq!(counted("2026-07-20", 2, DayKind::School).1, Basis::Approximate);
        assert_eq!(calendar.counted_between(day("2025-10-22"), day("2025-11-03"), DayKind::School).0, 3);
        assert_eq!(calendar.counted_between(day("2025-11-03"), day("2025-10-22"), DayKind::School).0, 0);
    }

    #[test]
    fn a_year_of_six_terms_is_one_and_its_halves_are_one_term_where_three_are_asked_for() {
        let six = [
            ("autumn-1", "2025-09-01", "2025-10-17"),
            ("autumn-2", "2025-11-03", "2025-12-19"),
            ("spring-1", "2026-01-05", "2026-02-13"),
            ("spring-2", "2026-02-23", "2026-03-27"),
            ("summer-1", "2026-04-13", "2026-05-22"),
            ("summer-2", "2026-06-01", "2026-07-22"),
        ];
        let terms: Vec<_> = six.iter().map(|(text, first, last)| (name(text), days(first, last))).collect();
        let calendar = SchoolCalendar::new(&terms, Vec::new(), Vec::new()).unwrap();
        assert_eq!(calendar.terms_of(year()).0.len(), 6);
        let (term, _) = calendar.term(year(), name("autumn")).unwrap();
        assert_eq!(term.days, days("2025-09-01", "2025-12-19"));
        assert_eq!(calendar.term(year(), name("summer-2")).unwrap().0.days, days("2026-06-01", "2026-07-22"));
        assert_eq!(given().term(year(), name("summer-2")).unwrap().0.days, days("2026-04-13", "2026-07-21"));
    }

    #[test]
    fn terms_that_cannot_stand_together_are_told_each() {
        let faults = |terms: &[(&str, &str, &str)]| {
            let terms: Vec<_> = terms.iter().map(|(text, first, last)| (name(text), days(first, last))).collect();
            SchoolCalendar::new(&terms, Vec::new(), Vec::new()).unwrap_err()
        };
        assert_eq!(faults(&[("summer", "2026-06-01", "2026-09-01")]), [CalendarFault::TwoYears(0)]);
        let autumn = ("autumn", "2025-09-01", "2025-12-19");
        assert_eq!(faults(&[autumn, ("autumn", "2026-01-05", "2026-03-01")]), [CalendarFault::NameTaken(1)]);
        assert_eq!(faults(&[autumn, ("spring-1", "2026-01-05", "2026-03-01")]), [CalendarFault::NameTaken(1)]);
        assert_eq!(faults(&[autumn, ("spring", "2025-12-19", "2026-03-01")]), [CalendarFault::Overlaps(1)]);
        assert_eq!(
            faults(&[("spring", "2025-09-01", "2025-12-19"), ("autumn", "2026-01-05", "2026-03-01")]),
            [CalendarFault::OutOfOrder(1)]
        );
        assert_eq!(Days::new(day("2025-09-02"), day("2025-09-01")), None);
    }

    proptest! {
        #[test]
        fn counting_forth_and_back_agree(start in 0..2_000_i32, n in 0..60_u16, kind in prop::sample::select(vec![DayKind::School, DayKind::Working, DayKind::Calendar])) {
            let (calendar, from) = (given(), day("2024-01-01").add_days(start).unwrap());
            let (due, basis) = calendar.counted_day(from, n, kind).unwrap();
            let (between, same) = calendar.counted_between(from, due, kind);
            prop_assert_eq!((between, same), (u32::from(n), basis));
            prop_assert!(n == 0 || calendar.counts(due, kind).0);
            if let Some((earlier, _)) = n.checked_sub(1).and_then(|n| calendar.counted_day(from, n, kind)) {
                prop_assert!(earlier < due);
            }
        }

        #[test]
        fn every_day_has_a_term_at_or_after_it_and_a_term_start_that_is_a_school_day(offset in 0..20_000_i32) {
            let (calendar, on) = (given(), day("1990-01-01").add_days(offset).unwrap());
            let (term, _) = calendar.term_on_or_after(on).unwrap();
            prop_assert!(on <= term.days.last);
            let (start, _) = calendar.next_term_start(on).unwrap();
            prop_assert!(on <= start && calendar.is_school_day(start).0);
        }
    }
}
