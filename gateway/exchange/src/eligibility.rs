//! Until when a child is owed anything: the later of the end of care and the end of what is owed to a care leaver
//! (configuration, section 5.8).
//!
//! Where that cannot be told for certain there is no end: nothing goes by itself of a child who may still be owed.

use kit::adapter::Dossier;
use schemas::{code::Eligibility, date::Date, record::Statement, reflect::Open, said::Said};

use crate::children::birth_dates;

/// Until this birthday care leavers are owed support (Children and Social Work Act 2017, section 3).
const OWED_UNTIL_YEARS: i16 = 25;

/// The day, past or to come; `None` while the child is in care, and where nobody can tell.
#[must_use]
pub fn owed_until(dossier: &Dossier, as_at: Date) -> Option<Date> {
    let mut end_of_care = None;
    for statement in dossier.statements() {
        let Statement::CareEpisode(episode) = statement else { continue };
        // An end that is blank or cannot be read is none.
        let Said::Is(end) = episode.end_date else { return None };
        end_of_care = end_of_care.max(Some(end));
    }
    if end_of_care.is_some_and(|end| end > as_at) {
        return None;
    }
    let end_of_leaving = if is_owed_nothing(dossier) {
        end_of_care?
    } else {
        birth_dates(dossier).map(|born| born.add_years(OWED_UNTIL_YEARS)).max()??
    };
    end_of_care.max(Some(end_of_leaving))
}

/// Whether the authority states that nothing is owed, and nothing else.
fn is_owed_nothing(dossier: &Dossier) -> bool {
    let mut stated = dossier.statements().filter_map(|statement| match statement {
        Statement::CareLeaver(leaver) => leaver.eligibility.as_ref().is(),
        _ => None,
    });
    let nothing = |stated: &Open<Eligibility>| matches!(stated, Open::Listed(Eligibility::NoCurrentEligibility));
    stated.next().is_some_and(|first| nothing(first) && stated.all(nothing))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use schemas::{
        diagnostic::Place,
        record::{CareEpisode, CareLeaver, Person, Record, Source, Subject},
    };

    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    fn episode(end: Said<Date>) -> Statement {
        CareEpisode { start_date: Said::Is(day("2010-01-01")), end_date: end, ..CareEpisode::default() }.into()
    }

    fn born(text: &str) -> Statement {
        Person { birth_date: Said::Is(day(text)), ..Person::default() }.into()
    }

    fn leaver(eligibility: Eligibility) -> Statement {
        CareLeaver { eligibility: Said::Is(Open::Listed(eligibility)), ..CareLeaver::default() }.into()
    }

    fn until(statements: &[Statement]) -> Option<String> {
        let subject = Arc::new(Subject::child(Vec::new(), None));
        let record = |statement: &Statement| Record {
            subject: Arc::clone(&subject),
            statement: statement.clone(),
            source: Source::at(Place::Document),
        };
        let dossier = Dossier { records: statements.iter().map(record).collect(), ..Dossier::default() };
        owed_until(&dossier, day("2026-06-01")).map(|day| day.to_string())
    }

    #[test]
    fn the_later_of_the_end_of_care_and_the_last_birthday_counts() {
        let (ended, later) = (episode(Said::Is(day("2019-05-04"))), episode(Said::Is(day("2024-05-04"))));
        let is = |day: &str| Some(day.to_owned());
        assert_eq!(until(&[ended.clone(), born("2001-02-03")]), is("2026-02-03"));
        assert_eq!(until(&[ended.clone(), later.clone(), born("1990-02-03")]), is("2024-05-04"));
        assert_eq!(until(&[born("2004-02-29")]), is("2029-03-01"), "never in care");
        assert_eq!(
            until(&[ended.clone(), leaver(Eligibility::NoCurrentEligibility), born("2010-01-01")]),
            is("2019-05-04")
        );
        // Two sources of birth: the later one.
        assert_eq!(until(&[ended, born("2001-02-03"), born("2002-02-03")]), is("2027-02-03"));
    }

    #[test]
    fn whoever_may_still_be_owed_has_no_end() {
        let ended = episode(Said::Is(day("2019-05-04")));
        for open in [Said::Blank, Said::NotAsked, Said::Unreadable, Said::Is(day("2026-06-02"))] {
            assert_eq!(until(&[ended.clone(), episode(open), born("1990-01-01")]), None);
        }
        assert_eq!(until(std::slice::from_ref(&ended)), None, "nobody knows the birthday");
        assert_eq!(until(&[]), None);
        assert_eq!(until(&[leaver(Eligibility::NoCurrentEligibility)]), None, "of no care nobody knows the end");
        let torn = [ended, leaver(Eligibility::NoCurrentEligibility), leaver(Eligibility::Relevant)];
        assert_eq!(until(&torn), None);
    }
}
