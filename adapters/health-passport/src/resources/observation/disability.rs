//! A disability, or that there is none.

use schemas::{record::Disability, said::Said};

use super::{Effective, Frame};
use crate::{
    coding::DISABILITY,
    concept::text,
    writer::{Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, disability: &Disability, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"disability","display":"Disability"}]}"#
        ),
        Effective::On(disability.as_at.is()),
    );
    object.object(key!(valueCodeableConcept), |concept| {
        if let Said::Is(code) = disability.code {
            concept.array(key!(coding), |codings| codings.value(DISABILITY.coding(code)));
        }
        if let Some(words) = text(&disability.source_text) {
            concept.text(key!(text), words);
        }
    });
}
