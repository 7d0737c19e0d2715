//! A review of the child's case, held or due.

use schemas::{record::Review, said::Said};

use super::{Effective, Frame};
use crate::{
    coding::REVIEW_CODE,
    writer::{Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, review: &Review, object: &mut Object<'_>) {
    let status = match (review.cancelled, review.date) {
        (Said::Is(true), _) => members!(r#""status":"cancelled""#),
        (_, Said::Is(_)) => members!(r#""status":"final""#),
        _ => members!(r#""status":"registered""#),
    };
    frame.write_with(
        object,
        |_| (),
        status,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"cla-review","display":"Review of a looked after child's case"}]}"#
        ),
        Effective::On(review.date.is().or(review.due_date.is())),
    );
    if let Said::Is(participation) = review.participation {
        object.value(key!(valueCodeableConcept), REVIEW_CODE.concept(participation));
    }
}
