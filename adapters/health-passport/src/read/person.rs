//! People around a child: who belongs to it, and who works with it.

use schemas::{
    code::RelationshipRole,
    record::{PostalAddress, Relationship, RelationshipMore},
    said::Said,
};

use crate::{
    fhir::tree::Element,
    read::{
        elements::{code_of, extension, flag, postcode, said, telecom, text},
        opened::Worker,
        says::Says,
    },
    rules,
};

const ROLE_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
const CONTACT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/v2-0131";
const UK_ROLE: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-AdditionalPersonRelationshipRole";
const OWN_ROLE: &str = "urn:homeward:cs:role";

/// A RelatedPerson.
pub(super) fn read_related(person: Element<'_>, says: &mut Says<'_>) {
    let born = says.day(person.first("birthDate"), "birthDate");
    let (start, end) = says.period(person.first("period"), "period");
    let related = relationship(person, person.first("name"), person.first("address"), says);
    says.say(Relationship {
        birth_date: born,
        has_parental_responsibility: flag(extension(person, "urn:homeward:ext:parental-responsibility")),
        start_date: start,
        end_date: end,
        ..related
    });
}

/// A contact of a Patient.
pub(super) fn read_contact(contact: Element<'_>, says: &mut Says<'_>) {
    let (start, end) = says.period(contact.first("period"), "contact.period");
    let related = relationship(contact, contact.first("name"), contact.first("address"), says);
    if related.name.has_value() || related.more.is_some() {
        says.say(Relationship { start_date: start, end_date: end, ..related });
    }
}

fn relationship(
    person: Element<'_>,
    name: Option<Element<'_>>,
    address: Option<Element<'_>>,
    says: &mut Says<'_>,
) -> Relationship {
    let (telecom, others) = telecom(person);
    if others > 0 {
        says.tell(&rules::TELECOM_OTHER, "telecom", person.first("telecom"));
    }
    let address = said(address.map(postal_address));
    let reached = telecom.has_value() || address.has_value();
    Relationship {
        role: Said::Is(role(person)),
        name: name.map_or(Said::NotAsked, full_name),
        more: reached.then(|| Box::new(RelationshipMore { telecom, address })),
        ..Relationship::default()
    }
}

/// Who it is to the child; without a code that is known, another.
fn role(person: Element<'_>) -> RelationshipRole {
    let concepts = || person.all("relationship");
    let has = |system: &str, codes: &[&str]| {
        concepts().any(|concept| code_of(concept, system).is_some_and(|code| codes.contains(&&*code)))
    };
    if has(OWN_ROLE, &["foster-carer"]) || has(ROLE_CODE, &["PRNFOST"]) {
        RelationshipRole::FosterCarer
    } else if has(ROLE_CODE, &["MTH", "NMTH", "GESTM"]) {
        RelationshipRole::Mother
    } else if has(ROLE_CODE, &["FTH", "NFTH"]) {
        RelationshipRole::Father
    } else if has(ROLE_CODE, &["ADOPTP", "ADOPTM", "ADOPTF"]) {
        RelationshipRole::Adopter
    } else if has(ROLE_CODE, &["PRN", "NPRN", "STPPRN"]) {
        RelationshipRole::Parent
    } else if has(ROLE_CODE, &["SIB", "BRO", "SIS", "NSIB", "NBRO", "NSIS", "HSIB", "HBRO", "HSIS", "TWIN"]) {
        RelationshipRole::Sibling
    } else if has(UK_ROLE, &["Guardian"]) || has(ROLE_CODE, &["GUARD"]) {
        RelationshipRole::Guardian
    } else if has(CONTACT_ROLE, &["C"]) {
        RelationshipRole::EmergencyContact
    } else {
        RelationshipRole::Other
    }
}

/// A name in one piece: as it is told, else the names in the order in which English has them.
pub(super) fn full_name(name: Element<'_>) -> Said<Box<str>> {
    if let told @ Said::Is(_) = text(name.first("text")) {
        return told;
    }
    let parts: Vec<String> = ["given", "family"]
        .into_iter()
        .flat_map(|part| name.all(part))
        .filter_map(|part| part.value())
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    said((!parts.is_empty()).then(|| parts.join(" ").into_boxed_str()))
}

/// Where another person lives.
fn postal_address(address: Element<'_>) -> PostalAddress {
    PostalAddress {
        lines: lines(address),
        town: text(address.first("city")),
        county: text(address.first("district")),
        postcode: postcode(address.first("postalCode")),
    }
}

/// The lines of an address.
pub(super) fn lines(address: Element<'_>) -> Said<Vec<Box<str>>> {
    let lines: Vec<Box<str>> = address.all("line").filter_map(|line| text(Some(line)).is()).collect();
    said((!lines.is_empty()).then_some(lines))
}

/// What a Practitioner says of a worker.
pub(super) fn worker(practitioner: Element<'_>) -> Worker {
    let own = |identifier: &Element<'_>| {
        let kind = identifier.first("type").and_then(|kind| code_of(kind, "urn:homeward:cs:identifier-type"));
        matches!(kind.as_deref(), Some("swe" | "worker"))
    };
    let number = practitioner.all("identifier").find(own).and_then(|identifier| text(identifier.first("value")).is());
    Worker {
        number,
        name: practitioner.first("name").and_then(|name| full_name(name).is()),
        telecom: telecom(practitioner).0.is().unwrap_or_default(),
    }
}
