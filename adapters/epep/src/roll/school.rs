//! At which schools a child is, and in which year.

use schemas::{
    code::{EnrolStatus, NcYear},
    date::{AcademicYear, Date},
    record::{Enrolment, Record, Statement},
    said::Said,
};

/// The enrolments that a child has on a day, one a school. What only names a school, as attendance does, counts where
/// nothing else is known.
#[must_use]
pub fn enrolments_on(records: &[Record], as_at: Date) -> Vec<Enrolment> {
    let of_records = records.iter().filter(|record| !record.source.retracts);
    let known: Vec<&Enrolment> = of_records
        .filter_map(|record| match &record.statement {
            Statement::Enrolment(enrolment) => Some(enrolment),
            _ => None,
        })
        .collect();
    let tells = |enrolment: &&Enrolment| {
        enrolment.status.has_value() || enrolment.entry_date.has_value() || enrolment.setting_type.has_value()
    };
    let some_tell = known.iter().any(&tells);
    let mut current: Vec<Enrolment> = Vec::new();
    for enrolment in known.into_iter().filter(|enrolment| is_current(enrolment, as_at)) {
        if some_tell && !tells(&enrolment) {
            continue;
        }
        match current.iter_mut().find(|other| same_school(other, enrolment)) {
            Some(other) => fill(other, enrolment),
            None => current.push(enrolment.clone()),
        }
    }
    current
}

fn is_current(enrolment: &Enrolment, as_at: Date) -> bool {
    enrolment.status != Said::Is(EnrolStatus::Previous)
        && enrolment.leaving_date.is().is_none_or(|left| left > as_at)
        && enrolment.entry_date.is().is_none_or(|entered| entered <= as_at)
}

fn same_school(one: &Enrolment, other: &Enrolment) -> bool {
    match (one.school_urn, other.school_urn, one.school_laestab, other.school_laestab) {
        (Said::Is(one), Said::Is(other), ..) => one == other,
        (_, _, Said::Is(one), Said::Is(other)) => one == other,
        _ => one.school_name == other.school_name,
    }
}

/// What one source leaves open of an enrolment, another may say.
fn fill(known: &mut Enrolment, other: &Enrolment) {
    let (mut left, right) = (known.clone().into(), Statement::from(other.clone()));
    for field in Enrolment::TYPE.fields {
        if !field.get(&left).has_value() {
            field.set(&mut left, field.get(&right));
        }
    }
    if let Statement::Enrolment(filled) = left {
        *known = filled;
    }
}

/// The National Curriculum year of a child of this birth date: by age on 31 August before the school year.
#[must_use]
pub fn year_by_age(born: Date, as_at: Date) -> Option<NcYear> {
    let eve = AcademicYear::of(as_at)?.starts().add_days(-1)?;
    match born.age_on(eve)? {
        2 => Some(NcYear::NurseryFirst),
        3 => Some(NcYear::NurserySecond),
        4 => Some(NcYear::Reception),
        age @ 5..=18 => {
            let year = (age - 4).to_string();
            schemas::code::Code::from_code(year.as_bytes())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_begins_with_september() {
        let day = |text: &str| Date::parse_iso(text.as_bytes()).unwrap();
        for (born, as_at, year) in [
            ("2021-08-31", "2025-09-01", Some(NcYear::Reception)),
            ("2021-09-01", "2025-09-01", Some(NcYear::NurserySecond)),
            ("2021-08-31", "2025-08-31", Some(NcYear::NurserySecond)),
            ("2016-11-20", "2025-12-01", Some(NcYear::Year4)),
            ("2009-09-01", "2026-06-30", Some(NcYear::Year11)),
            ("2007-08-31", "2025-09-01", Some(NcYear::Year14)),
            ("2006-08-31", "2025-09-01", None),
            ("2024-01-01", "2025-09-01", None),
        ] {
            assert_eq!(year_by_age(day(born), day(as_at)), year, "{born} {as_at}");
        }
    }
}
