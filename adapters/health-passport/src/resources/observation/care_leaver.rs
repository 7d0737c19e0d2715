//! A care leaver's situation in a year.

use schemas::{
    code::{Class, Code},
    record::CareLeaver,
    reflect::Open,
    said::Said,
};

use super::{Effective, Frame, component};
use crate::{
    coding::{ACCOMMODATION, ACTIVITY, Absence, Codings, ELIGIBILITY, IN_TOUCH},
    writer::{Array, Members, Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, leaver: &CareLeaver, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"care-leaver","display":"Care leaver status"}]}"#
        ),
        Effective::On(frame.child.conventions.as_at),
    );
    object.array(key!(component), |components| write_components(leaver, components));
}

fn write_components(leaver: &CareLeaver, components: &mut Array<'_>) {
    let in_touch = members!(
        r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"care-leaver-in-touch","display":"Local authority in touch"}]}"#
    );
    coded(components, in_touch, &IN_TOUCH, leaver.in_touch);
    let contact = members!(
        r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"care-leaver-contact","display":"Latest contact"}]}"#
    );
    component(components, contact, &leaver.contact_date, |day, component| component.date(key!(valueDateTime), *day));
    let activity = members!(
        r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"care-leaver-activity","display":"Main activity"}]}"#
    );
    coded(components, activity, &ACTIVITY, leaver.activity);
    let accommodation = members!(
        r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"care-leaver-accommodation","display":"Accommodation"}]}"#
    );
    coded(components, accommodation, &ACCOMMODATION, leaver.accommodation);
    let suitable = members!(
        r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"care-leaver-suitable","display":"Accommodation suitable"}]}"#
    );
    component(components, suitable, &leaver.suitable, |flag, component| component.flag(key!(valueBoolean), *flag));
    let eligibility = members!(
        r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"care-leaver-eligibility","display":"Eligibility for leaving care support"}]}"#
    );
    component(components, eligibility, &leaver.eligibility, |eligibility, component| match eligibility {
        Open::Listed(code) => component.value(key!(valueCodeableConcept), ELIGIBILITY.concept(*code)),
        Open::Other(word) => component.object(key!(valueCodeableConcept), |concept| concept.text(key!(text), word)),
    });
}

/// A coded component. The return's `0` is no value but a reason for none: it keeps its code beside the national reason.
fn coded<C: Code>(components: &mut Array<'_>, code: Members, list: &Codings<C>, said: Said<C>) {
    component(components, code, &said, |value, component| {
        if value.class() != Class::NotApplicable {
            return component.value(key!(valueCodeableConcept), list.concept(*value));
        }
        component.object(key!(dataAbsentReason), |reason| {
            reason.array(key!(coding), |codings| {
                codings.value(list.coding(*value));
                codings.value(Absence::NotApplicable.coding());
            });
        });
    });
}
