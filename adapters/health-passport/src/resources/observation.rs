//! Observation: everything about a child that has no type of its own, with one frame for all.

mod annual_health;
pub(crate) mod attendance;
mod care_leaver;
mod disability;
pub(crate) mod enrolment;
mod immigration;
pub(crate) mod measurement;
mod missing;
mod mother;
mod review;
mod sdq;
mod sen_provision;
pub(crate) mod substance_misuse;
mod voice;

use schemas::{date::Date, said::Said};

pub(crate) use self::annual_health::AnnualFlag;
use super::{identify, list_authority, write_period};
use crate::{
    child::{Child, Content},
    coding::Absence,
    writer::{Array, IdText, Members, Object, key, members},
};

/// Writes an observation; other content has other types.
pub(super) fn write(child: &Child<'_>, content: Content<'_>, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    let frame = Frame { child, retracted, id };
    match content {
        Content::Mother => mother::write(&frame, object),
        Content::Immigration(immigration) => immigration::write(&frame, immigration, object),
        Content::Review(review) => review::write(&frame, review, object),
        Content::Missing(missing) => missing::write(&frame, missing, object),
        Content::CareLeaver(leaver) => care_leaver::write(&frame, leaver, object),
        Content::AnnualHealth(health, flag) => annual_health::write(&frame, health, flag, object),
        Content::Sdq(sdq) => sdq::write(&frame, sdq, object),
        Content::Enrolment(enrolment) => enrolment::write(&frame, enrolment, object),
        Content::Attendance(summary) => attendance::write(&frame, summary, object),
        Content::SenProvision(sen) => sen_provision::write(&frame, sen, object),
        Content::Voice(voice) => voice::write(&frame, voice, object),
        Content::Disability(disability) => disability::write(&frame, disability, object),
        Content::Measurement(measurement) => measurement::write(&frame, measurement, object),
        Content::SubstanceMisuse(misuse) => substance_misuse::write(&frame, misuse, object),
        Content::Patient
        | Content::RelatedPerson(_)
        | Content::Plan(_)
        | Content::DueChecks
        | Content::HealthCheck(_)
        | Content::Immunisation(_)
        | Content::Allergy(_)
        | Content::Condition(_)
        | Content::Medication(_)
        | Content::Practitioner(_)
        | Content::CareTeam(_)
        | Content::CarePlan(_)
        | Content::LookedAfter(_)
        | Content::Liberty(_)
        | Content::Episode(_)
        | Content::EducationPlan(_)
        | Content::Consent(_) => (),
    }
}

/// Whether a field says something that an Observation can say: a value, or why there is none.
pub(crate) fn has_answer<T>(said: Said<T>) -> bool {
    said.has_value() || absence(&said).is_some()
}

/// What is the same in all observations.
struct Frame<'f> {
    child: &'f Child<'f>,
    retracted: bool,
    id: &'f IdText,
}

/// When an observation is true.
enum Effective {
    /// On a day; nothing where the day is not known.
    On(Option<Date>),
    /// From a day until another, as far as they are known.
    During(Option<Date>, Option<Date>),
}

impl Frame<'_> {
    /// The elements up to the value. What is observed is category and code.
    fn write(&self, object: &mut Object<'_>, observed: Members, effective: Effective) {
        self.write_focused(object, |_| (), observed, effective);
    }

    /// The same of something beside the child that it is about.
    fn write_focused(
        &self,
        object: &mut Object<'_>,
        focus: impl FnOnce(&mut Object<'_>),
        observed: Members,
        effective: Effective,
    ) {
        self.open(object, |_| (), members!(r#""status":"final""#), observed);
        object.array(key!(focus), |references| references.object(focus));
        self.close(object, effective);
    }

    /// The same with extensions and another status than final.
    fn write_with(
        &self,
        object: &mut Object<'_>,
        extend: impl FnOnce(&mut Array<'_>),
        status: Members,
        observed: Members,
        effective: Effective,
    ) {
        self.open(object, extend, status, observed);
        self.close(object, effective);
    }

    fn open(&self, object: &mut Object<'_>, extend: impl FnOnce(&mut Array<'_>), status: Members, observed: Members) {
        object.array(key!(extension), extend);
        identify(object, self.id);
        object.members(if self.retracted { members!(r#""status":"entered-in-error""#) } else { status });
        object.members(observed);
        object.value(key!(subject), self.child.patient_reference.value());
    }

    fn close(&self, object: &mut Object<'_>, effective: Effective) {
        match effective {
            Effective::On(Some(day)) => object.date(key!(effectiveDateTime), day),
            Effective::On(None) => (),
            Effective::During(start, end) => write_period(object, key!(effectivePeriod), start, end),
        }
        list_authority(object, key!(performer), self.child.authority);
    }
}

/// Yes or no, or why neither.
fn write_flag(object: &mut Object<'_>, said: Said<bool>) {
    match said {
        Said::Is(flag) => object.flag(key!(valueBoolean), flag),
        _ => write_absence(object, &said),
    }
}

/// Why there is no value, where that is said. A value and a reason together are forbidden (R4, obs-6).
fn write_absence<T>(object: &mut Object<'_>, said: &Said<T>) {
    if let Some(absence) = absence(said) {
        object.object(key!(dataAbsentReason), |concept| {
            concept.array(key!(coding), |codings| codings.value(absence.coding()));
        });
    }
}

fn absence<T>(said: &Said<T>) -> Option<Absence> {
    match said {
        Said::Unknown => Some(Absence::Unknown),
        Said::Refused => Some(Absence::AskedDeclined),
        Said::NotApplicable => Some(Absence::NotApplicable),
        Said::Is(_) | Said::NotAsked | Said::Blank | Said::Unreadable | Said::Reduced(_) => None,
    }
}

/// A component, with its code first; none when nothing else is said.
fn component<T>(components: &mut Array<'_>, code: Members, said: &Said<T>, write: impl FnOnce(&T, &mut Object<'_>)) {
    components.object_with(code, |component| match said {
        Said::Is(value) => write(value, component),
        _ => write_absence(component, said),
    });
}
