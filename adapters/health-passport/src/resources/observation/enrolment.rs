//! A place at a school or other setting.
//!
//! The school stands in the reference itself, by number and name: a resource for it would be made again by each child,
//! and nothing else would be known of it.

use schemas::{code::Code, record::Enrolment, said::Said};

use super::{Effective, Frame, component};
use crate::{
    coding::{NC_YEAR, SETTING_TYPE},
    writer::{Members, Object, key, members},
};

const OBSERVED: Members = members!(
    r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"enrolment","display":"Enrolment at a school or other setting"}]}"#
);

/// Whether there is anything that an enrolment can say here.
pub(crate) fn says_something(enrolment: &Enrolment) -> bool {
    enrolment.school_urn.has_value()
        || enrolment.school_laestab.has_value()
        || enrolment.school_name.has_value()
        || enrolment.nc_year.has_value()
        || enrolment.setting_type.has_value()
        || enrolment.status.has_value()
}

pub(super) fn write(frame: &Frame<'_>, enrolment: &Enrolment, object: &mut Object<'_>) {
    let effective = Effective::During(enrolment.entry_date.is(), enrolment.leaving_date.is());
    frame.write_focused(object, |focus| write_school(enrolment, focus), OBSERVED, effective);
    if let Said::Is(status) = enrolment.status {
        object.object(key!(valueCodeableConcept), |concept| concept.text(key!(text), status.label()));
    }
    object.array(key!(component), |components| {
        let year = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"enrolment-nc-year","display":"National Curriculum year"}]}"#
        );
        component(components, year, &enrolment.nc_year, |year, component| {
            component.value(key!(valueCodeableConcept), NC_YEAR.concept(*year));
        });
        let setting = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"enrolment-setting","display":"Kind of setting"}]}"#
        );
        component(components, setting, &enrolment.setting_type, |setting, component| {
            component.value(key!(valueCodeableConcept), SETTING_TYPE.concept(*setting));
        });
    });
}

/// A Reference to the school, by its number and name.
fn write_school(enrolment: &Enrolment, school: &mut Object<'_>) {
    let number_said = enrolment.school_urn.has_value() || enrolment.school_laestab.has_value();
    if !(number_said || enrolment.school_name.has_value()) {
        return;
    }
    school.members(members!(r#""type":"Organization""#));
    school.object(key!(identifier), |identifier| match (&enrolment.school_urn, &enrolment.school_laestab) {
        (Said::Is(urn), _) => {
            identifier.members(members!(r#""system":"https://fhir.hl7.org.uk/Id/urn-school-number""#));
            identifier.written(key!(value), |out| urn.write(out));
        }
        (_, Said::Is(laestab)) => {
            identifier.members(members!(r#""system":"urn:homeward:id:laestab""#));
            identifier.written(key!(value), |out| laestab.write(out));
        }
        _ => (),
    });
    if let Said::Is(name) = &enrolment.school_name {
        school.text(key!(display), name);
    }
}
