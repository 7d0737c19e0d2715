//! RelatedPerson: somebody who belongs to the child.

use schemas::{code::RelationshipRole, record::Relationship, said::Said};

use super::{address, identify_beside, telecom, write_period};
use crate::{
    child::Child,
    concept::text,
    writer::{IdText, Members, Object, key, members},
};

/// Whether it says who it is to the child, or at least that somebody is. Teachers and social workers are workers, and no
/// related persons; of whom it is not told nobody knows.
pub(crate) fn says_something(relationship: &Relationship) -> bool {
    relationship.role.has_value()
        || (matches!(relationship.role, Said::Reduced(_)) && relationship.has_parental_responsibility.has_value())
}

/// Whether the person is there by profession.
pub(crate) fn is_worker(relationship: &Relationship) -> bool {
    matches!(relationship.role, Said::Is(RelationshipRole::SocialWorker | RelationshipRole::DesignatedTeacher))
}

/// Writes a person. In which order people are called has no element here.
pub(super) fn write(child: &Child<'_>, person: &Relationship, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    if let Said::Is(responsible) = person.has_parental_responsibility {
        object.array(key!(extension), |extensions| {
            extensions.object(|extension| {
                extension.members(members!(r#""url":"urn:homeward:ext:parental-responsibility""#));
                extension.flag(key!(valueBoolean), responsible);
            });
        });
    }
    object.array(key!(identifier), |identifiers| identify_beside(identifiers, child.conventions, id));
    object.flag(key!(active), !retracted);
    object.value(key!(patient), child.patient_reference.value());
    // Of somebody of whom only is told that there is one nothing else is said: it might be a worker.
    let Said::Is(role) = person.role else { return };
    if let Some(relationship) = relationship(role) {
        object.members(relationship);
    }
    if let Some(name) = text(&person.name) {
        object.array(key!(name), |names| names.object(|human| human.text(key!(text), name)));
    }
    let more = person.more.as_deref();
    if let Some(telecoms) = more.and_then(|more| more.telecom.as_ref().is()) {
        object.array(key!(telecom), |points| telecom::write(telecoms, points));
    }
    if let Said::Is(born) = person.birth_date {
        object.date(key!(birthDate), born);
    }
    if let Some(home) = more.and_then(|more| more.address.as_ref().is()) {
        object.array(key!(address), |addresses| address::write_other(home, addresses));
    }
    write_period(object, key!(period), person.start_date.is(), person.end_date.is());
}

/// Who it is to the child. Source: UK Core, PersonRelationshipType.
fn relationship(role: RelationshipRole) -> Option<Members> {
    Some(match role {
        RelationshipRole::Mother => members!(
            r#""relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"MTH","display":"mother"}]}]"#
        ),
        RelationshipRole::Father => members!(
            r#""relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"FTH","display":"father"}]}]"#
        ),
        RelationshipRole::Parent => members!(
            r#""relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"PRN","display":"parent"}]}]"#
        ),
        RelationshipRole::Sibling => members!(
            r#""relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"SIB","display":"sibling"}]}]"#
        ),
        RelationshipRole::FosterCarer => members!(
            r#""relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"PRNFOST","display":"foster parent"},{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-AdditionalPersonRelationshipRole","code":"Carer","display":"Carer"},{"system":"urn:homeward:cs:role","code":"foster-carer","display":"Foster carer"}]}]"#
        ),
        RelationshipRole::Adopter => members!(
            r#""relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"ADOPTP","display":"adoptive parent"}]}]"#
        ),
        RelationshipRole::Guardian | RelationshipRole::ResponsibilityHolder => members!(
            r#""relationship":[{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-AdditionalPersonRelationshipRole","code":"Guardian","display":"Guardian"}]}]"#
        ),
        RelationshipRole::EmergencyContact => members!(
            r#""relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0131","code":"C","display":"Emergency Contact"}]}]"#
        ),
        RelationshipRole::Other => members!(
            r#""relationship":[{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-AdditionalPersonRelationshipRole","code":"NotSpecified","display":"Not Specified"}]}]"#
        ),
        RelationshipRole::SocialWorker | RelationshipRole::DesignatedTeacher => return None,
    })
}
