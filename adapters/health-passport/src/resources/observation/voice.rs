//! What the child, or another of the child, has said, in the words of whoever said it.

use schemas::{record::Voice, said::Said};

use super::{Effective, Frame, component};
use crate::{
    coding::VOICE_WHOSE,
    writer::{Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, voice: &Voice, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"voice","display":"In their own words"}]}"#
        ),
        Effective::On(voice.date.is()),
    );
    if let Said::Is(words) = &voice.words {
        object.text(key!(valueString), words);
    }
    object.array(key!(component), |components| {
        let whose = members!(
            r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"voice-whose","display":"Whose view it is"}]}"#
        );
        component(components, whose, &voice.whose, |whose, component| {
            component.value(key!(valueCodeableConcept), VOICE_WHOSE.concept(*whose));
        });
    });
}
