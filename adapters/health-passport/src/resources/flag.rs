//! Flag: what a reader must not miss. Source: NHS England, Patient Flag.

use schemas::record::LibertyOrder;

use super::{identify, is_over, refer, refer_to_authority, write_period};
use crate::{
    child::Child,
    resource_type::ResourceType,
    writer::{IdText, Members, Object, key, members},
};

/// Writes that the child is looked after in a period.
pub(super) fn write_looked_after(
    child: &Child<'_>,
    period: usize,
    retracted: bool,
    id: &IdText,
    object: &mut Object<'_>,
) {
    let span = &child.periods[period];
    if child.conventions.england_flag {
        write_provenance(child, object);
    }
    object.array(key!(extension), |extensions| {
        extensions.object(|extension| {
            extension.members(members!(r#""url":"http://hl7.org/fhir/StructureDefinition/flag-detail""#));
            refer(extension, key!(valueReference), child, ResourceType::CarePlan, &span.care_plan.into());
        });
    });
    identify(object, id);
    object.members(status(retracted, span.end.is_some()));
    object.members(match child.conventions.england_flag {
        false => members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"admin","display":"Administrative"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}"#
        ),
        true => members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"admin","display":"Administrative"}]}],"code":{"coding":[{"system":"https://fhir.nhs.uk/England/CodeSystem/England-FlagCategoryPatient","code":"child-protection-information-system-flag"},{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}"#
        ),
    });
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), Some(span.start), span.end);
    refer_to_authority(object, key!(author), child.authority);
}

/// Writes who says so and since when, inside the flag: it speaks of the resource that holds it (England-Provenance-Flag
/// 0.1.0). Without a time of recording there is nothing to say.
fn write_provenance(child: &Child<'_>, object: &mut Object<'_>) {
    let Some(recorded_at) = child.conventions.recorded_at else { return };
    object.array(key!(contained), |contained| {
        contained.object(|provenance| {
            provenance.members(members!(r#""resourceType":"Provenance","id":"recorded""#));
            if child.conventions.claims_profile {
                provenance.members(members!(
                    r#""meta":{"profile":["https://fhir.nhs.uk/England/StructureDefinition/England-Provenance-Flag"]}"#
                ));
            }
            provenance.members(members!(r##""target":[{"reference":"#"}]"##));
            provenance.text(key!(recorded), recorded_at);
            provenance.array(key!(agent), |agents| {
                agents.object(|agent| {
                    agent.members(members!(r#""who":{"display":"Homeward gateway"}"#));
                    refer_to_authority(agent, key!(onBehalfOf), child.authority);
                });
            });
        });
    });
}

/// Writes an order that deprives the child of liberty.
pub(super) fn write_liberty(
    child: &Child<'_>,
    order: &LibertyOrder,
    retracted: bool,
    id: &IdText,
    object: &mut Object<'_>,
) {
    identify(object, id);
    object.members(status(retracted, is_over(&order.end_date, child.conventions.as_at)));
    object.members(members!(
        r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"safety","display":"Safety"}]}],"code":{"coding":[{"system":"urn:homeward:cs:flag","code":"liberty-order","display":"Deprivation of liberty order"}]}"#
    ));
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), order.start_date.is(), order.end_date.is());
    refer_to_authority(object, key!(author), child.authority);
}

fn status(retracted: bool, over: bool) -> Members {
    match (retracted, over) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, false) => members!(r#""status":"active""#),
        (_, true) => members!(r#""status":"inactive""#),
    }
}
