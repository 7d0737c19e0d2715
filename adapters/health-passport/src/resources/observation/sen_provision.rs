//! Provision for special educational needs.

use schemas::{record::SenProvision, said::Said};

use super::{Effective, Frame, component};
use crate::{
    coding::{SEN_PROVISION, SEN_TYPE},
    writer::{Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, sen: &SenProvision, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"sen","display":"Special educational needs provision"}]}"#
        ),
        Effective::During(sen.start_date.is(), sen.end_date.is()),
    );
    if let Said::Is(provision) = sen.provision {
        object.value(key!(valueCodeableConcept), SEN_PROVISION.concept(provision));
    }
    // In the order of the list, which is that of their rank: the first is the primary need.
    object.array(key!(component), |components| {
        for need in sen.needs.as_ref().is().into_iter().flatten() {
            let code = members!(
                r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"sen-need","display":"Special educational need"}]}"#
            );
            component(components, code, &need.r#type, |need, component| {
                component.value(key!(valueCodeableConcept), SEN_TYPE.concept(*need));
            });
        }
    });
}
