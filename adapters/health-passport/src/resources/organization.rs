//! Organization: the authority that is responsible for the children.

use crate::{
    conventions::{Authority, Conventions},
    resource_type::ResourceType,
    writer::{Object, key, members, plain},
};

/// Writes the authority. Its name alone is enough (R4, org-1); its ODS code comes from configuration.
pub(crate) fn write(conventions: &Conventions<'_>, authority: &Authority, object: &mut Object<'_>) {
    object.members(ResourceType::Organization.opening());
    object.id(key!(id), plain!(""), &authority.id);
    if conventions.claims_profile {
        object.members(ResourceType::Organization.meta());
    }
    object.array(key!(identifier), |identifiers| {
        let system = members!(r#""system":"https://fhir.nhs.uk/Id/ods-organization-code""#);
        let code = conventions.organisation.ods_code.as_deref().unwrap_or_default();
        identifiers.object_with(system, |identifier| identifier.text(key!(value), code));
    });
    object.members(members!(r#""active":true"#));
    object.text(key!(name), &authority.name);
}
