//! Observations: what has no resource of its own, known by its code.

use schemas::{
    code::{Class, Code, Derivation, MeasurementKind, SubstanceIntervention},
    date::CollectionYear,
    decimal::Decimal,
    record::{
        AnnualHealth, CareLeaver, Disability, Immigration, Measurement, Missing, Person, Review, SubstanceMisuse, Voice,
    },
    reflect::Open,
    said::Said,
};

use crate::{
    coding::{
        ACCOMMODATION, ACTIVITY, Codings, DISABILITY, ELIGIBILITY, IMMIGRATION, IN_TOUCH, MISSING_TYPE, REVIEW_CODE,
        VOICE_WHOSE,
    },
    fhir::tree::Element,
    read::{
        education,
        elements::{absence, code, code_of, date, extension, flag, is_coded, or_absence, said, text},
        says::Says,
        sdq,
    },
    rules,
};

pub(super) const TOPIC: &str = "urn:homeward:cs:topic";
const OC2: &str = "urn:homeward:cs:oc2";
pub(super) const SNOMED: &str = "http://snomed.info/sct";
const LOINC: &str = "http://loinc.org";

/// Growth by the codes of LOINC that UK Core's profiles have.
const GROWTH: [(&str, MeasurementKind); 4] = [
    ("8302-2", MeasurementKind::Height),
    ("29463-7", MeasurementKind::Weight),
    ("9843-4", MeasurementKind::HeadCircumference),
    ("39156-5", MeasurementKind::BodyMassIndex),
];

/// Reads an Observation.
pub(super) fn read(observation: Element<'_>, says: &mut Says<'_>) {
    let Some(concept) = observation.first("code") else { return };
    let topic = code_of(concept, TOPIC);
    // Of a review its status tells that it is due, or was cancelled (fhir-mapping, section 4.3).
    let is_review = topic.as_deref() == Some("cla-review");
    if !is_review && matches!(observation.text("status").as_deref(), Some("registered" | "preliminary" | "cancelled")) {
        return says.tell(&rules::NOT_FINAL, "status", observation.first("status"));
    }
    if let Some(flag) = code_of(concept, OC2) {
        return read_annual(observation, &flag, says);
    }
    if let Some(rater) = sdq::rater(concept) {
        return sdq::read_observation(observation, rater, says);
    }
    if let Some(topic) = topic {
        return read_topic(observation, &topic, says);
    }
    if let Some((_, kind)) = code_of(concept, LOINC).and_then(|code| GROWTH.iter().find(|(known, _)| *known == code)) {
        return read_measurement(observation, *kind, says);
    }
    match code_of(concept, SNOMED).as_deref() {
        // Illicit drug use, as UK Core's example has it.
        Some("307052004") => read_misuse(observation, says),
        _ => says.tell(&rules::OBSERVATION_OTHER, "code", Some(concept)),
    }
}

fn read_topic(observation: Element<'_>, topic: &str, says: &mut Says<'_>) {
    match topic {
        "mother" => says.say_together(Person {
            is_mother: or_absence(flag(observation.first("value")), observation),
            mother_child_birth_date: date(component(observation, "mother-child-birth-date")),
            ..Person::default()
        }),
        "immigration" => read_immigration(observation, says),
        "cla-review" => read_review(observation, says),
        "missing" => read_missing(observation, says),
        "disability" => {
            let as_at = says_day(observation, says);
            let value = observation.first("value");
            let source_text = text(value.and_then(|value| value.first("text")));
            says.say(Disability { code: code(value, &DISABILITY), as_at, source_text });
        }
        "care-leaver" => read_leaver(observation, says),
        "enrolment" => education::read_enrolment(observation, says),
        "attendance" => education::read_attendance(observation, says),
        "sen" => education::read_sen(observation, says),
        "voice" => {
            let date = says_day(observation, says);
            let whose = code(component(observation, "voice-whose"), &VOICE_WHOSE);
            says.say(Voice { date, whose, words: text(observation.first("value")), ..Voice::default() });
        }
        "substance-misuse" => read_misuse(observation, says),
        "birth-weight" => read_measurement(observation, MeasurementKind::BirthWeight, says),
        "gestation" => read_measurement(observation, MeasurementKind::Gestation, says),
        _ => says.tell(&rules::OBSERVATION_OTHER, "code", observation.first("code")),
    }
}

/// The values of the components of a topic.
pub(super) fn components<'t>(observation: Element<'t>, topic: &str) -> impl Iterator<Item = Element<'t>> {
    let topic = topic.to_owned();
    observation
        .all("component")
        .filter(move |part| is_coded(part.first("code"), TOPIC, &topic))
        .filter_map(|part| part.first("value"))
}

/// The value of the component of a topic.
pub(super) fn component<'t>(observation: Element<'t>, topic: &str) -> Option<Element<'t>> {
    components(observation, topic).next()
}

/// The component of a topic itself.
fn part<'t>(observation: Element<'t>, topic: &str) -> Option<Element<'t>> {
    observation.all("component").find(|part| is_coded(part.first("code"), TOPIC, topic))
}

/// What a component says, or why it says nothing.
pub(super) fn answer<T>(
    observation: Element<'_>,
    topic: &str,
    read: impl Fn(Option<Element<'_>>) -> Said<T>,
) -> Said<T> {
    let Some(part) = part(observation, topic) else { return Said::NotAsked };
    or_absence(read(part.first("value")), part)
}

/// The day that an observation is true for.
pub(super) fn says_day(observation: Element<'_>, says: &mut Says<'_>) -> Said<schemas::date::Date> {
    says.day(observation.first("effective").filter(|it| it.type_name() != "Period"), "effective")
}

/// The collection year that a period is.
pub(super) fn year(observation: Element<'_>) -> Said<CollectionYear> {
    let end = observation.first("effective").and_then(|period| period.first("end"));
    said(date(end).is().and_then(CollectionYear::of))
}

fn read_annual(observation: Element<'_>, name: &str, says: &mut Says<'_>) {
    let told = or_absence(flag(observation.first("value")), observation);
    let mut health = AnnualHealth {
        year: year(observation),
        derivation: match extension(observation, "urn:homeward:ext:derivation").and_then(Element::value).as_deref() {
            Some("stated") => Said::Is(Derivation::Stated),
            Some("derived") => Said::Is(Derivation::Derived),
            _ => Said::NotAsked,
        },
        ..AnnualHealth::default()
    };
    match name {
        "health-check" => health.health_check = told,
        "immunisations" => {
            health.immunisations = told;
            health.immunisations_as_at = date(extension(observation, "urn:homeward:ext:as-at"));
        }
        "teeth-check" => health.teeth_check = told,
        "health-assessment" => health.health_assessment = told,
        "substance-misuse" => health.substance_misuse = told,
        "intervention-received" => health.intervention_received = told,
        "intervention-offered" => health.intervention_offered = told,
        _ => return says.tell(&rules::OBSERVATION_OTHER, "code", observation.first("code")),
    }
    says.say_together(health);
}

fn read_immigration(observation: Element<'_>, says: &mut Says<'_>) {
    let (start_date, end_date) = says.period(observation.first("effective"), "effective");
    let value = observation.first("value");
    says.say(Immigration { status: open(value, &IMMIGRATION), start_date, end_date });
}

/// A code of a list, or another word.
fn open<C: Code>(value: Option<Element<'_>>, list: &Codings<C>) -> Said<Open<C>> {
    match code(value, list) {
        Said::NotAsked => text(value.and_then(|value| value.first("text"))).map(Open::Other),
        coded => coded.map(Open::Listed),
    }
}

fn read_review(observation: Element<'_>, says: &mut Says<'_>) {
    let day = says_day(observation, says);
    let status = observation.text("status").unwrap_or_default();
    let due = status == "registered";
    says.say(Review {
        date: if due { Said::NotAsked } else { day },
        due_date: if due { day } else { Said::NotAsked },
        participation: code(observation.first("value"), &REVIEW_CODE),
        cancelled: if status == "cancelled" { Said::Is(true) } else { Said::NotAsked },
    });
}

fn read_missing(observation: Element<'_>, says: &mut Says<'_>) {
    let (start_date, end_date) = says.period(observation.first("effective"), "effective");
    says.say(Missing {
        r#type: code(observation.first("value"), &MISSING_TYPE),
        start_date,
        end_date,
        return_interview_offered: answer(observation, "missing-interview-offered", flag),
        return_interview_accepted: answer(observation, "missing-interview-accepted", flag),
    });
}

fn read_leaver(observation: Element<'_>, says: &mut Says<'_>) {
    let contact = component(observation, "care-leaver-contact");
    let leaver = CareLeaver {
        in_touch: coded(observation, "care-leaver-in-touch", &IN_TOUCH),
        contact_date: answer(observation, "care-leaver-contact", |_| date(contact)),
        activity: coded(observation, "care-leaver-activity", &ACTIVITY),
        accommodation: coded(observation, "care-leaver-accommodation", &ACCOMMODATION),
        suitable: answer(observation, "care-leaver-suitable", flag),
        eligibility: answer(observation, "care-leaver-eligibility", |value| open(value, &ELIGIBILITY)),
        ..CareLeaver::default()
    };
    says.say(leaver);
}

/// A coded component; the return's `0` stands beside the reason why there is no value.
fn coded<C: Code>(observation: Element<'_>, topic: &str, list: &Codings<C>) -> Said<C> {
    let Some(part) = part(observation, topic) else { return Said::NotAsked };
    match code(part.first("value"), list) {
        Said::NotAsked => match code(part.first("dataAbsentReason"), list) {
            Said::Is(code) if code.class() == Class::NotApplicable => Said::Is(code),
            _ => absence(part),
        },
        told => told,
    }
}

fn read_misuse(observation: Element<'_>, says: &mut Says<'_>) {
    let help = component(observation, "intervention").and_then(|value| code_of(value, TOPIC));
    let misuse = SubstanceMisuse {
        identified: match observation.first("value") {
            Some(value) if value.type_name() == "boolean" => flag(Some(value)),
            Some(_) => Said::Is(true),
            None => match absence(observation) {
                Said::NotAsked => Said::Unknown,
                told => told,
            },
        },
        date: says_day(observation, says),
        substance: answer(observation, "substance", text),
        intervention: match help.as_deref() {
            Some("intervention-none") => Said::Is(SubstanceIntervention::NoIntervention),
            Some("intervention-offered") => Said::Is(SubstanceIntervention::Offered),
            Some("intervention-refused") => Said::Is(SubstanceIntervention::Refused),
            Some("intervention-received") => Said::Is(SubstanceIntervention::Received),
            _ => Said::NotAsked,
        },
    };
    says.say(misuse);
}

fn read_measurement(observation: Element<'_>, kind: MeasurementKind, says: &mut Says<'_>) {
    let Some(quantity) = observation.first("value").filter(|value| value.type_name() == "Quantity") else {
        return says.tell(&rules::MEASUREMENT_EMPTY, "value", observation.first("value"));
    };
    let told = quantity.text("code").or_else(|| quantity.text("unit")).unwrap_or_default();
    let digits = quantity.text("value").unwrap_or_default();
    let Some((digits, unit)) = in_its_unit(kind, &digits, &told) else {
        return says.tell(&rules::UNIT_UNKNOWN, "value", Some(quantity));
    };
    let measurement = Measurement {
        kind: Said::Is(kind),
        value: Decimal::read(digits.as_bytes()).map_or(Said::Unreadable, Said::Is),
        unit: Said::Is(unit.into()),
        effective: says_day(observation, says),
    };
    says.say(measurement);
}

/// A number in the unit of its profile, its digits kept: grams become kilograms and metres centimetres by the point.
fn in_its_unit(kind: MeasurementKind, digits: &str, unit: &str) -> Option<(String, &'static str)> {
    let kept = |unit| Some((digits.to_owned(), unit));
    match (kind, unit) {
        (MeasurementKind::Height | MeasurementKind::HeadCircumference, "cm" | "centimeter" | "centimetre") => {
            kept("cm")
        }
        (MeasurementKind::Height | MeasurementKind::HeadCircumference, "m") => Some((moved(digits, 2), "cm")),
        (MeasurementKind::Weight | MeasurementKind::BirthWeight, "kg" | "kilogram") => kept("kg"),
        (MeasurementKind::Weight, "g" | "gram") => Some((moved(digits, -3), "kg")),
        (MeasurementKind::BirthWeight, "g" | "gram") => kept("g"),
        (MeasurementKind::BodyMassIndex, "kg/m2" | "kg/m²") => kept("kg/m2"),
        (MeasurementKind::Gestation, "wk" | "week" | "weeks") => kept("wk"),
        (MeasurementKind::Gestation, "d" | "day" | "days") => kept("d"),
        _ => None,
    }
}

/// A decimal with its point moved to the right, or to the left where the number is below nought.
fn moved(digits: &str, places: i32) -> String {
    let (sign, plain) = digits.strip_prefix('-').map_or(("", digits), |plain| ("-", plain));
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).unwrap_or(0) + places;
    let (whole, fraction) = if point <= 0 {
        ("0".to_owned(), format!("{}{all}", "0".repeat(point.unsigned_abs() as usize)))
    } else {
        let point = point as usize;
        let padded = format!("{all}{}", "0".repeat(point.saturating_sub(all.len())));
        (padded[..point].to_owned(), padded[point..].to_owned())
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn a_point_moves_and_digits_stay() {
        for (digits, places, expected) in [
            ("1.285", 2, "128.5"),
            ("1.2", 2, "120"),
            ("3450", -3, "3.450"),
            ("50", -3, "0.050"),
            ("0.5", -3, "0.0005"),
            ("-1.50", 2, "-150"),
            ("0", 2, "0"),
            ("12.340", -3, "0.012340"),
        ] {
            assert_eq!(moved(digits, places), expected, "{digits} by {places}");
        }
    }
}
