//! Missing, or away without authorisation.

use schemas::{record::Missing, said::Said};

use super::{Effective, Frame, component};
use crate::{
    coding::MISSING_TYPE,
    writer::{Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, missing: &Missing, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"missing","display":"Missing or away without authorisation"}]}"#
        ),
        Effective::During(missing.start_date.is(), missing.end_date.is()),
    );
    if let Said::Is(which) = missing.r#type {
        object.value(key!(valueCodeableConcept), MISSING_TYPE.concept(which));
    }
    object.array(key!(component), |components| {
        let offered = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"missing-interview-offered","display":"Return interview offered"}]}"#
        );
        let accepted = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"missing-interview-accepted","display":"Return interview accepted"}]}"#
        );
        for (code, said) in
            [(offered, &missing.return_interview_offered), (accepted, &missing.return_interview_accepted)]
        {
            component(components, code, said, |flag, component| component.flag(key!(valueBoolean), *flag));
        }
    });
}
