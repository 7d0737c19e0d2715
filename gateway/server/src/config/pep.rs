//! `[pep]`: the terms of the authority's schools, and what it works to with personal education plans.

use std::ops::RangeInclusive;

use kit::pep::{CountedWhen, HowOften, PepSettings, PlanAges};
use kit::school_calendar::{CLOSED_MAX, CalendarFault, DayKind, Days, SchoolCalendar, TERMS_MAX, TermName};
use schemas::date::Date;

use super::fault;
use super::section::{Placed, Section};

/// Birthdays that `ages` may name.
const AGES: RangeInclusive<u64> = 0..=25;

/// Reads the table; what it does not say is the default.
pub(super) fn read(section: Section<'_>) -> PepSettings {
    let default = PepSettings::default();
    let calendar = read_calendar(&section);
    let first_days = section.integer("first_days", 1..=200).and_then(|found| u16::try_from(found.value).ok());
    let first_day_kind = section.choice("first_day_kind", &DayKind::WORDS).map(|found| found.value);
    let counted_when = section.choice("counted_when", &CountedWhen::WORDS).map(|found| found.value);
    let ages = read_ages(section.section("ages"), default.ages);
    let often = read_often(&section, default.often);
    section.finish();
    PepSettings {
        calendar,
        first_days: first_days.unwrap_or(default.first_days),
        first_day_kind: first_day_kind.unwrap_or(default.first_day_kind),
        counted_when: counted_when.unwrap_or(default.counted_when),
        ages,
        often,
    }
}

fn read_ages(section: Section<'_>, default: PlanAges) -> PlanAges {
    let age = |key| section.integer(key, AGES).and_then(|found| u8::try_from(found.value).ok());
    let ages = PlanAges { from: age("from").unwrap_or(default.from), to: age("to").unwrap_or(default.to) };
    if ages.to < ages.from {
        section.range(section.byte(), "`from` at or below `to`".to_owned());
    }
    section.finish();
    ages
}

fn read_often(section: &Section<'_>, default: HowOften) -> HowOften {
    let number = |key, range| section.integer(key, range).and_then(|found| u8::try_from(found.value).ok());
    let (term, year) = (number("per_term", 1..=3), number("per_year", 1..=6));
    match (term, year) {
        (Some(_), Some(_)) => {
            let byte = section.present("per_year").unwrap_or(section.byte());
            section.fault(&fault::DUPLICATE, byte, Some("`per_term` and `per_year`".to_owned()));
            default
        }
        (Some(term), None) => HowOften::PerTerm(term),
        (None, Some(year)) => HowOften::PerYear(year),
        (None, None) => default,
    }
}

fn read_calendar(section: &Section<'_>) -> SchoolCalendar {
    let sections = section.sections("terms");
    too_many(section, "terms", sections.len(), TERMS_MAX);
    // A term and where it stands, so that what is wrong with it among the others is told there.
    let mut terms: Vec<((TermName, Days), usize)> = Vec::new();
    for term in sections {
        let byte = term.byte();
        term.require("term");
        let name = term.text("term").and_then(|found| {
            let name = TermName::read(found.value);
            if name.is_none() {
                term.range(found.byte, "autumn, spring or summer, or autumn-1 to summer-2".to_owned());
            }
            name
        });
        if let (Some(name), Some(days)) = (name, read_days(&term)) {
            terms.push(((name, days), byte));
        }
        term.finish();
    }
    let school_days = section.section("school_days");
    let bank_holidays = school_days.days("bank_holidays");
    too_many(&school_days, "bank_holidays", bank_holidays.len(), CLOSED_MAX);
    let closed = school_days.sections("closed");
    too_many(&school_days, "closed", closed.len(), CLOSED_MAX);
    let closed = closed.into_iter().filter_map(|closed| {
        let days = read_days(&closed);
        closed.finish();
        days
    });
    let closed: Vec<Days> = closed.collect();
    school_days.finish();
    let named: Vec<(TermName, Days)> = terms.iter().map(|(term, _)| *term).collect();
    SchoolCalendar::new(&named, bank_holidays, closed).unwrap_or_else(|faults| {
        for calendar_fault in faults {
            let (n, what) = match calendar_fault {
                CalendarFault::TwoYears(n) => (n, "a term lies within one school year, 1 September to 31 August"),
                CalendarFault::NameTaken(n) => (n, "a school year has each term once, and three terms or six"),
                CalendarFault::Overlaps(n) => (n, "terms share no day"),
                CalendarFault::OutOfOrder(n) => (n, "autumn comes before spring, spring before summer"),
            };
            let byte = terms.get(n).map_or(section.byte(), |(_, byte)| *byte);
            section.fault(&fault::TERMS, byte, Some(what.to_owned()));
        }
        SchoolCalendar::default()
    })
}

/// `first` and `last`, both included.
fn read_days(section: &Section<'_>) -> Option<Days> {
    for key in ["first", "last"] {
        section.require(key);
    }
    let (first, last): (Placed<Date>, Placed<Date>) = (section.day("first")?, section.day("last")?);
    let days = Days::new(first.value, last.value);
    if days.is_none() {
        section.range(last.byte, "a day on or after `first`".to_owned());
    }
    days
}

fn too_many(section: &Section<'_>, key: &'static str, count: usize, max: usize) {
    if count > max {
        section.range(section.present(key).unwrap_or(section.byte()), format!("at most {max}"));
    }
}
