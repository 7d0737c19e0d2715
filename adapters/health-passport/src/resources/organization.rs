//! Organization: the authority that is responsible for the children.

use super::identify_beside;
use crate::{
    conventions::{Authority, Conventions},
    resource_type::ResourceType,
    writer::{Object, key, members},
};

/// Writes the authority. Its name alone is enough (R4, org-1); its ODS code comes from configuration.
pub(crate) fn write(conventions: &Conventions<'_>, authority: &Authority, object: &mut Object<'_>) {
    let kind = ResourceType::Organization;
    let opening = if conventions.claims_profile { kind.opening_with_meta() } else { kind.opening() };
    object.framed(opening, &authority.id);
    object.array(key!(identifier), |identifiers| {
        let system = members!(r#""system":"https://fhir.nhs.uk/Id/ods-organization-code""#);
        let code = conventions.organisation.ods_code.as_deref().unwrap_or_default();
        identifiers.object_with(system, |identifier| identifier.text(key!(value), code));
        identify_beside(identifiers, conventions, &authority.id);
    });
    object.members(members!(r#""active":true"#));
    object.text(key!(name), &authority.name);
}
