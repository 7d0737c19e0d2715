//! CareTeam: who looks after the child in a period of care. Its telecoms are those of the CP-IS care team.

use schemas::{code::WorkerRole, said::Said};

use super::{identify, list_authority, refer, refer_to_authority, write_period};
use crate::{
    child::Child,
    resource_type::ResourceType,
    workers::Participant,
    writer::{Array, IdText, Members, Object, Value, key, members, value},
};

/// Writes the team of a period.
pub(super) fn write(child: &Child<'_>, period: usize, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    let span = &child.periods[period];
    identify(object, id);
    object.members(match (retracted, span.end) {
        (true, _) => members!(
            r#""status":"entered-in-error","category":[{"coding":[{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}]"#
        ),
        (_, None) => members!(
            r#""status":"active","category":[{"coding":[{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}]"#
        ),
        (_, Some(_)) => members!(
            r#""status":"inactive","category":[{"coding":[{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}]"#
        ),
    });
    if let Some(authority) = child.authority {
        object.text(key!(name), &authority.name);
    }
    object.value(key!(subject), child.patient_reference.value());
    write_period(object, key!(period), Some(span.start), span.end);
    object.array(key!(participant), |participants| {
        for participant in child.workers.of_period(period) {
            participants.object(|object| write_participant(child, participant, object));
        }
    });
    list_authority(object, key!(managingOrganization), child.authority);
    object.array(key!(telecom), |points| {
        let organisation = child.conventions.organisation;
        write_phone(organisation.office_phone.as_deref(), members!(r#""use":"work""#), points);
        write_phone(organisation.duty_phone.as_deref(), members!(r#""use":"mobile""#), points);
    });
}

/// Whether the authority can be telephoned: NHS England's profile wants that.
pub(super) fn has_telephone(child: &Child<'_>) -> bool {
    let organisation = child.conventions.organisation;
    let phones = [&organisation.office_phone, &organisation.duty_phone];
    phones.into_iter().flatten().any(|phone| !phone.trim().is_empty())
}

fn write_phone(phone: Option<&str>, r#use: Members, points: &mut Array<'_>) {
    if let Some(phone) = phone.filter(|phone| !phone.trim().is_empty()) {
        points.object(|point| {
            point.members(members!(r#""system":"phone""#));
            point.text(key!(value), phone);
            point.members(r#use);
        });
    }
}

fn write_participant(child: &Child<'_>, participant: &Participant<'_>, object: &mut Object<'_>) {
    if let Said::Is(role) = participant.worker.role {
        object.array(key!(role), |roles| roles.value(role_concept(role)));
    }
    refer(object, key!(member), child, ResourceType::Practitioner, &participant.id);
    refer_to_authority(object, key!(onBehalfOf), child.authority);
    write_period(object, key!(period), participant.worker.start_date.is(), participant.worker.end_date.is());
}

fn role_concept(role: WorkerRole) -> Value<'static> {
    match role {
        WorkerRole::SocialWorker => {
            value!(r#"{"coding":[{"system":"urn:homeward:cs:role","code":"social-worker","display":"Social worker"}]}"#)
        }
        WorkerRole::PersonalAdviser => {
            value!(
                r#"{"coding":[{"system":"urn:homeward:cs:role","code":"personal-adviser","display":"Personal adviser"}]}"#
            )
        }
        WorkerRole::IndependentReviewingOfficer => {
            value!(
                r#"{"coding":[{"system":"urn:homeward:cs:role","code":"iro","display":"Independent reviewing officer"}]}"#
            )
        }
    }
}
