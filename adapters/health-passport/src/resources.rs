//! The resources, one file each: elements in the order of their R4 definition, always.

mod care_plan;
mod care_team;
mod consent;
mod episode_of_care;
mod flag;
pub(crate) mod observation;
pub(crate) mod organization;
mod patient;
mod practitioner;
mod telecom;

use schemas::{date::Date, said::Said};

use crate::{
    child::{Child, Content, Resource},
    conventions::Authority,
    resource_type::ResourceType,
    writer::{IdText, Key, Object, framed, key},
};

/// Writes a resource of a child into an object.
pub(crate) fn write(child: &Child<'_>, resource: &Resource<'_>, object: &mut Object<'_>) {
    let id = IdText::from(resource.id);
    open(object, child, resource.kind, &id);
    let retracted = resource.retracted;
    match resource.content {
        Content::Patient => patient::write(child, object),
        Content::Practitioner(worker) => practitioner::write(worker, retracted, object),
        Content::CareTeam(period) => care_team::write(child, period, &id, object),
        Content::CarePlan(period) => care_plan::write(child, period, &id, object),
        Content::LookedAfter(period) => flag::write_looked_after(child, period, &id, object),
        Content::Liberty(order) => flag::write_liberty(child, order, retracted, &id, object),
        Content::Episode(episode) => episode_of_care::write(child, episode, retracted, &id, object),
        Content::Consent(consent) => consent::write(child, consent, retracted, &id, object),
        Content::Mother
        | Content::Immigration(_)
        | Content::Review(_)
        | Content::Missing(_)
        | Content::CareLeaver(_)
        | Content::AnnualHealth(..)
        | Content::Sdq(_) => observation::write(child, resource.content, retracted, &id, object),
    }
}

/// What every resource of a child begins with: type, id, and the profile and labels in `meta`.
fn open(object: &mut Object<'_>, child: &Child<'_>, kind: ResourceType, id: &IdText) {
    let claims_profile = child.conventions.claims_profile;
    if claims_profile && child.labels.is_empty() {
        object.framed(kind.opening_with_meta(), id);
    } else {
        object.framed(kind.opening(), id);
        object.object(key!(meta), |meta| {
            if claims_profile {
                meta.array(key!(profile), |profiles| profiles.value(kind.profile()));
            }
            meta.array(key!(security), |security| child.labels.write(security));
        });
    }
}

/// The id once more as an identifier: it says where the resource came from even after a server has renamed it.
fn identify(object: &mut Object<'_>, id: &IdText) {
    object.framed(framed!((r#""identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:"#), (r#""}]"#)), id);
}

/// A Reference to a resource, relative to the server.
fn refer(object: &mut Object<'_>, key: Key, kind: ResourceType, id: &IdText) {
    object.object(key, |reference| reference.id(key!(reference), kind.path(), id));
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
