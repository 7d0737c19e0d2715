//! MedicationStatement: a medicine that the child takes or took.

use schemas::{code::MedicationStatus, record::Medication, said::Said};

use super::{identify, write_period};
use crate::{
    child::Child,
    concept::{self, text},
    writer::{IdText, Object, key, members},
};

/// Writes a medicine; which is said, or it would not have come here.
pub(super) fn write(child: &Child<'_>, medicine: &Medication, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    if let Said::Is(issued) = medicine.last_issued {
        object.array(key!(extension), |extensions| {
            extensions.object(|extension| {
                extension.members(members!(
                    r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationStatementLastIssueDate""#
                ));
                extension.date(key!(valueDateTime), issued);
            });
        });
    }
    identify(object, id);
    object.members(match (retracted, medicine.status) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, Said::Is(MedicationStatus::Active)) => members!(r#""status":"active""#),
        (_, Said::Is(MedicationStatus::Completed)) => members!(r#""status":"completed""#),
        (_, Said::Is(MedicationStatus::Stopped)) => members!(r#""status":"stopped""#),
        _ => members!(r#""status":"unknown""#),
    });
    if let Said::Is(code) = &medicine.code {
        concept::write(object, key!(medicationCodeableConcept), code);
    }
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(effectivePeriod), medicine.start.is(), medicine.end.is());
    if let Some(dosage) = text(&medicine.dosage_text) {
        object.array(key!(dosage), |dosages| dosages.object(|object| object.text(key!(text), dosage)));
    }
}
