//! CarePlan: what is planned for the child, in plain words and as plans for permanence; and which health checks are due.

use schemas::{
    code::{CarePlanKind, HealthCheckStatus},
    record::CarePlan,
    said::Said,
};

use super::{identify, is_over, refer_to_authority, write_period};
use crate::{
    child::Child,
    coding::{HEALTH_CHECK_TYPE, PERMANENCE_PLAN},
    concept::text,
    writer::{IdText, Members, Object, key, members, value},
};

/// Whether a plan says anything.
pub(crate) fn says_something(plan: &CarePlan) -> bool {
    plan.permanence_plans.as_ref().is().is_some_and(|plans| !plans.is_empty())
        || text(&plan.plain_text).is_some()
        || plan.start_date.has_value()
        || plan.kind.has_value()
}

/// Writes a plan.
pub(super) fn write(child: &Child<'_>, plan: &CarePlan, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    identify(object, id);
    object.members(match (retracted, is_over(&plan.end_date, child.conventions.as_at)) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, false) => members!(r#""status":"active""#),
        (_, true) => members!(r#""status":"completed""#),
    });
    object.members(members!(r#""intent":"plan""#));
    object.array(key!(category), |categories| {
        categories.value(value!(
            r#"{"coding":[{"system":"http://snomed.info/sct","code":"734163000","display":"Care plan"}]}"#
        ));
        if let Said::Is(kind) = plan.kind {
            categories.value(match kind {
                CarePlanKind::CarePlan => {
                    value!(r#"{"coding":[{"system":"urn:homeward:cs:plan","code":"care","display":"Care plan"}]}"#)
                }
                CarePlanKind::PathwayPlan => value!(
                    r#"{"coding":[{"system":"urn:homeward:cs:plan","code":"pathway","display":"Pathway plan"}]}"#
                ),
            });
        }
    });
    if let Some(words) = text(&plan.plain_text) {
        object.text(key!(description), words);
    }
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), plan.start_date.is(), plan.end_date.is());
    refer_to_authority(object, key!(author), child.authority);
    object.array(key!(activity), |activities| {
        for permanence in plan.permanence_plans.as_ref().is().into_iter().flatten() {
            activities.object(|activity| {
                activity.object(key!(detail), |detail| {
                    detail.value(key!(code), PERMANENCE_PLAN.concept(*permanence));
                    detail.members(members!(r#""status":"in-progress""#));
                });
            });
        }
    });
}

/// Writes which checks are due: one plan a child.
pub(super) fn write_due_checks(child: &Child<'_>, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    identify(object, id);
    object.members(match retracted {
        true => members!(r#""status":"entered-in-error""#),
        false => members!(r#""status":"active""#),
    });
    object.members(members!(
        r#""intent":"plan","category":[{"coding":[{"system":"urn:homeward:cs:plan","code":"health","display":"Health plan"}]}],"title":"Health checks""#
    ));
    object.value(key!(subject), child.patient_reference.value());
    refer_to_authority(object, key!(author), child.authority);
    object.array(key!(activity), |activities| {
        for check in &child.due_checks {
            activities.object(|activity| {
                activity.object(key!(detail), |detail| {
                    if let Said::Is(kind) = check.r#type {
                        detail.value(key!(code), HEALTH_CHECK_TYPE.concept(kind));
                    }
                    detail.members(progress(check.status));
                    detail.written(key!(scheduledString), |out| {
                        check.due_date.is().iter().for_each(|day| day.write_iso(out));
                    });
                });
            });
        }
    });
}

/// How far a check has come. One that nobody has cancelled or done is still to come.
fn progress(status: Said<HealthCheckStatus>) -> Members {
    match status {
        Said::Is(HealthCheckStatus::Completed) => members!(r#""status":"completed""#),
        Said::Is(HealthCheckStatus::Refused | HealthCheckStatus::Cancelled) => members!(r#""status":"cancelled""#),
        _ => members!(r#""status":"not-started""#),
    }
}
