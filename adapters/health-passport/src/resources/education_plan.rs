//! CarePlan: a personal education plan, with its targets as activities.

use schemas::{
    code::{PepStatus, TargetOutcome},
    record::{EducationPlan, Target},
    said::Said,
};

use super::{identify, refer_to_authority, write_period};
use crate::{
    child::Child,
    writer::{IdText, Members, Object, key, members},
};

/// Writes a plan; one without a status is no CarePlan and is not written.
pub(super) fn write(child: &Child<'_>, plan: &EducationPlan, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    identify(object, id);
    object.members(match (retracted, plan.status.is()) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, Some(PepStatus::Planned)) => members!(r#""status":"draft""#),
        (_, Some(PepStatus::InProgress | PepStatus::MeetingHeld)) => members!(r#""status":"active""#),
        (_, Some(PepStatus::Complete | PepStatus::QualityAssured)) => members!(r#""status":"completed""#),
        (_, Some(PepStatus::Cancelled)) => members!(r#""status":"revoked""#),
        (_, None) => members!(r#""status":"unknown""#),
    });
    object.members(members!(
        r#""intent":"plan","category":[{"coding":[{"system":"urn:homeward:cs:plan","code":"pep","display":"Personal education plan"}]}],"title":"Personal education plan""#
    ));
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), plan.meeting_date.is(), None);
    refer_to_authority(object, key!(author), child.authority);
    let targets = plan.more.as_deref().and_then(|more| more.targets.as_ref().is());
    object.array(key!(activity), |activities| {
        for target in targets.into_iter().flatten() {
            activities.object(|activity| activity.object(key!(detail), |detail| write_target(target, detail)));
        }
    });
}

/// A target; one without words says nothing.
fn write_target(target: &Target, detail: &mut Object<'_>) {
    let Said::Is(text) = &target.text else { return };
    detail.members(status_of(target.outcome.is()));
    if let Said::Is(due) = target.due_date {
        write_period(detail, key!(scheduledPeriod), None, Some(due));
    }
    detail.text(key!(description), text);
}

fn status_of(outcome: Option<TargetOutcome>) -> Members {
    match outcome {
        Some(TargetOutcome::Met | TargetOutcome::PartlyMet | TargetOutcome::NotMet) => {
            members!(r#""status":"completed""#)
        }
        Some(TargetOutcome::Dropped) => members!(r#""status":"cancelled""#),
        Some(TargetOutcome::NotReviewed | TargetOutcome::CarriedForward) | None => {
            members!(r#""status":"in-progress""#)
        }
    }
}
