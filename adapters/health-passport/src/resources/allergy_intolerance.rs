//! AllergyIntolerance: an allergy, or that none is known.

use schemas::{
    code::{AllergyCriticality, AllergyStatus, AllergyVerification, ClinicalSeverity},
    record::{AllergicReaction, Allergy},
    said::Said,
};

use super::{identify, is_over};
use crate::{
    child::Child,
    concept::{self, says_something},
    writer::{Array, IdText, Members, Object, Value, key, members, value},
};

/// Writes an allergy; to what is said, or it would not have come here.
pub(super) fn write(child: &Child<'_>, allergy: &Allergy, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    identify(object, id);
    // What was entered in error has no clinical status, and everything else has one (R4, ait-1 and ait-2).
    if !retracted {
        object.object(key!(clinicalStatus), |concept| {
            if let Said::Is(ended) = allergy.ended {
                concept.array(key!(extension), |extensions| {
                    extensions.object(|extension| {
                        extension.members(members!(
                            r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AllergyIntoleranceEnd""#
                        ));
                        extension.array(key!(extension), |parts| {
                            parts.object(|part| {
                                part.members(members!(r#""url":"endDate""#));
                                part.date(key!(valueDateTime), ended);
                            });
                        });
                    });
                });
            }
            let over = is_over(&allergy.ended, child.conventions.as_at);
            concept.array(key!(coding), |codings| codings.value(clinical_status(allergy.status, over)));
        });
    }
    if let Some(verification) = verification_status(allergy.verification, retracted) {
        object.members(verification);
    }
    if let Said::Is(criticality) = allergy.criticality {
        object.members(match criticality {
            AllergyCriticality::Low => members!(r#""criticality":"low""#),
            AllergyCriticality::High => members!(r#""criticality":"high""#),
            AllergyCriticality::UnableToAssess => members!(r#""criticality":"unable-to-assess""#),
        });
    }
    if let Said::Is(substance) = &allergy.substance {
        concept::write(object, key!(code), substance);
    }
    object.value(key!(patient), child.patient_reference.value());
    if let Said::Is(onset) = allergy.onset {
        object.date(key!(onsetDateTime), onset);
    }
    if let Said::Is(recorded) = allergy.recorded_date {
        object.date(key!(recordedDate), recorded);
    }
    object.array(key!(reaction), |reactions| {
        for reaction in allergy.reactions.as_ref().is().into_iter().flatten() {
            write_reaction(reaction, reactions);
        }
    });
}

/// One that nobody has called over is taken to be there: to overlook it may cost a life.
fn clinical_status(status: Said<AllergyStatus>, over: bool) -> Value<'static> {
    match status {
        Said::Is(AllergyStatus::Inactive) => value!(
            r#"{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"inactive","display":"Inactive"}"#
        ),
        Said::Is(AllergyStatus::Active) => ACTIVE,
        Said::Is(AllergyStatus::Resolved) => RESOLVED,
        _ if over => RESOLVED,
        _ => ACTIVE,
    }
}

const ACTIVE: Value<'static> = value!(
    r#"{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active","display":"Active"}"#
);
const RESOLVED: Value<'static> = value!(
    r#"{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"resolved","display":"Resolved"}"#
);

fn verification_status(verification: Said<AllergyVerification>, retracted: bool) -> Option<Members> {
    Some(match (retracted, verification) {
        (true, _) => members!(
            r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"entered-in-error","display":"Entered in Error"}]}"#
        ),
        (_, Said::Is(AllergyVerification::Unconfirmed)) => members!(
            r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"unconfirmed","display":"Unconfirmed"}]}"#
        ),
        (_, Said::Is(AllergyVerification::Confirmed)) => members!(
            r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"confirmed","display":"Confirmed"}]}"#
        ),
        (_, Said::Is(AllergyVerification::Refuted)) => members!(
            r#""verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"refuted","display":"Refuted"}]}"#
        ),
        _ => return None,
    })
}

/// FHIR wants of every reaction what was seen.
fn write_reaction(reaction: &AllergicReaction, reactions: &mut Array<'_>) {
    let seen = reaction.manifestations.as_ref().is().map_or(&[][..], |seen| seen);
    let nothing_seen = !seen.iter().any(says_something);
    if nothing_seen && !reaction.severity.has_value() && !concept::is_said(&reaction.substance) {
        return;
    }
    reactions.object(|object| {
        if let Said::Is(substance) = &reaction.substance {
            concept::write(object, key!(substance), substance);
        }
        object.array(key!(manifestation), |concepts| match nothing_seen {
            true => concepts.value(value!(r#"{"text":"Not recorded"}"#)),
            false => seen.iter().for_each(|seen| concept::list(concepts, seen)),
        });
        if let Said::Is(severity) = reaction.severity {
            object.members(match severity {
                ClinicalSeverity::Mild => members!(r#""severity":"mild""#),
                ClinicalSeverity::Moderate => members!(r#""severity":"moderate""#),
                ClinicalSeverity::Severe => members!(r#""severity":"severe""#),
            });
        }
    });
}
