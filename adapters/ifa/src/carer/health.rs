//! Health on a carer's page: allergies before all else, then the checks, what else is let out, and whom to ask.
//!
//! An allergy that nobody called over is there; that none is known is said in the words of whoever found it out, and
//! only where nothing speaks against it. What nobody said reads "not known to us", never as if there were none.

use kit::html::day_in_words;
use schemas::{
    code::{
        AllergyCriticality, AllergyVerification, Code, ConditionVerification, Disability as DisabilityCode,
        HealthCheckStatus, HealthCheckType, ImmunisationStatus, MeasurementKind, MedicationStatus,
    },
    date::{Date, DateTime},
    record::{
        AllergicReaction, Allergy, AnnualHealth, Coding, Condition, Disability, HealthCheck, Immunisation, Measurement,
        Medication, Statement,
    },
    said::{Reduction, Said},
};

use super::{Child, Fact, NOT_KNOWN, fact, joined, standing, text};

/// The code that says of all allergies that none is known; the others say it of some.
const NO_KNOWN_ALLERGY: &str = "716186003";

/// What is said of health, allergies first.
pub(super) fn facts(child: &Child<'_>) -> Vec<Fact> {
    let today = child.options.as_at_day();
    let mut facts = allergies(child, today);
    let latest = standing!(child, AnnualHealth).max_by_key(|health: &&AnnualHealth| health.year.is());
    let told = |done: fn(&AnnualHealth) -> Said<bool>| latest.and_then(|health| done_in_year(&done(health), health));
    let checks = |kinds: &[HealthCheckType], told: Option<String>| checked(child, kinds, told, today);
    use HealthCheckType::{
        DentalCheck, DevelopmentalCheck, InitialHealthAssessment, OpticianCheck, ReviewHealthAssessment,
    };
    let assessments = [InitialHealthAssessment, ReviewHealthAssessment];
    facts.push(fact("Health assessment", checks(&assessments, told(|health| health.health_assessment))));
    facts.push(fact("Dentist", checks(&[DentalCheck], told(|health| health.teeth_check))));
    facts.push(fact("Optician", checks(&[OpticianCheck], None)));
    facts.push(fact("Immunisations", immunisations(child, told(|health| health.immunisations))));
    // Only of children under five is it asked.
    if let Some(said) = checks(&[DevelopmentalCheck], told(|health| health.health_check)) {
        facts.push(("Developmental checks".to_owned(), said));
    }
    facts.push(fact("Disability", disability(child)));
    facts.extend(growth(child));
    facts.extend(conditions(child));
    facts.extend(medicines(child));
    let doctor = child.person().and_then(|person| person.gp.as_ref().is()).and_then(|doctor| text(&doctor.name));
    facts.push(fact("Doctor", doctor.map(str::to_owned)));
    facts
}

/// Whom to ask about what the page cannot say, or not all of.
pub(super) fn whom_to_ask(child: &Child<'_>) -> &'static str {
    match standing!(child, Allergy).next() {
        Some(_) => "Ask the child's nurse about health conditions and medicines.",
        None => "Ask the child's nurse about allergies, health conditions and medicines.",
    }
}

/// What something coded is called, in words where there are any.
fn words(coding: &Coding) -> Option<String> {
    let said = text(&coding.text).or_else(|| text(&coding.display)).map(str::to_owned);
    said.or_else(|| text(&coding.code).map(|code| format!("code {code}")))
}

fn coded(said: &Said<Box<Coding>>) -> Option<String> {
    said.as_ref().is().and_then(|coding| words(coding))
}

/// One line an allergy: those that are there, then those that are over, then that none is known.
fn allergies(child: &Child<'_>, today: Option<Date>) -> Vec<Fact> {
    let counts = |allergy: &&Allergy| allergy.verification != Said::Is(AllergyVerification::Refuted);
    let (negations, known): (Vec<&Allergy>, Vec<&Allergy>) =
        standing!(child, Allergy).filter(counts).partition(|allergy| allergy.is_negation());
    let (over, mut there): (Vec<&Allergy>, Vec<&Allergy>) =
        known.into_iter().partition(|allergy| allergy.is_over(today));
    // The most dangerous stands first.
    there.sort_by_key(|allergy| match allergy.criticality {
        Said::Is(AllergyCriticality::High) => 0,
        Said::Is(AllergyCriticality::Low) => 2,
        _ => 1,
    });
    let mut lines: Vec<Fact> =
        there.iter().map(|allergy| ("Allergies".to_owned(), allergy_in_words(allergy))).collect();
    let standing_negations: Vec<&&Allergy> = negations.iter().filter(|allergy| !allergy.is_over(today)).collect();
    match (lines.is_empty(), standing_negations.is_empty()) {
        (true, true) => lines.push(("Allergies".to_owned(), NOT_KNOWN.to_owned())),
        (true, false) => {
            let of_all = standing_negations.iter().any(|allergy| is_of_all(allergy));
            let said: Vec<String> = standing_negations.into_iter().map(|allergy| negation_in_words(allergy)).collect();
            let rest = if of_all { String::new() } else { format!("; whether there are others is {NOT_KNOWN}") };
            lines.push(("Allergies".to_owned(), said.join("; ") + &rest));
        }
        // What speaks against a known allergy is not shown: to believe it may cost a life.
        (false, _) => {}
    }
    lines.extend(over.into_iter().map(|allergy| {
        let since = allergy.ended.is().map(|day| format!(" (until {})", day_in_words(day))).unwrap_or_default();
        ("Allergies in the past".to_owned(), coded(&allergy.substance).unwrap_or_else(|| NOT_KNOWN.to_owned()) + &since)
    }));
    lines
}

fn is_of_all(negation: &Allergy) -> bool {
    let code = negation.substance.as_ref().is().and_then(|substance| text(&substance.code));
    code == Some(NO_KNOWN_ALLERGY)
}

fn allergy_in_words(allergy: &Allergy) -> String {
    let to = match (&allergy.substance, coded(&allergy.substance)) {
        (_, Some(words)) => words,
        (Said::Reduced(Reduction::Flag(_)), _) => "yes: ask the child's nurse to what".to_owned(),
        _ => "there is one, to what is not known to us: ask the child's nurse".to_owned(),
    };
    let risk = allergy.criticality.is().map(|risk| match risk {
        AllergyCriticality::High => "HIGH RISK",
        AllergyCriticality::Low | AllergyCriticality::UnableToAssess => risk.label(),
    });
    let unsure = (allergy.verification == Said::Is(AllergyVerification::Unconfirmed)).then_some("not yet confirmed");
    let seen: Vec<String> =
        allergy.reactions.as_ref().is().into_iter().flatten().filter_map(reaction_in_words).collect();
    let seen = (!seen.is_empty()).then(|| format!("reaction: {}", seen.join("; ")));
    joined([Some(to.as_str()), risk, unsure, seen.as_deref()])
}

fn reaction_in_words(reaction: &AllergicReaction) -> Option<String> {
    let seen: Vec<String> = reaction.manifestations.as_ref().is().into_iter().flatten().filter_map(words).collect();
    let severity = reaction.severity.is().map(|severity| severity.label().to_lowercase());
    match (seen.is_empty(), severity) {
        (true, None) => None,
        (true, Some(severity)) => Some(severity),
        (false, None) => Some(seen.join(", ")),
        (false, Some(severity)) => Some(format!("{} ({severity})", seen.join(", "))),
    }
}

fn negation_in_words(negation: &Allergy) -> String {
    let said = coded(&negation.substance).unwrap_or_else(|| NOT_KNOWN.to_owned());
    match negation.recorded_date {
        Said::Is(day) => format!("{said} (recorded on {})", day_in_words(day)),
        _ => said,
    }
}

/// Whether a check was done in the year that is told; one that was not is due.
fn done_in_year(done: &Said<bool>, health: &AnnualHealth) -> Option<String> {
    let year = day_in_words(health.year.is()?.ends());
    match done {
        Said::Is(true) => Some(format!("up to date in the year to {year}")),
        Said::Is(false) => Some(format!("DUE: not done in the year to {year}")),
        _ => None,
    }
}

/// What is known of checks of a kind: the last that was done, what is booked and due; of the return only what no day
/// tells better.
fn checked(child: &Child<'_>, kinds: &[HealthCheckType], told: Option<String>, today: Option<Date>) -> Option<String> {
    let checks: Vec<&HealthCheck> = standing!(child, HealthCheck)
        .filter(|check| check.r#type.is().is_some_and(|kind| kinds.contains(&kind)))
        .collect();
    let with = |status: HealthCheckStatus| checks.iter().filter(move |check| check.status == Said::Is(status)).copied();
    let last = with(HealthCheckStatus::Completed).max_by_key(|check| check.date.is());
    let last_day = last.and_then(|check| check.date.is());
    let mut said: Vec<String> = match last_day {
        Some(day) => vec![format!("last on {}{}", day_in_words(day), by_whom(last))],
        None => told.into_iter().collect(),
    };
    // What came before the last check that was done is over.
    let is_after_last = |check: &&HealthCheck| check.date.is() > last_day;
    if let Some(refused) = with(HealthCheckStatus::Refused).filter(is_after_last).max_by_key(|check| check.date.is()) {
        said.extend(refused.date.is().map(|day| format!("refused on {}", day_in_words(day))));
    }
    if let Some(next) = with(HealthCheckStatus::Planned).filter(is_after_last).min_by_key(|check| check.date.is()) {
        said.extend(next.date.is().map(|day| {
            let words = day_in_words(day);
            match today {
                Some(today) if day < today => format!("was planned for {words}, whether it was done is {NOT_KNOWN}"),
                _ => format!("planned for {words}{}", by_whom(Some(next))),
            }
        }));
        said.extend(next.due_date.is().map(|day| {
            let words = day_in_words(day);
            match today {
                Some(today) if day < today => format!("DUE: it was to be done by {words}"),
                _ => format!("due by {words}"),
            }
        }));
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn by_whom(check: Option<&HealthCheck>) -> String {
    let Some(more) = check.and_then(|check| check.more.as_deref()) else { return String::new() };
    let place = more.performer_org.as_ref().is().and_then(|place| text(&place.name));
    let who = joined([text(&more.performer), place]);
    if who.is_empty() { who } else { format!(" with {who}") }
}

/// What the return says, the last that were given, and what was not given.
fn immunisations(child: &Child<'_>, told: Option<String>) -> Option<String> {
    let called = |given: &Immunisation| {
        let diseases = || {
            let targets = given.targets.as_ref().is().into_iter().flatten().filter_map(words);
            Some(targets.collect::<Vec<_>>().join(", ")).filter(|diseases| !diseases.is_empty())
        };
        coded(&given.vaccine).or_else(diseases)
    };
    let day = |given: &Immunisation| given.date.is().and_then(DateTime::date);
    let with = |status: ImmunisationStatus| {
        standing!(child, Immunisation).filter(move |given: &&Immunisation| given.status == Said::Is(status))
    };
    let last_day = with(ImmunisationStatus::Completed).filter_map(day).max();
    let last: Vec<String> = with(ImmunisationStatus::Completed)
        .filter(|given| last_day.is_some() && day(given) == last_day)
        .filter_map(called)
        .collect();
    let last = last_day.map(|day| match last.is_empty() {
        true => format!("last on {}", day_in_words(day)),
        false => format!("last on {}: {}", day_in_words(day), last.join(", ")),
    });
    let missed: Vec<String> = with(ImmunisationStatus::NotDone).filter_map(called).collect();
    let missed = (!missed.is_empty()).then(|| format!("not given: {}", missed.join(", ")));
    let said: Vec<String> = told.into_iter().chain(last).chain(missed).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn disability(child: &Child<'_>) -> Option<String> {
    let codes: Vec<DisabilityCode> =
        standing!(child, Disability).filter_map(|disability: &Disability| disability.code.is()).collect();
    let named: Vec<&str> =
        codes.iter().filter(|code| **code != DisabilityCode::NoDisability).map(|code| code.label()).collect();
    match (named.is_empty(), codes.is_empty()) {
        (false, _) => Some(named.join(", ")),
        (true, false) => Some("none recorded".to_owned()),
        (true, true) => None,
    }
}

/// The latest height and weight, where they are said.
fn growth(child: &Child<'_>) -> impl Iterator<Item = Fact> {
    [MeasurementKind::Height, MeasurementKind::Weight].into_iter().filter_map(|kind| {
        let latest = standing!(child, Measurement)
            .filter(|measured: &&Measurement| measured.kind == Said::Is(kind) && measured.value.has_value())
            .max_by_key(|measured| measured.effective.is())?;
        let value = latest.value.is()?;
        let day = latest.effective.is().map(|day| format!(" on {}", day_in_words(day))).unwrap_or_default();
        let unit = text(&latest.unit).map(|unit| format!(" {unit}")).unwrap_or_default();
        Some((kind.label().to_owned(), format!("{}{unit}{day}", value.as_str())))
    })
}

/// The conditions that the view lets out: those that may be there still, then those that are over.
fn conditions(child: &Child<'_>) -> Vec<Fact> {
    let counts = |condition: &&Condition| condition.verification != Said::Is(ConditionVerification::Refuted);
    let (over, there): (Vec<&Condition>, Vec<&Condition>) =
        standing!(child, Condition).filter(counts).partition(|condition| condition.is_over());
    let named = |name: &'static str, of: Vec<&Condition>| {
        let words: Vec<String> = of.into_iter().filter_map(|condition| coded(&condition.code)).collect();
        words.into_iter().map(move |words| (name.to_owned(), words))
    };
    named("Health conditions", there).chain(named("Health conditions in the past", over)).collect()
}

/// The medicines that the view lets out and that are being taken.
fn medicines(child: &Child<'_>) -> Vec<Fact> {
    let today = child.options.as_at_day();
    let taken = standing!(child, Medication).filter(|medicine: &&Medication| {
        let over = matches!(medicine.status, Said::Is(MedicationStatus::Completed | MedicationStatus::Stopped));
        let ended = matches!((medicine.end, today), (Said::Is(end), Some(today)) if end < today);
        !over && !ended
    });
    let line = |medicine: &Medication| {
        let called = coded(&medicine.code)?;
        let said = match text(&medicine.dosage_text) {
            Some(dosage) => format!("{called}: {dosage}"),
            None => format!("{called}; ask the child's nurse how much and when"),
        };
        Some(("Medicines".to_owned(), said))
    };
    taken.filter_map(line).collect()
}
