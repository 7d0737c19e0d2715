//! Whether a substance misuse problem was found, and what help there was.

use schemas::{code::SubstanceIntervention, record::SubstanceMisuse};

use super::{Effective, Frame, component, has_answer, write_flag};
use crate::writer::{Object, Value, key, members, value};

/// Whether it says anything.
pub(crate) fn says_something(misuse: &SubstanceMisuse) -> bool {
    has_answer(misuse.identified) || misuse.substance.has_value() || misuse.intervention.has_value()
}

pub(super) fn write(frame: &Frame<'_>, misuse: &SubstanceMisuse, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"substance-misuse","display":"Substance misuse problem identified"}]}"#
        ),
        Effective::On(misuse.date.is()),
    );
    write_flag(object, misuse.identified);
    object.array(key!(component), |components| {
        let substance = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"substance","display":"Substance"}]}"#
        );
        component(components, substance, &misuse.substance, |name, part| part.text(key!(valueString), name));
        let intervention = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"intervention","display":"Intervention"}]}"#
        );
        component(components, intervention, &misuse.intervention, |help, part| {
            part.value(key!(valueCodeableConcept), help_concept(*help));
        });
    });
}

fn help_concept(help: SubstanceIntervention) -> Value<'static> {
    match help {
        SubstanceIntervention::NoIntervention => value!(
            r#"{"coding":[{"system":"urn:homeward:cs:topic","code":"intervention-none","display":"No intervention"}]}"#
        ),
        SubstanceIntervention::Offered => value!(
            r#"{"coding":[{"system":"urn:homeward:cs:topic","code":"intervention-offered","display":"Intervention offered"}]}"#
        ),
        SubstanceIntervention::Refused => value!(
            r#"{"coding":[{"system":"urn:homeward:cs:topic","code":"intervention-refused","display":"Intervention offered and refused"}]}"#
        ),
        SubstanceIntervention::Received => value!(
            r#"{"coding":[{"system":"urn:homeward:cs:topic","code":"intervention-received","display":"Intervention received"}]}"#
        ),
    }
}
