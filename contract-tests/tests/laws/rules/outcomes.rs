//! What is said of a child's health where the outcomes of its year are derived: one rule broken, or just not.

use schemas::{
    code::{Derivation, HealthCheckStatus, HealthCheckType, ImmunisationStatus, LegalStatus, Rne, SdqRater},
    date::CollectionYear,
    record::{AnnualHealth, CareEpisode, HealthCheck, Immunisation, Person, SdqScore, Statement},
    reflect::Number,
    said::Said,
};

use crate::support::day;

/// The year of the clean return.
const YEAR: u16 = crate::base::YEAR;

/// A child who was looked after all year, a row of whose outcomes has every flag, and what else is said.
fn looked_after(change: impl FnOnce(&mut AnnualHealth), also: Vec<Statement>) -> Vec<Statement> {
    let no = Said::Is(false);
    let mut row = AnnualHealth {
        year: Said::Is(CollectionYear::new(YEAR).unwrap()),
        convicted: no,
        health_check: no,
        immunisations: no,
        teeth_check: no,
        health_assessment: no,
        substance_misuse: no,
        derivation: Said::Is(Derivation::Stated),
        ..AnnualHealth::default()
    };
    change(&mut row);
    let episode = CareEpisode {
        start_date: Said::Is(day("2020-01-10")),
        start_reason: Said::Is(Rne::StartedToBeLookedAfter),
        legal_status: Said::Is(LegalStatus::FullCareOrder),
        end_date: Said::Blank,
        ..CareEpisode::default()
    };
    let person = Person { birth_date: Said::Is(day("2012-05-14")), ..Person::default() };
    [vec![person.into(), episode.into(), row.into()], also].concat()
}

fn dental(status: HealthCheckStatus) -> Statement {
    HealthCheck {
        r#type: Said::Is(HealthCheckType::DentalCheck),
        date: Said::Is(day("2026-11-04")),
        status: Said::Is(status),
        ..HealthCheck::default()
    }
    .into()
}

fn scored(date: &str, score: u16, rater: SdqRater) -> Statement {
    SdqScore {
        completed_date: Said::Is(day(date)),
        score: Said::Is(Number::new(score).unwrap()),
        rater: Said::Is(rater),
        ..SdqScore::default()
    }
    .into()
}

/// The return says that no teeth were checked, and a check was held.
pub(super) fn teeth_differ(breaks: bool) -> Vec<Statement> {
    let status = if breaks { HealthCheckStatus::Completed } else { HealthCheckStatus::Refused };
    looked_after(|_| {}, vec![dental(status)])
}

/// A check is planned, and the return says nothing.
pub(super) fn teeth_are_not_known(breaks: bool) -> Vec<Statement> {
    let status = if breaks { HealthCheckStatus::Planned } else { HealthCheckStatus::Completed };
    looked_after(|row| row.teeth_check = Said::Blank, vec![dental(status)])
}

/// An immunisation was given, and the return does not say whether all were.
pub(super) fn immunised(breaks: bool) -> Vec<Statement> {
    let given = Immunisation { status: Said::Is(ImmunisationStatus::Completed), ..Immunisation::default() };
    let immunisations = if breaks { Said::Blank } else { Said::Is(true) };
    looked_after(|row| row.immunisations = immunisations, vec![given.into()])
}

/// The one questionnaire is the young person's own.
pub(super) fn scored_by_another(breaks: bool) -> Vec<Statement> {
    looked_after(|_| {}, vec![scored("2026-06-01", 12, if breaks { SdqRater::Oneself } else { SdqRater::Carer })])
}

/// Two questionnaires differ, and are of one day.
pub(super) fn scored_twice(breaks: bool) -> Vec<Statement> {
    let second = if breaks { "2026-06-01" } else { "2026-06-02" };
    looked_after(|_| {}, vec![scored("2026-06-01", 12, SdqRater::Carer), scored(second, 20, SdqRater::Carer)])
}
