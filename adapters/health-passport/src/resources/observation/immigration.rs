//! Immigration status.

use schemas::{record::Immigration, reflect::Open, said::Said};

use super::{Effective, Frame};
use crate::{
    coding::IMMIGRATION,
    writer::{Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, immigration: &Immigration, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"immigration","display":"Immigration status"}]}"#
        ),
        Effective::During(immigration.start_date.is(), immigration.end_date.is()),
    );
    match &immigration.status {
        Said::Is(Open::Listed(status)) => object.value(key!(valueCodeableConcept), IMMIGRATION.concept(*status)),
        Said::Is(Open::Other(word)) => {
            object.object(key!(valueCodeableConcept), |concept| concept.text(key!(text), word));
        }
        _ => (),
    }
}
