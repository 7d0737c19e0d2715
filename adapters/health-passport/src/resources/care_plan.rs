//! CarePlan: that the child is looked after, and since when.

use super::{identify, refer_to_authority, write_period};
use crate::{
    child::Child,
    resource_type::ResourceType,
    writer::{IdText, Object, key, members},
};

/// Writes the plan of a period.
pub(super) fn write(child: &Child<'_>, period: usize, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    let span = &child.periods[period];
    identify(object, id);
    object.members(match (retracted, span.end) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, None) => members!(r#""status":"active""#),
        (_, Some(_)) => members!(r#""status":"completed""#),
    });
    object.members(members!(
        r#""intent":"plan","category":[{"coding":[{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}],"title":"Looked after child""#
    ));
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), Some(span.start), span.end);
    refer_to_authority(object, key!(author), child.authority);
    object.array(key!(careTeam), |teams| {
        let path = child.conventions.update.path(ResourceType::CareTeam);
        teams.object(|team| team.id(key!(reference), path, &span.care_team.into()));
    });
}
