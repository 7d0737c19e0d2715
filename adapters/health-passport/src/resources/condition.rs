//! Condition: a health condition.

use schemas::{
    code::{ClinicalSeverity, ConditionStatus, ConditionVerification},
    record::Condition,
    said::Said,
};

use super::identify;
use crate::{
    child::Child,
    concept,
    writer::{IdText, Members, Object, key, members},
};

/// Whether it is said to have ended and to go on: FHIR forbids both together (R4, con-4).
pub(crate) fn is_abated_and_active(condition: &Condition) -> bool {
    condition.abatement.has_value()
        && matches!(
            condition.clinical_status,
            Said::Is(ConditionStatus::Active | ConditionStatus::Recurrence | ConditionStatus::Relapse)
        )
}

/// Writes a condition; which is said, or it would not have come here.
pub(super) fn write(child: &Child<'_>, condition: &Condition, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    identify(object, id);
    // What was entered in error has no clinical status (R4, con-5).
    if let Some(status) = clinical_status(condition).filter(|_| !retracted) {
        object.members(status);
    }
    if let Some(verification) = verification_status(condition.verification, retracted) {
        object.members(verification);
    }
    object.members(members!(
        r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"problem-list-item","display":"Problem List Item"}]}]"#
    ));
    if let Said::Is(severity) = condition.severity {
        object.members(match severity {
            ClinicalSeverity::Mild => members!(
                r#""severity":{"coding":[{"system":"http://snomed.info/sct","code":"255604002","display":"Mild"}]}"#
            ),
            ClinicalSeverity::Moderate => members!(
                r#""severity":{"coding":[{"system":"http://snomed.info/sct","code":"6736007","display":"Moderate"}]}"#
            ),
            ClinicalSeverity::Severe => members!(
                r#""severity":{"coding":[{"system":"http://snomed.info/sct","code":"24484000","display":"Severe"}]}"#
            ),
        });
    }
    if let Said::Is(code) = &condition.code {
        concept::write(object, key!(code), code);
    }
    object.value(key!(subject), child.patient_reference.value());
    if let Said::Is(onset) = condition.onset {
        object.date(key!(onsetDateTime), onset);
    }
    if let Said::Is(abatement) = condition.abatement
        && !is_abated_and_active(condition)
    {
        object.date(key!(abatementDateTime), abatement);
    }
    if let Said::Is(recorded) = condition.recorded_date {
        object.date(key!(recordedDate), recorded);
    }
}

/// One of which only the end is said is over.
fn clinical_status(condition: &Condition) -> Option<Members> {
    macro_rules! status {
        ($code:literal, $display:literal) => {
            members!(
                r#""clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":""#,
                $code, r#"","display":""#, $display, r#""}]}"#
            )
        };
    }
    Some(match condition.clinical_status {
        Said::Is(ConditionStatus::Active) => status!("active", "Active"),
        Said::Is(ConditionStatus::Recurrence) => status!("recurrence", "Recurrence"),
        Said::Is(ConditionStatus::Relapse) => status!("relapse", "Relapse"),
        Said::Is(ConditionStatus::Inactive) => status!("inactive", "Inactive"),
        Said::Is(ConditionStatus::Remission) => status!("remission", "Remission"),
        Said::Is(ConditionStatus::Resolved) => status!("resolved", "Resolved"),
        _ if condition.abatement.has_value() => status!("resolved", "Resolved"),
        _ => return None,
    })
}

fn verification_status(verification: Said<ConditionVerification>, retracted: bool) -> Option<Members> {
    macro_rules! status {
        ($code:literal, $display:literal) => {
            members!(
                r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":""#,
                $code, r#"","display":""#, $display, r#""}]}"#
            )
        };
    }
    Some(match (retracted, verification) {
        (true, _) => status!("entered-in-error", "Entered in Error"),
        (_, Said::Is(ConditionVerification::Unconfirmed)) => status!("unconfirmed", "Unconfirmed"),
        (_, Said::Is(ConditionVerification::Provisional)) => status!("provisional", "Provisional"),
        (_, Said::Is(ConditionVerification::Differential)) => status!("differential", "Differential"),
        (_, Said::Is(ConditionVerification::Confirmed)) => status!("confirmed", "Confirmed"),
        (_, Said::Is(ConditionVerification::Refuted)) => status!("refuted", "Refuted"),
        _ => return None,
    })
}
