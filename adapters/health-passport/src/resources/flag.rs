//! Flag: what a reader must not miss. Source: NHS England, Patient Flag.

use schemas::record::LibertyOrder;

use super::{identify, is_over, refer, refer_to_authority, write_period};
use crate::{
    child::Child,
    resource_type::ResourceType,
    writer::{IdText, Members, Object, key, members},
};

/// Writes that the child is looked after in a period.
pub(super) fn write_looked_after(child: &Child<'_>, period: usize, id: &IdText, object: &mut Object<'_>) {
    let span = &child.periods[period];
    object.array(key!(extension), |extensions| {
        extensions.object(|extension| {
            extension.members(members!(r#""url":"http://hl7.org/fhir/StructureDefinition/flag-detail""#));
            refer(extension, key!(valueReference), ResourceType::CarePlan, &span.care_plan.into());
        });
    });
    identify(object, id);
    object.members(status(span.end.is_some()));
    object.members(members!(
        r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"admin","display":"Administrative"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}"#
    ));
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), Some(span.start), span.end);
    refer_to_authority(object, key!(author), child.authority);
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
    object.members(match retracted {
        true => members!(r#""status":"entered-in-error""#),
        false => status(is_over(&order.end_date, child.conventions.as_at)),
    });
    object.members(members!(
        r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"safety","display":"Safety"}]}],"code":{"coding":[{"system":"urn:homeward:cs:flag","code":"liberty-order","display":"Deprivation of liberty order"}]}"#
    ));
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), order.start_date.is(), order.end_date.is());
    refer_to_authority(object, key!(author), child.authority);
}

fn status(over: bool) -> Members {
    match over {
        false => members!(r#""status":"active""#),
        true => members!(r#""status":"inactive""#),
    }
}
