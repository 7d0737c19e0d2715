//! Health in plain words, for whom it is about.
//!
//! An allergy that nobody called over is there; that none is known is said only where nothing speaks against it.

use kit::html::day_in_words;
use schemas::{
    code::{
        AllergyCriticality, AllergyVerification, ClinicalSeverity, Code, ConditionVerification,
        Disability as DisabilityCode, HealthCheckStatus, HealthCheckType, ImmunisationStatus, MeasurementKind,
        MedicationStatus, SdqRater,
    },
    date::{Date, DateTime},
    record::{
        AllergicReaction, Allergy, AnnualHealth, Coding, Condition, Disability, HealthCheck, Immunisation, Measurement,
        Medication, SdqScore,
    },
    said::Said,
};

use super::{Child, standing, told};
use crate::concept::text;

/// What was measured, day by day.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) unit: String,
    pub(crate) points: Vec<(Date, f64)>,
    /// Days and numbers in words, as they were told.
    pub(crate) rows: Vec<(String, String)>,
}

/// What something coded is called.
fn words(coding: &Coding) -> Option<&str> {
    text(&coding.text).or_else(|| text(&coding.display)).or_else(|| text(&coding.code))
}

fn called(said: &Said<Box<Coding>>) -> Option<&str> {
    said.as_ref().is().and_then(|coding| words(coding))
}

impl Child<'_> {
    /// The health of the latest year that the return tells.
    fn year(&self) -> Option<&AnnualHealth> {
        standing!(self, AnnualHealth).max_by_key(|health: &&AnnualHealth| health.year.is())
    }

    /// What the return says was or was not done, at the end of its year.
    fn of_year(&self, done: fn(&AnnualHealth) -> Said<bool>, yes: &str, no: &str) -> Option<String> {
        let health = self.year()?;
        let end = health.year.is()?.ends();
        let by = self.teller();
        match done(health) {
            Said::Is(true) => Some(format!("{yes}{}", told(Some(end), by.as_deref()))),
            Said::Is(false) => Some(format!("{no}{}", told(Some(end), by.as_deref()))),
            _ => None,
        }
    }

    pub(crate) fn injections(&self) -> Vec<String> {
        let day = |given: &Immunisation| given.date.is().and_then(DateTime::date);
        let mut all: Vec<&Immunisation> = standing!(self, Immunisation).collect();
        all.sort_by_key(|given| day(given));
        let mut lines: Vec<String> = Vec::new();
        let mut without_words = false;
        for given in all {
            let against: Vec<&str> = given.targets.as_ref().is().into_iter().flatten().filter_map(words).collect();
            let against = (!against.is_empty()).then(|| against.join(", "));
            let what = match (called(&given.vaccine), against) {
                (Some(vaccine), Some(against)) => format!("{vaccine}, against {against}"),
                (Some(vaccine), None) => vaccine.to_owned(),
                (None, Some(against)) => format!("Against {against}"),
                (None, None) => {
                    without_words = true;
                    continue;
                }
            };
            let dose = text(&given.dose_number).map(|dose| format!(", dose {dose}")).unwrap_or_default();
            let place = given.more.as_deref().and_then(|more| more.performer_org.as_ref().is());
            let end = told(day(given), place.and_then(|place| text(&place.name)));
            lines.push(match given.status {
                Said::Is(ImmunisationStatus::NotDone) => format!("Not given: {what}{dose}{end}"),
                _ => format!("{what}{dose}{end}"),
            });
        }
        if without_words {
            lines.push("Other injections are on record; your GP can tell you which.".to_owned());
        }
        lines.extend(self.of_year(
            |health| health.immunisations,
            "Your injections were up to date",
            "Your injections were not all up to date: ask your GP or nurse which you can still have",
        ));
        lines
    }

    pub(crate) fn allergies(&self) -> Vec<String> {
        let today = self.today();
        let (negations, known): (Vec<&Allergy>, Vec<&Allergy>) =
            standing!(self, Allergy).partition(|allergy: &&Allergy| allergy.is_negation());
        let over = |allergy: &&Allergy| {
            allergy.verification == Said::Is(AllergyVerification::Refuted) || allergy.is_over(today)
        };
        let (past, mut there): (Vec<&Allergy>, Vec<&Allergy>) = known.into_iter().partition(over);
        there.sort_by_key(|allergy| match allergy.criticality {
            Said::Is(AllergyCriticality::High) => 0,
            Said::Is(AllergyCriticality::Low) => 2,
            _ => 1,
        });
        let mut lines: Vec<String> = there.iter().map(|allergy| allergy_in_words(allergy)).collect();
        if lines.is_empty() {
            for negation in &negations {
                let said = called(&negation.substance).unwrap_or("No known allergy");
                let before = if over(negation) { "In the past: " } else { "" };
                lines.push(format!("{before}{said}{}", told(negation.recorded_date.is(), None)));
            }
        }
        lines.extend(past.iter().map(|allergy| {
            let what = called(&allergy.substance).unwrap_or("An allergy");
            let until = allergy.ended.is().map(|day| format!(", until {}", day_in_words(day))).unwrap_or_default();
            let before = match allergy.verification {
                Said::Is(AllergyVerification::Refuted) => "It turned out that you do not have it",
                _ => "In the past",
            };
            format!("{before}: {what}{until}{}", told(allergy.recorded_date.is(), None))
        }));
        lines
    }

    pub(crate) fn medicines(&self) -> Vec<String> {
        let today = self.today();
        let line = |medicine: &Medication| {
            let what = called(&medicine.code)?;
            let how = text(&medicine.dosage_text).map(|dosage| format!(": {dosage}")).unwrap_or_default();
            let over = matches!(medicine.status, Said::Is(MedicationStatus::Completed | MedicationStatus::Stopped))
                || matches!((medicine.end, today), (Said::Is(end), Some(today)) if end < today);
            let since = match (medicine.start.is(), over) {
                (Some(start), false) => format!(", since {}", day_in_words(start)),
                _ => String::new(),
            };
            let line = format!("{what}{how}{since}{}", told(medicine.last_issued.is(), None));
            Some((over, if over { format!("In the past: {line}") } else { line }))
        };
        let mut lines: Vec<(bool, String)> = standing!(self, Medication).filter_map(line).collect();
        lines.sort_by_key(|(over, _)| *over);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// Conditions that the young person has, or had.
    pub(crate) fn conditions(&self, past: bool) -> Vec<String> {
        let line = |condition: &Condition| {
            let what = called(&condition.code)?;
            let refuted = condition.verification == Said::Is(ConditionVerification::Refuted);
            let over = refuted || condition.is_over();
            let since = condition.onset.is().map(|day| format!(", since {}", day_in_words(day))).unwrap_or_default();
            let until =
                condition.abatement.is().map(|day| format!(", until {}", day_in_words(day))).unwrap_or_default();
            let line = format!("{what}{since}{until}{}", told(condition.recorded_date.is(), None));
            let before = match (refuted, over) {
                (true, _) => "It turned out that you do not have it: ",
                (_, true) => "In the past: ",
                _ => "",
            };
            (over == past).then(|| format!("{before}{line}"))
        };
        standing!(self, Condition).filter_map(line).collect()
    }

    pub(crate) fn illnesses(&self) -> Vec<String> {
        let mut lines = self.conditions(false);
        lines.extend(self.conditions(true));
        for disability in standing!(self, Disability) {
            let disability: &Disability = disability;
            if let Said::Is(code) = disability.code
                && code != DisabilityCode::NoDisability
            {
                lines.push(format!("{}{}", code.label(), told(disability.as_at.is(), None)));
            }
        }
        lines
    }

    /// Height, weight and head, those that were measured.
    pub(crate) fn measured(&self) -> Vec<Measured> {
        let kinds = [
            (MeasurementKind::Height, "My height"),
            (MeasurementKind::Weight, "My weight"),
            (MeasurementKind::HeadCircumference, "Around my head"),
        ];
        let mut found = Vec::new();
        for (kind, name) in kinds {
            let mut all: Vec<(Date, &str, &str)> = standing!(self, Measurement)
                .filter(|measured: &&Measurement| measured.kind == Said::Is(kind))
                .filter_map(|measured| {
                    let number = measured.value.as_ref().is()?.as_str();
                    Some((measured.effective.is()?, number, text(&measured.unit).unwrap_or_default()))
                })
                .collect();
            all.sort_by_key(|(day, ..)| *day);
            let Some((_, _, unit)) = all.last().copied() else { continue };
            // One unit a drawing, that of the latest; the table has them all.
            let drawn = all.iter().filter(|(_, _, other)| *other == unit);
            found.push(Measured {
                name,
                unit: unit.to_owned(),
                points: drawn.filter_map(|(day, number, _)| Some((*day, number.parse().ok()?))).collect(),
                rows: all
                    .iter()
                    .map(|(day, number, unit)| (day_in_words(*day), format!("{number} {unit}").trim_end().to_owned()))
                    .collect(),
            });
        }
        found
    }

    fn checks_of(&self, kinds: &[HealthCheckType]) -> Vec<&HealthCheck> {
        let mut checks: Vec<&HealthCheck> = standing!(self, HealthCheck)
            .filter(|check: &&HealthCheck| check.r#type.is().is_some_and(|kind| kinds.contains(&kind)))
            .collect();
        checks.sort_by_key(|check| check.date.is());
        checks
    }

    /// What was done, and what was not, of checks of a kind.
    fn done(&self, kinds: &[HealthCheckType]) -> Vec<String> {
        let line = |check: &&HealthCheck| {
            let kind = check.r#type.is()?.label();
            let end = told(check.date.is(), by(check).as_deref());
            let outcome = check.more.as_deref().and_then(|more| text(&more.outcome));
            let outcome = outcome.map(|words| format!(": {words}")).unwrap_or_default();
            match check.status {
                Said::Is(HealthCheckStatus::Completed) => Some(format!("{kind}{outcome}{end}")),
                Said::Is(HealthCheckStatus::Refused) => Some(format!("{kind}: you did not want it{end}")),
                Said::Is(HealthCheckStatus::Cancelled) => Some(format!("{kind}: it was cancelled{end}")),
                _ => None,
            }
        };
        self.checks_of(kinds).iter().filter_map(line).collect()
    }

    pub(crate) fn teeth_and_eyes(&self) -> Vec<String> {
        let mut lines = self.done(&[HealthCheckType::DentalCheck, HealthCheckType::OpticianCheck]);
        lines.extend(self.of_year(
            |health| health.teeth_check,
            "A dentist checked your teeth in this year",
            "No dentist checked your teeth in this year: you can ask for an appointment",
        ));
        lines
    }

    pub(crate) fn checks(&self) -> Vec<String> {
        let mut lines = self.done(&[
            HealthCheckType::InitialHealthAssessment,
            HealthCheckType::ReviewHealthAssessment,
            HealthCheckType::DevelopmentalCheck,
        ]);
        lines.extend(self.of_year(
            |health| health.health_assessment,
            "You had your yearly health assessment",
            "You did not have your yearly health assessment: ask your nurse for one",
        ));
        for score in standing!(self, SdqScore) {
            let score: &SdqScore = score;
            let Said::Is(number) = score.score else { continue };
            let who = match score.rater {
                Said::Is(SdqRater::Oneself) => "that you filled in",
                Said::Is(SdqRater::Teacher) => "that a teacher filled in",
                _ => "that your carer filled in",
            };
            let year = score.year.is().map(|year| format!(" in the year to {}", day_in_words(year.ends())));
            lines.push(format!(
                "Strengths and Difficulties Questionnaire {who}{}: {} of 40; ask your nurse what it means{}",
                year.unwrap_or_default(),
                number.get(),
                told(score.completed_date.is(), None)
            ));
        }
        lines
    }

    pub(crate) fn appointments(&self) -> Vec<String> {
        let today = self.today();
        let all: Vec<HealthCheckType> = HealthCheckType::all().collect();
        let mut lines = Vec::new();
        for check in self.checks_of(&all) {
            if check.status != Said::Is(HealthCheckStatus::Planned) {
                continue;
            }
            let Some(kind) = check.r#type.is().map(HealthCheckType::label) else { continue };
            let with = by(check).map(|by| format!(" with {by}")).unwrap_or_default();
            let due = check.due_date.is().map(day_in_words);
            let due = match (due, today) {
                (Some(due), Some(today)) if check.due_date.is().is_some_and(|day| day < today) => {
                    format!("; it was to be done by {due}, ask your nurse about it")
                }
                (Some(due), _) => format!("; it is to be done by {due}"),
                (None, _) => String::new(),
            };
            lines.push(match (check.date.is(), today) {
                (Some(day), Some(today)) if day < today => format!(
                    "{kind}{with} was planned for {}; nobody has told us whether it happened{due}",
                    day_in_words(day)
                ),
                (Some(day), _) => format!("{kind}{with} on {}{due}", day_in_words(day)),
                (None, _) => format!("{kind}{with}: no day is set yet{due}"),
            });
        }
        lines
    }
}

/// Who checks.
fn by(check: &HealthCheck) -> Option<String> {
    let more = check.more.as_deref()?;
    let place = more.performer_org.as_ref().is().and_then(|place| text(&place.name));
    let who: Vec<&str> = [text(&more.performer), place].into_iter().flatten().collect();
    (!who.is_empty()).then(|| who.join(", "))
}

fn allergy_in_words(allergy: &Allergy) -> String {
    let to = called(&allergy.substance).unwrap_or("There is one, and we do not know to what: ask your GP");
    let risk = match allergy.criticality {
        Said::Is(AllergyCriticality::High) => " – DANGEROUS",
        _ => "",
    };
    let unsure = match allergy.verification {
        Said::Is(AllergyVerification::Unconfirmed) => ", not certain yet",
        _ => "",
    };
    let seen: Vec<String> = allergy.reactions.as_ref().is().into_iter().flatten().filter_map(reaction).collect();
    let seen = if seen.is_empty() { String::new() } else { format!(". What happens: {}", seen.join("; ")) };
    let since = allergy.onset.is().map(|day| format!(", since {}", day_in_words(day))).unwrap_or_default();
    format!("{to}{risk}{unsure}{since}{seen}{}", told(allergy.recorded_date.is(), None))
}

fn reaction(reaction: &AllergicReaction) -> Option<String> {
    let seen: Vec<&str> = reaction.manifestations.as_ref().is().into_iter().flatten().filter_map(words).collect();
    let severity = reaction.severity.is().map(|severity| match severity {
        ClinicalSeverity::Mild => "mild",
        ClinicalSeverity::Moderate => "moderate",
        ClinicalSeverity::Severe => "severe",
    });
    match (seen.is_empty(), severity) {
        (true, None) => None,
        (true, Some(severity)) => Some(format!("{severity} reaction")),
        (false, None) => Some(seen.join(", ")),
        (false, Some(severity)) => Some(format!("{} ({severity})", seen.join(", "))),
    }
}
