//! Encounter: a check of the child's health.

use schemas::{
    code::{Code, HealthCheckStatus},
    record::HealthCheck,
    said::Said,
};

use super::{identify, organisation, write_period};
use crate::{
    child::Child,
    coding::HEALTH_CHECK_TYPE,
    concept::text,
    writer::{IdText, Object, key, members},
};

/// Writes a check; its kind and its day are said, or it would not have come here.
pub(super) fn write(child: &Child<'_>, check: &HealthCheck, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    if let Said::Is(status) = check.status {
        object.array(key!(extension), |extensions| {
            extensions.object(|extension| {
                extension.members(members!(r#""url":"urn:homeward:ext:health-check-status""#));
                extension.members(match status {
                    HealthCheckStatus::Planned => members!(r#""valueCode":"planned""#),
                    HealthCheckStatus::Completed => members!(r#""valueCode":"completed""#),
                    HealthCheckStatus::Refused => members!(r#""valueCode":"refused""#),
                    HealthCheckStatus::Cancelled => members!(r#""valueCode":"cancelled""#),
                });
            });
        });
    }
    identify(object, id);
    object.members(match (retracted, check.status) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, Said::Is(HealthCheckStatus::Planned)) => members!(r#""status":"planned""#),
        (_, Said::Is(HealthCheckStatus::Completed)) => members!(r#""status":"finished""#),
        (_, Said::Is(HealthCheckStatus::Refused | HealthCheckStatus::Cancelled)) => {
            members!(r#""status":"cancelled""#)
        }
        _ => members!(r#""status":"unknown""#),
    });
    object.members(members!(
        r#""class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB","display":"ambulatory"}"#
    ));
    if let Said::Is(kind) = check.r#type {
        object.array(key!(type), |types| {
            types.object(|concept| {
                concept.array(key!(coding), |codings| codings.value(HEALTH_CHECK_TYPE.coding(kind)));
                concept.text(key!(text), kind.label());
            });
        });
    }
    object.value(key!(subject), child.patient_reference.value());
    let more = check.more.as_deref();
    if let Some(name) = more.and_then(|more| text(&more.performer)) {
        object.array(key!(participant), |participants| {
            participants.object(|participant| {
                participant.object(key!(individual), |person| person.text(key!(display), name));
            });
        });
    }
    write_period(object, key!(period), check.date.is(), check.date.is());
    if let Some(outcome) = more.and_then(|more| text(&more.outcome)) {
        object.array(key!(reasonCode), |reasons| reasons.object(|reason| reason.text(key!(text), outcome)));
    }
    if let Some(place) = more.and_then(|more| more.performer_org.as_ref().is()) {
        object.object(key!(serviceProvider), |reference| organisation::refer(place, reference));
    }
}
