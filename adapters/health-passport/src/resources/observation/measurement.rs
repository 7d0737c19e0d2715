//! Something of the child that was measured: growth by UK Core's profiles of vital signs, birth by our own codes.

use schemas::{code::MeasurementKind, record::Measurement, said::Said};

use super::{Effective, Frame};
use crate::{
    concept::text,
    writer::{Members, Object, Value, key, members, value},
};

/// Whether what FHIR needs is said: what, how much and, of growth, when.
pub(crate) fn says_enough(measurement: &Measurement) -> bool {
    let is_growth = measurement.kind.is().is_some_and(|kind| profile(kind).is_some());
    measurement.kind.has_value() && measurement.value.has_value() && (!is_growth || measurement.effective.has_value())
}

/// Whether the unit is the one of its profile; at birth one that is known.
pub(crate) fn has_its_unit(measurement: &Measurement) -> bool {
    measurement.kind.is().is_some_and(|kind| unit(kind, text(&measurement.unit).unwrap_or_default()).is_some())
}

/// The profile of a kind of growth; it fixes the status `final`, so that what was taken back cannot claim it.
pub(crate) fn profile(kind: MeasurementKind) -> Option<Value<'static>> {
    Some(match kind {
        MeasurementKind::Height => {
            value!(r#""https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns-BodyHeight""#)
        }
        MeasurementKind::Weight => {
            value!(r#""https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns-BodyWeight""#)
        }
        MeasurementKind::HeadCircumference => {
            value!(r#""https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns-HeadCircumference""#)
        }
        MeasurementKind::BodyMassIndex => {
            value!(r#""https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns-BMI""#)
        }
        MeasurementKind::BirthWeight | MeasurementKind::Gestation => return None,
    })
}

/// Writes a measurement; it says enough and has its unit, or it would not have come here.
pub(super) fn write(frame: &Frame<'_>, measurement: &Measurement, object: &mut Object<'_>) {
    let Said::Is(kind) = measurement.kind else { return };
    frame.write(object, observed(kind), Effective::On(measurement.effective.is()));
    object.object(key!(valueQuantity), |quantity| {
        if let Said::Is(value) = &measurement.value {
            quantity.decimal(key!(value), value);
        }
        if let Some(unit) = unit(kind, text(&measurement.unit).unwrap_or_default()) {
            quantity.members(unit);
        }
    });
}

/// Source: UK Core, VitalSigns-BodyHeight, -BodyWeight, -HeadCircumference and -BMI.
fn observed(kind: MeasurementKind) -> Members {
    macro_rules! growth {
        ($loinc:literal, $loinc_display:literal, $snomed:literal, $snomed_display:literal) => {
            members!(
                r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":""#,
                $loinc, r#"","display":""#, $loinc_display, r#""},{"system":"http://snomed.info/sct","code":""#,
                $snomed, r#"","display":""#, $snomed_display, r#""}]}"#
            )
        };
    }
    match kind {
        MeasurementKind::Height => growth!("8302-2", "Body height", "50373000", "Body height"),
        MeasurementKind::Weight => growth!("29463-7", "Body weight", "27113001", "Body weight"),
        MeasurementKind::HeadCircumference => {
            growth!("9843-4", "Head Occipital-frontal circumference", "363812007", "Head circumference")
        }
        MeasurementKind::BodyMassIndex => {
            growth!("39156-5", "Body mass index (BMI) [Ratio]", "60621009", "Body mass index")
        }
        MeasurementKind::BirthWeight => members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"birth-weight","display":"Birth weight"}]}"#
        ),
        MeasurementKind::Gestation => members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"gestation","display":"Gestation at birth"}]}"#
        ),
    }
}

/// The unit as it is written, where it is one that this may be measured in.
fn unit(kind: MeasurementKind, unit: &str) -> Option<Members> {
    Some(match (kind, unit.trim()) {
        (MeasurementKind::Height | MeasurementKind::HeadCircumference, "cm" | "centimeter" | "centimetre") => {
            members!(r#""unit":"centimeter","system":"http://unitsofmeasure.org","code":"cm""#)
        }
        (MeasurementKind::Weight | MeasurementKind::BirthWeight, "kg" | "kilogram") => {
            members!(r#""unit":"kilogram","system":"http://unitsofmeasure.org","code":"kg""#)
        }
        (MeasurementKind::BodyMassIndex, "kg/m2" | "kg/m²") => {
            members!(r#""unit":"kg/m2","system":"http://unitsofmeasure.org","code":"kg/m2""#)
        }
        (MeasurementKind::BirthWeight, "g" | "gram") => {
            members!(r#""unit":"gram","system":"http://unitsofmeasure.org","code":"g""#)
        }
        (MeasurementKind::Gestation, "wk" | "week" | "weeks") => {
            members!(r#""unit":"week","system":"http://unitsofmeasure.org","code":"wk""#)
        }
        (MeasurementKind::Gestation, "d" | "day" | "days") => {
            members!(r#""unit":"day","system":"http://unitsofmeasure.org","code":"d""#)
        }
        _ => return None,
    })
}
