//! The resources, one file each: elements in the order of their R4 definition, always.

pub(crate) mod address;
mod allergy_intolerance;
mod care_plan;
mod care_team;
pub(crate) mod condition;
mod consent;
mod education_plan;
mod encounter;
mod episode_of_care;
mod flag;
mod immunization;
mod medication_statement;
pub(crate) mod observation;
mod organisation;
pub(crate) mod organization;
pub(crate) mod patient;
pub(crate) mod plan;
mod practitioner;
pub(crate) mod related_person;
mod telecom;

use schemas::{date::Date, said::Said};

use crate::{
    child::{Child, Content, Resource},
    conventions::{Authority, Conventions, Update},
    resource_type::ResourceType,
    writer::{Array, IdText, Key, Object, Value, framed, key, members, plain, value},
};

/// Writes a resource of a child into an object.
pub(crate) fn write(child: &Child<'_>, resource: &Resource<'_>, object: &mut Object<'_>) {
    let id = IdText::from(resource.id);
    open(object, child, resource, &id);
    let retracted = resource.retracted;
    match resource.content {
        Content::Patient => patient::write(child, &id, object),
        Content::Practitioner(worker) => practitioner::write(child, worker, retracted, &id, object),
        Content::CareTeam(period) => care_team::write(child, period, retracted, &id, object),
        Content::CarePlan(period) => care_plan::write(child, period, retracted, &id, object),
        Content::LookedAfter(period) => flag::write_looked_after(child, period, retracted, &id, object),
        Content::Liberty(order) => flag::write_liberty(child, order, retracted, &id, object),
        Content::Episode(episode) => episode_of_care::write(child, episode, retracted, &id, object),
        Content::Consent(consent) => consent::write(child, consent, retracted, &id, object),
        Content::EducationPlan(plan) => education_plan::write(child, plan, retracted, &id, object),
        Content::RelatedPerson(person) => related_person::write(child, person, retracted, &id, object),
        Content::Plan(plan) => plan::write(child, plan, retracted, &id, object),
        Content::DueChecks => plan::write_due_checks(child, retracted, &id, object),
        Content::HealthCheck(check) => encounter::write(child, check, retracted, &id, object),
        Content::Immunisation(given) => immunization::write(child, given, retracted, &id, object),
        Content::Allergy(allergy) => allergy_intolerance::write(child, allergy, retracted, &id, object),
        Content::Condition(condition) => condition::write(child, condition, retracted, &id, object),
        Content::Medication(medicine) => medication_statement::write(child, medicine, retracted, &id, object),
        Content::Mother
        | Content::Immigration(_)
        | Content::Review(_)
        | Content::Missing(_)
        | Content::CareLeaver(_)
        | Content::AnnualHealth(..)
        | Content::Sdq(_)
        | Content::Enrolment(_)
        | Content::Attendance(_)
        | Content::SenProvision(_)
        | Content::Disability(_)
        | Content::Measurement(_)
        | Content::SubstanceMisuse(_)
        | Content::Voice(_) => observation::write(child, resource.content, retracted, &id, object),
    }
}

/// What every resource of a child begins with: type, id, and the profile and labels in `meta`.
fn open(object: &mut Object<'_>, child: &Child<'_>, resource: &Resource<'_>, id: &IdText) {
    let (kind, claims_profile) = (resource.kind, child.conventions.claims_profile);
    let england = england_profile(child, resource);
    let growth = growth_profile(resource);
    if claims_profile && england.is_none() && growth.is_none() && child.labels.is_empty() {
        object.framed(kind.opening_with_meta(), id);
    } else {
        object.framed(kind.opening(), id);
        object.object(key!(meta), |meta| {
            if claims_profile {
                meta.array(key!(profile), |profiles| match growth {
                    Some(_) if resource.retracted => (),
                    Some(growth) => profiles.value(growth),
                    None => {
                        profiles.value(kind.profile());
                        england.into_iter().for_each(|profile| profiles.value(profile));
                    }
                });
            }
            meta.array(key!(security), |security| child.labels.write(security));
        });
    }
}

/// UK Core's profile of a measurement of growth, which stands in place of the one of its type.
fn growth_profile(resource: &Resource<'_>) -> Option<Value<'static>> {
    match resource.content {
        Content::Measurement(measurement) => measurement.kind.is().and_then(observation::measurement::profile),
        _ => None,
    }
}

/// NHS England's profile of a flag and of what it leads to, where that is asked for and obeyed: its care team has a name
/// and a telephone (England-Flag-PatientFlag, England-CarePlan-Flag, England-CareTeam-Flag 0.1.0).
fn england_profile(child: &Child<'_>, resource: &Resource<'_>) -> Option<Value<'static>> {
    if !child.conventions.england_flag {
        return None;
    }
    match resource.content {
        Content::LookedAfter(_) => {
            Some(value!(r#""https://fhir.nhs.uk/England/StructureDefinition/England-Flag-PatientFlag""#))
        }
        Content::CarePlan(_) => {
            Some(value!(r#""https://fhir.nhs.uk/England/StructureDefinition/England-CarePlan-Flag""#))
        }
        Content::CareTeam(_) if child.authority.is_some() && care_team::has_telephone(child) => {
            Some(value!(r#""https://fhir.nhs.uk/England/StructureDefinition/England-CareTeam-Flag""#))
        }
        _ => None,
    }
}

/// The id once more as an identifier: it says where the resource came from even after a server has renamed it.
fn identify(object: &mut Object<'_>, id: &IdText) {
    object.framed(framed!((r#""identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:"#), (r#""}]"#)), id);
}

/// The same beside other identifiers, where a server gives ids itself: it knows the resource again by this one alone.
fn identify_beside(identifiers: &mut Array<'_>, conventions: &Conventions<'_>, id: &IdText) {
    if conventions.update == Update::Conditional {
        identifiers.object(|identifier| {
            identifier.members(members!(r#""system":"urn:ietf:rfc:3986""#));
            identifier.id(key!(value), plain!("urn:uuid:"), id);
        });
    }
}

/// A Reference to a resource, relative to the server.
fn refer(object: &mut Object<'_>, key: Key, child: &Child<'_>, kind: ResourceType, id: &IdText) {
    object.object(key, |reference| reference.id(key!(reference), child.conventions.update.path(kind), id));
}

/// A Reference to the authority, where one is known.
fn refer_to_authority(object: &mut Object<'_>, key: Key, authority: Option<&Authority>) {
    if let Some(authority) = authority {
        object.value(key, authority.reference.value());
    }
}

/// The same, as the only item of an array.
fn list_authority(object: &mut Object<'_>, key: Key, authority: Option<&Authority>) {
    if let Some(authority) = authority {
        object.array(key, |references| references.value(authority.reference.value()));
    }
}

/// A Period; an end that is not said is absent, as is a Period without either.
fn write_period(object: &mut Object<'_>, key: Key, start: Option<Date>, end: Option<Date>) {
    object.object(key, |period| {
        if let Some(start) = start {
            period.date(key!(start), start);
        }
        if let Some(end) = end {
            period.date(key!(end), end);
        }
    });
}

/// Whether something with this end is over on the day of the document. An end that is not said is still to come.
fn is_over(end: &Said<Date>, as_at: Option<Date>) -> bool {
    end.is().is_some_and(|end| as_at.is_none_or(|day| end <= day))
}
